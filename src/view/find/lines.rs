//! Finding a text in the lines of a function, as they are shown. It may go over several cells, or be a word such as
//! `elif` that no cell has. What is found is the first cell that the text stands for, or else the next one.

use super::query::Query;
use crate::view::source::{FunctionText, Token, TokenKind};
use crate::vm::memory::Place;

/// The cells at which a function says what is looked for.
pub fn places(text: &FunctionText, query: &Query) -> Vec<Place> {
    let tokens = || text.lines.iter().flat_map(|line| &line.tokens);
    let is_printed = |token: &&Token| token.span.start < token.span.end;
    let cells: Vec<(usize, Place)> = tokens()
        .filter(is_printed)
        .filter_map(|token| Some((token.span.end, token.place?)))
        .collect();
    // Names of functions and comments are searched by themselves.
    let is_apart = |token: &&Token| matches!(token.kind, TokenKind::Name | TokenKind::Comment);
    let apart: Vec<_> = tokens().filter(is_apart).map(|token| token.span).collect();
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = query.find_whole(text.text(), from) {
        from = at + query.len().max(1);
        let span = apart.get(apart.partition_point(|span| span.end <= at));
        if span.is_some_and(|span| span.start <= at) {
            continue;
        }
        let next = cells.partition_point(|&(end, _)| end <= at);
        found.extend(cells.get(next).or(cells.last()).map(|&(_, place)| place));
    }
    found
}
