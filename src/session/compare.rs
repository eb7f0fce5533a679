//! Comparing a recording with a replay of its input through other code: the first difference, and which two
//! instructions it comes from.
//!
//! The history is replayed once to write its `script`, which the other code then performs as its
//! `counterpart`. If they part, the history is replayed again, up to the instruction at which
//! the recorded program did what the other one does not. Works in time slices and changes nothing; to give a
//! comparison up, drop it.

use super::counterpart::{Counterpart, Departure, Performed, Recorded, line, top};
use super::difference::{Difference, Does, Finding, Same, Side};
use super::journal::{Journal, Mismatch, Position};
use super::replay::{Replay, Replayed};
use super::script::{Given, Meaning, Scribe, Script};
use crate::program::image::Image;

/// The fewest instructions that the other program may execute before it prints or waits as the recorded one did.
const LEAST: u64 = 10_000_000;
/// How many times as many as the recorded program it may execute.
const TIMES: u64 = 10;

/// What to compare a recording with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparing {
    /// The end of the recording.
    pub to: Position,
    /// The image that the other program begins with.
    pub code: Image,
    /// How many instructions the other program may execute from one moment at which it is given something to the next;
    /// by default ten million, or ten times as many as the recording has.
    pub most: Option<u64>,
}

/// A comparison in progress.
#[derive(Clone, Debug)]
pub(super) struct Comparison {
    to: Position,
    stage: Stage,
}

#[derive(Clone, Debug)]
enum Stage {
    /// Replaying the history to write its script. The other program comes next.
    Writing { replay: Box<Replay>, scribe: Box<Scribe>, code: Box<Image>, most: Option<u64> },
    /// The other program performs the script.
    Performing { script: Box<Script>, counterpart: Box<Counterpart> },
    /// Replaying the history to where the programs part.
    Seeking { replay: Box<Replay>, scribe: Box<Scribe>, parted: Box<Parted> },
}

/// Where the programs part.
#[derive(Clone, Debug)]
struct Parted {
    script: Script,
    departure: Departure,
    counterpart: Journal,
}

impl Comparison {
    /// Begins to compare.
    pub(super) fn new(journal: &Journal, comparing: Comparing) -> Comparison {
        let Comparing { to, code, most } = comparing;
        let replay = Box::new(Replay::from_checkpoint(journal, None, to));
        let (scribe, code) = (Box::default(), Box::new(code));
        Comparison { to, stage: Stage::Writing { replay, scribe, code, most } }
    }

    /// Continues for about `fuel` instructions; returns what came of it when that is known.
    ///
    /// # Errors
    /// If the replay diverges from a journal that was made by hand.
    pub(super) fn advance(
        &mut self,
        journal: &Journal,
        fuel: u64,
    ) -> Result<Option<Finding>, Mismatch> {
        match &mut self.stage {
            Stage::Writing { replay, scribe, code, most } => {
                if replayed(replay, scribe, journal, fuel)? != Replayed::Arrived {
                    return Ok(None);
                }
                let script = Box::new(scribe.finish(&replay.image));
                let most = most.unwrap_or(script.ran.saturating_mul(TIMES).max(LEAST));
                let counterpart = Box::new(Counterpart::new(std::mem::take(&mut **code), most));
                self.stage = Stage::Performing { script, counterpart };
                Ok(None)
            }
            Stage::Performing { script, counterpart } => match counterpart.advance(script, fuel) {
                Performed::More => Ok(None),
                Performed::All { waits } => Ok(Some(Finding::Same(Same {
                    lines: script.output.lines().count(),
                    waits,
                    paused: script.tail.is_some(),
                }))),
                Performed::Departs(departure) => {
                    let replay = Box::new(Replay::from_checkpoint(journal, None, self.to));
                    let scribe = Box::new(Scribe::seeking(script.moment(departure.old)));
                    let script = std::mem::take(&mut **script);
                    let counterpart = counterpart.journal.clone();
                    let parted = Box::new(Parted { script, departure, counterpart });
                    self.stage = Stage::Seeking { replay, scribe, parted };
                    Ok(None)
                }
            },
            Stage::Seeking { replay, scribe, parted } => {
                let replayed = replayed(replay, scribe, journal, fuel)?;
                let at = match (scribe.found, replayed) {
                    (Some(at), _) => at,
                    (None, Replayed::Arrived) => self.to,
                    (None, Replayed::More | Replayed::Ended) => return Ok(None),
                };
                let image = Box::new(std::mem::take(&mut replay.image));
                Ok(Some(Finding::Differs(Box::new(parted.difference(at, image)))))
            }
        }
    }
}

/// Continues a replay that a scribe observes.
fn replayed(
    replay: &mut Replay,
    scribe: &mut Scribe,
    journal: &Journal,
    fuel: u64,
) -> Result<Replayed, Mismatch> {
    replay.image.machine.pause_after(Some(fuel));
    let replayed = replay.advance(journal, fuel.max(1), Some(scribe));
    replay.image.machine.pause_after(None);
    replayed
}

impl Parted {
    /// The difference; the recorded program was about to part at this position, with this image.
    fn difference(&mut self, at: Position, image: Box<Image>) -> Difference {
        let Departure { old, printed, new } = self.departure.clone();
        let output = &self.script.output;
        let does = match old {
            Recorded::Prints(byte) => Does::Prints(line(output, byte).to_owned()),
            Recorded::Waits(beat) => {
                let stop = image.machine.waits().expect("it waits at this beat");
                let asked = matches!(new.does, Does::Waits(_, Some(_)));
                Does::Waits(
                    stop,
                    self.operands(beat).filter(|_| asked).map(|count| top(&image.machine, count)),
                )
            }
            Recorded::Takes(beat, index) => {
                Does::Takes(self.script.beats[beat].given[index].command.words())
            }
            Recorded::RunsTo(_) | Recorded::RunsOn => Does::RunsOn,
        };
        let line = output.as_bytes()[..printed].iter().filter(|&&byte| byte == b'\n').count() + 1;
        let counterpart = Box::new(self.counterpart.clone());
        Difference { printed, line, old: Side { does, at, image }, new, counterpart }
    }

    /// How many operands the answer at a beat has.
    fn operands(&self, beat: usize) -> Option<usize> {
        self.script.beats[beat].given.iter().find_map(|given: &Given| match &given.meaning {
            Meaning::Answer { operands, .. } => Some(operands.len()),
            Meaning::Push(_) | Meaning::Counter(_) | Meaning::Written => None,
        })
    }
}
