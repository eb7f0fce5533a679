//! A fork of a machine behaves like a copy, although the two share what neither has changed. Forks are
//! compared with copies that share nothing, made by serializing and deserializing a machine.

mod oracle;
mod support;

use midflight::program::image::Image;
use midflight::session::command::Command;
use midflight::session::load::image_of_program;
use midflight::session::operand::DataPlace;
use midflight::vm::index::DataId;
use midflight::vm::limit::LimitKind;
use midflight::vm::machine::Machine;
use midflight::vm::memory::Place;
use midflight::vm::stop::Stop;
use oracle::property::check_from;
use proptest::prelude::*;

/// Reads and writes data in every way: bodies of several pages and of a few cells, with numbers, texts and
/// addresses in them, new bodies all the time, and output.
const BUSY: &str = r#"
    [ assign: at assign: m
      at 7 mod 0 = [ at int_to_str m at memory.set return ] if
      at 11 mod 0 = [ 3 allocate m at memory.set return ] if
      m at memory.get [ at m at memory.set ] [ 5 m at memory.set ] if-else ] bind: change
    [ assign: m  m memory.len assign: n  0 assign: i  0 assign: sum
      1 [ m i memory.get [ sum 1 + assign: sum ] if
          m i memory.get is_number [ sum 2 + assign: sum ] if
          i 1 + assign: i  i n < ] repeat_if
      sum return ] bind: count
    700 allocate assign: m  9 allocate assign: few  0 assign: x  0 assign: round
    [ round 1 + assign: round
      20 assign: times
      1 [ x 37 * 11 + 700 mod assign: x
          m x change
          x few x 9 mod memory.set
          1 m x 3 + 700 mod memory.set
          m 5 memory.get m 6 memory.set
          times 1 - assign: times  times 0 > ] repeat_if
      round 9 mod 0 = [ m count print " " print few count print_line ] if
      round 30 mod 0 = [ 130 allocate assign: few ] if ] repeat
"#;

/// What is done to a pool of machines. Each `usize` chooses a machine, modulo the size of the pool.
#[derive(Clone, Debug)]
enum Deed {
    Run(usize, u64),
    Step(usize, u8),
    Fork(usize),
    Clone(usize),
    Compress(usize),
    Drop(usize),
    Edit(usize, Edit),
    Compare(usize, usize),
}

#[derive(Clone, Debug)]
enum Edit {
    Data(usize, u64, String),
    Push(String),
    Write(usize, String),
    Define(String),
    Redefine,
    Limit(u64),
    Give,
    Texts,
}

fn edits() -> impl Strategy<Value = Edit> {
    let value = prop_oneof!["[0-9]{1,3}", "\"[a-c]{1,3}\"", Just("pushf: count".to_owned())];
    prop_oneof![
        4 => (any::<usize>(), any::<u64>(), value.clone()).prop_map(|(n, i, v)| Edit::Data(n, i, v)),
        2 => value.prop_map(Edit::Push),
        2 => (any::<usize>(), "(label: x )?1 drop").prop_map(|(at, line)| Edit::Write(at, line)),
        1 => "[a-d]".prop_map(Edit::Define),
        1 => Just(Edit::Redefine),
        1 => (0..4000_u64).prop_map(Edit::Limit),
        1 => Just(Edit::Give),
        1 => Just(Edit::Texts),
    ]
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let one = any::<usize>;
    let deed = prop_oneof![
        6 => (one(), 1..3000_u64).prop_map(|(n, fuel)| Deed::Run(n, fuel)),
        2 => (one(), 1..40_u8).prop_map(|(n, count)| Deed::Step(n, count)),
        5 => one().prop_map(Deed::Fork),
        1 => one().prop_map(Deed::Clone),
        1 => one().prop_map(Deed::Compress),
        4 => one().prop_map(Deed::Drop),
        4 => (one(), edits()).prop_map(|(n, edit)| Deed::Edit(n, edit)),
        2 => (one(), one()).prop_map(|(n, m)| Deed::Compare(n, m)),
    ];
    prop::collection::vec(deed, 1..60)
}

/// A copy that shares nothing with the machine.
fn apart(machine: &Machine) -> Machine {
    Machine::deserialize(&machine.serialize()).expect("its own parts")
}

/// An image and its twin, which was never forked.
struct Twins(Image, Image);

impl Twins {
    fn both(&mut self, command: &Command) {
        assert_eq!(command.apply(&mut self.0), command.apply(&mut self.1), "{command:?}");
    }

    fn edit(&mut self, edit: &Edit) {
        let machine = &self.1.machine;
        let memory = machine.memory();
        match edit {
            Edit::Data(body, index, text) => {
                let body = DataId((body % memory.data_count().max(1)) as u64);
                let size = memory.data(body).map_or(1, |body| body.size().max(1) as u64);
                let at = DataPlace { body, index: index % size };
                self.both(&Command::Data { at, text: text.clone().into() });
            }
            Edit::Push(text) => self.both(&Command::Push { text: text.clone().into() }),
            Edit::Write(at, text) => {
                let at = Place::new(0, (at % 40) as u32);
                self.both(&Command::Write { at, text: text.clone().into() });
            }
            Edit::Define(name) => {
                self.both(&Command::Define { name: name.clone(), text: "a b c d".into() });
            }
            Edit::Redefine => {
                let text = "assign: m  m memory.len return".to_owned();
                self.both(&Command::Redefine { name: "count".to_owned(), text: text.into() });
            }
            Edit::Limit(more) => {
                let value = memory.cells() + more;
                self.both(&Command::Limit { kind: LimitKind::Memory, value });
            }
            Edit::Give => self.both(&Command::Give { text: "line\n".to_owned() }),
            // So little room that the next new text causes a sweep.
            Edit::Texts => {
                let value = machine.text_bytes() + 4;
                self.both(&Command::Limit { kind: LimitKind::Text, value });
            }
        }
    }

    fn assert_same(&self) {
        let Twins(Image { machine, .. }, Image { machine: twin, .. }) = self;
        assert!(machine == twin, "{machine:?}\n\n{twin:?}");
        assert!(twin == machine, "{machine:?}\n\n{twin:?}");
        assert_eq!(machine.serialize(), twin.serialize());
        assert_eq!(machine.text_bytes(), twin.text_bytes());
        assert_eq!(machine.waits(), twin.waits());
    }
}

fn live(deeds: Vec<Deed>, begun: &Machine) {
    let mut pool = vec![Twins(Image::new(apart(begun)), Image::new(apart(begun)))];
    for deed in deeds {
        let count = pool.len();
        match deed {
            Deed::Run(n, fuel) => {
                let Twins(image, twin) = &mut pool[n % count];
                assert_eq!(image.machine.run(fuel), twin.machine.run(fuel));
            }
            Deed::Step(n, steps) => {
                let Twins(image, twin) = &mut pool[n % count];
                for _ in 0..steps {
                    assert_eq!(image.machine.step(), twin.machine.step());
                }
            }
            Deed::Fork(n) => {
                let Twins(image, twin) = &mut pool[n % count];
                let image = Image { machine: image.machine.fork(), ..image.clone() };
                let twin = Image { machine: apart(&twin.machine), ..twin.clone() };
                pool.push(Twins(image, twin));
            }
            Deed::Clone(n) => {
                let Twins(image, twin) = &pool[n % count];
                let twin = Image { machine: apart(&twin.machine), ..twin.clone() };
                pool.push(Twins(image.clone(), twin));
            }
            Deed::Compress(n) => {
                let Twins(image, _) = &mut pool[n % count];
                image.machine = image.machine.compress().decompress();
            }
            Deed::Drop(n) if count > 1 => drop(pool.swap_remove(n % count)),
            Deed::Drop(_) => {}
            Deed::Edit(n, edit) => pool[n % count].edit(&edit),
            Deed::Compare(n, m) => {
                let (a, b) = (&pool[n % count], &pool[m % count]);
                assert_eq!(a.0.machine == b.0.machine, a.1.machine == b.1.machine);
            }
        }
        // What one of them did does not show in any other.
        pool.iter().for_each(Twins::assert_same);
    }
}

#[test]
fn forks_are_copies() {
    let mut begun = image_of_program(BUSY).unwrap().machine;
    assert_eq!(begun.run(5_000), Stop::OutOfFuel);
    check_from(b"midflight: one seed for all fork", 400, &deeds(), |deeds| live(deeds, &begun));
}

/// A machine with two data bodies of this many cells, with a value in the first cell of the first.
fn large(cells: u64) -> Machine {
    let text = format!("{cells} allocate dup 1 swap 0 memory.set {cells} allocate");
    let mut machine = image_of_program(&text).unwrap().machine;
    machine.set_limit(LimitKind::Memory, 4 * cells).unwrap();
    assert_eq!(machine.run(1_000), Stop::Finished);
    machine.finish_collection();
    machine
}

fn write(machine: &mut Machine, index: u64) {
    machine
        .set_data(DataId(0), index, &midflight::vm::instruction::Instruction::Integer(7))
        .unwrap();
}

#[test]
fn a_fork_copies_no_data() {
    const CELLS: u64 = 1 << 24;
    let mut machine = large(CELLS);
    let own = |machine: &Machine| machine.memory().own_data_cells();
    assert_eq!(own(&machine), 2 * CELLS);
    let mut fork = machine.fork();
    assert_eq!((own(&machine), own(&fork)), (0, 0));
    // A write copies a page, and no more.
    write(&mut fork, 5);
    write(&mut fork, 6);
    write(&mut machine, CELLS - 1);
    let page = own(&fork);
    assert!((1..=512).contains(&page), "{page}");
    assert_eq!(own(&machine), page);
    // Forks of forks share the pages too.
    let other = fork.fork();
    assert_eq!((own(&fork), own(&other)), (0, 0));
    write(&mut fork, 5);
    assert_eq!(own(&fork), page);
    drop((fork, other));
    // Alone again, it owns all its cells without copying them.
    write(&mut machine, 1);
    assert_eq!(own(&machine), 2 * CELLS);
    assert_eq!(
        machine.memory().data(DataId(0)).unwrap().cells().filter(|&cell| !cell.is_false()).count(),
        3
    );
}

#[test]
fn who_shares_for_long_gets_a_copy_of_its_own() {
    let mut machine = large(1000);
    let fork = machine.fork();
    let mut index = 0;
    while machine.memory().own_data_cells() < 2000 {
        write(&mut machine, index % 1000);
        index += 1;
        assert!(index < 1000, "it never gets a copy");
    }
    assert!(index > 20, "a copy after {index} writes");
    assert_eq!(fork.memory().own_data_cells(), 0);
    assert!(fork.memory().data(DataId(0)).unwrap().get(1).unwrap().is_false());
}
