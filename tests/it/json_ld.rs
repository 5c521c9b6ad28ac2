//! Classes in JSON-LD within the store: labels of stubs, and other pages' names for them.

use std::num::NonZeroUsize;

use driftless::config::Config;

use crate::repository::{Manner, Repository, class};

/// A page whose class has one parent, with a label beside it.
fn page(name: &str, parent: &str, label: Option<&str>) -> String {
    let label = label.map(|label| format!(", \"label\": \"{label}\"")).unwrap_or_default();
    format!(
        "```json-ld\n{{\"@context\": \"https://narrativegoldmine.com/ns/v2.jsonld\", \
         \"@type\": \"Class\", \"@id\": \"urn:ngm:class:{name}\", \"label\": \"{name}\", \
         \"subClassOf\": [{{\"@id\": \"urn:ngm:class:{parent}\"{label}}}]}}\n```\n"
    )
}

fn label(repository: &Repository, class: &str) -> Option<String> {
    let query = "select label from owl_classes where class_iri = ?1";
    repository.tables().query_row(query, [format!("urn:ngm:class:{class}")], |row| row.get(0)).ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stub_shows_the_label_of_the_first_reference_that_has_one() {
    let repository = Repository::empty();
    repository.write("c.md", page("c", "wall", Some("Great Wall")));
    repository.write("a.md", page("a", "wall", None));
    repository.sync().await;
    assert_eq!(label(&repository, "wall").as_deref(), Some("Great Wall"));

    repository.write("b.md", page("b", "wall", Some("Wall")));
    repository.sync().await;
    assert_eq!(label(&repository, "wall").as_deref(), Some("Wall"));

    repository.write("b.md", page("b", "wall", None));
    repository.sync().await;
    assert_eq!(label(&repository, "wall").as_deref(), Some("Great Wall"));

    repository.write("c.md", page("c", "door", None));
    repository.sync().await;
    assert_eq!(label(&repository, "wall").as_deref(), Some("urn:ngm:class:wall"));
    assert_eq!(repository.digest(), repository.rebuilt(&Config::default()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_label_beside_a_reference_resolves_nothing_and_a_claim_goes_before_it() {
    let repository = Repository::empty();
    repository.write("a.md", page("a", "wall", Some("Dam")));
    repository.write("Dam.md", class("Dam", &["a"]));
    repository.sync().await;
    assert_eq!(label(&repository, "wall").as_deref(), Some("Dam"));
    let parent: String = repository
        .tables()
        .query_row(
            "select parent_iri from owl_class_hierarchy where class_iri = 'urn:ngm:class:a'",
            [],
            |row| row.get(0),
        )
        .expect("a parent");
    assert_eq!(parent, "urn:ngm:class:wall");

    repository.write("wall.md", page("wall", "thing", None));
    repository.sync().await;
    assert_eq!(label(&repository, "wall").as_deref(), Some("wall"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_number_of_workers_does_not_matter() {
    let repository = Repository::empty();
    for n in 0..60 {
        let label = format!("Label {}", n % 7);
        let name = format!("n{n:02}");
        repository.write(&format!("{name}.md"), page(&name, &format!("p{}", n % 9), Some(&label)));
        repository.write(&format!("old {n}.md"), class(&format!("Old {n}"), &[&name]));
    }
    let mut digests = Vec::new();
    for workers in [1, 8] {
        let workers = NonZeroUsize::new(workers).expect("workers");
        digests.push(repository.rebuilt(&Config { workers, ..Config::default() }).await);
    }
    assert_eq!(digests[0], digests[1]);
    repository.try_sync(&Manner::default()).await.expect("a report");
    assert_eq!(repository.digest(), digests[0]);
}
