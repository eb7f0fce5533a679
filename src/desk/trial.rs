//! A trial: what the program would do with the line that is being typed for it.
//!
//! While the program waits for input, each change of the line is tried on a fork, as if it had been given
//! and the program ran. The window shows in grey what the fork prints. So a program that reads lines is a
//! live REPL; the session learns of nothing until Enter.
//!
//! A trial may take longer than a frame, unlike the ghost of the entry line: evaluating a line is the whole
//! work of such a program. So it runs in time slices, and is given up when the line changes.

use std::rc::Rc;
use std::time::Duration;

use super::Desk;
use super::ghost::then;
use super::key::SessionKey;
use super::old_input::given;
use super::pacing::Pacing;
use crate::program::diagnostic::counted;
use crate::program::notation::Notation;
use crate::session::fork::{Bounds, Ending, Fork};
use crate::session::goal::{Ended, Goal};
use crate::vm::machine::Machine;
use crate::vm::room::Room;

/// How many instructions a trial executes: a fraction of a second.
const FUEL: u64 = 10_000_000;
/// What it may take up: some ten megabytes.
const ROOM: Room = Room { cells: 1 << 20, text: 16 << 20, output: 1 << 20 };

/// What the program would do with the typed line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trial {
    /// What it would print.
    pub output: String,
    /// The sentence shown beside the line: how much it would print, and why it would stop.
    pub words: String,
}

/// What a trial depends on.
#[derive(Clone, Debug, PartialEq)]
struct Key {
    line: String,
    /// Whether the program runs when it gets the line. Otherwise it only reads it.
    runs: bool,
    session: SessionKey,
}

/// The trial of the typed line: in progress or finished.
#[derive(Debug, Default)]
pub(super) struct Trying {
    key: Option<Key>,
    /// Until the run has ended.
    running: Option<(Fork, Goal, Pacing)>,
    trial: Option<Rc<Trial>>,
}

impl Desk {
    /// What the program would do with the typed line. None while no line is typed, the program does not wait
    /// for input, or nothing is known yet.
    pub fn trial(&self) -> Option<Rc<Trial>> {
        let trying = &self.document.trying;
        trying.trial.clone().filter(|_| trying.key == self.trial_key())
    }

    fn trial_key(&self) -> Option<Key> {
        let idle = self.session().job().is_none();
        let tries = idle && !self.outside.input.is_empty() && self.takes_input();
        tries.then(|| Key {
            line: self.outside.input.clone(),
            runs: self.goal_after_input() == Goal::Free,
            session: self.document.session_key(),
        })
    }

    /// Tries the typed line for part of a frame. Returns when to continue, if there is more to do.
    pub(super) fn trial_part(&mut self) -> Option<Duration> {
        let key = self.trial_key();
        if self.document.trying.key != key {
            let running = key.as_ref().and_then(|key| self.fork_given(&key.line));
            self.document.trying = Trying { key, running, trial: None };
        }
        self.document.trying.advance();
        self.document.trying.running.as_ref().map(|_| Duration::ZERO)
    }

    /// A fork that was given the line as Enter gives it. None if Enter would be refused.
    fn fork_given(&mut self, line: &str) -> Option<(Fork, Goal, Pacing)> {
        let (commands, goal) = self.session().in_focus(vec![given(line)], Some(Goal::Free));
        let gesture = self.session().prepare(commands).ok()?;
        let mut fork = self.document.session.fork(Bounds { fuel: FUEL, room: ROOM });
        fork.try_prepared(&gesture).ok()?;
        Some((fork, goal?, Pacing::default()))
    }
}

impl Trying {
    fn advance(&mut self) {
        let Some((fork, goal, pacing)) = &mut self.running else { return };
        let mut ending = Ending::OutOfFuel;
        pacing.work(|fuel| {
            ending = match fork.fuel() {
                FUEL => fork.run(*goal, fuel),
                _ => fork.run_on(*goal, fuel),
            };
            ending == Ending::OutOfFuel && fork.fuel() > 0
        });
        let ends = ending != Ending::OutOfFuel || fork.fuel() == 0;
        let runs = self.key.as_ref().is_some_and(|key| key.runs);
        let ending = ends.then_some(&ending);
        let words = words(fork.machine(), ending, runs);
        self.trial = Some(Rc::new(Trial { output: fork.machine().output().to_owned(), words }));
        if ends {
            self.running = None;
        }
    }
}

/// `prints 2 lines, then waits for input`. A trial without an ending is still in progress.
fn words(machine: &Machine, ending: Option<&Ending>, runs: bool) -> String {
    let condition = if runs { "" } else { "if it runs: " };
    let prints = match machine.output().lines().count() {
        0 => "prints nothing".to_owned(),
        lines => format!("prints {}", counted(lines, "line")),
    };
    let then = match ending {
        None => "still running".to_owned(),
        Some(Ending::Ended(Ended::Breakpoint(place) | Ended::Unclear(place, _))) => {
            format!("then stops at the breakpoint at {}", machine.memory().address(*place))
        }
        // A trial lasts while the notation is switched, so it says addresses.
        Some(ending) => then(machine, Some(ending), FUEL, Notation::Forth),
    };
    format!("{condition}{prints}, {then}")
}
