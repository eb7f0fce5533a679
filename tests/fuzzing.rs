//! The fuzz targets for a bounded time: their seeds, and seeds that were changed at random.

#[path = "../fuzz/targets.rs"]
mod targets;

use std::path::Path;

use targets::TARGETS;

/// Changed seeds for each target.
const ROUNDS: u32 = 20_000;
const SEED: u64 = 1;

struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound.max(1)
    }

    /// A part of a text.
    fn part<'t>(&mut self, text: &'t [u8]) -> &'t [u8] {
        let from = self.below(text.len() + 1);
        let length = self.below(40).min(text.len() - from);
        &text[from..from + length]
    }

    /// A word of a text.
    fn word<'t>(&mut self, text: &'t [u8]) -> &'t [u8] {
        let words: Vec<&[u8]> = text.split(|byte| b" \n".contains(byte)).collect();
        words[self.below(words.len())]
    }
}

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut files: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| std::fs::read(file).unwrap()).collect()
}

/// A seed with a few changes: parts that are gone, doubled or from elsewhere, words, numbers, bytes.
fn changed(random: &mut Random, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut text = seeds[random.below(seeds.len())].clone();
    for _ in 0..=random.below(4) {
        let other = &seeds[random.below(seeds.len())];
        let at = random.below(text.len() + 1);
        let behind = at + random.below(12).min(text.len() - at);
        let new = match random.below(7) {
            0 => Vec::new(),
            1 => random.part(other).to_vec(),
            2 => [b" ", random.word(other), b" "].concat(),
            3 => text[at..behind].repeat(2),
            4 => [&b" 1152921504606846975 "[..], b" -1 ", b" 0 ", b" [ ", b" ] "][random.below(5)]
                .to_vec(),
            5 => "é€\u{10ffff}\0".as_bytes().to_vec(),
            _ => vec![random.below(256) as u8],
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
    println!("{name}: seed {SEED}, {ROUNDS} rounds");
    let mut random = Random(SEED);
    for round in 0..ROUNDS {
        let text = changed(&mut random, &seeds);
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
fn commands() {
    run("command");
}

#[test]
fn lockstep() {
    run("lockstep");
}
