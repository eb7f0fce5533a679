//! Time slices: how long the machine may work in a frame, and how much it does between two looks at
//! the clock.
//!
//! A frame has sixteen milliseconds, and drawing one takes a few of them. Where drawing is slow, as
//! without a graphics card, running for the same twelve in each frame would leave most of the time to
//! drawing; so the machine works for twice as long as it was kept waiting, within what a user
//! still feels as at once. How long an instruction takes differs a thousandfold, from an addition to
//! a long text, so how many fit between two looks at the clock is found on the way.

use std::time::Duration;

use web_time::Instant;

/// Three quarters of a frame.
const LEAST: Duration = Duration::from_millis(12);
/// With drawing half as long, still fourteen frames a second.
const MOST: Duration = Duration::from_millis(48);
/// Work between two looks at the clock is to take about as long, or half.
const LOOK: Duration = Duration::from_micros(500);
/// Instructions at first: the slowest take some milliseconds together.
const FUEL: u64 = 1_000;
/// More would gain nothing: checkpoints are at least half as far apart.
const FUEL_MOST: u64 = 1_000_000;

/// How work and drawing take turns.
#[derive(Clone, Copy, Debug)]
pub struct Pacing {
    fuel: u64,
    /// When the work in the frame before ended, if what is done now was begun then.
    ended: Option<Instant>,
}

impl Default for Pacing {
    fn default() -> Pacing {
        Pacing { fuel: FUEL, ended: None }
    }
}

impl Pacing {
    /// Works for a part of a frame: calls `part` with a number of instructions, until it returns
    /// false or the time is over.
    pub fn work(&mut self, mut part: impl FnMut(u64) -> bool) {
        let start = Instant::now();
        let length = length(self.ended.map(|ended| start - ended));
        let mut before = start;
        while part(self.fuel) {
            let now = Instant::now();
            if now - start >= length {
                break;
            }
            self.fuel = fuel(self.fuel, now - before);
            before = now;
        }
        self.ended = Some(Instant::now());
    }
}

/// How long to work after having waited.
fn length(waited: Option<Duration>) -> Duration {
    waited.map_or(LEAST, |waited| (2 * waited).clamp(LEAST, MOST))
}

/// How many instructions next, when so many took so long.
fn fuel(fuel: u64, took: Duration) -> u64 {
    let next = match took {
        short if short < LOOK / 2 => fuel * 2,
        long if long > LOOK => fuel / 2,
        _ => fuel,
    };
    next.clamp(1, FUEL_MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slow_drawing_makes_longer_slices() {
        let after = |milliseconds| length(Some(Duration::from_millis(milliseconds)));
        assert_eq!(length(None), LEAST);
        assert_eq!(after(4), LEAST);
        assert_eq!(after(20), Duration::from_millis(40));
        assert_eq!(after(10_000), MOST);
    }

    #[test]
    fn the_clock_is_looked_at_often_enough() {
        let micros = Duration::from_micros;
        assert_eq!(fuel(1_000, micros(10)), 2_000);
        assert_eq!(fuel(1_000, micros(300)), 1_000);
        assert_eq!(fuel(1_000, micros(9_000)), 500);
        assert_eq!(fuel(1, micros(9_000)), 1);
        assert_eq!(fuel(FUEL_MOST, micros(10)), FUEL_MOST);
    }

    #[test]
    fn work_ends_when_it_says_so() {
        let mut left = 3;
        Pacing::default().work(|_| {
            left -= 1;
            left > 0
        });
        assert_eq!(left, 0);
    }
}
