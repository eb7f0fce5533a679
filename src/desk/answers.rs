//! What can be done about a stop, and which actions would do nothing now.

use super::Desk;
use super::action::{Action, Panel};
use super::old_input;
use crate::program::diagnostic::grouped;
use crate::session::target::Target;
use crate::view::stacks;
use crate::view::stop::{Tone, seen};
use crate::view::tasks::resumed_by;
use crate::vm::memory::BodyKind;
use crate::vm::stop::Stop;

/// What can be done about a stop.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    /// The actions, each with the words on its button.
    pub choices: Vec<(Action, String)>,
    /// The one of them that Enter does on an empty line, if any.
    pub enter: Option<Action>,
}

impl Answers {
    fn of(choices: Vec<(Action, String)>) -> Answers {
        Answers { choices, enter: None }
    }
}

impl Desk {
    /// What can be done about the stop.
    pub fn answers(&self) -> Answers {
        if self.runs() {
            return Answers::of(vec![(Action::RunOrPause, "Pause".to_owned())]);
        }
        let mut answers = match self.stop().tone {
            Tone::Missing if self.asked_of_host().is_some() => {
                let enter = (!self.outside.asks()).then_some(Action::Step);
                Answers { choices: self.host_answers(), enter }
            }
            Tone::Missing => Answers { choices: self.hole_answers(), enter: Some(Action::Create) },
            Tone::Limit => {
                let raise = (Action::RaiseLimit, "Raise it".to_owned());
                Answers { choices: vec![raise], enter: Some(Action::RaiseLimit) }
            }
            Tone::Input => Answers::of(self.input_answers()),
            Tone::Fault => {
                let choices =
                    [(Action::ChangeCell, "Change the cell"), (Action::StepBack, "Step back")];
                Answers::of(choices.map(|(action, words)| (action, words.to_owned())).into())
            }
            Tone::Write if self.counter_in_function() => Answers::of(self.ends()),
            Tone::Wrong => Answers::of(vec![(Action::StepBack, "Step back".to_owned())]),
            Tone::Waits => self.ways_on(),
            Tone::Ready | Tone::Write | Tone::Finished | Tone::Exited => Answers::default(),
        };
        if self.in_example() {
            answers.choices.push((Action::LeaveExample, "Back to the program".to_owned()));
        }
        if self.past().is_some() {
            answers.choices.push((Action::GoToEnd, "Return to now".to_owned()));
        }
        let is_free = self.entry.is_clear() && self.value.is_none();
        answers.enter = answers.enter.filter(|_| is_free && self.at_counter());
        answers
    }

    /// What lets a task go on that waits for another, or is held.
    fn ways_on(&self) -> Answers {
        let machine = self.session().machine();
        let task = machine.task().number();
        if machine.strand_of(task).is_some_and(|strand| strand.share == 0) {
            return Answers::of(vec![(Action::HoldTask, "Let it go on".to_owned())]);
        }
        let is_blocked = matches!(machine.stop_of(task), Some(Stop::Blocked(_)));
        if is_blocked && machine.waits_together().is_none() {
            let choice = (Action::LetOthersRun, "Let the others run".to_owned());
            return Answers { choices: vec![choice], enter: Some(Action::LetOthersRun) };
        }
        let who = machine.stopped().map(|(who, _)| who).or_else(|| resumed_by(machine, task));
        match who.filter(|&who| who != task) {
            Some(who) => Answers::of(vec![(Action::FocusTask(who), format!("Show task {who}"))]),
            None => Answers::default(),
        }
    }

    /// How code that is open can end.
    fn ends(&self) -> Vec<(Action, String)> {
        let counter = self.session().machine().task().counter();
        let what = match self.session().machine().memory().code(counter.body).map(|code| code.kind)
        {
            Some(BodyKind::Block(_)) => "End the block",
            Some(BodyKind::Function(_) | BodyKind::Former(_)) | None => "End",
        };
        let top = stacks::parameters(self.session().machine(), 1).values;
        let returns = match top.first() {
            Some(value) => format!("Return {}", value.label.as_str()),
            None => "Return".to_owned(),
        };
        let mut ends = vec![(Action::WriteReturn, returns), (Action::WriteEnd, what.to_owned())];
        if self.session().machine().asked().is_some() && !self.in_example() {
            ends.push((Action::AnswerOnce, "Answer once".to_owned()));
        }
        ends
    }

    /// In the past: at which of how many steps of this branch the session is. None at its end, and while the
    /// player shows a recording.
    pub fn past(&self) -> Option<String> {
        let (session, timeline) = (self.session(), self.timeline());
        if self.runs() || self.document.player.is_some() || session.position() == timeline.end() {
            return None;
        }
        let here = timeline.here(session.position());
        Some(format!("step {} of {}", grouped(here.step), grouped(here.steps)))
    }

    fn input_answers(&self) -> Vec<(Action, String)> {
        let mut choices = Vec::new();
        let inputs = self.old_inputs();
        if let Some(first) = inputs.first() {
            choices.push((Action::ReplayInput, old_input::words(first)));
        }
        if inputs.len() > 1 {
            let words = format!("Replay all {}", inputs.len());
            choices.push((Action::ReplayAllInput, words));
        }
        choices.push((Action::EndInput, "End the input".to_owned()));
        choices
    }

    /// What can be done about a call that the host offers.
    fn host_answers(&self) -> Vec<(Action, String)> {
        let name = self.stop().name.expect("what is missing has a name");
        let mut choices = match self.outside.asks() {
            true => vec![(Action::Stop, "Stop waiting".to_owned())],
            false => vec![(Action::Step, "Ask the host".to_owned())],
        };
        if let Some(old) = self.old_inputs().first() {
            choices.push((Action::ReplayInput, old_input::words(old)));
        }
        choices.push((Action::AnswerOnce, "Answer it".to_owned()));
        if seen(self.session().machine()) != Some(Stop::Breakpoint) {
            choices.push((Action::Create, format!("Define {name}")));
        }
        choices
    }

    fn hole_answers(&self) -> Vec<(Action, String)> {
        let name = self.stop().name.expect("what is missing has a name");
        let mut choices = vec![(Action::Create, format!("Create {name}"))];
        if let Some(old) = self.old_inputs().first() {
            choices.push((Action::ReplayInput, old_input::words(old)));
        }
        if let Some(near) = self.nearest() {
            choices.push((Action::UseExisting, format!("Use {near}")));
        }
        if !self.in_example() {
            choices.push((Action::AnswerOnce, "Answer once".to_owned()));
        }
        choices.push((Action::NameAsLocal, "Name as local".to_owned()));
        choices.push((Action::ChangeCell, "Change".to_owned()));
        choices
    }

    /// Actions that would do nothing now, with the reason.
    pub fn idle(&self) -> Vec<(Action, &'static str)> {
        let mut idle = Vec::new();
        let tone = self.stop().tone;
        let program = &self.program().session;
        for (action, target, session) in [
            (Action::Undo, Target::Undo, program),
            (Action::Redo, Target::Redo, program),
            (Action::StepBack, Target::StepBack, self.session()),
        ] {
            if session.target(target).is_none() {
                idle.push((action, target.absent()));
            }
        }
        if self.session().machine().asked().is_none() || self.in_example() {
            idle.push((Action::AnswerOnce, "No call waits here that could be answered"));
        }
        if tone != Tone::Missing {
            let missing = [Action::Create, Action::UseExisting, Action::NameAsLocal];
            idle.extend(missing.map(|action| (action, "Nothing is missing here")));
        }
        if tone != Tone::Write || !self.counter_in_function() {
            let ends = [Action::WriteReturn, Action::WriteEnd];
            idle.extend(ends.map(|action| (action, "No function or block is open here")));
        }
        if tone != Tone::Limit {
            idle.push((Action::RaiseLimit, "No limit is reached"));
        }
        if self.old_inputs().is_empty() {
            let given = [Action::ReplayInput, Action::ReplayAllInput];
            idle.extend(given.map(|action| (action, "There is no earlier input to replay")));
        }
        if self.document.player.is_none() {
            let played =
                [Action::Play, Action::NextGesture, Action::PreviousGesture, Action::ToEnd];
            idle.extend(played.map(|action| (action, "The player is hidden")));
        }
        if !self.files.recovery.has_other_work() {
            idle.push((Action::Recover, "No other window left unsaved work"));
        }
        if !self.is_busy() {
            idle.push((Action::Stop, "Nothing is running"));
        }
        if !self.in_example() {
            idle.push((Action::LeaveExample, "No example is shown"));
        }
        let machine = self.session().machine();
        if machine.tasks().len() == 1 {
            let of_tasks = [
                Action::NextTask,
                Action::PreviousTask,
                Action::HoldTask,
                Action::BackInTask,
                Action::ForwardInTask,
            ];
            idle.extend(of_tasks.map(|action| (action, "There is only one task")));
        }
        if !matches!(machine.stop_of(machine.task().number()), Some(Stop::Blocked(_))) {
            idle.push((Action::LetOthersRun, "The task waits for no other"));
        }
        if self.examples().is_empty() {
            let examples =
                [Action::NextExample, Action::PreviousExample, Action::Show(Panel::Examples)];
            idle.extend(examples.map(|action| (action, "There is no example yet")));
        }
        if self.sight.trail.is_empty() {
            idle.push((Action::Back, "No other place was shown before"));
        }
        idle
    }
}
