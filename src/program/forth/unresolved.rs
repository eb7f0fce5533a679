//! Code while it is read: its bodies, the ones still open, and words whose meaning is not yet known.
//!
//! A word without a prefix may be a local, which is a name that is assigned anywhere in its function, or a
//! function, which may be defined anywhere in the text. So words are resolved when the whole text was read.
//! An address is resolved when the place of the code is known. A name that is nothing else is a call; the
//! machine decides whether its function exists.
//!
//! Even `end` and `return` may be names of the program, so only then is it known whether a closing bracket
//! after them writes an `end`. So it is also only known then what the end of a body is, for the comments there.

use super::ending::{Ends, Rest};
use super::remark::{AT_END, Remarks, comments_of};
use crate::program::comment::Comments;
use crate::program::diagnostic::{Diagnostic, Diagnostics, Span};
use crate::program::listing::{Definition, Program};
use crate::program::scope::Scope;
use crate::program::span::{CellSpan, Read};
use crate::program::starts::{NOWHERE, ProgramStarts, Starts};
use crate::vm::index::{BodyId, FrameNumber};
use crate::vm::instruction::{Fragment, Instruction, Primitive};
use crate::vm::space::Address;
use crate::vm::spelling::BREAKPOINT;
use foldhash::{HashSet, HashSetExt};

/// A cell of a text that is being read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// An instruction.
    Known(Instruction),
    /// The word of an instruction, which a name of the program may hide.
    Primitive(Primitive),
    /// The word for an empty cell, which a name of the program may hide.
    Breakpoint,
    /// Any other name without a prefix: a local or a function.
    Name(Box<str>),
    /// `@200`, or `@200/7`.
    Address(Address, Option<FrameNumber>),
}

impl From<Instruction> for Word {
    fn from(instruction: Instruction) -> Word {
        Word::Known(instruction)
    }
}

impl Word {
    /// The name that it may be.
    fn name(&self) -> Option<&str> {
        match self {
            Word::Primitive(primitive) => Some(primitive.name()),
            Word::Breakpoint => Some(BREAKPOINT),
            Word::Name(name) => Some(name),
            Word::Known(_) | Word::Address(..) => None,
        }
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

/// A body that is being read.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Body {
    words: Vec<Word>,
    /// Where the words begin, if somebody asks.
    starts: Vec<u32>,
    rest: Rest,
    /// The comments in it, in the order of the text, with the words that they are before.
    comments: Vec<(usize, String)>,
}

impl Default for Body {
    fn default() -> Body {
        Body { words: Vec::new(), starts: Vec::new(), rest: Rest::Nothing, comments: Vec::new() }
    }
}

/// The bodies read so far. A block is numbered when it opens, so the blocks inside a block have the
/// numbers right after its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unresolved {
    bodies: Vec<Body>,
    /// The definitions that were taken out of `bodies`.
    definitions: Vec<(Box<str>, Vec<Body>)>,
    /// The spans of the cells in `bodies` and in the definitions; `None` if nobody asks for them, because a
    /// span takes twice the room of a word.
    spans: Option<Vec<CellSpan>>,
    /// Whether the starts of the words are kept.
    keeps_starts: bool,
    open: Vec<usize>,
    /// The comments that have no place yet; `None` if nobody asks for comments.
    remarks: Option<Remarks>,
}

impl Default for Unresolved {
    fn default() -> Unresolved {
        Unresolved {
            bodies: vec![Body::default()],
            definitions: Vec::new(),
            spans: Some(Vec::new()),
            keeps_starts: false,
            open: Vec::new(),
            remarks: None,
        }
    }
}

impl Unresolved {
    /// Keeps no spans.
    pub fn without_spans() -> Unresolved {
        Unresolved { spans: None, ..Unresolved::default() }
    }

    /// Keeps no spans, but where each cell begins: a sixth of the room of a word.
    pub fn with_starts() -> Unresolved {
        Unresolved { keeps_starts: true, ..Unresolved::without_spans() }
    }

    /// Keeps the comments.
    pub fn with_comments(self) -> Unresolved {
        Unresolved { remarks: Some(Remarks::default()), ..self }
    }

    /// Reads what is between two words: white space and comments.
    pub fn gap(&mut self, gap: &str) {
        let Some(remarks) = &mut self.remarks else { return };
        remarks.read(gap, |spot, text| {
            let bodies = match spot.definition {
                Some(definition) => &mut self.definitions[definition].1,
                None => &mut self.bodies,
            };
            bodies[spot.body].comments.push((spot.index, text));
        });
    }

    fn current(&self) -> usize {
        // Body 0 is the code outside all blocks: main, or the line.
        self.open.last().copied().unwrap_or(0)
    }

    /// Adds a word.
    pub fn push(&mut self, word: Word, span: Span) {
        let body = self.current();
        if let Some(remarks) = &mut self.remarks {
            let index = self.bodies[body].words.len();
            let before = remarks.word(body, index);
            self.bodies[body].comments.extend(before.map(|text| (index, text)));
        }
        self.add(word, span);
    }

    fn add(&mut self, word: Word, span: Span) {
        let body = self.current();
        let Body { words, starts, .. } = &mut self.bodies[body];
        if self.keeps_starts {
            starts.push(start_of(span));
        }
        if let Some(spans) = &mut self.spans {
            spans.push(CellSpan { definition: None, body, index: words.len(), span });
        }
        words.push(word);
    }

    pub fn open(&mut self, span: Span) {
        let block = self.bodies.len();
        self.push(Instruction::Block(block as u32).into(), span);
        self.bodies.push(Body::default());
        self.open.push(block);
    }

    pub fn close(&mut self, ending: Ending, span: Span) {
        use Primitive::{End, Return};
        let body = self.current();
        if let Some(remarks) = &mut self.remarks {
            let at_end = remarks.bracket(body);
            self.bodies[body].comments.extend(at_end.map(|text| (AT_END, text)));
        }
        let last = self.bodies[body].words.last();
        let rest = match (ending, last) {
            (Ending::Open, _) => Rest::Trim,
            (Ending::Written, None | Some(Word::Known(Instruction::Primitive(End | Return)))) => {
                Rest::Nothing
            }
            (Ending::Written, Some(Word::Primitive(End | Return))) => Rest::End(span),
            (Ending::Written, Some(_)) => {
                self.add(Instruction::Primitive(End).into(), span);
                Rest::Nothing
            }
        };
        let closed = &mut self.bodies[body];
        closed.rest = rest;
        closed.words.shrink_to_fit();
        closed.starts.shrink_to_fit();
        closed.comments.shrink_to_fit();
        self.open.pop();
    }

    /// Takes the block that was just closed out of main, as the code of a definition.
    pub fn define(&mut self, name: &str) {
        let Some(Word::Known(Instruction::Block(block))) = self.bodies[0].words.pop() else {
            unreachable!("a block was closed right before");
        };
        self.bodies[0].starts.pop();
        let block = block as usize;
        let mut bodies = self.bodies.split_off(block);
        self.comment_definition(&mut bodies);
        let inner = bodies.iter_mut().flat_map(|body| &mut body.words);
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
                span.definition = Some(self.definitions.len());
                span.body -= block;
            }
        }
        self.definitions.push((name.into(), bodies));
    }

    /// Moves the comments before a block that was in main to the first cell of its definition.
    fn comment_definition(&mut self, bodies: &mut [Body]) {
        let index = self.bodies[0].words.len();
        let comments = &mut self.bodies[0].comments;
        let before = comments.iter().rposition(|&(at, _)| at != index).map_or(0, |last| last + 1);
        if before < comments.len() {
            let above = comments.drain(before..).map(|(_, text)| (0, text));
            bodies[0].comments.splice(0..0, above);
        }
        if let Some(remarks) = &mut self.remarks {
            remarks.define(self.definitions.len(), self.bodies.len(), index);
        }
    }

    /// A whole program, and the spans or starts of its cells, if they were kept. The scope holds what is
    /// known besides its own names.
    pub fn program(mut self, scope: &Scope<'_>) -> (Read<Program>, ProgramStarts) {
        self.bodies[0].rest = Rest::Trim;
        let last = self.remarks.as_mut().and_then(Remarks::take);
        self.bodies[0].comments.extend(last.map(|text| (AT_END, text)));
        let names = self.definitions.iter().map(|(name, _)| name.clone());
        let functions: HashSet<Box<str>> = names.collect();
        let starts = self.keeps_starts.then(Vec::new);
        let mut ends = Ends::default();
        ends.starts = starts;
        let definition = |(number, (name, bodies))| {
            let (code, comments) = finish(bodies, Some(number), &functions, scope, &mut ends);
            Definition { name, code, comments }
        };
        let definitions = self.definitions.into_iter().enumerate().map(definition).collect();
        let (main, main_comments) = finish(self.bodies, None, &functions, scope, &mut ends);
        let mut starts = ends.starts.take().unwrap_or_default();
        let starts = ProgramStarts { main: starts.pop().unwrap_or_default(), definitions: starts };
        let spans = ends.apply(self.spans.unwrap_or_default());
        (Read { cells: Program { main, main_comments, definitions }, spans }, starts)
    }
}

/// What can be done about an address at which no body starts.
const ONLY_STARTS: &str = "only the start of a function, block or data body can be pushed";

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
            if let Some([message, help]) = fault(&bodies[cell.body].words[cell.index], scope) {
                report.add(|| Diagnostic::new(cell.span, message).help(help));
            }
        }
        if !report.is_empty() {
            return Err(report);
        }
        let mut ends = Ends::default();
        let (cells, _) = finish(bodies, None, &HashSet::new(), scope, &mut ends);
        Ok(Read { cells, spans: ends.apply(spans) })
    }

    /// The cells of the line in a scope, without spans.
    ///
    /// # Errors
    /// What is wrong with the first address, if something is, and what can be done about it.
    pub fn cells(self, scope: &Scope<'_>) -> Result<Fragment, [String; 2]> {
        let mut words = self.0.bodies.iter().flat_map(|body| &body.words);
        match words.find_map(|word| fault(word, scope)) {
            Some(fault) => Err(fault),
            None => Ok(finish(self.0.bodies, None, &HashSet::new(), scope, &mut Ends::default()).0),
        }
    }

    /// The locals that the line assigns.
    pub fn assigned(&self) -> impl Iterator<Item = &str> {
        assigned(&self.0.bodies)
    }
}

/// What is wrong with an address in a scope, and what can be done about it.
fn fault(word: &Word, scope: &Scope<'_>) -> Option<[String; 2]> {
    let Word::Address(address, home) = *word else { return None };
    match (scope.body_at(address), home) {
        (None, _) => Some([format!("no body starts at {address}"), ONLY_STARTS.to_string()]),
        (Some(BodyId::Data(_)), Some(home)) => Some([
            format!("the body at {address} is data, which has no frame"),
            format!("write `@{address}` without `/{home}`"),
        ]),
        (Some(_), _) => None,
    }
}

/// Turns the words of a whole function, or of a line in one, into cells, and returns their comments. `functions` are defined in the same
/// text; `ends` notes what happens at the ends of bodies.
fn finish(
    bodies: Vec<Body>,
    definition: Option<usize>,
    functions: &HashSet<Box<str>>,
    scope: &Scope<'_>,
    ends: &mut Ends,
) -> (Fragment, Comments) {
    let locals: HashSet<Box<str>> = assigned(&bodies).map(Box::from).collect();
    let hiding = |name: &str| {
        if locals.contains(name) || scope.is_local(name) {
            Some(Instruction::Pick(name.into()))
        } else if functions.contains(name) || scope.is_function(name) {
            Some(Instruction::Call(name.into()))
        } else {
            None
        }
    };
    let cell = |word: Word| {
        if let Some(hiding) = word.name().and_then(hiding) {
            return hiding;
        }
        match word {
            Word::Known(instruction) => instruction,
            Word::Primitive(primitive) => Instruction::Primitive(primitive),
            Word::Breakpoint => Instruction::Breakpoint,
            Word::Name(name) => Instruction::Call(name),
            Word::Address(address, home) => {
                let body = scope.body_at(address);
                let body = body.expect("programs have no addresses, lines were checked");
                match (body, home) {
                    (BodyId::Code(block), Some(home)) => Instruction::BlockValue(block, home),
                    (BodyId::Code(_) | BodyId::Data(_), _) => Instruction::Address(body),
                }
            }
        }
    };
    let mut comments = Comments::default();
    let mut starts: Option<Starts> = ends.starts.is_some().then(Vec::new);
    let bodies = bodies.into_iter().enumerate().map(|(number, body)| {
        let mut cells: Vec<Instruction> = body.words.into_iter().map(cell).collect();
        ends.end(&mut cells, body.rest, (definition, number));
        if let Some(starts) = &mut starts {
            starts.push(starts_of(&cells, body.starts, body.rest));
        }
        for (index, text) in comments_of(body.comments, cells.len()) {
            comments.add(number, index, &text);
        }
        cells
    });
    let fragment = Fragment { bodies: bodies.collect() };
    if let (Some(all), Some(starts)) = (&mut ends.starts, starts) {
        all.push(starts);
    }
    (fragment, comments)
}

/// The starts of the cells of a body, once its words are resolved.
fn starts_of(cells: &[Instruction], mut starts: Vec<u32>, rest: Rest) -> Vec<u32> {
    starts.truncate(cells.len());
    if let Rest::End(span) = rest
        && starts.len() < cells.len()
    {
        starts.push(start_of(span));
    }
    starts
}

/// Where a word begins. A start that needs more than four bytes is not kept.
fn start_of(span: Span) -> u32 {
    u32::try_from(span.start).unwrap_or(NOWHERE)
}

fn assigned(bodies: &[Body]) -> impl Iterator<Item = &str> {
    bodies.iter().flat_map(|body| &body.words).filter_map(|word| match word {
        Word::Known(instruction) => instruction.assigned(),
        Word::Primitive(_) | Word::Breakpoint | Word::Name(_) | Word::Address(..) => None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::parse::read_line;
    use super::*;
    use crate::vm::index::{self, BodyId, DataId};
    use crate::vm::vocabulary::Vocabulary;
    use std::collections::BTreeMap;

    fn line(source: &str, locals: &[&str]) -> Result<Vec<Vec<Instruction>>, String> {
        let locals = locals.iter().map(|&name| name.into()).collect();
        let bodies = BTreeMap::from([
            (200, (BodyId::Code(index::Body(2)), 100)),
            (300, (BodyId::Data(DataId(0)), 100)),
        ]);
        let functions = std::collections::HashSet::from(["swap".into()]);
        let scope = Scope::in_file(Some(&locals), &bodies, &functions);
        let read = read_line(source, Vocabulary::Two).map_err(|report| report.to_string())?;
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
    fn the_names_of_the_program_hide_instructions() {
        let bodies = line("dup swap over prim: dup prim: swap assign: over", &["dup"]).unwrap();
        let primitive = |name| Instruction::Primitive(Primitive::find(name).unwrap());
        assert_eq!(
            bodies[0],
            [
                Instruction::Pick("dup".into()),
                Instruction::Call("swap".into()),
                Instruction::Pick("over".into()),
                primitive("dup"),
                primitive("swap"),
                Instruction::Assign("over".into()),
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
        assert_eq!(bodies[0][0], Instruction::Address(BodyId::Code(index::Body(2))));
        assert_eq!(bodies[1], [Instruction::Address(BodyId::Data(DataId(0)))]);
        let value = Instruction::BlockValue(index::Body(2), FrameNumber::FIRST);
        assert_eq!(line("@200/1", &[]).unwrap()[0], [value]);
        let message = line("@300/1", &[]).unwrap_err();
        assert!(message.starts_with("the body at 300 is data"), "{message}");
        let message = line("@200 @201", &[]).unwrap_err();
        assert!(message.starts_with("no body starts at 201"), "{message}");
    }

    #[test]
    fn a_line_holds_no_definition_and_whole_blocks() {
        for source in ["[ ] bind: f", "bind: f", "[", "]", "...", "assign:"] {
            let message = line(source, &[]).unwrap_err();
            assert_eq!(
                read_line(source, Vocabulary::Two).unwrap_err().count(),
                1,
                "{source}: {message}"
            );
        }
        assert_eq!(line("  # nothing", &[]).unwrap(), [[]]);
    }
}
