//! `midflight check`: says what is missing in program texts, without running them, and runs their examples.

use std::collections::{HashMap, VecDeque};
use std::path::Path;

use crate::program::check::{self, Findings, KEPT};
use crate::program::comment;
use crate::program::diagnostic::{Diagnostic, Diagnostics, Span, counted, grouped, render_as};
use crate::program::example;
use crate::program::image::Image;
use crate::program::notation::Notation;
use crate::program::plain_name::Known;
use crate::session::example::{ExampleRun, Verdict};
use crate::session::examples::Examples;
use crate::session::file_kind::FileKind;
use crate::session::recording::Recording;
use crate::session::refused::Refused;
use crate::view::examples::words;
use crate::vm::stop::Stop;

use super::arguments::Check;
use super::ending::REJECTED;
use super::interrupt::{Interrupt, Interrupts};
use super::terminal::say;
use super::{Rejected, open, play, print, terminal};

/// How many instructions examples execute before somebody who wants to stop them is heard.
const SLICE: u64 = 5_000_000;
/// The exit code if something is missing: as when a run waits for it.
const MISSING: u8 = 3;
/// The exit code if an example does not hold.
const FAILED: u8 = 1;

/// What was found in a file.
struct Report {
    text: String,
    code: u8,
}

/// Checks files and returns the exit code. A file that cannot be read does not keep the others from being
/// checked.
///
/// # Errors
/// If the findings cannot be written.
pub fn check(arguments: &Check) -> Result<u8, Rejected> {
    let mut code = 0;
    let mut runner = Runner::default();
    for file in &arguments.files {
        match check_file(file, arguments.notation.map(Notation::from), &mut runner) {
            Ok(report) => {
                if rank(report.code) > rank(code) {
                    code = report.code;
                }
                match print::code_of(terminal::show(&report.text))? {
                    0 => {}
                    closed => return Ok(closed),
                }
            }
            Err(Rejected(reason)) => {
                say(reason.trim_end());
                code = REJECTED;
            }
        }
        if let Some(interrupt) = runner.interrupt {
            say(interrupt.words());
            return Ok(interrupt.code());
        }
    }
    Ok(code)
}

/// How bad an exit code is; the worst of all files is that of the command.
fn rank(code: u8) -> u8 {
    match code {
        REJECTED => 3,
        FAILED => 2,
        MISSING => 1,
        _ => 0,
    }
}

/// The report about a file.
fn check_file(
    path: &Path,
    notation: Option<Notation>,
    runner: &mut Runner,
) -> Result<Report, Rejected> {
    let (kind, text) = open::read(path, notation)?;
    let shown = path.display().to_string();
    match kind {
        FileKind::Program(notation) => {
            let text = Known::none().text_in(&text, notation);
            let mut report = findings(path, &shown, &text, check::check(&text, notation))?;
            let sources = example::in_source(&text, notation);
            if !sources.is_empty() {
                let image = open::image_in(path, kind, &text, &[])?;
                report.add(runner.run(image, &shown, &text, &sources));
            }
            Ok(report)
        }
        FileKind::Image => {
            let image = open::image_in(path, kind, &text, &[])?;
            let text = image.print(Notation::Forth);
            // An image has no lines of its own.
            let shown = format!("{shown}, as midflight print shows it");
            let mut report = findings(path, &shown, &text, check::check_of_image(&text))?;
            let sources = example::in_source(&text, Notation::Forth);
            report.add(runner.run(image, &shown, &text, &sources));
            Ok(report)
        }
        FileKind::Recording => {
            let rejected = |bad: String| Rejected(format!("{shown}: {bad}"));
            let recording = Recording::read(&text).map_err(|bad| rejected(bad.to_string()))?;
            play::check_subjects(path, &recording)?;
            recording.journal().map_err(|bad| rejected(bad.to_string()))?;
            Ok(Report { text: String::new(), code: 0 })
        }
    }
}

fn findings(
    path: &Path,
    shown: &str,
    text: &str,
    findings: Result<Findings, Diagnostics>,
) -> Result<Report, Rejected> {
    let findings = findings
        .map_err(|report| open::rejected(path, &Refused::Text(text.to_string(), report)))?;
    let code = if findings.missing() > 0 { MISSING } else { 0 };
    Ok(Report { text: findings.render(shown, text), code })
}

impl Report {
    fn add(&mut self, other: Report) {
        if !self.text.is_empty() && !other.text.is_empty() {
            self.text.push('\n');
        }
        self.text += &other.text;
        if rank(other.code) > rank(self.code) {
            self.code = other.code;
        }
    }
}

/// Runs examples until somebody stops the program.
#[derive(Default)]
struct Runner {
    /// Once there are examples to run.
    interrupts: Option<Interrupts>,
    interrupt: Option<Interrupt>,
}

impl Runner {
    /// Runs the examples of an image, whose text has them at these places, and says which do not hold.
    fn run(&mut self, mut image: Image, shown: &str, text: &str, sources: &Sources<'_>) -> Report {
        let mut examples = Examples::default();
        if examples.refresh(&mut image) {
            let interrupts = self.interrupts.get_or_insert_with(|| Interrupts::taken(|_| ()));
            while !examples.advance(SLICE) {
                self.interrupt = interrupts.take();
                if self.interrupt.is_some() {
                    return Report { text: String::new(), code: 0 };
                }
            }
        }
        let places = places(sources, &examples);
        let mut runs: Vec<(Span, &ExampleRun)> = places.into_iter().zip(examples.runs()).collect();
        runs.sort_by_key(|(span, _)| span.start);
        let odd = runs.iter().filter(|(_, run)| *run.verdict() != Verdict::Passed);
        let told = odd.clone().take(KEPT).map(|&(span, run)| {
            let diagnostic = diagnostic(&image, span, run);
            render_as("example", &diagnostic, shown, text)
        });
        let mut parts: Vec<String> = told.collect();
        if odd.clone().count() > KEPT {
            parts.push(format!("and {} more\n", counted(odd.count() - KEPT, "example")));
        }
        let (summary, code) = summary(&examples);
        parts.extend(summary);
        Report { text: parts.join("\n"), code }
    }
}

/// The examples of a text, with the byte at which each begins.
type Sources<'t> = [(usize, &'t str)];

/// Where each example is in the text: equal ones come in the same order.
fn places(sources: &Sources<'_>, examples: &Examples) -> Vec<Span> {
    let mut there: HashMap<String, VecDeque<Span>> = HashMap::new();
    for &(start, text) in sources {
        let written = comment::normal(&format!("={text}"));
        let span = Span { start, end: start + text.len() };
        there.entry(written).or_default().push_back(span);
    }
    let place = |run: &ExampleRun| {
        let spans = there.get_mut(&format!("={}", run.example().text));
        spans.and_then(VecDeque::pop_front).unwrap_or_default()
    };
    examples.runs().iter().map(place).collect()
}

/// What came of an example that does not hold.
fn diagnostic(image: &Image, span: Span, run: &ExampleRun) -> Diagnostic {
    // The sign of the comment and that of the example are a part of it.
    let whole = Span { start: span.start.saturating_sub(2), end: span.end };
    let (_, wanted) = run.example().sides();
    let at = run.end().and_then(|end| end.at);
    let words = words(&image.machine, run.verdict(), at);
    let stack = run.end().map_or("", |end| &end.stack);
    let origin = at.and_then(|at| image.origins.of(at));
    let origin = origin.map_or_else(String::new, |origin| format!("; {origin}"));
    match run.verdict() {
        Verdict::Bad(mistake) => {
            let at = Span { start: span.start + mistake.at, end: span.end };
            let diagnostic = Diagnostic::new(at, mistake.message.clone());
            Diagnostic { help: mistake.help.clone(), ..diagnostic }
        }
        Verdict::Left(_) => {
            let wanted = wanted.filter(|wanted| !wanted.is_empty()).unwrap_or("nothing");
            Diagnostic::new(whole, format!("it {words}, and should leave {wanted}"))
        }
        Verdict::Waits(Stop::NotYetImplemented(_) | Stop::Breakpoint | Stop::Input) => {
            let holds = if stack.is_empty() { "is empty" } else { "holds " };
            Diagnostic::new(whole, format!("{words}; the stack {holds}{stack}{origin}"))
        }
        Verdict::Running
        | Verdict::Passed
        | Verdict::Waits(_)
        | Verdict::OutOfRoom(_)
        | Verdict::Endless(_) => Diagnostic::new(whole, words + &origin),
    }
}

/// How many examples hold, and the exit code; nothing if there are none.
fn summary(examples: &Examples) -> (Option<String>, u8) {
    let runs = examples.runs();
    let failed = runs.iter().filter(|run| run.verdict().is_failure()).count();
    let passed = runs.iter().filter(|run| *run.verdict() == Verdict::Passed).count();
    let waiting = runs.len() - failed - passed;
    let all = counted(runs.len(), "example");
    let mut parts = Vec::new();
    if failed > 0 {
        let verb = if failed == 1 { "does" } else { "do" };
        parts.push(format!("{} of {all} {verb} not hold", grouped(failed)));
    }
    if waiting > 0 {
        let verb = if waiting == 1 { "waits" } else { "wait" };
        parts.push(format!("{} of {all} {verb} for what is missing", grouped(waiting)));
    }
    if parts.is_empty() && passed > 0 {
        parts.push(format!("{all} {}", if passed == 1 { "holds" } else { "hold" }));
    }
    let code = match (failed, waiting) {
        (0, 0) => 0,
        (0, _) => MISSING,
        _ => FAILED,
    };
    ((!parts.is_empty()).then(|| parts.join("; ") + "\n"), code)
}
