//! Comparing a file with what is made in pieces, so that it is only written if it differs.

use std::io::{self, BufReader, ErrorKind, Read, Write};

use crate::store::version::{Sum, Version};

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
