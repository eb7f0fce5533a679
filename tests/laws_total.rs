//! Laws 4, 6 and 7: any command and any serialized machine is accepted or refused, without a panic.

mod oracle;
mod support;

use midflight::vm::frame::Again;
use midflight::vm::index::{Body, BodyId, DataId, FrameNumber, TaskId};
use midflight::vm::instruction::{Fragment, Instruction, Primitive};
use midflight::vm::limit::LimitKind;
use midflight::vm::machine::Machine;
use midflight::vm::memory::Place;
use midflight::vm::serialized::{
    Serialized, SerializedCall, SerializedCode, SerializedData, SerializedKind, SerializedStrand,
    SerializedTask,
};
use oracle::command::Command;
use oracle::crowd;
use oracle::generate::gesture;
use oracle::property::{Pair, check, story};
use support::choices::Choices;

const OFFSETS: [u32; 10] = [0, 1, 2, 5, 98, 99, 100, 199, 1 << 24, u32::MAX];
const BODIES: [u32; 8] = [0, 1, 2, 3, 4, 7, 1 << 20, u32::MAX];
const NUMBERS: [u64; 10] = [0, 1, 3, 99, 100, 101, 1 << 28, 1 << 40, 1 << 60, u64::MAX];
const NAMES: [&str; 10] = ["f", "g", "main", "i", "", "\0", "a b", "1", "@0", "ñ"];

fn offset(c: &mut Choices) -> u32 {
    c.of(&OFFSETS)
}

fn place(c: &mut Choices) -> Place {
    let body = if c.one_in(4) { c.of(&BODIES) } else { c.below(8) as u32 };
    Place::new(body, if c.one_in(3) { offset(c) } else { c.below(8) as u32 })
}

fn name(c: &mut Choices) -> Box<str> {
    if c.one_in(40) { "x".repeat(300).into() } else { c.of(&NAMES).into() }
}

/// Any cell, valid or not.
fn cell(c: &mut Choices) -> Instruction {
    match c.below(20) {
        19 => Instruction::Task(TaskId(c.of(&NUMBERS))),
        17 => Instruction::SetGlobal(name(c)),
        18 => Instruction::GetGlobal(name(c)),
        16 => {
            let home = c.of(&[0, 1, 2, 3, 5, (1 << 41) - 2]);
            Instruction::BlockValue(Body(c.of(&BODIES)), FrameNumber::spelled(home).unwrap())
        }
        0 => Instruction::Integer(c.of(&[0, 5, 1 << 60, i64::MIN, i64::MAX])),
        1 | 2 => Instruction::Integer(c.below(5) as i64),
        3 => Instruction::Text("ñ".repeat(c.of(&[0, 1, 32_768, 32_769])).into()),
        4 => Instruction::Block(c.of(&BODIES)),
        5 => Instruction::Address(BodyId::Code(Body(c.of(&BODIES)))),
        6 => Instruction::Address(BodyId::Data(DataId(c.of(&BODIES).into()))),
        7 => Instruction::Call(name(c)),
        8 => Instruction::PushFunction(name(c)),
        9 => Instruction::Pick(name(c)),
        10 => Instruction::Assign(name(c)),
        11 => Instruction::Label(name(c)),
        12 => Instruction::Hole(name(c)),
        13 => Instruction::FunctionHole(name(c)),
        14 => Instruction::Breakpoint,
        _ => Instruction::Primitive(c.of(Primitive::ALL)),
    }
}

fn cells(c: &mut Choices) -> Vec<Instruction> {
    (0..c.below(4)).map(|_| cell(c)).collect()
}

fn fragment(c: &mut Choices) -> Fragment {
    let mut bodies: Vec<_> = (0..c.below(4)).map(|_| cells(c)).collect();
    if c.one_in(2) {
        bodies.truncate(1);
        bodies.iter_mut().flatten().for_each(|cell| {
            if let Instruction::Block(_) = cell {
                *cell = Instruction::Breakpoint;
            }
        });
    }
    Fragment { bodies }
}

/// A command whose arguments are seldom valid.
fn hostile(c: &mut Choices) -> Command {
    let count = c.of(&NUMBERS) as usize;
    match c.below(22) {
        20 => Command::Turn(c.of(&NUMBERS), c.one_in(2)),
        21 => Command::Quantum(c.of(&NUMBERS)),
        0 => Command::Run(c.below(50) as u64),
        1 | 2 => Command::Write(place(c), fragment(c)),
        3 => Command::Insert(place(c), fragment(c)),
        4 => Command::Replace(place(c), fragment(c)),
        5 => Command::Delete(place(c), offset(c)),
        6 => Command::Define(vec![(name(c).into(), fragment(c)), (name(c).into(), fragment(c))]),
        7 => Command::Define(vec![(name(c).into(), fragment(c))]),
        8 => Command::Redefine(name(c).into(), fragment(c)),
        9 => Command::Remove(c.of(&BODIES)),
        10 | 11 => Command::SetCounter(place(c)),
        12 => Command::Push(cells(c)),
        13 => Command::Drop(count),
        14 => Command::SetParameter(count, cell(c)),
        15 => {
            let value = c.one_in(2).then(|| cell(c));
            Command::SetLocal(count % 5, name(c).into(), value)
        }
        16 => Command::SetLocal(count, "i".into(), None),
        17 => Command::SetData(c.of(&BODIES), c.of(&NUMBERS), cell(c)),
        18 => Command::Restart(if c.one_in(2) { count } else { count % 4 }, cells(c)),
        _ => Command::SetLimit(c.of(&LimitKind::ALL), c.of(&NUMBERS)),
    }
}

/// The machine accepts or refuses each command as the model does. A refused command leaves no trace.
#[test]
fn any_command() {
    check(1_000, &story(30), |(seed, commands)| {
        let mut pair = Pair::new(seed);
        for seed in commands {
            let command = hostile(&mut Choices::new(seed));
            pair.apply(&command);
            // The model holds every cell, so memory stays small.
            pair.apply(&Command::SetLimit(LimitKind::Memory, 50_000));
        }
        pair.apply(&Command::Run(30));
        assert_eq!(Machine::deserialize(&pair.machine.serialize()), Ok(pair.machine));
    });
}

/// Damages one part.
fn spoil(c: &mut Choices, parts: &mut Serialized) {
    match c.below(10) {
        8 | 9 => spoil_schedule(c, parts),
        7 => parts.globals.push((name(c).into(), cell(c))),
        0 | 1 => {
            let all = parts.code.len();
            spoil_code(c, &mut parts.code[c.clone().below(all)]);
        }
        2 if !parts.data.is_empty() => {
            let all = parts.data.len();
            spoil_data(c, &mut parts.data[c.clone().below(all)]);
        }
        3 if !parts.tasks.is_empty() => {
            let all = parts.tasks.len();
            spoil_task(c, &mut parts.tasks[c.clone().below(all)]);
        }
        4 if !parts.tasks.is_empty() => {
            let all = parts.tasks.len();
            let task = &mut parts.tasks[c.clone().below(all)];
            let all = task.calls.len();
            if all > 0 {
                spoil_call(c, &mut task.calls[c.clone().below(all)]);
            }
        }
        5 => spoil_lists(c, parts),
        _ => match c.below(5) {
            // A million numbers without a body would be allowed, but slow.
            0 => parts.code_count = c.of(&[0, 1, 3, 7, 200, 1 << 21, u32::MAX]),
            1 => parts.current = TaskId(c.of(&NUMBERS)),
            2 => parts.retired = c.of(&NUMBERS),
            3 => parts.input_ended = !parts.input_ended,
            _ => parts.output.push('ñ'),
        },
    }
}

fn spoil_code(c: &mut Choices, body: &mut SerializedCode) {
    match c.below(8) {
        0 => body.number = Body(c.of(&BODIES)),
        1 => body.start = c.of(&NUMBERS),
        2 => body.size = offset(c),
        3 => body.cells.push(cell(c)),
        4 => body.cells = vec![Instruction::Breakpoint; c.below(120)],
        5 => body.kind = SerializedKind::Block(Body(c.of(&BODIES))),
        6 => body.kind = SerializedKind::Function(name(c).into()),
        _ => body.kind = SerializedKind::Former(name(c).into()),
    }
}

fn spoil_data(c: &mut Choices, body: &mut SerializedData) {
    match c.below(3) {
        0 => body.start = c.of(&NUMBERS),
        // The largest sizes would take real memory, which this test does not need.
        1 => body.size = c.of(&NUMBERS[..6]),
        _ => body.runs.push((c.of(&NUMBERS), cells(c))),
    }
}

const AGAIN: [Again; 6] =
    [Again::Once, Again::Always, Again::WhileTrue, Again::Condition, Again::Body, Again::Times];

/// A number of a task, most often of one that there is.
fn task(c: &mut Choices, parts: &Serialized) -> TaskId {
    match parts.tasks.len() {
        0 => TaskId(0),
        _ if c.one_in(5) => TaskId(c.of(&NUMBERS)),
        all => parts.tasks[c.below(all)].number,
    }
}

fn spoil_schedule(c: &mut Choices, parts: &mut Serialized) {
    let (one, other, number) = (task(c, parts), task(c, parts), c.of(&NUMBERS));
    let left = cells(c);
    let schedule = &mut parts.schedule;
    let all = schedule.strands.iter().flatten().count();
    match (c.below(16), &mut schedule.strands) {
        (0, _) => schedule.turn = number,
        (1, _) => schedule.quantum = number,
        (2, _) => schedule.slept = number,
        (3, _) => schedule.alone = !schedule.alone,
        (4, _) => schedule.next_task = [None, Some(TaskId(number))][c.below(2)],
        (5, _) => schedule.left.push((TaskId(number), left)),
        (6, _) => schedule.left.insert(0, (one, left)),
        (7, strands) => *strands = None,
        (8, Some(strands)) => {
            strands.push(SerializedStrand { tasks: vec![one], wake: number, share: 1 });
        }
        (9, Some(strands)) if all > 0 => drop(strands.remove(c.below(all))),
        (10, Some(strands)) if all > 0 => strands[c.below(all)].tasks.extend([one, other]),
        (11, Some(strands)) if all > 0 => strands[c.below(all)].tasks.insert(0, one),
        (12, Some(strands)) if all > 0 => drop(strands[c.below(all)].tasks.pop()),
        (13, Some(strands)) if all > 0 => strands[c.below(all)].wake = number,
        (14, Some(strands)) if all > 0 => strands[c.below(all)].share = number,
        _ => parts.current = one,
    }
}

fn spoil_task(c: &mut Choices, task: &mut SerializedTask) {
    match c.below(6) {
        4 => task.number = TaskId(c.of(&NUMBERS)),
        5 => task.calls.iter_mut().for_each(|call| call.returns_to = None),
        0 => task.counter = place(c),
        1 => task.parameters.extend(cells(c)),
        2 => task.calls.truncate(c.below(3)),
        _ => {
            let call = SerializedCall {
                body: Body(c.below(8) as u32),
                again: c.of(&AGAIN),
                kept: [None, Some(cell(c))][c.below(2)].clone(),
                returns_to: Some(place(c)),
                locals: vec![],
                home: [None, FrameNumber::spelled(c.below(6) as u64)][c.below(2)],
            };
            task.calls.push(call);
        }
    }
}

fn spoil_call(c: &mut Choices, call: &mut SerializedCall) {
    match c.below(6) {
        4 => call.kept = c.one_in(2).then(|| cell(c)),
        5 => (call.again, call.kept) = (c.of(&AGAIN[3..]), Some(cell(c))),
        0 => call.body = Body(c.of(&BODIES)),
        1 => call.returns_to = c.one_in(2).then(|| place(c)),
        2 => call.again = c.of(&AGAIN),
        _ => call.locals.push((name(c).into(), cell(c))),
    }
}

fn spoil_lists(c: &mut Choices, parts: &mut Serialized) {
    match c.below(4) {
        0 => drop(parts.code.remove(c.below(parts.code.len()))),
        1 => parts.code.reverse(),
        2 => drop(parts.data.pop()),
        _ => parts.tasks.extend(parts.tasks.clone()),
    }
}

/// Damaged parts are refused, or make a machine that works like any other.
#[test]
fn any_parts() {
    let made = std::cell::Cell::new([0, 0]);
    check(4_000, &story(12), |(seed, seeds)| {
        let mut pair = match seed % 2 {
            0 => Pair::new(seed),
            _ => Pair::with(&crowd::program(seed, false, true), seed),
        };
        if seed % 2 == 1 {
            pair.apply(&Command::Run(seed % 150));
        }
        let (gestures, spoils) = seeds.split_at(6);
        for &seed in gestures {
            for command in gesture(seed, &pair.model) {
                command.apply(&mut pair.machine);
                command.tell(&mut pair.model);
            }
        }
        let mut parts = pair.machine.serialize();
        assert_eq!(Machine::deserialize(&parts), Ok(pair.machine));
        for &seed in spoils {
            let mut c = Choices::new(seed);
            let before = parts.clone();
            spoil(&mut c, &mut parts);
            let mut counts = made.get();
            match Machine::deserialize(&parts) {
                Ok(mut machine) => {
                    counts[0] += 1;
                    assert_eq!(Machine::deserialize(&machine.serialize()).as_ref(), Ok(&machine));
                    machine.run(50);
                    let _ = machine.text_bytes();
                    assert_eq!(Machine::deserialize(&machine.serialize()), Ok(machine));
                }
                Err(malformed) => {
                    counts[1] += 1;
                    assert!(!malformed.part.is_empty() && !malformed.cause.is_empty());
                    parts = before;
                }
            }
            made.set(counts);
        }
    });
    let [fits, misfits] = made.get();
    println!("{fits} machines, {misfits} refusals");
    assert!(fits > 5_000 && misfits > 5_000);
}
