//! Which part of the API a path names. Pure, no I/O.

/// A path of the API, without the server's prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    RateLimit,
    OfRepository {
        which: Which,
        /// What follows the repository, still encoded, with a leading slash if not empty.
        rest: String,
        resource: Resource,
    },
    Unknown,
}

/// How a repository is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    /// By owner and name.
    Name(String),
    Id(u64),
}

/// A part of a repository. Names are decoded and may have slashes in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Resource {
    Repository,
    Commit(String),
    Reference(String),
    GitCommit(String),
    Tree(String),
    Blob(String),
    /// Of the default branch if no name is given.
    Tarball(Option<String>),
    Unknown,
}

impl Route {
    pub(crate) fn of(path: &str) -> Self {
        let Some(path) = path.strip_prefix('/') else {
            return Self::Unknown;
        };
        let parts: Vec<&str> = path.split('/').collect();
        let (which, rest) = match parts.as_slice() {
            ["rate_limit"] => return Self::RateLimit,
            ["repos", owner, name, rest @ ..] => {
                (Which::Name(format!("{}/{}", decoded(owner), decoded(name))), rest)
            }
            ["repositories", id, rest @ ..] => match id.parse() {
                Ok(id) => (Which::Id(id), rest),
                Err(_) => return Self::Unknown,
            },
            _ => return Self::Unknown,
        };
        let resource = Resource::of(rest);
        let rest = rest.iter().map(|part| format!("/{part}")).collect();
        Self::OfRepository { which, rest, resource }
    }
}

impl Resource {
    fn of(parts: &[&str]) -> Self {
        let name = |parts: &[&str]| decoded(&parts.join("/"));
        match parts {
            [] => Self::Repository,
            ["commits", rest @ ..] if !rest.is_empty() => Self::Commit(name(rest)),
            ["git", "ref", rest @ ..] if !rest.is_empty() => Self::Reference(name(rest)),
            ["git", "commits", sha] => Self::GitCommit(decoded(sha)),
            ["git", "trees", rest @ ..] if !rest.is_empty() => Self::Tree(name(rest)),
            ["git", "blobs", sha] => Self::Blob(decoded(sha)),
            ["tarball"] => Self::Tarball(None),
            ["tarball", rest @ ..] => Self::Tarball(Some(name(rest))),
            _ => Self::Unknown,
        }
    }
}

/// A part of a path with its `%xx` resolved; what is no UTF-8 then names nothing.
pub(crate) fn decoded(part: &str) -> String {
    let bytes = part.as_bytes();
    let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while at < bytes.len() {
        let digits = bytes.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        let value = digits
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        out.push(value.unwrap_or(bytes[at]));
        at += if value.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::{Resource, Route, Which};

    #[test]
    fn a_branch_may_have_slashes_encoded_or_not() {
        for path in ["/repos/a/b/commits/fix/it", "/repos/a/b/commits/fix%2fit"] {
            let Route::OfRepository { which, rest, resource } = Route::of(path) else {
                panic!("{path} names no repository");
            };
            assert_eq!(which, Which::Name("a/b".to_owned()));
            assert_eq!(resource, Resource::Commit("fix/it".to_owned()));
            assert_eq!(rest, path["/repos/a/b".len()..], "passed on as it came");
        }
        assert_eq!(Route::of("/repos/a"), Route::Unknown);
    }
}
