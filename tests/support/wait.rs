//! Waits for what a program or thread does: never for a fixed time, and never for ever. This is the only
//! place where a test reads a clock.

use std::thread;
use std::time::{Duration, Instant};

/// Longer than the slowest machine needs for anything that a test waits for.
const DEADLINE: Duration = Duration::from_secs(120);
const BETWEEN_LOOKS: Duration = Duration::from_millis(2);

/// Repeats a condition until it returns something, and returns that. Panics at the deadline.
#[track_caller]
pub fn wait_for<T>(what: &str, condition: impl FnMut() -> Option<T>) -> T {
    match poll(DEADLINE, condition) {
        Some(found) => found,
        None => panic!("waited too long for {what}"),
    }
}

/// Repeats a condition until it returns something, and returns that, or nothing at a deadline.
pub fn poll<T>(deadline: Duration, mut condition: impl FnMut() -> Option<T>) -> Option<T> {
    let start = Instant::now();
    loop {
        let found = condition();
        if found.is_some() || start.elapsed() >= deadline {
            return found;
        }
        thread::sleep(BETWEEN_LOOKS);
    }
}

/// Repeats something until it returns true. Panics after a million times.
#[track_caller]
pub fn until(what: &str, mut is_done: impl FnMut() -> bool) {
    assert!((0..1_000_000).any(|_| is_done()), "waited too often for {what}");
}

/// The result of work that might never end. Panics if it takes longer than the deadline.
#[track_caller]
pub fn ended<T: Send + 'static>(what: &str, work: impl FnOnce() -> T + Send + 'static) -> T {
    let thread = thread::spawn(work);
    wait_for(what, || thread.is_finished().then_some(()));
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}
