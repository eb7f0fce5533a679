//! The escapes of texts: `\n`, `\"`, `\u{1F600}`.

/// The character that an escape stands for and its length, given what follows the backslash.
pub(in crate::program) fn escape(rest: &str) -> Result<(char, usize), &'static str> {
    let char = match rest.chars().next() {
        Some('n') => '\n',
        Some('t') => '\t',
        Some('r') => '\r',
        Some('0') => '\0',
        Some('\\') => '\\',
        Some('"') => '"',
        Some('u') => return unicode_escape(&rest[1..]),
        _ => return Err("unknown escape"),
    };
    Ok((char, 1))
}

fn unicode_escape(rest: &str) -> Result<(char, usize), &'static str> {
    let digits = rest
        .strip_prefix('{')
        .and_then(|rest| rest.get(..rest.find('}')?))
        .filter(|digits| (1..=6).contains(&digits.len()))
        .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .ok_or("`\\u` needs one to six hexadecimal digits in braces")?;
    let char = u32::from_str_radix(digits, 16)
        .ok()
        .and_then(char::from_u32)
        .ok_or("no character has this number")?;
    Ok((char, digits.len() + 3))
}
