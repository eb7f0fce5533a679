//! FlpcForth: one word for each cell, and blocks in brackets.

mod ending;
mod escape;
mod layout;
mod near_number;
mod number;
mod parse;
pub(super) mod print;
mod remark;
pub(super) mod row;
pub mod token;
mod unresolved;
pub(super) mod word;

pub(super) use escape::escape;
pub use near_number::{near_number, reads_as_number};
pub(super) use number::number;
pub use parse::BLOCKS;
pub(super) use parse::{read_code, read_line, read_program};

use super::diagnostic::{Diagnostics, Span};
use crate::vm::space::Address;

/// The addresses that a line names; in a line with mistakes, the valid ones.
pub(super) fn addresses(line: &str) -> Vec<Address> {
    let (mut lexer, mut ignored) = (token::Lexer::new(line), Diagnostics::default());
    let tokens = std::iter::from_fn(|| lexer.token(&mut ignored));
    let address = |token: token::Token<'_>| {
        if let token::TokenKind::Address(address, _) = token.kind { Some(address) } else { None }
    };
    tokens.filter_map(address).collect()
}

/// The comments of a text, without their `#`.
pub(super) fn comments(text: &str) -> Vec<Span> {
    let (mut lexer, mut ignored) = (token::Lexer::new(text), Diagnostics::default());
    let (mut comments, mut at) = (Vec::new(), 0);
    loop {
        let token = lexer.token(&mut ignored);
        let end = token.map_or(text.len(), |token| token.span.start);
        while let Some(sign) = text[at..end].find('#') {
            let start = at + sign + 1;
            at = text[start..end].find(['\n', '\r']).map_or(end, |line| start + line);
            comments.push(Span { start, end: at });
        }
        match token {
            Some(token) => at = token.span.end,
            None => return comments,
        }
    }
}
