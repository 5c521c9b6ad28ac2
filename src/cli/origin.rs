//! Which source a command means: a directory, a repository, or a name in `driftless.yaml`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::failure::Failure;
#[cfg(feature = "github")]
use crate::config::github_api_from_environment;
use crate::config::{BadFile, File, FileSource, Secrets, SourceSettings};
use crate::source::directory::DirectorySettings;
#[cfg(feature = "github")]
use crate::source::github::{Address, GithubSettings};
use crate::source::{EXCLUDE, INCLUDE, LARGEST_ITEM_BYTES, Source};

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

    /// The source that the file gives this name.
    fn named(&self, name: &str) -> Result<Option<FileSource>, Failure> {
        self.file.source(name).map_err(|e| misconfigured(&e))
    }

    /// The secrets that go with a source of the store: those of the file if it names the same
    /// source, else those of the environment that are meant for it.
    pub(super) fn secrets_for(&self, settings: &SourceSettings) -> Secrets {
        let of_file = self.file.names().find_map(|name| {
            // A source that cannot be read is told of when it is asked for by its name.
            let source = self.file.source(name).ok().flatten()?;
            source.settings.is_same(settings).then_some(source)
        });
        of_file.map_or_else(|| settings.secrets_of_environment(), |source| with_secrets(&source))
    }
}

/// Which files count.
#[derive(Debug, Args)]
#[command(next_help_heading = "Files")]
pub(super) struct FileFlags {
    #[arg(long, value_name = "GLOB", help = format!(
        "Read files whose path below SOURCE matches; may be repeated [default: {INCLUDE}]"))]
    include: Vec<String>,
    #[arg(long, value_name = "GLOB", help = format!(
        "Leave out what matches; may be repeated, '' leaves nothing out [default: {}]",
        EXCLUDE.join(" ")))]
    exclude: Vec<String>,
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..),
        help = format!("Skip larger files [default: {LARGEST_ITEM_BYTES}]"))]
    max_item_bytes: Option<u64>,
}

/// Where on GitHub. The token comes from GITHUB_TOKEN or `driftless.yaml`: a flag would show it
/// to everybody on the machine.
#[cfg(feature = "github")]
#[derive(Debug, Args)]
#[command(next_help_heading = "GitHub (the token is read from GITHUB_TOKEN)")]
pub(super) struct GithubFlags {
    /// The branch, tag or commit [default: the repository's default branch].
    #[arg(long, value_name = "REF")]
    branch: Option<String>,
    /// Where the API is [default: GITHUB_API_URL]; of an enterprise server https://HOST/api/v3.
    #[arg(long, value_name = "URL")]
    api_url: Option<String>,
}

/// Opens what `source` means, with what the flags say of it.
pub(super) fn open(
    source: &Path,
    configured: &Configured,
    files: &FileFlags,
    #[cfg(feature = "github")] github: &GithubFlags,
) -> Result<Arc<dyn Source>, Failure> {
    let named = source.to_str().map(|name| configured.named(name)).transpose()?.flatten();
    let (mut settings, secrets) = match (named, source.to_str()) {
        (Some(named), _) => {
            let secrets = with_secrets(&named);
            (named.settings, secrets)
        }
        // Who names a host on the command line means it to see the environment's token.
        #[cfg(feature = "github")]
        (None, Some(text)) if Address::is_meant_by(text) => {
            (repository(text)?, Secrets::from_environment())
        }
        _ => (directory(source, configured)?, Secrets::default()),
    };
    let (include, exclude) = settings.globs();
    if !files.include.is_empty() {
        include.clone_from(&files.include);
    }
    if !files.exclude.is_empty() {
        exclude.clone_from(&files.exclude);
    }
    if let Some(bytes) = files.max_item_bytes {
        *settings.largest_item_bytes() = bytes;
    }
    #[cfg(feature = "github")]
    github.apply_to(&mut settings)?;
    Ok(settings.open(&secrets)?)
}

/// The secrets of a source of the file: its own before those of the environment.
fn with_secrets(source: &FileSource) -> Secrets {
    source.secrets.clone().or(source.settings.secrets_of_environment())
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
        let known: Vec<_> = configured.file.names().collect();
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
