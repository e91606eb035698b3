//! A turn as a person reads it: the answer on stdout as it arrives, all else on stderr.

mod notes;

use std::collections::{HashMap, HashSet};

use super::written::{Written, whole_part};
use crate::error::Result;
use crate::protocol::{AssistantMessage, Event, Item, ItemId, ItemKind, ToolCallStatus};
use crate::render::plain;
use crate::transcript::{Change, Transcript};
use crate::ui::{Style, Ui};

/// What of a turn has been shown so far.
#[derive(Debug, Default)]
pub struct View {
    /// The item whose text was written last.
    block: Option<ItemId>,
    /// How far each message has been written.
    written: HashMap<ItemId, Written>,
    /// The message whose text goes on; that of others would tear it.
    open: Option<ItemId>,
    /// What waits until that message is whole, and whether it is whole itself.
    waiting: Vec<(ItemId, bool)>,
    /// How many tasks of each open workflow have been told.
    told: HashMap<ItemId, HashSet<usize>>,
    last_progress: String,
    thread_told: bool,
}

impl View {
    /// Shows what an event changed. `transcript` has applied it already.
    ///
    /// # Errors
    /// When stdout cannot be written to.
    pub fn show(
        &mut self,
        event: &Event,
        change: &Change<'_>,
        transcript: &Transcript,
        ui: &mut Ui,
    ) -> Result<()> {
        if let Some((id, part)) = whole_part(event, transcript) {
            self.written.entry(id.clone()).or_default().finish(part);
        }
        match change {
            Change::Text {
                item_id,
                part,
                appended,
            } if self.continues(item_id, *part) => self.append(item_id, *part, appended, ui),
            Change::Text { item_id, .. }
            | Change::Added(item_id)
            | Change::Updated(item_id)
            | Change::Done(item_id)
            | Change::Replaced(item_id) => match (transcript.item(item_id), change) {
                (Some(item), Change::Text { part, .. }) => self.text(item, *part, ui),
                (Some(item), Change::Added(_)) => self.added_item(item, ui),
                (Some(item), Change::Done(_)) => self.done_item(item, transcript, ui),
                (Some(item), Change::Replaced(_)) => self.replaced_item(item, transcript, ui),
                (Some(item), _) => self.open_item(item, ui),
                (None, _) => Ok(()),
            },
            Change::Removed(item_id) => {
                let told = format!("removed: {item_id}");
                if self.is_begun(item_id) {
                    // What stands above was taken back, as a guardrail does with an answer.
                    ui.note(Style::Dim, &told);
                } else {
                    ui.detail(&told);
                }
                self.ended(item_id, transcript, ui)
            }
            Change::Thread {
                created,
                title,
                status,
            } => {
                self.thread(transcript, (*created, *title, *status), ui);
                Ok(())
            }
            Change::Signal | Change::Nothing => {
                self.signal(event, ui);
                Ok(())
            }
        }
    }

    /// Says which thread it is, once.
    pub fn tell_thread(&mut self, id: &str, ui: &mut Ui) {
        if !self.thread_told {
            self.thread_told = true;
            ui.note(Style::Dim, &format!("thread: {id}"));
        }
    }

    /// Writes what still waits, because nothing more comes.
    ///
    /// # Errors
    /// When stdout cannot be written to.
    pub fn over(&mut self, transcript: &Transcript, ui: &mut Ui) -> Result<()> {
        while let Some(id) = self.open.clone() {
            if let Some(ItemKind::AssistantMessage(message)) =
                transcript.item(&id).map(|item| &item.kind)
            {
                // A part that waited for another one is not whole, but all that came.
                self.catch_up(&id, message, ui)?;
            }
            self.ended(&id, transcript, ui)?;
        }
        // A workflow may be left open, for a later turn to go on with.
        for item in transcript.open_items() {
            if let ItemKind::Workflow(workflow) = &item.kind {
                self.tell_tasks(&item.id, workflow, true, ui);
            }
        }
        ui.end_line()
    }

    /// A message is whole, or gone: those that waited for it follow, until one is not whole.
    fn ended(&mut self, id: &ItemId, transcript: &Transcript, ui: &mut Ui) -> Result<()> {
        if self.open.as_ref() == Some(id) {
            self.open = None;
        }
        let mut waiting = std::mem::take(&mut self.waiting).into_iter();
        while self.open.is_none()
            && let Some((id, is_done)) = waiting.next()
        {
            match transcript.item(&id) {
                Some(item) if is_done => self.done_item(item, transcript, ui)?,
                Some(item) => self.open_item(item, ui)?,
                None => {}
            }
        }
        self.waiting.splice(0..0, waiting);
        Ok(())
    }

    /// Keeps an item for later if the text of another goes on.
    fn waits(&mut self, id: &ItemId, is_done: bool) -> bool {
        if self.open.as_ref().is_none_or(|open| open == id) {
            return false;
        }
        match self.waiting.iter_mut().find(|(known, _)| known == id) {
            Some((_, known)) => *known |= is_done,
            None => self.waiting.push((id.clone(), is_done)),
        }
        true
    }

    fn continues(&self, item_id: &ItemId, part: usize) -> bool {
        self.block.as_ref() == Some(item_id)
            && self
                .written
                .get(item_id)
                .is_some_and(|written| written.last() == Some(part))
    }

    fn append(&mut self, item_id: &ItemId, part: usize, text: &str, ui: &mut Ui) -> Result<()> {
        if let Some(written) = self.written.get_mut(item_id) {
            written.more(part, text);
        }
        ui.text(text)
    }

    /// Begins the text of an item; an empty line stands between two.
    fn begin(&mut self, item_id: &ItemId, ui: &mut Ui) -> Result<()> {
        if self.block.as_ref() == Some(item_id) {
            return Ok(());
        }
        match self.block.replace(item_id.clone()) {
            Some(_) => separate(ui),
            None => Ok(()),
        }
    }

    /// Begins an item; one that comes a second time is written anew, as a block of its own.
    fn added_item(&mut self, item: &Item, ui: &mut Ui) -> Result<()> {
        self.begin_anew(&item.id, ui)?;
        self.open_item(item, ui)
    }

    fn begin_anew(&mut self, id: &ItemId, ui: &mut Ui) -> Result<()> {
        match self.written.remove(id) {
            Some(_) if self.block.as_ref() == Some(id) => separate(ui),
            _ => Ok(()),
        }
    }

    fn open_item(&mut self, item: &Item, ui: &mut Ui) -> Result<()> {
        match &item.kind {
            ItemKind::AssistantMessage(message) => {
                // Text comes with its part; what else changes a message adds to its end.
                self.go_on(&item.id, message, ui)
            }
            ItemKind::Workflow(workflow) => {
                self.tell_tasks(&item.id, workflow, false, ui);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Writes what has come of one part.
    fn text(&mut self, item: &Item, part: usize, ui: &mut Ui) -> Result<()> {
        match &item.kind {
            ItemKind::AssistantMessage(message) => match message.content.get(part) {
                Some(content) => {
                    let written = self.written.entry(item.id.clone()).or_default();
                    if !written.takes(part) {
                        return Ok(());
                    }
                    let rest = written.rest(part, &content.text);
                    self.write(&item.id, part, rest, ui)
                }
                None => Ok(()),
            },
            _ => self.open_item(item, ui),
        }
    }

    /// Writes what of a message that still grows has not been written yet.
    fn go_on(&mut self, id: &ItemId, message: &AssistantMessage, ui: &mut Ui) -> Result<()> {
        let from = self.written.get(id).map_or(0, Written::tail);
        for (index, part) in message.content.iter().enumerate().skip(from) {
            let written = self.written.entry(id.clone()).or_default();
            if !written.takes(index) {
                break;
            }
            let rest = written.known_rest(index, &part.text);
            self.write(id, index, rest, ui)?;
        }
        Ok(())
    }

    /// Writes what of a whole message has not been written yet.
    fn catch_up(&mut self, id: &ItemId, message: &AssistantMessage, ui: &mut Ui) -> Result<()> {
        for (index, part) in message.content.iter().enumerate() {
            let written = self.written.entry(id.clone()).or_default();
            let rest = written.known_rest(index, &part.text);
            self.write(id, index, rest, ui)?;
        }
        Ok(())
    }

    /// Writes more of a part; an empty line stands where parts change.
    fn write(&mut self, id: &ItemId, index: usize, rest: &str, ui: &mut Ui) -> Result<()> {
        if rest.is_empty() || self.waits(id, false) {
            return Ok(());
        }
        self.open.get_or_insert_with(|| id.clone());
        let written = self.written.entry(id.clone()).or_default();
        let before = written.more(index, rest);
        if self.block.as_ref() != Some(id) {
            self.begin(id, ui)?;
        } else if before.is_some_and(|before| before != index) {
            separate(ui)?;
        }
        ui.text(rest)
    }

    fn done_item(&mut self, item: &Item, transcript: &Transcript, ui: &mut Ui) -> Result<()> {
        match &item.kind {
            ItemKind::AssistantMessage(_) | ItemKind::Widget(_) if self.waits(&item.id, true) => {}
            ItemKind::AssistantMessage(message) => {
                if !self.leads_to(&item.id, message) {
                    // What stands above was not what the backend keeps.
                    self.begin_anew(&item.id, ui)?;
                }
                self.catch_up(&item.id, message, ui)?;
                for part in plain::foreign_parts(message) {
                    ui.note(Style::Dim, &part);
                }
                for source in plain::sources(message) {
                    ui.note(Style::Dim, &format!("source: {source}"));
                }
                self.ended(&item.id, transcript, ui)?;
            }
            ItemKind::Widget(widget) => self.block(&item.id, &plain::widget(widget), ui)?,
            ItemKind::Workflow(workflow) => {
                self.tell_tasks(&item.id, workflow, true, ui);
                self.told.remove(&item.id);
            }
            ItemKind::ClientToolCall(call) if call.status == ToolCallStatus::Pending => {
                ui.note(
                    Style::Dim,
                    &format!("tool call: {}", plain::tool_call(call)),
                );
            }
            ItemKind::StructuredInput(form) => {
                ui.note(Style::Plain, &format!("form {}:", item.id));
                for question in plain::questions(form) {
                    ui.note(Style::Plain, &question);
                }
            }
            ItemKind::Task(body) => ui.note(Style::Dim, &plain::task(&body.task)),
            ItemKind::GeneratedImage(_) => {
                ui.note(Style::Plain, &format!("image: {}", plain::item(item)));
            }
            ItemKind::Unknown(unknown) => {
                let note = format!("item of the unknown type {}: {}", unknown.kind, item.id);
                ui.note(Style::Dim, &note);
            }
            ItemKind::UserMessage(_) | ItemKind::EndOfTurn(_) => {
                ui.detail(&format!("done: {} {}", plain::kind(item), item.id));
            }
            _ => ui.detail(&format!(
                "item of the type {}: {}",
                item.kind.type_name(),
                item.id
            )),
        }
        Ok(())
    }

    fn is_begun(&self, id: &ItemId) -> bool {
        self.written.get(id).is_some_and(Written::is_begun)
    }

    /// Whether a message goes on where what is written of it ends, if anything is.
    fn leads_to(&self, id: &ItemId, message: &AssistantMessage) -> bool {
        let texts = || message.content.iter().map(|part| part.text.as_str());
        let written = self.written.get(id);
        written.is_none_or(|written| written.leads_to(texts()))
    }

    fn replaced_item(&mut self, item: &Item, transcript: &Transcript, ui: &mut Ui) -> Result<()> {
        match &item.kind {
            ItemKind::AssistantMessage(_) | ItemKind::Widget(_) if self.waits(&item.id, true) => {
                Ok(())
            }
            ItemKind::AssistantMessage(message) => {
                if !self.is_begun(&item.id) || !self.leads_to(&item.id, message) {
                    ui.note(Style::Dim, &format!("replaced: {}", item.id));
                    self.begin_anew(&item.id, ui)?;
                }
                self.catch_up(&item.id, message, ui)?;
                self.ended(&item.id, transcript, ui)
            }
            ItemKind::Widget(widget) => {
                ui.note(Style::Dim, &format!("replaced: {}", item.id));
                self.block(&item.id, &plain::widget(widget), ui)
            }
            _ => {
                ui.detail(&format!("replaced: {} {}", plain::kind(item), item.id));
                Ok(())
            }
        }
    }

    /// Writes a text that comes whole.
    fn block(&mut self, id: &ItemId, text: &str, ui: &mut Ui) -> Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        if self.block.as_ref() == Some(id) {
            // The item is written anew, so it is a block of its own.
            separate(ui)?;
        }
        self.begin(id, ui)?;
        ui.text(text)?;
        ui.end_line()
    }
}

/// An empty line, between two texts.
fn separate(ui: &mut Ui) -> Result<()> {
    ui.end_line()?;
    ui.text("\n")
}
