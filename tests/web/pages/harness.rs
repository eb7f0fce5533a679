//! What drives the browser is tested on a page of its own, so that a failure elsewhere is one of the pages.

use browsing::{Browser, Profile, Site, wait};

const PAGE: &str = r#"<!doctype html><title>stub</title><link rel=icon href="data:,">
<input id=line autofocus> <input id=file type=file> <a id=down download=it.txt href="data:,saved">down</a>
<script>
  const line = document.getElementById("line");
  const heard = [];
  for (const kind of ["keydown", "keyup"])
    line.addEventListener(kind, e => heard.push(`${kind} ${e.key} ${e.code} ${e.ctrlKey}`));
  document.addEventListener("dragover", e => e.preventDefault());
  document.addEventListener("drop", async e => {
    e.preventDefault();
    window.dropped = await e.dataTransfer.files[0].text();
  });
  window.kept = () => new Promise((done, fail) => {
    const open = indexedDB.open("stub");
    open.onupgradeneeded = () => open.result.createObjectStore("s");
    open.onerror = () => fail(open.error);
    open.onsuccess = () => done(open.result);
  });
  window.put = async text => { const db = await kept(); return new Promise(done => {
    const tx = db.transaction("s", "readwrite"); tx.objectStore("s").put(text, "k");
    tx.oncomplete = () => done(true); }); };
  window.got = async () => { const db = await kept(); return new Promise(done => {
    const get = db.transaction("s").objectStore("s").get("k");
    get.onsuccess = () => done(get.result ?? ""); }); };
</script>"#;

fn stub() -> (Site, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("there is room");
    std::fs::write(folder.path().join("index.html"), PAGE).expect("there is room");
    (Site::of(folder.path()), folder)
}

#[test]
fn a_tab_types_clicks_and_carries_files() {
    let (site, _folder) = stub();
    let profile = Profile::new();
    let browser = Browser::start(&profile);
    let tab = browser.open(&site.url("index.html"));
    tab.click_element("document.getElementById('line')");
    tab.typed("[ A? é");
    tab.key("Control+Shift+x");
    assert_eq!(tab.evaluate("line.value"), "[ A? é");
    let heard = tab.evaluate("heard.join('|')").to_string();
    for event in ["keydown [ BracketLeft false", "keydown A KeyA false", "keydown x KeyX true"] {
        assert!(heard.contains(event), "{event} in {heard}");
    }
    tab.click_element("document.getElementById('down')");
    assert_eq!(profile.downloaded(".txt"), ("it.txt".to_string(), "saved".to_string()));
    let file = profile.file("a.flpc", "3 4 +");
    tab.click_element("document.getElementById('file')");
    tab.choose(&file);
    tab.wait_js("the chosen file", "document.getElementById('file').files[0]?.name == 'a.flpc'");
    tab.drop_file(&file);
    tab.wait_js("the dropped file", "window.dropped == '3 4 +'");
}

#[test]
fn a_killed_browser_comes_back_with_its_profile() {
    let (site, _folder) = stub();
    let profile = Profile::new();
    let browser = Browser::start(&profile);
    let tab = browser.open(&site.url(""));
    tab.wait_js("the page", "window.put && put('work')");
    browser.kill([tab]);
    let browser = Browser::start(&profile);
    let tab = browser.open(&site.url(""));
    tab.wait_js("what was kept", "(async () => window.got && await got() == 'work')()");
}

#[test]
fn what_goes_wrong_in_a_tab_is_noticed() {
    let (site, _folder) = stub();
    let profile = Profile::new();
    let browser = Browser::start(&profile);
    for (script, expected) in [
        ("console.error('lost', 3)", "lost 3"),
        ("setTimeout(() => { throw new Error('thrown') })", "Error: thrown"),
        ("Promise.reject(new Error('broken'))", "Error: broken"),
        ("fetch('missing.wasm')", "missing.wasm"),
        ("fetch('http://127.0.0.1:9/other').catch(() => {})", "another host"),
    ] {
        let tab = browser.open(&site.url(""));
        tab.wait_js("the page", "!!window.put");
        tab.evaluate(&format!("{{ {script}; 0 }}"));
        let mut seen = String::new();
        wait::wait_for(expected, || {
            seen += &tab.troubles().join("\n");
            seen.contains(expected).then_some(())
        });
        tab.evaluate("1");
        let _ = tab.troubles();
    }
    let tab = browser.open(&site.url(""));
    tab.evaluate("console.warn('harmless')");
    assert_eq!(tab.troubles(), [""; 0]);
}
