//! The list of branches: going to the end of one, comparing it with the end of the branch shown, and replaying its
//! input through the code shown.

use super::Desk;
use super::overlay::{Branches, Overlay, Parted};
use super::write::differing;
use crate::program::diagnostic::grouped;
use crate::program::image::Image;
use crate::session::compare::Comparing;
use crate::session::difference::Finding;
use crate::session::journal::Position;
use crate::session::request::Request;
use crate::session::target::Target;
use crate::view::branches::branches;
use crate::view::comparison::{headline, sides};
use crate::vm::spelling::clip;

/// The most characters that are shown of a stack or of a line of output.
const SHOWN: usize = 80;

impl Desk {
    /// Shows the list.
    pub(super) fn list_branches(&mut self) {
        self.hold();
        let (rows, hidden) = branches(self.session());
        let row = rows.iter().position(|row| row.is_shown).unwrap_or_default();
        self.overlay = Overlay::Branches(Branches { rows, hidden, row, ..Branches::default() });
    }

    /// Goes to the end of a branch.
    pub(super) fn go_to_branch(&mut self, end: Position) {
        self.close_overlay();
        self.go(Target::At(end));
    }

    /// Compares the end of a branch with the end of the branch shown.
    pub(super) fn compare_branch(&mut self, end: Position) {
        let Overlay::Branches(list) = &mut self.overlay else { return };
        if let Some(row) = list.rows.iter().position(|row| row.end == end) {
            list.row = row;
        }
        let shown = self.session().future();
        if shown == end {
            return self.compared_as(vec!["This is the branch shown; compare another.".to_owned()]);
        }
        self.compared_as(vec!["Comparing...".to_owned()]);
        self.start(Request::Compare(shown, end));
    }

    /// Both ends are known.
    pub(super) fn compared(&mut self) {
        if let Some(images) = self.document.session.take_compared() {
            self.compared_as(facts(&images[0], &images[1]));
        }
    }

    /// Shows the list, and replays the input of the newest branch that is not shown.
    pub(super) fn replay_other(&mut self) {
        self.list_branches();
        let Overlay::Branches(list) = &self.overlay else { return };
        match list.rows.iter().find(|row| !row.is_shown).map(|row| row.end) {
            Some(end) => self.replay_branch(end),
            None => self.compared_as(vec![
                "There is no other branch: go back and do something else to begin one.".to_owned(),
            ]),
        }
    }

    /// Replays the input of a branch through the code shown.
    pub(super) fn replay_branch(&mut self, end: Position) {
        let Overlay::Branches(list) = &mut self.overlay else { return };
        if let Some(row) = list.rows.iter().position(|row| row.end == end) {
            list.row = row;
        }
        match self.document.session.base_with_code() {
            Ok(code) => {
                self.compared_as(vec!["Replaying... Esc gives up.".to_owned()]);
                let comparing = Comparing { to: end, code, most: None };
                self.start(Request::CompareCode(Box::new(comparing)));
            }
            Err(refused) => self.compared_as(vec![format!(
                "The program cannot begin with the code shown: {refused}"
            )]),
        }
    }

    /// The input of a branch was replayed.
    pub(super) fn code_compared(&mut self, finding: Finding) {
        self.compared_as(vec![format!("Replayed: {}", headline(&finding))]);
        if let (Overlay::Branches(list), Finding::Differs(difference)) =
            (&mut self.overlay, finding)
        {
            let parted = Parted { sides: sides(&difference), at: difference.old.at };
            list.parted = Some(Box::new(parted));
        }
    }

    /// Gives up comparing, if the list waits for that.
    pub(super) fn give_up_comparison(&mut self) {
        if matches!(self.overlay, Overlay::Branches(_)) && self.travels() {
            self.hold();
        }
    }

    fn compared_as(&mut self, lines: Vec<String>) {
        if let Overlay::Branches(list) = &mut self.overlay {
            (list.comparison, list.parted) = (lines, None);
        }
    }
}

/// What differs between the end of the branch shown and that of another.
fn facts(shown: &Image, other: &Image) -> Vec<String> {
    let names = differing(&shown.program(), &other.program());
    let code = match names.is_empty() {
        true => "Code: the same".to_owned(),
        false => format!("Code differs in: {}", names.join(", ")),
    };
    let stacks = [shown, other].map(|image| match image.machine.show_stack() {
        empty if empty.is_empty() => "empty".to_owned(),
        stack => clip(&stack, SHOWN).into_owned(),
    });
    let steps = [shown, other].map(|image| grouped(image.machine.retired()));
    let counted = |what: &str, [shown, other]: [String; 2]| match shown == other {
        true => format!("{what}: {shown} in both"),
        false => format!("{what}: {shown} here, {other} there"),
    };
    let same_stack = shown.machine.show_stack() == other.machine.show_stack();
    let stack = match same_stack || stacks[0] != stacks[1] {
        true => counted("Stack", stacks),
        false => "Stack: differs below what is shown".to_owned(),
    };
    vec![code, stack, output(shown, other), counted("Instructions executed", steps)]
}

/// Where the outputs begin to differ.
fn output(shown: &Image, other: &Image) -> String {
    let [shown, other] = [shown, other].map(|image| image.machine.output());
    if shown == other {
        return "Output: the same".to_owned();
    }
    let same = shown.lines().zip(other.lines()).take_while(|(one, other)| one == other).count();
    let line = |output: &str| match output.lines().nth(same) {
        Some(line) => format!("`{}`", clip(line, SHOWN)),
        None => "nothing".to_owned(),
    };
    let (here, there) = (line(shown), line(other));
    format!("Output differs from line {}: {here} here, {there} there", grouped(same + 1))
}
