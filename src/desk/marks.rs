//! The breakpoints and watches that a person sees. They belong to the image, so an image of the past does not have
//! those that were set later. But a person sets a breakpoint after a run to go back to where it would have paused,
//! so a journey takes them along: in the past they are shown and looked for, and a gesture there sets them first.
//! Undo takes them back, like everything else.

use std::rc::Rc;

use super::Desk;
use crate::program::breakpoint::Breakpoints;
use crate::program::image::Image;
use crate::program::watch::{Watch, Watched};
use crate::session::Session;
use crate::session::command::Command;
use crate::session::journal::Position;
use crate::session::request::Request;
use crate::session::target::Target;

/// Breakpoints and watches.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Marks {
    /// The breakpoints.
    pub breakpoints: Breakpoints,
    /// The watches.
    pub watches: Vec<Watch>,
}

/// The marks that a journey took along.
#[derive(Clone, Debug)]
pub(super) struct Taken {
    marks: Marks,
    /// Where they are set.
    from: Position,
}

impl Marks {
    fn of(image: &Image) -> Marks {
        Marks { breakpoints: image.breakpoints.clone(), watches: image.watches.clone() }
    }

    /// The commands that set them in an image.
    fn commands(&self, image: &Image) -> Vec<Command> {
        let mut commands = Vec::new();
        for (at, _) in image.breakpoints.iter() {
            if !self.breakpoints.contains(&at) {
                commands.push(Command::Breakpoint { at, on: false });
            }
        }
        for (at, wanted) in self.breakpoints.iter() {
            let there = image.breakpoints.get(at);
            let plain = there.cloned().unwrap_or_default();
            if there.is_none() {
                commands.push(Command::Breakpoint { at, on: true });
            }
            if plain.condition != wanted.condition {
                commands.push(Command::Condition { at, line: wanted.condition.clone() });
            }
            if plain.from != wanted.from {
                commands.push(Command::From { at, time: wanted.from });
            }
            if plain.enabled != wanted.enabled {
                commands.push(Command::Enable { at, on: wanted.enabled });
            }
        }
        let exists = |watch: &&Watch| match watch.what {
            Watched::Line(_) => true,
            Watched::Data(data) => image.machine.memory().data(data).is_some(),
        };
        let watches: Vec<&Watch> = self.watches.iter().filter(exists).collect();
        if !image.watches.iter().eq(watches.iter().copied()) {
            let last_first = (0..image.watches.len()).rev();
            let remove = |index| Command::Watch { index, line: String::new() };
            commands.extend(last_first.map(remove));
            commands.extend(watches.into_iter().enumerate().flat_map(put));
        }
        commands
    }
}

/// The commands that put a watch at an index of the list.
pub(super) fn put((index, watch): (usize, &Watch)) -> [Command; 2] {
    let Watch { what, shape } = watch;
    let what = match what {
        Watched::Line(line) => Command::Watch { index, line: line.clone() },
        Watched::Data(body) => Command::WatchData { index, body: *body },
    };
    [what, Command::Shape { index, shape: *shape }]
}

impl Marks {
    /// The breakpoints and watches that the person sees.
    pub fn seen(session: &Session, taken: Option<&Taken>) -> Marks {
        let mut marks = Marks::of(session.image());
        let (here, journal) = (session.position(), session.journal());
        let Some(taken) = taken.filter(|taken| taken.is_of(session)) else { return marks };
        marks.watches = taken.marks.watches.clone();
        // Where edits lie between, cells have moved.
        if !journal.has_edits(here, taken.from) {
            marks.breakpoints = taken.marks.breakpoints.clone();
        }
        marks
    }

    /// A request that sets them in an image first, if it is a gesture.
    pub fn set_first(&self, image: &Image, request: Request) -> Request {
        let commands = self.commands(image);
        if commands.is_empty() {
            return request;
        }
        let (then, goal) = match request {
            Request::Gesture { commands, goal } => (commands, goal),
            Request::Prepared(prepared, goal) => (prepared.into_commands(), goal),
            other => return other,
        };
        Request::Gesture { commands: commands.into_iter().chain(then).collect(), goal }
    }
}

impl Taken {
    /// Whether the session is in the past of where the marks are set.
    fn is_of(&self, session: &Session) -> bool {
        let here = session.position();
        here != self.from && session.journal().passes(self.from, here)
    }

    /// What a request takes along, from what was taken before.
    pub fn along(request: &Request, session: &Session, taken: Option<Taken>) -> Option<Taken> {
        match request {
            Request::Go(Target::Undo | Target::Redo | Target::NextBranch) | Request::Play(_) => {
                None
            }
            Request::Go(
                Target::At(_)
                | Target::StepBack
                | Target::StepForward
                | Target::NextExecuted
                | Target::Start
                | Target::End,
            )
            | Request::Scrub(_)
            | Request::Search(..) => taken.filter(|taken| taken.is_of(session)).or_else(|| {
                Some(Taken { marks: Marks::of(session.image()), from: session.position() })
            }),
            Request::Gesture { .. }
            | Request::Prepared(..)
            | Request::Record(_)
            | Request::Restart(_)
            | Request::Rewind(_)
            | Request::RewindTo(_)
            | Request::Revise { .. }
            | Request::Trace(_)
            | Request::Compare(..)
            | Request::CompareCode(_) => taken,
        }
    }
}

impl Desk {
    /// The breakpoints and watches that the person sees.
    pub(super) fn marks(&self) -> Rc<Marks> {
        self.document.marks()
    }
}
