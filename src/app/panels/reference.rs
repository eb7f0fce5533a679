//! Two reference tables: all keys, and all instructions. Both are made from the tables that the program
//! itself uses.

use egui::{Grid, Label, RichText, ScrollArea, Ui};

use crate::app::action_table::{Menu, TABLE};
use crate::app::theme::{Look, mono, plain};
use crate::vm::instruction::{Group, table};

/// A table as high as the window allows. One grid holds all sections, so that their columns line up.
fn sheet(ui: &mut Ui, name: &str, rows: impl FnOnce(&mut Ui)) {
    let height = (ui.ctx().content_rect().height() - 190.0).max(200.0);
    ui.scope(|ui| {
        // The area around it proposes a height of its own, whatever the window has.
        ui.set_max_height(height);
        ScrollArea::vertical().max_height(height).auto_shrink([false, true]).show(ui, |ui| {
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

/// Draws the keys.
pub fn keys(ui: &mut Ui) {
    let look = Look::of(ui.ctx());
    let words =
        "In the cells: arrows move, Shift+click selects several, typing goes to the entry line.";
    ui.label(RichText::new(words).color(look.dim));
    sheet(ui, "keys", |ui| {
        for menu in Menu::ALL {
            section(ui, menu.title(), menu == Menu::ALL[0]);
            for row in TABLE.iter().filter(|row| row.menu == menu) {
                let key = RichText::new(row.key_text(ui.ctx())).font(mono(12.0));
                ui.label(key.color(look.signs.counter));
                ui.label(row.name);
                explanation(ui, row.help);
            }
        }
    });
}

/// Draws the instruction set.
pub fn instructions(ui: &mut Ui) {
    let look = Look::of(ui.ctx());
    sheet(ui, "instructions", |ui| {
        for group in Group::ALL {
            section(ui, group.title(), group == Group::ALL[0]);
            for row in table().filter(|row| row.group == group) {
                ui.label(RichText::new(row.name).font(mono(13.0)).color(look.text));
                ui.label(RichText::new(row.effect).font(mono(12.0)).color(look.signs.changed));
                explanation(ui, row.meaning).on_hover_text(row.help);
            }
        }
    });
}
