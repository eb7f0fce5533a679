//! Rewinding with the edits kept: when addresses have changed, and undoing it.

use midflight::session::Session;
use midflight::session::command;
use midflight::session::command::Command;
use midflight::session::journal::Position;
use midflight::session::load::image_of_program;
use midflight::session::recording::{self, head};
use midflight::vm::index::Body;
use midflight::vm::memory::Place;

/// A session after these gestures, rewound to its start.
fn rewound(text: &str, gestures: &[&str]) -> Session {
    let mut session = Session::new(image_of_program(text).unwrap());
    for line in gestures {
        session.apply(&command::read(line).unwrap()).unwrap();
    }
    session.rewind_keeping_edits(Position::default()).unwrap();
    session
}

#[test]
fn a_text_that_looks_like_an_address_is_none() {
    let gestures = ["run 3", "write 0:3 `\"see @100 there\"`"];
    let mut session = rewound("2 allocate assign: d", &gestures);
    session.apply(&[Command::Run { fuel: 9 }]).unwrap();
    assert_eq!(session.machine().show_stack(), "\"see @100 there\"");
}

#[test]
fn a_block_that_was_put_elsewhere_and_grew_is_the_same_block() {
    let grow = format!("write 1:0 `{}`", "label: x ".repeat(120));
    let session =
        rewound("1 2 3 [ 4 ] drop", &["run 1", "delete 0:3 1", "write 0:3 `@100`", &grow]);
    let memory = session.machine().memory();
    assert_eq!(memory.code(Body(1)).unwrap().start, 200);
    assert_eq!(memory.reference(Body(1)), Some(Place::new(0, 3)));
    assert_eq!(session.machine().retired(), 0);
}

// --- undo ----------------------------------------------------------------------------------------

/// A session, and what an autosave would hold.
pub struct Kept {
    pub session: Session,
    file: String,
}

impl Kept {
    pub fn new(text: &str) -> Kept {
        let session = Session::new(image_of_program(text).unwrap());
        let file = head(session.image());
        Kept { session, file }
    }

    pub fn apply(&mut self, line: &str) {
        self.session.apply(&command::read(line).unwrap()).unwrap();
        self.save();
    }

    fn rewind(&mut self, to: Position) {
        self.session.rewind_keeping_edits(to).unwrap();
        self.save();
    }

    pub fn save(&mut self) {
        for record in self.session.take_records() {
            self.file += &(record.print() + "\n");
        }
    }

    /// This session, and what a crash would leave of it now: of the autosave, and of a rewritten one.
    pub fn and_after_a_crash(&self) -> [Session; 3] {
        let whole = recording::write(self.session.journal(), self.session.position());
        let recovered = [&self.file, &whole].map(|text| Session::recover(text).unwrap().0);
        for session in &recovered {
            assert_eq!(session.position(), self.session.position());
            assert_eq!(session.journal(), self.session.journal());
        }
        let [autosaved, rewritten] = recovered;
        [self.session.clone(), autosaved, rewritten]
    }
}

#[test]
fn undo_of_a_rewind_comes_back_to_before_it_in_one_step() {
    let mut kept = Kept::new("1 2 + print missing");
    // Edits of two gestures, with runs between and after them.
    for line in ["run 1", "write 0:1 `3`", "run 2", "write 0:4 `4 print`", "run 2", "push `7`"] {
        kept.apply(line);
    }
    let before = (kept.session.position(), kept.session.image().clone());
    kept.rewind(Position::default());
    let rewound = (kept.session.position(), kept.session.image().clone());
    assert_eq!((rewound.1.machine.retired(), rewound.1.machine.output()), (0, ""));
    for mut session in kept.and_after_a_crash() {
        for _ in 0..2 {
            session.undo().unwrap();
            assert_eq!((session.position(), session.image()), (before.0, &before.1));
            session.redo().unwrap();
            assert_eq!((session.position(), session.image()), (rewound.0, &rewound.1));
        }
    }
    // After more work, undo still passes through no state that nobody saw.
    kept.apply("run 2");
    let pushed = kept.session.journal().entry(before.0.entry).map(|entry| entry.parent);
    for mut session in kept.and_after_a_crash() {
        session.undo().unwrap();
        assert_eq!(session.position(), rewound.0);
        session.undo().unwrap();
        assert_eq!(session.position(), before.0);
        session.undo().unwrap();
        assert_eq!(Some(session.position()), pushed, "before the push");
        for _ in 0..3 {
            session.redo().unwrap();
        }
        assert_eq!(session.image(), kept.session.image());
    }
}

#[test]
fn undo_of_a_rewind_without_edits_comes_back_to_before_it() {
    let mut kept = Kept::new("1 print 2 print 3 print");
    for line in ["run 2", "run 2", "run 2"] {
        kept.apply(line);
    }
    let before = kept.session.position();
    let middle = Position { entry: 1, done: 2 };
    for to in [Position::default(), middle] {
        kept.rewind(to);
        for mut session in kept.and_after_a_crash() {
            session.undo().unwrap();
            assert_eq!((session.position(), session.machine().output()), (before, "123"));
            session.redo().unwrap();
            assert_eq!(session.position(), to);
            session.undo().unwrap();
            session.undo().unwrap();
            assert_eq!(session.machine().output(), "12");
        }
        kept.session.undo().unwrap();
        kept.save();
    }
    // After going elsewhere and back by hand, the rewind is no longer the last gesture.
    kept.rewind(middle);
    for to in [before, Position::default(), middle] {
        kept.session.goto(to).unwrap();
        kept.save();
    }
    for mut session in kept.and_after_a_crash() {
        session.undo().unwrap();
        assert_eq!(session.position(), Position::default());
    }
}

#[test]
fn typing_again_what_was_undone_is_no_rewind() {
    let mut kept = Kept::new("1 missing");
    kept.apply("run 1");
    kept.apply("write 0:1 `2`");
    kept.session.undo().unwrap();
    kept.save();
    // There and back within one frame.
    kept.session.redo().unwrap();
    kept.session.undo().unwrap();
    kept.save();
    let before = kept.session.position();
    kept.apply("write 0:1 `2`");
    for mut session in kept.and_after_a_crash() {
        session.undo().unwrap();
        assert_eq!(session.position(), before);
    }
}

#[test]
fn undo_of_a_rewind_that_followed_another() {
    let mut kept = Kept::new("1 2 3 missing");
    kept.apply("run 2");
    kept.apply("write 0:2 `4`");
    let first = kept.session.position();
    kept.rewind(Position::default());
    let second = kept.session.position();
    kept.apply("run 3");
    let third = kept.session.position();
    kept.rewind(second);
    for mut session in kept.and_after_a_crash() {
        for expected in [third, second, first] {
            session.undo().unwrap();
            assert_eq!(session.position(), expected);
        }
        for expected in [second, third] {
            session.redo().unwrap();
            assert_eq!(session.position(), expected);
        }
    }
}
