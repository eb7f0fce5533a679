//! Files are opened by dialog and by dropping, and saved as downloads.

use browsing::{Browser, Profile, Site};
use midflight::program::image::Image;

use crate::visit::{answer, save_as, wait_until_kept_is, window};

const PNG: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";

#[test]
fn files_are_opened_and_saved_by_dialogs() {
    let (site, profile) = (Site::built(), Profile::new());
    let browser = Browser::start(&profile);
    let tab = window(&browser, &site);
    let program = profile.file("six.flpc", "# six\n2 3 *");
    tab.key("Control+o");
    tab.choose(&program);
    tab.wait_row("", "six.flpc");
    assert_eq!(tab.stack(), "", "opening runs nothing");
    tab.key("F5");
    tab.wait_stack("6");

    save_as(&tab, "Control+Shift+s", "six.ron");
    let (_, text) = profile.downloaded("six.ron");
    assert_eq!(Image::from_file_text(&text).expect("it opens").machine.show_stack(), "6");
    save_as(&tab, "Control+Shift+e", "again.flpc");
    let (_, text) = profile.downloaded("again.flpc");
    assert!(text.contains("# six") && text.contains("2 3 *"), "{text}");
    save_as(&tab, "Control+Shift+r", "six.session");
    let (_, recording) = profile.downloaded("six.session");

    // Everything that was saved opens again.
    tab.key("Control+o");
    tab.choose(&profile.file("again.session", recording));
    tab.wait_row("", "again.session");
    tab.key("Control+Shift+End");
    tab.wait_stack("6");
}

#[test]
fn unsaved_work_is_not_dropped_for_a_file() {
    let (site, profile) = (Site::built(), Profile::new());
    let browser = Browser::start(&profile);
    let tab = window(&browser, &site);
    tab.enter("1 2");
    tab.wait_stack("1 2");
    tab.drop_file(&profile.file("other.flpc", "\"other\""));
    answer(&tab, "Cancel");
    assert_eq!(tab.stack(), "1 2");
    tab.drop_file(&profile.file("other.flpc", "\"other\""));
    answer(&tab, "Don't save");
    tab.wait_row("", "other.flpc");
    assert_eq!(tab.stack(), "");
}

/// Files that are no program: the work stays, and a message names the file.
#[test]
fn a_foreign_file_is_refused() {
    let (site, profile) = (Site::built(), Profile::new());
    let browser = Browser::start(&profile);
    let tab = window(&browser, &site);
    tab.enter("1 2");
    tab.wait_stack("1 2");
    let files = [
        ("picture.png", PNG.to_vec()),
        ("empty.ron", Vec::new()),
        ("cut.ron", b"Image(version: 3, bodies: [".to_vec()),
        ("zeros.session", vec![0; 1 << 20]),
        ("bracket.flpc", b"[ [ ] bind: x".to_vec()),
        // More than any file may have.
        ("large.flpc", vec![b' '; 80 << 20]),
    ];
    for (name, contents) in files {
        tab.drop_file(&profile.file(name, contents));
        answer(&tab, "Don't save");
        tab.wait_row("", name);
        assert_eq!(tab.stack(), "1 2", "{name}");
        assert!(tab.find("", "untitled").is_some(), "{name}");
        tab.key("Escape");
    }
    tab.enter("+");
    tab.wait_stack("3");
}

#[test]
fn recent_files_come_back_after_a_reload() {
    let (site, profile) = (Site::built(), Profile::new());
    let browser = Browser::start(&profile);
    let tab = window(&browser, &site);
    tab.key("Control+o");
    tab.choose(&profile.file("six.flpc", "2 3 *"));
    tab.wait_row("", "six.flpc");
    tab.wait_row("Label", "0 executed");
    tab.key("Control+o");
    tab.choose(&profile.file("seven.flpc", "7"));
    tab.wait_row("", "seven.flpc");
    // The list is kept with the preferences, now and then.
    wait_until_kept_is(&tab, "recent:[\"seven.flpc\"");
    tab.reload();
    tab.wait_row("", "Parameter stack");
    tab.click("Button", "File");
    tab.click("Button", "Open recent");
    tab.wait_row("", "six.flpc");
    tab.click("Button", "six.flpc");
    tab.wait("the file", |tab| tab.find("", "six.flpc"));
    tab.key("F5");
    tab.wait_stack("6");
}

#[test]
fn an_example_of_the_menu_opens_and_runs() {
    let (site, profile) = (Site::built(), Profile::new());
    let browser = Browser::start(&profile);
    let tab = window(&browser, &site);
    tab.click("Button", "File");
    tab.click("Button", "Examples");
    tab.click("Button", "Ackermann's function");
    tab.wait_row("", "ackermann");
    assert_eq!(tab.output(), "", "opening runs nothing");
    tab.key("F5");
    tab.wait("its output", |tab| (!tab.output().is_empty()).then_some(()));
}
