//! The tour: fib is written while fib(3) runs. A hint is done when the machine reaches a certain state,
//! no matter how.

use super::surroundings::SWITCH_KEY;
use crate::program::notation::Notation;
use crate::view::stop::{Tone, stop};
use crate::vm::instruction::Instruction;
use crate::vm::machine::Machine;
use crate::vm::memory::{MAIN, Place};
use crate::vm::stop::Stop;

/// A hint, and when it is done.
pub struct Hint {
    /// What it says.
    text: &'static str,
    /// What it says to who types in the source notation; the same if it is empty.
    source: &'static str,
    /// Whether it is done.
    pub done: fn(&Machine) -> bool,
}

/// All hints, in order.
pub const HINTS: &[Hint] = &[
    Hint {
        text: "Let's compute fib(3). fib does not exist yet; that is fine. Type `3 fib` and press Enter. (Ctrl+T for `fib(3)` instead.)",
        source: "Let's compute fib(3). fib does not exist yet; that is fine. Type `fib(3)` and press Enter. (Ctrl+T for `3 fib` instead.)",
        done: |machine| {
            has(machine, "fib") || machine.waits() == Some(Stop::NotYetImplemented("fib".into()))
        },
    },
    Hint {
        text: "fib is missing, called at 1 with 3. Press Enter on the empty line: it creates fib and enters it.",
        source: "",
        done: |machine| has(machine, "fib"),
    },
    Hint {
        text: "3 is waiting. Name it: `assign: i`.",
        source: "3 is waiting on the stack, and `_` means it. Name it: `i = _`.",
        done: |machine| {
            cells(machine, "fib") >= 1
                && (frames(machine) < 2 || cells(machine, "fib") >= 2 || empty_stack(machine))
        },
    },
    Hint {
        text: "i is 3, so the small cases can wait. The first half is fib(i - 2): type `i 2 - fib`.",
        source: "i is 3, so the small cases can wait. The first half is fib(i - 2): type `fib(i - 2)`.",
        done: |machine| frames(machine) >= 3 || cells(machine, "fib") > 5,
    },
    Hint {
        text: "A second fib has begun, and the first one waits. Press Enter: one step, and this i is 1.",
        source: "",
        done: |machine| (frames(machine) >= 3 && empty_stack(machine)) || cells(machine, "fib") > 5,
    },
    Hint {
        text: "Now a small case is needed, and it goes right here: `i 3 < [ ] if`. The block stays empty for now.",
        source: "Now a small case is needed, and it goes right here: `if i < 3:`. Its block stays empty for now.",
        done: |machine| blocks(machine) >= 1,
    },
    Hint {
        text: "1 is less than 3, so the counter went into the empty block. Type `1 return`.",
        source: "1 is less than 3, so the counter went into the empty block. Type `return(1)`.",
        done: |machine| blocks_filled(machine) && frames(machine) < 3,
    },
    Hint {
        text: "fib(1) is 1, and the first fib continues after its call. The other half: `i 1 - fib`.",
        source: "fib(1) is 1, and the first fib continues after its call. The other half goes on from there: `+ fib(i - 1)`.",
        done: |machine| frames(machine) >= 3 || summed(machine) || finished(machine),
    },
    Hint {
        text: "Everything for fib(2) is there already. Let it run: F5.",
        source: "",
        done: |machine| summed(machine) || finished(machine),
    },
    Hint {
        text: "Both halves are on the stack. Add them and return: `+ return`.",
        source: "The sum of both halves is on the stack. Return it: `return(_)`.",
        done: finished,
    },
    Hint {
        text: "fib is written, and nothing was ever started again. Shift+F10 steps back, Ctrl+Z undoes a gesture, Ctrl+S saves it all.",
        source: "",
        done: |_| false,
    },
];

impl Hint {
    /// What it says to who types in this notation.
    pub fn text(&self, notation: Notation) -> &'static str {
        match notation {
            Notation::Source if !self.source.is_empty() => self.source,
            Notation::Forth | Notation::Source => self.text,
        }
    }
}

/// The tour as it is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tour {
    /// The current hint.
    pub step: usize,
    /// Whether the hints before it were not followed one by one.
    pub skipped: bool,
}

impl Tour {
    /// The tour at the first hint that is not done.
    pub fn begun(machine: &Machine) -> Tour {
        Tour { step: if fits(machine) { advance(machine, 0) } else { 0 }, skipped: false }
    }

    /// Goes to the next hint that is not done.
    pub fn go_on(&mut self, machine: &Machine) {
        if !fits(machine) {
            return;
        }
        let next = advance(machine, self.step);
        if next != self.step {
            *self = Tour { step: next, skipped: next > self.step + 1 };
        }
    }

    /// What it says.
    pub fn words(self, machine: &Machine, notation: Notation) -> String {
        if !fits(machine) {
            return "The tour computes fib(3) in an empty memory, and this is another program."
                .to_owned();
        }
        let words = HINTS[self.step].text(notation).replace("Ctrl+T", SWITCH_KEY);
        match self.skipped {
            true => format!("That was done in another way, which is fine too. {words}"),
            false => words,
        }
    }
}

/// Whether a program is the one of the tour: nothing yet, or main computes fib(3).
pub fn fits(machine: &Machine) -> bool {
    let memory = machine.memory();
    let used = cells(machine, "main");
    let cell = |n| machine.instruction(Place::new(0, n));
    let is_fib = |cell: Instruction| matches!(cell, Instruction::Call(name) | Instruction::Hole(name) if &*name == "fib");
    match used {
        0 => memory.code_bodies().count() == 1,
        1 => cell(0) == Instruction::Integer(3),
        _ => cell(0) == Instruction::Integer(3) && is_fib(cell(1)),
    }
}

/// The first hint that is not done, starting at `step`; the last hint if all are done.
fn advance(machine: &Machine, step: usize) -> usize {
    let open = HINTS.iter().enumerate().skip(step).find(|(_, hint)| !(hint.done)(machine));
    open.map_or(HINTS.len() - 1, |(n, _)| n)
}

/// Whether a hint is the last one, which says that the tour is done.
pub fn is_last(step: usize) -> bool {
    step + 1 >= HINTS.len()
}

fn has(machine: &Machine, name: &str) -> bool {
    machine.memory().function(name).is_some()
}

fn cells(machine: &Machine, name: &str) -> usize {
    let body = machine.memory().function(name).and_then(|body| machine.memory().code(body));
    body.map_or(0, |code| code.used().len())
}

fn frames(machine: &Machine) -> usize {
    machine.task().calls().activations().filter(|entry| entry.is_frame).count()
}

fn empty_stack(machine: &Machine) -> bool {
    machine.task().parameters().is_empty()
}

fn blocks(machine: &Machine) -> usize {
    let memory = machine.memory();
    memory.code_bodies().filter(|&(number, _)| memory.owner(number) != number).count()
}

fn blocks_filled(machine: &Machine) -> bool {
    let memory = machine.memory();
    let mut blocks = memory.code_bodies().filter(|&(number, _)| memory.owner(number) != number);
    blocks.any(|(_, code)| code.used().len() >= 2)
        && memory.code(MAIN).is_some_and(|_| memory.cell(Place::new(0, 0)).is_value())
}

fn stack(machine: &Machine, values: &[i64]) -> bool {
    let found: Vec<_> =
        machine.task().parameters().iter().map(|value| value.as_integer()).collect();
    found == values.iter().copied().map(Some).collect::<Vec<_>>()
}

/// Both halves are there, or their sum.
fn summed(machine: &Machine) -> bool {
    stack(machine, &[1, 1]) || stack(machine, &[2])
}

fn finished(machine: &Machine) -> bool {
    stop(machine).tone == Tone::Finished && stack(machine, &[2])
}
