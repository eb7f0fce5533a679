//! Words of other dialects of Forth and of other languages, and what to write instead. So a program that was
//! begun elsewhere says what its words are here.
//!
//! A word is only looked up once it is known to be missing, so a program may use all of these as names. The
//! code between backquotes exists: a test reads it.

/// Words, and the advice for each of them: the end of a sentence about a word that is missing.
const ADVICE: &[(&[&str], &str)] = &[
    (&["."], "write `print`, or `print_line` to end the line"),
    (&["cr", "newline", "nl"], "write `\"\\n\" print`, or print with `print_line`"),
    (&["emit", "putc", "putchar"], "write `code_to_str print`"),
    (&["type", "puts", "println", "echo"], "write `print` or `print_line`"),
    (&["space"], "write `\" \" print`"),
    (&["key", "accept", "readline", "gets"], "`input.line` reads a line"),
    (&["then", "endif", "fi"], "a condition is `flag [ ... ] if`"),
    (&["else", "ifelse"], "a condition with two cases is `flag [ ... ] [ ... ] if-else`"),
    (
        &["begin", "until", "again", "do", "loop", "+loop", "?do", "for", "next"],
        "loops are `[ ... ] [ ... ] while`, `3 [ ... ] times` and `[ ... ] repeat`; `leave` ends one",
    ),
    (
        &[";", "def", "defun", "define", "fn", "func", "function"],
        "a function is `[ ... ] bind: name`",
    ),
    (&["recurse"], "a function calls itself by its name"),
    (&["ret"], "write `return`"),
    (&["execute", "exec", "apply", "eval"], "write `call`"),
    (&["'"], "write `pushf: name`"),
    (
        &["variable", "constant", "value", "to", "let", "var"],
        "`assign: name` sets a local, `set: name` a global",
    ),
    (&[">r", "r>", "r@"], "keep the value in a local: `assign: name`"),
    (&["!"], "write `memory.set`; the opposite of a flag is `not`"),
    (&["c@"], "write `memory.get`"),
    (&["c!"], "write `memory.set`"),
    (&["create", "allot", "cells", "array"], "`allocate` makes data"),
    (&["=="], "write `=`"),
    (&["!=", "/="], "write `<>`"),
    (&["%", "rem", "modulo"], "write `mod`"),
    (&["/mod"], "write `1 swap */mod`"),
    (&["&"], "write `and`"),
    (&["|"], "write `or`"),
    (&["^"], "write `xor`"),
    (&["~"], "write `invert`"),
    (&["<<"], "write `lshift`"),
    (&[">>"], "write `rshift`"),
    (&["++"], "write `1+`"),
    (&["neg"], "write `negate`"),
    (&["2*"], "write `2 *`"),
    (&["2/"], "write `2 /`"),
    (&["0="], "write `0 =`, or `not`"),
    (&["0<"], "write `0 <`"),
    (&["0>"], "write `0 >`"),
    (&["0<>"], "write `0 <>`"),
    (&["true"], "write `1`"),
    (&["false", "null", "nil", "NULL"], "write `0`"),
    (&["pop"], "write `drop`"),
    (&["(", ")", "\\", "//", "/*", "--"], "a comment begins with `#`"),
    (&["len", "length", "size"], "`str_len` counts characters, `memory.len` cells"),
    (&["concat", "strcat"], "write `str_join`"),
    (&["str", "to_str", "to_string"], "write `int_to_str`"),
    (&["split"], "write `str_split`"),
    (&["break"], "write `leave`"),
    (
        &["coroutine", "fiber", "generator"],
        "write `[ ... ] task.new`; `0 name task.resume` runs it",
    ),
    (&["yield"], "write `0 task.yield`, with the number of values before it"),
    (&["resume"], "write `0 name task.resume`, with the number of values before the task"),
    (
        &["spawn", "go", "async", "thread", "tasklet"],
        "`0 [ ... ] task.spawn` runs a block beside this task",
    ),
    (&["await", "join"], "`task.join` waits for a task; `str_join` joins texts"),
    (&["chan", "channel", "queue"], "write `1 channel.new`, with the room that it has"),
    (&["send"], "write `channel.send`"),
    (&["receive", "recv"], "write `channel.receive`"),
    (&["select"], "give each channel a task that receives from it: `0 [ ... ] task.spawn`"),
    (
        &["lock", "unlock", "mutex"],
        "a lock is a channel with one value: `channel.receive` takes it, `channel.send` puts it back",
    ),
    (&["sleep", "delay"], "`1000 task.sleep` sleeps for 1,000 instructions"),
    (&["pause"], "write `task.pause`"),
    (&["kill", "cancel"], "write `task.close`"),
    (&["ord"], "write `0 str_code`"),
    (&["chr"], "write `code_to_str`"),
    // These end like prefixes, so they are no names.
    (&[":", "def:", "func:"], "a function is `[ ... ] bind: name`"),
    (&["push:"], "write the name alone; `pick: name` pushes a local"),
    (&["pushi:", "int:"], "write the number alone: `3`"),
    (&["pushs:", "str:"], "write the text alone: `\"text\"`"),
    (&["let:", "store:"], "write `assign: name`"),
    (&["load:"], "write the name alone, or `pick: name`"),
];

/// What to write instead of a word.
pub fn advice(word: &str) -> Option<&'static str> {
    ADVICE.iter().find(|(words, _)| words.contains(&word)).map(|&(_, advice)| advice)
}

/// What to write instead of a word that touches the text after it, as `."` does.
pub fn before_text(word: &str) -> Option<&'static str> {
    match word {
        "." => Some("write `\"text\" print`"),
        "s" | "S" | "c" => Some("write the text alone: `\"text\"`"),
        _ => None,
    }
}

/// The parts of an advice that are code; `flag` and `name` stand for something in it.
fn code(advice: &str) -> impl Iterator<Item = &str> {
    advice.split('`').skip(1).step_by(2)
}

/// The names on which an advice relies.
pub fn words(advice: &str) -> impl Iterator<Item = &str> {
    code(advice).flat_map(str::split_whitespace).filter(|word| !matches!(*word, "flag" | "name"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::check::check;
    use crate::program::forth::token::Prefix;
    use crate::program::notation::Notation;
    use crate::vm::instruction::Primitive;
    use std::collections::HashSet;

    #[test]
    fn every_advice_exists_and_is_about_what_does_not() {
        let mut seen = HashSet::new();
        for &(words, advice) in ADVICE {
            for &word in words {
                assert!(seen.insert(word), "{word} is there twice");
                assert!(Primitive::find(word).is_none(), "{word} is an instruction");
                assert!(
                    Prefix::ALL.iter().all(|prefix| prefix.word() != word),
                    "{word} is a prefix"
                );
            }
            for code in code(advice).filter(|&code| code != "#") {
                let text = format!("[ ] bind: flag 1 assign: name [ ] bind: name {code}");
                let text = match code.contains("bind: name") {
                    true => code.to_string(),
                    false => text,
                };
                let findings = check(&text, Notation::Forth)
                    .unwrap_or_else(|report| panic!("{code}: {report}"));
                assert_eq!(findings.missing(), 0, "{code}: {}", findings.render("", &text));
            }
        }
    }
}
