//! Collecting data and texts: programs go on for ever, and neither they nor a person can tell when.

use midflight::program::image::Image;
use midflight::session::load::image_of_program;
use midflight::vm::index::DataId;
use midflight::vm::instruction::Instruction;
use midflight::vm::limit::LimitKind;
use midflight::vm::machine::Machine;
use midflight::vm::memory::{LAST_ADDRESS, LAST_DATA};
use midflight::vm::space::FreeSpace;
use midflight::vm::stop::Stop;

fn machine(text: &str) -> Machine {
    image_of_program(text).expect("it is a program").machine
}

/// A list of `live` entries that lives, and for ever entries, texts and empty data that nothing keeps.
fn churning(live: u32) -> Machine {
    machine(&format!(
        "0 assign: list {live} assign: n
         1 [ 2 allocate assign: e list e 0 memory.set e assign: list
             n 1- assign: n n ] repeat_if
         1 [ 3 allocate assign: e e e 0 memory.set e 1 memory.get drop
             0 allocate drop n 1+ assign: n
             \"a\" n int_to_str str_join e 2 memory.set 1 ] repeat_if"
    ))
}

#[test]
fn a_program_that_keeps_nothing_goes_on_for_ever() {
    for line in ["100 allocate drop", "0 allocate drop", "\"a\" 60000 str_repeat drop"] {
        let mut machine = machine(&format!("0 1 [ {line} 1+ dup 400000 < ] repeat_if"));
        // Lower than what is made in all, so that the test also fails if nothing is collected.
        machine.set_limit(LimitKind::Memory, 300_000).unwrap();
        machine.set_limit(LimitKind::Text, 4 << 20).unwrap();
        assert_eq!(machine.run(u64::MAX), Stop::Finished, "{line}");
        machine.finish_collection();
        assert!(machine.memory().data_count() <= 300_000, "{}", machine.memory().data_count());
        assert!(machine.memory().cells() <= 300_000, "{}", machine.memory().cells());
    }
}

#[test]
fn data_prints_by_its_number_which_is_never_used_again() {
    let mut machine = machine("1 [ 1 allocate print_line 1 ] repeat_if");
    machine.collect_often(2, 1);
    machine.run(4 * 1000);
    let lines: Vec<&str> = machine.output().lines().collect();
    let numbered: Vec<String> = (0..lines.len()).map(|n| format!("data {n}")).collect();
    assert!(lines.len() > 700 && machine.memory().data_count() < 10);
    assert_eq!(lines, numbered);
    // Nor is an address: whatever is made next lies behind all that there was.
    let starts: Vec<u64> = machine.memory().data_bodies().map(|data| data.start).collect();
    assert!(starts.iter().all(|&start| start >= 100 * (lines.len() as u64 - 9)), "{starts:?}");
}

#[test]
fn a_collection_in_steps_is_one_at_once() {
    for (least, step) in [(50, 1), (50, 7), (400, 20)] {
        let (mut steps, mut at_once) = (churning(100), churning(100));
        steps.collect_often(least, step);
        at_once.collect_often(least, u64::MAX);
        let mut busy = 0;
        for piece in 0..600 {
            steps.run(7 + piece % 5);
            at_once.run(7 + piece % 5);
            assert!(!at_once.is_collecting());
            busy += u32::from(steps.is_collecting());
            assert!(steps == at_once, "piece {piece}");
            assert_eq!(steps.serialize(), at_once.serialize(), "piece {piece}");
            // What loads a file, a checkpoint or a fork goes on as the machine itself would.
            steps = match piece % 7 {
                0 => steps.compress().decompress(),
                1 => {
                    let text = Image::new(steps).to_file_text();
                    let mut machine = Image::from_file_text(&text).unwrap().machine;
                    machine.collect_often(least, step);
                    machine
                }
                2 => steps.fork(),
                3 => steps.clone(),
                _ => steps,
            };
        }
        assert!(busy >= 5, "{busy} pieces ended in a collection");
        steps.finish_collection();
        let (made, there) = (steps.memory().next_data(), steps.memory().data_count());
        assert!(made > DataId(300) && there < 250, "{made} {there}");
    }
}

#[test]
fn a_large_heap_is_collected_in_steps() {
    let mut machine = churning(150_000);
    let mut greatest = 0;
    let mut busy = 0;
    while machine.retired() < 6_000_000 {
        let before = machine.extra_effort();
        machine.step().unwrap();
        greatest = greatest.max(machine.extra_effort() - before);
        busy += u32::from(machine.is_collecting());
    }
    assert!(busy > 1000, "{busy}");
    // No instruction looks at more than a step and the roots.
    assert!(greatest < 100_000, "{greatest}");
    assert!(machine.memory().data_count() < 600_000, "{}", machine.memory().data_count());
}

#[test]
fn a_program_that_needs_nearly_all_memory_stops_at_the_limit() {
    // 9,000 of 10,000 cells live, and each round makes 50 more that die.
    let text = "8900 allocate assign: live 1 [ 50 allocate drop 1 ] repeat_if";
    let run = |limit: u64| {
        let mut machine = machine(text);
        machine.set_limit(LimitKind::Memory, limit).unwrap();
        (machine.run(100_000), machine)
    };
    assert_eq!(run(10_000).0, Stop::OutOfFuel, "a collection makes room for twenty rounds");
    let (stop, mut machine) = run(9_500);
    assert_eq!(stop, Stop::Limit(LimitKind::Memory), "a collection makes room for ten rounds only");
    // A stop changes nothing, and what comes next is worked out again.
    let before = machine.clone();
    assert_eq!(machine.run(100), Stop::Limit(LimitKind::Memory));
    assert!(machine == before);
    machine.set_limit(LimitKind::Memory, 10_000).unwrap();
    assert_eq!(machine.run(100_000), Stop::OutOfFuel);
}

#[test]
fn what_a_stopped_program_has_dropped_makes_room() {
    let mut machine = machine("6000 allocate assign: a 1 assign: a 6000 allocate assign: b");
    machine.set_limit(LimitKind::Memory, 10_000).unwrap();
    assert_eq!(machine.run(99), Stop::Finished);
    assert_eq!(machine.memory().data_bodies().map(|data| data.id).collect::<Vec<_>>(), [DataId(1)]);
    // By hand it is refused by name, and nothing else gets its address.
    let refused = machine.set_data(DataId(0), 0, &Instruction::Integer(1)).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "data 0 was freed, because nothing referred to it any more; go back to see it"
    );
    assert_eq!(machine.memory().find(100), None);
}

#[test]
fn where_numbers_and_addresses_end_a_program_stops_and_can_be_saved() {
    let end = LAST_DATA;
    let last = LAST_ADDRESS.next_multiple_of(100);
    let parts = machine("1 allocate drop 1 allocate drop").serialize();
    for (next, free) in [(end - 1, 100), (end, 100), (end + 1, 100), (0, last - 100), (0, last)] {
        let mut parts = parts.clone();
        parts.next_data = Some(DataId(next));
        parts.free_space = Some(FreeSpace { gaps: Vec::new(), end: free });
        let mut machine = Machine::deserialize(&parts).unwrap();
        let rounds = u64::from(next == end - 1 || free == last - 100);
        assert_eq!(
            (machine.run(99), machine.retired()),
            (Stop::Limit(LimitKind::Memory), 1 + 3 * rounds)
        );
        let text = Image::new(machine.clone()).to_file_text();
        assert_eq!(Image::from_file_text(&text).map(|image| image.machine), Ok(machine));
    }
}

/// Commands make texts without counting them, so the table of texts may be full long before a collection is due.
#[test]
fn a_full_table_of_texts_keeps_those_in_data_that_is_not_collected_yet() {
    let program =
        "1 allocate assign: m \"ab\" \"cd\" str_join m 0 memory.set 0 assign: m 1 int_to_str";
    let mut image = image_of_program(program).unwrap();
    image.machine.run(12);
    for line in ["push `\"xxxxxxxxxx\"` | drop 1", "limit text 12"] {
        for command in midflight::session::command::read(line).unwrap() {
            command.apply(&mut image).unwrap();
        }
    }
    image.machine.step().unwrap();
    assert_eq!(image.machine.show_stack(), "\"1\"");
    assert!(image == image.clone());
    assert!(Image::from_file_text(&image.to_file_text()).unwrap() == image);
}
