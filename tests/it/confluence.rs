//! Confluence of the store: whatever was added, edited, renamed and deleted, in whatever order,
//! the store is what the pages that are left make of it.
//!
//! The vocabulary is small and mean: names that several pages share by different ranks, names
//! that fold together, IRIs claimed twice, built-in terms claimed by pages, terms equal to
//! their own parent.

use std::collections::{BTreeMap, BTreeSet};

use driftless::item::{ItemKey, SkipReason};
use driftless::parse::page::{PageParser, PageSettings};
use driftless::parse::{Parser, Rejection, Stage};
use driftless::store::{Applied, ItemResult, ReadOrder, delete, states};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::Config as Cases;

use crate::hand_fed::{Feed, HandFed};

/// Sequences tried where `PROPTEST_CASES` says nothing.
const CASES: u32 = 150;

/// Files; several have names that are equal, fold together or are a class's local name.
const KEYS: [&str; 9] = [
    "Dam.md",
    "dam.md",
    "a/Dam.md",
    "Power Plant.md",
    "power-plant.md",
    "Weir.md",
    "Écluse.md",
    "Thing.md",
    "z/Rivers___Dam.md",
];

/// What pages call each other: exact, folded, composed and decomposed, by IRI, by a folded
/// ligature, by what has no fold at all.
const NAMES: [&str; 20] = [
    "Dam",
    "dam",
    "DAM",
    "D-a m",
    "Power Plant",
    "power-plant",
    "PowerPlant",
    "Weir",
    "Écluse",
    "E\u{301}cluse",
    "ÉCLUSE",
    "mv:Dam",
    "http://narrativegoldmine.com/metaverse#Dam",
    "mv:Weir",
    "owl:Thing",
    "Thing",
    "Rivers/Dam",
    "\u{fb01}sh",
    "Fish",
    "---",
];

/// What pages claim: one class under two spellings, an unknown prefix, a built-in term.
const CLASSES: [&str; 8] = [
    "mv:Dam",
    "http://narrativegoldmine.com/metaverse#Dam",
    "mv:Weir",
    "mv:PowerPlant",
    "ai:Dam",
    "aigo:Dam",
    "owl:Thing",
    "urn:driftless:stub:Dam",
];

/// What references in JSON-LD lead to: classes that pages claim, and stubs.
const TARGETS: [&str; 7] = [
    "mv:Dam",
    "http://narrativegoldmine.com/metaverse#Dam",
    "urn:ngm:class:dam",
    "urn:ngm:class:weir",
    "urn:ngm:class:nowhere",
    "urn:visionflow:owl:class:dam",
    "owl:Thing",
];

/// Two sources of one scope, and one of another.
const SOURCES: [(&str, &str); 3] =
    [("directory:/a", "default"), ("directory:/b", "default"), ("directory:/c", "other")];

#[derive(Clone, Debug)]
struct Sheet {
    is_graph: bool,
    alias: Option<&'static str>,
    blocks: Vec<Block>,
    classes: Vec<JsonClass>,
    links: Vec<&'static str>,
}

/// A class in JSON-LD: targets with the labels beside them.
#[derive(Clone, Debug)]
struct JsonClass {
    iri: &'static str,
    label: &'static str,
    parents: Vec<(&'static str, &'static str)>,
    requires: Vec<(&'static str, &'static str)>,
}

#[derive(Clone, Debug)]
struct Block {
    class: Option<&'static str>,
    preferred: Option<&'static str>,
    term_id: Option<&'static str>,
    alternatives: Vec<&'static str>,
    parents: Vec<&'static str>,
    requires: Vec<&'static str>,
}

impl Sheet {
    fn text(&self) -> String {
        let mut text = String::new();
        if self.is_graph {
            text.push_str("public:: true\n");
        }
        if let Some(alias) = self.alias {
            text.push_str(&format!("alias:: {alias}\n"));
        }
        for class in &self.classes {
            text.push_str(&class.text());
        }
        for block in &self.blocks {
            text.push_str(&block.text());
        }
        let links: Vec<_> = self.links.iter().map(|name| format!("[[{name}]]")).collect();
        text.push_str(&format!("- See {}.\n", links.join(" and ")));
        text
    }
}

impl JsonClass {
    fn text(&self) -> String {
        let targets = |list: &[(&str, &str)]| {
            let objects =
                list.iter().map(|(id, label)| serde_json::json!({"@id": id, "label": label}));
            objects.collect::<serde_json::Value>()
        };
        let node = serde_json::json!({
            "@context": "https://narrativegoldmine.com/ns/v2.jsonld", "@type": "Class",
            "@id": self.iri, "label": self.label, "subClassOf": targets(&self.parents),
            "relations": {"requires": targets(&self.requires)},
            "sameAs": [{"@id": "urn:ngm:class:same"}],
        });
        format!("```json-ld\n{node}\n```\n")
    }
}

impl Block {
    fn text(&self) -> String {
        let mut text = "- ### OntologyBlock\n".to_owned();
        let mut line = |key: &str, value: Option<&str>| {
            if let Some(value) = value {
                text.push_str(&format!("\t- {key}:: {value}\n"));
            }
        };
        let links = |names: &[&str]| {
            let links: Vec<_> = names.iter().map(|name| format!("[[{name}]]")).collect();
            (!links.is_empty()).then(|| links.join(", "))
        };
        line("owl:class", self.class);
        line("preferred-term", self.preferred);
        line("term-id", self.term_id);
        line("alt-terms", links(&self.alternatives).as_deref());
        line("is-subclass-of", links(&self.parents).as_deref());
        line("requires", links(&self.requires).as_deref());
        text
    }
}

fn name() -> impl Strategy<Value = &'static str> {
    select(&NAMES[..])
}

fn block() -> impl Strategy<Value = Block> {
    let class = proptest::option::weighted(0.7, select(&CLASSES[..]));
    let optional = || proptest::option::weighted(0.4, name());
    let names = || vec(name(), 0..3);
    (class, optional(), optional(), names(), names(), names()).prop_map(
        |(class, preferred, term_id, alternatives, parents, requires)| Block {
            class,
            preferred,
            term_id,
            alternatives,
            parents,
            requires,
        },
    )
}

fn json_class() -> impl Strategy<Value = JsonClass> {
    let iri = prop_oneof![select(&CLASSES[..]), select(&TARGETS[2..4])];
    let targets = || vec((select(&TARGETS[..]), name()), 0..3);
    (iri, name(), targets(), targets()).prop_map(|(iri, label, parents, requires)| JsonClass {
        iri,
        label,
        parents,
        requires,
    })
}

fn sheet() -> impl Strategy<Value = Sheet> {
    let alias = proptest::option::weighted(0.2, name());
    let classes = prop_oneof![3 => Just(Vec::new()), 2 => vec(json_class(), 1..3)];
    (any::<bool>(), alias, vec(block(), 0..3), classes, vec(name(), 0..3)).prop_map(
        |(is_graph, alias, blocks, classes, links)| Sheet {
            is_graph,
            alias,
            blocks,
            classes,
            links,
        },
    )
}

/// A place of an item: source and key.
type Place = (usize, &'static str);

fn place() -> impl Strategy<Value = Place> {
    (prop_oneof![6 => Just(0_usize), 2 => Just(1), 1 => Just(2)], select(&KEYS[..]))
}

#[derive(Clone, Debug)]
enum Step {
    Put(Place, Sheet),
    /// An earlier reading that arrives late.
    PutLate(Place, Sheet),
    Delete(Place),
    Rename(Place, Place),
    /// The item itself is the reason that it is left out.
    LeaveOut(Place),
    /// It cannot be read just now.
    CannotRead(Place),
    Reject(Place),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        10 => (place(), sheet()).prop_map(|(at, sheet)| Step::Put(at, sheet)),
        1 => (place(), sheet()).prop_map(|(at, sheet)| Step::PutLate(at, sheet)),
        4 => place().prop_map(Step::Delete),
        3 => (place(), place()).prop_map(|(from, to)| Step::Rename(from, to)),
        1 => place().prop_map(Step::LeaveOut),
        1 => place().prop_map(Step::CannotRead),
        1 => place().prop_map(Step::Reject),
    ]
}

/// A store and the pages that it should have come to hold.
struct Subject {
    store: HandFed,
    feeds: Vec<Feed>,
    expected: BTreeMap<Place, String>,
    /// Items that the store knows, tombstones included.
    seen: BTreeSet<Place>,
}

impl Subject {
    async fn new() -> Self {
        let store = HandFed::new(PageParser::new(PageSettings::default()).reading());
        let mut feeds = Vec::new();
        for (name, ontology) in SOURCES {
            feeds.push(store.feed(name, ontology).await);
        }
        Self { store, feeds, expected: BTreeMap::new(), seen: <_>::default() }
    }

    async fn take(&mut self, step: &Step) {
        match step {
            Step::Put(at, sheet) => self.put(*at, sheet.text()).await,
            Step::PutLate(at, sheet) if self.seen.contains(at) => {
                let text = sheet.text();
                let mut write = self.store.page(self.feeds[at.0], at.1, text.as_bytes());
                write.read = ReadOrder { epoch: 0, counter: 0 };
                let applied = self.store.apply(vec![write]).await;
                assert_eq!(applied, [Applied::Superseded], "an earlier reading was stored");
            }
            Step::PutLate(at, sheet) => self.put(*at, sheet.text()).await,
            Step::Delete(at) => self.delete(*at).await,
            Step::Rename(from, to) => {
                if let Some(text) = self.expected.get(from).filter(|_| from != to).cloned() {
                    self.put(*to, text).await;
                    self.delete(*from).await;
                }
            }
            Step::LeaveOut(at) => {
                self.expected.remove(at);
                self.decide(*at, skipped(SkipReason::TooLarge)).await;
            }
            Step::CannotRead(at) => self.decide(*at, skipped(SkipReason::Unreadable)).await,
            Step::Reject(at) => self.decide(*at, rejected()).await,
        }
    }

    async fn put(&mut self, at: Place, text: String) {
        let write = self.store.page(self.feeds[at.0], at.1, text.as_bytes());
        self.store.apply(vec![write]).await;
        self.seen.insert(at);
        self.expected.insert(at, text);
    }

    async fn decide(&mut self, at: Place, result: ItemResult) {
        let write = self.store.write(self.feeds[at.0], at.1, result);
        self.store.apply(vec![write]).await;
        self.seen.insert(at);
    }

    async fn delete(&mut self, at: Place) {
        let (Feed { source, job_id }, key) = (self.feeds[at.0], ItemKey::new(at.1));
        let gone = self.store.store.writer().transact(move |tx| {
            let known = states(tx, source.id, "", None, KEYS.len())?;
            match known.iter().find(|state| state.key == key) {
                Some(state) => delete(tx, source, &[state.id], job_id, 0),
                None => Ok(()),
            }
        });
        gone.await.expect("deleted");
        self.expected.remove(&at);
    }

    async fn check(&self) {
        let violations = self.store.store.violations().await.expect("checked");
        assert_eq!(violations, Vec::<String>::new());
        assert_eq!(self.store.digest(), self.rebuilt().await.digest(), "the digests differ");
    }

    /// A store into which only the final pages went, in the order of their places.
    async fn rebuilt(&self) -> HandFed {
        let mut rebuilt = Self::new().await;
        let writes = self
            .expected
            .iter()
            .map(|(at, text)| rebuilt.store.page(rebuilt.feeds[at.0], at.1, text.as_bytes()))
            .collect();
        rebuilt.store.apply(writes).await;
        rebuilt.store
    }
}

fn skipped(reason: SkipReason) -> ItemResult {
    ItemResult::Skipped { reason, detail: String::new(), version: None }
}

fn rejected() -> ItemResult {
    let (stage, code, message) = (Stage::Parse, "refused", "refused by hand".to_owned());
    let rejection = Rejection { stage, code, message };
    ItemResult::Rejected { rejection, version: None, attempts: 1 }
}

fn now<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(work)
}

proptest! {
    #![proptest_config(Cases {
        cases: std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(CASES),
        ..Cases::default()
    })]
    #[test]
    fn whatever_the_order_the_store_is_what_is_left_makes_of_it(steps in vec(step(), 1..24)) {
        now(async {
            let mut subject = Subject::new().await;
            for step in &steps {
                subject.take(step).await;
            }
            subject.check().await;
        });
    }

    #[test]
    fn the_same_pages_in_any_order_give_one_store(
        pages in proptest::collection::btree_map(place(), sheet(), 1..12)
            .prop_map(|pages| pages.into_iter().collect::<Vec<_>>())
            .prop_shuffle()
    ) {
        now(async {
            let mut subject = Subject::new().await;
            for (at, sheet) in &pages {
                subject.put(*at, sheet.text()).await;
            }
            subject.check().await;
        });
    }
}

#[test]
fn a_built_in_term_is_not_shown_by_a_page_that_now_claims_another_class() {
    let claiming = |class: &'static str, parent| Sheet {
        is_graph: false,
        alias: None,
        blocks: vec![Block {
            class: Some(class),
            preferred: None,
            term_id: None,
            alternatives: Vec::new(),
            parents: vec![parent],
            requires: Vec::new(),
        }],
        classes: Vec::new(),
        links: Vec::new(),
    };
    now(async {
        let mut subject = Subject::new().await;
        subject.put((0, "Thing.md"), claiming("owl:Thing", "Dam").text()).await;
        subject.put((0, "Thing.md"), claiming("mv:Weir", "owl:Thing").text()).await;
        subject.check().await;
    });
}
