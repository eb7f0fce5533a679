//! The ghost: what the typed line would do, found out on a copy of the machine.
//!
//! The copy runs at most [`FUEL`] instructions and is thrown away; its output and input are its own.
//! So the answer is there at each key press, and the real machine is untouched until Enter.

use std::rc::Rc;

use super::Desk;
use super::entry_line::EntryMode;
use super::intent::Intent;
use crate::program::diagnostic::grouped;
use crate::session::Session;
use crate::session::goal::Goal;
use crate::session::outcome::Progress;
use crate::session::request::Request;
use crate::view::stacks::{self, FrameRow, Standing};
use crate::view::stop::{Tone, stop};

/// How far the copy runs: a few milliseconds, and more than a line that is typed by hand does.
const FUEL: u64 = 100_000;
/// The most cells that are copied for a ghost: more takes longer than a key press should.
const CELLS: u64 = 2_000_000;
/// The most activations that are named: a line shows no more. The others are counted.
const NAMED: usize = 3;

/// What the typed line would do.
#[derive(Clone, Debug, Default)]
pub struct Ghost {
    /// What it says.
    pub words: String,
    /// What was typed cannot be written.
    pub warns: bool,
}

impl Desk {
    /// What the typed line would do; empty while nothing is typed or the program runs.
    pub fn ghost(&self) -> Rc<Ghost> {
        self.document.derived.ghost.get(self.typed_key(), || match self.foretell() {
            Ok(words) => Ghost { words, warns: false },
            Err(words) => Ghost { words, warns: true },
        })
    }

    fn foretell(&self) -> Result<String, String> {
        if self.entry.text.trim().is_empty() || self.runs() {
            return Ok(String::new());
        }
        let intent = self.intent();
        let intent = intent.as_ref().as_ref().map_err(String::clone)?;
        if self.session().machine().memory().cells() > CELLS {
            return Ok(String::new());
        }
        let depth = self.session().machine().task().calls().depth();
        let mut copy = Session::new(self.session().image().clone());
        let gesture = Request::gesture(intent.commands.clone(), intent.goal);
        copy.start(gesture).map_err(|refused| refused.to_string())?;
        if intent.goal.is_none() && self.entry.mode != EntryMode::Answer {
            return Ok(self.reached(intent));
        }
        let progress = copy.advance(FUEL).map_err(|refused| refused.to_string())?;
        if copy.machine().waits().is_none() && copy.machine().task().calls().depth() > depth {
            return Ok(entered(&mut copy, depth));
        }
        Ok(outcome(&copy, &progress))
    }

    /// Which activations will execute an edit that is not at the counter.
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
        if parts.is_empty() {
            "not running now; the next call will use it".to_owned()
        } else {
            parts.join("; ")
        }
    }
}

/// `fib(1) in frame 3, fib(3) in frame 2 and 7 more`.
fn names(standing: &Standing) -> String {
    let named: Vec<String> = standing.frames.iter().map(frame_name).collect();
    match standing.count - named.len() {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

fn frame_name(frame: &FrameRow) -> String {
    let values = frame
        .locals
        .iter()
        .filter_map(|local| local.value.as_ref())
        .map(|value| value.label.as_str());
    let values: Vec<&str> = values.collect();
    match values.is_empty() {
        true => format!("{} in frame {}", frame.title, frame.number),
        false => format!("{}({}) in frame {}", frame.title, values.join(", "), frame.number),
    }
}

/// The line ends inside of something that it calls: what that would come to.
fn entered(copy: &mut Session, depth: u32) -> String {
    let machine = copy.machine();
    let counter = machine.task().counter();
    let title = machine.memory().title(counter.body);
    let enters = format!("enters {title} at {}", machine.memory().address(counter));
    let with = match machine.show_stack() {
        stack if stack.is_empty() => String::new(),
        stack => format!(" with `{stack}`"),
    };
    let run = Request::run(Goal::Depth(depth));
    let progress = copy.start(run).and_then(|_| copy.advance(FUEL));
    let progress = progress.expect("a run can begin anywhere, and changes nothing but by running");
    format!("{enters}{with}; if it runs: {}", outcome(copy, &progress))
}

fn outcome(copy: &Session, progress: &Progress) -> String {
    let machine = copy.machine();
    let stack = match machine.show_stack() {
        stack if stack.is_empty() => "stack empty".to_owned(),
        stack => format!("stack `{stack}`"),
    };
    let row = stop(machine);
    let then = match (progress, row.tone) {
        (Progress::More, _) => {
            format!("still running after {} instructions", grouped(FUEL))
        }
        (_, Tone::Missing) => format!("then waits: {}", row.title),
        (_, Tone::Fault) => format!("then a fault: {}", row.detail),
        (_, Tone::Input) => "then waits for input".to_owned(),
        (_, Tone::Limit) => format!("then waits: {}", row.title),
        (_, Tone::Finished) => "then finished".to_owned(),
        (_, Tone::Write) => {
            format!("then waits at {}", machine.memory().address(machine.task().counter()))
        }
        (_, Tone::Ready) => {
            format!("then continues at {}", machine.memory().address(machine.task().counter()))
        }
    };
    format!("{stack}, {then}")
}
