//! Midflight.
fn main() {}
