//! Properties of program text: printed code reads back as the same code and prints as the same text, and
//! no text makes the parser panic or its messages grow without bound.

mod support;

use midflight::program::breakpoint::Breakpoints;
use midflight::program::comment::{self, Comments};
use midflight::program::diagnostic::REPORTED;
use midflight::program::forth::token::unescape;
use midflight::program::listing::{Definition, Program, fragment_of, program_of};
use midflight::program::notation::Notation;
use midflight::program::scope::Scope;
use midflight::program::span::{CellSpan, Printed};
use midflight::session::evaluation::stack;
use midflight::session::load::image_of_program;
use midflight::view::listing::write_cells;
use midflight::view::memory::Marks;
use midflight::view::stacks::parameters;
use midflight::vm::cell::{INTEGER_MAX, INTEGER_MIN};
use midflight::vm::index::Body;
use midflight::vm::instruction::{Fragment, Instruction, Primitive};
use midflight::vm::machine::Machine;
use midflight::vm::memory::{MAIN, Place};
use midflight::vm::name::is_name;
use midflight::vm::vocabulary::Vocabulary;
use midflight::{Command, Image, view};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};
use support::choices;

/// Every property starts from this seed.
const SEED: u64 = 7;

fn config(cases: u32) -> Config {
    println!("{cases} cases from the seed {SEED}, PROPTEST_RNG_SEED={}", choices::variant());
    let rng_seed = RngSeed::Fixed(SEED ^ choices::shift());
    Config { cases, rng_seed, failure_persistence: None, ..Config::default() }
}

fn name() -> impl Strategy<Value = Box<str>> {
    let usual =
        ["i", "f", "dup", "swap", "breakpoint", "main", "return", "end", "a:b", "é", "x#", "0xF"];
    let odd = any::<String>().prop_filter("a name", |name| is_name(name));
    prop_oneof![
        9 => prop::sample::select(usual.to_vec()).prop_map(Box::from),
        1 => odd.prop_map(Box::from),
    ]
}

fn text() -> impl Strategy<Value = std::sync::Arc<str>> {
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
        name().prop_map(Instruction::SetGlobal),
        name().prop_map(Instruction::GetGlobal),
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

/// Any code, with blocks numbered in the order of the text and no empty cells at the ends of bodies.
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

/// The text of a comment in its normal form.
fn comment() -> impl Strategy<Value = String> {
    let usual = [" a", "= 3", "#", " [ 1 ] bind: f", "]", " \"", "\n b", " c\n\n\td\n", " é★"];
    let odd = any::<String>().prop_map(|text| comment::normal(&text));
    prop_oneof![
        9 => prop::sample::select(usual.to_vec()).prop_map(String::from),
        1 => odd.prop_filter("it says something", |text| !text.is_empty()),
    ]
}

/// Code with comments before any of its cells and at the ends of any of its bodies.
fn commented() -> impl Strategy<Value = (Fragment, Comments)> {
    (fragment(), vec((any::<usize>(), any::<usize>(), comment()), 0..8)).prop_map(|(code, list)| {
        let mut comments = Comments::default();
        for (body, index, text) in list {
            let body = body % code.bodies.len();
            let index = index % (code.bodies[body].len() + 1);
            if comments.at(body, index).is_none() {
                comments.add(body, index, &text);
            }
        }
        (code, comments)
    })
}

fn program() -> impl Strategy<Value = Program> {
    let name = name().prop_filter("main is not defined", |name| &**name != "main");
    (commented(), btree_map(name, commented(), 0..4)).prop_map(|((main, main_comments), map)| {
        let definition = |(name, (code, comments))| Definition { name, code, comments };
        Program { main, main_comments, definitions: map.into_iter().map(definition).collect() }
    })
}

/// The code of a program, without its positions in the text.
fn contents(program: Program) -> (Fragment, Definitions) {
    let definitions = program.definitions.into_iter();
    (program.main, definitions.map(|one| (one.name, one.code)).collect())
}

fn read(text: &str) -> Program {
    match Notation::Forth.read_program(text) {
        Ok(read) => read.cells,
        Err(report) => panic!("{}", report.render("printed", text)),
    }
}

fn print(program: &Program) -> Printed {
    Notation::Forth.print_program(program, &Scope::empty())
}

fn print_machine(machine: &Machine) -> String {
    Image::new(machine.clone()).print(Notation::Forth)
}

/// A machine whose main assigns the local `i`.
fn with_local() -> Machine {
    let mut machine = Machine::new();
    let assign = Fragment::line(vec![Instruction::Assign("i".into())]);
    machine.write(Place::new(0, 0), &assign).unwrap();
    machine
}

/// Fails unless each cell owns bytes of its own, in the order of the text.
fn each_cell_owns_its_bytes(cells: &[&Fragment], spans: &[CellSpan], text: &str) {
    let mut places: Vec<_> =
        spans.iter().map(|cell| (cell.definition, cell.body, cell.index)).collect();
    places.sort_unstable();
    let all = cells.iter().enumerate().flat_map(|(n, code)| {
        let cells = code.bodies.iter().enumerate();
        cells.flat_map(move |(body, cells)| {
            (0..cells.len()).map(move |index| (n.checked_sub(1), body, index))
        })
    });
    assert_eq!(places, all.collect::<Vec<_>>(), "{text}");
    let ends = spans.iter().map(|cell| cell.span.end);
    let starts = spans.iter().map(|cell| cell.span.start).skip(1).chain([text.len()]);
    assert!(ends.zip(starts).all(|(end, start)| end <= start), "{text}");
    for cell in spans {
        let words = &text[cell.span.start..cell.span.end];
        assert!(!words.is_empty() && words.trim() == words, "{words:?}");
    }
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
        "prim: dup",
        "prim: i",
        "0xFF",
        "call: 0xFF",
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

fn all_cells_own_their_bytes(program: &Program, spans: &[CellSpan], text: &str) {
    let definitions = program.definitions.iter().map(|one| &one.code);
    let parts: Vec<&Fragment> = [&program.main].into_iter().chain(definitions).collect();
    each_cell_owns_its_bytes(&parts, spans, text);
}

fn anything_is_read_or_refused(source: &str) {
    match Notation::Forth.read_program(source) {
        Ok(program) => {
            all_cells_own_their_bytes(&program.cells, &program.spans, source);
            let text = print(&program.cells).text;
            let again = read(&text);
            assert_eq!(print(&again).text, text);
            assert_eq!(again, program.cells, "{text}");
        }
        Err(report) => {
            let text = report.render("soup", source);
            assert!(text.contains("error: ") && text.lines().count() <= 7 * REPORTED + 2, "{text}");
            assert!(text.lines().all(|line| line.len() < 2000), "{text}");
        }
    }
    if let Ok(line) = Notation::Forth.read_line(source, &Scope::of(&with_local(), MAIN)) {
        each_cell_owns_its_bytes(&[&line.cells], &line.spans, source);
    }
}

#[test]
fn a_word_without_width_is_printed_apart_from_the_next() {
    anything_is_read_or_refused("\u{16ff0} 0 \u{301} [ \u{301} \u{301} ] call");
}

proptest! {
    #![proptest_config(config(1000))]

    #[test]
    fn printed_programs_read_back(program in program()) {
        let Printed { text, spans } = print(&program);
        all_cells_own_their_bytes(&program, &spans, &text);
        let again = Notation::Forth.read_program(&text).unwrap();
        prop_assert_eq!(again.spans, spans, "{}", text);
        prop_assert_eq!(again.cells, program, "{}", text);
        prop_assert!(text.lines().all(|line| line == line.trim_end()), "{}", text);
        prop_assert!(!text.contains("\n\n\n"), "{}", text);
    }

    #[test]
    fn printed_lines_read_back(code in fragment()) {
        let machine = with_local();
        let scope = Scope::of(&machine, MAIN);
        let Printed { text, spans } = Notation::Forth.print_line(&code, &scope);
        prop_assert!(!text.contains('\n'));
        each_cell_owns_its_bytes(&[&code], &spans, &text);
        let line = Notation::Forth.read_line(&text, &scope).unwrap();
        prop_assert_eq!(line.spans, spans, "{}", text);
        prop_assert_eq!(line.cells, code, "{}", text);
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
        let source = Notation::Forth.source(&Instruction::Text(text.clone()), &Scope::empty());
        let printed = String::from(source);
        prop_assert_eq!(unescape(&printed[1..printed.len() - 1]), text);
    }

    #[test]
    fn what_the_machine_takes_for_a_name_reads_as_one(word in any::<String>(), name in name()) {
        for word in [&*word, &*name] {
            let labelled = Notation::Forth.read_program(&format!("label: {word}"));
            let labelled = labelled.map(|read| read.cells.main);
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
    // An edit may be refused: it then leaves no trace.
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
        let text = print_machine(&machine);
        let program = read(&text);
        let code = contents(program_of(&machine));
        prop_assert_eq!(&contents(program.clone()), &code, "{}", text);
        let again = install(&program);
        prop_assert_eq!(contents(program_of(&again)), code, "{}", text);
        prop_assert_eq!(print_machine(&again), text);
    }
}

/// The words of each code body in the file of an image, with the number of the body.
fn words_in_file(text: &str) -> Vec<(u32, String)> {
    let mut bodies: Vec<(u32, String)> = Vec::new();
    let (code, _) = text.split_once("\n    next_code:").unwrap();
    for line in code.lines().map(str::trim) {
        if let Some(rest) = line.strip_prefix("(number: ") {
            bodies.push((rest.split_once(',').unwrap().0.parse().unwrap(), String::new()));
        } else if let Some((number, row)) = bodies.last_mut().zip(line.strip_suffix(','))
            && row.ends_with(['"', '#'])
        {
            let row = row.trim_start_matches(['r', '#']).trim_end_matches('#');
            let row = row.strip_prefix('"').unwrap().strip_suffix('"').unwrap();
            let words = &mut number.1;
            words.extend((!words.is_empty()).then_some(' '));
            words.push_str(row);
        }
    }
    bodies
}

/// A cell as a text spells it: only the machine knows whether a name is a hole.
fn said(cell: Instruction) -> Instruction {
    match cell {
        Instruction::Hole(name) => Instruction::Call(name),
        Instruction::FunctionHole(name) => Instruction::PushFunction(name),
        other => other,
    }
}

/// Fails unless all users of the notation spell each cell alike, and the source reads back as the cell.
fn all_users_agree(image: &mut Image) {
    let machine = &image.machine;
    let marks = Marks::new(machine, &Breakpoints::default());
    let mut listing = Vec::new();
    write_cells(image, &mut listing).unwrap();
    let listing = String::from_utf8(listing).unwrap();
    let file = words_in_file(&image.to_file_text());
    let mut sources: Vec<(Place, String)> = Vec::new();
    for (number, code) in machine.memory().code_bodies() {
        let scope = Scope::of(machine, number);
        let printed = Notation::Forth.print_line(&fragment_of(machine, number), &scope);
        let mut words = Vec::new();
        for offset in 0..code.used().len() as u32 {
            let place = Place::new(number, offset);
            let row = view::memory::cell(machine, &marks, place.into());
            let (source, cell) = (String::from(row.source), machine.instruction(place));
            let read = Notation::Forth.read_line(&source, &scope).unwrap();
            assert_eq!(read.cells, Fragment::line(vec![said(cell.clone())]), "{source}");
            assert_eq!(Notation::Forth.source(&cell, &scope).to_string(), source);
            let listed = format!("{:>8}  {source:<24} ", row.address);
            let is_listed = |line: &str| line == listed.trim_end() || line.starts_with(&listed);
            assert!(listing.lines().any(is_listed), "{listed}\n{listing}");
            let span =
                printed.spans.iter().find(|cell| (cell.body, cell.index) == (0, offset as usize));
            let word = &printed.text[span.unwrap().span.start..span.unwrap().span.end];
            assert!(word == "[" || word == source, "{word} {source}");
            words.push(source.clone());
            // Writing an assignment resolves holes of its name.
            if !matches!(cell, Instruction::Assign(_)) {
                sources.push((place, source));
            }
        }
        let in_file = file.iter().find(|(other, _)| *other == number.0);
        assert_eq!(in_file.unwrap().1, words.join(" "));
    }
    let before = image.clone();
    for (at, text) in sources {
        Command::Replace { at, text: text.clone().into() }.apply(image).unwrap();
        assert!(*image == before, "replacing {text} by itself changed the cell");
    }
}

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn all_users_of_the_notation_agree(edits in vec(edit(), 1..12)) {
        let mut machine = Machine::new();
        edits.iter().for_each(|edit| apply(&mut machine, edit));
        all_users_agree(&mut Image::new(machine));
    }

    #[test]
    fn values_are_spelled_alike_and_read_back(texts in vec(text(), 1..5), number in any::<i32>()) {
        let mut image = image_of_program("[ ] bind: dup 2 allocate pushf: dup [ ]").unwrap();
        image.machine.run(10);
        let texts = texts.into_iter().map(Instruction::Text);
        let values: Vec<_> = texts.chain([Instruction::Integer(number.into())]).collect();
        image.machine.push(&values).unwrap();
        let machine = image.machine.clone();
        let rows = parameters(&machine, 100).values;
        let whole: Vec<String> = rows.iter().rev().map(|row| row.source.to_string()).collect();
        prop_assert_eq!(stack(&machine), whole.join(" "));
        prop_assert!(image.to_file_text().contains(&whole[0]));
        for (index, text) in whole.into_iter().enumerate() {
            Command::Parameter { index, text: text.into() }.apply(&mut image).unwrap();
        }
        prop_assert!(image.machine == machine);
    }
}

// --- what a word means ----------------------------------------------------------------------------

/// Names that could be anything.
const NAMES: [&str; 8] = ["dup", "swap", "end", "breakpoint", "0xFF", "'a'", "i", "f"];

/// The numbers that vocabulary Two has besides those of vocabulary One.
const NUMBERS: [(&str, i64); 2] = [("0xFF", 255), ("'a'", 97)];

/// What a bare word means in a function with these locals, in a text with these functions: the first that
/// fits, in the order of its vocabulary.
fn meaning(word: &str, locals: &[&str], functions: &[&str], order: Vocabulary) -> Instruction {
    let number = NUMBERS.iter().find(|number| number.0 == word);
    let number = number.map(|&(_, value)| Instruction::Integer(value));
    let local = locals.contains(&word).then(|| Instruction::Pick(word.into()));
    let function = functions.contains(&word).then(|| Instruction::Call(word.into()));
    let primitive = Primitive::find(word).map(Instruction::Primitive);
    let instruction = primitive.or((word == "breakpoint").then_some(Instruction::Breakpoint));
    let meanings = match order {
        Vocabulary::One => [instruction, local, function, None],
        Vocabulary::Two | Vocabulary::Three => [number, local, function, instruction],
    };
    meanings.into_iter().flatten().next().unwrap_or(Instruction::Call(word.into()))
}

proptest! {
    #![proptest_config(config(500))]

    #[test]
    fn a_word_means_the_first_that_fits(
        functions in vec((prop::sample::select(&NAMES[..]), vec(any::<prop::sample::Index>(), 0..8)), 0..4),
        assigned in vec(prop::sample::select(&NAMES[..]), 0..2),
        order in prop::sample::select(&[Vocabulary::One, Vocabulary::Two, Vocabulary::Three][..]),
    ) {
        let mut defined: Vec<&str> = Vec::new();
        let mut text = String::new();
        let mut bodies: Vec<(Vec<&str>, Vec<&str>)> = Vec::new();
        for (name, words) in &functions {
            if defined.contains(name) {
                continue;
            }
            defined.push(name);
            let words: Vec<&str> = words.iter().map(|index| NAMES[index.index(NAMES.len())]).collect();
            // The first function assigns these locals, in a block, after they are used.
            let locals = if bodies.is_empty() { assigned.clone() } else { Vec::new() };
            let inner: String = locals.iter().map(|name| format!("assign: {name} ")).collect();
            text += &format!("[ {} [ {inner}] ] bind: {name}\n", words.join(" "));
            bodies.push((words, locals));
        }
        let scope = Scope::empty().read_by(order);
        let (program, _) = Notation::Forth.read_code(&text, &scope).unwrap();
        for (definition, (words, locals)) in program.definitions.iter().zip(&bodies) {
            let wanted: Vec<Instruction> =
                words.iter().map(|word| meaning(word, locals, &defined, order)).collect();
            prop_assert_eq!(&definition.code.bodies[0][..words.len()], &wanted[..], "{}", text);
        }
        // However it was read, it prints as what it is.
        let printed = print(&program).text;
        prop_assert_eq!(contents(read(&printed)), contents(program), "{}", printed);
    }
}
