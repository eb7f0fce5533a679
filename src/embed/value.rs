//! A value of a program, as Rust sees it.
//!
//! Integers and texts are plain; an address of data or code stays with its machine, and here it is only a handle.

use std::fmt;
use std::sync::Arc;

use super::owner::{Owner, Referent};
use crate::vm::cell::{INTEGER_MAX, INTEGER_MIN};
use crate::vm::spelling;

/// A value of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// An integer. A machine takes -2^60 to 2^60 - 1.
    Integer(i64),
    /// A text. A machine takes at most 65,536 bytes.
    Text(Arc<str>),
    /// The address of data.
    Data(Data),
    /// The address of a function or block.
    Code(Code),
    /// A task.
    Task(Task),
}

macro_rules! handles {
    ($($(#[$about:meta])* $handle:ident $word:literal)*) => {
        $(
            $(#[$about])*
            #[derive(Clone)]
            pub struct $handle {
                pub(super) owner: Arc<Owner>,
                pub(super) referent: Referent,
            }

            /// Whether they are the same in the same machine.
            impl PartialEq for $handle {
                fn eq(&self, other: &$handle) -> bool {
                    self.referent == other.referent && Arc::ptr_eq(&self.owner, &other.owner)
                }
            }

            impl Eq for $handle {}

            impl fmt::Debug for $handle {
                fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                    write!(formatter, "{}({self})", stringify!($handle))
                }
            }

            impl fmt::Display for $handle {
                fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                    match self.referent {
                        Referent::Data(id) => write!(formatter, "{} {id}", $word),
                        Referent::Function(body) | Referent::Block(body, _) => {
                            write!(formatter, "{} {body}", $word)
                        }
                        Referent::Task(task) => write!(formatter, "{} {task}", $word),
                    }
                }
            }

            impl From<$handle> for Value {
                fn from(handle: $handle) -> Value {
                    Value::$handle(handle)
                }
            }

            impl From<&$handle> for Value {
                fn from(handle: &$handle) -> Value {
                    Value::$handle(handle.clone())
                }
            }
        )*
    };
}
handles! {
    /// The address of data in one machine and the forks that are made of it later.
    ///
    /// It does not keep the data alive: what no stack, local, global or other data of the program refers to may be
    /// collected while the program runs. It is refused then, and never means other data.
    Data "data"
    /// The address of a function or block in one machine and the forks that are made of it later.
    Code "code"
    /// A task of one machine and the forks that are made of it later.
    Task "task"
}

impl Value {
    /// The integer, if it is one.
    pub fn as_integer(&self) -> Option<i64> {
        if let Value::Integer(value) = self { Some(*value) } else { None }
    }

    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        if let Value::Text(text) = self { Some(text) } else { None }
    }

    /// Whether it is true for the program: everything is except the integer 0.
    pub fn is_true(&self) -> bool {
        *self != Value::Integer(0)
    }
}

/// As a program spells it, with a long text cut; an address as the kind of thing and its number.
impl fmt::Display for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Integer(value) => write!(formatter, "{value}"),
            Value::Text(text) => {
                let mut spelled = String::new();
                spelling::Value::Text(text).spell(Some(spelling::SHOWN), &mut spelled);
                formatter.write_str(&spelled)
            }
            Value::Data(data) => write!(formatter, "{data}"),
            Value::Code(code) => write!(formatter, "{code}"),
            Value::Task(task) => write!(formatter, "{task}"),
        }
    }
}

/// A value is not of the kind that is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongKind {
    wanted: String,
    there: Value,
}

impl WrongKind {
    fn new(wanted: impl Into<String>, there: Value) -> WrongKind {
        WrongKind { wanted: wanted.into(), there }
    }

    /// The value that is there.
    pub fn there(&self) -> &Value {
        &self.there
    }
}

impl fmt::Display for WrongKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let WrongKind { wanted, there } = self;
        let kind = match there {
            Value::Integer(_) => "the integer ",
            Value::Text(_) => "the text ",
            Value::Data(_) | Value::Code(_) => "the address of ",
            Value::Task(_) => "",
        };
        write!(formatter, "{wanted} is needed; the value is {kind}{there}")
    }
}

impl std::error::Error for WrongKind {}

/// So that `?` works in a function that answers a program.
impl From<WrongKind> for String {
    fn from(wrong: WrongKind) -> String {
        wrong.to_string()
    }
}

macro_rules! integers {
    ($($integer:ty)*) => {
        $(
            impl From<$integer> for Value {
                fn from(value: $integer) -> Value {
                    Value::Integer(value.into())
                }
            }

            impl TryFrom<Value> for $integer {
                type Error = WrongKind;

                fn try_from(value: Value) -> Result<$integer, WrongKind> {
                    let number = value.as_integer().and_then(|value| value.try_into().ok());
                    number.ok_or_else(|| {
                        let (least, most) = (<$integer>::MIN as i64, <$integer>::MAX as i64);
                        let (least, most) = (least.max(INTEGER_MIN), most.min(INTEGER_MAX));
                        let wanted = match value {
                            Value::Integer(_) => format!("an integer from {least} to {most}"),
                            Value::Text(_)
                            | Value::Data(_)
                            | Value::Code(_)
                            | Value::Task(_) => "an integer".to_string(),
                        };
                        WrongKind::new(wanted, value)
                    })
                }
            }
        )*
    };
}
integers!(i8 i16 i32 i64 u8 u16 u32);

/// 1 or 0, as comparisons leave it.
impl From<bool> for Value {
    fn from(value: bool) -> Value {
        Value::Integer(value.into())
    }
}

/// Any integer but 0 is true.
impl TryFrom<Value> for bool {
    type Error = WrongKind;

    fn try_from(value: Value) -> Result<bool, WrongKind> {
        match value.as_integer() {
            Some(value) => Ok(value != 0),
            None => Err(WrongKind::new("an integer", value)),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(text.into())
    }
}

impl From<Arc<str>> for Value {
    fn from(text: Arc<str>) -> Value {
        Value::Text(text)
    }
}

impl From<&Value> for Value {
    fn from(value: &Value) -> Value {
        value.clone()
    }
}

impl TryFrom<Value> for Arc<str> {
    type Error = WrongKind;

    fn try_from(value: Value) -> Result<Arc<str>, WrongKind> {
        match value {
            Value::Text(text) => Ok(text),
            Value::Integer(_) | Value::Data(_) | Value::Code(_) | Value::Task(_) => {
                Err(WrongKind::new("a text", value))
            }
        }
    }
}

impl TryFrom<Value> for String {
    type Error = WrongKind;

    fn try_from(value: Value) -> Result<String, WrongKind> {
        Arc::<str>::try_from(value).map(|text| text.as_ref().to_string())
    }
}

impl TryFrom<Value> for Data {
    type Error = WrongKind;

    fn try_from(value: Value) -> Result<Data, WrongKind> {
        match value {
            Value::Data(data) => Ok(data),
            Value::Integer(_) | Value::Text(_) | Value::Code(_) | Value::Task(_) => {
                Err(WrongKind::new("the address of data", value))
            }
        }
    }
}

impl TryFrom<Value> for Code {
    type Error = WrongKind;

    fn try_from(value: Value) -> Result<Code, WrongKind> {
        match value {
            Value::Code(code) => Ok(code),
            Value::Integer(_) | Value::Text(_) | Value::Data(_) | Value::Task(_) => {
                Err(WrongKind::new("a function or block", value))
            }
        }
    }
}

impl TryFrom<Value> for Task {
    type Error = WrongKind;

    fn try_from(value: Value) -> Result<Task, WrongKind> {
        match value {
            Value::Task(task) => Ok(task),
            Value::Integer(_) | Value::Text(_) | Value::Data(_) | Value::Code(_) => {
                Err(WrongKind::new("a task", value))
            }
        }
    }
}
