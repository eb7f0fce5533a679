//! Which machine a value belongs to.
//!
//! Addresses are numbers of one machine, and another machine may have something else under the same number. So a
//! value that holds an address says whose it is. A fork knows what there was before it was made: those values
//! are its own too.

use std::sync::Arc;

use crate::vm::index::{Body, DataId, FrameNumber, TaskId};
use crate::vm::machine::Machine;

/// The identity of a machine, and that of the machine it was forked from.
#[derive(Debug, Default)]
pub(super) struct Owner {
    parent: Option<(Arc<Owner>, Numbers)>,
}

/// The numbers that a machine has given so far.
#[derive(Clone, Copy, Debug)]
struct Numbers {
    next_data: DataId,
    next_code: Body,
    newest_frame: FrameNumber,
    next_task: TaskId,
}

/// What a value that belongs to a machine refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Referent {
    Data(DataId),
    Function(Body),
    Block(Body, FrameNumber),
    Task(TaskId),
}

impl Owner {
    /// The identity of a fork that is made of a machine now.
    pub(super) fn fork(self: &Arc<Owner>, machine: &Machine) -> Owner {
        let memory = machine.memory();
        let numbers = Numbers {
            next_data: memory.next_data(),
            next_code: memory.next_code(),
            newest_frame: machine.newest_frame(),
            next_task: machine.next_number(),
        };
        Owner { parent: Some((self.clone(), numbers)) }
    }

    /// Whether a value of `other` means the same in the machine with this identity.
    pub(super) fn has(self: &Arc<Owner>, other: &Arc<Owner>, referent: Referent) -> bool {
        if Arc::ptr_eq(self, other) {
            return true;
        }
        let mut child = self;
        while let Some((parent, numbers)) = &child.parent {
            if Arc::ptr_eq(parent, other) {
                return numbers.include(referent);
            }
            child = parent;
        }
        false
    }
}

impl Numbers {
    fn include(self, referent: Referent) -> bool {
        match referent {
            Referent::Data(id) => id < self.next_data,
            Referent::Function(body) => body < self.next_code,
            Referent::Block(body, frame) => body < self.next_code && frame <= self.newest_frame,
            Referent::Task(task) => task < self.next_task,
        }
    }
}
