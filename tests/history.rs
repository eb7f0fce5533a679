//! The laws of history, tested through the session.
//!
//! `tests/mutants/mistakes.txt` lists mistakes that these tests catch.

#[path = "history/asking.rs"]
mod asking;
#[path = "history/attempts.rs"]
mod attempts;
#[path = "history/became.rs"]
mod became;
#[path = "history/bookmarks.rs"]
mod bookmarks;
#[path = "history/by_hand.rs"]
mod by_hand;
#[path = "history/classics.rs"]
mod classics;
#[path = "history/costly.rs"]
mod costly;
#[path = "history/expectations.rs"]
mod expectations;
#[path = "history/finding.rs"]
mod finding;
#[path = "history/hostile.rs"]
mod hostile;
#[path = "history/jobs.rs"]
mod jobs;
#[path = "history/long.rs"]
mod long;
#[path = "history/looking.rs"]
mod looking;
#[path = "history/moving.rs"]
mod moving;
mod oracle;
#[path = "history/passes.rs"]
mod passes;
#[path = "history/recovery.rs"]
mod recovery;
#[path = "history/restarting.rs"]
mod restarting;
#[path = "history/rewinding.rs"]
mod rewinding;
#[path = "history/statement.rs"]
mod statement;
#[path = "history/states.rs"]
mod states;
#[path = "history/story.rs"]
mod story;
mod support;
#[path = "history/vocabulary.rs"]
mod vocabulary;
#[path = "history/walker.rs"]
mod walker;

use midflight::session::command;
use support::choices::Choices;
use walker::Walker;

/// Every story starts from this seed, so that a failure is the same everywhere.
const SEED: u64 = 0x6d69_6466_6c69_6768;

/// Runs `count` random stories, and returns how many gestures they had.
fn stories(
    name: u64,
    count: u64,
    length: usize,
    prepare: impl Fn(&mut Choices, &mut Walker),
) -> usize {
    watched_stories(name, count, length, prepare, |_, _| {})
}

/// Runs `count` random stories, and calls `look` after each step.
fn watched_stories(
    name: u64,
    count: u64,
    length: usize,
    prepare: impl Fn(&mut Choices, &mut Walker),
    mut look: impl FnMut(&mut Choices, &mut Walker),
) -> usize {
    let mut gestures = 0;
    for number in 0..count {
        println!("story {number} of {name}");
        let mut choices = Choices::new(SEED ^ name << 32 ^ number);
        let c = &mut choices;
        let mut walker = Walker::new();
        prepare(c, &mut walker);
        let program = format!("{} {}", story::pieces(c, 6, 0), story::pieces(c, 3, 0));
        let at = walker.session.machine().task().counter();
        walker.apply(&[midflight::session::command::Command::Write { at, text: program.into() }]);
        for _ in 0..length {
            walker.step(c);
            look(c, &mut walker);
        }
        walker.check_replay(c);
        gestures += walker.gestures;
    }
    gestures
}

/// Random settings: checkpoints far apart or near, many or none.
fn any_checkpoints(c: &mut Choices, walker: &mut Walker) {
    walker.session.set_checkpoint_budget(c.of(&[0, 20_000, usize::MAX]));
    walker.session.set_checkpoint_interval(c.of(&[1, 10, 500_000]));
}

#[test]
fn every_position_is_what_it_was() {
    let gestures = stories(1, 1700, 50, any_checkpoints);
    println!("{gestures} gestures");
    assert!(gestures >= 50_000);
}

#[test]
fn every_line_reads_back() {
    let mut choices = Choices::new(SEED);
    for _ in 0..20_000 {
        let count = 1 + choices.below(4);
        let commands: Vec<_> = (0..count).map(|_| story::hostile_command(&mut choices)).collect();
        let line = command::print(&commands);
        assert!(!line.contains('\n'), "{line}");
        assert_eq!(command::read(&line).as_ref(), Ok(&commands), "{line}");
    }
}
