//! Collecting the data and texts that nothing refers to any more.
//!
//! A collection begins before an instruction that makes data or a text, when enough was made since the last
//! one. At this moment all data ceases to exist that cannot be reached from code, stacks, locals and globals.
//! When it begins depends only on counts that are part of the machine, so it is the same in every replay,
//! however the run is cut into pieces, and a program cannot tell that there are collections at all: numbers
//! and addresses of data are never used again.
//!
//! What ceased to exist is found later, in bounded steps, one with each instruction that makes something. The
//! steps look at a copy of the data as it was at the beginning, which shares the rows as a fork does
//! ([`super::rows`]), so nothing that the program does meanwhile can mislead them, and it needs no barrier.
//! How far they are is not a part of the machine. Whoever must know what exists (a file, a comparison, a
//! command that names data) goes to the end of the collection first, on a copy if need be; that changes
//! nothing but the time it takes. (Yuasa, "Real-time garbage collection on general-purpose machines", 1990,
//! is the best-known collector that works on such a snapshot.)
//!
//! At a limit, a collection may make room. Whether it would is worked out before the instruction, without a
//! change. But if too little was made since the last collection, the limit stops the program: otherwise
//! one that needs nearly all of its memory would collect all the time.

use std::borrow::Cow;
use std::collections::HashSet;

use super::cell::Cell;
use super::growth::{CELL_BYTES, Growth, Pace};
use super::limit::LimitKind;
use super::machine::Machine;
use super::marking::Marking;
use super::text_marks::TextMarks;

/// The part of a limit that must have been made since the last collection, before another is worth it.
const SHARE: u64 = 16;
/// The cells that are looked at for each cell made: collections end long before the next is due.
const PACE: u64 = 64;
/// The cells that are looked at with each instruction that makes something, at least.
const EACH: u64 = 1 << 10;

/// The cells that are looked at for a text in the time of an instruction.
const CELLS: u64 = 4;

/// What an instruction is about to make.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Making {
    /// Cells of data.
    pub(super) cells: u64,
    /// Bytes of texts.
    pub(super) text: u64,
}

impl Machine {
    /// Begins a collection whenever this much was made, and looks at no more cells in a step. For tests: the
    /// usual values are far beyond what these can make.
    #[doc(hidden)]
    pub fn collect_often(&mut self, least: u64, step: u64) {
        self.pace = Pace { least, step };
    }

    /// What was made since the last collection. As long as one is not over, what it keeps is not known;
    /// [`Machine::settled`] knows. Until then this counts what instructions made before, all of which it may
    /// keep, but not the texts that commands made.
    pub fn growth(&self) -> Growth {
        self.growth
    }

    /// Whether a collection is going on. That makes no difference to the program.
    pub fn is_collecting(&self) -> bool {
        self.marking.is_some()
    }

    /// The same machine after the collection that is going on, if there is one.
    pub fn settled(&self) -> Cow<'_, Machine> {
        if self.marking.is_none() {
            return Cow::Borrowed(self);
        }
        // The rows are shared during a collection, so this copies little.
        let mut machine = self.clone();
        machine.finish_collection();
        Cow::Owned(machine)
    }

    /// Goes to the end of the collection that is going on, if there is one.
    pub fn finish_collection(&mut self) {
        if let Some(mut marking) = self.marking.take() {
            marking.finish(&self.memory.texts);
            self.end_collection(*marking);
        }
    }

    /// Goes on with the collection by one step, if there is one.
    #[inline(always)]
    fn go_on_collecting(&mut self, cells: u64) {
        if self.is_collecting() {
            self.collect_step(cells);
        }
    }

    #[cold]
    fn collect_step(&mut self, cells: u64) {
        let Some(marking) = &mut self.marking else { return };
        let step = cells.min(self.pace.step);
        self.effort.add(step);
        let rows = marking.rows.take().expect("a collection that is going on has its rows");
        if marking.go_on(&rows, &self.memory.texts, step) {
            drop(rows);
            let marking = self.marking.take().expect("it was there");
            self.end_collection(*marking);
        } else {
            marking.rows = Some(rows);
        }
    }

    /// Goes on with a collection before a run, and says how much of its fuel to use until the next step:
    /// during a collection the rows are shared, and then data is slow.
    #[inline(always)]
    pub(super) fn collecting_slice(&mut self, fuel: u64) -> u64 {
        const SLICE: u64 = 1 << 14;
        self.go_on_collecting(u64::MAX);
        if self.is_collecting() { fuel.min(SLICE) } else { fuel }
    }

    /// Collects before an instruction makes something, if that is due or makes the room for it.
    pub(super) fn prepare(&mut self, making: Making) {
        let made = making.cells + making.text / CELL_BYTES;
        self.go_on_collecting(PACE.saturating_mul(made).saturating_add(EACH));
        // What the collection that is going on keeps decides when the next is due.
        if self.growth.made() >= self.pace.least || self.is_limit_near() {
            self.finish_collection();
            if self.is_collection_due() {
                self.begin_collection();
            }
        }
        if !self.is_within_limits(making) {
            self.finish_collection();
            if !self.is_within_limits(making) {
                self.begin_collection();
                self.finish_collection();
            }
        }
        self.sweep_if_worth_it(making.text);
        self.growth.cells += making.cells;
        self.growth.text += making.text;
    }

    /// How many bytes of texts can be made before a collection begins, or a limit must be looked at. Nothing
    /// while a collection goes on.
    pub(super) fn free_text(&self) -> u64 {
        if self.is_collecting() || self.is_limit_near() || self.memory.texts.are_many() {
            return 0;
        }
        let growth = self.growth;
        let limit = self.limits.get(LimitKind::Text);
        let due = CELL_BYTES * self.pace.least.max(growth.kept()).saturating_sub(growth.cells);
        // Until so much was made, or so much is there, the limit is not near.
        let near = (limit / SHARE).max((limit - limit / SHARE).saturating_sub(growth.kept_text));
        let more = due.min(near).saturating_sub(growth.text);
        let table = limit.saturating_sub(self.memory.texts.bytes() as u64);
        let bound = self.bounds.as_ref().map_or(u64::MAX, |bounds| bounds.text);
        more.min(limit.saturating_sub(growth.all_text())).min(table).min(bound)
    }

    /// Drops texts that nothing refers to, if the table would else take up more than the limit, or has many.
    /// That makes no difference to the program; commands make texts without counting them.
    fn sweep_if_worth_it(&mut self, text: u64) {
        let (limit, texts) = (self.limits.get(LimitKind::Text), &self.memory.texts);
        // If the last sweep left much, the next is not worth it before as much was made as for a collection.
        let most = limit.max(texts.kept() as u64 + limit / SHARE);
        let is_full = texts.bytes() as u64 + text > most;
        if text > 0 && (is_full || texts.are_many()) && self.marking.is_none() {
            self.sweep_texts();
        }
    }

    /// Drops the texts that no cell refers to. What cannot be reached is there until the next collection, and
    /// its texts with it.
    fn sweep_texts(&mut self) {
        self.effort.add(self.memory.cells() / CELLS);
        let texts = &self.memory.texts;
        let mut marks = TextMarks::new(texts);
        self.all_cells().filter_map(Cell::as_text).for_each(|id| marks.meet(id, texts));
        while marks.look(texts).is_some() {}
        marks.sweep(&mut self.memory.texts);
        self.memory.texts.wait(self.memory.cells());
    }

    fn is_collection_due(&self) -> bool {
        let growth = self.growth;
        growth.made() >= self.pace.least.max(growth.kept()) || self.is_limit_near()
    }

    #[inline(always)]
    fn is_limit_near(&self) -> bool {
        let growth = self.growth;
        let (memory, text) = (self.limits.get(LimitKind::Memory), self.limits.get(LimitKind::Text));
        let near = |made: u64, used: u64, limit: u64| {
            made > 0 && made >= limit / SHARE && used + limit / SHARE >= limit
        };
        near(growth.cells, self.memory.cells(), memory) || near(growth.text, self.most_text(), text)
    }

    /// The bytes of texts that count, at most. During a collection it is not known how many of those that
    /// commands made are kept; they were not counted before.
    #[inline(always)]
    fn most_text(&self) -> u64 {
        let table = self.memory.texts.bytes() as u64;
        match self.is_collecting() {
            true => self.growth.all_text().max(table + self.growth.text),
            false => self.growth.all_text(),
        }
    }

    #[inline(always)]
    fn is_within_limits(&self, making: Making) -> bool {
        let limit = |kind| self.limits.get(kind);
        (making.cells == 0 || self.memory.cells() + making.cells <= limit(LimitKind::Memory))
            && (making.text == 0 || self.most_text() + making.text <= limit(LimitKind::Text))
    }

    fn begin_collection(&mut self) {
        let mut marking =
            Marking::begin(self.root_cells(), self.memory.all_data(), &self.memory.texts);
        self.count_roots();
        self.growth = self.growth.at_beginning();
        self.memory.texts.begin_sweep();
        let (data, texts) = (self.memory.all_data(), &self.memory.texts);
        if marking.go_on(data.rows(), texts, self.pace.step) {
            return self.end_collection(marking);
        }
        self.memory.all_data_mut().share();
        marking.rows = Some(self.memory.all_data().rows().clone());
        self.marking = Some(Box::new(marking));
    }

    fn count_roots(&mut self) {
        self.effort.add(self.tasks.words() as u64 + self.pace.step / 8);
    }

    fn end_collection(&mut self, marking: Marking) {
        // Nobody else may share the rows now.
        self.memory.all_data_mut().settle();
        let unreached = marking.unreached(self.memory.all_data());
        if !unreached.is_empty() {
            self.memory.remove_data(&unreached);
        }
        marking.texts.sweep(&mut self.memory.texts);
        self.memory.texts.wait(self.memory.cells());
        self.growth.kept_cells = marking.cells;
        self.growth.kept_text = marking.texts.bytes;
    }

    /// Collects now, whether or not that is due.
    pub(super) fn collect(&mut self) {
        self.finish_collection();
        self.begin_collection();
        self.finish_collection();
    }

    fn reachable(&self) -> Marking {
        let mut marking =
            Marking::begin(self.root_cells(), self.memory.all_data(), &self.memory.texts);
        let (data, texts) = (self.memory.all_data(), &self.memory.texts);
        let all = marking.go_on(data.rows(), texts, u64::MAX);
        assert!(all, "no memory has 2^64 cells");
        marking
    }

    /// Whether there can be this many more cells of data, if need be after a collection.
    pub(super) fn fits_cells(&self, cells: u64) -> bool {
        let limit = self.limits.get(LimitKind::Memory);
        let fits = |used: u64| used + cells <= limit;
        if self.memory.is_used_up() {
            return false;
        }
        if fits(self.memory.cells()) {
            return true;
        }
        let machine = self.settled();
        let code = machine.memory.code_cells();
        fits(machine.memory.cells())
            || (is_worth_it(machine.growth.cells, limit) && fits(code + machine.reachable().cells))
    }

    /// Whether there can be these texts too, if need be after a collection.
    pub(super) fn fits_texts(&self, texts: &[&str]) -> bool {
        let limit = self.limits.get(LimitKind::Text);
        let bytes = texts.iter().map(|text| text.len() as u64).sum();
        if self.surely_fits_texts(bytes) {
            return true;
        }
        let machine = self.settled();
        machine.is_text_worth_it(bytes) && {
            let (reachable, table) = (machine.reachable().texts, &machine.memory.texts);
            let new: HashSet<&&str> =
                texts.iter().filter(|text| !reachable.has(text, table)).collect();
            let new: u64 = new.iter().map(|text| text.len() as u64).sum();
            // What is there already takes no room, even beyond the limit.
            new == 0 || reachable.bytes + new <= limit
        }
    }

    /// Whether texts of this many bytes fit, whatever their contents. If not, [`Machine::fits_texts`] looks at
    /// the contents.
    pub(super) fn surely_fits_texts(&self, bytes: u64) -> bool {
        let limit = self.limits.get(LimitKind::Text);
        self.memory.texts.bytes() as u64 + bytes <= limit && self.is_text_worth_it(bytes)
    }

    /// Whether this many bytes fit even if nothing can be collected, or a collection would be worth it.
    fn is_text_worth_it(&self, bytes: u64) -> bool {
        let limit = self.limits.get(LimitKind::Text);
        self.most_text() + bytes <= limit || is_worth_it(self.growth.text, limit)
    }

    /// The bytes of all reachable texts, each text counted once. Looks at every cell.
    pub fn text_bytes(&self) -> u64 {
        self.reachable().texts.bytes
    }

    /// The growth of a machine about which nothing else is known: that of one just collected.
    pub(super) fn assume_growth(&mut self) {
        let kept_text = self.text_bytes();
        let kept_cells = self.memory.cells() - self.memory.code_cells();
        self.growth = Growth { kept_cells, kept_text, cells: 0, text: 0 };
    }
}

/// Whether so much was made since the last collection that another is worth it.
fn is_worth_it(made: u64, limit: u64) -> bool {
    made >= limit / SHARE
}
