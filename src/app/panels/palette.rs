//! The command palette: it finds actions by some letters of their names, typed in order.

use egui::{Align2, Key, Modifiers, Role, Sense, TextEdit, Ui, WidgetInfo, vec2};

use crate::app::action_table::Menu;
use crate::app::theme::{Look, mono, plain};
use crate::desk::action::{Action, Field};

/// A row of the palette.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// Its name.
    pub name: String,
    /// The menu it is also in.
    pub menu: Menu,
    /// Its key.
    pub key: String,
    /// What it does.
    pub action: Action,
}

/// The choices whose names contain the letters of the query in order, the closest first.
pub fn filter<'a>(choices: &'a [Choice], query: &str) -> Vec<&'a Choice> {
    let mut found: Vec<(usize, &Choice)> = choices
        .iter()
        .filter_map(|choice| Some((distance(&choice.name, query)?, choice)))
        .collect();
    found.sort_by_key(|&(distance, _)| distance);
    found.into_iter().map(|(_, choice)| choice).collect()
}

/// How many letters of the name are skipped to find those of the query in order; none if one is missing.
/// Skipping a space costs nothing, because people type the starts of words.
fn distance(name: &str, query: &str) -> Option<usize> {
    let name = name.to_lowercase();
    let mut letters = name.chars();
    let mut skipped = 0;
    for wanted in query.to_lowercase().chars().filter(|letter| !letter.is_whitespace()) {
        loop {
            match letters.next()? {
                letter if letter == wanted => break,
                ' ' => {}
                _ => skipped += 1,
            }
        }
    }
    Some(skipped)
}

/// Draws the palette: the typed query and the choices it finds, one of them chosen.
pub fn show(ui: &mut Ui, choices: &[Choice], query: &str, row: usize, actions: &mut Vec<Action>) {
    let found = filter(choices, query);
    let pressed = |key| ui.ctx().input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let (up, down, enter) = (pressed(Key::ArrowUp), pressed(Key::ArrowDown), pressed(Key::Enter));
    let moved = (row + usize::from(down)).saturating_sub(usize::from(up));
    let moved = moved.min(found.len().saturating_sub(1));
    let mut typed = query.to_owned();
    let field = TextEdit::singleline(&mut typed)
        .hint_text("What do you want to do?")
        .desired_width(f32::INFINITY);
    let response = ui.add(field.font(plain(15.0))).accessible_name("find an action");
    response.request_focus();
    if response.changed() {
        actions.push(Action::Typed(Field::Overlay, typed));
    }
    if moved != row {
        actions.push(Action::ChooseRow(moved));
    }
    if let Some(choice) = found.get(moved).filter(|_| enter) {
        actions.extend([Action::Close, choice.action.clone()]);
    }
    list(ui, &found, moved, moved != row, actions);
}

fn list(ui: &mut Ui, found: &[&Choice], row: usize, moved: bool, actions: &mut Vec<Action>) {
    ui.spacing_mut().item_spacing.y = 1.0;
    super::in_room(ui, 340.0, |ui, area| {
        area.auto_shrink([false, false]).show(ui, |ui| {
            for (n, choice) in found.iter().enumerate() {
                let response = line(ui, choice, n == row, actions);
                if moved && n == row {
                    response.scroll_to_me(None);
                }
            }
        });
    });
}

fn line(ui: &mut Ui, choice: &Choice, chosen: bool, actions: &mut Vec<Action>) -> egui::Response {
    let look = Look::of(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 25.0), Sense::CLICK);
    if chosen || response.hovered() {
        ui.painter().rect_filled(rect, 4.0, look.line);
    }
    let painter = ui.painter();
    painter.text(
        rect.left_center() + vec2(10.0, 0.0),
        Align2::LEFT_CENTER,
        &choice.name,
        plain(14.0),
        look.text,
    );
    let menu = rect.left_center() + vec2(230.0, 0.0);
    painter.text(menu, Align2::LEFT_CENTER, choice.menu.title(), plain(12.0), look.dim);
    painter.text(
        rect.right_center() - vec2(10.0, 0.0),
        Align2::RIGHT_CENTER,
        &choice.key,
        mono(12.0),
        look.dim,
    );
    let label = format!("palette: {}", choice.name);
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, chosen, &label));
    if response.clicked() {
        actions.extend([Action::Close, choice.action.clone()]);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_in_order_find_a_name() {
        let choice = |name: &str| Choice {
            name: name.to_owned(),
            menu: Menu::Run,
            key: String::new(),
            action: Action::Step,
        };
        let choices = ["Step over", "Save as...", "Step out", "Step"].map(choice);
        let names = |query| {
            filter(&choices, query).iter().map(|choice| choice.name.clone()).collect::<Vec<_>>()
        };
        assert_eq!(names("so"), ["Step over", "Step out"]);
        assert_eq!(names("sa")[0], "Save as...");
        assert_eq!(names("zz"), Vec::<String>::new());
        assert_eq!(names("").len(), 4);
    }
}
