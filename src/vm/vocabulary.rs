//! Vocabularies: which instructions a text knows, and whether an instruction or a name of the program comes
//! first. A file says by which vocabulary its texts were written, so what they mean never changes when
//! instructions are added.

/// A vocabulary. Each has all instructions of the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Vocabulary {
    /// A word is a number, an instruction, a local, a function or a hole: the first that fits.
    One,
    /// A word is a number, a local, a function, an instruction or a hole: the first that fits. So the
    /// program's names win.
    Two,
    /// As [`Vocabulary::Two`], with tasks and channels.
    Three,
}

impl Vocabulary {
    /// The vocabulary of everything that is written now.
    pub const NEWEST: Vocabulary = Vocabulary::Three;

    /// Its number in recordings.
    pub fn number(self) -> u64 {
        match self {
            Vocabulary::One => 1,
            Vocabulary::Two => 2,
            Vocabulary::Three => 3,
        }
    }

    /// The vocabulary with this number.
    pub fn find(number: u64) -> Option<Vocabulary> {
        [Vocabulary::One, Vocabulary::Two, Vocabulary::Three]
            .into_iter()
            .find(|one| one.number() == number)
    }
}
