//! What is open: a session, its file, and everything that belongs to this session alone. Opening
//! something else replaces all of it at once, so that nothing of the old session remains.

use std::cell::RefCell;
use std::rc::Rc;

use super::completion::Completion;
use super::derived::{Derived, Same};
use super::draft::{Draft, DraftKey};
use super::draft_preview::DraftPreview;
use super::examining::Examining;
use super::file::File;
use super::find::Find;
use super::ghost::Ghost;
use super::glance::Glance;
use super::intent::Intent;
use super::job::Pace;
use super::key::{ExtentsKey, SessionKey, TextKey, TypedKey};
use super::marks::{Marks, Taken};
use super::passes::{Counting, Values};
use super::player::Player;
use super::provenance::Provenance;
use super::supposed::Supposed;
use super::trial::Trying;
use super::watching::Watching;
use crate::program::effect::StackEffects;
use crate::session::Session;
use crate::session::command::Command;
use crate::session::job::Job;
use crate::session::journal::Position;
use crate::view::arrangement::{Arrangement, Order};
use crate::view::memory::{self, BodyExtent};
use crate::view::names::{Holes, NameRow, names};
use crate::view::source::{Known, SourcePage};
use crate::view::timeline::Timeline;
use crate::vm::code_version::CodeVersion;

/// A session with what belongs to it.
pub(super) struct Document {
    pub session: Session,
    pub file: File,
    /// The timing of the session's job.
    pub pace: Pace,
    /// The player, while it is shown.
    pub player: Option<Player>,
    /// The end of the opened recording, if one was opened.
    pub recording: Option<Position>,
    /// The state before the last gesture.
    pub before: Glance,
    /// The trial of the line that is typed for the program.
    pub trying: Trying,
    /// The line of the text that is being edited.
    pub draft: Option<Draft>,
    /// What is known of missing functions from how they were called.
    pub supposed: Supposed,
    pub asked: Asked,
    pub derived: Derivations,
}

/// What was asked of the session, each with what is known of the answer.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// The search strip.
    pub find: Find,
    /// The values of the watches.
    pub watching: Watching,
    /// The list of the values of something over time.
    pub values: Option<Values>,
    /// How often cells have run.
    pub counting: Option<Counting>,
    /// Where a value came from.
    pub provenance: Provenance,
    /// What comes of the examples.
    pub examples: Examining,
    /// The breakpoints and watches that a journey took along.
    pub taken: Option<Taken>,
    /// Those that are seen.
    pub marks: Derived<SessionKey, Marks>,
}

/// What is computed from the session and from the typed text, and cached until they change.
#[derive(Debug, Default)]
pub(super) struct Derivations {
    index: Derived<CodeVersion, Index>,
    bodies: Bodies,
    timeline: RefCell<Rc<Timeline>>,
    source: RefCell<KeptPage>,
    pub known: Derived<SessionKey, Vec<Known>>,
    pub draft: Derived<DraftKey, DraftPreview>,
    pub old_inputs: Derived<SessionKey, Vec<Command>>,
    pub intent: Derived<TypedKey, Result<Intent, String>>,
    pub ghost: Derived<TypedKey, Ghost>,
    pub completions: Derived<TypedKey, Vec<Completion>>,
}

/// All bodies, by address and as they are shown.
#[derive(Debug, Default)]
struct Bodies {
    key: Derived<SessionKey, ExtentsKey>,
    extents: Derived<ExtentsKey, Vec<BodyExtent>>,
    arrangement: Derived<(Same<Vec<BodyExtent>>, Order), Arrangement>,
}

/// The program as text, and what it was last refreshed for.
#[derive(Debug, Default)]
struct KeptPage {
    key: Option<(TextKey, SessionKey)>,
    page: Rc<SourcePage>,
}

/// Functions and holes, and what functions do to the stack.
#[derive(Debug, Default)]
pub struct Index {
    /// All functions.
    pub names: Vec<NameRow>,
    /// All holes.
    pub holes: Holes,
    /// The stack effects of the functions.
    pub effects: StackEffects,
}

impl Document {
    /// A session, and the file that it is in.
    pub fn new(session: Session, file: File) -> Document {
        let gestures = session.journal().entries().len();
        let is_recording = gestures > 0 && session.position() == Position::default();
        let recording = is_recording.then(|| session.future());
        Document {
            file,
            pace: Pace::default(),
            player: recording.map(|end| Player::new(&session, end)),
            recording,
            before: Glance::default(),
            trying: Trying::default(),
            draft: None,
            supposed: Supposed::default(),
            asked: Asked::default(),
            derived: Derivations::default(),
            session,
        }
    }

    /// Whether a program runs.
    pub fn runs(&self) -> bool {
        self.session.job().is_some_and(Job::is_gesture)
    }

    /// Remembers the current state, to show later what has changed.
    pub fn glance(&mut self) -> Glance {
        Glance::new(&mut self.session).with_watches(self.asked.watching.values())
    }

    /// All bodies, by address.
    pub fn extents(&self) -> Rc<Vec<BodyExtent>> {
        let machine = self.session.machine();
        let key = || ExtentsKey::of(machine.memory());
        let key = self.derived.bodies.key.get(self.session_key(), key);
        self.derived.bodies.extents.get_as(&key, || memory::extents(machine))
    }

    /// All bodies, as they are shown in this order.
    pub fn arrangement(&self, order: Order) -> Rc<Arrangement> {
        let extents = self.extents();
        let memory = self.session.machine().memory();
        let key = (Same(Rc::clone(&extents)), order);
        self.derived.bodies.arrangement.get(key, || Arrangement::new(memory, &extents, order))
    }

    /// Functions and holes, and what functions do to the stack.
    pub fn index(&self) -> Rc<Index> {
        let machine = self.session.machine();
        self.derived.index.get(machine.memory().code_version(), || {
            let (names, holes) = names(machine);
            let mut effects = StackEffects::of_machine(machine);
            self.supposed.add_to(&mut effects);
            Index { names, holes, effects }
        })
    }

    /// The timeline.
    pub fn timeline(&self) -> Rc<Timeline> {
        let mut timeline = self.derived.timeline.borrow_mut();
        Rc::make_mut(&mut timeline).refresh(&self.session);
        Rc::clone(&timeline)
    }

    /// The breakpoints and watches that the person sees.
    pub fn marks(&self) -> Rc<Marks> {
        let Asked { marks, taken, .. } = &self.asked;
        marks.get(self.session_key(), || Marks::seen(&self.session, taken.as_ref()))
    }

    /// All functions as text.
    pub fn source(&self) -> Rc<SourcePage> {
        let (text, now) = (TextKey::of(self.session.image()), self.session_key());
        let index = self.index();
        let mut kept = self.derived.source.borrow_mut();
        let KeptPage { key, page } = &mut *kept;
        match key {
            Some((was, at)) if *was == text => {
                if *at != now {
                    Rc::make_mut(page).refresh_data(self.session.image(), &index.effects);
                }
            }
            Some(_) | None => Rc::make_mut(page).refresh(self.session.image(), &index.effects),
        }
        *key = Some((text, now));
        Rc::clone(page)
    }

    pub fn session_key(&self) -> SessionKey {
        SessionKey::of(&self.session)
    }
}
