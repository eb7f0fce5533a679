//! Waiting at a terminal for the answer of a host.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::task::{Wake, Waker};
use std::time::Duration;

/// How long nobody looks for Ctrl-C.
const LOOK: Duration = Duration::from_millis(50);

/// Whether it is worth asking again.
#[derive(Debug, Default)]
pub struct Waiting {
    woken: Mutex<bool>,
    bell: Condvar,
}

impl Waiting {
    /// A waker that ends waiting.
    pub fn waker(self: &Arc<Waiting>) -> Waker {
        Arc::clone(self).into()
    }

    /// Waits until somebody wakes, or a moment at most.
    pub fn wait(&self) {
        let woken = self.woken.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.bell.wait_timeout_while(woken, LOOK, |woken| !*woken);
        *waited.unwrap_or_else(PoisonError::into_inner).0 = false;
    }
}

impl Wake for Waiting {
    fn wake(self: Arc<Waiting>) {
        *self.woken.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.bell.notify_all();
    }
}
