//! Random words about tasks and channels. Tasks are in the globals `t` and `k`, a channel in `q`.

use super::program::Maker;
use super::values;

/// Functions that tasks are made of.
pub const WORKERS: &str = "\
[ assign: n n 1 task.yield drop n 1+ 1 task.yield drop 40 [ n 1+ assign: n ] times n ] bind: gives
[ assign: n 30 [ n 3 + assign: n n 7 mod drop ] times task.pause n f2 ] bind: works
[ 5 [ get: q channel.receive drop ] times ] bind: takes
[ 4 [ dup get: q channel.send ] times drop ] bind: sends
";

/// What main begins with.
pub const BEGIN: &str = "2 channel.new set: q 0 pushf: takes task.spawn set: k 0 1 pushf: gives task.new set: t drop drop";

impl Maker<'_> {
    /// A task as a word.
    pub fn task(&mut self) -> &'static str {
        self.c.of(&["get: t", "get: t", "get: k", "task.self"])
    }

    /// Something about tasks.
    pub fn crowd(&mut self) {
        let task = self.task();
        let (name, text) = (self.c.of(&["t", "k"]), values::any(self.c));
        let worker = self.c.of(&[
            "pushf: gives",
            "pushf: works",
            "pushf: sends",
            "[ a 1+ assign: a a works ]",
            "[ w call a b + ]",
            "pushf: f1",
        ]);
        let words = match self.c.below(16) {
            0..=3 => format!("3 1 {worker} task.spawn set: {name}"),
            4 => format!("{worker} task.new set: {name}"),
            5 => format!("{task} task.status \"rests\" = [ 1 1 {task} task.resume 2drop ] if"),
            6 => format!("2 1 {task} task.resume 2drop"),
            7 => format!(
                "{worker} task.new assign: m 4 1 m task.resume 2drop 1 1 m task.resume 2drop"
            ),
            8 => "0 pushf: takes task.spawn drop".to_string(),
            9 => "1 pushf: sends task.new task.resume drop".to_string(),
            10 => format!("{text} get: q channel.send"),
            11 => "get: q channel.receive drop".to_string(),
            12 => "task.pause".to_string(),
            13 => format!("{} task.sleep", self.c.of(&["0", "5", "300", "a"])),
            14 => format!("{task} task.status \"over\" = [ {task} task.join drop ] if"),
            _ => format!(
                "[ 1 1 {task} task.yieldto drop a 1 task.yield drop ] task.new assign: m 0 m task.resume 2drop"
            ),
        };
        self.say(&words);
    }
}
