use super::*;
use crate::program::listing::Program;
use crate::program::notation::Notation;
use crate::vm::machine::Machine;

fn read(text: &str) -> Program {
    match Notation::Source.read_program(text) {
        Ok(read) => read.cells,
        Err(report) => panic!("{}", report.render("test", text)),
    }
}

fn forth(text: &str) -> Program {
    match Notation::Forth.read_program(text) {
        Ok(read) => read.cells,
        Err(report) => panic!("{}", report.render("test", text)),
    }
}

fn reads(text: &str, expected: &str) {
    assert_eq!(read(text), forth(expected), "{text}");
}

fn effects() -> StackEffects {
    let known = [("fib", 1, 1), ("area", 2, 1), ("divmod", 2, 2), ("hanoi", 2, 1)];
    let effect = |(name, takes, gives): (&str, usize, usize)| {
        (Box::from(name), crate::program::effect::StackEffect::new(takes, gives))
    };
    known.into_iter().map(effect).collect()
}

fn prints(cells: &str, expected: &str) {
    let program = forth(cells);
    let printed = print_program(&program, &effects(), &Scope::empty());
    assert_eq!(printed.text, expected, "{cells}");
    let again = Notation::Source.read_program(&printed.text).expect("what was printed reads");
    assert_eq!(again.cells, program, "{cells}");
    assert_eq!(again.spans, printed.spans, "{cells}");
}

#[test]
fn fib_in_stages() {
    let header = "fib <- fun[i]:\n";
    let stages = [
        ("  fib(i - 2)\n  ...\n", "i 2 - fib ..."),
        ("  if i < 3:\n  fib(i - 2)\n  ...\n", "i 3 < [ ] if i 2 - fib ..."),
        (
            "  if i < 3:\n    return(1)\n  fib(i - 2)\n  ...\n",
            "i 3 < [ 1 return ] if i 2 - fib ...",
        ),
        (
            "  if i < 3:\n    return(1)\n  return(fib(i - 2) + fib(i - 1))\n",
            "i 3 < [ 1 return ] if i 2 - fib i 1 - fib + return",
        ),
        ("  fib(i - 2) + ?\n  ...\n", "i 2 - fib breakpoint + ..."),
    ];
    for (text, cells) in stages {
        let (text, cells) = (format!("{header}{text}"), format!("[ assign: i {cells} ] bind: fib"));
        reads(&text, &cells);
        prints(&cells, &text);
    }
}

#[test]
fn expressions() {
    for (text, cells) in [
        ("q, r = divmod(17, 5)", "17 5 divmod assign: r assign: q"),
        ("r, q = q, r", "pick: q pick: r assign: q assign: r"),
        ("list[i] = list[0] + 1", "pick: list 0 memory.get 1 + pick: list pick: i memory.set"),
        ("a + b * 2 < 9 && x == 1", "pick: a pick: b 2 * + 9 < pick: x 1 = &&"),
        ("f(a -1); f(a, -1); f(a - 1)", "pick: a 1- f pick: a -1 f pick: a 1 - f"),
        ("`dup`(dup(dup), @fib)", "pick: dup dup pushf: fib call: dup"),
        ("$total = $total + 1", "get: total 1 + set: total"),
        ("a, $b = 1, 2", "1 2 set: b assign: a"),
        ("while x < 3:\n  x = x +1\n", "[ pick: x 3 < ] [ pick: x 1+ assign: x ] while"),
        ("times(n):\n  print(1)\n", "pick: n [ 1 print ] times"),
        ("twice(1):\n  total = total + 5\n", "1 [ total 5 + assign: total ] twice"),
        ("big = block:\n  if x():\n    f()\n", "[ x [ f ] if ] assign: big"),
    ] {
        reads(text, cells);
    }
}

#[test]
fn what_is_printed() {
    for (cells, text) in [
        ("[ dup * end ] bind: square", "square <- fun[]:\n  *(dup(_))\n"),
        ("6 7 area print_line setup play", "print_line(area(6, 7))\nsetup()\nplay()\n"),
        ("1 label: a 2 + print", "1\nlabel: a\nprint(_ + 2)\n"),
        (
            "[ 1 return end ] bind: a [ end ] bind: b [ 1 breakpoint end ] bind: c [ 1 ... ] bind: d [ ] bind: e",
            "a <- fun[]:\n  return(1)\n  end()\n\nb <- fun[]:\n  end()\n\nc <- fun[]:\n  1\n  ?\n\n\
             d <- fun[]:\n  1\n  ...\n\ne <- fun[]:\n",
        ),
        ("[ assign: i assign: i i ] bind: f", "f <- fun[i]:\n  i = _\n  i\n"),
        (
            "[ n 0 < [ 1 print ] [ n 5 < [ 2 print ] [ n 9 < [ 3 print ] if ] if-else ] if-else ] bind: f",
            "f <- fun[]:\n  if n() < 0:\n    print(1)\n  elif n() < 5:\n    print(2)\n  elif n() < 9:\n    print(3)\n",
        ),
        (
            "[ pick: n 0 > ] [ pick: n print pick: n 1- assign: n ] while",
            "while n > 0:\n  print(n)\n  n = n -1\n",
        ),
    ] {
        prints(cells, text);
    }
}

/// A line that is typed where there are locals.
fn typed(text: &str) -> Typed {
    let locals = ["a", "b", "i"].into_iter().map(Box::from).collect();
    let machine = Machine::default();
    let scope = Scope::with_locals(&machine, &locals);
    read_typed(text, &scope).unwrap_or_else(|bad| panic!("{text}: {bad}"))
}

#[test]
fn what_is_missing_in_a_typed_line_is_put_in() {
    for (text, cells, repairs) in [
        ("fib(i - 2) +", "pick: i 2 - fib breakpoint +", "?"),
        ("+ fib(i - 1)", "pick: i 1 - fib +", ""),
        ("a = _", "assign: a", ""),
        ("return(_)", "return", ""),
        ("if _ < 3:", "3 < [ ] if", ""),
        ("x =", "breakpoint assign: x", "?"),
        ("max(fib(i - 2),", "pick: i 2 - fib breakpoint max", "?)"),
        ("f(a, (b + [1", "pick: a pick: b [ 1 ] + f", "]))"),
        ("if i < 3:\n  return(1)\nprint(i)", "pick: i 3 < [ 1 return ] if pick: i print", ""),
    ] {
        let typed = typed(text);
        assert_eq!(typed.read.cells, forth(cells).main, "{text}");
        let put_in: String = typed.repairs.iter().map(|&(_, part)| part).collect();
        assert_eq!(put_in, repairs, "{text}");
    }
}

#[test]
fn a_typed_line_says_what_it_calls() {
    let typed = typed("x = f(a, g(), 3 + g(_)");
    let calls = typed.calls.iter().map(|call| {
        let names = call.arguments.iter().map(|name| name.as_deref().unwrap_or("?"));
        format!("{} {}", call.name, names.collect::<Vec<_>>().join(" "))
    });
    assert_eq!(calls.collect::<Vec<_>>(), ["g ", "g ?", "f a ? ?"]);
}

#[test]
fn words_of_python_are_no_locals() {
    for (text, help) in [
        ("break", "leave()"),
        ("x = True", "write `1`"),
        ("depth", "an instruction is called"),
        ("f <- fun[]:", "create the function"),
        ("prnt", "`prnt()` calls a function"),
    ] {
        let bad = read_typed(text, &Scope::empty()).expect_err(text).to_string();
        assert!(bad.contains(help), "{text}: {bad}");
    }
    assert!(read_typed("depth = 3; depth", &Scope::empty()).is_ok());
}

#[test]
fn a_function_named_like_an_instruction_needs_backquotes() {
    let bad = Notation::Source.read_program("swap <- fun[a, b]:\n").unwrap_err().to_string();
    assert!(bad.contains("`swap` is an instruction"), "{bad}");
    reads("`swap` <- fun[]:\n  `swap`()\n", "[ call: swap ] bind: swap");
    prints("[ call: swap ] bind: swap", "`swap` <- fun[]:\n  `swap`()\n");
}

#[test]
fn a_call_of_an_unknown_function_spares_what_follows_it() {
    for (cells, text) in [
        ("1 assign: x pick: x 2 foo + assign: y", "x = 1\ny = x + foo(2)\n"),
        ("pick: x 2 foo assign: y", "y = foo(x, 2)\n"),
        ("pick: x 2 foo 3 bar + assign: y", "y = foo(x, 2) + bar(3)\n"),
        ("pick: x 2 - foo pick: x 1 - foo + return", "return(foo(x - 2) + foo(x - 1))\n"),
        ("pick: x pick: y 1 foo < [ 2 ] if", "if x < foo(y, 1):\n  2\n"),
        ("pick: x foo +", "x + foo()\n"),
        ("foo +", "_ + foo()\n"),
        ("1 2 3 foo drop 4 assign: y", "drop(foo(1, 2, 3))\ny = 4\n"),
    ] {
        let cells = format!("[ assign: x assign: y {cells} ... ] bind: f");
        let program = forth(&cells);
        let printed = print_program(&program, &effects(), &Scope::empty());
        let body = printed.text.lines().skip(1);
        let body: Vec<&str> = body.filter(|line| *line != "  ...").collect();
        let wanted: Vec<String> = text.lines().map(|line| format!("  {line}")).collect();
        assert_eq!(body, wanted, "{cells}");
    }
}

#[test]
fn what_unknown_calls_spare_is_found_in_linear_time() {
    let mut cells = "1 ".repeat(100_000);
    cells += &"f 1 ".repeat(100_000);
    cells += &"+ ".repeat(200_000);
    let program = forth(&cells);
    let printed = print_program(&program, &effects(), &Scope::empty());
    let again = Notation::Source.read_program(&printed.text).expect("what was printed reads");
    assert_eq!(again.cells, program);
}

#[test]
fn several_cells_of_data_are_set_one_by_one() {
    for text in ["l[0], l[1] = f(4, 5)", "l[i], l[i + 1] = 8", "l[0] = 1, 2", "a, l[0] = f()"] {
        let bad = Notation::Source.read_program(text).expect_err(text).to_string();
        assert!(bad.contains("one cell after the other"), "{text}: {bad}");
    }
    reads("l[0] = f(1, 2)", "1 2 f pick: l 0 memory.set");
    let bad = Notation::Source.read_program("f <- fun[a b]:\n  a\n").expect_err("no comma");
    assert!(bad.to_string().contains("a `,` is missing"), "{bad}");
}
