//! Collecting in the model: all at once, when the machine begins, by sets.

use std::collections::BTreeSet;

use midflight::vm::growth::Growth;
use midflight::vm::limit::LimitKind;

use super::model::{Instr, Model, Value};

impl Model {
    /// The numbers of the data and the texts that can be reached.
    pub fn reachable(&self) -> (BTreeSet<usize>, BTreeSet<&str>) {
        let cells = self.bodies.iter().flatten().flat_map(|body| body.cells.iter().flatten());
        let pushed = cells.filter_map(|instr| match instr {
            Instr::Push(value) => Some(value),
            _ => None,
        });
        let threads = self.others.values();
        let calls = self.calls.iter().chain(threads.clone().flat_map(|thread| &thread.calls));
        let locals = calls.flat_map(|live| live.locals.values());
        let stacks = threads.map(|thread| &thread.stack).chain(self.results.values());
        let stacks = stacks.flatten().chain(&self.stack);
        let globals = self.globals.values();
        let mut open: Vec<&Value> = pushed.chain(stacks).chain(locals).chain(globals).collect();
        let (mut data, mut texts) = (BTreeSet::new(), BTreeSet::new());
        while let Some(value) = open.pop() {
            match value {
                Value::Data(number) if data.insert(*number as usize) => {
                    open.extend(&self.data[*number as usize].values);
                }
                Value::Text(text) => {
                    texts.insert(text.as_str());
                }
                _ => {}
            }
        }
        (data, texts)
    }

    fn reachable_cells(&self) -> u64 {
        self.reachable().0.into_iter().map(|n| self.data[n].values.len().max(1) as u64).sum()
    }

    fn reachable_text(&self) -> u64 {
        self.reachable().1.iter().map(|text| text.len() as u64).sum()
    }

    /// Whether an instruction that makes this many cells of data may run.
    pub fn fits_cells(&self, cells: u64) -> bool {
        let limit = self.limits[&LimitKind::Memory];
        let made = self.growth.cells;
        self.cells() + cells <= limit
            || (made >= limit / 16 && self.code_cells() + self.reachable_cells() + cells <= limit)
    }

    /// Whether an instruction that makes these texts may run.
    pub fn fits_texts(&self, texts: &[&str]) -> bool {
        let limit = self.limits[&LimitKind::Text];
        let length: u64 = texts.iter().map(|text| text.len() as u64).sum();
        let made = self.growth.text;
        let is_worth_it = self.growth.kept_text + made + length <= limit || made >= limit / 16;
        let mut all = self.reachable().1;
        let more = texts.iter().filter(|text| all.insert(text)).map(|text| text.len() as u64);
        let more: u64 = more.sum();
        is_worth_it && (more == 0 || self.reachable_text() + more <= limit)
    }

    /// Collects, if an instruction that is about to run in `before` and makes this much begins that.
    pub fn prepare(&mut self, before: &Model, cells: u64, text: u64) {
        let Growth { kept_cells, kept_text, cells: made_cells, text: made_text } = self.growth;
        let memory = self.limits[&LimitKind::Memory];
        let texts = self.limits[&LimitKind::Text];
        let near = |made: u64, used: u64, limit: u64| {
            made > 0 && made >= limit / 16 && used + limit / 16 >= limit
        };
        let all_text = kept_text + made_text;
        let due = made_cells + made_text / 8 >= self.least.max(kept_cells + kept_text / 8)
            || near(made_cells, before.cells(), memory)
            || near(made_text, all_text, texts);
        let lacks =
            (cells > 0 && before.cells() + cells > memory) || (text > 0 && all_text + text > texts);
        if due || lacks {
            let (data, _) = before.reachable();
            for (number, body) in self.data.iter_mut().enumerate() {
                body.freed |= number < before.data.len() && !data.contains(&number);
            }
            self.growth = Growth {
                kept_cells: before.reachable_cells(),
                kept_text: before.reachable_text(),
                cells: 0,
                text: 0,
            };
        }
        self.growth.cells += cells;
        self.growth.text += text;
    }
}
