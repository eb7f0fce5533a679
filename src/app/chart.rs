//! Data drawn as a bar chart: a bar for each cell, those that the last gesture changed in its colour, and the names
//! of locals below the cells whose index they hold. Where cells are narrower than a point, a bar goes from the
//! least to the greatest of those that share it.

use std::ops::Range;

use egui::{
    Align2, Color32, Painter, Rect, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2,
};

use super::paint::blend;
use super::theme::{Look, mono};
use crate::desk::action::Action;
use crate::view::chart::{Chart, Column};
use crate::view::memory::{At, CellKind};
use crate::view::watches::DataRow;

/// The height of a chart, and in a low window.
const HEIGHTS: [f32; 2] = [116.0, 88.0];
/// A window below this height is low.
const LOW: f32 = 700.0;
/// The room above and below the bars, for numbers and names.
const EDGE: f32 = 14.0;
/// The size of numbers and names.
const SMALL: f32 = 10.5;

/// What the bars are drawn from.
struct Plot<'a> {
    painter: Painter,
    rect: Rect,
    columns: Vec<Column>,
    /// How many cells a column stands for.
    cells: usize,
    /// The numbers at the bottom and at the top; 0 is between them.
    range: (f64, f64),
    look: &'a Look,
}

/// Draws a chart. `value` spells the value of a cell.
pub fn show(
    ui: &mut Ui,
    (title, data): (&str, &DataRow),
    chart: &Chart,
    value: &dyn Fn(u32) -> String,
    actions: &mut Vec<Action>,
) {
    let look = Look::of(ui.ctx());
    let is_low = ui.ctx().content_rect().height() < LOW;
    let size = vec2(ui.available_width(), HEIGHTS[usize::from(is_low)]);
    let (rect, response) = ui.allocate_exact_size(size, Sense::CLICK);
    let label = format!("chart of {title}, {}", chart.words());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &label));
    if !ui.is_rect_visible(rect) {
        return;
    }
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    painter.rect_filled(rect, 4.0, look.ground);
    let inner = rect.shrink2(vec2(6.0, EDGE));
    let (columns, cells) = chart.fitting(inner.width() as usize);
    let (least, greatest) = chart.numbers.unwrap_or_default();
    let range = (least.min(0) as f64, (greatest.max(0) as f64).max(least.min(0) as f64 + 1.0));
    let plot = Plot { painter, rect: inner, columns, cells, range, look };
    plot.bars();
    plot.names(&data.indices);
    let Some(pointer) = response.hover_pos() else { return };
    let Some(cells) = plot.cells_at(pointer.x, data.extent.size) else { return };
    if response.clicked() {
        actions.push(Action::GoTo(At { body: data.extent.body, offset: cells.start }));
    }
    let column = plot.columns[cells.start as usize / plot.cells];
    response.on_hover_text_at_pointer(match (cells.len(), column.numbers) {
        (1, _) => format!("{title}[{}] is {}", cells.start, value(cells.start)),
        (_, Some((least, greatest))) => {
            format!("{title}[{}] to [{}]: {least} to {greatest}", cells.start, cells.end - 1)
        }
        (_, None) => format!("{title}[{}] to [{}]: no numbers", cells.start, cells.end - 1),
    });
}

impl Plot<'_> {
    /// The width of a column.
    fn width(&self) -> f32 {
        self.rect.width() / self.columns.len().max(1) as f32
    }

    /// The space between bars.
    fn gap(&self) -> f32 {
        match self.width() {
            wide if wide >= 8.0 => 2.0,
            wide if wide >= 4.0 => 1.0,
            wide if wide >= 2.0 => 0.5,
            _ => 0.0,
        }
    }

    fn y(&self, number: i64) -> f32 {
        let (least, greatest) = self.range;
        let part = (number as f64 - least) / (greatest - least);
        self.rect.bottom() - part as f32 * self.rect.height()
    }

    fn column(&self, n: usize) -> Rect {
        let left = self.rect.left() + n as f32 * self.width();
        let right = left + (self.width() - self.gap()).max(0.5);
        Rect::from_x_y_ranges(left..=right, self.rect.y_range())
    }

    fn cells_at(&self, x: f32, size: u32) -> Option<Range<u32>> {
        let n = ((x - self.rect.left()) / self.width()).floor();
        if n < 0.0 || n as usize >= self.columns.len() {
            return None;
        }
        let first = (n as usize * self.cells) as u32;
        Some(first..first.saturating_add(self.cells as u32).min(size))
    }

    fn bars(&self) {
        let zero = self.y(0);
        let line = Stroke::new(1.0, self.look.line);
        self.painter
            .line_segment([pos2(self.rect.left(), zero), pos2(self.rect.right(), zero)], line);
        for (n, column) in self.columns.iter().enumerate() {
            let at = self.column(n);
            let color = match column.changed {
                true => self.look.signs.changed,
                false => blend(self.look.ground, self.look.kind(CellKind::Integer), 0.62),
            };
            if let Some(numbers) = column.numbers {
                self.bar(at, numbers, color);
                if self.cells == 1 {
                    self.number(at, numbers.0, column.changed);
                }
            }
            if column.has_other {
                self.other(at, zero);
            }
        }
    }

    /// A bar from zero to the number; beyond the one that is nearer to zero, up to the other, it is paler.
    fn bar(&self, at: Rect, (least, greatest): (i64, i64), color: Color32) {
        let near = if least > 0 { least } else { greatest.min(0) };
        let pale = blend(self.look.ground, color, 0.6);
        if least < greatest {
            self.piece(at, self.y(least), self.y(greatest), pale);
        }
        let end = if least == greatest { least } else { near };
        self.piece(at, self.y(0), self.y(end), color);
    }

    /// What has no height is still seen.
    fn piece(&self, at: Rect, one: f32, other: f32, color: Color32) {
        let (top, bottom) = (one.min(other), one.max(other).max(one.min(other) + 1.0));
        let round = if self.width() >= 8.0 { 1.5 } else { 0.0 };
        self.painter.rect_filled(Rect::from_x_y_ranges(at.x_range(), top..=bottom), round, color);
    }

    /// The number at the end of its bar, if there is room.
    fn number(&self, at: Rect, number: i64, changed: bool) {
        let words = number.to_string();
        let letter = self.painter.fonts_mut(|fonts| fonts.glyph_width(&mono(SMALL), '0'));
        if words.len() as f32 * letter > self.width() - 1.0 {
            return;
        }
        let (side, away) = match number < 0 {
            true => (Align2::CENTER_TOP, 1.0),
            false => (Align2::CENTER_BOTTOM, -1.0),
        };
        let end = pos2(at.center().x, self.y(number) + away);
        let color = if changed { self.look.signs.changed } else { self.look.dim };
        self.painter.text(end, side, words, mono(SMALL), color);
    }

    /// A value that is not a number: a diamond on the line of zero.
    fn other(&self, at: Rect, zero: f32) {
        let half = (at.width() / 2.0).clamp(1.5, 4.0);
        let centre = pos2(at.center().x, zero.min(self.rect.bottom() - half));
        let points = [vec2(0.0, -half), vec2(half, 0.0), vec2(0.0, half), vec2(-half, 0.0)];
        let points = points.map(|by| centre + by).to_vec();
        let color = self.look.kind(CellKind::Text);
        self.painter.add(Shape::convex_polygon(points, color, Stroke::NONE));
    }

    /// The names of locals below the bars whose index they hold.
    fn names(&self, indices: &[(u32, String)]) {
        if self.cells > 1 {
            return;
        }
        let mut free = f32::NEG_INFINITY;
        let mut by_index: Vec<(u32, String)> = Vec::new();
        for (index, name) in indices {
            match by_index.iter_mut().find(|(other, _)| other == index) {
                Some((_, names)) => *names += &format!(",{name}"),
                None => by_index.push((*index, name.clone())),
            }
        }
        by_index.sort_unstable();
        let color = self.look.kind(CellKind::Pick);
        for (index, names) in by_index {
            let at = self.column(index as usize);
            let galley = self.painter.layout_no_wrap(names, mono(SMALL), color);
            let most = self.rect.right() + 4.0 - galley.size().x;
            let left = (at.center().x - galley.size().x / 2.0).min(most).max(free);
            free = left + galley.size().x + 3.0;
            // Just below its bar, and below the number of a negative one.
            self.painter.galley(pos2(left, self.rect.bottom() + 0.5), galley, color);
        }
    }
}
