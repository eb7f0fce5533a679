//! Midflight inside a Rust program: calls, values, stops and going on, functions of the host, many machines.

use std::cell::Cell;

use midflight::embed::{
    Code, Data, Error, Functions, LimitKind, Machine, Program, Stop, Tank, Value, WrongKind,
};

const PROGRAM: &str = r#"
[ assign: n  n 2 < [ n return ] if  n 1 - fib  n 2 - fib  + ] bind: fib
[ + ] bind: add
[ str_join ] bind: join
[ / ] bind: over
[ depth ] bind: count
[ [ 1 drop ] repeat ] bind: spin
[ 1 + deep ] bind: deep
[ assign: list  0 assign: i  0 assign: sum
  [ i list memory.len < ]
  [ sum  list i memory.get  +  assign: sum  i 1 +  assign: i ] while
  sum ] bind: total
[ input.line ] bind: ask
[ print ] bind: say
[ "http://" swap str_join http.get ] bind: page
[ ... ] bind: open
[ set: kept ] bind: keep
[ get: kept ] bind: kept
[ 3 allocate ] bind: make
[ exit ] bind: leave
[ call ] bind: run
[ [ 7 ] ] bind: block
[ drop drop ] bind: greedy
[ [ ] repeat_if ] bind: flagless
[ pushf: http.get call ] bind: indirect
"#;

fn machine() -> Machine {
    Machine::from_program(PROGRAM).unwrap()
}

fn values<V: Into<Value>>(values: impl IntoIterator<Item = V>) -> Vec<Value> {
    values.into_iter().map(Into::into).collect()
}

fn one_of(value: &Value) -> &[Value] {
    std::slice::from_ref(value)
}

/// What went wrong, in words.
#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    result.unwrap_err().to_string()
}

/// Why a call stopped.
#[track_caller]
fn stopped<T: std::fmt::Debug>(result: Result<T, Error>) -> Stop {
    match result.unwrap_err() {
        Error::Stopped { stop, .. } => stop,
        other => panic!("{other}"),
    }
}

#[test]
fn functions_are_called_with_values() {
    let mut machine = machine();
    for (function, given, wanted) in [
        ("fib", values([20]), values([6765])),
        ("add", values([3, 4]), values([7])),
        ("join", values(["3", "4"]), values(["34"])),
        ("count", values([5, 6]), values([5, 6, 2])),
        ("keep", values(["x"]), vec![]),
        ("kept", vec![], values(["x"])),
    ] {
        assert_eq!(machine.call(function, &given).unwrap(), wanted, "{function}");
        assert_eq!((machine.stack(), machine.stop()), (vec![], Stop::Finished));
    }
}

#[test]
fn values_become_rust_and_back() {
    assert_eq!(i64::try_from(Value::from(-5_i32)), Ok(-5));
    assert_eq!(u8::try_from(Value::from(255_u32)), Ok(255));
    assert_eq!(String::try_from(Value::from("é")), Ok("é".to_string()));
    assert_eq!((bool::try_from(Value::from(true)), Value::from(true)), (Ok(true), 1.into()));
    assert!(Value::from("").is_true() && !Value::from(0).is_true());
    let mut machine = machine();
    let list = machine.list([1, 2]).unwrap();
    let wrong: [(Result<(), WrongKind>, &str); 6] = [
        (
            u8::try_from(Value::from(256)).map(drop),
            "an integer from 0 to 255 is needed; the value is the integer 256",
        ),
        (
            i32::try_from(Value::from("a\nb")).map(drop),
            r#"an integer is needed; the value is the text "a\nb""#,
        ),
        (
            bool::try_from(Value::from("")).map(drop),
            "an integer is needed; the value is the text \"\"",
        ),
        (
            String::try_from(Value::from(3)).map(drop),
            "a text is needed; the value is the integer 3",
        ),
        (
            Code::try_from(Value::from(&list)).map(drop),
            "a function or block is needed; the value is the address of data 0",
        ),
        (
            Data::try_from(Value::from(7)).map(drop),
            "the address of data is needed; the value is the integer 7",
        ),
    ];
    for (wrong, words) in wrong {
        assert_eq!(wrong.unwrap_err().to_string(), words);
    }
}

/// Each value is at a limit of what a machine takes, or beyond it.
#[test]
fn what_a_machine_cannot_hold_is_refused() {
    let (most, least) = ((1_i64 << 60) - 1, -(1_i64 << 60));
    let mut machine = machine();
    for value in [Value::from(most), least.into(), "x".repeat(65_536).into()] {
        assert_eq!(machine.call("count", one_of(&value)).unwrap(), [value, 1.into()]);
    }
    let beyond =
        [Value::from(most + 1), (least - 1).into(), i64::MAX.into(), "x".repeat(70_000).into()];
    for value in beyond {
        let before = machine.image();
        let all = [1.into(), value.clone()];
        let words = [
            refused(machine.call("count", &all)),
            refused(machine.push(&all)),
            refused(machine.list(all.clone()).map(drop)),
            refused(machine.set_global("g", value.clone())),
        ];
        let text = if value.as_text().is_some() { "65536" } else { "-2^60" };
        assert!(words.iter().all(|words| words.contains(text)), "{words:?}");
        assert!(machine.image() == before, "{value}");
    }
}

#[test]
fn one_value_is_wanted() {
    let mut machine = machine();
    assert_eq!(machine.call_one::<i64>("fib", &[10.into()]), Ok(55));
    assert_eq!(machine.call_one::<String>("join", &values(["a", "b"])), Ok("ab".to_string()));
    for (function, given, words) in [
        ("join", values(["a", "b"]), "an integer is needed; the value is the text \"ab\""),
        ("count", values([1, 2]), "`count` left 3 values; one was wanted"),
        ("keep", values([1]), "`keep` left 0 values; one was wanted"),
    ] {
        assert_eq!(refused(machine.call_one::<i64>(function, &given)), words);
        assert_eq!((machine.calls(), machine.stack()), (None, vec![]));
    }
}

#[test]
fn where_it_stopped_is_a_place_in_the_text() {
    let mut machine = Machine::from_program("[ 1\n  swap + ] bind: f\n2").unwrap();
    assert_eq!(machine.place().unwrap(), "line 3, column 1");
    stopped(machine.call("f", &["a".into()]));
    assert_eq!(machine.place().unwrap(), "line 2, column 8");
    machine.give_up().unwrap();
    machine.define("[ 1 drop\n [ x ] call ] bind: g").unwrap();
    stopped(machine.call("g", &[]));
    assert_eq!(machine.place().unwrap(), "line 2, column 4");
}

#[test]
fn a_text_that_is_no_program_says_where() {
    let wrong = refused(Machine::from_program("1 2 +\n  \"a\" ]"));
    assert!(wrong.starts_with("line 2, column 7: "), "{wrong}");
    assert!(matches!(Machine::from_program("[ 1"), Err(Error::Program(_))));
    let unknown = refused(Machine::load("(version: 4, what: 3)"));
    assert!(unknown.contains("line 1, column 18"), "{unknown}");
}

#[test]
fn a_call_that_cannot_begin_changes_nothing() {
    let mut machine = machine();
    let before = machine.image();
    assert_eq!(
        refused(machine.call("fbi", &[])),
        "there is no function `fbi`; did you mean `fib`?"
    );
    assert_eq!(refused(machine.call("http.get", &[])), "there is no function `http.get`");
    assert_eq!(machine.call("main", &[]), Err(Error::Main));
    assert_eq!((machine.resume(), machine.give_up()), (Err(Error::NoCall), Err(Error::NoCall)));
    assert!(machine.image() == before);
    machine.begin("fib", &[3.into()]).unwrap();
    let before = machine.image();
    assert_eq!(machine.call("add", &[]), Err(Error::Waits("fib".into())));
    assert!(machine.image() == before);
    assert_eq!(machine.calls(), Some("fib"));
}

/// A call that stops stands exactly there, whatever the reason, and goes on when it is gone.
#[test]
fn a_stopped_call_goes_on() {
    type Case = (&'static str, Vec<Value>, &'static str, fn(&mut Machine), Vec<Value>);
    let cases: [Case; 6] = [
        ("ask", vec![], "input", |machine| machine.give_input("Ada\nBob\n"), values(["Ada"])),
        (
            "open",
            vec![],
            "breakpoint",
            |machine| machine.answer("open", 0, &[5.into()]).unwrap(),
            values([5]),
        ),
        (
            "page",
            values(["x"]),
            "missing",
            |machine| machine.answer("http.get", 1, &["body".into()]).unwrap(),
            values(["body"]),
        ),
        (
            "page",
            values(["y"]),
            "missing",
            |machine| machine.define("[ str_len ] bind: http.get").unwrap(),
            values([8]),
        ),
        ("fib", values([10]), "fuel", |machine| machine.set_fuel(u64::MAX), values([55])),
        (
            "say",
            values(["longer"]),
            "limit",
            |machine| machine.set_limit(LimitKind::Output, 100).unwrap(),
            vec![],
        ),
    ];
    for (function, given, word, mend, wanted) in cases {
        let mut machine = machine();
        machine.set_limit(LimitKind::Output, 3).unwrap();
        machine.set_fuel(20);
        machine.push(&["mine".into()]).unwrap();
        assert_eq!(stopped(machine.call(function, &given)).word(), word, "{function}");
        let retired = machine.retired();
        assert_eq!((machine.fuel(), machine.stop().word()), (20 - retired, word));
        if word != "fuel" {
            assert_eq!(stopped(machine.resume()).word(), word, "{function}");
        }
        let mut other = machine.fork();
        mend(&mut machine);
        assert_eq!(machine.resume().unwrap(), wanted, "{function}");
        assert_eq!(machine.stack(), values(["mine"]));
        // The fork does not know of that.
        assert_eq!((other.retired(), other.stop().word()), (retired, word));
        mend(&mut other);
        assert_eq!(other.resume().unwrap(), wanted, "{function}");
        assert!(other.image() == machine.image(), "{function}");
    }
}

#[test]
fn a_fault_says_what_is_missing_and_takes_nothing_of_others() {
    let mut machine = machine();
    machine.push(&values([8, 9])).unwrap();
    for (function, given, words) in [
        ("over", values([1, 0]), "division by zero"),
        ("add", values([1]), "the stack holds 1"),
        ("add", vec![], "the stack is empty"),
        ("add", vec!["a".into(), 1.into()], "\"a\" 1"),
        ("greedy", values([1]), "`drop` needs"),
        ("flagless", vec![], "`repeat_if` needs a value"),
        ("total", values([3]), "memory.len"),
    ] {
        let before = (machine.stack(), machine.vm().task().counter());
        let stop = stopped(machine.call(function, &given));
        assert!(
            matches!(&stop, Stop::Fault(fault) if fault.to_string().contains(words)),
            "{function}: {stop}"
        );
        assert_eq!(machine.stop(), stop);
        machine.give_up().unwrap();
        assert_eq!((machine.stack(), machine.vm().task().counter()), before, "{function}");
        assert_eq!(machine.vm().task().calls().depth(), 1);
    }
    assert_eq!(machine.call("add", &values([1, 2])).unwrap(), values([3]));
    assert_eq!(machine.stack(), values([8, 9]));
}

#[test]
fn recursion_goes_down_to_the_limit_and_no_further() {
    let mut machine = machine();
    for most in [10, 100_000] {
        machine.set_limit(LimitKind::Calls, most).unwrap();
        assert_eq!(stopped(machine.call("deep", &[0.into()])), Stop::Limit(LimitKind::Calls));
        assert_eq!(u64::from(machine.vm().task().calls().depth()), most);
        assert_eq!(machine.stack(), [Value::from(most as i64 - 1)]);
        machine.give_up().unwrap();
        assert_eq!(machine.stack(), []);
    }
    machine.set_limit(LimitKind::Calls, 1).unwrap();
    let before = machine.image();
    assert_eq!(stopped(machine.call("count", &[1.into()])), Stop::Limit(LimitKind::Calls));
    assert!(machine.calls().is_none() && machine.image() == before);
    let wrong = refused(machine.set_limit(LimitKind::Calls, u64::MAX));
    assert!(wrong.contains("calls"), "{wrong}");
}

#[test]
fn main_runs_in_pieces_and_calls_do_not_disturb_it() {
    let text = format!("{PROGRAM} 1 2 + print 4 5 add print open 6");
    for piece in 1..12 {
        let mut machine = Machine::from_program(&text).unwrap();
        let mut printed = String::new();
        let stop = loop {
            match machine.run(piece) {
                Stop::OutOfFuel => {}
                stop => break stop,
            }
            assert_eq!(machine.call("fib", &[7.into()]).unwrap(), values([13]));
            printed += &machine.take_output();
        };
        printed += &machine.take_output();
        assert_eq!((stop, printed.as_str()), (Stop::Breakpoint, "39"), "{piece}");
        assert_eq!(machine.call("fib", &[8.into()]).unwrap(), values([21]));
        assert_eq!(machine.asked(), Some("open"));
        machine.answer("open", 0, &[]).unwrap();
        assert_eq!((machine.run(9), machine.stack()), (Stop::Finished, values([6])));
        assert_eq!(machine.call("count", &[]).unwrap(), values([1]));
        assert_eq!(machine.stack(), values([6]));
    }
}

/// A call is one however its fuel is cut.
#[test]
fn fuel_is_exact_and_a_call_is_the_same_in_pieces() {
    let mut whole = machine();
    whole.call("fib", &[12.into()]).unwrap();
    for piece in [1, 2, 7, 11, 64] {
        let mut machine = machine();
        machine.begin("fib", &[12.into()]).unwrap();
        while machine.run(piece) == Stop::OutOfFuel {}
        assert_eq!(machine.stop(), Stop::Finished);
        assert_eq!(machine.run(piece), Stop::Finished);
        assert_eq!(machine.retired(), whole.retired());
        assert_eq!(machine.resume().unwrap(), values([144]));
        assert!(machine.image() == whole.image());
        let mut fueled = self::machine();
        fueled.set_fuel(0);
        assert_eq!(stopped(fueled.call("fib", &[12.into()])), Stop::OutOfFuel);
        let last = loop {
            fueled.add_fuel(piece);
            match fueled.resume() {
                Ok(values) => break values,
                Err(error) => assert_eq!(stopped::<()>(Err(error)), Stop::OutOfFuel),
            }
        };
        assert_eq!((last, fueled.retired()), (values([144]), whole.retired()));
    }
}

#[test]
fn an_endless_call_is_given_up() {
    let mut machine = machine();
    machine.set_fuel(1_000_000);
    assert_eq!(stopped(machine.call("spin", &[])), Stop::OutOfFuel);
    assert_eq!((machine.fuel(), machine.retired()), (0, 1_000_000));
    machine.give_up().unwrap();
    machine.add_fuel(100);
    assert_eq!(machine.call("add", &values([1, 2])).unwrap(), values([3]));
    assert_eq!(machine.fuel(), 98);
    assert_eq!(stopped(machine.call("leave", &[7.into()])), Stop::Exit(7));
    machine.give_up().unwrap();
    assert_eq!(machine.stack(), []);
}

#[test]
fn a_call_that_was_saved_goes_on_as_code() {
    let mut machine = machine();
    stopped(machine.call("page", &["x".into()]));
    let mut loaded = Machine::load(&machine.save()).unwrap();
    assert!(loaded.image() == machine.image());
    assert_eq!((loaded.calls(), loaded.asked()), (None, Some("http.get")));
    assert_eq!(loaded.operands(1).unwrap(), values(["http://x"]));
    loaded.answer("http.get", 1, &["body".into()]).unwrap();
    assert_eq!((loaded.run(100), loaded.stack()), (Stop::Finished, values(["body"])));
    let session = midflight::Session::new(machine.into_image());
    assert_eq!(session.machine().asked(), Some("http.get"));
}

#[test]
fn data_goes_in_and_out() {
    let mut machine = machine();
    let list = machine.list([1, 2, 3]).unwrap();
    assert_eq!(machine.call("total", &[(&list).into()]).unwrap(), values([6]));
    machine.set(&list, 2, 30).unwrap();
    assert_eq!(machine.read::<i64>(&list).unwrap(), [1, 2, 30]);
    let bytes = machine.list(b"\0\xff".iter().copied()).unwrap();
    assert_eq!(machine.read::<u8>(&bytes).unwrap(), [0, 255]);
    let both = machine.list([Value::from(&list), "text".into()]).unwrap();
    assert_eq!(machine.read::<Value>(&both).unwrap(), [Value::from(&list), "text".into()]);
    assert!(refused(machine.read::<u8>(&both)).starts_with("an integer is needed"));
    assert!(refused(machine.set(&list, 3, 1)).contains('3'));
    let made = machine.call("make", &[]).unwrap().remove(0);
    let made = Data::try_from(made).unwrap();
    assert_eq!(machine.read::<i64>(&made).unwrap(), [0, 0, 0]);
    machine.set_global("shared", &list).unwrap();
    assert_eq!((machine.global("shared"), machine.global("none")), (Some(list.into()), None));
    assert!(refused(machine.set_global("a b", 1)).contains("a b"));
    let empty = machine.list(Vec::<Value>::new()).unwrap();
    assert_eq!(machine.read::<Value>(&empty).unwrap(), []);
}

#[test]
fn an_address_of_another_machine_is_refused() {
    let (mut one, mut other) = (machine(), machine());
    let list = one.list([1]).unwrap();
    other.list([2]).unwrap();
    let code = one.function("fib").unwrap();
    for value in [Value::from(&list), Value::from(&code)] {
        assert_eq!(other.call("count", one_of(&value)), Err(Error::OtherMachine));
        assert_eq!(other.push(one_of(&value)), Err(Error::OtherMachine));
        assert_eq!(other.set_global("g", value), Err(Error::OtherMachine));
    }
    assert_eq!(other.read::<Value>(&list), Err(Error::OtherMachine));
    assert_eq!(other.set(&list, 0, 1), Err(Error::OtherMachine));
    assert_eq!((one.name(&code), other.name(&code)), (Ok("fib"), Err(Error::OtherMachine)));
    // A fork has what there was.
    let mut fork = one.fork();
    assert_eq!(fork.call("total", &[(&list).into()]).unwrap(), values([1]));
    fork.set(&list, 0, 5).unwrap();
    assert_eq!((one.read(&list), fork.read(&list)), (Ok(vec![1_i64]), Ok(vec![5])));
    let later = one.list([3]).unwrap();
    assert_eq!(fork.read::<Value>(&later), Err(Error::OtherMachine));
    let mut second = fork.fork();
    assert_eq!(second.call("total", &[(&list).into()]).unwrap(), values([5]));
    let of_fork = fork.list([4]).unwrap();
    assert_eq!(one.read::<Value>(&of_fork), Err(Error::OtherMachine));
}

#[test]
fn data_that_was_collected_is_not_taken_for_other_data() {
    let text = "[ assign: n  [ n ] [ 100 allocate drop  n 1 - assign: n ] while ] bind: make";
    let mut machine = Machine::from_program(text).unwrap();
    let (lost, kept) = (machine.list([1]).unwrap(), machine.list([2]).unwrap());
    machine.set_global("kept", &kept).unwrap();
    machine.call("make", &[100_000.into()]).unwrap();
    assert!(refused(machine.read::<Value>(&lost)).contains('0'));
    assert!(machine.set(&lost, 0, 1).is_err() && machine.push(&[lost.into()]).is_err());
    assert_eq!(machine.read::<i64>(&kept).unwrap(), [2]);
}

#[test]
fn functions_and_blocks_are_values() {
    let mut machine = machine();
    let code = machine.function("count").unwrap();
    assert_eq!(machine.call("run", &[4.into(), code.into()]).unwrap(), values([4, 1]));
    let block = machine.call("block", &[]).unwrap();
    assert!(matches!(&block[..], [Value::Code(code)] if machine.name(code) == Ok("block")));
    assert_eq!(machine.call("run", &block).unwrap(), values([7]));
    assert_eq!(refused(machine.function("fin")), "there is no function `fin`; did you mean `fib`?");
}

/// A block of main returns from main, and so from the call that was given it.
#[test]
fn a_call_can_be_left() {
    let text = "[ call 9 ] bind: run  [ return ] set: out  1";
    let mut machine = Machine::from_program(text).unwrap();
    assert_eq!(machine.run(100), Stop::Finished);
    let block = machine.global("out").unwrap();
    assert_eq!(machine.call("run", &[block]), Err(Error::Left("run".into())));
    assert_eq!((machine.stop(), machine.calls()), (Stop::Finished, None));
    assert_eq!(machine.stack(), values([1]));
}

#[test]
fn functions_of_the_host_are_answered() {
    let asked = Cell::new(0);
    let mut host = Functions::new().with("http.get", 1, |values| {
        asked.set(asked.get() + 1);
        match values[0].as_text() {
            Some("http://down") => Err("no answer".to_string()),
            Some("http://odd") => Ok(vec!["x".repeat(70_000).into()]),
            Some("http://two") => Ok(vec![1.into(), 2.into()]),
            Some(url) => Ok(vec![url.len().to_string().into()]),
            None => Err(format!("an address is needed, not {}", values[0])),
        }
    });
    assert_eq!(host.names().collect::<Vec<_>>(), ["http.get"]);
    for declared in [false, true] {
        let mut machine = machine();
        if declared {
            machine.declare(&["http.get", "http.get", "fib"]).unwrap();
            let left = machine.call_with(&mut host, "indirect", &["abc".into()]);
            assert_eq!(left.unwrap(), values(["3"]));
        }
        assert_eq!(machine.call_with(&mut host, "page", &["x".into()]).unwrap(), values(["8"]));
        assert_eq!(machine.call_with(&mut host, "page", &["two".into()]).unwrap(), values([1, 2]));
        for (given, words) in [("down", "`http.get`: no answer"), ("odd", "65536")] {
            let wrong = refused(machine.call_with(&mut host, "page", &[given.into()]));
            assert!(wrong.contains(words), "{wrong}");
            assert_eq!((machine.asked(), machine.calls()), (Some("http.get"), Some("page")));
            assert_eq!(machine.operands(1).unwrap(), values([format!("http://{given}")]));
            assert!(refused(machine.resume_with(&mut host)).contains(words));
            machine.answer("http.get", 1, &["by hand".into()]).unwrap();
            assert_eq!(machine.resume_with(&mut host).unwrap(), values(["by hand"]));
        }
        // A definition takes the place of the host, unless there is an empty one.
        let before = asked.get();
        let defined = machine.define("[ drop \"mock\" ] bind: http.get");
        assert_eq!(defined.is_ok(), !declared);
        machine.call_with(&mut host, "page", &["x".into()]).unwrap();
        assert_eq!(asked.get() - before, i32::from(declared));
    }
}

#[test]
fn an_answer_belongs_to_a_question() {
    let mut machine = machine();
    assert_eq!(machine.operands(0), Err(Error::NotAsked));
    assert!(machine.answer("http.get", 0, &[]).is_err());
    machine.push(&["mine".into()]).unwrap();
    stopped(machine.call("page", &["x".into()]));
    let before = machine.image();
    let too_few = Error::TooFew { function: "http.get".into(), takes: 2, there: 1 };
    assert_eq!(
        (machine.operands(2), machine.answer("http.get", 2, &[])),
        (Err(too_few.clone()), Err(too_few))
    );
    assert!(machine.answer("http.get", 1, &[i64::MAX.into()]).is_err());
    assert!(machine.image() == before);
    machine.answer("http.get", 1, &[]).unwrap();
    let answered = machine.image();
    assert!(machine.answer("http.get", 0, &[]).is_err(), "it was answered");
    assert!(machine.image() == answered);
    assert_eq!(machine.resume().unwrap(), []);
    assert_eq!(machine.stack(), values(["mine"]));
}

#[test]
fn a_function_of_the_host_sees_the_machine() {
    let mut machine =
        Machine::from_program("[ files assign: l  l 1 memory.get ] bind: second").unwrap();
    let mut host = Functions::new().with_machine("files", 0, |machine, _| {
        assert!(matches!(machine.call("second", &[]), Err(Error::Waits(_))));
        Ok(vec![machine.list(["a", "b"])?.into()])
    });
    assert_eq!(machine.call_with(&mut host, "second", &[]).unwrap(), values(["b"]));
    // Who answers by hand has answered.
    let mut twice = Functions::new().with_machine("files", 0, |machine, _| {
        let list = machine.list([1, 2])?;
        machine.answer("files", 0, &[list.into()])?;
        Ok(vec![])
    });
    let wrong = machine.call_with(&mut twice, "second", &[]);
    assert!(wrong.is_err(), "{wrong:?}");
    assert_eq!(machine.resume().unwrap(), values([2]));
}

#[test]
fn main_asks_the_host_too() {
    let text = "0 assign: n [ n 1000 < ] [ n next assign: n ] while n print";
    let mut machine = Machine::from_program(text).unwrap();
    let mut host = Functions::new()
        .with("next", 1, |values| Ok(vec![(i64::try_from(values[0].clone())? + 1).into()]));
    // An answer takes a unit of fuel, and nothing is asked without one.
    assert_eq!(machine.run_with(&mut host, 0), Ok(Stop::OutOfFuel));
    let mut slices = 0;
    while machine.run_with(&mut host, 100).unwrap() == Stop::OutOfFuel {
        slices += 1;
    }
    assert_eq!((machine.take_output(), machine.output()), ("1000".to_string(), ""));
    assert_eq!((machine.retired() + 1000) / 100, slices);
}

#[test]
fn input_and_output() {
    let mut machine = machine();
    machine.give_input("one\ntw");
    assert_eq!(machine.call("ask", &[]).unwrap(), values(["one"]));
    assert_eq!(stopped(machine.call("ask", &[])), Stop::Input);
    machine.end_input();
    assert_eq!(machine.resume().unwrap(), values(["tw"]));
    machine.set_limit(LimitKind::Output, 4).unwrap();
    for _ in 0..3 {
        machine.call("say", &["four".into()]).unwrap();
        assert_eq!(machine.take_output(), "four");
    }
    assert_eq!(machine.limit(LimitKind::Output), 4);
}

#[test]
fn machines_of_a_program_are_independent() {
    let program = Program::new("get: n 1 + set: n  n_is_set").unwrap();
    assert_eq!(program.text(), "get: n 1 + set: n  n_is_set");
    let mut machines: Vec<Machine> = (0..10).map(|_| program.machine()).collect();
    for (n, machine) in (0..).zip(&mut machines) {
        machine.set_global("n", n).unwrap();
        assert_eq!(machine.run(100), Stop::NotYetImplemented("n_is_set".into()));
        machine.rest();
    }
    for (n, machine) in (0..).zip(&machines) {
        assert_eq!((machine.global("n"), machine.retired()), (Some(Value::from(n + 1)), 4));
    }
    let mut again = program.machine();
    again.define("[ 5 ] bind: n_is_set").unwrap();
    assert_eq!(program.machine().image(), Machine::from_program(program.text()).unwrap().image());
}

/// Rates 1,000 and 3,000: after 100 ticks, exactly 100,000 and 300,000.
#[test]
fn tanks_are_fair() {
    let spin = || Machine::from_program("[ 1 drop ] repeat").unwrap();
    let mut shared = [(spin(), Tank::new(1000, 10_000)), (spin(), Tank::new(3000, 10_000))];
    let mut late = Machine::from_program("[ ready [ 1 drop ] repeat ] call").unwrap();
    let mut tank = Tank::new(1000, 10_000);
    for tick in 0..100 {
        for (machine, tank) in &mut shared {
            tank.tick();
            assert_eq!(tank.run(machine), Stop::OutOfFuel);
        }
        tank.tick();
        if tick == 50 {
            let before = late.retired();
            late.answer("ready", 0, &[]).unwrap();
            assert_eq!((tank.run(&mut late), late.retired() - before), (Stop::OutOfFuel, 10_000));
        } else {
            tank.run(&mut late);
        }
        assert_eq!(tank.fuel == 0, tick >= 50);
    }
    let retired = shared.map(|(machine, tank)| (machine.retired(), tank.fuel));
    assert_eq!(retired, [(100_000, 0), (300_000, 0)]);
    assert_eq!((tank.take(u64::MAX), tank.fuel), (0, 0));
}
