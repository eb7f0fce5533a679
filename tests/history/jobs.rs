//! Jobs: whatever is requested, sliced and cancelled, the session ends up as if only the completed work
//! had been requested, each request in one go.

use midflight::session::Session;
use midflight::session::command::{self, Command};
use midflight::session::goal::{Ended, Goal};
use midflight::session::job::{Job, JobKind};
use midflight::session::journal::Position;
use midflight::session::load::image_of_program;
use midflight::session::outcome::{Outcome, Progress};
use midflight::session::record::Record;
use midflight::session::recording::{Recording, head};
use midflight::session::request::Request;
use midflight::session::target::Target;
use midflight::session::track::Track;
use midflight::session::wanted::{Direction, Wanted};
use midflight::vm::index::FrameId;
use midflight::vm::memory::Place;

use super::SEED;
use super::looking::random_wanted;
use super::story;
use crate::support::choices::Choices;
use crate::support::wait::until;

/// A session that works in slices, and one that does the completed work in one go.
struct Pair {
    sliced: Session,
    whole: Session,
    /// The request of the job in progress, then the positions it was scrubbed to.
    asked: Vec<Request>,
    /// Where `sliced` was when it began, and how many entries there were.
    began: (Position, usize),
    /// What an autosave of `sliced` would hold.
    file: String,
    /// How many jobs were completed, cancelled and refused.
    counts: [usize; 3],
}

fn entries(session: &Session) -> usize {
    session.journal().entries().len()
}

fn any_position(c: &mut Choices, session: &Session) -> Position {
    let entry = c.below(entries(session) + 1);
    let end = session.journal().end_of(entry);
    Position { entry, done: c.below(end.done as usize + 1) as u64 }
}

fn any_target(c: &mut Choices, session: &Session) -> Target {
    let at = Target::At(any_position(c, session));
    let nowhere = Target::At(Position { entry: entries(session) + 1, done: 0 });
    c.of(&[
        at,
        at,
        nowhere,
        Target::Undo,
        Target::Undo,
        Target::Redo,
        Target::StepBack,
        Target::StepForward,
        Target::NextExecuted,
        Target::Start,
        Target::End,
        Target::NextBranch,
    ])
}

fn any_request(c: &mut Choices, session: &Session) -> Request {
    let machine = session.machine();
    let frame = FrameId(c.below(machine.task().calls().depth() as usize + 1) as u32);
    match c.below(20) {
        0..6 => Request::gesture(story::gesture(c, machine), None),
        6 | 7 => {
            let (commands, goal) = story::goal(c, machine);
            Request::gesture(commands, Some(goal))
        }
        8..11 => Request::Go(any_target(c, session)),
        11 | 12 => Request::Scrub(any_position(c, session)),
        13 | 14 => {
            let direction = c.of(&[Direction::Back, Direction::Forward]);
            Request::Search(random_wanted(c, machine), direction)
        }
        15 => Request::Restart(frame),
        16 => Request::Rewind(frame),
        17 => Request::RewindTo(any_position(c, session)),
        18 => Request::Play(any_position(c, session)),
        _ => Request::Record(match c.below(3) {
            0 => Record::More(c.below(9) as u64),
            1 => Record::Goto(any_position(c, session)),
            _ => Record::Bookmark { name: "here".to_string(), here: c.one_in(2) },
        }),
    }
}

impl Pair {
    fn new(c: &mut Choices) -> Pair {
        let session = || {
            let mut session = Session::default();
            let program = format!("{} {}", story::pieces(c, 6, 0), story::pieces(c, 3, 0));
            let at = session.machine().task().counter();
            session.set_checkpoint_budget(c.of(&[0, 20_000, usize::MAX]));
            session.set_checkpoint_interval(c.of(&[1, 10, 500_000]));
            session.apply(&[Command::Write { at, text: program.into() }]).map(|()| session)
        };
        let sliced = std::iter::repeat_with(session).find_map(Result::ok).unwrap();
        let mut whole = sliced.clone();
        whole.set_checkpoint_interval(7);
        let (file, began) = (head(sliced.journal().base()), (sliced.position(), 0));
        Pair { sliced, whole, asked: Vec::new(), began, file, counts: [0; 3] }
    }

    /// A job was cancelled when the sliced session was in this state: `whole` does the part that was done.
    fn settle(&mut self, sliced: &Session) {
        let (position, count) = self.began;
        let now = sliced.position();
        if entries(sliced) > count {
            let gesture = sliced.journal().entry(count + 1).unwrap().commands.clone();
            self.whole.apply(&gesture).unwrap();
        } else if let [Request::Record(Record::More(_))] = self.asked[..] {
            self.whole.play(&Record::More(now.done - position.done)).unwrap();
        } else if now != position {
            let scrubs = self.asked.len() > 1;
            assert!(scrubs || matches!(self.asked[..], [Request::Play(_)]), "{:?}", self.asked);
            self.whole.goto(now).unwrap();
        }
        self.asked.clear();
        same(sliced, &self.whole);
    }

    fn start(&mut self, c: &mut Choices) {
        let request = any_request(c, &self.sliced);
        let goes = self.sliced.job().is_some_and(|job| job.words().starts_with("Going"));
        let mut given_up = self.sliced.clone();
        given_up.give_up();
        assert!(given_up.job().is_none());
        let begun = self.sliced.start(request.clone());
        if goes && matches!(request, Request::Scrub(_)) {
            assert_eq!(begun, Ok(Progress::More));
            self.asked.truncate(1);
            return self.asked.push(request);
        }
        if begun.is_ok() && !self.asked.is_empty() {
            self.counts[1] += 1;
            self.settle(&given_up);
        }
        let goes_on = !self.asked.is_empty();
        assert_eq!(given_up.start(request.clone()), begun, "it cancels the job in progress");
        same(&self.sliced, &given_up);
        match begun {
            Err(_) => {
                self.counts[2] += 1;
                assert_eq!(self.sliced.job().is_some(), goes_on, "a refusal leaves the job alone");
            }
            Ok(progress) => {
                self.began = (self.whole.position(), entries(&self.whole));
                self.asked = vec![request];
                self.progressed(progress);
            }
        }
    }

    fn give_up(&mut self) {
        self.sliced.give_up();
        assert!(self.sliced.job().is_none());
        if !self.asked.is_empty() {
            self.counts[1] += 1;
            self.settle(&self.sliced.clone());
        }
    }

    fn advance(&mut self, fuel: u64) {
        let Some(job) = self.sliced.job() else {
            assert_eq!(self.sliced.advance(fuel), Ok(Progress::Done(Outcome::Done)));
            return same(&self.sliced, &self.whole);
        };
        let moves = job.kind() != JobKind::Travel || self.asked.len() > 1;
        let before = self.sliced.clone();
        match self.sliced.advance(fuel) {
            Ok(progress) => {
                let moved =
                    progress == Progress::More && self.sliced.position() != before.position();
                assert!(!moved || moves);
                if moved && self.asked.len() > 1 {
                    // It has arrived where it went first, and goes on to where it was scrubbed to.
                    let first = self.asked.remove(0);
                    assert_eq!(self.whole.perform(first), Ok(Outcome::Arrived));
                    self.began = (self.whole.position(), entries(&self.whole));
                }
                self.progressed(progress);
            }
            Err(refused) => {
                self.counts[2] += 1;
                assert!(self.sliced.job().is_none());
                same(&self.sliced, &before);
                let request = self.asked.remove(0);
                assert_eq!(self.whole.perform(request), Err(refused));
                same(&self.sliced, &self.whole);
            }
        }
    }

    fn progressed(&mut self, progress: Progress) {
        let Progress::Done(outcome) = progress else { return assert!(self.sliced.job().is_some()) };
        assert!(self.sliced.job().is_none());
        self.counts[0] += 1;
        let mut asked = std::mem::take(&mut self.asked).into_iter();
        assert_eq!(self.whole.perform(asked.next().unwrap()), Ok(outcome));
        for scrub in asked {
            assert_eq!(self.whole.perform(scrub), Ok(Outcome::Arrived));
        }
        same(&self.sliced, &self.whole);
    }

    fn save(&mut self) {
        for line in self.sliced.take_records() {
            self.file += &(line.print() + "\n");
        }
    }

    fn step(&mut self, c: &mut Choices) {
        match c.below(10) {
            0..3 => self.start(c),
            3 if c.one_in(3) => self.give_up(),
            4 if self.sliced.job().is_none() => self.start(c),
            _ => {
                let most = c.of(&[3, 30, 3000, 30_000]);
                self.advance(c.below(most) as u64);
            }
        }
        if c.one_in(5) {
            self.save();
        }
    }
}

/// Fails unless two sessions are the same, apart from caches.
fn same(one: &Session, other: &Session) {
    assert_eq!(one.position(), other.position());
    assert!(one.image() == other.image(), "another image at {}", one.position());
    assert_eq!(one.journal(), other.journal());
    for target in [Target::Redo, Target::End] {
        assert_eq!(one.target(target), other.target(target));
    }
    for entry in 0..=entries(one) {
        if let (Some(one), Some(other)) = (one.stop_after(entry), other.stop_after(entry)) {
            assert_eq!(one, other, "why gesture {entry} waits");
        }
    }
}

#[test]
fn only_what_was_completed_was_done() {
    let mut counts = [0; 3];
    for number in 0..400 {
        println!("story {number}");
        let c = &mut Choices::new(SEED ^ 9 << 32 ^ number);
        let mut pair = Pair::new(c);
        for _ in 0..80 {
            pair.step(c);
        }
        pair.give_up();
        pair.save();
        let (journal, at) = Recording::read(&pair.file).unwrap().journal().unwrap();
        assert_eq!((&journal, at), (pair.sliced.journal(), pair.sliced.position()));
        for (sum, count) in counts.iter_mut().zip(pair.counts) {
            *sum += count;
        }
    }
    println!("{counts:?}");
    assert!(counts.iter().all(|&count| count > 1000), "{counts:?}");
}

fn played(text: &str) -> (Session, Track) {
    let text = format!("midflight-session 2\nbase empty\n{text}");
    let (journal, end) = Recording::read(&text).unwrap().journal().unwrap();
    let session = Session::of_recording(journal, end);
    let track = Track::new(session.journal(), end);
    (session, track)
}

#[test]
fn playing_ends_where_an_expectation_does_not_hold() {
    let (mut session, track) = played(
        "push `1`\nexpect stack `1`\npush `2`\nexpect stack `1 9`\ngoto 1\nexpect stack `8`\n\
         goto 2\nwrite 0:0 `3 4` | run 2\ngoto 3:1\nexpect stack `1 2 7`\ngoto 3:2\n",
    );
    let play = Request::Play(track.end());
    let at = |entry, done| Position { entry, done };
    for unmet in [at(1, 0), at(2, 0), at(3, 1)] {
        assert_eq!(session.perform(play.clone()), Ok(Outcome::Unmet));
        assert_eq!(session.position(), unmet);
        assert!(session.unmet_here().unwrap().is_some());
    }
    assert_eq!(session.perform(play.clone()), Ok(Outcome::Arrived));
    assert_eq!(session.position(), track.end());
    // From a branch, playing goes back to where it left the recording and checks the expectation there.
    session.goto(at(2, 0)).unwrap();
    session.apply(&[Command::Push { text: "5".into() }]).unwrap();
    assert_eq!(session.perform(play), Ok(Outcome::Unmet));
    assert_eq!(session.position(), at(2, 0));
    assert_eq!(
        session.take_records().last(),
        Some(&Record::Goto(at(2, 0))),
        "playing writes nothing"
    );
}

#[test]
fn playing_that_is_given_up_stays_where_it_last_looked() {
    let (mut session, track) =
        played("write 0:0 `[ 1 drop ] repeat` | run 2000\nexpect waits no\nrun 900000000000\n");
    session.start(Request::Play(track.end())).unwrap();
    assert_eq!(session.job().unwrap().words(), "Playing the recording");
    for _ in 0..100 {
        assert_eq!(session.advance(100), Ok(Progress::More));
    }
    assert_eq!(session.job().and_then(Job::destination), Some(track.end()));
    session.give_up();
    assert_eq!(session.position(), Position { entry: 1, done: 2000 });
}

#[test]
fn scrubbing_arrives_before_it_goes_on() {
    let mut session = Session::new(image_of_program("0 [ 1+ ] repeat").unwrap());
    session.apply(&[Command::Run { fuel: 50_000 }]).unwrap();
    let at = |done| Position { entry: 1, done };
    session.goto(Position::default()).unwrap();
    assert!(session.start(Request::Scrub(at(50_001))).is_err());
    for done in [20_000, 40_000, 30_000] {
        session.start(Request::Scrub(at(done))).unwrap();
        assert_eq!(session.job().and_then(Job::destination), Some(at(done)));
    }
    let mut came = Vec::new();
    until("the end of scrubbing", || {
        let more = session.advance(1000) == Ok(Progress::More);
        came.extend(more.then(|| session.position()));
        !more
    });
    came.dedup();
    assert_eq!(came, [Position::default(), at(20_000)]);
    assert_eq!(session.position(), at(30_000));
    // Any other request cancels it.
    session.start(Request::Scrub(at(10))).unwrap();
    session.start(Request::gesture([Command::Push { text: "7".into() }], None)).unwrap();
    assert!(session.job().is_none());
    assert_eq!(session.journal().entry(2).unwrap().parent, at(30_000));
}

#[test]
fn a_refused_request_leaves_the_job_in_progress() {
    let mut session = Session::new(image_of_program("0 [ 1+ ] repeat").unwrap());
    session.start(Request::run(Goal::Free)).unwrap();
    session.advance(100).unwrap();
    let drops = || vec![Command::Push { text: "1".into() }, Command::Drop { count: 99 }];
    assert!(session.start(Request::gesture(drops(), Some(Goal::Free))).is_err());
    for request in [
        Request::Go(Target::Redo),
        Request::goto(Position { entry: 9, done: 0 }),
        Request::Restart(FrameId(99)),
        Request::Rewind(FrameId(99)),
        Request::RewindTo(Position { entry: 1, done: 101 }),
        Request::Play(Position { entry: 2, done: 0 }),
        Request::Record(Record::Bookmark { name: String::new(), here: true }),
    ] {
        assert!(session.start(request.clone()).is_err(), "{request:?}");
        assert!(session.job().is_some_and(Job::is_run), "{request:?}");
    }
    assert_eq!(session.job().map(Job::words), Some("Running".to_string()));
    session.advance(100).unwrap();
    assert_eq!((session.position().done, entries(&session)), (200, 1));
}

#[test]
fn a_run_at_the_end_of_a_gesture_stays_where_it_got_to() {
    let mut session = Session::new(image_of_program("0 [ 1+ ] repeat").unwrap());
    session
        .start(Request::gesture(command::read("push `3` | run 9 | run 9").unwrap(), None))
        .unwrap();
    assert_eq!(session.advance(5), Ok(Progress::More));
    session.give_up();
    let line = |session: &mut Session| {
        session.take_records().iter().map(Record::print).collect::<Vec<_>>()
    };
    assert_eq!(line(&mut session), ["push `3` | run 5"]);
    // The two runs become one.
    session.apply(&command::read("run 9 | run 9").unwrap()).unwrap();
    assert_eq!(line(&mut session), ["run 18"]);
    // A breakpoint does not stop a run of fixed length, but it does stop a run towards a goal.
    let at = session.machine().task().counter();
    session.apply(&[Command::Breakpoint { at, on: true }]).unwrap();
    let run = Request::gesture([Command::Run { fuel: 7 }], Some(Goal::Free));
    assert_eq!(session.perform(run), Ok(Outcome::Ran(Ended::Breakpoint(at))));
    assert!(session.position().done > 7);
}

#[test]
fn targets_are_where_one_may_go() {
    let mut session = Session::new(image_of_program("1 2 3").unwrap());
    let at = |entry, done| Position { entry, done };
    let absent = |session: &Session, targets: &[Target]| {
        for &target in targets {
            assert_eq!(session.target(target), None, "{target:?}");
            let refused = session.clone().start(Request::Go(target)).unwrap_err().to_string();
            assert_eq!(refused, target.absent());
        }
    };
    use Target::{End, NextBranch, NextExecuted, Redo, Start, StepBack, StepForward, Undo};
    absent(&session, &[Undo, Redo, StepBack, StepForward, NextExecuted, NextBranch]);
    session.apply(&[Command::Run { fuel: 2 }]).unwrap();
    session.apply(&[Command::Push { text: "7".into() }]).unwrap();
    session.apply(&[Command::Run { fuel: 1 }]).unwrap();
    absent(&session, &[Redo, StepForward, NextExecuted, NextBranch]);
    session.goto(at(1, 1)).unwrap();
    assert_eq!(session.target(NextExecuted), Some(at(1, 2)));
    session.goto(at(1, 2)).unwrap();
    assert_eq!(session.target(StepForward), Some(at(3, 1)), "after the gesture in between");
    absent(&session, &[NextExecuted]);
    assert_eq!(session.target(Undo), Some(at(0, 0)));
    assert_eq!(session.target(Redo), Some(at(2, 0)));
    assert_eq!((session.target(Start), session.target(End)), (Some(at(0, 0)), Some(at(3, 1))));
    session.apply(&[Command::Push { text: "8".into() }]).unwrap();
    assert_eq!(session.target(NextBranch), Some(at(3, 1)));
    session.perform(Request::Go(NextBranch)).unwrap();
    assert_eq!(session.target(NextBranch), Some(at(4, 0)), "after the oldest, the newest");
}

#[test]
fn breakpoints_are_looked_for_where_they_were_not_set_yet() {
    let mut session = Session::new(
        image_of_program("0 assign: n 1 [ n 1 + assign: n n 5 < ] repeat_if").unwrap(),
    );
    session.apply(&[Command::Run { fuel: 99 }]).unwrap();
    let at = Place::new(0, 2);
    assert!(session.breakpoints_to_seek().is_empty());
    session.apply(&[Command::Breakpoint { at, on: true }]).unwrap();
    let seek = |session: &mut Session| {
        let wanted = Wanted::Breakpoints(session.breakpoints_to_seek());
        session.perform(Request::Search(wanted, Direction::Back))
    };
    assert_eq!(seek(&mut session), Ok(Outcome::Arrived));
    assert_eq!(session.position(), Position { entry: 1, done: 2 });
    assert!(session.image().breakpoints.is_empty());
    assert_eq!(session.breakpoints_to_seek(), [at].into_iter().collect());
    let nothing = seek(&mut session);
    assert!(matches!(nothing, Ok(Outcome::NotFound(Wanted::Breakpoints(_), Direction::Back))));
    session.step_back().unwrap();
    assert!(session.breakpoints_to_seek().is_empty());
}
