//! Revising functions under live activations: the cells are exactly the new ones, every live position is where it
//! was said to be, and law 8 holds.

mod support;

use std::collections::HashMap;

use midflight::program::comment::Comments;
use midflight::program::effect::{StackEffect, StackEffects};
use midflight::program::image::Image;
use midflight::program::listing::{fragment_of, fragment_with_bodies};
use midflight::program::notation::Notation;
use midflight::program::scope::Scope;
use midflight::program::source;
use midflight::session::Session;
use midflight::session::command::{self, Command};
use midflight::session::load::image_of_program;
use midflight::session::revise::anchors::{Anchors, Spelled};
use midflight::session::revise::{Effects, Revision, Standing};
use midflight::vm::index::Body;
use midflight::vm::instruction::{Fragment, Instruction, Primitive};
use midflight::vm::machine::Machine;
use midflight::vm::memory::Place;
use support::choices::Choices;

/// A function's new code as source, for an image: the revision.
fn revision(image: &mut Image, name: &str, text: &str) -> Revision {
    let body = image.machine.memory().function(name).expect("there is such a function");
    let old = fragment_of(&image.machine, body);
    let before = StackEffects::of_machine(&image.machine);
    let printed = source::function(
        name,
        &old,
        &Comments::default(),
        &before,
        &Scope::outside(&image.machine),
    );
    let read = Notation::Source.read_program(text).unwrap_or_else(|bad| panic!("{text}\n{bad:?}"));
    let code = &read.cells.definitions[0].code;
    let after = before.with_code(name, code);
    let anchors = Anchors::between(
        Spelled { text: &printed.text, spans: &printed.spans, definition: None },
        Spelled { text, spans: &read.spans, definition: Some(0) },
    );
    let effects = Effects { old: &before, new: &after };
    let trial = image.fork();
    Revision::new(trial, body, code, &anchors, effects).unwrap_or_else(|no| panic!("{text}: {no}"))
}

/// The same, carried out.
fn revise(image: &mut Image, name: &str, text: &str) -> Revision {
    let revision = revision(image, name, text);
    apply(image, &revision.commands);
    revision
}

fn apply(image: &mut Image, commands: &[Command]) {
    for command in commands {
        command.apply(image).unwrap_or_else(|no| panic!("{command:?}: {no}"));
    }
}

fn image(text: &str, steps: u64) -> Image {
    let mut image = image_of_program(text).unwrap();
    apply(&mut image, &[Command::Run { fuel: steps }]);
    image
}

/// The cells of a function, with flat addresses for blocks.
fn cells(image: &Image, name: &str) -> String {
    let machine = &image.machine;
    let body = machine.memory().function(name).unwrap();
    let used = machine.memory().code(body).unwrap().used().len();
    let scope = Scope::of(machine, body);
    let word = |at| Notation::Forth.source(&machine.instruction(Place::new(body, at)), &scope);
    (0..used as u32).map(|at| word(at).to_string()).collect::<Vec<_>>().join(" ")
}

/// The counter, and the return addresses from the top.
fn places(image: &Image) -> Vec<u64> {
    let machine = &image.machine;
    let returns = machine.task().calls().activations().filter_map(|entry| entry.returns_to);
    let places = [machine.task().counter()].into_iter().chain(returns);
    places.map(|place| machine.memory().address(place)).collect()
}

fn commands(revision: &Revision) -> String {
    command::print(&revision.commands)
}

/// The commands that also bring the innermost activation into the block that the lines around it went to.
fn entering(revision: &Revision) -> Vec<Command> {
    let inside = revision.inside.clone().expect("the lines around the counter moved");
    let further = inside.unwrap_or_else(|why| panic!("{why}"));
    [revision.commands.clone(), further].concat()
}

fn go_on(image: &mut Image) -> String {
    apply(image, &[Command::Run { fuel: 10_000 }]);
    image.machine.output().to_owned()
}

const FIB: &str =
    "[ assign: i i 3 < [ 1 return ] if i 2 - fib i 1 - fib + return ] bind: fib 5 fib print";

#[test]
fn a_line_inserted_before_is_run_by_all_that_come_to_it() {
    let mut image = image("[ assign: i i 2 - fib ... ] bind: fib 3 fib", 7);
    assert_eq!(places(&image), [100, 105, 2]);
    let text = "fib <- fun[i]:\n  if i < 3:\n  fib(i - 2)\n  ...\n";
    let revision = revise(&mut image, "fib", text);
    assert_eq!(cells(&image, "fib"), "assign: i i 3 < @200 if i 2 - fib");
    assert_eq!(places(&image), [100, 110, 2]);
    assert_eq!(commands(&revision), "insert 1:1 `i 3 < [ ] if`");
    assert_eq!(
        revision.words(),
        "5 cells inserted; 1 activation will run the change, 1 has passed it"
    );
    go_on(&mut image);
    assert_eq!(image.machine.memory().address(image.machine.task().counter()), 200);
}

#[test]
fn what_is_put_around_a_call_is_run_when_it_returns() {
    // The second fib of main's 5 fib is at its start.
    let mut image = image(FIB, 12);
    assert_eq!(places(&image), [100, 110, 2]);
    let text =
        "fib <- fun[i]:\n  if i < 3:\n    return(1)\n  return(max(fib(i - 2), 5) + fib(i - 1))\n";
    revise(&mut image, "fib", text);
    assert_eq!(cells(&image, "fib"), "assign: i i 3 < @200 if i 2 - fib 5 max i 1 - fib + return");
    assert_eq!(places(&image), [100, 110, 2]);
}

#[test]
fn a_call_that_is_replaced_is_not_made_again() {
    let mut image = image(FIB, 12);
    let text = "fib <- fun[i]:\n  if i < 3:\n    return(1)\n  return(foo(i - 2) + fib(i - 1))\n";
    let revision = revise(&mut image, "fib", text);
    assert_eq!(cells(&image, "fib"), "assign: i i 3 < @200 if i 2 - foo i 1 - fib + return");
    assert_eq!(places(&image), [100, 110, 2]);
    assert_eq!((revision.inserted, revision.replaced, revision.deleted), (0, 1, 0));
}

#[test]
fn a_value_that_lies_on_the_stack_is_used_though_its_cell_changed() {
    let mut image = image("[ assign: i i 3 < [ 1 return ] if i 2 - fib ... ] bind: fib 10 fib", 10);
    assert_eq!((places(&image)[0], image.machine.show_stack().as_str()), (108, "10 2"));
    let text = "fib <- fun[i]:\n  if i < 3:\n    return(1)\n  fib(i - 3)\n  ...\n";
    let revision = revise(&mut image, "fib", text);
    assert_eq!(places(&image)[0], 108);
    assert_eq!(commands(&revision), "replace 1:7 `3`");
    assert_eq!(revision.live[0].standing, Standing::Inside);
    assert_eq!(revision.live[0].surplus, Some(0));
}

#[test]
fn a_block_that_stays_is_finished_as_it_is() {
    let program =
        "[ assign: n n 0 < [ \"neg\" print \"x\" print ] if \"pos\" print return ] bind: f -1 f";
    let mut image = image(program, 10);
    assert_eq!(image.machine.output(), "neg");
    let text = "f <- fun[n]:\n  if n < 0:\n    print(\"neg\")\n    print(\"x\")\n  else:\n    print(\"zero\")\n  print(\"pos\")\n  return()\n";
    let revision = revise(&mut image, "f", text);
    assert_eq!(cells(&image, "f"), "assign: n n 0 < @200 @300 if-else \"pos\" print return");
    assert_eq!(places(&image), [202, 107, 2]);
    assert_eq!(commands(&revision), "replace 1:5 `if-else` | insert 1:5 `[ \"zero\" print ]`");
    assert_eq!(go_on(&mut image), "negxpos");
}

#[test]
fn a_deleted_line_whose_value_is_on_the_stack_is_finished() {
    let mut image = image("[ assign: n 1 print 2 print 3 print return ] bind: f 0 f", 6);
    assert_eq!((places(&image)[0], image.machine.show_stack().as_str()), (104, "2"));
    revise(&mut image, "f", "f <- fun[n]:\n  print(1)\n  print(3)\n  return()\n");
    assert_eq!(cells(&image, "f"), "assign: n 1 print 3 print return");
    assert_eq!(places(&image)[0], 102);
    assert_eq!(go_on(&mut image), "123");
}

#[test]
fn a_value_too_many_is_told() {
    let mut image = image("[ assign: b assign: a a b - return ] bind: f 7 2 f", 7);
    assert_eq!(places(&image)[0], 104);
    let revision = revise(&mut image, "f", "f <- fun[a, b]:\n  return(a)\n");
    assert_eq!(revision.live[0].surplus, Some(1));
    assert!(revision.words().contains("another number of values"), "{}", revision.words());
}

#[test]
fn lines_moved_into_a_block_are_passed_or_gone_on_with_inside() {
    let program = "[ assign: n 1 print 2 print 3 print return ] bind: f 1 f";
    let text = "f <- fun[n]:\n  if n > 0:\n    print(1)\n    print(2)\n    print(3)\n  return()\n";
    for (inside, output) in [(false, "12"), (true, "123")] {
        let mut image = image(program, 7);
        assert_eq!(image.machine.output(), "12");
        let revision = revision(&mut image, "f", text);
        let commands = match inside {
            false => &revision.commands,
            true => &entering(&revision),
        };
        apply(&mut image, commands);
        assert_eq!(cells(&image, "f"), "assign: n n 0 > @200 if return");
        assert_eq!(places(&image)[0], if inside { 204 } else { 106 });
        assert_eq!(go_on(&mut image), output);
    }
}

/// A function that prints 1 to 3, after 2 was printed.
const PRINTS: &str = "[ assign: n 1 print 2 print 3 print return ] bind: f 3 f";

#[test]
fn any_block_that_an_instruction_runs_can_be_gone_on_with_inside() {
    for (text, output) in [
        (
            "  while n > 2:\n    print(1)\n    print(2)\n    print(3)\n    n = 0\n  return()\n",
            "123",
        ),
        ("  times(2):\n    print(1)\n    print(2)\n    print(3)\n  return()\n", "123123"),
        ("  times(n):\n    print(1)\n    print(2)\n    print(3)\n  return()\n", "123123123"),
        ("  if 0:\n    print(1)\n    print(2)\n    print(3)\n  return()\n", "123"),
        (
            "  if 1:\n    print(4)\n  else:\n    print(1)\n    print(2)\n    print(3)\n  return()\n",
            "123",
        ),
        (
            "  if n:\n    print(1)\n    if n > 5:\n      while n > 2:\n        print(2)\n        print(3)\n        n = 0\n    print(5)\n  return()\n",
            "1235",
        ),
        (
            "  times(1):\n    if 0:\n      print(4)\n    else:\n      times(2):\n        print(1)\n        print(2)\n        print(3)\n  return()\n",
            "123123",
        ),
    ] {
        let mut image = image(PRINTS, 7);
        assert_eq!(image.machine.output(), "12");
        let revision = revision(&mut image, "f", &format!("f <- fun[n]:\n{text}"));
        apply(&mut image, &entering(&revision));
        assert_eq!(image.machine.show_stack(), "", "{text}");
        assert_eq!(go_on(&mut image), output, "{text}");
    }
}

#[test]
fn the_condition_of_a_loop_is_gone_on_with_inside() {
    let mut image = image("[ assign: n n 0 > n print drop return ] bind: f 3 f", 6);
    assert_eq!(image.machine.show_stack(), "1");
    let revision =
        revision(&mut image, "f", "f <- fun[n]:\n  while n > 0:\n    print(n)\n    n = 0\n");
    apply(&mut image, &entering(&revision));
    assert_eq!(go_on(&mut image), "3");
}

#[test]
fn why_a_block_cannot_be_entered_is_said() {
    for (text, why) in [
        ("  twice(1):\n    print(1)\n    print(2)\n    print(3)\n", "`twice` decides"),
        ("  k = block:\n    print(1)\n    print(2)\n    print(3)\n", "runs elsewhere"),
        ("  times(n + 1):\n    print(1)\n    print(2)\n    print(3)\n", "how many turns"),
    ] {
        let mut image = image(PRINTS, 7);
        let revision = revision(&mut image, "f", &format!("f <- fun[n]:\n{text}"));
        let refused = revision.inside.expect("the lines moved").unwrap_err();
        assert!(refused.contains(why), "{refused}");
    }
}

#[test]
fn lines_that_were_only_indented_stay_the_same_whatever_is_between_them() {
    let mut image = image(PRINTS, 5);
    assert_eq!(image.machine.output(), "1");
    let text = "f <- fun[n]:\n  if n:\n    x = 5\n    print(1)\n    print(x)\n    print(2)\n    foo()\n    print(3)\n  return()\n";
    let revision = revision(&mut image, "f", text);
    apply(&mut image, &entering(&revision));
    assert_eq!(image.machine.show_stack(), "");
    image.machine.run(1);
    assert_eq!(
        image.machine.show_stack(),
        "2",
        "after `1 print`, and before `5`: {}",
        places(&image)[0]
    );
}

#[test]
fn a_renamed_local_keeps_its_value() {
    let mut image = image("[ assign: i [ i 2 - ] call fib? ] bind: f 5 f", 3);
    let body = image.machine.memory().function("f").unwrap();
    assert_eq!(image.machine.locals(image.machine.task().calls().innermost())[0].0, "i");
    let old = fragment_of(&image.machine, body);
    let text = source::function(
        "f",
        &old,
        &Comments::default(),
        &StackEffects::default(),
        &Scope::outside(&image.machine),
    );
    let renamed = text.text.replace("[i]", "[n]").replace("i - 2", "n - 2");
    let revision = revise(&mut image, "f", &renamed);
    assert_eq!(revision.renamed, [("i".into(), "n".into())]);
    let locals = image.machine.locals(image.machine.task().calls().innermost());
    assert_eq!(locals, [("n", Instruction::Integer(5))]);
    go_on(&mut image);
    assert_eq!(image.machine.show_stack(), "3");
}

#[test]
fn a_new_parameter_has_no_value_in_live_frames() {
    let mut image = image("[ assign: a a hole a print ] bind: f 5 f", 4);
    let revision = revise(&mut image, "f", "f <- fun[a, b]:\n  a\n  hole()\n  print(a + b)\n");
    assert_eq!(revision.without_value, ["b".into()]);
    assert_eq!(places(&image), [103, 2]);
}

#[test]
fn what_is_the_same_changes_nothing() {
    let mut image = image(FIB, 20);
    let text = "fib <- fun[i]:\n  if i < 3:\n    return(1)\n  return(fib(i - 2) + fib(i - 1))\n";
    let revision = revision(&mut image, "fib", text);
    assert!(revision.is_empty());
    assert_eq!(revision.words(), "nothing changes");
}

#[test]
fn a_revision_is_one_gesture_of_the_history() {
    let edits = [
        "fib <- fun[i]:\n  if i < 3:\n    return(1)\n  return(fib(i - 1) + fib(i - 2))\n",
        "fib <- fun[i]:\n  return(fib(i - 2) + fib(i - 1))\n",
        "fib <- fun[n]:\n  if n < 3:\n    return(1)\n  x = fib(n - 2)\n  return(x + fib(n - 1))\n",
        "fib <- fun[i]:\n  if i < 3:\n    return(1)\n  else:\n    print(i)\n  return(fib(i - 2) + fib(i - 1))\n",
        "fib <- fun[i]:\n  if i > 2:\n    return(fib(i - 2) + fib(i - 1))\n  return(1)\n",
        "fib <- fun[i]:\n  print(i)\n  if i < 2:\n    return(1)\n  return(fib(i - 1) + fib(i - 1))\n",
        "fib <- fun[]:\n",
    ];
    for text in edits {
        for steps in 0..60 {
            let mut session = Session::new(image_of_program(FIB).unwrap());
            session.apply(&[Command::Run { fuel: steps }]).unwrap();
            let before = session.image().clone();
            let revision = revision(&mut before.clone(), "fib", text);
            session.apply(&revision.commands).unwrap();
            let after = session.image().clone();
            let read = Notation::Source.read_program(text).unwrap().cells;
            let body = after.machine.memory().function("fib").unwrap();
            assert_eq!(
                canonical(&fragment_of(&after.machine, body)),
                canonical(&read.definitions[0].code)
            );
            promised(&before.machine, &after.machine, body, &revision);
            let line = command::print(&revision.commands);
            assert_eq!(command::read(&line).unwrap(), revision.commands);
            session.undo().unwrap();
            assert!(*session.image() == before, "{text} after {steps}: one undo");
            session.redo().unwrap();
            assert!(*session.image() == after, "{text} after {steps}: redone");
        }
    }
}

// --- random functions -----------------------------------------------------------------------------

/// Code as a tree.
#[derive(Clone, Debug, PartialEq)]
enum Tree {
    Cell(Instruction),
    Block(Vec<Tree>),
}

const CALLED: [&str; 4] = ["f", "g", "t", "hole"];
const LOCALS: [&str; 3] = ["x", "y", "dup"];

fn cell(choices: &mut Choices, depth: usize) -> Tree {
    use Instruction as I;
    use Primitive as P;
    if depth > 0 && choices.one_in(5) {
        return Tree::Block(body(choices, depth - 1));
    }
    let name = |choices: &mut Choices, names: &[&'static str]| Box::from(choices.of(names));
    Tree::Cell(match choices.below(12) {
        0 | 1 => I::Integer(choices.below(3) as i64),
        2 => I::Text("a".into()),
        3 | 4 => I::Call(name(choices, &CALLED)),
        5 => I::Pick(name(choices, &LOCALS)),
        6 => I::Assign(name(choices, &LOCALS)),
        7 => I::Breakpoint,
        8 => I::PushFunction(name(choices, &CALLED)),
        9 => {
            if choices.one_in(4) {
                I::Call(name(choices, &LOCALS))
            } else {
                I::Label("l".into())
            }
        }
        _ => I::Primitive(choices.of(&[
            P::Add,
            P::Dup,
            P::If,
            P::IfElse,
            P::Repeat,
            P::RepeatIf,
            P::While,
            P::Times,
            P::Return,
            P::End,
            P::Drop,
        ])),
    })
}

fn body(choices: &mut Choices, depth: usize) -> Vec<Tree> {
    (0..choices.below(8)).map(|_| cell(choices, depth)).collect()
}

/// A copy with a few changes at any depth.
fn mutated(choices: &mut Choices, body: &[Tree]) -> Vec<Tree> {
    let mut cells = Vec::new();
    for one in body {
        match choices.below(12) {
            0 => continue,
            1 => cells.push(cell(choices, 1)),
            2 => {
                cells.push(cell(choices, 1));
                continue;
            }
            _ => {}
        }
        cells.push(match one {
            Tree::Block(inner) if choices.one_in(2) => Tree::Block(mutated(choices, inner)),
            other => other.clone(),
        });
    }
    if choices.one_in(5) {
        cells.push(cell(choices, 1));
    }
    cells
}

/// A copy in which a run of cells is in blocks, as if its lines had been indented.
fn indented(choices: &mut Choices, body: &[Tree]) -> Vec<Tree> {
    use Instruction as I;
    use Primitive as P;
    let from = choices.below(body.len() + 1);
    let to = from + choices.below(body.len() - from + 1);
    let mut inner = body[from..to].to_vec();
    if choices.one_in(3) {
        inner = indented(choices, &inner);
    }
    if choices.one_in(3) {
        inner = mutated(choices, &inner);
    }
    let end = Tree::Cell(I::Primitive(P::End));
    let local = || Tree::Cell(I::Pick("x".into()));
    if choices.one_in(2) {
        inner.push(end.clone());
    }
    let mut condition = vec![local()];
    if choices.below(4) > 0 {
        condition.push(end);
    }
    let (inner, condition) = (Tree::Block(inner), Tree::Block(condition));
    let primitive = |primitive| Tree::Cell(I::Primitive(primitive));
    let around = match choices.below(6) {
        0 => vec![local(), inner, primitive(P::If)],
        1 => vec![condition, inner, primitive(P::While)],
        2 => vec![inner, condition, primitive(P::While)],
        3 => vec![Tree::Cell(I::Integer(2)), inner, primitive(P::Times)],
        4 => vec![local(), inner, condition, primitive(P::IfElse)],
        _ => vec![inner, Tree::Cell(I::Call("g".into()))],
    };
    [&body[..from], &around, &body[to..]].concat()
}

/// A copy without the cells around a position.
fn without(choices: &mut Choices, body: &[Tree], at: usize) -> Vec<Tree> {
    let from = at.saturating_sub(1 + choices.below(3)).min(body.len());
    let to = (at + choices.below(3)).clamp(from, body.len());
    [&body[..from], &body[to..]].concat()
}

/// New code for a function that is run: cells change, lines are indented, or those it stands in are deleted.
fn edited(choices: &mut Choices, machine: &Machine, function: Body, body: &[Tree]) -> Vec<Tree> {
    let stands: Vec<usize> = saved(machine)
        .into_iter()
        .filter(|place| place.body == function)
        .map(|place| place.offset.index())
        .collect();
    match choices.below(5) {
        0 => indented(choices, body),
        1 => {
            let indented = indented(choices, body);
            mutated(choices, &indented)
        }
        2 if !stands.is_empty() => {
            let at = choices.of(&stands);
            without(choices, body, at)
        }
        _ => mutated(choices, body),
    }
}

/// As a fragment, without empty cells at the ends of bodies.
fn fragment(trees: &[Tree]) -> Fragment {
    let mut bodies = vec![Vec::new()];
    fill(trees, 0, &mut bodies);
    Fragment { bodies }
}

fn fill(trees: &[Tree], number: usize, bodies: &mut Vec<Vec<Instruction>>) {
    for tree in trees {
        let cell = match tree {
            Tree::Cell(cell) => cell.clone(),
            Tree::Block(inner) => {
                bodies.push(Vec::new());
                let block = bodies.len() - 1;
                fill(inner, block, bodies);
                Instruction::Block(block as u32)
            }
        };
        bodies[number].push(cell);
    }
    while bodies[number].last() == Some(&Instruction::Breakpoint) {
        bodies[number].pop();
    }
}

/// The same fragment with its bodies in the order of the text.
fn canonical(code: &Fragment) -> Fragment {
    fn tree(code: &Fragment, body: usize) -> Vec<Tree> {
        let cells = code.bodies[body].iter();
        cells
            .map(|cell| match cell {
                Instruction::Block(block) => Tree::Block(tree(code, *block as usize)),
                other => Tree::Cell(other.clone()),
            })
            .collect()
    }
    fragment(&tree(code, 0))
}

/// All counters and return addresses.
fn saved(machine: &Machine) -> Vec<Place> {
    let task = machine.task();
    let returns = task.calls().activations().filter_map(|entry| entry.returns_to);
    [task.counter()].into_iter().chain(returns).collect()
}

/// Every live position is where the revision said; the others have not moved.
fn promised(before: &Machine, after: &Machine, function: Body, revision: &Revision) {
    assert_eq!(revision.more_live, 0);
    let said: HashMap<u32, Place> =
        revision.live.iter().map(|live| (live.frame.0, live.after)).collect();
    let top = before.task().calls().innermost_id().0;
    for (n, (from, to)) in saved(before).into_iter().zip(saved(after)).enumerate() {
        let frame = top - n as u32;
        let expected = said.get(&frame).copied().unwrap_or(from);
        assert_eq!(to, expected, "frame {frame} stood at {from:?}; {function}");
    }
}

/// Puts calls and the counter at random cells of a function.
fn scatter(choices: &mut Choices, machine: &mut Machine, function: Body) {
    let (code, bodies) = fragment_with_bodies(machine, function);
    let mut calls = Vec::new();
    for (number, cells) in code.bodies.iter().enumerate() {
        for (at, cell) in cells.iter().enumerate() {
            if matches!(cell, Instruction::Call(name) if ["f", "g", "t"].contains(&&**name)) {
                calls.push(Place::new(bodies[number], at as u32));
            }
        }
    }
    for _ in 0..choices.below(6) {
        if !calls.is_empty() {
            machine.set_counter(choices.of(&calls)).unwrap();
            machine.run(1);
        }
    }
    if choices.one_in(2) {
        let number = choices.below(bodies.len());
        let at = choices.below(code.bodies[number].len() + 3);
        machine.set_counter(Place::new(bodies[number], at as u32)).unwrap();
    }
}

/// Law 8, by a list for each body in which the commands are carried out one by one: whoever stands before an inserted
/// cell comes to it, and whoever has passed its place does not; nobody passes a kept cell twice, or not at all.
fn law_8(before: &Machine, after: &Machine, revision: &Revision) {
    #[derive(Clone, Copy, Debug)]
    enum Mark {
        Old(u32),
        /// Before which old cell it was inserted.
        New(u32),
    }
    let mut lists: HashMap<Body, Vec<Mark>> = HashMap::new();
    let mut list = |body: Body, change: &mut dyn FnMut(&mut Vec<Mark>)| {
        let used = before.memory().code(body).map_or(0, |code| code.size);
        change(lists.entry(body).or_insert_with(|| (0..used).map(Mark::Old).collect()));
    };
    let mut fork = Image::new(before.clone());
    for command in &revision.commands {
        match command {
            Command::Insert { at, .. } => {
                let used = |image: &Image| {
                    image.machine.memory().code(at.body).unwrap().used().len() as u32
                };
                let there = used(&fork).max(at.offset.0);
                command.apply(&mut fork).unwrap();
                let count = used(&fork) - there;
                let old = at.offset.0;
                list(at.body, &mut |marks| {
                    let at = old as usize;
                    marks.splice(at..at, (0..count).map(|_| Mark::New(old)));
                });
                continue;
            }
            Command::Delete { at, count } => list(at.body, &mut |marks| {
                marks.drain(at.offset.index()..at.offset.index() + *count as usize);
            }),
            Command::Replace { .. } | Command::Local { .. } => {}
            other => panic!("{other:?} in a script"),
        }
        command.apply(&mut fork).unwrap();
    }
    for (from, to) in saved(before).into_iter().zip(saved(after)) {
        let Some(marks) = lists.get(&from.body) else { continue };
        for (now, mark) in marks.iter().enumerate() {
            let comes = now >= to.offset.index();
            match *mark {
                Mark::Old(was) => {
                    assert_eq!(comes, was >= from.offset.0, "{from:?} to {to:?}: {marks:?}")
                }
                Mark::New(place) => {
                    assert_eq!(comes, place >= from.offset.0, "{from:?} to {to:?}: {marks:?}")
                }
            }
        }
    }
}

#[test]
fn random_functions_become_exactly_the_new_code() {
    let (mut moved, mut entered, mut dropped) = (0, 0, 0);
    for seed in 0..4_000 {
        let mut choices = Choices::new(seed);
        let trees = body(&mut choices, 2);
        let old = fragment(&trees);
        let effects: StackEffects = CALLED
            .into_iter()
            .filter(|_| choices.below(3) > 0)
            .map(|name| {
                let takes = name.len() % 3;
                (Box::from(name), StackEffect { takes, gives: [None, Some(1)][name.len() % 2] })
            })
            .collect();
        let mut image = image_of_program("[ 1 ] bind: f [ 2 ] bind: g").unwrap();
        let Ok(function) = image.machine.define("t", &old) else { continue };
        apply(&mut image, &[Command::Push { text: "11 12 13 14".into() }]);
        scatter(&mut choices, &mut image.machine, function);
        let new = fragment(&edited(&mut choices, &image.machine, function, &trees));
        let old = fragment_of(&image.machine, function);
        let scope = Scope::outside(&image.machine);
        let print = |code| source::function("t", code, &Comments::default(), &effects, &scope);
        let (a, b) = (print(&old), print(&new));
        let anchors = match choices.one_in(3) {
            true => Anchors::default(),
            false => Anchors::between(
                Spelled { text: &a.text, spans: &a.spans, definition: None },
                Spelled { text: &b.text, spans: &b.spans, definition: None },
            ),
        };
        let effects = Effects { old: &effects, new: &effects };
        let trial = image.fork();
        let revision = Revision::new(trial, function, &new, &anchors, effects)
            .unwrap_or_else(|no| panic!("seed {seed}: {no}\n{}{}", a.text, b.text));
        let before = image.clone();
        apply(&mut image, &revision.commands);
        let is = canonical(&fragment_of(&image.machine, function));
        assert_eq!(is, canonical(&new), "seed {seed}: {}", commands(&revision));
        promised(&before.machine, &image.machine, function, &revision);
        law_8(&before.machine, &image.machine, &revision);
        moved += usize::from(saved(&before.machine) != saved(&image.machine));
        entered += usize::from(goes_on_inside(&image, &revision));
        dropped += usize::from(drops_what_is_left_over(&image, &revision));
    }
    assert!(moved > 300 && entered > 10 && dropped > 30, "{moved}, {entered}, {dropped}");
}

/// If the counter can go on in a block, it is there then, and nothing else is different.
fn goes_on_inside(image: &Image, revision: &Revision) -> bool {
    let Some(Ok(further)) = &revision.inside else { return false };
    let mut inside = image.clone();
    apply(&mut inside, further);
    let (before, after) = (&image.machine, &inside.machine);
    assert_eq!(before.show_stack(), after.show_stack());
    assert_eq!(before.output(), after.output());
    assert_ne!(before.task().counter().body, after.task().counter().body);
    let (was, is) = (saved(before), saved(after));
    let inner = is.len() - was.len();
    assert!(inner > 0);
    // The callers stand where they stood, and the activation after the block, to go on there later.
    assert_eq!(was[1..], is[inner + 1..]);
    assert_eq!(was[0].body, is[inner].body);
    true
}

/// If values are left over, they are dropped, and no others.
fn drops_what_is_left_over(image: &Image, revision: &Revision) -> bool {
    if revision.drops.is_empty() {
        return false;
    }
    let live = revision.live.iter().find(|live| !live.left_over.is_empty()).unwrap();
    assert_eq!(live.surplus, Some(live.left_over.len() as i64));
    let values = |image: &Image| -> Vec<Instruction> {
        let machine = &image.machine;
        machine.task().parameters().iter().rev().map(|&value| machine.spell(value)).collect()
    };
    let mut dropped = image.clone();
    apply(&mut dropped, &revision.drops);
    let stay = values(image).into_iter().enumerate();
    let stay = stay.filter(|(depth, _)| !live.left_over.contains(depth));
    assert_eq!(values(&dropped), stay.map(|(_, value)| value).collect::<Vec<_>>());
    assert_eq!(saved(&dropped.machine), saved(&image.machine));
    true
}

#[test]
fn every_token_of_lines_that_were_only_indented_is_the_same() {
    for seed in 0..500 {
        let mut choices = Choices::new(seed);
        let count = 2 + choices.below(6);
        let kinds = ["print(@)", "x = x + @", "foo(x, bar(@))", "return(@)"];
        let line = |n: usize, kind: &str| kind.replace('@', &n.to_string());
        let lines: Vec<String> = (0..count).map(|n| line(n, choices.of(&kinds))).collect();
        let (mut text, mut depth) = (String::from("f <- fun[x]:\n"), 1);
        let old: String = lines.iter().map(|line| format!("  {line}\n")).collect();
        let old = text.clone() + &old;
        for line in &lines {
            while depth < 4 && choices.one_in(3) {
                let header = choices.of(&["if x:", "while x > 0:", "times(3):", "repeat:"]);
                text += &format!("{}{header}\n", "  ".repeat(depth));
                depth += 1;
            }
            text += &format!("{}{line}\n", "  ".repeat(depth));
            if choices.one_in(4) {
                text += &format!("{}new(x)\n", "  ".repeat(depth));
            }
            if choices.one_in(4) {
                depth = 1 + choices.below(depth);
            }
        }
        let read = |text: &str| {
            let read = Notation::Source.read_program(text);
            read.unwrap_or_else(|bad| panic!("seed {seed}: {bad:?}\n{text}"))
        };
        let (a, b) = (read(&old), read(&text));
        let anchors = Anchors::between(
            Spelled { text: &old, spans: &a.spans, definition: Some(0) },
            Spelled { text: &text, spans: &b.spans, definition: Some(0) },
        );
        let cells = |read: &midflight::program::span::Read<_>, (body, index): (usize, usize)| {
            let program: &midflight::program::listing::Program = &read.cells;
            program.definitions[0].code.bodies[body][index].clone()
        };
        let found: HashMap<_, _> = anchors.0.into_iter().collect();
        for (index, cell) in a.cells.definitions[0].code.bodies[0].iter().enumerate() {
            // The end that a dedent writes has no token.
            if *cell != Instruction::Primitive(Primitive::End) {
                let to = found.get(&(0, index));
                assert_eq!(
                    to.map(|&to| cells(&b, to)).as_ref(),
                    Some(cell),
                    "seed {seed}\n{old}{text}"
                );
            }
        }
    }
}

#[test]
fn a_function_of_thousands_of_cells_is_revised() {
    let line = |n: usize| format!("  print({n} + {})\n", n * 7);
    let old: String = (0..1_000).map(line).collect();
    let changed =
        |n: usize| if n % 3 == 1 { format!("  print(a - {n})\n  print(2)\n") } else { line(n) };
    let new: String = (0..1_000).map(changed).collect();
    let read = Notation::Source.read_program(&format!("f <- fun[a]:\n{old}")).unwrap().cells;
    let mut image = Image::default();
    image.machine.define("f", &read.definitions[0].code).unwrap();
    let text = format!("f <- fun[a]:\n{new}");
    revise(&mut image, "f", &text);
    // Without anything in common, it is too large for the table.
    let other: String = (0..3_000).map(|n| format!("  set(\"{n}\")\n")).collect();
    let revision = revise(&mut image, "f", &format!("f <- fun[b]:\n{other}"));
    assert!(revision.inserted > 5_000, "{}", revision.words());
    let deep = "[ ".repeat(20_000) + &"] ".repeat(20_000);
    image
        .machine
        .define(
            "deep",
            &image_of_program(&deep).map(|image| fragment_of(&image.machine, Body(0))).unwrap(),
        )
        .unwrap();
    let inner = "[ ".repeat(20_000) + "1 " + &"] ".repeat(20_000);
    let code = fragment_of(&image_of_program(&inner).unwrap().machine, Body(0));
    let body = image.machine.memory().function("deep").unwrap();
    let none = StackEffects::default();
    let trial = image.fork();
    let effects = Effects { old: &none, new: &none };
    let revision = Revision::new(trial, body, &code, &Anchors::default(), effects).unwrap();
    assert_eq!(revision.inserted, 2, "only the innermost block changes: {}", revision.words());
}

/// The line that an activation is in becomes another one, which has nothing of it: the activation begins that, and
/// what it had computed is left over. It never goes back before a line that it has finished.
#[test]
fn a_line_that_becomes_another_is_begun_and_not_one_before_it() {
    let program = "[ \"one\" print 3 ] bind: one \
                   [ assign: k k 5 = [ \"five\" print ] if one 7 two 2 * + assign: z z return ] bind: f 5 f";
    let before = "f <- fun[k]:\n  if k == 5:\n    print(\"five\")\n";
    for (line, wanted, left) in [("  k = 1\n  return(k)\n", "1", 2), ("  return(k)\n", "k", 2)] {
        let mut image = image(program, 100);
        assert_eq!(image.machine.show_stack(), "3 7");
        let revision = revise(&mut image, "f", &format!("{before}{line}"));
        let live = &revision.live[0];
        assert_eq!(image.machine.output(), "fiveone");
        assert_eq!((live.next.as_str(), live.left_over.len()), (wanted, left), "{line}");
    }
}

#[test]
fn the_next_turn_of_a_loop_runs_what_changes_in_its_condition() {
    let program = "[ assign: n 0 assign: i [ i n < ] [ i missing i 1+ assign: i ] while i return ] bind: f 3 f";
    let mut image = image(program, 100);
    let text =
        "f <- fun[n]:\n  i = 0\n  while i < n - 1:\n    missing(i)\n    i = i +1\n  return(i)\n";
    let revision = revise(&mut image, "f", text);
    let standings: Vec<Standing> = revision.live.iter().map(|live| live.standing).collect();
    assert!(standings.iter().all(|&standing| standing == Standing::Runs), "{standings:?}");
}

/// A new name that another local had is no renaming: nothing is claimed that does not hold.
#[test]
fn names_that_change_places_keep_their_values() {
    let program = "[ assign: b assign: a \"go\" print missing a print b print ] bind: f 10 3 f";
    for (first, second, without) in [("b", "c", vec!["c"]), ("b", "a", vec![])] {
        let mut image = image(program, 100);
        let text = format!(
            "f <- fun[{first}, {second}]:\n  print(\"go\")\n  missing()\n  print({first})\n  print({second})\n"
        );
        let revision = revise(&mut image, "f", &text);
        assert_eq!(revision.renamed, []);
        let named: Vec<&str> = revision.without_value.iter().map(|name| &**name).collect();
        assert_eq!(named, without);
    }
}
