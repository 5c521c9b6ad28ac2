//! JSON-LD fences: the ontology of a page as objects of one vocabulary.
//!
//! A fence is told by the types of its objects, not by its place. `json` reads it, `expansion`
//! settles what its keys mean, `node` reads pages, classes and individuals by `vocabulary`, and
//! `class` makes blocks of them. Damage costs only what it touches.

mod annotations;
mod class;
mod expansion;
mod json;
mod node;
mod strings;
mod values;
mod vocabulary;

use std::borrow::Cow;

use expansion::{Expanded, Refused, Unknown, Way};
use json::{Node, Read, Source, Value};
use node::{ClassDraft, PageNode, property};
use values::Values;
use vocabulary::Type;

use super::PageSettings;
#[cfg(feature = "owl")]
use crate::parse::Contexts;
use crate::parse::findings::{Findings, Quoted};
use crate::parse::owl::Piece;
use crate::record::Property;

/// What the JSON-LD fences of a page state.
#[derive(Default)]
pub(super) struct Stated {
    page: PageNode,
    classes: Vec<ClassDraft>,
    /// What else is kept of the fences.
    pub(super) properties: Vec<Property>,
    /// Statements in functional syntax.
    pub(super) pieces: Vec<Piece<'static>>,
    /// Whether a fence is so damaged that it may have stated a class.
    pub(super) may_lack_class: bool,
}

impl Stated {
    /// Whether any class is stated.
    pub(super) fn has_class(&self) -> bool {
        !self.classes.is_empty()
    }

    /// Whether the page is said to be part of the graph.
    pub(super) fn is_public(&self) -> bool {
        self.page.is_public
    }

    /// The pages that it is said to link to.
    pub(super) fn links(&self) -> &[(String, u32)] {
        &self.page.links
    }

    /// The properties of the page.
    pub(super) fn take_properties(&mut self) -> Vec<Property> {
        let mut properties = std::mem::take(&mut self.properties);
        properties.extend(self.page.properties.iter().cloned());
        properties
    }
}

/// The contexts that documents may cite: those that are configured, and the vocabulary's own.
#[cfg(feature = "owl")]
pub(in crate::parse) fn contexts(settings: &PageSettings) -> Contexts {
    let own = vocabulary::context(false).to_string();
    let own = vocabulary::ADDRESSES.iter().map(|address| ((*address).to_owned(), own.clone()));
    let configured = settings.contexts.iter().map(|(address, it)| (address.clone(), it.clone()));
    Contexts::new(own.chain(configured).collect())
}

/// Reads the fences of a page, in their order.
pub(super) fn read(
    fences: &[(Cow<'_, str>, u32)],
    settings: &PageSettings,
    findings: &mut Findings,
) -> Stated {
    let mut reading = Reading {
        settings,
        findings,
        stated: Stated::default(),
        nodes: 0,
        pages: 0,
        unknown: None,
    };
    for (text, line) in fences {
        reading.fence(&Source::new(text, *line));
    }
    reading.finish()
}

/// A page whose fences are being read.
struct Reading<'r> {
    settings: &'r PageSettings,
    findings: &'r mut Findings,
    stated: Stated,
    /// Nodes of the vocabulary, and those of them that are pages.
    nodes: usize,
    pages: usize,
    /// The first context that is not known, and where it is cited.
    unknown: Option<(Unknown, u32)>,
}

impl Reading<'_> {
    fn fence(&mut self, source: &Source<'_>) {
        if source.text.trim().is_empty() {
            return self.findings.warn("bad_json", source.line(0), "the fence is empty");
        }
        let Read { root, is_whole } = json::read(source, self.findings);
        let nodes = self.nodes;
        for object in root.iter().flat_map(Node::each) {
            match object.value {
                Value::Object(_) => self.outermost(source, object, is_whole),
                _ => {
                    let message = "the fence holds a value that is not an object; it is not read";
                    self.findings.error("unusable_value", source.line(object.at), message);
                }
            }
        }
        self.stated.may_lack_class |= !is_whole && self.nodes == nodes;
    }

    /// Reads an object that contexts may stand in.
    fn outermost(&mut self, source: &Source<'_>, object: &Node<'_>, is_whole: bool) {
        let members = object.members();
        if members.is_empty() && !is_whole {
            return;
        }
        if let [graph] = members
            && graph.key == "@graph"
        {
            let inner = graph.value.each().iter();
            return inner.for_each(|node| self.outermost(source, node, is_whole));
        }
        let line = source.line(object.at);
        let Way { expands, unknown } = expansion::way(object, &self.settings.contexts);
        if let (Some(unknown), false) = (unknown, members.is_empty()) {
            self.unknown.get_or_insert((unknown, line));
        }
        match expands.then(|| expansion::expand(object, &self.settings.contexts)) {
            None => self.plain(source, object),
            Some(Ok(Expanded { nodes, unknown })) => {
                for address in unknown {
                    self.unknown.get_or_insert((Unknown::Cited(address), line));
                }
                nodes.iter().for_each(|node| self.node(source, node));
            }
            Some(Err(Refused)) => {
                let message = "its contexts or keywords are not such as JSON-LD 1.1 allows; \
                               keys are read as the vocabulary has them";
                self.findings.error("bad_json_ld", line, message);
                self.plain(source, object);
            }
        }
    }

    /// Reads a node, those in its `@graph`, and those of the vocabulary within its values.
    fn plain(&mut self, source: &Source<'_>, node: &Node<'_>) {
        let inner = ["@graph", "@included"].into_iter().filter_map(|key| node.get(key));
        let mut inner = inner.flat_map(Node::each).peekable();
        if inner.peek().is_none() || node.stated().next().is_some() {
            self.node(source, node);
            node.stated().for_each(|member| self.inner(source, &member.value));
        }
        inner.for_each(|node| self.plain(source, node));
    }

    /// Reads nodes of the vocabulary that stand within a value.
    fn inner(&mut self, source: &Source<'_>, value: &Node<'_>) {
        if !meanings(value).is_empty() {
            return self.plain(source, value);
        }
        match &value.value {
            Value::List(list) => list.iter().for_each(|it| self.inner(source, it)),
            Value::Object(members) => members.iter().for_each(|it| self.inner(source, &it.value)),
            _ => {}
        }
    }

    fn node(&mut self, source: &Source<'_>, node: &Node<'_>) {
        let prefixes = &self.settings.prefixes;
        let mut values = Values { source, prefixes, findings: self.findings };
        let meanings = meanings(node);
        self.nodes += meanings.len();
        for meant in &meanings {
            match meant {
                Type::Page => {
                    self.pages += 1;
                    values.page(node, &mut self.stated.page);
                }
                Type::Class => {
                    let class = values.class(node, &mut self.stated.pieces);
                    self.stated.classes.push(class);
                }
                Type::Individual => {
                    let properties = values.individual(node, &mut self.stated.pieces);
                    self.stated.properties.extend(properties);
                }
                Type::Annotation => {}
            }
        }
        if meanings.is_empty() {
            self.unknown_node(source, node);
        }
    }

    /// Keeps what no statement can be made of as properties of the page.
    fn unknown_node(&mut self, source: &Source<'_>, node: &Node<'_>) {
        let line = source.line(node.at);
        let types = node.get("@type").map(Node::each).unwrap_or_default();
        let what = match types.iter().find_map(Node::text) {
            Some(written) => format!("the type {} is not known", Quoted(written)),
            None => "it has no @type".to_owned(),
        };
        let message = format!("{what}; its members are kept as properties of the page");
        self.findings.warn("unknown_type", line, message);
        let members = node.members().iter().filter(|it| !matches!(&*it.key, "@context" | "@graph"));
        let properties = members.map(|it| property(&it.key, &it.value, source.line(it.value.at)));
        self.stated.properties.extend(properties);
    }

    fn finish(self) -> Stated {
        let Self { findings, stated, pages, unknown, .. } = self;
        if let Some((address, line)) = unknown {
            let message = match &address {
                Unknown::Absent => {
                    "no context is stated; keys are read as the vocabulary has them".to_owned()
                }
                Unknown::Odd => {
                    "the @context is neither an address nor an object; keys are read as the \
                     vocabulary has them"
                        .to_owned()
                }
                Unknown::Cited(address) => format!(
                    "the context {} is not known and nothing is fetched; keys are read as the \
                     vocabulary has them. `contexts` of the source can name a file for it",
                    Quoted(address)
                ),
            };
            findings.warn("unknown_context", line, message);
        }
        if pages == 0 && stated.has_class() {
            let line = stated.classes[0].line;
            findings.info("missing_page", line, "a Class stands without a Page beside it");
        }
        if pages > 0 && !stated.has_class() && stated.pieces.is_empty() {
            let line = stated.page.line;
            findings.info("missing_class", line, "a Page stands without a Class beside it");
        }
        stated
    }
}

/// What a node is by the vocabulary, each once. A value with a type is no node.
fn meanings(node: &Node<'_>) -> Vec<Type> {
    let types = node.get("@type").filter(|_| node.get("@value").is_none());
    let types = types.map(Node::each).unwrap_or_default();
    let mut meanings: Vec<_> =
        types.iter().filter_map(Node::text).filter_map(vocabulary::node_type).collect();
    meanings.sort_unstable();
    meanings.dedup();
    meanings
}

#[cfg(test)]
mod tests;
