//! Keys that are pressed faster than the window draws.
//!
//! A key may open a dialog, or move the keyboard focus to another field, and egui needs a frame to draw
//! that before the field can take text. So keys are taken here before egui sees them and are given to the
//! window in portions: text, or one key that is not text. Around such a key there is a frame without keys,
//! and nothing is given until the focus is where the desk wants it. So fast typing, or typing during a
//! slow frame, means the same as slow typing, and no key is lost.
//!
//! A run can move the focus too, because the program may read input. Nobody knows when, so text waits for
//! a run that has just begun, but not for long; and a key that does not depend on the focus, such as the
//! one that pauses the run, does not wait.

use egui::{Context, Event, Key, Plugin, RawInput};

use super::run_key::RunKey;

/// How long text waits for a job that a key began, in seconds.
const PATIENCE: f64 = 0.25;

/// Whether the window can take keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ready {
    /// The keyboard focus is where it should be.
    Yes,
    /// It is, but the job in progress may move it.
    WhileBusy,
    /// It is about to move.
    No,
}

/// What the last frame was given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Given {
    #[default]
    Nothing,
    Text,
    /// A key that is not text, or a click.
    Command,
}

/// The keys that wait for their frame.
#[derive(Debug)]
pub struct TypeAhead {
    waiting: Vec<Event>,
    given: Given,
    ready: Ready,
    /// When the last command was given, in seconds.
    commanded: f64,
}

impl TypeAhead {
    /// Says, at the end of a frame, whether the window can take more keys. Without this, nothing is given.
    pub fn settle(ctx: &Context, ready: Ready) {
        let now = ctx.input(|input| input.time);
        let waits = ctx.with_plugin(|ahead: &mut TypeAhead| {
            ahead.ready = ready;
            if ahead.given == Given::Command {
                ahead.commanded = now;
            }
            if now - ahead.commanded >= PATIENCE && ready == Ready::WhileBusy {
                ahead.ready = Ready::Yes;
            }
            !ahead.waiting.is_empty()
        });
        match waits {
            Some(true) => ctx.request_repaint(),
            Some(false) => {}
            None => ctx.add_plugin(TypeAhead::new(ready)),
        }
    }

    /// Drops the keys that wait and those of this frame: they were meant for something else.
    pub fn forget(ctx: &Context) {
        ctx.with_plugin(|ahead: &mut TypeAhead| ahead.waiting.clear());
        ctx.input_mut(|input| input.events.retain(|event| !is_key(event)));
    }

    fn new(ready: Ready) -> TypeAhead {
        TypeAhead {
            waiting: Vec::new(),
            given: Given::Nothing,
            ready,
            commanded: f64::NEG_INFINITY,
        }
    }

    /// How many of the first `end` waiting events go into the next frame, and what they are.
    fn portion(&self, end: usize) -> (usize, Given) {
        let waiting = &self.waiting[..end];
        let text = waiting.iter().position(is_command).unwrap_or(end);
        let blocked = match self.ready {
            Ready::Yes => false,
            Ready::WhileBusy => !waiting.first().is_some_and(ignores_focus),
            Ready::No => true,
        };
        match self.given {
            _ if blocked => (0, Given::Nothing),
            Given::Nothing | Given::Text if text > 0 => {
                let writes = waiting[..text].iter().any(is_press_or_text);
                (text, if writes { Given::Text } else { self.given })
            }
            Given::Nothing if end > 0 => (1, Given::Command),
            Given::Nothing | Given::Text | Given::Command => (0, Given::Nothing),
        }
    }

    fn take(&mut self, events: Vec<Event>) -> Vec<Event> {
        let mut others = Vec::new();
        let mut clicked = None;
        for event in events {
            if RunKey::waits(&self.waiting, &event) {
                continue;
            }
            // With nothing before it, the release of a key means nothing to wait for.
            if is_key(&event) && (is_press_or_text(&event) || !self.waiting.is_empty()) {
                self.waiting.push(event);
                continue;
            }
            if is_click(&event) {
                clicked.get_or_insert(self.waiting.len());
            }
            others.push(event);
        }
        // What was typed after a click waits for what the click does.
        let (count, given) = self.portion(clicked.unwrap_or(self.waiting.len()));
        self.given = if clicked.is_some() { Given::Command } else { given };
        self.ready = Ready::No;
        let mut portion: Vec<Event> = self.waiting.drain(..count).collect();
        portion.append(&mut others);
        portion
    }
}

impl Plugin for TypeAhead {
    fn debug_name(&self) -> &'static str {
        "type ahead"
    }

    fn input_hook(&mut self, _ctx: &Context, input: &mut RawInput) {
        let events = std::mem::take(&mut input.events);
        input.events = self.take(events);
    }
}

/// Whether it comes from the keyboard or the clipboard.
fn is_key(event: &Event) -> bool {
    matches!(
        event,
        Event::Key { .. }
            | Event::Text(_)
            | Event::Ime(_)
            | Event::Copy
            | Event::Cut
            | Event::Paste(_)
            | Event::ModifiersChanged(_)
    )
}

fn is_press_or_text(event: &Event) -> bool {
    !matches!(event, Event::Key { pressed: false, .. } | Event::ModifiersChanged(_))
}

fn is_click(event: &Event) -> bool {
    matches!(event, Event::PointerButton { .. } | Event::AccessKitActionRequest(_))
}

/// Whether it is the press of a key that writes no text.
fn is_command(event: &Event) -> bool {
    let Event::Key { key, pressed: true, modifiers, .. } = event else { return false };
    modifiers.command || PLAIN.contains(key) || is_function_key(*key)
}

/// Whether it means the same whatever has the keyboard focus.
fn ignores_focus(event: &Event) -> bool {
    let Event::Key { key, modifiers, .. } = event else { return false };
    is_command(event) && (modifiers.command || is_function_key(*key) || *key == Key::Escape)
}

fn is_function_key(key: Key) -> bool {
    key.name().len() > 1 && key.name().starts_with('F')
}

/// Keys that write no text and mean something without a modifier.
const PLAIN: [Key; 12] = [
    Key::Enter,
    Key::Tab,
    Key::Escape,
    Key::Delete,
    Key::ArrowLeft,
    Key::ArrowRight,
    Key::ArrowUp,
    Key::ArrowDown,
    Key::Home,
    Key::End,
    Key::PageUp,
    Key::PageDown,
];

#[cfg(test)]
mod tests {
    use egui::Modifiers;

    use super::*;

    fn key(key: Key) -> Event {
        let modifiers = Modifiers::NONE;
        Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers }
    }

    fn text(text: &str) -> Event {
        Event::Text(text.to_owned())
    }

    /// What each frame is given, if each of them says this afterwards.
    fn frames(events: Vec<Event>, ready: impl Fn(usize) -> Ready) -> Vec<usize> {
        let mut ahead = TypeAhead::new(Ready::Yes);
        let mut events = Some(events);
        let frame = |n| {
            let given = ahead.take(events.take().unwrap_or_default()).len();
            ahead.ready = ready(n);
            given
        };
        (0..9).map(frame).collect()
    }

    #[test]
    fn a_key_that_is_not_text_is_alone_between_frames_without_keys() {
        let events =
            vec![text("1"), text("2"), key(Key::Enter), text("3"), key(Key::Enter), key(Key::Tab)];
        assert_eq!(frames(events, |_| Ready::Yes), [2, 0, 1, 0, 1, 0, 1, 0, 1]);
    }

    #[test]
    fn everything_waits_for_the_focus_and_for_a_job_all_but_what_ignores_the_focus() {
        let events = vec![key(Key::Enter), key(Key::F5), key(Key::Escape), text("1")];
        let busy = |n| if n < 4 { Ready::No } else { Ready::WhileBusy };
        assert_eq!(frames(events, busy), [1, 0, 0, 0, 0, 1, 0, 1, 0]);
    }

    #[test]
    fn several_presses_of_the_run_key_in_a_row_are_one() {
        let events = vec![key(Key::F5), key(Key::F5), key(Key::F5), text("1")];
        assert_eq!(frames(events, |_| Ready::Yes), [1, 0, 1, 0, 0, 0, 0, 0, 0]);
    }

    #[test]
    fn what_is_typed_after_a_click_waits_for_it_and_text_in_a_row_does_not_wait() {
        let click = Event::PointerButton {
            pos: egui::Pos2::ZERO,
            button: egui::PointerButton::Primary,
            pressed: true,
            modifiers: Modifiers::NONE,
        };
        assert_eq!(frames(vec![text("1"), click, text("2")], |_| Ready::Yes)[..3], [2, 0, 1]);
        let mut ahead = TypeAhead::new(Ready::Yes);
        for _ in 0..3 {
            assert_eq!(ahead.take(vec![text("1")]).len(), 1);
            ahead.ready = Ready::Yes;
        }
    }
}
