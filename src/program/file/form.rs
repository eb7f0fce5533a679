//! The fields of an image file, as they are read. They have structs of their own, so that the layout
//! of the machine can change while the file format stays.
//!
//! Here a number only has to fit in its field. Whether it makes sense is checked when the machine is
//! built. The rows of data are most of a large file, so they stay in its text until the machine takes them,
//! one by one.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::reader::{Read, Reader, SyntaxError};
use crate::program::old_name::{spelled_out, spelled_out_in};
use crate::program::watch::Shape;
use crate::vm::tasks::QUANTUM;

/// Structs that are written as their fields, in any order. `name` is what messages call the whole; a field with a
/// value after it may be left out.
macro_rules! forms {
    ($(
        $(#[$about:meta])*
        $name:literal $form:ident $(<$life:lifetime>)? {
            $($(#[$note:meta])* $field:ident: $type:ty $(= $default:expr)?,)*
        }
    )*) => {
        $(
            $(#[$about])*
            pub(super) struct $form $(<$life>)? {
                $($(#[$note])* pub $field: $type,)*
            }

            impl<'f> Read<'f> for $form $(<$life>)? {
                fn read(reader: &mut Reader<'f>) -> Result<Self, SyntaxError> {
                    $(let mut $field: Option<$type> = None;)*
                    reader.fields($name, |reader, name| {
                        match name {
                            $(stringify!($field) => reader.field(&mut $field, name)?,)*
                            _ => return Ok(false),
                        }
                        Ok(true)
                    })?;
                    Ok($form {
                        $($field: forms!(@of $field reader $($default)?),)*
                    })
                }
            }
        )*
    };
    (@of $field:ident $reader:ident) => {
        $field.ok_or_else(|| $reader.missing(stringify!($field)))?
    };
    (@of $field:ident $reader:ident $default:expr) => {
        $field.unwrap_or($default)
    };
}

forms! {
    "image" Form<'f> {
        #[expect(dead_code, reason = "it was checked before")]
        version: u64,
        retired: u64,
        limits: LimitsForm,
        code: Vec<CodeForm>,
        next_code: u32,
        data: Vec<DataForm<'f>> = Vec::new(),
        globals: BTreeMap<String, String> = BTreeMap::new(),
        tasks: Vec<TaskForm>,
        /// Who takes turns, if not only task 0 does.
        strands: Vec<StrandForm> = Vec::new(),
        /// What tasks that are over have left.
        left: Vec<(u64, Vec<String>)> = Vec::new(),
        /// The number of the next task.
        next_task: Option<u64> = None,
        /// How many were made since lost ones were looked for.
        tasks_made: u64 = 0,
        turn: u64 = 0,
        quantum: u64 = QUANTUM,
        slept: u64 = 0,
        alone: bool = false,
        /// The number of the newest frame.
        frames: Option<u64> = None,
        /// The number of the next data body.
        next_data: Option<u64> = None,
        /// What of the address space is free.
        free: Option<FreeForm> = None,
        /// What was made since data was last collected.
        growth: Option<GrowthForm> = None,
        current: u64 = 0,
        input: Vec<String> = Vec::new(),
        input_ended: bool = false,
        output: Vec<String> = Vec::new(),
        breakpoints: Vec<u64> = Vec::new(),
        bookmarks: BTreeMap<String, u64> = BTreeMap::new(),
        comments: Vec<CommentForm> = Vec::new(),
        /// The breakpoints that do not pause every time.
        special_breakpoints: Vec<BreakpointForm> = Vec::new(),
        watches: Vec<WatchForm> = Vec::new(),
    }

    "breakpoint" BreakpointForm {
        at: u64,
        enabled: bool = true,
        condition: String = String::new(),
        from: u64 = 1,
        passed: u64 = 0,
    }

    "watch" WatchForm {
        line: Option<String> = None,
        data: Option<u64> = None,
        shape: String = Shape::Row.name().to_string(),
    }

    "comment" CommentForm {
        at: AtForm,
        lines: Vec<String>,
    }

    "limits" LimitsForm {
        memory: u64,
        parameters: u64,
        calls: u64,
        text: u64,
        output: u64,
        tasks: Option<u64> = None,
    }

    "body" CodeForm {
        number: u32,
        kind: KindForm,
        start: u64,
        size: u32,
        cells: Vec<String> = Vec::new(),
    }

    "free" FreeForm {
        gaps: Vec<(u64, u64)> = Vec::new(),
        end: u64,
    }

    "growth" GrowthForm {
        kept_cells: u64 = 0,
        kept_text: u64 = 0,
        cells: u64 = 0,
        text: u64 = 0,
    }

    "data" DataForm<'f> {
        number: u64,
        start: u64,
        size: u64,
        /// Rows of values, each with the index of its first value; all other cells are 0.
        cells: Option<Rows<'f>> = None,
    }

    "strand" StrandForm {
        tasks: Vec<u64>,
        wake: u64 = 0,
        share: u64 = 1,
    }

    "task" TaskForm {
        number: Option<u64> = None,
        counter: u64,
        parameters: Vec<String> = Vec::new(),
        calls: Vec<CallForm>,
    }

    "call" CallForm {
        body: u32,
        /// Every call has it except the bottom one.
        returns_to: Option<u64> = None,
        /// The number of a frame; for a block, of the frame it was made in.
        frame: Option<u64> = None,
        again: AgainForm = AgainForm::Once,
        locals: BTreeMap<String, String> = BTreeMap::new(),
    }

    /// The body of a block.
    "block" OfForm {
        of: u32,
    }

    /// What the condition of `while` keeps.
    "condition" ConditionForm {
        body: String,
    }

    /// What the body of `while` keeps.
    "body" TurnForm {
        condition: String,
    }

    "times" TimesForm {
        left: i64,
    }
}

impl Form<'_> {
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

pub(super) enum AtForm {
    /// Before the cell at this address.
    Before(u64),
    /// At the end of the body with this number.
    End { of: u32 },
}

impl Read<'_> for AtForm {
    fn read(reader: &mut Reader<'_>) -> Result<AtForm, SyntaxError> {
        const PLACE: &str = "place of a comment";
        match reader.choice(PLACE)? {
            "Before" => reader.enclosed().map(AtForm::Before),
            "End" => OfForm::read(reader).map(|OfForm { of }| AtForm::End { of }),
            other => Err(reader.no_choice(PLACE, other)),
        }
    }
}

pub(super) enum KindForm {
    Function(String),
    Block { of: u32 },
    Former(String),
}

impl Read<'_> for KindForm {
    fn read(reader: &mut Reader<'_>) -> Result<KindForm, SyntaxError> {
        const KIND: &str = "kind of body";
        match reader.choice(KIND)? {
            "Function" => reader.enclosed().map(KindForm::Function),
            "Block" => OfForm::read(reader).map(|OfForm { of }| KindForm::Block { of }),
            "Former" => reader.enclosed().map(KindForm::Former),
            other => Err(reader.no_choice(KIND, other)),
        }
    }
}

pub(super) enum AgainForm {
    Once,
    Always,
    WhileTrue,
    /// The condition of `while`, which keeps the body.
    Condition(ConditionForm),
    /// The body of `while`, which keeps the condition.
    Body(TurnForm),
    Times(TimesForm),
}

impl Read<'_> for AgainForm {
    fn read(reader: &mut Reader<'_>) -> Result<AgainForm, SyntaxError> {
        const AGAIN: &str = "way to run again";
        match reader.choice(AGAIN)? {
            "Once" => Ok(AgainForm::Once),
            "Always" => Ok(AgainForm::Always),
            "WhileTrue" => Ok(AgainForm::WhileTrue),
            "Condition" => Read::read(reader).map(AgainForm::Condition),
            "Body" => Read::read(reader).map(AgainForm::Body),
            "Times" => Read::read(reader).map(AgainForm::Times),
            other => Err(reader.no_choice(AGAIN, other)),
        }
    }
}

/// Rows of values that are left in the text of the file. Their syntax has been checked.
#[derive(Clone, Copy)]
pub(super) struct Rows<'f>(Reader<'f>);

impl<'f> Read<'f> for Rows<'f> {
    fn read(reader: &mut Reader<'f>) -> Result<Rows<'f>, SyntaxError> {
        let rows = Rows(*reader);
        reader.items(|reader| row(reader).map(drop))?;
        Ok(rows)
    }
}

impl Rows<'_> {
    /// Passes on each row with the index of its first value.
    ///
    /// # Errors
    /// The first error of `each`.
    pub fn read<E>(self, mut each: impl FnMut(u64, &str) -> Result<(), E>) -> Result<(), E> {
        let Rows(mut reader) = self;
        let mut found = Ok(());
        let read = reader.items(|reader| {
            let (first, words) = row(reader)?;
            found = each(first, &words);
            // Any error ends it; this one is not seen.
            if found.is_ok() { Ok(()) } else { Err(reader.missing("")) }
        });
        assert!(read.is_ok() || found.is_err(), "the syntax was checked");
        found
    }
}

/// A row of values, and the index of its first value.
fn row<'f>(reader: &mut Reader<'f>) -> Result<(u64, Cow<'f, str>), SyntaxError> {
    Read::read(reader)
}
