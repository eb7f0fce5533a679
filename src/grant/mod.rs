//! What a program may be granted: the time, random numbers, files, words. Each is a [`Host`](crate::session::host::Host) that offers a few
//! functions. Nothing is granted unless the person says so, and a program never names a path.
//!
//! Imports `vm`, `session` and `store`.

mod clock;
mod file;
#[allow(clippy::module_inception, reason = "one noun per file")]
mod grant;
mod random;
mod words;

pub use grant::{Grant, hint, hosts};

use std::task::Poll;

use crate::vm::instruction::Instruction;

/// What becomes of a question.
type Polled = Poll<Result<Vec<Instruction>, String>>;

/// Polls a host that answers at once.
#[cfg(test)]
fn ask(
    host: &mut dyn crate::session::host::Host,
    name: &str,
    operands: Vec<Instruction>,
) -> Result<String, String> {
    use std::task::Context;

    use crate::session::host::Asked;
    use crate::vm::index::TaskId;
    use crate::vm::memory::{MAIN, Place};
    let name = name.to_owned();
    let asked = Asked { task: TaskId(0), name, operands, at: Place::start(MAIN), retired: 0 };
    let offer = host.offers().iter().find(|offer| offer.name == asked.name);
    let offer = offer.unwrap_or_else(|| panic!("{} is offered", asked.name)).clone();
    assert_eq!(offer.takes, asked.operands.len());
    match host.poll(&asked, &mut Context::from_waker(std::task::Waker::noop())) {
        Poll::Pending => Err("it waits".to_owned()),
        Poll::Ready(answer) => {
            let values = answer?;
            assert_eq!(offer.gives, values.len());
            Ok(values.iter().map(|value| format!("{value:?}")).collect::<Vec<_>>().join(" "))
        }
    }
}
