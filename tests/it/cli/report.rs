//! `report`: what rules and diagnostics find, as a table, as JSON and as SARIF.

use std::collections::BTreeSet;
use std::fs;

use driftless::store::RULES;
use serde_json::{Value, json};

use super::{Desk, no_escapes};

/// A finding of each level: an error of a rule, one of the parser, warnings, and a note.
const FILES: [(&str, &str); 2] = [
    (
        "a dam.ofn",
        "Ontology(<http://example.org/a> Import(<http://example.org/charts>)\n\
         Declaration(Class(mv:Dam))\n\
         SubClassOf(mv:Dam <http://example.org/charts#Mark>)\n\
         SubClassOf(mv:Dam owl:Everything)\n\
         SubClasOf(mv:Dam owl:Thing))",
    ),
    ("b.ofn", "Ontology(<http://example.org/b> Declaration(Class(mv:Weir)))"),
];

fn desk() -> Desk {
    let desk = Desk::new();
    FILES.iter().for_each(|(key, content)| desk.page(key, content));
    desk.run(&["sync", "pages"]);
    desk
}

/// What is listed, as `level code key:line`.
fn listed(answer: &Value) -> Vec<String> {
    let part = |finding: &Value, name: &str| finding[name].as_str().expect("a text").to_owned();
    let line = |it: &Value| {
        let (level, code, key) = (part(it, "level"), part(it, "code"), part(it, "key"));
        format!("{level} {code} {key}:{}", it["line"])
    };
    answer["findings"].as_array().expect("findings").iter().map(line).collect()
}

fn report(desk: &Desk, more: &[&str]) -> (Vec<String>, i32) {
    let (answer, code) = desk.json(&[&["report"], more].concat());
    (listed(&answer), code)
}

const ALL: [&str; 6] = [
    "error bad_axiom a dam.ofn:5",
    "error reserved_term a dam.ofn:4",
    "warning missing_label a dam.ofn:2",
    "warning missing_label b.ofn:1",
    "warning unresolved_import a dam.ofn:1",
    "info use_of_absent_import a dam.ofn:3",
];

#[test]
fn a_report_begins_with_the_gravest_and_ends_with_1_if_there_are_errors() {
    let desk = desk();
    assert_eq!(report(&desk, &["--level", "info"]), (ALL.map(str::to_owned).to_vec(), 1));
    let shown = desk.run(&["report"]);
    assert_eq!(shown.code, 1);
    no_escapes(&shown.out);
    for part in ["level    code               findings", "a dam.ofn:4", "owl:Everything: its"] {
        assert!(shown.out.contains(part), "{}", shown.out);
    }
    assert!(!shown.out.contains("use_of_absent_import"), "{}", shown.out);
}

#[test]
fn a_report_without_errors_ends_with_0_and_one_without_findings_says_so() {
    let desk = desk();
    assert_eq!(report(&desk, &["--code", "missing_label"]).1, 0);
    let none = desk.run(&["report", "--code", "subclass_cycle"]);
    assert_eq!((none.code, none.out.as_str()), (0, "no findings\n"));
}

#[test]
fn only_what_is_asked_for_is_listed() {
    let desk = desk();
    let errors = (ALL[..2].iter().map(|it| (*it).to_owned()).collect(), 1);
    assert_eq!(report(&desk, &["--level", "error"]), errors);
    let codes = ["--code", "reserved_term", "--code", "bad_axiom", "--level", "info"];
    assert_eq!(report(&desk, &codes), errors);
    assert_eq!(report(&desk, &["--level", "warning"]).0.len(), 5);
}

#[test]
fn findings_of_one_source_are_those_of_its_files() {
    let desk = Desk::new();
    for (folder, (key, content)) in ["one", "two"].into_iter().zip(FILES) {
        fs::create_dir(desk.path(folder)).expect("a folder");
        fs::write(desk.path(folder).join(key), content).expect("a file");
        desk.run(&["sync", folder]);
    }
    let (status, _) = desk.json(&["status"]);
    let sources = status["sources"].as_array().expect("sources");
    let names = sources.iter().map(|source| source["name"].as_str().expect("a name"));
    let two = names.into_iter().find(|name| name.ends_with("two")).expect("the source");
    assert_eq!(report(&desk, &["--source", two]).0, ["warning missing_label b.ofn:1"]);
    assert_eq!(report(&desk, &[]).0.len(), 5);
}

#[test]
fn a_limit_cuts_the_list_and_not_the_counts() {
    let desk = desk();
    let (answer, code) = desk.json(&["report", "--limit", "1"]);
    assert_eq!((listed(&answer), code), (vec![ALL[0].to_owned()], 1));
    assert_eq!(answer["is_complete"], false);
    let counts = answer["counts"].as_array().expect("counts");
    let findings = |it: &Value| it["findings"].as_u64().expect("a number");
    assert_eq!(counts.iter().map(findings).sum::<u64>(), 5);
    assert_eq!(counts[2], json!({ "level": "warning", "code": "missing_label", "findings": 2 }));
    assert!(desk.run(&["report", "--limit", "1"]).out.contains("the first 1; --limit"));
    assert_eq!(desk.json(&["report"]).0["is_complete"], true);
}

#[test]
fn a_report_in_sarif_names_the_rule_the_level_and_the_place_of_each_finding() {
    let desk = desk();
    let ran = desk.run(&["report", "--sarif", "--level", "info"]);
    assert_eq!(ran.code, 1);
    let log: Value = serde_json::from_str(&ran.out).expect("one JSON value");
    assert_eq!(log["version"], "2.1.0");
    assert!(log["$schema"].as_str().is_some_and(|it| it.contains("sarif-2.1.0")), "{log:#}");
    assert_eq!(log["runs"].as_array().map(Vec::len), Some(1));
    let run = &log["runs"][0];
    let driver = &run["tool"]["driver"];
    assert_eq!(driver["name"], "driftless");
    let rules = driver["rules"].as_array().expect("rules").iter();
    let ids: BTreeSet<_> = rules.clone().map(|rule| rule["id"].as_str().expect("an id")).collect();
    assert!(rules.clone().all(|rule| rule["shortDescription"]["text"].is_string()), "{log:#}");
    let results = run["results"].as_array().expect("results");
    let levels: Vec<_> = results.iter().map(|it| it["level"].as_str().expect("a level")).collect();
    assert_eq!(levels, ["error", "error", "warning", "warning", "warning", "note"]);
    for result in results {
        assert!(ids.contains(result["ruleId"].as_str().expect("a rule")), "{result:#}");
        assert!(result["message"]["text"].as_str().is_some_and(|it| !it.is_empty()), "{result:#}");
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().expect("a reference");
        assert!(["a%20dam.ofn", "b.ofn"].contains(&uri), "{result:#}");
        assert!(place["region"]["startLine"].as_u64().is_some_and(|it| it > 0), "{result:#}");
    }
    assert_eq!(results[1]["locations"][0]["physicalLocation"]["region"]["startLine"], 4);
}

#[test]
fn an_unknown_line_is_left_out_of_sarif() {
    let desk = Desk::new();
    desk.page("a.ofn", "Ontology(<http://example.org/a>)");
    desk.page("b.ofn", "Ontology(<http://example.org/a>)");
    desk.run(&["sync", "pages"]);
    let log: Value = serde_json::from_str(&desk.run(&["report", "--sarif"]).out).expect("JSON");
    let place = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(*place, json!({ "artifactLocation": { "uri": "b.ofn" } }));
}

#[test]
fn the_rules_are_listed_with_the_levels_that_they_have() {
    let desk = Desk::new();
    let levels = |desk: &Desk| {
        let (answer, code) = desk.json(&["report", "--rules"]);
        assert_eq!(code, 0);
        answer["rules"].as_array().expect("rules").clone()
    };
    let rules = levels(&desk);
    let codes: Vec<_> = rules.iter().map(|rule| rule["code"].as_str().expect("a code")).collect();
    assert_eq!(codes, RULES.map(|rule| rule.code));
    let level = |rules: &[Value], code: &str| {
        rules.iter().find(|rule| rule["code"] == code).expect("the rule")["level"].clone()
    };
    assert_eq!(level(&rules, "missing_label"), "warning");
    fs::write(desk.path("driftless.yaml"), "rules: {missing_label: \"off\"}\n").expect("a file");
    assert_eq!(level(&levels(&desk), "missing_label"), "off");
    assert!(desk.run(&["report", "--rules"]).out.contains("missing_label         off"));
}

#[test]
fn levels_in_the_configuration_hold_for_rules_and_diagnostics() {
    let desk = desk();
    let levels = "rules:\n  missing_label: \"off\"\n  reserved_term: info\n  bad_axiom: warning\n  \
                  unresolved_import: error\n";
    fs::write(desk.path("driftless.yaml"), levels).expect("a file");
    let (findings, code) = report(&desk, &[]);
    assert_eq!(findings, ["error unresolved_import a dam.ofn:1", "warning bad_axiom a dam.ofn:5"]);
    assert_eq!(code, 1);
    let levels = levels.replace("unresolved_import: error", "unresolved_import: \"off\"");
    fs::write(desk.path("driftless.yaml"), levels).expect("a file");
    assert_eq!(report(&desk, &[]).1, 0);
}

#[test]
fn what_a_report_cannot_know_is_refused_with_what_there_is() {
    let desk = desk();
    for (arguments, message, remedy) in [
        (["--code", "missing_lable"], "no finding has the code", "there are: missing_label"),
        (["--code", "xyzzy"], "no finding has the code", "driftless report --rules"),
        (["--source", "nowhere"], "there is no source named nowhere", "driftless status"),
    ] {
        let (refused, code) = desk.json(&[&["report"], &arguments[..]].concat());
        assert_eq!((code, &refused["error"]["code"]), (3, &"unknown_name".into()));
        let text = |part: &str| refused["error"][part].as_str().expect("a text").to_owned();
        assert!(text("message").contains(message), "{refused:#}");
        assert!(text("remedy").contains(remedy), "{refused:#}");
    }
    fs::write(desk.path("driftless.yaml"), "rules: {missing_lable: info}\n").expect("a file");
    let (refused, code) = desk.json(&["report"]);
    let message = refused["error"]["message"].as_str().expect("a message");
    assert_eq!(code, 3, "{refused:#}");
    assert!(message.contains("missing_lable") && message.contains("line 1"), "{message}");
}
