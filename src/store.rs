//! The only file access: read, replace atomically, append.
//!
//! Whatever goes wrong here, the file that was there before stays as it was. A file is replaced by
//! writing beside it, syncing and renaming; what was there before is kept as `name~`. A failed append
//! is cut off again, so that what follows does not stand behind half a line. Files are text: they come
//! from strangers, so size and encoding are checked before anyone looks at them.

mod background;

use std::error::Error;
use std::ffi::OsString;
use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use atomic_write_file::AtomicWriteFile;

pub use background::{Background, Writer};

/// The longest file, in bytes: 1 GiB. Nothing longer is read, so nothing longer is written.
pub const FILE_BYTES: u64 = 1 << 30;

/// What is read at once.
const BLOCK_BYTES: usize = 1 << 16;

/// Why a file cannot be read or written: which one, and the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreError {
    /// The file as it was asked for.
    pub path: PathBuf,
    /// What is wrong, in words.
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
    move |cause| StoreError { path: path.to_path_buf(), cause: cause.to_string() }
}

/// Reads a text of at most `maximum` bytes.
///
/// # Errors
/// If there is no such file, it is a directory, too long, not UTF-8 or holds a zero byte, or cannot be
/// read for a reason that the system gives.
pub fn read(path: &Path, maximum: u64) -> Result<String, StoreError> {
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
    // Block by block: a pipe does not say how long it is, and a zero byte ends the matter.
    loop {
        let before = bytes.len();
        let block = (&mut file).take(BLOCK_BYTES as u64);
        let count = { block }.read_to_end(&mut bytes).map_err(at(path))?;
        if let Some(zero) = bytes[before..].iter().position(|&byte| byte == 0) {
            return Err(at(path)(format!("it is not a text: byte {} is zero", before + zero)));
        }
        if bytes.len() as u64 > maximum {
            return Err(at(path)(too_long()));
        }
        if count == 0 {
            break;
        }
    }
    String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        at(path)(format!("it is not a text in UTF-8: byte {good} fits nowhere"))
    })
}

/// Replaces a file, or makes it. What it held before is then in the file of the same name with `~`
/// behind it. The same text again changes nothing, and leaves that file as it is.
///
/// # Errors
/// If it cannot be written, is no plain file, may not be written or would be longer than
/// [`FILE_BYTES`]. The file is then as it was.
pub fn replace(path: &Path, text: &str) -> Result<(), StoreError> {
    if text.len() as u64 > FILE_BYTES {
        let cause = format!("it would have {} bytes; a file has at most {FILE_BYTES}", text.len());
        return Err(at(path)(cause));
    }
    let same_length = fs::metadata(path).is_ok_and(|about| about.len() == text.len() as u64);
    if same_length && read(path, FILE_BYTES).is_ok_and(|there| there == text) {
        return Ok(());
    }
    replace_by(path, |file| file.write_all(text.as_bytes()))
}

/// As [`replace`], with what `write` writes; if it fails, the file is as it was.
///
/// # Errors
/// As [`replace`], and what `write` returns.
pub fn replace_by(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), StoreError> {
    let (target, there) = target(path)?;
    // Dropped before it is committed, it removes what it wrote.
    let mut file = AtomicWriteFile::open(&target).map_err(at(path))?;
    write(&mut file).and_then(|()| file.sync_all()).map_err(at(path))?;
    if there {
        keep(&target).map_err(|error| {
            at(path)(format!("the previous file cannot be kept beside it: {error}"))
        })?;
    }
    file.commit().map_err(at(path))
}

/// As [`replace`], but what the file held before is not kept, and it may be of any length.
///
/// # Errors
/// If it cannot be written. The file is then as it was.
fn overwrite(path: &Path, text: &str) -> io::Result<()> {
    let mut file = AtomicWriteFile::open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    file.commit()
}

/// Checks that a file can be replaced or made, without doing it: to be asked before long work whose
/// result is to be saved there.
///
/// # Errors
/// If it cannot be written or is no plain file.
pub fn check_replace(path: &Path) -> Result<(), StoreError> {
    let (target, _) = target(path)?;
    // Dropped without being committed, it leaves nothing.
    AtomicWriteFile::open(&target).map(drop).map_err(at(path))
}

/// The plain file that a path leads to, and whether it is there.
fn target(path: &Path) -> Result<(PathBuf, bool), StoreError> {
    // Through links, so that they stay links.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let there = match fs::metadata(&target) {
        Ok(about) if about.is_dir() => return Err(at(path)("it is a directory, not a file")),
        Ok(about) if !about.is_file() => return Err(at(path)("it is not a plain file")),
        Ok(about) if about.permissions().readonly() => return Err(at(path)("it is read-only")),
        Ok(_) => true,
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) => return Err(at(path)(error)),
    };
    Ok((target, there))
}

/// The name under which the previous file is kept.
pub fn previous(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push("~");
    PathBuf::from(name)
}

/// What a file held before, if that was kept.
pub fn kept(path: &Path) -> Option<PathBuf> {
    let previous = previous(path);
    previous.is_file().then_some(previous)
}

/// Copies the file to its second name, as carefully as the new one is written. A copy and no link,
/// because not every file system has links.
fn keep(path: &Path) -> io::Result<()> {
    let mut copy = AtomicWriteFile::open(previous(path))?;
    io::copy(&mut File::open(path)?, &mut copy)?;
    copy.sync_all()?;
    copy.commit()
}

/// Makes a folder, and those it lies in; it may be there already.
///
/// # Errors
/// If it cannot be made.
pub fn make_folder(path: &Path) -> Result<(), StoreError> {
    fs::create_dir_all(path).map_err(at(path))
}

/// The length of a file in bytes; nothing if there is none.
pub fn length(path: &Path) -> Option<u64> {
    fs::metadata(path).ok().map(|about| about.len())
}

/// Removes a file; it need not be there.
///
/// # Errors
/// If it cannot be removed.
pub fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(path)(error)),
        _ => Ok(()),
    }
}

/// What can be appended to, and cut off again where an append failed.
pub trait Tail: Write {
    /// Leaves the first `length` bytes; what is written next stands behind them.
    ///
    /// # Errors
    /// If it cannot.
    fn cut(&mut self, length: u64) -> io::Result<()>;

    /// Returns when everything is on the disk.
    ///
    /// # Errors
    /// If it cannot be brought there.
    fn sync(&mut self) -> io::Result<()>;
}

impl Tail for File {
    fn cut(&mut self, length: u64) -> io::Result<()> {
        // Opened for appending: there is no position to move.
        self.set_len(length)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }
}

/// A file that grows. While it is open, no other program that opens it this way can.
#[derive(Debug)]
pub struct Appender<T: Tail = File> {
    path: PathBuf,
    tail: T,
    length: u64,
}

impl Appender {
    /// Opens a file at its end, or makes it.
    ///
    /// # Errors
    /// If it cannot be written, or another program has it open this way.
    pub fn open(path: &Path) -> Result<Appender, StoreError> {
        let file = OpenOptions::new().append(true).create(true).open(path).map_err(at(path))?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => {
                return Err(at(path)("another program is writing it"));
            }
            // Some file systems have no locks; then nothing is lost by having none.
            Ok(()) | Err(TryLockError::Error(_)) => {}
        }
        let length = file.metadata().map_err(at(path))?.len();
        Ok(Appender { path: path.to_path_buf(), tail: file, length })
    }

    /// What brings it to the disk while the program goes on.
    ///
    /// # Errors
    /// If the system has no thread for it.
    pub fn background(&self) -> Result<Background, StoreError> {
        let file = self.tail.try_clone().map_err(at(&self.path))?;
        Background::of(file).map_err(at(&self.path))
    }
}

impl<T: Tail> Appender<T> {
    /// Appends to what is empty; `path` names it in errors.
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

    /// Appends a text. It is then in the hands of the system: it outlives this program, and after
    /// [`Appender::sync`] a power failure.
    ///
    /// # Errors
    /// If it cannot be written; nothing is appended then.
    pub fn append(&mut self, text: &str) -> Result<(), StoreError> {
        if let Err(error) = self.tail.write_all(text.as_bytes()) {
            return Err(match self.tail.cut(self.length) {
                Ok(()) => at(&self.path)(error),
                Err(cut) => at(&self.path)(format!("{error}; a torn line is left: {cut}")),
            });
        }
        self.length += text.len() as u64;
        Ok(())
    }

    /// Returns when everything appended is on the disk.
    ///
    /// # Errors
    /// If it cannot be brought there.
    pub fn sync(&mut self) -> Result<(), StoreError> {
        self.tail.sync().map_err(at(&self.path))
    }

    /// Leaves nothing of what was appended, as before a fresh start.
    ///
    /// # Errors
    /// If it cannot be cut.
    pub fn clear(&mut self) -> Result<(), StoreError> {
        self.tail.cut(0).map_err(at(&self.path))?;
        self.length = 0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.ron");
        (folder, path)
    }

    fn names(folder: &tempfile::TempDir) -> Vec<String> {
        let entries = fs::read_dir(folder.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn cause(result: Result<String, StoreError>) -> String {
        result.unwrap_err().cause
    }

    /// Takes so many bytes and then no more.
    struct Full {
        room: usize,
        bytes: Vec<u8>,
    }

    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let fits = bytes.len().min(self.room - self.bytes.len());
            if fits == 0 && !bytes.is_empty() {
                return Err(io::Error::new(io::ErrorKind::StorageFull, "the disk is full"));
            }
            self.bytes.extend(&bytes[..fits]);
            Ok(fits)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Tail for Full {
        fn cut(&mut self, length: u64) -> io::Result<()> {
            self.bytes.truncate(length as usize);
            Ok(())
        }

        fn sync(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let (folder, path) = folder();
        let missing = read(&path, 10).unwrap_err();
        assert!(missing.to_string().contains("a.ron: "), "{missing}");
        assert!(cause(read(folder.path(), 10)).contains("directory"));
        fs::write(&path, "0123456789a").unwrap();
        assert!(cause(read(&path, 10)).contains("at most 10 bytes"));
        assert_eq!(read(&path, 11).unwrap(), "0123456789a");
        fs::write(&path, b"ab\xff").unwrap();
        assert!(cause(read(&path, 10)).contains("byte 2"));
        fs::write(&path, b"abc\0").unwrap();
        assert!(cause(read(&path, 10)).contains("byte 3 is zero"));
        fs::write(&path, "").unwrap();
        assert_eq!(read(&path, 10).unwrap(), "");
    }

    #[test]
    fn replacing_keeps_what_was_there() {
        let (folder, path) = folder();
        replace(&path, "1").unwrap();
        assert_eq!(names(&folder), ["a.ron"]);
        replace(&path, "2").unwrap();
        replace(&path, "3").unwrap();
        replace(&path, "3").unwrap();
        assert_eq!(names(&folder), ["a.ron", "a.ron~"]);
        assert_eq!(read(&path, 10).unwrap(), "3");
        assert_eq!(read(&previous(&path), 10).unwrap(), "2");
    }

    #[test]
    fn a_writer_that_fails_leaves_the_old_file() {
        let (folder, path) = folder();
        let text = "new text";
        replace(&path, "older").unwrap();
        replace(&path, "old").unwrap();
        for room in 0..text.len() {
            let result = replace_by(&path, |file| {
                let mut full = Full { room, bytes: Vec::new() };
                let written = full.write_all(text.as_bytes());
                file.write_all(&full.bytes)?;
                written
            });
            assert_eq!(result.unwrap_err().cause, "the disk is full");
            assert_eq!(read(&path, 10).unwrap(), "old");
            assert_eq!(read(&previous(&path), 10).unwrap(), "older");
            assert_eq!(names(&folder), ["a.ron", "a.ron~"]);
        }
    }

    #[test]
    fn what_cannot_be_replaced_is_left_alone() {
        let (folder, path) = folder();
        assert!(replace(folder.path(), "x").unwrap_err().cause.contains("directory"));
        assert!(replace(&path.join("b"), "x").is_err());
        fs::write(&path, "old").unwrap();
        let mut permissions = fs::metadata(&path).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&path, permissions).unwrap();
        assert!(replace(&path, "x").unwrap_err().cause.contains("read-only"));
        assert_eq!(read(&path, 10).unwrap(), "old");
        assert_eq!(names(&folder), ["a.ron"]);
    }

    #[test]
    fn asking_whether_a_file_can_be_replaced_changes_nothing() {
        let (folder, path) = folder();
        check_replace(&path).unwrap();
        assert!(names(&folder).is_empty());
        fs::write(&path, "old").unwrap();
        check_replace(&path).unwrap();
        assert_eq!(names(&folder), ["a.ron"]);
        assert!(check_replace(folder.path()).unwrap_err().cause.contains("directory"));
        assert!(check_replace(&path.join("b")).is_err());
        assert!(check_replace(&folder.path().join("none").join("b")).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn links_stay_and_devices_are_refused() {
        let (folder, path) = folder();
        let link = folder.path().join("link");
        fs::write(&path, "old").unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        replace(&link, "new").unwrap();
        assert_eq!(fs::read_link(&link).unwrap(), path);
        assert_eq!(read(&path, 10).unwrap(), "new");
        assert!(replace(Path::new("/dev/null"), "x").unwrap_err().cause.contains("plain file"));
        assert!(cause(read(Path::new("/dev/zero"), 10)).contains("byte 0 is zero"));
    }

    #[test]
    fn appending_goes_on_at_the_end_and_locks() {
        let (_folder, path) = folder();
        fs::write(&path, "1\n").unwrap();
        let mut first = Appender::open(&path).unwrap();
        first.append("2\n").unwrap();
        assert!(Appender::open(&path).unwrap_err().cause.contains("another program"));
        assert_eq!((read(&path, 10).unwrap().as_str(), first.length()), ("1\n2\n", 4));
        drop(first);
        let mut second = Appender::open(&path).unwrap();
        second.append("3\n").unwrap();
        second.sync().unwrap();
        assert_eq!(read(&path, 10).unwrap(), "1\n2\n3\n");
        second.clear().unwrap();
        second.append("4\n").unwrap();
        assert_eq!(read(&path, 10).unwrap(), "4\n");
    }

    #[test]
    fn a_failed_append_leaves_no_half_line() {
        for room in 5..9 {
            let mut lines = Appender::new(Path::new("x"), Full { room, bytes: Vec::new() });
            lines.append("one\n").unwrap();
            assert_eq!(lines.append("three\n").unwrap_err().cause, "the disk is full");
            assert_eq!((lines.tail.bytes.as_slice(), lines.length()), (&b"one\n"[..], 4));
            lines.append("\n").unwrap();
        }
    }
}
