//! Commands that a person can copy: the exact words that fix something.

use std::fmt;
use std::path::Path;

use super::DEFAULT_STORE;
use super::output::is_unsafe;

/// A command of this program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Command(Vec<String>);

impl Command {
    /// `driftless` and these words.
    pub(super) fn new(words: &[&str]) -> Self {
        let mut command = Self(vec!["driftless".to_owned()]);
        command.extend(words);
        command
    }

    /// `driftless` and these words, on this store.
    pub(super) fn on(store: &Path, words: &[&str]) -> Self {
        let mut command = Self::new(words);
        if store != Path::new(DEFAULT_STORE) {
            command.extend(&["--store", &store.to_string_lossy()]);
        }
        command
    }

    /// The same command with more words.
    pub(super) fn with(mut self, words: &[&str]) -> Self {
        self.extend(words);
        self
    }

    fn extend(&mut self, words: &[&str]) {
        self.0.extend(words.iter().map(|&word| word.to_owned()));
    }
}

/// A remedy with every command in it on this store, where that is not the usual one.
pub(super) fn on_store(store: &Path, remedy: &str) -> String {
    let mut told = String::with_capacity(remedy.len());
    for (at, part) in remedy.split('`').enumerate() {
        if at > 0 {
            told.push('`');
        }
        told.push_str(part);
        // What stands between two backticks is a command.
        let is_ours = at % 2 == 1 && part.starts_with("driftless ") && !part.contains("--store");
        if is_ours && store != Path::new(DEFAULT_STORE) {
            told.push_str(&format!(" --store {}", quoted(&store.to_string_lossy())));
        }
    }
    told
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<_> = self.0.iter().map(|word| quoted(word)).collect();
        f.write_str(&words.join(" "))
    }
}

/// A word as a shell reads it back, with nothing in it that a terminal would act on.
pub(super) fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./:=@%+,".contains(c);
    if word.chars().any(is_unsafe) {
        return format!("$'{}'", word.chars().map(spelled).collect::<String>());
    }
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

fn spelled(c: char) -> String {
    match c {
        '\'' | '\\' => format!("\\{c}"),
        c if is_unsafe(c) => format!("\\u{:04x}", u32::from(c)),
        c => c.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_only_where_a_shell_needs_it() {
        assert_eq!(quoted("Dam.md"), "Dam.md");
        assert_eq!(quoted("Écluse.md"), "Écluse.md");
        assert_eq!(quoted("Fish Ladder.md"), "'Fish Ladder.md'");
        assert_eq!(quoted("**/*.md"), "'**/*.md'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
        assert_eq!(quoted("~root"), "'~root'");
    }

    #[test]
    fn a_quoted_word_moves_no_cursor() {
        assert_eq!(quoted("a\u{1b}'b"), r"$'a\u001b\'b'");
    }

    #[test]
    fn a_remedy_names_the_store_in_each_of_its_commands() {
        let remedy = "see `driftless status`, then `driftless sync a --store b.db` or `ls`";
        assert_eq!(on_store(Path::new(DEFAULT_STORE), remedy), remedy);
        assert_eq!(
            on_store(Path::new("a b.db"), remedy),
            "see `driftless status --store 'a b.db'`, then `driftless sync a --store b.db` or `ls`"
        );
    }

    #[test]
    fn a_store_is_named_unless_it_is_the_default() {
        let named = |store: &str| Command::on(Path::new(store), &["status"]).to_string();
        assert_eq!(named(DEFAULT_STORE), "driftless status");
        assert_eq!(named("a b.db"), "driftless status --store 'a b.db'");
    }
}
