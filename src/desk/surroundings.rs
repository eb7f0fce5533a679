//! Where a desk is: what is around it decides what can be done at all.

/// What is around a desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surroundings {
    /// A system with files and windows.
    System,
    /// A page in a browser: it has only the files that it is given, and is closed with its tab.
    Page,
}

/// The key that switches the notation, and the one that watches a line, for sentences. In a page they are others,
/// because the browser keeps these for its tabs; `app/action_table.rs` has them all.
pub(super) const SWITCH_KEY: &str = if cfg!(target_arch = "wasm32") { "Alt+T" } else { "Ctrl+T" };
pub(super) const WATCH_KEY: &str =
    if cfg!(target_arch = "wasm32") { "Alt+Shift+W" } else { "Ctrl+Shift+W" };
