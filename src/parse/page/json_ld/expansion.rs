//! Contexts: which ones a fence cites, and what its keys mean by those of others.
//!
//! The vocabulary's own context needs no processor: its keys are read as they stand. Any other
//! context is the work of a JSON-LD processor, whose statements are read back as nodes with
//! whole IRIs for keys. Nothing is fetched.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use oxjsonld::{JsonLdParser, JsonLdRemoteDocument};
use oxrdf::vocab::{rdf, xsd};
use oxrdf::{BlankNode, Literal, NamedOrBlankNode, Quad, Term as Object};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::json::{LARGEST_DEPTH, Member, Node, Value};
use super::values::LABELS;
use super::vocabulary::{self, ADDRESSES, Term, UNDEFINED};
use crate::iri::RELATIVE_NAMESPACE;
use crate::parse::Contexts;

/// Keywords that mean the same to a reader who knows no JSON-LD.
const PLAIN_KEYWORDS: [&str; 9] =
    ["@context", "@id", "@type", "@value", "@language", "@graph", "@list", "@set", "@included"];

/// Where a label lies that stands beside an IRI: it is not the label of what has that IRI.
const BESIDE: &str = "urn:driftless:label-beside";

/// A document that defines nothing.
const NOTHING: &[u8] = b"{\"@context\": {}}";

/// How a node is to be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Way {
    /// Whether a processor is needed.
    pub(super) expands: bool,
    pub(super) unknown: Option<Unknown>,
}

/// A context that is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unknown {
    /// No context is stated.
    Absent,
    /// One is cited by this address.
    Cited(String),
    /// A value that is not a context.
    Odd,
}

/// How the outermost object of a fence is to be read.
pub(super) fn way(root: &Node<'_>, contexts: &Contexts) -> Way {
    let mut way = Way { expands: needs_processor(root, true), unknown: None };
    let Some(stated) = root.get("@context") else {
        way.unknown = Some(Unknown::Absent);
        return way;
    };
    for context in stated.each() {
        let unknown = match &context.value {
            Value::Text(address) if ADDRESSES.contains(&&**address) => None,
            Value::Text(address) if contexts.contains_key(&**address) => {
                way.expands = true;
                None
            }
            Value::Text(address) => Some(Unknown::Cited(address.clone().into_owned())),
            Value::Object(members) => {
                way.expands |= !members.is_empty();
                None
            }
            Value::Null => None,
            _ => Some(Unknown::Odd),
        };
        way.unknown = way.unknown.or(unknown);
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

/// What a processor makes of an outermost object.
pub(super) struct Expanded {
    /// Nodes with whole IRIs for keys.
    pub(super) nodes: Vec<Node<'static>>,
    /// Addresses that contexts were cited by and that are not known.
    pub(super) unknown: Vec<String>,
}

/// The processor refuses a fence. Of several reasons it tells any, so none is told.
#[derive(Debug)]
pub(super) struct Refused;

/// Lets a processor read an outermost object.
///
/// # Errors
///
/// [`Refused`] if the contexts or keywords are none that JSON-LD allows.
pub(super) fn expand(root: &Node<'_>, contexts: &Contexts) -> Result<Expanded, Refused> {
    let document = serde_json::to_string(&InOwnContext(root)).map_err(|_| Refused)?;
    let unknown = Arc::new(Mutex::new(Vec::new()));
    let (known, missed) = (Arc::clone(contexts), Arc::clone(&unknown));
    let parser = JsonLdParser::new()
        .lenient()
        .with_base_iri(RELATIVE_NAMESPACE)
        .map_err(|_| Refused)?
        .for_slice(&document)
        .with_load_document_callback(move |address, _| {
            let document = match known.get(address) {
                Some(document) => document.clone().into_bytes(),
                None if ADDRESSES.contains(&address) => OWN.clone().into_bytes(),
                None => {
                    let mut missed = missed.lock().unwrap_or_else(PoisonError::into_inner);
                    missed.push(address.to_owned());
                    NOTHING.to_vec()
                }
            };
            Ok(JsonLdRemoteDocument { document, document_url: address.to_owned() })
        });
    let quads: Vec<Quad> = parser.collect::<Result<_, _>>().map_err(|_| Refused)?;
    let nodes = Graph::new(&quads, root.at).nodes();
    let unknown = std::mem::take(&mut *unknown.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(Expanded { nodes, unknown })
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
            let is_node = is_graph(key);
            map.serialize_entry(key, &Inner { node: value, is_node })?;
        }
        map.end()
    }
}

/// Whether what stands below a key are nodes of their own.
fn is_graph(key: &str) -> bool {
    matches!(key, "@graph" | "@included")
}

/// A value within a node, or nodes of their own. A label beside an `@id` is written so that it stays
/// beside it: a processor would make it a label of what has that IRI.
struct Inner<'n> {
    node: &'n Node<'n>,
    is_node: bool,
}

impl Serialize for Inner<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { node, is_node } = *self;
        match &node.value {
            Value::List(list) => {
                serializer.collect_seq(list.iter().map(|node| Inner { node, is_node }))
            }
            Value::Object(members) => {
                let has_type = node.get("@type").is_some();
                let is_reference = !is_node && node.get("@id").is_some() && !has_type;
                let mut map = serializer.serialize_map(None)?;
                for Member { key, value } in members {
                    let is_beside = is_reference && LABELS.contains(&&**key);
                    let inner = Inner { node: value, is_node: is_graph(key) };
                    map.serialize_entry(if is_beside { BESIDE } else { key }, &inner)?;
                }
                map.end()
            }
            _ => node.serialize(serializer),
        }
    }
}

/// What a processor stated, by subject.
struct Graph<'q> {
    at: u32,
    subjects: Vec<&'q NamedOrBlankNode>,
    statements: HashMap<&'q NamedOrBlankNode, Vec<&'q Quad>>,
    /// What each subject is called: beside its IRI, else by itself.
    labels: HashMap<&'q NamedOrBlankNode, &'q str>,
    /// Those with a type, and the place of the first statement of one: where their node stands.
    typed: HashMap<&'q NamedOrBlankNode, usize>,
    /// Nodes that are written out. Written wherever they are spoken of, a few of them could become
    /// more than fits anywhere.
    written: RefCell<HashSet<NamedOrBlankNode>>,
}

impl<'q> Graph<'q> {
    fn new(quads: &'q [Quad], at: u32) -> Self {
        let mut graph = Self {
            at,
            subjects: Vec::new(),
            statements: HashMap::new(),
            labels: HashMap::new(),
            typed: HashMap::new(),
            written: RefCell::default(),
        };
        for (place, quad) in quads.iter().enumerate() {
            let of_subject = graph.statements.entry(&quad.subject).or_default();
            if of_subject.is_empty() {
                graph.subjects.push(&quad.subject);
            }
            of_subject.push(quad);
            if quad.predicate == rdf::TYPE {
                graph.typed.entry(&quad.subject).or_insert(place);
            }
            let Object::Literal(label) = &quad.object else { continue };
            let property = quad.predicate.as_str();
            if property == BESIDE {
                graph.labels.insert(&quad.subject, label.value());
            } else if vocabulary::term(property) == Some(Term::Label) {
                graph.labels.entry(&quad.subject).or_insert(label.value());
            }
        }
        graph
    }

    /// Every node: those with a type first, then those that no other speaks of, then what is left.
    fn nodes(&self) -> Vec<Node<'static>> {
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
        let rank = |subject: &NamedOrBlankNode| match subject {
            NamedOrBlankNode::NamedNode(_) if self.typed.contains_key(subject) => 0,
            _ if !spoken_of.contains(subject) => 1,
            _ => 2,
        };
        let mut subjects = self.subjects.clone();
        subjects.sort_by_key(|subject| (rank(subject), self.typed.get(subject)));
        let mut nodes = Vec::new();
        for subject in subjects {
            let is_label_alone = || self.of(subject).iter().all(|quad| self.is_label(quad));
            if self.written.borrow().contains(subject) || rank(subject) == 2 && is_label_alone() {
                continue;
            }
            self.written.borrow_mut().insert(subject.clone());
            nodes.push(self.node(subject, 0));
        }
        nodes
    }

    fn is_label(&self, quad: &Quad) -> bool {
        let property = quad.predicate.as_str();
        property == BESIDE || vocabulary::term(property) == Some(Term::Label)
    }

    fn of(&self, subject: &NamedOrBlankNode) -> &[&'q Quad] {
        self.statements.get(subject).map_or(&[], Vec::as_slice)
    }

    fn node(&self, subject: &NamedOrBlankNode, depth: usize) -> Node<'static> {
        let mut members: Vec<Member<'static>> = Vec::new();
        if let NamedOrBlankNode::NamedNode(node) = subject {
            let id = self.text(node.as_str().to_owned());
            members.push(Member { key: Cow::Borrowed("@id"), value: id });
        }
        let mut places = HashMap::new();
        for quad in self.of(subject).iter().filter(|quad| quad.predicate.as_str() != BESIDE) {
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
                if let Some(label) = self.labels.get(&subject) {
                    members.push(self.member("label", label));
                }
                // What is said of it here and is no node of its own stands here.
                let is_inner = !self.typed.contains_key(&subject)
                    && self.of(&subject).iter().any(|quad| !self.is_label(quad))
                    && depth < LARGEST_DEPTH
                    && self.written.borrow_mut().insert(subject.clone());
                if is_inner {
                    let Node { value, .. } = self.node(&subject, depth + 1);
                    let Value::Object(inner) = value else { unreachable!("nodes are objects") };
                    members.extend(inner.into_iter().filter(|it| it.key != "@id"));
                }
                Node { at: self.at, value: Value::Object(members) }
            }
            Object::BlankNode(node) if depth >= LARGEST_DEPTH || !self.write(node) => {
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

    /// Notes that a node without a name is written; false if it was before.
    fn write(&self, node: &BlankNode) -> bool {
        self.written.borrow_mut().insert(NamedOrBlankNode::BlankNode(node.clone()))
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
