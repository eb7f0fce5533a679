//! Keys of an American keyboard as the browser reports them.

use serde_json::{Value, json};

/// The modifiers, each with its bit in an event.
const MODIFIERS: [(&str, &str, u32, u32); 3] = [
    // name, code, virtual key, bit
    ("Alt", "AltLeft", 18, 1),
    ("Control", "ControlLeft", 17, 2),
    ("Shift", "ShiftLeft", 16, 8),
];

/// Keys with a name: key, code if it differs, virtual key.
const NAMED: [(&str, u32); 13] = [
    ("Enter", 13),
    ("Tab", 9),
    ("Escape", 27),
    ("Backspace", 8),
    ("Delete", 46),
    ("Insert", 45),
    ("ArrowLeft", 37),
    ("ArrowUp", 38),
    ("ArrowRight", 39),
    ("ArrowDown", 40),
    ("Home", 36),
    ("End", 35),
    ("PageUp", 33),
];

/// Keys that are neither letters nor digits: what they write, what they write with Shift, code, virtual key.
const SIGNS: [(char, char, &str, u32); 12] = [
    (' ', ' ', "Space", 32),
    ('-', '_', "Minus", 189),
    ('=', '+', "Equal", 187),
    ('[', '{', "BracketLeft", 219),
    (']', '}', "BracketRight", 221),
    ('\\', '|', "Backslash", 220),
    (';', ':', "Semicolon", 186),
    ('\'', '"', "Quote", 222),
    (',', '<', "Comma", 188),
    ('.', '>', "Period", 190),
    ('/', '?', "Slash", 191),
    ('`', '~', "Backquote", 192),
];

/// What the digits write with Shift.
const ABOVE_DIGITS: &str = ")!@#$%^&*(";

/// A key: what it is called, where it is, what it writes.
struct Key {
    key: String,
    code: String,
    number: u32,
    text: String,
    with_shift: bool,
}

impl Key {
    fn writing(char: char) -> Option<Key> {
        let key = |code: String, number: u32, with_shift: bool| Key {
            key: char.to_string(),
            code,
            number,
            text: char.to_string(),
            with_shift,
        };
        if char.is_ascii_alphabetic() {
            let upper = char.to_ascii_uppercase();
            return Some(key(format!("Key{upper}"), u32::from(upper), upper == char));
        }
        if let Some(digit) = char.to_digit(10) {
            return Some(key(format!("Digit{digit}"), u32::from(char), false));
        }
        if let Some(digit) = ABOVE_DIGITS.find(char) {
            return Some(key(format!("Digit{digit}"), 48 + digit as u32, true));
        }
        let sign = SIGNS.iter().find(|sign| sign.0 == char || sign.1 == char);
        sign.map(|&(plain, _, code, number)| key(code.to_string(), number, plain != char))
    }

    fn named(name: &str) -> Option<Key> {
        let number = match name.strip_prefix('F').and_then(|number| number.parse::<u32>().ok()) {
            Some(number) => 111 + number,
            None if name == "PageDown" => 34,
            None => NAMED.iter().find(|named| named.0 == name)?.1,
        };
        let text = if name == "Enter" { "\r" } else { "" };
        let (key, code, text) = (name.to_string(), name.to_string(), text.to_string());
        Some(Key { key, code, number, text, with_shift: false })
    }

    fn event(&self, kind: &str, modifiers: u32) -> Value {
        let mut event = json!({
            "type": kind,
            "key": self.key,
            "code": self.code,
            "windowsVirtualKeyCode": self.number,
            "modifiers": modifiers,
        });
        // Control and Alt write nothing.
        if kind == "keyDown" && modifiers & 3 == 0 && !self.text.is_empty() {
            event["text"] = self.text.as_str().into();
            event["unmodifiedText"] = self.text.as_str().into();
        }
        event
    }
}

/// The events of a chord such as `Control+Shift+x` or `Enter`. Panics if there is no such key.
pub fn chord(chord: &str) -> Vec<Value> {
    let mut parts: Vec<&str> = chord.split('+').collect();
    let name = parts.pop().unwrap_or_default();
    let mut chars = name.chars();
    let written = chars.next().filter(|_| chars.next().is_none()).and_then(Key::writing);
    let alone = MODIFIERS.iter().any(|modifier| modifier.0 == name);
    if alone {
        return held(&[name], |_| Vec::new());
    }
    let key = written.or_else(|| Key::named(name)).unwrap_or_else(|| panic!("no key {name}"));
    held(&parts, |bits| vec![key.event("keyDown", bits), key.event("keyUp", bits)])
}

/// The events of typing a text. A character that has no key is inserted without one: that is `Err`.
pub fn typing(text: &str) -> Vec<Result<Value, char>> {
    let mut events = Vec::new();
    for char in text.chars() {
        let Some(key) = Key::writing(char) else {
            events.push(Err(char));
            continue;
        };
        let held = held(if key.with_shift { &["Shift"] } else { &[] }, |bits| {
            vec![key.event("keyDown", bits), key.event("keyUp", bits)]
        });
        events.extend(held.into_iter().map(Ok));
    }
    events
}

/// The events of keys that are pressed while modifiers are held.
fn held(names: &[&str], inside: impl FnOnce(u32) -> Vec<Value>) -> Vec<Value> {
    let find = |&name: &&str| MODIFIERS.iter().find(|modifier| modifier.0 == name);
    let modifiers: Vec<_> =
        names.iter().map(|name| find(name).unwrap_or_else(|| panic!("no key {name}"))).collect();
    let event = |kind: &str, modifier: &(&str, &str, u32, u32), bits: u32| {
        json!({
            "type": kind,
            "key": modifier.0,
            "code": modifier.1,
            "windowsVirtualKeyCode": modifier.2,
            "modifiers": bits,
        })
    };
    let mut events = Vec::new();
    let mut bits = 0;
    for modifier in &modifiers {
        bits |= modifier.3;
        events.push(event("rawKeyDown", modifier, bits));
    }
    events.extend(inside(bits));
    for modifier in modifiers.iter().rev() {
        bits &= !modifier.3;
        events.push(event("keyUp", modifier, bits));
    }
    events
}
