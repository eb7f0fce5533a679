//! Draws one line of the program as text, and what the machine is doing in it.
//!
//! The line is set as one piece, so that any writing gets its own width; the marks are drawn around its
//! tokens. None of them takes room in the line, so nothing moves when the machine does.

use std::sync::Arc;

use egui::text::{CCursor, LayoutJob};
use egui::{Align2, Color32, Galley, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, TextFormat};
use egui::{pos2, vec2};

use super::layout::LINE;
use crate::app::breakpoint;
use crate::app::paint::{self, blend};
use crate::app::theme::{Look, mono, plain};
use crate::view::memory::{CellKind, Tally};
use crate::view::source::{LineRow, TokenKind, TokenRow};

const TEXT: f32 = 14.0;
const SMALL: f32 = 9.5;
/// The text of a line begins this far below its top; above are the numbers of frames.
const ABOVE: f32 = 6.0;
/// The width of what is drawn for a cell without text.
const THIN: f32 = 7.0;

/// A line that is set, and where its tokens are.
pub struct SetLine {
    galley: Arc<Galley>,
    /// Where the text begins.
    origin: Pos2,
    /// The rectangle of each token.
    pub tokens: Vec<Rect>,
    /// Where the line ends.
    pub right: f32,
}

/// What the window knows about a token beyond its row.
#[derive(Clone, Copy, Debug, Default)]
pub struct TokenMarks {
    /// It is selected.
    pub selected: bool,
    /// The pointer is over it, or over its cell in the other pane.
    pub lit: bool,
}

/// Sets a line whose room begins at `left` and `top`.
pub fn set(painter: &Painter, row: &LineRow, left: f32, top: f32, look: &Look) -> SetLine {
    let blank = painter.fonts_mut(|fonts| fonts.glyph_width(&mono(TEXT), ' '));
    let origin = pos2(left + blank * row.indent as f32, top + ABOVE);
    let mut job = LayoutJob::default();
    job.wrap.max_width = f32::INFINITY;
    for token in &row.tokens {
        let format = TextFormat::simple(mono(TEXT), color(token, look));
        job.append(&token.text, 0.0, format);
    }
    let galley = painter.layout_job(job);
    let (mut tokens, mut at, mut thin) = (Vec::with_capacity(row.tokens.len()), 0, 0.0);
    for token in &row.tokens {
        let x = |at| origin.x + galley.pos_from_cursor(CCursor::new(at)).left();
        let start = at;
        at += token.text.chars().count();
        let mut rect = Rect::from_min_max(pos2(x(start), top), pos2(x(at), top + LINE));
        if token.text.is_empty() {
            rect = rect.translate(vec2(2.0 + thin, 0.0));
            rect.set_width(THIN);
            thin += THIN + 2.0;
        }
        tokens.push(rect.with_min_y(top + ABOVE - 1.0));
    }
    let right = origin.x + galley.size().x + thin;
    SetLine { galley, origin, tokens, right }
}

/// Draws a line that is set.
pub fn draw(painter: &Painter, row: &LineRow, set: &SetLine, marks: &[TokenMarks], look: &Look) {
    for ((token, &rect), &marks) in row.tokens.iter().zip(&set.tokens).zip(marks) {
        ground(painter, token, rect, marks, look);
    }
    painter.galley(set.origin, Arc::clone(&set.galley), look.text);
    for ((token, &rect), &marks) in row.tokens.iter().zip(&set.tokens).zip(marks) {
        sign(painter, token, rect, look);
        if marks.selected {
            let rect = rect.expand2(vec2(1.5, 0.5));
            let stroke = Stroke::new(1.2, look.signs.select);
            painter.rect_stroke(rect, 3.0, stroke, StrokeKind::Inside);
        }
    }
    behind(painter, row, set, look);
}

/// The values of what was executed in the line.
fn behind(painter: &Painter, row: &LineRow, set: &SetLine, look: &Look) {
    let at = |x: f32| pos2(x, set.origin.y + 1.0);
    let mut x = set.right + 28.0;
    for known in &row.known {
        let words = painter.text(
            at(x),
            Align2::LEFT_TOP,
            format!("{} = ", known.text),
            mono(TEXT - 1.5),
            look.dim,
        );
        let font = mono(TEXT - 1.5);
        let value = painter.text(
            at(words.right()),
            Align2::LEFT_TOP,
            &known.value,
            font,
            look.signs.counter,
        );
        x = value.right() + 20.0;
    }
    if row.leaves_flag {
        painter.text(at(x), Align2::LEFT_TOP, "flag of repeat_if", plain(TEXT - 2.0), look.dim);
    }
}

fn color(token: &TokenRow, look: &Look) -> Color32 {
    let color = match token.kind {
        _ if token.counter && !token.text.is_empty() => return look.signs.on_counter,
        TokenKind::Cell(CellKind::Block) if token.text.trim() == ":" => look.dim,
        TokenKind::Cell(CellKind::Block) if token.text.starts_with(char::is_alphabetic) => {
            look.kind(CellKind::Control)
        }
        TokenKind::Cell(kind) => look.kind(kind),
        TokenKind::Name => look.kind(CellKind::Call),
        TokenKind::Plain => look.dim,
        TokenKind::Stack => look.signs.counter,
        TokenKind::Comment => look.dim,
        TokenKind::Open => look.dim,
    };
    if token.done { blend(look.ground, color, 0.5) } else { color }
}

fn ground(painter: &Painter, token: &TokenRow, rect: Rect, marks: TokenMarks, look: &Look) {
    let around = rect.expand2(vec2(1.5, 0.0));
    if token.counter && token.text.is_empty() {
        return;
    }
    let fill = match token {
        TokenRow { counter: true, .. } => look.signs.counter,
        _ if marks.selected => blend(look.ground, look.signs.select, 0.3),
        _ if marks.lit => look.line,
        TokenRow { changed: true, .. } => blend(look.ground, look.signs.changed, 0.22),
        TokenRow { ran: Some(ran), .. } if ran.times > 0 => {
            blend(look.ground, look.signs.ran, 0.1 + 0.4 * ran.part())
        }
        TokenRow { .. } => return,
    };
    painter.rect_filled(around, 3.0, fill);
}

/// The marks on a token: the counter where there is no text, a hole, a breakpoint, the frames that return.
fn sign(painter: &Painter, token: &TokenRow, rect: Rect, look: &Look) {
    if token.counter && token.text.is_empty() {
        let tip = rect.left_center();
        let points = vec![tip, tip + vec2(6.0, -5.0), tip + vec2(6.0, 5.0)];
        painter.add(Shape::convex_polygon(points, look.signs.counter, Stroke::NONE));
    }
    if token.kind == TokenKind::Cell(CellKind::Hole) && !token.counter {
        let y = rect.bottom() - 1.0;
        let stroke = Stroke::new(1.2, look.signs.missing);
        let line = [pos2(rect.left(), y), pos2(rect.right(), y)];
        painter.extend(Shape::dashed_line(&line, stroke, 4.0, 3.0));
    }
    if let Some(mark) = &token.breakpoint {
        breakpoint::draw(painter, rect.left_top() + vec2(1.0, 1.0), 3.0, mark, look);
    }
    if !token.returns.is_empty() {
        flag(painter, token, rect, look);
    }
}

/// The numbers of the other tasks that stand at a token, outlined, over its left; and a line below it. Returns where
/// the numbers are.
pub fn tasks(painter: &Painter, rect: Rect, token: &TokenRow, look: &Look) -> Vec<Rect> {
    if token.others.named.is_empty() {
        return Vec::new();
    }
    if !token.counter {
        let around = rect.expand2(vec2(1.5, 0.0));
        let stroke = Stroke::new(1.0, look.signs.counter);
        painter.rect_stroke(around, 3.0, stroke, StrokeKind::Inside);
    }
    let at = pos2(rect.left() - 2.0, rect.top() - ABOVE - 2.0);
    paint::tasks(painter, at, &token.others, look)
}

/// The number of the frame that goes on after a call, at the upper right of the call.
fn flag(painter: &Painter, token: &TokenRow, rect: Rect, look: &Look) {
    let more = token.more_returns;
    let others = Tally { counted: token.returns.len() - 1 + more.counted, ..more };
    let mut words = token.returns[0].to_string();
    if others != Tally::exact(0) {
        words += &format!(" +{others}");
    }
    let letter = painter.fonts_mut(|fonts| fonts.glyph_width(&mono(SMALL), '0'));
    let size = vec2(6.0 + letter * words.chars().count() as f32, 11.0);
    let cloth = Rect::from_min_size(pos2(rect.right() - 3.0, rect.top() - ABOVE), size);
    painter.rect_filled(cloth, 2.0, look.signs.select);
    painter.text(cloth.center(), Align2::CENTER_CENTER, words, mono(SMALL), look.ground);
}
