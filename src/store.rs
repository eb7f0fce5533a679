//! The only file access: read, replace atomically, append.
//!
//! Whatever goes wrong here, the old file stays as it was: see `store/disk/replace.rs` and
//! `store/disk/appender.rs`. Files may come from anyone, so size and encoding are checked first. What grows at
//! its end, and what is overwritten without keeping the old one, is unsaved work: only the user can read it.
//!
//! A page in a browser has no files: its shelf (`store/shelf.rs`) holds them. `store/page.rs` has the same functions
//! as `store/disk.rs`, so all that is above the store is the same in both places.

#[cfg(not(target_arch = "wasm32"))]
mod disk;
#[cfg(any(target_arch = "wasm32", test))]
#[cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "its tests use a part of it"))]
mod page;
#[cfg(any(target_arch = "wasm32", test))]
pub mod shelf;
mod stream;
mod version;

use std::error::Error;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

#[cfg(not(target_arch = "wasm32"))]
use disk::found;
#[cfg(not(target_arch = "wasm32"))]
pub use disk::*;
#[cfg(target_arch = "wasm32")]
use page::found;
#[cfg(target_arch = "wasm32")]
pub use page::*;
pub use version::Version;

/// The longest file, in bytes: 1 GiB, and 64 MiB in a page, which holds all of its files in memory. Nothing longer is
/// read, so nothing longer is written.
pub const FILE_BYTES: u64 = if cfg!(target_arch = "wasm32") { 64 << 20 } else { 1 << 30 };

/// How many names of a folder are listed at most.
pub const FOLDER_NAMES: usize = 100_000;

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

/// What replacing a file did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replaced {
    /// What the file holds now.
    pub version: Version,
    /// Whether it had other names (hard links), which keep the previous version.
    pub parted: bool,
}

/// A text, unless something is wrong with it.
fn whole(path: &Path, good: (String, Option<String>)) -> Result<String, StoreError> {
    match good {
        (text, None) => Ok(text),
        (_, Some(cause)) => Err(at(path)(cause)),
    }
}

/// Why a file is not read.
fn too_long(maximum: u64) -> String {
    format!("it is too long: a file of this kind has at most {maximum} bytes")
}

/// The text before the first zero byte or invalid UTF-8, and what is wrong there. `zero` is the place of
/// the first zero byte.
fn good_text(mut bytes: Vec<u8>, zero: Option<usize>) -> (String, Option<String>) {
    bytes.truncate(zero.unwrap_or(bytes.len()));
    let mut bad = zero.map(|zero| format!("it is not text: byte {zero} is zero"));
    let text = String::from_utf8(bytes).unwrap_or_else(|error| {
        let good = error.utf8_error().valid_up_to();
        bad = Some(format!("it is not text: invalid UTF-8 at byte {good}"));
        let mut bytes = error.into_bytes();
        bytes.truncate(good);
        String::from_utf8(bytes).expect("it is valid up to there")
    });
    (text, bad)
}
