//! Where values came from, asked of a session and of a slow model: a machine that is stepped along the history
//! and carries with every value what made it. Random programs and the examples, with edits and other branches
//! in between; and some cases by hand.

#[path = "provenance/by_hand.rs"]
mod by_hand;
#[path = "lockstep/crowd.rs"]
mod crowd;
#[path = "lockstep/edits.rs"]
#[allow(dead_code, reason = "the lockstep test uses all of it")]
mod edits;
#[path = "provenance/model.rs"]
mod model;
#[path = "lockstep/program.rs"]
#[allow(dead_code, reason = "the lockstep test uses all of it")]
mod program;
mod support;
#[path = "lockstep/values.rs"]
mod values;
#[path = "lockstep/words.rs"]
mod words;

use std::fs;
use std::path::Path;

use midflight::session::Session;
use midflight::session::command;
use midflight::session::goal::Goal;
use midflight::session::journal::Position;
use midflight::session::load::image_of_program;
use midflight::session::outcome::{Outcome, Progress};
use midflight::session::provenance::{Answer, Maker, Question};
use midflight::session::refused::Refused;
use midflight::session::request::Request;
use midflight::vm::flow::{Holder, Source};
use midflight::vm::index::Slot;
use midflight::vm::machine::Machine;
use model::{Model, Tag};
use support::choices::Choices;

/// Does what is requested, in random slices.
fn finish(session: &mut Session, request: Request, c: &mut Choices) -> Result<Outcome, Refused> {
    let mut progress = session.start(request)?;
    loop {
        match progress {
            Progress::Done(outcome) => return Ok(outcome),
            Progress::More => progress = session.advance(1 + c.count(3_000))?,
        }
    }
}

fn ask(session: &mut Session, question: Question, c: &mut Choices) -> Answer {
    let here = session.position();
    let outcome = finish(session, Request::Trace(Box::new(question)), c);
    assert_eq!(session.position(), here, "a question moves nothing");
    match outcome {
        Ok(Outcome::Traced(answer)) => *answer,
        other => panic!("{other:?}"),
    }
}

/// Every holder that has a value, and some bytes of the output.
fn holders(machine: &Machine, c: &mut Choices) -> Vec<Holder> {
    let task = machine.task();
    let mut holders: Vec<_> = (0..task.parameters().len()).map(Holder::Parameter).collect();
    for entry in task.calls().activations() {
        let slots = (0..entry.locals.len()).map(Slot::from_index);
        holders.extend(slots.map(|slot| Holder::Local {
            frame: entry.id,
            function: entry.body,
            slot,
        }));
    }
    holders.extend(machine.globals().iter().map(|(name, _)| Holder::Global(name.to_owned())));
    for data in machine.memory().data_bodies() {
        holders.extend((0..data.size()).map(|index| Holder::Data { body: data.id, index }));
    }
    holders.retain(|holder| machine.held(holder).is_some());
    let printed = machine.output().len();
    if printed > 0 {
        holders.extend((0..5).map(|_| Holder::Output(c.count(printed as u64))));
    }
    holders
}

/// What the model says of a maker.
fn tag(maker: &Maker) -> Tag {
    match maker {
        Maker::Instruction { by, .. } => Tag::Instruction(by.at),
        Maker::Command { gesture, .. } => Tag::Command(*gesture),
        Maker::Base => Tag::Base,
    }
}

/// Goes to some positions of the branch, asks some holders there, and compares with the model. Returns how many
/// answers of each kind there were.
fn compare(session: &mut Session, c: &mut Choices, counts: &mut [u64; 4]) {
    let end = session.position();
    let retired = session.journal().retired(end);
    for _ in 0..3 {
        let at = session.journal().at_retired(end, c.count(retired + 1)).expect("it is executed");
        finish(session, Request::goto(at), c).unwrap();
        let model = Model::at(session, at);
        let mut holders = holders(session.machine(), c);
        while holders.len() > 12 {
            holders.swap_remove(c.below(holders.len()));
        }
        for holder in holders {
            // Among several tasks nothing is answered.
            if session.has_had_several_tasks() {
                assert!(session.question(holder).is_err());
                continue;
            }
            let question = session.question(holder.clone()).unwrap();
            let answer = ask(session, question, c);
            assert_eq!(tag(&answer.maker), model.tag(&holder), "{holder:?} at {at}: {answer:?}");
            counts[match answer.maker {
                Maker::Instruction { .. } => 0,
                Maker::Command { .. } => 1,
                Maker::Base => 2,
            }] += 1;
            counts[3] += answer.moved;
        }
    }
    finish(session, Request::goto(end), c).unwrap();
}

/// A history of runs and edits with branches, in which everything is asked now and then.
fn story(session: &mut Session, c: &mut Choices, fuel: u64, counts: &mut [u64; 4]) {
    session.set_checkpoint_budget(c.of(&[0, 20_000, usize::MAX]));
    session.set_checkpoint_interval(c.of(&[1, 30, 1_000, 500_000]));
    for _ in 0..12 {
        let fuel = 1 + c.count(fuel);
        let outcome = finish(session, Request::run(Goal::Fuel(fuel)), c);
        drop(outcome);
        let machine = session.machine();
        let line = match machine.waits() {
            Some(stop) if !c.one_in(4) => edits::mend(c, machine, &stop),
            Some(_) | None => edits::change(c, machine),
        };
        let place = edits::place(c, machine);
        let breakpoint =
            format!("breakpoint {0}:{1} on | from {0}:{1} 3", place.body, place.offset);
        let lines = [line, edits::change(c, machine), edits::change(c, machine), breakpoint];
        for line in &lines[..1 + c.below(lines.len())] {
            let commands = command::read(line).expect("a line that reads");
            drop(finish(session, Request::gesture(commands, None), c));
        }
        if c.one_in(6) {
            let end = session.position();
            let retired = c.count(session.journal().retired(end) + 1);
            let at = session.journal().at_retired(end, retired).expect("it is executed");
            finish(session, Request::goto(at), c).unwrap();
        }
    }
    compare(session, c, counts);
}

#[test]
fn random_histories_say_what_the_model_says() {
    let mut counts = [0; 4];
    for seed in 0..150 {
        let mut c = Choices::new(seed);
        let c = &mut c;
        let image = image_of_program(&program::program(c)).unwrap();
        let mut session = Session::new(image);
        story(&mut session, c, 300, &mut counts);
    }
    println!("instructions, commands, base, moves: {counts:?}");
    assert!(counts[0] > 2_000 && counts[1] > 150 && counts[3] > 2_000, "{counts:?}");
}

#[test]
fn examples_say_what_the_model_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("programs");
    let mut counts = [0; 4];
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "flpc") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for seed in 0..2 {
            println!("{} {seed}", path.display());
            let mut c = Choices::new(seed);
            let mut session = Session::new(image_of_program(&text).unwrap());
            let given = command::read("give `50\\n25\\n12\\n`").unwrap();
            finish(&mut session, Request::gesture(given, None), &mut c).unwrap();
            story(&mut session, &mut c, 3_000, &mut counts);
        }
    }
    assert!(counts[0] > 500, "{counts:?}");
}

#[test]
fn every_instruction_gives_what_it_is_said_to_give() {
    let (mut moved, mut made) = (0, 0);
    for seed in 0..100 {
        let mut c = Choices::new(seed);
        let mut machine = image_of_program(&program::program(&mut c)).unwrap().machine;
        for _ in 0..400 {
            let before = machine.clone();
            if machine.step().is_err() {
                break;
            }
            for holder in holders(&machine, &mut Choices::new(seed)) {
                if matches!(holder, Holder::Output(_)) {
                    continue;
                }
                let spelled = |machine: &Machine, holder: &Holder| {
                    machine.held(holder).map(|cell| machine.spell(cell))
                };
                let now = spelled(&machine, &holder);
                let at = before.instruction(before.task().counter());
                match before.source(&holder) {
                    None => assert_eq!(spelled(&before, &holder), now, "{at:?} {holder:?}"),
                    Some(Source::Moved(from)) => {
                        moved += 1;
                        assert_eq!(spelled(&before, &from), now, "{at:?} {holder:?}");
                    }
                    Some(Source::Made) => made += 1,
                }
            }
            let height = |machine: &Machine| machine.task().parameters().len();
            assert!(height(&machine) <= height(&before) + 2, "two more values at most");
        }
    }
    assert!(moved > 2_000 && made > 2_000, "{moved} {made}");
}

#[test]
fn a_question_is_given_up_and_leaves_no_trace() {
    let mut c = Choices::new(7);
    let image = image_of_program("7 [ 1 drop ] 100000 swap times").unwrap();
    let mut session = Session::new(image);
    finish(&mut session, Request::run(Goal::Free), &mut c).unwrap();
    let (here, before) = (session.position(), session.machine().clone());
    let question = session.question(Holder::Parameter(0)).unwrap();
    assert_eq!(session.start(Request::Trace(Box::new(question.clone()))), Ok(Progress::More));
    assert_eq!(session.advance(100), Ok(Progress::More));
    session.give_up();
    assert!(session.job().is_none() && session.position() == here);
    assert!(*session.machine() == before);
    let answer = ask(&mut session, question, &mut c);
    let Maker::Instruction { by, .. } = &answer.maker else { panic!("{answer:?}") };
    assert_eq!((by.at, by.step), (Position { entry: 1, done: 0 }, 0));
}
