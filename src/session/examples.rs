//! The examples of a program, run again after every change.
//!
//! A run is a function of the code, the globals and a text. So there is nothing to keep in step: when code or
//! globals change, all runs begin again, and when only the text of one changes, that one does. A row keeps its
//! verdict until there is a new one. Whoever shows them calls [`Examples::refresh`] when the program rests,
//! because a running program may change its globals all the time, and [`Examples::advance`] in time slices.
//!
//! Runs go in rounds. In each, every run that is not over continues up to ten times as many instructions as in
//! the one before, so those that end soon have ended long before an endless one is given up. Between rounds a
//! run that takes up much is dropped, and begins again in the next. That costs a ninth more, and never more than
//! one large run is kept.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::example::{ExampleRun, FUEL, Verdict};
use super::session::Session;
use crate::program::cell_comments::CellComments;
use crate::program::example::Example;
use crate::program::image::Image;
use crate::vm::code_version::CodeVersion;
use crate::vm::index::Body;
use crate::vm::isolate::Isolate;
use crate::vm::memory::Place;
use crate::vm::stop::Stop;

/// Up to how many instructions a run continues in each round.
const ROUNDS: [u64; 4] = [FUEL / 1000, FUEL / 100, FUEL / 10, FUEL];

/// The examples of a program, in the order of its text.
#[derive(Clone, Debug, Default)]
pub struct Examples {
    runs: Vec<ExampleRun>,
    isolate: Option<Isolate>,
    /// What the list was made of.
    comments: CellComments,
    code: CodeVersion,
    round: usize,
    /// The next run in this round.
    next: usize,
}

/// What examples wait for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lack {
    /// A function.
    Missing(String),
    /// An empty cell of a function.
    Empty(Place),
}

impl Examples {
    /// The examples with what is known of their runs.
    pub fn runs(&self) -> &[ExampleRun] {
        &self.runs
    }

    /// One of them, to step through its run.
    pub fn run_mut(&mut self, index: usize) -> Option<&mut ExampleRun> {
        self.runs.get_mut(index)
    }

    /// Takes over the examples of the program of a session, which stays as it is. Runs those again that may do
    /// something else now; true if there are any.
    pub fn refresh_from(&mut self, session: &mut Session) -> bool {
        self.refresh(&mut session.image)
    }

    /// As [`Examples::refresh_from`], for an image without a history.
    pub fn refresh(&mut self, image: &mut Image) -> bool {
        let code = image.machine.memory().code_version();
        let is_listed = self.comments.shares(&image.comments) && self.code == code;
        if is_listed && self.runs.is_empty() {
            return false;
        }
        let isolate = self.isolate.as_mut();
        let is_same = isolate.is_some_and(|isolate| isolate.is_still_of(&image.machine));
        if is_listed && is_same {
            return false;
        }
        if !is_listed {
            self.list(image);
            (self.comments, self.code) = (image.comments.clone(), code);
        }
        if self.runs.is_empty() {
            self.isolate = None;
            return false;
        }
        if !is_same {
            self.isolate = Some(Isolate::of(&mut image.machine));
            self.runs.iter_mut().for_each(ExampleRun::begin_again);
        }
        self.begin_rounds();
        !self.is_done()
    }

    /// Makes the list again; a text that was there keeps its run.
    fn list(&mut self, image: &Image) {
        let mut there: HashMap<Arc<str>, VecDeque<ExampleRun>> = HashMap::new();
        for run in self.runs.drain(..) {
            there.entry(run.example().text.clone()).or_default().push_back(run);
        }
        let run =
            |example: Example| match there.get_mut(&example.text).and_then(VecDeque::pop_front) {
                Some(run) => run.of(example),
                None => ExampleRun::new(example),
            };
        self.runs = image.examples().into_iter().map(run).collect();
    }

    fn begin_rounds(&mut self) {
        (self.round, self.next) = (0, 0);
    }

    /// Whether a body is one of the program with the same number in the runs; main is not.
    pub fn has(&self, body: Body) -> bool {
        self.isolate.as_ref().is_some_and(|isolate| isolate.has(body))
    }

    /// Whether all runs are over.
    pub fn is_done(&self) -> bool {
        self.runs.iter().all(ExampleRun::is_over)
    }

    /// Continues the runs for about `fuel` instructions; true if all are over.
    pub fn advance(&mut self, fuel: u64) -> bool {
        let Some(isolate) = &mut self.isolate else { return true };
        let mut left = fuel.max(1);
        while let Some(&most) = ROUNDS.get(self.round) {
            let Some(run) = self.runs.get_mut(self.next) else {
                (self.round, self.next) = (self.round + 1, 0);
                continue;
            };
            if run.is_over() || run.cost() >= most {
                self.next += 1;
                continue;
            }
            if left == 0 {
                return false;
            }
            left = left.saturating_sub(run.advance(isolate, most, left));
            if !run.is_over() && run.cost() >= most {
                run.drop_if_large(isolate);
                self.next += 1;
            }
        }
        true
    }

    /// Keeps the run of one example, or of none, whatever it takes up. If it was dropped, it begins again.
    pub fn hold(&mut self, index: Option<usize>) {
        for (n, run) in self.runs.iter_mut().enumerate() {
            let was_held = std::mem::replace(&mut run.is_held, Some(n) == index);
            if let Some(isolate) = self.isolate.as_ref().filter(|_| was_held) {
                run.drop_if_large(isolate);
            }
        }
        let Some(run) = index.and_then(|index| self.runs.get_mut(index)) else { return };
        if run.session().is_none() && !matches!(run.verdict(), Verdict::Bad(_)) {
            run.begin_again();
            self.begin_rounds();
        }
    }

    /// The run that is kept for somebody who looks at it.
    pub fn held(&self) -> Option<usize> {
        self.runs.iter().position(|run| run.is_held)
    }

    /// What the examples wait for, and how many wait for each; what the first waits for comes first.
    pub fn lacks(&self) -> Vec<(Lack, usize)> {
        let mut lacks: Vec<(Lack, usize)> = Vec::new();
        for end in self.runs.iter().filter_map(ExampleRun::end) {
            let lack = match (&end.verdict, end.at) {
                (Verdict::Waits(Stop::NotYetImplemented(name)), _) => Lack::Missing(name.clone()),
                (Verdict::Waits(Stop::Breakpoint), Some(at)) => Lack::Empty(at),
                (
                    Verdict::Waits(_)
                    | Verdict::Running
                    | Verdict::Passed
                    | Verdict::Left(_)
                    | Verdict::OutOfRoom(_)
                    | Verdict::Endless(_)
                    | Verdict::Bad(_),
                    _,
                ) => continue,
            };
            match lacks.iter_mut().find(|(there, _)| *there == lack) {
                Some((_, count)) => *count += 1,
                None => lacks.push((lack, 1)),
            }
        }
        lacks
    }
}
