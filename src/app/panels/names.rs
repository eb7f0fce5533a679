//! All functions, by address, and the globals with their values.

use egui::{Align2, Rect, Role, ScrollArea, Sense, Ui, WidgetInfo, vec2};

use super::heading;
use super::value::{self, Attention, ValueLine};
use crate::app::theme::{Look, mono, plain};
use crate::desk::Index;
use crate::desk::action::{Action, Panel, ValuePlace};
use crate::program::diagnostic::grouped;
use crate::session::counts::CellCounts;
use crate::view::names::{GlobalRows, NameRow};
use crate::vm::index::BodyId;
use crate::vm::memory::Place;
use crate::vm::spelling::clip;

const HEIGHT: f32 = 22.0;

/// Draws the visible functions, of which there may be thousands, and the globals.
pub fn show(
    ui: &mut Ui,
    index: &Index,
    counts: Option<&CellCounts>,
    globals: &GlobalRows,
    attention: Attention<'_>,
    actions: &mut Vec<Action>,
) {
    let rows = &index.names;
    heading(ui, "Names", rows.len(), Panel::Names, actions);
    ui.spacing_mut().item_spacing.y = 1.0;
    let area = ScrollArea::vertical().id_salt("names").max_height(220.0).auto_shrink([false, true]);
    area.show_rows(ui, HEIGHT, rows.len(), |ui, range| {
        for row in &rows[range] {
            let effect = index.effects.words(&row.name);
            name(ui, row, (&effect, &entered(row, counts)), actions);
        }
    });
    for row in &globals.rows {
        let name = format!("  {}", row.name);
        let label = format!("global {}", row.name);
        let place = ValuePlace::Global(row.name.clone());
        let line = ValueLine { name: &name, label: &label, value: Some(&row.value), place };
        value::show(ui, line, attention, actions);
    }
    if globals.count > globals.rows.len() {
        super::nothing(ui, &format!("and {} more globals", globals.count - globals.rows.len()));
    }
}

/// How often a function was entered, if that is shown.
fn entered(row: &NameRow, counts: Option<&CellCounts>) -> String {
    match (row.body, counts) {
        (BodyId::Code(body), Some(counts)) => {
            let more = if counts.is_part() { "+" } else { "" };
            format!("entered {}×{more}, ", grouped(counts.of(Place::start(body))))
        }
        (BodyId::Code(_) | BodyId::Data(_), _) => String::new(),
    }
}

fn name(ui: &mut Ui, row: &NameRow, (effect, entered): (&str, &str), actions: &mut Vec<Action>) {
    let look = Look::of(ui.ctx());
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::click());
    super::ground(ui, rect, &response);
    let painter = ui.painter();
    let drawn = painter.text(
        rect.left_center() + vec2(6.0, 0.0),
        Align2::LEFT_CENTER,
        &row.name,
        mono(13.0),
        look.text,
    );
    let callers = match row.callers {
        0 => String::new(),
        1 => ", 1 use".to_owned(),
        many => format!(", {many} uses"),
    };
    let note = format!("{entered}at {}{callers}", row.start);
    let note_drawn = painter.text(
        rect.right_center() - vec2(6.0, 0.0),
        Align2::RIGHT_CENTER,
        &note,
        plain(12.0),
        look.dim,
    );
    let between = drawn.right() + 8.0..=note_drawn.left() - 8.0;
    let between = Rect::from_x_y_ranges(between, rect.y_range());
    let letter = painter.fonts_mut(|fonts| fonts.glyph_width(&mono(12.0), '0'));
    let letters = (between.width() / letter).max(0.0) as usize;
    painter.with_clip_rect(between.intersect(painter.clip_rect())).text(
        between.left_center(),
        Align2::LEFT_CENTER,
        clip(effect, letters),
        mono(12.0),
        look.dim,
    );
    response.widget_info(|| {
        let name = format!("function {} {effect}", row.name);
        WidgetInfo::labeled(Role::Button, true, format!("{}, {note}", name.trim_end()))
    });
    if super::copies(ui, &response) {
        actions.push(Action::CopyName(row.name.clone()));
    }
    if response.clicked() {
        actions.push(Action::GoToBody(row.body));
    }
    response.context_menu(|ui| menu(ui, row, actions));
}

/// What can be done with a function.
fn menu(ui: &mut Ui, row: &NameRow, actions: &mut Vec<Action>) {
    let name = || row.name.clone();
    for (words, action) in [
        ("Go to it", Action::GoToBody(row.body)),
        ("Show uses", Action::ShowUses(name())),
        ("Rename...", Action::RenameFunction(name())),
        ("Redefine...", Action::RedefineFunction(name())),
        ("Remove", Action::RemoveNamed(name())),
        ("Copy name", Action::CopyName(name())),
    ] {
        if ui.button(words).clicked() {
            actions.push(action);
        }
    }
}
