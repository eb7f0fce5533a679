//! Preferences: what is kept for the next start.

use std::path::PathBuf;

use super::action::Panel;
use super::speed::{Rate, Speed};
use crate::session::checkpoint::BUDGET;

/// Preferences. The front end stores them.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
#[serde(default)]
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
        }
    }
}

/// How many recent files are listed at most.
const RECENT: usize = 10;

impl Preferences {
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
