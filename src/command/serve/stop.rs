//! `serve --stop`: ends the server that runs in the background, and waits until it is gone.

use std::time::{Duration, Instant};

use serde::Serialize;

use super::background::BackgroundArgs;
use super::pid_file::{Owner, PidFile, Process};
use crate::cancel::Cancel;
use crate::command::Context;
use crate::config::Surroundings;
use crate::error::{Error, Result};
use crate::ui::Style;

/// How long a server may take to end in order: it gives open streams 5 seconds.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often to look whether it is gone.
const LOOK: Duration = Duration::from_millis(10);

/// What `--json` says.
#[derive(Serialize)]
struct Stopped {
    event: &'static str,
    pid: u32,
}

/// How a process is asked to end.
#[derive(Clone, Copy)]
enum Manner {
    /// In order.
    Asked,
    /// At once.
    Killed,
}

/// Ends the server of the pid file, of the port, or the only one that runs.
///
/// # Errors
/// Wrong usage: none runs there, or several run and none is named; or it cannot be ended.
pub async fn stop(args: &BackgroundArgs, port: Option<u16>, context: Context<'_>) -> Result<()> {
    let file = find(args, port, &context.around)?;
    let process = match file.owner() {
        Owner::Running(process) => process,
        Owner::Nobody => {
            return Err(nothing_runs(&format!(
                "there is no {}",
                file.path().display()
            )));
        }
        Owner::Somebody => return Err(file.not_ours()),
        Owner::Gone => {
            file.remove();
            return Err(nothing_runs(&format!(
                "it has ended by itself; its log: {}",
                file.log().display()
            )));
        }
    };
    let pid = process
        .pid
        .ok_or_else(|| Error::usage(format!("{} holds no process id", file.path().display())))?;
    end(process, pid, &context.cancel).await?;
    // A server that was killed leaves its files.
    file.remove();
    if context.ui.is_json() {
        let stopped = Stopped {
            event: "stopped",
            pid,
        };
        context.ui.json(&stopped)?;
    } else {
        context
            .ui
            .note(Style::Plain, &format!("stopped the server (pid {pid})"));
    }
    Ok(())
}

fn find(args: &BackgroundArgs, port: Option<u16>, around: &Surroundings) -> Result<PidFile> {
    if let Some(file) = args.file(port.unwrap_or(0), around)? {
        return Ok(file);
    }
    let mut running = PidFile::running(around)?;
    match running.len() {
        0 => Err(nothing_runs("no pid file of a running one was found")),
        1 => Ok(running.remove(0)),
        _ => {
            let ports: Vec<_> = running.iter().map(PidFile::name).collect();
            Err(Error::usage_hint(
                format!("several servers run, on the ports {}", ports.join(", ")),
                "name one with --port",
            ))
        }
    }
}

fn nothing_runs(why: &str) -> Error {
    Error::usage_hint(
        format!("no server to stop: {why}"),
        "start one with 'chatkit serve --mock --background --wait'",
    )
}

async fn end(mut process: Process, pid: u32, cancel: &Cancel) -> Result<()> {
    for manner in [Manner::Asked, Manner::Killed] {
        signal(pid, manner)?;
        if is_gone(&mut process, cancel).await? {
            return Ok(());
        }
    }
    Err(Error::io(
        format!("cannot end the server (pid {pid})"),
        std::io::ErrorKind::TimedOut.into(),
    ))
}

/// Waits for the end, and says whether it came in time.
async fn is_gone(process: &mut Process, cancel: &Cancel) -> Result<bool> {
    let deadline = Instant::now() + PATIENCE;
    while !process.has_ended() {
        if cancel.is_requested() {
            return Err(Error::Interrupted);
        }
        if Instant::now() > deadline {
            return Ok(false);
        }
        tokio::time::sleep(LOOK).await;
    }
    Ok(true)
}

#[cfg(unix)]
fn signal(pid: u32, manner: Manner) -> Result<()> {
    use nix::errno::Errno;
    use nix::sys::signal::{Signal, kill};
    use nix::unistd::Pid;

    let signal = match manner {
        Manner::Asked => Signal::SIGTERM,
        Manner::Killed => Signal::SIGKILL,
    };
    let failed = |error| Error::io(format!("cannot end the server (pid {pid})"), error);
    let process = i32::try_from(pid).map_err(|error| failed(std::io::Error::other(error)))?;
    match kill(Pid::from_raw(process), signal) {
        // It ended in the meantime.
        Ok(()) | Err(Errno::ESRCH) => Ok(()),
        Err(errno) => Err(failed(errno.into())),
    }
}

/// A process without a window can only be ended at once.
#[cfg(not(unix))]
fn signal(pid: u32, _: Manner) -> Result<()> {
    let ended = std::process::Command::new("taskkill")
        .args(["/F", "/PID", &pid.to_string()])
        .output();
    ended
        .map(drop)
        .map_err(|error| Error::io(format!("cannot end the server (pid {pid})"), error))
}
