//! A slow oracle of comparing: both programs are stepped, one instruction after the other, from the start, and
//! every byte of output and every wait is looked at as it comes. It knows no slices, forks or halving. It knows no
//! edits either.

use midflight::program::image::Image;
use midflight::session::command::Command;
use midflight::session::journal::{Journal, Position};
use midflight::vm::machine::Machine;
use midflight::vm::memory::Place;
use midflight::vm::stop::Stop;

/// A moment at which something was done with the old program, or the wait at its end.
struct Moment {
    wait: Option<String>,
    since: u64,
    retired: u64,
    printed: usize,
    commands: Vec<(Command, Place)>,
}

/// The old program.
pub struct Old {
    moments: Vec<Moment>,
    output: Vec<u8>,
    /// How many instructions had retired before the one that printed each byte.
    printed_at: Vec<u64>,
    /// How many instructions followed the last moment, if it does not wait at the end.
    tail: Option<u64>,
    retired: u64,
}

/// What should come of comparing.
#[derive(Debug, PartialEq, Eq)]
pub enum Expected {
    Same { waits: usize },
    Differs { printed: usize, old: u64, new: u64, what: &'static str },
}

/// Why a machine waits, as far as it matters.
pub fn wait(machine: &Machine) -> Option<String> {
    let stop = machine.waits()?;
    if let Some(name) = machine.asked() {
        return Some(format!("asks for {name}"));
    }
    let Stop::Fault(fault) = &stop else { return Some(format!("{stop:?}")) };
    let debug = format!("{fault:?}");
    let subject = ["instruction: ", "local: ", "global: ", "function: "].iter().find_map(|field| {
        let (_, rest) = debug.split_once(field)?;
        rest.split('"').nth(1).map(str::to_owned)
    });
    Some(format!("{} {subject:?}", fault.word()))
}

impl Old {
    pub fn new(journal: &Journal, to: Position) -> Old {
        let mut image = journal.base().clone();
        let mut old = Old {
            moments: Vec::new(),
            output: image.machine.output().as_bytes().to_vec(),
            printed_at: vec![0; image.machine.output().len()],
            tail: None,
            retired: 0,
        };
        let (mut since, mut is_open) = (0, false);
        for leg in journal.legs(Position::default(), to) {
            for command in journal.commands(leg) {
                let Command::Run { fuel } = command else {
                    assert!(!command.is_edit());
                    if !is_open {
                        old.begin(&image, since);
                        (since, is_open) = (0, true);
                    }
                    let at = image.machine.task().counter();
                    command.apply(&mut image).unwrap();
                    old.moments.last_mut().unwrap().commands.push((command, at));
                    continue;
                };
                for _ in 0..fuel {
                    let retired = image.machine.retired();
                    image.step().unwrap();
                    let printed = &image.machine.output().as_bytes()[old.output.len()..];
                    old.printed_at.resize(old.output.len() + printed.len(), retired);
                    old.output.extend(printed);
                    since += 1;
                    is_open = false;
                }
            }
        }
        old.retired = image.machine.retired();
        let now = wait(&image.machine);
        let stands = is_open && now.is_some() && old.moments.last().unwrap().wait == now;
        match now {
            None => old.tail = Some(since),
            Some(_) if stands => {}
            Some(_) => old.begin(&image, since),
        }
        old
    }

    fn begin(&mut self, image: &Image, since: u64) {
        self.moments.push(Moment {
            wait: wait(&image.machine),
            since,
            retired: image.machine.retired(),
            printed: self.output.len(),
            commands: Vec::new(),
        });
    }

    /// The next wait from a moment on.
    fn next_wait(&self, from: usize) -> Option<&Moment> {
        self.moments.iter().skip(from).find(|moment| moment.wait.is_some())
    }

    /// What the old program does next, and when.
    fn next(&self, from: usize, printed: usize) -> (u64, &'static str) {
        let wait = self.next_wait(from);
        if printed < wait.map_or(self.output.len(), |moment| moment.printed) {
            return (self.printed_at[printed], "prints");
        }
        wait.map_or((self.retired, "runs on"), |moment| (moment.retired, "waits"))
    }

    /// Performs it with another program.
    pub fn expected(&self, mut image: Image, most: u64) -> Expected {
        let (mut waits, mut since) = (0, 0);
        for index in 0..=self.moments.len() {
            let moment = self.moments.get(index);
            loop {
                let printed = image.machine.output().len();
                let departs = |(old, old_does): (u64, &'static str), new_does: &'static str| {
                    let what = Box::leak(format!("{old_does}, {new_does}").into_boxed_str());
                    let new = image.machine.retired();
                    let printed = printed.min(self.output.len());
                    Expected::Differs { printed, old, new, what }
                };
                match moment {
                    Some(Moment { wait: None, since: due, .. }) if *due <= since => break,
                    Some(_) => {}
                    None if self.tail.is_none_or(|tail| tail <= since)
                        && printed >= self.output.len() =>
                    {
                        return Expected::Same { waits };
                    }
                    None => {}
                }
                if since >= most {
                    return departs(self.next(index, printed), "no end");
                }
                if let Some(stop) = image.machine.waits() {
                    let Some(moment) = moment else {
                        if printed >= self.output.len() && !matches!(stop, Stop::Fault(_)) {
                            return Expected::Same { waits };
                        }
                        return departs(self.next(index, printed), "waits");
                    };
                    let is_input = |(command, _): &(Command, Place)| {
                        matches!(command, Command::Give { .. } | Command::EndInput)
                    };
                    match &moment.wait {
                        None if moment.commands.iter().all(is_input) => break,
                        None if printed >= moment.printed => {
                            return departs((moment.retired, "runs on"), "waits");
                        }
                        Some(_)
                            if printed == moment.printed && wait(&image.machine) == moment.wait =>
                        {
                            waits += 1;
                            break;
                        }
                        None | Some(_) => return departs(self.next(index, printed), "waits"),
                    }
                }
                let mut after = image.clone();
                after.machine.step().unwrap();
                since += 1;
                let bound = self.next_wait(index).map(|moment| moment.printed);
                let wanted = &self.output[..bound.unwrap_or(self.output.len())];
                let now = after.machine.output().as_bytes();
                let same = now.iter().zip(wanted).take_while(|(a, b)| a == b).count();
                if same < now.len() && (bound.is_some() || same < wanted.len()) {
                    let (old, old_does) = self.next(index, same);
                    let what = Box::leak(format!("{old_does}, prints").into_boxed_str());
                    let new = image.machine.retired();
                    return Expected::Differs { printed: same, old, new, what };
                }
                image = after;
            }
            since = 0;
            for (command, at) in &moment.expect("the loop ends only at one").commands {
                let mut command = command.clone();
                if let Command::Counter { at: to } = &mut command
                    && to.body == at.body
                {
                    let now = image.machine.task().counter();
                    let offset =
                        i64::from(now.offset.0) + i64::from(to.offset.0) - i64::from(at.offset.0);
                    *to = Place::new(now.body, u32::try_from(offset).unwrap_or(u32::MAX));
                }
                if command.apply(&mut image).is_err() {
                    let (old, printed) = (moment.unwrap().retired, image.machine.output().len());
                    let new = image.machine.retired();
                    return Expected::Differs { printed, old, new, what: "takes, refuses" };
                }
            }
            if index + 1 == self.moments.len() && self.tail.is_none() {
                return Expected::Same { waits };
            }
        }
        unreachable!("the last moment ends it")
    }
}
