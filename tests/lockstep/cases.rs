//! Small programs, each for one thing that the fast interpreter does in its own way. A function is run once,
//! so that all of it is decoded, and then again under every limit, with pauses everywhere and in small slices.

use std::collections::BTreeSet;

use midflight::vm::index::TaskId;
use midflight::vm::limit::LimitKind;
use midflight::vm::memory::Place;
use midflight::vm::run_until::Until;
use midflight::vm::stop::Stop;

use super::pair::Pair;

/// Functions that the cases call.
const CALLED: &str = "\
[ 1 + ] bind: more
[ assign: x x 3 < ] bind: small
[ assign: n assign: w n 0 > [ w call w n 1 - deep ] if ] bind: deep
[ assign: n 1 [ 1 [ n 0 > [ n 1 - nested ] if ] if ] if ] bind: nested
";

/// Contents of a function that leaves the stack as it was, except for what it says here.
const CASES: &[&str] = &[
    // Comparisons and where they lead.
    "2 assign: a 3 assign: b a b <= [ 7 drop ] [ 8 drop ] if-else b a < [ 7 drop ] [ 8 drop ] if-else",
    "5 5 <= [ 1 drop ] [ 2 drop ] if-else 5 5 < [ 1 drop ] [ 2 drop ] if-else",
    "3 assign: a 3 a >= [ 1 drop ] if 3 a > [ 2 drop ] if a 3 <= drop a 3 > drop 3 3 <= drop",
    "3 assign: a a 3 = [ a 4 <> [ 1 drop ] if ] [ 2 drop ] if-else \"é\" \"é\" = drop a \"é\" <> drop",
    "3 assign: a a a >= return_if 1",
    "2 dup 3 < [ drop ] [ drop ] if-else 7 dup 7 = drop drop",
    "4 assign: a a 1 + assign: a a 9 < [ a 1 - assign: b b b <= [ 1 drop ] if ] if",
    "1 assign: a 2 assign: b a b - assign: a a b > [ 1 drop ] if a b - assign: a a a < [ 2 drop ] if",
    // Arithmetic, with powers of two of numbers of both signs.
    "-9 4 / -9 4 mod -9 1 mod 9 -4 / 9 -4 mod -9 -8 mod 9 -1 / -3 1024 / drop drop drop drop drop drop drop drop",
    "-9 assign: a a 16 / a 16 mod a -16 / a -16 mod a 2 rshift a 2 lshift a 6 and drop drop drop drop drop drop drop",
    "1152921504606846975 assign: a a 1 - 1 + drop a negate 1 - abs drop",
    "1152921504606846975 1+ drop",
    "-1152921504606846976 -1 / drop",
    "3 assign: a a 1+ assign: a a 1- a 1+ more + drop 8 1- assign: b 1+",
    "0 0 [ 0 assign: u ] if u 1 + drop",
    "0 assign: a 0 [ 0 assign: u ] if a u",
    "0 assign: a 0 [ 0 assign: u ] if u a =",
    // Loops.
    "3 [ 2 [ 2 [ 1 more drop ] times ] times ] times",
    "2 [ 3 [ 4 [ 2 [ 3 [ 0 more drop ] times ] times ] times ] times ] times",
    "3 assign: a 3 [ a 1 - assign: a 3 [ 1 [ a 1 = [ leave ] if 5 more drop ] if ] times ] times",
    "0 assign: a 1 [ a 1 + assign: a a 5 < ] repeat_if 1 [ a 2 - assign: a a 0 > ] repeat_if",
    "0 assign: a 7 assign: b 1 [ a b + assign: a a 50 <= ] repeat_if 1 [ a b - assign: a a b >= ] repeat_if",
    "0 assign: a [ a small ] [ a 1 + assign: a [ a 9 < ] [ 2 [ leave ] times leave ] while ] while",
    "0 assign: a [ a 4 < ] [ [ a 2 = [ leave ] if 1 drop leave ] repeat a 1+ assign: a ] while",
    "0 assign: a [ a 1 + assign: a a 3 > [ leave ] if 1 [ a 2 = [ 1 drop ] if ] if ] repeat",
    "0 assign: a [ a 1 + assign: a a 9 > return_if ] repeat",
    "2 [ 1 [ 2 [ 1 [ 7 return ] if ] times ] if ] times",
    "-1 [ 1 drop ] times",
    "0 [ 1 drop ] times \"no\" [ ] times",
    "3 [ dup drop ] times leave",
    // Blocks as values, and homes that are far.
    "0 assign: a [ a 1 + assign: a ] 3 deep [ a 1 + assign: a ] 40 deep",
    "0 assign: a [ a 1 + assign: a a 5 < ] assign: w 1 w repeat_if 2 w times drop drop [ w call ] [ 1 drop ] while",
    "2 [ 1 [ 3 assign: a [ a drop ] assign: w w call 2 w times ] if ] times",
    "60 nested 5 nested",
    "0 assign: a 1 [ 2 [ [ a 1 + assign: a ] call 1 [ pushf: more drop ] if ] times ] if",
    // The stack.
    "1 2 3 4 2over 2swap rot -rot tuck nip over swap 2dup 2drop ?dup 1 pick 2 roll drop depth drop drop drop drop drop drop drop drop",
    "1 2 3 within 4 5 6 */ && not 0 || invert is_int 1 ?dup drop 0 ?dup drop drop drop",
    // Globals, data, texts and prints.
    "\"0123456789abcdef0123456789\" dup = drop \"0123456789abcdef0123456789\" dup str_compare drop \"0123456789abcdef0123456789é\" dup str_len 2 str_code drop",
    "\"0123456789abcdef0123456789\" dup is_number drop dup 3 7 sub_str drop dup dup str_join drop print 1234567890 int_to_str drop 1234567890 print",
    "1000 allocate assign: m 3 [ 3 m 4 memory.set ] times m 7 memory.get drop",
    "0 set: fresh 3 [ get: fresh 1 + set: fresh ] times get: fresh 9 > [ get: never ] if",
    "3 allocate assign: m 1 assign: i 5 m i memory.set m i memory.get assign: i m memory.len i = [ i m 1 memory.set ] if",
    "\"abc\" assign: t t str_len t 1 str_code t 0 2 sub_str t str_join assign: t drop drop t \"ab\" str_compare drop",
    "\"héé\" assign: t 1 assign: i t i str_code t t str_join str_len drop code_to_str \"\" str_join print",
    "7 print \"text\" print_line -5 int_to_str print \"12\" str_to_int print \"x\" is_number print [ ] print",
    "12 [ \"abcdefgh\" 1 int_to_str str_join print_line ] times",
    "input.line print_line input.char print input.ended print",
];

/// The case as a function that is run twice.
fn pair(case: &str) -> Pair {
    let mut pair = Pair::new(&format!("{CALLED} [ {case} ] bind: case case 1 drop case 2"));
    pair.tell("give `first\\nsecond\\nétrois\\n\\nlast\\n`");
    pair
}

/// The same after the first run, if that does not stop.
fn warm(case: &str) -> Pair {
    let mut pair = pair(case);
    let mut plain = pair.slow.machine.clone();
    let begin = Place::new(0, 1);
    while plain.task().counter() != begin && plain.step().is_ok() {}
    pair.slice(plain.retired());
    pair
}

#[test]
fn small_programs_stop_at_every_limit_as_the_stepper_does() {
    for case in CASES {
        for kind in LimitKind::ALL {
            let mut pair = warm(case);
            let used = pair.slow.machine.used(kind);
            for more in 0..60 {
                pair.tell(&format!("limit {kind} {}", used + more));
                if pair.slice(20_000) != Stop::Limit(kind) {
                    break;
                }
            }
            // And each limit from the beginning.
            for more in 0..24 {
                let mut pair = warm(case);
                pair.tell(&format!("limit {kind} {}", used + more));
                if pair.slice(20_000) != Stop::Limit(kind) {
                    break;
                }
            }
        }
    }
}

#[test]
fn small_programs_run_in_slices_as_the_stepper_runs_them() {
    for case in CASES {
        for fuel in [11, 12, 13, 17, 23, 40] {
            let mut pair = pair(case);
            while pair.slice(fuel) == Stop::OutOfFuel && pair.slow.machine.retired() < 1_500 {}
            let (fast, slow) = (pair.fast.machine.extra_effort(), pair.slow.machine.extra_effort());
            // The fast loop notes where characters are, and then need not walk there.
            assert!(fast <= slow && slow <= fast + 8, "{case}: the effort is {fast} and {slow}");
        }
    }
}

#[test]
fn small_programs_pause_where_the_stepper_would() {
    let nowhere = BTreeSet::new();
    for case in CASES {
        let plain = warm(case);
        let bodies: Vec<_> = plain
            .slow
            .machine
            .memory()
            .code_bodies()
            .map(|(body, code)| (body, code.used().len()))
            .collect();
        for (body, used) in bodies {
            for offset in 0..=used as u32 {
                let cells = BTreeSet::from([Place::new(body, offset)]);
                let mut pair = warm(case);
                for _ in 0..3 {
                    let until = Until {
                        cells: &cells,
                        depths: 0..=u32::MAX,
                        task: Some(TaskId::MAIN),
                        parks: false,
                    };
                    if pair.until(2_000, &until).is_err() {
                        break;
                    }
                    pair.slice(1);
                }
            }
        }
        // Step over, step out and step in, from each of the next places.
        for steps in (0..60).step_by(3) {
            for (below, above) in [(0, 0), (0, 1), (1, 0), (1, 2), (0, 99), (1, 99), (99, 2)] {
                let mut pair = warm(case);
                pair.slice(steps);
                let depth = pair.slow.machine.task().calls().depth();
                let depths = depth.saturating_sub(below)..=depth + above;
                let until =
                    Until { cells: &nowhere, depths, task: Some(TaskId::MAIN), parks: false };
                let _ = pair.until(2_000, &until);
            }
        }
    }
}

/// The room above the call stack ends anywhere in relation to the entries that a call in nested blocks pushes.
#[test]
fn calls_in_nested_blocks_use_up_the_room_of_the_call_stack() {
    for locals in 0..16 {
        let assigned: String = (0..locals).map(|local| format!("0 assign: l{local} ")).collect();
        for around in [CALLED, &CALLED.replace("1 [ 1 [ n", "1 [ 1 [ 3 assign: k n")] {
            let program = format!("{around} [ {assigned} 3 nested 200 nested ] bind: case case");
            assert_eq!(Pair::new(&program).slice(30_000), Stop::Finished, "{program}");
        }
    }
}
