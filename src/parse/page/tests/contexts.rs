//! Contexts of JSON-LD fences: unknown ones, configured ones, and those that a fence brings itself.

use super::json_ld::{OWN, class, only_block, page_node, properties};
use super::*;

#[test]
fn an_unknown_context_is_told_once_and_keys_are_read_all_the_same() {
    let text = (class("\"domain\": \"data\"") + &page_node("\"title\": \"Dam\""))
        .replace(OWN, "http://example.org/none.jsonld");
    let page = page(&text);
    assert_eq!(only_block(&page).label, "Dam");
    let told = finding(&page, "unknown_context");
    assert!(told.message.contains("http://example.org/none.jsonld"), "{}", told.message);
}

const INLINE: &str = r#"```json-ld
{
  "@context": {
    "name": "rdfs:label",
    "parents": {"@id": "rdfs:subClassOf", "@type": "@id", "@container": "@list"},
    "w": "http://example.org/water#",
    "feeds": {"@reverse": "vc:requires", "@type": "@id"},
    "title": "w:title"
  },
  "@id": "w:dam",
  "@type": ["Class", "w:Structure"],
  "name": "Dam",
  "parents": ["w:wall", "w:barrier"],
  "relations": {"hasPart": {"@id": "w:gate", "name": "Gate"}, "holds": {"@id": "w:lake"}},
  "height": 12,
  "domain": "data"
}
```
"#;

#[test]
fn a_context_of_its_own_is_a_processors_work() {
    let page = page(INLINE);
    let block = only_block(&page);
    assert_eq!(
        (block.class.compact.as_str(), block.label.as_str()),
        ("http://example.org/water#dam", "Dam")
    );
    assert_eq!(
        references(block),
        [
            ("is-subclass-of", "http://example.org/water#wall", None),
            ("is-subclass-of", "http://example.org/water#barrier", None),
            ("has-part", "http://example.org/water#gate", None),
            ("holds", "http://example.org/water#lake", None),
        ]
    );
    assert_eq!(block.references[2].label.as_deref(), Some("Gate"));
    let kept = properties(&block.properties);
    assert!(
        kept.contains(&("height", "12")) && kept.contains(&("vc:sourceDomain", "data")),
        "{kept:?}"
    );
}

#[test]
fn a_configured_context_is_used() {
    let mut settings = PageSettings::default();
    let document = r#"{"@context": {"nom": "rdfs:label", "eau": "http://example.org/eau#"}}"#;
    let contexts = [("http://example.org/fr.jsonld".to_owned(), document.to_owned())];
    settings.contexts = Contexts::new(contexts.into());
    let text = "```json-ld\n{\"@context\": \"http://example.org/fr.jsonld\", \"@type\": \"Class\", \
                \"@id\": \"eau:barrage\", \"nom\": \"Barrage\"}\n```\n";
    let item = SourceItem {
        key: ItemKey::new("a.md"),
        content: text.into(),
        content_digest: Digest::of(text.as_bytes()),
        git_sha1: None,
    };
    let parser = PageParser::new(settings);
    let Parsed::Page(page) = parser.parse(&item) else { panic!("no page") };
    assert_eq!(only_block(&page).class.compact, "http://example.org/eau#barrage");
    assert_eq!(page.blocks[0].label, "Barrage");
    assert_ne!(parser.reading(), PageParser::new(PageSettings::default()).reading());
}

#[test]
fn a_context_that_is_broken_is_told_and_keys_are_read_as_the_vocabulary_has_them() {
    let page =
        page(class("\"domain\": \"data\"").replace(&format!("\"{OWN}\""), "{\"@version\": 7}"));
    assert_eq!(only_block(&page).label, "Dam");
    assert!(has(&page, "bad_json_ld"), "{:?}", page.diagnostics);
}
