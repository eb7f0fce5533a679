//! Bringing a file to the disk while the program goes on: a thread that does nothing else.
//!
//! All requests made while the disk is busy count as one. So the file is on the disk as soon as the
//! disk can, and nobody waits.

use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use super::Tail;

/// Why joining the thread and locking its problem cannot fail.
const NO_PANIC: &str = "the thread does nothing that panics";

/// Brings a file to the disk.
#[derive(Debug)]
pub struct Background {
    /// There until it ends.
    ask: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
    problem: Arc<Mutex<Option<String>>>,
}

/// Waits for the thread, which has the file open too: what was locked is free then.
impl Drop for Background {
    fn drop(&mut self) {
        self.end();
    }
}

impl Background {
    /// Begins; it ends when this is dropped.
    ///
    /// # Errors
    /// If the system has no thread for it.
    pub(crate) fn of(tail: impl Tail + Send + 'static) -> io::Result<Background> {
        let (ask, asked) = channel();
        let problem = Arc::new(Mutex::new(None));
        let told = Arc::clone(&problem);
        let builder = thread::Builder::new().name("disk".to_owned());
        let thread = builder.spawn(move || work(tail, &asked, &told))?;
        Ok(Background { ask: Some(ask), thread: Some(thread), problem })
    }

    /// Asks that what was written so far be brought to the disk. Does not wait.
    pub fn soon(&self) {
        // Without the thread, the system brings it there in its own time.
        let _ = self.ask.as_ref().map(|ask| ask.send(()));
    }

    /// Waits for what was asked for; no more is done.
    pub(crate) fn end(&mut self) {
        self.ask = None;
        if let Some(thread) = self.thread.take() {
            thread.join().expect(NO_PANIC);
        }
    }

    /// Why it did not get there, told once.
    pub fn problem(&self) -> Option<String> {
        self.problem.lock().expect(NO_PANIC).take()
    }
}

/// What is to be written, and where. The text is made by the thread.
type Writing = (PathBuf, Box<dyn FnOnce() -> String + Send>);

/// Replaces files while the program goes on: a thread that makes a text and writes it. What cannot be
/// written is left as it was; whoever needs to know whether it was written looks at the file.
#[derive(Debug)]
pub struct Writer {
    /// There until it ends.
    writings: Option<Sender<Writing>>,
    thread: Option<JoinHandle<()>>,
    busy: Arc<AtomicBool>,
}

/// Waits for what is being written.
impl Drop for Writer {
    fn drop(&mut self) {
        self.writings = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Writer {
    /// Begins; it ends when this is dropped.
    ///
    /// # Errors
    /// If the system has no thread for it.
    pub fn new() -> io::Result<Writer> {
        let (writings, asked) = channel::<Writing>();
        let busy = Arc::new(AtomicBool::new(false));
        let works = Arc::clone(&busy);
        let builder = thread::Builder::new().name("writer".to_owned());
        let thread = builder.spawn(move || {
            for (path, text) in asked {
                let _ = super::overwrite(&path, &text());
                works.store(false, Ordering::Release);
            }
        })?;
        Ok(Writer { writings: Some(writings), thread: Some(thread), busy })
    }

    /// Whether it has something to write.
    pub fn is_busy(&self) -> bool {
        self.busy.load(Ordering::Acquire)
    }

    /// Writes a text to a file, in place of what it held. Does not wait.
    pub fn write(&self, path: PathBuf, text: Box<dyn FnOnce() -> String + Send>) {
        self.busy.store(true, Ordering::Release);
        // Without the thread, nothing is written, and it stays busy.
        let _ = self.writings.as_ref().map(|writings| writings.send((path, text)));
    }
}

fn work(mut tail: impl Tail, asked: &Receiver<()>, problem: &Mutex<Option<String>>) {
    while asked.recv().is_ok() {
        while asked.try_recv().is_ok() {}
        if let Err(error) = tail.sync() {
            *problem.lock().expect(NO_PANIC) = Some(error.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    /// A disk that fails whenever it is asked.
    struct Failing;

    impl Write for Failing {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Tail for Failing {
        fn cut(&mut self, _length: u64) -> io::Result<()> {
            Ok(())
        }

        fn sync(&mut self) -> io::Result<()> {
            Err(io::Error::new(io::ErrorKind::StorageFull, "the disk is full"))
        }
    }

    #[test]
    fn a_disk_that_fails_is_told_of_once() {
        let mut disk = Background::of(Failing).unwrap();
        assert_eq!(disk.problem(), None);
        disk.soon();
        disk.end();
        assert_eq!(disk.problem().as_deref(), Some("the disk is full"));
        assert_eq!(disk.problem(), None);
    }
}
