//! Bookmarks, as rows of a list and as flags on the timeline.

use std::ops::Range;

use super::timeline::Timeline;
use crate::session::Session;
use crate::session::journal::Position;

/// A bookmark.
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    /// The name.
    pub name: String,
    /// The position it names.
    pub position: Position,
    /// Instructions executed up to there.
    pub step: u64,
    /// Whether it is on the current branch, along which redo leads.
    pub on_way: bool,
}

/// What is drawn for a bookmark, or for several that are too close to draw apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Flag {
    /// Where it is drawn, from 0 to 1.
    pub at: f32,
    /// The first of the positions.
    pub position: Position,
    /// Their names.
    pub words: String,
}

/// All bookmarks whose name contains `part`, in the order of their steps.
pub fn named(session: &Session, way: &Timeline, part: &str) -> Vec<Named> {
    let journal = session.journal();
    let part = part.trim().to_lowercase();
    let wanted = journal
        .bookmarks()
        .by_name()
        .iter()
        .filter(|(name, _)| name.to_lowercase().contains(&part));
    let base = journal.base().machine.retired();
    let row = |(name, &position): (&String, &Position)| Named {
        name: name.clone(),
        position,
        step: base.saturating_add(journal.retired(position)),
        on_way: way.contains(position),
    };
    let mut rows: Vec<Named> = wanted.map(row).collect();
    rows.sort_by_key(|row| (row.step, row.position));
    rows
}

/// The flags on the current branch, from left to right, at least a column apart.
pub fn flags(session: &Session, way: &Timeline, columns: usize) -> Vec<Flag> {
    let moments = session.journal().bookmarks().by_name().iter();
    let mut on_way: Vec<(Position, &String)> = moments
        .filter(|&(_, &position)| way.contains(position))
        .map(|(name, &at)| (at, name))
        .collect();
    on_way.sort();
    let places: Vec<f32> = on_way.iter().map(|&(position, _)| way.here(position).at).collect();
    let column = 1.0 / columns.max(1) as f32;
    let mut flags = Vec::new();
    let mut rest: Range<usize> = 0..on_way.len();
    while let Some(first) = rest.next() {
        let near = |&next: &usize| places[next] < places[first] + column;
        let last = rest.clone().take_while(near).last().unwrap_or(first);
        rest.start = last + 1;
        let names = on_way[first..=last].iter().map(|(_, name)| name.as_str());
        let words = names.collect::<Vec<_>>().join(", ");
        flags.push(Flag { at: places[first], position: on_way[first].0, words });
    }
    flags
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::command::Command;
    use crate::session::load::image_of_program;

    #[test]
    fn names_are_flags_on_the_way_and_rows_everywhere() {
        let mut session = Session::new(image_of_program("1 2 3 4 5 6 7 8").expect("it parses"));
        session.apply(&[Command::Run { fuel: 8 }]).expect("it runs");
        session.set_bookmark("end").expect("it is a name");
        let early = Position { entry: 1, done: 2 };
        session.goto(early).expect("it is there");
        session.set_bookmark("The fork").expect("it is a name");
        session.goto(Position { entry: 1, done: 3 }).expect("it is there");
        session.set_bookmark("after it").expect("it is a name");
        session.apply(&[Command::Push { text: "9".into() }]).expect("it pushes");
        let mut way = Timeline::default();
        way.refresh(&session);
        let rows = named(&session, &way, " ");
        let told: Vec<_> =
            rows.iter().map(|row| (row.name.as_str(), row.step, row.on_way)).collect();
        assert_eq!(told, [("The fork", 2, true), ("after it", 3, true), ("end", 8, false)]);
        assert_eq!(named(&session, &way, "fork").len(), 1);
        let apart = flags(&session, &way, 100);
        assert_eq!(
            apart.iter().map(|flag| flag.words.as_str()).collect::<Vec<_>>(),
            ["The fork", "after it"]
        );
        assert_eq!((apart[0].position, apart[0].at), (early, way.here(early).at));
        let together = flags(&session, &way, 1);
        assert_eq!(together.len(), 1);
        assert_eq!(together[0].words, "The fork, after it");
    }
}
