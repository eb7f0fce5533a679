//! Commands as a person gives them: the names in them are put into their normal form, and new ones must
//! be readable. Commands of a recording are carried out as they are written.

use super::command::Command;
use super::refused::Refused;
use crate::program::plain_name::{Known, NotPlain};
use crate::vm::machine::Machine;
use crate::vm::refusal::Refusal;

impl Command {
    /// The command with its names as a machine keeps them.
    ///
    /// # Errors
    /// If it contains a new name with an invisible character.
    pub(super) fn with_plain_names(mut self, machine: &Machine) -> Result<Command, Refused> {
        // Whatever its name is, a bookmark can be removed.
        if !matches!(self, Command::Bookmark { at: None, .. }) {
            self.make_plain(&mut Known::of(machine)).map_err(refused)?;
        }
        Ok(self)
    }
}

fn refused(by: NotPlain) -> Refused {
    match by {
        NotPlain::Text(text, report) => Refused::Text(text, report),
        NotPlain::Name(name, fault) => Refusal::Name { name, fault }.into(),
    }
}

#[cfg(test)]
mod tests {
    use crate::session::Session;
    use crate::session::command::Command;
    use crate::session::load::image_of_program;
    use crate::session::record::Record;
    use crate::session::recording;
    use crate::session::recording::Recording;
    use crate::session::request::Request;
    use crate::vm::memory::{MAIN, Place};

    fn write(offset: u32, text: &str) -> [Command; 1] {
        [Command::Write { at: Place::new(MAIN, offset), text: text.into() }]
    }

    #[test]
    fn both_spellings_of_a_letter_are_one_name() {
        let mut session = Session::new(image_of_program("[ 7 ] bind: caf\u{e9}").unwrap());
        session.apply(&write(0, "cafe\u{301}")).unwrap();
        session.apply(&[Command::Run { fuel: 9 }]).unwrap();
        assert_eq!(session.machine().show_stack(), "7");
        let problem = session.apply(&write(1, "a\u{200d}b")).unwrap_err().to_string();
        assert!(problem.contains("the invisible character \\u{200d}"), "{problem}");
    }

    /// A recording of version 1 may contain names that are not readable. It plays, and the names it made
    /// can be used.
    #[test]
    fn names_of_earlier_recordings_stay() {
        let odd = ["a\u{200d}b", "cafe\u{301}", "\u{3164}"];
        let mut session = Session::default();
        for (offset, name) in (0..).zip(odd) {
            let line = format!("define `{name}` `{offset}` | write 0:{offset} `{name}` | run 2");
            session.perform(Request::Record(Record::read(&line).unwrap())).unwrap();
        }
        let text = recording::write(session.journal(), session.position());
        let again = Recording::read(&text).unwrap();
        assert_eq!(&again.journal().unwrap().0, session.journal());
        let image = session.image().to_file_text();
        assert_eq!(&crate::program::image::Image::from_file_text(&image).unwrap(), session.image());
        for name in odd {
            session.apply(&write(3, name)).unwrap();
            let cell = session.machine().instruction(Place::new(MAIN, 3));
            assert_eq!(cell, crate::vm::instruction::Instruction::Call(name.into()));
            session.apply(&[Command::Delete { at: Place::new(MAIN, 3), count: 1 }]).unwrap();
        }
        // The other spelling finds it too.
        session.apply(&write(3, "caf\u{e9}")).unwrap();
        let cell = session.machine().instruction(Place::new(MAIN, 3));
        assert_eq!(cell, crate::vm::instruction::Instruction::Call("cafe\u{301}".into()));
        let base = "midflight-session 1\nbase program `[ 1 ] bind: a\u{200d}b`\n";
        assert!(Recording::read(base).is_ok());
        assert!(image_of_program("[ 1 ] bind: a\u{200d}b").is_err());
    }
}
