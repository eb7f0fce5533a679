//! An isolate: the code and the globals of a machine, without what runs. A text runs on it by itself, as the
//! main code of a machine of its own.
//!
//! Making one costs as much as the data that globals reach; making a machine from it costs a few tables that
//! are shared. Nothing comes back: the program never learns that there are isolates. Code keeps its body
//! numbers, so a counter in an isolate can be shown in the cells of the program. The code of `main` is not part
//! of an isolate, and so neither are the edits of it: its blocks are left out too, unless a global holds one.
//! The data is a copy, because shared data would slow the program down for as long as the isolate lives.

use foldhash::HashSet;

use super::code_version::CodeVersion;
use super::effort::Effort;
use super::index::Body;
use super::instruction::Fragment;
use super::limit::LimitKind;
use super::machine::Machine;
use super::memory::{BodyKind, MAIN, Place};
use super::refusal::Refusal;
use super::room::Room;
use super::tasks::Tasks;

/// The code and the globals of a machine.
#[derive(Clone, Debug)]
pub struct Isolate {
    machine: Machine,
    /// The code of the program when it was last compared.
    code: CodeVersion,
    /// Whether a global holds a block of main, or data does that globals reach.
    has_blocks_of_main: bool,
    /// How many code bodies there are: the others are those of a text.
    bodies: Body,
    /// How many cells and how many bytes of texts it has.
    used: [u64; 2],
}

impl Isolate {
    /// The isolate of a machine.
    pub fn of(program: &mut Machine) -> Isolate {
        program.finish_collection();
        program.memory.all_data_mut().share();
        program.memory.index_uses();
        let (code, bodies) = (program.memory.code_version(), program.memory.next_code());
        let mut machine = Machine::of(program.memory.clone());
        machine.globals = program.globals.clone();
        (machine.limits, machine.pace) = (program.limits, program.pace);
        machine.frames = program.frames;
        machine.collect();
        let has_blocks_of_main = !machine.clear_main();
        machine.memory.all_data_mut().own();
        machine.effort = Effort::default();
        let used = [LimitKind::Memory, LimitKind::Text].map(|kind| machine.used(kind));
        Isolate { machine, code, has_blocks_of_main, bodies, used }
    }

    /// A machine with the isolate, to find out what words mean in it.
    pub fn machine(&self) -> &Machine {
        &self.machine
    }

    /// Whether an isolate of this machine would be the same: then whatever runs on this one would do the same
    /// there. Does not look at the stacks, the output and the input, nor at the code of main.
    pub fn is_still_of(&mut self, program: &Machine) -> bool {
        if self.machine.limits != program.limits || !self.machine.same_globals(program) {
            return false;
        }
        let code = program.memory.code_version();
        if self.code != code {
            let is_main = |version: &CodeVersion, body: Body| match version.code(body) {
                Some(code) => body == MAIN || code.kind == BodyKind::Block(MAIN),
                None => true,
            };
            let changed = self.code.changed(&code);
            let is_apart = |&body: &Body| is_main(&self.code, body) && is_main(&code, body);
            if self.has_blocks_of_main || !changed.iter().all(is_apart) {
                return false;
            }
            self.code = code;
        }
        // Whatever globals reach here is here, so if that is equal there, they reach nothing else.
        let (memory, there) = (&self.machine.memory, &program.memory);
        memory.data_bodies().all(|body| {
            there.data(body.id).is_some_and(|other| {
                body.size() == other.size()
                    && body.cells().zip(other.cells()).all(|(a, b)| memory.same(a, there, b))
            })
        })
    }

    /// A machine that is about to execute a text as its main code: with empty stacks, without output, and
    /// without input, which has not ended. It takes up no more than `room`.
    ///
    /// # Errors
    /// Why the text cannot be written.
    pub fn begin(&mut self, text: &Fragment, room: Room) -> Result<Machine, Refusal> {
        let mut machine = self.machine.fork();
        // Limits, not the bounds of a trial: what is collected is not counted.
        let Room { cells, text: bytes, output } = room;
        let [memory, texts] = self.used;
        for (kind, most) in [
            (LimitKind::Memory, memory.saturating_add(cells)),
            (LimitKind::Text, texts.saturating_add(bytes)),
            (LimitKind::Output, output),
        ] {
            machine.set_limit(kind, most.min(self.machine.limits.get(kind)))?;
        }
        machine.write(Place::start(MAIN), text)?;
        Ok(machine)
    }

    /// Whether a body of a machine that was begun is a body of the program, with the same number.
    pub fn has(&self, body: Body) -> bool {
        let is_main = self.machine.memory.owner(body) == MAIN;
        body < self.bodies && !is_main && self.machine.memory.code(body).is_some()
    }

    /// About how many bytes a machine that was begun has taken up since.
    pub fn taken_by(&self, machine: &Machine) -> usize {
        let words = machine.tasks.words();
        let texts = machine.memory.texts.bytes().saturating_sub(self.machine.memory.texts.bytes());
        8 * (words + machine.memory.own_data_cells() as usize) + texts + machine.output.len()
    }
}

impl Machine {
    /// Takes the cells of main away, and its blocks and locals if nothing can reach them; false if something
    /// can. Begins the frame of main anew: blocks that were made in the old one belong to a frame that has ended.
    fn clear_main(&mut self) -> bool {
        let used = self.memory.existing_code(MAIN).used().len() as u32;
        self.memory.delete_code(Place::start(MAIN), used);
        let blocks: HashSet<Body> = self.memory.blocks_of(MAIN).collect();
        let clears = self.pointer_into(&blocks).is_none();
        if clears {
            blocks.into_iter().for_each(|body| self.memory.remove(body));
            self.memory.locals_mut(MAIN).clear();
        }
        self.make_frame_number();
        let number = self.number_frame();
        let locals = self.memory.existing_code(MAIN).locals().len();
        self.tasks = Tasks::of_main(locals, number);
        clears
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vm::instruction::{Instruction as I, Primitive};
    use crate::vm::stop::Stop;

    fn primitive(name: &str) -> I {
        I::Primitive(Primitive::find(name).expect(name))
    }

    /// `[ x get: list ] set: block`, `9 assign: x`, and a list of two cells of which the second is 7.
    fn program() -> Machine {
        let mut machine = Machine::new();
        machine.define("one", &Fragment::line(vec![I::Integer(1), primitive("return")])).unwrap();
        let main = vec![
            I::Integer(9),
            I::Assign("x".into()),
            I::Integer(2),
            primitive("allocate"),
            I::SetGlobal("list".into()),
            I::Integer(7),
            I::GetGlobal("list".into()),
            I::Integer(1),
            primitive("memory.set"),
            I::Integer(100),
            primitive("allocate"),
        ];
        machine.write(Place::start(MAIN), &Fragment::line(main)).unwrap();
        assert_eq!(machine.run(100), Stop::Finished);
        machine
    }

    fn line(cells: Vec<I>) -> Fragment {
        Fragment::line(cells)
    }

    const ROOM: Room = Room { cells: 1000, text: 1000, output: 1000 };

    #[test]
    fn it_has_the_globals_and_what_they_reach() {
        let mut program = program();
        let before = program.clone();
        let mut isolate = Isolate::of(&mut program);
        assert_eq!(isolate.machine().memory().data_count(), 1, "what only a stack reaches is gone");
        let text = line(vec![
            I::GetGlobal("list".into()),
            I::Integer(1),
            primitive("memory.get"),
            I::Call("one".into()),
            I::Call("x".into()),
        ]);
        let mut machine = isolate.begin(&text, ROOM).unwrap();
        assert_eq!(machine.run(100), Stop::NotYetImplemented("x".to_owned()));
        assert_eq!(machine.show_stack(), "7 1");
        assert_eq!(machine.retired(), 6);
        assert_eq!(program, before);
        let list = program.memory().data_bodies().next().unwrap().id;
        program.set_data(list, 0, &I::Integer(0)).unwrap();
        assert_eq!(program.memory().own_data_cells(), 102, "nothing of it is shared");
    }

    #[test]
    fn a_change_is_noticed_unless_it_is_of_main() {
        let mut program = program();
        let mut isolate = Isolate::of(&mut program);
        let list = program.memory().data_bodies().next().unwrap().id;
        type Change<'c> = &'c dyn Fn(&mut Machine);
        let write = |machine: &mut Machine, body: u32| {
            machine.write(Place::new(body, 50), &line(vec![I::Integer(1)])).unwrap();
        };
        let changes: [(Change<'_>, bool); 9] = [
            (&|machine| write(machine, 0), true),
            (&|machine| drop(machine.set_counter(Place::start(MAIN))), true),
            (&|machine| machine.push(&[I::Integer(1)]).unwrap(), true),
            (&|machine| machine.give_input("a"), true),
            (&|machine| machine.set_global("list", Some(&I::Integer(1))).unwrap(), false),
            (&|machine| machine.set_global("other", Some(&I::Integer(1))).unwrap(), false),
            (&|machine| machine.set_data(list, 0, &I::Integer(1)).unwrap(), false),
            (&|machine| write(machine, 1), false),
            (&|machine| assert!(machine.define("two", &line(vec![])).is_ok()), false),
        ];
        for (n, (change, is_same)) in changes.into_iter().enumerate() {
            let mut changed = program.clone();
            change(&mut changed);
            assert_eq!(isolate.clone().is_still_of(&changed), is_same, "{n}");
        }
        assert!(isolate.is_still_of(&program));
    }

    #[test]
    fn a_block_of_main_that_a_global_holds_is_kept_and_its_frame_has_ended() {
        let mut program = Machine::new();
        let main = Fragment {
            bodies: vec![
                vec![I::Integer(9), I::Assign("x".into()), I::Block(1), I::SetGlobal("f".into())],
                vec![I::Pick("x".into())],
            ],
        };
        program.write(Place::start(MAIN), &main).unwrap();
        program.run(4);
        let mut isolate = Isolate::of(&mut program);
        let text = line(vec![I::GetGlobal("f".into()), primitive("call")]);
        let mut machine = isolate.begin(&text, ROOM).unwrap();
        assert!(matches!(machine.run(100), Stop::Fault(_)));
        program.write(Place::new(MAIN, 9), &text).unwrap();
        assert!(!isolate.is_still_of(&program));
    }
}
