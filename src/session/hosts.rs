//! Several hosts as one: each function is offered by one of them.

use std::task::{Context, Poll};

use super::host::{Asked, Host, Offer};
use crate::vm::instruction::Instruction;

/// Hosts, none of which offers what another does.
#[derive(Default)]
pub struct Hosts {
    hosts: Vec<Box<dyn Host>>,
    /// What all of them offer.
    offers: Vec<Offer>,
    /// Which host each offer is from.
    from: Vec<usize>,
}

impl Hosts {
    /// Adds a host.
    ///
    /// # Errors
    /// The name of a function that is offered already; then nothing is added.
    pub fn add(&mut self, host: Box<dyn Host>) -> Result<(), String> {
        let is_there = |new: &&Offer| self.offers.iter().any(|offer| offer.name == new.name);
        if let Some(twice) = host.offers().iter().find(is_there) {
            return Err(twice.name.clone());
        }
        self.offers.extend_from_slice(host.offers());
        self.from.resize(self.offers.len(), self.hosts.len());
        self.hosts.push(host);
        Ok(())
    }

    fn of(&mut self, asked: &Asked) -> &mut dyn Host {
        let offer = self.offers.iter().position(|offer| offer.name == asked.name);
        let offer = offer.expect("only what is offered is asked for");
        &mut *self.hosts[self.from[offer]]
    }
}

impl std::fmt::Debug for Hosts {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_list().entries(self.offers.iter().map(|offer| &offer.name)).finish()
    }
}

impl Host for Hosts {
    fn offers(&self) -> &[Offer] {
        &self.offers
    }

    fn poll(
        &mut self,
        asked: &Asked,
        context: &mut Context<'_>,
    ) -> Poll<Result<Vec<Instruction>, String>> {
        self.of(asked).poll(asked, context)
    }

    fn forget(&mut self, asked: &Asked) {
        self.of(asked).forget(asked);
    }
}
