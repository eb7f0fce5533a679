//! Values over time, and how often cells have run: both are found by executing the history again, in time
//! slices, while nothing else runs.

use std::time::Duration;

use super::Desk;
use super::action::ValuePlace;
use super::became::watched;
use super::pacing::Pacing;
use crate::program::diagnostic::grouped;
use crate::session::became::Watched;
use crate::session::counts::{CellCounts, Counts};
use crate::session::journal::{Mismatch, Position};
use crate::session::passes::{Followed, MOST, Passes};
use crate::session::target::Target;
use crate::view::memory::{self, At, BodyRow, CellKind, Marks, Ran};
use crate::vm::cell::Content;
use crate::vm::index::{BodyId, DataId};
use crate::vm::machine::Machine;
use crate::vm::memory::Place;

/// The list of values, while it is shown.
#[derive(Debug)]
pub(super) struct Values {
    passes: Passes,
    pacing: Pacing,
}

/// How often cells have run, while it is shown.
#[derive(Debug, Default)]
pub(super) struct Counting {
    counts: Counts,
    pacing: Pacing,
}

/// What the list of values shows.
#[derive(Debug)]
pub struct ValuesRow<'d> {
    /// What is followed: `The local i of sort`.
    pub title: String,
    /// How many there are, and whether there may be more.
    pub count: String,
    /// The values, in the order of time.
    pub passes: &'d Passes,
    /// How many of them are at or before the position shown.
    pub completed: usize,
    /// The position shown.
    pub here: Position,
}

impl Desk {
    /// What the list of values shows, if it is open.
    pub fn values_row(&self) -> Option<ValuesRow<'_>> {
        let Values { passes, .. } = self.document.asked.values.as_ref()?;
        let count = match passes.count() {
            0 if passes.is_over() => "none".to_owned(),
            0 if self.is_busy() => "looked for when nothing runs".to_owned(),
            0 => "looking…".to_owned(),
            _ if passes.is_cut() => format!("the nearest {}", grouped(MOST)),
            count if passes.is_over() => grouped(count),
            count => format!("{}…", grouped(count)),
        };
        let here = self.session().position();
        let (title, completed) = (self.followed_words(passes), passes.completed(here));
        Some(ValuesRow { title, count, passes, completed, here })
    }

    /// How often each cell has run, if that is shown.
    pub fn counts(&self) -> Option<&CellCounts> {
        Some(self.document.asked.counting.as_ref()?.counts.total())
    }

    /// Says in the rows of cells how often these have run, if that is shown.
    pub(super) fn mark_runs(&self, row: &mut BodyRow) {
        for cell in row.cells.iter_mut().filter(|cell| cell.kind != CellKind::Empty) {
            cell.ran = cell.at.place().and_then(|place| self.times_ran(place));
        }
    }

    /// How often a cell has run, if that is shown.
    pub(super) fn times_ran(&self, place: Place) -> Option<Ran> {
        let counts = self.counts()?;
        let (times, most, at_least) = (counts.of(place), counts.most(), counts.is_part());
        Some(Ran { times, most, at_least })
    }

    fn followed_words(&self, passes: &Passes) -> String {
        let machine = self.session().machine();
        match passes.followed() {
            Followed::Value(what) => watched(machine, what),
            Followed::Cell(_) => match passes.cell_at(self.session().position()) {
                Some(place) => {
                    let row = memory::cell(machine, &Marks::default(), place.into());
                    format!("After `{}` at {}", row.source, row.address)
                }
                None => "The cell is not there now".to_owned(),
            },
        }
    }

    /// Lists the values of what is selected: of a data cell, of the local or global that a cell assigns, or
    /// those that the instruction in a cell leaves.
    pub(super) fn list_values(&mut self) {
        let followed = match self.head() {
            At { body: BodyId::Data(body), offset } => data(body, offset),
            At { body: BodyId::Code(_), .. } => match self.place() {
                Some(place) => of_cell(self.session().machine(), place),
                None => return,
            },
        };
        self.follow_values(followed);
    }

    /// Lists the values of a local or a global.
    pub(super) fn list_values_of(&mut self, place: &ValuePlace) {
        match self.watched_value(place) {
            Some(Watched::Top) | None => {
                self.notice.warn("Select a cell to list the values that it leaves on the stack");
            }
            Some(what) => self.follow_values(Followed::Value(what)),
        }
    }

    fn follow_values(&mut self, followed: Followed) {
        let passes = self.document.session.passes(followed);
        let pacing = Pacing::default();
        self.document.asked.values = Some(Values { passes, pacing });
    }

    /// Closes the list, and gives up what is still looked for.
    pub(super) fn close_values(&mut self) {
        self.document.asked.values = None;
    }

    /// Whether the list is open.
    pub(super) fn lists_values(&self) -> bool {
        self.document.asked.values.is_some()
    }

    /// Goes to the pass after or before the position shown.
    pub(super) fn go_to_pass(&mut self, later: bool) {
        let here = self.session().position();
        let Some(Values { passes, .. }) = &self.document.asked.values else {
            return self.notice.warn("No values are listed: Ctrl+L lists them");
        };
        let completed = passes.completed(here);
        let stands_on_one = completed
            .checked_sub(1)
            .and_then(|last| passes.get(last))
            .is_some_and(|pass| pass.position == here);
        let number = match later {
            true => Some(completed),
            false => completed.checked_sub(1 + usize::from(stands_on_one)),
        };
        match number.and_then(|number| passes.get(number)).map(|pass| pass.position) {
            Some(position) => self.go(Target::At(position)),
            None if later => self.notice.warn("There is no later value"),
            None => self.notice.warn("There is no earlier value"),
        }
    }

    /// Shows how often cells have run, or hides it.
    pub(super) fn toggle_counts(&mut self) {
        let counting = &mut self.document.asked.counting;
        *counting = match counting {
            Some(_) => None,
            None => Some(Counting::default()),
        };
    }

    /// Goes on looking for values, and counting. Returns when to go on; none if all is done.
    pub(super) fn values_part(&mut self) -> Option<Duration> {
        if self.is_busy() {
            return None;
        }
        let values = self.find_values();
        let counts = self.count_runs();
        (values || counts).then_some(Duration::ZERO)
    }

    /// Looks for more values. Returns whether there may be more.
    fn find_values(&mut self) -> bool {
        let session = &mut self.document.session;
        let Some(Values { passes, pacing }) = &mut self.document.asked.values else {
            return false;
        };
        if !session.are_current(passes) {
            session.follow_passes(passes);
        }
        if passes.is_over() {
            return false;
        }
        let worked = work(pacing, |fuel| {
            session.find_passes(passes, fuel)?;
            Ok(!passes.is_over())
        });
        worked.unwrap_or_else(|mismatch| {
            self.document.asked.values = None;
            self.notice.warn(mismatch.to_string());
            false
        })
    }

    /// Counts more. Returns whether there is more to count.
    fn count_runs(&mut self) -> bool {
        let session = &self.document.session;
        let Some(Counting { counts, pacing }) = &mut self.document.asked.counting else {
            return false;
        };
        if session.is_counted(counts) {
            return false;
        }
        let worked = work(pacing, |fuel| {
            session.count_more(counts, fuel)?;
            Ok(!session.is_counted(counts))
        });
        worked.unwrap_or_else(|mismatch| {
            self.document.asked.counting = None;
            self.notice.warn(mismatch.to_string());
            false
        })
    }
}

/// Works until a part says that there is no more to do, or until its time in this frame is over. Returns whether there
/// is more.
fn work(
    pacing: &mut Pacing,
    mut part: impl FnMut(u64) -> Result<bool, Mismatch>,
) -> Result<bool, Mismatch> {
    let mut worked = Ok(true);
    pacing.work(|fuel| {
        worked = part(fuel);
        matches!(worked, Ok(true))
    });
    worked
}

fn data(body: DataId, offset: u32) -> Followed {
    Followed::Value(Watched::Data { body, index: u64::from(offset) })
}

fn of_cell(machine: &Machine, place: Place) -> Followed {
    let memory = machine.memory();
    let content = memory.cell(place).content();
    if let Content::Assign(name) = content {
        let (function, name) = (memory.owner(place.body), memory.name(name).to_owned());
        return Followed::Value(Watched::Local { function, name });
    }
    if let Content::SetGlobal(name) = content {
        return Followed::Value(Watched::Global(memory.name(name).to_owned()));
    }
    Followed::Cell(place)
}
