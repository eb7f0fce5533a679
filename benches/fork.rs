//! What a fork costs, and what it costs to run while data is shared.
//!
//!     cargo bench --no-default-features --bench fork
//!
//! Compare the fastest times. The others also measure whatever else the machine was doing.

use divan::{Bencher, black_box};
use midflight::session::load::image_of_program;
use midflight::vm::index::DataId;
use midflight::vm::limit::LimitKind;
use midflight::vm::machine::Machine;
use midflight::vm::stop::Stop;

fn main() {
    divan::main();
}

/// A machine at the end of a program.
fn finished(text: &str) -> Machine {
    let mut machine = image_of_program(text).expect("it is a program").machine;
    machine.set_limit(LimitKind::Memory, 1 << 26).expect("it is allowed");
    assert_eq!(machine.run(u64::MAX), Stop::Finished);
    machine
}

/// One body of 16,777,216 cells, all of them written to.
fn large() -> Machine {
    finished(
        "16777216 allocate assign: m  0 assign: i
         1 [ i m i memory.set  i 1 + assign: i  i 16777216 < ] repeat_if",
    )
}

/// 100,000 bodies of ten cells.
fn bodies() -> Machine {
    finished(
        "100000 assign: n
         1 [ 7 10 allocate 3 memory.set  n 1 - assign: n  n 0 > ] repeat_if",
    )
}

/// 10,000 functions.
fn functions() -> Machine {
    let text: String =
        (0..10_000).map(|n| format!("[ assign: a  a {n} + return ] bind: f{n}\n")).collect();
    finished(&text)
}

/// A megabyte of output and 10,000 texts.
fn texts() -> Machine {
    finished(
        "10000 allocate assign: m  0 assign: i
         1 [ i int_to_str m i memory.set
             \"a hundred bytes a line, ten thousand lines: that is about a megabyte of output, and a line is full\"
             print_line  i 1 + assign: i  i 10000 < ] repeat_if",
    )
}

/// Forking a machine, by what it holds.
#[divan::bench_group(sample_count = 100, sample_size = 10)]
mod fork {
    use super::*;

    fn fork(bencher: Bencher<'_, '_>, mut machine: Machine) {
        bencher.bench_local(|| drop(black_box(machine.fork())));
    }

    #[divan::bench]
    fn a_cells_16m(bencher: Bencher<'_, '_>) {
        fork(bencher, large());
    }

    #[divan::bench]
    fn b_bodies_100_000(bencher: Bencher<'_, '_>) {
        fork(bencher, bodies());
    }

    #[divan::bench]
    fn c_functions_10_000(bencher: Bencher<'_, '_>) {
        fork(bencher, functions());
    }

    #[divan::bench]
    fn d_texts_10_000_output_1m(bencher: Bencher<'_, '_>) {
        fork(bencher, texts());
    }

    #[divan::bench]
    fn e_of_a_machine_that_shares(bencher: Bencher<'_, '_>) {
        let mut machine = large();
        let before = machine.fork();
        for index in 0..1000 {
            machine
                .set_data(
                    DataId(0),
                    index * 16_000,
                    &midflight::vm::instruction::Instruction::Integer(7),
                )
                .expect("it is there");
        }
        fork(bencher, machine);
        drop(before);
    }
}

/// The first write after a fork, which copies what it changes.
#[divan::bench_group(sample_count = 100, sample_size = 1)]
mod first {
    use super::*;
    use midflight::vm::instruction::{Fragment, Instruction};
    use midflight::vm::memory::Place;

    fn first(bencher: Bencher<'_, '_>, mut machine: Machine, mut write: impl FnMut(&mut Machine)) {
        bencher.with_inputs(|| machine.fork()).bench_local_values(|mut fork| {
            write(&mut fork);
            fork
        });
    }

    #[divan::bench]
    fn a_cell_of_16m(bencher: Bencher<'_, '_>) {
        let seven = Instruction::Integer(7);
        first(bencher, large(), |fork| fork.set_data(DataId(0), 5, &seven).expect("it is there"));
    }

    #[divan::bench]
    fn b_allocation_beside_100_000(bencher: Bencher<'_, '_>) {
        let mut machine = bodies();
        let line = Fragment::line(vec![
            Instruction::Integer(3),
            Instruction::Primitive(midflight::vm::instruction::Primitive::Allocate),
        ]);
        machine.write(machine.task().counter(), &line).expect("there is room");
        first(bencher, machine, |fork| assert_eq!(fork.run(2), Stop::Finished));
    }

    #[divan::bench]
    fn c_edit_beside_10_000_functions(bencher: Bencher<'_, '_>) {
        let line = Fragment::line(vec![Instruction::Integer(3)]);
        first(bencher, functions(), |fork| {
            fork.write(Place::new(0, 0), &line).expect("there is room");
        });
    }

    #[divan::bench]
    fn d_text_beside_10_000(bencher: Bencher<'_, '_>) {
        let text = Instruction::Text("one more".into());
        first(bencher, texts(), |fork| fork.push(std::slice::from_ref(&text)).expect("it fits"));
    }
}

/// A million instructions that read and write across 16,777,216 cells, without a fork and with one kept.
#[divan::bench_group(sample_count = 30, sample_size = 1)]
mod run {
    use super::*;

    fn machine() -> Machine {
        let mut machine = image_of_program(
            "16777216 allocate assign: m  0 assign: x
             [ x 1000003 + 16777215 and assign: x  m x memory.get drop  x m x memory.set ] repeat",
        )
        .expect("it is a program")
        .machine;
        machine.set_limit(LimitKind::Memory, 1 << 26).expect("it is allowed");
        machine.run(100_000_000);
        machine
    }

    fn run(machine: &mut Machine) {
        assert_eq!(machine.run(1_000_000), Stop::OutOfFuel);
    }

    #[divan::bench]
    fn a_alone(bencher: Bencher<'_, '_>) {
        let mut machine = machine();
        bencher.bench_local(|| run(&mut machine));
    }

    #[divan::bench]
    fn b_as_a_fork(bencher: Bencher<'_, '_>) {
        let mut machine = machine();
        bencher.with_inputs(|| machine.fork()).bench_local_values(|mut fork| {
            run(&mut fork);
            fork
        });
    }

    #[divan::bench(sample_count = 1)]
    fn c_the_first_after_a_fork_until_it_is_copied(bencher: Bencher<'_, '_>) {
        let mut machine = machine();
        let fork = machine.fork();
        bencher.bench_local(|| {
            let mut slices = 0;
            while machine.memory().own_data_cells() < 1 << 24 {
                run(&mut machine);
                slices += 1;
            }
            println!("copied after {slices} million instructions");
        });
        drop(fork);
    }
}
