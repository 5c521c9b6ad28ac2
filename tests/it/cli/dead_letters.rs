//! Items that could not be used: seen, tried again, given up.

use super::Desk;

/// A page that is no text, and one that is.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.page("Bad.md", "public:: true\n\0");
    desk.page("Good.md", "public:: true\n");
    desk
}

#[test]
fn a_page_that_is_no_text_ends_with_1_and_is_grouped_by_its_cause() {
    let desk = desk();
    desk.page("Worse.md", "public:: true\n-\0");
    let (report, code) = desk.json(&["sync", "pages"]);
    assert_eq!((code, &report["state"]), (1, &"completed_with_errors".into()));
    assert_eq!(report["attention"][0]["code"], "rejected_items");
    let (answer, _) = desk.json(&["dead-letters"]);
    let groups = answer["groups"].as_array().expect("a list");
    assert_eq!(groups.len(), 1, "{answer:#}");
    assert_eq!((&groups[0]["code"], &groups[0]["items"]), (&"not_text".into(), &2.into()));
    let group = groups[0]["cause_id"].as_str().expect("an id");
    assert!(desk.run(&["dead-letters"]).out.contains("Bad.md, Worse.md"));
    let (shown, _) = desk.json(&["dead-letters", "show", group]);
    assert_eq!(shown["dead_letters"].as_array().map(Vec::len), Some(2));
    let (shown, _) = desk.json(&["dead-letters", "show", "pages/Bad.md"]);
    assert_eq!(shown["dead_letters"][0]["key"], "Bad.md");
}

#[test]
fn a_corrected_page_is_taken_up_by_a_retry_of_its_group() {
    let desk = desk();
    desk.json(&["sync", "pages"]);
    let (answer, _) = desk.json(&["dead-letters"]);
    let group = answer["groups"][0]["cause_id"].as_str().expect("an id").to_owned();
    let retry = ["dead-letters", "retry", "--group", group.as_str()];
    assert_eq!(desk.json(&retry).1, 1, "it is as bad as before");
    desk.page("Bad.md", "public:: true\n");
    let (answer, code) = desk.json(&retry);
    assert_eq!(code, 0, "{answer:#}");
    let counters = &answer["reports"][0]["counters"];
    assert_eq!((&counters["listed"], &counters["written"]), (&1.into(), &1.into()));
    assert_eq!(desk.json(&["status"]).1, 0);
}

#[test]
fn a_retry_reads_as_the_sync_did() {
    let desk = desk();
    desk.json(&["sync", "pages", "--ontology", "water", "--prefix", "ex=http://example.org/"]);
    desk.page("Bad.md", "public:: true\n");
    assert_eq!(desk.json(&["dead-letters", "retry", "--key", "Bad.md"]).1, 0);
    let again = ["sync", "pages", "--ontology", "water", "--prefix", "ex=http://example.org/"];
    let (report, _) = desk.json(&again);
    assert_eq!(report["counters"]["unchanged"], 2, "{report:#}");
}

#[test]
fn what_was_given_up_is_left_out_until_it_changes() {
    let desk = desk();
    desk.json(&["sync", "pages"]);
    let give_up = ["dead-letters", "discard", "--key", "Bad.md", "--reason", "a picture"];
    assert_eq!(desk.json(&give_up).0["discarded"], 1);
    assert_eq!(desk.json(&["dead-letters"]).0["groups"].as_array().map(Vec::len), Some(0));
    let (shown, _) = desk.json(&["dead-letters", "show", "--discarded"]);
    assert_eq!(shown["dead_letters"][0]["discard_reason"], "a picture");
    assert_eq!(desk.json(&["sync", "pages"]).1, 0);
    desk.page("Bad.md", "public:: true\n\0\0");
    assert_eq!(desk.json(&["sync", "pages"]).1, 1);
}

#[test]
fn all_are_given_up_only_when_that_is_confirmed() {
    let desk = desk();
    desk.json(&["sync", "pages"]);
    let give_up = ["dead-letters", "discard", "--all", "--reason", "not ours"];
    let (refused, code) = desk.json(&give_up);
    assert_eq!((code, &refused["error"]["code"]), (3, &"not_confirmed".into()));
    assert_eq!(desk.json(&["status"]).0["dead_letters"], 1);
    let (answer, code) = desk.json(&[&give_up[..], &["--yes"]].concat());
    assert_eq!((code, &answer["discarded"]), (0, &1.into()));
}

#[test]
fn which_ones_are_meant_must_be_said() {
    let desk = desk();
    for action in [&["retry"][..], &["discard", "--reason", "x"]] {
        let (refused, code) = desk.json(&[&["dead-letters"], action].concat());
        assert_eq!((code, &refused["error"]["code"]), (2, &"usage".into()));
    }
}
