-- Tells in which scope a source states what it states, and which job was its last.
select (select ontology.id from ontology where ontology.name = job.options ->> 'ontology')
        as ontology_id, job.id as job_id
from job where job.source_id = :source_id order by job.id desc limit 1
