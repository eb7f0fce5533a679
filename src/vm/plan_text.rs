//! Planning the instructions for texts and input.

use super::cell::Cell;
use super::in_task::InTask;
use super::input::NextLine;
use super::instruction::Primitive;
use super::limit::LimitKind;
use super::plan::{Effect, Plan, check};
use super::stop::{Fault, Stop};
use super::text::{TEXT_BYTES, TextId};

impl InTask<'_> {
    pub(super) fn input_line(&self) -> Plan {
        match self.input.line() {
            NextLine::Whole(line, bytes) => self.take_input(line.to_string(), bytes),
            NextLine::TooLong(bytes) => Err(too_long(Primitive::InputLine, bytes)),
            NextLine::None => Err(Stop::Input),
        }
    }

    pub(super) fn input_char(&self) -> Plan {
        let character = self.input.rest().chars().next().ok_or(Stop::Input)?;
        self.take_input(character.to_string(), character.len_utf8())
    }

    pub(super) fn input_ended(&self) -> Plan {
        let has_more = !self.input.rest().is_empty();
        if has_more || self.input.ended() {
            Ok(Effect::push(0, Cell::flag(!has_more)))
        } else {
            Err(Stop::Input)
        }
    }

    fn take_input(&self, text: String, bytes: usize) -> Plan {
        self.check_text_room(&text)?;
        Ok(Effect::Input { bytes, text })
    }

    /// The text in an operand, which must have been checked.
    pub(super) fn text(&self, n: usize) -> &str {
        self.memory.text(self.text_id(n))
    }

    /// The number of that text.
    pub(super) fn text_id(&self, n: usize) -> TextId {
        self.operand(n).as_text().expect("the operands were checked")
    }

    /// Replaces values with a text.
    pub(super) fn new_text(&self, take: usize, text: String) -> Plan {
        self.check_text_room(&text)?;
        Ok(Effect::Text { take, text })
    }

    /// The integer that a text spells.
    pub(super) fn spelled(&self, value: Cell) -> Option<Cell> {
        spelled(self.memory.text(value.as_text()?))
    }

    pub(super) fn text_integer(&self, value: Cell) -> Plan {
        let text = self.show(value);
        let instruction = Primitive::TextInteger.name().to_string();
        let fault = Stop::Fault(Fault::Number { instruction, text });
        let number = self.spelled(value).ok_or(fault)?;
        Ok(Effect::push(1, number))
    }

    pub(super) fn join(&self) -> Plan {
        let (a, b) = (self.text(2), self.text(1));
        let bytes = a.len() + b.len();
        if bytes > TEXT_BYTES {
            return Err(too_long(Primitive::TextJoin, bytes));
        }
        // What the text is matters only near the limit.
        let fits = || {
            self.surely_fits_texts(bytes as u64) || self.fits_texts(&[format!("{a}{b}").as_str()])
        };
        check(self.has_text_room(bytes) && fits(), LimitKind::Text)?;
        Ok(Effect::Join { bytes })
    }

    pub(super) fn code_text(&self, code: i64) -> Plan {
        let character = u32::try_from(code).ok().and_then(char::from_u32);
        let fault = Stop::Fault(Fault::Character { code });
        self.new_text(1, character.ok_or(fault)?.to_string())
    }

    pub(super) fn text_code(&self, text: TextId, index: i64) -> Plan {
        let texts = &self.memory.texts;
        let character = usize::try_from(index).ok().and_then(|index| texts.code(text, index));
        let code = character.and_then(|character| Cell::integer(i64::from(u32::from(character))));
        match code {
            Some(code) => Ok(Effect::push(2, code)),
            None => Err(Stop::Fault(Fault::Index {
                instruction: Primitive::TextCode.name().to_string(),
                index,
                what: "the text".to_string(),
                length: texts.chars(text) as u64,
            })),
        }
    }

    pub(super) fn text_part(&self, text: TextId, start: i64, end: i64) -> Plan {
        let texts = &self.memory.texts;
        let index = |index: i64| usize::try_from(index).ok();
        let part =
            index(start).zip(index(end)).and_then(|(start, end)| texts.slice(text, start, end));
        match part {
            Some(part) => self.new_text(3, part.to_string()),
            None => {
                let length = texts.chars(text) as u64;
                Err(Stop::Fault(Fault::Part { start, end, length }))
            }
        }
    }

    /// Where a text contains another, in characters, or -1.
    pub(super) fn text_find(&self, text: &str, part: &str) -> Plan {
        let index = text.find(part).map_or(-1, |at| text[..at].chars().count() as i64);
        Ok(Effect::push(2, Cell::integer(index).expect("a text is short")))
    }

    /// The parts of a text between separators.
    pub(super) fn text_split(&self, text: &str, separator: &str) -> Plan {
        if separator.is_empty() {
            let instruction = Primitive::TextSplit.name().to_string();
            return Err(Stop::Fault(Fault::Empty { instruction }));
        }
        let mut characters = separator.chars();
        let parts: Vec<&str> = match (characters.next(), characters.next()) {
            // Finding a character is faster than finding a text.
            (Some(character), None) => text.split(character).collect(),
            _ => text.split(separator).collect(),
        };
        let bytes = parts.iter().map(|part| part.len()).sum();
        check(self.has_text_room(bytes) && self.fits_texts(&parts), LimitKind::Text)?;
        let cells = parts.len() as u64;
        check(self.fits_cells(cells) && self.has_cell_room(cells), LimitKind::Memory)?;
        let mut start = 0;
        let ranges = parts.iter().map(|part| {
            let range = start..start + part.len();
            start = range.end + separator.len();
            range
        });
        Ok(Effect::Split { parts: ranges.collect() })
    }

    pub(super) fn text_replace(&self, text: &str, part: &str, by: &str) -> Plan {
        if part.is_empty() {
            let instruction = Primitive::TextReplace.name().to_string();
            return Err(Stop::Fault(Fault::Empty { instruction }));
        }
        // Counted first: the new text may be 2^32 bytes long.
        let count = text.matches(part).count();
        let bytes = text.len() - count * part.len() + count * by.len();
        if bytes > TEXT_BYTES {
            return Err(too_long(Primitive::TextReplace, bytes));
        }
        self.new_text(3, text.replace(part, by))
    }

    pub(super) fn text_repeat(&self, text: &str, count: i64) -> Plan {
        let instruction = || Primitive::TextRepeat.name().to_string();
        let Ok(times) = u64::try_from(count) else {
            let instruction = instruction();
            return Err(Stop::Fault(Fault::Negative { instruction, count }));
        };
        let bytes = times.saturating_mul(text.len() as u64);
        if bytes > TEXT_BYTES as u64 {
            let instruction = instruction();
            return Err(Stop::Fault(Fault::TextLength { instruction, bytes }));
        }
        // An empty text may be repeated any number of times.
        self.new_text(2, text.repeat(if text.is_empty() { 0 } else { times as usize }))
    }

    /// Replaces a text by one with each of its characters changed.
    pub(super) fn changed<C: Iterator<Item = char>>(
        &self,
        primitive: Primitive,
        change: impl Fn(char) -> C,
    ) -> Plan {
        let text: String = self.text(1).chars().flat_map(change).collect();
        if text.len() > TEXT_BYTES {
            return Err(too_long(primitive, text.len()));
        }
        self.new_text(1, text)
    }

    /// Whether one more text fits.
    fn check_text_room(&self, text: &str) -> Result<(), Stop> {
        check(self.has_text_room(text.len()) && self.fits_texts(&[text]), LimitKind::Text)
    }
}

/// The integer that a text spells, if it fits in a cell.
pub(super) fn spelled(text: &str) -> Option<Cell> {
    Cell::integer(text.trim().parse().ok()?)
}

fn too_long(primitive: Primitive, bytes: usize) -> Stop {
    let instruction = primitive.name().to_string();
    Stop::Fault(Fault::TextLength { instruction, bytes: bytes as u64 })
}
