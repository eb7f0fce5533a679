//! Texts so large or so deep that a reader which is recursive would overflow its stack, and one whose work grows
//! with the square of their size would never finish. What can be read is printed and read again.

use midflight::program::comment::Comments;
use midflight::program::diagnostic::Diagnostics;
use midflight::program::listing::Program;
use midflight::program::notation::{Notation, SOURCE_BYTES};
use midflight::vm::instruction::{Fragment, Instruction, Primitive};

use super::shared::print;
use crate::support::wait::ended;

const MILLION: usize = 1_000_000;
/// So many that work which grows with the square would take minutes.
const MANY: usize = 200_000;

/// Reads a text in a thread, whose stack is small.
fn read(text: impl FnOnce() -> String + Send + 'static) -> Result<Program, Diagnostics> {
    ended("reading", || {
        let text = text();
        assert!(text.len() <= SOURCE_BYTES, "{}", text.len());
        let read = Notation::Source.read_program(&text);
        if let Err(report) = &read {
            assert!(report.render("large", &text).len() < 20_000);
        }
        read.map(|read| read.cells)
    })
}

fn is_refused(text: impl FnOnce() -> String + Send + 'static) -> bool {
    read(text).is_err()
}

fn cells(program: &Program) -> usize {
    program.main.bodies.iter().map(Vec::len).sum()
}

/// Fails unless a program reads back from a text that is not much longer than its cells.
#[track_caller]
fn assert_back(program: Program) {
    let (cells, length, is_same) = ended("printing and reading", move || {
        let text = print(&program).text;
        let again = Notation::Source.read_program(&text);
        (cells(&program), text.len(), again.is_ok_and(|again| again.cells == program))
    });
    assert!(is_same, "it reads back");
    assert!(length < 50 * cells + 100_000, "{length} bytes for {cells} cells");
}

#[track_caller]
fn goes_there_and_back(text: impl FnOnce() -> String + Send + 'static) {
    match read(text) {
        Ok(program) => assert_back(program),
        Err(report) => panic!("{report}"),
    }
}

fn nested(open: &str, inner: &str, close: &str, times: usize) -> String {
    format!("{}{inner}{}", open.repeat(times), close.repeat(times))
}

#[test]
fn a_million_nested_parentheses() {
    let program = read(|| nested("(", "1", ")", MILLION)).unwrap();
    assert_eq!(cells(&program), 1);
    assert!(is_refused(|| "(".repeat(MILLION)));
    assert!(is_refused(|| ")".repeat(MILLION)));
    assert!(is_refused(|| format!("{}1", "(".repeat(MILLION))));
}

#[test]
fn a_million_nested_blocks() {
    goes_there_and_back(|| nested("[", "1", "]", MILLION));
    assert!(is_refused(|| "[".repeat(MILLION)));
    assert!(is_refused(|| "]".repeat(MILLION)));
}

#[test]
fn expressions_nested_very_often() {
    goes_there_and_back(|| nested("f(", "1", ")", MANY));
    goes_there_and_back(|| nested("1 - (", "1", ")", MANY));
    goes_there_and_back(|| nested("x[", "1", "]", MANY));
    goes_there_and_back(|| nested("", "1", " - 1", MANY));
    goes_there_and_back(|| nested("", "x", "[1]", MANY));
    goes_there_and_back(|| format!("{} = 1", nested("", "x", "[1]", MANY)));
    goes_there_and_back(|| format!("x{}", " -1".repeat(MANY)));
    assert!(is_refused(|| "- ".repeat(MILLION)));
    assert!(is_refused(|| "a < ".repeat(MILLION)));
}

#[test]
fn statements_nested_very_often() {
    goes_there_and_back(|| nested("if(x, [", "1", "])", MANY));
    goes_there_and_back(|| nested("while([", "1", "], [])", MANY));
    goes_there_and_back(|| nested("x = [", "1", "]", MANY));
    goes_there_and_back(|| nested("x[0] = [", "1", "]", MANY));
    goes_there_and_back(|| nested("f([1], [", "1", "; ...], 2)", MANY));
}

/// A chain of `elif` is as many blocks within blocks.
#[test]
fn a_hundred_thousand_elifs() {
    goes_there_and_back(|| format!("if a:\n  1\n{}else:\n  2\n", "elif b:\n  3\n".repeat(100_000)));
    goes_there_and_back(|| "if a:\nelse:\n".repeat(100_000));
    goes_there_and_back(|| format!("if a:\n{}", "# c\nelif b:\n".repeat(100_000)));
}

#[test]
fn code_indented_nine_thousand_times() {
    for line in ["if x:", "repeat:", "while x:", "repeat_if x:", "f(x):", "block:", "x = block:"] {
        goes_there_and_back(move || {
            (0..9_000).map(|n| format!("{}{line}\n", " ".repeat(n))).collect()
        });
    }
    // A comment in the deepest block does not make the text grow with the square either.
    let text = format!("{}1{}", "[".repeat(MANY), "]".repeat(MANY));
    let mut program = read(move || text).unwrap();
    program.main_comments.add(program.main.bodies.len() - 1, 0, " deep");
    let text = ended("printing", move || print(&program).text);
    assert!(text.len() < 50 * MANY && text.contains("# deep\n"), "{}", text.len());
    assert!(Notation::Source.read_program(&text).is_ok());
}

/// Cells that make no sense: a machine may hold any.
#[test]
fn very_many_cells_of_a_kind() {
    for primitive in [
        Primitive::Dup,
        Primitive::Swap,
        Primitive::Add,
        Primitive::Increment,
        Primitive::MemoryGet,
        Primitive::MemorySet,
        Primitive::Return,
        Primitive::End,
        Primitive::If,
        Primitive::IfElse,
        Primitive::While,
        Primitive::Call,
    ] {
        let main = Fragment::line(vec![Instruction::Primitive(primitive); MANY]);
        assert_back(Program { main, ..Program::default() });
    }
    let name = |n: usize| -> Box<str> { format!("a{}", n % 255).into() };
    let assigns = |n| Instruction::Assign(name(n));
    let calls = |n| Instruction::Call(name(n));
    let mixed = |n| if n % 2 == 0 { Instruction::SetGlobal(name(n)) } else { assigns(n) };
    let kinds: [Vec<Instruction>; 4] = [
        vec![Instruction::Integer(1); MANY],
        (0..MANY).map(assigns).collect(),
        (0..MANY).map(calls).collect(),
        (0..MANY).map(mixed).collect(),
    ];
    for cells in kinds {
        let values = vec![Instruction::Integer(1); MANY];
        let main = Fragment::line([values, cells].concat());
        assert_back(Program { main, ..Program::default() });
    }
}

#[test]
fn a_comment_at_every_cell() {
    let main = Fragment::line(vec![Instruction::Primitive(Primitive::Add); MANY]);
    let mut main_comments = Comments::default();
    (0..=MANY).for_each(|index| main_comments.add(0, index, " c"));
    assert_back(Program { main, main_comments, ..Program::default() });
}

#[test]
fn a_line_of_ten_million_bytes() {
    let calls = read(|| "f(a, 1); ".repeat(10_000_000 / 9)).unwrap();
    assert_eq!(cells(&calls), 3 * (10_000_000 / 9));
    let arguments = read(|| format!("f(1{})", ", 1".repeat(MILLION))).unwrap();
    assert_eq!(cells(&arguments), 2 + MILLION);
    assert!(is_refused(|| format!("{}b = 1", "a, ".repeat(MILLION))));
    assert!(is_refused(|| "a ".repeat(MILLION)));
    assert!(is_refused(|| "a".repeat(10_000_000)));
    assert!(is_refused(|| "`".repeat(10_000_000)));
    assert!(is_refused(|| "1".repeat(10_000_000)));
    assert!(is_refused(|| format!("\"{}\"", "a".repeat(10_000_000))));
    assert!(is_refused(|| "label: ".repeat(MILLION)));
    assert!(is_refused(|| format!("f <- fun[{}]:", "a, ".repeat(MILLION))));
}

/// Texts of the greatest size.
#[test]
fn sixty_four_megabytes() {
    let line = format!("print_line(\"{}\")\n", "a".repeat(1_000));
    let lines = SOURCE_BYTES / line.len();
    assert_eq!(cells(&read(move || line.repeat(lines)).unwrap()), 2 * lines);
    let comment = read(|| format!("#{}", "c".repeat(SOURCE_BYTES - 1))).unwrap();
    assert_eq!(comment.main_comments.at(0, 0).unwrap().len(), SOURCE_BYTES - 1);
    let line = format!("# {}\n", "c".repeat(100));
    let lines = SOURCE_BYTES / line.len();
    let comments = read(move || line.repeat(lines)).unwrap();
    assert_eq!(comments.main_comments.at(0, 0).unwrap().len(), lines * 102 - 1);
    assert_eq!(cells(&read(|| " ".repeat(SOURCE_BYTES)).unwrap()), 0);
    assert_eq!(cells(&read(|| format!("{}1", "\n".repeat(MILLION))).unwrap()), 1);
    assert!(is_refused(|| "x y\n".repeat(MILLION)));
}
