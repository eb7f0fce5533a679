//! Random numbers from a seed: the same seed gives the same numbers in the same order.

use std::task::{Context, Poll};

use super::Polled;
use crate::session::host::{Asked, Host, Offer};
use crate::session::split_mix::SplitMix;
use crate::vm::instruction::Instruction;

const BELOW: &str = "random.below";
/// Its functions.
pub(super) const NAMES: [&str; 1] = [BELOW];

/// A host that gives random numbers.
pub(super) struct Random {
    offers: [Offer; 1],
    numbers: SplitMix,
}

impl Random {
    /// Random numbers that follow from a seed.
    pub(super) fn new(seed: u64) -> Random {
        Random { offers: [Offer::new(BELOW, 1, 1)], numbers: SplitMix::new(seed) }
    }
}

impl Host for Random {
    fn offers(&self) -> &[Offer] {
        &self.offers
    }

    fn poll(&mut self, asked: &Asked, _: &mut Context<'_>) -> Polled {
        Poll::Ready(asked.integer(0).and_then(|bound| {
            if bound < 1 {
                return Err(format!("it gives numbers from 0 to below a bound, not below {bound}"));
            }
            // The high half of a product is as even as the bits are.
            let below = (u128::from(self.numbers.bits()) * u128::from(bound.unsigned_abs())) >> 64;
            let below = i64::try_from(below).expect("it is below the bound");
            Ok(vec![Instruction::Integer(below)])
        }))
    }

    fn forget(&mut self, _: &Asked) {}
}

#[cfg(test)]
mod tests {
    use super::super::ask;
    use super::*;

    #[test]
    fn numbers_follow_from_the_seed() {
        let below = |host: &mut Random, n| ask(host, BELOW, vec![Instruction::Integer(n)]);
        let some = |seed| {
            let mut host = Random::new(seed);
            (0..20).map(|_| below(&mut host, 6).unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(some(7), some(7));
        assert_ne!(some(7), some(8));
        let mut seen = some(7);
        seen.sort();
        seen.dedup();
        let all: Vec<String> = (0..6).map(|n| format!("Integer({n})")).collect();
        assert_eq!(seen, all);
        assert_eq!(below(&mut Random::new(1), 1).unwrap(), "Integer(0)");
        assert!(below(&mut Random::new(1), i64::MAX >> 3).is_ok());
        assert!(below(&mut Random::new(1), 0).unwrap_err().contains("not below 0"));
    }
}
