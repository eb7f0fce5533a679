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

/// What is known of the branch that leads to an entry, so that no question about it walks the whole branch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Way {
    /// How many entries it has, without the base.
    depth: u32,
    /// An earlier position of the branch. With these, any position of a branch is a few dozen steps away:
    /// the lengths of the jumps follow from the depth alone (Myers, "An applicative random-access stack",
    /// 1983).
    jump: Position,
    /// How many instructions it has before the entry. In a recording made by hand, they may not fit in 64 bits.
    before: u128,
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
    /// The branch that leads to each entry; derived from the entries.
    ways: Vec<Way>,
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
            ways: Vec::new(),
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

    /// A copy of the base that shares its data, so that a session of a large image does not hold it twice.
    pub(super) fn fork_base(&mut self) -> Image {
        self.base.fork()
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

    /// How many gestures the branch to the end of an entry has: the number of that gesture on its branch.
    pub fn gestures_to(&self, entry: usize) -> u64 {
        u64::from(self.way(entry).depth)
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
        self.ways.push(self.way_after(parent));
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

    /// The way to an entry; the base has none.
    fn way(&self, entry: usize) -> Way {
        entry.checked_sub(1).map_or_else(Way::default, |index| self.ways[index])
    }

    /// The way to an entry that follows a position.
    fn way_after(&self, parent: Position) -> Way {
        let way = self.way(parent.entry);
        let far = self.way(way.jump.entry);
        let further = self.way(far.jump.entry);
        let is_even = way.depth - far.depth == far.depth - further.depth && way.depth > 0;
        Way {
            depth: way.depth + 1,
            jump: if is_even { far.jump } else { parent },
            before: way.before + u128::from(parent.done),
        }
    }

    /// The first position of [`Journal::path`] that is as wanted. All after it must be as wanted too.
    fn first(&self, position: Position, wanted: impl Fn(Position) -> bool) -> Option<Position> {
        let mut at = position;
        while !wanted(at) {
            let parent = self.entry(at.entry)?.parent;
            let jump = self.way(at.entry).jump;
            at = if wanted(jump) { parent } else { jump };
        }
        Some(at)
    }

    /// The next position of [`Journal::path`] to `to` after an earlier position, which need not be on it.
    pub fn next_towards(&self, to: Position, earlier: Position) -> Option<Position> {
        let mut at = (to > earlier).then_some(to)?;
        while let Some(entry) = self.entry(at.entry) {
            let jump = self.way(at.entry).jump;
            match [jump, entry.parent].into_iter().find(|&before| before > earlier) {
                Some(before) => at = before,
                None => break,
            }
        }
        Some(at)
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
        let at = self.first(position, |at| at.entry <= earlier.entry);
        at.is_some_and(|at| at.entry == earlier.entry && at.done >= earlier.done)
    }

    /// Whether code was edited between a position and a later one of its branch.
    pub fn has_edits(&self, earlier: Position, later: Position) -> bool {
        let mut legs = self.legs(earlier, later).into_iter();
        legs.any(|leg| self.commands(leg).iter().any(Command::is_edit))
    }

    /// The last position that the branches of two positions share.
    pub fn shared(&self, mut one: Position, mut other: Position) -> Position {
        let depth = |at: Position| self.way(at.entry).depth;
        let least = depth(one).min(depth(other));
        let higher = |at| self.first(at, |at| depth(at) <= least).expect("the base has no depth");
        (one, other) = (higher(one), higher(other));
        while one.entry != other.entry {
            let jumps = [one, other].map(|at| self.way(at.entry).jump);
            let parent = |at: Position| self.entry(at.entry).expect("the base is shared").parent;
            // From the same depth, both jump as far.
            [one, other] = match jumps[0].entry == jumps[1].entry {
                true => [parent(one), parent(other)],
                false => jumps,
            };
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
        u64::try_from(self.retired_at(position)).unwrap_or(u64::MAX)
    }

    fn retired_at(&self, position: Position) -> u128 {
        self.way(position.entry).before + u128::from(position.done)
    }

    /// The position one instruction earlier, if any instruction was executed before.
    pub fn back(&self, position: Position) -> Option<Position> {
        // After the last position with an instruction, all have as many before them as the end.
        let retired = self.retired_at(position);
        let at = self.first(position, |at| self.way(at.entry).before < retired)?;
        Some(Position { done: at.done - 1, ..at })
    }

    /// The position on the branch to `position` at which `retired` instructions have retired since the
    /// base.
    pub fn at_retired(&self, position: Position, retired: u64) -> Option<Position> {
        let retired = u128::from(retired);
        let before = |at: Position| self.way(at.entry).before;
        let at = self.first(position, |at| retired > before(at) || at.entry == 0)?;
        (retired <= self.retired_at(at))
            .then(|| Position { done: (retired - before(at)) as u64, ..at })
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

    /// A tree of 400 entries that branches often, also within entries.
    fn tree() -> (Journal, Vec<Position>) {
        let mut journal = Journal::new(Image::default());
        let (mut positions, mut seed) = (vec![Position::default()], 7_u64);
        let mut below = |count: usize| {
            seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (seed >> 33) as usize % count
        };
        for _ in 0..400 {
            let newest = positions.len() - 1;
            let parent = match below(4) {
                0 => positions[below(newest + 1)],
                _ => positions[newest],
            };
            let commands = vec![Command::Run { fuel: below(3) as u64 }];
            let end = journal.end_of_pushed(Entry { parent, commands });
            positions.extend((0..=end.done).map(|done| Position { done, ..end }));
        }
        (journal, positions)
    }

    #[test]
    fn jumps_lead_where_walking_the_branch_leads() {
        let (journal, positions) = tree();
        let path = |at| journal.path(at).collect::<Vec<Position>>();
        for &at in positions.iter().step_by(3) {
            let way = path(at);
            let retired: u64 = way.iter().map(|at| at.done).sum();
            assert_eq!(journal.retired(at), retired);
            let back = way.iter().find(|at| at.done > 0);
            assert_eq!(journal.back(at), back.map(|at| Position { done: at.done - 1, ..*at }));
            for count in [0, retired / 2, retired.saturating_sub(1), retired, retired + 1] {
                let found = journal.at_retired(at, count);
                assert_eq!(found.is_some(), count <= retired, "{count} of {retired} at {at}");
                assert!(found.is_none_or(|found| {
                    journal.retired(found) == count && journal.passes(at, found)
                }));
            }
            for &other in positions.iter().step_by(7) {
                let on_it = |at: &&Position| at.entry == other.entry && at.done >= other.done;
                assert_eq!(journal.passes(at, other), way.iter().any(|at| on_it(&at)));
                let next = way.iter().take_while(|&&at| at > other).last();
                assert_eq!(journal.next_towards(at, other), next.copied());
                let there = path(other);
                let same = |at: &&Position| there.iter().any(|other| other.entry == at.entry);
                let shared = way.iter().find(same).unwrap();
                let theirs = there.iter().find(|at| at.entry == shared.entry).unwrap();
                assert_eq!(journal.shared(at, other), *shared.min(theirs), "{at} and {other}");
            }
        }
    }
}
