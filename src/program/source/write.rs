//! From cells to source.
//!
//! What is still to be written is a list, so nesting needs no recursion. Each cell is written once and owns the
//! bytes that it is spelled with; commas, brackets, `_` and `...` belong to none. Below [`DEEPEST`] levels blocks
//! are written on the line, because indentation would make the text grow with the square of the depth.

mod expression;

use super::token::{is_plain, is_plain_call};
use super::tree::{Around, Node, Trees, trees};
use crate::program::diagnostic::Span;
use crate::program::scope::Scope;
use crate::program::span::{CellSpan, Printed};
use crate::vm::instruction::{Instruction, Primitive};

/// How many spaces a block is indented.
const INDENT: usize = 2;
/// The indentation below which blocks are written on the line.
const DEEPEST: usize = 20 * INDENT;
/// The same for blocks with comments in them. Deeper comments move above the line.
const DEEPEST_COMMENTS: usize = 200 * INDENT;
/// The most cells of a block that is written on the line where both are possible.
const SHORT: usize = 12;

/// Appends the definition of a function to a text.
pub(super) fn function(
    name: &str,
    definition: Option<usize>,
    around: Around<'_>,
    scope: &Scope<'_>,
    into: &mut Printed,
) {
    let mut writer = Writer::new(definition, around, scope, into);
    writer.header(name);
    writer.run();
    writer.end_line();
}

/// Appends main to a text.
pub(super) fn main(around: Around<'_>, scope: &Scope<'_>, into: &mut Printed) {
    let mut writer = Writer::new(None, around, scope, into);
    writer.is_main = true;
    writer.work.push(Work::Lines { body: 0, indent: 0, from: 0 });
    writer.run();
    writer.end_line();
}

/// What is still to be written.
enum Work {
    /// Text that no cell owns.
    Text(&'static str),
    /// Text that a cell owns.
    Own(&'static str, usize, usize),
    /// The `end` that a dedent stands for.
    Dedent(usize, usize),
    /// The word of a cell.
    Word(usize, usize),
    /// The name of an assignment's target.
    Target(usize, usize),
    /// A tree as an operand, within operators of this level; a value on the stack if there is none.
    Operand(usize, Option<usize>, u8),
    /// What stands before the `[` of an index.
    Indexed(usize, Option<usize>),
    /// A statement on the line.
    Inline(usize, usize),
    /// A statement on lines of its own.
    Statement(usize, usize, usize),
    /// The lines of a body, from a cell on.
    Lines { body: usize, indent: usize, from: usize },
    /// The end of these lines.
    LinesEnd { body: usize, indent: usize },
    /// The end of an inline block.
    BlockEnd(usize),
    /// A block as the value of an assignment, on lines of its own if it is long.
    BlockValue(usize, usize, usize),
    /// The `else` or `elif` of a tree.
    Else(usize, usize, usize),
}

struct Writer<'a, 's, 'p> {
    around: Around<'a>,
    scope: &'a Scope<'s>,
    definition: Option<usize>,
    /// Main has no header, and its end writes no `end`.
    is_main: bool,
    into: &'p mut Printed,
    /// The trees of the bodies that were begun.
    trees: Vec<Option<Box<Trees>>>,
    work: Vec<Work>,
    /// Where the last line ends that is no comment: what ends there owns this place.
    last_end: usize,
}

/// The part of a body that its statements spell.
struct Shown {
    /// How many cells that are.
    count: usize,
    /// Whether the end of the block stands for an `end`.
    writes_end: bool,
    /// Whether `...` leaves it open.
    is_open: bool,
}

impl<'a, 's, 'p> Writer<'a, 's, 'p> {
    fn new(
        definition: Option<usize>,
        around: Around<'a>,
        scope: &'a Scope<'s>,
        into: &'p mut Printed,
    ) -> Writer<'a, 's, 'p> {
        let trees = (0..around.code.bodies.len()).map(|_| None).collect();
        let (work, last_end) = (Vec::new(), into.text.len());
        Writer { around, scope, definition, is_main: false, into, trees, work, last_end }
    }

    // --- text ----------------------------------------------------------------------------------------

    fn put(&mut self, text: &str) {
        self.into.text.push_str(text);
        self.last_end = self.into.text.len();
    }

    /// Writes text that a cell owns.
    fn own(&mut self, text: &str, body: usize, index: usize) {
        let start = self.into.text.len();
        self.put(text);
        self.note(start, body, index);
    }

    /// The `end` that a dedent stands for owns the end of the last line.
    fn dedent(&mut self, body: usize, index: usize) {
        let span = Span { start: self.last_end, end: self.last_end };
        self.into.spans.push(CellSpan { definition: self.definition, body, index, span });
    }

    /// What was written since is owned by a cell.
    fn note(&mut self, start: usize, body: usize, index: usize) {
        let span = Span { start, end: self.into.text.len() };
        self.into.spans.push(CellSpan { definition: self.definition, body, index, span });
    }

    fn end_line(&mut self) {
        let text = &mut self.into.text;
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
    }

    fn line(&mut self, indent: usize) {
        self.end_line();
        self.into.text.extend(std::iter::repeat_n(' ', indent));
    }

    /// The comment before a cell, or at the end of a body, on lines of its own.
    fn comment(&mut self, body: usize, index: usize, indent: usize) {
        let Some(comment) = self.around.comments.at(body, index) else { return };
        for line in comment.split('\n') {
            self.line(indent);
            self.into.text.push('#');
            self.into.text.push_str(line);
        }
    }

    // --- bodies --------------------------------------------------------------------------------------

    fn cell(&self, body: usize, index: usize) -> &'a Instruction {
        &self.around.code.bodies[body][index]
    }

    fn shown(&self, body: usize) -> Shown {
        const END: Instruction = Instruction::Primitive(Primitive::End);
        let cells = &self.around.code.bodies[body];
        let ends = |cells: &[Instruction]| {
            matches!(cells.last(), Some(Instruction::Primitive(Primitive::End | Primitive::Return)))
        };
        let has_comment = |index| self.around.comments.at(body, index).is_some();
        match cells.split_last() {
            Some((&END, before))
                if !before.is_empty() && !ends(before) && !has_comment(before.len()) =>
            {
                Shown { count: before.len(), writes_end: true, is_open: false }
            }
            Some(_) | None => {
                let is_open = !cells.is_empty() && !ends(cells);
                Shown { count: cells.len(), writes_end: false, is_open }
            }
        }
    }

    /// Divides the cells of a body from one on into trees.
    fn begin(&mut self, body: usize, from: usize) -> Shown {
        let shown = if self.is_main && body == 0 {
            let count = self.around.code.bodies[0].len();
            Shown { count, writes_end: false, is_open: false }
        } else {
            self.shown(body)
        };
        if self.trees[body].is_none() {
            let trees = trees(body, from..shown.count, self.around);
            self.trees[body] = Some(Box::new(trees));
        }
        shown
    }

    fn of(&self, body: usize) -> &Trees {
        self.trees[body].as_ref().expect("the body was begun")
    }

    fn node(&self, body: usize, node: usize) -> &Node {
        &self.of(body).nodes[node]
    }

    fn block(&self, body: usize, node: usize) -> Option<usize> {
        let cell = self.cell(body, self.node(body, node).at);
        if let Instruction::Block(block) = cell { Some(*block as usize) } else { None }
    }

    fn header(&mut self, name: &str) {
        let cells = &self.around.code.bodies[0];
        let shown = self.shown(0).count;
        let mut names: Vec<&str> = Vec::new();
        for (index, cell) in cells[..shown].iter().enumerate() {
            let Instruction::Assign(name) = cell else { break };
            let breaks = index > 0 && self.around.comments.at(0, index).is_some();
            if breaks || names.contains(&&**name) || names.len() == PARAMETERS {
                break;
            }
            names.push(name);
        }
        if !cells.is_empty() {
            self.comment(0, 0, 0);
        }
        self.line(0);
        let is_free = |name: &str| is_plain_call(name) && Primitive::find(name).is_none();
        self.put(&quoted(name, is_free));
        self.put(" <- fun[");
        for (index, name) in names.iter().enumerate().rev() {
            self.own(&quoted(name, is_plain), 0, index);
            self.put(if index > 0 { ", " } else { "" });
        }
        self.put("]:");
        self.work.push(Work::Lines { body: 0, indent: INDENT, from: names.len() });
    }
}

impl Writer<'_, '_, '_> {
    fn run(&mut self) {
        while let Some(work) = self.work.pop() {
            match work {
                Work::Text(text) => self.put(text),
                Work::Own(text, body, index) => self.own(text, body, index),
                Work::Dedent(body, index) => self.dedent(body, index),
                Work::Word(body, index) => self.word(body, index),
                Work::Target(body, index) => self.target(body, index),
                Work::Operand(body, node, level) => self.operand(body, node, level),
                Work::Indexed(body, node) => self.indexed(body, node),
                Work::Inline(body, node) => self.inline(body, node),
                Work::Statement(body, node, indent) => self.statement(body, node, indent),
                Work::Lines { body, indent, from } => self.lines(body, indent, from),
                Work::LinesEnd { body, indent } => self.lines_end(body, indent),
                Work::BlockEnd(body) => self.block_end(body),
                Work::BlockValue(body, node, indent) => self.block_value(body, node, indent),
                Work::Else(body, node, indent) => self.otherwise(body, node, indent),
            }
        }
    }

    /// Puts work before what is still to be done.
    fn plan(&mut self, work: impl IntoIterator<Item = Work, IntoIter: DoubleEndedIterator>) {
        self.work.extend(work.into_iter().rev());
    }

    // --- lines ---------------------------------------------------------------------------------------

    fn lines(&mut self, body: usize, indent: usize, from: usize) {
        self.begin(body, from);
        self.work.push(Work::LinesEnd { body, indent });
        let statements = self.trees[body].as_ref().expect("it was begun").statements.clone();
        self.plan(statements.into_iter().map(|node| Work::Statement(body, node, indent)));
    }

    fn lines_end(&mut self, body: usize, indent: usize) {
        let shown = self.begin(body, 0);
        if shown.writes_end {
            self.dedent(body, shown.count);
        }
        let end = self.around.code.bodies[body].len();
        self.comment(body, end, indent);
        if shown.is_open {
            self.line(indent);
            self.put("...");
        }
    }

    fn statement(&mut self, body: usize, node: usize, indent: usize) {
        let Node { at, start, targets, .. } = *self.node(body, node);
        let is_above = body == 0 && start == 0 && !self.is_main;
        if !is_above {
            self.comment(body, start, indent);
        }
        let has_comments = indent < DEEPEST_COMMENTS && self.has_comments(body, start..at + 1);
        if indent >= DEEPEST && !has_comments {
            self.hoist(body, start..at + 1, indent);
            self.line(indent);
            return self.inline(body, node);
        }
        self.line(indent);
        if let Some(primitive) = self.keyword(body, node) {
            return self.keyword_line(
                body,
                node,
                primitive,
                expression::primitive_word(primitive),
                indent,
            );
        }
        let children = self.of(body).children(node).to_vec();
        let last = children.last().copied();
        let last_block = last.and_then(|last| self.block(body, last));
        if self.block(body, node).is_some() {
            self.block_value(body, node, indent);
        } else if targets > 0 && children.len() == 1 && last_block.is_some() {
            self.work.push(Work::BlockValue(body, children[0], indent));
            let targets = self.targets_of(body, node);
            self.plan(targets);
        } else if let (Some(block), true, Some(last)) = (last_block, self.is_call(body, node), last)
        {
            let colon = self.node(body, last).at;
            let mut work = vec![self.callee(body, at), Work::Text("(")];
            work.extend(self.arguments(body, node, &children[..children.len() - 1]));
            work.extend([
                Work::Text(")"),
                Work::Own(":", body, colon),
                Work::Lines { body: block, indent: indent + INDENT, from: 0 },
            ]);
            self.plan(work);
        } else {
            self.inline(body, node);
        }
    }

    /// Whether there are comments in the blocks of some cells.
    fn has_comments(&self, body: usize, cells: std::ops::Range<usize>) -> bool {
        let heavy = self.around.heavy;
        self.around.code.bodies[body][cells]
            .iter()
            .any(|cell| matches!(cell, Instruction::Block(block) if heavy[*block as usize]))
    }

    /// The comments in the blocks of some cells, which are written on the line.
    fn hoist(&mut self, body: usize, cells: std::ops::Range<usize>, indent: usize) {
        let mut open: Vec<usize> = Vec::new();
        let code = self.around.code;
        let heavy = self.around.heavy;
        let blocks = |cells: &[Instruction], open: &mut Vec<usize>| {
            open.extend(cells.iter().rev().filter_map(|cell| match cell {
                Instruction::Block(block) if heavy[*block as usize] => Some(*block as usize),
                _ => None,
            }));
        };
        blocks(&code.bodies[body][cells], &mut open);
        while let Some(block) = open.pop() {
            for index in 0..=code.bodies[block].len() {
                self.comment(block, index, indent);
            }
            blocks(&code.bodies[block], &mut open);
        }
    }

    /// The instruction of a tree, if the tree is written with a keyword and blocks below it.
    fn keyword(&self, body: usize, node: usize) -> Option<Primitive> {
        use Primitive as P;
        let Instruction::Primitive(primitive) = *self.cell(body, self.node(body, node).at) else {
            return None;
        };
        let blocks = match primitive {
            P::If | P::Repeat | P::RepeatIf => 1,
            P::IfElse | P::While => 2,
            _ => return None,
        };
        let children = self.of(body).children(node);
        let rest = children.len().checked_sub(blocks)?;
        let are_blocks = children[rest..].iter().all(|&child| self.block(body, child).is_some());
        let missing = self.node(body, node).missing;
        let fits = match primitive {
            P::Repeat => rest == 0 && missing == 0,
            P::While => rest == 0 && missing == 0 && self.is_condition(body, children[0]),
            _ => rest == 0 && missing == 1 || rest == 1 && self.node(body, children[0]).is_lone(),
        };
        (are_blocks && fits).then_some(primitive)
    }

    /// Whether a block is one expression and its `end`, so that it can stand behind `while`.
    fn is_condition(&self, body: usize, node: usize) -> bool {
        let Some(block) = self.block(body, node) else { return false };
        let shown = self.shown(block);
        if !shown.writes_end || self.around.heavy[block] {
            return false;
        }
        let trees = trees(block, 0..shown.count, self.around);
        let [statement] = trees.statements[..] else { return false };
        let node = &trees.nodes[statement];
        let is_control = matches!(
            self.cell(block, node.at),
            Instruction::Primitive(primitive) if super::tree::hangs(*primitive)
        );
        node.is_lone() && !is_control
    }

    fn keyword_line(
        &mut self,
        body: usize,
        node: usize,
        primitive: Primitive,
        word: &'static str,
        indent: usize,
    ) {
        use Primitive as P;
        let at = self.node(body, node).at;
        let children = self.of(body).children(node).to_vec();
        let mut work = vec![Work::Own(word, body, at)];
        let blocks = match primitive {
            P::IfElse => 2,
            _ => 1,
        };
        let (rest, blocks) = children.split_at(children.len() - blocks);
        if primitive == P::While {
            work.extend(self.condition(body, rest[0]));
        } else if primitive != P::Repeat {
            work.extend([Work::Text(" "), Work::Operand(body, rest.first().copied(), 0)]);
        }
        let block = self.block(body, blocks[0]).expect("a keyword has a block");
        work.extend([
            Work::Own(":", body, self.node(body, blocks[0]).at),
            Work::Lines { body: block, indent: indent + INDENT, from: 0 },
        ]);
        if let Some(&other) = blocks.get(1) {
            work.push(Work::Else(body, other, indent));
        }
        self.plan(work);
    }

    /// The condition of `while`: the blank owns its block, the place before the colon its `end`.
    fn condition(&mut self, body: usize, node: usize) -> [Work; 3] {
        let block = self.block(body, node).expect("the condition is a block");
        let shown = self.begin(block, 0);
        let statement = self.of(block).statements[0];
        [
            Work::Own(" ", body, self.node(body, node).at),
            Work::Operand(block, Some(statement), 0),
            Work::Own("", block, shown.count),
        ]
    }

    fn otherwise(&mut self, body: usize, node: usize, indent: usize) {
        let at = self.node(body, node).at;
        let other = self.block(body, node).expect("an `else` has a block");
        let shown = self.begin(other, 0);
        let statement = match self.of(other).statements[..] {
            [statement] if shown.writes_end => Some(statement),
            _ => None,
        };
        let end = self.around.code.bodies[other].len();
        let chained = statement.filter(|_| self.around.comments.at(other, end).is_none());
        let keyword = chained.and_then(|chained| self.keyword(other, chained));
        match (chained, keyword) {
            (Some(chained), Some(primitive @ (Primitive::If | Primitive::IfElse))) => {
                self.comment(other, 0, indent);
                self.line(indent);
                self.own("el", body, at);
                self.work.push(Work::Dedent(other, shown.count));
                self.keyword_line(other, chained, primitive, "if", indent);
            }
            _ => {
                self.line(indent);
                self.own("else", body, at);
                self.put(":");
                self.work.push(Work::Lines { body: other, indent: indent + INDENT, from: 0 });
            }
        }
    }

    /// A block where a value is wanted: on the line if it is short.
    fn block_value(&mut self, body: usize, node: usize, indent: usize) {
        let block = self.block(body, node).expect("it is a block");
        let cells = &self.around.code.bodies[block];
        let is_short = cells.len() <= SHORT
            && !self.around.heavy[block]
            && !cells.iter().any(|cell| matches!(cell, Instruction::Block(_)));
        if is_short {
            return self.operand(body, Some(node), 0);
        }
        let at = self.node(body, node).at;
        self.plan([
            Work::Own("block", body, at),
            Work::Text(":"),
            Work::Lines { body: block, indent: indent + INDENT, from: 0 },
        ]);
    }

    // --- statements on a line ------------------------------------------------------------------------

    // --- expressions ---------------------------------------------------------------------------------
}

/// The most parameters in a header.
const PARAMETERS: usize = 255;

/// A name, in backquotes if it does not read as itself.
fn quoted(name: &str, is_plain: impl Fn(&str) -> bool) -> String {
    if is_plain(name) { name.to_string() } else { format!("`{name}`") }
}
