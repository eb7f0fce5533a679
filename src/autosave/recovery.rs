//! Reading the unsaved work of a window that was not closed: as much as can be read, from whichever of
//! its two files holds it.

use std::path::Path;

use super::{rewritten, snapshot};
use crate::session::journal::{Journal, Position};
use crate::session::recording::{BadLine, Recording};
use crate::store::{self, FILE_BYTES, StoreError};

/// Work that was found.
pub(super) struct Found {
    pub(super) journal: Journal,
    pub(super) at: Position,
    /// What cannot be read of the rest.
    pub(super) lost: Option<BadLine>,
    /// The check of its base.
    pub(super) head: u64,
}

/// Whether there is something in a recording, or may be.
pub(super) fn is_used(path: &Path) -> bool {
    store::length(path).is_some_and(|length| length > 0)
        || store::length(&rewritten(path)).is_some()
}

/// Whether there is a line after the head of a recording.
pub(super) fn has_lines(path: &Path) -> bool {
    [&rewritten(path), path].iter().any(|path| store::has_lines(path, 3))
}

/// The work in a recording; nothing if there was no whole gesture. Of more damage than a line that was
/// just being written, a copy is kept.
///
/// # Errors
/// If it cannot be read, or damage hides whether there is work.
pub(super) fn find(path: &Path) -> Result<Option<Found>, StoreError> {
    let whole = rewritten(path);
    let (mut best, mut problem) = (None, None);
    // A rewritten recording is the whole one, unless it was damaged, or is there again because a power
    // cut took back its removal.
    let files = if goes_on(path, &whole) { [path, &whole] } else { [&whole, path] };
    for file in files {
        if store::length(file).is_none() {
            continue;
        }
        match read(file) {
            Ok(Some((found, false))) => return Ok(Some(found)),
            Ok(Some((found, true))) => best = best.or(Some((found, file))),
            Ok(None) => {}
            // The file that was asked for is named, not the one beside it.
            Err(cause) => problem = Some(StoreError { path: path.to_path_buf(), cause }),
        }
    }
    match (best, problem) {
        (Some((mut found, file)), _) => {
            let kept = store::previous(path);
            store::copy(file, &kept)?;
            if let Some(lost) = &mut found.lost {
                lost.cause += &format!("; the file as it was is kept in {}", kept.display());
            }
            Ok(Some(found))
        }
        (None, Some(problem)) => Err(problem),
        (None, None) => Ok(None),
    }
}

/// Whether a file holds all that another does, and more after it.
fn goes_on(path: &Path, other: &Path) -> bool {
    let text = |path| store::read_good(path, FILE_BYTES).map(|(text, _)| text);
    store::length(other).is_some_and(|length| length > 0)
        && text(path).is_ok_and(|long| {
            text(other).is_ok_and(|short| long.len() > short.len() && long.starts_with(&short))
        })
}

/// The work in a file, and whether more is lost than a line that was just being written.
fn read(file: &Path) -> Result<Option<(Found, bool)>, String> {
    let (text, damage) = store::read_good(file, FILE_BYTES).map_err(|error| error.cause)?;
    let ends = text.matches('\n').count();
    if ends < 2 {
        // Not even its head was written: there was no gesture yet.
        return damage.map_or(Ok(None), Err);
    }
    let (recording, unread) = Recording::recover(&text).map_err(|bad| bad.to_string())?;
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
    Ok(Some((Found { journal, at, lost: damage.or(torn), head }, is_damaged)))
}
