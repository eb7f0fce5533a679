//! A command: a sentence that changes an image and says all it needs.
//!
//! No command reads the interface; none depends on anything but the image it is applied to. Program
//! text in a command is text, resolved when it is applied: so a recording can be read, and rewinding
//! can apply an edit again to an image where the addresses differ. A refused command has changed
//! nothing.

use std::fmt;

use crate::program::diagnostic::Diagnostics;
use crate::program::image::Image;
use crate::program::listing::{assigned_in, fragment_of};
use crate::program::parse::{parse, parse_line};
use crate::vm::edit::Shift;
use crate::vm::instruction::{Fragment, Instruction};
use crate::vm::limit::LimitKind;
use crate::vm::memory::{MAIN, Place};
use crate::vm::name::check_name;
use crate::vm::refusal::Refusal;

/// A change of an image.
#[allow(missing_docs, reason = "each variant says what its fields are")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Types instructions: each fills an empty cell or is inserted.
    Write { at: Place, text: String },
    /// Inserts instructions before a cell.
    Insert { at: Place, text: String },
    /// Puts instructions in the place of one; an empty text empties the cell.
    Replace { at: Place, text: String },
    /// Deletes cells.
    Delete { at: Place, count: u32 },
    /// Makes a function; an empty text makes one of empty cells.
    Define { name: String, text: String },
    /// Gives a function new contents in a new body.
    Redefine { name: String, text: String },
    /// Adds the definitions of a program text. Identical ones are ignored, different ones refused
    /// unless `replace` says to replace them.
    Load { text: String, replace: bool },
    /// Removes a function, a former function or a block that nothing points into.
    Remove { body: u32 },
    /// Moves the program counter.
    Counter { at: Place },
    /// Pushes values.
    Push { text: String },
    /// Drops values from the top of the parameter stack.
    Drop { count: usize },
    /// Changes a value of the parameter stack; 0 is the bottom.
    Parameter { index: usize, text: String },
    /// Changes a local of an entry of the call stack, 0 being the bottom; an empty text takes its
    /// value away.
    Local { depth: usize, name: String, text: String },
    /// Changes a cell of a data body.
    Data { body: u32, index: u64, text: String },
    /// Starts a frame of the call stack again with these parameters.
    Restart { depth: usize, text: String },
    /// Gives input.
    Give { text: String },
    /// Says that no more input will come.
    EndInput,
    /// Sets a limit.
    Limit { kind: LimitKind, value: u64 },
    /// Sets or clears a breakpoint of the user.
    Breakpoint { at: Place, on: bool },
    /// Sets a bookmark, or clears it.
    Bookmark { name: String, at: Option<Place> },
    /// Runs up to so many instructions.
    Run { fuel: u64 },
}

/// Why a command was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The machine refused it.
    Edit(Refusal),
    /// The text in it does not parse: the text, and what is wrong with it.
    Text(String, Diagnostics),
    /// Anything else, in words.
    Other(String),
}

impl fmt::Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refused::Edit(refusal) => write!(formatter, "{refusal}"),
            Refused::Text(_, diagnostics) => match diagnostics.iter().next() {
                Some(first) => match &first.help {
                    Some(help) => write!(formatter, "{}; {help}", first.message),
                    None => formatter.write_str(&first.message),
                },
                None => formatter.write_str("the text does not parse"),
            },
            Refused::Other(sentence) => formatter.write_str(sentence),
        }
    }
}

impl std::error::Error for Refused {}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Refused {
        Refused::Edit(refusal)
    }
}

impl Command {
    /// Whether it edits code: what is applied again after rewinding.
    pub fn is_edit(&self) -> bool {
        matches!(
            self,
            Command::Write { .. }
                | Command::Insert { .. }
                | Command::Replace { .. }
                | Command::Delete { .. }
                | Command::Define { .. }
                | Command::Redefine { .. }
                | Command::Load { .. }
                | Command::Remove { .. }
        )
    }

    /// Carries the command out.
    ///
    /// # Errors
    /// Why it cannot be; the image is as it was.
    pub fn apply(&self, image: &mut Image) -> Result<(), Refused> {
        self.carry_out(image).map(|_| ())
    }

    /// As [`Command::apply`]; says how cells moved.
    pub(super) fn carry_out(&self, image: &mut Image) -> Result<Vec<Shift>, Refused> {
        let machine = &mut image.machine;
        let shifts = match self {
            Command::Write { at, text } => {
                let line = line(image, *at, text)?;
                image.machine.write(*at, &line)?
            }
            Command::Insert { at, text } => {
                let line = line(image, *at, text)?;
                image.machine.insert(*at, &line)?
            }
            Command::Replace { at, text } => {
                let line = line(image, *at, text)?;
                image.machine.replace(*at, &line)?
            }
            Command::Delete { at, count } => machine.delete(*at, *count)?,
            Command::Define { name, text } => {
                let contents = contents(image, text)?;
                image.machine.define(name, &contents)?;
                Vec::new()
            }
            Command::Redefine { name, text } => {
                let contents = contents(image, text)?;
                image.machine.redefine(name, &contents)?;
                Vec::new()
            }
            Command::Load { text, replace } => {
                load(image, text, *replace)?;
                Vec::new()
            }
            Command::Remove { body } => {
                machine.remove(*body)?;
                Vec::new()
            }
            other => return other.adjust(image).map(|()| Vec::new()),
        };
        image.apply_shifts(&shifts);
        Ok(shifts)
    }

    /// Carries out a command that is not about code.
    fn adjust(&self, image: &mut Image) -> Result<(), Refused> {
        let machine = &mut image.machine;
        match self {
            Command::Counter { at } => machine.set_counter(*at)?,
            Command::Push { text } => {
                let values = values(image, text)?;
                image.machine.push(&values)?;
            }
            Command::Drop { count } => machine.drop_top(*count)?,
            Command::Parameter { index, text } => {
                let value = value(image, text)?;
                image.machine.set_parameter(*index, &value)?;
            }
            Command::Local { depth, name, text } if text.trim().is_empty() => {
                machine.set_local(*depth, name, None)?;
            }
            Command::Local { depth, name, text } => {
                let value = value(image, text)?;
                image.machine.set_local(*depth, name, Some(&value))?;
            }
            Command::Data { body, index, text } => {
                let value = value(image, text)?;
                image.machine.set_data(*body, *index, &value)?;
            }
            Command::Restart { depth, text } => {
                let parameters = values(image, text)?;
                image.machine.restart(*depth, &parameters)?;
            }
            Command::Give { text } => machine.give_input(text),
            Command::EndInput => machine.end_input(),
            Command::Limit { kind, value } => machine.set_limit(*kind, *value)?,
            Command::Breakpoint { at, on } => mark(image, *at, *on)?,
            Command::Bookmark { name, at } => bookmark(image, name, *at)?,
            Command::Run { fuel } => {
                machine.run(*fuel);
            }
            _ => {}
        }
        Ok(())
    }
}

fn mark(image: &mut Image, at: Place, on: bool) -> Result<(), Refused> {
    if !on {
        image.breakpoints.remove(&at);
        return Ok(());
    }
    check_place(image, at)?;
    image.breakpoints.insert(at);
    Ok(())
}

fn bookmark(image: &mut Image, name: &str, at: Option<Place>) -> Result<(), Refused> {
    let Some(at) = at else {
        image.bookmarks.remove(name);
        return Ok(());
    };
    check_place(image, at)?;
    check_name(name).map_err(|fault| Refusal::Name { name: name.to_string(), fault })?;
    image.bookmarks.insert(name.to_string(), at);
    Ok(())
}

fn check_place(image: &Image, at: Place) -> Result<(), Refused> {
    let size = image.machine.memory().code(at.body).map_or(0, |body| body.size);
    if at.offset < size {
        return Ok(());
    }
    let Place { body, offset } = at;
    Err(if size == 0 { Refusal::NoBody { body } } else { Refusal::NoPlace { body, offset, size } }
        .into())
}

/// The text of a command as instructions for a function with these locals.
fn resolved(
    image: &Image,
    text: &str,
    is_local: &dyn Fn(&str) -> bool,
) -> Result<Fragment, Refused> {
    let memory = image.machine.memory();
    let body_at = |address| match memory.find(address) {
        Some((body, 0)) => Some(body),
        _ => None,
    };
    let refused = |diagnostics| Refused::Text(text.to_string(), diagnostics);
    parse_line(text).and_then(|line| line.resolve(is_local, &body_at)).map_err(refused)
}

/// What is typed at a cell. A bare name is a local if the function assigns it somewhere.
pub(crate) fn line(image: &Image, at: Place, text: &str) -> Result<Fragment, Refused> {
    let memory = image.machine.memory();
    let owner = memory.owner(at.body);
    let assigned = assigned_in(memory, owner);
    let is_local = |name: &str| assigned.contains(name);
    resolved(image, text, &is_local)
}

fn contents(image: &Image, text: &str) -> Result<Fragment, Refused> {
    resolved(image, text, &|_| false)
}

/// Values as a person types them: numbers, texts, addresses.
fn values(image: &Image, text: &str) -> Result<Vec<Instruction>, Refused> {
    let mut fragment = resolved(image, text, &|_| false)?;
    Ok(fragment.bodies.swap_remove(0))
}

fn value(image: &Image, text: &str) -> Result<Instruction, Refused> {
    let mut values = values(image, text)?;
    match (values.pop(), values.is_empty()) {
        (Some(value), true) => Ok(value),
        _ => Err(Refused::Other(format!("one value is wanted, not `{}`", text.trim()))),
    }
}

/// Adds the definitions of a program text.
fn load(image: &mut Image, text: &str, replace: bool) -> Result<(), Refused> {
    let program = parse(text).map_err(|errors| Refused::Text(text.to_string(), errors))?;
    if !program.main.bodies.iter().all(Vec::is_empty) {
        return Err(Refused::Other(
            "only definitions can be added to a running program, and this text has main code; \
             put it into a function: [ ... ] bind: name"
                .to_string(),
        ));
    }
    let machine = &image.machine;
    let mut new: Vec<(&str, &Fragment)> = Vec::new();
    let mut changed: Vec<(&str, &Fragment)> = Vec::new();
    for definition in &program.definitions {
        match machine.memory().function(&definition.name) {
            None => new.push((&definition.name, &definition.code)),
            Some(body) if same_code(image, body, &definition.code) => {}
            Some(_) => changed.push((&definition.name, &definition.code)),
        }
    }
    if let (Some((name, _)), false) = (changed.first(), replace) {
        return Err(Refused::Other(format!(
            "`{name}` is already defined, and differently; edit it there or replace it"
        )));
    }
    // The new ones first, so that the replaced ones can call them; on a copy, so that it happens
    // whole or not at all.
    let mut trial = image.machine.clone();
    trial.define_all(&new)?;
    for (name, code) in changed {
        trial.redefine(name, code)?;
    }
    image.machine = trial;
    Ok(())
}

/// Whether a body holds what a definition says.
fn same_code(image: &Image, body: u32, definition: &Fragment) -> bool {
    fragment_of(&image.machine, body) == *definition
}

/// A new image of a program text: its definitions, and its main code at address 0.
///
/// # Errors
/// What is wrong with the text.
pub fn image_of_program(text: &str) -> Result<Image, Refused> {
    let program = parse(text).map_err(|errors| Refused::Text(text.to_string(), errors))?;
    let mut image = Image::default();
    let list: Vec<(&str, &Fragment)> =
        program.definitions.iter().map(|d| (&*d.name, &d.code)).collect();
    image.machine.define_all(&list)?;
    image.machine.write(Place::new(MAIN, 0), &program.main)?;
    Ok(image)
}
