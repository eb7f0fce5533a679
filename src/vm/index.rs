//! The numbers by which a machine's parts are named, each with a type of its own.
//!
//! A body, a cell in it, a local's slot and an activation are all small numbers, and a function that
//! takes two of them must not take them in the wrong order. Each type is a plain `u32` inside and costs
//! nothing; it has only the operations that make sense for it, and none mixes with another. Counts
//! (cells of a body, entries of a call stack) are no names and stay plain numbers, and so do indices of
//! data cells, which a program computes.

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

            /// What stands at this index of a list.
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

        /// As [`fmt::Display`] writes it.
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
    /// The number of a code body: a function or a block. It is never used again, even when the body
    /// is removed, so that commands and addresses can name a body by it.
    pub Body;
    /// The number of a data body, counted apart from code.
    pub DataId;
    /// A cell of a code body, counted from its first.
    pub Offset;
    /// The place of a local in the frames of its function.
    pub Slot;
    /// An activation on the call stack, frame or running block, counted from the bottom, which is 0.
    /// It stays the same for as long as the activation lives. Windows and reports count from 1.
    pub FrameId;
    /// The number of a task.
    pub TaskId;
    /// Where the header of an activation stands among the words of its call stack. It says where to
    /// look now; an edit that gives a function more locals moves headers, and [`FrameId`] stays.
    pub(super) EntryIndex;
}

impl Offset {
    /// The cell after this one.
    #[inline(always)]
    #[must_use]
    pub const fn next(self) -> Offset {
        Offset(self.0 + 1)
    }

    /// The cell that is `cells` further on.
    #[must_use]
    pub const fn plus(self, cells: u32) -> Offset {
        Offset(self.0 + cells)
    }

    /// How many cells lie from `start` up to this one, which must not come before it.
    pub const fn since(self, start: Offset) -> u32 {
        self.0 - start.0
    }
}

impl FrameId {
    /// The bottom of every call stack: the frame of `main`.
    pub const BOTTOM: FrameId = FrameId(0);
}

/// Names a body. Code (functions and blocks) and data are counted apart, so that running a program,
/// which may allocate, never changes the numbers that edits speak of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BodyId {
    /// A function or a block.
    Code(Body),
    /// What `allocate` made.
    Data(DataId),
}
