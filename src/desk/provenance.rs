//! Asking where a value came from. The answer is a list: a value, what made it, and below it the operands of
//! that instruction, each of which is asked about when it is unfolded.

use super::Desk;
use super::action::{CauseAction, ValuePlace};
use super::overlay::Overlay;
use crate::session::journal::Position;
use crate::session::provenance::{Answer, Maker, Question};
use crate::session::request::Request;
use crate::session::target::Target;
use crate::view::memory::At;
use crate::view::provenance::{holder, made, moved};
use crate::vm::flow::Holder;
use crate::vm::index::{BodyId, FrameId, Slot};

/// The list: the value that was asked about first, and what was unfolded below it.
#[derive(Debug, Default)]
pub(super) struct Provenance {
    causes: Vec<Cause>,
    /// The one whose answer is searched for.
    sought: Option<usize>,
}

/// A value of the list.
#[derive(Debug)]
struct Cause {
    depth: usize,
    /// What held it, or which operand it is.
    name: String,
    question: Question,
    answer: Option<Answer>,
    /// Whether the operands are listed below it.
    open: bool,
}

/// A value of the list as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CauseRow {
    /// How many instructions it is away from the value that was asked about first.
    pub depth: usize,
    /// The value.
    pub value: String,
    /// What held it, or which operand it is.
    pub name: String,
    /// What made it, or that this is not known yet.
    pub made: String,
    /// How it was moved; may be empty.
    pub moved: String,
    /// Whether there are operands that can be listed below it, or it has not been asked about.
    pub unfolds: bool,
    /// Whether they are.
    pub open: bool,
}

impl CauseRow {
    /// It in words: `7, the top of the stack: made by + ...`.
    pub fn words(&self) -> String {
        let moved = if self.moved.is_empty() { "" } else { "; " };
        format!("{}, {}: {}{moved}{}", self.value, self.name, self.made, self.moved)
    }
}

impl Cause {
    fn operands(&self) -> &[Question] {
        match self.answer.as_ref().map(|answer| &answer.maker) {
            Some(Maker::Instruction { operands, .. }) => operands,
            Some(Maker::Command { .. } | Maker::Base) | None => &[],
        }
    }

    /// When it was made, or else when it is held.
    fn at(&self) -> Position {
        match self.answer.as_ref().map(|answer| &answer.maker) {
            Some(Maker::Instruction { by, .. }) => by.at,
            Some(Maker::Command { at, .. }) => *at,
            Some(Maker::Base) => Position::default(),
            None => self.question.at,
        }
    }
}

impl Desk {
    /// While the list is open: its rows.
    pub fn causes(&self) -> Vec<CauseRow> {
        let Overlay::Provenance(_) = self.overlay else { return Vec::new() };
        let list = &self.document.asked.provenance;
        let rows = list.causes.iter().enumerate().map(|(index, cause)| {
            let is_sought = self.seeks() && list.sought == Some(index);
            let value = cause.answer.as_ref().map_or(&cause.question.value, |answer| &answer.value);
            CauseRow {
                depth: cause.depth,
                value: value.to_string(),
                name: cause.name.clone(),
                made: match &cause.answer {
                    Some(answer) => made(answer),
                    None if is_sought => "searching the history… Esc gives up".to_owned(),
                    None => "Enter asks where it came from".to_owned(),
                },
                moved: cause.answer.as_ref().map(moved).unwrap_or_default(),
                unfolds: cause.answer.is_none() || !cause.operands().is_empty(),
                open: cause.open,
            }
        });
        rows.collect()
    }

    /// Whether an answer is searched for.
    fn seeks(&self) -> bool {
        self.document.asked.provenance.sought.is_some() && self.travels()
    }

    /// Asks where the selected data cell came from, or what a search found, or else the top of the stack; with
    /// an empty stack, the last thing that was printed.
    pub(super) fn ask_where_from(&mut self) {
        let found = self.found_value().and_then(|place| self.holder_of(&place));
        let printed = self.found_output().map(|bytes| Holder::Output(bytes.start as u64));
        let machine = self.session().machine();
        let height = machine.task().parameters().len();
        let top = || height.checked_sub(1).map(Holder::Parameter);
        let last = || {
            let byte = machine.output().trim_end().len().checked_sub(1)?;
            Some(Holder::Output(byte as u64))
        };
        let holder = match self.head() {
            At { body: BodyId::Data(body), offset } => {
                Some(Holder::Data { body, index: offset as usize })
            }
            At { body: BodyId::Code(_), .. } => found.or(printed).or_else(top).or_else(last),
        };
        self.ask_holder(holder);
    }

    /// Asks where a value of the panels came from.
    pub(super) fn ask_where_value_from(&mut self, place: &ValuePlace) {
        self.ask_holder(self.holder_of(place));
    }

    /// Asks where a byte of the output came from.
    pub(super) fn ask_where_output_from(&mut self, byte: u64) {
        self.ask_holder(Some(Holder::Output(byte)));
    }

    fn holder_of(&self, place: &ValuePlace) -> Option<Holder> {
        let machine = self.session().machine();
        match place {
            ValuePlace::Stack(from_top) => {
                let height = machine.task().parameters().len();
                height.checked_sub(from_top + 1).map(Holder::Parameter)
            }
            ValuePlace::Local(frame, name) => self.local(*frame, name),
            ValuePlace::Global(name) => Some(Holder::Global(name.clone())),
            ValuePlace::New => None,
        }
    }

    fn local(&self, frame: FrameId, name: &str) -> Option<Holder> {
        let machine = self.session().machine();
        let function = machine.task().calls().activation_of(frame)?.body;
        let memory = machine.memory();
        let mut locals = memory.code(function)?.locals().iter();
        let slot = Slot::from_index(locals.position(|&local| memory.name(local) == name)?);
        Some(Holder::Local { frame, function, slot })
    }

    fn ask_holder(&mut self, asked: Option<Holder>) {
        self.hold();
        let nothing =
            "There is no value to ask about: select a data cell, or leave one on the stack";
        let Some(asked) = asked else { return self.notice.warn(nothing) };
        let name = holder(self.session().machine(), &asked);
        let question = match self.session().question(asked) {
            Ok(question) => question,
            Err(refused) if self.session().has_had_several_tasks() => {
                return self.notice.warn(refused.to_string());
            }
            Err(_) => return self.notice.warn(format!("There is no value in {name}")),
        };
        let cause = Cause { depth: 0, name, question, answer: None, open: false };
        self.document.asked.provenance = Provenance { causes: vec![cause], sought: None };
        self.overlay = Overlay::Provenance(0);
        self.search_cause(0);
    }

    /// Does something with a value of the list.
    pub(super) fn cause(&mut self, row: usize, action: CauseAction) {
        let list = &mut self.document.asked.provenance;
        let Some(cause) = list.causes.get(row) else { return };
        self.overlay = Overlay::Provenance(row);
        let (is_known, is_open, at) = (cause.answer.is_some(), cause.open, cause.at());
        match action {
            CauseAction::Unfold if !is_known => self.search_cause(row),
            CauseAction::Unfold if is_open => self.choose_below(row),
            CauseAction::Unfold => self.list_operands(row),
            CauseAction::Fold => self.fold_cause(row),
            CauseAction::Show | CauseAction::Go => {
                list.sought = None;
                if action == CauseAction::Go {
                    self.close_overlay();
                }
                self.go(Target::At(at));
            }
        }
    }

    fn search_cause(&mut self, row: usize) {
        let list = &mut self.document.asked.provenance;
        list.sought = Some(row);
        let question = list.causes[row].question.clone();
        self.start(Request::Trace(Box::new(question)));
    }

    /// The answer is known.
    pub(super) fn answered(&mut self, answer: Answer) {
        let list = &mut self.document.asked.provenance;
        let Some(row) = list.sought.take() else { return };
        let Some(cause) = list.causes.get_mut(row) else { return };
        cause.answer = Some(answer);
        self.list_operands(row);
    }

    /// Lists the operands of the instruction that made a value below it, and chooses the first.
    fn list_operands(&mut self, row: usize) {
        let cause = &mut self.document.asked.provenance.causes[row];
        let (depth, count) = (cause.depth + 1, cause.operands().len());
        let operands = cause.operands().iter().cloned().enumerate().map(|(n, question)| Cause {
            depth,
            name: if count == 1 { "its operand".to_owned() } else { format!("operand {}", n + 1) },
            question,
            answer: None,
            open: false,
        });
        let operands: Vec<Cause> = operands.collect();
        cause.open = count > 0;
        self.document.asked.provenance.causes.splice(row + 1..row + 1, operands);
        self.choose_below(row);
    }

    fn choose_below(&mut self, row: usize) {
        let causes = &self.document.asked.provenance.causes;
        if causes.get(row + 1).is_some_and(|below| below.depth > causes[row].depth)
            && matches!(self.overlay, Overlay::Provenance(chosen) if chosen == row)
        {
            self.overlay = Overlay::Provenance(row + 1);
        }
    }

    /// Removes what is below a value, or chooses the value that it is an operand of.
    fn fold_cause(&mut self, row: usize) {
        let list = &mut self.document.asked.provenance;
        let depth = list.causes[row].depth;
        if !list.causes[row].open {
            let above = list.causes[..row].iter().rposition(|cause| cause.depth < depth);
            self.overlay = Overlay::Provenance(above.unwrap_or(row));
            return;
        }
        let below = list.causes[row + 1..].iter().take_while(|cause| cause.depth > depth).count();
        list.causes.drain(row + 1..row + 1 + below);
        list.causes[row].open = false;
    }

    /// Gives up the search for an answer, if there is one; the list stays if it has an answer.
    pub(super) fn give_up_cause(&mut self) -> bool {
        let gives_up = self.seeks() && matches!(self.overlay, Overlay::Provenance(_));
        if gives_up {
            self.hold();
            self.document.asked.provenance.sought = None;
            if self.document.asked.provenance.causes.iter().all(|cause| cause.answer.is_none()) {
                self.overlay = Overlay::None;
            }
            self.notice.tell("Gave up searching where the value came from");
        }
        gives_up
    }
}
