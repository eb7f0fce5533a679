//! Ten questions about a broken sort, answered by keyboard. `docs/window.md` says how many presses each takes; a
//! typed text counts as one.

use std::path::Path;

use egui::{Key, Modifiers};
use midflight::vm::memory::Place;

use super::driver::Window;

const SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);
const CTRL: Modifiers = Modifiers::COMMAND;
const NONE: Modifiers = Modifiers::NONE;

/// A window that counts what is pressed.
struct Asked {
    window: Window,
    presses: usize,
}

impl Asked {
    fn press(&mut self, modifiers: Modifiers, key: Key) {
        self.presses += 1;
        // Quick presses of the key that runs would only pause.
        self.window.harness.run_steps(30);
        self.window.harness.key_press_modifiers(modifiers, key);
        self.window.harness.run_steps(2);
        let mut frames = 0..10_000;
        while self.window.desk().is_busy() && frames.next().is_some() {
            self.window.harness.step();
        }
        self.window.harness.run_steps(4);
    }

    fn typed(&mut self, text: &str) {
        self.presses += 1;
        self.window.harness.event(egui::Event::Text(text.to_owned()));
        self.window.harness.run_steps(4);
    }

    /// Selects the cell at an address.
    fn select(&mut self, address: &str) {
        self.press(CTRL, Key::G);
        self.typed(address);
        self.press(NONE, Key::Enter);
    }

    /// The values of the watched list.
    fn list(&self) -> String {
        let watches = self.window.desk().watches();
        watches[0].value.clone().unwrap_or_default()
    }

    /// The question is answered.
    fn answered(&mut self, answers: &[&str]) -> usize {
        for answer in answers {
            assert!(self.window.shows(answer), "{answer}");
        }
        std::mem::take(&mut self.presses)
    }
}

fn broken_sort() -> Asked {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let text = std::fs::read_to_string(root.join("programs/broken-sort.flpy")).unwrap();
    Asked { window: Window::of_source(&text), presses: 0 }
}

/// The presses that the manual counts, in the order of its questions.
fn counted() -> Vec<usize> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let text = std::fs::read_to_string(root.join("docs/window.md")).unwrap();
    let (_, part) = text.split_once("## Ten questions about a broken sort").unwrap();
    let part = part.split("\n## ").next().unwrap();
    let rows = part.lines().filter(|line| line.starts_with("| ")).skip(1);
    rows.map(|row| row.trim_end_matches(" |").rsplit("| ").next().unwrap().parse().unwrap())
        .collect()
}

#[test]
fn ten_questions_are_answered_with_the_presses_that_the_manual_counts() {
    let mut asked = broken_sort();
    let mut presses = Vec::new();
    // What does it print?
    asked.press(NONE, Key::F5);
    presses.push(asked.answered(&["7 12 5 30 18 42"]));
    // Where does the 7 in the first cell come from?
    asked.select("1000");
    asked.press(SHIFT, Key::J);
    presses.push(asked.answered(&["7, cell 1000: the literal in cell 7 of main"]));
    asked.window.key(Key::Escape);
    // How often was exchange called?
    asked.press(CTRL, Key::K);
    presses.push(asked.answered(&["entered 10×"]));
    // Who first calls it with equal indices?
    asked.select("103");
    asked.press(SHIFT, Key::F9);
    asked.typed("i j =");
    asked.press(NONE, Key::Enter);
    asked.press(SHIFT, Key::Home);
    asked.press(CTRL, Key::F9);
    presses.push(asked.answered(&["while block of sort, continues at 509"]));
    // Which values did `last` have?
    asked.press(CTRL, Key::End);
    asked.presses = 0;
    asked.select("205");
    asked.press(CTRL, Key::L);
    presses.push(asked.answered(&["value 5 at", "value 3 at", "value 1 at", "value -1 at"]));
    asked.window.key(Key::Escape);
    // After which turn is the list first wrong? Without the breakpoint of before.
    asked.select("103");
    asked.press(NONE, Key::F9);
    asked.presses = 0;
    asked.select("1000");
    asked.press(SHIFT, Key::W);
    asked.select("505");
    asked.press(NONE, Key::F9);
    asked.press(SHIFT, Key::Home);
    asked.press(CTRL, Key::F9);
    assert_eq!(asked.list(), "7 30 12 5 18 42");
    asked.press(CTRL, Key::F9);
    assert_eq!(asked.list(), "7 12 5 30 18 42");
    presses.push(asked.answered(&["6 values, least 5, greatest 42"]));
    // What does the next turn change?
    asked.press(SHIFT, Key::M);
    asked.press(CTRL, Key::F9);
    asked.press(SHIFT, Key::D);
    presses.push(asked.answered(&["1 of "]));
    asked.window.key(Key::Escape);
    asked.press(CTRL, Key::End);
    asked.presses = 0;
    // When did the first cell become 7?
    asked.select("1000");
    asked.press(Modifiers::SHIFT, Key::F4);
    asked.press(NONE, Key::Enter);
    let counter = asked.window.session().machine().task().counter();
    assert_eq!(counter, Place::new(1, 12), "`list[i] = list[j]` of exchange");
    presses.push(asked.answered(&[]));
    asked.press(CTRL, Key::End);
    asked.presses = 0;
    // Which values had the fourth cell?
    asked.select("1003");
    asked.press(CTRL, Key::L);
    presses.push(asked.answered(&["Cell 1003", "value 12 at", "value 5 at", "value 30 at"]));
    asked.window.key(Key::Escape);
    // Is it right with `last - 1`? Without the breakpoint of before.
    asked.select("505");
    asked.press(NONE, Key::F9);
    asked.presses = 0;
    asked.press(SHIFT, Key::Home);
    asked.select("510");
    asked.press(NONE, Key::F2);
    asked.press(CTRL, Key::A);
    asked.typed("1");
    asked.press(NONE, Key::Enter);
    asked.press(NONE, Key::F5);
    assert_eq!(asked.window.session().machine().output(), "5 7 12 18 30 42 \n");
    presses.push(asked.answered(&["5 7 12 18 30 42"]));
    assert_eq!(presses, counted());
}
