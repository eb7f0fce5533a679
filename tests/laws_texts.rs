//! Texts may have several numbers and share their bytes; a program and its limits cannot tell. Random programs
//! join, cut, repeat and compare texts around the length at which that begins, in the machine and in the
//! model, where every text is a plain string.

mod oracle;
mod support;

use std::cell::Cell as Counter;

use midflight::program::image::Image;
use midflight::vm::limit::LimitKind;
use midflight::vm::machine::Machine;
use midflight::vm::memory::Place;
use midflight::vm::stop::Stop;
use oracle::command::{Command, assert_same};
use oracle::model::{Halt, Model};
use oracle::property::{Pair, check, story};
use oracle::words::{instruction, line, values};
use support::choices::Choices;

const TEXTS: [&str; 3] = ["t", "u", "v"];

/// A text of 0 to 90 bytes, made of few different pieces, so that equal ones are made in many ways.
fn literal(c: &mut Choices) -> String {
    let piece = c.of(&["a", "a", "ab", "ñ", "ab→"]);
    let bytes = c.of(&[0, 1, 2, 8, 20, 38, 39, 40, 41, 42, 44, 60, 90]);
    format!("\"{}\"", piece.repeat(bytes / piece.len()))
}

/// Assigns the text on top, of which only the first `most` characters are kept.
fn keep(text: &str, most: usize) -> String {
    format!("assign:{text} pick:{text} 0 pick:{text} str_len {most} min sub_str assign:{text}")
}

/// One change or question.
fn piece(c: &mut Choices) -> String {
    let [a, b, to] = [c.of(&TEXTS), c.of(&TEXTS), c.of(&TEXTS)];
    let (cell, most) = (c.below(4), c.of(&[1, 20, 40, 41, 60, 90]));
    let truth = "pick:n + assign:n";
    match c.below(18) {
        0..=3 => format!("pick:{a} pick:{b} str_join {}", keep(to, 90)),
        4 => format!("pick:{a} {} str_join {}", c.of(&["\"a\"", "\"ñ\""]), keep(to, 90)),
        5 => format!(
            "pick:{a} pick:{b} str_join assign:v pick:{a} pick:{b} str_join pick:v = {truth}"
        ),
        6 => format!("pick:{a} 0 pick:{a} str_len {most} min sub_str assign:{to}"),
        7 => format!("pick:{a} pick:{a} str_len {most} min pick:{a} str_len sub_str assign:{to}"),
        8 => format!("pick:{a} {} str_repeat {}", c.below(4), keep(to, 90)),
        9 => format!("pick:{a} pick:{b} {} {truth}", c.of(&["=", "<>", "str_compare"])),
        10 => format!("pick:{a} pick:d {cell} memory.get {} {truth}", c.of(&["=", "<>"])),
        11 => format!("pick:{a} pick:d {cell} memory.set"),
        12 => format!("pick:d {cell} memory.get assign:{to}"),
        13 => format!("{} assign:{to}", literal(c)),
        14 => format!("pick:{a} assign:{to} 1 allocate drop"),
        15 => format!(
            "pick:{a} pick:{b} \"-\" str_join pick:{b} str_join \"-\" str_split assign:e \
                       pick:e 0 memory.get pick:{a} = {truth} pick:e 1 memory.get assign:{to}"
        ),
        16 => format!("pick:{a} \"a\" \"b\" str_replace \"b\" \"a\" str_replace assign:{to}"),
        _ => format!("pick:{a} \"x\" str_join {most} pick:{a} str_len min str_code {truth}"),
    }
}

/// A program that goes on for ever.
fn program(c: &mut Choices) -> String {
    let begin: Vec<String> =
        TEXTS.iter().map(|name| format!("{} assign:{name}", literal(c))).collect();
    let cells: Vec<String> =
        (0..4).map(|n| format!("{} pick:d {n} memory.set", literal(c))).collect();
    let pieces: Vec<String> = (0..3 + c.below(8)).map(|_| piece(c)).collect();
    format!(
        "0 assign:n 4 allocate assign:d {} {} 1 [ {} 1 end ] repeat_if",
        begin.join(" "),
        cells.join(" "),
        pieces.join(" ")
    )
}

fn text_bytes(model: &Model) -> u64 {
    model.reachable().1.iter().map(|text| text.len() as u64).sum()
}

/// What happens between two runs.
fn disturb(c: &mut Choices, pair: &mut Pair, others: &mut Vec<Pair>) {
    let used = text_bytes(&pair.model);
    match c.below(10) {
        0 | 1 => {
            let room = c.of(&[0, 1, 40, 41, 90, 200, 1000]);
            pair.apply(&Command::SetLimit(LimitKind::Text, used + room));
        }
        2 => {
            pair.apply(&Command::SetLimit(LimitKind::Text, LimitKind::Text.default_value()));
        }
        3 => {
            let machine = pair.machine.fork();
            others.push(Pair { machine, model: pair.model.clone() });
            others.truncate(2);
        }
        4 => {
            let (text, value) = (c.of(&TEXTS), instruction(&literal(c)));
            pair.apply(&Command::SetLocal(0, text.to_string(), Some(value)));
        }
        5 => {
            let text = literal(c);
            pair.apply(&Command::Push(values(&format!("{text} {text}"))));
        }
        6 => {
            pair.apply(&Command::Drop(1));
        }
        7 => {
            let image = Image::new(pair.machine.clone());
            let loaded = Image::from_file_text(&image.to_file_text()).expect("its own text");
            assert_eq!(loaded.machine, pair.machine);
            pair.machine = loaded.machine;
            pair.set_pace();
        }
        8 => pair.machine = pair.machine.compress().decompress(),
        _ => pair.machine.finish_collection(),
    }
}

#[test]
fn a_program_cannot_tell_how_texts_are_kept() {
    let (retired, limited, collected) = (Counter::new(0), Counter::new(0), Counter::new(0));
    check(600, &story(12), |(seed, gestures)| {
        let mut c = Choices::new(seed);
        let mut pair = Pair { machine: Machine::new(), model: Model::new() };
        if !c.one_in(4) {
            pair.model.least = c.of(&[1, 5, 20, 60]);
            pair.set_pace();
        }
        pair.apply(&Command::Write(Place::new(0, 0), line(&program(&mut c))));
        let mut others: Vec<Pair> = Vec::new();
        for gesture in gestures {
            let mut c = Choices::new(gesture);
            disturb(&mut c, &mut pair, &mut others);
            pair.apply(&Command::Run(1 + c.below(80) as u64));
            limited.set(
                limited.get() + u64::from(pair.model.waits() == Some(Halt::Limit(LimitKind::Text))),
            );
            let made = pair.model.growth.text;
            collected.set(collected.get() + u64::from(made < 500 && pair.model.retired > 200));
            if let Some(other) = c.below(3).checked_sub(1).and_then(|n| others.get_mut(n)) {
                assert_same(&other.machine, &other.model);
                other.apply(&Command::Run(20));
                // One goes on from the other sometimes.
                if c.one_in(4) {
                    std::mem::swap(other, &mut pair);
                }
            }
        }
        retired.set(retired.get() + pair.model.retired);
    });
    println!("{} instructions, {} limits, {}", retired.get(), limited.get(), collected.get());
    assert!(retired.get() > 100_000 && limited.get() > 100 && collected.get() > 100);
}

/// The work of a loop that builds a text does not grow with the text.
#[test]
fn a_text_that_is_built_piece_by_piece_is_not_copied_each_time() {
    let program = "\"\" assign:t 1 [ pick:t \"0123456789\" str_join assign:t pick:t str_len 60000 < end ] repeat_if";
    let mut machine = oracle::words::machine(&[], program);
    assert_eq!(machine.run(u64::MAX), Stop::Finished);
    let joined = machine.text_bytes();
    assert!(joined > 60_000, "{joined}");
    // Each of 6,000 rounds copies ten bytes, and collections are counted too.
    assert!(machine.extra_effort() < 1_000_000, "{}", machine.extra_effort());
}

/// What equal texts take does not depend on how they were made, and many equal ones take the room of one.
#[test]
fn equal_long_texts_count_once() {
    let program = "200 allocate assign:d 0 assign:i [ pick:i 200 < end ] [ \"abcd\" 1000 str_repeat \
                   pick:d pick:i memory.set pick:i 1+ assign:i end ] while";
    let mut machine = oracle::words::machine(&[], program);
    // All of them would be 800,000 bytes.
    machine.set_limit(LimitKind::Text, 10_000).unwrap();
    assert_eq!(machine.run(u64::MAX), Stop::Finished);
    assert_eq!(machine.text_bytes(), 4000 + 4);
}
