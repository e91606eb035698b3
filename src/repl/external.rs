//! `/edit`: the next message, written in the user's own editor.

use std::collections::BTreeMap;
use std::process::ExitStatus;

use tokio::process::Command;

use super::mode::Mode;
use crate::cancel::Interrupts;
use crate::error::{Error, Result};

/// Opens the editor on a text and returns what it is then.
///
/// # Errors
/// There is no editor, it cannot be started, or it failed.
pub async fn edit(
    text: &str,
    vars: &BTreeMap<String, String>,
    interrupts: &Interrupts,
) -> Result<String> {
    let named = ["VISUAL", "EDITOR"]
        .into_iter()
        .filter_map(|name| vars.get(name));
    let editor = named.map(|name| name.trim()).find(|name| !name.is_empty());
    let editor = editor.map_or(DEFAULT, |editor| editor);
    let failed = |error| Error::io(format!("cannot edit with '{editor}'"), error);
    let file = tempfile::Builder::new()
        .prefix("chatkit-")
        .suffix(".md")
        .tempfile()
        .map_err(failed)?;
    std::fs::write(file.path(), text).map_err(failed)?;
    let status = run(editor, file.path(), interrupts).await.map_err(failed)?;
    if was_interrupted(status) {
        return Err(Error::Interrupted);
    }
    if !status.success() {
        return Err(Error::usage_hint(
            format!("'{editor}' failed: {status}"),
            "set VISUAL or EDITOR to an editor that you have",
        ));
    }
    let edited = std::fs::read_to_string(file.path()).map_err(failed)?;
    Ok(edited.trim_end().to_owned())
}

const DEFAULT: &str = if cfg!(windows) { "notepad" } else { "vi" };

async fn run(
    editor: &str,
    file: &std::path::Path,
    interrupts: &Interrupts,
) -> std::io::Result<ExitStatus> {
    let _mode = Mode::lent();
    let mut child = command(editor, file).spawn()?;
    loop {
        tokio::select! {
            status = child.wait() => return status,
            // The editor has the terminal, and Ctrl-C is a key of its own.
            () = interrupts.next() => {}
        }
    }
}

/// Whether Ctrl-C, which the editor has got as well, has ended it.
#[cfg(unix)]
fn was_interrupted(status: ExitStatus) -> bool {
    use std::os::unix::process::ExitStatusExt;
    status.signal() == Some(nix::sys::signal::Signal::SIGINT as i32)
}

#[cfg(not(unix))]
fn was_interrupted(_: ExitStatus) -> bool {
    false
}

/// The variable may hold options, so that a shell takes it apart; the file's name never reaches
/// the shell's eyes.
fn command(editor: &str, file: &std::path::Path) -> Command {
    if cfg!(windows) {
        let mut words = editor.split_whitespace();
        let mut command = Command::new(words.next().unwrap_or(DEFAULT));
        command.args(words).arg(file);
        return command;
    }
    let mut command = Command::new("sh");
    command
        .arg("-c")
        .arg(format!("{editor} \"$1\""))
        .arg("sh")
        .arg(file);
    command
}
