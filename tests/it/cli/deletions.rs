//! Pages that are gone: deleted with proof only, and many only with approval.

use std::fs;

use super::Desk;

/// A store of thirty pages, of which twenty are gone.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.pages(0..30);
    assert_eq!(desk.run(&["sync", "pages"]).code, 0);
    (10..30)
        .for_each(|n| fs::remove_file(desk.path("pages").join(format!("{n}.md"))).expect("gone"));
    desk
}

#[test]
fn many_deletions_are_withheld_shown_and_applied_when_approved() {
    let desk = desk();
    let (report, code) = desk.json(&["sync", "pages"]);
    assert_eq!((code, &report["counters"]["withheld"]), (1, &20.into()));
    assert_eq!(report["attention"][0]["code"], "deletions_withheld");
    let (status, code) = desk.json(&["status"]);
    assert_eq!((code, status["withheld"].as_array().map(Vec::len)), (1, Some(20)));
    let remedy = status["attention"][0]["remedy"].as_str().expect("a remedy");
    assert!(remedy.contains("--approve-deletions 20"), "{remedy}");
    let too_few = desk.json(&["sync", "pages", "--approve-deletions", "19"]);
    assert_eq!((too_few.1, &too_few.0["counters"]["deleted"]), (1, &0.into()));
    let enough = desk.json(&["sync", "pages", "--approve-deletions", "20"]);
    assert_eq!((enough.1, &enough.0["counters"]["deleted"]), (0, &20.into()));
    assert_eq!(desk.json(&["status"]).1, 0);
}

#[test]
fn a_dry_run_foretells_that_deletions_would_be_withheld() {
    let desk = desk();
    let (plan, code) = desk.json(&["sync", "pages", "--dry-run"]);
    assert_eq!((code, &plan["deleted"]), (1, &20.into()));
    assert_eq!(plan["deletions_withheld"], true);
    let (plan, code) = desk.json(&["sync", "pages", "--dry-run", "--approve-deletions", "20"]);
    assert_eq!((code, &plan["deletions_withheld"]), (0, &false.into()));
}

#[test]
fn a_root_that_is_gone_is_a_failure_and_deletes_nothing() {
    let desk = desk();
    fs::rename(desk.path("pages"), desk.path("elsewhere")).expect("moved");
    let (failed, code) = desk.json(&["sync", "pages"]);
    assert_eq!((code, &failed["error"]["code"]), (2, &"source_gone".into()));
    assert_eq!(desk.json(&["status"]).0["sources"][0]["items"], 30);
}

#[test]
fn an_emptied_page_is_explained_with_the_approval_that_lets_its_statements_go() {
    let desk = Desk::new();
    desk.pages(0..30);
    assert_eq!(desk.run(&["sync", "pages"]).code, 0);
    (10..30).for_each(|n| {
        fs::write(desk.path("pages").join(format!("{n}.md")), "- moved\n").expect("emptied");
    });
    let (report, code) = desk.json(&["sync", "pages"]);
    assert_eq!((code, &report["counters"]["withheld"]), (1, &20.into()));
    let (explained, _) = desk.json(&["explain", "12.md"]);
    let item = &explained["items"][0];
    assert_eq!((&item["outcome"], &item["skip_reason"]), (&"skipped".into(), &"no_markers".into()));
    let fix = item["fix"].as_str().expect("a command");
    assert!(fix.ends_with("--approve-deletions 20"), "{fix}");
    assert_eq!(desk.json(&["status"]).1, 1);
}
