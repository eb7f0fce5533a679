//! What is surely odd about the stack in a program: branches that leave different numbers of values, and too few
//! values in main, which starts with an empty stack.
//!
//! Only what follows from code that is known to its end counts. Effects in general are guesses, because an
//! unfinished function has the effect of what is finished.

use super::infer::{callees_first, callers, inferred};
use super::outline::Outline;
use super::walk::{Callee, Oddity, OddityKind, Walk, Walked};
use crate::program::diagnostic::quoted;
use crate::program::listing::Program;
use crate::vm::instruction::Instruction;

/// What is odd at a cell of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackOddity {
    /// The definition, counted from 0; `None` in main.
    pub definition: Option<usize>,
    /// The body of its fragment.
    pub body: usize,
    /// The cell in that body.
    pub index: usize,
    /// What is odd, in words.
    pub message: String,
    /// What to do about it.
    pub help: &'static str,
}

/// What is odd in a program, definition by definition, and then in main: at most `most`, and how much there is in
/// all. `starts_empty` says whether main is run with an empty stack.
pub fn stack_oddities(
    program: &Program,
    starts_empty: bool,
    most: usize,
) -> (Vec<StackOddity>, usize) {
    let outline = Outline::of_program(program);
    let callees = certain(&outline, inferred(&outline));
    let main = outline.functions.len() - 1;
    let (mut shown, mut count) = (Vec::new(), 0);
    for function in 0..outline.functions.len() {
        let from_empty = starts_empty && function == main;
        let walked = Walk::through(&outline, &callees, function, from_empty);
        let definition = (function != main).then_some(function);
        count += walked.oddities.len();
        let odd = walked.oddities.iter().take(most - shown.len());
        shown.extend(odd.map(|oddity| worded(program, &outline, definition, &walked, oddity)));
    }
    (shown, count)
}

/// Finds out which effects are certain: those of functions that are known to their ends, as is all that they call.
fn certain(outline: &Outline, mut callees: Vec<Callee>) -> Vec<Callee> {
    let mut doubtful = Vec::new();
    for function in 0..callees.len() {
        let walked = Walk::through(outline, &callees, function, false);
        let callee = callees[function];
        let agrees = walked.net == callee.net && walked.takes == callee.takes;
        if walked.is_partial || walked.varies || callee.net.is_none() || !agrees {
            doubtful.push(function);
        }
    }
    let mut is_certain = vec![true; callees.len()];
    doubtful.iter().for_each(|&function| is_certain[function] = false);
    let callers = callers(outline);
    while let Some(function) = doubtful.pop() {
        for &caller in &callers[function] {
            if std::mem::replace(&mut is_certain[caller as usize], false) {
                doubtful.push(caller as usize);
            }
        }
    }
    for (callee, is_certain) in callees.iter_mut().zip(is_certain) {
        callee.is_certain = is_certain;
    }
    for function in callees_first(outline) {
        callees[function].surely_takes =
            Walk::through(outline, &callees, function, false).surely_takes;
    }
    callees
}

fn worded(
    program: &Program,
    outline: &Outline,
    definition: Option<usize>,
    walked: &Walked,
    oddity: &Oddity,
) -> StackOddity {
    let (body, index) = outline.place(oddity.op);
    let code = match definition {
        Some(number) => &program.definitions[number].code,
        None => &program.main,
    };
    let body = body.number as usize;
    let (message, help) = match oddity.kind {
        OddityKind::Branch { net } => (
            format!("the stack after this `if` depends on the flag: its block {}", told(net)),
            "an `if-else` with a block that does the same to the stack makes it certain",
        ),
        OddityKind::Branches { then, otherwise } => (
            format!(
                "the stack after this `if-else` depends on the flag: the first block {}, the second {}",
                told(then),
                told(otherwise)
            ),
            "let both blocks leave the same number of values",
        ),
        OddityKind::Exits { there, here, .. } => (
            format!(
                "it ends here with {}, and elsewhere with {}",
                values(walked.takes + here),
                values(walked.takes + there)
            ),
            "a caller cannot tell how many results there are; let every way leave the same number",
        ),
        OddityKind::TooFew { takes, has } => {
            let name = match &code.bodies[body][index] {
                Instruction::Call(name) | Instruction::Hole(name) => quoted(name),
                Instruction::Primitive(primitive) => quoted(primitive.name()),
                Instruction::Assign(name) => quoted(&format!("assign: {name}")),
                Instruction::SetGlobal(name) => quoted(&format!("set: {name}")),
                Instruction::Integer(_)
                | Instruction::Text(_)
                | Instruction::Block(_)
                | Instruction::Address(_)
                | Instruction::BlockValue(..)
                | Instruction::Task(_)
                | Instruction::PushFunction(_)
                | Instruction::FunctionHole(_)
                | Instruction::Pick(_)
                | Instruction::GetGlobal(_)
                | Instruction::Label(_)
                | Instruction::Breakpoint => unreachable!("it takes nothing"),
            };
            let has = if has == 0 { "is empty".to_owned() } else { format!("has {has}") };
            (
                format!("{name} takes {}, and the stack {has} here", values(takes)),
                "main starts with an empty stack",
            )
        }
    };
    StackOddity { definition, body, index, message, help }
}

fn values(count: i64) -> String {
    match count {
        0 => "no value".to_owned(),
        1 => "1 value".to_owned(),
        _ => format!("{count} values"),
    }
}

fn told(net: i64) -> String {
    match net {
        0 => "leaves what it found".to_owned(),
        1.. => format!("leaves {} more", values(net)),
        _ => format!("takes {}", values(-net)),
    }
}
