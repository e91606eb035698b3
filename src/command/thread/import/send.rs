//! Sending threads to a backend, message by message: the answers are the backend's own.

use serde::Deserialize;
use serde_json::json;

use super::journal::{Journal, Progress};
use super::read::{Carried, CarriedItem};
use crate::cancel::Cancel;
use crate::client::Backend;
use crate::error::{Error, Result};
use crate::plural::{plural, were};
use crate::protocol::{
    AddUserMessage, CreateThread, Event, Extra, ItemKind, ListItems, Order, Request, Thread,
    ThreadId, UpdateThread, UserMessage, UserMessageInput,
};
use crate::ui::{Style, Ui};

/// How many items are looked at at once.
const PAGE: u64 = 100;

/// What came of the threads.
#[derive(Default)]
pub struct Counts {
    threads: usize,
    already: usize,
    messages: usize,
    files: usize,
    empty: usize,
}

/// Sends threads to a backend, one after the other.
pub struct Sender<'a> {
    backend: &'a Backend,
    journal: Journal,
    cancel: &'a Cancel,
    open: Option<Sending>,
    pub counts: Counts,
}

/// The thread that is being sent.
struct Sending {
    id: ThreadId,
    title: Option<String>,
    progress: Progress,
    /// How many of its messages have been read.
    read: usize,
}

impl<'a> Sender<'a> {
    pub fn new(backend: &'a Backend, journal: Journal, cancel: &'a Cancel) -> Self {
        Self {
            backend,
            journal,
            cancel,
            open: None,
            counts: Counts::default(),
        }
    }

    /// A thread begins.
    ///
    /// # Errors
    /// As every method here: whatever the backend's answers make, and a journal that cannot be
    /// written.
    pub async fn begin(&mut self, carried: &Carried, ui: &mut Ui) -> Result<()> {
        let id = carried.thread.id.clone();
        let mut progress = self.journal.of(&id);
        if progress.sending {
            self.settle(&id, &mut progress, ui).await?;
        }
        self.open = Some(Sending {
            id,
            title: carried.thread.title.clone(),
            progress,
            read: 0,
        });
        Ok(())
    }

    /// Finds out whether the message that was under way when the import was interrupted is there.
    async fn settle(&mut self, id: &ThreadId, progress: &mut Progress, ui: &mut Ui) -> Result<()> {
        progress.sending = false;
        let number = progress.sent + 1;
        if let Some(new) = progress.new.clone() {
            let there = self.count(&new).await?;
            let word = if there > progress.sent {
                progress.sent = number;
                "is there, and is not sent again"
            } else {
                "is not there, and is sent again"
            };
            let note = format!(
                "message {number} of thread {id}, at which the import was interrupted, {word}"
            );
            ui.note(Style::Plain, &note);
        } else {
            ui.warn(&format!(
                "the import was interrupted while thread {id} was begun: the backend may have a \
                 thread of its first message already, which is sent again"
            ));
        }
        self.journal.note(id, progress)
    }

    /// How many messages of the user a thread of the backend has.
    async fn count(&self, thread: &ThreadId) -> Result<usize> {
        #[derive(Deserialize)]
        struct Page {
            data: Vec<Row>,
            #[serde(default)]
            has_more: bool,
            after: Option<String>,
        }
        #[derive(Deserialize)]
        struct Row {
            #[serde(rename = "type")]
            kind: String,
        }
        let (mut count, mut after) = (0, None);
        loop {
            let request = Request::ListItems(ListItems {
                thread_id: thread.clone(),
                limit: Some(PAGE),
                order: Order::Asc,
                after: after.clone(),
                extra: Extra::default(),
            });
            let page = self
                .backend
                .call::<Page>(&request, self.cancel)
                .await?
                .value;
            let said = page.data.iter().filter(|row| row.kind == "user_message");
            count += said.count();
            // A page that leads nowhere ends the count, which is a guess at worst.
            if !page.has_more || page.after.is_none() || page.after == after || page.data.is_empty()
            {
                return Ok(count);
            }
            after = page.after;
        }
    }

    /// An item of the thread; only what the user said is sent.
    pub async fn item(&mut self, carried: CarriedItem) -> Result<()> {
        let ItemKind::UserMessage(message) = carried.item.kind else {
            return Ok(());
        };
        let Some(sending) = &mut self.open else {
            return Ok(());
        };
        if sending.progress.done {
            return Ok(());
        }
        let files = message.attachments.len();
        let Some(input) = input(message) else {
            self.counts.files += files;
            self.counts.empty += 1;
            return Ok(());
        };
        sending.read += 1;
        if sending.read <= sending.progress.sent {
            return Ok(());
        }
        self.counts.files += files;
        sending.progress.sending = true;
        self.journal.note(&sending.id, &sending.progress)?;
        let request = match sending.progress.new.clone() {
            None => Request::CreateThread(CreateThread {
                input,
                extra: Extra::default(),
            }),
            Some(thread_id) => Request::AddUserMessage(AddUserMessage {
                thread_id,
                input,
                extra: Extra::default(),
            }),
        };
        self.turn(&request).await
    }

    /// Sends a message and waits for the end of its answer.
    async fn turn(&mut self, request: &Request) -> Result<()> {
        let Some(sending) = &mut self.open else {
            return Ok(());
        };
        let mut turn = self.backend.stream(request, self.cancel).await?;
        let mut failed = None;
        while let Some(received) = turn.next(self.cancel).await? {
            match received.event {
                Event::ThreadCreated(created) if sending.progress.new.is_none() => {
                    sending.progress.new = Some(created.thread.id.clone());
                    self.journal.note(&sending.id, &sending.progress)?;
                }
                Event::Error(error) => failed = Some(error),
                _ => {}
            }
        }
        sending.progress.sent += 1;
        sending.progress.sending = false;
        self.counts.messages += 1;
        self.journal.note(&sending.id, &sending.progress)?;
        match failed {
            // The message is there; the next run goes on behind it.
            Some(error) => Err(Error::Event(Box::new(error))),
            None => Ok(()),
        }
    }

    /// All of the thread was there: says which thread of the backend it became.
    pub async fn end(&mut self, ui: &mut Ui) -> Result<()> {
        let Some(mut sending) = self.open.take() else {
            return Ok(());
        };
        let was_done = std::mem::replace(&mut sending.progress.done, true);
        let Some(new) = sending.progress.new.clone() else {
            ui.warn(&format!(
                "thread {} has no message that could be sent",
                sending.id
            ));
            return Ok(());
        };
        if was_done {
            self.counts.already += 1;
        } else {
            self.title(&new, &sending, ui).await?;
            self.journal.note(&sending.id, &sending.progress)?;
            self.counts.threads += 1;
        }
        if ui.is_json() {
            ui.json(&json!({"thread": sending.id, "new": new, "messages": sending.progress.sent}))?;
        } else {
            ui.line(&format!("{} -> {new}", sending.id))?;
        }
        ui.flush()
    }

    /// Gives the new thread the title of the old one; a backend need not let itself be told.
    async fn title(&self, new: &ThreadId, sending: &Sending, ui: &mut Ui) -> Result<()> {
        let Some(title) = sending.title.clone() else {
            return Ok(());
        };
        let request = Request::UpdateThread(UpdateThread {
            thread_id: new.clone(),
            title,
            extra: Extra::default(),
        });
        match self.backend.call::<Thread>(&request, self.cancel).await {
            Err(Error::Http(failure)) => {
                ui.warn(&format!("thread {new} keeps its own title: {failure}"));
                Ok(())
            }
            answer => answer.map(drop),
        }
    }
}

/// The message as it is sent; `None` when nothing is left of it without its files.
fn input(message: UserMessage) -> Option<UserMessageInput> {
    let is_empty = message.content.is_empty() && message.quoted_text.is_none();
    (!is_empty).then(|| UserMessageInput {
        content: message.content,
        attachments: Vec::new(),
        quoted_text: message.quoted_text,
        inference_options: message.inference_options,
        extra: Extra::default(),
    })
}

impl Counts {
    /// Whether there was no thread at all.
    pub fn is_empty(&self) -> bool {
        self.threads + self.already + self.empty == 0
    }

    /// Says what came of them.
    pub fn tell(&self, to: &str, ui: &mut Ui) {
        let (threads, messages) = (
            plural(self.threads, "thread"),
            plural(self.messages, "message"),
        );
        let note = format!("sent {messages} of {threads} to {to}");
        let before = plural(self.already, "thread");
        let before = format!("; {before} {} sent before", were(self.already));
        let note = if self.already > 0 {
            note + &before
        } else {
            note
        };
        ui.note(Style::Dim, &note);
        if self.files > 0 {
            ui.warn(&format!(
                "{} {} not sent: an export has no bytes",
                plural(self.files, "attachment"),
                were(self.files)
            ));
        }
        if self.empty > 0 {
            ui.warn(&format!(
                "{} of nothing but attachments {} not sent",
                plural(self.empty, "message"),
                were(self.empty)
            ));
        }
    }
}
