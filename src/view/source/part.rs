//! A function as text, with everything that its text follows from. As long as all of that is the same, the text
//! is not printed again; its bodies are shared with the machine, so they are compared by identity.

use std::sync::Arc;

use super::print;
use super::text::FunctionText;
use crate::program::comment::CommentPlace;
use crate::program::effect::{StackEffect, StackEffects};
use crate::program::image::Image;
use crate::vm::cell::Content;
use crate::vm::index::{Body, BodyId};
use crate::vm::memory::{BodyKind, CodeBody, Memory};
use crate::vm::space::Address;

/// The most cells that a function may have to be shown as text.
pub const CELLS: usize = 20_000;

/// A function, its text and what that follows from.
#[derive(Debug)]
pub struct FunctionPart {
    /// Its body; that of a block that no cell refers to.
    pub body: Body,
    /// Its text; none if it has more than [`CELLS`] cells, with their number.
    pub text: Result<FunctionText, usize>,
    /// The address of its first cell.
    pub(super) start: Address,
    code: Vec<Arc<CodeBody>>,
    comments: Vec<(CommentPlace, Arc<str>)>,
    callees: Vec<(Callee, Option<StackEffect>)>,
    /// What it names by address, and where that is.
    addresses: Vec<(BodyId, Address)>,
}

/// A function that a text names.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Callee {
    /// Its body, if there is such a function.
    body: Option<Body>,
    name: Box<str>,
}

impl FunctionPart {
    pub(super) fn new(image: &Image, body: Body, effects: &StackEffects) -> FunctionPart {
        let memory = image.machine.memory();
        let code: Vec<_> = shared(memory, body).cloned().collect();
        let cells: usize = code.iter().map(|code| code.used().len()).sum();
        let mut part = FunctionPart {
            body,
            text: Err(cells),
            start: memory.start(BodyId::Code(body)),
            comments: comments(image, body).collect(),
            code,
            callees: Vec::new(),
            addresses: Vec::new(),
        };
        if cells <= CELLS {
            part.text = Ok(print::function(image, body, effects));
            part.refer(memory, effects);
        }
        part
    }

    /// Notes what its text says about others.
    fn refer(&mut self, memory: &Memory, effects: &StackEffects) {
        let (mut callees, mut addresses) = (Vec::new(), Vec::new());
        for cell in self.code.iter().flat_map(|code| code.used()) {
            match cell.content() {
                Content::Call(to) => callees.push(Callee::function(memory, to)),
                Content::Hole(name) => {
                    callees.push(Callee { body: None, name: memory.name(name).into() });
                }
                // A block is printed where it is referred to, whatever its address.
                Content::Address(to) if is_block(memory, to) => {}
                Content::Address(to) => {
                    callees.push(Callee::function(memory, to));
                    addresses.push(BodyId::Code(to));
                }
                Content::Data(slot) => addresses.push(BodyId::Data(memory.data_in(slot).id)),
                Content::Integer(_)
                | Content::Text(_)
                | Content::BlockValue(..)
                | Content::Task(_)
                | Content::FunctionHole(_)
                | Content::Primitive(_)
                | Content::Pick(_)
                | Content::GetGlobal(_)
                | Content::Assign(_)
                | Content::SetGlobal(_)
                | Content::Label(_)
                | Content::Breakpoint
                | Content::Unassigned => {}
            }
        }
        callees.sort_unstable();
        callees.dedup();
        let effect = |callee: Callee| {
            let effect = effects.of_function(&callee.name);
            (callee, effect)
        };
        self.callees = callees.into_iter().map(effect).collect();
        self.addresses = addresses.into_iter().map(|to| (to, memory.start(to))).collect();
    }

    /// How many lines it has; a function that is not shown as text has one that says so.
    pub fn lines(&self) -> usize {
        self.text.as_ref().map_or(1, |text| text.lines.len())
    }

    /// Whether the functions that its text names have the stack effects with which it was printed.
    pub(super) fn effects_are_right(&self, effects: &StackEffects) -> bool {
        self.callees.iter().all(|(callee, effect)| effects.of_function(&callee.name) == *effect)
    }

    /// Whether its text names anything by its address.
    pub(super) fn names_addresses(&self) -> bool {
        !self.addresses.is_empty()
    }

    /// Whether its text is still what its code is printed as.
    pub(super) fn is_right(&self, image: &Image, effects: &StackEffects) -> bool {
        let memory = image.machine.memory();
        let mut now = shared(memory, self.body);
        let same =
            self.code.iter().all(|old| now.next().is_some_and(|code| Arc::ptr_eq(old, code)));
        let has_its_name = |(callee, _): &(Callee, _)| callee.has_its_name(memory);
        same && now.next().is_none()
            && comments(image, self.body).eq(self.comments.iter().cloned())
            && self.callees.iter().all(has_its_name)
            && self.effects_are_right(effects)
            && self.addresses_are_right(memory)
    }

    /// Whether everything that its text names by address is still there.
    pub(super) fn addresses_are_right(&self, memory: &Memory) -> bool {
        self.addresses.iter().all(|&(to, start)| memory.start(to) == start)
    }
}

impl Callee {
    fn function(memory: &Memory, body: Body) -> Callee {
        Callee { body: Some(body), name: memory.function_name(body).into() }
    }

    fn has_its_name(&self, memory: &Memory) -> bool {
        self.body.is_none_or(|body| memory.function_name(body) == &*self.name)
    }
}

fn is_block(memory: &Memory, body: Body) -> bool {
    memory.code(body).is_some_and(|code| matches!(code.kind, BodyKind::Block(_)))
}

/// The code that the text of a body follows from: all of its function.
fn shared(memory: &Memory, body: Body) -> impl Iterator<Item = &Arc<CodeBody>> {
    let function = memory.owner(body);
    let bodies = [function].into_iter().chain(memory.blocks_of(function));
    bodies.filter_map(|body| memory.shared_code(body))
}

/// The comments of a function, of whose text a body is a part.
fn comments(image: &Image, body: Body) -> impl Iterator<Item = (CommentPlace, Arc<str>)> {
    let memory = image.machine.memory();
    let function = memory.owner(body);
    let blocks = if image.comments.is_empty() { None } else { Some(memory.blocks_of(function)) };
    let bodies = std::iter::once(function).chain(blocks.into_iter().flatten());
    bodies.flat_map(|body| {
        let own = image.comments.of_body(body);
        own.map(move |(at, text)| (CommentPlace { body, at }, Arc::clone(text)))
    })
}
