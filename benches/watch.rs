//! How much slower a program runs at full speed while something is watched: the instructions that it executes in
//! the processor time of this thread, with the window drawn in each frame, but without a screen.
//!
//!     cargo bench --bench watch
//!
//! Runs with and without watches take turns. Other work on the machine still disturbs, so nothing is compared with
//! nothing too: no figure means more than that one varies.

use std::time::{Duration, Instant};

use egui::{Context, RawInput, Rect, pos2, vec2};
use midflight::app::App;
use midflight::app::dialogs::SystemDialogs;
use midflight::app::theme;
use midflight::desk::action::Action;
use midflight::desk::file::File;
use midflight::desk::preferences::Preferences;
use midflight::program::watch::{Shape, Watch, Watched};
use midflight::session::Session;
use midflight::session::load::image_of_program;
use midflight::vm::index::DataId;

const FRAMES: u32 = 60;
const ROUNDS: usize = 9;
/// Fills data of ten thousand cells again and again. The function executes about a thousand instructions.
const PROGRAM: &str = "[ 0 assign: k 1 [ k 1 + assign: k k 140 < ] repeat_if k ] bind: f
    10000 allocate assign: d 0 assign: i
    1 [ i 1 + 10000 mod assign: i i 7 * 101 mod d i memory.set 1 ] repeat_if";

fn main() {
    let call = || (Watched::Line("f i +".to_owned()), Shape::Row);
    let data = |shape| (Watched::Data(DataId(0)), shape);
    let long = "0 assign: k 1 [ k 1 + assign: k k 10000 < ] repeat_if k";
    for (words, watches) in [
        ("nothing", vec![]),
        ("a call and a table", vec![call(), data(Shape::Table)]),
        ("a call and a bar chart", vec![call(), data(Shape::Bars)]),
        ("70,000 instructions", vec![(Watched::Line(long.to_owned()), Shape::Row)]),
    ] {
        let mut rates = [(); ROUNDS].map(|()| (rate(&[]), rate(&watches)));
        rates.sort_by(|one, other| (one.1 / one.0).total_cmp(&(other.1 / other.0)));
        let slower = |round: usize| (1.0 - rates[round].1 / rates[round].0) * 100.0;
        let (least, middle, most) = (slower(ROUNDS - 1), slower(ROUNDS / 2), slower(0));
        println!("{words}: {middle:.1} % slower; {least:.1} to {most:.1} in {ROUNDS} rounds");
    }
}

/// How many instructions are executed in a microsecond.
fn rate(watches: &[(Watched, Shape)]) -> f64 {
    let mut image = image_of_program(PROGRAM).expect("it is a program");
    image.machine.run(1_000);
    let watch = |(what, shape): &(Watched, Shape)| Watch { what: what.clone(), shape: *shape };
    image.watches = watches.iter().map(watch).collect();
    let mut app =
        App::new(Box::new(SystemDialogs::new(Context::default())), Preferences::default());
    let session = Session::new(image);
    let file = File::none(&session);
    app.desk_mut().show_session(session, file);
    let ctx = Context::default();
    theme::install(&ctx);
    app.perform(Action::RunOrPause, &ctx);
    for _ in 0..5 {
        frame(&ctx, &mut app);
    }
    let (start, executed) = (Instant::now(), app.desk().session().machine().retired());
    let before = now(start);
    for _ in 0..FRAMES {
        frame(&ctx, &mut app);
    }
    let executed = app.desk().session().machine().retired() - executed;
    executed as f64 / (now(start) - before).as_micros() as f64
}

/// The processor time of this thread so far, or the time since `start` if the system does not report it.
fn now(start: Instant) -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(|| start.elapsed(), Duration::from_nanos)
}

fn frame(ctx: &Context, app: &mut App) {
    let screen = Rect::from_min_size(pos2(0.0, 0.0), vec2(1280.0, 800.0));
    let input = RawInput { screen_rect: Some(screen), ..RawInput::default() };
    let output = ctx.run_ui(input, |ui| {
        app.logic(ui.ctx());
        app.ui(ui);
    });
    output.drop_without_applying_deltas();
}
