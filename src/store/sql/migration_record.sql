-- Records a migration in the transaction that applied it.
insert into schema_migration (version, name, checksum, applied_at_ms) values (?1, ?2, ?3, ?4)
