//! The field in which the path of a file is typed, with the files and folders that begin like it.

use std::ops::Range;
use std::path::MAIN_SEPARATOR;

use egui::text::{CCursor, CCursorRange};
use egui::text_edit::TextEditState;
use egui::{Align2, EventFilter, Id, Key, Modifiers, Role, Sense, TextEdit, Ui, WidgetInfo, vec2};

use crate::app::theme::{Look, mono, plain};
use crate::desk::action::{Action, Field};
use crate::desk::path_field::PathField;

/// Draws the field and its rows.
pub fn show(ui: &mut Ui, field: &PathField, actions: &mut Vec<Action>) {
    keys(ui, field, actions);
    let id = Id::unique("path");
    let mut text = field.text.clone();
    let is_first = !ui.memory(|memory| memory.has_focus(id));
    // A text that was not typed here was completed: what is typed next follows it. A proposed name is replaced by it.
    let is_new = ui.data(|data| data.get_temp::<String>(id)).is_none_or(|drawn| drawn != text);
    let filter =
        EventFilter { tab: true, horizontal_arrows: true, vertical_arrows: true, escape: true };
    let edit = TextEdit::singleline(&mut text)
        .id(id)
        .font(mono(14.0))
        .event_filter(filter)
        .desired_width(f32::INFINITY);
    let response = ui.add(edit).accessible_name("path of the file");
    response.request_focus();
    if is_first {
        select(ui, id, stem(&text));
    } else if is_new {
        let end = text.chars().count();
        select(ui, id, end..end);
    }
    ui.data_mut(|data| data.insert_temp(id, text.clone()));
    if text != field.text {
        actions.push(Action::Typed(Field::Overlay, text));
    }
    ui.add_space(4.0);
    ui.spacing_mut().item_spacing.y = 1.0;
    for (n, name) in field.rows.iter().enumerate() {
        row(ui, name, field.row == Some(n), n, actions);
    }
    let look = Look::of(ui.ctx());
    let more = if field.more > 0 { format!("and {} more. ", field.more) } else { String::new() };
    let words = match cfg!(target_arch = "wasm32") {
        true => format!("{more}Enter takes the name."),
        false => format!("{more}Tab completes, Enter takes the path."),
    };
    ui.add_space(4.0);
    ui.label(egui::RichText::new(words).font(plain(12.0)).color(look.dim));
}

fn keys(ui: &Ui, field: &PathField, actions: &mut Vec<Action>) {
    let pressed = |key| ui.ctx().input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let count = field.rows.len();
    if pressed(Key::Tab) {
        actions.push(Action::CompletePath);
    } else if pressed(Key::ArrowDown) && count > 0 {
        actions.push(Action::ChooseRow(field.row.map_or(0, |row| (row + 1).min(count - 1))));
    } else if pressed(Key::ArrowUp) && count > 0 {
        actions.push(Action::ChooseRow(field.row.map_or(count, |row| row).saturating_sub(1)));
    } else if pressed(Key::Enter) {
        actions.push(Action::ChoosePath);
    }
}

fn row(ui: &mut Ui, name: &str, chosen: bool, n: usize, actions: &mut Vec<Action>) {
    let look = Look::of(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 22.0), Sense::CLICK);
    if chosen || response.hovered() {
        ui.painter().rect_filled(rect, 4.0, look.line);
    }
    let painter = ui.painter().with_clip_rect(rect);
    let at = rect.left_center() + vec2(8.0, 0.0);
    painter.text(at, Align2::LEFT_CENTER, name, mono(13.0), look.text);
    let label = format!("path: {name}");
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, chosen, &label));
    if response.clicked() {
        actions.extend([Action::ChooseRow(n), Action::ChoosePath]);
    }
}

/// The name in a path, without its folder and its ending, as characters.
fn stem(path: &str) -> Range<usize> {
    let start = path.rfind(['/', MAIN_SEPARATOR]).map_or(0, |at| at + 1);
    let end = path[start..].rfind('.').map_or(path.len(), |at| start + at);
    path[..start].chars().count()..path[..end].chars().count()
}

fn select(ui: &Ui, id: Id, range: Range<usize>) {
    let mut state = TextEditState::load(ui.ctx(), id).unwrap_or_default();
    let [start, end] = [range.start, range.end].map(CCursor::new);
    state.cursor.set_char_range(Some(CCursorRange::two(start, end)));
    state.store(ui.ctx(), id);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proposed_name_is_selected_without_its_ending() {
        let selected = |path: &str| -> String {
            let range = stem(path);
            path.chars().skip(range.start).take(range.len()).collect()
        };
        assert_eq!(selected("/home/ä.b/fib.ron"), "fib");
        assert_eq!(selected("program.flpc"), "program");
        assert_eq!(
            (selected("/home/"), selected("name"), selected("")),
            ("".into(), "name".into(), "".into())
        );
    }
}
