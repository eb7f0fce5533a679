//! Recordings that a person could write but no session does: empty runs, several runs in a row, gestures
//! whose run continues after a `goto` elsewhere, branches anywhere. Each must lead to the states that its
//! lines describe.

use std::collections::HashMap;

use midflight::program::image::Image;
use midflight::session::Session;
use midflight::session::command;
use midflight::session::command::Command;
use midflight::session::journal::Position;
use midflight::session::recording::{Recording, head};

use super::SEED;
use super::story;
use crate::support::choices::Choices;
use crate::support::wait::until;

fn is_input(command: &Command) -> bool {
    matches!(command, Command::Give { .. } | Command::EndInput)
}

/// A recording, and every state on its way.
struct Hand {
    states: HashMap<Position, Image>,
    /// All input that was given on the way to each state.
    inputs: HashMap<Position, Vec<Command>>,
    /// How many instructions each entry ran.
    ends: Vec<u64>,
    at: Position,
    text: String,
}

impl Hand {
    fn new() -> Hand {
        let base = Image::default();
        let text = head(&base);
        let states = HashMap::from([(Position::default(), base)]);
        let inputs = HashMap::from([(Position::default(), Vec::new())]);
        Hand { states, inputs, ends: vec![0], at: Position::default(), text }
    }

    fn keep(&mut self, at: Position, image: Image, inputs: &[Command]) {
        self.states.insert(at, image);
        self.inputs.insert(at, inputs.to_vec());
    }

    /// All positions, in a fixed order.
    fn positions(&self) -> Vec<Position> {
        let mut all: Vec<Position> = self.states.keys().copied().collect();
        all.sort_unstable();
        all
    }

    /// Runs an image from a position until it stops or the fuel is used up. Keeps the state before each
    /// instruction, and returns how many ran.
    fn run(&mut self, image: &mut Image, at: &mut Position, inputs: &[Command], fuel: u64) -> u64 {
        for ran in 0..fuel {
            let before = image.clone();
            if image.machine.step().is_err() {
                return ran;
            }
            self.keep(*at, before, inputs);
            at.done += 1;
        }
        fuel
    }

    /// A gesture of those commands that are not refused.
    fn gesture(&mut self, c: &mut Choices, commands: Vec<Command>) {
        let mut image = self.states[&self.at].clone();
        let mut at = Position { entry: self.ends.len(), done: 0 };
        let (mut written, mut inputs) = (Vec::new(), self.inputs[&self.at].clone());
        for command in commands {
            let Command::Run { fuel } = command else {
                if command.apply(&mut image).is_ok() {
                    inputs.extend(Some(command.clone()).filter(is_input));
                    written.push(command);
                }
                continue;
            };
            let ran = self.run(&mut image, &mut at, &inputs, fuel);
            let first = c.below(ran as usize + 1) as u64;
            written.extend([first, ran - first].map(|fuel| Command::Run { fuel }));
        }
        if written.is_empty() {
            written.push(Command::Run { fuel: 0 });
        }
        self.text += &(command::print(&written) + "\n");
        self.keep(at, image, &inputs);
        self.ends.push(at.done);
        self.at = at;
    }

    /// Continues the run of the gesture whose end is the current position.
    fn more(&mut self, fuel: u64) {
        let mut at = self.at;
        if at.entry == 0 || at.done != self.ends[at.entry] {
            return;
        }
        let (mut image, inputs) = (self.states[&at].clone(), self.inputs[&at].clone());
        let ran = self.run(&mut image, &mut at, &inputs, fuel);
        self.keep(at, image, &inputs);
        self.text += &format!("more {ran}\n");
        self.ends[at.entry] = at.done;
        self.at = at;
    }

    fn step(&mut self, c: &mut Choices) {
        match c.below(10) {
            0..6 => {
                let machine = &self.states[&self.at].machine;
                let count = 1 + c.below(3);
                let commands = (0..count).flat_map(|_| story::gesture(c, machine)).collect();
                self.gesture(c, commands);
            }
            6 | 7 => self.more(c.below(9) as u64),
            _ => {
                let mut to = c.of(&self.positions());
                if c.one_in(3) {
                    to.done = self.ends[to.entry];
                }
                self.at = to;
                self.text += &format!("goto {to}\n");
            }
        }
    }

    /// Fails unless the session is in the state that the recording has at its position, and offers the
    /// inputs that were given on the branch that was left. Returns how many these are.
    fn check(&self, c: &mut Choices, session: &Session) -> usize {
        let (at, journal) = (session.position(), session.journal());
        assert_eq!(session.image(), &self.states[&at], "{at}\n{}", self.text);
        let retired = session.machine().retired();
        assert_eq!(journal.retired(at), retired);
        let earlier = c.below(retired as usize + 1) as u64;
        let then = journal.at_retired(at, earlier).unwrap();
        assert!(journal.passes(at, then));
        assert_eq!(self.states[&then].machine.retired(), earlier);
        self.check_inputs(session)
    }

    fn check_inputs(&self, session: &Session) -> usize {
        let (at, journal, offered) =
            (session.position(), session.journal(), session.offered_inputs());
        let Some((from, left)) = journal.branching(at) else {
            assert_eq!(offered, [], "{at}\n{}", self.text);
            return 0;
        };
        assert!(journal.passes(at, from) && journal.passes(left, from));
        // Without one for each input that was given since.
        let given = self.inputs[&at].len() - self.inputs[&from].len();
        let ahead = &self.inputs[&left][self.inputs[&from].len()..];
        let ahead = ahead.get(given..).unwrap_or_default();
        assert!(offered.starts_with(ahead), "{at}: {offered:?}\n{}", self.text);
        ahead.len()
    }
}

#[test]
fn every_position_of_a_recording_made_by_hand() {
    let mut offered = 0;
    for number in 0..400 {
        let mut choices = Choices::new(SEED ^ 5 << 32 ^ number);
        let c = &mut choices;
        let mut hand = Hand::new();
        let text = format!("write 0:0 `{} {}`", story::pieces(c, 6, 0), story::pieces(c, 3, 0));
        hand.gesture(c, command::read(&text).unwrap());
        for _ in 0..30 {
            hand.step(c);
        }
        let (journal, end) = Recording::read(&hand.text).unwrap().journal().unwrap();
        assert_eq!(end, hand.at);
        let mut session = Session::of_recording(journal, end);
        session.set_checkpoint_budget(c.of(&[0, 1, 20_000, usize::MAX]));
        session.set_checkpoint_interval(c.of(&[1, 10, 500_000]));
        until("the end of the recording", || {
            if session.position() != end {
                assert_eq!(session.redo(), Ok(true), "{}", hand.text);
                offered += hand.check(c, &session);
            }
            session.position() == end
        });
        let all = hand.positions();
        for _ in 0..30 {
            session.goto(c.of(&all)).unwrap();
            offered += hand.check(c, &session);
            let before = session.machine().retired();
            match c.below(3) {
                0 if session.step_back().unwrap() => {
                    assert_eq!(session.machine().retired() + 1, before);
                }
                1 => drop(session.undo().unwrap()),
                _ => drop(session.redo().unwrap()),
            }
            offered += hand.check(c, &session);
        }
        let (recovered, bad) = Session::recover(&hand.text).unwrap();
        assert_eq!((recovered.position(), recovered.image(), bad), (end, &hand.states[&end], None));
    }
    assert!(offered > 1000, "{offered} inputs of other branches");
}
