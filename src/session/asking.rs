//! Asking a host what a machine asks: which question is open, and what became of it.
//!
//! Whatever runs a machine (a [driver](super::driver), the command line, the desk) calls [`Asking::poll`] where the
//! run has stopped, and carries out the commands that it returns. The answer is checked like everything from
//! outside: a host that answers wrongly, or panics, leaves the question open with the reason beside it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::{Context, Poll};

use super::code_text::spell_values;
use super::command::Command;
use super::host::{Asked, Host, Offer, counted};
use crate::vm::instruction::Instruction;
use crate::vm::machine::Machine;

/// What became of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asks {
    /// Nothing is asked that the host offers.
    Nothing,
    /// The host is working on an answer, and wakes when it has one.
    Waits,
    /// These commands answer it, as one gesture.
    Answered(Vec<Command>),
    /// There is no answer: why. The host is not asked again until [`Asking::retry`].
    Failed(String),
}

/// The question that a host is asked.
#[derive(Clone, Debug, Default)]
pub struct Asking {
    open: Option<Open>,
}

#[derive(Clone, Debug)]
struct Open {
    asked: Asked,
    state: State,
}

/// How far a question is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    /// The host works on it.
    Waits,
    /// The host has answered; the question is still asked only if its answer was not carried out.
    Answered,
    /// The host has no answer.
    Failed(String),
}

impl Asking {
    /// The question at the counter of a machine, and how it is answered.
    pub fn poll(
        &mut self,
        machine: &Machine,
        host: &mut dyn Host,
        context: &mut Context<'_>,
    ) -> Asks {
        if let Some(name) = machine.asked_for_address()
            && offer(host, name).is_some()
        {
            // Its address is that of an empty function, whose calls are asked in the same way.
            let name = name.to_string();
            return Asks::Answered(vec![Command::Define { name, text: "".into() }]);
        }
        let Some(offer) = machine.asked().and_then(|name| offer(host, name)) else {
            self.settle(machine, host);
            return Asks::Nothing;
        };
        let asked = match Asked::of(machine, &offer) {
            Ok(asked) => asked,
            Err(reason) => return Asks::Failed(reason),
        };
        if self.open.as_ref().is_some_and(|open| !open.asked.is_same(&asked)) {
            self.forget(host);
        }
        let open = self.open.get_or_insert(Open { asked, state: State::Waits });
        match &open.state {
            State::Waits => {}
            State::Answered => return Asks::Failed("its answer was not carried out".to_owned()),
            State::Failed(reason) => return Asks::Failed(reason.clone()),
        }
        let results = match answer_of(host, &open.asked, context) {
            Poll::Pending => return Asks::Waits,
            Poll::Ready(answer) => answer.and_then(|values| checked(machine, &offer, values)),
        };
        match results {
            Ok(results) => {
                open.state = State::Answered;
                Asks::Answered(vec![answer(machine, &open.asked, results)])
            }
            Err(reason) => {
                open.state = State::Failed(reason.clone());
                Asks::Failed(reason)
            }
        }
    }

    /// Lets the host forget the open question, if the machine no longer asks it. Returns whether that is so.
    pub fn settle(&mut self, machine: &Machine, host: &mut dyn Host) -> bool {
        let is_asked = |open: &Open| {
            let offer = machine.asked().and_then(|name| offer(host, name));
            let asked = offer.and_then(|offer| Asked::of(machine, &offer).ok());
            asked.is_some_and(|asked| asked.is_same(&open.asked))
        };
        let is_gone = self.open.as_ref().is_some_and(|open| !is_asked(open));
        if is_gone {
            self.forget(host);
        }
        is_gone
    }

    /// Lets the host forget the open question.
    pub fn forget(&mut self, host: &mut dyn Host) {
        if let Some(open) = self.open.take()
            && open.state == State::Waits
        {
            host.forget(&open.asked);
        }
    }

    /// Notes that the answer of the host was carried out: what is asked now is another question, even if it looks the
    /// same.
    pub fn carried_out(&mut self) {
        self.open = None;
    }

    /// Notes why the answer of the host could not be carried out.
    pub fn refused(&mut self, reason: String) {
        if let Some(open) = &mut self.open {
            open.state = State::Failed(reason);
        }
    }

    /// Lets the host be asked again what it had no answer to.
    pub fn retry(&mut self) {
        self.open = self.open.take().filter(|open| open.state == State::Waits);
    }

    /// Why the host has no answer to the open question, if it has none.
    pub fn failure(&self) -> Option<&str> {
        match &self.open.as_ref()?.state {
            State::Failed(reason) => Some(reason),
            State::Waits | State::Answered => None,
        }
    }

    /// The question that the host works on.
    pub fn waits_for(&self) -> Option<&Asked> {
        self.open.as_ref().filter(|open| open.state == State::Waits).map(|open| &open.asked)
    }
}

/// What a host offers under this name.
pub fn offer(host: &dyn Host, name: &str) -> Option<Offer> {
    host.offers().iter().find(|offer| offer.name == name).cloned()
}

fn answer_of(
    host: &mut dyn Host,
    asked: &Asked,
    context: &mut Context<'_>,
) -> Poll<Result<Vec<Instruction>, String>> {
    // The machine and the journal are not reached from there, so what was left half done is the host's alone.
    let polled = catch_unwind(AssertUnwindSafe(|| host.poll(asked, context)));
    polled.unwrap_or_else(|panic| {
        let words = panic.downcast_ref::<&str>().map(|words| (*words).to_owned());
        let words = words.or_else(|| panic.downcast_ref::<String>().cloned());
        let reason = words.map_or_else(String::new, |words| format!(": {words}"));
        Poll::Ready(Err(format!("the host has failed (a panic){reason}")))
    })
}

/// The values of an answer, if they can be one.
fn checked(
    machine: &Machine,
    offer: &Offer,
    values: Vec<Instruction>,
) -> Result<Vec<Instruction>, String> {
    if values.len() != offer.gives {
        let (gives, given) = (counted(offer.gives), counted(values.len()));
        return Err(format!("it leaves {gives}, and the host has answered with {given}"));
    }
    machine.check_values(&values).map_err(|refusal| format!("the host has answered: {refusal}"))?;
    Ok(values)
}

fn answer(machine: &Machine, asked: &Asked, results: Vec<Instruction>) -> Command {
    let spell = |values| String::from(spell_values(machine, values));
    Command::Answer {
        name: asked.name.clone(),
        operands: spell(asked.operands.clone()),
        results: spell(results).into(),
    }
}
