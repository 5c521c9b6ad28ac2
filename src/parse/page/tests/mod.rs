//! Whole pages: every generation, every kind of damage, and hostile input.

mod any;
mod claims;
mod contexts;
mod damage;
mod generations;
mod hostile;
mod iri_first;
mod json_ld;
mod kept;
mod kinds;

use super::*;
use crate::name::Rank;
use crate::parse::{Diagnostic, Level};

const OLDEST: &str = "\
- ### OntologyBlock
  id:: river-gauge-ontology
  collapsed:: true
\t- metaverseOntology:: true
\t- term-id:: 30001
\t- preferred-term:: River Gauge
\t- definition:: A station that measures the height of a river, see [[Hydrology]].
\t- owl:class:: mv:RiverGauge
\t- owl:physicality:: PhysicalEntity
\t- owl:role:: Object
\t- belongsToDomain:: [[WaterDomain]]
\t- #### Relationships
\t  id:: river-gauge-relationships
\t\t- has-part:: [[Float Sensor]], [[Data Logger|logger]]
\t- #### OWL Axioms
\t\t- ```clojure
\t\t  Declaration(Class(mv:RiverGauge))
\t\t  # a river gauge is a [[physical object]]
\t\t  SubClassOf(mv:RiverGauge mv:PhysicalObject)
\t\t  ```
- ## About River Gauges
  id:: river-gauge-about
\t- Read by a [[Data Logger]]. status:: no property
";

const CANONICAL: &str = "\
- ### OntologyBlock
  id:: tidal-barrage-ontology
  - **Identification**
    - ontology:: true
    - term-id:: MV-4711
    - preferred-term:: Tidal Barrage
    - alt-terms:: [[Barrage]], [[Tidal Dam]], [[—]]
    - source-domain:: metaverse
    - status:: draft
    - public-access:: true
    - last-updated:: 2025-11-02
  - **Definition**
    - definition:: A dam across an estuary that makes power from the tide.
  - **Semantic Classification**
    - owl:class:: mv:TidalBarrage
    - owl:physicality:: PhysicalEntity
    - owl:role:: Object
  - #### Relationships
    - is-subclass-of:: [[Dam]], [[Power Plant]]
    - requires:: [[Turbine]]
    - spans:: [[Estuary]]
  - #### CrossDomainBridges
    - bridges-to:: [[Energy Market]] via is-subclass-of
";

fn parse(key: &str, content: &[u8]) -> Parsed {
    let item = SourceItem {
        key: ItemKey::new(key),
        content: content.to_vec(),
        content_digest: Digest::of(content),
        git_sha1: None,
    };
    PageParser::new(PageSettings::default()).parse(&item)
}

/// The page that `text` makes under the name `Test Page`.
fn page(text: impl AsRef<[u8]>) -> Page {
    match parse("pages/Test Page.md", text.as_ref()) {
        Parsed::Page(page) => *page,
        other => panic!("no page: {other:?}"),
    }
}

fn block(text: &str) -> Block {
    let mut blocks = page(text).blocks;
    assert_eq!(blocks.len(), 1, "blocks of {text}");
    blocks.remove(0)
}

/// A block with these lines, each on a bullet of its own.
fn block_of(lines: &[&str]) -> String {
    let bullet = |line: &&str| format!("\t- {line}\n");
    format!("- ### OntologyBlock\n{}", lines.iter().map(bullet).collect::<String>())
}

/// The references as (predicate, target, qualifier).
fn references(block: &Block) -> Vec<(&str, &str, Option<&str>)> {
    block
        .references
        .iter()
        .map(|it| (it.predicate.as_str(), it.target.exact.as_str(), it.qualifier.as_deref()))
        .collect()
}

fn names(block: &Block) -> Vec<(&str, Rank)> {
    block.names.iter().map(|supplied| (supplied.name.exact.as_str(), supplied.rank)).collect()
}

fn links(page: &Page) -> Vec<(&str, u32, u32)> {
    page.links.iter().map(|it| (it.target.exact.as_str(), it.line, it.count)).collect()
}

fn codes(page: &Page) -> Vec<(&str, u32)> {
    page.diagnostics.iter().map(|finding| (finding.code, finding.line)).collect()
}

/// The only diagnostic with this code.
fn finding(page: &Page, code: &str) -> Diagnostic {
    let found: Vec<_> = page.diagnostics.iter().filter(|it| it.code == code).collect();
    assert_eq!(found.len(), 1, "{code} in {:?}", page.diagnostics);
    found[0].clone()
}

fn has(page: &Page, code: &str) -> bool {
    page.diagnostics.iter().any(|finding| finding.code == code)
}

fn skip_of(text: &str) -> (SkipReason, String) {
    match parse("a.md", text.as_bytes()) {
        Parsed::Skipped { reason, detail } => (reason, detail),
        other => panic!("not skipped: {other:?}"),
    }
}
