//! The rows of the program as text: lines and tokens with their cells, and where the machine is in them.

use std::rc::Rc;

use midflight::program::breakpoint::Breakpoints;
use midflight::program::effect::{StackEffect, StackEffects};
use midflight::program::image::Image;
use midflight::session::command;
use midflight::session::load::image_of_program;
use midflight::view::memory::{At, Marks};
use midflight::view::source::{
    FunctionPart, FunctionRows, Known, Moment, SourcePage, Spot, known, taken,
};
use midflight::view::stacks;
use midflight::vm::index::{Body, BodyId, DataId};
use midflight::vm::instruction::{Fragment, Instruction};
use midflight::vm::machine::Machine;
use midflight::vm::memory::Place;

const FIB: &str =
    "[ assign: i i 3 < [ 1 return ] if i 2 - fib i 1 - fib + return ] bind: fib 3 fib print";

fn effects() -> StackEffects {
    [(Box::from("fib"), StackEffect::new(1, 1))].into_iter().collect()
}

fn image(text: &str) -> Image {
    image_of_program(text).expect("the program reads")
}

fn page(image: &Image) -> SourcePage {
    let mut page = SourcePage::default();
    page.refresh(image, &effects());
    page
}

fn rows(machine: &Machine, page: &SourcePage, index: usize) -> FunctionRows {
    let moment = Moment {
        machine,
        marks: &Marks::new(machine, &Breakpoints::default()),
        frames: &stacks::calls(machine, 100).frames,
        known: &all_known(machine, page),
        changed: &|_| 0..0,
        ran: &|_| None,
    };
    page.rows(index, 0..usize::MAX, &moment)
}

/// What `_` is, and what was executed before the counter.
fn all_known(machine: &Machine, page: &SourcePage) -> Vec<Known> {
    let counter = At::from(machine.task().counter());
    let (part, spot) = page.find(machine.memory(), counter).expect("the counter is shown");
    let text = page.functions()[part].text.as_ref().expect("it is short");
    let line = &text.lines[spot.expect("it is in the text").line];
    let mut all = taken(machine, &effects(), line);
    all.extend(known(machine, &effects()));
    all
}

/// The lines as they are drawn: the counter in `<>`, the frames after their call, values after the line.
fn drawn(rows: &FunctionRows) -> String {
    let mut text = String::new();
    for line in &rows.lines {
        text += &" ".repeat(line.indent as usize);
        for token in &line.tokens {
            match token.counter {
                true => text += &format!("<{}>", token.text),
                false => text += &token.text,
            }
            for frame in &token.returns {
                text += &format!("^{frame}");
            }
        }
        for known in &line.known {
            text += &format!("   {} = {}", known.text, known.value);
        }
        text += if line.leaves_flag { "   flag\n" } else { "\n" };
    }
    text
}

fn all(text: &str, steps: u64) -> String {
    let mut image = image(text);
    image.machine.run(steps);
    let machine = &image.machine;
    let page = page(&image);
    let count = page.functions().len();
    (0..count).map(|index| drawn(&rows(machine, &page, index))).collect()
}

#[test]
fn fib_with_two_activations() {
    let expected = "\
print(fib^1(3))
...
fib <- fun[i]:
  if i < 3:
    return(1)
  return(fib(i - 2) + <fib>(i - 1))   fib(i - 2) = 1   i - 1 = 2
";
    let found = all(FIB, 23);
    assert_eq!(found, expected, "{found}");
}

#[test]
fn every_place_where_the_machine_can_wait_is_in_the_text() {
    for (program, expected) in [
        ("", "<...>\n"),
        ("1 2", "1\n2\n<...>\n"),
        ("[ ] bind: f f", "f^1()\n...\nf <- fun[]:\n  <...>\n"),
        ("1 [ ] if 7", "if^1 1:\n  <...>\n7\n...\n"),
        ("1 [ 2 ... ] if 7", "if^1 1:\n  2\n  <...>\n7\n...\n"),
        ("1 [ ] [ 3 ] if-else 7", "if^1 1:\n  <...>\nelse:\n  3\n7\n...\n"),
        ("0 [ 3 ] [ ] if-else 7", "if^1 0:\n  3\nelse:\n  <...>\n7\n...\n"),
        ("[ ] assign: k k call", "k = [<]>\ncall^1(k)\n...\n"),
        ("[ 1 ... ] assign: k k call", "k = [1; <...>]\ncall^1(k)\n...\n"),
    ] {
        let found = all(program, 1000);
        assert_eq!(found, expected, "{program}:\n{found}");
    }
}

#[test]
fn a_loop_says_which_line_leaves_its_flag() {
    let text = "[ assign: n n 0 > [ n print n 1- assign: n n 0 > ] repeat_if ] bind: f 3 f";
    let found = all(text, 0);
    assert!(found.contains("    n > 0   flag\n"), "{found}");
}

#[test]
fn each_cell_is_one_token_and_each_token_one_cell() {
    for (text, steps) in [(FIB, 0), (FIB, 23), ("1 [ 2 [ 3 ] [ 4 ] if-else ] if [ 1 ] repeat", 0)] {
        let mut image = image(text);
        image.machine.run(steps);
        let machine = &image.machine;
        let page = page(&image);
        let mut found: Vec<At> = (0..page.functions().len())
            .flat_map(|index| rows(machine, &page, index).lines)
            .flat_map(|line| line.tokens)
            .filter_map(|token| token.at)
            .collect();
        found.sort_unstable();
        let memory = machine.memory();
        let places = memory.code_bodies().flat_map(|(body, code)| {
            (0..code.used().len() as u32).map(move |offset| At::from(Place::new(body, offset)))
        });
        for at in places {
            assert_eq!(found.iter().filter(|&&token| token == at).count(), 1, "{text}: {at:?}");
            let (_, spot) = page.find(memory, at).expect("its function is shown");
            assert!(!spot.expect("it is in the text").after);
        }
    }
}

/// Only what changed is printed again.
#[test]
fn an_edit_prints_only_what_it_changes() {
    let mut image = image(&format!("[ 1 ] bind: one {FIB}"));
    let mut page = page(&image);
    let before: Vec<_> = page.functions().to_vec();
    image.machine.run(23);
    page.refresh(&image, &effects());
    let same = |page: &SourcePage| -> Vec<bool> {
        let pairs = page.functions().iter().zip(&before);
        pairs.map(|(now, before)| Rc::ptr_eq(now, before)).collect()
    };
    assert_eq!(same(&page), [true, true, true], "running changes no text");
    let line = Fragment::line(vec![Instruction::Integer(7)]);
    let one = image.machine.memory().function("one").unwrap();
    image.machine.write(Place::new(one, 0), &line).unwrap();
    page.refresh(&image, &effects());
    assert_eq!(same(&page), [true, false, true]);
    page.refresh(&image, &StackEffects::default());
    assert_eq!(same(&page), [false, false, false], "what calls fib is printed in another way");
}

#[test]
fn a_line_says_what_is_in_it() {
    let mut image = image(FIB);
    image.machine.run(23);
    let machine = &image.machine;
    let rows = rows(machine, &page(&image), 1);
    let stack = stacks::parameters(machine, 10);
    let line = &rows.lines[3];
    assert_eq!(
        line.description(&rows.title, &stack),
        "line 4 of fib, counter at fib, stack 1 2, fib(i - 2) = 1, i - 1 = 2: \
         return(fib(i - 2) + fib(i - 1))"
    );
    assert_eq!(rows.note, "at 100, 1 activation, i = 3");
}

/// What is typed in place of a line, and the text that is then read.
#[test]
fn a_text_with_another_line() {
    let with = |program: &str, function: usize, line: usize, typed: &str| {
        let image = image(program);
        let page = page(&image);
        let text = page.functions()[function].text.as_ref().expect("it is short");
        (text.lines_text(line..line + 1), text.with_lines(line..line + 1, typed))
    };
    let two = |was: &str, text: &str| (was.to_owned(), text.to_owned());
    let open = "[ assign: i i 2 - fib ... ] bind: fib";
    for (program, function, line, typed, expected) in [
        (open, 1, 1, "fib(i)", two("fib(i - 2)", "fib <- fun[i]:\n  fib(i)\n  ...\n")),
        (open, 1, 1, "", two("fib(i - 2)", "fib <- fun[i]:\n  ...\n")),
        (open, 1, 2, "f()", two("", "fib <- fun[i]:\n  fib(i - 2)\n  f()\n  ...\n")),
        (
            open,
            1,
            1,
            "if i:\n  f()\n\n",
            two("fib(i - 2)", "fib <- fun[i]:\n  if i:\n    f()\n  ...\n"),
        ),
        ("[ ] bind: f", 1, 1, "g()", two("", "f <- fun[]:\n  g()\n  ...\n")),
        ("1", 0, 1, "2", two("", "1\n2\n")),
        ("", 0, 0, "2", two("", "2\n")),
        ("1 [ ] if 7", 0, 1, "2", two("", "if 1:\n  2\n7\n")),
    ] {
        assert_eq!(with(program, function, line, typed), expected, "{program} {line} {typed}");
    }
}

/// `_` is a value that was on the stack before the line: it is shown until the line has taken it.
#[test]
fn what_a_line_goes_on_from_is_shown_behind_it() {
    let line = |program: &str, steps: u64| {
        let text = all(program, steps);
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        let is_here = |line: &&&str| line.replace("<-", "").contains('<');
        lines.iter().find(is_here).map_or(String::new(), |line| (**line).to_owned())
    };
    let one = "[ 1 + assign: i i i * ] bind: f 3 f";
    let two = "5 6 1 print swap 2 * max print";
    for (program, steps, expected) in [
        (one, 2, "i = _ + <1>   _ = 3"),
        (one, 3, "i = _ <+> 1   _ = 3"),
        (one, 4, "<i> = _ + 1   _ + 1 = 4"),
        (two, 4, "<swap>(_, _)   _ = 5   _ = 6"),
        (two, 5, "print(max(_, _ * <2>))   _ = 6   _ = 5   swap(_, _) = 6 5"),
        (two, 7, "print(<max>(_, _ * 2))   _ = 6   _ * 2 = 10"),
        ("[ assign: x x ] bind: f 7 f", 2, "f <- fun[<x>]:"),
    ] {
        assert_eq!(line(program, steps), expected, "{program} {steps}");
    }
}

/// A page that follows every edit is the page that is made at the end.
#[test]
fn a_page_that_follows_edits_is_the_page_of_the_result() {
    let mut text: String = (0..300).map(|n| format!("[ {n} drop ] bind: f{n}\n")).collect();
    text += "# first\n1 f7 f8 [ 5 ] if [ 6 ] drop";
    let mut image = image(&text);
    let effects = |image: &Image| StackEffects::of_machine(&image.machine);
    let mut page = SourcePage::default();
    page.refresh(&image, &effects(&image));
    for line in [
        "write 3:0 `f9 f10`",
        "insert 3:1 `[ 1 [ 2 ] drop ] f11`",
        "delete 3:1 1",
        "define one `[ 1 ] 7`",
        "comment 5:0 ` said`",
        "comment 5:0 ``",
        "write 0:6 `one 1 2 3`",
        "redefine f20 `1 2 [ 3 ] call`",
        "remove 41",
        "define dup `1`",
        "delete 0:0 2",
    ] {
        for command in command::read(line).expect(line) {
            command.apply(&mut image).unwrap_or_else(|error| panic!("{line}: {error}"));
        }
        let effects = effects(&image);
        page.refresh(&image, &effects);
        let mut fresh = SourcePage::default();
        fresh.refresh(&image, &effects);
        let texts = |page: &SourcePage| -> Vec<(Body, String)> {
            let text =
                |part: &FunctionPart| part.text.as_ref().map_or("", |text| text.text()).to_owned();
            page.functions().iter().map(|part| (part.body, text(part))).collect()
        };
        assert_eq!(texts(&page), texts(&fresh), "{line}");
        let memory = image.machine.memory();
        for (body, code) in memory.code_bodies() {
            for offset in 0..=code.used().len() as u32 {
                let at = At::from(Place::new(body, offset));
                assert_eq!(page.find(memory, at), fresh.find(memory, at), "{line}: {at:?}");
            }
        }
    }
}

#[test]
fn a_step_makes_no_text_and_an_edit_those_it_changes() {
    let text: String = (0..300).map(|n| format!("[ {n} drop ] bind: f{n}\n")).collect();
    let mut image = image(&format!("{text} 1 2 f7 f8"));
    let refreshed = |page: &mut SourcePage, image: &Image| {
        let before = page.functions().to_vec();
        page.refresh(image, &StackEffects::of_machine(&image.machine));
        let pairs = page.functions().iter().zip(&before);
        pairs.filter(|(now, before)| !Rc::ptr_eq(now, before)).count()
    };
    let mut page = page(&image);
    page.refresh(&image, &StackEffects::of_machine(&image.machine));
    image.machine.run(3);
    assert_eq!(refreshed(&mut page, &image), 0);
    let line = |cells| Fragment::line(cells);
    let seven = image.machine.memory().function("f7").unwrap();
    image.machine.replace(Place::new(seven, 0), &line(vec![Instruction::Integer(9)])).unwrap();
    assert_eq!(refreshed(&mut page, &image), 1);
    image.machine.write(Place::new(seven, 0), &line(vec![Instruction::Integer(9)])).unwrap();
    assert_eq!(refreshed(&mut page, &image), 2, "main calls f7, which leaves a value now");
}

#[test]
fn data_is_shown_after_the_functions() {
    let mut image = image("3 allocate assign: a 7 a 1 memory.set 250 allocate 0 allocate");
    image.machine.run(100);
    let page = page(&image);
    assert_eq!(page.part_lines().collect::<Vec<_>>(), [5, 12]);
    let rows = rows(&image.machine, &page, 1);
    let text: Vec<String> = rows.lines.iter().map(|line| line.text()).collect();
    assert_eq!((&*rows.title, &*text[0]), ("data", "data 0 = [0, 7, 0]"));
    assert_eq!(text[1], "data 1 = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ");
    assert_eq!(text[10], "0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ... 150 more]");
    assert_eq!(text[11], "data 2 = []");
    assert_eq!(rows.lines[2].name("data"), "data 1 from 10");
    let tokens = rows.lines.iter().enumerate().flat_map(|(line, row)| {
        let cells = row.tokens.iter().enumerate();
        cells.filter_map(move |(token, row)| Some((row.at?, line, token)))
    });
    let mut count = 0;
    for (at, line, token) in tokens {
        let spot = Spot { line, token, after: false };
        assert_eq!(page.find_any(&image.machine, at), Some((1, Some(spot))));
        count += 1;
    }
    assert_eq!(count, 103);
    let far = At { body: BodyId::Data(DataId(1)), offset: 200 };
    let last = At { offset: 99, ..far };
    assert_eq!(page.find_any(&image.machine, far), page.find_any(&image.machine, last));
    assert_eq!(page.data().beside(3, 10).map(|at| at.offset), Some(93));
    assert_eq!(page.data().beside(3, 11), None);
}
