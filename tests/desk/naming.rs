//! Renaming, redefining, removing, commenting, and going from use to use.

use midflight::desk::action::Action;
use midflight::view::memory::At;
use midflight::vm::index::BodyId;

use super::Front;

impl Front {
    /// The program on one line.
    fn line(&self) -> String {
        self.code().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn answer(&mut self, text: &str) {
        self.perform(Action::AnswerText(text.to_owned()));
        self.until_idle();
    }

    fn select_cell(&mut self, body: u32, offset: u32) {
        let at = At { body: BodyId::Code(body.into()), offset };
        self.perform(Action::Select(Some(at)));
    }
}

/// fib(3) has called fib(1), which has set its local.
fn two_activations() -> Front {
    let mut front = Front::new();
    for line in ["3 fib", "", "assign: i", "i 2 - fib", ""] {
        front.enter(line);
    }
    front
}

#[test]
fn the_function_or_local_of_the_selected_cell_is_renamed() {
    let mut front = two_activations();
    front.select_cell(0, 1);
    front.perform(Action::Rename);
    front.answer("wave");
    assert!(!front.desk.overlay().is_open());
    assert!(
        front.line().contains("bind: wave") && front.line().contains("3 wave"),
        "{}",
        front.code()
    );
    front.select_cell(1, 1);
    front.perform(Action::Rename);
    front.answer("n");
    assert!(front.line().contains("assign: n n 2 - wave"), "{}", front.line());
    let frames = front.desk.scene().calls.frames;
    assert_eq!((frames[0].locals[0].name.as_str(), frames.len()), ("n", 3));
    let frame = frames[0].id;
    front.perform(Action::RenameLocal(frame, "n".to_owned()));
    front.answer("12");
    assert!(front.says("`12` cannot be a name") && front.desk.overlay().is_open());
    front.answer("k");
    assert!(front.line().contains("assign: k"), "{}", front.line());
    front.perform(Action::RenameFunction("main".to_owned()));
    assert!(front.says("`main` cannot be renamed"));
    front.perform(Action::Undo);
    front.until_idle();
    assert!(front.line().contains("assign: n"), "a rename is a gesture");
}

#[test]
fn a_function_is_redefined_and_removed() {
    let mut front = two_activations();
    front.perform(Action::RemoveNamed("fib".to_owned()));
    assert!(front.desk.notice().warns, "it is used: {:?}", front.desk.notice());
    front.perform(Action::RedefineFunction("fib".to_owned()));
    front.answer("drop 1 return");
    assert!(front.line().contains("[ drop 1 return ] bind: fib"), "{}", front.line());
    front.enter("");
    front.enter("9 define_me");
    front.perform(Action::Create);
    front.until_idle();
    front.perform(Action::Undo);
    front.until_idle();
    front.perform(Action::RemoveNamed("nothing".to_owned()));
    assert!(front.says("There is no function `nothing`"));
}

#[test]
fn uses_are_gone_through() {
    let mut front = two_activations();
    front.perform(Action::ShowUses("fib".to_owned()));
    let main = BodyId::Code(0.into());
    let fib = BodyId::Code(1.into());
    assert_eq!(front.desk.head(), At { body: main, offset: 1 });
    front.perform(Action::NextUse);
    assert_eq!(front.desk.head(), At { body: fib, offset: 4 });
    assert!(front.says("Use 2 of 2 of `fib`"));
    front.perform(Action::NextUse);
    assert_eq!(front.desk.head(), At { body: main, offset: 1 });
    front.select_cell(1, 0);
    front.perform(Action::PreviousUse);
    assert_eq!(front.desk.head(), At { body: fib, offset: 1 }, "uses of the local");
    front.perform(Action::ShowUses("main".to_owned()));
    assert!(front.says("Nothing uses `main`"));
}

#[test]
fn a_cell_is_commented() {
    let mut front = two_activations();
    front.select_cell(1, 1);
    front.perform(Action::CommentCell);
    front.answer("two less");
    assert!(front.line().contains("# two less"), "{}", front.line());
    front.perform(Action::CommentCell);
    front.answer("");
    assert!(!front.line().contains('#'), "{}", front.line());
}

#[test]
fn functions_of_a_file_are_added_while_the_program_runs() {
    let mut front = two_activations();
    let folder = tempfile::tempdir().unwrap();
    let (good, other) = (folder.path().join("good.flpy"), folder.path().join("other.flpc"));
    std::fs::write(&good, "double <- fun[x]:\n  return(x * 2)\n").unwrap();
    std::fs::write(&other, "[ 1 return ] bind: fib").unwrap();
    front.script.answer(&good);
    front.perform(Action::LoadFunctions);
    front.until_idle();
    assert!(front.says("Loaded the functions of good.flpy"), "{:?}", front.desk.notice());
    assert!(front.line().contains("bind: double") && front.desk.scene().calls.depth == 3);
    front.script.answer(&other);
    front.perform(Action::LoadFunctions);
    front.until_idle();
    assert!(front.says("`fib` is already defined differently") && front.says("Follow the file"));
}
