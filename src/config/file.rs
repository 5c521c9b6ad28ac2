//! `driftless.yaml`: where the store is, which sources there are, and which entities, in one
//! file.
//!
//! Strict: a key that means nothing here is an error, told with its line. `${VARIABLE}` and
//! `${VARIABLE:what else}` stand for what the environment holds, in every text but names.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::{Location, Spanned};

use super::entities::WrittenEntity;
use super::variables::Text;
use super::written::WrittenSource;
use super::{DatabaseSettings, Secrets, SourceSettings};
use crate::entity::Entity;
use crate::parse::CODES;
use crate::store::{FindingLevel, Levels, RULES};

/// The whole file.
#[derive(Clone, Debug, Default)]
pub struct File {
    /// Where the store is, if the file says it.
    pub store: Option<PathBuf>,
    path: PathBuf,
    folder: PathBuf,
    sources: BTreeMap<String, WrittenSource>,
    entities: BTreeMap<String, Spanned<WrittenEntity>>,
    rules: Levels,
}

/// A source of files as the file describes it.
#[derive(Clone, Debug)]
pub struct FileSource {
    /// What it is.
    pub settings: SourceSettings,
    /// What it needs and no store may hold.
    pub secrets: Secrets,
}

/// An entity as the file describes it.
#[derive(Clone, Debug)]
pub struct FileEntity {
    /// The name of its source.
    pub source: String,
    /// What that is.
    pub database: DatabaseSettings,
    /// What the database needs and no store may hold.
    pub secrets: Secrets,
    /// Which rows, and what of them is found.
    pub entity: Entity,
}

/// The file cannot be read or makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {reason}")]
pub struct BadFile {
    /// The file.
    pub path: String,
    /// What is wrong, with line and column where that is known.
    pub reason: String,
}

impl File {
    /// Reads the file at `path`; paths in it are below its folder.
    ///
    /// # Errors
    ///
    /// [`BadFile`] says what is wrong and where.
    pub fn read(path: &Path) -> Result<Self, BadFile> {
        let bad = |reason: String| BadFile { path: path.display().to_string(), reason };
        let text = fs::read_to_string(path).map_err(|e| bad(e.to_string()))?;
        // No piece of the file is shown beside the error: a token may stand there.
        let options = serde_saphyr::options! { with_snippet: false };
        let written: Written =
            serde_saphyr::from_str_with_options(&text, options).map_err(|e| bad(e.to_string()))?;
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        let store = written.store.map(|store| store.expanded()).transpose().map_err(bad)?;
        let file = Self {
            path: path.to_owned(),
            store: store.map(|store| folder.join(store)),
            folder,
            sources: written.sources,
            entities: written.entities,
            rules: rules(written.rules).map_err(bad)?,
        };
        file.entities.iter().try_for_each(|(name, it)| file.check(name, it)).map_err(bad)?;
        Ok(file)
    }

    /// The JSON Schema of the file, for editors and for other programs that write it.
    pub fn schema() -> serde_json::Value {
        schemars::schema_for!(Written).to_value()
    }

    /// The names of the sources, databases among them.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.sources.keys().map(String::as_str)
    }

    /// How much findings matter, where the file says otherwise than is usual.
    pub fn rules(&self) -> &Levels {
        &self.rules
    }

    /// The names of the entities.
    pub fn entities(&self) -> impl Iterator<Item = &str> {
        self.entities.keys().map(String::as_str)
    }

    /// The names of the entities of one source.
    pub fn entities_of(&self, source: &str) -> impl Iterator<Item = &str> {
        let of_source =
            move |(_, it): &(&String, &Spanned<WrittenEntity>)| it.value.source.value == source;
        self.entities.iter().filter(of_source).map(|(name, _)| name.as_str())
    }

    /// The source of files of this name, if the file has one. The environment's variables are
    /// put in here, so that only those are needed whose source is.
    ///
    /// # Errors
    ///
    /// [`BadFile`] if the source's settings make no sense or a variable is not set.
    pub fn source(&self, name: &str) -> Result<Option<FileSource>, BadFile> {
        let Some(written) = self.sources.get(name) else { return Ok(None) };
        written.files(&self.folder).map_err(|reason| self.bad("sources", name, &reason))
    }

    /// The database of this name, if the file has one, and what it needs and no store may hold.
    ///
    /// # Errors
    ///
    /// [`BadFile`] if its settings make no sense or a variable is not set.
    pub fn database(&self, name: &str) -> Result<Option<(DatabaseSettings, Secrets)>, BadFile> {
        let Some(written) = self.sources.get(name) else { return Ok(None) };
        written.database(&self.folder).map_err(|reason| self.bad("sources", name, &reason))
    }

    /// The entity of this name, if the file has one.
    ///
    /// # Errors
    ///
    /// [`BadFile`] if it or its database makes no sense or a variable is not set.
    pub fn entity(&self, name: &str) -> Result<Option<FileEntity>, BadFile> {
        let Some(Spanned { value: written, .. }) = self.entities.get(name) else { return Ok(None) };
        let entity = written.read(name).map_err(|reason| self.bad("entities", name, &reason))?;
        let source = written.source.value.clone();
        // Whether it is a database was looked at when the file was read.
        let Some((database, secrets)) = self.database(&source)? else { return Ok(None) };
        Ok(Some(FileEntity { source, database, secrets, entity }))
    }

    /// What is wrong with an entity whatever the environment holds.
    fn check(&self, name: &str, written: &Spanned<WrittenEntity>) -> Result<(), String> {
        let wrong = |part: &str, location: Location, reason: String| {
            Err(format!("entities.{name}{part}: {reason}{}", place(location)))
        };
        let source = &written.value.source;
        match self.sources.get(&source.value) {
            Some(known) if known.is_database() => {}
            Some(_) => {
                let reason = format!("{} has files, and an entity has rows", source.value);
                return wrong(".source", source.referenced, reason);
            }
            None => {
                let databases = self.sources.iter().filter(|(_, source)| source.is_database());
                let databases: Vec<_> = databases.map(|(name, _)| name.as_str()).collect();
                let there = if databases.is_empty() {
                    "`sources` has no database".to_owned()
                } else {
                    format!("the databases of `sources` are: {}", databases.join(", "))
                };
                let reason = format!("there is no source {}; {there}", source.value);
                return wrong(".source", source.referenced, reason);
            }
        }
        if self.sources.contains_key(name) {
            let reason = "a source has this name too, and a sync is asked for by either";
            return wrong("", written.referenced, reason.to_owned());
        }
        written.value.check(name).or_else(|reason| wrong("", written.referenced, reason))
    }

    fn bad(&self, part: &str, name: &str, reason: &str) -> BadFile {
        BadFile {
            path: self.path.display().to_string(),
            reason: format!("{part}.{name}: {reason}"),
        }
    }
}

/// The levels of findings, whose codes must be known.
fn rules(written: BTreeMap<String, Spanned<WrittenLevel>>) -> Result<Levels, String> {
    let mut levels = Levels::new();
    for (code, level) in written {
        let is_known = RULES.iter().any(|rule| rule.code == code) || CODES.contains(&&*code);
        if !is_known {
            let mut known: Vec<_> = RULES.iter().map(|rule| rule.code).chain(CODES).collect();
            known.sort_unstable();
            let (known, place) = (known.join(", "), place(level.referenced));
            return Err(format!("rules.{code}: there is no such rule{place}; there are: {known}"));
        }
        let level = match level.value {
            WrittenLevel::Off => FindingLevel::Off,
            WrittenLevel::Info => FindingLevel::Info,
            WrittenLevel::Warning => FindingLevel::Warning,
            WrittenLevel::Error => FindingLevel::Error,
        };
        levels.insert(code, level);
    }
    Ok(levels)
}

/// How much a finding matters.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "Level")]
enum WrittenLevel {
    /// It is not looked for.
    Off,
    /// Worth knowing.
    Info,
    /// Something is unusual or missing.
    Warning,
    /// Something is wrong: `driftless report` ends with 1.
    Error,
}

/// Where something stands, behind what is said of it and in the reader's own words.
fn place(location: Location) -> String {
    if location == Location::UNKNOWN {
        return String::new();
    }
    format!(" at line {}, column {}", location.line(), location.column())
}

/// What `driftless` keeps true, and where.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "driftless.yaml")]
struct Written {
    /// The store, below the folder of this file.
    store: Option<Text>,
    /// Where items come from, by a name.
    #[serde(default)]
    sources: BTreeMap<String, WrittenSource>,
    /// Which rows of databases are found by what of them, by a name that no source has.
    #[serde(default)]
    #[schemars(
        with = "BTreeMap<String, WrittenEntity>",
        extend("propertyNames" = { "pattern": "^[\\p{L}\\p{N}_.-]+$" })
    )]
    entities: BTreeMap<String, Spanned<WrittenEntity>>,
    /// How much findings of `driftless report` matter, by their code.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, WrittenLevel>")]
    rules: BTreeMap<String, Spanned<WrittenLevel>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<File, BadFile> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("driftless.yaml");
        fs::write(&path, text).expect("a file");
        let read = File::read(&path);
        drop(folder);
        read
    }

    fn refused(text: &str) -> String {
        read(text).expect_err("an error").reason
    }

    #[test]
    fn a_key_that_means_nothing_is_told_with_its_line() {
        let reason = refused("store: a.db\nsauces: {}\n");
        assert!(reason.contains("sauces") && reason.contains('2'), "{reason}");
        let reason =
            refused("sources:\n  pages:\n    kind: directory\n    path: a\n    colour: red\n");
        assert!(reason.contains("colour"), "{reason}");
        assert!(refused("sources: {a: {kind: ftp, path: b}}").contains("ftp"));
    }

    #[test]
    fn a_directory_lies_below_the_folder_of_the_file() {
        let file =
            read("store: s.db\nsources: {pages: {kind: directory, path: notes}}").expect("a file");
        assert!(file.store.as_ref().expect("a store").is_absolute());
        let pages = file.source("pages").expect("read").expect("a source");
        let root = pages.settings.root().expect("a root").to_owned();
        assert!(root.is_absolute() && root.ends_with("notes"));
    }

    #[test]
    fn an_error_shows_no_piece_of_the_file() {
        let text = "sources:\n  a:\n    kind: github\n    repository: a/b\n    token: ghp_x\ncolour: red\n";
        let reason = refused(text);
        assert!(reason.contains("colour") && !reason.contains("ghp_x"), "{reason}");
        assert!(!format!("{:?}", read(&text.replace("colour: red\n", ""))).contains("ghp_x"));
    }

    #[test]
    fn a_variable_that_is_not_set_troubles_only_its_own_source() {
        let text = "sources:\n  a: {kind: directory, path: '${DRIFTLESS_NO_SUCH}'}\n  b: {kind: directory, path: b}\n";
        let file = read(text).expect("a file");
        assert!(file.source("b").expect("read").is_some());
        assert!(file.source("a").expect_err("an error").reason.contains("DRIFTLESS_NO_SUCH"));
    }

    #[test]
    fn a_rule_has_another_level_and_an_unknown_one_is_told_with_those_there_are() {
        let file = read("rules: {missing_label: off, bad_axiom: error}").expect("a file");
        assert_eq!(file.rules()["missing_label"], FindingLevel::Off);
        let reason = refused("rules:\n  missing_lable: off\n");
        assert!(reason.contains("at line 2") && reason.contains("missing_label,"), "{reason}");
        assert!(refused("rules: {missing_label: loud}").contains("loud"));
    }

    #[cfg(feature = "github")]
    #[test]
    fn a_repository_is_described_whole_and_its_token_is_no_setting() {
        let text = "sources:\n  pages:\n    kind: github\n    repository: acme/ontology\n    branch: \
                    feature/tides\n    path: pages\n    token: \"${DRIFTLESS_NO_SUCH:ghp_x}\"\n";
        let file = read(text).expect("a file");
        let source = file.source("pages").expect("read").expect("a source");
        let SourceSettings::Github(settings) = &source.settings else { panic!("of GitHub") };
        assert_eq!(settings.name(), "github:acme/ontology@feature/tides/pages");
        assert!(source.secrets.github_token.is_some());
        assert!(!format!("{source:?}").contains("ghp_x"));
        let wrong = read("sources: {a: {kind: github, repository: acme}}").expect("a file");
        assert!(wrong.source("a").expect_err("an error").reason.contains("sources.a"));
    }
}
