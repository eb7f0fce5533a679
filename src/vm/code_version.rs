//! The state of all code at a moment, to know later whether code has changed since, and which bodies.
//!
//! It shares everything with the memory and compares by identity. So two versions of the same code may differ,
//! but equal ones always have the same code, and nobody has to look at it. Running changes no code.

use std::sync::Arc;

use imbl::Vector;

use super::code::CodeBody;
use super::index::Body;

/// A body in the table of bodies; none if it was removed.
type Entry = Option<Arc<CodeBody>>;

/// All code at a moment.
#[derive(Clone, Debug, Default)]
pub struct CodeVersion(Vector<Entry>);

/// The table keeps so few entries in itself, where they have no identity.
const FEW: usize = 64;

impl PartialEq for CodeVersion {
    fn eq(&self, other: &CodeVersion) -> bool {
        let (old, new) = (&self.0, &other.0);
        let are_few = || old.len() <= FEW && old.len() == new.len();
        old.ptr_eq(new) || (are_few() && old.iter().zip(new).all(|(old, new)| is_same(old, new)))
    }
}

impl CodeVersion {
    pub(super) fn of(code: &Vector<Entry>) -> CodeVersion {
        CodeVersion(code.clone())
    }

    /// A body; none if it was removed or not made yet.
    pub fn code(&self, body: Body) -> Option<&CodeBody> {
        self.0.get(body.index())?.as_deref()
    }

    /// The bodies that are not the same in another version, in order. Skips what both share.
    pub fn changed(&self, other: &CodeVersion) -> Vec<Body> {
        let mut found = Vec::new();
        let (mut old, mut new) = (self.0.leaves(), other.0.leaves());
        let mut start = 0;
        while let (Some(old), Some(new)) = (old.next(), new.next()) {
            if old.len() != new.len() {
                break;
            }
            if !std::ptr::eq(old, new) {
                let pairs = old.iter().zip(new).zip(start..);
                let differ = pairs.filter(|((old, new), _)| !is_same(old, new));
                found.extend(differ.map(|(_, n)| Body::from_index(n)));
            }
            start += old.len();
        }
        let entry = |version: &CodeVersion, n| version.0.get(n).cloned().flatten();
        let rest = start..self.0.len().max(other.0.len());
        let differ = rest.filter(|&n| !is_same(&entry(self, n), &entry(other, n)));
        found.extend(differ.map(Body::from_index));
        found
    }
}

fn is_same(one: &Entry, other: &Entry) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => Arc::ptr_eq(one, other),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vm::instruction::{Fragment, Instruction};
    use crate::vm::machine::Machine;
    use crate::vm::memory::Place;

    fn with_functions(count: usize) -> Machine {
        let mut machine = Machine::new();
        for n in 0..count {
            machine.define(&format!("f{n}"), &Fragment::line(vec![])).expect("there is room");
        }
        machine
    }

    fn write(machine: &mut Machine, body: usize) {
        let line = Fragment::line(vec![Instruction::Integer(7)]);
        machine.write(Place::new(Body::from_index(body), 0), &line).expect("it fits");
    }

    #[test]
    fn exactly_the_bodies_that_were_written_differ() {
        for count in [0, 3, 63, 64, 65, 128, 200, 5000] {
            let mut machine = with_functions(count);
            let before = machine.memory().code_version();
            assert_eq!(before, machine.memory().code_version());
            let mut written = vec![0, count / 2, count];
            written.dedup();
            written.iter().for_each(|&body| write(&mut machine, body));
            let after = machine.memory().code_version();
            assert_ne!(before, after);
            let numbers =
                |bodies: Vec<Body>| bodies.iter().map(|body| body.index()).collect::<Vec<_>>();
            assert_eq!(numbers(before.changed(&after)), written, "{count}");
            assert_eq!(numbers(before.changed(&before)), []);
            for n in 0..70 {
                machine.define(&format!("g{n}"), &Fragment::line(vec![])).expect("there is room");
                let more = machine.memory().code_version();
                let made: Vec<usize> = (count + 1..count + 2 + n).collect();
                assert_eq!(numbers(after.changed(&more)), made, "{count}");
                assert_eq!(numbers(more.changed(&after)), made, "{count}");
            }
        }
    }

    #[test]
    fn running_changes_no_code() {
        let mut machine = with_functions(100);
        write(&mut machine, 0);
        let before = machine.memory().code_version();
        machine.run(10);
        assert_eq!(before, machine.memory().code_version());
    }
}
