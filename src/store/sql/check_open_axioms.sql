-- Lists the axioms that wait for kinds of properties.
select axiom.id, axiom.ontology_id from open_axiom join axiom on axiom.id = open_axiom.axiom_id
