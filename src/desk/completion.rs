//! Completions of the word being typed: instructions, functions, locals and holes.

use super::Index;
use crate::program::notation::Notation;
use crate::program::scope::Scope;
use crate::view::stacks;
use crate::vm::instruction::{Instruction, Operand, Primitive, table};
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

/// The most completions shown: typing another letter is faster than going further down.
const SHOWN: usize = 8;

/// The word at the end of a line: what a completion replaces.
pub fn last_word(text: &str) -> &str {
    let mut words = text.rsplit(|c: char| c.is_whitespace() || c == '[');
    words.next().expect("splitting yields a part")
}

/// The name at the end of a line in the source notation, with the `$` or `@` before it.
fn last_name(text: &str) -> &str {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '?' | '!' | '$' | '@');
    let start = text.char_indices().rev().take_while(|&(_, c)| is_part(c)).last();
    start.map_or("", |(at, _)| &text[at..])
}

/// A line with its last word replaced.
pub fn completed(text: &str, word: &str, notation: Notation) -> String {
    let (last, after) = match notation {
        Notation::Forth => (last_word(text), " "),
        Notation::Source => (last_name(text), ""),
    };
    format!("{}{word}{after}", &text[..text.len() - last.len()])
}

/// The words that begin with the last name of a line in the source notation, spelled in it: `fib(`.
pub fn in_source(
    text: &str,
    index: &Index,
    machine: &Machine,
    scope: &Scope<'_>,
) -> Vec<Completion> {
    let name = last_name(text);
    let (sign, rest) = name.split_at(name.len() - name.trim_start_matches(['$', '@']).len());
    if rest.is_empty() || text.matches('"').count() % 2 == 1 {
        return Vec::new();
    }
    let asked = match sign {
        "@" => format!("pushf: {rest}"),
        _ => rest.to_owned(),
    };
    let found = completions(&asked, index, machine, scope).into_iter();
    let spelled = |completion: Completion| {
        let word = match sign {
            "@" => format!("@{}", completion.word),
            _ => in_words(&completion.word, scope)?,
        };
        let fits = word.starts_with(name) && word != name;
        fits.then_some(Completion { word, ..completion })
    };
    found.filter_map(spelled).collect()
}

/// How the source notation begins what is one word of Forth; none if it begins with an operand.
fn in_words(word: &str, scope: &Scope<'_>) -> Option<String> {
    if BRANCHES.contains(&word) {
        return None;
    }
    let read = Notation::Forth.read_line(word, scope).ok()?;
    let mut text = Notation::Source.print_line(&read.cells, scope).text;
    text.truncate(text.find('(').map_or(text.trim_end().len(), |at| at + 1));
    Some(text)
}

/// Instructions that the source notation writes as statements.
const BRANCHES: [&str; 5] = ["if", "if-else", "repeat", "repeat_if", "while"];

/// The words that begin with the last word of the line, spelled so that they mean in this scope what the
/// list says: an instruction that a function hides is completed to `prim: dup`.
pub fn completions(
    text: &str,
    index: &Index,
    machine: &Machine,
    scope: &Scope<'_>,
) -> Vec<Completion> {
    let word = last_word(text);
    if word.is_empty() || word.parse::<i64>().is_ok() || text.matches('"').count() % 2 == 1 {
        return Vec::new();
    }
    let prefix = prefix_before(text);
    let takes_name = prefix.is_some();
    let is_instruction = prefix == Some("prim:");
    let mut found: Vec<Completion> = Vec::new();
    let mut add = |name: &str, cell: Option<Instruction>, effect: &str, meaning: String| {
        let spelled = match cell {
            Some(ref cell) if !takes_name => Notation::Forth.source(cell, scope).to_string(),
            _ => name.to_owned(),
        };
        let is_meant = !is_instruction || matches!(cell, Some(Instruction::Primitive(_)));
        let is_new =
            is_meant && spelled != word && !found.iter().any(|other| other.word == spelled);
        if name.starts_with(word) && is_new {
            found.push(Completion { word: spelled, effect: effect.to_owned(), meaning });
        }
    };
    let calls = stacks::calls(machine, 1);
    for local in calls.frames.iter().flat_map(|frame| &frame.locals) {
        let pick = Instruction::Pick(local.name.as_str().into());
        add(&local.name, Some(pick), "( -- value )", "A local of this function.".to_owned());
    }
    let prefixed = if matches!(prefix, Some("get:" | "set:")) || !takes_name { SHOWN } else { 0 };
    let globals = machine.globals().iter().filter(|(name, _)| name.starts_with(word));
    for (name, _) in globals.take(prefixed) {
        let get = Instruction::GetGlobal(name.into());
        add(name, Some(get), "( -- value )", "A global.".to_owned());
    }
    for row in index.names.iter().filter(|row| row.name != "main") {
        let call = Instruction::Call(row.name.as_str().into());
        let effect = index.effects.words(&row.name);
        add(&row.name, Some(call), &effect, format!("The function at {}.", row.start));
    }
    for name in index.holes.names(machine).filter(|name| name.starts_with(word)).take(SHOWN) {
        add(name, Some(Instruction::Hole(name.into())), "", "Not yet implemented.".to_owned());
    }
    let takes_row = is_instruction || !takes_name;
    for row in table().filter(|row| row.operand != Operand::Word && takes_row) {
        let cell = Primitive::find(row.name).map(Instruction::Primitive);
        add(row.name, cell, row.effect, row.meaning.to_owned());
    }
    found.truncate(SHOWN);
    found
}

/// The prefix, such as `call:`, whose name the last word is.
fn prefix_before(text: &str) -> Option<&str> {
    let before = text[..text.len() - last_word(text).len()].trim_end();
    Some(last_word(before)).filter(|prefix| prefix.ends_with(':'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::effect::StackEffects;
    use crate::session::load::image_of_program;
    use crate::view::names::names;

    #[test]
    fn the_last_word_is_completed_and_the_rest_kept() {
        let words = |text| {
            let machine = Machine::new();
            completions(text, &Index::default(), &machine, &Scope::outside(&machine))
                .into_iter()
                .map(|c| c.word)
                .collect::<Vec<_>>()
        };
        assert_eq!(words("3 ret"), ["return", "return_if"]);
        assert_eq!(words("[ sub"), ["sub_str"]);
        assert_eq!(words(""), Vec::<String>::new());
        assert_eq!(words("\"ret"), Vec::<String>::new());
        assert_eq!(completed("[ 3 ret", "return", Notation::Forth), "[ 3 return ");
        assert_eq!(completed("3\u{3000}ret", "return", Notation::Forth), "3\u{3000}return ");
        assert_eq!(
            completed("return(fib(i - 2) + fi", "fib(", Notation::Source),
            "return(fib(i - 2) + fib("
        );
    }
    #[test]
    fn a_completion_means_what_the_list_says() {
        let machine =
            image_of_program("[ 1 ] bind: swap [ 2 ] bind: swift").expect("a program").machine;
        let (names, holes) = names(&machine);
        let index = Index { names, holes, effects: StackEffects::of_machine(&machine) };
        let words = |text: &str| -> Vec<String> {
            let found = completions(text, &index, &machine, &Scope::outside(&machine));
            found.into_iter().map(|completion| completion.word).collect()
        };
        assert_eq!(words("3 sw"), ["swap", "swift", "prim: swap"]);
        let found = completions("swi", &index, &machine, &Scope::outside(&machine));
        assert_eq!(found[0].effect, "( -- value )");
        assert_eq!(words("call: sw"), ["swap", "swift"]);
        assert_eq!(words("call:  swi"), ["swift"]);
        assert_eq!(words("prim: sw"), ["swap"]);
    }
}
