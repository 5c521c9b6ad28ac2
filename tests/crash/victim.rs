//! The victim: this test binary once more, as a process that syncs and may be killed.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use driftless::config::{Config, SyncOptions};
use driftless::engine::{Engine, EngineError, Feed, LegacyOptions, LegacyReport, Report};
use driftless::entity::{ContentColumn, Entity, Relation, USUAL_WEIGHT};
use driftless::fingerprint::Reading;
use driftless::item::SourceItem;
use driftless::parse::file::FileParser;
use driftless::parse::{Parsed, Parser};
use driftless::source::Source;
use driftless::source::directory::{Directory, DirectorySettings};
use driftless::source::github::{Github, GithubSettings};
use driftless::source::rows::Rows;
use driftless::source::sqlite::{Sqlite, SqliteSettings};
use serde::{Deserialize, Serialize};

/// Where a victim finds what it is to do.
const ORDER: &str = "DRIFTLESS_VICTIM";

/// The only token that servers know here.
pub(crate) const TOKEN: &str = "ghp_victim";

/// A victim that takes longer hangs: the longest run here takes a tenth of it.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a victim is to do.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Order {
    pub(crate) store: PathBuf,
    pub(crate) root: PathBuf,
    /// Where it puts its answer, if it lives to give one.
    pub(crate) answer: PathBuf,
    pub(crate) workers: usize,
    /// The API of a repository `acme/ontology`, which is then read instead of `root`.
    pub(crate) api_url: Option<String>,
    /// The table that is then read instead of `root`.
    pub(crate) table: Option<TableOrder>,
    /// The item that kills whatever worker parses it.
    pub(crate) deadly: Option<String>,
    /// Whether `root` is an old database to be imported (false) or to be taken back (true).
    pub(crate) import: Option<bool>,
}

impl Order {
    /// To sync the files below `root` into the store of a folder, where the answer goes too.
    pub(crate) fn new(folder: &Path, root: PathBuf) -> Self {
        Self {
            store: folder.join("store.db"),
            root,
            answer: folder.join("answer.json"),
            workers: 4,
            api_url: None,
            table: None,
            deadly: None,
            import: None,
        }
    }
}

/// How a victim reads a table `product`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct TableOrder {
    pub(crate) database: PathBuf,
    pub(crate) page_rows: usize,
    pub(crate) group_items: usize,
    pub(crate) approve_deletions: Option<u64>,
}

/// What a victim says when its job has come to rest.
#[derive(Debug, Deserialize)]
pub(crate) struct Answer {
    /// The report as JSON, or the code and the text of the error.
    pub(crate) result: Result<serde_json::Value, (String, String)>,
    /// Milliseconds from its start to its first commit of an item, if there was one.
    pub(crate) first_commit_ms: Option<u64>,
}

/// A victim at work.
#[derive(Debug)]
pub(crate) struct Victim {
    child: Child,
    answer: PathBuf,
}

impl Victim {
    /// Starts one; `failpoints` as the `fail` crate reads them.
    pub(crate) fn start(order: &Order, failpoints: &str) -> Self {
        let mut command = Command::new(std::env::current_exe().expect("this binary"));
        command.args(["victim::victim", "--exact", "--ignored", "--nocapture"]);
        Self::start_as(command, order, failpoints)
    }

    /// Starts one by a command that ends up in this binary.
    pub(crate) fn start_as(mut command: Command, order: &Order, failpoints: &str) -> Self {
        let _ = fs::remove_file(&order.answer);
        let log = File::create(order.answer.with_extension("log")).expect("a log");
        let order_text = serde_json::to_string(order).expect("an order");
        command
            .env(ORDER, order_text)
            .env("FAILPOINTS", failpoints)
            .env("RUST_BACKTRACE", "0")
            .stdout(log.try_clone().expect("a log"))
            .stderr(log);
        let child = command.spawn().expect("a process");
        Self { child, answer: order.answer.clone() }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it as nothing can be prevented from ending: `kill -9`. True if it was at work.
    pub(crate) fn kill(mut self) -> bool {
        let was_alive = self.child.try_wait().expect("its state").is_none();
        self.child.kill().expect("killed");
        self.child.wait().expect("its end");
        was_alive
    }

    /// Waits until it ends by itself.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().expect("its state") {
                return status;
            }
            assert!(Instant::now() < deadline, "the victim hangs:\n{}", self.log());
            thread::sleep(Duration::from_millis(1));
        }
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("its state").is_some()
    }

    /// Waits for its answer; none if it died.
    pub(crate) fn answer(mut self) -> Option<Answer> {
        self.wait();
        let text = fs::read_to_string(&self.answer).ok()?;
        Some(serde_json::from_str(&text).expect("an answer"))
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.answer.with_extension("log")).unwrap_or_default()
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        // One that has ended already cannot be killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Not a test of its own: what a victim's process runs.
#[test]
#[ignore = "started by other tests, as a process of its own"]
fn victim() {
    let Ok(order) = std::env::var(ORDER) else { return };
    let order: Order = serde_json::from_str(&order).expect("an order");
    let _failpoints = fail::FailScenario::setup();
    let begun = Instant::now();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let mut first_commit_ms = None;
    let result = runtime.block_on(async {
        let json = |report: serde_json::Result<_>| report.expect("a report");
        match order.import {
            Some(undo) => import(&order, undo).await.map(|it| json(serde_json::to_value(it))),
            None => {
                let report = sync(&order, begun, &mut first_commit_ms).await;
                report.map(|it| json(serde_json::to_value(it)))
            }
        }
    });
    let result: Result<serde_json::Value, _> =
        result.map_err(|error| (error.code().to_owned(), error.to_string()));
    let answer = serde_json::json!({ "result": result, "first_commit_ms": first_commit_ms });
    let draft = order.answer.with_extension("draft");
    fs::write(&draft, answer.to_string()).expect("an answer");
    fs::rename(draft, &order.answer).expect("an answer");
}

async fn import(order: &Order, undo: bool) -> Result<LegacyReport, EngineError> {
    let engine = Engine::open(&order.store, Config::default()).await?;
    let options = LegacyOptions { undo, ..LegacyOptions::default() };
    let report = engine.import_legacy(&order.root, options).await;
    engine.close().await;
    report
}

async fn sync(
    order: &Order,
    begun: Instant,
    first_commit_ms: &mut Option<u64>,
) -> Result<Report, EngineError> {
    let workers = order.workers.try_into().expect("a worker");
    let group_items = order.table.as_ref().map(|it| it.group_items.try_into().expect("a row"));
    let group_items = group_items.unwrap_or(Config::default().group_items);
    let config = Config { workers, group_items, ..Config::default() };
    let parser = FileParser::new(config.pages.clone());
    let parser = Arc::new(Deadly { parser, key: order.deadly.clone() });
    let engine = Engine::open_with_parser(&order.store, config, parser).await?;
    let approve_deletions = order.table.as_ref().and_then(|table| table.approve_deletions);
    let options = SyncOptions { approve_deletions, ..SyncOptions::default() };
    let job = engine.sync(feed(order)?, options).await?;
    let mut progress = job.progress();
    // Content is counted once it is committed.
    if progress.wait_for(|now| now.counters.bytes > 0).await.is_ok() {
        *first_commit_ms = u64::try_from(begun.elapsed().as_millis()).ok();
    }
    let report = job.finished().await;
    engine.close().await;
    report
}

/// A parser that reads pages, and has one of them kill its worker.
struct Deadly {
    parser: FileParser,
    key: Option<String>,
}

impl Parser for Deadly {
    fn reading(&self) -> Reading {
        self.parser.reading()
    }

    fn parse(&self, item: &SourceItem) -> Parsed {
        if self.key.as_deref() == Some(item.key.as_str()) {
            fail::cfg("pipeline::parsed", "1*panic(killed by its item)").expect("a failpoint");
        }
        self.parser.parse(item)
    }
}

fn feed(order: &Order) -> Result<Feed, EngineError> {
    match &order.table {
        Some(table) => Ok(rows(&table.database)?.by_pages_of(table.page_rows).into()),
        None => Ok(source(order)?.into()),
    }
}

fn source(order: &Order) -> Result<Arc<dyn Source>, EngineError> {
    let Some(api_url) = &order.api_url else { return Ok(directory(&order.root)?) };
    let mut settings = GithubSettings::new("acme/ontology".parse().expect("an address"));
    settings.api_url.clone_from(api_url);
    Ok(Arc::new(Github::new(settings, Some(TOKEN.into()))?))
}

/// A directory as the source that victims and their judges read.
pub(crate) fn directory(root: &Path) -> Result<Arc<Directory>, EngineError> {
    Ok(Arc::new(Directory::new(DirectorySettings::new(root))?))
}

/// The rows of a table `product` as the source that victims and their judges read.
pub(crate) fn rows(database: &Path) -> Result<Rows, EngineError> {
    let content = vec![ContentColumn { column: "text".to_owned(), weight: USUAL_WEIGHT }];
    let product = Entity::new("product", Relation::Table("product".to_owned()), "name");
    let database = Sqlite::new(SqliteSettings { path: database.to_owned() });
    Ok(database.rows(Entity { content, ..product })?)
}
