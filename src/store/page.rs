//! The files of a page: the functions of `store/disk.rs` over the [`shelf`]. Each is described there; here, only what
//! differs.
//!
//! There are no folders, links, pipes or permissions. A name without a folder is the user's own file; a name that
//! begins with `/` is kept for the program itself.

use std::convert::Infallible;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::shelf;
use super::stream::Bounded;
use super::version::{Sum, Version};
use super::{FILE_BYTES, Replaced, StoreError, at, good_text, too_long, whole};

/// Reads a text of at most `maximum` bytes.
///
/// # Errors
/// If the file does not exist, is too long, is not UTF-8, or holds a zero byte.
pub fn read(path: &Path, maximum: u64) -> Result<String, StoreError> {
    whole(path, read_good(path, maximum)?)
}

/// As [`read`], but returns the text before the first zero byte or invalid UTF-8, and what is wrong there.
///
/// # Errors
/// As [`read`], except for zeros and wrong encoding.
pub fn read_good(path: &Path, maximum: u64) -> Result<(String, Option<String>), StoreError> {
    let bytes = bytes(path).map_err(at(path))?;
    if bytes.len() as u64 > maximum {
        return Err(at(path)(too_long(maximum)));
    }
    let zero = bytes.iter().position(|&byte| byte == 0);
    Ok(good_text(bytes, zero))
}

/// As [`read_good`]: reading takes no time here.
///
/// # Errors
/// As [`read_good`].
pub fn read_good_while(
    path: &Path,
    maximum: u64,
    _waits: impl Fn() -> bool,
) -> Result<(String, Option<String>), StoreError> {
    read_good(path, maximum)
}

fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let bytes = shelf::with(|shelf| shelf.bytes(path).map(<[u8]>::to_vec));
    bytes.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "this page has no such file"))
}

/// The version of what a file holds; `None` if it has another length.
///
/// # Errors
/// If there is no such file.
pub(super) fn found(path: &Path, length: u64) -> io::Result<Option<Version>> {
    let bytes = bytes(path)?;
    if bytes.len() as u64 != length {
        return Ok(None);
    }
    let mut sink = io::sink();
    let mut sum = Sum::new(&mut sink);
    sum.write_all(&bytes)?;
    Ok(Some(sum.version()))
}

/// There are no folders to make.
///
/// # Errors
/// None.
pub fn make_folder(_path: &Path) -> Result<(), StoreError> {
    Ok(())
}

/// Whether two paths lead to the same file.
pub fn is_same(one: &Path, other: &Path) -> bool {
    one == other
}

/// A path as it was typed.
pub fn expanded(text: &str) -> PathBuf {
    PathBuf::from(text)
}

/// The path itself: a page has no working directory.
pub fn absolute(path: &Path) -> Option<PathBuf> {
    Some(path.to_path_buf())
}

/// Whether a path means the same file wherever the program was started: each does.
pub fn is_absolute(_path: &Path) -> bool {
    true
}

/// There is no current folder.
pub fn current_folder() -> Option<PathBuf> {
    None
}

/// Whether something has this path.
pub fn exists(path: &Path) -> bool {
    length(path).is_some()
}

/// No path leads to a folder.
pub fn is_folder(_path: &Path) -> bool {
    false
}

/// The names of the user's files, if that is meant.
pub fn names(folder: &Path) -> Vec<String> {
    if folder != Path::new("") {
        return Vec::new();
    }
    shelf::with(|shelf| {
        let own = shelf.paths().filter(|path| !path.has_root());
        own.map(|path| path.to_string_lossy().into_owned()).collect()
    })
}

/// The length of a file in bytes; `None` if it does not exist.
pub fn length(path: &Path) -> Option<u64> {
    shelf::with(|shelf| shelf.bytes(path).map(|bytes| bytes.len() as u64))
}

/// What tells whether a file was written since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp(u64, u64);

/// The stamp of a file; `None` if there is none.
pub fn stamp(path: &Path) -> Option<Stamp> {
    shelf::with(|shelf| shelf.stamp(path)).map(|(file, changed)| Stamp(file, changed))
}

/// Whether a file has at least `lines` whole lines.
pub fn has_lines(path: &Path, lines: usize) -> bool {
    shelf::with(|shelf| {
        let ends = shelf.bytes(path).unwrap_or_default().iter().filter(|&&byte| byte == b'\n');
        ends.take(lines).count() == lines
    })
}

/// Removes a file, if it exists.
///
/// # Errors
/// None.
pub fn remove(path: &Path) -> Result<(), StoreError> {
    shelf::with(|shelf| shelf.remove(path));
    Ok(())
}

/// Nothing is broken off here.
pub fn remove_broken_off(_path: &Path) {}

/// Replaces or creates a file, and gives it to the user, even if it holds the same already.
///
/// # Errors
/// If it would be longer than [`FILE_BYTES`], or there is no room.
pub fn replace_in_pieces(
    path: &Path,
    write: &dyn Fn(&mut dyn Write) -> io::Result<()>,
) -> Result<Replaced, StoreError> {
    let (bytes, version) = written(write).map_err(at(path))?;
    shelf::with(|shelf| shelf.save(path, bytes)).map_err(at(path))?;
    Ok(Replaced { version, parted: false })
}

/// Replaces or creates a file.
///
/// # Errors
/// If it would be longer than [`FILE_BYTES`], there is no room, or the page cannot keep it.
pub fn overwrite(path: &Path, text: &str) -> Result<(), StoreError> {
    overwrite_in_pieces(path, |out| out.write_all(text.as_bytes()))
}

/// As [`overwrite`].
///
/// # Errors
/// As [`overwrite`].
pub fn overwrite_regular(path: &Path, text: &str) -> Result<(), StoreError> {
    overwrite(path, text)
}

/// As [`overwrite`], with what `write` writes in pieces.
///
/// # Errors
/// As [`overwrite`], and the error that `write` returns.
pub fn overwrite_in_pieces(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), StoreError> {
    let (bytes, _) = written(write).map_err(at(path))?;
    shelf::with(|shelf| shelf.write(path, bytes)).map_err(at(path))
}

/// What is written, as a whole.
fn written(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<(Vec<u8>, Version)> {
    let mut bytes = Vec::new();
    let mut bounded = Bounded::new(&mut bytes, FILE_BYTES);
    let mut sum = Sum::new(&mut bounded);
    write(&mut sum)?;
    let version = sum.version();
    Ok((bytes, version))
}

/// The name under which a damaged recording is kept.
pub fn previous(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("~");
    PathBuf::from(name)
}

/// Previous versions are not kept: a browser replaces no download.
pub fn kept(_path: &Path) -> Option<PathBuf> {
    None
}

/// Copies a file over another.
///
/// # Errors
/// If the file cannot be read, or the other cannot be written.
pub fn copy(path: &Path, other: &Path) -> Result<(), StoreError> {
    let bytes = bytes(path).map_err(at(path))?;
    shelf::with(|shelf| shelf.write(other, bytes)).map_err(at(other))
}

/// A file that grows. Of all pages, one can open it, and only once.
#[derive(Debug)]
pub struct Appender {
    path: PathBuf,
    file: u64,
    length: u64,
}

impl Drop for Appender {
    fn drop(&mut self) {
        shelf::with(|shelf| shelf.close(&self.path));
    }
}

impl Appender {
    /// Opens a file at its end, or creates it.
    ///
    /// # Errors
    /// If it cannot be written, or is open elsewhere.
    pub fn open(path: &Path) -> Result<Appender, StoreError> {
        Appender::open_free(path)?.ok_or_else(|| at(path)("another page writes to it"))
    }

    /// As [`Appender::open`], but `None` if it is open elsewhere.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn open_free(path: &Path) -> Result<Option<Appender>, StoreError> {
        shelf::with(|shelf| {
            if !shelf.open(path) {
                return Ok(None);
            }
            let created = match shelf.bytes(path) {
                Some(_) => Ok(()),
                None => shelf.write(path, Vec::new()),
            };
            if let Err(cause) = created {
                shelf.close(path);
                return Err(at(path)(cause));
            }
            let length = shelf.bytes(path).unwrap_or_default().len() as u64;
            let (file, _) = shelf.stamp(path).expect("it was created");
            Ok(Some(Appender { path: path.to_path_buf(), file, length }))
        })
    }

    /// Whether its name still leads to it.
    pub fn is_there(&self) -> bool {
        let there = shelf::with(|shelf| shelf.stamp(&self.path));
        there.is_some_and(|(file, _)| file == self.file)
    }

    /// Creates the file again, if something changed or removed it.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn again(&self) -> Result<Option<Appender>, StoreError> {
        shelf::with(|shelf| {
            shelf.remove(&self.path);
            shelf.close(&self.path);
        });
        Appender::open_free(&self.path)
    }

    /// What the browser's storage says later.
    ///
    /// # Errors
    /// None.
    pub fn background(&self) -> Result<Background, Infallible> {
        Ok(Background)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its length in bytes.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Appends a text.
    ///
    /// # Errors
    /// If it cannot be written, or the file would be longer than [`FILE_BYTES`]; then nothing is appended.
    pub fn append(&mut self, text: &str) -> Result<(), StoreError> {
        self.append_in_pieces(|out| out.write_all(text.as_bytes()))
    }

    /// As [`Appender::append`], with what `write` writes in pieces.
    ///
    /// # Errors
    /// As [`Appender::append`], and the error that `write` returns.
    pub fn append_in_pieces(
        &mut self,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), StoreError> {
        let mut bytes = Vec::new();
        let room = FILE_BYTES - self.length.min(FILE_BYTES);
        let mut bounded = Bounded::new(&mut bytes, room);
        write(&mut bounded).map_err(at(&self.path))?;
        let count = bounded.count();
        shelf::with(|shelf| shelf.append(&self.path, &bytes)).map_err(at(&self.path))?;
        self.length += count;
        Ok(())
    }

    /// What was appended is told to the page in its order; that is all that can be done here.
    ///
    /// # Errors
    /// None.
    pub fn sync(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    /// Empties the file.
    ///
    /// # Errors
    /// If it cannot be emptied.
    pub fn clear(&mut self) -> Result<(), StoreError> {
        shelf::with(|shelf| shelf.clear(&self.path)).map_err(at(&self.path))?;
        self.length = 0;
        Ok(())
    }
}

/// What the browser's storage says later.
#[derive(Debug)]
pub struct Background;

impl Background {
    /// It works by itself.
    pub fn soon(&self) {}

    /// Why something was not kept. Returned only once.
    pub fn problem(&self) -> Option<String> {
        shelf::with(shelf::Shelf::lost)
    }
}

/// Writes a text in pieces.
type Text = Box<dyn FnOnce(&mut dyn Write) -> io::Result<()> + Send>;

/// Replaces files with texts, at once.
#[derive(Debug)]
pub struct Writer;

impl Writer {
    /// A writer.
    ///
    /// # Errors
    /// None.
    pub fn new() -> Result<Writer, Infallible> {
        Ok(Writer)
    }

    /// It is never busy.
    pub fn is_busy(&self) -> bool {
        false
    }

    /// Replaces a file by a text; if that fails, it stays as it was.
    pub fn write(&self, path: PathBuf, text: Text) {
        let _ = overwrite_in_pieces(&path, text);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::store::disk;
    use crate::store::shelf::{Change, changes, claim, put, refuse};

    /// What is done with one of three files; each also has an appender, which may be open.
    #[derive(Clone, Debug)]
    enum Step {
        Open(usize),
        Close(usize),
        Append(usize, String),
        Clear(usize),
        Again(usize),
        Overwrite(usize, String),
        Save(usize, String),
        Copy(usize, usize),
        Remove(usize),
        Look(usize),
    }

    fn step() -> impl Strategy<Value = Step> {
        let file = 0..3_usize;
        let text = "[a-c\n\u{0}]{0,4}";
        prop_oneof![
            file.clone().prop_map(Step::Open),
            file.clone().prop_map(Step::Close),
            (file.clone(), text).prop_map(|(file, text)| Step::Append(file, text)),
            file.clone().prop_map(Step::Clear),
            file.clone().prop_map(Step::Again),
            (file.clone(), text).prop_map(|(file, text)| Step::Overwrite(file, text)),
            (file.clone(), text).prop_map(|(file, text)| Step::Save(file, text)),
            (file.clone(), file.clone()).prop_map(|(one, other)| Step::Copy(one, other)),
            file.clone().prop_map(Step::Remove),
            file.prop_map(Step::Look),
        ]
    }

    /// Does the same with the functions of one of the two modules, and says what it saw.
    macro_rules! seen {
        ($of:ident, $steps:expr, $path:expr) => {{
            let mut open: [Option<$of::Appender>; 3] = [const { None }; 3];
            let mut seen = Vec::new();
            for step in $steps {
                seen.push(match step {
                    // A lock on a disk stays with a file that is replaced, and the name gets another file. In a page
                    // it stays with the name; only the program itself could replace the file there.
                    Step::Overwrite(n, _) | Step::Save(n, _) | Step::Copy(_, n) | Step::Remove(n)
                        if open[*n].is_some() =>
                    {
                        String::new()
                    }
                    Step::Open(n) if open[*n].is_some() => {
                        format!("{:?}", $of::Appender::open_free(&$path(*n)).unwrap().is_none())
                    }
                    Step::Open(n) => {
                        let new = $of::Appender::open_free(&$path(*n)).unwrap().unwrap();
                        let words = format!("{} {}", new.length(), new.is_there());
                        open[*n] = Some(new);
                        words
                    }
                    Step::Close(n) => format!("{}", open[*n].take().is_some()),
                    Step::Append(n, text) => match open[*n].as_mut().filter(|own| own.is_there()) {
                        Some(own) => format!("{:?} {}", own.append(text).is_ok(), own.length()),
                        None => String::new(),
                    },
                    Step::Clear(n) => match open[*n].as_mut().filter(|own| own.is_there()) {
                        Some(own) => format!("{:?} {}", own.clear().is_ok(), own.length()),
                        None => String::new(),
                    },
                    Step::Again(n) => match open[*n].take() {
                        Some(own) if own.is_there() => {
                            let again = own.again().unwrap();
                            drop(own);
                            let words = format!("{:?}", again.as_ref().map(|own| own.length()));
                            drop(again);
                            words
                        }
                        own => format!("{}", own.is_some()),
                    },
                    Step::Overwrite(n, text) => {
                        format!("{:?}", $of::overwrite(&$path(*n), text).is_ok())
                    }
                    Step::Save(n, text) => {
                        let write = |out: &mut dyn Write| out.write_all(text.as_bytes());
                        format!("{:?}", $of::replace_in_pieces(&$path(*n), &write).unwrap().version)
                    }
                    Step::Copy(one, other) => {
                        format!("{:?}", $of::copy(&$path(*one), &$path(*other)).is_ok())
                    }
                    Step::Remove(n) => format!("{:?}", $of::remove(&$path(*n)).is_ok()),
                    Step::Look(n) => {
                        let path = $path(*n);
                        let good = $of::read_good(&path, 10).ok();
                        let found = $of::found(&path, 2).ok();
                        let lines = $of::has_lines(&path, 2);
                        format!(
                            "{:?} {good:?} {found:?} {lines} {:?}",
                            $of::length(&path),
                            $of::exists(&path)
                        )
                    }
                });
            }
            seen
        }};
    }

    /// What a browser would have after some changes.
    fn kept(changes: Vec<Change>) -> std::collections::BTreeMap<PathBuf, Vec<u8>> {
        let mut files = std::collections::BTreeMap::<PathBuf, Vec<u8>>::new();
        for change in changes {
            match change {
                Change::Append(path, bytes) => files.get_mut(&path).unwrap().extend(bytes),
                Change::Write(path, bytes) | Change::Save(path, bytes) => {
                    files.insert(path, bytes);
                }
                Change::Remove(path) => {
                    files.remove(&path);
                }
            }
        }
        files
    }

    proptest! {
        /// Law: the files of a page behave as those of a disk, and what the page is told to keep is what they hold.
        #[test]
        fn a_page_is_as_a_disk(steps in prop::collection::vec(step(), 1..40)) {
            let folder = tempfile::tempdir().unwrap();
            let names = ["a.ron", "b.session", "c.flpc"];
            let on_disk = seen!(disk, &steps, |n: usize| folder.path().join(names[n]));
            let in_page = |n: usize| PathBuf::from(names[n]);
            for n in 0..3 {
                claim(&in_page(n));
                remove(&in_page(n)).unwrap();
            }
            changes();
            let on_page = seen!(page, &steps, in_page);
            prop_assert_eq!(on_disk, on_page);
            let there = kept(changes());
            for n in 0..3 {
                prop_assert_eq!(there.get(&in_page(n)).cloned(), bytes(&in_page(n)).ok());
            }
        }
    }

    use crate::store::page;

    #[test]
    fn what_the_browser_refuses_is_not_taken_and_told_once() {
        let path = Path::new("/unsaved/unsaved-1.session");
        assert_eq!(Appender::open_free(path).unwrap().map(|_| ()), None, "another page has it");
        claim(path);
        let mut own = Appender::open(path).unwrap();
        assert!(Appender::open_free(path).unwrap().is_none(), "it is open here already");
        own.append("one\n").unwrap();
        refuse(Some("no room"));
        assert_eq!(own.append("two\n").unwrap_err().cause, "no room");
        assert_eq!(overwrite(path, "x").unwrap_err().cause, "no room");
        assert_eq!(Background.problem().as_deref(), Some("no room"));
        assert_eq!(Background.problem(), None);
        assert_eq!(read(path, 99).unwrap(), "one\n");
        // What the user saves is downloaded all the same.
        replace_in_pieces(Path::new("a.ron"), &|out| out.write_all(b"x")).unwrap();
        assert!(matches!(changes().last(), Some(Change::Save(..))));
        refuse(None);
        own.append("two\n").unwrap();
        assert_eq!(own.length(), 8);
    }

    #[test]
    fn only_the_files_of_the_user_are_listed() {
        put(Path::new("fib.flpc"), vec![b'x', 0]);
        put(Path::new("/preferences.ron"), Vec::new());
        assert!(names(Path::new("")).contains(&"fib.flpc".to_owned()));
        assert!(!names(Path::new("")).iter().any(|name| name.starts_with('/')));
        assert_eq!(names(Path::new("elsewhere")), Vec::<String>::new());
        let cause = read(Path::new("fib.flpc"), 10).unwrap_err().cause;
        assert_eq!(cause, "it is not text: byte 1 is zero");
        let cause = read(Path::new("fib.flpc"), 1).unwrap_err().cause;
        assert_eq!(cause, "it is too long: a file of this kind has at most 1 bytes");
        assert!(!exists(Path::new("other")) && kept_is_none());
    }

    fn kept_is_none() -> bool {
        super::kept(Path::new("fib.flpc")).is_none()
    }
}
