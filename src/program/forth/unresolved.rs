//! Code while it is read: its bodies, the ones still open, and words whose meaning is not yet known.
//!
//! Numbers and instructions are known when they are read. A local is a name that is assigned anywhere
//! in its function, so a name is resolved when the function is complete. An address is resolved when
//! the place of the code is known. A name that is not a local is a call; the machine decides whether its
//! function exists.

use crate::program::diagnostic::{Diagnostic, Diagnostics, Span};
use crate::program::scope::Scope;
use crate::program::span::{CellSpan, Read};
use crate::vm::instruction::{Fragment, Instruction, Primitive};
use crate::vm::space::Address;
use std::collections::HashSet;

/// A cell of a text that is being read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// An instruction.
    Known(Instruction),
    /// A name without a prefix: a local or a function.
    Name(Box<str>),
    /// `@200`.
    Address(Address),
}

impl From<Instruction> for Word {
    fn from(instruction: Instruction) -> Word {
        Word::Known(instruction)
    }
}

/// What a closing bracket does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// `]` writes an `end` where one is needed.
    Written,
    /// `... ]` leaves the rest of the block empty.
    Open,
}

/// The bodies read so far. A block is numbered when it opens, so the blocks inside a block have the
/// numbers right after its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unresolved {
    bodies: Vec<Vec<Word>>,
    /// The spans of the cells in `bodies` and in the definitions that were taken out; `None` if nobody
    /// asks for them, because a span takes twice the room of a word.
    spans: Option<Vec<CellSpan>>,
    open: Vec<usize>,
}

impl Default for Unresolved {
    fn default() -> Unresolved {
        Unresolved { bodies: vec![Vec::new()], spans: Some(Vec::new()), open: Vec::new() }
    }
}

impl Unresolved {
    /// Keeps no spans.
    pub fn without_spans() -> Unresolved {
        Unresolved { spans: None, ..Unresolved::default() }
    }

    fn current(&self) -> usize {
        // Body 0 is the code outside all blocks: main, or the line.
        self.open.last().copied().unwrap_or(0)
    }

    pub fn push(&mut self, word: Word, span: Span) {
        let body = self.current();
        let index = self.bodies[body].len();
        if let Some(spans) = &mut self.spans {
            spans.push(CellSpan { definition: None, body, index, span });
        }
        self.bodies[body].push(word);
    }

    pub fn open(&mut self, span: Span) {
        let block = self.bodies.len();
        self.push(Instruction::Block(block as u32).into(), span);
        self.bodies.push(Vec::new());
        self.open.push(block);
    }

    pub fn close(&mut self, ending: Ending, span: Span) {
        use Primitive::{End, Return};
        let body = self.current();
        let last = self.bodies[body].last();
        let ended = matches!(last, None | Some(Word::Known(Instruction::Primitive(End | Return))));
        match ending {
            Ending::Written if !ended => self.push(Instruction::Primitive(End).into(), span),
            Ending::Written => {}
            Ending::Open => {
                let trimmed = self.trim(body);
                if let Some(spans) = &mut self.spans {
                    spans.truncate(spans.len() - trimmed);
                }
            }
        }
        self.bodies[body].shrink_to_fit();
        self.open.pop();
    }

    /// Drops the empty cells at the end of a body; returns how many there were.
    fn trim(&mut self, body: usize) -> usize {
        let cells = &mut self.bodies[body];
        let before = cells.len();
        while cells.last() == Some(&Word::Known(Instruction::Breakpoint)) {
            cells.pop();
        }
        before - cells.len()
    }

    /// Takes the block that was just closed out of main, as the code of a definition.
    pub fn take_definition(&mut self, definition: usize) -> Fragment {
        let Some(Word::Known(Instruction::Block(block))) = self.bodies[0].pop() else {
            unreachable!("a block was closed right before");
        };
        let block = block as usize;
        let mut bodies = self.bodies.split_off(block);
        let inner = bodies.iter_mut().flatten();
        inner.for_each(|word| {
            if let Word::Known(Instruction::Block(inner)) = word {
                *inner -= block as u32;
            }
        });
        if let Some(spans) = &mut self.spans {
            let at_bracket = |span: &CellSpan| span.definition.is_none() && span.body == 0;
            let bracket = spans.iter().rposition(at_bracket).expect("its bracket has a span");
            spans.remove(bracket);
            for span in &mut spans[bracket..] {
                span.definition = Some(definition);
                span.body -= block;
            }
        }
        finish(bodies, &Scope::empty())
    }

    /// The code and the spans of a whole program, without the code of the definitions.
    pub fn main(mut self) -> (Fragment, Vec<CellSpan>) {
        self.trim(0);
        let used = self.bodies[0].len();
        let is_there =
            |cell: &CellSpan| cell.definition.is_some() || cell.body != 0 || cell.index < used;
        let mut spans = self.spans.unwrap_or_default();
        spans.retain(is_there);
        (finish(self.bodies, &Scope::empty()), spans)
    }
}

/// What can be done about an address at which no body starts.
pub(super) const ONLY_STARTS: &str =
    "only the start of a function, block or data body can be pushed";

/// What was typed at a cell, before the scope of that cell is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::program) struct UnresolvedLine(pub(super) Unresolved);

impl UnresolvedLine {
    /// The cells of the line in a scope.
    ///
    /// # Errors
    /// Addresses at which no body starts.
    pub fn resolve(self, scope: &Scope<'_>) -> Result<Read<Fragment>, Diagnostics> {
        let Unresolved { bodies, spans, .. } = self.0;
        let spans = spans.expect("a line that is resolved with spans was read with spans");
        let mut report = Diagnostics::default();
        for cell in &spans {
            if let Word::Address(address) = bodies[cell.body][cell.index]
                && scope.body_at(address).is_none()
            {
                report.add(|| {
                    Diagnostic::new(cell.span, format!("no body starts at {address}"))
                        .help(ONLY_STARTS)
                });
            }
        }
        if report.is_empty() {
            Ok(Read { cells: finish(bodies, scope), spans })
        } else {
            Err(report)
        }
    }

    /// The cells of the line in a scope, without spans.
    ///
    /// # Errors
    /// The first address at which no body starts.
    pub fn cells(self, scope: &Scope<'_>) -> Result<Fragment, Address> {
        let unknown = |word: &Word| match word {
            Word::Address(address) => Some(*address).filter(|&at| scope.body_at(at).is_none()),
            Word::Known(_) | Word::Name(_) => None,
        };
        match self.0.bodies.iter().flatten().find_map(unknown) {
            Some(address) => Err(address),
            None => Ok(finish(self.0.bodies, scope)),
        }
    }

    /// The locals that the line assigns.
    pub fn assigned(&self) -> impl Iterator<Item = &str> {
        assigned(&self.0.bodies)
    }
}

/// Turns the words of a whole function, or of a line in one, into cells.
fn finish(bodies: Vec<Vec<Word>>, scope: &Scope<'_>) -> Fragment {
    let assigned: HashSet<Box<str>> = assigned(&bodies).map(Box::from).collect();
    let cell = |word| match word {
        Word::Known(instruction) => instruction,
        Word::Name(name) if assigned.contains(&name) || scope.is_local(&name) => {
            Instruction::Pick(name)
        }
        Word::Name(name) => Instruction::Call(name),
        Word::Address(address) => {
            let body = scope.body_at(address);
            Instruction::Address(body.expect("programs have no addresses, lines were checked"))
        }
    };
    let body = |words: Vec<Word>| words.into_iter().map(cell).collect();
    Fragment { bodies: bodies.into_iter().map(body).collect() }
}

fn assigned(bodies: &[Vec<Word>]) -> impl Iterator<Item = &str> {
    bodies.iter().flatten().filter_map(|word| match word {
        Word::Known(instruction) => instruction.assigned(),
        Word::Name(_) | Word::Address(_) => None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::parse::read_line;
    use super::*;
    use crate::vm::index::{Body, BodyId, DataId};
    use std::collections::BTreeMap;

    fn line(source: &str, locals: &[&str]) -> Result<Vec<Vec<Instruction>>, String> {
        let locals = locals.iter().map(|&name| name.into()).collect();
        let bodies = BTreeMap::from([
            (200, (BodyId::Code(Body(2)), 100)),
            (300, (BodyId::Data(DataId(0)), 100)),
        ]);
        let scope = Scope::in_file(Some(&locals), &bodies);
        let read = read_line(source).map_err(|report| report.to_string())?;
        let written = read.resolve(&scope);
        written.map(|read| read.cells.bodies).map_err(|report| report.to_string())
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
            assert_eq!(read_line(source).unwrap_err().count(), 1, "{source}: {message}");
        }
        assert_eq!(line("  # nothing", &[]).unwrap(), [[]]);
    }
}
