//! A repository on GitHub, at a commit.
//!
//! A branch is asked for its commit once a job; everything after that names a commit, a tree
//! or a blob by its digest. What the trees list is the truth, and every file's bytes are held
//! against its name there, by whichever way they came. No request is sent but through one
//! limiter, which heeds what GitHub asks of whoever asks it.

mod address;
mod archive;
mod client;
mod commit;
mod limiter;
mod meaning;
mod proxy;
mod snapshot;
mod tree;
mod way;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use tokio::sync::{OnceCell, watch};

pub use address::{Address, BadAddress};
pub use proxy::Proxies;

use super::files::{Counted, EXCLUDE, INCLUDE, LARGEST_ITEM_BYTES};
use super::{Answer, Description, Known, Pinned, Source, SourceError, Traffic};
use client::{Client, Question};
use commit::{Commit, SMALL_BYTES, root_of};
use limiter::Limiter;
use meaning::Meaning;
use snapshot::Snapshot;
use tree::Wanted;

/// The API of github.com.
pub const API_URL: &str = "https://api.github.com";

/// Asks for nothing of a commit but its name.
const SHA: &str = "application/vnd.github.sha";

/// What stands in a path segment as it is; all else is percent-encoded.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Which repository, and which of its files count. Holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GithubSettings {
    /// Owner, repository, reference and path.
    #[serde(flatten)]
    pub address: Address,
    /// Globs over paths below the address's path; a file counts if one of them matches.
    pub include: Vec<String>,
    /// Globs over paths below the address's path; what one of them matches does not count.
    pub exclude: Vec<String>,
    /// Larger files are skipped.
    pub largest_item_bytes: u64,
    /// Where the API is; of an enterprise server `https://HOST/api/v3`.
    pub api_url: String,
    /// JSON-LD context documents by the addresses that files cite them under: each a file on this
    /// machine. Contexts are never fetched.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub contexts: BTreeMap<String, PathBuf>,
}

impl GithubSettings {
    /// The defaults, for the repository at `address`.
    pub fn new(address: Address) -> Self {
        Self {
            address,
            include: INCLUDE.map(str::to_owned).to_vec(),
            exclude: EXCLUDE.map(str::to_owned).to_vec(),
            largest_item_bytes: LARGEST_ITEM_BYTES,
            api_url: API_URL.to_owned(),
            contexts: BTreeMap::new(),
        }
    }

    /// The name that a store knows the source by. GitHub's names are the same in capitals or not.
    pub fn name(&self) -> String {
        let mut address = self.address.clone();
        address.owner.make_ascii_lowercase();
        address.repository.make_ascii_lowercase();
        match self.api_url.as_str() {
            API_URL => address.to_string(),
            // What is before the host could only be a secret; it is refused when connecting.
            url => format!("{address} at {}", url.rsplit('@').next().unwrap_or_default()),
        }
    }
}

/// A repository on GitHub as a source.
#[derive(Debug)]
pub struct Github {
    settings: GithubSettings,
    wanted: Arc<Wanted>,
    token: Option<SecretString>,
    proxies: Proxies,
    /// What a person should know if the repository is refused.
    hint: Option<String>,
    limiter: Arc<Limiter>,
    /// Made inside the runtime that will use it.
    client: OnceCell<Arc<Client>>,
}

impl Github {
    /// Checks the settings; asks nothing yet. Without a token only public repositories can be
    /// read, with 60 requests an hour.
    ///
    /// # Errors
    ///
    /// [`SourceError::Settings`] for a glob or an address that is none.
    pub fn new(settings: GithubSettings, token: Option<SecretString>) -> Result<Self, SourceError> {
        let settings = GithubSettings { api_url: client::checked(&settings.api_url)?, ..settings };
        if let Some(token) = &token {
            checked_token(token)?;
        }
        let GithubSettings { include, exclude, largest_item_bytes, .. } = &settings;
        let counted = Counted::new(include, exclude, *largest_item_bytes)?;
        let prefix = settings.address.path.as_ref().map(|path| format!("{path}/"));
        let wanted = Arc::new(Wanted { counted, prefix: prefix.unwrap_or_default() });
        let secret = token.as_ref().map(ExposeSecret::expose_secret);
        let (limiter, client) = (Limiter::of(&settings.api_url, secret), OnceCell::new());
        let (proxies, hint) = (Proxies::default(), None);
        Ok(Self { settings, wanted, token, proxies, hint, limiter, client })
    }

    /// The same repository, asked through proxies.
    #[must_use]
    pub fn behind(self, proxies: Proxies) -> Self {
        Self { proxies, ..self }
    }

    /// The same, with something that a person should know if it is refused.
    #[must_use]
    pub fn hinting(self, hint: Option<String>) -> Self {
        Self { hint, ..self }
    }

    async fn client(&self) -> Result<Arc<Client>, SourceError> {
        let client = || async {
            let (name, limiter) = (self.settings.name(), self.limiter.clone());
            let (api, proxies) = (&self.settings.api_url, self.proxies.clone());
            Client::new(name, api, self.token.as_ref(), proxies, limiter).map(Arc::new)
        };
        self.client.get_or_try_init(client).await.cloned()
    }

    fn repository(&self) -> String {
        let Address { owner, repository, .. } = &self.settings.address;
        format!("/repos/{}/{}", encoded(owner), encoded(repository))
    }

    async fn pinned(&self, known: &Known) -> Result<Snapshot, SourceError> {
        let client = self.client().await?;
        if !known.wait.is_zero() {
            self.limiter.pause(known.wait, "the rate limit");
        }
        if let Some(sha) = &known.interrupted {
            let (source, repository) = (self.settings.name(), self.repository());
            if let Some(root) = root_of(&client, &source, &repository, sha).await? {
                return Ok(self.at(client, Some(sha.clone()), Some(root), Vec::new()));
            }
            tracing::warn!(source, sha, "the commit is gone; going on with the present one");
        }
        let (sha, notes) = self.resolved(&client, known.last.as_deref()).await?;
        Ok(self.at(client, sha, None, notes))
    }

    fn at(
        &self,
        client: Arc<Client>,
        sha: Option<String>,
        root: Option<String>,
        notes: Vec<String>,
    ) -> Snapshot {
        let (source, repository) = (self.settings.name(), self.repository());
        let (wanted, tree) = (self.wanted.clone(), OnceCell::new());
        let commit = Commit { client, wanted, source, repository, sha, root, tree };
        Snapshot::new(commit, notes)
    }

    /// The commit that the reference names now, none in an empty repository, and what a person
    /// should know of it.
    async fn resolved(
        &self,
        client: &Client,
        last: Option<&str>,
    ) -> Result<(Option<String>, Vec<String>), SourceError> {
        let reference = self.settings.address.reference.as_deref().unwrap_or("HEAD");
        // A slash parts a reference, and stands as it is.
        let segments: Vec<_> = reference.split('/').map(encoded).collect();
        let path = format!("{}/commits/{}", self.repository(), segments.join("/"));
        let if_none_match = last.map(str::to_owned);
        let question = Question { if_none_match, ..Question::new(path, SHA, SMALL_BYTES) };
        let answered = client.ask(&question).await?;
        let name = self.settings.name();
        let sha = match answered.meaning {
            Meaning::NotModified if last.is_some() => last.map(str::to_owned),
            Meaning::Good => {
                let sha = named_sha(&answered.body).ok_or_else(|| SourceError::GaveUp {
                    name: name.clone(),
                    reason: "the name of a commit is no SHA-1".to_owned(),
                })?;
                Some(sha)
            }
            Meaning::Empty => None,
            Meaning::Missing(_) => {
                let reason = if client.has_token() {
                    "there is no such repository, or the token may not see it"
                } else {
                    "there is no such repository, or it takes a token to see it"
                };
                return Err(SourceError::Denied { name, reason: reason.to_owned() });
            }
            Meaning::Refused(text) => {
                let hint = match &self.settings.address.path {
                    Some(path) => format!(
                        "; a branch whose name has a `/`, such as {reference}/{path}, is given by \
                         --branch"
                    ),
                    None => String::new(),
                };
                let reason =
                    format!("no branch, tag or commit is named {reference} ({text}){hint}");
                return Err(SourceError::Settings { setting: name, reason });
            }
            other => {
                let reason = format!("its commit cannot be had ({other:?})");
                return Err(SourceError::GaveUp { name, reason });
            }
        };
        let notes = if answered.was_moved { self.renamed(client).await? } else { Vec::new() };
        Ok((sha, notes))
    }

    /// What to tell of a repository that answers from another place.
    async fn renamed(&self, client: &Client) -> Result<Vec<String>, SourceError> {
        #[derive(Deserialize)]
        struct Told {
            full_name: String,
        }
        let question = Question::new(self.repository(), commit::JSON, SMALL_BYTES);
        let answered = client.ask(&question).await?;
        let told = serde_json::from_slice::<Told>(&answered.body);
        Ok(told.map_or_else(
            |_| Vec::new(),
            |told| vec![format!("the repository is now named {}; use that name", told.full_name)],
        ))
    }
}

impl Source for Github {
    fn description(&self) -> Description {
        Description {
            name: self.settings.name(),
            kind: "github",
            settings: serde_json::json!(self.settings).to_string(),
        }
    }

    fn largest_item_bytes(&self) -> u64 {
        self.settings.largest_item_bytes
    }

    fn pin<'a>(&'a self, known: &'a Known) -> Answer<'a, Result<Arc<dyn Pinned>, SourceError>> {
        Box::pin(async move {
            let pinned = self.pinned(known).await.map_err(|error| match (error, &self.hint) {
                (SourceError::Denied { name, reason }, Some(hint)) => {
                    SourceError::Denied { name, reason: format!("{reason}; {hint}") }
                }
                (error, _) => error,
            })?;
            Ok(Arc::new(pinned) as Arc<dyn Pinned>)
        })
    }

    fn traffic(&self) -> Option<watch::Receiver<Traffic>> {
        Some(self.limiter.traffic())
    }
}

/// Refuses a token that no request can carry, such as one with the end of its line.
fn checked_token(token: &SecretString) -> Result<(), SourceError> {
    let is_plain = |c: char| c.is_ascii_graphic();
    if token.expose_secret().is_empty() || !token.expose_secret().chars().all(is_plain) {
        let reason = "the token holds a space, a line end or nothing at all".to_owned();
        return Err(SourceError::Settings { setting: "GITHUB_TOKEN".to_owned(), reason });
    }
    Ok(())
}

fn encoded(segment: &str) -> String {
    utf8_percent_encode(segment, SEGMENT).to_string()
}

/// The commit that an answer names: by itself, or in JSON if the server gives nothing else.
fn named_sha(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Told {
        sha: String,
    }
    let sha = match serde_json::from_slice::<Told>(body) {
        Ok(told) => told.sha,
        Err(_) => std::str::from_utf8(body).ok()?.trim().to_owned(),
    };
    let is_sha = sha.len() == 40 && sha.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_sha.then_some(sha)
}
