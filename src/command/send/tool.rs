//! A client tool that a command answers: arguments on its stdin, the result from its stdout.

use std::process::{Output, Stdio};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;

use crate::cancel::Cancel;
use crate::error::{Error, Result};
use crate::protocol::{ClientToolCall, ThreadId};

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
/// Wrong usage when it cannot be run, fails, or prints something other than one JSON document.
pub async fn run(tool: &Tool<'_>, cancel: &Cancel) -> Result<Value> {
    let name = &tool.call.name;
    let output = tokio::select! {
        biased;
        // Dropping the other branch kills the command.
        () = cancel.requested() => return Err(Error::Interrupted),
        output = answer(tool) => output,
    };
    let output =
        output.map_err(|error| Error::usage(format!("cannot run the tool '{name}': {error}")))?;
    if !output.status.success() {
        return Err(Error::usage(format!(
            "the command of the tool '{name}' failed: {}",
            output.status
        )));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| {
        Error::usage_hint(
            format!("the command of the tool '{name}' printed no JSON: {error}"),
            "print one JSON document; a text stands in double quotes",
        )
    })
}

async fn answer(tool: &Tool<'_>) -> std::io::Result<Output> {
    let mut child = shell(tool.command)
        .env("CHATKIT_TOOL_NAME", &tool.call.name)
        .env("CHATKIT_TOOL_CALL_ID", &tool.call.call_id)
        .env("CHATKIT_THREAD_ID", tool.thread_id.as_str())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let arguments = tool.call.arguments.to_string();
    let stdin = child.stdin.take();
    // Both at once: a command that prints before it has read all must not wait for us forever.
    let feed = async move {
        if let Some(mut stdin) = stdin {
            // A command that does not want its arguments closes the pipe, and may.
            let _ = stdin.write_all(arguments.as_bytes()).await;
            let _ = stdin.shutdown().await;
        }
    };
    let stdout = child.stdout.take().expect("stdout is piped");
    let read = async move {
        let mut output = Vec::new();
        // One byte more than there may be tells that there is too much.
        let read = stdout.take(MOST + 1).read_to_end(&mut output).await;
        read.map(|_| output)
    };
    let ((), output) = tokio::join!(feed, read);
    let output = output?;
    if output.len() as u64 > MOST {
        let limit = format!("it printed more than {} MiB", MOST / (1024 * 1024));
        return Err(std::io::Error::other(limit));
    }
    let status = child.wait().await?;
    Ok(Output {
        status,
        stdout: output,
        stderr: Vec::new(),
    })
}

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
