//! Reads the syntax of image files: the part of [RON](https://github.com/ron-rs/ron) that they use.
//!
//! A crate for all of RON brings ten crates along, most of them to derive code, and a program that embeds the
//! library would compile them too. An image has a fixed form, so what is read next is always known: there is
//! no value that can be anything, and nothing is nested without bound.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::program::diagnostic::quoted;
use crate::program::interest::is_given_up;

/// What is wrong with the syntax, and at which byte.
#[derive(Debug)]
pub(super) struct SyntaxError {
    pub at: usize,
    pub cause: Cow<'static, str>,
    /// Whether the text ends in the middle of something.
    pub ends: bool,
}

/// Where the text has been read up to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'f> {
    text: &'f str,
    at: usize,
}

/// Something that has one form in a file.
pub(super) trait Read<'f>: Sized {
    fn read(reader: &mut Reader<'f>) -> Result<Self, SyntaxError>;
}

impl<'f> Reader<'f> {
    pub fn new(text: &'f str) -> Reader<'f> {
        Reader { text, at: 0 }
    }

    fn rest(&self) -> &'f str {
        &self.text[self.at..]
    }

    /// An error here, or that the text ends.
    fn error(&self, cause: impl Into<Cow<'static, str>>) -> SyntaxError {
        if self.at == self.text.len() {
            return SyntaxError { at: self.at, cause: "the file ends here".into(), ends: true };
        }
        SyntaxError { at: self.at, cause: cause.into(), ends: false }
    }

    /// Skips white space and comments.
    fn skip(&mut self) -> Result<(), SyntaxError> {
        loop {
            let rest = self.rest().trim_start();
            self.at = self.text.len() - rest.len();
            if rest.starts_with("//") {
                self.at += rest.find('\n').unwrap_or(rest.len());
            } else if rest.starts_with("/*") {
                self.skip_block_comment()?;
            } else {
                return Ok(());
            }
        }
    }

    /// Comments of this kind can contain others.
    fn skip_block_comment(&mut self) -> Result<(), SyntaxError> {
        let (start, bytes) = (self.at, self.text.as_bytes());
        let mut depth = 0;
        while self.at < bytes.len() {
            match bytes.get(self.at..self.at + 2) {
                Some(b"/*") => (depth, self.at) = (depth + 1, self.at + 2),
                Some(b"*/") => (depth, self.at) = (depth - 1, self.at + 2),
                _ => self.at += 1,
            }
            if depth == 0 {
                return Ok(());
            }
        }
        let cause = "a comment that begins with `/*` has no `*/`".into();
        Err(SyntaxError { at: start, cause, ends: true })
    }

    /// Takes a character after white space, if it is next.
    fn take(&mut self, char: char) -> Result<bool, SyntaxError> {
        self.skip()?;
        let found = self.rest().starts_with(char);
        self.at += if found { char.len_utf8() } else { 0 };
        Ok(found)
    }

    fn expect(&mut self, char: char) -> Result<(), SyntaxError> {
        match self.take(char)? {
            true => Ok(()),
            false => Err(self.error(format!("`{char}` is expected here"))),
        }
    }

    /// Takes the comma after an item, which the last one need not have. Returns whether a list ends here.
    fn ends_after_item(&mut self, close: char) -> Result<bool, SyntaxError> {
        if self.take(',')? {
            return self.take(close);
        }
        if self.take(close)? {
            return Ok(true);
        }
        Err(self.error("a comma is missing here"))
    }

    /// A word of letters, digits and underscores; empty if there is none.
    fn word(&mut self) -> Result<&'f str, SyntaxError> {
        self.skip()?;
        let rest = self.rest();
        let end = rest.find(|char: char| !char.is_ascii_alphanumeric() && char != '_');
        let word = &rest[..end.unwrap_or(rest.len())];
        let word = if word.starts_with(|char: char| char.is_ascii_digit()) { "" } else { word };
        self.at += word.len();
        Ok(word)
    }

    /// Checks that nothing follows.
    pub fn end(&mut self) -> Result<(), SyntaxError> {
        self.skip()?;
        match self.rest() {
            "" => Ok(()),
            _ => Err(self.error("the image ends before this")),
        }
    }

    /// The fields in parentheses; `each` reads the value of a field, or says that there is no such field.
    pub fn fields(
        &mut self,
        of: &str,
        mut each: impl FnMut(&mut Reader<'f>, &'f str) -> Result<bool, SyntaxError>,
    ) -> Result<(), SyntaxError> {
        if is_given_up() {
            return Err(self.error("reading was given up"));
        }
        // The name of the whole may stand before it.
        let before = *self;
        if self.word()? != of {
            *self = before;
        }
        if !self.take('(')? {
            return Err(self.error(format!("`(` is expected here: the fields of the {of}")));
        }
        if self.take(')')? {
            return Ok(());
        }
        loop {
            let start = self.at;
            let field = self.word()?;
            if field.is_empty() {
                return Err(self.error("the name of a field is expected here"));
            }
            let named = *self;
            if !self.take(':')? {
                return Err(self.error("a colon is missing here"));
            }
            if !each(self, field)? {
                let at = named.at.max(start);
                let cause = format!("there is no field {} in the {of}", quoted(field)).into();
                return Err(SyntaxError { at, cause, ends: false });
            }
            if self.ends_after_item(')')? {
                return Ok(());
            }
        }
    }

    /// Reads a field, which must be the first with its name.
    pub fn field<T: Read<'f>>(
        &mut self,
        field: &mut Option<T>,
        name: &str,
    ) -> Result<(), SyntaxError> {
        match field.replace(T::read(self)?) {
            None => Ok(()),
            Some(_) => Err(self.error(format!("duplicate field named `{name}`"))),
        }
    }

    /// That a field is missing in what ends here.
    pub fn missing(&self, name: &str) -> SyntaxError {
        let cause = format!("missing field named `{name}`").into();
        SyntaxError { at: self.at, cause, ends: false }
    }

    /// The name of one of several forms, which all begin with one.
    pub fn choice(&mut self, of: &str) -> Result<&'f str, SyntaxError> {
        match self.word()? {
            "" => Err(self.error(format!("the name of a {of} is expected here"))),
            name => Ok(name),
        }
    }

    /// That the name just read is not one of them.
    pub fn no_choice(&self, of: &str, name: &str) -> SyntaxError {
        let cause = format!("there is no {of} {}", quoted(name)).into();
        SyntaxError { at: self.at, cause, ends: false }
    }

    /// A single value in parentheses.
    pub fn enclosed<T: Read<'f>>(&mut self) -> Result<T, SyntaxError> {
        self.expect('(')?;
        let value = T::read(self)?;
        self.take(',')?;
        self.expect(')')?;
        Ok(value)
    }

    /// The items in square brackets.
    pub fn items(
        &mut self,
        mut each: impl FnMut(&mut Reader<'f>) -> Result<(), SyntaxError>,
    ) -> Result<(), SyntaxError> {
        self.expect('[')?;
        if self.take(']')? {
            return Ok(());
        }
        loop {
            each(self)?;
            if self.ends_after_item(']')? {
                return Ok(());
            }
        }
    }

    /// A number without its sign. Digits after the first that is too large are skipped.
    fn magnitude(&mut self) -> Result<Option<u64>, SyntaxError> {
        let (mut value, mut digits) = (Some(0_u64), 0);
        let rest = self.rest();
        let (radix, prefix) = match rest.get(..2) {
            Some("0x") => (16, 2),
            Some("0o") => (8, 2),
            Some("0b") => (2, 2),
            _ => (10, 0),
        };
        self.at += prefix;
        for char in rest[prefix..].chars() {
            match char.to_digit(radix) {
                Some(digit) => {
                    let more = value.and_then(|value| value.checked_mul(u64::from(radix)));
                    value = more.and_then(|value| value.checked_add(u64::from(digit)));
                    digits += 1;
                }
                None if char == '_' && digits > 0 => {}
                None => break,
            }
            self.at += 1;
        }
        if digits == 0 {
            return Err(self.error("a number is expected here"));
        }
        match self.rest().chars().next().filter(|char| char.is_alphanumeric()) {
            Some(char) => Err(self.error(format!("{} is not a digit", quoted(&char.to_string())))),
            None => Ok(value),
        }
    }

    fn number<N: TryFrom<i128>>(&mut self) -> Result<N, SyntaxError> {
        self.skip()?;
        let negative = self.rest().starts_with('-');
        self.at += usize::from(negative || self.rest().starts_with('+'));
        let magnitude = self.magnitude()?.map(i128::from);
        let number = magnitude.map(|number| if negative { -number } else { number });
        let out_of_range = || {
            let cause = "the number is out of range".into();
            SyntaxError { at: self.at, cause, ends: false }
        };
        number.and_then(|number| N::try_from(number).ok()).ok_or_else(out_of_range)
    }

    /// A text, borrowed where it has no escapes.
    pub fn text(&mut self) -> Result<Cow<'f, str>, SyntaxError> {
        self.skip()?;
        let rest = self.rest();
        if let Some(raw) = rest.strip_prefix('r') {
            let marks = raw.len() - raw.trim_start_matches('#').len();
            if raw[marks..].starts_with('"') {
                return self.raw_text(marks);
            }
        }
        if !rest.starts_with('"') {
            return Err(self.error("a text in double quotes is expected here"));
        }
        self.at += 1;
        let mut text = Cow::Borrowed("");
        loop {
            let rest = self.rest();
            let Some(end) = rest.bytes().position(|byte| byte == b'"' || byte == b'\\') else {
                return Err(self.unclosed());
            };
            match &mut text {
                Cow::Borrowed("") => text = Cow::Borrowed(&rest[..end]),
                other => other.to_mut().push_str(&rest[..end]),
            }
            self.at += end + 1;
            if rest.as_bytes()[end] == b'"' {
                return Ok(text);
            }
            let char = self.escape()?;
            text.to_mut().push(char);
        }
    }

    fn unclosed(&mut self) -> SyntaxError {
        self.at = self.text.len();
        let cause = "this text has no closing double quote".into();
        SyntaxError { at: self.at, cause, ends: true }
    }

    /// A text after `r`, in which a quote and this many `#` are its end.
    fn raw_text(&mut self, marks: usize) -> Result<Cow<'f, str>, SyntaxError> {
        self.at += 1 + marks + 1;
        let rest = self.rest();
        let close = format!("\"{}", "#".repeat(marks));
        let Some(end) = rest.find(&close) else { return Err(self.unclosed()) };
        self.at += end + close.len();
        Ok(Cow::Borrowed(&rest[..end]))
    }

    /// The character of an escape, after its backslash.
    fn escape(&mut self) -> Result<char, SyntaxError> {
        let Some(kind) = self.rest().chars().next() else { return Err(self.unclosed()) };
        let simple = match kind {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            '0' => '\0',
            '\\' | '"' | '\'' => kind,
            'x' | 'u' => return self.code_point(kind),
            _ => {
                let cause = format!("{} is not an escape", quoted(&format!("\\{kind}")));
                return Err(self.error(cause));
            }
        };
        self.at += 1;
        Ok(simple)
    }

    /// The character of `x41` or `u{1f600}`.
    fn code_point(&mut self, kind: char) -> Result<char, SyntaxError> {
        let rest = self.rest();
        let digits = match kind {
            'x' => rest.get(1..3),
            _ => rest[1..].strip_prefix('{').and_then(|rest| rest.split_once('}')).map(|(d, _)| d),
        };
        let digits = digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let Some((digits, char)) = digits.zip(code.and_then(char::from_u32)) else {
            return Err(self.error("this escape is not the number of a character"));
        };
        self.at += 1 + digits.len() + if kind == 'x' { 0 } else { 2 };
        Ok(char)
    }
}

macro_rules! numbers {
    ($($number:ty)*) => {
        $(
            impl Read<'_> for $number {
                fn read(reader: &mut Reader<'_>) -> Result<$number, SyntaxError> {
                    reader.number()
                }
            }
        )*
    };
}
numbers!(u32 u64 i64);

impl<'f> Read<'f> for Cow<'f, str> {
    fn read(reader: &mut Reader<'f>) -> Result<Cow<'f, str>, SyntaxError> {
        reader.text()
    }
}

impl Read<'_> for String {
    fn read(reader: &mut Reader<'_>) -> Result<String, SyntaxError> {
        reader.text().map(Cow::into_owned)
    }
}

impl Read<'_> for bool {
    fn read(reader: &mut Reader<'_>) -> Result<bool, SyntaxError> {
        reader.skip()?;
        let before = *reader;
        match reader.word()? {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(before.error("`true` or `false` is expected here")),
        }
    }
}

/// A field that may be left out.
impl<'f, T: Read<'f>> Read<'f> for Option<T> {
    fn read(reader: &mut Reader<'f>) -> Result<Option<T>, SyntaxError> {
        T::read(reader).map(Some)
    }
}

impl<'f, T: Read<'f>> Read<'f> for Vec<T> {
    fn read(reader: &mut Reader<'f>) -> Result<Vec<T>, SyntaxError> {
        let mut items = Vec::new();
        reader.items(|reader| {
            items.push(T::read(reader)?);
            Ok(())
        })?;
        Ok(items)
    }
}

impl<'f, A: Read<'f>, B: Read<'f>> Read<'f> for (A, B) {
    fn read(reader: &mut Reader<'f>) -> Result<(A, B), SyntaxError> {
        reader.expect('(')?;
        let first = A::read(reader)?;
        if !reader.take(',')? {
            return Err(reader.error("a comma is missing here"));
        }
        let second = B::read(reader)?;
        reader.take(',')?;
        reader.expect(')')?;
        Ok((first, second))
    }
}

/// A map, whose keys are all different.
impl<'f, V: Read<'f>> Read<'f> for BTreeMap<String, V> {
    fn read(reader: &mut Reader<'f>) -> Result<BTreeMap<String, V>, SyntaxError> {
        let mut map = BTreeMap::new();
        reader.expect('{')?;
        if reader.take('}')? {
            return Ok(map);
        }
        loop {
            let key = String::read(reader)?;
            if map.contains_key(&key) {
                return Err(reader.error(format!("duplicate key {}", quoted(&key))));
            }
            if !reader.take(':')? {
                return Err(reader.error("a colon is missing here"));
            }
            map.insert(key, V::read(reader)?);
            if reader.ends_after_item('}')? {
                return Ok(map);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Result<Vec<String>, (usize, String)> {
        let mut reader = Reader::new(text);
        let read = Vec::<String>::read(&mut reader).and_then(|read| reader.end().map(|()| read));
        read.map_err(|error| (error.at, error.cause.into_owned()))
    }

    #[test]
    fn texts_are_written_in_several_ways() {
        let written = r###"[ // one
            "a", r"\b", r#"c"d"#, /* in /* side */ */ "\n\t\\\"\'\x41\u{1f600}\0",
            "two
lines" , ]"###;
        let read = ["a", "\\b", "c\"d", "\n\t\\\"'A\u{1f600}\0", "two\nlines"];
        assert_eq!(texts(written).unwrap(), read);
        assert_eq!(texts(" [ ] ").unwrap(), [""; 0]);
    }

    #[test]
    fn what_is_wrong_is_said_where_it_is() {
        let cases = [
            ("", 0, "the file ends here"),
            ("(", 0, "`[` is expected here"),
            ("[\"a\" \"b\"]", 5, "a comma is missing here"),
            ("[\"a\", , ]", 6, "a text in double quotes is expected here"),
            ("[\"a", 3, "this text has no closing double quote"),
            ("[\"\\", 3, "this text has no closing double quote"),
            ("[r#\"a\"]", 7, "this text has no closing double quote"),
            ("[\"\\q\"]", 3, "`\\q` is not an escape"),
            ("[\"\\é\"]", 3, "`\\é` is not an escape"),
            ("[\"\\u{d800}\"]", 3, "this escape is not the number of a character"),
            ("[\"\\x4é\"]", 3, "this escape is not the number of a character"),
            ("[\"\\u{}\"]", 3, "this escape is not the number of a character"),
            ("[] é", 3, "the image ends before this"),
            ("[] /* é", 3, "a comment that begins with `/*` has no `*/`"),
        ];
        for (text, at, cause) in cases {
            assert_eq!(texts(text), Err((at, cause.to_owned())), "{text}");
        }
    }

    #[test]
    fn numbers_have_their_range() {
        let number = |text| u32::read(&mut Reader::new(text)).map_err(|error| error.cause);
        for (text, value) in [("12", 12), ("+1_000", 1000), ("0xFf", 255), ("0b101", 5), ("-0", 0)]
        {
            assert_eq!(number(text).unwrap(), value, "{text}");
        }
        for text in ["4294967296", "-1", "99999999999999999999999999"] {
            assert_eq!(number(text).unwrap_err(), "the number is out of range", "{text}");
        }
        for text in ["x", "-x", "0x/", "_1", "--1"] {
            assert_eq!(number(text).unwrap_err(), "a number is expected here", "{text}");
        }
        assert_eq!(number("1e3").unwrap_err(), "`e` is not a digit");
        assert_eq!(i64::read(&mut Reader::new("-9223372036854775808")).unwrap(), i64::MIN);
    }
}
