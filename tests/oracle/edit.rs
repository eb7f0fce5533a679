//! Editing the model: cells are moved one by one, and the one rule is applied to a list of positions.

use std::collections::BTreeSet;
use std::rc::Rc;

use midflight::vm::index::{BodyId, Offset};
use midflight::vm::instruction::{Fragment, Instruction};
use midflight::vm::memory::Place;

use super::model::{Body, Instr, Kind, Live, Model, Value};

const LOCALS: usize = 255;
const LONGEST: usize = 65_536;

fn integer_fits(number: i64) -> bool {
    (-(1 << 60)..1 << 60).contains(&number)
}

fn name_fits(name: &str) -> bool {
    let digits = name.trim_start_matches(['+', '-']);
    let signs = name.len() - digits.len();
    let number = signs <= 1 && !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit());
    let bad = |c: char| c.is_whitespace() || c.is_control() || ['[', ']', '"', '`'].contains(&c);
    !name.is_empty()
        && name.len() <= 255
        && name != "..."
        && !name.starts_with('@')
        && !name.starts_with('#')
        && !name.ends_with(':')
        && !number
        && !name.chars().any(bad)
}

impl Model {
    /// Every saved position.
    fn positions(&mut self) -> Vec<&mut Place> {
        let mut all = vec![&mut self.counter];
        let mut calls: Vec<&mut Live> = self.calls.iter_mut().collect();
        for thread in self.others.values_mut() {
            all.push(&mut thread.counter);
            calls.extend(&mut thread.calls);
        }
        all.extend(calls.into_iter().filter_map(|live| live.returns_to.as_mut()));
        all
    }

    /// Every value outside code.
    fn values(&mut self) -> Vec<&mut Value> {
        let mut all: Vec<&mut Value> = self.stack.iter_mut().collect();
        let mut calls: Vec<&mut Live> = self.calls.iter_mut().collect();
        for thread in self.others.values_mut() {
            all.extend(&mut thread.stack);
            calls.extend(&mut thread.calls);
        }
        all.extend(self.results.values_mut().flatten());
        all.extend(
            calls.into_iter().flat_map(|live| live.locals.values_mut().chain(&mut live.kept)),
        );
        all.extend(self.data.iter_mut().flat_map(|data| &mut data.values));
        all.extend(self.globals.values_mut());
        all
    }

    /// Every entry of every call stack.
    fn live(&self) -> impl Iterator<Item = &Live> {
        self.calls.iter().chain(self.others.values().flat_map(|thread| &thread.calls))
    }

    /// Every cell that is not empty, with the function it belongs to.
    fn instrs(&mut self) -> Vec<(u32, &mut Instr)> {
        let owners: Vec<u32> = (0..self.bodies.len() as u32).map(|n| self.owner(n)).collect();
        let bodies = self.bodies.iter_mut().zip(owners);
        let bodies = bodies.filter_map(|(body, owner)| Some((Rc::make_mut(body.as_mut()?), owner)));
        bodies
            .flat_map(|(body, owner)| body.cells.iter_mut().flatten().map(move |c| (owner, c)))
            .collect()
    }

    fn size(&self, body: u32) -> Option<u32> {
        Some(self.body(body)?.cells.len() as u32)
    }

    fn is_place(&self, at: Place) -> bool {
        self.size(at.body.0).is_some_and(|size| at.offset.0 < size)
    }

    /// The locals of a function: those in its code, and those that a live frame has assigned.
    pub fn locals(&self, function: u32) -> BTreeSet<String> {
        let numbered = (0..).zip(&self.bodies);
        let bodies = numbered.filter(|&(number, _)| self.owner(number) == function);
        let cells = bodies.flat_map(|(_, body)| body.iter().flat_map(|body| &body.cells));
        let spoken = cells.flatten().filter_map(|instr| match instr {
            Instr::Pick(name) | Instr::Assign(name) => Some(name.clone()),
            _ => None,
        });
        let live = self.live().filter(|live| live.body == function);
        spoken.chain(live.flat_map(|live| live.locals.keys().cloned())).collect()
    }

    /// Whether a piece of program can be put into a function, or into a new one.
    fn is_legal(&self, line: &Fragment, owner: Option<u32>) -> bool {
        let all = || line.bodies.iter().flatten();
        self.is_tree(line)
            && all().all(|instruction| self.is_legal_instruction(instruction))
            && self.is_free(line, owner)
            && self.locals_fit(line, owner)
    }

    /// Every body but the first is the block of exactly one cell, and is reached from the first.
    fn is_tree(&self, line: &Fragment) -> bool {
        let mut reached = vec![0];
        let mut next = 0;
        while next < reached.len() {
            let Some(body) = line.bodies.get(reached[next]) else { return false };
            for instruction in body {
                if let Instruction::Block(inner) = instruction {
                    if reached.contains(&(*inner as usize)) {
                        return false;
                    }
                    reached.push(*inner as usize);
                }
            }
            next += 1;
        }
        reached.len() == line.bodies.len()
    }

    fn is_legal_instruction(&self, instruction: &Instruction) -> bool {
        match instruction {
            Instruction::Integer(number) => integer_fits(*number),
            Instruction::Text(text) => text.len() <= LONGEST,
            Instruction::Address(BodyId::Data(_))
            | Instruction::BlockValue(..)
            | Instruction::Task(_) => false,
            // A replaced function has no name, so no text could spell its address.
            Instruction::Address(BodyId::Code(body)) => {
                self.body(body.0).is_some_and(|body| !matches!(body.kind, Kind::Former(_)))
            }
            Instruction::Call(name)
            | Instruction::PushFunction(name)
            | Instruction::Pick(name)
            | Instruction::Assign(name)
            | Instruction::SetGlobal(name)
            | Instruction::GetGlobal(name)
            | Instruction::Label(name)
            | Instruction::Hole(name)
            | Instruction::FunctionHole(name) => name_fits(name),
            Instruction::Block(_) | Instruction::Primitive(_) | Instruction::Breakpoint => true,
        }
    }

    /// The address of a block is written in at most one cell, and only in its own function.
    fn is_free(&self, line: &Fragment, owner: Option<u32>) -> bool {
        let mut seen = BTreeSet::new();
        line.bodies.iter().flatten().all(|instruction| {
            let Instruction::Address(BodyId::Code(block)) = instruction else { return true };
            let Some(Body { kind: Kind::Block(function), .. }) = self.body(block.0) else {
                return true;
            };
            let push = Instr::Push(Value::Code(block.0));
            let mut bodies = self.bodies.iter().flatten();
            let written = bodies.any(|body| body.cells.contains(&Some(push.clone())));
            owner == Some(*function) && !written && seen.insert(*block)
        })
    }

    fn locals_fit(&self, line: &Fragment, owner: Option<u32>) -> bool {
        let mut locals = owner.map(|owner| self.locals(owner)).unwrap_or_default();
        for instruction in line.bodies.iter().flatten() {
            if let Instruction::Pick(name) | Instruction::Assign(name) = instruction {
                locals.insert(name.to_string());
            }
        }
        locals.len() <= LOCALS
    }

    pub fn write(&mut self, at: Place, line: &Fragment, insert: bool) -> bool {
        let allowed = self.is_place(at) && self.is_legal(line, Some(self.owner(at.body.0)));
        if allowed {
            self.put(at, line, insert);
        }
        allowed
    }

    pub fn replace(&mut self, at: Place, line: &Fragment) -> bool {
        if !self.is_place(at) {
            return false;
        }
        let same = line.bodies.len() == 1 && line.bodies[0] == [self.spell(self.cell(at))];
        if !same && !self.is_legal(line, Some(self.owner(at.body.0))) {
            return false;
        }
        self.cells_mut(at.body.0)[at.offset.index()] = None;
        self.put(at, line, false);
        true
    }

    fn body_mut(&mut self, body: u32) -> &mut Body {
        Rc::make_mut(self.bodies[body as usize].as_mut().unwrap())
    }

    fn cells_mut(&mut self, body: u32) -> &mut Vec<Option<Instr>> {
        &mut self.body_mut(body).cells
    }

    fn put(&mut self, at: Place, line: &Fragment, insert: bool) {
        let function = self.owner(at.body.0);
        for instruction in line.bodies.iter().flatten() {
            if let Instruction::Assign(local) = instruction {
                for (owner, instr) in self.instrs() {
                    if owner == function && *instr == Instr::Hole(local.to_string()) {
                        *instr = Instr::Pick(local.to_string());
                    }
                }
            }
        }
        self.put_body(at, line, 0, insert);
    }

    fn put_body(&mut self, at: Place, line: &Fragment, which: usize, insert: bool) {
        let function = self.owner(at.body.0);
        let mut blocks = Vec::new();
        for (place, instruction) in (at.offset.0..).zip(&line.bodies[which]) {
            let instr = match instruction {
                Instruction::Block(inner) => {
                    let block = self.add_body(Kind::Block(function));
                    blocks.push((block, *inner as usize));
                    Some(Instr::Push(Value::Code(block)))
                }
                other => self.instr(other),
            };
            self.put_cell(Place::new(at.body, place), instr, insert);
        }
        for (block, inner) in blocks {
            self.put_body(Place::new(block, 0), line, inner, false);
        }
    }

    fn instr(&self, instruction: &Instruction) -> Option<Instr> {
        Some(match instruction {
            Instruction::Integer(number) => Instr::Push(Value::Integer(*number)),
            Instruction::Text(text) => Instr::Push(Value::Text(text.to_string())),
            Instruction::Address(BodyId::Code(body)) => Instr::Push(Value::Code(body.0)),
            Instruction::Call(name) | Instruction::Hole(name) => match self.function(name) {
                Some(body) => Instr::Call(body),
                None => Instr::Hole(name.to_string()),
            },
            Instruction::PushFunction(name) | Instruction::FunctionHole(name) => {
                match self.function(name) {
                    Some(body) => Instr::Push(Value::Code(body)),
                    None => Instr::FunctionHole(name.to_string()),
                }
            }
            Instruction::Pick(name) => Instr::Pick(name.to_string()),
            Instruction::Assign(name) => Instr::Assign(name.to_string()),
            Instruction::SetGlobal(name) => Instr::SetGlobal(name.to_string()),
            Instruction::GetGlobal(name) => Instr::GetGlobal(name.to_string()),
            Instruction::Label(name) => Instr::Label(name.to_string()),
            Instruction::Primitive(primitive) => Instr::Do(*primitive),
            Instruction::Breakpoint => return None,
            Instruction::Block(_)
            | Instruction::BlockValue(..)
            | Instruction::Task(_)
            | Instruction::Address(BodyId::Data(_)) => unreachable!(),
        })
    }

    fn put_cell(&mut self, at: Place, instr: Option<Instr>, insert: bool) {
        if !insert && self.cell(at).is_none() {
            self.make_room(at.body.0, at.offset.0 + 2);
            self.cells_mut(at.body.0)[at.offset.index()] = instr;
            return;
        }
        // The one rule.
        let mut furthest = 0;
        for position in self.positions() {
            if position.body == at.body && position.offset > at.offset {
                *position = position.next();
                furthest = furthest.max(position.offset.0);
            }
        }
        let used = self.cells_mut(at.body.0).iter().rposition(Option::is_some).map_or(0, |n| n + 1);
        let used = at.offset.0.max(used as u32);
        // One cell more than is used and an empty one, and a cell for every saved position.
        self.make_room(at.body.0, (used + 2).max(furthest + 1));
        let cells = self.cells_mut(at.body.0);
        cells.insert(at.offset.index(), instr);
        assert_eq!(cells.pop(), Some(None), "the last cell was empty");
    }

    /// Doubles the size of a body until it is large enough, and moves it to a free place.
    fn make_room(&mut self, body: u32, room: u32) {
        let size = self.size(body).unwrap();
        let mut enough = size;
        while enough < room {
            enough *= 2;
        }
        if enough > size {
            let start = self.free_place(enough as usize);
            self.body_mut(body).start = start;
            self.cells_mut(body).resize(enough as usize, None);
        }
    }

    fn add_body(&mut self, kind: Kind) -> u32 {
        let start = self.free_place(100);
        self.bodies.push(Some(Rc::new(Body { kind, start, cells: vec![None; 100] })));
        self.bodies.len() as u32 - 1
    }

    pub fn delete(&mut self, at: Place, count: u32) -> bool {
        if !self.is_place(at) || count > self.size(at.body.0).unwrap() - at.offset.0 {
            return false;
        }
        for _ in 0..count {
            let cells = self.cells_mut(at.body.0);
            cells.remove(at.offset.index());
            cells.push(None);
            for position in self.positions() {
                if position.body == at.body && position.offset > at.offset {
                    position.offset = Offset(position.offset.0 - 1);
                }
            }
        }
        true
    }

    pub fn define(&mut self, list: &[(String, Fragment)]) -> bool {
        let names: BTreeSet<&String> = list.iter().map(|(name, _)| name).collect();
        let new = |name: &str| name_fits(name) && self.function(name).is_none();
        let legal = list.iter().all(|(name, line)| new(name) && self.is_legal(line, None));
        if names.len() < list.len() || !legal {
            return false;
        }
        let mut places = Vec::new();
        for (name, _) in list {
            let body = self.add_body(Kind::Function(name.clone()));
            places.push(Place::new(body, 0));
            for (_, instr) in self.instrs() {
                if *instr == Instr::Hole(name.clone()) {
                    *instr = Instr::Call(body);
                } else if *instr == Instr::FunctionHole(name.clone()) {
                    *instr = Instr::Push(Value::Code(body));
                }
            }
        }
        for (place, (_, line)) in places.into_iter().zip(list) {
            self.put(place, line, false);
        }
        true
    }

    pub fn redefine(&mut self, name: &str, line: &Fragment) -> bool {
        let Some(old) = self.function(name) else { return false };
        if old == 0 || !self.is_legal(line, None) {
            return false;
        }
        self.body_mut(old).kind = Kind::Former(name.to_string());
        let new = self.add_body(Kind::Function(name.to_string()));
        self.put(Place::new(new, 0), line, false);
        for value in self.values() {
            if *value == Value::Code(old) {
                *value = Value::Code(new);
            }
        }
        for (_, instr) in self.instrs() {
            if *instr == Instr::Call(old) {
                *instr = Instr::Call(new);
            } else if *instr == Instr::Push(Value::Code(old)) {
                *instr = Instr::Push(Value::Code(new));
            }
        }
        true
    }

    pub fn remove(&mut self, body: u32) -> bool {
        if body == 0 || self.body(body).is_none() {
            return false;
        }
        let all = 0..self.bodies.len() as u32;
        let belongs = |&n: &u32| self.body(n).is_some() && (n == body || self.owner(n) == body);
        let gone: Vec<u32> = all.filter(belongs).collect();
        // Nothing that remains may refer to it.
        let mut rest = self.clone();
        for &number in &gone {
            rest.bodies[number as usize] = None;
        }
        let is_gone = |value: &Value| matches!(value, Value::Code(n) | Value::Block(n, _) if gone.contains(n));
        let spoken = rest.instrs().iter().any(|(_, instr)| match instr {
            Instr::Call(number) => gone.contains(number),
            Instr::Push(value) => is_gone(value),
            _ => false,
        });
        let valued = rest.values().iter().any(|value| is_gone(value));
        let stood_in = rest.positions().iter().any(|place| gone.contains(&place.body.0));
        let alive = rest.live().any(|live| gone.contains(&live.body));
        let free = !(spoken || valued || stood_in || alive);
        if free {
            *self = rest;
        }
        free
    }

    pub fn set_counter(&mut self, place: Place) -> bool {
        let there = self.is_place(place);
        if there {
            self.counter = place;
        }
        there
    }

    fn value(&self, value: &Instruction) -> Option<Value> {
        match value {
            Instruction::Integer(number) if integer_fits(*number) => Some(Value::Integer(*number)),
            Instruction::Text(text) if text.len() <= LONGEST => Some(Value::Text(text.to_string())),
            Instruction::Address(BodyId::Code(body)) => {
                let there = self.body(body.0)?;
                Some(match there.kind {
                    Kind::Block(_) => Value::Block(body.0, self.assumed_home(body.0)),
                    Kind::Function(_) | Kind::Former(_) => Value::Code(body.0),
                })
            }
            Instruction::BlockValue(block, home) => {
                let (block, home) = (block.0, home.number());
                let Kind::Block(owner) = self.body(block)?.kind else { return None };
                let is_frame = |live: &&Live| self.owner(live.body) == live.body;
                let mut frames = self.live().filter(is_frame);
                let other = frames.any(|live| live.home == home && live.body != owner);
                (home <= self.frames && !other).then_some(Value::Block(block, home))
            }
            Instruction::Address(BodyId::Data(body)) => {
                let data = self.data.get(usize::try_from(body.0).ok()?);
                data.filter(|data| !data.freed).map(|_| Value::Data(body.0))
            }
            Instruction::PushFunction(name) => self.function(name).map(Value::Code),
            Instruction::Task(task) => (task.0 < self.made).then_some(Value::Task(task.0)),
            _ => None,
        }
    }

    /// The frame of a block that is named without one.
    fn assumed_home(&self, block: u32) -> u64 {
        let owner = self.owner(block);
        if owner == self.owner(self.counter.body.0) {
            return self.home_number(self.counter);
        }
        let innermost = self.calls.iter().rfind(|live| live.body == owner);
        innermost.map_or(0, |live| live.home)
    }

    pub fn push(&mut self, values: &[Instruction]) -> bool {
        let values: Option<Vec<Value>> = values.iter().map(|value| self.value(value)).collect();
        let Some(values) = values else { return false };
        self.stack.extend(values);
        true
    }

    pub fn drop_top(&mut self, count: usize) -> bool {
        let enough = count <= self.stack.len();
        if enough {
            self.stack.truncate(self.stack.len() - count);
        }
        enough
    }

    pub fn set_parameter(&mut self, index: usize, value: &Instruction) -> bool {
        match self.value(value) {
            Some(value) if index < self.stack.len() => {
                self.stack[index] = value;
                true
            }
            _ => false,
        }
    }

    pub fn set_local(&mut self, depth: usize, local: &str, value: Option<&Instruction>) -> bool {
        let Some(body) = self.calls.get(depth).map(|live| live.body) else { return false };
        let frame = !matches!(self.body(body), Some(Body { kind: Kind::Block(_), .. }));
        if !frame || !self.locals(body).contains(local) {
            return false;
        }
        let made = value.map(|value| self.value(value));
        let locals = &mut self.calls[depth].locals;
        match made {
            None => {
                locals.remove(local);
            }
            Some(None) => return false,
            Some(Some(value)) => {
                locals.insert(local.to_string(), value);
            }
        }
        true
    }

    pub fn set_global(&mut self, name: &str, value: Option<&Instruction>) -> bool {
        if !name_fits(name) {
            return false;
        }
        match value.map(|value| self.value(value)) {
            None => self.globals.remove(name).is_some(),
            Some(None) => false,
            Some(Some(value)) => {
                self.globals.insert(name.to_string(), value);
                true
            }
        }
    }

    pub fn set_data(&mut self, body: u32, index: u64, value: &Instruction) -> bool {
        let Some(value) = self.value(value) else { return false };
        let data = self.data.get_mut(body as usize).filter(|data| !data.freed);
        match data.and_then(|data| data.values.get_mut(usize::try_from(index).ok()?)) {
            Some(cell) => {
                *cell = value;
                true
            }
            None => false,
        }
    }

    pub fn restart(&mut self, depth: usize, parameters: &[Instruction]) -> bool {
        let values: Option<Vec<Value>> = parameters.iter().map(|v| self.value(v)).collect();
        let (Some(values), true) = (values, depth < self.calls.len()) else { return false };
        // The function of a copied frame does not run here.
        if depth == 0 && self.calls.get(1).is_some_and(|block| block.returns_to.is_none()) {
            return false;
        }
        self.stack = values;
        self.calls.truncate(depth.saturating_add(1));
        self.start_again();
        true
    }
}
