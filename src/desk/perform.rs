//! Carries out actions: a router with one line for each.

use super::Desk;
use super::action::{Action, Commit, Field, MarkAction, ValuePlace};
use super::effect::Effect;
use super::overlay::Overlay;
use super::preferences::ZOOMS;
use super::question::Named;
use super::replacement::Replacement;
use super::tour::Tour;
use super::write::{Choosing, Content};
use crate::program::cell_text::Source;
use crate::session::goal::Goal;
use crate::session::request::Request;
use crate::session::target::Target;
use crate::session::wanted::Direction;
use crate::view::memory::At;
use crate::vm::instruction::Primitive;

/// The factor of one zoom step.
const ZOOM: f32 = 1.1;

impl Desk {
    /// Carries out an action. Returns what the front end should do.
    pub fn perform(&mut self, action: Action) -> Vec<Effect> {
        if !action.is_typing() {
            self.notice.clear();
        }
        if !action.runs() || self.runs() || self.commit_draft(Commit::GoOn) {
            self.carry_out(action);
        }
        self.settle_focus();
        self.drop_old_draft();
        self.write_autosave();
        self.take_effects()
    }

    fn carry_out(&mut self, action: Action) {
        if self.is_refused_in_example(&action) {
            return;
        }
        self.leave_example_for(&action);
        match action {
            Action::Step => self.step(),
            Action::StepOver => self.run_to(Goal::over(self.session().machine())),
            Action::StepOut => self.run_to(Goal::out(self.session().machine())),
            Action::RunOrPause => self.run_or_pause(),
            Action::Stop => self.stop_all(),
            Action::RunToCell => self.run_to_cell(),
            Action::MoveCounter => self.move_counter(),
            Action::LetOthersRun => self.let_others_run(),
            Action::HoldTask => self.hold_task(self.session().machine().task().number()),
            Action::HoldTaskOf(task) => self.hold_task(task),
            Action::FocusTask(task) => self.focus_task(task),
            Action::NextTask => self.next_task(true),
            Action::PreviousTask => self.next_task(false),
            Action::Slower => self.set_speed(self.preferences.speed.slower()),
            Action::Faster => self.set_speed(self.preferences.speed.faster()),
            Action::SetSpeed(speed) => self.set_speed(speed),

            Action::Undo => self.go(Target::Undo),
            Action::Redo => self.go(Target::Redo),
            Action::StepBack => self.go(Target::StepBack),
            Action::BackOver => self.look_over(Direction::Back),
            Action::BackOut => self.look_out(Direction::Back),
            Action::StepForward => self.go(Target::StepForward),
            Action::ForwardOver => self.look_over(Direction::Forward),
            Action::ForwardOut => self.look_out(Direction::Forward),
            Action::BackToBreakpoint => self.look_for_breakpoint(Direction::Back),
            Action::ForwardToBreakpoint => self.look_for_breakpoint(Direction::Forward),
            Action::BackToWrite => self.look_for_write(Direction::Back),
            Action::ForwardToWrite => self.look_for_write(Direction::Forward),
            Action::BackToCall => self.look_for_call(Direction::Back),
            Action::ForwardToCall => self.look_for_call(Direction::Forward),
            Action::BackToOutput => self.look_for_output(Direction::Back),
            Action::ForwardToOutput => self.look_for_output(Direction::Forward),
            Action::BackInTask => self.look_for_task(Direction::Back),
            Action::ForwardInTask => self.look_for_task(Direction::Forward),
            Action::BackToValue => self.ask_value(Direction::Back),
            Action::ForwardToValue => self.ask_value(Direction::Forward),
            Action::BackToValueOf(place) => self.ask_value_of(&place),
            Action::WhereFrom => self.ask_where_from(),
            Action::WhereFromValue(place) => self.ask_where_value_from(&place),
            Action::WhereFromOutput(byte) => self.ask_where_output_from(byte),
            Action::Cause(row, action) => self.cause(row, action),
            Action::ValueText(text) => self.look_for_value(&text),
            Action::GoToStep => self.overlay = Overlay::GoToStep(String::new()),
            Action::GoToStepText(text) => self.go_to_step_text(&text),
            Action::NameBookmark => self.ask_bookmark(),
            Action::NameBookmarkText(text) => self.name_bookmark(&text),
            Action::RemoveBookmark(name) => self.remove_bookmark(&name),
            Action::GoToStart => self.go(Target::Start),
            Action::GoToEnd => self.go(Target::End),
            Action::GoToPosition(to) => self.scrub(to),
            Action::NextBranch => self.go(Target::NextBranch),
            Action::Branches => self.list_branches(),
            Action::GoToBranch(end) => self.go_to_branch(end),
            Action::CompareBranch(end) => self.compare_branch(end),
            Action::ReplayOther => self.replay_other(),
            Action::ReplayBranch(end) => self.replay_branch(end),
            Action::GoToFrame(frame) => self.go_to_frame(frame),
            Action::RestartFrame => drop(self.start(Request::Restart(self.chosen_frame()))),
            Action::RestartAt(frame) => drop(self.start(Request::Restart(frame))),
            Action::Rewind => drop(self.start(Request::Rewind(self.chosen_frame()))),
            Action::RewindTo(frame) => drop(self.start(Request::Rewind(frame))),
            Action::MoreCheckpoints => self.give_room(self.preferences.checkpoints * 2),
            Action::FewerCheckpoints => self.give_room(self.preferences.checkpoints / 2),

            Action::Create => self.create(),
            Action::UseExisting => self.use_existing(),
            Action::UseName(name) => self.use_name(name),
            Action::AnswerOnce => self.ask_answer(),
            Action::NameAsLocal => self.name_as_local(),
            Action::ChangeCell => self.change_cell(),
            Action::EditLine => self.edit_line(),
            Action::CommitDraft(how) => drop(self.commit_draft(how)),
            Action::RaiseLimit => self.raise_limit(),
            Action::DoOnce => self.do_once(),
            Action::CopyOutput => self.copy_output(),
            Action::WriteReturn => self.write_end(Primitive::Return),
            Action::WriteEnd => self.write_end(Primitive::End),
            Action::EndInput => self.end_input(),
            Action::Input(line) => self.give(&line),
            Action::ReplayInput => self.replay_input(1),
            Action::ReplayAllInput => self.replay_input(usize::MAX),

            Action::Player => self.toggle_player(),
            Action::Play => self.play_or_pause(),
            Action::NextGesture => self.next_gesture(),
            Action::PreviousGesture => self.previous_gesture(),
            Action::ToEnd => self.play_to_end(),
            Action::SetRate(rate) => self.preferences.rate = rate,
            Action::Expect => self.expect(),
            Action::RemoveExpectations => self.remove_expectations(),

            Action::CopyCells => self.emit(Effect::Copy(self.copied())),
            Action::AddValue => self.edit(ValuePlace::New),
            Action::RemoveValue(from_top) => self.remove_value(from_top),
            Action::MoveValue { from_top, up } => self.move_value(from_top, up),
            Action::CutCells => self.cut(),
            Action::MoveCells(to) => self.move_cells(to),
            Action::MoveCellsLeft => self.shift_cells(false),
            Action::MoveCellsRight => self.shift_cells(true),
            Action::CopyValue(place) => self.copy_value(&place),
            Action::CopyName(name) => self.emit(Effect::Copy(Source::name(name))),
            Action::Paste => self.emit(Effect::Paste),
            Action::PasteLines(text) => self.paste_lines(&text),
            Action::DeleteCell => match self.chosen_breakpoint() {
                Some(at) => self.mark(at, MarkAction::Remove),
                None => drop(self.delete()),
            },
            Action::ToggleInsert => self.entry.overwrites = !self.entry.overwrites,
            Action::SwitchNotation => self.switch_notation(),
            Action::ToggleBreakpoint => self.toggle_breakpoint(),
            Action::Rename => self.ask_rename(),
            Action::RenameFunction(name) => self.ask_rename_of(Named::Function(name)),
            Action::RenameLocal(frame, name) => self.ask_rename_local(frame, name),
            Action::Redefine => self.redefine_selected(),
            Action::RedefineFunction(name) => self.ask_code(name),
            Action::RemoveFunction => self.remove_selected(),
            Action::RemoveNamed(name) => self.remove_function(&name),
            Action::CommentCell => self.ask_comment(),
            Action::AnswerText(text) => self.answer_text(&text),
            Action::ShowUses(name) => self.show_uses(&name),
            Action::NextUse => self.go_to_use(true),
            Action::PreviousUse => self.go_to_use(false),
            Action::EnableBreakpoint => self.mark_selected(MarkAction::Switch),
            Action::BreakpointCondition => self.mark_selected(MarkAction::AskCondition),
            Action::BreakpointTimes => self.mark_selected(MarkAction::AskTime),
            Action::Breakpoints => self.list_breakpoints(),
            Action::Mark(at, action) => self.mark(at, action),
            Action::Watch => self.ask_watch(),
            Action::Watches(action) => self.watch(action),
            Action::AddExample => self.ask_example(),
            Action::NextExample => self.next_example(true),
            Action::PreviousExample => self.next_example(false),
            Action::LeaveExample if self.in_example() => self.leave_example(),
            Action::LeaveExample => self.notice.warn("No example is shown"),
            Action::Example(action) => self.example(action),

            Action::New => self.replace(Replacement::New),
            Action::Open => self.replace(Replacement::Choose),
            Action::OpenPath(path) => self.replace(Replacement::Path(path)),
            Action::OpenExample(n) => self.replace(Replacement::Example(n)),
            Action::Recover if self.files.recovery.has_other_work() => {
                self.replace(Replacement::Recover);
            }
            Action::Recover => self.notice.warn("No other window left unsaved work"),
            Action::Quit => self.quit(),
            Action::CopyLink => self.copy_link(),
            Action::OpenRecovered => self.open_recovered(),
            Action::AnswerUnsaved(answer) => self.answer_unsaved(answer),
            Action::AnswerReplace(answer) => self.answer_replace(answer),
            Action::ChoosePath => self.choose_path(),
            Action::CompletePath => {
                if let Overlay::Path(_, field) = &mut self.overlay {
                    field.complete();
                }
            }
            Action::Save => self.save(None),
            Action::SaveAs => self.save_as(Content::Work),
            Action::SaveProgram => self.save_as(Content::Program(self.preferences.code.notation)),
            Action::LoadFunctions => self.choose(Choosing::Load),
            Action::FollowFile => self.follow_or_refuse(),
            Action::SaveOutput => self.save_output(),
            Action::SaveRecording => self.save_as(Content::Recording),

            Action::Select(at) => self.select(at),
            Action::SelectTo(at) => self.select_to(at),
            Action::Move(direction) => self.move_selection(direction),
            Action::Extend(direction) => self.extend_selection(direction),
            Action::MoveInText(direction) => self.move_in_text(direction),
            Action::Follow => self.follow(),
            Action::Back => self.back(),
            Action::GoTo(at) => self.go_to(at),
            Action::GoToBody(body) => self.go_to(At { body, offset: 0 }),
            Action::GoToAddress => self.overlay = Overlay::GoTo(String::new()),
            Action::GoToText(text) => self.go_to_text(&text),
            Action::GoToCounter => self.back_to_counter(),
            Action::Find => self.find(),
            Action::FindNext => self.find_next(true),
            Action::FindPrevious => self.find_next(false),
            Action::FindIn(area) => self.find_in(area),
            Action::CloseFind => self.close_find(),
            Action::MarkHere => self.mark_here(),
            Action::ListChanges => self.list_changes(),
            Action::ListValues => self.list_values(),
            Action::ListValuesOf(place) => self.list_values_of(&place),
            Action::NextValue => self.go_to_pass(true),
            Action::PreviousValue => self.go_to_pass(false),
            Action::CloseValues => self.close_values(),
            Action::CountRuns => self.toggle_counts(),
            Action::NextArea => self.emit(Effect::NextArea),
            Action::Fold(body) => self.sight.fold(body),
            Action::FoldText(body) => self.sight.fold_text(body),
            Action::FoldFunction => self.fold_function(),

            Action::Show(panel) => self.show_panel(panel),
            Action::SwitchOrder => self.switch_order(),
            Action::NextPanes => self.show_panes(self.preferences.code.panes.next()),
            Action::ShowPanes(panes) => self.show_panes(panes),
            Action::ToggleTheme => self.emit(Effect::ToggleTheme),
            Action::LargerText => self.zoom(self.preferences.zoom * ZOOM),
            Action::SmallerText => self.zoom(self.preferences.zoom / ZOOM),
            Action::NormalText => self.zoom(1.0),

            Action::Palette => self.overlay = Overlay::Palette { query: String::new(), row: 0 },
            Action::Instructions => self.overlay = Overlay::Instructions(String::new()),
            Action::Keys => self.overlay = Overlay::Keys(String::new()),
            Action::Legend => self.overlay = Overlay::Legend,
            Action::Tour => self.toggle_tour(),
            Action::BeginTour => {
                self.tour = Some(Tour::default());
                self.replace(Replacement::New);
            }

            Action::Typed(field, text) => self.typed(field, text),
            Action::Submit => self.submit(),
            Action::ChooseCompletion(row) => self.entry.choose(row),
            Action::CloseCompletions => self.entry.close_completions(),
            Action::Complete(word) => {
                self.entry.complete(&word, self.notation());
                self.notice.typed_on();
            }
            Action::RecallOlder => {
                self.entry.recall_older();
                self.notice.typed_on();
            }
            Action::RecallNewer => {
                self.entry.recall_newer();
                self.notice.typed_on();
            }
            Action::ChooseRow(row) => self.overlay.choose(row),
            Action::Edit(place) => self.edit(place),
            Action::SetValue(place, text) => self.set_value(place, &text),
            Action::Close => self.close(),
        }
    }

    fn typed(&mut self, field: Field, text: String) {
        match field {
            Field::Entry => {
                self.entry.typed(text);
                self.notice.typed_on();
            }
            Field::Input => self.outside.input = text,
            Field::Draft => {
                self.typed_draft(text);
                self.notice.typed_on();
            }
            Field::Find => self.typed_find(text),
            Field::Overlay => self.overlay.typed(text),
            Field::Value => {
                if let Some(value) = &mut self.value {
                    value.text = text;
                }
            }
        }
    }

    fn zoom(&mut self, factor: f32) {
        self.preferences.zoom = factor.clamp(*ZOOMS.start(), *ZOOMS.end());
        self.emit(Effect::Zoom(self.preferences.zoom));
    }

    fn toggle_tour(&mut self) {
        self.tour = match self.tour {
            Some(_) => None,
            None => Some(Tour::begun(self.session().machine())),
        };
        self.preferences.tour_done = self.tour.is_none();
        self.emit(Effect::Focus(Field::Entry));
    }

    /// Closes the nearest thing that is open.
    fn close(&mut self) {
        self.give_up_comparison();
        if self.give_up_cause() {
            return;
        }
        if self.overlay.is_open() {
            self.overlay = Overlay::None;
            self.files.opening = None;
        } else if self.value.is_some() {
            self.value = None;
        } else if self.document.draft.is_some() {
            self.cancel_draft();
        } else if self.is_busy() {
            self.hold();
        } else if !self.entry.is_clear() {
            // It can be brought back with Up.
            self.entry.submitted();
        } else if self.finds() {
            self.close_find();
        } else if self.lists_values() {
            self.close_values();
        } else if self.sight.selection.is_some() {
            self.sight.selection = None;
            self.emit(Effect::Reveal(self.counter()));
        } else if self.in_example() {
            self.leave_example();
        } else if self.tour.is_some() {
            self.tour = None;
            self.preferences.tour_done = true;
        }
        self.emit(Effect::Focus(Field::Entry));
    }
}
