//! A real PostgreSQL server in a folder of its own: one for all tests, a database for each.
//!
//! It listens on a free port of this machine and on a socket file, with TLS for whoever asks,
//! and ends with the process that started it, however that ends.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use driftless::source::postgres::{Postgres, PostgresSettings};
use tempfile::TempDir;
use tokio_postgres::{Client, Config, NoTls};

const MISSING: &str = "PostgreSQL's `initdb` and `postgres` are neither in PATH nor below \
    /usr/lib/postgresql: these tests need a real server. Install one: \
    `apt-get install postgresql` (Debian, Ubuntu), `brew install postgresql@17` (macOS)";

/// A server on a busy machine takes a second or two.
const DEADLINE: Duration = Duration::from_secs(60);

/// Who may come from where, and what is asked of them.
const WHO: &str = "\
local all all trust
local replication all trust
host all guarded 127.0.0.1/32 scram-sha-256
hostssl all sealed 127.0.0.1/32 trust
host all sealed 127.0.0.1/32 reject
host all all 127.0.0.1/32 trust
";

/// Runs the server until whoever started it is gone, then removes what it left.
const GUARD: &str = r#"
"$1" -D "$2/data" >"$2/log" 2>&1 &
server=$!
cat >/dev/null
kill -INT $server
wait $server
rm -rf "$2"
"#;

/// The shop of the fixtures.
pub(crate) const SHOP: &str = include_str!("../../fixtures/shop/postgres.sql");

struct Server {
    /// Its folder, removed by the guard; a static is never dropped.
    folder: PathBuf,
    port: u16,
    _guard: Child,
}

/// The server of this process, started by the first who asks.
fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| Server::start().unwrap_or_else(|reason| panic!("{reason}")))
}

impl Server {
    fn start() -> Result<Self, String> {
        let programs = programs().ok_or(MISSING)?;
        let folder = TempDir::with_prefix("driftless-postgres-").map_err(|e| e.to_string())?.keep();
        let owner = owner(&folder);
        if let Some((user, group)) = owner {
            chown(&folder, Some(user), Some(group)).map_err(|e| e.to_string())?;
        }
        let run = |program: &Path| {
            let mut command = Command::new(program);
            command.current_dir(&folder).env_remove("PGDATA");
            if let Some((user, group)) = owner {
                command.uid(user).gid(group);
            }
            command
        };
        let made = run(&programs.join("initdb"))
            .args(["-U", "postgres", "-E", "UTF8", "--locale=C", "--auth=trust", "--no-sync"])
            .args(["--no-instructions", "-D"])
            .arg(folder.join("data"))
            .output()
            .map_err(|e| e.to_string())?;
        if !made.status.success() {
            return Err(format!("initdb failed: {}", String::from_utf8_lossy(&made.stderr)));
        }
        let port = configure(&folder, owner).map_err(|e| e.to_string())?;
        let mut guard = run(Path::new("/bin/sh"));
        guard.args(["-c", GUARD, "sh"]).arg(programs.join("postgres")).arg(&folder);
        guard.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        // A signal to the tests is none to the server: it ends when they have.
        let guard = guard.process_group(0).spawn().map_err(|e| e.to_string())?;
        Ok(Self { folder, port, _guard: guard })
    }

    fn config(&self, database: &str) -> Config {
        let mut config = Config::new();
        config.host_path(&self.folder).port(self.port).user("postgres").dbname(database);
        config
    }

    /// A connection as its owner, once it is ready.
    async fn connect(&self, database: &str) -> Client {
        let begun = Instant::now();
        loop {
            match self.config(database).connect(NoTls).await {
                Ok((client, connection)) => {
                    tokio::spawn(connection);
                    return client;
                }
                Err(error) if begun.elapsed() > DEADLINE => {
                    let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                    panic!("the server does not answer: {error:?}\n{log}");
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    }
}

/// The folder of PostgreSQL's programs, the newest where there are several.
pub(crate) fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<_> = std::env::split_paths(&path).collect();
    let installed = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let version = |path: &PathBuf| path.file_name()?.to_str()?.parse::<u32>().ok();
    let mut installed: Vec<_> = installed.map(|entry| entry.path()).collect();
    installed.sort_by_key(|path| std::cmp::Reverse(version(path)));
    folders.extend(installed.into_iter().map(|path| path.join("bin")));
    folders.into_iter().find(|it| it.join("initdb").exists() && it.join("postgres").exists())
}

/// As whom the server must run, where we are root: it refuses that.
pub(crate) fn owner(ours: &Path) -> Option<(u32, u32)> {
    if fs::metadata(ours).expect("our folder").uid() != 0 {
        return None;
    }
    let known = fs::read_to_string("/etc/passwd").expect("a list of users");
    let find = |name: &str| {
        let line = known.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut numbers = line.split(':').skip(2).map(str::parse);
        Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
    };
    Some(find("postgres").or_else(|| find("nobody")).expect("a user who is not root"))
}

/// Writes the server's settings and certificates, and gives its port.
fn configure(folder: &Path, owner: Option<(u32, u32)>) -> std::io::Result<u16> {
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let data = folder.join("data");
    let settings = format!(
        "port = {port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = '{}'\n\
         fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nmax_connections = 200\n\
         shared_buffers = '16MB'\nautovacuum = off\nssl = on\n",
        folder.display()
    );
    fs::write(data.join("postgresql.auto.conf"), settings)?;
    fs::write(data.join("pg_hba.conf"), WHO)?;
    let key = rcgen::KeyPair::generate().expect("a key");
    let authority = {
        let mut params = rcgen::CertificateParams::default();
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        params.distinguished_name.push(rcgen::DnType::CommonName, "river authority");
        rcgen::CertifiedIssuer::self_signed(params, key).expect("an authority")
    };
    let key = rcgen::KeyPair::generate().expect("a key");
    let params = rcgen::CertificateParams::new(["localhost".to_owned()]).expect("a name");
    let certificate = params.signed_by(&key, &authority).expect("a certificate");
    fs::write(folder.join("authority.pem"), authority.pem())?;
    fs::write(data.join("server.crt"), certificate.pem())?;
    fs::write(data.join("server.key"), key.serialize_pem())?;
    fs::set_permissions(data.join("server.key"), fs::Permissions::from_mode(0o600))?;
    if let Some((user, group)) = owner {
        for file in ["server.crt", "server.key", "postgresql.auto.conf", "pg_hba.conf"] {
            chown(data.join(file), Some(user), Some(group))?;
        }
    }
    Ok(port)
}

/// A database of its own for one test.
pub(crate) struct TestDatabase {
    name: String,
    /// Its owner's connection: the application.
    pub(crate) owner: Client,
}

impl TestDatabase {
    /// A database with nothing in it but what `sql` makes.
    pub(crate) async fn of(sql: &str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("test_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        // Spawned on no runtime's worker, for it may take a second.
        let server = tokio::task::spawn_blocking(server).await.expect("a server");
        let first = server.connect("postgres").await;
        first.batch_execute(&format!("create database {name}")).await.expect("a database");
        let owner = server.connect(&name).await;
        owner.batch_execute(sql).await.expect("the database's statements");
        Self { name, owner }
    }

    /// Its connection string for this user, with these parameters: on TCP.
    pub(crate) fn url(&self, user: &str, host: &str, parameters: &str) -> String {
        format!("postgres://{user}@{host}:{}/{}?{parameters}", server().port, self.name)
    }

    /// The database as a source of rows, as its owner.
    pub(crate) fn postgres(&self) -> Arc<Postgres> {
        connected(&self.url("postgres", "127.0.0.1", "sslmode=disable"))
    }

    /// Runs statements as its owner.
    pub(crate) async fn run(&self, sql: &str) {
        self.owner.batch_execute(sql).await.expect("statements");
    }

    /// Another connection of its owner's.
    pub(crate) async fn another(&self) -> Client {
        server().connect(&self.name).await
    }

    /// How it is called there.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The port of its server.
    pub(crate) fn port(&self) -> u16 {
        server().port
    }

    /// The folder of its socket file.
    pub(crate) fn socket(&self) -> String {
        server().folder.display().to_string()
    }

    /// The certificate of the authority that vouches for the server under `localhost`.
    pub(crate) fn authority(&self) -> String {
        server().folder.join("authority.pem").display().to_string()
    }
}

/// The source of this connection string.
pub(crate) fn connected(url: &str) -> Arc<Postgres> {
    let (settings, password) = PostgresSettings::parse(url).expect("a connection string");
    Postgres::new(settings, password).expect("settings")
}
