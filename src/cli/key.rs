//! Items as a person names them: by key, or by a path that leads to the file.

use std::path::{Component, Path, absolute};

use super::command::Command;
use super::failure::Failure;
use super::nearest::nearest;
use super::remembered::Remembered;
use crate::store::{ItemRecord, Reader, SourceRecord};

/// Keys read at once when similar ones are looked for.
const KEYS: usize = 4096;

/// The items that `wanted` names, one a source.
///
/// # Errors
///
/// `unknown_name` if there are none, with the keys that are nearest.
pub(super) fn find(
    reader: &Reader,
    wanted: &str,
    source: Option<&str>,
    store: &Path,
) -> Result<Vec<ItemRecord>, Failure> {
    let sources: Vec<_> = reader
        .sources()?
        .into_iter()
        .filter(|it| source.is_none_or(|name| it.name == name))
        .collect();
    if let Some(name) = source {
        require_source(reader, name, store)?;
    }
    let remembered: Vec<_> = sources.iter().filter_map(|it| Remembered::of(it).ok()).collect();
    let below = remembered.iter().find_map(|it| Some((it, below(it.root()?, wanted)?)));
    let keys = match &below {
        Some((_, key)) => vec![wanted.to_owned(), key.clone()],
        None => ends(wanted),
    };
    for key in keys {
        let found = reader.explain(&key, source)?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    if let Some((remembered, key)) =
        below.filter(|(it, key)| it.root().is_some_and(|root| root.join(key).exists()))
    {
        let remedy =
            format!("sync it with `{}`, if its globs count it", remembered.sync_command(store));
        return Err(Failure::unknown(format!("{key} is not in the store yet"), remedy));
    }
    Err(unknown(reader, wanted, &sources, store)?)
}

/// Refuses the name of a source that is not there.
pub(super) fn require_source(reader: &Reader, name: &str, store: &Path) -> Result<(), Failure> {
    if reader.source(name)?.is_some() {
        return Ok(());
    }
    let remedy = format!("see `{}`", Command::on(store, &["status"]));
    Err(Failure::unknown(format!("there is no source named {name}"), remedy))
}

/// The key of the file at `wanted`, if that lies below `root`.
fn below(root: &Path, wanted: &str) -> Option<String> {
    let path = Path::new(wanted);
    let path = path.canonicalize().or_else(|_| absolute(path)).ok()?;
    let parts = path.strip_prefix(root).ok()?.components().map(|part| match part {
        Component::Normal(name) => name.to_str().map(|name| name.replace('\\', "\\\\")),
        _ => None,
    });
    Some(parts.collect::<Option<Vec<_>>>()?.join("/")).filter(|key| !key.is_empty())
}

/// `wanted` and what is left of it without its first folder, its first two, and so on.
fn ends(wanted: &str) -> Vec<String> {
    let after_slash = wanted.match_indices('/').map(|(at, _)| &wanted[at + 1..]);
    std::iter::once(wanted).chain(after_slash).map(str::to_owned).collect()
}

fn unknown(
    reader: &Reader,
    wanted: &str,
    sources: &[SourceRecord],
    store: &Path,
) -> Result<Failure, Failure> {
    let mut near = reader.similar_keys(wanted)?;
    if near.is_empty() {
        let mut keys = Vec::new();
        for source in sources {
            all_keys(reader, source.id, &mut keys)?;
        }
        near = nearest(wanted, keys);
    }
    let remedy = if near.is_empty() {
        format!("keys are paths below the source's root; see `{}`", Command::on(store, &["status"]))
    } else {
        format!("there are: {}", near.join(", "))
    };
    Ok(Failure::unknown(format!("no item has the key {wanted}"), remedy))
}

fn all_keys(reader: &Reader, source: i64, keys: &mut Vec<String>) -> Result<(), Failure> {
    let mut after = String::new();
    loop {
        let page = reader.states(source, &after, None, KEYS)?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.key.as_str().to_owned();
        keys.extend(page.into_iter().map(|state| state.key.as_str().to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_tried_by_its_ends_the_longest_first() {
        assert_eq!(
            ends("pages/basics/River.md"),
            ["pages/basics/River.md", "basics/River.md", "River.md"]
        );
        assert_eq!(ends("River.md"), ["River.md"]);
    }

    #[test]
    fn a_path_below_the_root_is_one_key_even_if_the_file_is_gone() {
        let root = Path::new("/no/such/root");
        assert_eq!(below(root, "/no/such/root/a/b.md"), Some("a/b.md".to_owned()));
        assert_eq!(below(root, "/no/such/root"), None);
        assert_eq!(below(root, "/no/such/other/b.md"), None);
    }
}
