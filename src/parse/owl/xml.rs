//! XML as its parsers here take it: in UTF-8, and each text in one piece.
//!
//! Lines stay where they are. What is not well-formed is left to the parsers to say.

use std::borrow::Cow;

use memchr::memchr;
use memchr::memmem::find;

use super::guard::refused;
use crate::parse::Rejection;

/// The text of a document, without what it says of its encoding and with each run of text,
/// CDATA, comments and instructions as one text.
///
/// # Errors
///
/// If it is in an encoding that is not read.
pub(super) fn readable(content: &[u8]) -> Result<Cow<'_, str>, Rejection> {
    let text = decoded(content)?;
    Ok(match joined(&text) {
        Some(joined) => Cow::Owned(joined),
        None => text,
    })
}

/// The text of a document by the encoding that it declares.
fn decoded(content: &[u8]) -> Result<Cow<'_, str>, Rejection> {
    let declared = declared_encoding(content);
    let encoding = declared.clone().map(|place| String::from_utf8_lossy(&content[place]));
    let encoding = encoding.unwrap_or_default().to_ascii_lowercase();
    let is_latin = matches!(encoding.as_str(), "iso-8859-1" | "latin1" | "iso_8859-1");
    let mut text = match std::str::from_utf8(content) {
        // Of such a byte the number is that of its character.
        _ if is_latin && !content.is_ascii() => {
            Cow::Owned(content.iter().map(|byte| char::from(*byte)).collect())
        }
        Ok(text) => Cow::Borrowed(text),
        Err(error) => {
            let (at, length) = (error.valid_up_to(), content.len());
            let message = match encoding.as_str() {
                "" | "utf-8" | "utf8" => format!("byte {at} of {length} is not UTF-8"),
                other => format!("its encoding is {other:?}; UTF-8 and ISO-8859-1 are read"),
            };
            return Err(refused("not_text", message));
        }
    };
    // The bytes are UTF-8, whatever the declaration says: it is mended.
    if let Some(place) = declared.filter(|_| !matches!(encoding.as_str(), "utf-8" | "utf8")) {
        text.to_mut().replace_range(place, "utf-8");
    }
    Ok(text)
}

/// Where a document says what its encoding is.
fn declared_encoding(content: &[u8]) -> Option<std::ops::Range<usize>> {
    let start = content.iter().position(|byte| !byte.is_ascii_whitespace())?;
    let head = content[start..].strip_prefix(b"<?xml")?;
    let head = &head[..find(head, b"?>")?];
    let at = find(head, b"encoding")? + "encoding".len();
    let value = head[at..].iter().position(|byte| matches!(byte, b'"' | b'\''))? + at;
    let length = memchr(head[value], &head[value + 1..])?;
    let begin = start + "<?xml".len() + value + 1;
    Some(begin..begin + length)
}

/// The document with its runs of text joined; `None` if each is one text already.
fn joined(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut copied = 0;
    let mut tag = None;
    while let Some(run) = Run::behind(text, tag) {
        let at = run.end;
        tag = Some(at);
        if !run.is_broken {
            continue;
        }
        out.push_str(&text[copied..run.start]);
        let lines = run.write(text, &mut out);
        // The lines of what was left out go into the tag behind the run, where they mean nothing.
        let name = text[at..].find(['>', ' ', '\n', '\t', '\r']).unwrap_or(0);
        let name = if text[at..at + name].ends_with('/') { name - 1 } else { name };
        out.push_str(&text[at..at + name]);
        out.push_str(&"\n".repeat(lines));
        copied = at + name;
    }
    (copied > 0).then(|| out + &text[copied..])
}

/// What stands between two tags.
struct Run {
    start: usize,
    end: usize,
    /// Whether it holds a text and something besides.
    is_broken: bool,
}

impl Run {
    /// The run behind the tag that begins at a place, or the one before all tags.
    fn behind(text: &str, tag: Option<usize>) -> Option<Self> {
        let bytes = text.as_bytes();
        let start = tag.map_or(Some(0), |at| tag_end(bytes, at))?;
        let (mut end, mut has_text, mut has_else, mut has_data) = (start, false, false, false);
        loop {
            let length = memchr(b'<', &bytes[end..])?;
            has_text |= !bytes[end..end + length].trim_ascii().is_empty();
            end += length;
            match special_end(bytes, end) {
                Some(behind) => {
                    has_data |= bytes[end..].starts_with(b"<![CDATA[");
                    has_else = true;
                    end = behind;
                }
                None => break,
            }
        }
        // Characters before the root element are not text.
        let is_broken = tag.is_some() && has_else && (has_text || has_data);
        Some(Self { start, end, is_broken })
    }

    /// Writes the run as one text. Gives how many lines were left out.
    fn write(&self, text: &str, out: &mut String) -> usize {
        let mut rest = &text[self.start..self.end];
        let mut lines = 0;
        while let Some(at) = rest.find('<') {
            out.push_str(&rest[..at]);
            let length = special_end(rest.as_bytes(), at).map_or(rest.len(), |end| end) - at;
            let special = &rest[at..at + length];
            match special.strip_prefix("<![CDATA[").and_then(|rest| rest.strip_suffix("]]>")) {
                Some(data) => {
                    for c in data.chars() {
                        match c {
                            '&' => out.push_str("&amp;"),
                            '<' => out.push_str("&lt;"),
                            '>' => out.push_str("&gt;"),
                            c => out.push(c),
                        }
                    }
                }
                None => lines += special.matches('\n').count(),
            }
            rest = &rest[at + length..];
        }
        out.push_str(rest);
        lines
    }
}

/// The place behind the tag that begins here.
fn tag_end(bytes: &[u8], at: usize) -> Option<usize> {
    let mut quote = None;
    for (length, byte) in bytes[at..].iter().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at + length + 1),
            (None, b'"' | b'\'') => quote = Some(*byte),
            (Some(open), byte) if open == *byte => quote = None,
            _ => {}
        }
    }
    None
}

/// The place behind the comment, the CDATA, the instruction or the declaration that begins here;
/// `None` of a tag.
fn special_end(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = &bytes[at..];
    let (skip, end): (usize, &[u8]) = if rest.starts_with(b"<!--") {
        (4, b"-->")
    } else if rest.starts_with(b"<![CDATA[") {
        (9, b"]]>")
    } else if rest.starts_with(b"<?") {
        (2, b"?>")
    } else if rest.starts_with(b"<!") {
        return Some(at + declaration_length(rest));
    } else {
        return None;
    };
    // What never ends reaches to the end.
    Some(find(&rest[skip..], end).map_or(bytes.len(), |length| at + skip + length + end.len()))
}

/// How long a document type declaration is, with what it holds in brackets.
fn declaration_length(rest: &[u8]) -> usize {
    let (mut depth, mut quote) = (0_usize, None);
    for (length, byte) in rest.iter().enumerate() {
        match (quote, byte) {
            (None, b'"' | b'\'') => quote = Some(*byte),
            (None, b'[') => depth += 1,
            (None, b']') => depth = depth.saturating_sub(1),
            (None, b'>') if depth == 0 => return length + 1,
            (Some(open), byte) if open == *byte => quote = None,
            _ => {}
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        readable(text.as_bytes()).expect("readable").into_owned()
    }

    #[test]
    fn a_text_in_parts_becomes_one_and_lines_stay_where_they_are() {
        for (parts, one) in [
            ("<r><a>a <!-- x --> d</a></r>", "<r><a>a  d</a></r>"),
            ("<r><a>a <![CDATA[b < c]]> d</a></r>", "<r><a>a b &lt; c d</a></r>"),
            ("<r><a>a <?x y?> d</a></r>", "<r><a>a  d</a></r>"),
            ("<r><a>a <!-- x\n\n --> d</a>\n</r>", "<r><a>a  d</a\n\n>\n</r>"),
            ("<r><a><![CDATA[x]]></a></r>", "<r><a>x</a></r>"),
        ] {
            assert_eq!(read(parts), one);
        }
    }

    #[test]
    fn what_is_whole_already_is_not_copied() {
        let text = "<?xml version=\"1.0\"?>\n<!DOCTYPE r [<!ENTITY a \"<b>\">]>\n<!-- head -->\n\
                    <r a=\"x > y\"><!-- c --><a>text</a>\n  <!-- d -->\n<b/></r>\n<!-- end -->";
        assert!(matches!(readable(text.as_bytes()), Ok(Cow::Borrowed(_))));
    }

    #[test]
    fn an_encoding_is_heeded_where_it_is_known_and_passed_where_it_makes_no_difference() {
        let declaring = |encoding: &str| format!("<?xml version='1.0' encoding='{encoding}'?><r/>");
        for encoding in ["US-ASCII", "utf-16", "windows-1252", "ISO-8859-1"] {
            let text = read(&declaring(encoding));
            assert!(text.contains("'utf-8'") && text.ends_with("?><r/>"), "{text}");
        }
        let latin = [declaring("ISO-8859-1").as_bytes(), b"<!-- \xe9 -->"].concat();
        assert!(readable(&latin).expect("Latin").contains('é'));
        let other = [declaring("windows-1252").as_bytes(), b"<!-- \xe9 -->"].concat();
        assert_eq!(readable(&other).expect_err("not read").code, "not_text");
    }

    #[test]
    fn whatever_is_broken_off_is_handed_on() {
        let text = "<r><a>a <!-- x --> <![CDATA[b]]> <?p?></a></r>";
        for end in 0..text.len() {
            let _ = read(&text[..end]);
        }
    }
}
