//! Text values, kept under numbers, so that a text fits in a cell.
//!
//! Within one machine equal short texts have equal numbers: most texts of most programs are words, and then
//! comparing them is comparing numbers. A long text gets a new number each time it is made: to look it up, all
//! of it would have to be hashed, and a program that builds a text piece by piece would take quadratic time. So
//! whether two texts are equal, only [`Texts::same`] knows.
//!
//! The table may hold texts that nothing refers to any more. Only reachable texts count against the limit,
//! each content once, whatever its numbers; [`super::machine::Machine::text_bytes`] finds them by looking at
//! every cell. Sweeping changes only the table, so it can happen at any time without a visible effect.

use std::cmp::Ordering;
use std::ops::Range;
use std::sync::Arc;

use arrayvec::ArrayString;

use super::text_index::{TextIndex, walk};
pub use super::text_table::TextId;
use super::text_table::{Content, SHORT, Slot, Table};

/// The longest text value, in bytes. No instruction may do unbounded work, and most text instructions
/// look at every byte: this limit keeps each of them below a tenth of a millisecond.
pub const TEXT_BYTES: usize = 65_536;

/// The fewest texts that are added between two sweeps for their number. So many fit in the processor's cache.
const FEW: usize = 1 << 14;

/// The table of texts. A copy shares the table until a text is added or dropped.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    table: Arc<Table>,
    /// The bytes of all texts in the table. Those that the last sweep found equal count once.
    bytes: usize,
    /// How many bytes the last sweep kept.
    kept: usize,
    /// How many texts were added since, and how many more there may be before the next sweep is worth it.
    added: usize,
    patience: usize,
    /// For each slot there was when a collection began, whether its text was asked for since, so that the
    /// collection keeps it.
    asked: Option<Vec<bool>>,
    index: TextIndex,
}

/// Texts and what is known of them. Each takes the same short time, however long the text is, unless it says
/// otherwise.
impl Texts {
    /// The text with this number.
    #[inline]
    pub fn get(&self, id: TextId) -> &str {
        self.table.get(id)
    }

    /// A copy of the text with this number, in time in proportion to its length.
    pub fn shared(&self, id: TextId) -> Arc<str> {
        self.get(id).into()
    }

    /// How many bytes a text has.
    #[inline(always)]
    pub fn bytes_of(&self, id: TextId) -> usize {
        self.table.slot(id).bytes as usize
    }

    /// How many characters a text has.
    #[inline(always)]
    pub fn chars(&self, id: TextId) -> usize {
        self.table.slot(id).chars as usize
    }

    /// Whether all characters of a text have one byte.
    #[inline(always)]
    pub fn is_ascii(&self, id: TextId) -> bool {
        self.bytes_of(id) == self.chars(id)
    }

    /// The character at an index. If not all have one byte, this walks there.
    #[inline]
    pub fn code(&self, id: TextId, index: usize) -> Option<char> {
        match self.is_ascii(id) {
            true => self.get(id).as_bytes().get(index).map(|&byte| char::from(byte)),
            false => self.get(id).chars().nth(index),
        }
    }

    /// The characters from `start` up to `end`; `None` if there are none. If not all have one byte, this
    /// walks there.
    #[inline]
    pub fn slice(&self, id: TextId, start: usize, end: usize) -> Option<&str> {
        Some(&self.get(id)[self.range(id, start, end)?])
    }

    #[inline]
    fn range(&self, id: TextId, start: usize, end: usize) -> Option<Range<usize>> {
        if start > end || end > self.chars(id) {
            return None;
        }
        if self.is_ascii(id) {
            return Some(start..end);
        }
        let text = self.get(id);
        let first = walk(text, start);
        Some(first..first + walk(&text[first..], end - start))
    }

    /// Whether two texts are equal. Compares long texts of the same length.
    #[inline]
    pub fn same(&self, a: TextId, b: TextId) -> bool {
        a == b || (self.is_long(a) && self.same_long(a, b))
    }

    #[inline(never)]
    fn same_long(&self, a: TextId, b: TextId) -> bool {
        self.bytes_of(a) == self.bytes_of(b) && (self.shares(a, b) || self.get(a) == self.get(b))
    }

    /// The order of two texts by their bytes. Compares them up to the first difference.
    #[inline]
    pub fn order(&self, a: TextId, b: TextId) -> Ordering {
        self.get(a).cmp(self.get(b))
    }

    /// Whether equal texts may have other numbers.
    #[inline]
    pub(super) fn is_long(&self, id: TextId) -> bool {
        self.bytes_of(id) > SHORT
    }

    /// Whether equal texts all have one number.
    pub(super) fn is_short(text: &str) -> bool {
        text.len() <= SHORT
    }

    /// Whether two texts of the same length are the same part of a buffer.
    pub(super) fn shares(&self, a: TextId, b: TextId) -> bool {
        match [a, b].map(|id| self.table.slot(id).content) {
            [Content::Long(a), Content::Long(b)] => a == b,
            [Content::Free | Content::Short(_) | Content::Long(_), _] => false,
        }
    }

    /// How many bytes joining two texts copies.
    pub(super) fn copied_by_join(&self, a: TextId, b: TextId) -> usize {
        self.bytes_of(b) + if self.table.is_whole(a) { 0 } else { self.bytes_of(a) }
    }

    /// The bytes of all texts in the table, reachable or not: never less than the bytes of all different
    /// texts that can be reached.
    #[inline]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// How many bytes the last sweep kept.
    pub(super) fn kept(&self) -> usize {
        self.kept
    }

    /// Whether so many texts were added since the last sweep that another is worth it: texts that nobody needs
    /// fill the processor's cache.
    #[inline(always)]
    pub(super) fn are_many(&self) -> bool {
        self.added >= self.patience.max(FEW)
    }

    /// Sets how many texts are added before they are many: half of what the sweep looked at.
    pub(super) fn wait(&mut self, cells: u64) {
        self.patience = (cells as usize + self.slots()) / 2;
    }

    /// The number of slots, for a mark per slot.
    pub fn slots(&self) -> usize {
        self.table.slots().len()
    }

    /// Whether a collection goes on, which keeps the texts that are asked for.
    #[inline]
    pub fn is_sweeping(&self) -> bool {
        self.asked.is_some()
    }

    /// A hash of a content, the same in all copies of the table.
    pub(super) fn hash(&self, text: &str) -> u64 {
        self.table.hash(text)
    }

    /// The number of a short text, if it is in the table.
    pub(super) fn find_short(&self, text: &str) -> Option<TextId> {
        self.table.find_short(text, self.hash(text))
    }
}

/// Finding characters, for a program that looks for many: where they are is noted.
impl Texts {
    /// The character at an index.
    pub(super) fn find_code(&mut self, id: TextId, index: usize) -> Option<char> {
        if index >= self.chars(id) {
            return None;
        }
        let at = self.offset(id, index);
        self.get(id)[at..].chars().next()
    }

    /// The character at an index, if all have one byte.
    #[inline(always)]
    pub(super) fn byte(&self, id: TextId, index: usize) -> Option<u8> {
        if !self.is_ascii(id) {
            return None;
        }
        self.table.bytes(id).get(index).copied()
    }

    /// Where the characters from `start` up to `end` are, in bytes; `None` if there are none.
    #[inline]
    pub(super) fn find_range(
        &mut self,
        id: TextId,
        start: usize,
        end: usize,
    ) -> Option<Range<usize>> {
        if start > end || end > self.chars(id) {
            return None;
        }
        if self.is_ascii(id) {
            return Some(start..end);
        }
        let (first, near) = (self.offset(id, start), end - start <= SHORT);
        let end = if end == self.chars(id) {
            self.bytes_of(id)
        } else if near {
            first + walk(&self.get(id)[first..], end - start)
        } else {
            self.offset(id, end)
        };
        Some(first..end)
    }

    /// Where a character is, in bytes.
    fn offset(&mut self, id: TextId, character: usize) -> usize {
        match self.table.slot(id).content {
            Content::Long(buffer) => self.index.offset(buffer, self.table.get(id), character),
            Content::Short(_) | Content::Free => walk(self.get(id), character),
        }
    }

    /// How many bytes were looked at since this was asked last.
    pub(super) fn take_walked(&mut self) -> usize {
        self.index.take_walked()
    }
}

/// Texts that are made. The caller has checked lengths and limits.
impl Texts {
    /// The number of `text`: a new one if it is long, or if it is not in the table.
    pub fn intern(&mut self, text: &str) -> TextId {
        if text.len() > SHORT {
            return self.add(|table| table.add_long(text.to_string()));
        }
        let hash = self.hash(text);
        let id = match self.table.find_short(text, hash) {
            Some(id) => id,
            None => {
                self.bytes += text.len();
                self.added += 1;
                Arc::make_mut(&mut self.table).add_short(text, hash)
            }
        };
        self.ask(id);
        id
    }

    /// The text of one character.
    #[inline]
    pub fn single(&mut self, character: char) -> TextId {
        match self.table.single(character) {
            Some(id) => {
                self.ask(id);
                id
            }
            None => self.new_single(character),
        }
    }

    fn new_single(&mut self, character: char) -> TextId {
        let id = self.intern(character.encode_utf8(&mut [0; 4]));
        if character.is_ascii() {
            Arc::make_mut(&mut self.table).set_single(character, id);
        }
        id
    }

    /// Two texts as one. If the first is the last that was made in its buffer, this copies only the second.
    #[inline]
    pub fn join(&mut self, a: TextId, b: TextId) -> TextId {
        let (first, second) = (self.bytes_of(a), self.bytes_of(b));
        match (first, second) {
            (_, 0) => a,
            (0, _) => b,
            _ if first + second > SHORT => self.add(|table| table.join(a, b)),
            _ => {
                let mut text = ArrayString::<SHORT>::new();
                text.push_str(self.get(a));
                text.push_str(self.get(b));
                self.intern(&text)
            }
        }
    }

    /// The characters of a text from `start` up to `end`; `None` if there are none. Copies only these.
    #[inline]
    pub fn part(&mut self, id: TextId, start: usize, end: usize) -> Option<TextId> {
        let range = self.find_range(id, start, end)?;
        Some(self.part_at(id, range, Some(end - start)))
    }

    /// The part of a text in a range of bytes, which begins and ends between characters. Counts them unless
    /// the caller knows how many there are.
    #[inline]
    pub(super) fn part_at(
        &mut self,
        id: TextId,
        range: Range<usize>,
        characters: Option<usize>,
    ) -> TextId {
        if range.len() == 1 {
            let byte = self.table.bytes(id)[range.start];
            return self.single(char::from(byte));
        }
        if range.len() == self.bytes_of(id) {
            return id;
        }
        if range.len() > SHORT {
            let characters = match (characters, self.is_ascii(id)) {
                (Some(characters), _) => characters,
                (None, true) => range.len(),
                (None, false) => self.get(id)[range.clone()].chars().count(),
            };
            return self.add(|table| table.part(id, range, characters));
        }
        let text = ArrayString::<SHORT>::from(&self.get(id)[range]).expect("it was measured");
        self.intern(&text)
    }

    /// Makes a long text.
    fn add(&mut self, make: impl FnOnce(&mut Table) -> Slot) -> TextId {
        let table = Arc::make_mut(&mut self.table);
        let slot = make(table);
        self.bytes += slot.bytes as usize;
        self.added += 1;
        let id = table.put(slot);
        self.ask(id);
        id
    }

    /// Notes that a text was asked for.
    #[inline]
    fn ask(&mut self, id: TextId) {
        if let Some(asked) = self.asked.as_mut().and_then(|asked| asked.get_mut(id.slot())) {
            *asked = true;
        }
    }
}

/// Sweeping.
impl Texts {
    /// Notes from now on which texts are asked for, until the next sweep.
    pub(super) fn begin_sweep(&mut self) {
        self.asked = Some(vec![false; self.slots()]);
    }

    /// Drops every text whose slot is not marked, except those that were asked for since the sweep began. The
    /// marks end where the table ended then. The first of two twins gets the buffer of the second, which has
    /// the same content. All different marked texts have so many bytes.
    pub(super) fn sweep(&mut self, marks: &[bool], twins: &[(TextId, TextId)], bytes: u64) {
        let asked = self.asked.take().unwrap_or_default();
        self.bytes = bytes as usize;
        let mut dropped = Vec::new();
        for (n, slot) in self.table.slots().iter().enumerate() {
            if marks.get(n) == Some(&true) || matches!(slot.content, Content::Free) {
                continue;
            }
            if n >= marks.len() || asked.get(n) == Some(&true) {
                self.bytes += slot.bytes as usize;
            } else {
                dropped.push(TextId::of_slot(n));
            }
        }
        (self.kept, self.added) = (self.bytes, 0);
        // Otherwise the table stays shared.
        if !dropped.is_empty() || !twins.is_empty() {
            let table = Arc::make_mut(&mut self.table);
            twins.iter().for_each(|&(twin, other)| table.share(twin, other));
            dropped.into_iter().for_each(|id| table.remove(id));
            table.cut_buffers();
            self.index.cut(|buffer| table.buffer_size(buffer));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts, and `0123456789` so often.
    fn digits(times: usize) -> (Texts, TextId) {
        let mut texts = Texts::default();
        let id = texts.intern(&"0123456789".repeat(times));
        (texts, id)
    }

    #[test]
    fn equal_short_texts_have_one_number() {
        let (mut texts, short) = digits(4);
        assert_eq!(texts.intern(&"0123456789".repeat(4)), short);
        let half = texts.intern("01234567890123456789");
        assert_eq!(texts.join(half, half), short);
        let (mut texts, long) = digits(5);
        let other = texts.intern(&"0123456789".repeat(5));
        assert!(other != long && texts.same(other, long));
        let part = texts.part(long, 0, 40).unwrap();
        assert!(!texts.same(part, long) && !texts.same(long, part));
        assert_eq!(part, texts.part(other, 10, 50).unwrap());
    }

    #[test]
    fn characters_are_counted_and_not_bytes() {
        let long = "añ→𝄞".repeat(12);
        for text in ["", "plain", "é", "aé", "éa", "a€b", "ab\u{10ffff}", &long] {
            let mut texts = Texts::default();
            let id = texts.intern(text);
            let count = text.chars().count();
            assert_eq!((texts.chars(id), texts.bytes_of(id)), (count, text.len()));
            for start in 0..count + 2 {
                assert_eq!(texts.code(id, start), text.chars().nth(start), "{text} {start}");
                for end in 0..count + 2 {
                    let part: String =
                        text.chars().skip(start).take(end.saturating_sub(start)).collect();
                    let part = (start <= end && end <= count).then_some(part);
                    assert_eq!(texts.slice(id, start, end), part.as_deref());
                    let id = texts.part(id, start, end);
                    assert_eq!(id.map(|id| texts.get(id)), part.as_deref());
                    let chars = part.map(|part| part.chars().count());
                    assert_eq!(id.map(|id| texts.chars(id)), chars);
                }
            }
        }
    }

    #[test]
    fn a_text_is_built_in_one_buffer() {
        let (mut texts, first) = digits(5);
        let piece = texts.intern("!");
        let mut text = first;
        for _ in 0..1000 {
            text = texts.join(text, piece);
        }
        assert_eq!(texts.table.buffers().count(), 1);
        assert!(texts.table.buffers().room() <= 2 * 1050);
        assert_eq!(texts.get(text), format!("{}{}", texts.get(first), "!".repeat(1000)));
        assert_eq!(texts.get(first), "0123456789".repeat(5));
        // It goes on from its end only, and the beginnings stay.
        let branch = texts.join(first, piece);
        assert_eq!(texts.get(branch), "0123456789".repeat(5) + "!");
        assert_eq!(texts.table.buffers().count(), 2);
        let twice = texts.join(text, first);
        assert_eq!(texts.get(twice), texts.get(text).to_string() + texts.get(first));
        let again = texts.join(twice, twice);
        assert_eq!(texts.get(again), texts.get(twice).repeat(2));
        assert_eq!(texts.table.buffers().count(), 2);
    }

    #[test]
    fn a_copy_does_not_see_what_is_joined() {
        let (mut texts, first) = digits(5);
        let piece = texts.intern("!");
        let mut copy = texts.clone();
        let (ours, theirs) = (texts.join(first, piece), copy.join(first, first));
        assert_eq!(texts.get(ours), "0123456789".repeat(5) + "!");
        assert_eq!(copy.get(theirs), "0123456789".repeat(10));
        assert_eq!((texts.get(first), copy.get(first)), (copy.get(first), texts.get(first)));
        assert_eq!((texts.bytes(), copy.bytes()), (50 + 1 + 51, 50 + 1 + 100));
    }

    #[test]
    fn a_sweep_cuts_what_is_not_used() {
        let (mut texts, first) = digits(5);
        let last = texts.join(first, first);
        let last = texts.join(last, last);
        texts.sweep(&[true, false, false], &[], 50);
        assert_eq!((texts.bytes(), texts.table.buffers().room()), (50, 50));
        assert_eq!(texts.get(first), "0123456789".repeat(5));
        // Slots and buffers are used again.
        let longer = texts.join(first, first);
        let other = texts.intern(texts.get(longer).to_string().as_str());
        assert!(longer.slot() < 3 && other.slot() < 3 && last.slot() < 3);
        assert_eq!((texts.slots(), texts.table.buffers().count()), (3, 2));
        // Two equal texts take the room of one.
        texts.sweep(&[true, true, true], &[(other, longer)], 150);
        assert!(texts.shares(longer, other));
        assert_eq!(texts.table.buffers().room(), 100);
        texts.sweep(&[false, false, false], &[], 0);
        assert_eq!((texts.bytes(), texts.table.buffers().room()), (0, 0));
    }

    #[test]
    fn a_sweep_keeps_what_was_asked_for_meanwhile() {
        let mut texts = Texts::default();
        let [a, b, c] = ["a", "bb", "c"].map(|text| texts.intern(text));
        assert_eq!(texts.single('a'), a);
        texts.begin_sweep();
        assert!(texts.is_sweeping());
        assert_eq!((texts.single('a'), texts.intern("bb")), (a, b));
        let long = texts.join(a, b);
        texts.sweep(&[false; 3], &[], 0);
        assert_eq!((texts.get(a), texts.get(b), texts.get(long)), ("a", "bb", "abb"));
        assert_eq!(texts.bytes(), 6);
        assert_eq!(texts.single('c'), c, "its slot was free");
        texts.sweep(&[false; 4], &[], 0);
        assert_eq!((texts.bytes(), texts.find_short("a")), (0, None));
        let again = texts.single('a');
        assert_eq!(texts.get(again), "a");
    }
}
