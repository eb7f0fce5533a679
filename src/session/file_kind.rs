//! The kinds of files: what a file holds is told by its content, and only if that says nothing by its
//! name. The window and the command line both ask here, so a renamed file opens everywhere or nowhere.

use std::path::Path;

use super::Session;
use super::load::image_of_file;
use super::recording::{FORMAT, Recording};
use crate::program::image::Image;
use crate::program::notation::{Notation, SOURCE_BYTES};

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// An image: a program and its state.
    Image,
    /// A recording: a whole history.
    Recording,
    /// The text of a program: only its code, in this notation.
    Program(Notation),
}

impl FileKind {
    /// All kinds.
    pub const ALL: [FileKind; 4] = [
        FileKind::Image,
        FileKind::Recording,
        FileKind::Program(Notation::Forth),
        FileKind::Program(Notation::Source),
    ];

    /// The kind of a file with this name and text. A recording begins with its first line, an image with
    /// a parenthesis and its version. A file whose beginning is damaged is what its name says.
    pub fn of(path: &Path, text: &str) -> FileKind {
        let begins = text.trim_start();
        let inside = begins.strip_prefix('(').map(str::trim_start);
        if begins.starts_with(FORMAT) {
            FileKind::Recording
        } else if inside.is_some_and(|inside| inside.starts_with("version:")) {
            FileKind::Image
        } else {
            FileKind::named(path).unwrap_or(FileKind::Program(Notation::Forth))
        }
    }

    /// The kind that the extension of a name says, if it says one. The previous version of a file is kept
    /// under its name with `~` appended, and has the same kind.
    pub fn named(path: &Path) -> Option<FileKind> {
        let extension = path.extension()?.to_str()?.trim_end_matches('~');
        FileKind::ALL.into_iter().find(|kind| kind.extension() == extension)
    }

    /// The extension of files of this kind.
    pub fn extension(self) -> &'static str {
        match self {
            FileKind::Image => "ron",
            FileKind::Recording => "session",
            FileKind::Program(Notation::Forth) => "flpc",
            FileKind::Program(Notation::Source) => "flpy",
        }
    }

    /// Whether a file of this kind may have this many bytes.
    ///
    /// # Errors
    /// If it is too long.
    pub fn check_length(self, bytes: usize) -> Result<(), String> {
        match self {
            FileKind::Program(_) if bytes > SOURCE_BYTES => Err(format!(
                "it is too long: the text of a program has at most {SOURCE_BYTES} bytes"
            )),
            FileKind::Program(_) | FileKind::Image | FileKind::Recording => Ok(()),
        }
    }

    /// Reads a session from a text of this kind.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn read(self, text: &str) -> Result<Session, String> {
        self.read_file(text, None)
    }

    /// The same, for a text from a file, whose name messages about the program show.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn read_file(self, text: &str, file: Option<&str>) -> Result<Session, String> {
        self.check_length(text.len())?;
        match self {
            FileKind::Image => {
                Image::from_file_text(text).map(Session::new).map_err(|error| error.to_string())
            }
            FileKind::Recording => {
                let recording = Recording::read(text).map_err(|error| error.to_string())?;
                let (journal, end) = recording.journal().map_err(|error| error.to_string())?;
                Ok(Session::of_recording(journal, end))
            }
            FileKind::Program(notation) => {
                let image = image_of_file(text, file, notation);
                image.map(Session::new).map_err(|refused| refused.with_place())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_told_by_the_content_and_else_by_the_name() {
        let of = |name: &str, text: &str| FileKind::of(Path::new(name), text);
        for name in ["fib.ron", "fib.session", "fib.flpc", "fib.v1", "fib"] {
            assert_eq!(of(name, "midflight-session 1\nbase empty\n"), FileKind::Recording);
            assert_eq!(of(name, "(\n    version: 1,"), FileKind::Image);
            assert_eq!(of(name, "\n ( version: 1"), FileKind::Image);
        }
        assert_eq!(of("fib.session", "idflight-session 1"), FileKind::Recording);
        assert_eq!(of("fib.session~", "idflight-session 1"), FileKind::Recording);
        assert_eq!(of("fib.ron~", "ersion: 1,"), FileKind::Image);
        assert_eq!(of("fib.txt", "1 2 +"), FileKind::Program(Notation::Forth));
        assert_eq!(of("fib", ""), FileKind::Program(Notation::Forth));
        assert_eq!(of("fib.flpy", "1"), FileKind::Program(Notation::Source));
        assert_eq!(of("fib.flpy~", "1"), FileKind::Program(Notation::Source));
    }
}
