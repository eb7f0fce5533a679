//! Names: renaming, redefining and removing functions, renaming locals, going from use to use, and adding the
//! functions of a file.

use std::path::Path;

use super::Desk;
use super::overlay::Overlay;
use super::question::{Named, Question};
use crate::program::comment::{CommentAt, CommentPlace};
use crate::program::listing::fragment_of;
use crate::program::notation::Notation;
use crate::program::scope::Scope;
use crate::session::command::Command;
use crate::session::file_kind::FileKind;
use crate::session::load::{DIFFERS, in_forth};
use crate::store::{self, FILE_BYTES};
use crate::view::memory::At;
use crate::view::names::uses;
use crate::vm::cell::Content;
use crate::vm::index::{BodyId, FrameId};
use crate::vm::instruction::Instruction;

impl Desk {
    /// What the selected cell names, or else the function it is in.
    fn named_here(&self) -> Option<Named> {
        let machine = self.session().machine();
        let at = self.place()?;
        let function = machine.memory().owner(at.body);
        Some(match machine.instruction(at) {
            Instruction::Call(name) | Instruction::PushFunction(name) => {
                Named::Function(name.into())
            }
            Instruction::Pick(name) | Instruction::Assign(name) => {
                Named::Local(function, name.into())
            }
            Instruction::GetGlobal(name) | Instruction::SetGlobal(name) => {
                Named::Global(name.into())
            }
            Instruction::Integer(_)
            | Instruction::Text(_)
            | Instruction::Block(_)
            | Instruction::Address(_)
            | Instruction::BlockValue(..)
            | Instruction::Task(_)
            | Instruction::Label(_)
            | Instruction::Primitive(_)
            | Instruction::Hole(_)
            | Instruction::FunctionHole(_)
            | Instruction::Breakpoint => {
                Named::Function(machine.memory().function_name(function).to_owned())
            }
        })
    }

    /// The function that the selected cell calls, or the one it is in. Warns if it is data.
    fn function_here(&mut self) -> Option<String> {
        match self.named_here() {
            Some(Named::Function(name)) => Some(name),
            Some(Named::Local(..) | Named::Global(_)) => {
                let body = self.place()?.body;
                Some(self.session().machine().memory().function_name(body).to_owned())
            }
            None => {
                self.notice.warn("Select a cell of a function first");
                None
            }
        }
    }

    // --- questions --------------------------------------------------------------------------------

    /// Asks for a new name of what the selected cell names.
    pub(super) fn ask_rename(&mut self) {
        match self.named_here() {
            Some(named) => self.ask_rename_of(named),
            None => self.notice.warn("Select a cell of a function first"),
        }
    }

    /// Asks for a new name.
    pub(super) fn ask_rename_of(&mut self, named: Named) {
        match named {
            Named::Global(name) => self.notice.warn(format!(
                "The global `{name}` cannot be renamed: the program may make it again by its name"
            )),
            Named::Function(name) if name == "main" => {
                self.notice.warn("`main` cannot be renamed");
            }
            named @ (Named::Function(_) | Named::Local(..)) => {
                let name = named.name().to_owned();
                self.overlay = Overlay::Ask(Question::Rename(named), name);
            }
        }
    }

    /// Asks for a new name of a local of an entry of the call stack.
    pub(super) fn ask_rename_local(&mut self, frame: FrameId, name: String) {
        let calls = self.session().machine().task().calls();
        if let Some(entry) = calls.activation_of(frame) {
            self.ask_rename_of(Named::Local(entry.body, name));
        }
    }

    /// Asks for new code of the function of the selected cell.
    pub(super) fn redefine_selected(&mut self) {
        if let Some(name) = self.function_here() {
            self.ask_code(name);
        }
    }

    /// Asks for new code of a function; proposes what it has.
    pub(super) fn ask_code(&mut self, name: String) {
        let machine = self.session().machine();
        let Some(body) = machine.memory().function(&name) else {
            return self.notice.warn(format!("There is no function `{name}`"));
        };
        let code = fragment_of(machine, body);
        let scope = Scope::outside(machine).defining(Some(&name));
        let text = Notation::Forth.print_line(&code, &scope).text;
        self.overlay = Overlay::Ask(Question::Code(name), text);
    }

    /// Asks for a comment of the selected cell.
    pub(super) fn ask_comment(&mut self) {
        let Some(place) = self.place() else {
            return self.notice.warn("Data has no comments");
        };
        let used = self.session().machine().memory().code(place.body).map(|code| code.used().len());
        let is_used = used.is_some_and(|used| place.offset.index() < used);
        let at = if is_used { CommentAt::Before(place.offset) } else { CommentAt::End };
        let place = CommentPlace { body: place.body, at };
        // The run of an example has no comments of its own.
        let comment = self.program().session.image().comments.at(place);
        let text = comment.map(|text| text.trim().to_owned()).unwrap_or_default();
        self.overlay = Overlay::Ask(Question::Comment(place), text);
    }

    /// Does what the answer of the overlay says. If it is refused, it can be corrected.
    pub(super) fn answer_text(&mut self, text: &str) {
        let Overlay::Ask(question, _) = &self.overlay else { return };
        let text = text.trim();
        let command = match question.clone() {
            Question::Rename(named) if named.name() == text => return self.close_overlay(),
            Question::Rename(Named::Function(from)) => {
                Command::Rename { from, to: text.to_owned() }
            }
            Question::Rename(Named::Local(body, from)) => {
                Command::RenameLocal { body, from, to: text.to_owned() }
            }
            Question::Rename(Named::Global(_)) => return self.close_overlay(),
            Question::Code(name) => Command::Redefine { name, text: text.into() },
            Question::Example(index) => {
                if self.example_typed(index, text) {
                    self.close_overlay();
                }
                return;
            }
            Question::Watch(index) => {
                let text = text.to_owned();
                return self.watch_typed(index, &text);
            }
            Question::Comment(at) => {
                let text = if text.is_empty() { String::new() } else { format!(" {text}") };
                Command::Comment { at, text }
            }
        };
        if self.gesture(vec![command], None) {
            self.close_overlay();
        }
    }

    // --- removing and loading ---------------------------------------------------------------------

    /// Removes the function of the selected cell.
    pub(super) fn remove_selected(&mut self) {
        if let Some(name) = self.function_here() {
            self.remove_function(&name);
        }
    }

    /// Removes a function; if something uses it, says what.
    pub(super) fn remove_function(&mut self, name: &str) {
        let Some(body) = self.session().machine().memory().function(name) else {
            return self.notice.warn(format!("There is no function `{name}`"));
        };
        if self.gesture(vec![Command::Remove { body }], None) {
            if self.head().body == BodyId::Code(body) {
                self.sight.selection = None;
            }
            self.notice.tell(format!("Removed `{name}`"));
        }
    }

    /// Adds the functions of a file to the program.
    pub(super) fn load_path(&mut self, path: &Path) {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let text = match store::read(path, FILE_BYTES) {
            Ok(text) => text,
            Err(error) => return self.notice.warn(format!("{error}. Nothing was loaded")),
        };
        let FileKind::Program(notation) = FileKind::of(path, &text) else {
            return self.notice.warn(format!("{name} is no program text. Nothing was loaded"));
        };
        match in_forth(text, notation) {
            Err(refused) => self.notice.warn(format!("{name}: {}", refused.with_place())),
            Ok(text) => {
                if self.gesture(vec![Command::Load { text: text.into() }], None) {
                    self.notice.tell(format!("Loaded the functions of {name}"));
                } else if self.notice.words.contains(DIFFERS) {
                    self.notice.add("Follow the file to revise what differs.");
                }
            }
        }
    }

    // --- uses -------------------------------------------------------------------------------------

    /// Shows the first use of a function.
    pub(super) fn show_uses(&mut self, name: &str) {
        let named = Named::Function(name.to_owned());
        match self.uses_of(&named).first() {
            Some(&first) => self.go_to(first),
            None => self.notice.warn(format!("Nothing uses `{name}`")),
        }
    }

    /// Shows the next or the previous use of what the selected cell names; after the last comes the first.
    pub(super) fn go_to_use(&mut self, forward: bool) {
        let Some(named) = self.named_here() else {
            return self.notice.warn("Select a cell that names something first");
        };
        let (here, found) = (self.head(), self.uses_of(&named));
        let at = found.iter().position(|&at| at == here);
        let to = match (at, forward) {
            (Some(at), true) => found.get(at + 1).or(found.first()),
            (Some(at), false) => at.checked_sub(1).map_or(found.last(), |at| found.get(at)),
            (None, true) => found.first(),
            (None, false) => found.last(),
        };
        match to {
            Some(&to) => {
                self.select(Some(to));
                let number = found.iter().position(|&at| at == to).unwrap_or_default() + 1;
                let (name, count) = (named.name(), found.len());
                self.notice.tell(format!("Use {number} of {count} of `{name}`"));
            }
            None => self.notice.warn(format!("Nothing uses `{}`", named.name())),
        }
    }

    fn uses_of(&self, named: &Named) -> Vec<At> {
        let machine = self.session().machine();
        let memory = machine.memory();
        match named {
            Named::Function(name) => memory.function(name).map_or_else(Vec::new, |body| {
                uses(machine, |_, content| {
                    matches!(content, Content::Call(used) | Content::Address(used) if used == body)
                })
            }),
            Named::Local(function, name) => uses(machine, |at, content| {
                matches!(content, Content::Pick(id) | Content::Assign(id) if memory.name(id) == name)
                    && memory.owner(at.body) == *function
            }),
            Named::Global(name) => uses(machine, |_, content| {
                let (Content::GetGlobal(id) | Content::SetGlobal(id)) = content else { return false };
                memory.name(id) == name
            }),
        }
    }
}
