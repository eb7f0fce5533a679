//! Executes the instructions without an operand, as their one-line meanings say.

use midflight::vm::frame::Again;
use midflight::vm::instruction::Primitive;
use midflight::vm::limit::LimitKind;

use super::model::{Data, Halt, Model, Outcome, Value};

const LONGEST: usize = 65_536;

fn fault<T>(word: &'static str) -> Result<T, Halt> {
    Err(Halt::Fault(word))
}

/// a / b rounded down. The remainder, [`rest`], has the sign of b.
fn floor(a: i128, b: i128) -> i128 {
    (a - rest(a, b)) / b
}

fn rest(a: i128, b: i128) -> i128 {
    (a % b + b) % b
}

impl Model {
    pub fn any(&mut self) -> Result<Value, Halt> {
        self.stack.pop().ok_or(Halt::Fault("operands"))
    }

    pub fn integer(&mut self) -> Result<i128, Halt> {
        match self.any()? {
            Value::Integer(number) => Ok(i128::from(number)),
            _ => fault("operands"),
        }
    }

    fn text(&mut self) -> Result<String, Halt> {
        match self.any()? {
            Value::Text(text) => Ok(text),
            _ => fault("operands"),
        }
    }

    pub fn code(&mut self) -> Result<Value, Halt> {
        match self.any()? {
            code @ (Value::Code(_) | Value::Block(..)) => Ok(code),
            _ => fault("operands"),
        }
    }

    pub fn data(&mut self) -> Result<usize, Halt> {
        match self.any()? {
            Value::Data(body) => Ok(body as usize),
            _ => fault("operands"),
        }
    }

    fn truth(&mut self) -> Result<bool, Halt> {
        Ok(self.any()? != Value::Integer(0))
    }

    fn give(&mut self, number: i128) -> Outcome {
        if !(-(1 << 60)..1 << 60).contains(&number) {
            return fault("overflow");
        }
        self.stack.push(Value::Integer(number as i64));
        Ok(())
    }

    fn give_flag(&mut self, flag: bool) -> Outcome {
        self.give(i128::from(flag))
    }

    /// Pushes a text if it fits within the limit together with all texts that could be reached before.
    pub fn give_text(&mut self, text: String, before: &Model) -> Outcome {
        if !before.fits_texts(&[&text]) {
            return Err(Halt::Limit(LimitKind::Text));
        }
        self.prepare(before, 0, text.len() as u64);
        self.stack.push(Value::Text(text));
        Ok(())
    }

    /// As [`Model::give_text`], for a text that may be too long.
    fn give_short_text(&mut self, text: String, before: &Model) -> Outcome {
        if text.len() > LONGEST {
            return fault("length");
        }
        self.give_text(text, before)
    }

    fn show(&self, value: &Value) -> String {
        match value {
            Value::Integer(number) => number.to_string(),
            Value::Text(text) => text.clone(),
            Value::Data(number) => format!("data {number}"),
            Value::Task(number) => format!("task {number}"),
            address => format!("@{}", self.start(address)),
        }
    }

    fn print(&mut self, end: &str) -> Outcome {
        let value = self.any()?;
        let shown = self.show(&value) + end;
        if (self.output.len() + shown.len()) as u64 > self.limits[&LimitKind::Output] {
            return Err(Halt::Limit(LimitKind::Output));
        }
        self.output += &shown;
        Ok(())
    }

    /// Replaces the top `take` values with those at the places in `order`, counted from the lowest of them.
    fn shuffle(&mut self, take: usize, order: &[usize]) -> Outcome {
        let Some(below) = self.stack.len().checked_sub(take) else { return fault("operands") };
        let taken = self.stack.split_off(below);
        self.stack.extend(order.iter().map(|&place| taken[place].clone()));
        Ok(())
    }

    fn element(&mut self) -> Result<(usize, usize), Halt> {
        let index = self.integer()?;
        let data = self.data()?;
        let inside = (0..self.data[data].values.len() as i128).contains(&index);
        if inside { Ok((data, index as usize)) } else { Ok((data, usize::MAX)) }
    }

    fn next_line(&mut self) -> Result<String, Halt> {
        let (line, taken) = match self.input.find('\n') {
            Some(end) => {
                let line = &self.input[..end];
                (line.strip_suffix('\r').unwrap_or(line), end + 1)
            }
            None if self.ended && !self.input.is_empty() => (&self.input[..], self.input.len()),
            // Two bytes more than a text holds could still be a line end.
            None if self.input.len() > LONGEST + 2 => return fault("length"),
            None => return Err(Halt::Input),
        };
        if line.len() > LONGEST {
            return fault("length");
        }
        let line = line.to_string();
        self.input.drain(..taken);
        Ok(line)
    }

    /// Executes one primitive. The counter is already past it.
    pub fn perform(&mut self, primitive: Primitive, before: &Model) -> Outcome {
        use Primitive as P;
        match primitive {
            P::Call => {
                let body = self.code()?;
                self.enter(&body, Again::Once)
            }
            P::If => {
                let (body, flag) = (self.code()?, self.truth()?);
                if flag { self.enter(&body, Again::Once) } else { Ok(()) }
            }
            P::IfElse => {
                let (otherwise, then, flag) = (self.code()?, self.code()?, self.truth()?);
                self.enter(if flag { &then } else { &otherwise }, Again::Once)
            }
            P::Repeat => {
                let body = self.code()?;
                self.enter(&body, Again::Always)
            }
            P::RepeatIf => {
                let (body, flag) = (self.code()?, self.truth()?);
                if flag { self.enter(&body, Again::WhileTrue) } else { Ok(()) }
            }
            P::While => {
                let (body, condition) = (self.code()?, self.code()?);
                self.begin(&condition, Again::Condition, Some(body))
            }
            P::Times => {
                let (body, n) = (self.code()?, self.integer()?);
                match n {
                    ..=-1 => fault("negative"),
                    0 => Ok(()),
                    _ => self.begin(&body, Again::Times, Some(Value::Integer(n as i64 - 1))),
                }
            }
            P::Leave => self.leave_loop(before.counter),
            P::Return => self.leave_function(before.counter, before),
            P::ReturnIf => {
                let flag = self.truth()?;
                if flag { self.leave_function(before.counter, before) } else { Ok(()) }
            }
            P::End if self.calls.last().unwrap().returns_to.is_none() => match self.current {
                0 => Err(Halt::Finished),
                _ => self.end_task(),
            },
            P::End => self.leave(),
            P::Exit => match self.integer()? {
                code @ 0..=255 => Err(Halt::Exit(code as u8)),
                _ => fault("code"),
            },

            P::Add | P::Subtract | P::Multiply | P::Minimum | P::Maximum => {
                let (b, a) = (self.integer()?, self.integer()?);
                self.give(match primitive {
                    P::Add => a + b,
                    P::Subtract => a - b,
                    P::Multiply => a * b,
                    P::Minimum => a.min(b),
                    _ => a.max(b),
                })
            }
            P::Divide | P::Modulo => {
                let (b, a) = (self.integer()?, self.integer()?);
                if b == 0 {
                    return fault("division");
                }
                self.give(if primitive == P::Divide { floor(a, b) } else { rest(a, b) })
            }
            P::ShiftLeft | P::ShiftRight => {
                let (n, a) = (self.integer()?, self.integer()?);
                if !(0..=60).contains(&n) {
                    return fault("shift");
                }
                let power = 1 << n;
                self.give(if primitive == P::ShiftLeft { a * power } else { floor(a, power) })
            }
            P::Negate | P::Absolute | P::Increment | P::Decrement | P::Invert => {
                let a = self.integer()?;
                self.give(match primitive {
                    P::Negate => -a,
                    P::Absolute => a.abs(),
                    P::Increment => a + 1,
                    P::Decrement => a - 1,
                    _ => -a - 1,
                })
            }
            P::Scale | P::ScaleModulo => {
                let (c, b, a) = (self.integer()?, self.integer()?, self.integer()?);
                if c == 0 {
                    return fault("division");
                }
                let (quotient, rest) = (floor(a * b, c), rest(a * b, c));
                if primitive == P::ScaleModulo {
                    self.give(rest)?;
                }
                self.give(quotient)
            }
            P::Within => {
                let (high, low, n) = (self.integer()?, self.integer()?, self.integer()?);
                self.give_flag(low <= n && n < high)
            }
            P::Equal | P::Unequal => {
                let (b, a) = (self.any()?, self.any()?);
                self.give_flag((a == b) == (primitive == P::Equal))
            }
            P::Less | P::Greater | P::LessEqual | P::GreaterEqual => {
                let (b, a) = (self.integer()?, self.integer()?);
                self.give_flag(match primitive {
                    P::Less => a < b,
                    P::Greater => a > b,
                    P::LessEqual => a <= b,
                    _ => a >= b,
                })
            }
            P::Not => {
                let a = self.truth()?;
                self.give_flag(!a)
            }
            P::LogicalAnd | P::LogicalOr => {
                let (b, a) = (self.truth()?, self.truth()?);
                self.give_flag(if primitive == P::LogicalAnd { a && b } else { a || b })
            }
            P::BitAnd | P::BitOr | P::BitXor => {
                let (b, a) = (self.integer()?, self.integer()?);
                self.give(match primitive {
                    P::BitAnd => a & b,
                    P::BitOr => a | b,
                    _ => a ^ b,
                })
            }

            P::Dup => self.shuffle(1, &[0, 0]),
            P::Drop => self.shuffle(1, &[]),
            P::Swap => self.shuffle(2, &[1, 0]),
            P::Over => self.shuffle(2, &[0, 1, 0]),
            P::Rot => self.shuffle(3, &[1, 2, 0]),
            P::RotBack => self.shuffle(3, &[2, 0, 1]),
            P::Nip => self.shuffle(2, &[1]),
            P::Tuck => self.shuffle(2, &[1, 0, 1]),
            P::TwoDup => self.shuffle(2, &[0, 1, 0, 1]),
            P::TwoDrop => self.shuffle(2, &[]),
            P::DupTrue => {
                let is_true = self.stack.last().is_some_and(|top| *top != Value::Integer(0));
                self.shuffle(1, if is_true { &[0, 0] } else { &[0] })
            }
            P::TwoOver => self.shuffle(4, &[0, 1, 2, 3, 0, 1]),
            P::TwoSwap => self.shuffle(4, &[2, 3, 0, 1]),
            P::PickValue => {
                let n = self.integer()?;
                let below: Vec<Value> = self.stack.iter().rev().cloned().collect();
                let picked = usize::try_from(n).ok().and_then(|n| below.get(n).cloned());
                self.stack.push(picked.ok_or(Halt::Fault("index"))?);
                Ok(())
            }
            P::Roll => {
                let n = self.integer()?;
                let below = self.stack.len() as i128 - 1 - n;
                if n < 0 || below < 0 {
                    return fault("index");
                }
                if n + 1 > 65_536 {
                    return fault("roll");
                }
                let rolled = self.stack.remove(below as usize);
                self.stack.push(rolled);
                Ok(())
            }
            P::Depth => self.give(self.stack.len() as i128),

            P::Allocate => self.allocate(before),
            P::MemoryGet => {
                let (data, index) = self.element()?;
                let value = self.data[data].values.get(index).cloned();
                self.stack.push(value.ok_or(Halt::Fault("index"))?);
                Ok(())
            }
            P::MemorySet => {
                let (data, index) = self.element()?;
                let value = self.any()?;
                *self.data[data].values.get_mut(index).ok_or(Halt::Fault("index"))? = value;
                Ok(())
            }
            P::MemoryCopy => {
                let (count, j, to) = (self.integer()?, self.integer()?, self.data()?);
                let (i, from) = (self.integer()?, self.data()?);
                let count = few(count)?;
                let from = self.range(from, i, count)?.to_vec();
                self.range(to, j, count)?.clone_from_slice(&from);
                Ok(())
            }
            P::MemoryFill => {
                let (count, index, to) = (self.integer()?, self.integer()?, self.data()?);
                let value = self.any()?;
                let count = few(count)?;
                self.range(to, index, count)?.fill(value);
                Ok(())
            }
            P::MemoryResize => self.resize(before),
            P::MemoryLength => {
                let data = self.data()?;
                self.give(self.data[data].values.len() as i128)
            }

            P::TextLength => {
                let text = self.text()?;
                self.give(text.chars().count() as i128)
            }
            P::TextJoin => {
                let (b, a) = (self.text()?, self.text()?);
                if a.len() + b.len() > LONGEST {
                    return fault("length");
                }
                self.give_text(a + &b, before)
            }
            P::TextPart => {
                let (end, start, text) = (self.integer()?, self.integer()?, self.text()?);
                let characters: Vec<char> = text.chars().collect();
                if start < 0 || end < start || end > characters.len() as i128 {
                    return fault("part");
                }
                self.give_text(characters[start as usize..end as usize].iter().collect(), before)
            }
            P::TextCode => {
                let (index, text) = (self.integer()?, self.text()?);
                let characters: Vec<char> = text.chars().collect();
                if !(0..characters.len() as i128).contains(&index) {
                    return fault("index");
                }
                self.give(i128::from(u32::from(characters[index as usize])))
            }
            P::CodeText => {
                let code = self.integer()?;
                let known = (0..=0x10_FFFF).contains(&code) && !(0xD800..=0xDFFF).contains(&code);
                if !known {
                    return fault("character");
                }
                self.give_text(char::from_u32(code as u32).unwrap().to_string(), before)
            }
            P::TextCompare => {
                let (b, a) = (self.text()?, self.text()?);
                self.give(a.as_bytes().cmp(b.as_bytes()) as i128)
            }
            P::IntegerText => {
                let number = self.integer()?;
                self.give_text(number.to_string(), before)
            }
            P::TextInteger => {
                let text = self.text()?;
                self.give(number_in(&text).ok_or(Halt::Fault("number"))?)
            }
            P::IsNumber => {
                let value = self.any()?;
                self.give_flag(match value {
                    Value::Integer(_) => true,
                    Value::Text(text) => number_in(&text).is_some(),
                    _ => false,
                })
            }
            P::IsText => {
                let value = self.any()?;
                self.give_flag(matches!(value, Value::Text(_)))
            }

            P::IsInteger | P::IsBlock | P::IsData => {
                let value = self.any()?;
                self.give_flag(match primitive {
                    P::IsInteger => matches!(value, Value::Integer(_)),
                    P::IsBlock => matches!(value, Value::Code(_) | Value::Block(..)),
                    _ => matches!(value, Value::Data(_)),
                })
            }
            P::TextFind => {
                let (part, text) = (self.text()?, self.text()?);
                self.give(places(&text, &part).next().map_or(-1, |at| at as i128))
            }
            P::TextSplit => {
                let (separator, text) = (self.text()?, self.text()?);
                if separator.is_empty() {
                    return fault("empty");
                }
                let parts: Vec<&str> = text.split(&separator).collect();
                if !before.fits_texts(&parts) {
                    return Err(Halt::Limit(LimitKind::Text));
                }
                let cells = parts.len() as u64;
                if !before.fits_cells(cells) {
                    return Err(Halt::Limit(LimitKind::Memory));
                }
                self.prepare(before, cells, parts.iter().map(|part| part.len() as u64).sum());
                let start = self.free_place(parts.len());
                let number = self.data.len() as u64;
                let values = parts.iter().map(|part| Value::Text(part.to_string())).collect();
                self.data.push(Data { freed: false, start, values });
                self.stack.push(Value::Data(number));
                Ok(())
            }
            P::TextReplace => {
                let (new, part, text) = (self.text()?, self.text()?, self.text()?);
                if part.is_empty() {
                    return fault("empty");
                }
                let text: Vec<char> = text.chars().collect();
                let part: Vec<char> = part.chars().collect();
                let (mut changed, mut at) = (String::new(), 0);
                while at < text.len() {
                    if text[at..].starts_with(&part) {
                        changed += &new;
                        at += part.len();
                    } else {
                        changed.push(text[at]);
                        at += 1;
                    }
                }
                self.give_short_text(changed, before)
            }
            P::TextUpper | P::TextLower => {
                let mut changed = String::new();
                for char in self.text()?.chars() {
                    match primitive {
                        P::TextUpper => changed.extend(char.to_uppercase()),
                        _ => changed.extend(char.to_lowercase()),
                    }
                }
                self.give_short_text(changed, before)
            }
            P::TextRepeat => {
                let (n, text) = (self.integer()?, self.text()?);
                if n < 0 {
                    return fault("negative");
                }
                if n * text.len() as i128 > LONGEST as i128 {
                    return fault("length");
                }
                let copies = if text.is_empty() { 0 } else { n };
                let repeated = (0..copies).map(|_| text.as_str()).collect();
                self.give_text(repeated, before)
            }
            P::IntegerBase => {
                let (base, number) = (self.integer()?, self.integer()?);
                if !(2..=36).contains(&base) {
                    return fault("base");
                }
                let mut digits = String::new();
                let mut rest = number.abs();
                loop {
                    digits.insert(0, char::from_digit((rest % base) as u32, base as u32).unwrap());
                    rest /= base;
                    if rest == 0 {
                        break;
                    }
                }
                let sign = if number < 0 { "-" } else { "" };
                self.give_text(format!("{sign}{digits}"), before)
            }
            P::BaseInteger => {
                let (base, text) = (self.integer()?, self.text()?);
                if !(2..=36).contains(&base) {
                    return fault("base");
                }
                let number = number_in_base(&text, base as u32);
                self.give(number.ok_or(Halt::Fault("number"))?)
            }

            P::TaskNew
            | P::TaskResume
            | P::TaskYield
            | P::TaskYieldTo
            | P::TaskClose
            | P::TaskStatus
            | P::TaskSelf
            | P::TaskSpawn
            | P::TaskJoin
            | P::TaskPause
            | P::TaskSleep
            | P::TaskShare
            | P::ChannelNew
            | P::ChannelSend
            | P::ChannelReceive => self.perform_task(primitive, before),

            P::Print => self.print(""),
            P::PrintLine => self.print("\n"),
            P::InputLine => {
                let line = self.next_line()?;
                self.give_text(line, before)
            }
            P::InputChar => {
                let character = self.input.chars().next().ok_or(Halt::Input)?;
                self.input.remove(0);
                self.give_text(character.to_string(), before)
            }
            P::InputEnded if !self.input.is_empty() => self.give_flag(false),
            P::InputEnded if self.ended => self.give_flag(true),
            P::InputEnded => Err(Halt::Input),
        }
    }

    fn range(&mut self, data: usize, index: i128, count: usize) -> Result<&mut [Value], Halt> {
        let first = usize::try_from(index).map_err(|_| Halt::Fault("range"))?;
        self.data[data].values.get_mut(first..first + count).ok_or(Halt::Fault("range"))
    }

    fn resize(&mut self, before: &Model) -> Outcome {
        let (size, data) = (self.integer()?, self.data()?);
        let Some(size) = usize::try_from(size).ok().filter(|&size| size <= 1 << 28) else {
            return fault("size");
        };
        let old = self.data[data].values.len();
        if old.min(size) > 65_536 {
            return fault("cells");
        }
        let more = size.max(1).saturating_sub(old.max(1)) as u64;
        if more > 0 && !before.fits_cells(more) {
            return Err(Halt::Limit(LimitKind::Memory));
        }
        self.prepare(before, more, 0);
        // What it leaves, at its place or beyond its new end, is never used again.
        self.left.push((self.data[data].start, old));
        if size.max(1).div_ceil(100) > old.max(1).div_ceil(100) {
            self.data[data].start = self.free_place(size);
        }
        self.data[data].values.resize(size, Value::Integer(0));
        Ok(())
    }

    fn allocate(&mut self, before: &Model) -> Outcome {
        let count = self.integer()?;
        if !(0..=1 << 28).contains(&count) {
            return fault("size");
        }
        let cells = count.max(1) as u64;
        if !before.fits_cells(cells) {
            return Err(Halt::Limit(LimitKind::Memory));
        }
        self.prepare(before, cells, 0);
        let start = self.free_place(count as usize);
        let number = self.data.len() as u64;
        self.data.push(Data {
            freed: false,
            start,
            values: vec![Value::Integer(0); count as usize],
        });
        self.stack.push(Value::Data(number));
        Ok(())
    }
}

/// A count of cells that one instruction may touch.
fn few(count: i128) -> Result<usize, Halt> {
    match usize::try_from(count) {
        Ok(count) if count <= 65_536 => Ok(count),
        Ok(_) => Err(Halt::Fault("cells")),
        Err(_) => Err(Halt::Fault("negative")),
    }
}

/// The characters of a text at which a part begins.
fn places(text: &str, part: &str) -> impl Iterator<Item = usize> {
    let text: Vec<char> = text.chars().collect();
    let part: Vec<char> = part.chars().collect();
    (0..=text.len()).filter(move |&at| text[at..].starts_with(&part))
}

/// The integer that a text spells in a base, if it fits in a cell.
fn number_in_base(text: &str, base: u32) -> Option<i128> {
    let word = text.trim();
    let (sign, digits) = match word.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, word.strip_prefix('+').unwrap_or(word)),
    };
    if digits.is_empty() {
        return None;
    }
    let mut number: i128 = 0;
    for digit in digits.chars() {
        let digit = digit.to_digit(base)?;
        // Leading zeros may be many, but what is too large stays so.
        number = (number * i128::from(base) + i128::from(digit)).min(1 << 62);
    }
    let number = sign * number;
    (-(1 << 60)..1 << 60).contains(&number).then_some(number)
}

/// The integer that a text spells, if it fits in a cell.
fn number_in(text: &str) -> Option<i128> {
    let word = text.trim();
    let (sign, digits) = match word.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, word.strip_prefix('+').unwrap_or(word)),
    };
    let plain = (1..=30).contains(&digits.len()) && digits.bytes().all(|c| c.is_ascii_digit());
    let number = sign * plain.then(|| digits.parse::<i128>().ok()).flatten()?;
    (-(1 << 60)..1 << 60).contains(&number).then_some(number)
}
