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
    if names_anew(text) {
        return Vec::new();
    }
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
        word.starts_with(name).then_some(Completion { word, ..completion })
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

/// Whether the last name of a line in the source notation is a new one: a parameter, or a function for who writes
/// Python.
fn names_anew(text: &str) -> bool {
    let in_header = text.rsplit_once("fun[").is_some_and(|(_, after)| !after.contains(']'));
    in_header || text.trim_start().starts_with("def ")
}

/// What the last word of a line can name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Anything,
    Local,
    Global,
    Function,
    Instruction,
    /// Something that gets its name here.
    New,
}

impl Kind {
    /// What a name after this prefix is of.
    fn after(prefix: Option<&str>) -> Kind {
        match prefix {
            None => Kind::Anything,
            Some("assign:" | "pick:") => Kind::Local,
            Some("set:" | "get:") => Kind::Global,
            Some("call:" | "pushf:") => Kind::Function,
            Some("prim:") => Kind::Instruction,
            Some(_) => Kind::New,
        }
    }
}

/// The words that begin with the last word of the line, the whole word first, spelled so that they mean in this scope
/// what the list says: an instruction that a function hides is completed to `prim: dup`. A new name is not completed.
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
    let wanted = Kind::after(prefix_before(text));
    let mut found: Vec<Completion> = Vec::new();
    let mut add = |kind, name: &str, cell: Option<Instruction>, effect: &str, meaning: String| {
        let is_wanted = wanted == kind || wanted == Kind::Anything;
        if !is_wanted || !name.starts_with(word) {
            return;
        }
        let spelled = match cell {
            Some(ref cell) if wanted == Kind::Anything => {
                Notation::Forth.source(cell, scope).to_string()
            }
            Some(_) | None => name.to_owned(),
        };
        if !found.iter().any(|other| other.word == spelled) {
            found.push(Completion { word: spelled, effect: effect.to_owned(), meaning });
        }
    };
    let calls = stacks::calls(machine, 1);
    for local in calls.frames.iter().flat_map(|frame| &frame.locals) {
        let pick = Instruction::Pick(local.name.as_str().into());
        let meaning = "A local of this function.".to_owned();
        add(Kind::Local, &local.name, Some(pick), "( -- value )", meaning);
    }
    let globals = machine.globals().iter().filter(|(name, _)| name.starts_with(word));
    for (name, _) in globals.take(SHOWN) {
        let get = Instruction::GetGlobal(name.into());
        add(Kind::Global, name, Some(get), "( -- value )", "A global.".to_owned());
    }
    for row in index.names.iter().filter(|row| row.name != "main") {
        let call = Instruction::Call(row.name.as_str().into());
        let meaning = format!("The function at {}.", row.start);
        add(Kind::Function, &row.name, Some(call), &index.effects.words(&row.name), meaning);
    }
    for name in index.holes.names(machine).filter(|name| name.starts_with(word)).take(SHOWN) {
        let hole = Instruction::Hole(name.into());
        add(Kind::Function, name, Some(hole), "", "Not yet implemented.".to_owned());
    }
    for row in table().filter(|row| row.operand != Operand::Word) {
        let cell = Primitive::find(row.name).map(Instruction::Primitive);
        if cell.is_some() || wanted == Kind::Anything {
            add(Kind::Instruction, row.name, cell, row.effect, row.meaning.to_owned());
        }
    }
    found.sort_by_key(|completion| completion.word != word);
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
        // The whole word is first, with its help.
        assert_eq!(words("3 swap"), ["swap", "prim: swap"]);
        let found = completions("dup", &index, &machine, &Scope::outside(&machine));
        assert_eq!((found[0].word.as_str(), found[0].effect.as_str()), ("dup", "( a -- a a )"));
        let found = completions("-", &index, &machine, &Scope::outside(&machine));
        assert_eq!(found[0].word, "-");
    }

    #[test]
    fn nothing_is_offered_for_a_new_name() {
        let program = "[ assign: total total fib ] bind: fib 3 set: turns 3 fib";
        let mut machine = image_of_program(program).expect("a program").machine;
        machine.run(7);
        let (names, holes) = names(&machine);
        let index = Index { names, holes, effects: StackEffects::of_machine(&machine) };
        let scope = Scope::outside(&machine);
        let words = |text: &str| -> Vec<String> {
            let found = completions(text, &index, &machine, &scope);
            found.into_iter().map(|completion| completion.word).collect()
        };
        let in_source = |text: &str| in_source(text, &index, &machine, &scope).len();
        for text in ["[ 1 ] bind: f", "[ 1 ] bind: du", "label: d", "assign: du", "assign: fi"] {
            assert_eq!(words(text), Vec::<String>::new(), "{text}");
        }
        assert_eq!(words("assign: to"), ["total"], "an existing local");
        assert_eq!(words("set: t"), ["turns"], "an existing global");
        for text in ["fib <- fun[du", "fib <- fun[a, fi", "def fi"] {
            assert_eq!(in_source(text), 0, "{text}");
        }
        assert!(in_source("fib <- fun[a]: fi") > 0);
    }
}
