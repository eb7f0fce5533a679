//! Code to text. Every code has exactly one text, and reading it gives the code again.
//!
//! A word takes its short form where the short form means the same, and its long form otherwise
//! (`pick: dup`, `call: i`). Line breaks follow from the code alone: [`super::layout`].

use super::layout::layout;
use super::listing::program_of;
use super::parse::Program;
use crate::vm::cell::BodyId;
use crate::vm::instruction::{Fragment, Instruction, Primitive};
use crate::vm::machine::Machine;
use crate::vm::text::escape;
use std::collections::HashSet;

/// The program text of a machine: its functions in the order of their body numbers, then main.
pub fn print_program(machine: &Machine) -> String {
    let start = |body| machine.memory().start(body);
    print(&program_of(machine), &start)
}

/// A program as text. `start` gives the address of a body; only a cell that holds the address of a
/// replaced function needs it.
pub fn print(program: &Program, start: &dyn Fn(BodyId) -> u64) -> String {
    let functions = program.definitions.iter();
    let functions = functions.map(|one| layout(&one.code, Some(&one.name), start));
    let texts: Vec<_> = functions.chain([layout(&program.main, None, start)]).collect();
    texts.iter().filter(|text| !text.is_empty()).map(String::as_str).collect::<Vec<_>>().join("\n")
}

/// Code as one line, as it is typed at a cell. `is_local` tells the locals that are assigned in the
/// function around it.
pub fn print_line(
    code: &Fragment,
    is_local: &dyn Fn(&str) -> bool,
    start: &dyn Fn(BodyId) -> u64,
) -> String {
    let assigned = assigned(code);
    let is_local = |name: &str| assigned.contains(name) || is_local(name);
    let mut text = String::new();
    // Body and how many of its cells are done.
    let mut open = vec![(0, 0)];
    while let Some((body, done)) = open.pop() {
        let shown = Shown::of(code, body, body != 0);
        text.extend((!text.is_empty()).then_some(' '));
        match shown.cells.get(done) {
            Some(&Instruction::Block(block)) => {
                text.push('[');
                open.extend([(body, done + 1), (block as usize, 0)]);
            }
            Some(instruction) => {
                write_word(instruction, &is_local, start, &mut text);
                open.push((body, done + 1));
            }
            None if body == 0 => {}
            None => text.push_str(if shown.open { "... ]" } else { "]" }),
        }
    }
    text.truncate(text.trim_end().len());
    text
}

/// One cell as a word; a block as `[ ... ]`.
pub fn word(
    instruction: &Instruction,
    is_local: &dyn Fn(&str) -> bool,
    start: &dyn Fn(BodyId) -> u64,
) -> String {
    let mut text = String::new();
    write_word(instruction, is_local, start, &mut text);
    text
}

pub(super) fn write_word(
    instruction: &Instruction,
    is_local: &dyn Fn(&str) -> bool,
    start: &dyn Fn(BodyId) -> u64,
    into: &mut String,
) {
    use Instruction as I;
    let (prefix, name) = match instruction {
        I::Integer(value) => ("", &*value.to_string()),
        I::Text(text) => return write_text(text, into),
        I::Block(_) => ("", "[ ... ]"),
        I::Address(body) => ("@", &*start(*body).to_string()),
        I::Primitive(primitive) => ("", primitive.name()),
        I::Breakpoint => ("", BREAKPOINT),
        I::Pick(name) if !is_instruction(name) && is_local(name) => ("", &**name),
        I::Pick(name) => ("pick: ", &**name),
        I::Call(name) | I::Hole(name) if !is_instruction(name) && !is_local(name) => ("", &**name),
        I::Call(name) | I::Hole(name) => ("call: ", &**name),
        I::PushFunction(name) | I::FunctionHole(name) => ("pushf: ", &**name),
        I::Assign(name) => ("assign: ", &**name),
        I::Label(name) => ("label: ", &**name),
    };
    into.push_str(prefix);
    into.push_str(name);
}

pub(super) const BREAKPOINT: &str = "breakpoint";

fn is_instruction(name: &str) -> bool {
    name == BREAKPOINT || Primitive::find(name).is_some()
}

fn write_text(text: &str, into: &mut String) {
    into.push('"');
    text.chars().for_each(|char| escape(char, into));
    into.push('"');
}

/// The locals that a fragment assigns.
pub(super) fn assigned(code: &Fragment) -> HashSet<&str> {
    let instructions = code.bodies.iter().flatten();
    instructions
        .filter_map(|instruction| match instruction {
            Instruction::Assign(name) => Some(&**name),
            _ => None,
        })
        .collect()
}

/// What of a block stands between its brackets.
pub(super) struct Shown<'a> {
    /// The cells, without an `end` that the closing bracket writes.
    pub cells: &'a [Instruction],
    /// Whether `...` stands before the bracket, so that it writes no `end`.
    pub open: bool,
}

impl Shown<'_> {
    /// Of a body of `code`; all of it if it is not in brackets.
    pub(super) fn of(code: &Fragment, body: usize, bracketed: bool) -> Shown<'_> {
        const END: Instruction = Instruction::Primitive(Primitive::End);
        let ends = |body: &[Instruction]| {
            let last = body.last();
            matches!(last, Some(Instruction::Primitive(Primitive::End | Primitive::Return)))
        };
        let body = code.bodies.get(body).map_or(&[][..], Vec::as_slice);
        match body.split_last() {
            _ if !bracketed => Shown { cells: body, open: false },
            Some((&END, before)) if !before.is_empty() && !ends(before) => {
                Shown { cells: before, open: false }
            }
            _ => Shown { cells: body, open: !body.is_empty() && !ends(body) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse::{parse, parse_line};
    use super::*;
    use crate::vm::index::Body;

    fn printed(source: &str) -> String {
        let start = |_| panic!("no addresses");
        match parse(source) {
            Ok(program) => print(&program, &start),
            Err(report) => panic!("{}", report.render("test", source)),
        }
    }

    /// The text is the printed form of itself.
    fn stays(text: &str) {
        assert_eq!(printed(text), text);
    }

    #[test]
    fn fib() {
        stays(
            "\
[ assign: i
  i 3 < [ 1 return ] if
  i 2 - fib i 1 - fib + return ] bind: fib

3 fib print
",
        );
    }

    #[test]
    fn blocks_of_several_statements_take_several_lines() {
        stays(
            "\
[ assign: from assign: to
  from to <
  [ from print_line
    from 1 + assign: from
    from to < ] repeat_if
  from 10 =
  [ \"ten\" print
    label: inside
    from print ]
  [ \"other\" print ] if-else ] bind: count

[ dup * ] bind: square

[ ] bind: later

[ 1 + ... ] bind: open

1 count
label: again
\"done\" print
[ [ [ 1 ] call ] call ] call
",
        );
    }

    #[test]
    fn what_the_bracket_writes_is_not_printed() {
        let code =
            "[ 1 end ] [ 1 return end ] [ end ] [ end end ] [ ... ] [ breakpoint ] [ 1 ... ]";
        let expected = "[ 1 ]\n[ 1 return end ] [ end ] [ end end ] [ ] [ breakpoint ] [ 1 ... ]\n";
        assert_eq!(printed(code).replace(['\n', ' '], ""), expected.replace(['\n', ' '], ""));
        assert_eq!(parse(&printed(code)).unwrap().main, parse(code).unwrap().main);
    }

    #[test]
    fn long_forms_where_the_short_would_mean_something_else() {
        let code =
            "assign: dup assign: i i pick: dup pick: j call: i call: dup call: breakpoint f\n";
        let expected = "assign: dup assign: i\n".to_string()
            + "i pick: dup pick: j call: i call: dup call: breakpoint f\n";
        assert_eq!(printed(code), expected);
    }

    #[test]
    fn texts_spell_out_what_does_not_show() {
        stays("\"a\\n\\t\\r\\0\\\\\\\"\\u{1b}\\u{202e} ä'`[#\"\n");
        assert_eq!(printed("\"\\u{41}\\u{1F600}\""), "\"A😀\"\n");
    }

    #[test]
    fn lines_have_eighty_columns() {
        let words = printed(&"123456789 ".repeat(100));
        assert_eq!(words.lines().map(str::len).max(), Some(79));
        let long = format!("\"{}\" \"b\"", "a".repeat(500));
        assert_eq!(printed(&long).lines().count(), 2);
        let nested = printed(&("[ 1 2 + ".repeat(200) + &"] ".repeat(200)));
        assert!(nested.lines().all(|line| line.len() <= 80), "{nested}");
    }

    #[test]
    fn nothing_is_an_empty_text() {
        assert_eq!(printed(""), "");
        assert_eq!(print(&Program::default(), &|_| 0), "");
        assert_eq!(printed("[ ] bind: f"), "[ ] bind: f\n");
        assert_eq!(print_line(&Fragment::default(), &|_| false, &|_| 0), "");
    }

    #[test]
    fn deep_nesting_needs_no_recursion() {
        let depth = 300_000;
        let source = "[ 1 ".repeat(depth) + &"] ".repeat(depth);
        let program = parse(&source).unwrap();
        let text = print(&program, &|_| 0);
        assert!(text.len() < 60 * depth);
        assert!(parse(&text).unwrap() == program);
    }

    #[test]
    fn a_line_stays_one_line() {
        let source = "1 [ 2 3 ... ] [ ] [ [ 4 ] i j ] label: x @200 breakpoint";
        let line = parse_line(source).unwrap();
        let code = line.resolve(&|name| name == "i", &|_| Some(BodyId::Code(Body(2)))).unwrap();
        let text = print_line(&code, &|name| name == "i", &|_| 200);
        assert_eq!(text, source);
        assert_eq!(word(&Instruction::Block(1), &|_| false, &|_| 0), "[ ... ]");
    }
}
