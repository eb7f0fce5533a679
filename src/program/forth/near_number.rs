//! Words that somebody meant as numbers, and how the number is written.

use super::number::number;
use crate::vm::vocabulary::Vocabulary;

/// Whether a word without a prefix is a number.
pub fn reads_as_number(word: &str) -> bool {
    number(word, Vocabulary::NEWEST).is_some()
}

/// What is wrong with a word that looks like a number and is none, and what to write; `None` if it looks like
/// something else.
pub fn near_number(word: &str) -> Option<String> {
    let plain: String = word.chars().map(plain).collect();
    let (sign, digits) = match plain.strip_prefix(['+', '-']) {
        Some(digits) => (&plain[..1], digits),
        None => ("", plain.as_str()),
    };
    if !digits.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '.' | '$' | '%'))
    {
        return None;
    }
    if fits(&plain) {
        // It was none before, so it has other digits or another sign.
        return (plain != word)
            .then(|| format!("a number has the digits 0 to 9 and the sign `-`: write `{plain}`"));
    }
    if let Some((one, other)) = digits.split_once('/')
        && is_digits(one)
        && is_digits(other)
    {
        return Some(format!("write `{}{one} {other} /`", if sign == "-" { "-" } else { "" }));
    }
    if let Some(other) = other_spelling(digits) {
        let other = format!("{}{other}", if sign == "-" { "-" } else { "" });
        return fits(&other).then(|| format!("write `{other}`"));
    }
    is_fraction(digits).then(|| "there are no fractions, only whole numbers".to_string())
}

fn fits(word: &str) -> bool {
    matches!(number(word, Vocabulary::NEWEST), Some(Some(_)))
}

/// The ASCII character for a sign or a digit of another script.
fn plain(char: char) -> char {
    /// The zeros of scripts; the other digits follow them.
    const ZEROS: [u32; 16] = [
        0x660, 0x6f0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xed0,
        0xf20, 0x1040, 0xff10,
    ];
    if matches!(char, '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe63}' | '\u{ff0d}') {
        return '-';
    }
    if char == '\u{ff0b}' {
        return '+';
    }
    let code = u32::from(char);
    let digit = ZEROS.iter().find_map(|&zero| code.checked_sub(zero).filter(|&digit| digit < 10));
    digit.and_then(|digit| char::from_digit(digit, 10)).unwrap_or(char)
}

/// The same number without its sign as it is written here, if another language would write it so.
fn other_spelling(digits: &str) -> Option<String> {
    let radix = |rest: &str, radix| u64::from_str_radix(rest, radix).ok();
    if let Some(hex) = digits.strip_prefix("0X").or(digits.strip_prefix('$')) {
        return radix(hex, 16).map(|_| format!("0x{hex}"));
    }
    if let Some(binary) = digits.strip_prefix("0B").or(digits.strip_prefix('%')) {
        return radix(binary, 2).map(|_| format!("0b{binary}"));
    }
    if let Some(octal) = digits.strip_prefix("0o").or(digits.strip_prefix("0O")) {
        return radix(octal, 8).map(|value| value.to_string());
    }
    if let Some(whole) = digits.strip_suffix('.') {
        return is_digits(whole).then(|| whole.to_string());
    }
    if let Some((base, zeros)) = digits.split_once(['e', 'E']) {
        let zeros =
            zeros.strip_prefix('+').unwrap_or(zeros).parse().ok().filter(|&zeros| zeros < 19);
        let zeros: usize = zeros.filter(|_| is_digits(base))?;
        return Some(in_thousands(&format!("{base}{}", "0".repeat(zeros))));
    }
    let parts: Vec<&str> = digits.split([',', '\'', '_']).collect();
    let is_grouped = parts.len() > 1
        && is_digits(parts[0])
        && parts[1..].iter().all(|part| part.len() == 3 && is_digits(part));
    is_grouped.then(|| parts.join("_"))
}

fn is_digits(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether it is a number with a fraction or a negative exponent.
fn is_fraction(digits: &str) -> bool {
    let (base, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, "0"));
    let is_part = exponent.starts_with('-') || base.contains(['.', ',']);
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let (whole, part) = base.split_once(['.', ',']).unwrap_or((base, "0"));
    let is_whole = whole.is_empty() || is_digits(whole);
    is_part && is_whole && is_digits(part) && is_digits(exponent)
}

/// Digits with underscores between the thousands.
fn in_thousands(digits: &str) -> String {
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('_');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_as_a_number_is_told_and_nothing_else() {
        for (word, advice) in [
            ("\u{2212}5", "`-5`"),
            ("\u{2013}12", "`-12`"),
            ("\u{ff13}", "`3`"),
            ("\u{ff0d}\u{ff11}\u{ff12}", "`-12`"),
            ("\u{663}\u{664}", "`34`"),
            ("1e3", "`1_000`"),
            ("-2E6", "`-2_000_000`"),
            ("1e+2", "`100`"),
            ("1,000", "`1_000`"),
            ("1'000'000", "`1_000_000`"),
            ("0XFF", "`0xFF`"),
            ("$ff", "`0xff`"),
            ("%101", "`0b101`"),
            ("-0o17", "`-15`"),
            ("5.", "`5`"),
            ("1/2", "`1 2 /`"),
            ("3.14", "no fractions"),
            (".5", "no fractions"),
            ("-0.5", "no fractions"),
            ("3,14", "no fractions"),
            ("1.5e3", "no fractions"),
            ("1e-3", "no fractions"),
        ] {
            let said = near_number(word);
            assert!(said.as_ref().is_some_and(|said| said.contains(advice)), "{word}: {said:?}");
        }
        for word in [
            "x",
            "1+",
            "1-",
            "2dup",
            "-rot",
            "-",
            "+",
            ".",
            "..",
            "e3",
            "1ex",
            "1e99",
            "3d",
            "0xG",
            "$",
            "%",
            "$x",
            "5",
            "0xFF",
            "1_000",
            "--5",
            "1.2.3",
            "1/",
            "/2",
            "0o8",
            "1e",
            "",
            "\u{2212}",
            "\u{2212}x",
            "1,0x",
            ".e5",
        ] {
            assert_eq!(near_number(word), None, "{word}");
        }
    }
}
