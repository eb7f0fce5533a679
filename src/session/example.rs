//! A run of an example: a session of its own, from the first instruction of its text to its stop.
//!
//! Its base is an [isolate](crate::vm::isolate) with the text as main code. So it can be stepped through and gone
//! back in like any session, and nothing of it reaches the program: not its journal, its count of
//! instructions, its data or its output. Breakpoints and watches are not taken along.

use super::command::Command;
use super::goal::{Ended, Goal};
use super::outcome::{Outcome, Progress};
use super::request::Request;
use super::session::Session;
use crate::program::comment::CommentPlace;
use crate::program::example::{Example, Meaning, Mistake, with_change, with_line};
use crate::program::image::Image;
use crate::program::notation::Notation;
use crate::program::scope::Scope;
use crate::vm::cell::{Cell, Content};
use crate::vm::instruction::{Fragment, Instruction};
use crate::vm::isolate::Isolate;
use crate::vm::limit::LimitKind;
use crate::vm::machine::Machine;
use crate::vm::memory::Place;
use crate::vm::refusal::Refusal;
use crate::vm::room::Room;
use crate::vm::spelling::clip;
use crate::vm::stop::Stop;

/// How much an example may execute, in instructions: a fraction of a second.
pub const FUEL: u64 = 10_000_000;
/// What it may take up beyond what its isolate has.
const ROOM: Room = Room { cells: 1 << 22, text: 16 << 20, output: 1 << 20 };
/// What beginning a run costs, in instructions.
pub(super) const COST: u64 = 10_000;
/// A run that has taken up this many bytes is not kept when it is over. There may be very many examples.
const KEPT_BYTES: usize = 1 << 16;
/// The values of a stack that are spelled.
const VALUES: usize = 6;
/// The longest text that is spelled, in characters.
const LONGEST: usize = 200;
/// The cells of data that are spelled.
const CELLS: usize = 16;

/// What came of an example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is not known yet.
    Running,
    /// It finished, and left what was wanted.
    Passed,
    /// It finished and left something else: these values, as a line of program.
    Left(String),
    /// It waits: for a function, an empty cell or input, at a fault or a limit; or it ended itself.
    Waits(Stop),
    /// It needs more of this than an example may use.
    OutOfRoom(LimitKind),
    /// It did not end within [`FUEL`]. Instructions that take long count as several, so it may have executed
    /// fewer: so many.
    Endless(u64),
    /// It cannot be run.
    Bad(Mistake),
}

impl Verdict {
    /// Whether it is neither that the example holds nor that something is still to be written.
    pub fn is_failure(&self) -> bool {
        match self {
            Verdict::Running
            | Verdict::Passed
            | Verdict::Waits(Stop::NotYetImplemented(_) | Stop::Breakpoint) => false,
            Verdict::Waits(_)
            | Verdict::Left(_)
            | Verdict::OutOfRoom(_)
            | Verdict::Endless(_)
            | Verdict::Bad(_) => true,
        }
    }
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// What came of it.
    pub verdict: Verdict,
    /// The last values on its stack, as a line of program.
    pub stack: String,
    /// Where its counter is.
    pub at: Option<Place>,
}

/// An example, and what is known of its run.
#[derive(Clone, Debug)]
pub struct ExampleRun {
    example: Example,
    wanted: Vec<Instruction>,
    /// The run, if it was begun and is kept.
    session: Option<Session>,
    /// How the run ended; while it is repeated, how it ended before.
    end: Option<End>,
    /// Whether the run is over, and `end` is its end.
    is_over: bool,
    /// Whether somebody looks at the run, so that it is kept.
    pub(super) is_held: bool,
}

impl ExampleRun {
    /// An example that was not run yet.
    pub(super) fn new(example: Example) -> ExampleRun {
        let (wanted, session, end) = (Vec::new(), None, None);
        ExampleRun { example, wanted, session, end, is_over: false, is_held: false }
    }

    /// The same run for an example with the same text.
    pub(super) fn of(self, example: Example) -> ExampleRun {
        ExampleRun { example, ..self }
    }

    /// The example.
    pub fn example(&self) -> &Example {
        &self.example
    }

    /// What came of it; while it is run again, what came of it before.
    pub fn verdict(&self) -> &Verdict {
        self.end.as_ref().map_or(&Verdict::Running, |end| &end.verdict)
    }

    /// How its run ended, or the one before.
    pub fn end(&self) -> Option<&End> {
        self.end.as_ref()
    }

    /// Whether the code has changed since the verdict, which may not hold any more.
    pub fn is_old(&self) -> bool {
        !self.is_over
    }

    /// Whether its run is over.
    pub fn is_over(&self) -> bool {
        self.is_over
    }

    /// The run, to look at; none if it was not begun or not kept. See
    /// [`Examples::hold`](super::examples::Examples::hold).
    pub fn session(&self) -> Option<&Session> {
        self.session.as_ref()
    }

    /// The run, to step through it and to go back in it, once it is over. The verdict stays as it is.
    pub fn session_mut(&mut self) -> Option<&mut Session> {
        self.session.as_mut().filter(|_| self.is_over)
    }

    /// Begins the run again; until it is over, the verdict is old.
    pub(super) fn begin_again(&mut self) {
        (self.session, self.is_over) = (None, false);
    }

    /// What the run has cost so far, in instructions.
    pub(super) fn cost(&self) -> u64 {
        self.session.as_ref().map_or(0, |session| cost(session.machine()))
    }

    /// Runs it until it has cost `most`, or for about `fuel` more; returns what that cost.
    pub(super) fn advance(&mut self, isolate: &mut Isolate, most: u64, fuel: u64) -> u64 {
        let mut spent = 0;
        if self.session.is_none() {
            spent = COST;
            match begin(&self.example, isolate) {
                Ok((session, wanted)) => (self.session, self.wanted) = (Some(session), wanted),
                Err(mistake) => {
                    self.finish(End {
                        verdict: Verdict::Bad(mistake),
                        stack: String::new(),
                        at: None,
                    });
                    return spent;
                }
            }
        }
        let session = self.session.as_mut().expect("it was just begun");
        let before = cost(session.machine());
        let left = most.saturating_sub(before).min(fuel.saturating_sub(spent).max(1));
        let progress = session.advance(left).expect("a run is never refused");
        let after = cost(session.machine());
        if let Progress::Done(outcome) = progress {
            self.end_by(isolate, outcome);
        } else if after >= FUEL {
            session.give_up();
            let retired = session.machine().retired();
            self.finish_with(isolate, Verdict::Endless(retired));
        }
        spent + (after - before)
    }

    fn end_by(&mut self, isolate: &Isolate, outcome: Outcome) {
        let Outcome::Ran(Ended::Stopped(stop)) = outcome else {
            unreachable!("a free run without breakpoints ends at a stop")
        };
        let session = self.session.as_mut().expect("it has just run");
        let machine = &mut session.image.machine;
        let verdict = if stop == Stop::Finished {
            verdict(machine, &self.wanted)
        } else if let Stop::Limit(kind) = stop
            && isolate.machine().limits().get(kind) > machine.limits().get(kind)
        {
            Verdict::OutOfRoom(kind)
        } else {
            Verdict::Waits(stop)
        };
        self.finish_with(isolate, verdict);
    }

    fn finish_with(&mut self, isolate: &Isolate, verdict: Verdict) {
        let machine = self.session.as_ref().expect("it has just run").machine();
        let stack = spelled_stack(machine);
        let counter = machine.task().counter();
        let at = isolate.has(counter.body).then_some(counter);
        self.drop_if_large(isolate);
        self.finish(End { verdict, stack, at });
    }

    fn finish(&mut self, end: End) {
        (self.end, self.is_over) = (Some(end), true);
    }

    /// Gives the room back that the run takes up, if that is much and nobody looks at it. A run that is not over
    /// begins again then.
    pub(super) fn drop_if_large(&mut self, isolate: &Isolate) {
        let taken = self.session.as_ref().map_or(0, |session| isolate.taken_by(session.machine()));
        if taken > KEPT_BYTES && !self.is_held {
            self.session = None;
        }
    }
}

fn cost(machine: &Machine) -> u64 {
    machine.retired().saturating_add(machine.extra_effort())
}

/// The run of an example, about to execute its first instruction, and the values that it should leave.
fn begin(example: &Example, isolate: &mut Isolate) -> Result<(Session, Vec<Instruction>), Mistake> {
    let Meaning { code, wanted } = example.read(&Scope::outside(isolate.machine()))?;
    let refused = |refusal: Refusal| Mistake { message: refusal.to_string(), help: None, at: 0 };
    let machine = isolate.begin(&code, ROOM).map_err(refused)?;
    let mut session = Session::new(Image::new(machine));
    // All of it can be executed again in a moment.
    session.set_checkpoint_budget(0);
    session.start(Request::run(Goal::Free)).expect("a run is never refused");
    Ok((session, wanted))
}

/// What came of a run that is finished.
fn verdict(machine: &Machine, wanted: &[Instruction]) -> Verdict {
    let left = machine.task().parameters();
    let is_wanted = |(&value, wanted): (&Cell, &Instruction)| machine.spell(value) == *wanted;
    if left.len() == wanted.len() && left.iter().zip(wanted).all(is_wanted) {
        return Verdict::Passed;
    }
    Verdict::Left(spelled_stack(machine))
}

/// The last values of a stack as a line of program; data by its contents, if they are few.
fn spelled_stack(machine: &Machine) -> String {
    let left = machine.task().parameters();
    let hidden = left.len().saturating_sub(VALUES);
    let more = (hidden > 0).then(|| format!("({hidden} more)"));
    let words = left[hidden..].iter().map(|&value| spelled(machine, value));
    more.into_iter().chain(words).collect::<Vec<_>>().join(" ")
}

fn spelled(machine: &Machine, value: Cell) -> String {
    if let Content::Data(slot) = value.content() {
        let data = machine.memory().data_in(slot);
        let cells = data.cells().take(CELLS).map(|cell| word(machine, cell));
        let cells = cells.collect::<Vec<_>>().join(" ");
        let more = if data.size() > CELLS { " …" } else { "" };
        return format!("@{} ({cells}{more})", data.start);
    }
    word(machine, value)
}

fn word(machine: &Machine, value: Cell) -> String {
    let line = Fragment::line(vec![machine.spell(value)]);
    let text = Notation::Forth.print_line(&line, &Scope::outside(machine)).text;
    clip(&text, LONGEST).into_owned()
}

/// The command that adds an example to a program, where it belongs.
pub fn add(image: &Image, typed: &str) -> Command {
    let at = image.place_for_example(typed);
    let text = with_line(comment(image, at), typed);
    Command::Comment { at, text }
}

/// The command that replaces the text of an example; none if it is not there any more.
pub fn change(image: &Image, example: &Example, typed: &str) -> Option<Command> {
    changed(image, example, Some(typed))
}

/// The command that removes an example; none if it is not there any more.
pub fn remove(image: &Image, example: &Example) -> Option<Command> {
    changed(image, example, None)
}

fn changed(image: &Image, example: &Example, typed: Option<&str>) -> Option<Command> {
    let text = with_change(comment(image, example.place)?, example, typed)?;
    Some(Command::Comment { at: example.place, text })
}

fn comment(image: &Image, at: CommentPlace) -> Option<&str> {
    image.comments.at(at).map(|text| &**text)
}
