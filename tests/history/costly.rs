//! Runs of few instructions that take long: going back replays little of them. What is counted is what the
//! machine counts, not time.

use midflight::session::Session;
use midflight::session::command::Command;
use midflight::session::goal::Goal;
use midflight::session::journal::Position;
use midflight::session::load::image_of_program;
use midflight::session::outcome::Progress;
use midflight::session::request::Request;

use crate::support::wait::until;

/// The default distance of checkpoints.
const SPACING: u64 = 500_000;
/// Much less than a tenth of a second, in instructions.
const LITTLE: u64 = 3 * SPACING;

/// Joins long texts all the time, each time to another text.
fn joining() -> String {
    let long = "long ".repeat(6_000);
    format!("\"{long}\" assign: t 0 [ 1+ dup int_to_str t str_join drop ] repeat")
}

/// What has to be executed again to come to a position, in instructions.
fn replayed(session: &mut Session, to: Position) -> u64 {
    let kept = session.checkpoint_before(to).map(|kept| kept.image().machine);
    let kept = kept.expect("there is a checkpoint before it");
    session.goto(to).unwrap();
    let machine = session.machine();
    machine.retired() - kept.retired() + machine.extra_effort() - kept.extra_effort()
}

#[test]
fn one_step_back_after_much_joining_of_texts_replays_little() {
    for slice in [700, u64::MAX] {
        let mut session = Session::new(image_of_program(&joining()).unwrap());
        session.start(Request::run(Goal::Fuel(30_000))).unwrap();
        until("the end of the run", || session.advance(slice) != Ok(Progress::More));
        assert!(session.machine().extra_effort() > 50 * SPACING, "the run costs much");
        let end = session.position();
        for back in [1, 2, 300, 2_000] {
            let to = Position { done: end.done - back, ..end };
            let replayed = replayed(&mut session, to);
            assert!(replayed <= LITTLE, "{back} back: {replayed}");
        }
    }
}

#[test]
fn after_one_step_back_over_much_data_the_next_steps_back_replay_little() {
    let program = "1000000 allocate drop [ 1 drop ] repeat";
    let mut session = Session::new(image_of_program(program).unwrap());
    session.apply(&[Command::Run { fuel: 20_000_000 }]).unwrap();
    let end = session.position();
    let back = |back| Position { done: end.done - back, ..end };
    assert!(session.checkpoint_before(end).is_none(), "a checkpoint would cost more than the run");
    session.goto(back(1)).unwrap();
    for n in [2, 3, 1_000] {
        let replayed = replayed(&mut session, back(n));
        assert!(replayed <= LITTLE, "{n} back: {replayed}");
    }
}

#[test]
fn a_journey_over_much_joining_of_texts_keeps_checkpoints_on_its_way() {
    let mut session = Session::new(image_of_program(&joining()).unwrap());
    session.set_checkpoint_budget(0);
    session.apply(&[Command::Run { fuel: 30_000 }]).unwrap();
    let end = session.position();
    let machine = session.machine().clone();
    session.goto(Position::default()).unwrap();
    session.set_checkpoint_budget(256 << 20);
    session.goto(end).unwrap();
    assert_eq!(*session.machine(), machine);
    let to = Position { done: end.done - 1, ..end };
    let replayed = replayed(&mut session, to);
    assert!(replayed <= LITTLE, "{replayed}");
}
