//! Without a command: opens the window. If that is not possible, runs or plays the file instead.

use std::path::{Path, PathBuf};

use super::arguments::{Bounds, Grants, Play, Revise, Run};
use super::open;
use super::terminal::say;
use super::{Rejected, play, run};
use crate::grant;
use crate::session::file_kind::FileKind;
use crate::session::hosts::Hosts;

/// Opens the window, with a file if one is given, and returns the exit code.
///
/// # Errors
/// If the file cannot be read, or there is neither a window nor a file.
pub fn window(file: Option<PathBuf>, granted: Grants) -> Result<u8, Rejected> {
    let host = grant::hosts(granted.grants.clone(), &granted.words)?;
    match start(file.clone(), host) {
        Ok(()) => Ok(0),
        Err(reason) => match file {
            Some(file) => without_window(&reason, &file, granted),
            None => Err(Rejected(format!(
                "{reason}, and no file to run instead; midflight run FILE runs a program \
                 without a window, and midflight --help lists all commands"
            ))),
        },
    }
}

#[cfg(feature = "gui")]
fn start(file: Option<PathBuf>, host: Hosts) -> Result<(), String> {
    // Checked here, because some drivers take long to find out, and some end the program.
    #[cfg(target_os = "linux")]
    if ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"]
        .into_iter()
        .all(|name| std::env::var_os(name).is_none_or(|value| value.is_empty()))
    {
        return Err("there is no display to open a window on (DISPLAY is not set)".to_string());
    }
    crate::app::start(file, host)
}

#[cfg(not(feature = "gui"))]
fn start(_: Option<PathBuf>, _: Hosts) -> Result<(), String> {
    Err("this program was built without the window".to_string())
}

/// Runs or plays a file that cannot be opened in a window.
fn without_window(reason: &str, file: &Path, granted: Grants) -> Result<u8, Rejected> {
    let (kind, _) = open::read(file, None)?;
    let bounds = Bounds { fuel: None, limits: Vec::new(), trace: false, stats: false };
    let file = file.to_path_buf();
    match kind {
        FileKind::Recording => {
            say(&format!("{reason}; playing {} instead", file.display()));
            play::play(&Play {
                file,
                update: false,
                recover: false,
                code: None,
                to: None,
                revise: Revise::default(),
                save: None,
                bounds,
            })
        }
        FileKind::Program(_) | FileKind::Image => {
            say(&format!("{reason}; running {} instead", file.display()));
            run::run(&Run {
                file,
                with: Vec::new(),
                revise: Revise::default(),
                notation: None,
                save: None,
                quantum: None,
                shake: None,
                granted,
                bounds,
            })
        }
    }
}
