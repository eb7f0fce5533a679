//! Renaming a function or a local: only names change, so every activation, counter and value stays.
//!
//! Calls refer to a body and not to its name, so they need no change. Cells that miss the new name of a
//! function become calls of it, and cells that miss the new name of a local push it, as when these are made.

use super::cell::{Cell, Content};
use super::index::Body;
use super::machine::Machine;
use super::memory::MAIN;
use super::name::NameId;
use super::refusal::Refusal;

impl Machine {
    /// Gives a function another name.
    ///
    /// # Errors
    /// If there is no such function, it is main, or the new name is in use or cannot be one.
    pub fn rename_function(&mut self, from: &str, to: &str) -> Result<(), Refusal> {
        let missing = || Refusal::NoFunction { name: from.to_string() };
        let body = self.memory.function(from).ok_or_else(missing)?;
        if body == MAIN {
            return Err(Refusal::Main);
        }
        self.check_name(to)?;
        if let Some(other) = self.memory.function(to) {
            let start = self.memory.existing_code(other).start;
            return Err(Refusal::Defined { name: to.to_string(), start });
        }
        self.decoded.forget();
        let (from, to) = (self.memory.names.intern(from), self.memory.names.intern(to));
        self.memory.rename_function(from, to, body);
        self.fill_holes(to, body);
        // Their cells stay and are spelled differently, so they count as changed.
        let users = self.memory.users_of(body).collect();
        self.replace_in(users, |cell| cell);
        Ok(())
    }

    /// Gives a local of a function another name, in its code and in its frames.
    ///
    /// # Errors
    /// If there is no such local, or the function has one of the new name, or it cannot be a name.
    pub fn rename_local(&mut self, function: Body, from: &str, to: &str) -> Result<(), Refusal> {
        self.memory.code(function).ok_or(Refusal::NoBody { body: function })?;
        let function = self.memory.owner(function);
        self.check_name(to)?;
        let named = |name: &str| {
            self.locals_in_use(function).find(|&local| self.memory.name(local) == name)
        };
        let title = || self.memory.function_name(function).to_string();
        let missing = || Refusal::NoLocal { local: from.to_string(), function: title() };
        let old = named(from).ok_or_else(missing)?;
        if named(to).is_some() {
            return Err(Refusal::LocalExists { local: to.to_string(), function: title() });
        }
        self.decoded.forget();
        let new = self.memory.names.intern(to);
        self.swap_slots(function, old, new);
        let bodies = [function].into_iter().chain(self.memory.blocks_of(function)).collect();
        self.replace_in(bodies, |cell| match cell.content() {
            Content::Pick(name) if name == old => Cell::pick(new),
            Content::Assign(name) if name == old => Cell::assign(new),
            _ => cell,
        });
        self.pick_holes(function, &[to]);
        Ok(())
    }

    /// Gives the slot of a local another name. A slot that is left over with that name gets the old one.
    fn swap_slots(&mut self, function: Body, old: NameId, new: NameId) {
        for local in self.memory.locals_mut(function) {
            if *local == old {
                *local = new;
            } else if *local == new {
                *local = old;
            }
        }
    }
}
