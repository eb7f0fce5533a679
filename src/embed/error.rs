//! Why something asked of a machine was not done.

use std::convert::Infallible;
use std::fmt;

use super::value::WrongKind;
use crate::program::file::ImageError;
use crate::session::refused::Refused;
use crate::vm::refusal::Refusal;
use crate::vm::stop::Stop;

/// Why something was not done. Except where it stopped or a function of the host failed, nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// A program text is wrong; [`Refused::Text`] has every mistake with its place.
    Program(Box<Refused>),
    /// A text is not an image.
    Image(ImageError),
    /// The machine refused a change or a value.
    Refused(Box<Refusal>),
    /// A value belongs to another machine.
    OtherMachine,
    /// No function has this name.
    NoFunction {
        /// The name.
        name: String,
        /// A function with a similar name.
        near: Option<String>,
    },
    /// `main` cannot be called; [`run`](super::Machine::run) runs it.
    Main,
    /// A call of this function has not returned: resume it or give it up.
    Waits(String),
    /// No call waits to be resumed.
    NoCall,
    /// The machine stopped in a call. It stands there, and can go on.
    Stopped {
        /// The function that was called.
        function: Box<str>,
        /// Why it stopped.
        stop: Stop,
    },
    /// A block that belongs to an older frame has returned from that, and so from the call of this function.
    Left(String),
    /// One value was wanted of a function, and it left more or none: this many.
    NotOne {
        /// The function.
        function: String,
        /// How many values it left; they are gone.
        left: usize,
    },
    /// A function of the host failed. The program still asks for it.
    Host {
        /// The name of the function.
        function: String,
        /// What it said.
        message: String,
    },
    /// The program does not ask for a function of the host.
    NotAsked,
    /// A function of the host takes more values than there are. The program still asks for it.
    TooFew {
        /// The name of the function.
        function: String,
        /// How many it takes.
        takes: usize,
        /// How many there are.
        there: usize,
    },
    /// A value is of another kind than is needed.
    Kind(WrongKind),
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Program(refused) => formatter.write_str(&refused.with_place()),
            Error::Image(error) => write!(formatter, "{error}"),
            Error::Refused(refusal) => write!(formatter, "{refusal}"),
            Error::OtherMachine => formatter
                .write_str("the value is an address of another machine; copy what is there"),
            Error::NoFunction { name, near: Some(near) } => {
                write!(formatter, "there is no function `{name}`; did you mean `{near}`?")
            }
            Error::NoFunction { name, near: None } => {
                write!(formatter, "there is no function `{name}`")
            }
            Error::Main => formatter.write_str("`main` cannot be called; run it"),
            Error::Waits(function) => write!(
                formatter,
                "a call of `{function}` has not returned; resume it or give it up first"
            ),
            Error::NoCall => {
                formatter.write_str("no call waits, so none can be resumed or given up")
            }
            Error::Stopped { function, stop: Stop::NotYetImplemented(name) } => {
                write!(formatter, "the call of `{function}` stopped: `{name}` is missing")
            }
            Error::Stopped { function, stop } => {
                write!(formatter, "the call of `{function}` stopped: {stop}")
            }
            Error::Left(function) => write!(
                formatter,
                "a block that it was given has returned from an older call, and so from `{function}`"
            ),
            Error::NotOne { function, left } => {
                write!(formatter, "`{function}` left {left} values; one was wanted")
            }
            Error::Host { function, message } => write!(formatter, "`{function}`: {message}"),
            Error::NotAsked => formatter.write_str("the program does not ask for anything"),
            Error::TooFew { function, takes, there } => {
                write!(formatter, "`{function}` takes {takes} values; the stack holds {there}")
            }
            Error::Kind(wrong) => write!(formatter, "{wrong}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Error {
        match refused {
            Refused::Edit(refusal) => Error::from(refusal),
            refused @ (Refused::Text(..) | Refused::Mismatch(_) | Refused::Other(_)) => {
                Error::Program(Box::new(refused))
            }
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Error {
        Error::Refused(Box::new(refusal))
    }
}

impl From<ImageError> for Error {
    fn from(error: ImageError) -> Error {
        Error::Image(error)
    }
}

impl From<WrongKind> for Error {
    fn from(wrong: WrongKind) -> Error {
        Error::Kind(wrong)
    }
}

/// For values that are of every kind.
impl From<Infallible> for Error {
    fn from(never: Infallible) -> Error {
        match never {}
    }
}

/// So that `?` works in a function that answers a program.
impl From<Error> for String {
    fn from(error: Error) -> String {
        error.to_string()
    }
}

/// Clippy warns whoever returns a larger one, and results are passed on by value.
const _: () = assert!(size_of::<Error>() < 128, "an error is small");
