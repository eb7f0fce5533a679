//! The numbers of frames, by which a block knows the frame that it was made in.
//!
//! Frames are numbered as they open, from 1 for the bottom frame of `main`. A number is never used for a
//! second frame, so a block whose frame has ended can be told from every other. A cell has room for 41
//! bits of it. When they are used up, which takes hours of nothing but calls, all numbers that are in use
//! are replaced by 1, 2, 3, ... in the same order. That happens before the instruction that would open
//! one frame too many, so it does not depend on how a run is divided.

use std::collections::BTreeSet;

use super::cell::Cell;
use super::frame::{Activation, Home};
use super::in_task::InTask;
use super::index::{Body, FrameNumber, TaskId};
use super::machine::Machine;

impl Machine {
    /// The number of the newest frame: how many have been opened, unless they were numbered again.
    pub fn newest_frame(&self) -> FrameNumber {
        self.frames.newest
    }

    /// Lets frames have only numbers up to this one, so that they are soon numbered again. For tests: it
    /// must leave room for the frames that live and those that blocks were made in.
    #[doc(hidden)]
    pub fn number_frames_up_to(&mut self, most: u64) {
        self.frames.most = most;
    }

    /// The frame whose locals the code at the counter sees, and which `return` leaves; `None` if it has ended.
    pub fn home_frame(&self) -> Option<Activation<'_>> {
        self.seen().home_frame()
    }

    /// The same for the counter of a task; `None` if the task is over.
    pub fn home_frame_of(&self, task: TaskId) -> Option<Activation<'_>> {
        let task = self.task_of(task)?;
        InTask { machine: self, task }.home_frame()
    }

    /// The frame that a block has if it is named without one: the home of the counter if it is of the
    /// block's function, else the innermost frame of that function.
    pub(super) fn assumed_home(&self, block: Body) -> FrameNumber {
        let owner = self.memory.owner(block);
        let (here, calls) = (self.here(), &self.tasks.current().calls);
        if owner == self.memory.owner(here.task().counter.body) {
            return here.number(here.home());
        }
        let innermost = calls.innermost_frame(owner);
        innermost.map_or(FrameNumber::GONE, |frame| calls.number(frame))
    }

    /// The home of a block that was made in this frame.
    pub(super) fn find_home(&mut self, block: Body, number: FrameNumber) -> Home {
        let owner = self.memory.owner(block);
        match self.task_mut().calls.find_frame(number) {
            Some(frame) => {
                assert_eq!(
                    self.tasks.current().calls.body(frame),
                    owner,
                    "blocks are made in their function"
                );
                Home::Live(frame)
            }
            None => Home::Ended(number),
        }
    }

    /// The number of a frame that is about to open. There must be one left.
    pub(super) fn number_frame(&mut self) -> FrameNumber {
        self.frames.newest = self.frames.newest.next();
        self.frames.newest
    }

    /// Makes sure that a frame can be numbered.
    pub(super) fn make_frame_number(&mut self) {
        if self.frames.left() == 0 {
            self.renumber_frames();
        }
    }

    /// Replaces all numbers that are in use by the lowest ones, in the same order.
    fn renumber_frames(&mut self) {
        self.count_search();
        self.finish_collection();
        let cells = self.all_cells().filter_map(Cell::block_home);
        let calls = self.tasks.iter().flat_map(|task| task.calls.activations());
        let used: BTreeSet<FrameNumber> = cells.chain(calls.map(|entry| entry.home)).collect();
        let used: Vec<FrameNumber> = used.into_iter().filter(|&n| n != FrameNumber::GONE).collect();
        let new = |number: FrameNumber| match used.binary_search(&number) {
            Ok(at) => FrameNumber(at as u64 + 1),
            Err(_) => number,
        };
        let change = |cell: Cell| match cell.block_home() {
            Some(number) => cell.with_home(new(number)),
            None => cell,
        };
        self.globals.map(change);
        self.tasks.map_values(change);
        self.tasks.iter_mut().for_each(|task| task.calls.map_numbers(new));
        self.memory.all_data_mut().map(change);
        self.frames.newest = FrameNumber(used.len() as u64);
        assert!(self.frames.left() > 0, "fewer frames are in use than there are numbers");
    }
}
