//! Sources of every kind by their settings: as a store remembers them, and as they are opened.

use std::path::Path;
use std::sync::Arc;

#[cfg(feature = "github")]
use secrecy::SecretString;

use crate::source::directory::{Directory, DirectorySettings};
#[cfg(feature = "github")]
use crate::source::github::{Address, Github, GithubSettings};
use crate::source::{Source, SourceError};

/// The settings of a source, whatever its kind. They hold no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceSettings {
    /// A directory of files.
    Directory(DirectorySettings),
    /// A repository on GitHub.
    #[cfg(feature = "github")]
    Github(GithubSettings),
}

/// What a source needs beside its settings, and what no store, log or error may hold.
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    /// A token for GitHub.
    #[cfg(feature = "github")]
    pub github_token: Option<SecretString>,
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
            other => Err(format!("this build has no sources of the kind {other}")),
        }
    }

    /// Whether both mean the same source, whatever else they say of it.
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Directory(one), Self::Directory(another)) => one.root == another.root,
            #[cfg(feature = "github")]
            (Self::Github(one), Self::Github(another)) => one.name() == another.name(),
            #[cfg(feature = "github")]
            _ => false,
        }
    }

    /// The secrets of the environment that are meant for it: its token only where the
    /// environment, or nobody, says where the API is. Another host must not see it.
    pub fn secrets_of_environment(&self) -> Secrets {
        match self {
            Self::Directory(_) => Secrets::default(),
            #[cfg(feature = "github")]
            Self::Github(settings) => {
                let usual = || crate::source::github::API_URL.to_owned();
                let is_meant =
                    settings.api_url == github_api_from_environment().unwrap_or_else(usual);
                if is_meant { Secrets::from_environment() } else { Secrets::default() }
            }
        }
    }

    /// Opens the source.
    ///
    /// # Errors
    ///
    /// [`SourceError`] if its settings make no sense or there is no such source.
    pub fn open(
        self,
        #[cfg_attr(not(feature = "github"), expect(unused_variables))] secrets: &Secrets,
    ) -> Result<Arc<dyn Source>, SourceError> {
        Ok(match self {
            Self::Directory(settings) => Arc::new(Directory::new(settings)?),
            #[cfg(feature = "github")]
            Self::Github(settings) => {
                Arc::new(Github::new(settings, secrets.github_token.clone())?)
            }
        })
    }

    /// The folder that its files are in, where it has one on this machine.
    pub fn root(&self) -> Option<&Path> {
        match self {
            Self::Directory(settings) => Some(&settings.root),
            #[cfg(feature = "github")]
            Self::Github(_) => None,
        }
    }

    /// The limit on the size of an item.
    pub fn largest_item_bytes(&mut self) -> &mut u64 {
        match self {
            Self::Directory(settings) => &mut settings.largest_item_bytes,
            #[cfg(feature = "github")]
            Self::Github(settings) => &mut settings.largest_item_bytes,
        }
    }

    /// The globs that say which files count, and those that say which do not.
    pub fn globs(&mut self) -> (&mut Vec<String>, &mut Vec<String>) {
        match self {
            Self::Directory(it) => (&mut it.include, &mut it.exclude),
            #[cfg(feature = "github")]
            Self::Github(it) => (&mut it.include, &mut it.exclude),
        }
    }
}

impl Secrets {
    /// These, and of `others` what is missing.
    #[cfg_attr(not(feature = "github"), expect(unused_variables))]
    pub fn or(self, others: Self) -> Self {
        Self {
            #[cfg(feature = "github")]
            github_token: self.github_token.or(others.github_token),
        }
    }

    /// Those that the environment holds: `GITHUB_TOKEN`.
    pub fn from_environment() -> Self {
        Self {
            #[cfg(feature = "github")]
            github_token: variable("GITHUB_TOKEN").map(SecretString::from),
        }
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

/// A variable of the environment that holds something.
#[cfg(feature = "github")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
