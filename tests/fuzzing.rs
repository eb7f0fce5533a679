//! Runs each fuzz target on its seeds, and on a fixed number of seeds that were changed at random.

mod support;
#[path = "../fuzz/targets.rs"]
mod targets;

use std::path::Path;

use support::choices::Choices;
use targets::TARGETS;

/// Changed seeds for each target.
const ROUNDS: u32 = 20_000;
const SEED: u64 = 1;

/// A part of a text.
fn part<'t>(c: &mut Choices, text: &'t [u8]) -> &'t [u8] {
    let from = c.below(text.len() + 1);
    let length = c.below(40).min(text.len() - from);
    &text[from..from + length]
}

/// A word of a text.
fn word<'t>(c: &mut Choices, text: &'t [u8]) -> &'t [u8] {
    let words: Vec<&[u8]> = text.split(|byte| b" \n".contains(byte)).collect();
    c.of(&words)
}

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut files: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| std::fs::read(file).unwrap()).collect()
}

/// A seed with a few changes: parts removed, doubled or from another seed, and words, numbers and bytes.
fn changed(c: &mut Choices, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut text = seeds[c.below(seeds.len())].clone();
    for _ in 0..=c.below(4) {
        let other = &seeds[c.below(seeds.len())];
        let at = c.below(text.len() + 1);
        let behind = at + c.below(12).min(text.len() - at);
        let new = match c.below(7) {
            0 => Vec::new(),
            1 => part(c, other).to_vec(),
            2 => [b" ", word(c, other), b" "].concat(),
            3 => text[at..behind].repeat(2),
            4 => [&b" 1152921504606846975 "[..], b" -1 ", b" 0 ", b" [ ", b" ] "][c.below(5)]
                .to_vec(),
            5 => "é€\u{10ffff}\0".as_bytes().to_vec(),
            _ => vec![c.below(256) as u8],
        };
        text.splice(at..behind, new);
    }
    text
}

fn run(name: &str) {
    let (_, target) =
        TARGETS.iter().find(|target| target.0 == name).expect("there is such a target");
    let seeds = seeds(name);
    assert!(seeds.len() > 1, "there are seeds");
    for seed in &seeds {
        target(seed);
    }
    let mut c = Choices::new(SEED);
    for round in 0..ROUNDS {
        let text = changed(&mut c, &seeds);
        let done = std::panic::catch_unwind(|| target(&text));
        assert!(done.is_ok(), "round {round}: {:?}", String::from_utf8_lossy(&text));
    }
}

#[test]
fn images() {
    run("image");
}

#[test]
fn recordings() {
    run("recording");
}

#[test]
fn programs() {
    run("program");
}

#[test]
fn sources() {
    run("source");
}

#[test]
fn commands() {
    run("command");
}

#[test]
fn lockstep() {
    run("lockstep");
}
