//! What a file is chosen for, what is to be written to it, and what that would replace.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use super::replacement::Replacement;
use crate::program::listing::Program;
use crate::program::notation::Notation;
use crate::session::Session;
use crate::session::file_kind::FileKind;
use crate::session::recording;
use crate::store::{self, FILE_BYTES};
use crate::vm::instruction::Fragment;

/// What is saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// The work: an image, or a recording if the name of the file says so.
    Work,
    /// The whole history.
    Recording,
    /// The code alone, in this notation unless the name of the file says otherwise.
    Program(Notation),
    /// What the program has printed.
    Output,
}

impl Content {
    /// A name to propose for a session that is in a file.
    pub fn proposal(self, file: Option<&Path>) -> String {
        let name = file.and_then(Path::file_stem);
        let name = name.map_or("program".into(), |name| name.to_string_lossy());
        format!("{name}.{}", self.kind().map_or("txt", FileKind::extension))
    }

    /// The kind of its file; none for output, which is any text.
    fn kind(self) -> Option<FileKind> {
        match self {
            Content::Work => Some(FileKind::Image),
            Content::Recording => Some(FileKind::Recording),
            Content::Program(notation) => Some(FileKind::Program(notation)),
            Content::Output => None,
        }
    }

    /// The kind of file that is written under a name, if the name is one for this content.
    fn kind_named(self, path: &Path) -> Option<FileKind> {
        FileKind::named(path).filter(|&kind| match self {
            Content::Work => matches!(kind, FileKind::Image | FileKind::Recording),
            Content::Recording => kind == FileKind::Recording,
            Content::Program(_) => matches!(kind, FileKind::Program(_)),
            Content::Output => false,
        })
    }
}

/// What a file is chosen for, and what follows.
#[derive(Clone, Debug, PartialEq)]
pub enum Choosing {
    /// To open it.
    Open,
    /// To add its functions to the program.
    Load,
    /// To follow what another editor saves in it.
    Follow,
    /// To save to it; then, if something waits for that, to replace the session.
    Save(Content, Option<Replacement>),
}

/// A file to be written.
#[derive(Clone, Debug, PartialEq)]
pub struct Write {
    /// The file.
    pub path: PathBuf,
    /// What kind of file it becomes; none for output.
    pub kind: Option<FileKind>,
    /// What replaces the session afterwards, if anything waits for that.
    pub then: Option<Replacement>,
}

impl Write {
    /// Some content under a chosen name; and whether that is the name of the file. If not, the name got the
    /// extension of its kind, so that the file can be opened again. An extension is never replaced: the end
    /// of `run-1.3` is a part of the name.
    pub fn new(content: Content, chosen: PathBuf, then: Option<Replacement>) -> (Write, bool) {
        match (content.kind_named(&chosen), content.kind()) {
            (None, Some(kind)) => {
                let mut name = chosen.into_os_string();
                name.push(".");
                name.push(kind.extension());
                (Write { path: name.into(), kind: Some(kind), then }, false)
            }
            (kind, _) => (Write { path: chosen, kind, then }, true),
        }
    }

    /// Writes the text, in pieces: it may be larger than the memory that is left.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write_text(&self, session: &Session, out: &mut dyn io::Write) -> io::Result<()> {
        match self.kind {
            Some(FileKind::Recording) => {
                recording::write_to(session.journal(), session.position(), out)
            }
            Some(FileKind::Image) => session.image().write_file_text(out),
            Some(FileKind::Program(notation)) => {
                out.write_all(session.image().print(notation).as_bytes())
            }
            None => out.write_all(session.machine().output().as_bytes()),
        }
    }

    /// How the file that is there differs from what would be written, in words: the functions that differ,
    /// or the numbers of gestures.
    pub fn difference(&self, session: &Session) -> String {
        if self.kind.is_none() {
            return "It holds the output of an earlier run, or something else.".to_owned();
        }
        let there = store::read(&self.path, FILE_BYTES).map_err(|error| error.to_string());
        let read = |text: String| FileKind::of(&self.path, &text).read(&text);
        let Ok(other) = there.and_then(read) else {
            return "What is in the file now cannot be read.".to_owned();
        };
        let gestures = [other.journal(), session.journal()].map(|journal| journal.entries().len());
        let programs = [&other, session].map(|session| session.image().program());
        if self.kind == Some(FileKind::Recording) {
            return format!("The file has {} gestures, this window {}.", gestures[0], gestures[1]);
        }
        match differing(&programs[0], &programs[1]) {
            names if names.is_empty() => "The code is the same; the state differs.".to_owned(),
            names => format!("These functions differ: {}.", names.join(", ")),
        }
    }
}

/// The most functions that are named.
const NAMED: usize = 12;

/// The names of functions that only one program has, or that have other code there.
pub(super) fn differing(one: &Program, other: &Program) -> Vec<String> {
    let [ours, theirs] = [one, other].map(|program| -> BTreeMap<&str, &Fragment> {
        program.definitions.iter().map(|definition| (&*definition.name, &definition.code)).collect()
    });
    let all: BTreeSet<&str> = ours.keys().chain(theirs.keys()).copied().collect();
    let mut names: Vec<&str> =
        all.into_iter().filter(|name| ours.get(name) != theirs.get(name)).collect();
    if one.main != other.main {
        names.insert(0, "main");
    }
    let more = names.len().saturating_sub(NAMED);
    let mut names: Vec<String> = names.into_iter().take(NAMED).map(str::to_owned).collect();
    if more > 0 {
        names.push(format!("and {more} more"));
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::load::image_of_program;

    #[test]
    fn an_extension_is_appended_and_never_replaced() {
        let name = |content, chosen: &str| {
            let (write, is_same) = Write::new(content, chosen.into(), None);
            (write.path.display().to_string(), is_same)
        };
        for (content, chosen, written) in [
            (Content::Recording, "run-1.3", "run-1.3.session"),
            (Content::Recording, "run.session", "run.session"),
            (Content::Recording, "run.ron", "run.ron.session"),
            (Content::Work, "fib", "fib.ron"),
            (Content::Work, "fib.v1", "fib.v1.ron"),
            (Content::Work, "prog.txt", "prog.txt.ron"),
            (Content::Work, "fib.flpc", "fib.flpc.ron"),
            (Content::Work, "fib.session", "fib.session"),
            (Content::Program(Notation::Forth), "fib.ron", "fib.ron.flpc"),
            (Content::Output, "out", "out"),
            (Content::Output, "out.txt", "out.txt"),
            (Content::Output, "out.ron", "out.ron"),
            (Content::Program(Notation::Source), "fib", "fib.flpy"),
            (Content::Program(Notation::Source), "fib.flpc", "fib.flpc"),
            (Content::Program(Notation::Forth), "fib.flpy", "fib.flpy"),
        ] {
            assert_eq!(name(content, chosen), (written.to_owned(), written == chosen), "{chosen}");
        }
    }

    #[test]
    fn differing_functions_are_named() {
        let program = |text: &str| image_of_program(text).expect("a program").program();
        let one = program("[ 1 ] bind: f [ 2 ] bind: g [ 4 ] bind: same 1");
        let other = program("[ 4 ] bind: same [ 1 ] bind: f [ 3 ] bind: g [ ] bind: h 2");
        assert_eq!(differing(&one, &other), ["main", "g", "h"]);
        assert_eq!(differing(&one, &one), Vec::<String>::new());
    }
}
