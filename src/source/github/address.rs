//! Addresses of repositories, as people write them: `github:OWNER/REPO[@REF][/PATH]`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What an address begins with.
const SCHEME: &str = "github:";

/// A repository, a reference in it, and a folder below which its files are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Whose repository it is.
    pub owner: String,
    /// Its name.
    pub repository: String,
    /// A branch, a tag or a commit; none for the repository's default branch.
    pub reference: Option<String>,
    /// A folder, without a `/` at either end; none for the whole repository.
    pub path: Option<String>,
}

/// A text that is no address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text} is no repository: {reason}; expected github:OWNER/REPO[@REF][/PATH]")]
pub struct BadAddress {
    /// The text.
    pub text: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl Address {
    /// Whether a text means to be an address of a repository.
    pub fn is_meant_by(text: &str) -> bool {
        text.starts_with(SCHEME)
    }

    /// The address of the repository that a URL of github.com names, as a browser or `git` has it.
    pub fn of_url(text: &str) -> Option<String> {
        let schemes = [
            "https://github.com/",
            "http://github.com/",
            "git@github.com:",
            "ssh://git@github.com/",
            "github.com/",
        ];
        let rest = schemes.iter().find_map(|scheme| text.strip_prefix(scheme))?;
        let mut parts = rest.trim_end_matches('/').splitn(5, '/');
        let (owner, repository) = (parts.next()?, parts.next()?);
        let repository = repository.strip_suffix(".git").unwrap_or(repository);
        let (kind, reference, path) = (parts.next(), parts.next(), parts.next());
        let mut address = format!("{SCHEME}{owner}/{repository}");
        if let (Some("tree" | "blob"), Some(reference)) = (kind, reference) {
            address.push_str(&format!("@{reference}"));
            address.extend(path.map(|path| format!("/{path}")));
        }
        address.parse::<Self>().is_ok().then_some(address)
    }

    /// The same repository at another reference.
    ///
    /// # Errors
    ///
    /// [`BadAddress`] for a name that Git has for none.
    pub fn at(self, reference: &str) -> Result<Self, BadAddress> {
        let reference = checked_reference(reference)?;
        Ok(Self { reference: Some(reference), ..self })
    }

    /// The same repository, with files below another folder; the whole of it for an empty text.
    ///
    /// # Errors
    ///
    /// [`BadAddress`] for a path that leads elsewhere.
    pub fn below(self, path: &str) -> Result<Self, BadAddress> {
        let path = checked_path(path)?;
        Ok(Self { path, ..self })
    }
}

impl FromStr for Address {
    type Err = BadAddress;

    /// Reads `OWNER/REPO[@REF][/PATH]`, with or without `github:` before it. A reference ends
    /// at the next `/`; one that holds a `/` is given by [`Address::at`].
    fn from_str(text: &str) -> Result<Self, BadAddress> {
        let bad = |reason| BadAddress { text: text.to_owned(), reason };
        let rest = text.strip_prefix(SCHEME).unwrap_or(text);
        let (owner, rest) = rest.split_once('/').ok_or_else(|| bad("it has no `/`"))?;
        let (head, path) = match rest.split_once('/') {
            Some((head, path)) => (head, path),
            None => (rest, ""),
        };
        let (repository, reference) = match head.split_once('@') {
            Some((repository, reference)) => (repository, Some(reference)),
            None => (head, None),
        };
        let repository = repository.strip_suffix(".git").unwrap_or(repository);
        if !is_name(owner) || !is_name(repository) {
            return Err(bad("owner and repository are of letters, digits, `-`, `_` and `.`"));
        }
        let address = Self {
            owner: owner.to_owned(),
            repository: repository.to_owned(),
            reference: None,
            path: checked_path(path)?,
        };
        match reference {
            Some(reference) => address.at(reference),
            None => Ok(address),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{SCHEME}{}/{}", self.owner, self.repository)?;
        if let Some(reference) = &self.reference {
            write!(f, "@{reference}")?;
        }
        self.path.as_ref().map_or(Ok(()), |path| write!(f, "/{path}"))
    }
}

fn is_name(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    !text.is_empty() && text != "." && text != ".." && text.chars().all(is_plain)
}

/// A name as Git allows it for a branch, as far as it could do harm or mean something else.
fn checked_reference(text: &str) -> Result<String, BadAddress> {
    let is_odd = |c: char| c.is_control() || " ~^:?*[\\".contains(c);
    let is_bad = text.is_empty()
        || text.chars().any(is_odd)
        || text.split('/').any(|part| part.is_empty() || part.starts_with('.'))
        || text.contains("..");
    if is_bad {
        let reason = "its reference is no name of a branch, a tag or a commit";
        return Err(BadAddress { text: text.to_owned(), reason });
    }
    Ok(text.to_owned())
}

fn checked_path(text: &str) -> Result<Option<String>, BadAddress> {
    let path = text.trim_matches('/');
    let is_bad = path.split('/').any(|part| matches!(part, "." | "..") || part.contains('\0'));
    if is_bad || path.contains("//") {
        let reason = "its path has a part that names no folder";
        return Err(BadAddress { text: text.to_owned(), reason });
    }
    Ok((!path.is_empty()).then(|| path.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (String, String, Option<String>, Option<String>) {
        let Address { owner, repository, reference, path } = text.parse().expect(text);
        (owner, repository, reference, path)
    }

    #[test]
    fn an_address_is_read_part_by_part_and_written_the_same_way() {
        for text in [
            "github:acme/ontology",
            "github:acme/ontology@main",
            "github:acme/ontology/docs/pages",
            "github:acme/on.to-lo_gy@v1.2/docs",
        ] {
            assert_eq!(text.parse::<Address>().expect(text).to_string(), text);
        }
        let (owner, repository, reference, path) = parts("acme/ontology.git@main/pages/");
        assert_eq!((&*owner, &*repository), ("acme", "ontology"));
        assert_eq!((reference.as_deref(), path.as_deref()), (Some("main"), Some("pages")));
    }

    #[test]
    fn a_url_of_a_browser_or_of_git_names_a_repository() {
        for (url, address) in [
            ("https://github.com/acme/ontology", "github:acme/ontology"),
            ("https://github.com/acme/ontology.git", "github:acme/ontology"),
            ("git@github.com:acme/ontology.git", "github:acme/ontology"),
            ("https://github.com/acme/ontology/tree/main/a/b", "github:acme/ontology@main/a/b"),
            ("https://github.com/acme/ontology/issues/3", "github:acme/ontology"),
        ] {
            assert_eq!(Address::of_url(url).as_deref(), Some(address), "{url}");
        }
        for other in ["https://gitlab.com/acme/ontology", "https://github.com/acme", "pages"] {
            assert_eq!(Address::of_url(other), None, "{other}");
        }
    }

    #[test]
    fn a_reference_with_a_slash_is_given_by_itself() {
        let address: Address = "github:acme/ontology".parse().expect("an address");
        let address = address.at("feature/tides").expect("a branch");
        assert_eq!(address.reference.as_deref(), Some("feature/tides"));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "github:acme",
            "github:/ontology",
            "github:acme/",
            "github:acme/.git",
            "github:acme/../x",
            "github:ac me/ontology",
            "github:acme/ontology@",
            "github:acme/ontology@a..b",
            "github:acme/ontology@a b",
            "github:acme/ontology/../secrets",
            "github:acme/ontology/a//b",
        ] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
    }
}
