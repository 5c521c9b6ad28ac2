//! The tree's own rules: who may use whom, how long things get, what never appears.
//!
//! The compiler does not keep directions inside one package; this does.

use std::fs;
use std::path::{Path, PathBuf};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Lines of a file before its tests.
const FILE_LINES: usize = 500;

/// Lines of a function.
const FUNCTION_LINES: usize = 70;

/// Each module and what of the crate it may name, words at the bottom and edges on top.
const DIRECTIONS: [(&str, &[&str]); 25] = [
    ("cpu_time", &[]),
    ("failpoint", &[]),
    ("telemetry", &[]),
    ("fingerprint", &[]),
    ("name", &["iri"]),
    ("job", &[]),
    ("entity", &[]),
    ("row", &["item"]),
    ("iri", &["fingerprint"]),
    ("item", &["fingerprint"]),
    ("checkpoint", &["item"]),
    ("owl", &["iri"]),
    ("record", &["entity", "iri", "name", "owl"]),
    ("claim", &["iri", "name", "owl", "record"]),
    ("legacy", &["failpoint", "fingerprint", "iri", "item", "name", "owl", "parse", "record"]),
    ("source", &["entity", "failpoint", "fingerprint", "item", "row"]),
    ("parse", &["claim", "entity", "fingerprint", "iri", "item", "name", "owl", "record", "row"]),
    (
        "store",
        &[
            "checkpoint",
            "claim",
            "entity",
            "failpoint",
            "fingerprint",
            "iri",
            "item",
            "job",
            "name",
            "owl",
            "record",
            "telemetry",
        ],
    ),
    ("progress", &["checkpoint", "failpoint", "item", "job", "store", "telemetry"]),
    (
        "pipeline",
        &[
            "checkpoint",
            "cpu_time",
            "failpoint",
            "fingerprint",
            "item",
            "parse",
            "progress",
            "record",
            "source",
            "store",
        ],
    ),
    ("isolation", &["cpu_time", "parse", "record"]),
    ("config", &["entity", "isolation", "item", "parse", "row", "source", "store"]),
    (
        "engine",
        &[
            "checkpoint",
            "config",
            "entity",
            "failpoint",
            "fingerprint",
            "isolation",
            "iri",
            "item",
            "job",
            "legacy",
            "parse",
            "pipeline",
            "progress",
            "record",
            "source",
            "store",
        ],
    ),
    (
        "cli",
        &[
            "checkpoint",
            "config",
            "engine",
            "entity",
            "fingerprint",
            "iri",
            "isolation",
            "item",
            "job",
            "name",
            "parse",
            "row",
            "progress",
            "source",
            "store",
        ],
    ),
    ("lib", &[]),
];

/// What only some modules may name: a word, who, and why.
const RESERVED: [(&str, &[&str], &str); 7] = [
    ("ractor", &["pipeline", "progress", "engine"], "actors live there"),
    ("rusqlite", &["store", "source", "legacy"], "our own database, and those that are read from"),
    ("std::env", &["config", "cli", "main"], "settings come in there"),
    ("SystemTime::now", &["engine", "cli"], "below, the time is passed in"),
    ("println!", &["cli"], "only the command line prints"),
    ("std::process::abort", &["failpoint"], "nothing else ends the process"),
    ("anyhow", &["cli", "main"], "libraries name their errors"),
];

/// What never appears in code.
const BANNED: [&str; 6] =
    ["// todo", "fixme", "todo!(", "unimplemented!(", "allow(dead_code)", "insert or replace"];

/// Names that say nothing of what is inside.
const DRAWERS: [&str; 6] = ["utils", "util", "common", "helpers", "types", "prelude"];

/// All that is visible at the top.
const TOP: [&str; 10] = [
    "Cargo.toml",
    "Cargo.lock",
    "README.md",
    "LICENSE-MIT",
    "NOTICE",
    "LICENSE-APACHE",
    "src",
    "migrations",
    "fixtures",
    "tests",
];

fn files(folder: &str, ending: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(ROOT).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                let text = fs::read_to_string(&path).expect("text");
                found.push((path.strip_prefix(ROOT).expect("below").to_owned(), text));
            }
        }
    }
    assert!(!found.is_empty(), "no {ending} below {folder}");
    found.sort();
    found
}

fn code() -> Vec<(PathBuf, String)> {
    ["src", "tests", "benches"].into_iter().flat_map(|folder| files(folder, ".rs")).collect()
}

/// The module of a file below `src`.
fn module(path: &Path) -> String {
    let below = path.strip_prefix("src").expect("below src");
    let first = below.components().next().expect("a part").as_os_str().to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

/// A file without its tests and comments.
fn product(text: &str) -> String {
    let own = text.split("#[cfg(test)]").next().unwrap_or_default();
    let is_code = |line: &&str| !line.trim_start().starts_with("//");
    own.lines().filter(is_code).collect::<Vec<_>>().join("\n")
}

/// The modules of the crate that a text names.
fn named(text: &str) -> Vec<String> {
    let name = |rest: &str| {
        rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>()
    };
    text.split("crate::").skip(1).map(name).filter(|name| !name.is_empty()).collect()
}

fn none(found: Vec<String>) {
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn modules_use_only_what_lies_below_them() {
    let mut found = Vec::new();
    for (path, text) in files("src", ".rs") {
        let own = module(&path);
        if own == "main" {
            continue;
        }
        let known = DIRECTIONS.iter().find(|(module, _)| *module == own);
        let Some((_, allowed)) = known else {
            found.push(format!("{}: not in the list of directions", path.display()));
            continue;
        };
        for other in named(&product(&text)) {
            if other != own && !allowed.contains(&other.as_str()) {
                found.push(format!("{}: {own} may not use {other}", path.display()));
            }
        }
    }
    none(found);
}

#[test]
fn what_is_reserved_is_named_only_where_it_belongs() {
    let mut found = Vec::new();
    for (path, text) in files("src", ".rs") {
        let (own, product) = (module(&path), product(&text));
        for (word, allowed, why) in RESERVED {
            if product.contains(word) && !allowed.contains(&own.as_str()) {
                found.push(format!("{}: {word}, but {why}", path.display()));
            }
        }
    }
    none(found);
}

#[test]
fn parsers_do_no_io_and_know_no_runtime() {
    let mut found = Vec::new();
    for (path, text) in files("src/parse", ".rs") {
        for word in ["tokio", "std::fs", "std::net", "std::thread", "Instant::now"] {
            if product(&text).contains(word) {
                found.push(format!("{}: {word}", path.display()));
            }
        }
    }
    none(found);
}

#[test]
fn only_one_file_prints() {
    let mut found = Vec::new();
    for (path, text) in files("src", ".rs") {
        let prints = ["println!", "eprintln!", "print!("].iter().any(|word| text.contains(word));
        if prints && !path.ends_with("cli/output.rs") {
            found.push(path.display().to_string());
        }
    }
    none(found);
}

#[test]
fn every_file_says_first_what_lives_in_it() {
    let silent = code().into_iter().filter(|(_, text)| !text.starts_with("//! "));
    none(silent.map(|(path, _)| path.display().to_string()).collect());
}

#[test]
fn files_and_functions_stay_short() {
    let mut found = Vec::new();
    for (path, text) in code() {
        let own: Vec<&str> =
            text.lines().take_while(|line| !line.starts_with("#[cfg(test)]")).collect();
        if own.len() > FILE_LINES {
            found.push(format!("{}: {} lines", path.display(), own.len()));
        }
        for (at, line) in text.lines().enumerate() {
            let indent = line.len() - line.trim_start().len();
            let begins = line.trim_start().split("fn ").next().is_some_and(|before| {
                before.split_whitespace().all(|word| {
                    word.starts_with("pub")
                        || word == "async"
                        || word == "const"
                        || word.ends_with(')')
                })
            });
            if !begins || !line.contains("fn ") {
                continue;
            }
            // A declaration without a body ends with a semicolon at its own indentation.
            let end = format!("{}}}", &line[..indent]);
            let bodiless = format!("{}{}", &line[..indent], ") -> ");
            let is_end = |line: &&str| {
                *line == end
                    || line.ends_with(';') && (line.starts_with(&bodiless) || line.contains("fn "))
            };
            let length = text.lines().skip(at).position(|line| is_end(&line)).unwrap_or(0) + 1;
            if length > FUNCTION_LINES {
                found.push(format!("{}:{}: {length} lines", path.display(), at + 1));
            }
        }
    }
    none(found);
}

#[test]
fn nothing_is_left_for_later_and_nothing_banned_is_used() {
    let mut found = Vec::new();
    let sql = files("src/store/sql", ".sql").into_iter().chain(files("migrations", ".sql"));
    for (path, text) in code().into_iter().chain(sql) {
        if path.ends_with("tests/it/tidy.rs") {
            continue;
        }
        let text = text.to_lowercase();
        for word in BANNED {
            if text.contains(word) {
                found.push(format!("{}: {word}", path.display()));
            }
        }
    }
    none(found);
}

#[test]
fn statements_are_lower_case_and_say_what_they_do() {
    let mut found = Vec::new();
    for (path, text) in files("src/store/sql", ".sql") {
        let keywords = ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", " FROM ", " WHERE "];
        if !text.starts_with("-- ") || keywords.iter().any(|word| text.contains(word)) {
            found.push(path.display().to_string());
        }
    }
    none(found);
}

#[test]
fn no_file_is_a_drawer() {
    let is_drawer = |path: &PathBuf| {
        let stem = path.file_stem().expect("a stem").to_string_lossy().into_owned();
        DRAWERS.contains(&stem.as_str())
    };
    none(
        code()
            .iter()
            .map(|(path, _)| path)
            .filter(|path| is_drawer(path))
            .map(|path| path.display().to_string())
            .collect(),
    );
}

#[test]
fn the_top_of_the_tree_holds_nothing_else() {
    let mut found = Vec::new();
    for entry in fs::read_dir(ROOT).expect("the root") {
        let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        let built = ["target", "benches", "proptest-regressions"];
        let is_known = TOP.contains(&name.as_str()) || built.contains(&name.as_str());
        if !name.starts_with('.') && !is_known && !name.contains(".db") {
            found.push(name);
        }
    }
    none(found);
}
