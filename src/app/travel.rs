//! Back and forth in time, and starting a call again.
//!
//! A travel is gone in slices while the window answers, and until it is over the session stays where
//! it is. So it can be given up at any time: by Esc or F5, and by whatever else is asked for, which
//! then is about what is shown. Only a travel of the time line waits for the one before it, so that
//! scrubbing shows places on the way instead of nothing until the pointer rests.

use std::collections::{BTreeSet, HashMap};

use egui::Context;

use super::App;
use super::action::Action;
use super::interface::Overlay;
use super::rhythm::Rhythm;
use super::rows::Glance;
use crate::program::diagnostic::grouped;
use crate::program::image::Image;
use crate::session::command::Command;
use crate::session::journal::Position;
use crate::session::rewind::Restarted;
use crate::session::search::{Finding, Search, Wanted};
use crate::session::travel::Journey;
use crate::view::bookmarks;
use crate::view::memory::{self, At};
use crate::view::stop::Tone;
use crate::vm::cell::BodyId;
use crate::vm::index::FrameId;
use crate::vm::memory::{MAIN, Place};

/// A travel in progress.
#[derive(Debug)]
pub struct Travel {
    trip: Trip,
    /// What was there when it began.
    before: Glance,
    /// Where to go on to when it is there.
    next: Option<Position>,
}

#[derive(Debug)]
enum Trip {
    /// To a position.
    Going(Journey),
    /// Looking for a moment.
    Looking {
        search: Search,
        then: Then,
        /// What is said if there is none.
        nothing: String,
    },
    /// Looking at how it was at a call, without going there.
    Reading { journey: Journey, then: Then },
}

/// What is done with a moment that was found.
#[derive(Clone, Copy, Debug)]
enum Then {
    /// Go there.
    Go,
    /// Start this entry of the call stack again as it was then.
    Restart(FrameId),
    /// Go there and write the edits again.
    Rewind,
}

impl App {
    /// Whether a travel is in progress.
    pub(super) fn travels(&self) -> bool {
        self.travel.is_some()
    }

    /// Where a travel leads, if that is known.
    pub(super) fn heading_for(&self) -> Option<Position> {
        let travel = self.travel.as_ref()?;
        match &travel.trip {
            Trip::Going(journey) => Some(travel.next.unwrap_or(journey.to())),
            Trip::Looking { .. } | Trip::Reading { .. } => None,
        }
    }

    /// Gives a travel up; the session is where it was.
    pub(super) fn give_up(&mut self) {
        self.travel = None;
    }

    /// What the status line says of a travel.
    pub(super) fn travel_words(&self) -> Option<String> {
        let words = match &self.travel.as_ref()?.trip {
            Trip::Going(journey) => {
                let journal = self.session.journal();
                let base = journal.base().machine.retired();
                let step = base.saturating_add(journal.retired(journey.to()));
                format!("On the way to step {}", grouped(step))
            }
            Trip::Looking { .. } | Trip::Reading { .. } => {
                "Looking through what was done".to_owned()
            }
        };
        Some(format!("{words}. Esc gives it up."))
    }

    /// Goes to a position, if there is one; `nothing` is said otherwise.
    fn go(&mut self, to: Option<Position>, nothing: &str) {
        match to {
            Some(to) => self.go_to_moment(to),
            None => self.warn(nothing),
        }
    }

    /// Goes to a position of the time line, after the one that it is on the way to.
    pub(super) fn scrub(&mut self, to: Position) {
        match &mut self.travel {
            Some(Travel { trip: Trip::Going(_), next, .. }) => *next = Some(to),
            _ => self.go_to_moment(to),
        }
    }

    /// Goes to a position, and gives up what was on the way.
    pub(super) fn go_to_moment(&mut self, to: Position) {
        match self.session.journey(to) {
            Ok(journey) => self.depart(Trip::Going(journey)),
            Err(mismatch) => self.warn(mismatch.to_string()),
        }
    }

    fn look(&mut self, wanted: Wanted, back: bool, nothing: impl Into<String>) {
        let search = match back {
            true => self.session.search_back(wanted),
            false => self.session.search_forth(wanted),
        };
        self.depart(Trip::Looking { search, then: Then::Go, nothing: nothing.into() });
    }

    fn depart(&mut self, trip: Trip) {
        self.session.pause();
        let before = Glance::new(self.session.machine(), std::mem::take(&mut self.seen));
        self.travel = Some(Travel { trip, before, next: None });
        self.rhythm = Rhythm::default();
        self.travel_part();
    }

    /// Goes on with a travel for a part of a frame.
    pub(super) fn travel_on(&mut self, ctx: &Context) {
        if self.travels() {
            self.travel_part();
            ctx.request_repaint();
        }
    }

    fn travel_part(&mut self) {
        let mut rhythm = self.rhythm;
        rhythm.work(|fuel| {
            let Some(travel) = self.travel.take() else { return false };
            if let Err(problem) = self.travel_slice(travel, fuel) {
                self.warn(problem);
            }
            self.travels()
        });
        self.rhythm = rhythm;
    }

    fn travel_slice(&mut self, travel: Travel, fuel: u64) -> Result<(), String> {
        let Travel { trip, before, next } = travel;
        match trip {
            Trip::Going(mut journey) => {
                let there = journey.slice(&mut self.session, fuel);
                if !there.map_err(|mismatch| mismatch.to_string())? {
                    self.travel = Some(Travel { trip: Trip::Going(journey), before, next });
                    return Ok(());
                }
                self.arrived(before);
                if let Some(to) = next.filter(|&to| to != self.session.position()) {
                    let journey =
                        self.session.journey(to).map_err(|problem| problem.to_string())?;
                    let before = Glance::new(self.session.machine(), HashMap::new());
                    self.travel = Some(Travel { trip: Trip::Going(journey), before, next: None });
                }
                Ok(())
            }
            Trip::Looking { mut search, then, nothing } => {
                let found = search.slice(&self.session, fuel);
                let at = match found.map_err(|mismatch| mismatch.to_string())? {
                    Finding::More => {
                        let trip = Trip::Looking { search, then, nothing };
                        self.travel = Some(Travel { trip, before, next });
                        return Ok(());
                    }
                    Finding::Found(at) => {
                        self.stops_there = Some((at, search.cells_there().clone()));
                        Some(at)
                    }
                    Finding::Nothing => None,
                };
                self.found(then, at, before, nothing)
            }
            Trip::Reading { mut journey, then } => {
                let image = journey.look(&mut self.session, fuel);
                match image.map_err(|mismatch| mismatch.to_string())? {
                    Some(image) => self.begin_again(then, journey.to(), image, before),
                    None => {
                        let trip = Trip::Reading { journey, then };
                        self.travel = Some(Travel { trip, before, next });
                        Ok(())
                    }
                }
            }
        }
    }

    fn found(
        &mut self,
        then: Then,
        at: Option<Position>,
        before: Glance,
        nothing: String,
    ) -> Result<(), String> {
        let Some(at) = at else {
            let Then::Restart(frame) = then else { return Err(nothing) };
            return self.restart(frame, None, before);
        };
        let journey = self.session.journey(at).map_err(|problem| problem.to_string())?;
        let trip = match then {
            Then::Go => Trip::Going(journey),
            Then::Restart(_) | Then::Rewind => Trip::Reading { journey, then },
        };
        self.travel = Some(Travel { trip, before, next: None });
        Ok(())
    }

    /// How it was at the call is known: starts it again.
    fn begin_again(
        &mut self,
        then: Then,
        at: Position,
        image: Image,
        before: Glance,
    ) -> Result<(), String> {
        if let Then::Restart(frame) = then {
            return self.restart(frame, Some(image), before);
        }
        self.session.rewind_as(at, image).map_err(|refused| refused.to_string())?;
        self.arrived(before);
        Ok(())
    }

    fn restart(
        &mut self,
        frame: FrameId,
        call: Option<Image>,
        before: Glance,
    ) -> Result<(), String> {
        match self.session.restart_as(frame, call).map_err(|refused| refused.to_string())? {
            Restarted::Done => self.arrived(before),
            Restarted::Ask(proposal) => {
                self.interface.entry.set(proposal.text);
                self.interface.entry.restarts = Some(frame);
                self.interface.focus_entry = true;
                self.warn(
                    "This call began before the history: write the stack it starts with, the \
                     arguments last, and press Enter. Esc leaves it.",
                );
            }
        }
        Ok(())
    }

    /// Carries out an action of the history.
    pub(super) fn travel(&mut self, action: &Action) {
        let journal = self.session.journal();
        let here = self.session.position();
        let machine = self.session.machine();
        match action {
            Action::Undo => {
                let to = journal.entry(here.entry).map(|entry| entry.parent);
                self.go(to, "Nothing to take back");
            }
            Action::Redo => self.go(self.session.next_gesture(), "Nothing to do again"),
            Action::StepBack => self.go(journal.back(here), "This is the beginning"),
            Action::Forth => {
                let to = journal.at_retired(self.session.future(), journal.retired(here) + 1);
                self.go(to, "Nothing was executed after this");
            }
            Action::GoToStart => self.go_to_moment(Position::default()),
            Action::GoToEnd => self.go_to_moment(self.session.future()),
            Action::NextBranch => {
                self.go(
                    self.other_end(),
                    "There is no other branch: go back and do something else",
                );
            }
            Action::BackOver => {
                self.look(Wanted::over(machine), true, "Nothing has been executed before this");
            }
            Action::ForthOver => {
                self.look(Wanted::over(machine), false, "Nothing was executed after this");
            }
            Action::BackOut | Action::ForthOut => match Wanted::out(machine) {
                Some(wanted) => {
                    let back = *action == Action::BackOut;
                    self.look(wanted, back, "The way ends within this function");
                }
                None => self.warn("This is the outermost function"),
            },
            _ => self.search(action),
        }
    }

    /// The end of the way that is older than the one that is shown; behind the oldest, the newest.
    fn other_end(&self) -> Option<Position> {
        let (journal, shown) = (self.session.journal(), self.session.future());
        let newest = || journal.ends().next_back();
        let older = journal.ends().take_while(|&end| end < shown).last();
        older.or_else(newest).filter(|&end| end != shown)
    }

    /// Where the next instruction leads, if it was executed already and nothing else was done then.
    pub(super) fn executed_already(&self) -> Option<Position> {
        let (journal, here) = (self.session.journal(), self.session.position());
        let to =
            journal.at_retired(self.session.future(), journal.retired(here).checked_add(1)?)?;
        let legs = journal.legs(here, to).into_iter();
        let between: Vec<Command> = legs.flat_map(|leg| journal.commands(leg)).collect();
        (between == [Command::Run { fuel: 1 }]).then_some(to)
    }

    fn search(&mut self, action: &Action) {
        let back = matches!(
            action,
            Action::BackToStop | Action::BackToWrite | Action::BackToCall | Action::BackToOutput
        );
        let when = if back { "before this" } else { "after this" };
        match action {
            Action::BackToStop | Action::ForthToStop => {
                let cells = self.stops_to_look_for();
                if cells.is_empty() {
                    return self.warn("No stop is set: F9 sets one");
                }
                let nothing = format!("The counter was on none of your stops {when}");
                self.look(Wanted::Cells(cells), back, nothing);
            }
            Action::BackToWrite | Action::ForthToWrite => match self.selected_data() {
                Some((at, wanted)) => {
                    let address = at.address(self.session.machine());
                    self.look(wanted, back, format!("Cell {address} was not written {when}"));
                }
                None => self.warn("Select a cell of data first: this looks for its writes"),
            },
            Action::BackToCall | Action::ForthToCall => {
                let name = self.selected_function();
                let nothing = format!(
                    "`{name}` was not called {when}. Select a call of another function to look for it"
                );
                self.look(Wanted::Call(name), back, nothing);
            }
            _ => self.look(Wanted::Output, back, format!("Nothing was printed {when}")),
        }
    }

    /// The stops that are set, and, where a search for stops led, those that were looked for: an earlier
    /// moment does not have them.
    fn stops_to_look_for(&self) -> BTreeSet<Place> {
        let mut cells = self.session.image().breakpoints.clone();
        if let Some((at, there)) = &self.stops_there
            && *at == self.session.position()
        {
            cells.extend(there);
        }
        cells
    }

    fn selected_data(&self) -> Option<(At, Wanted)> {
        let at = self.interface.selection?.head;
        match at.body {
            BodyId::Data(body) => Some((at, Wanted::Write { body, index: u64::from(at.offset) })),
            BodyId::Code(_) => None,
        }
    }

    /// The function that the selected cell calls, or the one it is in.
    fn selected_function(&self) -> String {
        let machine = self.session.machine();
        let at =
            self.interface.selection.map_or_else(|| self.counter(), |selection| selection.head);
        let target = memory::cell(machine, &Default::default(), at).target;
        let body = match (target, at.body) {
            (Some(BodyId::Code(body)), _) | (_, BodyId::Code(body)) => body,
            (_, BodyId::Data(_)) => MAIN,
        };
        machine.memory().function_name(body).to_owned()
    }

    /// Changes the memory that checkpoints may take, in megabytes.
    pub(super) fn give_room(&mut self, megabytes: usize) {
        let megabytes = megabytes.clamp(16, 4096);
        self.interface.preferences.checkpoints = megabytes;
        self.session.set_checkpoint_budget(megabytes << 20);
        let taken = self.session.checkpoints().bytes() >> 20;
        self.tell(format!("Checkpoints may take {megabytes} MB, and take {taken}"));
    }

    /// Goes to when so many instructions had been executed, or to a moment with a name.
    pub(super) fn go_to_step_or_name(&mut self, text: &str) {
        let journal = self.session.journal();
        if let Some(&named) = journal.bookmarks().by_name().get(text.trim()) {
            return self.go_from_overlay(named);
        }
        let (base, end) = (journal.base().machine.retired(), self.session.future());
        let digits: String = text.chars().filter(|&c| c != ',' && !c.is_whitespace()).collect();
        let step: Option<u64> = digits.parse().ok();
        let to = step.and_then(|step| journal.at_retired(end, step.checked_sub(base)?));
        let to = to.or_else(|| {
            bookmarks::named(&self.session, &self.way, text).first().map(|m| m.position)
        });
        match to.filter(|_| !text.trim().is_empty()) {
            Some(to) => self.go_from_overlay(to),
            None => {
                let last = base.saturating_add(journal.retired(end));
                let (base, last) = (grouped(base), grouped(last));
                self.warn(format!(
                    "A step is a number from {base} to {last}, and no moment is named `{text}`"
                ));
            }
        }
    }

    fn go_from_overlay(&mut self, to: Position) {
        self.interface.overlay = Overlay::None;
        self.interface.focus_entry = true;
        self.go_to_moment(to);
    }

    /// The innermost frame of a function.
    fn frame(&self) -> FrameId {
        let mut activations = self.session.machine().task().calls().activations();
        let innermost = activations.find(|entry| entry.is_frame);
        innermost.expect("the bottom of a call stack is the frame of main").id
    }

    /// Starts an entry of the call stack again, counted from the bottom, or the innermost frame;
    /// edits, data and output stay.
    pub(super) fn restart_frame(&mut self, frame: Option<FrameId>) {
        let frame = frame.unwrap_or_else(|| self.frame());
        self.start_of(frame, Then::Restart(frame));
    }

    /// Goes back to the call of an entry of the call stack, or of the innermost frame, and writes the
    /// edits since then again.
    pub(super) fn rewind(&mut self, frame: Option<FrameId>) {
        self.start_of(frame.unwrap_or_else(|| self.frame()), Then::Rewind);
    }

    fn start_of(&mut self, frame: FrameId, then: Then) {
        let fresh = self.session.journal().base().machine.retired() == 0;
        if let (FrameId::BOTTOM, Then::Rewind, true) = (frame, then, fresh) {
            // Nothing called main: its call is the beginning of all.
            match self.session.journey(Position::default()) {
                Ok(journey) => self.depart(Trip::Reading { journey, then }),
                Err(mismatch) => self.warn(mismatch.to_string()),
            }
            return;
        }
        match self.session.frame_start(frame) {
            Ok(search) => {
                let nothing = "This call began before the history".to_owned();
                self.depart(Trip::Looking { search, then, nothing });
            }
            Err(refused) => self.warn(refused.to_string()),
        }
    }

    fn arrived(&mut self, before: Glance) {
        self.before = before;
        self.stamp += 1;
        // Of a cell of data one goes from write to write.
        let data = self.selected_data().filter(|_| self.still_selected()).map(|(at, _)| at);
        self.back_to_counter();
        self.select(data);
        let waits = self.stop().tone == Tone::Input;
        self.interface.focus_entry = !waits && !self.interface.in_timeline;
        self.interface.focus_input = waits && !self.interface.in_timeline;
    }

    fn still_selected(&self) -> bool {
        let extents = memory::extents(self.session.machine());
        self.interface.selection.is_some_and(|selection| {
            let At { body, offset } = selection.head;
            extents.iter().any(|extent| extent.body == body && offset < extent.size)
        })
    }
}
