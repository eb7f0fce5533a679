//! The program as text: what it shows, and that it and the cells have one selection.

mod driver;

use driver::Window;
use egui::accesskit::Toggled;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};
use midflight::desk::action::Panes;

fn show(window: &mut Window, panes: Panes) {
    while window.desk().preferences().code.panes != panes {
        window.keys(Modifiers::COMMAND, Key::U);
    }
}

/// fib(3) in the middle of its last line, shown as text.
fn fib(panes: Panes) -> Window {
    let mut window = Window::new();
    show(&mut window, panes);
    for line in ["3 fib", "", "assign: i", "i 2 - fib", "", "i 3 < [ ] if", "1 return", "i 1 -"] {
        window.enter_or_empty(line);
    }
    window
}

/// The offset of the selected cell.
fn selected(window: &Window) -> Option<u32> {
    window.desk().sight().selection.map(|selection| selection.head.offset)
}

#[test]
fn ctrl_u_shows_the_text_the_cells_or_both() {
    let mut window = Window::new();
    let shown = |window: &Window| (window.shows("text of main"), window.shows("100 free, main"));
    assert_eq!(shown(&window), (false, true));
    window.keys(Modifiers::COMMAND, Key::U);
    assert_eq!(shown(&window), (true, true));
    window.keys(Modifiers::COMMAND, Key::U);
    assert_eq!(shown(&window), (true, false));
    assert_eq!(window.desk().preferences().code.panes, Panes::Source);
    window.click("Both");
    assert_eq!(shown(&window), (true, true));
}

#[test]
fn the_counter_is_on_its_token_even_where_nothing_is_written() {
    let mut window = Window::new();
    show(&mut window, Panes::Source);
    assert!(window.shows("open end of main, counter at open end, stack empty: ..."));
    window.enter("3 fib");
    assert!(window.shows("fib in line 1 of main, not yet implemented, program counter here"));
    window.key(Key::Enter);
    assert!(window.shows("open end in open end of fib, program counter here"));
    window.enter("assign: i");
    assert!(window.shows("open end in line 2 of fib, program counter here"));
}

#[test]
fn a_line_says_where_the_machine_is_in_it() {
    let window = fib(Panes::Source);
    assert!(
        window.shows("text of fib ( i -- value ), at 100, 1 activation, i = 3"),
        "{:?}",
        labels(&window, "text of")
    );
    assert!(window.shows("counter at open end, stack 1 2"));
    let found = window.harness.query_all_by_label_contains("program counter here").count();
    assert_eq!(found, 1);
    let counter = window.harness.get_by_label_contains("program counter here").rect();
    assert!(window.harness.ctx.content_rect().contains_rect(counter));
}

fn is_selected(window: &Window, label: &str) -> bool {
    window.harness.get_by_label(label).accesskit_node().toggled() == Some(Toggled::True)
}

#[test]
fn text_and_cells_have_one_selection() {
    let mut window = fib(Panes::Both);
    window.click("fib in line 4 of fib");
    assert_eq!(selected(&window), Some(9));
    assert!(is_selected(&window, "address 109, call fib"));
    window.click("address 103, <");
    assert!(is_selected(&window, "< in line 2 of fib"));
    assert!(!is_selected(&window, "fib in line 4 of fib"));
}

#[test]
fn arrows_move_from_token_to_token_and_from_line_to_line() {
    let mut window = fib(Panes::Source);
    window.click("if in line 2 of fib");
    window.key(Key::F6);
    let mut seen = Vec::new();
    for key in [Key::ArrowRight, Key::ArrowRight, Key::ArrowDown, Key::End, Key::Home, Key::ArrowUp]
    {
        window.key(key);
        seen.push(selected(&window).unwrap());
    }
    assert_eq!(seen, [1, 3, 1, 0, 1, 1]);
    window.key(Key::PageUp);
    assert_eq!(
        window.desk().sight().selection.unwrap().head.body,
        midflight::vm::index::BodyId::Code(midflight::vm::memory::MAIN)
    );
    window.key(Key::F6);
    assert!(window.harness.get_by_label("instructions").is_focused());
}

#[test]
fn a_function_is_folded_and_a_call_is_followed() {
    let mut window = fib(Panes::Source);
    window.click("fold the text of fib");
    assert!(!window.shows("line 2 of fib") && window.shows("line 1 of fib"));
    window.keys(Modifiers::COMMAND | Modifiers::SHIFT, Key::K);
    assert!(window.shows("line 2 of fib"));
    window
        .harness
        .get_by_label("fib in line 1 of main, frame 1 continues here")
        .click_modifiers(Modifiers::COMMAND);
    window.harness.run();
    assert_eq!(selected(&window), Some(0));
}

#[test]
fn a_click_beside_a_line_sets_a_breakpoint_at_its_first_cell() {
    let mut window = fib(Panes::Source);
    window.click_with("line 2 of fib: if i < 3:");
    assert!(window.shows("i in line 2 of fib, breakpoint"));
    window.click_with("line 2 of fib: if i < 3:");
    assert!(!window.shows("i in line 2 of fib, breakpoint"));
}

/// A window whose entry line takes the source notation.
fn typing_source(panes: Panes) -> Window {
    let mut window = Window::new();
    show(&mut window, panes);
    window.keys(Modifiers::COMMAND, Key::T);
    assert!(window.shows("notation: Source"));
    window
}

#[test]
fn fib_is_written_in_source_from_an_empty_memory() {
    let mut window = typing_source(Panes::Both);
    assert!(window.shows("Type fib(3)") || window.shows("`fib(3)`"), "the tour speaks it too");
    window.enter("fib(3)");
    assert!(window.shows("fib is missing"));
    window.key(Key::Enter);
    window.enter("i = _");
    window.enter("fib(i - 2)");
    window.key(Key::Enter);
    assert!(window.shows("local i of frame 3: 1"));
    window.enter("if i < 3:");
    assert!(window.shows("frame 4, if block of fib"));
    window.enter("return(1)");
    assert_eq!(window.stack(), "1");
    window.typed("+ fib(i - 1)");
    assert!(window.shows("fib is at") || window.desk().notice().words.is_empty());
    window.key(Key::Enter);
    window.key(Key::F5);
    assert_eq!(window.stack(), "2");
    window.enter("return(_)");
    assert_eq!(window.stack(), "2");
    assert_eq!(window.cells("fib"), "assign: i i 3 < @200 if i 2 - fib i 1 - fib + return");
    assert!(window.shows("Finished") && window.shows("11 of 11"));
    let shown = labels(&window, " of fib");
    assert!(window.shows("line 4 of fib: return(fib(i - 2) + fib(i - 1))"), "{shown:?}");
}

#[test]
fn half_an_expression_runs_to_its_empty_cell_and_waits_there() {
    let mut window = typing_source(Panes::Source);
    window.typed("2 * 3 +");
    assert_eq!(window.desk().ghost_end(), " ?");
    assert!(window.shows("2 * 3 + ?: stack 6, then waits"), "the preview says what is missing");
    window.key(Key::Enter);
    assert_eq!((window.stack().as_str(), window.cells("main").as_str()), ("6", "2 3 *  +"));
    assert!(window.shows("empty cell in line 1 of main, program counter here"));
    window.enter("4");
    assert_eq!((window.stack().as_str(), window.cells("main").as_str()), ("6 4", "2 3 * 4 +"));
    window.key(Key::Enter);
    assert_eq!(window.stack(), "10");
    window.typed("max(_, 12");
    assert_eq!(window.desk().ghost_end(), ")");
    window.key(Key::Enter);
    assert_eq!(window.stack(), "12");
}

#[test]
fn what_is_wrong_with_a_line_is_said_in_its_own_words() {
    let mut window = typing_source(Panes::Source);
    window.typed("x + 1");
    assert!(window.shows("x is not a local here"));
    assert!(window.shows("x() calls a function, and x = ... makes it a local"));
    window.key(Key::Escape);
    window.key(Key::Escape);
    window.key(Key::Enter);
    assert!(window.shows("Type a statement: f(3), x = 3, or if x < 3:"));
}

#[test]
fn names_are_completed_in_source() {
    let mut window = typing_source(Panes::Source);
    window.enter("fib(3)");
    window.key(Key::Enter);
    window.enter("index = _");
    window.typed("fib(in");
    assert!(window.shows("complete index"));
    window.key(Key::Tab);
    assert_eq!(window.desk().entry().text, "fib(index");
    window.typed(" - str_l");
    window.key(Key::Tab);
    assert_eq!(window.desk().entry().text, "fib(index - str_len(");
}

#[test]
fn a_cell_is_changed_in_the_words_of_the_notation() {
    let mut window = typing_source(Panes::Both);
    window.enter("7 - 2");
    window.click_with("address 2, -");
    window.key(Key::F2);
    assert_eq!(window.desk().entry().text, "_ - _");
    window.keys(Modifiers::COMMAND, Key::A);
    window.enter("_ + _");
    assert_eq!(window.cells("main"), "7 2 +");
}

/// fib(3) and fib(1) alive, the second after its first cell, shown as text.
fn two_activations(panes: Panes) -> Window {
    let mut window = Window::two_activations();
    show(&mut window, panes);
    window
}

/// Opens the line of the token with this label and replaces it by these lines.
fn edit(window: &mut Window, token: &str, lines: &[&str]) {
    window.click(token);
    window.keys(Modifiers::ALT, Key::Enter);
    window.keys(Modifiers::COMMAND, Key::A);
    if lines.is_empty() {
        window.key(Key::Delete);
    }
    type_lines(window, lines);
}

/// Types these lines, with the blanks before them as they are here.
fn type_lines(window: &mut Window, lines: &[&str]) {
    for (n, line) in lines.iter().enumerate() {
        if n > 0 {
            window.keys(Modifiers::SHIFT, Key::Enter);
        }
        let text = window.desk().draft().map_or(String::new(), |draft| draft.text.clone());
        let last = text.rsplit('\n').next().filter(|_| n > 0).unwrap_or_default();
        for _ in 0..last.len() {
            window.key(Key::Backspace);
        }
        window.typed(line);
    }
}

#[test]
fn the_base_case_is_inserted_as_two_lines_under_two_activations() {
    let mut window = two_activations(Panes::Source);
    let before = window.session().journal().entries().len();
    edit(
        &mut window,
        "fib in line 2 of fib, frame 2 continues here",
        &["if i < 3:", "  return(1)", "fib(i - 2)"],
    );
    let words = window.desk().draft().map(|draft| draft.text.clone());
    assert_eq!(words.as_deref(), Some("if i < 3:\n  return(1)\nfib(i - 2)"));
    assert!(window.shows("frame 3 (fib: i = 1) will run it"), "{:?}", labels(&window, "(fib"));
    assert!(window.shows("frame 2 (fib: i = 3) is past it and won't run it"));
    window.key(Key::Enter);
    assert!(window.desk().draft().is_none());
    assert_eq!(window.session().journal().entries().len(), before + 1, "it is one gesture");
    assert_eq!(window.cells("fib"), "assign: i i 3 < @200 if i 2 - fib");
    window.key(Key::F5);
    assert_eq!(window.stack(), "1", "fib(1) has returned, and fib(3) waits at its open end");
    assert!(window.shows("open end in line 5 of fib, program counter here"));
    window.keys(Modifiers::COMMAND, Key::Z);
    window.keys(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.cells("fib"), "assign: i i 2 - fib");
}

#[test]
fn a_draft_that_cannot_be_read_keeps_the_program_from_running() {
    let mut window = two_activations(Panes::Source);
    edit(&mut window, "fib in line 2 of fib, frame 2 continues here", &["fib(i - "]);
    let (cells, retired) = (window.cells("fib"), window.session().machine().retired());
    for key in [Key::F11, Key::F5, Key::F10, Key::Enter] {
        window.key(key);
        assert_eq!(window.session().machine().retired(), retired, "{key:?}");
        assert!(window.desk().draft().is_some(), "{key:?}");
        assert!(window.shows("The line of fib that is being edited: line 2:"), "{key:?}");
    }
    window.key(Key::Escape);
    assert!(window.desk().draft().is_none());
    assert_eq!(window.cells("fib"), cells);
    window.key(Key::F11);
    assert_eq!(window.session().machine().retired(), retired + 1);
}

#[test]
fn a_draft_that_can_be_read_is_committed_before_a_step() {
    let mut window = two_activations(Panes::Source);
    edit(&mut window, "fib in line 2 of fib, frame 2 continues here", &["fib(i - 3)"]);
    let retired = window.session().machine().retired();
    window.key(Key::F11);
    assert_eq!(window.cells("fib"), "assign: i i 3 - fib");
    assert_eq!(window.session().machine().retired(), retired + 1);
}

#[test]
fn a_line_is_deleted_with_its_text_and_an_open_end_takes_further_lines() {
    let mut window = two_activations(Panes::Source);
    edit(&mut window, "open end in line 3 of fib", &["print(i)"]);
    window.key(Key::Enter);
    assert_eq!(window.cells("fib"), "assign: i i 2 - fib i print");
    assert!(window.shows("line 4 of fib: ..."), "it stays open");
    edit(&mut window, "print in line 3 of fib, changed", &[]);
    window.key(Key::Enter);
    assert_eq!(window.cells("fib"), "assign: i i 2 - fib");
}

#[test]
fn lines_that_move_into_a_block_are_gone_on_with_inside() {
    let mut window = Window::of_program("1 print 2 print 3 print");
    show(&mut window, Panes::Source);
    for _ in 0..4 {
        window.key(Key::F11);
    }
    assert_eq!(window.session().machine().output(), "12");
    window.click("print in line 1 of main");
    window.harness.get_by_label("print in line 3 of main").click_modifiers(Modifiers::SHIFT);
    window.harness.run();
    window.keys(Modifiers::ALT, Key::Enter);
    let text = window.desk().draft().map(|draft| draft.text.clone());
    assert_eq!(text.as_deref(), Some("print(1)\nprint(2)\nprint(3)"));
    window.keys(Modifiers::COMMAND, Key::A);
    type_lines(&mut window, &["if 1:", "  print(1)", "  print(2)", "  print(3)"]);
    window.click("Go on inside");
    window.key(Key::F5);
    assert_eq!(window.session().machine().output(), "123");
}

/// f(5) in the middle of its second line, shown as text.
fn in_a_line() -> Window {
    let program = "[ assign: n 1 print n 2 + print 3 print return ] bind: f 5 f";
    let mut window = Window::of_program(program);
    show(&mut window, Panes::Source);
    for _ in 0..7 {
        window.key(Key::F11);
    }
    assert_eq!(window.stack(), "5 2");
    window
}

#[test]
fn a_line_that_was_begun_runs_again_with_its_new_code() {
    let mut window = in_a_line();
    edit(&mut window, "print in line 3 of f", &["print(n + 20)"]);
    window.click("Rewind to the statement");
    assert!(window.desk().draft().is_none());
    assert_eq!((window.stack().as_str(), window.session().machine().output()), ("", "1"));
    window.key(Key::F5);
    assert_eq!(window.session().machine().output(), "1253");
}

#[test]
fn what_a_deleted_line_left_on_the_stack_is_dropped() {
    let mut window = in_a_line();
    edit(&mut window, "print in line 3 of f", &["print(n)"]);
    assert!(
        window.shows("with 1 value more than the new code expects: 2"),
        "{:?}",
        labels(&window, "frame 2")
    );
    window.click("Drop 2");
    assert_eq!(window.stack(), "5");
    window.key(Key::F5);
    assert_eq!(window.session().machine().output(), "153");
}

#[test]
fn a_renamed_local_keeps_its_values() {
    let mut window = two_activations(Panes::Source);
    window.click("i in line 1 of fib");
    window
        .harness
        .get_by_label("fib in line 2 of fib, frame 2 continues here")
        .click_modifiers(Modifiers::SHIFT);
    window.harness.run();
    window.keys(Modifiers::ALT, Key::Enter);
    window.keys(Modifiers::COMMAND, Key::A);
    type_lines(&mut window, &["fib <- fun[number]:", "  fib(number - 2)"]);
    window.key(Key::Enter);
    assert_eq!(window.cells("fib"), "assign: number number 2 - fib");
    assert!(
        window.shows("local number of frame 2: 3") && window.shows("local number of frame 3: 1")
    );
}

#[test]
fn comments_are_shown_and_are_edited_as_text() {
    let mut window = Window::of_program("# first\n1 print\n2 print\n");
    show(&mut window, Panes::Source);
    assert!(window.shows("line 1 of main: # first"));
    edit(&mut window, "print in line 3 of main", &["print(3)"]);
    window.key(Key::Enter);
    assert_eq!(window.cells("main"), "1 print 3 print");
    assert!(window.shows("line 1 of main: # first"), "an edit elsewhere leaves it alone");
    edit(&mut window, "1 in line 2 of main, program counter here", &["# second", "print(1)"]);
    window.key(Key::Enter);
    assert!(window.shows("line 2 of main: # second"), "{:?}", labels(&window, "of main: "));
    assert_eq!(window.cells("main"), "1 print 3 print");
    window.keys(Modifiers::COMMAND, Key::Z);
    assert!(!window.shows("# second") && window.shows("# first"));
}

#[test]
fn the_name_of_a_function_is_not_changed_by_its_text() {
    let mut window = two_activations(Panes::Source);
    for (line, words) in [
        ("fob <- fun[i]:", "this would be another function, fob"),
        ("", "the first line must stay"),
    ] {
        let lines = [line];
        let lines = if line.is_empty() { &[][..] } else { &lines[..] };
        edit(&mut window, "i in line 1 of fib", lines);
        assert!(window.shows(words), "{words}");
        window.key(Key::Enter);
        assert!(window.desk().draft().is_some());
        window.key(Key::Escape);
    }
    assert_eq!(window.cells("fib"), "assign: i i 2 - fib");
}

#[test]
fn the_field_of_a_line_moves_the_lines_below_it_down() {
    let mut window = two_activations(Panes::Source);
    let place = |window: &Window, label: &str| {
        window.harness.get_all_by_label_contains(label).next().expect(label).rect()
    };
    let before = place(&window, "in line 3 of fib").top();
    edit(
        &mut window,
        "fib in line 2 of fib, frame 2 continues here",
        &["if i < 3:", "  return(1)", "fib(i - 2)"],
    );
    window.harness.run();
    let preview = place(&window, "frame 2 (fib: i = 3)").bottom();
    let below = place(&window, "in line 3 of fib").top();
    assert!(below >= preview, "{below} is below {preview}");
    assert!(below > before);
    assert!(place(&window, "line 1 of fib:").top() < preview);
    window.key(Key::Escape);
    window.harness.run();
    assert_eq!(place(&window, "in line 3 of fib").top(), before);
}

#[test]
fn the_field_of_the_last_line_stays_above_the_entry_line() {
    let mut window = Window::of_program(&"1 print ".repeat(60));
    window.key(Key::F5);
    show(&mut window, Panes::Source);
    window.keys(Modifiers::ALT, Key::Enter);
    for line in ["print(2)", "print(3)", "print(4)"] {
        window.typed(line);
        window.keys(Modifiers::SHIFT, Key::Enter);
    }
    window.harness.run();
    let field = window.harness.get_by_label_contains("edit open end of main").rect();
    let entry = window.harness.get_by_label("instructions").rect();
    assert!(field.bottom() < entry.top() - 40.0, "{field:?} is above {entry:?}");
}

#[test]
fn a_line_that_is_begun_is_indented() {
    let mut window = two_activations(Panes::Source);
    edit(&mut window, "fib in line 2 of fib, frame 2 continues here", &["if i < 3:"]);
    for line in ["if i < 2:", "return(1)", "i"] {
        window.keys(Modifiers::SHIFT, Key::Enter);
        window.typed(line);
    }
    let text = window.desk().draft().map(|draft| draft.text.clone());
    let expected = "if i < 3:\n  if i < 2:\n    return(1)\n    i";
    assert_eq!(text.as_deref(), Some(expected));
}

#[test]
fn data_is_shown_as_text_and_selected_value_by_value() {
    let mut window = Window::of_program("3 allocate assign: a 7 a 1 memory.set 8 a 2 memory.set");
    window.key(Key::F5);
    show(&mut window, Panes::Both);
    assert!(window.shows("data 0: data 0 = [0, 7, 8]"), "{:?}", labels(&window, "data 0"));
    window.click("8 in data 0");
    assert_eq!(selected(&window), Some(2));
    assert!(is_selected(&window, "8 in data 0") && !is_selected(&window, "7 in data 0"));
    window.key(Key::F6);
    window.key(Key::ArrowLeft);
    assert!(is_selected(&window, "7 in data 0"));
    window.keys(Modifiers::ALT, Key::Enter);
    assert!(window.shows("change it among the cells"));
}

#[test]
fn lines_that_are_pasted_into_the_entry_line_become_one() {
    let mut window = typing_source(Panes::Source);
    window.harness.event(egui::Event::Paste("x = 1\nprint(x)\n".to_owned()));
    window.harness.run();
    assert_eq!(window.desk().entry().text, "x = 1; print(x)");
    window.typed(" + 1");
    assert_eq!(window.desk().entry().text, "x = 1; print(x) + 1");
}

/// Everything that is shown whose label contains this, for a message.
fn labels(window: &Window, part: &str) -> Vec<String> {
    let all = window.harness.query_all_by_label_contains(part);
    all.filter_map(|node| node.accesskit_node().label()).collect()
}
