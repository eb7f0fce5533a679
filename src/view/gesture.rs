//! A gesture in a few words: write `3 fib`, create fib, run 12 instructions.

use crate::session::command::Command;
use crate::session::journal::Entry;

/// What a gesture did, in words. Runs are named only if it did nothing else.
pub fn words(entry: &Entry) -> String {
    let is_run = |command: &&Command| matches!(command, Command::Run { .. });
    let done: Vec<String> =
        entry.commands.iter().filter(|command| !is_run(command)).map(Command::words).collect();
    match done.is_empty() {
        true => Command::Run { fuel: entry.fuel() }.words(),
        false => done.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::command::read;
    use crate::session::journal::Position;

    #[test]
    fn gestures_are_told_briefly() {
        for (line, told) in [
            ("write 0:0 `3 fib` | run 1", "write `3 fib`"),
            ("define fib `` | run 1", "create fib"),
            ("run 3 | run 5", "run 8 instructions"),
            ("run 1", "run 1 instruction"),
            (
                "drop 1 | push `7` | counter 0:2",
                "drop a value, push `7`, move the counter to cell 2 of main",
            ),
        ] {
            let entry = Entry { parent: Position::default(), commands: read(line).unwrap() };
            assert_eq!(words(&entry), told, "{line}");
        }
    }
}
