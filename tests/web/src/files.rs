//! Files on their way into a page and out of it: dialogs, drops, downloads.

use std::path::Path;

use serde_json::json;

use crate::browser::Profile;
use crate::tab::Tab;
use crate::wait;

impl Tab {
    /// Answers the file dialog that the page opens.
    #[track_caller]
    pub fn choose(&self, file: &Path) {
        let asked = self.wait("a file dialog", |tab| {
            tab.take(|event| event.method == "Page.fileChooserOpened").pop()
        });
        let node = &asked.params["backendNodeId"];
        self.call("DOM.setFileInputFiles", json!({"files": [file], "backendNodeId": node}));
    }

    /// Drags a file over the middle of the page and drops it there.
    pub fn drop_file(&self, file: &Path) {
        let middle = self.evaluate("[innerWidth / 2, innerHeight / 2]");
        let data = json!({"items": [], "files": [file], "dragOperationsMask": 1});
        for kind in ["dragEnter", "dragOver", "drop"] {
            let event = json!({"type": kind, "x": middle[0], "y": middle[1], "data": data});
            self.call("Input.dispatchDragEvent", event);
        }
    }
}

impl Profile {
    /// The download whose name ends so, as text, once something is in it. It is removed.
    #[track_caller]
    pub fn downloaded(&self, ending: &str) -> (String, String) {
        let complete = |file: &std::fs::DirEntry| {
            let name = file.file_name().to_string_lossy().into_owned();
            // The browser puts an empty file there while it still loads.
            let text = std::fs::read_to_string(file.path()).unwrap_or_default();
            (name.ends_with(ending) && !text.is_empty()).then_some((name, text))
        };
        let (name, text) = wait::wait_for(&format!("a download *{ending}"), || {
            let files = std::fs::read_dir(self.downloads()).expect("the folder is there");
            files.flatten().find_map(|file| complete(&file))
        });
        std::fs::remove_file(self.downloads().join(&name)).expect("it can be removed");
        (name, text)
    }
}
