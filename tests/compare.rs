//! Replaying the input of a recording through other code, and finding the first difference: cases by hand, old
//! recordings, and random programs against a slow oracle.

#[path = "compare/cases.rs"]
mod cases;
#[path = "lockstep/crowd.rs"]
mod crowd;
#[path = "lockstep/edits.rs"]
#[allow(dead_code, reason = "the lockstep test uses all of it")]
mod edits;
#[path = "compare/files.rs"]
mod files;
#[path = "compare/oracle.rs"]
mod oracle;
#[path = "lockstep/program.rs"]
#[allow(dead_code, reason = "the lockstep test uses all of it")]
mod program;
mod support;
#[path = "lockstep/values.rs"]
mod values;
#[path = "lockstep/words.rs"]
mod words;

use midflight::Image;
use midflight::program::notation::Notation;
use midflight::session::Session;
use midflight::session::command::{self, Command};
use midflight::session::compare::Comparing;
use midflight::session::difference::{Difference, Does, Finding};
use midflight::session::goal::Goal;
use midflight::session::load::image_of_program;
use midflight::session::outcome::{Outcome, Progress};
use midflight::session::recode::base_with;
use midflight::session::request::Request;
use midflight::vm::machine::Machine;
use midflight::vm::stop::Stop;
use oracle::{Expected, Old};
use support::choices::Choices;

/// Compares all of a session with other code, in random slices. Nothing of the session changes.
fn compare_with(
    session: &mut Session,
    code: Image,
    most: Option<u64>,
    mut slice: impl FnMut() -> u64,
) -> Finding {
    let (to, image, journal) =
        (session.position(), session.image().clone(), session.journal().clone());
    session.take_records();
    let comparing = Box::new(Comparing { to, code, most });
    let mut progress = session.start(Request::CompareCode(comparing)).unwrap();
    let finding = loop {
        match progress {
            Progress::Done(Outcome::CodeCompared(finding)) => break finding,
            Progress::Done(other) => panic!("{other:?}"),
            Progress::More => progress = session.advance(slice()).unwrap(),
        }
    };
    assert!(session.position() == to && *session.image() == image && *session.journal() == journal);
    assert!(session.take_records().is_empty() && session.job().is_none());
    finding
}

/// Compares all of a session with a program text in its place.
fn compare(session: &mut Session, code: &str) -> Finding {
    let code = base_with(session.journal().base(), code, None, Notation::Forth).unwrap();
    compare_with(session, code, None, || 100_000)
}

/// A session of a program in which each line was done as a recording has it.
fn played(text: &str, lines: &[&str]) -> Session {
    let mut session = Session::new(image_of_program(text).unwrap());
    for line in lines {
        session.apply(&command::read(line).expect(line)).expect(line);
    }
    session
}

/// The two kinds of what is done, as the oracle calls them.
fn kinds(difference: &Difference) -> &'static str {
    let kind = |does: &Does| match does {
        Does::Prints(_) => "prints",
        Does::Waits(_, None) => "waits",
        Does::RunsOn => "runs on",
        Does::Takes(_) => "takes",
        // What was given is an answer to a call with other operands.
        Does::Refuses(_) | Does::Waits(_, Some(_)) => "refuses",
        Does::NoEnd(_) => "no end",
    };
    match (kind(&difference.old.does), kind(&difference.new.does)) {
        (_, "refuses") => "takes, refuses",
        (old, new) => Box::leak(format!("{old}, {new}").into_boxed_str()),
    }
}

/// What came of it, in the words of the oracle.
fn found(finding: &Finding) -> Expected {
    match finding {
        Finding::Same(same) => Expected::Same { waits: same.waits },
        Finding::Differs(difference) => Expected::Differs {
            printed: difference.printed,
            old: difference.old.image.machine.retired(),
            new: difference.new.image.machine.retired(),
            what: kinds(difference),
        },
    }
}

/// A line that makes a machine go on without changing code.
fn mend(c: &mut Choices, machine: &Machine, stop: &Stop) -> String {
    let at = machine.task().counter();
    if let Some(name) = machine.asked() {
        let top = machine.task().parameters().last();
        let operand = top.and_then(|value| value.as_integer()).filter(|_| c.one_in(2));
        let operands = operand.map_or(String::new(), |value| value.to_string());
        return format!("answer {name} `{operands}` `{} {}`", c.below(9), c.below(9));
    }
    match stop {
        Stop::Input if c.one_in(4) => "end-input".to_owned(),
        Stop::Input => c.of(&["give `50\\né `", "give `7`", "give `1\\n2\\n3\\n`"]).to_owned(),
        Stop::Fault(_) if c.one_in(2) => format!("push `{} {}`", c.below(9), c.below(9)),
        Stop::Limit(_) => {
            "limit parameters 1000000 | limit calls 100000 | limit output 16777216 | \
                           limit text 67108864 | limit memory 16777216 | limit tasks 1000"
                .to_owned()
        }
        Stop::Finished | Stop::Exit(_) | Stop::Blocked(_) | Stop::Deadlock(_) => {
            "counter 0:0".to_owned()
        }
        Stop::Fault(_) | Stop::Breakpoint | Stop::NotYetImplemented(_) | Stop::OutOfFuel => {
            format!("counter {}:{}", at.body, at.offset.0 + 1)
        }
    }
}

/// Something else that is no edit.
fn change(c: &mut Choices, machine: &Machine) -> String {
    loop {
        let line = edits::change(c, machine);
        // An address may be another one in other code.
        let is_plain = !line.contains("pushf") && !line.contains('@');
        let commands = command::read(&line).expect("a line that reads");
        if is_plain && !commands.iter().any(Command::is_edit) {
            return line;
        }
    }
}

/// A history of runs and of what is done between them, without edits.
fn story(session: &mut Session, c: &mut Choices) {
    for _ in 0..12 {
        let fuel = 1 + c.count(300);
        drop(session.finish(&[], Goal::Fuel(fuel)));
        let machine = session.machine();
        let line = match machine.waits() {
            Some(stop) if !c.one_in(6) => mend(c, machine, &stop),
            Some(_) => change(c, machine),
            None if c.one_in(2) => c
                .of(&["give `5\\n`", "give `x`", "push `3`", "parameter 0 `4`", "drop 1"])
                .to_owned(),
            None if c.one_in(3) => change(c, machine),
            None => continue,
        };
        let commands = command::read(&line).expect("a line that reads");
        drop(session.apply(&commands));
    }
    if c.one_in(2) {
        drop(session.finish(&[], Goal::Fuel(2_000)));
    }
}

/// A program text with a few other words in it.
fn changed(c: &mut Choices, text: &str) -> String {
    let mut words: Vec<&str> = text.split_inclusive(char::is_whitespace).collect();
    for _ in 0..1 + c.below(4) {
        let other = c.of(&[
            "+ ",
            "- ",
            "print ",
            "print_line ",
            "1 ",
            "7 ",
            "drop ",
            "dup ",
            "swap ",
            "1 print ",
            "2 print_line ",
            "input.line drop ",
            "gap ",
            "1 0 / ",
            "return ",
        ]);
        let at = c.below(words.len());
        match c.below(3) {
            0 => words[at] = other,
            _ => words.insert(at, other),
        }
    }
    words.concat()
}

#[test]
fn random_programs_part_where_the_oracle_says() {
    let mut counts = std::collections::BTreeMap::new();
    for seed in 0..500 {
        let mut c = Choices::new(seed);
        let c = &mut c;
        let text = program::program(c);
        let mut session = Session::new(image_of_program(&text).unwrap());
        story(&mut session, c);
        let old = Old::new(session.journal(), session.position());
        for round in 0..5 {
            let other = if round == 0 { text.clone() } else { changed(c, &text) };
            let Ok(code) = image_of_program(&other) else { continue };
            let most = 3_000;
            let expected = old.expected(code.clone(), most);
            let finding = compare_with(&mut session, code, Some(most), || 1 + c.count(900));
            assert_eq!(found(&finding), expected, "seed {seed}, round {round}: {finding:?}");
            if round == 0 {
                assert!(matches!(expected, Expected::Same { .. }), "seed {seed}: {expected:?}");
            }
            let kind = match expected {
                Expected::Same { .. } => "same",
                Expected::Differs { what, .. } => what,
            };
            *counts.entry(kind).or_insert(0) += 1;
        }
    }
    println!("{counts:?}");
    for kind in [
        "same",
        "prints, prints",
        "prints, waits",
        "waits, prints",
        "waits, waits",
        "runs on, waits",
    ] {
        assert!(counts.get(kind).is_some_and(|&count| count >= 10), "{kind}: {counts:?}");
    }
}

#[test]
fn histories_with_edits_can_be_compared_with_anything() {
    for seed in 0..300 {
        let mut c = Choices::new(seed);
        let c = &mut c;
        let mut session = Session::new(image_of_program(&program::program(c)).unwrap());
        for _ in 0..15 {
            drop(session.finish(&[], Goal::Fuel(1 + c.count(200))));
            let machine = session.machine();
            let line = match machine.waits() {
                Some(stop) if !c.one_in(4) => edits::mend(c, machine, &stop),
                Some(_) | None => edits::change(c, machine),
            };
            drop(session.apply(&command::read(&line).expect("a line that reads")));
        }
        let own = session.base_with_code();
        let other = image_of_program(&program::program(c)).unwrap();
        for code in own.into_iter().chain([other]) {
            let finding = compare_with(&mut session, code, Some(2_000), || 1 + c.count(2_000));
            let Finding::Differs(difference) = finding else { continue };
            // Both positions are where the images are.
            let mut there = Session::of((*difference.counterpart).clone());
            there.goto(difference.new.at).unwrap();
            assert!(*there.machine() == difference.new.image.machine, "seed {seed}");
            let old = difference.old.image.machine.retired();
            let base = session.journal().base().machine.retired();
            let at = base + session.journal().retired(difference.old.at);
            assert!(old == at || old == at + 1, "seed {seed}: {old} {at}");
        }
    }
}
