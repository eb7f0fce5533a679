//! What a line that is edited in its place would do, in words: to the cells, and to each activation that stands in
//! them; and the ways to commit it, where there is a choice.

use super::Desk;
use super::action::Commit;
use super::scene::CALLS;
use crate::program::diagnostic::counted;
use crate::session::change::Change;
use crate::session::command::Command;
use crate::session::revise::program::{Part, ProgramRevision};
use crate::session::revise::{Live, Revision, Standing};
use crate::view::memory;
use crate::view::stacks;
use crate::vm::index::{Body, FrameId};
use crate::vm::memory::Place;
use crate::vm::spelling::clip;

/// The most activations that the preview names. The others are counted.
const NAMED: usize = 6;
/// The longest value that the preview quotes, in characters.
const QUOTED: usize = 20;
/// The most values that the preview looks at.
const SHOWN: usize = 100;

/// What a draft would do.
#[derive(Clone, Debug, Default)]
pub struct DraftPreview {
    /// It in a sentence, or why it cannot be done.
    pub words: String,
    /// What becomes of each live activation.
    pub rows: Vec<String>,
    /// It cannot be done.
    pub warns: bool,
    /// The ways to commit it, in words; none if there is nothing to choose.
    pub choices: Vec<(String, Commit)>,
    /// The innermost activation that stands inside the change, and where it began the first statement that changes.
    pub(super) begun: Option<(FrameId, Place)>,
    pub(super) change: Option<Change>,
    pub(super) commands: Vec<Command>,
    /// What comes after the commands to go on inside.
    pub(super) enter: Vec<Command>,
    /// What comes after the commands to drop the values that are too many.
    pub(super) drops: Vec<Command>,
}

impl Desk {
    /// What a revision of the function with this body would do. `is_not_begun`: the history does not have where its
    /// innermost activation began the statement.
    pub(super) fn described(
        &self,
        body: Body,
        is_not_begun: bool,
        revision: ProgramRevision,
    ) -> DraftPreview {
        let mut preview = DraftPreview::default();
        let words: Vec<String> = revision.parts.iter().map(Part::words).collect();
        preview.words = match words.is_empty() {
            true => "nothing changes".to_owned(),
            false => words.join("; "),
        };
        let revised = revision.parts.iter().find_map(|part| match part {
            Part::Revised(_, one) => Some(one),
            Part::Added(_) | Part::Commented(..) | Part::MainDiffers | Part::NotReached(..) => None,
        });
        if let Some(one) = revised {
            self.describe(one, &mut preview);
            self.offer(one, is_not_begun, &mut preview);
            let commands = revision.commands.clone();
            let renamed = one.renamed.clone();
            preview.change = Some(Change { commands, body, renamed });
        }
        preview.commands = revision.commands;
        preview
    }

    /// The ways to commit it.
    fn offer(&self, revision: &Revision, is_not_begun: bool, preview: &mut DraftPreview) {
        let mut choices = Vec::new();
        match &revision.inside {
            Some(Ok(enter)) => {
                preview.enter = enter.clone();
                choices.push(("Go on inside".to_owned(), Commit::Inside));
            }
            Some(Err(why)) => preview.rows.push(format!("cannot go on inside: {why}")),
            None => {}
        }
        if !revision.drops.is_empty() {
            preview.drops = revision.drops.clone();
            let all = revision.live.iter().find(|live| !live.left_over.is_empty());
            let words = match all.map_or(&[][..], |live| &live.left_over) {
                [one] => format!("Drop {}", self.quoted(&[*one])),
                more => format!("Drop {}", counted(more.len(), "value")),
            };
            choices.push((words, Commit::Drop));
        }
        preview.begun = revision.begun;
        if revision.begun.is_some() {
            choices.push(match is_not_begun {
                false => ("Rewind to the statement".to_owned(), Commit::Rewind),
                true => ("Restart the call".to_owned(), Commit::Restart),
            });
        }
        if !choices.is_empty() {
            choices.insert(0, ("Go on".to_owned(), Commit::GoOn));
        }
        preview.choices = choices;
    }

    /// Values of the stack, counted from the top, in the order in which they were pushed.
    fn quoted(&self, values: &[usize]) -> String {
        let deepest = values.last().map_or(0, |&deepest| deepest + 1);
        let rows = stacks::parameters(self.session().machine(), deepest.min(SHOWN)).values;
        let words = values.iter().rev().filter_map(|&depth| {
            rows.get(depth).map(|row| format!("`{}`", clip(row.label.as_str(), QUOTED)))
        });
        words.collect::<Vec<_>>().join(" ")
    }

    fn describe(&self, revision: &Revision, preview: &mut DraftPreview) {
        for live in revision.live.iter().take(NAMED) {
            preview.rows.push(self.fate(live));
        }
        let more = revision.live.len().saturating_sub(NAMED) + revision.more_live;
        if more > 0 {
            preview.rows.push(format!("and {}", counted(more, "other activation")));
        }
    }

    /// What becomes of an activation, in words.
    fn fate(&self, live: &Live) -> String {
        let machine = self.session().machine();
        let frames = stacks::calls(machine, CALLS).frames;
        let name = match frames.iter().find(|frame| frame.id == live.frame) {
            Some(frame) => frame.words(),
            None => format!("frame {}", memory::frame_number(live.frame)),
        };
        let at = match live.next.as_str() {
            "" => "an empty cell".to_owned(),
            label => format!("`{label}`"),
        };
        let fate = match live.standing {
            Standing::Runs => "will run it".to_owned(),
            Standing::Passed => "is past it and won't run it".to_owned(),
            Standing::Inside => format!("stands inside it and goes on at {at}"),
            Standing::Removed => "finishes the removed block and goes on after it".to_owned(),
        };
        format!("{name} {fate}{}", self.surplus(live))
    }

    /// How many values it has too many or too few, and which.
    fn surplus(&self, live: &Live) -> String {
        let by = live.surplus.unwrap_or(0);
        let values = counted(by.unsigned_abs(), "value");
        match by {
            0 => String::new(),
            1.. => {
                let which = self.quoted(&live.left_over);
                let which = if which.is_empty() { which } else { format!(": {which}") };
                format!(", with {values} more than the new code expects{which}")
            }
            ..0 => {
                let them = if by == -1 { "it" } else { "them" };
                let lacks = live
                    .lacking
                    .as_deref()
                    .map_or_else(String::new, |line| format!("; `{line}` lacks {them}"));
                format!(", with {values} fewer than the new code expects{lacks}")
            }
        }
    }
}
