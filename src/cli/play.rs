//! `midflight play`: a recording, gesture by gesture, with everything it expects.

use crate::session::Session;
use crate::session::command::Command;
use crate::session::expect;
use crate::session::recording::{Line, Recording};
use crate::store;

use super::arguments::Play;
use super::console::Console;
use super::ending::Ending;
use super::runner::Runner;
use super::{Rejected, open};

/// Plays a recording; the exit code.
///
/// # Errors
/// If it cannot be read; then nothing has run.
pub fn play(arguments: &Play) -> Result<u8, Rejected> {
    let Play { file, update, to, save, bounds } = arguments;
    open::check_save(save.as_deref())?;
    let (recording, text) = open::recording(file)?;
    let mut base = recording.base.clone();
    for &(kind, value) in &bounds.limits {
        Command::Limit { kind, value }.apply(&mut base)?;
    }
    let console = Console::without_input(&base.machine);
    let mut runner = Runner::new(Session::new(base), console, bounds);
    let mut written = update.then(|| Update::new(&text));
    let last = to.unwrap_or(usize::MAX);
    let ending = match play_lines(&mut runner, &recording, last, &mut written) {
        Ok(()) => Ending::of(runner.machine()),
        Err(ending) => ending,
    };
    if let (Some(update), false) =
        (written, matches!(ending, Ending::Unmet(..) | Ending::Interrupted))
    {
        store::replace(file, &update.text())?;
    }
    runner.end(&ending, &file.display().to_string(), save.as_deref())
}

fn play_lines(
    runner: &mut Runner,
    recording: &Recording,
    last: usize,
    update: &mut Option<Update<'_>>,
) -> Result<(), Ending> {
    for (number, line) in recording.lines.iter().filter(|&&(number, _)| number < last) {
        let unreadable = |reason| Ending::Unmet(*number, reason);
        match (line, &mut *update) {
            (Line::Expect(words), Some(update)) => {
                let words = expect::update(&runner.session, words).map_err(unreadable)?;
                update.replace(*number, words);
            }
            (Line::Expect(words), None) => {
                let unmet = expect::check(&runner.session, words).map_err(unreadable)?;
                if let Some(unmet) = unmet {
                    return Err(Ending::Unmet(*number, format!("expect {unmet}")));
                }
            }
            (line, _) => runner.play(*number, line)?,
        }
    }
    Ok(())
}

/// The text of a recording with other expectations.
struct Update<'t> {
    lines: Vec<std::borrow::Cow<'t, str>>,
}

impl<'t> Update<'t> {
    fn new(text: &'t str) -> Update<'t> {
        Update { lines: text.lines().map(Into::into).collect() }
    }

    /// Changes the expectation of a line, counted from 1, and leaves a line that holds as it is.
    fn replace(&mut self, number: usize, words: String) {
        let Some(line) = number.checked_sub(1).and_then(|index| self.lines.get_mut(index)) else {
            return;
        };
        let indent = line.len() - line.trim_start().len();
        let new = Line::Expect(words).print();
        *line = format!("{}{new}", &line[..indent]).into();
    }

    fn text(&self) -> String {
        self.lines.iter().flat_map(|line| [line, "\n"]).collect()
    }
}
