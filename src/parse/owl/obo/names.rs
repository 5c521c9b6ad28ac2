//! Identifiers of an OBO document as IRIs (OBO 1.4, 5.9).

use std::collections::{HashMap, HashSet};

use super::line::{self, Clause};
use super::write::{OBO, OWL, RDF, RDFS, XSD};
use super::{Frame, Kind};

/// What identifiers of a document stand for.
#[derive(Debug, Default)]
pub(super) struct Names {
    spaces: HashMap<String, String>,
    /// Where identifiers without a prefix lie: in the ontology itself.
    own: Option<String>,
    /// Relations without a prefix that stand for what their only `xref` names.
    shorthands: HashMap<String, String>,
    /// Relations that are annotation properties, by their IRIs.
    metadata: HashSet<String>,
}

impl Names {
    pub(super) fn new(header: &[Clause<'_>], frames: &[Frame<'_>]) -> Self {
        let mut names = Self::default();
        for clause in header {
            match clause.tag {
                "idspace" => {
                    let prefix = line::word(&clause.value);
                    let iri = prefix.and_then(|(prefix, rest)| Some((prefix, line::word(rest)?.0)));
                    names.spaces.extend(iri);
                }
                "ontology" if !is_iri(&clause.value) => {
                    names.own = Some(format!("{OBO}{}#", line::unescaped(&clause.value)));
                }
                _ => {}
            }
        }
        for frame in frames.iter().filter(|frame| frame.kind == Kind::Typedef) {
            names.learn(frame);
        }
        names
    }

    fn learn(&mut self, typedef: &Frame<'_>) {
        let of = |tag: &'static str| typedef.clauses.iter().filter(move |it| it.tag == tag);
        let mut xrefs = of("xref").filter_map(|clause| Some(line::word(&clause.value)?.0));
        if let (false, Some(only), None) = (typedef.id.contains(':'), xrefs.next(), xrefs.next()) {
            let iri = self.iri(&only);
            self.shorthands.insert(typedef.id.clone(), iri);
        }
        if of("is_metadata_tag").any(|clause| clause.value == "true") {
            let iri = self.relation(&typedef.id);
            self.metadata.insert(iri);
        }
    }

    /// The IRI of an identifier.
    pub(super) fn iri(&self, id: &str) -> String {
        if is_iri(id) {
            return id.to_owned();
        }
        match id.split_once(':') {
            Some((prefix, local)) => {
                let space = self.spaces.get(prefix).map(String::as_str).or(usual_space(prefix));
                match space {
                    Some(space) => format!("{space}{local}"),
                    None => format!("{OBO}{prefix}_{local}"),
                }
            }
            None => format!("{}{id}", self.own.as_deref().unwrap_or(OBO)),
        }
    }

    /// The IRI of a relation.
    pub(super) fn relation(&self, id: &str) -> String {
        self.shorthands.get(id).cloned().unwrap_or_else(|| self.iri(id))
    }

    pub(super) fn is_shorthand(&self, id: &str) -> bool {
        self.shorthands.contains_key(id)
    }

    /// Whether a relation is an annotation property.
    pub(super) fn is_metadata(&self, iri: &str) -> bool {
        self.metadata.contains(iri)
    }
}

pub(super) fn is_iri(id: &str) -> bool {
    id.contains("://")
}

/// What a prefix stands for in every document.
fn usual_space(prefix: &str) -> Option<&'static str> {
    match prefix {
        "xsd" => Some(XSD),
        "rdf" => Some(RDF),
        "rdfs" => Some(RDFS),
        "owl" => Some(OWL),
        _ => None,
    }
}
