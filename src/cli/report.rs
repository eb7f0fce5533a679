//! The report on standard error when a program stops before its end: why, where, what the stacks hold,
//! and what to do now.

use std::path::Path;

use crate::grant;
use crate::program::diagnostic::counted;
use crate::program::hint;
use crate::program::image::Image;
use crate::store;
use crate::view::memory::{At, CellKind, Marks, cell};
use crate::view::stacks::{FrameRow, calls};
use crate::view::tasks::{TaskRow, tasks};
use crate::view::title::title;
use crate::vm::limit::LimitKind;
use crate::vm::machine::{Machine, RETIRED};
use crate::vm::stop::Stop;

use super::ending::Ending;

/// How many entries of the call stack are shown.
const ENTRIES: usize = 20;
/// How many tasks are shown.
const TASKS: usize = 8;

/// The next instruction, with its address and function: `105  fib  fib`.
pub fn here(machine: &Machine) -> String {
    let counter = machine.task().counter();
    let title = title(machine, counter.body);
    format!("{:>6}  {title:<14}  {}", machine.memory().address(counter), word(machine))
}

fn word(machine: &Machine) -> String {
    let row = cell(machine, &Marks::default(), At::from(machine.task().counter()));
    if row.kind == CellKind::Empty { "an empty cell".to_string() } else { row.label.to_string() }
}

/// What was run, and where its image was saved.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The file; `None` for a text from the command line.
    pub file: Option<&'a Path>,
    /// The image file that was saved.
    pub saved: Option<&'a Path>,
}

/// The report, if there is something to say.
pub fn report(ending: &Ending, image: &Image, source: Source<'_>) -> Option<String> {
    let machine = &image.machine;
    let headline = headline(ending, machine, source)?;
    let memory = machine.memory();
    let counter = machine.task().counter();
    let stack = match machine.show_stack() {
        stack if stack.is_empty() => "empty".to_string(),
        stack => stack,
    };
    let mut lines = vec![match is_of_task(ending, machine) {
        true => format!("task {}: {headline}", machine.task().number()),
        false => headline,
    }];
    if let Some(origin) = image.origin().filter(|_| shows_text(ending)) {
        lines.push(origin.excerpt().trim_end().to_string());
    }
    lines.extend([
        format!(
            "  at     {} in {}: {}",
            memory.address(counter),
            title(machine, counter.body),
            word(machine)
        ),
        format!("  stack  {stack}"),
    ]);
    let rows = calls(machine, ENTRIES);
    for (n, frame) in rows.frames.iter().enumerate() {
        lines.push(format!("  {}  {}", if n == 0 { "calls" } else { "     " }, entry(frame)));
    }
    if rows.depth > rows.frames.len() {
        lines.push(format!("         and {} more below", rows.depth - rows.frames.len()));
    }
    lines.extend(other_tasks(machine));
    lines.extend(source.saved.map(|path| format!("  saved  {}", path.display())));
    let now = match source.file {
        Some(file) => what_now(ending, machine, file, source.saved),
        None => what_now_of_text(ending, machine),
    };
    lines.extend(now.map(|now| format!("  next   {now}")));
    Some(lines.join("\n"))
}

/// Whether something has to be done where the next instruction is written.
fn shows_text(ending: &Ending) -> bool {
    match ending {
        Ending::Stopped(stop) => match stop {
            Stop::NotYetImplemented(_)
            | Stop::Breakpoint
            | Stop::Fault(_)
            | Stop::Limit(_)
            | Stop::Blocked(_)
            | Stop::Deadlock(_) => true,
            Stop::Finished | Stop::Exit(_) | Stop::Input | Stop::OutOfFuel => false,
        },
        Ending::Unanswered(_) | Ending::UserBreakpoint(_) => true,
        Ending::Paused
        | Ending::Unmet(..)
        | Ending::Refused(..)
        | Ending::BadInput(_)
        | Ending::Interrupted(_)
        | Ending::Output(_) => false,
    }
}

fn entry(frame: &FrameRow) -> String {
    let locals = frame.locals.iter().filter_map(|local| {
        let value = local.value.as_ref()?;
        Some(format!("  {}={}", local.name, value.label))
    });
    let turns = if frame.turns.is_empty() { "" } else { "  " };
    let turns = format!("{turns}{}", frame.turns);
    let locals: String = locals.collect();
    let at = if frame.is_copy { String::new() } else { format!(" at {}", frame.address) };
    format!("{}  {}{at}{locals}{turns}", frame.number, frame.title)
}

/// Whether there are several tasks, and one of them has ended the run.
fn is_of_task(ending: &Ending, machine: &Machine) -> bool {
    let is_of_one = match ending {
        Ending::Stopped(stop) => match stop {
            Stop::NotYetImplemented(_)
            | Stop::Breakpoint
            | Stop::Fault(_)
            | Stop::Limit(_)
            | Stop::Blocked(_)
            | Stop::Input => true,
            Stop::Deadlock(_) | Stop::Finished | Stop::Exit(_) | Stop::OutOfFuel => false,
        },
        Ending::UserBreakpoint(_) => true,
        Ending::Unanswered(_)
        | Ending::Paused
        | Ending::Unmet(..)
        | Ending::Refused(..)
        | Ending::BadInput(_)
        | Ending::Interrupted(_)
        | Ending::Output(_) => false,
    };
    is_of_one && machine.tasks().len() > 1
}

/// What the other tasks do.
fn other_tasks(machine: &Machine) -> Vec<String> {
    let tasks = tasks(machine, TASKS);
    let others = tasks.rows.iter().filter(|row| !row.is_focus);
    let mut lines: Vec<String> = others
        .enumerate()
        .map(|(n, row)| {
            let stack = match row.values() {
                values if values.is_empty() => String::new(),
                values => format!("; stack {values}"),
            };
            let TaskRow { number, title, address, words, .. } = row;
            let head = if n == 0 { "tasks" } else { "     " };
            format!("  {head}  {number}  {title} at {address}: {words}{stack}")
        })
        .collect();
    if tasks.count > tasks.rows.len() {
        lines.push(format!("         and {} more", tasks.count - tasks.rows.len()));
    }
    lines
}

/// Why it stopped.
fn headline(ending: &Ending, machine: &Machine, source: Source<'_>) -> Option<String> {
    let line = |number: usize, what: &str| match source.file {
        Some(file) => format!("{}: line {number}: {what}", file.display()),
        None => format!("line {number}: {what}"),
    };
    Some(match ending {
        Ending::Stopped(Stop::Finished | Stop::Exit(_)) => return None,
        Ending::Stopped(Stop::NotYetImplemented(name)) => missing(name, machine),
        Ending::Stopped(Stop::Breakpoint) => "waits at an empty cell".to_string(),
        Ending::Stopped(Stop::Fault(fault)) => format!("fault: {fault}"),
        Ending::Stopped(stop @ (Stop::Blocked(_) | Stop::Deadlock(_))) => stop.to_string(),
        Ending::Stopped(Stop::Limit(kind)) => {
            let value = machine.limits().get(*kind);
            format!("the limit of {kind} is reached: {}", counted(value, kind.unit()))
        }
        Ending::Stopped(Stop::Input) => "waits for input, and the input has ended".to_string(),
        Ending::Stopped(Stop::OutOfFuel) if machine.is_spent() => {
            format!("the limit of {} is reached", counted(RETIRED, "retired instruction"))
        }
        Ending::Unanswered(reason) => {
            format!("`{}` has no answer: {reason}", machine.asked().unwrap_or_default())
        }
        Ending::Paused => {
            "paused where the recording ends: the next instruction can run".to_string()
        }
        Ending::Stopped(Stop::OutOfFuel) => {
            format!("out of fuel after {}", counted(machine.retired(), "instruction"))
        }
        Ending::UserBreakpoint(None) => "stopped at a breakpoint".to_string(),
        Ending::UserBreakpoint(Some(why)) => {
            format!("stopped at a breakpoint whose condition cannot be evaluated: {why}")
        }
        Ending::Unmet(number, unmet) => line(*number, &format!("expect {unmet}")),
        Ending::Refused(number, reason) => line(*number, &format!("cannot be done: {reason}")),
        Ending::BadInput(reason) => format!("standard input: {reason}"),
        Ending::Interrupted(interrupt) => interrupt.words().to_string(),
        Ending::Output(error) if error.kind() == std::io::ErrorKind::BrokenPipe => return None,
        Ending::Output(error) => {
            format!("standard output cannot be written: {}", store::reason(error))
        }
    })
}

fn missing(name: &str, machine: &Machine) -> String {
    match hint::at_counter(machine, name) {
        Some(hint) => format!("`{name}` is missing; {hint}"),
        None => match grant::hint(name) {
            Some(grant) => format!("`{name}` is missing; {grant} would answer it"),
            None => format!("`{name}` is missing"),
        },
    }
}

/// What to do now with a file.
fn what_now(
    ending: &Ending,
    machine: &Machine,
    file: &Path,
    saved: Option<&Path>,
) -> Option<String> {
    let (image, first) = match saved {
        Some(path) => (path.display().to_string(), ""),
        None => ("paused.ron".to_string(), "save it with --save paused.ron; then "),
    };
    let run = format!("{first}midflight run {image}");
    Some(match ending {
        Ending::Unmet(..) => {
            format!("if the found value is right: midflight play {} --update", file.display())
        }
        Ending::Stopped(Stop::NotYetImplemented(name)) => {
            format!("{run} --with FILE, where FILE has [ ... ] bind: {name}")
        }
        Ending::Stopped(Stop::Limit(kind)) => format!("{run} {}", higher(*kind, machine)),
        Ending::Stopped(Stop::Input) | Ending::BadInput(_) => format!("{run} < INPUT"),
        Ending::Stopped(
            Stop::Fault(_) | Stop::Breakpoint | Stop::Blocked(_) | Stop::Deadlock(_),
        )
        | Ending::Refused(..) => {
            format!("{first}midflight {image} opens it in the window, to fix it there")
        }
        Ending::Stopped(Stop::OutOfFuel) if machine.is_spent() => return None,
        Ending::Stopped(Stop::OutOfFuel)
        | Ending::Unanswered(_)
        | Ending::Paused
        | Ending::UserBreakpoint(_)
        | Ending::Interrupted(_) => run,
        Ending::Stopped(Stop::Finished | Stop::Exit(_)) | Ending::Output(_) => return None,
    })
}

/// What to do now with a text from the command line, which has no saved image.
fn what_now_of_text(ending: &Ending, machine: &Machine) -> Option<String> {
    match ending {
        Ending::Stopped(Stop::Limit(kind)) => Some(higher(*kind, machine)),
        Ending::Stopped(Stop::OutOfFuel) => {
            Some(format!("--fuel {} gives it more", machine.retired().saturating_mul(10)))
        }
        Ending::Stopped(Stop::NotYetImplemented(name)) => {
            Some(format!("add [ ... ] bind: {name} to the text"))
        }
        Ending::Stopped(Stop::Input) => {
            Some("save the text as a file: midflight run FILE reads input".to_string())
        }
        Ending::Stopped(
            Stop::Finished
            | Stop::Exit(_)
            | Stop::Fault(_)
            | Stop::Breakpoint
            | Stop::Blocked(_)
            | Stop::Deadlock(_),
        )
        | Ending::Unanswered(_)
        | Ending::Paused
        | Ending::UserBreakpoint(_)
        | Ending::Unmet(..)
        | Ending::Refused(..)
        | Ending::BadInput(_)
        | Ending::Interrupted(_)
        | Ending::Output(_) => None,
    }
}

/// The option that raises a limit.
fn higher(kind: LimitKind, machine: &Machine) -> String {
    let (value, maximum) = (machine.limits().get(kind), kind.maximum());
    let more = value.saturating_mul(2).clamp(1, maximum);
    format!("--limit {kind}={more} (at most {maximum})")
}
