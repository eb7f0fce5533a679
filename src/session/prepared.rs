//! A gesture whose texts were read for the image that a session shows, so that trying it on a fork and
//! carrying it out need not read them again.

use super::apply::Code;
use super::command::Command;
use super::journal::Position;
use super::refused::Refused;
use super::session::Session;
use crate::program::image::Image;

/// Commands without runs, and the meaning of their texts at a position of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    at: Position,
    commands: Vec<(Command, Code)>,
}

impl Session {
    /// Reads the texts of commands for the image that is shown.
    ///
    /// # Errors
    /// What is wrong with a text.
    ///
    /// # Panics
    /// If there are runs among the commands: texts after a run can only be read when the run is over.
    pub fn prepare(&self, commands: Vec<Command>) -> Result<Prepared, Refused> {
        let read = |command: Command| {
            assert!(!matches!(command, Command::Run { .. }), "a run cannot be prepared");
            let command = command.with_plain_names(self.machine());
            let code = Code::of(&command, self.image())?;
            Ok((command, code))
        };
        let commands = commands.into_iter().map(read).collect::<Result<_, Refused>>()?;
        Ok(Prepared { at: self.position(), commands })
    }
}

impl Prepared {
    /// How many cells the first line in it has.
    pub fn cells(&self) -> u32 {
        self.commands.iter().map(|(_, code)| code.cells()).find(|&cells| cells > 0).unwrap_or(0)
    }

    /// Its commands, one after the other.
    pub(super) fn commands(&self) -> impl Iterator<Item = &Command> {
        self.commands.iter().map(|(command, _)| command)
    }

    /// Whether it was prepared for this position.
    pub(super) fn is_for(&self, position: Position) -> bool {
        self.at == position
    }

    /// Its commands.
    pub fn into_commands(self) -> Vec<Command> {
        self.commands.into_iter().map(|(command, _)| command).collect()
    }

    /// Applies the commands, one after the other.
    ///
    /// # Errors
    /// Why a command was refused; the ones before it have been applied.
    pub(super) fn apply(&self, image: &mut Image) -> Result<(), Refused> {
        self.commands
            .iter()
            .try_for_each(|(command, code)| command.apply_code(code, image).map(drop))
    }

    /// How many commands there are.
    pub(super) fn count(&self) -> usize {
        self.commands.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::goal::Goal;
    use crate::session::load::image_of_program;
    use crate::session::request::Request;
    use crate::vm::instruction::Instruction;
    use crate::vm::memory::{MAIN, Place};

    fn write(offset: u32, text: &str) -> Vec<Command> {
        vec![Command::Write { at: Place::new(MAIN, offset), text: text.into() }]
    }

    #[test]
    fn it_does_what_its_commands_do() {
        let program = Session::new(image_of_program("1 assign: x missing").unwrap());
        for (commands, goal) in [
            (write(0, "5 x"), Some(Goal::Free)),
            (vec![Command::Drop { count: 0 }, Command::Push { text: "3 4".into() }], None),
            (vec![Command::Push { text: "3".into() }, Command::Drop { count: 9 }], None),
        ] {
            let (mut plain, mut session) = (program.clone(), program.clone());
            let prepared = session.prepare(commands.clone()).unwrap();
            let expected = plain.start(Request::Gesture { commands, goal });
            assert_eq!(session.start(Request::Prepared(prepared, goal)), expected);
            assert_eq!((session.image(), session.journal()), (plain.image(), plain.journal()));
        }
        assert!(program.prepare(write(0, "[")).is_err());
    }

    #[test]
    fn elsewhere_its_texts_are_read_again() {
        let mut session = Session::default();
        let prepared = session.prepare(write(0, "x")).unwrap();
        assert_eq!(prepared.cells(), 1);
        session.apply(&write(0, "1 assign: x")).unwrap();
        session.start(Request::Prepared(prepared, Some(Goal::Fuel(1)))).unwrap();
        let cell = session.machine().instruction(Place::new(MAIN, 0));
        assert_eq!(cell, Instruction::Pick("x".into()), "a local by now");
    }
}
