//! Asking GitHub: one question at a time through the limiter, again and later while it fails.
//!
//! octocrab carries the requests. Its own repetition is off, for it does not wait as long as
//! GitHub asks; its cache is not used, for it keeps half an answer; redirections are followed
//! here, so that each is counted and the token stays with the host it belongs to.

use std::sync::Arc;
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use bytes::{Bytes, BytesMut};
use http::header::{ACCEPT, IF_NONE_MATCH, LOCATION, USER_AGENT};
use http::{HeaderMap, HeaderValue, Response, StatusCode, Uri};
use http_body_util::BodyExt;
use http_body_util::combinators::BoxBody;
use octocrab::Octocrab;
use secrecy::SecretString;
use tokio::sync::SemaphorePermit;
use tokio::time::{Instant, timeout};

use super::limiter::Limiter;
use super::meaning::{self, Budget, Meaning, Wait};
use super::proxy::{self, Proxies};
use crate::source::SourceError;

/// How long an answer may take to begin. An archive of a large repository takes seconds.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);

/// How long a body may give nothing while it is waited for.
const STALL_TIMEOUT: Duration = Duration::from_secs(30);

/// What a body must bring in the long run: a slow link brings a hundred times as much.
const LEAST_BYTES_A_SECOND: u64 = 1024;

/// Tries of one question while its answers are transient failures.
const TRIES: usize = 5;

/// The wait before the second try; each further one is up to twice as long.
const RETRY_BACKOFF: Duration = Duration::from_millis(500);

/// The longest wait between two tries.
const RETRY_BACKOFF_CAP: Duration = Duration::from_secs(30);

/// Waits that one question may be told to keep. An hour's limit is one of them; whoever is
/// told to wait more often is not meant to get an answer.
const WAITS: u32 = 12;

/// The longest wait that is kept: twice that for GitHub's own limit.
const LONGEST_WAIT: Duration = Duration::from_secs(2 * 60 * 60);

/// Redirections followed for one question. A renamed repository takes one, an archive one.
const REDIRECTIONS: u32 = 5;

/// Bytes read of an answer that is no success: enough for GitHub's message.
const MESSAGE_BYTES: usize = 64 * 1024;

/// A body on its way.
pub(super) type Body = BoxBody<Bytes, octocrab::Error>;

/// One question.
#[derive(Clone, Debug)]
pub(super) struct Question {
    /// The path behind the API's address, percent-encoded.
    pub(super) path: String,
    pub(super) accept: &'static str,
    /// A version that is known already.
    pub(super) if_none_match: Option<String>,
    /// Bytes of the answer at most.
    pub(super) limit_bytes: usize,
}

impl Question {
    pub(super) fn new(path: String, accept: &'static str, limit_bytes: usize) -> Self {
        Self { path, accept, if_none_match: None, limit_bytes }
    }
}

/// A whole answer.
#[derive(Clone, Debug)]
pub(super) struct Answered {
    pub(super) meaning: Meaning,
    pub(super) body: Bytes,
    /// The media type, as far as the first `;`.
    pub(super) media_type: String,
    /// Whether GitHub sent us to another place for it.
    pub(super) was_moved: bool,
}

/// See the module.
pub(super) struct Client {
    name: String,
    api: Uri,
    crab: Octocrab,
    has_token: bool,
    proxies: Proxies,
    pub(super) limiter: Arc<Limiter>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A question that has begun to be answered, in its place among those at the same time.
struct Sent<'a> {
    response: Response<Body>,
    /// Whether it took a redirection.
    was_moved: bool,
    place: SemaphorePermit<'a>,
}

/// Why one try gave no answer.
enum Trouble {
    /// Trying again may help.
    Passing(String),
    /// It will not.
    Lasting(SourceError),
}

impl Client {
    /// A client for the API at `api`. Must be called inside a tokio runtime.
    pub(super) fn new(
        name: String,
        api: &str,
        token: Option<&SecretString>,
        proxies: Proxies,
        limiter: Arc<Limiter>,
    ) -> Result<Self, SourceError> {
        let api: Uri = checked(api)?.parse().map_err(|_| bad_address("no address".to_owned()))?;
        let crab = crab(&api, token, &proxies).map_err(bad_address)?;
        Ok(Self { name, api, crab, has_token: token.is_some(), proxies, limiter })
    }

    pub(super) fn has_token(&self) -> bool {
        self.has_token
    }

    /// Asks until there is an answer that means something.
    pub(super) async fn ask(&self, question: &Question) -> Result<Answered, SourceError> {
        self.again(|| async {
            let Sent { response, was_moved, place: _place } = self.send(question).await?;
            let (status, headers) = (response.status(), response.headers().clone());
            let limit = if status == StatusCode::OK { question.limit_bytes } else { MESSAGE_BYTES };
            let body = self.collect(response.into_body(), limit).await?;
            let media_type = media_type(&headers);
            let meaning = self.weigh(meaning::of(status, &headers, &body))?;
            Ok(Answered { meaning, body, media_type, was_moved })
        })
        .await
    }

    /// Asks for a body to be read bit by bit.
    pub(super) async fn open(&self, question: &Question) -> Result<Body, SourceError> {
        self.again(|| async {
            let Sent { response, .. } = self.send(question).await?;
            if response.status() == StatusCode::OK {
                return Ok(response.into_body());
            }
            let (status, headers) = (response.status(), response.headers().clone());
            let body = self.collect(response.into_body(), MESSAGE_BYTES).await?;
            match self.weigh(meaning::of(status, &headers, &body))? {
                Meaning::Missing(text) | Meaning::Refused(text) => Err(self.lasting(text)),
                other => Err(self.lasting(format!("{other:?}"))),
            }
        })
        .await
    }

    /// Tries a question again while its trouble is passing.
    async fn again<T, F: Future<Output = Result<T, Trouble>>>(
        &self,
        attempt: impl FnMut() -> F,
    ) -> Result<T, SourceError> {
        let backoff = ExponentialBuilder::default()
            .with_min_delay(RETRY_BACKOFF)
            .with_max_delay(RETRY_BACKOFF_CAP)
            .with_max_times(TRIES - 1)
            .with_jitter();
        attempt
            .retry(backoff)
            .when(|trouble| matches!(trouble, Trouble::Passing(_)))
            .notify(|trouble, _| {
                self.limiter.count(|traffic| traffic.retries += 1);
                if let Trouble::Passing(reason) = trouble {
                    tracing::debug!(source = self.name, reason, "asking again");
                }
            })
            .await
            .map_err(|trouble| match trouble {
                Trouble::Lasting(error) => error,
                Trouble::Passing(reason) => SourceError::GaveUp { name: self.name.clone(), reason },
            })
    }

    /// Sends a question through the gate, and after redirections and waits gives what answers.
    async fn send(&self, question: &Question) -> Result<Sent<'_>, Trouble> {
        let (mut waits, mut moves) = (0, 0);
        let mut target = None;
        loop {
            let place = self.limiter.pass().await;
            let response = self.send_once(question, target.as_ref()).await?;
            let (status, headers) = (response.status(), response.headers());
            if target.as_ref().is_none_or(|target: &Target| target.client.is_none())
                && let Some(budget) = Budget::of(headers)
                && budget.starts_anew_in <= LONGEST_WAIT
            {
                self.limiter.note(budget);
            }
            match status.as_u16() {
                301 | 302 | 303 | 307 | 308 => {
                    moves += 1;
                    if moves > REDIRECTIONS {
                        return Err(self.lasting("it redirects without an end".to_owned()));
                    }
                    target = Some(self.target(headers.get(LOCATION), target.as_ref())?);
                }
                403 | 429 | 500..=599 => {
                    let (parts, body) = response.into_parts();
                    // What the head asks for holds, whether or not the body arrives.
                    let body = self.collect(body, MESSAGE_BYTES).await.unwrap_or_default();
                    match meaning::of(parts.status, &parts.headers, &body) {
                        Meaning::Wait(wait) if waits < WAITS && wait.at_least <= LONGEST_WAIT => {
                            self.limiter.heed(&wait, waits);
                            waits += 1;
                        }
                        Meaning::Wait(wait) => {
                            return Err(self.lasting(overlong(&wait, waits)));
                        }
                        other => {
                            self.weigh(other)?;
                            return Err(self.lasting(format!("status {status}")));
                        }
                    }
                }
                _ => return Ok(Sent { response, was_moved: moves > 0, place }),
            }
        }
    }

    async fn send_once(
        &self,
        question: &Question,
        target: Option<&Target>,
    ) -> Result<Response<Body>, Trouble> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(question.accept));
        if let Some(version) = &question.if_none_match {
            let tag = HeaderValue::try_from(format!("\"{version}\""));
            headers.extend(tag.ok().map(|tag| (IF_NONE_MATCH, tag)));
        }
        let path = target.map_or(&question.path, |target| &target.path);
        let crab = target.and_then(|target| target.client.as_ref()).unwrap_or(&self.crab);
        let sent = crab._get_with_headers(path.as_str(), Some(headers));
        match timeout(ANSWER_TIMEOUT, sent).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => Err(Trouble::Passing(causes(&error))),
            Err(_) => {
                let seconds = ANSWER_TIMEOUT.as_secs();
                Err(Trouble::Passing(format!("no answer within {seconds} s")))
            }
        }
    }

    /// Where a redirection leads: a path of the same API, or another host, which gets no token.
    fn target(
        &self,
        location: Option<&HeaderValue>,
        from: Option<&Target>,
    ) -> Result<Target, Trouble> {
        let lost = || self.lasting("it redirects to nowhere".to_owned());
        let location = location.and_then(|it| it.to_str().ok()).ok_or_else(lost)?;
        let uri: Uri = location.parse().map_err(|_| lost())?;
        let path = uri.path_and_query().map_or("/", |it| it.as_str());
        let Some(authority) = uri.authority() else {
            let client = from.and_then(|target| target.client.clone());
            let path = if client.is_some() { path } else { self.below_api(path) };
            return Ok(Target { client, path: path.to_owned() });
        };
        let is_same = uri.scheme() == self.api.scheme() && Some(authority) == self.api.authority();
        let is_api = path.starts_with(&format!("{}/", self.api.path().trim_end_matches('/')));
        if is_same && is_api {
            return Ok(Target { client: None, path: self.below_api(path).to_owned() });
        }
        if self.api.scheme_str() == Some("https") && uri.scheme_str() != Some("https") {
            return Err(self.lasting("it redirects from https to http".to_owned()));
        }
        let host = Uri::builder()
            .scheme(uri.scheme_str().unwrap_or("https"))
            .authority(authority.as_str())
            .path_and_query("/")
            .build()
            .map_err(|_| lost())?;
        let client = crab(&host, None, &self.proxies).map_err(|reason| self.lasting(reason))?;
        Ok(Target { client: Some(client), path: path.to_owned() })
    }

    /// A path of the host as one of the API, whose address may have a path itself.
    fn below_api<'a>(&self, path: &'a str) -> &'a str {
        path.strip_prefix(self.api.path().trim_end_matches('/')).unwrap_or(path)
    }

    /// The whole body, up to `limit` bytes.
    async fn collect(&self, body: Body, limit: usize) -> Result<Bytes, Trouble> {
        let mut whole = BytesMut::new();
        let mut incoming = Incoming::new(body);
        loop {
            let bytes = match incoming.next().await {
                None => return Ok(whole.freeze()),
                Some(bytes) => bytes.map_err(Trouble::Passing)?,
            };
            self.limiter.count(|traffic| traffic.bytes += bytes.len() as u64);
            if whole.len() + bytes.len() > limit {
                return Err(self.lasting(format!("an answer is larger than {limit} bytes")));
            }
            whole.extend_from_slice(&bytes);
        }
    }

    /// What an answer means, where that is for whoever asked; else the trouble it is.
    fn weigh(&self, meaning: Meaning) -> Result<Meaning, Trouble> {
        let denied =
            |reason| Trouble::Lasting(SourceError::Denied { name: self.name.clone(), reason });
        match meaning {
            Meaning::Transient(reason) => Err(Trouble::Passing(reason)),
            Meaning::BadToken => Err(denied("the token is not valid or has expired".to_owned())),
            Meaning::Forbidden(text) if self.has_token => {
                Err(denied(format!("the token does not allow this ({text})")))
            }
            Meaning::Forbidden(text) => Err(denied(format!("it takes a token ({text})"))),
            Meaning::Blocked(text) => Err(denied(format!("it is blocked ({text})"))),
            other => Ok(other),
        }
    }

    fn lasting(&self, reason: String) -> Trouble {
        Trouble::Lasting(SourceError::GaveUp { name: self.name.clone(), reason })
    }
}

/// Why a wait is not kept.
fn overlong(wait: &Wait, waits: u32) -> String {
    let (seconds, reason) = (wait.at_least.as_secs(), wait.reason);
    if wait.at_least > LONGEST_WAIT {
        let longest = LONGEST_WAIT.as_secs();
        return format!(
            "it asks to wait {seconds} s for {reason}; the longest kept is {longest} s"
        );
    }
    format!("it asks to wait {seconds} s for {reason}, after {waits} waits for one answer")
}

/// The address of an API without a `/` at its end, if it is one.
pub(super) fn checked(api: &str) -> Result<String, SourceError> {
    // What it says is not told: it may hold a password.
    let no_address = || bad_address("expected http(s)://HOST[:PORT][/PATH]".to_owned());
    let api = api.trim_end_matches('/');
    let uri: Uri = api.parse().map_err(|_| no_address())?;
    let is_absolute = matches!(uri.scheme_str(), Some("http" | "https"));
    let has_user = uri.authority().is_none_or(|it| it.as_str().contains('@'));
    if !is_absolute || has_user || uri.query().is_some() {
        Err(no_address())
    } else {
        Ok(api.to_owned())
    }
}

fn bad_address(reason: String) -> SourceError {
    SourceError::Settings { setting: "api_url".to_owned(), reason }
}

/// Where a redirection leads.
struct Target {
    /// Another host's, without the token; none for the API itself.
    client: Option<Octocrab>,
    path: String,
}

fn crab(base: &Uri, token: Option<&SecretString>, proxies: &Proxies) -> Result<Octocrab, String> {
    let agent = concat!("driftless/", env!("CARGO_PKG_VERSION"));
    if let Some(proxy) = proxies.to(base) {
        return proxy::through(&proxy, base, agent, token);
    }
    let builder = Octocrab::builder().base_uri(base.clone()).map_err(|e| causes(&e))?;
    let builder = builder.add_header(USER_AGENT, agent.to_owned());
    let built = match token {
        Some(token) => builder.personal_token(token.clone()).build(),
        None => builder.build(),
    };
    built.map_err(|e| causes(&e))
}

/// The reason of an error and of what it comes from, in one line.
fn causes(error: &dyn std::error::Error) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}

/// A body as it comes. One that drips is given up as one that is silent: only the time in which
/// it was waited for counts.
pub(super) struct Incoming {
    body: Body,
    bytes: u64,
    waited: Duration,
}

impl Incoming {
    pub(super) fn new(body: Body) -> Self {
        Self { body, bytes: 0, waited: Duration::ZERO }
    }

    /// The next bytes, or why there are none; nothing at the end.
    pub(super) async fn next(&mut self) -> Option<Result<Bytes, String>> {
        loop {
            let earned = Duration::from_secs(self.bytes / LEAST_BYTES_A_SECOND);
            let left = (STALL_TIMEOUT + earned).saturating_sub(self.waited);
            let begun = Instant::now();
            let frame = timeout(left.min(STALL_TIMEOUT), self.body.frame()).await;
            self.waited += begun.elapsed();
            return match frame {
                Ok(None) => None,
                Ok(Some(Err(error))) => Some(Err(causes(&error))),
                Err(_) if left >= STALL_TIMEOUT => {
                    Some(Err(format!("nothing came for {} s", STALL_TIMEOUT.as_secs())))
                }
                Err(_) => {
                    let (bytes, waited) = (self.bytes, self.waited.as_secs());
                    Some(Err(format!("only {bytes} bytes came in {waited} s")))
                }
                Ok(Some(Ok(frame))) => match frame.into_data() {
                    Ok(bytes) => {
                        self.bytes += bytes.len() as u64;
                        Some(Ok(bytes))
                    }
                    // Trailers carry no bytes.
                    Err(_) => continue,
                },
            };
        }
    }
}

fn media_type(headers: &HeaderMap) -> String {
    let value = headers.get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    value.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use futures_util::stream::unfold;
    use http_body::Frame;
    use http_body_util::StreamBody;

    use super::*;

    /// A body of so many pieces, one after each pause.
    fn dripping(pieces: usize, bytes: usize, pause: Duration) -> Incoming {
        let drip = unfold(0, move |sent| async move {
            tokio::time::sleep(pause).await;
            let frame = Frame::data(Bytes::from(vec![b'x'; bytes]));
            (sent < pieces).then_some((Ok::<_, octocrab::Error>(frame), sent + 1))
        });
        Incoming::new(BodyExt::boxed(StreamBody::new(drip)))
    }

    async fn received(mut body: Incoming) -> Result<usize, String> {
        let mut bytes = 0;
        while let Some(more) = body.next().await {
            bytes += more?.len();
        }
        Ok(bytes)
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_drips_is_given_up_and_a_slow_one_is_not() {
        let begun = Instant::now();
        let dripped = received(dripping(1000, 1, Duration::from_secs(10))).await;
        assert!(dripped.expect_err("given up").contains("bytes came"), "it drips");
        assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
        let slow = received(dripping(100, 16 * 1024, Duration::from_secs(5))).await;
        assert_eq!(slow, Ok(100 * 16 * 1024));
        let silent = received(dripping(5, 1024 * 1024, Duration::from_secs(31))).await;
        assert!(silent.expect_err("given up").contains("nothing came"));
    }
}
