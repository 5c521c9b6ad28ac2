//! What RDF states beyond axioms: statements that no structure fits, and the sum of all.

use super::form::Form;
use super::statement::{Parts, Stated, Statements};
use crate::owl::{Axiom, Triples, UNTYPED};

impl Statements<'_> {
    /// Says how the triples of the document were accounted for.
    pub(super) fn account(&mut self, triples: Triples) {
        self.ontology.triples = Some(triples);
    }

    /// Keeps a statement that no structure fits.
    pub(super) fn keep_untyped(
        &mut self,
        subject: &Form,
        property: &Form,
        object: &Form,
        line: u32,
    ) -> Stated {
        let mut parts = Parts::default();
        let subject = self.term(subject, &mut parts);
        let property = Some(self.term(property, &mut parts));
        let object = Some(self.term(object, &mut parts));
        self.push(Axiom {
            axiom_type: UNTYPED,
            subject,
            property,
            object,
            line,
            entities: parts.entities(),
            particulars: None,
        })
    }
}
