//! From the fields of a file to an image. Every address is looked up among the bodies that the file
//! lists. [`Machine::deserialize`] checks whether the parts fit together.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

use super::ImageError;
use super::form::{
    AgainForm, AtForm, BreakpointForm, CallForm, CodeForm, CommentForm, ConditionForm, DataForm,
    Form, FreeForm, GrowthForm, KindForm, LimitsForm, StrandForm, TaskForm, TimesForm, TurnForm,
    WatchForm,
};
use crate::program::breakpoint::Breakpoint;
use crate::program::comment::{self, CommentAt, CommentPlace};
use crate::program::diagnostic::quoted;
use crate::program::forth::row::{read_cells, read_row, read_values};
use crate::program::forth::token::Prefix;
use crate::program::image::Image;
use crate::program::old_name::spelled_out;
use crate::program::scope::Scope;
use crate::program::version::Version;
use crate::program::watch::{Shape, WATCHES, Watch, Watched};
use crate::vm::frame::Again;
use crate::vm::growth::Growth;
use crate::vm::index::{Body, BodyId, DataId, FrameNumber, Offset, TaskId};
use crate::vm::instruction::Instruction;
use crate::vm::limit::{LimitKind, Limits};
use crate::vm::machine::Machine;
use crate::vm::memory::Place;
use crate::vm::serialized::{
    Fill, Malformed, Serialized, SerializedCall, SerializedCode, SerializedData, SerializedKind,
    SerializedSchedule, SerializedStrand, SerializedTask,
};
use crate::vm::space::{Address, FreeSpace};
use crate::vm::tasks::QUANTUM;

/// The image that a file of this version describes.
///
/// # Errors
/// The first part that is invalid.
pub(super) fn image(mut form: Form<'_>, version: Version) -> Result<Image, ImageError> {
    match version {
        Version::One => {
            check_old(&form)?;
            check_newer(&form, version)?;
            form.spell_names_out();
        }
        Version::Two | Version::Three | Version::Four | Version::Five | Version::Six => {
            check_newer(&form, version)?;
        }
    }
    let bodies = Bodies::of(&form, version)?;
    let code = bodies.code(&form.code)?;
    let (tasks, current) = tasks(&form, version, &bodies)?;
    let parts = Serialized {
        code,
        code_count: form.next_code,
        data: form.data.iter().map(without_values).collect(),
        globals: bodies.named(&form.globals, "global", |name| format!("global {name}"))?,
        tasks,
        current,
        schedule: schedule(&form, version, &bodies)?,
        input: form.input.concat(),
        input_ended: form.input_ended,
        output: form.output.concat(),
        limits: limits(&form.limits)?,
        retired: form.retired,
        next_data: form.next_data.map(DataId),
        free_space: form.free.map(|FreeForm { gaps, end }| FreeSpace { gaps, end }),
        growth: match version {
            Version::One => None,
            Version::Two | Version::Three | Version::Four | Version::Five | Version::Six => {
                Some(form.growth.map(growth).unwrap_or_default())
            }
        },
        newest_frame: form.frames.map(|frames| frame(frames, "frames")).transpose()?,
    };
    let machine = Machine::deserialize_with(&parts, &mut |index, fill| {
        Ok::<(), ImageError>(bodies.fill(&form.data[index], fill)?)
    })?;
    let mut image = Image::new(machine);
    for &address in &form.breakpoints {
        image.breakpoints.insert(bodies.place(address, "breakpoints")?);
    }
    for form in &form.special_breakpoints {
        bodies.breakpoint(form, &mut image)?;
    }
    for (name, address) in form.bookmarks {
        let place = bodies.place(address, &format!("bookmark {}", quoted(&name)))?;
        if let Cow::Owned(spelled) = spelled_out(&name) {
            let cause = format!("the name has invisible characters: {}", quoted(&spelled));
            return Err(malformed("bookmarks", cause).into());
        }
        image.bookmarks.insert(name, place);
    }
    for form in &form.comments {
        bodies.comment(form, &mut image)?;
    }
    image.watches = watches(form.watches)?;
    Ok(image)
}

/// Before version 3, images have no comments; before version 4, no special breakpoints and no watches; before
/// version 6, only one task runs.
fn check_newer(form: &Form<'_>, version: Version) -> Result<(), Malformed> {
    let parts = [
        ("comments", Version::Three, form.comments.is_empty()),
        ("special_breakpoints", Version::Four, form.special_breakpoints.is_empty()),
        ("watches", Version::Four, form.watches.is_empty()),
        ("strands", Version::Six, form.strands.is_empty()),
        ("left", Version::Six, form.left.is_empty()),
        ("next_task", Version::Six, form.next_task.is_none()),
        ("tasks_made", Version::Six, form.tasks_made == 0),
        ("slept", Version::Six, form.slept == 0),
        ("alone", Version::Six, !form.alone),
        ("turn", Version::Six, form.turn == 0),
        ("quantum", Version::Six, form.quantum == QUANTUM),
    ];
    match parts.into_iter().find(|&(_, since, is_empty)| version < since && !is_empty) {
        None => Ok(()),
        Some((part, _, _)) => {
            let cause = format!("an image of version {} does not have it", version.number());
            Err(malformed(part, cause))
        }
    }
}

/// The tasks, and which one runs. Before version 6 they have no numbers, and only one ran, for ever: it is task 0.
fn tasks(
    form: &Form<'_>,
    version: Version,
    bodies: &Bodies,
) -> Result<(Vec<SerializedTask>, TaskId), Malformed> {
    let mut tasks = Vec::with_capacity(form.tasks.len());
    for (index, task) in form.tasks.iter().enumerate() {
        tasks.push(bodies.task(task, &format!("task {index}"))?);
    }
    let current = TaskId(form.current);
    if version >= Version::Six {
        for (index, (task, form)) in tasks.iter_mut().zip(&form.tasks).enumerate() {
            task.number = TaskId(form.number.unwrap_or(index as u64));
        }
        return Ok((tasks, current));
    }
    if let Some(index) = form.tasks.iter().position(|task| task.number.is_some()) {
        let cause = format!("an image of version {} has no numbers of tasks", version.number());
        return Err(malformed(format!("task {index}"), cause));
    }
    let count = tasks.len() as u64;
    if current.0 >= count {
        return Err(malformed("tasks", format!("there is no task {current}")));
    }
    tasks[..=current.0 as usize].rotate_right(1);
    for (index, task) in tasks.iter_mut().enumerate() {
        task.number = TaskId(index as u64);
    }
    Ok((tasks, TaskId::MAIN))
}

fn schedule(
    form: &Form<'_>,
    version: Version,
    bodies: &Bodies,
) -> Result<SerializedSchedule, Malformed> {
    let strand = |strand: &StrandForm| SerializedStrand {
        tasks: strand.tasks.iter().copied().map(TaskId).collect(),
        wake: strand.wake,
        share: strand.share,
    };
    let strands: Vec<SerializedStrand> = form.strands.iter().map(strand).collect();
    let only_main = || vec![SerializedStrand { tasks: vec![TaskId::MAIN], wake: 0, share: 1 }];
    let mut left = Vec::with_capacity(form.left.len());
    for &(task, ref rows) in &form.left {
        let mut values = Vec::new();
        for row in rows {
            values.extend(bodies.values(row, || format!("what task {task} has left"))?);
        }
        left.push((TaskId(task), values));
    }
    let strands = match version >= Version::Six {
        true if strands.is_empty() => Some(only_main()),
        true => Some(strands),
        false => None,
    };
    Ok(SerializedSchedule {
        strands,
        left,
        next_task: form.next_task.map(TaskId),
        made: form.tasks_made,
        turn: form.turn,
        quantum: form.quantum,
        slept: form.slept,
        alone: form.alone,
    })
}

fn watches(forms: Vec<WatchForm>) -> Result<Vec<Watch>, Malformed> {
    if forms.len() > WATCHES {
        return Err(malformed("watches", format!("there can be at most {WATCHES}")));
    }
    let watch = |(number, form): (usize, WatchForm)| {
        let wrong = |cause: String| malformed(format!("watch {number}"), cause);
        let shape = Shape::find(&form.shape)
            .ok_or_else(|| wrong(format!("{} is no shape", quoted(&form.shape))))?;
        let what = match (form.line, form.data) {
            (Some(line), None) => Watched::Line(line),
            (None, Some(number)) => Watched::Data(DataId(number)),
            (None, None) | (Some(_), Some(_)) => {
                return Err(wrong("it has either a line or data".to_owned()));
            }
        };
        Ok(Watch { what, shape })
    };
    forms.into_iter().enumerate().map(watch).collect()
}

fn growth(form: GrowthForm) -> Growth {
    let GrowthForm { kept_cells, kept_text, cells, text } = form;
    Growth { kept_cells, kept_text, cells, text }
}

/// A data body without its values, which follow.
fn without_values(form: &DataForm<'_>) -> SerializedData {
    let DataForm { number, start, size, cells: _ } = *form;
    SerializedData { number: DataId(number), start, size, runs: Vec::new() }
}

/// Version 1 has no globals and no loops that keep something. It does not number frames, and does not collect,
/// so its data is numbered without gaps.
fn check_old(form: &Form<'_>) -> Result<(), Malformed> {
    let parts = [
        ("globals", !form.globals.is_empty()),
        ("next_data", form.next_data.is_some()),
        ("free", form.free.is_some()),
        ("growth", form.growth.is_some()),
    ];
    if let Some((part, _)) = parts.into_iter().find(|&(_, is_given)| is_given) {
        return Err(malformed(part, "an image of version 1 does not have it"));
    }
    if let Some((_, body)) = (0..).zip(&form.data).find(|(number, body)| body.number != *number) {
        let here = format!("data body {}", body.number);
        return Err(malformed(here, "its number is out of order"));
    }
    let mut calls = form.tasks.iter().flat_map(|task| &task.calls);
    if calls.clone().any(|call| again(&call.again).keeps()) {
        return Err(malformed("calls", "an image of version 1 has no `while` or `times`"));
    }
    if form.frames.is_some() || calls.any(|call| call.frame.is_some()) {
        return Err(malformed("frames", "an image of version 1 has no numbers of frames"));
    }
    Ok(())
}

fn frame(number: u64, part: &str) -> Result<FrameNumber, Malformed> {
    let frame = FrameNumber::spelled(number);
    frame.ok_or_else(|| malformed(part, format!("no frame can have the number {number}")))
}

fn malformed(part: impl Into<String>, cause: impl Into<String>) -> Malformed {
    Malformed { part: part.into(), cause: cause.into() }
}

fn limits(form: &LimitsForm) -> Result<Limits, Malformed> {
    let LimitsForm { memory, parameters, calls, text, output, tasks } = *form;
    let mut limits = Limits::default();
    let tasks = tasks.unwrap_or(LimitKind::Tasks.default_value());
    let values = [memory, parameters, calls, text, output, tasks];
    for (kind, value) in LimitKind::ALL.into_iter().zip(values) {
        if !limits.set(kind, value) {
            let cause = format!("{value} is too high: at most {}", kind.maximum());
            return Err(malformed(format!("limit {kind}"), cause));
        }
    }
    Ok(limits)
}

/// The bodies that a file lists.
struct Bodies {
    /// Each with its size, by first address.
    starts: BTreeMap<Address, (BodyId, u64)>,
    /// The names of the functions among them.
    functions: HashSet<Box<str>>,
    /// The version of the file.
    version: Version,
}

impl Bodies {
    fn of(form: &Form<'_>, version: Version) -> Result<Bodies, Malformed> {
        let code = form
            .code
            .iter()
            .map(|body| (body.start, BodyId::Code(Body(body.number)), u64::from(body.size)));
        let data =
            form.data.iter().map(|body| (body.start, BodyId::Data(DataId(body.number)), body.size));
        let mut starts = BTreeMap::new();
        for (start, body, size) in code.chain(data) {
            if starts.insert(start, (body, size)).is_some() {
                return Err(malformed("bodies", format!("two of them start at {start}")));
            }
        }
        let function = |body: &CodeForm| match &body.kind {
            KindForm::Function(name) => Some(name.as_str().into()),
            KindForm::Block { .. } | KindForm::Former(_) => None,
        };
        let functions = form.code.iter().filter_map(function).collect();
        Ok(Bodies { starts, functions, version })
    }

    /// The scope of a function with these locals.
    fn scope<'s>(&'s self, locals: Option<&'s HashSet<Box<str>>>) -> Scope<'s> {
        let scope = Scope::in_file(locals, &self.starts, &self.functions);
        scope.read_by(self.version.vocabulary())
    }

    fn place(&self, address: Address, part: &str) -> Result<Place, Malformed> {
        let body = self.starts.range(..=address).next_back();
        if let Some((&start, &(BodyId::Code(body), size))) = body
            && address - start < size
        {
            return Ok(Place::new(body, Offset((address - start) as u32)));
        }
        Err(malformed(part, format!("there is no code cell at {address}")))
    }

    /// Adds a comment to an image that has these bodies.
    fn comment(&self, form: &CommentForm, image: &mut Image) -> Result<(), Malformed> {
        let part = match form.at {
            AtForm::Before(address) => format!("comment before {address}"),
            AtForm::End { of } => format!("comment at the end of body {of}"),
        };
        let memory = image.machine.memory();
        let place = match form.at {
            AtForm::Before(address) => {
                let place = self.place(address, &part)?;
                let code = memory.code(place.body).expect("it is one of the bodies");
                if place.offset.index() >= code.used().len() {
                    let cause = format!(
                        "no instruction is there or after it; write `End(of: {})`",
                        place.body
                    );
                    return Err(malformed(part, cause));
                }
                CommentPlace::from(place)
            }
            AtForm::End { of } => {
                memory.code(Body(of)).ok_or_else(|| malformed(&part, "there is no such body"))?;
                CommentPlace { body: Body(of), at: CommentAt::End }
            }
        };
        let text = form.lines.join("\n");
        let normal = comment::normal(&text);
        if normal.is_empty() {
            return Err(malformed(part, "it says nothing"));
        }
        if normal != text {
            let cause = "it has spaces at the end of a line or an invisible character";
            return Err(malformed(part, cause));
        }
        if image.comments.at(place).is_some() {
            return Err(malformed(part, "there are two; write one with the lines of both"));
        }
        image.comments.set(place, &text);
        Ok(())
    }

    fn code(&self, forms: &[CodeForm]) -> Result<Vec<SerializedCode>, Malformed> {
        // Two passes: which names are locals depends on all bodies of a function. Rows that were read take
        // many times the room of their text, so none is kept from the first pass.
        let locals = locals(forms, self.version)?;
        forms.iter().map(|form| self.code_part(form, &locals[&owner(form)])).collect()
    }

    fn code_part(
        &self,
        form: &CodeForm,
        locals: &HashSet<Box<str>>,
    ) -> Result<SerializedCode, Malformed> {
        let scope = self.scope(Some(locals));
        let mut cells = Vec::new();
        for (n, row) in form.cells.iter().enumerate() {
            read_row(row, scope.vocabulary())
                .and_then(|line| read_cells(line, &scope, &mut cells))
                .map_err(|cause| malformed(row_of(form, n), cause))?;
        }
        let kind = match &form.kind {
            KindForm::Function(name) => SerializedKind::Function(name.clone()),
            KindForm::Block { of } => SerializedKind::Block(Body(*of)),
            KindForm::Former(name) => SerializedKind::Former(name.clone()),
        };
        Ok(SerializedCode {
            number: Body(form.number),
            kind,
            start: form.start,
            size: form.size,
            cells,
        })
    }

    /// Passes on the values of a data body in runs.
    fn fill(&self, form: &DataForm<'_>, fill: Fill<'_>) -> Result<(), Malformed> {
        let Some(rows) = form.cells else { return Ok(()) };
        let here = format!("data body {}", form.number);
        let (mut values, mut end) = (Vec::new(), 0);
        rows.read(|first, row| {
            let here = || format!("{here}, row {first}");
            values.clear();
            read_values(row, &self.scope(None), &mut values)
                .map_err(|cause| malformed(here(), cause))?;
            if first < end {
                return Err(malformed(here(), "it overlaps the row before it"));
            }
            end = first.saturating_add(values.len() as u64);
            fill(first, &values)
        })
    }

    fn values(&self, row: &str, part: impl Fn() -> String) -> Result<Vec<Instruction>, Malformed> {
        let mut values = Vec::new();
        read_values(row, &self.scope(None), &mut values)
            .map_err(|cause| malformed(part(), cause))?;
        Ok(values)
    }

    fn task(&self, form: &TaskForm, here: &str) -> Result<SerializedTask, Malformed> {
        let counter = self.place(form.counter, &format!("{here}, counter"))?;
        let mut parameters = Vec::new();
        for (n, row) in form.parameters.iter().enumerate() {
            parameters.extend(self.values(row, || format!("{here}, parameters, row {}", n + 1))?);
        }
        let call = |(depth, call)| self.call(call, &format!("{here}, call {depth}"));
        let calls = form.calls.iter().enumerate().map(call).collect::<Result<_, _>>()?;
        let number = TaskId(form.number.unwrap_or_default());
        Ok(SerializedTask { number, counter, parameters, calls })
    }

    fn breakpoint(&self, form: &BreakpointForm, image: &mut Image) -> Result<(), Malformed> {
        let BreakpointForm { at, enabled, ref condition, from, passed } = *form;
        let here = format!("breakpoint at {at}");
        let place = self.place(at, &here)?;
        if image.breakpoints.contains(&place) {
            return Err(malformed(here, "there is another one"));
        }
        if from == 0 {
            return Err(malformed(here, "`from` is 1 or more"));
        }
        let condition = condition.clone();
        image.breakpoints.set(place, Breakpoint { enabled, condition, from, passed });
        Ok(())
    }

    /// The names of locals or globals, with one value each. `part` says what a name, in quotes, is the name of.
    fn named(
        &self,
        rows: &BTreeMap<String, String>,
        kind: &str,
        part: impl Fn(&str) -> String,
    ) -> Result<Vec<(String, Instruction)>, Malformed> {
        let one = |(name, row): (&String, &String)| {
            Ok((name.clone(), self.one(row, kind, || part(&quoted(name)))?))
        };
        rows.iter().map(one).collect()
    }

    /// The one value of a row; `kind` is what has it.
    fn one(
        &self,
        row: &str,
        kind: &str,
        part: impl Fn() -> String,
    ) -> Result<Instruction, Malformed> {
        match <[Instruction; 1]>::try_from(self.values(row, &part)?) {
            Ok([value]) => Ok(value),
            Err(values) => {
                let cause = format!("a {kind} has one value, not {}", values.len());
                Err(malformed(part(), cause))
            }
        }
    }

    fn call(&self, form: &CallForm, here: &str) -> Result<SerializedCall, Malformed> {
        let returns_to = form.returns_to.map(|address| self.place(address, here)).transpose()?;
        let kept = match &form.again {
            AgainForm::Once | AgainForm::Always | AgainForm::WhileTrue => None,
            AgainForm::Condition(ConditionForm { body: row })
            | AgainForm::Body(TurnForm { condition: row }) => {
                let part = || format!("{here}, what `while` keeps");
                Some(self.one(row, "loop", part)?)
            }
            AgainForm::Times(TimesForm { left }) => Some(Instruction::Integer(*left)),
        };
        let locals = self.named(&form.locals, "local", |name| format!("{here}, local {name}"))?;
        let home = form.frame.map(|number| frame(number, here)).transpose()?;
        let (body, again) = (Body(form.body), again(&form.again));
        Ok(SerializedCall { body, again, kept, returns_to, home, locals })
    }
}

fn again(form: &AgainForm) -> Again {
    match form {
        AgainForm::Once => Again::Once,
        AgainForm::Always => Again::Always,
        AgainForm::WhileTrue => Again::WhileTrue,
        AgainForm::Condition(_) => Again::Condition,
        AgainForm::Body(_) => Again::Body,
        AgainForm::Times(_) => Again::Times,
    }
}

/// The locals that each function of a file of this version assigns.
pub(super) fn locals(
    forms: &[CodeForm],
    version: Version,
) -> Result<HashMap<u32, HashSet<Box<str>>>, Malformed> {
    let mut locals: HashMap<u32, HashSet<Box<str>>> = HashMap::new();
    for form in forms {
        let owned = locals.entry(owner(form)).or_default();
        for (n, row) in form.cells.iter().enumerate() {
            if !row.contains(Prefix::Assign.word()) {
                continue;
            }
            let line = read_row(row, version.vocabulary())
                .map_err(|cause| malformed(row_of(form, n), cause))?;
            for name in line.assigned() {
                if !owned.contains(name) {
                    owned.insert(name.into());
                }
            }
        }
    }
    Ok(locals)
}

/// The function that a body belongs to.
fn owner(form: &CodeForm) -> u32 {
    match form.kind {
        KindForm::Block { of } => of,
        KindForm::Function(_) | KindForm::Former(_) => form.number,
    }
}

fn row_of(form: &CodeForm, row: usize) -> String {
    format!("code body {}, row {}", form.number, row + 1)
}
