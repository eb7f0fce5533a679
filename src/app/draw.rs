//! Puts the panels together.

use egui::{CentralPanel, Context, Frame, Margin, Panel as Side, ScrollArea, Ui};

use super::App;
use super::action::{Action, Menu, Panel, TABLE};
use super::cells::{self, Page};
use super::interface::Overlay;
use super::panels::banner::{self, Banner};
use super::panels::bar::{self, Bar};
use super::panels::console::{self, Console};
use super::panels::entry::{self, Line};
use super::panels::palette::Choice;
use super::panels::status::{self, Status, Voice};
use super::panels::timeline::{self, TimelinePanel};
use super::panels::{calls, holes, names, overlay, player, stack, tour as hint};
use super::rows::Rows;
use super::{complete, file, theme, tour};
use crate::program::image::Image;
use crate::session::journal::Position;
use crate::view::stop::Tone;
use crate::view::{bookmarks, memory, stacks};

impl App {
    pub(super) fn draw(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) {
        let rows = Rows::new(self.session.image(), &self.before);
        self.top(ui, &rows, actions);
        self.bottom(ui, &rows, actions);
        self.side(ui, &rows, actions);
        self.centre(ui, &rows, actions);
        if self.interface.overlay != Overlay::None {
            let lists = overlay::Lists { choices: self.choices(ui.ctx()), moments: self.moments() };
            overlay::show(ui, &mut self.interface.overlay, &lists, actions);
        }
    }

    fn top(&self, ui: &mut Ui, rows: &Rows, actions: &mut Vec<Action>) {
        let frame =
            Frame::new().fill(ui.visuals().panel_fill).inner_margin(Margin::symmetric(10, 4));
        Side::top("bars").frame(frame).show_separator_line(false).show(ui, |ui| {
            let idle = self.idle(rows);
            let titles = file::EXAMPLES.map(|example| example.title);
            let bar = Bar {
                preferences: &self.interface.preferences,
                examples: &titles,
                running: self.runs(),
                idle: &idle,
            };
            bar::menus(ui, &bar, actions);
            bar::tools(ui, &bar, actions);
            ui.add_space(2.0);
        });
        if let Some(row) = self.player_row() {
            Side::top("player")
                .frame(frame)
                .show_separator_line(false)
                .show(ui, |ui| player::show(ui, &row, actions));
        }
    }

    /// Actions that would do nothing now, with the reason.
    fn idle(&self, rows: &Rows) -> Vec<(Action, &'static str)> {
        let mut idle = Vec::new();
        if self.session.position() == Position::default() {
            idle.push((Action::Undo, "Nothing has been done yet"));
        }
        if self.session.next_gesture().is_none() {
            idle.push((Action::Redo, "Nothing was taken back"));
        }
        if self.session.machine().retired() == 0 {
            idle.push((Action::StepBack, "Nothing has been executed yet"));
        }
        if rows.stop.tone != Tone::Missing {
            let missing =
                [Action::Create, Action::UseExisting, Action::AnswerOnce, Action::NameAsLocal];
            idle.extend(missing.map(|action| (action, "Nothing is missing here")));
        }
        if rows.stop.tone != Tone::Limit {
            idle.push((Action::RaiseLimit, "No limit is reached"));
        }
        if self.offers.commands.is_empty() {
            let given = [Action::GiveAgain, Action::GiveAllAgain];
            idle.extend(given.map(|action| (action, "Nothing waits here that was given before")));
        }
        if self.player.is_none() {
            let played =
                [Action::Play, Action::NextGesture, Action::PreviousGesture, Action::ToEnd];
            idle.extend(played.map(|action| (action, "The player shows no recording")));
        }
        if self.waiting == 0 {
            idle.push((Action::Recover, "No other unsaved work was left"));
        }
        if self.interface.trail.is_empty() {
            idle.push((Action::Back, "No other place was shown before"));
        }
        idle
    }

    fn bottom(&mut self, ui: &mut Ui, rows: &Rows, actions: &mut Vec<Action>) {
        let frame =
            Frame::new().fill(ui.visuals().panel_fill).inner_margin(Margin::symmetric(12, 5));
        Side::bottom("status")
            .frame(frame)
            .show_separator_line(false)
            .show(ui, |ui| self.status(ui, rows));
        if self.shows_console(ui, rows) {
            let side = Side::bottom("console").frame(frame).resizable(true).default_size(84.0);
            side.size_range(54.0..=400.0).show(ui, |ui| {
                let console = Console {
                    output: self.session.machine().output(),
                    unread: self.session.machine().input().rest(),
                    waits: rows.stop.tone == Tone::Input,
                    focus: std::mem::take(&mut self.interface.focus_input),
                };
                console::show(ui, &console, &mut self.interface.input, actions);
            });
        }
        if self.interface.preferences.shows(Panel::Timeline) {
            let side = Side::bottom("timeline").frame(frame).show_separator_line(false);
            side.show(ui, |ui| self.timeline(ui, actions));
        }
        Side::bottom("entry")
            .frame(frame)
            .show_separator_line(false)
            .show(ui, |ui| self.writing(ui, rows, actions));
    }

    fn timeline(&self, ui: &mut Ui, actions: &mut Vec<Action>) {
        let columns = timeline::columns(ui.available_width());
        let bars = self.way.bars(&self.session, columns);
        let here = self.session.position();
        let kept = self.session.checkpoints();
        let line = TimelinePanel {
            bars: &bars,
            flags: &bookmarks::flags(&self.session, &self.way, columns),
            way: &self.way,
            here: self.way.here(here),
            target: self
                .heading_for()
                .filter(|&to| self.way.contains(to))
                .map(|to| self.way.here(to).at),
            name: self.session.journal().bookmarks().name_of(here),
            checkpoints: [kept.count(), kept.bytes() >> 20, kept.budget() >> 20],
        };
        timeline::show(ui, &line, actions);
    }

    /// In a low window the console is there only when it has something to say.
    fn shows_console(&self, ui: &Ui, rows: &Rows) -> bool {
        let machine = self.session.machine();
        let speaks = !machine.output().is_empty() || rows.stop.tone == Tone::Input;
        let high = ui.ctx().content_rect().height() >= 700.0;
        self.interface.preferences.shows(Panel::Console) && (high || speaks)
    }

    fn status(&self, ui: &mut Ui, rows: &Rows) {
        let notice = &self.interface.notice;
        // What a travel will have found is said when it is there.
        let (words, voice) = match self.travel_words() {
            Some(words) => (words, Voice::Told),
            None if notice.words.is_empty() => (self.next_key(rows), Voice::Hint),
            None if notice.warns => (notice.words.clone(), Voice::Warns),
            None => (notice.words.clone(), Voice::Told),
        };
        let file = self.file_words();
        status::show(
            ui,
            &Status { words: &words, voice, file, retired: self.session.machine().retired() },
        );
    }

    /// What Enter does on an empty line, in words.
    fn next_key(&self, rows: &Rows) -> String {
        if self.runs() {
            return "Running. F5 pauses.".to_owned();
        }
        if self.plays() {
            return "The recording is played. F5 pauses, and typing takes over.".to_owned();
        }
        if !self.at_counter() {
            return "What you type goes to the selected cell. Esc goes back to the counter."
                .to_owned();
        }
        if self.interface.entry.answers {
            return "Write what the call takes and what it leaves: `3 -- 1`. Enter answers, Esc leaves it."
                .to_owned();
        }
        match rows.stop.tone {
            Tone::Ready => {
                "Enter executes the next instruction. What you type goes before it.".to_owned()
            }
            Tone::Write => {
                let address = rows.counter.address(self.session.machine());
                format!("Cell {address} is empty: write what should happen. Enter does it.")
            }
            Tone::Missing => {
                format!("Enter creates {}.", rows.stop.name.as_deref().unwrap_or_default())
            }
            Tone::Input => "Type a line for the program into the console.".to_owned(),
            Tone::Fault => {
                "Nothing has changed: mend the cause, and the same instruction runs.".to_owned()
            }
            Tone::Limit => "Enter raises the limit.".to_owned(),
            Tone::Finished => "Finished. What you write now goes on from here.".to_owned(),
        }
    }

    fn writing(&mut self, ui: &mut Ui, rows: &Rows, actions: &mut Vec<Action>) {
        let running = self.runs();
        let (choices, enter) = self.answers(rows);
        let enter =
            enter.filter(|_| self.interface.entry.text.is_empty() && self.at_counter() && !running);
        banner::show(ui, &Banner { stop: &rows.stop, choices, enter, running }, actions);
        ui.add_space(2.0);
        let (names, known) = (&self.index.names, &self.index.holes);
        let completions =
            complete::completions(&self.interface.entry.text, names, known, &rows.calls);
        entry::take_keys(ui, &mut self.interface.entry, &completions, actions);
        let prompt = self.prompt();
        let line = Line {
            prompt: &prompt,
            hint: if self.is_empty() { "3 fib" } else { "" },
            ghost: &self.ghost.words,
            warns: self.ghost.warns,
            completions: &completions,
            focus: std::mem::take(&mut self.interface.focus_entry),
        };
        entry::show(ui, &line, &mut self.interface.entry, actions);
    }

    /// Nothing was written yet: an example of what to type helps.
    fn is_empty(&self) -> bool {
        *self.session.image() == Image::default()
    }

    /// What can be done about a stop, and which of it Enter does.
    fn answers(&self, rows: &Rows) -> (Vec<(Action, String)>, Option<Action>) {
        if self.runs() {
            return (vec![(Action::RunOrPause, "Pause".to_owned())], None);
        }
        match rows.stop.tone {
            Tone::Missing => (self.hole_answers(rows), Some(Action::Create)),
            Tone::Limit => {
                (vec![(Action::RaiseLimit, "Raise it".to_owned())], Some(Action::RaiseLimit))
            }
            Tone::Input => (self.input_answers(), None),
            Tone::Fault => {
                let choices =
                    [(Action::ChangeCell, "Change the cell"), (Action::StepBack, "Step back")];
                (choices.map(|(action, words)| (action, words.to_owned())).into(), None)
            }
            Tone::Ready | Tone::Write | Tone::Finished => (Vec::new(), None),
        }
    }

    fn input_answers(&self) -> Vec<(Action, String)> {
        let mut choices = Vec::new();
        if let Some(words) = self.offers.words() {
            choices.push((Action::GiveAgain, words));
        }
        if self.offers.commands.len() > 1 {
            let words = format!("Give all {} again", self.offers.commands.len());
            choices.push((Action::GiveAllAgain, words));
        }
        choices.push((Action::EndInput, "End the input".to_owned()));
        choices
    }

    fn hole_answers(&self, rows: &Rows) -> Vec<(Action, String)> {
        let name = rows.stop.name.as_deref().unwrap_or_default();
        let mut choices = vec![(Action::Create, format!("Create {name}"))];
        if let Some(near) = self.nearest() {
            choices.push((Action::UseExisting, format!("Use {near}")));
        }
        choices.push((Action::AnswerOnce, "Answer once".to_owned()));
        choices.push((Action::NameAsLocal, "Name as local".to_owned()));
        choices.push((Action::ChangeCell, "Change".to_owned()));
        choices
    }

    /// Where what is typed goes.
    fn prompt(&self) -> String {
        let at =
            self.interface.selection.map_or_else(|| self.counter(), |selection| selection.head);
        let address = at.address(self.session.machine());
        let entry = &self.interface.entry;
        match () {
            () if let Some(frame) = entry.restarts => {
                format!("restart frame {}", memory::frame_number(frame))
            }
            () if entry.answers => format!("answer {}", self.stop().name.unwrap_or_default()),
            () if entry.replaces || self.interface.replace => format!("replace {address}"),
            () if !self.at_counter() => format!("write at {address}"),
            () => format!("do at {address}"),
        }
    }

    fn side(&mut self, ui: &mut Ui, rows: &Rows, actions: &mut Vec<Action>) {
        let preferences = &self.interface.preferences;
        let shows = [Panel::Stack, Panel::Calls, Panel::Holes, Panel::Names]
            .map(|panel| preferences.shows(panel));
        if shows == [false; 4] {
            return;
        }
        let frame =
            Frame::new().fill(ui.visuals().panel_fill).inner_margin(Margin::symmetric(10, 4));
        let width = (ui.available_width() * 0.24).clamp(215.0, 300.0);
        let side = Side::right("side")
            .frame(frame)
            .resizable(true)
            .default_size(width)
            .size_range(180.0..=560.0);
        side.show(ui, |ui| {
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                let editing = &mut self.interface.editing;
                if shows[0] {
                    ui.scope(|ui| stack::show(ui, &rows.stack, editing, actions));
                }
                if shows[1] {
                    ui.scope(|ui| calls::show(ui, &rows.calls, editing, actions));
                }
                if shows[2] {
                    ui.scope(|ui| holes::show(ui, &self.index.holes, actions));
                }
                if shows[3] {
                    ui.scope(|ui| names::show(ui, &self.index.names, actions));
                }
            });
        });
    }

    fn centre(&mut self, ui: &mut Ui, rows: &Rows, actions: &mut Vec<Action>) {
        let ground = theme::Look::of(ui.ctx()).ground;
        let frame = Frame::new().fill(ground).inner_margin(Margin::symmetric(10, 6));
        CentralPanel::no_frame().frame(frame).show(ui, |ui| {
            if let Some(step) = self.interface.tour {
                hint::show(ui, tour::HINTS[step].text, step, tour::HINTS.len(), actions);
                ui.add_space(4.0);
            }
            self.memory(ui, rows, actions);
        });
    }

    fn memory(&mut self, ui: &mut Ui, rows: &Rows, actions: &mut Vec<Action>) {
        let seen = std::cell::RefCell::new(std::mem::take(&mut self.seen));
        let read = |extent, range| {
            let mut row = memory::body(self.session.machine(), &rows.marks, extent, range);
            self.before.mark_cells(self.session.machine(), &mut row);
            let texts = row.cells.iter().map(|cell| (cell.at, cell.text.clone()));
            seen.borrow_mut().extend(texts);
            row
        };
        let page = Page {
            extents: &rows.extents,
            read: &read,
            stack: &rows.stack,
            counter: rows.counter,
            selection: self.interface.selection,
            open: &self.interface.open,
            reveal: self.interface.reveal.take(),
        };
        self.interface.columns = cells::show(ui, &page, actions);
        self.seen = seen.into_inner();
    }

    /// Everything that the palette finds.
    fn choices(&self, ctx: &Context) -> Vec<Choice> {
        let named = TABLE.iter().map(|row| Choice {
            name: row.name.to_owned(),
            menu: row.menu,
            key: row.key_text(ctx),
            action: row.action.clone(),
        });
        let examples = file::EXAMPLES.iter().enumerate().map(|(n, example)| Choice {
            name: format!("Example: {}", example.title),
            menu: Menu::File,
            key: String::new(),
            action: Action::OpenExample(n),
        });
        named.chain(examples).chain(self.frames()).collect()
    }

    /// Every call of the call stack, to be started again.
    fn frames(&self) -> impl Iterator<Item = Choice> {
        let rows = stacks::calls(self.session.machine(), calls::SHOWN);
        rows.frames.into_iter().flat_map(|frame| {
            let (id, number, title) = (frame.id, frame.number, frame.title);
            let ways = [
                (format!("Restart frame {number}: {title}"), Action::RestartAt(id)),
                (format!("Rewind to frame {number}, keep edits: {title}"), Action::RewindTo(id)),
            ];
            ways.map(|(name, action)| Choice {
                name,
                menu: Menu::History,
                key: String::new(),
                action,
            })
        })
    }
}
