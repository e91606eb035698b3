//! A Postgres cluster of this test's own: made in a temporary folder, stopped when dropped.
//!
//! `initdb` refuses root, so that root runs it as the user `postgres`, whom Debian's package makes.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tempfile::TempDir;

/// The password of the cluster's user, which no message may repeat.
const PASSWORD: &str = "geheim&1";

/// The same in an address.
pub const PASSWORD_IN_URL: &str = "geheim%261";

/// How often a port is tried that another program may have taken meanwhile.
const TRIES: u32 = 3;

/// A running cluster.
pub struct Cluster {
    folder: TempDir,
    programs: PathBuf,
    pub port: u16,
    databases: AtomicU32,
}

impl Cluster {
    /// Makes a cluster and starts it, or says why that cannot be done.
    pub fn start() -> Result<Self, String> {
        let programs = programs().ok_or("no postgresql here")?;
        let folder = TempDir::with_prefix("chatkit-pg-").map_err(|error| error.to_string())?;
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(folder.path()))?;
        }
        let password = folder.path().join("password");
        std::fs::write(&password, PASSWORD).map_err(|error| error.to_string())?;
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(&password))?;
        }
        let data = folder.path().join("data");
        run(as_postgres(&programs.join("initdb"))
            .args(["--username=chat", "--auth=scram-sha-256", "--encoding=UTF8"])
            .args(["--no-sync", "--locale=C.UTF-8", "--pwfile"])
            .arg(&password)
            .arg("--pgdata")
            .arg(&data))?;
        let mut cluster = Self {
            folder,
            programs,
            port: 0,
            databases: AtomicU32::new(0),
        };
        let mut failure = String::new();
        for _ in 0..TRIES {
            cluster.port = free_port()?;
            match cluster.control(&["start", "-w", "-t", "120"]) {
                Ok(()) => return Ok(cluster),
                Err(error) => failure = error,
            }
        }
        Err(failure)
    }

    /// The address of a new database.
    pub async fn database(&self) -> String {
        let name = format!("t{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.execute("postgres", &format!("CREATE DATABASE {name}"))
            .await;
        self.url(&name)
    }

    /// The address of a database.
    pub fn url(&self, database: &str) -> String {
        format!(
            "postgres://chat:{PASSWORD_IN_URL}@127.0.0.1:{}/{database}",
            self.port
        )
    }

    /// Runs statements in a database.
    pub async fn execute(&self, database: &str, sql: &str) {
        let mut connection = PgConnection::connect(&self.url(database)).await.unwrap();
        let sql = AssertSqlSafe(sql.to_owned());
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }

    /// Sends a signal to every process of the server.
    pub fn signal(&self, signal: &str) {
        assert!(self.send(signal), "SIG{signal} is sent");
    }

    fn send(&self, signal: &str) -> bool {
        let file = self.folder.path().join("data/postmaster.pid");
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let Some(main) = text.lines().next().map(str::trim) else {
            return false;
        };
        let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
        let children = processes.filter(|entry| {
            let stat = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
            // The name stands in brackets, and may have blanks; the parent is the second behind it.
            let parent = stat
                .rsplit_once(") ")
                .and_then(|(_, rest)| rest.split(' ').nth(1));
            parent == Some(main)
        });
        let mut pids: Vec<_> = children
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        pids.push(main.to_owned());
        let sent = Command::new("kill")
            .arg(format!("-{signal}"))
            .args(&pids)
            .status();
        sent.is_ok_and(|sent| sent.success())
    }

    /// Stops it as a machine that loses its power, so that clients see their connections break.
    pub fn stop(&self) {
        self.control(&["stop", "-m", "immediate", "-w"]).unwrap();
    }

    /// Starts it again where it was.
    pub fn go_on(&self) {
        self.control(&["start", "-w", "-t", "120"]).unwrap();
    }

    fn control(&self, args: &[&str]) -> Result<(), String> {
        let options = format!(
            "-c listen_addresses=127.0.0.1 -c port={} -c unix_socket_directories='' -c fsync=off \
             -c max_connections=200",
            self.port
        );
        let log = self.folder.path().join("data/log");
        run(as_postgres(&self.programs.join("pg_ctl"))
            .args(args)
            .arg("-o")
            .arg(options)
            .arg("-D")
            .arg(self.folder.path().join("data"))
            .arg("-l")
            .arg(&log))
        .map_err(|error| {
            format!(
                "{error}; {}",
                std::fs::read_to_string(&log).unwrap_or_default()
            )
        })
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // What a test left frozen would wait for its end for ever.
        let _ = self.send("CONT");
        // What is left goes with the folder; there is nobody to tell.
        let _ = self.control(&["stop", "-m", "immediate", "-w"]);
    }
}

/// Where the server's programs are: Debian keeps them off the path.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let mut folders: Vec<_> = std::env::split_paths(&path).collect();
    if let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") {
        folders.extend(versions.flatten().map(|version| version.path().join("bin")));
    }
    let has = |folder: &PathBuf| folder.join("initdb").exists() && folder.join("pg_ctl").exists();
    // Debian's own folder first: a wrapper on the path may not run as another user.
    folders.into_iter().rev().find(has)
}

fn is_root() -> bool {
    nix_uid() == 0
}

fn nix_uid() -> u32 {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").map_or(1, |process| process.uid())
}

fn as_postgres(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]).arg(program);
    command
}

fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    listener
        .local_addr()
        .map(|address| address.port())
        .map_err(|error| error.to_string())
}

/// Runs a program whose servers may go on: it must not keep our streams open.
fn run(command: &mut Command) -> Result<(), String> {
    let log = tempfile::tempfile().map_err(|error| error.to_string())?;
    let copy = log.try_clone().map_err(|error| error.to_string())?;
    let status = command
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(copy)
        .status()
        .map_err(|error| format!("{command:?}: {error}"))?;
    if status.success() {
        return Ok(());
    }
    let mut said = String::new();
    let mut log = log;
    let _ = std::io::Seek::rewind(&mut log);
    let _ = std::io::Read::read_to_string(&mut log, &mut said);
    Err(format!("{command:?}: {status}: {said}"))
}
