//! `driftless.yaml`: where the store is and which sources there are, in one file.
//!
//! Strict: a key that means nothing here is an error, told with its line. `${VARIABLE}` and
//! `${VARIABLE:what else}` stand for what the environment holds.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{Secrets, SourceSettings};
use crate::source::directory::DirectorySettings;
#[cfg(feature = "github")]
use crate::source::github::{Address, GithubSettings};

/// The whole file.
#[derive(Clone, Debug, Default)]
pub struct File {
    /// Where the store is, if the file says it.
    pub store: Option<PathBuf>,
    path: PathBuf,
    folder: PathBuf,
    sources: BTreeMap<String, WrittenSource>,
}

/// A source as the file describes it.
#[derive(Clone, Debug)]
pub struct FileSource {
    /// What it is.
    pub settings: SourceSettings,
    /// What it needs and no store may hold.
    pub secrets: Secrets,
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
        Ok(Self {
            path: path.to_owned(),
            store: store.map(|store| folder.join(store)),
            folder,
            sources: written.sources,
        })
    }

    /// The names of the sources.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.sources.keys().map(String::as_str)
    }

    /// The source of this name, if the file has one. The environment's variables are put in
    /// here, so that only those are needed whose source is.
    ///
    /// # Errors
    ///
    /// [`BadFile`] if the source's settings make no sense or a variable is not set.
    pub fn source(&self, name: &str) -> Result<Option<FileSource>, BadFile> {
        let Some(written) = self.sources.get(name) else { return Ok(None) };
        let bad = |reason| BadFile {
            path: self.path.display().to_string(),
            reason: format!("sources.{name}: {reason}"),
        };
        written.clone().read(&self.folder).map(Some).map_err(bad)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    store: Option<Text>,
    #[serde(default)]
    sources: BTreeMap<String, WrittenSource>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum WrittenSource {
    Directory {
        path: Text,
        include: Option<Vec<Text>>,
        exclude: Option<Vec<Text>>,
        max_item_bytes: Option<u64>,
    },
    #[cfg(feature = "github")]
    Github {
        /// `OWNER/REPO`.
        repository: Text,
        /// A branch, a tag or a commit.
        branch: Option<Text>,
        path: Option<Text>,
        token: Option<Text>,
        api_url: Option<Text>,
        include: Option<Vec<Text>>,
        exclude: Option<Vec<Text>>,
        max_item_bytes: Option<u64>,
    },
}

impl WrittenSource {
    fn read(self, folder: &Path) -> Result<FileSource, String> {
        let (mut settings, secrets, include, exclude, max_item_bytes) = match self {
            Self::Directory { path, include, exclude, max_item_bytes } => {
                let settings = DirectorySettings::new(folder.join(path.expanded()?));
                let settings = SourceSettings::Directory(settings);
                (settings, Secrets::default(), include, exclude, max_item_bytes)
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
            } => {
                let mut address: Address =
                    repository.expanded()?.parse().map_err(|e| format!("{e}"))?;
                if let Some(branch) = branch {
                    address = address.at(&branch.expanded()?).map_err(|e| e.to_string())?;
                }
                if let Some(path) = path {
                    address = address.below(&path.expanded()?).map_err(|e| e.to_string())?;
                }
                let mut settings = GithubSettings::new(address);
                if let Some(url) = api_url {
                    settings.api_url = url.expanded()?;
                }
                let token = token.map(|token| token.expanded()).transpose()?;
                let token = token.filter(|token| !token.is_empty());
                let secrets = Secrets { github_token: token.map(Into::into) };
                (SourceSettings::Github(settings), secrets, include, exclude, max_item_bytes)
            }
        };
        let texts = |list: Vec<Text>| list.iter().map(Text::expanded).collect::<Result<_, _>>();
        let (included, excluded) = settings.globs();
        if let Some(include) = include {
            *included = texts(include)?;
        }
        if let Some(exclude) = exclude {
            *excluded = texts(exclude)?;
        }
        if let Some(bytes) = max_item_bytes {
            *settings.largest_item_bytes() = bytes;
        }
        Ok(FileSource { settings, secrets })
    }
}

/// A text in which the environment's variables are still to be put. It may be a secret.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
struct Text(String);

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("..")
    }
}

impl Text {
    fn expanded(&self) -> Result<String, String> {
        expanded(&self.0, |name| std::env::var(name).ok())
    }
}

/// `text` with each `${NAME}` or `${NAME:default}` replaced. What is put in is not read again.
fn expanded(text: &str, variable: impl Fn(&str) -> Option<String>) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        out.push_str(&rest[..at]);
        let inside = &rest[at + 2..];
        let end = inside.find('}').ok_or("a `${` without its `}`")?;
        let (name, default) = match inside[..end].split_once(':') {
            Some((name, default)) => (name, Some(default)),
            None => (&inside[..end], None),
        };
        let value = variable(name).filter(|value| !value.is_empty() || default.is_none());
        match value.as_deref().or(default) {
            Some(value) => out.push_str(value),
            None => {
                return Err(format!(
                    "the environment holds no {name}; set it, or write ${{{name}:default}}"
                ));
            }
        }
        rest = &inside[end + 1..];
    }
    out.push_str(rest);
    Ok(out)
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
    fn variables_are_put_in_and_what_is_put_in_is_not_read_again() {
        let variable = |name: &str| match name {
            "A" => Some("x${B}".to_owned()),
            "EMPTY" => Some(String::new()),
            _ => None,
        };
        let expanded = |text| expanded(text, variable);
        assert_eq!(expanded("1 ${A} 2").as_deref(), Ok("1 x${B} 2"));
        assert_eq!(expanded("${NONE:a:b}$${EMPTY:c}").as_deref(), Ok("a:b$c"));
        assert_eq!(expanded("${NONE:}").as_deref(), Ok(""));
        assert!(expanded("${NONE}").is_err_and(|e| e.contains("NONE")));
        assert!(expanded("${A").is_err());
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
