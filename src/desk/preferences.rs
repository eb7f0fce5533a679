//! Preferences: what is kept for the next start, and the file it is kept in.
//!
//! The file may have been written by another version, by hand or by anyone. It is read field by field: one
//! that cannot be used falls to its default, and the others are kept. No file keeps the window from
//! starting. The file has the form that version 0.1 of the window gave it: a map with the preferences as a
//! text.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use ron::value::RawValue;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::action::{Panel, Panes};
use super::speed::{Rate, Speed};
use crate::program::notation::Notation;
use crate::session::checkpoint::BUDGET;
use crate::store;
use crate::view::arrangement::Order;

/// Preferences. The front end says when they are read and kept.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Preferences {
    /// Panels that are hidden.
    pub hidden: Vec<Panel>,
    /// Whether the theme is dark; none follows the system.
    pub dark: Option<bool>,
    /// The zoom factor; 1 at first.
    pub zoom: f32,
    /// How fast programs run.
    pub speed: Speed,
    /// How fast recordings are played.
    pub rate: Rate,
    /// The memory that checkpoints may take, in megabytes.
    pub checkpoints: usize,
    /// Files that were opened or saved, the latest first.
    pub recent: Vec<PathBuf>,
    /// Whether the tour was followed to its end or hidden.
    pub tour_done: bool,
    /// The width and height of the window.
    pub window: (f32, f32),
    /// The sizes of the panels.
    pub sizes: PanelSizes,
    /// How code is shown and typed.
    pub code: CodeView,
}

/// The sizes of the panels; 0 where none was ever chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, Deserialize)]
pub struct PanelSizes {
    /// The width of the panels at the side.
    pub side: f32,
    /// The height of the console.
    pub console: f32,
}

/// How code is shown and typed.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct CodeView {
    /// What the main area shows.
    pub panes: Panes,
    /// The notation in which instructions are typed.
    pub notation: Notation,
    /// The order of the bodies among the cells.
    pub order: Order,
}

impl Default for Preferences {
    fn default() -> Preferences {
        Preferences {
            hidden: Vec::new(),
            dark: None,
            zoom: 1.0,
            speed: Speed::FULL,
            rate: Rate::default(),
            checkpoints: BUDGET >> 20,
            recent: Vec::new(),
            tour_done: false,
            window: (1280.0, 800.0),
            sizes: PanelSizes::default(),
            code: CodeView::default(),
        }
    }
}

/// How many recent files are listed at most.
const RECENT: usize = 10;
/// The zoom factors that can be chosen.
pub const ZOOMS: RangeInclusive<f32> = 0.5..=3.0;
/// The memory for checkpoints that can be chosen, in megabytes.
pub const CHECKPOINTS: RangeInclusive<usize> = 16..=4096;
/// The sizes that a window can have.
const SIZES: RangeInclusive<f32> = 200.0..=20_000.0;
/// The longest file that is read, in bytes.
const FILE_BYTES: u64 = 1 << 20;
/// The name of the preferences in the file.
const KEY: &str = "preferences";

/// The fields of the file as they are written there.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Fields {
    hidden: Written,
    dark: Written,
    zoom: Written,
    speed: Written,
    rate: Written,
    checkpoints: Written,
    recent: Written,
    tour_done: Written,
    window: Written,
    side: Written,
    console: Written,
}

/// The fields of the file that version 0.1 did not write.
#[derive(Default, Deserialize)]
#[serde(default)]
struct LaterFields {
    sizes: Written,
    code: Written,
}

/// The fields of [`CodeView`].
#[derive(Default, Deserialize)]
#[serde(default)]
struct CodeFields {
    panes: Written,
    notation: Written,
    order: Written,
}

/// A value as it is written in the file; empty if it is not there.
#[derive(Default)]
struct Written(String);

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Written, D::Error> {
        Box::<RawValue>::deserialize(deserializer).map(|raw| Written(raw.get_ron().to_owned()))
    }
}

impl Written {
    /// The value, if it has the right type and is good.
    fn read<T: DeserializeOwned>(&self, is_good: impl Fn(&T) -> bool) -> Option<T> {
        ron::from_str(&self.0).ok().filter(is_good)
    }

    /// The values of a list that have the right type.
    fn list<T: DeserializeOwned>(&self) -> Vec<T> {
        let all: Vec<Written> = self.read(|_| true).unwrap_or_default();
        all.iter().filter_map(|one| one.read(|_| true)).collect()
    }
}

impl CodeView {
    fn of(fields: CodeFields) -> CodeView {
        CodeView {
            panes: fields.panes.read(|_| true).unwrap_or_default(),
            notation: fields.notation.read(|_| true).unwrap_or_default(),
            order: fields.order.read(|_| true).unwrap_or_default(),
        }
    }
}

impl Preferences {
    /// The preferences in a file; the default for what is not there or cannot be used.
    pub fn load(path: &Path) -> Preferences {
        let text = store::read(path, FILE_BYTES).unwrap_or_default();
        let entries: HashMap<String, Written> = ron::from_str(&text).unwrap_or_default();
        let text: Option<String> = entries.get(KEY).and_then(|entry| entry.read(|_| true));
        let text = text.unwrap_or_default();
        let fields = ron::from_str(&text).unwrap_or_default();
        Preferences::of(fields, &ron::from_str(&text).unwrap_or_default())
    }

    fn of(fields: Fields, later: &LaterFields) -> Preferences {
        let default = Preferences::default();
        let size =
            |&(width, height): &(f32, f32)| SIZES.contains(&width) && SIZES.contains(&height);
        let panel = |size: &f32| (0.0..=*SIZES.end()).contains(size);
        let are_good = |sizes: &PanelSizes| panel(&sizes.side) && panel(&sizes.console);
        let old_sizes = PanelSizes {
            side: fields.side.read(panel).unwrap_or_default(),
            console: fields.console.read(panel).unwrap_or_default(),
        };
        let mut recent: Vec<PathBuf> = fields.recent.list();
        recent.truncate(RECENT);
        Preferences {
            hidden: fields.hidden.list(),
            dark: fields.dark.read(|_| true).unwrap_or(default.dark),
            zoom: fields.zoom.read(|zoom| ZOOMS.contains(zoom)).unwrap_or(default.zoom),
            speed: fields.speed.read(Speed::exists).unwrap_or(default.speed),
            rate: fields.rate.read(Rate::exists).unwrap_or(default.rate),
            checkpoints: fields
                .checkpoints
                .read(|megabytes| CHECKPOINTS.contains(megabytes))
                .unwrap_or(default.checkpoints),
            recent,
            tour_done: fields.tour_done.read(|_| true).unwrap_or(default.tour_done),
            window: fields.window.read(size).unwrap_or(default.window),
            sizes: later.sizes.read(are_good).unwrap_or(old_sizes),
            code: later.code.read(|_| true).map(CodeView::of).unwrap_or_default(),
        }
    }

    /// Keeps the preferences in a file. If something other than a file has its name, nothing is written.
    ///
    /// # Errors
    /// Why they cannot be kept.
    pub fn keep(&self, path: &Path) -> Result<(), store::StoreError> {
        if let Some(folder) = path.parent() {
            store::make_folder(folder)?;
        }
        let mut kept = self.clone();
        // A path that is not Unicode cannot be written here.
        kept.recent.retain(|path| path.to_str().is_some());
        let text = ron::to_string(&kept).expect("every field can be written");
        let entries = HashMap::from([(KEY, text)]);
        let text = ron::to_string(&entries).expect("a map of texts can be written");
        store::overwrite_regular(path, &text)
    }

    /// Whether a panel is shown.
    pub fn shows(&self, panel: Panel) -> bool {
        !self.hidden.contains(&panel)
    }

    /// Shows a hidden panel, hides a shown one.
    pub fn toggle(&mut self, panel: Panel) {
        if self.shows(panel) {
            self.hidden.push(panel);
        } else {
            self.hidden.retain(|&hidden| hidden != panel);
        }
    }

    /// Puts a file first in the list.
    pub fn remember(&mut self, path: PathBuf) {
        self.recent.retain(|other| *other != path);
        self.recent.insert(0, path);
        self.recent.truncate(RECENT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a window reads from a file whose preferences are this text.
    fn read(preferences: &str) -> Preferences {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.ron");
        let entries = HashMap::from([("preferences", preferences), ("egui", "(x:NaN)")]);
        std::fs::write(&path, ron::to_string(&entries).unwrap()).unwrap();
        Preferences::load(&path)
    }

    #[test]
    fn what_is_kept_is_there_at_the_next_start() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/app.ron");
        let kept = Preferences {
            hidden: vec![Panel::Names, Panel::Calls],
            dark: Some(true),
            zoom: 1.1,
            speed: Speed::FULL.slower(),
            recent: vec![PathBuf::from("a \"b\".ron")],
            tour_done: true,
            window: (900.0, 700.5),
            sizes: PanelSizes { side: 240.0, console: 90.0 },
            code: CodeView {
                panes: Panes::Both,
                notation: Notation::Source,
                order: Order::ByAddress,
            },
            ..Preferences::default()
        };
        kept.keep(&path).unwrap();
        assert_eq!(Preferences::load(&path), kept);
    }

    /// Fields as text, each bad in its way.
    const BAD: &[&str] = &[
        "zoom:NaN",
        "zoom:-1.0",
        "zoom:1e30",
        "zoom:inf",
        "zoom:\"big\"",
        "zoom:(1,2)",
        "hidden:3",
        "hidden:[Bogus,3]",
        "dark:7",
        "dark:Some(Blue)",
        "speed:(99)",
        "speed:Fast",
        "rate:(18446744073709551615)",
        "rate:(-1)",
        "checkpoints:0",
        "checkpoints:18446744073709551615",
        "checkpoints:1.5",
        "recent:[3,(4)]",
        "recent:{1:2}",
        "tour_done:Some(true)",
        "window:(NaN,NaN)",
        "window:(1.0,1e30)",
        "window:3",
        "side:-1.0",
        "console:NaN",
        "sizes:(side:NaN,console:1.0)",
        "sizes:7",
        "code:7",
        "code:(panes:Neither,notation:Latin)",
        "unknown:Whatever(1)",
    ];

    #[test]
    fn a_bad_field_falls_to_its_default_and_the_rest_is_kept() {
        for bad in BAD {
            let name = bad.split(':').next().unwrap();
            let with_others = |others: [&str; 2]| {
                let list = [others[0], bad, others[1]].join(",");
                read(&format!("({list})"))
            };
            let found = with_others(match name {
                "dark" => ["tour_done:true", "zoom:2.0"],
                "zoom" => ["tour_done:true", "dark:Some(false)"],
                "tour_done" => ["zoom:2.0", "dark:Some(false)"],
                _ => ["tour_done:true,zoom:2.0", "dark:Some(false)"],
            });
            let mut expected = Preferences {
                tour_done: true,
                zoom: 2.0,
                dark: Some(false),
                ..Preferences::default()
            };
            match name {
                "dark" => expected.dark = None,
                "zoom" => expected.zoom = 1.0,
                "tour_done" => expected.tour_done = false,
                _ => {}
            }
            assert_eq!(found, expected, "{bad}");
        }
        assert_eq!(read("(hidden:[Bogus,Names])").hidden, [Panel::Names]);
        let code = read("(code:(panes:Neither,notation:Source))").code;
        assert_eq!(
            code,
            CodeView { panes: Panes::Cells, notation: Notation::Source, order: Order::ByUse }
        );
        assert_eq!(read("(side:240.0)").sizes.side, 240.0, "as version 0.1 wrote it");
        for bad in ["", "(", "zoom", "[1]", &"(".repeat(10_000)] {
            assert_eq!(read(bad), Preferences::default(), "{bad:.20}");
        }
    }

    #[test]
    fn what_is_no_file_is_neither_read_nor_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.ron");
        std::fs::create_dir(&path).unwrap();
        assert_eq!(Preferences::load(&path), Preferences::default());
        assert!(Preferences::default().keep(&path).is_err());
        assert!(path.is_dir());
    }

    /// Opening a pipe waits for whoever writes into it, which may be nobody.
    #[cfg(unix)]
    #[test]
    fn a_pipe_in_place_of_the_preferences_is_not_opened() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.ron");
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        assert_eq!(Preferences::load(&path), Preferences::default());
        assert!(Preferences::default().keep(&path).is_err());
        assert!(!std::fs::metadata(&path).unwrap().is_file());
    }
}
