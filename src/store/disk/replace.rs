//! Replacing a file atomically.
//!
//! A new file is written beside the old one, synced and renamed, so whatever goes wrong, the old file stays
//! as it was. What the user saves keeps the old one as `name~`, with the same permissions. A file may be
//! larger than the memory that is left, so it is written in pieces and never held as a whole.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use atomic_write_file::AtomicWriteFile;

use super::comparison::is_same;
use super::target::{has_other_names, open_regular, target};
use super::{Version, access, at};
use crate::store::stream::Bounded;
use crate::store::version::Sum;
use crate::store::{FILE_BYTES, Replaced, StoreError};

/// Replaces or creates a file. The previous version is kept under the same name with `~` appended. If the
/// file already holds this text, neither file changes. A link stays a link: the file that it names is
/// replaced or created.
///
/// # Errors
/// If the file cannot be written, is not a regular file, is read-only, or would be longer than
/// [`FILE_BYTES`]. It is then unchanged.
pub fn replace(path: &Path, text: &str) -> Result<Replaced, StoreError> {
    replace_in_pieces(path, &|out| out.write_all(text.as_bytes()))
}

/// As [`replace`], with what `write` writes in pieces, each time it is called.
///
/// # Errors
/// As [`replace`], and the error that `write` returns.
pub fn replace_in_pieces(
    path: &Path,
    write: &dyn Fn(&mut dyn Write) -> io::Result<()>,
) -> Result<Replaced, StoreError> {
    if let Ok(file) = open_regular(path)
        && let Some(version) = is_same(file, write)
    {
        return Ok(Replaced { version, parted: false });
    }
    let parted = has_other_names(path);
    let (target, there) = target(path)?;
    // If it is dropped before it is committed, it removes what it wrote.
    let mut file = AtomicWriteFile::open(&target).map_err(at(path))?;
    let version = write_all(&mut file, write).map_err(at(path))?;
    if there {
        keep(&target).map_err(|error| {
            at(path)(format!("the previous file cannot be kept beside it: {error}"))
        })?;
    }
    file.commit().map_err(at(path))?;
    Ok(Replaced { version, parted })
}

/// As [`replace`], but does not keep the previous version, and only the user can read the file.
///
/// # Errors
/// If the file cannot be written or would be longer than [`FILE_BYTES`]. It is then unchanged.
pub fn overwrite(path: &Path, text: &str) -> Result<(), StoreError> {
    overwrite_in_pieces(path, |out| out.write_all(text.as_bytes()))
}

/// As [`overwrite`], but refuses to take the place of something that is not a regular file.
///
/// # Errors
/// As [`overwrite`], and if the path leads to something else.
pub fn overwrite_regular(path: &Path, text: &str) -> Result<(), StoreError> {
    let (target, _) = target(path)?;
    overwrite(&target, text)
}

/// As [`overwrite`], with what `write` writes in pieces.
///
/// # Errors
/// As [`overwrite`], and the error that `write` returns.
pub fn overwrite_in_pieces(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), StoreError> {
    let mut file = access::replace_privately(path).map_err(at(path))?;
    write_all(&mut file, write).map_err(at(path))?;
    file.commit().map_err(at(path))
}

/// Writes all of a file and returns when it is on disk.
fn write_all(
    file: &mut AtomicWriteFile,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<Version> {
    let mut bounded = Bounded::new(file, FILE_BYTES);
    let mut sum = Sum::new(&mut bounded);
    write(&mut sum)?;
    let version = sum.version();
    file.sync_all()?;
    Ok(version)
}

/// Checks that a file can be replaced or created, without doing it. For use before long work whose result
/// will be saved there.
///
/// # Errors
/// If it cannot be written or is not a regular file.
pub fn check_replace(path: &Path) -> Result<(), StoreError> {
    let (target, _) = target(path)?;
    // If it is dropped without being committed, it leaves nothing.
    AtomicWriteFile::open(&target).map(drop).map_err(at(path))
}

/// The name under which the previous version is kept.
pub fn previous(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push("~");
    PathBuf::from(name)
}

/// The file with the previous version, if there is one.
pub fn kept(path: &Path) -> Option<PathBuf> {
    let previous = previous(path);
    previous.is_file().then_some(previous)
}

/// Keeps the previous version, as safely as the new one is written. It is a copy and not a link, because
/// not every file system has links.
fn keep(path: &Path) -> io::Result<()> {
    let copy = copy_to(path, &previous(path))?;
    copy.set_permissions(fs::metadata(path)?.permissions())?;
    copy.commit()
}

/// A private copy, not yet committed.
fn copy_to(path: &Path, other: &Path) -> io::Result<AtomicWriteFile> {
    let mut copy = access::replace_privately(other)?;
    io::copy(&mut open_regular(path)?, &mut copy)?;
    copy.sync_all()?;
    Ok(copy)
}

/// Copies a file over another. Only the user can read the copy.
///
/// # Errors
/// If the file cannot be read or the other cannot be written. The other is then unchanged.
pub fn copy(path: &Path, other: &Path) -> Result<(), StoreError> {
    copy_to(path, other).and_then(AtomicWriteFile::commit).map_err(at(other))
}
