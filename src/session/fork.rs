//! A fork of a session's image: to try something on, or to see later how it was. It is not a session: it
//! has no journal and no checkpoints, and changes to it do not reach the session.
//!
//! Making a fork copies only the stacks, however large the image is. It has bounds on the room it may
//! take and on the instructions it may execute, so that it can be made at every key press. If it stops at
//! a bound, it says so, because the program itself would continue.

use super::command::Command;
use super::goal::{Ended, Goal};
use super::prepared::Prepared;
use super::refused::Refused;
use super::session::Session;
use crate::program::image::Image;
use crate::vm::index::TaskId;
use crate::vm::limit::LimitKind;
use crate::vm::machine::Machine;
use crate::vm::room::Room;
use crate::vm::stop::Stop;

/// How much a fork may do. The default is nothing, for a fork that is only looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bounds {
    /// How many instructions it may execute.
    pub fuel: u64,
    /// How much room it may take up.
    pub room: Room,
}

/// Why a run of a fork ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The session that was forked would end the run here too.
    Ended(Ended),
    /// It used up its fuel.
    OutOfFuel,
    /// It would take up more room of this kind than the fork may.
    OutOfRoom(LimitKind),
}

/// An image that began as a copy of a session's image, and the fuel it has left.
#[derive(Clone, Debug)]
pub struct Fork {
    image: Image,
    fuel: u64,
}

impl Session {
    /// A fork of the image.
    pub fn fork(&mut self, bounds: Bounds) -> Fork {
        Fork { image: self.image.fork_within(bounds.room), fuel: bounds.fuel }
    }
}

impl Fork {
    /// The machine. Its output is only what the fork itself has printed.
    pub fn machine(&self) -> &Machine {
        &self.image.machine
    }

    /// Lets questions be about a task.
    pub fn look_at(&mut self, task: TaskId) {
        self.image.machine.look_at(Some(task));
    }

    /// The image, to try on it what takes no bounds.
    pub fn into_image(self) -> Image {
        self.image
    }

    /// Carries out commands, one after the other. Runs among them use fuel.
    ///
    /// # Errors
    /// Why a command was refused; the ones before it have been carried out.
    pub fn apply(&mut self, commands: &[Command]) -> Result<(), Refused> {
        for command in commands {
            if let Command::Run { fuel } = *command {
                self.run(Goal::Fuel(fuel), fuel);
            } else {
                command.apply(&mut self.image)?;
            }
        }
        Ok(())
    }

    /// Carries out a gesture whose texts were already read for the image that was forked.
    ///
    /// # Errors
    /// As [`Fork::apply`].
    pub fn try_prepared(&mut self, prepared: &Prepared) -> Result<(), Refused> {
        prepared.apply(&mut self.image)
    }

    /// How many instructions it may still execute.
    pub fn fuel(&self) -> u64 {
        self.fuel
    }

    /// Runs towards a goal, for at most `at_most` instructions and within the fuel that is left.
    pub fn run(&mut self, goal: Goal, at_most: u64) -> Ending {
        self.part(goal, at_most, true)
    }

    /// Continues a run towards a goal of which a part was executed, so a breakpoint at the counter ends it.
    pub fn run_on(&mut self, goal: Goal, at_most: u64) -> Ending {
        self.part(goal, at_most, false)
    }

    fn part(&mut self, mut goal: Goal, at_most: u64, first: bool) -> Ending {
        self.image.machine.look_at(None);
        let before = self.image.machine.retired();
        let fuel = at_most.min(self.fuel);
        // Evaluating conditions takes time too.
        if !self.image.breakpoints.is_empty() {
            self.image.machine.pause_after(Some(fuel));
        }
        let ended = goal.run(&mut self.image, fuel, first);
        self.image.machine.pause_after(None);
        self.fuel -= self.image.machine.retired() - before;
        match ended {
            None => Ending::OutOfFuel,
            Some(Ended::Stopped(Stop::Limit(kind))) if self.image.machine.lacks_room() => {
                Ending::OutOfRoom(kind)
            }
            Some(ended) => Ending::Ended(ended),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::load::image_of_program;
    use crate::vm::index::DataId;
    use crate::vm::memory::{MAIN, Place};

    /// A session of a program that has executed seven instructions, and a fork of it.
    fn forked(text: &str, cells: u64) -> (Session, Fork) {
        let mut session = Session::new(image_of_program(text).unwrap());
        session.apply(&[Command::Run { fuel: 7 }]).unwrap();
        let room = Room { cells, text: 20, output: 5 };
        let fork = session.fork(Bounds { fuel: 1000, room });
        (session, fork)
    }

    #[test]
    fn a_bound_is_no_limit_of_the_program() {
        let (_session, mut fork) = forked("1 2 3 4 5 6 7 100 allocate 20000000 allocate", 100);
        assert_eq!(fork.run(Goal::Fuel(2), 10), Ending::Ended(Ended::Reached));
        let stop = Stop::Limit(LimitKind::Memory);
        assert_eq!(fork.run(Goal::Free, 10), Ending::Ended(Ended::Stopped(stop)));
        let (_session, mut fork) = forked("1 2 3 4 5 6 7 100 allocate 1 allocate", 100);
        assert_eq!(fork.run(Goal::Free, 10), Ending::OutOfRoom(LimitKind::Memory));
        assert_eq!(fork.machine().task().parameters().len(), 9);
    }

    #[test]
    fn writing_takes_room_once() {
        let text = "1 2 3 4 5 9000 allocate assign: m  1 m 0 memory.set 2 m 1 memory.set \
                    3 m 4000 memory.set";
        let (_session, mut fork) = forked(text, 64);
        assert_eq!(fork.run(Goal::Free, 100), Ending::OutOfRoom(LimitKind::Memory));
        assert_eq!(fork.machine().waits(), Some(Stop::Limit(LimitKind::Memory)));
        let data = fork.machine().memory().data(DataId(0)).unwrap();
        assert_eq!(data.cells().filter(|cell| !cell.is_false()).count(), 2);
    }

    #[test]
    fn texts_and_output_are_bounded() {
        let (_session, mut fork) = forked("1 2 3 4 5 6 7 123 print 456 print", 0);
        assert_eq!(fork.run(Goal::Free, 100), Ending::OutOfRoom(LimitKind::Output));
        assert_eq!(fork.machine().output(), "123");
        let (_session, mut fork) = forked("1 2 3 4 5 6 7 [ 1 int_to_str drop ] repeat", 0);
        assert_eq!(fork.run(Goal::Free, 1000), Ending::OutOfRoom(LimitKind::Text));
    }

    #[test]
    fn fuel_is_for_all_of_it() {
        let (_session, mut fork) = forked("[ 1 drop ] repeat", 0);
        assert_eq!(fork.run(Goal::Free, 600), Ending::OutOfFuel);
        fork.apply(&[Command::Run { fuel: 300 }]).unwrap();
        let before = fork.machine().retired();
        assert_eq!(fork.run(Goal::Free, 600), Ending::OutOfFuel);
        assert_eq!(fork.machine().retired() - before, 100);
    }

    #[test]
    fn a_run_in_parts_ends_where_a_whole_run_does() {
        let mut session = Session::new(image_of_program("1 2 3 4 5").unwrap());
        let at = Place::new(MAIN, 3);
        session.apply(&[Command::Breakpoint { at, on: true }]).unwrap();
        let mut fork = session.fork(Bounds { fuel: 4, room: Room::default() });
        assert_eq!((fork.run(Goal::Free, 1), fork.fuel()), (Ending::OutOfFuel, 3));
        assert_eq!((fork.run_on(Goal::Free, 2), fork.fuel()), (Ending::OutOfFuel, 1));
        assert_eq!(fork.run_on(Goal::Free, 2), Ending::Ended(Ended::Breakpoint(at)));
        assert_eq!((fork.run(Goal::Free, 2), fork.fuel()), (Ending::OutOfFuel, 0));
    }

    #[test]
    fn the_output_before_counts_for_the_limit_of_the_program() {
        let mut session = Session::new(image_of_program("1234 print 56 print").unwrap());
        let limit = Command::Limit { kind: LimitKind::Output, value: 5 };
        session.apply(&[limit, Command::Run { fuel: 2 }]).unwrap();
        let mut fork =
            session.fork(Bounds { fuel: 10, room: Room { output: 9, ..Room::default() } });
        assert_eq!(fork.machine().output(), "");
        let stop = Stop::Limit(LimitKind::Output);
        assert_eq!(fork.run(Goal::Free, 10), Ending::Ended(Ended::Stopped(stop)));
    }
}
