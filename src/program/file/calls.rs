//! How much memory the call stacks of a file may take.
//!
//! Everything in a file takes a few dozen times its text in memory, at most. The exception is a frame: it has
//! a word for each local of its function, whether the file gives it a value or not, so twenty bytes of text
//! can stand for two thousand. So the words of all frames are counted before any is made.

use std::collections::{HashMap, HashSet};

use super::form::{CodeForm, Form, KindForm};
use super::read::locals;
use crate::program::version::Version;
use crate::vm::memory::LOCALS;
use crate::vm::serialized::Malformed;

/// What any file may take in memory, in bytes.
const ANY: u64 = 64 << 20;
/// How many times its size a file may take, besides that.
const TIMES: u64 = 40;
/// What an entry of the call stack takes besides its locals, in bytes.
const ENTRY: u64 = 32;
/// The bytes of a local.
const LOCAL: u64 = 8;
/// A session keeps the image it begins with beside the one that is shown.
const COPIES: u64 = 2;

/// Checks that the call stacks take no more memory than a file of this size may take.
///
/// # Errors
/// If they do: how much, and how much is allowed.
pub(super) fn check(form: &Form<'_>, version: Version, bytes: usize) -> Result<(), Malformed> {
    let allowed = ANY + TIMES * bytes as u64;
    let count: usize = form.tasks.iter().map(|task| task.calls.len()).sum();
    if COPIES * (ENTRY + LOCAL * LOCALS as u64) * count as u64 <= allowed {
        // Even with as many locals as there can be.
        return Ok(());
    }
    let taken = taken(form, version)?;
    if taken <= allowed {
        return Ok(());
    }
    let cause = format!(
        "the call stacks need {} MB of memory; a file of {} MB may take at most {} MB, which is {} MB and \
         {TIMES} times its size",
        taken >> 20,
        bytes >> 20,
        allowed >> 20,
        ANY >> 20
    );
    Err(Malformed { part: "tasks".to_string(), cause })
}

/// The bytes that all call stacks take.
fn taken(form: &Form<'_>, version: Version) -> Result<u64, Malformed> {
    let calls = || form.tasks.iter().flat_map(|task| &task.calls);
    let mut locals: HashMap<u32, HashSet<Box<str>>> = locals(&form.code, version)?;
    for call in calls() {
        let known = locals.entry(call.body).or_default();
        for name in call.locals.keys() {
            if !known.contains(name.as_str()) {
                known.insert(name.as_str().into());
            }
        }
    }
    let is_function = |body: &&CodeForm| !matches!(body.kind, KindForm::Block { .. });
    let functions: HashSet<u32> =
        form.code.iter().filter(is_function).map(|body| body.number).collect();
    let words = |body: u32| if functions.contains(&body) { locals[&body].len() as u64 } else { 0 };
    Ok(COPIES * calls().map(|call| ENTRY + LOCAL * words(call.body)).sum::<u64>())
}
