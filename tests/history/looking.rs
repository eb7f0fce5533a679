//! Searching back and forward, restarting and rewinding, compared with looking at every state.

use midflight::session::Session;
use midflight::session::command::Command;
use midflight::session::journal::Position;
use midflight::session::load::image_of_program;
use midflight::session::operand::DataPlace;
use midflight::session::outcome::{Outcome, Progress, Proposal};
use midflight::session::recording::head;
use midflight::session::request::Request;
use midflight::session::wanted::{Direction, Wanted};
use midflight::vm::index::{Body, BodyId, DataId, FrameId, Offset, TaskId};
use midflight::vm::instruction::Instruction;
use midflight::vm::machine::Machine;
use midflight::vm::memory::Place;
use midflight::vm::stop::Stop;

use super::walker::Walker;
use crate::support::choices::Choices;
use crate::support::wait::until;

pub fn random_wanted(c: &mut Choices, machine: &Machine) -> Wanted {
    let calls = machine.task().calls();
    match c.below(8) {
        0 => Wanted::over(machine),
        1 => Wanted::out(machine).unwrap_or(Wanted::Output),
        2 => Wanted::Output,
        3 => Wanted::Write { body: DataId(c.below(3) as u64), index: c.below(2) as u64 },
        4 => Wanted::Call(c.of(&["f", "g", "h"]).to_string()),
        5 => {
            let entries: Vec<_> = calls.activations().map(|entry| (entry.id, entry.body)).collect();
            let (frame, body) = c.of(&entries);
            Wanted::Start { task: machine.task().number(), frame, body }
        }
        _ => Wanted::Cells((0..3).map(|_| super::story::place(c, machine)).collect()),
    }
}

/// Whether the instruction that is executed in this state is what is wanted.
fn is_wanted(wanted: &Wanted, machine: &Machine) -> bool {
    let task = machine.task();
    let mut after = machine.clone();
    after.step().unwrap();
    let here = machine.instruction(task.counter());
    let name = match here {
        Instruction::Primitive(primitive) => primitive.name(),
        _ => "",
    };
    let now = after.task();
    // A return is neither a call nor a start, wherever it leads.
    let returns = now.calls().depth() < task.calls().depth();
    match wanted {
        Wanted::Depth(number, depth) => task.number() == *number && task.calls().depth() <= *depth,
        Wanted::Task(number) => task.number() == *number,
        Wanted::Cells(cells) => cells.contains(&task.counter()),
        Wanted::Breakpoints(all) => all.contains(&task.counter()),
        Wanted::Output => name.starts_with("print"),
        Wanted::Became(_) => unreachable!("`became.rs` tests these"),
        Wanted::Write { body, index } => {
            let values = task.parameters().iter().rev().take(2).map(|&value| machine.spell(value));
            name == "memory.set"
                && values.collect::<Vec<_>>()
                    == [
                        Instruction::Integer(*index as i64),
                        Instruction::Address(BodyId::Data(*body)),
                    ]
        }
        Wanted::Call(_) | Wanted::Start { .. } if returns => false,
        Wanted::Call(name) => {
            after.memory().function(name) == Some(now.counter().body)
                && now.counter().offset == Offset(0)
                && now.calls().innermost().is_frame
        }
        Wanted::Start { frame, body, .. } => {
            now.calls().innermost_id() == *frame && now.counter() == Place::new(*body, 0)
        }
        Wanted::Statement { frame, at, .. } => {
            task.calls().innermost_id() == *frame && task.counter() == *at
        }
    }
}

/// Where a sliced search back leads. The session must stay where it is until the search arrives.
pub fn searched(
    session: &Session,
    wanted: Wanted,
    mut fuel: impl FnMut() -> u64,
) -> Option<Position> {
    let (mut searching, here) = (session.clone(), session.position());
    let mut progress = searching.start(Request::Search(wanted, Direction::Back)).unwrap();
    until("the end of the search", || {
        if progress == Progress::More {
            assert_eq!(searching.position(), here);
            progress = searching.advance(fuel()).unwrap();
        }
        progress != Progress::More
    });
    match progress {
        Progress::Done(Outcome::Arrived) => Some(searching.position()),
        _ => {
            assert_eq!(searching.position(), here);
            None
        }
    }
}

impl Walker {
    /// A random search, compared with looking at every state.
    pub fn look(&mut self, c: &mut Choices) {
        let wanted = random_wanted(c, self.session.machine());
        let mut at = self.session.position();
        let mut expected = None;
        while let Some(back) = self.states.back(at) {
            // `moving.rs` tests searches for cells that edits moved.
            if matches!(wanted, Wanted::Cells(_)) && self.edited(back, at) {
                return;
            }
            at = back;
            if is_wanted(&wanted, &self.states.at(at).machine) {
                expected = Some(at);
                break;
            }
        }
        let found = searched(&self.session, wanted.clone(), || 1 + c.below(3000) as u64);
        assert_eq!(found, expected, "back to {wanted:?}");
        self.look_forth(wanted);
    }

    fn look_forth(&mut self, wanted: Wanted) {
        let here = self.session.position();
        let future = self.session.future();
        let mut at = future;
        let retired = |at| self.states.at(at).machine.retired();
        let mut expected = match (&wanted, &self.states.at(future).machine) {
            (Wanted::Depth(_, depth), machine) if machine.task().calls().depth() <= *depth => {
                (retired(future) > retired(here)).then_some(future)
            }
            _ => None,
        };
        // The instruction at the start of the search does not count.
        let first = &self.states.at(here).machine;
        let begins = matches!(wanted, Wanted::Depth(..))
            || (first.clone().step().is_ok() && is_wanted(&wanted, first));
        while let Some(back) = self.states.back(at) {
            let before = retired(back) < retired(here) + u64::from(begins);
            if matches!(wanted, Wanted::Cells(_)) || before {
                break;
            }
            at = back;
            if is_wanted(&wanted, &self.states.at(at).machine) {
                expected = Some(at);
            }
        }
        if !matches!(wanted, Wanted::Cells(_)) {
            let found = self.session.find(wanted.clone(), Direction::Forward).unwrap();
            assert_eq!(found, expected, "forward to {wanted:?}");
        }
    }

    /// Whether any command other than a run lies between two positions.
    fn edited(&self, from: Position, to: Position) -> bool {
        let legs = self.session.journal().legs(from, to).into_iter();
        let mut commands = legs.flat_map(|leg| self.session.journal().commands(leg));
        commands.any(|command| !matches!(command, Command::Run { .. }))
    }

    /// Rewinds to a random earlier position: the state is that of then, but the code is that of now.
    pub fn rewind(&mut self, c: &mut Choices) {
        let mut to = self.session.position();
        for _ in 0..c.below(30) {
            to = self.states.back(to).unwrap_or(to);
        }
        let mut session = self.session.clone();
        let done = session.rewind_keeping_edits(to);
        if done.is_err() {
            assert_eq!(session.position(), self.session.position());
            assert_eq!(session.image(), self.session.image());
            assert_eq!(session.journal(), self.session.journal());
            return;
        }
        let (then, now) = (&self.states.at(to).machine, self.session.machine());
        let rewound = session.machine();
        assert_eq!(code(rewound), code(now));
        assert_eq!(rewound.output(), then.output());
        assert_eq!(rewound.input(), then.input());
        assert_eq!(rewound.retired(), then.retired());
        assert_eq!(rewound.task().parameters().len(), then.task().parameters().len());
        assert_eq!(rewound.memory().data_count(), then.memory().data_count());
        // The position before the rewind can still be reached.
        session.goto(self.session.position()).unwrap();
        assert_eq!(session.image(), self.session.image());
        if c.one_in(2) {
            let from = self.session.position();
            let edits = self.edits(to, from);
            self.session.rewind_keeping_edits(to).unwrap();
            self.rewound(from, to, &edits);
        }
    }

    fn edits(&self, from: Position, to: Position) -> Vec<Command> {
        let legs = self.session.journal().legs(from, to).into_iter();
        let commands = legs.flat_map(|leg| self.session.journal().commands(leg));
        commands.filter(Command::is_edit).collect()
    }
}

fn code(machine: &Machine) -> Vec<(Body, String, Vec<Instruction>)> {
    let bodies = machine.memory().code_bodies();
    bodies
        .map(|(number, body)| {
            let cells = body.used().iter().map(|&cell| machine.spell(cell)).collect();
            (number, machine.memory().title(number), cells)
        })
        .collect()
}

fn session(text: &str) -> Session {
    Session::new(image_of_program(text).unwrap())
}

fn run(session: &mut Session, fuel: u64) {
    session.apply(&[Command::Run { fuel }]).unwrap();
}

fn write(body: u32, offset: u32, text: &str) -> Command {
    Command::Insert { at: Place::new(body, offset), text: text.into() }
}

fn back(session: &mut Session, wanted: impl Fn(&Session) -> Wanted) -> bool {
    let wanted = wanted(session);
    session.perform(Request::Search(wanted, Direction::Back)) == Ok(Outcome::Arrived)
}

const FIB: &str =
    "[ assign: i i 3 < [ 1 return ] if i 2 - fib i 1 - fib + return ] bind: fib 9 3 fib print";

#[test]
fn back_over_a_call_and_out_of_it() {
    let mut session = session(FIB);
    run(&mut session, 1000);
    assert_eq!(session.machine().output(), "2");
    // Over `print`, then over all of fib at once.
    for (offset, stack) in [(3, "9 2"), (2, "9 3"), (1, "9")] {
        assert!(back(&mut session, |s| Wanted::over(s.machine())));
        assert_eq!(session.machine().task().counter(), Place::new(0, offset));
        assert_eq!(session.machine().show_stack(), stack);
    }
    let forth = session.find(Wanted::Depth(TaskId::MAIN, 1), Direction::Forward);
    assert_eq!(forth, Ok(Some(Position { entry: 1, done: 2 })));
    session.redo().unwrap();
    assert!(back(&mut session, |_| Wanted::Call("fib".to_string())));
    assert_eq!(session.machine().show_stack(), "9 1 2");
    assert!(back(&mut session, |_| Wanted::Call("fib".to_string())));
    assert_eq!(session.machine().show_stack(), "9 1");
    assert!(back(&mut session, |s| Wanted::out(s.machine()).unwrap()));
    assert_eq!(session.machine().show_stack(), "9 3");
    assert_eq!(Wanted::out(session.machine()), None);
    assert!(!back(&mut session, |_| Wanted::Output));
}

#[test]
fn back_to_a_breakpoint_that_was_moved_by_edits() {
    for interval in [1, 500_000] {
        let mut session = session("1 2 3 + + 4");
        session.set_checkpoint_interval(interval);
        run(&mut session, 3);
        session.apply(&[write(0, 0, "7 8"), write(0, 6, "label: x")]).unwrap();
        run(&mut session, 1);
        session.apply(&[Command::Delete { at: Place::new(0, 0), count: 1 }]).unwrap();
        run(&mut session, 9);
        // `2`, which was at 1 when it was executed, and a cell that did not exist then.
        for offset in [2, 0] {
            let at = Place::new(0, offset);
            session.apply(&[Command::Breakpoint { at, on: true }]).unwrap();
        }
        assert!(back(&mut session, |s| Wanted::Cells(s.image().breakpoints.pauses().clone())));
        assert_eq!(session.position(), Position { entry: 1, done: 1 });
        assert_eq!(session.machine().show_stack(), "1");
        assert!(!back(&mut session, |s| Wanted::Cells(s.image().breakpoints.pauses().clone())));
    }
}

#[test]
fn back_to_writes_of_a_data_cell() {
    let mut session =
        session("2 allocate assign: a 5 a 1 memory.set 6 a 0 memory.set 7 a 1 memory.set");
    run(&mut session, 99);
    let wanted = || Wanted::Write { body: DataId(0), index: 1 };
    for stack in ["7 @100 1", "5 @100 1"] {
        assert!(back(&mut session, |_| wanted()));
        assert_eq!(session.machine().show_stack(), stack);
    }
    assert!(!back(&mut session, |_| wanted()));
    let forth = session.find(wanted(), Direction::Forward).unwrap().unwrap();
    session.goto(forth).unwrap();
    assert_eq!(session.machine().show_stack(), "7 @100 1");
}

#[test]
fn back_to_a_write_by_hand() {
    let mut session = session("2 allocate assign: a 5 a 1 memory.set 6 a 0 memory.set 7 drop 8");
    let data = |text: &str| Command::Data {
        at: DataPlace { body: DataId(0), index: 1 },
        text: text.into(),
    };
    run(&mut session, 7);
    let before_first = session.position();
    session.apply(&[data("9")]).unwrap();
    run(&mut session, 2);
    // This write is in the middle of a gesture, so the search leads to the position one instruction
    // earlier.
    session.apply(&[Command::Run { fuel: 3 }, data("10"), Command::Run { fuel: 1 }]).unwrap();
    let second = session.position().entry;
    let other = Command::Data { at: DataPlace { body: DataId(0), index: 0 }, text: "11".into() };
    session.apply(&[other]).unwrap();
    let wanted = || Wanted::Write { body: DataId(0), index: 1 };
    let found = [Position { entry: second, done: 2 }, before_first];
    for at in found {
        assert!(back(&mut session, |_| wanted()));
        assert_eq!(session.position(), at);
    }
    assert!(back(&mut session, |_| wanted()));
    assert_eq!(session.machine().show_stack(), "5 @100 1", "by the program");
    assert!(!back(&mut session, |_| wanted()));
    for at in found.into_iter().rev() {
        let forth = session.find(wanted(), Direction::Forward).unwrap().unwrap();
        session.goto(forth).unwrap();
        assert_eq!(session.position(), at);
    }
    assert_eq!(session.find(wanted(), Direction::Forward), Ok(None));
}

#[test]
fn who_passes_a_gesture_sees_why_it_waited() {
    let mut first = session("1 2 missing");
    run(&mut first, 99);
    first.apply(&[Command::Define { name: "missing".to_string(), text: "".into() }]).unwrap();
    run(&mut first, 1);
    first.apply(&[Command::Push { text: "3".into() }, Command::Run { fuel: 0 }]).unwrap();
    first.apply(&[write(1, 0, "input.line drop return"), Command::Run { fuel: 9 }]).unwrap();
    first.apply(&[Command::Give { text: "a\n".to_string() }, Command::Run { fuel: 2 }]).unwrap();
    first.apply(&[Command::Run { fuel: 99 }]).unwrap();
    let (journal, end) = (first.journal().clone(), first.position());
    let mut second = Session::of_recording(journal, end);
    second.goto(end).unwrap();
    for entry in 1..=end.entry {
        let seen = first.stop_after(entry);
        assert!(seen.is_some());
        assert_eq!(second.stop_after(entry), seen, "gesture {entry}");
    }
    let waits = |entry| second.stop_after(entry).cloned().flatten();
    assert_eq!(waits(1), Some(Stop::NotYetImplemented("missing".to_string())));
    assert_eq!(waits(5), Some(Stop::Input));
    assert_eq!(waits(end.entry), Some(Stop::Finished));
}

#[test]
fn a_search_looks_at_no_more_than_its_slice() {
    let mut session = session("0 [ 1+ ] repeat");
    run(&mut session, 100_000);
    session.start(Request::Search(Wanted::Output, Direction::Back)).unwrap();
    let slices =
        std::iter::from_fn(|| (session.advance(1000).unwrap() == Progress::More).then_some(()));
    assert!((99..=101).contains(&slices.count()));
}

#[test]
fn a_frame_starts_again_with_its_arguments_and_the_new_code() {
    let mut session = session(FIB);
    // Into fib(1), past the test for its base case, `i 3 <`.
    until("fib(1)", || {
        run(&mut session, 1);
        session.machine().task().calls().depth() > 2 && session.machine().show_stack() == "9 1"
    });
    run(&mut session, 4);
    // Make the base case return 2.
    let at = Place::new(2, 0);
    session.apply(&[Command::Replace { at, text: "2".into() }]).unwrap();
    let before = session.position();
    assert_eq!(session.restart_frame(FrameId(1)), Ok(Outcome::Done));
    assert_eq!(session.machine().show_stack(), "9 3");
    assert_eq!(session.machine().task().calls().depth(), 2);
    assert_eq!(session.machine().task().counter(), Place::new(1, 0));
    session.undo().unwrap();
    assert_eq!(session.position(), before);
    session.restart_frame(FrameId(2)).unwrap();
    assert_eq!(session.machine().show_stack(), "9 1");
    session.restart_frame(FrameId(0)).unwrap();
    assert_eq!(session.machine().show_stack(), "");
    run(&mut session, 1000);
    assert_eq!(session.machine().output(), "4");
    let refused = session.restart_frame(FrameId(7)).unwrap_err();
    assert_eq!(refused.to_string(), "the call stack has no frame 7; 0 is the bottom");
}

#[test]
fn without_history_the_arguments_are_asked_for() {
    let mut session = session("[ assign: b assign: a a b - ] bind: f 100 7 \"x`\" f");
    run(&mut session, 6);
    let mut reloaded = Session::new(session.image().clone());
    let entries = reloaded.journal().entries().len();
    let asked = reloaded.restart_frame(FrameId(1)).unwrap();
    let Outcome::Ask(Proposal { frame: FrameId(1), arguments: 2, text }) = asked else {
        panic!("{asked:?}")
    };
    let text = String::from(text);
    assert_eq!(text, "100 7 \"x`\"");
    assert_eq!(reloaded.journal().entries().len(), entries);
    reloaded.apply(&[Command::Restart { frame: FrameId(1), text: text.into() }]).unwrap();
    session.restart_frame(FrameId(1)).unwrap();
    assert_eq!(session.image(), reloaded.image());
}

#[test]
fn rewinding_keeps_edits_and_takes_the_rest_back() {
    let mut session = session("input.line print 1 2 + print");
    session.apply(&[Command::Give { text: "a\n".to_string() }]).unwrap();
    let start = session.position();
    run(&mut session, 4);
    session.apply(&[write(0, 4, "3 +"), Command::Run { fuel: 2 }]).unwrap();
    session.apply(&[Command::Push { text: "99".into() }]).unwrap();
    session.rewind_keeping_edits(start).unwrap();
    assert_eq!(session.machine().output(), "");
    assert_eq!(session.machine().input().rest(), "a\n");
    run(&mut session, 99);
    assert_eq!(session.machine().output(), "a6");
    // An edit that cannot be done there: nothing changes.
    let removed = session.machine().memory().next_code();
    session.apply(&[write(0, 8, "[ 1 ]")]).unwrap();
    session.apply(&[Command::Push { text: "@100".into() }]).unwrap();
    let pushed = session.position();
    session.apply(&[Command::Drop { count: 1 }]).unwrap();
    session.apply(&[Command::Delete { at: Place::new(0, 8), count: 1 }]).unwrap();
    session.apply(&[Command::Remove { body: removed }]).unwrap();
    let (at, image) = (session.position(), session.image().clone());
    session.take_records();
    assert!(session.rewind_keeping_edits(pushed).is_err());
    assert!(session.rewind_keeping_edits(Position { entry: 999, done: 0 }).is_err());
    assert_eq!((session.position(), session.image()), (at, &image));
    assert!(session.take_records().is_empty());
}

#[test]
fn a_block_starts_again_without_what_called_it() {
    // `call` takes the block and `if` takes a flag too: neither is an argument of the block.
    for program in ["7 [ 8 missing ] call", "7 1 [ 8 missing ] if"] {
        let mut session = session(program);
        run(&mut session, 99);
        assert_eq!(session.machine().show_stack(), "7 8");
        assert_eq!(session.restart_frame(FrameId(1)), Ok(Outcome::Done), "{program}");
        assert_eq!(session.machine().show_stack(), "7", "{program}");
        assert_eq!(session.machine().task().counter().offset, Offset(0));
    }
}

#[test]
fn rewinding_refuses_an_address_that_would_be_another() {
    let mut session = session("2 allocate assign: d");
    let start = session.position();
    run(&mut session, 3);
    for name in ["f", "g"] {
        let text = "1 return".to_string();
        session.apply(&[Command::Define { name: name.to_string(), text: text.into() }]).unwrap();
    }
    // Without the data that was allocated, `g` will lie where `f` is now.
    let memory = session.machine().memory();
    let f = memory.start(BodyId::Code(memory.function("f").unwrap()));
    session.apply(&[write(0, 3, &format!("@{f} drop"))]).unwrap();
    let (at, image) = (session.position(), session.image().clone());
    let refused = session.rewind_keeping_edits(start).unwrap_err().to_string();
    assert!(refused.contains("is something else"), "{refused}");
    assert_eq!((session.position(), session.image()), (at, &image));
}

/// The inputs that are offered again, which must be the same after a crash.
fn offered(session: &mut Session, file: &mut String) -> Vec<Command> {
    for line in session.take_records() {
        *file += &(line.print() + "\n");
    }
    let (recovered, bad) = Session::recover(file).unwrap();
    assert_eq!(bad, None);
    assert_eq!(recovered.offered_inputs(), session.offered_inputs());
    session.offered_inputs()
}

#[test]
fn input_of_the_old_branch_is_offered_in_its_order() {
    let give = |text: &str| Command::Give { text: text.to_string() };
    let texts = |commands: Vec<Command>| -> Vec<String> {
        let text = |command| match command {
            Command::Give { text } => text,
            _ => "end".to_string(),
        };
        commands.into_iter().map(text).collect()
    };
    let mut session = session("input.line print input.line print input.line print");
    let mut file = head(session.journal().base());
    session.take_records();
    run(&mut session, 9);
    let start = session.position();
    for text in ["a\n", "b\n", "c\n"] {
        session.apply(&[give(text), Command::Run { fuel: 9 }]).unwrap();
    }
    session.apply(&[Command::EndInput]).unwrap();
    assert!(offered(&mut session, &mut file).is_empty());
    session.goto(start).unwrap();
    assert_eq!(texts(session.inputs_after(start)), ["a\n", "b\n", "c\n", "end"]);
    session.apply(&[write(0, 0, "label: new")]).unwrap();
    assert_eq!(texts(offered(&mut session, &mut file)), ["a\n", "b\n", "c\n", "end"]);
    let first = session.offered_inputs().remove(0);
    session.apply(&[first, Command::Run { fuel: 9 }]).unwrap();
    assert_eq!(texts(offered(&mut session, &mut file)), ["b\n", "c\n", "end"]);
    session.undo().unwrap();
    assert_eq!(texts(offered(&mut session, &mut file)), ["a\n", "b\n", "c\n", "end"]);
    session.redo().unwrap();
    // A branch of the branch, with another input: the rest is still offered.
    session.step_back().unwrap();
    session.apply(&[Command::Push { text: "1".into() }, give("other\n")]).unwrap();
    assert_eq!(texts(offered(&mut session, &mut file)), ["c\n", "end"]);
}

#[test]
fn input_that_was_given_within_a_gesture_is_offered_where_it_was_broken_off() {
    let give = Command::Give { text: "a\n".to_string() };
    let mut session = session("input.line print");
    let mut file = head(session.journal().base());
    session.take_records();
    // One gesture, whose run continues after the input.
    let label = write(0, 0, "label: x");
    session
        .apply(&[label, Command::Run { fuel: 1 }, give.clone(), Command::Run { fuel: 2 }])
        .unwrap();
    let end = session.position();
    assert_eq!(end, Position { entry: 1, done: 3 });
    let inside = Position { done: 0, ..end };
    session.goto(inside).unwrap();
    session.apply(&[Command::Push { text: "1".into() }]).unwrap();
    assert_eq!(session.journal().branching(session.position()), Some((inside, end)));
    assert_eq!(offered(&mut session, &mut file), [give]);
    // The next branch leaves the newest branch, not the gesture, so only that branch's input is offered.
    let other = Command::Give { text: "b\n".to_string() };
    session.goto(inside).unwrap();
    session.apply(std::slice::from_ref(&other)).unwrap();
    let left = session.position();
    session.goto(inside).unwrap();
    session.apply(&[Command::Push { text: "2".into() }]).unwrap();
    assert_eq!(session.journal().branching(session.position()), Some((inside, left)));
    assert_eq!(offered(&mut session, &mut file), [other]);
}

#[test]
fn a_thousand_branches_offer_what_the_last_of_them_was_given() {
    let mut session = session("input.line");
    run(&mut session, 1);
    let start = session.position();
    for n in 0..1000 {
        session.goto(start).unwrap();
        session.apply(&[Command::Give { text: format!("{n}\n") }]).unwrap();
    }
    assert_eq!(session.offered_inputs(), []);
    session.goto(start).unwrap();
    session.apply(&[Command::Push { text: "1".into() }]).unwrap();
    assert_eq!(session.offered_inputs(), [Command::Give { text: "999\n".to_string() }]);
}
