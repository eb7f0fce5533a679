//! Reads the unsaved work of a window that was not closed normally: as much as can be read, from
//! whichever of its two files holds more.

use std::path::Path;

use super::{rewritten, snapshot};
use crate::program::version::Version;
use crate::session::journal::{Journal, Position};
use crate::session::recording::{BadLine, Recording};
use crate::store::{self, FILE_BYTES, StoreError};

/// Work that was found.
pub(super) struct Found {
    pub(super) journal: Journal,
    pub(super) at: Position,
    /// The first line that could not be read, if any.
    pub(super) lost: Option<BadLine>,
    /// The checksum of its base.
    pub(super) head: u64,
    /// The version of the file.
    pub(super) version: Version,
}

/// Whether a recording holds something, or may hold something.
pub(super) fn is_used(path: &Path) -> bool {
    store::length(path).is_some_and(|length| length > 0)
        || store::length(&rewritten(path)).is_some()
}

/// Whether a recording has a line after its head.
pub(super) fn has_lines(path: &Path) -> bool {
    [&rewritten(path), path].iter().any(|path| store::has_lines(path, 3))
}

/// The work in a recording, if it holds a gesture, bookmark or note. If it is damaged by more than a torn
/// last line, keeps a copy of the file.
///
/// # Errors
/// If it cannot be read, or damage hides whether there is work.
pub(super) fn find(path: &Path) -> Result<Option<Found>, StoreError> {
    let whole = rewritten(path);
    let (mut best, mut problem) = (None, None);
    // The second file has all of the work, unless it is damaged, or exists again because a power cut
    // undid its removal.
    let files = if goes_on(path, &whole) { [path, &whole] } else { [&whole, path] };
    for file in files {
        if store::length(file).is_none() {
            continue;
        }
        match read(file) {
            Ok(Some((found, false))) => return Ok(Some(found)),
            Ok(Some((found, true))) => best = best.or(Some((found, file))),
            Ok(None) => {}
            // Name the recording, not the file beside it.
            Err(cause) => problem = Some(StoreError { path: path.to_path_buf(), cause }),
        }
    }
    match (best, problem) {
        (Some((mut found, file)), _) => {
            let kept = store::previous(path);
            store::copy(file, &kept)?;
            if let Some(lost) = &mut found.lost {
                lost.cause += &format!("; the damaged file is kept as {}", kept.display());
            }
            Ok(Some(found))
        }
        (None, Some(problem)) => Err(problem),
        (None, None) => Ok(None),
    }
}

/// Whether a file begins with all of another file and has more after it.
fn goes_on(path: &Path, other: &Path) -> bool {
    let text = |path| store::read_good(path, FILE_BYTES).map(|(text, _)| text);
    store::length(other).is_some_and(|length| length > 0)
        && text(path).is_ok_and(|long| {
            text(other).is_ok_and(|short| long.len() > short.len() && long.starts_with(&short))
        })
}

/// The work in a file, and whether it is damaged by more than a torn last line.
fn read(file: &Path) -> Result<Option<(Found, bool)>, String> {
    let good = store::read_good(file, FILE_BYTES);
    let (text, damage) = good.map_err(|error| error.cause)?;
    let ends = text.matches('\n').count();
    if ends < 2 {
        // Not even the head was written, so there was no gesture yet.
        return damage.map_or(Ok(None), Err);
    }
    let (recording, unread) = Recording::recover(&text).map_err(|bad| bad.to_string())?;
    let version = recording.version;
    let (journal, at, untold) = recording.journal_before_damage();
    let damage = damage.map(|cause| BadLine { line: ends + 1, cause });
    let (torn, unread) = match unread {
        Some(bad) if bad.line > ends => (Some(bad), None),
        unread => (None, unread),
    };
    let damage = untold.or(unread).or(damage);
    let is_damaged = damage.is_some();
    let is_work = !journal.entries().is_empty()
        || !journal.bookmarks().by_name().is_empty()
        || !journal.notes().all().is_empty();
    if !is_work {
        return damage.map_or(Ok(None), |bad| Err(bad.to_string()));
    }
    let head = snapshot::check_of_head(&text);
    Ok(Some((Found { journal, at, lost: damage.or(torn), head, version }, is_damaged)))
}
