//! The model as the serialized form of a machine, to compare it with the real one.

use std::collections::BTreeMap;

use midflight::vm::index::{self, DataId, FrameNumber, TaskId};
use midflight::vm::instruction::Instruction;
use midflight::vm::limit::Limits;
use midflight::vm::serialized::{
    Serialized, SerializedCall, SerializedCode, SerializedData, SerializedKind, SerializedSchedule,
    SerializedStrand, SerializedTask,
};

use super::model::{Body, Data, Kind, Model, Value};
use super::tasks::Thread;

impl Model {
    /// Everything it holds, in the serialized form of a machine.
    pub fn serialize(&self) -> Serialized {
        let mut limits = Limits::default();
        for (&kind, &value) in &self.limits {
            assert!(limits.set(kind, value));
        }
        let numbered = (0..).zip(&self.bodies);
        let code = numbered.filter_map(|(n, body)| Some(self.code_part(n, body.as_ref()?)));
        let threads = self.threads();
        let tasks = threads.iter().map(|(&task, thread)| self.task_part(task, thread));
        Serialized {
            code: code.collect(),
            code_count: self.bodies.len() as u32,
            data: (0..)
                .zip(&self.data)
                .filter(|(_, data)| !data.freed)
                .map(|(number, data)| self.data_part(DataId(number), data))
                .collect(),
            globals: self.named(&self.globals),
            tasks: tasks.collect(),
            current: TaskId(self.current),
            schedule: self.schedule_part(),
            input: self.input.clone(),
            input_ended: self.ended,
            output: self.output.clone(),
            limits,
            retired: self.retired,
            newest_frame: FrameNumber::spelled(self.frames),
            next_data: Some(DataId(self.data.len() as u64)),
            free_space: Some(self.free_space()),
            growth: Some(self.growth),
        }
    }

    fn task_part(&self, task: u64, thread: &Thread) -> SerializedTask {
        let calls = thread.calls.iter().map(|live| SerializedCall {
            body: index::Body(live.body),
            again: live.again,
            kept: live.kept.as_ref().map(|value| self.spell_value(value)),
            returns_to: live.returns_to,
            home: FrameNumber::spelled(live.home),
            locals: self.named(&live.locals),
        });
        SerializedTask {
            number: TaskId(task),
            counter: thread.counter,
            parameters: self.spelled(&thread.stack),
            calls: calls.collect(),
        }
    }

    fn spelled(&self, values: &[Value]) -> Vec<Instruction> {
        values.iter().map(|value| self.spell_value(value)).collect()
    }

    fn schedule_part(&self) -> SerializedSchedule {
        let strands = self.strands.iter().map(|strand| SerializedStrand {
            tasks: strand.chain.iter().map(|&task| TaskId(task)).collect(),
            wake: strand.wake,
            share: strand.share,
        });
        let left = self.results.iter().map(|(&task, values)| (TaskId(task), self.spelled(values)));
        SerializedSchedule {
            strands: Some(strands.collect()),
            left: left.collect(),
            next_task: Some(TaskId(self.made)),
            made: self.made_since,
            turn: self.turn,
            quantum: self.quantum,
            slept: self.slept,
            alone: self.alone,
        }
    }

    fn named(&self, locals: &BTreeMap<String, Value>) -> Vec<(String, Instruction)> {
        locals.iter().map(|(name, value)| (name.clone(), self.spell_value(value))).collect()
    }

    fn code_part(&self, number: u32, body: &Body) -> SerializedCode {
        let used = body.cells.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
        SerializedCode {
            number: index::Body(number),
            kind: match &body.kind {
                Kind::Function(name) => SerializedKind::Function(name.clone()),
                Kind::Block(owner) => SerializedKind::Block(index::Body(*owner)),
                Kind::Former(name) => SerializedKind::Former(name.clone()),
            },
            start: body.start,
            size: body.cells.len() as u32,
            cells: body.cells[..used].iter().map(|cell| self.spell(cell.as_ref())).collect(),
        }
    }

    fn data_part(&self, number: DataId, data: &Data) -> SerializedData {
        let zero = |value: &Value| *value == Value::Integer(0);
        let mut runs = Vec::new();
        let mut index = 0;
        for run in data.values.chunk_by(|a, b| zero(a) == zero(b)) {
            if !zero(&run[0]) {
                runs.push((index, run.iter().map(|value| self.spell_value(value)).collect()));
            }
            index += run.len() as u64;
        }
        SerializedData { number, start: data.start, size: data.values.len() as u64, runs }
    }
}
