//! How fast a watched program runs, and how fast a recording is played.

/// Steps a second, or full speed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Speed(usize);

/// How long the player shows each gesture of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Rate(usize);

/// Seconds for a gesture, with words: from slow enough to read along to fast enough to skim.
const RATES: [(f64, &str); 6] = [
    (4.0, "a gesture in 4 seconds"),
    (2.0, "a gesture in 2 seconds"),
    (1.0, "1 gesture a second"),
    (0.5, "2 gestures a second"),
    (0.2, "5 gestures a second"),
    (0.05, "20 gestures a second"),
];

impl Default for Rate {
    fn default() -> Rate {
        Rate(1)
    }
}

impl Rate {
    /// All rates, slowest first.
    pub fn all() -> impl Iterator<Item = Rate> {
        (0..RATES.len()).map(Rate)
    }

    /// Whether it is one of those to choose from.
    pub(super) fn exists(&self) -> bool {
        self.0 < RATES.len()
    }

    /// Seconds from one gesture to the next.
    pub fn seconds(self) -> f64 {
        RATES[self.0.min(RATES.len() - 1)].0
    }

    /// Its name.
    pub fn words(self) -> &'static str {
        RATES[self.0.min(RATES.len() - 1)].1
    }
}

/// The steps a second to choose from, slowest first; none is full speed.
const STEPS: [Option<u32>; 8] =
    [Some(1), Some(2), Some(5), Some(10), Some(30), Some(100), Some(1000), None];

impl Default for Speed {
    fn default() -> Speed {
        Speed::FULL
    }
}

impl Speed {
    /// Full speed.
    pub const FULL: Speed = Speed(STEPS.len() - 1);

    /// All speeds, slowest first.
    pub fn all() -> impl Iterator<Item = Speed> {
        (0..STEPS.len()).map(Speed)
    }

    /// Whether it is one of those to choose from.
    pub(super) fn exists(&self) -> bool {
        self.0 < STEPS.len()
    }

    /// Steps a second; none for full speed.
    pub fn steps(self) -> Option<u32> {
        STEPS.get(self.0).copied().flatten()
    }

    /// The next slower one.
    pub fn slower(self) -> Speed {
        Speed(self.0.saturating_sub(1))
    }

    /// The next faster one.
    pub fn faster(self) -> Speed {
        Speed((self.0 + 1).min(STEPS.len() - 1))
    }

    /// Its name.
    pub fn words(self) -> String {
        match self.steps() {
            Some(1) => "1 step a second".to_owned(),
            Some(steps) => format!("{steps} steps a second"),
            None => "full speed".to_owned(),
        }
    }
}
