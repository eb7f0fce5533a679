//! The code of a machine as text in the source notation, one function at a time.

use super::text::FunctionText;
use crate::program::effect::StackEffects;
use crate::program::image::Image;
use crate::program::listing::fragment_with_bodies;
use crate::program::scope::Scope;
use crate::program::source;
use crate::view::memory;
use crate::vm::index::Body;
use crate::vm::memory::{BodyKind, MAIN};

/// A function of a machine, main, or a block that no cell refers to.
pub(super) fn function(image: &Image, body: Body, effects: &StackEffects) -> FunctionText {
    let machine = &image.machine;
    let memory = machine.memory();
    let (code, bodies) = fragment_with_bodies(machine, body);
    let is_block = memory.code(body).is_some_and(|code| matches!(code.kind, BodyKind::Block(_)));
    let has_header = body != MAIN && !is_block;
    let (scope, comments) = (Scope::of(machine, body), image.comments.of_fragment(&code, &bodies));
    let printed = match has_header {
        true => source::function(memory.function_name(body), &code, &comments, effects, &scope),
        false => source::main(&code, &comments, effects, &scope),
    };
    let kind = |place| memory::kind(machine, memory.cell(place).content());
    FunctionText::new(printed, &code, bodies, has_header, &kind)
}
