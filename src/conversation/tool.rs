//! A client tool that a command answers: arguments on its stdin, the result from its stdout.

use std::process::{Output, Stdio};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};

use crate::cancel::Cancel;
use crate::error::{Error, Result};
use crate::protocol::{ClientToolCall, ThreadId, Verbatim};

/// A call, and the command that answers it.
#[derive(Debug)]
pub struct Tool<'a> {
    /// What the shell runs.
    pub command: &'a str,
    /// The call.
    pub call: &'a ClientToolCall,
    /// The thread that waits.
    pub thread_id: &'a ThreadId,
}

/// Runs the command and reads its result.
///
/// # Errors
/// Wrong usage when it cannot be run. One that runs may fail, or print something other than one JSON
/// document: that is no matter of our command line.
pub async fn run(tool: &Tool<'_>, cancel: &Cancel) -> Result<Verbatim> {
    let name = &tool.call.name;
    let cannot_run =
        |error: std::io::Error| Error::usage(format!("cannot run the tool '{name}': {error}"));
    let mut family = Family::start(tool).map_err(cannot_run)?;
    let lend_terminal = family.lend_terminal();
    let output = tokio::select! {
        biased;
        () = cancel.requested() => {
            family.end().await;
            return Err(Error::Interrupted);
        }
        output = family.answer(tool) => output,
        error = lend_terminal => return Err(Error::usage_hint(
            format!("the tool '{name}' wants to read the terminal: {error}"),
            "run it where both ends are a terminal, or let its command read its stdin alone, \
             where the arguments stand",
        )),
    };
    let output = output.map_err(|error| failed(tool, error.to_string(), "see what it prints"))?;
    family.is_done = true;
    #[cfg(unix)]
    if super::terminal::was_interrupted(output.status) {
        return Err(Error::Interrupted);
    }
    match output.status.code() {
        Some(0) => {}
        Some(code @ (NOT_EXECUTABLE | NOT_FOUND)) => return Err(missing(tool, code)),
        _ => {
            let hint = "see what it prints to stderr; the call's arguments stand on its stdin";
            return Err(failed(tool, format!("failed: {}", output.status), hint));
        }
    }
    let words = serde_json::from_slice(&output.stdout);
    words.and_then(Verbatim::of).map_err(|error| {
        let hint = "print one JSON document; a text stands in double quotes";
        failed(tool, format!("printed no JSON: {error}"), hint)
    })
}

/// What a shell exits with when what it is to run is there, and no program.
const NOT_EXECUTABLE: i32 = 126;

/// What a shell exits with when what it is to run is not there.
const NOT_FOUND: i32 = 127;

fn missing(tool: &Tool<'_>, code: i32) -> Error {
    let name = &tool.call.name;
    let why = if code == NOT_FOUND {
        "was not found"
    } else {
        "is no program that can be run"
    };
    Error::usage_hint(
        format!("the command of the tool '{name}' {why} (exit status: {code})"),
        "check the command, which a shell runs in this folder",
    )
}

fn failed(tool: &Tool<'_>, reason: String, hint: &'static str) -> Error {
    Error::Tool {
        tool: tool.call.name.clone(),
        reason,
        hint,
    }
}

/// A command and all that it started, which end with it.
struct Family {
    child: Child,
    /// Its process group, which has the command's own id.
    #[cfg(unix)]
    group: Option<nix::unistd::Pid>,
    /// Whether the command ended in order: what it left behind then was meant to stay.
    is_done: bool,
}

impl Family {
    fn start(tool: &Tool<'_>) -> std::io::Result<Self> {
        let mut command = shell(tool.command);
        command
            .env("CHATKIT_TOOL_NAME", &tool.call.name)
            .env("CHATKIT_TOOL_CALL_ID", &tool.call.call_id)
            .env("CHATKIT_THREAD_ID", tool.thread_id.as_str())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true);
        // The shell starts others, and ending the shell alone would leave them running.
        #[cfg(unix)]
        command.process_group(0);
        let child = command.spawn()?;
        Ok(Self {
            #[cfg(unix)]
            group: (child.id())
                .and_then(|id| id.try_into().ok())
                .map(nix::unistd::Pid::from_raw),
            child,
            is_done: false,
        })
    }

    /// Feeds the command, and waits for what it prints and for its end.
    async fn answer(&mut self, tool: &Tool<'_>) -> std::io::Result<Output> {
        let arguments = tool.call.arguments.to_string();
        let stdin = self.child.stdin.take();
        // Both at once: a command that prints before it has read all must not wait forever.
        let feed = async move {
            if let Some(mut stdin) = stdin {
                // A command that does not want its arguments closes the pipe, and may.
                let _ = stdin.write_all(arguments.as_bytes()).await;
                let _ = stdin.shutdown().await;
            }
        };
        let stdout = self.child.stdout.take().expect("stdout is piped");
        let read = async move {
            let mut output = Vec::new();
            // One byte more than there may be tells that there is too much.
            let read = stdout.take(MOST + 1).read_to_end(&mut output).await;
            read.map(|_| output)
        };
        let ((), output) = tokio::join!(feed, read);
        let output = output?;
        if output.len() as u64 > MOST {
            let limit = format!("printed more than {} MiB", MOST / (1024 * 1024));
            return Err(std::io::Error::other(limit));
        }
        let status = self.child.wait().await?;
        Ok(Output {
            status,
            stdout: output,
            stderr: Vec::new(),
        })
    }

    /// Lets the command have the terminal if it wants it; ends where it cannot.
    fn lend_terminal(&self) -> impl Future<Output = std::io::Error> + use<> {
        #[cfg(unix)]
        let group = self.group;
        async move {
            #[cfg(unix)]
            if let Some(group) = group {
                return super::terminal::lend(group).await;
            }
            std::future::pending().await
        }
    }

    /// Asks the command and its kin to end, and waits a little for the command to tidy up.
    async fn end(&mut self) {
        #[cfg(unix)]
        self.signal(nix::sys::signal::Signal::SIGTERM);
        #[cfg(not(unix))]
        let _ = self.child.start_kill();
        // Whoever does not want to end is killed when this is dropped.
        let _ = tokio::time::timeout(GRACE, self.child.wait()).await;
    }

    #[cfg(unix)]
    fn signal(&self, signal: nix::sys::signal::Signal) {
        if let Some(group) = self.group {
            // A group that is gone needs no signal.
            let _ = nix::sys::signal::killpg(group, signal);
        }
    }
}

#[cfg(unix)]
impl Drop for Family {
    fn drop(&mut self) {
        if !self.is_done {
            self.signal(nix::sys::signal::Signal::SIGKILL);
        }
    }
}

/// How long a command that has to end may take for it.
const GRACE: Duration = Duration::from_millis(500);

/// How much a command may print, in bytes.
const MOST: u64 = 16 * 1024 * 1024;

fn shell(command: &str) -> Command {
    let (shell, flag) = if cfg!(windows) {
        ("cmd", "/C")
    } else {
        ("sh", "-c")
    };
    let mut built = Command::new(shell);
    built.arg(flag).arg(command);
    built
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use nix::errno::Errno;
    use nix::sys::signal::kill;
    use nix::unistd::Pid;
    use serde_json::json;

    use super::*;

    /// A command that starts another, which writes its id to `file` and would stay for a minute.
    fn with_kin(file: &std::path::Path, stubborn: bool) -> String {
        let trap = if stubborn { "trap '' TERM;" } else { "" };
        let kin = format!(
            "{trap} echo $$ > {0}.new; mv {0}.new {0}; sleep 60; :",
            file.display()
        );
        format!("sh -c \"{}\"; :", kin.replace('$', "\\$"))
    }

    fn call() -> ClientToolCall {
        serde_json::from_value(json!({
            "status": "pending", "call_id": "c", "name": "wait", "arguments": {}
        }))
        .unwrap()
    }

    async fn written(file: &std::path::Path) -> Pid {
        loop {
            if let Ok(text) = std::fs::read_to_string(file) {
                return Pid::from_raw(text.trim().parse().unwrap());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn is_gone(process: Pid) {
        // Who has ended may still wait for the system to collect it.
        while kill(process, None) != Err(Errno::ESRCH) && !is_zombie(process) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    fn is_zombie(process: Pid) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{process}/stat"));
        stat.is_ok_and(|stat| stat.contains(") Z "))
    }

    #[tokio::test]
    async fn what_a_command_started_ends_with_it() {
        for stubborn in [false, true] {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("pid");
            let (command, call, cancel) = (with_kin(&file, stubborn), call(), Cancel::new());
            let thread_id = ThreadId::from("thr_1");
            let tool = Tool {
                command: &command,
                call: &call,
                thread_id: &thread_id,
            };
            let stop = async {
                let process = written(&file).await;
                cancel.request();
                process
            };
            let (ended, process) = tokio::join!(run(&tool, &cancel), stop);
            assert!(matches!(ended, Err(Error::Interrupted)));
            let limit = Duration::from_secs(30);
            let gone = tokio::time::timeout(limit, is_gone(process)).await;
            assert!(gone.is_ok(), "stubborn: {stubborn}");
        }
    }
}
