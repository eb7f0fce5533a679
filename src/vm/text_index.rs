//! Where the characters are in long texts whose characters have different numbers of bytes.
//!
//! Characters are counted, but bytes are stored. To find a character, one would walk from the beginning of the
//! text, and a program that looks at each would take quadratic time. So the places of some characters are
//! noted for the buffers that were used last, and a walk begins at the nearest of them. A buffer that grew is
//! only walked on from where its notes end. A cache: it is never copied or compared, and dropped at each sweep.

use super::text_buffer::BufferId;

/// How many characters there are from one note to the next.
const STEP: usize = 32;
/// How many buffers are remembered.
const BUFFERS: usize = 4;

/// The notes of the buffers that were used last.
#[derive(Debug, Default)]
pub(super) struct TextIndex {
    recent: Vec<Notes>,
    /// The one that is replaced next.
    oldest: usize,
    /// How many bytes were walked since someone asked.
    walked: usize,
}

#[derive(Debug)]
struct Notes {
    buffer: BufferId,
    /// The offset in bytes of every [`STEP`]-th character.
    offsets: Vec<usize>,
}

/// A copy notes for itself.
impl Clone for TextIndex {
    fn clone(&self) -> TextIndex {
        TextIndex::default()
    }
}

impl TextIndex {
    /// Forgets everything, because buffers change.
    pub(super) fn clear(&mut self) {
        self.recent.clear();
    }

    /// How many bytes were walked since this was asked last.
    pub(super) fn take_walked(&mut self) -> usize {
        std::mem::take(&mut self.walked)
    }

    /// The offset of a character in a beginning of a buffer, which must have as many characters.
    pub(super) fn offset(&mut self, buffer: BufferId, text: &str, character: usize) -> usize {
        let at = self.recent.iter().position(|notes| notes.buffer == buffer);
        let at = at.unwrap_or_else(|| self.add(buffer));
        let Notes { offsets, .. } = &mut self.recent[at];
        while offsets.len() * STEP <= character {
            let last = offsets[offsets.len() - 1];
            let next = last + walk(&text[last..], STEP);
            self.walked += next - last;
            offsets.push(next);
        }
        let near = offsets[character / STEP];
        let bytes = walk(&text[near..], character % STEP);
        self.walked += bytes;
        near + bytes
    }

    fn add(&mut self, buffer: BufferId) -> usize {
        let notes = Notes { buffer, offsets: vec![0] };
        if self.recent.len() < BUFFERS {
            self.recent.push(notes);
            return self.recent.len() - 1;
        }
        let at = self.oldest;
        self.recent[at] = notes;
        self.oldest = (at + 1) % BUFFERS;
        at
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
