//! Tests of the file access.

use std::io::Write;

use super::*;
use crate::store::{FILE_BYTES, Replaced, without_codes};

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

/// Takes `room` bytes and then fails.
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
    assert!(!missing.to_string().contains("os error"), "{missing}");
    let two =
        without_codes("No space left (os error 28); half a line remains: Bad file (os error 9)");
    assert_eq!(two, "No space left; half a line remains: Bad file");
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
        let result = replace_in_pieces(&path, &|file| {
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
    assert!(replace(Path::new("/dev/null"), "x").unwrap_err().cause.contains("regular file"));
    assert!(cause(read_stream(Path::new("/dev/zero"), 10)).contains("byte 0 is zero"));
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

#[test]
fn nothing_longer_than_can_be_read_is_appended() {
    let (_folder, path) = folder();
    let file = File::create(&path).unwrap();
    // A sparse file takes up no room.
    file.set_len(FILE_BYTES - 4).unwrap();
    let mut lines = Appender::open(&path).unwrap();
    assert!(lines.append("12345").unwrap_err().cause.contains("at most"));
    assert_eq!(file.metadata().unwrap().len(), FILE_BYTES - 4);
    lines.append("1234").unwrap();
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(unix)]
#[test]
fn a_saved_file_and_its_previous_version_keep_the_permissions() {
    let (_folder, path) = folder();
    fs::write(&path, "1").unwrap();
    for wanted in [0o600, 0o640, 0o755] {
        set_mode(&path, wanted);
        let text = format!("{wanted}");
        replace(&path, &text).unwrap();
        assert_eq!((mode(&path), mode(&previous(&path))), (wanted, wanted), "{wanted:o}");
    }
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_unsaved_work() {
    let (folder, _) = folder();
    let inner = folder.path().join("state").join("midflight");
    make_folder(&inner).unwrap();
    assert_eq!(mode(&inner), 0o700);
    let path = |name: &str| inner.join(name);
    // What is made, ...
    Appender::open(&path("a")).unwrap().append("work\n").unwrap();
    overwrite(&path("b"), "work").unwrap();
    copy(&path("a"), &path("c")).unwrap();
    let all = ["a", "b", "c"];
    assert_eq!(all.map(|name| mode(&path(name))), [0o600; 3]);
    // ... and what was there with other permissions.
    let outside = folder.path().join("outside");
    fs::write(&outside, "").unwrap();
    set_mode(&outside, 0o644);
    std::os::unix::fs::symlink(&outside, path("link")).unwrap();
    set_mode(&inner, 0o755);
    all.iter().for_each(|name| set_mode(&path(name), 0o666));
    make_folder(&inner).unwrap();
    assert_eq!((mode(&inner), all.map(|name| mode(&path(name)))), (0o700, [0o600; 3]));
    assert_eq!(mode(&outside), 0o644, "a link is not followed");
    all.iter().for_each(|name| set_mode(&path(name), 0o644));
    Appender::open(&path("a")).unwrap();
    overwrite(&path("b"), "more").unwrap();
    copy(&path("a"), &path("c")).unwrap();
    assert_eq!(all.map(|name| mode(&path(name))), [0o600; 3]);
    assert!(make_folder(&path("a")).unwrap_err().cause.contains("not a folder"));
}

#[cfg(unix)]
#[test]
fn saving_to_a_link_creates_the_file_that_it_names() {
    use std::os::unix::fs::symlink;
    let (folder, path) = folder();
    let link = |name: &str| folder.path().join(name);
    symlink("middle", link("first")).unwrap();
    symlink(&path, link("middle")).unwrap();
    check_replace(&link("first")).unwrap();
    assert!(!path.exists());
    replace(&link("first"), "new").unwrap();
    assert_eq!(fs::read_link(link("first")).unwrap(), Path::new("middle"));
    assert_eq!(fs::read_link(link("middle")).unwrap(), path);
    assert_eq!(read(&path, 10).unwrap(), "new");
    assert_eq!(mode(&path) & 0o111, 0, "no program");
    // Links that lead nowhere are refused and stay.
    symlink(link("nowhere").join("b"), link("lost")).unwrap();
    symlink("round", link("round")).unwrap();
    for (name, words) in [("lost", "whose folder does not exist"), ("round", "back to itself")] {
        let cause = replace(&link(name), "x").unwrap_err().cause;
        assert!(cause.contains(words), "{cause}");
        assert!(check_replace(&link(name)).is_err());
        assert!(fs::symlink_metadata(link(name)).unwrap().is_symlink());
    }
}

#[cfg(unix)]
#[test]
fn another_name_of_a_file_keeps_the_previous_version_and_this_is_told() {
    let (folder, path) = folder();
    fs::write(&path, "old").unwrap();
    let other = folder.path().join("other");
    fs::hard_link(&path, &other).unwrap();
    let parted = |text| replace(&path, text).unwrap().parted;
    assert!(!parted("old"), "nothing was replaced");
    assert!(parted("new"));
    assert_eq!([&path, &other].map(|name| read(name, 10).unwrap()), ["new", "old"]);
    assert!(!parted("newer"), "the names are parted");
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_refused_before_it_is_opened() {
    let (folder, path) = folder();
    let pipe = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let socket = folder.path().join("socket");
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let device = Path::new("/dev/zero");
    let kinds =
        [(&*pipe, "pipe"), (&socket, "socket"), (device, "device"), (folder.path(), "directory")];
    for (other, name) in kinds {
        let cause = cause(read(other, 10));
        assert!(cause.contains(name) && cause.contains("not a file"), "{cause}");
    }
    // What takes the place of a file after that was examined does not make opening it wait.
    assert!(target::open_found(&pipe).unwrap_err().to_string().contains("pipe"));
    assert!(Appender::open(&pipe).unwrap_err().cause.contains("pipe"));
    fs::write(&path, "text").unwrap();
    assert_eq!(read(&path, 10).unwrap(), "text");
}

#[test]
fn what_is_written_in_pieces_is_replaced_kept_and_private_as_a_whole_text_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.ron");
    let pieces = |pieces: &'static [&'static str]| {
        move |out: &mut dyn Write| {
            pieces.iter().try_for_each(|piece| out.write_all(piece.as_bytes()))
        }
    };
    let old = Ok(Replaced { version: Version::of("old"), parted: false });
    assert_eq!(replace_in_pieces(&path, &pieces(&["ol", "d"])), old);
    assert_eq!(replace_in_pieces(&path, &pieces(&["old"])), old);
    assert_eq!((read(&path, 9).as_deref(), kept(&path)), (Ok("old"), None), "it was the same");
    let newer = replace_in_pieces(&path, &pieces(&["new", "er"])).unwrap().version;
    assert_eq!(newer, Version::of("newer"));
    assert_eq!(
        (newer.is_other(&path), Version::of("older").is_other(&path)),
        (Ok(false), Ok(true))
    );
    assert_eq!(read(&path, 9).as_deref(), Ok("newer"));
    assert_eq!(read(&previous(&path), 9).as_deref(), Ok("old"));
    let failing = |out: &mut dyn Write| {
        out.write_all(b"half")?;
        Err(io::ErrorKind::StorageFull.into())
    };
    assert!(replace_in_pieces(&path, &failing).is_err());
    assert!(overwrite_in_pieces(&path, failing).is_err());
    assert_eq!(read(&path, 9).as_deref(), Ok("newer"), "it is as it was");
    let private = folder.path().join("b");
    overwrite_in_pieces(&private, pieces(&["1", "2"])).unwrap();
    assert_eq!(read(&private, 9).as_deref(), Ok("12"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(&private).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
