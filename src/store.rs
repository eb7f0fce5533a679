//! The only file access: read, replace atomically, append.
//!
//! Whatever goes wrong here, the old file stays as it was: see `store/replace.rs` and
//! `store/appender.rs`. Files may come from anyone, so size and encoding are checked first. What grows at
//! its end, and what is overwritten without keeping the old one, is unsaved work: only the user can read it.

mod access;
mod appender;
mod background;
mod replace;
mod stream;
mod target;
mod version;

use std::error::Error;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

pub use appender::{Appender, Tail};
pub use background::{Background, Writer};
pub use replace::{
    Replaced, check_replace, copy, kept, overwrite, overwrite_in_pieces, overwrite_regular,
    previous, replace, replace_in_pieces,
};
pub use version::Version;

/// The longest file, in bytes: 1 GiB. Nothing longer is read, so nothing longer is written.
pub const FILE_BYTES: u64 = 1 << 30;

/// How many names of a folder are listed at most.
pub const FOLDER_NAMES: usize = 100_000;

/// How many bytes are read at once.
const BLOCK_BYTES: usize = 1 << 16;

/// Why a file cannot be read or written: which one, and the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreError {
    /// The file as it was asked for.
    pub path: PathBuf,
    /// What is wrong, as a sentence.
    pub cause: String,
}

impl fmt::Display for StoreError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.path.display(), self.cause)
    }
}

impl Error for StoreError {}

/// Adds the path to a reason.
fn at<C: fmt::Display>(path: &Path) -> impl Fn(C) -> StoreError {
    move |cause| StoreError { path: path.to_path_buf(), cause: without_codes(&cause.to_string()) }
}

/// Why the system could not do something, as a sentence.
pub fn reason(error: &io::Error) -> String {
    without_codes(&error.to_string())
}

/// The sentences of the system without the code that Rust adds, such as ` (os error 2)`.
fn without_codes(mut cause: &str) -> String {
    let mut words = String::new();
    while let Some((sentence, code)) = cause.split_once(" (os error ") {
        words.push_str(sentence);
        cause = code.split_once(')').map_or("", |(_, rest)| rest);
    }
    words + cause
}

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

/// A text, unless something is wrong with it.
fn whole(path: &Path, good: (String, Option<String>)) -> Result<String, StoreError> {
    match good {
        (text, None) => Ok(text),
        (_, Some(cause)) => Err(at(path)(cause)),
    }
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
    let too_long = || format!("it is too long: a file of this kind has at most {maximum} bytes");
    if about.len() > maximum {
        return Err(at(path)(too_long()));
    }
    let mut bytes = Vec::new();
    let mut bad = None;
    // Block by block: the length of a pipe is not known, and nothing is read after a zero byte.
    while bad.is_none() {
        if !waits() {
            return Err(at(path)("reading it was given up"));
        }
        let before = bytes.len();
        let block = (&mut file).take(BLOCK_BYTES as u64);
        let count = { block }.read_to_end(&mut bytes).map_err(at(path))?;
        if let Some(zero) = bytes[before..].iter().position(|&byte| byte == 0) {
            bytes.truncate(before + zero);
            bad = Some(format!("it is not text: byte {} is zero", bytes.len()));
        }
        if bytes.len() as u64 > maximum {
            return Err(at(path)(too_long()));
        }
        if count == 0 {
            break;
        }
    }
    let text = String::from_utf8(bytes).unwrap_or_else(|error| {
        let good = error.utf8_error().valid_up_to();
        bad = Some(format!("it is not text: invalid UTF-8 at byte {good}"));
        let mut bytes = error.into_bytes();
        bytes.truncate(good);
        String::from_utf8(bytes).expect("it is valid up to there")
    });
    Ok((text, bad))
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
