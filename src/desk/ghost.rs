//! The ghost: what the typed line would do, tried on a fork of the image.
//!
//! The fork executes at most [`FUEL`] instructions at a time, takes up little, and is thrown away. So the
//! answer is ready at each key press, however large the machine is, and the real machine stays untouched
//! until Enter.

use std::rc::Rc;

use super::Desk;
use super::entry_line::EntryMode;
use super::intent::Intent;
use super::typed_source::repaired;
use crate::program::diagnostic::grouped;
use crate::program::notation::Notation;
use crate::session::command::Command;
use crate::session::fork::{Bounds, Ending, Fork};
use crate::session::goal::Goal;
use crate::view::concern;
use crate::view::memory::{self, At, CellRow, Marks};
use crate::view::stacks::{self, FrameRow, Standing};
use crate::view::stop::{Tone, stop};
use crate::view::title::title;
use crate::vm::index::Offset;
use crate::vm::machine::Machine;
use crate::vm::memory::Place;
use crate::vm::room::Room;

/// How many instructions the fork runs: a few milliseconds, and more than a typed line usually needs.
const FUEL: u64 = 100_000;
/// The bounds of the fork: that fuel twice, for the line and for what the line calls, and some
/// megabytes.
const BOUNDS: Bounds =
    Bounds { fuel: 2 * FUEL, room: Room { cells: 1 << 20, text: 4 << 20, output: 1 << 20 } };
/// The most activations named, because a line has no room for more. The others are counted.
const NAMED: usize = 3;
/// The most cells that are shown before they are written.
pub const CELLS: u32 = 24;

/// What the typed line would do.
#[derive(Clone, Debug, Default)]
pub struct Ghost {
    /// The sentence shown.
    pub words: String,
    /// The typed line cannot be carried out.
    pub warns: bool,
    /// The cells that would be written, as they would look; at most `CELLS`.
    pub cells: Vec<CellRow>,
    /// Whether they would replace what is there.
    pub replaces: bool,
}

impl Desk {
    /// What the typed line would do; empty while nothing is typed or the program runs.
    pub fn ghost(&mut self) -> Rc<Ghost> {
        let key = self.typed_key();
        if let Some(ghost) = self.document.derived.ghost.known(&key) {
            return ghost;
        }
        let ghost = match self.entry.is_clear() && !self.runs() {
            true => self.foretell_removal().unwrap_or_default(),
            false => self.foretell().unwrap_or_else(|words| Ghost {
                words,
                warns: true,
                ..Ghost::default()
            }),
        };
        self.document.derived.ghost.get(key, || ghost)
    }

    fn foretell(&mut self) -> Result<Ghost, String> {
        if self.entry.text.trim().is_empty() || self.runs() {
            return Ok(Ghost::default());
        }
        let intent = self.intent();
        let intent = intent.as_ref().as_ref().map_err(String::clone)?;
        let (mut words, cells) = self.outcome_of(intent)?;
        if !intent.repairs.is_empty() {
            words = format!("`{}`: {words}", repaired(self.entry.text.trim(), &intent.repairs));
        }
        Ok(Ghost { words, warns: false, cells, replaces: self.entry.replaces() })
    }

    /// What a line would do, and the cells that it would write.
    fn outcome_of(&mut self, intent: &Intent) -> Result<(String, Vec<CellRow>), String> {
        let place = self.place();
        let (depth, notation) = (self.session().machine().task().calls().depth(), self.notation());
        let mut fork = self.document.session.fork(BOUNDS);
        fork.try_prepared(&intent.gesture).map_err(|refused| refused.to_string())?;
        let cells = place.map_or_else(Vec::new, |at| written(fork.machine(), at, intent.cells));
        let Some(goal) = intent.goal else {
            fork.look_at(self.session().focus());
            let answers = self.entry.mode == EntryMode::Answer;
            let words = match answers {
                true => outcome(fork.machine(), None, notation),
                false => self.reached(intent),
            };
            return Ok((words, cells));
        };
        let ending = fork.run(goal, FUEL);
        if fork.machine().waits().is_none() && fork.machine().task().calls().depth() > depth {
            return Ok((entered(&mut fork, depth, notation), cells));
        }
        Ok((outcome(fork.machine(), Some(&ending), notation), cells))
    }

    /// What deleting the selected cells would do; none if that concerns nobody.
    fn foretell_removal(&mut self) -> Option<Ghost> {
        let selection = self.sight.selection.filter(|_| !self.at_counter())?;
        let cells = selection.offsets();
        let at = Place { offset: Offset(cells.start), ..selection.head.place()? };
        let count = cells.end - cells.start;
        let mut fork = self.document.session.fork(BOUNDS);
        let refused = fork.apply(&[Command::Delete { at, count }]).err();
        if let Some(refused) = refused {
            let words = format!("Cannot be deleted: {refused}");
            return Some(Ghost { words, warns: true, ..Ghost::default() });
        }
        let words = concern::removal(self.session().machine(), at, count);
        (!words.is_empty())
            .then(|| Ghost { words: format!("Deleting this: {words}"), ..Ghost::default() })
    }

    /// Which activations will execute an edit away from the counter.
    fn reached(&self, intent: &Intent) -> String {
        let Some(at) = self.place().filter(|_| intent.cells > 0) else { return String::new() };
        let (will, passed) = stacks::reached(self.session().machine(), at, NAMED);
        let mut parts = Vec::new();
        if will.count > 0 {
            parts.push(format!("{} will run this", names(&will)));
        }
        if passed.count > 0 {
            let are = if passed.count == 1 { "is" } else { "are" };
            parts.push(format!("{} {are} past this cell and won't run it", names(&passed)));
        }
        if self.entry.replaces() {
            parts.extend(Some(concern::running(self.session().machine(), at, intent.cells)));
            parts.retain(|part| !part.is_empty());
        }
        if parts.is_empty() {
            "not running now; the next call will use it".to_owned()
        } else {
            parts.join("; ")
        }
    }
}

/// The cells that a line has written, as they look.
fn written(machine: &Machine, at: Place, count: u32) -> Vec<CellRow> {
    let cell = |n| At { offset: at.offset.0.saturating_add(n), ..At::from(at) };
    (0..count.min(CELLS)).map(|n| memory::cell(machine, &Marks::default(), cell(n))).collect()
}

/// `frame 3 (fib: i = 1), frame 2 (fib: i = 3) and 7 more`.
fn names(standing: &Standing) -> String {
    let named: Vec<String> = standing.frames.iter().map(FrameRow::words).collect();
    match standing.count - named.len() {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

/// The line ends inside a function or block that it enters: what that would do if it ran.
fn entered(fork: &mut Fork, depth: u32, notation: Notation) -> String {
    let machine = fork.machine();
    let counter = machine.task().counter();
    let title = title(machine, counter.body);
    let enters = match notation {
        Notation::Forth => format!("enters {title} at {}", machine.memory().address(counter)),
        Notation::Source => format!("enters {title}"),
    };
    let with = match machine.show_stack() {
        stack if stack.is_empty() => String::new(),
        stack => format!(" with `{stack}`"),
    };
    let task = fork.machine().task().number();
    let ending = fork.run(Goal::Depth(task, depth), FUEL);
    format!("{enters}{with}; if it runs: {}", outcome(fork.machine(), Some(&ending), notation))
}

/// The stack, and how a run ended or why the machine waits.
fn outcome(machine: &Machine, ending: Option<&Ending>, notation: Notation) -> String {
    let stack = match machine.show_stack() {
        stack if stack.is_empty() => "stack empty".to_owned(),
        stack => format!("stack `{stack}`"),
    };
    format!("{stack}, {}", then(machine, ending, FUEL, notation))
}

/// How a run within `fuel` instructions ended, or why the machine waits.
pub(super) fn then(
    machine: &Machine,
    ending: Option<&Ending>,
    fuel: u64,
    notation: Notation,
) -> String {
    match ending {
        Some(Ending::OutOfFuel) => {
            format!("still running after {} instructions", grouped(fuel))
        }
        Some(Ending::OutOfRoom(kind)) => {
            format!("still running: it needs more {kind} than a preview may use")
        }
        Some(Ending::Ended(_)) | None => waiting(machine, notation),
    }
}

fn waiting(machine: &Machine, notation: Notation) -> String {
    let row = stop(machine);
    let (memory, counter) = (machine.memory(), machine.task().counter());
    let at = match notation {
        Notation::Forth => format!("at {}", memory.address(counter)),
        Notation::Source => format!("in {}", title(machine, counter.body)),
    };
    match row.tone {
        Tone::Missing | Tone::Limit => format!("then waits: {}", row.title),
        Tone::Fault => format!("then a fault: {}", row.detail),
        Tone::Input => "then waits for input".to_owned(),
        Tone::Waits => format!("then {}", row.title),
        Tone::Finished | Tone::Wrong => "then finished".to_owned(),
        Tone::Exited => "then ends".to_owned(),
        Tone::Write => format!("then waits {at}"),
        Tone::Ready => format!("then continues {at}"),
    }
}
