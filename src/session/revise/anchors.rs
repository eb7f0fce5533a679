//! Which cells of the old and the new code are the same token, because the edit of the text did not touch them.
//!
//! An editor that records its edits knows this. For two texts it is found out: tokens in equal lines are the same,
//! and so are those in lines that were only indented. In lines that changed, it is those at both ends up to where the
//! texts differ.

use std::ops::Range;

use foldhash::HashMap;
use imara_diff::{Algorithm, Diff, InternedInput};

use crate::program::span::CellSpan;

/// A cell: the body of its fragment, and its index there.
pub type Ref = (usize, usize);

/// Pairs of an old and a new cell that are the same token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Anchors(pub Vec<(Ref, Ref)>);

/// The same, to look up from both sides.
#[derive(Debug, Default)]
pub(super) struct Links {
    forward: HashMap<Ref, Ref>,
    back: HashMap<Ref, Ref>,
}

impl Links {
    pub fn of(anchors: &Anchors) -> Links {
        Links {
            forward: anchors.0.iter().copied().collect(),
            back: anchors.0.iter().map(|&(old, new)| (new, old)).collect(),
        }
    }

    pub fn forward(&self, old: Ref) -> Option<Ref> {
        self.forward.get(&old).copied()
    }

    pub fn back(&self, new: Ref) -> Option<Ref> {
        self.back.get(&new).copied()
    }
}

/// A text, and where the cells of one function are in it.
#[derive(Clone, Copy, Debug)]
pub struct Spelled<'t> {
    /// The text.
    pub text: &'t str,
    /// The spans of its cells.
    pub spans: &'t [CellSpan],
    /// The definition that the function is in the spans; `None` for main and where the text is that of one
    /// function.
    pub definition: Option<usize>,
}

impl Spelled<'_> {
    /// The cells with their bytes, besides those that own none.
    fn cells(&self) -> impl Iterator<Item = (Range<usize>, Ref)> {
        let own = self.spans.iter().filter(|cell| cell.definition == self.definition);
        let written = own.filter(|cell| cell.span.start < cell.span.end);
        written.map(|cell| (cell.span.start..cell.span.end, (cell.body, cell.index)))
    }
}

impl Anchors {
    /// The tokens that two texts of a function have in common.
    pub fn between(old: Spelled<'_>, new: Spelled<'_>) -> Anchors {
        let mut anchors = Anchors::default();
        let new_at: HashMap<(usize, usize), Ref> =
            new.cells().map(|(bytes, cell)| ((bytes.start, bytes.end), cell)).collect();
        let mut old_cells: Vec<(Range<usize>, Ref)> = old.cells().collect();
        old_cells.sort_unstable_by_key(|(bytes, _)| bytes.start);
        for (a, b) in stretches(old.text, new.text) {
            let first = old_cells.partition_point(|(bytes, _)| bytes.start < a.start);
            let within = old_cells[first..].iter().take_while(|(bytes, _)| bytes.end <= a.end);
            for (bytes, cell) in within {
                let moved = (bytes.start - a.start + b.start, bytes.end - a.start + b.start);
                if let Some(&to) = new_at.get(&moved) {
                    anchors.0.push((*cell, to));
                }
            }
        }
        anchors
    }
}

/// The bytes that are equal: whole lines, and both ends of changed ones, as far as no token is cut.
fn stretches(old: &str, new: &str) -> Vec<(Range<usize>, Range<usize>)> {
    let input = InternedInput::new(old, new);
    let diff = Diff::compute(Algorithm::Histogram, &input);
    let (olds, news) = (starts(old), starts(new));
    let mut found = Vec::new();
    let (mut a, mut b) = (0, 0);
    for hunk in diff.hunks() {
        let [before, after] = [&hunk.before, &hunk.after];
        let (start, end) = (olds[before.start as usize], olds[before.end as usize]);
        let (new_start, new_end) = (news[after.start as usize], news[after.end as usize]);
        found.push((a..start, b..new_start));
        let lines = |starts: &[usize], lines: &Range<u32>| -> Vec<usize> {
            starts[lines.start as usize..=lines.end as usize].to_vec()
        };
        within((old, &lines(&olds, before)), (new, &lines(&news, after)), &mut found);
        (a, b) = (end, new_end);
    }
    found.push((a..old.len(), b..new.len()));
    found
}

/// The same of changed lines, given by where they begin and where the last ends: lines that were only indented are
/// equal.
fn within(
    (old, olds): (&str, &[usize]),
    (new, news): (&str, &[usize]),
    found: &mut Vec<(Range<usize>, Range<usize>)>,
) {
    let mut input = InternedInput::default();
    input.update_before(olds.windows(2).map(|line| old[line[0]..line[1]].trim()));
    input.update_after(news.windows(2).map(|line| new[line[0]..line[1]].trim()));
    let diff = Diff::compute(Algorithm::Histogram, &input);
    let (mut i, mut j) = (0, 0);
    let indented = |i: usize, j: usize, count: usize, found: &mut Vec<_>| {
        for n in 0..count {
            let line = |text: &str, starts: &[usize], at: usize| {
                let line = &text[starts[at]..starts[at + 1]];
                let start = starts[at] + line.len() - line.trim_start().len();
                start..start + line.trim().len()
            };
            found.push((line(old, olds, i + n), line(new, news, j + n)));
        }
    };
    for hunk in diff.hunks() {
        let of = |lines: &Range<u32>| lines.start as usize..lines.end as usize;
        let (before, after) = (of(&hunk.before), of(&hunk.after));
        indented(i, j, before.start - i, found);
        ends(
            old,
            olds[before.start]..olds[before.end],
            new,
            news[after.start]..news[after.end],
            found,
        );
        (i, j) = (before.end, after.end);
    }
    indented(i, j, olds.len() - 1 - i, found);
}

/// Where each line begins, and the end of the text.
fn starts(text: &str) -> Vec<usize> {
    let mut at = 0;
    let mut starts = vec![0];
    for line in text.split_inclusive('\n') {
        at += line.len();
        starts.push(at);
    }
    starts
}

fn ends(
    old: &str,
    a: Range<usize>,
    new: &str,
    b: Range<usize>,
    found: &mut Vec<(Range<usize>, Range<usize>)>,
) {
    let (x, y) = (&old.as_bytes()[a.clone()], &new.as_bytes()[b.clone()]);
    let most = x.len().min(y.len());
    let mut head = x.iter().zip(y).take_while(|(x, y)| x == y).count();
    let backwards = x.iter().rev().zip(y.iter().rev());
    let mut tail = backwards.take_while(|(x, y)| x == y).count().min(most - head);
    // A token that ends or begins at the difference is another one if it goes on there.
    while head > 0 && (joins(old, a.start + head) || joins(new, b.start + head)) {
        head -= 1;
    }
    while tail > 0 && (joins(old, a.end - tail) || joins(new, b.end - tail)) {
        tail -= 1;
    }
    found.push((a.start..a.start + head, b.start..b.start + head));
    found.push((a.end - tail..a.end, b.end - tail..b.end));
}

/// Whether a word goes on across this byte.
fn joins(text: &str, at: usize) -> bool {
    let stops = |byte: u8| b" \t\r\n()[]{},;\"'`#@=<>".contains(&byte);
    let bytes = text.as_bytes();
    at > 0 && at < bytes.len() && !stops(bytes[at - 1]) && !stops(bytes[at])
}
