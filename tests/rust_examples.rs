//! The examples for Rust programs print what they should.

#[path = "../examples/embed.rs"]
#[allow(dead_code, reason = "its main runs it at a terminal")]
mod embed;
#[path = "../examples/fair.rs"]
#[allow(dead_code, reason = "its main runs it at a terminal")]
mod fair;

#[test]
fn calls_values_and_a_fault() {
    let mut out = Vec::new();
    embed::run(&mut out).unwrap();
    let said = "30 * 4, with a discount: 108\n\
                receipt:\n108\n20\n\
                corrected: [108, 25]\n\
                division by zero: 133 / 0, at line 10, column 42\n\
                the stack: 133 0\n\
                for seven: 19\n\
                fuel left: ";
    let out = String::from_utf8(out).unwrap();
    assert!(out.starts_with(said), "{out}");
}

#[test]
fn a_thousand_machines_in_turn() {
    let mut out = Vec::new();
    fair::run(&mut out).unwrap();
    let said = "number 0, rate 3000: 300000 instructions\n\
                number 1, rate 1000: 100000 instructions\n\
                number 989, rate 1000: 100000 instructions\n\
                number 991, rate 1000: 60000 instructions\n";
    let out = String::from_utf8(out).unwrap();
    assert!(out.starts_with(said), "{out}");
    // 99 and 891 from the beginning; of the last ten, one has the higher rate.
    let all = 99 * 300_000 + 891 * 100_000 + (10_000 + 50 * 3000) + 9 * (10_000 + 50 * 1000);
    assert!(out.ends_with(&format!("all: {all}\n")), "{out}");
}
