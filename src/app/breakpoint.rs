//! How a breakpoint is drawn, the same among the cells, in the text and in the list: filled if it pauses,
//! a ring if it is disabled, with a bar beside it if it has a condition or a count.

use egui::{Painter, Pos2, Stroke, pos2, vec2};

use super::theme::Look;
use crate::view::breakpoints::Mark;

/// Draws a breakpoint.
pub fn draw(painter: &Painter, centre: Pos2, radius: f32, mark: &Mark, look: &Look) {
    let color = look.signs.fault;
    match mark.enabled {
        true => painter.circle_filled(centre, radius, color),
        false => painter.circle_stroke(centre, radius - 0.75, Stroke::new(1.5, color)),
    };
    if mark.special {
        // A question mark would be too small to read.
        let bar = if mark.enabled { look.ground } else { color };
        let half = vec2(0.0, radius * 0.5);
        painter.line_segment([centre - half, centre + half], Stroke::new(1.6, bar));
        let top = pos2(centre.x, centre.y + radius + 1.5);
        let wide = vec2(radius, 0.0);
        painter.line_segment([top - wide, top + wide], Stroke::new(1.2, color));
    }
}
