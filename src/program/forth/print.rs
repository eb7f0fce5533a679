//! From code to text: programs and lines. All code has exactly one text, and reading that text gives
//! the same code. Line breaks follow from the code alone: see [`super::layout`].

use super::layout::{Shown, layout};
use super::word::Words;
use crate::program::comment::Comments;
use crate::program::diagnostic::Span;
use crate::program::listing::Program;
use crate::program::scope::Scope;
use crate::program::span::{CellSpan, Printed};
use crate::vm::instruction::{Fragment, Instruction};
use std::collections::HashSet;

/// A program as text: its definitions, then main.
pub(in crate::program) fn program(program: &Program, scope: &Scope<'_>) -> Printed {
    let mut printed = Printed::default();
    let functions = functions(program);
    for (definition, code, comments) in parts(program) {
        let words = Words::of(code, scope).beside(&functions);
        layout(code, comments, definition, &words, &mut printed.text, Some(&mut printed.spans));
    }
    printed
}

/// The text of a program, without the spans of its cells, which take more room than the text.
pub(in crate::program) fn program_text(program: &Program, scope: &Scope<'_>) -> String {
    let mut text = String::new();
    let functions = functions(program);
    for (definition, code, comments) in parts(program) {
        let words = Words::of(code, scope).beside(&functions);
        layout(code, comments, definition, &words, &mut text, None);
    }
    text
}

/// The names that a program defines.
fn functions(program: &Program) -> HashSet<&str> {
    program.definitions.iter().map(|one| &*one.name).collect()
}

/// The definitions of a program with their numbers and names, then main; each with its comments.
fn parts(program: &Program) -> impl Iterator<Item = (Option<(usize, &str)>, &Fragment, &Comments)> {
    let functions = program.definitions.iter().enumerate();
    let functions = functions.map(|(n, one)| (Some((n, &*one.name)), &one.code, &one.comments));
    functions.chain([(None, &program.main, &program.main_comments)])
}

/// Code as one line, as it is typed at a cell.
pub(in crate::program) fn line(code: &Fragment, scope: &Scope<'_>) -> Printed {
    let (words, comments) = (Words::of(code, scope), Comments::default());
    let mut printed = Printed::default();
    // A body, and how many of its cells are done.
    let mut open = vec![(0, 0)];
    while let Some((body, done)) = open.pop() {
        let shown = Shown::of(code, &comments, body, body != 0);
        printed.text.extend((!printed.text.is_empty()).then_some(' '));
        let start = printed.text.len();
        match shown.cells.get(done) {
            Some(&Instruction::Block(block)) => {
                printed.text.push('[');
                open.extend([(body, done + 1), (block as usize, 0)]);
            }
            Some(instruction) => {
                words.write(instruction, &mut printed.text);
                open.push((body, done + 1));
            }
            None if body == 0 => {
                printed.text.truncate(printed.text.trim_end().len());
                continue;
            }
            None => {
                printed.text.push_str(if shown.open { "... ]" } else { "]" });
                if !shown.writes_end {
                    continue;
                }
            }
        }
        let span = Span { start, end: printed.text.len() };
        printed.spans.push(CellSpan { definition: None, body, index: done, span });
    }
    printed
}

#[cfg(test)]
mod tests {
    use super::super::parse::{read_line, read_program};
    use super::*;
    use crate::vm::index::{Body, BodyId};
    use crate::vm::vocabulary::Vocabulary;
    use std::collections::BTreeMap;

    fn print(code: &Program) -> String {
        program(code, &Scope::empty()).text
    }

    fn parse(source: &str) -> Program {
        match read_program(source, &Scope::empty()) {
            Ok(read) => read.cells,
            Err(report) => panic!("{}", report.render("test", source)),
        }
    }

    fn printed(source: &str) -> String {
        print(&parse(source))
    }

    /// The text prints as itself.
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
        assert_eq!(parse(&printed(code)).main, parse(code).main);
    }

    #[test]
    fn long_forms_where_the_short_would_mean_something_else() {
        let code = "assign: dup assign: i i dup prim: dup pick: j call: i call: dup call: over f\n";
        let expected = "assign: dup assign: i\n".to_string()
            + "i dup prim: dup pick: j call: i call: dup call: over f\n";
        assert_eq!(printed(code), expected);
        stays("[ swap prim: swap breakpoint ] bind: swap\n\nprim: swap swap\n");
        stays("[ return ] bind: return\n\n[ prim: return ] call\n[ return ... ] call\n");
        stays("[ 1 ] bind: 0xFF\n\nassign: 'a'\npick: 'a' call: 0xFF 255 call: 1_0 pushf: 0b1\n");
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
        assert_eq!(print(&Program::default()), "");
        assert_eq!(printed("[ ] bind: f"), "[ ] bind: f\n");
        assert_eq!(line(&Fragment::default(), &Scope::empty()).text, "");
    }

    #[test]
    fn deep_nesting_needs_no_recursion() {
        let depth = 300_000;
        let source = "[ 1 ".repeat(depth) + &"] ".repeat(depth);
        let program = parse(&source);
        let text = print(&program);
        assert!(text.len() < 60 * depth);
        assert!(parse(&text) == program);
    }

    #[test]
    fn a_line_stays_one_line() {
        let source = "1 [ 2 3 ... ] [ ] [ [ 4 ] i call: i ] label: x @200 breakpoint";
        let locals = HashSet::from(["i".into()]);
        let bodies = BTreeMap::from([(200, (BodyId::Code(Body(2)), 100))]);
        let (functions, newest) = (HashSet::new(), Vocabulary::NEWEST);
        let scope = Scope::in_file(Some(&locals), &bodies, &functions);
        let read = read_line(source, newest).unwrap().resolve(&scope);
        let mut code = read.unwrap().cells;
        let at = code.bodies[0].iter().position(|cell| matches!(cell, Instruction::Address(_)));
        code.bodies[0].remove(at.unwrap());
        assert_eq!(line(&code, &scope).text, source.replace(" @200", ""));
    }

    /// The text that each cell owns, in order.
    fn owned(printed: &Printed) -> Vec<(Option<usize>, usize, usize, &str)> {
        let words = printed.spans.iter().map(|cell| {
            let word = &printed.text[cell.span.start..cell.span.end];
            (cell.definition, cell.body, cell.index, word)
        });
        words.collect()
    }

    #[test]
    fn a_bracket_is_of_the_block_or_of_its_end() {
        let text = "[ assign: i\n  i [ \"é\" ] if\n  1 ... ] bind: f\n\n[ 2 return ] call\nf\n";
        let printed = program(&parse(text), &Scope::empty());
        assert_eq!(printed.text, text);
        let expected = [
            (Some(0), 0, 0, "assign: i"),
            (Some(0), 0, 1, "i"),
            (Some(0), 0, 2, "["),
            (Some(0), 1, 0, "\"é\""),
            (Some(0), 1, 1, "]"),
            (Some(0), 0, 3, "if"),
            (Some(0), 0, 4, "1"),
            (None, 0, 0, "["),
            (None, 1, 0, "2"),
            (None, 1, 1, "return"),
            (None, 0, 1, "call"),
            (None, 0, 2, "f"),
        ];
        assert_eq!(owned(&printed), expected);
        assert_eq!(read_program(text, &Scope::empty()).unwrap().spans, printed.spans);
    }
}
