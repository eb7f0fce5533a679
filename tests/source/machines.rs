//! The code of machines and of programs in FlpcForth, as source text and back.

use std::fs;
use std::path::{Path, PathBuf};

use midflight::Image;
use midflight::program::listing::{Program, program_of};
use midflight::program::notation::Notation;
use midflight::vm::machine::Machine;
use midflight::vm::memory::Place;

use super::laws::program_reads_back;
use super::shared::read;
use crate::oracle::property;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All files in a folder and its folders with this extension.
fn files(folder: &Path, extension: &str, list: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, extension, list);
        } else if path.extension().is_some_and(|found| found == extension) {
            list.push(path);
        }
    }
    list.sort();
}

fn install(program: &Program) -> Machine {
    let mut machine = Machine::new();
    let list: Vec<_> = program.definitions.iter().map(|one| (&*one.name, &one.code)).collect();
    machine.define_all(&list).unwrap();
    machine.write(Place::new(0, 0), &program.main).unwrap();
    machine
}

/// Fails unless the code of a machine is the same after it was source text.
fn machine_reads_back(machine: &Machine) {
    let program = program_of(machine);
    program_reads_back(&program);
    let printed = |machine: &Machine| Image::new(machine.clone()).print(Notation::Source);
    let text = printed(machine);
    let again = install(&read(&text).cells);
    assert_eq!(program_of(&again), program, "{text}");
    assert_eq!(printed(&again), text);
}

#[test]
fn all_programs_read_back() {
    let mut list = Vec::new();
    for folder in ["programs", "benches/programs", "tests/check", "fuzz/corpus/program"] {
        files(&root().join(folder), "flpc", &mut list);
    }
    let mut count = 0;
    for path in list {
        // Some files of tests/check have mistakes.
        let text = fs::read_to_string(&path).unwrap();
        let Ok(program) = Notation::Forth.read_program(&text) else { continue };
        program_reads_back(&program.cells);
        machine_reads_back(&install(&program.cells));
        count += 1;
    }
    assert!(count > 40, "{count}");
}

#[test]
fn all_images_read_back() {
    let mut list = Vec::new();
    for folder in ["programs", "tests"] {
        files(&root().join(folder), "ron", &mut list);
    }
    let mut count = 0;
    for path in list {
        let Ok(image) = Image::from_file_text(&fs::read_to_string(&path).unwrap()) else {
            continue;
        };
        machine_reads_back(&image.machine);
        count += 1;
    }
    assert!(count > 2, "{count}");
}

#[test]
fn random_machines_read_back() {
    for seed in 0..400 {
        let mut machine = property::machine(seed, false);
        machine_reads_back(&machine);
        machine.run(300);
        machine_reads_back(&machine);
    }
}
