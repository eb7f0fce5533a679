//! The fast interpreter and the stepper in lockstep, on the examples and on random programs. They run in
//! random slices with edits of every kind in between, sometimes with low limits and frequent collections. At
//! every pause, everything in their images is compared.
//!
//! `tests/mutants/mistakes.txt` lists mistakes that these tests catch.

#[path = "lockstep/cases.rs"]
mod cases;
#[path = "lockstep/crowd.rs"]
mod crowd;
#[path = "lockstep/edits.rs"]
mod edits;
#[path = "lockstep/pair.rs"]
mod pair;
#[path = "lockstep/program.rs"]
mod program;
mod support;
#[path = "lockstep/values.rs"]
mod values;
#[path = "lockstep/words.rs"]
mod words;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use midflight::vm::instruction::Primitive;
use pair::Pair;
use program::{crowded, program};
use support::choices::Choices;

#[test]
fn random_programs_run_as_the_stepper_runs_them() {
    let (mut retired, mut edits, mut stops) = (0, 0, BTreeMap::new());
    let mut executed: BTreeMap<Primitive, u64> = BTreeMap::new();
    for seed in 0..1_400 {
        let mut c = Choices::new(seed);
        let text = if seed < 700 { program(&mut c) } else { crowded(&mut c) };
        let mut pair = Pair::new(&text);
        pair.prepare(&mut c);
        let stop = pair.run(&mut c, 20);
        retired += pair.slow.machine.retired();
        edits += pair.edits;
        *stops.entry(stop.word()).or_insert(0) += 1;
        for (primitive, count) in pair.executed {
            *executed.entry(primitive).or_insert(0) += count;
        }
    }
    println!("{retired} instructions, {edits} edits; {stops:?}\n{executed:?}");
    assert!(retired > 2_000_000, "{retired}: the programs are not alive");
    assert!(edits > 10_000, "{edits}: most edits were refused");
    assert!(stops.len() > 6, "{stops:?}");
    let never: Vec<_> =
        Primitive::ALL.iter().filter(|primitive| !executed.contains_key(primitive)).collect();
    // It never completes.
    assert_eq!(never, [&Primitive::Exit], "these are never executed");
}

#[test]
fn examples_run_as_the_stepper_runs_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("programs");
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "flpc") {
            for seed in 0..4 {
                let mut pair = Pair::new(&fs::read_to_string(&path).unwrap());
                pair.tell("give `50\\n25\\n12\\n`");
                pair.run(&mut Choices::new(seed), 30);
            }
            count += 1;
        }
    }
    assert!(count >= 8);
}

/// Instructions that look at a whole text, each on the long text `t`.
const LONG_LOOKS: [&str; 9] = [
    "t is_number drop",
    "t u str_compare drop",
    "e 3 str_code drop",
    "e 1 2 sub_str drop",
    "t str_len drop",
    "t print",
    "digits str_to_int drop",
    "t u str_join drop",
    "t 0 9000 sub_str drop",
];

#[test]
fn a_run_pauses_soon_after_the_effort_it_was_given() {
    const GIVEN: u64 = 100_000;
    for looks in LONG_LOOKS {
        let program = format!(
            "\" \" 30000 str_repeat assign: t t \" \" str_join assign: u \"é\" 15000 str_repeat assign: e
             t \"5\" str_join assign: digits [ {looks} ] repeat"
        );
        let mut machine = Pair::new(&program).fast.machine;
        machine.run(300);
        let before = machine.extra_effort();
        machine.pause_after(Some(GIVEN));
        machine.run(2_000);
        let extra = machine.extra_effort() - before;
        println!("{looks}: {extra} extra, {} retired", machine.retired());
        // One instruction looks at most at two texts.
        assert!(extra < GIVEN + 30_000, "{looks}: {extra}");
    }
}
