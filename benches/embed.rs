//! What a Rust program pays for machines in it: a call, a function of the host, and a machine at rest.
//! `docs/performance.md` explains the figures.
//!
//!     cargo bench --no-default-features --bench embed
//!
//! Compare the fastest times. The others also measure whatever else the machine was doing.

use divan::{Bencher, black_box};
use midflight::embed::{Functions, Machine, Program, Stop, Value};

fn main() {
    #[cfg(target_os = "linux")]
    room::print();
    divan::main();
}

/// A function of the host, asked a million times.
mod host {
    use super::*;

    const ASKED: u64 = 1_000_000;
    const LOOP: &str = "0 1000000 [ next ] times";

    fn asking(declared: bool) -> Machine {
        let mut machine = Machine::from_program(LOOP).expect("it is a program");
        if declared {
            machine.declare(&["next"]).expect("it is a name");
        }
        machine
    }

    fn next(values: &[Value]) -> Result<Vec<Value>, String> {
        Ok(vec![Value::from(i64::try_from(values[0].clone())? + 1)])
    }

    /// From a table of functions.
    #[divan::bench(sample_count = 5, sample_size = 1, counters = [divan::counter::ItemsCount::new(ASKED)], args = [false, true])]
    fn table(bencher: Bencher, declared: bool) {
        bencher.with_inputs(|| asking(declared)).bench_local_values(|mut machine| {
            let mut host = Functions::new().with("next", 1, next);
            assert_eq!(machine.run_with(&mut host, u64::MAX), Ok(Stop::Finished));
            assert_eq!(machine.stack(), [Value::from(ASKED as i64)]);
        });
    }

    /// By hand.
    #[divan::bench(sample_count = 5, sample_size = 1, counters = [divan::counter::ItemsCount::new(ASKED)])]
    fn by_hand(bencher: Bencher) {
        bencher.with_inputs(|| asking(false)).bench_local_values(|mut machine| {
            while machine.run(u64::MAX) != Stop::Finished {
                let values = machine.operands(1).expect("it asks");
                machine
                    .answer("next", 1, &next(&values).expect("it is a number"))
                    .expect("it is asked");
            }
            assert_eq!(machine.stack(), [Value::from(ASKED as i64)]);
        });
    }
}

/// A call of a function that does next to nothing.
#[divan::bench(sample_count = 100, sample_size = 1000)]
fn call(bencher: Bencher) {
    let mut machine = Machine::from_program("[ 1 + ] bind: next").expect("it is a program");
    bencher.bench_local(|| machine.call("next", black_box(&[Value::from(1)])));
}

const FIB: &str = "[ assign: i  i 3 < [ 1 return ] if  i 2 - fib  i 1 - fib  + ] bind: fib";

/// A machine of a program that was read before.
#[divan::bench(sample_count = 100, sample_size = 1000)]
fn machine(bencher: Bencher) {
    let program = Program::new(FIB).expect("it is a program");
    bencher.bench_local(|| program.machine());
}

/// Reading a program.
#[divan::bench(sample_count = 100, sample_size = 10)]
fn program(bencher: Bencher) {
    // While one is in use, the text is not read again.
    bencher.bench_local(|| drop(Program::new(FIB)));
}

/// What machines at rest take, from what the system says that the process has.
#[cfg(target_os = "linux")]
mod room {
    use super::*;

    const MACHINES: usize = 10_000;

    fn resident() -> usize {
        let text = std::fs::read_to_string("/proc/self/statm").expect("the system says");
        let pages = text.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok());
        4096 * pages.expect("it is a number")
    }

    fn each<T>(make: impl Fn(usize) -> T) -> usize {
        let mut list = Vec::with_capacity(MACHINES);
        list.push(make(0));
        let before = resident();
        list.extend((1..MACHINES).map(make));
        let each = (resident() - before) / MACHINES;
        // What is freed would be used again, and the next figure would be too low.
        std::mem::forget(list);
        each
    }

    pub fn print() {
        let program = Program::new(FIB).expect("it is a program");
        let from = |text: &str| Machine::from_program(text).expect("it is a program");
        println!("a machine of one program: {} bytes", each(|_| program.machine()));
        println!("made from the same text: {} bytes", each(|_| from(FIB)));
        println!("made from texts that differ: {} bytes", each(|n| from(&format!("{FIB} {n}"))));
        let called = each(|_| {
            let mut machine = program.machine();
            machine.call("fib", &[10.into()]).expect("it returns");
            machine
        });
        println!("after a call: {called} bytes");
        let rested = each(|_| {
            let mut machine = program.machine();
            machine.call("fib", &[10.into()]).expect("it returns");
            machine.rest();
            machine
        });
        println!("after a call and `rest`: {rested} bytes");
        println!("the struct itself: {} bytes", size_of::<Machine>());
    }
}
