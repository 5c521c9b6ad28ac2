//! JSON-LD fences: the ontology of a page as objects of one vocabulary.
//!
//! A fence is told by the types of its objects, not by its place. `json` reads it, `expansion`
//! settles what its keys mean, `node` reads pages, classes and individuals by `vocabulary`, and
//! `class` makes blocks of them. Damage costs only what it touches.

mod class;
mod expansion;
mod json;
mod node;
mod values;
mod vocabulary;

use std::borrow::Cow;

use expansion::Way;
use json::{Node, Source, Value};
use node::{ClassDraft, PageNode, property};
use values::Values;
use vocabulary::Type;

use super::PageSettings;
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
    /// Whether a fence is of the vocabulary, or so damaged that it may have been.
    pub(super) is_of_vocabulary: bool,
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
    let mut reading =
        Reading { settings, findings, stated: Stated::default(), pages: 0, unknown: None };
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
    pages: usize,
    /// The first context that nobody knows, and where it is cited.
    unknown: Option<(String, u32)>,
}

impl Reading<'_> {
    fn fence(&mut self, source: &Source<'_>) {
        let Some(root) = json::read(source, self.findings) else {
            self.stated.is_of_vocabulary = true;
            if source.text.trim().is_empty() {
                let message = "the fence is empty";
                self.findings.warn("bad_json", source.line(0), message);
            }
            return;
        };
        for object in root.each() {
            match object.value {
                Value::Object(_) => self.outermost(source, object),
                _ => {
                    let message = "the fence holds a value that is not an object; it is not read";
                    self.findings.error("unusable_value", source.line(object.at), message);
                }
            }
        }
    }

    fn outermost(&mut self, source: &Source<'_>, object: &Node<'_>) {
        let Way { expands, unknown } = expansion::way(object, &self.settings.contexts);
        let has_keys = !object.members().is_empty();
        if let (true, Some(address), None) = (has_keys, unknown, &self.unknown) {
            self.unknown = Some((address, source.line(object.at)));
        }
        if expands {
            match expansion::expand(object, &self.settings.contexts) {
                Ok(nodes) => return nodes.iter().for_each(|node| self.node(source, node)),
                Err(reason) => {
                    let message = format!(
                        "the context cannot be used, and keys are read as the vocabulary has \
                         them: {}",
                        Quoted(&reason)
                    );
                    self.findings.error("bad_json_ld", source.line(object.at), message);
                }
            }
        }
        self.plain(source, object);
    }

    /// Reads a node and those in its `@graph`.
    fn plain(&mut self, source: &Source<'_>, node: &Node<'_>) {
        let inner = ["@graph", "@included"].into_iter().filter_map(|key| node.get(key));
        let mut inner = inner.flat_map(Node::each).peekable();
        let has_members = node.members().iter().any(|it| !it.key.starts_with('@'));
        if inner.peek().is_none() || has_members {
            self.node(source, node);
        }
        inner.for_each(|node| self.plain(source, node));
    }

    fn node(&mut self, source: &Source<'_>, node: &Node<'_>) {
        let prefixes = &self.settings.prefixes;
        let mut values = Values { source, prefixes, findings: self.findings };
        let types = node.get("@type").map(Node::each).unwrap_or_default();
        let known = types.iter().filter_map(Node::text).filter_map(vocabulary::node_type);
        // A node may have further types, of which the first known one decides.
        let meant = known.min_by_key(|meant| match meant {
            Type::Class => 0,
            Type::Individual => 1,
            Type::Page => 2,
            Type::Annotation => 3,
        });
        self.stated.is_of_vocabulary |= meant.is_some();
        match meant {
            Some(Type::Page) => {
                self.pages += 1;
                values.page(node, &mut self.stated.page);
            }
            Some(Type::Class) => {
                let class = values.class(node, &mut self.stated.pieces);
                self.stated.classes.push(class);
            }
            Some(Type::Individual) => {
                let properties = values.individual(node, &mut self.stated.pieces);
                self.stated.properties.extend(properties);
            }
            Some(Type::Annotation) => {}
            None => self.unknown_node(source, node, types),
        }
    }

    /// Keeps what no statement can be made of as properties of the page.
    fn unknown_node(&mut self, source: &Source<'_>, node: &Node<'_>, types: &[Node<'_>]) {
        let line = source.line(node.at);
        let what = match types.iter().find_map(Node::text) {
            Some(written) => format!("the type {} is not known", Quoted(written)),
            None => "it has no @type".to_owned(),
        };
        let message = format!("{what}; its members are kept as properties of the page");
        self.findings.warn("unknown_type", line, message);
        let properties = node
            .members()
            .iter()
            .filter_map(|it| property(&it.key, &it.value, source.line(it.value.at)));
        self.stated.properties.extend(properties);
    }

    fn finish(self) -> Stated {
        let Self { findings, stated, pages, unknown, .. } = self;
        if let Some((address, line)) = unknown {
            let message = match address.as_str() {
                "none" => {
                    "no context is stated; keys are read as the vocabulary has them".to_owned()
                }
                address => format!(
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

#[cfg(test)]
mod tests;
