//! `driftless.yaml`: where the store is and which sources there are, in one file.
//!
//! Strict: a key that means nothing here is an error, told with its line. `${VARIABLE}` and
//! `${VARIABLE:what else}` stand for what the environment holds.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

use super::{Secrets, SourceSettings};
use crate::source::directory::DirectorySettings;
#[cfg(feature = "github")]
use crate::source::github::{Address, GithubSettings};

/// The whole file.
#[derive(Clone, Debug, Default)]
pub struct File {
    /// Where the store is, if the file says it.
    pub store: Option<PathBuf>,
    /// The sources by the names that the file gives them.
    pub sources: BTreeMap<String, FileSource>,
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
        let written: Written = serde_saphyr::from_str(&text).map_err(|e| bad(e.to_string()))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let sources = written.sources.into_iter().map(|(name, source)| {
            let read =
                source.read(folder).map_err(|reason| bad(format!("sources.{name}: {reason}")));
            Ok((name, read?))
        });
        Ok(Self {
            store: written.store.map(|Text(store)| folder.join(store)),
            sources: sources.collect::<Result<_, _>>()?,
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    store: Option<Text>,
    #[serde(default)]
    sources: BTreeMap<String, WrittenSource>,
}

#[derive(Deserialize)]
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
        let mut secrets = Secrets::default();
        let (mut settings, include, exclude, max_item_bytes) = match self {
            Self::Directory { path: Text(path), include, exclude, max_item_bytes } => {
                let settings = DirectorySettings::new(folder.join(path));
                (SourceSettings::Directory(settings), include, exclude, max_item_bytes)
            }
            #[cfg(feature = "github")]
            Self::Github {
                repository: Text(repository),
                branch,
                path,
                token,
                api_url,
                include,
                exclude,
                max_item_bytes,
            } => {
                let mut address: Address = repository.parse().map_err(|e| format!("{e}"))?;
                if let Some(Text(branch)) = branch {
                    address = address.at(&branch).map_err(|e| e.to_string())?;
                }
                if let Some(Text(path)) = path {
                    address = address.below(&path).map_err(|e| e.to_string())?;
                }
                let mut settings = GithubSettings::new(address);
                if let Some(Text(url)) = api_url {
                    settings.api_url = url;
                }
                let token = token.map(|Text(token)| token).filter(|token| !token.is_empty());
                secrets.github_token = token.map(Into::into);
                (SourceSettings::Github(settings), include, exclude, max_item_bytes)
            }
        };
        let texts = |list: Vec<Text>| list.into_iter().map(|Text(text)| text).collect();
        let (included, excluded) = settings.globs();
        if let Some(include) = include {
            *included = texts(include);
        }
        if let Some(exclude) = exclude {
            *excluded = texts(exclude);
        }
        if let Some(bytes) = max_item_bytes {
            *settings.largest_item_bytes() = bytes;
        }
        Ok(FileSource { settings, secrets })
    }
}

/// A text with the environment's variables put in.
struct Text(String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let variable = |name: &str| std::env::var(name).ok();
        expanded(&text, variable).map(Self).map_err(D::Error::custom)
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
        assert!(file.store.expect("a store").is_absolute());
        let root = file.sources["pages"].settings.root().expect("a root").to_owned();
        assert!(root.is_absolute() && root.ends_with("notes"));
    }

    #[cfg(feature = "github")]
    #[test]
    fn a_repository_is_described_whole_and_its_token_is_no_setting() {
        let text = "sources:\n  pages:\n    kind: github\n    repository: acme/ontology\n    branch: \
                    feature/tides\n    path: pages\n    token: \"${DRIFTLESS_NO_SUCH:ghp_x}\"\n";
        let file = read(text).expect("a file");
        let source = &file.sources["pages"];
        let SourceSettings::Github(settings) = &source.settings else { panic!("of GitHub") };
        assert_eq!(settings.name(), "github:acme/ontology@feature/tides/pages");
        assert!(source.secrets.github_token.is_some());
        assert!(!format!("{source:?}").contains("ghp_x"));
        assert!(refused("sources: {a: {kind: github, repository: acme}}").contains("sources.a"));
    }
}
