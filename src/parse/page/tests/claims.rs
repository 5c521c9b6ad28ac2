//! What a block claims: its class, its names, its relations.

use super::*;

#[test]
fn each_name_is_supplied_once_with_its_strongest_rank() {
    let text = "title:: Weir, the Dam\nalias:: Weir, River Dam\n".to_owned()
        + &block_of(&[
            "owl:class:: <http://narrativegoldmine.com/metaverse#Weir>",
            "preferred-term:: Weir",
            "term-id:: MV-1",
            "alt-terms:: [[Low Dam]], [[Test Page]]",
            "synonyms:: Barrier, -",
        ]);
    assert_eq!(
        names(&block(&text)),
        [
            ("http://narrativegoldmine.com/metaverse#Weir", Rank::Iri),
            ("mv:Weir", Rank::Iri),
            ("Test Page", Rank::Page),
            ("Weir", Rank::PreferredTerm),
            ("MV-1", Rank::TermId),
            ("Low Dam", Rank::AltTerm),
            ("Barrier", Rank::AltTerm),
            ("Weir, the Dam", Rank::Alias),
            ("River Dam", Rank::Alias),
        ]
    );
}

#[test]
fn the_local_name_of_the_class_is_the_weakest_name() {
    let block = block(&block_of(&["owl:class:: mv:RiverGauge"]));
    assert_eq!(names(&block).last(), Some(&("RiverGauge", Rank::LocalName)));
}

#[test]
fn a_block_without_a_class_is_named_by_its_term_or_else_its_page() {
    let by_term = block(&block_of(&["preferred-term:: [[River Dam]]"]));
    assert_eq!(by_term.class.expanded, "urn:driftless:page:River%20Dam");
    assert_eq!(by_term.label, "River Dam");
    let by_page = block("- ### OntologyBlock\n");
    assert_eq!(by_page.class.compact, "urn:driftless:page:Test%20Page");
    assert_eq!(by_page.label, "Test Page");
}

#[test]
fn a_claim_to_a_reserved_iri_is_refused() {
    let page = page(block_of(&["owl:class:: urn:driftless:stub:Dam"]));
    assert_eq!(page.blocks[0].class.expanded, "urn:driftless:page:Test%20Page");
    assert!(!names(&page.blocks[0]).iter().any(|(name, _)| name.contains("stub")));
    let finding = finding(&page, "reserved_iri");
    assert_eq!((finding.level, finding.line), (Level::Error, 2));
}

#[test]
fn of_a_repeated_key_the_first_value_counts_and_the_others_are_reported() {
    let text = block_of(&["term-id::", "term-id:: 1", "term-id:: 1", "term-id:: 2"]);
    let page = page(text);
    assert!(names(&page.blocks[0]).contains(&("1", Rank::TermId)));
    assert_eq!(page.blocks[0].properties.len(), 4);
    assert_eq!(finding(&page, "repeated_key").line, 5);
}

#[test]
fn lists_append_and_repeat_nothing() {
    let text = block_of(&["requires:: [[A]], [[B]]", "requires:: [[B]] via uses, [[B]], [[C]]"]);
    assert_eq!(
        references(&block(&text)),
        [
            ("requires", "A", None),
            ("requires", "B", None),
            ("requires", "B", Some("uses")),
            ("requires", "C", None),
        ]
    );
}

#[test]
fn every_parent_key_is_one_predicate() {
    for key in
        ["is-subclass-of", "subClassOf", "SubclassOf", "subclass-of", "Is-A", "rdfs:subClassOf"]
    {
        let block = block(&block_of(&[&format!("{key}:: [[Dam]]")]));
        assert_eq!(references(&block), [(SUBCLASS_OF, "Dam", None)], "{key}");
    }
}

#[test]
fn a_key_of_its_own_is_a_relation_only_among_relations() {
    let text = "- ### OntologyBlock\n\t- source:: [[A]]\n\t- #### Relationships\n\
        \t\t- categorizes:: [[B]]\n\t\t- note:: plain\n\t- #### Notes\n\t\t- seen:: [[C]]\n";
    assert_eq!(references(&block(text)), [("categorizes", "B", None)]);
}

#[test]
fn a_relation_without_a_target_is_reported_unless_it_says_none() {
    let page = page(block_of(&["requires:: [[Dam", "enables:: —", "has-part::", "is-a:: n/a"]));
    assert_eq!(page.blocks[0].references, []);
    assert_eq!(finding(&page, "relation_without_target").line, 2);
}

#[test]
fn a_relation_may_run_over_several_lines() {
    let block = block("- ### OntologyBlock\n\t- has-part:: [[A]],\n\t  [[B]],\n[[C]]\n\t- x\n");
    let targets: Vec<_> = references(&block).iter().map(|it| it.1).collect();
    assert_eq!(targets, ["A", "B", "C"]);
}

#[test]
fn roots_and_odd_targets_are_kept_as_written() {
    let text = block_of(&["is-a:: [[owl:Thing]], [[Citizens’ 100% A+B & (C), D#1/2]]"]);
    let block = block(&text);
    let targets: Vec<_> = references(&block).iter().map(|it| it.1).collect();
    assert_eq!(targets, ["owl:Thing", "Citizens’ 100% A+B & (C), D#1/2"]);
}

#[test]
fn owl_properties_have_their_own_details() {
    let text = block_of(&[
        "owl_class:: X",
        "objectProperty:: mv:feeds",
        "domain:: A; B",
        "range:: [[C]], [[D|d]]",
        "label:: feeds into",
        "dataProperty:: height",
    ]);
    let page = page(text);
    let [feeds, height] = &page.owl_properties[..] else { panic!("two properties") };
    assert_eq!((feeds.iri.compact.as_str(), feeds.label.as_str()), ("mv:feeds", "feeds into"));
    assert_eq!((feeds.domain.join("+"), feeds.range.join("+")), ("A+B".into(), "C+D".into()));
    assert_eq!((height.kind, height.label.as_str()), (OwlPropertyKind::Data, "height"));
    assert_eq!(page.blocks[0].label, "Test Page");
}
