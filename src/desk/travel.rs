//! Going through time, and looking for a position, in slices while the front answers.
//!
//! Until a travel is over the session stays where it is. So it can be given up at any time: by Esc or
//! F5, and by whatever else is asked for, which then is about what is shown. Only a travel of the time
//! line waits for the one before it, so that scrubbing shows places on the way instead of nothing
//! until the pointer rests.

use std::collections::HashMap;
use std::time::Duration;

use super::Desk;
use super::action::Field;
use super::entry_line::EntryMode;
use super::glance::Glance;
use super::pacing::Pacing;
use super::request::Request;
use crate::program::diagnostic::grouped;
use crate::program::image::Image;
use crate::session::journal::Position;
use crate::session::travel::{Finding, Journey, Restarted, Search};
use crate::view::memory::{self, At};
use crate::view::stop::Tone;
use crate::vm::index::FrameId;

/// A travel in progress.
#[derive(Debug)]
pub(super) struct Travel {
    trip: Trip,
    /// What was there when it began.
    before: Glance,
    /// Where to go on to when it is there.
    next: Option<Position>,
}

/// What a travel does.
#[derive(Debug)]
pub(super) enum Trip {
    /// To a position.
    Going(Journey),
    /// Looking for a position.
    Looking {
        search: Search,
        then: Then,
        /// What is said if there is none.
        nothing: String,
    },
    /// Looking at how it was at a call, without going there.
    Reading { journey: Journey, then: Then },
}

/// What is done with a position that was found.
#[derive(Clone, Copy, Debug)]
pub(super) enum Then {
    /// Go there.
    Go,
    /// Start this entry of the call stack again as it was then.
    Restart(FrameId),
    /// Go there and apply the edits again.
    Rewind,
}

impl Desk {
    /// Whether a travel is in progress.
    pub fn travels(&self) -> bool {
        self.document.travel.is_some()
    }

    /// Where a travel leads, if that is known.
    pub fn destination(&self) -> Option<Position> {
        let travel = self.document.travel.as_ref()?;
        match &travel.trip {
            Trip::Going(journey) => Some(travel.next.unwrap_or(journey.to())),
            Trip::Looking { .. } | Trip::Reading { .. } => None,
        }
    }

    /// Gives a travel up; the session is where it was.
    pub(super) fn give_up_travel(&mut self) {
        self.document.travel = None;
    }

    /// What a travel is doing, in words.
    pub fn travel_words(&self) -> Option<String> {
        let words = match &self.document.travel.as_ref()?.trip {
            Trip::Going(journey) => {
                let journal = self.session().journal();
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

    /// Goes to a position of the time line, after the one that it is on the way to.
    pub(super) fn scrub(&mut self, to: Position) {
        match &mut self.document.travel {
            Some(Travel { trip: Trip::Going(_), next, .. }) => *next = Some(to),
            Some(_) | None => self.go_to_position(to),
        }
    }

    /// Goes to a position, and gives up what was on the way.
    pub(super) fn go_to_position(&mut self, to: Position) {
        match self.session().journey(to) {
            Ok(journey) => self.depart(Trip::Going(journey)),
            Err(mismatch) => self.notice.warn(mismatch.to_string()),
        }
    }

    pub(super) fn depart(&mut self, trip: Trip) {
        self.document.session.pause();
        let before = self.document.glance();
        self.document.travel = Some(Travel { trip, before, next: None });
        self.document.pace.slices = Pacing::default();
        self.travel_slices();
    }

    /// Goes on with a travel for a part of a frame; after how long it goes on.
    pub(super) fn travel_part(&mut self) -> Option<Duration> {
        self.travels().then(|| {
            self.travel_slices();
            Duration::ZERO
        })
    }

    fn travel_slices(&mut self) {
        let mut slices = self.document.pace.slices;
        slices.work(|fuel| {
            let Some(travel) = self.document.travel.take() else { return false };
            if let Err(problem) = self.travel_slice(travel, fuel) {
                self.notice.warn(problem);
            }
            self.travels()
        });
        self.document.pace.slices = slices;
    }

    fn travel_slice(&mut self, travel: Travel, fuel: u64) -> Result<(), String> {
        let Travel { trip, before, next } = travel;
        match trip {
            Trip::Going(mut journey) => {
                let there = journey.slice(&mut self.document.session, fuel);
                if !there.map_err(|mismatch| mismatch.to_string())? {
                    self.document.travel =
                        Some(Travel { trip: Trip::Going(journey), before, next });
                    return Ok(());
                }
                self.arrived(before);
                if let Some(to) = next.filter(|&to| to != self.session().position()) {
                    let journey =
                        self.session().journey(to).map_err(|problem| problem.to_string())?;
                    let before = Glance::new(self.session().machine(), HashMap::new());
                    self.document.travel =
                        Some(Travel { trip: Trip::Going(journey), before, next: None });
                }
                Ok(())
            }
            Trip::Looking { mut search, then, nothing } => {
                let found = search.slice(&self.document.session, fuel);
                let at = match found.map_err(|mismatch| mismatch.to_string())? {
                    Finding::More => {
                        let trip = Trip::Looking { search, then, nothing };
                        self.document.travel = Some(Travel { trip, before, next });
                        return Ok(());
                    }
                    Finding::Found(at) => {
                        self.document.searched = Some((at, search.cells_there().clone()));
                        Some(at)
                    }
                    Finding::Nothing => None,
                };
                self.found(then, at, before, nothing)
            }
            Trip::Reading { mut journey, then } => {
                let image = journey.look(&mut self.document.session, fuel);
                match image.map_err(|mismatch| mismatch.to_string())? {
                    Some(image) => self.begin_again(then, journey.to(), image, before),
                    None => {
                        let trip = Trip::Reading { journey, then };
                        self.document.travel = Some(Travel { trip, before, next });
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
            return match then {
                Then::Restart(frame) => self.restart(frame, None, before),
                Then::Go | Then::Rewind => Err(nothing),
            };
        };
        let journey = self.session().journey(at).map_err(|problem| problem.to_string())?;
        let trip = match then {
            Then::Go => Trip::Going(journey),
            Then::Restart(_) | Then::Rewind => Trip::Reading { journey, then },
        };
        self.document.travel = Some(Travel { trip, before, next: None });
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
        self.document.session.rewind_as(at, image).map_err(|refused| refused.to_string())?;
        self.arrived(before);
        Ok(())
    }

    fn restart(
        &mut self,
        frame: FrameId,
        call: Option<Image>,
        before: Glance,
    ) -> Result<(), String> {
        let restarted = self.document.session.restart_as(frame, call);
        match restarted.map_err(|refused| refused.to_string())? {
            Restarted::Done => self.arrived(before),
            Restarted::Ask(proposal) => {
                self.entry.set(proposal.text, EntryMode::Restart(frame));
                self.request(Request::Focus(Field::Entry));
                self.notice.warn(
                    "This call began before the history: write the stack it starts with, the \
                     arguments last, and press Enter. Esc leaves it.",
                );
            }
        }
        Ok(())
    }

    /// Another position is shown.
    fn arrived(&mut self, before: Glance) {
        self.document.before = before;
        // Of a cell of data one goes from write to write.
        let data = self.selected_data();
        self.sight.selection = None;
        self.request(Request::Reveal(self.counter()));
        self.select(data);
        let field = if self.stop().tone == Tone::Input { Field::Input } else { Field::Entry };
        self.request(Request::FocusAfterTravel(field));
    }

    /// The selected cell, if it is a cell of data that is still there.
    fn selected_data(&self) -> Option<At> {
        let at = self.sight.selection?.head;
        let is_there =
            |extent: &memory::BodyExtent| extent.body == at.body && at.offset < extent.size;
        let there = || memory::extents(self.session().machine()).iter().any(is_there);
        (at.place().is_none() && there()).then_some(at)
    }
}
