//! What tasks, strands and channels do: small programs and what comes of them, as a table.
//!
//! Each case is run whole, in small pieces, and instruction by instruction, and saved and loaded in between;
//! all must do what the case says. The cases are in `tasks/`, in the words of [`script`].

#[path = "tasks/coroutines.rs"]
mod coroutines;
#[path = "tasks/faults.rs"]
mod faults;
mod oracle;
#[path = "tasks/script.rs"]
mod script;
mod support;
#[path = "tasks/tasklets.rs"]
mod tasklets;

use script::{Case, play_all};

const TABLES: [&[Case]; 3] = [coroutines::CASES, tasklets::CASES, faults::CASES];

#[test]
fn every_case_does_what_it_says() {
    let cases: Vec<Case> = TABLES.concat();
    play_all(&cases);
    assert!(cases.len() > 100, "{} cases", cases.len());
}
