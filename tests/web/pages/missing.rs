//! A browser that cannot show the window: the pages say why.

use browsing::{Browser, Profile, Site};

const NO_GRAPHICS: &str = "HTMLCanvasElement.prototype.getContext = function () { return null; };";
const NO_WASM: &str = "delete window.WebAssembly;";
const OLD: &str = "WebAssembly.instantiateStreaming = WebAssembly.instantiate = async () => {
    throw new WebAssembly.CompileError('unknown instruction');
};";
const CUT_OFF: &str = "WebAssembly.instantiateStreaming = WebAssembly.instantiate = async () => {
    throw new TypeError('cut off');
};";

/// What a browser lacks, and a word that a person then reads.
const CASES: [(&str, &str); 4] =
    [(NO_GRAPHICS, "WebGL"), (NO_WASM, "WebAssembly"), (OLD, "too old"), (CUT_OFF, "cut off")];

#[test]
fn the_full_window_says_what_it_lacks() {
    let (site, profile) = (Site::built(), Profile::new());
    let browser = Browser::start(&profile);
    for (script, word) in CASES {
        let tab = browser.tab();
        tab.before_each_page(script);
        tab.go(&site.url("index.html"));
        tab.wait(word, |tab| tab.text().contains(word).then_some(()));
        assert!(tab.rows().is_empty());
        // The browser reports what it could not load; the page itself throws nothing.
        let troubles = tab.troubles();
        assert!(troubles.is_empty(), "{word}: {troubles:?}");
    }
}

#[test]
fn the_article_can_be_read_without_windows() {
    let (site, profile) = (Site::built(), Profile::new());
    let browser = Browser::start(&profile);
    for (script, word) in CASES {
        let tab = browser.tab();
        tab.before_each_page(script);
        tab.go(&site.url("article.html"));
        let button = "document.querySelector('figure.window button.take')";
        tab.click_element(button);
        let said = "document.querySelector('figure.window [role=status]').textContent";
        tab.wait_js(word, &format!("{said}.includes('{word}')"));
        let picture = "document.querySelector('figure.window img')";
        tab.wait_js("the picture", &format!("{picture}.complete && {picture}.naturalWidth > 0"));
        // It can be tried again.
        assert_eq!(tab.evaluate(&format!("{button}.disabled || {button}.hidden")), false);
    }
}

/// Without a window, the consoles still work.
#[test]
fn the_consoles_need_no_graphics() {
    let (site, profile) = (Site::built(), Profile::new());
    let browser = Browser::start(&profile);
    let tab = browser.tab();
    tab.before_each_page(NO_GRAPHICS);
    tab.go(&site.url("article.html"));
    tab.click_element("document.querySelector('#sets input')");
    tab.enter("0 1 |");
    tab.wait_js(
        "the answer",
        "document.querySelector('#sets [role=log]').textContent.includes('1, ')",
    );
}
