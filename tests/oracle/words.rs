//! A few lines of assembler for tests: words between spaces become cells.
//!
//! | word | cell |
//! |---|---|
//! | `-3` | the integer |
//! | `"añb"` | the text; `_` stands for a space |
//! | `+`, `if`, ... | the primitive |
//! | `[ ... ]` | a block, exactly as written: no `end` is added |
//! | `assign:i` `pick:i` `label:x` | the instruction of that name |
//! | `set:x` `get:x` | the instruction of that global |
//! | `task:3` | the task; only as a value |
//! | `&f` | the address of function `f` |
//! | `@7` `@d7` | the address of code body 7, of data body 7 |
//! | `·` | an empty cell |
//! | `f` | a call of `f` |

use midflight::vm::index::{BodyId, TaskId};
use midflight::vm::instruction::{Fragment, Instruction, Primitive};
use midflight::vm::machine::Machine;
use midflight::vm::memory::Place;

/// The fragment that the words spell.
pub fn line(words: &str) -> Fragment {
    let mut bodies = vec![Vec::new()];
    let mut open = vec![0];
    for word in words.split_whitespace() {
        let here = *open.last().expect("more brackets are closed than opened");
        match word {
            "[" => {
                let block = bodies.len();
                bodies[here].push(Instruction::Block(block as u32));
                bodies.push(Vec::new());
                open.push(block);
            }
            "]" => {
                open.pop();
            }
            word => bodies[here].push(instruction(word)),
        }
    }
    assert_eq!(open, [0], "brackets of {words}");
    Fragment { bodies }
}

/// The cell that one word spells.
pub fn instruction(word: &str) -> Instruction {
    if let Some(primitive) = Primitive::find(word) {
        return Instruction::Primitive(primitive);
    }
    if let Ok(number) = word.parse() {
        return Instruction::Integer(number);
    }
    if let Some(text) = word.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        return Instruction::Text(text.replace('_', " ").into());
    }
    match word.split_at(word.find([':', '&', '@']).map_or(0, |at| at + 1)) {
        ("assign:", name) => Instruction::Assign(name.into()),
        ("pick:", name) => Instruction::Pick(name.into()),
        ("set:", name) => Instruction::SetGlobal(name.into()),
        ("get:", name) => Instruction::GetGlobal(name.into()),
        ("label:", name) => Instruction::Label(name.into()),
        ("task:", number) => Instruction::Task(TaskId(number.parse().expect(word))),
        ("&", name) => Instruction::PushFunction(name.into()),
        ("@", number) if number.starts_with('d') => {
            Instruction::Address(BodyId::Data(number[1..].parse().expect(word)))
        }
        ("@", number) => Instruction::Address(BodyId::Code(number.parse().expect(word))),
        _ if word == "·" => Instruction::Breakpoint,
        _ => Instruction::Call(word.into()),
    }
}

/// The values that words spell.
pub fn values(words: &str) -> Vec<Instruction> {
    words.split_whitespace().map(instruction).collect()
}

/// A machine with these functions, defined together, and these words in main.
pub fn machine(functions: &[(&str, &str)], main: &str) -> Machine {
    let mut machine = Machine::new();
    let fragments: Vec<Fragment> = functions.iter().map(|(_, words)| line(words)).collect();
    let list: Vec<_> = functions.iter().zip(&fragments).map(|(f, words)| (f.0, words)).collect();
    machine.define_all(&list).expect("the functions of the test");
    machine.write(Place::new(0, 0), &line(main)).expect("the main of the test");
    machine
}

/// The parameter stack of the current task as words, top last.
pub fn stack(machine: &Machine) -> String {
    let current = machine.task_of(machine.current()).expect("it is not over");
    let words = current.parameters().iter().map(|&value| machine.show(value));
    words.collect::<Vec<_>>().join(" ")
}
