//! Walking through the threads and writing each of them whole.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::left::{Kept, Left, mark};
use super::source::{Found, Items, PAGE, Source};
use crate::cassette::{Outcome, Recorder};
use crate::conversation::circle::Circle;
use crate::error::{Error, Result};
use crate::plural::{are, plural};
use crate::protocol::ThreadId;
use crate::ui::{Style, Ui};

/// How often is said how far it is.
const REPORT: Duration = Duration::from_secs(2);

/// How often the list of threads is begun anew because the place in it was deleted.
const RESTARTS: u32 = 5;

/// An export under way.
pub struct Export<'a> {
    source: Source<'a>,
    pub recorder: Recorder,
    url: String,
    /// What an earlier run has written, and this one has not looked at yet.
    kept: HashMap<String, Kept>,
    dropped: BTreeSet<u64>,
    /// The threads that this run is through with.
    done: HashSet<String>,
    items: usize,
    attachments: usize,
    redacted: usize,
    reported: Instant,
}

/// What came of an export.
pub struct Summary {
    pub threads: usize,
    pub items: usize,
    attachments: usize,
    redacted: usize,
    to: Option<PathBuf>,
}

impl<'a> Export<'a> {
    pub fn new(source: Source<'a>, recorder: Recorder, left: Left) -> Self {
        Self {
            url: source.describe(),
            source,
            recorder,
            kept: left.threads,
            dropped: left.dropped,
            done: HashSet::new(),
            items: 0,
            attachments: 0,
            redacted: 0,
            reported: Instant::now(),
        }
    }

    /// Writes these threads, or all of them.
    ///
    /// # Errors
    /// Whatever the backend's answers make, and a file that cannot be written.
    pub async fn write(&mut self, ids: Option<&[ThreadId]>, ui: &mut Ui) -> Result<()> {
        let Some(ids) = ids else {
            self.all(ui).await?;
            self.gone(ui);
            return Ok(());
        };
        for id in ids {
            if !self.done.contains(id.as_str()) {
                let found = self.source.thread(id, ui).await?;
                self.one(&found, ui).await?;
            }
        }
        Ok(())
    }

    async fn all(&mut self, ui: &mut Ui) -> Result<()> {
        let (mut after, mut circle, mut restarts) = (None::<String>, Circle::default(), 0);
        loop {
            let page = self.source.threads(after.as_deref(), ui).await;
            let (threads, more) = match page {
                // The thread that the page begins after was deleted: those that were written are
                // passed over, so that the list may be begun anew.
                Err(Error::Http(failure))
                    if after.is_some() && is_lost(failure.status) && restarts < RESTARTS =>
                {
                    (after, circle, restarts) = (None, Circle::default(), restarts + 1);
                    continue;
                }
                page => page?,
            };
            let rows = threads.len();
            for found in threads {
                if self.done.contains(found.id.as_str()) {
                    continue;
                }
                match self.one(&found, ui).await {
                    Err(Error::Http(failure))
                        if self.was_deleted(&found, failure.status, ui).await? =>
                    {
                        ui.warn(&format!("thread {} was deleted meanwhile", found.id));
                    }
                    written => written?,
                }
            }
            let Some(next) = more else { return Ok(()) };
            circle.step("threads.list", after.as_deref(), &next, rows)?;
            after = Some(next);
        }
    }

    /// Whether the items of a thread are refused because it is not there any more.
    async fn was_deleted(&mut self, found: &Found, status: u16, ui: &mut Ui) -> Result<bool> {
        if !is_lost(status) {
            return Ok(false);
        }
        match self.source.thread(&found.id, ui).await {
            Ok(_) => Ok(false),
            Err(Error::Http(failure)) => Ok(is_lost(failure.status)),
            Err(error) => Err(error),
        }
    }

    /// Writes one thread, unless it is there as it is.
    async fn one(&mut self, found: &Found, ui: &mut Ui) -> Result<()> {
        match self.kept.remove(found.id.as_str()) {
            Some(kept) if self.is_same(found, &kept, ui).await? => self.items += kept.items,
            kept => {
                self.dropped
                    .extend(kept.into_iter().flat_map(|kept| kept.exchanges));
                self.thread(found, ui).await?;
            }
        }
        self.done.insert(found.id.to_string());
        self.report(ui);
        Ok(())
    }

    /// Whether a thread is as it was written: what it says of itself, and its last page.
    async fn is_same(&mut self, found: &Found, kept: &Kept, ui: &mut Ui) -> Result<bool> {
        if self.mark(&found.json) != kept.thread {
            return Ok(false);
        }
        match self
            .source
            .items(&found.id, kept.after.as_deref(), ui)
            .await
        {
            Ok(page) => {
                self.attachments += page.attachments();
                Ok(self.mark(&page.to_json()) == kept.page)
            }
            // The item that the page begins after may be gone.
            Err(Error::Http(failure)) if is_lost(failure.status) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// What the file would have of this document.
    fn mark(&self, document: &str) -> u64 {
        mark(self.recorder.redactor().payload(document).as_str())
    }

    async fn thread(&mut self, found: &Found, ui: &mut Ui) -> Result<()> {
        let id = &found.id;
        // Asked before anything is written, so that a thread that is gone leaves nothing.
        let (mut page, mut after) = (self.source.items(id, None, ui).await?, None);
        let mut circle = Circle::default();
        let mut about = json!({"type": "threads.get_by_id", "params": {"thread_id": id}});
        if let Some(user) = &found.user {
            about["metadata"] = json!({ "user": user });
        }
        let first = self.exchange(&about, &found.json)?;
        loop {
            self.page(id, after.as_deref(), &page)?;
            let Some(next) = page.more().map(ToOwned::to_owned) else {
                break;
            };
            circle.step("items.list", after.as_deref(), &next, page.len())?;
            page = match self.source.items(id, Some(&next), ui).await {
                Ok(page) => page,
                Err(error) => {
                    // What was begun is no thread, whatever becomes of the export.
                    self.dropped.extend(first..=self.recorder.exchanges());
                    return Err(error);
                }
            };
            after = Some(next);
            self.report(ui);
        }
        self.recorder.flush()
    }

    fn page(&mut self, id: &ThreadId, after: Option<&str>, page: &Items) -> Result<()> {
        let mut params = json!({"thread_id": id, "limit": PAGE, "order": "asc"});
        if let Some(after) = after {
            params["after"] = after.into();
        }
        let asked = json!({"type": "items.list", "params": params});
        self.exchange(&asked, &page.to_json())?;
        self.items += page.len();
        self.attachments += page.attachments();
        Ok(())
    }

    /// Writes an exchange; gives its number.
    fn exchange(&mut self, asked: &Value, document: &str) -> Result<u64> {
        let json = [("content-type", "application/json")];
        let clean = self.recorder.redactor().payload(document);
        self.redacted += usize::from(clean.as_str() != document);
        let recorder = &mut self.recorder;
        let exchange = recorder.request(&self.url, json, asked.to_string().as_bytes())?;
        recorder.response(exchange, 200, json)?;
        recorder.answer(exchange, clean)?;
        recorder.end(exchange, Outcome::Complete, None)?;
        Ok(recorder.exchanges())
    }

    fn report(&mut self, ui: &mut Ui) {
        if self.reported.elapsed() >= REPORT {
            self.reported = Instant::now();
            let (threads, items) = (self.done.len(), self.items);
            let (threads, items) = (plural(threads, "thread"), plural(items, "item"));
            ui.note(Style::Dim, &format!("{threads}, {items} …"));
        }
    }

    /// What was written before and is not listed any more was deleted meanwhile; it is kept.
    fn gone(&mut self, ui: &mut Ui) {
        for (id, kept) in self.kept.drain() {
            ui.warn(&format!(
                "thread {id} was deleted after it was exported; the export keeps it"
            ));
            self.items += kept.items;
            self.done.insert(id);
        }
    }

    /// What came of it.
    pub fn summary(&self, to: Option<&Path>) -> Summary {
        Summary {
            threads: self.done.len(),
            items: self.items,
            attachments: self.attachments,
            redacted: self.redacted,
            to: to.map(ToOwned::to_owned),
        }
    }

    /// Gives the file its name.
    ///
    /// # Errors
    /// When the disk is full, or the name cannot be taken.
    pub fn finish(self) -> Result<()> {
        self.recorder.finish_without(&self.dropped)
    }
}

impl Summary {
    /// Says it.
    pub fn tell(&self, ui: &mut Ui) {
        let to = self.to.as_ref();
        let to = to
            .map(|to| format!(" to {}", to.display()))
            .unwrap_or_default();
        let (threads, items) = (plural(self.threads, "thread"), plural(self.items, "item"));
        ui.note(Style::Dim, &format!("exported {threads} with {items}{to}"));
        if self.attachments > 0 {
            let (attachments, are) = (
                plural(self.attachments, "attachment"),
                are(self.attachments),
            );
            ui.warn(&format!(
                "{attachments} {are} described, the bytes are not in the export"
            ));
        }
        if self.redacted > 0 {
            ui.warn(&format!(
                "secrets were taken out of {}",
                plural(self.redacted, "answer")
            ));
        }
    }
}

/// Whether this may be how a backend says that something is not there. The reference server
/// answers 500 then.
fn is_lost(status: u16) -> bool {
    matches!(status, 400 | 404 | 410 | 422 | 500)
}
