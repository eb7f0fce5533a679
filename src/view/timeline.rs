//! The timeline: the gestures of the current branch, along which redo leads, and the branches off it.
//!
//! Its scale is not linear. A gesture takes one unit, plus the logarithm of how many instructions it
//! ran: a run of a million is longer than one of ten, and both can be seen. A [`Timeline`] is made once
//! for a journal and the position that redo leads to. It draws at most one bar per column, however many
//! gestures there are.

use std::ops::Range;

use super::gesture;
use crate::session::Session;
use crate::session::journal::{Journal, Position};
use crate::vm::stop::Stop;

/// The most branches that are shown; the newest are.
const BRANCHES: usize = 50;

/// The gestures from the base to where redo leads.
#[derive(Clone, Debug, PartialEq)]
pub struct Timeline {
    /// The first point always exists: it is the base, not a gesture.
    points: Vec<Point>,
    branches: Vec<Branch>,
    /// How many branches are older than those shown.
    pub hidden: usize,
    /// Instructions that the base had executed.
    base: u64,
    /// `None` until it is made for a session.
    key: Option<Key>,
}

impl Default for Timeline {
    /// The timeline of an empty machine.
    fn default() -> Timeline {
        let points = vec![Point::default()];
        Timeline { points, branches: Vec::new(), hidden: 0, base: 0, key: None }
    }
}

/// What a timeline depends on: how many entries there are, the instructions of the last one, and the end
/// of the current branch.
type Key = (usize, u64, Position);

/// The end of a gesture on the current branch.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Point {
    position: Position,
    /// Instructions from the base to here.
    steps: u64,
    /// Where it is drawn, in units from the start.
    at: f64,
}

impl Point {
    /// The end of the next gesture.
    fn then(&self, position: Position) -> Point {
        if position.entry == 0 {
            return Point { position, ..*self };
        }
        Point {
            position,
            steps: self.steps.saturating_add(position.done),
            at: self.at + units(position.done),
        }
    }
}

/// How long a gesture is drawn that ran `done` instructions.
fn units(done: u64) -> f64 {
    1.0 + (done as f64).ln_1p()
}

/// A branch off the current one.
#[derive(Clone, Debug, PartialEq)]
pub struct Branch {
    /// Where it leaves the current branch.
    pub from: Position,
    /// Where it ends.
    pub end: Position,
    /// How many gestures it has.
    pub gestures: usize,
    /// Where it leaves, from 0 to 1.
    pub at: f32,
    /// Its length, relative to the current branch.
    pub length: f32,
    /// Its length in units.
    units: f64,
    /// `branch of 4 gestures after gesture 12: write `2 return``.
    pub words: String,
}

/// One gesture, or several that are too close to draw apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// Its start and end, from 0 to 1.
    pub span: Range<f32>,
    /// The end of its last gesture.
    pub end: Position,
    /// `gesture 17: write `3 fib``, or `gestures 17 to 20`.
    pub words: String,
    /// Whether instructions were executed.
    pub runs: bool,
    /// Why the machine waited at its end, if it did and that is known.
    pub stop: Option<Stop>,
    /// Whether a run paused at a breakpoint in it, if that is known.
    pub paused: bool,
}

/// Where a position is on the current branch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Here {
    /// From 0 to 1.
    pub at: f32,
    /// Instructions executed.
    pub step: u64,
    /// The same at the end of the branch.
    pub steps: u64,
    /// Gestures up to here, including one in progress.
    pub gesture: usize,
    /// Gestures of the branch.
    pub gestures: usize,
}

impl Timeline {
    /// Updates it if the journal or the current branch has changed.
    pub fn refresh(&mut self, session: &Session) {
        let entries = session.journal().entries().len();
        let key = (entries, session.journal().end_of(entries).done, session.future());
        if self.key != Some(key) && !self.grow(key) {
            *self = Timeline::new(session, key);
        }
    }

    /// Updates only the last point, if all that changed is that the newest gesture ran on. This happens in
    /// each frame of a run, so it must not take time for every gesture.
    fn grow(&mut self, key: Key) -> bool {
        let runs = |&(entry, done, end): &Key| end == Position { entry, done };
        let same_entry = self.key.is_some_and(|last| last.0 == key.0 && runs(&last));
        if !same_entry || !runs(&key) {
            return false;
        }
        let [.., before, last] = &mut self.points[..] else { return false };
        *last = before.then(key.2);
        self.key = Some(key);
        self.place_branches();
        true
    }

    fn new(session: &Session, key: Key) -> Timeline {
        let journal = session.journal();
        let mut path: Vec<Position> = journal.path(key.2).collect();
        path.reverse();
        let mut point = Point::default();
        let mut points = Vec::with_capacity(path.len());
        for position in path {
            point = point.then(position);
            points.push(point);
        }
        let base = journal.base().machine.retired();
        let mut way = Timeline { points, base, key: Some(key), ..Timeline::default() };
        way.find_branches(journal);
        way
    }

    fn find_branches(&mut self, journal: &Journal) {
        const NONE: u64 = u64::MAX;
        let mut on_way = vec![NONE; journal.entries().len() + 1];
        for point in &self.points {
            on_way[point.position.entry] = point.position.done;
        }
        let cut = self.points.iter().filter(|p| p.position != journal.end_of(p.position.entry));
        let rests = cut.map(|point| (point.position, journal.end_of(point.position.entry)));
        let leaves = |number: usize| {
            let from = journal.entry(number)?.parent;
            let off = on_way[number] == NONE && on_way[from.entry] != NONE;
            (off && from.done <= on_way[from.entry]).then_some((from, journal.end_of(number)))
        };
        let whole = (1..=journal.entries().len()).rev().filter_map(leaves);
        let mut found: Vec<(Position, Position)> = rests.chain(whole).collect();
        self.hidden = found.len().saturating_sub(BRANCHES);
        found.truncate(BRANCHES);
        self.branches =
            found.into_iter().map(|(from, first)| self.branch(journal, from, first)).collect();
        self.place_branches();
    }

    fn place_branches(&mut self) {
        for n in 0..self.branches.len() {
            let branch = &self.branches[n];
            let (at, length) = (self.place(branch.from), branch.units / self.width());
            self.branches[n].at = at as f32;
            self.branches[n].length = length as f32;
        }
    }

    fn branch(&self, journal: &Journal, from: Position, first: Position) -> Branch {
        let onward = std::iter::successors(Some(first), |&at| journal.onward(at));
        let (mut gestures, mut length, mut end) = (0, 0.0, first);
        // A branch that leaves in the middle of a gesture begins with the rest of that gesture.
        let mut behind = if first.entry == from.entry { from } else { Position::default() };
        for at in onward {
            let done = if at.entry == behind.entry { at.done - behind.done } else { at.done };
            (gestures, length, end, behind) = (gestures + 1, length + units(done), at, at);
        }
        let count = match gestures {
            1 => "1 gesture".to_string(),
            several => format!("{several} gestures"),
        };
        let after = self.number(from);
        let entry = journal.entry(first.entry).expect("a branch begins with a gesture");
        let what = gesture::words(entry);
        let words = format!("branch of {count} after gesture {after}: {what}");
        Branch { from, end, gestures, at: 0.0, length: 0.0, units: length, words }
    }

    /// The branches, newest first.
    pub fn branches(&self) -> &[Branch] {
        &self.branches
    }

    /// Whether a position is on the current branch.
    pub fn contains(&self, position: Position) -> bool {
        let point = self.points.get(self.number(position));
        point.is_some_and(|point| {
            point.position.entry == position.entry && position.done <= point.position.done
        })
    }

    /// The number of the gesture that a position is in, counted along the branch; 0 is the base.
    fn number(&self, position: Position) -> usize {
        self.points.partition_point(|point| point.position.entry < position.entry)
    }

    /// Where a position is drawn, from 0 to 1.
    fn place(&self, position: Position) -> f64 {
        let index = self.number(position).min(self.points.len() - 1);
        let (before, point) = (self.before(index).at, self.points[index]);
        let part = match point.position.done {
            0 => 1.0,
            whole => position.done.min(whole) as f64 / whole as f64,
        };
        (before + (point.at - before) * part) / self.width()
    }

    /// The end of the previous gesture; for the base, the base.
    fn before(&self, index: usize) -> Point {
        self.points[index.saturating_sub(1)]
    }

    fn last(&self) -> &Point {
        self.points.last().expect("the base is always there")
    }

    fn width(&self) -> f64 {
        self.last().at.max(1.0)
    }

    /// The position drawn at a place from 0 to 1: any instruction within a run, otherwise the end of a
    /// gesture.
    pub fn position(&self, at: f32) -> Position {
        let at = f64::from(at.clamp(0.0, 1.0)) * self.width();
        let index = self.points.partition_point(|point| point.at < at);
        let Some(point) = self.points.get(index) else {
            return self.end();
        };
        let Some(before) = index.checked_sub(1) else { return point.position };
        let from = self.points[before].at;
        let part = (at - from) / (point.at - from);
        let done = (point.position.done as f64 * part).round() as u64;
        Position { done: done.min(point.position.done), ..point.position }
    }

    /// The end of the current branch.
    pub fn end(&self) -> Position {
        self.last().position
    }

    /// Where a position on the current branch is.
    pub fn here(&self, position: Position) -> Here {
        let index = self.number(position).min(self.points.len() - 1);
        let before = self.before(index).steps;
        Here {
            at: self.place(position) as f32,
            step: self.base.saturating_add(before).saturating_add(position.done),
            steps: self.base.saturating_add(self.last().steps),
            gesture: index,
            gestures: self.points.len() - 1,
        }
    }

    /// The bars from start to end, at most one per column.
    pub fn bars(&self, session: &Session, columns: usize) -> Vec<Bar> {
        let mut bars: Vec<Bar> = Vec::new();
        let unit = self.width() / columns.max(1) as f64;
        let mut first = 1;
        while first < self.points.len() {
            let from = self.points[first - 1].at;
            let far = self.points[first..].partition_point(|point| point.at < from + unit);
            let last = (first + far).min(self.points.len() - 1);
            bars.push(self.bar(session, first, last));
            first = last + 1;
        }
        bars
    }

    fn bar(&self, session: &Session, first: usize, last: usize) -> Bar {
        let (before, end) = (self.points[first - 1], self.points[last]);
        let words = match first == last {
            true => {
                let entry = session.journal().entry(end.position.entry);
                let entry = entry.expect("every point but the base is a gesture");
                format!("gesture {first}: {}", gesture::words_until(entry, end.position.done))
            }
            false => format!("gestures {first} to {last}"),
        };
        let whole = end.position == session.journal().end_of(end.position.entry);
        let stop = session.stop_after(end.position.entry).filter(|_| whole);
        Bar {
            span: (before.at / self.width()) as f32..(end.at / self.width()) as f32,
            end: end.position,
            words,
            runs: end.steps > before.steps,
            stop: stop.cloned().flatten(),
            paused: self.points[first..=last].iter().any(|point| {
                let end = point.position;
                session.paused_after(end.entry) && end == session.journal().end_of(end.entry)
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::command::Command;
    use crate::session::goal::Goal;
    use crate::session::request::Request;

    fn push(text: &str) -> Command {
        Command::Push { text: text.into() }
    }

    fn program(text: &str) -> Session {
        Session::new(crate::session::load::image_of_program(text).expect("it parses"))
    }

    fn way(session: &Session) -> Timeline {
        let mut way = Timeline::default();
        way.refresh(session);
        way
    }

    #[test]
    fn gestures_are_bars_in_their_order() {
        let mut session = program("1 2 3 4 5 nothing");
        session.apply(&[push("7")]).expect("it pushes");
        session.apply(&[Command::Run { fuel: 100 }]).expect("it runs");
        let way = way(&session);
        let bars = way.bars(&session, 100);
        let words: Vec<&str> = bars.iter().map(|bar| bar.words.as_str()).collect();
        assert_eq!(words, ["gesture 1: push `7`", "gesture 2: run 5 instructions"]);
        assert_eq!(bars.iter().map(|bar| bar.runs).collect::<Vec<_>>(), [false, true]);
        assert_eq!(bars[0].stop, None);
        assert_eq!(bars[1].stop, Some(Stop::NotYetImplemented("nothing".to_string())));
        assert_eq!((bars[0].span.start, bars[1].span.end), (0.0, 1.0));
        assert_eq!(bars[0].span.end, bars[1].span.start);
        let here = way.here(session.position());
        assert_eq!(
            (here.at, here.step, here.steps, here.gesture, here.gestures),
            (1.0, 5, 5, 2, 2)
        );
    }

    #[test]
    fn every_position_is_found_where_it_is_drawn() {
        let mut session = program("1 1 [ 1+ dup 300 < ] repeat_if");
        session.apply(&[Command::Run { fuel: 200 }]).expect("it runs");
        session.apply(&[push("7"), Command::Run { fuel: 300 }, push("8")]).expect("it runs");
        let way = way(&session);
        for (entry, most) in [(1, 200), (2, 300)] {
            for done in 1..=most {
                let position = Position { entry, done };
                assert_eq!(way.position(way.here(position).at), position);
            }
        }
        assert_eq!(way.position(0.0), Position::default());
        assert_eq!(way.position(f32::NAN), Position::default());
    }

    #[test]
    fn what_was_left_is_a_branch() {
        let mut session = program("1 2 3 4 5 nothing");
        session.apply(&[Command::Run { fuel: 5 }]).expect("it runs");
        session.apply(&[push("7")]).expect("it pushes");
        session.goto(Position { entry: 1, done: 2 }).expect("it is there");
        assert!(way(&session).branches().is_empty(), "redo still leads to the end");
        session.apply(&[push("8")]).expect("it pushes");
        let there = way(&session);
        let [branch] = there.branches() else { panic!("{:?}", there.branches()) };
        assert_eq!(branch.from, Position { entry: 1, done: 2 });
        assert_eq!((branch.end, branch.gestures), (Position { entry: 2, done: 0 }, 2));
        assert_eq!(branch.words, "branch of 2 gestures after gesture 1: run 5 instructions");
        // From the other side, the new gesture is the branch.
        session.goto(branch.end).expect("it is there");
        let back = way(&session);
        let ends: Vec<_> = back.branches().iter().map(|branch| (branch.from, branch.end)).collect();
        assert_eq!(ends, [(Position { entry: 1, done: 2 }, Position { entry: 3, done: 0 })]);
    }

    #[test]
    fn a_way_that_grows_is_the_way_made_anew() {
        let mut session = program("1 1 [ 1+ dup 1000 < ] repeat_if");
        let mut grown = Timeline::default();
        session.apply(&[Command::Run { fuel: 9 }]).expect("it runs");
        session.apply(&[push("7")]).expect("it pushes");
        session.goto(Position { entry: 1, done: 4 }).expect("it is there");
        session.start(Request::gesture([push("8")], Some(Goal::Free))).expect("it pushes");
        for fuel in [1, 7, 30, 2] {
            session.advance(fuel).expect("it runs");
            grown.refresh(&session);
            assert_eq!(grown, way(&session));
        }
        assert_eq!(grown.branches().len(), 1);
        for entry in [1, 2, 3] {
            session.goto(Position { entry, done: 0 }).expect("it is there");
            grown.refresh(&session);
            assert_eq!(grown, way(&session));
        }
        session.apply(&[Command::Run { fuel: 5 }]).expect("it runs");
        grown.refresh(&session);
        assert_eq!(grown, way(&session));
    }

    #[test]
    fn no_more_bars_than_columns() {
        let mut session = Session::default();
        for _ in 0..10_000 {
            session.apply(&[push("1")]).expect("it pushes");
        }
        let way = way(&session);
        let bars = way.bars(&session, 80);
        assert!(bars.len() <= 80, "{}", bars.len());
        assert_eq!(bars.last().map(|bar| bar.end), Some(session.position()));
        assert!(bars[0].words.starts_with("gestures 1 to "));
    }
}
