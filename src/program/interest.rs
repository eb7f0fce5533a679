//! Whether somebody still waits for what a thread reads.
//!
//! The window reads a huge file in a thread of its own, and its user may cancel that. What reads images,
//! recordings and program texts looks here from time to time, and then ends early with whatever it has:
//! nobody sees that. As an argument, this would go through everything that reads, for a single caller.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

thread_local! {
    static GIVEN_UP: RefCell<Option<Arc<AtomicBool>>> = const { RefCell::new(None) };
}

/// Reads something that may be given up from another thread.
pub fn reading<T>(given_up: Arc<AtomicBool>, read: impl FnOnce() -> T) -> T {
    let before = GIVEN_UP.replace(Some(given_up));
    let done = read();
    GIVEN_UP.set(before);
    done
}

/// Whether what this thread reads was given up.
pub fn is_given_up() -> bool {
    GIVEN_UP.with_borrow(|flag| flag.as_ref().is_some_and(|flag| flag.load(Ordering::Relaxed)))
}
