//! What stands beside a PostgreSQL server in the field: a pooler before it, a standby behind it.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio_postgres::{Config, NoTls};

use crate::postgres::{TestDatabase, owner, programs};

/// A program on a busy machine takes a second or two to begin.
const DEADLINE: Duration = Duration::from_secs(60);

/// A program in a folder of its own; ends with its owner.
struct Beside {
    child: Child,
    folder: TempDir,
    port: u16,
}

impl Drop for Beside {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> u16 {
    let free = TcpListener::bind("127.0.0.1:0").expect("a port");
    free.local_addr().expect("an address").port()
}

/// A command that is run as the servers' user, in this folder.
fn command(program: &Path, folder: &Path) -> Command {
    use std::os::unix::process::CommandExt;
    let mut command = Command::new(program);
    let log = fs::File::create(folder.join("log")).expect("a log");
    command.current_dir(folder).env_remove("PGDATA").stdout(Stdio::null()).stderr(log);
    if let Some((user, group)) = owner(folder) {
        chown(folder, Some(user), Some(group)).expect("its folder");
    }
    let owned = fs::metadata(folder).expect("its folder");
    command.uid(owned.uid()).gid(owned.gid());
    command
}

async fn answers(port: u16, database: &str, folder: &Path) {
    let begun = Instant::now();
    let mut config = Config::new();
    config.host("127.0.0.1").port(port).user("postgres").dbname(database);
    while let Err(error) = config.connect(NoTls).await {
        let log = || fs::read_to_string(folder.join("log")).unwrap_or_default();
        assert!(begun.elapsed() < DEADLINE, "nobody answers: {error:?}\n{}", log());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A pooler with one connection to the server, which each transaction may get.
pub(crate) struct Pooler(Beside);

impl Pooler {
    /// Before the server of this database; nothing if `pgbouncer` is not installed.
    pub(crate) async fn before(database: &TestDatabase) -> Option<Self> {
        let program = program("pgbouncer")?;
        let folder = TempDir::with_prefix("driftless-pooler-").expect("a folder");
        let port = free_port();
        let settings = format!(
            "[databases]\n* = host=127.0.0.1 port={} user=postgres\n[pgbouncer]\n\
             listen_addr = 127.0.0.1\nlisten_port = {port}\nauth_type = any\n\
             pool_mode = transaction\ndefault_pool_size = 1\nunix_socket_dir =\n",
            database.port()
        );
        fs::write(folder.path().join("pooler.ini"), settings).expect("its settings");
        let child = command(&program, folder.path()).arg("-q").arg("pooler.ini").spawn();
        let pooler = Beside { child: child.expect("pgbouncer"), folder, port };
        answers(port, database.name(), pooler.folder.path()).await;
        Some(Self(pooler))
    }

    pub(crate) fn url(&self, database: &TestDatabase) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{}", self.0.port, database.name())
    }
}

fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into()]).chain(programs());
    folders.map(|folder| folder.join(name)).find(|program| program.exists())
}

/// A server that follows the one of a database.
pub(crate) struct Standby(Beside);

impl Standby {
    pub(crate) async fn of(database: &TestDatabase) -> Self {
        let program = |name| program(name).unwrap_or_else(|| panic!("{name} is not installed"));
        let folder = TempDir::with_prefix("driftless-standby-").expect("a folder");
        let port = free_port();
        let copied = command(&program("pg_basebackup"), folder.path())
            .args(["-h", &database.socket(), "-p", &database.port().to_string()])
            .args(["-U", "postgres", "-D", "data", "-R", "--checkpoint=fast", "--no-sync"])
            .status();
        assert!(copied.expect("pg_basebackup").success());
        let listen = format!("-clisten_addresses=127.0.0.1 -cport={port} -cssl=off");
        let child = command(&program("postgres"), folder.path())
            .args(["-D", "data", "-cunix_socket_directories="])
            .args(listen.split(' '))
            .spawn();
        let standby = Beside { child: child.expect("a server"), folder, port };
        answers(port, database.name(), standby.folder.path()).await;
        Self(standby)
    }

    pub(crate) fn port(&self) -> u16 {
        self.0.port
    }
}
