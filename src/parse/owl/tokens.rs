//! Tokens of functional syntax and of its s-expressions, with the lines they stand on.
//!
//! Never fails and never looks back: what is no token is a token of its own kind.

use memchr::{memchr, memchr_iter};

use crate::parse::findings::Quoted;

/// A piece of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind<'a>,
    /// Where it begins, in bytes.
    pub(super) start: usize,
    /// From 1.
    pub(super) line: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind<'a> {
    Open,
    Close,
    Equals,
    /// Without `<` and `>`.
    Iri(&'a str),
    /// A construct, a prefixed name, a number or any other run of characters.
    Word(&'a str),
    /// Between its quotes, escapes and all.
    Quoted(&'a str),
    /// Without `@`; stands right behind quotes.
    Language(&'a str),
    /// `^^`, right behind quotes.
    Carets,
    /// Quotes or an IRI that do not end.
    Unclosed(&'a str),
}

impl Kind<'_> {
    /// The token for a message.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Open => "`(`".to_owned(),
            Self::Close => "`)`".to_owned(),
            Self::Equals => "`=`".to_owned(),
            Self::Iri(text) | Self::Word(text) | Self::Language(text) => Quoted(text).to_string(),
            Self::Quoted(text) => format!("the text {}", Quoted(text)),
            Self::Carets => "`^^`".to_owned(),
            Self::Unclosed(mark) => format!("a {mark} that does not end"),
        }
    }
}

/// Splits text.
#[derive(Clone, Debug)]
pub(super) struct Tokens<'a> {
    text: &'a str,
    at: usize,
    line: u32,
    after_quotes: bool,
}

impl<'a> Tokens<'a> {
    /// The tokens of `text`, whose first line has this number.
    pub(super) fn new(text: &'a str, first_line: u32) -> Self {
        Self { text, at: 0, line: first_line, after_quotes: false }
    }

    /// Skips white space and comments.
    fn skip(&mut self) {
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(self.at) {
            match byte {
                b'\n' => {
                    self.line += 1;
                    self.at += 1;
                }
                b'#' | b';' => {
                    let rest = &bytes[self.at..];
                    self.at += memchr(b'\n', rest).unwrap_or(rest.len());
                }
                byte if byte.is_ascii_whitespace() || *byte == b',' => self.at += 1,
                // Spaces beyond ASCII, and a byte order mark.
                0x80.. => match self.text[self.at..].chars().next() {
                    Some(c) if c.is_whitespace() || c == '\u{feff}' => self.at += c.len_utf8(),
                    _ => return,
                },
                _ => return,
            }
        }
    }

    fn take(&mut self, length: usize) -> &'a str {
        let taken = &self.text[self.at..self.at + length];
        self.line += memchr_iter(b'\n', taken.as_bytes()).count() as u32;
        self.at += length;
        taken
    }

    fn quoted(&mut self) -> Kind<'a> {
        let rest = &self.text.as_bytes()[self.at + 1..];
        let mut is_escaped = false;
        let end = rest.iter().position(|byte| {
            let ends = *byte == b'"' && !is_escaped;
            is_escaped = *byte == b'\\' && !is_escaped;
            ends
        });
        match end {
            Some(length) => {
                self.after_quotes = true;
                let taken = self.take(length + 2);
                Kind::Quoted(&taken[1..=length])
            }
            None => Kind::Unclosed(self.take(1)),
        }
    }

    fn iri(&mut self) -> Kind<'a> {
        let rest = &self.text.as_bytes()[self.at + 1..];
        let is_end = |byte: &u8| matches!(byte, b'>' | b'<' | b'"' | b'{' | b'}') || *byte <= b' ';
        match rest.iter().position(is_end) {
            Some(length) if rest[length] == b'>' => {
                let taken = self.take(length + 2);
                Kind::Iri(&taken[1..=length])
            }
            _ => Kind::Unclosed(self.take(1)),
        }
    }

    fn word(&mut self) -> Kind<'a> {
        let rest = &self.text[self.at..];
        let end = rest.find(|c: char| {
            c.is_whitespace() || matches!(c, '(' | ')' | '"' | '<' | '>' | '=' | ',' | ';')
        });
        match end.unwrap_or(rest.len()) {
            // A `>` that ends nothing.
            0 if !rest.is_empty() => Kind::Word(self.take(1)),
            length => Kind::Word(self.take(length)),
        }
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let after_quotes = std::mem::take(&mut self.after_quotes);
        if !after_quotes {
            self.skip();
        }
        let (start, line) = (self.at, self.line);
        let rest = &self.text[self.at..];
        let kind = match rest.as_bytes().first()? {
            b'@' if after_quotes => {
                self.take(1);
                match self.word() {
                    Kind::Word(language) => Kind::Language(language),
                    other => other,
                }
            }
            b'^' if after_quotes && rest.starts_with("^^") => {
                self.take(2);
                Kind::Carets
            }
            _ if after_quotes => return self.next(),
            b'(' => {
                self.take(1);
                Kind::Open
            }
            b')' => {
                self.take(1);
                Kind::Close
            }
            b'=' => {
                self.take(1);
                Kind::Equals
            }
            b'<' => self.iri(),
            b'"' => self.quoted(),
            _ => self.word(),
        };
        Some(Token { kind, start, line })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<Kind<'_>> {
        Tokens::new(text, 1).map(|token| token.kind).collect()
    }

    #[test]
    fn a_mark_of_a_comment_within_a_name_is_part_of_the_name() {
        assert_eq!(kinds("mv:A#b # rest\n;; more\nc"), [Kind::Word("mv:A#b"), Kind::Word("c")]);
    }

    #[test]
    fn quotes_hold_everything_up_to_a_quote_that_is_not_escaped() {
        let text = r#""a (b) \" # \\"@en "x"^^xsd:string"#;
        let expected = [
            Kind::Quoted(r#"a (b) \" # \\"#),
            Kind::Language("en"),
            Kind::Quoted("x"),
            Kind::Carets,
            Kind::Word("xsd:string"),
        ];
        assert_eq!(kinds(text), expected);
    }

    #[test]
    fn quotes_and_iris_that_do_not_end_are_tokens_of_one_character() {
        assert_eq!(kinds("\"ab"), [Kind::Unclosed("\""), Kind::Word("ab")]);
        assert_eq!(kinds("<a b>")[0], Kind::Unclosed("<"));
    }

    #[test]
    fn lines_are_counted_within_quotes_too() {
        let lines: Vec<_> = Tokens::new("a\n\"b\nc\" d\r\ne", 7).map(|it| it.line).collect();
        assert_eq!(lines, [7, 8, 9, 10]);
    }

    #[test]
    fn a_hundred_thousand_quotes_that_do_not_end_take_no_time() {
        // Each is looked at once: what follows the last quote has no other.
        assert_eq!(kinds(&"<".repeat(100_000)).len(), 100_000);
    }
}
