//! The commands about threads and their items.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::ask::{Question, Reply};
use super::{Repl, Seat};
use crate::client::Document;
use crate::conversation::history::all_items;
use crate::conversation::view::View;
use crate::error::{Error, Result};
use crate::protocol::{
    Event, Extra, Item, ListThreads, Page, Request, Thread, ThreadId, ThreadRef, UpdateThread,
    WithThread,
};
use crate::render::{clean_line, plain, table};
use crate::transcript::Transcript;
use crate::ui::Style;

/// How many threads are listed.
const LISTED: u64 = 50;

/// How many items a thread shows when it is opened.
const SHOWN: usize = 6;

/// How much of an item a row shows, in characters.
const EXCERPT: usize = 60;

impl Repl<'_> {
    /// Calls an operation that is answered by a document; Ctrl-C stops it.
    pub(super) async fn call<T: DeserializeOwned>(&self, request: &Request) -> Result<T> {
        Ok(self.document(request).await?.value)
    }

    /// As [`Repl::call`], with the document as it was received.
    pub(super) async fn document<T: DeserializeOwned>(
        &self,
        request: &Request,
    ) -> Result<Document<T>> {
        let backend = &self.setup.backend;
        let work = async |cancel| backend.call::<T>(request, &cancel).await;
        self.setup
            .interrupts
            .stoppable(&self.setup.cancel, work)
            .await
    }

    pub(super) fn new_thread(&mut self) {
        self.conversation.transcript = Transcript::new();
        self.conversation.view = View::default();
        self.screen.forget_thread();
        self.left.clear();
        self.is_broken = false;
        self.ui.note(Style::Dim, "the next message starts a thread");
    }

    pub(super) async fn threads(&mut self) -> Result<()> {
        let page: Page<Thread> = self.call(&list_threads()).await?;
        let rows: Vec<[String; 3]> = page.data.iter().map(row).collect();
        for thread in &page.data {
            self.see(thread);
        }
        if rows.is_empty() {
            self.ui.note(Style::Dim, "there are no threads");
        }
        self.say_text(&table::columns(&rows))?;
        if page.has_more {
            self.ui.note(
                Style::Dim,
                "there are more; 'chatkit thread list --all' lists them all",
            );
        }
        Ok(())
    }

    /// Keeps a thread for completion.
    fn see(&mut self, thread: &Thread) {
        self.seen.threads.see(thread);
    }

    /// Lists the threads in the background, so that their ids can be completed at once; a backend
    /// that cannot list them has its errors told when it is asked in earnest.
    pub(super) fn look_around(&self) {
        let threads = self.seen.threads.clone();
        let backend = self.setup.backend.clone();
        let cancel = self.setup.cancel.clone();
        tokio::spawn(async move {
            let request = list_threads();
            if let Ok(page) = backend.call::<Page<Thread>>(&request, &cancel).await {
                for thread in &page.value.data {
                    threads.see(thread);
                }
            }
        });
    }

    pub(super) async fn open(&mut self, thread_id: ThreadId) -> Result<()> {
        let thread = self.whole(&thread_id).await?;
        self.see(&thread);
        self.new_state(thread);
        let told = format!("thread: {thread_id}");
        self.ui.note(Style::Dim, &told);
        if self.is_interactive() {
            self.show_last(SHOWN)?;
        }
        Ok(())
    }

    /// The thread as the backend has it, with the items of all pages; Ctrl-C stops it.
    pub(super) async fn whole(&self, thread_id: &ThreadId) -> Result<Thread> {
        let request = Request::GetThread(ThreadRef {
            thread_id: thread_id.clone(),
            extra: Extra::default(),
        });
        let mut thread: Thread = self.call(&request).await?;
        let backend = &self.setup.backend;
        let work = async |cancel| all_items(backend, thread_id, &cancel).await;
        let stoppable = self.setup.interrupts.stoppable(&self.setup.cancel, work);
        thread.items = stoppable.await?;
        Ok(thread)
    }

    fn new_state(&mut self, thread: Thread) {
        self.conversation.transcript = Transcript::of(thread);
        self.conversation.view = View::default();
        self.screen.forget_thread();
        self.left.clear();
        self.is_broken = false;
        // What waited when the thread was opened is offered by the prompt, not thrust upon the user.
        self.leave_what_waits();
    }

    pub(super) fn show(&mut self) -> Result<()> {
        let thread = self.conversation.transcript.to_thread();
        let thread = thread.ok_or_else(no_thread)?;
        if self.ui.is_json() {
            return self.ui.json(&thread);
        }
        self.show_last(usize::MAX)
    }

    fn show_last(&mut self, count: usize) -> Result<()> {
        let items: Vec<Item> = self.conversation.transcript.items().cloned().collect();
        let earlier = items.len().saturating_sub(count);
        if earlier > 0 {
            let note = format!("… {earlier} earlier; /show shows all");
            self.ui.note(Style::Dim, &note);
        }
        for (index, item) in items[earlier..].iter().enumerate() {
            if index > 0 && self.is_interactive() {
                self.ui.text("\n")?;
            }
            self.ui.note(Style::Dim, &format!("{}:", plain::kind(item)));
            if self.is_interactive() {
                self.screen.settled(item, self.ui)?;
            } else {
                self.ui.text(&plain::item(item))?;
                self.ui.end_line()?;
            }
        }
        if !self.screen.sight.draws {
            self.tell_actions_after(0);
        }
        Ok(())
    }

    pub(super) async fn rename(&mut self, title: String) -> Result<()> {
        let thread_id = self.thread_id().ok_or_else(no_thread)?;
        let request = Request::UpdateThread(UpdateThread {
            thread_id,
            title,
            extra: Extra::default(),
        });
        let thread: Thread = self.call(&request).await?;
        self.see(&thread);
        let event = Event::ThreadUpdated(WithThread {
            thread,
            extra: Extra::default(),
        });
        let _ = self.conversation.transcript.apply(&event);
        self.ui.note(Style::Dim, "renamed");
        Ok(())
    }

    pub(super) async fn delete(&mut self) -> Result<()> {
        let thread_id = self.thread_id().ok_or_else(no_thread)?;
        if !self.setup.yes && !self.may_delete(&thread_id).await? {
            self.hide_control_c()?;
            self.ui.note(Style::Dim, "the thread is kept");
            return Ok(());
        }
        let request = Request::DeleteThread(ThreadRef {
            thread_id: thread_id.clone(),
            extra: Extra::default(),
        });
        self.call::<Value>(&request).await?;
        self.ui.note(Style::Dim, &format!("deleted: {thread_id}"));
        self.seen.threads.forget(&thread_id);
        if let Some(last) = &self.setup.last {
            last.forget(&thread_id);
        }
        self.new_thread();
        Ok(())
    }

    async fn may_delete(&mut self, thread_id: &ThreadId) -> Result<bool> {
        let question = format!("Delete thread {thread_id}?");
        if let Seat::Pipe(_) = self.seat {
            return Err(Error::usage_hint(
                format!("cannot ask: {question}"),
                "answer with --yes",
            ));
        }
        let reply = self.ask(Question::sure(&question, false)).await?;
        Ok(reply == Some(Reply::Sure(true)))
    }

    pub(super) fn items(&mut self) -> Result<()> {
        if self.thread_id().is_none() {
            return Err(no_thread());
        }
        let items = self.conversation.transcript.items();
        let rows: Vec<[String; 3]> = items
            .map(|item| {
                let text = clean_line(&plain::item(item));
                [
                    item.id.to_string(),
                    plain::kind(item).to_owned(),
                    table::shorten(&text, EXCERPT),
                ]
            })
            .collect();
        self.say_text(&table::columns(&rows))
    }
}

fn list_threads() -> Request {
    Request::ListThreads(ListThreads {
        limit: Some(LISTED),
        ..ListThreads::default()
    })
}

/// Keeps a thread, unless its id cannot be typed.
fn row(thread: &Thread) -> [String; 3] {
    [
        thread.id.to_string(),
        plain::status(&thread.status),
        plain::title(thread).to_owned(),
    ]
}

fn no_thread() -> Error {
    Error::usage_hint(
        "there is no thread yet",
        "send a message, or open one with /open ID",
    )
}
