//! Sources as the store remembers them, ready to be read again as they were.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::command::Command;
use super::failure::Failure;
use super::origin::Configured;
use super::usual_config;
use crate::config::{Config, ONTOLOGY_ID, SourceSettings};
use crate::engine::Feed;
use crate::iri::PrefixTable;
use crate::source::directory::DirectorySettings;
#[cfg(feature = "github")]
use crate::source::github::{API_URL, GithubSettings};
use crate::store::SourceRecord;

/// A source of the store, and what its last sync was asked for.
#[derive(Clone, Debug)]
pub(super) struct Remembered {
    settings: SourceSettings,
    asked: Asked,
}

/// What of a job's options changes how its items are read.
#[derive(Clone, Debug, Deserialize)]
struct Asked {
    ontology: String,
    prefixes: BTreeMap<String, String>,
}

impl Remembered {
    /// What `record` says of a source.
    pub(super) fn of(record: &SourceRecord) -> Result<Self, Failure> {
        let settings = SourceSettings::remembered(&record.kind, &record.settings);
        let settings = settings.map_err(|error| {
            Failure::refused(
                "unknown_source",
                format!("{} is a {} this program cannot read: {error}", record.name, record.kind),
                "use the program that synced it, or a newer one",
            )
        })?;
        let asked = record.options.as_deref().and_then(|json| serde_json::from_str(json).ok());
        Ok(Self { settings, asked: asked.unwrap_or_else(Asked::nothing) })
    }

    /// The source itself, with the parser for it.
    pub(super) fn feed(&self, configured: &Configured) -> Result<Feed, Failure> {
        Ok(Feed::open(self.settings.clone(), &configured.secrets_for(&self.settings))?)
    }

    /// Where its files are, if that is on this machine.
    pub(super) fn root(&self) -> Option<&Path> {
        self.settings.root()
    }

    /// How its items are read.
    pub(super) fn config(&self) -> Config {
        let mut config = Config { ontology_id: self.asked.ontology.clone(), ..usual_config() };
        for (prefix, namespace) in &self.asked.prefixes {
            config.pages.prefixes.insert(prefix, namespace);
        }
        config
    }

    /// The same source with items of up to `bytes` bytes, where that can be chosen.
    pub(super) fn allowing(mut self, bytes: u64) -> Option<Self> {
        *self.settings.largest_item_bytes()? = bytes;
        Some(self)
    }

    /// The command that syncs it again as it was synced last.
    pub(super) fn sync_command(&self, store: &Path) -> Command {
        let (mut settings, mut usual) = (self.settings.clone(), usual(&self.settings));
        let mut command = match &settings {
            SourceSettings::Directory(it) => {
                Command::on(store, &["sync", &it.root.to_string_lossy()])
            }
            #[cfg(feature = "github")]
            SourceSettings::Github(it) => repository(store, it),
            SourceSettings::Rows(it) => Command::on(store, &["sync", &it.entity.name]),
        };
        if let (Some((include, exclude)), Some((usual_include, usual_exclude))) =
            (settings.globs(), usual.globs())
        {
            let globs =
                [("--include", include, usual_include), ("--exclude", exclude, usual_exclude)];
            for (flag, globs, _) in globs.into_iter().filter(|(_, globs, usual)| globs != usual) {
                command = globs.iter().fold(command, |command, glob| command.with(&[flag, glob]));
            }
        }
        let (bytes, usual) = (settings.largest_item_bytes(), usual.largest_item_bytes());
        if let Some(bytes) = bytes.filter(|bytes| Some(**bytes) != usual.map(|usual| *usual)) {
            command = command.with(&["--max-item-bytes", &bytes.to_string()]);
        }
        for (address, file) in settings.contexts().into_iter().flatten() {
            command = command.with(&["--context", &format!("{address}={}", file.display())]);
        }
        if self.asked.ontology != ONTOLOGY_ID {
            command = command.with(&["--ontology", &self.asked.ontology]);
        }
        let usual = Asked::nothing().prefixes;
        for (prefix, namespace) in &self.asked.prefixes {
            if usual.get(prefix) != Some(namespace) {
                command = command.with(&["--prefix", &format!("{prefix}={namespace}")]);
            }
        }
        command
    }
}

/// The same source with nothing said of it but where it is.
fn usual(settings: &SourceSettings) -> SourceSettings {
    match settings {
        SourceSettings::Directory(it) => {
            SourceSettings::Directory(DirectorySettings::new(&it.root))
        }
        #[cfg(feature = "github")]
        SourceSettings::Github(it) => {
            SourceSettings::Github(GithubSettings::new(it.address.clone()))
        }
        SourceSettings::Rows(_) => settings.clone(),
    }
}

/// The command that syncs a repository. A reference with a `/` has a flag of its own.
#[cfg(feature = "github")]
fn repository(store: &Path, settings: &GithubSettings) -> Command {
    let mut address = settings.address.clone();
    let branch = address.reference.take_if(|reference| reference.contains('/'));
    let mut command = Command::on(store, &["sync", &address.to_string()]);
    if let Some(branch) = branch {
        command = command.with(&["--branch", &branch]);
    }
    if settings.api_url != API_URL {
        command = command.with(&["--api-url", &settings.api_url]);
    }
    command
}

impl Asked {
    /// What a sync without flags asks for.
    fn nothing() -> Self {
        let prefixes = serde_json::json!(PrefixTable::default());
        let prefixes = serde_json::from_value(prefixes).unwrap_or_default();
        Self { ontology: ONTOLOGY_ID.to_owned(), prefixes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(settings: &DirectorySettings, options: Option<&str>) -> SourceRecord {
        SourceRecord {
            id: 1,
            name: "directory:/pages".to_owned(),
            kind: "directory".to_owned(),
            settings: serde_json::json!(settings).to_string(),
            version: None,
            items: 0,
            options: options.map(str::to_owned),
        }
    }

    #[test]
    fn a_plain_sync_is_repeated_without_flags() {
        let record = record(&DirectorySettings::new("/pages"), None);
        let remembered = Remembered::of(&record).expect("a directory");
        assert_eq!(
            remembered.sync_command(Path::new("driftless.db")).to_string(),
            "driftless sync /pages"
        );
    }

    #[test]
    fn what_was_asked_for_is_asked_for_again() {
        let mut settings = DirectorySettings::new("/pages");
        settings.exclude = vec!["drafts/**".to_owned()];
        let options = r#"{"ontology":"water","prefixes":{"ex":"http://example.org/"}}"#;
        let remembered = Remembered::of(&record(&settings, Some(options))).expect("a directory");
        assert_eq!(
            remembered.sync_command(Path::new("w.db")).to_string(),
            "driftless sync /pages --store w.db --exclude 'drafts/**' --ontology water \
             --prefix ex=http://example.org/"
        );
        let config = remembered.config();
        assert_eq!(config.ontology_id, "water");
        assert!(config.pages.prefixes.knows("ex"));
    }

    #[test]
    fn an_entity_is_asked_for_by_its_name() {
        let entity = crate::entity::Entity::new(
            "product",
            crate::entity::Relation::Table("products".to_owned()),
            "name",
        );
        let settings = serde_json::json!({ "database": { "path": "/shop.db" }, "entity": entity });
        let record = SourceRecord {
            kind: "sqlite".to_owned(),
            settings: settings.to_string(),
            ..record(&DirectorySettings::new("/p"), None)
        };
        let remembered = Remembered::of(&record).expect("rows");
        let command = remembered.sync_command(Path::new("w.db")).to_string();
        assert_eq!(command, "driftless sync product --store w.db");
        assert!(remembered.allowing(1).is_none());
    }

    #[cfg(feature = "github")]
    #[test]
    fn a_repository_is_asked_for_by_its_address() {
        let address = "acme/ontology/pages".parse().expect("an address");
        let mut settings = GithubSettings::new(address);
        let command = |settings: &GithubSettings| {
            let record = SourceRecord {
                kind: "github".to_owned(),
                settings: serde_json::json!(settings).to_string(),
                ..record(&DirectorySettings::new("/p"), None)
            };
            let remembered = Remembered::of(&record).expect("a repository");
            remembered.sync_command(Path::new("driftless.db")).to_string()
        };
        assert_eq!(command(&settings), "driftless sync github:acme/ontology/pages");
        settings.address.reference = Some("feature/tides".to_owned());
        settings.api_url = "https://git.example/api/v3".to_owned();
        assert_eq!(
            command(&settings),
            "driftless sync github:acme/ontology/pages --branch feature/tides \
             --api-url https://git.example/api/v3"
        );
    }

    #[test]
    fn settings_of_another_kind_of_source_are_refused() {
        let strange = SourceRecord {
            settings: "{}".to_owned(),
            ..record(&DirectorySettings::new("/p"), None)
        };
        assert_eq!(Remembered::of(&strange).expect_err("refused").code, "unknown_source");
    }
}
