-- Records a job before anything of it is done.
insert into job (uid, source_id, kind, state, options, parser_version, configuration_version,
    created_at_ms, updated_at_ms)
values (:uid, :source_id, :kind, 'queued', :options, :parser_version, :configuration_version,
    :now_ms, :now_ms)
