//! What idle machines take. The only test of its file, because it looks at the memory of the whole process.
#![cfg(target_os = "linux")]

use midflight::embed::Machine;

const FIB: &str = "[ assign: i  i 3 < [ 1 return ] if  i 2 - fib  i 1 - fib  + ] bind: fib";

/// The bytes that this process has in memory.
fn resident() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap();
    4096 * text.split(' ').nth(1).unwrap().parse::<usize>().unwrap()
}

#[test]
fn a_thousand_machines_take_less_than_two_megabytes() {
    const TIMES: usize = 20;
    let machine = || {
        let mut machine = Machine::from_program(FIB).unwrap();
        machine.call("fib", &[10.into()]).unwrap();
        machine.rest();
        machine
    };
    let mut machines = vec![machine()];
    let before = resident();
    machines.extend(std::iter::repeat_with(machine).take(TIMES * 1000));
    let taken = (resident() - before) / TIMES;
    assert!((500_000..2_000_000).contains(&taken), "{taken} bytes for a thousand");
    assert_eq!(machines[TIMES].call_one::<i64>("fib", &[9.into()]), Ok(34));
}
