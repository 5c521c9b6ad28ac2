//! What an error of a PostgreSQL server means for whoever reads from it.
//!
//! A message is the server's own; none of those has a password in it.

use std::error::Error as _;

use tokio_postgres::Error;

use crate::source::SourceError;

/// What an error means while `setting` was asked about at the server called `name`.
pub(super) fn meaning(name: &str, setting: &str, error: &Error) -> SourceError {
    let (name, reason) = (name.to_owned(), told(error));
    let settings = |reason| SourceError::Settings { setting: setting.to_owned(), reason };
    let Some(code) = error.code().map(|code| code.code()) else {
        return if is_refusal(error) {
            SourceError::Denied { name, reason }
        } else {
            SourceError::Failed { name, reason }
        };
    };
    match code {
        // A condition that has a `$1` of its own.
        "08P01" if reason.starts_with("bind message supplies") => {
            settings("a condition or query has no parameters of its own".to_owned())
        }
        // A setting among the options that holds for whole connections only.
        "55P02" => settings(reason),
        // It takes as long every time.
        "57014" if reason.contains("statement timeout") => {
            let reason = format!(
                "{reason}; see how it can be answered faster, or allow more time by \
                 options=-c%20statement_timeout%3D300s in the url"
            );
            settings(reason)
        }
        "42501" => SourceError::Denied { name, reason },
        "3D000" => SourceError::Gone { name, reason },
        // What would write, or try to be allowed to, by a function that a condition calls.
        "25001" | "25006" => settings(reason),
        _ => match &code[..2] {
            "28" => SourceError::Denied { name, reason },
            // What the question itself makes fail: it does so every time.
            "0A" | "21" | "22" | "42" | "54" | "P0" => settings(reason),
            _ => SourceError::Failed { name, reason },
        },
    }
}

/// Whether a question failed for a value that does not fit its type.
pub(super) fn is_unfit(error: &Error) -> bool {
    error.code().is_some_and(|code| code.code().starts_with("22"))
}

/// The server's message; without one, what went wrong on the way and why.
fn told(error: &Error) -> String {
    if let Some(told) = error.as_db_error() {
        let hint = told.hint().map_or(String::new(), |hint| format!(" ({hint})"));
        return format!("{}{hint}", told.message());
    }
    match error.source() {
        Some(cause) if cause.to_string() == "password missing" => {
            "it asks for a password, and none is known".to_owned()
        }
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

/// Whether trying again as we are is of no use.
fn is_refusal(error: &Error) -> bool {
    let Some(cause) = error.source() else { return false };
    let tls = cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    let is_certificate = matches!(
        tls.and_then(|cause| cause.downcast_ref::<rustls::Error>()),
        Some(rustls::Error::InvalidCertificate(_))
    );
    let text = cause.to_string();
    is_certificate || text == "server does not support TLS" || text == "password missing"
}
