//! Planning an edit: the half that can refuse it, and changes nothing.
//!
//! Where a body is placed depends on what was made and moved before it, and recordings contain
//! addresses. So the order in which bodies are made and grow is fixed: as if the cells of a text were
//! written one after the other. A block is made just before the cell that holds its address, and filled
//! after the rest of that body.

use foldhash::{HashSet, HashSetExt};

use super::cell::Cell;
use super::draft::{Draft, Functions, Part};
use super::edit::{Change, Edit, EditPlan};
use super::index::{Body, Offset, Slot};
use super::instruction::{Fragment, Instruction};
use super::machine::Machine;
use super::memory::{CodeBody, LOCALS, MAIN, Place};
use super::refusal::Refusal;
use super::relocate::Shift;
use super::space::BODY_CELLS;
use super::validate::Scope;

/// How a line is written into an existing body.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Fills the empty cells there, then inserts.
    Write,
    /// Inserts.
    Insert,
    /// As `Write`, after emptying the first cell.
    Replace,
}

impl Machine {
    /// Checks an edit and works out everything that it implies.
    ///
    /// # Errors
    /// Why it is refused.
    pub fn plan_edit<'e>(&self, edit: Edit<'e>) -> Result<EditPlan<'e>, Refusal> {
        match edit {
            Edit::Write { at, line } => self.plan_line(at, line, Mode::Write),
            Edit::Insert { at, line } => self.plan_line(at, line, Mode::Insert),
            Edit::Replace { at, line } => self.plan_line(at, line, Mode::Replace),
            Edit::Delete { at, count } => self.plan_delete(at, count),
            Edit::Define { functions } => self.plan_define(functions),
            Edit::Redefine { name, contents } => self.plan_redefine(name, contents),
            Edit::Remove { body } => self.plan_remove(body),
        }
    }

    fn plan_line<'e>(
        &self,
        at: Place,
        line: &'e Fragment,
        mode: Mode,
    ) -> Result<EditPlan<'e>, Refusal> {
        let code = self.check_place(at)?;
        let owner = self.memory.owner(at.body);
        let kept = if mode == Mode::Replace { self.block_kept(at, line) } else { None };
        let scope = Scope { owner: Some(owner), kept };
        let drafts = self.draft_contents(line, scope, &Functions::default())?;
        let locals = self.plan_locals(Some(owner), line)?;
        self.check_bodies(line.bodies.len() - 1)?;
        let furthest = self.furthest_position(at.body);
        self.check_room(at, code, furthest, drafts[0].len())?;

        let mut planner = Planner::new(self);
        planner.add_locals(owner, locals);
        let target = Target::existing(at, code, furthest, mode);
        let (fills, count) = (target.fills, drafts[0].len());
        if mode == Mode::Replace && count == 0 {
            let cells = vec![Draft::Cell(Cell::BREAKPOINT)];
            planner.changes.push(Change::Fill { at, cells });
        }
        planner.put(owner, target, &drafts);
        let inserted = count.saturating_sub(fills);
        let shift = (inserted > 0).then(|| Shift::Inserted {
            at: Place { offset: at.offset.plus((count - inserted) as u32), ..at },
            count: inserted as u32,
        });
        planner.finish(shift)
    }

    /// The block whose address a cell holds, if the line writes the same address there again.
    fn block_kept(&self, at: Place, line: &Fragment) -> Option<Body> {
        match (line.bodies.as_slice(), self.memory.cell(at).as_code()) {
            ([body], Some(block)) if *body == [self.instruction(at)] => Some(block),
            _ => None,
        }
    }

    fn plan_delete<'e>(&self, at: Place, count: u32) -> Result<EditPlan<'e>, Refusal> {
        let code = self.check_place(at)?;
        let there = code.size - at.offset.0;
        if count > there {
            return Err(Refusal::NotEnoughCells {
                wanted: u64::from(count),
                there: u64::from(there),
            });
        }
        let mut planner = Planner::new(self);
        planner.changes.push(Change::Delete { at, count });
        planner.finish((count > 0).then_some(Shift::Deleted { at, count }))
    }

    fn plan_define<'e>(
        &self,
        list: &'e [(&'e str, &'e Fragment)],
    ) -> Result<EditPlan<'e>, Refusal> {
        let first = self.memory.code_count();
        let numbered = || (first..).map(Body).zip(list);
        let functions = Functions {
            new: numbered().map(|(body, &(name, _))| (name, body)).collect(),
            superseded: None,
        };
        let scope = Scope { owner: None, kept: None };
        let mut names = HashSet::new();
        let mut contents = Vec::with_capacity(list.len());
        for &(name, fragment) in list {
            self.check_new_name(name)?;
            if !names.insert(name) {
                return Err(Refusal::Defined { name: name.to_string(), start: self.memory.end() });
            }
            let drafts = self.draft_contents(fragment, scope, &functions)?;
            contents.push((drafts, self.plan_locals(None, fragment)?));
        }
        self.check_bodies(list.iter().map(|(_, fragment)| fragment.bodies.len()).sum())?;

        let mut planner = Planner::new(self);
        for (body, &(name, _)) in numbered() {
            assert_eq!(planner.next_body(), body, "functions come before their blocks");
            planner.changes.push(Change::AddFunction { name, body });
            planner.functions.push(body);
        }
        for ((body, _), (drafts, locals)) in numbered().zip(contents) {
            planner.add_locals(body, locals);
            planner.put(body, Target::new(body), &drafts);
        }
        planner.finish(None)
    }

    fn plan_redefine<'e>(
        &self,
        name: &'e str,
        contents: &'e Fragment,
    ) -> Result<EditPlan<'e>, Refusal> {
        let missing = || Refusal::NoFunction { name: name.to_string() };
        let old = self.memory.function(name).ok_or_else(missing)?;
        if old == MAIN {
            return Err(Refusal::Main);
        }
        let mut planner = Planner::new(self);
        let new = planner.next_body();
        let functions =
            Functions { new: [(name, new)].into_iter().collect(), superseded: Some((old, new)) };
        let scope = Scope { owner: None, kept: None };
        let drafts = self.draft_contents(contents, scope, &functions)?;
        let locals = self.plan_locals(None, contents)?;
        self.check_bodies(contents.bodies.len())?;

        planner.changes.push(Change::Supersede { name, old, new });
        planner.functions.push(new);
        planner.add_locals(new, locals);
        planner.put(new, Target::new(new), &drafts);
        planner.finish(None)
    }

    fn plan_remove<'e>(&self, body: Body) -> Result<EditPlan<'e>, Refusal> {
        if body == MAIN {
            return Err(Refusal::Main);
        }
        self.memory.code(body).ok_or(Refusal::NoBody { body })?;
        let gone: Vec<Body> = [body].into_iter().chain(self.memory.blocks_of(body)).collect();
        if let Some(by) = self.pointer_into(&gone.iter().copied().collect()) {
            return Err(Refusal::Referenced { title: self.memory.title(body), by });
        }
        let mut planner = Planner::new(self);
        planner.changes.extend(gone.into_iter().map(|body| Change::Remove { body }));
        planner.finish(None)
    }

    /// Slots for the locals that the contents use, in an existing function or a new one.
    fn plan_locals<'e>(
        &self,
        function: Option<Body>,
        contents: &'e Fragment,
    ) -> Result<Locals<'e>, Refusal> {
        let has_slot = |name: &str| {
            let code = function.map(|function| self.memory.existing_code(function));
            let id = self.memory.names.find(name);
            code.zip(id).is_some_and(|(code, id)| code.slot(id).is_some())
        };
        let (mut spoken, mut is_assigned) = (HashSet::new(), HashSet::new());
        let (mut new, mut assigned) = (Vec::new(), Vec::new());
        for instruction in contents.bodies.iter().flatten() {
            let (Instruction::Assign(name) | Instruction::Pick(name)) = instruction else {
                continue;
            };
            if spoken.insert(&**name) && !has_slot(name) {
                new.push(&**name);
            }
            if matches!(instruction, Instruction::Assign(_)) && is_assigned.insert(&**name) {
                assigned.push(&**name);
            }
        }
        let there =
            function.map_or(0, |function| self.memory.existing_code(function).locals().len());
        let next = (there..LOCALS).map(Slot::from_index);
        let mut slots: Vec<(Slot, &str)> = next.zip(new.iter().copied()).collect();
        let homeless = &new[slots.len()..];
        if !homeless.is_empty() {
            let reused = self.slots_left_over(function, &spoken);
            if homeless.len() > reused.len() {
                let function = function.map_or("the function", |f| self.memory.function_name(f));
                return Err(Refusal::TooManyLocals { function: function.to_string() });
            }
            slots.extend(reused.into_iter().zip(homeless.iter().copied()));
        }
        Ok(Locals { slots, assigned, is_new: function.is_none() })
    }

    /// Slots of locals that no longer exist and are not `spoken` of now. No frame has a value there.
    fn slots_left_over(&self, function: Option<Body>, spoken: &HashSet<&str>) -> Vec<Slot> {
        // A new function has none.
        let Some(function) = function else { return Vec::new() };
        let in_use = self.locals_in_use(function).map(|name| self.memory.name(name));
        let in_use: HashSet<&str> = in_use.collect();
        let locals = self.memory.existing_code(function).locals();
        let names = locals.iter().map(|&local| self.memory.name(local)).enumerate();
        names
            .filter(|(_, name)| !in_use.contains(name) && !spoken.contains(name))
            .map(|(slot, _)| Slot::from_index(slot))
            .collect()
    }
}

/// What the contents change about the locals of their function.
struct Locals<'e> {
    /// The new locals, with their slots.
    slots: Vec<(Slot, &'e str)>,
    /// The locals that are assigned, each once.
    assigned: Vec<&'e str>,
    /// Whether the edit makes the function, so that it has no cells and no frames yet.
    is_new: bool,
}

/// A body that cells are written into one after the other, with what decides how much room it needs.
struct Target {
    /// Where the first cell goes.
    at: Place,
    /// How many of the cells fill empty ones; the others are inserted.
    fills: usize,
    /// Its size, in cells.
    size: u32,
    /// Its cells up to the last that is not empty.
    used: u32,
    /// The furthest saved position in it.
    furthest: u32,
}

impl Target {
    /// A new body.
    fn new(body: Body) -> Target {
        let at = Place::start(body);
        Target { at, fills: usize::MAX, size: BODY_CELLS, used: 0, furthest: 0 }
    }

    fn existing(at: Place, code: &CodeBody, furthest: Option<Offset>, mode: Mode) -> Target {
        let (cells, start) = (code.used(), at.offset.index());
        let replaces_last = mode == Mode::Replace && start + 1 == cells.len();
        let used = if replaces_last { trimmed(&cells[..start]) } else { cells.len() };
        let fills = match mode {
            Mode::Insert => 0,
            Mode::Write => empty_run(cells, start),
            Mode::Replace => empty_run(cells, start + 1).saturating_add(1),
        };
        // A position on the first cell never moves, so 0 can also mean that there is none.
        let furthest = furthest.map_or(0, |offset| offset.0);
        Target { at, fills, size: code.size, used: used as u32, furthest }
    }

    /// Records that cell number `n` is written. Returns how many cells the body needs now, not counting
    /// the empty one at its end.
    fn write(&mut self, n: usize, is_empty: bool) -> u32 {
        let offset = self.at.offset.0 + n as u32;
        let mut last = offset;
        if n >= self.fills {
            // The cells from there on move up. So does a saved position after it, which must stay
            // inside the body.
            last = last.max(self.used);
            if self.furthest > offset {
                last = last.max(self.furthest);
                self.furthest += 1;
            }
            if offset < self.used {
                self.used += 1;
            }
        }
        if !is_empty {
            self.used = self.used.max(offset + 1);
        }
        last + 1
    }
}

/// How many cells are empty from an offset on; without bound if no used cell follows.
fn empty_run(cells: &[Cell], start: usize) -> usize {
    let rest = cells.get(start..).unwrap_or_default();
    rest.iter().position(|&cell| cell != Cell::BREAKPOINT).unwrap_or(usize::MAX)
}

/// The number of cells up to the last that is not empty.
fn trimmed(cells: &[Cell]) -> usize {
    cells.iter().rposition(|&cell| cell != Cell::BREAKPOINT).map_or(0, |last| last + 1)
}

/// A plan that is being made.
struct Planner<'m, 'e> {
    machine: &'m Machine,
    changes: Vec<Change<'e>>,
    functions: Vec<Body>,
    /// The number of the next body.
    next: Body,
    /// How many cells the plan adds to the memory.
    cells: u64,
}

impl<'m, 'e> Planner<'m, 'e> {
    fn new(machine: &'m Machine) -> Planner<'m, 'e> {
        let next = machine.memory.next_code();
        Planner { machine, changes: Vec::new(), functions: Vec::new(), next, cells: 0 }
    }

    /// Takes the number of a new body.
    fn next_body(&mut self) -> Body {
        self.cells += u64::from(BODY_CELLS);
        let body = self.next;
        self.next = Body(body.0 + 1);
        body
    }

    fn add_locals(&mut self, function: Body, locals: Locals<'e>) {
        let Locals { slots, assigned, is_new } = locals;
        if !slots.is_empty() {
            self.changes.push(Change::AddLocals { function, slots, has_frames: !is_new });
        }
        if !assigned.is_empty() && !is_new {
            self.changes.push(Change::PickHoles { function, names: assigned });
        }
    }

    /// Writes contents; blocks get bodies of their own, in the order of the text.
    fn put(&mut self, owner: Body, target: Target, contents: &[Vec<Part<'e>>]) {
        // What remains to be written: where, and which body of the contents.
        let mut open = vec![(target, 0)];
        while let Some((mut target, number)) = open.pop() {
            let mut blocks = Vec::new();
            let mut cells = Vec::with_capacity(contents[number].len());
            for (n, &part) in contents[number].iter().enumerate() {
                let draft = match part {
                    Part::Cell(draft) => draft,
                    Part::Block(inner) => {
                        let body = self.next_body();
                        self.changes.push(Change::AddBlock { owner, body });
                        blocks.push((Target::new(body), inner));
                        Draft::Cell(Cell::address(body))
                    }
                };
                self.make_room(&mut target, n, draft);
                cells.push(draft);
            }
            self.write_cells(&target, cells);
            open.extend(blocks.into_iter().rev());
        }
    }

    fn make_room(&mut self, target: &mut Target, n: usize, draft: Draft<'_>) {
        let needed = target.write(n, draft.is_empty_cell()) + 1;
        let mut size = target.size;
        while size < needed {
            size *= 2;
        }
        if size > target.size {
            self.cells += u64::from(size - target.size);
            self.changes.push(Change::Grow { body: target.at.body, size });
            target.size = size;
        }
    }

    fn write_cells(&mut self, target: &Target, mut cells: Vec<Draft<'e>>) {
        let at = target.at;
        let inserted = cells.split_off(target.fills.min(cells.len()));
        let after = Place { offset: at.offset.plus(cells.len() as u32), ..at };
        if !cells.is_empty() {
            self.changes.push(Change::Fill { at, cells });
        }
        if !inserted.is_empty() {
            self.changes.push(Change::Insert { at: after, cells: inserted });
        }
    }

    fn finish(self, shift: Option<Shift>) -> Result<EditPlan<'e>, Refusal> {
        self.machine.check_cells(self.cells)?;
        Ok(EditPlan { changes: self.changes, shift, functions: self.functions })
    }
}
