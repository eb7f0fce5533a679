//! Random choices that are the same on every machine. A failing test prints its seeds, which reproduce
//! the failure.

/// A stream of choices (SplitMix64).
#[derive(Clone, Debug)]
pub struct Choices {
    seed: u64,
    state: u64,
}

impl Drop for Choices {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the random choices came from seed {:#x}", self.seed);
        }
    }
}

impl Choices {
    /// The choices of a seed.
    pub fn new(seed: u64) -> Choices {
        Choices { seed, state: seed }
    }

    pub fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.state ^ (self.state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
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
