//! Text and cells: reads programs, reports their mistakes, prints them. Imports `vm`.
//!
//! [`notation`] is the way in and out; [`forth`] is the only notation so far.

pub mod breakpoint;
pub mod cell_comments;
pub mod cell_text;
pub mod check;
pub mod comment;
pub mod diagnostic;
pub mod dialect;
pub mod effect;
pub mod example;
pub mod file;
pub mod forth;
pub mod given;
pub mod hidden;
pub mod hint;
pub mod image;
pub mod interest;
pub mod listing;
pub mod near;
pub mod notation;
pub mod old_name;
pub mod origin;
pub mod plain_name;
pub mod scope;
pub mod source;
pub mod span;
pub mod starts;
pub mod version;
pub mod visible;
pub mod watch;
