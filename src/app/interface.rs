//! What the window knows beyond the session: what is selected, typed and shown.
//!
//! Nothing here changes what a program does. What should be there again at the next start is in
//! [`Preferences`].

use std::collections::HashSet;
use std::path::PathBuf;

use super::action::{Action, Menu, Panel, Slot, row};
use super::cells::Selection;
use super::speed::{Rate, Speed};
use crate::session::checkpoint::BUDGET;
use crate::view::memory::At;
use crate::vm::cell::BodyId;
use crate::vm::index::FrameId;

/// Preferences, kept by the window system's storage between two starts.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// Panels that are hidden.
    pub hidden: Vec<Panel>,
    /// Dark, or light, or as the system has it.
    pub dark: Option<bool>,
    /// How large everything is; 1 at first.
    pub zoom: f32,
    /// How fast programs run.
    pub speed: Speed,
    /// How fast recordings are played.
    pub rate: Rate,
    /// The memory that checkpoints may take, in megabytes.
    pub checkpoints: usize,
    /// Files that were opened or saved, the last first.
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

/// The most recent files that are listed.
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

/// What lies over the window, if anything does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Overlay {
    /// Nothing.
    #[default]
    None,
    /// Actions by name.
    Palette {
        /// What was typed.
        query: String,
        /// The chosen row.
        row: usize,
    },
    /// All keys.
    Keys,
    /// All instructions.
    Instructions,
    /// Which address to show.
    GoTo(String),
    /// Which moment to go to, by its step or its name.
    GoToMoment(String),
    /// What the moment that is shown is called.
    NameMoment(String),
    /// A recording is damaged: where, and how much of it can be read.
    Damaged(String),
    /// There is unsaved work; what was asked for waits for the answer.
    Unsaved,
}

impl Overlay {
    /// Whether a key works while it is open: what it hides is not to change behind it.
    pub fn lets_through(&self, action: &Action) -> bool {
        let opens = matches!(action, Action::GoToStep | Action::GoToAddress | Action::NameMoment);
        let looks = || row(action).is_some_and(|row| matches!(row.menu, Menu::View | Menu::Help));
        match self {
            Overlay::None => true,
            Overlay::Damaged(_) | Overlay::Unsaved => false,
            _ => opens || looks(),
        }
    }
}

/// The line in which instructions are typed.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    /// What is typed.
    pub text: String,
    /// What was typed before, the last at the end.
    pub history: Vec<String>,
    /// Which of them is shown, counted from the end; 0 for none.
    pub recalled: usize,
    /// The chosen completion.
    pub choice: usize,
    /// Whether completions were closed.
    pub quiet: bool,
    /// The cursor is to go behind the text.
    pub to_end: bool,
    /// What is typed answers for the missing call instead of being written.
    pub answers: bool,
    /// What is typed takes the place of the selected cell.
    pub replaces: bool,
    /// What is typed is the stack with which this entry of the call stack starts again.
    pub restarts: Option<FrameId>,
}

/// The most lines that are kept in the history of the entry line.
const HISTORY: usize = 500;

impl Entry {
    /// Keeps a line and empties the field.
    pub fn submitted(&mut self) {
        let line = std::mem::take(&mut self.text);
        if !line.trim().is_empty() && self.history.last() != Some(&line) {
            self.history.push(line);
        }
        if self.history.len() > HISTORY {
            self.history.remove(0);
        }
        *self = Entry { history: std::mem::take(&mut self.history), ..Entry::default() };
    }

    /// Puts a text into the field, with the cursor behind it.
    pub fn set(&mut self, text: String) {
        *self = Entry {
            text,
            to_end: true,
            quiet: true,
            history: std::mem::take(&mut self.history),
            ..Entry::default()
        };
    }

    /// Shows an older line, or a newer one.
    pub fn recall(&mut self, older: bool) {
        let last = self.history.len();
        self.recalled =
            if older { (self.recalled + 1).min(last) } else { self.recalled.saturating_sub(1) };
        self.text = match self.recalled {
            0 => String::new(),
            back => self.history[last - back].clone(),
        };
        (self.quiet, self.to_end) = (true, true);
    }
}

/// A message in the status line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notice {
    /// What it says; empty if there is none.
    pub words: String,
    /// It is about something that could not be done.
    pub warns: bool,
}

/// A value that is being changed.
#[derive(Clone, Debug)]
pub struct Editing {
    /// Which.
    pub slot: Slot,
    /// What is typed.
    pub text: String,
    /// Whether the field still has to take the keyboard.
    pub fresh: bool,
}

/// What the window knows beyond the session.
#[derive(Debug, Default)]
pub struct Interface {
    /// The selected cells; nothing while it follows the counter.
    pub selection: Option<Selection>,
    /// Places that were shown before.
    pub trail: Vec<At>,
    /// Bodies whose free tail is shown.
    pub open: HashSet<BodyId>,
    /// A cell to bring into sight.
    pub reveal: Option<At>,
    /// The entry line.
    pub entry: Entry,
    /// A line for the program to read.
    pub input: String,
    /// Whether typing at a cell replaces it.
    pub replace: bool,
    /// The entry line is to take the keyboard.
    pub focus_entry: bool,
    /// The input line is to take the keyboard.
    pub focus_input: bool,
    /// The time line has the keyboard.
    pub in_timeline: bool,
    /// The value that is being changed.
    pub editing: Option<Editing>,
    /// What lies over the window.
    pub overlay: Overlay,
    /// A message, until the next gesture.
    pub notice: Notice,
    /// How far the tour is; nothing if it is hidden.
    pub tour: Option<usize>,
    /// Cells in a row, as last drawn.
    pub columns: u32,
    /// What is kept.
    pub preferences: Preferences,
}
