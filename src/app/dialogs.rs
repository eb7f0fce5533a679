//! The file dialogs of the system.

use std::path::PathBuf;

use crate::desk::dialogs::Dialogs;

/// The file dialogs of the system.
#[derive(Debug, Default)]
pub struct SystemDialogs;

impl Dialogs for SystemDialogs {
    fn open(&mut self) -> Option<PathBuf> {
        rfd::FileDialog::new()
            .set_title("Open")
            .add_filter("Midflight", &["flpc", "ron", "session"])
            .add_filter("All files", &["*"])
            .pick_file()
    }

    fn save(&mut self, proposal: &str) -> Option<PathBuf> {
        rfd::FileDialog::new().set_title("Save").set_file_name(proposal).save_file()
    }
}
