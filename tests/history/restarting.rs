//! Restarting a frame, compared with the parameter stack at each call. The oracle goes through all states
//! and keeps these stacks for the activations that are alive.

use midflight::session::Session;
use midflight::session::command::{self, Command};
use midflight::session::load::image_of_program;
use midflight::session::outcome::{Outcome, Proposal};
use midflight::vm::index::{Body, FrameId};
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

/// Whether an activation starts again between two states: its `end` or `return` leads to its first cell.
fn starts_again(before: &Machine, after: &Machine) -> bool {
    let Instruction::Primitive(primitive) = before.instruction(before.task().counter()) else {
        return false;
    };
    let innermost = before.task().calls().innermost();
    let left = match primitive.name() {
        "end" => innermost,
        // It leaves the function, and all blocks in it.
        "return" | "return_if" => {
            let owner = before.memory().owner(innermost.body);
            let mut all = before.task().calls().activations();
            let Some(frame) = all.find(|one| one.is_frame && one.body == owner) else {
                return false;
            };
            frame
        }
        _ => return false,
    };
    let now = after.task().calls().innermost();
    // `while` goes on with its other block.
    now.id == left.id && after.task().counter() == Place::new(now.body, 0)
}

impl Walker {
    /// The parameter stack at the start of each activation.
    fn stacks_at_calls(&self) -> Vec<Vec<Instruction>> {
        let here = self.session.position();
        let back = std::iter::successors(self.states.back(here), |&at| self.states.back(at));
        let mut way: Vec<&Machine> = back.map(|at| &self.states.at(at).machine).collect();
        way.reverse();
        let now = self.session.machine();
        let mut stacks = vec![parameters(way.first().unwrap_or(&now))];
        for before in way {
            // A command may have dropped some.
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
            assert_eq!(session.restart_frame(FrameId::from_index(n)), Ok(Outcome::Done));
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

#[test]
fn a_frame_under_repeat_starts_again_with_what_its_last_pass_found() {
    for body in ["5 missing_if return", "1 [ 5 missing_if return ] if", "1 [ 5 missing_if ] if"] {
        let program = format!(
            "[ depth 3 = [ missing ] if ] bind: missing_if [ {body} ] bind: w pushf: w repeat"
        );
        let mut session = Session::new(image_of_program(&program).unwrap());
        session.apply(&[Command::Run { fuel: 200 }]).unwrap();
        assert_eq!(session.machine().show_stack(), "5 5 5", "{body}");
        session.restart_frame(FrameId::from_index(1)).unwrap();
        assert_eq!(session.machine().show_stack(), "5 5", "{body}");
    }
}

/// A return in a block starts the function again, although it leaves the block. An edit that deleted the
/// call makes the search look at each instruction.
#[test]
fn a_frame_that_a_block_starts_again_starts_with_what_its_last_pass_found() {
    for ends in [
        "5 return",
        "1 [ 5 return ] if",
        "1 1 [ [ 5 return ] if ] if",
        "1 [ 5 1 return_if ] if",
        "1 [ 5 0 return_if return ] if",
    ] {
        let program = format!("[ pushf: w repeat ] bind: g [ g {ends} ] bind: w w");
        let mut session = Session::new(image_of_program(&program).unwrap());
        session.apply(&[Command::Run { fuel: 4 }]).unwrap();
        let at = session.machine().task().counter();
        session.apply(&[Command::Delete { at, count: 1 }]).unwrap();
        while session.machine().show_stack() != "5 5 5" {
            session.apply(&[Command::Run { fuel: 1 }]).unwrap();
        }
        session.restart_frame(FrameId(3)).unwrap();
        assert_eq!(session.machine().show_stack(), "5 5", "{ends}");
    }
}

#[test]
fn main_is_not_restarted_as_it_was_where_history_begins_in_its_middle() {
    let mut image = image_of_program("1 2 missing").unwrap();
    let mut fresh = Session::new(image.clone());
    image.machine.run(2);
    let mut session = Session::new(image);
    let asked = session.restart_frame(FrameId(0)).unwrap();
    let Outcome::Ask(Proposal { frame: FrameId(0), arguments: 0, text }) = asked else {
        panic!("{asked:?}")
    };
    assert_eq!(text.to_string(), "1 2");
    assert_eq!(session.machine().retired(), 2);
    assert!(session.journal().entries().is_empty(), "it only asks");
    // If the history reaches back to the start, there is nothing to ask.
    fresh.apply(&[Command::Run { fuel: 2 }]).unwrap();
    assert_eq!(fresh.restart_frame(FrameId(0)), Ok(Outcome::Done));
    assert_eq!(fresh.machine().show_stack(), "");
}

#[test]
fn no_frame_starts_again_with_a_block_that_was_removed() {
    let program = "[ drop missing ] bind: f 7 [ 1 ] f";
    let mut session = Session::new(image_of_program(program).unwrap());
    let block = session.machine().memory().reference(Body(2)).expect("main pushes it");
    for line in ["run 4".to_string(), format!("delete {}:{} 1", block.body, block.offset)] {
        session.apply(&command::read(&line).unwrap()).unwrap();
    }
    assert_eq!(session.machine().show_stack(), "7");
    // The block still exists, although no cell holds it any more.
    assert_eq!(session.clone().restart_frame(FrameId(1)), Ok(Outcome::Done));
    session.apply(&[Command::Remove { body: Body(2) }]).unwrap();
    let (at, image) = (session.position(), session.image().clone());
    let refused = session.restart_frame(FrameId(1)).unwrap_err().to_string();
    assert_eq!(refused, "a block that was on the stack at the call has since been removed");
    assert_eq!((session.position(), session.image()), (at, &image));
}
