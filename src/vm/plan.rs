//! What the next instruction would do, or why it cannot: the one place that faults.
//!
//! Everything is checked here, in this order: operands, results, limits. Nothing is changed here, which
//! `&self` guarantees. So every stop is precise, and the reason why a machine waits is worked out on
//! request and never stored.

use super::cell::{Cell, Content};
use super::frame::{Again, CallStack, Home};
use super::in_task::InTask;
use super::index::{Body, BodyId, DataSlot, EntryIndex, FrameNumber, Slot, TaskId};
use super::instruction::{Instruction, Kind, Primitive};
use super::limit::LimitKind;
use super::machine::Machine;
use super::memory::BodyKind;
use super::name::NameId;
use super::queue::Queue;
use super::spelling::long_form;
use super::stop::{Fault, Stop};

/// Cells of a data body, which are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) data: DataSlot,
    pub(super) first: usize,
}

/// What an instruction will do, completely checked.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Replaces the top `take` values with the first `count` of `give`.
    Stack { take: usize, give: [Cell; 4], count: usize },
    /// Pops a count; moves the value that many below the top to the top.
    Roll { count: usize },
    /// Replaces the top `take` values with a text.
    Text { take: usize, text: String },
    /// Replaces the top two values, which are texts, with a text of so many bytes.
    Join { bytes: usize },
    /// Pops a value into a local of a frame.
    Assign { frame: EntryIndex, slot: Slot },
    /// Pops a value into a global.
    SetGlobal { name: NameId },
    /// Pops an index, an address and a value; stores the value.
    Store { data: DataSlot, index: usize },
    /// Pops a number; pushes a new data body of that many cells.
    Allocate { cells: usize },
    /// Pops five values; copies cells.
    Copy { from: Range, to: Range, count: usize },
    /// Pops four values; stores the deepest in cells.
    Fill { to: Range, count: usize },
    /// Pops two values; gives data another size.
    Resize { data: DataSlot, size: usize },
    /// Pops two values; pushes new data with these parts of the deeper one, a text, in bytes.
    Split { parts: Vec<std::ops::Range<usize>> },
    /// Pops a value; appends to the output.
    Print { text: String },
    /// Takes bytes of the input; pushes a text.
    Input { bytes: usize, text: String },
    /// Drops `take` values and calls a function, which returns to the next cell.
    Call { take: usize, function: Body, again: Again, kept: Option<Cell> },
    /// Drops `take` values and runs a block in its frame; it returns to the next cell.
    Run { take: usize, block: Body, home: FrameNumber, again: Again, kept: Option<Cell> },
    /// Drops `take` values and ends the top entry.
    End { take: usize, next: Next },
    /// Drops `take` values, cuts the call stack down to the frame at `home` and ends that frame.
    Return { take: usize, home: EntryIndex, next: Next },
    /// Cuts the call stack down to a loop and returns from it.
    Leave { entry: EntryIndex },
    /// Cuts the call stack down to the bottom; the counter stays.
    Unwind,
    /// Pops the operands; makes a task that gets `count` values, and pushes it. It runs, or it rests.
    Begin { take: usize, count: usize, code: Beginning, runs: bool },
    /// Pops the operands; hands `count` values to a task that rests, and waits for it.
    Resume { count: usize, task: TaskId },
    /// Pops the operands; hands `count` values to whoever resumed it, or to another in its place, and rests.
    Yield { take: usize, count: usize, to: Option<TaskId> },
    /// Drops `take` values; the task is over and hands on what is left on its stack.
    Exit { take: usize },
    /// Pops a task; it is over, if it is not already.
    Close { task: TaskId },
    /// Pops a task, which is over; pushes what it has left, and how many values these are.
    Collect { task: TaskId },
    /// Drops `take` values; ends the turn, and sleeps so long.
    Pause { take: usize, sleep: u64 },
    /// Pops two values; sets the share of a strand.
    Share { strand: usize, share: u64 },
    /// Pops a value and an address; puts the value into a channel.
    Send { data: DataSlot, queue: Queue },
    /// Pops an address; takes a value out of a channel, and pushes it.
    Receive { data: DataSlot, queue: Queue },
}

/// What a task begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Beginning {
    /// A function.
    Function(Body),
    /// A block, in a copy of the frame it was made in.
    Block(Body, EntryIndex),
}

/// What follows when an entry of the call stack ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// It returns.
    Return,
    /// It starts again, and keeps this value if it keeps one.
    Again(Option<Cell>),
    /// The other block of `while` takes its place.
    Other { code: Cell, again: Again, kept: Cell },
}

const GO_ON: Effect = Effect::Stack { take: 0, give: [Cell::ZERO; 4], count: 0 };

impl Effect {
    pub(super) fn push(take: usize, value: Cell) -> Effect {
        Effect::Stack { take, give: [value, Cell::ZERO, Cell::ZERO, Cell::ZERO], count: 1 }
    }

    pub(super) fn stack<const N: usize>(take: usize, values: [Cell; N]) -> Effect {
        let mut give = [Cell::ZERO; 4];
        give[..N].copy_from_slice(&values);
        Effect::Stack { take, give, count: N }
    }
}

pub(super) type Plan = Result<Effect, Stop>;

impl InTask<'_> {
    /// What the next instruction of the task would do.
    pub(super) fn plan(&self) -> Plan {
        let task = self.task();
        let cell = self.memory.cell(task.counter);
        let effect = match cell.content() {
            Content::Primitive(primitive) => self.plan_primitive(primitive)?,
            Content::Call(function) => {
                self.check_depth()?;
                Effect::Call { take: 0, function, again: Again::Once, kept: None }
            }
            Content::Pick(name) => Effect::push(0, self.pick(name)?),
            Content::Assign(name) => self.assign(name)?,
            Content::SetGlobal(name) => self.set(name)?,
            Content::GetGlobal(name) => Effect::push(0, self.get(name)?),
            Content::Label(_) => GO_ON,
            Content::Hole(name) | Content::FunctionHole(name) => {
                return Err(Stop::NotYetImplemented(self.memory.name(name).to_string()));
            }
            Content::Breakpoint | Content::Unassigned => return Err(self.at_empty_cell()),
            Content::Address(block) if !self.is_function(block) => {
                Effect::push(0, cell.with_home(self.number(self.home())))
            }
            Content::Integer(_)
            | Content::Text(_)
            | Content::Address(_)
            | Content::Data(_)
            | Content::Task(_)
            | Content::BlockValue(..) => Effect::push(0, cell),
        };
        let growth = self.growth(&effect);
        if growth > 0 {
            let room = self.limits.get(LimitKind::Parameters);
            let used = task.parameters.len() as u64 + self.elsewhere().parameters;
            check(used + growth as u64 <= room, LimitKind::Parameters)?;
        }
        Ok(effect)
    }

    /// How many values all stacks together grow by.
    fn growth(&self, effect: &Effect) -> usize {
        match *effect {
            Effect::Stack { take, count, .. } => count.saturating_sub(take),
            Effect::Input { .. } => 1,
            // Whoever resumed the task gets a flag, or a count and a flag.
            Effect::Yield { to: None, .. } => 1,
            Effect::Exit { take } if self.task.resumer.is_some() => 2_usize.saturating_sub(take),
            Effect::Close { task } => match self.tasks.find(task) {
                Some(closed) if closed.resumer.is_some() => {
                    usize::from(closed.parameters.is_empty())
                }
                Some(_) | None => 0,
            },
            // They take at least as many values as they give.
            Effect::Roll { .. }
            | Effect::Text { .. }
            | Effect::Join { .. }
            | Effect::Assign { .. }
            | Effect::SetGlobal { .. }
            | Effect::Store { .. }
            | Effect::Allocate { .. }
            | Effect::Copy { .. }
            | Effect::Fill { .. }
            | Effect::Resize { .. }
            | Effect::Split { .. }
            | Effect::Print { .. }
            | Effect::Call { .. }
            | Effect::Run { .. }
            | Effect::End { .. }
            | Effect::Return { .. }
            | Effect::Leave { .. }
            | Effect::Unwind
            | Effect::Exit { .. }
            | Effect::Begin { .. }
            | Effect::Resume { .. }
            | Effect::Yield { to: Some(_), .. }
            | Effect::Collect { .. }
            | Effect::Pause { .. }
            | Effect::Share { .. }
            | Effect::Send { .. }
            | Effect::Receive { .. } => 0,
        }
    }

    fn at_empty_cell(&self) -> Stop {
        let finished = self.only_main() && self.beyond_main(self.task().counter);
        if finished { Stop::Finished } else { Stop::Breakpoint }
    }

    fn pick(&self, name: NameId) -> Result<Cell, Stop> {
        let (frame, slot) = self.local(name, || self.memory.name(name).to_string())?;
        let value = self.task().calls.local(frame, slot);
        if value == Cell::UNASSIGNED {
            let function = self.memory.function_name(self.task().counter.body).to_string();
            let local = self.memory.name(name).to_string();
            return Err(Stop::Fault(Fault::Unassigned { local, function }));
        }
        Ok(value)
    }

    fn assign(&self, name: NameId) -> Plan {
        if self.task().parameters.is_empty() {
            return Err(self.operands(&self.spell_assign(name), &[Kind::Any]));
        }
        let (frame, slot) = self.local(name, || self.spell_assign(name))?;
        Ok(Effect::Assign { frame, slot })
    }

    fn set(&self, name: NameId) -> Plan {
        if self.task().parameters.is_empty() {
            let set = Instruction::SetGlobal(self.memory.name(name).into());
            let spelled = long_form(&set).expect("it has a long form").concat();
            return Err(self.operands(&spelled, &[Kind::Any]));
        }
        Ok(Effect::SetGlobal { name })
    }

    fn get(&self, name: NameId) -> Result<Cell, Stop> {
        let global = self.memory.name(name);
        let unset = || Stop::Fault(Fault::Unset { global: global.to_string() });
        self.globals.get(global).ok_or_else(unset)
    }

    /// The frame and slot of a local of the function at the counter.
    fn local(&self, name: NameId, spell: impl Fn() -> String) -> Result<(EntryIndex, Slot), Stop> {
        let owner = self.memory.owner(self.task().counter.body);
        let Home::Live(frame) = self.home() else { return Err(self.no_frame(&spell())) };
        let slot = self.memory.existing_code(owner).slot(name);
        Ok((frame, slot.expect("edits give a slot to every local that is written")))
    }

    fn spell_assign(&self, name: NameId) -> String {
        let assign = Instruction::Assign(self.memory.name(name).into());
        long_form(&assign).expect("an assignment has a long form").concat()
    }

    pub(super) fn no_frame(&self, instruction: &str) -> Stop {
        let function = self.memory.function_name(self.task().counter.body).to_string();
        let has_others = self.tasks.iter().len() > 1;
        Stop::Fault(Fault::NoFrame { instruction: instruction.to_string(), function, has_others })
    }

    fn operands(&self, instruction: &str, takes: &[Kind]) -> Stop {
        let (instruction, stack) = (instruction.to_string(), self.show_stack());
        Stop::Fault(Fault::Operands { instruction, needs: needs(takes), stack })
    }

    /// Checks that the stack holds what the table says the primitive takes.
    fn check_operands(&self, primitive: Primitive) -> Result<(), Stop> {
        let takes = primitive.row().takes;
        let parameters = &self.task().parameters;
        let fits = parameters.len() >= takes.len() && {
            let top = &parameters[parameters.len() - takes.len()..];
            takes.iter().zip(top).all(|(&kind, &value)| is_of_kind(value, kind))
        };
        if fits { Ok(()) } else { Err(self.operands(primitive.name(), takes)) }
    }

    /// Operand `n`, counted from 1 at the top of the stack. The operands must have been checked.
    pub(super) fn operand(&self, n: usize) -> Cell {
        let parameters = &self.task().parameters;
        parameters[parameters.len() - n]
    }

    /// The integer in an operand, which must have been checked.
    #[inline(always)]
    pub(super) fn integer(&self, n: usize) -> i64 {
        self.operand(n).as_integer().expect("the operands were checked")
    }

    /// The data whose address is in an operand, which must have been checked.
    pub(super) fn data(&self, n: usize) -> DataSlot {
        self.operand(n).as_data().expect("the operands were checked")
    }

    fn plan_primitive(&self, primitive: Primitive) -> Plan {
        self.check_operands(primitive)?;
        let flag = |take, value| Ok(Effect::push(take, Cell::flag(value)));
        let integer = |n| self.integer(n);
        // The top three values. Only those that are operands may be read.
        let (a, b, c) = (|| self.operand(3), || self.operand(2), || self.operand(1));
        use Primitive as P;
        match primitive {
            P::Call => self.enter(1, c(), Again::Once, None),
            P::If if b().is_false() => Ok(Effect::stack(2, [])),
            P::If => self.enter(2, c(), Again::Once, None),
            P::IfElse => self.enter(3, if a().is_false() { c() } else { b() }, Again::Once, None),
            P::Repeat => self.enter(1, c(), Again::Always, None),
            P::RepeatIf if b().is_false() => Ok(Effect::stack(2, [])),
            P::RepeatIf => self.enter(2, c(), Again::WhileTrue, None),
            P::While => self.enter(2, b(), Again::Condition, Some(c())),
            P::Times => self.times(),
            P::Leave => self.leave(),
            P::Return => self.return_from("return", 0),
            P::ReturnIf if c().is_false() => Ok(Effect::stack(1, [])),
            P::ReturnIf => self.return_from("return_if", 1),
            P::End => self.end(),
            P::Exit => Err(self.exit()),

            P::Add => self.whole(primitive, integer(2).checked_add(integer(1))),
            P::Subtract => self.whole(primitive, integer(2).checked_sub(integer(1))),
            P::Multiply => self.whole(primitive, integer(2).checked_mul(integer(1))),
            P::Divide | P::Modulo => self.divide(primitive, integer(2), integer(1)),
            P::Negate => self.whole(primitive, integer(1).checked_neg()),
            P::Absolute => self.whole(primitive, integer(1).checked_abs()),
            P::Minimum => Ok(Effect::push(2, if integer(2) <= integer(1) { b() } else { c() })),
            P::Maximum => Ok(Effect::push(2, if integer(2) >= integer(1) { b() } else { c() })),
            P::Increment => self.whole(primitive, integer(1).checked_add(1)),
            P::Decrement => self.whole(primitive, integer(1).checked_sub(1)),
            P::Scale | P::ScaleModulo => self.scale(primitive),

            P::Equal => flag(2, self.memory.is_same(b(), c())),
            P::Unequal => flag(2, !self.memory.is_same(b(), c())),
            P::Less => flag(2, integer(2) < integer(1)),
            P::Greater => flag(2, integer(2) > integer(1)),
            P::LessEqual => flag(2, integer(2) <= integer(1)),
            P::GreaterEqual => flag(2, integer(2) >= integer(1)),
            P::Within => self.within(),
            P::Not => flag(1, c().is_false()),
            P::LogicalAnd => flag(2, !b().is_false() && !c().is_false()),
            P::LogicalOr => flag(2, !b().is_false() || !c().is_false()),
            P::BitAnd => Ok(fitting(2, integer(2) & integer(1))),
            P::BitOr => Ok(fitting(2, integer(2) | integer(1))),
            P::BitXor => Ok(fitting(2, integer(2) ^ integer(1))),
            P::Invert => Ok(fitting(1, !integer(1))),
            P::ShiftLeft | P::ShiftRight => self.shift(primitive, integer(2), integer(1)),

            P::Dup => Ok(Effect::stack(1, [c(), c()])),
            P::Drop => Ok(Effect::stack(1, [])),
            P::Swap => Ok(Effect::stack(2, [c(), b()])),
            P::Over => Ok(Effect::stack(2, [b(), c(), b()])),
            P::Rot => Ok(Effect::stack(3, [b(), c(), a()])),
            P::RotBack => Ok(Effect::stack(3, [c(), a(), b()])),
            P::Nip => Ok(Effect::stack(2, [c()])),
            P::Tuck => Ok(Effect::stack(2, [c(), b(), c()])),
            P::TwoDup => Ok(Effect::stack(2, [b(), c(), b(), c()])),
            P::TwoDrop => Ok(Effect::stack(2, [])),
            P::DupTrue if c().is_false() => Ok(GO_ON),
            P::DupTrue => Ok(Effect::stack(1, [c(), c()])),
            P::TwoOver => Ok(Effect::stack(0, [self.operand(4), a()])),
            P::TwoSwap => Ok(Effect::stack(4, [b(), c(), self.operand(4), a()])),
            P::PickValue => self.pick_value(),
            P::Roll => self.roll(),
            P::Depth => Ok(fitting(0, self.task().parameters.len() as i64)),

            P::Allocate => self.allocate(integer(1)),
            P::MemoryGet => {
                let (data, index) = self.element(primitive)?;
                let value = self.memory.data_in(data).get(index);
                Ok(Effect::push(2, value.expect("the index was checked")))
            }
            P::MemorySet => {
                let (data, index) = self.element(primitive)?;
                let copied = self.memory.all_data().copied_by(data, index);
                check(self.has_cell_room(copied), LimitKind::Memory)?;
                Ok(Effect::Store { data, index })
            }
            P::MemoryCopy => self.copy(),
            P::MemoryFill => self.fill_cells(),
            P::MemoryResize => self.resize(),
            P::MemoryLength => Ok(fitting(1, self.memory.data_in(self.data(1)).size() as i64)),

            P::TextLength => Ok(fitting(1, self.memory.texts.chars(self.text_id(1)) as i64)),
            P::TextJoin => self.join(),
            P::TextPart => self.text_part(self.text_id(3), integer(2), integer(1)),
            P::TextCode => self.text_code(self.text_id(2), integer(1)),
            P::CodeText => self.code_text(integer(1)),
            P::TextCompare => {
                Ok(fitting(2, self.memory.texts.order(self.text_id(2), self.text_id(1)) as i64))
            }
            P::IntegerText => self.new_text(1, integer(1).to_string()),
            P::TextInteger => self.text_integer(c()),
            P::IsNumber => flag(1, c().as_integer().is_some() || self.spelled(c()).is_some()),
            P::IsText => flag(1, c().as_text().is_some()),
            P::IsInteger => flag(1, c().as_integer().is_some()),
            P::IsBlock => flag(1, c().as_code().is_some()),
            P::IsData => flag(1, c().as_data().is_some()),
            P::TextFind => self.text_find(self.text(2), self.text(1)),
            P::TextSplit => self.text_split(self.text(2), self.text(1)),
            P::TextReplace => self.text_replace(self.text(3), self.text(2), self.text(1)),
            P::TextUpper => self.changed(primitive, char::to_uppercase),
            P::TextLower => self.changed(primitive, char::to_lowercase),
            P::TextRepeat => self.text_repeat(self.text(2), integer(1)),
            P::IntegerBase => self.integer_base(),
            P::BaseInteger => self.base_integer(),

            P::Print => self.print(c(), ""),
            P::PrintLine => self.print(c(), "\n"),
            P::InputLine => self.input_line(),
            P::InputChar => self.input_char(),
            P::InputEnded => self.input_ended(),

            P::TaskNew => self.begin(primitive, 1, 0, c()),
            P::TaskSpawn => {
                let count = self.count(primitive, integer(2))?;
                self.begin(primitive, 2, count, c())
            }
            P::TaskResume => self.resume(integer(2), task(c())),
            P::TaskYield => self.yield_back(integer(1)),
            P::TaskYieldTo => self.yield_to(integer(2), task(c())),
            P::TaskClose => self.close(task(c())),
            P::TaskStatus => self.status(task(c())),
            P::TaskSelf => Ok(Effect::push(0, Cell::task(self.task().number))),
            P::TaskJoin => self.join_task(task(c())),
            P::TaskPause => Ok(Effect::Pause { take: 0, sleep: 0 }),
            P::TaskSleep => self.sleep(integer(1)),
            P::TaskShare => self.share(integer(2), task(c())),
            P::ChannelNew => self.new_channel(integer(1)),
            P::ChannelSend => self.send(),
            P::ChannelReceive => self.receive(),
        }
    }

    /// Calls the function or runs the block in an operand, which must have been checked.
    pub(super) fn enter(&self, take: usize, code: Cell, again: Again, kept: Option<Cell>) -> Plan {
        self.check_depth()?;
        let body = code.as_code().expect("the operands were checked");
        Ok(match code.block_home() {
            Some(home) => Effect::Run { take, block: body, home, again, kept },
            None => Effect::Call { take, function: body, again, kept },
        })
    }

    fn check_depth(&self) -> Result<(), Stop> {
        self.check_room_for_calls(1)
    }

    /// Whether there can be so many more activations.
    pub(super) fn check_room_for_calls(&self, more: u64) -> Result<(), Stop> {
        let depth = u64::from(self.task().calls.depth()) + self.elsewhere().calls;
        check(depth + more <= self.limits.get(LimitKind::Calls), LimitKind::Calls)
    }

    fn end(&self) -> Plan {
        if self.only_main() {
            return Err(Stop::Finished);
        }
        if self.task().is_at_bottom() {
            return self.exit_task(0);
        }
        let top = self.task().calls.top();
        let (next, take) = self.next(top, 0)?;
        Ok(Effect::End { take, next })
    }

    /// The stop of `exit`, which nothing resumes as long as the code stays on the stack.
    fn exit(&self) -> Stop {
        let code = self.integer(1);
        u8::try_from(code).map_or(Stop::Fault(Fault::ExitCode { code }), Stop::Exit)
    }

    /// What `return` would do here.
    pub(super) fn plan_return(&self) -> Plan {
        self.return_from("return", 0)
    }

    fn return_from(&self, instruction: &str, take: usize) -> Plan {
        let Home::Live(home) = self.home() else { return Err(self.no_frame(instruction)) };
        if home == CallStack::BOTTOM && self.task().number != TaskId::MAIN {
            return self.exit_task(take);
        }
        if home == CallStack::BOTTOM {
            return if self.only_main() { Err(Stop::Finished) } else { Ok(Effect::Unwind) };
        }
        let (next, take) = self.next(home, take)?;
        Ok(Effect::Return { take, home, next })
    }

    fn divide(&self, primitive: Primitive, a: i64, b: i64) -> Plan {
        if b == 0 {
            let instruction = primitive.name().to_string();
            return Err(Stop::Fault(Fault::DivisionByZero { instruction, dividend: a.into() }));
        }
        // Neither result can overflow 64 bits: the operands have 61.
        let quotient = floor_divide(a, b);
        let is_quotient = primitive == Primitive::Divide;
        self.whole(primitive, Some(if is_quotient { quotient } else { a - b * quotient }))
    }

    fn shift(&self, primitive: Primitive, a: i64, by: i64) -> Plan {
        if !(0..=60).contains(&by) {
            let instruction = primitive.name().to_string();
            return Err(Stop::Fault(Fault::Shift { instruction, by }));
        }
        let is_left = primitive == Primitive::ShiftLeft;
        self.whole(primitive, if is_left { a.checked_mul(1 << by) } else { Some(a >> by) })
    }

    /// Replaces the operands with a result, if it fits in a cell.
    #[inline(always)]
    fn whole(&self, primitive: Primitive, result: Option<i64>) -> Plan {
        let take = primitive.row().takes.len();
        match result.and_then(Cell::integer) {
            Some(value) => Ok(Effect::push(take, value)),
            None => Err(self.overflow(primitive)),
        }
    }

    pub(super) fn overflow(&self, primitive: Primitive) -> Stop {
        let take = primitive.row().takes.len();
        let operands: Vec<String> = (1..=take).rev().map(|n| self.integer(n).to_string()).collect();
        let (instruction, operands) = (primitive.name().to_string(), operands.join(" and "));
        Stop::Fault(Fault::Overflow { instruction, operands })
    }

    fn print(&self, value: Cell, end: &str) -> Plan {
        let text = match value.as_text() {
            Some(id) => format!("{}{end}", self.memory.text(id)),
            // What a program prints depends neither on how frames are numbered nor on addresses.
            None => match (value.as_code(), value.as_data()) {
                (Some(code), _) => format!("@{}{end}", self.memory.start(BodyId::Code(code))),
                (_, Some(slot)) => format!("data {}{end}", self.memory.data_in(slot).id),
                (None, None) => match value.as_task() {
                    Some(number) => format!("task {number}{end}"),
                    None => format!("{}{end}", self.show(value)),
                },
            },
        };
        let total = self.printed() + text.len() as u64;
        check(total <= self.limits.get(LimitKind::Output), LimitKind::Output)?;
        check(self.has_output_room(text.len()), LimitKind::Output)?;
        Ok(Effect::Print { text })
    }
}

impl Machine {
    /// Whether a body is a function, so that running it opens a frame.
    pub(super) fn is_function(&self, body: Body) -> bool {
        !matches!(self.memory.code(body).map(|code| code.kind), Some(BodyKind::Block(_)))
    }
}

pub(super) fn check(fits: bool, limit: LimitKind) -> Result<(), Stop> {
    if fits { Ok(()) } else { Err(Stop::Limit(limit)) }
}

/// The task in an operand, which must have been checked.
fn task(value: Cell) -> TaskId {
    value.as_task().expect("the operands were checked")
}

/// Replaces values with an integer that always fits in a cell: the result of a bit operation, or a length.
fn fitting(take: usize, value: i64) -> Effect {
    Effect::push(take, Cell::integer(value).expect("it has no more bits than an integer"))
}

/// Division rounded down.
pub(super) fn floor_divide(a: i64, b: i64) -> i64 {
    let quotient = a / b;
    if a % b != 0 && (a < 0) != (b < 0) { quotient - 1 } else { quotient }
}

fn is_of_kind(value: Cell, kind: Kind) -> bool {
    match kind {
        Kind::Any => true,
        Kind::Integer => value.as_integer().is_some(),
        Kind::Text => value.as_text().is_some(),
        Kind::Data => value.as_data().is_some(),
        Kind::Code => value.as_code().is_some(),
        Kind::Task => value.as_task().is_some(),
    }
}

/// "two integers", "a text and an integer".
fn needs(takes: &[Kind]) -> String {
    let noun = |kind| match kind {
        Kind::Any => ("a value", "values"),
        Kind::Integer => ("an integer", "integers"),
        Kind::Text => ("a text", "texts"),
        Kind::Data => ("the address of data", "addresses of data"),
        Kind::Code => ("the address of a block or function", "addresses of blocks or functions"),
        Kind::Task => ("a task", "tasks"),
    };
    let mut parts: Vec<String> = Vec::new();
    for run in takes.chunk_by(|a, b| a == b) {
        let (one, many) = noun(run[0]);
        parts.push(match run.len() {
            1 => one.to_string(),
            2 => format!("two {many}"),
            count => format!("{} {many}", if count == 3 { "three" } else { "four" }),
        });
    }
    match parts.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => "nothing".to_string(),
    }
}
