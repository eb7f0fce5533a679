//! What a front end shows of the image, gathered before anything is drawn: rows of `view` with the
//! changes of the last gesture marked.

use std::rc::Rc;

use super::glance::Glance;
use crate::program::breakpoint::Breakpoints;
use crate::program::image::Image;
use crate::view::arrangement::Arrangement;
use crate::view::memory::{At, Marks};
use crate::view::names::{self, GlobalRows};
use crate::view::stacks::{self, CallRows, StackRows};
use crate::view::stop::{StopRow, stop_in};

pub use super::glance::{CALLS, GLOBALS, VALUES};

/// The rows to draw in a frame. Cells are read one body at a time, by [`super::Desk::cells`].
#[derive(Debug)]
pub struct Scene {
    /// All bodies, as they are shown. Cached: what is shown of a hundred thousand bodies seldom changes.
    pub arrangement: Rc<Arrangement>,
    /// The marks on cells.
    pub marks: Marks,
    /// The parameter stack.
    pub stack: StackRows,
    /// The call stack.
    pub calls: CallRows,
    /// The globals.
    pub globals: GlobalRows,
    /// Why the machine waits.
    pub stop: StopRow,
    /// Where the counter is.
    pub counter: At,
}

impl Scene {
    /// The rows of an image with these breakpoints and its bodies arranged; `before` is the state before the last gesture.
    pub fn new(
        image: &Image,
        breakpoints: &Breakpoints,
        arrangement: Rc<Arrangement>,
        before: &Glance,
    ) -> Scene {
        let machine = &image.machine;
        let mut scene = Scene {
            arrangement,
            marks: Marks::new(machine, breakpoints),
            stack: stacks::parameters(machine, VALUES),
            calls: stacks::calls(machine, CALLS),
            globals: names::globals(machine, GLOBALS),
            stop: stop_in(image),
            counter: machine.task().counter().into(),
        };
        before.mark(machine.task().number(), &mut scene.stack, &mut scene.calls);
        before.mark_globals(&mut scene.globals);
        scene
    }
}
