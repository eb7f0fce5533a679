//! Which effects are found, and what is odd.

use super::oddities::stack_oddities;
use super::*;
use crate::program::listing::{Program, program_of};
use crate::program::notation::Notation;
use crate::vm::instruction::Fragment;
use crate::vm::machine::Machine;

fn read(text: &str) -> Program {
    Notation::Forth.read_program(text).unwrap_or_else(|bad| panic!("{text}: {bad:?}")).cells
}

fn machine_of(program: &Program) -> Machine {
    let mut machine = Machine::new();
    let list: Vec<(&str, &Fragment)> =
        program.definitions.iter().map(|one| (&*one.name, &one.code)).collect();
    machine.define_all(&list).unwrap();
    machine.write(crate::vm::memory::Place::new(0, 0), &program.main).unwrap();
    machine
}

#[test]
fn instructions_have_the_effects_of_their_table() {
    let of = |name| StackEffect::of_primitive(Primitive::find(name).expect("an instruction"));
    for (name, takes, gives) in [
        ("+", 2, Some(1)),
        ("dup", 1, Some(2)),
        ("drop", 1, Some(0)),
        ("depth", 0, Some(1)),
        ("?dup", 1, None),
        ("if", 2, None),
        ("while", 2, Some(0)),
        ("*/mod", 3, Some(2)),
        ("return", 0, Some(0)),
        ("memory.set", 3, Some(0)),
    ] {
        assert_eq!(of(name), Some(StackEffect { takes, gives }), "{name}");
    }
    assert_eq!(of("call"), None);
}

#[test]
fn functions_have_the_effects_of_their_code() {
    let mut wrong = Vec::new();
    for (code, words) in [
        ("assign: i i 3 < [ 1 return ] if i 2 - f i 1 - f + return", "( i -- value )"),
        // The base case is enough.
        ("assign: i i 3 < [ 1 return ] if i 2 - f ...", "( i -- value )"),
        ("assign: i i 3 < [ ] if i 2 - f ...", "( i -- ? )"),
        ("assign: b assign: a a b - a", "( a b -- 2 values )"),
        ("assign: i assign: i i", "( value i -- value )"),
        ("dup *", "( value -- value )"),
        ("+ * drop", "( 3 values -- )"),
        ("1 2 3", "( -- 3 values )"),
        ("1 ...", "( -- ? )"),
        ("call", "( value -- ? )"),
        // How many values are handed over stands before it.
        ("1 task.yield", "( value -- ? )"),
        ("dup 2 task.yield", "( value -- ? )"),
        ("task.yield", "( value -- ? )"),
        ("assign: t 3 t task.resume", "( 3 values t -- ? )"),
        ("2 [ + ] task.spawn", "( 2 values -- value )"),
        ("0 pushf: f task.spawn drop", "( -- )"),
        ("assign: n n pushf: f task.spawn drop", "( n -- ? )"),
        ("g", "( -- ? )"),
        ("[ 1 ] call [ 2 ] call", "( -- 2 values )"),
        ("[ 1 ]", "( -- value )"),
        // It may leave with something else; that is not certain then.
        ("[ 1 return ]", "( -- value )"),
        // Branches.
        ("[ 1 ] if", "( value -- ? )"),
        ("[ drop 1 ] if", "( 2 values -- value )"),
        ("[ 1 ] [ 2 ] if-else", "( value -- value )"),
        ("[ 1 ] [ 2 3 ] if-else", "( value -- ? )"),
        ("[ 1 return ] [ 2 ] if-else 3 +", "( value -- value )"),
        ("[ 1 return ] [ 2 return ] if-else", "( value -- value )"),
        ("return_if 1", "( value -- ? )"),
        ("dup return_if drop 1", "( value -- value )"),
        ("1 exit", "( -- ? )"),
        ("[ 1 exit ] if 2", "( value -- value )"),
        // Loops.
        ("[ 1 ] repeat", "( -- ? )"),
        ("[ 1 drop leave ] repeat 5", "( -- value )"),
        ("[ 1 leave ] repeat 5", "( -- 2 values )"),
        ("[ dup [ leave ] if 1 + ] repeat", "( value -- value )"),
        ("[ 1 return ] repeat", "( -- value )"),
        ("1 [ drop 0 ] repeat_if", "( value -- ? )"),
        ("1 [ 0 ] repeat_if 2", "( -- value )"),
        ("[ dup ] [ 1 - ] while", "( value -- value )"),
        ("[ dup 0 > ] [ drop ] while", "( value -- ? )"),
        ("3 [ 1 + ] times", "( value -- value )"),
        ("3 [ 1 ] times", "( -- ? )"),
        ("3 [ 5 [ [ leave ] call ] times ] times", "( -- )"),
        ("3 [ 1 leave ] times", "( -- ? )"),
        ("leave 1", "( -- ? )"),
        // Globals, labels, addresses.
        ("set: x get: x get: x label: here", "( value -- 2 values )"),
        ("pushf: f", "( -- value )"),
        // Recursion that never ends, or takes more and more.
        ("drop f", "( value -- ? )"),
        ("f", "( -- ? )"),
        ("[ f ] [ 1 ] if-else", "( value -- ? )"),
        ("", ""),
    ] {
        let program = read(&format!("[ {code} ] bind: f"));
        let effects = StackEffects::of_program(&program);
        if effects.words("f") != words {
            wrong.push((code, effects.words("f")));
        }
        let machine = machine_of(&program);
        assert_eq!(StackEffects::of_machine(&machine), effects, "{code}");
        assert_eq!(StackEffects::of_program(&program_of(&machine)), effects, "{code}");
    }
    assert_eq!(wrong, []);
}

#[test]
fn functions_that_call_each_other_start_from_what_ends() {
    let text = "[ assign: n n 0 = [ 1 return ] if n 1 - odd ] bind: even
                [ assign: n n 0 = [ 0 return ] if n 1 - even ] bind: odd
                [ 1 2 both ] bind: user [ even swap odd ] bind: both";
    let effects = StackEffects::of_program(&read(text));
    assert_eq!(effects.words("even"), "( n -- value )");
    assert_eq!(effects.words("odd"), "( n -- value )");
    assert_eq!(effects.words("user"), "( -- 2 values )");
    assert_eq!(effects.words("nobody"), "");
    assert_eq!(effects.parameters_of("odd"), [Box::from("n")]);
}

#[test]
fn one_that_takes_more_with_every_call_is_unknown() {
    for text in [
        "[ [ set: g f get: g ] [ ] if-else ] bind: f",
        "[ [ drop drop f 1 ] [ 1 2 ] if-else ] bind: f",
        // Each gives twice as many as the one before.
        &(1..200).fold("[ 1 ] bind: f0 ".to_owned(), |text, n| {
            format!("{text} [ f{0} f{0} ] bind: f{n} ", n - 1)
        }),
    ] {
        let effects = StackEffects::of_program(&read(text));
        let last = if text.contains("f199") { "f199" } else { "f" };
        assert_eq!(effects.of_function(last).unwrap().gives, None, "{text:.60}");
    }
}

#[test]
fn chains_of_calls_and_nests_of_blocks_may_be_long() {
    let count = 100_000;
    let chain: String = (0..count).map(|n| format!("[ f{} ] bind: f{n} ", n + 1)).collect();
    let program = read(&format!("{chain} [ 1 ] bind: f{count}"));
    assert_eq!(StackEffects::of_program(&program).words("f0"), "( -- value )");
    // Each calls the one before and the first, in one great circle.
    let circle: String =
        (0..count).map(|n| format!("[ dup [ f{} ] if 0 [ f0 ] if ] bind: f{n} ", n + 1)).collect();
    let program = read(&format!("{circle} [ drop ] bind: f{count}"));
    assert!(StackEffects::of_program(&program).of_function("f0").is_some());
    let deep = 1_000_000;
    let mut bodies: Vec<Vec<Instruction>> = (1..=deep)
        .map(|n| {
            vec![
                Instruction::Integer(1),
                Instruction::Block(n),
                Instruction::Primitive(Primitive::If),
                Instruction::Primitive(Primitive::End),
            ]
        })
        .collect();
    bodies.push(vec![Instruction::Primitive(Primitive::End)]);
    let definition = crate::program::listing::Definition {
        name: "f".into(),
        code: Fragment { bodies },
        comments: Default::default(),
    };
    let program = Program { definitions: vec![definition], ..Program::default() };
    assert_eq!(StackEffects::of_program(&program).words("f"), "( -- )");
}

#[test]
fn a_fragment_that_is_no_tree_has_an_unknown_effect() {
    let code = Fragment { bodies: vec![vec![Instruction::Block(0), Instruction::Block(7)]] };
    let program = Program { main: code, ..Program::default() };
    assert_eq!(StackEffects::of_program(&program).words("main"), "( -- ? )");
}

#[test]
fn only_what_is_surely_odd_is_said() {
    let mut wrong = Vec::new();
    for (text, odd) in [
        ("1 [ 2 ] if drop", "its block leaves 1 value more"),
        ("5 1 [ drop ] if", "its block takes 1 value"),
        ("1 [ 2 ] [ 2 3 ] if-else", "leaves 1 value more, the second leaves 2 values more"),
        ("1 [ 2 ] [ ] if-else", ""),
        ("[ return_if 1 ] bind: f", "ends here with 1 value, and elsewhere with no value"),
        ("[ [ 1 return ] if ] bind: f", "ends here with no value, and elsewhere with 1 value"),
        ("1 +", "`+` takes 2 values, and the stack has 1 here"),
        ("assign: x", "`assign: x` takes 1 value, and the stack is empty here"),
        ("[ assign: b assign: a ] bind: f 1 f", "`f` takes 2 values, and the stack has 1"),
        ("[ g ] bind: f [ 1 + drop ] bind: g f", "`f` takes 1 value, and the stack is empty"),
        ("1 [ drop drop ] [ ] if-else", "`drop` takes 1 value"),
        // It takes them only sometimes.
        ("[ [ drop ] [ 1 drop ] if-else ] bind: f 1 f", "the first block takes 1 value"),
        ("[ dup [ return ] if + 5 ] bind: f 1 f", ""),
        // It is not known how many there are.
        ("hole +", ""),
        ("depth 0 > [ drop ] if +", ""),
        // It takes a value, but within a block.
        ("[ [ drop ] call ] bind: f f 1", ""),
        ("[ [ drop ] call ] bind: f f f", ""),
        // A loop whose condition is always true is left only from within.
        (
            "[ assign: n [ 1 ] [ n 1 - assign: n n 0 < [ n return ] if ] while ] bind: f 3 f drop",
            "",
        ),
        ("1 + depth drop", "`+` takes 2 values"),
        ("[ hole ] bind: f f +", ""),
        ("1 ?dup + drop", ""),
        ("[ 1 ] call drop drop", "`drop` takes 1 value"),
        ("3 [ 1 ] times + +", ""),
        ("[ + ] bind: f f", "`f` takes 2 values, and the stack is empty here"),
        ("[ f 1 - f ] bind: f 1 f", ""),
    ] {
        let (found, count) = stack_oddities(&read(text), true, 100);
        let words: Vec<&str> = found.iter().map(|one| one.message.as_str()).collect();
        assert_eq!(words.len(), count);
        let fits = if odd.is_empty() {
            words.is_empty()
        } else {
            words.len() == 1 && words[0].contains(odd)
        };
        if !fits {
            wrong.push(format!("{text}: {words:?}"));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    let (found, count) = stack_oddities(&read(&"1 [ 2 ] if drop ".repeat(30)), true, 10);
    assert!(found.len() == 1 && count == 1, "nothing is certain after the first: {count}");
    assert_eq!(stack_oddities(&read("drop"), false, 10).1, 0);
    let many: String = (0..30).map(|n| format!("[ 1 [ 2 ] if ] bind: f{n} ")).collect();
    let (found, count) = stack_oddities(&read(&many), true, 10);
    assert_eq!((found.len(), count), (10, 30));
    assert_eq!((found[3].definition, found[3].body, found[3].index), (Some(3), 0, 2));
}
