//! A thousand programs share one thread. Each has a tank of fuel that fills at its own rate, so nobody waits for a
//! program that never ends, and who waits for something saves up.
//!
//!     cargo run --release --no-default-features --example fair

use std::error::Error;
use std::io::Write;

use midflight::embed::{Machine, Program, Stop, Tank};

const TICKS: u64 = 100;

fn main() -> Result<(), Box<dyn Error>> {
    run(&mut std::io::stdout())
}

/// All of it, said to `out`.
pub fn run(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let program = Program::new("[ get: n 1 +  set: n ] repeat")?;
    let late = Program::new("start  [ get: n 1 +  set: n ] repeat")?;
    let mut machines: Vec<(Machine, Tank)> = Vec::new();
    for number in 0..1000 {
        // Every tenth pays for more, and the last ones do not begin at once.
        let rate = if number % 10 == 0 { 3000 } else { 1000 };
        let program = if number < 990 { &program } else { &late };
        let mut machine = program.machine();
        machine.set_global("n", 0)?;
        machines.push((machine, Tank::new(rate, 10_000)));
    }
    for tick in 1..=TICKS {
        for (machine, tank) in &mut machines {
            tank.tick();
            if tick == TICKS / 2 && machine.asked() == Some("start") {
                machine.answer("start", 0, &[])?;
            }
            match tank.run(machine) {
                Stop::OutOfFuel | Stop::NotYetImplemented(_) => {}
                stop => writeln!(out, "one stopped: {stop}")?,
            }
        }
    }
    for number in [0, 1, 989, 991] {
        let (machine, tank) = &machines[number];
        let (retired, rate) = (machine.retired(), tank.rate);
        writeln!(out, "number {number}, rate {rate}: {retired} instructions")?;
    }
    let all: u64 = machines.iter().map(|(machine, _)| machine.retired()).sum();
    writeln!(out, "all: {all}")?;
    Ok(())
}
