//! If autosave fails, the window says so and works on.

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
    assert!(window.shows("Autosave failed: "));
    window.keys(egui::Modifiers::COMMAND, egui::Key::Home);
    assert!(window.shows("untitled, not saved, not autosaved"), "as long as it is so");
}
