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
const MEASURED: f64 = 2e8;
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

/// Speeds, in instructions for a second of processor time: so other programs on the machine change little.
fn speed(site: &Site, native: Option<&str>) {
    let profile = Profile::new();
    let browser = Browser::start(&profile);
    let page = browser.open(&site.url("article.html"));
    for (name, text) in PROGRAMS {
        println!("{name}: million instructions a second:");
        if let Some(native) = native {
            println!("    {:.0} natively", of_native(native, text));
        }
        println!("    {:.0} in a page without a window", without_window(&page, text));
        let (work, time) = in_window(&browser, site, text);
        println!("    {work:.0} in the window; {time:.0} by the clock, with drawing");
    }
}

/// The most of some measurements.
fn best(measure: impl FnMut(u32) -> f64) -> f64 {
    (0..TIMES).map(measure).fold(0.0, f64::max)
}

fn without_window(page: &Tab, text: &str) -> f64 {
    page.to_front();
    page.evaluate(&format!(
        "(async () => {{
            const {{ program }} = await import('./midflight.js');
            window.run = await program({}, {{ name: 'a.flpc' }});
        }})()",
        json!(text)
    ));
    best(|_| {
        let before = page.worked();
        page.evaluate(&format!("{{ run.run({MEASURED}); 0 }}"));
        MEASURED / (page.worked() - before) / 1e6
    })
}

/// How fast a program runs in the window: for a second that its thread works, and for one that passes.
fn in_window(browser: &Browser<'_>, site: &Site, text: &str) -> (f64, f64) {
    let tab = browser.private();
    tab.go(&site.url("index.html"));
    tab.wait_row("", "Parameter stack");
    // A text with definitions is opened, not typed.
    let folder = tempfile::tempdir().expect("there is room");
    let file = folder.path().join("speed.flpc");
    std::fs::write(&file, text).expect("there is room");
    tab.drop_file(&file);
    tab.wait_row("", "speed.flpc");
    tab.key("F5");
    tab.wait_row("", "Running");
    let mut fastest = 0.0_f64;
    let work = best(|_| {
        let (start, before, worked) = executed(&tab);
        pause(&tab, 2000);
        let (end, after, worked_then) = executed(&tab);
        fastest = fastest.max((after - before) / (end - start) / 1000.0);
        (after - before) / (worked_then - worked) / 1e6
    });
    tab.key("F5");
    (work, fastest)
}

/// The time in the page in milliseconds, how many instructions were executed, and for how many seconds the page
/// has worked.
fn executed(tab: &Tab) -> (f64, f64, f64) {
    let both = tab.evaluate(
        "(async () => {
            midflight.rows();
            await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
            const row = midflight.rows().find(row => / executed/.test(row.name + row.value));
            return [performance.now(), parseInt((row.name + row.value).replace(/[^0-9]/g, ''))];
        })()",
    );
    (number(&both[0]), number(&both[1]), tab.worked())
}

/// How fast the native program executes.
fn of_native(binary: &str, text: &str) -> f64 {
    let folder = tempfile::tempdir().expect("there is room");
    let file = folder.path().join("speed.flpc");
    std::fs::write(&file, text).expect("there is room");
    best(|_| {
        let script = "TIMEFORMAT=%U; time \"$0\" run --fuel \"$1\" \"$2\" >/dev/null 2>&1";
        let mut command = Command::new("bash");
        command.args(["-c", script, binary, &MEASURED.to_string()]).arg(&file);
        let said = command.output().expect("bash starts").stderr;
        let seconds: f64 = String::from_utf8_lossy(&said).trim().parse().expect("a time");
        MEASURED / seconds / 1e6
    })
}

fn idle(site: &Site) {
    let profile = Profile::new();
    let browser = Browser::start(&profile);
    let tab = browser.tab();
    let watch = || {
        // What was begun is finished first.
        pause(&tab, 4000);
        let (all, page) = (processor(&browser), tab.worked());
        pause(&tab, 10_000);
        (processor(&browser) - all, tab.worked() - page)
    };
    let (all, page) = watch();
    println!("an empty tab for 10 s: {all:.2} s of processor time, {page:.2} in the page");
    tab.before_each_page(WATCH);
    tab.go(&site.url("index.html"));
    tab.wait_js("a picture", "window.firstFrame > 0");
    tab.enter("3 4 +");
    let draws = || number(&tab.evaluate("draws"));
    let before = {
        pause(&tab, 4000);
        draws()
    };
    let (all, page) = watch();
    let drawn = draws() - before;
    println!(
        "idle for 10 s: {all:.2} s of processor time, {page:.2} in the page, {drawn} draw calls"
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
