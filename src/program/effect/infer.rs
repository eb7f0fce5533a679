//! Finding the stack effects of functions that call each other.
//!
//! Callees come first. Where functions call each other in a circle, a call of one that is not known yet ends the
//! way, so recursion starts from the base case; when the effect of a function changes, its callers are looked
//! at again. A function may change a few times only, and all of it may take a few times the size of the code.
//! What is not settled then is unknown.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::outline::Outline;
use super::walk::{Callee, Walk};
use super::{Function, StackEffect, StackEffects};
use crate::program::listing::Program;
use crate::vm::instruction::Fragment;
use crate::vm::machine::Machine;

/// How often the effect of a function may change.
const CHANGES: u8 = 6;
/// How many times all cells may be looked at.
const ROUNDS: usize = 16;

impl StackEffects {
    /// The effects of the functions of a program, main among them.
    pub fn of_program(program: &Program) -> StackEffects {
        of(Outline::of_program(program))
    }

    /// The effects of the functions of a machine, main among them.
    pub fn of_machine(machine: &Machine) -> StackEffects {
        of(Outline::of_machine(machine))
    }

    /// The same effects once a function has this code. Those of its callers are not looked at again: this is for
    /// an edit that is being typed.
    #[must_use]
    pub fn with_code(&self, name: &str, code: &Fragment) -> StackEffects {
        let mut effects = self.clone();
        effects.0.remove(name);
        effects.0.extend(of(Outline::of_function(name, code, self)).0);
        effects
    }
}

fn of(outline: Outline) -> StackEffects {
    let found = inferred(&outline);
    let functions = outline.functions.into_iter().zip(found);
    let functions = functions.filter(|(one, _)| !outline.bodies[one.bodies.start].ops.is_empty());
    let known = functions.map(|(one, callee)| {
        let takes = callee.takes as usize;
        let gives = callee.net.map(|net| (callee.takes + net) as usize);
        let parameters = one.parameters;
        (one.name, Function { effect: StackEffect { takes, gives }, parameters })
    });
    StackEffects(known.collect())
}

/// What a function is known to do, and how that came about.
#[derive(Clone, Copy, Debug, Default)]
struct State {
    callee: Callee,
    /// How many values it takes if nothing is known of those that it calls in a circle.
    base: Option<i64>,
    /// Whether it leaves different numbers of values.
    varies: bool,
    changes: u8,
}

/// The effect of each function of an outline. Nothing is certain yet, besides that a function that is partial
/// or varies is not: see [`super::oddities`].
pub(super) fn inferred(outline: &Outline) -> Vec<Callee> {
    let order = callees_first(outline);
    let mut rank = vec![0; order.len()];
    order.iter().enumerate().for_each(|(n, &function)| rank[function] = n);
    let callers = callers(outline);
    let mut callees = vec![Callee::default(); order.len()];
    let mut states = vec![State::default(); order.len()];
    let mut waits = vec![true; order.len()];
    let mut queue: BinaryHeap<Reverse<usize>> = (0..order.len()).map(Reverse).collect();
    let mut left = ROUNDS * (outline.ops.len() + order.len());
    while let Some(Reverse(next)) = queue.pop() {
        let function = order[next];
        waits[function] = false;
        let cost = outline.functions[function].size(outline) + 1;
        if cost > left {
            callees[function].net = None;
            continue;
        }
        left -= cost;
        let state = &mut states[function];
        if !state.look(outline, &callees, function) {
            continue;
        }
        callees[function] = state.callee;
        for &caller in &callers[function] {
            let caller = caller as usize;
            let is_settled = states[caller].changes > CHANGES;
            if !is_settled && !std::mem::replace(&mut waits[caller], true) {
                queue.push(Reverse(rank[caller]));
            }
        }
    }
    callees
}

impl State {
    /// Looks at the function again. Returns whether its effect has changed.
    fn look(&mut self, outline: &Outline, callees: &[Callee], function: usize) -> bool {
        let walked = Walk::through(outline, callees, function, false);
        self.varies |= walked.varies;
        let net = walked.net.filter(|_| !self.varies);
        let takes = self.callee.takes.max(walked.takes);
        let before = self.callee;
        self.callee = Callee { takes, net, ..before };
        let has_changed = self.callee != before;
        self.changes += u8::from(has_changed);
        let base = *self.base.get_or_insert(takes);
        if self.changes > CHANGES {
            self.varies = true;
            self.callee = Callee { takes: base, net: None, ..before };
        }
        has_changed
    }
}

/// The functions in an order in which callees come before their callers, where there is one.
pub(super) fn callees_first(outline: &Outline) -> Vec<usize> {
    let count = outline.functions.len();
    let (mut order, mut is_known) = (Vec::with_capacity(count), vec![false; count]);
    let mut open: Vec<(usize, usize)> = Vec::new();
    for root in 0..count {
        if std::mem::replace(&mut is_known[root], true) {
            continue;
        }
        open.push((root, 0));
        while let Some((function, done)) = open.last_mut() {
            let Some(&callee) = outline.functions[*function].calls.get(*done) else {
                order.push(*function);
                open.pop();
                continue;
            };
            *done += 1;
            if !std::mem::replace(&mut is_known[callee as usize], true) {
                open.push((callee as usize, 0));
            }
        }
    }
    order
}

/// The functions that call each function.
pub(super) fn callers(outline: &Outline) -> Vec<Vec<u32>> {
    let mut callers = vec![Vec::new(); outline.functions.len()];
    for (function, caller) in outline.functions.iter().zip(0..) {
        for &callee in &function.calls {
            callers[callee as usize].push(caller);
        }
    }
    callers
}
