//! `midflight play`: plays a recording, gesture by gesture, and checks its expectations.

use std::borrow::Cow;
use std::path::Path;

use crate::program::diagnostic::quoted;
use crate::session::Session;
use crate::session::command::Command;
use crate::session::expect::{self, SUBJECTS};
use crate::session::journal::note::Note;
use crate::session::record::Record;
use crate::session::recording::Recording;
use crate::store;

use super::arguments::Play;
use super::console::Console;
use super::ending::Ending;
use super::runner::Runner;
use super::terminal::say;
use super::{Rejected, open, say_parted};

/// Plays a recording and returns the exit code.
///
/// # Errors
/// If it cannot be read; then nothing has run.
pub fn play(arguments: &Play) -> Result<u8, Rejected> {
    let Play { file, update, recover, to, save, bounds } = arguments;
    open::check_save(save.as_deref())?;
    let (recording, text) = open::recording(file, *recover)?;
    check_subjects(file, &recording)?;
    let mut base = recording.base.clone();
    open::check_limits(file, &base.machine, &bounds.limits)?;
    for &(kind, value) in &bounds.limits {
        Command::Limit { kind, value }.apply(&mut base)?;
    }
    let console = Console::without_input(&base.machine);
    let mut runner = Runner::new(Session::new(base), console, bounds);
    let last = to.unwrap_or(usize::MAX);
    let mut written = update.then(|| Update::new(&text));
    let ending = match play_lines(&mut runner, &recording, last, &mut written) {
        Ok(()) => Ending::at_end_of_recording(runner.machine()),
        Err(ending) => ending,
    };
    if let Some(update) = written.filter(|_| !is_cut_short(&ending)) {
        let replaced = store::replace(file, &update.text())?;
        say(&format!("{}: {} expectations rewritten", file.display(), update.changed));
        if replaced.parted {
            say_parted(file);
        }
    }
    runner.end(&ending, Some(file), save.as_deref())
}

/// Whether some lines of the recording were not reached.
fn is_cut_short(ending: &Ending) -> bool {
    matches!(ending, Ending::Refused(..) | Ending::Interrupted(_) | Ending::Output(_))
}

/// Checks, before anything runs, that every expectation has a known subject.
pub fn check_subjects(file: &Path, recording: &Recording) -> Result<(), Rejected> {
    let known =
        |word: &str| SUBJECTS.iter().any(|(subject, _)| subject.split(' ').next() == Some(word));
    for (number, record) in recording.records() {
        if let Record::Note(Note::Expectation(words)) = &record
            && let word = words.split_whitespace().next().unwrap_or_default()
            && !known(word)
        {
            let subjects: Vec<&str> = SUBJECTS.iter().map(|&(subject, _)| subject).collect();
            return Err(Rejected(format!(
                "{}: line {number}: cannot expect {}; expect one of {}",
                file.display(),
                quoted(word),
                subjects.join(", ")
            )));
        }
    }
    Ok(())
}

fn play_lines(
    runner: &mut Runner,
    recording: &Recording,
    last: usize,
    update: &mut Option<Update<'_>>,
) -> Result<(), Ending> {
    for (number, record) in recording.records().take_while(|&(number, _)| number < last) {
        let words = match record {
            Record::Note(Note::Expectation(words)) => words,
            Record::Note(Note::Comment(_)) => continue,
            Record::Gesture(_) | Record::More(_) | Record::Goto(_) | Record::Bookmark { .. } => {
                runner.play(number, record)?;
                continue;
            }
        };
        let refused = |reason| Ending::Refused(number, reason);
        let Some(unmet) = expect::check(&runner.session, &words).map_err(refused)? else {
            continue;
        };
        match update {
            None => return Err(Ending::Unmet(number, unmet)),
            Some(update) => {
                update.replace(number, expect::update(&runner.session, &words).map_err(refused)?);
            }
        }
    }
    Ok(())
}

/// The text of a recording while its expectations are updated. Its lines keep their line ends.
struct Update<'t> {
    lines: Vec<Cow<'t, str>>,
    changed: usize,
}

impl<'t> Update<'t> {
    fn new(text: &'t str) -> Update<'t> {
        Update { lines: text.split_inclusive('\n').map(Into::into).collect(), changed: 0 }
    }

    /// Replaces the expectation on a line, counted from 1.
    fn replace(&mut self, number: usize, words: String) {
        let line = &mut self.lines[number - 1];
        let indent = line.len() - line.trim_start().len();
        let end = line.trim_end_matches(['\r', '\n']).len();
        let new = Record::Note(Note::Expectation(words)).print();
        *line = format!("{}{new}{}", &line[..indent], &line[end..]).into();
        self.changed += 1;
    }

    fn text(&self) -> String {
        self.lines.concat()
    }
}
