//! What is watched: lines with their values, and data on a line, as a table or as a bar chart.
//!
//! A row that has the keyboard focus is changed by the keys that change cells: F2, Del, and Alt with an arrow.

use std::ops::Range;

use egui::{
    Align2, Id, Key, Pos2, Rect, Response, Role, ScrollArea, Sense, Stroke, Ui, WidgetInfo, pos2,
    vec2,
};

use super::heading;
use crate::app::action_table::key_text;
use crate::app::chart;
use crate::app::theme::{Look, mono, plain};
use crate::desk::action::{Action, Panel, WatchAction};
use crate::desk::watch::shape_words;
use crate::program::watch::Shape;
use crate::view::memory::{At, BodyExtent, BodyRow, CellKind, CellRow};
use crate::view::watches::{DataRow, WatchRow, as_of};
use crate::vm::spelling::clip;

/// The height of a row.
const HEIGHT: f32 = 22.0;
/// The height of a row of a table.
const CELL: f32 = 19.0;
/// How high a table may be.
const TABLE: f32 = 172.0;
/// Where values begin, unless the names are longer.
const NAME: f32 = 74.0;
/// The most rows of a table: beyond that, the position of a row is no longer exact.
const ROWS: usize = 500_000;

/// Reads cells of a body.
pub type Read<'a> = &'a dyn Fn(BodyExtent, Range<u32>) -> BodyRow;

/// Draws the watches.
pub fn show(ui: &mut Ui, rows: &[WatchRow], read: Read<'_>, actions: &mut Vec<Action>) {
    heading(ui, "Watches", rows.len(), Panel::Watches, actions);
    ui.spacing_mut().item_spacing.y = 1.0;
    for (n, row) in rows.iter().enumerate() {
        line(ui, (n, rows.len()), row, actions);
        let Some(data) = &row.data else { continue };
        match (row.shape, &data.chart) {
            (Shape::Bars, Some(bars)) => {
                let value = |index| cell(read, data, index).map_or_else(String::new, label);
                chart::show(ui, (name(row), data), bars, &value, actions);
                ui.add_space(4.0);
            }
            (Shape::Table, _) => table(ui, (n, name(row)), data, read, actions),
            (Shape::Row | Shape::Bars, _) => {}
        }
    }
    add(ui, actions);
}

/// What data is called before an index: `list` for `data of list`.
fn name(row: &WatchRow) -> &str {
    row.title.strip_prefix("data of ").unwrap_or(&row.title)
}

fn label(cell: CellRow) -> String {
    cell.label.to_string()
}

fn cell(read: Read<'_>, data: &DataRow, index: u32) -> Option<CellRow> {
    read(data.extent, index..index.saturating_add(1)).cells.into_iter().next()
}

/// The way to another watch.
fn add(ui: &mut Ui, actions: &mut Vec<Action>) {
    let look = Look::of(ui.ctx());
    let words = format!("Watch…  {}", key_text(ui.ctx(), &Action::Watch));
    let text = egui::RichText::new(words).font(plain(11.5)).color(look.dim);
    if ui.add(egui::Button::new(text).frame(false)).accessible_name("Watch a line").clicked() {
        actions.push(Action::Watch);
    }
}

/// The line of a watch: what it is, and its value unless that is drawn below.
fn line(ui: &mut Ui, (n, count): (usize, usize), row: &WatchRow, actions: &mut Vec<Action>) {
    let look = Look::of(ui.ctx());
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::hover());
    let response = ui.interact(rect, row_id(n), Sense::click());
    super::ground(ui, rect, &response);
    let mut right = rect.right() - 6.0;
    if row.data.is_some() {
        let at = Rect::from_center_size(pos2(right - 8.0, rect.center().y), vec2(20.0, 18.0));
        switch(ui, n, at, row, actions);
        right = at.left() - 4.0;
    }
    right = note(ui, row, pos2(right, rect.center().y));
    words(ui, row, Rect::from_x_y_ranges(rect.left() + 6.0..=right, rect.y_range()), look);
    let label = row.words();
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &label));
    keys((n, count), &response, actions);
    let opens = response.has_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    if response.double_clicked() || opens {
        actions.push(Action::Watches(WatchAction::Edit(n)));
    } else if super::copies(ui, &response) {
        actions.extend(row.value.clone().ok().map(Action::CopyName));
    } else if response.clicked()
        && let Some(data) = &row.data
    {
        actions.push(Action::GoToBody(data.extent.body));
    }
    menu(&response, n, row, actions);
    response.on_hover_ui(|ui| {
        ui.label(clip(&label, 400).as_ref());
        let help = "Enter changes it · Del removes it · Alt+Up and Alt+Down move it";
        ui.label(egui::RichText::new(help).font(plain(12.0)).color(look.dim));
    });
}

/// The name and the value of a watch, in the room for them.
fn words(ui: &Ui, row: &WatchRow, room: Rect, look: &Look) {
    let painter = ui.painter();
    let letter = painter.fonts_mut(|fonts| fonts.glyph_width(&mono(13.0), '0'));
    let letters = |width: f32| (width / letter).max(1.0) as usize;
    let is_drawn = row.data.is_some() && row.shape != Shape::Row;
    let part = if is_drawn { 1.0 } else { 0.5 };
    let title = clip(&row.title, letters(room.width() * part));
    let (font, color) = match row.title.starts_with("data ") {
        true => (plain(12.5), look.dim),
        false => (mono(12.5), look.dim),
    };
    let drawn = painter.text(room.left_center(), Align2::LEFT_CENTER, title, font, color);
    if is_drawn {
        return;
    }
    let left = (room.left() + NAME - 6.0).max(drawn.right() + 10.0);
    let at = pos2(left, room.center().y);
    let (text, font, color) = match &row.value {
        Ok(value) => {
            let changed = if row.changed { look.signs.changed } else { look.text };
            (value.as_str(), mono(13.0), if row.as_of.is_some() { look.dim } else { changed })
        }
        Err(why) => (short(why), plain(12.0), look.dim),
    };
    // The fonts of sentences are narrower.
    let wide = if row.value.is_ok() { 1.0 } else { 1.25 };
    let shown = clip(text, letters((room.right() - left) * wide));
    let painter = painter.with_clip_rect(room.intersect(ui.clip_rect()));
    painter.text(at, Align2::LEFT_CENTER, shown, font, color);
}

/// Why there is no value, without what all of these begin with.
fn short(why: &str) -> &str {
    why.strip_prefix("it stops: ").unwrap_or(why)
}

/// How old the value is, or how much data there is. Returns where it begins.
fn note(ui: &Ui, row: &WatchRow, at: Pos2) -> f32 {
    let look = Look::of(ui.ctx());
    let words = match (row.as_of, &row.data) {
        (Some(step), _) => as_of(step),
        (None, Some(data)) if row.shape != Shape::Row => {
            crate::program::diagnostic::counted(data.extent.size, "value")
        }
        (None, _) => return at.x,
    };
    let drawn = ui.painter().text(at, Align2::RIGHT_CENTER, words, plain(11.5), look.dim);
    drawn.left() - 6.0
}

/// The row of a watch, by its index: the keyboard focus follows a watch that moves.
fn row_id(n: usize) -> Id {
    Id::unique(("watch", n))
}

/// The keys of a row that has the focus. They mean something else for cells.
fn keys((n, count): (usize, usize), response: &Response, actions: &mut [Action]) {
    if !response.has_focus() {
        return;
    }
    // Arrows with Alt move the watch and not the focus.
    let keeps = response.ctx.input(|input| input.modifiers.alt);
    let filter = egui::EventFilter { vertical_arrows: keeps, ..Default::default() };
    let focus = |n| response.ctx.memory_mut(|memory| memory.request_focus(row_id(n)));
    response.ctx.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    let means = [
        (Action::DeleteCell, WatchAction::Remove(n)),
        (Action::ChangeCell, WatchAction::Edit(n)),
        (Action::EditLine, WatchAction::Edit(n)),
        (Action::PreviousUse, WatchAction::Up(n)),
        (Action::NextUse, WatchAction::Down(n)),
    ];
    for action in actions {
        let Some((_, meant)) = means.iter().find(|(usual, _)| usual == action) else { continue };
        *action = Action::Watches(meant.clone());
        match meant {
            WatchAction::Up(n) if *n > 0 => focus(n - 1),
            WatchAction::Down(n) if n + 1 < count => focus(n + 1),
            WatchAction::Up(_)
            | WatchAction::Down(_)
            | WatchAction::Data(_)
            | WatchAction::Value(_)
            | WatchAction::Edit(_)
            | WatchAction::Remove(_)
            | WatchAction::Shape(..) => {}
        }
    }
}

/// What can be done with a watch.
fn menu(response: &Response, n: usize, row: &WatchRow, actions: &mut Vec<Action>) {
    let change = |words, action| (words, Action::Watches(action));
    response.context_menu(|ui| {
        let mut choices = vec![change("Edit...", WatchAction::Edit(n))];
        choices.extend(row.value.clone().ok().map(|value| ("Copy it", Action::CopyName(value))));
        if let Some(data) = &row.data {
            let others = Shape::ALL.into_iter().filter(|&shape| shape != row.shape);
            choices.extend(
                others.map(|shape| change(shape_words(shape), WatchAction::Shape(n, shape))),
            );
            choices.push(("Go to the data", Action::GoToBody(data.extent.body)));
        }
        choices.push(change("Move up", WatchAction::Up(n)));
        choices.push(change("Move down", WatchAction::Down(n)));
        choices.push(change("Remove", WatchAction::Remove(n)));
        for (words, action) in choices {
            if ui.button(words).clicked() {
                actions.push(action);
            }
        }
    });
}

/// The button that shows data in the next way; drawn as the way it is shown now.
fn switch(ui: &Ui, n: usize, at: Rect, row: &WatchRow, actions: &mut Vec<Action>) {
    let look = Look::of(ui.ctx());
    let response = ui.interact(at, ui.scope_id().with(("shape of watch", n)), Sense::click());
    super::ground(ui, at, &response);
    let color = if response.hovered() { look.text } else { look.dim };
    let painter = ui.painter();
    let stroke = Stroke::new(1.5, color);
    let inner = at.shrink2(vec2(4.5, 4.0));
    match row.shape {
        Shape::Row => {
            for x in [0.1, 0.5, 0.9] {
                let dot = pos2(inner.left() + x * inner.width(), inner.center().y);
                painter.circle_filled(dot, 1.5, color);
            }
        }
        Shape::Table => {
            for y in [0.0, 0.5, 1.0] {
                painter.hline(inner.x_range(), inner.top() + y * inner.height(), stroke);
            }
        }
        Shape::Bars => {
            for (x, height) in [(0.1, 0.45), (0.5, 1.0), (0.9, 0.7)] {
                let (x, top) = (inner.left() + x * inner.width(), height * inner.height());
                painter.vline(x, inner.bottom() - top..=inner.bottom(), Stroke::new(2.5, color));
            }
        }
    }
    let next = row.shape.next();
    let label = format!("{}: {}", shape_words(next), name(row));
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &label));
    if response.clicked() {
        actions.push(Action::Watches(WatchAction::Shape(n, next)));
    }
    response.on_hover_text(shape_words(next));
}

/// The visible cells of data, each with its index.
fn table(
    ui: &mut Ui,
    (n, name): (usize, &str),
    data: &DataRow,
    read: Read<'_>,
    actions: &mut Vec<Action>,
) {
    let size = data.extent.size as usize;
    let area = ScrollArea::vertical().id_salt(("watch", n)).max_height(TABLE);
    area.auto_shrink([false, true]).show_rows(ui, CELL, size.min(ROWS), |ui, range| {
        let cells = read(data.extent, range.start as u32..range.end as u32).cells;
        for cell in &cells {
            let holders = data.indices.iter().filter(|(index, _)| *index == cell.at.offset);
            let names: Vec<&str> = holders.map(|(_, name)| name.as_str()).collect();
            entry(ui, name, cell, &names.join(", "), actions);
        }
    });
    if size > ROWS {
        let more = crate::program::diagnostic::grouped(size - ROWS);
        super::nothing(ui, &format!("and {more} more: go to the data to see them"));
    }
    ui.add_space(4.0);
}

fn entry(ui: &mut Ui, name: &str, cell: &CellRow, holders: &str, actions: &mut Vec<Action>) {
    let look = Look::of(ui.ctx());
    let size = vec2(ui.available_width(), CELL);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    super::ground(ui, rect, &response);
    let painter = ui.painter();
    let index = cell.at.offset.to_string();
    let middle = rect.left() + NAME - 16.0;
    let at = pos2(middle, rect.center().y);
    painter.text(at, Align2::RIGHT_CENTER, &index, mono(12.0), look.dim);
    let color = if cell.changed { look.signs.changed } else { look.text };
    let at = pos2(rect.left() + NAME, rect.center().y);
    let drawn = painter.text(at, Align2::LEFT_CENTER, cell.label.as_str(), mono(13.0), color);
    let at = pos2((drawn.right() + 12.0).max(rect.left() + NAME + 60.0), rect.center().y);
    let holder = look.kind(CellKind::Pick);
    painter.text(at, Align2::LEFT_CENTER, holders, mono(12.0), holder);
    let changed = if cell.changed { ", changed" } else { "" };
    let words = format!("{name}[{index}]: {}{changed}", cell.label);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &words));
    if response.clicked() {
        let At { body, offset } = cell.at;
        actions.push(Action::GoTo(At { body, offset }));
    }
}
