//! The command line program as operators and CI see it: answers, exit codes, errors.

#[cfg(feature = "owl")]
mod axioms;
mod dead_letters;
mod deletions;
mod entities;
#[cfg(unix)]
mod explain;
#[cfg(all(feature = "github", unix))]
mod github;
mod json_ld;
mod report;
#[cfg(unix)]
mod signals;
mod stores;

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use driftless::store::{Durability, Store};
use serde_json::Value;
use tempfile::TempDir;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/ontology-pages");

/// Longer than anything here takes on a slow machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A folder with a store and pages, for one test.
struct Desk {
    folder: TempDir,
}

/// What a run of the program came to.
struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("pages")).expect("a folder of pages");
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn page(&self, name: &str, content: &str) {
        fs::write(self.path("pages").join(name), content).expect("a page");
    }

    /// Pages `0.md`, `1.md` and so on, each a node of the graph.
    fn pages(&self, numbers: std::ops::Range<usize>) {
        numbers
            .for_each(|n| self.page(&format!("{n}.md"), &format!("public:: true\n- page {n}\n")));
    }

    /// The program in this folder, with nothing of the surroundings.
    fn program(&self, arguments: &[&str]) -> std::process::Command {
        let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_driftless"));
        program.current_dir(self.folder.path()).args(arguments);
        for variable in ["DRIFTLESS_STORE", "DRIFTLESS_CONFIG", "RUST_LOG", "FORCE_FULL_SYNC"] {
            program.env_remove(variable);
        }
        for variable in ["TOKEN", "OWNER", "REPO", "BRANCH", "BASE_PATH", "API_URL"] {
            program.env_remove(format!("GITHUB_{variable}"));
        }
        program.stdin(Stdio::null());
        program
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.program(arguments))
    }

    /// The answer as JSON, and the exit code.
    fn json(&self, arguments: &[&str]) -> (Value, i32) {
        let ran = self.run(&[arguments, &["--json"]].concat());
        let answer: Value = serde_json::from_str(&ran.out)
            .unwrap_or_else(|error| panic!("{arguments:?}: {error} in {:?}", ran.out));
        assert!(answer.is_object(), "{arguments:?}");
        (answer, ran.code)
    }
}

impl Ran {
    fn of(program: std::process::Command) -> Self {
        let mut program = assert_cmd::Command::from_std(program);
        let ran = program.timeout(PATIENCE).output().expect("it ran");
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        let code = ran.status.code().expect("it ended by itself");
        Self { code, out: text(ran.stdout), err: text(ran.stderr) }
    }

    #[cfg(all(feature = "github", unix))]
    fn json(&self) -> Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|e| panic!("{e} in {} {}", self.out, self.err))
    }
}

/// Waits until `is_so`, at most as long as anything here takes.
fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn no_escapes(text: &str) {
    let shown = text.chars().all(|c| c == '\n' || !c.is_control());
    assert!(shown, "a control character is shown: {text:?}");
}

#[test]
fn a_clean_sync_ends_with_0_and_accounts_for_every_page() {
    let desk = Desk::new();
    let (report, code) = desk.json(&["sync", FIXTURES]);
    assert_eq!(code, 0, "{report:#}");
    let counters = &report["counters"];
    assert_eq!((&counters["listed"], &counters["written"]), (&86.into(), &81.into()));
    assert_eq!(counters["skipped"], 5);
    assert_eq!(report["state"], "completed");
    let shown = desk.run(&["sync", FIXTURES]);
    assert_eq!(shown.code, 0);
    assert!(shown.out.contains("unchanged  81"), "{}", shown.out);
}

#[test]
fn every_verb_answers_with_one_json_object_and_the_promised_code() {
    let desk = Desk::new();
    desk.page("Dam.md", "public:: true\n");
    for (arguments, expected) in [
        (&["status"][..], 2),
        (&["sync", "nowhere"], 2),
        (&["sync", "pages", "--include", "["], 3),
        (&["sync", "pages", "--dry-run"], 0),
        (&["sync", "pages", "--receipt", "receipt.json"], 0),
        (&["status"], 0),
        (&["classes"], 0),
        (&["classes", "Nothing"], 3),
        (&["diagnostics"], 0),
        (&["diagnostics", "--summary"], 0),
        (&["diagnostics", "--key", "Nothing.md"], 3),
        (&["explain", "Dam.md"], 0),
        (&["explain", "Nothing.md"], 3),
        (&["explain", "Dam.md", "--source", "elsewhere"], 3),
        (&["axioms", "Dam"], 3),
        (&["uses", "Dam"], 3),
        (&["report"], 0),
        (&["report", "--sarif"], 0),
        (&["report", "--rules"], 0),
        (&["report", "--code", "nonsense"], 3),
        (&["export"], 2),
        (&["export", "nowhere", "--output", "pages.ofn"], 3),
        (&["export", "--output", "pages.ofn"], 0),
        (&["search", "dam"], 0),
        (&["schema"], 0),
        (&["dead-letters"], 0),
        (&["dead-letters", "show"], 0),
        (&["dead-letters", "show", "Dam.md"], 3),
        (&["dead-letters", "retry", "--all"], 3),
        (&["dead-letters", "discard", "--all", "--reason", "x"], 3),
        (&["completions", "bash"], 0),
        (&["sync"], 2),
        (&["sync", "pages", "--workers", "65"], 2),
        (&["nonsense"], 2),
    ] {
        let (answer, code) = desk.json(arguments);
        assert_eq!(code, expected, "{arguments:?}: {answer:#}");
        let error = &answer["error"];
        assert_eq!(error.is_object(), code >= 2, "{arguments:?}: {answer:#}");
        for part in ["code", "message", "remedy"].iter().filter(|_| error.is_object()) {
            assert!(error[part].as_str().is_some_and(|text| !text.is_empty()), "{error:#}");
        }
    }
}

#[test]
fn reading_without_a_store_says_so_and_makes_none() {
    let desk = Desk::new();
    for arguments in [&["status"][..], &["classes"], &["dead-letters", "retry", "--all"]] {
        let ran = desk.run(arguments);
        assert_eq!(ran.code, 2);
        assert!(ran.err.starts_with("error[store_missing]: "), "{}", ran.err);
        assert!(ran.err.contains("\n  help: "), "{}", ran.err);
        assert_eq!(ran.out, "");
    }
    assert!(!desk.path("driftless.db").exists());
}

#[test]
fn what_is_piped_is_plain() {
    let desk = Desk::new();
    desk.run(&["sync", FIXTURES]);
    for arguments in
        [&["sync", FIXTURES][..], &["status"], &["classes", "Dam"], &["explain", "Dam.md"]]
    {
        let ran = desk.run(arguments);
        no_escapes(&ran.out);
        no_escapes(&ran.err);
    }
    assert!(desk.run(&["status", "--color", "always"]).out.contains("\u{1b}["));
}

#[test]
fn a_quiet_sync_says_nothing() {
    let desk = Desk::new();
    let ran = desk.run(&["sync", FIXTURES, "--quiet"]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "", ""));
}

#[test]
fn a_dry_run_tells_everything_and_writes_nothing() {
    let desk = Desk::new();
    let (plan, code) = desk.json(&["sync", FIXTURES, "--dry-run"]);
    assert_eq!((code, &plan["dry_run"], &plan["added"]), (0, &true.into(), &81.into()));
    let left: Vec<_> = fs::read_dir(desk.folder.path()).expect("entries").collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn receipts_of_equal_stores_are_equal_bytes() {
    let desk = Desk::new();
    for (store, receipt) in [("one.db", "one.json"), ("two.db", "two.json")] {
        let ran = desk.run(&["sync", FIXTURES, "--store", store, "--receipt", receipt]);
        assert_eq!(ran.code, 0, "{}", ran.err);
    }
    let read = |name: &str| fs::read(desk.path(name)).expect("a receipt");
    assert_eq!(read("one.json"), read("two.json"));
    // Written to twice, it is replaced.
    desk.run(&["sync", FIXTURES, "--store", "one.db", "--receipt", "two.json"]);
    assert_eq!(read("one.json"), read("two.json"));
    let parts = fs::read_dir(desk.folder.path()).expect("entries").filter(|entry| {
        entry.as_ref().expect("an entry").file_name().to_string_lossy().contains(".part")
    });
    assert_eq!(parts.count(), 0);
}

#[cfg(unix)]
#[test]
fn only_its_owner_can_read_a_receipt() {
    use std::os::unix::fs::PermissionsExt;

    let desk = Desk::new();
    desk.run(&["sync", FIXTURES, "--receipt", "receipt.json"]);
    let mode = fs::metadata(desk.path("receipt.json")).expect("a receipt").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_receipt_that_cannot_be_written_is_a_failure_of_a_sync_that_is_done() {
    let desk = Desk::new();
    let (report, code) = desk.json(&["sync", FIXTURES, "--receipt", "nowhere/receipt.json"]);
    assert_eq!((code, &report["error"]["code"]), (2, &"receipt_failed".into()));
    assert_eq!(report["state"], "completed");
}

#[test]
fn a_locked_store_answers_at_once_and_names_the_holder() {
    let desk = Desk::new();
    desk.run(&["sync", FIXTURES]);
    let held = Store::open(&desk.path("driftless.db"), Durability::Normal, now_ms());
    let held = held.expect("the store");
    let begun = Instant::now();
    let (refused, code) = desk.json(&["sync", FIXTURES]);
    // SQLite alone would wait for five seconds.
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    assert_eq!((code, &refused["error"]["code"]), (3, &"locked".into()));
    let holder = format!("process {}", std::process::id());
    assert!(refused["error"]["message"].as_str().is_some_and(|text| text.contains(&holder)));
    let (status, _) = desk.json(&["status"]);
    assert!(status["writer"]["name"].as_str().is_some_and(|text| text.contains(&holder)));
    drop(held);
}

#[cfg(unix)]
#[test]
fn a_locked_store_is_locked_by_whichever_link_it_is_opened() {
    let desk = Desk::new();
    desk.run(&["sync", FIXTURES]);
    std::os::unix::fs::symlink(desk.path("driftless.db"), desk.path("link.db")).expect("a link");
    let held = Store::open(&desk.path("driftless.db"), Durability::Normal, now_ms());
    let (refused, code) = desk.json(&["sync", FIXTURES, "--store", "link.db"]);
    assert_eq!((code, &refused["error"]["code"]), (3, &"locked".into()));
    drop(held);
}

// Elsewhere the file system lets no such name in.
#[cfg(target_os = "linux")]
#[test]
fn a_root_whose_path_is_not_utf_8_is_refused() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let desk = Desk::new();
    let name = OsStr::from_bytes(b"pages\xff");
    fs::create_dir(desk.folder.path().join(name)).expect("a folder");
    let mut program = desk.program(&["sync"]);
    let ran = program.arg(name).output().expect("it ran");
    assert_eq!(ran.status.code(), Some(3), "{}", String::from_utf8_lossy(&ran.stderr));
}

#[test]
fn a_folder_is_refused_as_a_store_and_gets_no_lock_beside_it() {
    let desk = Desk::new();
    let (refused, code) = desk.json(&["sync", FIXTURES, "--store", "pages"]);
    assert_eq!((code, &refused["error"]["code"]), (3, &"not_a_store".into()));
    assert!(!desk.path("pages.lock").exists());
}

fn now_ms() -> i64 {
    let since = std::time::UNIX_EPOCH.elapsed().expect("a clock");
    i64::try_from(since.as_millis()).expect("this millennium")
}

#[test]
fn a_class_is_shown_with_where_it_and_its_children_are_stated() {
    let desk = Desk::new();
    desk.run(&["sync", FIXTURES]);
    let (answer, _) = desk.json(&["classes", "dam"]);
    let dam = &answer["classes"][0];
    assert_eq!(dam["class"]["class_iri"], "mv:Dam");
    assert_eq!(dam["stated_in"][0]["key"], "Dam.md");
    let child = &dam["children"][0];
    assert_eq!(
        (&child["stated_in"]["key"], &child["stated_in"]["line"]),
        (&"Low-Head Dam.md".into(), &9.into())
    );
    assert!(desk.run(&["classes", "dam"]).out.contains("Low-Head Dam.md:9"));
}

#[test]
fn a_stub_is_listed_only_when_asked_for_and_is_marked() {
    let desk = Desk::new();
    desk.run(&["sync", FIXTURES]);
    let stubs = |arguments: &[&str]| {
        let (answer, _) = desk.json(arguments);
        let classes = answer["classes"].as_array().expect("a list").clone();
        classes.into_iter().filter(|class| class["is_stub"] == true).count()
    };
    assert_eq!(stubs(&["classes", "--limit", "1000"]), 0);
    assert_eq!(stubs(&["classes", "--limit", "1000", "--stubs"]), 43);
}

#[test]
fn a_cut_list_says_that_it_is_cut() {
    let desk = Desk::new();
    desk.run(&["sync", FIXTURES]);
    for verb in ["classes", "diagnostics"] {
        assert_eq!(desk.json(&[verb, "--limit", "3"]).0["is_complete"], false);
        assert_eq!(desk.json(&[verb, "--limit", "100000"]).0["is_complete"], true);
        assert!(desk.run(&[verb, "--limit", "3"]).out.contains("the first 3"));
    }
}

#[test]
fn names_of_files_cannot_move_the_cursor() {
    let desk = Desk::new();
    desk.page("red\u{1b}[31m\u{202e}\nx.md", "public:: true\n\0");
    let synced = desk.run(&["sync", "pages"]);
    assert_eq!(synced.code, 1);
    assert!(synced.out.contains("red\\u{1b}[31m\\u{202e}\\nx.md"), "{}", synced.out);
    let shown = desk.run(&["dead-letters"]);
    let log = desk.run(&["sync", "pages", "--force"]).err;
    for text in [synced.out, synced.err, shown.out, log] {
        no_escapes(&text);
        assert!(!text.contains('\u{202e}'), "{text}");
    }
}

#[test]
fn an_unreadable_store_is_told_from_one_of_another_program() {
    let desk = Desk::new();
    fs::write(desk.path("notes.db"), "x".repeat(4096)).expect("a text");
    let (refused, code) = desk.json(&["sync", FIXTURES, "--store", "notes.db"]);
    assert_eq!((code, &refused["error"]["code"]), (3, &"not_a_store".into()));
    assert_eq!(fs::read(desk.path("notes.db")).expect("a text").len(), 4096);
}

#[test]
fn help_names_the_exit_codes_and_the_default_globs() {
    let desk = Desk::new();
    let help = desk.run(&["help"]);
    assert_eq!(help.code, 0);
    assert!(help.out.contains("3  refused, nothing was done"), "{}", help.out);
    let help = desk.run(&["sync", "--help"]).out;
    let is_named = |glob: &&str| help.contains(*glob);
    assert!(driftless::source::EXCLUDE.iter().all(is_named), "{help}");
    assert!(help.contains(driftless::source::INCLUDE[0]), "{help}");
}
