-- Takes back every name that a claim supplies.
delete from supplied_name where claim_id = :claim_id
