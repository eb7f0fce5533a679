//! A machine about to execute one instruction, with a function, a block and data around it.

use midflight::vm::index::DataId;
use midflight::vm::instruction::Instruction;
use midflight::vm::machine::Machine;
use midflight::vm::memory::Place;
use midflight::vm::stop::Stop;

use super::words::{line, machine, values};

/// The cell of main with the instruction under test.
pub const AT: u32 = 10;

/// The machine with `word` under the counter and the values `before` on the stack. It has a function `f` at
/// 100, a block of main at 200, and data of three cells, `0 7 0`, at 300.
pub fn bench(before: &str, word: &str) -> Machine {
    let mut machine = machine(&[("f", "label:x")], "3 allocate drop");
    machine.write(Place::new(0, 50), &line("label:far [ ]")).unwrap();
    machine.delete(Place::new(0, 51), 1).unwrap();
    assert_eq!(machine.run(3), Stop::Breakpoint);
    machine.set_data(DataId(0), 1, &Instruction::Integer(7)).unwrap();
    machine.write(Place::new(0, AT), &line(word)).unwrap();
    machine.set_counter(Place::new(0, AT)).unwrap();
    machine.push(&values(before)).unwrap();
    machine
}
