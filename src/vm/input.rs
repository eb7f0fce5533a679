//! Input that was given and not yet read. To the program, reading looks like blocking: an instruction
//! that needs more input waits until it is given.

use std::sync::Arc;

use super::text::TEXT_BYTES;

/// Input still to be read.
#[derive(Clone, Debug, Default)]
pub struct Input {
    /// Shared with copies until one of them gets more input or drops what it has taken.
    text: Arc<String>,
    taken: usize,
    /// How many bytes of the rest are known to hold no line end, so that none is searched again.
    searched: usize,
    ended: bool,
}

/// What reading a line finds.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NextLine<'i> {
    /// A line without its end, and its length in bytes with the end.
    Whole(&'i str, usize),
    /// A line of at least this many bytes, too many for a text.
    TooLong(usize),
    /// No line yet.
    None,
}

impl Input {
    /// What is still to be read.
    pub fn rest(&self) -> &str {
        &self.text[self.taken..]
    }

    /// Whether nothing more will come.
    pub fn ended(&self) -> bool {
        self.ended
    }

    pub(super) fn give(&mut self, text: &str) {
        self.ended = false;
        Arc::make_mut(&mut self.text).push_str(text);
        let unsearched = &self.rest().as_bytes()[self.searched..];
        self.searched += line_end(unsearched).unwrap_or(unsearched.len());
    }

    /// Takes back the last bytes of the rest; more may come.
    pub(super) fn take_back(&mut self, bytes: usize) {
        let left = self.rest().len() - bytes;
        Arc::make_mut(&mut self.text).truncate(self.taken + left);
        self.searched = self.searched.min(left);
        self.ended = false;
    }

    pub(super) fn end(&mut self) {
        self.ended = true;
    }

    pub(super) fn take(&mut self, bytes: usize) {
        self.taken += bytes;
        self.searched = self.searched.saturating_sub(bytes);
        if self.taken > self.text.len() / 2 {
            Arc::make_mut(&mut self.text).drain(..self.taken);
            self.taken = 0;
        }
    }

    /// The next line. Looks at no more bytes than a text can hold, plus two for the line end.
    pub(super) fn line(&self) -> NextLine<'_> {
        let rest = self.rest();
        let window = &rest.as_bytes()[..rest.len().min(TEXT_BYTES + 2)];
        let searched = self.searched.min(window.len());
        match line_end(&window[searched..]).map(|end| searched + end) {
            Some(end) => {
                let line = &rest[..end];
                fitting(line.strip_suffix('\r').unwrap_or(line), end + 1)
            }
            // However much of it was given.
            None if rest.len() > window.len() => NextLine::TooLong(window.len() + 1),
            None if self.ended && !rest.is_empty() => fitting(rest, rest.len()),
            None => NextLine::None,
        }
    }
}

fn line_end(bytes: &[u8]) -> Option<usize> {
    bytes.iter().position(|&byte| byte == b'\n')
}

fn fitting(line: &str, bytes: usize) -> NextLine<'_> {
    if line.len() > TEXT_BYTES {
        NextLine::TooLong(line.len())
    } else {
        NextLine::Whole(line, bytes)
    }
}

impl PartialEq for Input {
    fn eq(&self, other: &Input) -> bool {
        let Input { text: _, taken: _, searched: _, ended } = self;
        *ended == other.ended && self.rest() == other.rest()
    }
}

impl Eq for Input {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_where_they_should() {
        let mut input = Input::default();
        assert_eq!(input.line(), NextLine::None);
        input.give("one\r\ntwo");
        assert_eq!(input.line(), NextLine::Whole("one", 5));
        input.take(5);
        assert_eq!(input.line(), NextLine::None);
        input.end();
        assert_eq!(input.line(), NextLine::Whole("two", 3));
        input.take(3);
        assert_eq!(input.line(), NextLine::None);
        input.give(&"x".repeat(TEXT_BYTES));
        assert_eq!(input.line(), NextLine::None);
        input.give("\n");
        assert!(matches!(input.line(), NextLine::Whole(_, bytes) if bytes == TEXT_BYTES + 1));
        input.give("");
        input.take(TEXT_BYTES + 1);
        input.give(&"x".repeat(TEXT_BYTES + 2));
        assert_eq!(input.line(), NextLine::None, "its end may come");
        input.give("x");
        assert_eq!(input.line(), NextLine::TooLong(TEXT_BYTES + 3));
    }

    #[test]
    fn a_line_of_the_longest_text_has_room_for_its_end() {
        for (extra, end) in [("", "\n"), ("", "\r\n"), ("x", "\n"), ("x", "\r\n")] {
            let mut input = Input::default();
            input.give(&("x".repeat(TEXT_BYTES) + extra + end));
            match input.line() {
                NextLine::Whole(line, bytes) => {
                    assert_eq!(
                        (extra, line.len(), bytes),
                        ("", TEXT_BYTES, TEXT_BYTES + end.len())
                    );
                }
                NextLine::TooLong(bytes) => assert!(extra == "x" && bytes > TEXT_BYTES),
                NextLine::None => panic!("the line has an end"),
            }
        }
    }

    #[test]
    fn what_was_taken_does_not_pile_up() {
        let mut input = Input::default();
        for _ in 0..100 {
            input.give("one\ntwo\n");
            input.take(4);
            assert!(input.text.len() <= 2 * input.rest().len(), "{input:?}");
        }
        assert_eq!(input.rest().len(), 400);
        for _ in 0..100 {
            input.take(4);
            assert!(input.text.len() <= 2 * input.rest().len(), "{input:?}");
        }
    }

    #[test]
    fn nothing_is_searched_twice_for_a_line_end() {
        let mut input = Input::default();
        for n in 1..=10 {
            input.give("piece");
            assert_eq!((input.line(), input.searched), (NextLine::None, 5 * n));
        }
        input.give("\nnext\nlast");
        assert_eq!(input.searched, 50, "up to the line end");
        assert!(matches!(input.line(), NextLine::Whole(line, 51) if line.len() == 50));
        input.take(51);
        assert_eq!((input.line(), input.searched), (NextLine::Whole("next", 5), 0));
        input.take(5);
        input.give("");
        assert_eq!((input.line(), input.searched), (NextLine::None, 4));
        input.take(2);
        assert_eq!((input.line(), input.searched), (NextLine::None, 2));
        input.give("\n");
        assert_eq!(input.line(), NextLine::Whole("st", 3));
    }

    #[test]
    fn a_line_that_is_too_long_is_one_however_much_of_it_was_given() {
        for more in [0, 1, TEXT_BYTES] {
            let mut input = Input::default();
            input.give(&"x".repeat(TEXT_BYTES + 3 + more));
            assert_eq!(input.line(), NextLine::TooLong(TEXT_BYTES + 3));
        }
    }

    #[test]
    fn what_is_taken_back_was_not_given() {
        let mut input = Input::default();
        input.give("one\ntwo");
        input.take(4);
        input.end();
        input.take_back(2);
        assert_eq!((input.rest(), input.ended()), ("t", false));
        input.give("en\n");
        assert_eq!(input.line(), NextLine::Whole("ten", 4));
        input.take_back(4);
        input.give("\n");
        assert_eq!(input.line(), NextLine::Whole("", 1));
    }

    #[test]
    fn inputs_are_the_same_if_nobody_can_tell_them_apart() {
        let given = |text: &str| {
            let mut input = Input::default();
            input.give(text);
            input
        };
        let mut taken = given("abc");
        taken.take(1);
        assert_eq!(taken, given("bc"));
        assert_ne!(taken, given("abc"));
        taken.end();
        assert_ne!(taken, given("bc"));
    }
}
