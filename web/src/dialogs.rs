//! The file dialogs of a page: the browser's for opening. For saving it has none that every browser has, so the desk
//! asks for a name, and the file is downloaded under it.

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;

use egui::Context;
use midflight::desk::dialogs::{Dialogs, FileQuestion, Reply};
use midflight::desk::surroundings::Surroundings;
use midflight::store::shelf;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use crate::options::{Options, Picked};

/// The file dialogs of a page.
pub struct PageDialogs {
    options: Rc<Options>,
    ctx: Context,
    /// Where the reply to the last question comes.
    reply: Rc<RefCell<Option<Reply>>>,
}

impl PageDialogs {
    /// Dialogs over a window.
    pub fn new(options: Rc<Options>, ctx: Context) -> PageDialogs {
        PageDialogs { options, ctx, reply: Rc::default() }
    }
}

impl Dialogs for PageDialogs {
    fn ask(&mut self, question: &FileQuestion) {
        // A reply to an older question has nowhere to go any more.
        self.reply = Rc::default();
        match question {
            FileQuestion::Save { .. } => self.reply.replace(Some(Reply::Unavailable)),
            FileQuestion::Open { .. } => {
                let (reply, ctx) = (self.reply.clone(), self.ctx.clone());
                let picked = JsFuture::from(self.options.pick());
                spawn_local(async move {
                    let picked = picked.await.ok().filter(|picked| picked.is_object());
                    reply.replace(Some(picked.map_or(Reply::Cancelled, |picked| {
                        let picked: Picked = picked.unchecked_into();
                        let name = PathBuf::from(picked.name());
                        shelf::give(&name, picked.bytes().to_vec());
                        Reply::Chosen(name)
                    })));
                    ctx.request_repaint();
                });
                None
            }
        };
    }

    fn reply(&mut self) -> Option<Reply> {
        self.reply.take()
    }

    fn surroundings(&self) -> Surroundings {
        Surroundings::Page
    }
}
