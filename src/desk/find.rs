//! The search strip: what is looked for in the present state, and going from hit to hit.
//!
//! A search goes on in time slices while nothing runs. If the state changes, it begins again at the next
//! frame, and the hit that was chosen stays chosen by its number.

use std::ops::Range;
use std::time::Duration;

use super::Desk;
use super::action::{Field, Panel, ValuePlace};
use super::effect::Effect;
use super::key::SessionKey;
use super::pacing::Pacing;
use super::selection::Selection;
use crate::program::diagnostic::grouped;
use crate::session::Session;
use crate::session::fork::{Bounds, Fork};
use crate::view::find::{self, Area, Hit, Scan};
use crate::view::memory::At;

/// The search strip, open or not.
#[derive(Debug, Default)]
pub(super) struct Find {
    open: bool,
    text: String,
    area: Area,
    /// The number of the hit that is shown.
    chosen: usize,
    /// Whether the first hit is to be shown when it is found.
    begins: bool,
    scan: Option<(SessionKey, Scan)>,
    pacing: Pacing,
    since: Option<Since>,
    came: Came,
}

/// How the selection came about.
#[derive(Debug, Default)]
struct Came {
    /// What the search selected last.
    to: Option<Selection>,
    /// What was selected before that.
    from: Option<Selection>,
}

/// A marked position, to list what differs from it.
#[derive(Debug)]
struct Since {
    fork: Fork,
    step: u64,
}

/// What the strip shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindRow {
    /// The typed text.
    pub text: String,
    /// Where is searched.
    pub area: Area,
    /// `3 of 17`, `nothing found`.
    pub count: String,
    /// The hit that is shown.
    pub words: String,
}

impl Desk {
    /// What the search strip shows, if it is open.
    pub fn find_row(&self) -> Option<FindRow> {
        let find = &self.document.asked.find;
        let row = || FindRow {
            text: find.text.clone(),
            area: find.area,
            count: self.count(),
            words: self
                .hit()
                .map_or_else(String::new, |hit| find::words(self.session().machine(), hit)),
        };
        find.open.then(row)
    }

    fn count(&self) -> String {
        let find = &self.document.asked.find;
        let marked = match (&find.since, find.area) {
            (None, Area::Changed) => return "no position is marked".to_owned(),
            (Some(since), Area::Changed) => format!(" since step {}", grouped(since.step)),
            (_, Area::Code | Area::Values | Area::Output) => String::new(),
        };
        let Some(scan) = self.scan() else { return String::new() };
        let more = if scan.is_over() { "" } else { "…" };
        match scan.hits().len() {
            0 if !scan.is_over() => "searching…".to_owned(),
            0 if find.area == Area::Changed && find.text.trim().is_empty() => {
                format!("nothing differs{marked}")
            }
            0 if find.area == Area::Changed => format!("nothing that differs{marked} matches"),
            0 if find.text.trim().is_empty() => String::new(),
            0 => "nothing found".to_owned(),
            find::MOST => {
                format!("{} of {}+{marked}", grouped(find.chosen + 1), grouped(find::MOST))
            }
            count => format!("{} of {}{more}{marked}", grouped(find.chosen + 1), grouped(count)),
        }
    }

    /// The search of the present state.
    fn scan(&self) -> Option<&Scan> {
        let (key, scan) = self.document.asked.find.scan.as_ref()?;
        (*key == self.document.session_key()).then_some(scan)
    }

    /// The hit that is shown, if it is of the present state.
    fn hit(&self) -> Option<&Hit> {
        let find = &self.document.asked.find;
        self.scan().filter(|_| find.open)?.hits().get(find.chosen)
    }

    /// The value in a panel that is the hit that is shown.
    pub fn found_value(&self) -> Option<ValuePlace> {
        match self.hit()? {
            Hit::Stack(from_top) => Some(ValuePlace::Stack(*from_top)),
            Hit::Local(frame, name) => Some(ValuePlace::Local(*frame, name.clone())),
            Hit::Global(name) => Some(ValuePlace::Global(name.clone())),
            Hit::Cell(_) | Hit::Output(_) => None,
        }
    }

    /// The bytes of the output that are the hit that is shown.
    pub fn found_output(&self) -> Option<Range<usize>> {
        match self.hit()? {
            Hit::Output(bytes) => Some(bytes.clone()),
            Hit::Cell(_) | Hit::Stack(_) | Hit::Local(..) | Hit::Global(_) => None,
        }
    }

    /// Opens the strip.
    pub(super) fn open_find(&mut self) {
        self.document.asked.find.open = true;
        self.emit(Effect::Focus(Field::Find));
    }

    /// Opens the strip to search. What changed is listed by an action of its own.
    pub(super) fn find(&mut self) {
        let find = &mut self.document.asked.find;
        if find.area == Area::Changed {
            find.area = Area::default();
            self.begin_find();
        }
        self.open_find();
    }

    /// Whether the strip is open.
    pub(super) fn finds(&self) -> bool {
        self.document.asked.find.open
    }

    /// Closes the strip. What it looked for stays, to go on with.
    pub(super) fn close_find(&mut self) {
        self.document.asked.find.open = false;
        self.document.asked.find.scan = None;
        self.emit(Effect::Focus(Field::Entry));
    }

    /// Looks for another text.
    pub(super) fn typed_find(&mut self, text: String) {
        self.document.asked.find.text = text;
        self.begin_find();
    }

    /// Looks elsewhere.
    pub(super) fn find_in(&mut self, area: Area) {
        let find = &mut self.document.asked.find;
        if find.area != area {
            // What was found elsewhere stays selected.
            (find.area, find.came) = (area, Came::default());
        }
        self.begin_find();
        self.emit(Effect::Focus(Field::Find));
    }

    fn begin_find(&mut self) {
        let find = &mut self.document.asked.find;
        (find.scan, find.chosen, find.begins) = (None, 0, true);
    }

    /// Goes on with the search for part of a frame. Returns when to continue, if there is more to do.
    pub(super) fn find_part(&mut self) -> Option<Duration> {
        if !self.document.asked.find.open || self.session().job().is_some() {
            return None;
        }
        self.begin_scan();
        let document = &mut self.document;
        let more = document.asked.find.advance(&document.session);
        if self.document.asked.find.begins && self.hit().is_some() {
            self.document.asked.find.begins = false;
            self.show_hit();
        } else if !more && self.hit().is_none() {
            self.unselect_hit();
        }
        more.then_some(Duration::ZERO)
    }

    /// Begins the search of a state that was not searched.
    fn begin_scan(&mut self) {
        let (key, find) = (self.document.session_key(), &self.document.asked.find);
        if self.scan().is_some() {
            return;
        }
        let scan = Scan::new(self.session().image(), find.area, &find.text);
        let scan = match find.area {
            Area::Code => scan.as_shown(&self.arrangement(), self.document.source()),
            Area::Changed | Area::Values | Area::Output => scan,
        };
        let find = &mut self.document.asked.find;
        (find.scan, find.pacing) = (Some((key, scan)), Pacing::default());
    }

    /// Nothing is found: what the beginning of the text found is not selected any more.
    fn unselect_hit(&mut self) {
        let Came { to, from } = std::mem::take(&mut self.document.asked.find.came);
        if to.is_some() && self.sight.selection == to {
            self.sight.selection = from;
            self.emit(Effect::Reveal(self.head()));
        }
    }

    /// Shows the next hit, or the previous one; after the last comes the first.
    pub(super) fn find_next(&mut self, forward: bool) {
        if !self.document.asked.find.open {
            self.open_find();
        }
        let Some(scan) = self.scan() else { return };
        let (count, is_over) = (scan.hits().len(), scan.is_over());
        let chosen = self.document.asked.find.chosen;
        if count == 0 {
            return;
        }
        self.document.asked.find.chosen = match forward {
            true if chosen + 1 < count => chosen + 1,
            // What comes next is not known yet.
            true if !is_over => chosen,
            true => 0,
            false => chosen.checked_sub(1).unwrap_or(count - 1),
        };
        self.show_hit();
    }

    fn show_hit(&mut self) {
        let Some(hit) = self.hit().cloned() else { return };
        let panel = match hit {
            Hit::Cell(at) => return self.select_hit(at),
            Hit::Stack(_) => Panel::Stack,
            Hit::Local(..) => Panel::Calls,
            Hit::Global(_) => Panel::Names,
            Hit::Output(_) => Panel::Console,
        };
        if !self.preferences.shows(panel) {
            self.preferences.toggle(panel);
        }
    }

    fn select_hit(&mut self, at: At) {
        let (was, to) = (self.sight.selection, Some(Selection::cell(at)));
        let came = &mut self.document.asked.find.came;
        // The first hit of a longer text takes the place of that of a shorter one.
        let from = if came.to.is_some() && came.to == was { came.from } else { was };
        *came = Came { to, from };
        self.select(Some(at));
    }

    /// Marks the state shown, to list later what differs from it.
    pub(super) fn mark_here(&mut self) {
        let fork = self.document.session.fork(Bounds::default());
        let step = fork.machine().retired();
        self.document.asked.find.since = Some(Since { fork, step });
        self.begin_find();
        self.notice
            .tell(format!("Marked step {}: what differs from it can be listed", grouped(step)));
    }

    /// Lists what differs from the marked position.
    pub(super) fn list_changes(&mut self) {
        self.open_find();
        self.document.asked.find.text.clear();
        self.find_in(Area::Changed);
        if self.document.asked.find.since.is_none() {
            self.notice.warn("Mark a position first, with Mark this position");
        }
    }
}

impl Find {
    /// Goes on with the search of a session for part of a frame; returns whether there is more to do.
    fn advance(&mut self, session: &Session) -> bool {
        let Find { scan: Some((_, scan)), since, pacing, chosen, .. } = self else { return false };
        let was = since.as_ref().map(|since| since.fork.machine());
        pacing.work(|cells| scan.advance(session.image(), was, cells));
        if scan.is_over() {
            *chosen = (*chosen).min(scan.hits().len().saturating_sub(1));
        }
        !scan.is_over()
    }
}
