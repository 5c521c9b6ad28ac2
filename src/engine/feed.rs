//! A feed: what a job reads, and by which parser.

use std::fmt;
use std::sync::Arc;

use super::reading_of;
use crate::config::{Config, Secrets, SourceSettings};
use crate::entity::Entity;
use crate::fingerprint::Reading;
#[cfg(feature = "owl")]
use crate::isolation::{Isolation, Processes};
use crate::parse::Parser;
use crate::parse::file::FileParser;
use crate::parse::row::RowParser;
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

/// A source with the parser for its items. A source alone is a feed of files, read by the
/// engine's own parser.
#[derive(Clone)]
pub struct Feed {
    pub(super) source: Arc<dyn Source>,
    /// The engine's own, if there is none.
    pub(super) parser: Option<Arc<dyn Parser>>,
    /// What its items are documents of, if they are rows.
    pub(super) entity: Option<Entity>,
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
            files => Ok(files.open_files(secrets)?.into()),
        }
    }

    /// How an engine of this configuration reads its items: what of two fingerprints is not
    /// content.
    pub fn reading(&self, config: &Config) -> Reading {
        match &self.parser {
            Some(parser) => parser.reading(),
            None => reading_of(&FileParser::new(config.pages.clone()), config),
        }
    }

    /// The source.
    pub fn source(&self) -> &Arc<dyn Source> {
        &self.source
    }
}

impl fmt::Debug for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Feed").field("source", &self.source.description().name).finish()
    }
}

impl From<Arc<dyn Source>> for Feed {
    fn from(source: Arc<dyn Source>) -> Self {
        Self { source, parser: None, entity: None }
    }
}

impl<S: Source> From<Arc<S>> for Feed {
    fn from(source: Arc<S>) -> Self {
        Self { source, parser: None, entity: None }
    }
}

impl From<Rows> for Feed {
    fn from(rows: Rows) -> Self {
        let entity = rows.entity().clone();
        let parser: Arc<dyn Parser> = Arc::new(RowParser::new(&entity));
        Self { source: Arc::new(rows), parser: Some(parser), entity: Some(entity) }
    }
}
