//! Threads that write files while the program continues: one syncs a growing file to disk, one replaces
//! files.
//!
//! All requests for a sync that come while the disk is busy count as one. So the file is on disk as soon
//! as possible, and nobody waits.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use super::Tail;

/// Why joining the thread and locking `problem` cannot fail.
const NO_PANIC: &str = "the thread does nothing that panics";

/// A thread that syncs a file to disk.
#[derive(Debug)]
pub struct Background {
    /// `None` after the thread was told to end.
    ask: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
    problem: Arc<Mutex<Option<String>>>,
}

/// Waits for the thread, because it has the file open too: after that, the lock is free.
impl Drop for Background {
    fn drop(&mut self) {
        self.end();
    }
}

impl Background {
    /// Starts the thread; it ends when this is dropped.
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

    /// Requests a sync of everything written so far. Does not wait for it.
    pub fn soon(&self) {
        // Without the thread, the system writes it to disk in its own time.
        let _ = self.ask.as_ref().map(|ask| ask.send(()));
    }

    /// Waits for the requested sync, and ends the thread.
    pub(crate) fn end(&mut self) {
        self.ask = None;
        if let Some(thread) = self.thread.take() {
            thread.join().expect(NO_PANIC);
        }
    }

    /// Why the last sync failed. Returned only once.
    pub fn problem(&self) -> Option<String> {
        self.problem.lock().expect(NO_PANIC).take()
    }
}

/// Writes a text in pieces.
type Text = Box<dyn FnOnce(&mut dyn Write) -> io::Result<()> + Send>;
/// The file to write, and its text, which the thread makes.
type Writing = (PathBuf, Text);

/// A thread that makes texts and replaces files with them. If a file cannot be written, it stays as it was
/// and nothing is reported; look at the file to see whether it was written.
#[derive(Debug)]
pub struct Writer {
    /// `None` after the thread was told to end.
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
    /// Starts the thread; it ends when this is dropped.
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
                let _ = super::overwrite_in_pieces(&path, text);
                works.store(false, Ordering::Release);
            }
        })?;
        Ok(Writer { writings: Some(writings), thread: Some(thread), busy })
    }

    /// Whether it is writing a file.
    pub fn is_busy(&self) -> bool {
        self.busy.load(Ordering::Acquire)
    }

    /// Replaces a file by a text. Does not wait for it.
    pub fn write(&self, path: PathBuf, text: Text) {
        self.busy.store(true, Ordering::Release);
        // Without the thread, nothing is written, and it stays busy.
        let _ = self.writings.as_ref().map(|writings| writings.send((path, text)));
    }
}

fn work(mut tail: impl Tail, asked: &Receiver<()>, problem: &Mutex<Option<String>>) {
    while asked.recv().is_ok() {
        while asked.try_recv().is_ok() {}
        if let Err(error) = tail.sync() {
            *problem.lock().expect(NO_PANIC) =
                Some(crate::store::without_codes(&error.to_string()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A disk that fails at each sync.
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
