//! A tank of fuel: what lets many machines share a processor fairly.
//!
//! At each tick every tank gets the same or a different amount, and a machine runs until its tank is empty. Who
//! waits saves up, but no more than the tank holds. Fuel is exact, so after a number of ticks it is known how many
//! instructions each machine has executed.

use super::machine::Machine;
use crate::vm::stop::Stop;

/// Fuel for a machine that runs from time to time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tank {
    /// The fuel that is left.
    pub fuel: u64,
    /// How much it gets at each tick.
    pub rate: u64,
    /// How much it holds.
    pub most: u64,
}

impl Tank {
    /// An empty tank.
    pub fn new(rate: u64, most: u64) -> Tank {
        Tank { fuel: 0, rate, most }
    }

    /// Adds the fuel of a tick, as far as it fits.
    pub fn tick(&mut self) {
        self.fuel = self.fuel.saturating_add(self.rate).min(self.most);
    }

    /// Takes fuel out: no more than there is. Returns how much.
    pub fn take(&mut self, fuel: u64) -> u64 {
        let taken = fuel.min(self.fuel);
        self.fuel -= taken;
        taken
    }

    /// Runs a machine until it stops or the tank is empty.
    pub fn run(&mut self, machine: &mut Machine) -> Stop {
        let before = machine.retired();
        let stop = machine.run(self.fuel);
        self.take(machine.retired() - before);
        stop
    }
}
