//! How long the window's own work for one frame takes, without a screen. The memory has a million cells
//! in ten thousand bodies and is scrolled from top to bottom.
//!
//!     cargo bench --bench frame

use std::time::{Duration, Instant};

use egui::{Context, RawInput, Rect, pos2, vec2};
use midflight::app::App;
use midflight::app::dialogs::SystemDialogs;
use midflight::app::theme;
use midflight::desk::action::{Action, Panes};
use midflight::desk::file::File;
use midflight::desk::preferences::Preferences;
use midflight::program::image::Image;
use midflight::session::Session;
use midflight::view::memory::At;
use midflight::vm::index::{Body, BodyId};
use midflight::vm::instruction::{Fragment, Instruction};
use midflight::vm::machine::Machine;

const BODIES: u32 = 10_000;
const FRAMES: u32 = 400;

fn main() {
    let mut app =
        App::new(Box::new(SystemDialogs::new(Context::default())), Preferences::default());
    let session = Session::new(Image::new(machine()));
    let file = File::none(&session);
    app.desk_mut().show_session(session, file);
    let ctx = Context::default();
    theme::install(&ctx);
    for panes in [Panes::Cells, Panes::Both] {
        app.perform(Action::ShowPanes(panes), &ctx);
        measure(&ctx, &mut app, panes);
    }
}

/// Measures frames that show these panes.
fn measure(ctx: &Context, app: &mut App, panes: Panes) {
    frame(ctx, app);
    let mut times: Vec<Duration> = (0..FRAMES).map(|n| scrolled(ctx, app, n)).collect();
    times.sort_unstable();
    let at = |part: f32| times[(part * (FRAMES - 1) as f32) as usize].as_secs_f64() * 1000.0;
    let panes = panes.title();
    println!(
        "{panes}: frame over {BODIES} bodies: median {:.2} ms, 99 % below {:.2} ms",
        at(0.5),
        at(0.99)
    );
}

fn machine() -> Machine {
    let mut machine = Machine::new();
    let words = (0..98).map(|n| Instruction::Integer(n * 1_000));
    let code = Fragment::line(words.collect());
    let names: Vec<String> = (1..BODIES).map(|n| format!("function{n}")).collect();
    let list: Vec<(&str, &Fragment)> = names.iter().map(|name| (name.as_str(), &code)).collect();
    machine.define_all(&list).expect("the memory has room");
    machine
}

/// Scrolls to another body, then measures the second frame that shows it.
fn scrolled(ctx: &Context, app: &mut App, n: u32) -> Duration {
    let body = BodyId::Code(Body(n * (BODIES / FRAMES)));
    app.perform(Action::GoTo(At { body, offset: 50 }), ctx);
    frame(ctx, app);
    frame(ctx, app)
}

fn frame(ctx: &Context, app: &mut App) -> Duration {
    let screen = Rect::from_min_size(pos2(0.0, 0.0), vec2(1280.0, 800.0));
    let input = RawInput { screen_rect: Some(screen), ..RawInput::default() };
    let start = Instant::now();
    let output = ctx.run_ui(input, |ui| {
        app.logic(ui.ctx());
        app.ui(ui);
    });
    let time = start.elapsed();
    output.drop_without_applying_deltas();
    time
}
