//! Removing and reordering values of the parameter stack, each as one gesture.
//!
//! The commands change values in their places and drop the topmost. So every value that stays is on the stack all
//! the time, and what it refers to is never without a reference.

use super::Desk;
use super::effect::Effect;
use crate::session::code_text::CodeText;
use crate::session::command::Command;
use crate::view::stacks;

impl Desk {
    /// Removes a value, counted from the top.
    pub(super) fn remove_value(&mut self, from_top: usize) {
        let Some(texts) = self.top_values(from_top + 1) else { return };
        let mut commands: Vec<Command> = Vec::new();
        // Each value above comes one place down, the lowest first.
        for (above, text) in texts.into_iter().enumerate().take(from_top).rev() {
            commands.extend(self.parameter(above + 1, text));
        }
        commands.push(Command::Drop { count: 1 });
        if self.gesture(commands, None) {
            self.focus_value(from_top);
        }
    }

    /// Exchanges a value, counted from the top, with the next one towards the top or the bottom.
    pub(super) fn move_value(&mut self, from_top: usize, up: bool) {
        let depth = self.session().machine().task().parameters().len();
        let other = match up {
            true => from_top.checked_sub(1),
            false => Some(from_top + 1).filter(|&below| below < depth),
        };
        let Some(other) = other else {
            return self.notice.warn(match up {
                true => "This value is the top of the stack already",
                false => "This value is the bottom of the stack already",
            });
        };
        let Some(mut texts) = self.top_values(from_top.max(other) + 1) else { return };
        texts.swap(from_top, other);
        let both = [from_top, other].map(|at| self.parameter(at, texts[at].clone()));
        if self.gesture(both.into_iter().flatten().collect(), None) {
            self.focus_value(other);
        }
    }

    /// The exact texts of this many values, the top first. Warns if there are not so many.
    fn top_values(&mut self, count: usize) -> Option<Vec<CodeText>> {
        let values = stacks::parameters(self.session().machine(), count).values;
        if values.len() < count {
            self.notice.warn("This value no longer exists");
            return None;
        }
        Some(values.into_iter().map(|value| value.source.into()).collect())
    }

    /// The command that gives a place of the stack, counted from the top, this value.
    fn parameter(&self, from_top: usize, text: CodeText) -> Option<Command> {
        let depth = self.session().machine().task().parameters().len();
        Some(Command::Parameter { index: depth.checked_sub(from_top + 1)?, text })
    }

    /// Keeps the keyboard on the values: on this one, or on the lowest.
    fn focus_value(&mut self, from_top: usize) {
        let depth = self.session().machine().task().parameters().len();
        if let Some(lowest) = depth.checked_sub(1) {
            self.emit(Effect::FocusStack(from_top.min(lowest)));
        }
    }
}
