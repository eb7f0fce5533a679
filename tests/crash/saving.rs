//! A file that a child saves until it is killed. What was saved is not lost, and the file is the old or
//! the new one, whole.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::path::{Path, PathBuf};

use midflight::session::Session;
use midflight::session::recording;
use midflight::store;

/// How many bytes are added to what is saved, so that saving takes a while.
const PADDING: usize = 1 << 18;

/// What a child said about its file.
#[derive(Default)]
struct Said {
    /// The hash of what was saved last.
    saved: Option<u64>,
    /// The hash of what was being saved when it was killed.
    begun: Option<u64>,
    /// The hashes of all that was ever to be saved.
    all: Vec<u64>,
}

impl Said {
    fn of(said: &str) -> Said {
        let mut all = Said::default();
        for line in said.lines() {
            let hash = || line.split(' ').nth(1).and_then(|hash| hash.parse().ok());
            if line.starts_with("saving ") {
                all.begun = hash();
                all.all.extend(all.begun);
            } else if line.starts_with("saved ") {
                all.saved = hash();
                assert_eq!(all.saved, all.begun.take());
            } else if line.starts_with("unsaved ") {
                all.begun = None;
            }
        }
        all
    }
}

fn file(folder: &Path) -> PathBuf {
    folder.join("saved.session")
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// Saves the session, and says so before and after.
pub fn save(folder: &Path, session: &Session, number: u64, out: &mut impl Write) {
    let comment = format!("# {number}\n");
    let text = recording::write(session.journal(), session.position());
    let text = text + &comment.repeat(PADDING / comment.len());
    let hash = hash(&text);
    writeln!(out, "\nsaving {hash}").expect("someone reads");
    out.flush().expect("someone reads");
    // On a full disk, the old file stays.
    let done = if store::replace(&file(folder), &text).is_ok() { "saved" } else { "unsaved" };
    writeln!(out, "\n{done} {hash}").expect("someone reads");
    out.flush().expect("someone reads");
}

/// Fails unless the file of a killed child is the one that was saved last, or the one that was being saved.
/// Returns whether it was killed while it was saving.
pub fn check(folder: &Path, said: &str) -> bool {
    let said = Said::of(said);
    let read = |path: &Path| {
        store::length(path).map(|_| hash(&store::read(path, 1 << 30).expect("it is whole")))
    };
    let now = read(&file(folder));
    assert!(now == said.saved || now == said.begun, "neither the old nor the new file");
    let kept = read(&store::previous(&file(folder)));
    assert!(kept.is_none_or(|kept| said.all.contains(&kept)), "the previous version is damaged");
    said.begun.is_some()
}
