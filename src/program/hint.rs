//! What to do about a word that is missing: what other languages mean by it, a number that was meant, a name
//! that looks the same, or "did you mean".

use super::diagnostic::quoted;
use super::dialect;
use super::forth::token::Prefix;
use super::forth::{near_number, reads_as_number};
use super::near::near;
use super::plain_name;
use super::scope::Scope;
use crate::vm::index::Body;
use crate::vm::instruction::Primitive;
use crate::vm::machine::Machine;
use crate::vm::spelling::BREAKPOINT;

/// The names of a program where a word is missing.
#[derive(Clone, Debug, Default)]
pub struct Names<'n> {
    /// The locals of the function, in order.
    pub locals: Vec<&'n str>,
    /// The functions, in order.
    pub functions: Vec<&'n str>,
    /// Whether a global has exactly the missing name.
    pub is_global: bool,
    /// Another function that has a local of exactly the missing name.
    pub elsewhere: Option<&'n str>,
}

/// The most functions among which a near name is sought: the window asks in every frame.
const FUNCTIONS: usize = 20_000;

/// What to do about a name that is missing at the counter of a machine.
pub fn at_counter(machine: &Machine, name: &str) -> Option<String> {
    let memory = machine.memory();
    if memory.functions().nth(FUNCTIONS).is_some() {
        return Names::default().hint(name);
    }
    let body = machine.task().counter().body;
    let scope = Scope::of(machine, body);
    let slots = memory.code(memory.owner(body)).map_or(&[][..], |code| code.locals());
    let locals =
        slots.iter().map(|&local| memory.name(local)).filter(|local| scope.is_local(local));
    let mut names = Names {
        locals: locals.collect(),
        functions: memory.functions().map(|(name, _)| name).collect(),
        is_global: machine.globals().get(name).is_some(),
        elsewhere: with_local(machine, name),
    };
    names.locals.sort_unstable();
    names.functions.sort_unstable();
    names.hint(name)
}

/// A function that has a local of this name.
fn with_local<'m>(machine: &'m Machine, local: &str) -> Option<&'m str> {
    let memory = machine.memory();
    let has_it = |&(_, body): &(&str, Body)| {
        let slots = memory.code(body).map_or(&[][..], |code| code.locals());
        slots.iter().any(|&id| memory.name(id) == local) && Scope::of(machine, body).is_local(local)
    };
    memory.functions().filter(has_it).map(|(function, _)| function).min()
}

impl<'n> Names<'n> {
    /// What to do about a word that is missing; `None` if nothing is near.
    pub fn hint(&self, word: &str) -> Option<String> {
        if self.is_global {
            return Some(format!("it is a global: write `get: {word}`"));
        }
        if let Some(function) = self.elsewhere {
            let function = quoted(function);
            return Some(format!(
                "it is a local of {function}, and no other function sees that; pass it on the stack"
            ));
        }
        let touching = Prefix::ALL.iter().map(|prefix| prefix.word());
        if let Some((prefix, name)) = touching
            .filter_map(|prefix| Some((prefix, word.strip_prefix(prefix)?)))
            .find(|(_, name)| !name.is_empty())
        {
            return Some(format!("did you mean `{prefix} {name}`?"));
        }
        let own = || self.locals.iter().chain(&self.functions).copied();
        let known = || own().chain(instructions::<'n>());
        if let Some(hint) = plain_name::hint(word, known()) {
            return Some(hint);
        }
        // Of two likely slips, the one for a name of the program is likelier, unless it is very short.
        let is_name = word.len() > 2 && word.chars().all(char::is_alphabetic);
        if let Some(other) = near(word, own()).filter(|_| is_name) {
            return Some(format!("did you mean `{}`?", self.spelled(other)));
        }
        if let Some(advice) = dialect::advice(word).filter(|advice| self.allow(advice)) {
            return Some(advice.to_string());
        }
        if let Some(advice) = near_number(word) {
            return Some(advice);
        }
        let prefixes =
            || Prefix::ALL.iter().map(|prefix| -> &'n str { prefix.word().trim_end_matches(':') });
        let is_prefix = |word: &str| prefixes().any(|prefix| prefix == word);
        if is_prefix(word) {
            return Some(format!("did you mean `{word}:`?"));
        }
        let other = near(word, known().chain(prefixes()))?;
        let is_known = known().any(|name| name == other);
        let other = if is_known { self.spelled(other) } else { format!("{other}:") };
        Some(format!("did you mean `{other}`?"))
    }

    /// What to do about a word that should be the name of a local.
    pub fn near_local(&self, word: &str) -> Option<String> {
        only_near(word, &self.locals)
    }

    /// What to do about a word that should be the name of a function.
    pub fn near_function(&self, word: &str) -> Option<String> {
        only_near(word, &self.functions)
    }

    fn is_local(&self, name: &str) -> bool {
        self.locals.binary_search(&name).is_ok()
    }

    fn is_function(&self, name: &str) -> bool {
        self.functions.binary_search(&name).is_ok()
    }

    /// Whether the words of an advice mean what they usually mean, and are no names of the program.
    fn allow(&self, advice: &str) -> bool {
        dialect::words(advice).all(|word| !self.is_local(word) && !self.is_function(word))
    }

    /// How a name that is known is written here: with its prefix, where it means something else without.
    fn spelled(&self, name: &str) -> String {
        let is_number = reads_as_number(name);
        if self.is_local(name) {
            return if is_number { format!("pick: {name}") } else { name.to_string() };
        }
        if self.is_function(name) && is_number {
            return format!("call: {name}");
        }
        // A function that is no local, an instruction that no name hides, or a prefix.
        name.to_string()
    }
}

/// What to do about a word that should be one of these names.
pub fn only_near(word: &str, names: &[&str]) -> Option<String> {
    let names = || names.iter().copied();
    plain_name::hint(word, names())
        .or_else(|| near(word, names()).map(|other| format!("did you mean `{other}`?")))
}

/// The words of all instructions.
fn instructions<'n>() -> impl Iterator<Item = &'n str> {
    let names = Primitive::ALL.iter().map(|primitive| -> &'n str { primitive.name() });
    names.chain([BREAKPOINT])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hint(word: &str) -> String {
        let names = Names {
            locals: vec!["0b1", "count", "total"],
            functions: vec!["0xFF", "print", "total"],
            ..Names::default()
        };
        names.hint(word).unwrap_or_default()
    }

    #[test]
    fn the_nearest_name_is_written_so_that_it_means_what_is_meant() {
        for (word, said) in [
            ("cuont", "did you mean `count`?"),
            ("totl", "did you mean `total`?"),
            ("0xFG", "did you mean `call: 0xFF`?"),
            ("0b1_", "did you mean `pick: 0b1`?"),
            ("dupp", "did you mean `dup`?"),
            ("assign", "did you mean `assign:`?"),
            ("asign", "did you mean `assign:`?"),
            ("picc", "did you mean `pick`?"),
            ("breakpiont", "did you mean `breakpoint`?"),
            ("1e3", "write `1_000`"),
            ("%", "write `mod`"),
            ("fi", "a condition is `flag [ ... ] if`"),
            // A name of the program is nearer than another language.
            ("pint", "did you mean `print`?"),
            ("totals", "did you mean `total`?"),
            ("nothing_like_it", ""),
            ("get:x", "did you mean `get: x`?"),
            // `print` is a function here, so what others mean by `.` is not said.
            (".", ""),
        ] {
            assert_eq!(hint(word), said, "{word}");
        }
        assert!(hint("\u{441}ount").contains("looks the same"), "{}", hint("\u{441}ount"));
    }
}
