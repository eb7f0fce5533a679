//! What a text means, and how cells are printed.

use midflight::program::diagnostic::Span;
use midflight::program::notation::Notation;
use midflight::program::scope::Scope;
use midflight::program::source::read_typed;
use midflight::session::load::image_of_program;

use super::shared::{assert_owned, cells, forth, parts, printed_with_effects, read};

/// Texts, and their cells.
const READS: &[(&str, &str)] = &[
    ("", ""),
    ("\n\n  \n", ""),
    // Functions
    ("fib <- fun[i]:\n  fib(i - 2)\n  ...\n", "[ assign: i i 2 - fib ... ] bind: fib"),
    (
        "fib <- fun[i]:\n  if i < 3:\n  fib(i - 2)\n  ...\n",
        "[ assign: i i 3 < [ ] if i 2 - fib ... ] bind: fib",
    ),
    (
        "fib <- fun[i]:\n  if i < 3:\n    return(1)\n  fib(i - 2)\n  ...\n",
        "[ assign: i i 3 < [ 1 return ] if i 2 - fib ... ] bind: fib",
    ),
    (
        "fib <- fun[i]:\n  if i < 3:\n    return(1)\n  return(fib(i - 2) + fib(i - 1))\n",
        "[ assign: i i 3 < [ 1 return ] if i 2 - fib i 1 - fib + return ] bind: fib",
    ),
    (
        "fib <- fun[i]:\n  if i < 3:\n    return(1)\n  fib(i - 2) + fib(i - 1)\n  return()\n",
        "[ assign: i i 3 < [ 1 return ] if i 2 - fib i 1 - fib + return ] bind: fib",
    ),
    ("f <- fun[a, b]:\n  a - b\n", "[ assign: b assign: a a b - ] bind: f"),
    ("f <- fun[a, b]:\n", "[ assign: b assign: a ] bind: f"),
    ("f <- fun[]:\n", "[ ] bind: f"),
    ("f <- fun[]:\ng <- fun[]:\n  ff()\n", "[ ] bind: f [ ff ] bind: g"),
    ("f <- fun[]:\n  1\nff()\n", "[ 1 ] bind: f ff"),
    ("f <- fun[]:\n  1\n  ...", "[ 1 ... ] bind: f"),
    ("f <- fun[]:\n  end()", "[ end ] bind: f"),
    // Assignment
    ("q, r = divmod(17, 5)", "17 5 divmod assign: r assign: q"),
    ("r, q = q, r", "q r assign: q assign: r"),
    ("$x = 1\nprint($x)", "1 set: x get: x print"),
    ("a, $y = ff()", "ff set: y assign: a"),
    ("$n = $n + 1", "get: n 1 + set: n"),
    ("a = b == c", "b c = assign: a"),
    // Data
    ("l[i] = l[0] + 1", "l 0 memory.get 1 + l i memory.set"),
    ("l[i][j] = x", "x l i memory.get j memory.set"),
    ("l[i][j]", "l i memory.get j memory.get"),
    ("ff(1)[2]", "1 ff 2 memory.get"),
    ("(a + b)[2]", "a b + 2 memory.get"),
    // Operators
    ("a + b * 2 < 9 && x == 1", "a b 2 * + 9 < x 1 = &&"),
    ("a - b - c; a - (b - c)", "a b - c - a b c - -"),
    ("a || b && c", "a b c && ||"),
    ("a != b; a <> b; a >= b; a <= b; a > b", "a b <> a b <> a b >= a b <= a b >"),
    ("ff(a -1); ff(a, -1); ff(a - 1)", "a 1- ff a -1 ff a 1 - ff"),
    ("a +1 * b", "a 1+ b *"),
    ("+(a, b); ==(a, b)", "a b + a b ="),
    ("a / b * c", "a b / c *"),
    // What is on the stack already
    ("ff(_); _ + 1; + 1; a = _", "ff 1 + 1 + assign: a"),
    ("_ < _", "<"),
    ("ff(a, _)", "a ff"),
    // Names
    ("`dup`(dup(dup), @fib)", "pick: dup dup pushf: fib call: dup"),
    ("man-or-boy(3)", "3 man-or-boy"),
    ("man-or-boy <- fun[`a-1`]:\n", "[ assign: a-1 ] bind: man-or-boy"),
    ("True(`True`); $True", "pick: True True get: True"),
    ("`a-1` = 3", "3 assign: a-1"),
    ("`if`; `if`()", "pick: if call: if"),
    ("`$x` = $`$x`", "get: $x assign: $x"),
    ("@`if`; `0xFF`", "pushf: if pick: 0xFF"),
    ("*/(1, 2, 3)", "1 2 3 */"),
    ("2dup(_, _)", "2dup"),
    // Literals
    ("ff(0xFF, 0b1010, 1_000, -5, +5)", "255 10 1000 -5 5 ff"),
    ("label: top\nprint(\"a\\n\\\"b\\\"\\u{e9}\")", "label: top \"a\\n\\\"b\\\"é\" print"),
    ("?; ff(?)\n1", "breakpoint breakpoint ff 1"),
    ("1\n?\n?", "1"),
    // Conditions
    ("if n < 0:\n  print(1)\n", "n 0 < [ 1 print ] if"),
    ("if n:\n  1\nelse:\n  2\n", "n [ 1 ] [ 2 ] if-else"),
    (
        "if n < 0:\n  print(1)\nelif n < 5:\n  print(2)\nelse:\n  print(3)\n",
        "n 0 < [ 1 print ] [ n 5 < [ 2 print ] [ 3 print ] if-else ] if-else",
    ),
    ("if a:\nelif b:\n", "a [ ] [ b [ ] if ] if-else"),
    ("if a:\nelse:\n", "a [ ] [ ] if-else"),
    ("if a:\n  if b:\n    1\nelse:\n  2\n", "a [ b [ 1 ] if ] [ 2 ] if-else"),
    ("if _ < 3:\n  1\n  ...\n", "3 < [ 1 ... ] if"),
    ("if ff([a = 1; b, c], d):\n  1\n", "[ 1 assign: a b c ] d ff [ 1 ] if"),
    ("if(a, b)", "a b if"),
    // Loops
    ("while n > 0:\n  n = n -1\n", "[ n 0 > ] [ n 1- assign: n ] while"),
    ("while n:\n", "[ n ] [ ] while"),
    ("while(a, b)", "a b while"),
    ("times(3):\n  print(1)\n", "3 [ 1 print ] times"),
    (
        "repeat_if n > 0:\n  print(n)\n  n = n -1\n  n > 0\n",
        "n 0 > [ n print n 1- assign: n n 0 > ] repeat_if",
    ),
    ("repeat:\n  return_if(g == \"\")\n", "[ g \"\" = return_if ] repeat"),
    ("repeat:\n  leave()\n", "[ leave ] repeat"),
    // Blocks
    ("k = block:\n  if x:\n    ff()\n", "[ x [ ff ] if ] assign: k"),
    ("$k = block:\n  ff()\n", "[ ff ] set: k"),
    ("block:\n  1\n", "[ 1 ]"),
    ("twice(1):\n  t = t + 5\n", "1 [ t 5 + assign: t ] twice"),
    ("k = [print(1)]", "[ 1 print ] assign: k"),
    ("each(l, [x = _; print(x)])", "l [ assign: x x print ] each"),
    ("ff([], [...], [1; ...], [return(1)])", "[ ] [ ] [ 1 ... ] [ 1 return ] ff"),
    ("call([1])", "[ 1 ] call"),
    // White space
    ("if  a :\n\n\n    1\n\n2\n", "a [ 1 ] if 2"),
    ("a\r\nif b:\r\n  c\r\n", "a b [ c ] if"),
    ("if a:\n  1\n \n  2\n", "a [ 1 2 ] if"),
];

#[test]
fn texts_have_these_cells() {
    for (text, wanted) in READS {
        let read = read(text);
        assert_eq!(read.cells, forth(wanted), "{text}");
        assert_owned(&parts(&read.cells), &read.spans, text);
    }
}

/// Cells, and their text. It reads back as these cells.
const PRINTS: &[(&str, &str)] = &[
    ("", ""),
    // The examples of the design
    ("[ assign: i i 2 - fib ... ] bind: fib", "fib <- fun[i]:\n  fib(i - 2)\n  ...\n"),
    (
        "[ assign: i i 3 < [ ] if i 2 - fib ... ] bind: fib",
        "fib <- fun[i]:\n  if i < 3:\n  fib(i - 2)\n  ...\n",
    ),
    (
        "[ assign: i i 3 < [ 1 return ] if i 2 - fib i 1 - fib + return ] bind: fib",
        "fib <- fun[i]:\n  if i < 3:\n    return(1)\n  return(fib(i - 2) + fib(i - 1))\n",
    ),
    (
        "[ assign: i i 2 - fib breakpoint + ... ] bind: fib",
        "fib <- fun[i]:\n  fib(i - 2) + ?\n  ...\n",
    ),
    ("6 7 area print_line setup play", "print_line(area(6, 7))\nsetup()\nplay()\n"),
    (
        "[ assign: n n 0 < [ \"neg\" return ] [ n 9 < [ n 5 < [ 1 print ] if 2 return ] if ] if-else ] bind: f",
        "f <- fun[n]:\n  if n < 0:\n    return(\"neg\")\n  elif n < 9:\n    if n < 5:\n      print(1)\n    return(2)\n",
    ),
    (
        "n 0 > [ n print n 1- assign: n n 0 > ] repeat_if [ ask assign: g g \"\" = return_if ] repeat",
        "repeat_if n > 0:\n  print(n)\n  n = n -1\n  n > 0\nrepeat:\n  g = ask()\n  return_if(g == \"\")\n",
    ),
    (
        "[ n 0 > ] [ n 1- assign: n ] while 3 [ \"ho\" print ] times",
        "while n > 0:\n  n = n -1\ntimes(3):\n  print(\"ho\")\n",
    ),
    (
        "[ assign: b assign: a a b / a b mod return ] bind: divmod 17 5 divmod assign: r assign: q",
        "divmod <- fun[a, b]:\n  return(a / b, mod(a, b))\n\nq, r = divmod(17, 5)\n",
    ),
    ("q r assign: q assign: r", "r, q = q, r\n"),
    ("l 0 memory.get \"é\\n\" str_join l 2 memory.set", "l[2] = str_join(l[0], \"é\\n\")\n"),
    (
        "[ 2dup < [ swap ] if drop ] bind: larger",
        "larger <- fun[]:\n  2dup(_, _)\n  if _ < _:\n    swap(_, _)\n  drop(_)\n",
    ),
    ("1 [ t 5 + assign: t ] often", "often(1):\n  t = t + 5\n"),
    ("[ 1 print ] assign: k", "k = [print(1)]\n"),
    ("[ t 1 > [ 1 ] if ] assign: k", "k = block:\n  if t > 1:\n    1\n"),
    ("get: x 1 + set: x", "$x = $x + 1\n"),
    ("ff set: y assign: a", "a, $y = ff()\n"),
    // Stack words
    ("[ dup * ] bind: square", "square <- fun[]:\n  *(dup(_))\n"),
    ("[ swap - ] bind: rsub", "rsub <- fun[]:\n  -(swap(_, _))\n"),
    ("rot rot over +", "rot(rot(_, _, _))\nover(_, _)\n_ + _\n"),
    // What breaks an expression
    ("n [ \"pos\" ] [ \"zero\" ] if-else print", "if n:\n  \"pos\"\nelse:\n  \"zero\"\nprint(_)\n"),
    ("1 label: a 2 + print", "1\nlabel: a\nprint(_ + 2)\n"),
    // Ends
    (
        "[ 1 return end ] bind: aa [ end ] bind: bb [ 1 breakpoint end ] bind: cc [ 1 ... ] bind: dd [ ] bind: ee",
        "aa <- fun[]:\n  return(1)\n  end()\n\nbb <- fun[]:\n  end()\n\ncc <- fun[]:\n  1\n  ?\n\n\
         dd <- fun[]:\n  1\n  ...\n\nee <- fun[]:\n",
    ),
    ("[ assign: i assign: i i ] bind: f", "f <- fun[i]:\n  i = _\n  i\n"),
    (
        "3 allocate assign: l l 1 memory.get l 0 memory.set memory.set",
        "l = allocate(3)\nl[0] = l[1]\n_[_] = _\n",
    ),
    // Brackets
    ("a b + 2 * a b 2 * + -", "(a + b) * 2 - (a + b * 2)\n"),
    ("a 1- b * a 1- negate -", "(a -1) * b - negate(a -1)\n"),
    ("a b - 1 - a b 1 - -", "a - b - 1\na - (b - 1)\n"),
    ("a b < c <", "(a < b) < c\n"),
    ("5 a memory.get", "(5)[a]\n"),
    // Names that need backquotes
    ("pick: dup call: i call: dup pushf: if label: top", "i(dup)\n`dup`()\n@if\nlabel: top\n"),
    ("3 assign: a-1 pick: $x get: a-b", "`a-1` = 3\n`$x`\n$`a-b`\n"),
    ("3 man-or-boy", "man-or-boy(3)\n"),
    ("[ ] bind: man-or-boy", "man-or-boy <- fun[]:\n"),
    (
        "pick: True label: pass [ ] bind: None 1 assign: break True",
        "None <- fun[]:\n\n`True`\nlabel: `pass`\n`break` = 1\nTrue()\n",
    ),
    // Conditions that are no chain
    ("a [ 1 ] [ b [ 2 ] if 3 ] if-else", "if a:\n  1\nelse:\n  if b:\n    2\n  3\n"),
    ("a [ 1 ] [ b [ 2 ] if ... ] if-else", "if a:\n  1\nelse:\n  if b:\n    2\n  ...\n"),
];

#[test]
fn cells_are_printed_as_these_texts() {
    for (wanted, text) in PRINTS {
        let program = forth(wanted);
        assert_eq!(printed_with_effects(&program), *text, "{wanted}");
        assert_eq!(read(text).cells, program, "{text}");
    }
}

/// A text, its cells, and what it lacks: what is put in, and before which byte.
type Typed = (&'static str, &'static str, &'static [(usize, &'static str)]);

/// What is typed at the counter.
const TYPED: &[Typed] = &[
    ("fib(i - 2) +", "i 2 - fib breakpoint +", &[(12, "?")]),
    ("+ fib(i - 1)", "i 1 - fib +", &[]),
    ("fib(_)", "fib", &[]),
    ("a = _", "assign: a", &[]),
    ("return(_)", "return", &[]),
    ("if _ < 3:", "3 < [ ] if", &[]),
    ("if i < 3:", "i 3 < [ ] if", &[]),
    ("a =", "breakpoint assign: a", &[(3, "?")]),
    ("max(fib(i - 2),", "i 2 - fib breakpoint max", &[(15, "?"), (15, ")")]),
    ("i, j = _", "assign: j assign: i", &[]),
    ("ff(gg(1", "1 gg ff", &[(7, ")"), (7, ")")]),
    ("l[1", "l 1 memory.get", &[(3, "]")]),
    ("(a + b", "a b +", &[(6, ")")]),
];

#[test]
fn what_is_typed_is_completed() {
    let text = "[ assign: a assign: b assign: i assign: j assign: l ] bind: f";
    let image = image_of_program(text).expect("a program");
    let body = image.machine.memory().function("f").expect("it is defined");
    for (text, wanted, missing) in TYPED {
        let typed = read_typed(text, &Scope::of(&image.machine, body))
            .unwrap_or_else(|report| panic!("{}", report.render("typed", text)));
        assert_eq!(typed.read.cells, cells(wanted), "{text}");
        assert_eq!(typed.repairs, missing.to_vec(), "{text}");
    }
}

#[test]
fn a_typed_line_without_gaps_needs_no_repair() {
    for (text, wanted, missing) in TYPED {
        let read = Notation::Source.read_line(text, &Scope::empty());
        assert_eq!(read.is_ok(), missing.is_empty(), "{text}");
        if let Ok(read) = read {
            assert_eq!(read.cells, cells(wanted), "{text}");
        }
    }
}

/// The bytes of some cells of a text, in the order of the text.
#[test]
fn each_cell_owns_its_word() {
    let text = "if n == 1:\n  l[i] = x -1\nelif m:\n  k = [f2(@g)]\nwhile h:\n  1\n";
    let read = read(text);
    let words: Vec<&str> = read.spans.iter().map(|cell| word(text, cell.span)).collect();
    let wanted = [
        "if", "n", "==", "1", ":", "l", "i", "=", "x", "-1", "", "el", "if", "m", ":", "k", "[",
        "f2", "@g", "]", "", "", "while", " ", "h", "", ":", "1", "",
    ];
    assert_eq!(words, wanted);
}

fn word(text: &str, span: Span) -> &str {
    &text[span.start..span.end]
}
