-- Lists every stored page with the version it was made of, for the store's digest.
select source.name as source, item.key, item.content_digest, item.git_sha1, item.size_bytes,
    item.parser_version, item.configuration_version, item.fingerprint, ontology.name,
    name.exact, page.is_graph, page.properties, page.fences, page.links, page.content
from page
join item on item.id = page.item_id
join source on source.id = item.source_id
join name on name.id = page.name_id
join ontology on ontology.id = name.ontology_id
order by source.name, item.key
