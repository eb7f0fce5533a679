//! The branches of a history as a list: how each ends, and where it left another.

use super::gesture;
use crate::program::diagnostic::grouped;
use crate::session::Session;
use crate::session::journal::Position;

/// The most branches that are listed; the newest are.
pub const LISTED: usize = 100;

/// A branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BranchRow {
    /// Its end.
    pub end: Position,
    /// Its last gesture, in words.
    pub last: String,
    /// How many instructions were executed up to its end.
    pub step: u64,
    /// Where it left an older branch: `left at step 12`.
    pub left: String,
    /// The bookmark at its end, if there is one.
    pub name: Option<String>,
    /// Whether it is the branch that redo follows.
    pub is_shown: bool,
}

/// The newest branches, newest first, and how many older ones there are.
pub fn branches(session: &Session) -> (Vec<BranchRow>, usize) {
    let journal = session.journal();
    let ends: Vec<Position> = journal.ends().rev().collect();
    let hidden = ends.len().saturating_sub(LISTED);
    let rows = ends.into_iter().take(LISTED).map(|end| row(session, end));
    (rows.collect(), hidden)
}

fn row(session: &Session, end: Position) -> BranchRow {
    let journal = session.journal();
    let base = journal.base().machine.retired();
    let step = |at| base.saturating_add(journal.retired(at));
    let left = journal.branching(end).map(|(from, _)| step(from));
    BranchRow {
        end,
        last: journal.entry(end.entry).map_or_else(|| "the start".to_owned(), gesture::words),
        step: step(end),
        left: left.map_or_else(
            || "the oldest branch".to_owned(),
            |left| format!("left at step {}", grouped(left)),
        ),
        name: journal.bookmarks().name_of(end).map(str::to_owned),
        is_shown: session.future() == end,
    }
}

impl BranchRow {
    /// All of it in a line.
    pub fn words(&self) -> String {
        let name = self.name.as_ref().map(|name| format!("{name}: ")).unwrap_or_default();
        let shown = if self.is_shown { ", shown" } else { "" };
        let BranchRow { last, left, .. } = self;
        format!("{name}{last}, step {}, {left}{shown}", grouped(self.step))
    }
}
