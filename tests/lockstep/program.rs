//! Random programs: functions `f0` to `f2` of one parameter, a few functions that are given blocks, and main,
//! which calls them. They favour what the fast interpreter treats as a whole: operands with an operator and
//! a destination, and blocks in blocks.

use crate::support::choices::Choices;

use super::crowd::{BEGIN, WORKERS};
use super::values::{self, LOCALS, OPERATORS, TESTS};

/// The number of main, as a place to write code for.
pub const MAIN: usize = 3;
/// How deep blocks are nested by chance. [`Maker::nest`] goes deeper.
const DEPTH: u32 = 3;

/// A function that gives a block it gets to an instruction, or calls it somewhere else.
const GIVEN: &str = "\
[ assign: a assign: b a b call + return ] bind: given
[ assign: a assign: b b a if 1 drop return ] bind: given-if
[ assign: a 1 drop 3 a times a call ] bind: given-times
[ assign: a 3 assign: b [ b 1 - assign: b b 0 > ] a while ] bind: given-while
[ assign: n assign: w n 0 > [ w call w n 1 - given-deep ] if ] bind: given-deep
[ assign: w 1 [ 1 [ 2 [ w call ] times ] if ] if ] bind: given-nested
[ 0 1000 within ] bind: in-range
[ assign: n n 1 < [ return ] if n 1 - both-ways n 2 - both-ways ] bind: both-ways
";

/// Writes code.
pub struct Maker<'c> {
    pub c: &'c mut Choices,
    pub text: String,
    /// The number of the function that it is for.
    pub function: usize,
    depth: u32,
    /// Whether it is for a program with several tasks.
    pub crowded: bool,
}

/// A program text.
pub fn program(c: &mut Choices) -> String {
    write(Maker::new(c, 0))
}

/// The text of a program with several tasks.
pub fn crowded(c: &mut Choices) -> String {
    write(Maker { crowded: true, ..Maker::new(c, 0) })
}

fn write(mut maker: Maker<'_>) -> String {
    for function in 0..MAIN {
        maker.function = function;
        maker.function();
    }
    maker.text.push_str(GIVEN);
    if maker.crowded {
        maker.text.push_str(WORKERS);
    }
    maker.function = MAIN;
    maker.locals(0);
    if maker.crowded {
        maker.say(BEGIN);
        (0..maker.c.below(5)).for_each(|_| maker.crowd());
    }
    maker.say("1 2 3");
    maker.statements();
    maker.text
}

/// A few words for the middle of a function.
pub fn words(c: &mut Choices) -> String {
    let simple = ["a", "1", "drop", "return", "...", "gap", "dup", "[ 1 ] call", "leave", "end"];
    match c.below(8) {
        0 => "label: edited".to_string(),
        1 => c.of(&simple).to_string(),
        _ => {
            let function = c.below(MAIN + 1);
            let mut maker = Maker::new(c, function);
            maker.depth = DEPTH - 1;
            maker.statement();
            maker.text
        }
    }
}

impl Maker<'_> {
    fn new(c: &mut Choices, function: usize) -> Maker<'_> {
        Maker { c, text: String::new(), function, depth: 0, crowded: false }
    }

    pub fn say(&mut self, words: &str) {
        self.text.push_str(words);
        self.text.push(' ');
    }

    pub fn pick(&mut self, list: &[&str]) {
        let words = self.c.of(list);
        self.say(words);
    }

    fn function(&mut self) {
        if self.c.one_in(4) {
            let least = self.c.below(4);
            self.say(&format!("[ assign: a a {least} < [ a return ] if"));
        } else {
            self.say("[ assign: a");
        }
        self.locals(1);
        if self.c.below(3) > 0 {
            let leave = self.c.of(&["1 return", "a return", "b return", "a 1 + return", "return"]);
            let least = self.c.below(4);
            self.say(&format!("a {least} < [ {leave} ] if"));
        }
        self.statements();
        self.pick(&["a return", "return", "a b + return", "7 return", "", "a 3 <", "a 1- return"]);
        let number = self.function;
        self.say(&format!("] bind: f{number}\n"));
    }

    /// Gives the locals values; `u` most often gets none.
    fn locals(&mut self, first: usize) {
        for local in &LOCALS[first..] {
            let number = if self.function == MAIN { self.c.below(20) } else { 0 };
            self.say(&format!("{number} assign: {local}"));
        }
        if self.c.one_in(3) {
            self.say("4");
        } else {
            self.say("[ ]");
        }
        self.say("assign: w");
        let text = values::text(self.c);
        self.say(&format!("{text} assign: t 0 [ 0 assign: u ] if"));
        match (self.function == MAIN, self.c.below(4)) {
            (true, 0) => self.say("5 allocate dup set: m dup set: n assign: m"),
            (true, _) => self.say("5 allocate dup set: m assign: m 3 allocate set: n"),
            (false, 0) => self.say("2 assign: m"),
            (false, _) => self.say("get: m assign: m"),
        }
    }

    pub fn statements(&mut self) {
        for _ in 0..=self.c.below(5) {
            self.statement();
        }
    }

    /// Statements one level deeper, in brackets.
    fn block(&mut self, ends: &[&str]) {
        self.depth += 1;
        self.say("[");
        self.statements();
        self.pick(ends);
        self.say("]");
        self.depth -= 1;
    }

    fn statement(&mut self) {
        if self.crowded && self.c.one_in(18) {
            return self.crowd();
        }
        let kinds = if self.depth >= DEPTH { 17 } else { 36 };
        match self.c.below(kinds) {
            0..=2 => self.operation(),
            3 => self.update(),
            4..=7 => self.instruction(),
            8 => self.word(),
            9 => self.print(),
            10 => self.texts(),
            11 | 12 => self.call(),
            13 => self.globals(),
            14 => self.data(),
            15 => self.assigns(),
            16 if self.c.one_in(20) => self.say("3 exit"),
            16 => self.pick(&["", "a 9 > return_if", "drop drop", "2drop", "a 4 < [ u ] if"]),
            17..=19 => {
                self.test();
                self.block(&["", "", "1 return", "return", "...", "a 2 <", "leave"]);
                self.say("if");
            }
            20 | 21 => {
                self.test();
                self.block(&["", "", "leave", "return"]);
                self.block(&["", "", "leave", "a"]);
                self.say("if-else");
            }
            22..=24 => self.nest(),
            25..=27 => self.handed_over(),
            _ => self.looped(),
        }
    }

    /// A flag.
    fn test(&mut self) {
        let (a, b) = (values::operand(self.c), values::operand(self.c));
        let test = self.c.of(TESTS);
        let words = match self.c.below(12) {
            0 => "depth".to_string(),
            1 => values::any(self.c),
            2 => format!("m {b} memory.get"),
            3 => format!("m {} memory.get", self.c.of(LOCALS)),
            4 => format!("dup {} {test}", self.c.below(9)),
            5 => "t \"ab\" =".to_string(),
            _ => format!("{a} {b} {test}"),
        };
        self.say(&words);
    }

    /// Two operands, an operator and a destination.
    fn operation(&mut self) {
        let (x, y, z) = (self.c.of(LOCALS), self.c.of(LOCALS), self.c.of(LOCALS));
        let (a, b) = (values::operand(self.c), values::operand(self.c));
        let literal = values::literal(self.c);
        let operator = match self.c.below(3) {
            0 => self.c.of(&["+", "-"]),
            1 => self.c.of(TESTS),
            _ => self.c.of(OPERATORS),
        };
        let operands = match self.c.below(9) {
            0 => format!("assign: {x} {x} {literal}"),
            1 => format!("dup {literal}"),
            2 => format!("{x} {literal}"),
            3 => format!("{x} {y}"),
            4 => literal,
            5 => y.to_string(),
            6 => String::new(),
            _ => format!("{a} {b}"),
        };
        self.say(&operands);
        match self.c.below(8) {
            0 => self.pick(&["1+", "1-"]),
            _ => self.say(operator),
        }
        match self.c.below(14) {
            0..=4 => self.say(&format!("assign: {z}")),
            5 if self.function < MAIN => self.say(&format!("f{}", (self.function + 1).min(2))),
            6 if self.c.one_in(3) => self.say("return"),
            7 => self.say("return_if"),
            8 => self.say("[ a ] if"),
            9 => self.say("[ a 1 + assign: a ] [ b ] if-else"),
            10 => self.say("[ leave ] if"),
            _ => {}
        }
    }

    /// Adds to a local and tests it.
    fn update(&mut self) {
        let update = self.updating();
        self.say(&update);
        self.pick(&["[ b ] if", "[ return ] if", "[ leave ] if", "drop", "", "return_if"]);
    }

    fn updating(&mut self) -> String {
        let (x, y, z) = (self.c.of(LOCALS), self.c.of(LOCALS), self.c.of(LOCALS));
        let z = if self.c.one_in(3) { z } else { x };
        let add = if self.c.one_in(2) { y.to_string() } else { values::literal(self.c) };
        let limit = match self.c.below(4) {
            0 => self.c.of(LOCALS).to_string(),
            1 => values::literal(self.c),
            _ => self.c.of(&["9", "50", "-3", "200"]).to_string(),
        };
        let (operator, test) = (self.c.of(&["+", "-"]), self.c.of(TESTS));
        format!("{x} {add} {operator} assign: {z} {z} {limit} {test}")
    }

    fn assigns(&mut self) {
        for _ in 0..=self.c.below(4) {
            let value = values::any(self.c);
            self.say(&value);
        }
        for _ in 0..=self.c.below(3) {
            let local = match self.c.below(12) {
                0 => "t",
                1 => "w",
                2 => "m",
                _ => self.c.of(LOCALS),
            };
            self.say(&format!("assign: {local}"));
        }
    }

    /// Calls go to a later function, or to the same one with a smaller argument, so most end.
    fn call(&mut self) {
        let (less, number) = (1 + self.c.below(2), self.c.below(7));
        match self.c.below(8) {
            0 => self.say(&format!("{} both-ways", number.min(4))),
            1 => self.say("w call"),
            2 => self.say("[ a 1 + assign: a ] given-nested"),
            _ if self.function < MAIN => {
                let next = (self.function + 1).min(2);
                let target = if self.c.one_in(2) { self.function } else { next };
                self.say(&format!("a {less} - f{target}"));
            }
            _ => {
                let target = self.c.below(3);
                self.say(&format!("{number} f{target}"));
            }
        }
    }

    /// Blocks and functions passed as values, within this function and to others.
    fn handed_over(&mut self) {
        match self.c.below(6) {
            0 => self.pick(&["pushf: f0", "pushf: f1", "pushf: f2", "pushf: in-range"]),
            1 => self.pick(&["b", "w", "t"]),
            _ => self.block(&[
                "",
                "1 return",
                "return",
                "a 2 <",
                "leave",
                "0",
                "a 1 + dup assign: a 9 <",
            ]),
        }
        if self.c.one_in(4) {
            self.say("assign: w w");
        }
        let flag = values::test(self.c);
        let (y, turns) = (self.c.of(LOCALS), self.c.below(4));
        let words = match self.c.below(20) {
            0 => "call".to_string(),
            1 => "dup call call".to_string(),
            2 => format!("{flag} swap if"),
            3 => format!("{flag} swap repeat_if"),
            4 => format!("dup {flag} rot rot if-else"),
            5 => "1 given".to_string(),
            6 => format!("{flag} swap given-if"),
            7 => "given-times".to_string(),
            8 => "given-while".to_string(),
            9 => format!("{turns} swap times"),
            10 => format!("[ {y} 1 + assign: {y} {y} 9 < ] swap while"),
            11 => "assign: w w 3 given-deep".to_string(),
            12 => "assign: w w 40 given-deep".to_string(),
            13 => "given-nested".to_string(),
            14 => "assign: w 1 [ 2 [ w call w call ] times ] if".to_string(),
            15 => format!("[ {y} 1 + assign: {y} {y} 9 > return_if ] drop repeat"),
            16 => format!("[ {y} 1 + assign: {y} ] while"),
            17 => format!("assign: w {turns} w times 1 w repeat_if"),
            18 => format!("assign: w {flag} w w if-else"),
            _ => "drop".to_string(),
        };
        self.say(&words);
    }

    /// A loop written as such.
    fn looped(&mut self) {
        let y = self.c.of(LOCALS);
        let step = format!("{y} 1 + assign: {y} {y} 9");
        match self.c.below(9) {
            0 | 1 => {
                self.pick(&["1", "a", "u"]);
                let update = self.updating();
                self.block(&[&update]);
                self.say("repeat_if");
            }
            2 | 3 => {
                self.pick(&["0", "1", "2", "3", "6", "a", "-1", "t"]);
                self.block(&["", "", "return", "...", "a b <", "leave", "a 3 > [ leave ] if"]);
                self.say("times");
            }
            4 | 5 => {
                let condition = match self.c.below(8) {
                    0 => format!("{step} <"),
                    1 => format!("{y} 1+ dup assign: {y} f2"),
                    2 => format!("{y} in-range {step} < &&"),
                    3 => format!("{step} > [ leave ] if {y}"),
                    4 => values::test(self.c),
                    5 => "b".to_string(),
                    _ => format!("{y} 9 <"),
                };
                self.say(&format!("[ {condition} ]"));
                let last = format!("{y} 1 + assign: {y}");
                self.block(&[&last, &last, "leave", "a 9 > [ leave ] if", "return"]);
                self.say("while");
            }
            6 => {
                let test = values::test(self.c);
                self.say("1");
                self.block(&[&format!("{test} [ leave ] if {step} <")]);
                self.pick(&["repeat", "repeat_if", "times"]);
            }
            7 => {
                self.pick(&["1", "3"]);
                self.block(&["0", "1", "a", "leave"]);
                self.pick(&["dup times times", "dup call drop", "2dup times repeat_if"]);
            }
            _ => {
                self.block(&[&format!("{step} > return_if"), &format!("{step} > [ leave ] if")]);
                self.say("repeat");
            }
        }
    }

    /// Blocks in blocks, often more than the fast interpreter runs without entries. Between and inside of
    /// them are calls and ways out.
    fn nest(&mut self) {
        let levels = match self.c.below(4) {
            0 => 12 + self.c.below(10),
            1 => 6,
            _ => 2 + self.c.below(3),
        };
        let outer = self.depth;
        self.depth = DEPTH;
        let mut closings = Vec::new();
        for _ in 0..levels {
            let closing = self.open();
            closings.push(closing);
            if self.c.one_in(levels) {
                self.statement();
            }
        }
        self.statement();
        self.pick(&["", "leave", "return", "a 3 > [ leave ] if", "a return_if", "2 f1", "w call"]);
        while let Some(closing) = closings.pop() {
            if self.c.one_in(levels) {
                self.statement();
            }
            self.say(&closing);
        }
        self.depth = outer;
    }

    /// Opens a block that will run, and returns what closes it.
    fn open(&mut self) -> String {
        let y = self.c.of(LOCALS);
        let step = format!("{y} 1 + assign: {y} {y} 9");
        let test = values::test(self.c);
        let turns = 1 + self.c.below(3);
        let (before, after) = match self.c.below(17) {
            0 | 1 => ("1 [".to_string(), "] if".to_string()),
            2 => (format!("{test} ["), "] if".to_string()),
            3 => (format!("{test} ["), "] [ b ] if-else".to_string()),
            4 => (format!("{test} [ a 1+ assign: a ] ["), "] if-else".to_string()),
            5..=7 => (format!("{turns} ["), "] times".to_string()),
            8 => ("[".to_string(), "leave ] repeat".to_string()),
            9 => ("[".to_string(), format!("{step} > [ leave ] if ] repeat")),
            10 => ("1 [".to_string(), format!("{step} < ] repeat_if")),
            11 => ("1 [".to_string(), "0 ] repeat_if".to_string()),
            12 => (format!("[ {step} < ] ["), "] while".to_string()),
            13 => ("[".to_string(), format!("{step} < ] [ a 1- assign: a ] while")),
            14 => ("[".to_string(), "] call".to_string()),
            15 => (format!("[ {step} < {y} f2 drop ] ["), "] while".to_string()),
            _ => ("[".to_string(), format!("] assign: w {turns} w times")),
        };
        self.say(&before);
        after
    }
}
