//! Turtle cut into pieces that each stand on known lines, and what is too much of it.
//!
//! The parser says where errors are, but not where triples are; it takes a document in pieces,
//! and what a piece gives stands on its line. Where exactly the cuts are matters to nothing else.

use memchr::{memchr, memchr2, memchr3};

use super::super::guard::{LARGEST_IRI_BYTES, LARGEST_LITERAL_BYTES, LARGEST_NESTING, refused};
use crate::parse::Rejection;

/// A part of a document.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    pub(super) text: &'a str,
    /// The line of the first thing in it, from 1.
    pub(super) line: u32,
}

/// Cuts a document behind `.`, `;` and `,`.
pub(super) struct Pieces<'a> {
    text: &'a str,
    at: usize,
    line: u32,
    depth: usize,
}

impl<'a> Pieces<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0, line: 1, depth: 0 }
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    ///
    /// If something is nested too deep or too long.
    pub(super) fn next(&mut self) -> Result<Option<Piece<'a>>, Rejection> {
        let start = self.at;
        let mut line = None;
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(self.at) {
            let length = match byte {
                b'\n' => {
                    self.line += 1;
                    1
                }
                b'#' => length_to(memchr(b'\n', &bytes[self.at..]), &bytes[self.at..]),
                byte if byte.is_ascii_whitespace() => 1,
                byte => {
                    line.get_or_insert(self.line);
                    self.token(*byte)?
                }
            };
            self.at += length;
            let is_cut = matches!(byte, b'.' | b';' | b',');
            if is_cut && bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
                // With the space behind it, for only that ends the token before it.
                if bytes[self.at] == b'\n' {
                    self.line += 1;
                }
                self.at += 1;
                break;
            }
        }
        let line = line.unwrap_or(self.line);
        Ok((self.at > start).then(|| Piece { text: &self.text[start..self.at], line }))
    }

    /// The length of what begins here and is no space.
    fn token(&mut self, byte: u8) -> Result<usize, Rejection> {
        let rest = &self.text.as_bytes()[self.at..];
        match byte {
            b'<' => {
                let length = length_to(memchr2(b'>', b'\n', rest), rest);
                if length > LARGEST_IRI_BYTES {
                    let message = format!(
                        "the IRI on line {} has {length} bytes; at most {LARGEST_IRI_BYTES} are read",
                        self.line
                    );
                    return Err(refused("iri_too_long", message));
                }
                Ok(length.max(1))
            }
            b'"' | b'\'' => self.quoted(byte),
            // The next character means nothing by itself.
            b'\\' => Ok(self.text[self.at + 1..].chars().next().map_or(1, |c| 1 + c.len_utf8())),
            b'[' | b'(' | b'{' => {
                self.depth += 1;
                if self.depth > LARGEST_NESTING {
                    let message = format!(
                        "line {} is nested deeper than {LARGEST_NESTING} levels",
                        self.line
                    );
                    return Err(refused("nested_too_deep", message));
                }
                Ok(1)
            }
            b']' | b')' | b'}' => {
                self.depth = self.depth.saturating_sub(1);
                Ok(1)
            }
            // A character of several bytes is not cut within.
            _ => Ok(self.text[self.at..].chars().next().map_or(1, char::len_utf8)),
        }
    }

    fn quoted(&mut self, quote: u8) -> Result<usize, Rejection> {
        let rest = &self.text.as_bytes()[self.at..];
        let is_long = rest.starts_with(&[quote; 3]);
        let mut at = if is_long { 3 } else { 1 };
        let end = loop {
            match memchr3(quote, b'\\', b'\n', &rest[at..]).map(|found| at + found) {
                None => break rest.len(),
                Some(found) if rest[found] == b'\\' => at = (found + 2).min(rest.len()),
                Some(found) if rest[found] == b'\n' => {
                    // Quotes of one character do not go on behind the end of a line.
                    if !is_long {
                        break found;
                    }
                    at = found + 1;
                }
                Some(found) if !is_long => break found + 1,
                Some(found) if rest[found..].starts_with(&[quote; 3]) => break found + 3,
                Some(found) => at = found + 1,
            }
        };
        let end = (end..=rest.len()).find(|at| self.text.is_char_boundary(self.at + at));
        let end = end.unwrap_or(rest.len());
        if end > LARGEST_LITERAL_BYTES {
            let message = format!(
                "the text on line {} has {end} bytes; at most {LARGEST_LITERAL_BYTES} are read",
                self.line
            );
            return Err(refused("literal_too_long", message));
        }
        self.line += memchr::memchr_iter(b'\n', &rest[..end]).count() as u32;
        Ok(end)
    }
}

fn length_to(found: Option<usize>, rest: &[u8]) -> usize {
    found.unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> Vec<(u32, &str)> {
        let mut pieces = Pieces::new(text);
        let mut all = Vec::new();
        while let Some(piece) = pieces.next().expect("small") {
            all.push((piece.line, piece.text));
        }
        all
    }

    #[test]
    fn the_pieces_are_the_text_and_know_their_lines() {
        let text = "@prefix a: <b#c> .\n# no. more\na:x a:y \"\"\"1.\n2\\\"\"\"\" ;\n  a:z 1.5, 'it; \\' is' .";
        let all = pieces(text);
        assert_eq!(all.iter().map(|(_, piece)| *piece).collect::<String>(), text);
        let lines: Vec<_> = all.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [1, 3, 5, 5]);
    }

    #[test]
    fn what_is_broken_is_still_given_in_whole() {
        for text in ["\"é", "'''é'", "<é", "\\é", "a\\", "\"a\\é", "]]é)"] {
            assert_eq!(pieces(text).iter().map(|(_, piece)| *piece).collect::<String>(), text);
        }
    }

    #[test]
    fn brackets_nest_up_to_a_limit() {
        let text = "[".repeat(LARGEST_NESTING + 1);
        let refused = Pieces::new(&text).next().expect_err("deep");
        assert_eq!(refused.code, "nested_too_deep");
        assert!(Pieces::new(&text[1..]).next().is_ok());
    }
}
