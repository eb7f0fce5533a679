//! How the window is laid out: what fits, what lines up, and what is not drawn over what.

use egui::{Id, Key, Modifiers, Rect, pos2};
use egui_kittest::kittest::Queryable;
use midflight::app::action_table::{TABLE, row};
use midflight::desk::action::Action;
use midflight::vm::instruction::table;

use crate::driver::Window;

/// Checks a table that is open: it is as high as the window allows, and its last column lines up.
fn check_table(window: &Window, title: &str, explanations: &[&str]) {
    let page = window.harness.ctx.content_rect();
    let area = window.harness.ctx.memory(|memory| memory.area_rect(Id::unique(("overlay", title))));
    let area: Rect = area.expect("it is open");
    assert!(page.contains_rect(area) && area.bottom() > page.bottom() - 100.0, "{title}: {area:?}");
    let close = window.harness.get_by_label("Close").rect();
    assert!(area.right() - close.right() < 20.0, "{title}: {area:?} {close:?}");
    let column: Vec<Rect> = explanations
        .iter()
        .flat_map(|words| window.harness.query_all_by_label(words))
        .map(|node| node.rect())
        .filter(|rect| area.x_range().contains_range(rect.x_range()))
        .collect();
    assert!(column.len() >= explanations.len(), "{title}: an explanation does not fit");
    assert!(column.iter().all(|rect| rect.left() == column[0].left()), "{title}: {column:?}");
}

trait ContainsRange {
    fn contains_range(self, other: egui::Rangef) -> bool;
}

impl ContainsRange for egui::Rangef {
    fn contains_range(self, other: egui::Rangef) -> bool {
        self.contains(other.min) && self.contains(other.max)
    }
}

#[test]
fn the_reference_tables_use_the_window_and_their_columns_line_up() {
    let helps: Vec<&str> = TABLE.iter().map(|row| row.help).collect();
    let meanings: Vec<&str> = table().map(|row| row.meaning).collect();
    for (width, height) in [(900.0, 600.0), (1280.0, 800.0), (1900.0, 1060.0)] {
        let mut window = Window::sized(width, height);
        window.key(Key::F1);
        check_table(&window, "Keys", &helps);
        window.key(Key::Escape);
        window.keys(Modifiers::COMMAND, Key::F1);
        check_table(&window, "Instruction set", &meanings);
    }
}

/// A window of 1280 by 820 with text of three times the size.
#[test]
fn with_the_largest_text_the_entry_line_keeps_its_row() {
    for lines in [&["1 2 +"][..], &["\"out\" print_line"], &["input.line"]] {
        let mut window = Window::sized(1280.0 / 3.0, 820.0 / 3.0);
        for line in lines {
            window.enter(line);
        }
        let page = window.harness.ctx.content_rect();
        let entry = window.harness.get_by_label("instructions").rect();
        println!("{lines:?}: {entry:?} in {page:?}");
        assert!(page.contains_rect(entry) && entry.height() >= 28.0, "{lines:?}: {entry:?}");
        assert!(entry.width() >= 100.0, "{lines:?}: {entry:?}");
        let bars = window.harness.get_by_label("Step over").rect();
        assert!(entry.top() >= bars.bottom(), "{lines:?}: {entry:?} over {bars:?}");
    }
}

#[test]
fn no_tooltip_is_drawn_over_a_dialog() {
    let mut window = Window::new();
    let tip = row(&Action::StepOver).unwrap().tooltip(&window.harness.ctx);
    window.harness.hover_at(window.harness.get_by_label("Step over").rect().center());
    window.harness.run_steps(8);
    assert!(window.shows(&tip));
    window.key(Key::F1);
    assert!(!window.shows(&tip));
    window.harness.hover_at(pos2(700.0, 400.0));
    window.key(Key::Escape);
    window.typed("7");
    assert_eq!(window.desk().entry().text, "7");
}

#[test]
fn the_tool_bar_fits_at_any_size_of_text() {
    let mut window = Window::new();
    for _ in 0..14 {
        let speed = window.harness.get_by_label("Speed").rect();
        let page = window.harness.ctx.content_rect();
        assert!(page.contains_rect(speed), "{speed:?} in {page:?}");
        for name in ["Run or pause", "Step over", "Undo", "Redo"] {
            let tool = window.harness.get_by_label(name).rect();
            assert!(!tool.intersects(speed), "{name} {tool:?}, {speed:?} in {page:?}");
        }
        window.keys(Modifiers::COMMAND, Key::Plus);
    }
}

#[test]
fn a_low_window_leaves_room_for_the_cells_beside_the_output() {
    let mut window = Window::sized(900.0, 600.0);
    window.enter("\"out\" print_line");
    assert!(window.shows("out"));
    let cells = window.harness.get_by_label("memory").rect();
    assert!(cells.height() > 170.0, "{cells:?}");
}

#[test]
fn a_cell_far_down_a_huge_body_is_shown_where_it_is_written() {
    let mut window = Window::new();
    window.enter("10000000 allocate assign: d");
    window.keys(Modifiers::COMMAND, Key::G);
    window.enter("10000050");
    assert!(window.shows("write at 10000050") && window.shows("address 10000050, 0"));
    window.enter("77");
    assert!(window.shows("address 10000050, 77, changed"));
    assert!(window.shows("address 10000049, 0"));
    window.key(Key::F6);
    window.key(Key::End);
    assert!(window.shows("address 10000099, 0"));
    window.key(Key::Home);
    assert!(window.shows("address 100, 0"));
}
