//! Writing what is made in pieces: no more than a file may have, and only if it differs from what is there.

use std::io::{self, BufReader, ErrorKind, Read, Write};

use super::FILE_BYTES;
use super::version::{Sum, Version};

/// Passes on what is written, up to a number of bytes.
pub(super) struct Bounded<'w> {
    out: &'w mut dyn Write,
    count: u64,
    most: u64,
}

impl<'w> Bounded<'w> {
    pub(super) fn new(out: &'w mut dyn Write, most: u64) -> Bounded<'w> {
        Bounded { out, count: 0, most }
    }

    /// How many bytes were passed on.
    pub(super) fn count(&self) -> u64 {
        self.count
    }
}

impl Write for Bounded<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() as u64 > self.most - self.count {
            let cause = format!("it would be too long; a file has at most {FILE_BYTES} bytes");
            return Err(io::Error::new(ErrorKind::FileTooLarge, cause));
        }
        let count = self.out.write(bytes)?;
        self.count += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Takes what is written as long as a file holds the same.
struct Comparison<R: Read> {
    file: BufReader<R>,
    piece: Vec<u8>,
}

impl<R: Read> Write for Comparison<R> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.resize(bytes.len(), 0);
        self.file.read_exact(&mut self.piece)?;
        if self.piece != bytes {
            return Err(ErrorKind::InvalidData.into());
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The version of a file, if it holds exactly what `write` writes. Stops at the first difference.
pub(super) fn is_same(
    file: impl Read,
    write: &dyn Fn(&mut dyn Write) -> io::Result<()>,
) -> Option<Version> {
    let mut comparison = Comparison { file: BufReader::new(file), piece: Vec::new() };
    let mut sum = Sum::new(&mut comparison);
    write(&mut sum).ok()?;
    let version = sum.version();
    matches!(comparison.file.read(&mut [0]), Ok(0)).then_some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_written_than_fits() {
        let mut out = Vec::new();
        let mut bounded = Bounded::new(&mut out, 5);
        assert!(bounded.write_all(b"123").is_ok() && bounded.write_all(b"45").is_ok());
        let error = bounded.write_all(b"6").unwrap_err().to_string();
        assert_eq!(error, "it would be too long; a file has at most 1073741824 bytes");
        assert_eq!(out, b"12345");
    }

    #[test]
    fn a_file_holds_what_is_written_or_not() {
        let is = |pieces: &[&str]| {
            is_same(&b"12345"[..], &|out| {
                pieces.iter().try_for_each(|piece| out.write_all(piece.as_bytes()))
            })
            .is_some()
        };
        assert!(is(&["12", "345"]) && is(&["12345"]));
        assert!(!is(&["1234"]) && !is(&["123456"]) && !is(&["12", "3x5"]) && !is(&[]));
    }
}
