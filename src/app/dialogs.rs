//! The file dialogs of the system.
//!
//! A dialog runs in a thread of its own, because it stays open for as long as the user likes, and the
//! window is drawn meanwhile. Linux has dialogs only if a portal or zenity is installed; elsewhere the
//! desk asks for the path itself.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use egui::Context;

use crate::desk::dialogs::{Dialogs, FileQuestion, Reply};

/// The file dialogs of the system.
#[derive(Debug)]
pub struct SystemDialogs {
    /// Drawn again when a dialog is answered.
    context: Context,
    replies: Option<Receiver<Reply>>,
}

impl SystemDialogs {
    /// Dialogs over a window.
    pub fn new(context: Context) -> SystemDialogs {
        SystemDialogs { context, replies: None }
    }
}

impl Dialogs for SystemDialogs {
    fn ask(&mut self, question: &FileQuestion) {
        let (sender, receiver) = channel();
        self.replies = Some(receiver);
        let (question, context) = (question.clone(), self.context.clone());
        thread::spawn(move || {
            let reply = match is_available() {
                true => ask(&question).map_or(Reply::Cancelled, Reply::Chosen),
                false => Reply::Unavailable,
            };
            // Nobody waits any more for the answer to an older question.
            let _ = sender.send(reply);
            context.request_repaint();
        });
    }

    fn reply(&mut self) -> Option<Reply> {
        let reply = self.replies.as_ref()?.try_recv().ok()?;
        self.replies = None;
        Some(reply)
    }
}

fn ask(question: &FileQuestion) -> Option<PathBuf> {
    let dialog = rfd::FileDialog::new();
    match question {
        FileQuestion::Open { folder } => in_folder(dialog, folder)
            .set_title("Open")
            .add_filter("Midflight", &["flpc", "flpy", "ron", "session"])
            .add_filter("All files", &["*"])
            .pick_file(),
        FileQuestion::Save { folder, name } => {
            let dialog = in_folder(dialog, folder).set_title("Save").set_file_name(name);
            let kinds = [("Source", "flpy"), ("Cells", "flpc")];
            let is_program = |(_, kind): &(&str, &str)| name.ends_with(kind);
            let Some(at) = kinds.iter().position(is_program) else { return dialog.save_file() };
            // The first one is chosen when the dialog opens.
            let [one, other] = [kinds[at], kinds[1 - at]];
            let dialog = dialog.add_filter(one.0, &[one.1]).add_filter(other.0, &[other.1]);
            dialog.add_filter("All files", &["*"]).save_file()
        }
    }
}

fn in_folder(dialog: rfd::FileDialog, folder: &Option<PathBuf>) -> rfd::FileDialog {
    match folder.as_ref().and_then(|folder| std::path::absolute(folder).ok()) {
        Some(folder) => dialog.set_directory(folder),
        None => dialog,
    }
}

/// Whether the system has file dialogs.
#[cfg(target_os = "linux")]
fn is_available() -> bool {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let zenity = std::env::split_paths(&paths).any(|folder| folder.join("zenity").is_file());
    zenity || has_portal().unwrap_or(false)
}

/// Whether the desktop portal runs, or would be started when it is needed.
#[cfg(target_os = "linux")]
fn has_portal() -> zbus::Result<bool> {
    const PORTAL: &str = "org.freedesktop.portal.Desktop";
    let bus = zbus::blocking::Connection::session()?;
    let bus = zbus::blocking::fdo::DBusProxy::new(&bus)?;
    let started = bus.list_activatable_names()?.iter().any(|name| name.as_str() == PORTAL);
    Ok(started || bus.name_has_owner(PORTAL.try_into()?)?)
}

/// Whether the system has file dialogs.
#[cfg(not(target_os = "linux"))]
fn is_available() -> bool {
    true
}
