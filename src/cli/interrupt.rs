//! What asks the program to stop from outside: Ctrl-C, and on Unix also `kill`, a shutdown, or the terminal
//! that was closed. All of them end a run in the same way, so its image is saved if that was asked for.

#[cfg(unix)]
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

#[cfg(unix)]
use crate::store;

/// More than Linux says about a process.
#[cfg(unix)]
const STATUS_BYTES: u64 = 1 << 16;

/// What asked the program to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interrupt {
    /// Ctrl-C.
    CtrlC,
    /// A request to end, as `kill` sends it.
    Terminated,
    /// The terminal was closed.
    HungUp,
}

impl Interrupt {
    const ALL: [Interrupt; 3] = [Interrupt::CtrlC, Interrupt::Terminated, Interrupt::HungUp];

    /// The number of its signal.
    fn signal(self) -> u8 {
        match self {
            Interrupt::CtrlC => 2,
            Interrupt::Terminated => 15,
            Interrupt::HungUp => 1,
        }
    }

    /// The exit code that a shell reports for a program that this signal ended.
    pub fn code(self) -> u8 {
        128 + self.signal()
    }

    /// What happened, in words.
    pub fn words(self) -> &'static str {
        match self {
            Interrupt::CtrlC => "stopped with Ctrl-C",
            Interrupt::Terminated => "stopped by a request to end (SIGTERM)",
            Interrupt::HungUp => "stopped because the terminal was closed (SIGHUP)",
        }
    }

    fn of(signal: u8) -> Option<Interrupt> {
        Interrupt::ALL.into_iter().find(|interrupt| interrupt.signal() == signal)
    }
}

/// The interrupt that came last and was not yet noticed.
#[derive(Clone, Debug, Default)]
pub struct Interrupts(Arc<AtomicU8>);

impl Interrupts {
    /// Takes interrupts from now on, and calls `wake` after each.
    pub fn taken(wake: impl Fn(Interrupt) + Send + 'static) -> Interrupts {
        let interrupts = Interrupts::default();
        let flag = interrupts.clone();
        // Without a handler, a signal ends the program, as usual.
        handle(move |interrupt: Interrupt| {
            if flag.0.swap(interrupt.signal(), Ordering::SeqCst) != 0 {
                // The previous one has not been noticed yet.
                std::process::exit(i32::from(interrupt.code()));
            }
            wake(interrupt);
        });
        interrupts
    }

    /// The interrupt that came since the last call.
    pub fn take(&self) -> Option<Interrupt> {
        Interrupt::of(self.0.swap(0, Ordering::SeqCst))
    }
}

#[cfg(unix)]
fn handle(act: impl Fn(Interrupt) + Send + 'static) {
    let ignored = is_ignored(Interrupt::HungUp);
    let wanted = Interrupt::ALL.into_iter().filter(|&one| one != Interrupt::HungUp || !ignored);
    let numbers = wanted.map(|interrupt| i32::from(interrupt.signal()));
    let Ok(mut signals) = signal_hook::iterator::Signals::new(numbers) else { return };
    std::thread::spawn(move || {
        for signal in signals.forever() {
            if let Some(interrupt) = u8::try_from(signal).ok().and_then(Interrupt::of) {
                act(interrupt);
            }
        }
    });
}

/// Whether whoever started the program wants it to ignore a signal, as `nohup` does.
#[cfg(unix)]
fn is_ignored(interrupt: Interrupt) -> bool {
    let status = store::read(Path::new("/proc/self/status"), STATUS_BYTES).unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    mask & (1 << (interrupt.signal() - 1)) != 0
}

#[cfg(not(unix))]
fn handle(act: impl Fn(Interrupt) + Send + 'static) {
    let _ = ctrlc::set_handler(move || act(Interrupt::CtrlC));
}
