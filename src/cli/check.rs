//! `midflight check`: says what is missing in program texts, without running them.

use std::path::Path;

use crate::program::check::{self, Findings};
use crate::program::diagnostic::Diagnostics;
use crate::program::notation::Notation;
use crate::program::plain_name::Known;
use crate::session::file_kind::FileKind;
use crate::session::recording::Recording;
use crate::session::refused::Refused;

use super::arguments::Check;
use super::ending::REJECTED;
use super::terminal::say;
use super::{Rejected, open, play, print, terminal};

/// The exit code if something is missing: as when a run waits for it.
const MISSING: u8 = 3;

/// Checks files and returns the exit code. A file that cannot be read does not keep the others from being
/// checked.
///
/// # Errors
/// If the findings cannot be written.
pub fn check(arguments: &Check) -> Result<u8, Rejected> {
    let mut code = 0;
    for file in &arguments.files {
        match check_file(file, arguments.notation.map(Notation::from)) {
            Ok((report, is_missing)) => {
                if is_missing && code != REJECTED {
                    code = MISSING;
                }
                match print::code_of(terminal::show(&report))? {
                    0 => {}
                    closed => return Ok(closed),
                }
            }
            Err(Rejected(reason)) => {
                say(reason.trim_end());
                code = REJECTED;
            }
        }
    }
    Ok(code)
}

/// The report about a file, and whether something is missing.
fn check_file(path: &Path, notation: Option<Notation>) -> Result<(String, bool), Rejected> {
    let (kind, text) = open::read(path, notation)?;
    let shown = path.display();
    match kind {
        FileKind::Program(notation) => {
            let text = Known::none().text_in(&text, notation);
            shown_findings(path, &shown.to_string(), &text, check::check(&text, notation))
        }
        FileKind::Image => {
            let image = open::image_in(path, kind, &text, &[])?;
            let text = image.print(Notation::Forth);
            // An image has no lines of its own.
            let shown = format!("{shown}, as midflight print shows it");
            shown_findings(path, &shown, &text, check::check_of_image(&text))
        }
        FileKind::Recording => {
            let rejected = |bad: String| Rejected(format!("{shown}: {bad}"));
            let recording = Recording::read(&text).map_err(|bad| rejected(bad.to_string()))?;
            play::check_subjects(path, &recording)?;
            recording.journal().map_err(|bad| rejected(bad.to_string()))?;
            Ok((String::new(), false))
        }
    }
}

fn shown_findings(
    path: &Path,
    shown: &str,
    text: &str,
    findings: Result<Findings, Diagnostics>,
) -> Result<(String, bool), Rejected> {
    let findings = findings
        .map_err(|report| open::rejected(path, &Refused::Text(text.to_string(), report)))?;
    Ok((findings.render(shown, text), findings.missing() > 0))
}
