//! The line in which instructions are typed, with its completions and the ghost of what it would do.

use egui::{
    Align, Align2, Event, EventFilter, Key, Layout, Modifiers, Popup, RectAlign, RichText,
    TextEdit, Ui, vec2,
};

use crate::app::action::Action;
use crate::app::interface::Entry;
use crate::app::theme::{Look, mono, plain, sentence};

/// What the entry line shows beside what is typed.
pub struct Line<'a> {
    /// Where it would be written: `at 104`.
    pub prompt: &'a str,
    /// What to write, while nothing is typed.
    pub hint: &'a str,
    /// What it would do, or why it cannot be written.
    pub ghost: &'a str,
    /// The ghost is a warning.
    pub warns: bool,
    /// Completions of the last word.
    pub completions: &'a [Completion],
    /// It takes the keyboard in this frame.
    pub focus: bool,
}

/// A word that could be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The word.
    pub word: String,
    /// Its stack effect.
    pub effect: String,
    /// Its meaning.
    pub meaning: String,
}

/// The identity of the field, for the keyboard.
pub fn field_id() -> egui::Id {
    egui::Id::unique("entry")
}

/// Takes the keys of the field before it is drawn: what they mean here is not what they mean in a
/// text field.
pub fn take_keys(
    ui: &Ui,
    entry: &mut Entry,
    completions: &[Completion],
    actions: &mut Vec<Action>,
) {
    if !ui.memory(|memory| memory.has_focus(field_id())) {
        return;
    }
    let open = is_open(entry, completions);
    let pressed = |key| ui.ctx().input_mut(|input| input.consume_key(Modifiers::NONE, key));
    if pressed(Key::Enter) {
        actions.push(Action::Submit);
    } else if open && pressed(Key::Tab) {
        actions.push(Action::Complete(
            completions[entry.choice.min(completions.len() - 1)].word.clone(),
        ));
    } else if pressed(Key::ArrowUp) {
        if open { entry.choice = entry.choice.saturating_sub(1) } else { entry.recall(true) }
    } else if pressed(Key::ArrowDown) {
        if open {
            entry.choice = (entry.choice + 1).min(completions.len() - 1)
        } else {
            entry.recall(false)
        }
    } else if pressed(Key::Escape) {
        if open { entry.quiet = true } else { actions.push(Action::Close) }
    }
    take_paste(ui, entry);
}

/// Text of several lines becomes one line; comments would swallow the rest of it, so they go.
fn take_paste(ui: &Ui, entry: &mut Entry) {
    let pasted = ui.ctx().input_mut(|input| {
        let many =
            |event: &Event| matches!(event, Event::Paste(text) if text.trim_end().contains('\n'));
        let at = input.events.iter().position(many)?;
        Some(input.events.remove(at))
    });
    if let Some(Event::Paste(text)) = pasted {
        let lines = text.lines().map(|line| line.split(" #").next().unwrap_or(line).trim());
        let lines: Vec<&str> =
            lines.filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
        entry.text.push_str(&lines.join(" "));
        entry.to_end = true;
    }
}

fn is_open(entry: &Entry, completions: &[Completion]) -> bool {
    !entry.quiet && !completions.is_empty()
}

const HEIGHT: f32 = 34.0;

/// Draws the entry line.
pub fn show(ui: &mut Ui, line: &Line<'_>, entry: &mut Entry, actions: &mut Vec<Action>) {
    let look = Look::of(ui.ctx());
    let mut field_rect = egui::Rect::NOTHING;
    let size = vec2(ui.available_width(), HEIGHT);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.label(RichText::new(line.prompt).font(mono(13.0)).color(look.counter));
        let before = entry.text.clone();
        // Tab takes a completion while there are some, and else goes to the next panel.
        let tab = is_open(entry, line.completions);
        let filter =
            EventFilter { tab, horizontal_arrows: true, vertical_arrows: true, escape: true };
        let field = TextEdit::singleline(&mut entry.text)
            .id(field_id())
            .font(mono(16.0))
            .hint_text(line.hint)
            .event_filter(filter)
            .margin(vec2(10.0, 7.0))
            .desired_width(f32::INFINITY);
        let response = ui.add(field).accessible_name("instructions");
        if line.focus {
            response.request_focus();
        }
        if std::mem::take(&mut entry.to_end) {
            cursor_to_end(ui, &entry.text);
        }
        if entry.text != before {
            (entry.quiet, entry.choice) = (false, 0);
        }
        field_rect = response.rect;
    });
    let color = if line.warns { look.missing } else { look.dim };
    ui.add(egui::Label::new(sentence(line.ghost, 12.5, color, look)).truncate());
    if is_open(entry, line.completions) && ui.memory(|memory| memory.has_focus(field_id())) {
        list(ui, line.completions, entry.choice, field_rect, actions);
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
    popup.open(true).align(RectAlign::TOP_START).width(560.0_f32.min(anchor.width())).show(|ui| {
        for (n, completion) in completions.iter().enumerate() {
            row(ui, completion, n == choice, actions);
        }
    });
}

fn row(ui: &mut Ui, completion: &Completion, chosen: bool, actions: &mut Vec<Action>) {
    let look = Look::of(ui.ctx());
    let size = vec2(ui.available_width(), ROW);
    let (rect, response) = ui.allocate_exact_size(size, egui::Sense::CLICK);
    if chosen || response.hovered() {
        ui.painter().rect_filled(rect, 3.0, look.line);
    }
    let painter = ui.painter().with_clip_rect(rect);
    let at = |x: f32| rect.left_center() + vec2(x, 0.0);
    painter.text(at(8.0), Align2::LEFT_CENTER, &completion.word, mono(13.0), look.text);
    let effect =
        painter.text(at(130.0), Align2::LEFT_CENTER, &completion.effect, mono(12.0), look.changed);
    let meaning = egui::pos2(effect.right().max(rect.left() + 230.0) + 14.0, rect.center().y);
    painter.text(meaning, Align2::LEFT_CENTER, &completion.meaning, plain(12.0), look.dim);
    let label = format!("complete {}", completion.word);
    response.widget_info(|| {
        egui::WidgetInfo::selected(egui::Role::ListBoxOption, true, chosen, &label)
    });
    if response.clicked() {
        actions.push(Action::Complete(completion.word.clone()));
    }
}
