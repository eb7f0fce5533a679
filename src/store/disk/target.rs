//! What a path leads to: the file to replace, or what cannot be read as a file.

use std::fs::{self, File, FileType, Metadata, OpenOptions};
use std::io;
#[cfg(unix)]
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::store::{StoreError, at};

/// How many links are followed.
const LINKS: usize = 40;

/// The regular file that a path leads to, and whether it exists. A link stays a link: the file it names is
/// replaced or created.
pub(super) fn target(path: &Path) -> Result<(PathBuf, bool), StoreError> {
    let target = follow(path).map_err(at(path))?;
    let there = match fs::metadata(&target) {
        Ok(about) if about.is_dir() => return Err(at(path)("it is a directory, not a file")),
        Ok(about) if !about.is_file() => return Err(at(path)("it is not a regular file")),
        Ok(about) if about.permissions().readonly() => return Err(at(path)("it is read-only")),
        Ok(_) => true,
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) => return Err(at(path)(error)),
    };
    let has_folder =
        || target.parent().is_some_and(|folder| folder == Path::new("") || folder.is_dir());
    if target != path && !there && !has_folder() {
        let named = target.display();
        return Err(at(path)(format!("it is a link to {named}, whose folder does not exist")));
    }
    Ok((target, there))
}

/// The path at the end of all links. A link may name a file that does not exist yet.
fn follow(path: &Path) -> io::Result<PathBuf> {
    if let Ok(whole) = fs::canonicalize(path) {
        return Ok(whole);
    }
    let mut end = path.to_path_buf();
    for _ in 0..LINKS {
        let Ok(next) = fs::read_link(&end) else { return Ok(end) };
        end = end.parent().map_or(next.clone(), |folder| folder.join(&next));
    }
    Err(io::Error::other("it is a link that leads back to itself"))
}

/// Whether a file has other names: hard links. Replacing it leaves them with what was there before.
#[cfg(unix)]
pub(super) fn has_other_names(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|about| about.nlink() > 1)
}

#[cfg(not(unix))]
pub(super) fn has_other_names(_path: &Path) -> bool {
    false
}

/// Whether two metadata are of the same file, as far as the system says so.
#[cfg(unix)]
pub(super) fn is_same(one: &Metadata, other: &Metadata) -> bool {
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
pub(super) fn is_same(one: &Metadata, other: &Metadata) -> bool {
    one.is_file() && other.is_file()
}

/// Opens a regular file for reading. What is none is refused, before it is opened: a pipe would wait for a
/// writer, a device may never end. What took its place meanwhile is refused too, and opening it does not wait.
///
/// # Errors
/// If it is not a regular file, does not exist, or cannot be opened.
pub(super) fn open_regular(path: &Path) -> io::Result<File> {
    check_regular(fs::metadata(path)?.file_type())?;
    open_found(path)
}

/// The second half of [`open_regular`]: opens what is there now.
pub(super) fn open_found(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    let file = without_waiting(options.read(true)).open(path)?;
    check_regular(file.metadata()?.file_type())?;
    Ok(file)
}

/// Refuses what is no regular file.
fn check_regular(kind: FileType) -> io::Result<()> {
    match name(kind) {
        None => Ok(()),
        Some(name) => Err(io::Error::other(format!("it is a {name}, not a file"))),
    }
}

/// Opening a pipe does not wait for its other end. For a regular file, this means nothing.
pub(super) fn without_waiting(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    options.custom_flags(libc::O_NONBLOCK);
    options
}

/// What something is that is no regular file.
fn name(kind: FileType) -> Option<&'static str> {
    if kind.is_file() {
        return None;
    }
    #[cfg(unix)]
    {
        if kind.is_fifo() {
            return Some("named pipe");
        }
        if kind.is_socket() {
            return Some("socket");
        }
    }
    Some(if kind.is_dir() { "directory" } else { "device" })
}
