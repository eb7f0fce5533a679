//! Which version of a file was read or written, to notice that another program has changed it since.

use std::hash::{DefaultHasher, Hasher};
use std::io::{self, Write};
use std::path::Path;

use super::{StoreError, at, found};

/// What a file held when it was read or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    bytes: u64,
    check: u64,
}

impl Version {
    /// The version of a file with this text.
    pub fn of(text: &str) -> Version {
        let mut sink = io::sink();
        let mut sum = Sum::new(&mut sink);
        sum.write_all(text.as_bytes()).expect("a sink takes everything");
        sum.version()
    }

    /// Whether a file holds another version; not if there is no file.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn is_other(self, path: &Path) -> Result<bool, StoreError> {
        match found(path, self.bytes) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            there => Ok(there.map_err(at(path))? != Some(self)),
        }
    }
}

/// Passes on what is written, and knows its version. The pieces do not matter, only what they are together.
pub(super) struct Sum<'w> {
    out: &'w mut dyn Write,
    hasher: DefaultHasher,
    bytes: u64,
}

impl<'w> Sum<'w> {
    pub(super) fn new(out: &'w mut dyn Write) -> Sum<'w> {
        Sum { out, hasher: DefaultHasher::new(), bytes: 0 }
    }

    /// The version of what was written so far.
    pub(super) fn version(&self) -> Version {
        Version { bytes: self.bytes, check: self.hasher.finish() }
    }
}

impl Write for Sum<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.out.write(bytes)?;
        self.hasher.write(&bytes[..count]);
        self.bytes += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_does_not_depend_on_the_pieces() {
        let text = "a text that is written in pieces of every length";
        for length in 1..=text.len() {
            let mut sink = io::sink();
            let mut sum = Sum::new(&mut sink);
            text.as_bytes().chunks(length).try_for_each(|piece| sum.write_all(piece)).unwrap();
            assert_eq!(sum.version(), Version::of(text), "pieces of {length}");
        }
        assert_ne!(Version::of("a"), Version::of("b"));
    }
}
