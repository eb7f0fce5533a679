//! Images kept along the way, so that going back replays a little and not everything.
//!
//! Plain copies: the running machine pays nothing but the copying, which is spaced so that it takes a
//! few per cent of the running time. When they outgrow their budget, the one whose absence costs the
//! least is dropped: nearby ones of long ago. Going far back then takes longer; it is never wrong.

use super::journal::{Journal, Position};
use crate::program::image::Image;

/// The default for the memory that checkpoints may take, in bytes.
pub const BUDGET: usize = 256 << 20;
/// At least so many instructions lie between two checkpoints of one run: a few milliseconds.
const INTERVAL: u64 = 500_000;
/// There are never more, whatever room is left: each new one looks at all of them.
const MOST: usize = 1_000;

/// Checkpoints of a session, in the order in which they were made.
#[derive(Clone, Debug)]
pub struct Checkpoints {
    list: Vec<Checkpoint>,
    bytes: usize,
    budget: usize,
    spacing: u64,
}

#[derive(Clone, Debug)]
struct Checkpoint {
    position: Position,
    image: Image,
    bytes: usize,
}

impl Checkpoint {
    /// What orders them for thinning.
    fn retired(&self) -> u64 {
        self.image.machine.retired()
    }
}

impl Default for Checkpoints {
    fn default() -> Checkpoints {
        Checkpoints { list: Vec::new(), bytes: 0, budget: BUDGET, spacing: INTERVAL }
    }
}

/// About how many bytes a copy of an image takes.
fn size(image: &Image) -> usize {
    let machine = &image.machine;
    let memory = machine.memory();
    let data: usize =
        (0..memory.data_count()).filter_map(|n| memory.data(n)).map(|d| d.size()).sum();
    let code: usize = memory.code_bodies().map(|(_, body)| 16 + body.used().len()).sum();
    let stacks: usize = machine
        .tasks()
        .iter()
        .map(|task| task.parameters().len() + 4 * task.calls().depth() as usize)
        .sum();
    8 * (data + code + stacks) + machine.output().len() + machine.input().rest().len() + 1024
}

impl Checkpoints {
    /// The memory they take, in bytes.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.list.len()
    }

    /// The memory they may take, in bytes.
    pub fn budget(&self) -> usize {
        self.budget
    }

    /// Changes the memory they may take; drops some if it is less.
    pub fn set_budget(&mut self, bytes: usize) {
        self.budget = bytes;
        self.thin();
    }

    /// How many instructions lie at least between two.
    pub(super) fn spacing(&self) -> u64 {
        self.spacing
    }

    pub(super) fn set_spacing(&mut self, instructions: u64) {
        self.spacing = instructions.max(1);
    }

    /// Whether the next one is due after so many instructions. A copy of `n` bytes takes about as
    /// long as `n / 4` instructions; at sixteen times that, copying is a sixteenth of the time.
    pub(super) fn is_due(&self, since: u64, image: &Image) -> bool {
        since >= self.spacing && (self.spacing < INTERVAL || since >= 4 * size(image) as u64)
    }

    /// Keeps an image.
    pub(super) fn keep(&mut self, position: Position, image: &Image) {
        if self.list.iter().any(|checkpoint| checkpoint.position == position) {
            return;
        }
        let bytes = size(image);
        if bytes > self.budget {
            return;
        }
        self.bytes += bytes;
        self.list.push(Checkpoint { position, image: image.clone(), bytes });
        self.thin();
    }

    fn thin(&mut self) {
        while self.bytes > self.budget || self.list.len() > MOST {
            let Some(index) = self.least_useful() else { break };
            self.bytes -= self.list.remove(index).bytes;
        }
    }

    /// The checkpoint whose neighbours are closest, measured against how long ago it was.
    fn least_useful(&self) -> Option<usize> {
        let now = self.list.last()?.retired();
        let cost = |index: usize| {
            let before = index.checked_sub(1).map_or(0, |before| self.list[before].retired());
            let after = self.list.get(index + 1).map_or(now, |after| after.retired());
            let age = now.abs_diff(self.list[index].retired()) + 1;
            u128::from(after.abs_diff(before)) * 1024 / u128::from(age)
        };
        // The newest goes last.
        let oldest = self.list.len().saturating_sub(1).max(1);
        (0..oldest.min(self.list.len())).min_by_key(|&index| cost(index))
    }

    /// The nearest checkpoint on the way to a position.
    pub(super) fn nearest(&self, journal: &Journal, to: Position) -> Option<(Position, &Image)> {
        self.newest_of(journal, to, |_| true)
    }

    /// The nearest checkpoint on the way to a position, other than there.
    pub(super) fn nearest_before(
        &self,
        journal: &Journal,
        to: Position,
    ) -> Option<(Position, &Image)> {
        self.newest_of(journal, to, |at| at != to)
    }

    fn newest_of(
        &self,
        journal: &Journal,
        to: Position,
        wanted: impl Fn(Position) -> bool,
    ) -> Option<(Position, &Image)> {
        let mut best: Option<&Checkpoint> = None;
        // The way as (entry, done); checkpoints of other branches are on none of it.
        let way: std::collections::HashMap<usize, u64> =
            journal.path(to).map(|at| (at.entry, at.done)).collect();
        for checkpoint in &self.list {
            let Position { entry, done } = checkpoint.position;
            let on_way =
                wanted(checkpoint.position) && way.get(&entry).is_some_and(|&until| done <= until);
            let key = |c: &Checkpoint| (c.retired(), c.position.entry);
            if on_way && best.is_none_or(|best| key(best) < key(checkpoint)) {
                best = Some(checkpoint);
            }
        }
        best.map(|checkpoint| (checkpoint.position, &checkpoint.image))
    }
}
