//! Starting a child and killing it at a chosen moment.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command as Process, Stdio};

use crate::support::choices::Choices;
use crate::{FOLDER, SEED};

/// When a child is killed.
#[derive(Clone, Copy)]
pub enum Moment {
    /// After it has printed this many bytes.
    Bytes(u64),
    /// After it has begun this for the n-th time, and its folder was then listed so many times.
    Line(&'static str, usize, usize),
}

impl Moment {
    /// Any moment: often while the child saves a file or rewrites its autosave.
    pub fn any(c: &mut Choices) -> Moment {
        let looks = c.below(60);
        match c.below(3) {
            0 => Moment::Bytes(100 + c.count(8_000)),
            1 => Moment::Line("saving ", 1 + c.below(8), looks),
            _ => Moment::Line("rewriting ", 1 + c.below(8), looks),
        }
    }

    /// Reads what a child says until this moment.
    fn wait(self, folder: &Path, out: &mut impl BufRead, said: &mut Vec<u8>) {
        match self {
            Moment::Bytes(bytes) => {
                out.take(bytes).read_to_end(said).expect("it says something");
            }
            Moment::Line(start, count, looks) => {
                for _ in 0..count {
                    let mut line = Vec::new();
                    while !line.starts_with(start.as_bytes()) {
                        line.clear();
                        out.read_until(b'\n', &mut line).expect("it says something");
                        said.extend(&line);
                    }
                }
                let list = |_| std::fs::read_dir(folder).expect("it is there").count();
                (0..looks).map(list).for_each(drop);
            }
        }
    }
}

/// Starts a child, kills it at this moment, and returns all it printed.
pub fn killed(folder: &Path, seed: u64, moment: Moment) -> String {
    killed_of(Process::new(this_test()), folder, seed, moment)
}

/// The program that is its own child.
pub fn this_test() -> PathBuf {
    std::env::current_exe().expect("this test is a program")
}

/// As [`killed`], with a process that starts the child.
pub fn killed_of(mut process: Process, folder: &Path, seed: u64, moment: Moment) -> String {
    let mut child = process
        .args(["crash_child", "--exact", "--nocapture"])
        .env(FOLDER, folder)
        .env(SEED, seed.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let mut out = BufReader::new(child.stdout.take().expect("it was asked for"));
    let mut said = Vec::new();
    moment.wait(folder, &mut out, &mut said);
    child.kill().expect("it is alive");
    out.read_to_end(&mut said).expect("what it said before");
    child.wait().expect("it is over");
    String::from_utf8(said).expect("it says text")
}
