//! Checkpoints: images kept in memory, so that going back replays only a little of the history. How much is
//! measured in instructions, and instructions that take long, such as joining texts, count as many: see
//! [`Machine::extra_effort`](crate::vm::machine::Machine::extra_effort).
//!
//! They are compressed copies. Their only cost for the running machine is the copying, spaced to take a
//! few per cent of the running time. So they are far apart if there is much data, and going back one step
//! may replay seconds. But a journey keeps a checkpoint just before its destination, so the next steps back
//! are quick. When they outgrow their budget, the checkpoint that will be missed
//! least is dropped: an old one with close neighbours. Going far back then takes longer, but its result
//! is the same.

use std::collections::BTreeMap;
use std::io;

use super::journal::{Journal, Position};
use crate::program::breakpoint::Breakpoints;
use crate::program::cell_comments::CellComments;
use crate::program::given::Given;
use crate::program::image::Image;
use crate::program::origin::Origins;
use crate::program::watch::Watch;
use crate::vm::compressed::Compressed;
use crate::vm::machine::Machine;
use crate::vm::memory::Place;

/// The default for the memory that checkpoints may take, in bytes.
pub const BUDGET: usize = 256 << 20;

/// As many bytes as some megabytes have, at most a gigabyte where an address has 32 bits: there, all memory
/// together has four, and `4096 << 20` is 0.
pub fn megabytes(count: usize) -> usize {
    let most = if usize::BITS < 64 { 1 << 10 } else { usize::MAX >> 20 };
    count.min(most) << 20
}
/// The least number of instructions between two checkpoints of one run: a few milliseconds.
const INTERVAL: u64 = 500_000;
/// How many instructions before its destination a journey keeps a checkpoint, so that the next steps back from
/// there are quick.
pub(super) const NEAR: u64 = INTERVAL;
/// The most checkpoints, however much room is left, because each new one looks at all of them.
const MOST: usize = 1_000;

/// Checkpoints of a session, in the order in which they were made.
#[derive(Clone, Debug)]
pub struct Checkpoints {
    list: Vec<Checkpoint>,
    bytes: usize,
    budget: usize,
    spacing: u64,
    /// How many instructions must run before the next checkpoint, judging by the last measured size of
    /// the image. Measuring looks at every body, so it is not done in each slice.
    due: u64,
}

/// An image at a position, compressed.
#[derive(Clone, Debug)]
pub struct Checkpoint {
    pub(super) position: Position,
    machine: Compressed,
    breakpoints: Breakpoints,
    bookmarks: BTreeMap<String, Place>,
    comments: CellComments,
    watches: Vec<Watch>,
    origins: Origins,
    given: Given,
}

impl Checkpoint {
    fn new(position: Position, image: &Image) -> Checkpoint {
        let Image { machine, breakpoints, bookmarks, comments, watches, origins, given } = image;
        let (breakpoints, bookmarks) = (breakpoints.clone(), bookmarks.clone());
        let (machine, comments, origins) = (machine.compress(), comments.clone(), origins.clone());
        let (watches, given) = (watches.clone(), given.clone());
        Checkpoint { position, machine, breakpoints, bookmarks, comments, watches, origins, given }
    }

    /// The position of the image.
    pub fn position(&self) -> Position {
        self.position
    }

    /// The image that was kept, decompressed.
    pub fn image(&self) -> Image {
        self.with_machine(self.machine.decompress())
    }

    /// What is attached to this image, for a machine.
    fn with_machine(&self, machine: Machine) -> Image {
        let (breakpoints, bookmarks) = (self.breakpoints.clone(), self.bookmarks.clone());
        let (comments, origins) = (self.comments.clone(), self.origins.clone());
        let (watches, given) = (self.watches.clone(), self.given.clone());
        Image { machine, breakpoints, bookmarks, comments, watches, origins, given }
    }

    /// Writes the file text of the image, without decompressing its data as a whole.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write_file_text(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let outline = self.with_machine(self.machine.outline());
        outline.write_file_text_with(&self.machine, out)
    }

    /// What its instructions had cost beyond one unit each.
    pub fn extra_effort(&self) -> u64 {
        self.machine.extra_effort()
    }

    /// How many instructions were executed before it; thinning measures distances by this.
    pub(super) fn retired(&self) -> u64 {
        self.machine.retired()
    }

    /// The memory it takes, in bytes.
    pub fn bytes(&self) -> usize {
        self.machine.bytes() + 64 * (self.breakpoints.len() + self.bookmarks.len())
    }
}

impl Default for Checkpoints {
    fn default() -> Checkpoints {
        Checkpoints { list: Vec::new(), bytes: 0, budget: BUDGET, spacing: INTERVAL, due: 0 }
    }
}

impl Checkpoints {
    /// The memory that the checkpoints take, in bytes.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The number of checkpoints.
    pub fn count(&self) -> usize {
        self.list.len()
    }

    /// The memory they may take, in bytes.
    pub fn budget(&self) -> usize {
        self.budget
    }

    /// Changes the memory they may take, in bytes; drops some if they take more.
    pub fn set_budget(&mut self, bytes: usize) {
        self.budget = bytes;
        self.thin();
    }

    /// The least number of instructions between two checkpoints.
    pub(super) fn spacing(&self) -> u64 {
        self.spacing
    }

    pub(super) fn set_spacing(&mut self, instructions: u64) {
        self.spacing = instructions.max(1);
    }

    /// Whether the next checkpoint is due, `since` instructions after the last. Compressing `n` bytes takes
    /// about as long as `n / 4` instructions. With 24 times as many instructions between checkpoints, it
    /// takes about a twenty-fourth of the time.
    pub(super) fn is_due(&mut self, since: u64, image: &Image) -> bool {
        if self.budget == 0 || since < self.spacing.max(self.due) {
            return false;
        }
        let few = self.spacing < INTERVAL;
        self.due = if few { 0 } else { 6 * image.machine.copied_bytes() as u64 };
        since >= self.due
    }

    /// Whether a checkpoint just before the destination of a journey pays off, `since` instructions after the
    /// last: making it takes no longer than executing these again, as the next steps back from there would.
    pub(super) fn pays_off(&self, since: u64, image: &Image) -> bool {
        self.budget > 0 && since >= self.spacing.max(image.machine.copied_bytes() as u64 / 4)
    }

    /// Keeps an image, unless there is a checkpoint at its position or it exceeds the budget.
    pub(super) fn keep(&mut self, position: Position, image: &Image) {
        if self.list.iter().any(|checkpoint| checkpoint.position == position) {
            return;
        }
        self.due = 0;
        let checkpoint = Checkpoint::new(position, image);
        if checkpoint.bytes() > self.budget {
            return;
        }
        self.bytes += checkpoint.bytes();
        self.list.push(checkpoint);
        self.thin();
    }

    fn thin(&mut self) {
        while self.bytes > self.budget || self.list.len() > MOST {
            let Some(index) = self.least_useful() else { break };
            self.bytes -= self.list.remove(index).bytes();
        }
    }

    /// The index of the checkpoint whose neighbours are closest in proportion to its age.
    fn least_useful(&self) -> Option<usize> {
        let now = self.list.last()?.retired();
        let cost = |index: usize| {
            let before = index.checked_sub(1).map_or(0, |before| self.list[before].retired());
            let after = self.list.get(index + 1).map_or(now, |after| after.retired());
            let age = now.abs_diff(self.list[index].retired()) + 1;
            u128::from(after.abs_diff(before)) * 1024 / u128::from(age)
        };
        // The newest is dropped last.
        let oldest = self.list.len().saturating_sub(1).max(1);
        (0..oldest.min(self.list.len())).min_by_key(|&index| cost(index))
    }

    /// The last checkpoint on the branch to a position, at or before the position.
    pub(super) fn nearest(&self, journal: &Journal, to: Position) -> Option<&Checkpoint> {
        self.newest_of(journal, to, |_| true)
    }

    /// The last checkpoint on the branch to a position, before it.
    pub(super) fn nearest_before(&self, journal: &Journal, to: Position) -> Option<&Checkpoint> {
        self.newest_of(journal, to, |at| at != to)
    }

    fn newest_of(
        &self,
        journal: &Journal,
        to: Position,
        wanted: impl Fn(Position) -> bool,
    ) -> Option<&Checkpoint> {
        let mut newest: Option<&Checkpoint> = None;
        // From the last that was made: it is often the newest, and no older one is looked for then.
        for kept in self.list.iter().rev().filter(|kept| wanted(kept.position)) {
            let is_newer = newest.is_none_or(|newest| newest.position < kept.position);
            if is_newer && journal.passes(to, kept.position) {
                newest = Some(kept);
            }
        }
        newest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::load::image_of_program;

    fn image(program: &str) -> Image {
        image_of_program(program).expect("it is a program")
    }

    fn at(done: u64) -> Position {
        Position { entry: 1, done }
    }

    /// Checkpoints of a run, after these numbers of instructions.
    fn kept(after: impl IntoIterator<Item = u64>) -> Checkpoints {
        let mut checkpoints = Checkpoints::default();
        let mut image = image("[ 1 drop ] repeat");
        for after in after {
            let missing = after - image.machine.retired();
            image.machine.run(missing);
            checkpoints.keep(at(after), &image);
        }
        checkpoints
    }

    fn list(checkpoints: &Checkpoints) -> Vec<u64> {
        checkpoints.list.iter().map(|checkpoint| checkpoint.position.done).collect()
    }

    fn sum(checkpoints: &Checkpoints) -> usize {
        checkpoints.list.iter().map(Checkpoint::bytes).sum()
    }

    #[test]
    fn a_checkpoint_is_kept_once_and_only_if_it_fits() {
        let mut checkpoints = kept([0, 5, 9]);
        assert_eq!((checkpoints.count(), checkpoints.bytes()), (3, sum(&checkpoints)));
        let mut other = image("1 2 3");
        checkpoints.keep(at(5), &other);
        assert_eq!((checkpoints.count(), checkpoints.bytes()), (3, sum(&checkpoints)));
        // Marks take room too.
        let plain = Checkpoint::new(at(1), &other).bytes();
        other.breakpoints.insert(Place::start(crate::vm::memory::MAIN));
        for name in ["a", "b"] {
            other.bookmarks.insert(name.to_string(), Place::start(crate::vm::memory::MAIN));
        }
        let marked = Checkpoint::new(at(1), &other);
        assert_eq!(marked.bytes(), plain + 3 * 64);
        assert_eq!(marked.image(), other);
        let mut small = Checkpoints::default();
        small.set_budget(marked.bytes() - 1);
        small.keep(at(1), &other);
        assert_eq!((small.count(), small.budget()), (0, marked.bytes() - 1));
        small.set_budget(marked.bytes());
        small.keep(at(1), &other);
        assert_eq!((small.count(), small.bytes()), (1, marked.bytes()));
    }

    #[test]
    fn the_next_is_due_when_it_costs_little_against_what_was_executed() {
        let (few, many) = (image("1"), image("4000000 allocate"));
        let mut checkpoints = Checkpoints::default();
        assert!(!checkpoints.is_due(INTERVAL - 1, &few) && checkpoints.is_due(INTERVAL, &few));
        let mut ran = many.clone();
        ran.machine.run(2);
        let due = 6 * ran.machine.bytes() as u64;
        assert!(due > 100 * INTERVAL);
        assert!(!checkpoints.is_due(due - 1, &ran) && checkpoints.is_due(due, &ran));
        // A measured size counts until a checkpoint is kept.
        assert!(!checkpoints.is_due(INTERVAL, &few));
        checkpoints.keep(at(0), &few);
        assert!(checkpoints.is_due(INTERVAL, &few));
        // With a spacing below the default, the cost does not matter.
        let mut checkpoints = Checkpoints::default();
        checkpoints.set_spacing(10);
        assert_eq!(checkpoints.spacing(), 10);
        assert!(!checkpoints.is_due(9, &ran) && checkpoints.is_due(10, &ran));
        checkpoints.set_spacing(0);
        assert_eq!(checkpoints.spacing(), 1);
        checkpoints.set_budget(0);
        assert!(!checkpoints.is_due(due, &ran));
    }

    #[test]
    fn the_one_that_is_missed_least_goes() {
        // At equal distances, the oldest is dropped.
        let mut checkpoints = kept([100, 200, 300, 400, 500]);
        let one = checkpoints.bytes() / 5;
        checkpoints.set_budget(4 * one + one / 2);
        assert_eq!(list(&checkpoints), [200, 300, 400, 500]);
        assert_eq!(checkpoints.bytes(), sum(&checkpoints));
        // A checkpoint with close neighbours is dropped before an older one without.
        let mut checkpoints = kept([1000, 3000, 3010, 3020, 4000]);
        let one = checkpoints.bytes() / 5;
        checkpoints.set_budget(4 * one + one / 2);
        assert_eq!(list(&checkpoints), [1000, 3000, 3020, 4000]);
        // The newest is dropped last.
        checkpoints.set_budget(one + one / 2);
        assert_eq!(list(&checkpoints), [4000]);
        checkpoints.set_budget(0);
        assert_eq!((checkpoints.count(), checkpoints.bytes()), (0, 0));
    }

    #[test]
    fn a_checkpoint_is_written_as_its_image_is() {
        let program = "3000 allocate assign: a 5 allocate assign: b \"text\" a 0 memory.set \
                       b a 1 memory.set 7 a 1500 memory.set 100 [ 1 - dup dup a swap memory.set \
                       dup 0 > ] 1 swap repeat_if a b";
        let mut image = image(program);
        image.machine.run(10_000);
        image.bookmarks.insert("a".to_string(), Place::start(crate::vm::memory::MAIN));
        let checkpoint = Checkpoint::new(at(1), &image);
        let mut text = Vec::new();
        checkpoint.write_file_text(&mut text).unwrap();
        assert_eq!(String::from_utf8(text).unwrap(), image.to_file_text());
        assert_eq!(Image::from_file_text(&image.to_file_text()).unwrap(), image);
        assert!(image.to_file_text().contains("cells: ["));
    }

    #[test]
    fn there_are_never_more_than_can_be_looked_at() {
        let checkpoints = kept(0..=MOST as u64);
        assert_eq!(checkpoints.count(), MOST);
        assert_eq!(checkpoints.bytes(), sum(&checkpoints));
    }
}
