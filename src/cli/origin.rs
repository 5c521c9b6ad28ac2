//! Which sources a command means: a directory, a repository, or a name in `driftless.yaml`, which
//! is that of a source of files, of an entity, or of a database with all its entities.

use std::path::{Path, PathBuf, absolute};

use clap::Args;

use super::command::Command;
use super::failure::Failure;
#[cfg(feature = "github")]
use crate::config::github_api_from_environment;
use crate::config::{
    BadFile, DatabaseSettings, File, FileSource, RowsSettings, Secrets, SourceSettings,
};
use crate::engine::Feed;
use crate::source::directory::DirectorySettings;
#[cfg(feature = "github")]
use crate::source::github::{Address, GithubSettings};
use crate::source::rows::{PAGE_ROWS, Restriction, Rows};
use crate::source::{EXCLUDE, INCLUDE, LARGEST_ITEM_BYTES};

/// The file that is read if nothing else is said and it is there.
const FILE: &str = "driftless.yaml";

/// What of the file holds for every verb.
#[derive(Debug, Default)]
pub(super) struct Configured {
    pub(super) file: File,
    path: Option<PathBuf>,
}

impl Configured {
    /// Reads the file at `path`, or the one in the present folder if there is one.
    pub(super) fn read(path: Option<&Path>) -> Result<Self, Failure> {
        let usual = Path::new(FILE);
        let Some(path) = path.or_else(|| usual.exists().then_some(usual)) else {
            return Ok(Self::default());
        };
        let file = File::read(path).map_err(|e| misconfigured(&e))?;
        Ok(Self { file, path: Some(path.to_owned()) })
    }

    /// Whether there is a file.
    pub(super) fn is_read(&self) -> bool {
        self.path.is_some()
    }

    /// The sources that the file gives this name: one of files, the rows of an entity, or those
    /// of all entities of a database.
    fn named(&self, name: &str) -> Result<Vec<FileSource>, Failure> {
        if let Some(source) = self.file.source(name).map_err(|e| misconfigured(&e))? {
            return Ok(vec![source]);
        }
        let entities: Vec<_> = match self.database(name)? {
            Some(_) => self.file.entities_of(name).collect(),
            None => vec![name],
        };
        if entities.is_empty() {
            let discover = Command::new(&["discover", name, "--yaml"]);
            let remedy = format!("`{discover}` suggests some");
            let message = format!("the file declares no entities of the database {name}");
            return Err(Failure::refused("bad_source", message, remedy));
        }
        let mut found = Vec::new();
        for entity in entities {
            if let Some(it) = self.file.entity(entity).map_err(|e| misconfigured(&e))? {
                let rows = RowsSettings { database: it.database, entity: it.entity };
                let (settings, secrets) = (SourceSettings::Rows(rows), it.secrets);
                found.push(FileSource { settings, secrets });
            }
        }
        Ok(found)
    }

    /// Every source that the file names.
    fn all(&self) -> Result<Vec<FileSource>, Failure> {
        let mut found = Vec::new();
        for name in self.file.names() {
            if self.database(name)?.is_none() {
                found.extend(self.named(name)?);
            }
        }
        for entity in self.file.entities() {
            found.extend(self.named(entity)?);
        }
        if found.is_empty() {
            let remedy = "name a source, or describe some in driftless.yaml";
            return Err(Failure::unknown("there are no sources to sync", remedy));
        }
        Ok(found)
    }

    /// The database that the file gives this name, and its secrets.
    pub(super) fn database(
        &self,
        name: &str,
    ) -> Result<Option<(DatabaseSettings, Secrets)>, Failure> {
        self.file.database(name).map_err(|e| misconfigured(&e))
    }

    /// The secrets that go with a source of the store: those of the file if it names the same
    /// source, else those of the environment that are meant for it.
    pub(super) fn secrets_for(&self, settings: &SourceSettings) -> Secrets {
        // A source that cannot be read is told of when it is asked for by its name.
        let of_file = self.file.names().find_map(|name| match settings {
            SourceSettings::Rows(rows) => {
                let (database, secrets) = self.file.database(name).ok().flatten()?;
                (database == rows.database).then_some(secrets)
            }
            _ => {
                let source = self.file.source(name).ok().flatten()?;
                source.settings.is_same(settings).then_some(source.secrets)
            }
        });
        of_file.unwrap_or_default().or(settings.secrets_of_environment())
    }
}

/// Which files count.
#[derive(Debug, Args)]
#[command(next_help_heading = "Files")]
struct FileFlags {
    #[arg(long, value_name = "GLOB", help = format!(
        "Read files whose path below SOURCE matches; may be repeated [default: {}]",
        INCLUDE.join(" ")))]
    include: Vec<String>,
    #[arg(long, value_name = "GLOB", help = format!(
        "Leave out what matches; may be repeated, '' leaves nothing out [default: {}]",
        EXCLUDE.join(" ")))]
    exclude: Vec<String>,
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..),
        help = format!("Skip larger files, or rows with more content [default: {LARGEST_ITEM_BYTES}]"))]
    max_item_bytes: Option<u64>,
    /// Read a JSON-LD context from a file where items cite its address; may be repeated.
    #[arg(long, value_name = "IRI=FILE", value_parser = context)]
    context: Vec<(String, PathBuf)>,
}

/// The address of a context and its file. An address may hold a `=`, as file names hardly do.
fn context(text: &str) -> Result<(String, PathBuf), String> {
    match text.rsplit_once('=') {
        Some((address, file)) if address.contains(':') && !file.is_empty() => {
            let file = absolute(file).map_err(|error| error.to_string())?;
            Ok((address.to_owned(), file))
        }
        _ => Err("expected IRI=FILE, such as http://example.org/v1.jsonld=v1.jsonld".to_owned()),
    }
}

/// Where on GitHub. The token comes from GITHUB_TOKEN or `driftless.yaml`: a flag would show it
/// to everybody on the machine.
#[cfg(feature = "github")]
#[derive(Debug, Args)]
#[command(next_help_heading = "GitHub (the token is read from GITHUB_TOKEN)")]
struct GithubFlags {
    /// The branch, tag or commit [default: the repository's default branch].
    #[arg(long, value_name = "REF")]
    branch: Option<String>,
    /// Where the API is [default: GITHUB_API_URL]; of an enterprise server https://HOST/api/v3.
    #[arg(long, value_name = "URL")]
    api_url: Option<String>,
}

/// What is said of sources on the command line.
#[derive(Debug, Args)]
pub(super) struct SourceFlags {
    #[command(flatten)]
    files: FileFlags,
    #[command(flatten)]
    rows: RowFlags,
    #[cfg(feature = "github")]
    #[command(flatten)]
    github: GithubFlags,
}

/// Which rows, and how they are read.
#[derive(Debug, Args)]
#[command(next_help_heading = "Rows")]
struct RowFlags {
    /// Read only rows that meet this condition, in the database's SQL. Deletes nothing.
    #[arg(long = "where", value_name = "SQL")]
    condition: Option<String>,
    /// Read only rows whose `version` is this or later. Deletes nothing.
    #[arg(long, value_name = "VERSION")]
    since: Option<String>,
    /// Read only rows whose `version` is earlier. Deletes nothing.
    #[arg(long, value_name = "VERSION")]
    before: Option<String>,
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=10_000),
        help = format!("Read N rows at once [default: {PAGE_ROWS}]"))]
    page_rows: Option<u16>,
}

/// Opens what the words mean, with what the flags say of it; with `all` every source of the
/// file.
pub(super) fn open(
    words: &[PathBuf],
    all: bool,
    configured: &Configured,
    flags: &SourceFlags,
) -> Result<Vec<Feed>, Failure> {
    let mut meant = if all { configured.all()? } else { Vec::new() };
    for word in words {
        meant.extend(one(word, configured)?);
    }
    meant.into_iter().map(|source| flags.feed(source)).collect()
}

/// Refuses what may be a connection string, unquoted: it may hold a password.
pub(super) fn require_no_connection(word: &Path) -> Result<(), Failure> {
    let word = word.to_string_lossy();
    let is_one = ["://", "password=", "password ="].iter().any(|part| word.contains(part));
    if !is_one || word.starts_with("https://") {
        return Ok(());
    }
    let remedy = "declare the database and its entities in driftless.yaml; `driftless discover \
                  postgres://.. --yaml` begins that";
    Err(Failure::refused("bad_source", "a connection string is no source", remedy))
}

fn one(word: &Path, configured: &Configured) -> Result<Vec<FileSource>, Failure> {
    if let Some(name) = word.to_str() {
        let named = configured.named(name)?;
        if !named.is_empty() {
            return Ok(named);
        }
    }
    let (settings, secrets) = match word.to_str() {
        // Who names a host on the command line means it to see the environment's token.
        #[cfg(feature = "github")]
        Some(text) if Address::is_meant_by(text) => (repository(text)?, Secrets::of_github()),
        #[cfg(feature = "github")]
        Some(text) if Address::of_url(text).is_some() => {
            let meant = Address::of_url(text).unwrap_or_default();
            let message = format!("{text} is the address of a page, not of a source");
            let sync = Command::new(&["sync", &meant]);
            return Err(Failure::unknown(message, format!("did you mean `{sync}`?")));
        }
        _ => {
            require_no_connection(word)?;
            (directory(word, configured)?, Secrets::default())
        }
    };
    Ok(vec![FileSource { settings, secrets }])
}

impl SourceFlags {
    /// Whether only some rows are asked for.
    pub(super) fn is_part(&self) -> bool {
        let rows = &self.rows;
        rows.condition.is_some() || rows.since.is_some() || rows.before.is_some()
    }

    fn feed(&self, source: FileSource) -> Result<Feed, Failure> {
        let FileSource { mut settings, secrets } = source;
        self.files.apply_to(&mut settings)?;
        #[cfg(feature = "github")]
        self.github.apply_to(&mut settings)?;
        let secrets = secrets.or(settings.secrets_of_environment());
        match settings {
            SourceSettings::Rows(it) => {
                let rows = it.database.open_rows(it.entity, &secrets)?;
                let rows = match self.files.max_item_bytes {
                    Some(bytes) => rows.limited_to(bytes),
                    None => rows,
                };
                Ok(self.rows.applied_to(rows).into())
            }
            files => {
                self.rows.require_none()?;
                Ok(Feed::open(files, &secrets)?)
            }
        }
    }
}

impl RowFlags {
    fn applied_to(&self, rows: Rows) -> Rows {
        let rows = match self.page_rows {
            Some(number) => rows.by_pages_of(number.into()),
            None => rows,
        };
        rows.restricted(Restriction {
            condition: self.condition.clone(),
            since: self.since.clone(),
            before: self.before.clone(),
        })
    }

    /// Refuses what is said of rows where there are none.
    fn require_none(&self) -> Result<(), Failure> {
        let said = [
            ("--where", self.condition.is_some()),
            ("--since", self.since.is_some()),
            ("--before", self.before.is_some()),
            ("--page-rows", self.page_rows.is_some()),
        ];
        match said.into_iter().find(|(_, is_said)| *is_said) {
            Some((flag, _)) => {
                Err(Failure::usage(format!("{flag} is about rows, and this source has files")))
            }
            None => Ok(()),
        }
    }
}

fn misconfigured(bad: &BadFile) -> Failure {
    Failure::refused("bad_configuration", bad.to_string(), "correct the file")
}

fn directory(source: &Path, configured: &Configured) -> Result<SourceSettings, Failure> {
    // A word that is no path is more likely a name that was mistyped.
    let is_path = source.components().count() > 1 || source.exists();
    if let (Some(path), false) = (&configured.path, is_path) {
        let (source, path) = (source.display(), path.display());
        let message = format!("{source} is neither a path nor a source of {path}");
        let known: Vec<_> = configured.file.names().chain(configured.file.entities()).collect();
        let remedy = format!("the file names: {}", known.join(", "));
        return Err(Failure::unknown(message, remedy));
    }
    Ok(SourceSettings::Directory(DirectorySettings::new(source)))
}

#[cfg(feature = "github")]
fn repository(source: &str) -> Result<SourceSettings, Failure> {
    if source == "github:" {
        return Ok(SourceSettings::Github(crate::config::github_from_environment()?));
    }
    let address: Address = source.parse().map_err(|e| bad(&e))?;
    let mut settings = GithubSettings::new(address);
    // Only here: a source of the file says itself where it is, and has its own token.
    if let Some(url) = github_api_from_environment() {
        settings.api_url = url;
    }
    Ok(SourceSettings::Github(settings))
}

impl FileFlags {
    fn apply_to(&self, settings: &mut SourceSettings) -> Result<(), Failure> {
        let is_for_files = |flag: &str| {
            Failure::usage(format!("{flag} is about files, and an entity has rows: see `filter`"))
        };
        for (flag, globs) in [("--include", &self.include), ("--exclude", &self.exclude)] {
            if globs.is_empty() {
                continue;
            }
            let (include, exclude) = settings.globs().ok_or_else(|| is_for_files(flag))?;
            if flag == "--include" { include } else { exclude }.clone_from(globs);
        }
        if let (Some(bytes), Some(limit)) = (self.max_item_bytes, settings.largest_item_bytes()) {
            *limit = bytes;
        }
        for (address, file) in &self.context {
            let contexts = settings.contexts().ok_or_else(|| is_for_files("--context"))?;
            contexts.insert(address.clone(), file.clone());
        }
        Ok(())
    }
}

#[cfg(feature = "github")]
impl GithubFlags {
    fn apply_to(&self, settings: &mut SourceSettings) -> Result<(), Failure> {
        let SourceSettings::Github(settings) = settings else {
            return match &self.branch {
                Some(_) => Err(Failure::usage("--branch is for sources on GitHub".to_owned())),
                None => Ok(()),
            };
        };
        if let Some(branch) = &self.branch {
            settings.address = settings.address.clone().at(branch).map_err(|e| bad(&e))?;
        }
        if let Some(url) = &self.api_url {
            settings.api_url.clone_from(url);
        }
        Ok(())
    }
}

#[cfg(feature = "github")]
fn bad(error: &crate::source::github::BadAddress) -> Failure {
    Failure::refused("bad_setting", error.to_string(), "correct the address")
}
