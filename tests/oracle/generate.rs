//! Random programs and gestures for the tests, each made from a seed.
//!
//! Uniformly random cells fault at once and test little. So lines are put together from pieces that leave
//! the machine alive (operands before the instruction that takes them, recursion with a base case, loops
//! that end), edits aim at places where something is alive, and causes of stops are often fixed. A seed
//! makes the same gesture on every machine.

use midflight::vm::index::{Body, FrameNumber, TaskId};
use midflight::vm::instruction::{Fragment, Instruction, Primitive};
use midflight::vm::limit::LimitKind;
use midflight::vm::memory::Place;

use super::command::Command;
use super::model::{Halt, Instr, Kind, Model, Value};
use super::words::{instruction, line, values};
use crate::support::choices::Choices;

const FUNCTIONS: [&str; 6] = ["f", "g", "h", "k", "w", "z"];
const LOCALS: [&str; 4] = ["i", "j", "n", "b"];
const TEXTS: [&str; 6] =
    ["\"\"", "\"a\"", "\"añ→\"", "\"42\"", "\"long_enough_to_count\"", "\"𝄞\""];
const NUMBERS: [&str; 8] =
    ["0", "1", "2", "3", "-1", "7", "1152921504606846975", "-1152921504606846976"];
const BINARY: [&str; 15] =
    ["+", "-", "*", "/", "mod", "min", "max", "<", ">", "<=", ">=", "and", "or", "xor", "rshift"];
const UNARY: [&str; 6] = ["negate", "abs", "1+", "1-", "invert", "int_to_str"];

/// Lines of words that mostly run.
pub struct Writer<'c> {
    pub choices: &'c mut Choices,
    /// Whether lines must not print, take input, or contain holes or empty cells.
    pub quiet: bool,
}

impl Writer<'_> {
    fn value(&mut self) -> String {
        match self.choices.below(8) {
            0 => self.choices.of(&TEXTS).to_string(),
            1 => format!("&{}", self.choices.of(&FUNCTIONS[..3])),
            2 => self.choices.of(&NUMBERS).to_string(),
            _ => self.choices.below(6).to_string(),
        }
    }

    fn number(&mut self) -> usize {
        self.choices.below(6)
    }

    /// One to `most` pieces.
    pub fn pieces(&mut self, most: usize, depth: usize) -> String {
        let count = 1 + self.choices.below(most);
        let pieces: Vec<String> = (0..count).map(|_| self.piece(depth)).collect();
        pieces.join(" ")
    }

    fn block(&mut self, depth: usize) -> String {
        let end = if self.choices.one_in(6) { "return" } else { "end" };
        format!("[ {} {end} ]", self.pieces(2, depth + 1))
    }

    /// A piece of program.
    pub fn piece(&mut self, depth: usize) -> String {
        let (a, b) = (self.number(), self.number());
        let local = self.choices.of(&LOCALS);
        let most = if depth > 2 { 22 } else { 43 };
        match self.choices.below(most) {
            0 | 1 => self.value(),
            2 | 3 => format!("{a} {b} {}", self.choices.of(&BINARY)),
            4 => format!("{a} {}", self.choices.of(&UNARY)),
            5 => format!("{} assign:{local}", self.value()),
            6 => format!("{a} assign:{local} pick:{local}"),
            7 => format!("pick:{local}"),
            8 => format!(
                "{} {} {}",
                self.value(),
                self.value(),
                self.choices
                    .of(&["swap", "over", "nip", "tuck", "2dup", "2drop", "=", "<>", "&&", "||"])
            ),
            9 => format!(
                "{} {}",
                self.value(),
                self.choices.of(&["dup", "drop", "not", "is_str", "is_number"])
            ),
            10 => format!(
                "{a} {} {b} {}",
                self.value(),
                self.choices.of(&["rot", "-rot", "1 roll", "2 roll"])
            ),
            11 => match self.choices.below(5) {
                0 => format!("label:{local}"),
                1 => format!("{} set:{local} get:{local}", self.value()),
                2 => format!("get:{local}"),
                // A block that outlives its frame in a global.
                3 if depth < 3 => format!("{} set:{local}", self.block(depth + 1)),
                _ => format!("{} set:{local}", self.value()),
            },
            12 => self.text(),
            13 if self.choices.one_in(2) => format!(
                "{} allocate dup {a} {} {} memory.fill dup dup 1 rot 0 {} memory.copy dup {} memory.resize",
                a + 2,
                self.value(),
                self.choices.below(4),
                self.choices.below(3),
                self.choices.of(&["0", "1", "3", "99", "101", "250"]),
            ),
            13 => format!("{} allocate dup memory.len", a + 1),
            14 => format!(
                "{} {} allocate dup assign:b {a} memory.set pick:b {a} memory.get",
                self.value(),
                a + 1
            ),
            15 if !self.quiet => {
                format!("{} {}", self.value(), self.choices.of(&["print", "print_line"]))
            }
            16 if !self.quiet => {
                self.choices.of(&["input.line", "input.char", "input.ended"]).to_string()
            }
            17 if !self.quiet => {
                let odd = [
                    "·",
                    "z",
                    "&z",
                    "w",
                    "return",
                    "0 return_if",
                    "1 [ drop end ] repeat_if",
                    "2 exit",
                ];
                self.choices.of(&odd).to_string()
            }
            18 if !self.quiet => self.choices.of(Primitive::ALL).name().to_string(),
            19 => "depth".to_string(),
            20 => format!("{} drop", self.value()),
            15..=21 => format!("{a} 1+"),
            22 | 23 => format!("{a} {} if", self.block(depth)),
            24 => format!("{a} {} {} if-else", self.block(depth), self.block(depth)),
            25 => format!("{} call", self.block(depth)),
            26 => format!("{} 1 [ {} drop 1- dup 0 > end ] repeat_if drop", a + 1, self.value()),
            27 => format!("{a} dup [ {} drop 1- dup end ] repeat_if drop", self.piece(3)),
            28 => format!(
                "0 assign:j [ pick:j 1+ assign:j {} pick:j {a} > return_if end ] repeat",
                self.piece(3)
            ),
            37 => format!("{a} {} times", self.block(depth)),
            38 => format!(
                "0 assign:j [ pick:j {a} < end ] [ pick:j 1+ assign:j {} end ] while",
                self.piece(depth + 1)
            ),
            39 => {
                let begin = self.choices.of(&["3", "1 [ 1 end ]", "1 1"]);
                let repeat = self.choices.of(&["times", "repeat", "repeat_if", "while"]);
                format!(
                    "{begin} [ {} 1 [ {} leave end ] if end ] {repeat}",
                    self.piece(3),
                    self.value()
                )
            }
            40 => format!(
                "{a} {}",
                self.choices.of(&["&h times", "&k times", "&h &f while", "leave"])
            ),
            // Loops whose blocks come from elsewhere, and may outlive their frame.
            41 => format!("{} assign:b {a} pick:b times", self.block(depth)),
            42 => format!("2 [ {} end ] pick:b while", self.choices.of(&["1- dup", "pick:n", "0"])),
            29 => format!("{a} f"),
            30 => format!("{} g", self.block(depth)),
            // Blocks that are kept, passed on, and run when their frame may have ended.
            32 => format!("{} dup assign:b g pick:b g", self.block(depth)),
            33 => format!(
                "[ {} end ] {a} 2 allocate dup assign:b 1 memory.set",
                self.piece(depth + 1)
            ),
            34 => "pick:b 1 memory.get call".to_string(),
            35 => format!("{a} {} call", self.choices.of(&["h", "k", "f"])),
            31 => format!("{a} {}", self.choices.of(&["h", "k", "&h call", "&f call"])),
            _ => format!("1 {a} &f if"),
        }
    }

    fn text(&mut self) -> String {
        let (a, b) = (self.choices.of(&TEXTS), self.choices.of(&TEXTS));
        match self.choices.below(8) {
            0 => format!("{a} {b} str_join"),
            1 => format!("{a} {b} str_compare"),
            2 => format!("{a} str_len"),
            3 => "\"añ→𝄞x\" 1 3 sub_str".to_string(),
            4 => "\"añ→\" 1 str_code".to_string(),
            5 => "\"_42\" str_to_int".to_string(),
            6 => "241 code_to_str".to_string(),
            _ => format!("{a} dup str_join"),
        }
    }

    /// Work within a recursion: sometimes a hole, an empty cell, or input.
    fn work(&mut self) -> String {
        if !self.quiet && self.choices.one_in(3) {
            return self.choices.of(&["z", "·", "input.line drop", "w"]).to_string();
        }
        self.piece(2)
    }

    /// The contents of a function.
    pub fn function(&mut self, name: &str) -> String {
        let end = self.choices.of(&["end", "return", "end", "return", ""]);
        match (name, self.choices.below(4)) {
            // Recursion with a base case: two calls as in fib, or one call with work around it.
            ("f", 0) => format!(
                "assign:n pick:n 2 < [ {} return ] if pick:n 2 - f pick:n 1- f {end}",
                self.value()
            ),
            ("f", _) => format!(
                "assign:n pick:n 0 <= [ {} return ] if {} pick:n 1- f {} {end}",
                self.work(),
                self.piece(1),
                self.work()
            ),
            // Makes a block that outlives it, or passes one down a recursion.
            ("h", 0) => format!("assign:n [ pick:n {} end ] {end}", self.value()),
            ("k", 0) => format!(
                "assign:n pick:n 0 <= [ {} return ] if [ pick:n {} end ] g pick:n 1- k {end}",
                self.value(),
                self.piece(2)
            ),
            // Takes a block and runs it.
            ("g", 0) => format!("call {} {end}", self.piece(2)),
            ("g", 1) => format!("assign:b {} pick:b call {} {end}", self.piece(2), self.piece(2)),
            ("g", 2) if self.choices.one_in(2) => {
                format!("assign:b 2 assign:n [ pick:n 1- assign:n pick:n end ] pick:b while {end}")
            }
            ("g", 2) if self.choices.one_in(2) => format!("assign:b 2 pick:b times {end}"),
            ("g", 2) => format!("assign:b 2 dup [ pick:b call 1- dup end ] repeat_if drop {end}"),
            ("g", _) => format!("1 swap if {} {end}", self.piece(2)),
            _ => format!("{} {end}", self.pieces(3, 1)),
        }
    }

    /// The commands that write a program, with its functions first or last.
    pub fn program(&mut self) -> Vec<Command> {
        let names = if self.choices.one_in(3) { &FUNCTIONS[..2] } else { &FUNCTIONS[..4] };
        let list = names.iter().map(|&name| (name.to_string(), line(&self.function(name))));
        let define = Command::Define(list.collect());
        let words = format!("{} {} f {}", self.pieces(2, 0), self.number(), self.pieces(4, 0));
        let main = Command::Write(Place::new(0, 0), line(&words));
        if self.choices.one_in(4) { vec![main, define] } else { vec![define, main] }
    }
}

/// What a person does next to a machine in the state of the model: one gesture.
pub fn gesture(seed: u64, model: &Model) -> Vec<Command> {
    let mut choices = Choices::new(seed);
    let c = &mut choices;
    match c.below(100) {
        0..36 => vec![Command::Run(1 + c.below(24) as u64)],
        36..60 => mend(c, model),
        60..86 => vec![edit(c, model)],
        _ => vec![adjust(c, model)],
    }
}

fn writing(c: &mut Choices, most: usize) -> Fragment {
    line(&Writer { choices: c, quiet: false }.pieces(most, 1))
}

/// A place, most often at or near a saved position.
pub fn place(c: &mut Choices, model: &Model) -> Place {
    let mut saved = vec![model.counter];
    saved.extend(model.calls.iter().filter_map(|live| live.returns_to));
    for thread in model.others.values() {
        saved.push(thread.counter);
        saved.extend(thread.calls.iter().filter_map(|live| live.returns_to));
    }
    let near = if c.one_in(4) {
        let live: Vec<u32> =
            (0..model.bodies.len() as u32).filter(|&n| model.body(n).is_some()).collect();
        Place::new(c.of(&live), c.below(12) as u32)
    } else {
        c.of(&saved)
    };
    let size = model.body(near.body.0).map_or(1, |body| body.cells.len() as u32);
    let offset = match c.below(12) {
        0..6 => near.offset.0,
        6..8 => near.offset.0 + 1,
        8..10 => near.offset.0.saturating_sub(1),
        10 => c.below(4) as u32,
        _ if c.one_in(4) => size - 1 - c.below(3) as u32,
        _ => c.below(10) as u32,
    };
    Place::new(near.body, offset.min(size - 1))
}

/// Changes code.
pub fn edit(c: &mut Choices, model: &Model) -> Command {
    let at = place(c, model);
    match c.below(40) {
        0..8 => Command::Write(model.counter, writing(c, 2)),
        8..16 => Command::Write(at, writing(c, 2)),
        16..23 => Command::Insert(at, writing(c, 2)),
        23..27 => Command::Replace(at, writing(c, 1)),
        27 => Command::Replace(at, Fragment { bodies: vec![vec![]] }),
        28..33 => Command::Delete(at, 1 + c.below(3) as u32),
        33 => Command::Replace(at, Fragment::line(vec![model.spell(model.cell(at))])),
        34 => {
            let many = 10 + c.below(90);
            Command::Insert(at, Fragment::line(vec![instruction("label:x"); many]))
        }
        35 => Command::Write(at, Fragment::line(vec![block(c, model)])),
        36 => Command::Remove(c.below(model.bodies.len() + 1) as u32),
        37 => {
            let name = c.of(&FUNCTIONS);
            let words = Writer { choices: c, quiet: false }.function(name);
            Command::Define(vec![(name.to_string(), line(&words))])
        }
        _ => {
            let name = c.of(&FUNCTIONS[..4]);
            let words = Writer { choices: c, quiet: false }.function(name);
            Command::Redefine(name.to_string(), line(&words))
        }
    }
}

/// The address of a random code body, as a person would write it.
fn block(c: &mut Choices, model: &Model) -> Instruction {
    let value = Instr::Push(Value::Code(c.below(model.bodies.len()) as u32));
    match &value {
        Instr::Push(Value::Code(n)) if model.body(*n).is_some() => model.spell(Some(&value)),
        _ => Instruction::Breakpoint,
    }
}

/// A random body as a block of a random frame, which need not fit together.
fn block_value(c: &mut Choices, model: &Model) -> Instruction {
    let body = c.below(model.bodies.len()) as u32;
    let number = match c.below(4) {
        0 => c.below(model.frames as usize + 2) as u64,
        _ => c.of(&model.calls.iter().map(|live| live.home).collect::<Vec<_>>()),
    };
    Instruction::BlockValue(Body(body), FrameNumber::spelled(number).unwrap())
}

fn given(c: &mut Choices, model: &Model) -> Instruction {
    match c.below(8) {
        0 => block(c, model),
        7 => Instruction::Task(TaskId(c.count(model.made + 1))),
        6 => block_value(c, model),
        1 if !model.data.is_empty() => instruction(&format!("@d{}", c.below(model.data.len()))),
        2 => instruction(c.of(&TEXTS)),
        3 => instruction(c.of(&NUMBERS)),
        _ => Instruction::Integer(c.below(5) as i64),
    }
}

/// Changes anything else.
pub fn adjust(c: &mut Choices, model: &Model) -> Command {
    let depth = c.below(model.calls.len() + 1);
    match c.below(24) {
        0..3 => Command::SetCounter(place(c, model)),
        3..6 => Command::Push(vec![given(c, model), given(c, model)]),
        6..8 => Command::Drop(c.below(4)),
        8..10 => Command::SetParameter(c.below(model.stack.len() + 1), given(c, model)),
        10..13 => {
            let value = (!c.one_in(4)).then(|| given(c, model));
            Command::SetLocal(depth, c.of(&LOCALS).to_string(), value)
        }
        13 => {
            let value = (!c.one_in(3)).then(|| given(c, model));
            Command::SetGlobal(c.of(&LOCALS).to_string(), value)
        }
        14 | 15 => {
            let body = c.below(model.data.len() + 1) as u32;
            Command::SetData(body, c.below(5) as u64, given(c, model))
        }
        16 => Command::Restart(depth, vec![given(c, model)]),
        17 | 18 => Command::GiveInput(c.of(&["x", "one\n", "two\r\n", "añ", "\n", ""]).to_string()),
        19 => Command::EndInput,
        _ => limit(c, model),
    }
}

/// A limit that is reached now or soon.
fn limit(c: &mut Choices, model: &Model) -> Command {
    let kind = c.of(&LimitKind::ALL);
    let now = match kind {
        LimitKind::Memory => model.cells(),
        LimitKind::Parameters => model.all_parameters() as u64,
        LimitKind::Calls => model.all_calls() as u64,
        LimitKind::Text => model.reachable().1.iter().map(|text| text.len() as u64).sum(),
        LimitKind::Output => model.output.len() as u64,
        LimitKind::Tasks => model.all_tasks() as u64,
    };
    let room = c.of(&[0, 1, 2, 5, 10, 300]);
    Command::SetLimit(kind, (now + room).saturating_sub(u64::from(c.one_in(4))))
}

/// Gives the machine what it waits for. If it does not wait, runs it.
pub fn mend(c: &mut Choices, model: &Model) -> Vec<Command> {
    let at = model.counter;
    let mut writer = Writer { choices: c, quiet: false };
    match model.waits() {
        None => vec![Command::Run(5 + c.below(40) as u64)],
        Some(Halt::Breakpoint) => {
            let end = if model.calls.len() > 1 { "end" } else { "5" };
            vec![Command::Write(at, line(&format!("{} {end}", writer.piece(2))))]
        }
        Some(Halt::Finished) => {
            let words = format!("{} {} f", writer.pieces(2, 0), writer.number());
            vec![Command::Insert(at, line(&words))]
        }
        Some(Halt::Missing(name)) => {
            let words = writer.function(&name);
            vec![Command::Define(vec![(name, line(&words))])]
        }
        Some(Halt::Input) => vec![Command::GiveInput("añ\n".to_string())],
        Some(Halt::Limit(kind)) => vec![Command::SetLimit(kind, kind.default_value())],
        Some(Halt::Fault(_)) => cure(model),
        Some(Halt::Exit(_) | Halt::Blocked | Halt::Deadlock) => {
            vec![Command::Replace(at, line("label:ended"))]
        }
    }
}

/// Commands that make the instruction under the counter run, whatever its fault.
pub fn cure(model: &Model) -> Vec<Command> {
    use midflight::vm::instruction::Kind as Takes;
    let at = model.counter;
    let replace = Command::Replace(at, line("label:cured"));
    match (model.waits(), model.cell(at)) {
        (Some(Halt::Fault("flag")), _) => vec![Command::Push(values("0"))],
        (Some(Halt::Fault("unset")), Some(Instr::GetGlobal(name))) => {
            vec![Command::SetGlobal(name.clone(), Some(Instruction::Integer(2)))]
        }
        (Some(Halt::Fault("operands")), Some(Instr::Assign(_) | Instr::SetGlobal(_))) => {
            vec![Command::Push(values("3"))]
        }
        (Some(Halt::Fault("unassigned")), Some(Instr::Pick(name))) => {
            let home = model.home(at).unwrap();
            vec![Command::SetLocal(home, name.clone(), Some(Instruction::Integer(2)))]
        }
        (
            Some(Halt::Fault(
                "frame" | "length" | "index" | "code" | "loop" | "left" | "home" | "resumer"
                | "main" | "rests" | "close" | "share" | "turns" | "room" | "channel" | "count",
            )),
            _,
        ) => vec![replace],
        (Some(Halt::Fault(fault)), Some(Instr::Do(primitive))) => {
            // No number can be written in base 1.
            let number = if fault == "base" { 2 } else { 1 };
            let mut given = Vec::new();
            for takes in primitive.row().takes {
                given.push(match takes {
                    Takes::Any | Takes::Integer => Instruction::Integer(number),
                    Takes::Text => instruction("\"1\""),
                    Takes::Code => instruction("&main"),
                    Takes::Task => Instruction::Task(TaskId(0)),
                    Takes::Data => {
                        match model.data.iter().position(|d| d.values.len() > 1 && !d.freed) {
                            Some(data) => instruction(&format!("@d{data}")),
                            None => return vec![replace],
                        }
                    }
                });
            }
            vec![Command::Push(given)]
        }
        _ => vec![replace],
    }
}

/// Whether a body is a block.
pub fn is_block(model: &Model, body: u32) -> bool {
    matches!(model.body(body).map(|body| &body.kind), Some(Kind::Block(_)))
}
