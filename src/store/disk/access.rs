//! Who may read what is written. Unsaved work is for nobody else: its folder and files are for the user
//! alone, also if they were made with other permissions. A saved file keeps its permissions.
//!
//! Only Unix has such modes. Elsewhere, the folder of a user is private by its place.

#![cfg_attr(not(unix), allow(unused_mut, reason = "only Unix has modes to set"))]

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
use std::io;
use std::path::Path;

#[cfg(unix)]
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, OpenOptionsExt, PermissionsExt};

use atomic_write_file::AtomicWriteFile;

use super::target::without_waiting;

/// The permissions of a private folder, and of what is in it.
#[cfg(unix)]
const FOLDER: u32 = 0o700;
#[cfg(unix)]
const FILE: u32 = 0o600;

/// Begins to replace a file by one that only the user can read.
pub(super) fn replace_privately(path: &Path) -> io::Result<AtomicWriteFile> {
    let mut options = AtomicWriteFile::options();
    #[cfg(unix)]
    {
        options.mode(FILE);
        atomic_write_file::unix::OpenOptionsExt::preserve_mode(&mut options, false);
    }
    options.open(path)
}

/// Opens a file for appending, or creates it, so that only the user can read it.
pub(super) fn append_privately(path: &Path) -> io::Result<File> {
    if let Ok(about) = fs::metadata(path) {
        refuse_pipe(&about)?;
    }
    let mut options = OpenOptions::new();
    without_waiting(options.append(true).create(true));
    #[cfg(unix)]
    options.mode(FILE);
    let file = options.open(path)?;
    let about = file.metadata()?;
    refuse_pipe(&about)?;
    if about.is_file() {
        tighten_file(path);
    }
    Ok(file)
}

/// Refuses a pipe: what is written there is gone, and opening it may wait for a reader.
fn refuse_pipe(about: &Metadata) -> io::Result<()> {
    #[cfg(unix)]
    if about.file_type().is_fifo() {
        return Err(io::Error::other("it is a named pipe, not a file"));
    }
    Ok(())
}

/// Creates a folder and its parents, if they do not exist. Makes it and the files in it private.
pub(super) fn make_folder(path: &Path) -> io::Result<()> {
    if fs::metadata(path).is_ok_and(|about| !about.is_dir()) {
        return Err(io::Error::other("it is a file, not a folder"));
    }
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    builder.mode(FOLDER);
    builder.create(path)?;
    tighten_folder(path);
    for entry in fs::read_dir(path)?.flatten() {
        // A link leads to what may belong elsewhere.
        if entry.file_type().is_ok_and(|kind| kind.is_file()) {
            tighten_file(&entry.path());
        }
    }
    Ok(())
}

#[cfg(unix)]
fn tighten_folder(path: &Path) {
    tighten(path, FOLDER);
}

#[cfg(unix)]
fn tighten_file(path: &Path) {
    tighten(path, FILE);
}

/// Some file systems have no permissions. Then the work is still kept.
#[cfg(unix)]
fn tighten(path: &Path, mode: u32) {
    if fs::metadata(path).is_ok_and(|about| about.permissions().mode() & 0o7777 != mode) {
        let _ = fs::set_permissions(path, fs::Permissions::from_mode(mode));
    }
}

#[cfg(not(unix))]
fn tighten_folder(_path: &Path) {}

#[cfg(not(unix))]
fn tighten_file(_path: &Path) {}
