//! Shaking: an image is run under many schedules, and the first that prints something else is a race, which a
//! recording shows again and again. (Hermit's `--chaos` finds races in the same way, by choosing who runs.)
//!
//! A schedule is a list of ordinary commands: the length of turns, the shares of tasks, and whose turn begins when.
//! So what was found needs nothing but the recording, and every schedule follows from its number.

use super::Session;
use super::command::Command;
use super::goal::Goal;
use super::operand::TurnOf;
use super::recording;
use super::refused::Refused;
use super::split_mix::SplitMix;
use crate::program::image::Image;
use crate::vm::index::TaskId;
use crate::vm::stop::Stop;

/// How often a schedule says whose turn it is. After that, turns only have its length.
const TURNS: u64 = 200;
/// The lengths of turns.
const QUANTA: [u64; 9] = [1, 2, 3, 5, 10, 30, 100, 300, 1000];
/// How many instructions run before the next turn is given.
const SLICES: [u64; 8] = [1, 2, 4, 10, 30, 100, 300, 1000];

/// What came of a schedule.
#[derive(Clone, Debug)]
pub struct Shaken {
    /// Its number; 0 is the schedule that the image has.
    pub number: u64,
    /// The length of its turns.
    pub quantum: u64,
    /// All that was printed.
    pub output: String,
    /// Why it ended.
    pub stop: Stop,
    /// What was done.
    commands: Vec<Vec<Command>>,
}

/// How two schedules differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Differs {
    /// This line of the output, counted from 1: what it is in each.
    Line(usize, String, String),
    /// The output is the same, but they end otherwise.
    Stop(Stop, Stop),
}

impl Shaken {
    /// Runs an image under a schedule, for at most `fuel` instructions.
    ///
    /// # Errors
    /// If a command is refused.
    pub fn run(base: &Image, number: u64, fuel: u64) -> Result<Shaken, Refused> {
        let choices = Choices(SplitMix::new(number));
        let mut run = Run { image: base.clone(), choices, commands: Vec::new() };
        let mut left = fuel;
        if number > 0 {
            let quantum = run.choices.of(&QUANTA);
            run.does(vec![Command::Turn { of: TurnOf::All }, Command::Quantum { count: quantum }])?;
            for _ in 0..TURNS {
                let slice = run.choices.of(&SLICES).min(left);
                left -= run.turn(slice)?;
                if left == 0 || run.image.machine.waits().is_some() {
                    break;
                }
            }
        }
        run.does(vec![Command::Run { fuel: left }])?;
        let Run { image, commands, .. } = run;
        let stop = image.machine.waits().unwrap_or(Stop::OutOfFuel);
        let (quantum, output) = (image.machine.quantum(), image.machine.output().to_string());
        Ok(Shaken { number, quantum, output, stop, commands })
    }

    /// How another schedule differs from this one. What only one of them came to, because the fuel of the other
    /// was used up, is no difference.
    pub fn differs(&self, other: &Shaken) -> Option<Differs> {
        let is_cut = [&self.stop, &other.stop].contains(&&Stop::OutOfFuel);
        let (ours, theirs) = (lines(&self.output), lines(&other.output));
        let shared = ours.iter().zip(&theirs).take_while(|(one, other)| one == other).count();
        let line = |lines: &[&str]| lines.get(shared).unwrap_or(&"").trim_end().to_string();
        let is_longer = ours.len().max(theirs.len()) > shared;
        let both = ours.len().min(theirs.len());
        // A line that was only begun when the fuel was used up may go on in the same way.
        let is_begun = is_cut && {
            let (one, other) = (line(&ours), line(&theirs));
            shared + 1 >= both && (one.starts_with(&other) || other.starts_with(&one))
        };
        if is_longer && !is_begun {
            return Some(Differs::Line(shared + 1, line(&ours), line(&theirs)));
        }
        // A deadlock may come in other circles.
        let are_deadlocks =
            [&self.stop, &other.stop].iter().all(|stop| matches!(stop, Stop::Deadlock(_)));
        let ends_otherwise = !is_cut && !are_deadlocks && self.stop != other.stop;
        ends_otherwise.then(|| Differs::Stop(self.stop.clone(), other.stop.clone()))
    }

    /// A recording of this schedule, from the image that was run, which expects the output that came.
    ///
    /// # Errors
    /// If a command is refused.
    pub fn recording(&self, base: &Image) -> Result<String, Refused> {
        let mut session = Session::new(base.clone());
        for commands in &self.commands {
            session.finish(commands, Goal::Fuel(0))?;
        }
        // A session that printed too much for a line expects nothing.
        drop(session.expect_here());
        Ok(recording::write(session.journal(), session.position()))
    }
}

fn lines(output: &str) -> Vec<&str> {
    output.split_inclusive('\n').collect()
}

/// A schedule that is being run.
struct Run {
    image: Image,
    choices: Choices,
    commands: Vec<Vec<Command>>,
}

impl Run {
    fn does(&mut self, commands: Vec<Command>) -> Result<(), Refused> {
        for command in &commands {
            command.apply(&mut self.image)?;
        }
        self.commands.push(commands);
        Ok(())
    }

    /// Lets some task begin its turn, and runs so far. Returns how many instructions that were.
    fn turn(&mut self, slice: u64) -> Result<u64, Refused> {
        let machine = &self.image.machine;
        let tops: Vec<TaskId> = machine.strands().iter().map(|strand| strand.top).collect();
        let (task, is_shared) = (self.choices.of(&tops), self.choices.of(&[false, false, true]));
        let mut commands = Vec::new();
        if tops.len() > 1 {
            commands.push(Command::Turn { of: TurnOf::Task(task) });
            let is_held =
                machine.strands().iter().any(|strand| strand.top == task && strand.share == 0);
            if is_shared && !is_held {
                commands.push(Command::Share { task, share: self.choices.of(&[1, 2, 5]) });
            }
        }
        commands.push(Command::Run { fuel: slice });
        let before = machine.retired();
        self.does(commands)?;
        Ok(self.image.machine.retired() - before)
    }
}

/// Choices that follow from a number.
struct Choices(SplitMix);

impl Choices {
    fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[(self.0.bits() % list.len() as u64) as usize]
    }
}
