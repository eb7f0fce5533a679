//! Completions of the word that is being typed: instructions, functions, locals and holes.

use super::Index;
use crate::view::stacks;
use crate::vm::instruction::{Operand, table};
use crate::vm::machine::Machine;

/// A word that could be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The word.
    pub word: String,
    /// Its stack effect.
    pub effect: String,
    /// Its meaning.
    pub meaning: String,
}

/// The most completions that are shown: what is further down is found sooner by typing on.
const SHOWN: usize = 8;

/// The word at the end of a line: what a completion replaces.
pub fn last_word(text: &str) -> &str {
    let mut words = text.rsplit(|c: char| c.is_whitespace() || c == '[');
    words.next().expect("splitting yields a part")
}

/// A line with its last word replaced.
pub fn completed(text: &str, word: &str) -> String {
    let kept = &text[..text.len() - last_word(text).len()];
    format!("{kept}{word} ")
}

/// The words that begin like the last one of the line.
pub fn completions(text: &str, index: &Index, machine: &Machine) -> Vec<Completion> {
    let word = last_word(text);
    if word.is_empty() || word.parse::<i64>().is_ok() || text.matches('"').count() % 2 == 1 {
        return Vec::new();
    }
    let fits = |candidate: &str| candidate.starts_with(word) && candidate != word;
    let mut found: Vec<Completion> = Vec::new();
    let mut add = |word: &str, effect: &str, meaning: String| {
        if fits(word) && !found.iter().any(|completion| completion.word == word) {
            found.push(Completion { word: word.to_owned(), effect: effect.to_owned(), meaning });
        }
    };
    let calls = stacks::calls(machine, 1);
    for local in calls.frames.iter().flat_map(|frame| &frame.locals) {
        add(&local.name, "( -- value )", "A local of this function.".to_owned());
    }
    for row in index.names.iter().filter(|row| row.name != "main") {
        add(&row.name, "", format!("The function at {}.", row.start));
    }
    for row in &index.holes {
        add(&row.name, "", "Not yet implemented.".to_owned());
    }
    for row in table().filter(|row| row.operand != Operand::Word) {
        add(row.name, row.effect, row.meaning.to_owned());
    }
    found.truncate(SHOWN);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_is_completed_and_the_rest_kept() {
        let words = |text| {
            completions(text, &Index::default(), &Machine::new())
                .into_iter()
                .map(|c| c.word)
                .collect::<Vec<_>>()
        };
        assert_eq!(words("3 ret"), ["return", "return_if"]);
        assert_eq!(words("[ sub"), ["sub_str"]);
        assert_eq!(words(""), Vec::<String>::new());
        assert_eq!(words("\"ret"), Vec::<String>::new());
        assert_eq!(completed("[ 3 ret", "return"), "[ 3 return ");
        assert_eq!(completed("3\u{3000}ret", "return"), "3\u{3000}return ");
    }
}
