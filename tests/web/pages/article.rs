//! The steps of the article: each mounts, shows what its text says, and can be taken over.

use browsing::{Browser, Profile, Site, Tab};

/// The steps: the element of each, as an expression.
fn step(number: usize) -> String {
    format!("document.querySelectorAll('section.step')[{number}]")
}

/// The window of a step, if it is mounted.
fn handle(number: usize) -> String {
    format!("{}?.querySelector('.live')?.midflight", step(number))
}

fn open(browser: &Browser<'_>, site: &Site) -> (Tab, usize) {
    let tab = browser.open(&site.url("article.html"));
    tab.wait_js("the article", "document.querySelectorAll('figure.window button.take').length > 7");
    let count = tab.evaluate("document.querySelectorAll('section.step').length");
    (tab, count.as_u64().expect("a number") as usize)
}

/// Takes a step over by its button, and waits for its window.
fn take(tab: &Tab, number: usize) {
    tab.click_element(&format!("{}.querySelector('button.take')", step(number)));
    tab.wait(&format!("the window of step {}", number + 1), |tab| {
        let rows = tab.rows_of(&handle(number));
        let is_shown = rows.iter().any(|row| row.fits("", "Parameter stack"));
        // The button goes when the window has the keyboard.
        let is_hidden =
            tab.evaluate(&format!("{}.querySelector('button.take').hidden", step(number)));
        (is_shown && is_hidden == true).then_some(())
    });
}

/// What the text of a step says about the state.
fn said(tab: &Tab, number: usize, what: &str) -> String {
    let text = format!("{}.querySelector('[data-of={what}]').textContent", step(number));
    tab.evaluate(&text).as_str().unwrap_or_default().to_string()
}

fn stack(tab: &Tab, number: usize) -> String {
    let stack = tab.evaluate(&format!("{}.stack().join(' ')", handle(number)));
    stack.as_str().unwrap_or_default().to_string()
}

/// Waits until the window of a step shows the state that the text of a step tells.
#[track_caller]
fn wait_state(tab: &Tab, window: usize, number: usize) {
    let expected = said(tab, number, "stack").replace("empty", "");
    let prompt = format!("do at {}", said(tab, number, "counter"));
    tab.wait(&format!("stack {expected:?} and `{prompt}` of step {}", number + 1), |tab| {
        let rows = tab.rows_of(&handle(window));
        let is_there = rows.iter().any(|row| row.name == prompt || row.value == prompt);
        (is_there && stack(tab, window) == expected).then_some(())
    });
}

#[test]
fn every_step_shows_what_its_text_says() {
    let (site, profile) = (Site::built(), Profile::new());
    let browser = Browser::start(&profile);
    let (tab, count) = open(&browser, &site);
    assert!(count >= 8, "{count} steps");
    for number in 0..count {
        let height = "document.documentElement.scrollHeight";
        let before = tab.evaluate(height);
        take(&tab, number);
        assert_eq!(tab.evaluate(height), before, "the page moves at step {}", number + 1);
        wait_state(&tab, number, number);
    }
}

/// What a step asks for leads to the state of the next one.
#[test]
fn what_a_step_asks_for_leads_to_the_next() {
    let (site, profile) = (Site::built(), Profile::new());
    let browser = Browser::start(&profile);
    let (tab, count) = open(&browser, &site);
    take(&tab, 0);
    for number in 0..count - 1 {
        let keys = tab.evaluate(&format!(
            "[...{}.querySelectorAll('p.do code, p.do kbd')].map(e => [e.tagName, e.textContent])",
            step(number)
        ));
        for key in keys.as_array().expect("a list") {
            let text = key[1].as_str().expect("a text");
            if key[0] == "CODE" { tab.typed(text) } else { tab.key(text) }
        }
        wait_state(&tab, 0, number + 1);
    }
}

#[test]
fn two_windows_live_side_by_side() {
    let (site, profile) = (Site::built(), Profile::new());
    let browser = Browser::start(&profile);
    let (tab, _) = open(&browser, &site);
    take(&tab, 0);
    tab.enter("1 2 3");
    tab.wait("the stack", |tab| (stack(tab, 0) == "1 2 3").then_some(()));
    take(&tab, 1);
    let other = stack(&tab, 1);
    tab.enter("");
    tab.wait("fib to be created", |tab| {
        tab.rows_of(&handle(1)).iter().any(|row| row.fits("", "do at 100")).then_some(())
    });
    assert_eq!((stack(&tab, 0).as_str(), stack(&tab, 1)), ("1 2 3", other));
    // Starting over concerns one of them.
    let over = "[...document.querySelectorAll('section.step')[1].querySelectorAll('button')]
        .find(b => b.textContent == 'Start over')";
    tab.click_element(over);
    tab.wait("the step as it was", |tab| {
        tab.rows_of(&handle(1)).iter().any(|row| row.fits("", "do at 1")).then_some(())
    });
    assert_eq!(stack(&tab, 0), "1 2 3");
}

/// A page has few windows at a time. What a reader has done is never closed for another.
#[test]
fn no_window_that_was_used_is_closed_for_another() {
    let (site, profile) = (Site::built(), Profile::new());
    let browser = Browser::start(&profile);
    let (tab, count) = open(&browser, &site);
    take(&tab, 0);
    tab.enter("4 5 6");
    tab.wait("the stack", |tab| (stack(tab, 0) == "4 5 6").then_some(()));
    for number in 1..count {
        tab.click_element(&format!("{}.querySelector('button.take')", step(number)));
        // Windows that were not used give it their place.
        tab.wait(&format!("the window of step {}", number + 1), |tab| {
            tab.rows_of(&handle(number)).first().map(|_| ())
        });
    }
    assert_eq!(stack(&tab, 0), "4 5 6");
    tab.evaluate(&format!("{}.focus(), 0", handle(0)));
    tab.enter("+");
    tab.wait("the sum", |tab| (stack(tab, 0) == "4 11").then_some(()));
}

/// What was done in a step goes on in the full window.
#[test]
fn a_step_continues_in_the_full_window() {
    let (site, profile) = (Site::built(), Profile::new());
    let browser = Browser::start(&profile);
    let (tab, _) = open(&browser, &site);
    take(&tab, 1);
    let before = stack(&tab, 1);
    let link = tab.evaluate(&format!("{}.link()", handle(1)));
    let full = browser.open(&site.url(&format!("index.html{}", link.as_str().expect("a text"))));
    full.wait_row("", "Parameter stack");
    full.wait_stack(&before);
}
