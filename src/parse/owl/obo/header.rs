//! What the header of an OBO document says of the ontology.

use super::line::{quoted, unescaped, word};
use super::metadata::property_value;
use super::names::is_iri;
use super::write::{self, IN_OWL, OBO, RDFS};
use super::{Clause, Document, Entity};
use crate::parse::findings::Quoted;

impl Document<'_> {
    pub(super) fn header(&mut self, header: &[Clause<'_>]) {
        let value = |tag: &str| {
            header.iter().find(|it| it.tag == tag).map(|it| (it.line, unescaped(&it.value)))
        };
        self.namespace = value("default-namespace").map(|(_, name)| name);
        let version = value("data-version");
        let ontology = value("ontology");
        let is_versioned = ontology.as_ref().is_some_and(|(_, id)| !is_iri(id));
        if let Some((line, id)) = ontology {
            let iri = if is_iri(&id) { id.clone() } else { format!("{OBO}{id}.owl") };
            let version = version.filter(|_| is_versioned);
            let version = version.map(|(_, date)| format!("{OBO}{id}/{date}/{id}.owl"));
            let version = version.map(|iri| write::iri(&iri)).unwrap_or_default();
            self.state(line, &format!("Ontology({} {version})", write::iri(&iri)));
        }
        for clause in header {
            match clause.tag {
                "ontology" | "idspace" => {}
                "data-version" if is_versioned => {}
                _ => self.header_clause(clause),
            }
        }
    }

    fn header_clause(&mut self, clause: &Clause<'_>) {
        let (line, value) = (clause.line, &*clause.value);
        match clause.tag {
            "import" => {
                let id = unescaped(value);
                let iri = match id.rsplit_once('.') {
                    _ if is_iri(&id) => id,
                    Some((_, "owl" | "obo")) => format!("{OBO}{id}"),
                    _ => format!("{OBO}{id}.owl"),
                };
                self.state(line, &format!("Import({})", write::iri(&iri)));
            }
            // Functional syntax within a line.
            "owl-axioms" => self.state(line, &unescaped(value)),
            "subsetdef" => self.definition_of(clause, "SubsetProperty", "comment"),
            "synonymtypedef" => self.definition_of(clause, "SynonymTypeProperty", "label"),
            "property_value" => match property_value(self, line, value) {
                Ok((property, value)) => self.annotate_ontology(clause, &property, &value),
                Err(reason) => self.refuse(line, reason),
            },
            "remark" => {
                let text = write::literal(&unescaped(value));
                self.annotate_ontology(clause, &format!("{RDFS}comment"), &text);
            }
            tag => {
                let local = match tag {
                    "format-version" => "hasOBOFormatVersion",
                    "namespace-id-rule" => "NamespaceIdRule",
                    other => other,
                };
                let text = write::literal(&unescaped(value));
                self.annotate_ontology(clause, &format!("{IN_OWL}{local}"), &text);
            }
        }
    }

    fn annotate_ontology(&mut self, clause: &Clause<'_>, property: &str, value: &str) {
        let annotations = self.annotations(clause);
        let property = self.used(clause.line, Entity::AnnotationProperty, property);
        self.state(clause.line, &write::form("Annotation", &annotations, &[&property, value]));
    }

    /// `subsetdef: ID "text"`, `synonymtypedef: ID "text" SCOPE`.
    fn definition_of(&mut self, clause: &Clause<'_>, parent: &str, text_property: &str) {
        let line = clause.line;
        let Some((id, rest)) = word(&clause.value) else {
            return self.refuse(line, format!("{} without an id", clause.tag));
        };
        let iri = self.names.iri(&id);
        self.declare(line, Entity::AnnotationProperty, &iri);
        let annotations = self.annotations(clause);
        let (subject, parent) = (write::iri(&iri), write::iri(&format!("{IN_OWL}{parent}")));
        let parts = [&*subject, &*parent];
        self.state(line, &write::form("SubAnnotationPropertyOf", &annotations, &parts));
        let (text, rest) = quoted(rest).unwrap_or_else(|| (unescaped(rest), ""));
        let text = write::literal(&text);
        self.annotate(line, &[], &format!("{RDFS}{text_property}"), &subject, &text);
        match rest.trim() {
            "" => {}
            scope @ ("EXACT" | "NARROW" | "BROAD" | "RELATED") => {
                let property = super::metadata::synonym_property(scope);
                let property = write::iri(&property);
                self.annotate(line, &[], &format!("{IN_OWL}hasScope"), &subject, &property);
            }
            other => self.refuse(line, format!("{} is no scope", Quoted(other))),
        }
    }
}
