//! Every way to change a machine from outside, as a value that is applied to the machine and the model.

use midflight::vm::index::{Body, BodyId, DataId, FrameId, TaskId};
use midflight::vm::instruction::{Fragment, Instruction};
use midflight::vm::limit::LimitKind;
use midflight::vm::machine::Machine;
use midflight::vm::memory::Place;

use super::model::{Model, halt};

/// Something done to a machine.
#[derive(Clone, Debug)]
pub enum Command {
    Run(u64),
    Write(Place, Fragment),
    Insert(Place, Fragment),
    Replace(Place, Fragment),
    Delete(Place, u32),
    Define(Vec<(String, Fragment)>),
    Redefine(String, Fragment),
    Remove(u32),
    SetCounter(Place),
    Push(Vec<Instruction>),
    Drop(usize),
    SetParameter(usize, Instruction),
    SetLocal(usize, String, Option<Instruction>),
    SetGlobal(String, Option<Instruction>),
    SetData(u32, u64, Instruction),
    Restart(usize, Vec<Instruction>),
    GiveInput(String),
    EndInput,
    SetLimit(LimitKind, u64),
    /// Makes a task current; alone or not.
    Turn(u64, bool),
    FreeTurn,
    Quantum(u64),
}

/// The activation at a depth. A depth too large for a frame number gives one that does not exist.
fn frame(depth: usize) -> FrameId {
    FrameId(u32::try_from(depth).unwrap_or(u32::MAX))
}

impl Command {
    /// Applies it to the machine and returns whether it was accepted. If refused, it must leave no trace.
    pub fn apply(&self, m: &mut Machine) -> bool {
        let before = m.clone();
        let done = match self {
            Command::Run(fuel) => {
                m.run(*fuel);
                true
            }
            Command::Write(at, line) => m.write(*at, line).is_ok(),
            Command::Insert(at, line) => m.insert(*at, line).is_ok(),
            Command::Replace(at, line) => m.replace(*at, line).is_ok(),
            Command::Delete(at, count) => m.delete(*at, *count).is_ok(),
            Command::Define(list) => {
                let list: Vec<_> = list.iter().map(|(name, line)| (&**name, line)).collect();
                m.define_all(&list).is_ok()
            }
            Command::Redefine(name, line) => m.redefine(name, line).is_ok(),
            Command::Remove(body) => m.remove(Body(*body)).is_ok(),
            Command::SetCounter(place) => m.set_counter(*place).is_ok(),
            Command::Push(values) => m.push(values).is_ok(),
            Command::Drop(count) => m.drop_top(*count).is_ok(),
            Command::SetParameter(index, value) => m.set_parameter(*index, value).is_ok(),
            Command::SetLocal(depth, local, value) => {
                m.set_local(frame(*depth), local, value.as_ref()).is_ok()
            }
            Command::SetGlobal(name, value) => m.set_global(name, value.as_ref()).is_ok(),
            Command::SetData(body, index, value) => {
                m.set_data(DataId(u64::from(*body)), *index, value).is_ok()
            }
            Command::Restart(depth, values) => m.restart(frame(*depth), values).is_ok(),
            Command::GiveInput(text) => {
                m.give_input(text);
                true
            }
            Command::EndInput => {
                m.end_input();
                true
            }
            Command::SetLimit(kind, value) => m.set_limit(*kind, *value).is_ok(),
            Command::Turn(task, alone) => m.give_turn(TaskId(*task), *alone).is_ok(),
            Command::FreeTurn => {
                m.free_turns();
                true
            }
            Command::Quantum(quantum) => m.set_quantum(*quantum).is_ok(),
        };
        assert!(done || *m == before, "refused, but it changed something: {self:?}");
        done
    }

    /// Applies it to the model and returns whether it was accepted.
    pub fn tell(&self, m: &mut Model) -> bool {
        match self {
            Command::Run(fuel) => {
                m.run(*fuel);
                true
            }
            Command::Write(at, line) => m.write(*at, line, false),
            Command::Insert(at, line) => m.write(*at, line, true),
            Command::Replace(at, line) => m.replace(*at, line),
            Command::Delete(at, count) => m.delete(*at, *count),
            Command::Define(list) => m.define(list),
            Command::Redefine(name, line) => m.redefine(name, line),
            Command::Remove(body) => m.remove(*body),
            Command::SetCounter(place) => m.set_counter(*place),
            Command::Push(values) => m.push(values),
            Command::Drop(count) => m.drop_top(*count),
            Command::SetParameter(index, value) => m.set_parameter(*index, value),
            Command::SetLocal(depth, local, value) => m.set_local(*depth, local, value.as_ref()),
            Command::SetGlobal(name, value) => m.set_global(name, value.as_ref()),
            Command::SetData(body, index, value) => m.set_data(*body, *index, value),
            Command::Restart(depth, values) => m.restart(*depth, values),
            Command::GiveInput(text) => {
                m.input += text;
                m.ended = false;
                true
            }
            Command::EndInput => {
                m.ended = true;
                true
            }
            Command::SetLimit(kind, value) => {
                let allowed = *value <= kind.maximum();
                if allowed {
                    m.limits.insert(*kind, *value);
                }
                allowed
            }
            Command::Turn(task, alone) => m.set_turn(*task, *alone),
            Command::FreeTurn => {
                m.alone = false;
                true
            }
            Command::Quantum(quantum) => {
                let allowed = (1..=1 << 40).contains(quantum);
                if allowed {
                    m.quantum = *quantum;
                }
                allowed
            }
        }
    }
}

/// Fails unless the two are the same in everything that shows.
pub fn assert_same(machine: &Machine, model: &Model) {
    let (real, told) = (machine.serialize(), model.serialize());
    assert_eq!((real.current, &real.schedule), (told.current, &told.schedule));
    assert_eq!(real.tasks, told.tasks);
    for (real, told) in real.code.iter().zip(&told.code) {
        assert_eq!(real, told);
    }
    assert_eq!(real.data, told.data);
    assert_eq!(
        (real.growth, &real.free_space, real.next_data),
        (told.growth, &told.free_space, told.next_data)
    );
    assert_eq!(real, told);
    assert_eq!(machine.waits().as_ref().and_then(halt), model.waits());
    let machine = &*machine.settled();
    assert_eq!(machine.memory().cells(), model.cells());
    assert_eq!(
        machine.text_bytes(),
        model.reachable().1.iter().map(|text| text.len() as u64).sum::<u64>()
    );
    assert_same_listing(machine, model);
}

/// Fails unless the lookups by address find each body at its first and last cell, and nothing after it.
fn assert_same_listing(machine: &Machine, model: &Model) {
    let memory = machine.memory();
    let numbered = (0..).zip(&model.bodies);
    let code = numbered.filter_map(|(number, body)| {
        let body = body.as_ref()?;
        Some((body.start, BodyId::Code(Body(number)), body.cells.len() as u64))
    });
    let data = (0..).zip(&model.data);
    let data = data
        .filter(|(_, data)| !data.freed)
        .map(|(number, data)| (data.start, BodyId::Data(DataId(number)), data.values.len() as u64));
    let mut all: Vec<(u64, BodyId, u64)> = code.chain(data).collect();
    all.sort_by_key(|&(start, _, _)| start);
    let listed: Vec<_> = memory.by_address();
    assert_eq!(listed, all.iter().map(|&(start, body, _)| (start, body)).collect::<Vec<_>>());
    for &(start, body, size) in &all {
        let last = size.max(1) - 1;
        assert_eq!(memory.find(start), Some((body, 0)));
        assert_eq!(memory.find(start + last), Some((body, last)));
        assert_eq!(memory.find(start + last + 1).filter(|found| found.0 == body), None);
    }
    assert_eq!(memory.find(memory.end()), None);
}
