//! A file that grows at its end.
//!
//! A failed append is cut off again, so that the next append does not follow half a line. While one program
//! has the file open, no other can append to it.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::background::Background;
use super::{access, remove, target};
use crate::store::stream::Bounded;
use crate::store::{FILE_BYTES, StoreError, at};

/// The end of a file: it can be appended to, and cut back after a failed append.
pub trait Tail: Write {
    /// Keeps the first `length` bytes; what is written next follows them.
    ///
    /// # Errors
    /// If the file cannot be cut.
    fn cut(&mut self, length: u64) -> io::Result<()>;

    /// Returns when everything is on disk.
    ///
    /// # Errors
    /// If it cannot be written to disk.
    fn sync(&mut self) -> io::Result<()>;
}

impl Tail for File {
    fn cut(&mut self, length: u64) -> io::Result<()> {
        // The file is open for appending, so there is no position to move.
        self.set_len(length)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }
}

/// A file that grows. While it is open, no other program can open it as an `Appender`.
#[derive(Debug)]
pub struct Appender<T: Tail = File> {
    path: PathBuf,
    pub(super) tail: T,
    length: u64,
}

impl Appender {
    /// Opens a file at its end, or creates it. Only the user can read it, also if it had other permissions.
    ///
    /// # Errors
    /// If it cannot be written, or another program has it open as an `Appender`.
    pub fn open(path: &Path) -> Result<Appender, StoreError> {
        Appender::open_free(path)?.ok_or_else(|| at(path)("another program is writing to it"))
    }

    /// As [`Appender::open`], but `None` if another program has it open as an `Appender`.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn open_free(path: &Path) -> Result<Option<Appender>, StoreError> {
        let file = access::append_privately(path).map_err(at(path))?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => return Ok(None),
            // Some file systems have no locks; the file is then used without one.
            Ok(()) | Err(TryLockError::Error(_)) => {}
        }
        let length = file.metadata().map_err(at(path))?.len();
        Ok(Some(Appender { path: path.to_path_buf(), tail: file, length }))
    }

    /// Whether its name still leads to it.
    pub fn is_there(&self) -> bool {
        let own = self.tail.metadata();
        let there = fs::metadata(&self.path);
        own.is_ok_and(|own| there.is_ok_and(|there| target::is_same(&own, &there)))
    }

    /// Creates the file again, after another program removed or changed it. `None` if the name now belongs
    /// to another file, which is left alone.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn again(&self) -> Result<Option<Appender>, StoreError> {
        if self.is_there() {
            remove(&self.path)?;
        }
        Ok(Appender::open_free(&self.path)?.filter(|file| file.length == 0))
    }

    /// A thread that syncs the file to disk while the program continues.
    ///
    /// # Errors
    /// If the system has no thread for it.
    pub fn background(&self) -> Result<Background, StoreError> {
        let file = self.tail.try_clone().map_err(at(&self.path))?;
        Background::of(file).map_err(at(&self.path))
    }
}

impl<T: Tail> Appender<T> {
    /// Appends to an empty `tail`; errors name it by `path`.
    pub fn new(path: &Path, tail: T) -> Appender<T> {
        Appender { path: path.to_path_buf(), tail, length: 0 }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its length in bytes.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Appends a text and hands it to the system: it survives the end of this program, and after
    /// [`Appender::sync`] a power failure.
    ///
    /// # Errors
    /// If it cannot be written, or the file would be longer than [`FILE_BYTES`]; then nothing is
    /// appended.
    pub fn append(&mut self, text: &str) -> Result<(), StoreError> {
        self.append_in_pieces(|out| out.write_all(text.as_bytes()))
    }

    /// As [`Appender::append`], with what `write` writes in pieces.
    ///
    /// # Errors
    /// As [`Appender::append`], and the error that `write` returns.
    pub fn append_in_pieces(
        &mut self,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), StoreError> {
        let mut bounded = Bounded::new(&mut self.tail, FILE_BYTES - self.length.min(FILE_BYTES));
        let written = write(&mut bounded);
        let count = bounded.count();
        if let Err(error) = written {
            return Err(match self.tail.cut(self.length) {
                Ok(()) => at(&self.path)(error),
                Err(cut) => at(&self.path)(format!("{error}; half a line remains: {cut}")),
            });
        }
        self.length += count;
        Ok(())
    }

    /// Returns when everything appended is on disk.
    ///
    /// # Errors
    /// If it cannot be written to disk.
    pub fn sync(&mut self) -> Result<(), StoreError> {
        self.tail.sync().map_err(at(&self.path))
    }

    /// Empties the file.
    ///
    /// # Errors
    /// If it cannot be emptied.
    pub fn clear(&mut self) -> Result<(), StoreError> {
        self.tail.cut(0).map_err(at(&self.path))?;
        self.length = 0;
        Ok(())
    }
}
