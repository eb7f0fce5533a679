//! Recovery from what a crash leaves: a recording that is cut anywhere.

use midflight::session::Session;
use midflight::session::command::Command;
use midflight::session::recording::head;

use super::SEED;
use super::walker::Walker;
use crate::support::choices::Choices;

/// A random story, saved after every step: the walker, and for each save the length of the file, the
/// position and the number of gestures.
fn saved_story(
    number: u64,
) -> (Walker, Vec<(usize, midflight::session::journal::Position, usize)>) {
    let c = &mut Choices::new(SEED ^ 77 << 32 ^ number);
    let mut walker = Walker::new();
    let mut saves = vec![(walker.file.len(), walker.session.position(), 0)];
    for _ in 0..30 {
        walker.step(c);
        walker.save();
        let entries = walker.session.journal().entries().len();
        saves.push((walker.file.len(), walker.session.position(), entries));
    }
    (walker, saves)
}

#[test]
fn recover_after_a_cut_at_every_byte() {
    let mut cuts = 0;
    for number in 0..100 {
        let (walker, saves) = saved_story(number);
        let first = saves[saves.len() - 4].0;
        for cut in first..=walker.file.len() {
            let Some(text) = walker.file.get(..cut) else { continue };
            let (session, bad) = Session::recover(text).unwrap();
            // The state existed, ...
            assert_eq!(session.image(), walker.states.at(session.position()), "cut at {cut}");
            // ... at most the last gesture is missing, ...
            let (length, at, entries) = saves.iter().rev().find(|save| save.0 <= cut).unwrap();
            assert!(session.journal().entries().len() >= *entries);
            if *length == cut {
                assert_eq!(session.position(), *at);
            }
            // ... and a damaged line is reported.
            assert_eq!(bad.is_some(), !text.ends_with('\n'));
            cuts += 1;
        }
    }
    assert!(cuts > 4000, "{cuts}");
}

#[test]
fn recover_goes_on_with_the_same_file() {
    let (walker, _) = saved_story(1);
    let cut = walker.file.trim_end().len() - 1;
    let (mut session, bad) = Session::recover(&walker.file[..cut]).unwrap();
    assert!(bad.is_some());
    let whole = walker.file[..cut].rfind('\n').unwrap() + 1;
    let mut file = walker.file[..whole].to_string();
    assert!(session.take_records().is_empty());
    session.apply(&[Command::Push { text: "1 2".into() }]).unwrap();
    for line in session.take_records() {
        file += &(line.print() + "\n");
    }
    let (again, bad) = Session::recover(&file).unwrap();
    assert_eq!(bad, None);
    assert_eq!(again.image(), session.image());
    assert_eq!(again.journal(), session.journal());
}

#[test]
fn recover_up_to_what_can_be_done() {
    let start = head(&Default::default());
    for (rest, line) in [
        ("push `1`\npush `2` | run\npush `3`\n", 4),
        ("push `1`\ngoto 7:0\npush `3`\n", 4),
        ("push `1`\nmore 5\n", 4),
        ("push `1`\ndrop 3\npush `3`\n", 4),
        ("push `1`\nrun 1000000\n", 4),
        ("push `1`\nwriet 0:0 `1`\n", 4),
    ] {
        let (session, bad) = Session::recover(&(start.clone() + rest)).unwrap();
        assert_eq!(session.machine().show_stack(), "1", "{rest}");
        assert_eq!(bad.map(|bad| bad.line), Some(line), "{rest}");
    }
    for text in ["", "midflight-session 7\nbase empty\n", "midflight-session 2\nbase emp"] {
        assert!(Session::recover(text).is_err());
    }
}

#[test]
fn recover_from_any_damage() {
    let mut choices = Choices::new(SEED);
    let c = &mut choices;
    let (mut whole, mut cut) = (0, 0);
    for number in 0..60 {
        let (walker, _) = saved_story(number);
        for _ in 0..20 {
            let mut bytes = walker.file.clone().into_bytes();
            let at = c.below(bytes.len());
            bytes[at] = c.of(b"0 9`|\\:\nax");
            let Ok(text) = String::from_utf8(bytes) else { continue };
            // Whatever is recovered runs no further than the recording says.
            if let Ok((session, bad)) = Session::recover(&text) {
                assert!(session.journal().contains(session.position()));
                assert!(bad.as_ref().is_none_or(|bad| bad.line > 1));
                *(if bad.is_none() { &mut whole } else { &mut cut }) += 1;
            }
        }
    }
    println!("{whole} recovered whole, {cut} cut at the damage");
    assert!(whole > 100 && cut > 400, "{whole} recovered whole, {cut} cut at the damage");
}
