//! A gesture in a few words, as one would tell it: write `3 fib`, create fib, run 12 instructions.

use crate::session::command::Command;
use crate::session::journal::Entry;
use crate::vm::memory::Place;

/// The longest text of a program that is quoted, in characters.
const QUOTED: usize = 60;

/// What a gesture did, in words. Runs are named only if it did nothing else.
pub fn words(entry: &Entry) -> String {
    let is_run = |command: &&Command| matches!(command, Command::Run { .. });
    let done: Vec<String> =
        entry.commands.iter().filter(|command| !is_run(command)).map(command).collect();
    match (done.is_empty(), entry.fuel()) {
        (true, 1) => "run 1 instruction".to_owned(),
        (true, fuel) => format!("run {fuel} instructions"),
        _ => done.join(", "),
    }
}

fn command(command: &Command) -> String {
    match command {
        Command::Write { text, .. } => format!("write {}", quoted(text)),
        Command::Insert { text, .. } => format!("insert {}", quoted(text)),
        Command::Replace { text, .. } if text.trim().is_empty() => "empty a cell".to_owned(),
        Command::Replace { text, .. } => format!("replace by {}", quoted(text)),
        Command::Delete { count: 1, .. } => "delete a cell".to_owned(),
        Command::Delete { count, .. } => format!("delete {count} cells"),
        Command::Define { name, .. } => format!("create {name}"),
        Command::Redefine { name, .. } => format!("redefine {name}"),
        Command::Load { .. } => "load a program".to_owned(),
        Command::Remove { .. } => "remove a body".to_owned(),
        Command::Counter { at } => format!("move the counter to {}", place(*at)),
        Command::Push { text } => format!("push {}", quoted(text)),
        Command::Drop { count: 1 } => "drop a value".to_owned(),
        Command::Drop { count } => format!("drop {count} values"),
        Command::Parameter { text, .. } => format!("change a value to {}", quoted(text)),
        Command::Local { name, text, .. } if text.is_empty() => format!("take {name} away"),
        Command::Local { name, text, .. } => format!("change {name} to {}", quoted(text)),
        Command::Data { text, .. } => format!("change data to {}", quoted(text)),
        Command::Restart { .. } => "restart a frame".to_owned(),
        Command::Give { text } => format!("give {}", quoted(text.trim_end_matches('\n'))),
        Command::EndInput => "end the input".to_owned(),
        Command::Limit { kind, value } => format!("set the limit of {kind} to {value}"),
        Command::Breakpoint { on: true, .. } => "set a stop".to_owned(),
        Command::Breakpoint { .. } => "clear a stop".to_owned(),
        Command::Bookmark { name, at: Some(_) } => format!("bookmark {name}"),
        Command::Bookmark { name, at: None } => format!("forget the bookmark {name}"),
        Command::Run { fuel } => format!("run {fuel}"),
    }
}

fn place(at: Place) -> String {
    match at.body {
        0 => format!("cell {} of main", at.offset),
        _ => format!("cell {}", at.offset),
    }
}

/// A text in backticks, on one line, cut if it is long.
fn quoted(text: &str) -> String {
    let line = text.trim().replace(['\n', '\r', '\t'], " ");
    if line.chars().count() <= QUOTED {
        return format!("`{line}`");
    }
    let start: String = line.chars().take(QUOTED - 1).collect();
    format!("`{start}…`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::journal::Position;
    use crate::session::sentence;

    #[test]
    fn gestures_are_told_briefly() {
        for (line, told) in [
            ("write 0:0 `3 fib` | run 1", "write `3 fib`"),
            ("define fib `` | run 1", "create fib"),
            ("run 8", "run 8 instructions"),
            ("run 1", "run 1 instruction"),
            (
                "drop 1 | push `7` | counter 0:2",
                "drop a value, push `7`, move the counter to cell 2 of main",
            ),
            ("give `7\\n`", "give `7`"),
            ("replace 0:1 ``", "empty a cell"),
            ("local 1 i ``", "take i away"),
        ] {
            let commands = sentence::read(line).unwrap();
            let entry = Entry { parent: Position::default(), commands };
            assert_eq!(words(&entry), told, "{line}");
        }
        let long = Command::Push { text: "12345 ".repeat(40) };
        let entry = Entry { parent: Position::default(), commands: vec![long] };
        assert_eq!(words(&entry).chars().count(), "push ``".len() + QUOTED);
    }
}
