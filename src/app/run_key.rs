//! The key that runs and pauses, and which of its presses count.
//!
//! The rule: a press counts if its user can have seen what the press before it did. So these do not count:
//! a press while another one waits for its frame; repetitions, while the key is held; and a press a moment
//! after another one, if it would start a run. A press that stops always counts. The three are seen in
//! different places: before egui, in egui's input, and when the action is carried out.

use egui::{Context, Event};

use super::action_table::row;
use crate::desk::action::Action;

/// Two presses within this time, in seconds, are one.
const ONE_PRESS: f64 = 0.2;

/// When the key was last pressed.
#[derive(Debug)]
pub struct RunKey {
    last: f64,
}

impl Default for RunKey {
    fn default() -> RunKey {
        RunKey { last: f64::NEG_INFINITY }
    }
}

impl RunKey {
    /// Whether an event is a press that does not count, because a press waits already.
    pub fn waits(waiting: &[Event], event: &Event) -> bool {
        is_press(event) && waiting.iter().any(is_press)
    }

    /// Drops repetitions. Only egui knows which presses are repetitions.
    pub fn drop_repeats(ctx: &Context) {
        let is_repeat = |event: &Event| matches!(event, Event::Key { repeat: true, .. });
        ctx.input_mut(|input| input.events.retain(|event| !is_repeat(event) || !is_press(event)));
    }

    /// Whether a press counts at this time, in seconds, if the window can be stopped by it or not.
    pub fn counts(&mut self, now: f64, stops: bool) -> bool {
        let before = std::mem::replace(&mut self.last, now);
        stops || now - before >= ONE_PRESS
    }
}

/// Whether an event is the key, pressed or repeated.
fn is_press(event: &Event) -> bool {
    let run = row(&Action::RunOrPause).expect("it is in the table");
    let Event::Key { key, pressed: true, modifiers, .. } = event else { return false };
    let is_bare = modifiers.is_none();
    is_bare && run.keys.iter().any(|shortcut| shortcut.logical_key == *key)
}
