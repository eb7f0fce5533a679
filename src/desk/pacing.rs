//! Time slices: how long the machine may work in a frame, and how many instructions it executes between
//! two readings of the clock.
//!
//! A frame lasts sixteen milliseconds, and drawing it takes a few of them. Where drawing is slow, such
//! as without a graphics card, a slice of twelve milliseconds would leave most of the time to drawing.
//! So the machine works twice as long as it waited, up to a length that a user does not notice.
//! Instructions differ a thousandfold in time, from an addition to a long text, so the number between
//! two readings of the clock adapts.

use std::time::Duration;

use web_time::Instant;

/// Three quarters of a frame.
const LEAST: Duration = Duration::from_millis(12);
/// If drawing takes half as long, this still makes fourteen frames a second.
const MOST: Duration = Duration::from_millis(48);
/// The longest time between two readings of the clock to aim for; half of it is the shortest.
const LOOK: Duration = Duration::from_micros(500);
/// Instructions at first: even the slowest take only some milliseconds together.
const FUEL: u64 = 1_000;
/// The most instructions. More would gain nothing: checkpoints are at least half as far apart.
const FUEL_MOST: u64 = 1_000_000;

/// How work and drawing take turns.
#[derive(Clone, Copy, Debug)]
pub struct Pacing {
    fuel: u64,
    /// When the previous slice of the same job ended, if there was one.
    ended: Option<Instant>,
}

impl Default for Pacing {
    fn default() -> Pacing {
        Pacing { fuel: FUEL, ended: None }
    }
}

impl Pacing {
    /// Works for part of a frame: calls `part` with a number of instructions until it returns false or
    /// the time is over.
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

/// How long to work after waiting this long.
fn length(waited: Option<Duration>) -> Duration {
    waited.map_or(LEAST, |waited| (2 * waited).clamp(LEAST, MOST))
}

/// How many instructions to execute next, after `fuel` of them took this long.
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
