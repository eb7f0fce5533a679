//! The real window on a real display: fib is written with real keys, saved through a dialog, and
//! continued after a restart; factorial is written from three examples.
//!
//! It needs Xvfb, xdotool and openbox. If one is missing, it says so and passes; it has no test harness,
//! because that would hide the message. It checks the saved file, never pixels, and waits for
//! conditions, never for a time.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use midflight::program::image::Image;
use midflight::session::example::Verdict;
use midflight::session::examples::Examples;

#[path = "../support/mod.rs"]
mod support;

use support::wait::wait_for;

const TOOLS: [&str; 3] = ["Xvfb", "xdotool", "openbox"];

fn main() {
    let missing: Vec<&str> = TOOLS.into_iter().filter(|tool| !installed(tool)).collect();
    if !missing.is_empty() {
        println!("test desktop ... skipped: {} not installed", missing.join(", "));
        return;
    }
    let folder = tempfile::tempdir().expect("a folder for the test");
    let desktop = Desktop::start(folder.path());
    fib_is_written_saved_and_goes_on(&desktop);
    factorial_is_written_from_examples(&desktop);
    println!("test desktop ... ok");
}

fn installed(tool: &str) -> bool {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&paths).any(|folder| folder.join(tool).is_file())
}

fn fib_is_written_saved_and_goes_on(desktop: &Desktop) {
    let file = desktop.folder.join("fib.ron");
    let mut window = desktop.window(None);
    for line in ["3 fib", "", "assign: i", "i 2 - fib", "", "i 3 < [ ] if", "1 return", "i 1 - fib"]
    {
        desktop.enter(line);
    }
    desktop.key("ctrl+s");
    let image = wait_for("the image with a call under way", || waiting(&file));
    assert_eq!(image.machine.show_stack(), "1 2");
    assert!(image.machine.task().calls().depth() > 1, "fib is still alive");
    desktop.key("ctrl+q");
    wait_for("the window to close", || window.0.try_wait().ok().flatten());

    let mut window = desktop.window(Some(&file));
    desktop.key("F5");
    desktop.enter("+ return");
    // Alt alone opens the File menu; Save is the fourth item below the first that can be taken.
    desktop.key("Alt_L");
    for _ in 0..4 {
        desktop.key("Down");
    }
    desktop.key("Return");
    let image = wait_for("the finished image", || finished(&file));
    assert_eq!(image.machine.show_stack(), "2");
    desktop.key("ctrl+q");
    wait_for("the window to close", || window.0.try_wait().ok().flatten());
}

fn factorial_is_written_from_examples(desktop: &Desktop) {
    let file = desktop.folder.join("fib.ron");
    std::fs::remove_file(&file).expect("it was saved");
    let mut window = desktop.window(None);
    for example in ["0 fact -- 1", "1 fact -- 1", "5 fact -- 120"] {
        desktop.key("ctrl+shift+x");
        desktop.enter(example);
    }
    for _ in 0..3 {
        desktop.key("ctrl+Next");
    }
    for line in ["", "assign: n n 0 = base"] {
        desktop.enter(line);
    }
    desktop.key("F2");
    desktop.key("ctrl+a");
    desktop.enter("[ 1 return ] if");
    desktop.enter("n n 1 - fact * return");
    desktop.key("ctrl+s");
    let mut image = wait_for("the image with factorial", || read(&file));
    assert_eq!(image.machine.retired(), 0, "the program itself was never run");
    let mut examples = Examples::default();
    examples.refresh(&mut image);
    wait_for("the examples", || examples.advance(1_000_000).then_some(()));
    let verdicts: Vec<&Verdict> = examples.runs().iter().map(|run| run.verdict()).collect();
    assert_eq!(verdicts, [&Verdict::Passed; 3]);
    desktop.key("ctrl+q");
    wait_for("the window to close", || window.0.try_wait().ok().flatten());
}

fn read(file: &Path) -> Option<Image> {
    Image::from_file_text(&std::fs::read_to_string(file).ok()?).ok()
}

fn waiting(file: &Path) -> Option<Image> {
    read(file).filter(|image| image.machine.task().calls().depth() > 1)
}

fn finished(file: &Path) -> Option<Image> {
    read(file).filter(|image| image.machine.task().calls().depth() == 1)
}

/// A process that ends with the test.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A display with a window manager, and a home of its own.
struct Desktop {
    folder: PathBuf,
    display: String,
    _processes: [Process; 2],
}

impl Desktop {
    fn start(folder: &Path) -> Desktop {
        let mut server = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-noreset",
                "-screen",
                "0",
                "1280x800x24",
                "+extension",
                "GLX",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb starts");
        let mut number = String::new();
        let output = server.stdout.take().expect("its output is piped");
        BufReader::new(output).read_line(&mut number).expect("Xvfb says its number");
        let display = format!(":{}", number.trim());
        // A window that is opened while the manager starts can stay hidden for ever.
        let started = folder.join("openbox has started");
        let mut manager = Command::new("openbox");
        manager.arg("--startup").arg(format!("touch '{}'", started.display()));
        manager.env("DISPLAY", &display).env("HOME", folder);
        manager.stdout(Stdio::null()).stderr(Stdio::null());
        let manager = manager.spawn().expect("openbox starts");
        wait_for("openbox to start", || started.exists().then_some(()));
        let desktop = Desktop {
            folder: folder.to_path_buf(),
            display,
            _processes: [Process(server), Process(manager)],
        };
        desktop.fake_dialogs();
        desktop
    }

    /// A fake `zenity` that answers every file dialog with the same file.
    fn fake_dialogs(&self) {
        use std::os::unix::fs::PermissionsExt;
        let path = self.folder.join("zenity");
        let script = format!("#!/bin/sh\necho '{}'\n", self.folder.join("fib.ron").display());
        std::fs::write(&path, script).expect("the fake dialog is written");
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).expect("it can be run");
    }

    fn window(&self, file: Option<&Path>) -> Process {
        let mut command = Command::new(env!("CARGO_BIN_EXE_midflight"));
        let path = std::env::var("PATH").unwrap_or_default();
        command.args(file);
        command
            .env("DISPLAY", &self.display)
            .env("PATH", format!("{}:{path}", self.folder.display()));
        command.env_remove("WAYLAND_DISPLAY").env("LIBGL_ALWAYS_SOFTWARE", "1");
        command.env("DBUS_SESSION_BUS_ADDRESS", "disabled:").env("HOME", &self.folder);
        for name in [
            "XDG_DATA_HOME",
            "XDG_CONFIG_HOME",
            "XDG_STATE_HOME",
            "XDG_CACHE_HOME",
            "XDG_RUNTIME_DIR",
        ] {
            command.env(name, &self.folder);
        }
        let mut process = Process(command.spawn().expect("the window starts"));
        wait_for("the window", || {
            let ended = process.0.try_wait().expect("the process can be asked");
            assert_eq!(ended, None, "the window ended by itself");
            self.search()
        });
        process
    }

    /// Whether the window is visible. If so, gives it the keyboard.
    fn search(&self) -> Option<()> {
        let arguments = ["search", "--onlyvisible", "--name", "Midflight", "windowfocus"];
        let mut command = Command::new("xdotool");
        command.args(arguments).env("DISPLAY", &self.display);
        let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
        status.expect("xdotool starts").success().then_some(())
    }

    fn enter(&self, line: &str) {
        if !line.is_empty() {
            self.xdotool(&["type", "--delay", "20", line]);
        }
        self.key("Return");
    }

    fn key(&self, key: &str) {
        self.xdotool(&["key", "--delay", "20", key]);
    }

    fn xdotool(&self, arguments: &[&str]) {
        let status = Command::new("xdotool").args(arguments).env("DISPLAY", &self.display).status();
        assert!(status.expect("xdotool starts").success(), "xdotool {arguments:?}");
    }
}
