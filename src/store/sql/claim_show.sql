-- Shows a claim, or no longer.
update claim set is_shown = :is_shown where id = :claim_id
