//! Several tabs at once: each keeps work of its own.

use browsing::{Browser, Profile, Site};

use crate::visit::{recovered, wait_until_kept, window};

#[test]
fn two_tabs_keep_their_own_work_through_a_crash() {
    let (site, profile) = (Site::built(), Profile::new());
    let browser = Browser::start(&profile);
    let one = window(&browser, &site);
    one.enter("1 2 3");
    one.wait_stack("1 2 3");
    let other = window(&browser, &site);
    assert_eq!(other.stack(), "", "the work of a tab that is open is its own");
    other.enter("7 8");
    other.wait_stack("7 8");
    // Both go on in turns.
    one.to_front();
    one.enter("4");
    one.wait_stack("1 2 3 4");
    wait_until_kept(&one);
    other.to_front();
    other.enter("9");
    other.wait_stack("7 8 9");
    wait_until_kept(&other);
    browser.kill([one, other]);

    let browser = Browser::start(&profile);
    let tab = window(&browser, &site);
    assert_eq!(recovered(&tab), ["1 2 3 4", "7 8 9"]);
}

#[test]
fn two_tabs_that_come_back_share_nothing() {
    let (site, profile) = (Site::built(), Profile::new());
    let browser = Browser::start(&profile);
    let one = window(&browser, &site);
    one.enter("1");
    one.wait_stack("1");
    let other = window(&browser, &site);
    other.enter("2");
    other.wait_stack("2");
    one.to_front();
    one.reload();
    one.wait_stack("1");
    other.to_front();
    other.reload();
    other.wait_stack("2");
    one.to_front();
    one.close();
    other.to_front();
    other.enter("3");
    other.wait_stack("2 3");
    // What the closed tab left is offered to the next one.
    let next = window(&browser, &site);
    next.wait_stack("1");
    other.to_front();
    other.enter("4");
    other.wait_stack("2 3 4");
}
