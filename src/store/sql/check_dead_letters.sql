-- Finds rejected items without a dead letter, and dead letters of items that are good.
select item.key from item left join dead_letter on dead_letter.item_id = item.id
where (item.outcome = 'rejected' and dead_letter.item_id is null)
    or (item.outcome in ('written', 'deleted') and dead_letter.item_id is not null)
