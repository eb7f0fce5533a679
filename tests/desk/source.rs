//! Typing source: what a line does at the counter, and what is proposed.

use midflight::desk::action::Action;
use midflight::program::notation::Notation;

use super::Front;

impl Front {
    /// A desk whose entry line takes source.
    fn in_source() -> Front {
        let mut front = Front::new();
        front.perform(Action::SwitchNotation);
        front
    }

    fn source(&self) -> String {
        self.desk.session().image().print(Notation::Source)
    }

    /// The lines of the program as the window shows them.
    fn shown(&self) -> String {
        let page = self.desk.source();
        let texts = page.functions().iter().filter_map(|part| part.text.as_ref().ok());
        texts.map(|text| text.lines_text(0..text.lines.len())).collect::<Vec<_>>().join("\n")
    }

    fn proposals(&self) -> Vec<String> {
        self.desk.completions().iter().map(|row| row.word.clone()).collect()
    }
}

#[test]
fn the_call_of_a_missing_function_is_shown_as_it_was_typed() {
    let mut front = Front::in_source();
    front.enter("x = 3");
    front.enter("y = x + foo(2, 4)");
    assert!(front.shown().contains("y = x + foo(2, 4)"), "{}", front.shown());
    let mut front = Front::in_source();
    front.enter("7");
    front.enter("foo(2)");
    assert!(front.shown().contains("foo(2)"), "{}", front.shown());
}

#[test]
fn a_created_function_proposes_names_for_its_arguments() {
    let mut front = Front::in_source();
    front.enter("w = 3");
    front.enter("area(w * 2, 4)");
    front.enter("");
    assert_eq!(front.proposals(), ["w, a = _"]);
    front.perform(Action::Complete("w, a = _".to_owned()));
    front.perform(Action::Submit);
    front.until_idle();
    assert!(front.source().contains("area <- fun[w, a]:"), "{}", front.source());
    assert_eq!(front.proposals(), Vec::<String>::new());
}

#[test]
fn after_while_the_next_line_goes_into_its_block() {
    let mut front = Front::in_source();
    for line in ["i = 0", "while i < 3:", "i = i + 1", "end()"] {
        front.enter(line);
    }
    assert!(front.source().contains("while i < 3:\n  i = i + 1\n"), "{}", front.source());
    // A condition that is false passes by the block.
    let mut front = Front::in_source();
    for line in ["i = 5", "while i < 3:", "i"] {
        front.enter(line);
    }
    assert!(front.source().contains("while i < 3:\ni\n"), "{}", front.source());
    assert_eq!(front.stack(), "5");
}

#[test]
fn a_condition_may_call_functions() {
    let mut front = Front::in_source();
    front.enter("less(1, 3)");
    front.enter("");
    for line in ["a, b = _", "return(a < b)", "drop()", "i = 0", "while less(i, 2):"] {
        front.enter(line);
    }
    front.enter("i = i + 1");
    assert!(front.source().contains("while less(i, 2):\n  i = i + 1\n"), "{}", front.source());
}
