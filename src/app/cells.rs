//! The memory as a page of cells: the heart of the window.
//!
//! Only visible cells are read and drawn. Each is a node for screen readers and tests, named by
//! [`CellRow::description`]. The Tab key skips them, because the page as a whole has the keyboard focus
//! and arrows move in it.

use std::cell::Cell;
use std::ops::Range;
use std::rc::Rc;

use egui::{
    Align2, EventFilter, Id, Pos2, Rect, Response, Role, ScrollArea, Sense, Stroke, Ui, WidgetInfo,
    pos2, vec2,
};

use super::action_table::row;
use super::dragging;
use super::layout::{Grid, Layout};
use super::paint::{self, Form, Marks};
use super::panels;
use super::theme::{Look, mono, plain};
use crate::desk::Ghost;
use crate::desk::action::{Action, WatchAction};
use crate::desk::selection::Sight;
use crate::program::effect::StackEffects;
use crate::view::arrangement::Arrangement;
use crate::view::memory::{At, BodyExtent, BodyRow, CellKind, CellRow};
use crate::view::stacks::{FrameRow, LocalRow, StackRows};
use crate::vm::index::BodyId;
use crate::vm::spelling::clip;

/// What the page shows.
pub struct Page<'a> {
    /// All bodies, in the order in which they are shown.
    pub arrangement: &'a Rc<Arrangement>,
    /// Reads visible cells.
    pub read: &'a dyn Fn(BodyExtent, Range<u32>) -> BodyRow,
    /// The parameter stack, drawn beside the title of the body with the counter.
    pub stack: &'a StackRows,
    /// The innermost frame, whose locals stand beside the title of its function.
    pub frame: Option<&'a FrameRow>,
    /// Where the program counter is.
    pub counter: At,
    /// Where other tasks stand.
    pub others: Vec<At>,
    /// What is selected, and which bodies are unfolded.
    pub sight: &'a Sight,
    /// What functions do to the stack.
    pub effects: &'a StackEffects,
    /// What the typed line would write.
    pub ghost: &'a Ghost,
    /// A cell to scroll to.
    pub reveal: Option<At>,
    /// The cell whose token the pointer was over in the last frame.
    pub lit: Option<At>,
}

/// How the page was drawn.
#[derive(Clone, Copy, Debug, Default)]
pub struct Drawn {
    /// The cells above and below the selected one, or the counter's.
    pub beside: [Option<At>; 2],
    /// The cell that the pointer is over.
    pub hovered: Option<At>,
}

/// The id of the page, for keyboard focus.
pub fn focus_id() -> Id {
    Id::unique("cells")
}

/// Draws the page, and adds to `actions` what the user does with it. `grid` is kept from one frame to the next.
pub fn show(
    ui: &mut Ui,
    page: &Page<'_>,
    grid: &mut Option<Rc<Grid>>,
    actions: &mut Vec<Action>,
) -> Drawn {
    let marked: Vec<At> = page
        .sight
        .selection
        .map(|selection| selection.head)
        .into_iter()
        .chain([page.counter])
        .chain(page.others.iter().copied())
        .collect();
    let width = ui.available_width() - 14.0;
    let kept = grid.take().filter(|grid| grid.is_of(page.arrangement, width));
    let kept = kept.unwrap_or_else(|| Rc::new(Grid::new(Rc::clone(page.arrangement), width)));
    *grid = Some(Rc::clone(&kept));
    let layout = Layout::new(kept, &page.sight.open, &marked);
    let (hovered, under) = (Cell::new(None), Cell::new(None));
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
            under: &under,
        };
        for index in layout.bodies(viewport.y_range().min..viewport.y_range().max) {
            sheet.body(ui, index, viewport, actions);
        }
        sheet.ghosts(ui);
        sheet.reveal(ui);
        dragging::finish(ui, under.get(), sheet.look, actions);
    });
    let head = page.sight.selection.map_or(page.counter, |selection| selection.head);
    let beside = [false, true].map(|down| layout.beside(head, down));
    Drawn { beside, hovered: hovered.get() }
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
    /// The cell under the pointer, also while something is dragged, and where it is drawn.
    under: &'a Cell<Option<(At, Rect)>>,
}

impl Sheet<'_> {
    fn body(&self, ui: &mut Ui, index: usize, viewport: Rect, actions: &mut Vec<Action>) {
        let placed = &self.page.arrangement.placed()[index];
        let cells = self.layout.cells(index, viewport.top()..viewport.bottom());
        let row = (self.page.read)(placed.extent, cells);
        self.header(ui, index, &row, actions);
        for (n, cell) in row.cells.iter().enumerate() {
            let offset = row.first + n as u32;
            if self.layout.begins_row(index, offset) {
                let rect = self.layout.cell(index, offset).translate(self.origin);
                let at = pos2(rect.left() - 10.0, rect.center().y);
                let color = self.look.dim;
                ui.painter().text(at, Align2::RIGHT_CENTER, cell.address, mono(10.5), color);
            }
            let rect = self.layout.cell(index, offset);
            let found = placed.inline.binary_search_by_key(&offset, |inline| inline.offset);
            match found {
                Ok(number) => self.block(ui, index, number, cell, actions),
                Err(_) => self.cell(ui, rect, cell, Form::Box, actions),
            }
        }
    }

    /// A cell that refers to a block which stands in its row.
    fn block(
        &self,
        ui: &mut Ui,
        index: usize,
        number: usize,
        cell: &CellRow,
        actions: &mut Vec<Action>,
    ) {
        let inline = &self.page.arrangement.placed()[index].inline[number];
        let rect = self.layout.cell(index, inline.offset);
        self.cell(ui, rect, cell, Form::Brackets, actions);
        let row = (self.page.read)(inline.extent, inline.cells());
        for inner in &row.cells {
            let rect = self.layout.inner_cell(index, number, inner.at.offset);
            self.cell(ui, rect, inner, Form::Word, actions);
        }
    }

    fn header(&self, ui: &mut Ui, index: usize, row: &BodyRow, actions: &mut Vec<Action>) {
        let rect = self.layout.header(index).translate(self.origin);
        let painter = ui.painter();
        let y = rect.center().y + 2.0;
        let is_block = row.owner.is_some();
        let (color, size) = match is_block {
            true => (self.look.kind(CellKind::Block), 12.5),
            false => (self.look.text, 15.0),
        };
        let title = painter.text(
            pos2(rect.left() + 12.0, y),
            Align2::LEFT_CENTER,
            &row.title,
            plain(size),
            color,
        );
        let note = painter.text(
            pos2(title.right() + 10.0, y + 0.5),
            Align2::LEFT_CENTER,
            note(row),
            plain(11.5),
            self.look.dim,
        );
        let end = rect.right().max(ui.max_rect().right());
        let mut left = self.fold(ui, row, pos2(note.right() + 8.0, y), actions);
        left = self.locals(ui, row, pos2(left, y));
        left = self.stack(ui, index, pos2(left, y), end);
        if left < end {
            ui.painter().line_segment(
                [pos2(left, y), pos2(end, y)],
                Stroke::new(1.0, paint::blend(self.look.ground, self.look.line, 0.7)),
            );
        }
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
        if let BodyId::Data(data) = row.extent.body {
            response.context_menu(|ui| {
                if ui.button("Watch").clicked() {
                    actions.push(Action::Watches(WatchAction::Data(data)));
                }
            });
        }
        if row.owner.is_some() {
            response.on_hover_text("Shows the cell that refers to this block");
        }
    }

    /// The locals of the innermost frame beside the title of its function. Returns where they end.
    fn locals(&self, ui: &Ui, row: &BodyRow, at: Pos2) -> f32 {
        let here = |frame: &&FrameRow| BodyId::Code(frame.body) == row.extent.body;
        let Some(frame) = self.page.frame.filter(here) else { return at.x };
        let value = |local: &LocalRow| {
            let value = local.value.as_ref()?;
            Some(format!("{} = {}", local.name, clip(value.label.as_str(), LOCAL)))
        };
        let words: Vec<String> = frame.locals.iter().filter_map(value).take(LOCALS).collect();
        if words.is_empty() {
            return at.x;
        }
        let color = self.look.kind(CellKind::Pick);
        let at = at + vec2(8.0, 0.0);
        let drawn =
            ui.painter().text(at, Align2::LEFT_CENTER, words.join("   "), mono(12.0), color);
        drawn.right() + 8.0
    }

    /// The stack beside the title of the body with the counter. Returns where it ends.
    fn stack(&self, ui: &mut Ui, index: usize, at: Pos2, end: f32) -> f32 {
        let counter = self.layout.arrangement().spot(self.page.counter.body);
        if counter.is_none_or(|spot| spot.index != index) {
            return at.x;
        }
        let rect = paint::stack(ui.painter(), at + vec2(8.0, 0.0), end, self.page.stack, self.look);
        let values: Vec<&str> =
            self.page.stack.values.iter().rev().map(|value| value.label.as_str()).collect();
        let label = if values.is_empty() {
            "stack empty".to_owned()
        } else {
            format!("stack at the counter: {}", values.join(" "))
        };
        let response = ui.interact(rect, focus_id().with("lane"), Sense::HOVER);
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &label));
        rect.right() + 8.0
    }

    fn cell(&self, ui: &mut Ui, rect: Rect, cell: &CellRow, form: Form, actions: &mut Vec<Action>) {
        let rect = rect.translate(self.origin);
        let response = ui.interact(rect, focus_id().with(cell.at), Sense::CLICK | Sense::DRAG);
        let selected =
            self.page.sight.selection.is_some_and(|selection| selection.contains(cell.at));
        if response.hovered() {
            self.hovered.set(Some(cell.at));
        }
        let lit = response.hovered() || self.page.lit == Some(cell.at);
        let marks = Marks { selected, hovered: lit, form };
        paint::cell(ui.painter(), rect, cell, marks, self.look);
        response
            .widget_info(|| WidgetInfo::selected(Role::Cell, true, selected, cell.description()));
        self.tasks(ui, rect, cell, actions);
        clicks(ui, &response, cell, actions);
        dragging::begin(&response, cell.at, selected, actions);
        if response.contains_pointer() {
            // Of a block and a cell in it, the cell is drawn last.
            self.under.set(Some((cell.at, rect)));
        }
        hover(response, cell, self.page.effects, actions);
    }

    /// The other tasks that stand at a cell; a click looks at one.
    fn tasks(&self, ui: &Ui, rect: Rect, cell: &CellRow, actions: &mut Vec<Action>) {
        let at = pos2(rect.center().x + 8.0, rect.top() - 8.0);
        let marks = paint::tasks(ui.painter(), at, &cell.others, self.look);
        for (&task, mark) in cell.others.named.iter().zip(marks) {
            panels::task_mark(ui, mark, focus_id().with((cell.at, task)), task, actions);
        }
    }

    /// How many cells are hidden, or that all are shown. Returns where that ends.
    fn fold(&self, ui: &mut Ui, row: &BodyRow, at: Pos2, actions: &mut Vec<Action>) -> f32 {
        let extent = row.extent;
        let open = self.page.sight.open.contains(&extent.body);
        let hidden = match self.layout.arrangement().spot(extent.body) {
            Some(spot) => extent.size - self.layout.shown(spot.index).len() as u32,
            None => 0,
        };
        if hidden == 0 && !open {
            return at.x;
        }
        let free = extent.size - extent.used;
        let words = match extent.body {
            _ if open => "fold".to_owned(),
            BodyId::Code(_) => format!("{free} free"),
            BodyId::Data(_) => format!("{hidden} more"),
        };
        let galley = ui.painter().layout_no_wrap(words.clone(), plain(11.5), self.look.dim);
        let size = vec2(galley.size().x + 8.0, CELL_HEADER);
        let place = Rect::from_min_size(pos2(at.x, at.y - size.y / 2.0), size);
        let response = ui.interact(place, focus_id().with(("fold", extent.body)), Sense::CLICK);
        let color = if response.hovered() { self.look.text } else { self.look.dim };
        let left = place.left_center() + vec2(4.0, 0.5);
        ui.painter().text(left, Align2::LEFT_CENTER, &words, plain(11.5), color);
        response.widget_info(|| {
            WidgetInfo::labeled(Role::Button, true, format!("{words}, {}", row.title))
        });
        if response.clicked() {
            actions.push(Action::Fold(extent.body));
        }
        place.right()
    }

    /// The cells that the typed line would write, where they would stand: in the free cells after the body, else
    /// below a bar at the place where they go in.
    fn ghosts(&self, ui: &mut Ui) {
        let cells = &self.page.ghost.cells;
        let Some(first) = cells.first() else { return };
        let Some(spot) = self.layout.arrangement().spot(first.at.body) else { return };
        let Some(place) = self.layout.place(first.at) else { return };
        let place = place.translate(self.origin);
        let used = match spot.inline {
            Some(inline) => self.page.arrangement.placed()[spot.index].inline[inline].extent.used,
            None => self.page.arrangement.placed()[spot.index].extent.used,
        };
        let inserts = first.at.offset < used;
        let size = vec2(ui.max_rect().right() - place.left(), place.height());
        let strip = match inserts || spot.inline.is_some() {
            true => Rect::from_min_size(place.left_bottom() + vec2(-2.0, 3.0), size),
            false => Rect::from_min_size(place.left_top(), size),
        };
        paint::ghosts(ui.painter(), strip, cells, self.look);
        if inserts && !self.page.ghost.replaces {
            paint::bar(ui.painter(), place, self.look);
        }
        let words: Vec<&str> = cells.iter().map(|cell| cell.label.as_str()).collect();
        let label = format!("would write {} at {}", words.join(" "), first.address);
        let response =
            ui.interact(strip.with_max_x(place.right()), focus_id().with("ghost"), Sense::HOVER);
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &label));
    }

    fn reveal(&self, ui: &Ui) {
        let Some(at) = self.page.reveal else { return };
        let Some(spot) = self.layout.arrangement().spot(at.body) else { return };
        let Some(cell) = self.layout.place(at) else { return };
        let cell = cell.translate(self.origin);
        let mut around = cell.expand2(vec2(0.0, 20.0));
        let shown = self.layout.shown(spot.index);
        if spot.inline.is_some() || at.offset < shown.start + self.layout.columns() {
            around.set_top(around.top().min(self.layout.top(spot.index) + self.origin.y));
        }
        ui.scroll_to_rect(around, None);
    }
}

/// The height of what can be clicked in the line above a body.
const CELL_HEADER: f32 = 18.0;
/// The most locals that stand beside a title.
const LOCALS: usize = 6;
/// The most characters of each value.
const LOCAL: usize = 16;

fn note_words(row: &BodyRow) -> String {
    let extent = row.extent;
    let words = match extent.body {
        BodyId::Code(_) => format!("at {}, {} used", extent.start, extent.used),
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

const MENU: [Action; 9] = [
    Action::RunToCell,
    Action::ToggleBreakpoint,
    Action::MoveCounter,
    Action::ChangeCell,
    Action::Follow,
    Action::Watch,
    Action::ListValues,
    Action::CutCells,
    Action::DeleteCell,
];

/// The menu of a cell, on the right mouse button.
pub fn menu(response: &Response, is_data: bool, actions: &mut Vec<Action>) {
    response.context_menu(|ui| {
        for action in MENU.into_iter().chain(is_data.then_some(Action::WhereFrom)) {
            let row = row(&action).expect("the menu of a cell is in the table");
            let button = egui::Button::new(row.name).shortcut_text(row.key_text(ui.ctx()));
            if ui.add(button).clicked() {
                actions.push(action);
            }
        }
    });
}

fn hover(response: Response, cell: &CellRow, effects: &StackEffects, actions: &mut Vec<Action>) {
    menu(&response, matches!(cell.at.body, BodyId::Data(_)), actions);
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
