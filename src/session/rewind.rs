//! Starting again with the code as it is now. *Restart frame* stays in the present: data, output and
//! consumed input are as they are, and one frame begins anew. *Rewind, keep edits* goes back in time,
//! where all of them are as they were, and takes only the code along.

use super::command::Command;
use super::journal::{Mismatch, Position};
use super::refused::Refused;
use super::search::{Finding, Search, Wanted};
use super::session::Session;
use super::walk::{Moment, Scene, Walk, Watch};
use crate::program::diagnostic::Diagnostics;
use crate::program::image::Image;
use crate::program::print::word;
use crate::program::token::{Lexer, TokenKind};
use crate::vm::cell::{BodyId, Cell};
use crate::vm::frame::Activation;
use crate::vm::index::FrameId;
use crate::vm::instruction::Instruction;
use crate::vm::machine::Machine;
use crate::vm::refusal::Refusal;

/// How restarting a frame went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Restarted {
    /// It is at its beginning.
    Done,
    /// History does not reach back to the call: the person is to say what the parameter stack was.
    Ask(Proposal),
}

/// A parameter stack to start a frame with, for a person to correct; then it is
/// [`Command::Restart`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// How many arguments the function takes, to judge by the `assign:`s it begins with.
    pub arguments: usize,
    /// The whole parameter stack, top last: what is there now, and the arguments as far as the
    /// locals still tell.
    pub text: String,
}

/// Ends a walk in front of the first instruction.
struct AtOnce;

impl Watch for AtOnce {
    fn look(&mut self, _: Scene<'_>, moment: Moment<'_>) -> bool {
        moment == Moment::Before
    }
}

impl From<Mismatch> for Refused {
    fn from(mismatch: Mismatch) -> Refused {
        Refused::Other(mismatch.to_string())
    }
}

impl Session {
    /// Starts an entry of the call stack again, 0 being the bottom: the parameter stack as it was at
    /// the call, inner frames dropped, locals cleared. All edits stay; so do data, output and input.
    ///
    /// # Errors
    /// If there is no such entry, or what was on the stack is no more; nothing has changed then.
    pub fn restart_frame(&mut self, frame: FrameId) -> Result<Restarted, Refused> {
        let mut search = self.frame_start(frame)?;
        loop {
            match search.slice(self, u64::MAX)? {
                Finding::More => {}
                Finding::Found(at) => {
                    let then = self.image_at(at)?;
                    return self.restart_as(frame, Some(then));
                }
                Finding::Nothing => return self.restart_as(frame, None),
            }
        }
    }

    /// The search for the call of an entry of the call stack; the image where it is found goes to
    /// [`Session::restart_as`].
    ///
    /// # Errors
    /// If there is no such entry.
    pub fn frame_start(&self, frame: FrameId) -> Result<Search, Refused> {
        let body = self.activation(frame)?.body;
        Ok(self.search_back(Wanted::Start { frame, body }))
    }

    /// Starts an entry of the call stack again, with the parameter stack as it was at the call: in
    /// front of it, this was the image.
    ///
    /// # Errors
    /// As [`Session::restart_frame`].
    pub fn restart_as(
        &mut self,
        frame: FrameId,
        call: Option<Image>,
    ) -> Result<Restarted, Refused> {
        self.activation(frame)?;
        let then = match call {
            Some(mut image) => {
                let _ = image.machine.step();
                image
            }
            None if frame == FrameId::BOTTOM && self.journal.base().machine.retired() == 0 => {
                self.first_run()?
            }
            None => return Ok(Restarted::Ask(self.propose(frame))),
        };
        let parameters = then.machine.task().parameters();
        let text = spell(&then.machine, self.machine(), parameters)?;
        self.apply(&[Command::Restart { depth: frame, text }])?;
        Ok(Restarted::Done)
    }

    fn activation(&self, frame: FrameId) -> Result<Activation<'_>, Refusal> {
        let calls = self.machine().task().calls();
        calls.activation_of(frame).ok_or(Refusal::NoFrame { frame })
    }

    /// The image in front of the first instruction of all.
    fn first_run(&self) -> Result<Image, Mismatch> {
        let base = self.journal.base().clone();
        let mut walk = Walk::new(&self.journal, Position::default(), base, self.position);
        walk.go_on(&self.journal, u64::MAX, Some(&mut AtOnce))?;
        Ok(walk.image)
    }

    fn propose(&self, frame: FrameId) -> Proposal {
        let machine = self.machine();
        let memory = machine.memory();
        let Some(entry) = machine.task().calls().activation_of(frame) else {
            return Proposal { arguments: 0, text: String::new() };
        };
        let cells = memory.code(entry.body).map_or(&[][..], |body| body.used());
        let assigned = cells.iter().map_while(|&cell| match machine.spell(cell) {
            Instruction::Assign(name) => Some(name),
            _ => None,
        });
        let mut names: Vec<Box<str>> = assigned.collect();
        let arguments = names.len();
        // The first takes the top.
        names.reverse();
        let locals = machine.locals(entry);
        let known = names.iter().filter_map(|name| {
            let (_, value) = locals.iter().find(|(local, _)| **local == **name)?;
            Some(value.clone())
        });
        let there = machine.task().parameters().iter().map(|&value| machine.spell(value));
        let words = there.chain(known).map(|value| spell_value(machine, &value));
        Proposal { arguments, text: words.collect::<Vec<_>>().join(" ") }
    }

    /// Goes back to an earlier position and does every edit of code again that was done since, in
    /// order, and no run: data, output and input are as they were, the code is as it is now.
    ///
    /// # Errors
    /// If the position is not on the way here, or an edit cannot be done there; nothing has changed
    /// then.
    pub fn rewind_keeping_edits(&mut self, to: Position) -> Result<(), Refused> {
        let then = self.image_at(to)?;
        self.rewind_as(to, then)
    }

    /// As [`Session::rewind_keeping_edits`], with the image that is there.
    ///
    /// # Errors
    /// As [`Session::rewind_keeping_edits`].
    pub fn rewind_as(&mut self, to: Position, then: Image) -> Result<(), Refused> {
        if !self.journal.contains(to) || !self.journal.passes(self.position, to) {
            return Err(Refused::Other(format!("{to} is no earlier position on the way here")));
        }
        let legs = self.journal.legs(to, self.position);
        let commands = legs.into_iter().flat_map(|leg| self.journal.commands(leg));
        let edits: Vec<Command> = commands.filter(Command::is_edit).collect();
        let mut trial = then.clone();
        let mut other = None;
        for edit in &edits {
            other = other.or_else(|| other_address(edit, self.machine(), &trial.machine));
            if let Err(refused) = edit.apply(&mut trial) {
                return Err(other.unwrap_or(refused));
            }
        }
        // An address may have been something else then, and mean the same nevertheless.
        if !same_code(self.machine(), &trial.machine) {
            let sentence = "what was edited since does not lead to the same code there";
            return Err(other.unwrap_or_else(|| Refused::Other(sentence.to_string())));
        }
        self.arrive(to, then);
        self.apply(&edits)
    }

    /// The image at a position.
    fn image_at(&mut self, at: Position) -> Result<Image, Mismatch> {
        let mut journey = self.journey(at)?;
        loop {
            if let Some(image) = journey.look(self, u64::MAX)? {
                return Ok(image);
            }
        }
    }
}

/// Values of another time as one would type them now.
fn spell(then: &Machine, now: &Machine, values: &[Cell]) -> Result<String, Refused> {
    let mut words = Vec::with_capacity(values.len());
    for &value in values {
        let value = then.spell(value);
        if let Instruction::Address(BodyId::Code(body)) = value
            && now.memory().code(body).is_none()
        {
            let sentence = "a block that was on the stack at the call was removed since";
            return Err(Refused::Other(sentence.to_string()));
        }
        words.push(spell_value(now, &value));
    }
    Ok(words.join(" "))
}

fn spell_value(machine: &Machine, value: &Instruction) -> String {
    word(value, &|_| false, &|body| machine.memory().start(body))
}

/// Whether two machines have the same code, wherever it lies.
fn same_code(now: &Machine, then: &Machine) -> bool {
    let (mut here, mut there) = (now.memory().code_bodies(), then.memory().code_bodies());
    let same_bodies = here.by_ref().all(|(number, body)| {
        there.next().is_some_and(|(other, there)| {
            let cells = || body.used().iter().zip(there.used());
            number == other
                && now.memory().title(number) == then.memory().title(number)
                && body.used().len() == there.used().len()
                && cells().all(|(&here, &there)| now.spell(here) == then.spell(there))
        })
    });
    same_bodies && there.next().is_none()
}

/// Why an edit may not be the same when it is done again: its text names an address that means
/// something else there.
fn other_address(edit: &Command, now: &Machine, then: &Machine) -> Option<Refused> {
    let (Command::Write { text, .. }
    | Command::Insert { text, .. }
    | Command::Replace { text, .. }
    | Command::Define { text, .. }
    | Command::Redefine { text, .. }) = edit
    else {
        return None;
    };
    let (mut lexer, mut report) = (Lexer::new(text), Diagnostics::default());
    let mut tokens = std::iter::from_fn(|| lexer.token(&mut report));
    let other = tokens.find_map(|token| match token.kind {
        TokenKind::Address(address) => {
            (now.memory().find(address) != then.memory().find(address)).then_some(address)
        }
        _ => None,
    })?;
    let text = text.trim();
    let sentence = format!("`{text}` cannot be done again there: @{other} is something else");
    Some(Refused::Other(sentence))
}
