//! Random code for the source notation: cells as people write them and cells that make no sense, odd names,
//! comments anywhere, and stack effects that are mostly wrong.

use midflight::program::comment::Comments;
use midflight::program::effect::{StackEffect, StackEffects};
use midflight::program::listing::{Definition, Program};
use midflight::vm::cell::{INTEGER_MAX, INTEGER_MIN};
use midflight::vm::instruction::{Fragment, Instruction, Primitive};
use midflight::vm::name::is_name;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;

use super::shared::cells;

/// Names that look like something else in one of the notations.
const NAMES: &[&str] = &[
    "i",
    "x",
    "k",
    "fib",
    "dup",
    "swap",
    "main",
    "breakpoint",
    "if",
    "elif",
    "else",
    "while",
    "times",
    "repeat",
    "repeat_if",
    "block",
    "label",
    "fun",
    "end",
    "return",
    "leave",
    "call",
    "not",
    "and",
    "or",
    "def",
    "for",
    "in",
    "True",
    "None",
    "_",
    "__",
    "?",
    "?x",
    "....",
    "..",
    ".",
    "-",
    "+",
    "*",
    "/",
    "<",
    ">",
    "=",
    "==",
    "!=",
    "<>",
    "<=",
    "<-",
    "->",
    "&&",
    "&",
    "||",
    "|",
    "!",
    "%",
    "//",
    "+=",
    ":=",
    "**",
    "a-b",
    "a+",
    "-a",
    "+1x",
    "1+",
    "1x",
    "-1x",
    "1-1",
    "a<b",
    "a=b",
    "a!=b",
    "x!",
    "a|b",
    "a&&b",
    "a(",
    "a)",
    "(",
    ")",
    "()",
    "f()",
    "a,",
    ",",
    ";",
    "a;b",
    "{",
    "}",
    "a'",
    "'",
    "'a'",
    "a#b",
    "a@b",
    ":a",
    "a:b",
    "$",
    "$x",
    "$$",
    "x$",
    "0xFF",
    "1_000",
    "0b1",
    "0x",
    "1e3",
    "f.g",
    "memory.get",
    "1__0",
    "é",
    "ä:ö",
    "😀",
    "日本",
    "\u{301}",
    "e\u{301}",
    "א",
];

pub fn name() -> impl Strategy<Value = Box<str>> {
    let odd = any::<String>().prop_filter("a name", |name| is_name(name));
    prop_oneof![
        6 => select(NAMES).prop_map(Box::from),
        5 => select(&["i", "x", "k", "fib", "each"][..]).prop_map(Box::from),
        1 => odd.prop_map(Box::from),
    ]
}

fn text() -> impl Strategy<Value = Instruction> {
    let special = select(vec!['"', '\\', '\n', '\r', '\0', '[', '#', '`', '\t', '\u{202e}', ' ']);
    vec(prop_oneof![any::<char>(), special], 0..6)
        .prop_map(|chars| Instruction::Text(chars.into_iter().collect::<String>().into()))
}

fn cell() -> impl Strategy<Value = Instruction> {
    prop_oneof![
        1 => (INTEGER_MIN..=INTEGER_MAX).prop_map(Instruction::Integer),
        2 => (-2..3i64).prop_map(Instruction::Integer),
        1 => text(),
        3 => name().prop_map(Instruction::Call),
        1 => name().prop_map(Instruction::PushFunction),
        3 => name().prop_map(Instruction::Pick),
        3 => name().prop_map(Instruction::Assign),
        1 => name().prop_map(Instruction::Label),
        1 => name().prop_map(Instruction::SetGlobal),
        1 => name().prop_map(Instruction::GetGlobal),
        8 => select(Primitive::ALL).prop_map(Instruction::Primitive),
        2 => select(SPECIAL).prop_map(Instruction::Primitive),
        1 => Just(Instruction::Breakpoint),
    ]
}

/// Instructions with a form of their own.
const SPECIAL: &[Primitive] = &[
    Primitive::End,
    Primitive::Return,
    Primitive::If,
    Primitive::IfElse,
    Primitive::While,
    Primitive::Repeat,
    Primitive::RepeatIf,
    Primitive::Times,
    Primitive::Call,
    Primitive::MemoryGet,
    Primitive::MemorySet,
    Primitive::Increment,
    Primitive::Decrement,
];

#[derive(Clone, Debug)]
enum Step {
    Cell(Instruction),
    Open,
    Close,
}

/// Cells as people write them, in FlpcForth.
const PHRASES: &[&str] = &[
    "i 2 -",
    "i 3 <",
    "x 1 +",
    "x i * k /",
    "x i = k i <> &&",
    "x i 1- k 1+ + -",
    "x i 1 - k 1 + * -",
    "l 0 memory.get",
    "l i memory.get x memory.get",
    "x l i memory.set",
    "i 1- assign: i",
    "assign: i",
    "assign: x assign: i",
    "17 5 fib assign: x assign: k",
    "get: x 1+ set: x",
    "set: x assign: k",
    "x print_line",
    "i fib",
    "x i each",
    "dup *",
    "i not",
    "\"a\" \"b\" str_join",
    "pushf: fib call",
    "return",
];

/// What stands after a closing bracket; the first blank is the bracket.
const CLOSINGS: &[&str] = &[
    "] if",
    "] [",
    "] if-else",
    "return ] if",
    "return ] [",
    "end ] if",
    "] if-else end ]",
    "] if-else ] if-else",
    "] if-else end ] if-else",
    "] if end ] if-else",
    "] while",
    "end ] [",
    "end ] while",
    "] times",
    "] repeat",
    "] repeat_if",
    "] each",
    "] assign: k",
    "] set: k",
    "] assign: k assign: x",
    "] call",
    "end ] call",
    "] memory.get",
    "] return",
];

fn steps(text: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut words = String::new();
    for word in text.split(' ') {
        match word {
            "[" | "]" => {
                steps.extend(cells(words.trim()).bodies.remove(0).into_iter().map(Step::Cell));
                words.clear();
                steps.push(if word == "[" { Step::Open } else { Step::Close });
            }
            _ => words = format!("{words} {word}"),
        }
    }
    steps.extend(cells(words.trim()).bodies.remove(0).into_iter().map(Step::Cell));
    steps
}

/// A few cells. `nesting` says how often a block is opened.
fn piece(nesting: u32) -> impl Strategy<Value = Vec<Step>> {
    let list = |texts: &[&str]| texts.iter().map(|text| steps(text)).collect::<Vec<_>>();
    prop_oneof![
        5 => cell().prop_map(|cell| vec![Step::Cell(cell)]),
        4 => select(list(PHRASES)),
        nesting => Just(vec![Step::Open]),
        1 => Just(vec![Step::Close]),
        3 => select(list(CLOSINGS)),
    ]
}

/// Puts steps together: blocks are numbered in the order of the cells, and no body ends with an empty cell.
fn built(pieces: Vec<Vec<Step>>) -> Fragment {
    let mut bodies = vec![Vec::new()];
    let mut open = vec![0];
    for step in pieces.into_iter().flatten() {
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
}

/// The text of a comment: any lines without control characters, and without white space at their ends.
fn remark() -> impl Strategy<Value = String> {
    let usual =
        select(&["", " a", "= 3", "  deep", "# x", " [ ]:", " é 😀", " \"q", "...", " `"][..]);
    let odd = any::<String>().prop_map(|text| {
        let text: String = text.chars().filter(|char| !char.is_control()).collect();
        text.trim_end().to_string()
    });
    let line = prop_oneof![9 => usual.prop_map(String::from), 1 => odd];
    vec(line, 1..3).prop_map(|lines| lines.join("\n"))
}

/// Code with its comments.
#[derive(Clone, Debug)]
pub struct Tree {
    pub code: Fragment,
    pub comments: Comments,
}

fn tree_of(code: impl Strategy<Value = Fragment>) -> impl Strategy<Value = Tree> {
    let some = vec((any::<prop::sample::Index>(), remark()), 0..4);
    let list = prop_oneof![3 => Just(Vec::new()), 2 => some];
    (code, list).prop_map(|(code, list)| {
        let bodies = code.bodies.iter().enumerate();
        let places: Vec<(usize, usize)> = bodies
            .flat_map(|(body, cells)| (0..=cells.len()).map(move |index| (body, index)))
            .collect();
        let mut comments = Comments::default();
        for (place, text) in list {
            let (body, index) = places[place.index(places.len())];
            comments.add(body, index, &text);
        }
        Tree { code, comments }
    })
}

/// Any code, with comments anywhere.
pub fn tree() -> impl Strategy<Value = Tree> {
    tree_of(vec(piece(3), 0..24).prop_map(built))
}

/// The same with so many blocks within blocks that they are printed on one line.
pub fn deep_tree() -> impl Strategy<Value = Tree> {
    tree_of(vec(piece(20), 30..90).prop_map(built))
}

/// Stack effects of some names.
pub fn effects() -> impl Strategy<Value = StackEffects> {
    let effect = (0..4usize, prop::option::of(0..4usize));
    let effect = effect.prop_map(|(takes, gives)| StackEffect { takes, gives });
    let name = prop_oneof![
        select(NAMES).prop_map(Box::<str>::from),
        select(&["i", "x", "k", "fib", "each"][..]).prop_map(Box::<str>::from),
    ];
    vec((name, effect), 0..40).prop_map(StackEffects::from_iter)
}

pub fn program() -> impl Strategy<Value = Program> {
    let name = name().prop_filter("main is not defined", |name| &**name != "main");
    (tree(), btree_map(name, tree(), 0..4)).prop_map(|(main, definitions)| Program {
        main: main.code,
        main_comments: main.comments,
        definitions: definitions
            .into_iter()
            .map(|(name, Tree { code, comments })| Definition { name, code, comments })
            .collect(),
    })
}
