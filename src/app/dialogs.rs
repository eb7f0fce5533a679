//! The dialogs of the system, behind a door that tests can stand in for.

use std::path::PathBuf;

/// What a person answers to a question about unsaved work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Save it first.
    Save,
    /// Go on without saving.
    Discard,
    /// Do nothing.
    Cancel,
}

/// Asks for files.
pub trait Dialogs {
    /// Which file to open.
    fn open(&mut self) -> Option<PathBuf>;
    /// Under which name to save, with a proposal.
    fn save(&mut self, proposal: &str) -> Option<PathBuf>;
}

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
