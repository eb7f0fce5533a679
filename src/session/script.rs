//! The script of a recording: what its program printed and where it waited, and what was given to it there. It is
//! written while the history is replayed, and then performed with other code (see [`super::counterpart`]).
//!
//! Edits are not in a script, because the other code is what stands in their place. A wait that ended because something
//! was written, such as at an empty cell that was filled, belongs to writing the program and not to what it does; so it
//! is left out too, with what else was done there. Input and pushed values are given in any case.
//!
//! What was done where the program did not wait is done again after as many instructions. With the code of the
//! recording, that is the very same moment.

use super::apply::Code;
use super::command::Command;
use super::difference::Wait;
use super::journal::Position;
use super::replay::{Event, Observer, Scene};
use crate::program::image::Image;
use crate::program::notation::Notation;
use crate::program::scope::Scope;
use crate::vm::instruction::Instruction;
use crate::vm::machine::Machine;
use crate::vm::memory::Place;
use crate::vm::relocate::Shift;
use crate::vm::stop::Stop;

/// What a recording shows of its program.
#[derive(Clone, Debug, Default)]
pub(super) struct Script {
    /// The moments at which something was given to the program or it waited, in order.
    pub(super) beats: Vec<Beat>,
    /// All that it printed.
    pub(super) output: String,
    /// How many instructions it ran after the last beat, if it does not wait at the end.
    pub(super) tail: Option<u64>,
    /// How many instructions it ran in all.
    pub(super) ran: u64,
}

/// A moment of a script.
#[derive(Clone, Debug)]
pub(super) struct Beat {
    /// Where it is in the replay.
    pub(super) moment: Moment,
    /// How many instructions were executed since the beat before.
    pub(super) after: u64,
    /// How much was printed.
    pub(super) printed: usize,
    /// How much was printed at the next beat with a wait, which may be this one; none if there is no more.
    pub(super) until: Option<usize>,
    /// Why the program waited, if that is compared.
    pub(super) wait: Option<Wait>,
    /// What was given.
    pub(super) given: Vec<Given>,
}

/// A moment of a replay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// Before this group of commands, between which nothing ran; counted from 0.
    Group(usize),
    /// Before the instruction that prints this byte.
    Byte(usize),
    /// At the end.
    End,
}

/// Something that was given to a program.
#[derive(Clone, Debug)]
pub(super) struct Given {
    /// The command.
    pub(super) command: Command,
    /// What it means, if that depends on the program.
    pub(super) meaning: Meaning,
}

/// What a command means, whatever the addresses are.
#[derive(Clone, Debug)]
pub(super) enum Meaning {
    /// It answers a call with these operands.
    Answer { operands: Vec<Instruction>, results: Vec<Instruction> },
    /// It pushes values.
    Push(Vec<Instruction>),
    /// It moves the counter by so many cells of its body.
    Counter(i64),
    /// What is written.
    Written,
}

/// What a command means for a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// It changes code.
    Edit,
    /// It changes nothing that the program could notice.
    Mark,
    /// It gives input, which the program takes in its own time.
    Input,
    /// It answers a call.
    Answer,
    /// It pushes values.
    Push,
    /// It changes the state of the program where it stands.
    State,
}

fn role(command: &Command) -> Role {
    match command {
        Command::Write { .. }
        | Command::Insert { .. }
        | Command::Replace { .. }
        | Command::Delete { .. }
        | Command::Define { .. }
        | Command::Redefine { .. }
        | Command::Rename { .. }
        | Command::RenameLocal { .. }
        | Command::Load { .. }
        | Command::Reload { .. }
        | Command::Remove { .. } => Role::Edit,
        Command::Comment { .. }
        | Command::Breakpoint { .. }
        | Command::Enable { .. }
        | Command::Condition { .. }
        | Command::From { .. }
        | Command::Watch { .. }
        | Command::WatchData { .. }
        | Command::Shape { .. }
        | Command::Bookmark { .. }
        | Command::Run { .. } => Role::Mark,
        Command::Give { .. } | Command::EndInput => Role::Input,
        Command::Answer { .. } => Role::Answer,
        Command::Push { .. } => Role::Push,
        Command::Counter { .. }
        | Command::Drop { .. }
        | Command::Parameter { .. }
        | Command::Local { .. }
        | Command::Global { .. }
        | Command::Data { .. }
        | Command::Restart { .. }
        | Command::Turn { .. }
        | Command::Quantum { .. }
        | Command::Share { .. }
        | Command::Limit { .. } => Role::State,
    }
}

/// Writes the script of a replay, or looks for a moment of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Scribe {
    script: Script,
    /// The group that is going on.
    group: Option<Group>,
    groups: usize,
    /// How many instructions had retired at the beginning and at the last beat; none before the replay begins.
    retired: Option<(u64, u64)>,
    /// The moment that is looked for.
    sought: Option<Moment>,
    /// Where it was found.
    pub(super) found: Option<Position>,
}

/// Commands between which nothing ran.
#[derive(Clone, Debug)]
struct Group {
    beat: Beat,
    /// The role of each that was given.
    roles: Vec<Role>,
    /// The role of the last command.
    newest: Role,
    edits: bool,
    /// The role of the command that ended the wait.
    ended_by: Option<Role>,
}

impl Scribe {
    /// A scribe that looks for a moment.
    pub(super) fn seeking(moment: Moment) -> Scribe {
        Scribe { sought: Some(moment), ..Scribe::default() }
    }

    /// The script, at the end of the replay.
    pub(super) fn finish(&mut self, image: &Image) -> Script {
        let machine = &image.machine;
        self.begin(machine);
        let stands = self
            .group
            .as_ref()
            .is_some_and(|group| group.beat.wait.is_some() && group.beat.wait == Wait::of(machine));
        self.close(machine);
        let mut script = std::mem::take(&mut self.script);
        let after = self.since(machine);
        script.ran = self.retired.map_or(0, |(began, _)| machine.retired() - began);
        match Wait::of(machine) {
            // The last beat says so.
            Some(_) if stands => {}
            Some(_) => script.beats.push(Beat::new(Moment::End, after, machine)),
            None => script.tail = Some(after),
        }
        script.output = machine.output().to_owned();
        let mut until = None;
        for beat in script.beats.iter_mut().rev() {
            if beat.wait.is_some() {
                until = Some(beat.printed);
            }
            beat.until = until;
        }
        script
    }

    fn begin(&mut self, machine: &Machine) {
        self.retired.get_or_insert((machine.retired(), machine.retired()));
    }

    /// How many instructions were executed since the last beat.
    fn since(&self, machine: &Machine) -> u64 {
        self.retired.map_or(0, |(_, last)| machine.retired() - last)
    }

    /// Adds a command to the group; true if the group is what is looked for.
    fn add(&mut self, scene: Scene<'_>, command: &Command) -> bool {
        let (image, role) = (scene.image, role(command));
        if role == Role::Mark {
            return false;
        }
        match &mut self.group {
            Some(group) => group.settle(&image.machine),
            None => {
                let moment = Moment::Group(self.groups);
                self.groups += 1;
                if self.sought == Some(moment) {
                    self.found = Some(scene.at);
                    return true;
                }
                let after = self.since(&image.machine);
                self.group = Some(Group::new(Beat::new(moment, after, &image.machine)));
            }
        }
        let group = self.group.as_mut().expect("it has begun");
        group.newest = role;
        if role == Role::Edit {
            group.edits = true;
        } else if self.sought.is_none() {
            group.roles.push(role);
            group.beat.given.push(Given::of(command, image));
        }
        false
    }

    /// Ends the group, if one is going on: something runs.
    fn close(&mut self, machine: &Machine) {
        let Some(mut group) = self.group.take() else { return };
        group.settle(machine);
        let Group { mut beat, roles, edits, ended_by, .. } = group;
        let is_written = |by| edits && !matches!(by, Role::Input | Role::Answer);
        if ended_by.is_some_and(is_written) {
            beat.wait = None;
        }
        if edits && beat.wait.is_none() {
            let mut roles = roles.into_iter();
            let stays = |role| matches!(role, Role::Input | Role::Push);
            beat.given.retain(|_| roles.next().is_some_and(stays));
        }
        if beat.wait.is_some() || !beat.given.is_empty() {
            self.retired = self.retired.map(|(began, _)| (began, machine.retired()));
            self.script.beats.push(beat);
        }
    }
}

impl Beat {
    fn new(moment: Moment, after: u64, machine: &Machine) -> Beat {
        let (printed, wait) = (machine.output().len(), Wait::of(machine));
        Beat { moment, after, printed, until: None, wait, given: Vec::new() }
    }

    /// Whether only input is given: that can be done whenever it is needed.
    pub(super) fn is_input(&self) -> bool {
        let is_input =
            |given: &Given| matches!(given.command, Command::Give { .. } | Command::EndInput);
        self.given.iter().all(is_input)
    }
}

impl Group {
    fn new(beat: Beat) -> Group {
        Group { beat, roles: Vec::new(), newest: Role::Mark, edits: false, ended_by: None }
    }

    /// Notes whether the last command has ended the wait.
    fn settle(&mut self, machine: &Machine) {
        let waited = self.beat.wait.is_some() && self.ended_by.is_none();
        if waited && Wait::of(machine) != self.beat.wait {
            self.ended_by = Some(self.newest);
        }
    }
}

impl Given {
    fn of(command: &Command, image: &Image) -> Given {
        let meaning = Meaning::of(command, image).unwrap_or(Meaning::Written);
        Given { command: command.clone(), meaning }
    }
}

impl Meaning {
    fn of(command: &Command, image: &Image) -> Option<Meaning> {
        let machine = &image.machine;
        if let Command::Counter { at } = command {
            let from = machine.task().counter();
            let by = i64::from(at.offset.0) - i64::from(from.offset.0);
            return (at.body == from.body).then_some(Meaning::Counter(by));
        }
        if !matches!(command, Command::Push { .. } | Command::Answer { .. }) {
            return None;
        }
        let values = Code::of(command, image).ok()?.values().to_vec();
        let Command::Answer { operands, .. } = command else { return Some(Meaning::Push(values)) };
        let read = Notation::Forth.read_line(operands, &Scope::outside(machine)).ok()?;
        let operands = read.cells.bodies.first()?.clone();
        Some(Meaning::Answer { operands, results: values })
    }
}

impl Observer for Scribe {
    fn observe(&mut self, scene: Scene<'_>, event: Event<'_>) -> bool {
        self.begin(&scene.image.machine);
        match event {
            Event::Command(command) => self.add(scene, command),
            Event::Before | Event::After => false,
        }
    }

    fn fast_forward(
        &mut self,
        image: &mut Image,
        at: Position,
        _: &[Shift],
        fuel: u64,
    ) -> Result<(u64, bool), Stop> {
        self.begin(&image.machine);
        self.close(&image.machine);
        let sought = match self.sought {
            Some(Moment::Byte(byte)) => Some((byte, image.fork())),
            Some(Moment::Group(_) | Moment::End) | None => None,
        };
        let before = image.machine.retired();
        let stop = image.run(fuel);
        let ran = image.machine.retired() - before;
        if let Some((byte, fork)) = sought
            && image.machine.output().len() > byte
        {
            *image = fork;
            let ran = narrow(image, ran, |machine| machine.output().len() > byte);
            self.found = Some(Position { done: at.done + ran, ..at });
            return Ok((ran, true));
        }
        let pauses = image.machine.pauses();
        if ran < fuel && !pauses { Err(stop) } else { Ok((ran, pauses)) }
    }
}

/// Runs an image up to the instruction after which something holds, which it does after `most` instructions; it
/// keeps holding. Halves the rest until a single instruction is left. Returns how many were executed before it.
pub(super) fn narrow(image: &mut Image, most: u64, holds: impl Fn(&Machine) -> bool) -> u64 {
    image.machine.pause_after(None);
    let (mut ran, mut left) = (0, most);
    while left > 1 {
        let half = left / 2;
        let mut trial = image.fork();
        trial.run(half);
        if holds(&trial.machine) {
            left = half;
        } else {
            *image = trial;
            ran += half;
            left -= half;
        }
    }
    ran
}

/// The place a number of cells after another of the same body.
pub(super) fn moved(from: Place, by: i64) -> Option<Place> {
    let offset = i64::from(from.offset.0).checked_add(by)?;
    Some(Place::new(from.body, u32::try_from(offset).ok()?))
}
