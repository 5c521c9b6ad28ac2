-- Lists every prefix with what it stands for.
select prefix.name, prefix.namespace
from prefix join ontology on ontology.id = prefix.ontology_id
where :ontology is null or ontology.name = :ontology
order by prefix.name
