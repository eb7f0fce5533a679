//! What a body is called where a person reads it: `fib`, `if block of fib`, `data of list`.

use crate::vm::cell::{Cell, Content};
use crate::vm::index::{Body, BodyId, DataId};
use crate::vm::instruction::Primitive;
use crate::vm::machine::Machine;
use crate::vm::memory::{BodyKind, Place};

/// The most frames and globals in which a name for data is looked for: it is asked for each body in sight, each
/// frame.
const LOOKED_AT: usize = 100;

/// What a code body is called.
pub fn title(machine: &Machine, body: Body) -> String {
    let memory = machine.memory();
    let is_block = memory.code(body).is_some_and(|code| matches!(code.kind, BodyKind::Block(_)));
    if !is_block {
        return memory.title(body);
    }
    let role = memory.reference(body).and_then(|place| user(machine, place));
    let role = role.map_or("block", |(_, role)| role);
    format!("{role} of {}", memory.function_name(body))
}

/// The instruction that uses a block, if it stands right behind it, and what the block is to it; by the cell that
/// refers to the block.
pub fn user(machine: &Machine, place: Place) -> Option<(Place, &'static str)> {
    use Primitive as P;
    let cells = machine.memory().code(place.body).map_or(&[][..], |code| code.used());
    let cell = |ahead: usize| cells.get(place.offset.index() + ahead).copied().map(Cell::content);
    let is_block = |content: Option<Content>| {
        let Some(Content::Address(body)) = content else { return false };
        let code = machine.memory().code(body);
        code.is_some_and(|code| matches!(code.kind, BodyKind::Block(_)))
    };
    let next = place.next();
    match (cell(1), cell(2)) {
        (Some(Content::Primitive(P::If)), _) => Some((next, "if block")),
        (Some(Content::Primitive(P::IfElse)), _) => Some((next, "else block")),
        (Some(Content::Primitive(P::While)), _) => Some((next, "while block")),
        (Some(Content::Primitive(P::Times)), _) => Some((next, "times block")),
        (Some(Content::Primitive(P::Repeat | P::RepeatIf)), _) => Some((next, "repeat block")),
        (other, Some(Content::Primitive(P::IfElse))) if is_block(other) => {
            Some((next.next(), "if block"))
        }
        (other, Some(Content::Primitive(P::While))) if is_block(other) => {
            Some((next.next(), "while condition"))
        }
        _ => None,
    }
}

/// What data is called: after the local or global that holds its address, the innermost first.
pub fn data_title(machine: &Machine, data: DataId) -> String {
    let memory = machine.memory();
    let holds = |cell: Cell| {
        let slot = cell.as_data();
        slot.is_some_and(|slot| memory.data_in(slot).id == data)
    };
    let frames =
        machine.task().calls().activations().filter(|entry| entry.is_frame).take(LOOKED_AT);
    for frame in frames {
        let names = memory.code(frame.body).map_or(&[][..], |code| code.locals());
        let mut named = names.iter().zip(frame.locals);
        if let Some((&name, _)) = named.find(|&(_, &cell)| holds(cell)) {
            return format!("data of {}", memory.name(name));
        }
    }
    let mut globals = machine.globals().iter().take(LOOKED_AT);
    match globals.find(|&(_, cell)| holds(cell)) {
        Some((name, _)) => format!("data of ${name}"),
        None => format!("data {data}"),
    }
}

/// What a body is called.
pub fn body_title(machine: &Machine, body: BodyId) -> String {
    match body {
        BodyId::Code(body) => title(machine, body),
        BodyId::Data(data) => data_title(machine, data),
    }
}
