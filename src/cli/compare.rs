//! `midflight play --code`: replays the input of a recording through other code, and shows the first difference.

use std::fmt::Write as _;

use crate::program::diagnostic::grouped;
use crate::program::image::Image;
use crate::program::notation::Notation;
use crate::session::Session;
use crate::session::command::Command;
use crate::session::compare::Comparing;
use crate::session::difference::{Difference, Does, Finding, Side};
use crate::session::file_kind::FileKind;
use crate::session::journal::Position;
use crate::session::outcome::{Outcome, Progress};
use crate::session::recode::base_with;
use crate::session::record::Record;
use crate::session::recording::Recording;
use crate::session::request::Request;
use crate::view::comparison::{SideRow, headline, sides};
use crate::view::provenance::{made, moved};
use crate::vm::flow::Holder;

use super::arguments::Play;
use super::interrupt::{Interrupt, Interrupts};
use super::terminal::{self, say};
use super::{Rejected, open, print};

/// Instructions between two checks of Ctrl-C: a few milliseconds.
const SLICE: u64 = 1 << 18;
/// The exit code if there is a difference.
const DIFFERS: u8 = 1;
/// The exit code if the other program ran for as long as it might: as when fuel is used up.
const UNDECIDED: u8 = 5;

/// Why comparing ended early.
enum Early {
    Rejected(Rejected),
    Interrupted(Interrupt),
}

impl<R: Into<Rejected>> From<R> for Early {
    fn from(rejected: R) -> Early {
        Early::Rejected(rejected.into())
    }
}

/// Compares and returns the exit code.
///
/// # Errors
/// If a file cannot be read, or the recording cannot be played.
pub fn compare(arguments: &Play) -> Result<u8, Rejected> {
    let (recording, _) = open::recording(&arguments.file, arguments.recover)?;
    match compared(arguments, &recording) {
        Ok((report, code)) => Ok(match print::code_of(terminal::show(&report))? {
            0 => code,
            closed => closed,
        }),
        Err(Early::Rejected(rejected)) => Err(rejected),
        Err(Early::Interrupted(interrupt)) => {
            say(interrupt.words());
            Ok(interrupt.code())
        }
    }
}

/// What is to be said, and the exit code.
fn compared(arguments: &Play, recording: &Recording) -> Result<(String, u8), Early> {
    let mut base = recording.base.clone();
    open::check_limits(&arguments.file, &base.machine, &arguments.bounds.limits)?;
    for &(kind, value) in &arguments.bounds.limits {
        Command::Limit { kind, value }.apply(&mut base)?;
    }
    let code = other_code(arguments, &base)?;
    let mut runner = Runner { session: Session::new(base), interrupts: Interrupts::taken(|_| {}) };
    runner.play(arguments, recording)?;
    let (to, most) = (runner.session.position(), arguments.bounds.fuel);
    let request = Request::CompareCode(Box::new(Comparing { to, code, most }));
    let Outcome::CodeCompared(finding) = runner.finish(request)? else {
        unreachable!("a comparison ends with what came of it")
    };
    Ok(match &finding {
        Finding::Same(_) => (format!("{}\n", headline(&finding)), 0),
        Finding::Differs(difference) => {
            let code = if difference.is_undecided() { UNDECIDED } else { DIFFERS };
            (runner.report(&headline(&finding), difference)?, code)
        }
    })
}

/// The base of the recording with the other code.
fn other_code(arguments: &Play, base: &Image) -> Result<Image, Rejected> {
    let path = arguments.code.as_deref().expect("it is called with --code");
    let shown = path.display().to_string();
    let (kind, text) = open::read(path, None)?;
    let (text, file, notation) = match kind {
        FileKind::Program(notation) => (text, Some(&*shown), notation),
        FileKind::Image => {
            let image = open::image_in(path, kind, &text, &[])?;
            (image.print(Notation::Forth), None, Notation::Forth)
        }
        FileKind::Recording => {
            return Err(Rejected(format!(
                "{shown}: this is a recording; --code takes a program (.flpc or .flpy) or an image (.ron)"
            )));
        }
    };
    base_with(base, &text, file, notation).map_err(|refused| open::rejected(path, &refused))
}

/// A session that plays and compares, and what may interrupt it.
struct Runner {
    session: Session,
    interrupts: Interrupts,
}

impl Runner {
    /// Plays the recording without its output and its expectations.
    fn play(&mut self, arguments: &Play, recording: &Recording) -> Result<(), Early> {
        // Comparing replays from the beginning.
        self.session.set_checkpoint_budget(0);
        let last = arguments.to.unwrap_or(usize::MAX);
        for (number, record) in recording.records().take_while(|&(number, _)| number < last) {
            if let Record::Note(_) = record {
                continue;
            }
            self.session.take_records();
            match self.finish(Request::Record(record)) {
                Ok(_) => {}
                Err(Early::Rejected(Rejected(why))) => {
                    let shown = arguments.file.display();
                    return Err(
                        Rejected(format!("{shown}: line {number}: cannot be done: {why}")).into()
                    );
                }
                Err(interrupted) => return Err(interrupted),
            }
        }
        Ok(())
    }

    fn finish(&mut self, request: Request) -> Result<Outcome, Early> {
        finish(&mut self.session, &self.interrupts, request)
    }

    /// The headline and both sides.
    fn report(&mut self, headline: &str, difference: &Difference) -> Result<String, Early> {
        let mut report = format!("{headline}\n");
        let byte = difference.printed as u64;
        let mut other = Session::of((*difference.counterpart).clone());
        let was = made_by(&mut self.session, &self.interrupts, &difference.old, byte)?;
        let is = made_by(&mut other, &self.interrupts, &difference.new, byte)?;
        let rows = sides(difference);
        let width = |of: fn(&SideRow) -> &str| {
            rows.iter().map(|row| of(row).chars().count()).max().unwrap_or_default()
        };
        let widths = [width(|row| &row.instruction), width(|row| &row.written)];
        for (name, row, made) in [("was", &rows[0], was), ("is", &rows[1], is)] {
            add(&mut report, name, row, &made, widths);
        }
        Ok(report)
    }
}

/// Adds a side; the columns of its first line are so wide.
fn add(report: &mut String, name: &str, row: &SideRow, made: &[String], widths: [usize; 2]) {
    let [width, wide] = widths;
    let gap = if wide == 0 { "" } else { "  " };
    let place = format!("{:<width$}{gap}{:<wide$}", row.instruction, row.written);
    let _ = writeln!(report, "  {name:<3}  {place}  (step {})", grouped(row.step));
    let _ = writeln!(report, "       stack  {}", row.stack);
    for (index, entry) in row.calls.iter().enumerate() {
        let _ = writeln!(report, "       {}  {entry}", if index == 0 { "calls" } else { "     " });
    }
    for line in made {
        let _ = writeln!(report, "       value  {line}");
    }
}

/// Where the value came from that a program prints at the difference.
fn made_by(
    session: &mut Session,
    interrupts: &Interrupts,
    side: &Side,
    byte: u64,
) -> Result<Vec<String>, Early> {
    let Does::Prints(_) = side.does else { return Ok(Vec::new()) };
    let after = Position { done: side.at.done + 1, ..side.at };
    finish(session, interrupts, Request::goto(after))?;
    // With several tasks, nobody knows.
    let Ok(question) = session.question(Holder::Output(byte)) else { return Ok(Vec::new()) };
    let request = Request::Trace(Box::new(question));
    let Outcome::Traced(answer) = finish(session, interrupts, request)? else {
        unreachable!("a question is answered")
    };
    let mut lines = vec![format!("{} {}", answer.value, made(&answer))];
    // That it is printed here is said already.
    if answer.moved > 1 {
        lines.push(moved(&answer));
    }
    Ok(lines)
}

fn finish(
    session: &mut Session,
    interrupts: &Interrupts,
    request: Request,
) -> Result<Outcome, Early> {
    let mut progress = session.start(request)?;
    loop {
        match progress {
            Progress::Done(outcome) => return Ok(outcome),
            Progress::More => {
                if let Some(interrupt) = interrupts.take() {
                    return Err(Early::Interrupted(interrupt));
                }
                progress = session.advance(SLICE)?;
            }
        }
    }
}
