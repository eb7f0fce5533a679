//! If autosave fails, the window says so and works on.

use egui_kittest::kittest::Queryable;

use crate::driver::Window;

/// `/dev/full` refuses every write, as a full disk does.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_of_and_what_is_done_goes_on() {
    let folder = tempfile::tempdir().expect("there is room");
    std::os::unix::fs::symlink("/dev/full", folder.path().join("unsaved-1.session"))
        .expect("links can be made");
    let mut window = Window::kept_in(folder.path());
    window.enter("3");
    assert!(window.shows("Autosave failed: "));
    assert!(window.shows("unsaved-1.session: "));
    window.enter("4");
    assert_eq!(window.stack(), "3 4");
    assert!(window.shows("Not kept: unsaved work would be lost in a crash. "));
    window.keys(egui::Modifiers::COMMAND, egui::Key::Home);
    let mark = window.harness.get_by_label_contains("Not kept: ");
    mark.hover();
    window.harness.run();
    assert!(window.shows("unsaved-1.session: "), "the whole reason, as long as it is so");
}

#[test]
fn a_folder_that_cannot_be_made_is_said_in_the_footer() {
    let folder = tempfile::tempdir().expect("there is room");
    let block = folder.path().join("state");
    std::fs::write(&block, "a file is in the way").expect("there is room");
    let mut window = Window::kept_in(&block.join("midflight"));
    window.enter("3");
    assert!(window.shows("Not kept: ") && window.shows("midflight: "));
    std::fs::remove_file(&block).expect("it can be removed");
    window.enter("4");
    assert!(!window.shows("Not kept"));
    assert!(block.join("midflight").join("unsaved-1.session").exists());
}
