//! A program text that was read once, for any number of machines.
//!
//! All machines of a program share its code, names and texts, and everything else that none of them has changed. So
//! a machine costs a few hundred bytes, and making one costs less than a microsecond. A text that is given again
//! while its program is still in use is not read again either.

use std::cell::RefCell;
use std::sync::{Arc, Weak};

use super::base::Base;
use super::error::Error;
use super::machine::Machine;
use crate::program::notation::Notation;
use crate::session::load::image_of_file;

thread_local! {
    /// What this thread read last, as long as a machine of it is in use.
    static LAST: RefCell<Weak<Base>> = const { RefCell::new(Weak::new()) };
}

/// A program text that was read: definitions, and main code that may be empty.
#[derive(Clone, Debug)]
pub struct Program(Arc<Base>);

impl Program {
    /// Reads a text.
    ///
    /// # Errors
    /// What is wrong with it, with the line and column of the first mistake.
    pub fn new(text: &str) -> Result<Program, Error> {
        let last = LAST.with_borrow(Weak::upgrade);
        if let Some(base) = last.filter(|base| base.text == text) {
            return Ok(Program(base));
        }
        let image = image_of_file(text, None, Notation::Forth)?;
        let base = Arc::new(Base { text: text.to_string(), image });
        LAST.set(Arc::downgrade(&base));
        Ok(Program(base))
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// A machine at the start of main, which has executed nothing.
    pub fn machine(&self) -> Machine {
        Machine::of(self.0.image.machine.clone(), self.0.clone())
    }
}

impl Machine {
    /// A machine of a program text: definitions, and main code that may be empty. It stands at the start of main and
    /// has executed nothing.
    ///
    /// # Errors
    /// What is wrong with the text, with the line and column of the first mistake.
    pub fn from_program(text: &str) -> Result<Machine, Error> {
        Program::new(text).map(|program| program.machine())
    }
}
