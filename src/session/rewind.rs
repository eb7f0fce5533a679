//! Rewind, keep edits: goes back in the history and keeps the code. Data, output and consumed input are
//! as they were then; the code is as it is now. Undo comes back to where the rewind began.

use super::change::Change;
use super::command::Command;
use super::journal::Position;
use super::journal::rewind::Rewind;
use super::refused::Refused;
use super::revise::moved_values;
use super::session::Session;
use crate::program::image::Image;
use crate::program::notation::Notation;
use crate::vm::machine::Machine;

impl Session {
    /// Checks that a rewind can go back to a position.
    ///
    /// # Errors
    /// If it is not an earlier position of this branch.
    pub(super) fn check_rewind(&self, to: Position) -> Result<(), Refused> {
        match self.journal.contains(to) && self.journal.passes(self.position, to) {
            true => Ok(()),
            false => Err(Refused::Other(format!("{to} is not an earlier position of this branch"))),
        }
    }

    /// Goes back to an earlier position of this branch, and applies all later edits of code again, in
    /// order; `then` is the image there.
    ///
    /// # Errors
    /// If an edit cannot be applied there, or the code would not be as it is now; then nothing has changed.
    pub(super) fn rewind(&mut self, to: Position, mut then: Image) -> Result<(), Refused> {
        if to == self.position {
            return Ok(());
        }
        let edits = self.journal.edits(to, self.position);
        let edited = edited(&edits, &mut then, self.machine())?;
        self.arrive_edited(to, then, edits, edited);
        Ok(())
    }

    /// Carries out a change here, and then goes back as [`Session::rewind`] does: undo leads here, with the change
    /// done. There, the values of renamed locals go with the new names.
    ///
    /// # Errors
    /// If the change or the rewind is refused; then nothing has changed.
    pub(super) fn rewind_and_revise(
        &mut self,
        to: Position,
        mut then: Image,
        change: Change,
    ) -> Result<(), Refused> {
        let mut revised = self.image.fork();
        for command in &change.commands {
            command.apply(&mut revised)?;
        }
        let mut edits = self.journal.edits(to, self.position);
        edits.extend(change.commands.iter().filter(|command| command.is_edit()).cloned());
        let mut edited = edited(&edits, &mut then, &revised.machine)?;
        for command in moved_values(&edited.machine, change.body, &change.renamed) {
            command.apply(&mut edited)?;
            edits.push(command);
        }
        self.image = revised;
        if !change.commands.is_empty() {
            self.enter(change.commands);
        }
        self.note_stop();
        self.arrive_edited(to, then, edits, edited);
        Ok(())
    }

    fn arrive_edited(&mut self, to: Position, then: Image, edits: Vec<Command>, edited: Image) {
        let rewind = Rewind { from: self.position, to };
        self.arrive_rewound(rewind, then);
        if !edits.is_empty() {
            self.image = edited;
            self.enter(edits);
            self.note_stop();
        }
    }
}

/// An earlier image with the later edits, which make the code of `now`.
///
/// # Errors
/// If an edit cannot be applied, or the code would be other code.
pub(super) fn edited(edits: &[Command], then: &mut Image, now: &Machine) -> Result<Image, Refused> {
    let mut edited = then.fork();
    let mut other = None;
    for edit in edits {
        other = other.or_else(|| other_address(edit, now, &edited.machine));
        if let Err(refused) = edit.apply(&mut edited) {
            return Err(other.unwrap_or(refused));
        }
    }
    // An address that was something else then may still lead to the same code.
    if !same_code(now, &edited.machine) {
        let sentence = "the later edits would not make the same code there";
        return Err(other.unwrap_or_else(|| Refused::Other(sentence.to_string())));
    }
    Ok(edited)
}

/// Whether two machines have the same code, at whatever addresses.
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

/// Why an edit may do something else when it is applied again: its text has an address that is something
/// else there.
fn other_address(edit: &Command, now: &Machine, then: &Machine) -> Option<Refused> {
    let (Command::Write { text, .. }
    | Command::Insert { text, .. }
    | Command::Replace { text, .. }
    | Command::Define { text, .. }
    | Command::Redefine { text, .. }) = edit
    else {
        return None;
    };
    let is_other = |&address: &u64| now.memory().find(address) != then.memory().find(address);
    let other = Notation::Forth.addresses(text).into_iter().find(is_other)?;
    let text = text.trim();
    let sentence = format!("`{text}` cannot be applied again there: @{other} is something else");
    Some(Refused::Other(sentence))
}
