//! The article as a reader sees it: nothing sticks out, on a phone neither.

use browsing::{Browser, Profile, Site};

#[test]
fn the_article_fits_every_screen() {
    let (site, profile) = (Site::built(), Profile::new());
    let browser = Browser::start(&profile);
    for (width, height, is_phone) in [(390, 844, true), (768, 1024, true), (1280, 800, false)] {
        let tab = browser.tab();
        tab.size(width, height, is_phone);
        tab.go(&site.url("article.html"));
        tab.wait_js(
            "the article",
            "document.querySelectorAll('figure.window button.take').length > 7",
        );
        let beside = tab.evaluate("document.documentElement.scrollWidth - innerWidth");
        assert!(beside.as_f64() <= Some(0.0), "{beside} px stick out at {width}");
        let size =
            tab.evaluate("parseFloat(getComputedStyle(document.querySelector('p')).fontSize)");
        assert!(size.as_f64() >= Some(16.0), "text of {size} px");
        // What is touched is large enough for a finger.
        let small = tab.evaluate(
            "[...document.querySelectorAll('main button')].filter(b => b.offsetHeight > 0
                && b.offsetHeight < 40).map(b => b.textContent + ' ' + b.offsetHeight)",
        );
        assert!(!is_phone || small == serde_json::json!([]), "small buttons: {small}");
    }
}

#[test]
fn every_link_and_picture_of_the_article_is_there() {
    let (site, profile) = (Site::built(), Profile::new());
    let browser = Browser::start(&profile);
    let tab = browser.open(&site.url("article.html"));
    tab.wait_js("the article", "document.querySelectorAll('figure.window button.take').length > 7");
    let missing = tab.evaluate(
        "(async () => {
            const of = (query, name) => [...document.querySelectorAll(query)].map(e => e[name]);
            const sets = of('source', 'srcset').map(set => new URL(set, location).href);
            const all = [...of('img', 'src'), ...of('a', 'href'), ...sets];
            const own = [...new Set(all)].filter(url => url.startsWith(location.origin));
            const there = await Promise.all(own.map(async url => {
                const part = new URL(url).hash.slice(1);
                const is_here = url.split('#')[0] == location.href.split('#')[0];
                if (is_here && part) return document.getElementById(part) != null;
                return (await fetch(url)).ok;
            }));
            return own.filter((_, n) => !there[n]);
        })()",
    );
    assert_eq!(missing, serde_json::json!([]));
}
