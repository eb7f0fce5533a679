//! The examples: what each runs, what it should leave, and what came of it. Two lines for each, so that nothing
//! moves when a verdict changes.

use egui::{
    Align2, Color32, Id, Pos2, Rect, Response, Role, ScrollArea, Sense, Shape, Stroke, Ui,
    WidgetInfo, pos2, vec2,
};

use super::heading;
use crate::app::action_table::key_text;
use crate::app::theme::{Look, mono, plain};
use crate::desk::action::{Action, ExampleAction, Panel};
use crate::program::diagnostic::counted;
use crate::view::examples::{ExampleRow, Tone};
use crate::vm::spelling::clip;

const HEIGHT: f32 = 38.0;
/// Where texts begin: the mark is left of them.
const LEFT: f32 = 24.0;
/// Six rows and a half, so that it shows that there are more.
const MOST: f32 = 6.5 * (HEIGHT + 1.0);

/// What the panel shows.
pub struct ExamplesPanel<'a> {
    /// The examples.
    pub rows: &'a [ExampleRow],
    /// The one whose run is shown in the place of the program.
    pub shown: Option<usize>,
    /// The functions that examples wait for, with how many do.
    pub lacks: &'a [(String, usize)],
    /// How many hold.
    pub holding: usize,
}

/// Draws the examples.
pub fn show(ui: &mut Ui, panel: &ExamplesPanel<'_>, actions: &mut Vec<Action>) {
    let count = panel.rows.len();
    heading(ui, "Examples", 0, Panel::Examples, actions);
    ui.spacing_mut().item_spacing.y = 1.0;
    super::nothing(ui, &format!("{} of {count} hold", panel.holding));
    let mut area = ScrollArea::vertical().id_salt("examples").max_height(MOST);
    if let Some(n) = is_newly_shown(ui, panel.shown) {
        area = area.vertical_scroll_offset((n as f32 - 2.0).max(0.0) * (HEIGHT + 1.0));
    }
    area.auto_shrink([false, true]).show_rows(ui, HEIGHT, count, |ui, range| {
        for n in range {
            row(ui, n, &panel.rows[n], panel.shown == Some(n), actions);
        }
    });
    for (name, count) in panel.lacks {
        lack(ui, name, *count, actions);
    }
    add(ui, actions);
}

/// The row that is shown, if another was in the frame before.
fn is_newly_shown(ui: &Ui, shown: Option<usize>) -> Option<usize> {
    let id = Id::unique("example shown");
    let before = ui.data(|data| data.get_temp::<Option<usize>>(id)).flatten();
    ui.data_mut(|data| data.insert_temp(id, shown));
    shown.filter(|_| shown != before)
}

/// The way to a function that examples wait for.
fn lack(ui: &mut Ui, name: &str, count: usize, actions: &mut Vec<Action>) {
    let words = format!("Create {}", clip(name, 20));
    let waits = if count == 1 { "waits" } else { "wait" };
    let help = format!("{} {waits} for it", counted(count as u64, "example"));
    let label = format!("{words}: {help}");
    let look = Look::of(ui.ctx());
    ui.horizontal(|ui| {
        ui.add_space(LEFT - 8.0);
        let text = egui::RichText::new(&words).font(plain(12.5)).color(look.signs.missing);
        if ui.button(text).accessible_name(&label).clicked() {
            actions.push(Action::Example(ExampleAction::Create(name.to_owned())));
        }
        super::nothing(ui, &help);
    });
}

/// The way to another example.
fn add(ui: &mut Ui, actions: &mut Vec<Action>) {
    let look = Look::of(ui.ctx());
    let words = format!("Example…  {}", key_text(ui.ctx(), &Action::AddExample));
    let text = egui::RichText::new(words).font(plain(11.5)).color(look.dim);
    if ui.add(egui::Button::new(text).frame(false)).accessible_name("Add an example").clicked() {
        actions.push(Action::AddExample);
    }
}

fn row(ui: &mut Ui, n: usize, row: &ExampleRow, shown: bool, actions: &mut Vec<Action>) {
    let look = Look::of(ui.ctx());
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::hover());
    let response = ui.interact(rect, Id::unique(("example", n)), Sense::click());
    if shown {
        ui.painter().rect_filled(rect, 3.0, look.line);
        let edge = rect.with_max_x(rect.left() + 3.0);
        ui.painter().rect_filled(edge, 1.0, look.signs.select);
    }
    super::ground(ui, rect, &response);
    let color = tone(look, row.tone);
    let color = if row.is_old { color.gamma_multiply(0.5) } else { color };
    mark(ui, pos2(rect.left() + 13.0, rect.top() + 11.0), row.tone, color);
    lines(ui, row, rect, color);
    let label = row.sentence();
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, shown, &label));
    keys(n, &response, actions);
    if response.double_clicked() {
        actions.push(Action::Example(ExampleAction::Edit(n)));
    } else if response.clicked() {
        actions.push(Action::Example(ExampleAction::Show(n)));
    }
    menu(&response, n, row, shown, actions);
    response.on_hover_ui(|ui| {
        ui.label(clip(&label, 400).as_ref());
        let help = "A click shows its run · a double click changes it · with the keyboard focus, F2 and Del change and remove it";
        ui.label(egui::RichText::new(help).font(plain(12.0)).color(look.dim));
    });
}

/// What it runs and should leave; below, what came of it, and its stack while it waits.
fn lines(ui: &Ui, row: &ExampleRow, rect: Rect, color: Color32) {
    let look = Look::of(ui.ctx());
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    let letter = painter.fonts_mut(|fonts| fonts.glyph_width(&mono(13.0), '0'));
    let letters = |width: f32| (width / letter).max(1.0) as usize;
    let (left, right) = (rect.left() + LEFT, rect.right() - 6.0);
    let [upper, lower] = [rect.top() + 11.0, rect.top() + 28.0];
    let wanted = row.wanted.as_deref().unwrap_or("?");
    let wanted = clip(wanted, letters((right - left) * 0.45));
    let at = pos2(right, upper);
    let drawn = painter.text(at, Align2::RIGHT_CENTER, wanted, mono(13.0), look.dim);
    let code = clip(&row.code, letters(drawn.left() - 10.0 - left));
    painter.text(pos2(left, upper), Align2::LEFT_CENTER, code, mono(13.0), look.text);
    let words = if row.tone == Tone::Holds { "holds" } else { &row.words };
    let waits = row.tone == Tone::Waits && !row.stack.is_empty();
    let stack = if waits { clip(&row.stack, letters((right - left) * 0.4)) } else { "".into() };
    let at = pos2(right, lower);
    let drawn = painter.text(at, Align2::RIGHT_CENTER, stack, mono(12.0), look.text);
    // The font of sentences is narrower.
    let words = clip(words, letters((drawn.left() - 8.0 - left) * 1.2));
    painter.text(pos2(left, lower), Align2::LEFT_CENTER, words, plain(12.0), color);
}

fn tone(look: &Look, tone: Tone) -> Color32 {
    match tone {
        Tone::Running => look.dim,
        Tone::Holds => look.signs.good,
        Tone::Waits => look.signs.missing,
        Tone::Fails => look.signs.fault,
    }
}

/// A mark with a shape of its own for each tone.
fn mark(ui: &Ui, center: Pos2, tone: Tone, color: Color32) {
    let stroke = Stroke::new(1.8, color);
    let at = |x, y| center + vec2(x, y);
    let painter = ui.painter();
    match tone {
        Tone::Running => painter.circle_filled(center, 2.0, color),
        Tone::Holds => painter.line(vec![at(-4.5, 0.0), at(-1.5, 3.5), at(4.5, -4.0)], stroke),
        Tone::Waits => {
            let dashes = Shape::dashed_line(
                &(0..=16)
                    .map(|n| {
                        center + 4.5 * egui::Vec2::angled(n as f32 / 16.0 * std::f32::consts::TAU)
                    })
                    .collect::<Vec<_>>(),
                stroke,
                3.0,
                2.5,
            );
            painter.add(Shape::Vec(dashes))
        }
        Tone::Fails => {
            painter.line_segment([at(-4.0, -4.0), at(4.0, 4.0)], stroke);
            painter.line_segment([at(4.0, -4.0), at(-4.0, 4.0)], stroke)
        }
    };
}

/// The keys of a row that has the focus. They mean something else for cells.
fn keys(n: usize, response: &Response, actions: &mut Vec<Action>) {
    if !response.has_focus() {
        return;
    }
    for action in &mut *actions {
        if *action == Action::DeleteCell {
            *action = Action::Example(ExampleAction::Remove(n));
        } else if matches!(action, Action::ChangeCell | Action::EditLine) {
            *action = Action::Example(ExampleAction::Edit(n));
        }
    }
}

/// What can be done with an example.
fn menu(response: &Response, n: usize, row: &ExampleRow, shown: bool, actions: &mut Vec<Action>) {
    response.context_menu(|ui| {
        let show = if shown { "Back to the program" } else { "Show its run" };
        let mut choices = vec![(show.to_owned(), ExampleAction::Show(n))];
        if let Some(name) = &row.missing {
            choices.push((format!("Create {name}"), ExampleAction::Create(name.clone())));
        }
        choices.push(("Change...".to_owned(), ExampleAction::Edit(n)));
        choices.push(("Remove".to_owned(), ExampleAction::Remove(n)));
        for (words, action) in choices {
            if ui.button(words).clicked() {
                actions.push(Action::Example(action));
            }
        }
    });
}
