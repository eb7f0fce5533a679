//! The counterpart of a recording: other code that performs its script. It runs freely; where it waits, it is given
//! what the recorded program was given at its next wait, if it waits for the same and has printed the same.
//!
//! It is compared after each part of a run. A difference within the part is narrowed down to the instruction, on a
//! fork that was made before it. What the counterpart does is journalled in a history of its own, so a difference can
//! be looked at like any position: where a value came from, for example.

use super::code_text::spell_values;
use super::command::{COST, Command};
use super::difference::{Does, Side, Wait};
use super::journal::{Entry, Journal, Position};
use super::refused::Refused;
use super::script::{Beat, Given, Meaning, Moment, Script, moved, narrow};
use crate::program::breakpoint::Breakpoints;
use crate::program::image::Image;
use crate::vm::instruction::Instruction;
use crate::vm::machine::Machine;
use crate::vm::refusal::Refusal;
use crate::vm::stop::Stop;

/// How many instructions it goes on after a difference at most, to complete its line of output.
const BEYOND: u64 = 100_000;

/// A program that performs the script of another.
#[derive(Clone, Debug)]
pub(super) struct Counterpart {
    pub(super) journal: Journal,
    image: Image,
    position: Position,
    /// The next beat.
    beat: usize,
    /// How many instructions were executed since the beat before.
    since: u64,
    /// How much of its output was compared.
    compared: usize,
    /// How many instructions it may execute without a beat.
    most: u64,
    waits: usize,
}

/// How a slice ended.
#[derive(Clone, Debug)]
pub(super) enum Performed {
    /// There is more to do.
    More,
    /// It has performed all of the script.
    All {
        /// How many waits were the same.
        waits: usize,
    },
    /// It does something else.
    Departs(Departure),
}

/// Where a counterpart does something else than its script says.
#[derive(Clone, Debug)]
pub(super) struct Departure {
    /// What the recorded program does.
    pub(super) old: Recorded,
    /// How many bytes of output are the same.
    pub(super) printed: usize,
    /// The other program.
    pub(super) new: Side,
}

/// What a recorded program does at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Recorded {
    /// It prints this byte.
    Prints(usize),
    /// It waits at this beat.
    Waits(usize),
    /// It takes what is given to it at this beat, number so and so.
    Takes(usize, usize),
    /// It does not wait before this beat.
    RunsTo(usize),
    /// It does not wait before the end.
    RunsOn,
}

impl Counterpart {
    /// A counterpart that begins with an image, and may execute this many instructions from one beat to the next.
    pub(super) fn new(mut base: Image, most: u64) -> Counterpart {
        base.breakpoints = Breakpoints::default();
        base.watches.clear();
        let image = base.fork();
        Counterpart {
            journal: Journal::new(base),
            image,
            position: Position::default(),
            beat: 0,
            since: 0,
            compared: 0,
            most,
            waits: 0,
        }
    }

    /// Performs more of the script: about `fuel` instructions.
    pub(super) fn advance(&mut self, script: &Script, fuel: u64) -> Performed {
        let mut left = fuel.max(1);
        while left > 0 {
            if let Some(beat) = self.due_beat(script) {
                if let Some(departure) = self.take(beat) {
                    return Performed::Departs(departure);
                }
                left = left.saturating_sub(COST);
                continue;
            }
            if self.is_over(script) {
                return Performed::All { waits: self.waits };
            }
            let Some(part) = self.part(script, left) else {
                let old = script.next(self.beat, self.printed());
                return Performed::Departs(self.departs(old, Does::NoEnd(self.since)));
            };
            let (cost, departure) = self.run(script, part);
            if let Some(departure) = departure {
                return Performed::Departs(departure);
            }
            left = left.saturating_sub(cost);
            if self.due_beat(script).is_none()
                && let Some(stop) = self.image.machine.waits()
            {
                match self.wait(script, stop) {
                    Performed::More => left = left.saturating_sub(COST),
                    other => return other,
                }
            }
        }
        Performed::More
    }

    fn printed(&self) -> usize {
        self.image.machine.output().len()
    }

    /// The next beat, if it is now, because the program has executed as many instructions.
    fn due_beat<'s>(&self, script: &'s Script) -> Option<&'s Beat> {
        let beat = script.beats.get(self.beat)?;
        (beat.wait.is_none() && beat.after <= self.since).then_some(beat)
    }

    /// After how many more instructions the next beat is, or the end, if it is not the next wait.
    fn due(&self, script: &Script) -> Option<u64> {
        let after = match script.beats.get(self.beat) {
            Some(beat) => beat.wait.is_none().then_some(beat.after),
            None => script.tail,
        };
        after.map(|after| after.saturating_sub(self.since))
    }

    /// Whether it has done what the recording shows, which ends where it does not wait.
    fn is_over(&self, script: &Script) -> bool {
        let is_last = self.beat == script.beats.len();
        is_last
            && script.tail.is_none_or(|tail| tail <= self.since)
            && self.printed() >= script.output.len()
    }

    /// How many instructions to execute now; none if it may execute no more.
    fn part(&self, script: &Script, fuel: u64) -> Option<u64> {
        let most = self.most.saturating_sub(self.since);
        let may = most > 0 && !self.image.machine.is_spent();
        let due = self.due(script).filter(|&due| due > 0).unwrap_or(u64::MAX);
        may.then_some(fuel.min(most).min(due))
    }

    /// Executes instructions and compares what they print. Returns what they cost.
    fn run(&mut self, script: &Script, fuel: u64) -> (u64, Option<Departure>) {
        let mut before = self.image.fork();
        let retired = self.image.machine.retired();
        let effort = self.image.machine.extra_effort();
        self.image.machine.pause_after(Some(fuel));
        self.image.machine.run(fuel);
        self.image.machine.pause_after(None);
        let ran = self.image.machine.retired() - retired;
        let cost = ran + (self.image.machine.extra_effort() - effort);
        self.note_run(ran);
        let Some(byte) = self.compare(script) else { return (cost.max(1), None) };
        let ran_before = narrow(&mut before, ran, |machine| machine.output().len() > byte);
        let at = Position { done: self.position.done - ran + ran_before, ..self.position };
        let old = script.next(self.beat, byte);
        self.complete_line(byte);
        let does = Does::Prints(line(self.image.machine.output(), byte).to_owned());
        let new = Side { does, at, image: Box::new(before) };
        (cost, Some(Departure { old, printed: byte, new }))
    }

    /// The first byte of output that the recorded program has not printed, or not before its next wait.
    fn compare(&mut self, script: &Script) -> Option<usize> {
        let until = script.beats.get(self.beat).and_then(|beat| beat.until);
        let wanted = &script.output.as_bytes()[..until.unwrap_or(script.output.len())];
        let printed = self.image.machine.output().as_bytes();
        let from = self.compared.min(wanted.len());
        let same = wanted[from..].iter().zip(&printed[from..]).take_while(|(a, b)| a == b).count();
        self.compared = from + same;
        let is_other = match until {
            Some(_) => printed.len() > self.compared,
            // What comes after the end of the recording is not in it.
            None => printed.len().min(wanted.len()) > self.compared,
        };
        is_other.then_some(self.compared)
    }

    /// Goes on a little until the line with this byte is whole.
    fn complete_line(&mut self, byte: usize) {
        let is_whole = |machine: &Machine| machine.output().as_bytes()[byte..].contains(&b'\n');
        if !is_whole(&self.image.machine) {
            let before = self.image.machine.retired();
            self.image.machine.pause_after(Some(BEYOND));
            self.image.machine.run(BEYOND);
            self.image.machine.pause_after(None);
            self.note_run(self.image.machine.retired() - before);
        }
    }

    /// It waits, and no beat is due. Compares that with the script, and gives it what is given there.
    fn wait(&mut self, script: &Script, stop: Stop) -> Performed {
        let printed = self.printed();
        let Some(beat) = script.beats.get(self.beat) else {
            // What the recording shows was done; but a fault that it does not show is a difference.
            let is_fault = matches!(stop, Stop::Fault(_));
            if printed >= script.output.len() && !is_fault {
                return Performed::All { waits: self.waits };
            }
            let old = script.next(self.beat, printed);
            return Performed::Departs(self.departs(old, Does::Waits(stop, None)));
        };
        let is_same = match &beat.wait {
            Some(_) => printed == beat.printed && Wait::of(&self.image.machine) == beat.wait,
            // Input that was given before it was needed.
            None => beat.is_input(),
        };
        if !is_same {
            let old = match beat.wait {
                None if printed >= beat.printed => Recorded::RunsTo(self.beat),
                None | Some(_) => script.next(self.beat, printed),
            };
            return Performed::Departs(self.departs(old, Does::Waits(stop, None)));
        }
        self.waits += usize::from(beat.wait.is_some());
        match self.take(beat) {
            Some(departure) => Performed::Departs(departure),
            None if self.beat == script.beats.len() && script.tail.is_none() => {
                Performed::All { waits: self.waits }
            }
            None => Performed::More,
        }
    }

    /// Gives it what is given at the next beat.
    fn take(&mut self, beat: &Beat) -> Option<Departure> {
        for (index, given) in beat.given.iter().enumerate() {
            let command = match self.command(given) {
                Ok(command) => command,
                Err(refused) => return Some(self.refuses(beat, index, given, &refused)),
            };
            if let Err(refused) = command.apply(&mut self.image) {
                return Some(self.refuses(beat, index, given, &refused));
            }
            let entry = Entry { parent: self.position, commands: vec![command] };
            self.position = self.journal.end_of_pushed(entry);
        }
        self.beat += 1;
        self.since = 0;
        None
    }

    fn refuses(
        &mut self,
        beat: &Beat,
        index: usize,
        given: &Given,
        refused: &Refused,
    ) -> Departure {
        let stop = self.image.machine.waits();
        if let (Meaning::Answer { operands, .. }, Some(stop), Some(_)) =
            (&given.meaning, stop, &beat.wait)
            && matches!(
                refused,
                Refused::Edit(Refusal::AskedWith { .. } | Refusal::StackTooShort { .. })
            )
        {
            let does = Does::Waits(stop, Some(top(&self.image.machine, operands.len())));
            return self.departs(Recorded::Waits(self.beat), does);
        }
        self.departs(Recorded::Takes(self.beat, index), Does::Refuses(refused.to_string()))
    }

    /// What gives the same to this program. Values are spelled as they are called here.
    fn command(&self, given: &Given) -> Result<Command, Refused> {
        let machine = &self.image.machine;
        Ok(match (&given.meaning, &given.command) {
            (Meaning::Answer { operands, results }, Command::Answer { name, .. }) => {
                machine.check_asked(name, operands)?;
                machine.check_values(results)?;
                let spelled = |values: &[Instruction]| spell_values(machine, values.to_vec());
                let (name, results) = (name.clone(), spelled(results).into());
                Command::Answer { name, operands: spelled(operands).into(), results }
            }
            (Meaning::Push(values), _) => {
                machine.check_values(values)?;
                Command::Push { text: spell_values(machine, values.clone()).into() }
            }
            (Meaning::Counter(by), _) => {
                let at = moved(machine.task().counter(), *by);
                let outside = || Refused::Other("there are not so many cells".to_owned());
                Command::Counter { at: at.ok_or_else(outside)? }
            }
            (Meaning::Answer { .. } | Meaning::Written, command) => command.clone(),
        })
    }

    fn departs(&mut self, old: Recorded, does: Does) -> Departure {
        let new = Side { does, at: self.position, image: Box::new(self.image.fork()) };
        Departure { old, printed: self.compared, new }
    }

    fn note_run(&mut self, ran: u64) {
        if ran == 0 {
            return;
        }
        self.since += ran;
        if self.position.entry == 0 {
            let commands = vec![Command::Run { fuel: ran }];
            self.position = self.journal.end_of_pushed(Entry { parent: self.position, commands });
        } else {
            self.journal.extend(self.position.entry, ran);
            self.position = self.journal.end_of(self.position.entry);
        }
    }
}

impl Script {
    /// What the recorded program does next, after it has printed this much before a beat.
    fn next(&self, beat: usize, printed: usize) -> Recorded {
        let until = self.beats.get(beat).and_then(|beat| beat.until);
        if printed < until.unwrap_or(self.output.len()) {
            return Recorded::Prints(printed);
        }
        let wait = (beat..self.beats.len()).find(|&beat| self.beats[beat].wait.is_some());
        wait.map_or(Recorded::RunsOn, Recorded::Waits)
    }

    /// The moment at which the recorded program does that.
    pub(super) fn moment(&self, recorded: Recorded) -> Moment {
        match recorded {
            Recorded::Prints(byte) => Moment::Byte(byte),
            Recorded::Waits(beat) | Recorded::Takes(beat, _) | Recorded::RunsTo(beat) => {
                self.beats[beat].moment
            }
            Recorded::RunsOn => Moment::End,
        }
    }
}

/// The line of an output that a byte is in, without its end.
pub(super) fn line(output: &str, byte: usize) -> &str {
    let bytes = output.as_bytes();
    let from = bytes[..byte].iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
    let length = bytes[from..].iter().position(|&byte| byte == b'\n');
    &output[from..length.map_or(output.len(), |length| from + length)]
}

/// The top values of the stack as a program would write them, the topmost last.
pub(super) fn top(machine: &Machine, count: usize) -> String {
    let parameters = machine.task().parameters();
    let from = parameters.len().saturating_sub(count);
    let values: Vec<String> = parameters[from..].iter().map(|&cell| machine.show(cell)).collect();
    values.join(" ")
}
