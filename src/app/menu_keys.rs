//! Menus by keyboard: Alt alone opens the first one, Alt and the letter that is underlined opens any. Arrows move,
//! Enter takes, Esc closes.
//!
//! egui moves the keyboard focus to whatever is nearest in the direction of an arrow, which may be outside of the menu.
//! So the items of the open menu are noted as they are drawn, and arrows are taken before egui uses them.
//!
//! What matters is the order of the events, not which modifiers are held when a frame is drawn: a quick press of Alt is
//! over by then. On many keyboards the right Alt key writes other characters, so it opens nothing.

use egui::{Context, Event, FocusDirection, Id, Key, Modifiers, Popup, Response};

use super::action_table::Menu;

/// What is known of the Alt key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Alt {
    #[default]
    Up,
    /// It is held, and nothing else was pressed since.
    Alone,
    /// It is held as a part of something else.
    Used,
}

/// Whether an event makes Alt a part of something else, if it is held.
fn uses(event: &Event) -> bool {
    matches!(
        event,
        Event::Key { pressed: true, .. }
            | Event::Text(_)
            | Event::PointerButton { .. }
            | Event::MouseWheel { .. }
    )
}

/// The menus as the keyboard sees them.
#[derive(Debug, Default)]
pub struct MenuKeys {
    alt: Alt,
    /// The menu that opens when it is next drawn.
    wanted: Option<usize>,
    /// The menu that was open when last drawn, and its items that can be taken.
    open: Option<usize>,
    items: Vec<Id>,
    /// Whether the first item takes the focus when it is next drawn.
    first: bool,
    /// Whether the open menu was opened or used by keyboard.
    by_key: bool,
}

impl MenuKeys {
    /// Takes the keys that open menus and move in them.
    pub fn take(&mut self, ctx: &Context) {
        for (n, menu) in Menu::ALL.into_iter().enumerate() {
            if ctx.input_mut(|input| input.consume_key(Modifiers::ALT, menu.letter())) {
                // The key writes its letter too.
                let is_letter = |event: &Event| matches!(event, Event::Text(text) if text.eq_ignore_ascii_case(menu.letter().name()));
                ctx.input_mut(|input| input.events.retain(|event| !is_letter(event)));
                self.use_alt();
                self.want(n);
            }
        }
        if self.released_alone(ctx) {
            match self.open {
                Some(_) => Popup::close_all(ctx),
                None => self.want(0),
            }
        }
        if let Some(open) = self.open {
            self.move_in(ctx, open);
        }
    }

    /// Forgets what was pressed: the keys are for something else.
    pub fn skip(&mut self) {
        self.use_alt();
        self.wanted = None;
    }

    fn want(&mut self, menu: usize) {
        (self.wanted, self.by_key) = (Some(menu), true);
    }

    /// Whether Alt was released, and nothing else was pressed while it was held. Both may come in one frame.
    fn released_alone(&mut self, ctx: &Context) -> bool {
        ctx.input(|input| {
            let mut opens = false;
            for event in &input.events {
                match event {
                    Event::Key { key: Key::AltLeft, pressed: true, repeat: true, .. } => {}
                    Event::Key { key: Key::AltLeft, pressed: true, .. } => self.alt = Alt::Alone,
                    Event::Key { key: Key::AltLeft, pressed: false, .. } => {
                        opens = self.alt == Alt::Alone;
                        self.alt = Alt::Up;
                    }
                    event if uses(event) => self.use_alt(),
                    _ => {}
                }
            }
            if !input.focused {
                self.use_alt();
            }
            opens
        })
    }

    /// If Alt is held, it is a part of something else.
    fn use_alt(&mut self) {
        if self.alt == Alt::Alone {
            self.alt = Alt::Used;
        }
    }

    fn move_in(&mut self, ctx: &Context, open: usize) {
        let pressed = |key| ctx.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        let (left, right) = (pressed(Key::ArrowLeft), pressed(Key::ArrowRight));
        let (up, down) = (pressed(Key::ArrowUp), pressed(Key::ArrowDown));
        if !(left || right || up || down) {
            return;
        }
        self.by_key = true;
        ctx.memory_mut(|memory| memory.move_focus(FocusDirection::None));
        let count = Menu::ALL.len();
        if left || right {
            return self.want((open + if right { 1 } else { count - 1 }) % count);
        }
        let focused = ctx.memory(|memory| memory.focused());
        let here = self.items.iter().position(|&item| Some(item) == focused);
        let next = match (here, down) {
            (None, true) => 0,
            (None, false) => self.items.len().saturating_sub(1),
            (Some(here), true) => (here + 1) % self.items.len(),
            (Some(here), false) => (here + self.items.len() - 1) % self.items.len(),
        };
        if let Some(&item) = self.items.get(next) {
            ctx.memory_mut(|memory| memory.request_focus(item));
        }
    }

    /// Whether the letters that open menus are underlined.
    pub fn shows_letters(&self) -> bool {
        self.alt == Alt::Alone || self.by_key
    }

    /// The menus are about to be drawn.
    pub fn begin(&mut self) {
        self.open = None;
    }

    /// A menu was drawn: its button, and its items that can be taken if it is open.
    pub fn drawn(&mut self, menu: usize, button: &Response, items: Option<Vec<Id>>) {
        if self.wanted == Some(menu) {
            self.wanted = None;
            self.first = true;
            Popup::open_id(&button.ctx, Popup::default_response_id(button));
            button.ctx.request_repaint();
            return;
        }
        let Some(items) = items else { return };
        if let (true, Some(&first)) = (std::mem::take(&mut self.first), items.first()) {
            button.ctx.memory_mut(|memory| memory.request_focus(first));
        }
        (self.open, self.items) = (Some(menu), items);
    }

    /// Whether a menu that was used by keyboard has closed. True once.
    pub fn has_closed(&mut self) -> bool {
        let closed = self.by_key && self.open.is_none() && self.wanted.is_none() && !self.first;
        self.by_key &= !closed;
        closed
    }
}
