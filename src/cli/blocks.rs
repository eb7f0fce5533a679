//! Standard input in blocks: whatever there is when the program needs more, up to a bound. What is given is
//! whole characters; the bytes of one that was cut wait for the rest of it.
//!
//! This reads more than the program takes. At the end a file is wound back, so that whatever reads it next
//! gets the rest. Elsewhere the rest cannot be put back, and a saved image gets it.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};

use crate::store;

use super::interrupt::Interrupt;

/// How many bytes are read at once: as many as a pipe holds.
const BLOCK_BYTES: usize = 1 << 16;

/// What reading a block found.
#[derive(Debug, PartialEq, Eq)]
pub enum Reading {
    /// Some input.
    Given(String),
    /// The end of the input.
    Ended,
    /// Input that is not text or cannot be read: why.
    Bad(String),
    /// Something asked the program to stop while it waited.
    Interrupted(Interrupt),
}

impl Reading {
    /// The input that was given, if it was.
    pub fn given(self) -> Option<String> {
        match self {
            Reading::Given(text) => Some(text),
            Reading::Ended | Reading::Bad(_) | Reading::Interrupted(_) => None,
        }
    }
}

/// Where input comes from.
pub enum Source {
    /// A file that can be wound back.
    #[cfg_attr(not(unix), allow(dead_code, reason = "elsewhere standard input is never a file"))]
    File(File),
    /// Anything else.
    Stream(Box<dyn Read + Send>),
}

/// Standard input in blocks.
pub struct Blocks {
    source: Source,
    buffer: Vec<u8>,
    /// What was read and not given: the beginning of a character, or a line that is not UTF-8 and everything
    /// after it.
    held: Vec<u8>,
    /// How many lines were given, and how many bytes of the next one.
    lines: u64,
    column: usize,
    is_bad: bool,
    ended: bool,
}

impl Source {
    /// Standard input, without a buffer.
    #[cfg(unix)]
    pub fn standard_input() -> io::Result<Source> {
        use std::os::fd::AsFd;
        let file = File::from(io::stdin().as_fd().try_clone_to_owned()?);
        let is_file = file.metadata()?.is_file();
        Ok(if is_file { Source::File(file) } else { Source::Stream(Box::new(file)) })
    }

    /// Standard input. Elsewhere, a console is more than its bytes.
    #[cfg(not(unix))]
    pub fn standard_input() -> io::Result<Source> {
        Ok(Source::Stream(Box::new(io::stdin())))
    }

    /// Whether it can be wound back, and reading never waits for somebody.
    pub fn is_file(&self) -> bool {
        matches!(self, Source::File(_))
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = match self {
                Source::File(file) => file.read(buffer),
                Source::Stream(stream) => stream.read(buffer),
            };
            match read {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => return read,
            }
        }
    }
}

impl Blocks {
    /// The blocks of a source, from where it is now.
    pub fn of(source: Source) -> Blocks {
        let buffer = vec![0; BLOCK_BYTES];
        Blocks {
            source,
            buffer,
            held: Vec::new(),
            lines: 0,
            column: 0,
            is_bad: false,
            ended: false,
        }
    }

    /// The next block: waits until there is something, but not for more.
    pub fn next(&mut self) -> Reading {
        loop {
            match self.given() {
                Ok(text) if text.is_empty() => {}
                Ok(text) => return Reading::Given(text),
                Err(reason) => return Reading::Bad(reason),
            }
            if self.ended {
                return Reading::Ended;
            }
            match self.source.read(&mut self.buffer) {
                Ok(0) => self.ended = true,
                Ok(count) => self.held.extend_from_slice(&self.buffer[..count]),
                Err(error) => return Reading::Bad(store::reason(&error)),
            }
        }
    }

    /// The part of what was read that can be given. A line that is not UTF-8 is not given, but the program may
    /// already have its beginning, from an earlier block.
    fn given(&mut self) -> Result<String, String> {
        let error = match String::from_utf8(std::mem::take(&mut self.held)) {
            Ok(text) => {
                self.count(&text);
                return Ok(text);
            }
            Err(error) => error,
        };
        let good = error.utf8_error().valid_up_to();
        let is_cut = error.utf8_error().error_len().is_none() && !self.ended;
        let mut bytes = error.into_bytes();
        let line = bytes[..good].iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
        let given = if is_cut { good } else { line };
        if !is_cut && line == 0 {
            (self.held, self.is_bad) = (bytes, true);
            let (line, byte) = (self.lines + 1, self.column + good + 1);
            return Err(format!("line {line}: invalid UTF-8 at byte {byte}"));
        }
        self.held = bytes.split_off(given);
        let text = String::from_utf8(bytes).expect("it is good up to there");
        self.count(&text);
        Ok(text)
    }

    fn count(&mut self, text: &str) {
        self.lines += text.bytes().filter(|&byte| byte == b'\n').count() as u64;
        self.column = match text.rfind('\n') {
            Some(end) => text.len() - end - 1,
            None => self.column + text.len(),
        };
    }

    /// Winds back a file to where the program is, which has not taken the last `untaken` bytes that it was
    /// given. Whether that was done.
    pub fn wind_back(&mut self, untaken: usize) -> bool {
        let unread = (self.held.len() + untaken) as i64;
        match &mut self.source {
            Source::File(file) => unread == 0 || file.seek(SeekFrom::Current(-unread)).is_ok(),
            Source::Stream(_) => false,
        }
    }

    /// How many bytes were given of a line that turned out to be no text.
    pub fn spoiled(&self) -> usize {
        if self.is_bad { self.column } else { 0 }
    }

    /// Takes what was read and not given, except for lines that are no text, and says how many these are. The
    /// end of a line that is none is read too, or that of a character, and no more.
    pub fn take_rest(&mut self) -> (String, usize) {
        self.complete();
        let held = std::mem::take(&mut self.held);
        let lines = held.split_inclusive(|&byte| byte == b'\n').map(std::str::from_utf8);
        let (texts, others): (Vec<_>, Vec<_>) = lines.partition(Result::is_ok);
        (texts.into_iter().flatten().collect(), others.len())
    }

    fn complete(&mut self) {
        loop {
            let line = self.held.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
            let Err(error) = std::str::from_utf8(&self.held[line..]) else { return };
            let is_cut = error.error_len().is_none();
            loop {
                let Ok(1..) = self.source.read(&mut self.buffer[..1]) else { return };
                self.held.push(self.buffer[0]);
                if is_cut || self.buffer[0] == b'\n' {
                    break;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    /// Input that comes in these pieces.
    struct Pieces(Vec<Vec<u8>>);

    impl Read for Pieces {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let Some(piece) = self.0.first_mut() else { return Ok(0) };
            let count = piece.len().min(buffer.len());
            buffer[..count].copy_from_slice(&piece[..count]);
            piece.drain(..count);
            if piece.is_empty() {
                self.0.remove(0);
            }
            Ok(count)
        }
    }

    fn pieces(pieces: &[&[u8]]) -> Blocks {
        let pieces = pieces.iter().map(|piece| piece.to_vec()).collect();
        Blocks::of(Source::Stream(Box::new(Pieces(pieces))))
    }

    /// The blocks, and how they end: with nothing, or why they are no text.
    fn all(blocks: &mut Blocks) -> (Vec<String>, String) {
        let mut texts = Vec::new();
        loop {
            match blocks.next() {
                Reading::Given(text) => texts.push(text),
                Reading::Ended => return (texts, String::new()),
                Reading::Bad(reason) => return (texts, reason),
                Reading::Interrupted(interrupt) => panic!("{interrupt:?}"),
            }
        }
    }

    #[test]
    fn what_is_there_is_given_at_once() {
        let (texts, bad) = all(&mut pieces(&[b"one\r\ntwo\n", b"th", b"ree"]));
        assert_eq!((texts, &*bad), (vec!["one\r\ntwo\n".into(), "th".into(), "ree".into()], ""));
        assert_eq!(all(&mut pieces(&[])), (Vec::new(), String::new()));
    }

    #[test]
    fn a_character_is_given_whole() {
        let euro = "a€b".as_bytes();
        for cut in 1..euro.len() {
            let (texts, bad) = all(&mut pieces(&[&euro[..cut], &euro[cut..]]));
            assert_eq!((&*texts.concat(), &*bad), ("a€b", ""), "{texts:?}");
        }
        // At the end of a block.
        let long = "x".repeat(BLOCK_BYTES - 1) + "é\n";
        let (texts, bad) = all(&mut pieces(&[long.as_bytes()]));
        assert_eq!((texts, &*bad), (vec!["x".repeat(BLOCK_BYTES - 1), "é\n".into()], ""));
    }

    #[test]
    fn the_place_of_what_is_no_text_does_not_depend_on_blocks() {
        let input = b"good\r\n\nb\xffd\nmore\n";
        for cut in 1..input.len() {
            let (texts, bad) = all(&mut pieces(&[&input[..cut], &input[cut..]]));
            assert_eq!(bad, "line 3: invalid UTF-8 at byte 2");
            let given = texts.concat();
            assert_eq!(given.trim_end_matches('b'), "good\r\n\n", "cut at {cut}");
        }
        let (texts, bad) = all(&mut pieces(&[b"good\nb\xc3"]));
        assert_eq!((&*texts.concat(), &*bad), ("good\nb", "line 2: invalid UTF-8 at byte 2"));
        let far = [b"x\n".repeat(BLOCK_BYTES), b"ab\xff".to_vec()].concat();
        let (_, bad) = all(&mut pieces(&[&far]));
        assert_eq!(bad, format!("line {}: invalid UTF-8 at byte 3", BLOCK_BYTES + 1));
    }

    #[test]
    fn the_rest_is_whole_characters_of_lines_that_are_text() {
        for (input, given, rest, left) in [
            (&[&b"a\xe2"[..], b"\x82", b"\xac\n"][..], "a", "€", "\n"),
            (&[b"a\xe2", b"\x82"], "a", "", ""),
            (&[b"a\nb\xff\nc\nd\xff\ne", b"f"], "a\n", "c\ne", "f"),
            (&[b"a\nb\xff\nc\xff", b"d\nf"], "a\n", "", "f"),
        ] {
            let mut blocks = pieces(input);
            assert_eq!(blocks.next(), Reading::Given(given.into()));
            if rest != "€" && !given.ends_with('a') {
                assert!(matches!(blocks.next(), Reading::Bad(_)));
            }
            assert_eq!(blocks.take_rest().0, rest, "{input:?}");
            let mut after = String::new();
            let Source::Stream(stream) = &mut blocks.source else { unreachable!() };
            stream.read_to_string(&mut after).unwrap();
            assert_eq!(after, left, "{input:?}");
        }
    }

    #[test]
    fn a_file_is_wound_back_to_where_the_program_is() {
        for (input, untaken, left) in [
            (&b"one\ntwo\n"[..], 0, &b""[..]),
            (b"one\ntwo\n", 4, b"two\n"),
            (b"one\nt\xffo\n", 0, b"t\xffo\n"),
            (b"one\nt\xffo\n", 1, b"\nt\xffo\n"),
        ] {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(b"before").and_then(|()| file.write_all(input)).unwrap();
            file.seek(SeekFrom::Start(6)).unwrap();
            let mut blocks = Blocks::of(Source::File(file));
            all(&mut blocks);
            assert!(blocks.wind_back(untaken));
            let Source::File(file) = &mut blocks.source else { unreachable!() };
            let mut after = Vec::new();
            file.read_to_end(&mut after).unwrap();
            assert_eq!(after, left);
        }
        assert!(!pieces(&[]).wind_back(0));
    }
}
