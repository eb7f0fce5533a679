//! Searches for cells that edits move, compared with a breakpoint that is carried along from each state.

use std::collections::BTreeSet;

use midflight::program::image::Image;
use midflight::session::command::Command;
use midflight::session::journal::Position;
use midflight::session::wanted::{Direction, Wanted};
use midflight::vm::memory::Place;

use super::looking::searched;
use super::story;
use super::walker::Walker;
use super::{any_checkpoints, watched_stories};
use crate::support::choices::Choices;

impl Walker {
    /// Applies to an image the commands from one position to another, except those that set breakpoints:
    /// breakpoints only move.
    fn carry(&self, image: &mut Image, from: Position, to: Position) {
        let journal = self.session.journal();
        let commands = journal.legs(from, to).into_iter().flat_map(|leg| journal.commands(leg));
        for command in commands.filter(|c| !matches!(c, Command::Breakpoint { .. })) {
            command.apply(image).unwrap();
        }
    }

    /// The last earlier position with the counter on a cell that is wanted now.
    fn last_on(&self, wanted: &BTreeSet<Place>) -> Option<Position> {
        let here = self.session.position();
        let mut back = std::iter::successors(self.states.back(here), |&at| self.states.back(at));
        back.find(|&at| {
            let mut image = self.states.at(at).clone();
            image.breakpoints = [image.machine.task().counter()].into_iter().collect();
            self.carry(&mut image, at, here);
            !image.breakpoints.pauses().is_disjoint(wanted)
        })
    }

    /// The first later position with the counter on a cell that is wanted now.
    fn next_on(&self, wanted: &BTreeSet<Place>) -> Option<Position> {
        let began = self.session.machine().retired();
        let future = self.session.future();
        let back = std::iter::successors(Some(future), |&at| self.states.back(at));
        let ahead = |at: &Position| self.states.at(*at).machine.retired() > began;
        let mut way: Vec<Position> = back.take_while(ahead).collect();
        way.reverse();
        let mut image = self.session.image().clone();
        image.breakpoints = wanted.iter().copied().collect();
        let mut from = self.session.position();
        way.into_iter().find(|&at| {
            self.carry(&mut image, from, at);
            from = at;
            image.breakpoints.contains(&image.machine.task().counter())
        })
    }

    fn look_for_cells(&self, c: &mut Choices) -> bool {
        let session = &self.session;
        let count = 1 + c.below(3);
        let cells: BTreeSet<Place> =
            (0..count).map(|_| story::place(c, session.machine())).collect();
        let wanted = Wanted::Cells(cells.clone());
        let back = searched(session, wanted.clone(), || 1 + c.below(3000) as u64);
        assert_eq!(back, self.last_on(&cells), "back to {wanted:?}");
        let forth = session.clone().find(wanted, Direction::Forward).unwrap();
        assert_eq!(forth, self.next_on(&cells), "forward to {cells:?}");
        back.or(forth).is_some()
    }
}

#[test]
fn cells_are_found_wherever_they_were_before_edits() {
    let mut found = 0;
    watched_stories(4, 300, 30, any_checkpoints, |c, walker| {
        if c.one_in(4) {
            found += usize::from(walker.look_for_cells(c));
        }
    });
    assert!(found > 500, "{found}");
}
