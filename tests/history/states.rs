//! The slow oracle: it keeps every state there ever was.
//!
//! It executes one instruction at a time and knows nothing of replay, checkpoints or legs. A state is
//! looked up by its position.

use std::collections::HashMap;

use midflight::program::image::Image;
use midflight::session::command::Command;
use midflight::session::journal::Position;

/// Every state of a session.
pub struct States {
    states: HashMap<Position, Image>,
    /// The parent of each entry, and its commands as they were done. Entry n is at n - 1.
    pub entries: Vec<(Position, Vec<Command>)>,
    /// Each rewind: where it began, and where it led.
    pub rewinds: Vec<(Position, Position)>,
}

impl States {
    pub fn new(base: Image) -> States {
        let states = HashMap::from([(Position::default(), base)]);
        States { states, entries: Vec::new(), rewinds: Vec::new() }
    }

    /// The state at a position.
    pub fn at(&self, position: Position) -> &Image {
        self.states.get(&position).unwrap_or_else(|| panic!("there never was {position}"))
    }

    /// All positions, in a fixed order.
    pub fn positions(&self) -> Vec<Position> {
        let mut all: Vec<Position> = self.states.keys().copied().collect();
        all.sort_unstable();
        all
    }

    /// The position at the end of an entry.
    pub fn end_of(&self, entry: usize) -> Position {
        let last = (0..).take_while(|&done| self.states.contains_key(&Position { entry, done }));
        Position { entry, done: last.last().unwrap() }
    }

    /// The position one instruction earlier.
    pub fn back(&self, mut position: Position) -> Option<Position> {
        while position.done == 0 {
            position = self.parent(position)?;
        }
        Some(Position { done: position.done - 1, ..position })
    }

    /// The parent of a position's entry.
    pub fn parent(&self, position: Position) -> Option<Position> {
        Some(self.entries[position.entry.checked_sub(1)?].0)
    }

    /// Where the rewind that made a position's entry began.
    pub fn began(&self, position: Position) -> Option<Position> {
        let made = |rewind: &&(Position, Position)| rewind.1.entry == position.entry;
        self.rewinds.iter().find(made).map(|rewind| rewind.0)
    }

    /// A position, its parent, and so on to the base.
    pub fn way(&self, position: Position) -> Vec<Position> {
        std::iter::successors(Some(position), |&at| self.parent(at)).collect()
    }

    /// Whether going back from one position leads to another.
    pub fn leads_back(&self, from: Position, to: Position) -> bool {
        self.way(from).iter().any(|at| at.entry == to.entry && at.done >= to.done)
    }

    /// Does a gesture at a position and returns where it leads: to the same position if it does nothing,
    /// an error if it is refused.
    pub fn gesture(&mut self, at: Position, commands: &[Command]) -> Result<Position, ()> {
        let entry = self.entries.len() + 1;
        let mut image = self.at(at).clone();
        let mut here = Position { entry, done: 0 };
        let mut states = Vec::new();
        let mut done = Vec::new();
        for command in commands {
            let Command::Run { fuel } = command else {
                command.apply(&mut image).map_err(|_| ())?;
                done.push(command.clone());
                continue;
            };
            let start = here.done;
            for _ in 0..*fuel {
                let before = image.clone();
                if image.machine.step().is_err() {
                    break;
                }
                states.push((here, before));
                here.done += 1;
            }
            if here.done > start {
                done.push(Command::Run { fuel: here.done - start });
            }
        }
        if done.is_empty() {
            return Ok(at);
        }
        states.push((here, image));
        self.states.extend(states);
        self.entries.push((at, done));
        Ok(here)
    }

    /// Continues the run at the end of an entry for `fuel` instructions.
    pub fn extend(&mut self, at: Position, fuel: u64) -> Position {
        let mut image = self.at(at).clone();
        let mut here = at;
        for _ in 0..fuel {
            image.machine.step().expect("the session ran it");
            here.done += 1;
            self.states.insert(here, image.clone());
        }
        let commands = &mut self.entries[at.entry - 1].1;
        match commands.last_mut() {
            Some(Command::Run { fuel: ran }) => *ran += fuel,
            _ => commands.push(Command::Run { fuel }),
        }
        here
    }
}
