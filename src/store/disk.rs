//! The files of a system.

mod access;
mod appender;
mod background;
mod comparison;
mod replace;
mod target;

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::version::{Sum, Version};
use super::{FOLDER_NAMES, StoreError, at, good_text, too_long, whole};

pub use appender::{Appender, Tail};
pub use background::{Background, Writer};
pub use replace::{
    check_replace, copy, kept, overwrite, overwrite_in_pieces, overwrite_regular, previous,
    replace, replace_in_pieces,
};

/// How many bytes are read at once.
const BLOCK_BYTES: usize = 1 << 16;

/// Reads a text of at most `maximum` bytes. What is no regular file is refused without opening it: nobody
/// must wait for whoever writes into a pipe.
///
/// # Errors
/// If the file does not exist, is a directory, a pipe, a socket or a device, is too long, is not UTF-8, holds
/// a zero byte, or cannot be read for another reason that the system gives.
pub fn read(path: &Path, maximum: u64) -> Result<String, StoreError> {
    whole(path, read_good(path, maximum)?)
}

/// As [`read`], but returns the text before the first zero byte or invalid UTF-8, and what is wrong
/// there. A power failure may leave zeros, or part of a character.
///
/// # Errors
/// As [`read`], except for zeros and wrong encoding.
pub fn read_good(path: &Path, maximum: u64) -> Result<(String, Option<String>), StoreError> {
    read_good_while(path, maximum, || true)
}

/// As [`read_good`], but stops when nobody waits for it any more.
///
/// # Errors
/// As [`read_good`], and if it stopped.
pub fn read_good_while(
    path: &Path,
    maximum: u64,
    waits: impl Fn() -> bool,
) -> Result<(String, Option<String>), StoreError> {
    good(path, target::open_regular(path).map_err(at(path))?, maximum, waits)
}

/// As [`read`], but also from a pipe or a device. For the command line, where who writes into the pipe is
/// known.
///
/// # Errors
/// As [`read`], except for pipes, sockets and devices.
pub fn read_stream(path: &Path, maximum: u64) -> Result<String, StoreError> {
    whole(path, read_good_stream(path, maximum)?)
}

/// As [`read_good`], but also from a pipe or a device.
///
/// # Errors
/// As [`read_good`], except for pipes, sockets and devices.
pub fn read_good_stream(path: &Path, maximum: u64) -> Result<(String, Option<String>), StoreError> {
    good(path, File::open(path).map_err(at(path))?, maximum, || true)
}

/// Reads an open file, up to what is wrong with it.
fn good(
    path: &Path,
    mut file: File,
    maximum: u64,
    waits: impl Fn() -> bool,
) -> Result<(String, Option<String>), StoreError> {
    let about = file.metadata().map_err(at(path))?;
    if about.is_dir() {
        return Err(at(path)("it is a directory, not a file"));
    }
    let too_long = || too_long(maximum);
    if about.len() > maximum {
        return Err(at(path)(too_long()));
    }
    let mut bytes = Vec::new();
    let mut zero = None;
    // Block by block: the length of a pipe is not known, and nothing is read after a zero byte.
    while zero.is_none() {
        if !waits() {
            return Err(at(path)("reading it was given up"));
        }
        let before = bytes.len();
        let block = (&mut file).take(BLOCK_BYTES as u64);
        let count = { block }.read_to_end(&mut bytes).map_err(at(path))?;
        zero = bytes[before..].iter().position(|&byte| byte == 0).map(|zero| before + zero);
        if zero.unwrap_or(bytes.len()) as u64 > maximum {
            return Err(at(path)(too_long()));
        }
        if count == 0 {
            break;
        }
    }
    Ok(good_text(bytes, zero))
}

/// The version of what a file holds; `None` if it has another length.
///
/// # Errors
/// If the file cannot be read.
pub(super) fn found(path: &Path, bytes: u64) -> io::Result<Option<Version>> {
    let mut file = target::open_regular(path)?;
    if file.metadata()?.len() != bytes {
        return Ok(None);
    }
    let mut sink = io::sink();
    let mut sum = Sum::new(&mut sink);
    io::copy(&mut file, &mut sum)?;
    Ok(Some(sum.version()))
}

/// Creates a folder for unsaved work, and its parents, if they do not exist. Only the user can open the
/// folder and read the files in it, also if they had other permissions.
///
/// # Errors
/// If it cannot be created or read.
pub fn make_folder(path: &Path) -> Result<(), StoreError> {
    access::make_folder(path).map_err(at(path))
}

/// Whether two paths lead to the same file.
pub fn is_same(one: &Path, other: &Path) -> bool {
    let whole = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    one == other || whole(one) == whole(other)
}

/// A path in which `~/` at the start means the home folder; of an empty text, the current folder.
pub fn expanded(text: &str) -> PathBuf {
    let home = || text.strip_prefix("~/").and_then(|rest| Some(std::env::home_dir()?.join(rest)));
    match text {
        "" => PathBuf::from("."),
        _ => home().unwrap_or_else(|| PathBuf::from(text)),
    }
}

/// The path from the root, whatever the working directory is; `None` if the system does not tell that.
pub fn absolute(path: &Path) -> Option<PathBuf> {
    std::path::absolute(path).ok()
}

/// Whether a path means the same file whatever the working directory is.
pub fn is_absolute(path: &Path) -> bool {
    path.is_absolute()
}

/// The current folder, if the system tells it.
pub fn current_folder() -> Option<PathBuf> {
    std::env::current_dir().ok()
}

/// Whether something has this path.
pub fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// Whether a path leads to a folder.
pub fn is_folder(path: &Path) -> bool {
    path.is_dir()
}

/// The names in a folder, in no order; the names of folders end with a separator. At most
/// [`FOLDER_NAMES`] of them; none if the folder cannot be read.
pub fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().take(FOLDER_NAMES);
    let named = entries.filter_map(|entry| {
        let mut name = entry.file_name().into_string().ok()?;
        if entry.path().is_dir() {
            name.push(std::path::MAIN_SEPARATOR);
        }
        Some(name)
    });
    named.collect()
}

/// The length of a file in bytes; `None` if it does not exist or cannot be examined.
pub fn length(path: &Path) -> Option<u64> {
    fs::metadata(path).ok().map(|about| about.len())
}

/// What tells whether a file was written since: when it was changed, and its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    changed: SystemTime,
    bytes: u64,
}

/// The stamp of a regular file; `None` if there is none, or the system does not tell.
pub fn stamp(path: &Path) -> Option<Stamp> {
    let about = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    Some(Stamp { changed: about.modified().ok()?, bytes: about.len() })
}

/// Whether a file has at least `lines` whole lines. Reads no further than that. A file that cannot be read
/// has none.
pub fn has_lines(path: &Path, lines: usize) -> bool {
    let Ok(file) = target::open_regular(path) else { return false };
    let ends = io::BufReader::with_capacity(BLOCK_BYTES, file).bytes().map_while(Result::ok);
    ends.filter(|&byte| byte == b'\n').take(lines).count() == lines
}

/// Removes a file, if it exists.
///
/// # Errors
/// If it cannot be removed.
pub fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(path)(error)),
        _ => Ok(()),
    }
}

/// Removes the temporary files that are left if the program ended while it replaced this file, or one
/// that differs only in its extension. Use it only if nobody else can be writing one of these files.
pub fn remove_broken_off(path: &Path) {
    let (Some(folder), Some(stem)) = (path.parent(), path.file_stem()) else { return };
    // The name of such a file is `.name.extension.` and some letters.
    let start = [b".", stem.as_encoded_bytes(), b"."].concat();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().as_encoded_bytes().starts_with(&start) {
            // If this fails, the file takes up room and does no other harm.
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests;
