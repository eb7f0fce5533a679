//! Work is kept in the browser, comes back after a crash, and where it cannot be kept, the window says so.

use browsing::{Browser, Profile, Site, Tab};

use crate::visit::{place, save_as, show, wait_until_kept, window};

/// A run that is killed comes back paused, not further than it was.
#[test]
fn a_run_that_is_killed_is_paused_when_it_comes_back() {
    let (site, profile) = (Site::built(), Profile::new());
    let browser = Browser::start(&profile);
    let tab = window(&browser, &site);
    tab.enter("9 [ 1 drop ] repeat");
    tab.wait_stack("9");
    let before = place(&tab);
    tab.key("F5");
    tab.wait_row("", "Running");
    tab.wait("progress", |tab| (place(tab) != before).then_some(()));
    browser.kill([tab]);

    let browser = Browser::start(&profile);
    let tab = window(&browser, &site);
    tab.wait_row("", "paused where it was");
    tab.wait("the stack", |tab| tab.stack().starts_with('9').then_some(()));
    assert!(tab.find("", "Running").is_none(), "nothing runs by itself");
    let paused = place(&tab);
    tab.key("F5");
    tab.wait_row("", "Running");
    tab.wait("progress", |tab| (place(tab) != paused).then_some(()));
    tab.key("F5");
    tab.wait("the pause", |tab| tab.find("", "Running").is_none().then_some(()));
}

#[test]
fn a_closed_tab_and_a_reload_lose_nothing() {
    let (site, profile) = (Site::built(), Profile::new());
    let browser = Browser::start(&profile);
    let tab = window(&browser, &site);
    tab.enter("1 2 3");
    tab.wait_stack("1 2 3");
    tab.reload();
    tab.wait_row("", "Parameter stack");
    tab.wait_stack("1 2 3");
    tab.enter("4");
    tab.wait_stack("1 2 3 4");
    tab.close();
    let tab = window(&browser, &site);
    tab.wait_stack("1 2 3 4");
    // What is kept is the whole history.
    tab.key("Control+z");
    tab.wait_stack("1 2 3");
}

/// Each makes the storage refuse; the first from the start, the others once `window.full` is set.
const REFUSALS: [(&str, &str); 4] = [
    (
        "opening it is forbidden",
        "window.full = true; const open = IDBFactory.prototype.open;
         IDBFactory.prototype.open = function (...args) {
             if (window.full) throw new DOMException('forbidden here', 'SecurityError');
             return open.apply(this, args);
         };",
    ),
    (
        "opening it fails later",
        "window.full = true; const open = IDBFactory.prototype.open;
         IDBFactory.prototype.open = function (...args) {
             const request = open.apply(this, args);
             if (window.full) request.addEventListener('success', event => {
                 event.stopImmediatePropagation();
                 Object.defineProperty(request, 'error', { value: new DOMException('forbidden here') });
                 request.dispatchEvent(new Event('error'));
             }, true);
             return request;
         };",
    ),
    (
        "writing throws",
        "for (const name of ['put', 'add']) {
             const write = IDBObjectStore.prototype[name];
             IDBObjectStore.prototype[name] = function (...args) {
                 if (window.full) throw new DOMException('no room here', 'QuotaExceededError');
                 return write.apply(this, args);
             };
         }",
    ),
    (
        "what was written is taken back",
        "for (const name of ['put', 'add']) {
             const write = IDBObjectStore.prototype[name];
             IDBObjectStore.prototype[name] = function (...args) {
                 const request = write.apply(this, args);
                 if (window.full) this.transaction.abort();
                 return request;
             };
         }",
    ),
];

#[test]
fn where_nothing_can_be_kept_the_window_says_so_and_goes_on() {
    let (site, profile) = (Site::built(), Profile::new());
    let browser = Browser::start(&profile);
    for (what, script) in REFUSALS {
        let tab = browser.private();
        tab.before_each_page(script);
        show(&tab, &site.url("index.html"));
        tab.enter("1");
        tab.wait_stack("1");
        tab.evaluate("window.full = true");
        tab.enter("2");
        tab.wait_stack("1 2");
        tab.wait(&format!("a message where {what}"), |tab| {
            // The second key makes sure that there is something to keep.
            tab.find("", "Not kept")
        });
        tab.enter("+");
        tab.wait_stack("3");
        // The work can still be carried away.
        save_as(&tab, "Control+s", "rescued.ron");
        let (_, text) = profile.downloaded("rescued.ron");
        let image = midflight::program::image::Image::from_file_text(&text);
        assert_eq!(image.expect("it opens").machine.show_stack(), "3", "{what}");
        // Errors are told in the window, not in the console. The test itself throws none there.
        assert_eq!(tab.troubles(), [""; 0], "{what}");
    }
}

/// The browser itself refuses when its quota is used up, and takes more when there is room again.
#[test]
fn when_there_is_room_again_the_work_is_kept_again() {
    let (site, profile) = (Site::built(), Profile::new());
    let browser = Browser::start(&profile);
    let tab = browser.tab();
    let (_, refusal) = REFUSALS[2];
    tab.before_each_page(refusal);
    show(&tab, &site.url("index.html"));
    tab.evaluate("window.full = true");
    tab.enter("1");
    tab.wait_row("", "Not kept");
    tab.evaluate("window.full = false");
    tab.enter("2");
    tab.wait("the work to be kept", |tab: &Tab| tab.find("", "Not kept").is_none().then_some(()));
    tab.wait_stack("1 2");
    wait_until_kept(&tab);
    browser.kill([tab]);
    let browser = Browser::start(&profile);
    let tab = window(&browser, &site);
    tab.wait_stack("1 2");
}
