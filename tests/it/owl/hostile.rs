//! Documents that are made to hurt, and parsers that die or never end.

use std::time::{Duration, Instant};

use driftless::config::Config;
use driftless::isolation::{Isolation, Processes};
use driftless::parse::file::FileParser;
use driftless::parse::owl::{InThread, Translator};
use driftless::parse::page::PageSettings;
use driftless::record::OwlFormat;
use std::sync::Arc;

use crate::repository::{Manner, Repository};

const OWL_XML: &str = "<Ontology xmlns=\"http://www.w3.org/2002/07/owl#\" \
    ontologyIRI=\"http://example.org/o\">";

/// Key, content, and the code of its rejection.
fn hostile() -> Vec<(&'static str, String, &'static str)> {
    let nested = |depth: usize, open: &str, close: &str| {
        format!("{}{}", open.repeat(depth), close.repeat(depth))
    };
    let bomb: String = (1..12)
        .map(|n| format!("<!ENTITY e{n} \"{}\">", format!("&e{};", n - 1).repeat(10)))
        .collect();
    let bomb = format!("<!DOCTYPE x [<!ENTITY e0 \"0123456789\">{bomb}]>");
    let many: String = (0..40_000).map(|n| format!(" xmlns:a{n}=\"u:{n}\"")).collect();
    vec![
        (
            "nested.owx",
            format!(
                "{OWL_XML}<SubClassOf><Class IRI=\"a\"/>{}</SubClassOf></Ontology>",
                nested(1_000, "<ObjectIntersectionOf>", "</ObjectIntersectionOf>")
            ),
            "nested_too_deep",
        ),
        (
            "nested.omn",
            format!(
                "Ontology: <http://x.org/>\nClass: <http://x.org/A>\n SubClassOf: {}",
                nested(1_000, "(not ", ")")
            ),
            "nested_too_deep",
        ),
        (
            "bomb.owx",
            format!("{bomb}{OWL_XML}<Annotation><Literal>&e11;</Literal></Annotation></Ontology>"),
            "entity_expansion",
        ),
        (
            "names.owx",
            OWL_XML.replace("<Ontology", &format!("<Ontology{many}")) + "</Ontology>",
            "too_many_attributes",
        ),
        ("cut.owx", format!("{OWL_XML}<Declaration><Class IRI=\"a\"/>"), "bad_xml"),
        (
            "cut.omn",
            "Ontology: <http://x.org/>\nClass: <http://x.org/A>\n SubClassOf: (".into(),
            "bad_manchester",
        ),
        (
            "nested.rdf",
            format!(
                "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns:owl=\"http://www.w3.org/2002/07/owl#\">{}</rdf:RDF>",
                nested(2_000, "<owl:Class><owl:complementOf>", "</owl:complementOf></owl:Class>")
            ),
            "nested_too_deep",
        ),
        (
            "bomb.rdf",
            format!(
                "{bomb}<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">&e11;</rdf:RDF>"
            ),
            "entity_expansion",
        ),
    ]
}

fn isolated() -> Isolation {
    Isolation::Process {
        program: env!("CARGO_BIN_EXE_driftless").into(),
        arguments: vec!["translate-owl".to_owned()],
    }
}

async fn rejections(isolation: Isolation) {
    let repository = Repository::empty();
    repository.write(
        "good.owx",
        format!(
            "{OWL_XML}<Declaration><Class IRI=\"http://example.org/A\"/></Declaration></Ontology>"
        ),
    );
    for (key, content, _) in hostile() {
        repository.write(key, content);
    }
    let parser = FileParser::new(PageSettings::default());
    let parser = match &isolation {
        Isolation::Thread => parser,
        Isolation::Process { program, arguments } => {
            parser.translated_by(Arc::new(Processes::new(program.clone(), arguments.clone())))
        }
    };
    let config = Config { isolation, ..Config::default() };
    let manner = Manner { config, parser: Some(Arc::new(parser)), ..Manner::default() };
    let started = Instant::now();
    let report = repository.try_sync(&manner).await.expect("a report");
    assert!(started.elapsed() < Duration::from_secs(60));
    assert_eq!(report.counters.written, 1);
    for (key, _, code) in hostile() {
        let found: String = repository
            .tables()
            .query_row(
                "select dead_letter.code from dead_letter join item on item.id = item_id where key = ?1",
                [key],
                |row| row.get(0),
            )
            .unwrap_or_else(|_| panic!("{key} is not rejected"));
        assert_eq!(found, code, "{key}");
    }
}

#[tokio::test]
async fn each_hostile_document_is_a_named_rejection_in_a_thread() {
    rejections(Isolation::Thread).await;
}

#[tokio::test]
async fn each_hostile_document_is_a_named_rejection_in_a_process() {
    rejections(isolated()).await;
}

#[cfg(unix)]
#[test]
fn a_parser_that_never_ends_is_killed_and_the_next_document_gets_another() {
    let sleepy = Processes::new("sh".into(), vec!["-c".into(), "exec sleep 1000".into()])
        .within(Duration::from_millis(300));
    let started = Instant::now();
    for _ in 0..2 {
        let content = vec![b' '; 1 << 20];
        let rejection =
            sleepy.translate(&content, OwlFormat::Manchester, &mut |_| {}).expect_err("no answer");
        assert_eq!(rejection.code, "timed_out");
    }
    assert!(started.elapsed() < Duration::from_secs(30));
}

#[cfg(unix)]
#[test]
fn a_parser_that_dies_is_a_rejection_and_not_the_end() {
    let dying = Processes::new("sh".into(), vec!["-c".into(), "kill -ABRT $$".into()]);
    let rejection =
        dying.translate(b"x", OwlFormat::Manchester, &mut |_| {}).expect_err("no answer");
    assert_eq!(rejection.code, "parser_died");
    let absent = Processes::new("/no/such/program".into(), Vec::new());
    let rejection =
        absent.translate(b"x", OwlFormat::Manchester, &mut |_| {}).expect_err("no program");
    assert_eq!(rejection.code, "no_process");
}

#[test]
fn every_beginning_of_a_document_is_read_or_rejected_alike_here_and_in_a_process() {
    let Isolation::Process { program, arguments } = isolated() else { unreachable!() };
    let processes = Processes::new(program, arguments);
    let read = |translator: &dyn Translator, content: &[u8], format| {
        let mut texts = Vec::new();
        let end = translator.translate(content, format, &mut |text| texts.push(text.to_owned()));
        (texts, end.map_err(|rejection| rejection.code))
    };
    for (name, format, step) in
        [("locks.owx", OwlFormat::OwlXml, 97), ("ferries.omn", OwlFormat::Manchester, 211)]
    {
        let whole = std::fs::read(format!("{}/{name}", super::DOCUMENTS)).expect("a fixture");
        for end in (0..whole.len()).step_by(step).chain([whole.len()]) {
            let here = read(&InThread, &whole[..end], format);
            assert_eq!(here, read(&processes, &whole[..end], format), "{name} up to {end}");
        }
        assert!(read(&processes, &whole, format).1.is_ok(), "{name}");
    }
}
