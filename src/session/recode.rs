//! The image at the beginning of a history with other code: what a recording is compared with.

use super::journal::Position;
use super::load::image_of_file;
use super::refused::Refused;
use super::revise::program::{MainCode, ProgramRevision};
use super::rewind::edited;
use super::session::Session;
use crate::program::image::Image;
use crate::program::notation::Notation;
use crate::vm::limit::LimitKind;
use crate::vm::memory::{MAIN, Place};

/// The base of a recording with the code of a program text. A base that has not begun to run gets all of the code,
/// and nothing stays of its own but limits and input. One that has is revised under its activations: functions that
/// the text lacks stay.
///
/// # Errors
/// What is wrong with the text, or why the base cannot have this code.
pub fn base_with(
    base: &Image,
    text: &str,
    file: Option<&str>,
    notation: Notation,
) -> Result<Image, Refused> {
    if !is_fresh(base) {
        let mut image = base.clone();
        let trial = base.clone();
        let revision = ProgramRevision::of_text(trial, text, notation, MainCode::IfThere)?;
        for command in &revision.commands {
            command.apply(&mut image)?;
        }
        return Ok(image);
    }
    let mut image = image_of_file(text, file, notation)?;
    let (old, new) = (&base.machine, &mut image.machine);
    for kind in LimitKind::ALL {
        new.set_limit(kind, old.limits().get(kind))?;
    }
    if !old.input().rest().is_empty() {
        new.give_input(old.input().rest());
    }
    if old.input().ended() {
        new.end_input();
    }
    Ok(image)
}

/// Whether an image is a program that has not begun to run, with nothing but code.
fn is_fresh(image: &Image) -> bool {
    let machine = &image.machine;
    let task = machine.task();
    machine.retired() == 0
        && machine.tasks().len() == 1
        && machine.memory().data_bodies().next().is_none()
        && machine.globals().iter().next().is_none()
        && machine.output().is_empty()
        && task.counter() == Place::start(MAIN)
        && task.parameters().is_empty()
        && task.calls().depth() == 1
}

impl Session {
    /// The image at the beginning of the history, with the code that there is now.
    ///
    /// # Errors
    /// Why it cannot have this code.
    pub fn base_with_code(&mut self) -> Result<Image, Refused> {
        let edits = self.journal.edits(Position::default(), self.position);
        let mut base = self.journal.fork_base();
        edited(&edits, &mut base, self.machine()).or_else(|_| {
            let text = self.image.print(Notation::Forth);
            base_with(&base, &text, None, Notation::Forth)
        })
    }
}
