//! A gesture in a few words: write `3 fib`, create fib, run 12 instructions.

use crate::program::diagnostic::{counted, grouped};
use crate::session::command::Command;
use crate::session::journal::Entry;

/// The most commands of a gesture that are named. Gestures of the window have at most three; a recording may
/// have a hundred thousand on one line.
const NAMED: usize = 4;

/// What a gesture did, in words. Runs are named only if it did nothing else.
pub fn words(entry: &Entry) -> String {
    words_until(entry, entry.fuel())
}

/// What a gesture did, if only the first `done` instructions of its runs count: the position shown may be
/// in the middle of it.
pub fn words_until(entry: &Entry, done: u64) -> String {
    let is_run = |command: &&Command| matches!(command, Command::Run { .. });
    let mut others: Vec<String> = entry
        .commands
        .iter()
        .filter(|command| !is_run(command))
        .take(NAMED)
        .map(Command::words)
        .collect();
    let more = entry.commands.iter().filter(|command| !is_run(command)).count() - others.len();
    if more > 0 {
        others.push(format!("and {} more", grouped(more)));
    }
    let all = entry.fuel();
    match others.is_empty() {
        true if done < all => {
            format!("run {} of {}", grouped(done), counted(all, "instruction"))
        }
        true => Command::Run { fuel: all }.words(),
        false => others.join(", "),
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
        let many = vec!["push `1`"; 100_000].join(" | ");
        let entry = Entry { parent: Position::default(), commands: read(&many).unwrap() };
        let told = words(&entry);
        assert_eq!(told, "push `1`, push `1`, push `1`, push `1`, and 99,996 more");
        let entry = Entry { parent: Position::default(), commands: read("run 3000").unwrap() };
        assert_eq!(words_until(&entry, 1700), "run 1,700 of 3,000 instructions");
    }
}
