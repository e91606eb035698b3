//! `serve --background`: starts this program once more, apart from the terminal, and says where.
//!
//! What happens between the two processes goes through files, so that the one that stays holds
//! nothing of the one that leaves: a pipeline's step ends when its output is closed.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use clap::Args;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::pid_file::{Owner, PidFile, create_log};
use crate::atomic_file;
use crate::cancel::Cancel;
use crate::command::Context;
use crate::config::Surroundings;
use crate::error::{Error, Result};
use crate::options;
use crate::ui::Style;

/// Tells the process that stays where to say that it listens. A variable and no option, so that
/// the arguments are passed on as they were typed.
const READY: &str = "CHATKIT_SERVE_READY";

/// How often the process that leaves looks whether the other one is ready.
const LOOK: Duration = Duration::from_millis(5);

/// How much of a log is repeated when the server did not start, in bytes.
const TAIL: usize = 4096;

/// Whether the server stays in this process.
#[derive(Args, Debug)]
#[command(next_help_heading = "In the background")]
pub struct BackgroundArgs {
    /// Serve in a process of its own, print its address and leave
    #[arg(long)]
    pub background: bool,

    /// Leave only when it answers, within this time
    #[arg(long, value_name = "TIME", num_args = 0..=1, require_equals = true,
          default_missing_value = "30s", requires = "background", value_parser = options::duration)]
    pub wait: Option<Duration>,

    /// Stop the server that was started in the background
    #[arg(long, conflicts_with = "background")]
    pub stop: bool,

    /// Where the server's process id is; by default in the user's state folder, by its port
    #[arg(long, value_name = "FILE")]
    pub pid_file: Option<PathBuf>,
}

/// What the process that stays says to the one that leaves.
#[derive(Debug, Deserialize, Serialize)]
struct Ready {
    url: String,
    pid_file: PathBuf,
}

/// The first line of `--json`.
#[derive(Serialize)]
struct Listening<'a> {
    event: &'static str,
    url: &'a str,
    pid: u32,
    pid_file: &'a Path,
    log: &'a Path,
}

impl Ready {
    /// Written beside and moved into place, so that nobody reads half of it.
    fn say(&self, path: &Path) -> Result<()> {
        let write = || -> std::io::Result<()> {
            let file = atomic_file::begin(path)?;
            serde_json::to_writer(&file, self)?;
            atomic_file::finish(file, path)?;
            Ok(())
        };
        write().map_err(|error| Error::io(format!("cannot write {}", path.display()), error))
    }
}

/// The part that the process that serves has in this.
#[derive(Debug)]
pub struct Presence {
    pid_file: Option<PidFile>,
}

impl BackgroundArgs {
    /// Whether it is another process that is to serve.
    pub fn leaves(&self, around: &Surroundings) -> bool {
        self.background && around.var(READY).is_none()
    }

    /// The pid file, as far as it is known before the port is.
    ///
    /// # Errors
    /// Wrong usage where the user has no state folder.
    pub fn file(&self, port: u16, around: &Surroundings) -> Result<Option<PidFile>> {
        match (&self.pid_file, port) {
            (Some(path), _) => Ok(Some(PidFile::at(&around.folder.join(path)))),
            (None, 0) => Ok(None),
            (None, port) => PidFile::of_port(port, around).map(Some),
        }
    }
}

impl Presence {
    /// Leaves the terminal's session, if this process is the one that stays.
    pub fn detach(args: &BackgroundArgs) {
        #[cfg(unix)]
        if args.background {
            // It fails for the leader of a group only, which a process that was just started by
            // another one is not; then nothing has to be left.
            let _ = nix::unistd::setsid();
        }
        #[cfg(not(unix))]
        let _ = args;
    }

    /// Says that this process listens, to whoever waits for it and in the pid file.
    ///
    /// # Errors
    /// Another process has the pid file, or it cannot be written.
    pub fn announce(args: &BackgroundArgs, url: &str, around: &Surroundings) -> Result<Self> {
        if !args.background && args.pid_file.is_none() {
            return Ok(Self { pid_file: None });
        }
        let file = args.file(port(url), around)?;
        let file = file.ok_or_else(|| Error::usage(format!("{url} has no port")))?;
        file.take()?;
        if let Some(path) = around.var(READY) {
            let ready = Ready {
                url: url.to_owned(),
                pid_file: file.path().to_owned(),
            };
            ready.say(Path::new(path))?;
        }
        Ok(Self {
            pid_file: Some(file),
        })
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        if let Some(file) = &self.pid_file {
            file.remove();
        }
    }
}

/// Starts the server in a process of its own, and says where it listens.
///
/// # Errors
/// One runs there already, or it does not start; then with what it said, and its exit code.
pub async fn start(args: &BackgroundArgs, port: u16, context: Context<'_>) -> Result<()> {
    let known = args.file(port, &context.around)?;
    if let Some(file) = &known {
        match file.owner() {
            Owner::Running(_) => return Err(file.taken()),
            Owner::Somebody => return Err(file.not_ours()),
            Owner::Nobody | Owner::Gone => {}
        }
    }
    // With port 0 the file's name is not known yet; the log moves beside it when it is.
    let place = match &known {
        Some(file) => file.clone(),
        None => PidFile::of_port(0, &context.around)?,
    };
    place.make_folder()?;
    let folder = tempfile::tempdir().map_err(|error| Error::io("cannot make a folder", error))?;
    let started = Starting {
        log: match &known {
            Some(file) => file.log(),
            None => place
                .log()
                .with_file_name(format!("{}.log", std::process::id())),
        },
        ready: folder.path().join("ready.json"),
        deadline: Instant::now() + args.wait.unwrap_or(Duration::from_secs(30)),
    };
    let (child, ready) = started.run(args.wait.is_some(), &context.cancel).await?;
    let file = PidFile::at(&ready.pid_file);
    let log = file.log();
    if log != started.log {
        std::fs::rename(&started.log, &log)
            .map_err(|error| Error::io(format!("cannot write {}", log.display()), error))?;
    }
    report(&ready.url, child.id(), &file, context)
}

fn report(url: &str, pid: u32, file: &PidFile, context: Context<'_>) -> Result<()> {
    let (ui, log) = (context.ui, file.log());
    if ui.is_json() {
        ui.json(&Listening {
            event: "listening",
            url,
            pid,
            pid_file: file.path(),
            log: &log,
        })?;
    } else {
        ui.line(url)?;
        for (name, value) in [
            ("pid", pid.to_string()),
            ("pid file", file.path().display().to_string()),
            ("log", log.display().to_string()),
        ] {
            ui.note(Style::Dim, &format!("  {name:<9} {value}"));
        }
    }
    ui.flush()
}

/// A server that was started and does not answer yet.
struct Starting {
    log: PathBuf,
    ready: PathBuf,
    deadline: Instant,
}

impl Starting {
    async fn run(&self, wait: bool, cancel: &Cancel) -> Result<(Child, Ready)> {
        let mut child = self.spawn()?;
        let ready = tokio::select! {
            biased;
            () = cancel.requested() => Err(Error::Interrupted),
            ready = self.ready(&mut child, wait) => ready,
        };
        if ready.is_err() {
            // A server that nobody was told of must not stay behind.
            let _ = child.kill();
            let _ = child.wait();
        }
        ready.map(|ready| (child, ready))
    }

    fn spawn(&self) -> Result<Child> {
        let failed = |error| Error::io("cannot start a process", error);
        let log = create_log(&self.log)?;
        let mut command = Command::new(std::env::current_exe().map_err(failed)?);
        command
            .args(std::env::args_os().skip(1))
            .env(READY, &self.ready)
            .stdin(Stdio::null())
            .stdout(log.try_clone().map_err(failed)?)
            .stderr(log);
        #[cfg(windows)]
        {
            use std::os::windows::process::CommandExt;
            /// `DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP`, from the Windows SDK's `WinBase.h`.
            const APART: u32 = 0x0000_0008 | 0x0000_0200;
            command.creation_flags(APART);
        }
        command.spawn().map_err(failed)
    }

    async fn ready(&self, child: &mut Child, wait: bool) -> Result<Ready> {
        let ready = loop {
            if let Ok(text) = std::fs::read(&self.ready) {
                break serde_json::from_slice(&text).map_err(|error| {
                    Error::io("cannot read what the server said", error.into())
                })?;
            }
            self.look(child)?;
            tokio::time::sleep(LOOK).await;
        };
        while wait && !self.answers(&ready).await {
            self.look(child)?;
            tokio::time::sleep(LOOK).await;
        }
        Ok(ready)
    }

    /// Whether it is still worth waiting for.
    fn look(&self, child: &mut Child) -> Result<()> {
        let ended = child.try_wait();
        if let Some(status) =
            ended.map_err(|error| Error::io("cannot watch the server's process", error))?
        {
            return Err(self.died(status));
        }
        if Instant::now() < self.deadline {
            return Ok(());
        }
        Err(Error::io(
            format!(
                "the server does not answer; its log: {}",
                self.log.display()
            ),
            std::io::ErrorKind::TimedOut.into(),
        ))
    }

    /// What the server said last, as if this process had said it.
    fn died(&self, status: ExitStatus) -> Error {
        let log = std::fs::read(&self.log).unwrap_or_default();
        let log = String::from_utf8_lossy(&log[log.len().saturating_sub(TAIL)..]);
        let last = |mark| log.lines().rev().find_map(|line| line.strip_prefix(mark));
        let hint = last("hint: ").map(str::to_owned);
        match (last("error: "), status.code()) {
            (Some(message), Some(2)) => Error::Usage {
                message: message.to_owned(),
                hint,
            },
            (message, _) => Error::io(
                format!(
                    "the server ended at its start ({status}); its log: {}",
                    self.log.display()
                ),
                std::io::Error::other(message.unwrap_or("it said nothing").to_owned()),
            ),
        }
    }

    /// Whether anything that speaks HTTP answers there; what it answers is its own affair.
    async fn answers(&self, ready: &Ready) -> bool {
        let left = self.deadline.saturating_duration_since(Instant::now());
        let ask = async {
            let authority = ready.url.trim_start_matches("http://");
            let mut stream = TcpStream::connect(authority).await?;
            let request =
                format!("GET /healthz HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\n\r\n");
            stream.write_all(request.as_bytes()).await?;
            let mut begin = [0; 7];
            stream.read_exact(&mut begin).await?;
            std::io::Result::Ok(&begin == b"HTTP/1.")
        };
        matches!(tokio::time::timeout(left, ask).await, Ok(Ok(true)))
    }
}

/// The port at the end of an address without a path; 0 if there is none.
fn port(url: &str) -> u16 {
    let port = url.rsplit(':').next().unwrap_or_default();
    port.parse().unwrap_or(0)
}
