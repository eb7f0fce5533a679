//! What commands do to the marks and watches of an image.

use super::peek;
use super::refused::Refused;
use crate::program::breakpoint::Breakpoint;
use crate::program::diagnostic::grouped;
use crate::program::image::Image;
use crate::program::watch::{Shape, WATCHES, Watch, Watched};
use crate::vm::index::DataId;
use crate::vm::memory::Place;
use crate::vm::refusal::Refusal;
use crate::vm::text::TEXT_BYTES;

pub(super) fn check_place(image: &Image, at: Place) -> Result<(), Refusal> {
    let Place { body, offset } = at;
    match image.machine.memory().code(body) {
        None => Err(Refusal::NoBody { body }),
        Some(code) if offset.0 < code.size => Ok(()),
        Some(code) => Err(Refusal::NoPlace { body, offset, size: code.size }),
    }
}

/// Sets a breakpoint where there is none, or removes the one that is there.
pub(super) fn set_breakpoint(image: &mut Image, at: Place, on: bool) -> Result<(), Refused> {
    if !on {
        image.breakpoints.remove(at);
    } else if !image.breakpoints.contains(&at) {
        check_place(image, at)?;
        image.breakpoints.insert(at);
    }
    Ok(())
}

/// Changes a breakpoint that is set.
pub(super) fn change(
    image: &mut Image,
    at: Place,
    change: impl FnOnce(&mut Breakpoint),
) -> Result<(), Refused> {
    let Some(breakpoint) = image.breakpoints.get(at) else {
        return Err(Refused::Other(
            "there is no breakpoint at this cell; set one first".to_owned(),
        ));
    };
    let mut breakpoint = breakpoint.clone();
    change(&mut breakpoint);
    image.breakpoints.set(at, breakpoint);
    Ok(())
}

/// Sets or removes the condition of a breakpoint.
pub(super) fn set_condition(image: &mut Image, at: Place, line: &str) -> Result<(), Refused> {
    let line = line.trim();
    check_length(line)?;
    if !line.is_empty() && image.breakpoints.contains(&at) {
        peek::check(&image.machine, at, line)?;
    }
    change(image, at, |breakpoint| breakpoint.condition = line.to_owned())
}

/// Sets from which time on a breakpoint pauses, and counts from now.
pub(super) fn set_from(image: &mut Image, at: Place, time: u64) -> Result<(), Refused> {
    if time == 0 {
        return Err(Refused::Other("the first time is 1".to_owned()));
    }
    change(image, at, |breakpoint| (breakpoint.from, breakpoint.passed) = (time, 0))
}

/// Watches a line, or ends what is watched at an index.
pub(super) fn watch_line(image: &mut Image, index: usize, line: &str) -> Result<(), Refused> {
    let line = line.trim();
    check_length(line)?;
    if !line.is_empty() {
        let at = image.machine.task().counter();
        peek::check(&image.machine, at, line)?;
        return watch(image, index, Watched::Line(line.to_owned()));
    }
    check_index(image, index)?;
    image.watches.remove(index);
    Ok(())
}

/// Watches a data body.
pub(super) fn watch_data(image: &mut Image, index: usize, body: DataId) -> Result<(), Refused> {
    if image.machine.memory().data(body).is_none() {
        return Err(Refused::Other(format!("there is no data {body}")));
    }
    watch(image, index, Watched::Data(body))
}

/// Watches something instead of what is watched at an index, or after everything else.
fn watch(image: &mut Image, index: usize, what: Watched) -> Result<(), Refused> {
    if index == image.watches.len() && index < WATCHES {
        // So that a sort is seen sorting.
        let shape = if let Watched::Data(_) = what { Shape::Bars } else { Shape::Row };
        image.watches.push(Watch { what, shape });
        return Ok(());
    }
    check_index(image, index)?;
    image.watches[index].what = what;
    Ok(())
}

/// Sets how a watch is shown.
pub(super) fn set_shape(image: &mut Image, index: usize, shape: Shape) -> Result<(), Refused> {
    check_index(image, index)?;
    image.watches[index].shape = shape;
    Ok(())
}

fn check_index(image: &Image, index: usize) -> Result<(), Refused> {
    match index < image.watches.len() {
        true => Ok(()),
        false if index >= WATCHES => Err(Refused::Other(format!(
            "at most {WATCHES} things can be watched; remove one first"
        ))),
        false => Err(Refused::Other(format!("there is no watch {index}"))),
    }
}

fn check_length(line: &str) -> Result<(), Refused> {
    match line.len() <= TEXT_BYTES {
        true => Ok(()),
        false => Err(Refused::Other(format!(
            "the line has {} bytes; write one of at most {}",
            grouped(line.len()),
            grouped(TEXT_BYTES)
        ))),
    }
}
