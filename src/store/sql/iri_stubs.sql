-- Lists the stubs that have an IRI of their own.
select id, iri from class
where ontology_id = :ontology_id and kind = 'stub' and iri not like 'urn:driftless:stub:%'
