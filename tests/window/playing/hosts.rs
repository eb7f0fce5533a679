//! Calls that a host answers, in the window: when it is asked, what is shown meanwhile, and that a person may answer
//! or define the function instead.

use std::cell::RefCell;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use egui::{Key, Modifiers};
use midflight::session::host::{Asked, Host, Offer};
use midflight::session::hosts::Hosts;
use midflight::vm::instruction::Instruction;

use crate::driver::Window;

type Answer = Result<Vec<Instruction>, String>;

/// What the host was asked, what it forgot, and its answers in order; without one it takes its time.
#[derive(Default)]
struct Log {
    asked: Vec<Asked>,
    forgotten: usize,
    answers: Vec<Answer>,
}

struct Slow([Offer; 2], Rc<RefCell<Log>>);

impl Host for Slow {
    fn offers(&self) -> &[Offer] {
        &self.0
    }

    fn poll(&mut self, asked: &Asked, _: &mut Context<'_>) -> Poll<Answer> {
        let mut log = self.1.borrow_mut();
        if log.asked.last() != Some(asked) {
            log.asked.push(asked.clone());
        }
        if log.answers.is_empty() { Poll::Pending } else { Poll::Ready(log.answers.remove(0)) }
    }

    fn forget(&mut self, _: &Asked) {
        self.1.borrow_mut().forgotten += 1;
    }
}

fn with_host(program: &str) -> (Window, Rc<RefCell<Log>>) {
    let mut window = Window::of_program(program);
    let log = Rc::<RefCell<Log>>::default();
    let mut hosts = Hosts::default();
    let offers = [Offer::new("http.get", 1, 1), Offer::new("now", 0, 1)];
    hosts.add(Box::new(Slow(offers, Rc::clone(&log)))).unwrap();
    window.harness.state_mut().desk_mut().set_host(hosts, Waker::noop().clone());
    window.harness.run();
    (window, log)
}

fn text(text: &str) -> Answer {
    Ok(vec![Instruction::Text(text.into())])
}

fn number(value: i64) -> Answer {
    Ok(vec![Instruction::Integer(value)])
}

#[test]
fn running_asks_the_host_and_goes_on_with_its_answer() {
    let (mut window, log) = with_host("\"a b\" http.get print 7 print");
    window.key(Key::F5);
    assert!(window.shows("Waits for the host: http.get"));
    assert!(window.shows("it is working on the answer") && window.shows("Stop waiting"));
    assert_eq!(log.borrow().asked.len(), 1);
    assert_eq!(log.borrow().asked[0].text(0), Ok("a b"));
    log.borrow_mut().answers.push(text("page"));
    window.harness.run();
    assert_eq!(window.session().machine().output(), "page7");
    assert!(window.shows("Finished"));
    // One gesture ran up to the call; the answer and the rest are another.
    assert_eq!(window.session().journal().entries().len(), 2);
    assert_eq!(log.borrow().forgotten, 0);
}

#[test]
fn a_loop_of_calls_is_answered_without_a_frame_for_each() {
    let (mut window, log) = with_host("0 2000 [ now + ] times print");
    log.borrow_mut().answers = (0..2000).map(number).collect();
    window.key(Key::F5);
    let mut frames = 0;
    while window.session().machine().output().is_empty() && frames < 2000 {
        window.harness.step();
        frames += 1;
    }
    assert_eq!(window.session().machine().output(), "1999000", "{frames} frames");
}

#[test]
fn a_step_asks_and_stays_behind_the_call() {
    let (mut window, log) = with_host("1 now + print");
    for _ in 0..1 {
        window.key(Key::F11);
    }
    // It stands at the call, and nobody was asked yet.
    assert!(window.shows("Waits for the host: now") && window.shows("run on to ask it"));
    assert!(log.borrow().asked.is_empty());
    log.borrow_mut().answers.push(number(5));
    window.key(Key::F11);
    assert_eq!((window.stack().as_str(), window.session().machine().output()), ("1 5", ""));
    window.key(Key::F11);
    assert_eq!(window.stack(), "6");
}

#[test]
fn a_line_that_is_typed_may_call_the_host() {
    let (mut window, log) = with_host("");
    log.borrow_mut().answers.extend([number(5), number(6)]);
    window.enter("now now +");
    assert_eq!(window.stack(), "11");
    window.enter("2 *");
    assert_eq!(window.stack(), "22");
}

#[test]
fn a_person_answers_instead() {
    let (mut window, log) = with_host("3 now + print");
    window.key(Key::F5);
    assert!(window.shows("Stop waiting"));
    window.click("Answer it");
    assert_eq!(window.desk().entry().text, "-- ");
    window.enter("40");
    assert_eq!((window.stack().as_str(), log.borrow().forgotten), ("3 40", 1));
    window.key(Key::F5);
    assert_eq!(window.session().machine().output(), "43");
}

#[test]
fn the_operands_that_the_host_takes_are_proposed() {
    let (mut window, _) = with_host("1 2 \"a b\" http.get");
    window.key(Key::F5);
    window.key(Key::F4);
    assert_eq!(window.desk().entry().text, "\"a b\" -- ");
    window.enter("\"c\"");
    assert_eq!(window.stack(), "1 2 \"c\"");
}

#[test]
fn a_definition_takes_the_place_of_the_host() {
    let (mut window, log) = with_host("3 now + print 1 now print");
    window.key(Key::F5);
    window.click("Define now");
    assert_eq!(log.borrow().forgotten, 1);
    window.enter("7 return");
    window.key(Key::F5);
    assert_eq!(window.session().machine().output(), "107");
    assert_eq!(log.borrow().asked.len(), 1);
}

#[test]
fn waiting_ends_when_it_is_stopped_undone_or_edited_away() {
    for leave in ["Esc", "F5", "undo", "delete"] {
        let (mut window, log) = with_host("3 now +");
        window.key(Key::F5);
        match leave {
            "Esc" => window.key(Key::Escape),
            "F5" => {
                // A second press within a fifth of a second would only pause what was begun.
                window.harness.run_steps(30);
                window.key(Key::F5);
            }
            "undo" => window.keys(Modifiers::COMMAND, Key::Z),
            _ => {
                window.key(Key::F6);
                window.key(Key::Delete);
            }
        }
        window.harness.run();
        assert_eq!(log.borrow().forgotten, 1, "{leave}");
        assert!(!window.shows("Stop waiting"), "{leave}");
        log.borrow_mut().answers.push(number(5));
        window.harness.run_steps(5);
        assert!(log.borrow().answers.len() == 1, "{leave}: nobody is asked any more");
        if leave == "Esc" {
            window.key(Key::F5);
            assert_eq!(window.stack(), "8");
        }
    }
}

#[test]
fn a_host_without_an_answer_says_why() {
    let (mut window, log) = with_host("3 now +");
    log.borrow_mut().answers.push(Err("the clock is broken".to_owned()));
    window.key(Key::F5);
    assert!(window.shows("no answer: the clock is broken") && window.shows("Ask the host"));
    log.borrow_mut().answers.push(number(4));
    window.harness.run_steps(5);
    assert_eq!(window.stack(), "3", "it is not asked again by itself");
    window.click("Ask the host");
    assert_eq!(window.stack(), "3 4");
}

#[test]
fn an_old_answer_is_offered_on_another_branch() {
    let (mut window, log) = with_host("3 now + print");
    log.borrow_mut().answers.push(number(4));
    window.key(Key::F5);
    assert_eq!(window.session().machine().output(), "7");
    window.keys(Modifiers::COMMAND, Key::Z);
    assert!(window.shows("Waits for the host: now"), "it stands at the call");
    window.enter("1 drop");
    assert!(window.shows("Replay: 4"));
    window.click("Replay: 4");
    assert_eq!((window.stack().as_str(), log.borrow().asked.len()), ("3 4", 1));
}

#[test]
fn without_a_host_it_is_a_hole() {
    let mut window = Window::of_program("3 now +");
    window.key(Key::F5);
    assert!(window.shows("now is missing") && !window.shows("Waits for the host"));
    window.key(Key::F4);
    window.enter("5");
    assert!(window.stack() != "3", "{}", window.stack());
}

/// A function that exists and is empty can be answered by hand, whether or not a host offers it.
#[test]
fn an_empty_function_is_answered_by_hand() {
    let mut window = Window::of_program("[ ] bind: ask 5 ask 1 +");
    window.key(Key::F5);
    assert!(window.shows("is empty") && window.shows("Answer once"));
    window.key(Key::F4);
    assert_eq!(window.desk().entry().text, "5 -- ");
    window.enter("6");
    assert_eq!(window.stack(), "6");
    window.key(Key::F5);
    assert_eq!(window.stack(), "7");
}

/// Who creates a function that the host offers is about to write it.
#[test]
fn a_function_that_was_created_waits_for_its_code() {
    let (mut window, _) = with_host("3 now +");
    window.key(Key::F5);
    window.click("Define now");
    assert!(window.shows("is empty") && !window.shows("Waits for the host"));
}
