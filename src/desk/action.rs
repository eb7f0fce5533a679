//! Everything a user can ask of the desk. A front end turns keys and clicks into these.

use std::path::PathBuf;

use super::dialogs::{Answer, Replace};
use super::speed::{Rate, Speed};
use crate::program::watch::Shape;
use crate::session::journal::Position;
use crate::view::find::Area;
use crate::view::memory::At;
use crate::vm::index::{Body, BodyId, DataId, FrameId, TaskId};
use crate::vm::memory::Place;

/// A panel that can be shown and hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Panel {
    /// The parameter stack.
    Stack,
    /// The call stack.
    Calls,
    /// Missing names.
    Holes,
    /// Defined names.
    Names,
    /// Output and input.
    Console,
    /// The timeline of gestures.
    Timeline,
    /// What is watched.
    Watches,
    /// The examples.
    Examples,
}

/// What the main area shows.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize,
)]
pub enum Panes {
    /// The program as text.
    Source,
    /// The cells of the memory.
    #[default]
    Cells,
    /// Both, side by side.
    Both,
}

impl Panes {
    /// All choices, in the order in which they take turns.
    pub const ALL: [Panes; 3] = [Panes::Source, Panes::Cells, Panes::Both];

    /// The next choice.
    pub fn next(self) -> Panes {
        match self {
            Panes::Source => Panes::Cells,
            Panes::Cells => Panes::Both,
            Panes::Both => Panes::Source,
        }
    }

    /// Its name.
    pub fn title(self) -> &'static str {
        match self {
            Panes::Source => "Source",
            Panes::Cells => "Cells",
            Panes::Both => "Both",
        }
    }

    /// Whether the text is shown.
    pub fn has_source(self) -> bool {
        self != Panes::Cells
    }

    /// Whether the cells are shown.
    pub fn has_cells(self) -> bool {
        self != Panes::Source
    }
}

/// A direction in the grid of cells, or in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// To the previous cell.
    Left,
    /// To the next cell.
    Right,
    /// To the row above.
    Up,
    /// To the row below.
    Down,
    /// To the first cell of the body.
    Home,
    /// To the end of the used cells of the body.
    End,
    /// To the previous body.
    PageUp,
    /// To the next body.
    PageDown,
}

/// The place of a value that can be changed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ValuePlace {
    /// On the parameter stack, counted from the top.
    Stack(usize),
    /// In a local of a frame.
    Local(FrameId, String),
    /// In a global.
    Global(String),
    /// Not there yet: it will be the top of the stack.
    New,
}

/// How an edited line is committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Commit {
    /// Each activation goes on where the edit leaves it.
    GoOn,
    /// The innermost one goes on in the block that the lines around it went into.
    Inside,
    /// As [`Commit::GoOn`], and the values that the new code does not expect are dropped.
    Drop,
    /// Back to where the innermost activation that stands inside the change began the statement; it runs the new
    /// code from there.
    Rewind,
    /// Then the call that stands inside the change starts again.
    Restart,
}

/// What can be asked of a breakpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MarkAction {
    /// Enable it, or disable it if it is enabled.
    Switch,
    /// Remove it.
    Remove,
    /// Ask for its condition.
    AskCondition,
    /// Ask from which time on it pauses.
    AskTime,
    /// Let it pause only if this line, in the notation of the entry line, leaves a true value.
    Condition(String),
    /// Let it pause only from this time on, a number.
    Time(String),
}

/// What can be asked of a watch, by its index in the list, and what can be watched.
#[derive(Clone, Debug, PartialEq)]
pub enum WatchAction {
    /// Watch data.
    Data(DataId),
    /// Watch a local or a global, by its name.
    Value(ValuePlace),
    /// Ask for another line.
    Edit(usize),
    /// Watch it no longer.
    Remove(usize),
    /// Show it above the one before it.
    Up(usize),
    /// Show it below the one after it.
    Down(usize),
    /// Show it in this way.
    Shape(usize, Shape),
}

/// What can be asked of an example, by its index in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExampleAction {
    /// Show its run in the place of the program, or the program again.
    Show(usize),
    /// Ask for another text.
    Edit(usize),
    /// Remove it.
    Remove(usize),
    /// Make the function with this name, which examples wait for.
    Create(String),
}

/// What can be asked of a value in the list of where a value came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CauseAction {
    /// Ask where it came from, or list the operands below it.
    Unfold,
    /// Remove what is listed below it.
    Fold,
    /// Go to when it was made; the list stays.
    Show,
    /// Go there, and close the list.
    Go,
}

/// A field in which text is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The entry line.
    Entry,
    /// The line for the program to read.
    Input,
    /// The value being changed.
    Value,
    /// The line of the text that is being edited.
    Draft,
    /// The text to find.
    Find,
    /// The field of the overlay.
    Overlay,
}

/// Something to do.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the table of a front end says what those without a comment do")]
pub enum Action {
    Step,
    StepOver,
    StepOut,
    RunOrPause,
    Stop,
    RunToCell,
    MoveCounter,
    LetOthersRun,
    HoldTask,
    Slower,
    Faster,

    Undo,
    Redo,
    StepBack,
    BackOver,
    BackOut,
    StepForward,
    ForwardOver,
    ForwardOut,
    BackToBreakpoint,
    ForwardToBreakpoint,
    BackToWrite,
    ForwardToWrite,
    BackToCall,
    ForwardToCall,
    BackToOutput,
    ForwardToOutput,
    BackInTask,
    ForwardInTask,
    BackToValue,
    ForwardToValue,
    WhereFrom,
    GoToStep,
    NameBookmark,
    GoToStart,
    GoToEnd,
    NextBranch,
    Branches,
    ReplayOther,
    RestartFrame,
    Rewind,
    MoreCheckpoints,
    FewerCheckpoints,

    Create,
    UseExisting,
    AnswerOnce,
    NameAsLocal,
    ChangeCell,
    EditLine,
    RaiseLimit,
    WriteReturn,
    WriteEnd,
    DoOnce,
    AddValue,
    CopyOutput,
    EndInput,
    ReplayInput,
    ReplayAllInput,

    Player,
    Play,
    NextGesture,
    PreviousGesture,
    ToEnd,
    Expect,
    RemoveExpectations,

    CopyCells,
    CutCells,
    Paste,
    MoveCellsLeft,
    MoveCellsRight,
    DeleteCell,
    ToggleInsert,
    SwitchNotation,
    ToggleBreakpoint,
    Rename,
    RemoveFunction,
    Redefine,
    CommentCell,
    EnableBreakpoint,
    BreakpointCondition,
    BreakpointTimes,
    Breakpoints,
    Watch,
    AddExample,
    NextExample,
    PreviousExample,
    LeaveExample,

    New,
    Open,
    Recover,
    Save,
    SaveAs,
    SaveProgram,
    SaveRecording,
    SaveOutput,
    LoadFunctions,
    FollowFile,
    CopyLink,
    Quit,

    Follow,
    Back,
    GoToAddress,
    GoToCounter,
    NextTask,
    PreviousTask,
    NextUse,
    PreviousUse,
    Find,
    FindNext,
    FindPrevious,
    MarkHere,
    ListChanges,
    ListValues,
    NextValue,
    PreviousValue,
    CountRuns,
    NextArea,

    Show(Panel),
    NextPanes,
    SwitchOrder,
    FoldFunction,
    ToggleTheme,
    LargerText,
    SmallerText,
    NormalText,

    Palette,
    Instructions,
    Keys,
    Legend,
    Tour,

    /// Begin the tour, with an empty memory.
    BeginTour,
    /// A field now holds this text.
    Typed(Field, String),
    /// Do what the entry line says; on an empty line, the obvious next thing.
    Submit,
    /// Choose a completion by its row.
    ChooseCompletion(usize),
    /// Close the list of completions.
    CloseCompletions,
    /// Take a completion of the entry line.
    Complete(String),
    /// Show the line typed before the one shown.
    RecallOlder,
    /// Show the line typed after the one shown.
    RecallNewer,
    /// Choose a row of the overlay.
    ChooseRow(usize),
    /// Select a cell, or go back to the counter.
    Select(Option<At>),
    /// Select from the selected cell up to this one.
    SelectTo(At),
    /// Move the selected cells to before this cell.
    MoveCells(At),
    /// Move the selection among the cells.
    Move(Direction),
    /// Move the end of the selection among the cells.
    Extend(Direction),
    /// Move the selection in the text, from token to token.
    MoveInText(Direction),
    /// Show a place that a cell, a stack row or a name points to.
    GoTo(At),
    /// Show the start of a body.
    GoToBody(BodyId),
    /// Show or fold the empty tail of a body.
    Fold(BodyId),
    /// Show only the first line of the function with this body, or all.
    FoldText(Body),
    /// Commit the line that is being edited.
    CommitDraft(Commit),
    /// Choose what the main area shows.
    ShowPanes(Panes),
    /// Begin to change a value.
    Edit(ValuePlace),
    /// Add text of several lines to the entry line.
    PasteLines(String),
    /// Remove a value of the parameter stack, counted from the top.
    RemoveValue(usize),
    /// Exchange a value of the parameter stack, counted from the top, with the next one towards the top or the bottom.
    MoveValue {
        /// Which value.
        from_top: usize,
        /// Whether it moves towards the top.
        up: bool,
    },
    /// Copy a value.
    CopyValue(ValuePlace),
    /// Copy a name.
    CopyName(String),
    /// Change a value to this one, given as text.
    SetValue(ValuePlace, String),
    /// Use this function instead of the missing one.
    UseName(String),
    /// Give the program a line to read.
    Input(String),
    /// Open a file.
    OpenPath(PathBuf),
    /// Open an example.
    OpenExample(usize),
    /// Show an address or a function that the user typed.
    GoToText(String),
    /// Go to a step or a bookmark that the user typed.
    GoToStepText(String),
    /// Go to the end of a branch of the list.
    GoToBranch(Position),
    /// Compare the end of a branch of the list with that of the branch shown.
    CompareBranch(Position),
    /// Replay the input of a branch of the list through the code shown.
    ReplayBranch(Position),
    /// Answer the question of the overlay.
    AnswerText(String),
    /// Begin to rename this function.
    RenameFunction(String),
    /// Begin to rename a local of the function of an entry of the call stack.
    RenameLocal(FrameId, String),
    /// Begin to give this function new code.
    RedefineFunction(String),
    /// Remove this function.
    RemoveNamed(String),
    /// Show the first use of this function.
    ShowUses(String),
    /// Choose where to search.
    FindIn(Area),
    /// Close the search strip.
    CloseFind,
    /// Look in the history for the value that the user typed.
    ValueText(String),
    /// List the values over time of a value of a panel.
    ListValuesOf(ValuePlace),
    /// Close the list of values.
    CloseValues,
    /// Ask when a value of a panel became what it is.
    BackToValueOf(ValuePlace),
    /// Ask where a value of a panel came from.
    WhereFromValue(ValuePlace),
    /// Ask where a byte of the output came from.
    WhereFromOutput(u64),
    /// Do something with a row of the list of where a value came from.
    Cause(usize, CauseAction),
    /// Name the current position; an empty name removes its bookmark.
    NameBookmarkText(String),
    /// Remove a bookmark.
    RemoveBookmark(String),
    /// Ask something of the breakpoint at a place.
    Mark(Place, MarkAction),
    /// Ask something of a watch, or watch something.
    Watches(WatchAction),
    /// Ask something of an example.
    Example(ExampleAction),
    /// Show where an entry of the call stack is, and choose it for restarting and rewinding.
    GoToFrame(FrameId),
    /// Look at a task.
    FocusTask(TaskId),
    /// Hold the strand of a task, or let it go on.
    HoldTaskOf(TaskId),
    /// Restart an entry of the call stack.
    RestartAt(FrameId),
    /// Go back to the call of an entry of the call stack, and apply the edits again.
    RewindTo(FrameId),
    /// Go to a position.
    GoToPosition(Position),
    /// Choose how fast programs run.
    SetSpeed(Speed),
    /// Choose how fast recordings are played.
    SetRate(Rate),
    /// Open the readable part of a damaged recording.
    OpenRecovered,
    /// Say what to do with unsaved work.
    AnswerUnsaved(Answer),
    /// Answer whether a file is replaced.
    AnswerReplace(Replace),
    /// Take the path that is typed.
    ChoosePath,
    /// Complete the path that is typed.
    CompletePath,
    /// Close the nearest thing that is open.
    Close,
}

impl Action {
    /// Whether it runs the program, which a draft must not change under the user's eyes.
    pub fn runs(&self) -> bool {
        matches!(
            self,
            Action::Step
                | Action::StepOver
                | Action::StepOut
                | Action::RunOrPause
                | Action::RunToCell
                | Action::LetOthersRun
                | Action::MoveCounter
                | Action::Submit
                | Action::Create
        )
    }

    /// Whether it only changes a field or a list that belongs to one, so that the message stays.
    pub fn is_typing(&self) -> bool {
        matches!(
            self,
            Action::Typed(..)
                | Action::ChooseCompletion(_)
                | Action::CloseCompletions
                | Action::RecallOlder
                | Action::RecallNewer
                | Action::ChooseRow(_)
        )
    }
}
