//! Planning the instructions for integers that need more than one step: wide products, ranges, bases.

use std::ops::RangeInclusive;

use super::cell::Cell;
use super::in_task::InTask;
use super::instruction::Primitive;
use super::plan::{Effect, Plan};
use super::stop::{Fault, Stop};

/// The most values that `roll` moves, so that no instruction takes long.
const ROLLED: i64 = 1 << 16;
/// The bases in which integers can be written with digits and letters.
const BASES: RangeInclusive<i64> = 2..=36;

impl InTask<'_> {
    /// The remainder and the quotient of a product, which has at most 121 bits, by an integer.
    pub(super) fn scale(&self, primitive: Primitive) -> Plan {
        let [a, b, c] = [3, 2, 1].map(|n| self.integer(n));
        let Some(scaled) = scaled(a, b, c) else {
            let instruction = primitive.name().to_string();
            let dividend = i128::from(a) * i128::from(b);
            return Err(Stop::Fault(Fault::DivisionByZero { instruction, dividend }));
        };
        match scaled {
            (Some(remainder), Some(quotient)) if primitive == Primitive::ScaleModulo => {
                Ok(Effect::stack(3, [remainder, quotient]))
            }
            (Some(_), Some(quotient)) => Ok(Effect::push(3, quotient)),
            _ => Err(self.overflow(primitive)),
        }
    }

    pub(super) fn within(&self) -> Plan {
        let inside = (self.integer(2)..self.integer(1)).contains(&self.integer(3));
        Ok(Effect::push(3, Cell::flag(inside)))
    }

    /// The value that lies `n` values below the one under the count.
    pub(super) fn pick_value(&self) -> Plan {
        let index = self.depth_below(Primitive::PickValue)?;
        Ok(Effect::push(1, self.operand(index as usize + 2)))
    }

    pub(super) fn roll(&self) -> Plan {
        let index = self.depth_below(Primitive::Roll)?;
        if index >= ROLLED {
            return Err(Stop::Fault(Fault::Roll { count: index + 1, maximum: ROLLED }));
        }
        Ok(Effect::Roll { count: index as usize })
    }

    /// The count on top, if the stack below it is deeper than that.
    fn depth_below(&self, primitive: Primitive) -> Result<i64, Stop> {
        let (index, length) = (self.integer(1), self.task().parameters().len() - 1);
        if (0..length as i64).contains(&index) {
            return Ok(index);
        }
        Err(Stop::Fault(Fault::Index {
            instruction: primitive.name().to_string(),
            index,
            what: "the stack below it".to_string(),
            length: length as u64,
        }))
    }

    pub(super) fn integer_base(&self) -> Plan {
        let base = self.base(Primitive::IntegerBase)?;
        let number = self.integer(2);
        let mut digits = Vec::new();
        let mut rest = number.unsigned_abs();
        while rest > 0 || digits.is_empty() {
            let digit = (rest % u64::from(base)) as u32;
            digits.push(char::from_digit(digit, base).expect("it is less than the base"));
            rest /= u64::from(base);
        }
        digits.extend((number < 0).then_some('-'));
        self.new_text(2, digits.into_iter().rev().collect())
    }

    pub(super) fn base_integer(&self) -> Plan {
        let base = self.base(Primitive::BaseInteger)?;
        let number = i64::from_str_radix(self.text(2).trim(), base).ok().and_then(Cell::integer);
        let (instruction, text) =
            (Primitive::BaseInteger.name().to_string(), self.show(self.operand(2)));
        let number = number.ok_or(Stop::Fault(Fault::Number { instruction, text }))?;
        Ok(Effect::push(2, number))
    }

    /// The base on top of the stack.
    fn base(&self, primitive: Primitive) -> Result<u32, Stop> {
        let base = self.integer(1);
        if BASES.contains(&base) {
            return Ok(base as u32);
        }
        Err(Stop::Fault(Fault::Base { instruction: primitive.name().to_string(), base }))
    }
}

/// The remainder and the quotient of a product by an integer, each if it fits in a cell; `None` if the divisor
/// is 0.
pub(super) fn scaled(a: i64, b: i64, divisor: i64) -> Option<(Option<Cell>, Option<Cell>)> {
    let (product, divisor) = (i128::from(a) * i128::from(b), i128::from(divisor));
    if divisor == 0 {
        return None;
    }
    // Rounded down, so that the remainder has the sign of the divisor.
    let remainder = (product % divisor + divisor) % divisor;
    let quotient = (product - remainder) / divisor;
    let fitting = |number: i128| i64::try_from(number).ok().and_then(Cell::integer);
    Some((fitting(remainder), fitting(quotient)))
}
