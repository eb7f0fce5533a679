//! The field in which the path of a file is typed, where the system has no file dialog. Files and folders
//! that begin as typed are listed; Tab completes.

use std::path::{MAIN_SEPARATOR, PathBuf};

use super::dialogs::FileQuestion;
use crate::store;

/// The most rows that are listed.
pub const ROWS: usize = 10;

/// A typed path, with its completions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PathField {
    /// The typed text.
    pub text: String,
    /// The files and folders that it may become; a folder ends with a separator.
    pub rows: Vec<String>,
    /// How many more there are.
    pub more: usize,
    /// The chosen row, if one was chosen.
    pub row: Option<usize>,
}

impl PathField {
    /// A field that begins with the folder and the name of a question.
    pub fn new(question: &FileQuestion) -> PathField {
        let (folder, name) = match question {
            FileQuestion::Open { folder } => (folder, ""),
            FileQuestion::Save { folder, name } => (folder, name.as_str()),
        };
        let folder = folder.clone().or_else(store::current_folder).unwrap_or_default();
        let mut field = PathField::default();
        field.typed(folder.join(name).to_string_lossy().into_owned());
        field
    }

    /// Takes what was typed.
    pub fn typed(&mut self, text: String) {
        self.text = text;
        self.row = None;
        let (folder, begun) = self.parts();
        let mut names = store::names(&store::expanded(folder));
        names.retain(|name| {
            name.starts_with(begun) && (!begun.is_empty() || !name.starts_with('.'))
        });
        names.sort_unstable();
        self.more = names.len().saturating_sub(ROWS);
        names.truncate(ROWS);
        self.rows = names;
    }

    /// The folder, and what is typed of the name in it.
    fn parts(&self) -> (&str, &str) {
        let end = self.text.rfind(['/', MAIN_SEPARATOR]).map_or(0, |at| at + 1);
        self.text.split_at(end)
    }

    /// Completes the chosen row, or else what all rows have in common.
    pub fn complete(&mut self) {
        let (folder, begun) = self.parts();
        let name = match self.row {
            Some(row) => self.rows[row].clone(),
            None if self.more == 0 => common(&self.rows).to_owned(),
            None => return,
        };
        if name.len() >= begun.len() {
            self.typed(format!("{folder}{name}"));
        }
    }

    /// Chooses a row.
    pub fn choose(&mut self, row: usize) {
        self.row = (row < self.rows.len()).then_some(row);
    }

    /// The path that is meant; nothing if it is a folder, which is shown then.
    pub fn submit(&mut self) -> Option<PathBuf> {
        if self.row.is_some() {
            self.complete();
        }
        let path = store::expanded(self.text.trim());
        if self.text.trim().is_empty() {
            return None;
        }
        if store::is_folder(&path) {
            let text = self.text.trim_end_matches(['/', MAIN_SEPARATOR]);
            self.typed(format!("{text}{MAIN_SEPARATOR}"));
            return None;
        }
        Some(path)
    }
}

/// The longest beginning that all names share.
fn common(names: &[String]) -> &str {
    let Some((first, rest)) = names.split_first() else { return "" };
    let shared = |name: &String| {
        let pairs = first.char_indices().zip(name.chars());
        pairs.take_while(|((_, a), b)| a == b).map(|((at, a), _)| at + a.len_utf8()).last()
    };
    let ends = rest.iter().map(|name| shared(name).unwrap_or(0));
    &first[..ends.min().unwrap_or(first.len())]
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn field(folder: &Path, typed: &str) -> PathField {
        let mut field = PathField::default();
        field.typed(format!("{}/{typed}", folder.display()));
        field
    }

    #[test]
    fn a_path_is_completed_as_far_as_it_is_clear() {
        let folder = tempfile::tempdir().expect("there is room");
        for name in ["fib.flpc", "fib.session", ".hidden", "other.ron"] {
            std::fs::write(folder.path().join(name), "").expect("there is room");
        }
        std::fs::create_dir(folder.path().join("more")).expect("there is room");
        let at = |name: &str| format!("{}/{name}", folder.path().display());
        assert_eq!(
            field(folder.path(), "").rows,
            ["fib.flpc", "fib.session", "more/", "other.ron"]
        );
        assert_eq!(field(folder.path(), ".h").rows, [".hidden"]);
        let mut typed = field(folder.path(), "f");
        typed.complete();
        assert_eq!(typed.text, at("fib."));
        typed.choose(1);
        assert_eq!(typed.submit(), Some(at("fib.session").into()));
        let mut folder_typed = field(folder.path(), "m");
        folder_typed.complete();
        assert_eq!((folder_typed.text.clone(), folder_typed.submit()), (at("more/"), None));
        assert_eq!(field(folder.path(), "none").submit(), Some(at("none").into()));
        assert_eq!(field(Path::new("/nowhere/at/all"), "x").rows, Vec::<String>::new());
        assert_eq!(PathField::default().submit(), None);
    }

    #[test]
    fn a_long_folder_is_listed_in_part() {
        let folder = tempfile::tempdir().expect("there is room");
        for n in 0..ROWS + 3 {
            std::fs::write(folder.path().join(format!("a{n:02}")), "").expect("there is room");
        }
        let mut typed = field(folder.path(), "a");
        assert_eq!((typed.rows.len(), typed.more), (ROWS, 3));
        typed.complete();
        assert!(typed.text.ends_with("/a"), "rows that are not listed may differ");
    }
}
