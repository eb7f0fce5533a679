//! Input for the program: typed, ended, or given again as it was before one went back.

use super::App;
use crate::session::Session;
use crate::session::command::Command;
use crate::session::goal::Goal;
use crate::session::journal::Position;
use crate::vm::stop::Stop;

/// The longest line that a button shows, in characters.
const SHOWN: usize = 24;

/// Input that was given on the way that was left; looked up again only when something was done.
#[derive(Debug, Default)]
pub struct Offers {
    looked: Option<(Position, u64)>,
    /// What can be given again, in order.
    pub commands: Vec<Command>,
}

impl Offers {
    /// Brings the offers up to date: there are some while the program waits for input.
    pub fn refresh(&mut self, session: &Session) {
        let now = (session.position(), session.changes());
        if self.looked == Some(now) {
            return;
        }
        self.looked = Some(now);
        let waits = session.running().is_none() && session.machine().waits() == Some(Stop::Input);
        self.commands = if waits { session.offered_inputs() } else { Vec::new() };
    }

    /// What the button for the next one says: `Give again: 7`.
    pub fn words(&self) -> Option<String> {
        self.commands.first().map(|command| match command {
            Command::Give { text } => format!("Give again: {}", short(text.trim_end_matches('\n'))),
            _ => "End the input again".to_owned(),
        })
    }
}

fn short(text: &str) -> String {
    let line: String = text.chars().flat_map(char::escape_debug).collect();
    if line.chars().count() <= SHOWN {
        return line;
    }
    line.chars().take(SHOWN - 1).chain(['…']).collect()
}

impl App {
    /// Gives the program a line; what waited for it goes on.
    pub(super) fn give(&mut self, line: &str) {
        self.give_commands(vec![Command::Give { text: format!("{line}\n") }]);
        self.interface.focus_entry = !self.interface.focus_input;
    }

    /// Says that no more input will come.
    pub(super) fn end_input(&mut self) {
        if self.session.machine().waits() != Some(Stop::Input) {
            return self.warn("The program does not wait for input");
        }
        self.give_commands(vec![Command::EndInput]);
    }

    /// Gives up to so many lines again that were given on the way that was left, as one gesture.
    pub(super) fn give_again(&mut self, count: usize) {
        self.offers.refresh(&self.session);
        let commands: Vec<Command> = self.offers.commands.iter().take(count).cloned().collect();
        if commands.is_empty() {
            return self.warn("No input was given before that could be given again here");
        }
        self.give_commands(commands);
        self.interface.focus_entry = !self.interface.focus_input;
    }

    fn give_commands(&mut self, commands: Vec<Command>) {
        let waited = self.session.machine().waits() == Some(Stop::Input);
        let goal = if self.free { Goal::Free } else { Goal::Fuel(1) };
        self.gesture(commands, waited.then_some(goal));
    }
}
