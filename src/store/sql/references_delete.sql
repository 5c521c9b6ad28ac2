-- Takes back what a claim states, and gives the names it spoke of.
delete from reference where claim_id = :claim_id returning name_id
