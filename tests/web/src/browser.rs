//! A browser with a profile of its own, which can be killed and started again.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::rc::Rc;

use serde_json::{Value, json};

use crate::connection::Connection;
use crate::tab::Tab;

const BINARY: &str = "/usr/bin/chromium";

/// No sandbox, because tests run as root too; graphics in software; and nothing that talks to the world.
const ARGUMENTS: [&str; 18] = [
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--mute-audio",
    "--password-store=basic",
    "--enable-unsafe-swiftshader",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--window-size=1280,800",
];

/// What a browser keeps, and where its downloads go.
pub struct Profile {
    folder: tempfile::TempDir,
}

impl Profile {
    /// An empty profile.
    #[expect(clippy::new_without_default, reason = "it makes a folder")]
    pub fn new() -> Profile {
        let folder = tempfile::tempdir().expect("there is room for a profile");
        std::fs::create_dir(folder.path().join("downloads")).expect("there is room for a folder");
        Profile { folder }
    }

    /// Where its downloads go.
    pub fn downloads(&self) -> PathBuf {
        self.folder.path().join("downloads")
    }

    /// A file to be opened or dropped.
    pub fn file(&self, name: &str, contents: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, contents).expect("there is room for a file");
        path
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// A running browser.
pub struct Browser<'p> {
    process: Child,
    connection: Rc<Connection>,
    profile: &'p Profile,
}

impl<'p> Browser<'p> {
    /// A browser on a profile that no other browser uses.
    pub fn start(profile: &'p Profile) -> Browser<'p> {
        Browser::start_on_screen(profile, 1)
    }

    /// The same on a screen with so many pixels in each direction for one of a page.
    pub fn start_on_screen(profile: &'p Profile, scale: u32) -> Browser<'p> {
        let is_there = Path::new(BINARY).exists();
        assert!(is_there, "{BINARY} is not there: install the Debian package `chromium`");
        // The browser reads requests from descriptor 3 and answers on descriptor 4.
        let script = "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1";
        let mut command = Command::new("sh");
        command.args(["-c", script, BINARY]).args(ARGUMENTS);
        command.arg(format!("--user-data-dir={}", profile.path().join("profile").display()));
        command.arg(format!("--force-device-scale-factor={scale}")).arg("about:blank");
        command.env("HOME", profile.path());
        command.env("XDG_CONFIG_HOME", profile.path()).env("XDG_CACHE_HOME", profile.path());
        command.env_remove("DISPLAY").env_remove("DBUS_SESSION_BUS_ADDRESS");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        // All its processes are one group, so that they can be killed together.
        let mut process = command.process_group(0).spawn().expect("a shell starts");
        let requests = process.stdin.take().expect("its input is piped");
        let answers = process.stdout.take().expect("its output is piped");
        let connection = Rc::new(Connection::new(requests, answers));
        let browser = Browser { process, connection, profile };
        browser.set_downloads(json!({}));
        browser
    }

    /// Asks the browser as a whole.
    #[track_caller]
    pub fn call(&self, method: &str, params: Value) -> Value {
        self.connection.call(None, method, params)
    }

    /// A new tab in front of the others, still empty.
    pub fn tab(&self) -> Tab {
        let target = self.call("Target.createTarget", json!({"url": "about:blank"}));
        Tab::attach(&self.connection, &target["targetId"])
    }

    /// A new tab, still empty, that shares nothing with the others: a private window.
    pub fn private(&self) -> Tab {
        let context = self.call("Target.createBrowserContext", json!({}));
        self.set_downloads(context.clone());
        let id = &context["browserContextId"];
        let request = json!({"url": "about:blank", "browserContextId": id});
        let target = self.call("Target.createTarget", request);
        Tab::attach(&self.connection, &target["targetId"])
    }

    /// Downloads of a context, or of the profile itself, go where the profile says.
    fn set_downloads(&self, mut context: Value) {
        context["behavior"] = "allow".into();
        context["downloadPath"] = json!(self.profile.downloads());
        self.call("Browser.setDownloadBehavior", context);
    }

    /// A new tab with a page, in front of the others.
    pub fn open(&self, url: &str) -> Tab {
        let tab = self.tab();
        tab.go(url);
        tab
    }

    /// Kills all processes of the browser at once, as a crash or a power cut would.
    pub fn kill(mut self, tabs: impl IntoIterator<Item = Tab>) {
        // What went wrong so far must not be lost with the browser.
        tabs.into_iter().for_each(drop);
        self.end();
    }

    fn end(&mut self) {
        let group = format!("-{}", self.process.id());
        let kill =
            Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
        // It may have ended by itself. Waiting is what matters.
        let _ = kill;
        let _ = self.process.wait();
    }
}

impl Drop for Browser<'_> {
    fn drop(&mut self) {
        self.end();
    }
}
