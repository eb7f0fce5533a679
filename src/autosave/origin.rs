//! A file beside the recording that names the origin of the session: the file it was opened from or
//! saved to last.
//!
//! The recording does not say it, and it is not work: where it cannot be written or read, the session is
//! recovered without an origin. A wrong one would be worse, because saving would then replace another
//! file. So it carries the check of the base, is removed before another session is written, and is
//! written after it.

use std::path::{Path, PathBuf};

use crate::store;

/// The first word of the file, and the version of its format.
const HEADER: &str = "midflight-name 1";
/// The longest such file, in bytes: no system has paths that long.
const BYTES: u64 = 1 << 16;

/// The origin of a session, beside its recording.
#[derive(Debug)]
pub(super) struct Origin {
    path: PathBuf,
    wanted: Option<String>,
    /// What is in the file: the origin, and the check of the base it belongs to.
    written: Option<(String, u64)>,
}

impl Origin {
    /// That of a recording. Reads and writes nothing.
    pub(super) fn beside(recording: &Path) -> Origin {
        Origin { path: recording.with_extension("name"), wanted: None, written: None }
    }

    /// The session is in this file from now on, or in none. Writes nothing yet.
    pub(super) fn set(&mut self, file: Option<&Path>) {
        // The next start may be in another folder.
        let whole = file.and_then(|file| std::path::absolute(file).ok());
        self.wanted = whole.and_then(|file| file.into_os_string().into_string().ok());
    }

    /// A session with this check of its base is about to be written in place of the one there.
    ///
    /// # Errors
    /// If the origin of the one there cannot be removed.
    pub(super) fn clear_for(&mut self, head: u64) -> Result<(), store::StoreError> {
        if self.written.is_some() && self.written == self.wanted_with(head) {
            return Ok(());
        }
        self.remove()
    }

    /// Writes the origin, unless it is there already.
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
            // None, rather than the one before. It is not tried again in each frame.
            let _ = store::remove(&self.path);
        }
        self.written = wanted;
    }

    /// Reads the origin, if it is that of a session with this base.
    pub(super) fn read(&mut self, head: u64) -> Option<PathBuf> {
        store::length(&self.path)?;
        let text = store::read(&self.path, BYTES).ok()?;
        let (first, name) = text.split_once('\n')?;
        let check = first.strip_prefix(HEADER)?.trim();
        if u64::from_str_radix(check, 16) != Ok(head) || !Path::new(name).is_absolute() {
            return None;
        }
        self.wanted = Some(name.to_string());
        self.written = self.wanted_with(head);
        Some(PathBuf::from(name))
    }

    /// Removes what was written.
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
