//! The page parser alone, in bytes a second. Run with `cargo bench --bench page`.

use std::hint::black_box;

use divan::counter::BytesCount;
use driftless::fingerprint::Digest;
use driftless::item::{ItemKey, SourceItem};
use driftless::parse::Parser;
use driftless::parse::page::{PageParser, PageSettings};

#[path = "../tests/support/pages.rs"]
pub mod pages;

fn main() {
    divan::main();
}

fn item(key: String, content: Vec<u8>) -> SourceItem {
    let content_digest = Digest::of(&content);
    SourceItem { key: ItemKey::new(key), content, content_digest, git_sha1: None }
}

/// Generated pages, of the sizes and with the damage of real ones.
#[divan::bench]
fn a_hundred_pages(bencher: divan::Bencher<'_, '_>) {
    bench_pages(bencher, pages::Corpus::new(1, 100));
}

fn bench_pages(bencher: divan::Bencher<'_, '_>, corpus: pages::Corpus) {
    let items: Vec<SourceItem> = (0..100)
        .map(|at| {
            let (path, content) = corpus.page(at);
            item(path, content)
        })
        .collect();
    let bytes: usize = items.iter().map(|item| item.content.len()).sum();
    let parser = PageParser::new(PageSettings::default());
    bencher.counter(BytesCount::new(bytes)).bench(|| {
        for item in &items {
            black_box(parser.parse(black_box(item)));
        }
    });
}

/// The same, whose classes stand in JSON-LD.
#[divan::bench]
fn a_hundred_pages_of_today(bencher: divan::Bencher<'_, '_>) {
    bench_pages(bencher, pages::Corpus::of_today(1, 100));
}

/// What a quadratic parser would choke on.
#[divan::bench]
fn a_hundred_thousand_nested_bullets(bencher: divan::Bencher<'_, '_>) {
    let mut text = String::from("- ### OntologyBlock\n");
    for depth in 0..100_000 {
        text.push_str(&"\t".repeat(depth % 64 + 1));
        text.push_str("- a bullet with a [[Link]]\n");
    }
    let item = item("Nested.md".to_owned(), text.into_bytes());
    let parser = PageParser::new(PageSettings::default());
    let bytes = BytesCount::new(item.content.len());
    bencher.counter(bytes).bench(|| parser.parse(black_box(&item)));
}
