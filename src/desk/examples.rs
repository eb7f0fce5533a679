//! The examples of the program: their list, which runs by itself, and adding, changing and removing them.
//!
//! An example is a line of a comment, so each change of one is a gesture. Running them is none: they run on
//! isolates, in slices between frames, whenever the program rests and its code or globals are others.

use std::rc::Rc;
use std::time::Duration;

use super::Desk;
use super::action::{ExampleAction, Panel};
use super::document::Document;
use super::overlay::Overlay;
use super::question::Question;
use crate::program::example::Example;
use crate::session::command::Command;
use crate::session::example::{add, change, remove};
use crate::view::examples::{ExampleRow, Tone};

impl Desk {
    /// The examples of the program.
    pub fn examples(&self) -> Rc<Vec<ExampleRow>> {
        Rc::clone(&self.program().asked.examples.rows)
    }

    /// Whether the examples are shown: by themselves, once there is one.
    pub fn shows_examples(&self) -> bool {
        self.preferences.shows(Panel::Examples) && !self.program().asked.examples.rows.is_empty()
    }

    /// How many examples wait for a function that is missing, for each such function.
    pub fn functions_that_examples_lack(&self) -> Vec<(String, usize)> {
        let mut lacks: Vec<(String, usize)> = Vec::new();
        for name in self.examples().iter().filter_map(|row| row.missing.as_ref()) {
            match lacks.iter_mut().find(|(there, _)| there == name) {
                Some((_, count)) => *count += 1,
                None => lacks.push((name.clone(), 1)),
            }
        }
        lacks
    }

    /// How many examples hold, and how many there are.
    pub fn examples_that_hold(&self) -> (usize, usize) {
        let rows = self.examples();
        let holds = |row: &&ExampleRow| row.tone == Tone::Holds && !row.is_old;
        (rows.iter().filter(holds).count(), rows.len())
    }

    /// Runs the examples for part of a frame. Returns when to go on; none if all are over.
    pub(super) fn examples_part(&mut self) -> Option<Duration> {
        if self.program().session.job().is_some() {
            return None;
        }
        let wanted = self.preferences.shows(Panel::Examples) || self.in_example();
        let document = self.program_mut();
        let Document { session, asked, .. } = document;
        let is_other = asked.examples.refresh(session, wanted)?;
        let more = asked.examples.work(session);
        self.follow_example(is_other);
        more.then_some(Duration::ZERO)
    }

    /// Shows or hides the examples.
    pub(super) fn toggle_examples(&mut self) {
        if self.examples().is_empty() {
            return self.notice.warn("There is no example yet: Ctrl+Shift+X adds one");
        }
        self.preferences.toggle(Panel::Examples);
    }

    /// Asks something of an example, or for a new one.
    pub(super) fn example(&mut self, action: ExampleAction) {
        match action {
            ExampleAction::Show(index) => self.show_example(index),
            ExampleAction::Edit(index) => {
                let Some(example) = self.example_at(index) else { return };
                let text = example.text.trim().to_owned();
                self.hold();
                self.overlay = Overlay::Ask(Question::Example(Some(index)), text);
            }
            ExampleAction::Remove(index) => {
                let Some(example) = self.example_at(index) else { return };
                if self.example_shown() == Some(index) {
                    self.leave_example();
                }
                self.change_examples(|document| remove(document.session.image(), &example));
            }
            ExampleAction::Create(name) => {
                self.gesture(vec![Command::Define { name, text: "".into() }], None);
            }
        }
    }

    /// Asks for a new example.
    pub(super) fn ask_example(&mut self) {
        self.hold();
        self.overlay = Overlay::Ask(Question::Example(None), String::new());
    }

    fn example_at(&self, index: usize) -> Option<Example> {
        let runs = self.program().asked.examples.list.runs();
        runs.get(index).map(|run| run.example().clone())
    }

    /// Adds an example that was typed, or changes one; an empty text removes it. False, with a message, if that
    /// cannot be.
    pub(super) fn example_typed(&mut self, index: Option<usize>, text: &str) -> bool {
        let text = text.trim();
        let example = index.and_then(|index| self.example_at(index));
        let done = match example {
            _ if text.is_empty() && index.is_none() => true,
            Some(example) if text.is_empty() => {
                self.change_examples(|document| remove(document.session.image(), &example))
            }
            Some(example) => {
                self.change_examples(|document| change(document.session.image(), &example, text))
            }
            None => self.change_examples(|document| Some(add(document.session.image(), text))),
        };
        if done && !self.preferences.shows(Panel::Examples) {
            self.preferences.toggle(Panel::Examples);
        }
        done
    }

    fn change_examples(&mut self, command: impl FnOnce(&Document) -> Option<Command>) -> bool {
        match command(self.program()) {
            Some(command) if self.in_example() => self.gesture_in_program(vec![command]),
            Some(command) => self.gesture(vec![command], None),
            None => {
                self.notice.warn("This example is not there any more");
                false
            }
        }
    }
}
