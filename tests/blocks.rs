//! Blocks run in the frame that they were made in, however they get to where they are run: through
//! recursion, data, files and the hands of a user.

mod support;

use midflight::program::image::Image;
use midflight::program::notation::Notation;
use midflight::program::scope::Scope;
use midflight::session::command::Command;
use midflight::session::session::Session;
use midflight::vm::machine::Machine;
use midflight::vm::memory::Place;
use midflight::vm::stop::{Fault, Stop};
use support::choices::Choices;

/// Knuth's test of whether a language knows which frame a block belongs to ("Man or boy?", 1964).
const MAN_OR_BOY: &str = "
    [ assign: x5 assign: x4 assign: x3 assign: x2 assign: x1 assign: k
      [ k 1- assign: k  k  b x1 x2 x3 x4 a ] assign: b
      k 0 <= [ x4 call x5 call + return ] if
      b call return ] bind: a
    10 [ 1 ] [ -1 ] [ -1 ] [ 1 ] [ 0 ] a print_line";

/// A factorial that hands each result on to a block.
const CONTINUATIONS: &str = "
    [ assign: then assign: n
      n 0 = [ 1 then call return ] if
      n 1- [ n * then call ] factorial ] bind: factorial
    10 [ print_line ] factorial";

/// Sorts data by a comparison that is passed down a recursion, and counts in a local how often it is called.
const SORT: &str = "
    [ assign: data assign: j assign: i
      data i memory.get data j memory.get
      data i memory.set data j memory.set ] bind: exchange
    [ assign: before assign: to assign: from assign: data
      to from - 2 < [ return ] if
      from assign: edge  from 1+ assign: i
      i to < [
        data i memory.get data from memory.get before call
        [ edge 1+ assign: edge  i edge data exchange ] if
        i 1+ assign: i
        i to <
      ] repeat_if
      from edge data exchange
      data from edge before sort
      data edge 1+ to before sort ] bind: sort
    [ assign: sign
      0 assign: calls
      8 allocate assign: data
      0 assign: i
      1 [ i 5 * 3 + 8 mod data i memory.set  i 1+ assign: i  i 8 < ] repeat_if
      data 0 8 [ calls 1+ assign: calls  - sign * 0 > ] sort
      0 assign: i
      1 [ data i memory.get print \" \" print  i 1+ assign: i  i 8 < ] repeat_if
      calls 8 > print_line ] bind: sorted
    1 sorted  -1 sorted";

/// Searches a tree of sums recursively. A block that was made at the top leaves the whole search.
const SEARCH: &str = "
    [ assign: found assign: sum assign: steps
      sum 17 = [ steps found call ] if
      steps 6 < [
        steps 1+ sum 2 + found search
        steps 1+ sum 3 + found search
      ] if ] bind: search
    [ 0 0 [ \"found after \" print print_line return ] search \"nothing\" print_line ] bind: find
    find";

/// The block was made where n is 1.
const MADE_WHERE_N_IS_ONE: &str = "
    [ assign: add assign: n
      n 0 = [ 0 add call return ] if
      n 1- [ n + ] level ] bind: level
    3 [ ] level print_line";

const PROGRAMS: [(&str, &str); 5] = [
    (MAN_OR_BOY, "-67\n"),
    (CONTINUATIONS, "3628800\n"),
    (SORT, "7 6 5 4 3 2 1 0 1\n0 1 2 3 4 5 6 7 1\n"),
    (SEARCH, "found after 6\n"),
    (MADE_WHERE_N_IS_ONE, "1\n"),
];

fn machine(source: &str) -> Machine {
    let program = Notation::Forth.read_program(source).expect("the program of the test").cells;
    let mut machine = Machine::new();
    let list: Vec<_> = program.definitions.iter().map(|one| (&*one.name, &one.code)).collect();
    machine.define_all(&list).unwrap();
    machine.write(Place::new(0, 0), &program.main).unwrap();
    machine
}

fn image_of(machine: &Machine) -> String {
    Image::new(machine.clone()).to_file_text()
}

fn read(text: &str) -> Result<Machine, String> {
    Image::from_file_text(text).map(|image| image.machine).map_err(|error| error.to_string())
}

#[test]
fn programs_that_depend_on_it_print_what_they_should() {
    for (source, output) in PROGRAMS {
        let mut machine = machine(source);
        assert_eq!(machine.run(1_000_000), Stop::Finished, "{source}");
        assert_eq!(machine.output(), output, "{source}");
    }
}

#[test]
fn they_do_the_same_in_pieces_and_through_files() {
    for (source, output) in PROGRAMS {
        let (mut whole, mut pieces) = (machine(source), machine(source));
        let mut choices = Choices::new(7);
        while whole.waits().is_none() {
            let fuel = 1 + choices.below(300) as u64;
            whole.run(fuel);
            // One by one, so that the stepper does it.
            (0..fuel).for_each(|_| {
                pieces.run(1);
            });
            assert_eq!(pieces, whole, "{source}");
            let text = image_of(&whole);
            let loaded = read(&text).unwrap();
            assert_eq!(loaded, whole, "{source}");
            assert_eq!(image_of(&loaded), text);
            (whole, pieces) = (loaded.clone(), loaded);
        }
        assert_eq!(whole.output(), output, "{source}");
    }
}

#[test]
fn frames_are_numbered_again_when_the_numbers_run_out() {
    // Fewer numbers than each of them needs in all, and enough for those it needs at a time.
    for (source, output, most) in [
        (SORT, "7 6 5 4 3 2 1 0 1\n0 1 2 3 4 5 6 7 1\n", 20),
        (SEARCH, "found after 6\n", 14),
        (MAN_OR_BOY, "-67\n", 600),
    ] {
        let mut whole = machine(source);
        assert_eq!(whole.run(1_000_000), Stop::Finished);
        assert!(whole.newest_frame().number() > most, "{}: {source}", whole.newest_frame());
        let (mut fast, mut slow) = (machine(source), machine(source));
        fast.number_frames_up_to(most);
        slow.number_frames_up_to(most);
        while fast.waits().is_none() {
            fast.run(37);
            (0..37).for_each(|_| {
                slow.run(1);
            });
            assert_eq!(fast, slow, "{source}");
            assert!(fast.newest_frame().number() <= most);
        }
        assert_eq!((fast.output(), fast.retired()), (output, whole.retired()), "{source}");
    }
}

/// A machine that waits for `h` in `g`, frame 5, with blocks of three frames of `f`: 2 has ended, 3 and 4
/// are live.
fn waiting() -> Machine {
    let mut machine = machine(
        "[ assign: n  [ n ]  n 1 > [ n 1- f ] if  n 1 = [ g ] if ] bind: f
         [ h ] bind: g
         0 f  2 f",
    );
    assert_eq!(machine.run(10_000), Stop::NotYetImplemented("h".into()));
    machine
}

fn shown(machine: &Machine) -> String {
    machine.show_stack()
}

#[test]
fn a_value_is_spelled_with_its_frame_and_reads_back() {
    let mut machine = waiting();
    assert_eq!(shown(&machine), "@300/2 @300/3 @300/4");
    let values = |text: &str, machine: &Machine| {
        let read = Notation::Forth.read_line(text, &Scope::outside(machine)).unwrap();
        read.cells.bodies[0].clone()
    };
    let given = values("@300/2 @300/0 @300", &machine);
    machine.push(&given).unwrap();
    // The counter is in `g`, so the block without a frame is of the innermost `f`.
    assert_eq!(shown(&machine), "@300/2 @300/3 @300/4 @300/2 @300/0 @300/4");
    assert_eq!(read(&image_of(&machine)), Ok(machine));
}

#[test]
fn a_frame_that_cannot_be_is_refused_by_name() {
    let mut machine = waiting();
    let before = machine.clone();
    for (text, why) in [
        ("@300/99", "there has been no frame 99 yet; the newest is 5"),
        ("@300/5", "frame 5 is a call of `g`, and the block belongs to `f`"),
        ("@200/2", "no block starts at this address, and only a block has a frame"),
    ] {
        let line = Notation::Forth.read_line(text, &Scope::outside(&machine)).unwrap();
        assert_eq!(machine.push(&line.cells.bodies[0]).unwrap_err().to_string(), why, "{text}");
        let text = image_of(&before).replace("@300/2", text);
        let error = read(&text).unwrap_err();
        assert!(error.contains(why), "{error}");
    }
    assert_eq!(machine, before);
}

#[test]
fn a_forged_call_stack_is_refused_by_name() {
    let text = image_of(&waiting());
    let with = |from: &str, to: &str| {
        assert_eq!(text.matches(from).count(), 1, "{from} in {text}");
        read(&text.replace(from, to)).unwrap_err()
    };
    let f = text.lines().filter(|line| line.contains("// f")).collect::<Vec<_>>();
    assert_eq!(f.len(), 2, "{text}");
    let block = text.lines().rfind(|line| line.contains("// block in f")).unwrap();
    let call =
        |line: &str, frame: &str| line.replace("(body: 1", &format!("(body: 1, frame: {frame}"));
    assert!(f[0].contains("frame: 3"), "{}", f[0]);
    for (from, to, why) in [
        (f[1], call(f[1], "1"), "frame 1 cannot be above frame 3"),
        (f[1], call(f[1], "0"), "frame 0 cannot be above frame 3"),
        (f[1], call(f[1], "99999999999999"), "no frame can have the number 99999999999999"),
        (
            block,
            block.replace("returns_to", "frame: 1, returns_to"),
            "its frame is a call of `main`",
        ),
    ] {
        let error = with(from, &to);
        assert!(error.contains(why), "{error}");
    }
    let error = with("    tasks: [", "    frames: 4,\n    tasks: [");
    assert!(error.contains("there is a frame 5"), "{error}");
}

#[test]
fn where_the_frame_has_ended_its_locals_are_a_fault_and_nothing_else() {
    let mut machine =
        machine("[ assign: n [ 1 [ 2 ] call n ] ] bind: f  5 f assign: kept kept call");
    let fault = Fault::NoFrame { instruction: "n".into(), function: "f".into(), has_others: false };
    assert_eq!(machine.run(1000), Stop::Fault(fault));
    assert_eq!(shown(&machine), "1 2", "blocks without locals run");
    let made = machine.task().calls().innermost();
    assert_eq!((made.is_frame, made.home.number()), (false, 2));
}

#[test]
fn a_function_that_starts_again_has_another_frame() {
    let source = "
        [ assign: slot assign: n
          n 2 = [ [ n ] slot 0 memory.set ] if
          n 3 = [ slot 0 memory.get call ] if
          n 1+ slot ] bind: f
        2 1 allocate pushf: f repeat";
    let mut machine = machine(source);
    let fault = Fault::NoFrame { instruction: "n".into(), function: "f".into(), has_others: false };
    assert_eq!(machine.run(1000), Stop::Fault(fault));
}

#[test]
fn restarting_a_frame_keeps_the_blocks_on_the_stack() {
    let mut session = Session::new(Image::new(waiting()));
    let frame = session
        .machine()
        .task()
        .calls()
        .activations()
        .find(|entry| entry.is_frame && entry.home.number() == 4);
    let frame = frame.unwrap().id;
    let before = shown(session.machine());
    assert_eq!(before, "@300/2 @300/3 @300/4");
    let text = "@300/2 @300/3 1".into();
    session.apply(&[Command::Restart { frame, text }]).unwrap();
    let calls = session.machine().task().calls();
    assert_eq!(calls.innermost().home.number(), 6, "it is a new frame");
    assert_eq!(shown(session.machine()), "@300/2 @300/3 1");
}
