//! Commands as a person gives them: the names in them are put into their normal form.
//! Commands of a recording are carried out as they are written; in those of version 1, the invisible characters
//! of names are spelled out.

use super::command::Command;
use super::journal::note::Note;
use super::record::Record;
use crate::program::old_name::spelled_out_in;
use crate::program::plain_name::Known;
use crate::program::version::Version;
use crate::vm::machine::Machine;

impl Command {
    /// The command with its names as a machine keeps them.
    pub(super) fn with_plain_names(mut self, machine: &Machine) -> Command {
        // Whatever its name is, a bookmark can be removed.
        if !matches!(self, Command::Bookmark { at: None, .. }) {
            self.make_plain(&mut Known::of(machine));
        }
        self
    }
}

impl Record {
    /// What a line of a recording of this version means.
    pub(super) fn of_version(self, version: Version) -> Record {
        match (version, self) {
            (Version::One, Record::Gesture(mut commands)) => {
                let mut known = Known::of_version_one();
                commands.iter_mut().for_each(|command| command.make_plain(&mut known));
                Record::Gesture(commands)
            }
            // Output is no program text, and holds what the program printed.
            (Version::One, Record::Note(Note::Expectation(words)))
                if !words.starts_with("output") =>
            {
                Record::Note(Note::Expectation(spelled_out_in(&words).into_owned()))
            }
            (
                Version::One
                | Version::Two
                | Version::Three
                | Version::Four
                | Version::Five
                | Version::Six,
                record,
            ) => record,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::session::Session;
    use crate::session::command::Command;
    use crate::session::load::image_of_program;
    use crate::session::recording;
    use crate::session::recording::Recording;
    use crate::session::request::Request;
    use crate::vm::memory::{MAIN, Place};

    /// Otherwise the window and `print` would write a program text that cannot be read again.
    #[test]
    fn no_recording_makes_a_function_with_an_invisible_name() {
        let lines = "midflight-session 2\nbase empty\ndefine `\u{3164}` ``\n";
        let (journal, end) = Recording::read(lines).unwrap().journal().unwrap();
        let mut session = Session::of_recording(journal, end);
        let problem = session.perform(Request::goto(end)).unwrap_err().to_string();
        assert!(problem.contains("\\u{3164}"), "{problem}");
    }

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

    /// A recording of version 1 may contain names that nobody can read. It plays, their invisible
    /// characters are spelled out, and what is saved then can be read again.
    #[test]
    fn names_of_earlier_recordings_stay() {
        let odd = ["a\u{200d}b", "cafe\u{301}", "\u{3164}"];
        let kept = ["a\\u{200d}b", "cafe\u{301}", "\\u{3164}"];
        let mut text = "midflight-session 1\nbase empty\n".to_string();
        for (offset, name) in (0..).zip(odd) {
            text +=
                &format!("define `{name}` `{offset} return` | write 0:{offset} `{name}` | run 3\n");
        }
        let recording = Recording::read(&text).unwrap();
        let (journal, end) = recording.journal().unwrap();
        let mut session = Session::of_recording(journal, end);
        session.perform(Request::goto(end)).unwrap();
        assert_eq!(session.machine().show_stack(), "0 1 2");
        let text = recording::write(session.journal(), session.position());
        let again = Recording::read(&text).unwrap();
        assert_eq!(&again.journal().unwrap().0, session.journal());
        let image = session.image().to_file_text();
        assert_eq!(&crate::program::image::Image::from_file_text(&image).unwrap(), session.image());
        let printed = session.image().print(crate::program::notation::Notation::Forth);
        image_of_program(&printed).unwrap();
        for name in kept {
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
        assert!(Recording::read(&base.replace("session 1", "session 2")).is_err());
        assert!(image_of_program("[ 1 ] bind: a\u{200d}b").is_err());
    }
}
