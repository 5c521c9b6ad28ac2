//! Strings of JSON that break its rules: where they end, and how they are meant.

/// The length of the string that `text` begins with, its quotes included.
pub(super) fn string_end(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    let end = text.bytes().skip(1).position(|byte| {
        let ends = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        ends
    });
    end.map(|end| end + 2)
}

/// A string with its broken escapes and raw control characters written as JSON has them.
pub(super) fn mended(token: &str) -> String {
    let mut out = String::with_capacity(token.len() + 16);
    let mut rest = token;
    while let Some(at) = rest.find(|c: char| c == '\\' || c.is_control()) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let length = match (surrogates(rest), escape_length(rest)) {
            (Some((is_pair, length)), _) => {
                out.push_str(if is_pair { &rest[..length] } else { "\u{fffd}" });
                length
            }
            (None, Some(length)) => {
                out.push_str(&rest[..length]);
                length
            }
            (None, None) if rest.starts_with('\\') => {
                out.push_str(r"\\");
                1
            }
            (None, None) => {
                let control = rest.chars().next().unwrap_or_default();
                out.push_str(&format!("\\u{:04x}", u32::from(control)));
                control.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    out.push_str(rest);
    out
}

/// The length of the escape that `text` begins with, if JSON has it.
fn escape_length(text: &str) -> Option<usize> {
    match text.as_bytes() {
        [b'\\', b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => Some(2),
        _ => unit(text).map(|_| 6),
    }
}

/// The code that `text` begins with as `\uXXXX`.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let is_hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hexadecimal.then(|| u16::from_str_radix(digits, 16).ok()).flatten()
}

/// Whether `text` begins with a pair of surrogates or with a lone one, and its length.
fn surrogates(text: &str) -> Option<(bool, usize)> {
    let first = unit(text).filter(|code| (0xd800..0xe000).contains(code))?;
    let second = unit(&text[6..]).is_some_and(|code| (0xdc00..0xe000).contains(&code));
    let is_pair = first < 0xdc00 && second;
    Some((is_pair, if is_pair { 12 } else { 6 }))
}
