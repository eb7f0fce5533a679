//! A line is tried while it is typed for the program, and its result is shown in grey.

use egui::Key;
use egui_kittest::kittest::Queryable;

use crate::driver::Window;

const PROGRAM: &str = "[ [ \"Name? \" print input.line str_upper print_line ] repeat ] bind: f f";

#[test]
fn the_console_shows_what_would_be_printed() {
    let mut window = Window::of_program(PROGRAM);
    window.key(Key::F5);
    assert!(!window.shows("would print"));
    window.typed("ada");
    assert!(window.shows("would print: ADA\nName? ") && window.shows("prints 2 lines, then waits"));
    window.typed(" l");
    assert!(window.shows("would print: ADA L\nName? "));
    assert_eq!(window.session().machine().output(), "Name? ");
    window.harness.get_by_label("Name? ");
    window.key(Key::Enter);
    assert!(!window.shows("would print") && !window.shows("prints "));
    assert_eq!(window.session().machine().output(), "Name? ADA L\nName? ");
    window.typed("b");
    assert!(window.shows("would print: B\n"), "the next line is typed at once");
}

#[test]
fn the_words_fit_beside_the_line_at_any_width() {
    for (width, height) in [(900.0, 600.0), (1280.0, 820.0), (640.0, 420.0)] {
        let mut window = Window::sized(width, height);
        window.enter("input.line drop no-such-function");
        window.key(Key::F5);
        window.typed("x");
        let page = window.harness.ctx.content_rect();
        let words = "prints nothing, then waits: no-such-function is missing";
        let words = window.harness.get_by_label_contains(words).rect();
        assert!(page.contains_rect(words), "{words:?} in {page:?}");
        let field = window.harness.get_by_label("input for the program").rect();
        assert!(words.left() >= field.right() && words.height() < 20.0, "{words:?} at {field:?}");
    }
}

#[test]
fn a_low_console_has_no_empty_line_below_the_result() {
    let mut window = Window::sized(900.0, 600.0);
    window.enter("[ input.line dup print_line print_line 1 ] repeat");
    window.key(Key::F5);
    window.typed("x");
    let console = window.harness.get_by_label("input for the program").rect();
    // This stands at the end of the result.
    let end = window.harness.get_by_label("would print: x\nx\n").rect();
    assert!(end.top() < console.bottom() + 45.0, "{end:?} below {console:?}");
    window.key(Key::Enter);
    // The line that was given, and the two that were written.
    let written = window.harness.get_by_label("x\nx\nx\n").rect();
    assert!(written.height() < 55.0, "{written:?}");
}
