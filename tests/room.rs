//! Files that are small and stand for much, and files that are large: what they take, and what is refused
//! before it is taken. Counts lines, cells and rows; memory itself is bounded by the system for the binary.

mod shell;
mod support;

use std::cell::RefCell;
use std::io::Write;
use std::rc::Rc;

use midflight::desk::write::Write as Save;
use midflight::program::image::Image;
use midflight::session::Session;
use midflight::session::command::Command;
use midflight::session::file_kind::FileKind;
use midflight::session::load::image_of_program;
use midflight::session::recording;
use midflight::store::{Appender, Tail};
use midflight::vm::memory::{CODE_CELLS_USED, LOCALS, Place};
use shell::Shell;

/// An image with this code and these fields.
fn image(code: &str, rest: &str) -> String {
    let limits = "memory: 268435456, parameters: 1000000, calls: 10000000, text: 67108864, \
                  output: 16777216";
    format!("(version: 1, retired: 0, limits: ({limits}), {code}, {rest})")
}

const MAIN: &str = "(number: 0, kind: Function(\"main\"), start: 0, size: 100, cells: [\"1 2 +\"])";
const BOTTOM: &str = "tasks: [(counter: 0, calls: [(body: 0)])]";

#[test]
fn a_file_of_300_bytes_with_16_million_zeros_is_printed_run_and_saved_in_little_memory() {
    let shell = Shell::new();
    let code =
        format!("code: [{MAIN}], next_code: 1, data: [(number: 0, start: 100, size: 16777216)]");
    let file = shell.file("zeros.ron", image(&code, BOTTOM));
    let listed = shell.run_bounded(&["print", &file, "--cells"]);
    assert_eq!((listed.code, listed.out.lines().count()), (0, 7), "{}", listed.err);
    let screen = shell.run_bounded(&["print", &file, "--screen"]);
    assert_eq!(screen.code, 0, "{}", screen.err);
    assert_eq!(shell.run_bounded(&["run", &file, "--save", "saved.ron"]).code, 0);
    let saved = std::fs::read_to_string(shell.path("saved.ron")).unwrap();
    assert!(saved.len() < 1000, "{saved}");
    assert_eq!(shell.run_bounded(&["run", "saved.ron"]).code, 0);
}

#[test]
fn a_file_that_holds_more_than_a_given_limit_is_refused_with_the_limit() {
    let shell = Shell::new();
    let code =
        format!("code: [{MAIN}], next_code: 1, data: [(number: 0, start: 100, size: 16777216)]");
    let image = shell.file("zeros.ron", image(&code, BOTTOM));
    let quoted = std::fs::read_to_string(shell.path("zeros.ron")).unwrap().replace('\n', " ");
    let recording =
        shell.file("zeros.session", format!("midflight-session 1\nbase image `{quoted}`\n"));
    for (command, file) in [("run", &image), ("play", &recording)] {
        let refused = shell.run(&[command, file, "--limit", "memory=1000000"]);
        assert_eq!((refused.code, &*refused.out), (2, ""), "{}", refused.err);
        for words in ["16,777,316 cells", "--limit memory=1000000", "zeros."] {
            assert!(refused.err.contains(words), "{}", refused.err);
        }
        let done = shell.run(&[command, file, "--limit", "memory=16777316"]);
        assert_ne!(done.code, 2, "{}", done.err);
    }
}

#[test]
fn a_run_of_an_image_that_ran_as_long_as_can_be_ends_at_once_and_is_saved_so_that_it_loads() {
    let shell = Shell::new();
    let spent = image(&format!("code: [{MAIN}], next_code: 1"), BOTTOM);
    let retired = |count: u64| spent.replace("retired: 0", &format!("retired: {count}"));
    for (left, done) in [(0, 0), (2, 2)] {
        let file = shell.file("spent.ron", retired((1 << 62) - left));
        let run = shell.run(&["run", &file, "--save", "saved.ron"]);
        assert_eq!(run.code, 5, "{}", run.err);
        let saved = std::fs::read_to_string(shell.path("saved.ron")).unwrap();
        let again = Image::from_file_text(&saved).unwrap().machine;
        assert_eq!(again.retired(), 1 << 62);
        assert_eq!(again.task().parameters().len(), done);
    }
    let error = Image::from_file_text(&retired((1 << 62) + 1)).unwrap_err().to_string();
    assert!(error.contains("at most 4611686018427387904"), "{error}");
}

#[test]
fn a_body_with_more_room_is_no_larger_than_the_message_says() {
    let code = MAIN.replace("size: 100", "size: 16777216");
    let at = |counter: u32| {
        let tasks = BOTTOM.replace("counter: 0", &format!("counter: {counter}"));
        let image = image(&format!("code: [{code}], next_code: 1"), &tasks);
        Session::new(Image::from_file_text(&image).unwrap())
    };
    let write = |session: &mut Session| {
        let at = Place::new(0, session.machine().task().counter().offset);
        session.apply(&[Command::Write { at, text: "1".into() }])
    };
    assert_eq!(write(&mut at(CODE_CELLS_USED - 1)), Ok(()));
    let refused = write(&mut at(CODE_CELLS_USED)).unwrap_err().to_string();
    assert_eq!(refused, format!("main would have more than {CODE_CELLS_USED} cells; split it"));
    let code = MAIN.replace("size: 100", "size: 16777217");
    let error = Image::from_file_text(&image(&format!("code: [{code}], next_code: 1"), BOTTOM));
    let error = error.unwrap_err().to_string();
    assert!(error.contains("it has 16777217 cells; a body has at most 16777216"), "{error}");
}

#[test]
fn an_image_whose_frames_would_take_gigabytes_is_refused_with_the_limit() {
    let names: String = (0..LOCALS).map(|n| format!("assign: l{n} ")).collect();
    let f =
        format!("(number: 1, kind: Function(\"f\"), start: 300, size: 300, cells: [\"{names}\"])");
    let code = format!("code: [{MAIN}, {f}], next_code: 2");
    let file = |frames: usize| {
        let frames = "(body: 1, returns_to: 0),".repeat(frames);
        image(&code, &format!("tasks: [(counter: 0, calls: [(body: 0), {frames}])]"))
    };
    let few = Image::from_file_text(&file(1000)).unwrap();
    assert_eq!(few.machine.task().calls().depth(), 1001);
    let error = Image::from_file_text(&file(100_000)).unwrap_err().to_string();
    assert!(error.starts_with("tasks: the call stacks need 395 MB of memory"), "{error}");
    assert!(error.ends_with("at most 159 MB, which is 64 MB and 40 times its size"), "{error}");
}

/// Keeps how long the pieces are that are written to it.
#[derive(Clone, Default)]
struct Pieces(Rc<RefCell<Vec<usize>>>);

impl Pieces {
    /// Checks that no piece is long, and returns how long they are together.
    fn sum(&self) -> usize {
        let pieces = self.0.borrow();
        assert!(pieces.iter().all(|&length| length < 1 << 17), "{pieces:?}");
        pieces.iter().sum()
    }
}

impl std::io::Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.borrow_mut().push(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Tail for Pieces {
    fn cut(&mut self, _length: u64) -> std::io::Result<()> {
        Ok(())
    }

    fn sync(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_large_image_is_saved_and_recorded_in_small_pieces() {
    let text = "200000 allocate assign: d 0 assign: i \
                [ i d i memory.set i 1 + assign: i i 200000 < ] assign: b 1 b repeat_if";
    let mut image = image_of_program(text).unwrap();
    image.machine.run(10_000_000);
    let mut session = Session::new(image.clone());
    session.apply(&[Command::Push { text: "1".into() }]).unwrap();
    let write = |kind, out: &mut dyn Write| {
        Save { path: "saved".into(), kind: Some(kind), then: None }.write_text(&session, out)
    };
    let whole = session.image().to_file_text();
    let recorded = recording::write(session.journal(), session.position());
    assert!(whole.len() > 1 << 20 && recorded.len() > 1 << 20);
    for (kind, length) in [(FileKind::Image, whole.len()), (FileKind::Recording, recorded.len())] {
        let mut pieces = Pieces::default();
        write(kind, &mut pieces).unwrap();
        assert_eq!(pieces.sum(), length, "{kind:?}");
    }
    // As the autosave rewrites its recording.
    let pieces = Pieces::default();
    let mut appender = Appender::new("unsaved".as_ref(), pieces.clone());
    appender.append_in_pieces(|out| write(FileKind::Recording, out)).unwrap();
    assert_eq!((pieces.sum(), appender.length()), (recorded.len(), recorded.len() as u64));
}
