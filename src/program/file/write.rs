//! From an image to the text of its file. It is not left to a serializer, because the lines are for
//! people: one statement of the program per line, empty parts left out, and comments that explain
//! numbers. The same image gives the same bytes.
//!
//! An image may be much larger than its machine, so it is written in pieces and never held as a whole, and
//! data is spelled row by row.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt::Write;
use std::io;

use crate::program::breakpoint::Breakpoint;
use crate::program::comment::{CommentAt, CommentPlace};
use crate::program::forth::row::{write_row, write_rows};
use crate::program::image::Image;
use crate::program::scope::Scope;
use crate::program::version::Version;
use crate::program::watch::{Shape, Watched};
use crate::vm::cell::Cell;
use crate::vm::data::DataBody;
use crate::vm::frame::Again;
use crate::vm::growth::Growth;
use crate::vm::index::{Body, DataId, FrameNumber, TaskId};
use crate::vm::instruction::Instruction;
use crate::vm::limit::LimitKind;
use crate::vm::machine::Machine;
use crate::vm::memory::{Memory, Place};
use crate::vm::serialized::{
    Serialized, SerializedCall, SerializedCode, SerializedKind, SerializedStrand, SerializedTask,
};
use crate::vm::spelling::escape;
use crate::vm::tasks::QUANTUM;

/// The values of a data body that are not 0, with their indices.
pub(super) type Values<'d> = Box<dyn Iterator<Item = (usize, Cell)> + 'd>;

/// Writes the file text of an image. Its data bodies have these values.
///
/// # Errors
/// If it cannot be written.
pub(super) fn write<'d>(
    image: &Image,
    values: &dyn Fn(DataId) -> Values<'d>,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let parts = image.machine.serialize_without_data();
    let mut page = Page { machine: &image.machine, text: String::new(), out, done: Ok(()) };
    page.line(0, "(");
    page.line(1, &format!("version: {},", Version::NEWEST.number()));
    page.line(1, &format!("retired: {},", parts.retired));
    let limits = LimitKind::ALL.map(|kind| format!("{kind}: {}", parts.limits.get(kind)));
    page.line(1, &format!("limits: ({}),", limits.join(", ")));
    page.code(&parts);
    page.all_data(values);
    page.globals(&parts.globals);
    page.line(1, "tasks: [");
    let is_counted = parts.tasks.len() > 1;
    parts.tasks.iter().for_each(|task| page.task(task, is_counted));
    page.line(1, "],");
    if parts.current != TaskId::MAIN {
        page.line(1, &format!("current: {},", parts.current));
    }
    page.schedule(&parts);
    let live = parts.tasks.iter().flat_map(|task| &task.calls).filter_map(|call| call.home);
    let live = live.filter(|&home| home != FrameNumber::GONE).max();
    if let Some(newest) = parts.newest_frame.filter(|_| parts.newest_frame != live) {
        page.line(1, &format!("frames: {newest},"));
    }
    page.memory_counts(&parts);
    page.pieces("input", &parts.input);
    if parts.input_ended {
        page.line(1, "input_ended: true,");
    }
    page.pieces("output", &parts.output);
    page.marks(image);
    page.line(0, ")");
    page.flush();
    page.done
}

/// The bytes that are collected before they are written.
const PIECE: usize = 1 << 16;

/// The text that is not written yet.
struct Page<'a> {
    machine: &'a Machine,
    text: String,
    out: &'a mut dyn io::Write,
    /// Whether all of the text before was written.
    done: io::Result<()>,
}

impl<'a> Page<'a> {
    fn memory(&self) -> &'a Memory {
        self.machine.memory()
    }

    fn indent(&mut self, depth: usize) {
        (0..depth).for_each(|_| self.text.push_str("    "));
    }

    fn line(&mut self, depth: usize, line: &str) {
        self.indent(depth);
        self.text.push_str(line);
        self.end_line("\n");
    }

    fn end_line(&mut self, end: &str) {
        self.text.push_str(end);
        if self.text.len() >= PIECE {
            self.flush();
        }
    }

    fn flush(&mut self) {
        if self.done.is_ok() {
            self.done = self.out.write_all(self.text.as_bytes());
        }
        self.text.clear();
    }

    /// A field that is a list; an empty one is left out.
    fn list<T>(&mut self, name: &str, items: &[T], put: impl Fn(&mut Self, usize, &T)) {
        if items.is_empty() {
            return;
        }
        self.line(1, &format!("{name}: ["));
        items.iter().enumerate().for_each(|(index, item)| put(self, index, item));
        self.line(1, "],");
    }

    fn address(&self, place: Place) -> u64 {
        self.memory().address(place)
    }

    fn code(&mut self, parts: &Serialized) {
        let missing = missing(&parts.code);
        if !missing.is_empty() {
            self.line(1, &format!("// not yet implemented: {missing}"));
        }
        let mut locals: HashMap<Body, HashSet<Box<str>>> = HashMap::new();
        for body in &parts.code {
            let assigned = body.cells.iter().filter_map(Instruction::assigned).map(Box::from);
            locals.entry(owner(body)).or_default().extend(assigned);
        }
        self.line(1, "code: [");
        for body in &parts.code {
            self.body(body, &locals[&owner(body)]);
        }
        self.line(1, "],");
        self.line(1, &format!("next_code: {},", parts.code_count));
    }

    fn body(&mut self, body: &SerializedCode, locals: &HashSet<Box<str>>) {
        let kind = match &body.kind {
            SerializedKind::Function(name) => format!("Function({})", quoted(name)),
            SerializedKind::Block(owner) => format!("Block(of: {owner})"),
            SerializedKind::Former(name) => format!("Former({})", quoted(name)),
        };
        let SerializedCode { number, start, size, .. } = body;
        let head = format!("(number: {number}, kind: {kind}, start: {start}, size: {size}");
        if body.cells.is_empty() {
            return self.line(2, &format!("{head}),"));
        }
        self.line(2, &format!("{head}, cells: ["));
        let scope = Scope::with_locals(self.machine, locals);
        write_rows(&body.cells, &scope, |row| self.row(row));
        self.line(2, "]),");
    }

    fn row(&mut self, row: &str) {
        self.indent(3);
        put_row(row, &mut self.text);
        self.end_line(",\n");
    }

    fn all_data<'d>(&mut self, values: &dyn Fn(DataId) -> Values<'d>) {
        let machine = self.machine;
        if machine.memory().data_count() == 0 {
            return;
        }
        self.line(1, "data: [");
        for data in machine.memory().data_bodies() {
            self.data(data, values(data.id));
        }
        self.line(1, "],");
    }

    /// What is remembered of data that is gone, and of how much was made.
    fn memory_counts(&mut self, parts: &Serialized) {
        let memory = self.memory();
        let last = memory.data_bodies().last().map(|data| data.id);
        let after = last.map_or(DataId(0), |DataId(last)| DataId(last + 1));
        if let Some(next) = parts.next_data.filter(|&next| next != after) {
            self.line(1, &format!("next_data: {next},"));
        }
        let usual = self.memory().space_of_bodies();
        if let Some(free) = parts.free_space.as_ref().filter(|&free| *free != usual) {
            let gaps: Vec<String> =
                free.gaps.iter().map(|(start, length)| format!("({start}, {length})")).collect();
            let gaps = if gaps.is_empty() {
                String::new()
            } else {
                format!("gaps: [{}], ", gaps.join(", "))
            };
            self.line(1, &format!("free: ({gaps}end: {}),", free.end));
        }
        let Growth { kept_cells, kept_text, cells, text } = parts.growth.unwrap_or_default();
        let counts = [
            ("kept_cells", kept_cells),
            ("kept_text", kept_text),
            ("cells", cells),
            ("text", text),
        ];
        let counts = counts.into_iter().filter(|&(_, count)| count > 0);
        let counts: Vec<String> = counts.map(|(name, count)| format!("{name}: {count}")).collect();
        if !counts.is_empty() {
            self.line(1, &format!("growth: ({}),", counts.join(", ")));
        }
    }

    fn data(&mut self, data: DataBody<'_>, values: Values<'_>) {
        let head = format!("(number: {}, start: {}, size: {}", data.id, data.start, data.size());
        let mut values = values.peekable();
        if values.peek().is_none() {
            return self.line(2, &format!("{head}),"));
        }
        self.line(2, &format!("{head}, cells: ["));
        let mut row = DataRow::default();
        for (index, value) in values {
            if index / ROW_CELLS != row.first / ROW_CELLS {
                self.data_row(&mut row);
                row.first = index - index % ROW_CELLS;
            }
            // Zeros fill the gap before a value.
            row.cells.resize(index - row.first, Instruction::Integer(0));
            row.cells.push(self.machine.spell(value));
        }
        self.data_row(&mut row);
        self.line(2, "]),");
    }

    fn data_row(&mut self, row: &mut DataRow) {
        if row.cells.is_empty() {
            return;
        }
        self.indent(3);
        let _ = write!(self.text, "({}, ", row.first);
        self.values(&row.cells);
        self.end_line("),\n");
        row.cells.clear();
    }

    fn values(&mut self, values: &[Instruction]) {
        let mut words = String::new();
        write_row(values, &Scope::outside(self.machine), &mut words);
        put_row(&words, &mut self.text);
    }

    fn globals(&mut self, globals: &[(String, Instruction)]) {
        if globals.is_empty() {
            return;
        }
        self.line(1, "globals: {");
        for (name, value) in globals {
            self.indent(2);
            let _ = write!(self.text, "{}: ", quoted(name));
            self.values(std::slice::from_ref(value));
            self.end_line(",\n");
        }
        self.line(1, "},");
    }

    /// Who takes turns, and how, as far as it is not usual.
    fn schedule(&mut self, parts: &Serialized) {
        let schedule = &parts.schedule;
        let strands = schedule.strands.as_deref().expect("a machine has strands");
        let is_usual = |one: &SerializedStrand| {
            let SerializedStrand { tasks, wake, share } = one;
            *tasks == [TaskId::MAIN] && (*wake, *share) == (0, 1)
        };
        if !(strands.len() == 1 && is_usual(&strands[0])) {
            self.line(1, "// each task has resumed the one after it; the last one runs");
            self.list("strands", strands, |page, _, strand| {
                let tasks: Vec<String> = strand.tasks.iter().map(TaskId::to_string).collect();
                let mut line = format!("(tasks: [{}]", tasks.join(", "));
                if strand.wake != 0 {
                    let _ = write!(line, ", wake: {}", strand.wake);
                }
                if strand.share != 1 {
                    let _ = write!(line, ", share: {}", strand.share);
                }
                page.line(2, &format!("{line}),"));
            });
        }
        self.list("left", &schedule.left, |page, _, (task, values)| {
            page.line(2, &format!("({task}, ["));
            page.rows(3, values);
            page.line(2, "]),");
        });
        let last = parts.tasks.last().map(|task| task.number);
        let last = last.max(schedule.left.last().map(|&(task, _)| task));
        let next = schedule.next_task.filter(|next| last.is_none_or(|last| last.0 + 1 != next.0));
        let counts = [
            ("next_task", next.map(|next| next.0)),
            ("tasks_made", Some(schedule.made).filter(|&made| made != 0)),
            ("turn", Some(schedule.turn).filter(|&turn| turn != 0)),
            ("quantum", Some(schedule.quantum).filter(|&quantum| quantum != QUANTUM)),
            ("slept", Some(schedule.slept).filter(|&slept| slept != 0)),
        ];
        for (name, count) in counts {
            if let Some(count) = count {
                self.line(1, &format!("{name}: {count},"));
            }
        }
        if schedule.alone {
            self.line(1, "alone: true,");
        }
    }

    /// Values in rows.
    fn rows(&mut self, depth: usize, values: &[Instruction]) {
        for row in values.chunks(ROW_CELLS) {
            self.indent(depth);
            self.values(row);
            self.end_line(",\n");
        }
    }

    fn task(&mut self, task: &SerializedTask, is_counted: bool) {
        self.line(2, "(");
        if is_counted {
            self.line(3, &format!("number: {},", task.number));
        }
        let counter = self.address(task.counter);
        let title = self.memory().title(task.counter.body);
        self.line(3, &format!("counter: {counter}, // {title}"));
        if !task.parameters.is_empty() {
            self.line(3, "parameters: [");
            self.rows(4, &task.parameters);
            self.line(3, "],");
        }
        self.line(3, "calls: [");
        let mut usual = UsualHomes::default();
        for call in &task.calls {
            let is_usual = usual.is_home(self.memory().owner(call.body), call);
            self.call(call, is_usual);
        }
        self.line(3, "],");
        self.line(2, "),");
    }

    /// An entry of the call stack. The number of its frame is left out if it is the usual one.
    fn call(&mut self, call: &SerializedCall, is_usual: bool) {
        self.indent(4);
        let _ = write!(self.text, "(body: {}", call.body);
        if let Some(place) = call.returns_to {
            let address = self.address(place);
            let _ = write!(self.text, ", returns_to: {address}");
        }
        if let Some(home) = call.home.filter(|_| !is_usual) {
            let _ = write!(self.text, ", frame: {home}");
        }
        self.text.push_str(match call.again {
            Again::Once => "",
            Again::Always => ", again: Always",
            Again::WhileTrue => ", again: WhileTrue",
            Again::Condition => ", again: Condition(body: ",
            Again::Body => ", again: Body(condition: ",
            Again::Times => ", again: Times(left: ",
        });
        match &call.kept {
            Some(Instruction::Integer(left)) => self.text.push_str(&format!("{left})")),
            Some(block) => {
                self.values(std::slice::from_ref(block));
                self.text.push(')');
            }
            None => {}
        }
        for (index, (name, value)) in call.locals.iter().enumerate() {
            self.text.push_str(if index == 0 { ", locals: {" } else { ", " });
            self.text.push_str(&quoted(name));
            self.text.push_str(": ");
            self.values(std::slice::from_ref(value));
        }
        self.text.push_str(if call.locals.is_empty() { ")" } else { "})" });
        let title = self.memory().title(call.body);
        self.end_line(&format!(", // {title}\n"));
    }

    /// A long text in pieces, each up to a line end.
    fn pieces(&mut self, name: &str, text: &str) {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(end) = rest.find('\n') {
            // Empty lines belong to the line before them.
            let end = rest[end..].find(|char| char != '\n').map_or(rest.len(), |more| end + more);
            let (piece, behind) = rest.split_at(end);
            pieces.push(piece);
            rest = behind;
        }
        pieces.extend((!rest.is_empty()).then_some(rest));
        self.list(name, &pieces, |page, _, piece| {
            page.line(2, &format!("{},", quoted(piece)));
        });
    }

    fn marks(&mut self, image: &Image) {
        let mut breakpoints: Vec<(u64, &Breakpoint)> = image
            .breakpoints
            .iter()
            .map(|(at, breakpoint)| (self.address(at), breakpoint))
            .collect();
        breakpoints.sort_unstable_by_key(|&(address, _)| address);
        let (plain, special): (Vec<_>, Vec<_>) =
            breakpoints.into_iter().partition(|(_, breakpoint)| breakpoint.is_plain());
        if !plain.is_empty() {
            let list: Vec<String> = plain.iter().map(|(address, _)| address.to_string()).collect();
            self.line(1, &format!("breakpoints: [{}],", list.join(", ")));
        }
        self.list("special_breakpoints", &special, |page, _, &(address, breakpoint)| {
            page.line(2, &format!("({}),", spelled(address, breakpoint)));
        });
        if !image.bookmarks.is_empty() {
            self.line(1, "bookmarks: {");
            for (name, &place) in &image.bookmarks {
                self.line(2, &format!("{}: {},", quoted(name), self.address(place)));
            }
            self.line(1, "},");
        }
        if !image.comments.is_empty() {
            self.line(1, "comments: [");
            for (place, text) in image.comments.iter() {
                self.comment(place, text);
            }
            self.line(1, "],");
        }
        self.list("watches", &image.watches, |page, _, watch| {
            let what = match &watch.what {
                Watched::Line(line) => format!("line: {}", quoted(line)),
                Watched::Data(number) => format!("data: {number}"),
            };
            let shape = match watch.shape {
                Shape::Row => String::new(),
                Shape::Table | Shape::Bars => format!(", shape: {}", quoted(watch.shape.name())),
            };
            page.line(2, &format!("({what}{shape}),"));
        });
    }

    fn comment(&mut self, CommentPlace { body, at }: CommentPlace, text: &str) {
        let at = match at {
            CommentAt::Before(offset) => {
                format!("Before({})", self.address(Place { body, offset }))
            }
            CommentAt::End => format!("End(of: {body})"),
        };
        if !text.contains('\n') {
            return self.line(2, &format!("(at: {at}, lines: [{}]),", quoted(text)));
        }
        self.line(2, &format!("(at: {at}, lines: ["));
        text.split('\n').for_each(|line| self.line(3, &format!("{},", quoted(line))));
        self.line(2, "]),");
    }
}

/// The fields of a breakpoint, without those that have their default.
fn spelled(address: u64, breakpoint: &Breakpoint) -> String {
    let Breakpoint { enabled, condition, from, passed } = breakpoint;
    let mut fields = vec![format!("at: {address}")];
    fields.extend((!enabled).then(|| "enabled: false".to_owned()));
    fields.extend((!condition.is_empty()).then(|| format!("condition: {}", quoted(condition))));
    fields.extend((*from != 1).then(|| format!("from: {from}")));
    fields.extend((*passed != 0).then(|| format!("passed: {passed}")));
    fields.join(", ")
}

/// The frames that a file need not name: see [`SerializedCall::home`].
#[derive(Default)]
struct UsualHomes {
    newest: Option<FrameNumber>,
    innermost: HashMap<Body, FrameNumber>,
}

impl UsualHomes {
    /// Whether the next entry has the usual home; its function is `owner`.
    fn is_home(&mut self, owner: Body, call: &SerializedCall) -> bool {
        let home = call.home.expect("a machine knows all homes");
        if owner != call.body {
            return home == self.innermost.get(&owner).copied().unwrap_or(FrameNumber::GONE);
        }
        let usual = self.newest.map_or(FrameNumber::FIRST, FrameNumber::next);
        self.newest = Some(home);
        self.innermost.insert(owner, home);
        home == usual
    }
}

/// Values of a data body in one row.
#[derive(Default)]
struct DataRow {
    /// The index of the first value.
    first: usize,
    cells: Vec<Instruction>,
}

/// How many values a row holds.
const ROW_CELLS: usize = 16;

fn owner(body: &SerializedCode) -> Body {
    match body.kind {
        SerializedKind::Block(owner) => owner,
        SerializedKind::Function(_) | SerializedKind::Former(_) => body.number,
    }
}

/// The first names that are used and have no function, and how many more there are.
fn missing(code: &[SerializedCode]) -> String {
    const SHOWN: usize = 20;
    let cells = code.iter().flat_map(|body| &body.cells);
    let names: BTreeSet<&str> = cells.filter_map(Instruction::missing).collect();
    let mut list = names.iter().take(SHOWN).copied().collect::<Vec<_>>().join(" ");
    if names.len() > SHOWN {
        let _ = write!(list, " and {} more", names.len() - SHOWN);
    }
    list
}

/// A string as RON writes it.
fn quoted(text: &str) -> String {
    let mut string = String::with_capacity(text.len() + 2);
    string.push('"');
    text.chars().for_each(|char| escape(char, &mut string));
    string.push('"');
    string
}

/// Words as a string of RON: a raw string if they contain quotes or backslashes, which would have to be
/// escaped again.
fn put_row(words: &str, into: &mut String) {
    if !words.contains(['"', '\\']) {
        into.push('"');
        into.push_str(words);
        into.push('"');
        return;
    }
    let runs = words.split('"').skip(1);
    let longest = runs.map(|run| run.len() - run.trim_start_matches('#').len()).max();
    let hashes = "#".repeat(longest.map_or(1, |longest| longest + 1));
    let _ = write!(into, "r{hashes}\"{words}\"{hashes}");
}
