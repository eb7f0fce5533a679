//! The menu bar and the tool bar, both made from the table of actions.

use std::path::PathBuf;

use egui::text::{LayoutJob, TextFormat};
use egui::{
    Align, Button, Color32, Id, Layout, Painter, Rect, RichText, ScrollArea, Shape, Stroke,
    TextStyle, Ui, pos2, vec2,
};

use crate::app::action_table::{ActionRow, Menu, TABLE, row};
use crate::app::menu_keys::MenuKeys;
use crate::app::theme::Look;
use crate::desk::action::{Action, Panel, Panes};
use crate::desk::preferences::Preferences;
use crate::desk::speed::Speed;

/// What the bars show.
pub struct Bars<'a> {
    /// Recent files, panels, speed.
    pub preferences: &'a Preferences,
    /// The titles of the examples.
    pub examples: &'a [&'a str],
    /// Whether the program runs.
    pub running: bool,
    /// Actions that would do nothing now, with the reason.
    pub idle: &'a [(Action, &'static str)],
    /// Actions that say in the menu what they would act on now.
    pub names: &'a [(Action, String)],
}

/// Draws the menu bar.
pub fn menus(ui: &mut Ui, bar: &Bars<'_>, keys: &mut MenuKeys, actions: &mut Vec<Action>) {
    keys.begin();
    egui::MenuBar::new().ui(ui, |ui| {
        for (n, menu) in Menu::ALL.into_iter().enumerate() {
            let title = title(ui, menu, keys.shows_letters());
            let shown = ui.menu_button(title, |ui| {
                // A low window has no room for a long menu.
                let height = ui.ctx().content_rect().bottom() - ui.next_widget_position().y - 12.0;
                // The area around it proposes less, whatever the window has.
                ui.set_max_height(height);
                let area = ScrollArea::vertical().max_height(height).min_scrolled_height(height);
                area.show(ui, |ui| items(ui, menu, bar, actions)).inner
            });
            keys.drawn(n, &shown.response, shown.inner);
        }
    });
}

/// The title of a menu, with the letter underlined that opens it.
fn title(ui: &Ui, menu: Menu, underlined: bool) -> LayoutJob {
    let (words, letter) = (menu.title(), menu.letter().name());
    let at = words.to_uppercase().find(letter).expect("it is a letter of the title");
    let color = ui.visuals().widgets.inactive.text_color();
    let format = TextFormat {
        font_id: TextStyle::Button.resolve(ui.style()),
        color,
        ..TextFormat::default()
    };
    let line = if underlined { Stroke::new(1.0, color) } else { Stroke::NONE };
    let mut job = LayoutJob::default();
    job.append(&words[..at], 0.0, format.clone());
    job.append(&words[at..=at], 0.0, TextFormat { underline: line, ..format.clone() });
    job.append(&words[at + 1..], 0.0, format);
    job
}

/// Each of these actions begins a group in its menu, with a line above it.
const GROUPS: [Action; 17] = [
    Action::Save,
    Action::Quit,
    Action::CopyCells,
    Action::ToggleInsert,
    Action::Rename,
    Action::RunOrPause,
    Action::Slower,
    Action::BackToBreakpoint,
    Action::GoToStep,
    Action::RestartFrame,
    Action::MoreCheckpoints,
    Action::EndInput,
    Action::Expect,
    Action::GoToCounter,
    Action::Find,
    Action::Show(Panel::Stack),
    Action::ToggleTheme,
];

/// The items of a menu. Returns those that can be taken.
fn items(ui: &mut Ui, menu: Menu, bar: &Bars<'_>, actions: &mut Vec<Action>) -> Vec<Id> {
    ui.set_min_width(230.0);
    let mut taken = Vec::new();
    for row in TABLE.iter().filter(|row| row.menu == menu) {
        if GROUPS.contains(&row.action) {
            ui.separator();
        }
        taken.extend(item(ui, row, bar, actions));
        if row.action == Action::Open {
            let shown = ui.menu_button("Open recent", |ui| recent(ui, bar, actions));
            taken.push(shown.response.id);
            taken.extend(shown.inner.into_iter().flatten());
            let shown = ui.menu_button("Examples", |ui| examples(ui, bar, actions));
            taken.push(shown.response.id);
            taken.extend(shown.inner.into_iter().flatten());
        }
    }
    taken
}

/// One item. Returns it if it can be taken.
fn item(
    ui: &mut Ui,
    row: &'static ActionRow,
    bar: &Bars<'_>,
    actions: &mut Vec<Action>,
) -> Option<Id> {
    let reason =
        bar.idle.iter().find(|(action, _)| *action == row.action).map(|&(_, reason)| reason);
    let is_on = matches!(row.action, Action::Show(panel) if bar.preferences.shows(panel));
    // On the colour of the selection, the text of a selected button could not be read.
    let words = |words: String| {
        let words = RichText::new(words);
        if is_on { words.color(Look::of(ui.ctx()).text) } else { words }
    };
    let key = words(row.key_text(ui.ctx()));
    let name = bar.names.iter().find(|(action, _)| *action == row.action);
    let name = name.map_or(row.name, |(_, name)| name);
    let button = Button::new(words(name.to_owned())).shortcut_text(key).selected(is_on);
    let response = ui.add_enabled(reason.is_none(), button).accessible_name(name);
    let response = response.on_hover_text(row.help);
    let response = match reason {
        Some(reason) => response.on_disabled_hover_text(reason),
        None => response,
    };
    if response.gained_focus() {
        response.scroll_to_me(None);
    }
    if response.clicked() {
        actions.push(row.action.clone());
        ui.close();
    }
    reason.is_none().then_some(response.id)
}

/// The items of a menu of files. Returns them.
fn recent(ui: &mut Ui, bar: &Bars<'_>, actions: &mut Vec<Action>) -> Vec<Id> {
    if bar.preferences.recent.is_empty() {
        ui.weak("none yet");
    }
    let file = |path: &PathBuf| {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        let response = ui.button(name).on_hover_text(path.display().to_string());
        if response.clicked() {
            actions.push(Action::OpenPath(path.clone()));
            ui.close();
        }
        response.id
    };
    bar.preferences.recent.iter().map(file).collect()
}

/// The items of the menu of examples. Returns them.
fn examples(ui: &mut Ui, bar: &Bars<'_>, actions: &mut Vec<Action>) -> Vec<Id> {
    let example = |(n, title): (usize, &&str)| {
        let response = ui.button(*title);
        if response.clicked() {
            actions.push(Action::OpenExample(n));
            ui.close();
        }
        response.id
    };
    bar.examples.iter().enumerate().map(example).collect()
}

/// A button of the tool bar.
struct Tool {
    action: Action,
    words: &'static str,
    icon: Icon,
}

/// The drawing on a button.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Icon {
    Run,
    Pause,
    Step,
    Over,
    Out,
    Back,
    Undo,
    Redo,
}

/// The groups of the tool bar, from left to right.
const TOOLS: [&[Tool]; 3] = [
    &[
        Tool { action: Action::RunOrPause, words: "Run", icon: Icon::Run },
        Tool { action: Action::Step, words: "Step", icon: Icon::Step },
        Tool { action: Action::StepOver, words: "Over", icon: Icon::Over },
        Tool { action: Action::StepOut, words: "Out", icon: Icon::Out },
    ],
    &[Tool { action: Action::StepBack, words: "Back", icon: Icon::Back }],
    &[
        Tool { action: Action::Undo, words: "Undo", icon: Icon::Undo },
        Tool { action: Action::Redo, words: "Redo", icon: Icon::Redo },
    ],
];

/// The first tool while a program runs.
const PAUSE: Tool = Tool { action: Action::RunOrPause, words: "Pause", icon: Icon::Pause };

/// Draws the tool bar.
pub fn tools(ui: &mut Ui, bar: &Bars<'_>, actions: &mut Vec<Action>) {
    ui.horizontal(|ui| {
        for (n, group) in TOOLS.iter().enumerate() {
            if n > 0 {
                ui.add_space(8.0);
            }
            for each in *group {
                let pauses = bar.running && each.icon == Icon::Run;
                tool(ui, if pauses { &PAUSE } else { each }, bar, actions);
            }
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            speed(ui, bar, actions);
            if ui.available_width() >= PANES {
                panes(ui, bar, actions);
            }
        });
    });
}

/// The least width of the window for the tool bar to show keys.
const WIDE: f32 = 1060.0;
/// The least width of the window for the tool bar to show words.
const NARROW: f32 = 680.0;

fn tool(ui: &mut Ui, tool: &Tool, bar: &Bars<'_>, actions: &mut Vec<Action>) {
    let row = row(&tool.action).expect("every tool is in the table");
    let reason = bar.idle.iter().find(|(other, _)| *other == tool.action);
    let width = ui.ctx().content_rect().width();
    let words = if width >= NARROW { format!("      {}", tool.words) } else { String::new() };
    let mut button = Button::new(words).min_size(vec2(34.0, 26.0));
    if width >= WIDE {
        button = button.shortcut_text(row.key_text(ui.ctx()));
    }
    let response = ui.add_enabled(reason.is_none(), button).accessible_name(row.name);
    let look = Look::of(ui.ctx());
    let color = match tool.icon {
        _ if reason.is_some() => look.line,
        Icon::Run | Icon::Pause => look.signs.good,
        Icon::Step | Icon::Over | Icon::Out | Icon::Back | Icon::Undo | Icon::Redo => look.text,
    };
    let center = pos2(response.rect.left() + 17.0, response.rect.center().y);
    icon(ui.painter(), Rect::from_center_size(center, vec2(14.0, 14.0)), tool.icon, color);
    let response = response.on_hover_text(row.tooltip(ui.ctx()));
    let response = match reason {
        Some((_, reason)) => response.on_disabled_hover_text(*reason),
        None => response,
    };
    if response.clicked() {
        actions.push(tool.action.clone());
    }
}

fn icon(painter: &Painter, r: Rect, icon: Icon, color: Color32) {
    let c = r.center();
    let stroke = Stroke::new(1.6, color);
    let fill = |points: Vec<egui::Pos2>| Shape::convex_polygon(points, color, Stroke::NONE);
    let head = |tip: egui::Pos2, back: egui::Vec2| {
        fill(vec![tip, tip + back + back.rot90() * 0.8, tip + back - back.rot90() * 0.8])
    };
    let bow = |side: f32| {
        painter.line(arc(c + vec2(0.0, 3.5), 5.5), stroke);
        painter.add(head(c + vec2(side * 5.5, 6.0), vec2(0.0, -5.0)));
    };
    match icon {
        Icon::Pause => {
            for x in [-5.0, 1.5] {
                let bar = Rect::from_min_max(c + vec2(x, -6.0), c + vec2(x + 3.5, 6.0));
                painter.rect_filled(bar, 1.0, color);
            }
        }
        Icon::Run => {
            painter.add(fill(vec![c + vec2(-4.0, -6.0), c + vec2(6.0, 0.0), c + vec2(-4.0, 6.0)]));
        }
        Icon::Step => {
            painter.line_segment([c + vec2(-6.0, 0.0), c + vec2(2.0, 0.0)], stroke);
            painter.add(head(c + vec2(5.0, 0.0), vec2(-5.0, 0.0)));
            painter.line_segment([c + vec2(6.5, -5.0), c + vec2(6.5, 5.0)], stroke);
        }
        Icon::Over => {
            painter.line(arc(c + vec2(-0.5, 2.0), 5.5), stroke);
            painter.add(head(c + vec2(5.0, 4.5), vec2(0.0, -5.0)));
            painter.circle_filled(c + vec2(-0.5, 5.0), 1.8, color);
        }
        Icon::Out => {
            painter.line_segment([c + vec2(0.0, 4.0), c + vec2(0.0, -3.0)], stroke);
            painter.add(head(c + vec2(0.0, -7.0), vec2(0.0, 5.0)));
            painter.circle_filled(c + vec2(0.0, 6.0), 1.8, color);
        }
        Icon::Back => {
            painter.line_segment([c + vec2(6.0, 0.0), c + vec2(-2.0, 0.0)], stroke);
            painter.add(head(c + vec2(-5.0, 0.0), vec2(5.0, 0.0)));
            painter.line_segment([c + vec2(-6.5, -5.0), c + vec2(-6.5, 5.0)], stroke);
        }
        Icon::Undo => bow(-1.0),
        Icon::Redo => bow(1.0),
    }
}

fn arc(center: egui::Pos2, radius: f32) -> Vec<egui::Pos2> {
    let angle = |n: i32| std::f32::consts::PI * (1.0 + n as f32 / 12.0);
    (0..=12).map(|n| center + radius * egui::Vec2::angled(angle(n))).collect()
}

/// The least room for the choice of what the main area shows.
const PANES: f32 = 190.0;

/// What the main area shows.
fn panes(ui: &mut Ui, bar: &Bars<'_>, actions: &mut Vec<Action>) {
    let row = row(&Action::NextPanes).expect("it is in the table");
    let text = Look::of(ui.ctx()).text;
    ui.add_space(8.0);
    for panes in Panes::ALL.into_iter().rev() {
        let words = RichText::new(panes.title()).color(text);
        let response = ui.selectable_label(panes == bar.preferences.code.panes, words);
        let response = response.on_hover_text(row.tooltip(ui.ctx()));
        if response.clicked() {
            actions.push(Action::ShowPanes(panes));
        }
    }
}

fn speed(ui: &mut Ui, bar: &Bars<'_>, actions: &mut Vec<Action>) {
    let chosen = bar.preferences.speed;
    let width = f32::min(150.0, ui.available_width());
    let combo = egui::ComboBox::from_id_salt("speed").selected_text(chosen.words()).width(width);
    let text = Look::of(ui.ctx()).text;
    let response = combo.truncate().show_ui(ui, |ui| {
        for speed in Speed::all() {
            let words = RichText::new(speed.words()).color(text);
            if ui.selectable_label(speed == chosen, words).clicked() {
                actions.push(Action::SetSpeed(speed));
            }
        }
    });
    response
        .response
        .accessible_name("Speed")
        .on_hover_text("How fast a program runs while you watch");
}
