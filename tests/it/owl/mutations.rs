//! Fixtures with a few bytes changed: no parser panics, ends the process, or says something else
//! the second time. `PROPTEST_CASES` asks for more of them.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::LazyLock;

use driftless::fingerprint::Digest;
use driftless::item::{ItemKey, SourceItem};
use driftless::parse::file::FileParser;
use driftless::parse::page::PageSettings;
use driftless::parse::{Parsed, Parser};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::Config as Cases;

/// Changed files that are tried where `PROPTEST_CASES` says nothing.
const CASES: u32 = 4000;

/// What hurts parsers most.
const PIECES: [&str; 28] = [
    "(",
    ")",
    "((((((((((((((((",
    "<",
    ">",
    "</",
    "\"",
    "\\",
    "\"\"\"",
    "#",
    ";;",
    "@",
    "^^",
    "_:",
    "[",
    "]",
    "{",
    "&a;",
    "<!ENTITY a \"&a;\">",
    "<![CDATA[",
    "-->",
    "```",
    "- ### OntologyBlock\n",
    "::",
    "\n\n",
    "\u{feff}",
    "\0",
    "é",
];

/// Every file of the fixtures that a parser may get.
static SEEDS: LazyLock<Vec<(String, Vec<u8>)>> = LazyLock::new(|| {
    let mut seeds = Vec::new();
    for folder in ["owl-documents", "ontology-pages"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(folder);
        let mut paths: Vec<_> = fs::read_dir(folder)
            .expect("fixtures")
            .map(|entry| entry.expect("a file").path())
            .filter(|path| path.is_file())
            .collect();
        paths.sort();
        for path in paths {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            seeds.push((name, fs::read(&path).expect("its content")));
        }
    }
    seeds
});

#[derive(Clone, Debug)]
enum Mutation {
    /// A byte becomes another.
    Set(Index, u8),
    /// Some bytes go.
    Cut(Index, usize),
    /// Something comes.
    Insert(Index, &'static str, usize),
    /// Some bytes come again elsewhere.
    Copy(Index, usize, Index),
    /// The rest goes.
    End(Index),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let at = || any::<Index>();
    prop_oneof![
        (at(), any::<u8>()).prop_map(|(at, byte)| Mutation::Set(at, byte)),
        (at(), 1..60_usize).prop_map(|(at, length)| Mutation::Cut(at, length)),
        (at(), proptest::sample::select(&PIECES[..]), prop_oneof![4 => Just(1), 1 => 2..600_usize])
            .prop_map(|(at, piece, times)| Mutation::Insert(at, piece, times)),
        (at(), 1..400_usize, at()).prop_map(|(from, length, to)| Mutation::Copy(from, length, to)),
        at().prop_map(Mutation::End),
    ]
}

impl Mutation {
    fn apply(&self, content: &mut Vec<u8>) {
        if content.is_empty() {
            return;
        }
        match self {
            Self::Set(at, byte) => *at.get_mut(content) = *byte,
            Self::Cut(at, length) => {
                let at = at.index(content.len());
                let end = (at + length).min(content.len());
                content.drain(at..end);
            }
            Self::Insert(at, piece, times) => {
                let at = at.index(content.len());
                content.splice(at..at, piece.repeat(*times).bytes());
            }
            Self::Copy(from, length, to) => {
                let from = from.index(content.len());
                let end = (from + length).min(content.len());
                let (piece, to) = (content[from..end].to_vec(), to.index(content.len()));
                content.splice(to..to, piece);
            }
            Self::End(at) => content.truncate(at.index(content.len())),
        }
    }
}

fn parse(name: &str, content: &[u8]) -> Parsed {
    FileParser::new(PageSettings::default()).parse(&SourceItem {
        key: ItemKey::new(name),
        content: content.to_vec(),
        content_digest: Digest::of(content),
        git_sha1: None,
    })
}

#[test]
fn the_same_bytes_give_the_same_record_a_hundred_times() {
    for (name, content) in &*SEEDS {
        let first = parse(name, content);
        for _ in 1..100 {
            assert_eq!(parse(name, content), first, "{name}");
        }
    }
}

proptest! {
    #![proptest_config(Cases { cases: std::env::var("PROPTEST_CASES").ok()
        .and_then(|it| it.parse().ok()).unwrap_or(CASES), ..Cases::default() })]

    #[test]
    fn a_file_with_a_few_bytes_changed_is_read_or_rejected_and_always_the_same(
        seed in any::<Index>(),
        mutations in proptest::collection::vec(mutation(), 1..6),
    ) {
        let (name, content) = seed.get(&SEEDS);
        let mut content = content.clone();
        mutations.iter().for_each(|it| it.apply(&mut content));
        let once = catch_unwind(AssertUnwindSafe(|| parse(name, &content)));
        let Ok(once) = once else { return Err(TestCaseError::fail(format!("{name}: a panic"))) };
        prop_assert_eq!(&once, &parse(name, &content));
        if let Parsed::Ontology(document) = &once {
            prop_assert!(document.ontology.triples.is_none_or(|it| it.add_up()));
        }
    }
}
