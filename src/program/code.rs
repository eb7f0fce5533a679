//! Code while it is read: the bodies so far, and which of them are still open.

use crate::vm::instruction::{Fragment, Instruction, Primitive};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// `]` writes an `end` where one is needed.
    Written,
    /// `... ]` leaves the rest of the block empty.
    Open,
}

/// The bodies built so far. A block is numbered when it opens, so that the blocks in a block are the
/// numbers behind its own.
pub(super) struct Code {
    pub bodies: Vec<Vec<Instruction>>,
    open: Vec<u32>,
}

impl Default for Code {
    fn default() -> Code {
        Code { bodies: vec![Vec::new()], open: Vec::new() }
    }
}

impl Code {
    fn current(&mut self) -> &mut Vec<Instruction> {
        let body = self.open.last().copied().unwrap_or(0);
        &mut self.bodies[body as usize]
    }

    /// Where the next instruction goes: body and index.
    pub fn place(&mut self) -> (usize, usize) {
        let body = self.open.last().copied().unwrap_or(0) as usize;
        (body, self.bodies[body].len())
    }

    pub fn push(&mut self, instruction: Instruction) {
        self.current().push(instruction);
    }

    pub fn open(&mut self) {
        let block = self.bodies.len() as u32;
        self.push(Instruction::Block(block));
        self.bodies.push(Vec::new());
        self.open.push(block);
    }

    pub fn close(&mut self, ending: Ending) {
        let body = self.current();
        let ended = matches!(
            body.last(),
            None | Some(Instruction::Primitive(Primitive::End | Primitive::Return))
        );
        match ending {
            Ending::Written if !ended => body.push(Instruction::Primitive(Primitive::End)),
            Ending::Written => {}
            Ending::Open => trim(body),
        }
        body.shrink_to_fit();
        self.open.pop();
    }

    /// Takes the last block, just closed, out of the code in which it stands.
    pub fn take_block(&mut self) -> Fragment {
        let Some(Instruction::Block(block)) = self.current().pop() else {
            return Fragment { bodies: vec![Vec::new()] };
        };
        let mut bodies = self.bodies.split_off(block as usize);
        for instruction in bodies.iter_mut().flatten() {
            if let Instruction::Block(inner) = instruction {
                *inner -= block;
            }
        }
        Fragment { bodies }
    }
}

/// Empty cells at the end of a body are not part of it.
pub(super) fn trim(body: &mut Vec<Instruction>) {
    while body.last() == Some(&Instruction::Breakpoint) {
        body.pop();
    }
}
