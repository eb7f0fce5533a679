//! A session and the oracle of all its states, which do the same gestures.

use midflight::program::image::Image;
use midflight::session::Session;
use midflight::session::command::Command;
use midflight::session::goal::Goal;
use midflight::session::journal::Position;
use midflight::session::journal::note::Note;
use midflight::session::outcome::Progress;
use midflight::session::record::Record;
use midflight::session::recording::{Recording, head};
use midflight::session::request::Request;

use super::states::States;
use super::story;
use crate::support::choices::Choices;
use crate::support::wait::until;

pub struct Walker {
    pub session: Session,
    pub states: States,
    /// The end of the branch that redo follows.
    tip: Position,
    /// The last rewind, from where and to where, if it made no entry and the session did not go elsewhere.
    bare: Option<(Position, Position)>,
    /// What an autosave would hold.
    pub file: String,
    /// How many gestures were tried.
    pub gestures: usize,
}

impl Walker {
    pub fn new() -> Walker {
        let base = Image::default();
        let file = head(&base);
        Walker {
            session: Session::new(base.clone()),
            states: States::new(base),
            file,
            tip: Position::default(),
            bare: None,
            gestures: 0,
        }
    }

    /// Fails unless the session is at this position, with the image that the oracle has there.
    pub fn check(&self, expected: Position) {
        assert_eq!(self.session.position(), expected);
        let image = self.states.at(expected);
        if self.session.image() != image {
            assert_eq!(self.session.machine().serialize(), image.machine.serialize());
            assert_eq!(self.session.image(), image, "at {expected}");
        }
    }

    pub fn save(&mut self) {
        for line in self.session.take_records() {
            self.file.push_str(&line.print());
            self.file.push('\n');
        }
    }

    /// Does a gesture and returns whether it was accepted. If refused, it must leave no trace.
    pub fn apply(&mut self, commands: &[Command]) -> bool {
        self.gestures += 1;
        let before = self.session.position();
        let expected = self.states.gesture(before, commands);
        let Ok(expected) = expected else {
            self.save();
            let entries = self.session.journal().entries().len();
            assert!(self.session.apply(commands).is_err(), "{commands:?}");
            self.check(before);
            assert_eq!(self.session.journal().entries().len(), entries);
            assert!(self.session.take_records().is_empty(), "a refused gesture left lines");
            return false;
        };
        self.session.apply(commands).unwrap_or_else(|refused| panic!("{commands:?}: {refused}"));
        self.done(before, expected);
        true
    }

    /// The session did something. From now on, redo leads to it.
    fn done(&mut self, before: Position, now: Position) {
        self.check(now);
        if now != before {
            self.tip = now;
            self.bare = None;
        }
    }

    /// Does a gesture towards a goal in slices, and sometimes cancels it.
    pub fn begin(&mut self, c: &mut Choices, commands: &[Command], goal: Goal) {
        self.gestures += 1;
        let mut at = self.session.position();
        // The runs at its end are done in slices.
        let is_run = |command: &&Command| matches!(command, Command::Run { .. });
        let runs = commands.iter().rev().take_while(is_run).count();
        let expected = self.states.gesture(at, &commands[..commands.len() - runs]);
        let begun = self.session.start(Request::gesture(commands, Some(goal)));
        assert_eq!(begun.is_ok(), expected.is_ok());
        let Ok(expected) = expected else { return self.check(at) };
        let mut own = expected != at;
        self.done(at, expected);
        at = expected;
        for _ in 0..1 + c.below(12) {
            let before = self.session.machine().retired();
            let progress = self.session.advance(1 + c.below(7) as u64);
            let retired = self.session.machine().retired() - before;
            let then = match retired {
                0 => at,
                _ if own => self.states.extend(at, retired),
                _ => self.states.gesture(at, &[Command::Run { fuel: retired }]).unwrap(),
            };
            own |= retired > 0;
            self.done(at, then);
            at = then;
            if progress != Ok(Progress::More) {
                break;
            }
        }
        if c.one_in(3) {
            self.session.give_up();
        }
    }

    /// Does something random.
    pub fn step(&mut self, c: &mut Choices) {
        match c.below(20) {
            0..12 => {
                let gesture = story::gesture(c, self.session.machine());
                self.apply(&gesture);
            }
            12 | 13 => {
                let (commands, goal) = story::goal(c, self.session.machine());
                self.begin(c, &commands, goal);
            }
            14 => self.undo_and_redo(c),
            15 => self.step_back(c),
            16 => self.goto_any(c),
            17 if c.one_in(2) => self.undo(),
            17 => self.redo(),
            18 if c.one_in(2) => self.forward_again(c),
            18 if c.one_in(2) => self.look(c),
            18 => self.rewind(c),
            _ => self.play(c),
        }
        if c.one_in(4) {
            self.save();
        }
    }

    fn undo(&mut self) {
        let at = self.session.position();
        let bare = self.bare.filter(|&(_, to)| to == at).map(|(from, _)| from);
        let before = bare.or_else(|| self.states.began(at)).or_else(|| self.states.parent(at));
        assert_eq!(self.session.undo(), Ok(before.is_some()));
        self.moved(before.unwrap_or(at));
    }

    /// Where redo should lead.
    fn next(&self) -> Option<Position> {
        let at = self.session.position();
        if let Some((_, to)) = self.bare.filter(|&(from, _)| from == at) {
            return Some(to);
        }
        if at == self.tip {
            let follows = |(index, entry): (usize, &(Position, _))| {
                let end = self.states.end_of(index + 1);
                (entry.0 == at || self.states.began(end) == Some(at)).then_some(end)
            };
            let newest = self.states.entries.iter().enumerate().filter_map(follows).next_back();
            let own = self.states.end_of(at.entry);
            return newest.or((own != at).then_some(own));
        }
        // The earliest position on the branch from which going back leads here.
        let way = self.states.way(self.tip);
        way.into_iter().rev().find(|&then| then != at && self.states.leads_back(then, at))
    }

    fn redo(&mut self) {
        let (at, expected) = (self.session.position(), self.next());
        assert_eq!(self.session.redo(), Ok(expected.is_some()));
        let rewinds = self.bare.filter(|&(from, to)| at == from && expected == Some(to));
        if let Some((from, to)) = rewinds {
            self.rewound(from, to, &[]);
        } else if let Some(to) = expected {
            self.moved(to);
        }
    }

    /// The session moved without doing anything new.
    fn moved(&mut self, to: Position) {
        self.check(to);
        if !self.states.leads_back(self.tip, to) {
            self.tip = to;
        }
        self.bare = self.bare.filter(|&(from, _)| to == from);
    }

    /// The session went to a position. If it was there already, a rewind stays the last gesture.
    fn went(&mut self, here: Position, to: Position) {
        let bare = self.bare.filter(|_| here == to);
        self.moved(to);
        self.bare = self.bare.or(bare);
    }

    /// A rewind with these edits arrived.
    pub fn rewound(&mut self, from: Position, to: Position, edits: &[Command]) {
        if edits.is_empty() {
            if from != to {
                self.moved(to);
                self.bare = Some((from, to));
            }
            return self.check(to);
        }
        let end = self.states.gesture(to, edits).unwrap();
        self.states.rewinds.push((from, end));
        self.done(from, end);
        self.gestures += 1;
    }

    /// Undoes several times, then redoes as many times: the positions must be the same.
    fn undo_and_redo(&mut self, c: &mut Choices) {
        let start = self.session.position();
        let mut came = Vec::new();
        for _ in 0..1 + c.below(8) {
            came.push(self.session.position());
            self.undo();
        }
        came.retain(|at| at.entry > 0);
        let rewinds = came.iter().any(|&at| self.states.began(at).is_some());
        let exact = self.states.way(self.tip).contains(&start) && !rewinds && self.bare.is_none();
        while let Some(back) = came.pop() {
            self.redo();
            assert!(!exact || self.session.position() == back);
        }
    }

    fn step_back(&mut self, c: &mut Choices) {
        let start = self.session.position();
        for _ in 0..1 + c.below(9) {
            let back = self.states.back(self.session.position());
            assert_eq!(self.session.step_back(), Ok(back.is_some()));
            let Some(back) = back else { break };
            self.moved(back);
        }
        // Redo leads all the way back to where it began.
        if c.one_in(2) && self.states.way(self.tip).contains(&start) {
            until("the place where it began", || {
                let there = self.session.position() == start;
                if !there {
                    self.redo();
                }
                there
            });
        }
    }

    /// Goes back by some instructions of one entry, and runs as many on a new branch: the same image.
    fn forward_again(&mut self, c: &mut Choices) {
        let start = self.session.position();
        let last = self.states.entries.get(start.entry.wrapping_sub(1)).map(|entry| &entry.1);
        if start.done == 0 || !matches!(last.and_then(|c| c.last()), Some(Command::Run { .. })) {
            return;
        }
        let runs = last.into_iter().flatten();
        let others = runs.filter(|command| !matches!(command, Command::Run { .. })).count();
        let steps = if others == 0 { 1 + c.below(start.done as usize) as u64 } else { 1 };
        for _ in 0..steps {
            self.session.step_back().unwrap();
            self.moved(self.session.position());
        }
        let there = self.states.at(start).clone();
        if start != self.states.end_of(start.entry) && others > 0 {
            return;
        }
        self.apply(&[Command::Run { fuel: steps }]);
        assert_eq!(*self.session.image(), there);
    }

    pub fn goto_any(&mut self, c: &mut Choices) {
        let all = self.states.positions();
        let (here, to) = (self.session.position(), c.of(&all));
        assert_eq!(self.session.goto(to), Ok(()));
        self.went(here, to);
        let nowhere = Position { done: self.states.end_of(to.entry).done + 1, ..to };
        assert!(self.session.goto(nowhere).is_err());
        assert!(
            self.session.goto(Position { entry: self.states.entries.len() + 1, done: 0 }).is_err()
        );
        self.check(to);
    }

    /// Plays a line of a recording.
    fn play(&mut self, c: &mut Choices) {
        let at = self.session.position();
        match c.below(4) {
            0 => {
                let before = self.session.machine().retired();
                self.session.play(&Record::More(1 + c.below(9) as u64)).unwrap();
                let retired = self.session.machine().retired() - before;
                let at_end = at.entry > 0 && at == self.states.end_of(at.entry);
                let to = match retired {
                    0 => at,
                    _ if at_end => self.states.extend(at, retired),
                    _ => self.states.gesture(at, &[Command::Run { fuel: retired }]).unwrap(),
                };
                self.done(at, to);
            }
            1 => {
                let to = c.of(&self.states.positions());
                self.session.play(&Record::Goto(to)).unwrap();
                self.went(at, to);
            }
            2 => {
                let name = c.of(&["a", "`b` c", "d"]).to_string();
                let here = c.below(3) > 0;
                self.session.play(&Record::Bookmark { name: name.clone(), here }).unwrap();
                let named = self.session.journal().bookmarks().name_of(at) == Some(name.as_str());
                assert_eq!(named, here);
                self.check(at);
            }
            _ => {
                self.session.play(&Record::Note(Note::Comment("# nothing".to_string()))).unwrap();
                self.session
                    .play(&Record::Note(Note::Expectation("stack ``".to_string())))
                    .unwrap();
                self.check(at);
            }
        }
    }

    /// Laws 1 and 5: the saved file leads to the same journal, and a session with that journal to the same
    /// states, in any order and with any checkpoint settings.
    pub fn check_replay(&mut self, c: &mut Choices) {
        self.save();
        let recording = Recording::read(&self.file).unwrap();
        let (journal, at) = recording.journal().unwrap();
        assert_eq!(at, self.session.position());
        assert_eq!(journal, *self.session.journal());
        let told = journal.entries().iter().map(|entry| (entry.parent, entry.commands.clone()));
        assert!(told.eq(self.states.entries.iter().cloned()));
        let mut session = Session::of(journal);
        session.set_checkpoint_budget(c.of(&[0, 20_000, usize::MAX]));
        session.set_checkpoint_interval(c.of(&[1, 10, 5000]));
        session.goto(at).unwrap();
        assert_eq!(session.image(), self.session.image());
        let all = self.states.positions();
        for _ in 0..8 {
            let to = c.of(&all);
            session.goto(to).unwrap();
            assert_eq!(session.image(), self.states.at(to), "{to}");
        }
    }
}
