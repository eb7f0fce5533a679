//! What is said to a desktop about Midflight's files is true of them.

use std::fs;
use std::path::{Path, PathBuf};

use midflight::session::file_kind::FileKind;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap().replace("\r\n", "\n")
}

/// The values of an attribute in a piece of XML, unescaped.
fn values<'t>(xml: &'t str, attribute: &str) -> Vec<String> {
    let start = format!("{attribute}=\"");
    let value = |rest: &'t str| rest.split('"').next().unwrap().replace("\\n", "\n");
    xml.split(&start).skip(1).map(value).collect()
}

#[test]
fn the_types_in_the_menu_entry_are_those_that_are_described() {
    let entry = read("packaging/midflight.desktop");
    let types = entry.lines().find_map(|line| line.strip_prefix("MimeType=")).unwrap();
    let types: Vec<&str> = types.split_terminator(';').collect();
    assert_eq!(types, values(&read("packaging/midflight.xml"), "mime-type type"));
}

#[test]
fn programs_have_types_by_their_names() {
    let programs = |kind: &FileKind| matches!(kind, FileKind::Program(_));
    let globs = FileKind::ALL.into_iter().filter(programs);
    let globs: Vec<String> = globs.map(|kind| format!("*.{}", kind.extension())).collect();
    assert_eq!(values(&read("packaging/midflight.xml"), "pattern"), globs);
}

/// All images and recordings in a folder.
fn files(folder: &Path, list: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("ron" | "session") => list.push(path),
            _ if path.is_dir() => files(&path, list),
            _ => {}
        }
    }
}

/// The begin of an image of any version, and of any recording, is what their types say.
#[test]
fn images_and_recordings_have_types_by_their_begin() {
    let xml = read("packaging/midflight.xml");
    let begins = values(&xml, "value");
    let [image, inside, recording] = &begins[..] else { panic!("{begins:?}") };
    assert_eq!(values(&xml, "offset"), ["0", "16:32", "0"]);
    let mut list = Vec::new();
    files(&root().join("programs"), &mut list);
    files(&root().join("tests/frozen"), &mut list);
    let (mut images, mut recordings) = (0, 0);
    for path in list {
        let text = fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
        if FileKind::named(&path) == Some(FileKind::Image) {
            images += 1;
            let found = (16..=32).any(|offset| text[offset..].starts_with(inside));
            assert!(text.starts_with(image) && found, "{}", path.display());
        } else {
            recordings += 1;
            assert!(text.starts_with(recording), "{}", path.display());
        }
    }
    assert!(images > 10 && recordings > 5, "{images} {recordings}");
}
