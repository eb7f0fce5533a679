//! Random choices that are the same on every machine. A failing test prints its seeds, which reproduce
//! the failure. The environment variable `PROPTEST_RNG_SEED` shifts all of them.

use std::sync::OnceLock;

/// The value of `PROPTEST_RNG_SEED`. Without it, 1: the seeds that the tests name.
pub fn variant() -> u64 {
    static VARIANT: OnceLock<u64> = OnceLock::new();
    *VARIANT.get_or_init(|| match std::env::var("PROPTEST_RNG_SEED") {
        Ok(text) => text.parse().expect("PROPTEST_RNG_SEED is a number"),
        Err(_) => 1,
    })
}

/// What every seed is shifted by. It differs in about half of its bits from one variant to the next, so
/// that a test with the seeds 0, 1, 2, ... gets none of them again.
pub fn shift() -> u64 {
    match variant() {
        1 => 0,
        variant => mixed(variant),
    }
}

/// The finalizer of SplitMix64.
fn mixed(state: u64) -> u64 {
    let z = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A stream of choices (SplitMix64).
#[derive(Clone, Debug)]
pub struct Choices {
    seed: u64,
    state: u64,
}

impl Drop for Choices {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let variant = variant();
            eprintln!(
                "the random choices came from seed {:#x}, PROPTEST_RNG_SEED={variant}",
                self.seed
            );
        }
    }
}

impl Choices {
    /// The choices of a seed, shifted.
    pub fn new(seed: u64) -> Choices {
        Choices { seed, state: seed ^ shift() }
    }

    pub fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mixed(self.state)
    }

    /// A number from 0 up to, not including, `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        self.count(bound as u64) as usize
    }

    /// The same for 64-bit numbers.
    pub fn count(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    pub fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    pub fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }
}
