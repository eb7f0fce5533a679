//! The values of watches: evaluated when what they depend on has changed, at most once in a frame, and for a small
//! part of the work of a run.
//!
//! Work is counted in instructions and not timed, so it is the same on every computer. While a program runs, each
//! watch gets its part of a small share of what the program executes; it is evaluated again when that pays for it.
//! Until then its old value is shown with the step that it is of.

use std::time::Duration;

use super::Desk;
use crate::program::notation::Notation;
use crate::program::watch::{Watch, Watched};
use crate::session::Session;
use crate::session::journal::Position;
use crate::view::watches::{DataRow, WatchRow, data_row, of_data, of_line, title};
use crate::vm::index::TaskId;

/// The part of a run's work that its watches may take together: a sixtieth.
const SHARE: u64 = 60;
/// The work in a frame while a program runs so slowly that it waits most of the time.
const WATCHED: u64 = 200_000;
/// The work in a frame while nothing runs, after which the next frame goes on.
const STILL: u64 = 2_000_000;

/// What the value of a watch depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Moment {
    position: Position,
    changes: u64,
    retired: u64,
    notation: Notation,
    focus: TaskId,
}

/// What is known of a watch.
#[derive(Clone, Debug)]
struct Seen {
    watch: Watch,
    moment: Moment,
    row: WatchRow,
    /// The work of finding it out.
    cost: u64,
    /// The work that is granted to find it out again.
    granted: u64,
}

/// All watches of an image, as far as their values are known.
#[derive(Clone, Debug, Default)]
pub(super) struct Watching {
    seen: Vec<Option<Seen>>,
    /// What the machine had executed when they were last looked at.
    work: u64,
    evaluations: u64,
}

/// How much may be done in a frame.
#[derive(Clone, Copy, Debug)]
enum Allowance {
    /// Nothing runs: everything, over several frames if need be.
    Still,
    /// Each watch is granted this much more.
    Each(u64),
}

impl Desk {
    /// How often a watch was evaluated.
    pub fn watches_evaluated(&self) -> u64 {
        self.document.asked.watching.evaluations
    }

    /// The watches, as they are shown.
    pub fn watches(&self) -> Vec<WatchRow> {
        let now = self.moment();
        let marks = self.marks();
        let watches = marks.watches.iter();
        let seen = &self.document.asked.watching.seen;
        let row = |(n, watch): (usize, &Watch)| match seen.get(n) {
            Some(Some(seen)) if seen.watch == *watch => {
                let old = (seen.moment != now).then_some(seen.moment.retired);
                WatchRow { as_of: old, ..seen.row.clone() }
            }
            Some(_) | None => WatchRow {
                title: self.watch_title(&watch.what),
                value: Err("not evaluated yet".to_owned()),
                shape: watch.shape,
                data: None,
                changed: false,
                as_of: None,
            },
        };
        watches.enumerate().map(row).collect()
    }

    fn moment(&self) -> Moment {
        let session = self.session();
        Moment {
            position: session.position(),
            changes: session.changes(),
            retired: session.machine().retired(),
            notation: self.preferences.code.notation,
            focus: session.machine().task().number(),
        }
    }

    /// Evaluates the watches whose values may have changed, as far as they may take work in this frame. Returns
    /// when to go on, if that does not follow from a run.
    pub(super) fn watch_part(&mut self) -> Option<Duration> {
        if !self.shows_watches() {
            return None;
        }
        let (now, allowance) = (self.moment(), self.watch_allowance());
        let mut watching = std::mem::take(&mut self.document.asked.watching);
        watching.follow(&self.marks().watches);
        let mut left = STILL;
        for n in 0..watching.seen.len() {
            if left > 0 && watching.is_due(n, now, allowance) {
                let seen = self.evaluated(n, now);
                left = left.saturating_sub(seen.cost);
                watching.evaluations += 1;
                watching.seen[n] = Some(seen);
            }
        }
        let are_known = |seen: &Option<Seen>| seen.as_ref().is_some_and(|seen| seen.moment == now);
        let goes_on = matches!(allowance, Allowance::Still) && !watching.seen.iter().all(are_known);
        watching.work = work(self.session());
        self.document.asked.watching = watching;
        goes_on.then_some(Duration::ZERO)
    }

    fn watch_allowance(&self) -> Allowance {
        let count = self.marks().watches.len().max(1) as u64;
        let done = work(self.session()).abs_diff(self.document.asked.watching.work);
        if self.session().job().is_none() {
            Allowance::Still
        } else if self.watched_at().is_some() {
            Allowance::Each(WATCHED / count)
        } else {
            Allowance::Each(done / SHARE / count)
        }
    }

    fn evaluated(&mut self, n: usize, moment: Moment) -> Seen {
        let watch = self.marks().watches[n].clone();
        let (shown, mut cost) = match &watch.what {
            Watched::Line(line) => {
                let mut peeked = self.document.session.peek(line);
                let cost = std::mem::take(&mut peeked.cost);
                (of_line(self.session().machine(), peeked), cost)
            }
            Watched::Data(data) => (of_data(self.session().machine(), *data), 0),
        };
        let (value, data) = shown;
        let machine = self.session().machine();
        let was = self.document.before.machine();
        let data = data.map(|data| data_row(was, machine, data, watch.shape));
        // Two cells are compared in the time of an instruction: with the fork of a line, or with those before.
        let compares = |data: &&DataRow| data.chart.is_some() || cost > 0;
        cost += data.as_ref().filter(compares).map_or(0, |data| u64::from(data.extent.size));
        let changed = self.document.before.watch_differs(&watch.what, &value);
        let (title, shape) = (self.watch_title(&watch.what), watch.shape);
        let row = WatchRow { title, value, shape, data, changed, as_of: None };
        Seen { watch, moment, row, cost: cost.max(1), granted: 0 }
    }

    /// What a watch is called.
    fn watch_title(&self, what: &Watched) -> String {
        let machine = self.session().machine();
        match what {
            Watched::Line(line) => self.shown_line(machine.task().counter().body, line),
            Watched::Data(_) => title(machine, what).expect("data has a title"),
        }
    }
}

impl Watching {
    /// The values that are known, to tell later which have changed.
    pub(super) fn values(&self) -> Vec<(Watched, String)> {
        let known = |seen: &Seen| Some((seen.watch.what.clone(), seen.row.value.clone().ok()?));
        self.seen.iter().flatten().filter_map(known).collect()
    }

    /// Forgets what is known of watches that are elsewhere now.
    fn follow(&mut self, watches: &[Watch]) {
        self.seen.resize(watches.len(), None);
        for (seen, watch) in self.seen.iter_mut().zip(watches) {
            seen.take_if(|seen| seen.watch != *watch);
        }
    }

    /// Whether a watch is to be evaluated now. Grants it what it is allowed.
    fn is_due(&mut self, n: usize, now: Moment, allowance: Allowance) -> bool {
        let Some(seen) = &mut self.seen[n] else { return true };
        match allowance {
            Allowance::Still => seen.moment != now,
            Allowance::Each(work) => {
                seen.granted = seen.granted.saturating_add(work).min(seen.cost);
                seen.moment != now && seen.granted >= seen.cost
            }
        }
    }
}

/// What the machine of a session has executed, in the time of an instruction.
fn work(session: &Session) -> u64 {
    session.machine().retired().saturating_add(session.machine().extra_effort())
}
