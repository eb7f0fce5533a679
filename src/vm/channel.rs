//! Channels: queues of values between tasks, in plain data.
//!
//! A channel is a data body like any other, so it is visible in memory, saved, edited and collected like one:
//!
//! | cell | holds |
//! |---|---|
//! | 0 | the index of the oldest value, counted from 0 |
//! | 1 | how many values there are |
//! | 2... | room for the values, as a ring |
//!
//! A program may write into it. So the two numbers are checked whenever it is used, and whether somebody must
//! wait follows from them.

use super::cell::Cell;
use super::in_task::InTask;
use super::index::DataSlot;
use super::instruction::Primitive;
use super::limit::LimitKind;
use super::machine::Machine;
use super::memory::MEMORY_CELLS;
use super::plan::{Effect, Plan, check};
use super::queue::{COUNT, FIRST, HEADER, Queue};
use super::stop::{Blocked, Fault, Stop};

fn number(value: usize) -> Cell {
    Cell::integer(value as i64).expect("no memory has so many cells")
}

impl InTask<'_> {
    /// `channel.new ( n -- address )`
    pub(super) fn new_channel(&self, room: i64) -> Plan {
        let most = MEMORY_CELLS - HEADER as u64;
        let Some(cells) = u64::try_from(room).ok().filter(|room| (1..=most).contains(room)) else {
            return Err(Stop::Fault(Fault::Room { room, maximum: most }));
        };
        self.allocate(cells as i64 + HEADER as i64)
    }

    /// `channel.send ( value address -- )`
    pub(super) fn send(&self) -> Plan {
        let (data, queue) = self.queue(Primitive::ChannelSend)?;
        if queue.count == queue.room {
            return Err(Stop::Blocked(Blocked::Full(self.memory.data_in(data).id)));
        }
        self.check_stores(data, [queue.free(), COUNT])?;
        Ok(Effect::Send { data, queue })
    }

    /// `channel.receive ( address -- value )`
    pub(super) fn receive(&self) -> Plan {
        let (data, queue) = self.queue(Primitive::ChannelReceive)?;
        if queue.count == 0 {
            return Err(Stop::Blocked(Blocked::Empty(self.memory.data_in(data).id)));
        }
        self.check_stores(data, [queue.oldest(), FIRST])?;
        Ok(Effect::Receive { data, queue })
    }

    fn queue(&self, primitive: Primitive) -> Result<(DataSlot, Queue), Stop> {
        let slot = self.data(1);
        let what = || format!("data {}", self.memory.data_in(slot).id);
        let instruction = || primitive.name().to_string();
        Queue::read(self.memory.all_data(), slot).map(|queue| (slot, queue)).ok_or_else(|| {
            Stop::Fault(Fault::NoChannel { instruction: instruction(), what: what() })
        })
    }

    /// Checks that a bounded fork has room for the pages that it would copy to write these cells.
    fn check_stores(&self, data: DataSlot, cells: [usize; 2]) -> Result<(), Stop> {
        let copied = cells.map(|index| self.memory.all_data().copied_by(data, index)).iter().sum();
        check(self.has_cell_room(copied), LimitKind::Memory)
    }
}

impl Machine {
    /// Puts a value into a channel that has room.
    pub(super) fn send_value(&mut self, slot: DataSlot, queue: Queue, value: Cell) {
        let data = self.memory.all_data_mut();
        data.set(slot, queue.free(), value);
        data.set(slot, COUNT, number(queue.count + 1));
    }

    /// Takes a value out of a channel that has one.
    pub(super) fn receive_value(&mut self, slot: DataSlot, queue: Queue) -> Cell {
        let data = self.memory.all_data_mut();
        let value = data.get(slot).and_then(|body| body.get(queue.oldest()));
        data.set(slot, queue.oldest(), Cell::ZERO);
        data.set(slot, FIRST, number((queue.first + 1) % queue.room));
        data.set(slot, COUNT, number(queue.count - 1));
        value.expect("the queue was read from there")
    }
}
