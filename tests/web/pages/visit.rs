//! What all tests of the full window share.

use browsing::{Browser, Site, Tab};

/// Opens the full window in a new tab and waits for its first frame.
#[track_caller]
pub fn window(browser: &Browser<'_>, site: &Site) -> Tab {
    let tab = browser.tab();
    show(&tab, &site.url("index.html"));
    tab
}

/// Goes to a page with the full window and waits for its first frame.
#[track_caller]
pub fn show(tab: &Tab, url: &str) {
    tab.go(url);
    tab.wait_row("", "Parameter stack");
}

/// Where the program is: its stack, its output, and how many instructions were executed.
pub fn place(tab: &Tab) -> String {
    tab.wait_for_frames();
    let executed = tab.wait_row("Label", " executed");
    format!("{} | {} | {}", tab.stack(), tab.output(), executed.value + &executed.name)
}

/// Waits until everything that the page has given to its storage is there: what is asked of a storage now is
/// answered after that.
pub fn wait_until_kept(tab: &Tab) {
    tab.evaluate(
        "(async () => {
            const wait = request => new Promise((done, fail) => {
                request.onsuccess = () => done(request.result);
                request.onerror = () => fail(request.error);
            });
            for (const { name } of await indexedDB.databases()) {
                const base = await wait(indexedDB.open(name));
                for (const store of base.objectStoreNames) {
                    await wait(base.transaction(store, 'readwrite').objectStore(store).count());
                }
                base.close();
            }
        })()",
    );
}

/// The work that a new window shows, and that of another which it recovers, in the order of the alphabet.
#[track_caller]
pub fn recovered(tab: &Tab) -> Vec<String> {
    tab.wait("the kept work", |tab| (!tab.stack().is_empty()).then_some(()));
    let first = tab.stack();
    // What is shown is in no file, so the window asks first.
    tab.key("Control+Shift+o");
    answer(tab, "Don't save");
    tab.wait("the work of the other tab", |tab| {
        let stack = tab.stack();
        (stack != first && !stack.is_empty()).then_some(())
    });
    let mut all = vec![first, tab.stack()];
    all.sort();
    all
}

/// Saves with a key that asks for a name.
#[track_caller]
pub fn save_as(tab: &Tab, key: &str, name: &str) {
    tab.key(key);
    tab.wait_row("TextInput", "path of the file");
    tab.key("Control+a");
    tab.enter(name);
    tab.wait("the question to be gone", |tab| {
        tab.find("TextInput", "path of the file").is_none().then_some(())
    });
}

/// Answers the question about unsaved work.
#[track_caller]
pub fn answer(tab: &Tab, button: &str) {
    let question = "There is unsaved work";
    tab.wait_row("", question);
    tab.click("Button", button);
    tab.wait("the question to be gone", |tab| tab.find("", question).is_none().then_some(()));
}

/// Waits until something that the page keeps contains a text.
#[track_caller]
pub fn wait_until_kept_is(tab: &Tab, text: &str) {
    tab.wait_js(
        &format!("{text} to be kept"),
        &format!(
            "(async () => {{
                const wait = request => new Promise((done, fail) => {{
                    request.onsuccess = () => done(request.result);
                    request.onerror = () => fail(request.error);
                }});
                let all = '';
                for (const {{ name }} of await indexedDB.databases()) {{
                    const base = await wait(indexedDB.open(name));
                    for (const store of base.objectStoreNames)
                        for (const value of await wait(base.transaction(store).objectStore(store).getAll()))
                            all += new TextDecoder().decode(value);
                    base.close();
                }}
                return all.replaceAll('\\\\', '').includes({});
            }})()",
            serde_json::json!(text)
        ),
    );
}
