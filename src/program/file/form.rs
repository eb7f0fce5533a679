//! The fields of an image file, as they are read. They have structs of their own, so that the layout
//! of the machine can change while the file format stays.
//!
//! Here a number only has to fit in its field. Whether it makes sense is checked when the machine is
//! built. The rows of data are most of a large file, so they stay in its text until the machine takes them,
//! one by one.

use crate::program::diagnostic::quoted;
use crate::program::interest::is_given_up;
use crate::program::old_name::{spelled_out, spelled_out_in};
use crate::program::watch::Shape;
use ron::value::RawValue;
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

#[derive(serde::Deserialize)]
#[serde(rename = "image", deny_unknown_fields, bound(deserialize = "R: Deserialize<'de>"))]
pub(super) struct FormOf<R> {
    /// Checked before the rest is read.
    #[serde(rename = "version")]
    pub _version: u64,
    pub retired: u64,
    pub limits: LimitsForm,
    pub code: Vec<CodeForm>,
    pub next_code: u32,
    #[serde(default)]
    pub data: Vec<DataFormOf<R>>,
    #[serde(default, deserialize_with = "unique")]
    pub globals: BTreeMap<String, String>,
    pub tasks: Vec<TaskForm>,
    /// The number of the newest frame.
    #[serde(default, deserialize_with = "given")]
    pub frames: Option<u64>,
    /// The number of the next data body.
    #[serde(default, deserialize_with = "given")]
    pub next_data: Option<u64>,
    /// What of the address space is free.
    #[serde(default, deserialize_with = "given")]
    pub free: Option<FreeForm>,
    /// What was made since data was last collected.
    #[serde(default, deserialize_with = "given")]
    pub growth: Option<GrowthForm>,
    #[serde(default)]
    pub current: u32,
    #[serde(default)]
    pub input: Vec<String>,
    #[serde(default)]
    pub input_ended: bool,
    #[serde(default)]
    pub output: Vec<String>,
    #[serde(default)]
    pub breakpoints: Vec<u64>,
    #[serde(default, deserialize_with = "unique")]
    pub bookmarks: BTreeMap<String, u64>,
    #[serde(default)]
    pub comments: Vec<CommentForm>,
    /// The breakpoints that do not pause every time.
    #[serde(default)]
    pub special_breakpoints: Vec<BreakpointForm>,
    #[serde(default)]
    pub watches: Vec<WatchForm>,
}

impl<R> FormOf<R> {
    /// Spells out the invisible characters of names, which version 1 allowed.
    pub fn spell_names_out(&mut self) {
        for body in &mut self.code {
            if let KindForm::Function(name) | KindForm::Former(name) = &mut body.kind {
                spell(name, spelled_out);
            }
            body.cells.iter_mut().for_each(|row| spell(row, spelled_out_in));
        }
        for call in self.tasks.iter_mut().flat_map(|task| &mut task.calls) {
            spell_keys(&mut call.locals);
        }
        spell_keys(&mut self.bookmarks);
    }
}

fn spell(text: &mut String, spelled: fn(&str) -> Cow<'_, str>) {
    if let Cow::Owned(spelled) = spelled(text) {
        *text = spelled;
    }
}

fn spell_keys<V>(map: &mut BTreeMap<String, V>) {
    if map.keys().any(|name| matches!(spelled_out(name), Cow::Owned(_))) {
        let old = std::mem::take(map).into_iter();
        map.extend(old.map(|(name, value)| (spelled_out(&name).into_owned(), value)));
    }
}

#[derive(serde::Deserialize)]
#[serde(rename = "breakpoint", deny_unknown_fields)]
pub(super) struct BreakpointForm {
    pub at: u64,
    #[serde(default = "yes")]
    pub enabled: bool,
    #[serde(default)]
    pub condition: String,
    #[serde(default = "one")]
    pub from: u64,
    #[serde(default)]
    pub passed: u64,
}

#[derive(serde::Deserialize)]
#[serde(rename = "watch", deny_unknown_fields)]
pub(super) struct WatchForm {
    #[serde(default, deserialize_with = "given")]
    pub line: Option<String>,
    #[serde(default, deserialize_with = "given")]
    pub data: Option<u64>,
    #[serde(default = "row")]
    pub shape: String,
}

fn yes() -> bool {
    true
}

fn one() -> u64 {
    1
}

fn row() -> String {
    Shape::Row.name().to_string()
}

#[derive(serde::Deserialize)]
#[serde(rename = "comment", deny_unknown_fields)]
pub(super) struct CommentForm {
    pub at: AtForm,
    pub lines: Vec<String>,
}

#[derive(serde::Deserialize)]
#[serde(rename = "at", deny_unknown_fields)]
pub(super) enum AtForm {
    /// Before the cell at this address.
    Before(u64),
    /// At the end of the body with this number.
    End { of: u32 },
}

#[derive(serde::Deserialize)]
#[serde(rename = "limits", deny_unknown_fields)]
pub(super) struct LimitsForm {
    pub memory: u64,
    pub parameters: u64,
    pub calls: u64,
    pub text: u64,
    pub output: u64,
}

#[derive(serde::Deserialize)]
#[serde(rename = "body", deny_unknown_fields)]
pub(super) struct CodeForm {
    #[serde(deserialize_with = "wanted")]
    pub number: u32,
    pub kind: KindForm,
    pub start: u64,
    pub size: u32,
    #[serde(default)]
    pub cells: Vec<String>,
}

#[derive(serde::Deserialize)]
#[serde(rename = "kind", deny_unknown_fields)]
pub(super) enum KindForm {
    Function(String),
    Block { of: u32 },
    Former(String),
}

#[derive(serde::Deserialize)]
#[serde(rename = "free", deny_unknown_fields)]
pub(super) struct FreeForm {
    #[serde(default)]
    pub gaps: Vec<(u64, u64)>,
    pub end: u64,
}

#[derive(serde::Deserialize)]
#[serde(rename = "growth", deny_unknown_fields)]
pub(super) struct GrowthForm {
    #[serde(default)]
    pub kept_cells: u64,
    #[serde(default)]
    pub kept_text: u64,
    #[serde(default)]
    pub cells: u64,
    #[serde(default)]
    pub text: u64,
}

#[derive(serde::Deserialize)]
#[serde(rename = "data", deny_unknown_fields, bound(deserialize = "R: Deserialize<'de>"))]
pub(super) struct DataFormOf<R> {
    pub number: u64,
    pub start: u64,
    pub size: u64,
    /// Rows of values, each with the index of its first value; all other cells are 0. As they are written.
    #[serde(default, deserialize_with = "given")]
    pub cells: Option<R>,
}

/// A file whose rows of data are left in its text.
pub(super) type Form<'f> = FormOf<&'f RawValue>;
/// A data body whose rows are left in the text.
pub(super) type DataForm<'f> = DataFormOf<&'f RawValue>;

/// Rows of values that are only checked: what is wrong with them is then said as for everything else.
pub(super) struct Checked;

impl<'de> Deserialize<'de> for Checked {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Checked, D::Error> {
        let rows = RowsOf { each: |_: u64, _: &str| Ok::<(), ()>(()), found: &mut None };
        rows.deserialize(deserializer).map(|()| Checked)
    }
}

/// Reads rows of values and passes on each with the index of its first value.
///
/// # Errors
/// The first error of `each`, or what is wrong with the syntax.
pub(super) fn read_rows<E>(
    rows: &RawValue,
    each: impl FnMut(u64, &str) -> Result<(), E>,
) -> Result<(), RowsError<E>> {
    let mut found = None;
    let rows_of = RowsOf { each, found: &mut found };
    let read = ron::Deserializer::from_str(rows.get_ron()).and_then(|mut deserializer| {
        rows_of.deserialize(&mut deserializer).map_err(|error| deserializer.span_error(error))
    });
    match (found, read) {
        (Some(found), _) => Err(RowsError::Row(found)),
        (None, Err(error)) => Err(RowsError::Syntax(error)),
        (None, Ok(())) => Ok(()),
    }
}

/// Why rows of values cannot be read.
pub(super) enum RowsError<E> {
    /// What is wrong with a row.
    Row(E),
    /// What is wrong with the syntax, at a place in the text of the rows.
    Syntax(ron::error::SpannedError),
}

/// A row of values, and the index of its first value.
#[derive(serde::Deserialize)]
#[serde(transparent)]
struct Row<'f>(#[serde(borrow)] (u64, Words<'f>));

#[derive(serde::Deserialize)]
#[serde(transparent)]
struct Words<'f>(#[serde(borrow)] Cow<'f, str>);

struct RowsOf<'e, E, F> {
    each: F,
    found: &'e mut Option<E>,
}

impl<'de, E, F: FnMut(u64, &str) -> Result<(), E>> DeserializeSeed<'de> for RowsOf<'_, E, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, E, F: FnMut(u64, &str) -> Result<(), E>> Visitor<'de> for RowsOf<'_, E, F> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut access: A) -> Result<(), A::Error> {
        while let Some(Row((first, Words(words)))) = access.next_element()? {
            if let Err(error) = (self.each)(first, &words) {
                *self.found = Some(error);
                return Err(A::Error::custom("a row is wrong"));
            }
        }
        Ok(())
    }
}

#[derive(serde::Deserialize)]
#[serde(rename = "task", deny_unknown_fields)]
pub(super) struct TaskForm {
    pub counter: u64,
    #[serde(default)]
    pub parameters: Vec<String>,
    pub calls: Vec<CallForm>,
}

#[derive(serde::Deserialize)]
#[serde(rename = "call", deny_unknown_fields)]
pub(super) struct CallForm {
    #[serde(deserialize_with = "wanted")]
    pub body: u32,
    /// Every call has it except the bottom one.
    #[serde(default, deserialize_with = "given")]
    pub returns_to: Option<u64>,
    /// The number of a frame; for a block, of the frame it was made in.
    #[serde(default, deserialize_with = "given")]
    pub frame: Option<u64>,
    #[serde(default)]
    pub again: AgainForm,
    #[serde(default, deserialize_with = "unique")]
    pub locals: BTreeMap<String, String>,
}

#[derive(Default, serde::Deserialize)]
#[serde(rename = "again", deny_unknown_fields)]
pub(super) enum AgainForm {
    #[default]
    Once,
    Always,
    WhileTrue,
    /// The condition of `while`, which keeps the body.
    Condition {
        body: String,
    },
    /// The body of `while`, which keeps the condition.
    Body {
        condition: String,
    },
    Times {
        left: i64,
    },
}

/// An optional field that is written without `Some`.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// A number, if anybody still waits for the image.
fn wanted<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    match is_given_up() {
        true => Err(D::Error::custom("reading was given up")),
        false => u32::deserialize(deserializer),
    }
}

/// A map that refuses a duplicate key.
fn unique<'de, D: Deserializer<'de>, V: Deserialize<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, V>, D::Error> {
    struct Unique<V>(PhantomData<V>);

    impl<'de, V: Deserialize<'de>> Visitor<'de> for Unique<V> {
        type Value = BTreeMap<String, V>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("a map")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
            let mut map = BTreeMap::new();
            while let Some(key) = access.next_key::<String>()? {
                if map.contains_key(&key) {
                    return Err(A::Error::custom(format!("duplicate key {}", quoted(&key))));
                }
                map.insert(key, access.next_value()?);
            }
            Ok(map)
        }
    }

    deserializer.deserialize_map(Unique(PhantomData))
}
