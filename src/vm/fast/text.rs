//! Operations on texts and on the input.
//!
//! A text is made here only as long as nothing can come of it but the text: no collection goes on or is due,
//! and no limit is near ([`Machine::free_text`](crate::vm::machine::Machine::free_text)). Everything else is
//! left to the stepper, as are the instructions whose work would hide what leaving the loop costs.

use std::fmt::Write;

use arrayvec::ArrayString;

use super::likely::{whole_text_code, whole_text_code_locals};
use super::op::Op;
use super::run::{Cpu, Flow, stop};
use crate::vm::cell::Cell;
use crate::vm::input::NextLine;
use crate::vm::plan_text::spelled;
use crate::vm::text::{TEXT_BYTES, TextId, Texts};

/// The longest integer, in characters.
const DIGITS: usize = 20;

impl Cpu<'_, '_> {
    /// Takes room for a text, and counts the bytes that are copied for it. False if there is too little room,
    /// or if the run should pause because of its effort.
    #[inline(always)]
    fn take_text(&mut self, bytes: usize, copied: usize) -> bool {
        let context = &mut *self.context;
        match context.text_left.checked_sub(bytes as u64) {
            // With no room left, a collection begins even before an empty text.
            Some(left)
                if context.text_left > 0
                    && !context.effort.pauses()
                    && !context.texts.are_many() =>
            {
                context.text_left = left;
                context.effort.add_bytes(copied);
                true
            }
            Some(_) | None => false,
        }
    }

    /// Replaces the top values by one.
    #[inline(always)]
    fn replace(&mut self, op: &Op, take: usize, value: Cell) -> bool {
        self.sp -= take - 1;
        self.arrange(op, [value])
    }

    #[inline(always)]
    fn count(&mut self, op: &Op, take: usize, count: i64) -> bool {
        Cell::integer(count).is_some_and(|count| self.replace(op, take, count))
    }

    pub(super) fn text_length(&mut self, op: &Op) -> bool {
        let Some(&[text]) = self.tops() else { return false };
        let Some(id) = text.as_text() else { return false };
        self.count(op, 1, self.context.texts.chars(id) as i64)
    }

    /// Whether nothing that takes long may be done, because the run should pause.
    #[inline(always)]
    fn pauses(&self) -> bool {
        self.context.effort.pauses()
    }

    /// The code of a character of a text whose characters all have one byte.
    #[inline(always)]
    fn byte(&self, text: Cell, index: Cell) -> Option<Cell> {
        let (id, index) = (text.as_text()?, usize::try_from(index.as_integer()?).ok()?);
        self.context.texts.byte(id, index).and_then(|byte| Cell::integer(i64::from(byte)))
    }

    #[inline(always)]
    pub(super) fn likely_text_code(&mut self, op: &Op) -> Flow {
        let Some(&[text, index]) = self.tops() else { return Flow::Long(stop) };
        let Some(code) = self.byte(text, index) else { return Flow::Long(whole_text_code) };
        self.replace(op, 2, code);
        Flow::Done
    }

    #[inline(always)]
    pub(super) fn likely_text_code_locals(&mut self, op: &Op) -> Flow {
        let (Some(text), Some(index)) = (self.local(op.x), self.local(op.y)) else {
            return Flow::Long(stop);
        };
        match self.byte(text, index) {
            Some(code) if self.room(2) => {
                self.grow::<3>(op, code);
                Flow::Done
            }
            _ => Flow::Long(whole_text_code_locals),
        }
    }

    /// The code of a character of a text.
    fn code(&mut self, text: Cell, index: Cell) -> Option<Cell> {
        let (id, index) = (text.as_text()?, usize::try_from(index.as_integer()?).ok()?);
        if self.pauses() {
            return None;
        }
        let code = self.context.texts.find_code(id, index)?;
        self.count_walked();
        Cell::integer(i64::from(u32::from(code)))
    }

    /// Counts the bytes that were walked to find characters.
    fn count_walked(&mut self) {
        let walked = self.context.texts.take_walked();
        self.context.effort.add_bytes(walked);
    }

    pub(super) fn text_code(&mut self, op: &Op) -> bool {
        let Some(&[text, index]) = self.tops() else { return false };
        let code = self.code(text, index);
        code.is_some_and(|code| self.replace(op, 2, code))
    }

    /// With the text and the index in locals.
    pub(super) fn text_code_locals(&mut self, op: &Op) -> bool {
        let (Some(text), Some(index)) = (self.local(op.x), self.local(op.y)) else { return false };
        if !self.room(2) {
            return false;
        }
        let code = self.code(text, index);
        code.is_some_and(|code| self.grow::<3>(op, code))
    }

    #[inline(never)]
    pub(super) fn text_join(&mut self, op: &Op) -> bool {
        let Some(&[a, b]) = self.tops() else { return false };
        let (Some(a), Some(b)) = (a.as_text(), b.as_text()) else { return false };
        let texts = &self.context.texts;
        let (bytes, copied) = (texts.bytes_of(a) + texts.bytes_of(b), texts.copied_by_join(a, b));
        if bytes > TEXT_BYTES || !self.take_text(bytes, copied) {
            return false;
        }
        let id = self.context.texts.join(a, b);
        self.replace(op, 2, Cell::text(id))
    }

    #[inline(never)]
    pub(super) fn text_part(&mut self, op: &Op) -> bool {
        let Some(&[text, start, end]) = self.tops() else { return false };
        let (Some(id), Some(start), Some(end)) = (text.as_text(), index(start), index(end)) else {
            return false;
        };
        let Some(range) = self.context.texts.find_range(id, start, end) else { return false };
        if !self.take_text(range.len(), range.len()) {
            return false;
        }
        self.count_walked();
        let part = self.context.texts.part_at(id, range, Some(end - start));
        self.replace(op, 3, Cell::text(part))
    }

    #[inline(never)]
    pub(super) fn code_text(&mut self, op: &Op) -> bool {
        let Some(&[code]) = self.tops() else { return false };
        let code = code.as_integer().and_then(|code| u32::try_from(code).ok());
        let Some(character) = code.and_then(char::from_u32) else { return false };
        if !self.take_text(character.len_utf8(), character.len_utf8()) {
            return false;
        }
        let id = self.context.texts.single(character);
        self.replace(op, 1, Cell::text(id))
    }

    #[inline(never)]
    pub(super) fn text_compare(&mut self, op: &Op) -> bool {
        let Some(&[a, b]) = self.tops() else { return false };
        let (Some(a), Some(b)) = (a.as_text(), b.as_text()) else { return false };
        if self.pauses() {
            return false;
        }
        let texts = &self.context.texts;
        let (order, bytes) = (texts.order(a, b), texts.bytes_of(a) + texts.bytes_of(b));
        self.context.effort.add_bytes(bytes);
        self.count(op, 2, order as i64)
    }

    #[inline(never)]
    pub(super) fn integer_text(&mut self, op: &Op) -> bool {
        let Some(&[number]) = self.tops() else { return false };
        let Some(number) = number.as_integer() else { return false };
        let mut digits = ArrayString::<DIGITS>::new();
        write!(digits, "{number}").expect("an integer has at most 20 characters");
        if !self.take_text(digits.len(), digits.len()) {
            return false;
        }
        let id = self.context.texts.intern(&digits);
        self.replace(op, 1, Cell::text(id))
    }

    /// The integer that a text spells, if it spells one. Counts the effort.
    fn spelled(&mut self, id: TextId) -> Option<Cell> {
        let number = spelled(self.context.texts.get(id));
        let bytes = self.context.texts.bytes_of(id);
        self.context.effort.add_bytes(bytes);
        number
    }

    #[inline(never)]
    pub(super) fn text_integer(&mut self, op: &Op) -> bool {
        let Some(&[text]) = self.tops() else { return false };
        if self.pauses() {
            return false;
        }
        let number = text.as_text().and_then(|id| self.spelled(id));
        number.is_some_and(|number| self.replace(op, 1, number))
    }

    #[inline(never)]
    pub(super) fn is_number(&mut self, op: &Op) -> bool {
        let Some(&[value]) = self.tops() else { return false };
        if self.pauses() {
            return false;
        }
        let spells = match value.as_text() {
            Some(id) => self.spelled(id).is_some(),
            None => value.as_integer().is_some(),
        };
        self.replace(op, 1, Cell::flag(spells))
    }

    #[inline(never)]
    pub(super) fn input_line(&mut self, op: &Op) -> bool {
        let NextLine::Whole(line, _) = self.context.input.line() else { return false };
        let length = line.len();
        if !self.room(1) || !self.take_text(length, length) {
            return false;
        }
        let context = &mut *self.context;
        let NextLine::Whole(line, taken) = context.input.line() else {
            unreachable!("the line was found before")
        };
        let id = context.texts.intern(line);
        context.input.take(taken);
        self.grow::<1>(op, Cell::text(id))
    }

    #[inline(never)]
    pub(super) fn input_char(&mut self, op: &Op) -> bool {
        let Some(character) = self.context.input.rest().chars().next() else { return false };
        if !self.room(1) || !self.take_text(character.len_utf8(), character.len_utf8()) {
            return false;
        }
        let id = self.context.texts.single(character);
        self.context.input.take(character.len_utf8());
        self.grow::<1>(op, Cell::text(id))
    }

    #[inline(never)]
    pub(super) fn input_ended(&mut self, op: &Op) -> bool {
        let has_more = !self.context.input.rest().is_empty();
        (has_more || self.context.input.ended()) && self.grow::<1>(op, Cell::flag(!has_more))
    }

    /// Whether two values are the same.
    #[inline(never)]
    pub(super) fn is_same(&self, a: Cell, b: Cell) -> bool {
        let same_texts =
            |texts: &Texts| a.as_text().zip(b.as_text()).is_some_and(|(a, b)| texts.same(a, b));
        a == b || same_texts(self.context.texts)
    }
}

fn index(value: Cell) -> Option<usize> {
    usize::try_from(value.as_integer()?).ok()
}
