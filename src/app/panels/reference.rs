//! Two reference tables: all keys, and all instructions. Both are made from the tables that the program
//! itself uses.

use egui::{Grid, Label, RichText, TextEdit, Ui};

use crate::app::action_table::{Menu, TABLE};
use crate::app::theme::{Look, mono, plain};
use crate::desk::action::{Action, Field};
use crate::vm::instruction::{Group, InstructionRow, table};

/// A table as high as the window allows. One grid holds all sections, so that their columns line up.
fn sheet(ui: &mut Ui, name: &str, rows: impl FnOnce(&mut Ui)) {
    super::in_room(ui, f32::INFINITY, |ui, area| {
        area.show(ui, |ui| {
            Grid::new(name).num_columns(3).spacing([18.0, 4.0]).show(ui, rows);
        });
    });
}

fn section(ui: &mut Ui, title: &str, is_first: bool) {
    let look = Look::of(ui.ctx());
    if !is_first {
        ui.label("");
        ui.end_row();
    }
    ui.label(RichText::new(title).font(plain(14.0)).color(look.signs.select).strong());
    ui.end_row();
}

/// The last cell of a row, which takes the width that the others leave.
fn explanation(ui: &mut Ui, words: &str) -> egui::Response {
    let look = Look::of(ui.ctx());
    let words = RichText::new(words).font(plain(12.5)).color(look.dim);
    let response = ui.add(Label::new(words).wrap());
    ui.end_row();
    response
}

/// The field for the text that rows must fit.
fn search(ui: &mut Ui, name: &str, query: &str, actions: &mut Vec<Action>) {
    let mut typed = query.to_owned();
    let field = TextEdit::singleline(&mut typed)
        .id_salt(name)
        .hint_text("Type to find a row")
        .desired_width(f32::INFINITY);
    let response = ui.add(field).accessible_name(name);
    response.request_focus();
    if response.changed() {
        actions.push(Action::Typed(Field::Overlay, typed));
    }
}

/// Whether a row has every word of the query in one of its texts.
fn fits(query: &str, texts: &[&str]) -> bool {
    let texts: Vec<String> = texts.iter().map(|text| text.to_lowercase()).collect();
    let has = |word: &str| texts.iter().any(|text| text.contains(word));
    query.to_lowercase().split_whitespace().all(has)
}

/// Draws the keys that fit a query.
pub fn keys(ui: &mut Ui, query: &str, actions: &mut Vec<Action>) {
    let look = Look::of(ui.ctx());
    let words = "In the cells: arrows move, Shift+click and Shift+arrows select several, typing goes to the entry line. \
                 On a value: Enter changes it, Delete removes it, Alt+Up and Alt+Down move it on the stack.";
    ui.label(RichText::new(words).color(look.dim));
    search(ui, "find a key", query, actions);
    let mut found = 0;
    sheet(ui, "keys", |ui| {
        for menu in Menu::ALL {
            let rows = TABLE.iter().filter(|row| row.menu == menu).filter(|row| {
                fits(query, &[row.name, row.help, &row.key_text(ui.ctx()), menu.title()])
            });
            let rows: Vec<_> = rows.collect();
            if !rows.is_empty() {
                section(ui, menu.title(), found == 0);
            }
            found += rows.len();
            for row in rows {
                let key = RichText::new(row.key_text(ui.ctx())).font(mono(12.0));
                ui.label(key.color(look.signs.counter));
                ui.label(row.name);
                explanation(ui, row.help);
            }
        }
    });
    none_found(ui, found);
}

/// Draws the instructions that fit a query.
pub fn instructions(ui: &mut Ui, query: &str, actions: &mut Vec<Action>) {
    let look = Look::of(ui.ctx());
    search(ui, "find an instruction", query, actions);
    let mut found = 0;
    sheet(ui, "instructions", |ui| {
        for group in Group::ALL {
            let rows = table().filter(|row| row.group == group);
            let texts = |row: &InstructionRow| [row.name, row.effect, row.meaning, row.help];
            let rows: Vec<_> = rows.filter(|row| fits(query, &texts(row))).collect();
            if !rows.is_empty() {
                section(ui, group.title(), found == 0);
            }
            found += rows.len();
            for row in rows {
                ui.label(RichText::new(row.name).font(mono(13.0)).color(look.text));
                ui.label(RichText::new(row.effect).font(mono(12.0)).color(look.signs.changed));
                explanation(ui, row.meaning).on_hover_text(row.help);
            }
        }
    });
    none_found(ui, found);
}

fn none_found(ui: &mut Ui, found: usize) {
    if found == 0 {
        super::nothing(ui, "no row fits");
    }
}
