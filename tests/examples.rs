//! Examples: comments such as `#= 5 fact -- 120`, run beside the program.

mod shell;
mod support;

use std::fmt::Write;

use midflight::program::listing::Program;
use midflight::program::notation::Notation;
use midflight::program::scope::Scope;
use midflight::session::command::{self, Command};
use midflight::session::evaluation::stack;
use midflight::session::example::{self, ExampleRun, FUEL, Verdict};
use midflight::session::examples::Examples;
use midflight::session::load::{image_of_file, image_of_program};
use midflight::session::outcome::Progress;
use midflight::session::request::Request;
use midflight::session::target::Target;
use midflight::view::examples::{ExampleRow, Tone, lacks, rows};
use midflight::vm::limit::LimitKind;
use midflight::vm::stop::Stop;
use midflight::{Image, Session};
use shell::Shell;
use support::choices::Choices;

fn session(text: &str) -> Session {
    Session::new(image_of_program(text).unwrap())
}

fn apply(session: &mut Session, line: &str) {
    session.apply(&command::read(line).expect(line)).expect(line);
}

fn go(session: &mut Session, request: Request) {
    let mut progress = session.start(request).unwrap();
    while progress == Progress::More {
        progress = session.advance(1_000_000).unwrap();
    }
}

fn finish(examples: &mut Examples) {
    while !examples.advance(1_000_000) {}
    assert!(examples.is_done());
}

/// The examples of a program, when all have run.
fn run(session: &mut Session) -> Examples {
    let mut examples = Examples::default();
    examples.refresh_from(session);
    finish(&mut examples);
    examples
}

fn words(session: &Session, examples: &Examples) -> Vec<String> {
    rows(session.machine(), examples).into_iter().map(|row| row.words).collect()
}

#[test]
fn factorial_is_written_from_three_examples() {
    let mut session = Session::default();
    let mut examples = Examples::default();
    for typed in ["0 fact -- 1", "1 fact -- 1", "5 fact -- 120"] {
        let add = example::add(session.image(), typed);
        session.apply(&[add]).unwrap();
    }
    let mut told = |session: &mut Session| {
        assert!(examples.refresh_from(session));
        finish(&mut examples);
        let rows = rows(session.machine(), &examples).into_iter();
        let rows = rows.map(|row| format!("{} | {}", row.stack, row.words));
        (rows.collect::<Vec<_>>(), lacks(session.machine(), &examples).join("; "))
    };
    let same = |words: [&str; 3]| words.map(str::to_owned).to_vec();
    let missing = same(["0 | fact is missing", "1 | fact is missing", "5 | fact is missing"]);
    let wait = "fact is missing: 3 examples wait for it".to_owned();
    assert_eq!(told(&mut session), (missing.clone(), wait.clone()));
    for (gesture, expected, wait) in [
        (
            "define fact ``",
            [
                "0 | waits at cell 100 of fact",
                "1 | waits at cell 100 of fact",
                "5 | waits at cell 100 of fact",
            ],
            "cell 100 of fact is empty: 3 examples wait for it",
        ),
        (
            "write 1:0 `assign: n n 0 = base`",
            ["1 | base is missing", "0 | base is missing", "0 | base is missing"],
            "base is missing: 3 examples wait for it",
        ),
        (
            "replace 1:4 `[ 1 return ] if`",
            ["1 | ✓", " | waits at cell 106 of fact", " | waits at cell 106 of fact"],
            "cell 106 of fact is empty: 2 examples wait for it",
        ),
        ("write 1:6 `n n 1 - fact * return`", ["1 | ✓", "1 | ✓", "120 | ✓"], ""),
    ] {
        apply(&mut session, gesture);
        assert_eq!(told(&mut session), (same(expected), wait.to_owned()), "{gesture}");
    }
    for _ in 0..4 {
        go(&mut session, Request::Go(Target::Undo));
    }
    assert_eq!(told(&mut session), (missing, wait));
    assert_eq!(session.machine().retired(), 0);
}

/// What came of an example in a program.
#[test]
fn what_came_of_it_in_words() {
    let program = "[ assign: n n 0 = [ 1 return ] if n n 1 - fact * return ] bind: fact
                   [ ] bind: empty
                   [ hole ] bind: lacks
                   [ deep ] bind: deep
                   [ [ 1 drop ] repeat ] bind: spin
                   [ 1 [ \"b\" ] if ... ] bind: open
                   9 assign: x";
    for (text, expected) in [
        ("5 fact -- 120", "✓"),
        ("5 fact -- 24", "left 120"),
        ("5 fact --", "left 120"),
        ("3 fact 4 fact -- 6 24", "✓"),
        ("3 fact 4 fact -- 24 6", "left 6 24"),
        ("--", "✓"),
        ("-- 1", "left nothing"),
        ("\"a\" \"b\" str_join -- \"ab\"", "✓"),
        ("\"a\" \"b\" str_join -- \"a\" \"b\"", "left \"ab\""),
        ("pushf: fact -- pushf: fact", "✓"),
        ("pushf: deep -- pushf: fact", "left pushf: deep"),
        ("pushf: fact -- pushf: gone", "left pushf: fact"),
        ("5 pushf: fact call -- 120", "✓"),
        ("5 assign: y y y + -- 10", "✓"),
        ("5 set: y get: y -- 5", "✓"),
        ("[ 1 ] call 3 [ 1+ ] times -- 4", "✓"),
        ("1 2 3 4 5 6 7 8 -- 8", "left (2 more) 3 4 5 6 7 8"),
        ("1 print \"a\" print_line --", "✓"),
        ("empty --", "waits at cell 200 of empty"),
        ("open --", "waits at cell 603 of open"),
        ("breakpoint 1 -- 1", "waits at an empty cell of its text"),
        ("hole --", "hole is missing"),
        ("lacks --", "hole is missing"),
        ("x -- 9", "x is missing"),
        ("input.line --", "asks for input"),
        ("1 0 / --", "division by zero: 1 / 0"),
        ("3 exit --", "ended with exit code 3"),
        ("deep --", "the limit of calls is reached"),
        ("[ 1 ] repeat --", "the limit of parameters is reached"),
        ("spin --", "no end within 10,000,000 instructions"),
        (
            "[ 4000000 allocate drop ] repeat --",
            "no end within 156 instructions, which took as long as 10,000,000 usually do",
        ),
        ("[ 600000 allocate ] repeat --", "it needs more memory than an example may use"),
        (
            "0 assign: i [ i 1+ assign: i i int_to_str 9000 str_repeat drop ] repeat --",
            "no end within 12,341 instructions, which took as long as 10,000,000 usually do",
        ),
        (
            "[ \"a\" 60000 str_repeat print ] repeat --",
            "it needs more output than an example may use",
        ),
        (
            "5 fact",
            "the example does not say what it should leave; write `--` and the values after \
                    the text: `5 fact -- 120`",
        ),
        (
            "fact(5) -- 120",
            "`fact(5)` is one word, and no function has this name; examples are \
                            written one word for each cell, also in .flpy: `5 fact -- 120`",
        ),
        ("[ 1 -- 1", "this bracket is not closed; write `]` where the block ends"),
        ("1 -- x", "`x` is not a value; after `--` come numbers, texts and `pushf: name`"),
    ] {
        let mut session = session(&format!("{program}\n#= {text}"));
        let before = session.clone();
        let mut examples = run(&mut session);
        assert_eq!(words(&session, &examples), [expected], "{text}");
        assert!(session.image() == before.image(), "{text}");
        examples.hold(Some(0));
        finish(&mut examples);
        assert_eq!(words(&session, &examples), [expected], "{text}, looked at");
    }
}

#[test]
fn instructions_that_take_long_count_as_several() {
    let mut session = session("#= \"a\" 60000 str_repeat [ dup \"b\" str_find drop ] repeat --");
    let examples = run(&mut session);
    let words = &words(&session, &examples)[0];
    let usual = "instructions, which took as long as 10,000,000 usually do";
    assert!(words.starts_with("no end within ") && words.ends_with(usual), "{words}");
    assert!(matches!(examples.runs()[0].verdict(), Verdict::Endless(1_000..1_000_000)));
}

#[test]
fn data_is_told_by_its_contents() {
    for (text, expected) in [
        ("2 allocate dup 7 swap 1 memory.set --", " (0 7)"),
        ("20 allocate --", " (0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 …)"),
    ] {
        let mut session = session(&format!("#= {text}"));
        let examples = run(&mut session);
        let words = &words(&session, &examples)[0];
        assert!(words.starts_with("left @") && words.ends_with(expected), "{words}");
    }
}

#[test]
fn an_example_has_the_globals_and_changes_nothing() {
    let mut session = session(
        "[ get: list 0 memory.get ] bind: first
         3 allocate set: list  7 get: list 0 memory.set  5 set: count
         #= first get: count -- 7 5
         #= 8 get: list 0 memory.set 9 set: count first get: count -- 8 9
         #= first get: count -- 7 5
         #= 1 set: new get: new -- 1
         #= get: new -- 1",
    );
    apply(&mut session, "run 100");
    let before = session.clone();
    let mut examples = run(&mut session);
    let unset = "the global `new` has no value; give it one with `set: new` first";
    assert_eq!(words(&session, &examples), ["✓", "✓", "✓", "✓", unset]);
    assert!(session.image() == before.image());
    assert_eq!(session.journal(), before.journal());
    // What a global holds is a part of what they depend on, and what its data holds too.
    let mut fails = |line: &str| {
        apply(&mut session, line);
        assert!(examples.refresh_from(&mut session), "{line}");
        assert!(rows(session.machine(), &examples).iter().all(|row| row.is_old));
        finish(&mut examples);
        words(&session, &examples)[0].clone()
    };
    assert_eq!(fails("global count `6`"), "left 7 6");
    assert_eq!(fails("data 0:0 `1`"), "left 1 6");
}

#[test]
fn only_what_may_have_changed_runs_again() {
    let mut session = session("[ 1 ] bind: f 1 2 3 hole\n#= f -- 1\n#= g -- 2");
    let mut examples = run(&mut session);
    for (gesture, again) in [
        ("run 2", false),
        ("push `7`", false),
        ("drop 1", false),
        ("counter 0:0", false),
        ("breakpoint 1:0 on", false),
        ("write 0:9 `[ 1 ] call`", false),
        ("insert 0:0 `5`", false),
        ("give `a`", false),
        ("comment 1:0 ` prose`", false),
        ("global x `1`", true),
        ("define g ``", true),
        ("write 2:0 `2`", false),
        ("write 3:0 `2`", true),
        ("limit calls 5", true),
        ("rename g h", true),
        ("insert 1:0 `1`", true),
    ] {
        apply(&mut session, gesture);
        assert_eq!(examples.refresh_from(&mut session), again, "{gesture}");
        assert!(!examples.refresh_from(&mut session) || again, "{gesture}");
        finish(&mut examples);
        assert!(!examples.refresh_from(&mut session), "{gesture}: they have run");
    }
    assert_eq!(words(&session, &examples), ["left 1 1", "waits at cell 301 of h"]);
    // A new example is all that runs.
    let add = example::add(session.image(), "h h -- 2");
    session.apply(&[add]).unwrap();
    assert!(examples.refresh_from(&mut session));
    let old: Vec<bool> = examples.runs().iter().map(ExampleRun::is_old).collect();
    assert_eq!(old, [true, false, false]);
}

#[test]
fn an_endless_example_does_not_keep_the_others_waiting() {
    let mut text = "[ [ 1 drop ] repeat ] bind: spin\n#= spin --\n".to_owned();
    (0..999).for_each(|n| writeln!(text, "#= {n} 1+ -- {}", n + 1).unwrap());
    let mut session = session(&text);
    let mut examples = Examples::default();
    assert!(examples.refresh_from(&mut session));
    assert_eq!(rows(session.machine(), &examples)[5].words, "running");
    assert!(!examples.advance(1010 * 10_000));
    let over = examples.runs().iter().filter(|run| run.is_over()).count();
    assert_eq!((over, examples.runs()[0].is_over()), (999, false));
    finish(&mut examples);
    assert_eq!(*examples.runs()[0].verdict(), Verdict::Endless(FUEL));
    assert!(examples.runs()[1..].iter().all(|run| *run.verdict() == Verdict::Passed));
    assert_eq!(session.machine().retired(), 0);
}

#[test]
fn large_runs_are_not_kept_unless_somebody_looks() {
    let mut text = "[ deep ] bind: deep\n".to_owned();
    (0..200).for_each(|n| writeln!(text, "#= {n} deep --").unwrap());
    let mut session = session(&text);
    let mut examples = run(&mut session);
    assert!(examples.runs().iter().all(|run| run.session().is_none() && run.is_over()));
    examples.hold(Some(7));
    assert!(examples.runs()[7].is_old());
    examples.advance(50_000);
    assert!(examples.run_mut(7).unwrap().session_mut().is_none(), "it still runs");
    finish(&mut examples);
    let held = examples.runs()[7].session().expect("somebody looks at it");
    assert_eq!(held.machine().task().calls().depth(), 100_000);
    let kept =
        |examples: &Examples| examples.runs().iter().filter(|run| run.session().is_some()).count();
    assert_eq!(kept(&examples), 1);
    examples.hold(None);
    assert_eq!((kept(&examples), examples.is_done()), (0, true));
}

#[test]
fn a_run_can_be_stepped_through() {
    let mut session = session("[ 1+ return ] bind: f\n#= 5 f f -- 7");
    let mut examples = run(&mut session);
    let there = examples.runs()[0].end().unwrap().clone();
    assert_eq!((there.stack.as_str(), there.at), ("7", None));
    let walked = examples.run_mut(0).unwrap().session_mut().unwrap();
    for (target, stack) in [
        (Target::StepBack, "7"),
        (Target::StepBack, "6"),
        (Target::Start, ""),
        (Target::StepForward, "5"),
        (Target::End, "7"),
    ] {
        go(walked, Request::Go(target));
        assert_eq!(walked.machine().show_stack(), stack, "{target:?}");
    }
    assert!(!examples.refresh_from(&mut session));
    apply(&mut session, "insert 1:0 `1+`");
    assert!(examples.refresh_from(&mut session));
    finish(&mut examples);
    assert_eq!(words(&session, &examples), ["left 9"]);
}

#[test]
fn an_example_belongs_above_the_function_that_it_calls_last() {
    let mut session = session("# prose\n[ 1 ] bind: f\n[ ] bind: g\n2\n# end");
    for (typed, place, comment) in [
        ("f -- 1", "1:0", " prose\n= f -- 1"),
        ("2 f drop -- 2", "1:0", " prose\n= f -- 1\n= 2 f drop -- 2"),
        ("f [ g ] call --", "2:end", "= f [ g ] call --"),
        ("g call: f --", "1:0", " prose\n= f -- 1\n= 2 f drop -- 2\n= g call: f --"),
        ("#= h main --", "0:end", " end\n= h main --"),
        ("[ 1", "0:end", " end\n= h main --\n= [ 1"),
        ("f -- g", "1:0", " prose\n= f -- 1\n= 2 f drop -- 2\n= g call: f --\n= f -- g"),
    ] {
        let add = example::add(session.image(), typed);
        let expected = command::read(&format!("comment {place} `{comment}`"));
        let Command::Comment { at, text } = &add else { panic!("{add:?}") };
        assert_eq!(text, comment, "{typed}");
        assert_eq!(
            expected
                .map(|all| matches!(all[0], Command::Comment { at: there, .. } if there == *at)),
            Ok(true),
            "{typed}"
        );
        session.apply(&[add]).unwrap();
    }
    let listed = session.image().examples();
    let texts: Vec<&str> = listed.iter().map(|example| &*example.text).collect();
    let all = [
        " f -- 1",
        " 2 f drop -- 2",
        " g call: f --",
        " f -- g",
        " f [ g ] call --",
        " h main --",
        " [ 1",
    ];
    assert_eq!(texts, all);
    let change = example::change(session.image(), &listed[1], "3 f -- 3 1").unwrap();
    session.apply(&[change]).unwrap();
    assert_eq!(example::change(session.image(), &listed[1], "1 --"), None);
    let remove = example::remove(session.image(), &listed[4]).unwrap();
    session.apply(&[remove]).unwrap();
    let texts: Vec<_> =
        session.image().examples().iter().map(|example| example.text.to_string()).collect();
    assert_eq!(texts, [" f -- 1", " 3 f -- 3 1", " g call: f --", " f -- g", " h main --", " [ 1"]);
    go(&mut session, Request::Go(Target::Undo));
    assert_eq!(session.image().examples().len(), 7);
}

fn texts(image: &Image) -> Vec<String> {
    image.examples().iter().map(|example| example.text.to_string()).collect()
}

#[test]
fn examples_survive_text_files_and_images() {
    let text = "\
# Twice.
#= 3 twice -- 6
#= \"#= no\" drop --
[
  #= inside --
  2 * return
  # not reached
  #= at the end
] bind: twice

#=== 1 -- 1
1 [
  #= in a block -- 1
  2 ] call
#= 4 twice print --
";
    let image = image_of_program(text).unwrap();
    let expected = [
        " 3 twice -- 6",
        " \"#= no\" drop --",
        " inside --",
        " at the end",
        " in a block -- 1",
        " 4 twice print --",
    ];
    assert_eq!(texts(&image), expected);
    for notation in [Notation::Forth, Notation::Source] {
        let printed = image.print(notation);
        let again = image_of_file(&printed, None, notation).unwrap();
        assert_eq!(texts(&again), expected, "{printed}");
        assert_eq!(again.print(notation), printed);
        let found = midflight::program::example::in_source(&printed, notation);
        let found: Vec<&str> = found.into_iter().map(|(_, text)| text).collect();
        assert_eq!(found, expected, "{printed}");
    }
    let loaded = Image::from_file_text(&image.to_file_text()).unwrap();
    assert_eq!(texts(&loaded), expected);
}

#[test]
fn a_row_is_a_sentence() {
    let mut session = session("#= 1 -- 1\n#= 1 --\n#= h -- 2\n#= 1");
    let mut examples = Examples::default();
    examples.refresh_from(&mut session);
    let sentence = |row: &ExampleRow| row.sentence();
    assert_eq!(sentence(&rows(session.machine(), &examples)[0]), "example 1, wants 1: running");
    finish(&mut examples);
    let shown = rows(session.machine(), &examples);
    let sentences: Vec<String> = shown.iter().map(sentence).collect();
    assert_eq!(
        sentences[..3],
        [
            "example 1, wants 1: holds",
            "example 1, wants nothing: left 1",
            "example h, wants 2: h is missing"
        ]
    );
    let tones: Vec<Tone> = shown.iter().map(|row| row.tone).collect();
    assert_eq!(tones, [Tone::Holds, Tone::Fails, Tone::Waits, Tone::Fails]);
    apply(&mut session, "define h `2`");
    examples.refresh_from(&mut session);
    let row = &rows(session.machine(), &examples)[2];
    assert_eq!(sentence(row), "example h, wants 2: h is missing, running again");
}

// --- random programs --------------------------------------------------------------------------------

const NAMES: [&str; 4] = ["f", "g", "h", "k"];
const PIECES: [&str; 15] = [
    "1 +",
    "dup",
    "drop",
    "2 *",
    "assign: n",
    "n",
    "[ 1 return ] if",
    "f",
    "g",
    "h",
    "return",
    "dup 2 <",
    "[ 3 ] [ g ] if-else",
    "3 [ 1+ ] times",
    "pushf: f",
];
const TEXTS: [&str; 13] = [
    "1 f -- 2",
    "g --",
    "3 2 h -- 5",
    "f g -- 1",
    "x --",
    "1 -- 1",
    "1 2 f g h -- 3",
    "1 k",
    "3 f --",
    "2 3 g h -- 6",
    "1 2 + -- 4",
    "pushf: g -- pushf: g",
    "4 f dup h -- 8 8",
];

fn pieces(c: &mut Choices) -> String {
    (0..c.below(6)).map(|_| c.of(&PIECES)).collect::<Vec<_>>().join(" ")
}

/// A gesture that may be refused.
fn gesture(c: &mut Choices, session: &Session) -> Vec<Command> {
    let count = session.machine().memory().code_count();
    let at = format!("{}:{}", c.below(count as usize + 1), c.below(6));
    let name = c.of(&NAMES);
    let line = match c.below(14) {
        0..=2 => format!("define {name} `{} return`", pieces(c)),
        3 => format!("redefine {name} `{}`", pieces(c)),
        4 => format!("insert {at} `{}`", pieces(c)),
        5 => format!("write {at} `{}`", pieces(c)),
        6 => format!("delete {at} {}", 1 + c.below(2)),
        7 => format!("replace {at} `{}`", c.of(&PIECES)),
        8 => format!("rename {name} {}", c.of(&NAMES)),
        9 => format!("run {}", c.below(9)),
        10 => format!("remove {}", c.below(count as usize)),
        11 => {
            let listed = session.image().examples();
            if listed.is_empty() {
                return vec![];
            }
            let one = &listed[c.below(listed.len())];
            let changed = match c.below(3) {
                0 => example::remove(session.image(), one),
                _ => example::change(session.image(), one, c.of(&TEXTS)),
            };
            return vec![changed.expect("it is there")];
        }
        _ => return vec![example::add(session.image(), c.of(&TEXTS))],
    };
    command::read(&line).expect(&line)
}

/// What an example does, found out slowly: the program as text, with the example as main code.
fn slowly(image: &Image, code: &str) -> (Stop, String) {
    let Program { definitions, .. } = image.program();
    let program = Program { definitions, ..Program::default() };
    let functions = Notation::Forth.print_program(&program, &Scope::empty()).text;
    let mut fresh = image_of_program(&format!("{functions}\n{code}")).expect(&functions).machine;
    let stop = fresh.run(FUEL);
    (stop, stack(&fresh))
}

#[test]
fn random_programs_do_not_notice_their_examples() {
    let mut counts = [0_usize; 4];
    for seed in 0..60 {
        let mut c = Choices::new(0xe8a_0000 + seed);
        let mut session = Session::default();
        let mut plain = Session::default();
        let mut examples = Examples::default();
        for _ in 0..25 {
            let request = match c.below(8) {
                0 => Request::Go(Target::Undo),
                1 => Request::Go(Target::Redo),
                _ => Request::gesture(gesture(&mut c, &session), None),
            };
            for session in [&mut session, &mut plain] {
                if let Ok(mut progress) = session.start(request.clone()) {
                    while progress == Progress::More {
                        progress = session.advance(1000).unwrap();
                    }
                }
            }
            examples.refresh_from(&mut session);
            // Often an edit comes before all have run.
            match c.below(3) {
                0 => drop(examples.advance(c.count(40_000))),
                _ => finish(&mut examples),
            }
        }
        finish(&mut examples);
        assert!(session.image() == plain.image() && session.journal() == plain.journal());
        assert_eq!(examples.runs().len(), session.image().examples().len());
        for (run, listed) in examples.runs().iter().zip(session.image().examples()) {
            assert_eq!(*run.example(), listed);
            let (code, wanted) = run.example().sides();
            let Some(wanted) = wanted else {
                assert!(matches!(run.verdict(), Verdict::Bad(_)));
                counts[3] += 1;
                continue;
            };
            let (stop, left) = slowly(session.image(), code);
            let expected = match stop {
                Stop::Finished if left == wanted => Verdict::Passed,
                Stop::Finished => Verdict::Left(left),
                other => Verdict::Waits(other),
            };
            counts[match expected {
                Verdict::Passed => 0,
                Verdict::Left(_) => 1,
                _ => 2,
            }] += 1;
            let is_same = match (run.verdict(), &expected) {
                // Only the top of a stack is told.
                (Verdict::Left(told), Verdict::Left(all)) => {
                    told == all
                        || told.starts_with('(')
                            && all.ends_with(&told[told.find(") ").unwrap() + 2..])
                }
                // A fault tells the stack, with addresses.
                (Verdict::Waits(Stop::Fault(one)), Verdict::Waits(Stop::Fault(other))) => {
                    one.word() == other.word()
                }
                (verdict, expected) => verdict == expected,
            };
            assert!(
                is_same,
                "{code}: {:?}, not {expected:?}\n{}",
                run.verdict(),
                session.image().print(Notation::Forth)
            );
        }
    }
    assert!(counts.iter().all(|&count| count > 10), "{counts:?}");
}

#[test]
fn any_comment_is_an_example_or_is_refused() {
    const PARTS: [&str; 20] = [
        "=",
        "==",
        "--",
        "5",
        "f",
        "\"",
        "[",
        "]",
        "@100",
        "#",
        "\\",
        "é\u{301}",
        "pushf:",
        "bind:",
        "...",
        "(1)",
        "assign: x",
        "99999999999999999999",
        "\"a\"",
        "\n",
    ];
    let (mut good, mut bad) = (0, 0);
    for seed in 0..300 {
        let mut c = Choices::new(0xe8a_1000 + seed);
        let mut text = "= 1 -- 1\n=".to_owned();
        for _ in 0..c.below(12) {
            text += c.of(&PARTS);
            text += c.of(&[" ", " ", " ", "", "\n= "]);
        }
        let mut session = session("[ 7 ] bind: f");
        let at = midflight::vm::memory::Place::new(1, 0).into();
        session.apply(&[Command::Comment { at, text: text.clone() }]).unwrap();
        let examples = run(&mut session);
        for run in examples.runs() {
            assert!(run.is_over());
            match run.verdict() {
                Verdict::Bad(mistake) => {
                    assert!(run.example().text.is_char_boundary(mistake.at), "{mistake:?}");
                    bad += 1;
                }
                _ => good += 1,
            }
        }
        let listed = texts(session.image());
        for notation in [Notation::Forth, Notation::Source] {
            let printed = session.image().print(notation);
            let found = midflight::program::example::in_source(&printed, notation);
            let found: Vec<&str> = found.into_iter().map(|(_, text)| text).collect();
            assert_eq!(found, listed, "{printed}");
            // Whatever a text is, its comments are a part of it.
            let _ = midflight::program::example::in_source(&text, notation);
        }
    }
    assert!(good > 300 && bad > 100, "{good} and {bad}");
}

// --- the command line ---------------------------------------------------------------------------------

#[test]
fn check_runs_the_examples() {
    let shell = Shell::new();
    let twice = "[ 2 * return ] bind: twice\n";
    for (text, code, said) in [
        ("#= 1 twice -- 2", 0, "1 example holds\n"),
        ("#= 1 twice -- 2\n#= 2 twice -- 4", 0, "2 examples hold\n"),
        ("#= 1 twice -- 2\n#= 2 twice -- 5", 1, "1 of 2 examples does not hold\n"),
        ("#= 1 twice -- 3\n#= 2 twice -- 5", 1, "2 of 2 examples do not hold\n"),
        ("#= 1 twice -- 2\n#= thrice --", 3, "1 of 2 examples waits for what is missing\n"),
        (
            "#= 1 twice -- 3\n#= thrice --",
            1,
            "1 of 2 examples does not hold; 1 of 2 examples waits for what is missing\n",
        ),
        ("#= input.line --", 1, "1 of 1 example does not hold\n"),
        ("#= 1 exit --", 1, "1 of 1 example does not hold\n"),
        ("#= 1", 1, "1 of 1 example does not hold\n"),
        ("#= [ 1 drop ] repeat --", 1, "1 of 1 example does not hold\n"),
        ("#= 1 twice -- 2\nmissing", 3, "1 example holds\n"),
        ("1 drop", 0, ""),
    ] {
        let file = shell.file("a.flpc", format!("{twice}{text}\n"));
        let done = shell.run(&["check", &file]);
        assert_eq!((done.code, done.err.as_str()), (code, ""), "{text}: {}", done.out);
        assert!(done.out.ends_with(said), "{text}: {}", done.out);
        assert_eq!(done.out.is_empty(), said.is_empty(), "{text}: {}", done.out);
    }
    let failing = shell.file("fails.flpc", "#= 1 -- 2");
    let missing = shell.file("missing.flpc", "#= h -- 2");
    let holding = shell.file("holds.flpc", "#= 1 -- 1");
    let code = |files: &[&str]| shell.run(&[&["check"], files].concat()).code;
    assert_eq!(code(&[&holding, &missing, &holding]), 3);
    assert_eq!(code(&[&missing, &failing, &missing]), 1);
    assert_eq!(code(&[&failing, "none.flpc", &failing]), 2);
    // Of an image, with its globals.
    let saved =
        shell.file("globals.flpc", "5 set: five hole\n#= get: five -- 5\n#= get: five -- 6");
    assert_eq!(shell.run(&["run", &saved, "--save", "globals.ron"]).code, 3);
    let done = shell.run(&["check", "globals.ron"]);
    assert_eq!(done.code, 1);
    assert!(done.out.contains("it left 5, and should leave 6"), "{}", done.out);
    assert!(done.out.ends_with("1 of 2 examples does not hold\n"), "{}", done.out);
}

/// An example is about a function, not about its code or its name.
#[test]
fn examples_stay_with_a_function_that_is_redefined_or_renamed() {
    let text = "# Doubles.\n#= 3 f -- 6\n[ # how\n#= 4 f -- 8\ndup + ] bind: f\n#= 1 f f -- 4\n";
    let mut session = Session::new(image_of_program(text).unwrap());
    let texts = |session: &Session| -> Vec<String> {
        let examples = session.image().examples();
        examples.iter().map(|example| example.text.trim().to_owned()).collect()
    };
    let all = texts(&session);
    assert_eq!(all.len(), 3);
    session.apply(&command::read("redefine f `2 *`").unwrap()).unwrap();
    assert_eq!(texts(&session), all);
    let printed = session.image().print(Notation::Forth);
    assert!(printed.contains("#= 3 f -- 6\n#= 4 f -- 8\n["), "{printed}");
    session.apply(&command::read("rename f twice").unwrap()).unwrap();
    assert_eq!(texts(&session), ["3 twice -- 6", "4 twice -- 8", "1 twice twice -- 4"]);
}

/// What is collected is not counted: an example may make much, and keep little.
#[test]
fn an_example_may_make_more_than_it_may_keep() {
    let text = "[ 0 assign: i [ i 200 < ] [ 60000 allocate drop i 1+ assign: i ] while ] bind: much\n\
                #= much --\n#= 5000000 allocate drop --\n";
    let mut image = image_of_program(text).unwrap();
    let mut examples = Examples::default();
    examples.refresh(&mut image);
    while !examples.advance(1_000_000) {}
    let verdicts: Vec<&Verdict> = examples.runs().iter().map(|run| run.verdict()).collect();
    assert_eq!(verdicts, [&Verdict::Passed, &Verdict::OutOfRoom(LimitKind::Memory)]);
}
