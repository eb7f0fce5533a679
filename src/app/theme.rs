//! Colours, sizes and fonts.
//!
//! Few colours, each with one meaning: the accent is always the program counter, orange is something
//! missing, red is a fault. The shape of a cell says the same, so nobody depends on colours. What the window
//! itself says is in the fonts that come with egui, and its other marks are drawn. A program may contain
//! any writing: for what these fonts lack, eframe finds a font of the system.

use egui::{
    Color32, Context, CornerRadius, FontFamily, FontId, Margin, Stroke, TextStyle, Theme, Visuals,
    vec2,
};

use crate::view::memory::CellKind;

/// The colours of a theme.
#[derive(Debug)]
pub struct Look {
    /// Behind the cells.
    pub ground: Color32,
    /// Behind the panels.
    pub panel: Color32,
    /// Inside a cell.
    pub cell: Color32,
    /// A line between things.
    pub line: Color32,
    /// Text.
    pub text: Color32,
    /// Less important text.
    pub dim: Color32,
    /// Colours with a meaning.
    pub signs: Signs,
    /// Colours of what cells hold.
    pub kinds: Kinds,
}

/// Colours with a meaning, one each.
#[derive(Debug)]
pub struct Signs {
    /// The program counter, and nothing else.
    pub counter: Color32,
    /// Text on the colour of the counter.
    pub on_counter: Color32,
    /// Something missing.
    pub missing: Color32,
    /// A fault.
    pub fault: Color32,
    /// Success: finished, a result.
    pub good: Color32,
    /// What the last gesture changed.
    pub changed: Color32,
    /// How often something has run.
    pub ran: Color32,
    /// Selection, focus, links.
    pub select: Color32,
}

/// Colours of what cells hold.
#[derive(Debug)]
pub struct Kinds {
    value: Color32,
    text: Color32,
    /// Blocks, and branches of the history.
    pub block: Color32,
    local: Color32,
    call: Color32,
    control: Color32,
}

const fn rgb(hex: u32) -> Color32 {
    Color32::from_rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

/// The dark theme.
pub const DARK: Look = Look {
    ground: rgb(0x15171c),
    panel: rgb(0x1b1e25),
    cell: rgb(0x232730),
    line: rgb(0x333946),
    text: rgb(0xd9dde5),
    dim: rgb(0x8b93a3),
    signs: Signs {
        counter: rgb(0xf2b84b),
        on_counter: rgb(0x1d1605),
        missing: rgb(0xf08c4a),
        fault: rgb(0xf0646c),
        good: rgb(0x7ecb8f),
        changed: rgb(0x64d2c2),
        ran: rgb(0xb06a8f),
        select: rgb(0x6ea8fe),
    },
    kinds: Kinds {
        value: rgb(0xb5d99c),
        text: rgb(0xe0b5a0),
        block: rgb(0xc79bf2),
        local: rgb(0x74cbd6),
        call: rgb(0x86b4ff),
        control: rgb(0xe596c0),
    },
};

/// The light theme.
pub const LIGHT: Look = Look {
    ground: rgb(0xf7f7f5),
    panel: rgb(0xefefec),
    cell: rgb(0xffffff),
    line: rgb(0xd3d4d2),
    text: rgb(0x23272f),
    dim: rgb(0x666c78),
    signs: Signs {
        counter: rgb(0xb26a00),
        on_counter: rgb(0xffffff),
        missing: rgb(0xb8500a),
        fault: rgb(0xc22b38),
        good: rgb(0x22793a),
        changed: rgb(0x0f8f80),
        ran: rgb(0xd888b0),
        select: rgb(0x2463c9),
    },
    kinds: Kinds {
        value: rgb(0x35701c),
        text: rgb(0x92472a),
        block: rgb(0x7738b5),
        local: rgb(0x0b7081),
        call: rgb(0x1c56b8),
        control: rgb(0xa8316f),
    },
};

impl Look {
    /// The look of the current theme.
    pub fn of(ctx: &Context) -> &'static Look {
        if ctx.theme() == Theme::Dark { &DARK } else { &LIGHT }
    }

    /// The colour of what a cell shows.
    pub fn kind(&self, kind: CellKind) -> Color32 {
        let kinds = &self.kinds;
        match kind {
            CellKind::Empty | CellKind::Label => self.dim,
            CellKind::Integer => kinds.value,
            CellKind::Text => kinds.text,
            CellKind::Block | CellKind::Address => kinds.block,
            CellKind::Pick | CellKind::Assign => kinds.local,
            CellKind::Call => kinds.call,
            CellKind::Hole => self.signs.missing,
            CellKind::Control => kinds.control,
            CellKind::Primitive => self.text,
        }
    }
}

/// The font of cells and of the entry line.
pub fn mono(size: f32) -> FontId {
    FontId::new(size, FontFamily::Monospace)
}

/// The font of everything else.
pub fn plain(size: f32) -> FontId {
    FontId::new(size, FontFamily::Proportional)
}

/// Sets the styles of both themes, once at the start.
pub fn install(ctx: &Context) {
    ctx.options_mut(|options| options.zoom_with_keyboard = false);
    for theme in [Theme::Dark, Theme::Light] {
        ctx.style_mut_of(theme, |style| {
            let look = if theme == Theme::Dark { &DARK } else { &LIGHT };
            style.visuals = visuals(look, theme);
            style.text_styles = [
                (TextStyle::Heading, plain(16.0)),
                (TextStyle::Body, plain(13.5)),
                (TextStyle::Button, plain(13.5)),
                (TextStyle::Small, plain(11.5)),
                (TextStyle::Monospace, mono(13.0)),
            ]
            .into();
            style.spacing.item_spacing = vec2(8.0, 5.0);
            style.spacing.button_padding = vec2(8.0, 3.0);
            style.spacing.menu_margin = Margin::same(6);
            style.spacing.scroll = egui::style::ScrollStyle::solid();
            style.spacing.scroll.bar_width = 8.0;
            style.interaction.selectable_labels = false;
            style.animation_time = 0.0;
            style.scroll_animation = egui::style::ScrollAnimation::none();
        });
    }
}

fn visuals(look: &Look, theme: Theme) -> Visuals {
    let mut visuals = if theme == Theme::Dark { Visuals::dark() } else { Visuals::light() };
    visuals.panel_fill = look.panel;
    visuals.window_fill = look.panel;
    visuals.window_stroke = Stroke::new(1.0, look.line);
    visuals.window_corner_radius = CornerRadius::same(8);
    visuals.menu_corner_radius = CornerRadius::same(6);
    visuals.extreme_bg_color = look.ground;
    visuals.faint_bg_color = look.cell;
    visuals.weak_text_color = Some(look.dim);
    visuals.hyperlink_color = look.signs.select;
    visuals.warn_fg_color = look.signs.missing;
    visuals.error_fg_color = look.signs.fault;
    visuals.selection.bg_fill = look.signs.select.gamma_multiply(0.35);
    visuals.selection.stroke = Stroke::new(1.0, look.signs.select);
    visuals.text_cursor.blink = false;
    visuals.text_cursor.stroke = Stroke::new(2.0, look.signs.counter);
    widget_visuals(&mut visuals, look);
    visuals
}

fn widget_visuals(visuals: &mut Visuals, look: &Look) {
    let widgets = &mut visuals.widgets;
    widgets.noninteractive.bg_stroke = Stroke::new(1.0, look.line);
    widgets.noninteractive.fg_stroke = Stroke::new(1.0, look.text);
    for (widget, fill) in [
        (&mut widgets.inactive, look.cell),
        (&mut widgets.hovered, look.line),
        (&mut widgets.active, look.line),
        (&mut widgets.open, look.cell),
    ] {
        widget.bg_fill = fill;
        widget.weak_bg_fill = fill;
        widget.bg_stroke = Stroke::new(1.0, look.line);
        widget.fg_stroke = Stroke::new(1.0, look.text);
        widget.corner_radius = CornerRadius::same(5);
        widget.expansion = 0.0;
    }
    // For scroll bars: the colour of a cell would not show on a light ground.
    widgets.inactive.bg_fill = look.line;
    widgets.hovered.bg_fill = look.dim;
    widgets.active.bg_fill = look.dim;
    widgets.hovered.bg_stroke = Stroke::new(1.0, look.dim);
    widgets.active.bg_stroke = Stroke::new(1.0, look.signs.select);
}

/// A sentence with the words between backquotes set as program text.
pub fn sentence(text: &str, size: f32, color: Color32, look: &Look) -> egui::text::LayoutJob {
    let mut job = egui::text::LayoutJob::default();
    for (part, is_code) in parts(text) {
        let format = if is_code {
            egui::TextFormat {
                font_id: mono(size - 0.5),
                color: look.text,
                background: look.line.gamma_multiply(0.6),
                ..Default::default()
            }
        } else {
            egui::TextFormat { font_id: plain(size), color, ..Default::default() }
        };
        job.append(part, 0.0, format);
    }
    job
}

/// The parts of a sentence, and whether each is program text. As in Markdown, two backquotes with a blank enclose
/// text that has backquotes itself.
fn parts(text: &str) -> Vec<(&str, bool)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('`') {
        let (before, after) = rest.split_at(at);
        let double = after.strip_prefix("`` ").and_then(|inside| inside.split_once(" ``"));
        let single = || after[1..].split_once('`').unwrap_or((&after[1..], ""));
        let (code, end) = double.unwrap_or_else(single);
        found.extend([(before, false), (code, true)]);
        rest = end;
    }
    found.push((rest, false));
    found.retain(|(part, _)| !part.is_empty());
    found
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn what_is_to_be_typed_is_shown_with_its_backquotes() {
        let (code, plain) = (true, false);
        assert_eq!(
            parts("write `end()`; or"),
            [("write ", plain), ("end()", code), ("; or", plain)]
        );
        assert_eq!(parts("use `` `swap`(...) ``"), [("use ", plain), ("`swap`(...)", code)]);
        assert_eq!(parts("`` `a` `` and `b`"), [("`a`", code), (" and ", plain), ("b", code)]);
        assert_eq!(parts("a ` b"), [("a ", plain), (" b", code)]);
        assert_eq!(parts("``"), []);
    }
}
