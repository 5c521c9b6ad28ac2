//! Sources of every kind by their settings: as a store remembers them, and as they are opened.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[cfg(any(feature = "github", feature = "postgres"))]
use secrecy::SecretString;

use super::RowsSettings;
use crate::source::directory::{Directory, DirectorySettings};
#[cfg(feature = "github")]
use crate::source::github::{Address, Github, GithubSettings, Proxies};
use crate::source::{Source, SourceError};

/// The settings of a source, whatever its kind. They hold no secret.
#[derive(Clone, Debug, PartialEq)]
pub enum SourceSettings {
    /// A directory of files.
    Directory(DirectorySettings),
    /// A repository on GitHub.
    #[cfg(feature = "github")]
    Github(GithubSettings),
    /// The rows of an entity.
    Rows(RowsSettings),
}

/// What a source needs beside its settings, and what no store, log or error may hold.
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    /// A token for GitHub.
    #[cfg(feature = "github")]
    pub github_token: Option<SecretString>,
    /// The password of a database's user.
    #[cfg(feature = "postgres")]
    pub database_password: Option<SecretString>,
}

impl SourceSettings {
    /// Reads settings back from where a store keeps them.
    ///
    /// # Errors
    ///
    /// What is wrong with them, for a person; also for a kind that this build does not have.
    pub fn remembered(kind: &str, settings: &str) -> Result<Self, String> {
        let bad = |error: serde_json::Error| error.to_string();
        match kind {
            "directory" => serde_json::from_str(settings).map(Self::Directory).map_err(bad),
            #[cfg(feature = "github")]
            "github" => serde_json::from_str(settings).map(Self::Github).map_err(bad),
            other => match RowsSettings::remembered(kind, settings) {
                Some(rows) => rows.map(Self::Rows).map_err(bad),
                None => Err(format!("this build has no sources of the kind {other}")),
            },
        }
    }

    /// Whether both mean the same source, whatever else they say of it.
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Directory(one), Self::Directory(another)) => one.root == another.root,
            #[cfg(feature = "github")]
            (Self::Github(one), Self::Github(another)) => one.name() == another.name(),
            (Self::Rows(one), Self::Rows(another)) => one.is_same(another),
            _ => false,
        }
    }

    /// The secrets of the environment that are meant for it: its token only where the
    /// environment, or nobody, says where the API is. Another host must not see it.
    pub fn secrets_of_environment(&self) -> Secrets {
        match self {
            Self::Directory(_) => Secrets::default(),
            Self::Rows(rows) => rows.database.secrets_of_environment(),
            #[cfg(feature = "github")]
            Self::Github(settings) => {
                let usual = || crate::source::github::API_URL.to_owned();
                let is_meant =
                    settings.api_url == github_api_from_environment().unwrap_or_else(usual);
                if is_meant { Secrets::of_github() } else { Secrets::default() }
            }
        }
    }

    /// Opens the source, whose items are read by whoever reads pages.
    ///
    /// # Errors
    ///
    /// [`SourceError`] if its settings make no sense or there is no such source.
    #[cfg_attr(not(feature = "github"), expect(unused_variables))]
    pub fn open_files(self, secrets: &Secrets) -> Result<Arc<dyn Source>, SourceError> {
        Ok(match self {
            Self::Directory(settings) => Arc::new(Directory::new(settings)?),
            #[cfg(feature = "github")]
            Self::Github(settings) => {
                let unsent = secrets.github_token.is_none() && variable("GITHUB_TOKEN").is_some();
                let api = settings.api_url.clone();
                let hint = unsent.then(|| {
                    format!(
                        "GITHUB_TOKEN is set, and is not sent to {api}: write \
                         `token: ${{GITHUB_TOKEN}}` beside `api_url`"
                    )
                });
                let github = Github::new(settings, secrets.github_token.clone())?;
                Arc::new(github.behind(Proxies::of(proxy_variable)).hinting(hint))
            }
            Self::Rows(it) => {
                let reason = "its items are rows".to_owned();
                return Err(SourceError::Settings { setting: it.entity.name, reason });
            }
        })
    }

    /// The folder that its files are in, where it has one on this machine.
    pub fn root(&self) -> Option<&Path> {
        match self {
            Self::Directory(settings) => Some(&settings.root),
            #[cfg(feature = "github")]
            Self::Github(_) => None,
            Self::Rows(_) => None,
        }
    }

    /// The limit on the size of an item, where that can be chosen: of files.
    pub fn largest_item_bytes(&mut self) -> Option<&mut u64> {
        match self {
            Self::Directory(settings) => Some(&mut settings.largest_item_bytes),
            #[cfg(feature = "github")]
            Self::Github(settings) => Some(&mut settings.largest_item_bytes),
            Self::Rows(_) => None,
        }
    }

    /// The files that hold JSON-LD contexts by the addresses these are cited under, where items
    /// are files.
    pub fn contexts(&mut self) -> Option<&mut BTreeMap<String, PathBuf>> {
        match self {
            Self::Directory(it) => Some(&mut it.contexts),
            #[cfg(feature = "github")]
            Self::Github(it) => Some(&mut it.contexts),
            Self::Rows(_) => None,
        }
    }

    /// The globs that say which files count, and those that say which do not, where items are
    /// files.
    pub fn globs(&mut self) -> Option<(&mut Vec<String>, &mut Vec<String>)> {
        match self {
            Self::Directory(it) => Some((&mut it.include, &mut it.exclude)),
            #[cfg(feature = "github")]
            Self::Github(it) => Some((&mut it.include, &mut it.exclude)),
            Self::Rows(_) => None,
        }
    }
}

impl Secrets {
    /// These, and of `others` what is missing.
    #[cfg_attr(not(any(feature = "github", feature = "postgres")), expect(unused_variables))]
    pub fn or(self, others: Self) -> Self {
        Self {
            #[cfg(feature = "github")]
            github_token: self.github_token.or(others.github_token),
            #[cfg(feature = "postgres")]
            database_password: self.database_password.or(others.database_password),
        }
    }

    /// What the environment holds for GitHub: `GITHUB_TOKEN`.
    #[cfg(feature = "github")]
    #[allow(clippy::needless_update, reason = "with other features there are other secrets")]
    pub fn of_github() -> Self {
        let github_token = variable("GITHUB_TOKEN").map(SecretString::from);
        Self { github_token, ..Self::default() }
    }
}

/// The repository that the environment names, as the VisionFlow service sets it:
/// `GITHUB_OWNER`, `GITHUB_REPO`, and if they are set `GITHUB_BRANCH` and `GITHUB_BASE_PATH`.
///
/// # Errors
///
/// [`SourceError::Settings`] for a variable that is missing or makes no sense.
#[cfg(feature = "github")]
pub fn github_from_environment() -> Result<GithubSettings, SourceError> {
    let needed = |name: &str| {
        variable(name).ok_or_else(|| SourceError::Settings {
            setting: name.to_owned(),
            reason: "the environment does not hold it".to_owned(),
        })
    };
    let bad = |e: crate::source::github::BadAddress| SourceError::Settings {
        setting: "GITHUB_*".to_owned(),
        reason: e.to_string(),
    };
    let name = format!("{}/{}", needed("GITHUB_OWNER")?, needed("GITHUB_REPO")?);
    let mut address: Address = name.parse().map_err(bad)?;
    if let Some(branch) = variable("GITHUB_BRANCH") {
        address = address.at(&branch).map_err(bad)?;
    }
    if let Some(path) = variable("GITHUB_BASE_PATH") {
        address = address.below(&path).map_err(bad)?;
    }
    let mut settings = GithubSettings::new(address);
    if let Some(url) = github_api_from_environment() {
        settings.api_url = url;
    }
    Ok(settings)
}

/// Where the environment says that GitHub's API is: `GITHUB_API_URL`.
#[cfg(feature = "github")]
pub fn github_api_from_environment() -> Option<String> {
    variable("GITHUB_API_URL")
}

/// A variable that names a proxy, in small letters or capitals. Where a web server starts the
/// program, `HTTP_PROXY` is what a request says of itself, and does not count.
#[cfg(feature = "github")]
fn proxy_variable(name: &str) -> Option<String> {
    let is_of_request = name == "http_proxy" && variable("REQUEST_METHOD").is_some();
    let capitals = || variable(&name.to_uppercase()).filter(|_| !is_of_request);
    variable(name).or_else(capitals)
}

/// A variable of the environment that holds something.
#[cfg(any(feature = "github", feature = "postgres"))]
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
