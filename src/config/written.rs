//! The sources of `driftless.yaml` as they are written, a variant a kind.

use std::collections::BTreeMap;
use std::path::{Path, absolute};

use schemars::JsonSchema;
use serde::Deserialize;

use super::file::FileSource;
use super::variables::Text;
use super::{DatabaseSettings, Secrets, SourceSettings};
use crate::source::directory::DirectorySettings;
#[cfg(feature = "github")]
use crate::source::github::{Address, GithubSettings};
use crate::source::sqlite::SqliteSettings;

/// Where items come from: files, or a database whose rows are declared under `entities`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[schemars(rename = "Source")]
pub(super) enum WrittenSource {
    /// Files below a folder.
    Directory {
        /// The folder, below that of this file.
        path: Text,
        /// Globs: only files whose path matches one are read.
        include: Option<Vec<Text>>,
        /// Globs: files whose path matches one are left out.
        exclude: Option<Vec<Text>>,
        /// Larger files are left out.
        max_item_bytes: Option<u64>,
        /// Files with JSON-LD contexts, below the folder of this file, by the addresses that
        /// items cite them under. Nothing is fetched.
        contexts: Option<BTreeMap<String, Text>>,
    },
    /// Files of a repository on GitHub.
    #[cfg(feature = "github")]
    Github {
        /// `OWNER/REPO`.
        repository: Text,
        /// A branch, a tag or a commit; by default the repository's default branch.
        branch: Option<Text>,
        /// A folder in the repository.
        path: Option<Text>,
        /// A token; better as `${GITHUB_TOKEN}` than as it is.
        token: Option<Text>,
        /// Where the API is, if not at GitHub.
        api_url: Option<Text>,
        /// Globs: only files whose path matches one are read.
        include: Option<Vec<Text>>,
        /// Globs: files whose path matches one are left out.
        exclude: Option<Vec<Text>>,
        /// Larger files are left out.
        max_item_bytes: Option<u64>,
        /// Files with JSON-LD contexts, below the folder of this file, by the addresses that
        /// items cite them under. Nothing is fetched.
        contexts: Option<BTreeMap<String, Text>>,
    },
    /// An SQLite database.
    Sqlite {
        /// The database's file, below the folder of this file.
        path: Text,
    },
    /// A database of a PostgreSQL server.
    #[cfg(feature = "postgres")]
    Postgres {
        /// `postgres://USER@HOST/DATABASE`, or words as `psql` takes them. What it leaves open is
        /// taken from PostgreSQL's environment variables; so is a password that it leaves out.
        url: Text,
    },
}

impl WrittenSource {
    /// Whether its items are rows.
    pub(super) fn is_database(&self) -> bool {
        match self {
            Self::Sqlite { .. } => true,
            #[cfg(feature = "postgres")]
            Self::Postgres { .. } => true,
            Self::Directory { .. } => false,
            #[cfg(feature = "github")]
            Self::Github { .. } => false,
        }
    }

    /// The database that it is; nothing if its items are files.
    pub(super) fn database(
        &self,
        folder: &Path,
    ) -> Result<Option<(DatabaseSettings, Secrets)>, String> {
        match self {
            Self::Sqlite { path } => {
                // A store remembers it, and may be asked from another folder.
                let path = absolute(folder.join(path.expanded()?)).map_err(|e| e.to_string())?;
                let settings = DatabaseSettings::Sqlite(SqliteSettings { path });
                Ok(Some((settings, Secrets::default())))
            }
            #[cfg(feature = "postgres")]
            Self::Postgres { url } => {
                DatabaseSettings::postgres(&url.expanded()?).map(Some).map_err(|e| e.to_string())
            }
            Self::Directory { .. } => Ok(None),
            #[cfg(feature = "github")]
            Self::Github { .. } => Ok(None),
        }
    }

    /// The source of files that it is; nothing if it is a database.
    #[allow(clippy::needless_update, reason = "with other features there are other secrets")]
    pub(super) fn files(&self, folder: &Path) -> Result<Option<FileSource>, String> {
        let (mut settings, secrets, include, exclude, max_item_bytes, contexts) = match self {
            Self::Directory { path, include, exclude, max_item_bytes, contexts } => {
                let settings = DirectorySettings::new(folder.join(path.expanded()?));
                let settings = SourceSettings::Directory(settings);
                (settings, Secrets::default(), include, exclude, max_item_bytes, contexts)
            }
            #[cfg(feature = "github")]
            Self::Github {
                repository,
                branch,
                path,
                token,
                api_url,
                include,
                exclude,
                max_item_bytes,
                contexts,
            } => {
                let mut settings =
                    GithubSettings::new(address(repository, branch.as_ref(), path.as_ref())?);
                if let Some(url) = api_url {
                    settings.api_url = url.expanded()?;
                }
                let token = token.as_ref().map(Text::expanded).transpose()?;
                let token = token.filter(|token| !token.is_empty());
                let token = token.map(Into::into);
                let secrets = Secrets { github_token: token, ..Secrets::default() };
                let settings = SourceSettings::Github(settings);
                (settings, secrets, include, exclude, max_item_bytes, contexts)
            }
            Self::Sqlite { .. } => return Ok(None),
            #[cfg(feature = "postgres")]
            Self::Postgres { .. } => return Ok(None),
        };
        let texts = |list: &[Text]| list.iter().map(Text::expanded).collect::<Result<_, _>>();
        if let Some((included, excluded)) = settings.globs() {
            if let Some(include) = include {
                *included = texts(include)?;
            }
            if let Some(exclude) = exclude {
                *excluded = texts(exclude)?;
            }
        }
        if let (Some(limit), Some(bytes)) = (settings.largest_item_bytes(), max_item_bytes) {
            *limit = *bytes;
        }
        for (address, file) in contexts.iter().flatten() {
            // A store remembers it, and may be asked from another folder.
            let file = absolute(folder.join(file.expanded()?)).map_err(|e| e.to_string())?;
            settings.contexts().into_iter().for_each(|known| {
                known.insert(address.clone(), file.clone());
            });
        }
        Ok(Some(FileSource { settings, secrets }))
    }
}

#[cfg(feature = "github")]
fn address(
    repository: &Text,
    branch: Option<&Text>,
    path: Option<&Text>,
) -> Result<Address, String> {
    let mut address: Address = repository.expanded()?.parse().map_err(|e| format!("{e}"))?;
    if let Some(branch) = branch {
        address = address.at(&branch.expanded()?).map_err(|e| e.to_string())?;
    }
    if let Some(path) = path {
        address = address.below(&path.expanded()?).map_err(|e| e.to_string())?;
    }
    Ok(address)
}
