//! Commands as lines of text: what recordings are made of.
//!
//! A gesture is one line: its commands, separated by a bar that stands alone. Places are
//! `body:offset`, texts stand in backticks with `\n`, `\t`, `\r`, `\\` and `` \` `` escaped. Every
//! command prints and reads back as itself.

use super::command::Command;
use crate::vm::limit::LimitKind;
use crate::vm::memory::Place;

/// A gesture as a line.
pub fn print(commands: &[Command]) -> String {
    commands.iter().map(sentence).collect::<Vec<_>>().join(" | ")
}

fn place(at: Place) -> String {
    format!("{}:{}", at.body, at.offset)
}

/// A text in backticks.
pub fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('`');
    for character in text.chars() {
        match character {
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\\' => quoted.push_str("\\\\"),
            '`' => quoted.push_str("\\`"),
            other => quoted.push(other),
        }
    }
    quoted.push('`');
    quoted
}

fn word(name: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_-.+*?!<>=".contains(c);
    if !name.is_empty() && name.chars().all(plain) { name.to_string() } else { quote(name) }
}

fn sentence(command: &Command) -> String {
    use Command as C;
    match command {
        C::Write { at, text } => format!("write {} {}", place(*at), quote(text)),
        C::Insert { at, text } => format!("insert {} {}", place(*at), quote(text)),
        C::Replace { at, text } => format!("replace {} {}", place(*at), quote(text)),
        C::Delete { at, count } => format!("delete {} {count}", place(*at)),
        C::Define { name, text } => format!("define {} {}", word(name), quote(text)),
        C::Redefine { name, text } => format!("redefine {} {}", word(name), quote(text)),
        C::Load { text, replace: false } => format!("load {}", quote(text)),
        C::Load { text, replace: true } => format!("reload {}", quote(text)),
        C::Remove { body } => format!("remove {body}"),
        C::Counter { at } => format!("counter {}", place(*at)),
        C::Push { text } => format!("push {}", quote(text)),
        C::Drop { count } => format!("drop {count}"),
        C::Parameter { index, text } => format!("parameter {index} {}", quote(text)),
        C::Local { depth, name, text } => format!("local {depth} {} {}", word(name), quote(text)),
        C::Data { body, index, text } => format!("data {body}:{index} {}", quote(text)),
        C::Restart { depth, text } => format!("restart {depth} {}", quote(text)),
        C::Give { text } => format!("give {}", quote(text)),
        C::EndInput => "end-input".to_string(),
        C::Limit { kind, value } => format!("limit {kind} {value}"),
        C::Breakpoint { at, on } => format!("breakpoint {} {}", place(*at), on_off(*on)),
        C::Bookmark { name, at: Some(at) } => format!("bookmark {} {}", word(name), place(*at)),
        C::Bookmark { name, at: None } => format!("bookmark {} off", word(name)),
        C::Run { fuel } => format!("run {fuel}"),
    }
}

fn on_off(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}

/// Reads a line of commands.
///
/// # Errors
/// What is wrong with it, in words.
pub fn read(line: &str) -> Result<Vec<Command>, String> {
    let mut words = Words { rest: line };
    let mut commands = Vec::new();
    loop {
        commands.push(command(&mut words)?);
        match words.next()? {
            None => return Ok(commands),
            Some(Word::Plain("|")) => {}
            Some(other) => return Err(format!("{} is one word too many", other.show())),
        }
    }
}

/// A word of a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Word<'l> {
    /// A bare word.
    Plain(&'l str),
    /// A text in backticks.
    Quoted(String),
}

impl Word<'_> {
    fn show(&self) -> String {
        match self {
            Word::Plain(word) => format!("`{word}`"),
            Word::Quoted(text) => quote(text),
        }
    }
}

/// The words of a line.
pub(super) struct Words<'l> {
    pub(super) rest: &'l str,
}

impl<'l> Words<'l> {
    pub(super) fn next(&mut self) -> Result<Option<Word<'l>>, String> {
        self.rest = self.rest.trim_start();
        if self.rest.is_empty() {
            return Ok(None);
        }
        if let Some(quoted) = self.rest.strip_prefix('`') {
            let (text, rest) = unquote(quoted)?;
            self.rest = rest;
            return Ok(Some(Word::Quoted(text)));
        }
        let end = self.rest.find(char::is_whitespace).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        Ok(Some(Word::Plain(word)))
    }

    fn plain(&mut self, what: &str) -> Result<&'l str, String> {
        match self.next()? {
            Some(Word::Plain(word)) if word != "|" => Ok(word),
            Some(other) => Err(format!("{} stands where {what} is wanted", other.show())),
            None => Err(format!("{what} is missing at the end of the line")),
        }
    }

    fn number<N: std::str::FromStr>(&mut self, what: &str) -> Result<N, String> {
        let word = self.plain(what)?;
        word.parse().map_err(|_| format!("`{word}` stands where {what} is wanted"))
    }

    fn pair<N: std::str::FromStr>(&mut self) -> Result<(u32, N), String> {
        let word = self.plain("a place (body:offset)")?;
        let pair = word
            .split_once(':')
            .and_then(|(body, offset)| Some((body.parse().ok()?, offset.parse().ok()?)));
        pair.ok_or_else(|| format!("`{word}` is no place: a place is body:offset, as in 0:3"))
    }

    pub(super) fn place(&mut self) -> Result<Place, String> {
        let (body, offset) = self.pair()?;
        Ok(Place { body, offset })
    }

    pub(super) fn text(&mut self) -> Result<String, String> {
        match self.next()? {
            Some(Word::Quoted(text)) => Ok(text),
            Some(Word::Plain(word)) => {
                Err(format!("`{word}` stands where a text in backticks is wanted"))
            }
            None => Err("a text in backticks is missing at the end of the line".to_string()),
        }
    }

    fn name(&mut self) -> Result<String, String> {
        match self.next()? {
            Some(Word::Quoted(text)) => Ok(text),
            Some(Word::Plain(word)) if word != "|" => Ok(word.to_string()),
            _ => Err("a name is missing".to_string()),
        }
    }
}

fn unquote(rest: &str) -> Result<(String, &str), String> {
    let mut text = String::new();
    let mut characters = rest.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '`' => return Ok((text, &rest[at + 1..])),
            '\\' => match characters.next() {
                Some((_, 'n')) => text.push('\n'),
                Some((_, 'r')) => text.push('\r'),
                Some((_, 't')) => text.push('\t'),
                Some((_, same @ ('\\' | '`'))) => text.push(same),
                Some((_, other)) => {
                    return Err(format!("\\{other} is no escape; there are \\n \\r \\t \\\\ \\`"));
                }
                None => break,
            },
            other => text.push(other),
        }
    }
    Err("a text in backticks is not closed".to_string())
}

fn command(words: &mut Words<'_>) -> Result<Command, String> {
    use Command as C;
    let verb = words.plain("a command")?;
    Ok(match verb {
        "write" => C::Write { at: words.place()?, text: words.text()? },
        "insert" => C::Insert { at: words.place()?, text: words.text()? },
        "replace" => C::Replace { at: words.place()?, text: words.text()? },
        "delete" => C::Delete { at: words.place()?, count: words.number("a count")? },
        "define" => C::Define { name: words.name()?, text: words.text()? },
        "redefine" => C::Redefine { name: words.name()?, text: words.text()? },
        "load" => C::Load { text: words.text()?, replace: false },
        "reload" => C::Load { text: words.text()?, replace: true },
        "remove" => C::Remove { body: words.number("a body number")? },
        "counter" => C::Counter { at: words.place()? },
        "push" => C::Push { text: words.text()? },
        "drop" => C::Drop { count: words.number("a count")? },
        "parameter" => C::Parameter { index: words.number("an index")?, text: words.text()? },
        "local" => {
            C::Local { depth: words.number("a depth")?, name: words.name()?, text: words.text()? }
        }
        "data" => {
            let (body, index) = words.pair()?;
            C::Data { body, index, text: words.text()? }
        }
        "restart" => C::Restart { depth: words.number("a depth")?, text: words.text()? },
        "give" => C::Give { text: words.text()? },
        "end-input" => C::EndInput,
        "limit" => {
            let name = words.plain("the name of a limit")?;
            let kind = LimitKind::find(name).ok_or_else(|| format!("`{name}` is no limit"))?;
            C::Limit { kind, value: words.number("a number")? }
        }
        "breakpoint" => C::Breakpoint { at: words.place()?, on: on(words)? },
        "bookmark" => bookmark(words)?,
        "run" => C::Run { fuel: words.number("a number of instructions")? },
        other => return Err(format!("`{other}` is no command")),
    })
}

fn on(words: &mut Words<'_>) -> Result<bool, String> {
    match words.plain("`on` or `off`")? {
        "on" => Ok(true),
        "off" => Ok(false),
        other => Err(format!("`{other}` stands where `on` or `off` is wanted")),
    }
}

fn bookmark(words: &mut Words<'_>) -> Result<Command, String> {
    let name = words.name()?;
    let before = words.rest;
    if words.plain("a place or `off`")? == "off" {
        return Ok(Command::Bookmark { name, at: None });
    }
    words.rest = before;
    Ok(Command::Bookmark { name, at: Some(words.place()?) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_read_back() {
        let at = Place::new(1, 4);
        let text = || "\"a\\n\" `|` \n\t".to_string();
        let name = || "a|b".to_string();
        let commands = vec![
            Command::Write { at, text: text() },
            Command::Insert { at, text: text() },
            Command::Replace { at, text: String::new() },
            Command::Delete { at, count: 2 },
            Command::Define { name: name(), text: text() },
            Command::Redefine { name: "|".to_string(), text: text() },
            Command::Load { text: text(), replace: false },
            Command::Load { text: text(), replace: true },
            Command::Remove { body: 3 },
            Command::Counter { at },
            Command::Push { text: text() },
            Command::Drop { count: 1 },
            Command::Parameter { index: 0, text: text() },
            Command::Local { depth: 2, name: name(), text: text() },
            Command::Data { body: 1, index: 1 << 40, text: text() },
            Command::Restart { depth: 1, text: text() },
            Command::Give { text: text() },
            Command::EndInput,
            Command::Limit { kind: LimitKind::Calls, value: 7 },
            Command::Breakpoint { at, on: true },
            Command::Breakpoint { at, on: false },
            Command::Bookmark { name: name(), at: Some(at) },
            Command::Bookmark { name: name(), at: None },
            Command::Run { fuel: u64::MAX },
        ];
        let line = print(&commands);
        assert!(!line.contains('\n'));
        assert_eq!(read(&line), Ok(commands));
    }

    #[test]
    fn mistakes_are_named() {
        for (line, words) in [
            ("wriet 0:0 `1`", "`wriet` is no command"),
            ("write 0 `1`", "`0` is no place"),
            ("write 0:0 1", "`1` stands where a text in backticks"),
            ("write 0:0 `1", "not closed"),
            ("run 1 2", "`2` is one word too many"),
            ("run", "missing at the end"),
            ("run 1 |", "a command is missing"),
            ("push `\\q`", "\\q is no escape"),
        ] {
            let error = read(line).unwrap_err();
            assert!(error.contains(words), "{line}: {error}");
        }
    }
}
