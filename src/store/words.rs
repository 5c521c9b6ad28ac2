//! The words of all scripts, as the index of words is given them.
//!
//! SQLite's tokenizer finds words between spaces and signs, without capitals, and Latin letters
//! without accents. What it lacks is done to a text before: marks that a word may be written
//! without are taken off (accents of Greek and Cyrillic, points of Hebrew, vowels of Arabic; those
//! of India's scripts are letters and stay), and runs of a script that has no spaces, or puts
//! endings on its words without one, become pairs of signs that overlap. Any part of such a run is
//! then a phrase of pairs. A text of Latin letters alone stays as it is.
//!
//! Pairs and not SQLite's trigrams: those find nothing of two signs, which most words of Chinese
//! have, and an index of them beside the words took 2.5 times the text where it is Latin. Pairs
//! took 1.5 times the text of 5 MB of made Japanese, no more than the tokenizer's own words of it.
//! And not a segmenter: it needs a dictionary a language, and finds a word only where it sees one.

use std::borrow::Cow;
use std::ops::Range;

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::decompose_canonical;

/// Signs below this one are Latin, and the tokenizer's.
const FIRST_MARK: char = '\u{300}';

/// A text as it is indexed, and where its parts come from.
#[derive(Debug, Default)]
struct Written {
    text: String,
    /// Parts of the text, each with the part of the original that it is made of; only where they
    /// are asked for, because they are many times larger than a long text.
    parts: Option<Vec<(Range<usize>, Range<usize>)>>,
}

/// Lets SQL say `search_words(text)` on this connection: the index of words reads its texts by it.
/// A program that opens a store by itself needs it to write words, or to read more of `search` than
/// its `rowid`.
///
/// # Errors
///
/// Whatever SQLite reports.
pub fn register(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8
        | FunctionFlags::SQLITE_DETERMINISTIC
        | FunctionFlags::SQLITE_INNOCUOUS;
    connection.create_scalar_function("search_words", 1, flags, |arguments| {
        let text: Option<String> = arguments.get(0)?;
        Ok(text.map(|text| indexed(&text).into_owned()))
    })
}

/// A text as it is indexed.
pub(super) fn indexed(text: &str) -> Cow<'_, str> {
    if is_plain(text) { Cow::Borrowed(text) } else { Cow::Owned(Written::new(text, None).text) }
}

/// Words that a person types as an expression that asks for all of them; nothing if there is none.
pub(super) fn expression(text: &str) -> Option<String> {
    let mut asked = Vec::new();
    for word in text.split(|c: char| c.is_whitespace() || c == '\0') {
        let mut rest = word;
        while let Some(first) = rest.chars().next() {
            let is_run = is_of_run(first);
            let end = rest.find(|c| is_of_run(c) != is_run).unwrap_or(rest.len());
            let (part, behind) = rest.split_at(end);
            rest = behind;
            if is_run {
                let signs: Vec<char> = part.nfkc().collect();
                asked.push(match signs.as_slice() {
                    [one] => format!("\"{one}\"*"),
                    signs => format!("\"{}\"", pairs(signs).join(" ")),
                });
            } else if part.chars().any(char::is_alphanumeric) {
                asked.push(format!("\"{}\"", unmarked(part).replace('"', "\"\"")));
            }
        }
    }
    (!asked.is_empty()).then(|| asked.join(" "))
}

/// A text without the marks that its words may be written without.
pub(super) fn unmarked(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    text.chars().for_each(|c| push_unmarked(c, &mut plain));
    plain
}

/// A place in an [indexed](indexed) text as it stands in the original, with matches between the
/// characters 2 and 3 as in `snippet`; nothing if the snippet is of another text.
pub(super) fn original(text: &str, snippet: &str) -> Option<String> {
    let written = Written::new(text, Some(Vec::new()));
    let body = snippet.strip_prefix('…').unwrap_or(snippet);
    let body = body.strip_suffix('…').unwrap_or(body);
    let bare: String = body.chars().filter(|c| !matches!(c, '\u{2}' | '\u{3}')).collect();
    let begin = written.text.find(&bare)?;
    let mut shown = String::new();
    let (mut at, mut done) = (begin, written.before(begin));
    if done > 0 {
        shown.push('…');
    }
    for piece in body.split_inclusive(['\u{2}', '\u{3}']) {
        let (plain, mark) = match piece.char_indices().next_back() {
            Some((last, mark @ ('\u{2}' | '\u{3}'))) => (&piece[..last], Some(mark)),
            _ => (piece, None),
        };
        at += plain.len();
        let up_to = match mark {
            Some('\u{2}') => written.before(at),
            _ => written.behind(at),
        };
        shown.push_str(text.get(done..up_to.max(done))?);
        done = done.max(up_to);
        shown.extend(mark);
    }
    if done < text.len() {
        shown.push('…');
    }
    Some(shown)
}

impl Written {
    fn new(text: &str, parts: Option<Vec<(Range<usize>, Range<usize>)>>) -> Self {
        let mut written = Self { text: String::with_capacity(text.len()), parts };
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let from = text.len() - rest.len();
            if is_of_run(first) {
                let end = rest.find(|c| !is_of_run(c)).unwrap_or(rest.len());
                written.push_run(&rest[..end], from);
                rest = &rest[end..];
                continue;
            }
            let begin = written.text.len();
            push_unmarked(first, &mut written.text);
            let end = from + first.len_utf8();
            written.note(begin, from..end);
            rest = &text[end..];
        }
        written
    }

    /// A run as pairs of signs, and its last sign alone.
    fn push_run(&mut self, run: &str, from: usize) {
        let signs: Vec<(usize, char)> = run.char_indices().collect();
        let normal: Vec<char> = run.nfkc().collect();
        let is_same = signs.iter().map(|(_, sign)| *sign).eq(normal.iter().copied());
        self.space();
        for (number, pair) in normal.windows(2).chain([&normal[normal.len() - 1..]]).enumerate() {
            if number > 0 {
                self.text.push(' ');
            }
            let begin = self.text.len();
            self.text.extend(pair);
            // Where signs were put together, all of the run stands for each pair.
            let end = signs.get(number + pair.len()).map_or(run.len(), |(at, _)| *at);
            let original = if is_same { signs[number].0..end } else { 0..run.len() };
            self.note(begin, from + original.start..from + original.end);
        }
        self.text.push(' ');
    }

    /// Notes what the text from `begin` on is made of.
    fn note(&mut self, begin: usize, original: Range<usize>) {
        if let Some(parts) = &mut self.parts {
            parts.push((begin..self.text.len(), original));
        }
    }

    fn parts(&self) -> &[(Range<usize>, Range<usize>)] {
        self.parts.as_deref().unwrap_or_default()
    }

    fn space(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with(char::is_whitespace) {
            self.text.push(' ');
        }
    }

    /// Where the original begins of what stands at `at` or behind it.
    fn before(&self, at: usize) -> usize {
        let next = self.parts().iter().find(|(part, _)| part.end > at);
        let end = self.parts().last().map_or(0, |(_, original)| original.end);
        next.map_or(end, |(_, original)| original.start)
    }

    /// Where the original ends of what stands before `at`.
    fn behind(&self, at: usize) -> usize {
        let last = self.parts().iter().rev().find(|(part, _)| part.start < at);
        last.map_or(0, |(_, original)| original.end)
    }
}

fn pairs(signs: &[char]) -> Vec<String> {
    signs.windows(2).map(|pair| pair.iter().collect()).collect()
}

/// Whether the tokenizer finds all words of a text as it is.
fn is_plain(text: &str) -> bool {
    // Most texts have no byte that signs beyond Latin begin with, or only those of dashes, quotes
    // and Latin letters with several accents.
    text.bytes().all(|byte| byte < 0xcc)
        || text.chars().all(|c| {
            c < FIRST_MARK
                || matches!(c, '\u{1e00}'..='\u{1eff}' | '\u{2000}'..='\u{2bff}' | '\u{fffd}')
        })
}

/// Adds a sign without the marks that it may be written without.
fn push_unmarked(c: char, plain: &mut String) {
    if c < FIRST_MARK || matches!(c, '\u{1e00}'..='\u{1eff}') {
        return plain.push(c);
    }
    decompose_canonical(c, |part| match part {
        'ς' => plain.push('σ'),
        part if !is_optional(part) => plain.push(part),
        _ => {}
    });
}

/// Whether a mark is often left out: what it stands on is the same letter without it.
fn is_optional(mark: char) -> bool {
    matches!(mark,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}'            // Greek, Cyrillic, Latin
        | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}' | '\u{5c2}' | '\u{5c4}' | '\u{5c5}' | '\u{5c7}'
        | '\u{610}'..='\u{61a}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}'
        | '\u{6d6}'..='\u{6dc}' | '\u{6df}'..='\u{6e4}' | '\u{6e7}' | '\u{6e8}' | '\u{6ea}'..='\u{6ed}'
        | '\u{711}' | '\u{730}'..='\u{74a}'                      // Syriac
        | '\u{7a6}'..='\u{7b0}'                                  // Thaana
        | '\u{8d3}'..='\u{8ff}')
}

/// Whether a sign is of a script that is written without spaces between words, or that puts
/// endings on words without one.
fn is_of_run(c: char) -> bool {
    matches!(c,
        '\u{e01}'..='\u{e3a}' | '\u{e40}'..='\u{e4e}'            // Thai
        | '\u{e81}'..='\u{ecf}' | '\u{edc}'..='\u{edf}'          // Lao
        | '\u{1000}'..='\u{103f}' | '\u{1050}'..='\u{108f}'      // Burmese
        | '\u{1100}'..='\u{11ff}' | '\u{3131}'..='\u{318e}' | '\u{ac00}'..='\u{d7a3}' // Korean
        | '\u{1780}'..='\u{17d3}' | '\u{17d7}' | '\u{17dc}' | '\u{17dd}' // Khmer
        | '\u{2e80}'..='\u{2fd5}' | '\u{3005}'..='\u{3007}' | '\u{3021}'..='\u{3029}'
        | '\u{3041}'..='\u{3096}' | '\u{309d}'..='\u{309f}' | '\u{30a1}'..='\u{30fa}'
        | '\u{30fc}'..='\u{30ff}' | '\u{3105}'..='\u{312f}' | '\u{31a0}'..='\u{31bf}'
        | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9f}' | '\u{20000}'..='\u{323af}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_latin_letters_stays_as_it_is() {
        for text in ["", "dam", "crème brûlée", "Tiếng Việt", "a – b “c” → d", "\u{fffd}cluse"]
        {
            assert!(matches!(indexed(text), Cow::Borrowed(_)), "{text}");
        }
    }

    #[test]
    fn marks_that_a_word_may_be_written_without_are_taken_off_and_letters_stay() {
        for (text, plain) in [
            ("Ελλάδα", "Ελλαδα"),
            ("Ёлка", "Елка"),
            ("שָׁלוֹם", "שלום"),
            ("مُحَمَّد", "محمد"),
            ("أحمد", "احمد"),
            ("भाषा", "भाषा"),
            ("தமிழ்", "தமிழ்"),
        ] {
            assert_eq!(indexed(text), plain);
        }
    }

    #[test]
    fn a_run_without_spaces_becomes_pairs_that_overlap() {
        assert_eq!(indexed("東京へ行く"), "東京 京へ へ行 行く く ");
        assert_eq!(indexed("JR東日本 A"), "JR 東日 日本 本  A");
        assert_eq!(indexed("ｶﾞ"), "ガ ");
        assert_eq!(expression("東京"), Some("\"東京\"".to_owned()));
        assert_eq!(expression("東"), Some("\"東\"*".to_owned()));
        assert_eq!(expression("JR東日本"), Some("\"JR\" \"東日 日本\"".to_owned()));
    }

    #[test]
    fn what_a_person_types_is_no_command() {
        let asked = |text| expression(text).unwrap_or_default();
        assert_eq!(asked("dam OR weir*"), r#""dam" "OR" "weir*""#);
        assert_eq!(asked(r#"say "x" AND -"#), r#""say" """x""" "AND""#);
        assert_eq!(expression(" - * \"\" "), None);
    }

    #[test]
    fn a_snippet_of_pairs_is_shown_as_it_was_written() {
        let text = "昨日は東京タワーに行きました";
        let snippet = "…は東 \u{2}東京\u{3} 京タ タワ…";
        assert_eq!(original(text, snippet).as_deref(), Some("…は\u{2}東京\u{3}タワ…"));
        let long = "\u{2}東京 京タ タワ\u{3} ワー";
        assert_eq!(original(text, long).as_deref(), Some("…\u{2}東京タワ\u{3}ー…"));
        assert_eq!(
            original("Ελλάδα και", "\u{2}Ελλαδα\u{3} και").as_deref(),
            Some("\u{2}Ελλάδα\u{3} και")
        );
        assert_eq!(original("another", "東京"), None);
    }
}
