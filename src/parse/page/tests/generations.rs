//! Every generation of the ontology block.

use super::*;

#[test]
fn the_oldest_states_its_relations_as_properties_and_its_parents_in_a_fence() {
    let page = page(OLDEST);
    let block = &page.blocks[0];
    assert_eq!((block.line, block.class.compact.as_str()), (1, "mv:RiverGauge"));
    assert_eq!(block.class.expanded, "http://narrativegoldmine.com/metaverse#RiverGauge");
    assert_eq!(block.label, "River Gauge");
    let comment = "A station that measures the height of a river, see [[Hydrology]].";
    assert_eq!(block.comment.as_deref(), Some(comment));
    assert_eq!(
        references(block),
        [
            ("belongsToDomain", "WaterDomain", None),
            ("has-part", "Float Sensor", None),
            ("has-part", "Data Logger", None),
            (SUBCLASS_OF, "http://narrativegoldmine.com/metaverse#PhysicalObject", None),
        ]
    );
    assert_eq!(block.references[2].line, 14);
    assert_eq!((block.references[3].line, block.references[3].is_axiom), (19, true));
}

#[test]
fn properties_after_the_oldest_block_belong_to_the_page() {
    let page = page(OLDEST);
    let keys: Vec<_> = page.properties.iter().map(|it| (it.key.as_str(), it.line)).collect();
    assert_eq!(keys, [("id", 22)]);
    assert_eq!(page.blocks[0].properties.len(), 12);
}

#[test]
fn links_in_a_fence_are_none_and_all_others_are_counted() {
    assert_eq!(
        links(&page(OLDEST)),
        [
            ("Hydrology", 7, 1),
            ("WaterDomain", 11, 1),
            ("Float Sensor", 14, 1),
            ("Data Logger", 14, 2),
        ]
    );
}

#[test]
fn the_fence_of_the_oldest_is_kept_as_it_stands() {
    let page = page(OLDEST);
    let [fence] = &page.fences[..] else { panic!("one fence") };
    assert_eq!((fence.line, fence.dialect, fence.closed), (16, Dialect::Functional, true));
    let text = &OLDEST[fence.start_byte..fence.end_byte];
    assert!(text.starts_with("\t\t  Declaration(") && text.ends_with("PhysicalObject)\n"));
}

#[test]
fn the_canonical_one_is_read_without_a_finding() {
    let page = page(CANONICAL);
    assert_eq!(page.diagnostics, []);
    let block = &page.blocks[0];
    assert_eq!(
        references(block),
        [
            (SUBCLASS_OF, "Dam", None),
            (SUBCLASS_OF, "Power Plant", None),
            ("requires", "Turbine", None),
            ("spans", "Estuary", None),
            ("bridges-to", "Energy Market", Some("is-subclass-of")),
        ]
    );
}

#[test]
fn indentation_of_the_canonical_one_may_be_tabs_or_spaces_or_both() {
    let expected = block(CANONICAL);
    let tabs = CANONICAL.replace("    -", "\t\t-").replace("  -", "\t-");
    let mixed = CANONICAL.replace("    - requires", "\t\t- requires");
    for text in [tabs, mixed, CANONICAL.replace("    -", "        -")] {
        assert_eq!(block(&text), expected, "{text}");
    }
}

#[test]
fn windows_line_ends_and_a_byte_order_mark_change_nothing() {
    for text in [OLDEST, CANONICAL] {
        let (plain, windows) =
            (page(text), page(format!("\u{feff}{}", text.replace('\n', "\r\n"))));
        assert_eq!(plain.blocks, windows.blocks);
        assert_eq!(plain.links, windows.links);
        assert_eq!(plain.diagnostics, windows.diagnostics);
    }
    assert_eq!(page(CANONICAL.replace('\n', "\r")).blocks, page(CANONICAL).blocks);
}

#[test]
fn the_synthetic_one_has_bare_names() {
    let text = block_of(&["owl_class:: X", "label:: An X", "subClassOf:: Y, mv:Z"]);
    let block = block(&text);
    assert_eq!((block.class.expanded.as_str(), block.label.as_str()), ("X", "An X"));
    assert_eq!(references(&block), [(SUBCLASS_OF, "Y", None), (SUBCLASS_OF, "mv:Z", None)]);
}

#[test]
fn a_term_page_is_one_block_that_spans_it() {
    let text = "# Weir\n\n## Core Properties\nterm-id:: 7\npreferred-term:: Weir\n\
        definition:: Low dam.\n\n## Ontological Relationships\nis-a:: [[Dam]]\nhas-part:: \n\
        crosses:: [[River]]\n\n## Terminology\nsynonyms:: [[Low Head Dam]]\n";
    let page = page(text);
    let block = &page.blocks[0];
    assert_eq!((block.line, block.label.as_str()), (4, "Weir"));
    assert_eq!(block.class.expanded, "urn:driftless:page:Weir");
    assert_eq!(block.comment.as_deref(), Some("Low dam."));
    assert_eq!(references(block), [(SUBCLASS_OF, "Dam", None), ("crosses", "River", None)]);
    assert!(names(block).contains(&("Low Head Dam", Rank::AltTerm)));
    assert!(page.properties.is_empty());
}

#[test]
fn a_term_page_may_put_its_properties_on_bullets() {
    let block = block("- ## Core Properties\n\t- term-id:: 7\n\t- is-a:: [[Dam]]\n");
    assert_eq!(references(&block), [(SUBCLASS_OF, "Dam", None)]);
}

#[test]
fn several_blocks_of_a_page_all_count() {
    let text = block_of(&["owl:class:: mv:A"]) + "- x\n" + &block_of(&["owl:class:: mv:B"]);
    let page = page(text);
    let classes: Vec<_> =
        page.blocks.iter().map(|block| (block.line, block.class.compact.as_str())).collect();
    assert_eq!(classes, [(1, "mv:A"), (4, "mv:B")]);
}
