//! Checks whether an edit may write code where it wants to.

use foldhash::{HashSet, HashSetExt};

use super::cell::{Cell, Content};
use super::data::DataBody;
use super::draft::{Functions, Part};
use super::index::{Body, BodyId, CODE_BODIES, Offset};
use super::instruction::{Fragment, Instruction};
use super::machine::Machine;
use super::memory::{BodyKind, CODE_CELLS_USED, CodeBody, MEMORY_CELLS, Place};
use super::name::NameId;
use super::refusal::Refusal;
use super::space::BODY_CELLS;

/// Where contents are written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope {
    /// The function that they belong to, if it already exists.
    pub(super) owner: Option<Body>,
    /// A block whose address the replaced cell holds, and may hold again.
    pub(super) kept: Option<Body>,
}

impl Machine {
    /// The body of a place, if the place exists.
    pub(super) fn check_place(&self, place: Place) -> Result<&CodeBody, Refusal> {
        let Place { body, offset } = place;
        let code = self.memory.code(body).ok_or(Refusal::NoBody { body })?;
        let size = code.size;
        if offset.0 < size { Ok(code) } else { Err(Refusal::NoPlace { body, offset, size }) }
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

    /// Whether this many new bodies fit.
    pub(super) fn check_bodies(&self, count: usize) -> Result<(), Refusal> {
        let bodies = u64::from(self.memory.code_count()) + count as u64;
        if bodies > u64::from(CODE_BODIES) {
            return Err(Refusal::TooManyBodies);
        }
        self.check_cells(count as u64 * u64::from(BODY_CELLS))
    }

    /// Whether this many new cells fit.
    pub(super) fn check_cells(&self, more: u64) -> Result<(), Refusal> {
        let fits = self.memory.cells() + more <= MEMORY_CELLS;
        if fits { Ok(()) } else { Err(Refusal::TooManyCells) }
    }

    /// Whether a body has room for this many more cells at a place, or can grow; `furthest` is the
    /// furthest saved position in it.
    pub(super) fn check_room(
        &self,
        at: Place,
        code: &CodeBody,
        furthest: Option<Offset>,
        count: usize,
    ) -> Result<(), Refusal> {
        let furthest = furthest.map_or(0, |offset| u64::from(offset.0));
        let used = u64::from(at.offset.0).max(code.used().len() as u64);
        let used = used.max(furthest) + count as u64;
        // First of all: a body may have grown to more room than it may use.
        if count > 0 && !is_in_bounds(used) {
            return Err(Refusal::BodyTooLarge { title: self.memory.title(at.body) });
        }
        if used < u64::from(code.size) {
            return Ok(());
        }
        // Doubling until it fits at most doubles what is needed.
        self.check_cells(2 * (used + 2))
    }

    /// Drafts contents, in the order of their bodies. Does not check locals.
    pub(super) fn draft_contents<'e>(
        &self,
        contents: &'e Fragment,
        scope: Scope,
        functions: &Functions<'_>,
    ) -> Result<Vec<Vec<Part<'e>>>, Refusal> {
        check_tree(contents)?;
        let mut blocks = HashSet::new();
        let mut drafts = Vec::with_capacity(contents.bodies.len());
        for body in &contents.bodies {
            let mut parts = Vec::with_capacity(body.len());
            for instruction in body {
                let part = self.draft(instruction, functions)?;
                if let Instruction::Address(BodyId::Code(body)) = instruction {
                    self.check_address(*body, scope)?;
                    if !self.is_function(*body) && !blocks.insert(*body) {
                        return Err(Refusal::Malformed);
                    }
                }
                parts.push(part);
            }
            drafts.push(parts);
        }
        if !contents.bodies.iter().all(|body| is_in_bounds(body.len() as u64)) {
            return Err(Refusal::BodyTooLarge { title: "a body".to_string() });
        }
        Ok(drafts)
    }

    /// The locals of a function: those that its code uses, and those with a value in a live frame. Any
    /// other slot is left over and invisible.
    pub(super) fn locals_in_use(&self, function: Body) -> impl Iterator<Item = NameId> {
        let bodies = [function].into_iter().chain(self.memory.blocks_of(function));
        let cells = bodies.flat_map(|body| self.memory.existing_code(body).used());
        let mut used: HashSet<NameId> = cells
            .filter_map(|cell| {
                let (Content::Pick(name) | Content::Assign(name)) = cell.content() else {
                    return None;
                };
                Some(name)
            })
            .collect();
        let slots = self.memory.existing_code(function).locals();
        for entry in self.tasks.iter().flat_map(|task| task.calls.activations()) {
            if entry.is_frame && entry.body == function {
                let values = slots.iter().zip(entry.locals);
                let assigned = values.filter(|&(_, &value)| value != Cell::UNASSIGNED);
                used.extend(assigned.map(|(&name, _)| name));
            }
        }
        slots.iter().copied().filter(move |name| used.contains(name))
    }

    /// Whether the address of a code body can be written.
    fn check_address(&self, body: Body, scope: Scope) -> Result<(), Refusal> {
        if scope.kept == Some(body) {
            return Ok(());
        }
        self.check_owner(body, scope.owner)?;
        match self.memory.reference(body) {
            Some(place) if !self.is_function(body) => Err(self.block_elsewhere(body, place)),
            _ => Ok(()),
        }
    }

    /// Whether the address of a code body can be written into code of the function `owner`. Does not
    /// check whether another cell already holds it.
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

    /// Names something outside of these bodies that points into one of them, if anything does.
    pub(super) fn pointer_into(&self, gone: &HashSet<Body>) -> Option<String> {
        let points = |cell: Cell| {
            let called =
                || if let Content::Call(body) = cell.content() { Some(body) } else { None };
            cell.as_code().or_else(called).is_some_and(|body| gone.contains(&body))
        };
        let users = gone.iter().flat_map(|&body| self.memory.users_of(body));
        if let Some(number) = users.filter(|number| !gone.contains(number)).min() {
            let cells = self.memory.existing_code(number).used();
            let offset = cells.iter().position(|&cell| points(cell)).expect("it is in the index");
            let address = self.memory.address(Place::new(number, Offset::from_index(offset)));
            return Some(format!("the cell at {address}"));
        }
        for task in self.tasks.iter() {
            let of = |what: &str| {
                let others = self.tasks.iter().len() > 1;
                Some(if others {
                    format!("{what} of task {}", task.number)
                } else {
                    what.to_string()
                })
            };
            if gone.contains(&task.counter.body) {
                return of("the program counter");
            }
            let live = |place: Place| gone.contains(&place.body);
            for entry in task.calls.activations() {
                if gone.contains(&entry.body) || entry.returns_to.is_some_and(live) {
                    return of("a live frame");
                }
                if entry.kept.is_some_and(points) {
                    return of("a loop on the call stack");
                }
                if entry.locals.iter().any(|&cell| points(cell)) {
                    return of("a local");
                }
            }
            if task.parameters.iter().any(|&cell| points(cell)) {
                return of("a value on the parameter stack");
            }
        }
        if self.tasks.left_cells().any(points) {
            return Some("a value that a task has left".to_string());
        }
        if let Some((name, _)) = self.globals.iter().find(|&(_, value)| points(value)) {
            return Some(format!("the global `{name}`"));
        }
        let machine = self.settled();
        let mut data = machine.memory.data_bodies().flat_map(DataBody::cells);
        data.any(points).then(|| "a data cell".to_string())
    }
}

fn is_in_bounds(used: u64) -> bool {
    used <= u64::from(CODE_CELLS_USED)
}

/// Checks that every body but the first is the block of exactly one cell and is reached from the first.
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
