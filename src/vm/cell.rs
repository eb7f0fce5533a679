//! One memory cell: eight bytes that hold a whole instruction or a whole value.
//!
//! A cell is one word, so memory, parameter stack and locals are plain arrays, and copying a machine
//! copies words. The low three bits say what the other sixty-one are. An operand is inside the cell of
//! its instruction, so no edit can separate them, and a run can stop at every address. For a text or a
//! name, the cell holds its number in [`super::text::Texts`] or [`super::name::Names`]. These numbers
//! are a cache: they are never compared between machines, saved or shown. A long text may have several, so two
//! cells that differ may hold equal texts: [`super::memory::Memory::is_same`] knows.
//!
//! Measured: programs run about twice as fast with 8-byte cells as with 16-byte cells.

use super::index::{Body, CODE_BODIES, DataSlot, FRAME_BITS, FrameNumber, LAST_TASK, TaskId};
use super::instruction::Primitive;
use super::name::NameId;
use super::text::TextId;

/// The smallest integer a cell holds: -2^60.
pub const INTEGER_MIN: i64 = -(1 << 60);
/// The largest integer a cell holds: 2^60 - 1.
pub const INTEGER_MAX: i64 = (1 << 60) - 1;

/// One cell, packed. [`Cell::content`] unpacks it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cell(u64);

/// What a cell holds, unpacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// An integer; executing it pushes it.
    Integer(i64),
    /// A text; executing it pushes it.
    Text(TextId),
    /// The address of a function or block; executing it pushes it. That of a block is only in code:
    /// executing it pushes the block as a value.
    Address(Body),
    /// The address of data. Only a value, never in code.
    Data(DataSlot),
    /// A block, with the frame it was made in. Only a value, never in code.
    BlockValue(Body, FrameNumber),
    /// A task. Only a value, never in code.
    Task(TaskId),
    /// Calls the function with this body number.
    Call(Body),
    /// An instruction without an operand.
    Primitive(Primitive),
    /// Pushes the value of a local.
    Pick(NameId),
    /// Pops a value into a local.
    Assign(NameId),
    /// Pops a value into a global.
    SetGlobal(NameId),
    /// Pushes the value of a global.
    GetGlobal(NameId),
    /// Does nothing; marks a place.
    Label(NameId),
    /// Calls a function that is not yet implemented: the machine waits here.
    Hole(NameId),
    /// Pushes the address of a function that is not yet implemented: the machine waits here.
    FunctionHole(NameId),
    /// An empty cell: the machine waits here.
    Breakpoint,
    /// No value: the slot of an unassigned local. Only in frames, never in memory.
    Unassigned,
}

const TAG_BITS: u32 = 3;
const TAG_MASK: u64 = 7;
const INTEGER: u64 = 0;
const TEXT: u64 = 1;
const CODE_ADDRESS: u64 = 2;
/// The address of data or, with [`TASK`], a task: values that are never in code.
const DATA: u64 = 3;
const CALL: u64 = 4;
const PRIMITIVE: u64 = 5;
/// Instructions whose operand is a name: the next three bits say which instruction.
const NAMED: u64 = 6;
const EMPTY: u64 = 7;

/// The bit above the tag of [`DATA`] tells a task from an address, so one mask tests for either.
const TASK: u64 = 1 << TAG_BITS;
const DATA_MASK: u64 = TAG_MASK | TASK;
const DATA_BITS: u32 = TAG_BITS + 1;
const _: () = assert!(LAST_TASK <= u64::MAX >> DATA_BITS);

/// How many bits hold the number of a code body. Above them is the number of a block's frame, or 0.
pub(super) const BODY_BITS: u32 = 64 - TAG_BITS - FRAME_BITS;
const _: () = assert!(CODE_BODIES as u64 <= 1 << BODY_BITS);

const PICK: u64 = 0;
const ASSIGN: u64 = 1;
const LABEL: u64 = 2;
const HOLE: u64 = 3;
const FUNCTION_HOLE: u64 = 4;
const SET_GLOBAL: u64 = 5;
const GET_GLOBAL: u64 = 6;

impl Cell {
    /// The integer 0: what `allocate` fills new memory with. All its bits are zero.
    pub const ZERO: Cell = Cell(INTEGER);
    /// An empty cell.
    pub const BREAKPOINT: Cell = Cell(EMPTY);
    /// The slot of a local before its first assignment.
    pub const UNASSIGNED: Cell = Cell(EMPTY | 1 << TAG_BITS);

    /// An integer; `None` if it does not fit in 61 bits.
    pub fn integer(value: i64) -> Option<Cell> {
        (INTEGER_MIN..=INTEGER_MAX).contains(&value).then_some(Cell((value << TAG_BITS) as u64))
    }

    /// A truth value: 1 or 0.
    pub fn flag(value: bool) -> Cell {
        Cell(u64::from(value) << TAG_BITS)
    }

    /// A text.
    pub fn text(id: TextId) -> Cell {
        Cell(u64::from(id.0) << TAG_BITS | TEXT)
    }

    /// The address of a code body.
    ///
    /// # Panics
    /// If there can be no body with this number.
    pub fn address(body: Body) -> Cell {
        assert!(body.0 < CODE_BODIES, "bodies beyond the limit are refused");
        Cell(u64::from(body.0) << TAG_BITS | CODE_ADDRESS)
    }

    /// The address of the data in a slot.
    pub(super) fn data(slot: DataSlot) -> Cell {
        Cell(u64::from(slot.0) << DATA_BITS | DATA)
    }

    /// A task.
    ///
    /// # Panics
    /// If there can be no task with this number.
    pub fn task(number: TaskId) -> Cell {
        assert!(number.0 <= LAST_TASK, "a machine that made so many tasks makes no more");
        Cell(number.0 << DATA_BITS | TASK | DATA)
    }

    /// A block with the frame it was made in.
    pub fn block_value(block: Body, home: FrameNumber) -> Cell {
        Cell::address(block).with_home(home)
    }

    /// The same block, made in another frame. It must be the address of a block.
    #[inline(always)]
    pub(super) fn with_home(self, home: FrameNumber) -> Cell {
        const BELOW: u32 = BODY_BITS + TAG_BITS;
        Cell(home.0 << BELOW | self.0 & ((1 << BELOW) - 1))
    }

    /// The frame that a block was made in, if the cell holds a block as a value.
    #[inline(always)]
    pub(super) fn block_home(self) -> Option<FrameNumber> {
        let number = self.0 >> (BODY_BITS + TAG_BITS);
        (self.0 & TAG_MASK == CODE_ADDRESS && number != 0).then_some(FrameNumber(number))
    }

    /// A call of the function with this body number.
    pub fn call(body: Body) -> Cell {
        Cell(u64::from(body.0) << TAG_BITS | CALL)
    }

    /// An instruction without an operand.
    pub fn primitive(primitive: Primitive) -> Cell {
        Cell((primitive as u64) << TAG_BITS | PRIMITIVE)
    }

    /// Pushes the value of a local.
    pub fn pick(name: NameId) -> Cell {
        Cell::named(PICK, name)
    }

    /// Pops a value into a local.
    pub fn assign(name: NameId) -> Cell {
        Cell::named(ASSIGN, name)
    }

    /// Pops a value into a global.
    pub fn set_global(name: NameId) -> Cell {
        Cell::named(SET_GLOBAL, name)
    }

    /// Pushes the value of a global.
    pub fn get_global(name: NameId) -> Cell {
        Cell::named(GET_GLOBAL, name)
    }

    /// A label.
    pub fn label(name: NameId) -> Cell {
        Cell::named(LABEL, name)
    }

    /// A call of a function that does not exist yet.
    pub fn hole(name: NameId) -> Cell {
        Cell::named(HOLE, name)
    }

    /// The address of a function that does not exist yet.
    pub fn function_hole(name: NameId) -> Cell {
        Cell::named(FUNCTION_HOLE, name)
    }

    fn named(which: u64, name: NameId) -> Cell {
        Cell(u64::from(name.0) << (2 * TAG_BITS) | which << TAG_BITS | NAMED)
    }

    /// The task that is spelled with this number; `None` if no task can have it.
    pub fn spelled_task(number: u64) -> Option<TaskId> {
        (number <= LAST_TASK).then_some(TaskId(number))
    }

    /// What the cell holds.
    #[inline(always)]
    pub fn content(self) -> Content {
        let rest = self.0 >> TAG_BITS;
        match self.0 & TAG_MASK {
            INTEGER => Content::Integer(self.0 as i64 >> TAG_BITS),
            TEXT => Content::Text(TextId(rest as u32)),
            CODE_ADDRESS => match (self.block_home(), code_body(rest)) {
                (Some(home), block) => Content::BlockValue(block, home),
                (None, body) => Content::Address(body),
            },
            DATA if self.0 & TASK != 0 => Content::Task(TaskId(self.0 >> DATA_BITS)),
            DATA => Content::Data(DataSlot((self.0 >> DATA_BITS) as u32)),
            CALL => Content::Call(Body(rest as u32)),
            PRIMITIVE => Content::Primitive(Primitive::ALL[rest as usize]),
            NAMED => named_content(rest),
            EMPTY if self == Cell::BREAKPOINT => Content::Breakpoint,
            EMPTY => Content::Unassigned,
            _ => unreachable!("three bits make eight tags"),
        }
    }

    pub(super) fn to_bits(self) -> u64 {
        self.0
    }

    pub(super) fn from_bits(bits: u64) -> Cell {
        Cell(bits)
    }

    /// The integer in the cell, if it holds one.
    pub fn as_integer(self) -> Option<i64> {
        (self.0 & TAG_MASK == INTEGER).then_some(self.0 as i64 >> TAG_BITS)
    }

    /// The text in the cell, if it holds one.
    pub fn as_text(self) -> Option<TextId> {
        (self.0 & TAG_MASK == TEXT).then_some(TextId((self.0 >> TAG_BITS) as u32))
    }

    /// The instruction without an operand in the cell, if it holds one.
    #[inline(always)]
    pub(super) fn as_primitive(self) -> Option<Primitive> {
        (self.0 & TAG_MASK == PRIMITIVE).then(|| Primitive::ALL[(self.0 >> TAG_BITS) as usize])
    }

    /// Where the data is whose address the cell holds, if it holds one.
    #[inline(always)]
    pub fn as_data(self) -> Option<DataSlot> {
        (self.0 & DATA_MASK == DATA).then_some(DataSlot((self.0 >> DATA_BITS) as u32))
    }

    /// The task in the cell, if it holds one.
    #[inline(always)]
    pub fn as_task(self) -> Option<TaskId> {
        (self.0 & DATA_MASK == DATA | TASK).then_some(TaskId(self.0 >> DATA_BITS))
    }

    /// The code body whose address the cell holds, if it holds one.
    #[inline(always)]
    pub fn as_code(self) -> Option<Body> {
        (self.0 & TAG_MASK == CODE_ADDRESS).then_some(code_body(self.0 >> TAG_BITS))
    }

    /// Whether the cell is a value: an integer, a text, an address or a task. The parameter stack, assigned
    /// locals and data hold only values.
    pub fn is_value(self) -> bool {
        self.0 & TAG_MASK <= DATA
    }

    /// Whether the cell counts as false: only the integer 0 does.
    pub fn is_false(self) -> bool {
        self == Cell::ZERO
    }
}

/// The body number in a code address, without its tag.
#[inline(always)]
fn code_body(rest: u64) -> Body {
    Body((rest & ((1 << BODY_BITS) - 1)) as u32)
}

fn named_content(rest: u64) -> Content {
    let name = NameId((rest >> TAG_BITS) as u32);
    match rest & TAG_MASK {
        PICK => Content::Pick(name),
        ASSIGN => Content::Assign(name),
        LABEL => Content::Label(name),
        HOLE => Content::Hole(name),
        FUNCTION_HOLE => Content::FunctionHole(name),
        SET_GLOBAL => Content::SetGlobal(name),
        GET_GLOBAL => Content::GetGlobal(name),
        _ => unreachable!("cells with a name are made by the seven constructors"),
    }
}

impl std::fmt::Debug for Cell {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:?}", self.content())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packs_and_unpacks() {
        let contents = [
            (Cell::integer(INTEGER_MIN).unwrap(), Content::Integer(INTEGER_MIN)),
            (Cell::integer(-1).unwrap(), Content::Integer(-1)),
            (Cell::integer(INTEGER_MAX).unwrap(), Content::Integer(INTEGER_MAX)),
            (Cell::text(TextId(u32::MAX)), Content::Text(TextId(u32::MAX))),
            (Cell::address(Body(7)), Content::Address(Body(7))),
            (Cell::data(DataSlot(u32::MAX)), Content::Data(DataSlot(u32::MAX))),
            (Cell::task(TaskId(0)), Content::Task(TaskId(0))),
            (Cell::task(TaskId(LAST_TASK)), Content::Task(TaskId(LAST_TASK))),
            (
                Cell::block_value(Body(CODE_BODIES - 1), FrameNumber::GONE),
                Content::BlockValue(Body(CODE_BODIES - 1), FrameNumber::GONE),
            ),
            (Cell::call(Body(3)), Content::Call(Body(3))),
            (Cell::pick(NameId(4)), Content::Pick(NameId(4))),
            (Cell::assign(NameId(5)), Content::Assign(NameId(5))),
            (Cell::label(NameId(6)), Content::Label(NameId(6))),
            (Cell::set_global(NameId(9)), Content::SetGlobal(NameId(9))),
            (Cell::get_global(NameId(u32::MAX)), Content::GetGlobal(NameId(u32::MAX))),
            (Cell::hole(NameId(7)), Content::Hole(NameId(7))),
            (Cell::function_hole(NameId(8)), Content::FunctionHole(NameId(8))),
            (Cell::BREAKPOINT, Content::Breakpoint),
            (Cell::UNASSIGNED, Content::Unassigned),
        ];
        for (cell, content) in contents {
            assert_eq!(cell.content(), content);
        }
        for &primitive in Primitive::ALL {
            assert_eq!(Cell::primitive(primitive).content(), Content::Primitive(primitive));
        }
    }

    #[test]
    fn integers_end_where_they_should() {
        assert_eq!(Cell::integer(INTEGER_MAX + 1), None);
        assert_eq!(Cell::integer(INTEGER_MIN - 1), None);
        assert_eq!(Cell::integer(0), Some(Cell::ZERO));
        assert!(Cell::flag(false).is_false() && !Cell::flag(true).is_false());
    }
}
