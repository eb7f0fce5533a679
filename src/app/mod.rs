//! The window: it draws a [`Desk`]. The only part that knows egui.
//!
//! One frame: [`App::logic`] lets the desk continue long work. In [`App::ui`], [`keymap`] turns the keys
//! that `type_ahead` gives to this frame into [`Action`]s, the panels draw what the desk shows and add
//! more actions, and the desk carries them out in order. What only a window can do comes back as
//! [`Effect`]s.

pub mod action_table;
pub mod breakpoint;
pub mod cells;
pub mod chart;
#[cfg(not(target_arch = "wasm32"))]
pub mod dialogs;
mod dragging;
mod draw;
mod focused_value;
pub mod keymap;
pub mod layout;
mod menu_keys;
pub mod paint;
pub mod panels;
mod run_key;
pub mod source;
pub mod theme;
mod type_ahead;
#[cfg(not(target_arch = "wasm32"))]
pub mod window;

use std::mem::Discriminant;
use std::rc::Rc;

use egui::text_selection::LabelSelectionState;
use egui::{Context, Event, Theme, Ui, ViewportCommand};

use crate::desk::Desk;
use crate::desk::action::{Action, Field};
use crate::desk::dialogs::Dialogs;
use crate::desk::effect::Effect;
use crate::desk::overlay::Overlay;
use crate::desk::preferences::Preferences;
use crate::view::memory::At;

use keymap::Focus;
use layout::Grid;
use menu_keys::MenuKeys;
use panels::{console, entry, timeline};
use run_key::RunKey;
use type_ahead::{Ready, TypeAhead};

#[cfg(not(target_arch = "wasm32"))]
pub use window::start;

/// The contents of the window. Both eframe and a test can draw them.
pub struct App {
    desk: Desk,
    /// The field that takes the keyboard focus when it is next drawn.
    focus: Option<Field>,
    /// The cell to scroll to when the cells are next drawn.
    reveal: Option<At>,
    /// Where the cells are on their page, as long as neither the code nor the width changes.
    grid: Option<Rc<Grid>>,
    /// The cells above and below the selected one when last drawn.
    beside: [Option<At>; 2],
    /// The cell that the pointer was over in the last frame, in the text or among the cells.
    lit: Option<At>,
    run_key: RunKey,
    menus: MenuKeys,
    /// The recordings that were asked for as links, until the page takes them.
    links: Vec<String>,
}

impl App {
    /// A window on an empty memory.
    pub fn new(dialogs: Box<dyn Dialogs>, preferences: Preferences) -> App {
        let desk = Desk::new(dialogs, preferences);
        App {
            desk,
            focus: None,
            reveal: None,
            grid: None,
            beside: [None; 2],
            lit: None,
            run_key: RunKey::default(),
            menus: MenuKeys::default(),
            links: Vec::new(),
        }
    }

    /// The desk it draws.
    pub fn desk(&self) -> &Desk {
        &self.desk
    }

    /// The desk it draws, to open something else.
    pub fn desk_mut(&mut self) -> &mut Desk {
        &mut self.desk
    }

    /// The recordings that were asked for as links since the last call.
    pub fn links(&mut self) -> Vec<String> {
        std::mem::take(&mut self.links)
    }

    /// Continues long work of the desk for part of a frame.
    pub fn logic(&mut self, ctx: &Context) {
        let in_dialog = matches!(self.desk.overlay(), Overlay::FileDialog(_));
        let tick = self.desk.tick(ctx.input(|input| input.time));
        if in_dialog && !matches!(self.desk.overlay(), Overlay::FileDialog(_)) {
            TypeAhead::forget(ctx);
        }
        self.carry_out(tick.effects, ctx);
        if let Some(again) = tick.again {
            ctx.request_repaint_after(again);
        }
    }

    /// Names the window after its file.
    fn name_window(&mut self, ctx: &Context) {
        let title = format!("{} - Midflight", self.desk.file_words());
        let id = egui::Id::unique("title of the window");
        if ctx.data(|data| data.get_temp::<String>(id)).as_ref() != Some(&title) {
            ctx.send_viewport_cmd(ViewportCommand::Title(title.clone()));
            ctx.data_mut(|data| data.insert_temp(id, title));
        }
    }

    /// Turning the wheel with Ctrl makes everything larger or smaller.
    fn wheel(ctx: &Context) -> Option<Action> {
        let turned = ctx.input(|input| {
            let is_turned = |event: &Event| matches!(event, Event::MouseWheel { modifiers, .. } if modifiers.command);
            input.events.iter().any(is_turned).then(|| input.zoom_delta())
        })?;
        (turned != 1.0).then_some(if turned > 1.0 {
            Action::LargerText
        } else {
            Action::SmallerText
        })
    }

    /// Draws a frame and carries out what was asked for.
    pub fn ui(&mut self, ui: &mut Ui) {
        self.name_window(ui.ctx());
        let overlay = std::mem::discriminant(self.desk.overlay());
        RunKey::drop_repeats(ui.ctx());
        let focus = self.keyboard(ui.ctx());
        match self.desk.overlay().is_open() {
            true => self.menus.skip(),
            false => self.menus.take(ui.ctx()),
        }
        let mut actions = keymap::take(ui.ctx(), focus, self.beside);
        let in_text = focus == Focus::Source || !self.desk.preferences().code.panes.has_cells();
        for action in actions.iter_mut().filter(|action| **action == Action::ChangeCell && in_text)
        {
            *action = Action::EditLine;
        }
        for action in &mut actions {
            focused_value::redirect(ui.ctx(), action);
        }
        let (now, stops) = (ui.input(|input| input.time), self.desk.is_busy());
        actions.retain(|action| *action != Action::RunOrPause || self.run_key.counts(now, stops));
        // A run can be paused whatever is open.
        let pauses = |action: &Action| {
            *action == Action::Stop || *action == Action::RunOrPause && self.desk.runs()
        };
        actions.retain(|action| keymap::passes(self.desk.overlay(), action) || pauses(action));
        self.type_anywhere(ui.ctx(), focus);
        actions.extend(self.escape(ui.ctx(), focus));
        actions.extend(dropped(ui.ctx()));
        actions.extend(App::wheel(ui.ctx()));
        self.draw(ui, &mut actions);
        let copy = [
            copied(ui.ctx(), focus, &actions, (Event::Copy, Action::CopyCells)),
            copied(ui.ctx(), focus, &actions, (Event::Cut, Action::CutCells)),
        ];
        let copy = copy.into_iter().flatten();
        actions.extend(copy.filter(|copy| keymap::passes(self.desk.overlay(), copy)));
        // Every field was drawn: one that did not take the focus is not there.
        self.focus = None;
        // Text goes first: what was typed comes before a click in the same frame.
        actions.sort_by_key(|action| !matches!(action, Action::Typed(..)));
        if !actions.is_empty() {
            ui.ctx().request_repaint();
        }
        for action in actions {
            self.perform(action, ui.ctx());
        }
        let nothing_focused = ui.memory(|memory| memory.focused()).is_none();
        if self.menus.has_closed() && self.focus.is_none() && nothing_focused {
            self.focus = Some(Field::Entry);
            ui.ctx().request_repaint();
        }
        TypeAhead::settle(ui.ctx(), self.ready(overlay));
    }

    /// Whether the keyboard focus is where it should be, in a frame that drew this overlay.
    fn ready(&self, drawn: Discriminant<Overlay>) -> Ready {
        let moves = self.focus.is_some() || drawn != std::mem::discriminant(self.desk.overlay());
        match (moves, self.desk.session().job()) {
            (true, _) => Ready::No,
            (false, Some(_)) => Ready::WhileBusy,
            (false, None) => Ready::Yes,
        }
    }

    /// Carries out an action.
    pub fn perform(&mut self, action: Action, ctx: &Context) {
        let effects = self.desk.perform(action);
        self.carry_out(effects, ctx);
    }

    fn carry_out(&mut self, effects: Vec<Effect>, ctx: &Context) {
        for effect in effects {
            match effect {
                Effect::Focus(field) => self.focus = Some(field),
                Effect::FocusAfterTravel(field) => {
                    let stays = ctx.memory(|memory| memory.has_focus(timeline::focus_id()));
                    // A list over everything else may have gone there, and keeps the keyboard.
                    let stays = stays || self.desk.overlay().is_open();
                    self.focus = (!stays).then_some(field);
                }
                Effect::FocusStack(from_top) => focused_value::focus(ctx, from_top),
                Effect::NextArea => self.next_area(ctx),
                Effect::Reveal(at) => self.reveal = Some(at),
                Effect::Copy(source) => ctx.copy_text(source.into()),
                Effect::Paste => {
                    self.focus = Some(Field::Entry);
                    ctx.memory_mut(|memory| memory.request_focus(entry::field_id()));
                    ctx.send_viewport_cmd(ViewportCommand::RequestPaste);
                }
                Effect::ToggleTheme => {
                    let dark = ctx.theme() != Theme::Dark;
                    ctx.set_theme(if dark { Theme::Dark } else { Theme::Light });
                    self.desk.set_dark(dark);
                }
                Effect::Zoom(factor) => ctx.set_zoom_factor(factor),
                Effect::CopyLink(recording) => self.links.push(recording),
                Effect::Close => ctx.send_viewport_cmd(ViewportCommand::Close),
            }
        }
    }

    /// Whether this field should take the focus now. True once for each request.
    fn take_focus(&mut self, field: Field) -> bool {
        self.focus.take_if(|focus| *focus == field).is_some()
    }

    fn next_area(&mut self, ctx: &Context) {
        let panes = self.desk.preferences().code.panes;
        let source = panes.has_source().then(source::focus_id);
        let cells = panes.has_cells().then(cells::focus_id);
        let areas: Vec<egui::Id> = source.into_iter().chain(cells).collect();
        let focused = ctx.memory(|memory| memory.focused());
        let here = areas.iter().position(|&area| Some(area) == focused);
        match areas.get(here.map_or(0, |here| here + 1)) {
            Some(&next) => {
                ctx.memory_mut(|memory| memory.request_focus(next));
                self.perform(Action::Select(Some(self.desk.head())), ctx);
            }
            None => self.focus = Some(Field::Entry),
        }
    }

    /// What has the keyboard focus.
    fn keyboard(&self, ctx: &Context) -> Focus {
        let text = |text: &str| if text.is_empty() { Focus::EmptyEntry } else { Focus::Text };
        match ctx.memory(|memory| memory.focused()) {
            Some(id) if id == entry::field_id() => text(&self.desk.entry().text),
            Some(id) if id == console::field_id() => text(self.desk.input()),
            Some(id) if id == cells::focus_id() => Focus::Cells,
            Some(id) if id == source::focus_id() => Focus::Source,
            Some(_) if ctx.text_edit_focused() => Focus::Text,
            Some(_) | None => Focus::Other,
        }
    }

    /// Whether neither an overlay nor a value field is open.
    fn nothing_open(&self) -> bool {
        !self.desk.overlay().is_open() && self.desk.value().is_none()
    }

    /// Esc that no field, menu or overlay takes: goes back to the counter.
    fn escape(&self, ctx: &Context, focus: Focus) -> Option<Action> {
        let free = self.nothing_open()
            && !egui::Popup::is_any_open(ctx)
            && matches!(focus, Focus::Cells | Focus::Source | Focus::Other);
        (free && ctx.input(|input| input.key_pressed(egui::Key::Escape))).then_some(Action::Close)
    }

    /// Typing that no text field takes goes to the entry line.
    fn type_anywhere(&self, ctx: &Context, focus: Focus) {
        let typed = |input: &egui::InputState| {
            input.events.iter().any(|event| {
                matches!(event, Event::Text(text) if text.trim() != "")
                    || matches!(event, Event::Paste(_))
            })
        };
        let takes = matches!(focus, Focus::Cells | Focus::Source | Focus::Other);
        if self.nothing_open() && takes && ctx.input(typed) {
            ctx.memory_mut(|memory| memory.request_focus(entry::field_id()));
        }
    }
}

/// Ctrl+C or Ctrl+X that neither a text field, a row of a panel nor marked text takes: copies or cuts the selected
/// cells.
fn copied(
    ctx: &Context,
    focus: Focus,
    actions: &[Action],
    (event, action): (Event, Action),
) -> Option<Action> {
    let asked = ctx.input(|input| input.events.contains(&event));
    let marked = ctx.with_plugin(|marks: &mut LabelSelectionState| marks.has_selection());
    let taken = |action: &Action| matches!(action, Action::CopyValue(_) | Action::CopyName(_));
    let free = focus != Focus::Text && marked != Some(true) && !actions.iter().any(taken);
    (asked && free).then_some(action)
}

/// Opens the first file dropped onto the window.
fn dropped(ctx: &Context) -> Option<Action> {
    let path =
        ctx.input(|input| input.raw.dropped_files.first().map(|file| file.path().to_path_buf()));
    path.map(Action::OpenPath)
}
