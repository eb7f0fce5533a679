//! What it costs to print code as source and to read it. `docs/performance.md` explains the figures.
//!
//!     cargo bench --no-default-features --bench source
//!
//! Compare the fastest times. The others also measure whatever else the machine was doing.

use divan::{Bencher, black_box};
use midflight::program::comment::Comments;
use midflight::program::effect::StackEffects;
use midflight::program::listing::{Definition, Program};
use midflight::program::notation::Notation;
use midflight::program::scope::Scope;
use midflight::program::source::function;
use midflight::vm::instruction::Fragment;

fn main() {
    divan::main();
}

/// Fifty cells as people write them.
const BODY: &str = "assign: n assign: l
    n 0 < [ \"negative\" return ] if
    0 assign: i
    [ i n < ] [ l i memory.get i * n + l i memory.set i 1+ assign: i ] while
    l n 1- memory.get n 2 - f7 + assign: x
    x n = [ x print_line ] [ n print_line ] if-else
    x return";

/// A function of so many cells, in the notation of the cells.
fn code(cells: usize) -> Fragment {
    let text = format!("[ {} ] bind: f", format!("{BODY}\n").repeat(cells / 50));
    let read = Notation::Forth.read_program(&text).expect("it is a program");
    read.cells.definitions.into_iter().next().expect("it is a definition").code
}

/// So many functions of fifty cells.
fn program(functions: usize) -> Program {
    let (code, comments) = (code(50), Comments::default());
    let definition = |n| Definition {
        name: format!("f{n}").into(),
        code: code.clone(),
        comments: comments.clone(),
    };
    Program { definitions: (0..functions).map(definition).collect(), ..Program::default() }
}

/// A thousand functions of fifty cells.
#[divan::bench_group(sample_count = 50, sample_size = 1)]
mod program_of_1000_functions {
    use super::*;

    /// Printing and mapping, with the stack effects found first.
    #[divan::bench]
    fn printed(bencher: Bencher) {
        let program = program(1_000);
        let scope = Scope::empty();
        bencher.bench_local(|| Notation::Source.print_program(black_box(&program), &scope));
    }

    /// The same without the stack effects.
    #[divan::bench]
    fn printed_with_known_effects(bencher: Bencher) {
        let (program, effects, scope) = (program(1_000), StackEffects::default(), Scope::empty());
        bencher.bench_local(|| {
            let list = program.definitions.iter();
            let print = |one: &Definition| {
                function(&one.name, &one.code, &one.comments, &effects, &scope).spans.len()
            };
            list.map(print).sum::<usize>()
        });
    }

    #[divan::bench]
    fn read(bencher: Bencher) {
        let text = Notation::Source.print_program(&program(1_000), &Scope::empty()).text;
        bencher.bench_local(|| Notation::Source.read_program(black_box(&text)));
    }

    /// For comparison: the notation of the cells.
    #[divan::bench]
    fn printed_as_cells(bencher: Bencher) {
        let (program, scope) = (program(1_000), Scope::empty());
        bencher.bench_local(|| Notation::Forth.print_program(black_box(&program), &scope));
    }

    #[divan::bench]
    fn read_as_cells(bencher: Bencher) {
        let text = Notation::Forth.print_program(&program(1_000), &Scope::empty()).text;
        bencher.bench_local(|| Notation::Forth.read_program(black_box(&text)));
    }
}

/// One function.
#[divan::bench_group(sample_count = 100, sample_size = 10)]
mod one_function {
    use super::*;

    const CELLS: [usize; 3] = [50, 2_000, 20_000];

    #[divan::bench(args = CELLS)]
    fn printed(bencher: Bencher, cells: usize) {
        let (code, comments) = (code(cells), Comments::default());
        let (effects, scope) = (StackEffects::default(), Scope::empty());
        bencher.bench_local(|| function("f", black_box(&code), &comments, &effects, &scope));
    }

    #[divan::bench(args = CELLS)]
    fn read(bencher: Bencher, cells: usize) {
        let (effects, scope) = (StackEffects::default(), Scope::empty());
        let text = function("f", &code(cells), &Comments::default(), &effects, &scope).text;
        bencher.bench_local(|| Notation::Source.read_program(black_box(&text)));
    }
}
