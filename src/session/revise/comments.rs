//! The comments of a revised function: those that a text has, where its cells are now.

use std::collections::BTreeSet;

use crate::program::comment::{CommentAt, CommentPlace, Comments};
use crate::program::image::Image;
use crate::program::listing::fragment_with_bodies;
use crate::session::command::Command;
use crate::vm::index::{Body, Offset};

/// The commands that give a function the comments of its text, in their normal form. The image has the code of the
/// text already.
pub(super) fn commands(image: &Image, body: Body, wanted: &Comments) -> Vec<Command> {
    let (code, bodies) = fragment_with_bodies(&image.machine, body);
    let there = image.comments.of_fragment(&code, &bodies);
    let places: BTreeSet<(usize, usize)> =
        there.iter().chain(wanted.iter()).map(|(place, _)| place).collect();
    let changed = places.into_iter().filter(|&(body, index)| {
        body < bodies.len() && there.at(body, index) != wanted.at(body, index)
    });
    let command = |(body, index): (usize, usize)| {
        let at = match index < code.bodies[body].len() {
            true => CommentAt::Before(Offset::from_index(index)),
            false => CommentAt::End,
        };
        let text = wanted.at(body, index).map_or("", |text| text).to_owned();
        Command::Comment { at: CommentPlace { body: bodies[body], at }, text }
    };
    changed.map(command).collect()
}
