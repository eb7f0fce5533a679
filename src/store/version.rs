//! Which version of a file was read or written, to notice that another program has changed it since.

use std::hash::{DefaultHasher, Hasher};
use std::path::Path;

use super::{FILE_BYTES, length, read};

/// What a file held when it was read or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    bytes: u64,
    check: u64,
}

impl Version {
    /// The version of a file with this text.
    pub fn of(text: &str) -> Version {
        let mut hasher = DefaultHasher::new();
        hasher.write(text.as_bytes());
        Version { bytes: text.len() as u64, check: hasher.finish() }
    }

    /// What the file holds, if it is another version; nothing if there is no file. A file that cannot be
    /// read is another version without text.
    pub fn changed(self, path: &Path) -> Option<String> {
        length(path)?;
        let text = read(path, FILE_BYTES).unwrap_or_default();
        (Version::of(&text) != self).then_some(text)
    }
}
