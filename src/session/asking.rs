//! Asking a host what the tasks of a machine ask: which questions are open, and what became of them.
//!
//! Whatever runs a machine (a [driver](super::driver), the command line, the desk) calls [`Asking::poll`] where the
//! run has stopped, and carries out the commands that it returns. The answer is checked like everything from
//! outside: a host that answers wrongly, or panics, leaves the question open with the reason beside it. A task that
//! waits for its answer stops no other.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::{Context, Poll};

use super::code_text::spell_values;
use super::command::Command;
use super::host::{Asked, Host, Offer, counted};
use super::operand::TurnOf;
use crate::vm::index::TaskId;
use crate::vm::instruction::Instruction;
use crate::vm::machine::Machine;
use crate::vm::stop::Stop;

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

/// The questions that a host is asked: at most one for each task.
#[derive(Clone, Debug, Default)]
pub struct Asking {
    open: BTreeMap<TaskId, Open>,
    /// Whose question was answered last.
    answered: Option<TaskId>,
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
    /// The questions of all tasks, and how the first of them that has an answer is answered.
    pub fn poll(
        &mut self,
        machine: &Machine,
        host: &mut dyn Host,
        context: &mut Context<'_>,
    ) -> Asks {
        self.settle(machine, host);
        let (mut waits, mut failed) = (false, None);
        for task in asking(machine) {
            match self.poll_task(machine, task, host, context) {
                Asks::Nothing => {}
                Asks::Waits => waits = true,
                Asks::Failed(reason) => failed = failed.or(Some(reason)),
                Asks::Answered(mut commands) => {
                    self.answered = Some(task);
                    let is_of_task =
                        commands.iter().any(|one| matches!(one, Command::Answer { .. }));
                    if is_of_task && task != machine.current() {
                        commands.insert(0, Command::Turn { of: TurnOf::Task(task) });
                    }
                    return Asks::Answered(commands);
                }
            }
        }
        match failed {
            _ if waits => Asks::Waits,
            Some(reason) => Asks::Failed(reason),
            None => Asks::Nothing,
        }
    }

    fn poll_task(
        &mut self,
        machine: &Machine,
        task: TaskId,
        host: &mut dyn Host,
        context: &mut Context<'_>,
    ) -> Asks {
        if let Some(name) = machine.asked_for_address_of(task)
            && offer(host, name).is_some()
        {
            // Its address is that of an empty function, whose calls are asked in the same way.
            let name = name.to_string();
            return Asks::Answered(vec![Command::Define { name, text: "".into() }]);
        }
        let Some(offer) = machine.asked_of(task).and_then(|name| offer(host, name)) else {
            return Asks::Nothing;
        };
        let asked = match Asked::of(machine, task, &offer) {
            Ok(asked) => asked,
            Err(reason) => return Asks::Failed(reason),
        };
        let open = self.open.entry(task).or_insert(Open { asked, state: State::Waits });
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

    /// Lets the host forget the questions that the machine no longer asks. Returns whether there are any.
    pub fn settle(&mut self, machine: &Machine, host: &mut dyn Host) -> bool {
        let is_asked = |open: &Open| {
            let task = open.asked.task;
            let offer = machine.asked_of(task).and_then(|name| offer(host, name));
            let asked = offer.and_then(|offer| Asked::of(machine, task, &offer).ok());
            asked.is_some_and(|now| open.asked.is_same(&now, machine.tasks().len() > 1))
        };
        let gone: Vec<TaskId> =
            self.open.iter().filter(|(_, open)| !is_asked(open)).map(|(&task, _)| task).collect();
        for task in &gone {
            self.forget_of(*task, host);
        }
        !gone.is_empty()
    }

    /// Lets the host forget all open questions.
    pub fn forget(&mut self, host: &mut dyn Host) {
        while let Some((&task, _)) = self.open.first_key_value() {
            self.forget_of(task, host);
        }
    }

    fn forget_of(&mut self, task: TaskId, host: &mut dyn Host) {
        if let Some(open) = self.open.remove(&task)
            && open.state == State::Waits
        {
            host.forget(&open.asked);
        }
    }

    /// Notes that the answer of the host was carried out: what that task asks now is another question, even if it looks
    /// the same.
    pub fn carried_out(&mut self) {
        if let Some(task) = self.answered.take() {
            self.open.remove(&task);
        }
    }

    /// Notes why the answer of the host could not be carried out.
    pub fn refused(&mut self, reason: String) {
        if let Some(open) = self.answered.take().and_then(|task| self.open.get_mut(&task)) {
            open.state = State::Failed(reason);
        }
    }

    /// Lets the host be asked again what it had no answer to.
    pub fn retry(&mut self) {
        self.open.retain(|_, open| open.state == State::Waits);
    }

    /// Why the host has no answer to the question of a task, if it has none.
    pub fn failure(&self, task: TaskId) -> Option<&str> {
        match &self.open.get(&task)?.state {
            State::Failed(reason) => Some(reason),
            State::Waits | State::Answered => None,
        }
    }

    /// The first question that the host works on.
    pub fn waits_for(&self) -> Option<&Asked> {
        self.open.values().find(|open| open.state == State::Waits).map(|open| &open.asked)
    }
}

/// The tasks that may ask something now.
fn asking(machine: &Machine) -> Vec<TaskId> {
    if machine.tasks().len() == 1 || machine.runs_alone() {
        return vec![machine.current()];
    }
    let is_question = |stop: &Stop| matches!(stop, Stop::NotYetImplemented(_) | Stop::Breakpoint);
    let waiting = machine.waiting().into_iter();
    waiting.filter(|(_, stop)| is_question(stop)).map(|(task, _)| task).collect()
}

/// Whether a task of a machine asks something that a host offers.
pub fn asks(machine: &Machine, host: &dyn Host) -> bool {
    asking(machine).into_iter().any(|task| {
        let name = machine.asked_of(task).or_else(|| machine.asked_for_address_of(task));
        name.is_some_and(|name| offer(host, name).is_some())
    })
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
