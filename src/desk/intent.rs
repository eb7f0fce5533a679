//! What the typed line would do. It is read once, for the ghost that foretells it and for Enter that
//! does it.

use std::rc::Rc;

use super::Desk;
use super::entry_line::EntryMode;
use super::key::TypedKey;
use crate::program::diagnostic::counted;
use crate::program::notation::Notation;
use crate::program::scope::Scope;
use crate::program::source::Repair;
use crate::session::command::Command;
use crate::session::goal::Goal;
use crate::session::operand::DataPlace;
use crate::session::prepared::Prepared;
use crate::view::memory::At;
use crate::vm::index::BodyId;
use crate::vm::instruction::Instruction;
use crate::vm::memory::Place;
use crate::vm::refusal::Refusal;

/// What a line would do.
#[derive(Clone, Debug, PartialEq)]
pub struct Intent {
    /// The commands, with their texts already parsed.
    pub gesture: Prepared,
    /// How far it then runs; none if it does not run.
    pub goal: Option<Goal>,
    /// How many cells are written.
    pub cells: u32,
    /// What was put in where something is missing in the line, as a ghost behind the typed text.
    pub repairs: Vec<Repair>,
}

/// The texts of the values on a line; none if it cannot be read, or if it has a block.
fn values<'t>(text: &'t str, scope: &Scope<'_>) -> Vec<&'t str> {
    let Ok(read) = Notation::Forth.read_line(text, scope) else { return Vec::new() };
    if read.cells.bodies.len() > 1 {
        return Vec::new();
    }
    read.spans.iter().map(|cell| text[cell.span.start..cell.span.end].trim()).collect()
}

impl Desk {
    /// What the meaning of the entry line depends on.
    pub(super) fn typed_key(&self) -> TypedKey {
        TypedKey {
            text: self.entry.text.clone(),
            mode: self.entry.mode,
            overwrites: self.entry.overwrites,
            notation: self.notation(),
            selected: self.sight.selection.map(|selection| selection.head),
            session: self.document.session_key(),
        }
    }

    /// What the entry line would do, or why it cannot.
    pub(super) fn intent(&self) -> Rc<Result<Intent, String>> {
        self.document.derived.intent.get(self.typed_key(), || self.read(&self.entry.text))
    }

    fn read(&self, text: &str) -> Result<Intent, String> {
        match self.entry.mode {
            EntryMode::Answer => self.answer(text),
            EntryMode::Restart(frame) => {
                let text = text.trim().to_owned();
                self.without_run(vec![Command::Restart { frame, text: text.into() }])
            }
            EntryMode::Write | EntryMode::Replace => self.write(text),
        }
    }

    fn write(&self, text: &str) -> Result<Intent, String> {
        match self.head() {
            At { body: BodyId::Code(body), offset } => self.code(Place::new(body, offset), text),
            At { body: BodyId::Data(body), offset } => {
                let at = DataPlace { body, index: u64::from(offset) };
                self.without_run(self.data(at, text)?)
            }
        }
    }

    /// Gives a data cell, and those after it, the values of a line. All of them, or none if there are too few cells.
    fn data(&self, at: DataPlace, text: &str) -> Result<Vec<Command>, String> {
        let machine = self.session().machine();
        let values = values(text, &Scope::outside(machine));
        if values.len() < 2 {
            return Ok(vec![Command::Data { at, text: text.trim().into() }]);
        }
        let size = machine.memory().data(at.body).map_or(0, |data| data.size() as u64);
        let (count, room) = (values.len() as u64, size.saturating_sub(at.index));
        if count > room {
            let cells = counted(room as usize, "cell");
            return Err(format!(
                "{count} values do not fit: from here to the end of the data there are {cells}"
            ));
        }
        let at = |n| DataPlace { index: at.index + n, ..at };
        let set = |(n, text): (usize, &str)| Command::Data { at: at(n as u64), text: text.into() };
        Ok(values.into_iter().enumerate().map(set).collect())
    }

    fn code(&self, at: Place, text: &str) -> Result<Intent, String> {
        let (text, repairs) = self.code_text(at, text)?;
        let command = match self.entry.replaces() {
            true => Command::Replace { at, text: text.into() },
            false => Command::Write { at, text: text.into() },
        };
        let session = self.session();
        let cells = self.prepare(vec![command.clone()])?.cells();
        let runs = self.at_counter() && session.runs_for(session.focus()) == Some(session.focus());
        let goal = runs.then(|| Goal::line(session.machine(), at, cells));
        let (commands, goal) = session.in_focus(vec![command], goal);
        let gesture = self.prepare(commands)?;
        Ok(Intent { gesture, goal, cells, repairs })
    }

    fn without_run(&self, commands: Vec<Command>) -> Result<Intent, String> {
        let (commands, _) = self.session().in_focus(commands, None);
        Ok(Intent { gesture: self.prepare(commands)?, goal: None, cells: 0, repairs: Vec::new() })
    }

    fn prepare(&self, commands: Vec<Command>) -> Result<Prepared, String> {
        self.session().prepare(commands).map_err(|refused| refused.to_string())
    }

    /// `3 -- 1`: takes the values before the dashes from the stack, and leaves those after them.
    fn answer(&self, text: &str) -> Result<Intent, String> {
        let wanted = "write what it takes and what it leaves: `3 -- 1`";
        let machine = self.session().machine();
        let read = Notation::Forth.read_line(text, &Scope::outside(machine));
        let read = read.map_err(|report| report.to_string())?;
        // The parser reads the dashes as a call of a function named `--`.
        let is_dashes =
            |cell: &Instruction| matches!(cell, Instruction::Call(name) if &**name == "--");
        let line = &read.cells.bodies[0];
        let count = line.iter().position(is_dashes).ok_or_else(|| wanted.to_owned())?;
        let mut spans = read.spans.iter();
        let dashes = spans.find(|cell| (cell.body, cell.index) == (0, count));
        let dashes = dashes.expect("each cell has a span").span;
        let name = machine.asked().ok_or_else(|| Refusal::NotAsked.to_string())?.to_owned();
        let (operands, results) = (text[..dashes.start].trim(), text[dashes.end..].trim());
        let (operands, results) = (operands.to_owned(), results.into());
        self.without_run(vec![Command::Answer { name, operands, results }])
    }
}
