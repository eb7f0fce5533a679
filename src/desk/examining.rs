//! What comes of the examples of a document: their runs, and the rows that show them.

use std::rc::Rc;

use super::key::SessionKey;
use super::pacing::Pacing;
use crate::session::Session;
use crate::session::examples::Examples;
use crate::view::examples::{ExampleRow, rows};

/// The examples of a document.
#[derive(Debug, Default)]
pub(super) struct Examining {
    pub list: Examples,
    /// What the list was last refreshed for.
    key: Option<SessionKey>,
    pub rows: Rc<Vec<ExampleRow>>,
    pace: Pacing,
}

impl Examining {
    /// Takes over what has changed in a session, if that is wanted. Returns whether runs have begun again; none if
    /// there is nothing to do.
    pub fn refresh(&mut self, session: &mut Session, wanted: bool) -> Option<bool> {
        let key = SessionKey::of(session);
        if wanted && self.key.as_ref() != Some(&key) {
            self.key = Some(key);
            return Some(self.list.refresh_from(session));
        }
        (!self.list.is_done()).then_some(false)
    }

    /// Works on the runs for part of a frame. Returns whether there is more to do.
    pub fn work(&mut self, session: &Session) -> bool {
        let mut more = false;
        let list = &mut self.list;
        self.pace.work(|fuel| {
            more = !list.advance(fuel);
            more
        });
        self.rows = Rc::new(rows(session.machine(), &self.list));
        more
    }
}
