//! Evaluates a text in one call: parses it, runs it within bounds, and returns the stack it leaves.
//!
//! One value owns the text and the machine. Tokens borrow from the text and are read again at each call.
//! The value refers to nothing outside, so it can be kept, sent and resumed.

use super::command::Command;
use super::load::image_of_file;
use super::refused::Refused;
use super::session::Session;
use crate::program::diagnostic::Diagnostics;
use crate::program::forth::token::{Lexer, Token};
use crate::program::notation::Notation;
use crate::program::scope::Scope;
use crate::vm::instruction::{Fragment, Instruction};
use crate::vm::limit::{LimitKind, Limits};
use crate::vm::machine::Machine;
use crate::vm::stop::Stop;

/// How many instructions [`evaluate`] executes at most: well under a second.
pub const FUEL: u64 = 10_000_000;
/// The memory limit of an evaluation, in cells: 8 MiB. All other limits have their defaults.
pub const CELLS: u64 = 1 << 20;

/// What an evaluation may take, and what it reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// How many instructions it may execute.
    pub fuel: u64,
    /// The limits of its machine.
    pub limits: Limits,
    /// What it reads; then its input ends.
    pub input: String,
}

/// [`FUEL`], [`CELLS`], and no input.
impl Default for Bounds {
    fn default() -> Bounds {
        let mut limits = Limits::default();
        assert!(limits.set(LimitKind::Memory, CELLS), "it is below the maximum");
        Bounds { fuel: FUEL, limits, input: String::new() }
    }
}

/// A text and the machine that runs it.
#[derive(Clone, Debug)]
pub struct Evaluation {
    source: String,
    session: Session,
}

/// Evaluates a program text: without input, with at most [`FUEL`] instructions and [`CELLS`] cells.
///
/// Stopping early is not an error: [`Evaluation::stop`] says why, and [`Evaluation::run`] continues.
///
/// ```
/// let done = midflight::evaluate("3 4 + dup *")?;
/// assert_eq!(done.stack(), "49");
///
/// let endless = midflight::evaluate("[ [ 1 drop ] repeat ] bind: spin  spin")?;
/// assert_eq!(endless.stop(), midflight::Stop::OutOfFuel);
///
/// let wrong = midflight::evaluate("[ 1 2 +").unwrap_err();
/// assert_eq!(wrong.to_string(), "this bracket is not closed; write `]` where the block ends");
/// # Ok::<(), midflight::Refused>(())
/// ```
///
/// # Errors
/// What is wrong with the text; then nothing has run.
pub fn evaluate(text: impl Into<String>) -> Result<Evaluation, Refused> {
    Evaluation::within(text, &Bounds::default())
}

impl Evaluation {
    /// Evaluates a text within these bounds.
    ///
    /// ```
    /// use midflight::{Bounds, Evaluation, Stop};
    ///
    /// let bounds = Bounds { fuel: 1000, input: "5\n".into(), ..Bounds::default() };
    /// let done = Evaluation::within("input.line str_to_int 1 +", &bounds)?;
    /// assert_eq!((done.stop(), done.stack()), (Stop::Finished, "6".into()));
    /// # Ok::<(), midflight::Refused>(())
    /// ```
    ///
    /// # Errors
    /// What is wrong with the text; then nothing has run.
    pub fn within(text: impl Into<String>, bounds: &Bounds) -> Result<Evaluation, Refused> {
        let mut evaluation = Evaluation::begin_with(text, bounds)?;
        evaluation.run(bounds.fuel);
        Ok(evaluation)
    }

    /// Parses a text; does not run it yet.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn begin(text: impl Into<String>) -> Result<Evaluation, Refused> {
        Evaluation::begin_with(text, &Bounds::default())
    }

    /// As [`Evaluation::begin`], with these limits and this input. Its fuel is what each run is given.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn begin_with(text: impl Into<String>, bounds: &Bounds) -> Result<Evaluation, Refused> {
        let source = text.into();
        let mut image = image_of_file(&source, Some("text"), Notation::Forth)?;
        if !bounds.input.is_empty() {
            Command::Give { text: bounds.input.clone() }.apply(&mut image)?;
        }
        Command::EndInput.apply(&mut image)?;
        for kind in LimitKind::ALL {
            Command::Limit { kind, value: bounds.limits.get(kind) }.apply(&mut image)?;
        }
        Ok(Evaluation { source, session: Session::new(image) })
    }

    /// Runs at most `fuel` more instructions; returns why it stopped.
    pub fn run(&mut self, fuel: u64) -> Stop {
        self.session.apply(&[Command::Run { fuel }]).expect("a run is never refused");
        self.stop()
    }

    /// The text.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The tokens of the text, borrowed from it.
    pub fn tokens(&self) -> impl Iterator<Item = Token<'_>> {
        let mut lexer = Lexer::new(&self.source);
        // The text parsed without errors, so there is nothing to report.
        std::iter::from_fn(move || lexer.token(&mut Diagnostics::default()))
    }

    /// The machine.
    pub fn machine(&self) -> &Machine {
        self.session.machine()
    }

    /// Why the machine waits; [`Stop::OutOfFuel`] if it could continue.
    pub fn stop(&self) -> Stop {
        self.machine().waits().unwrap_or(Stop::OutOfFuel)
    }

    /// The values on the parameter stack, top last.
    pub fn values(&self) -> Vec<Instruction> {
        values(self.machine())
    }

    /// The parameter stack as a line of program, top last.
    pub fn stack(&self) -> String {
        stack(self.machine())
    }

    /// What the text printed.
    pub fn output(&self) -> &str {
        self.machine().output()
    }

    /// The session, to continue with.
    pub fn into_session(self) -> Session {
        self.session
    }
}

/// The whole parameter stack of a machine as a line of program, top last.
pub fn stack(machine: &Machine) -> String {
    let values = Fragment::line(values(machine));
    Notation::Forth.print_line(&values, &Scope::outside(machine)).text
}

fn values(machine: &Machine) -> Vec<Instruction> {
    machine.task().parameters().iter().map(|&value| machine.spell(value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_hold_and_can_be_raised() {
        let mut counting =
            evaluate("[ 0 assign: n [ n 1 + assign: n n ] call 1 [ n 1 + assign: n n ] repeat_if ] bind: f f")
                .unwrap();
        assert_eq!((counting.stop(), counting.machine().retired()), (Stop::OutOfFuel, FUEL));
        assert_eq!(counting.run(5), Stop::OutOfFuel);
        assert_eq!(counting.machine().retired(), FUEL + 5);
        let large = evaluate("1048576 allocate").unwrap();
        assert_eq!(large.stop(), Stop::Limit(LimitKind::Memory));
        assert_eq!(evaluate("input.line").unwrap().stop(), Stop::Input);
    }

    #[test]
    fn bounds_are_chosen() {
        let mut bounds = Bounds { fuel: 5, input: "a\nb".into(), ..Bounds::default() };
        assert!(bounds.limits.set(LimitKind::Parameters, 2));
        let mut three = Evaluation::within("input.line input.line 1", &bounds).unwrap();
        assert_eq!(three.stop(), Stop::Limit(LimitKind::Parameters));
        assert_eq!((three.stack(), three.machine().retired()), ("\"a\" \"b\"".into(), 2));
        assert_eq!(three.run(1), Stop::Limit(LimitKind::Parameters));
        let six = Evaluation::within("1 drop 2 drop 3 drop", &bounds).unwrap();
        assert_eq!((six.stop(), six.machine().retired()), (Stop::OutOfFuel, 5));
        assert_eq!(six.machine().limits(), &bounds.limits);
        let plain = Evaluation::begin("1").unwrap();
        assert_eq!(plain.machine().limits(), &Bounds::default().limits);
    }

    #[test]
    fn tokens_borrow_from_the_text_that_is_owned() {
        let done = evaluate("[ 1 ] call \"a\" pushf: f [ ] bind: f").unwrap();
        assert_eq!(done.stack(), "1 \"a\" pushf: f");
        let text = done.source();
        for token in done.tokens() {
            assert!(!text[token.span.start..token.span.end].trim().is_empty());
        }
        assert_eq!(done.tokens().count(), 11);
        assert_eq!(done.values().len(), 3);
    }
}
