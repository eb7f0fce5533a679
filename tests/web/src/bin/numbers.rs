//! Measures the pages: sizes, the first frame, speed and idling. It asserts nothing, because a clock depends on
//! the machine. Usage: `numbers [NATIVE]`, where NATIVE is the program `midflight` of the same version, built
//! with `--release`; with it, speeds are compared.

use std::path::Path;
use std::process::{Command, Stdio};

use browsing::{Browser, Profile, Site, Tab};
use serde_json::{Value, json};

/// Notes when the first picture is drawn, and counts pictures.
const WATCH: &str = "for (const kind of [WebGLRenderingContext, WebGL2RenderingContext]) {
    const draw = kind.prototype.drawElements;
    kind.prototype.drawElements = function (...args) {
        window.firstFrame ??= performance.now();
        window.draws = (window.draws ?? 0) + 1;
        return draw.apply(this, args);
    };
}";

/// Programs without an end: their names and their texts.
const PROGRAMS: [(&str, &str); 3] = [
    (
        "fib",
        "[ assign: i i 3 < [ 1 return ] if i 2 - fib i 1 - fib + return ] bind: fib
         [ 33 fib drop ] repeat",
    ),
    ("loop", "[ 0 assign: n [ n 1000000 < ] [ n 1+ assign: n ] while ] repeat"),
    (
        "data",
        "1000 allocate assign: d
         [ 0 assign: n [ n 1000 < ] [ n d n memory.set n 1+ assign: n ] while ] repeat",
    ),
];
/// How many instructions are measured at once, and how often; the quickest counts.
const MEASURED: f64 = 5e7;
const TIMES: u32 = 5;

fn main() {
    let native = std::env::args().nth(1);
    let site = Site::built();
    sizes(site.folder());
    first_frame(&site);
    speed(&site, native.as_deref());
    idle(&site);
}

fn sizes(folder: &Path) {
    for name in ["midflight_web_bg.wasm", "midflight_web.js", "midflight.js"] {
        let file = folder.join(name);
        let bytes = std::fs::metadata(&file).map_or(0, |file| file.len());
        let zip = Command::new("gzip").arg("-9c").arg(&file).stdout(Stdio::piped()).output();
        let zipped = zip.map_or(0, |zip| zip.stdout.len());
        println!("{name}: {bytes} bytes, {zipped} gzipped");
    }
}

fn first_frame(site: &Site) {
    let profile = Profile::new();
    let browser = Browser::start(&profile);
    let tab = browser.tab();
    tab.before_each_page(WATCH);
    for (n, how) in ["the first time", "again", "again", "again"].into_iter().enumerate() {
        tab.go(&site.url(&format!("index.html?{n}")));
        tab.wait_js("a picture", "window.firstFrame > 0");
        let time = number(&tab.evaluate("firstFrame"));
        println!("first frame after {time:.0} ms, {how}");
    }
}

fn speed(site: &Site, native: Option<&str>) {
    let profile = Profile::new();
    let browser = Browser::start(&profile);
    let tab = browser.tab();
    tab.go(&site.url("article.html"));
    for (name, text) in PROGRAMS {
        let run = tab.evaluate(&format!(
            "(async () => {{
                const {{ program }} = await import('./midflight.js');
                const run = await program({}, {{ name: 'a.flpc' }});
                let best = 0;
                for (let n = 0; n < {TIMES}; n++) {{
                    const start = performance.now();
                    run.run({MEASURED});
                    best = Math.max(best, {MEASURED} / (performance.now() - start) / 1000);
                }}
                return best;
            }})()",
            json!(text)
        ));
        let window = in_window(&browser, site, text);
        println!("{name}: million instructions a second: {window:.0} in the window");
        println!("{name}: {:.0} without a window", number(&run));
        if let Some(native) = native {
            println!("{name}: {:.0} natively", of_native(native, text));
        }
    }
}

/// How many million instructions a second a program runs in the window, after its first second.
fn in_window(browser: &Browser<'_>, site: &Site, text: &str) -> f64 {
    let tab = browser.open(&site.url("index.html"));
    tab.wait_row("", "Parameter stack");
    // A text with definitions is opened, not typed.
    let folder = tempfile::tempdir().expect("there is room");
    let file = folder.path().join("speed.flpc");
    std::fs::write(&file, text).expect("there is room");
    tab.drop_file(&file);
    tab.wait_row("", "speed.flpc");
    tab.key("F5");
    tab.wait_row("", "Running");
    let mut best = 0.0_f64;
    for _ in 0..TIMES {
        let (start, before) = executed(&tab);
        pause(&tab, 1500);
        let (end, after) = executed(&tab);
        best = best.max((after - before) / (end - start) / 1000.0);
    }
    tab.key("F5");
    best
}

/// The time in the page, and how many instructions were executed.
fn executed(tab: &Tab) -> (f64, f64) {
    let both = tab.evaluate(
        "(async () => {
            midflight.rows();
            await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
            const row = midflight.rows().find(row => / executed/.test(row.name + row.value));
            return [performance.now(), parseInt((row.name + row.value).replace(/[^0-9]/g, ''))];
        })()",
    );
    (number(&both[0]), number(&both[1]))
}

/// How many million instructions a second the native program executes.
fn of_native(binary: &str, text: &str) -> f64 {
    let folder = tempfile::tempdir().expect("there is room");
    let file = folder.path().join("speed.flpc");
    std::fs::write(&file, text).expect("there is room");
    let once = || {
        let fuel = MEASURED.to_string();
        let mut command = Command::new(binary);
        let run = command.args(["run", "--stats", "--fuel", &fuel]).arg(&file).output();
        let run = run.expect("the native program starts");
        // "... cells of memory, 1.036 s"
        let said = String::from_utf8_lossy(&run.stderr).into_owned();
        let seconds = said.trim_end().trim_end_matches(" s").rsplit(' ').next().map(str::parse);
        let seconds: f64 = seconds.and_then(Result::ok).expect("it tells the time");
        MEASURED / seconds / 1e6
    };
    (0..TIMES).map(|_| once()).fold(0.0, f64::max)
}

fn idle(site: &Site) {
    let profile = Profile::new();
    let browser = Browser::start(&profile);
    let tab = browser.tab();
    tab.before_each_page(WATCH);
    tab.go(&site.url("index.html"));
    tab.wait_js("a picture", "window.firstFrame > 0");
    tab.enter("3 4 +");
    pause(&tab, 4000);
    let (before, draws) = (processor(&browser), number(&tab.evaluate("draws")));
    pause(&tab, 10_000);
    let (after, drawn) = (processor(&browser), number(&tab.evaluate("draws")));
    println!(
        "idle for 10 s: {:.2} s of processor time, {} draw calls",
        after - before,
        drawn - draws
    );
}

/// The processor time of all processes of a browser, in seconds.
fn processor(browser: &Browser<'_>) -> f64 {
    let info = browser.call("SystemInfo.getProcessInfo", json!({}));
    let all = info["processInfo"].as_array().into_iter().flatten();
    all.map(|process| number(&process["cpuTime"])).sum()
}

fn pause(tab: &Tab, milliseconds: u32) {
    tab.evaluate(&format!("new Promise(done => setTimeout(done, {milliseconds}))"));
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}
