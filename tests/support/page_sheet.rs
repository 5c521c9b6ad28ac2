//! The text of one page as it grows, and the damage that is done to it in the end.

use super::page_words::{OBJECTS, OPENINGS, PLACES, SUBJECTS, THINGS, VERBS};
use super::{Rng, SMALLEST_BYTES};

/// How many links a page's prose may hold; real pages have 30 as a rule, and 230 at most.
const PROSE_LINKS: usize = 180;

/// The property of a page of the graph.
pub(super) const PUBLIC: &str = "public:: true";

/// How one page is indented.
#[derive(Clone, Copy)]
pub(super) enum Indent {
    Tabs,
    TwoSpaces,
    FourSpaces,
    /// Line by line, as several editors left it.
    Mixed,
}

impl Indent {
    pub(super) fn draw(rng: &mut Rng) -> Self {
        match rng.below(100) {
            0..33 => Self::Mixed,
            33..63 => Self::Tabs,
            63..90 => Self::TwoSpaces,
            _ => Self::FourSpaces,
        }
    }
}

/// The page as it grows.
pub(super) struct Sheet {
    pub(super) text: String,
    pub(super) indent: Indent,
}

impl Sheet {
    pub(super) fn flush(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    pub(super) fn bullet(&mut self, depth: usize, line: &str, rng: &mut Rng) {
        self.indent(depth, rng);
        self.text.push_str("- ");
        self.flush(line);
    }

    /// A line that belongs to the bullet of `depth` above it, or to a fence there.
    pub(super) fn plain(&mut self, depth: usize, line: &str, rng: &mut Rng) {
        self.indent(depth, rng);
        self.text.push_str("  ");
        self.flush(line);
    }

    fn indent(&mut self, depth: usize, rng: &mut Rng) {
        let unit = match self.indent {
            Indent::Tabs => "\t",
            Indent::TwoSpaces => "  ",
            Indent::FourSpaces => "    ",
            Indent::Mixed => rng.pick(&["\t", "  ", "    "]),
        };
        (0..depth).for_each(|_| self.text.push_str(unit));
    }

    /// Closes a fence: as it should be, at column 0, or not at all.
    pub(super) fn fence_end(&mut self, rng: &mut Rng) {
        match rng.below(1000) {
            0..12 => {}
            12..32 => self.flush("```"),
            _ => self.plain(2, "```", rng),
        }
    }

    /// Bullets of prose until the page has `bytes`; `mention` names what they link to.
    pub(super) fn prose(
        &mut self,
        bytes: usize,
        rng: &mut Rng,
        mut mention: impl FnMut(&mut Rng) -> Option<String>,
    ) {
        let mut links = 0;
        for line in 0.. {
            if self.text.len() >= bytes {
                break;
            }
            if line % 12 == 0 {
                let (place, thing) = (rng.pick(&PLACES), rng.pick(&THINGS));
                self.bullet(0, &format!("## {place} {thing} in Brief"), rng);
            }
            let mut text = sentence(rng);
            let per_mille = if line < 60 { 600 } else { 150 };
            if links < PROSE_LINKS
                && rng.chance(per_mille)
                && let Some(name) = mention(rng)
            {
                links += 1;
                text.push_str(&format!(" See {}.", link(&name, rng)));
            }
            let depth = 1 + rng.below(2);
            self.bullet(depth, &text, rng);
        }
    }
}

/// A wikilink; one in ten shows another text than its target.
pub(super) fn link(name: &str, rng: &mut Rng) -> String {
    if rng.chance(100) { format!("[[{name}|it]]") } else { format!("[[{name}]]") }
}

pub(super) fn sentence(rng: &mut Rng) -> String {
    let (opening, subject) = (rng.pick(&OPENINGS), rng.pick(&SUBJECTS));
    let (verb, object) = (rng.pick(&VERBS), rng.pick(&OBJECTS));
    format!("{opening}, {subject} {verb} {object}.")
}

/// What editors and scripts do to a page's bytes.
pub(super) fn damaged(text: String, rng: &mut Rng) -> Vec<u8> {
    let tiny = text.len() as u64 <= SMALLEST_BYTES;
    let (crlf, mark, latin) = (rng.chance(20), rng.chance(10), rng.chance(2));
    let mut bytes =
        if crlf && !tiny { text.replace('\n', "\r\n").into_bytes() } else { text.into_bytes() };
    if latin && !tiny {
        bytes.extend_from_slice(b"- An old word for it is \xe9cluse.\n");
    }
    if mark && !tiny {
        bytes.splice(0..0, *b"\xef\xbb\xbf");
    }
    bytes
}
