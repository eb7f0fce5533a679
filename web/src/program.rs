//! A program without a window, bounded exactly: for a page that shows it in its own way.

use std::path::Path;

use midflight::session::command::Command;
use midflight::session::file_kind::FileKind;
use midflight::session::recording;
use midflight::view::stop::{Tone, stop};
use midflight::vm::limit::LimitKind;
use midflight::vm::machine::Machine;
use midflight::{Refused, Session};
use serde::Serialize;
use wasm_bindgen::prelude::*;

/// What a run came to.
#[derive(Serialize)]
struct Came<'p> {
    state: &'static str,
    /// What was printed since the last run.
    printed: &'p str,
    title: String,
    used: u64,
    cells: u64,
    text: u64,
}

/// A program and how far it is.
#[wasm_bindgen]
pub struct Program {
    session: Session,
    /// How many bytes of its output were told.
    told: usize,
}

#[wasm_bindgen]
impl Program {
    /// Reads a program, an image or a recording. `limits` are the most cells of memory, bytes of text and bytes that
    /// are printed; 0 is the usual limit.
    ///
    /// # Errors
    /// What is wrong with the text, or with a limit.
    #[wasm_bindgen(constructor)]
    pub fn new(
        text: &str,
        name: &str,
        cells: f64,
        texts: f64,
        output: f64,
    ) -> Result<Program, String> {
        let kind = FileKind::of(Path::new(name), text);
        kind.check_length(text.len())?;
        let mut session = kind.read_file(text, Some(name))?;
        let limits =
            [(LimitKind::Memory, cells), (LimitKind::Text, texts), (LimitKind::Output, output)];
        for (kind, value) in limits.into_iter().filter(|&(_, value)| value > 0.0) {
            let limit = Command::Limit { kind, value: value as u64 };
            session.apply(&[limit]).map_err(|refused| refused.to_string())?;
        }
        Ok(Program { session, told: 0 })
    }

    /// Gives it a line to read.
    ///
    /// # Errors
    /// If its input has ended.
    pub fn give(&mut self, line: &str) -> Result<(), String> {
        self.apply(Command::Give { text: format!("{line}\n") })
    }

    /// Ends its input.
    ///
    /// # Errors
    /// If it has ended.
    pub fn end(&mut self) -> Result<(), String> {
        self.apply(Command::EndInput)
    }

    /// Executes at most so many instructions; returns what came of it, as JSON.
    pub fn run(&mut self, instructions: f64) -> String {
        self.apply(Command::Run { fuel: instructions as u64 }).expect("a run is never refused");
        let machine = self.session.machine();
        let row = stop(machine);
        let output = machine.output();
        let came = Came {
            state: state(row.tone),
            printed: output.get(self.told..).unwrap_or_default(),
            title: row.title,
            used: machine.retired(),
            cells: machine.used(LimitKind::Memory),
            text: machine.used(LimitKind::Text),
        };
        let text = serde_json::to_string(&came).expect("texts and numbers can be written");
        self.told = output.len();
        text
    }

    /// The work with its history, as a recording.
    pub fn recording(&self) -> String {
        recording::write(self.session.journal(), self.session.position())
    }

    fn apply(&mut self, command: Command) -> Result<(), String> {
        self.session.apply(&[command]).map_err(|refused: Refused| refused.to_string())
    }
}

fn state(tone: Tone) -> &'static str {
    match tone {
        Tone::Ready => "ready",
        Tone::Input | Tone::Waits => "waits",
        Tone::Finished | Tone::Exited => "done",
        Tone::Write | Tone::Missing | Tone::Fault | Tone::Limit | Tone::Wrong => "stopped",
    }
}

/// The values of the parameter stack, the top last.
pub fn stack(machine: &Machine) -> Vec<String> {
    machine.task().parameters().iter().map(|&value| machine.show(value)).collect()
}
