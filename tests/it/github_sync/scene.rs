//! A repository on a server with a store beside it, as a test sets them up.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use driftless::config::{Config, SyncOptions};
use driftless::engine::{Engine, EngineError, Report};
use driftless::fingerprint::Digest;
use driftless::source::directory::DirectorySettings;
use driftless::source::github::{Github, GithubSettings};
use driftless::store::Reader;
use rusqlite::Connection;
use tempfile::TempDir;

use crate::github::{GitRepository, GithubServer, Seen};
use crate::repository::{class, digest_of, directory, sync_and_close};

/// The only token that the servers know.
pub(crate) const TOKEN: &str = "ghp_Canary0123456789";

/// See the module.
pub(crate) struct Scene {
    pub(crate) repository: GitRepository,
    pub(crate) server: GithubServer,
    pub(crate) settings: GithubSettings,
    pub(crate) options: SyncOptions,
    token: Option<&'static str>,
    folder: TempDir,
}

impl Scene {
    pub(crate) fn new(repository: GitRepository) -> Self {
        let server = GithubServer::start(&repository, "acme/ontology");
        server.token(TOKEN);
        let mut settings = GithubSettings::new("acme/ontology".parse().expect("an address"));
        settings.api_url = server.api_url();
        let folder = tempfile::tempdir().expect("a folder");
        let (options, token) = (SyncOptions::default(), Some(TOKEN));
        Self { repository, server, settings, options, token, folder }
    }

    pub(crate) fn of(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Self {
        Self::new(GitRepository::of(files))
    }

    /// The same, asking without a token.
    pub(crate) fn anonymous(self) -> Self {
        Self { token: None, ..self }
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.folder.path().join("store.db")
    }

    pub(crate) fn source(&self, token: Option<&str>) -> Result<Arc<Github>, EngineError> {
        Ok(Arc::new(Github::new(self.settings.clone(), token.map(Into::into))?))
    }

    pub(crate) async fn sync(&self) -> Report {
        self.try_sync().await.expect("a report")
    }

    pub(crate) async fn try_sync(&self) -> Result<Report, EngineError> {
        let engine = Engine::open(self.store(), Config::default()).await.expect("a store");
        sync_and_close(engine, self.source(self.token)?, &self.options).await
    }

    pub(crate) fn digest(&self) -> Digest {
        Reader::open(&self.store()).and_then(|reader| reader.digest()).expect("a digest")
    }

    /// The digest of a store made of a checkout of the default branch.
    pub(crate) async fn digest_of_checkout(&self) -> Digest {
        let folder = tempfile::tempdir().expect("a folder");
        let files = folder.path().join("files");
        std::fs::create_dir(&files).expect("a folder");
        self.repository.checkout("HEAD", &files);
        digest_of(directory(DirectorySettings::new(&files)), &Config::default()).await
    }

    pub(crate) fn tables(&self) -> Connection {
        Connection::open(self.store()).expect("the store")
    }

    pub(crate) fn number(&self, sql: &str) -> i64 {
        self.tables().query_row(sql, [], |row| row.get(0)).expect("a number")
    }

    /// The outcome of one item, with the reason where it was left out.
    pub(crate) fn outcome(&self, key: &str) -> String {
        let query = "select coalesce(skip_reason, outcome) from item where key = ?1";
        self.tables().query_row(query, [key], |row| row.get(0)).expect(key)
    }

    /// How many rows each table has that speaks of items, and when they were decided.
    pub(crate) fn rows(&self) -> BTreeMap<String, i64> {
        let tables = ["item", "page", "claim", "name", "class", "reference", "diagnostic"];
        let counts = tables
            .map(|table| (table.to_owned(), self.number(&format!("select count(*) from {table}"))));
        let decided = self.number("select sum(decided_at_ms + job_id) from item");
        counts.into_iter().chain([("decided".to_owned(), decided)]).collect()
    }
}

/// Pages `pages/P000.md` and so on, each a subclass of the one before.
pub(crate) fn pages(number: usize) -> impl Iterator<Item = (String, Vec<u8>)> + Clone {
    (0..number).map(|n| {
        let (name, parent) = (format!("P{n:03}"), format!("P{:03}", n.saturating_sub(1)));
        (format!("pages/{name}.md"), class(&name, &[&parent]).into_bytes())
    })
}

/// What was asked for.
pub(crate) fn paths(seen: &[Seen]) -> Vec<String> {
    seen.iter().map(|seen| format!("{:?} {}", seen.status, seen.path_and_query)).collect()
}
