//! What each panel shows after each gesture of `programs/fib.session`: the rows of `src/view/` as text,
//! compared with the files under `tests/rows/`.
//!
//! Each field of a row is written out, so a file changes whenever its panel would. After
//! `UPDATE_ROWS=1 cargo test --test rows` has rewritten the files, read the difference.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use midflight::session::record::Record;
use midflight::session::recording::Recording;
use midflight::view::memory::{At, BodyRow, CellKind, CellRow, Marks, body, extents};
use midflight::view::names::{HoleRow, NameRow, UseRow, names};
use midflight::view::screen::screen;
use midflight::view::stacks::{FrameRow, LocalRow, ValueRow, calls, parameters};
use midflight::view::stop::{StopRow, stop};
use midflight::vm::index::BodyId;
use midflight::{Image, Session};

/// More entries than the recording has in any list.
const ENTRIES: usize = 100;

#[test]
fn memory() {
    check("memory", |image| {
        let machine = &image.machine;
        let marks = Marks::new(machine, &image.breakpoints);
        let bodies = extents(machine).into_iter();
        bodies.map(|extent| body_text(&body(machine, &marks, extent, 0..extent.size))).collect()
    });
}

#[test]
fn parameter_stack() {
    check("parameters", |image| {
        let rows = parameters(&image.machine, ENTRIES);
        assert_eq!(rows.depth, rows.values.len());
        let mut text = format!("depth {}, top first, effect {:?}\n", rows.depth, rows.effect);
        text.extend(rows.values.iter().map(|value| format!("  {}\n", value_text(value))));
        text
    });
}

#[test]
fn call_stack() {
    check("calls", |image| {
        let rows = calls(&image.machine, ENTRIES);
        assert_eq!(rows.depth, rows.frames.len());
        let mut text = format!("depth {}, innermost first\n", rows.depth);
        text.extend(rows.frames.iter().map(frame_text));
        text
    });
}

#[test]
fn names_and_holes() {
    check("names", |image| {
        let (names, holes) = names(&image.machine);
        let names = names.iter().map(name_text);
        let holes = holes.rows(&image.machine, 0..holes.count());
        names.chain(holes.iter().map(hole_text)).collect()
    });
}

#[test]
fn why_it_waits() {
    check("stop", |image| {
        let StopRow { tone, title, detail, name, limit } = stop(&image.machine);
        let mut text = format!("{tone:?}: {title}; {detail}\n");
        text.extend(name.map(|name| format!("  name {name}\n")));
        text.extend(limit.map(|limit| format!("  limit {limit}\n")));
        text
    });
}

#[test]
fn whole_screen() {
    check("screen", screen);
}

/// A body, and its cells that are not empty or that are marked.
fn body_text(row: &BodyRow) -> String {
    let BodyRow { extent, title, owner, activations, first, cells } = row;
    let mut text = format!(
        "{}: {title} at {}, {} of {} cells used, {activations} activations",
        id(extent.body),
        extent.start,
        extent.used,
        extent.size,
    );
    text.extend(owner.map(|owner| format!(", owner {}", at(owner))));
    writeln!(text, ", {} cells from {first}", cells.len()).unwrap();
    text.extend(cells.iter().filter(|cell| is_seen(cell)).map(cell_text));
    text
}

fn is_seen(cell: &CellRow) -> bool {
    let marked =
        cell.counter || cell.breakpoint.is_some() || cell.changed || !cell.returns.is_empty();
    marked || cell.kind != CellKind::Empty
}

fn cell_text(row: &CellRow) -> String {
    let CellRow { at: here, address, source, label, kind, target, .. } = row;
    let CellRow { counter, others, returns, breakpoint, changed, .. } = row;
    assert_eq!(*others, Default::default(), "there is one task");
    let mut line = format!("  {address}  {}  `{source}`", at(*here));
    let drawn = (source.to_string() != label.as_str()).then(|| format!(" drawn `{label}`"));
    line.extend(drawn);
    line.push_str(&format!("  {kind:?}"));
    line.extend(target.map(|target| format!("  to {}", id(target))));
    line.extend(counter.then_some("  counter"));
    line.extend(returns.iter().map(|frame| format!("  frame {frame} continues here")));
    line.extend(breakpoint.as_ref().map(|_| "  breakpoint"));
    line.extend(changed.then_some("  changed"));
    line + "\n"
}

fn value_text(row: &ValueRow) -> String {
    let ValueRow { source, label, target, changed } = row;
    let mut line = source.to_string();
    line.extend((line != label.as_str()).then(|| format!(" drawn `{label}`")));
    line.extend(target.map(|target| format!(" to {}", id(target))));
    line.extend(changed.then_some(" changed"));
    line
}

fn frame_text(row: &FrameRow) -> String {
    let FrameRow { id, number, body: _, title, locals, stands, address, .. } = row;
    let FrameRow { is_frame, is_copy, home, turns, .. } = row;
    assert_eq!((id.0 + 1, *is_copy), (*number, false), "one task has no copies");
    let what = if *is_frame { "frame" } else { "block of" };
    let mut text = format!("  {number}  {what} {home}  {title} at {address} ({})\n", at(*stands));
    text.extend((!turns.is_empty()).then(|| format!("       {turns}\n")));
    for LocalRow { name, value } in locals {
        let value = value.as_ref().map_or("not assigned".to_string(), value_text);
        writeln!(text, "       {name} = {value}").unwrap();
    }
    text
}

fn name_text(row: &NameRow) -> String {
    let NameRow { name, body, start, used, callers } = row;
    format!("{name}: {} at {start}, {used} cells used, {callers} callers\n", id(*body))
}

fn hole_text(row: &HoleRow) -> String {
    let HoleRow { name, uses, more, waiting } = row;
    let mut text = format!("hole {name}{}\n", if *waiting { ", waiting" } else { "" });
    for UseRow { at: place, address, title } in uses {
        writeln!(text, "  used at {address} ({}) in {title}", at(*place)).unwrap();
    }
    assert_eq!(*more, 0, "no name is used that often here");
    text
}

fn id(body: BodyId) -> String {
    match body {
        BodyId::Code(number) => format!("code {number}"),
        BodyId::Data(number) => format!("data {number}"),
    }
}

fn at(at: At) -> String {
    format!("{} cell {}", id(at.body), at.offset)
}

/// Compares what a panel shows at each gesture with its file, or rewrites the file.
fn check(panel: &str, show: impl Fn(&Image) -> String) {
    let found = play(show);
    let file = root().join(format!("tests/rows/{panel}.txt"));
    if std::env::var_os("UPDATE_ROWS").is_some() {
        fs::write(&file, &found).unwrap();
        return;
    }
    let kept = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{panel}.txt: {error}"));
    if let Some(difference) = difference(&kept.replace("\r\n", "\n"), &found) {
        panic!("{panel}.txt: {difference}If that is right: UPDATE_ROWS=1 cargo test --test rows");
    }
}

/// What is shown at each gesture of the recording, under its line.
fn play(show: impl Fn(&Image) -> String) -> String {
    let recording = fs::read_to_string(root().join("programs/fib.session")).unwrap();
    let recording = Recording::read(&recording.replace("\r\n", "\n")).unwrap();
    let mut session = Session::new(recording.base.clone());
    let mut text = format!("{HEADING}(the base)\n{}", show(session.image()));
    for (number, line) in recording.records() {
        session.play(&line).unwrap_or_else(|error| panic!("line {number}: {error}"));
        if !matches!(line, Record::Note(_)) {
            write!(text, "\n{HEADING}{}\n{}", line.print(), show(session.image())).unwrap();
        }
    }
    text
}

const HEADING: &str = "== ";

/// The first gesture at which two texts differ, as both show it.
fn difference(kept: &str, found: &str) -> Option<String> {
    let (kept, found) = (gestures(kept), gestures(found));
    let count = kept.len().max(found.len());
    let first = (0..count).find(|&n| kept.get(n) != found.get(n))?;
    let version = |gestures: &[String]| gestures.get(first).cloned().unwrap_or("(none)\n".into());
    let (kept, found) = (version(&kept), version(&found));
    Some(format!("gesture {first} differs\nin the file:\n\n{kept}\nnow:\n\n{found}\n"))
}

/// A text in parts, each from a heading to the next.
fn gestures(text: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for line in text.split_inclusive('\n') {
        match parts.last_mut() {
            Some(part) if !line.starts_with(HEADING) => part.push_str(line),
            _ => parts.push(line.to_string()),
        }
    }
    parts
}

#[test]
fn a_difference_names_the_first_gesture_in_both_versions() {
    let kept = "== run 1\na\n\n== run 2\nb\n\n== run 3\nc\n";
    assert_eq!(difference(kept, kept), None);
    let told = difference(kept, &kept.replace('b', "x").replace('c', "y")).unwrap();
    assert_eq!(
        told,
        "gesture 1 differs\nin the file:\n\n== run 2\nb\n\n\nnow:\n\n== run 2\nx\n\n\n"
    );
    let told = difference(kept, "== run 1\na\n\n== run 2\nb\n\n").unwrap();
    assert!(told.ends_with("== run 3\nc\n\nnow:\n\n(none)\n\n"), "{told}");
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A cell shows a text as it can be typed: the language has no escape for an apostrophe.
#[test]
fn a_text_is_shown_as_it_is_written() {
    let image = midflight::session::load::image_of_program("\"it's \\\"so\\\"\\n\"").unwrap();
    let marks = Marks::new(&image.machine, &image.breakpoints);
    let row = body(&image.machine, &marks, extents(&image.machine)[0], 0..1);
    let CellRow { source, label, .. } = &row.cells[0];
    assert_eq!(source.to_string(), "\"it's \\\"so\\\"\\n\"");
    assert_eq!(source.to_string(), label.as_str());
}
