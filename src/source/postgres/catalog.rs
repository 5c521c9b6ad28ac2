//! What a PostgreSQL database says of its tables, columns and keys.
//!
//! A domain counts as what it is over. Partitions are read through their table and not listed
//! beside it, but can be named.

use tokio_postgres::types::Type;
use tokio_postgres::{Error, Row as PgRow};

use super::form::kind;
use super::session::Reading;
use crate::source::rows::{Column, KeyColumn, Table, TableKey, TableKind, query_sql, quoted};

/// Names of tables in a message: as many as a person looks through.
const NAMES: usize = 20;

/// All that holds rows and is not the system's own, in the order of names.
const RELATIONS: &str = "\
    select c.oid, n.nspname::text as schema, c.relname::text as name, c.relkind::text as kind, \
        c.relispartition as is_partition, pg_catalog.pg_table_is_visible(c.oid) as is_visible, \
        case when c.relkind in ('r', 'p', 'm') and c.reltuples >= 0 \
            then c.reltuples::bigint end as rows, \
        pg_catalog.has_schema_privilege(n.oid, 'usage') as may_enter, \
        pg_catalog.has_table_privilege(c.oid, 'select') \
            or pg_catalog.has_any_column_privilege(c.oid, 'select') as may_read, \
        pg_catalog.row_security_active(c.oid) as is_filtered, current_user::text as reader \
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace \
    where c.relkind in ('r', 'p', 'v', 'm', 'f') \
        and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' \
    order by n.nspname, c.relname";

/// The columns of one relation, or of all. A type has an order that a key can rely on if a
/// b-tree can be over it; composite types and arrays have one that cannot be bound as text.
const COLUMNS: &str = "\
    with recursive resolved(relation, place, type) as ( \
        select attrelid, attnum, atttypid from pg_catalog.pg_attribute \
        where attnum > 0 and not attisdropped and ($1::oid is null or attrelid = $1) \
        union all \
        select r.relation, r.place, t.typbasetype \
        from resolved r join pg_catalog.pg_type t on t.oid = r.type where t.typtype = 'd') \
    select a.attrelid as relation, a.attname::text as name, \
        pg_catalog.format_type(t.oid, -1) as type, \
        not (a.attnotnull or own.typnotnull) as is_nullable, \
        pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'select') as is_readable, \
        t.typtype in ('e', 'r', 'm') or exists ( \
            select from pg_catalog.pg_opclass o join pg_catalog.pg_am m on m.oid = o.opcmethod \
            where m.amname = 'btree' and o.opcdefault and (o.opcintype = t.oid or exists ( \
                select from pg_catalog.pg_cast b where b.castsource = t.oid \
                and b.casttarget = o.opcintype and b.castmethod = 'b' and b.castcontext = 'i')) \
        ) as is_keyable \
    from resolved r join pg_catalog.pg_type t on t.oid = r.type and t.typtype <> 'd' \
    join pg_catalog.pg_attribute a on a.attrelid = r.relation and a.attnum = r.place \
    join pg_catalog.pg_type own on own.oid = a.atttypid \
    join pg_catalog.pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p', 'v', 'm', 'f') \
    order by a.attrelid, a.attnum";

/// The columns of unique indexes over whole tables, index by index. One that is checked at
/// the end of a transaction is as good: what is read was committed.
const KEYS: &str = "\
    select i.indrelid as relation, i.indisprimary as is_primary, k.place, \
        a.attname::text as name, case when i.indcollation[k.place - 1] <> a.attcollation then ( \
            select pg_catalog.format('%I.%I', n.nspname, l.collname) \
            from pg_catalog.pg_collation l \
            join pg_catalog.pg_namespace n on n.oid = l.collnamespace \
            where l.oid = i.indcollation[k.place - 1]) end as collation \
    from pg_catalog.pg_index i \
    cross join lateral unnest(i.indkey::int2[]) with ordinality as k(number, place) \
    join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number \
    where i.indisunique and i.indisvalid and i.indpred is null and i.indexprs is null \
        and k.place <= i.indnkeyatts and ($1::oid is null or i.indrelid = $1) \
    order by i.indrelid, i.indisprimary desc, i.indexrelid, k.place";

/// All tables and views.
pub(super) async fn tables(reading: &mut Reading<'_>) -> Result<Vec<Table>, Error> {
    let relations = reading.ask(RELATIONS, &[]).await?;
    let listed = relations.iter().filter(|row| !row.get::<_, bool>("is_partition"));
    described(reading, &listed.collect::<Vec<_>>(), None).await
}

/// The table of this name; the names that there are if it is none of them.
pub(super) async fn table(
    reading: &mut Reading<'_>,
    name: &str,
) -> Result<Result<Table, String>, Error> {
    let relations = reading.ask(RELATIONS, &[]).await?;
    let is_meant = |row: &&PgRow| full_name(row) == name;
    let is_found = |row: &&PgRow| row.get::<_, &str>("name") == name && row.get("is_visible");
    let found = relations.iter().find(is_meant).or_else(|| relations.iter().find(is_found));
    let Some(found) = found else { return Ok(Err(names(&relations))) };
    let tables = described(reading, &[found], Some(found.get("oid"))).await?;
    // It was dropped in between if nothing is said of it.
    Ok(tables.into_iter().next().ok_or_else(|| names(&relations)))
}

/// A query as a table without keys.
pub(super) async fn query(reading: &mut Reading<'_>, text: &str) -> Result<Table, Error> {
    let sql = query_sql(text);
    let names = reading.columns(&format!("select * from {sql} limit 0")).await?;
    let columns = typed(reading, &sql, names).await?;
    let (name, keys) = (String::new(), Vec::new());
    Ok(Table { name, sql, kind: TableKind::Query, columns, keys, rows: None, denied: None })
}

/// The columns of a query with their types. Types come as names, because the client asks about
/// types that it does not know by statements that have names.
async fn typed(
    reading: &mut Reading<'_>,
    sql: &str,
    names: Vec<String>,
) -> Result<Vec<Column>, Error> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    // Two columns may share a name, so each is asked about by its place.
    let places: Vec<_> = (0..names.len()).map(|at| format!("\"column {at}\"")).collect();
    let types: Vec<_> =
        places.iter().map(|place| format!("pg_catalog.pg_typeof({place})::oid")).collect();
    let text = format!(
        "with recursive resolved(place, type) as ( \
             select place, type from (select array[{}] as types \
                 from (select) as \"one\" left join {sql} ({}) on false) as \"all\", \
                 lateral unnest(types) with ordinality as given(type, place) \
             union all \
             select r.place, t.typbasetype from resolved r join pg_catalog.pg_type t \
                 on t.oid = r.type where t.typtype = 'd') \
         select pg_catalog.format_type(t.oid, -1) from resolved r \
         join pg_catalog.pg_type t on t.oid = r.type and t.typtype <> 'd' order by r.place",
        types.join(", "),
        places.join(", ")
    );
    let types = reading.ask(&text, &[]).await?;
    let column = |(name, row): (String, &PgRow)| {
        let type_name: String = row.try_get(0)?;
        let is_keyable = !type_name.ends_with("[]")
            && !["json", "xml", "point", "box", "line", "lseg", "path", "polygon", "circle"]
                .contains(&type_name.as_str());
        let kind = Some(kind(&type_name));
        Ok(Column { name, type_name, kind, is_nullable: true, is_keyable, is_readable: true })
    };
    names.into_iter().zip(&types).map(column).collect()
}

fn full_name(relation: &PgRow) -> String {
    format!("{}.{}", relation.get::<_, &str>("schema"), relation.get::<_, &str>("name"))
}

fn names(relations: &[PgRow]) -> String {
    let mut names: Vec<_> = relations.iter().take(NAMES).map(full_name).collect();
    if relations.len() > NAMES {
        names.push(format!("and {} more", relations.len() - NAMES));
    }
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

/// Relations with their columns and keys.
async fn described(
    reading: &mut Reading<'_>,
    relations: &[&PgRow],
    only: Option<u32>,
) -> Result<Vec<Table>, Error> {
    let columns = reading.ask(COLUMNS, &[(&only, Type::OID)]).await?;
    let keys = reading.ask(KEYS, &[(&only, Type::OID)]).await?;
    let mut tables = Vec::with_capacity(relations.len());
    for relation in relations {
        let columns: Result<Vec<_>, _> =
            of(&columns, relation.get("oid")).iter().map(column).collect();
        tables.push(one(relation, columns?, of(&keys, relation.get("oid")))?);
    }
    Ok(tables)
}

/// The part of rows in the order of relations that is about this one.
fn of(rows: &[PgRow], relation: u32) -> &[PgRow] {
    let begin = rows.partition_point(|row| row.get::<_, u32>("relation") < relation);
    let end = rows.partition_point(|row| row.get::<_, u32>("relation") <= relation);
    &rows[begin..end]
}

fn column(row: &PgRow) -> Result<Column, Error> {
    let type_name: String = row.try_get("type")?;
    Ok(Column {
        name: row.try_get("name")?,
        kind: Some(kind(&type_name)),
        type_name,
        is_nullable: row.try_get("is_nullable")?,
        is_keyable: row.try_get("is_keyable")?,
        is_readable: row.try_get("is_readable")?,
    })
}

fn one(relation: &PgRow, columns: Vec<Column>, key_parts: &[PgRow]) -> Result<Table, Error> {
    let (schema, name): (&str, &str) = (relation.try_get("schema")?, relation.try_get("name")?);
    let reader: &str = relation.try_get("reader")?;
    let may = |what| relation.try_get::<_, bool>(what);
    let denied = match (may("may_enter")?, may("may_read")?) {
        (false, _) => Some(format!("{reader} may not use the schema {schema}")),
        (_, false) => Some(format!("{reader} may not select from it")),
        _ => None,
    };
    let is_filtered = relation.try_get("is_filtered")?;
    Ok(Table {
        name: full_name(relation),
        sql: format!("{}.{}", quoted(schema), quoted(name)),
        // What has no indexes of its own may be given any key.
        kind: match relation.try_get("kind")? {
            "r" | "p" => TableKind::Table,
            _ => TableKind::View,
        },
        keys: keys(&columns, key_parts, is_filtered)?,
        columns,
        rows: relation.try_get::<_, Option<i64>>("rows")?.map(i64::unsigned_abs),
        denied,
    })
}

/// The unique keys, those first that always have a value.
fn keys(columns: &[Column], parts: &[PgRow], is_filtered: bool) -> Result<Vec<TableKey>, Error> {
    let note = "row security is on: rows that this user may not see are taken for deleted";
    let mut keys: Vec<TableKey> = Vec::new();
    let mut unfit = Vec::new();
    for part in parts {
        if part.try_get::<_, i64>("place")? == 1 {
            let is_primary = part.try_get("is_primary")?;
            let note = is_filtered.then(|| note.to_owned());
            keys.push(TableKey { columns: Vec::new(), is_primary, note });
        }
        let (at, name) = (keys.len() - 1, part.try_get::<_, &str>("name")?);
        match columns.iter().find(|column| column.name == name) {
            Some(column) if column.is_keyable => keys[at].columns.push(KeyColumn {
                name: name.to_owned(),
                type_name: column.type_name.clone(),
                collation: part.try_get("collation")?,
                is_nullable: column.is_nullable,
            }),
            _ => unfit.push(at),
        }
    }
    let mut at = 0;
    keys.retain(|_| {
        at += 1;
        !unfit.contains(&(at - 1))
    });
    keys.sort_by_key(|key| !key.is_primary && key.columns.iter().any(|it| it.is_nullable));
    Ok(keys)
}
