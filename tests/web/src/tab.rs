//! A tab: what a person does there and what they see. A tab that is dropped checks that nothing went wrong
//! in it that the test does not know of; and if the test has failed, it says what there was to see.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::connection::{Connection, Event};
use crate::row::{self, Row};
use crate::{keyboard, screenshot, wait};

/// Longer than the slowest machine needs for anything that a test waits for.
const DEADLINE: Duration = Duration::from_secs(60);
/// Between two looks, in the page: milliseconds.
const PAUSE: &str = "new Promise(done => setTimeout(done, 20))";

/// So much of the text of a page is shown when a test fails, in characters.
const MOST_TEXT: usize = 1000;

/// A tab of a browser.
pub struct Tab {
    connection: Rc<Connection>,
    target: Value,
    session: String,
    closed: Cell<bool>,
}

impl Tab {
    pub(crate) fn attach(connection: &Rc<Connection>, target: &Value) -> Tab {
        let params = json!({"targetId": target, "flatten": true});
        let attached = connection.call(None, "Target.attachToTarget", params);
        let session = attached["sessionId"].as_str().expect("a session has a name").to_string();
        let (connection, target) = (connection.clone(), target.clone());
        let tab = Tab { connection, target, session, closed: Cell::new(false) };
        for part in ["Page", "Runtime", "Log", "Network", "DOM"] {
            tab.call(&format!("{part}.enable"), json!({}));
        }
        tab.call("Page.setInterceptFileChooserDialog", json!({"enabled": true}));
        tab
    }

    /// Asks the browser about this tab.
    #[track_caller]
    pub fn call(&self, method: &str, params: Value) -> Value {
        self.connection.call(Some(&self.session), method, params)
    }

    // --- pages ------------------------------------------------------------------------------------

    /// Goes to a page.
    pub fn go(&self, url: &str) {
        let gone = self.call("Page.navigate", json!({"url": url}));
        assert!(gone.get("errorText").is_none(), "{url}: {gone}");
    }

    /// Loads the page again.
    pub fn reload(&self) {
        // Before the new page is there, the old one would answer.
        self.evaluate("window.isOld = true");
        self.call("Page.reload", json!({}));
        self.wait_js(
            "the page to load again",
            "!window.isOld && document.readyState == 'complete'",
        );
    }

    /// Runs a script in every page that is opened from now on, before anything else there.
    pub fn before_each_page(&self, script: &str) {
        self.call("Page.addScriptToEvaluateOnNewDocument", json!({"source": script}));
    }

    /// Brings the tab to the front. Only there a page draws.
    pub fn to_front(&self) {
        // When another tab was closed, the browser itself brings one to the front, a little later.
        let draws = "Promise.race([
            new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true)))),
            new Promise(done => setTimeout(done, 500, false)),
        ])";
        self.wait("the tab to come to the front", |tab| {
            tab.call("Page.bringToFront", json!({}));
            (tab.try_evaluate(PAUSE).is_ok() && tab.try_evaluate(draws) == Ok(Value::Bool(true)))
                .then_some(())
        });
    }

    /// Closes the tab, as a person does.
    pub fn close(self) {
        self.check();
        self.closed.set(true);
        self.call("Page.close", json!({}));
        // The browser brings another tab to the front when it is gone.
        wait::wait_for("the tab to close", || {
            let targets = self.connection.call(None, "Target.getTargets", json!({}));
            let mut targets = targets["targetInfos"].as_array().into_iter().flatten();
            targets.all(|target| target["targetId"] != self.target).then_some(())
        });
    }

    /// As on a screen of this size, with fingers or without.
    pub fn size(&self, width: u32, height: u32, is_phone: bool) {
        // The scale is that of the browser: a page that looks for the pixels of its canvas is told the truth.
        let metrics = json!({
            "width": width, "height": height, "deviceScaleFactor": 0, "mobile": is_phone,
        });
        self.call("Emulation.setDeviceMetricsOverride", metrics);
        self.call("Emulation.setTouchEmulationEnabled", json!({"enabled": is_phone}));
    }

    /// Prefers `dark` or `light`.
    pub fn scheme(&self, scheme: &str) {
        let feature = json!({"name": "prefers-color-scheme", "value": scheme});
        self.call("Emulation.setEmulatedMedia", json!({"features": [feature]}));
    }

    // --- what is there ----------------------------------------------------------------------------

    /// The value of an expression in the page, once its promise is kept. Panics if it throws.
    #[track_caller]
    pub fn evaluate(&self, expression: &str) -> Value {
        match self.try_evaluate(expression) {
            Ok(value) => value,
            Err(why) => panic!("{expression}: {why}"),
        }
    }

    fn try_evaluate(&self, expression: &str) -> Result<Value, String> {
        let params = json!({
            "expression": expression, "awaitPromise": true, "returnByValue": true,
            "userGesture": false,
        });
        let done = self.connection.try_call(Some(&self.session), "Runtime.evaluate", params)?;
        match done.get("exceptionDetails") {
            Some(thrown) => Err(thrown_words(thrown)),
            None => Ok(done["result"].get("value").cloned().unwrap_or_default()),
        }
    }

    /// What the window shows, if there is one.
    pub fn rows(&self) -> Vec<Row> {
        self.rows_of("window.midflight")
    }

    /// What all windows of the page show.
    fn all_rows(&self) -> Vec<Row> {
        let all = "{rows: () => [...document.querySelectorAll('*')].flatMap(e => e.midflight?.rows() ?? [])}";
        self.rows_of(&format!("({all})"))
    }

    /// What the window of a handle shows. The handle is an expression; it may be missing.
    pub fn rows_of(&self, handle: &str) -> Vec<Row> {
        // A page that is being replaced has nothing to say.
        let rows = self.try_evaluate(&format!("{handle}?.rows() ?? []")).unwrap_or_default();
        rows.as_array().into_iter().flatten().map(Row::of).collect()
    }

    /// The text that is on the page outside of windows.
    pub fn text(&self) -> String {
        let text = self.try_evaluate("document.body?.innerText ?? ''").unwrap_or_default();
        text.as_str().unwrap_or_default().to_string()
    }

    /// The first row that has a role, or any if that is empty, and contains a text.
    pub fn find(&self, role: &str, text: &str) -> Option<Row> {
        self.rows().into_iter().find(|row| row.fits(role, text))
    }

    /// Whether a text can be read anywhere, in the window or beside it. Upper case does not matter.
    pub fn shows(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        let in_row = |row: &Row| {
            row.name.to_lowercase().contains(&text) || row.value.to_lowercase().contains(&text)
        };
        self.text().to_lowercase().contains(&text) || self.rows().iter().any(in_row)
    }

    /// The parameter stack.
    pub fn stack(&self) -> String {
        let stack = self.evaluate("window.midflight?.stack() ?? []");
        let values = stack.as_array().into_iter().flatten().filter_map(Value::as_str);
        values.collect::<Vec<_>>().join(" ")
    }

    /// What the program has printed.
    pub fn output(&self) -> String {
        self.evaluate("window.midflight?.output() ?? ''").as_str().unwrap_or_default().to_string()
    }

    /// How bright the tab is on average, from 0 to 1.
    pub fn brightness(&self) -> f64 {
        let picture = self.call("Page.captureScreenshot", json!({"format": "png"}));
        let data = picture["data"].as_str().unwrap_or_default();
        let brightness = self.evaluate(&format!(
            "(async () => {{
                const picture = new Image();
                picture.src = 'data:image/png;base64,{data}';
                await picture.decode();
                const canvas = new OffscreenCanvas(1, 1);
                const context = canvas.getContext('2d');
                context.drawImage(picture, 0, 0, 1, 1);
                const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
                return (red + green + blue) / 765;
            }})()"
        ));
        brightness.as_f64().expect("a brightness is a number")
    }

    /// Waits until what the rows tell is no older than this call.
    pub fn wait_for_frames(&self) {
        self.evaluate(
            "(async () => {
                for (let n = 0; n < 2; n++) {
                    window.midflight?.rows();
                    await new Promise(requestAnimationFrame);
                }
            })()",
        );
    }

    /// For how many seconds the thread of the page has worked so far.
    pub fn worked(&self) -> f64 {
        // Time in which another program has the processor is not counted.
        self.call("Performance.enable", json!({"timeDomain": "threadTicks"}));
        let metrics = self.call("Performance.getMetrics", json!({}));
        let metrics = metrics["metrics"].as_array().into_iter().flatten();
        let mut work = metrics.filter(|metric| metric["name"] == "TaskDuration");
        work.find_map(|metric| metric["value"].as_f64()).expect("the browser counts")
    }

    /// Everything that there is to see, for the message of a failure.
    pub fn seen(&self) -> String {
        let rows = row::listed(&self.all_rows());
        let text: String = self.text().chars().take(MOST_TEXT).collect();
        let state = self.try_evaluate("document.visibilityState").unwrap_or_default();
        format!("the tab is {state}\nrows:\n{rows}\ntext:\n{text}")
    }

    // --- waiting ----------------------------------------------------------------------------------

    /// Repeats a condition until it returns something. Panics at the deadline, with all that is to see.
    #[track_caller]
    pub fn wait<T>(&self, what: &str, mut condition: impl FnMut(&Tab) -> Option<T>) -> T {
        let found = wait::poll(DEADLINE, || {
            let found = condition(self);
            if found.is_none() {
                // The page counts the pause. One that is busy takes longer, which is right.
                let _ = self.try_evaluate(PAUSE);
            }
            found
        });
        match found {
            Some(found) => found,
            None => panic!("waited too long for {what}"),
        }
    }

    /// Waits for an expression in the page to be true.
    #[track_caller]
    pub fn wait_js(&self, what: &str, expression: &str) {
        self.wait(what, |tab| {
            (tab.try_evaluate(expression) == Ok(Value::Bool(true))).then_some(())
        });
    }

    /// Waits for a row that has a role, or any if that is empty, and contains a text.
    #[track_caller]
    pub fn wait_row(&self, role: &str, text: &str) -> Row {
        self.wait(&format!("{role} {text:?}"), |tab| tab.find(role, text))
    }

    /// Waits for a text, in the window or beside it.
    #[track_caller]
    pub fn wait_text(&self, text: &str) {
        self.wait(&format!("{text:?}"), |tab| tab.shows(text).then_some(()));
    }

    /// Waits for a parameter stack.
    #[track_caller]
    pub fn wait_stack(&self, stack: &str) {
        let mut last = String::new();
        let found = wait::poll(DEADLINE, || {
            last = self.stack();
            if last == stack {
                return Some(());
            }
            let _ = self.try_evaluate(PAUSE);
            None
        });
        assert!(found.is_some(), "waited too long for the stack {stack:?}; it is {last:?}");
    }

    // --- doing ------------------------------------------------------------------------------------

    /// Presses a key or chord, such as `Enter` or `Control+Shift+x`.
    #[track_caller]
    pub fn key(&self, chord: &str) {
        for event in keyboard::chord(chord) {
            self.call("Input.dispatchKeyEvent", event);
        }
    }

    /// Types a text.
    #[track_caller]
    pub fn typed(&self, text: &str) {
        for event in keyboard::typing(text) {
            match event {
                Ok(event) => self.call("Input.dispatchKeyEvent", event),
                Err(char) => self.call("Input.insertText", json!({"text": char.to_string()})),
            };
        }
    }

    /// Types a line and presses Enter.
    #[track_caller]
    pub fn enter(&self, line: &str) {
        self.typed(line);
        self.key("Enter");
    }

    /// Clicks at a point of the page.
    pub fn click_at(&self, (x, y): (f64, f64)) {
        self.call("Input.dispatchMouseEvent", json!({"type": "mouseMoved", "x": x, "y": y}));
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({"type": kind, "x": x, "y": y, "button": "left", "clickCount": 1});
            self.call("Input.dispatchMouseEvent", event);
        }
    }

    /// Taps at a point of the page with a finger.
    pub fn tap(&self, (x, y): (f64, f64)) {
        let points = json!([{"x": x, "y": y}]);
        self.call("Input.dispatchTouchEvent", json!({"type": "touchStart", "touchPoints": points}));
        self.call("Input.dispatchTouchEvent", json!({"type": "touchEnd", "touchPoints": []}));
    }

    /// Clicks a row of the window that fills the page.
    #[track_caller]
    pub fn click(&self, role: &str, text: &str) {
        let (x, y) = self.wait_row(role, text).middle();
        let corner = self.evaluate(
            "(b => [b.left, b.top])(document.querySelector('canvas').getBoundingClientRect())",
        );
        let corner = |index: usize| corner[index].as_f64().expect("a canvas has a corner");
        self.click_at((x + corner(0), y + corner(1)));
    }

    /// Clicks the element that an expression gives, once it is there, after scrolling to it.
    #[track_caller]
    pub fn click_element(&self, element: &str) {
        self.wait_js(element, &format!("!!({element})"));
        let middle = self.evaluate(&format!(
            "(async e => {{
                e.scrollIntoView({{block: 'center', behavior: 'instant'}});
                await new Promise(requestAnimationFrame);
                const b = e.getBoundingClientRect();
                return [b.left + b.width / 2, b.top + b.height / 2];
            }})({element})"
        ));
        let at = |index: usize| middle[index].as_f64().expect("an element has a middle");
        self.click_at((at(0), at(1)));
    }

    // --- what went wrong --------------------------------------------------------------------------

    /// Takes what the tab told and that fits.
    pub fn take(&self, fits: impl FnMut(&Event) -> bool) -> Vec<Event> {
        self.connection.take(&self.session, fits)
    }

    /// Takes what went wrong so far: errors in the console, exceptions, requests to another host.
    pub fn troubles(&self) -> Vec<String> {
        // What was told before this is answered has arrived by then.
        let _ = self.try_evaluate("0");
        self.take(|_| true).iter().filter_map(trouble).collect()
    }

    #[track_caller]
    fn check(&self) {
        let troubles = self.troubles();
        assert!(troubles.is_empty(), "the console has errors:\n{}", troubles.join("\n"));
    }

    /// Saves a picture of the tab.
    pub fn picture(&self, name: &str) -> Result<std::path::PathBuf, String> {
        let params = json!({"format": "png"});
        let session = Some(self.session.as_str());
        let picture = self.connection.try_call(session, "Page.captureScreenshot", params)?;
        let bytes = screenshot::bytes(picture["data"].as_str().unwrap_or_default());
        let path = screenshot::folder().join(format!("{name}.png"));
        let written = std::fs::create_dir_all(screenshot::folder());
        written.and_then(|()| std::fs::write(&path, bytes)).map_err(|e| e.to_string())?;
        Ok(path)
    }

    fn report(&self) {
        let test = std::thread::current().name().unwrap_or("test").replace("::", "-");
        let name = format!("{test}-{}", self.target.as_str().unwrap_or("tab"));
        let picture = self.picture(&name).map_or_else(|why| why, |path| path.display().to_string());
        eprintln!("{}\npicture: {picture}", self.seen());
        eprintln!("console:\n{}", self.troubles().join("\n"));
    }
}

impl Drop for Tab {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.report();
        } else if !self.closed.get() {
            self.check();
        }
    }
}

fn trouble(event: &Event) -> Option<String> {
    let params = &event.params;
    match event.method.as_str() {
        "Runtime.exceptionThrown" => Some(thrown_words(&params["exceptionDetails"])),
        "Runtime.consoleAPICalled" if ["error", "assert"].contains(&params["type"].as_str()?) => {
            let said = params["args"].as_array()?.iter();
            let word = |value: &Value| match value.get("value") {
                Some(Value::String(text)) => text.clone(),
                Some(value) => value.to_string(),
                None => value["description"].as_str().unwrap_or_default().to_string(),
            };
            Some(said.map(word).collect::<Vec<_>>().join(" "))
        }
        "Log.entryAdded" if params["entry"]["level"] == "error" => {
            let entry = &params["entry"];
            Some(format!("{} {}", entry["text"].as_str()?, entry["url"].as_str().unwrap_or("")))
        }
        "Network.requestWillBeSent" => {
            let url = params["request"]["url"].as_str()?;
            let own = ["http://localhost:", "data:", "blob:", "about:"];
            let is_own = own.iter().any(|start| url.starts_with(start));
            (!is_own).then(|| format!("a request to another host: {url}"))
        }
        _ => None,
    }
}

fn thrown_words(thrown: &Value) -> String {
    let described = thrown["exception"]["description"].as_str();
    let text = thrown["text"].as_str().unwrap_or_default();
    format!("{text} {}", described.unwrap_or(&thrown["exception"]["value"].to_string()))
}
