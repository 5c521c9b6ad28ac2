//! The head of a request, as it comes over a connection.

use std::io;

use tokio::io::{AsyncBufRead, AsyncBufReadExt};

/// A request without a body, which no request to this server has.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// As sent, with its query and still encoded.
    pub(crate) target: String,
    /// Names in lower case.
    headers: Vec<(String, String)>,
}

impl Request {
    /// Reads the next head; `None` when the client has closed the connection.
    pub(crate) async fn read(reader: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Option<Self>> {
        let mut line = String::new();
        if reader.read_line(&mut line).await? == 0 {
            return Ok(None);
        }
        let mut words = line.split_whitespace().map(str::to_owned);
        let (Some(method), Some(target)) = (words.next(), words.next()) else {
            return Err(io::ErrorKind::InvalidData.into());
        };
        let mut request = Self { method, target, headers: Vec::new() };
        loop {
            line.clear();
            if reader.read_line(&mut line).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let Some((name, value)) = line.trim_end().split_once(':') else {
                return Ok(Some(request));
            };
            request.headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
    }

    /// The value of a header; the name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The path, still encoded.
    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// A value in the query.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        let (_, query) = self.target.split_once('?')?;
        query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
    }

    /// Whether the client closes the connection after the answer.
    pub(crate) fn is_last(&self) -> bool {
        self.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"))
    }

    /// The first type in `accept` that is GitHub's own for `form`, such as `raw`, as it was
    /// written: with or without a version, with or without `+json`.
    pub(crate) fn media_type(&self, form: &str) -> Option<&str> {
        let types = self.header("accept")?.split(',');
        types.map(|it| it.split(';').next().unwrap_or_default().trim()).find(|media_type| {
            let own = media_type.strip_prefix("application/vnd.github.").unwrap_or_default();
            own.strip_prefix("v3.").unwrap_or(own).trim_end_matches("+json") == form
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Request;

    fn accepting(value: &str) -> Request {
        let headers = vec![("accept".to_owned(), value.to_owned())];
        Request { headers, ..Request::default() }
    }

    #[test]
    fn a_media_type_is_known_with_and_without_version_and_json() {
        for raw in ["application/vnd.github.raw", "application/vnd.github.v3.raw"] {
            assert_eq!(accepting(raw).media_type("raw"), Some(raw));
            let json = format!("text/plain, {raw}+json; q=0.9");
            assert_eq!(accepting(&json).media_type("raw"), Some(format!("{raw}+json").as_str()));
        }
        assert_eq!(accepting("application/vnd.github+json").media_type("raw"), None);
        assert_eq!(accepting("application/vnd.github.sha").media_type("raw"), None);
    }
}
