//! The versions of the file formats: images and recordings are numbered together. The newest is written,
//! and all of them are read.

use crate::vm::vocabulary::Vocabulary;

/// A version of images and recordings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// The first.
    One,
    /// The second. It has no comments.
    Two,
    /// The third. Its breakpoints always pause, and nothing is watched.
    Three,
    /// The fourth. Nobody answers calls in it.
    Four,
    /// The fifth. Only one task runs in it.
    Five,
    /// The newest.
    Six,
}

impl Version {
    /// The version that is written.
    pub const NEWEST: Version = Version::Six;
    /// The versions that are read, as messages name them.
    pub const ALL: &str = "versions 1 to 6";

    /// Its number in files.
    pub fn number(self) -> u64 {
        match self {
            Version::One => 1,
            Version::Two => 2,
            Version::Three => 3,
            Version::Four => 4,
            Version::Five => 5,
            Version::Six => 6,
        }
    }

    /// The vocabulary of its texts, unless they say otherwise.
    pub fn vocabulary(self) -> Vocabulary {
        match self {
            Version::One => Vocabulary::One,
            Version::Two | Version::Three | Version::Four | Version::Five => Vocabulary::Two,
            Version::Six => Vocabulary::Three,
        }
    }

    /// The version with this number.
    pub fn find(number: u64) -> Option<Version> {
        use Version as V;
        let all = [V::One, V::Two, V::Three, V::Four, V::Five, V::Six];
        all.into_iter().find(|version| version.number() == number)
    }
}
