//! Every instruction: what it takes, what it leaves, and every reason why it cannot run.
//!
//! A row has the stack before, the instruction, and the stack after or `!` and the word of the stop. An
//! instruction that cannot run must leave the machine unchanged.

mod oracle;
mod support;

use midflight::vm::index::{DataId, Offset};
use midflight::vm::instruction::{Instruction, Primitive, table};
use midflight::vm::memory::Place;
use midflight::vm::stop::Stop;
use oracle::bench::{AT, bench};
use oracle::words::{machine, stack, values};

fn word(stop: &Stop) -> &'static str {
    match stop {
        Stop::Fault(fault) => fault.word(),
        Stop::Limit(kind) => kind.name(),
        other => other.word(),
    }
}

/// The result of executing the word, in the notation of the table.
fn outcome(before: &str, word_: &str) -> String {
    let mut machine = bench(before, word_);
    let was = machine.clone();
    match machine.step() {
        Ok(()) => {
            assert_eq!(machine.retired(), was.retired() + 1);
            let current = machine.task_of(machine.current()).unwrap();
            let counter = current.counter();
            if current.calls().depth() == 1 {
                assert_eq!(counter, Place::new(0, AT + 1), "{before} {word_}");
            } else {
                assert_eq!(counter.offset, Offset(0));
            }
            stack(&machine)
        }
        Err(stop) => {
            assert_eq!(machine, was, "{before} {word_} changed something");
            assert_eq!(machine.run(7), stop);
            assert_eq!(machine.waits(), Some(stop.clone()));
            format!("!{}", word(&stop))
        }
    }
}

const MAX: &str = "1152921504606846975";
const MIN: &str = "-1152921504606846976";

#[rustfmt::skip]
const CASES: &[(&str, &str, &str)] = &[
    // Literals and locals.
    ("1", "-3", "1 -3"), ("", MAX, MAX), ("", MIN, MIN),
    ("", "\"a_b\"", "\"a b\""), ("", "\"\"", "\"\""),
    ("", "@2", "@200/1"), ("", "&f", "@100"), ("", "[ ]", "@400/1"),
    ("1 2", "assign:i", "1"), ("", "assign:i", "!operands"),
    ("", "pick:i", "!unassigned"), ("5", "label:i", "5"),
    ("1 2", "set:x", "1"), ("", "set:x", "!operands"), ("", "get:x", "!unset"),
    ("5", "f", "5"), ("", "missing", "!missing"), ("", "&missing", "!missing"), ("5", "·", "!breakpoint"),

    ("1 @2", "call", "1"), ("1 @1", "call", "1"), ("", "call", "!operands"),
    ("1", "call", "!operands"), ("@d0", "call", "!operands"), ("\"f\"", "call", "!operands"),
    ("9 1 @2", "if", "9"), ("9 0 @2", "if", "9"), ("\"\" @2", "if", ""), ("@2", "if", "!operands"),
    ("1 1", "if", "!operands"), ("0 0", "if", "!operands"), ("@2 1", "if", "!operands"),
    ("9 1 @2 @1", "if-else", "9"), ("9 0 @2 @1", "if-else", "9"), ("@2 @1", "if-else", "!operands"),
    ("1 @2 1", "if-else", "!operands"), ("0 1 @2", "if-else", "!operands"),
    ("1 @2", "repeat", "1"), ("1", "repeat", "!operands"), ("", "repeat", "!operands"),
    ("9 1 @2", "repeat_if", "9"), ("9 0 @2", "repeat_if", "9"), ("@2", "repeat_if", "!operands"),
    ("1 1", "repeat_if", "!operands"),
    ("1 @2 @1", "while", "1"), ("@2 1", "while", "!operands"), ("1 @2", "while", "!operands"), ("", "while", "!operands"),
    ("9 2 @2", "times", "9"), ("9 0 @2", "times", "9"), ("9 -1 @2", "times", "!negative"), ("\"2\" @2", "times", "!operands"),
    ("2 2", "times", "!operands"), ("@2", "times", "!operands"), ("1", "leave", "!loop"),
    ("1", "return", "!finished"), ("1", "end", "!finished"),
    ("1 0", "return_if", "1"), ("1 2", "return_if", "!finished"), ("", "return_if", "!operands"),

    ("3", "exit", "!exit"), ("0", "exit", "!exit"), ("255", "exit", "!exit"), ("256", "exit", "!code"), ("-1", "exit", "!code"),
    ("\"3\"", "exit", "!operands"), ("@2", "exit", "!operands"), ("", "exit", "!operands"),

    // Integers.
    ("2 3", "+", "5"), ("2 -3", "+", "-1"), (MAX, "+", "!operands"), ("1 \"1\"", "+", "!operands"),
    ("\"1\" 1", "+", "!operands"), ("@2 1", "+", "!operands"), ("@d0 1", "+", "!operands"),
    ("1152921504606846975 1", "+", "!overflow"), ("1152921504606846974 1", "+", MAX),
    ("-1152921504606846976 -1", "+", "!overflow"), ("-1152921504606846975 -1", "+", MIN),
    ("2 3", "-", "-1"), ("-1152921504606846976 1", "-", "!overflow"), ("-1 1152921504606846975", "-", MIN),
    ("0 -1152921504606846976", "-", "!overflow"), ("1", "-", "!operands"),
    ("-4 3", "*", "-12"), ("1073741824 1073741824", "*", "!overflow"), ("-1073741824 1073741824", "*", MIN),
    ("1152921504606846975 1152921504606846975", "*", "!overflow"),
    ("-1152921504606846976 -1152921504606846976", "*", "!overflow"),
    ("-1152921504606846976 -1", "*", "!overflow"), ("0 1152921504606846975", "*", "0"),
    ("7 2", "/", "3"), ("-7 2", "/", "-4"), ("7 -2", "/", "-4"), ("-7 -2", "/", "3"),
    ("6 3", "/", "2"), ("-6 3", "/", "-2"), ("6 -3", "/", "-2"), ("0 -3", "/", "0"), ("1 0", "/", "!division"),
    ("-1152921504606846976 -1", "/", "!overflow"), ("1 1152921504606846975", "/", "0"), ("-1 1152921504606846975", "/", "-1"),
    ("7 3", "mod", "1"), ("-7 3", "mod", "2"), ("7 -3", "mod", "-2"), ("-7 -3", "mod", "-1"),
    ("6 3", "mod", "0"), ("-6 3", "mod", "0"), ("6 -3", "mod", "0"), ("0 0", "mod", "!division"),
    ("-1152921504606846976 -1", "mod", "0"),
    ("5", "negate", "-5"), ("-1152921504606846976", "negate", "!overflow"), ("1152921504606846975", "negate", "-1152921504606846975"),
    ("-5", "abs", "5"), ("5", "abs", "5"), ("0", "abs", "0"), ("-1152921504606846976", "abs", "!overflow"), ("\"\"", "abs", "!operands"),
    ("2 3", "min", "2"), ("3 2", "min", "2"), ("-3 2", "min", "-3"), ("2", "min", "!operands"),
    ("2 3", "max", "3"), ("3 2", "max", "3"), ("-3 2", "max", "2"), ("\"a\" \"b\"", "max", "!operands"),
    ("2", "1+", "3"), ("1152921504606846975", "1+", "!overflow"), ("-1152921504606846976", "1+", "-1152921504606846975"),
    ("2", "1-", "1"), ("-1152921504606846976", "1-", "!overflow"), ("", "1-", "!operands"),
    ("7 3 2", "*/", "10"), ("-7 3 2", "*/", "-11"), ("1152921504606846975 1152921504606846975 1152921504606846975", "*/", MAX),
    ("-1152921504606846976 -1152921504606846976 -1152921504606846976", "*/", MIN), ("1152921504606846975 2 1", "*/", "!overflow"),
    ("-1152921504606846976 -1152921504606846976 1152921504606846975", "*/", "!overflow"),
    ("3 4 0", "*/", "!division"), ("0 0 -5", "*/", "0"), ("1 2", "*/", "!operands"),
    ("7 3 2", "*/mod", "1 10"), ("-7 3 2", "*/mod", "1 -11"), ("7 3 -2", "*/mod", "-1 -11"), ("3 4 0", "*/mod", "!division"),
    ("1152921504606846975 1152921504606846975 1152921504606846974", "*/mod", "!overflow"),
    ("1152921504606846975 1152921504606846974 1152921504606846975", "*/mod", "0 1152921504606846974"), ("1 2", "*/mod", "!operands"),

    ("2 2 3", "within", "1"), ("3 2 3", "within", "0"), ("1 2 3", "within", "0"), ("2 3 2", "within", "0"), ("-1 -1 0", "within", "1"),
    ("1 2", "within", "!operands"),
    ("2 2", "=", "1"), ("2 3", "=", "0"), ("1 \"1\"", "=", "0"), ("\"a\" \"a\"", "=", "1"), ("\"a\" \"A\"", "=", "0"),
    ("@2 @2", "=", "1"), ("@2 @1", "=", "0"), ("@1 @d0", "=", "0"), ("0 @d0", "=", "0"), ("1", "=", "!operands"),
    ("2 2", "<>", "0"), ("2 3", "<>", "1"), ("1 \"1\"", "<>", "1"), ("\"a\" \"a\"", "<>", "0"), ("", "<>", "!operands"),
    ("1 2", "<", "1"), ("2 2", "<", "0"), ("3 2", "<", "0"), ("-1 0", "<", "1"), ("\"a\" \"b\"", "<", "!operands"),
    ("1 2", ">", "0"), ("2 2", ">", "0"), ("3 2", ">", "1"), ("1 @2", ">", "!operands"),
    ("1 2", "<=", "1"), ("2 2", "<=", "1"), ("3 2", "<=", "0"), ("1", "<=", "!operands"),
    ("1 2", ">=", "0"), ("2 2", ">=", "1"), ("3 2", ">=", "1"), ("", ">=", "!operands"),

    ("0", "not", "1"), ("1", "not", "0"), ("-1", "not", "0"), ("\"\"", "not", "0"), ("@2", "not", "0"), ("", "not", "!operands"),
    ("1 2", "&&", "1"), ("1 0", "&&", "0"), ("0 1", "&&", "0"), ("0 0", "&&", "0"), ("\"\" @2", "&&", "1"), ("1", "&&", "!operands"),
    ("1 2", "||", "1"), ("1 0", "||", "1"), ("0 1", "||", "1"), ("0 0", "||", "0"), ("0 \"\"", "||", "1"), ("1", "||", "!operands"),
    ("12 10", "and", "8"), ("-1 10", "and", "10"), ("-2 -3", "and", "-4"), ("\"\" 1", "and", "!operands"),
    ("12 10", "or", "14"), ("-1 10", "or", "-1"), ("-1152921504606846976 1", "or", "-1152921504606846975"), ("1", "or", "!operands"),
    ("12 10", "xor", "6"), ("-1 10", "xor", "-11"), ("-1152921504606846976 -1", "xor", MAX), ("1", "xor", "!operands"),
    ("0", "invert", "-1"), ("5", "invert", "-6"), (MAX, "invert", MIN), (MIN, "invert", MAX), ("@2", "invert", "!operands"),
    ("3 2", "lshift", "12"), ("-3 2", "lshift", "-12"), ("0 60", "lshift", "0"), ("-1 60", "lshift", MIN),
    ("1 60", "lshift", "!overflow"), ("1 59", "lshift", "576460752303423488"), ("2 59", "lshift", "!overflow"),
    ("1152921504606846975 60", "lshift", "!overflow"), ("5 0", "lshift", "5"),
    ("0 61", "lshift", "!shift"), ("0 -1", "lshift", "!shift"), ("1", "lshift", "!operands"),
    ("13 2", "rshift", "3"), ("-13 2", "rshift", "-4"), (MIN, "rshift", "!operands"), ("-1152921504606846976 60", "rshift", "-1"),
    ("1152921504606846975 60", "rshift", "0"), ("1152921504606846975 59", "rshift", "1"), ("5 0", "rshift", "5"),
    ("1 61", "rshift", "!shift"), ("1 -1", "rshift", "!shift"), ("1 1152921504606846975", "rshift", "!shift"),

    // The stack.
    ("8 1", "dup", "8 1 1"), ("", "dup", "!operands"), ("8 1", "drop", "8"), ("", "drop", "!operands"),
    ("8 1 2", "swap", "8 2 1"), ("1", "swap", "!operands"), ("8 1 2", "over", "8 1 2 1"), ("1", "over", "!operands"),
    ("8 1 2 3", "rot", "8 2 3 1"), ("1 2", "rot", "!operands"), ("8 1 2 3", "-rot", "8 3 1 2"), ("1 2", "-rot", "!operands"),
    ("8 1 2", "nip", "8 2"), ("1", "nip", "!operands"), ("8 1 2", "tuck", "8 2 1 2"), ("1", "tuck", "!operands"),
    ("8 1 2", "2dup", "8 1 2 1 2"), ("1", "2dup", "!operands"), ("8 1 2", "2drop", "8"), ("1", "2drop", "!operands"),
    ("8 1", "?dup", "8 1 1"), ("8 0", "?dup", "8 0"), ("\"\"", "?dup", "\"\" \"\""), ("", "?dup", "!operands"),
    ("8 1 2 3 4", "2over", "8 1 2 3 4 1 2"), ("1 2 3", "2over", "!operands"),
    ("8 1 2 3 4", "2swap", "8 3 4 1 2"), ("1 2 3", "2swap", "!operands"),
    ("7 8 9 0", "pick", "7 8 9 9"), ("7 8 9 2", "pick", "7 8 9 7"), ("7 8 9 3", "pick", "!index"), ("7 -1", "pick", "!index"),
    ("7 8 9 0", "roll", "7 8 9"), ("7 8 9 1", "roll", "7 9 8"), ("7 8 9 2", "roll", "8 9 7"),
    ("7 8 9 3", "roll", "!index"), ("7 -1", "roll", "!index"), ("7 \"0\"", "roll", "!operands"), ("", "roll", "!operands"),
    ("0", "pick", "!index"), ("7 1152921504606846975", "pick", "!index"), ("", "pick", "!operands"),
    ("", "depth", "0"), ("7 \"x\" @2", "depth", "7 \"x\" @200/1 3"),

    // Data.
    ("5 0", "allocate", "5 @400"), ("1", "allocate", "@400"), ("-1", "allocate", "!size"), ("268435457", "allocate", "!size"),
    ("268435456", "allocate", "!memory"), ("\"1\"", "allocate", "!operands"), ("", "allocate", "!operands"),
    ("@d0 1", "memory.get", "7"), ("@d0 0", "memory.get", "0"), ("@d0 2", "memory.get", "0"), ("@d0 3", "memory.get", "!index"),
    ("@d0 -1", "memory.get", "!index"), ("@2 0", "memory.get", "!operands"), ("@1 0", "memory.get", "!operands"),
    ("300 0", "memory.get", "!operands"), ("@d0", "memory.get", "!operands"), ("@d0 @d0", "memory.get", "!operands"),
    ("9 @d0 1", "memory.set", ""), ("8 \"t\" @d0 2", "memory.set", "8"), ("9 @d0 3", "memory.set", "!index"), ("9 @d0 -1", "memory.set", "!index"),
    ("@d0 1", "memory.set", "!operands"), ("9 @2 1", "memory.set", "!operands"), ("9 1 @d0", "memory.set", "!operands"),
    ("@d0", "memory.len", "3"), ("@2", "memory.len", "!operands"), ("3", "memory.len", "!operands"),

    // Texts, by characters.
    ("\"añ→𝄞\"", "str_len", "4"), ("\"\"", "str_len", "0"), ("1", "str_len", "!operands"),
    ("\"añ\" \"→\"", "str_join", "\"añ→\""), ("\"\" \"\"", "str_join", "\"\""), ("\"a\" 1", "str_join", "!operands"),
    ("\"añ→𝄞\" 1 3", "sub_str", "\"ñ→\""), ("\"añ→𝄞\" 0 4", "sub_str", "\"añ→𝄞\""), ("\"añ→𝄞\" 4 4", "sub_str", "\"\""),
    ("\"añ→𝄞\" 2 2", "sub_str", "\"\""), ("\"añ→𝄞\" 0 5", "sub_str", "!part"), ("\"añ→𝄞\" 3 2", "sub_str", "!part"),
    ("\"añ→𝄞\" -1 2", "sub_str", "!part"), ("\"añ→𝄞\" 5 5", "sub_str", "!part"), ("\"a\" 0", "sub_str", "!operands"),
    ("\"añ→𝄞\" 0", "str_code", "97"), ("\"añ→𝄞\" 1", "str_code", "241"), ("\"añ→𝄞\" 3", "str_code", "119070"),
    ("\"añ→𝄞\" 4", "str_code", "!index"), ("\"añ→𝄞\" -1", "str_code", "!index"), ("\"\" 0", "str_code", "!index"), ("0 0", "str_code", "!operands"),
    ("97", "code_to_str", "\"a\""), ("119070", "code_to_str", "\"𝄞\""), ("1114111", "code_to_str", "\"\\u{10ffff}\""),
    ("1114112", "code_to_str", "!character"), ("55296", "code_to_str", "!character"), ("57343", "code_to_str", "!character"),
    ("-1", "code_to_str", "!character"), ("4294967393", "code_to_str", "!character"), ("\"a\"", "code_to_str", "!operands"),
    ("\"a\" \"b\"", "str_compare", "-1"), ("\"b\" \"a\"", "str_compare", "1"), ("\"a\" \"a\"", "str_compare", "0"),
    ("\"a\" \"ab\"", "str_compare", "-1"), ("\"z\" \"ñ\"", "str_compare", "-1"), ("\"\" \"\"", "str_compare", "0"), ("\"a\" 1", "str_compare", "!operands"),
    ("-12", "int_to_str", "\"-12\""), (MIN, "int_to_str", "\"-1152921504606846976\""), ("\"1\"", "int_to_str", "!operands"),
    ("\"-12\"", "str_to_int", "-12"), ("\"__+7_\"", "str_to_int", "7"), ("\"1152921504606846975\"", "str_to_int", MAX),
    ("\"1152921504606846976\"", "str_to_int", "!number"), ("\"99999999999999999999\"", "str_to_int", "!number"), ("\"1_2\"", "str_to_int", "!number"), ("\"\"", "str_to_int", "!number"),
    ("\"x\"", "str_to_int", "!number"), ("12", "str_to_int", "!operands"),
    ("12", "is_number", "1"), ("\"12\"", "is_number", "1"), ("\"_-1_\"", "is_number", "1"), ("\"x\"", "is_number", "0"), ("\"\"", "is_number", "0"),
    ("@2", "is_number", "0"), ("@d0", "is_number", "0"), ("\"1152921504606846976\"", "is_number", "0"), ("", "is_number", "!operands"),
    ("\"12\"", "is_str", "1"), ("12", "is_str", "0"), ("@2", "is_str", "0"), ("", "is_str", "!operands"),
    ("12", "is_int", "1"), ("\"12\"", "is_int", "0"), ("@2", "is_int", "0"), ("", "is_int", "!operands"),
    ("@2", "is_block", "1"), ("@1", "is_block", "1"), ("@d0", "is_block", "0"), ("0", "is_block", "0"), ("", "is_block", "!operands"),
    ("@d0", "is_data", "1"), ("@2", "is_data", "0"), ("\"\"", "is_data", "0"), ("", "is_data", "!operands"),
    ("\"añ→añ\" \"ñ\"", "str_find", "1"), ("\"añ→\" \"→\"", "str_find", "2"), ("\"añ\" \"x\"", "str_find", "-1"),
    ("\"añ\" \"\"", "str_find", "0"), ("\"\" \"\"", "str_find", "0"), ("\"\" \"a\"", "str_find", "-1"), ("\"a\" 1", "str_find", "!operands"),
    ("@d0 0 @d0 1 2", "memory.copy", ""), ("@d0 0 @d0 2 2", "memory.copy", "!range"), ("@d0 -1 @d0 0 1", "memory.copy", "!range"),
    ("@d0 3 @d0 3 0", "memory.copy", ""), ("@d0 4 @d0 0 0", "memory.copy", "!range"), ("@d0 0 @d0 0 -1", "memory.copy", "!negative"),
    ("@d0 0 @d0 0 65537", "memory.copy", "!cells"), ("@d0 0 @2 0 1", "memory.copy", "!operands"), ("@d0 0 @d0 0 1152921504606846975", "memory.copy", "!cells"),
    ("5 @d0 0 3", "memory.fill", ""), ("5 @d0 1 3", "memory.fill", "!range"), ("5 @d0 0 -1", "memory.fill", "!negative"), ("5 @d0 0 65537", "memory.fill", "!cells"),
    ("\"a\" @d0 3 0", "memory.fill", ""), ("@d0 0 1", "memory.fill", "!operands"), ("5 @2 0 1", "memory.fill", "!operands"),
    ("@d0 5", "memory.resize", ""), ("@d0 0", "memory.resize", ""), ("@d0 -1", "memory.resize", "!size"), ("@d0 268435457", "memory.resize", "!size"),
    ("@d0 268435456", "memory.resize", "!memory"), ("@2 1", "memory.resize", "!operands"), ("@d0 \"a\"", "memory.resize", "!operands"),
    ("\"a,b\" \"\"", "str_split", "!empty"), ("\"a\" 1", "str_split", "!operands"), ("\"a\"", "str_split", "!operands"), ("\"a,b\" \",\"", "str_split", "@400"),
    ("\"aaa\" \"aa\" \"b\"", "str_replace", "\"ba\""), ("\"añañ\" \"ñ\" \"\"", "str_replace", "\"aa\""),
    ("\"abc\" \"x\" \"y\"", "str_replace", "\"abc\""), ("\"abc\" \"\" \"y\"", "str_replace", "!empty"), ("\"a\" \"b\"", "str_replace", "!operands"),
    ("\"añß\"", "str_upper", "\"AÑSS\""), ("\"\"", "str_upper", "\"\""), ("1", "str_upper", "!operands"),
    ("\"AÑΣ\"", "str_lower", "\"añσ\""), ("1", "str_lower", "!operands"),
    ("\"añ\" 3", "str_repeat", "\"añañañ\""), ("\"añ\" 0", "str_repeat", "\"\""), ("\"añ\" -1", "str_repeat", "!negative"),
    ("\"a\" 65537", "str_repeat", "!length"), ("\"ab\" 1152921504606846975", "str_repeat", "!length"),
    ("\"\" 1152921504606846975", "str_repeat", "\"\""), ("\"a\" \"a\"", "str_repeat", "!operands"),
    ("255 16", "int_to_base", "\"ff\""), ("-5 2", "int_to_base", "\"-101\""), ("0 36", "int_to_base", "\"0\""), ("35 36", "int_to_base", "\"z\""),
    ("5 1", "int_to_base", "!base"), ("5 37", "int_to_base", "!base"), ("5 -2", "int_to_base", "!base"), ("5", "int_to_base", "!operands"),
    ("-1152921504606846976 16", "int_to_base", "\"-1000000000000000\""),
    ("\"fF\" 16", "base_to_int", "255"), ("\"_-101_\" 2", "base_to_int", "-5"), ("\"+z\" 36", "base_to_int", "35"), ("\"2\" 2", "base_to_int", "!number"),
    ("\"\" 10", "base_to_int", "!number"), ("\"-\" 10", "base_to_int", "!number"), ("\"1000000000000000\" 16", "base_to_int", "!number"),
    ("\"1\" 1", "base_to_int", "!base"), ("1 10", "base_to_int", "!operands"),

    ("5 6", "print", "5"), ("", "print", "!operands"), ("5 6", "print_line", "5"), ("", "print_line", "!operands"),
    // Tasks and channels; tests/tasks.rs has more.
    ("@1", "task.new", "task: 1"), ("@2", "task.new", "task: 1"), ("1", "task.new", "!operands"), ("task:0", "task.new", "!operands"),
    ("5 1 @1", "task.spawn", "task: 1"), ("5 2 @1", "task.spawn", "!count"), ("0 1", "task.spawn", "!operands"), ("-1 @1", "task.spawn", "!count"),
    ("0 task:0", "task.resume", "!rests"), ("0 0", "task.resume", "!operands"), ("1 task:0", "task.resume", "!count"),
    ("0", "task.yield", "!resumer"), ("1", "task.yield", "!count"), ("256", "task.yield", "!count"), ("task:0", "task.yield", "!operands"),
    ("0 task:0", "task.yieldto", "!rests"), ("0 @1", "task.yieldto", "!operands"),
    ("task:0", "task.close", "!close"), ("0", "task.close", "!operands"), ("task:0", "task.status", "\"runs\""), ("@d0", "task.status", "!operands"),
    ("1", "task.self", "1 task: 0"), ("task:0", "task.join", "!deadlock"), ("0", "task.join", "!operands"),
    ("1", "task.pause", "1"), ("5", "task.sleep", ""), ("0", "task.sleep", ""), (MAX, "task.sleep", ""), ("-1", "task.sleep", "!negative"), ("\"a\"", "task.sleep", "!operands"),
    ("0 task:0", "task.share", ""), ("1000 task:0", "task.share", ""), ("1001 task:0", "task.share", "!share"), ("-1 task:0", "task.share", "!share"), ("task:0 1", "task.share", "!operands"),
    ("1", "channel.new", "@400"), ("0", "channel.new", "!room"), ("-1", "channel.new", "!room"), (MAX, "channel.new", "!room"), ("268435455", "channel.new", "!room"), ("268435454", "channel.new", "!memory"),
    ("5 @d0", "channel.send", "!channel"), ("5 @2", "channel.send", "!operands"), ("@d0", "channel.send", "!operands"),
    ("@d0", "channel.receive", "!channel"), ("task:0", "channel.receive", "!operands"),
    ("task:0 task:0", "=", "1"), ("task:0 0", "=", "0"), ("task:0 @d0", "<>", "1"), ("task:0", "not", "0"), ("task:0", "is_int", "0"), ("task:0", "is_data", "0"), ("task:0", "is_block", "0"), ("task:0", "is_str", "0"), ("task:0", "is_number", "0"), ("task:0 5", "print", "task: 0"),

    ("", "input.line", "!input"), ("", "input.char", "!input"), ("", "input.ended", "!input"),
];

#[test]
fn every_row() {
    for (before, word, after) in CASES {
        assert_eq!(outcome(before, word), *after, "{before}  {word}");
    }
}

/// They need another task or a channel: tests/tasks.rs has them.
const ELSEWHERE: [&str; 7] = [
    "task.resume",
    "task.yield",
    "task.yieldto",
    "task.close",
    "task.join",
    "channel.send",
    "channel.receive",
];

#[test]
fn no_instruction_is_left_out() {
    for primitive in Primitive::ALL {
        let rows = || CASES.iter().filter(|(_, word, _)| *word == primitive.name());
        assert!(rows().count() > 0, "{} has no row", primitive.name());
        let takes = !primitive.row().takes.is_empty();
        // `exit` stops, even when all is well.
        let runs = |outcome: &str| !outcome.starts_with('!') || outcome == "!exit";
        let elsewhere = ELSEWHERE.contains(&primitive.name());
        assert!(rows().any(|row| runs(row.2)) || !takes || elsewhere, "{}", primitive.name());
    }
    let with_operand = table().count() - Primitive::ALL.len();
    assert_eq!(with_operand, 14, "a new row with an operand needs cases here");
}

/// Leaves out operands one by one, and tries a value of every kind in every place.
#[test]
fn the_table_says_what_each_takes() {
    use midflight::vm::instruction::Kind;
    let fitting = |kind| match kind {
        Kind::Any | Kind::Integer => "1",
        Kind::Text => "\"a\"",
        Kind::Data => "@d0",
        Kind::Code => "@2",
        Kind::Task => "task:0",
    };
    let fits = |kind, word: &str| kind == Kind::Any || word == fitting(kind);
    for primitive in Primitive::ALL {
        let takes = primitive.row().takes;
        let good: Vec<&str> = takes.iter().map(|&kind| fitting(kind)).collect();
        for missing in 1..=takes.len() {
            assert_eq!(outcome(&good[missing..].join(" "), primitive.name()), "!operands");
        }
        for place in 0..takes.len() {
            for other in ["1", "\"a\"", "@d0", "@2", "task:0"] {
                let mut words = good.clone();
                words[place] = other;
                let refused = outcome(&words.join(" "), primitive.name()) == "!operands";
                assert_eq!(refused, !fits(takes[place], other), "{words:?} {}", primitive.name());
            }
        }
    }
}

#[test]
fn storing_a_value_stores_it() {
    let mut machine = bench("\"t\" @d0 2", "memory.set");
    machine.step().unwrap();
    let data = machine.memory().data(DataId(0)).unwrap();
    let cells: Vec<String> = data.cells().map(|cell| machine.show(cell)).collect();
    assert_eq!(cells, ["0", "7", "\"t\""]);
}

#[test]
fn printing_writes_what_a_person_reads() {
    let shown = |before: &str, word: &str| {
        let mut machine = bench(before, word);
        machine.step().unwrap();
        machine.output().to_string()
    };
    assert_eq!(shown("-5", "print"), "-5");
    assert_eq!(shown("\"a_ñ\"", "print"), "a ñ");
    assert_eq!(shown("@2", "print"), "@200");
    assert_eq!(shown("\"a\"", "print_line"), "a\n");
    assert_eq!(shown("@d0", "print_line"), "data 0\n");
    let mut machine = machine(&[], "1 print \"x\" print_line 2 print");
    assert_eq!((machine.run(6), machine.output()), (Stop::Finished, "1x\n2"));
}

#[test]
fn faults_say_what_is_needed_and_what_is_there() {
    let said = |before: &str, word: &str| bench(before, word).waits().unwrap().to_string();
    let rows = [
        ("\"a\" 3", "+", "`+` needs two integers; the stack holds \"a\" 3"),
        ("", "dup", "`dup` needs a value; the stack is empty"),
        (
            "1 2 3 4 5 6 7 \"x\"",
            "1+",
            "`1+` needs an integer; the stack holds (2 more) 3 4 5 6 7 \"x\"",
        ),
        ("1", "rot", "`rot` needs three values; the stack holds 1"),
        ("1", "2swap", "`2swap` needs four values; the stack holds 1"),
        ("3 4 0", "*/", "division by zero: 12 */ 0"),
        ("8 2", "pick", "`pick`: index 2 is out of range; the length of the stack below it is 1"),
        ("8 2", "roll", "`roll`: index 2 is out of range; the length of the stack below it is 1"),
        ("-1 @2", "times", "`times` needs a count of 0 or more, not -1"),
        (
            "",
            "leave",
            "`leave` needs a loop that this call of `main` has begun, and none is running",
        ),
        ("256", "exit", "`exit` needs a code from 0 to 255, not 256"),
        ("\"3\"", "exit", "`exit` needs an integer; the stack holds \"3\""),
        ("3", "exit", "the program ended with exit code 3"),
        ("5 1", "int_to_base", "`int_to_base` can use the bases 2 to 36, not 1"),
        ("\"a\" -1", "str_repeat", "`str_repeat` needs a count of 0 or more, not -1"),
        ("\"a\" \"\" \"\"", "str_replace", "`str_replace` cannot search for an empty text"),
        (
            "1",
            "memory.set",
            "`memory.set` needs a value, the address of data and an integer; the stack holds 1",
        ),
        ("", "assign:i", "`assign: i` needs a value; the stack is empty"),
        ("4 0", "mod", "division by zero: 4 mod 0"),
        (MAX, "1+", "overflow: `1+` of 1152921504606846975 is outside -2^60 to 2^60 - 1"),
        (
            "1152921504606846975 2",
            "*",
            "overflow: `*` of 1152921504606846975 and 2 is outside -2^60 to 2^60 - 1",
        ),
        ("1 61", "rshift", "`rshift` can shift by 0 to 60 bits, not by 61"),
        ("@d0 3", "memory.get", "`memory.get`: index 3 is out of range; the length of data 0 is 3"),
        (
            "\"ab\" 2",
            "str_code",
            "`str_code`: index 2 is out of range; the length of the text is 2",
        ),
        ("\"ab\" 2 1", "sub_str", "`sub_str` needs 0 <= start <= end <= 2; start is 2, end is 1"),
        ("-1", "allocate", "`allocate` can make 0 to 268435456 cells, not -1"),
        (
            "55296",
            "code_to_str",
            "`code_to_str`: 55296 is not the code point of a Unicode character",
        ),
        (
            "\"4x\"",
            "str_to_int",
            "`str_to_int`: \"4x\" does not spell an integer from -2^60 to 2^60 - 1",
        ),
        ("", "pick:i", "`i` has no value in this frame of `main`; assign one first"),
        ("", "set:x", "`set: x` needs a value; the stack is empty"),
        ("", "get:x", "the global `x` has no value; give it one with `set: x` first"),
        ("", "missing", "missing is missing"),
    ];
    for (before, word, sentence) in rows {
        assert_eq!(said(before, word), sentence);
    }
}

/// After each fault and limit, correct operands let the same instruction run.
#[test]
fn the_same_instruction_runs_once_the_operands_are_mended() {
    for (before, word, after) in CASES {
        let primitive = Primitive::find(word);
        let mendable = after.starts_with('!') && !matches!(*after, "!finished" | "!input");
        // Nothing lets `exit` complete, and `leave` needs a loop.
        let unmendable = [Some(Primitive::Exit), Some(Primitive::Leave)];
        let mendable = mendable && !unmendable.contains(&primitive);
        let is_elsewhere = |primitive: &Primitive| ELSEWHERE.contains(&primitive.name());
        let primitive = primitive.filter(|primitive| mendable && !is_elsewhere(primitive));
        let Some(primitive) = primitive else { continue };
        let mut machine = bench(before, word);
        let retired = machine.retired();
        assert!(machine.step().is_err());
        machine.drop_top(machine.task().parameters().len()).unwrap();
        let good = CASES.iter().find(|row| row.1 == *word && !row.2.starts_with('!')).unwrap();
        machine.push(&values(good.0)).unwrap();
        assert_eq!(machine.step(), Ok(()), "{}", primitive.name());
        assert_eq!((stack(&machine).as_str(), machine.retired()), (good.2, retired + 1));
    }
}

#[test]
fn roll_moves_at_most_65536_values() {
    let mut machine = machine(&[], "roll");
    machine.push(&vec![Instruction::Integer(5); 65_536]).unwrap();
    machine.set_parameter(0, &Instruction::Integer(7)).unwrap();
    machine.push(&values("65535")).unwrap();
    let effort = machine.extra_effort();
    let mut deeper = machine.clone();
    machine.step().unwrap();
    assert_eq!(machine.task().parameters().len(), 65_536);
    assert_eq!(machine.show_stack(), "(65530 more) 5 5 5 5 5 7");
    assert!(machine.extra_effort() > effort + 10_000, "moving many values is counted");
    deeper.set_parameter(65_536, &Instruction::Integer(5)).unwrap();
    deeper.push(&values("65536")).unwrap();
    let stop = deeper.step().unwrap_err();
    assert_eq!(stop.to_string(), "`roll` can move at most 65536 values, not 65537");
}

#[test]
fn data_is_copied_filled_resized_and_split() {
    let cases = [
        ("\"a,,ñ,\" \",\" str_split", "\"a\" \"\" \"ñ\" \"\""),
        ("\"\" \"ab\" str_split", "\"\""),
        ("\"ababa\" \"aba\" str_split", "\"\" \"ba\""),
        ("5 allocate dup 7 swap 1 2 memory.fill", "0 7 7 0 0"),
        (
            "4 allocate dup 1 swap 0 memory.set dup 2 swap 1 memory.set dup 0 2 pick 1 3 memory.copy",
            "1 1 2 0",
        ),
        (
            "4 allocate dup 1 swap 2 memory.set dup 2 swap 3 memory.set dup 2 2 pick 1 2 memory.copy",
            "0 1 2 2",
        ),
        ("2 allocate dup 9 swap 1 memory.set dup 4 memory.resize", "0 9 0 0"),
        ("3 allocate dup 9 swap 0 memory.set dup 1 memory.resize dup 3 memory.resize", "9 0 0"),
        ("3 allocate dup 0 memory.resize", ""),
    ];
    for (text, cells) in cases {
        let mut machine = machine(&[], text);
        assert_eq!(machine.run(99), Stop::Finished, "{text}");
        let data = machine.memory().data(DataId(0)).unwrap();
        let shown: Vec<String> = data.cells().map(|cell| machine.show(cell)).collect();
        assert_eq!(shown.join(" "), cells, "{text}");
    }
}

#[test]
fn data_that_grows_moves_and_keeps_its_number() {
    let mut machine =
        machine(&[], "3 allocate dup 5 swap 2 memory.set 3 allocate over 101 memory.resize");
    assert_eq!(machine.run(99), Stop::Finished);
    let data = |number: u64| machine.memory().data(DataId(number)).unwrap();
    assert_eq!([data(0).start, data(1).start], [300, 200]);
    assert_eq!(
        (data(0).size(), data(0).get(2).map(|cell| machine.show(cell))),
        (101, Some("5".into()))
    );
    assert_eq!(machine.show(machine.task().parameters()[0]), "@300");
    assert_eq!(machine.memory().find(100), None);
    // No more than 65,536 cells are copied.
    let mut sizes = Vec::new();
    for size in [65_537, 65_538] {
        let address = machine.task().parameters()[0];
        machine.push(&[machine.spell(address), Instruction::Integer(size)]).unwrap();
        let ended = machine.task().counter();
        machine.write(ended, &oracle::words::line("memory.resize")).unwrap();
        sizes.push((machine.run(9).word(), machine.memory().data(DataId(0)).unwrap().size()));
    }
    assert_eq!(sizes, [("finished", 65_537), ("fault", 65_537)]);
}
