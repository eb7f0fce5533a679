//! The program as a page of text, beside or instead of the page of cells.
//!
//! Only visible lines are read and drawn. Each line and each token that stands for a cell is a node for
//! screen readers and tests. The Tab key skips them, because the page as a whole has the keyboard focus and
//! arrows move in it, as in the cells.

pub mod draft;
mod indent;
mod layout;
mod line;

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use egui::{
    Align2, EventFilter, Id, Pos2, Rect, Response, Role, ScrollArea, Sense, Shape, Stroke,
    StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use draft::DraftField;
use layout::{Gap, HEADER, Heights, LINE, Placed};
use line::{SetLine, TokenMarks};

use super::breakpoint;
use super::paint::blend;
use super::panels;
use super::theme::{Look, mono, plain};
use crate::desk::action::Action;
use crate::desk::selection::Sight;
use crate::view::memory::{At, CellKind};
use crate::view::source::{CELLS, FunctionRows, LineRow, SourcePage, Spot, TokenKind, TokenRow};
use crate::view::stacks::StackRows;
use crate::vm::index::{Body, BodyId};

/// Width of the line numbers left of the text.
const GUTTER: f32 = 46.0;
/// Room between the field of the edited line and the line below it.
const FIELD_BELOW: f32 = 6.0;

/// What the page shows.
pub struct TextPage<'a> {
    /// All functions.
    pub source: &'a SourcePage,
    /// Reads visible lines.
    pub read: &'a dyn Fn(usize, Range<usize>) -> FunctionRows,
    /// Where a cell is in the text.
    pub find: &'a dyn Fn(At) -> Option<(usize, Option<Spot>)>,
    /// The stack effect of a function, to be drawn beside its name.
    pub effect: &'a dyn Fn(Body) -> String,
    /// What there is to know about a cell when the pointer is over it.
    pub tip: &'a dyn Fn(At) -> String,
    /// The parameter stack.
    pub stack: &'a StackRows,
    /// What is selected, and which functions are folded.
    pub sight: &'a Sight,
    /// A cell to scroll to.
    pub reveal: Option<At>,
    /// The line that is being edited, if any.
    pub draft: Option<DraftField<'a>>,
    /// The cell that the pointer was over in the last frame.
    pub lit: Option<At>,
}

/// The id of the page, for keyboard focus.
pub fn focus_id() -> Id {
    Id::unique("source")
}

/// Draws the page, and adds to `actions` what the user does with it. Returns the cell whose token the pointer
/// is over.
pub fn show(ui: &mut Ui, page: &TextPage<'_>, actions: &mut Vec<Action>) -> Option<At> {
    take_keyboard(ui);
    let kept = heights(ui, page);
    let mut hovered = None;
    ScrollArea::both().id_salt("text").auto_shrink(false).show_viewport(ui, |ui, viewport| {
        let origin = ui.min_rect().min.to_vec2();
        let placed = Placed::new(&kept.heights, gap(ui, page));
        let mut sheet = Sheet {
            page,
            heights: placed,
            origin,
            look: Look::of(ui.ctx()),
            right: viewport.width(),
            hovered: None,
        };
        for index in placed.functions(viewport.y_range().min..viewport.y_range().max) {
            sheet.function(ui, index, viewport, actions);
        }
        sheet.reveal(ui, viewport);
        sheet.draft(ui, actions);
        ui.set_min_size(vec2(sheet.right, placed.total()));
        hovered = sheet.hovered;
    });
    hovered
}

/// The heights of the page, and what they are of.
struct Kept {
    version: u64,
    folded: HashSet<Body>,
    heights: Heights,
}

/// The heights of the page, which are the same until the program or what is folded changes.
fn heights(ui: &Ui, page: &TextPage<'_>) -> Arc<Kept> {
    let (id, version) = (focus_id().with("heights"), page.source.version());
    let kept = ui.data(|data| data.get_temp::<Arc<Kept>>(id));
    let is_of = |kept: &Arc<Kept>| kept.version == version && kept.folded == page.sight.folded;
    if let Some(kept) = kept.filter(is_of) {
        return kept;
    }
    let folded = page.sight.folded.clone();
    let functions = page.source.functions();
    let is_folded =
        |index: usize| functions.get(index).is_some_and(|part| folded.contains(&part.body));
    let lines = page.source.part_lines().enumerate();
    let heights = Heights::new(lines.map(|(n, lines)| if is_folded(n) { 1 } else { lines }));
    let kept = Arc::new(Kept { version, folded, heights });
    ui.data_mut(|data| data.insert_temp(id, Arc::clone(&kept)));
    kept
}

/// The number of the function whose line is being edited, if it is on the page.
fn drafted(page: &TextPage<'_>) -> Option<usize> {
    let draft = page.draft.as_ref()?.draft;
    page.source.functions().iter().position(|part| part.body == draft.body())
}

/// The room that the field of the edited line takes below its lines. It is as high as in the last frame.
fn gap(ui: &Ui, page: &TextPage<'_>) -> Option<Gap> {
    let (index, field) = (drafted(page)?, page.draft.as_ref()?);
    let lines = &field.draft.lines;
    let room = field_height(ui) + FIELD_BELOW - lines.len() as f32 * LINE;
    Some(Gap { index, line: lines.end, room })
}

/// How high the field of the edited line was drawn last.
fn field_height(ui: &Ui) -> f32 {
    let area = ui.memory(|memory| memory.area_rect(Id::unique("draft area")));
    area.map_or(0.0, |rect| rect.height())
}

fn take_keyboard(ui: &mut Ui) {
    let area =
        ui.interact(ui.available_rect_before_wrap(), focus_id(), Sense::focusable_noninteractive());
    area.widget_info(|| WidgetInfo::labeled(Role::Grid, true, "source"));
    let arrows =
        EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(focus_id(), arrows));
    if area.has_focus() {
        let stroke = Stroke::new(1.0, Look::of(ui.ctx()).signs.select);
        ui.painter().rect_stroke(area.rect, 2.0, stroke, StrokeKind::Inside);
    }
}

struct Sheet<'a> {
    page: &'a TextPage<'a>,
    heights: Placed<'a>,
    origin: egui::Vec2,
    look: &'a Look,
    /// How wide the page must be for what is drawn.
    right: f32,
    hovered: Option<At>,
}

impl Sheet<'_> {
    fn function(&mut self, ui: &mut Ui, index: usize, viewport: Rect, actions: &mut Vec<Action>) {
        let lines = self.heights.lines(index, viewport.top()..viewport.bottom());
        let rows = (self.page.read)(index, lines);
        self.header(ui, index, &rows, actions);
        let part = self.page.source.functions().get(index);
        if let Some(Err(cells)) = part.map(|part| &part.text) {
            let words =
                format!("{cells} cells: shown as cells only, because it has more than {CELLS}");
            let at = pos2(GUTTER, self.heights.line(index, 0) + LINE / 2.0) + self.origin;
            ui.painter().text(at, Align2::LEFT_CENTER, words, plain(12.5), self.look.dim);
        }
        for (n, row) in rows.lines.iter().enumerate() {
            let top = self.heights.line(index, rows.first + n) + self.origin.y;
            self.line(ui, (n, top), row, &rows, actions);
        }
    }

    fn header(&self, ui: &mut Ui, index: usize, rows: &FunctionRows, actions: &mut Vec<Action>) {
        let look = self.look;
        let top = self.heights.top(index) + self.origin.y;
        let (left, y) = (self.origin.x, top + HEADER / 2.0 + 2.0);
        if let Some(body) = rows.body {
            self.fold(ui, pos2(left + 14.0, y), body, &rows.title, actions);
        }
        let painter = ui.painter();
        let at = |x: f32| pos2(x, y);
        let title =
            painter.text(at(left + 26.0), Align2::LEFT_CENTER, &rows.title, plain(15.0), look.text);
        let effect = rows.body.map_or_else(String::new, |body| (self.page.effect)(body));
        let given = painter.text(
            at(title.right() + 10.0),
            Align2::LEFT_CENTER,
            &effect,
            mono(12.0),
            look.signs.changed,
        );
        let note = &rows.note;
        let dots = note.replace(", ", "  ·  ");
        // Without an effect there is nothing between the title and the note.
        let before = if effect.is_empty() { title.right() } else { given.right() };
        let note_at = at(before + 10.0);
        let drawn = painter.text(note_at, Align2::LEFT_CENTER, dots, plain(12.0), look.dim);
        let line = [at(drawn.right() + 12.0), at(ui.clip_rect().right())];
        painter.line_segment(line, Stroke::new(1.0, blend(look.ground, look.line, 0.7)));
        let id = focus_id().with(("header", rows.body));
        let response = ui.interact(title.union(drawn), id, Sense::CLICK);
        let label = match effect.is_empty() {
            true => format!("text of {}, {note}", rows.title),
            false => format!("text of {} {effect}, {note}", rows.title),
        };
        response.widget_info(|| WidgetInfo::labeled(Role::Heading, true, &label));
        if response.clicked()
            && let Some(body) = rows.body
        {
            actions.push(Action::GoTo(At { body: BodyId::Code(body), offset: 0 }));
        }
    }

    fn fold(&self, ui: &mut Ui, at: Pos2, body: Body, title: &str, actions: &mut Vec<Action>) {
        let is_folded = self.page.sight.folded.contains(&body);
        let rect = Rect::from_center_size(at, vec2(18.0, 20.0));
        let response = ui.interact(rect, focus_id().with(("fold", body)), Sense::CLICK);
        let color = if response.hovered() { self.look.text } else { self.look.dim };
        let points = match is_folded {
            true => [vec2(-3.0, -5.0), vec2(4.0, 0.0), vec2(-3.0, 5.0)],
            false => [vec2(-5.0, -3.0), vec2(5.0, -3.0), vec2(0.0, 4.0)],
        };
        let points = points.map(|by| at + by).to_vec();
        ui.painter().add(Shape::convex_polygon(points, color, Stroke::NONE));
        let does = if is_folded { "unfold" } else { "fold" };
        let label = format!("{does} the text of {title}");
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &label));
        if response.clicked() {
            actions.push(Action::FoldText(body));
        }
    }

    fn line(
        &mut self,
        ui: &mut Ui,
        (n, top): (usize, f32),
        row: &LineRow,
        rows: &FunctionRows,
        actions: &mut Vec<Action>,
    ) {
        let left = self.origin.x + GUTTER;
        let set = line::set(ui.painter(), row, left, top, self.look);
        let name = row.name(&rows.title);
        let id = focus_id().with(("line", rows.body, rows.first + n));
        self.gutter(ui, top, row, (id, &row.description(&rows.title, self.page.stack)), actions);
        let mut marks = Vec::with_capacity(row.tokens.len());
        for (token, &rect) in row.tokens.iter().zip(&set.tokens) {
            marks.push(self.token(ui, rect, token, &name, actions));
        }
        line::draw(ui.painter(), row, &set, &marks, self.look);
        for (token, &rect) in row.tokens.iter().zip(&set.tokens) {
            self.tasks(ui, rect, token, actions);
        }
        self.right = self.right.max(set.right - self.origin.x + 40.0);
    }

    /// The other tasks that stand at a token; a click looks at one.
    fn tasks(&self, ui: &Ui, rect: Rect, token: &TokenRow, actions: &mut Vec<Action>) {
        let Some(at) = token.at else { return };
        let marks = line::tasks(ui.painter(), rect, token, self.look);
        for (&task, mark) in token.others.named.iter().zip(marks) {
            panels::task_mark(ui, mark, focus_id().with((at, task)), task, actions);
        }
    }

    /// The number of a line. A click sets a breakpoint at the selected token of the line, or at its first.
    fn gutter(
        &self,
        ui: &mut Ui,
        top: f32,
        row: &LineRow,
        (id, label): (Id, &str),
        actions: &mut Vec<Action>,
    ) {
        let rect = Rect::from_min_size(pos2(self.origin.x, top), vec2(GUTTER - 6.0, LINE));
        let response = ui.interact(rect, id, Sense::CLICK);
        response.widget_info(|| WidgetInfo::labeled(Role::Row, true, label));
        if let Some(number) = row.number {
            let at = pos2(rect.right() - 8.0, rect.center().y + 3.0);
            let words = number.to_string();
            ui.painter().text(at, Align2::RIGHT_CENTER, words, mono(11.0), self.look.dim);
        }
        let dot = pos2(rect.left() + 10.0, rect.center().y + 3.0);
        if let Some(mark) = row.tokens.iter().find_map(|token| token.breakpoint.as_ref()) {
            breakpoint::draw(ui.painter(), dot, 4.0, mark, self.look);
        } else if response.hovered() {
            let color = blend(self.look.ground, self.look.signs.fault, 0.4);
            ui.painter().circle_filled(dot, 4.0, color);
        }
        if response.clicked()
            && let Some(at) = self.breakpoint_of(row)
        {
            actions.extend([Action::Select(Some(at)), Action::ToggleBreakpoint]);
        }
    }

    fn breakpoint_of(&self, row: &LineRow) -> Option<At> {
        let cells = || row.tokens.iter().filter_map(|token| token.at);
        let selected = cells().find(|&at| self.selects(at));
        let set = || {
            row.tokens.iter().find(|token| token.breakpoint.is_some()).and_then(|token| token.at)
        };
        selected.or_else(set).or_else(|| row.first_cell())
    }

    fn selects(&self, at: At) -> bool {
        self.page.sight.selection.is_some_and(|selection| selection.contains(at))
    }

    fn token(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        token: &TokenRow,
        line: &str,
        actions: &mut Vec<Action>,
    ) -> TokenMarks {
        let Some(at) = token.at else { return TokenMarks::default() };
        let response = ui.interact(rect, focus_id().with(at), Sense::CLICK);
        let selected = self.selects(at);
        response.widget_info(|| {
            WidgetInfo::selected(Role::Cell, true, selected, token.description(line))
        });
        let hovered = response.hovered();
        if hovered {
            self.hovered = Some(at);
        }
        clicks(ui, &response, token, at, actions);
        response.on_hover_ui(|ui| {
            ui.label(token.description(line));
            ui.label((self.page.tip)(at));
        });
        TokenMarks { selected, lit: hovered || self.page.lit == Some(at) }
    }

    /// The field of the line that is being edited.
    fn draft(&self, ui: &Ui, actions: &mut Vec<Action>) {
        let Some(field) = &self.page.draft else { return };
        let Some(index) = drafted(self.page) else { return };
        let top = self.heights.line(index, field.draft.lines.start) + self.origin.y;
        let clip = ui.clip_rect();
        let left = (self.origin.x + GUTTER - 6.0).max(clip.left());
        indent::take(ui, &field.draft.text);
        let height = field_height(ui);
        // Scrolled out of sight, the field stays at the edge of the page: it has the keyboard focus.
        let lowest = (clip.bottom() - height.max(LINE)).max(clip.top());
        let at = pos2(left, top.clamp(clip.top(), lowest));
        draft::show(ui, field, at, (clip.right() - left - 24.0).max(120.0), actions);
        let now = field_height(ui);
        if now != height || field.focus {
            let size = vec2(1.0, now + FIELD_BELOW + LINE);
            ui.scroll_to_rect(Rect::from_min_size(pos2(clip.left(), top), size), None);
            ui.ctx().request_repaint();
        }
    }

    fn reveal(&self, ui: &Ui, viewport: Rect) {
        let Some((index, spot)) = self.page.reveal.and_then(self.page.find) else { return };
        let part = self.page.source.functions().get(index);
        let is_folded = part.is_some_and(|part| self.page.sight.folded.contains(&part.body));
        let (line, token) = match spot {
            Some(spot) if !is_folded => (spot.line, Some(spot.token)),
            Some(_) | None => (0, None),
        };
        let top = self.heights.line(index, line);
        // The line above the function, if the cell is near.
        let above = if line < 8 { self.heights.top(index) } else { top - LINE };
        let token = token.and_then(|token| {
            let rows = (self.page.read)(index, line..line + 1);
            let left = self.origin.x + GUTTER;
            let set: SetLine = line::set(ui.painter(), rows.lines.first()?, left, 0.0, self.look);
            set.tokens.get(token).copied()
        });
        // Without need, nothing moves to the side.
        let seen = viewport.translate(self.origin).x_range();
        let (left, right) = match token {
            Some(token) if token.right() + 8.0 > seen.max || token.left() < seen.min => {
                (token.left() - GUTTER, token.right() + 24.0)
            }
            Some(_) | None => (seen.min, seen.min + 1.0),
        };
        let rect = Rect::from_min_max(
            pos2(left, above + self.origin.y),
            pos2(right, top + 2.0 * LINE + self.origin.y),
        );
        ui.scroll_to_rect(rect, None);
    }
}

fn clicks(ui: &Ui, response: &Response, token: &TokenRow, at: At, actions: &mut Vec<Action>) {
    let leads =
        matches!(token.kind, TokenKind::Cell(CellKind::Call | CellKind::Block | CellKind::Address));
    if response.clicked() || response.secondary_clicked() {
        let modifiers = ui.input(|input| input.modifiers);
        actions.push(match modifiers.shift {
            true => Action::SelectTo(at),
            false => Action::Select(Some(at)),
        });
        if modifiers.command && leads {
            actions.push(Action::Follow);
        }
    }
    if response.double_clicked() {
        actions.push(Action::EditLine);
    }
    super::cells::menu(response, false, actions);
}
