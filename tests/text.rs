//! Properties of program text: what is printed reads back as the same code, what is read prints as
//! itself, and nothing that can be typed makes the parser panic or its messages grow without bound.

use midflight::program::diagnostic::REPORTED;
use midflight::program::listing::program_of;
use midflight::program::parse::{Program, parse, parse_line};
use midflight::program::print::{print, print_line, print_program};
use midflight::program::token::unescape;
use midflight::vm::cell::{INTEGER_MAX, INTEGER_MIN};
use midflight::vm::index::Body;
use midflight::vm::instruction::{Fragment, Instruction, Primitive};
use midflight::vm::machine::Machine;
use midflight::vm::memory::Place;
use midflight::vm::name::is_name;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

fn config(cases: u32) -> Config {
    Config { cases, rng_seed: RngSeed::Fixed(7), failure_persistence: None, ..Config::default() }
}

fn name() -> impl Strategy<Value = Box<str>> {
    let usual =
        ["i", "j", "f", "fib", "dup", "breakpoint", "main", "return", "a:b", "é", "x#", "1x"];
    let odd = any::<String>().prop_filter("a name", |name| is_name(name));
    prop_oneof![
        9 => prop::sample::select(usual.to_vec()).prop_map(Box::from),
        1 => odd.prop_map(Box::from),
    ]
}

fn text() -> impl Strategy<Value = Box<str>> {
    let special = prop::sample::select(vec!['"', '\\', '\n', '\r', '\0', '[', '#', 'u', '{', 'n']);
    vec(prop_oneof![any::<char>(), special], 0..6)
        .prop_map(|chars| chars.into_iter().collect::<String>().into())
}

fn cell() -> impl Strategy<Value = Instruction> {
    prop_oneof![
        (INTEGER_MIN..=INTEGER_MAX).prop_map(Instruction::Integer),
        (-2..3i64).prop_map(Instruction::Integer),
        text().prop_map(Instruction::Text),
        name().prop_map(Instruction::Call),
        name().prop_map(Instruction::PushFunction),
        name().prop_map(Instruction::Pick),
        name().prop_map(Instruction::Assign),
        name().prop_map(Instruction::Label),
        prop::sample::select(Primitive::ALL).prop_map(Instruction::Primitive),
        prop::sample::select(&[Primitive::End, Primitive::Return][..])
            .prop_map(Instruction::Primitive),
        Just(Instruction::Breakpoint),
    ]
}

#[derive(Clone, Debug)]
enum Step {
    Cell(Instruction),
    Open,
    Close,
}

/// Any code, blocks numbered in the order of the text, without empty cells at the ends of bodies.
fn fragment() -> impl Strategy<Value = Fragment> {
    let step = prop_oneof![
        5 => cell().prop_map(Step::Cell),
        2 => Just(Step::Open),
        2 => Just(Step::Close),
    ];
    vec(step, 0..40).prop_map(|steps| {
        let mut bodies = vec![Vec::new()];
        let mut open = vec![0];
        for step in steps {
            let body = open[open.len() - 1];
            match step {
                Step::Cell(cell) => bodies[body].push(cell),
                Step::Open => {
                    let block = bodies.len();
                    bodies[body].push(Instruction::Block(block as u32));
                    bodies.push(Vec::new());
                    open.push(block);
                }
                Step::Close if open.len() > 1 => drop(open.pop()),
                Step::Close => {}
            }
        }
        for body in &mut bodies {
            while body.last() == Some(&Instruction::Breakpoint) {
                body.pop();
            }
        }
        Fragment { bodies }
    })
}

type Definitions = Vec<(Box<str>, Fragment)>;

fn definitions() -> impl Strategy<Value = Definitions> {
    let name = name().prop_filter("main is not defined", |name| &**name != "main");
    btree_map(name, fragment(), 0..4).prop_map(|map| map.into_iter().collect())
}

/// What a program says, without where.
fn contents(program: Program) -> (Fragment, Definitions) {
    let definitions = program.definitions.into_iter();
    (program.main, definitions.map(|one| (one.name, one.code)).collect())
}

fn read(text: &str) -> Program {
    match parse(text) {
        Ok(program) => program,
        Err(report) => panic!("{}", report.render("printed", text)),
    }
}

fn no_address(_: midflight::vm::cell::BodyId) -> u64 {
    panic!("the code holds no address")
}

/// What a person might type, right and wrong.
fn soup() -> impl Strategy<Value = String> {
    const WORDS: &[&str] = &[
        "[",
        "]",
        "[ ]",
        "...",
        "bind:",
        "bind: f",
        "] bind: g",
        "assign: i",
        "assign:",
        "i",
        "f",
        "dup",
        "pick: i",
        "call: f",
        "pushf: f",
        "label: x",
        "asign: i",
        "@200",
        "@",
        "-5",
        "5",
        "-",
        "\"a\"",
        "\"",
        "\"\\u{41}\"",
        "\"\\q\"",
        "\\",
        "breakpoint",
        "end",
        "return",
        "# [\n",
        "main",
        ":",
        "é",
        "1152921504606846976",
        "\u{feff}",
        "\u{202e}",
        "`",
    ];
    let space = prop::sample::select(&["", " ", "\n", "\r\n", "\t"][..]);
    let word = prop_oneof![
        20 => prop::sample::select(WORDS).prop_map(String::from),
        1 => any::<String>(),
    ];
    vec((word, space), 0..30)
        .prop_map(|list| list.into_iter().flat_map(|(word, space)| [word, space.into()]).collect())
}

fn anything_is_read_or_refused(source: &str) {
    match parse(source) {
        Ok(program) => {
            let text = print(&program, &no_address);
            let again = read(&text);
            assert_eq!(print(&again, &no_address), text);
            assert_eq!(contents(again), contents(program), "{text}");
        }
        Err(report) => {
            let text = report.render("soup", source);
            assert!(text.contains("error: ") && text.lines().count() <= 7 * REPORTED + 2, "{text}");
            assert!(text.lines().all(|line| line.len() < 2000), "{text}");
        }
    }
    let _ = parse_line(source).map(|line| line.resolve(&|name| name == "i", &|_| None));
}

proptest! {
    #![proptest_config(config(1000))]

    #[test]
    fn printed_programs_read_back(main in fragment(), definitions in definitions()) {
        let list = definitions.iter().cloned().map(|(name, code)| {
            midflight::program::parse::Definition { name, code, span: Default::default() }
        });
        let program = Program { main: main.clone(), definitions: list.collect() };
        let text = print(&program, &no_address);
        prop_assert_eq!(contents(read(&text)), (main, definitions), "{}", text);
        prop_assert!(text.lines().all(|line| line == line.trim_end()), "{}", text);
    }

    #[test]
    fn printed_lines_read_back(code in fragment()) {
        let is_local = |name: &str| name == "i";
        let text = print_line(&code, &is_local, &no_address);
        prop_assert!(!text.contains('\n'));
        let line = parse_line(&text).unwrap().resolve(&is_local, &|_| None).unwrap();
        prop_assert_eq!(line, code, "{}", text);
    }

    #[test]
    fn anything_typed_is_read_or_refused(source in soup()) {
        anything_is_read_or_refused(&source);
    }

    #[test]
    fn any_text_at_all_is_read_or_refused(source in any::<String>()) {
        anything_is_read_or_refused(&source);
    }

    #[test]
    fn a_text_is_what_it_was(text in text()) {
        let printed = print_line(
            &Fragment::line(vec![Instruction::Text(text.clone())]), &|_| false, &no_address,
        );
        prop_assert_eq!(unescape(&printed[1..printed.len() - 1]), text);
    }

    #[test]
    fn what_the_machine_takes_for_a_name_reads_as_one(word in any::<String>(), name in name()) {
        for word in [&*word, &*name] {
            let labelled = parse(&format!("label: {word}")).map(|program| program.main);
            let label = Fragment::line(vec![Instruction::Label(word.into())]);
            prop_assert_eq!(labelled == Ok(label), is_name(word));
        }
    }
}

/// One edit of a machine: body and offset are taken modulo what there is.
#[derive(Clone, Debug)]
enum Edit {
    Write(u32, u32, Fragment),
    Insert(u32, u32, Fragment),
    Delete(u32, u32, u32),
    Define(Box<str>, Fragment),
    Redefine(Box<str>, Fragment),
    Remove(u32),
}

fn edit() -> impl Strategy<Value = Edit> {
    let place = || (any::<u32>(), 0..12u32);
    prop_oneof![
        (place(), fragment()).prop_map(|((body, at), code)| Edit::Write(body, at, code)),
        (place(), fragment()).prop_map(|((body, at), code)| Edit::Insert(body, at, code)),
        (place(), 1..4u32).prop_map(|((body, at), count)| Edit::Delete(body, at, count)),
        (name(), fragment()).prop_map(|(name, code)| Edit::Define(name, code)),
        (name(), fragment()).prop_map(|(name, code)| Edit::Redefine(name, code)),
        any::<u32>().prop_map(Edit::Remove),
    ]
}

fn apply(machine: &mut Machine, edit: &Edit) {
    let place = |machine: &Machine, body: u32, at: u32| {
        Place::new(body % machine.memory().code_count(), at)
    };
    // Refused edits leave no trace, which is all that matters here.
    let _ = match edit {
        Edit::Write(body, at, code) => machine.write(place(machine, *body, *at), code).is_ok(),
        Edit::Insert(body, at, code) => machine.insert(place(machine, *body, *at), code).is_ok(),
        Edit::Delete(body, at, count) => machine.delete(place(machine, *body, *at), *count).is_ok(),
        Edit::Define(name, code) => machine.define(name, code).is_ok(),
        Edit::Redefine(name, code) => machine.redefine(name, code).is_ok(),
        Edit::Remove(body) => machine.remove(Body(body % machine.memory().code_count())).is_ok(),
    };
}

fn install(program: &Program) -> Machine {
    let mut machine = Machine::new();
    let list: Vec<_> = program.definitions.iter().map(|one| (&*one.name, &one.code)).collect();
    machine.define_all(&list).unwrap();
    machine.write(Place::new(0, 0), &program.main).unwrap();
    machine
}

proptest! {
    #![proptest_config(config(500))]

    #[test]
    fn whatever_was_built_live_prints_and_reads_back(edits in vec(edit(), 0..12)) {
        let mut machine = Machine::new();
        edits.iter().for_each(|edit| apply(&mut machine, edit));
        let text = print_program(&machine);
        let program = read(&text);
        let code = contents(program_of(&machine));
        prop_assert_eq!(&contents(program.clone()), &code, "{}", text);
        let again = install(&program);
        prop_assert_eq!(contents(program_of(&again)), code, "{}", text);
        prop_assert_eq!(print_program(&again), text);
    }
}
