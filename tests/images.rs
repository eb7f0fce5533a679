//! Files of images: what was saved is loaded again, and what cannot be is refused with a reason.

use midflight::program::image::Image;
use midflight::program::parse::parse;
use midflight::vm::instruction::Fragment;
use midflight::vm::memory::Place;
use midflight::vm::stop::Stop;

/// The machine of a program text.
fn image_of(source: &str) -> Image {
    let program =
        parse(source).unwrap_or_else(|report| panic!("{}", report.render("test", source)));
    let list: Vec<(&str, &Fragment)> =
        program.definitions.iter().map(|one| (&*one.name, &one.code)).collect();
    let mut image = Image::default();
    image.machine.define_all(&list).unwrap();
    image.machine.write(Place::new(0, 0), &program.main).unwrap();
    image
}

/// What is saved is loaded again, as the same machine and in the same bytes, and runs on alike.
#[track_caller]
fn round_trip(image: &Image) -> String {
    let text = image.to_file_text();
    let mut loaded = Image::from_file_text(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert!(loaded == *image, "another machine was loaded:\n{text}\n{}", loaded.to_file_text());
    assert_eq!(loaded.to_file_text(), text);
    let mut original = image.clone();
    assert_eq!(loaded.machine.run(1000), original.machine.run(1000));
    assert!(loaded == original, "the loaded machine ran on otherwise:\n{text}");
    text
}

const FIB: &str = "
    [ assign: i
      i 3 < [ 1 return ] if
      i 2 - fib i 1 - fib + return ] bind: fib
    8 fib print_line";

#[test]
fn every_moment_of_a_run() {
    let mut image = image_of(FIB);
    round_trip(&Image::default());
    loop {
        round_trip(&image);
        if image.machine.run(7) != Stop::OutOfFuel {
            break;
        }
    }
    assert_eq!(image.machine.output(), "21\n");
    round_trip(&image);
}
