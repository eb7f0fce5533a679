//! The line in which instructions are typed, with its completions and the ghost of what it would do.

use egui::text::{LayoutJob, TextWrapping};
use egui::{
    Align, Align2, Button, Event, EventFilter, Key, Layout, Modifiers, Popup, RectAlign, RichText,
    TextEdit, Ui, vec2,
};

use crate::app::action_table::row;
use crate::app::theme::{Look, mono, plain, sentence};
use crate::desk::Ghost;
use crate::desk::action::{Action, Field};
use crate::desk::completion::Completion;
use crate::desk::entry_line::EntryLine;
use crate::program::notation::Notation;

/// What the entry line shows.
pub struct EntryPanel<'a> {
    /// The typed text, and the chosen completion.
    pub entry: &'a EntryLine,
    /// What would happen where: `do at 104`.
    pub prompt: &'a str,
    /// An example to show while nothing is typed.
    pub hint: &'a str,
    /// What the line would do, or why it cannot.
    pub ghost: &'a Ghost,
    /// Completions of the last word.
    pub completions: &'a [Completion],
    /// What was put in behind the typed text, because it is missing there.
    pub ghost_end: &'a str,
    /// The notation of the line.
    pub notation: Notation,
    /// Whether the field takes the keyboard focus in this frame.
    pub focus: bool,
    /// Where the banner above the line begins: the list of completions stands above that.
    pub top: f32,
}

impl EntryPanel<'_> {
    /// Whether completions are listed.
    fn is_open(&self) -> bool {
        self.entry.lists_completions() && !self.completions.is_empty()
    }

    fn choice(&self) -> usize {
        self.entry.choice(self.completions.len())
    }
}

/// The id of the field, for keyboard focus.
pub fn field_id() -> egui::Id {
    egui::Id::unique("entry")
}

/// Takes the keys that mean something else here than in an ordinary text field. Called before the field
/// is drawn.
fn take_keys(ui: &Ui, line: &EntryPanel<'_>) -> Option<Action> {
    if !ui.memory(|memory| memory.has_focus(field_id())) {
        return None;
    }
    let (open, choice) = (line.is_open(), line.choice());
    let pressed = |key| ui.ctx().input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let chosen = open && line.entry.has_chosen();
    // egui takes a key with Shift for the same key without it.
    let once = || ui.ctx().input_mut(|input| input.consume_key(Modifiers::SHIFT, Key::Enter));
    if once() {
        Some(Action::DoOnce)
    } else if pressed(Key::Enter) {
        Some(match chosen {
            true => Action::Complete(line.completions[choice].word.clone()),
            false => Action::Submit,
        })
    } else if open && pressed(Key::Tab) {
        Some(Action::Complete(line.completions[choice].word.clone()))
    } else if pressed(Key::ArrowUp) {
        Some(match open {
            true => Action::ChooseCompletion(choice.saturating_sub(1)),
            false => Action::RecallOlder,
        })
    } else if pressed(Key::ArrowDown) {
        Some(match open {
            true => Action::ChooseCompletion((choice + 1).min(line.completions.len() - 1)),
            false => Action::RecallNewer,
        })
    } else if pressed(Key::Escape) {
        Some(if open { Action::CloseCompletions } else { Action::Close })
    } else {
        None
    }
}

/// Text of several lines that is pasted into the entry line.
fn take_paste(ui: &Ui) -> Option<String> {
    if !ui.memory(|memory| memory.has_focus(field_id())) {
        return None;
    }
    let pasted = ui.ctx().input_mut(|input| {
        let many =
            |event: &Event| matches!(event, Event::Paste(text) if text.trim_end().contains('\n'));
        let at = input.events.iter().position(many)?;
        Some(input.events.remove(at))
    });
    if let Some(Event::Paste(text)) = pasted { Some(text) } else { None }
}

const HEIGHT: f32 = 34.0;

/// Draws the entry line.
pub fn show(ui: &mut Ui, line: &EntryPanel<'_>, actions: &mut Vec<Action>) {
    let look = Look::of(ui.ctx());
    let key = take_keys(ui, line);
    let mut field_rect = egui::Rect::NOTHING;
    let size = vec2(ui.available_width(), HEIGHT);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.label(RichText::new(line.prompt).font(mono(13.0)).color(look.signs.counter));
        notation(ui, line, actions);
        field_rect = field(ui, line, actions);
    });
    actions.extend(key);
    let color = if line.ghost.warns { look.signs.missing } else { look.dim };
    let words = sentence(&line.ghost.words, 12.5, color, look);
    let said = ui.add(egui::Label::new(words).truncate());
    if line.ghost.warns {
        super::say(&said, false);
    }
    if line.is_open() && ui.memory(|memory| memory.has_focus(field_id())) {
        list(ui, line.completions, line.choice(), field_rect.with_min_y(line.top), actions);
    }
}

fn field(ui: &mut Ui, line: &EntryPanel<'_>, actions: &mut Vec<Action>) -> egui::Rect {
    let known: Option<String> = ui.data(|data| data.get_temp(field_id()));
    let mut text = line.entry.text.clone();
    // If something other than typing changed the text, the cursor goes to its end.
    let to_end = known.is_some_and(|known| known != text);
    actions.extend(take_paste(ui).map(Action::PasteLines));
    // Tab takes a completion while the list is open; otherwise it moves the focus.
    let tab = line.is_open();
    let filter = EventFilter { tab, horizontal_arrows: true, vertical_arrows: true, escape: true };
    let field = TextEdit::singleline(&mut text)
        .id(field_id())
        .font(mono(16.0))
        .hint_text(line.hint)
        .event_filter(filter)
        .margin(vec2(10.0, 7.0))
        .desired_width(f32::INFINITY);
    let output = field.show(ui);
    let end = output.galley_pos + vec2(output.galley.size().x, 0.0);
    let field = output.response.response.rect;
    let painter = ui.painter().with_clip_rect(field.intersect(ui.clip_rect()));
    if text == line.entry.text {
        let dim = Look::of(ui.ctx()).dim;
        painter.text(end, Align2::LEFT_TOP, line.ghost_end, mono(16.0), dim);
    }
    let response = output.response.response.accessible_name("instructions");
    if line.focus {
        response.request_focus();
    }
    if to_end {
        cursor_to_end(ui, &text);
    }
    ui.data_mut(|data| data.insert_temp(field_id(), text.clone()));
    if text != line.entry.text {
        actions.push(Action::Typed(Field::Entry, text));
    }
    response.rect
}

/// The notation of the line; a click switches it.
fn notation(ui: &mut Ui, line: &EntryPanel<'_>, actions: &mut Vec<Action>) {
    let words = match line.notation {
        Notation::Forth => "Forth",
        Notation::Source => "Source",
    };
    let row = row(&Action::SwitchNotation).expect("it is in the table");
    let look = Look::of(ui.ctx());
    let button = Button::new(RichText::new(words).font(plain(11.5)).color(look.dim)).small();
    let response = ui.add(button).accessible_name(format!("notation: {words}"));
    if response.on_hover_text(row.tooltip(ui.ctx())).clicked() {
        actions.push(Action::SwitchNotation);
    }
}

fn cursor_to_end(ui: &Ui, text: &str) {
    let mut state = egui::text_edit::TextEditState::load(ui.ctx(), field_id()).unwrap_or_default();
    let end = egui::text::CCursor::new(text.chars().count());
    state.cursor.set_char_range(Some(egui::text::CCursorRange::one(end)));
    state.store(ui.ctx(), field_id());
}

const ROW: f32 = 22.0;

fn list(
    ui: &Ui,
    completions: &[Completion],
    choice: usize,
    anchor: egui::Rect,
    actions: &mut Vec<Action>,
) {
    let popup =
        Popup::new(egui::Id::unique("completions"), ui.ctx().clone(), anchor, ui.layer_id());
    let popup = popup.open(true).align(RectAlign::TOP_START).align_alternatives(&[]);
    popup.width(anchor.width()).show(|ui| {
        for (n, completion) in completions.iter().enumerate() {
            completion_row(ui, completion, n == choice, actions);
        }
    });
}

fn completion_row(ui: &mut Ui, completion: &Completion, chosen: bool, actions: &mut Vec<Action>) {
    let look = Look::of(ui.ctx());
    let size = vec2(ui.available_width(), ROW);
    let (rect, response) = ui.allocate_exact_size(size, egui::Sense::CLICK);
    if chosen || response.hovered() {
        ui.painter().rect_filled(rect, 3.0, look.line);
    }
    let painter = ui.painter().with_clip_rect(rect);
    let at = |x: f32| rect.left_center() + vec2(x, 0.0);
    painter.text(at(8.0), Align2::LEFT_CENTER, &completion.word, mono(13.0), look.text);
    let effect = painter.text(
        at(130.0),
        Align2::LEFT_CENTER,
        &completion.effect,
        mono(12.0),
        look.signs.changed,
    );
    let meaning = egui::pos2(effect.right().max(rect.left() + 230.0) + 14.0, rect.center().y);
    let mut words = LayoutJob::simple_singleline(completion.meaning.clone(), plain(12.0), look.dim);
    words.wrap = TextWrapping::truncate_at_width(rect.right() - 8.0 - meaning.x);
    let words = painter.layout_job(words);
    painter.galley(meaning - vec2(0.0, words.size().y / 2.0), words, look.dim);
    let label = format!("complete {}", completion.word);
    response.widget_info(|| {
        egui::WidgetInfo::selected(egui::Role::ListBoxOption, true, chosen, &label)
    });
    if response.clicked() {
        actions.push(Action::Complete(completion.word.clone()));
    }
}
