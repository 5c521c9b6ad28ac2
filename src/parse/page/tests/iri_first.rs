//! Pages whose first property is the IRI of their class.

use super::json_ld::{only_block, properties};
use super::*;

#[test]
fn the_iri_first_generation_is_read() {
    let text = "\
iri:: http://example.org/water#TidalBarrage
uri:: urn:example:tidal-barrage
rdf-type:: owl:Class
preferred-term:: Tidal Barrage
legacy-term-id:: WA-7
maturity:: old
alias:: Barrage

- ### Definition
  - A dam across an estuary
    that makes power.
- ### Semantic Classification
  - owl-class:: mv:TidalBarrage
  - belongs-to-domain:: [[Water]]
- ### Relationships
  - is-subclass-of:: [[Dam]]
  - has-part:: [[Turbine]]
  - bridges-to:: [[Energy Market]] (domain: energy), [[Grid]]
- ### Content
  - is nothing to read
";
    let page = page(text);
    let block = only_block(&page);
    assert_eq!(block.class.compact, "http://example.org/water#TidalBarrage");
    assert_eq!(block.label, "Tidal Barrage");
    assert_eq!(block.comment.as_deref(), Some("A dam across an estuary\nthat makes power."));
    assert_eq!(
        references(block),
        [
            ("belongs-to-domain", "Water", None),
            ("is-subclass-of", "Dam", None),
            ("has-part", "Turbine", None),
            ("bridges-to", "Energy Market", Some("energy")),
            ("bridges-to", "Grid", None),
        ]
    );
    assert!(names(block).contains(&("WA-7", Rank::TermId)));
    assert!(names(block).contains(&("Barrage", Rank::Alias)));
    assert!(properties(&block.properties).contains(&("owl-class", "mv:TidalBarrage")));
    assert_eq!(finding(&page, "unknown_value").line, 6);
}

#[test]
fn an_iri_without_a_type_makes_an_ordinary_page() {
    let page = page("iri:: http://example.org/water#Dam\npreferred-term:: Dam\n\n- text\n");
    assert_eq!(page.blocks, []);
    assert_eq!(finding(&page, "missing_type").line, 1);
    let later = "preferred-term:: Dam\niri:: http://example.org/water#Dam\nrdf-type:: owl:Class\n";
    assert_eq!(block(later).class.compact, "urn:driftless:page:Dam");
}
