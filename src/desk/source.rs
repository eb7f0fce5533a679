//! The program as text: the rows in sight, and moving the selection from token to token.

use std::ops::Range;
use std::rc::Rc;

use super::Desk;
use super::action::{Direction, Panes};
use super::effect::Effect;
use super::scene::{CALLS, Scene};
use crate::view::memory::At;
use crate::view::source::{
    self, DataLines, FunctionPart, FunctionRows, Known, Line, Moment, SourcePage, Spot,
};
use crate::view::stacks::{self, FrameRow};
use crate::vm::index::Body;
use crate::vm::instruction::Instruction;

/// How many values there are in a line of data.
const IN_LINE: u32 = source::IN_LINE as u32;

impl Desk {
    /// All functions as text.
    pub fn source(&self) -> Rc<SourcePage> {
        self.document.source()
    }

    /// A function with some of its lines.
    pub fn source_rows(
        &self,
        page: &SourcePage,
        scene: &Scene,
        index: usize,
        lines: Range<usize>,
    ) -> FunctionRows {
        let machine = self.session().machine();
        let journal = self.session().journal();
        let gesture = journal.entry(self.session().position().entry);
        let commands = gesture.map_or(&[][..], |entry| &entry.commands);
        let changed = |body: Body| self.document.before.changed_cells(machine, commands, body);
        let moment = Moment {
            machine,
            marks: &scene.marks,
            frames: &scene.calls.frames,
            known: &self.known(),
            changed: &changed,
            ran: &|place| self.times_ran(place),
        };
        page.rows(index, lines, &moment)
    }

    /// The stack effect of the function with this body, in words; empty if it is not known.
    pub fn effect_of(&self, body: Body) -> String {
        let name = self.session().machine().memory().function_name(body).to_owned();
        self.index().effects.words(&name)
    }

    /// What there is to know about a cell: what an instruction does, or the value of a local.
    pub fn tip(&self, at: At) -> String {
        let machine = self.session().machine();
        let Some(place) = at.place() else { return String::new() };
        match machine.instruction(place) {
            Instruction::Primitive(primitive) => {
                let row = primitive.row();
                format!("{}\n{}", row.effect, row.meaning)
            }
            Instruction::Pick(name) | Instruction::Assign(name) => {
                let function = machine.memory().function_name(place.body).to_owned();
                self.local_tip(&name, &function)
            }
            Instruction::Call(name) => match machine.memory().function(&name) {
                Some(body) => self.effect_of(body),
                None => String::new(),
            },
            Instruction::GetGlobal(name) | Instruction::SetGlobal(name) => {
                match machine.globals().get(&name) {
                    Some(cell) => format!("${name} = {}", machine.show(cell)),
                    None => format!("${name} has no value yet"),
                }
            }
            Instruction::Integer(_)
            | Instruction::Text(_)
            | Instruction::Block(_)
            | Instruction::Address(_)
            | Instruction::BlockValue(..)
            | Instruction::Task(_)
            | Instruction::PushFunction(_)
            | Instruction::Label(_)
            | Instruction::Hole(_)
            | Instruction::FunctionHole(_)
            | Instruction::Breakpoint => String::new(),
        }
    }

    /// The value of a local in the innermost frame of a function.
    fn local_tip(&self, name: &str, function: &str) -> String {
        let calls = stacks::calls(self.session().machine(), CALLS);
        let is_it = |frame: &&FrameRow| frame.is_frame && frame.title == function;
        let Some(frame) = calls.frames.iter().find(is_it) else { return String::new() };
        let local = frame.locals.iter().find(|local| local.name == name);
        match local.and_then(|local| local.value.as_ref()) {
            Some(value) => format!("{name} = {} in frame {}", value.label, frame.number),
            None => format!("{name} has no value in frame {}", frame.number),
        }
    }

    /// What `_` is in the line of the counter, and the expressions before the counter whose values are on the
    /// stack.
    fn known(&self) -> Rc<Vec<Known>> {
        self.document.derived.known.get(self.document.session_key(), || {
            let (machine, index, page) = (self.session().machine(), self.index(), self.source());
            let mut known = match page.find(machine.memory(), self.counter()) {
                Some((part, Some(spot))) => {
                    let text = page.functions()[part].text.as_ref().ok();
                    let line = text.map(|text| &text.lines[spot.line]);
                    line.map_or_else(Vec::new, |line| source::taken(machine, &index.effects, line))
                }
                Some((_, None)) | None => Vec::new(),
            };
            known.extend(source::known(machine, &index.effects));
            known
        })
    }

    /// Chooses what the main area shows.
    pub(super) fn show_panes(&mut self, panes: Panes) {
        self.preferences.code.panes = panes;
        self.emit(Effect::Reveal(self.head()));
    }

    /// Folds the text of the function with the selected cell, or unfolds it.
    pub(super) fn fold_function(&mut self) {
        let page = self.source();
        match page.find(self.session().machine().memory(), self.head()) {
            Some((index, _)) => self.sight.fold_text(page.functions()[index].body),
            None => self.notice.warn("This cell is not in a function"),
        }
    }

    /// Moves the selection in the text.
    pub(super) fn move_in_text(&mut self, direction: Direction) {
        let page = self.source();
        let machine = self.session().machine();
        let from = page.find_any(machine, self.head());
        let Some((index, spot)) = from.or_else(|| page.find_any(machine, self.counter())) else {
            return;
        };
        let to = match (direction, page.functions().get(index).map(|part| &part.text), spot) {
            (Direction::PageUp | Direction::PageDown, _, _)
            | (_, Some(Err(_)), _)
            | (_, _, None) => None,
            (_, Some(Ok(text)), Some(spot)) => within(&text.lines, spot, direction),
            (_, None, Some(spot)) => {
                within_data(page.data(), self.head().offset, spot.line, direction)
            }
        };
        let to = to.or_else(|| neighbour(&page, index, direction));
        if let Some(at) = to {
            self.select(Some(at));
        }
    }
}

/// The tokens of a line that stand for cells.
fn cells(line: &Line) -> impl DoubleEndedIterator<Item = (usize, At)> {
    let tokens = line.tokens.iter().enumerate();
    tokens.filter_map(|(n, token)| Some((n, At::from(token.place?))))
}

/// Where a move within a function leads.
fn within(lines: &[Line], from: Spot, direction: Direction) -> Option<At> {
    let line = &lines[from.line];
    let first = |line: &Line| cells(line).next().map(|(_, at)| at);
    let last = |line: &Line| cells(line).next_back().map(|(_, at)| at);
    let before = || lines[..from.line].iter().rev();
    let after = || lines[from.line + 1..].iter();
    match direction {
        Direction::Left => {
            let near = cells(line).rfind(|&(n, _)| n < from.token || n == from.token && from.after);
            near.map(|(_, at)| at).or_else(|| before().find_map(last))
        }
        Direction::Right => {
            let near = cells(line).find(|&(n, _)| n > from.token);
            near.map(|(_, at)| at).or_else(|| after().find_map(first))
        }
        Direction::Up => before().find_map(|to| beside(line, from.token, to)),
        Direction::Down => after().find_map(|to| beside(line, from.token, to)),
        Direction::Home => first(line),
        Direction::End => last(line),
        Direction::PageUp | Direction::PageDown => None,
    }
}

/// The cell of a line whose token is nearest to the column of a token of another line.
fn beside(line: &Line, token: usize, to: &Line) -> Option<At> {
    let column = |line: &Line, token: usize| {
        let before = &line.tokens[..token];
        let width: usize = before.iter().map(|token| token.span.end - token.span.start).sum();
        line.indent as usize + width
    };
    let wanted = column(line, token);
    cells(to).min_by_key(|&(n, _)| column(to, n).abs_diff(wanted)).map(|(_, at)| at)
}

/// Where a move within the data leads.
fn within_data(data: &DataLines, offset: u32, line: usize, direction: Direction) -> Option<At> {
    let above = || (0..line).rev().find_map(|line| data.beside(offset, line));
    let below = || (line + 1..data.lines()).find_map(|line| data.beside(offset, line));
    match direction {
        Direction::Left => match offset % IN_LINE {
            0 => (0..line).rev().find_map(|line| data.beside(IN_LINE - 1, line)),
            _ => data.beside(offset - 1, line),
        },
        Direction::Right => {
            let next = data.beside(offset + 1, line);
            let is_next = |at: &At| at.offset == offset + 1;
            let first_below = || (line + 1..data.lines()).find_map(|line| data.beside(0, line));
            next.filter(|at| is_next(at) && at.offset % IN_LINE != 0).or_else(first_below)
        }
        Direction::Up => above(),
        Direction::Down => below(),
        Direction::Home => data.beside(0, line),
        Direction::End => data.beside(IN_LINE - 1, line),
        Direction::PageUp | Direction::PageDown => None,
    }
}

/// The cell at the near end of the next or previous part that is shown as text.
fn neighbour(page: &SourcePage, from: usize, direction: Direction) -> Option<At> {
    let (functions, data) = (page.functions(), page.data());
    let first = |part: &Rc<FunctionPart>| {
        let text = part.text.as_ref().ok()?;
        text.lines.iter().find_map(|line| cells(line).next()).map(|(_, at)| at)
    };
    let last = |part: &Rc<FunctionPart>| {
        let text = part.text.as_ref().ok()?;
        text.lines.iter().rev().find_map(|line| cells(line).next_back()).map(|(_, at)| at)
    };
    let mut before = functions[..from].iter().rev();
    let mut after = functions.iter().skip(from + 1);
    let is_data = from == functions.len();
    let first_data =
        || (0..data.lines()).find_map(|line| data.beside(0, line)).filter(|_| !is_data);
    match direction {
        Direction::Left | Direction::Up => before.find_map(last),
        Direction::Right | Direction::Down => after.find_map(first).or_else(first_data),
        Direction::PageUp => before.find_map(first),
        Direction::PageDown => after.find_map(first).or_else(first_data),
        Direction::Home | Direction::End => None,
    }
}
