//! The only file access: read, replace atomically, append.
//!
//! Whatever goes wrong here, the old file stays as it was. A file is replaced by writing a new one
//! beside it, syncing and renaming; the old one is kept as `name~`, with the same permissions. A failed
//! append is cut off again, so that the next append does not follow half a line. Files may come from
//! anyone, so size and encoding are checked first. What grows at its end, and what is overwritten without
//! keeping the old one, is unsaved work: only the user can read it.

mod access;
mod background;
mod stream;
mod target;
mod version;

use std::error::Error;
use std::ffi::OsString;
use std::fmt;
use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use atomic_write_file::AtomicWriteFile;

pub use background::{Background, Writer};
pub use target::check_regular;
pub use version::Version;

use target::target;

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

/// The sentences of the system without the code that Rust adds, such as ` (os error 2)`.
fn without_codes(mut cause: &str) -> String {
    let mut words = String::new();
    while let Some((sentence, code)) = cause.split_once(" (os error ") {
        words.push_str(sentence);
        cause = code.split_once(')').map_or("", |(_, rest)| rest);
    }
    words + cause
}

/// Reads a text of at most `maximum` bytes.
///
/// # Errors
/// If the file does not exist, is a directory, is too long, is not UTF-8, holds a zero byte, or cannot be
/// read for another reason that the system gives.
pub fn read(path: &Path, maximum: u64) -> Result<String, StoreError> {
    match read_good(path, maximum)? {
        (text, None) => Ok(text),
        (_, Some(cause)) => Err(at(path)(cause)),
    }
}

/// As [`read`], but refuses what is no regular file without opening it. A window uses this: it must not wait
/// for whoever writes into a pipe.
///
/// # Errors
/// As [`read`], and if it is a pipe, a socket or a device.
pub fn read_regular(path: &Path, maximum: u64) -> Result<String, StoreError> {
    check_regular(path)?;
    read(path, maximum)
}

/// As [`read`], but returns the text before the first zero byte or invalid UTF-8, and what is wrong
/// there. A power failure may leave zeros, or part of a character.
///
/// # Errors
/// As [`read`], except for zeros and wrong encoding.
pub fn read_good(path: &Path, maximum: u64) -> Result<(String, Option<String>), StoreError> {
    let mut file = File::open(path).map_err(at(path))?;
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

/// Replaces or creates a file. The previous version is kept under the same name with `~` appended. If the
/// file already holds this text, neither file changes. A link stays a link: the file that it names is
/// replaced or created. Other names of the file (hard links) keep the previous version; to know of them,
/// use [`replace_parting`].
///
/// # Errors
/// If the file cannot be written, is not a regular file, is read-only, or would be longer than
/// [`FILE_BYTES`]. It is then unchanged.
pub fn replace(path: &Path, text: &str) -> Result<(), StoreError> {
    replace_parting(path, text).map(drop)
}

/// As [`replace`]; returns whether the file had other names, which keep the previous version.
///
/// # Errors
/// As [`replace`].
pub fn replace_parting(path: &Path, text: &str) -> Result<bool, StoreError> {
    check_length(path, text.len() as u64)?;
    let same_length = fs::metadata(path).is_ok_and(|about| about.len() == text.len() as u64);
    if same_length && read(path, FILE_BYTES).is_ok_and(|there| there == text) {
        return Ok(false);
    }
    let parts = target::has_other_names(path);
    replace_by(path, |file| file.write_all(text.as_bytes()))?;
    Ok(parts)
}

/// Refuses to write what would be too long to read.
fn check_length(path: &Path, bytes: u64) -> Result<(), StoreError> {
    if bytes > FILE_BYTES {
        let cause = format!("it would have {bytes} bytes; a file has at most {FILE_BYTES}");
        return Err(at(path)(cause));
    }
    Ok(())
}

/// As [`replace_parting`], with what `write` writes in pieces, each time it is called.
///
/// # Errors
/// As [`replace`], and the error that `write` returns.
pub fn replace_in_pieces(
    path: &Path,
    write: &dyn Fn(&mut dyn Write) -> io::Result<()>,
) -> Result<bool, StoreError> {
    let is_same = |file| stream::is_same(file, write);
    if path.is_file() && File::open(path).is_ok_and(is_same) {
        return Ok(false);
    }
    let parts = target::has_other_names(path);
    replace_by(path, |file| write(&mut stream::Bounded::new(file, FILE_BYTES)))?;
    Ok(parts)
}

/// As [`replace`], with what `write` writes. If that fails, the file is unchanged.
///
/// # Errors
/// As [`replace`], and the error that `write` returns.
pub fn replace_by(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), StoreError> {
    let (target, there) = target(path)?;
    // If it is dropped before it is committed, it removes what it wrote.
    let mut file = AtomicWriteFile::open(&target).map_err(at(path))?;
    write(&mut file).and_then(|()| file.sync_all()).map_err(at(path))?;
    if there {
        keep(&target).map_err(|error| {
            at(path)(format!("the previous file cannot be kept beside it: {error}"))
        })?;
    }
    file.commit().map_err(at(path))
}

/// As [`replace`], but does not keep the previous version, and only the user can read the file.
///
/// # Errors
/// If the file cannot be written or would be longer than [`FILE_BYTES`]. It is then unchanged.
pub fn overwrite(path: &Path, text: &str) -> Result<(), StoreError> {
    check_length(path, text.len() as u64)?;
    let mut file = access::replace_privately(path).map_err(at(path))?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(at(path))?;
    file.commit().map_err(at(path))
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
pub fn overwrite_by(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), StoreError> {
    let mut file = access::replace_privately(path).map_err(at(path))?;
    let written = write(&mut stream::Bounded::new(&mut file, FILE_BYTES));
    written.and_then(|()| file.sync_all()).map_err(at(path))?;
    file.commit().map_err(at(path))
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
    io::copy(&mut File::open(path)?, &mut copy)?;
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

/// Whether a file has at least `lines` whole lines. Reads no further than that. A file that cannot be read
/// has none.
pub fn has_lines(path: &Path, lines: usize) -> bool {
    let Ok(file) = File::open(path) else { return false };
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
    tail: T,
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
        check_length(&self.path, self.length + text.len() as u64)?;
        if let Err(error) = self.tail.write_all(text.as_bytes()) {
            return Err(match self.tail.cut(self.length) {
                Ok(()) => at(&self.path)(error),
                Err(cut) => at(&self.path)(format!("{error}; half a line remains: {cut}")),
            });
        }
        self.length += text.len() as u64;
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

#[cfg(test)]
mod tests;
