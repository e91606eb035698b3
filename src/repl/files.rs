//! Files that go out with a message, and files that a conversation is written to.

use std::path::{Path, PathBuf};

use super::Repl;
use super::ask::{Question, Reply};
use super::mode::Mode;
use super::screen::Bar;
use crate::atomic_file;
use crate::client::Upload;
use crate::error::{Error, Result};
use crate::protocol::Thread;
use crate::render::{clean_line, plain};
use crate::ui::Style;

impl Repl<'_> {
    /// Uploads a file, which goes with the next message.
    pub(super) async fn attach(&mut self, path: &Path) -> Result<()> {
        let path = &self.at_home(path);
        let file = Upload::open(path).await.map_err(as_usage)?;
        let name = clean_line(&file.name);
        let sight = self.screen.sight;
        // A key that the terminal shows, such as ^C, would break the line that the bar is on.
        let _mode = self.is_interactive().then(Mode::unseen);
        let bar = (self.is_interactive()).then(|| Bar::upload(&name, file.size, sight));
        let backend = &self.setup.backend;
        let work = async |cancel| {
            let progress = |bytes| {
                if let Some(bar) = &bar {
                    bar.at(bytes);
                }
            };
            backend.upload(&file, progress, &cancel).await
        };
        let interrupts = &self.setup.interrupts;
        let uploaded = interrupts.stoppable(&self.setup.cancel, work).await;
        drop(bar);
        let attachment = uploaded?;
        let told = format!(
            "attached: {name} ({} bytes) as {}",
            file.size, attachment.id
        );
        self.ui.note(Style::Dim, &told);
        self.setup.draft.attachments.push(attachment.id);
        Ok(())
    }

    /// Writes the thread as JSON or as text to read, or the recording so far: the ending says which.
    ///
    /// What is there is written over when the person says so; who types no keys has said so by the
    /// name.
    pub(super) async fn save(&mut self, path: &Path) -> Result<()> {
        let path = &self.at_home(path);
        if self.is_interactive() && path.is_file() && !self.may_replace(path).await? {
            self.hide_control_c()?;
            let kept = format!("{} is kept as it was", path.display());
            self.ui.note(Style::Dim, &kept);
            return Ok(());
        }
        let end = path.extension().unwrap_or_default().to_ascii_lowercase();
        match end.to_str() {
            Some("json") => write_json(path, &self.thread_to_save().await?)?,
            Some("md" | "txt") => {
                let text = plain::thread(&self.thread_to_save().await?);
                write(path, text.as_bytes())?;
            }
            _ => self.conversation.tape.copy(path)?,
        }
        self.ui
            .note(Style::Dim, &format!("saved: {}", path.display()));
        Ok(())
    }

    /// The path that is meant: no shell has put a home in the place of `~`.
    fn at_home(&self, path: &Path) -> PathBuf {
        match (path.strip_prefix("~"), self.setup.vars.get("HOME")) {
            (Ok(below), Some(home)) => Path::new(home).join(below),
            _ => path.to_owned(),
        }
    }

    async fn may_replace(&mut self, path: &Path) -> Result<bool> {
        let question = format!("Write over {}?", path.display());
        let reply = self.ask(Question::sure(&question, false)).await?;
        Ok(reply == Some(Reply::Sure(true)))
    }

    /// The thread with everything that the backend has of it, or, where that cannot be asked, what
    /// of it came here.
    async fn thread_to_save(&mut self) -> Result<Thread> {
        let seen = self.conversation.transcript.to_thread().ok_or_else(|| {
            Error::usage_hint(
                "there is no thread yet",
                "send a message, or open one with /open ID",
            )
        })?;
        match self.whole(&seen.id).await {
            Ok(thread) => Ok(thread),
            Err(Error::Interrupted) => Err(Error::Interrupted),
            Err(error) => {
                self.ui.warn(&format!(
                    "the backend does not hand out the thread ({error}); what came here is saved"
                ));
                Ok(seen)
            }
        }
    }
}

fn write_json(path: &Path, thread: &Thread) -> Result<()> {
    let mut json = serde_json::to_vec_pretty(thread)
        .map_err(|error| Error::io(format!("cannot write {}", path.display()), error.into()))?;
    json.push(b'\n');
    write(path, &json)
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    atomic_file::write(path, bytes)
        .map_err(|error| Error::io(format!("cannot write {}", path.display()), error))
}

/// A file that was named and cannot be read is a mistake of whoever named it.
fn as_usage(error: Error) -> Error {
    match error {
        Error::Io { .. } => Error::usage(error.to_string()),
        other => other,
    }
}
