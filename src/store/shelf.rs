//! The files of a page in a browser: all of them in memory, and a list of what the page has still to put into the
//! browser's own storage.
//!
//! That storage answers later, and may refuse. So a change is made here at once, and told to the page in its order
//! ([`changes`]); a page that cannot keep something says so ([`refuse`]), and from then on nothing that has to last is
//! taken, so whoever wrote it knows. What a page may append to it says with [`claim`]: of two pages, one.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The most bytes of all files together.
const MOST: usize = 512 << 20;

/// Something that the page has to do, after everything before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Add bytes at the end of a file.
    Append(PathBuf, Vec<u8>),
    /// Replace or create a file.
    Write(PathBuf, Vec<u8>),
    /// As [`Change::Write`], and give it to the user: it was saved.
    Save(PathBuf, Vec<u8>),
    /// Remove a file.
    Remove(PathBuf),
}

/// A file.
#[derive(Debug)]
struct Kept {
    bytes: Vec<u8>,
    /// Tells whether it is still the same file, and still holds the same.
    file: u64,
    changed: u64,
}

#[derive(Debug, Default)]
pub(super) struct Shelf {
    files: BTreeMap<PathBuf, Kept>,
    changes: Vec<Change>,
    /// What this page may append to.
    claimed: BTreeSet<PathBuf>,
    /// What is being appended to.
    open: BTreeSet<PathBuf>,
    /// Why nothing that has to last is taken, if so.
    refused: Option<String>,
    /// Why something that was taken is not kept; told once.
    lost: Option<String>,
    count: u64,
}

thread_local! {
    static SHELF: RefCell<Shelf> = RefCell::default();
}

/// Does something with the files.
pub(super) fn with<T>(act: impl FnOnce(&mut Shelf) -> T) -> T {
    SHELF.with_borrow_mut(act)
}

/// Puts a file there that the browser's storage has.
pub fn put(path: &Path, bytes: Vec<u8>) {
    with(|shelf| shelf.set(path, bytes));
}

/// Puts a file there that the user gives. It should last, so that it can be opened again; if it does not, the user has
/// it still.
pub fn give(path: &Path, bytes: Vec<u8>) {
    with(|shelf| {
        shelf.changes.push(Change::Write(path.to_path_buf(), bytes.clone()));
        shelf.set(path, bytes);
    });
}

/// Removes the user's files that are not in a list: those that can be opened again.
pub fn keep_only(listed: &[PathBuf]) {
    with(|shelf| {
        let others = |path: &&PathBuf| !path.has_root() && !listed.contains(path);
        let others: Vec<PathBuf> = shelf.files.keys().filter(others).cloned().collect();
        for path in others {
            shelf.remove(&path);
        }
    });
}

/// Lets this page append to a file: no other page does.
pub fn claim(path: &Path) {
    with(|shelf| shelf.claimed.insert(path.to_path_buf()));
}

/// What has to be kept since the last call, in order.
pub fn changes() -> Vec<Change> {
    with(|shelf| std::mem::take(&mut shelf.changes))
}

/// Says why nothing can be kept, or that it can be again.
pub fn refuse(why: Option<&str>) {
    with(|shelf| {
        shelf.refused = why.map(str::to_owned);
        if shelf.refused.is_some() {
            shelf.lost.clone_from(&shelf.refused);
        }
    });
}

impl Shelf {
    fn set(&mut self, path: &Path, bytes: Vec<u8>) {
        self.count += 1;
        let kept = Kept { bytes, file: self.count, changed: self.count };
        self.files.insert(path.to_path_buf(), kept);
    }

    fn check_room(&self, more: usize) -> Result<(), String> {
        let taken: usize = self.files.values().map(|kept| kept.bytes.len()).sum();
        match taken.saturating_add(more) <= MOST {
            true => Ok(()),
            false => Err(format!("the files of a page have at most {MOST} bytes together")),
        }
    }

    fn check(&self, more: usize) -> Result<(), String> {
        self.refused.clone().map_or(Ok(()), Err)?;
        self.check_room(more)
    }

    /// The bytes of a file.
    pub fn bytes(&self, path: &Path) -> Option<&[u8]> {
        self.files.get(path).map(|kept| kept.bytes.as_slice())
    }

    /// What tells whether a file has changed: which file it is, and when it was changed.
    pub fn stamp(&self, path: &Path) -> Option<(u64, u64)> {
        self.files.get(path).map(|kept| (kept.file, kept.changed))
    }

    /// All paths.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files.keys().map(PathBuf::as_path)
    }

    /// Replaces or creates a file that has to last.
    pub fn write(&mut self, path: &Path, bytes: Vec<u8>) -> Result<(), String> {
        self.check(bytes.len())?;
        self.changes.push(Change::Write(path.to_path_buf(), bytes.clone()));
        self.set(path, bytes);
        Ok(())
    }

    /// Replaces or creates a file that the user saves. The user gets it even if the browser's storage refuses.
    pub fn save(&mut self, path: &Path, bytes: Vec<u8>) -> Result<(), String> {
        self.check_room(bytes.len())?;
        self.changes.push(Change::Save(path.to_path_buf(), bytes.clone()));
        self.set(path, bytes);
        Ok(())
    }

    /// Adds bytes at the end of a file.
    pub fn append(&mut self, path: &Path, bytes: &[u8]) -> Result<(), String> {
        self.check(bytes.len())?;
        self.count += 1;
        let kept = self.files.get_mut(path).ok_or("it does not exist")?;
        kept.bytes.extend_from_slice(bytes);
        kept.changed = self.count;
        self.changes.push(Change::Append(path.to_path_buf(), bytes.to_vec()));
        Ok(())
    }

    /// Empties a file, which stays the same file.
    pub fn clear(&mut self, path: &Path) -> Result<(), String> {
        self.check(0)?;
        self.count += 1;
        let kept = self.files.get_mut(path).ok_or("it does not exist")?;
        kept.bytes.clear();
        kept.changed = self.count;
        self.changes.push(Change::Write(path.to_path_buf(), Vec::new()));
        Ok(())
    }

    /// Removes a file, if it exists.
    pub fn remove(&mut self, path: &Path) {
        if self.files.remove(path).is_some() {
            self.changes.push(Change::Remove(path.to_path_buf()));
        }
    }

    /// Begins to append to a file: whether this page may, and does not yet.
    pub fn open(&mut self, path: &Path) -> bool {
        self.claimed.contains(path) && self.open.insert(path.to_path_buf())
    }

    /// Ends what [`Shelf::open`] began.
    pub fn close(&mut self, path: &Path) {
        self.open.remove(path);
    }

    /// Why something that was taken is not kept. Returned only once.
    pub fn lost(&mut self) -> Option<String> {
        self.lost.take()
    }
}
