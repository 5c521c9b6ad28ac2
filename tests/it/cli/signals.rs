//! A sync that is stopped: by one signal, by two, by the kernel. The next one goes on.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use driftless::store::Reader;
use serde_json::Value;

use super::{Desk, wait_until};
use crate::pages::Corpus;

/// So many that a sync is still at work when it is looked at.
const PAGES: usize = 1500;

/// A sync of many pages, some of which are in the store.
fn running() -> (Desk, Child) {
    let desk = Desk::new();
    let corpus = Corpus::new(11, PAGES);
    assert_eq!(corpus.write(&desk.path("pages")).expect("pages").files, PAGES);
    let mut program = desk.program(&["sync", "pages", "--json", "--workers", "1"]);
    let child = program.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a sync");
    wait_until("pages in the store", || {
        let reader = Reader::open(&desk.path("driftless.db"));
        reader.is_ok_and(|reader| reader.totals().is_ok_and(|totals| totals.pages > 20))
    });
    (desk, child)
}

fn send(child: &Child, signal: &str) {
    let sent = Command::new("kill").args([signal, &child.id().to_string()]).status();
    assert!(sent.expect("kill").success());
}

/// The sync that goes on: all pages are there in the end, under the same job.
fn goes_on(desk: &Desk, job: &Value) {
    let (report, code) = desk.json(&["sync", "pages"]);
    assert_eq!((code, &report["state"]), (0, &"completed".into()), "{report:#}");
    assert_eq!((&report["job"], &report["attempt"]), (job, &2.into()));
    assert_eq!(report["counters"]["listed"], PAGES);
    assert_eq!(desk.json(&["status"]).1, 0);
}

#[test]
fn a_signal_lets_a_sync_finish_what_is_in_flight_and_the_next_one_goes_on() {
    let (desk, child) = running();
    let (status, code) = desk.json(&["status"]);
    assert_eq!((code, &status["jobs"][0]["state"]), (0, &"running".into()), "{status:#}");
    assert!(status["writer"]["name"].is_string());
    send(&child, "-TERM");
    let ended = child.wait_with_output().expect("it ended");
    assert_eq!(ended.status.code(), Some(2));
    let report: Value = serde_json::from_slice(&ended.stdout).expect("one object");
    assert_eq!((&report["state"], &report["error"]["code"]), (&"paused".into(), &"stopped".into()));
    assert_eq!(report["counters"]["in_flight"], 0);
    assert!(report["counters"]["written"].as_u64() < Some(PAGES as u64));
    let (status, code) = desk.json(&["status"]);
    assert_eq!((code, &status["jobs"][0]["reason"]), (1, &"stopped by SIGTERM".into()));
    goes_on(&desk, &report["job"]);
}

#[test]
fn a_second_signal_ends_a_sync_at_once() {
    let (desk, mut child) = running();
    // Nothing in flight can be finished while somebody else holds the write lock.
    let other = rusqlite::Connection::open(desk.path("driftless.db")).expect("a connection");
    other.busy_timeout(super::PATIENCE).expect("patience");
    other.execute_batch("begin immediate").expect("the write lock");
    send(&child, "-INT");
    let stderr = BufReader::new(child.stderr.take().expect("piped"));
    let mut lines = stderr.lines().map(|line| line.expect("text"));
    assert!(lines.any(|line| line.contains("a second signal stops at once")));
    send(&child, "-INT");
    let ended = child.wait_with_output().expect("it ended");
    assert_eq!(ended.status.code(), Some(2));
    assert!(lines.any(|line| line.starts_with("stopped at once")));
    assert_eq!(ended.stdout, b"", "it waited for an answer");
    drop(other);
    let job = desk.json(&["status"]).0["jobs"][0]["id"].take();
    goes_on(&desk, &job);
}

#[test]
fn a_killed_sync_is_shown_as_interrupted_and_the_next_one_goes_on() {
    let (desk, mut child) = running();
    child.kill().expect("killed");
    child.wait().expect("it ended");
    let (status, code) = desk.json(&["status"]);
    assert_eq!((code, &status["jobs"][0]["state"]), (1, &"interrupted".into()));
    assert_eq!(
        (&status["writer"], &status["attention"][0]["code"]),
        (&Value::Null, &"interrupted".into())
    );
    goes_on(&desk, &status["jobs"][0]["id"]);
}

#[test]
fn a_limit_on_the_size_of_files_is_told_and_the_next_sync_goes_on() {
    let desk = Desk::new();
    assert_eq!(Corpus::new(11, PAGES).write(&desk.path("pages")).expect("pages").files, PAGES);
    let program = desk.program(&["sync", "pages", "--json"]);
    let mut shell = Command::new("sh");
    shell.args(["-c", "ulimit -f 4096; exec \"$0\" \"$@\""]).arg(program.get_program());
    shell.args(program.get_args()).current_dir(desk.path("")).env_remove("RUST_LOG");
    let ended = shell.stdin(Stdio::null()).output().expect("it ended");
    assert_eq!(ended.status.code(), Some(2), "{}", String::from_utf8_lossy(&ended.stderr));
    let report: Value = serde_json::from_slice(&ended.stdout).expect("one object");
    let code = report["error"]["code"].as_str().unwrap_or_default();
    assert!(["disk_failed", "disk_full"].contains(&code), "{report:#}");
    let (report, code) = desk.json(&["sync", "pages"]);
    assert_eq!((code, &report["state"]), (0, &"completed".into()), "{report:#}");
    assert_eq!(report["counters"]["listed"], PAGES);
}
