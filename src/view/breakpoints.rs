//! Breakpoints, as marks on cells and as rows of a list.

use super::title::title;
use crate::program::breakpoint::{Breakpoint, Breakpoints};
use crate::program::diagnostic::grouped;
use crate::program::notation::Notation;
use crate::program::scope::Scope;
use crate::vm::machine::Machine;
use crate::vm::memory::Place;

/// What is drawn on a cell that has a breakpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Whether it pauses runs.
    pub enabled: bool,
    /// Whether it has a condition, or does not pause every time.
    pub special: bool,
    /// It in words: ``breakpoint if `i 2 =`, from the 3rd time on (1 so far)``.
    pub words: String,
}

impl Mark {
    /// The mark of a breakpoint.
    pub fn of(breakpoint: &Breakpoint) -> Mark {
        let Breakpoint { enabled, condition, from, passed } = breakpoint;
        let mut words = if *enabled { "breakpoint" } else { "disabled breakpoint" }.to_owned();
        if !condition.is_empty() {
            words += &format!(" if `{condition}`");
        }
        if *from > 1 {
            words += &format!(", from the {} time on ({} so far)", ordinal(*from), grouped(passed));
        }
        Mark { enabled: *enabled, special: !condition.is_empty() || *from > 1, words }
    }
}

/// `1st`, `22nd`, `113th`.
fn ordinal(number: u64) -> String {
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{}{ending}", grouped(number))
}

/// A row of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BreakpointRow {
    /// The cell.
    pub at: Place,
    /// Its address.
    pub address: u64,
    /// Its body, and the instruction there: ``fib: `i` ``.
    pub title: String,
    /// Its mark.
    pub mark: Mark,
}

/// All breakpoints, in the order of their addresses.
pub fn rows(machine: &Machine, breakpoints: &Breakpoints) -> Vec<BreakpointRow> {
    let row = |(at, breakpoint): (Place, &Breakpoint)| {
        let source = Notation::Forth.source(&machine.instruction(at), &Scope::of(machine, at.body));
        BreakpointRow {
            at,
            address: machine.memory().address(at),
            title: format!("{}: `{}`", title(machine, at.body), source),
            mark: Mark::of(breakpoint),
        }
    };
    let mut rows: Vec<BreakpointRow> = breakpoints.iter().map(row).collect();
    rows.sort_by_key(|row| row.address);
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_says_when_it_pauses() {
        let words = |enabled, condition: &str, from| {
            let condition = condition.to_owned();
            Mark::of(&Breakpoint { enabled, condition, from, passed: 1 }).words
        };
        assert_eq!(words(true, "", 1), "breakpoint");
        assert_eq!(words(false, "i 2 =", 1), "disabled breakpoint if `i 2 =`");
        assert_eq!(words(true, "", 1202), "breakpoint, from the 1,202nd time on (1 so far)");
        let all = [1, 2, 3, 4, 11, 12, 13, 21, 111].map(ordinal).join(" ");
        assert_eq!(all, "1st 2nd 3rd 4th 11th 12th 13th 21st 111th");
    }
}
