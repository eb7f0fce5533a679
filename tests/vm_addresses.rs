//! Addresses written into code: which are allowed, and why others are refused.

use midflight::vm::index::BodyId;
use midflight::vm::instruction::{Fragment, Instruction};
use midflight::vm::machine::Machine;
use midflight::vm::memory::Place;

#[test]
fn the_address_of_a_replaced_function_cannot_be_written() {
    let mut machine = Machine::new();
    let one = Fragment::line(vec![Instruction::Integer(1)]);
    let old = machine.define("f", &one).unwrap();
    let new = machine.redefine("f", &Fragment::line(Vec::new())).unwrap();
    let before = machine.clone();
    let address = |body| Fragment::line(vec![Instruction::Address(BodyId::Code(body))]);
    let refusal = machine.write(Place::new(0, 0), &address(old)).unwrap_err();
    assert!(refusal.to_string().contains("pushf: f"), "{refusal}");
    assert_eq!(machine, before);
    machine.write(Place::new(0, 0), &address(new)).unwrap();
    assert_eq!(machine.instruction(Place::new(0, 0)), Instruction::PushFunction("f".into()));
}

#[test]
fn a_new_definition_that_names_the_old_body_means_itself() {
    let mut machine = Machine::new();
    let old = machine.define("f", &Fragment::line(vec![Instruction::Integer(1)])).unwrap();
    let own = Fragment::line(vec![Instruction::Address(BodyId::Code(old))]);
    let new = machine.redefine("f", &own).unwrap();
    assert_eq!(machine.instruction(Place::new(new, 0)), Instruction::PushFunction("f".into()));
    assert_eq!(Machine::deserialize(&machine.serialize()), Ok(machine));
}
