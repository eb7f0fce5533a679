//! A file beside the recording that names the origin of the session: the file it was opened from or
//! last saved to.
//!
//! The origin is not work: if it cannot be written or read, the session is recovered without one. A wrong
//! origin would be worse, because saving would then replace another file. So this file carries the
//! checksum of the base; it is removed before another session is written, and written again after it.

use std::path::{Path, PathBuf};

use crate::store;

/// The first word of the file, and the version of its format.
const HEADER: &str = "midflight-name 1";
/// The longest such file, in bytes; no path is that long.
const BYTES: u64 = 1 << 16;

/// The origin of a session, beside its recording.
#[derive(Debug)]
pub(super) struct Origin {
    path: PathBuf,
    wanted: Option<String>,
    /// What is in the file: the origin, and the checksum of the base it belongs to.
    written: Option<(String, u64)>,
}

impl Origin {
    /// The origin file of a recording. Reads and writes nothing.
    pub(super) fn beside(recording: &Path) -> Origin {
        Origin { path: recording.with_extension("name"), wanted: None, written: None }
    }

    /// From now on, it is beside another recording.
    pub(super) fn belong_to(&mut self, recording: &Path) {
        *self = Origin { wanted: self.wanted.take(), ..Origin::beside(recording) };
    }

    /// Sets the origin, or that there is none. Writes nothing yet.
    pub(super) fn set(&mut self, file: Option<&Path>) {
        // The next start may have another working directory.
        let whole = file.and_then(store::absolute);
        self.wanted = whole.and_then(|file| file.into_os_string().into_string().ok());
    }

    /// Prepares for writing a session whose base has this checksum: removes the file, unless it already
    /// holds the origin of that session.
    ///
    /// # Errors
    /// If the file cannot be removed.
    pub(super) fn clear_for(&mut self, head: u64) -> Result<(), store::StoreError> {
        if self.written.is_some() && self.written == self.wanted_with(head) {
            return Ok(());
        }
        self.remove()
    }

    /// Writes the origin, unless the file already holds it.
    pub(super) fn write(&mut self, head: u64) {
        let wanted = self.wanted_with(head);
        if wanted == self.written {
            return;
        }
        let written = match &wanted {
            Some((name, _)) => {
                store::overwrite(&self.path, &format!("{HEADER} {head:016x}\n{name}"))
            }
            None => store::remove(&self.path),
        };
        if written.is_err() {
            // No origin is better than an old one. Not tried again in each frame.
            let _ = store::remove(&self.path);
        }
        self.written = wanted;
    }

    /// Reads the origin, if it belongs to a session whose base has this checksum.
    pub(super) fn read(&mut self, head: u64) -> Option<PathBuf> {
        store::length(&self.path)?;
        let text = store::read(&self.path, BYTES).ok()?;
        let (first, name) = text.split_once('\n')?;
        let check = first.strip_prefix(HEADER)?.trim();
        if u64::from_str_radix(check, 16) != Ok(head) || !store::is_absolute(Path::new(name)) {
            return None;
        }
        self.wanted = Some(name.to_string());
        self.written = self.wanted_with(head);
        Some(PathBuf::from(name))
    }

    /// Removes the file.
    ///
    /// # Errors
    /// If it cannot be removed.
    pub(super) fn remove(&mut self) -> Result<(), store::StoreError> {
        self.written = None;
        store::remove(&self.path)
    }

    fn wanted_with(&self, head: u64) -> Option<(String, u64)> {
        self.wanted.clone().map(|name| (name, head))
    }
}
