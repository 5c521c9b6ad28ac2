-- Lists the applied migrations in order.
select version, checksum from schema_migration order by version
