//! Hosts: who answers, who does not, and what becomes of questions that are no longer asked.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use midflight::Stop;
use midflight::session::Session;
use midflight::session::command::read;
use midflight::session::driver::{Driven, Driver};
use midflight::session::goal::Ended;
use midflight::session::host::{Asked, Host, Offer};
use midflight::session::load::image_of_program;
use midflight::session::recording::{self, Recording};
use midflight::session::request::Request;
use midflight::session::services::Services;
use midflight::session::target::Target;
use midflight::vm::instruction::Instruction;

/// What a host was asked, in order, and what it answers.
#[derive(Default)]
struct Log {
    polled: Vec<String>,
    forgotten: Vec<String>,
    answers: Vec<Poll<Result<Vec<Instruction>, String>>>,
}

/// A host whose answers are given from outside; without one it takes its time.
struct Slow {
    offers: Vec<Offer>,
    log: Rc<RefCell<Log>>,
}

impl Slow {
    fn new() -> (Slow, Rc<RefCell<Log>>) {
        let offers = vec![Offer::new("get", 1, 1), Offer::new("now", 0, 1)];
        let log = Rc::default();
        (Slow { offers, log: Rc::clone(&log) }, log)
    }
}

impl Host for Slow {
    fn offers(&self) -> &[Offer] {
        &self.offers
    }

    fn poll(
        &mut self,
        asked: &Asked,
        _: &mut Context<'_>,
    ) -> Poll<Result<Vec<Instruction>, String>> {
        let mut log = self.log.borrow_mut();
        log.polled.push(asked.name.clone());
        if log.answers.is_empty() { Poll::Pending } else { log.answers.remove(0) }
    }

    fn forget(&mut self, asked: &Asked) {
        self.log.borrow_mut().forgotten.push(asked.name.clone());
    }
}

#[derive(Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Count>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

fn driver(text: &str) -> (Driver<Slow>, Rc<RefCell<Log>>) {
    let (host, log) = Slow::new();
    (Driver::new(Session::new(image_of_program(text).unwrap()), host), log)
}

fn poll<H: Host>(driver: &mut Driver<H>) -> Poll<Driven> {
    driver.poll(1000, &mut Context::from_waker(Waker::noop()))
}

fn number(value: i64) -> Poll<Result<Vec<Instruction>, String>> {
    Poll::Ready(Ok(vec![Instruction::Integer(value)]))
}

fn finished() -> Poll<Driven> {
    Poll::Ready(Driven::Ended(Ended::Stopped(Stop::Finished)))
}

#[test]
fn a_host_answers_in_its_own_time() {
    let (mut driver, log) = driver("3 get now + 2 *");
    assert_eq!(poll(&mut driver), Poll::Pending);
    assert_eq!(poll(&mut driver), Poll::Pending);
    assert_eq!(driver.waits_for().map(|asked| asked.name.as_str()), Some("get"));
    log.borrow_mut().answers.push(number(10));
    assert_eq!(poll(&mut driver), Poll::Pending);
    log.borrow_mut().answers.push(number(5));
    assert_eq!(poll(&mut driver), finished());
    assert_eq!(driver.session().machine().show_stack(), "30");
    assert_eq!(log.borrow().polled, ["get", "get", "get", "now", "now"]);
    assert!(log.borrow().forgotten.is_empty());
    // Replaying needs no host.
    let text = recording::write(driver.session().journal(), driver.session().position());
    let (journal, end) = Recording::read(&text).unwrap().journal().unwrap();
    let mut played = Session::of_recording(journal, end);
    played.perform(Request::goto(end)).unwrap();
    assert!(played.image() == driver.session().image());
}

/// Case 37 of the design: undo forgets once, what is forgotten is never polled again, and redo asks anew.
#[test]
fn what_is_no_longer_asked_is_forgotten_once() {
    for leave in ["undo", "counter 0:0", "define get `drop 1 return`", "answer get `3` `7`"] {
        let (mut driver, log) = driver("3 get");
        assert_eq!(poll(&mut driver), Poll::Pending);
        driver.change(|session| match leave {
            "undo" => session.perform(Request::Go(Target::Undo)).map(drop).unwrap(),
            line => session.apply(&read(line).unwrap()).map(drop).unwrap(),
        });
        assert_eq!(log.borrow().forgotten, ["get"], "{leave}");
        driver.change(|_| ());
        assert_eq!((log.borrow().forgotten.len(), log.borrow().polled.len()), (1, 1), "{leave}");
        assert!(driver.waits_for().is_none());
        if leave == "undo" {
            driver.change(|session| session.perform(Request::Go(Target::Redo)).map(drop).unwrap());
            assert_eq!(poll(&mut driver), Poll::Pending);
            assert_eq!(log.borrow().polled.len(), 2);
        }
    }
}

/// A comment or a breakpoint elsewhere changes no question.
#[test]
fn what_is_still_asked_is_not_forgotten() {
    for line in ["comment 0:0 ` note`", "insert 0:0 `9 drop`", "define other ``", "give `x`"] {
        let (mut driver, log) = driver("3 get");
        assert_eq!(poll(&mut driver), Poll::Pending);
        driver.change(|session| session.apply(&read(line).unwrap()).map(drop).unwrap());
        assert!(log.borrow().forgotten.is_empty(), "{line}");
        log.borrow_mut().answers.push(number(4));
        assert_eq!(poll(&mut driver), finished(), "{line}");
        assert_eq!(driver.session().machine().show_stack(), "4", "{line}");
    }
}

#[test]
fn the_end_of_driving_forgets() {
    let (mut driver, log) = driver("3 get");
    assert_eq!(poll(&mut driver), Poll::Pending);
    let session = driver.into_session();
    assert_eq!((session.machine().show_stack().as_str(), log.borrow().forgotten.len()), ("3", 1));
}

/// What a host answers wrongly, and the words beside the question.
#[test]
fn a_wrong_answer_leaves_the_question_open() {
    let values = |values: Vec<Instruction>| Poll::Ready(Ok(values));
    let cases = [
        (Poll::Ready(Err("no network".to_owned())), "no network"),
        (values(Vec::new()), "leaves 1 value, and the host has answered with nothing"),
        (values(vec![Instruction::Integer(1); 2]), "with 2 values"),
        (values(vec![Instruction::Call("f".into())]), "is not a value"),
        (values(vec![Instruction::Integer(i64::MAX)]), "does not fit"),
        (values(vec![Instruction::Text("x".repeat(65_537).into())]), "too long"),
        (values(vec![Instruction::PushFunction("nothing".into())]), "no function `nothing`"),
    ];
    for (answer, words) in cases {
        let (mut driver, log) = driver("3 get 1 +");
        log.borrow_mut().answers.push(answer);
        let Poll::Ready(Driven::Unanswered(reason)) = poll(&mut driver) else { panic!("{words}") };
        assert!(reason.contains(words), "{words}: {reason}");
        assert_eq!(driver.session().machine().show_stack(), "3");
        // It is not asked again by itself, but when something has changed.
        let Poll::Ready(Driven::Unanswered(again)) = poll(&mut driver) else { panic!("{words}") };
        assert_eq!((again, log.borrow().polled.len()), (reason, 1), "{words}");
        driver.change(|_| ());
        log.borrow_mut().answers.push(number(4));
        assert_eq!(poll(&mut driver), finished(), "{words}");
        assert_eq!(driver.session().machine().show_stack(), "5");
        assert!(log.borrow().forgotten.is_empty());
    }
}

#[test]
fn a_call_with_too_few_operands_is_not_asked() {
    let (mut driver, log) = driver("get");
    let Poll::Ready(Driven::Unanswered(reason)) = poll(&mut driver) else { panic!("it is asked") };
    assert_eq!(reason, "`get` has no answer: it takes 1 value, and the stack is empty");
    assert!(log.borrow().polled.is_empty());
}

struct Panics([Offer; 1]);

impl Host for Panics {
    fn offers(&self) -> &[Offer] {
        &self.0
    }

    fn poll(&mut self, _: &Asked, _: &mut Context<'_>) -> Poll<Result<Vec<Instruction>, String>> {
        panic!("the cable is cut")
    }

    fn forget(&mut self, _: &Asked) {}
}

#[test]
fn a_host_that_panics_has_no_answer() {
    let session = Session::new(image_of_program("1 get").unwrap());
    let mut driver = Driver::new(session, Panics([Offer::new("get", 1, 1)]));
    let Poll::Ready(Driven::Unanswered(reason)) = poll(&mut driver) else { panic!("it waits") };
    assert_eq!(reason, "`get` has no answer: the host has failed (a panic): the cable is cut");
    driver.change(|session| session.apply(&read("answer get `1` `2`").unwrap()).map(drop).unwrap());
    assert_eq!(
        (poll(&mut driver), driver.session().machine().show_stack()),
        (finished(), "2".into())
    );
}

#[test]
fn the_address_of_a_host_function_is_that_of_an_empty_function() {
    let (mut driver, log) = driver("[ 1 2 ] drop pushf: now call pushf: get 4 swap call now");
    log.borrow_mut().answers.extend([number(7), number(8), number(9)]);
    assert_eq!(poll(&mut driver), finished());
    assert_eq!(driver.session().machine().show_stack(), "7 8 9");
    assert_eq!(log.borrow().polled, ["now", "get", "now"]);
}

/// A loop may call the same function again without an instruction in between.
#[test]
fn a_question_that_looks_the_same_is_another_one() {
    for program in ["3 pushf: now times", "[ ] bind: now 3 pushf: now times"] {
        let (mut driver, log) = driver(program);
        log.borrow_mut().answers.extend([number(7), number(8), number(9)]);
        assert_eq!(poll(&mut driver), finished(), "{program}");
        assert_eq!(driver.session().machine().show_stack(), "7 8 9");
    }
}

#[test]
fn without_an_offer_nobody_is_asked() {
    for (program, stop) in [
        ("1 fetch", Stop::NotYetImplemented("fetch".to_owned())),
        ("pushf: fetch", Stop::NotYetImplemented("fetch".to_owned())),
        ("[ ] bind: fetch fetch", Stop::Breakpoint),
        ("1 0 /", image_of_fault()),
    ] {
        let (mut driver, log) = driver(program);
        assert_eq!(poll(&mut driver), Poll::Ready(Driven::Ended(Ended::Stopped(stop))));
        assert!(log.borrow().polled.is_empty());
    }
}

fn image_of_fault() -> Stop {
    let mut image = image_of_program("1 0 /").unwrap();
    image.machine.run(9)
}

/// Fuel bounds the driver like a run: an answer takes a unit, and a slice that ends early wakes itself.
#[test]
fn an_answer_takes_a_unit_of_fuel() {
    let program = "[ now drop ] repeat";
    let (host, log) = Slow::new();
    log.borrow_mut().answers.extend((0..1000).map(number));
    let mut driver = Driver::new(Session::new(image_of_program(program).unwrap()), host);
    let count = Arc::new(Count::default());
    let waker = Waker::from(Arc::clone(&count));
    for slices in 1..=20 {
        assert_eq!(driver.poll(30, &mut Context::from_waker(&waker)), Poll::Pending);
        let used = driver.session().machine().retired() + log.borrow().polled.len() as u64;
        assert_eq!((used, count.0.load(Ordering::Relaxed)), (30 * slices, slices as usize));
    }
}

#[test]
fn asynchronous_functions_are_a_host() {
    let dropped = Rc::new(());
    let held = Rc::clone(&dropped);
    let services = Services::new()
        .with("double", 1, 1, |asked| async move {
            Ok(vec![Instruction::Integer(asked.integer(0)? * 2)])
        })
        .with("never", 0, 0, move |_| {
            let held = Rc::clone(&held);
            async move {
                std::future::pending::<()>().await;
                drop(held);
                Ok(Vec::new())
            }
        });
    let session = Session::new(image_of_program("4 double never").unwrap());
    let mut driver = Driver::new(session, services);
    assert_eq!(poll(&mut driver), Poll::Pending);
    assert_eq!(driver.session().machine().show_stack(), "8");
    let working = Rc::strong_count(&dropped);
    driver.change(|session| session.perform(Request::Go(Target::Undo)).map(drop).unwrap());
    assert_eq!((working, Rc::strong_count(&dropped)), (3, 2), "the future is dropped");
    let session = Session::new(image_of_program("\"4\" double").unwrap());
    let text = Services::new().with("double", 1, 1, |asked| async move {
        Ok(vec![Instruction::Integer(asked.integer(0)?)])
    });
    let Poll::Ready(Driven::Unanswered(reason)) = poll(&mut Driver::new(session, text)) else {
        panic!("it waits")
    };
    assert_eq!(reason, "`double` has no answer: operand 0 must be an integer, and it is a text");
}
