//! Carries actions out: a router, one line an action.

use egui::{Context, Theme, ViewportCommand};

use super::action::{Action, Direction, Slot};
use super::cells::{Selection, focus_id};
use super::interface::{Editing, Entry, Overlay};
use super::panels::entry;
use super::{App, complete, tour};
use crate::session::goal::Goal;
use crate::view::memory::{self, At};
use crate::vm::cell::BodyId;

impl App {
    /// Carries out an action.
    pub fn perform(&mut self, action: Action, ctx: &Context) {
        if !matches!(action, Action::Close) {
            self.hush();
        }
        match action {
            Action::Step => self.step(),
            Action::StepOver => self.run_to(Goal::over(self.session.machine())),
            Action::StepOut => self.run_to(Goal::out(self.session.machine())),
            Action::RunOrPause => self.run_or_pause(),
            Action::RunToCell => self.run_to_cell(self.place()),
            Action::RestartFrame => self.restart_frame(None),
            Action::RestartAt(frame) => self.restart_frame(Some(frame)),
            Action::Rewind => self.rewind(None),
            Action::RewindTo(frame) => self.rewind(Some(frame)),
            Action::MoveCounter => self.move_counter(),
            Action::Slower => self.set_speed(self.interface.preferences.speed.slower()),
            Action::Faster => self.set_speed(self.interface.preferences.speed.faster()),
            Action::SetSpeed(speed) => self.set_speed(speed),

            Action::Create => self.create(),
            Action::UseExisting => self.use_existing(),
            Action::UseName(name) => self.use_name(name),
            Action::AnswerOnce => self.ask_answer(),
            Action::NameAsLocal => self.name_as_local(),
            Action::ChangeCell => self.change_cell(),
            Action::RaiseLimit => self.raise_limit(),
            Action::EndInput => self.end_input(),
            Action::Input(line) => self.give(&line),
            Action::GiveAgain => self.give_again(1),
            Action::GiveAllAgain => self.give_again(usize::MAX),

            Action::Player => self.toggle_player(),
            Action::Play => self.play_or_pause(),
            Action::NextGesture => self.next_gesture(),
            Action::PreviousGesture => self.previous_gesture(),
            Action::ToEnd => self.play_to_end(),
            Action::SetRate(rate) => self.interface.preferences.rate = rate,
            Action::Expect => self.expect(),
            Action::ForgetExpectations => self.forget_expectations(),

            Action::Undo
            | Action::Redo
            | Action::StepBack
            | Action::BackOver
            | Action::BackOut
            | Action::Forth
            | Action::ForthOver
            | Action::ForthOut
            | Action::BackToStop
            | Action::ForthToStop
            | Action::BackToWrite
            | Action::ForthToWrite
            | Action::BackToCall
            | Action::ForthToCall
            | Action::BackToOutput
            | Action::ForthToOutput
            | Action::GoToStart
            | Action::GoToEnd
            | Action::NextBranch => self.travel(&action),
            Action::MoreCheckpoints => self.give_room(self.interface.preferences.checkpoints * 2),
            Action::FewerCheckpoints => self.give_room(self.interface.preferences.checkpoints / 2),
            Action::GoToStep => self.interface.overlay = Overlay::GoToMoment(String::new()),
            Action::GoToMomentText(text) => self.go_to_step_or_name(&text),
            Action::NameMoment => self.ask_moment(),
            Action::NameMomentText(text) => self.name_moment(&text),
            Action::ForgetMoment(name) => self.forget_moment(&name),
            Action::GoToMoment(to) => self.scrub(to),

            Action::CopyCells => ctx.copy_text(self.copied()),
            Action::Paste => self.paste(ctx),
            Action::DeleteCell => self.delete(),
            Action::ToggleInsert => self.interface.replace = !self.interface.replace,
            Action::ToggleBreakpoint => self.toggle_breakpoint(),

            Action::New => self.ask_first(Action::New, ctx),
            Action::Open => self.ask_first(Action::Open, ctx),
            Action::OpenPath(path) => self.ask_first(Action::OpenPath(path), ctx),
            Action::OpenExample(n) => self.ask_first(Action::OpenExample(n), ctx),
            Action::Recover if self.waiting == 0 => self.warn("No other unsaved work was left"),
            Action::Recover => self.ask_first(Action::Recover, ctx),
            Action::Quit => self.ask_first(Action::Quit, ctx),
            Action::OpenRecovered => self.open_recovered(),
            Action::AnswerUnsaved(answer) => self.answer_unsaved(answer, ctx),
            Action::Save => drop(self.save()),
            Action::SaveAs => drop(self.save_as()),
            Action::SaveProgram => self.save_program(),
            Action::SaveRecording => self.save_recording(),

            Action::Follow => self.follow(),
            Action::Back => self.back(),
            Action::GoTo(at) => self.go_to(at),
            Action::GoToBody(body) => self.go_to(At { body, offset: 0 }),
            Action::GoToAddress => self.interface.overlay = Overlay::GoTo(String::new()),
            Action::GoToText(text) => self.go_to_text(&text),
            Action::GoToCounter => self.back_to_counter(),
            Action::NextArea => self.next_area(ctx),

            Action::Show(panel) => self.interface.preferences.toggle(panel),
            Action::ToggleTheme => self.toggle_theme(ctx),
            Action::LargerText => self.zoom(ctx, self.interface.preferences.zoom * 1.1),
            Action::SmallerText => self.zoom(ctx, self.interface.preferences.zoom / 1.1),
            Action::NormalText => self.zoom(ctx, 1.0),

            Action::Palette => {
                self.interface.overlay = Overlay::Palette { query: String::new(), row: 0 }
            }
            Action::Instructions => self.interface.overlay = Overlay::Instructions,
            Action::Keys => self.interface.overlay = Overlay::Keys,
            Action::Tour => self.toggle_tour(),

            Action::Submit => self.submit(),
            Action::Complete(word) => {
                let text = complete::completed(&self.interface.entry.text, &word);
                (self.interface.entry.text, self.interface.entry.to_end) = (text, true);
            }
            Action::SetEntry(text) => self.interface.entry.set(text),
            Action::Select(at) => self.select(at),
            Action::SelectTo(at) => self.select_to(at),
            Action::Move(direction) => self.move_selection(direction),
            Action::Fold(body) => {
                if !self.interface.open.remove(&body) {
                    self.interface.open.insert(body);
                }
            }
            Action::Edit(slot) => self.edit(slot),
            Action::SetValue(slot, text) => self.set_value(slot, &text),
            Action::Close => self.close(),
        }
    }

    fn set_speed(&mut self, speed: super::speed::Speed) {
        self.interface.preferences.speed = speed;
        self.tell(format!("Runs at {}", speed.words()));
    }

    fn use_existing(&mut self) {
        match self.nearest() {
            Some(name) => self.use_name(name),
            None => {
                self.interface.entry.set(String::new());
                self.interface.entry.replaces = true;
                self.back_to_counter();
            }
        }
    }

    fn paste(&mut self, ctx: &Context) {
        self.interface.focus_entry = true;
        ctx.memory_mut(|memory| memory.request_focus(entry::field_id()));
        ctx.send_viewport_cmd(ViewportCommand::RequestPaste);
    }

    pub(super) fn select(&mut self, at: Option<At>) {
        self.interface.selection = at.map(Selection::cell);
        if let Some(at) = at {
            self.interface.reveal = Some(at);
        }
    }

    fn select_to(&mut self, at: At) {
        let anchor = self.interface.selection.map_or(at, |selection| selection.anchor);
        self.interface.selection = Some(if anchor.body == at.body {
            Selection { anchor, head: at }
        } else {
            Selection::cell(at)
        });
    }

    fn move_selection(&mut self, direction: Direction) {
        let from =
            self.interface.selection.map_or_else(|| self.counter(), |selection| selection.head);
        let extents = memory::extents(self.session.machine());
        let Some(index) = extents.iter().position(|extent| extent.body == from.body) else {
            return;
        };
        let (extent, columns) = (extents[index], self.interface.columns.max(1));
        let last = extent.size.saturating_sub(1);
        let start = |index: usize| At { body: extents[index].body, offset: 0 };
        let within = |offset: u32| At { offset: offset.min(last), ..from };
        let to = match direction {
            Direction::Left if from.offset > 0 => within(from.offset - 1),
            Direction::Right => within(from.offset + 1),
            Direction::Up if from.offset >= columns => within(from.offset - columns),
            Direction::Down if from.offset + columns <= extent.used => {
                within(from.offset + columns)
            }
            Direction::Home => within(0),
            Direction::End => within(extent.used),
            Direction::Up | Direction::PageUp if index > 0 => start(index - 1),
            Direction::Down | Direction::PageDown if index + 1 < extents.len() => start(index + 1),
            _ => from,
        };
        self.select(Some(to));
    }

    fn follow(&mut self) {
        let at =
            self.interface.selection.map_or_else(|| self.counter(), |selection| selection.head);
        let row = memory::cell(self.session.machine(), &Default::default(), at);
        match row.target {
            Some(body) => self.go_to(At { body, offset: 0 }),
            None => self.warn("This cell points to nothing"),
        }
    }

    fn go_to(&mut self, at: At) {
        let from =
            self.interface.selection.map_or_else(|| self.counter(), |selection| selection.head);
        self.interface.trail.push(from);
        self.select(Some(at));
    }

    fn back(&mut self) {
        match self.interface.trail.pop() {
            Some(at) => self.select(Some(at)),
            None => self.warn("There is no place before"),
        }
    }

    fn go_to_text(&mut self, text: &str) {
        let memory = self.session.machine().memory();
        let word = text.trim().trim_start_matches('@');
        let by_address = || {
            let (body, offset) = memory.find(word.parse().ok()?)?;
            Some(At { body, offset: u32::try_from(offset).ok()? })
        };
        let by_name = || Some(At { body: BodyId::Code(memory.function(word)?), offset: 0 });
        match by_name().or_else(by_address) {
            Some(at) => {
                self.interface.overlay = Overlay::None;
                self.interface.focus_entry = true;
                self.go_to(at);
            }
            None => {
                self.warn(format!("No function is called `{word}`, and no body has that address"))
            }
        }
    }

    fn next_area(&mut self, ctx: &Context) {
        let in_cells = ctx.memory(|memory| memory.has_focus(focus_id()));
        if in_cells {
            self.interface.focus_entry = true;
        } else {
            ctx.memory_mut(|memory| memory.request_focus(focus_id()));
            let head =
                self.interface.selection.map_or_else(|| self.counter(), |selection| selection.head);
            self.select(Some(head));
        }
    }

    fn toggle_theme(&mut self, ctx: &Context) {
        let dark = ctx.theme() != Theme::Dark;
        self.interface.preferences.dark = Some(dark);
        ctx.set_theme(if dark { Theme::Dark } else { Theme::Light });
    }

    fn zoom(&mut self, ctx: &Context, factor: f32) {
        let factor = factor.clamp(0.5, 3.0);
        self.interface.preferences.zoom = factor;
        ctx.set_zoom_factor(factor);
    }

    fn toggle_tour(&mut self) {
        self.interface.tour = match self.interface.tour {
            Some(_) => None,
            None => Some(tour::advance(self.session.machine(), 0)),
        };
        self.interface.preferences.tour_done = self.interface.tour.is_none();
        self.interface.focus_entry = true;
    }

    fn edit(&mut self, slot: Slot) {
        let row = |text: &str| text.to_owned();
        let machine = self.session.machine();
        let text = match &slot {
            Slot::Stack(depth) => {
                let values = crate::view::stacks::parameters(machine, depth + 1).values;
                values.get(*depth).map(|value| row(&value.text))
            }
            Slot::Local(frame, name) => {
                let calls = crate::view::stacks::calls(machine, super::panels::calls::SHOWN);
                let frame = calls.frames.into_iter().find(|other| other.id == *frame);
                let local = frame
                    .and_then(|frame| frame.locals.into_iter().find(|local| local.name == *name));
                local.map(|local| local.value.map(|value| value.text).unwrap_or_default())
            }
        };
        self.interface.editing = text.map(|text| Editing { slot, text, fresh: true });
    }

    /// Esc: closes the nearest thing that is open.
    fn close(&mut self) {
        let plays = self.plays();
        let interface = &mut self.interface;
        if interface.overlay != Overlay::None {
            interface.overlay = Overlay::None;
            self.wanted = None;
        } else if interface.editing.is_some() {
            interface.editing = None;
        } else if self.travel.is_some() {
            self.travel = None;
        } else if plays {
            self.pause_player();
        } else if !interface.entry.text.is_empty()
            || interface.entry.answers
            || interface.entry.restarts.is_some()
            || interface.entry.replaces
        {
            interface.entry =
                Entry { history: std::mem::take(&mut interface.entry.history), ..Entry::default() };
        } else if interface.selection.is_some() {
            interface.selection = None;
            interface.reveal = Some(self.session.machine().task().counter().into());
        } else if interface.tour.is_some() {
            interface.tour = None;
            interface.preferences.tour_done = true;
        }
        self.hush();
        self.interface.focus_entry = true;
    }
}
