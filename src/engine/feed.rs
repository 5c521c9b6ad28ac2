//! A feed: what a job reads, and by which parser.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use super::reading_of;
use crate::config::{Config, Secrets, SourceSettings};
use crate::entity::Entity;
use crate::fingerprint::Reading;
#[cfg(feature = "owl")]
use crate::isolation::{Isolation, Processes};
use crate::parse::file::FileParser;
use crate::parse::row::RowParser;
use crate::parse::{Contexts, Parser};
use crate::source::rows::Rows;
use crate::source::{Source, SourceError};

/// The parser for files that an engine of this configuration has.
pub(super) fn file_parser(config: &Config) -> FileParser {
    let parser = FileParser::new(config.pages.clone());
    #[cfg(feature = "owl")]
    if let Isolation::Process { program, arguments } = &config.isolation {
        let processes = Processes::new(program.clone(), arguments.clone());
        return parser.translated_by(Arc::new(processes));
    }
    parser
}

fn parser_of_files(config: &Config) -> (Arc<dyn Parser>, Reading) {
    let parser = file_parser(config);
    let reading = reading_of(&parser, config);
    (Arc::new(parser), reading)
}

/// A source with the parser for its items. A source alone is a feed of files, read by the
/// engine's own parser.
#[derive(Clone)]
pub struct Feed {
    pub(super) source: Arc<dyn Source>,
    /// The engine's own, if there is none.
    pub(super) parser: Option<Arc<dyn Parser>>,
    /// What its items are documents of, if they are rows.
    pub(super) entity: Option<Entity>,
    /// JSON-LD contexts that its files may cite, besides those of the engine.
    pub(super) contexts: Contexts,
}

impl Feed {
    /// Opens the source that these settings mean, with the parser for it.
    ///
    /// # Errors
    ///
    /// [`SourceError`] if the settings make no sense or there is no such source.
    pub fn open(settings: SourceSettings, secrets: &Secrets) -> Result<Self, SourceError> {
        match settings {
            SourceSettings::Rows(it) => Ok(it.database.open_rows(it.entity, secrets)?.into()),
            mut files => {
                let contexts = read_contexts(files.contexts())?;
                Ok(Self::from(files.open_files(secrets)?).with_contexts(contexts))
            }
        }
    }

    /// The same, with JSON-LD context documents that its files may cite, by their addresses.
    pub fn with_contexts(self, contexts: Contexts) -> Self {
        Self { contexts, ..self }
    }

    /// How an engine of this configuration reads its items: what of two fingerprints is not
    /// content.
    pub fn reading(&self, config: &Config) -> Reading {
        self.parser(config).1
    }

    /// The parser for its items and how that reads them.
    pub(super) fn parser(&self, config: &Config) -> (Arc<dyn Parser>, Reading) {
        self.own_parser(config).unwrap_or_else(|| parser_of_files(config))
    }

    /// The parser for its items and how that reads them, where that is not the engine's own.
    pub(super) fn own_parser(&self, config: &Config) -> Option<(Arc<dyn Parser>, Reading)> {
        if let Some(parser) = &self.parser {
            return Some((parser.clone(), parser.reading()));
        }
        if self.contexts.is_empty() {
            return None;
        }
        let mut config = config.clone();
        let known = config.pages.contexts.iter().chain(self.contexts.iter());
        let known = known.map(|(address, document)| (address.clone(), document.clone()));
        config.pages.contexts = Contexts::new(known.collect());
        Some(parser_of_files(&config))
    }

    /// The source.
    pub fn source(&self) -> &Arc<dyn Source> {
        &self.source
    }
}

/// The documents in the files that settings name.
fn read_contexts(files: Option<&mut BTreeMap<String, PathBuf>>) -> Result<Contexts, SourceError> {
    let mut contexts = BTreeMap::new();
    for (address, file) in files.into_iter().flatten() {
        let bad = |reason: String| SourceError::Settings {
            setting: "contexts".to_owned(),
            reason: format!("{}, for {address}: {reason}", file.display()),
        };
        let document = std::fs::read_to_string(&*file).map_err(|error| bad(error.to_string()))?;
        let json: serde_json::Value =
            serde_json::from_str(&document).map_err(|error| bad(error.to_string()))?;
        if json.get("@context").is_none() {
            return Err(bad("it has no @context".to_owned()));
        }
        contexts.insert(address.clone(), document);
    }
    Ok(Contexts::new(contexts))
}

impl fmt::Debug for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Feed").field("source", &self.source.description().name).finish()
    }
}

impl From<Arc<dyn Source>> for Feed {
    fn from(source: Arc<dyn Source>) -> Self {
        Self { source, parser: None, entity: None, contexts: Contexts::default() }
    }
}

impl<S: Source> From<Arc<S>> for Feed {
    fn from(source: Arc<S>) -> Self {
        Self { source, parser: None, entity: None, contexts: Contexts::default() }
    }
}

impl From<Rows> for Feed {
    fn from(rows: Rows) -> Self {
        let entity = rows.entity().clone();
        let parser: Arc<dyn Parser> = Arc::new(RowParser::new(&entity));
        Self {
            source: Arc::new(rows),
            parser: Some(parser),
            entity: Some(entity),
            contexts: Contexts::default(),
        }
    }
}
