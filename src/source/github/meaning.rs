//! What an answer of GitHub means for whoever asked. Pure.

use std::time::Duration;

use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;

/// The least wait where GitHub says that there is a secondary limit and not for how long.
const UNSTATED_WAIT: Duration = Duration::from_secs(60);

/// Characters of a server's message that are told.
const MESSAGE_CHARS: usize = 200;

/// What an answer means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// As asked.
    Good,
    /// What was known already still holds.
    NotModified,
    /// Ask at another place.
    Moved,
    /// Ask nothing at all for a while.
    Wait(Wait),
    /// The token is not valid.
    BadToken,
    /// The token, or having none, is not enough.
    Forbidden(String),
    /// It does not exist, or whoever asks may not know that it does.
    Missing(String),
    /// The repository has no commit.
    Empty,
    /// Its owner or the law keeps it from everybody.
    Blocked(String),
    /// The question makes no sense there.
    Refused(String),
    /// The same question may be answered later.
    Transient(String),
}

/// For how long to ask nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wait {
    pub(super) at_least: Duration,
    /// Whether the time is a guess, to be doubled if it was too short.
    pub(super) is_guess: bool,
    pub(super) reason: &'static str,
}

/// Requests that are left, as an answer tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Budget {
    pub(super) remaining: u64,
    pub(super) limit: u64,
    /// When the limit starts anew, from now on by the server's clock.
    pub(super) starts_anew_in: Duration,
}

impl Budget {
    /// Reads the headers of an answer.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        Some(Self {
            remaining: number(headers, "x-ratelimit-remaining")?,
            limit: number(headers, "x-ratelimit-limit")?,
            starts_anew_in: reset_in(headers)?,
        })
    }
}

/// What an answer means. `body` is its beginning, for answers that are no success.
pub(super) fn of(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Meaning {
    match status.as_u16() {
        200 => Meaning::Good,
        304 => Meaning::NotModified,
        301 | 302 | 303 | 307 | 308 => Meaning::Moved,
        401 => Meaning::BadToken,
        403 | 429 => limited(status, headers, body),
        404 => Meaning::Missing(message(status, body)),
        409 if message(status, body).contains("is empty") => Meaning::Empty,
        451 => Meaning::Blocked(message(status, body)),
        500..=599 if stated_wait(headers).is_some() => limited(status, headers, body),
        408 | 500..=599 => Meaning::Transient(message(status, body)),
        _ => Meaning::Refused(message(status, body)),
    }
}

/// The two limits tell of themselves by the same two statuses, in several ways.
fn limited(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Meaning {
    let wait = |at_least, is_guess, reason| Meaning::Wait(Wait { at_least, is_guess, reason });
    if let Some(stated) = stated_wait(headers) {
        let is_limit = matches!(status.as_u16(), 403 | 429);
        let reason = if is_limit { "a secondary rate limit" } else { "a rest" };
        return wait(stated, false, reason);
    }
    if number(headers, "x-ratelimit-remaining") == Some(0) {
        let at_least = reset_in(headers).unwrap_or(UNSTATED_WAIT);
        return wait(at_least, false, "the rate limit");
    }
    let message = message(status, body);
    let text = message.to_ascii_lowercase();
    if text.contains("secondary rate limit") || text.contains("abuse detection") || status == 429 {
        return wait(UNSTATED_WAIT, true, "a secondary rate limit");
    }
    if text.contains("rate limit exceeded") {
        return wait(UNSTATED_WAIT, true, "the rate limit");
    }
    Meaning::Forbidden(message)
}

/// The wait that `retry-after` asks for, in seconds or until a moment by the server's clock. One
/// of 0 seconds occurs, and means nothing.
fn stated_wait(headers: &HeaderMap) -> Option<Duration> {
    let seconds = number(headers, "retry-after").map(Duration::from_secs);
    let until = || {
        let until = httpdate::parse_http_date(headers.get("retry-after")?.to_str().ok()?).ok()?;
        let now = httpdate::parse_http_date(headers.get(header::DATE)?.to_str().ok()?).ok()?;
        until.duration_since(now).ok()
    };
    seconds.or_else(until).filter(|wait| !wait.is_zero())
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

/// The time to `x-ratelimit-reset` by the server's own clock; at least a second, for it is
/// rounded.
fn reset_in(headers: &HeaderMap) -> Option<Duration> {
    let reset = number(headers, "x-ratelimit-reset")?;
    let date = headers.get(header::DATE)?.to_str().ok()?;
    let now = httpdate::parse_http_date(date).ok()?;
    let now = now.duration_since(std::time::UNIX_EPOCH).ok()?.as_secs();
    Some(Duration::from_secs(reset.saturating_sub(now).max(1)))
}

/// What the server says, cut to a line that can be shown.
fn message(status: StatusCode, body: &[u8]) -> String {
    #[derive(Deserialize)]
    struct Told {
        message: String,
    }
    let told = serde_json::from_slice::<Told>(body).map(|told| told.message);
    let text: String = told.unwrap_or_default().chars().take(MESSAGE_CHARS).collect();
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    match text.trim() {
        "" => format!("status {status}"),
        text => format!("status {}: {text}", status.as_u16()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meaning(status: u16, headers: &[(&'static str, &str)], body: &str) -> Meaning {
        let headers = headers
            .iter()
            .map(|(name, value)| ((*name).parse().expect("a name"), value.parse().expect("text")))
            .collect::<HeaderMap>();
        of(StatusCode::from_u16(status).expect("a status"), &headers, body.as_bytes())
    }

    fn waits(meaning: &Meaning) -> (u64, bool) {
        match meaning {
            Meaning::Wait(wait) => (wait.at_least.as_secs(), wait.is_guess),
            other => panic!("{other:?} is no wait"),
        }
    }

    const DATE: (&str, &str) = ("date", "Tue, 24 Nov 2026 12:00:00 GMT");

    #[test]
    fn a_stated_wait_is_kept_and_one_of_no_seconds_means_nothing() {
        for status in [403, 429] {
            assert_eq!(waits(&meaning(status, &[("retry-after", "7")], "")), (7, false));
        }
        let nothing = meaning(403, &[("retry-after", "0")], r#"{"message":"no"}"#);
        assert_eq!(nothing, Meaning::Forbidden("status 403: no".to_owned()));
    }

    #[test]
    fn a_wait_may_be_stated_as_a_moment_and_by_a_server_that_rests() {
        let until = ("retry-after", "Tue, 24 Nov 2026 12:00:09 GMT");
        assert_eq!(waits(&meaning(403, &[until, DATE], "")), (9, false));
        assert_eq!(waits(&meaning(503, &[("retry-after", "8")], "")), (8, false));
        assert_eq!(waits(&meaning(503, &[until, DATE], "")), (9, false));
        let past = ("retry-after", "Tue, 24 Nov 2026 11:00:00 GMT");
        assert!(matches!(meaning(503, &[past, DATE], ""), Meaning::Transient(_)));
        assert!(matches!(meaning(403, &[past, DATE], ""), Meaning::Forbidden(_)));
    }

    #[test]
    fn the_limit_starts_anew_by_the_clock_of_the_server() {
        // 12:00:40 there, whatever the time is here.
        let reset = ("x-ratelimit-reset", "1795521640");
        let spent = ("x-ratelimit-remaining", "0");
        assert_eq!(waits(&meaning(403, &[spent, reset, DATE], "")), (40, false));
        let past = ("x-ratelimit-reset", "1795521000");
        assert_eq!(waits(&meaning(429, &[spent, past, DATE], "")), (1, false));
        assert_eq!(waits(&meaning(403, &[spent], "")), (60, false));
    }

    #[test]
    fn a_limit_that_only_the_text_tells_of_is_waited_for_a_minute_at_least() {
        let text = r#"{"message":"You have exceeded a secondary rate limit."}"#;
        assert_eq!(waits(&meaning(403, &[], text)), (60, true));
        assert_eq!(waits(&meaning(429, &[], "<html>")), (60, true));
    }

    #[test]
    fn an_empty_repository_is_no_failure_and_a_missing_one_is_not_empty() {
        let empty = r#"{"message":"Git Repository is empty."}"#;
        assert_eq!(meaning(409, &[], empty), Meaning::Empty);
        assert!(matches!(meaning(404, &[], ""), Meaning::Missing(_)));
        assert!(matches!(meaning(409, &[], ""), Meaning::Refused(_)));
    }

    #[test]
    fn only_what_may_pass_is_tried_again() {
        for status in [408, 500, 502, 503, 504] {
            assert!(matches!(meaning(status, &[], "<html>"), Meaning::Transient(_)), "{status}");
        }
        for status in [400, 410, 422] {
            assert!(matches!(meaning(status, &[], ""), Meaning::Refused(_)), "{status}");
        }
    }

    #[test]
    fn a_message_is_one_line_and_no_longer_than_it_needs_to_be() {
        let long = format!(r#"{{"message":"a\n{}"}}"#, "b".repeat(1000));
        let Meaning::Missing(text) = meaning(404, &[], &long) else { panic!("missing") };
        assert!(text.starts_with("status 404: a b") && text.len() < 220, "{text}");
    }
}
