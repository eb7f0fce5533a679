//! The bytes of long texts. Several texts may be beginnings of the same buffer.
//!
//! A program that builds a text piece by piece makes each text from the one before. So the next text is the
//! same buffer, a little longer, and the texts before it still see their beginning of it.

use std::sync::Arc;

/// The number of a buffer in its [`Buffers`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BufferId(u32);

/// All buffers, each shared with the copies of the table that have not changed it.
#[derive(Clone, Debug, Default)]
pub(super) struct Buffers {
    all: Vec<Buffer>,
    free: Vec<u32>,
}

#[derive(Clone, Debug, Default)]
struct Buffer {
    /// `None` if it is free.
    text: Option<Arc<String>>,
    /// How many texts are beginnings of it.
    uses: u32,
}

impl BufferId {
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }

    pub(super) fn of_index(index: usize) -> BufferId {
        BufferId(index as u32)
    }
}

impl Buffers {
    /// How many there are, free ones included.
    pub(super) fn count(&self) -> usize {
        self.all.len()
    }

    /// The first bytes of a buffer that is in use.
    #[inline]
    pub(super) fn get(&self, id: BufferId, bytes: usize) -> &str {
        let text = self.all[id.index()].text.as_deref();
        &text.expect("a buffer that a text uses is never freed")[..bytes]
    }

    /// The first bytes of a buffer.
    #[inline(always)]
    pub(super) fn bytes(&self, id: BufferId, bytes: usize) -> &[u8] {
        match &self.all[id.index()].text {
            Some(text) => &text.as_bytes()[..bytes],
            None => unreachable!("a buffer that a text uses is never freed"),
        }
    }

    /// How many bytes a buffer has; none if it is free.
    pub(super) fn size(&self, id: BufferId) -> usize {
        self.all
            .get(id.index())
            .and_then(|buffer| buffer.text.as_ref())
            .map_or(0, |text| text.len())
    }

    /// A new buffer, which one text uses.
    pub(super) fn add(&mut self, text: String) -> BufferId {
        let buffer = Buffer { text: Some(Arc::new(text)), uses: 1 };
        match self.free.pop() {
            Some(free) => {
                self.all[free as usize] = buffer;
                BufferId(free)
            }
            None => {
                self.all.push(buffer);
                BufferId((self.all.len() - 1) as u32)
            }
        }
    }

    /// One more text uses a buffer.
    pub(super) fn take(&mut self, id: BufferId) {
        self.all[id.index()].uses += 1;
    }

    /// One text fewer uses a buffer. Without any, it is free.
    pub(super) fn release(&mut self, id: BufferId) {
        let buffer = &mut self.all[id.index()];
        buffer.uses -= 1;
        if buffer.uses == 0 {
            buffer.text = None;
            self.free.push(id.0);
        }
    }

    /// Whether a text of so many bytes is all of its buffer, so that the next one can go on there.
    #[inline]
    pub(super) fn is_whole(&self, id: BufferId, bytes: usize) -> bool {
        self.all[id.index()].text.as_ref().is_some_and(|text| text.len() == bytes)
    }

    /// Appends a text, unless the buffer is shared with another table.
    pub(super) fn append(&mut self, id: BufferId, text: &str) -> bool {
        let own = self.all[id.index()].text.as_mut().and_then(Arc::get_mut);
        own.map(|own| own.push_str(text)).is_some()
    }

    /// Appends the first bytes of a buffer, which may be the same one.
    pub(super) fn append_from(&mut self, id: BufferId, from: BufferId, bytes: usize) -> bool {
        match self.all.get_disjoint_mut([id.index(), from.index()]) {
            Ok([to, from]) => {
                let (to, from) = (to.text.as_mut().and_then(Arc::get_mut), &from.text);
                to.zip(from.as_ref()).map(|(to, from)| to.push_str(&from[..bytes])).is_some()
            }
            Err(_) => {
                let own = self.all[id.index()].text.as_mut().and_then(Arc::get_mut);
                own.map(|own| own.extend_from_within(..bytes)).is_some()
            }
        }
    }

    /// Cuts each buffer that has more than twice the room of what is used of it.
    pub(super) fn cut(&mut self, used: &[usize]) {
        for (buffer, &used) in self.all.iter_mut().zip(used) {
            if let Some(text) = buffer.text.as_mut().filter(|text| text.capacity() > 2 * used) {
                *text = Arc::new(text[..used].to_string());
            }
        }
    }

    /// The bytes that all buffers have room for.
    #[cfg(test)]
    pub(super) fn room(&self) -> usize {
        self.all.iter().filter_map(|buffer| buffer.text.as_ref()).map(|text| text.capacity()).sum()
    }
}
