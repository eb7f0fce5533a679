//! Tasks, strands, turns and channels, as the language's documentation describes them.
//!
//! The task in hand is `counter`, `stack` and `calls` of the model; the rest lies in `others`. To choose who
//! executes the next instruction, the model tries it with everybody, each time on a copy of itself.

use std::collections::{BTreeMap, BTreeSet};

use midflight::vm::frame::Again;
use midflight::vm::instruction::Primitive;
use midflight::vm::limit::LimitKind;
use midflight::vm::machine::RETIRED;
use midflight::vm::memory::Place;

use super::model::{Data, Halt, Live, Model, Outcome, Value};

/// The most values that one transfer hands over.
const MOST: usize = 255;
/// The longest share.
const SHARE: i128 = 1_000;

/// A task that is not in hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thread {
    pub counter: Place,
    pub stack: Vec<Value>,
    pub calls: Vec<Live>,
}

/// Tasks of which the last runs, and each other waits for the one behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Strand {
    pub chain: Vec<u64>,
    pub wake: u64,
    pub share: u64,
}

impl Strand {
    pub fn new(task: u64) -> Strand {
        Strand { chain: vec![task], wake: 0, share: 1 }
    }

    /// The task that runs.
    pub fn top(&self) -> u64 {
        *self.chain.last().unwrap()
    }
}

/// What a task does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Rests,
    Runs,
    Waits,
    Over,
}

fn fault<T>(word: &'static str) -> Result<T, Halt> {
    Err(Halt::Fault(word))
}

// Who is next.

impl Model {
    pub fn clock(&self) -> u64 {
        self.retired + self.slept
    }

    /// Whether nobody else could be next.
    fn is_lone(&self) -> bool {
        self.alone || self.strands.len() == 1
    }

    /// How long the turn of the strand in hand is.
    fn turn_length(&self) -> u64 {
        self.quantum * self.strands[self.round].share
    }

    /// The strands in the order in which they are asked: the one in hand is the last.
    fn ring(&self) -> Vec<usize> {
        let count = self.strands.len();
        (1..=count).map(|n| (self.round + n) % count).collect()
    }

    /// What would happen if this strand executed the next instruction.
    fn tried(&self, strand: usize) -> Outcome {
        let mut trial = self.clone();
        trial.take_up(strand);
        trial.attempt()
    }

    /// Executes the next instruction of the task in hand.
    fn attempt(&mut self) -> Outcome {
        let before = self.clone();
        self.execute(&before)?;
        self.check_length(&before)
    }

    /// The strand that executes the next instruction, or why none does.
    pub fn choose(&self) -> Result<usize, Halt> {
        let own = self.tried(self.round);
        let strand = &self.strands[self.round];
        let awake = |n: usize| self.strands[n].wake <= self.clock();
        if let Err(Halt::Exit(code)) = own
            && (self.is_lone() || awake(self.round))
        {
            return Err(Halt::Exit(code));
        }
        let in_turn = self.turn < self.quantum * strand.share;
        if own.is_ok() && (self.is_lone() || (in_turn && awake(self.round))) {
            return Ok(self.round);
        }
        if self.alone {
            return Err(own.unwrap_err());
        }
        let ring = self.ring();
        let (mut asked, mut asleep): (Vec<usize>, Vec<usize>) =
            ring.iter().filter(|&&n| self.strands[n].share > 0).partition(|&&n| awake(n));
        asleep.sort_by_key(|&n| self.strands[n].wake);
        asked.extend(asleep);
        for n in asked {
            match self.tried(n) {
                Ok(()) => return Ok(n),
                Err(Halt::Exit(code)) => return Err(Halt::Exit(code)),
                Err(_) => {}
            }
        }
        Err(self.nobody(&ring))
    }

    /// Whether a strand is not held. Nobody holds the one in hand.
    fn should_go_on(&self, strand: usize) -> bool {
        strand == self.round || self.strands[strand].share > 0
    }

    /// Why nobody can go on.
    fn nobody(&self, ring: &[usize]) -> Halt {
        match self.who_stops(ring) {
            Some((_, halt)) => halt,
            None => {
                let asked = ring.iter().filter(|&&n| self.should_go_on(n));
                let halts: Vec<Outcome> = asked.map(|&n| self.tried(n)).collect();
                let is_blocked = halts.contains(&Err(Halt::Blocked));
                let is_finished = halts.contains(&Err(Halt::Finished));
                if is_finished && !is_blocked { Halt::Finished } else { Halt::Deadlock }
            }
        }
    }

    /// The strand that waits for a person: the one in hand, or else the first of the others.
    fn who_stops(&self, ring: &[usize]) -> Option<(usize, Halt)> {
        let mut all = vec![self.round];
        all.extend(ring.iter().filter(|&&n| self.should_go_on(n)));
        all.into_iter().find_map(|n| match self.tried(n) {
            Ok(()) | Err(Halt::Finished | Halt::Exit(_) | Halt::Blocked | Halt::Deadlock) => None,
            Err(mendable) => Some((n, mendable)),
        })
    }

    /// The task whose stop it is that the machine stops with, if that can be mended.
    pub fn stopped(&self) -> Option<u64> {
        let halt = self.choose().err()?;
        if matches!(halt, Halt::Exit(_) | Halt::Finished | Halt::Deadlock) {
            return None;
        }
        if self.alone {
            return Some(self.current);
        }
        self.who_stops(&self.ring()).map(|(n, _)| self.strands[n].top())
    }

    /// Lets a strand execute the next instruction. On a failure, what is left is of no use.
    pub fn advance(&mut self, strand: usize) -> Outcome {
        let is_lone = self.is_lone();
        if strand != self.round || (!is_lone && self.turn >= self.turn_length()) {
            self.turn = 0;
        }
        self.take_up(strand);
        self.slept += self.strands[strand].wake.saturating_sub(self.clock());
        if !is_lone {
            self.turn += 1;
        }
        self.retired += 1;
        self.attempt()?;
        if self.strands.len() == 1 {
            (self.turn, self.alone) = (0, false);
        }
        Ok(())
    }

    /// Takes the top of a strand in hand.
    fn take_up(&mut self, strand: usize) {
        self.round = strand;
        self.hold(self.strands[strand].top());
    }

    /// Takes a task in hand, and puts the one in hand away.
    fn hold(&mut self, task: u64) {
        if task != self.current {
            self.put_away();
            self.fetch(task);
        }
    }

    fn put_away(&mut self) {
        let thread = Thread {
            counter: self.counter,
            stack: std::mem::take(&mut self.stack),
            calls: std::mem::take(&mut self.calls),
        };
        self.others.insert(self.current, thread);
    }

    fn fetch(&mut self, task: u64) {
        let thread = self.others.remove(&task).unwrap();
        (self.counter, self.stack, self.calls) = (thread.counter, thread.stack, thread.calls);
        self.current = task;
    }
}

// What there is.

impl Model {
    pub fn state(&self, task: u64) -> State {
        let strand = self.strands.iter().find(|strand| strand.chain.contains(&task));
        match strand {
            Some(strand) if strand.top() == task => State::Runs,
            Some(_) => State::Waits,
            None if self.others.contains_key(&task) => State::Rests,
            None => State::Over,
        }
    }

    /// All tasks that are not over, by number.
    pub fn threads(&self) -> BTreeMap<u64, Thread> {
        let mut all = self.clone();
        all.put_away();
        all.others
    }

    /// All values on parameter stacks, and those that ended tasks left.
    pub fn all_parameters(&self) -> usize {
        let others = self.others.values().map(|thread| thread.stack.len());
        self.stack.len()
            + others.sum::<usize>()
            + self.results.values().map(Vec::len).sum::<usize>()
    }

    /// All entries of all call stacks.
    pub fn all_calls(&self) -> usize {
        self.calls.len() + self.others.values().map(|thread| thread.calls.len()).sum::<usize>()
    }

    /// The tasks that rest, and those that are over and have left something, which nobody can name any more.
    fn lost(&self) -> BTreeSet<u64> {
        let threads = self.threads();
        let there = self.data.iter().filter(|data| !data.freed).flat_map(|data| &data.values);
        let named = |value: &Value| if let Value::Task(task) = value { Some(*task) } else { None };
        let mut found: BTreeSet<u64> = BTreeSet::new();
        let mut open: Vec<u64> = self.globals.values().chain(there).filter_map(named).collect();
        open.extend(self.strands.iter().flat_map(|strand| &strand.chain));
        while let Some(task) = open.pop() {
            if found.insert(task) {
                if let Some(thread) = threads.get(&task) {
                    let locals = thread.calls.iter().flat_map(|live| live.locals.values());
                    open.extend(thread.stack.iter().chain(locals).filter_map(named));
                }
                open.extend(self.results.get(&task).into_iter().flatten().filter_map(named));
            }
        }
        let all = threads.keys().chain(self.results.keys());
        all.copied().filter(|task| !found.contains(task)).collect()
    }

    /// What counts towards the limit of tasks.
    pub fn all_tasks(&self) -> usize {
        1 + self.others.len() + self.results.len()
    }
}

// What the instructions do.

impl Model {
    fn task_operand(&mut self) -> Result<u64, Halt> {
        match self.any()? {
            Value::Task(number) => Ok(number),
            _ => fault("operands"),
        }
    }

    /// Takes this many values.
    fn handed(&mut self, count: i128) -> Result<Vec<Value>, Halt> {
        let Some(count) = usize::try_from(count).ok().filter(|&count| count <= MOST) else {
            return fault("count");
        };
        let Some(below) = self.stack.len().checked_sub(count) else { return fault("count") };
        Ok(self.stack.split_off(below))
    }

    /// Executes an instruction of tasks and channels. The counter is already past it.
    pub fn perform_task(&mut self, primitive: Primitive, before: &Model) -> Outcome {
        use Primitive as P;
        match primitive {
            P::TaskNew => {
                let code = self.code()?;
                let task = self.make(&code, Vec::new(), before)?;
                self.stack.push(Value::Task(task));
                Ok(())
            }
            P::TaskSpawn => {
                let (code, count) = (self.code()?, self.integer()?);
                let values = self.handed(count)?;
                let task = self.make(&code, values, before)?;
                self.strands.push(Strand::new(task));
                self.stack.push(Value::Task(task));
                Ok(())
            }
            P::TaskResume => {
                let (task, count) = (self.task_operand()?, self.integer()?);
                let values = self.handed(count)?;
                self.must_rest(task)?;
                self.strands[self.round].chain.push(task);
                self.hold(task);
                self.arrive(values);
                Ok(())
            }
            P::TaskYield => {
                let count = self.integer()?;
                let values = self.handed(count)?;
                let chain = &mut self.strands[self.round].chain;
                if chain.len() == 1 {
                    return fault("resumer");
                }
                chain.pop();
                let resumer = *chain.last().unwrap();
                self.hold(resumer);
                self.answer(values, 1);
                Ok(())
            }
            P::TaskYieldTo => {
                let (task, count) = (self.task_operand()?, self.integer()?);
                let values = self.handed(count)?;
                self.must_rest(task)?;
                if self.current == 0 {
                    return fault("main");
                }
                let chain = &mut self.strands[self.round].chain;
                chain.pop();
                chain.push(task);
                self.hold(task);
                self.arrive(values);
                Ok(())
            }
            P::TaskClose => {
                let task = self.task_operand()?;
                self.close(task)
            }
            P::TaskStatus => {
                let task = self.task_operand()?;
                let status = match self.state(task) {
                    State::Rests => "rests",
                    State::Runs => "runs",
                    State::Waits => "waits",
                    State::Over => "over",
                };
                self.give_text(status.to_string(), before)
            }
            P::TaskSelf => {
                self.stack.push(Value::Task(self.current));
                Ok(())
            }
            P::TaskJoin => {
                let task = self.task_operand()?;
                if self.state(task) != State::Over {
                    return Err(Halt::Blocked);
                }
                let values = self.results.remove(&task).unwrap_or_default();
                self.push_counted(values);
                Ok(())
            }
            P::TaskPause => {
                // It is awake, so nobody can see the difference.
                self.strands[self.round].wake = 0;
                self.end_turn();
                Ok(())
            }
            P::TaskSleep => {
                let n = self.integer()?;
                if n < 0 {
                    return fault("negative");
                }
                let wake = (self.clock() + n as u64).min(RETIRED);
                self.strands[self.round].wake = if n == 0 { 0 } else { wake };
                self.end_turn();
                Ok(())
            }
            P::TaskShare => {
                let (task, n) = (self.task_operand()?, self.integer()?);
                if !(0..=SHARE).contains(&n) {
                    return fault("share");
                }
                let mut strands = self.strands.iter_mut();
                let Some(strand) = strands.find(|strand| strand.chain.contains(&task)) else {
                    return fault("turns");
                };
                strand.share = n as u64;
                Ok(())
            }
            P::ChannelNew => self.make_channel(before),
            P::ChannelSend => {
                let data = self.data()?;
                let value = self.any()?;
                let (first, count, size) = self.channel(data)?;
                if count == size {
                    return Err(Halt::Blocked);
                }
                let values = &mut self.data[data].values;
                values[2 + (first + count) % size] = value;
                values[1] = Value::Integer(count as i64 + 1);
                Ok(())
            }
            P::ChannelReceive => {
                let data = self.data()?;
                let (first, count, size) = self.channel(data)?;
                if count == 0 {
                    return Err(Halt::Blocked);
                }
                let values = &mut self.data[data].values;
                let value = std::mem::replace(&mut values[2 + first], Value::Integer(0));
                values[0] = Value::Integer(((first + 1) % size) as i64);
                values[1] = Value::Integer(count as i64 - 1);
                self.stack.push(value);
                Ok(())
            }
            other => unreachable!("{other:?} is not about tasks"),
        }
    }

    fn end_turn(&mut self) {
        self.turn = self.turn_length();
    }

    fn must_rest(&self, task: u64) -> Outcome {
        if self.state(task) == State::Rests { Ok(()) } else { fault("rests") }
    }

    fn push_counted(&mut self, values: Vec<Value>) {
        let count = values.len() as i64;
        self.stack.extend(values);
        self.stack.push(Value::Integer(count));
    }

    /// Hands values to the task in hand, which somebody resumed or yielded to.
    fn arrive(&mut self, values: Vec<Value>) {
        if self.has_begun() {
            self.push_counted(values);
        } else {
            self.stack.extend(values);
        }
    }

    /// Hands values to the task in hand, which waited for the one that they come from.
    fn answer(&mut self, values: Vec<Value>, flag: i64) {
        self.push_counted(values);
        self.stack.push(Value::Integer(flag));
    }

    /// Whether the task in hand is no longer at its start.
    fn has_begun(&self) -> bool {
        let top = self.calls.last().unwrap();
        top.returns_to.is_some() || self.counter != Place::new(top.body, 0)
    }

    /// Makes a task that rests, with these values on its stack.
    fn make(&mut self, code: &Value, values: Vec<Value>, before: &Model) -> Result<u64, Halt> {
        let mut entries = Vec::new();
        let entry = |body, home, locals| Live {
            body,
            again: Again::Once,
            returns_to: None,
            home,
            kept: None,
            locals,
        };
        let body = match *code {
            Value::Code(function) => {
                let number = self.open_frame();
                entries.push(entry(function, number, BTreeMap::new()));
                function
            }
            Value::Block(block, home) => {
                let owner = self.owner(block);
                let is_home = |live: &&Live| live.body == owner && live.home == home;
                let Some(frame) = self.calls.iter().find(is_home).cloned() else {
                    return fault("home");
                };
                let number = self.open_frame();
                let mut locals = frame.locals;
                for value in locals.values_mut() {
                    if let Value::Block(_, named) = value
                        && *named == home
                    {
                        *named = number;
                    }
                }
                entries.push(entry(owner, number, locals));
                entries.push(entry(block, number, BTreeMap::new()));
                block
            }
            _ => panic!("only code can be a task"),
        };
        let limit = |kind| self.limits[&kind];
        let lost = before.lost();
        let most = limit(LimitKind::Tasks);
        let is_full = before.all_tasks() as u64 >= most;
        let is_worth_it = self.made_since >= (most / 16).max(1);
        let makes_room = is_worth_it && ((before.all_tasks() - lost.len()) as u64) < most;
        if is_full && !makes_room {
            return Err(Halt::Limit(LimitKind::Tasks));
        }
        if (self.all_calls() + entries.len()) as u64 > limit(LimitKind::Calls) {
            return Err(Halt::Limit(LimitKind::Calls));
        }
        if is_full {
            self.others.retain(|task, _| !lost.contains(task));
            self.results.retain(|task, _| !lost.contains(task));
            self.made_since = 0;
        }
        self.made_since += 1;
        let task = self.made;
        self.made += 1;
        let thread = Thread { counter: Place::new(body, 0), stack: values, calls: entries };
        self.others.insert(task, thread);
        Ok(task)
    }

    /// Ends the task in hand.
    pub fn end_task(&mut self) -> Outcome {
        if self.stack.len() > MOST {
            return fault("left");
        }
        let values = std::mem::take(&mut self.stack);
        let task = self.current;
        self.strands[self.round].chain.pop();
        match self.strands[self.round].chain.last().copied() {
            Some(resumer) => {
                self.hold(resumer);
                self.answer(values, 0);
                self.others.remove(&task);
            }
            None => {
                if !values.is_empty() {
                    self.results.insert(task, values);
                }
                self.strands.remove(self.round);
                let before = (self.round + self.strands.len() - 1) % self.strands.len();
                self.take_up(before);
                self.alone = false;
                self.end_turn();
                self.others.remove(&task);
            }
        }
        Ok(())
    }

    fn close(&mut self, task: u64) -> Outcome {
        match self.state(task) {
            State::Over => Ok(()),
            State::Rests => {
                self.others.remove(&task);
                Ok(())
            }
            State::Runs if task != self.current && task != 0 => {
                self.others.remove(&task);
                let top = |strand: &Strand| strand.top() == task;
                let at = self.strands.iter().position(top).unwrap();
                self.strands[at].chain.pop();
                match self.strands[at].chain.last().copied() {
                    Some(resumer) => {
                        self.strands[at].wake = 0;
                        let stack = &mut self.others.get_mut(&resumer).unwrap().stack;
                        stack.extend([Value::Integer(0), Value::Integer(-1)]);
                    }
                    None => {
                        self.strands.remove(at);
                        self.round -= usize::from(at < self.round);
                    }
                }
                Ok(())
            }
            State::Runs | State::Waits => fault("close"),
        }
    }

    fn make_channel(&mut self, before: &Model) -> Outcome {
        let n = self.integer()?;
        let Some(size) = usize::try_from(n).ok().filter(|&n| (1..=(1 << 28) - 2).contains(&n))
        else {
            return fault("room");
        };
        let cells = size as u64 + 2;
        if !before.fits_cells(cells) {
            return Err(Halt::Limit(LimitKind::Memory));
        }
        self.prepare(before, cells, 0);
        let start = self.free_place(size + 2);
        let number = self.data.len() as u64;
        let values = vec![Value::Integer(0); size + 2];
        self.data.push(Data { freed: false, start, values });
        self.stack.push(Value::Data(number));
        Ok(())
    }

    /// The index of the oldest value of a channel, how many values there are, and how many it holds at most.
    fn channel(&self, data: usize) -> Result<(usize, usize, usize), Halt> {
        let [first, count, ring @ ..] = &self.data[data].values[..] else {
            return fault("channel");
        };
        let size = ring.len();
        match (first, count) {
            (&Value::Integer(first), &Value::Integer(count))
                if (0..size as i64).contains(&first) && (0..=size as i64).contains(&count) =>
            {
                Ok((first as usize, count as usize, size))
            }
            _ => fault("channel"),
        }
    }
}

// What a person does.

impl Model {
    /// Makes the top of a strand current, and begins its turn.
    pub fn set_turn(&mut self, task: u64, alone: bool) -> bool {
        let found = self.strands.iter().position(|strand| strand.top() == task);
        if let Some(strand) = found {
            self.take_up(strand);
            self.turn = 0;
            self.alone = alone && self.strands.len() > 1;
        }
        found.is_some()
    }
}
