//! Writing what is made in pieces: no more than a file may have.

use std::io::{self, ErrorKind, Write};

use super::FILE_BYTES;

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
}
