//! The slow model: a machine is stepped along the branch, and with every value goes what made it.

use std::collections::HashMap;

use midflight::program::image::Image;
use midflight::session::Session;
use midflight::session::command::Command;
use midflight::session::journal::Position;
use midflight::vm::flow::Holder;
use midflight::vm::index::{DataId, FrameId, FrameNumber, Slot};
use midflight::vm::instruction::{Group, Instruction, Primitive};
use midflight::vm::machine::Machine;

/// What made a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// The history begins with it.
    Base,
    /// The instruction that was executed at this position.
    Instruction(Position),
    /// A command of the gesture with this number.
    Command(u64),
}

/// What made each value of a machine.
pub struct Model {
    image: Image,
    stack: Vec<Tag>,
    locals: HashMap<(FrameId, Slot), Tag>,
    globals: HashMap<String, Tag>,
    data: HashMap<(DataId, usize), Tag>,
    output: Vec<Tag>,
}

impl Model {
    /// The model at a position of a session.
    pub fn at(session: &Session, to: Position) -> Model {
        let journal = session.journal();
        let image = journal.base().clone();
        let stack = vec![Tag::Base; image.machine.task().parameters().len()];
        let output = vec![Tag::Base; image.machine.output().len()];
        let (locals, globals, data) = (HashMap::new(), HashMap::new(), HashMap::new());
        let mut model = Model { image, stack, locals, globals, data, output };
        for (index, leg) in journal.legs(Position::default(), to).into_iter().enumerate() {
            let mut done = 0;
            for command in journal.commands(leg) {
                match command {
                    Command::Run { fuel } => {
                        for _ in 0..fuel {
                            model.step(Tag::Instruction(Position { entry: leg.entry, done }));
                            done += 1;
                        }
                    }
                    command => model.command(&command, Tag::Command(index as u64 + 1)),
                }
            }
        }
        assert!(model.image.machine == *session.machine());
        model
    }

    /// What made the value in a holder.
    pub fn tag(&self, holder: &Holder) -> Tag {
        let tag = match holder {
            Holder::Parameter(at) => self.stack.get(*at),
            Holder::Local { frame, slot, .. } => return self.local_tag(*frame, *slot),
            Holder::Global(name) => self.globals.get(name),
            Holder::Data { body, index } => self.data.get(&(*body, *index)),
            Holder::Output(byte) => self.output.get(*byte as usize),
        };
        tag.copied().unwrap_or(Tag::Base)
    }

    fn machine(&self) -> &Machine {
        &self.image.machine
    }

    fn pop(&mut self) -> Tag {
        self.stack.pop().expect("the machine has as many values")
    }

    /// The integer that is `n` values below the top.
    fn integer(&self, n: usize) -> i64 {
        let stack = self.machine().task().parameters();
        stack[stack.len() - 1 - n].as_integer().expect("it was checked")
    }

    /// The data whose address is `n` values below the top, and its size.
    fn data_at(&self, n: usize) -> (DataId, usize) {
        let stack = self.machine().task().parameters();
        let slot = stack[stack.len() - 1 - n].as_data().expect("it was checked");
        let data = self.machine().memory().data_in(slot);
        (data.id, data.size())
    }

    /// The channel whose address is on top: the index of the oldest value, how many there are, and its room.
    fn channel(&self) -> (DataId, [usize; 3]) {
        let (data, size) = self.data_at(0);
        let body = self.machine().memory().data(data).expect("it is there");
        let number = |index| body.get(index).and_then(|cell| cell.as_integer());
        let number = |index| number(index).expect("it is a channel") as usize;
        (data, [number(0), number(1), size - 2])
    }

    fn local_tag(&self, frame: FrameId, slot: Slot) -> Tag {
        self.locals.get(&(frame, slot)).copied().unwrap_or(Tag::Base)
    }

    fn data_tag(&self, body: DataId, index: usize) -> Tag {
        self.tag(&Holder::Data { body, index })
    }

    /// Everything below is as it was before the instruction; the machine has not executed it yet.
    fn step(&mut self, made: Tag) {
        let at = self.machine().task().counter();
        let instruction = self.machine().instruction(at);
        let next = self.machine().memory().next_data();
        let numbers = self.numbers();
        match instruction {
            Instruction::Assign(name) => {
                let (frame, slot) = self.local(&name);
                let tag = self.pop();
                self.locals.insert((frame, slot), tag);
            }
            Instruction::Pick(name) => {
                let (frame, slot) = self.local(&name);
                self.stack.push(self.local_tag(frame, slot));
            }
            Instruction::SetGlobal(name) => {
                let tag = self.pop();
                self.globals.insert(name.to_string(), tag);
            }
            Instruction::GetGlobal(name) => {
                self.stack.push(self.tag(&Holder::Global(name.to_string())));
            }
            Instruction::Primitive(primitive) => self.primitive(primitive, made),
            _ => {}
        }
        self.image.step().expect("it was executed");
        let machine = &self.image.machine;
        self.stack.resize(machine.task().parameters().len(), made);
        let print = *self.output.last().unwrap_or(&made);
        assert!(self.output.len() <= machine.output().len());
        self.output.resize(machine.output().len(), print);
        if let Some(data) = machine.memory().data(next) {
            self.data.extend((0..data.size()).map(|index| ((next, index), made)));
        }
        self.end_frames(&numbers);
    }

    fn primitive(&mut self, primitive: Primitive, made: Tag) {
        let height = self.stack.len();
        let back = |n: usize| height - 1 - n;
        match primitive.name() {
            "dup" => self.stack.push(self.stack[back(0)]),
            "?dup" => {
                let machine = self.machine();
                if !machine.task().parameters()[back(0)].is_false() {
                    self.stack.push(self.stack[back(0)]);
                }
            }
            "swap" => self.stack.swap(back(0), back(1)),
            "over" => self.stack.push(self.stack[back(1)]),
            "rot" => self.stack[back(2)..].rotate_left(1),
            "-rot" => self.stack[back(2)..].rotate_right(1),
            "nip" => drop(self.stack.remove(back(1))),
            "tuck" => self.stack.insert(back(1), self.stack[back(0)]),
            "2dup" => self.stack.extend_from_within(back(1)..),
            "2over" => self.stack.extend_from_within(back(3)..back(1)),
            "2swap" => self.stack[back(3)..].rotate_left(2),
            "pick" => {
                let from = self.stack[back(1 + self.integer(0) as usize)];
                self.stack[back(0)] = from;
            }
            "roll" => {
                let from = back(1 + self.integer(0) as usize);
                self.pop();
                let tag = self.stack.remove(from);
                self.stack.push(tag);
            }
            "memory.get" => {
                let tag = self.data_tag(self.data_at(1).0, self.integer(0) as usize);
                self.stack.truncate(back(1));
                self.stack.push(tag);
            }
            "memory.set" => {
                let (data, index) = (self.data_at(1).0, self.integer(0) as usize);
                self.data.insert((data, index), self.stack[back(2)]);
            }
            "memory.fill" => {
                let (data, first) = (self.data_at(2).0, self.integer(1) as usize);
                for index in first..first + self.integer(0) as usize {
                    self.data.insert((data, index), self.stack[back(3)]);
                }
            }
            "memory.copy" => {
                let ((from, _), (to, _)) = (self.data_at(4), self.data_at(2));
                let (first, start) = (self.integer(3) as usize, self.integer(1) as usize);
                let count = self.integer(0) as usize;
                let tags: Vec<Tag> =
                    (first..first + count).map(|i| self.data_tag(from, i)).collect();
                self.data.extend(tags.into_iter().zip(start..).map(|(tag, i)| ((to, i), tag)));
            }
            "channel.send" => {
                let (data, [first, count, room]) = self.channel();
                self.data.insert((data, 2 + (first + count) % room), self.stack[back(1)]);
                self.data.insert((data, 1), made);
            }
            "channel.receive" => {
                let (data, [first, ..]) = self.channel();
                let tag = self.data_tag(data, 2 + first);
                self.pop();
                self.stack.push(tag);
                self.data.extend([0, 1, 2 + first].map(|index| ((data, index), made)));
            }
            "memory.resize" => {
                let (data, old) = self.data_at(1);
                let size = self.integer(0) as usize;
                self.data.retain(|&(id, index), _| id != data || index < size);
                self.data.extend((old..size).map(|index| ((data, index), made)));
            }
            "print" | "print_line" => {
                let (value, before) = (self.stack[back(0)], self.output.len());
                // The rest of what is printed has the same tag.
                let mut after = self.image.machine.clone();
                after.step().expect("it was executed");
                self.output.resize(after.output().len().max(before), value);
            }
            _ => {}
        }
        // What is moved stays; everything else is made from what is taken.
        let is_moved = match primitive.row().group {
            Group::Stack => !["depth", "drop", "2drop"].contains(&primitive.name()),
            // They only take values, and not always all of their operands.
            Group::Control => true,
            _ => ["memory.get", "channel.receive"].contains(&primitive.name()),
        };
        if !is_moved {
            self.stack.truncate(height - primitive.row().takes.len());
        }
    }

    fn local(&self, name: &str) -> (FrameId, Slot) {
        let frame = self.machine().home_frame().expect("it was executed");
        let memory = self.machine().memory();
        let code = memory.code(frame.body).expect("a live function");
        let slot = code.locals().iter().position(|&id| memory.name(id) == name);
        (frame.id, Slot::from_index(slot.expect("a local")))
    }

    fn numbers(&self) -> (u32, FrameNumber) {
        let calls = self.machine().task().calls();
        (calls.depth(), calls.innermost().home)
    }

    /// Forgets the locals of frames that have ended or begun since the call stack was like this.
    fn end_frames(&mut self, &(depth, number): &(u32, FrameNumber)) {
        let calls = self.image.machine.task().calls();
        let (now, innermost) = (calls.depth(), calls.innermost());
        let mut kept = depth.min(now);
        if now <= depth && innermost.is_frame && innermost.home != number && now == depth {
            kept = now - 1;
        }
        self.locals.retain(|(frame, _), _| frame.0 < kept);
    }

    fn command(&mut self, command: &Command, made: Tag) {
        let numbers = self.numbers();
        command.apply(&mut self.image).expect("it was carried out");
        let machine = &self.image.machine;
        match command {
            Command::Parameter { index, .. } => self.stack[*index] = made,
            Command::Restart { frame, .. } => {
                self.stack.clear();
                self.locals.retain(|(id, _), _| id < frame);
            }
            Command::Local { frame, name, .. } => {
                let entry = machine.task().calls().activation_of(*frame).expect("it has a local");
                let memory = machine.memory();
                let code = memory.code(entry.body).expect("a live function");
                let slot = code.locals().iter().position(|&id| memory.name(id) == name);
                self.locals.insert((*frame, Slot::from_index(slot.expect("a local"))), made);
            }
            Command::Global { name, .. } => drop(self.globals.insert(name.to_string(), made)),
            Command::Data { at, .. } => {
                self.data.insert((at.body, at.index as usize), made);
            }
            _ => {}
        }
        self.stack.resize(machine.task().parameters().len(), made);
        self.end_frames(&numbers);
    }
}
