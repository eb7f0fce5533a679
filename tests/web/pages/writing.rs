//! Programs are written and run in the window that fills the page.

use browsing::{Browser, Profile, Site};
use midflight::program::image::Image;

use crate::visit::{place, save_as, show, wait_until_kept, window};

/// The keys of fib: each is a line, and an empty one creates what is missing or executes one instruction.
const FIB: [&str; 8] =
    ["3 fib", "", "assign: i", "i 2 - fib", "", "i 3 < [ ] if", "1 return", "i 1 - fib"];

#[test]
fn the_window_comes_up_and_has_the_keyboard() {
    let (site, profile) = (Site::built(), Profile::new());
    let browser = Browser::start(&profile);
    for scheme in ["dark", "light"] {
        let tab = browser.tab();
        tab.scheme(scheme);
        show(&tab, &site.url("index.html"));
        // No click is needed.
        tab.enter("3 4 +");
        tab.wait_stack("7");
        let entry = tab.wait_row("TextInput", "");
        assert!(entry.focused, "{entry:?}");
        let is_bright = tab.brightness() > 0.5;
        assert_eq!(is_bright, scheme == "light", "the {scheme} theme");
        // The next window shows no work of this one.
        tab.key("Control+z");
        tab.wait_stack("");
        wait_until_kept(&tab);
    }
}

#[test]
fn fib_is_written_saved_killed_recovered_and_finished() {
    let (site, profile) = (Site::built(), Profile::new());
    let browser = Browser::start(&profile);
    let tab = window(&browser, &site);
    for line in &FIB[..4] {
        tab.enter(line);
    }
    tab.wait_stack("1");
    save_as(&tab, "Control+s", "half.ron");
    let (name, text) = profile.downloaded(".ron");
    assert_eq!(name, "half.ron");
    let image = Image::from_file_text(&text).expect("the saved image opens");
    assert_eq!(image.machine.show_stack(), "1");
    assert_eq!(image.machine.task().calls().depth(), 3, "two calls of fib are alive");

    for line in &FIB[4..] {
        tab.enter(line);
    }
    tab.wait_stack("1 2");
    let before = place(&tab);
    wait_until_kept(&tab);
    browser.kill([tab]);

    let browser = Browser::start(&profile);
    let tab = window(&browser, &site);
    tab.wait_stack("1 2");
    assert_eq!(place(&tab), before, "paused where it was");
    tab.key("F5");
    tab.wait_stack("1 1");
    tab.enter("+ return");
    tab.wait_stack("2");
    tab.enter("print");
    tab.wait("the result", |tab| (tab.output() == "2").then_some(()));
    // History came back too.
    tab.key("Control+z");
    tab.wait_stack("2");
}

#[test]
fn an_endless_loop_leaves_the_page_to_the_person() {
    let (site, profile) = (Site::built(), Profile::new());
    let browser = Browser::start(&profile);
    let tab = window(&browser, &site);
    tab.enter("[ 1 drop ] repeat");
    tab.wait_row("Label", " executed");
    let before = place(&tab);
    tab.key("F5");
    tab.wait_row("", "Running");
    tab.wait("progress", |tab| (place(tab) != before).then_some(()));
    let quickest = (0..5).map(|_| work_until_the_palette(&tab)).fold(f64::MAX, f64::min);
    assert!(quickest < 1.0, "the page works for {quickest} s before it answers a key");
    assert!(tab.find("", "Running").is_some(), "it still runs");
    tab.key("F5");
    tab.wait("the pause", |tab| tab.find("", "Running").is_none().then_some(()));
    let paused = place(&tab);
    tab.enter("5");
    // It may stand between `1` and `drop`.
    tab.wait("the 5", |tab| tab.stack().ends_with('5').then_some(()));
    tab.key("Control+z");
    tab.wait("the paused program", |tab| (place(tab) == paused).then_some(()));
}

/// Opens the palette with a key, and closes it. Returns for how many seconds the page worked until it was
/// there. Other programs do not count, as they would by the clock.
fn work_until_the_palette(tab: &browsing::Tab) -> f64 {
    let is_open = "midflight.rows().some(row => row.name.startsWith('palette: '))";
    let next_frame = "new Promise(requestAnimationFrame)";
    let before = tab.worked();
    tab.key("Control+Shift+P");
    tab.evaluate(&format!("(async () => {{ while (!{is_open}) await {next_frame} }})()"));
    let work = tab.worked() - before;
    tab.key("Escape");
    tab.evaluate(&format!("(async () => {{ while ({is_open}) await {next_frame} }})()"));
    work
}

/// A key that the window uses does nothing else in the browser.
#[test]
fn keys_of_the_window_are_not_the_browsers() {
    let (site, profile) = (Site::built(), Profile::new());
    let browser = Browser::start(&profile);
    let tab = window(&browser, &site);
    tab.evaluate(
        "window.left = new Map(), addEventListener('keydown', event =>
            setTimeout(() => left.set(event.key, !event.defaultPrevented)), true), 0",
    );
    for (chord, key, is_ours) in [
        ("F1", "F1", true),
        ("F3", "F3", true),
        ("F5", "F5", true),
        ("F10", "F10", true),
        ("F11", "F11", true),
        ("Control+s", "s", true),
        ("Control+o", "o", true),
        ("Control+p", "p", true),
        ("Control+f", "f", true),
        ("Tab", "Tab", true),
        // The browser's own: developer tools, and closing the tab.
        ("Control+Shift+F12", "F12", true),
        ("Control+w", "w", false),
    ] {
        tab.evaluate("left.clear()");
        tab.key(chord);
        tab.wait_js("the key", &format!("left.has('{key}')"));
        let is_left = tab.evaluate(&format!("left.get('{key}')"));
        assert_eq!(is_left, !is_ours, "{chord}");
        tab.key("Escape");
        tab.key("Escape");
    }
}

#[test]
fn on_a_phone_the_window_can_be_read_and_touched() {
    let (site, profile) = (Site::built(), Profile::new());
    for scale in [1, 3] {
        let browser = Browser::start_on_screen(&profile, scale);
        let tab = browser.tab();
        tab.size(390, 844, true);
        show(&tab, &site.url("index.html"));
        assert_eq!(tab.evaluate("document.documentElement.scrollWidth"), 390);
        tab.tap(tab.wait_row("TextInput", "").middle());
        tab.wait("the entry line to have the keyboard", |tab| {
            tab.find("TextInput", "")?.focused.then_some(())
        });
        tab.enter("3 4 +");
        tab.wait_stack("7");
        let cell = tab.wait_row("Cell", "address 0, 3");
        assert!(cell.bounds[0] > 0.0 && cell.middle().0 < 390.0, "{cell:?}");
        let buttons = tab.rows().into_iter().filter(|row| row.role == "Button");
        let outside: Vec<_> = buttons
            .filter(|row| row.bounds[0] < -1.0 || row.bounds[0] + row.bounds[2] > 391.0)
            .collect();
        assert!(outside.is_empty(), "buttons beside the screen: {outside:?}");
        tab.key("Control+z");
        tab.wait_stack("");
        wait_until_kept(&tab);
    }
}
