//! The memory as a page of cells: the heart of the window.
//!
//! Only visible cells are read and drawn. Each is a node for screen readers and tests, named by
//! [`CellRow::description`]. The Tab key skips them, because the page as a whole has the keyboard focus
//! and arrows move in it.

use std::cell::Cell;
use std::ops::Range;

use egui::{
    Align2, EventFilter, Id, Rect, Response, Role, ScrollArea, Sense, Stroke, Ui, WidgetInfo, pos2,
    vec2,
};

use super::action_table::row;
use super::layout::{CELL, GUTTER, LANE, Layout};
use super::paint::{self, Marks};
use super::theme::{Look, mono, plain};
use crate::desk::action::Action;
use crate::desk::selection::Sight;
use crate::program::effect::StackEffects;
use crate::view::memory::{At, BodyExtent, BodyRow, CellKind, CellRow};
use crate::view::stacks::StackRows;
use crate::vm::index::BodyId;

/// What the page shows.
pub struct Page<'a> {
    /// All bodies, by address.
    pub extents: &'a [BodyExtent],
    /// Reads visible cells.
    pub read: &'a dyn Fn(BodyExtent, Range<u32>) -> BodyRow,
    /// The parameter stack, drawn above the counter.
    pub stack: &'a StackRows,
    /// Where the program counter is.
    pub counter: At,
    /// What is selected, and which bodies are unfolded.
    pub sight: &'a Sight,
    /// What functions do to the stack.
    pub effects: &'a StackEffects,
    /// A cell to scroll to.
    pub reveal: Option<At>,
    /// The cell whose token the pointer was over in the last frame.
    pub lit: Option<At>,
}

/// How the page was drawn.
pub struct Drawn {
    /// How many cells a row has.
    pub columns: u32,
    /// The cell that the pointer is over.
    pub hovered: Option<At>,
}

/// The id of the page, for keyboard focus.
pub fn focus_id() -> Id {
    Id::unique("cells")
}

/// Draws the page, and adds to `actions` what the user does with it.
pub fn show(ui: &mut Ui, page: &Page<'_>, actions: &mut Vec<Action>) -> Drawn {
    let marked: Vec<At> = page
        .sight
        .selection
        .map(|selection| selection.head)
        .into_iter()
        .chain([page.counter])
        .collect();
    let width = ui.available_width() - 14.0;
    let layout = Layout::new(page.extents, width, &page.sight.open, &marked);
    let hovered = Cell::new(None);
    take_keyboard(ui);
    ScrollArea::vertical().auto_shrink(false).show_viewport(ui, |ui, viewport| {
        ui.set_min_size(layout.size());
        let origin = ui.min_rect().min;
        let sheet = Sheet {
            page,
            layout: &layout,
            origin: origin.to_vec2(),
            look: Look::of(ui.ctx()),
            hovered: &hovered,
        };
        for index in layout.bodies(viewport.y_range().min..viewport.y_range().max) {
            sheet.body(ui, index, viewport, actions);
        }
        sheet.reveal(ui);
    });
    Drawn { columns: layout.columns(), hovered: hovered.get() }
}

fn take_keyboard(ui: &mut Ui) {
    let area =
        ui.interact(ui.available_rect_before_wrap(), focus_id(), Sense::focusable_noninteractive());
    area.widget_info(|| WidgetInfo::labeled(Role::Grid, true, "memory"));
    let arrows =
        EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| {
        memory.set_focus_lock_filter(focus_id(), arrows);
    });
    if area.has_focus() {
        let look = Look::of(ui.ctx());
        ui.painter().rect_stroke(
            area.rect,
            2.0,
            Stroke::new(1.0, look.signs.select),
            egui::StrokeKind::Inside,
        );
    }
}

struct Sheet<'a> {
    page: &'a Page<'a>,
    layout: &'a Layout,
    origin: egui::Vec2,
    look: &'a Look,
    hovered: &'a Cell<Option<At>>,
}

impl Sheet<'_> {
    fn body(&self, ui: &mut Ui, index: usize, viewport: Rect, actions: &mut Vec<Action>) {
        let extent = self.page.extents[index];
        let cells = self.layout.cells(index, viewport.top()..viewport.bottom());
        let row = (self.page.read)(extent, cells);
        self.header(ui, index, &row, actions);
        for (n, cell) in row.cells.iter().enumerate() {
            self.cell(ui, index, row.first + n as u32, cell, actions);
        }
        self.fold(ui, index, &row, actions);
    }

    fn header(&self, ui: &mut Ui, index: usize, row: &BodyRow, actions: &mut Vec<Action>) {
        let rect = self.layout.header(index).translate(self.origin);
        let painter = ui.painter();
        let y = rect.center().y + 2.0;
        let is_block = row.title.starts_with("block");
        let color = if is_block { self.look.kind(CellKind::Block) } else { self.look.text };
        let title = painter.text(
            pos2(rect.left() + 12.0, y),
            Align2::LEFT_CENTER,
            &row.title,
            plain(15.0),
            color,
        );
        let note = painter.text(
            pos2(title.right() + 12.0, y + 0.5),
            Align2::LEFT_CENTER,
            note(row),
            plain(12.0),
            self.look.dim,
        );
        let line = [pos2(note.right() + 12.0, y), pos2(rect.right().max(ui.max_rect().right()), y)];
        painter.line_segment(
            line,
            Stroke::new(1.0, paint::blend(self.look.ground, self.look.line, 0.7)),
        );
        let response = ui.interact(
            title.union(note),
            focus_id().with(("header", row.extent.body)),
            Sense::CLICK,
        );
        let label = format!("{}, {}", row.title, note_words(row));
        response.widget_info(|| WidgetInfo::labeled(Role::Heading, true, &label));
        if response.clicked() {
            let start = At { body: row.extent.body, offset: 0 };
            actions.push(Action::GoTo(row.owner.unwrap_or(start)));
        }
        if row.owner.is_some() {
            response.on_hover_text("Shows the cell that refers to this block");
        }
    }

    fn cell(
        &self,
        ui: &mut Ui,
        index: usize,
        offset: u32,
        cell: &CellRow,
        actions: &mut Vec<Action>,
    ) {
        let rect = self.layout.cell(index, offset).translate(self.origin);
        if offset.is_multiple_of(self.layout.columns()) {
            let at = pos2(rect.left() - 12.0, rect.center().y);
            ui.painter().text(at, Align2::RIGHT_CENTER, cell.address, mono(11.0), self.look.dim);
        }
        let response = ui.interact(rect, focus_id().with(cell.at), Sense::CLICK);
        let selected =
            self.page.sight.selection.is_some_and(|selection| selection.contains(cell.at));
        if response.hovered() {
            self.hovered.set(Some(cell.at));
        }
        let lit = response.hovered() || self.page.lit == Some(cell.at);
        let marks = Marks { selected, hovered: lit };
        paint::cell(ui.painter(), rect, cell, marks, self.look);
        response
            .widget_info(|| WidgetInfo::selected(Role::Cell, true, selected, cell.description()));
        if cell.counter {
            self.lane(ui, rect);
        }
        clicks(ui, &response, cell, actions);
        hover(response, cell, self.page.effects, actions);
    }

    fn lane(&self, ui: &mut Ui, cell: Rect) {
        let left = self.origin.x + GUTTER;
        paint::lane(ui.painter(), cell, left, cell.top() - LANE, self.page.stack, self.look);
        let rect =
            Rect::from_min_size(pos2(cell.left(), cell.top() - LANE), vec2(cell.width(), LANE));
        let values: Vec<&str> =
            self.page.stack.values.iter().rev().map(|value| value.label.as_str()).collect();
        let label = if values.is_empty() {
            "stack empty".to_owned()
        } else {
            format!("stack above the counter: {}", values.join(" "))
        };
        let response = ui.interact(rect, focus_id().with("lane"), Sense::HOVER);
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &label));
    }

    fn fold(&self, ui: &mut Ui, index: usize, row: &BodyRow, actions: &mut Vec<Action>) {
        let (shown, extent) = (self.layout.shown(index), row.extent);
        let hidden = extent.size - shown.len() as u32;
        let open = self.page.sight.open.contains(&extent.body);
        if hidden == 0 && !open {
            return;
        }
        let words = match extent.body {
            _ if open => "fold".to_owned(),
            BodyId::Code(_) => format!("{hidden} free"),
            BodyId::Data(_) => format!("{hidden} more"),
        };
        let slot = if shown.end >= extent.size {
            self.layout.header(index)
        } else {
            self.layout.cell(index, shown.end)
        };
        let at = if open {
            slot.right_center() - vec2(30.0, 0.0)
        } else {
            slot.left_center() + vec2(4.0, 0.0)
        };
        let place = Rect::from_min_size(pos2(at.x, at.y - CELL / 2.0), vec2(70.0, CELL))
            .translate(self.origin);
        let response = ui.interact(place, focus_id().with(("fold", extent.body)), Sense::CLICK);
        let color = if response.hovered() { self.look.text } else { self.look.dim };
        ui.painter().text(place.left_center(), Align2::LEFT_CENTER, &words, plain(12.0), color);
        response.widget_info(|| {
            WidgetInfo::labeled(Role::Button, true, format!("{words}, {}", row.title))
        });
        if response.clicked() {
            actions.push(Action::Fold(extent.body));
        }
    }

    fn reveal(&self, ui: &Ui) {
        let Some(at) = self.page.reveal else { return };
        let Some(index) = self.page.extents.iter().position(|extent| extent.body == at.body) else {
            return;
        };
        let cell = self.layout.cell(index, at.offset).translate(self.origin);
        let mut around = cell.expand2(vec2(0.0, 14.0)).with_min_y(cell.top() - LANE - 8.0);
        if at.offset < self.layout.shown(index).start + self.layout.columns() {
            around.set_top(self.layout.top(index) + self.origin.y);
        }
        ui.scroll_to_rect(around, None);
    }
}

fn note_words(row: &BodyRow) -> String {
    let extent = row.extent;
    let words = match extent.body {
        BodyId::Code(_) => format!("at {}, {} of {} used", extent.start, extent.used, extent.size),
        BodyId::Data(_) => format!("at {}, {} cells", extent.start, extent.size),
    };
    words + &row.activations.activations()
}

fn note(row: &BodyRow) -> String {
    // A number has no space after its commas.
    note_words(row).replace(", ", "  ·  ")
}

fn clicks(ui: &Ui, response: &Response, cell: &CellRow, actions: &mut Vec<Action>) {
    if response.clicked() || response.secondary_clicked() {
        let extends = ui.input(|input| input.modifiers.shift);
        actions.push(if extends {
            Action::SelectTo(cell.at)
        } else {
            Action::Select(Some(cell.at))
        });
    }
    if response.double_clicked() {
        actions.push(if cell.target.is_some() { Action::Follow } else { Action::ChangeCell });
    }
}

const MENU: [Action; 6] = [
    Action::RunToCell,
    Action::ToggleBreakpoint,
    Action::MoveCounter,
    Action::ChangeCell,
    Action::Follow,
    Action::DeleteCell,
];

/// The menu of a cell, on the right mouse button.
pub fn menu(response: &Response, actions: &mut Vec<Action>) {
    response.context_menu(|ui| {
        for action in MENU {
            let row = row(&action).expect("the menu of a cell is in the table");
            let button = egui::Button::new(row.name).shortcut_text(row.key_text(ui.ctx()));
            if ui.add(button).clicked() {
                actions.push(action);
            }
        }
    });
}

fn hover(response: Response, cell: &CellRow, effects: &StackEffects, actions: &mut Vec<Action>) {
    menu(&response, actions);
    response.on_hover_ui(|ui| {
        ui.label(cell.description());
        let label = cell.label.as_str();
        if cell.kind == CellKind::Call {
            // The label may be cut.
            let source = cell.source.to_string();
            let name = source.strip_prefix("call: ").unwrap_or(&source);
            let effect = effects.words(name);
            if !effect.is_empty() {
                ui.monospace(format!("{name} {effect}"));
            }
            return;
        }
        let word = label.strip_prefix("prim: ").unwrap_or(label);
        if let Some(row) = crate::vm::instruction::table().find(|row| row.name == word) {
            ui.monospace(row.effect);
            ui.label(row.meaning);
        }
    });
}
