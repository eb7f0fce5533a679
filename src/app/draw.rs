//! Puts the panels together.

use egui::{
    Area, CentralPanel, Context, Frame, Id, LayerId, Margin, Order, Panel as Side, ScrollArea,
    Sense, Ui,
};

use super::App;
use super::action_table::{Menu, TABLE};
use super::cells::{self, Page};
use super::panels::banner::{self, Banner};
use super::panels::bar::{self, Bars};
use super::panels::console::{self, Console};
use super::panels::entry::{self, EntryPanel};
use super::panels::examples::{self, ExamplesPanel};
use super::panels::palette::Choice;
use super::panels::status::{self, Status, Voice};
use super::panels::timeline::TimelinePanel;
use super::panels::value::{Attention, Changing};
use super::panels::{
    self, calls, find, holes, names, overlay, player, stack, tour as hint, values, watches,
};
use super::source::draft::DraftField;
use super::source::{self, TextPage};
use super::theme;
use crate::desk::action::{Action, Field, Panel, Panes};
use crate::desk::example::EXAMPLES;
use crate::desk::scene::{self, Scene};
use crate::desk::tour;
use crate::program::notation::Notation;
use crate::view::memory::At;
use crate::view::source::SourcePage;
use crate::view::stop::Tone;
use crate::view::{bookmarks, stacks};

/// The least height of the console: its input line, and two lines of output.
const CONSOLE: f32 = 72.0;
/// The most cells that are shown because another task stands there.
const OTHERS: usize = 200;

/// Whether the window has room for everything.
fn is_high(ui: &Ui) -> bool {
    ui.ctx().content_rect().height() >= 700.0
}

/// Whether the window is so low that only what the program waits for has room beside the entry line. No
/// window can be made as low as this, but with large text it has fewer points.
fn is_tiny(ui: &Ui) -> bool {
    ui.ctx().content_rect().height() < 400.0
}

/// Takes the pointer from everything that an overlay hides, so that nothing there can be clicked.
fn shield(ui: &Ui) {
    let all = ui.ctx().content_rect();
    Area::new(shield_id()).order(Order::Middle).fixed_pos(all.min).show(ui.ctx(), |ui| {
        ui.allocate_rect(all, Sense::CLICK | Sense::DRAG);
    });
}

fn shield_id() -> Id {
    Id::unique("shield")
}

/// Takes the keyboard focus and the open tooltip from everything that a new overlay hides: a tooltip would
/// be drawn over the overlay.
fn retire(ui: &mut Ui) {
    let shield = LayerId::new(Order::Middle, shield_id());
    if !ui.memory(|memory| memory.areas().visible_last_frame(&shield)) {
        ui.visuals_mut().disabled_alpha = 1.0;
        ui.disable();
    }
}

impl App {
    pub(super) fn draw(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) {
        let scene = self.desk.scene();
        if self.desk.overlay().is_open() {
            retire(ui);
        }
        self.top(ui, actions);
        self.bottom(ui, &scene, actions);
        self.side(ui, &scene, actions);
        self.values(ui, actions);
        self.centre(ui, &scene, actions);
        if self.desk.overlay().is_open() {
            let lists = overlay::Lists {
                choices: self.choices(ui.ctx()),
                bookmarks: self.desk.bookmarks(),
                breakpoints: self.desk.breakpoints(),
                causes: self.desk.causes(),
            };
            shield(ui);
            overlay::show(ui, self.desk.overlay(), &lists, actions);
        }
    }

    fn top(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) {
        let frame =
            Frame::new().fill(ui.visuals().panel_fill).inner_margin(Margin::symmetric(10, 4));
        Side::top("bars").frame(frame).show_separator_line(false).show(ui, |ui| {
            let titles = EXAMPLES.map(|example| example.title);
            let bar = Bars {
                preferences: self.desk.preferences(),
                examples: &titles,
                running: self.desk.runs(),
                idle: &self.desk.idle(),
                names: &self.desk.frame_actions(),
            };
            bar::menus(ui, &bar, &mut self.menus, actions);
            bar::tools(ui, &bar, actions);
            ui.add_space(2.0);
        });
        if let Some(row) = self.desk.player_row() {
            Side::top("player")
                .frame(frame)
                .show_separator_line(false)
                .show(ui, |ui| player::show(ui, &row, actions));
        }
    }

    fn bottom(&mut self, ui: &mut Ui, scene: &Scene, actions: &mut Vec<Action>) {
        let frame =
            Frame::new().fill(ui.visuals().panel_fill).inner_margin(Margin::symmetric(12, 5));
        Side::bottom("status")
            .frame(frame)
            .show_separator_line(false)
            .show(ui, |ui| self.status(ui));
        if self.shows_console(ui, scene) {
            let chosen = self.desk.preferences().sizes.console;
            // In a low window, the cells need the room more.
            let is_high = is_high(ui);
            let height = if chosen > 0.0 { chosen } else { 102.0 };
            let (height, most) = if is_high { (height, 400.0) } else { (CONSOLE, 84.0) };
            let side = Side::bottom("console").frame(frame).resizable(true).default_size(height);
            let shown = side.size_range(CONSOLE..=most).show(ui, |ui| {
                let focus = self.take_focus(Field::Input);
                let trial = self.desk.trial();
                let machine = self.desk.session().machine();
                let console = Console {
                    output: machine.output(),
                    given: &self.desk.session().image().given,
                    input: self.desk.input(),
                    unread: machine.input().rest(),
                    waits: scene.stop.tone == Tone::Input,
                    trial: trial.as_deref(),
                    found: self.desk.found_output(),
                    focus,
                };
                console::show(ui, &console, actions);
            });
            if is_high {
                self.desk.note_console(shown.response.rect.height());
            }
        }
        if self.desk.preferences().shows(Panel::Timeline) && !is_tiny(ui) {
            let side = Side::bottom("timeline").frame(frame).show_separator_line(false);
            side.show(ui, |ui| self.timeline(ui, actions));
        }
        Side::bottom("entry")
            .frame(frame)
            .show_separator_line(false)
            .show(ui, |ui| self.writing(ui, scene, actions));
        if let Some(strip) = self.desk.find_row() {
            let side = Side::bottom("find").frame(frame).show_separator_line(false);
            side.show(ui, |ui| {
                let focus = self.take_focus(Field::Find);
                find::show(ui, &strip, focus, actions);
            });
        }
    }

    fn timeline(&self, ui: &mut Ui, actions: &mut Vec<Action>) {
        let columns = panels::timeline::columns(ui.available_width());
        let (session, timeline) = (self.desk.session(), self.desk.timeline());
        let here = session.position();
        let kept = session.checkpoints();
        let destination = self.desk.destination().filter(|&to| timeline.contains(to));
        let line = TimelinePanel {
            bars: &timeline.bars(session, columns),
            flags: &bookmarks::flags(session, &timeline, columns),
            timeline: &timeline,
            here: timeline.here(here),
            target: destination.map(|to| timeline.here(to).at),
            name: session.journal().bookmarks().name_of(here),
            checkpoints: [kept.count(), kept.bytes() >> 20, kept.budget() >> 20],
        };
        panels::timeline::show(ui, &line, actions);
    }

    /// The console is shown only if it has something to say, or was asked for; in a tiny window, only if the program
    /// waits for input.
    fn shows_console(&self, ui: &Ui, scene: &Scene) -> bool {
        let waits = scene.stop.tone == Tone::Input;
        self.desk.shows_console() && (waits || !is_tiny(ui))
    }

    fn status(&self, ui: &mut Ui) {
        let notice = self.desk.notice();
        // While a travel is in progress, its words hide the message.
        let (words, voice) = match self.desk.travel_words() {
            Some(words) => (words, Voice::Told),
            None if notice.words.is_empty() => (self.desk.hint(), Voice::Hint),
            None if notice.warns => (notice.words.clone(), Voice::Warns),
            None => (notice.words.clone(), Voice::Told),
        };
        let (file, retired) = (self.desk.file_words(), self.desk.session().machine().retired());
        let not_kept = self.desk.not_kept();
        status::show(ui, &Status { words: &words, voice, file, not_kept, retired });
    }

    fn writing(&mut self, ui: &mut Ui, scene: &Scene, actions: &mut Vec<Action>) {
        let answers = self.desk.answers();
        let (past, example) = (self.desk.past(), self.desk.example_words());
        let (stop, running) = (&scene.stop, self.desk.runs());
        let banner = Banner { stop, answers: &answers, running, past, example };
        let top = ui.max_rect().top();
        banner::show(ui, &banner, actions);
        ui.add_space(2.0);
        let ghost = self.desk.ghost();
        let line = EntryPanel {
            focus: self.take_focus(Field::Entry),
            entry: self.desk.entry(),
            prompt: &self.desk.prompt(),
            hint: match (self.desk.is_empty(), self.desk.notation()) {
                (true, Notation::Forth) => "3 fib",
                (true, Notation::Source) => "fib(3)",
                (false, _) => "",
            },
            ghost_end: &self.desk.ghost_end(),
            notation: self.desk.preferences().code.notation,
            ghost: &ghost,
            completions: &self.desk.completions(),
            top,
        };
        entry::show(ui, &line, actions);
    }

    fn side(&mut self, ui: &mut Ui, scene: &Scene, actions: &mut Vec<Action>) {
        let shows = [Panel::Stack, Panel::Calls, Panel::Holes, Panel::Names]
            .map(|panel| self.desk.preferences().shows(panel));
        let watches = self.desk.shows_watches().then(|| self.desk.watches());
        let examples = self.desk.shows_examples().then(|| self.desk.examples());
        if shows == [false; 4] && watches.is_none() && examples.is_none() {
            return;
        }
        let frame =
            Frame::new().fill(ui.visuals().panel_fill).inner_margin(Margin::symmetric(10, 4));
        let chosen = self.desk.preferences().sizes.side;
        let usual = (ui.available_width() * 0.24).clamp(215.0, 300.0);
        let width = if chosen > 0.0 { chosen } else { usual };
        let side = Side::right("side")
            .frame(frame)
            .resizable(true)
            .default_size(width)
            .size_range(180.0..=560.0);
        let shown = side.show(ui, |ui| {
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                let focus = self.desk.value().is_some() && self.take_focus(Field::Value);
                let found = self.desk.found_value();
                let attention = Attention {
                    changing: self.desk.value().map(|value| Changing { value, focus }),
                    found: found.as_ref(),
                };
                let (index, chosen) = (self.desk.index(), self.desk.chosen_frame());
                let tasks = self.desk.tasks();
                if let Some(rows) = &examples {
                    let panel = ExamplesPanel {
                        rows,
                        shown: self.desk.example_shown(),
                        lacks: &self.desk.functions_that_examples_lack(),
                        holding: self.desk.examples_that_hold().0,
                    };
                    ui.scope(|ui| examples::show(ui, &panel, actions));
                }
                if let Some(rows) = &watches {
                    let read = |extent, range| self.desk.cells(scene, extent, range);
                    ui.scope(|ui| watches::show(ui, rows, &read, actions));
                }
                if shows[0] {
                    ui.scope(|ui| stack::show(ui, &scene.stack, attention, actions));
                }
                if shows[1] {
                    ui.scope(|ui| {
                        calls::show(ui, (&tasks, &scene.calls), chosen, attention, actions)
                    });
                }
                if shows[2] {
                    ui.scope(|ui| {
                        holes::show(ui, &index.holes, self.desk.session().machine(), actions)
                    });
                }
                if shows[3] {
                    ui.scope(|ui| {
                        names::show(
                            ui,
                            &index,
                            self.desk.counts(),
                            &scene.globals,
                            attention,
                            actions,
                        );
                    });
                }
            });
        });
        self.desk.note_side(shown.response.rect.width());
    }

    fn values(&self, ui: &mut Ui, actions: &mut Vec<Action>) {
        let Some(row) = self.desk.values_row() else { return };
        let frame =
            Frame::new().fill(ui.visuals().panel_fill).inner_margin(Margin::symmetric(10, 4));
        let side = Side::right("values").frame(frame).resizable(true).default_size(220.0);
        side.size_range(150.0..=420.0).show(ui, |ui| values::show(ui, &row, actions));
    }

    fn centre(&mut self, ui: &mut Ui, scene: &Scene, actions: &mut Vec<Action>) {
        let ground = theme::Look::of(ui.ctx()).ground;
        let frame = Frame::new().fill(ground).inner_margin(Margin::symmetric(10, 6));
        CentralPanel::no_frame().frame(frame).show(ui, |ui| {
            if let (Some(step), Some((words, fits))) = (self.desk.tour(), self.desk.tour_words()) {
                let step = fits.then(|| format!("{} of {}", step + 1, tour::HINTS.len()));
                hint::show(ui, &words, step, actions);
                ui.add_space(4.0);
            }
            self.panes(ui, scene, actions);
        });
    }

    fn panes(&mut self, ui: &mut Ui, scene: &Scene, actions: &mut Vec<Action>) {
        let (panes, reveal) = (self.desk.preferences().code.panes, self.reveal.take());
        let lit = self.lit.take();
        match panes {
            Panes::Cells => self.memory(ui, scene, (reveal, lit), actions),
            Panes::Source => self.text(ui, scene, (reveal, lit), actions),
            Panes::Both => {
                let half = ui.available_width() / 2.0;
                let side = Side::left("text").frame(Frame::new().inner_margin(Margin::ZERO));
                let side = side.resizable(true).default_size(half);
                let side = side.size_range(half * 0.4..=half * 1.6);
                side.show(ui, |ui| self.text(ui, scene, (reveal, lit), actions));
                let frame = Frame::new().inner_margin(Margin { left: 8, ..Margin::ZERO });
                CentralPanel::no_frame().frame(frame).show(ui, |ui| {
                    self.memory(ui, scene, (reveal, lit), actions);
                });
            }
        }
        if self.lit != lit {
            ui.ctx().request_repaint();
        }
    }

    fn text(
        &mut self,
        ui: &mut Ui,
        scene: &Scene,
        (reveal, lit): (Option<At>, Option<At>),
        actions: &mut Vec<Action>,
    ) {
        let source = self.desk.source();
        let preview = self.desk.draft_preview();
        let focus = self.desk.draft().is_some() && self.take_focus(Field::Draft);
        let name = self.draft_name(&source);
        let draft = self.desk.draft().map(|draft| DraftField {
            draft,
            preview: &preview,
            name: &name,
            focus,
        });
        let machine = self.desk.session().machine();
        let page = TextPage {
            source: &source,
            read: &|index, lines| self.desk.source_rows(&source, scene, index, lines),
            find: &|at| source.find_any(machine, at),
            effect: &|body| self.desk.effect_of(body),
            tip: &|at| self.desk.tip(at),
            stack: &scene.stack,
            sight: self.desk.sight(),
            reveal,
            draft,
            lit,
        };
        let hovered = source::show(ui, &page, actions);
        self.lit = hovered.or(self.lit);
    }

    /// What the line that is being edited is called.
    fn draft_name(&self, source: &SourcePage) -> String {
        let Some(draft) = self.desk.draft() else { return String::new() };
        let title = self.desk.session().machine().memory().title(draft.body());
        let mut functions = source.functions().iter();
        let part = functions.find(|part| part.body == draft.body());
        let text = part.and_then(|part| part.text.as_ref().ok());
        match text.and_then(|text| text.lines.get(draft.lines.start)?.number) {
            Some(number) => format!("line {number} of {title}"),
            None => format!("open end of {title}"),
        }
    }

    fn memory(
        &mut self,
        ui: &mut Ui,
        scene: &Scene,
        (reveal, lit): (Option<At>, Option<At>),
        actions: &mut Vec<Action>,
    ) {
        let index = self.desk.index();
        let ghost = self.desk.ghost();
        let page = Page {
            effects: &index.effects,
            ghost: &ghost,
            reveal,
            lit,
            arrangement: &scene.arrangement,
            frame: scene.calls.frames.iter().find(|frame| frame.is_frame),
            read: &|extent, range| self.desk.cells(scene, extent, range),
            stack: &scene.stack,
            counter: scene.counter,
            others: scene.marks.others().places().take(OTHERS).map(At::from).collect(),
            sight: self.desk.sight(),
        };
        let drawn = cells::show(ui, &page, &mut self.grid, actions);
        self.beside = drawn.beside;
        self.lit = drawn.hovered.or(self.lit);
    }

    /// Everything the palette can find.
    fn choices(&self, ctx: &Context) -> Vec<Choice> {
        let named = TABLE.iter().map(|row| Choice {
            name: row.name.to_owned(),
            menu: row.menu,
            key: row.key_text(ctx),
            action: row.action.clone(),
        });
        let examples = EXAMPLES.iter().enumerate().map(|(n, example)| Choice {
            name: format!("Example: {}", example.title),
            menu: Menu::File,
            key: String::new(),
            action: Action::OpenExample(n),
        });
        named.chain(examples).chain(self.frames()).collect()
    }

    /// Restarting and rewinding, for every entry of the call stack.
    fn frames(&self) -> impl Iterator<Item = Choice> {
        let rows = stacks::calls(self.desk.session().machine(), scene::CALLS);
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
