//! A command: a sentence that changes an image and says all it needs.
//!
//! Commands are declared once, in the table of this file. A row says what the command takes, whether
//! it edits code, how it is written in a recording, what it does, and how the history describes it.
//! Printing, reading, documentation and samples for tests follow from the row. What the command does to
//! an image is its arm in [`super::apply`].
//!
//! A command depends only on the image it is applied to, never on the interface. Program text in a
//! command stays text until the command is applied. So people can read a recording, and rewinding can
//! apply an edit again to an image where the addresses differ.
//!
//! A gesture is one line of a recording: its commands, with a bar between them. Every command prints and
//! reads back as itself. A line since version 2 begins with the newest vocabulary; `words 1` among the commands
//! says that the code after it is read by another.

use super::code_text::CodeText;
use super::operand::{self, Operand, Reading, TurnOf};
use super::word::{Word, Words, expected, one_too_many};
use crate::program::plain_name::Known;
use crate::program::version::Version;
use crate::vm::index;
use crate::vm::memory::{MAIN, Place};
use crate::vm::spelling::clip;
use crate::vm::vocabulary::Vocabulary;

/// The cost of a command that is not a run, in instructions: they take about as long.
pub(super) const COST: u64 = 1000;
/// The longest program text that a description quotes, in characters.
const QUOTED: usize = 60;

/// A row of the table of commands.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Its first word in a recording.
    pub verb: &'static str,
    /// The kinds of its operands, as they are called in documentation.
    pub takes: &'static [&'static str],
    /// Whether it edits code: rewinding applies such commands again.
    pub is_edit: bool,
    /// The operands of an example; all examples fit one image.
    pub operands: &'static str,
    /// What it does.
    pub meaning: &'static str,
    sample: fn(&mut dyn FnMut() -> u64) -> Command,
}

impl Row {
    /// The example as a recording would have it.
    pub fn example(&self) -> String {
        format!("{} {}", self.verb, self.operands).trim_end().to_string()
    }

    /// A random command of this row, for tests, made from the numbers that `pick` returns. It need not
    /// fit any image, and its texts are hard to write on one line.
    pub fn sample(&self, pick: &mut dyn FnMut() -> u64) -> Command {
        (self.sample)(pick)
    }
}

macro_rules! commands {
    ($(
        $variant:ident $({ $($field:ident: $operand:ident),* })?, edits_code: $is_edit:literal,
        $verb:literal $operands:literal
        $meaning:literal
        => $words:expr;
    )*) => {
        /// A change of an image.
        #[allow(missing_docs, reason = "each variant says what its fields are")]
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Command {
            $(
                #[doc = $meaning]
                $variant $({ $($field: <operand::$operand as Operand>::Value),* })?,
            )*
        }

        /// Every command, in the order of the manual.
        pub const TABLE: &[Row] = &[$(Row {
            verb: $verb,
            takes: &[$($(operand::$operand::CALLED),*)?],
            is_edit: $is_edit,
            operands: $operands,
            meaning: $meaning,
            sample: |pick| {
                let _ = &pick;
                Command::$variant $({ $($field: operand::$operand::sample(pick)),* })?
            },
        }),*];

        impl Command {
            /// Whether it edits code: rewinding applies such commands again.
            pub fn is_edit(&self) -> bool {
                match self {
                    $(Command::$variant { .. } => $is_edit,)*
                }
            }

            /// Describes it in a few words: write `3 fib`, create fib, run 12 instructions.
            pub fn words(&self) -> String {
                match self {
                    $(Command::$variant $({ $($field),* })? => {
                        $($(let _ = $field;)*)?
                        $words
                    })*
                }
            }

            /// Its code, if it has any, and where it is read.
            pub(super) fn code(&self) -> Option<Written<'_>> {
                let (text, reading, at, defines) = match self {
                    $(Command::$variant $({ $($field),* })? => {
                        let code = None $($(.or(operand::$operand::code($field)))*)?;
                        let at = None $($(.or(operand::$operand::cell($field)))*)?;
                        let defines = None $($(.or(operand::$operand::defines($field)))*)?;
                        code.map(|(text, reading)| (text, reading, at, defines))
                    })*
                }?;
                let at = match reading {
                    Reading::Inside => Some(at.expect("code inside a function names its cell")),
                    Reading::Outside | Reading::Program => None,
                };
                Some(Written { text, at, defines, is_program: reading == Reading::Program })
            }

            /// The code body that it is about, if it names one.
            pub fn body(&self) -> Option<index::Body> {
                match self {
                    $(Command::$variant $({ $($field),* })? => {
                        None $($(.or(operand::$operand::body($field)))*)?
                    })*
                }
            }

            /// Puts the names in all operands into the form in which a machine keeps them.
            ///
            /// # Errors
            /// If one contains a new name with an invisible character.
            pub(super) fn make_plain(&mut self, known: &mut Known<'_>) {
                let _ = &known;
                match self {
                    $(Command::$variant $({ $($field),* })? => {
                        $($(operand::$operand::make_plain($field, known);)*)?
                    })*
                }
            }

            /// The command as a recording has it.
            fn print(&self) -> String {
                match self {
                    $(Command::$variant $({ $($field),* })? => {
                        [$verb.to_string() $($(, operand::$operand::print($field))*)?].join(" ")
                    })*
                }
            }

            /// Reads a command.
            fn read(words: &mut Words<'_>) -> Result<Command, String> {
                match words.plain("a command")? {
                    $($verb => Ok(Command::$variant $({
                        $($field: operand::$operand::read(words)?),*
                    })?),)*
                    other => Err(format!("`{other}` is not a command")),
                }
            }
        }
    };
}

commands! {
    Write { at: Cell, text: CodeInside }, edits_code: true,
        "write" "1:4 `i 3 <`"
        "Types instructions at a cell: fills it if it is empty, else inserts before it."
        => format!("write {}", quoted(text));
    Insert { at: Cell, text: CodeInside }, edits_code: true,
        "insert" "1:4 `i`"
        "Inserts instructions before a cell."
        => format!("insert {}", quoted(text));
    Replace { at: Cell, text: CodeInside }, edits_code: true,
        "replace" "1:4 `7`"
        "Replaces one cell with instructions; an empty text empties it."
        => match text.trim() {
            "" => "empty a cell".to_string(),
            _ => format!("replace with {}", quoted(text)),
        };
    Delete { at: Cell, count: Cells }, edits_code: true,
        "delete" "1:4 2"
        "Deletes cells: this one and those after it."
        => counted("delete", *count as usize, "cell");
    Define { name: Defined, text: Code }, edits_code: true,
        "define" "gcd `assign: b`"
        "Makes a function; an empty text makes one of empty cells."
        => format!("create {}", one_line(name));
    Redefine { name: Defined, text: Code }, edits_code: true,
        "redefine" "fib `1`"
        "Gives a function new contents in a new body; live activations finish in the old body."
        => format!("redefine {}", one_line(name));
    Rename { from: Name, to: Name }, edits_code: true,
        "rename" "other another"
        "Gives a function another name; calls of it follow, and cells that miss that name call it."
        => format!("rename {} to {}", one_line(from), one_line(to));
    RenameLocal { body: Body, from: Name, to: Name }, edits_code: true,
        "rename-local" "1 i n"
        "Gives a local of a function another name, in its code and its frames, which keep their values."
        => format!("rename {} to {}", one_line(from), one_line(to));
    Load { text: Program }, edits_code: true,
        "load" "`[ 1 ] bind: f`"
        "Adds the definitions of a program text. Refused if a function of the same name exists and differs."
        => "load a program".to_string();
    Reload { text: Program }, edits_code: true,
        "reload" "`[ 2 ] bind: fib`"
        "Adds the definitions of a program text. A different function of the same name is replaced."
        => "load a program again".to_string();
    Remove { body: Body }, edits_code: true,
        "remove" "3"
        "Removes a function, a former function or a block that nothing points into."
        => "remove a body".to_string();
    Comment { at: CellOrEnd, text: Text }, edits_code: true,
        "comment" "1:4 ` the base case`"
        "Comments a cell, or with `1:end` the end of a body; an empty text removes the comment."
        => match text.trim() {
            "" => "remove a comment".to_string(),
            _ => format!("comment {}", quoted(text)),
        };
    Counter { at: Cell }, edits_code: false,
        "counter" "0:2"
        "Moves the program counter."
        => format!("move the counter to {}", told(*at));
    Push { text: Code }, edits_code: false,
        "push" "`1 \"a\"`"
        "Pushes values onto the parameter stack."
        => format!("push {}", quoted(text));
    Drop { count: Values }, edits_code: false,
        "drop" "2"
        "Drops values from the top of the parameter stack."
        => counted("drop", *count, "value");
    Parameter { index: Index, text: Code }, edits_code: false,
        "parameter" "0 `5`"
        "Changes a value of the parameter stack; 0 is the bottom."
        => format!("change a value to {}", quoted(text));
    Local { frame: Frame, name: Name, text: Code }, edits_code: false,
        "local" "1 i `5`"
        "Changes a local of a call stack entry, counted from 0 at the bottom; an empty text clears it."
        => match text.trim() {
            "" => format!("clear {}", one_line(name)),
            _ => format!("change {} to {}", one_line(name), quoted(text)),
        };
    Global { name: Name, text: Code }, edits_code: false,
        "global" "total `5`"
        "Changes a global, or makes it; an empty text clears it."
        => match text.trim() {
            "" => format!("clear {}", one_line(name)),
            _ => format!("change {} to {}", one_line(name), quoted(text)),
        };
    Data { at: DataCell, text: Code }, edits_code: false,
        "data" "0:7 `1`"
        "Changes a cell of a data body."
        => format!("change data to {}", quoted(text));
    Answer { name: Name, operands: Line, results: Code }, edits_code: false,
        "answer" "asked `3` `5`"
        "Answers a call of a missing or empty function: takes its operands and leaves results. Refused unless \
         the counter is on that call, with these operands on the stack."
        => format!("answer {} with {}", one_line(name), quoted(results));
    Restart { frame: Frame, text: Code }, edits_code: false,
        "restart" "1 `3`"
        "Starts a frame of the call stack again, with these parameters."
        => "restart a frame".to_string();
    Give { text: Text }, edits_code: false,
        "give" "`a line\\n`"
        "Gives input."
        => format!("give {}", quoted(text));
    EndInput, edits_code: false,
        "end-input" ""
        "Says that no more input will come."
        => "end the input".to_string();
    Turn { of: Turn }, edits_code: false,
        "turn" "0"
        "Begins the turn of a task; with `alone`, the others are frozen until `turn free`."
        => match of {
            TurnOf::All => "let all tasks run".to_string(),
            TurnOf::Task(task) => format!("let task {task} run"),
            TurnOf::Alone(task) => format!("let task {task} run alone"),
        };
    Quantum { count: Amount }, edits_code: false,
        "quantum" "100"
        "Sets how many instructions a turn has."
        => counted("take turns of", *count as usize, "instruction");
    Share { task: Task, share: Amount }, edits_code: false,
        "share" "0 3"
        "Multiplies the length of the turns of a task; 0 holds it."
        => match share {
            0 => format!("hold task {task}"),
            _ => format!("give task {task} a share of {share}"),
        };
    Limit { kind: Limited, value: Amount }, edits_code: false,
        "limit" "calls 1000"
        "Sets a limit: memory, parameters, calls, text, output or tasks."
        => format!("set the limit of {kind} to {value}");
    Breakpoint { at: Cell, on: Switch }, edits_code: false,
        "breakpoint" "1:4 on"
        "Sets a breakpoint, or clears it with `off`."
        => if *on { "set a breakpoint" } else { "clear a breakpoint" }.to_string();
    Enable { at: Cell, on: Switch }, edits_code: false,
        "enable" "1:2 off"
        "Enables a breakpoint, or with `off` disables it: it stays, and does not pause."
        => if *on { "enable a breakpoint" } else { "disable a breakpoint" }.to_string();
    Condition { at: Cell, line: Line }, edits_code: false,
        "condition" "1:2 `i 2 =`"
        "Lets a breakpoint pause only if a line leaves a true value; an empty text ends that."
        => match line.trim() {
            "" => "remove a condition".to_string(),
            _ => format!("pause only if {}", quoted(line)),
        };
    From { at: Cell, time: Time }, edits_code: false,
        "from" "1:2 3"
        "Lets a breakpoint pause only from this time on that its cell is reached, counted from now."
        => match time {
            1 => "pause every time".to_string(),
            _ => format!("pause from time {time} on"),
        };
    Watch { index: Index, line: Line }, edits_code: false,
        "watch" "0 `i 2 *`"
        "Watches a line, at this place of the list; an empty text removes what is watched there."
        => match line.trim() {
            "" => "remove a watch".to_string(),
            _ => format!("watch {}", quoted(line)),
        };
    WatchData { index: Index, body: DataBody }, edits_code: false,
        "watch-data" "0 0"
        "Watches a data body, at this place of the list."
        => format!("watch data {body}");
    Shape { index: Index, shape: Shape }, edits_code: false,
        "shape" "0 bars"
        "Shows what is watched as a `row`, a `table` or `bars`."
        => format!("show a watch as {}", shape.name());
    Bookmark { name: Name, at: CellOrOff }, edits_code: false,
        "bookmark" "here 1:4"
        "Sets a cell bookmark: a name for a cell, which moves with it. `off` removes it."
        => match at {
            Some(_) => format!("bookmark {}", one_line(name)),
            None => format!("remove the bookmark {}", one_line(name)),
        };
    Run { fuel: Fuel }, edits_code: false,
        "run" "12"
        "Runs this many instructions, or fewer if the machine stops."
        => match fuel {
            1 => "run 1 instruction".to_string(),
            _ => format!("run {fuel} instructions"),
        };
}

/// Code in a command.
pub(super) struct Written<'c> {
    /// The text.
    pub(super) text: &'c CodeText,
    /// The cell in whose function it is read; without one, it is read outside all functions.
    pub(super) at: Option<Place>,
    /// The name of the function that it is the code of.
    pub(super) defines: Option<&'c str>,
    /// Whether it is a whole program, with definitions.
    pub(super) is_program: bool,
}

/// Says, among the commands of a line, by which vocabulary the code after it is read.
const WORDS: &str = "words";

/// A gesture as a line of a recording.
pub fn print(commands: &[Command]) -> String {
    let mut vocabulary = Vocabulary::NEWEST;
    let mut parts = Vec::new();
    for command in commands {
        let own = command.code().map_or(vocabulary, |code| code.text.vocabulary);
        if own != vocabulary {
            parts.push(format!("{WORDS} {}", own.number()));
            vocabulary = own;
        }
        parts.push(command.print());
    }
    parts.join(" | ")
}

/// Reads a line of commands of a recording of the newest version.
///
/// # Errors
/// What is wrong with the line, in words.
pub fn read(line: &str) -> Result<Vec<Command>, String> {
    read_by(line, Version::NEWEST)
}

/// Reads a line of commands of a recording of this version.
///
/// # Errors
/// What is wrong with the line, in words.
pub fn read_by(line: &str, version: Version) -> Result<Vec<Command>, String> {
    let mut words = Words::new(line);
    words.vocabulary = version.vocabulary();
    let mut commands = Vec::new();
    loop {
        if version > Version::One {
            read_vocabulary(&mut words)?;
        }
        commands.push(Command::read(&mut words)?);
        match words.next()? {
            None => {
                commands.shrink_to_fit();
                return Ok(commands);
            }
            Some(Word::Plain("|")) => {}
            Some(other) => return Err(one_too_many(&other)),
        }
    }
}

/// Reads `words 1 |`, if it is next.
fn read_vocabulary(words: &mut Words<'_>) -> Result<(), String> {
    let rest = words.rest;
    if words.next()? != Some(Word::Plain(WORDS)) {
        words.rest = rest;
        return Ok(());
    }
    let wanted = "the number of a vocabulary, 1, 2 or 3";
    let word = words.plain(wanted)?;
    let found = word.parse().ok().and_then(Vocabulary::find);
    words.vocabulary = found.ok_or_else(|| expected(wanted, &Word::Plain(word)))?;
    match words.next()? {
        None => Err(format!("a command is missing after `{WORDS} {word}`")),
        Some(Word::Plain("|")) => Ok(()),
        Some(other) => Err(one_too_many(&other)),
    }
}

/// `delete a cell`, `delete 3 cells`.
fn counted(verb: &str, count: usize, noun: &str) -> String {
    match count {
        1 => format!("{verb} a {noun}"),
        _ => format!("{verb} {count} {noun}s"),
    }
}

fn told(at: Place) -> String {
    match at.body {
        MAIN => format!("cell {} of main", at.offset),
        _ => format!("cell {}", at.offset),
    }
}

/// A text in backticks, on one line, cut if it is long.
fn quoted(text: &str) -> String {
    format!("`{}`", one_line(text))
}

/// A text on one line, cut if it is long.
fn one_line(text: &str) -> String {
    // Cut first: the text may have megabytes.
    clip(text.trim(), QUOTED).replace(char::is_control, " ")
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use std::collections::HashSet;

    /// Commands of every row, with the extreme values of their operands.
    pub(in crate::session) fn samples() -> Vec<Command> {
        let picks = [0, 1, 2, 3, 0x1234_5678_9abc_def1, u64::MAX];
        let all = |row: &'static Row| {
            picks.map(|number| {
                let mut turn = 0;
                row.sample(&mut || {
                    turn += 1;
                    number ^ turn
                })
            })
        };
        TABLE.iter().flat_map(all).collect()
    }

    #[test]
    fn commands_read_back() {
        let line = print(&samples());
        assert!(!line.contains('\n'));
        assert_eq!(read(&line), Ok(samples()));
        let verbs: HashSet<&str> = TABLE.iter().map(|row| row.verb).collect();
        assert_eq!(verbs.len(), TABLE.len());
    }

    #[test]
    fn a_line_says_by_which_vocabulary_its_code_is_read() {
        let old = "push `1` | run 2 | define f ``";
        let marked = format!("words 1 | {old}");
        let commands = read_by(old, Version::One).unwrap();
        assert_eq!(read(&marked).unwrap(), commands);
        assert_eq!(print(&commands), marked);
        assert_ne!(read(old).unwrap(), commands);
        let mixed = "run 1 | words 1 | push `1` | words 2 | push `2`";
        assert_eq!(print(&read(mixed).unwrap()), mixed);
        assert!(read_by(&marked, Version::One).unwrap_err().contains("`words` is not a command"));
    }

    #[test]
    fn examples_stand_as_they_are_printed() {
        for row in TABLE {
            let example = row.example();
            let commands = read(&example).unwrap_or_else(|error| panic!("{example}: {error}"));
            assert_eq!((commands.len(), print(&commands)), (1, example));
            assert_eq!(commands[0].is_edit(), row.is_edit);
            assert!(row.meaning.ends_with('.') && !row.meaning.contains('\n'), "{}", row.verb);
        }
    }

    #[test]
    fn every_command_is_told_on_a_short_line() {
        for command in samples() {
            let words = command.words();
            let length = words.chars().count();
            assert!((4..=QUOTED + 40).contains(&length) && !words.contains('\n'), "{words}");
        }
        for (line, told) in [
            ("write 0:0 `3 fib`", "write `3 fib`"),
            ("define fib ``", "create fib"),
            ("drop 1", "drop a value"),
            ("delete 0:0 2", "delete 2 cells"),
            ("counter 0:2", "move the counter to cell 2 of main"),
            ("give `7\\n`", "give `7`"),
            ("replace 0:1 ``", "empty a cell"),
            ("local 1 i ``", "clear i"),
            ("run 1", "run 1 instruction"),
        ] {
            assert_eq!(read(line).unwrap()[0].words(), told, "{line}");
        }
        let long = Command::Push { text: "12345 ".repeat(40).into() };
        assert_eq!(long.words().chars().count(), "push ``".len() + QUOTED);
    }

    #[test]
    fn mistakes_are_named() {
        for (line, words) in [
            ("wriet 0:0 `1`", "`wriet` is not a command"),
            ("write 0 `1`", "`0` is not a place"),
            ("write 0:0 1", "expected a text in backticks, found `1`"),
            ("write 0:0 `1", "not closed"),
            ("run 1 2", "`2` is one word too many"),
            ("run", "a count of instructions is missing at the end of the line"),
            ("run | run 1", "a count of instructions is missing before the bar"),
            ("run 1 |", "a command is missing"),
            ("push `\\q`", "\\q is not an escape"),
            ("limit speed 1", "expected the name of a limit, found `speed`"),
            ("words 4 | push `1`", "expected the number of a vocabulary, 1, 2 or 3, found `4`"),
            ("words 1", "a command is missing after `words 1`"),
            ("words 1 push `1`", "`push` is one word too many"),
            ("push `1` | words 2 |", "a command is missing"),
            ("breakpoint 0:0 maybe", "expected `on` or `off`, found `maybe`"),
        ] {
            let error = read(line).unwrap_err();
            assert!(error.contains(words), "{line}: {error}");
        }
    }
}
