-- Lists the jobs that a process should be at work on.
select id, uid, state from job where state in ('queued', 'running', 'pausing', 'cancelling')
