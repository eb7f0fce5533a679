//! Targets: where undo, redo, stepping back and the like lead from here. They are worked out only here,
//! both to go to a target and to show whether there is one.
//!
//! Redo follows one branch up to the *tip*, the end of the branch that was last followed. The tip stays
//! when you go back or forward along that branch. It moves when you go elsewhere or do something new.

use super::command::Command;
use super::journal::Position;
use super::session::Session;

/// A position to go to, by what it is from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// This position.
    At(Position),
    /// Before the last gesture; after a rewind, where the rewind began. Later positions stay reachable.
    Undo,
    /// The end of the next gesture on the branch up to the tip; at the tip, the end of the newest gesture
    /// that follows, or the newest rewind that began here.
    Redo,
    /// One instruction earlier, also before all edits since that instruction.
    StepBack,
    /// One instruction later on the branch that redo follows.
    StepForward,
    /// The same, but only if there are no commands in between. Then stepping need not make a new branch.
    NextExecuted,
    /// The start of the history.
    Start,
    /// The end of the branch that redo follows.
    End,
    /// The end of the next older branch; after the oldest, the end of the newest.
    NextBranch,
}

impl Target {
    /// What to say if there is no such target.
    pub fn absent(self) -> &'static str {
        match self {
            Target::At(_) => "There is no such position",
            Target::Undo => "Nothing to undo",
            Target::Redo => "Nothing to redo",
            Target::StepBack => "Nothing was executed before this",
            Target::StepForward => "Nothing was executed after this",
            Target::NextExecuted => "The next instruction has not been executed yet",
            Target::Start | Target::End => unreachable!("every history has a start and an end"),
            Target::NextBranch => "There is no other branch: go back and do something else",
        }
    }
}

impl Session {
    /// The position of a target, if there is one.
    pub fn target(&self, target: Target) -> Option<Position> {
        match target {
            Target::At(position) => self.journal.contains(position).then_some(position),
            Target::Undo => self.journal.undone(self.position),
            Target::Redo => self.redone(),
            Target::StepBack => self.journal.back(self.position),
            Target::StepForward => self.next_instruction(),
            Target::NextExecuted => self.next_executed(),
            Target::Start => Some(Position::default()),
            Target::End => Some(self.future()),
            Target::NextBranch => self.next_branch(),
        }
    }

    /// The end of the branch that redo follows.
    pub fn future(&self) -> Position {
        let onward = std::iter::successors(Some(self.tip), |&at| self.journal.onward(at));
        onward.last().expect("the tip comes first")
    }

    fn redone(&self) -> Option<Position> {
        if let Some(to) = self.rewound_again() {
            return Some(to);
        }
        if self.position == self.tip {
            return self.journal.redone(self.tip);
        }
        self.journal.next_towards(self.tip, self.position)
    }

    /// Where the rewind led that was undone here, if it had no edits: redo does it again.
    pub(super) fn rewound_again(&self) -> Option<Position> {
        let rewind = self.journal.rewinds().bare()?;
        (rewind.from == self.position).then_some(rewind.to)
    }

    fn next_instruction(&self) -> Option<Position> {
        // In a recording made by hand, the sum of all counts may not fit in 64 bits.
        let retired = self.journal.retired(self.position).checked_add(1)?;
        self.journal.at_retired(self.future(), retired)
    }

    fn next_executed(&self) -> Option<Position> {
        let to = self.next_instruction()?;
        let legs = self.journal.legs(self.position, to).into_iter();
        let between: Vec<Command> = legs.flat_map(|leg| self.journal.commands(leg)).collect();
        (between == [Command::Run { fuel: 1 }]).then_some(to)
    }

    fn next_branch(&self) -> Option<Position> {
        let shown = self.future();
        let older = self.journal.ends().take_while(|&end| end < shown).last();
        older.or_else(|| self.journal.ends().next_back()).filter(|&end| end != shown)
    }
}
