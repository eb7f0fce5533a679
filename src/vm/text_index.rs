//! Where the characters are in long texts whose characters have different numbers of bytes.
//!
//! Characters are counted, but bytes are stored. To find a character, one would walk from the beginning of the
//! text, and a program that looks at each would take quadratic time. So the place of one character in 32 is
//! noted for each buffer that was asked about, as far as it was walked, and a walk begins at the last note. The
//! notes take an eighth of the text at most. A buffer only grows, so notes stay right until a sweep frees or
//! cuts it. A cache: it is never copied or compared.

use super::text_buffer::BufferId;

/// How many characters there are from one note to the next.
const STEP: usize = 32;

/// The notes, by buffer.
#[derive(Debug, Default)]
pub(super) struct TextIndex {
    /// The offset in bytes of the characters 0, [`STEP`], twice that, and so on.
    notes: Vec<Vec<u32>>,
    /// How many bytes were walked since someone asked.
    walked: usize,
}

/// A copy notes for itself.
impl Clone for TextIndex {
    fn clone(&self) -> TextIndex {
        TextIndex::default()
    }
}

impl TextIndex {
    /// Forgets what is beyond the end of a buffer; a buffer that is free has no bytes.
    pub(super) fn cut(&mut self, bytes: impl Fn(BufferId) -> usize) {
        for (n, notes) in self.notes.iter_mut().enumerate() {
            let bytes = bytes(BufferId::of_index(n)) as u32;
            let kept = notes.partition_point(|&offset| offset < bytes);
            notes.truncate(kept);
        }
    }

    /// How many bytes were walked since this was asked last.
    pub(super) fn take_walked(&mut self) -> usize {
        std::mem::take(&mut self.walked)
    }

    /// The offset of a character in a beginning of a buffer, which must have as many characters.
    pub(super) fn offset(&mut self, buffer: BufferId, text: &str, character: usize) -> usize {
        if self.notes.len() <= buffer.index() {
            self.notes.resize_with(buffer.index() + 1, Vec::new);
        }
        let notes = &mut self.notes[buffer.index()];
        if notes.is_empty() {
            notes.push(0);
        }
        while notes.len() * STEP <= character {
            let last = notes[notes.len() - 1] as usize;
            let next = last + walk(&text[last..], STEP);
            self.walked += next - last;
            notes.push(next as u32);
        }
        let near = notes[character / STEP] as usize;
        let bytes = walk(&text[near..], character % STEP);
        self.walked += bytes;
        near + bytes
    }
}

/// How many bytes so many characters at the beginning of a text have.
pub(super) fn walk(text: &str, characters: usize) -> usize {
    let mut rest = text.chars();
    if characters > 0 {
        rest.nth(characters - 1);
    }
    text.len() - rest.as_str().len()
}
