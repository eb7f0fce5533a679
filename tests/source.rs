//! The source notation: what it reads, prints and refuses; that printing and reading are inverse, whatever the
//! cells are and whatever is believed about their stack effects; and that no text makes it panic, or work
//! without bound.

#[path = "source/cases.rs"]
mod cases;
#[path = "source/comments.rs"]
mod comments;
#[path = "source/laws.rs"]
mod laws;
#[path = "source/machines.rs"]
mod machines;
#[path = "source/manual.rs"]
mod manual;
mod oracle;
#[path = "source/refused.rs"]
mod refused;
#[path = "source/shared.rs"]
mod shared;
#[path = "source/size.rs"]
mod size;
#[path = "source/soup.rs"]
mod soup;
mod support;
#[path = "source/trees.rs"]
mod trees;
