//! The input that was given, and where in the output, so that a console can show it in its place.
//!
//! It belongs to the image, as origins do: it follows from the commands, so undo and replay restore it, and it is
//! neither compared nor saved. Only the newest part is kept, which is what a person looks at.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::vm::spelling::clip;

/// How many inputs are kept.
const KEPT: usize = 1_000;
/// The longest text that is kept of one input, in characters.
const LONGEST: usize = 2_000;

/// The input that was given.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// Shared with copies until one of them is given more.
    texts: Arc<VecDeque<GivenText>>,
}

/// One input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenText {
    /// How many bytes of output there were before it.
    pub at: usize,
    /// The text, cut if it is long.
    pub text: String,
}

impl Given {
    /// Notes an input after so many bytes of output.
    pub fn note(&mut self, at: usize, text: &str) {
        let (line, end) = match text.strip_suffix('\n') {
            Some(line) => (line, "\n"),
            None => (text, ""),
        };
        let texts = Arc::make_mut(&mut self.texts);
        if texts.len() == KEPT {
            texts.pop_front();
        }
        texts.push_back(GivenText { at, text: format!("{}{end}", clip(line, LONGEST)) });
    }

    /// The newest inputs, the oldest first.
    pub fn texts(&self) -> impl DoubleEndedIterator<Item = &GivenText> {
        self.texts.iter()
    }

    /// Whether nothing was given.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_are_kept_and_long_ones_are_cut() {
        let mut given = Given::default();
        assert!(given.is_empty());
        for n in 0..KEPT + 2 {
            given.note(n, &format!("{n}\n"));
        }
        let copy = given.clone();
        given.note(9_999, &("x".repeat(LONGEST + 1) + "\n"));
        let first = |given: &Given| given.texts().next().map(|given| given.text.clone());
        assert_eq!((given.texts().count(), copy.texts().count()), (KEPT, KEPT));
        assert_eq!(first(&copy).as_deref(), Some("2\n"));
        assert_eq!(first(&given).as_deref(), Some("3\n"));
        let last = given.texts().next_back().expect("it was given");
        assert_eq!((last.at, last.text.chars().count()), (9_999, LONGEST + 1));
        assert!(last.text.ends_with("…\n"), "{}", last.text);
    }
}
