use super::*;
use crate::program::listing::Definition;
use Instruction::{Block, Breakpoint, Integer};

fn parse(source: &str) -> Result<Program, Diagnostics> {
    read_program(source, &Scope::empty()).map(|read| read.cells)
}

fn call(name: &str) -> Instruction {
    Instruction::Call(name.into())
}

fn pick(name: &str) -> Instruction {
    Instruction::Pick(name.into())
}

fn primitive(name: &str) -> Instruction {
    Instruction::Primitive(Primitive::find(name).unwrap())
}

fn end() -> Instruction {
    primitive("end")
}

fn main_of(source: &str) -> Vec<Vec<Instruction>> {
    match parse(source) {
        Ok(program) => program.main.bodies,
        Err(report) => panic!("{}", report.render("test", source)),
    }
}

/// The messages and the words they are about.
fn mistakes(source: &str) -> Vec<(String, &str)> {
    let report = parse(source).expect_err(source);
    let one = |one: &Diagnostic| (one.message.clone(), &source[one.span.start..one.span.end]);
    report.iter().map(one).collect()
}

fn only_mistake(source: &str) -> (String, &str) {
    let mut list = mistakes(source);
    assert_eq!(list.len(), 1, "{source}: {list:?}");
    list.remove(0)
}

#[test]
fn fib() {
    let source = "[ assign: i\r\n i 3 < [ 1 return ] if # base\r\n\
        i 2 - fib  i 1 - fib  +  return ] bind: fib\r\n3 fib print";
    let program = parse(source).unwrap();
    assert_eq!(program.main.bodies, [[Integer(3), call("fib"), primitive("print")]]);
    let [Definition { name, code, .. }] = &program.definitions[..] else { panic!() };
    assert_eq!(&**name, "fib");
    let (i, fib) = (pick("i"), call("fib"));
    let (minus, give) = (primitive("-"), primitive("return"));
    let body = vec![
        Instruction::Assign("i".into()),
        i.clone(),
        Integer(3),
        primitive("<"),
        Block(1),
        primitive("if"),
        i.clone(),
        Integer(2),
        minus.clone(),
        fib.clone(),
        i,
        Integer(1),
        minus,
        fib,
        primitive("+"),
        give.clone(),
    ];
    assert_eq!(code.bodies, [body, vec![Integer(1), give]]);
}

#[test]
fn a_closing_bracket_writes_end_where_one_is_needed() {
    let body = |source: &str| main_of(source).remove(1);
    assert_eq!(body("[ ]"), []);
    assert_eq!(body("[ ... ]"), []);
    assert_eq!(body("[ 1 ]"), [Integer(1), end()]);
    assert_eq!(body("[ 1 end ]"), [Integer(1), end()]);
    assert_eq!(body("[ 1 return ]"), [Integer(1), primitive("return")]);
    assert_eq!(body("[ 1 ... ]"), [Integer(1)]);
    assert_eq!(body("[ return_if ]"), [primitive("return_if"), end()]);
    assert_eq!(body("[ 1 breakpoint ]"), [Integer(1), Breakpoint, end()]);
    assert_eq!(body("[ 1 breakpoint breakpoint ... ]"), [Integer(1)]);
    assert_eq!(body("[ breakpoint ]"), [Breakpoint, end()]);
    assert_eq!(body("[ breakpoint ... ]"), []);
    assert_eq!(body("[ end return breakpoint ... ]"), [end(), primitive("return")]);
    assert_eq!(body("[ [ return ] ]"), [Block(2), end()]);
    assert_eq!(main_of("1 breakpoint 2 breakpoint"), [[Integer(1), Breakpoint, Integer(2)]]);
}

#[test]
fn blocks_are_numbered_as_they_open() {
    let program = parse("[ [ ] [ ] ] [ [ [ ] ] [ ] ] bind: f [ ]").unwrap();
    let end = end();
    let main: &[&[_]] = &[&[Block(1), Block(4)], &[Block(2), Block(3), end.clone()], &[], &[], &[]];
    assert_eq!(program.main.bodies, main);
    let f: &[&[_]] = &[&[Block(1), Block(3), end.clone()], &[Block(2), end], &[], &[]];
    assert_eq!(program.definitions[0].code.bodies, f);
}

#[test]
fn a_word_is_number_local_function_instruction_in_this_order() {
    let bodies = main_of("dup i j over assign: dup [ [ assign: i ] prim: dup call: i pushf: i ]");
    assert_eq!(bodies[0][..4], [pick("dup"), pick("i"), call("j"), primitive("over")]);
    assert_eq!(bodies[1][1..3], [primitive("dup"), call("i")]);
    assert_eq!(bodies[1][3], Instruction::PushFunction("i".into()));
}

#[test]
fn locals_belong_to_one_function() {
    let program = parse("[ assign: i ] bind: f [ i j ] bind: g i [ j ] assign: j").unwrap();
    assert_eq!(program.definitions[1].code.bodies[0][..2], [call("i"), call("j")]);
    assert_eq!(program.main.bodies[0][0], call("i"));
    assert_eq!(program.main.bodies[1][0], pick("j"));
}

#[test]
fn definitions_may_be_named_like_instructions() {
    let source =
        "dup prim: dup [ dup ] bind: dup [ ] bind: breakpoint breakpoint prim: breakpoint 1";
    let program = parse(source).unwrap();
    assert_eq!(program.definitions[0].code.bodies[0], [call("dup"), end()]);
    let expected = [call("dup"), primitive("dup"), call("breakpoint"), Breakpoint, Integer(1)];
    assert_eq!(program.main.bodies[0], expected);
    let (message, word) = only_mistake("1 prim: dupp");
    assert_eq!((message.as_str(), word), ("`dupp` is not an instruction", "dupp"));
}

#[test]
fn a_name_does_not_end_a_block_like_the_instruction_of_this_name() {
    let source = "[ 1 return ] [ 2 prim: return ] [ 3 breakpoint ... ] [ ] bind: return \
                  [ 4 end ] bind: f [ 5 assign: end end ] bind: g [ ] bind: breakpoint breakpoint";
    let program = read_program(source, &Scope::empty()).unwrap();
    let main = program.cells.main.bodies;
    assert_eq!(main[1], [Integer(1), call("return"), end()]);
    assert_eq!(main[2], [Integer(2), primitive("return")]);
    assert_eq!(main[3], [Integer(3), call("breakpoint")]);
    assert_eq!(main[0].last(), Some(&call("breakpoint")));
    let [_, f, g, _] = &program.cells.definitions[..] else { panic!() };
    assert_eq!(f.code.bodies[0], [Integer(4), end()]);
    assert_eq!(g.code.bodies[0][2..], [pick("end"), end()]);
    let spans = program.spans.iter().filter(|cell| cell.definition.is_none() && cell.body == 1);
    let words: Vec<&str> = spans.map(|cell| &source[cell.span.start..cell.span.end]).collect();
    assert_eq!(words, ["1", "return", "]"]);
}

#[test]
fn every_mistake_is_reported_in_order() {
    let source = "asign: i\n[ bind: f ]\n\"open\n@5 assign: ] 99999999999999999999 ... pick: 5";
    let words: Vec<_> = mistakes(source).into_iter().map(|(_, word)| word).collect();
    let expected = ["asign:", "bind:", "\"open", "@5", "assign:"];
    assert_eq!(words[..5], expected);
    assert_eq!(words[5..], ["99999999999999999999", "...", "5"]);
}

#[test]
fn brackets_that_do_not_match() {
    assert_eq!(
        only_mistake("1 [ [ ] [ 2"),
        ("2 brackets are not closed; the first is at line 1, column 3".into(), "[")
    );
    assert_eq!(only_mistake("[ ]\n [ 2"), ("this bracket is not closed".into(), "["));
    assert_eq!(
        only_mistake("[ ] ] 2 ] [ ]"),
        ("2 brackets close nothing; this is the first".into(), "]")
    );
    assert_eq!(only_mistake("[ \"abc ]\n 2").1, "\"abc ]");
    assert_eq!(only_mistake("\"abc [\n ]").1, "\"abc [");
}

#[test]
fn a_million_brackets_are_one_mistake() {
    let open = "[".repeat(1_000_000);
    let (message, _) = only_mistake(&open);
    assert_eq!(message, "1,000,000 brackets are not closed; the first is at line 1, column 1");
    assert_eq!(
        only_mistake(&"]".repeat(1_000_000)).0,
        "1,000,000 brackets close nothing; this is the first"
    );
    let too_many = "[]".repeat(BLOCKS + 1);
    assert_eq!(only_mistake(&too_many).0, "too many blocks: 1,048,576");
    let nested = open + &"]".repeat(1_000_000);
    assert_eq!(main_of(&nested).len(), 1_000_001);
    assert_eq!(parse(&": ".repeat(1_000_000)).unwrap_err().count(), 1_000_000);
}

#[test]
fn misplaced_definitions() {
    for source in ["bind: f", "[ ] 1 bind: f", "[ [ ] bind: f ]", "[ ] bind: f bind: g"] {
        assert_eq!(only_mistake(source).1, "bind:", "{source}");
    }
    assert_eq!(only_mistake("[ ] bind:").0, "`bind:` needs a name after it");
    assert_eq!(only_mistake("[ ] bind: 5").0, "`5` is a number, not a name");
    assert_eq!(only_mistake("[ ] bind: x:").1, "x:");
    assert_eq!(only_mistake("[ ] bind: main").1, "main");
}

#[test]
fn a_name_is_defined_once() {
    let source = "[ ] bind: f\n  [ ] bind: f";
    assert_eq!(only_mistake(source).0, "`f` is defined twice");
    let report = parse(source).unwrap_err();
    let [twice] = report.iter().as_slice() else { panic!() };
    assert_eq!(twice.span.start, source.len() - 1);
    assert_eq!(twice.help.as_deref(), Some("the first definition is at line 1, column 11"));
}

#[test]
fn names_behind_prefixes() {
    assert_eq!(only_mistake("assign: \"i\"").0, "`\"i\"` is a text, not a name");
    assert_eq!(only_mistake("assign: ...").1, "...");
    assert_eq!(only_mistake("label: pick: i").1, "label:");
    assert_eq!(only_mistake("call:").1, "call:");
    assert_eq!(main_of("call: # comment\n f"), [[call("f")]]);
}
