-- Makes the record of applied migrations, before the first one.
create table if not exists schema_migration (
    version integer primary key,
    name text not null,
    checksum text not null,
    applied_at_ms integer not null
) strict
