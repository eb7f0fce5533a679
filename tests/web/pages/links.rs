//! A link carries a program: it opens paused, and one that is damaged or too large opens nothing.

use browsing::{Browser, Profile, Site, Tab};

use crate::visit::{answer, place, recovered, show, wait_until_kept, window};

/// The link of a window, as a whole address.
fn link(tab: &Tab, site: &Site) -> String {
    let link = tab.evaluate("midflight.link()");
    let link = link.as_str().expect("a link is a text");
    assert!(link.starts_with("#program="), "{link}");
    site.url(&format!("index.html{link}"))
}

#[test]
fn a_link_opens_the_work_paused() {
    let (site, profile) = (Site::built(), Profile::new());
    let browser = Browser::start(&profile);
    let tab = window(&browser, &site);
    tab.drop_file(&profile.file("told.flpc", "\"told\" print_line 6 7 *"));
    tab.wait_row("", "print_line");
    let unstarted = link(&tab, &site);
    tab.key("F5");
    tab.wait_stack("42");
    let finished = link(&tab, &site);
    let after = place(&tab);

    let tab = browser.tab();
    show(&tab, &unstarted);
    tab.wait_row("", "print_line");
    tab.wait_row("Label", "0 executed");
    assert_eq!(
        (tab.output(), tab.stack()),
        (String::new(), String::new()),
        "it does not run by itself"
    );
    tab.key("F5");
    tab.wait_stack("42");

    let tab = browser.tab();
    show(&tab, &finished);
    tab.wait_stack("42");
    assert_eq!(place(&tab), after, "as it was when the link was made");
    assert_eq!(tab.output(), "told\n");
}

#[test]
fn a_link_is_copied_by_a_key() {
    let (site, profile) = (Site::built(), Profile::new());
    let browser = Browser::start(&profile);
    let permissions = ["clipboardReadWrite", "clipboardSanitizedWrite"];
    browser.call("Browser.grantPermissions", serde_json::json!({"permissions": permissions}));
    let tab = window(&browser, &site);
    tab.enter("6 7 *");
    tab.wait_stack("42");
    tab.key("Alt+Shift+L");
    tab.wait_row("", "Copied a link");
    let copied = tab.evaluate("navigator.clipboard.readText()");
    let copied = copied.as_str().expect("a text").to_string();
    assert!(copied.starts_with(&site.url("index.html#program=")), "{copied}");
    let other = browser.private();
    show(&other, &copied);
    other.wait_stack("42");
}

#[test]
fn a_link_does_not_replace_work_that_is_there() {
    let (site, profile) = (Site::built(), Profile::new());
    let browser = Browser::start(&profile);
    let tab = window(&browser, &site);
    tab.enter("1 2");
    tab.wait_stack("1 2");
    let earlier = link(&tab, &site);
    tab.enter("3");
    tab.wait_stack("1 2 3");
    // The person pastes the link into the same tab: only the part after # changes.
    tab.go(&earlier);
    answer(&tab, "Cancel");
    assert_eq!(tab.stack(), "1 2 3");
    // And into a tab of its own, which is closed after a change.
    let other = browser.tab();
    show(&other, &earlier);
    other.wait_stack("1 2");
    other.enter("9");
    other.wait_stack("1 2 9");
    wait_until_kept(&other);
    browser.kill([tab, other]);

    let browser = Browser::start(&profile);
    let tab = window(&browser, &site);
    assert_eq!(recovered(&tab), ["1 2 3", "1 2 9"]);
}

/// A link whose contents inflate to 256 MB.
const ENORMOUS: &str = "(async () => {
    const stream = new CompressionStream('deflate-raw');
    const writer = stream.writable.getWriter();
    const bytes = new Response(stream.readable).arrayBuffer();
    const zeros = new Uint8Array(1 << 24).fill(32);
    for (let n = 0; n < 16; n++) await writer.write(zeros);
    await writer.close();
    let text = '';
    for (const byte of new Uint8Array(await bytes)) text += String.fromCharCode(byte);
    return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
})()";

#[test]
fn a_bad_link_says_so_and_opens_an_empty_memory() {
    let (site, profile) = (Site::built(), Profile::new());
    let browser = Browser::start(&profile);
    let tab = window(&browser, &site);
    tab.enter("1 2");
    tab.wait_stack("1 2");
    let good = link(&tab, &site);
    let (page, hash) = good.split_once('=').expect("it has a value");
    let half = &hash[..hash.len() / 2];
    let mut bad = vec![
        ("nothing", String::new()),
        ("no digits", "%%%".to_string()),
        ("other digits", "AAAAAAAAAAAA".to_string()),
        ("half", half.to_string()),
        ("another alphabet", format!("{half}\u{e9}")),
    ];
    let enormous = tab.evaluate(ENORMOUS);
    bad.push(("256 MB", enormous.as_str().expect("a text").to_string()));
    tab.close();
    for (what, hash) in bad {
        let tab = browser.private();
        show(&tab, &format!("{page}={hash}"));
        tab.wait(&format!("a message about a link with {what}"), |tab| {
            tab.rows().into_iter().find(|row| row.fits("", "link"))
        });
        assert_eq!(tab.stack(), "");
        tab.enter("5");
        tab.wait_stack("5");
    }
}
