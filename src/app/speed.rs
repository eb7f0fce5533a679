//! How fast a program runs while one watches it.

/// Steps a second; [`Speed::FULL`] is as fast as it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Speed(usize);

/// Steps a second that can be chosen, slowest first; nothing for as fast as it goes.
const STEPS: [Option<u32>; 8] =
    [Some(1), Some(2), Some(5), Some(10), Some(30), Some(100), Some(1000), None];

impl Default for Speed {
    fn default() -> Speed {
        Speed::FULL
    }
}

impl Speed {
    /// As fast as it goes.
    pub const FULL: Speed = Speed(STEPS.len() - 1);

    /// All speeds, slowest first.
    pub fn all() -> impl Iterator<Item = Speed> {
        (0..STEPS.len()).map(Speed)
    }

    /// Steps a second; nothing for as fast as it goes.
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

    /// How it is called.
    pub fn words(self) -> String {
        match self.steps() {
            Some(1) => "1 step a second".to_owned(),
            Some(steps) => format!("{steps} steps a second"),
            None => "full speed".to_owned(),
        }
    }
}
