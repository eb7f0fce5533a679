//! The comments of an image.
//!
//! A comment moves with its cell when the cells of a body move. It is never lost while its body exists: that of a
//! deleted cell goes to the next cell that is left, or to the end of the body. Copies of an image share the table,
//! so a copy costs nothing, and an edit touches only the comments after it in its body.

use std::sync::Arc;

use imbl::OrdMap;

use super::comment::{CommentAt, CommentPlace, Comments, normal};
use super::listing::bodies_of;
use crate::vm::index::{Body, Offset};
use crate::vm::instruction::Fragment;
use crate::vm::machine::Machine;
use crate::vm::memory::{Memory, Place};
use crate::vm::relocate::Shift;

/// The comments of an image, each in its [normal form](super::comment::normal). A comment before a cell is before
/// one that is used: after the last that is not empty, only the end of the body is left to comment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CellComments(OrdMap<CommentPlace, Arc<str>>);

impl CellComments {
    /// The comment at a place.
    pub fn at(&self, place: CommentPlace) -> Option<&Arc<str>> {
        self.0.get(&place)
    }

    /// All comments, in the order of their bodies and cells.
    pub fn iter(&self) -> impl Iterator<Item = (CommentPlace, &Arc<str>)> {
        self.0.iter().map(|(&place, text)| (place, text))
    }

    /// The comments of a body, in the order of its cells.
    pub fn of_body(&self, body: Body) -> impl Iterator<Item = (CommentAt, &Arc<str>)> {
        let at = |at| CommentPlace { body, at };
        let range = at(CommentAt::Before(Offset(0)))..=at(CommentAt::End);
        self.0.range(range).map(|(place, text)| (place.at, text))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether both share one table, so that they are surely equal, and nobody has to look at them.
    pub fn shares(&self, other: &CellComments) -> bool {
        self.0.ptr_eq(&other.0)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Sets the comment at a place to a normal text, or removes it if the text is empty.
    pub fn set(&mut self, place: CommentPlace, text: &str) {
        if text.is_empty() {
            self.0.remove(&place);
        } else {
            self.0.insert(place, text.into());
        }
    }

    /// Gives the bodies of a function the comments of its text, in place of any others. They hold the code of the
    /// fragment.
    pub fn put(&mut self, machine: &Machine, body: Body, code: &Fragment, comments: &Comments) {
        if self.is_empty() && comments.is_empty() {
            return;
        }
        for (number, body) in bodies_of(machine, body, code) {
            let there: Vec<CommentAt> = self.of_body(body).map(|(at, _)| at).collect();
            for at in there {
                self.0.remove(&CommentPlace { body, at });
            }
            for (index, text) in comments.of_body(number) {
                let at = match index < code.bodies[number].len() {
                    true => CommentAt::Before(Offset::from_index(index)),
                    false => CommentAt::End,
                };
                self.set(CommentPlace { body, at }, &normal(text));
            }
        }
    }

    /// The comments of a fragment whose bodies are these bodies of the image.
    pub fn of_fragment(&self, code: &Fragment, bodies: &[Body]) -> Comments {
        let mut comments = Comments::default();
        if self.is_empty() {
            return comments;
        }
        for (number, &body) in bodies.iter().enumerate() {
            for (at, text) in self.of_body(body) {
                let index = match at {
                    CommentAt::Before(offset) => offset.index(),
                    CommentAt::End => code.bodies[number].len(),
                };
                comments.add(number, index, text);
            }
        }
        comments
    }

    /// Moves the comments as an edit of the machine moved the cells.
    pub fn apply_shift(&mut self, shift: Shift) {
        let (Shift::Inserted { at, .. } | Shift::Deleted { at, .. }) = shift;
        let mut handed_on = Vec::new();
        for (offset, text) in self.take_from(at) {
            match shift.mark(Place { offset, ..at }) {
                Some(place) => drop(self.0.insert(place.into(), text)),
                None => handed_on.push(text),
            }
        }
        self.put_first(at.into(), handed_on);
    }

    /// Hands the comments after the last used cell of a body on to its end.
    pub fn settle(&mut self, memory: &Memory, body: Body) {
        if let Some(code) = memory.code(body) {
            let after = Place { body, offset: Offset::from_index(code.used().len()) };
            let texts = self.take_from(after).into_iter().map(|(_, text)| text).collect();
            self.put_first(CommentPlace { body, at: CommentAt::End }, texts);
        }
    }

    /// Drops the comments of bodies that were removed.
    pub fn drop_removed(&mut self, memory: &Memory) {
        let is_gone = |place: &CommentPlace| memory.code(place.body).is_none();
        let gone: Vec<CommentPlace> =
            self.0.keys().filter(|place| is_gone(place)).copied().collect();
        for place in gone {
            self.0.remove(&place);
        }
    }

    /// Takes out the comments before a cell and all later cells of its body.
    fn take_from(&mut self, at: Place) -> Vec<(Offset, Arc<str>)> {
        let last = CommentPlace { body: at.body, at: CommentAt::Before(Offset(u32::MAX)) };
        let range = self.0.range(CommentPlace::from(at)..=last);
        let found = range.filter_map(|(place, text)| match place.at {
            CommentAt::Before(offset) => Some((offset, text.clone())),
            CommentAt::End => None,
        });
        let found: Vec<_> = found.collect();
        for &(offset, _) in &found {
            self.0.remove(&CommentPlace::from(Place { offset, ..at }));
        }
        found
    }

    /// Puts texts before the comment at a place, as further lines of it.
    fn put_first(&mut self, place: CommentPlace, mut texts: Vec<Arc<str>>) {
        if texts.is_empty() {
            return;
        }
        texts.extend(self.0.get(&place).cloned());
        let text = match &texts[..] {
            [text] => text.clone(),
            _ => texts.join("\n").into(),
        };
        self.0.insert(place, text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::image::Image;
    use crate::vm::instruction::Instruction;

    fn numbers(count: i64) -> Fragment {
        Fragment::line((0..count).map(Instruction::Integer).collect())
    }

    fn before(offset: u32) -> CommentPlace {
        Place::new(0, offset).into()
    }

    const END: CommentPlace = CommentPlace { body: Body(0), at: CommentAt::End };

    /// Five cells in main, with a comment before each and one at the end.
    fn commented() -> Image {
        let mut image = Image::default();
        image.machine.write(Place::new(0, 0), &numbers(5)).unwrap();
        for offset in 0..5 {
            image.comments.set(before(offset), &offset.to_string());
        }
        image.comments.set(END, "end");
        image
    }

    fn shown(image: &Image) -> Vec<(CommentAt, &str)> {
        image.comments.of_body(Body(0)).map(|(at, text)| (at, &**text)).collect()
    }

    fn at(offset: u32) -> CommentAt {
        CommentAt::Before(Offset(offset))
    }

    #[test]
    fn a_comment_moves_with_its_cell() {
        let mut image = commented();
        let shift = image.machine.insert(Place::new(0, 2), &numbers(3)).unwrap();
        image.apply_shift(shift);
        let expected = [
            (at(0), "0"),
            (at(1), "1"),
            (at(5), "2"),
            (at(6), "3"),
            (at(7), "4"),
            (CommentAt::End, "end"),
        ];
        assert_eq!(shown(&image), expected);
    }

    #[test]
    fn the_comment_of_a_deleted_cell_goes_to_the_next() {
        let mut image = commented();
        let shift = image.machine.delete(Place::new(0, 1), 2).unwrap();
        image.apply_shift(shift);
        let expected = [(at(0), "0"), (at(1), "1\n2\n3"), (at(2), "4"), (CommentAt::End, "end")];
        assert_eq!(shown(&image), expected);
        let shift = image.machine.delete(Place::new(0, 1), 9).unwrap();
        image.apply_shift(shift);
        assert_eq!(shown(&image), [(at(0), "0"), (CommentAt::End, "1\n2\n3\n4\nend")]);
    }

    #[test]
    fn the_comment_at_the_end_stays_there() {
        let mut image = commented();
        let shift = image.machine.write(Place::new(0, 5), &numbers(2)).unwrap();
        image.apply_shift(shift);
        assert_eq!(shown(&image).last(), Some(&(CommentAt::End, "end")));
        assert_eq!(shown(&image).len(), 6);
    }

    #[test]
    fn the_comments_of_a_removed_body_go() {
        let mut image = commented();
        let body = image.machine.define("f", &numbers(1)).unwrap();
        image.comments.set(CommentPlace { body, at: CommentAt::End }, "f");
        image.machine.remove(body).unwrap();
        image.comments.drop_removed(image.machine.memory());
        assert_eq!(image.comments, commented().comments);
    }
}
