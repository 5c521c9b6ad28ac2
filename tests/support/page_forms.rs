//! The forms a page takes: one function for each generation of the format.
//!
//! What stands in them is planned next door; here it is only written down.

use super::page_sheet::{PUBLIC, Sheet, link, sentence};
use super::page_words::RELATIONS;
use super::{Corpus, Reference, Rng, camel, functional, slug};

impl Corpus {
    fn links(&self, most: usize, rng: &mut Rng) -> String {
        let count = 1 + rng.below(most);
        let links: Vec<_> = (0..count).map(|_| link(&self.mention(rng), rng)).collect();
        links.join(", ")
    }

    pub(super) fn canonical(&self, index: usize, rng: &mut Rng, sheet: &mut Sheet) {
        if rng.chance(30) {
            sheet.flush(PUBLIC);
        }
        sheet.bullet(0, "### OntologyBlock", rng);
        sheet.plain(0, &format!("id:: {}-ontology", slug(&self.name(index))), rng);
        let whole = index == 0 || rng.chance(210);
        self.identification(index, whole, rng, sheet);
        sheet.bullet(1, "**Definition**", rng);
        let definition = format!("definition:: {}", sentence(rng));
        let conflict = rng.chance(4);
        if conflict {
            sheet.flush("<<<<<<< HEAD");
        }
        sheet.bullet(2, &definition, rng);
        if conflict {
            sheet.flush("=======");
            sheet.bullet(2, &format!("definition:: {}", sentence(rng)), rng);
            sheet.flush(">>>>>>> upstream");
        }
        if rng.chance(20) {
            sheet.flush(&sentence(rng));
        }
        if rng.chance(30) {
            sheet.bullet(2, "maturity::", rng);
        }
        sheet.bullet(1, "**Semantic Classification**", rng);
        self.classification(index, whole, rng, sheet);
        sheet.bullet(1, "#### Relationships", rng);
        let parents = self.parents(index, rng);
        if whole && parents.is_empty() {
            sheet.bullet(2, "is-subclass-of:: [[owl:Thing]]", rng);
        } else if !parents.is_empty() {
            let names: Vec<_> = parents.iter().map(|parent| link(&parent.name, rng)).collect();
            sheet.bullet(2, &format!("is-subclass-of:: {}", names.join(", ")), rng);
        }
        self.relations(rng, sheet);
        if rng.chance(100) {
            let bridge = format!("bridges-to:: {} via is-subclass-of", self.links(1, rng));
            sheet.bullet(1, "#### CrossDomainBridges", rng);
            sheet.bullet(2, &bridge, rng);
        }
        if rng.chance(900) {
            self.s_expressions(index, &parents, rng, sheet);
        }
        if rng.chance(16) {
            let name = format!("{} Variant", self.name(index));
            sheet.bullet(0, "### OntologyBlock", rng);
            sheet.bullet(1, &format!("preferred-term:: {name}"), rng);
            sheet.bullet(1, &format!("owl:class:: {}:{}", self.domain(index).1, camel(&name)), rng);
            sheet.bullet(1, &format!("is-subclass-of:: [[{}]]", self.name(index)), rng);
        }
    }

    fn identification(&self, index: usize, whole: bool, rng: &mut Rng, sheet: &mut Sheet) {
        let status = rng.pick(&["draft", "in-progress", "complete", "deprecated"]);
        let status = if rng.chance(125) { "under-review" } else { status };
        let date = if rng.chance(30) { "spring 2025" } else { "2025-11-02" };
        let key_values = [
            ("ontology", "true".to_owned()),
            ("term-id", self.term_id(index)),
            ("preferred-term", self.name(index)),
            ("alt-terms", format!("[[{}]]", self.alt_term(index))),
            ("source-domain", self.domain(index).0.to_owned()),
            ("status", status.to_owned()),
            ("public-access", "true".to_owned()),
            ("last-updated", date.to_owned()),
            ("quality-score", format!("0.{:02}", rng.below(100))),
        ];
        sheet.bullet(1, "**Identification**", rng);
        // A page that is not whole lacks its status, or another of the required keys too.
        for (key, value) in key_values {
            let spared = matches!(key, "ontology" | "preferred-term" | "alt-terms" | "term-id");
            if whole || spared || (key != "status" && !rng.chance(250)) {
                sheet.bullet(2, &format!("{key}:: {value}"), rng);
            }
        }
        if rng.chance(30) {
            sheet.bullet(2, &format!("preferred-term:: {}", self.alt_term(index)), rng);
        }
    }

    fn classification(&self, index: usize, whole: bool, rng: &mut Rng, sheet: &mut Sheet) {
        let form = rng.pick(&["PhysicalEntity", "VirtualEntity", "AbstractEntity", "HybridEntity"]);
        let form = if rng.chance(60) { "LiquidEntity" } else { form };
        let role = rng.pick(&["Object", "Process", "Agent", "Quality", "Relation", "Concept"]);
        if whole || !rng.chance(20) {
            sheet.bullet(2, &format!("owl:class:: {}", self.class(index)), rng);
        }
        sheet.bullet(2, &format!("owl:physicality:: {form}"), rng);
        sheet.bullet(2, &format!("owl:role:: {role}"), rng);
        sheet.bullet(2, "belongsToDomain:: [[Water Domain]]", rng);
    }

    fn relations(&self, rng: &mut Rng, sheet: &mut Sheet) {
        for relation in RELATIONS {
            if rng.chance(450) {
                let links = self.links(3, rng);
                sheet.bullet(2, &format!("{relation}:: {links}"), rng);
            }
        }
    }

    pub(super) fn oldest(&self, index: usize, rng: &mut Rng, sheet: &mut Sheet) {
        let (name, class) = (self.name(index), self.class(index));
        sheet.bullet(0, "### OntologyBlock", rng);
        sheet.plain(0, &format!("id:: {}-ontology", slug(&name)), rng);
        sheet.plain(0, "collapsed:: true", rng);
        sheet.bullet(1, "metaverseOntology:: true", rng);
        sheet.bullet(1, &format!("term-id:: {}", self.term_id(index)), rng);
        sheet.bullet(1, &format!("preferred-term:: {name}"), rng);
        sheet.bullet(1, &format!("definition:: {}", sentence(rng)), rng);
        sheet.bullet(1, &format!("owl:class:: {class}"), rng);
        sheet.bullet(1, "owl:physicality:: PhysicalEntity", rng);
        sheet.bullet(1, "owl:role:: Object", rng);
        sheet.bullet(1, "#### Relationships", rng);
        self.relations(rng, sheet);
        sheet.bullet(1, "#### OWL Axioms", rng);
        sheet.bullet(2, "```clojure", rng);
        sheet.plain(2, &format!("Declaration(Class({class}))"), rng);
        sheet.plain(2, "# what it is", rng);
        for parent in self.parents(index, rng) {
            let parent = functional(&parent.class);
            sheet.plain(2, &format!("SubClassOf({class} {parent})"), rng);
        }
        for _ in 0..2 + rng.below(5) {
            let filler = self.nowhere(rng).class;
            sheet.plain(2, &format!("SubClassOf({class}"), rng);
            sheet.plain(3, &format!("ObjectSomeValuesFrom(mv:requires {filler}))"), rng);
        }
        let label = format!("AnnotationAssertion(rdfs:label {class} \"{name}\"@en)");
        sheet.plain(2, &label, rng);
        sheet.fence_end(rng);
    }

    fn s_expressions(&self, index: usize, parents: &[Reference], rng: &mut Rng, sheet: &mut Sheet) {
        let class = format!(":{}", camel(&self.name(index)));
        let local = |iri: &str| format!(":{}", iri.split(':').next_back().unwrap_or_default());
        sheet.bullet(1, "#### OWL Axioms", rng);
        sheet.bullet(2, rng.pick(&["```clojure", "```owl"]), rng);
        sheet.plain(2, &format!("(Declaration (Class {class}))"), rng);
        sheet.plain(2, ";; what it is", rng);
        for parent in parents {
            sheet.plain(2, &format!("(SubClassOf {class} {})", local(&parent.class)), rng);
        }
        for _ in 0..1 + rng.below(4) {
            let filler = local(&self.nowhere(rng).class);
            sheet.plain(2, &format!("(SubClassOf {class}"), rng);
            sheet.plain(3, &format!("(ObjectSomeValuesFrom :enables {filler}))"), rng);
        }
        if rng.chance(100) {
            sheet.plain(2, &format!("(SubClassOf {class})"), rng);
        }
        sheet.fence_end(rng);
    }

    pub(super) fn synthetic(&self, index: usize, rng: &mut Rng, sheet: &mut Sheet) {
        let (class, prefix) = (self.class(index), self.domain(index).1);
        sheet.bullet(0, "### OntologyBlock", rng);
        sheet.bullet(1, &format!("owl_class:: {class}"), rng);
        sheet.bullet(1, &format!("label:: {}", self.name(index)), rng);
        sheet.bullet(1, &format!("definition:: {}", sentence(rng)), rng);
        for parent in self.parents(index, rng) {
            sheet.bullet(1, &format!("subClassOf:: {}", parent.name), rng);
        }
        sheet.bullet(1, &format!("objectProperty:: {prefix}:feeds{index}"), rng);
        let (first, second) = (self.mention(rng), self.mention(rng));
        sheet.bullet(2, &format!("domain:: {class}"), rng);
        sheet.bullet(2, &format!("range:: [[{first}]]; [[{second}]]"), rng);
    }

    pub(super) fn term_page(&self, index: usize, rng: &mut Rng, sheet: &mut Sheet) {
        let mark = if rng.chance(500) { "- " } else { "" };
        sheet.flush(&format!("# {}\n\n## Core Properties", self.name(index)));
        sheet.flush(&format!("{mark}term-id:: {}", self.term_id(index)));
        sheet.flush(&format!("{mark}preferred-term:: {}", self.name(index)));
        if rng.chance(500) {
            sheet.flush(&format!("{mark}owl:class:: {}", self.class(index)));
        }
        for parent in self.parents(index, rng) {
            sheet.flush(&format!("{mark}is-a:: {}", link(&parent.name, rng)));
        }
        sheet.flush(&format!("\n## Description\n\n{}", sentence(rng)));
    }

    pub(super) fn iri_first(&self, index: usize, rng: &mut Rng, sheet: &mut Sheet) {
        let name = self.name(index);
        sheet.flush(&format!("iri:: {}\nrdf-type:: owl:Class", self.class(index)));
        sheet.flush(&format!("preferred-term:: {name}\nlegacy-term-id:: {}", self.term_id(index)));
        sheet.bullet(0, "### Definition", rng);
        sheet.bullet(1, &sentence(rng), rng);
        sheet.bullet(0, "### Relationships", rng);
        for parent in self.parents(index, rng) {
            sheet.bullet(1, &format!("is-subclass-of:: {}", link(&parent.name, rng)), rng);
        }
        for _ in 0..rng.below(4) {
            sheet.bullet(1, &format!("enables:: {}", self.links(3, rng)), rng);
        }
    }
}
