//! `midflight play`: plays a recording, gesture by gesture, and checks its expectations.

use std::borrow::Cow;
use std::path::Path;

use crate::program::diagnostic::quoted;
use crate::session::Session;
use crate::session::command::Command;
use crate::session::expect::{self, SUBJECTS};
use crate::session::job::Job;
use crate::session::journal::note::Note;
use crate::session::outcome::Progress;
use crate::session::record::Record;
use crate::session::recording::Recording;
use crate::session::refused::Refused;
use crate::session::request::Request;
use crate::store;

use super::arguments::{Bounds, Play};
use super::console::Console;
use super::ending::Ending;
use super::revise::{self, Change};
use super::terminal::say;
use super::watch::Watch;
use super::{Rejected, open, say_parted};

/// Plays a recording and returns the exit code.
///
/// # Errors
/// If it cannot be read; then nothing has run.
pub fn play(arguments: &Play) -> Result<u8, Rejected> {
    let Play { file, update, recover, to, code: _, revise, save, bounds } = arguments;
    open::check_save(save.as_deref())?;
    let (recording, text) = open::recording(file, *recover)?;
    check_subjects(file, &recording)?;
    let changes = Change::all(revise, None)?;
    let mut base = recording.base.clone();
    open::check_limits(file, &base.machine, &bounds.limits)?;
    for &(kind, value) in &bounds.limits {
        Command::Limit { kind, value }.apply(&mut base)?;
    }
    let console = Console::without_input(&base.machine);
    let mut player = Player::new(Session::new(base), console, bounds);
    let last = to.unwrap_or(usize::MAX);
    let mut written = update.then(|| Update::new(&text));
    let ending = match play_lines(&mut player, &recording, last, &mut written) {
        Ok(()) => {
            for change in &changes {
                let revision = revise::revision(change, player.session.image())?;
                if !revision.commands.is_empty() {
                    player.session.apply(&revision.commands)?;
                }
            }
            Ending::at_end_of_recording(player.session.machine())
        }
        Err(ending) => ending,
    };
    if let Some(update) = written.filter(|_| !is_cut_short(&ending)) {
        let replaced = store::replace(file, &update.text())?;
        say(&format!("{}: {} expectations rewritten", file.display(), update.changed));
        if replaced.parted {
            say_parted(file);
        }
    }
    player.watch.end(&ending, player.session.image(), Some(file), save.as_deref())
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

/// A session that plays a recording at a terminal.
struct Player {
    session: Session,
    watch: Watch,
}

impl Player {
    fn new(mut session: Session, console: Console, bounds: &Bounds) -> Player {
        // Hardly any recording goes back in history while it is played.
        session.set_checkpoint_budget(0);
        let watch = Watch::new(session.machine(), console, bounds);
        Player { session, watch }
    }

    /// Carries out a record, in slices.
    ///
    /// # Errors
    /// The ending, if the record ended the playing.
    fn play(&mut self, number: usize, record: Record) -> Result<(), Ending> {
        let refused = |refused: Refused| Ending::Refused(number, refused.to_string());
        let mut progress = self.session.start(Request::Record(record)).map_err(refused)?;
        loop {
            // This session is not recorded.
            self.session.take_records();
            self.watch.console.write(self.session.machine())?;
            if let Progress::Done(_) = progress {
                return Ok(());
            }
            self.check_bounds()?;
            progress = self.slice().map_err(refused)?;
        }
    }

    /// Continues the job in progress for a slice, within the fuel that is left; traces a run.
    fn slice(&mut self) -> Result<Progress, Refused> {
        let job = self.session.job().expect("a slice is a part of a job");
        let (is_run, is_gesture) = (job.is_run(), job.is_gesture());
        let machine = is_run.then(|| self.session.machine());
        let slice = self.watch.slice(machine, self.executed(), is_gesture);
        let progress = self.session.advance(slice.fuel)?;
        let executed = self.executed();
        self.watch.sliced(slice, self.session.machine(), executed);
        Ok(progress)
    }

    /// How many instructions were executed, including those that are only tried.
    fn executed(&self) -> u64 {
        self.session.machine().retired() + self.session.job().map_or(0, Job::tried)
    }

    /// Whether it may continue. Moving through the history takes no fuel.
    fn check_bounds(&self) -> Result<(), Ending> {
        self.watch.check_interrupts()?;
        if self.watch.is_out_of_fuel() && self.session.job().is_some_and(Job::is_gesture) {
            return Err(Ending::of(self.session.machine()));
        }
        Ok(())
    }
}

fn play_lines(
    player: &mut Player,
    recording: &Recording,
    last: usize,
    update: &mut Option<Update<'_>>,
) -> Result<(), Ending> {
    for (number, record) in recording.records().take_while(|&(number, _)| number < last) {
        let words = match record {
            Record::Note(Note::Expectation(words)) => words,
            Record::Note(Note::Comment(_)) => continue,
            Record::Gesture(_) | Record::More(_) | Record::Goto(_) | Record::Bookmark { .. } => {
                player.play(number, record)?;
                continue;
            }
        };
        let refused = |reason| Ending::Refused(number, reason);
        let Some(unmet) = expect::check(&player.session, &words).map_err(refused)? else {
            continue;
        };
        match update {
            None => return Err(Ending::Unmet(number, unmet)),
            Some(update) => {
                update.replace(number, expect::update(&player.session, &words).map_err(refused)?);
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
