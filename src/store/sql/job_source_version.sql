-- Records the version of the source that a job works on.
update job set source_version = :version where id = :job_id
