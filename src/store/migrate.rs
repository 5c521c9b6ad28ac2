//! Migrations: applied in order, recorded, checksummed.
//!
//! A migration, once released, never changes; a store that applied another text under the
//! same number is refused, and so is one of a newer program.

use rusqlite::{Connection, TransactionBehavior};

use super::{StoreError, words};
use crate::fingerprint::Digest;

/// Version, name and text of every migration, in order.
const MIGRATIONS: &[(u32, &str, &str)] = &[
    (1, "store", include_str!("../../migrations/0001_store.sql")),
    (2, "json_ld", include_str!("../../migrations/0002_json_ld.sql")),
    (3, "set_aside", include_str!("../../migrations/0003_set_aside.sql")),
    (4, "search", include_str!("../../migrations/0004_search.sql")),
];

/// The version that this program reads and writes.
pub(super) const NEWEST: u32 = MIGRATIONS[MIGRATIONS.len() - 1].0;

/// Brings the schema up to date, each migration in a transaction of its own.
pub(super) fn migrate(connection: &mut Connection, now_ms: i64) -> Result<(), StoreError> {
    let applied = check(connection)?;
    words::register(connection)?;
    for (version, name, text) in MIGRATIONS.iter().filter(|(version, ..)| *version > applied) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(sql!("migration_table"))?;
        transaction.execute_batch(text)?;
        crate::failpoint::failpoint!("store::migrate");
        transaction.execute(
            sql!("migration_record"),
            (version, name, Digest::of(text.as_bytes()).to_string(), now_ms),
        )?;
        transaction.commit()?;
    }
    Ok(())
}

/// The newest version applied, 0 for an empty file. Fails if this program does not know the
/// schema exactly as it stands.
pub(super) fn check(connection: &Connection) -> Result<u32, StoreError> {
    if !connection.table_exists(None, "schema_migration")? {
        return Ok(0);
    }
    let mut statement = connection.prepare(sql!("migration_list"))?;
    let applied = statement
        .query_map([], |row| Ok((row.get::<_, u32>(0)?, row.get::<_, String>(1)?)))?
        .collect::<Result<Vec<_>, _>>()?;
    let newest = applied.last().map_or(0, |(version, _)| *version);
    if newest > NEWEST {
        return Err(StoreError::SchemaTooNew { found: newest, supported: NEWEST });
    }
    for (version, checksum) in applied {
        let known = MIGRATIONS.iter().find(|(known, ..)| *known == version);
        if known.is_none_or(|(.., text)| Digest::of(text.as_bytes()).to_string() != checksum) {
            return Err(StoreError::MigrationChanged { version });
        }
    }
    Ok(newest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn migrated() -> Connection {
        let mut connection = Connection::open_in_memory().expect("memory");
        migrate(&mut connection, 0).expect("a fresh database takes every migration");
        connection
    }

    #[test]
    fn a_second_run_changes_nothing() {
        let mut connection = migrated();
        let before = connection.total_changes();
        migrate(&mut connection, 1).expect("again");
        assert_eq!(connection.total_changes(), before);
    }

    #[test]
    fn a_store_of_a_newer_schema_is_refused() {
        let mut connection = migrated();
        connection
            .execute(sql!("migration_record"), (99, "later", "x", 0))
            .expect("as a newer program would");
        let refused = migrate(&mut connection, 0);
        assert!(matches!(refused, Err(StoreError::SchemaTooNew { found: 99, supported: NEWEST })));
    }

    /// A database that has the first `count` migrations.
    fn migrated_to(count: usize) -> Connection {
        let connection = Connection::open_in_memory().expect("memory");
        crate::store::words::register(&connection).expect("a function");
        connection.execute_batch("pragma foreign_keys = on").expect("foreign keys");
        connection.execute_batch(sql!("migration_table")).expect("a table");
        for (version, name, text) in &MIGRATIONS[..count] {
            connection.execute_batch(text).expect("a migration");
            let checksum = Digest::of(text.as_bytes()).to_string();
            connection
                .execute(sql!("migration_record"), (version, name, checksum, 0))
                .expect("a record");
        }
        connection
    }

    #[test]
    fn pages_of_the_first_schema_stay_as_they_were() {
        let mut connection = migrated_to(1);
        connection
            .execute_batch(
                "insert into ontology values (1, 'default');
                insert into source values (1, 's', 'directory', '{}', null);
                insert into job (id, uid, source_id, kind, state, options, parser_version,
                    configuration_version, created_at_ms, updated_at_ms)
                values (1, 'j', 1, 'sync', 'completed', '{}', 3, x'00', 0, 0);
                insert into item (id, source_id, key, outcome, job_id, attempt, sequence,
                    decided_at_ms, read_epoch, read_counter)
                values (1, 1, 'a.md', 'written', 1, 1, 0, 0, 1, 1),
                    (2, 1, 'b.md', 'written', 1, 1, 1, 0, 1, 2);
                insert into name (id, ontology_id, exact, folded)
                values (1, 1, 'a', 'a'), (2, 1, 'b', 'b');
                insert into page values (1, 1, 1, 0, '[]', '[]', '[]', 'text of a', null),
                    (2, 2, 0, 0, '[]', '[]', '[]', x'ff', 'readable b');
                insert into search (rowid, title, text_1)
                select id, title, text_1 from searchable;",
            )
            .expect("a store of the first schema");
        migrate(&mut connection, 0).expect("the other migrations");
        let texts: String = connection
            .query_row("select group_concat(text_1, '|') from searchable", [], |row| row.get(0))
            .expect("texts");
        assert_eq!(texts, "text of a|readable b");
        let check = "insert into search (search, rank) values ('integrity-check', 1)";
        connection.execute(check, []).expect("the words are those of the pages");
        let broken: i64 = connection
            .query_row("select count(*) from pragma_foreign_key_check", [], |row| row.get(0))
            .expect("a check");
        assert_eq!(broken, 0);
    }

    #[test]
    fn a_store_of_the_first_schema_gets_those_that_came_later() {
        let mut connection = Connection::open_in_memory().expect("memory");
        let (version, name, text) = MIGRATIONS[0];
        connection.execute_batch(sql!("migration_table")).expect("a table");
        connection.execute_batch(text).expect("the first schema");
        let record = (version, name, Digest::of(text.as_bytes()).to_string(), 0);
        connection.execute(sql!("migration_record"), record).expect("recorded");
        let known =
            "insert into source (id, name, kind, settings) values (1, 'a', 'directory', '{}');
            insert into job (id, uid, source_id, kind, state, options, parser_version,
                configuration_version, created_at_ms, updated_at_ms)
            values (1, 'j', 1, 'sync', 'completed', '{}', 1, x'', 0, 0);
            insert into item (source_id, key, outcome, skip_reason, job_id, attempt, sequence,
                decided_at_ms, read_epoch, read_counter, fingerprint)
            values (1, 'a.md', 'skipped', 'no_markers', 1, 1, 0, 0, 1, 1, zeroblob(32))";
        connection.execute_batch(known).expect("an item");
        migrate(&mut connection, 1).expect("the later schemas");
        let states = crate::store::states(&connection, 1, "", None, 9).expect("states");
        assert_eq!((states.len(), states[0].is_stored), (1, false));
        assert_eq!(check(&connection).ok(), Some(NEWEST));
    }

    #[test]
    fn what_holds_no_json_is_whole_by_a_sqlite_to_which_null_is_none() {
        use rusqlite::functions::FunctionFlags;

        let store = migrated();
        store
            .execute_batch(
                "insert into source (id, name, kind, settings) values (1, 's', 'directory', '{}');
                insert into ontology (id, name) values (1, 'default');
                insert into job (id, uid, source_id, kind, state, options, parser_version,
                    configuration_version, created_at_ms, updated_at_ms)
                values (1, 'j', 1, 'sync', 'completed', '{}', 1, x'', 0, 0);
                insert into item (id, source_id, key, outcome, job_id, attempt, sequence,
                    decided_at_ms, read_epoch, read_counter)
                values (1, 1, 'a.ofn', 'written', 1, 1, 0, 0, 1, 1);
                insert into owl_document (item_id, ontology_id, format) values (1, 1, 'functional');
                insert into document (id, type_id) values (1, 3);",
            )
            .expect("an OWL document");
        // SQLite before 3.45.
        let deterministic = FunctionFlags::SQLITE_DETERMINISTIC;
        let overridden =
            store.create_scalar_function("json_valid", 1, deterministic, |arguments| {
                let json: Option<String> = arguments.get(0)?;
                let is_json =
                    |json: String| serde_json::from_str::<serde_json::Value>(&json).is_ok();
                Ok(json.is_some_and(is_json))
            });
        overridden.expect("a function");
        let found: String = store
            .query_row(
                "select group_concat(integrity_check) from pragma_integrity_check",
                [],
                |row| row.get(0),
            )
            .expect("a check");
        assert_eq!(found, "ok");
    }

    #[test]
    fn a_changed_migration_is_refused() {
        let mut connection = migrated();
        connection.execute("update schema_migration set checksum = 'x'", []).expect("update");
        let refused = migrate(&mut connection, 0);
        assert!(matches!(refused, Err(StoreError::MigrationChanged { version: 1 })));
    }

    #[test]
    fn a_store_of_the_first_schema_is_found_by_words_of_all_scripts_once_it_is_migrated() {
        let mut store = Connection::open_in_memory().expect("a database");
        store.execute_batch(sql!("migration_table")).expect("a list");
        let (version, name, text) = MIGRATIONS[0];
        store.execute_batch(text).expect("the first schema");
        let digest = Digest::of(text.as_bytes()).to_string();
        store.execute(sql!("migration_record"), (version, name, digest, 0)).expect("recorded");
        let row = "insert into source (id, name, kind, settings) values (1, 'a', 'sqlite', '{}');
            insert into job (id, uid, source_id, kind, state, options, parser_version,
                configuration_version, created_at_ms, updated_at_ms)
            values (1, 'j', 1, 'sync', 'completed', '{}', 1, x'', 0, 0);
            insert into item (id, source_id, key, outcome, job_id, attempt, sequence,
                decided_at_ms, read_epoch, read_counter) values (7, 1, 'k', 'written', 1, 1, 1, 0, 1, 1);
            insert into document (id, type_id, title) values (7, 1, 'Ελλάδα 東京タワー');
            insert into search (rowid, title) select id, title from document;";
        store.execute_batch(row).expect("a document");
        migrate(&mut store, 0).expect("migrated");
        for asked in ["ελλαδα", "\"京タ タワ\""] {
            let found = "select rowid from search where search match ?1";
            let found: i64 = store.query_row(found, [asked], |row| row.get(0)).expect(asked);
            assert_eq!(found, 7);
        }
        store.execute(sql!("check_search"), []).expect("an index true to the texts");
    }

    #[test]
    fn every_statement_prepares_against_a_fresh_database() {
        let connection = migrated();
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/store/sql");
        let mut seen = 0;
        for entry in std::fs::read_dir(folder).expect("the folder of statements") {
            let path = entry.expect("an entry").path();
            let text = std::fs::read_to_string(&path).expect("a statement");
            assert!(text.starts_with("-- "), "{} says what it does", path.display());
            connection.prepare(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            seen += 1;
        }
        assert!(seen > 30, "only {seen} statements found");
    }

    #[test]
    fn states_are_listed_with_the_same_columns_everywhere() {
        let columns = |text: &str| {
            let from = text.find("\nfrom").expect("a source");
            text[text.find("select").expect("columns")..from].to_owned()
        };
        let of_keys = columns(sql!("item_states_of"));
        assert_eq!(columns(sql!("item_states_behind")), of_keys);
        assert_eq!(columns(sql!("item_states")), of_keys);
        assert_eq!(columns(sql!("item_states_rest")), of_keys);
    }

    #[test]
    fn every_foreign_key_names_columns_that_exist_and_are_unique() {
        let connection = migrated();
        connection.execute_batch("pragma foreign_key_check").expect("no mismatch");
        // A mismatch is reported when a statement that must check the key is prepared.
        let tables: Vec<String> = connection
            .prepare("select name from sqlite_schema where type = 'table'")
            .and_then(|mut s| s.query_map([], |row| row.get(0))?.collect())
            .expect("tables");
        connection.execute_batch("pragma foreign_keys = on").expect("on");
        for table in tables {
            connection.prepare(&format!("delete from \"{table}\"")).expect("keys match");
        }
    }

    /// What statements that run for every item begin with.
    const FOR_EVERY_ITEM: [&str; 20] = [
        "candidate.",
        "stub_find",
        "checkpoint",
        "claim",
        "class",
        "dead_letter_upsert",
        "document_delete",
        "document_text",
        "document_upsert",
        "seen_insert",
        "seen_ranges",
        "unseen_note",
        "diagnostic",
        "graph_link",
        "item_",
        "lease",
        "name",
        "page",
        "reference",
        "supplied",
    ];

    #[test]
    fn what_runs_for_every_item_finds_its_rows_by_an_index() {
        let connection = migrated();
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/store/sql");
        let mut slow = Vec::new();
        for entry in std::fs::read_dir(folder).expect("the folder of statements") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
            if !FOR_EVERY_ITEM.iter().any(|prefix| name.starts_with(prefix)) {
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("a statement");
            let mut plan =
                connection.prepare(&format!("explain query plan {text}")).expect("a plan");
            let steps = plan.raw_query().mapped(|row| row.get::<_, String>("detail"));
            for step in steps.collect::<Result<Vec<_>, _>>().expect("steps") {
                let scans = step.starts_with("SCAN")
                    && !step.contains("CONSTANT ROW")
                    && !step.contains("SCAN best")
                    // What its parts have given; they have steps of their own.
                    && !step.contains("SCAN searchable");
                // An index used by its scope alone reads all of the scope, but for its last row.
                let by_scope =
                    ["(ontology_id=?)", "(ontology_id=? AND class_id>?)", "(source_id=?)"];
                let reads_scope = by_scope.iter().any(|scope| step.contains(scope));
                if scans || reads_scope && !text.contains("max(id)") {
                    slow.push(format!("{name}: {step}"));
                }
            }
        }
        assert_eq!(slow, Vec::<String>::new());
    }

    #[test]
    fn what_is_asked_of_candidates_begins_with_them_and_not_with_all_items() {
        let connection = migrated();
        for text in [sql!("candidates"), sql!("candidate_counts"), sql!("read_withheld")] {
            let mut plan =
                connection.prepare(&format!("explain query plan {text}")).expect("a plan");
            let mut steps = plan.raw_query().mapped(|row| row.get::<_, String>("detail"));
            let first = steps.next().expect("a step").expect("a text");
            assert!(first.contains("deletion_candidate"), "{first}: {text}");
        }
    }
}
