//! What each command does to an image: one arm for each command. A refused command changes nothing.

use super::command::Command;
use super::load::load;
use super::mark::{self, check_place};
use super::operand::TurnOf;
use super::refused::Refused;
use crate::program::comment::{self, CommentAt, CommentPlace};
use crate::program::diagnostic::grouped;
use crate::program::image::Image;
use crate::program::notation::Notation;
use crate::program::scope::Scope;
use crate::vm::instruction::{Fragment, Instruction};
use crate::vm::machine::Machine;
use crate::vm::memory::Place;
use crate::vm::name::check_name;
use crate::vm::refusal::Refusal;
use crate::vm::relocate::Shift;
use crate::vm::text::TEXT_BYTES;

impl Command {
    /// Applies the command.
    ///
    /// # Errors
    /// Why it was refused; then the image is unchanged.
    pub fn apply(&self, image: &mut Image) -> Result<(), Refused> {
        self.apply_with_shift(image).map(drop)
    }

    /// As [`Command::apply`]; returns how cells moved.
    pub(super) fn apply_with_shift(&self, image: &mut Image) -> Result<Option<Shift>, Refused> {
        self.apply_code(&Code::of(self, image)?, image)
    }

    /// The same, with the text of the command already read.
    pub(super) fn apply_code(
        &self,
        code: &Code,
        image: &mut Image,
    ) -> Result<Option<Shift>, Refused> {
        let mut shift = None;
        let machine = &mut image.machine;
        match self {
            Command::Write { at, .. } => shift = machine.write(*at, code.line())?,
            Command::Insert { at, .. } => shift = machine.insert(*at, code.line())?,
            Command::Replace { at, .. } => shift = machine.replace(*at, code.line())?,
            Command::Delete { at, count } => shift = machine.delete(*at, *count)?,
            Command::Define { name, .. } => drop(machine.define(name, code.line())?),
            Command::Redefine { name, .. } => {
                let old = machine.memory().function(name);
                let new = machine.redefine(name, code.line())?;
                image.hand_over_examples(old.expect("it was redefined"), new);
            }
            Command::Rename { from, to } => {
                machine.rename_function(from, to)?;
                image.rename_in_examples(from, to);
            }
            Command::RenameLocal { body, from, to } => machine.rename_local(*body, from, to)?,
            Command::Load { text } => load(image, text, false)?,
            Command::Reload { text } => load(image, text, true)?,
            Command::Remove { body } => {
                machine.remove(*body)?;
                image.comments.drop_removed(machine.memory());
            }
            Command::Comment { at, text } => set_comment(image, *at, text)?,
            Command::Counter { at } => machine.set_counter(*at)?,
            Command::Push { .. } => machine.push(code.values())?,
            Command::Drop { count } => machine.drop_top(*count)?,
            Command::Parameter { index, text } => {
                machine.set_parameter(*index, code.value(text)?)?;
            }
            Command::Local { frame, name, text } => {
                machine.set_local(*frame, name, code.value_or_none(text)?)?;
            }
            Command::Global { name, text } => {
                machine.set_global(name, code.value_or_none(text)?)?;
            }
            Command::Data { at, text } => {
                machine.set_data(at.body, at.index, code.value(text)?)?;
            }
            Command::Answer { name, operands, .. } => {
                answer(machine, name, operands, code.values())?;
            }
            Command::Restart { frame, .. } => machine.restart(*frame, code.values())?,
            Command::Give { text } => {
                image.given.note(machine.output().len(), text);
                machine.give_input(text);
            }
            Command::EndInput => machine.end_input(),
            Command::Turn { of } => match *of {
                TurnOf::All => machine.free_turns(),
                TurnOf::Task(task) => machine.give_turn(task, false)?,
                TurnOf::Alone(task) => machine.give_turn(task, true)?,
            },
            Command::Quantum { count } => machine.set_quantum(*count)?,
            Command::Share { task, share } => machine.set_share(*task, *share)?,
            Command::Limit { kind, value } => machine.set_limit(*kind, *value)?,
            Command::Breakpoint { at, on } => mark::set_breakpoint(image, *at, *on)?,
            Command::Enable { at, on } => mark::change(image, *at, |mark| mark.enabled = *on)?,
            Command::Condition { at, line } => mark::set_condition(image, *at, line)?,
            Command::From { at, time } => mark::set_from(image, *at, *time)?,
            Command::Watch { index, line } => mark::watch_line(image, *index, line)?,
            Command::WatchData { index, body } => mark::watch_data(image, *index, *body)?,
            Command::Shape { index, shape } => mark::set_shape(image, *index, *shape)?,
            Command::Bookmark { name, at } => set_bookmark(image, name, *at)?,
            Command::Run { fuel } => drop(machine.run(*fuel)),
        }
        if self.is_edit() {
            image.apply_shift(shift);
        }
        if let Some((at, count)) = self.overwrites(code) {
            image.origins.overwrite(at, count);
        }
        // It may have emptied the last cell.
        if let Command::Replace { at, .. } = self {
            image.comments.settle(image.machine.memory(), at.body);
        }
        Ok(shift)
    }

    /// The cells that the text of the command is in now.
    pub(super) fn overwrites(&self, code: &Code) -> Option<(Place, u32)> {
        if let Command::Write { at, .. } | Command::Insert { at, .. } = self {
            Some((*at, code.cells()))
        } else if let Command::Replace { at, .. } = self {
            // Without a text, it empties the cell.
            Some((*at, code.cells().max(1)))
        } else {
            None
        }
    }
}

/// Answers a call, if it is the one that the answer is for.
fn answer(
    machine: &mut Machine,
    name: &str,
    operands: &str,
    results: &[Instruction],
) -> Result<(), Refused> {
    let takes = check_answer(machine, name, operands)?;
    Ok(machine.answer(takes, results)?)
}

/// Checks that an answer is for the call at the counter; returns how many operands that takes.
///
/// # Errors
/// Why it is not.
pub(super) fn check_answer(
    machine: &Machine,
    name: &str,
    operands: &str,
) -> Result<usize, Refused> {
    let read = Notation::Forth.read_line(operands, &Scope::outside(machine));
    let read = read.map_err(|mistakes| Refused::Text(operands.to_string(), mistakes))?;
    let operands = read.cells.bodies.first().expect("a line is the first body");
    machine.check_asked(name, operands)?;
    Ok(operands.len())
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

/// The longest comment that a command sets, in bytes. What a text has and what deleting cells joins may be longer.
const COMMENT_BYTES: usize = TEXT_BYTES;

fn set_comment(image: &mut Image, place: CommentPlace, text: &str) -> Result<(), Refused> {
    let text = comment::normal(text);
    let CommentPlace { body, at } = place;
    let code = image.machine.memory().code(body);
    if !text.is_empty() {
        code.ok_or(Refusal::NoBody { body })?;
        if let CommentAt::Before(offset) = at {
            check_place(image, Place { body, offset })?;
        }
        if text.len() > COMMENT_BYTES {
            return Err(Refused::Other(format!(
                "the comment has {} bytes; set one of at most {}",
                grouped(text.len()),
                grouped(COMMENT_BYTES)
            )));
        }
    }
    let used = code.map_or(0, |code| code.used().len());
    let at = match at {
        CommentAt::Before(offset) if offset.index() < used => at,
        CommentAt::Before(_) | CommentAt::End => CommentAt::End,
    };
    image.comments.set(CommentPlace { body, at }, &text);
    Ok(())
}

/// The text of a command as cells; none if the command has no such text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Code(Option<Fragment>);

impl Code {
    /// Reads the text of a command for an image. Text that is written into a function sees its locals.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub(super) fn of(command: &Command, image: &Image) -> Result<Code, Refused> {
        let machine = &image.machine;
        // A whole program is read where it is loaded.
        let Some(code) = command.code().filter(|code| !code.is_program) else {
            return Ok(Code(None));
        };
        let scope = match code.at {
            Some(at) => Scope::of(machine, at.body),
            None => Scope::outside(machine).defining(code.defines),
        };
        let scope = scope.read_by(code.text.vocabulary);
        // Recordings, and so all commands, use this notation.
        let read = Notation::Forth.read_line(code.text, &scope);
        let refused = |diagnostics| Refused::Text(code.text.to_string(), diagnostics);
        read.map(|read| Code(Some(read.cells))).map_err(refused)
    }

    fn line(&self) -> &Fragment {
        self.0.as_ref().expect("the text of this command was read")
    }

    /// How many cells its line has, without those of blocks in it.
    pub(super) fn cells(&self) -> u32 {
        let line = self.0.as_ref().and_then(|code| code.bodies.first());
        line.map_or(0, |line| u32::try_from(line.len()).expect("a text is shorter than memory"))
    }

    /// The values in the text: numbers, texts, addresses.
    pub(super) fn values(&self) -> &[Instruction] {
        self.line().bodies.first().expect("a line is the first body")
    }

    fn value(&self, text: &str) -> Result<&Instruction, Refused> {
        match self.values() {
            [value] => Ok(value),
            _ => Err(Refused::Other(format!("type one value, not `{}`", text.trim()))),
        }
    }

    /// The value, or none if the text is empty.
    fn value_or_none(&self, text: &str) -> Result<Option<&Instruction>, Refused> {
        if text.trim().is_empty() { Ok(None) } else { self.value(text).map(Some) }
    }
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

    /// An image that every example of the table fits: two frames on the call stack, values on the
    /// parameter stack, the counter on a hole, a data body, and a block that nothing points into.
    fn suitable() -> Image {
        let program =
            "[ assign: i i 2 < 3 asked i 1 - fib ] bind: fib [ ] drop 9 allocate 5 6 3 fib";
        let mut image = image_of_program(program).unwrap();
        apply(&mut image, "run 13 | define other `` | define more ``");
        apply(&mut image, "breakpoint 1:2 on | watch 0 `dup`");
        image
    }

    #[test]
    fn every_command_of_the_table_does_something() {
        let image = suitable();
        for row in TABLE {
            let mut before = image.clone();
            if row.verb == "run" {
                apply(&mut before, "counter 1:0");
            }
            if row.verb == "turn" {
                // A turn begins that has been going on.
                before = image_of_program("0 [ 1 ] task.spawn 5").unwrap();
                apply(&mut before, "run 4");
            }
            let mut changed = before.clone();
            apply(&mut changed, &row.example());
            assert!(changed != before, "{} does nothing", row.example());
        }
    }

    #[test]
    fn what_is_switched_on_is_switched_off() {
        let image = suitable();
        for (on, off) in [
            ("breakpoint 1:4 on", "breakpoint 1:4 off"),
            ("enable 1:2 off", "enable 1:2 on"),
            ("condition 1:2 `i`", "condition 1:2 ` `"),
            ("from 1:2 3", "from 1:2 1"),
            ("watch 1 `i`", "watch 1 ``"),
            ("shape 0 bars", "shape 0 row"),
            ("bookmark here 1:4", "bookmark here off"),
            ("local 1 i `2`", "local 1 i ``"),
            ("global total `2`", "global total ``"),
            ("comment 1:4 ` a`", "comment 1:4 ` `"),
            ("comment 1:end ` a`", "comment 1:end ``"),
            ("comment 1:50 ` a`", "comment 1:end ``"),
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
        for line in [
            "breakpoint 0:100 on",
            "breakpoint 7:0 on",
            "bookmark here 0:100",
            "enable 0:0 on",
            "condition 0:0 `1`",
            "from 0:0 2",
            "watch 1 `1`",
            "watch-data 0 0",
            "shape 0 bars",
        ] {
            assert!(command::read(line).unwrap()[0].apply(&mut image).is_err(), "{line}");
        }
        assert!(image == Image::default());
    }
}
