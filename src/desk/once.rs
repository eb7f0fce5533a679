//! Doing a line once: it runs here and is not written.
//!
//! The gesture writes the line, runs it to its end and deletes it again, so everything that holds for lines holds
//! for this one too: it is undone as one, and recordings play it. It is tried on a fork first, because a line that
//! stops before its end would have to stay.

use super::Desk;
use super::entry_line::EntryMode;
use crate::program::diagnostic::grouped;
use crate::session::command::Command;
use crate::session::fork::{Bounds, Ending};
use crate::session::goal::{Ended, Goal};
use crate::view::stop::stop;
use crate::vm::memory::Place;
use crate::vm::room::Room;

/// The most instructions that such a line may execute.
const FUEL: u64 = 1_000_000;
/// What trying it may take up.
const BOUNDS: Bounds =
    Bounds { fuel: FUEL, room: Room { cells: 1 << 22, text: 16 << 20, output: 1 << 20 } };

impl Desk {
    /// Does what is typed, here and once.
    pub(super) fn do_once(&mut self) {
        if self.runs() {
            return self.notice.warn("The program is running: F5 pauses it");
        }
        if self.entry.text.trim().is_empty() || self.entry.mode != EntryMode::Write {
            return self
                .notice
                .warn("Type a line first: Shift+Enter does it once, and does not write it");
        }
        match self.once() {
            Ok(commands) => {
                if self.gesture(commands, None) {
                    self.entry.submitted();
                    self.sight.selection = None;
                }
            }
            Err(words) => self.notice.warn(words),
        }
    }

    /// The commands that do the typed line once.
    fn once(&mut self) -> Result<Vec<Command>, String> {
        let at = self.session().machine().task().counter();
        let text = self.entry.text.clone();
        let (text, _) = self.code_text(at, &text)?;
        let insert = Command::Insert { at, text: text.into() };
        // Executed later, but in the same turn.
        let (mut commands, _) = self.session().in_focus(vec![insert], Some(Goal::Fuel(1)));
        let prepared = self.session().prepare(commands.clone());
        let prepared = prepared.map_err(|refused| refused.to_string())?;
        let count = prepared.cells();
        let mut fork = self.document.session.fork(BOUNDS);
        fork.try_prepared(&prepared).map_err(|refused| refused.to_string())?;
        let (depth, start) = (fork.machine().task().calls().depth(), fork.machine().retired());
        let goal = Goal::Cell(Place::new(at.body, at.offset.0 + count));
        let ending = fork.run(goal, FUEL);
        let machine = fork.machine();
        let is_done =
            ending == Ending::Ended(Ended::Reached) && machine.task().calls().depth() == depth;
        if !is_done {
            let why = match ending {
                Ending::OutOfFuel => {
                    format!("it runs for more than {} instructions", grouped(FUEL))
                }
                Ending::OutOfRoom(kind) => format!("it needs more {kind} than a trial may use"),
                Ending::Ended(_) => {
                    let row = stop(machine);
                    format!("it stops before its end: {}", row.title)
                }
            };
            return Err(format!("Only a line that comes to its end can be done once: {why}"));
        }
        let fuel = machine.retired() - start;
        commands.extend((fuel > 0).then_some(Command::Run { fuel }));
        commands.push(Command::Delete { at, count });
        commands.push(Command::Counter { at });
        let mut whole = self.document.session.fork(BOUNDS);
        whole.apply(&commands).map_err(|refused| refused.to_string())?;
        Ok(commands)
    }
}
