//! Whether an edit can be done: everything that could refuse it, looked at before anything changes.

use std::collections::HashSet;

use super::cell::{BodyId, Cell, Content};
use super::index::Body;
use super::instruction::{Fragment, Instruction};
use super::machine::Machine;
use super::memory::{BODY_CELLS, BodyKind, CODE_BODIES, CODE_CELLS, LOCALS, MEMORY_CELLS, Place};
use super::name::{NameId, check_name};
use super::refusal::Refusal;
use super::text::TEXT_BYTES;

impl Machine {
    pub(super) fn used(&self, body: Body) -> u64 {
        self.memory.code(body).map_or(0, |code| code.used().len() as u64)
    }

    /// The size of the body, if the place is in it.
    pub(super) fn check_place(&self, place: Place) -> Result<u32, Refusal> {
        let body = self.memory.code(place.body).ok_or(Refusal::NoBody { body: place.body })?;
        let Place { body: number, offset } = place;
        let size = body.size;
        if offset.0 < size {
            Ok(size)
        } else {
            Err(Refusal::NoPlace { body: number, offset, size })
        }
    }

    pub(super) fn check_name(&self, name: &str) -> Result<(), Refusal> {
        check_name(name).map_err(|fault| Refusal::Name { name: name.to_string(), fault })
    }

    pub(super) fn check_new_name(&self, name: &str) -> Result<(), Refusal> {
        self.check_name(name)?;
        match self.memory.function(name) {
            Some(body) => Err(Refusal::Defined {
                name: name.to_string(),
                start: self.memory.start(BodyId::Code(body)),
            }),
            None => Ok(()),
        }
    }

    /// Whether so many new bodies fit, with the blocks of the fragment among them.
    pub(super) fn check_bodies(&self, count: usize) -> Result<(), Refusal> {
        let bodies = u64::from(self.memory.code_count()) + count as u64;
        if bodies > u64::from(CODE_BODIES) {
            return Err(Refusal::TooManyBodies);
        }
        self.check_cells(count as u64 * u64::from(BODY_CELLS))
    }

    fn check_cells(&self, more: u64) -> Result<(), Refusal> {
        let fits = self.memory.cells() + more <= MEMORY_CELLS;
        if fits { Ok(()) } else { Err(Refusal::TooManyCells) }
    }

    /// Whether a body has room for so many more cells at a place, growing if it must.
    pub(super) fn check_room(&self, at: Place, count: u64) -> Result<(), Refusal> {
        let furthest = u64::from(self.furthest_position(at.body).0);
        let used = u64::from(at.offset.0).max(self.used(at.body));
        let used = used.max(furthest) + count;
        let size = self.memory.code(at.body).map_or(0, |code| u64::from(code.size));
        if used < size {
            return Ok(());
        }
        // Doubling until it fits at most doubles what is needed.
        if 2 * (used + 2) > u64::from(CODE_CELLS) {
            return Err(Refusal::BodyTooLarge { title: self.memory.title(at.body) });
        }
        self.check_cells(2 * (used + 2))
    }

    pub(super) fn check_fragment(&self, body: Body, line: &Fragment) -> Result<(), Refusal> {
        self.check_contents(line, Some(self.memory.owner(body)))?;
        self.check_bodies(line.bodies.len().saturating_sub(1))
    }

    /// As `check_fragment`, but the block whose address the replaced cell holds may stand there again.
    pub(super) fn check_fragment_replacing(
        &self,
        at: Place,
        line: &Fragment,
    ) -> Result<(), Refusal> {
        let same = line.bodies.len() == 1
            && line.bodies[0].len() == 1
            && self.instruction(at) == line.bodies[0][0];
        if same { Ok(()) } else { self.check_fragment(at.body, line) }
    }

    /// Whether the contents hang together and every cell of them can be made. `owner` is the function
    /// they go into, if it exists already.
    pub(super) fn check_contents(
        &self,
        contents: &Fragment,
        owner: Option<Body>,
    ) -> Result<(), Refusal> {
        check_tree(contents)?;
        let mut locals: Vec<&str> = owner
            .map(|owner| self.locals_in_use(owner).map(|name| self.memory.name(name)).collect())
            .unwrap_or_default();
        let mut addresses = Vec::new();
        for instruction in contents.bodies.iter().flatten() {
            self.check_instruction(instruction)?;
            match instruction {
                Instruction::Address(BodyId::Code(body)) => {
                    self.check_address(*body, owner)?;
                    if addresses.contains(body) && !self.is_function(*body) {
                        return Err(Refusal::Malformed);
                    }
                    addresses.push(*body);
                }
                Instruction::Assign(name) | Instruction::Pick(name)
                    if !locals.contains(&&**name) =>
                {
                    locals.push(name);
                }
                _ => {}
            }
        }
        for body in &contents.bodies {
            if 2 * (body.len() as u64 + 2) > u64::from(CODE_CELLS) {
                return Err(Refusal::BodyTooLarge { title: "a body".to_string() });
            }
        }
        if locals.len() > LOCALS {
            let function = owner.map_or("the function", |owner| self.memory.function_name(owner));
            return Err(Refusal::TooManyLocals { function: function.to_string() });
        }
        Ok(())
    }

    /// The locals that a function has: those its code speaks of, and those that a live frame has a
    /// value for. Any other slot is left over, and nobody can tell that it is there.
    pub(super) fn locals_in_use(&self, function: Body) -> impl Iterator<Item = NameId> {
        let bodies = self.memory.code_bodies();
        let cells = bodies
            .filter(|&(number, _)| self.memory.owner(number) == function)
            .flat_map(|(_, body)| body.used());
        let mut used: HashSet<NameId> = cells
            .filter_map(|cell| match cell.content() {
                Content::Pick(name) | Content::Assign(name) => Some(name),
                _ => None,
            })
            .collect();
        let slots = self.memory.code(function).map_or(&[][..], |code| code.locals());
        for entry in self.tasks.iter().flat_map(|task| task.calls.activations()) {
            if entry.is_frame && entry.body == function {
                let values = slots.iter().zip(entry.locals);
                let assigned = values.filter(|&(_, &value)| value != Cell::UNASSIGNED);
                used.extend(assigned.map(|(&name, _)| name));
            }
        }
        slots.iter().copied().filter(move |name| used.contains(name))
    }

    pub(super) fn check_instruction(&self, instruction: &Instruction) -> Result<(), Refusal> {
        use Instruction as I;
        match instruction {
            I::Integer(value) if Cell::integer(*value).is_none() => {
                Err(Refusal::Integer { value: *value })
            }
            I::Text(text) if text.len() > TEXT_BYTES => {
                Err(Refusal::TextTooLong { bytes: text.len() })
            }
            I::Call(name)
            | I::PushFunction(name)
            | I::Pick(name)
            | I::Assign(name)
            | I::Label(name)
            | I::Hole(name)
            | I::FunctionHole(name) => self.check_name(name),
            I::Address(BodyId::Data(_)) => Err(Refusal::DataInCode),
            _ => Ok(()),
        }
    }

    /// Whether the address of a code body can be written into code of the function `owner`.
    pub(super) fn check_address(&self, body: Body, owner: Option<Body>) -> Result<(), Refusal> {
        self.check_owner(body, owner)?;
        match self.memory.reference(body) {
            Some(place) if !self.is_function(body) => Err(self.block_elsewhere(body, place)),
            _ => Ok(()),
        }
    }

    /// As `check_address`, without looking whether the address of a block stands somewhere already.
    pub(super) fn check_owner(&self, body: Body, owner: Option<Body>) -> Result<(), Refusal> {
        let code = self.memory.code(body).ok_or(Refusal::UnknownAddress)?;
        let function = match code.kind {
            BodyKind::Function(_) => return Ok(()),
            BodyKind::Former(_) => {
                return Err(Refusal::Replaced { title: self.memory.function_name(body).into() });
            }
            BodyKind::Block(function) => function,
        };
        if owner == Some(function) {
            return Ok(());
        }
        let function = self.memory.function_name(body).to_string();
        Err(Refusal::ForeignBlock { start: code.start, function })
    }

    pub(super) fn block_elsewhere(&self, block: Body, place: Place) -> Refusal {
        let start = self.memory.start(BodyId::Code(block));
        Refusal::BlockElsewhere { start, at: self.memory.address(place) }
    }
}

/// Whether every body but the first is the block of exactly one cell, all the way down from the first.
fn check_tree(contents: &Fragment) -> Result<(), Refusal> {
    let mut seen = vec![false; contents.bodies.len()];
    *seen.first_mut().ok_or(Refusal::Malformed)? = true;
    let mut open = vec![0];
    while let Some(body) = open.pop() {
        for instruction in &contents.bodies[body] {
            if let Instruction::Block(inner) = instruction {
                let inner = *inner as usize;
                let flag = seen.get_mut(inner).ok_or(Refusal::Malformed)?;
                if std::mem::replace(flag, true) {
                    return Err(Refusal::Malformed);
                }
                open.push(inner);
            }
        }
    }
    if seen.contains(&false) { Err(Refusal::Malformed) } else { Ok(()) }
}
