//! Revising all functions that a program text defines: changed ones keep their activations, new ones are added, and
//! those that the text lacks stay.

use super::anchors::{Anchors, Spelled};
use super::{Effects, Revision, comments};
use crate::program::comment::Comments;
use crate::program::effect::StackEffects;
use crate::program::image::Image;
use crate::program::listing::{Definition, Program, fragment_of};
use crate::program::notation::Notation;
use crate::program::plain_name::Known;
use crate::program::scope::Scope;
use crate::program::source;
use crate::program::span::Printed;
use crate::session::command::Command;
use crate::session::refused::Refused;
use crate::vm::index::Body;
use crate::vm::instruction::Fragment;
use crate::vm::machine::Machine;
use crate::vm::memory::{BodyKind, MAIN};

/// What becomes of a part of a program.
#[derive(Clone, Debug)]
pub enum Part {
    /// The function is new.
    Added(Box<str>),
    /// The function, or main, gets new code.
    Revised(Box<str>, Revision),
    /// So many comments of the function, or of main, change.
    Commented(Box<str>, usize),
    /// Main differs, and was not to be revised.
    MainDiffers,
    /// So many activations of this function are in code that it had before it was replaced: no revision reaches
    /// them.
    NotReached(Box<str>, usize),
}

/// Whether the main code of a text replaces that of the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MainCode {
    /// No.
    Stays,
    /// If the text has any.
    IfThere,
    /// Yes, even if the text has none.
    Whole,
}

/// A change of a program, worked out for one image.
#[derive(Clone, Debug, Default)]
pub struct ProgramRevision {
    /// What carries it out: one gesture. Empty if nothing differs.
    pub commands: Vec<Command>,
    /// What becomes of each part, in the order of the text.
    pub parts: Vec<Part>,
}

impl Part {
    /// In a line: `fib: 4 cells inserted; 2 activations will run the change`.
    pub fn words(&self) -> String {
        match self {
            Part::Added(name) => format!("{name}: added"),
            Part::Revised(name, revision) => {
                let mut words = format!("{name}: {}", revision.words());
                for (from, to) in &revision.renamed {
                    words += &format!("; the local {from} is now {to}");
                }
                if !revision.without_value.is_empty() {
                    let names = revision.without_value.join(", ");
                    words += &format!("; live activations have no value for {names} yet");
                }
                words
            }
            Part::Commented(name, 1) => format!("{name}: a comment changed"),
            Part::Commented(name, count) => format!("{name}: {count} comments changed"),
            Part::MainDiffers => "main: differs, and stays as it is".to_owned(),
            Part::NotReached(name, count) => {
                let (noun, they) = match count {
                    1 => ("activation", "finishes"),
                    _ => ("activations", "finish"),
                };
                format!(
                    "{name}: {count} {noun} in replaced code {they} there and cannot be reached"
                )
            }
        }
    }
}

impl ProgramRevision {
    /// Works out how an image gets the definitions of a text, with their comments. `trial` is a fork of the image, on
    /// which it is tried.
    ///
    /// # Errors
    /// What is wrong with the text, or why the machine refuses it.
    pub fn of_text(
        trial: Image,
        text: &str,
        notation: Notation,
        revises_main: MainCode,
    ) -> Result<ProgramRevision, Refused> {
        let text = Known::of(&trial.machine).text_in(text, notation);
        let read = notation.read_code(&text, &Scope::outside(&trial.machine));
        let (program, _) = read.map_err(|bad| Refused::Text(text.to_string(), bad))?;
        ProgramRevision::new(trial, program, revises_main)
    }

    fn new(
        mut trial: Image,
        program: Program,
        revises_main: MainCode,
    ) -> Result<ProgramRevision, Refused> {
        let mut whole = ProgramRevision::default();
        let is_new = |one: &Definition| trial.machine.memory().function(&one.name).is_none();
        let (added, known): (Vec<_>, Vec<_>) = program.definitions.into_iter().partition(is_new);
        whole.add(added, &mut trial)?;
        let mut effects = StackEffects::of_machine(&trial.machine);
        for Definition { name, code, comments } in known {
            let function = trial.machine.memory().function(&name);
            let body = function.expect("it is not new");
            whole.revise(&mut trial, body, &name, &code, &mut effects)?;
            whole.comment(&mut trial, body, &name, comments)?;
            let count = not_reached(&trial.machine, &name);
            if count > 0 {
                whole.parts.push(Part::NotReached(name, count));
            }
        }
        let has_main = program.main.bodies.iter().any(|body| !body.is_empty());
        match revises_main {
            MainCode::Stays if has_main || !program.main_comments.is_empty() => {
                let wanted = program.main_comments.normal();
                let differs = fragment_of(&trial.machine, MAIN) != program.main;
                if differs && has_main || !comments::commands(&trial, MAIN, &wanted).is_empty() {
                    whole.parts.push(Part::MainDiffers);
                }
            }
            MainCode::IfThere if !has_main => {
                if !program.main_comments.is_empty()
                    && fragment_of(&trial.machine, MAIN) == program.main
                {
                    whole.comment(&mut trial, MAIN, "main", program.main_comments)?;
                }
            }
            MainCode::Stays => {}
            MainCode::IfThere | MainCode::Whole => {
                whole.revise(&mut trial, MAIN, "main", &program.main, &mut effects)?;
                whole.comment(&mut trial, MAIN, "main", program.main_comments)?;
            }
        }
        Ok(whole)
    }

    fn add(&mut self, definitions: Vec<Definition>, trial: &mut Image) -> Result<(), Refused> {
        if definitions.is_empty() {
            return Ok(());
        }
        self.parts.extend(definitions.iter().map(|one| Part::Added(one.name.clone())));
        let program = Program { definitions, ..Program::default() };
        // Recordings, and so all commands, use this notation.
        let text = Notation::Forth.print_program(&program, &Scope::outside(&trial.machine)).text;
        let command = Command::Load { text: text.into() };
        command.apply(trial)?;
        self.commands.push(command);
        Ok(())
    }

    /// Gives a function the comments of the text.
    fn comment(
        &mut self,
        trial: &mut Image,
        body: Body,
        name: &str,
        wanted: Comments,
    ) -> Result<(), Refused> {
        let commands = comments::commands(trial, body, &wanted.normal());
        for command in &commands {
            command.apply(trial)?;
        }
        if !commands.is_empty() {
            self.parts.push(Part::Commented(name.into(), commands.len()));
            self.commands.extend(commands);
        }
        Ok(())
    }

    fn revise(
        &mut self,
        trial: &mut Image,
        body: Body,
        name: &str,
        code: &Fragment,
        effects: &mut StackEffects,
    ) -> Result<(), Refused> {
        let old = fragment_of(&trial.machine, body);
        if old == *code {
            return Ok(());
        }
        let after = effects.with_code(name, code);
        let (before, now) = {
            // Both are printed alike, whatever the text looked like.
            let scope = Scope::outside(&trial.machine);
            let printed = |code: &Fragment, effects: &StackEffects| -> Printed {
                let none = Comments::default();
                match body {
                    MAIN => source::main(code, &none, effects, &scope),
                    _ => source::function(name, code, &none, effects, &scope),
                }
            };
            (printed(&old, effects), printed(code, &after))
        };
        let anchors = Anchors::between(
            Spelled { text: &before.text, spans: &before.spans, definition: None },
            Spelled { text: &now.text, spans: &now.spans, definition: None },
        );
        let both = Effects { old: effects, new: &after };
        let mut revision = Revision::new(trial.fork(), body, code, &anchors, both)?;
        revision.tell_lines(&trial.machine, &before, &now);
        for command in &revision.commands {
            command.apply(trial)?;
        }
        *effects = after;
        if !revision.is_empty() {
            self.commands.extend(revision.commands.iter().cloned());
            self.parts.push(Part::Revised(name.into(), revision));
        }
        Ok(())
    }
}

/// How many activations of any task are in former bodies of this name.
fn not_reached(machine: &Machine, name: &str) -> usize {
    let memory = machine.memory();
    let is_former = |body: Body| {
        let code = memory.code(memory.owner(body));
        code.is_some_and(|code| matches!(code.kind, BodyKind::Former(_)))
            && memory.function_name(body) == name
    };
    let entries = machine.tasks().flat_map(|task| task.calls().activations());
    entries.filter(|entry| entry.is_frame && is_former(entry.body)).count()
}
