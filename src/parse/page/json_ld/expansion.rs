//! Contexts: which ones a fence cites, and what its keys mean by those of others.
//!
//! The vocabulary's own context needs no processor: its keys are read as they stand. Any other
//! context is the work of a JSON-LD processor, whose statements are read back as nodes with
//! whole IRIs for keys. Nothing is fetched.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock};

use oxjsonld::{JsonLdParser, JsonLdRemoteDocument};
use oxrdf::vocab::{rdf, xsd};
use oxrdf::{BlankNode, Literal, NamedOrBlankNode, Quad, Term as Object};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::json::{LARGEST_DEPTH, Member, Node, Value};
use super::vocabulary::{self, ADDRESSES, Term, UNDEFINED};
use crate::parse::Contexts;

/// Keywords that mean the same to a reader who knows no JSON-LD.
const PLAIN_KEYWORDS: [&str; 9] =
    ["@context", "@id", "@type", "@value", "@language", "@graph", "@list", "@set", "@included"];

/// What relative IRIs are resolved against, to be told from whole ones.
pub(super) const BASE: &str = "urn:driftless:document:/";

/// How a node is to be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Way {
    /// Whether a processor is needed.
    pub(super) expands: bool,
    /// What of its contexts is known to nobody: an address, or nothing where it has none.
    pub(super) unknown: Option<String>,
}

/// How the outermost object of a fence is to be read.
pub(super) fn way(root: &Node<'_>, contexts: &Contexts) -> Way {
    let mut way = Way { expands: needs_processor(root, true), unknown: None };
    let Some(stated) = root.get("@context") else {
        way.unknown = Some("none".to_owned());
        return way;
    };
    for context in stated.each() {
        match context.text() {
            Some(address) if ADDRESSES.contains(&address) => {}
            Some(address) if contexts.contains_key(address) => way.expands = true,
            Some(address) => way.unknown = way.unknown.or_else(|| Some(address.to_owned())),
            None => way.expands |= !context.members().is_empty(),
        }
    }
    way
}

/// Whether keywords stand in a node whose meaning is a processor's business.
fn needs_processor(node: &Node<'_>, is_outermost: bool) -> bool {
    match &node.value {
        Value::List(list) => list.iter().any(|it| needs_processor(it, false)),
        Value::Object(members) => members.iter().any(|Member { key, value }| {
            let is_keyword = key.starts_with('@');
            let is_plain = PLAIN_KEYWORDS.contains(&&**key) && (key != "@context" || is_outermost);
            is_keyword && !is_plain || key != "@context" && needs_processor(value, false)
        }),
        _ => false,
    }
}

/// The nodes that a processor makes of an outermost object, typed ones alone.
///
/// # Errors
///
/// What the processor says of a fence that it refuses.
pub(super) fn expand(root: &Node<'_>, contexts: &Contexts) -> Result<Vec<Node<'static>>, String> {
    let document = serde_json::to_string(&InOwnContext(root)).map_err(|it| it.to_string())?;
    let known = Arc::clone(contexts);
    let parser = JsonLdParser::new()
        .lenient()
        .with_base_iri(BASE)
        .map_err(|error| error.to_string())?
        .for_slice(&document)
        .with_load_document_callback(move |address, _| {
            let document = match known.get(address) {
                Some(document) => document.clone().into_bytes(),
                None if ADDRESSES.contains(&address) => OWN.clone().into_bytes(),
                // It has been told; keys that it would define are kept as they are.
                None => b"{}".to_vec(),
            };
            Ok(JsonLdRemoteDocument { document, document_url: address.to_owned() })
        });
    let quads: Vec<Quad> = parser.collect::<Result<_, _>>().map_err(|error| error.to_string())?;
    Ok(Graph::new(&quads, root.at).roots())
}

/// The vocabulary's context, made once.
static OWN: LazyLock<String> = LazyLock::new(|| vocabulary::context(true).to_string());

/// An object with the vocabulary's context before its own: what that does not define is read as
/// the vocabulary has it, or kept.
struct InOwnContext<'n>(&'n Node<'n>);

impl Serialize for InOwnContext<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let own = Node { at: self.0.at, value: Value::Text(Cow::Borrowed(ADDRESSES[0])) };
        let stated = self.0.get("@context").map(Node::each).unwrap_or_default();
        let contexts: Vec<_> = std::iter::once(&own).chain(stated).collect();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("@context", &contexts)?;
        for Member { key, value } in self.0.members().iter().filter(|it| it.key != "@context") {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

/// What a processor stated, by subject.
struct Graph<'q> {
    at: u32,
    subjects: Vec<&'q NamedOrBlankNode>,
    statements: HashMap<&'q NamedOrBlankNode, Vec<&'q Quad>>,
    /// Nodes without names that stand in another one already: written out wherever they are
    /// spoken of, a few of them could become more than fits anywhere.
    written: RefCell<HashSet<BlankNode>>,
}

impl<'q> Graph<'q> {
    fn new(quads: &'q [Quad], at: u32) -> Self {
        let mut graph = Self {
            at,
            subjects: Vec::new(),
            statements: HashMap::new(),
            written: RefCell::default(),
        };
        for quad in quads {
            let of_subject = graph.statements.entry(&quad.subject).or_default();
            if of_subject.is_empty() {
                graph.subjects.push(&quad.subject);
            }
            of_subject.push(quad);
        }
        graph
    }

    /// Everything with a type, and what has none and no other speaks of.
    fn roots(&self) -> Vec<Node<'static>> {
        let spoken_of: HashSet<_> = self
            .statements
            .values()
            .flatten()
            .filter(|quad| quad.predicate != rdf::TYPE)
            .filter_map(|quad| match &quad.object {
                Object::NamedNode(node) => Some(NamedOrBlankNode::NamedNode(node.clone())),
                Object::BlankNode(node) => Some(NamedOrBlankNode::BlankNode(node.clone())),
                Object::Literal(_) => None,
            })
            .collect();
        let is_root = |subject: &&&NamedOrBlankNode| {
            !spoken_of.contains(**subject) || subject.is_named_node() && self.is_typed(subject)
        };
        let roots = self.subjects.iter().filter(is_root);
        roots.map(|subject| self.node(subject, 0)).collect()
    }

    fn of(&self, subject: &NamedOrBlankNode) -> &[&'q Quad] {
        self.statements.get(subject).map_or(&[], Vec::as_slice)
    }

    fn is_typed(&self, subject: &NamedOrBlankNode) -> bool {
        self.of(subject).iter().any(|quad| quad.predicate == rdf::TYPE)
    }

    fn node(&self, subject: &NamedOrBlankNode, depth: usize) -> Node<'static> {
        let mut members: Vec<Member<'static>> = Vec::new();
        if let NamedOrBlankNode::NamedNode(node) = subject {
            let id = self.text(node.as_str().to_owned());
            members.push(Member { key: Cow::Borrowed("@id"), value: id });
        }
        let mut places = HashMap::new();
        for quad in self.of(subject) {
            let is_type = quad.predicate == rdf::TYPE;
            let key = if is_type { "@type" } else { quad.predicate.as_str() };
            let value = match &quad.object {
                Object::NamedNode(node) if is_type => self.text(node.as_str().to_owned()),
                object => self.object(object, depth),
            };
            let place = *places.entry(key).or_insert_with(|| {
                let list = Node { at: self.at, value: Value::List(Vec::new()) };
                members.push(Member { key: Cow::Owned(key.to_owned()), value: list });
                members.len() - 1
            });
            if let Value::List(list) = &mut members[place].value.value {
                list.push(value);
            }
        }
        Node { at: self.at, value: Value::Object(members) }
    }

    fn object(&self, object: &Object, depth: usize) -> Node<'static> {
        match object {
            Object::Literal(literal) => self.literal(literal),
            Object::NamedNode(node) => {
                let subject = NamedOrBlankNode::NamedNode(node.clone());
                let mut members = vec![self.member("@id", node.as_str())];
                let is_label =
                    |quad: &&&Quad| vocabulary::term(quad.predicate.as_str()) == Some(Term::Label);
                if let Some(quad) = self.of(&subject).iter().find(is_label)
                    && let Object::Literal(label) = &quad.object
                {
                    members.push(self.member("label", label.value()));
                }
                Node { at: self.at, value: Value::Object(members) }
            }
            Object::BlankNode(node)
                if depth >= LARGEST_DEPTH || !self.written.borrow_mut().insert(node.clone()) =>
            {
                Node { at: self.at, value: Value::Null }
            }
            Object::BlankNode(node) => {
                let subject = NamedOrBlankNode::BlankNode(node.clone());
                match self.list(&subject, depth) {
                    Some(list) => Node { at: self.at, value: Value::List(list) },
                    None => self.node(&subject, depth + 1),
                }
            }
        }
    }

    /// The values of an RDF list; nothing if a node is none.
    fn list(&self, head: &NamedOrBlankNode, depth: usize) -> Option<Vec<Node<'static>>> {
        let mut list = Vec::new();
        let mut seen = HashSet::new();
        let mut at = head.clone();
        while seen.insert(at.clone()) {
            let of = |property| self.of(&at).iter().find(|quad| quad.predicate == property);
            list.push(self.object(&of(rdf::FIRST)?.object, depth + 1));
            match &of(rdf::REST)?.object {
                Object::BlankNode(rest) => at = NamedOrBlankNode::BlankNode(rest.clone()),
                _ => break,
            }
        }
        Some(list)
    }

    fn literal(&self, literal: &Literal) -> Node<'static> {
        let text = literal.value().to_owned();
        if let Some(language) = literal.language() {
            let members = vec![self.member("@value", &text), self.member("@language", language)];
            return Node { at: self.at, value: Value::Object(members) };
        }
        let datatype = literal.datatype();
        let value = if datatype == xsd::BOOLEAN {
            Value::Boolean(text == "true" || text == "1")
        } else if [xsd::INTEGER, xsd::DOUBLE, xsd::DECIMAL, xsd::FLOAT].contains(&datatype) {
            Value::Number(Cow::Owned(text))
        } else {
            Value::Text(Cow::Owned(text))
        };
        Node { at: self.at, value }
    }

    fn text(&self, text: String) -> Node<'static> {
        Node { at: self.at, value: Value::Text(Cow::Owned(text)) }
    }

    fn member(&self, key: &'static str, text: &str) -> Member<'static> {
        Member { key: Cow::Borrowed(key), value: self.text(text.to_owned()) }
    }
}

/// A key as it is shown: what no context defined as written.
pub(super) fn shown_key(key: &str) -> Cow<'_, str> {
    if let Some(local) = key.strip_prefix(UNDEFINED) {
        return Cow::Borrowed(local);
    }
    let prefixed = vocabulary::PREFIXES.iter().find_map(|(prefix, namespace)| {
        Some(Cow::Owned(format!("{prefix}:{}", key.strip_prefix(namespace)?)))
    });
    prefixed.unwrap_or(Cow::Borrowed(key))
}
