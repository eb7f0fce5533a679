//! Restarting a frame, against the parameter stacks of all calls: those of the frames that are alive
//! are kept on a stack of their own, state by state.

use midflight::session::rewind::Restarted;
use midflight::vm::instruction::Instruction;
use midflight::vm::machine::Machine;
use midflight::vm::memory::Place;

use super::walker::Walker;
use super::{any_checkpoints, watched_stories};

fn parameters(machine: &Machine) -> Vec<Instruction> {
    machine.task().parameters().iter().map(|&value| machine.spell(value)).collect()
}

fn depth(machine: &Machine) -> usize {
    machine.task().calls().depth() as usize
}

/// Whether a block starts again between two states: its end leads to its first cell.
fn starts_again(before: &Machine, after: &Machine) -> bool {
    let body = before.task().calls().innermost().body;
    let is_end = match before.instruction(before.task().counter()) {
        Instruction::Primitive(primitive) => primitive.name() == "end",
        _ => false,
    };
    is_end && after.task().counter() == Place::new(body, 0)
}

impl Walker {
    /// What each entry of the call stack found on the parameter stack as it started.
    fn stacks_at_calls(&self) -> Vec<Vec<Instruction>> {
        let here = self.session.position();
        let back = std::iter::successors(self.states.back(here), |&at| self.states.back(at));
        let mut way: Vec<&Machine> = back.map(|at| &self.states.at(at).machine).collect();
        way.reverse();
        let now = self.session.machine();
        let mut stacks = vec![parameters(way.first().unwrap_or(&now))];
        for before in way {
            // A person may have dropped some.
            stacks.truncate(depth(before));
            let mut after = before.clone();
            after.step().unwrap();
            if starts_again(before, &after) {
                stacks.pop();
            }
            stacks.truncate(depth(&after));
            if stacks.len() < depth(&after) {
                stacks.push(parameters(&after));
            }
        }
        stacks.truncate(depth(now));
        stacks
    }

    fn restart_each(&self) -> usize {
        let stacks = self.stacks_at_calls();
        assert_eq!(stacks.len(), depth(self.session.machine()));
        for (n, stack) in stacks.iter().enumerate() {
            let mut session = self.session.clone();
            assert_eq!(session.restart_frame(n), Ok(Restarted::Done));
            let now = session.machine();
            assert_eq!((&parameters(now), depth(now)), (stack, n + 1));
            assert_eq!(now.task().counter(), Place::new(now.task().calls().innermost().body, 0));
            session.undo().unwrap();
            assert_eq!(session.image(), self.session.image());
        }
        stacks.len() - 1
    }
}

#[test]
fn every_frame_starts_again_with_what_its_call_found() {
    let mut frames = 0;
    watched_stories(6, 250, 40, any_checkpoints, |c, walker| {
        if c.one_in(4) {
            frames += walker.restart_each();
        }
    });
    assert!(frames > 1000, "{frames}");
}
