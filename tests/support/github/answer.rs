//! Answers: a status, headers and a body, with a constructor for each thing that GitHub says.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::archive::Archive;

const RATE_DOCS: &str =
    "https://docs.github.com/rest/overview/resources-in-the-rest-api#rate-limiting";
const SECONDARY_DOCS: &str = "https://docs.github.com/free-pro-team@latest/rest/overview/\
                              rate-limits-for-the-rest-api#about-secondary-rate-limits";

/// Whose requests are counted, as a spent budget's message has it: with and without a token.
pub(crate) const KNOWN: &str = "user ID 1.";
pub(crate) const ANONYMOUS: &str = "127.0.0.1. (But here's the good news: Authenticated requests \
                                    get a higher rate limit. Check out the documentation for more \
                                    details.)";

/// An answer that is yet to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// In the order sent; names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Body,
    /// What the headers say of the rate limit.
    pub(crate) limit: LimitHeaders,
}

/// What follows the head of an answer.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    /// Announced by its length.
    Whole(Arc<[u8]>),
    /// Sent in chunks, whose sum only the client will know.
    Chunked(Arc<[u8]>),
    /// Sent in chunks while git makes it.
    Archive(Archive),
}

/// See [`Answer::limit`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LimitHeaders {
    /// The caller's budget.
    Budget,
    /// Nothing remains, whatever the budget says, until so long from now.
    SpentFor(Duration),
    /// There are none.
    Absent,
}

impl Answer {
    /// An answer with a body of any bytes, announced as JSON.
    pub(crate) fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        let body = Body::Whole(body.into().into());
        let json = "application/json; charset=utf-8".to_owned();
        let headers = vec![("content-type".to_owned(), json)];
        Self { status, headers, body, limit: LimitHeaders::Budget }
    }

    /// Adds a header, in place of another of that name.
    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// The same with another status, such as 429 for a limit.
    pub(crate) fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// 403 with `retry-after`: too much at once. A pause of zero is sent as `retry-after: 0`.
    pub(crate) fn secondary_limit(pause: Duration) -> Self {
        Self::secondary_limit_by_text().header("retry-after", pause.as_secs().to_string())
    }

    /// 403 that only its message tells from a missing permission.
    pub(crate) fn secondary_limit_by_text() -> Self {
        let message = "You have exceeded a secondary rate limit. Please wait a few minutes before \
                       you try again. If you reach out to GitHub Support for help, please include \
                       the request ID.";
        Self::error(403, message, SECONDARY_DOCS)
    }

    /// 403 with `x-ratelimit-remaining: 0` and a reset so long from now.
    pub(crate) fn primary_limit(reset_in: Duration) -> Self {
        let limit = LimitHeaders::SpentFor(reset_in);
        Self { limit, ..Self::limit_exceeded(KNOWN) }
    }

    /// 403: the token may not do this.
    pub(crate) fn permission() -> Self {
        let message = "Resource not accessible by personal access token";
        Self::error(403, message, "https://docs.github.com/rest")
    }

    /// 404: missing, or hidden from this caller.
    pub(crate) fn not_found() -> Self {
        Self::error(404, "Not Found", "https://docs.github.com/rest")
    }

    /// 401: a token that is wrong or has expired.
    pub(crate) fn bad_credentials() -> Self {
        Self::error(401, "Bad credentials", "https://docs.github.com/rest")
    }

    /// 422: no commit has that name.
    pub(crate) fn no_commit(name: &str) -> Self {
        let docs = "https://docs.github.com/rest/commits/commits#get-a-commit";
        Self::error(422, &format!("No commit found for SHA: {name}"), docs)
    }

    /// 451: taken down.
    pub(crate) fn blocked() -> Self {
        let body = json!({
            "message": "Repository access blocked",
            "block": {
                "reason": "dmca",
                "created_at": "2023-11-14T22:13:20Z",
                "html_url": "https://github.com/github/dmca",
            },
        });
        Self::new(451, body.to_string())
    }

    /// 500, 502 or 503, as GitHub's front sends them: a page, and nothing of a limit.
    pub(crate) fn server_error(status: u16) -> Self {
        let page = "<html><head><title>Unicorn! &middot; GitHub</title></head><body><p>No server \
                    is currently available to service your request.</p></body></html>";
        let page = Self::new(status, page).header("content-type", "text/html; charset=utf-8");
        Self { limit: LimitHeaders::Absent, ..page }
    }

    pub(crate) fn json(body: &Value) -> Self {
        Self::new(200, body.to_string())
    }

    pub(crate) fn error(status: u16, message: &str, documentation_url: &str) -> Self {
        let body = json!({
            "message": message,
            "documentation_url": documentation_url,
            "status": status.to_string(),
        });
        Self::new(status, body.to_string())
    }

    pub(crate) fn empty_repository() -> Self {
        Self::error(409, "Git Repository is empty.", "https://docs.github.com/rest")
    }

    pub(crate) fn limit_exceeded(whom: &str) -> Self {
        Self::error(403, &format!("API rate limit exceeded for {whom}"), RATE_DOCS)
    }

    pub(crate) fn without_user_agent() -> Self {
        let text = "\r\nRequest forbidden by administrative rules. Please make sure your request \
                    has a User-Agent header \
                    (https://docs.github.com/en/rest/overview/resources-in-the-rest-api#user-agent-required). \
                    Check https://developer.github.com for other possible causes.\r\n";
        let text = Self::new(403, text).header("content-type", "text/html; charset=utf-8");
        Self { limit: LimitHeaders::Absent, ..text }
    }

    pub(crate) fn moved(status: u16, to: String) -> Self {
        let body = match status {
            301 => json!({
                "message": "Moved Permanently",
                "url": to,
                "documentation_url": "https://docs.github.com/rest/guides/\
                                      best-practices-for-using-the-rest-api#follow-redirects",
            })
            .to_string(),
            _ => String::new(),
        };
        Self::new(status, body).header("location", to)
    }

    /// The answer to a caller who already has it, if the tags agree.
    pub(crate) fn unless_known(self, if_none_match: Option<&str>) -> Self {
        let tag = |text: &str| text.trim().trim_start_matches("W/").to_owned();
        let etag = self.headers.iter().find(|(name, _)| name == "etag").map(|(_, it)| tag(it));
        let known = if_none_match.unwrap_or_default().split(',').map(tag);
        match etag {
            Some(etag) if known.into_iter().any(|known| known == etag) => {
                let headers = self.headers.into_iter().filter(|(name, _)| name != "content-type");
                Self { headers: headers.collect(), ..Self::new(304, "") }
            }
            _ => self,
        }
    }
}
