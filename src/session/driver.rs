//! A session and the host that answers its program: runs until neither can go on.
//!
//! [`Driver::poll`] is to be called by an executor, as a future is; [`Driver::run`] is that future, and
//! [`Driver::wait`] needs no executor. The host's
//! work is kept here, beside the session, so the session can be copied, saved and undone meanwhile.

use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;

use super::asking::{Asking, Asks, asks};
use super::command::Command;
use super::goal::{Ended, Goal};
use super::host::{Asked, Host};
use super::outcome::{Outcome, Progress};
use super::request::Request;
use super::session::Session;
use crate::vm::stop::Stop;

/// How many instructions [`Driver::run`] executes between two returns to its executor.
const SLICE: u64 = 100_000;

/// Why a driver stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Driven {
    /// The run ended for a reason that the host has no part in.
    Ended(Ended),
    /// The host has no answer to the call at the counter: which call, and why. A person may answer it.
    Unanswered(String),
}

/// A session with its host.
#[derive(Debug)]
pub struct Driver<H> {
    session: Session,
    host: H,
    asking: Asking,
}

impl<H: Host> Driver<H> {
    /// A driver that has not begun.
    pub fn new(session: Session, host: H) -> Driver<H> {
        Driver { session, host, asking: Asking::default() }
    }

    /// The session.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The host.
    pub fn host(&self) -> &H {
        &self.host
    }

    /// The question that the host works on.
    pub fn waits_for(&self) -> Option<&Asked> {
        self.asking.waits_for()
    }

    /// Changes the session: undoes, edits, answers. A question that is then no longer asked is forgotten.
    pub fn change<T>(&mut self, change: impl FnOnce(&mut Session) -> T) -> T {
        let changed = change(&mut self.session);
        self.asking.retry();
        self.asking.settle(self.session.machine(), &mut self.host);
        changed
    }

    /// Ends the driving, and returns the session. What the host works on is forgotten.
    pub fn into_session(mut self) -> Session {
        self.asking.forget(&mut self.host);
        self.session
    }

    /// Runs for at most `fuel` units: an instruction takes one, and so does an answer. `Pending` means that the
    /// host works on an answer, or that the fuel is used up; then the waker was called already.
    pub fn poll(&mut self, fuel: u64, context: &mut Context<'_>) -> Poll<Driven> {
        let mut left = fuel;
        while left > 0 {
            let before = self.session.machine().retired();
            let progress = match self.session.job() {
                Some(_) => self.session.advance(left),
                None => self.session.start(Request::run(Goal::Free)),
            };
            let progress = progress.expect("a run is never refused");
            left = left.saturating_sub(self.session.machine().retired() - before);
            let polled = match progress {
                Progress::Done(Outcome::Ran(ended)) => self.ask(ended, context),
                Progress::More | Progress::Done(_) if self.session.machine().tasks().len() > 1 => {
                    self.ask_beside(context)
                }
                Progress::More | Progress::Done(_) => continue,
            };
            match polled {
                Some(polled) => return polled,
                None => left = left.saturating_sub(1),
            }
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }

    /// Asks the host what tasks ask while others run on. Returns only if an answer is refused.
    fn ask_beside(&mut self, context: &mut Context<'_>) -> Option<Poll<Driven>> {
        match self.asking.poll(self.session.machine(), &mut self.host, context) {
            Asks::Nothing | Asks::Waits | Asks::Failed(_) => None,
            Asks::Answered(commands) => self.carry_out(&commands),
        }
    }

    /// Asks the host where a run has ended. None if it has answered.
    fn ask(&mut self, ended: Ended, context: &mut Context<'_>) -> Option<Poll<Driven>> {
        if !is_question(&ended) && !asks(self.session.machine(), &self.host) {
            return Some(Poll::Ready(Driven::Ended(ended)));
        }
        let asks = self.asking.poll(self.session.machine(), &mut self.host, context);
        let commands = match asks {
            Asks::Nothing => return Some(Poll::Ready(Driven::Ended(ended))),
            Asks::Waits => return Some(Poll::Pending),
            Asks::Failed(reason) => return Some(self.unanswered(&reason)),
            Asks::Answered(commands) => commands,
        };
        self.carry_out(&commands)
    }

    /// Carries out an answer. Returns only if it is refused.
    fn carry_out(&mut self, commands: &[Command]) -> Option<Poll<Driven>> {
        let Err(refused) = self.session.apply(commands) else {
            self.asking.carried_out();
            return None;
        };
        let refused = refused.to_string();
        self.asking.refused(refused.clone());
        Some(self.unanswered(&refused))
    }

    fn unanswered(&self, reason: &str) -> Poll<Driven> {
        let name = self.session.machine().asked().unwrap_or_default();
        Poll::Ready(Driven::Unanswered(format!("`{name}` has no answer: {reason}")))
    }

    /// Runs on this thread until neither the program nor the host can go on, and sleeps while the host works: for
    /// programs without an executor.
    pub fn wait(&mut self) -> Driven {
        let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
        loop {
            if let Poll::Ready(driven) = self.poll(SLICE, &mut Context::from_waker(&waker)) {
                return driven;
            }
            std::thread::park();
        }
    }

    /// Runs until neither the program nor the host can go on.
    pub async fn run(&mut self) -> Driven {
        std::future::poll_fn(|context| self.poll(SLICE, context)).await
    }
}

/// Goes on with a thread that sleeps.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Unpark>) {
        self.0.unpark();
    }
}

/// Whether a run has ended where something may be asked.
pub fn is_question(ended: &Ended) -> bool {
    match ended {
        Ended::Stopped(Stop::NotYetImplemented(_) | Stop::Breakpoint) => true,
        Ended::Stopped(
            Stop::Input
            | Stop::Fault(_)
            | Stop::Limit(_)
            | Stop::OutOfFuel
            | Stop::Finished
            | Stop::Exit(_)
            | Stop::Blocked(_)
            | Stop::Deadlock(_),
        )
        | Ended::Reached
        | Ended::Breakpoint(_)
        | Ended::Unclear(..) => false,
    }
}
