//! Marking the texts that can be reached, and counting each content once.
//!
//! Two long texts with the same content may have two numbers, but how much text a program has must not depend
//! on how it was made: a machine that was loaded from a file counts as before. So the content of each long
//! text is looked up, in steps of one text.

use hashbrown::HashTable;

use super::text::{TextId, Texts};

/// The texts that were reached.
#[derive(Clone, Debug)]
pub(super) struct TextMarks {
    /// Whether the text in a slot was reached.
    reached: Vec<bool>,
    /// Long texts that were reached, but not looked at.
    open: Vec<TextId>,
    /// The long text that was looked at last.
    last: Option<TextId>,
    /// A long text of each content that was found, with the hash of the content.
    contents: HashTable<(u64, TextId)>,
    /// Long texts with the content of another one, and that one.
    twins: Vec<(TextId, TextId)>,
    /// The bytes of all contents that were found.
    pub(super) bytes: u64,
}

impl TextMarks {
    pub(super) fn new(texts: &Texts) -> TextMarks {
        TextMarks {
            reached: vec![false; texts.slots()],
            open: Vec::new(),
            last: None,
            contents: HashTable::new(),
            twins: Vec::new(),
            bytes: 0,
        }
    }

    /// Marks a text.
    #[inline(always)]
    pub(super) fn meet(&mut self, id: TextId, texts: &Texts) {
        if !std::mem::replace(&mut self.reached[id.slot()], true) {
            match texts.is_long(id) {
                true => self.open.push(id),
                false => self.bytes += texts.bytes_of(id) as u64,
            }
        }
    }

    /// Looks at one more long text, and says how many bytes it has; `None` if all were looked at.
    pub(super) fn look(&mut self, texts: &Texts) -> Option<u64> {
        let id = self.open.pop()?;
        // Equal texts mostly share a buffer since an earlier sweep. That spares looking at the content.
        if self.last.is_some_and(|last| {
            texts.bytes_of(last) == texts.bytes_of(id) && texts.shares(last, id)
        }) {
            return Some(0);
        }
        self.last = Some(id);
        let hash = texts.hash(texts.get(id));
        match self.contents.find(hash, |&(_, other)| texts.same(id, other)) {
            Some(&(_, other)) if texts.shares(id, other) => {}
            Some(&(_, other)) => self.twins.push((id, other)),
            None => {
                self.contents.insert_unique(hash, (hash, id), |&(hash, _)| hash);
                self.bytes += texts.bytes_of(id) as u64;
            }
        }
        Some(texts.bytes_of(id) as u64)
    }

    /// Whether a text with this content was reached. All must have been looked at.
    pub(super) fn has(&self, text: &str, texts: &Texts) -> bool {
        if Texts::is_short(text) {
            return texts.find_short(text).is_some_and(|id| self.reached[id.slot()]);
        }
        self.contents.find(texts.hash(text), |&(_, id)| texts.get(id) == text).is_some()
    }

    /// Drops the texts that were not reached.
    pub(super) fn sweep(&self, texts: &mut Texts) {
        texts.sweep(&self.reached, &self.twins, self.bytes);
    }
}
