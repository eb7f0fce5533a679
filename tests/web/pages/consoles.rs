//! The two consoles of the article: lines in, answers out, all within bounds.

use browsing::{Browser, Profile, Site, Tab};

/// A console of the article.
struct Console<'t> {
    tab: &'t Tab,
    id: &'static str,
}

impl Console<'_> {
    fn part(&self, query: &str) -> String {
        format!("document.querySelector('#{} {query}')", self.id)
    }

    fn button(&self, words: &str) -> String {
        let all = format!("document.querySelectorAll('#{} button')", self.id);
        format!("[...{all}].find(b => b.textContent == '{words}')")
    }

    fn enter(&self, line: &str) {
        self.tab.click_element(&self.part("input"));
        self.tab.enter(line);
    }

    fn text(&self, query: &str) -> String {
        let text = self.tab.evaluate(&format!("{}.textContent", self.part(query)));
        text.as_str().unwrap_or_default().to_string()
    }

    #[track_caller]
    fn wait_log(&self, text: &str) {
        self.tab.wait(&format!("{text:?} in the console"), |_| {
            self.text("[role=log]").contains(text).then_some(())
        });
    }

    #[track_caller]
    fn wait_said(&self, text: &str) {
        self.tab.wait(&format!("the console to say {text:?}"), |_| {
            self.text(".said").contains(text).then_some(())
        });
    }

    fn work(&self) -> f64 {
        let now = format!("{}.getAttribute('aria-valuenow')", self.part("[aria-label=Work]"));
        let now = self.tab.evaluate(&format!("parseFloat({now})"));
        now.as_f64().unwrap_or_default()
    }
}

fn open(browser: &Browser<'_>, site: &Site) -> Tab {
    let tab = browser.open(&site.url("article.html"));
    tab.wait_js("the article", "document.querySelectorAll('figure.window button.take').length > 7");
    tab
}

#[test]
fn the_language_of_sets_answers_and_tries() {
    let (site, profile) = (Site::built(), Profile::new());
    let browser = Browser::start(&profile);
    let tab = open(&browser, &site);
    let sets = Console { tab: &tab, id: "sets" };
    sets.enter("0 1 |");
    sets.wait_log("1, \n0, \n");
    // While a line is typed, it is tried; only Enter gives it to the program.
    tab.typed("0 1 | ^ *");
    tab.wait("the trial", |_| sets.text(".ghost").contains("1, 1, ").then_some(()));
    assert!(!sets.text("[role=log]").contains("1, 1, "));
    tab.key("Enter");
    sets.wait_log("1, 1, \n1, 0, \n0, 1, \n0, 0, \n");
    assert!(sets.work() > 0.0);
    // What is no set is refused, and the next line is read.
    sets.enter("1 |");
    sets.wait_log("error.ParseError");
    sets.enter("1");
    sets.wait_said("Waits for");
}

#[test]
fn a_line_that_grows_meets_its_bounds() {
    let (site, profile) = (Site::built(), Profile::new());
    let browser = Browser::start(&profile);
    let tab = open(&browser, &site);
    let sets = Console { tab: &tab, id: "sets" };
    sets.enter("01|^*^*^*^*");
    sets.wait_said("used up");
    // Run on, until memory is at its limit.
    tab.wait("the limit of memory", |tab| {
        if tab.evaluate(&format!("{}.disabled", sets.button("Run on"))) == false {
            tab.click_element(&sets.button("Run on"));
        }
        sets.text(".said").contains("limit").then_some(())
    });
    tab.click_element(&sets.button("Reset"));
    sets.enter("1");
    sets.wait_log("1, \n");
}

#[test]
fn bf_reads_its_input_and_an_endless_program_stops_at_its_budget() {
    let (site, profile) = (Site::built(), Profile::new());
    let browser = Browser::start(&profile);
    let tab = open(&browser, &site);
    let bf = Console { tab: &tab, id: "bf" };
    bf.enter(",+.,+.");
    bf.wait_said("Waits for");
    bf.enter("HAL");
    bf.wait_log("IB");

    tab.click_element(&bf.button("Reset"));
    bf.enter("+[]");
    bf.wait_said("used up");
    let used = bf.work();
    assert_eq!(used, 1_000_000.0, "the budget is exact");
    // The page went on meanwhile, and does still.
    tab.click_element(&bf.button("Run on"));
    tab.wait("more work", |_| (bf.work() > used).then_some(()));
    bf.wait_said("used up");
    let sets = Console { tab: &tab, id: "sets" };
    sets.enter("1");
    sets.wait_log("1, \n");
}
