//! Reading a file for a desk. A thread reads it, so that a huge file or a slow disk does not freeze the
//! window; most files are there at once.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use super::overlay::Damaged;
use crate::program::diagnostic::counted;
use crate::program::interest;
use crate::program::visible::visible;
use crate::session::Session;
use crate::session::file_kind::FileKind;
use crate::session::record::Record;
use crate::session::recording::Recording;
use crate::store::{self, FILE_BYTES, Version};

/// How long the window waits for a file before it draws the first time, ...
const PATIENCE: Duration = Duration::from_millis(100);
/// ... and each time after that: no longer than it takes to notice that nothing came.
const GLANCE: Duration = Duration::from_millis(1);

/// What was read from a file.
pub(super) struct Loaded {
    pub session: Session,
    pub kind: FileKind,
    pub version: Version,
    /// The last line has no end, so the file may have been cut off.
    pub is_cut: bool,
}

/// Why a file cannot be opened.
pub(super) enum Trouble {
    /// It cannot be read; the reason names the file.
    Unreadable(String),
    /// It is a recording that can be read in part.
    Damaged(Box<Damaged>),
}

/// A file that is being read.
pub(super) struct Opening {
    pub path: PathBuf,
    receiver: Receiver<Result<Loaded, Trouble>>,
    /// Tells the thread that nobody waits for it any more.
    given_up: Arc<AtomicBool>,
    /// How long the next frame waits.
    patience: Duration,
}

impl Opening {
    /// Starts to read a file.
    pub fn start(path: PathBuf) -> Opening {
        let (sender, receiver) = channel();
        let from = path.clone();
        let given_up = Arc::new(AtomicBool::new(false));
        let flag = given_up.clone();
        let read = move || {
            // Nobody waits for it any more if opening it was cancelled.
            let _ = sender.send(interest::reading(flag, || load(&from)));
        };
        if cfg!(target_arch = "wasm32") {
            read();
        } else {
            thread::spawn(read);
        }
        Opening { path, receiver, given_up, patience: PATIENCE }
    }

    /// What was read, once it is there.
    pub fn loaded(&mut self) -> Option<Result<Loaded, Trouble>> {
        let patience = std::mem::replace(&mut self.patience, GLANCE);
        // A page has no thread to wait for: it was read at once.
        let received = match cfg!(target_arch = "wasm32") {
            true => self.receiver.recv().map_err(|_| RecvTimeoutError::Disconnected),
            false => self.receiver.recv_timeout(patience),
        };
        match received {
            Ok(loaded) => Some(loaded),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => {
                let words = format!("{}: reading it failed", self.path.display());
                Some(Err(Trouble::Unreadable(words)))
            }
        }
    }
}

/// A file that nobody waits for is not read on: several of them would fill the memory.
impl Drop for Opening {
    fn drop(&mut self) {
        self.given_up.store(true, Ordering::Relaxed);
    }
}

fn load(path: &Path) -> Result<Loaded, Trouble> {
    let shown = path.display();
    let read = store::read_good_while(path, FILE_BYTES, || !interest::is_given_up());
    let text = match read {
        Ok((text, None)) => text,
        Ok((text, Some(problem))) => return Err(trouble(path, &text, &problem)),
        Err(error) => return Err(Trouble::Unreadable(error.to_string())),
    };
    let kind = FileKind::of(path, &text);
    let name = path.file_name().map(|name| visible(&name.to_string_lossy()).into_owned());
    match kind.read_file(&text, name.as_deref()) {
        Ok(session) => {
            let is_cut = kind == FileKind::Recording && !text.ends_with('\n');
            Ok(Loaded { session, kind, version: Version::of(&text), is_cut })
        }
        Err(problem) if kind == FileKind::Recording => Err(trouble(path, &text, &problem)),
        Err(problem) => {
            let kept = store::kept(path)
                .map(|kept| format!("; the previous version is {}", kept.display()))
                .unwrap_or_default();
            Err(Trouble::Unreadable(format!("{shown}: {problem}{kept}")))
        }
    }
}

/// What is wrong with a file, and what can be read of it if it is a recording.
fn trouble(path: &Path, text: &str, problem: &str) -> Trouble {
    let shown = path.display();
    let Ok((recording, _)) = Recording::recover(text) else {
        return Trouble::Unreadable(format!("{shown}: {problem}"));
    };
    let is_gesture = |(_, record)| matches!(record, Record::Gesture(_));
    let count = recording.records().map(is_gesture).filter(|&is| is).count();
    let words = format!("{shown}: {problem}. Before that it holds {}.", counted(count, "gesture"));
    Trouble::Damaged(Box::new(Damaged { words, path: path.to_path_buf(), recording }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::load::image_of_program;

    /// Six times Ctrl+O and Esc on 56 MB took 2.3 GB, because each file was read to its end.
    #[test]
    fn esc_stops_the_reading_of_a_file_and_what_is_made_of_it() {
        let folder = tempfile::tempdir().expect("there is room");
        let path = folder.path().join("long.flpc");
        let functions: String = (0..20_000).map(|n| format!("[ {n} ] bind: f{n}\n")).collect();
        std::fs::write(&path, &functions).expect("there is room");
        let opening = Opening::start(path.clone());
        let flag = opening.given_up.clone();
        assert!(!flag.load(Ordering::Relaxed));
        drop(opening);
        assert!(flag.load(Ordering::Relaxed));

        let given_up = Arc::new(AtomicBool::new(true));
        let read = |work: &dyn Fn() -> usize| interest::reading(given_up.clone(), work);
        let blocks = read(&|| usize::from(load(&path).is_ok()));
        let defined =
            |text: &str| image_of_program(text).unwrap().machine.memory().code_bodies().count();
        let functions = read(&|| defined(&functions));
        let lines = "push `1`\n".repeat(1000);
        let recording = format!("midflight-session 2\nbase empty\n{lines}");
        let records = read(&|| Recording::read(&recording).unwrap().records().count());
        assert_eq!((blocks, functions, records), (0, 1, 0));
        let image = Session::default().image().to_file_text();
        assert_eq!(read(&|| usize::from(FileKind::Image.read(&image).is_ok())), 0);
        assert!(FileKind::Image.read(&image).is_ok() && !interest::is_given_up());
    }
}
