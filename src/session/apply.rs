//! What each command does to an image: one arm a command. A refused command has changed nothing.

use super::command::Command;
use super::load::load;
use super::refused::Refused;
use crate::program::image::Image;
use crate::program::notation::Notation;
use crate::program::scope::Scope;
use crate::vm::instruction::{Fragment, Instruction};
use crate::vm::memory::Place;
use crate::vm::name::check_name;
use crate::vm::refusal::Refusal;
use crate::vm::relocate::Shift;

impl Command {
    /// Applies the command.
    ///
    /// # Errors
    /// Why it was refused; the image is as it was.
    pub fn apply(&self, image: &mut Image) -> Result<(), Refused> {
        self.apply_with_shift(image).map(drop)
    }

    /// As [`Command::apply`]; how cells moved.
    pub(super) fn apply_with_shift(&self, image: &mut Image) -> Result<Option<Shift>, Refused> {
        let mut shift = None;
        match self {
            Command::Write { at, text } => {
                let line = fragment_at(image, *at, text)?;
                shift = image.machine.write(*at, &line)?;
            }
            Command::Insert { at, text } => {
                let line = fragment_at(image, *at, text)?;
                shift = image.machine.insert(*at, &line)?;
            }
            Command::Replace { at, text } => {
                let line = fragment_at(image, *at, text)?;
                shift = image.machine.replace(*at, &line)?;
            }
            Command::Delete { at, count } => shift = image.machine.delete(*at, *count)?,
            Command::Define { name, text } => {
                let code = contents(image, text)?;
                image.machine.define(name, &code)?;
            }
            Command::Redefine { name, text } => {
                let code = contents(image, text)?;
                image.machine.redefine(name, &code)?;
            }
            Command::Load { text } => load(image, text, false)?,
            Command::Reload { text } => load(image, text, true)?,
            Command::Remove { body } => image.machine.remove(*body)?,
            Command::Counter { at } => image.machine.set_counter(*at)?,
            Command::Push { text } => {
                let values = values(image, text)?;
                image.machine.push(&values)?
            }
            Command::Drop { count } => image.machine.drop_top(*count)?,
            Command::Parameter { index, text } => {
                let value = value(image, text)?;
                image.machine.set_parameter(*index, &value)?
            }
            Command::Local { depth, name, text } => {
                let value = value_or_none(image, text)?;
                image.machine.set_local(*depth, name, value.as_ref())?
            }
            Command::Data { at, text } => {
                let value = value(image, text)?;
                image.machine.set_data(at.body, at.index, &value)?
            }
            Command::Restart { depth, text } => {
                let parameters = values(image, text)?;
                image.machine.restart(*depth, &parameters)?
            }
            Command::Give { text } => image.machine.give_input(text),
            Command::EndInput => image.machine.end_input(),
            Command::Limit { kind, value } => image.machine.set_limit(*kind, *value)?,
            Command::Breakpoint { at, on } => set_breakpoint(image, *at, *on)?,
            Command::Bookmark { name, at } => set_bookmark(image, name, *at)?,
            Command::Run { fuel } => drop(image.machine.run(*fuel)),
        }
        if self.is_edit() {
            image.apply_shift(shift);
        }
        Ok(shift)
    }
}

fn set_breakpoint(image: &mut Image, at: Place, on: bool) -> Result<(), Refused> {
    if on {
        check_place(image, at)?;
        image.breakpoints.insert(at);
    } else {
        image.breakpoints.remove(&at);
    }
    Ok(())
}

fn set_bookmark(image: &mut Image, name: &str, at: Option<Place>) -> Result<(), Refused> {
    let Some(at) = at else {
        image.bookmarks.remove(name);
        return Ok(());
    };
    check_place(image, at)?;
    check_name(name).map_err(|fault| Refusal::Name { name: name.to_string(), fault })?;
    image.bookmarks.insert(name.to_string(), at);
    Ok(())
}

fn check_place(image: &Image, at: Place) -> Result<(), Refusal> {
    let Place { body, offset } = at;
    match image.machine.memory().code(body) {
        None => Err(Refusal::NoBody { body }),
        Some(code) if offset.0 < code.size => Ok(()),
        Some(code) => Err(Refusal::NoPlace { body, offset, size: code.size }),
    }
}

/// The text of a command as instructions. Commands are in [`Notation::Forth`], as recordings are.
fn read(text: &str, scope: &Scope<'_>) -> Result<Fragment, Refused> {
    let refused = |diagnostics| Refused::Text(text.to_string(), diagnostics);
    Notation::Forth.read_line(text, scope).map(|read| read.cells).map_err(refused)
}

/// What a text means where it is typed. A bare name is a local if the function assigns it somewhere.
///
/// # Errors
/// What is wrong with the text.
pub(crate) fn fragment_at(image: &Image, at: Place, text: &str) -> Result<Fragment, Refused> {
    read(text, &Scope::of(&image.machine, at.body))
}

fn contents(image: &Image, text: &str) -> Result<Fragment, Refused> {
    read(text, &Scope::outside(&image.machine))
}

/// Values as a person types them: numbers, texts, addresses.
fn values(image: &Image, text: &str) -> Result<Vec<Instruction>, Refused> {
    let mut fragment = contents(image, text)?;
    Ok(fragment.bodies.swap_remove(0))
}

fn value(image: &Image, text: &str) -> Result<Instruction, Refused> {
    let mut values = values(image, text)?;
    match (values.pop(), values.is_empty()) {
        (Some(value), true) => Ok(value),
        _ => Err(Refused::Other(format!("type one value, not `{}`", text.trim()))),
    }
}

/// A value, or none if there is no text.
fn value_or_none(image: &Image, text: &str) -> Result<Option<Instruction>, Refused> {
    if text.trim().is_empty() { Ok(None) } else { value(image, text).map(Some) }
}

#[cfg(test)]
mod tests {
    use super::super::command::tests::samples;
    use super::super::command::{self, TABLE};
    use super::super::load::image_of_program;
    use super::*;

    fn apply(image: &mut Image, line: &str) {
        for command in command::read(line).expect(line) {
            command.apply(image).unwrap_or_else(|refused| panic!("{line}: {refused}"));
        }
    }

    /// An image that every example of the table fits: two frames of fib on the call stack, values on
    /// the parameter stack, a data body, and a block that nothing points into.
    fn suitable() -> Image {
        let program = "[ assign: i i 2 < i 1 - fib ] bind: fib [ ] drop 9 allocate 5 6 3 fib";
        let mut image = image_of_program(program).unwrap();
        apply(&mut image, "run 12 | define other `` | define more ``");
        image
    }

    #[test]
    fn every_command_of_the_table_does_something() {
        let image = suitable();
        for row in TABLE {
            let mut changed = image.clone();
            apply(&mut changed, &row.example());
            assert!(changed != image, "{} does nothing", row.example());
        }
    }

    #[test]
    fn what_is_switched_on_is_switched_off() {
        let image = suitable();
        for (on, off) in [
            ("breakpoint 1:4 on", "breakpoint 1:4 off"),
            ("bookmark here 1:4", "bookmark here off"),
            ("local 1 i `2`", "local 1 i ``"),
        ] {
            let (mut there, mut gone) = (image.clone(), image.clone());
            apply(&mut there, on);
            apply(&mut gone, &format!("{on} | {off}"));
            assert!(there != gone, "{off} does nothing");
        }
    }

    #[test]
    fn a_refused_command_leaves_no_trace() {
        for image in [Image::default(), suitable()] {
            for mut command in samples() {
                if let Command::Run { fuel } = &mut command {
                    *fuel = 1000.min(*fuel);
                }
                let mut tried = image.clone();
                if command.apply(&mut tried).is_err() {
                    assert!(tried == image, "{command:?}");
                }
            }
        }
    }

    #[test]
    fn a_mark_needs_a_cell() {
        let mut image = Image::default();
        for line in ["breakpoint 0:100 on", "breakpoint 7:0 on", "bookmark here 0:100"] {
            assert!(command::read(line).unwrap()[0].apply(&mut image).is_err(), "{line}");
        }
        assert!(image == Image::default());
    }
}
