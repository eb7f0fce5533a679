//! The connection to a browser: requests, each with its answer, and what the browser tells by itself.
//!
//! Messages are JSON with a zero byte after each. A thread reads them; nothing else happens there.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

/// Longer than the slowest machine needs to answer a request.
const DEADLINE: Duration = Duration::from_secs(60);

/// What the browser tells by itself, as far as a test may want to know it.
const HEARD: [&str; 6] = [
    "Log.entryAdded",
    "Network.requestWillBeSent",
    "Page.fileChooserOpened",
    "Page.javascriptDialogOpening",
    "Runtime.consoleAPICalled",
    "Runtime.exceptionThrown",
];

/// What a tab told by itself.
#[derive(Clone, Debug)]
pub struct Event {
    /// The tab.
    pub session: String,
    /// What kind of event it is.
    pub method: String,
    /// The rest.
    pub params: Value,
}

/// A connection to a browser.
pub struct Connection {
    inner: RefCell<Inner>,
}

struct Inner {
    requests: Box<dyn Write>,
    messages: Receiver<Value>,
    last: u64,
    events: VecDeque<Event>,
}

impl Connection {
    /// A connection over two pipes.
    pub fn new(requests: impl Write + 'static, answers: impl Read + Send + 'static) -> Connection {
        let (sender, messages) = channel();
        thread::spawn(move || {
            let mut answers = BufReader::new(answers);
            let mut message = Vec::new();
            while answers.read_until(0, &mut message).is_ok_and(|length| length > 0) {
                message.pop();
                let value = serde_json::from_slice(&message).expect("the browser speaks JSON");
                if sender.send(value).is_err() {
                    return;
                }
                message.clear();
            }
        });
        let (last, events) = (0, VecDeque::new());
        let inner = Inner { requests: Box::new(requests), messages, last, events };
        Connection { inner: RefCell::new(inner) }
    }

    /// The answer to a request, or why there is none. Without a session, the whole browser is asked.
    pub fn try_call(
        &self,
        session: Option<&str>,
        method: &str,
        params: Value,
    ) -> Result<Value, String> {
        let mut inner = self.inner.borrow_mut();
        let id = inner.send(session, method, params)?;
        loop {
            let message = match inner.messages.recv_timeout(DEADLINE) {
                Ok(message) => message,
                Err(RecvTimeoutError::Timeout) => return Err(format!("{method}: no answer")),
                Err(RecvTimeoutError::Disconnected) => return Err("the browser has ended".into()),
            };
            if message["id"] == id {
                return match message.get("error") {
                    Some(error) => Err(format!("{method}: {}", error["message"])),
                    None => Ok(message["result"].clone()),
                };
            }
            inner.note(message);
        }
    }

    /// The answer to a request. Panics if there is none.
    #[track_caller]
    pub fn call(&self, session: Option<&str>, method: &str, params: Value) -> Value {
        match self.try_call(session, method, params) {
            Ok(answer) => answer,
            Err(why) => panic!("{why}"),
        }
    }

    /// Takes everything that a tab told and that fits.
    pub fn take(&self, session: &str, mut fits: impl FnMut(&Event) -> bool) -> Vec<Event> {
        let mut inner = self.inner.borrow_mut();
        while let Ok(message) = inner.messages.try_recv() {
            inner.note(message);
        }
        let (taken, left) = std::mem::take(&mut inner.events)
            .into_iter()
            .partition(|event| event.session == session && fits(event));
        inner.events = left;
        Vec::from_iter::<VecDeque<Event>>(taken)
    }
}

impl Inner {
    fn send(&mut self, session: Option<&str>, method: &str, params: Value) -> Result<u64, String> {
        self.last += 1;
        let mut request = json!({"id": self.last, "method": method, "params": params});
        if let Some(session) = session {
            request["sessionId"] = session.into();
        }
        let sent = self.requests.write_all(format!("{request}\0").as_bytes());
        sent.and_then(|()| self.requests.flush()).map_err(|e| format!("{method}: {e}"))?;
        Ok(self.last)
    }

    fn note(&mut self, message: Value) {
        let method = message["method"].as_str().unwrap_or_default().to_string();
        if !HEARD.contains(&method.as_str()) {
            return;
        }
        let session = message["sessionId"].as_str().unwrap_or_default().to_string();
        if method == "Page.javascriptDialogOpening" {
            // "Leave this page?" has to be answered before anything goes on. A person who leaves says yes.
            // If that cannot be sent, the next request says why.
            let answer = json!({"accept": true});
            let _ = self.send(Some(&session), "Page.handleJavaScriptDialog", answer);
        }
        self.events.push_back(Event { session, method, params: message["params"].clone() });
    }
}
