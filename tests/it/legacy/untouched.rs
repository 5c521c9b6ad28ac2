//! The old file is read and nothing more, whatever lies beside it.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::SystemTime;

use driftless::engine::LegacyOptions;
use driftless::legacy::Shape;
use rusqlite::Connection;

use super::Desk;

/// All files whose names begin as that of the old database, with their bytes and times.
type Around = BTreeMap<PathBuf, (Vec<u8>, SystemTime)>;

fn around(desk: &Desk) -> Around {
    let mut found = Around::new();
    for entry in fs::read_dir(desk.folder.path()).expect("entries") {
        let path = entry.expect("an entry").path();
        let is_old = path.file_name().is_some_and(|it| it.to_string_lossy().starts_with("old.db"));
        // The index of a log is no part of the database, and every reader marks itself in it.
        if is_old && !path.to_string_lossy().ends_with("-shm") {
            let time = fs::metadata(&path).and_then(|it| it.modified()).expect("a time");
            found.insert(path.clone(), (fs::read(&path).expect("bytes"), time));
        }
    }
    found
}

/// Puts the last rows of the old database into a log that is never copied into it. The
/// connection must be kept or forgotten: closed, it would copy it.
fn logged(desk: &Desk) -> Connection {
    let old = Connection::open(desk.old()).expect("the old database");
    old.execute_batch(
        "pragma journal_mode = wal; pragma wal_autocheckpoint = 0;
        insert into owl_classes (iri, label, source_file) values ('ex:Logged', 'Logged', 'L.md')",
    )
    .expect("a log");
    assert!(fs::metadata(desk.path("old.db-wal")).expect("a log").len() > 0);
    old
}

/// A desk whose database and log were left by a process that died.
fn deserted() -> Desk {
    let desk = Desk::filled(Shape::SourceFiles, 20);
    let old = logged(&desk);
    let left = Desk { folder: tempfile::tempdir().expect("a folder"), shape: desk.shape };
    for name in ["old.db", "old.db-wal"] {
        fs::copy(desk.path(name), left.path(name)).expect("copied");
    }
    drop(old);
    left
}

fn names_logged(desk: &Desk) {
    let label = desk.ask("select label from owl_classes where class_iri = 'ex:Logged'");
    assert_eq!(label, ["Logged"]);
}

#[test]
fn every_shape_is_left_as_it_was() {
    for shape in Shape::ALL {
        let desk = Desk::filled(shape, 30);
        let before = around(&desk);
        desk.attempt(LegacyOptions::default()).expect("a report");
        assert_eq!(around(&desk), before, "{shape:?}");
    }
}

#[test]
fn what_stands_in_a_log_alone_is_taken_over_and_the_log_is_left() {
    let desk = deserted();
    let before = around(&desk);
    desk.attempt(LegacyOptions::default()).expect("a report");
    assert_eq!(around(&desk), before);
    assert!(!desk.path("old.db-shm").exists(), "an index was put beside the log");
    assert!(!desk.path("store.db.legacy-copy").exists(), "the copy is still there");
    names_logged(&desk);
}

#[test]
fn a_database_that_somebody_has_open_is_read_where_it_is() {
    let desk = Desk::filled(Shape::SourceFiles, 20);
    let open = logged(&desk);
    let before = around(&desk);
    desk.attempt(LegacyOptions::default()).expect("a report");
    assert_eq!(around(&desk), before);
    names_logged(&desk);
    // Its own program goes on.
    open.execute("update owl_classes set label = 'Written' where iri = 'ex:Logged'", [])
        .expect("written");
}

#[test]
fn a_database_whose_log_is_empty_is_left_without_one() {
    let desk = Desk::filled(Shape::SourceFiles, 20);
    drop(logged(&desk));
    assert!(!desk.path("old.db-wal").exists(), "closed in peace it has no log");
    let before = around(&desk);
    desk.attempt(LegacyOptions::default()).expect("a report");
    assert_eq!(around(&desk), before);
    names_logged(&desk);
}

#[cfg(unix)]
#[test]
fn a_database_in_a_folder_that_cannot_be_written_is_read() {
    use std::os::unix::fs::PermissionsExt;

    let desk = deserted();
    let shelf = desk.path("shelf");
    fs::create_dir(&shelf).expect("a folder");
    for name in ["old.db", "old.db-wal"] {
        fs::rename(desk.path(name), shelf.join(name)).expect("moved");
        let only_read = fs::Permissions::from_mode(0o444);
        fs::set_permissions(shelf.join(name), only_read).expect("permissions");
    }
    fs::set_permissions(&shelf, fs::Permissions::from_mode(0o555)).expect("permissions");
    super::runtime().block_on(async {
        let config = driftless::config::Config::default();
        let engine = driftless::engine::Engine::open(desk.store(), config).await.expect("a store");
        let old = shelf.join("old.db");
        engine.import_legacy(old, LegacyOptions::default()).await.expect("a report");
        engine.close().await;
    });
    fs::set_permissions(&shelf, fs::Permissions::from_mode(0o755)).expect("permissions");
    names_logged(&desk);
}

#[test]
fn a_copy_that_a_killed_import_has_left_is_in_nobody_s_way() {
    let desk = deserted();
    let folder = desk.path("store.db.legacy-copy");
    fs::create_dir(&folder).expect("a folder");
    for name in ["old.db", "old.db-wal", "old.db-shm"] {
        fs::write(folder.join(name), "half of it").expect("a copy");
    }
    desk.attempt(LegacyOptions::default()).expect("a report");
    assert!(!folder.exists());
    names_logged(&desk);
}

#[test]
fn what_is_no_copy_is_not_removed() {
    let desk = deserted();
    let folder = desk.path("store.db.legacy-copy");
    fs::create_dir(&folder).expect("a folder");
    fs::write(folder.join("thesis.txt"), "mine").expect("a text");
    let refused = desk.attempt(LegacyOptions::default()).expect_err("refused");
    assert_eq!(refused.code(), "legacy_not_copied");
    assert_eq!(fs::read_to_string(folder.join("thesis.txt")).expect("a text"), "mine");
}
