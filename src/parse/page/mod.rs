//! Ontology pages: Logseq Markdown with `key:: value` properties, in every generation.
//!
//! OWL fences are found and kept; their axioms are read by `owl`. Nothing here
//! takes more than linear time, whatever the bytes.
//!
//! From bytes to record: `lines` splits, `fences` finds code, `outline` reads headings and
//! properties, `kind` decides what the page is, `draft` puts each property in its place,
//! and `block` makes claims of them, which `rules` checks.

mod block;
mod declaration;
mod draft;
mod fences;
mod identifier;
mod keys;
mod kind;
mod lines;
mod links;
mod outline;
mod rules;
mod values;

pub use crate::record::{
    Block, Dialect, Fence, Link, Page, Property, Reference, SUBCLASS_OF, SuppliedName,
};

use std::borrow::Cow;

use crate::claim;
use crate::owl::{Ontology, StatedClass};
pub use crate::owl::{OwlProperty, OwlPropertyKind};
use crate::parse::findings::{Findings, Quoted};
use crate::parse::owl::{self, Piece};
use block::Surroundings;
use draft::Drafts;
use kind::{Classes, Kind};

use super::{Parsed, Parser, Rejection, Stage};
use crate::fingerprint::{Digest, Reading};
use crate::iri::PrefixTable;
use crate::item::{ItemKey, SkipReason, SourceItem};
use crate::name::Name;

/// The version of this parser. Raise it with every change that gives some page another
/// record, diagnostics included; also when names fold otherwise, as with a new version of
/// Unicode. Stored pages are then read again.
pub const PARSER_VERSION: u32 = 4;

/// What can be set about reading pages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageSettings {
    /// Which prefixes stand for which namespaces.
    pub prefixes: PrefixTable,
}

/// Reads ontology pages and graph pages.
#[derive(Clone, Debug)]
pub struct PageParser {
    settings: PageSettings,
    configuration_version: Digest,
}

/// The first line of what Git LFS leaves in a repository in place of a file.
const LFS_POINTER: &[u8] = b"version https://git-lfs.github.com/spec/v1\n";

impl PageParser {
    /// A parser with these settings.
    pub fn new(settings: PageSettings) -> Self {
        let configuration_version = settings.prefixes.digest();
        Self { settings, configuration_version }
    }

    /// What prefixes stand for where a file does not say.
    pub(super) fn prefixes(&self) -> &PrefixTable {
        &self.settings.prefixes
    }
}

impl Parser for PageParser {
    fn reading(&self) -> Reading {
        Reading {
            parser_version: PARSER_VERSION,
            configuration_version: self.configuration_version,
        }
    }

    fn parse(&self, item: &SourceItem) -> Parsed {
        if item.content.starts_with(LFS_POINTER) {
            let (reason, detail) = (SkipReason::LfsPointer, "its content is elsewhere".to_owned());
            return Parsed::Skipped { reason, detail };
        }
        if let Some(at) = memchr::memchr(0, &item.content) {
            return not_text(at, item.content.len());
        }
        let text = String::from_utf8_lossy(&item.content);
        let mut findings = Findings::default();
        let mut lines = lines::split(&item.content, &text);
        let fenced = fences::find(&mut lines, &mut findings);
        let entries = outline::read(&lines, &mut findings);
        let fences: Vec<Fence> = fenced.iter().filter_map(|it| it.owl(&lines)).collect();
        let kind = kind::detect(&entries, &fenced, !fences.is_empty());
        if !kind.is_usable() {
            return skipped(kind);
        }
        if let Cow::Owned(_) = text {
            report_encoding(&item.content, &mut findings);
        }
        report_kind(kind, &fences, &mut findings);
        let name = page_name(&item.key);
        let links = links::read(&lines, &mut findings);
        let drafts = draft::gather(entries, kind.classes);
        let ontology = self.read_fences(&item.content, &fences, &drafts, &mut findings);
        let stated = self.read_drafts(&name, drafts, &ontology, &mut findings);
        let (is_graph, diagnostics) = (kind.is_graph, findings.into_diagnostics());
        Parsed::Page(Box::new(Page {
            name,
            is_graph,
            links,
            fences,
            ontology,
            diagnostics,
            ..stated
        }))
    }
}

impl PageParser {
    /// What the OWL fences of a page state together.
    fn read_fences(
        &self,
        content: &[u8],
        fences: &[Fence],
        drafts: &Drafts,
        findings: &mut Findings,
    ) -> Ontology {
        let piece = |fence: &Fence| Piece {
            text: String::from_utf8_lossy(&content[fence.start_byte..fence.end_byte]),
            line: fence.line + 1,
        };
        let pieces: Vec<_> = fences.iter().map(piece).collect();
        let prefixes = &self.settings.prefixes;
        let base = drafts.blocks.first().and_then(|it| block::namespace(it, prefixes));
        owl::read_pieces(&pieces, prefixes, base, findings)
    }

    /// The blocks, properties and OWL properties of a page; the rest of it is left empty.
    fn read_drafts(
        &self,
        page_name: &str,
        drafts: Drafts,
        ontology: &Ontology,
        findings: &mut Findings,
    ) -> Page {
        let prefixes = &self.settings.prefixes;
        let Drafts { blocks, page: properties, declarations } = drafts;
        let aliases: Vec<_> = properties.iter().filter(|it| keys::is_alias(&it.key)).collect();
        let read = |(number, draft)| {
            // Of several blocks the first answers to the page's names, so the others need not
            // repeat what may be a long list.
            let aliases = if number == 0 { aliases.as_slice() } else { &[] };
            let surroundings = Surroundings { page_name, aliases, prefixes, ontology };
            block::read(draft, &surroundings, findings)
        };
        let mut blocks: Vec<_> = blocks.into_iter().enumerate().map(read).collect();
        claim_others(&mut blocks, ontology, findings);
        let mut owl_properties: Vec<_> = declarations
            .iter()
            .filter_map(|it| declaration::read(it, prefixes, findings))
            .collect();
        report_kinds(&owl_properties, &ontology.properties, findings);
        owl_properties.extend(ontology.properties.iter().cloned());
        Page { blocks, properties, owl_properties, ..Page::default() }
    }
}

/// Adds claims to the classes that the fences speak of and no block claims. Where a page has
/// blocks and its fences speak of none of them, one of the two is wrong.
fn claim_others(blocks: &mut Vec<Block>, ontology: &Ontology, findings: &mut Findings) {
    let of_blocks: Vec<_> = blocks.iter().map(|block| block.class.clone()).collect();
    let is_other = |it: &&StatedClass| !of_blocks.contains(&ontology.entities[it.entity as usize]);
    let others: Vec<_> = ontology.classes.iter().filter(is_other).collect();
    if let (Some(first), Some(class)) = (others.first(), of_blocks.first())
        && others.len() == ontology.classes.len()
    {
        let found = &ontology.entities[first.entity as usize].compact;
        let message = format!(
            "the fences speak of {}, and of no class of the page, such as {}",
            Quoted(found),
            Quoted(&class.compact)
        );
        findings.warn("class_disagrees", first.line, message);
    }
    blocks.extend(others.into_iter().map(|class| claim::block(ontology, class)));
}

/// Reports properties that the page declares to be of one kind and its fences of another.
fn report_kinds(page: &[OwlProperty], fences: &[OwlProperty], findings: &mut Findings) {
    for stated in page {
        let other = fences.iter().find(|it| it.iri == stated.iri && it.kind != stated.kind);
        if let Some(other) = other {
            let (kind, line, declared) = (stated.kind.as_str(), stated.line, other.kind.as_str());
            let iri = Quoted(&stated.iri.compact);
            let message = format!("{iri} is a {declared} here and a {kind} on line {line}");
            findings.warn("kind_disagrees", other.line, message);
        }
    }
}

fn not_text(at: usize, length: usize) -> Parsed {
    let message = format!("a NUL byte at byte {at} of {length}: not a text file in UTF-8");
    Parsed::Rejected(Rejection { stage: Stage::Parse, code: "not_text", message })
}

fn skipped(kind: Kind) -> Parsed {
    match kind.unread_format {
        Some(format) => {
            Parsed::Skipped { reason: SkipReason::UnsupportedFormat, detail: format.to_owned() }
        }
        None => Parsed::Skipped {
            reason: SkipReason::NoMarkers,
            detail: "no ontology block, term property, OWL or public:: true".to_owned(),
        },
    }
}

/// Reports what became of bytes that are not UTF-8: once, for a file in another encoding
/// has them on every line.
fn report_encoding(bytes: &[u8], findings: &mut Findings) {
    let mut broken = (1..)
        .zip(lines::ranges(bytes))
        .filter(|(_, range)| std::str::from_utf8(&bytes[range.clone()]).is_err())
        .map(|(number, _)| number);
    let Some(first) = broken.next() else { return };
    let count = 1 + broken.count();
    let message =
        format!("bytes that are not UTF-8, read as U+FFFD; lines with such bytes: {count}");
    findings.error("invalid_utf8", first, message);
}

/// Reports what of a page's kind its reader would not expect.
fn report_kind(kind: Kind, owl: &[Fence], findings: &mut Findings) {
    if let Some(format) = kind.unread_format {
        let message = format!("the page's {format} is not read");
        findings.warn("unsupported_format", 0, message);
    }
    if let (Classes::None, Some(fence)) = (kind.classes, owl.first()) {
        let message = "OWL on a page without an ontology block";
        findings.warn("owl_without_block", fence.line, message);
    }
}

/// The name of the page that a file holds: the stem of its name, with `___` read as `/`.
///
/// Percent signs stay, as Logseq's newer file names mean them literally. A key writes a
/// backslash as two.
pub(crate) fn page_name(key: &ItemKey) -> String {
    let file = key.as_str().rsplit('/').next().unwrap_or_default();
    let stem = match file.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => file,
    };
    let name = stem.replace(r"\\", r"\").replace("___", "/");
    Name::new(&name).map_or_else(|| key.to_string(), |name| name.exact)
}

#[cfg(test)]
mod tests;
