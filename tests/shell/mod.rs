//! Runs the real binary in a temporary folder.

#![allow(dead_code, reason = "each test target uses a part")]

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::support::wait::{ended, wait_for};

/// The binary.
pub const BINARY: &str = env!("CARGO_BIN_EXE_midflight");

/// The path of an example program.
pub fn program(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("programs").join(name);
    path.to_str().unwrap().to_string()
}

/// A temporary folder in which programs run.
pub struct Shell {
    folder: tempfile::TempDir,
}

/// How a program ended.
#[derive(Debug)]
pub struct Done {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Shell {
    pub fn new() -> Shell {
        Shell { folder: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file and returns its name.
    pub fn file(&self, name: &str, contents: impl AsRef<[u8]>) -> String {
        fs::write(self.path(name), contents).unwrap();
        name.to_string()
    }

    /// The files of the folder with their contents.
    pub fn listing(&self) -> Vec<(String, Vec<u8>)> {
        let entries = fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path());
        let read = |path: PathBuf| {
            let name = path.file_name().unwrap().to_str().unwrap().to_string();
            (name, fs::read(&path).unwrap_or_default())
        };
        let mut files: Vec<_> = entries.map(read).collect();
        files.sort();
        files
    }

    /// Runs the binary without input.
    pub fn run(&self, arguments: &[&str]) -> Done {
        self.give(arguments, b"")
    }

    /// Runs the binary with an input.
    pub fn give(&self, arguments: &[&str], input: &[u8]) -> Done {
        let mut command = Command::new(BINARY);
        command.args(arguments);
        self.finish(command, input)
    }

    /// Runs a line of shell script.
    pub fn script(&self, script: &str, input: &[u8]) -> Done {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        self.finish(command, input)
    }

    /// Runs the binary, on Linux with at most 2 GB of address space.
    pub fn run_bounded(&self, arguments: &[&str]) -> Done {
        if !cfg!(target_os = "linux") {
            return self.run(arguments);
        }
        let mut command = Command::new("sh");
        command.args(["-c", "ulimit -v 2000000; exec \"$0\" \"$@\"", BINARY]).args(arguments);
        self.finish(command, b"")
    }

    fn spawn(&self, mut command: Command) -> Child {
        command.current_dir(self.folder.path());
        for name in ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"] {
            command.env_remove(name);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    }

    fn finish(&self, command: Command, input: &[u8]) -> Done {
        let mut child = self.spawn(command);
        let (mut stdin, input) = (child.stdin.take().unwrap(), input.to_vec());
        // Writing may fail, because a program need not read its input.
        let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
        let done = ended("the program to end", move || child.wait_with_output().unwrap());
        writer.join().unwrap();
        let done = Done {
            code: done.status.code().unwrap_or(-1),
            out: String::from_utf8(done.stdout).unwrap(),
            err: String::from_utf8(done.stderr).unwrap(),
        };
        assert!(!done.err.contains("panicked"), "{}", done.err);
        done
    }

    /// Starts the binary, with an input that stays open.
    pub fn start(&self, arguments: &[&str]) -> Running {
        // Whoever runs the tests may ignore the signal that a closed terminal sends.
        let mut command = match cfg!(target_os = "linux") {
            true => Command::new("env"),
            false => Command::new(BINARY),
        };
        if cfg!(target_os = "linux") {
            command.args(["--default-signal=HUP", BINARY]);
        }
        command.args(arguments);
        Running { child: self.spawn(command) }
    }

    /// Starts a line of shell script with the binary as `$0`, with an input that stays open.
    pub fn start_script(&self, script: &str) -> Running {
        let mut command = Command::new("sh");
        command.args(["-c", script, BINARY]);
        Running { child: self.spawn(command) }
    }
}

/// A running program.
pub struct Running {
    child: Child,
}

impl Running {
    pub fn out(&mut self) -> &mut impl Read {
        self.child.stdout.as_mut().unwrap()
    }

    /// Reads output until it ends with these words.
    pub fn wait_for(&mut self, words: &str) {
        let (mut pipe, end) = (self.child.stdout.take().unwrap(), words.to_string());
        let pipe = ended(&format!("the program to say `{words}`"), move || {
            let mut out = String::new();
            let mut byte = [0];
            while !out.ends_with(&end) {
                pipe.read_exact(&mut byte).unwrap();
                out.push(char::from(byte[0]));
            }
            pipe
        });
        self.child.stdout = Some(pipe);
    }

    /// Closes the pipe that reads its output.
    pub fn close(&mut self) {
        self.child.stdout = None;
    }

    /// Sends what Ctrl-C sends.
    pub fn interrupt(&self) {
        self.signal("-INT");
    }

    /// Sends a signal.
    pub fn signal(&self, signal: &str) {
        let killed = Command::new("kill").args([signal, &self.child.id().to_string()]).status();
        assert!(killed.unwrap().success());
    }

    /// Gives it input.
    pub fn give(&mut self, input: &[u8]) {
        self.child.stdin.as_mut().unwrap().write_all(input).unwrap();
    }

    /// Ends its input.
    pub fn close_input(&mut self) {
        self.child.stdin = None;
    }

    /// Waits for its end and returns its exit code and standard error.
    pub fn end(mut self) -> (i32, String) {
        let status = wait_for("the program to end", || self.child.try_wait().unwrap());
        let mut err = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        (status.code().unwrap_or(-1), err)
    }
}
