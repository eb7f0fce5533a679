//! Loading program texts: as a new image, or adding their definitions to an existing image.

use std::sync::Arc;

use super::code_text::CodeText;
use super::refused::Refused;
use crate::program::image::Image;
use crate::program::listing::{Definition, Program, fragment_of};
use crate::program::notation::Notation;
use crate::program::plain_name::Known;
use crate::program::scope::Scope;
use crate::program::starts::ProgramStarts;
use crate::vm::instruction::Fragment;
use crate::vm::memory::{MAIN, Place};
use crate::vm::vocabulary::Vocabulary;

/// Said of a function that a text defines differently.
pub const DIFFERS: &str = "is already defined differently";

/// A new image of a program text: its definitions, and its main code at address 0.
///
/// # Errors
/// What is wrong with the text.
pub fn image_of_program(text: &str) -> Result<Image, Refused> {
    image_of_file(text, None, Notation::Forth)
}

/// As [`image_of_program`], for a text from a file, whose name messages about the program show, in any notation.
///
/// # Errors
/// What is wrong with the text.
pub fn image_of_file(text: &str, file: Option<&str>, notation: Notation) -> Result<Image, Refused> {
    image_of(&Known::none().text_in(text, notation), notation, Vocabulary::NEWEST, file)
}

/// As [`image_of_program`], with the names as they are written, and for a text of this vocabulary: for a
/// recording.
///
/// # Errors
/// What is wrong with the text.
pub(super) fn image_of_recorded_program(
    text: &str,
    vocabulary: Vocabulary,
) -> Result<Image, Refused> {
    image_of(text, Notation::Forth, vocabulary, None)
}

fn image_of(
    text: &str,
    notation: Notation,
    vocabulary: Vocabulary,
    file: Option<&str>,
) -> Result<Image, Refused> {
    let (program, starts) = read(text, notation, &Scope::empty().read_by(vocabulary))?;
    let mut image = Image::default();
    let list: Vec<(&str, &Fragment)> =
        program.definitions.iter().map(|d| (&*d.name, &d.code)).collect();
    let bodies = image.machine.define_all(&list)?;
    image.machine.write(Place::new(MAIN, 0), &program.main)?;
    let Image { machine, comments, origins, .. } = &mut image;
    machine.memory().index_uses();
    for (&body, definition) in bodies.iter().zip(program.definitions.iter()) {
        comments.put(machine, body, &definition.code, &definition.comments);
    }
    comments.put(machine, MAIN, &program.main, &program.main_comments);
    let code =
        program.definitions.iter().map(|definition| &definition.code).zip(&starts.definitions);
    let functions = bodies.into_iter().zip(code).map(|(body, (code, starts))| (body, code, starts));
    let main = (MAIN, &program.main, &starts.main);
    origins.add(machine, notation, file.map(Arc::from), text.into(), functions.chain([main]));
    Ok(image)
}

fn read(
    text: &str,
    notation: Notation,
    scope: &Scope<'_>,
) -> Result<(Program, ProgramStarts), Refused> {
    let refused = |diagnostics| Refused::Text(text.to_string(), diagnostics);
    notation.read_code(text, scope).map_err(refused)
}

/// A program text in the notation of commands.
///
/// # Errors
/// What is wrong with the text.
pub fn in_forth(text: String, notation: Notation) -> Result<String, Refused> {
    match notation {
        Notation::Forth => Ok(text),
        Notation::Source => {
            let plain = Known::none().text_in(&text, notation);
            let (program, _) = read(&plain, notation, &Scope::empty())?;
            Ok(Notation::Forth.print_program(&program, &Scope::empty()).text)
        }
    }
}

/// Adds the definitions of a program text. A definition whose function already exists with other code replaces
/// the function if `replaces` says so, and is refused otherwise. If the code is the same, the function stays, with
/// its activations; its comments are replaced if `replaces` says so, and stay otherwise.
pub(super) fn load(image: &mut Image, text: &CodeText, replaces: bool) -> Result<(), Refused> {
    let scope = Scope::outside(&image.machine).read_by(text.vocabulary);
    let (program, starts) = read(text, Notation::Forth, &scope)?;
    if !program.main.bodies.iter().all(Vec::is_empty) {
        return Err(Refused::Other(
            "only definitions can be added to a running program, and this text has main code; \
             put it in a function: [ ... ] bind: name"
                .to_string(),
        ));
    }
    let machine = &image.machine;
    let (mut new, mut changed, mut same) = (Vec::new(), Vec::new(), Vec::new());
    for (definition, starts) in program.definitions.iter().zip(&starts.definitions) {
        match machine.memory().function(&definition.name) {
            None => new.push((definition, starts)),
            Some(body) if fragment_of(machine, body) == definition.code => {
                same.push((body, definition));
            }
            Some(_) => changed.push((definition, starts)),
        }
    }
    if let (Some((Definition { name, .. }, _)), false) = (changed.first(), replaces) {
        return Err(Refused::Other(format!("`{name}` {DIFFERS}; edit it there or replace it")));
    }
    // New functions come first, so that the replaced ones can call them. All of this happens on a fork,
    // so that it is done whole or not at all.
    let mut trial = image.machine.fork();
    let list: Vec<(&str, &Fragment)> = new.iter().map(|(d, _)| (&*d.name, &d.code)).collect();
    let mut bodies = trial.define_all(&list)?;
    for (definition, _) in &changed {
        bodies.push(trial.redefine(&definition.name, &definition.code)?);
    }
    image.machine = trial;
    let Image { machine, comments, origins, .. } = image;
    let made = || bodies.iter().copied().zip(new.iter().chain(&changed).copied());
    let kept = same.into_iter().filter(|_| replaces);
    for (body, definition) in made().map(|(body, (definition, _))| (body, definition)).chain(kept) {
        comments.put(machine, body, &definition.code, &definition.comments);
    }
    let read = made().map(|(body, (definition, starts))| (body, &definition.code, starts));
    origins.add(machine, Notation::Forth, text.file.clone(), text.text.as_str().into(), read);
    Ok(())
}
