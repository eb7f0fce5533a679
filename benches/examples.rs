//! What examples cost: beginning one, and running a hundred again after an edit.
//!
//!     cargo bench --no-default-features --bench examples
//!
//! The program has a hundred functions; each example executes a little less than 10,000 instructions. A hundred
//! should be run again within 50 ms. Compare the fastest times.

use std::fmt::Write;

use divan::{Bencher, black_box};
use midflight::program::image::Image;
use midflight::program::notation::Notation;
use midflight::program::scope::Scope;
use midflight::session::command;
use midflight::session::examples::Examples;
use midflight::session::load::image_of_program;
use midflight::vm::instruction::Fragment;
use midflight::vm::isolate::Isolate;
use midflight::vm::room::Room;

fn main() {
    divan::main();
}

/// A hundred functions, each with an example that executes eight instructions and five more for each turn.
fn program(turns: u32) -> Image {
    let mut text = String::new();
    for n in 0..100 {
        writeln!(
            text,
            "#= {n} f{n} -- {}\n[ assign: n {turns} [ n 1 + assign: n ] times n return ] bind: f{n}",
            n + turns
        )
        .expect("a text can be written to");
    }
    image_of_program(&text).expect("it is a program")
}

fn edit(image: &mut Image, line: &str) {
    for command in command::read(line).expect(line) {
        command.apply(image).expect(line);
    }
}

/// All examples after an edit that all depend on, as far as anybody knows.
#[divan::bench(args = [1, 1_990])]
fn a_hundred_again(bencher: Bencher<'_, '_>, turns: u32) {
    let mut image = program(turns);
    let mut examples = Examples::default();
    examples.refresh(&mut image);
    while !examples.advance(u64::MAX) {}
    let sessions = examples.runs().iter().filter_map(|run| run.session());
    assert!(sessions.map(|session| session.machine().retired()).max() < Some(10_000));
    bencher.bench_local(|| {
        edit(&mut image, "insert 1:0 `1 drop`");
        assert!(examples.refresh(&mut image));
        assert!(examples.advance(u64::MAX));
        edit(&mut image, "delete 1:0 2");
    });
}

/// Finding out that nothing has to run again.
#[divan::bench]
fn nothing_changed(bencher: Bencher<'_, '_>) {
    let mut image = program(1);
    let mut examples = Examples::default();
    examples.refresh(&mut image);
    while !examples.advance(u64::MAX) {}
    bencher.bench_local(|| assert!(!examples.refresh(black_box(&mut image))));
}

#[divan::bench]
fn an_isolate(bencher: Bencher<'_, '_>) {
    let mut image = program(1);
    bencher.bench_local(|| black_box(Isolate::of(&mut image.machine)));
}

#[divan::bench]
fn a_machine_on_it(bencher: Bencher<'_, '_>) {
    let mut image = program(1);
    let mut isolate = Isolate::of(&mut image.machine);
    let read = Notation::Forth.read_line("5 f7", &Scope::outside(isolate.machine()));
    let code: Fragment = read.expect("it is a line").cells;
    let room = Room { cells: 1000, text: 1000, output: 1000 };
    bencher.bench_local(|| black_box(isolate.begin(&code, room)));
}
