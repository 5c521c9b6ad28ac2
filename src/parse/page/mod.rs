//! Ontology pages: Logseq Markdown with `key:: value` properties, in every generation.
//!
//! OWL fences are found and kept; their axioms are read by `owl`. Nothing here
//! takes more than linear time, whatever the bytes.
//!
//! From bytes to record: `lines` splits, `fences` finds code, `json_ld` reads the fences of
//! today's pages, `outline` reads headings and properties, `kind` decides what the page is,
//! `draft` puts each property in its place, and `block` and `iri_first` make claims of them,
//! which `rules` checks.

mod block;
mod declaration;
mod draft;
mod fences;
mod identifier;
mod iri_first;
pub(super) mod json_ld;
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
use fences::Fenced;
use kind::{Classes, Kind};
use lines::Line;

use super::{Contexts, Parsed, Parser, Rejection, Stage};
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
    /// JSON-LD context documents by the addresses that files cite them under. Contexts are never
    /// fetched; that of the pages' own vocabulary is built in.
    pub contexts: Contexts,
}

impl PageSettings {
    /// The digest of all of it.
    fn digest(&self) -> Digest {
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.prefixes.digest().as_bytes());
        for part in self.contexts.iter().flat_map(|(address, document)| [address, document]) {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        hasher.finalize().into()
    }
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
        let configuration_version = settings.digest();
        Self { settings, configuration_version }
    }

    /// What can be set about reading.
    pub(super) fn settings(&self) -> &PageSettings {
        &self.settings
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
        let text = lines::readable(&item.content);
        let mut findings = Findings::default();
        let mut lines = lines::split(&item.content, &text);
        let fenced = fences::find(&mut lines, &mut findings);
        let entries = outline::read(&lines, &mut findings);
        let mut json_ld = self.read_json_ld(&item.content, &fenced, &mut findings);
        let fences = owl_and_json_ld(&fenced, &lines, &json_ld);
        let first_line = lines.first().map_or(0, |line| line.number);
        let kind = kind::detect(&entries, first_line, of_kind(&fences, &json_ld));
        if !kind.is_usable() {
            return skipped();
        }
        if let Cow::Owned(_) = text {
            report_encoding(&item.content, &mut findings);
        }
        report_kind(kind, first_line, &fences, &json_ld, &mut findings);
        let name = page_name(&item.key);
        let mut links = links::read(&lines, &mut findings);
        links::add_stated(&mut links, json_ld.links());
        let definition = match kind.classes {
            Classes::IriFirst => iri_first::definition(&lines),
            _ => None,
        };
        let drafts = draft::gather(entries, kind.classes);
        let pieces = std::mem::take(&mut json_ld.pieces);
        let ontology = self.read_owl(&item.content, &fences, pieces, &drafts, &mut findings);
        let parts = Parts { name: &name, kind, definition, drafts, json_ld, ontology: &ontology };
        let stated = self.read_parts(parts, &mut findings);
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

/// What a page is made of.
struct Parts<'a> {
    name: &'a str,
    kind: Kind,
    /// The text of its section of that name, where its kind has one.
    definition: Option<String>,
    drafts: Drafts,
    json_ld: json_ld::Stated,
    ontology: &'a Ontology,
}

impl PageParser {
    /// What the JSON-LD fences of a page state together.
    fn read_json_ld(
        &self,
        content: &[u8],
        fenced: &[Fenced<'_>],
        findings: &mut Findings,
    ) -> json_ld::Stated {
        let fences: Vec<_> = fenced
            .iter()
            .filter(|it| it.is_json_ld())
            .map(|it| {
                let Fence { line, start_byte, end_byte, .. } = it.record(Dialect::JsonLd);
                (lines::readable(&content[start_byte..end_byte]), line + 1)
            })
            .collect();
        json_ld::read(&fences, &self.settings, findings)
    }

    /// What the OWL fences of a page state together, and what its JSON-LD states as axioms.
    fn read_owl(
        &self,
        content: &[u8],
        fences: &[Fence],
        stated: Vec<Piece<'static>>,
        drafts: &Drafts,
        findings: &mut Findings,
    ) -> Ontology {
        let piece = |fence: &Fence| Piece {
            text: lines::readable(&content[fence.start_byte..fence.end_byte]),
            line: fence.line + 1,
        };
        let owl = fences.iter().filter(|fence| fence.dialect != Dialect::JsonLd);
        let mut pieces: Vec<_> = owl.map(piece).collect();
        pieces.extend(stated);
        let prefixes = &self.settings.prefixes;
        let base = drafts.blocks.first().and_then(|it| block::namespace(it, prefixes));
        owl::read_pieces(&pieces, prefixes, base, findings)
    }

    /// The blocks, properties and OWL properties of a page; the rest of it is left empty.
    fn read_parts(&self, parts: Parts<'_>, findings: &mut Findings) -> Page {
        let prefixes = &self.settings.prefixes;
        let Parts { name: page_name, kind, definition, drafts, mut json_ld, ontology } = parts;
        let Drafts { blocks, page: mut properties, declarations } = drafts;
        let aliases: Vec<_> = properties.iter().filter(|it| keys::is_alias(&it.key)).collect();
        let around = Surroundings { page_name, aliases: &aliases, prefixes, ontology };
        let stated = json_ld.blocks(&around, findings);
        let read = |(number, draft)| {
            // Of several blocks the first answers to the page's names, so the others need not
            // repeat what may be a long list.
            let is_first = number == 0 && stated.is_empty();
            let aliases = if is_first { aliases.as_slice() } else { &[] };
            let surroundings = Surroundings { page_name, aliases, prefixes, ontology };
            if number == 0 && kind.classes == Classes::IriFirst {
                return iri_first::read(draft, definition.clone(), &surroundings, findings);
            }
            block::read(draft, &surroundings, findings)
        };
        let blocks: Vec<_> = blocks.into_iter().enumerate().map(read).collect();
        let mut blocks: Vec<_> = stated.into_iter().chain(blocks).collect();
        claim_others(&mut blocks, ontology, findings);
        let mut owl_properties: Vec<_> = declarations
            .iter()
            .filter_map(|it| declaration::read(it, prefixes, findings))
            .collect();
        report_kinds(&owl_properties, &ontology.properties, findings);
        owl_properties.extend(ontology.properties.iter().cloned());
        properties.extend(json_ld.take_properties());
        Page { blocks, properties, owl_properties, ..Page::default() }
    }
}

/// The fences that are kept. On a page whose class is stated in JSON-LD a fence without a
/// language is an example and no axiom.
fn owl_and_json_ld(
    fenced: &[Fenced<'_>],
    lines: &[Line<'_>],
    json_ld: &json_ld::Stated,
) -> Vec<Fence> {
    let kept = fenced.iter().filter_map(|it| {
        if it.is_json_ld() {
            return Some(it.record(Dialect::JsonLd));
        }
        it.owl(lines).filter(|_| !(json_ld.has_class() && it.is_bare()))
    });
    kept.collect()
}

/// What the fences say of a page's kind.
fn of_kind(fences: &[Fence], json_ld: &json_ld::Stated) -> kind::Fences {
    kind::Fences {
        has_owl: fences.iter().any(|it| it.dialect != Dialect::JsonLd),
        has_json_ld: fences.iter().any(|it| it.dialect == Dialect::JsonLd),
        may_state_class: json_ld.has_class() || json_ld.may_lack_class,
        is_public: json_ld.is_public(),
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

fn skipped() -> Parsed {
    let detail = "no ontology block, JSON-LD, term property, OWL or public:: true".to_owned();
    Parsed::Skipped { reason: SkipReason::NoMarkers, detail }
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
fn report_kind(
    kind: Kind,
    first_line: u32,
    fences: &[Fence],
    json_ld: &json_ld::Stated,
    findings: &mut Findings,
) {
    if kind.lacks_type {
        let message = "the page begins with an IRI, and no rdf-type:: owl:Class says what it is of";
        findings.warn("missing_type", first_line, message);
    }
    let owl = fences.iter().find(|fence| fence.dialect != Dialect::JsonLd);
    if let (Classes::None, false, Some(fence)) = (kind.classes, json_ld.has_class(), owl) {
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
