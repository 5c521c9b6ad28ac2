-- Lists the ranges of items that a job has seen, in their order.
select first_item, last_item from seen where job_id = :job_id and first_item > :after
order by first_item
