//! One table of the actions that have a name.
//!
//! Keys, menus, command palette, tooltips and the list of keys are all made from [`TABLE`], so none of
//! them can miss an action or disagree about its key. (rerun's `UICommand` does the same.) Actions with
//! data, such as a click on a certain cell, come from panels and are not in the table.

use egui::{Key, KeyboardShortcut, Modifiers};

use crate::desk::action::{Action, Panel};

/// The menu of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Menu {
    /// Files.
    File,
    /// Changes to the program.
    Edit,
    /// Execution.
    Run,
    /// Going through time.
    History,
    /// What to do at a stop.
    Answer,
    /// Playing a recording, and its expectations.
    Recording,
    /// Looking at other places.
    Go,
    /// What is shown.
    View,
    /// Explanations.
    Help,
}

impl Menu {
    /// All menus, from left to right.
    pub const ALL: [Menu; 9] = [
        Menu::File,
        Menu::Edit,
        Menu::Run,
        Menu::History,
        Menu::Answer,
        Menu::Recording,
        Menu::Go,
        Menu::View,
        Menu::Help,
    ];

    /// The letter that opens it with Alt: one of its title, underlined there.
    pub fn letter(self) -> Key {
        match self {
            Menu::File => Key::F,
            Menu::Edit => Key::E,
            Menu::Run => Key::R,
            Menu::History => Key::H,
            Menu::Answer => Key::A,
            Menu::Recording => Key::C,
            Menu::Go => Key::G,
            Menu::View => Key::V,
            Menu::Help => Key::P,
        }
    }

    /// The word in the menu bar.
    pub fn title(self) -> &'static str {
        match self {
            Menu::File => "File",
            Menu::Edit => "Edit",
            Menu::Run => "Run",
            Menu::History => "History",
            Menu::Answer => "Answer",
            Menu::Recording => "Recording",
            Menu::Go => "Go",
            Menu::View => "View",
            Menu::Help => "Help",
        }
    }
}

/// Whether a key reaches its action while a text field has the focus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typing {
    /// Yes: a text field has no use for the key.
    Fires,
    /// Only if it is the entry line or the input line, and it is empty.
    IfEmpty,
}

/// One row of the table.
#[derive(Debug)]
pub struct ActionRow {
    /// What it does.
    pub action: Action,
    /// Its name in menus and in the palette.
    pub name: &'static str,
    /// The menu it is in.
    pub menu: Menu,
    /// Its keys; the first is shown.
    pub keys: &'static [KeyboardShortcut],
    /// Whether its keys work while text is typed.
    pub typing: Typing,
    /// What it does, in a sentence.
    pub help: &'static str,
}

const NONE: Modifiers = Modifiers::NONE;
const SHIFT: Modifiers = Modifiers::SHIFT;
const ALT: Modifiers = Modifiers::ALT;
const ALT_SHIFT: Modifiers = Modifiers::ALT.plus(Modifiers::SHIFT);
const CTRL: Modifiers = Modifiers::COMMAND;
const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

/// A key. A browser keeps some keys with Ctrl for its own tabs and windows, and a page does not even see them: there,
/// letters are pressed with Alt, and the others with Alt and Shift.
const fn key(modifiers: Modifiers, key: Key) -> KeyboardShortcut {
    let kept = cfg!(target_arch = "wasm32") && modifiers.command;
    let modifiers = match (key, modifiers.shift) {
        (Key::N | Key::T | Key::W, false) if kept => ALT,
        (Key::N | Key::T | Key::W | Key::F4 | Key::PageUp | Key::PageDown, _) if kept => ALT_SHIFT,
        _ => modifiers,
    };
    KeyboardShortcut::new(modifiers, key)
}

macro_rules! table {
    ($($menu:ident { $($action:expr, $name:literal, [$($modifiers:ident $key:ident),*], $typing:ident, $help:literal;)* })*) => {
        /// All actions that have a name, in the order of the menus.
        pub const TABLE: &[ActionRow] = {
            use Action::*;
            &[$($(ActionRow {
                action: $action,
                name: $name,
                menu: Menu::$menu,
                keys: &[$(key($modifiers, Key::$key)),*],
                typing: Typing::$typing,
                help: $help,
            },)*)*]
        };
    };
}

table! {
    File {
        New, "New", [CTRL N], Fires, "Starts over with an empty memory.";
        Open, "Open...", [CTRL O], Fires, "Opens a program text, an image or a recording.";
        Recover, "Recover unsaved work", [CTRL_SHIFT O], Fires, "Opens the unsaved work of a window that did not close normally, paused where it was.";
        Save, "Save", [CTRL S], Fires, "Saves the image: the program and its state, without its history. An opened recording is saved as a recording.";
        SaveAs, "Save as...", [CTRL_SHIFT S], Fires, "Saves under another name.";
        SaveProgram, "Save program text...", [CTRL_SHIFT E], Fires, "Saves only the code, as program text.";
        SaveRecording, "Save recording...", [CTRL_SHIFT R], Fires, "Saves the whole history with all branches and expectations, to be played again.";
        SaveOutput, "Save output...", [CTRL_SHIFT Y], Fires, "Saves everything that the program has printed as a text file.";
        LoadFunctions, "Load functions...", [CTRL_SHIFT A], Fires, "Adds the functions of a program text to this program while it runs. What exists and differs is refused.";
        FollowFile, "Follow file...", [CTRL_SHIFT F], Fires, "Follows a program text on the disk: when another editor saves it, its functions change here, under the running calls. Again to end it.";
        CopyLink, "Copy link", [ALT_SHIFT L], Fires, "In a browser: copies a link that holds this work with its history. Whoever opens it sees it paused as it is here.";
        Quit, "Quit", [CTRL Q], Fires, "Closes the window.";
    }
    Edit {
        Undo, "Undo", [CTRL Z], IfEmpty, "Undoes the last gesture, whatever it was.";
        Redo, "Redo", [CTRL_SHIFT Z, CTRL Y], IfEmpty, "Redoes what was undone.";
        CopyCells, "Copy", [CTRL C], IfEmpty, "Copies what is selected: cells as program text, a value or name that has the keyboard focus, or marked output.";
        CutCells, "Cut", [CTRL X], IfEmpty, "Copies the selected cells as program text and deletes them.";
        MoveCellsLeft, "Move cells left", [ALT_SHIFT ArrowLeft], Fires, "Moves the selected cells to before the cell at their left. Dragging moves them anywhere.";
        MoveCellsRight, "Move cells right", [ALT_SHIFT ArrowRight], Fires, "Moves the selected cells to after the cell at their right. Dragging moves them anywhere.";
        AddValue, "Add a value...", [ALT Insert], Fires, "Pushes a value, or several, onto the parameter stack.";
        CopyOutput, "Copy all output", [CTRL_SHIFT C], Fires, "Copies everything that the program has printed.";
        Paste, "Paste", [CTRL V], IfEmpty, "Puts the copied text into the entry line.";
        DeleteCell, "Delete cell", [NONE Delete], IfEmpty, "Deletes the selected cells; what follows them moves left.";
        ToggleInsert, "Insert or replace", [NONE Insert], Fires, "Switches between inserting before the selected cell and replacing it.";
        SwitchNotation, "Forth or source notation", [CTRL T], Fires, "Switches the notation of the entry line: `i 2 - fib`, or `fib(i - 2)`.";
        ToggleBreakpoint, "Toggle breakpoint", [NONE F9], Fires, "Sets or removes a breakpoint: runs pause before the cell.";
        Rename, "Rename...", [CTRL F2], Fires, "Renames the function or local of the selected cell everywhere; running calls keep their values.";
        Redefine, "Redefine...", [CTRL_SHIFT F2], Fires, "Gives the function of the selected cell new code; running calls finish in the old one.";
        RemoveFunction, "Remove function", [CTRL_SHIFT Delete], IfEmpty, "Removes the function of the selected cell, if nothing uses it.";
        CommentCell, "Comment...", [CTRL Slash], Fires, "Puts a comment before the selected cell, or changes the one there.";
        EnableBreakpoint, "Enable or disable breakpoint", [ALT F9], Fires, "A disabled breakpoint stays, and does not pause.";
        BreakpointCondition, "Breakpoint condition...", [CTRL_SHIFT F9], Fires, "Lets a breakpoint pause only if a line such as `i 2 =` leaves a true value.";
        BreakpointTimes, "Breakpoint times...", [CTRL_SHIFT F8], Fires, "Lets a breakpoint pause only from its third or hundredth time on.";
        Breakpoints, "Breakpoints...", [CTRL_SHIFT F7], Fires, "Lists all breakpoints, to change them and to go there.";
        AddExample, "Example...", [CTRL_SHIFT X], Fires, "Adds an example, such as `5 fact -- 120`: it runs by itself after every edit, and says what it leaves.";
        Watch, "Watch...", [CTRL_SHIFT W], Fires, "Shows the value of a line at every pause, or the selected data as a chart.";
    }
    Run {
        Step, "Step", [NONE F11], Fires, "Executes one instruction.";
        StepOver, "Step over", [NONE F10], Fires, "Executes one instruction and everything it calls.";
        StepOut, "Step out", [SHIFT F11], Fires, "Runs until this function has returned.";
        RunOrPause, "Run or pause", [NONE F5], Fires, "Runs until something stops the program, or pauses the run.";
        Stop, "Stop", [SHIFT F5], Fires, "Stops a run, a journey or the player where it is. It never starts anything; Esc does the same.";
        RunToCell, "Run to cell", [CTRL F10], Fires, "Runs until the counter reaches the selected cell.";
        MoveCounter, "Move counter here", [CTRL_SHIFT F10], Fires, "Puts the program counter on the selected cell.";
        LetOthersRun, "Let the others run", [ALT F5], Fires, "Runs the other tasks until the one that is shown, which waits for one of them, can go on.";
        HoldTask, "Hold or let go", [ALT_SHIFT S], Fires, "Holds the task that is shown: it takes no turns until it is let go.";
        Slower, "Slower", [CTRL Comma], Fires, "Fewer steps a second while it runs.";
        Faster, "Faster", [CTRL Period], Fires, "More steps a second while it runs.";
    }
    History {
        StepBack, "Step back", [SHIFT F10], Fires, "Goes to the state before the last instruction.";
        BackOver, "Step back over", [CTRL F11], Fires, "Goes back over a whole call.";
        BackOut, "Step back out", [CTRL_SHIFT F11], Fires, "Goes back to the call of this function, in its caller.";
        StepForward, "Step forward", [SHIFT F12], Fires, "Goes to the state after the next instruction, if it was already executed.";
        ForwardOver, "Step forward over", [CTRL F12], Fires, "Goes forward over a whole call that was already executed.";
        ForwardOut, "Step forward out", [CTRL_SHIFT F12], Fires, "Goes forward to where this function returned.";
        BackToBreakpoint, "Back to a breakpoint", [SHIFT F9], Fires, "Goes back to the last time the counter was on a breakpoint.";
        ForwardToBreakpoint, "Forward to a breakpoint", [CTRL F9], Fires, "Goes forward to the next time the counter was on a breakpoint.";
        BackToCall, "Back to a call", [SHIFT F8], Fires, "Goes back to the last call of the selected function.";
        ForwardToCall, "Forward to a call", [CTRL F8], Fires, "Goes forward to the next call of the selected function.";
        BackToWrite, "Back to a write", [SHIFT F7], Fires, "Goes back to the last write of the selected data cell.";
        ForwardToWrite, "Forward to a write", [CTRL F7], Fires, "Goes forward to the next write of the selected data cell.";
        BackToOutput, "Back to output", [SHIFT F6], Fires, "Goes back to the last output.";
        ForwardToOutput, "Forward to output", [CTRL F6], Fires, "Goes forward to the next output.";
        BackInTask, "Back in this task", [ALT F11], Fires, "Goes back to the last instruction of the task that is shown, however many of other tasks came after it.";
        ForwardInTask, "Forward in this task", [ALT_SHIFT F11], Fires, "Goes forward to the next instruction of the task that is shown.";
        BackToValue, "Back to a value...", [SHIFT F4], Fires, "Goes back to when the selected data cell, the top of the stack or a named local became a value.";
        ForwardToValue, "Forward to a value...", [CTRL F4], Fires, "Goes forward to when the selected data cell, the top of the stack or a named local becomes a value.";
        ListValues, "Values over time", [CTRL L], Fires, "Lists the values that the selected cell left or was given, one for each time it ran. A click goes there.";
        PreviousValue, "Previous value", [CTRL_SHIFT ArrowUp], Fires, "Goes back to the value before this one in the list of values.";
        NextValue, "Next value", [CTRL_SHIFT ArrowDown], Fires, "Goes forward to the value after this one in the list of values.";
        WhereFrom, "Where did this come from", [CTRL_SHIFT J], Fires, "Finds what made the selected data cell, what a search found, or the top of the stack, and asks on from its operands.";
        GoToStep, "Go to step or bookmark...", [CTRL_SHIFT G], Fires, "Goes to a step, counted in executed instructions, or to a bookmark.";
        NameBookmark, "Bookmark this position...", [CTRL M], Fires, "Names the current position in the history, to come back to it later. Recordings keep the name.";
        GoToStart, "Go to the start", [CTRL_SHIFT Home], IfEmpty, "Goes to the state before the first gesture.";
        GoToEnd, "Go to the end", [CTRL End], IfEmpty, "Goes to the end of this branch.";
        NextBranch, "Next branch", [CTRL_SHIFT B], Fires, "Goes to the end of the next older branch; after the oldest, to the newest.";
        Branches, "Branches...", [CTRL_SHIFT H], Fires, "Lists the branches of the history: go to one, compare it with the branch shown, or replay its input through the code shown.";
        ReplayOther, "Replay another branch", [ALT F12], Fires, "Gives the code shown, from the beginning, the input of the newest other branch, and shows the first difference. Nothing changes.";
        RestartFrame, "Restart frame", [CTRL F5], Fires, "Starts the call that is chosen in the call stack, or else the innermost one, again with the stack it was called with. Edits, data, output and input stay.";
        Rewind, "Rewind, keep edits", [CTRL_SHIFT F5], Fires, "Goes back in time to the call that is chosen in the call stack, or else to the innermost one: data, output and input are as they were then. The edits since then are applied again.";
        MoreCheckpoints, "More room for checkpoints", [ALT PageUp], Fires, "Going far back takes less time and more memory.";
        FewerCheckpoints, "Less room for checkpoints", [ALT PageDown], Fires, "Going far back takes more time and less memory.";
    }
    Answer {
        Create, "Create it", [CTRL Enter], Fires, "Defines the missing function and enters it.";
        UseExisting, "Use an existing function", [NONE F3], Fires, "Uses another function instead of the missing one.";
        AnswerOnce, "Answer once", [NONE F4], Fires, "Gives the result of this call by hand; the cell stays a hole.";
        NameAsLocal, "Name it as a local", [NONE F8], Fires, "Makes the missing name a local of this function.";
        ChangeCell, "Change the cell", [NONE F2], Fires, "Puts the cell into the entry line, to be replaced.";
        EditLine, "Edit the line", [ALT Enter], IfEmpty, "Opens the line of text of the selected cell in its place: Enter commits it. Where the text has the keyboard, F2 does the same.";
        RaiseLimit, "Raise the limit", [NONE F7], Fires, "Doubles the limit that was reached.";
        WriteReturn, "Return", [CTRL R], Fires, "Ends the open function here: writes `return` and executes it.";
        WriteEnd, "End the block", [CTRL B], Fires, "Ends the open block or function here: writes `end` and executes it.";
        DoOnce, "Do once", [SHIFT Enter], IfEmpty, "Does what is typed here and now, and does not write it: `drop`, `swap`, or `5` changes the stack.";
        EndInput, "End the input", [CTRL D], IfEmpty, "Tells the program that no more input comes.";
        ReplayInput, "Replay next input", [CTRL I], Fires, "Gives the program the next line it was given before you went back.";
        ReplayAllInput, "Replay all input", [CTRL_SHIFT I], Fires, "Gives the program all lines it was given before you went back.";
    }
    Recording {
        Player, "Player", [CTRL J], Fires, "Shows or hides the player of the opened recording, or of what was done so far.";
        Play, "Play or pause", [CTRL P], Fires, "Plays the recording from here on; typing takes over at any point.";
        NextGesture, "Next gesture", [CTRL_SHIFT ArrowRight], IfEmpty, "Goes to the end of the next gesture of the recording.";
        PreviousGesture, "Previous gesture", [CTRL_SHIFT ArrowLeft], IfEmpty, "Goes to the end of the previous gesture.";
        ToEnd, "Play to the end", [CTRL_SHIFT End], IfEmpty, "Goes to the end of the recording, checking its expectations on the way.";
        Expect, "Expect this", [CTRL E], Fires, "From now on, playing the recording checks that stack, output and stop are as they are now.";
        RemoveExpectations, "Remove expectations", [CTRL_SHIFT U], Fires, "Removes the expectations at this position of the recording.";
    }
    Go {
        Follow, "Follow", [NONE F12], Fires, "Shows the function or block that the cell points to.";
        Back, "Go back", [ALT ArrowLeft], Fires, "Shows the previous place.";
        GoToCounter, "Go to the counter", [CTRL Home], IfEmpty, "Shows the cell of the program counter.";
        NextTask, "Next task", [ALT_SHIFT ArrowDown], Fires, "Shows the next task: its stacks and its counter. What is done is done in it.";
        PreviousTask, "Previous task", [ALT_SHIFT ArrowUp], Fires, "Shows the previous task.";
        GoToAddress, "Go to address...", [CTRL G], Fires, "Shows an address or a function.";
        NextUse, "Next use", [ALT ArrowDown], Fires, "Shows the next cell that uses the name of the selected cell.";
        PreviousUse, "Previous use", [ALT ArrowUp], Fires, "Shows the previous cell that uses the name of the selected cell.";
        Find, "Find...", [CTRL F], Fires, "Searches code, values or output.";
        FindNext, "Find next", [CTRL F3], Fires, "Shows the next hit of the search.";
        FindPrevious, "Find previous", [SHIFT F3], Fires, "Shows the previous hit of the search.";
        MarkHere, "Mark this position", [CTRL_SHIFT M], Fires, "Remembers the state shown, to list later what differs from it.";
        ListChanges, "What changed since the mark", [CTRL_SHIFT D], Fires, "Lists the cells and values that differ from the marked position.";
        NextExample, "Next example", [CTRL PageDown], Fires, "Shows the run of the next example in the place of the program; after the last, the program.";
        PreviousExample, "Previous example", [CTRL PageUp], Fires, "Shows the run of the previous example in the place of the program; before the first, the program.";
        LeaveExample, "Back to the program", [ALT Home], Fires, "Shows the program again in the place of an example; Esc does the same.";
        NextArea, "Memory or entry line", [NONE F6], Fires, "Moves the keyboard focus between the text, the cells and the entry line.";
    }
    View {
        NextPanes, "Source, cells or both", [CTRL U], Fires, "Shows the program as text, as cells, or as both side by side.";
        SwitchOrder, "Order by use or address", [CTRL_SHIFT T], Fires, "Shows blocks below the cells that use them, small ones in their rows, or all bodies by address.";
        CountRuns, "How often cells ran", [CTRL K], Fires, "Tints cells by how often they have run up to here, or ends that; the tooltip of a cell says the number.";
        FoldFunction, "Fold function", [CTRL_SHIFT K], Fires, "Shows only the first line of the selected function as text, or all of it.";
        Show(Panel::Stack), "Parameter stack", [CTRL Num1], Fires, "Shows or hides the parameter stack.";
        Show(Panel::Calls), "Call stack", [CTRL Num2], Fires, "Shows or hides the call stack.";
        Show(Panel::Holes), "Holes", [CTRL Num3], Fires, "Shows or hides the missing names.";
        Show(Panel::Names), "Names", [CTRL Num4], Fires, "Shows or hides the functions.";
        Show(Panel::Console), "Console", [CTRL Num5], Fires, "Shows or hides output and input.";
        Show(Panel::Timeline), "Timeline", [CTRL Num6], Fires, "Shows or hides the gestures of the session.";
        Show(Panel::Watches), "Watches", [CTRL Num7], Fires, "Shows or hides what is watched.";
        Show(Panel::Examples), "Examples", [CTRL Num8], Fires, "Shows or hides the examples.";
        ToggleTheme, "Toggle light theme", [CTRL_SHIFT L], Fires, "Switches between the dark and the light theme.";
        LargerText, "Larger text", [CTRL Plus, CTRL Equals], Fires, "Makes everything a tenth larger.";
        SmallerText, "Smaller text", [CTRL Minus], Fires, "Makes everything a tenth smaller.";
        NormalText, "Normal text", [CTRL Num0], Fires, "Makes everything its normal size.";
    }
    Help {
        Palette, "Command palette", [CTRL_SHIFT P], Fires, "Finds an action by its name.";
        Instructions, "Instruction set", [CTRL F1], Fires, "Lists all instructions, with what they take and leave.";
        Keys, "Keys", [NONE F1], Fires, "Lists all keys.";
        Legend, "Marks on the timeline", [ALT F1], Fires, "Explains the marks on the timeline.";
        Tour, "Tour", [SHIFT F1], Fires, "Shows step by step how fib is written while it runs.";
    }
}

/// The row of an action, if it has one.
pub fn row(action: &Action) -> Option<&'static ActionRow> {
    TABLE.iter().find(|row| row.action == *action)
}

/// The key of an action as it is written on this system; empty if it has none.
pub fn key_text(ctx: &egui::Context, action: &Action) -> String {
    row(action).map(|row| row.key_text(ctx)).unwrap_or_default()
}

impl ActionRow {
    /// Its first key as it is written on this system; empty if it has none.
    pub fn key_text(&self, ctx: &egui::Context) -> String {
        self.keys.first().map(|key| ctx.format_shortcut(key)).unwrap_or_default()
    }

    /// Its tooltip.
    pub fn tooltip(&self, ctx: &egui::Context) -> String {
        let key = self.key_text(ctx);
        if key.is_empty() { self.help.to_owned() } else { format!("{}\n{key}", self.help) }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn keys_and_names_are_unique() {
        let keys: Vec<_> = TABLE.iter().flat_map(|row| row.keys).collect();
        assert_eq!(keys.iter().collect::<HashSet<_>>().len(), keys.len());
        let names: HashSet<_> = TABLE.iter().map(|row| row.name).collect();
        assert_eq!(names.len(), TABLE.len());
        for row in TABLE {
            assert!(row.help.ends_with('.'), "{}", row.name);
            assert_eq!(super::row(&row.action).map(|found| found.name), Some(row.name));
        }
    }

    #[test]
    fn each_menu_has_a_letter_of_its_title_and_no_action_has_it_with_alt() {
        let letters: HashSet<Key> = Menu::ALL.iter().map(|menu| menu.letter()).collect();
        assert_eq!(letters.len(), Menu::ALL.len());
        for menu in Menu::ALL {
            assert!(menu.title().to_uppercase().contains(menu.letter().name()), "{menu:?}");
            let taken = TABLE.iter().flat_map(|row| row.keys);
            assert!(!taken.into_iter().any(|key| *key == super::key(ALT, menu.letter())));
        }
    }

    #[test]
    fn a_key_that_writes_text_never_fires_while_text_is_typed() {
        for row in TABLE.iter().filter(|row| row.typing == Typing::Fires) {
            for key in row.keys {
                let function_key =
                    key.logical_key.name().starts_with('F') && key.logical_key != Key::F;
                let bare = key.modifiers == NONE || key.modifiers == SHIFT;
                assert!(!bare || function_key || key.logical_key == Key::Insert, "{}", row.name);
            }
        }
    }
}
