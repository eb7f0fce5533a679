//! What the machines of one program share: what an image has besides its machine, and how the machine began.

use crate::program::image::Image;

/// What machines of one program share.
#[derive(Clone, Debug, Default)]
pub(super) struct Base {
    /// The program text; empty if it was none.
    pub(super) text: String,
    /// Its marks, and a machine at the start of main.
    pub(super) image: Image,
}

impl Base {
    /// The marks of an image.
    pub(super) fn of(image: Image) -> Base {
        Base { text: String::new(), image }
    }
}
