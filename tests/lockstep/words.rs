//! Random words of a program other than operators, branches and loops: every instruction of the table with
//! operands of the kinds that it takes, texts, data, globals and prints.

use midflight::vm::instruction::{Group, Kind, Primitive};

use super::program::Maker;
use super::values::{self, LOCALS};

impl Maker<'_> {
    /// Any instruction, most often with what it takes.
    pub fn instruction(&mut self) {
        let group = |primitive: Primitive| primitive.row().group;
        let mut primitive = self.c.of(Primitive::ALL);
        while group(primitive) == Group::Control && self.c.below(9) > 0
            || group(primitive) == Group::Task && !self.crowded
        {
            primitive = self.c.of(Primitive::ALL);
        }
        let row = primitive.row();
        for &kind in row.takes {
            let value = self.of_kind(kind);
            self.say(&value);
        }
        self.say(row.name);
        // What is left must not fill the stack.
        let given = row.effect.split("--").nth(1).unwrap_or("").split_whitespace().count() - 1;
        for _ in 0..given.min(4) {
            let local = self.c.of(&["a", "b", "t", "m"]);
            match self.c.below(4) {
                0 => self.say(&format!("assign: {local}")),
                1 => self.say("drop"),
                2 => self.say("print"),
                _ => {}
            }
        }
    }

    /// The words of a value of a kind, or now and then of another.
    fn of_kind(&mut self, kind: Kind) -> String {
        if self.c.one_in(40) {
            return self.c.of(&["", "u", "t", "w", "m", "a", "dup"]).to_string();
        }
        let c = &mut *self.c;
        match kind {
            Kind::Any => values::any(c),
            Kind::Integer if c.one_in(6) => c.of(LOCALS).to_string(),
            Kind::Integer if c.one_in(9) => values::literal(c),
            Kind::Integer => c.of(&["0", "1", "1", "2", "2", "3", "10"]).to_string(),
            Kind::Text if c.one_in(3) => "t".to_string(),
            Kind::Text if c.one_in(3) => c.of(&["\"101\"", "\" 2\"", "\"a\""]).to_string(),
            Kind::Text => values::text(c),
            Kind::Data => c.of(&["m", "get: m", "get: n", "get: q"]).to_string(),
            Kind::Task => self.task().to_string(),
            Kind::Code => c.of(&["[ a ]", "w", "[ 0 ]", "pushf: in-range", "[ ]"]).to_string(),
        }
    }

    /// A word for the stack, or another short one.
    pub fn word(&mut self) {
        self.pick(&[
            "dup",
            "drop",
            "swap",
            "over",
            "rot",
            "-rot",
            "nip",
            "tuck",
            "2dup",
            "2drop",
            "not",
            "1+",
            "1-",
            "negate",
            "depth",
            "label: here",
            "1 roll",
            "2 roll",
            "abs",
            "invert",
            "?dup",
            "2over",
            "2swap",
            "1 pick",
            "3 pick",
            "70 roll",
            "depth 2 - pick",
            "&&",
            "||",
            "1 2 within",
            "2 3 */",
            "is_int",
            "is_str",
            "is_block",
            "is_data",
            "a 1+ assign: a",
            "b 1- assign: c",
            "1+ assign: d",
            "a 1+",
            "a b",
            "a b c",
            "w call",
            "u",
            "a return_if",
        ]);
    }

    pub fn print(&mut self) {
        let value = values::any(self.c);
        match self.c.below(5) {
            0 => self.say("t print_line"),
            1 => self.say("a print"),
            2 => self.say("dup print"),
            _ => {
                self.say(&value);
                self.pick(&["print", "print_line"]);
            }
        }
    }

    pub fn texts(&mut self) {
        let text = values::text(self.c);
        let (x, y) = (self.c.of(LOCALS), self.c.of(LOCALS));
        let words = match self.c.below(23) {
            0 => format!("t {text} str_join assign: t"),
            1 => "t dup str_join assign: t".to_string(),
            2 => format!("{text} assign: t"),
            3 => format!("t {x} str_code assign: {y}"),
            4 => "t 0 str_code".to_string(),
            5 => format!("t {x} {y} sub_str assign: t"),
            6 => "t 1 3 sub_str print".to_string(),
            7 => format!("t str_len assign: {x}"),
            8 => format!("{x} int_to_str assign: t"),
            9 => format!("t is_number [ t str_to_int assign: {x} ] if"),
            10 => format!("t {text} ="),
            11 => format!("t {text} <> [ {text} assign: t ] if"),
            12 => format!("t {text} str_compare assign: {x}"),
            13 => "t \"\" str_join t = print".to_string(),
            14 => format!("{x} 100 + code_to_str assign: t"),
            15 => "input.ended not [ input.line assign: t ] if".to_string(),
            16 => "input.ended [ input.char print ] [ input.line drop ] if-else".to_string(),
            17 => format!("{text} set: s get: s str_len assign: {x}"),
            18 => "t str_len 80 > [ \"\" assign: t ] if".to_string(),
            19 => format!("{x} [ t {y} int_to_str str_join assign: t ] times"),
            20 => "\"1011\" 2 base_to_int drop".to_string(),
            21 => "9000 code_to_str t swap str_join assign: t".to_string(),
            _ => format!("t {x} str_code {y} ="),
        };
        self.say(&words);
    }

    pub fn globals(&mut self) {
        let (x, number) = (self.c.of(LOCALS), self.c.below(9));
        let words = match self.c.below(8) {
            0 => "get: g".to_string(),
            1 => "set: g".to_string(),
            2 => format!("{x} set: g get: g assign: {x}"),
            3 => format!("{number} set: g"),
            4 => format!("get: g {number} + set: g"),
            5 => format!("[ {x} ] set: g"),
            6 => format!("{number} [ get: g 1+ set: g ] times"),
            _ => format!("{number} set: h{}", self.c.below(4)),
        };
        self.say(&words);
    }

    pub fn data(&mut self) {
        let (x, y) = (self.c.of(LOCALS), self.c.of(LOCALS));
        let value = values::any(self.c);
        let words = match self.c.below(12) {
            0 => format!("m {x} memory.get"),
            1 => format!("7 m {x} memory.set"),
            2 => format!("{value} m {y} memory.set"),
            3 => format!("m {x} memory.get [ 1 ] if"),
            4 => "m 2 memory.get".to_string(),
            5 => "m memory.len".to_string(),
            6 => format!("{x} {y} m 1 memory.set"),
            7 => format!("m {x} memory.get assign: {y}"),
            8 => format!("{x} 3 mod abs assign: {x} {value} m {x} memory.set"),
            9 => format!("{} assign: {x} m {x} memory.get", self.c.below(5)),
            10 => format!("{x} allocate assign: m"),
            _ => "m memory.len [ 3 m 0 memory.set ] times".to_string(),
        };
        self.say(&words);
    }
}
