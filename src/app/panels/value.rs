//! A value in a side panel, shown or being changed.

use std::borrow::Cow;

use egui::{
    Align2, Button, Key, KeyboardShortcut, Modifiers, Response, Role, Sense, TextEdit, Ui,
    WidgetInfo, vec2,
};

use crate::app::theme::{Look, mono, plain};
use crate::app::{action_table, focused_value};
use crate::desk::Editing;
use crate::desk::action::{Action, Field, ValuePlace, WatchAction};
use crate::view::stacks::ValueRow;
use crate::vm::index::BodyId;
use crate::vm::spelling::clip;

/// The values that stand out.
#[derive(Clone, Copy, Debug, Default)]
pub struct Attention<'a> {
    /// The value being changed.
    pub changing: Option<Changing<'a>>,
    /// The value that a search found.
    pub found: Option<&'a ValuePlace>,
}

/// The value being changed.
#[derive(Clone, Copy, Debug)]
pub struct Changing<'a> {
    /// Which value, and the typed text.
    pub value: &'a Editing,
    /// Whether its field takes the keyboard focus in this frame.
    pub focus: bool,
}

/// A line with a name and a value; a double click or Enter begins to change the value.
pub struct ValueLine<'a> {
    /// The name before the value.
    pub name: &'a str,
    /// What a screen reader says before the value.
    pub label: &'a str,
    /// The value; none for a local that is not assigned.
    pub value: Option<&'a ValueRow>,
    /// Which value it is.
    pub place: ValuePlace,
}

const HEIGHT: f32 = 22.0;
const NAME: f32 = 74.0;

/// Draws the line.
pub fn show(ui: &mut Ui, line: ValueLine<'_>, attention: Attention<'_>, actions: &mut Vec<Action>) {
    match attention.changing.filter(|changing| changing.value.place == line.place) {
        Some(changing) => edit(ui, line.label, changing, actions),
        None => read(ui, &line, attention.found == Some(&line.place), actions),
    }
}

fn read(ui: &mut Ui, line: &ValueLine<'_>, found: bool, actions: &mut Vec<Action>) {
    let look = Look::of(ui.ctx());
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), HEIGHT));
    let response = ui.interact(rect, focused_value::row_id(&line.place), Sense::click());
    focused_value::note(&response, &line.place);
    super::ground(ui, rect, &response);
    if found {
        super::found(ui, rect, &response);
    }
    let painter = ui.painter();
    let name = rect.left_center() + vec2(6.0, 0.0);
    painter.text(name, Align2::LEFT_CENTER, line.name, plain(12.0), look.dim);
    let text = line.value.map_or("not assigned", |value| value.label.as_str());
    let changed = line.value.is_some_and(|value| value.changed);
    let color = if changed {
        look.signs.changed
    } else if line.value.is_some() {
        look.text
    } else {
        look.dim
    };
    let shown = fit(ui, text, rect.width() - NAME - 6.0);
    painter.text(
        rect.left_center() + vec2(NAME, 0.0),
        Align2::LEFT_CENTER,
        shown,
        mono(13.0),
        color,
    );
    let mark = if found { ", found" } else { "" };
    let label = format!("{}: {text}{mark}", line.label);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &label));
    if response.double_clicked() || opened(ui, &response) {
        actions.push(Action::Edit(line.place.clone()));
    } else if super::copies(ui, &response) {
        actions.push(Action::CopyValue(line.place.clone()));
    } else if response.clicked()
        && let Some(body) = line.value.and_then(|value| value.target)
    {
        actions.push(Action::GoToBody(body));
    }
    if response.has_focus()
        && let Some(watch) = actions.iter_mut().find(|action| **action == Action::Watch)
    {
        let data = line.value.and_then(|value| value.target);
        *watch = Action::Watches(match data {
            Some(BodyId::Data(data)) => WatchAction::Data(data),
            Some(BodyId::Code(_)) | None => WatchAction::Value(line.place.clone()),
        });
    }
    menu(&response, line, actions);
    response.on_hover_text("Double click or Enter changes it");
}

/// What else can be done with a value.
fn menu(response: &Response, line: &ValueLine<'_>, actions: &mut Vec<Action>) {
    let place = || line.place.clone();
    response.context_menu(|ui| {
        for (words, action) in [
            ("Change it", Action::Edit(place())),
            ("Copy it", Action::CopyValue(place())),
            ("Values over time", Action::ListValuesOf(place())),
            ("Back to when it became a value...", Action::BackToValueOf(place())),
            ("Where did this come from", Action::WhereFromValue(place())),
        ] {
            if ui.button(words).clicked() {
                actions.push(action);
            }
        }
        if !matches!(line.place, ValuePlace::Stack(_)) && ui.button("Watch").clicked() {
            actions.push(Action::Watches(WatchAction::Value(place())));
        }
        if let Some(BodyId::Data(data)) = line.value.and_then(|value| value.target)
            && ui.button("Watch its data").clicked()
        {
            actions.push(Action::Watches(WatchAction::Data(data)));
        }
        match line.place {
            ValuePlace::Stack(from_top) => stack_menu(ui, from_top, actions),
            ValuePlace::Local(frame, ref name) => {
                if ui.button("Rename...").clicked() {
                    actions.push(Action::RenameLocal(frame, name.clone()));
                }
            }
            ValuePlace::Global(_) | ValuePlace::New => {}
        }
    });
}

/// What can be done with a value of the stack only.
fn stack_menu(ui: &mut Ui, from_top: usize, actions: &mut Vec<Action>) {
    let key = |modifiers, key| ui.ctx().format_shortcut(&KeyboardShortcut::new(modifiers, key));
    let rows = [
        ("Remove it", key(Modifiers::NONE, Key::Delete), Action::RemoveValue(from_top)),
        ("Move it up", key(Modifiers::ALT, Key::ArrowUp), Action::MoveValue { from_top, up: true }),
        (
            "Move it down",
            key(Modifiers::ALT, Key::ArrowDown),
            Action::MoveValue { from_top, up: false },
        ),
        ("Add a value...", action_table::key_text(ui.ctx(), &Action::AddValue), Action::AddValue),
    ];
    for (words, key, action) in rows {
        let button = ui.add(Button::new(words).shortcut_text(key)).accessible_name(words);
        if button.clicked() {
            actions.push(action);
        }
    }
}

fn opened(ui: &Ui, response: &Response) -> bool {
    response.has_focus() && ui.input(|input| input.key_pressed(Key::Enter))
}

fn fit<'t>(ui: &Ui, text: &'t str, width: f32) -> Cow<'t, str> {
    let letter = ui.ctx().fonts_mut(|fonts| fonts.glyph_width(&mono(13.0), '0'));
    let fits = (width / letter).max(1.0) as usize;
    clip(text, fits)
}

fn edit(ui: &mut Ui, label: &str, changing: Changing<'_>, actions: &mut Vec<Action>) {
    let mut text = changing.value.text.clone();
    let field = TextEdit::singleline(&mut text).font(mono(13.0)).desired_width(f32::INFINITY);
    let response = ui.add(field).accessible_name(format!("new value of {label}"));
    if response.changed() {
        actions.push(Action::Typed(Field::Value, text.clone()));
    }
    if changing.focus {
        response.request_focus();
        return;
    }
    let (enter, escape) =
        ui.input(|input| (input.key_pressed(Key::Enter), input.key_pressed(Key::Escape)));
    if response.lost_focus() && enter {
        actions.push(Action::SetValue(changing.value.place.clone(), text));
    } else if escape || response.lost_focus() && !changing.value.refused {
        actions.push(Action::Close);
    }
}
