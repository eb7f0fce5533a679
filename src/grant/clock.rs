//! The clock of the computer. The answers are journalled, so a recording plays at any time.

use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use web_time::{Instant, SystemTime, UNIX_EPOCH};

use super::Polled;
use crate::session::host::{Asked, Host, Offer};
use crate::vm::instruction::Instruction;

const NOW: &str = "clock.now";
const WAIT: &str = "clock.wait";
/// Its functions.
pub(super) const NAMES: [&str; 2] = [NOW, WAIT];
/// The longest wait, in milliseconds: a day.
const LONGEST: i64 = 86_400_000;

/// A host that tells the time and waits.
pub(super) struct Clock {
    offers: [Offer; 2],
    /// When the wait in progress ends, and whom to wake then.
    wait: Option<(Instant, Alarm)>,
}

impl Default for Clock {
    fn default() -> Clock {
        Clock { offers: [Offer::new(NOW, 0, 1), Offer::new(WAIT, 1, 0)], wait: None }
    }
}

/// Wakes once after a while.
struct Alarm(Arc<Mutex<Waker>>);

impl Alarm {
    /// An alarm that goes off after this time.
    fn set(after: Duration, waker: &Waker) -> Alarm {
        let shared = Arc::new(Mutex::new(waker.clone()));
        let late = Arc::clone(&shared);
        std::thread::spawn(move || {
            std::thread::sleep(after);
            late.lock().unwrap_or_else(std::sync::PoisonError::into_inner).wake_by_ref();
        });
        Alarm(shared)
    }

    /// Whom it wakes from now on.
    fn wakes(&self, waker: &Waker) {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone_from(waker);
    }
}

impl Clock {
    fn wait(&mut self, asked: &Asked, context: &mut Context<'_>) -> Polled {
        let wanted = match asked.integer(0) {
            Ok(wanted @ 0..=LONGEST) => Duration::from_millis(wanted.unsigned_abs()),
            Ok(wanted) => {
                let range = format!("it waits 0 to {LONGEST} milliseconds, not {wanted}");
                return Poll::Ready(Err(range));
            }
            Err(reason) => return Poll::Ready(Err(reason)),
        };
        let now = Instant::now();
        let (ends, alarm) =
            self.wait.get_or_insert_with(|| (now + wanted, Alarm::set(wanted, context.waker())));
        if now < *ends {
            alarm.wakes(context.waker());
            return Poll::Pending;
        }
        self.wait = None;
        Poll::Ready(Ok(Vec::new()))
    }
}

impl Host for Clock {
    fn offers(&self) -> &[Offer] {
        &self.offers
    }

    fn poll(&mut self, asked: &Asked, context: &mut Context<'_>) -> Polled {
        if asked.name == WAIT {
            return self.wait(asked, context);
        }
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = since.ok().and_then(|since| i64::try_from(since.as_millis()).ok());
        Poll::Ready(match now {
            Some(now) => Ok(vec![Instruction::Integer(now)]),
            None => Err("the clock of this computer is set to before 1970".to_owned()),
        })
    }

    fn forget(&mut self, _: &Asked) {
        self.wait = None;
    }
}

#[cfg(test)]
mod tests {
    use super::super::ask;
    use super::*;

    #[test]
    fn the_clock_tells_milliseconds() {
        let answer = ask(&mut Clock::default(), NOW, Vec::new()).unwrap();
        let number: u64 = answer["Integer(".len()..answer.len() - 1].parse().unwrap();
        assert!(number > 1_700_000_000_000, "{number}");
    }

    #[test]
    fn waiting_takes_its_time() {
        let mut clock = Clock::default();
        let wait = |clock: &mut Clock, n| ask(clock, WAIT, vec![Instruction::Integer(n)]);
        assert_eq!(wait(&mut clock, 0), Ok(String::new()));
        assert_eq!(wait(&mut clock, LONGEST), Err("it waits".to_owned()));
        assert!(clock.wait.is_some());
        for bad in [-1, LONGEST + 1] {
            assert!(wait(&mut Clock::default(), bad).unwrap_err().contains("milliseconds"));
        }
        let text = ask(&mut Clock::default(), WAIT, vec![Instruction::Text("1".into())]);
        assert!(text.unwrap_err().contains("must be an integer"));
    }
}
