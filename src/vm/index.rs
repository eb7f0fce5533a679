//! The numbers that identify the parts of a machine, each with its own type.
//!
//! Bodies, cells, slots and activations are all identified by small numbers. Their types let the
//! compiler reject arguments in the wrong order. Each type wraps a `u32`, costs nothing and has only the
//! operations that make sense for it. Counts (cells of a body, entries of a call stack) stay plain
//! numbers, and so do indices of data cells, which programs compute.

use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

macro_rules! index {
    ($($(#[$doc:meta])* $visible:vis $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(transparent)]
        $visible struct $name($visible u32);

        impl $name {
            /// The number, as an index into a list.
            #[inline(always)]
            pub const fn index(self) -> usize {
                self.0 as usize
            }

            /// The number for an index into a list.
            ///
            /// # Panics
            /// If the index does not fit in 32 bits; no list in a machine is that long.
            pub fn from_index(index: usize) -> $name {
                $name(u32::try_from(index).expect("no list in a machine has 2^32 items"))
            }
        }

        impl From<u32> for $name {
            fn from(number: u32) -> $name {
                $name(number)
            }
        }

        /// Parses what [`fmt::Display`] writes.
        impl FromStr for $name {
            type Err = ParseIntError;

            fn from_str(text: &str) -> Result<$name, ParseIntError> {
                text.parse().map($name)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(formatter)
            }
        }
    )*};
}

index! {
    /// The number of a code body: a function or a block. It is never reused, even after the body is
    /// removed, so commands and addresses can identify the body by it.
    pub Body;
    /// Where a machine keeps a data body, which cells refer to by it. Used again after the body was
    /// collected, so it means nothing outside of the machine: see [`DataId`].
    pub DataSlot;
    /// A cell of a code body, counted from 0.
    pub Offset;
    /// The index of a local in the frames of its function.
    pub Slot;
    /// An activation on the call stack, frame or running block, counted from 0 at the bottom. It stays
    /// the same while the activation is alive. The window and reports count from 1.
    pub FrameId;
    /// The index of an activation's header in the words of its call stack. An edit that gives frames
    /// below it more locals changes this index, but not the [`FrameId`].
    pub(super) EntryIndex;
}

impl Offset {
    /// The cell after this one.
    #[inline(always)]
    #[must_use]
    pub const fn next(self) -> Offset {
        Offset(self.0 + 1)
    }

    /// The cell that is `cells` after this one.
    #[must_use]
    pub const fn plus(self, cells: u32) -> Offset {
        Offset(self.0 + cells)
    }

    /// How many cells this one is after `start`, which must not be greater.
    pub const fn since(self, start: Offset) -> u32 {
        self.0 - start.0
    }
}

impl FrameId {
    /// The bottom of every call stack: the frame of `main`.
    pub const BOTTOM: FrameId = FrameId(0);
}

/// The number of a data body, counted from 0 as they are made. It is never used again, even after the body
/// was collected. Data bodies and code bodies are numbered separately.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DataId(pub u64);

/// Parses what [`fmt::Display`] writes.
impl FromStr for DataId {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<DataId, ParseIntError> {
        text.parse().map(DataId)
    }
}

impl From<u64> for DataId {
    fn from(number: u64) -> DataId {
        DataId(number)
    }
}

impl fmt::Display for DataId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// The number of a task, counted from 0 as they are made: 0 is the task that runs `main`. It is never used
/// again, even after the task was over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskId(pub u64);

/// The highest number of a task: what a cell can hold.
pub(super) const LAST_TASK: u64 = (1 << 60) - 1;

impl TaskId {
    /// The task that runs `main`.
    pub const MAIN: TaskId = TaskId(0);
}

impl From<u64> for TaskId {
    fn from(number: u64) -> TaskId {
        TaskId(number)
    }
}

/// Parses what [`fmt::Display`] writes.
impl FromStr for TaskId {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<TaskId, ParseIntError> {
        text.parse().map(TaskId)
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// Identifies a body. Code (functions and blocks) and data are numbered separately, so a program that
/// allocates data never changes the numbers that edits use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BodyId {
    /// A function or a block.
    Code(Body),
    /// A data body, made by `allocate`.
    Data(DataId),
}

/// The most code bodies that a machine can make in its life, including those that were removed.
pub const CODE_BODIES: u32 = 1 << 20;

/// The number of a frame, by which a block knows the frame it was made in. Frames are numbered as they
/// open, from 1 for the bottom frame of `main`; see `home`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FrameNumber(pub(super) u64);

/// How many bits of a cell hold the number of a frame.
pub(super) const FRAME_BITS: u32 = 41;
/// The greatest number of a frame; above it is only [`FrameNumber::GONE`].
pub(super) const LAST_FRAME: u64 = (1 << FRAME_BITS) - 2;

impl FrameNumber {
    /// The bottom frame of `main`, when a program begins.
    pub const FIRST: FrameNumber = FrameNumber(1);
    /// A frame that has ended and whose number is not known. It is spelled as 0.
    pub const GONE: FrameNumber = FrameNumber(LAST_FRAME + 1);

    /// The frame that is spelled with this number; `None` if no frame can have it.
    pub fn spelled(number: u64) -> Option<FrameNumber> {
        match number {
            0 => Some(FrameNumber::GONE),
            1..=LAST_FRAME => Some(FrameNumber(number)),
            _ => None,
        }
    }

    /// The number as it is spelled.
    pub fn number(self) -> u64 {
        if self == FrameNumber::GONE { 0 } else { self.0 }
    }

    /// The number after this one.
    #[must_use]
    pub fn next(self) -> FrameNumber {
        FrameNumber(self.0 + 1)
    }
}

impl fmt::Display for FrameNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.number().fmt(formatter)
    }
}
