//! The machine: a plain value that can be copied, compared and stopped anywhere.
//!
//! It holds no clock, file, randomness, thread or callback, so the same instructions lead to the same
//! machine everywhere. Execution has two halves: `plan` looks at the machine and says what the
//! next instruction would do, or why it cannot; `step` does it. The first half takes `&self`, so
//! an instruction that cannot complete has no way to change anything.

use std::sync::Arc;

use super::cell::{Cell, Content};
use super::data::DataBody;
use super::effort::Effort;
use super::fast::Decoded;
use super::frame::{Activation, Frames};
use super::globals::Globals;
use super::growth::{Growth, Pace};
use super::index::{Body, BodyId, FrameNumber};
use super::input::Input;
use super::instruction::Instruction;
use super::limit::{LimitKind, Limits};
use super::marking::Marking;
use super::memory::{BodyKind, MAIN, Memory, Place};
use super::room::Bounds;
use super::space::BODY_CELLS;
use super::spelling::{SHOWN, Value};
use super::task::Task;
use super::tasks::Tasks;

/// The most instructions that a machine retires: a run ends there, so what is saved can always be loaded
/// again. A computer that retires a billion in a second takes 146 years; only a file made by hand is there.
pub const RETIRED: u64 = 1 << 62;

/// Memory, tasks, input still to be read, output so far, limits, and the count of retired
/// instructions.
#[derive(Clone, Debug)]
pub struct Machine {
    pub(super) memory: Memory,
    pub(super) tasks: Tasks,
    pub(super) globals: Globals,
    pub(super) input: Input,
    /// Shared with copies of the machine until one of them prints.
    pub(super) output: Arc<String>,
    pub(super) limits: Limits,
    pub(super) retired: u64,
    pub(super) frames: Frames,
    /// What was made since data was last collected; see [`super::collect`].
    pub(super) growth: Growth,
    pub(super) pace: Pace,
    /// The collection that is going on. How far it is makes no difference to the program.
    pub(super) marking: Option<Box<Marking>>,
    /// How many bytes a bounded fork left out of its output when it was made.
    pub(super) printed_before: u64,
    /// What a bounded fork may still take up.
    pub(super) bounds: Option<Bounds>,
    /// What its instructions cost beyond one unit each; not a part of the program.
    pub(super) effort: Effort,
    /// The code as the fast loop decoded it; a cache.
    pub(super) decoded: Decoded,
}

impl Default for Machine {
    fn default() -> Machine {
        Machine::new()
    }
}

impl Machine {
    /// An empty machine: `main` at address 0 with a hundred empty cells, and the counter on the first.
    pub fn new() -> Machine {
        let mut memory = Memory::default();
        let main = memory.names.intern("main");
        memory.add_code(BodyKind::Function(main), BODY_CELLS);
        Machine::of(memory)
    }

    pub(super) fn of(memory: Memory) -> Machine {
        Machine {
            memory,
            tasks: Tasks::of_main(0, FrameNumber::FIRST),
            globals: Globals::default(),
            input: Input::default(),
            output: Arc::default(),
            limits: Limits::default(),
            retired: 0,
            frames: Frames::default(),
            growth: Growth::default(),
            pace: Pace::default(),
            marking: None,
            printed_before: 0,
            bounds: None,
            effort: Effort::default(),
            decoded: Decoded::default(),
        }
    }

    /// The memory.
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    #[inline(always)]
    pub(super) fn task_mut(&mut self) -> &mut Task {
        self.tasks.current_mut()
    }

    /// The globals that have a value.
    pub fn globals(&self) -> &Globals {
        &self.globals
    }

    /// Input still to be read.
    pub fn input(&self) -> &Input {
        &self.input
    }

    /// All output so far; for a bounded fork, only its own.
    pub fn output(&self) -> &str {
        &self.output
    }

    /// The limits.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// How many instructions have retired.
    pub fn retired(&self) -> u64 {
        self.retired
    }

    /// Whether it has retired [`RETIRED`] instructions, so that every run ends at once, out of fuel.
    pub fn is_spent(&self) -> bool {
        self.retired >= RETIRED
    }

    /// What the instructions executed so far cost beyond one unit each, in the time of an instruction. Forks
    /// and copies continue the count.
    pub fn extra_effort(&self) -> u64 {
        self.effort.extra()
    }

    /// Counts work that was done for this machine outside of it, as a cost of its run.
    pub fn count_extra(&mut self, units: u64) {
        self.effort.add(units);
    }

    /// Lets runs pause, as if their fuel was used up, when they have cost this much more beyond one unit for
    /// each instruction; `None` ends that.
    pub fn pause_after(&mut self, extra: Option<u64>) {
        self.effort.pause_after(extra);
    }

    /// Whether runs pause now: see [`Machine::pause_after`].
    pub fn pauses(&self) -> bool {
        self.effort.pauses()
    }

    /// The part of a fuel after which it would be spent, or all of the fuel.
    pub(super) fn at_most(&self, fuel: u64) -> u64 {
        fuel.min(RETIRED.saturating_sub(self.retired))
    }

    /// What the cell at a place holds, spelled out.
    pub fn instruction(&self, place: Place) -> Instruction {
        self.spell(self.memory.cell(place))
    }

    /// What a cell holds, spelled out.
    pub fn spell(&self, cell: Cell) -> Instruction {
        let name = |id| self.memory.name(id).into();
        match cell.content() {
            Content::Integer(value) => Instruction::Integer(value),
            Content::Text(id) => Instruction::Text(self.memory.texts.shared(id)),
            Content::Address(body) => match self.function_at(body) {
                Some(function) => Instruction::PushFunction(function.into()),
                None => Instruction::Address(BodyId::Code(body)),
            },
            Content::Data(slot) => Instruction::Address(BodyId::Data(self.memory.data_in(slot).id)),
            Content::BlockValue(block, home) => Instruction::BlockValue(block, home),
            Content::Task(number) => Instruction::Task(number),
            Content::Call(body) => Instruction::Call(self.memory.function_name(body).into()),
            Content::Primitive(primitive) => Instruction::Primitive(primitive),
            Content::Pick(id) => Instruction::Pick(name(id)),
            Content::Assign(id) => Instruction::Assign(name(id)),
            Content::SetGlobal(id) => Instruction::SetGlobal(name(id)),
            Content::GetGlobal(id) => Instruction::GetGlobal(name(id)),
            Content::Label(id) => Instruction::Label(name(id)),
            Content::Hole(id) => Instruction::Hole(name(id)),
            Content::FunctionHole(id) => Instruction::FunctionHole(name(id)),
            Content::Breakpoint | Content::Unassigned => Instruction::Breakpoint,
        }
    }

    fn function_at(&self, number: Body) -> Option<&str> {
        let BodyKind::Function(name) = self.memory.code(number)?.kind else { return None };
        Some(self.memory.name(name))
    }

    /// The value in a cell, ready to be spelled; `None` if the cell does not hold a value.
    pub fn value(&self, cell: Cell) -> Option<Value<'_>> {
        match cell.content() {
            Content::Integer(value) => Some(Value::Integer(value)),
            Content::Text(id) => Some(Value::Text(self.memory.text(id))),
            Content::Address(body) => Some(Value::Address(self.memory.start(BodyId::Code(body)))),
            Content::Data(slot) => Some(Value::Address(self.memory.data_in(slot).start)),
            Content::BlockValue(block, home) => {
                Some(Value::Block(self.memory.start(BodyId::Code(block)), home))
            }
            Content::Task(number) => Some(Value::Task(number)),
            Content::Call(_)
            | Content::Primitive(_)
            | Content::Pick(_)
            | Content::Assign(_)
            | Content::SetGlobal(_)
            | Content::GetGlobal(_)
            | Content::Label(_)
            | Content::Hole(_)
            | Content::FunctionHole(_)
            | Content::Breakpoint
            | Content::Unassigned => None,
        }
    }

    /// Spells a value. A text is cut to at most [`SHOWN`] characters, an address is `@200`, and a
    /// block `@200/7`.
    ///
    /// # Panics
    /// If the cell does not hold a value.
    pub fn show(&self, value: Cell) -> String {
        let value = self.value(value).expect("stacks, locals and data hold values only");
        let mut text = String::new();
        value.spell(Some(SHOWN), &mut text);
        text
    }

    /// The top values of the parameter stack, topmost last, as a program would write them.
    pub fn show_stack(&self) -> String {
        self.seen().show_stack()
    }

    /// Every cell of the machine: code, data, globals, parameters, locals, and what loops keep.
    pub(super) fn all_cells(&self) -> impl Iterator<Item = Cell> {
        self.root_cells().chain(self.memory.data_bodies().flat_map(DataBody::cells))
    }

    /// Every cell but those of data: what these refer to directly or through data is reachable.
    pub(super) fn root_cells(&self) -> impl Iterator<Item = Cell> {
        let code = self.memory.code_bodies().flat_map(|(_, body)| body.used().iter().copied());
        let tasks = self.tasks.iter().flat_map(Task::cells);
        let globals = self.globals.iter().map(|(_, value)| value);
        code.chain(globals).chain(tasks).chain(self.tasks.left_cells())
    }

    /// How much of what is limited is used now. For texts, this looks at every cell.
    pub fn used(&self, kind: LimitKind) -> u64 {
        match kind {
            LimitKind::Memory => self.settled().memory.cells(),
            LimitKind::Parameters => self.tasks.all_held().parameters,
            LimitKind::Calls => self.tasks.all_held().calls,
            LimitKind::Text => self.text_bytes(),
            LimitKind::Output => self.output.len() as u64,
            LimitKind::Tasks => self.tasks.count(),
        }
    }

    fn same_task(&self, a: &Task, other: &Machine, b: &Task) -> bool {
        let (memory, theirs) = (&self.memory, &other.memory);
        let Task { number, counter, parameters, calls, state, resumer } = a;
        (number, counter, state, resumer) == (&b.number, &b.counter, &b.state, &b.resumer)
            && memory.all_same(parameters, theirs, &b.parameters)
            && calls.depth() == b.calls.depth()
            && calls.activations().zip(b.calls.activations()).all(|(a, b)| {
                let Activation { id, body, is_frame, home, again, kept, returns_to, locals: _ } = a;
                let kept = kept.into_iter().zip(b.kept).all(|(a, b)| memory.same(a, theirs, b));
                kept && (id, body, is_frame, home, again, returns_to)
                    == (b.id, b.body, b.is_frame, b.home, b.again, b.returns_to)
                    && self.locals(a) == other.locals(b)
            })
    }

    fn same_left(&self, other: &Machine) -> bool {
        let (ours, theirs) = (&self.tasks.left, &other.tasks.left);
        ours.len() == theirs.len()
            && ours.iter().zip(theirs).all(|((a, values), (b, others))| {
                a == b && self.memory.all_same(values, &other.memory, others)
            })
    }

    /// The assigned locals of an entry of the call stack, sorted by name, with their values spelled out.
    pub fn locals(&self, entry: Activation<'_>) -> Vec<(&str, Instruction)> {
        let slots = self.memory.existing_code(entry.body).locals().iter().zip(entry.locals);
        let mut locals: Vec<_> = slots
            .filter(|&(_, &value)| value != Cell::UNASSIGNED)
            .map(|(&name, &value)| (self.memory.name(name), self.spell(value)))
            .collect();
        locals.sort_by_key(|&(name, _)| name);
        locals
    }

    pub(super) fn same_globals(&self, other: &Machine) -> bool {
        let (ours, theirs) = (&self.globals, &other.globals);
        let same = |((name, a), (other_name, b)): ((&str, Cell), (&str, Cell))| {
            name == other_name && self.memory.same(a, &other.memory, b)
        };
        ours.len() == theirs.len() && ours.iter().zip(theirs.iter()).all(same)
    }

    /// Whether a place is an empty cell of main with only empty cells after it.
    pub(super) fn beyond_main(&self, place: Place) -> bool {
        let used = self.memory.existing_code(MAIN).used().len();
        place.body == MAIN && place.offset.index() >= used
    }
}

/// Compares contents, as for [`Memory`].
impl PartialEq for Machine {
    fn eq(&self, other: &Machine) -> bool {
        let Machine {
            memory,
            tasks,
            globals: _,
            input,
            output,
            limits,
            retired,
            frames,
            growth,
            pace: _,
            marking,
            // These bound or measure runs; they are not part of the program.
            printed_before: _,
            bounds: _,
            effort: _,
            decoded: _,
        } = self;
        if marking.is_some() || other.marking.is_some() {
            return *self.settled() == *other.settled();
        }
        *retired == other.retired
            && *growth == other.growth
            && frames.newest == other.frames.newest
            && *limits == other.limits
            && tasks.is_scheduled_as(&other.tasks)
            && self.same_globals(other)
            && *input == other.input
            && *output == other.output
            && tasks.iter().zip(other.tasks.iter()).all(|(a, b)| self.same_task(a, other, b))
            && self.same_left(other)
            && *memory == other.memory
    }
}

impl Eq for Machine {}
