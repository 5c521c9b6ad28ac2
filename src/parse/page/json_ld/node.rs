//! Nodes: the page, its classes and its individuals, from their members.
//!
//! What a class means for names and references of the whole page is in `class`.

use std::collections::HashSet;

use super::annotations::{ALTERNATIVE, COMMENT, LABEL, Pieces};
use super::expansion::shown_key;
use super::json::{Member, Node, Value};
use super::values::{Named, Path, Said, Target, Values, is_simple, own_term, shown};
use super::vocabulary::{self, DOMAINS, MATURITIES, Predicate, SCHEMA_VERSION, Spelling, Term};
use crate::iri::{built_in, local_name};
use crate::name::Name;
use crate::parse::findings::Quoted;
use crate::parse::owl::Piece;
use crate::record::{Property, Reference, SUBCLASS_OF};

/// What nodes of the type `Page` state.
#[derive(Debug, Default)]
pub(super) struct PageNode {
    pub(super) line: u32,
    /// Titles and other labels, the first one first.
    pub(super) titles: Vec<(String, u32)>,
    pub(super) slug: Option<(String, u32)>,
    pub(super) is_public: bool,
    /// Pages that it links to.
    pub(super) links: Vec<(String, u32)>,
    pub(super) properties: Vec<Property>,
}

/// A class before its page is known as a whole.
#[derive(Debug, Default)]
pub(in crate::parse::page) struct ClassDraft {
    pub(super) line: u32,
    pub(super) iri: Option<String>,
    pub(super) label: Option<String>,
    pub(super) comment: Option<String>,
    /// Further labels.
    pub(super) alternatives: Vec<String>,
    pub(super) references: Vec<Reference>,
    pub(super) properties: Vec<Property>,
}

impl Values<'_> {
    /// Reads a node of the type `Page` into `page`.
    pub(super) fn page(&mut self, node: &Node<'_>, page: &mut PageNode) {
        if page.line == 0 {
            page.line = self.line(node);
        }
        let mut version = None;
        let id = node.get("@id");
        page.properties.extend(id.map(|id| property("@id", id, self.line(id))));
        page.properties.extend(self.further_types(node));
        for Member { key, value } in node.stated() {
            let (path, line) = (Path::ROOT.key(key), self.line(value));
            match vocabulary::term(key) {
                Some(Term::Wikilinks) => self.links(value, path, &mut page.links),
                Some(Term::LegacyProperties) => {
                    self.legacy(value, key, &mut page.properties);
                }
                meant => {
                    match meant {
                        Some(Term::Title | Term::Label) => {
                            let said = self.texts(value, path);
                            let owned = |it: Said<'_>| (it.text.trim().to_owned(), it.line);
                            page.titles.extend(said.into_iter().map(owned));
                        }
                        Some(Term::Slug) => {
                            let said = self.texts(value, path).into_iter().next();
                            let slug = said.map(|it| (it.text.trim().to_owned(), it.line));
                            page.slug = page.slug.take().or(slug);
                        }
                        Some(Term::Public) => page.is_public |= self.truth(value, path),
                        Some(Term::SchemaVersion) => version = Some(shown(value)),
                        _ => {}
                    }
                    page.properties.push(property(key, value, line));
                }
            }
        }
        self.check_version(version.as_deref(), self.line(node));
    }

    fn check_version(&mut self, version: Option<&str>, line: u32) {
        let message = match version {
            Some(SCHEMA_VERSION) => return,
            Some(other) => {
                format!("the page's schemaVersion is {}, expected {SCHEMA_VERSION}", Quoted(other))
            }
            None => format!("the page states no schemaVersion, expected {SCHEMA_VERSION}"),
        };
        self.findings.info("unknown_schema_version", line, message);
    }

    /// The pages that a page links to: by the label beside each, else by its slug. The root of all
    /// classes is no page, whatever it is called.
    fn links(&mut self, node: &Node<'_>, path: Path<'_>, links: &mut Vec<(String, u32)>) {
        for (at, item) in node.each().iter().enumerate() {
            let line = self.line(item);
            if let Some(text) = item.text().map(super::super::values::bare)
                && (!text.contains(':') || text.contains(char::is_whitespace))
            {
                links.push((text.to_owned(), line));
                continue;
            }
            for Target { to, label, line } in self.targets(item, path.place(at)) {
                let target = match (&to, label) {
                    (Named::Iri(iri), _) if built_in(iri).is_some() => continue,
                    (_, Some(label)) => label,
                    (Named::Iri(iri), None) => local_name(iri).to_owned(),
                    (Named::Slug(name) | Named::Name(name), None) => name.clone(),
                };
                links.push((target, line));
            }
        }
    }

    /// Properties that an older page had, each an object of a key and a value.
    fn legacy(&mut self, node: &Node<'_>, key: &str, properties: &mut Vec<Property>) {
        for item in node.each() {
            let of = |local: &str| {
                let key = |it: &Member<'_>| {
                    let key = shown_key(&it.key);
                    key.strip_prefix("vc:").unwrap_or(&key) == local
                };
                item.members().iter().find(|it| key(it)).map(|it| &it.value)
            };
            let line = self.line(item);
            match (of("key"), of("value")) {
                (Some(key), Some(value)) if value.value != Value::Null => {
                    let (key, value) = (shown(key), shown(value));
                    properties.push(Property { key, value, line });
                }
                (Some(_), Some(_)) => {}
                _ => properties.push(property(key, item, line)),
            }
        }
    }

    /// The types of a node that are not of the vocabulary, as a property.
    fn further_types(&self, node: &Node<'_>) -> Option<Property> {
        let types = node.get("@type")?;
        let others = types.each().iter().filter_map(Node::text);
        let others = others.filter(|it| vocabulary::node_type(it).is_none());
        let value = others.map(|it| shown_key(it).into_owned()).collect::<Vec<_>>().join(", ");
        let line = self.line(types);
        (!value.is_empty()).then(|| Property { key: "@type".to_owned(), value, line })
    }

    /// Reads a node of the type `Class`.
    pub(super) fn class(
        &mut self,
        node: &Node<'_>,
        pieces: &mut Vec<Piece<'static>>,
    ) -> ClassDraft {
        let iri = self.own_iri(node, "the IRI is made of the class's name");
        let mut pieces = Pieces { subject: iri.clone(), list: pieces };
        let mut draft = ClassDraft { line: self.line(node), iri, ..ClassDraft::default() };
        draft.properties.extend(self.further_types(node));
        let mut related = Related::default();
        let mut scores: Vec<(f64, u32)> = Vec::new();
        for Member { key, value } in node.stated() {
            let path = Path::ROOT.key(key);
            match vocabulary::term(key) {
                Some(Term::SubClassOf) => {
                    self.relate(SUBCLASS_OF, value, path, &mut related);
                    if !value.each().iter().all(is_simple) {
                        draft.properties.push(property(key, value, self.line(value)));
                    }
                }
                Some(Term::Relations) => {
                    self.relations(value, path, &mut related, &mut draft.properties);
                }
                Some(Term::LegacyProperties) => self.legacy(value, key, &mut draft.properties),
                Some(Term::Provenance) => self.provenance(value, key, &mut draft.properties),
                Some(term) if self.annotation(term, value, path, &mut draft, &mut pieces) => {}
                meant => {
                    draft.properties.push(property(key, value, self.line(value)));
                    if let Some(term) = meant {
                        self.check(term, key, value, &mut scores);
                    } else if let Some(predicate) = known_predicate(key) {
                        self.report_spelling(&predicate, key, self.line(value));
                        self.relate(&predicate.name, value, path, &mut related);
                    }
                }
            }
        }
        self.check_scores(&scores);
        draft.references = related.references;
        draft
    }

    /// Reads what annotates a class; false if a term is of another kind, or if axioms would have
    /// to speak of a class whose IRI is not known yet.
    fn annotation(
        &mut self,
        term: Term,
        value: &Node<'_>,
        path: Path<'_>,
        draft: &mut ClassDraft,
        pieces: &mut Pieces<'_>,
    ) -> bool {
        match term {
            Term::Label => {
                let others = self.shown_and_others(value, path, &mut draft.label, LABEL, pieces);
                draft.alternatives.extend(others);
            }
            Term::Definition => {
                self.shown_and_others(value, path, &mut draft.comment, COMMENT, pieces);
            }
            Term::AlternativeLabel => {
                let said = self.texts(value, path);
                said.iter().for_each(|it| pieces.annotate(ALTERNATIVE, it));
                draft.alternatives.extend(said.into_iter().map(|it| it.text.into_owned()));
            }
            Term::SameAs if pieces.subject.is_some() => {
                self.targets(value, path).iter().for_each(|it| pieces.same_as(it));
            }
            Term::PlainGloss if pieces.subject.is_some() => {
                let property = own_term("plainGloss");
                let said = self.texts(value, path);
                said.iter().for_each(|said| pieces.annotate(&property, said));
            }
            _ => return false,
        }
        true
    }

    /// Takes what is said in English or in no language as `shown`; the rest are annotations, and
    /// given back.
    fn shown_and_others(
        &mut self,
        value: &Node<'_>,
        path: Path<'_>,
        shown: &mut Option<String>,
        property: &str,
        pieces: &mut Pieces<'_>,
    ) -> Vec<String> {
        let mut said = self.texts(value, path);
        said.sort_by_key(Said::is_foreign);
        let mut others = Vec::new();
        for said in said {
            let text = said.text.trim().to_owned();
            if shown.is_none() {
                *shown = Some(text);
            } else {
                pieces.annotate(property, &said);
                others.push(text);
            }
        }
        others
    }

    /// The predicates of `relations`, each with what it leads to.
    fn relations(
        &mut self,
        node: &Node<'_>,
        path: Path<'_>,
        related: &mut Related,
        properties: &mut Vec<Property>,
    ) {
        for (at, item) in node.each().iter().enumerate() {
            // An object with an @id names a thing and relates nothing to it.
            if !matches!(item.value, Value::Object(_)) || item.get("@id").is_some() {
                self.unusable(item, path.place(at), "an object of predicates");
                continue;
            }
            for Member { key, value } in item.stated() {
                let line = self.line(value);
                properties.push(property(key, value, line));
                let Some(predicate) = vocabulary::predicate(key) else { continue };
                self.report_spelling(&predicate, key, line);
                self.relate(&predicate.name, value, path.key(key), related);
            }
        }
    }

    fn report_spelling(&mut self, predicate: &Predicate, key: &str, line: u32) {
        let (key, name) = (shown_key(key), &predicate.name);
        match predicate.spelling {
            Spelling::Usual => {}
            Spelling::Other => {
                let message = format!("{} is read as {name}", Quoted(&key));
                self.findings.info("other_spelling", line, message);
            }
            Spelling::Unknown => {
                let message =
                    format!("{} is not a known predicate; it is kept as {name}", Quoted(&key));
                self.findings.info("unknown_predicate", line, message);
            }
        }
    }

    fn relate(&mut self, predicate: &str, node: &Node<'_>, path: Path<'_>, related: &mut Related) {
        for target in self.targets(node, path) {
            related.add(predicate, target);
        }
    }

    fn provenance(&mut self, node: &Node<'_>, key: &str, properties: &mut Vec<Property>) {
        let key = shown_key(key);
        for item in node.each() {
            if item.members().is_empty() {
                let line = self.line(item);
                properties.push(Property {
                    key: key.clone().into_owned(),
                    value: shown(item),
                    line,
                });
            }
            for Member { key: part, value } in item.members() {
                let key = format!("{key}.{}", shown_key(part));
                properties.push(Property { key, value: shown(value), line: self.line(value) });
            }
        }
    }

    fn check(&mut self, term: Term, key: &str, node: &Node<'_>, scores: &mut Vec<(f64, u32)>) {
        let (value, line, key) = (shown(node), self.line(node), shown_key(key));
        let known: &[&str] = match term {
            Term::Domain => &DOMAINS,
            Term::Maturity => &MATURITIES,
            Term::Quality => {
                match value.parse::<f64>() {
                    Ok(score) if (0.0..=1.0).contains(&score) => scores.push((score, line)),
                    _ => {
                        let value = Quoted(&value);
                        let message =
                            format!("{key} is {value}, expected a number from 0.0 to 1.0");
                        self.findings.warn("score_out_of_range", line, message);
                    }
                }
                return;
            }
            _ => return,
        };
        if !known.contains(&&*value) {
            let (value, known) = (Quoted(&value), known.join(", "));
            let message = format!("{key} is {value}, expected one of {known}");
            self.findings.warn("unknown_value", line, message);
        }
    }

    fn check_scores(&mut self, scores: &[(f64, u32)]) {
        let Some((first, at)) = scores.first() else { return };
        if let Some((second, line)) = scores.iter().find(|(score, _)| score != first) {
            let message = format!("the quality is {second} here and {first} on line {at}");
            self.findings.info("quality_disagrees", *line, message);
        }
    }

    /// Reads a node of the type `Individual`; gives what of it are properties of the page.
    pub(super) fn individual(
        &mut self,
        node: &Node<'_>,
        pieces: &mut Vec<Piece<'static>>,
    ) -> Vec<Property> {
        let mut properties = Vec::new();
        let subject = self.own_iri(node, "what is said of it is kept as properties of the page");
        if subject.is_none() {
            properties.extend(self.further_types(node));
            let all = node.stated().map(|it| property(&it.key, &it.value, self.line(&it.value)));
            properties.extend(all);
            return properties;
        }
        let mut pieces = Pieces { subject, list: pieces };
        pieces.add(self.line(node), |of| format!("Declaration(NamedIndividual(<{of}>))"));
        let types = node.get("@type").map(Node::each).unwrap_or_default();
        for class in types.iter().filter(|it| !it.text().is_some_and(is_known_type)) {
            for Target { to, line, .. } in self.targets(class, Path::ROOT.key("@type")) {
                self.instance_of(&mut pieces, to, line);
            }
        }
        for Member { key, value } in node.stated() {
            let (path, line) = (Path::ROOT.key(key), self.line(value));
            let property_of = match vocabulary::term(key) {
                Some(Term::Label | Term::Title) => Some(LABEL.to_owned()),
                Some(Term::Definition) => Some(COMMENT.to_owned()),
                Some(Term::PlainGloss) => Some(own_term("plainGloss")),
                Some(Term::InstanceOf) => {
                    for Target { to, line, .. } in self.targets(value, path) {
                        self.instance_of(&mut pieces, to, line);
                    }
                    continue;
                }
                Some(Term::SameAs) => {
                    self.targets(value, path).iter().for_each(|it| pieces.same_as(it));
                    continue;
                }
                _ => None,
            };
            match property_of {
                Some(iri) => {
                    let said = self.texts(value, path);
                    said.iter().for_each(|said| pieces.annotate(&iri, said));
                }
                None => properties.push(property(key, value, line)),
            }
        }
        properties
    }

    fn instance_of(&mut self, pieces: &mut Pieces<'_>, class: Named, line: u32) {
        match class {
            Named::Iri(class) => {
                pieces.add(line, |of| format!("ClassAssertion(<{class}> <{of}>)"));
            }
            Named::Slug(name) | Named::Name(name) => {
                let message =
                    format!("{} is a name; a class is named by its IRI here", Quoted(&name));
                self.findings.error("unusable_iri", line, message);
            }
        }
    }
}

/// References of a class, each once.
#[derive(Default)]
struct Related {
    references: Vec<Reference>,
    seen: HashSet<(String, String)>,
}

impl Related {
    fn add(&mut self, predicate: &str, Target { to, label, line }: Target) {
        let Some(target) = Name::new(to.as_str()) else { return };
        if !self.seen.insert((predicate.to_owned(), target.exact.clone())) {
            let is_same = |it: &&mut Reference| it.predicate == predicate && it.target == target;
            if let (Some(label), Some(known)) = (label, self.references.iter_mut().find(is_same)) {
                known.label.get_or_insert(label);
            }
            return;
        }
        let predicate = predicate.to_owned();
        let reference =
            Reference { predicate, target, label, qualifier: None, line, is_axiom: false };
        self.references.push(reference);
    }
}

/// A predicate of the vocabulary that stands beside `relations`, as older pages have it.
fn known_predicate(key: &str) -> Option<Predicate> {
    vocabulary::predicate(key).filter(|it| it.spelling != Spelling::Unknown)
}

fn is_known_type(written: &str) -> bool {
    vocabulary::node_type(written).is_some()
}

/// A member as a property of the page.
pub(super) fn property(key: &str, value: &Node<'_>, line: u32) -> Property {
    Property { key: shown_key(key).into_owned(), value: shown(value), line }
}
