//! JSON-LD fences: repairs of broken JSON, and what contexts make of keys.

use super::expansion::{Expanded, Unknown};
use super::json::{self, Node, Source, Value};
use super::*;
use crate::parse::Diagnostic;

/// The tree of a text as JSON, and what was found.
fn read_json(text: &str) -> (Option<String>, Vec<Diagnostic>) {
    let mut findings = Findings::default();
    let root = json::read(&Source::new(text, 10), &mut findings).root;
    let shown = root.map(|root| serde_json::to_string(&root).expect("JSON"));
    (shown, findings.into_diagnostics())
}

fn repaired(text: &str) -> (String, Vec<(&'static str, u32)>) {
    let (shown, found) = read_json(text);
    let found = found.iter().map(|it| (it.code, it.line)).collect();
    (shown.unwrap_or_default(), found)
}

#[test]
fn whole_json_is_read_as_it_stands() {
    let text = r#"{"a": [1, -2.5e3, true, null, "xé\n\"\ud83d\ude00"], "b": {}}"#;
    let (shown, found) = read_json(text);
    let expected: serde_json::Value = serde_json::from_str(text).expect("JSON");
    let shown: serde_json::Value = serde_json::from_str(&shown.expect("a tree")).expect("JSON");
    assert_eq!(shown, expected);
    assert_eq!(found, []);
}

#[test]
fn a_comma_too_many_is_left_out() {
    assert_eq!(
        repaired("{\"a\": [1, 2,\n],\n}"),
        (r#"{"a":[1,2]}"#.into(), vec![("json_repaired", 10), ("json_repaired", 11)])
    );
}

#[test]
fn a_byte_order_mark_before_the_json_is_left_out() {
    assert_eq!(repaired("\u{feff}{\"a\": 1}"), (r#"{"a":1}"#.into(), vec![("json_repaired", 10)]));
}

#[test]
fn numbers_that_json_does_not_have_are_read_as_null() {
    let text = "{\"a\": NaN,\n\"b\": -Infinity,\n\"c\": Infinity, \"d\": 4}";
    let found = vec![("json_repaired", 10), ("json_repaired", 11), ("json_repaired", 12)];
    assert_eq!(repaired(text), (r#"{"a":null,"b":null,"c":null,"d":4}"#.into(), found));
}

#[test]
fn lone_surrogates_bad_escapes_and_raw_control_characters_cost_no_text() {
    let text = "{\"a\": \"x\\ud800y\", \"b\": \"p\\q\",\n\"c\": \"m\tn\", \"d\\udc00\": 1}";
    let expected = "{\"a\":\"x\u{fffd}y\",\"b\":\"p\\\\q\",\"c\":\"m\\tn\",\"d\u{fffd}\":1}";
    assert_eq!(repaired(text).0, expected);
    assert_eq!(repaired(text).1.len(), 4);
    // So near the end that a reader who awaits the other half finds none.
    assert_eq!(repaired("{\"a\": \"\\ud83d\"}").0, "{\"a\":\"\u{fffd}\"}");
}

#[test]
fn both_sides_of_a_merge_are_read() {
    let text = "{\"a\": 1,\n<<<<<<< ours\n\"b\": 2,\n=======\n\"c\": 3,\n>>>>>>> theirs\n\"d\": 4}";
    let (shown, found) = repaired(text);
    assert_eq!(shown, r#"{"a":1,"b":2,"c":3,"d":4}"#);
    assert_eq!(found, []);
    let last = "{\"a\": 1,\n<<<<<<< ours\n\"b\": 2\n||||||| base\n\"b\": 0\n=======\n\"b\": 3\n>>>>>>> theirs\n}";
    assert_eq!(repaired(last).0, r#"{"a":1,"b":2,"b":0,"b":3}"#);
}

#[test]
fn what_stands_before_other_damage_is_kept() {
    for (text, kept) in [
        ("{\"a\": 1, \"b\": [2, {\"c\": 3", r#"{"a":1,"b":[2,{"c":3}]}"#),
        ("{\"a\": 1, \"b\": \"cut sho", r#"{"a":1}"#),
        ("{\"a\": 1, 'b': 2}", r#"{"a":1}"#),
        ("{\"a\": 1 \"b\": 2}", r#"{"a":1}"#),
        ("{\"a\": 1, \"b\" 2}", r#"{"a":1}"#),
        ("{\"a\": [1, 2}", r#"{"a":[1,2]}"#),
        ("{\"a\": 1} {\"b\": 2}", r#"{"a":1}"#),
        ("[1,, 2]", "[1]"),
        ("// note\n{}", ""),
    ] {
        let (shown, found) = repaired(text);
        assert_eq!(shown, kept, "{text}");
        assert_eq!(found.iter().map(|it| it.0).collect::<Vec<_>>(), ["bad_json"], "{text}");
    }
}

#[test]
fn damage_is_told_with_line_and_column() {
    let (_, found) = read_json("{\n  \"a\": 1,\n  \"é\": tru\n}");
    assert_eq!((found[0].code, found[0].line), ("bad_json", 12));
    assert!(found[0].message.starts_with("column 8: "), "{}", found[0].message);
}

#[test]
fn a_repeated_key_is_told_and_both_values_are_there() {
    assert_eq!(
        repaired("{\"a\": 1,\n\"a\": 2}"),
        (r#"{"a":1,"a":2}"#.into(), vec![("repeated_key", 11)])
    );
    let many: String = (0..40).map(|at| format!("\"k{}\": 1, ", at % 39)).collect();
    assert_eq!(repaired(&format!("{{{many}\"z\": 1}}")).1, [("repeated_key", 10)]);
}

#[test]
fn nesting_has_a_limit_that_is_told() {
    let deep = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
    assert_eq!(read_json(&deep(json::LARGEST_DEPTH)).1, []);
    let (_, found) = repaired(&deep(json::LARGEST_DEPTH + 1));
    assert_eq!(found, [("nested_too_deep", 10)]);
    assert!(!read_json(&"[{\"a\":".repeat(1_000_000)).1.is_empty());
}

#[test]
fn a_fence_has_a_largest_size() {
    let text = format!("[{}1]", "1,".repeat(5 << 20));
    assert_eq!(repaired(&text), (String::new(), vec![("fence_too_large", 10)]));
}

#[test]
fn a_million_keys_of_one_object_are_each_looked_at_once() {
    let text: String = (0..400_000).map(|at| format!("\"{at}\":1,")).collect();
    let (shown, found) = read_json(&format!("{{{text}\"a\": 1}}"));
    assert!(shown.is_some() && found.is_empty());
}

fn outermost(text: &str) -> Node<'_> {
    json::read(&Source::new(text, 1), &mut Findings::default()).root.expect("a tree")
}

fn way(text: &str) -> (bool, Option<Unknown>) {
    let mut contexts = std::collections::BTreeMap::new();
    contexts.insert("http://example.org/known".to_owned(), "{}".to_owned());
    let Way { expands, unknown } = expansion::way(&outermost(text), &contexts.into());
    (expands, unknown)
}

#[test]
fn the_vocabularys_own_context_needs_no_processor_and_others_do() {
    let own = r#"{"@context": "https://narrativegoldmine.com/ns/v2.jsonld", "label": "x"}"#;
    assert_eq!(way(own), (false, None));
    assert_eq!(way(r#"{"@context": {"a": "http://x#"}}"#), (true, None));
    assert_eq!(way(r#"{"@context": "http://example.org/known"}"#), (true, None));
    let other = r#"{"@context": "http://example.org/other"}"#;
    assert_eq!(way(other), (false, Some(Unknown::Cited("http://example.org/other".to_owned()))));
    assert_eq!(way(r#"{"label": "x"}"#), (false, Some(Unknown::Absent)));
    assert_eq!(way(r#"{"@context": 7}"#), (false, Some(Unknown::Odd)));
    assert_eq!(way(r#"{"@context": {}, "@reverse": {}}"#), (true, None));
    assert_eq!(way(r#"{"@context": {}, "a": {"@context": {"b": "c"}}}"#), (true, None));
}

#[test]
fn a_ring_of_nodes_without_names_ends() {
    let text = r#"{"@context": {"p": "http://x#p"}, "@graph": [
        {"@id": "_:a", "p": [{"@id": "_:b"}, {"@id": "_:b"}]},
        {"@id": "_:b", "p": [{"@id": "_:a"}, {"@id": "_:c"}, {"@id": "_:c"}]},
        {"@id": "http://x#top", "@type": "Class", "p": {"@id": "_:a"}}]}"#;
    let Expanded { nodes, unknown } =
        expansion::expand(&outermost(text), &Default::default()).expect("nodes");
    assert!(unknown.is_empty());
    assert_eq!(nodes.len(), 1);
    assert!(matches!(nodes[0].value, Value::Object(_)));
}
