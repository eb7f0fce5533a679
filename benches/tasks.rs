//! What tasks cost: handing over between coroutines, and turns of tasks that run beside each other.
//!
//!     cargo bench --no-default-features --bench tasks
//!
//! Compare the fastest times. The others also measure whatever else the machine was doing.

use divan::{Bencher, black_box};
use midflight::session::load::image_of_program;
use midflight::vm::machine::Machine;
use midflight::vm::stop::Stop;

fn main() {
    divan::main();
}

fn machine(text: &str) -> Machine {
    image_of_program(text).expect("it is a program").machine
}

fn run(bencher: Bencher<'_, '_>, machine: Machine) {
    bencher.with_inputs(|| machine.clone()).bench_local_values(|mut machine| {
        assert_eq!(machine.run(u64::MAX), Stop::Finished);
        black_box(machine)
    });
}

/// A million times.
#[divan::bench_group(sample_count = 10)]
mod a_million {
    use super::*;

    /// The loop alone.
    #[divan::bench]
    fn a_turns_of_a_loop(bencher: Bencher<'_, '_>) {
        run(bencher, machine("0 1000000 [ 1+ ] times drop"));
    }

    #[divan::bench]
    fn b_calls_and_returns(bencher: Bencher<'_, '_>) {
        run(bencher, machine("[ 1+ ] bind: f 0 1000000 [ f ] times drop"));
    }

    #[divan::bench]
    fn c_resumes_and_yields(bencher: Bencher<'_, '_>) {
        run(
            bencher,
            machine(
                "[ [ 0 task.yield drop ] repeat ] bind: g
                 pushf: g task.new assign: t 1000000 [ 0 t task.resume 2drop ] times",
            ),
        );
    }

    #[divan::bench]
    fn d_values_through_a_channel(bencher: Bencher<'_, '_>) {
        run(
            bencher,
            machine(
                "64 channel.new assign: c
                 c 1 [ assign: c 1000000 [ 1 c channel.send ] times ] task.spawn assign: t
                 1000000 [ c channel.receive drop ] times t task.join drop",
            ),
        );
    }
}

/// The same calls of fib, divided among 1, 100 or 1,000 tasks, in turns of as many instructions as the name says.
#[divan::bench_group(sample_count = 10)]
mod turns {
    use super::*;

    fn fibs(bencher: Bencher<'_, '_>, tasks: u64, quantum: u64) {
        let calls = 1000 / tasks;
        let mut machine = machine(&format!(
            "[ assign: n n 2 < [ n return ] if n 1 - fib n 2 - fib + ] bind: fib
             [ {calls} [ 19 fib drop ] times ] bind: work
             {} [ 0 pushf: work task.spawn drop ] times work",
            tasks - 1
        ));
        machine.set_quantum(quantum).expect("it is allowed");
        run(bencher, machine);
    }

    #[divan::bench(args = [1, 100, 1000])]
    fn of_10_000(bencher: Bencher<'_, '_>, tasks: u64) {
        fibs(bencher, tasks, 10_000);
    }

    #[divan::bench(args = [1, 100, 1000])]
    fn of_1_000(bencher: Bencher<'_, '_>, tasks: u64) {
        fibs(bencher, tasks, 1000);
    }

    #[divan::bench(args = [1, 100])]
    fn of_100(bencher: Bencher<'_, '_>, tasks: u64) {
        fibs(bencher, tasks, 100);
    }
}
