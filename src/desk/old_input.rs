//! Input for the program: typed, ended, or replayed from before the user went back.

use std::rc::Rc;

use super::Desk;
use super::action::Field;
use super::effect::Effect;
use crate::session::command::Command;
use crate::session::goal::Goal;
use crate::view::stop::seen;
use crate::vm::spelling::clip;
use crate::vm::stop::Stop;

/// The most characters of a line that a button shows.
const SHOWN: usize = 24;

impl Desk {
    fn waits_for_input(&self) -> bool {
        seen(self.session().machine()) == Some(Stop::Input) && !self.in_example()
    }

    /// Whether the program waits for a line that can be given.
    pub(super) fn takes_input(&self) -> bool {
        self.waits_for_input() && !self.session().machine().input().ended()
    }

    /// The inputs that can be replayed from the branch that was left, in order, or the answers. Empty unless the
    /// program waits for input, or at a call that can be answered.
    pub(super) fn old_inputs(&self) -> Rc<Vec<Command>> {
        self.document.derived.old_inputs.get(self.document.session_key(), || {
            if self.runs() {
                Vec::new()
            } else if self.waits_for_input() {
                self.session().offered_inputs()
            } else if self.session().machine().asked().is_some() {
                self.session().offered_answers()
            } else {
                Vec::new()
            }
        })
    }

    /// Gives the program a line and, if it was waiting for input, runs it again.
    pub(super) fn give(&mut self, line: &str) {
        self.emit(Effect::Focus(Field::Entry));
        if self.session().machine().input().ended() {
            return self
                .notice
                .warn("The input has ended, so no line can be given. Undo takes its end back.");
        }
        self.outside.input.clear();
        self.give_commands(vec![given(line)]);
    }

    /// Tells the program that no more input comes.
    pub(super) fn end_input(&mut self) {
        if !self.waits_for_input() {
            return self.notice.warn("The program is not waiting for input");
        }
        self.emit(Effect::Focus(Field::Entry));
        self.give_commands(vec![Command::EndInput]);
    }

    /// Replays up to `count` inputs from the branch that was left, as one gesture.
    pub(super) fn replay_input(&mut self, count: usize) {
        // A second answer is for another call.
        let count = if self.waits_for_input() { count } else { 1 };
        let commands: Vec<Command> = self.old_inputs().iter().take(count).cloned().collect();
        if commands.is_empty() {
            return self.notice.warn("There is no earlier input to replay");
        }
        self.emit(Effect::Focus(Field::Entry));
        self.give_commands(commands);
    }

    fn give_commands(&mut self, commands: Vec<Command>) {
        let goal = match self.waits_for_input() {
            true => Some(self.goal_after_input()),
            false => self.document.pace.free.then_some(Goal::Free),
        };
        self.gesture(commands, goal);
    }
}

/// What gives the program a line.
pub(super) fn given(line: &str) -> Command {
    Command::Give { text: format!("{line}\n") }
}

/// The words on the button that replays an input: `Replay: 7`.
pub(super) fn words(command: &Command) -> String {
    if let Command::Give { text } = command {
        format!("Replay: {}", short(text.trim_end_matches('\n')))
    } else if let Command::Answer { results, .. } = command {
        format!("Replay: {}", clip(results.trim(), SHOWN))
    } else {
        "Replay the end of the input".to_owned()
    }
}

fn short(text: &str) -> String {
    let line: String = text.chars().flat_map(char::escape_debug).collect();
    clip(&line, SHOWN).into_owned()
}
