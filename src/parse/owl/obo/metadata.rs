//! What OBO clauses say of an entity without logic: annotations.

use super::line::{quoted, unescaped, word};
use super::write::{self, IN_OWL, OBO, OWL, RDFS};
use super::{Clause, Document, Entity};
use crate::parse::findings::Quoted;

/// Qualifiers that change what a clause states; all others annotate it.
const STRUCTURAL: [&str; 9] = [
    "all_only",
    "all_some",
    "cardinality",
    "gci_filler",
    "gci_relation",
    "maxCardinality",
    "max_cardinality",
    "minCardinality",
    "min_cardinality",
];

/// Tags whose value is `true` or `false`.
const TRUTHS: [&str; 13] = [
    "builtin",
    "is_anonymous",
    "is_anti_symmetric",
    "is_asymmetric",
    "is_class_level",
    "is_cyclic",
    "is_functional",
    "is_inverse_functional",
    "is_metadata_tag",
    "is_obsolete",
    "is_reflexive",
    "is_symmetric",
    "is_transitive",
];

impl Document<'_> {
    /// The qualifiers of a clause that annotate what it states.
    pub(super) fn annotations(&mut self, clause: &Clause<'_>) -> Vec<String> {
        let mut annotations = Vec::new();
        for (key, value) in &clause.qualifiers {
            if STRUCTURAL.contains(&key.as_str()) {
                continue;
            }
            let property = match key.contains(':') {
                true => self.names.iri(key),
                false => format!("{IN_OWL}{key}"),
            };
            self.used(clause.line, Entity::AnnotationProperty, &property);
            annotations.push(write::annotation(&property, &write::literal(value)));
        }
        annotations
    }

    /// States a clause as an annotation of `subject`, which stands between brackets. What has no
    /// property of its own has one of its tag's name.
    pub(super) fn metadata(&mut self, clause: &Clause<'_>, subject: &str) {
        if let Err(reason) = self.try_metadata(clause, subject) {
            self.refuse(clause.line, format!("{}: {reason}", clause.tag));
        }
    }

    fn try_metadata(&mut self, clause: &Clause<'_>, subject: &str) -> Result<(), String> {
        let (line, value) = (clause.line, &*clause.value);
        let mut annotations = self.annotations(clause);
        let in_owl = |local: &str| format!("{IN_OWL}{local}");
        let (property, value) = match clause.tag {
            "name" => (format!("{RDFS}label"), write::literal(&unescaped(value))),
            "comment" => (format!("{RDFS}comment"), write::literal(&unescaped(value))),
            "namespace" => (in_owl("hasOBONamespace"), write::literal(&unescaped(value))),
            "def" | "expand_expression_to" | "expand_assertion_to" => {
                let property = match clause.tag {
                    "def" => "IAO_0000115",
                    "expand_expression_to" => "IAO_0000424",
                    _ => "IAO_0000425",
                };
                let (text, rest) = quoted(value).ok_or("a text in quotes is missing")?;
                annotations.extend(xrefs(rest)?);
                (format!("{OBO}{property}"), write::literal(&text))
            }
            "synonym" => self.synonym(line, value, &mut annotations)?,
            "exact_synonym" | "narrow_synonym" | "broad_synonym" | "related_synonym" => {
                let (text, rest) = quoted(value).ok_or("a text in quotes is missing")?;
                annotations.extend(xrefs(rest)?);
                let scope = clause.tag.split('_').next().unwrap_or_default();
                (synonym_property(&scope.to_ascii_uppercase()), write::literal(&text))
            }
            "xref" => {
                let (id, text) = xref(value);
                let label = |text: String| {
                    write::annotation(&format!("{RDFS}label"), &write::literal(&text))
                };
                annotations.extend(text.map(label));
                (in_owl("hasDbXref"), write::literal(&id))
            }
            "subset" => {
                let iri = self.names.iri(&unescaped(value));
                (in_owl("inSubset"), self.used(line, Entity::AnnotationProperty, &iri))
            }
            "is_obsolete" => (format!("{OWL}deprecated"), truth(value)?),
            "replaced_by" => {
                (format!("{OBO}IAO_0100001"), write::iri(&self.names.iri(&unescaped(value))))
            }
            "consider" => (in_owl("consider"), write::iri(&self.names.iri(&unescaped(value)))),
            "property_value" => property_value(self, line, value)?,
            tag if TRUTHS.contains(&tag) => (in_owl(tag), truth(value)?),
            tag => (in_owl(tag), write::literal(&unescaped(value))),
        };
        self.annotate(line, &annotations, &property, subject, &value);
        Ok(())
    }

    /// `"text" SCOPE TYPE [xrefs]`, of which the scope and the type may be missing.
    fn synonym(
        &mut self,
        line: u32,
        value: &str,
        annotations: &mut Vec<String>,
    ) -> Result<(String, String), String> {
        let (text, rest) = quoted(value).ok_or("a text in quotes is missing")?;
        let (mut scope, mut rest) = ("RELATED".to_owned(), rest.trim_start());
        let mut words = Vec::new();
        while let Some((next, behind)) = word(rest).filter(|_| !rest.starts_with('[')) {
            words.push(next);
            rest = behind;
        }
        let mut words = words.into_iter().peekable();
        if let Some(word) = words.next_if(|word| SCOPES.contains(&word.as_str())) {
            scope = word;
        }
        if let Some(kind) = words.next() {
            let iri = self.names.iri(&kind);
            let kind = self.used(line, Entity::AnnotationProperty, &iri);
            annotations.push(write::annotation(&format!("{IN_OWL}hasSynonymType"), &kind));
        }
        if let Some(other) = words.next() {
            return Err(format!("{} stands where none of its parts may", Quoted(&other)));
        }
        annotations.extend(xrefs(rest)?);
        Ok((synonym_property(&scope), write::literal(&text)))
    }
}

const SCOPES: [&str; 4] = ["EXACT", "NARROW", "BROAD", "RELATED"];

/// The property of synonyms of a scope.
pub(super) fn synonym_property(scope: &str) -> String {
    let scope = match scope {
        "EXACT" => "Exact",
        "NARROW" => "Narrow",
        "BROAD" => "Broad",
        _ => "Related",
    };
    format!("{IN_OWL}has{scope}Synonym")
}

/// The property and the value of `property_value: property value type`.
pub(super) fn property_value(
    document: &mut Document<'_>,
    line: u32,
    value: &str,
) -> Result<(String, String), String> {
    let (property, rest) = word(value).ok_or("a property is missing")?;
    let property = document.names.relation(&property);
    document.used(line, Entity::AnnotationProperty, &property);
    let typed = |text: &str, kind: &str| match kind {
        "xsd:string" => write::literal(text),
        kind => format!("{}^^{}", write::literal(text), write::iri(&document.names.iri(kind))),
    };
    if let Some((text, kind)) = quoted(rest) {
        let kind = word(kind).map_or("xsd:string".to_owned(), |(kind, _)| kind);
        return Ok((property, typed(&text, &kind)));
    }
    let (id, kind) = word(rest).ok_or("a value is missing")?;
    match word(kind) {
        None => Ok((property, write::iri(&document.names.iri(&id)))),
        Some((kind, "")) => Ok((property, typed(&id, &kind))),
        Some(_) => Err("a text of several words stands in quotes".to_owned()),
    }
}

/// `[A:1 "text", B:2]`, or nothing: annotations of what they stand behind.
fn xrefs(text: &str) -> Result<Vec<String>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let inside = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let inside = inside.ok_or_else(|| format!("{} is no list of xrefs", Quoted(text)))?;
    let (mut found, mut start) = (Vec::new(), 0);
    let (mut in_quotes, mut escaped) = (false, false);
    let ends = inside.char_indices().filter(|(_, c)| {
        let ends = *c == ',' && !in_quotes && !escaped;
        in_quotes ^= *c == '"' && !escaped;
        escaped = *c == '\\' && !escaped;
        ends
    });
    for end in ends.map(|(at, _)| at).collect::<Vec<_>>().into_iter().chain([inside.len()]) {
        let (id, text) = xref(inside[start..end].trim());
        start = end + 1;
        if id.is_empty() {
            continue;
        }
        let property = write::iri(&format!("{IN_OWL}hasDbXref"));
        let label =
            text.map(|text| write::annotation(&format!("{RDFS}label"), &write::literal(&text)));
        let own: Vec<_> = label.into_iter().collect();
        found.push(write::form("Annotation", &own, &[&property, &write::literal(&id)]));
    }
    Ok(found)
}

/// The id of an xref, and the text behind it, where there is one.
fn xref(value: &str) -> (String, Option<String>) {
    let text = value.find(" \"").map(|at| (at, value[at + 1..].trim_end()));
    match text.and_then(|(at, text)| Some((at, quoted(text).filter(|(_, rest)| rest.is_empty())?)))
    {
        Some((at, (text, _))) => (unescaped(value[..at].trim()), Some(text)),
        None => (unescaped(value), None),
    }
}

fn truth(value: &str) -> Result<String, String> {
    match value {
        "true" | "1" => Ok(write::boolean(true)),
        "false" | "0" => Ok(write::boolean(false)),
        other => Err(format!("{} is neither true nor false", Quoted(other))),
    }
}
