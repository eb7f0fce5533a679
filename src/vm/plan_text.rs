//! Planning the instructions on texts and input.

use super::cell::Cell;
use super::input::NextLine;
use super::instruction::Primitive;
use super::limit::LimitKind;
use super::machine::Machine;
use super::plan::{Effect, Plan, bits, check};
use super::stop::{Fault, Stop};
use super::text::TEXT_BYTES;

impl Machine {
    pub(super) fn plan_input(&self, primitive: Primitive) -> Plan {
        let rest = self.input.rest();
        let (text, bytes) = match primitive {
            Primitive::InputEnded if !rest.is_empty() => return Ok(Effect::push(0, Cell::ZERO)),
            Primitive::InputEnded if self.input.ended() => {
                return Ok(Effect::push(0, Cell::flag(true)));
            }
            Primitive::InputEnded => return Err(Stop::Input),
            Primitive::InputChar => match rest.chars().next() {
                Some(character) => (character.to_string(), character.len_utf8()),
                None => return Err(Stop::Input),
            },
            _ => match self.input.line() {
                NextLine::Whole(line, bytes) => (line.to_string(), bytes),
                NextLine::TooLong(bytes) => return Err(too_long(primitive, bytes)),
                NextLine::None => return Err(Stop::Input),
            },
        };
        self.check_text_room(&text)?;
        Ok(Effect::Input { bytes, text })
    }

    fn text(&self, value: Cell) -> &str {
        value.as_text().map_or("", |id| self.memory.text(id))
    }

    pub(super) fn spelled(&self, value: Cell) -> Option<Cell> {
        let number = self.text(value).trim().parse().ok()?;
        Cell::integer(number)
    }

    pub(super) fn plan_text(&self, primitive: Primitive) -> Plan {
        let p = &self.task().parameters;
        let top = |n: usize| p.get(p.len().wrapping_sub(n)).copied().unwrap_or(Cell::ZERO);
        let integer = |n| top(n).as_integer().unwrap_or(0);
        use Primitive as P;
        let (take, text) = match primitive {
            P::TextLength => return Ok(bits(1, self.text(top(1)).chars().count() as i64)),
            P::TextCode => return self.text_code(top(2), integer(1)),
            P::TextCompare => {
                let order = self.text(top(2)).as_bytes().cmp(self.text(top(1)).as_bytes());
                return Ok(bits(2, order as i64));
            }
            P::TextInteger => {
                let text = self.show(top(1));
                let number = self.spelled(top(1)).ok_or(Stop::Fault(Fault::Number { text }))?;
                return Ok(Effect::push(1, number));
            }
            P::TextJoin => {
                let (a, b) = (self.text(top(2)), self.text(top(1)));
                if a.len() + b.len() > TEXT_BYTES {
                    return Err(too_long(primitive, a.len() + b.len()));
                }
                (2, format!("{a}{b}"))
            }
            P::TextPart => (3, self.text_part(top(3), integer(2), integer(1))?),
            P::CodeText => {
                let character = u32::try_from(integer(1)).ok().and_then(char::from_u32);
                let fault = Stop::Fault(Fault::Character { code: integer(1) });
                (1, character.ok_or(fault)?.to_string())
            }
            _ => (1, integer(1).to_string()),
        };
        self.check_text_room(&text)?;
        Ok(Effect::Text { take, text })
    }

    fn text_code(&self, value: Cell, index: i64) -> Plan {
        let text = self.text(value);
        let character = usize::try_from(index).ok().and_then(|index| nth(text, index));
        match character {
            Some(character) => Ok(bits(2, i64::from(u32::from(character)))),
            None => Err(Stop::Fault(Fault::Index {
                instruction: Primitive::TextCode.name().to_string(),
                index,
                what: "the text".to_string(),
                length: text.chars().count() as u64,
            })),
        }
    }

    fn text_part(&self, value: Cell, start: i64, end: i64) -> Result<String, Stop> {
        let text = self.text(value);
        let length = text.chars().count() as i64;
        if !(0 <= start && start <= end && end <= length) {
            return Err(Stop::Fault(Fault::Part { start, end, length: length as u64 }));
        }
        Ok(text.chars().skip(start as usize).take((end - start) as usize).collect())
    }

    /// Whether one more text fits. Looks through the machine only when what the table holds, reachable
    /// or not, would be too much.
    fn check_text_room(&self, text: &str) -> Result<(), Stop> {
        check(self.has_text_room(text.len()), LimitKind::Text)?;
        let limit = self.limits.get(LimitKind::Text);
        let texts = &self.memory.texts;
        if (texts.bytes() + text.len()) as u64 <= limit {
            return Ok(());
        }
        // A bounded fork does not look through all there is.
        check(self.bounds.is_none(), LimitKind::Text)?;
        let reachable = texts.find(text).is_some_and(|id| self.text_marks()[id.slot()]);
        check(reachable || self.text_bytes() + text.len() as u64 <= limit, LimitKind::Text)
    }
}

/// The character with this number. Up to there most texts have one byte for each, which is soon seen.
fn nth(text: &str, index: usize) -> Option<char> {
    match text.as_bytes().get(..=index) {
        Some(bytes) if bytes.is_ascii() => bytes.last().map(|&byte| char::from(byte)),
        _ => text.chars().nth(index),
    }
}

fn too_long(primitive: Primitive, bytes: usize) -> Stop {
    let instruction = primitive.name().to_string();
    Stop::Fault(Fault::TextLength { instruction, bytes: bytes as u64 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_counted_and_not_bytes() {
        for text in ["", "plain", "é", "aé", "éa", "a€b", "ab\u{10ffff}"] {
            for index in 0..8 {
                assert_eq!(nth(text, index), text.chars().nth(index), "{text} {index}");
            }
        }
    }
}
