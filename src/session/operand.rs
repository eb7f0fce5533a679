//! The kinds of operands of commands, and how each is written in a recording.
//!
//! A row of the table in [`super::command`] names the kinds of its operands. Printing, reading,
//! documentation and samples of the command follow from them.

use super::code_text::CodeText;
use super::word::{Word, Words, expected, quote};
use crate::program::comment::{CommentAt, CommentPlace};
use crate::program::plain_name::Known;
use crate::program::watch;
use crate::vm::index::{self, DataId, FrameId, TaskId};

use crate::vm::limit::LimitKind;
use crate::vm::memory::Place;
use crate::vm::vocabulary::Vocabulary;
use std::borrow::Cow;
use std::str::FromStr;

pub use turn::{Turn, TurnOf};

mod turn;

/// A kind of operand.
pub trait Operand {
    /// The type of the value that the command holds.
    type Value;
    /// The name of this kind in errors and documentation.
    const CALLED: &'static str;

    /// The operand as a recording has it.
    fn print(value: &Self::Value) -> String;

    /// Reads the operand.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    fn read(words: &mut Words<'_>) -> Result<Self::Value, String>;

    /// A random value, for tests, made from the numbers that `pick` returns.
    fn sample(pick: &mut dyn FnMut() -> u64) -> Self::Value;

    /// The text and where its words are read, if the operand is code.
    fn code(_value: &Self::Value) -> Option<(&CodeText, Reading)> {
        None
    }

    /// The name that the command gives to its code, if the operand is one.
    fn defines(_value: &Self::Value) -> Option<&str> {
        None
    }

    /// Puts the names in it into the form in which a machine keeps them.
    fn make_plain(_value: &mut Self::Value, _known: &mut Known<'_>) {}

    /// The cell, if the operand is one in which code is read.
    fn cell(_value: &Self::Value) -> Option<Place> {
        None
    }

    /// The code body, if the operand is one, or is in one.
    fn body(_value: &Self::Value) -> Option<index::Body> {
        None
    }
}

/// Where the words of a code operand are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// In the function of the cell that the command names: its locals are known.
    Inside,
    /// Outside all functions.
    Outside,
    /// It is a whole program, with definitions.
    Program,
}

/// Pieces of texts that are hard to write on one line.
const SCRAPS: [&str; 13] = [
    "",
    "a1",
    "`",
    "\\",
    "|",
    "\n",
    "\r\n",
    "\t",
    "run 3",
    "#",
    "off",
    "\u{85}\u{a0}",
    "𝄞\u{2028}",
];

fn sample_text(pick: &mut dyn FnMut() -> u64) -> String {
    (0..pick() % 6).map(|_| SCRAPS[(pick() % SCRAPS.len() as u64) as usize]).collect()
}

fn sample_place(pick: &mut dyn FnMut() -> u64) -> Place {
    Place::new(pick() as u32, pick() as u32)
}

/// A cell of a data body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DataPlace {
    /// The data body.
    pub body: DataId,
    /// The cell in it, counted from 0.
    pub index: u64,
}

/// Reads `body:offset`.
fn pair<B: FromStr, N: FromStr>(word: &str) -> Result<(B, N), String> {
    let pair = word
        .split_once(':')
        .and_then(|(body, offset)| Some((body.parse().ok()?, offset.parse().ok()?)));
    pair.ok_or_else(|| format!("`{word}` is not a place: a place is body:offset, as in 0:3"))
}

fn print_place(at: Place) -> String {
    format!("{}:{}", at.body, at.offset)
}

fn read_place(word: &str) -> Result<Place, String> {
    let (body, offset) = pair(word)?;
    Ok(Place { body, offset })
}

/// A cell of a code body: `body:offset`.
pub struct Cell;

impl Operand for Cell {
    type Value = Place;
    const CALLED: &'static str = "a place";

    fn print(value: &Place) -> String {
        print_place(*value)
    }

    fn read(words: &mut Words<'_>) -> Result<Place, String> {
        read_place(words.plain(Self::CALLED)?)
    }

    fn sample(pick: &mut dyn FnMut() -> u64) -> Place {
        sample_place(pick)
    }

    fn cell(value: &Place) -> Option<Place> {
        Some(*value)
    }

    fn body(value: &Place) -> Option<index::Body> {
        Some(value.body)
    }
}

/// A cell of a code body, or `off`.
pub struct CellOrOff;

impl Operand for CellOrOff {
    type Value = Option<Place>;
    const CALLED: &'static str = "a place or `off`";

    fn print(value: &Option<Place>) -> String {
        value.map_or("off".to_string(), print_place)
    }

    fn read(words: &mut Words<'_>) -> Result<Option<Place>, String> {
        match words.plain(Self::CALLED)? {
            "off" => Ok(None),
            word => read_place(word).map(Some),
        }
    }

    fn sample(pick: &mut dyn FnMut() -> u64) -> Option<Place> {
        (pick().is_multiple_of(2)).then(|| sample_place(pick))
    }
}

/// Where a comment stands: before a cell, `body:offset`, or at the end of a body, `body:end`.
pub struct CellOrEnd;

impl Operand for CellOrEnd {
    type Value = CommentPlace;
    const CALLED: &'static str = "a place or `body:end`";

    fn print(&CommentPlace { body, at }: &CommentPlace) -> String {
        match at {
            CommentAt::Before(offset) => print_place(Place { body, offset }),
            CommentAt::End => format!("{body}:end"),
        }
    }

    fn read(words: &mut Words<'_>) -> Result<CommentPlace, String> {
        let word = words.plain(Self::CALLED)?;
        match word.strip_suffix(":end").and_then(|body| body.parse().ok()) {
            Some(body) => Ok(CommentPlace { body, at: CommentAt::End }),
            None => read_place(word).map(CommentPlace::from),
        }
    }

    fn sample(pick: &mut dyn FnMut() -> u64) -> CommentPlace {
        let place = sample_place(pick);
        match pick().is_multiple_of(2) {
            true => place.into(),
            false => CommentPlace { body: place.body, at: CommentAt::End },
        }
    }

    fn body(value: &CommentPlace) -> Option<index::Body> {
        Some(value.body)
    }
}

/// A cell of a data body: `body:index`.
pub struct DataCell;

impl Operand for DataCell {
    type Value = DataPlace;
    const CALLED: &'static str = "a place in data";

    fn print(value: &DataPlace) -> String {
        format!("{}:{}", value.body, value.index)
    }

    fn read(words: &mut Words<'_>) -> Result<DataPlace, String> {
        let (body, index) = pair(words.plain(Self::CALLED)?)?;
        Ok(DataPlace { body, index })
    }

    fn sample(pick: &mut dyn FnMut() -> u64) -> DataPlace {
        DataPlace { body: DataId(pick()), index: pick() }
    }
}

/// Input or a comment, in backticks.
pub struct Text;

impl Operand for Text {
    type Value = String;
    const CALLED: &'static str = "a text in backticks";

    fn print(value: &String) -> String {
        quote(value)
    }

    fn read(words: &mut Words<'_>) -> Result<String, String> {
        words.text(Self::CALLED)
    }

    fn sample(pick: &mut dyn FnMut() -> u64) -> String {
        sample_text(pick)
    }
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])* $kind:ident $reading:ident;)*) => {$(
        $(#[doc = $doc])*
        pub struct $kind;

        impl Operand for $kind {
            type Value = CodeText;
            const CALLED: &'static str = "a text in backticks";

            fn print(value: &CodeText) -> String {
                quote(value)
            }

            fn read(words: &mut Words<'_>) -> Result<CodeText, String> {
                let text = words.text(Self::CALLED)?;
                Ok(CodeText { text, vocabulary: words.vocabulary, file: None })
            }

            fn sample(pick: &mut dyn FnMut() -> u64) -> CodeText {
                let one_in_three = pick().is_multiple_of(3);
                let vocabulary = if one_in_three { Vocabulary::One } else { Vocabulary::NEWEST };
                CodeText { text: sample_text(pick), vocabulary, file: None }
            }

            fn code(value: &CodeText) -> Option<(&CodeText, Reading)> {
                Some((value, Reading::$reading))
            }

            fn make_plain(value: &mut CodeText, known: &mut Known<'_>) {
                if let Cow::Owned(plain) = known.text(value) {
                    value.text = plain;
                }
            }
        }
    )*};
}

codes! {
    /// A whole program, in backticks.
    Program Program;
    /// Instructions for the function of the cell that the command names, in backticks.
    CodeInside Inside;
    /// The code of a new function, or values, in backticks.
    Code Outside;
}

/// A name; in backticks if it has unusual characters.
pub struct Name;

impl Operand for Name {
    type Value = String;
    const CALLED: &'static str = "a name";

    fn print(value: &String) -> String {
        let plain = |c: char| c.is_alphanumeric() || "_-.+*?!<>=".contains(c);
        let is_plain = !value.is_empty() && value.chars().all(plain);
        if is_plain { value.clone() } else { quote(value) }
    }

    fn read(words: &mut Words<'_>) -> Result<String, String> {
        Ok(match words.operand(Self::CALLED)? {
            Word::Plain(word) => word.to_string(),
            Word::Quoted(text) => text,
        })
    }

    fn sample(pick: &mut dyn FnMut() -> u64) -> String {
        sample_text(pick)
    }

    fn make_plain(value: &mut String, known: &mut Known<'_>) {
        if let Cow::Owned(plain) = known.name(value) {
            *value = plain;
        }
    }
}

/// The name that a command gives to its code; in backticks if it has unusual characters.
pub struct Defined;

impl Operand for Defined {
    type Value = String;
    const CALLED: &'static str = Name::CALLED;

    fn print(value: &String) -> String {
        Name::print(value)
    }

    fn read(words: &mut Words<'_>) -> Result<String, String> {
        Name::read(words)
    }

    fn sample(pick: &mut dyn FnMut() -> u64) -> String {
        Name::sample(pick)
    }

    fn defines(value: &String) -> Option<&str> {
        Some(value)
    }

    fn make_plain(value: &mut String, known: &mut Known<'_>) {
        Name::make_plain(value, known);
    }
}

/// `on` or `off`.
pub struct Switch;

impl Operand for Switch {
    type Value = bool;
    const CALLED: &'static str = "`on` or `off`";

    fn print(value: &bool) -> String {
        if *value { "on" } else { "off" }.to_string()
    }

    fn read(words: &mut Words<'_>) -> Result<bool, String> {
        match words.plain(Self::CALLED)? {
            "on" => Ok(true),
            "off" => Ok(false),
            other => Err(expected(Self::CALLED, &Word::Plain(other))),
        }
    }

    fn sample(pick: &mut dyn FnMut() -> u64) -> bool {
        pick().is_multiple_of(2)
    }
}

/// A line of FlpcForth that is evaluated where it is needed, or the operands of a call that is answered, in
/// backticks. It is always read by the newest vocabulary: it came with version 4.
pub struct Line;

impl Operand for Line {
    type Value = String;
    const CALLED: &'static str = Text::CALLED;

    fn print(value: &String) -> String {
        quote(value)
    }

    fn read(words: &mut Words<'_>) -> Result<String, String> {
        Text::read(words)
    }

    fn sample(pick: &mut dyn FnMut() -> u64) -> String {
        sample_text(pick)
    }

    fn make_plain(value: &mut String, known: &mut Known<'_>) {
        if let Cow::Owned(plain) = known.text(value) {
            *value = plain;
        }
    }
}

/// How a watch is shown.
pub struct Shape;

impl Operand for Shape {
    type Value = watch::Shape;
    const CALLED: &'static str = "`row`, `table` or `bars`";

    fn print(value: &watch::Shape) -> String {
        value.name().to_string()
    }

    fn read(words: &mut Words<'_>) -> Result<watch::Shape, String> {
        let name = words.plain(Self::CALLED)?;
        watch::Shape::find(name).ok_or_else(|| expected(Self::CALLED, &Word::Plain(name)))
    }

    fn sample(pick: &mut dyn FnMut() -> u64) -> watch::Shape {
        watch::Shape::ALL[(pick() % watch::Shape::ALL.len() as u64) as usize]
    }
}

/// The name of a limit.
pub struct Limited;

impl Operand for Limited {
    type Value = LimitKind;
    const CALLED: &'static str = "the name of a limit";

    fn print(value: &LimitKind) -> String {
        value.to_string()
    }

    fn read(words: &mut Words<'_>) -> Result<LimitKind, String> {
        let name = words.plain(Self::CALLED)?;
        LimitKind::find(name).ok_or_else(|| expected(Self::CALLED, &Word::Plain(name)))
    }

    fn sample(pick: &mut dyn FnMut() -> u64) -> LimitKind {
        LimitKind::ALL[(pick() % LimitKind::ALL.len() as u64) as usize]
    }
}

/// The number of a code body.
pub struct Body;

impl Operand for Body {
    type Value = index::Body;
    const CALLED: &'static str = "a body number";

    fn print(value: &index::Body) -> String {
        value.to_string()
    }

    fn read(words: &mut Words<'_>) -> Result<index::Body, String> {
        let word = words.plain(Self::CALLED)?;
        word.parse().map_err(|_| expected(Self::CALLED, &Word::Plain(word)))
    }

    fn sample(pick: &mut dyn FnMut() -> u64) -> index::Body {
        (pick() as u32).into()
    }

    fn body(value: &index::Body) -> Option<index::Body> {
        Some(*value)
    }
}

macro_rules! numbers {
    ($($(#[$about:meta])* $kind:ident $type:ty as $plain:ty, $called:literal;)*) => {$(
        $(#[$about])*
        pub struct $kind;

        impl Operand for $kind {
            type Value = $type;
            const CALLED: &'static str = $called;

            fn print(value: &$type) -> String {
                value.to_string()
            }

            fn read(words: &mut Words<'_>) -> Result<$type, String> {
                let word = words.plain(Self::CALLED)?;
                word.parse().map_err(|_| expected(Self::CALLED, &Word::Plain(word)))
            }

            fn sample(pick: &mut dyn FnMut() -> u64) -> $type {
                (pick() as $plain).into()
            }
        }
    )*};
}

numbers! {
    /// A number of cells.
    Cells u32 as u32, "a count of cells";
    /// A number of values.
    Values usize as usize, "a count of values";
    /// The index of a value on the parameter stack; 0 is the bottom.
    Index usize as usize, "an index";
    /// The number of a frame: its place on the call stack, 0 at the bottom.
    Frame FrameId as u32, "a frame number";
    /// Which time something happens, 1 for the first.
    Time u64 as u64, "a number of times";
    /// The number of a data body.
    DataBody DataId as u64, "the number of data";
    /// The number of a task.
    Task TaskId as u64, "the number of a task";
    /// The value of a limit.
    Amount u64 as u64, "a number";
    /// A number of instructions.
    Fuel u64 as u64, "a count of instructions";
}
