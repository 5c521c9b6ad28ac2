//! Values: texts and names as they are meant, with a finding where they are written otherwise.

use std::borrow::Cow;
use std::fmt;

use super::super::values::bare;
use super::expansion::shown_key;
use super::json::{Node, Source, Value};
use super::vocabulary::{PREFIXES, VC};
use crate::iri::{PAGE_NAMESPACE, PrefixTable, RELATIVE_NAMESPACE, STUB_NAMESPACE};
use crate::parse::findings::{Findings, Quoted};

/// Spellings that name a page by its slug. What they name is no class of that IRI.
const SLUG_SPELLINGS: [&str; 2] = ["urn:visionflow:owl:class:", "urn:visionflow:linked:"];

/// Keys of the label beside an `@id`.
pub(super) const LABELS: [&str; 3] = ["label", "rdfs:label", "vc:label"];

/// Where in a fence something stands.
#[derive(Clone, Copy)]
pub(super) struct Path<'p> {
    parent: Option<&'p Path<'p>>,
    step: Step<'p>,
}

#[derive(Clone, Copy)]
enum Step<'p> {
    Root,
    Key(&'p str),
    Place(usize),
}

impl<'p> Path<'p> {
    /// The node that is read.
    pub(super) const ROOT: Path<'static> = Path { parent: None, step: Step::Root };

    pub(super) fn key(&'p self, key: &'p str) -> Self {
        Self { parent: Some(self), step: Step::Key(key) }
    }

    pub(super) fn place(&'p self, at: usize) -> Self {
        Self { parent: Some(self), step: Step::Place(at) }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
        }
        match self.step {
            Step::Root => f.write_str("$"),
            Step::Place(at) => write!(f, "[{at}]"),
            Step::Key(key) => {
                let shown = shown_key(key);
                let shown = shown.chars().take(40).map(|c| if c.is_control() { ' ' } else { c });
                write!(f, ".{}", shown.collect::<String>())
            }
        }
    }
}

/// Something that a value names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) to: Named,
    /// What stands beside it as its label.
    pub(super) label: Option<String>,
    pub(super) line: u32,
}

/// How something is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// By a whole IRI.
    Iri(String),
    /// By the slug of its page.
    Slug(String),
    /// By a name, where an IRI is meant.
    Name(String),
}

impl Named {
    /// The words of it.
    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::Iri(text) | Self::Slug(text) | Self::Name(text) => text,
        }
    }
}

/// A text, and the language it is in where that is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Said<'n> {
    pub(super) text: Cow<'n, str>,
    pub(super) language: Option<&'n str>,
    pub(super) line: u32,
}

impl Said<'_> {
    /// Whether it is in another language than English.
    pub(super) fn is_foreign(&self) -> bool {
        self.language.is_some_and(|it| !it.to_ascii_lowercase().starts_with("en"))
    }
}

/// Reads the values of one fence.
pub(super) struct Values<'r> {
    pub(super) source: &'r Source<'r>,
    pub(super) prefixes: &'r PrefixTable,
    pub(super) findings: &'r mut Findings,
}

impl Values<'_> {
    pub(super) fn line(&self, node: &Node<'_>) -> u32 {
        self.source.line(node.at)
    }

    /// Tells that a value is not of the kind that is meant, and is read all the same.
    fn wrong_type(&mut self, node: &Node<'_>, path: Path<'_>, expected: &str) {
        let message = format!("{path} is {}, expected {expected}; it is read so", kind(node));
        let line = self.line(node);
        self.findings.warn("wrong_type", line, message);
    }

    /// Tells that nothing can be made of a value.
    pub(super) fn unusable(&mut self, node: &Node<'_>, path: Path<'_>, expected: &str) {
        let message = format!("{path} is {}, expected {expected}", kind(node));
        let line = self.line(node);
        self.findings.error("unusable_value", line, message);
    }

    /// The texts that a value holds.
    pub(super) fn texts<'n>(&mut self, node: &'n Node<'n>, path: Path<'_>) -> Vec<Said<'n>> {
        let mut texts = Vec::new();
        self.add_texts(node, path, None, &mut texts);
        texts
    }

    fn add_texts<'n>(
        &mut self,
        node: &'n Node<'n>,
        path: Path<'_>,
        language: Option<&'n str>,
        texts: &mut Vec<Said<'n>>,
    ) {
        let text = match &node.value {
            Value::Null => return,
            Value::Text(text) => Cow::Borrowed(&**text),
            Value::Number(number) => {
                self.wrong_type(node, path, "a text");
                Cow::Borrowed(&**number)
            }
            Value::Boolean(value) => {
                self.wrong_type(node, path, "a text");
                Cow::Borrowed(if *value { "true" } else { "false" })
            }
            Value::List(list) => {
                for (at, item) in list.iter().enumerate() {
                    self.add_texts(item, path.place(at), language, texts);
                }
                return;
            }
            Value::Object(_) => {
                match (node.get("@value"), node.get("@list").or(node.get("@set"))) {
                    (Some(value), _) => {
                        let language = node.get("@language").and_then(Node::text);
                        return self.add_texts(value, path.key("@value"), language, texts);
                    }
                    (None, Some(list)) => return self.add_texts(list, path, language, texts),
                    (None, None) => return self.unusable(node, path, "a text"),
                }
            }
        };
        if !text.trim().is_empty() {
            texts.push(Said { text, language, line: self.line(node) });
        }
    }

    /// What a value names: objects with an `@id`, IRIs, or names in place of them.
    pub(super) fn targets(&mut self, node: &Node<'_>, path: Path<'_>) -> Vec<Target> {
        let mut targets = Vec::new();
        self.add_targets(node, path, &mut targets);
        targets
    }

    fn add_targets(&mut self, node: &Node<'_>, path: Path<'_>, targets: &mut Vec<Target>) {
        const EXPECTED: &str = "an @id that names something";
        match &node.value {
            Value::Null => {}
            Value::Text(text) => targets.extend(self.target_of_text(node, text, path)),
            Value::List(list) => {
                for (at, item) in list.iter().enumerate() {
                    self.add_targets(item, path.place(at), targets);
                }
            }
            Value::Object(_) => {
                if let Some(list) = node.get("@list").or(node.get("@set")) {
                    return self.add_targets(list, path, targets);
                }
                if let Some(text) = node.get("@value").and_then(Node::text) {
                    return targets.extend(self.target_of_text(node, text, path));
                }
                match node.get("@id").and_then(Node::text) {
                    Some(id) => targets.extend(self.target(node, id, path)),
                    None => self.unusable(node, path, EXPECTED),
                }
            }
            Value::Boolean(_) | Value::Number(_) => self.unusable(node, path, EXPECTED),
        }
    }

    fn target(&mut self, node: &Node<'_>, id: &str, path: Path<'_>) -> Option<Target> {
        let label = LABELS
            .iter()
            .find_map(|key| node.get(key))
            .and_then(Node::text)
            .map(str::trim)
            .filter(|label| !label.is_empty())
            .map(str::to_owned);
        let line = self.line(node);
        if let Some(name) = id.strip_prefix(RELATIVE_NAMESPACE) {
            // A processor takes a name in place of an IRI for a relative one.
            self.wrong_type(node, path, "a whole IRI");
            return Some(Target { to: Named::Name(name.to_owned()), label, line });
        }
        match self.named(id) {
            Some(to) => Some(Target { to, label, line }),
            None => {
                let message = format!("{path} names nothing by the @id {}", Quoted(id));
                self.findings.error("unusable_iri", line, message);
                None
            }
        }
    }

    /// What a text names. Without a colon it is a name and no IRI, and still plainly meant.
    fn target_of_text(&mut self, node: &Node<'_>, text: &str, path: Path<'_>) -> Option<Target> {
        let text = bare(text);
        let line = self.line(node);
        if text.is_empty() {
            return None;
        }
        if !text.contains(':') || text.contains(char::is_whitespace) {
            self.wrong_type(node, path, "an IRI");
            return Some(Target { to: Named::Name(text.to_owned()), label: None, line });
        }
        match self.named(text) {
            Some(to) => Some(Target { to, label: None, line }),
            None => {
                self.unusable(node, path, "an IRI");
                None
            }
        }
    }

    /// What an `@id` names; nothing if it is relative, anonymous or broken.
    fn named(&self, id: &str) -> Option<Named> {
        let id = id.trim();
        let slug = SLUG_SPELLINGS.iter().find_map(|spelling| id.strip_prefix(spelling));
        match slug.filter(|slug| !slug.is_empty()) {
            Some(slug) => Some(Named::Slug(slug.to_owned())),
            None => self.iri(id).map(Named::Iri),
        }
    }

    /// An `@id` as a whole IRI, by the prefixes of the vocabulary and of the source; nothing if
    /// it is relative, anonymous or broken.
    pub(super) fn iri(&self, id: &str) -> Option<String> {
        let id = id.trim();
        let (prefix, local) = id.split_once(':')?;
        if prefix == "_"
            || !is_iri_text(id)
            || id.starts_with(RELATIVE_NAMESPACE)
            || local.is_empty()
        {
            return None;
        }
        if local.starts_with("//") {
            return Some(id.to_owned());
        }
        let own = PREFIXES.iter().find(|(known, _)| *known == prefix).map(|(_, it)| *it);
        match self.prefixes.namespace(prefix).or(own) {
            Some(namespace) => Some(format!("{namespace}{local}")),
            None => Some(id.to_owned()),
        }
    }

    /// The IRI that a node is of; a finding where it has none of its own, with what is done then.
    pub(super) fn own_iri(&mut self, node: &Node<'_>, instead: &str) -> Option<String> {
        let line = self.line(node);
        let Some(id) = node.get("@id") else {
            self.findings.warn("missing_id", line, format!("the node has no @id; {instead}"));
            return None;
        };
        let Some(shown) = id.text() else {
            self.unusable(id, Path::ROOT.key("@id"), "an IRI");
            return None;
        };
        match self.iri(shown) {
            None => {
                let shown = shown.strip_prefix(RELATIVE_NAMESPACE).unwrap_or(shown);
                let message = format!("the @id is not a whole IRI: {}; {instead}", Quoted(shown));
                self.findings.error("unusable_iri", line, message);
                None
            }
            Some(iri) if [STUB_NAMESPACE, PAGE_NAMESPACE].iter().any(|it| iri.starts_with(it)) => {
                let message = format!("{} lies in a reserved namespace", Quoted(shown));
                self.findings.error("reserved_iri", line, message);
                None
            }
            iri => iri,
        }
    }

    /// Whether a value says yes, as a boolean or as its word; a finding for anything else.
    pub(super) fn truth(&mut self, node: &Node<'_>, path: Path<'_>) -> bool {
        match &node.value {
            Value::Boolean(value) => *value,
            Value::Null => false,
            Value::List(list) if list.len() == 1 => self.truth(&list[0], path.place(0)),
            Value::Object(_) if node.get("@value").is_some() => {
                node.get("@value").is_some_and(|value| self.truth(value, path.key("@value")))
            }
            Value::Text(text)
                if ["true", "false"].iter().any(|it| text.eq_ignore_ascii_case(it)) =>
            {
                self.wrong_type(node, path, "true or false");
                text.eq_ignore_ascii_case("true")
            }
            _ => {
                self.unusable(node, path, "true or false");
                false
            }
        }
    }
}

/// Whether a text can stand between the brackets of an IRI.
fn is_iri_text(text: &str) -> bool {
    !text.contains(|c: char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '<' | '>' | '"' | '{' | '}' | '|' | '^' | '`' | '\\')
    })
}

/// A value as a property shows it: a text or a number as it is, of an object its `@value` or
/// its `@id`, of a list all of them, anything else as JSON.
pub(super) fn shown(node: &Node<'_>) -> String {
    match &node.value {
        Value::Text(text) => text.trim().to_owned(),
        Value::List(list) if list.iter().all(is_simple) => {
            list.iter().map(shown).collect::<Vec<_>>().join(", ")
        }
        Value::Object(_) if is_simple(node) => {
            let inner = node.get("@value").or(node.get("@id"));
            inner.map(shown).unwrap_or_default()
        }
        // Every key is a text.
        _ => serde_json::to_string(node).unwrap_or_default(),
    }
}

/// Whether a value is one text or number, or an object that says no more than one and its label.
pub(super) fn is_simple(node: &Node<'_>) -> bool {
    match &node.value {
        Value::Object(members) => {
            let is_known = |key: &str| {
                matches!(key, "@value" | "@id" | "@type" | "@language") || LABELS.contains(&key)
            };
            let is_part = |it: &Node<'_>| matches!(it.value, Value::Object(_) | Value::List(_));
            let says = node.get("@value").or(node.get("@id"));
            says.is_some_and(|it| !is_part(it)) && members.iter().all(|it| is_known(&it.key))
        }
        Value::List(_) => false,
        _ => true,
    }
}

fn kind(node: &Node<'_>) -> String {
    match &node.value {
        Value::Null => "null".to_owned(),
        Value::Boolean(value) => value.to_string(),
        Value::Number(number) => format!("the number {}", Quoted(number)),
        Value::Text(text) => format!("the text {}", Quoted(text)),
        Value::List(_) => "a list".to_owned(),
        Value::Object(_) if node.get("@id").is_none() => "an object without an @id".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

/// The IRI of the vocabulary's own term of this name.
pub(super) fn own_term(local: &str) -> String {
    format!("{VC}{local}")
}
