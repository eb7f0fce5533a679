//! Two reference tables: all keys, and all instructions. Both are made from the tables that the program
//! itself uses.

use egui::{Grid, RichText, ScrollArea, Ui};

use crate::app::action_table::{Menu, TABLE};
use crate::app::theme::{Look, mono, plain};
use crate::vm::instruction::{Group, table};

fn height(ui: &Ui) -> f32 {
    (ui.ctx().content_rect().height() - 190.0).max(200.0)
}

/// The width that two normal columns leave for the last.
fn last_column(ui: &Ui) -> f32 {
    (ui.available_width() - 2.0 * 165.0 - 2.0 * 18.0 - 16.0).max(200.0)
}

/// Draws the keys.
pub fn keys(ui: &mut Ui) {
    let look = Look::of(ui.ctx());
    ScrollArea::vertical().max_height(height(ui)).auto_shrink([false, true]).show(ui, |ui| {
        for menu in Menu::ALL {
            ui.add_space(6.0);
            ui.label(RichText::new(menu.title()).font(plain(14.0)).color(look.signs.select).strong());
            Grid::new(("keys", menu.title())).num_columns(3).min_col_width(130.0).max_col_width(last_column(ui)).spacing([18.0, 4.0]).show(ui, |ui| {
                for row in TABLE.iter().filter(|row| row.menu == menu) {
                                        ui.label(RichText::new(row.key_text(ui.ctx())).font(mono(12.0)).color(look.signs.counter));
                    ui.label(row.name);
                    let help = RichText::new(row.help).font(plain(12.5)).color(look.dim);
                    ui.add(egui::Label::new(help).wrap());
                    ui.end_row();
                }
            });
        }
        ui.add_space(6.0);
        ui.label(RichText::new("In the cells: arrows move, Shift+click selects several, typing goes to the entry line.").color(look.dim));
    });
}

/// Draws the instruction set.
pub fn instructions(ui: &mut Ui) {
    let look = Look::of(ui.ctx());
    ScrollArea::vertical().max_height(height(ui)).auto_shrink([false, true]).show(ui, |ui| {
        for group in Group::ALL {
            ui.add_space(6.0);
            ui.label(
                RichText::new(group.title()).font(plain(14.0)).color(look.signs.select).strong(),
            );
            Grid::new(("instructions", group.title()))
                .num_columns(3)
                .min_col_width(110.0)
                .spacing([18.0, 4.0])
                .show(ui, |ui| {
                    for row in table().filter(|row| row.group == group) {
                        ui.label(RichText::new(row.name).font(mono(13.0)).color(look.text));
                        ui.label(
                            RichText::new(row.effect).font(mono(12.0)).color(look.signs.changed),
                        );
                        ui.label(RichText::new(row.meaning).font(plain(12.5)).color(look.dim))
                            .on_hover_text(row.help);
                        ui.end_row();
                    }
                });
        }
    });
}
