//! Asynchronous Rust functions as a host: for each question a future, which is dropped when it is forgotten.

use std::pin::Pin;
use std::task::{Context, Poll};

use super::host::{Asked, Host, Offer};
use crate::vm::instruction::Instruction;

/// What answers a question, in its own time.
type Answering = Pin<Box<dyn Future<Output = Result<Vec<Instruction>, String>>>>;
/// Begins to answer a question.
type Service = Box<dyn FnMut(Asked) -> Answering>;

/// A host made of asynchronous functions.
#[derive(Default)]
pub struct Services {
    offers: Vec<Offer>,
    services: Vec<Service>,
    /// The questions that are being answered.
    open: Vec<(Asked, Answering)>,
}

impl Services {
    /// A host that offers nothing yet.
    pub fn new() -> Services {
        Services::default()
    }

    /// Offers a function that takes and gives so many values. A second one of the same name replaces the first.
    #[must_use]
    pub fn with<F>(
        mut self,
        name: &str,
        takes: usize,
        gives: usize,
        mut service: impl FnMut(Asked) -> F + 'static,
    ) -> Services
    where
        F: Future<Output = Result<Vec<Instruction>, String>> + 'static,
    {
        if let Some(at) = self.offers.iter().position(|offer| offer.name == name) {
            self.offers.remove(at);
            drop(self.services.remove(at));
        }
        self.offers.push(Offer::new(name, takes, gives));
        self.services.push(Box::new(move |asked| Box::pin(service(asked))));
        self
    }
}

impl std::fmt::Debug for Services {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_list().entries(self.offers.iter().map(|offer| &offer.name)).finish()
    }
}

impl Host for Services {
    fn offers(&self) -> &[Offer] {
        &self.offers
    }

    fn poll(
        &mut self,
        asked: &Asked,
        context: &mut Context<'_>,
    ) -> Poll<Result<Vec<Instruction>, String>> {
        // Taken out: if it panics, it is gone.
        let open = self.open.iter().position(|(open, _)| open.is_same(asked, false));
        let mut answering = match open {
            Some(at) => self.open.swap_remove(at).1,
            None => {
                let offer = self.offers.iter().position(|offer| offer.name == asked.name);
                self.services[offer.expect("only what is offered is asked for")](asked.clone())
            }
        };
        let polled = answering.as_mut().poll(context);
        if polled.is_pending() {
            self.open.push((asked.clone(), answering));
        }
        polled
    }

    fn forget(&mut self, asked: &Asked) {
        self.open.retain(|(open, _)| !open.is_same(asked, false));
    }
}
