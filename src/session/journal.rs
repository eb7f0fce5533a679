//! The journal: a base image and a tree of entries. It is the truth; the image is its cache.
//!
//! An entry is everything that one gesture did, as commands, runs included. The tree is a plain list in
//! which each entry names the position it follows (as Helix keeps its history). So appending is cheap,
//! and a branch that was left stays as it was. Entries are never removed: the limits are 2^32 entries and
//! the memory of the computer. Bookmarks, notes and rewinds are kept beside the entries.

pub mod bookmark;
pub mod note;
pub mod rewind;

use std::collections::HashMap;

use bookmark::Bookmarks;
use note::Notes;
use rewind::Rewinds;

use super::command::Command;
use crate::program::image::Image;

/// A point in the history: an entry of which `done` instructions have retired, and whose commands up to
/// its next run are done. Entry 0 is the base.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The number of the entry.
    pub entry: usize,
    /// How many instructions of the entry have retired.
    pub done: u64,
}

impl std::fmt::Display for Position {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}:{}", self.entry, self.done)
    }
}

/// One gesture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The position it follows.
    pub parent: Position,
    /// What it did.
    pub commands: Vec<Command>,
}

impl Entry {
    /// How many instructions it ran; saturates.
    pub fn fuel(&self) -> u64 {
        self.commands.iter().map(fuel).fold(0, u64::saturating_add)
    }
}

fn fuel(command: &Command) -> u64 {
    if let Command::Run { fuel } = command { *fuel } else { 0 }
}

/// Where a replay diverged from the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The entry that diverged.
    pub entry: usize,
    /// How it diverged, in words.
    pub cause: String,
}

impl std::fmt::Display for Mismatch {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "gesture {}: {}", self.entry, self.cause)
    }
}

impl std::error::Error for Mismatch {}

/// Adds instructions to the run at the end of a gesture.
pub(super) fn lengthen(commands: &mut Vec<Command>, more: u64) {
    if let Some(Command::Run { fuel }) = commands.last_mut() {
        *fuel = fuel.saturating_add(more);
    } else {
        commands.push(Command::Run { fuel: more });
    }
}

/// The part of a branch that lies within one entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leg {
    /// The entry.
    pub entry: usize,
    /// How many of its instructions have retired at the start of the leg; none if the leg starts before
    /// the first command of the entry.
    pub from: Option<u64>,
    /// How many have retired at the end of the leg.
    pub to: u64,
}

impl Leg {
    /// How many instructions of the entry have retired at the start of the leg; 0 before its first command.
    pub(super) fn start(&self) -> u64 {
        self.from.unwrap_or(0)
    }
}

/// The tree of entries over its base.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Journal {
    base: Image,
    // Entry n is at index n - 1, here and in the derived lists.
    entries: Vec<Entry>,
    /// How many instructions each entry ran; derived from the entries.
    fuel: Vec<u64>,
    /// The newest entry that follows a position; derived from the entries.
    newest: HashMap<Position, usize>,
    /// The previous newest sibling of each entry; derived from the entries.
    elder: Vec<Option<usize>>,
    /// Whether each entry follows the end of the one before it; derived from the entries.
    is_line: bool,
    pub(super) bookmarks: Bookmarks,
    pub(super) notes: Notes,
    pub(super) rewinds: Rewinds,
}

impl Journal {
    /// A journal without entries.
    pub fn new(base: Image) -> Journal {
        Journal {
            base,
            entries: Vec::new(),
            fuel: Vec::new(),
            newest: HashMap::new(),
            elder: Vec::new(),
            is_line: true,
            bookmarks: Bookmarks::default(),
            notes: Notes::default(),
            rewinds: Rewinds::default(),
        }
    }

    /// The image before the first entry.
    pub fn base(&self) -> &Image {
        &self.base
    }

    /// The bookmarks.
    pub fn bookmarks(&self) -> &Bookmarks {
        &self.bookmarks
    }

    /// The notes.
    pub fn notes(&self) -> &Notes {
        &self.notes
    }

    /// The rewinds.
    pub fn rewinds(&self) -> &Rewinds {
        &self.rewinds
    }

    /// All entries; the first is number 1.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entry with this number; the base has none.
    pub fn entry(&self, number: usize) -> Option<&Entry> {
        self.entries.get(number.checked_sub(1)?)
    }

    /// The position at the end of an entry of this journal, or the base.
    pub fn end_of(&self, entry: usize) -> Position {
        // The base runs nothing.
        Position { entry, done: entry.checked_sub(1).map_or(0, |index| self.fuel[index]) }
    }

    /// Whether the journal has this position.
    pub fn contains(&self, position: Position) -> bool {
        position.entry <= self.entries.len() && position.done <= self.end_of(position.entry).done
    }

    /// Whether the history has a single branch.
    pub fn is_line(&self) -> bool {
        self.is_line
    }

    /// Appends an entry; returns its number.
    pub(super) fn push(&mut self, entry: Entry) -> usize {
        let parent = entry.parent;
        if let Some(from) = self.rewind_that_makes(&entry) {
            self.rewinds.made(self.entries.len() + 1, from);
        }
        self.is_line &= parent == self.end_of(self.entries.len());
        self.fuel.push(entry.fuel());
        self.entries.push(entry);
        self.elder.push(self.newest.insert(parent, self.entries.len()));
        self.entries.len()
    }

    /// Appends an entry; returns the position at its end.
    pub(super) fn end_of_pushed(&mut self, entry: Entry) -> Position {
        let number = self.push(entry);
        self.end_of(number)
    }

    /// Adds instructions to the run that ends an entry.
    pub(super) fn extend(&mut self, entry: usize, more: u64) {
        let index = entry.checked_sub(1).expect("the base runs nothing");
        self.rewinds.take_bare();
        // What followed its end now follows the middle of its run.
        self.is_line &= entry == self.entries.len();
        lengthen(&mut self.entries[index].commands, more);
        self.fuel[index] = self.fuel[index].saturating_add(more);
    }

    /// The branch that leads to a position, back to the base: first the position itself, then the
    /// position that its entry follows, and so on.
    pub fn path(&self, position: Position) -> impl Iterator<Item = Position> {
        std::iter::successors(Some(position), |at| Some(self.entry(at.entry)?.parent))
    }

    /// The entries that follow a position, oldest first.
    pub fn children(&self, position: Position) -> impl Iterator<Item = usize> {
        let follows =
            move |(index, entry): (usize, &Entry)| (entry.parent == position).then_some(index + 1);
        self.entries.iter().enumerate().filter_map(follows)
    }

    /// The end of the newest entry that follows a position. If none does, the end of the position's own
    /// entry; nothing if the position is that end.
    pub fn onward(&self, position: Position) -> Option<Position> {
        let own = self.end_of(position.entry);
        match self.newest.get(&position) {
            Some(&entry) => Some(self.end_of(entry)),
            None => (own != position).then_some(own),
        }
    }

    /// The ends of all branches, oldest first: the positions with nothing to redo.
    pub fn ends(&self) -> impl DoubleEndedIterator<Item = Position> {
        let ends = (0..=self.entries.len()).map(|entry| self.end_of(entry));
        ends.filter(|end| !self.newest.contains_key(end))
    }

    /// The last position at which the branch to `position` left another branch, and the end that the
    /// other branch had then.
    pub fn branching(&self, position: Position) -> Option<(Position, Position)> {
        let mut entries = self.path(position).map(|at| at.entry);
        entries.find_map(|branch| {
            let from = self.entry(branch)?.parent;
            let left = self.onward_before(from, branch)?;
            let onward = |&at: &Position| self.onward_before(at, branch);
            let end = std::iter::successors(Some(left), onward).last();
            Some((from, end.expect("the first is there")))
        })
    }

    /// What [`Journal::onward`] was before `entry` was made.
    fn onward_before(&self, position: Position, entry: usize) -> Option<Position> {
        let elder = |&number: &usize| self.elder[number - 1];
        let children = std::iter::successors(self.newest.get(&position).copied(), elder);
        let own = self.end_of(position.entry);
        match children.into_iter().find(|&number| number < entry) {
            Some(number) => Some(self.end_of(number)),
            None => (own != position).then_some(own),
        }
    }

    /// Whether `earlier` is on the branch that leads to `position`.
    pub fn passes(&self, position: Position, earlier: Position) -> bool {
        // Every entry has a higher number than the one it follows.
        let at = self.path(position).find(|at| at.entry <= earlier.entry);
        at.is_some_and(|at| at.entry == earlier.entry && at.done >= earlier.done)
    }

    /// The last position that the branches of two positions share.
    pub fn shared(&self, mut one: Position, mut other: Position) -> Position {
        // Every entry has a higher number than the one it follows.
        while one.entry != other.entry {
            let later = if one.entry > other.entry { &mut one } else { &mut other };
            *later = self.entry(later.entry).expect("it is not the base").parent;
        }
        one.min(other)
    }

    /// The legs from a position to a later one of the same branch.
    pub fn legs(&self, earlier: Position, later: Position) -> Vec<Leg> {
        let mut legs = Vec::new();
        for at in self.path(later) {
            if at.entry == earlier.entry {
                if at.done > earlier.done {
                    legs.push(Leg { entry: at.entry, from: Some(earlier.done), to: at.done });
                }
                break;
            }
            legs.push(Leg { entry: at.entry, from: None, to: at.done });
        }
        legs.reverse();
        legs
    }

    /// The commands of a leg; runs are shortened to the part in the leg.
    pub fn commands(&self, leg: Leg) -> Vec<Command> {
        let commands = match leg.entry.checked_sub(1) {
            None => &[][..],
            Some(index) => &self.entries[index].commands,
        };
        let start = leg.start();
        let mut seen: u64 = 0;
        let mut wanted = Vec::new();
        for command in commands {
            let before = seen;
            seen = seen.saturating_add(fuel(command));
            if let Command::Run { .. } = command {
                let (from, to) = (before.max(start), seen.min(leg.to));
                if to > from {
                    wanted.push(Command::Run { fuel: to - from });
                }
            } else if before <= leg.to && leg.from.is_none_or(|from| before > from) {
                // At a position, the commands up to the next run are done.
                wanted.push(command.clone());
            }
        }
        wanted
    }

    /// How many instructions lie between the base and a position; saturates.
    pub fn retired(&self, position: Position) -> u64 {
        self.path(position).map(|at| at.done).fold(0, u64::saturating_add)
    }

    /// The position one instruction earlier, if any instruction was executed before.
    pub fn back(&self, position: Position) -> Option<Position> {
        let at = self.path(position).find(|at| at.done > 0)?;
        Some(Position { done: at.done - 1, ..at })
    }

    /// The position on the branch to `position` at which `retired` instructions have retired since the
    /// base.
    pub fn at_retired(&self, position: Position, retired: u64) -> Option<Position> {
        // In a recording made by hand, the sum of all counts may not fit in 64 bits.
        let retired = u128::from(retired);
        let mut behind: u128 = self.path(position).map(|at| u128::from(at.done)).sum();
        for at in self.path(position) {
            let before = behind - u128::from(at.done);
            if retired > before || (retired == before && at.entry == 0) {
                let done = (retired - before) as u64;
                return (retired <= behind).then_some(Position { done, ..at });
            }
            behind = before;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journal() -> Journal {
        let mut journal = Journal::new(Image::default());
        let write = Command::Push { text: "1".into() };
        let commands =
            vec![write.clone(), Command::Run { fuel: 3 }, write.clone(), Command::Run { fuel: 2 }];
        journal.push(Entry { parent: Position::default(), commands });
        let parent = Position { entry: 1, done: 4 };
        journal.push(Entry { parent, commands: vec![write] });
        journal
    }

    #[test]
    fn a_leg_holds_what_lies_between() {
        let journal = journal();
        let at = |entry, done| Position { entry, done };
        let runs = |from, to| -> Vec<String> {
            let legs = journal.legs(from, to);
            legs.iter()
                .flat_map(|&leg| journal.commands(leg))
                .map(|command| match fuel(&command) {
                    0 => "push".to_string(),
                    fuel => format!("run {fuel}"),
                })
                .collect()
        };
        assert_eq!(runs(at(0, 0), at(1, 0)), ["push"]);
        assert_eq!(runs(at(0, 0), at(1, 3)), ["push", "run 3", "push"]);
        assert_eq!(runs(at(1, 0), at(1, 3)), ["run 3", "push"]);
        assert_eq!(runs(at(1, 3), at(1, 5)), ["run 2"]);
        assert_eq!(runs(at(1, 1), at(2, 0)), ["run 2", "push", "run 1", "push"]);
        assert_eq!(runs(at(2, 0), at(2, 0)), Vec::<String>::new());
        assert_eq!(journal.retired(at(2, 0)), 4);
        assert_eq!(journal.back(at(2, 0)), Some(at(1, 3)));
        assert_eq!(journal.back(at(1, 0)), None);
        assert_eq!(journal.at_retired(at(2, 0), 2), Some(at(1, 2)));
        assert_eq!(journal.at_retired(at(2, 0), 0), Some(at(0, 0)));
        assert_eq!(journal.at_retired(at(2, 0), 5), None);
        assert!(journal.passes(at(2, 0), at(1, 4)) && !journal.passes(at(2, 0), at(1, 5)));
    }

    #[test]
    fn the_newest_of_several_branches_is_the_way_on() {
        let mut journal = Journal::new(Image::default());
        let push = || vec![Command::Push { text: "1".into() }];
        for number in 1..=3 {
            let parent = Position::default();
            assert_eq!(journal.push(Entry { parent, commands: push() }), number);
            assert_eq!(journal.is_line(), number == 1);
            assert_eq!(journal.onward(parent), Some(Position { entry: number, done: 0 }));
        }
    }

    #[test]
    fn a_position_is_an_entry_and_no_more_than_it_ran() {
        let journal = journal();
        let at = |entry, done| Position { entry, done };
        let there = [at(0, 0), at(1, 0), at(1, 5), at(2, 0)];
        assert!(there.into_iter().all(|at| journal.contains(at)));
        let none = [at(0, 1), at(1, 6), at(2, 1), at(3, 0)];
        assert!(!none.into_iter().any(|at| journal.contains(at)));
        assert_eq!(journal.children(at(1, 4)).collect::<Vec<_>>(), [2]);
        assert_eq!(journal.children(at(1, 5)).count(), 0);
        assert_eq!(journal.ends().collect::<Vec<_>>(), [at(1, 5), at(2, 0)]);
        assert_eq!(journal.onward(at(0, 0)), Some(at(1, 5)));
        assert_eq!(journal.onward(at(1, 4)), Some(at(2, 0)));
        assert_eq!(journal.onward(at(1, 2)), Some(at(1, 5)));
        assert_eq!([at(1, 5), at(2, 0)].map(|end| journal.onward(end)), [None, None]);
        assert_eq!(journal.branching(at(2, 0)), Some((at(1, 4), at(1, 5))));
        assert_eq!(journal.branching(at(1, 5)), None);
        assert_eq!(journal.shared(at(1, 5), at(2, 0)), at(1, 4));
        assert_eq!(journal.shared(at(2, 0), at(1, 2)), at(1, 2));
        assert_eq!(at(1, 4).to_string(), "1:4");
    }

    #[test]
    fn more_instructions_than_can_be_counted() {
        let mut journal = Journal::new(Image::default());
        let run = || vec![Command::Run { fuel: u64::MAX }];
        let mut parent = Position::default();
        for _ in 0..3 {
            parent = journal.end_of_pushed(Entry { parent, commands: run() });
        }
        journal.extend(3, u64::MAX);
        let end = Position { entry: 3, done: u64::MAX };
        assert_eq!((journal.end_of(3), journal.retired(end)), (end, u64::MAX));
        let first = |done| Some(Position { entry: 1, done });
        assert_eq!(journal.at_retired(end, 0), Some(Position::default()));
        assert_eq!(journal.at_retired(end, 7), first(7));
        assert_eq!(journal.at_retired(end, u64::MAX), first(u64::MAX));
    }
}
