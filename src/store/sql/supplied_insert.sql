-- Supplies a name for a claim.
insert into supplied_name (claim_id, name_id, rank) values (:claim_id, :name_id, :rank)
