//! Draws one cell, and the marks on it.
//!
//! Shapes: a value is a plain box, a call is a pill, a block address has brackets, an assignment has an
//! arrow, a hole is dashed, an empty cell is a dot. A cell of a block that stands in the row of another is a word
//! without a box. The cell of the counter is tinted, with a triangle above it. A return address is a flag on the
//! left edge of its cell with the number of the frame that will continue just before that cell. Tasks that are not
//! looked at are outlined numbers above the cell, in the colour of the counter.

use egui::{
    Align2, Color32, CornerRadius, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, pos2, vec2,
};

use super::breakpoint;
use super::theme::{Look, mono};
use crate::view::memory::{CellKind, CellRow, Tally};
use crate::view::others::Others;
use crate::view::stacks::StackRows;
use crate::vm::spelling::clip;

/// The most values of the parameter stack drawn beside a title.
pub const LANE_VALUES: usize = 6;
/// The most characters of a cell that is not written yet.
const GHOST: usize = 20;
/// The most characters drawn of each.
const CHIP: usize = 12;
const TEXT: f32 = 13.0;
const SMALL: f32 = 10.5;

/// What the window knows about a cell beyond its row.
#[derive(Clone, Copy, Debug, Default)]
pub struct Marks {
    /// It is selected.
    pub selected: bool,
    /// The pointer is over it.
    pub hovered: bool,
    /// In which form it is drawn.
    pub form: Form,
}

/// In which form a cell is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// A box with its word.
    #[default]
    Box,
    /// A pair of brackets around the cells of a block.
    Brackets,
    /// A word between such brackets.
    Word,
}

/// Draws a cell.
pub fn cell(painter: &Painter, rect: Rect, row: &CellRow, marks: Marks, look: &Look) {
    if marks.form == Form::Word {
        word(painter, rect, row, marks, look);
    } else {
        let round = corner(row.kind);
        painter.rect_filled(rect, round, fill(row, marks, look));
        border(painter, rect, row, marks, look);
        match marks.form {
            Form::Brackets => brackets(painter, rect, look.kind(row.kind)),
            Form::Box | Form::Word => inside(painter, rect, row, look),
        }
    }
    if row.changed && !row.counter {
        let line = [rect.left_bottom() + vec2(5.0, -2.0), rect.right_bottom() + vec2(-5.0, -2.0)];
        painter.line_segment(line, Stroke::new(2.0, look.signs.changed));
    }
    if let Some(mark) = &row.breakpoint {
        breakpoint::draw(painter, rect.right_top() + vec2(-6.0, 6.0), 4.0, mark, look);
    }
    if row.counter {
        pointer(painter, rect, look);
    }
    if !row.returns.is_empty() {
        flag(painter, rect, row, look);
    }
}

fn corner(kind: CellKind) -> CornerRadius {
    match kind {
        CellKind::Call | CellKind::Hole => CornerRadius::same(13),
        CellKind::Pick | CellKind::Assign => CornerRadius::same(5),
        CellKind::Empty
        | CellKind::Integer
        | CellKind::Text
        | CellKind::Block
        | CellKind::Address
        | CellKind::Label
        | CellKind::Control
        | CellKind::Primitive => CornerRadius::same(2),
    }
}

fn fill(row: &CellRow, marks: Marks, look: &Look) -> Color32 {
    if row.counter {
        return blend(look.cell, look.signs.counter, 0.22);
    }
    let base = match row.kind {
        CellKind::Empty => look.ground,
        CellKind::Call => blend(look.cell, look.kind(CellKind::Call), 0.16),
        CellKind::Assign => blend(look.cell, look.kind(CellKind::Assign), 0.14),
        CellKind::Integer
        | CellKind::Text
        | CellKind::Block
        | CellKind::Address
        | CellKind::Pick
        | CellKind::Hole
        | CellKind::Label
        | CellKind::Control
        | CellKind::Primitive => look.cell,
    };
    let base = match row.ran {
        Some(ran) if ran.times > 0 => blend(base, look.signs.ran, 0.1 + 0.45 * ran.part()),
        Some(_) | None => base,
    };
    if marks.hovered { blend(base, look.text, 0.08) } else { base }
}

/// A mix of two colours; `part` is the share of the second, from 0 to 1.
pub fn blend(from: Color32, to: Color32, part: f32) -> Color32 {
    from.lerp_to_gamma(to, part)
}

fn border(painter: &Painter, rect: Rect, row: &CellRow, marks: Marks, look: &Look) {
    let round = corner(row.kind);
    if row.kind == CellKind::Hole {
        dashes(painter, rect, Stroke::new(1.3, look.signs.missing));
    } else if row.kind == CellKind::Empty {
        painter.rect_stroke(
            rect,
            round,
            Stroke::new(1.0, blend(look.ground, look.line, 0.6)),
            StrokeKind::Inside,
        );
    } else {
        painter.rect_stroke(rect, round, Stroke::new(1.0, look.line), StrokeKind::Inside);
    }
    if row.counter {
        painter.rect_stroke(rect, round, Stroke::new(2.0, look.signs.counter), StrokeKind::Inside);
    }
    if marks.selected {
        painter.rect_stroke(
            rect.expand(1.5),
            round,
            Stroke::new(1.8, look.signs.select),
            StrokeKind::Outside,
        );
    }
}

fn dashes(painter: &Painter, rect: Rect, stroke: Stroke) {
    let r = rect.shrink(0.7);
    let corner = 12.0_f32.min(r.height() / 2.0);
    let mut path = Vec::new();
    let corners = [
        (r.right() - corner, r.top() + corner, -90.0_f32),
        (r.right() - corner, r.bottom() - corner, 0.0),
        (r.left() + corner, r.bottom() - corner, 90.0),
        (r.left() + corner, r.top() + corner, 180.0),
    ];
    for (x, y, start) in corners {
        for step in 0..=6 {
            let angle = (start + 15.0 * step as f32).to_radians();
            path.push(pos2(x + corner * angle.cos(), y + corner * angle.sin()));
        }
    }
    path.push(path[0]);
    painter.extend(Shape::dashed_line(&path, stroke, 5.0, 3.0));
}

fn inside(painter: &Painter, rect: Rect, row: &CellRow, look: &Look) {
    let (color, label) = (look.kind(row.kind), row.label.as_str());
    match row.kind {
        CellKind::Empty => {
            painter.circle_filled(
                rect.center(),
                2.0,
                if row.counter { look.signs.counter } else { look.line },
            );
        }
        CellKind::Assign => {
            let name = label.strip_prefix("assign: ").unwrap_or(label);
            arrow(painter, pos2(rect.left() + 14.0, rect.center().y), color);
            text(painter, rect.with_min_x(rect.left() + 18.0), name, color);
        }
        CellKind::Block => {
            brackets(painter, rect, color);
            text(painter, rect.shrink2(vec2(9.0, 0.0)), label, color);
        }
        CellKind::Label => {
            let mid = rect.center().y;
            painter.line_segment(
                [pos2(rect.left() + 5.0, mid - 6.0), pos2(rect.left() + 5.0, mid + 6.0)],
                Stroke::new(2.0, color),
            );
            text(painter, rect, label.strip_prefix("label: ").unwrap_or(label), color);
        }
        CellKind::Integer
        | CellKind::Text
        | CellKind::Address
        | CellKind::Pick
        | CellKind::Call
        | CellKind::Hole
        | CellKind::Control
        | CellKind::Primitive => text(painter, rect, label, color),
    }
}

/// A cell between the brackets of a block: tinted where something is, like a box.
fn word(painter: &Painter, rect: Rect, row: &CellRow, marks: Marks, look: &Look) {
    let ground = rect.shrink2(vec2(1.0, 3.0));
    if row.counter || marks.hovered || row.ran.is_some_and(|ran| ran.times > 0) {
        painter.rect_filled(ground, 3.0, fill(row, marks, look));
    }
    if row.counter {
        painter.rect_stroke(ground, 3.0, Stroke::new(1.5, look.signs.counter), StrokeKind::Inside);
    }
    if marks.selected {
        let stroke = Stroke::new(1.8, look.signs.select);
        painter.rect_stroke(ground, 3.0, stroke, StrokeKind::Outside);
    }
    if row.kind == CellKind::Hole {
        let line = [ground.left_bottom(), ground.right_bottom()];
        painter.extend(Shape::dashed_line(&line, Stroke::new(1.3, look.signs.missing), 4.0, 2.0));
    }
    let label = row.label.as_str();
    let (label, color) = match row.kind {
        // The bracket stands for it.
        CellKind::Control if label == "end" => return,
        CellKind::Assign => {
            let name = label.strip_prefix("assign: ").unwrap_or(label);
            (format!("→{name}"), look.kind(row.kind))
        }
        CellKind::Empty => ("·".to_owned(), look.dim),
        CellKind::Integer
        | CellKind::Text
        | CellKind::Block
        | CellKind::Address
        | CellKind::Pick
        | CellKind::Call
        | CellKind::Hole
        | CellKind::Label
        | CellKind::Control
        | CellKind::Primitive => (label.to_owned(), look.kind(row.kind)),
    };
    let fits = (rect.width() / painter.text_width(TEXT - 1.0)).floor().max(1.0) as usize;
    let label = clip(&label, fits);
    painter.text(rect.center(), Align2::CENTER_CENTER, label, mono(TEXT - 1.0), color);
}

/// A word in the middle of a cell. If it does not fit, it is set smaller, and then cut.
fn text(painter: &Painter, rect: Rect, text: &str, color: Color32) {
    let letters = text.chars().count();
    let fits =
        |size: f32| ((rect.width() - 6.0) / painter.text_width(size)).floor().max(1.0) as usize;
    let size = if letters <= fits(TEXT) { TEXT } else { TEXT - 1.5 };
    painter.text(rect.center(), Align2::CENTER_CENTER, clip(text, fits(size)), mono(size), color);
}

trait TextWidth {
    fn text_width(&self, size: f32) -> f32;
}

impl TextWidth for Painter {
    fn text_width(&self, size: f32) -> f32 {
        self.fonts_mut(|fonts| fonts.glyph_width(&mono(size), '0'))
    }
}

/// An arrow to the right, before the name of the assigned local.
fn arrow(painter: &Painter, tip: Pos2, color: Color32) {
    painter.line_segment([tip - vec2(8.0, 0.0), tip], Stroke::new(1.5, color));
    let head = vec![tip + vec2(2.0, 0.0), tip + vec2(-3.0, -3.5), tip + vec2(-3.0, 3.5)];
    painter.add(Shape::convex_polygon(head, color, Stroke::NONE));
}

fn brackets(painter: &Painter, rect: Rect, color: Color32) {
    let r = rect.shrink2(vec2(4.0, 5.0));
    let stroke = Stroke::new(1.6, color);
    for (x, inward) in [(r.left(), 4.0), (r.right(), -4.0)] {
        painter.add(Shape::line(
            vec![
                pos2(x + inward, r.top()),
                pos2(x, r.top()),
                pos2(x, r.bottom()),
                pos2(x + inward, r.bottom()),
            ],
            stroke,
        ));
    }
}

/// The marks of the tasks that stand at a cell and are not looked at: their numbers, outlined in the colour of the
/// counter, from a place on to the right. Returns where each is; the last may count those without a number.
pub fn tasks(painter: &Painter, at: Pos2, others: &Others, look: &Look) -> Vec<Rect> {
    let numbers = others.named.iter().map(ToString::to_string).chain(others.rest());
    let mut left = at.x;
    let mark = |words: String| {
        let width = 7.0 + painter.text_width(SMALL) * words.chars().count() as f32;
        let rect = Rect::from_min_size(pos2(left, at.y), vec2(width, 13.0));
        left = rect.right() + 2.0;
        painter.rect_filled(rect, 2.0, look.ground);
        let stroke = Stroke::new(1.2, look.signs.counter);
        painter.rect_stroke(rect, 2.0, stroke, StrokeKind::Inside);
        painter.text(rect.center(), Align2::CENTER_CENTER, words, mono(SMALL), look.signs.counter);
        rect
    };
    numbers.map(mark).collect()
}

/// The triangle that points down to the cell of the counter.
fn pointer(painter: &Painter, rect: Rect, look: &Look) {
    let tip = pos2(rect.center().x, rect.top() + 1.0);
    let triangle = vec![tip + vec2(-6.0, -6.0), tip + vec2(6.0, -6.0), tip];
    painter.add(Shape::convex_polygon(triangle, look.signs.counter, Stroke::NONE));
}

fn flag(painter: &Painter, rect: Rect, row: &CellRow, look: &Look) {
    let mut words = row.returns[0].to_string();
    let more = row.more_returns;
    let others = Tally { counted: row.returns.len() - 1 + more.counted, ..more };
    if others != Tally::exact(0) {
        words.push_str(&format!(" +{others}"));
    }
    let width = 8.0 + painter.text_width(SMALL) * words.chars().count() as f32;
    let pole = pos2(rect.left() - 3.0, rect.top());
    let cloth = Rect::from_min_size(pos2(pole.x, rect.top() - 7.0), vec2(width, 13.0));
    painter.line_segment([pole, pos2(pole.x, rect.bottom())], Stroke::new(2.0, look.signs.select));
    painter.rect_filled(cloth, 2.0, look.signs.select);
    painter.text(cloth.center(), Align2::CENTER_CENTER, words, mono(SMALL), look.ground);
}

/// Draws the cells that a typed line would write, from the left of a strip on. If they do not all fit, the rest is
/// counted.
pub fn ghosts(painter: &Painter, strip: Rect, cells: &[CellRow], look: &Look) {
    let width = painter.text_width(TEXT);
    let mut left = strip.left();
    for (n, row) in cells.iter().enumerate() {
        let label = clip(row.label.as_str(), GHOST);
        let size = vec2(width * label.chars().count().max(1) as f32 + 16.0, strip.height());
        let rect = Rect::from_min_size(pos2(left, strip.top()), size);
        let counts = rect.right() > strip.right() - 40.0;
        let (label, kind) = match counts {
            true => (format!("+{}", cells.len() - n).into(), CellKind::Empty),
            false => (label, row.kind),
        };
        let color = blend(look.ground, look.kind(kind), 0.75);
        painter.rect_filled(rect, 4.0, look.ground);
        dashes(painter, rect, Stroke::new(1.2, blend(look.ground, look.signs.select, 0.8)));
        painter.text(rect.center(), Align2::CENTER_CENTER, label, mono(TEXT), color);
        if counts {
            return;
        }
        left = rect.right() + 4.0;
    }
}

/// Draws the bar before a cell where typed text goes in.
pub fn bar(painter: &Painter, cell: Rect, look: &Look) {
    let x = cell.left() - 2.5;
    let stroke = Stroke::new(2.5, look.signs.select);
    painter.line_segment([pos2(x, cell.top() - 4.0), pos2(x, cell.bottom() + 4.0)], stroke);
    for y in [cell.top() - 4.0, cell.bottom() + 4.0] {
        painter.line_segment([pos2(x - 3.0, y), pos2(x + 3.0, y)], stroke);
    }
}

/// Draws the parameter stack from a place on, the top value last, and returns where that is. What there is no room
/// for is counted.
pub fn stack(painter: &Painter, at: Pos2, end: f32, stack: &StackRows, look: &Look) -> Rect {
    let width = painter.text_width(SMALL + 1.0);
    let words = if stack.depth == 0 { "stack empty" } else { "stack" };
    let font = super::theme::plain(SMALL + 0.5);
    let title = painter.text(at, Align2::LEFT_CENTER, words, font, look.dim);
    if stack.depth == 0 {
        return title;
    }
    let chips: Vec<(String, bool)> = stack
        .values
        .iter()
        .take(LANE_VALUES)
        .map(|value| (clip(value.label.as_str(), CHIP).into_owned(), value.changed))
        .collect();
    let chip_width = |text: &str| 10.0 + width * text.chars().count() as f32;
    // From the top of the stack, as many as there is room for.
    let mut room = (end - title.right() - 60.0).max(0.0);
    let fitting = chips.iter().take_while(|(text, _)| {
        room -= chip_width(text) + 3.0;
        room >= 0.0
    });
    let shown = fitting.count().max(1).min(chips.len());
    let mut x = title.right() + 6.0;
    let hidden = stack.depth - shown;
    if hidden > 0 {
        let words = format!("+{hidden}");
        let rect = Rect::from_min_size(pos2(x, at.y - 7.5), vec2(chip_width(&words), 15.0));
        chip(painter, rect, &words, false, look);
        x = rect.right() + 3.0;
    }
    for (text, changed) in chips[..shown].iter().rev() {
        let rect = Rect::from_min_size(pos2(x, at.y - 7.5), vec2(chip_width(text), 15.0));
        chip(painter, rect, text, *changed, look);
        x = rect.right() + 3.0;
    }
    title.with_max_x(x)
}

fn chip(painter: &Painter, rect: Rect, text: &str, changed: bool, look: &Look) {
    let (fill, color) = if changed {
        (look.signs.counter, look.signs.on_counter)
    } else {
        (blend(look.ground, look.signs.counter, 0.28), look.text)
    };
    painter.rect_filled(rect, 3.0, fill);
    painter.text(rect.center(), Align2::CENTER_CENTER, text, mono(SMALL + 1.0), color);
}
