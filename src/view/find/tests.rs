use super::*;
use crate::program::effect::StackEffects;
use crate::session::load::image_of_program;
use crate::view::arrangement::Order;

fn image(text: &str) -> Image {
    let mut image = image_of_program(text).expect("it parses");
    image.machine.run(1000);
    image
}

/// What is found in code, with the bodies by use and the lines of the source.
fn code(image: &Image, text: &str) -> Vec<String> {
    let machine = &image.machine;
    let mut page = SourcePage::default();
    page.refresh(image, &StackEffects::of_machine(machine));
    let extents = memory::extents(machine);
    let arrangement = Arrangement::new(machine.memory(), &extents, Order::ByUse);
    let scan = Scan::new(image, Area::Code, text);
    let mut scan = scan.as_shown(&arrangement, Rc::new(page));
    while scan.advance(image, None, 2) {}
    scan.hits().iter().map(|hit| words(machine, hit)).collect()
}

#[test]
fn lines_are_found_as_they_are_shown() {
    let program = "[ assign: n 1 assign: i [ i n < ] [ i 12 + assign: i ] while \
                   n 1 = [ 2 print ] [ n 2 = [ 3 print ] [ 4 print ] if-else ] if-else ] bind: f";
    let image = image(program);
    let first = |text| code(&image, text).first().cloned().unwrap_or_default();
    for line in ["i = i", "i = i + 12", "I  = I".replace("  ", " ").as_str(), "i 12 +"] {
        let hit = first(line);
        assert!(hit.ends_with(": i") || hit.ends_with("assign: i"), "{line}: {hit}");
    }
    assert_eq!(code(&image, "i 12 +").len(), 1);
    assert_eq!(code(&image, "elif").len(), 1, "{:?}", code(&image, "elif"));
    assert_eq!(code(&image, "i = i").len(), 1, "{:?}", code(&image, "i = i"));
    assert_eq!(code(&image, "i + 1"), Vec::<String>::new(), "a number is looked for whole");
    assert_eq!(code(&image, "i = n"), Vec::<String>::new());
    // Blocks stand below the cells that use them.
    let places = code(&image, "print");
    assert_eq!(places.len(), 3, "{places:?}");
}

#[test]
fn a_number_is_not_found_within_the_address_of_a_block() {
    let image = image("[ 1 [ 7 drop ] [ 2 drop ] if-else ] bind: f 0 drop");
    let all = code(&image, "@");
    assert!(all.iter().any(|hit| hit.contains('2')), "an address has a 2: {all:?}");
    assert_eq!(code(&image, "2").len(), 1, "{:?}", code(&image, "2"));
}

fn told(image: &Image, was: Option<&Image>, area: Area, text: &str, cells: u64) -> Vec<String> {
    let mut scan = Scan::new(image, area, text);
    while scan.advance(image, was.map(|was| &was.machine), cells) {}
    scan.hits().iter().map(|hit| words(&image.machine, hit)).collect()
}

#[test]
fn code_is_found_in_both_notations_and_by_names_and_comments() {
    let image = image("[ assign: i # the Base case\n i 2 - ] bind: fib 42 drop 4 fib");
    let code = |text| told(&image, None, Area::Code, text, 1000);
    assert_eq!(code("assign: i"), ["100 in fib: assign: i"]);
    assert_eq!(code("i ="), ["100 in fib: assign: i"], "as the source notation has it");
    assert_eq!(code("FIB"), ["3 in main: fib", "100 in fib: assign: i"]);
    assert_eq!(code("base"), ["100 in fib: assign: i"], "the comment is above the line");
    assert_eq!(code("4"), ["2 in main: 4"], "a number is looked for whole");
    assert_eq!(code(" "), Vec::<String>::new());
}

#[test]
fn values_are_found_wherever_they_are() {
    let program = "[ assign: x nothing ] bind: f 3 allocate assign: d 42 d 1 memory.set \
                   42 set: total 42 1 \"it is 42\" 42 f";
    let image = image(program);
    let found = ["stack top: \"it is 42\"", "stack 2: 42", "local x of frame 2: 42"];
    let found = [&found[..], &["global total: 42", "201 in data 0: 42"]].concat();
    for cells in [1, 2, 1000] {
        assert_eq!(told(&image, None, Area::Values, "42", cells), found, "{cells} at a time");
    }
}

#[test]
fn output_is_found_also_across_slices() {
    let text = format!("\"{}Needle in\\nneedle\\n\" print", "é".repeat(50));
    let image = image(&text);
    for cells in [1, 1000] {
        let found = told(&image, None, Area::Output, "needle", cells);
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(found[1], "output line 2: needle");
    }
}

#[test]
fn what_differs_from_an_earlier_state_is_found() {
    let program = "[ assign: x nothing ] bind: f 2 allocate assign: d 7 f";
    let was = image(program);
    let mut now = was.clone();
    assert_eq!(told(&now, Some(&was), Area::Changed, "", 1), Vec::<String>::new());
    let commands = "local 1 x `8` | push `\"new\"` | data 0:1 `9` | global g `1` | insert 1:1 `5`";
    for command in crate::session::command::read(commands).expect("they parse") {
        command.apply(&mut now).expect("it fits");
    }
    let all = [
        "101 in f: 5",
        "stack top: \"new\"",
        "local x of frame 2: 8",
        "global g: 1",
        "201 in data 0: 9",
    ];
    for cells in [1, 1000] {
        assert_eq!(told(&now, Some(&was), Area::Changed, "", cells), all);
    }
    assert_eq!(told(&now, Some(&was), Area::Changed, "new", 9), ["stack top: \"new\""]);
    assert_eq!(told(&now, None, Area::Changed, "", 9), Vec::<String>::new());
}

#[test]
fn a_million_cells_are_searched_in_parts_and_the_first_hit_is_there_at_once() {
    let image = image_of_program(&"7 drop ".repeat(100_000)).expect("it parses");
    let mut scan = Scan::new(&image, Area::Code, "7");
    assert!(scan.advance(&image, None, 10));
    assert_eq!((scan.hits().len(), scan.is_over()), (5, false));
    while scan.advance(&image, None, 1000) {}
    assert_eq!(scan.hits().len(), MOST);
}
