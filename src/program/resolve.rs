//! What a word means, once everything around it is read: a number, an instruction, a local, a
//! function, in this order.
//!
//! Numbers and instructions are known to the parser. A local is a name that is assigned anywhere in
//! its function, so that is asked here, when the function is complete. Whether what is left is a
//! function or a hole depends on the machine it is written into and is decided there.

use super::diagnostic::{Diagnostic, Diagnostics, Span};
use crate::vm::cell::BodyId;
use crate::vm::instruction::{Fragment, Instruction};
use std::collections::HashSet;

/// What was typed at a cell, before it is known where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub(super) code: Fragment,
    pub(super) addresses: Vec<AddressWord>,
}

/// `@200` in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AddressWord {
    /// Body and index in the fragment.
    pub place: (usize, usize),
    pub address: u64,
    pub span: Span,
}

impl Line {
    /// The line as it is to be written into a function: `is_local` tells the locals that the
    /// function has already, `body_at` the body that starts at an address.
    ///
    /// # Errors
    /// An address at which no body starts.
    pub fn resolve(
        mut self,
        is_local: &dyn Fn(&str) -> bool,
        body_at: &dyn Fn(u64) -> Option<BodyId>,
    ) -> Result<Fragment, Diagnostics> {
        resolve(&mut self.code, is_local);
        let mut report = Diagnostics::default();
        for word in &self.addresses {
            match body_at(word.address) {
                Some(body) => {
                    let (in_body, index) = word.place;
                    self.code.bodies[in_body][index] = Instruction::Address(body);
                }
                None => report.add(|| {
                    Diagnostic::new(word.span, format!("no body starts at {}", word.address))
                        .help("only the start of a function, block or data body can be pushed")
                }),
            }
        }
        if report.is_empty() { Ok(self.code) } else { Err(report) }
    }

    /// Whether nothing was typed but space and comments.
    pub fn is_empty(&self) -> bool {
        self.code.bodies.iter().all(Vec::is_empty)
    }
}

/// Turns the open words of a whole function, or of a line in one, into locals and calls. `is_local`
/// tells locals that are assigned outside `code`.
pub(super) fn resolve(code: &mut Fragment, is_local: &dyn Fn(&str) -> bool) {
    let assigned = assigned(code);
    for instruction in code.bodies.iter_mut().flatten() {
        if let Instruction::Hole(name) = instruction {
            let name = std::mem::take(name);
            *instruction = match assigned.contains(&name) || is_local(&name) {
                true => Instruction::Pick(name),
                false => Instruction::Call(name),
            };
        }
    }
}

/// The locals that `code` assigns.
fn assigned(code: &Fragment) -> HashSet<Box<str>> {
    let instructions = code.bodies.iter().flatten();
    instructions
        .filter_map(|instruction| match instruction {
            Instruction::Assign(name) => Some(name.clone()),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::parse::parse_line;
    use super::*;
    use crate::vm::index::{Body, DataId};
    use crate::vm::instruction::Primitive;

    fn body_at(address: u64) -> Option<BodyId> {
        [(200, BodyId::Code(Body(2))), (300, BodyId::Data(DataId(0)))]
            .into_iter()
            .find_map(|(start, body)| (start == address).then_some(body))
    }

    fn line(source: &str, locals: &[&str]) -> Result<Vec<Vec<Instruction>>, String> {
        let read = parse_line(source).map_err(|report| report.to_string())?;
        let written = read.resolve(&|name| locals.contains(&name), &body_at);
        written.map(|fragment| fragment.bodies).map_err(|report| report.to_string())
    }

    #[test]
    fn a_line_sees_the_locals_of_its_function_and_its_own() {
        let bodies = line("i j k [ assign: k ]", &["i"]).unwrap();
        assert_eq!(
            bodies[0][..3],
            [
                Instruction::Pick("i".into()),
                Instruction::Call("j".into()),
                Instruction::Pick("k".into())
            ]
        );
    }

    #[test]
    fn a_line_ends_without_end_and_keeps_its_empty_cells() {
        let one = Instruction::Integer(1);
        assert_eq!(line("1 breakpoint", &[]).unwrap(), [[one.clone(), Instruction::Breakpoint]]);
        let end = Instruction::Primitive(Primitive::End);
        assert_eq!(line("[ 1 ]", &[]).unwrap(), [vec![Instruction::Block(1)], vec![one, end]]);
    }

    #[test]
    fn addresses_are_looked_up() {
        let bodies = line("@200 [ @300 ... ]", &[]).unwrap();
        assert_eq!(bodies[0][0], Instruction::Address(BodyId::Code(Body(2))));
        assert_eq!(bodies[1], [Instruction::Address(BodyId::Data(DataId(0)))]);
        let message = line("@200 @201", &[]).unwrap_err();
        assert!(message.starts_with("no body starts at 201"), "{message}");
    }

    #[test]
    fn a_line_holds_no_definition_and_whole_blocks() {
        for source in ["[ ] bind: f", "bind: f", "[", "]", "...", "assign:"] {
            let message = line(source, &[]).unwrap_err();
            assert_eq!(parse_line(source).unwrap_err().count(), 1, "{source}: {message}");
        }
        assert!(parse_line("  # nothing").unwrap().is_empty());
        assert!(!parse_line("[ ]").unwrap().is_empty());
    }
}
