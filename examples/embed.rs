//! A shop whose prices are written in Midflight. Calls, values, data in and out, output, a fault and going on.
//!
//!     cargo run --no-default-features --example embed

use std::error::Error;
use std::io::Write;

use midflight::embed::{self, Functions, Machine, Stop};

/// What the owner of the shop wrote.
const PRICES: &str = r#"
[ assign: amount assign: price
  price amount *  discount ] bind: total

[ assign: sums  0 assign: i
  [ i sums memory.len < ]
  [ sums i memory.get  print_line  i 1 +  assign: i ] while ] bind: receipt

# The share of each customer. Nobody thought of a table without customers.
[ assign: people assign: sum  sum people / ] bind: share
"#;

fn main() -> Result<(), Box<dyn Error>> {
    run(&mut std::io::stdout())
}

/// All of it, said to `out`.
pub fn run(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let mut machine = Machine::from_program(PRICES)?;
    // However it is written, a call is over after a million instructions.
    machine.set_fuel(1_000_000);

    // `discount` is not in the text: the shop knows it.
    let mut shop = Functions::new().with("discount", 1, |values| {
        let sum = i64::try_from(values[0].clone())?;
        Ok(vec![if sum >= 100 { sum - sum / 10 } else { sum }.into()])
    });
    let left = machine.call_with(&mut shop, "total", &[30.into(), 4.into()])?;
    writeln!(out, "30 * 4, with a discount: {}", left[0])?;

    // Data in, output out.
    let sums = machine.list([108, 20])?;
    machine.call("receipt", &[(&sums).into()])?;
    write!(out, "receipt:\n{}", machine.take_output())?;

    // Data out.
    machine.set(&sums, 1, 25)?;
    writeln!(out, "corrected: {:?}", machine.read::<i64>(&sums)?)?;

    // A fault stops the machine before the instruction.
    match machine.call("share", &[133.into(), 0.into()]) {
        Err(embed::Error::Stopped { stop: Stop::Fault(fault), .. }) => {
            writeln!(out, "{fault}, at {}", machine.place().unwrap_or_default())?;
        }
        other => writeln!(out, "it should divide by zero: {other:?}")?,
    }
    // Its stack is there, to look at; then the call is given up, and everything else stays.
    writeln!(out, "the stack: {}", machine.vm().show_stack())?;
    machine.give_up()?;
    writeln!(out, "for seven: {}", machine.call_one::<i64>("share", &[133.into(), 7.into()])?)?;
    writeln!(out, "fuel left: {}", machine.fuel())?;
    Ok(())
}
