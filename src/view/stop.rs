//! Why the machine waits, in words: what the window, the runner and a screen reader say.

use super::tasks::{Doing, state};
use crate::program::diagnostic::counted;
use crate::program::hint;
use crate::program::image::Image;
use crate::program::notation::Notation;
use crate::program::scope::Scope;
use crate::vm::index::TaskId;
use crate::vm::instruction::{Fragment, Instruction, Primitive};
use crate::vm::limit::LimitKind;
use crate::vm::machine::Machine;
use crate::vm::memory::{MAIN, Place};
use crate::vm::stop::{Fault, Stop};
use crate::vm::task::TaskState;

/// What kind of attention a stop asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// The next instruction can run.
    Ready,
    /// An empty cell: write something.
    Write,
    /// A name that no function has.
    Missing,
    /// Input.
    Input,
    /// A fault.
    Fault,
    /// A limit.
    Limit,
    /// The task waits for another, sleeps or rests: no person need do anything about it.
    Waits,
    /// Nothing is left to do.
    Finished,
    /// Nothing is left to do, and an example has left something else than it should. Only a desk knows that.
    Wrong,
    /// The program ended itself.
    Exited,
}

/// Why the machine waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StopRow {
    /// What kind of stop it is.
    pub tone: Tone,
    /// A few words: `fib is missing`.
    pub title: String,
    /// The rest of the sentence: `called at 1 with 3`.
    pub detail: String,
    /// The name that is missing, if one is.
    pub name: Option<String>,
    /// The limit that is reached, if one is.
    pub limit: Option<LimitKind>,
}

/// Why the machine of an image waits, or what comes next; with the line and column of what is wrong, if it
/// was read from a text, and what could be meant by a name that is missing.
pub fn stop_in(image: &Image) -> StopRow {
    let mut row = stop(&image.machine);
    let shows = match row.tone {
        Tone::Write | Tone::Missing | Tone::Fault | Tone::Limit => true,
        Tone::Ready | Tone::Input | Tone::Waits | Tone::Exited | Tone::Finished | Tone::Wrong => {
            false
        }
    };
    if let Some(origin) = image.origin().filter(|_| shows) {
        row.detail += &format!("; {origin}");
    }
    if let Some(hint) = row.name.as_ref().and_then(|name| hint::at_counter(&image.machine, name)) {
        row.detail += &format!("; {hint}");
    }
    row
}

/// Why a machine waits, or what comes next.
pub fn stop(machine: &Machine) -> StopRow {
    let mut row = seen_row(machine);
    if let Some(whose) = whose(machine, &row) {
        row.title = of_task(whose, &row);
    }
    row
}

/// The task that a stop is said to be of; none if there is only one, or if it is of all of them.
fn whose(machine: &Machine, row: &StopRow) -> Option<TaskId> {
    let is_of_all = match row.tone {
        Tone::Exited => true,
        Tone::Finished => machine.waits() == Some(Stop::Finished),
        Tone::Fault => matches!(machine.waits(), Some(Stop::Deadlock(_))),
        Tone::Ready
        | Tone::Write
        | Tone::Missing
        | Tone::Input
        | Tone::Limit
        | Tone::Waits
        | Tone::Wrong => false,
    };
    (machine.tasks().len() > 1 && !is_of_all).then(|| machine.task().number())
}

/// A title that begins with the task: `Task 2: base is missing`.
fn of_task(task: TaskId, row: &StopRow) -> String {
    if row.name.is_some() || row.tone == Tone::Waits {
        // It begins with a name, or is a sentence about the task.
        let colon = if row.tone == Tone::Waits { "" } else { ":" };
        return format!("Task {task}{colon} {}", row.title);
    }
    let mut letters = row.title.chars();
    let first = letters.next().map(|letter| letter.to_ascii_lowercase());
    format!("Task {task}: {}{}", first.unwrap_or_default(), letters.as_str())
}

/// Why the task that is looked at cannot go on; `None` if it can.
pub fn seen(machine: &Machine) -> Option<Stop> {
    let common = machine.waits();
    if machine.tasks().len() == 1 {
        return common;
    }
    match common {
        Some(Stop::Deadlock(_) | Stop::Exit(_) | Stop::OutOfFuel | Stop::Finished) => common,
        None
        | Some(
            Stop::Breakpoint
            | Stop::NotYetImplemented(_)
            | Stop::Input
            | Stop::Fault(_)
            | Stop::Limit(_)
            | Stop::Blocked(_),
        ) => machine.stop_of(machine.task().number()),
    }
}

fn seen_row(machine: &Machine) -> StopRow {
    let counter = machine.task().counter();
    let address = machine.memory().address(counter);
    let row = |tone, title: String, detail: String| StopRow {
        tone,
        title,
        detail,
        name: None,
        limit: None,
    };
    match seen(machine) {
        None if machine.tasks().len() > 1 && !goes_on(machine) => {
            let (_, words) = state(machine, machine.task());
            row(Tone::Waits, words, why_waits(machine))
        }
        None | Some(Stop::OutOfFuel) => row(
            Tone::Ready,
            format!("Ready at {address}"),
            format!("next is {}", spelled(machine, counter)),
        ),
        Some(Stop::Breakpoint) => empty(machine, address, row),
        Some(Stop::Finished) if untouched(machine) => empty(machine, address, row),
        Some(Stop::Finished) => row(Tone::Finished, "Finished".to_owned(), left(machine)),
        Some(Stop::Exit(code)) => row(
            Tone::Exited,
            format!("The program ended with exit code {code}"),
            format!("at {address}; step back, or change the cell, to go on"),
        ),
        Some(Stop::NotYetImplemented(name)) => {
            let detail = format!("called at {address}{}", with(machine));
            StopRow {
                name: Some(name.clone()),
                ..row(Tone::Missing, format!("{name} is missing"), detail)
            }
        }
        Some(Stop::Blocked(blocked)) => {
            let waits = format!("waits for {}", machine.awaited(blocked));
            row(Tone::Waits, waits, why_waits(machine))
        }
        Some(Stop::Deadlock(who)) => row(Tone::Fault, "Deadlock".to_owned(), who),
        Some(Stop::Input) => row(
            Tone::Input,
            "Waits for input".to_owned(),
            format!("{} at {address}", spelled(machine, counter)),
        ),
        Some(Stop::Fault(fault)) => {
            row(Tone::Fault, format!("Fault at {address}"), fault.to_string())
        }
        Some(Stop::Limit(kind)) => {
            let detail = format!(
                "it is {}; raise it, then run this instruction again",
                counted(machine.limits().get(kind), kind.unit())
            );
            StopRow {
                limit: Some(kind),
                ..row(Tone::Limit, format!("The limit of {kind} is reached"), detail)
            }
        }
    }
}

/// Whether the task that is looked at, which stands at no stop, takes its turn.
fn goes_on(machine: &Machine) -> bool {
    state(machine, machine.task()).0 == Doing::Runs
}

/// What lets a task go on that waits for something else than a person.
fn why_waits(machine: &Machine) -> String {
    let task = machine.task();
    let is_held = machine.strand_of(task.number()).is_some_and(|strand| strand.share == 0);
    if let Some((other, stop)) = machine.stopped_together()
        && other != task.number()
    {
        return format!("nothing goes on: task {other}: {stop}");
    }
    match task.state() {
        TaskState::Rests => "it goes on when a task resumes it".to_owned(),
        TaskState::Waits => "it goes on when that yields or ends".to_owned(),
        TaskState::Runs if is_held => "its share is 0; let it go on".to_owned(),
        TaskState::Runs => "let the others run".to_owned(),
    }
}

/// The same for a window: in the words of the notation in which its user types, and with what only a window can
/// do about a fault.
pub fn in_window(mut row: StopRow, machine: &Machine, notation: Notation) -> StopRow {
    let counter = machine.task().counter();
    if let Some(Stop::Fault(Fault::Unassigned { local, .. })) = seen(machine) {
        let write = match notation {
            Notation::Forth => format!("assign: {local}"),
            Notation::Source => format!("{local} = ..."),
        };
        row.detail += &format!(
            ": double-click `{local}` in the call stack to give it a value, or write `{write}` before"
        );
    }
    if notation == Notation::Source {
        let title = super::title::title(machine, counter.body);
        match row.tone {
            Tone::Ready => row.detail = format!("next: `{}`", in_source(machine, counter)),
            Tone::Write => {
                row.title = match untouched(machine) {
                    true => "Nothing is written yet".to_owned(),
                    false => format!("Nothing is written here yet in {title}"),
                };
                if let Some(whose) = whose(machine, &row) {
                    row.title = of_task(whose, &row);
                }
            }
            Tone::Missing
            | Tone::Input
            | Tone::Fault
            | Tone::Limit
            | Tone::Waits
            | Tone::Finished
            | Tone::Wrong
            | Tone::Exited => {}
        }
    }
    row
}

/// What the host does about a call that it offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hosted<'r> {
    /// It was not asked yet.
    Asked,
    /// It works on an answer.
    Working,
    /// It has no answer: why.
    Failed(&'r str),
}

/// The same at a call of a function that a host offers.
pub fn of_host(row: StopRow, machine: &Machine, name: &str, hosted: Hosted<'_>) -> StopRow {
    let address = machine.memory().address(machine.task().counter());
    let called = format!("called at {address}{}", with(machine));
    let detail = match hosted {
        Hosted::Asked => format!("{called}; run on to ask it"),
        Hosted::Working => format!("{called}; it is working on the answer"),
        Hosted::Failed(reason) => format!("no answer: {reason}; run on to ask it again"),
    };
    let (tone, name) = (Tone::Missing, name.to_owned());
    let title = format!("Waits for the host: {name}");
    let mut row = StopRow { tone, title, detail, name: None, ..row };
    if let Some(whose) = whose(machine, &row) {
        row.title = of_task(whose, &row);
    }
    StopRow { name: Some(name), ..row }
}

/// A cell in the source notation, with `...` for what it takes.
pub fn in_source(machine: &Machine, place: Place) -> String {
    let cell = machine.instruction(place);
    if let Instruction::Call(name) | Instruction::Hole(name) = &cell {
        return format!("{name}(...)");
    }
    if let Instruction::Block(_) = cell {
        return "a block".to_owned();
    }
    if let Instruction::Primitive(primitive) = cell
        && let Some(word) = keyword(primitive)
    {
        return word.to_owned();
    }
    let scope = Scope::of(machine, place.body);
    let printed = Notation::Source.print_line(&Fragment::line(vec![cell]), &scope).text;
    taken(printed.trim())
}

/// The word of an instruction that takes blocks.
fn keyword(primitive: Primitive) -> Option<&'static str> {
    use Primitive as P;
    let takes_blocks =
        matches!(primitive, P::If | P::IfElse | P::Repeat | P::RepeatIf | P::While | P::Times);
    let word = if primitive == P::IfElse { P::If.name() } else { primitive.name() };
    takes_blocks.then_some(word)
}

/// A printed cell with `...` in place of each `_`.
fn taken(printed: &str) -> String {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '`' | '"');
    let mut shown = String::new();
    for (at, piece) in printed.char_indices() {
        let around =
            [printed[..at].chars().next_back(), printed[at + piece.len_utf8()..].chars().next()];
        let is_alone = piece == '_' && !around.into_iter().flatten().any(is_part);
        match is_alone {
            true => shown += "...",
            false => shown.push(piece),
        }
    }
    shown
}

fn empty(
    machine: &Machine,
    address: u64,
    row: impl Fn(Tone, String, String) -> StopRow,
) -> StopRow {
    let waiting = match machine.show_stack() {
        stack if stack.is_empty() => "write what should happen".to_owned(),
        stack => format!("the stack holds {stack}; write what should happen"),
    };
    row(Tone::Write, format!("Cell {address} is empty"), waiting)
}

fn untouched(machine: &Machine) -> bool {
    machine.memory().code(MAIN).is_some_and(|main| main.used().is_empty())
}

fn with(machine: &Machine) -> String {
    match machine.show_stack() {
        stack if stack.is_empty() => " with an empty stack".to_owned(),
        stack => format!(" with {stack}"),
    }
}

fn left(machine: &Machine) -> String {
    match machine.show_stack() {
        stack if stack.is_empty() => "the stack is empty; write more and it continues".to_owned(),
        stack => format!("the stack holds {stack}; write more and it continues"),
    }
}

fn spelled(machine: &Machine, place: Place) -> String {
    let row = super::memory::cell(machine, &super::memory::Marks::default(), place.into());
    format!("`{}`", row.label)
}
