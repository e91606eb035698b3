//! What each event of a turn changes on the screen.

use std::time::Duration;

use super::Screen;
use super::held::Stage;
use crate::client::{Frame, Turn};
use crate::conversation::Audience;
use crate::conversation::written::whole_part;
use crate::error::Result;
use crate::protocol::{Event, Item, ItemId, ItemKind, ItemUpdated, Update as ItemUpdate};
use crate::render::workflow::{self, Extent};
use crate::render::{item, signal, widget};
use crate::repl::timing::Timing;
use crate::transcript::{Change, Transcript};
use crate::ui::Ui;

impl Screen {
    /// Shows an item that has come so far.
    pub(super) fn reach(
        &mut self,
        item: &Item,
        stage: Stage,
        progress: Option<f64>,
        transcript: &Transcript,
        ui: &mut Ui,
    ) -> Result<()> {
        if self.holds(&item.id, stage) {
            return self.show_ahead(item, stage, progress, transcript, ui);
        }
        match stage {
            Stage::Open => self.open_item(item, progress, transcript, ui),
            Stage::Done => self.done_item(item, transcript, ui),
            Stage::Replaced => self.replaced_item(item, transcript, ui),
        }
    }

    /// Shows what waits for the message that streams, below it: of another message all that has come,
    /// if nothing of it stands above.
    fn show_ahead(
        &mut self,
        item: &Item,
        stage: Stage,
        progress: Option<f64>,
        transcript: &Transcript,
        ui: &mut Ui,
    ) -> Result<()> {
        let is_message = matches!(item.kind, ItemKind::AssistantMessage(_));
        if is_message && self.is_written(&item.id) {
            return Ok(());
        }
        match stage {
            Stage::Open if is_message => return self.open_block(&item.id, None, transcript, ui),
            Stage::Open => return self.open_item(item, progress, transcript, ui),
            Stage::Done | Stage::Replaced => {}
        }
        let Some(text) = self.done_text(item) else {
            return Ok(());
        };
        self.lift(ui)?;
        self.region.put_last(&item.id, &text);
        self.lower(ui)
    }

    fn open_item(
        &mut self,
        item: &Item,
        progress: Option<f64>,
        transcript: &Transcript,
        ui: &mut Ui,
    ) -> Result<()> {
        match &item.kind {
            ItemKind::AssistantMessage(message) => self.catch_up(&item.id, message, false, ui),
            ItemKind::Widget(_) | ItemKind::Workflow(_) | ItemKind::GeneratedImage(_) => {
                self.open_block(&item.id, progress, transcript, ui)
            }
            _ => Ok(()),
        }
    }

    fn open_block(
        &mut self,
        id: &ItemId,
        progress: Option<f64>,
        transcript: &Transcript,
        ui: &mut Ui,
    ) -> Result<()> {
        self.region.touch(id, progress);
        self.draw_open(transcript, ui).map(drop)
    }

    /// What an item looks like that may still change, if it can.
    pub(super) fn open_text(&mut self, item: &Item, progress: Option<f64>) -> Option<String> {
        let look = self.sight.look();
        match &item.kind {
            ItemKind::Widget(body) => {
                let first = self.number(item);
                Some(widget::numbered(&body.widget, first, &look).text)
            }
            ItemKind::Workflow(body) => {
                Some(workflow::workflow(&body.workflow, Extent::Whole, &look))
            }
            ItemKind::GeneratedImage(body) => {
                Some(item::image(body.image.as_ref(), progress, &look))
            }
            ItemKind::AssistantMessage(_) => Some(self.whole(item)),
            _ => None,
        }
    }

    fn done_item(&mut self, item: &Item, transcript: &Transcript, ui: &mut Ui) -> Result<()> {
        if let ItemKind::AssistantMessage(message) = &item.kind {
            self.catch_up(&item.id, message, true, ui)?;
            self.close(ui)?;
            self.lift(ui)?;
            ui.drawn(&item::below_text(message, &self.sight.look()))?;
            return self.release(transcript, ui);
        }
        match self.done_text(item) {
            Some(text) => self.whole_block(item, &text, ui),
            None => Ok(()),
        }
    }

    /// What an item looks like that is whole, if it is shown.
    fn done_text(&mut self, item: &Item) -> Option<String> {
        match &item.kind {
            ItemKind::Workflow(body) => {
                let look = self.sight.look();
                Some(workflow::workflow(&body.workflow, Extent::Summary, &look))
            }
            // The user knows what was said.
            ItemKind::UserMessage(_)
            | ItemKind::EndOfTurn(_)
            | ItemKind::HiddenContext(_)
            | ItemKind::SdkHiddenContext(_) => None,
            _ => Some(self.whole(item)),
        }
    }

    fn replaced_item(&mut self, item: &Item, transcript: &Transcript, ui: &mut Ui) -> Result<()> {
        // Wherever the item stood, it stands below now.
        self.close(ui)?;
        self.forget(&item.id);
        // An answered form is the user's own doing.
        if !matches!(item.kind, ItemKind::StructuredInput(_)) {
            let line = signal::replaced(item.id.as_str(), &self.sight.look());
            self.line(&line, ui)?;
        }
        self.done_item(item, transcript, ui)?;
        self.release(transcript, ui)
    }

    fn removed_item(&mut self, id: &ItemId, transcript: &Transcript, ui: &mut Ui) -> Result<()> {
        if self.message() == Some(id) {
            self.close(ui)?;
        }
        self.lift(ui)?;
        self.region.remove(id);
        // What comes of it later is another item.
        self.held.retain(|held| !held.is_item(id));
        self.line(&signal::removed(id.as_str(), &self.sight.look()), ui)?;
        self.release(transcript, ui)
    }

    fn signal(&mut self, event: &Event, ui: &mut Ui) -> Result<()> {
        let look = self.sight.look();
        match event {
            Event::Progress(progress) => {
                // The spinner takes a line of its own, below what is there.
                self.refresh(ui)?;
                ui.flush()?;
                let line = signal::progress(progress, &look.with_width(look.width.max(6) - 2));
                self.spinner.say(&line);
                Ok(())
            }
            Event::Notice(notice) => self.line(&signal::notice(notice, &look), ui),
            Event::ClientEffect(effect) => self.line(&signal::effect(effect, &look), ui),
            Event::Unknown(unknown) => self.line(&signal::unknown(unknown, &look), ui),
            _ => Ok(()),
        }
    }

    fn thread(&mut self, transcript: &Transcript, change: &Change<'_>, ui: &mut Ui) -> Result<()> {
        let (Some(thread), Change::Thread { title, status, .. }) = (transcript.thread(), change)
        else {
            return Ok(());
        };
        let look = self.sight.look();
        if let (true, Some(text)) = (*title, &thread.title) {
            self.line(&signal::title(text, &look), ui)?;
        }
        if *status {
            self.line(&signal::status(&thread.status, &look), ui)?;
        }
        Ok(())
    }

    fn draw(
        &mut self,
        event: &Event,
        change: &Change<'_>,
        transcript: &Transcript,
        ui: &mut Ui,
    ) -> Result<()> {
        if let Some((id, part)) = whole_part(event, transcript) {
            self.finish_part(id, part);
        }
        let reach = |screen: &mut Self, id: &ItemId, stage, ui: &mut Ui| match transcript.item(id) {
            Some(item) => screen.reach(item, stage, progress(event), transcript, ui),
            None => Ok(()),
        };
        match change {
            Change::Text {
                item_id,
                part,
                appended,
            } if self.message() == Some(item_id) => self.text(item_id, *part, appended, ui),
            Change::Text { item_id: id, .. } | Change::Added(id) | Change::Updated(id) => {
                reach(self, id, Stage::Open, ui)
            }
            Change::Done(id) => reach(self, id, Stage::Done, ui),
            Change::Replaced(id) => reach(self, id, Stage::Replaced, ui),
            Change::Thread { .. } => self.thread(transcript, change, ui),
            Change::Removed(id) => self.removed_item(id, transcript, ui),
            Change::Signal | Change::Nothing => self.signal(event, ui),
        }
    }
}

/// How far an image is, from 0 to 1, where an event says so.
fn progress(event: &Event) -> Option<f64> {
    match event {
        Event::ItemUpdated(ItemUpdated {
            update: ItemUpdate::ImageUpdated(update),
            ..
        }) => update.progress,
        _ => None,
    }
}

/// Whether an event brings text that a person reads: a message's, or a widget's.
fn is_text(event: &Event, change: &Change<'_>) -> bool {
    let is_value = matches!(event, Event::ItemUpdated(updated) if matches!(updated.update, ItemUpdate::ValueDelta(_)));
    let is_message = matches!(event, Event::ItemDone(done) if matches!(done.item.kind, ItemKind::AssistantMessage(_)));
    is_value || is_message || matches!(change, Change::Text { .. })
}

impl Audience for Screen {
    fn arrived(&mut self, frame: &Frame, turn: &Turn, ui: &mut Ui) -> Result<()> {
        let sent = turn.head().sent;
        let timing = self.timing.get_or_insert_with(|| Timing::since(sent));
        timing.event(frame.at, turn.bytes());
        if self.raw && !ui.is_json() {
            self.close(ui)?;
            ui.json_line(&frame.raw)?;
        }
        Ok(())
    }

    fn show(
        &mut self,
        event: &Event,
        change: &Change<'_>,
        transcript: &Transcript,
        ui: &mut Ui,
    ) -> Result<()> {
        if let (true, Some(timing)) = (is_text(event, change), &mut self.timing) {
            timing.text();
        }
        if self.raw {
            return Ok(());
        }
        if self.sight.draws {
            return self.draw(event, change, transcript, ui);
        }
        self.plain.show(event, change, transcript, ui)
    }

    fn warn(&mut self, text: &str, ui: &mut Ui) -> Result<()> {
        self.warning(text, ui)
    }

    fn pause(&mut self, transcript: &Transcript, ui: &mut Ui) -> Result<Option<Duration>> {
        let again = self.draw_open(transcript, ui)?;
        self.refresh(ui)?;
        Ok(again)
    }

    fn over(&mut self, transcript: &Transcript, ui: &mut Ui) -> Result<()> {
        self.finish(transcript, ui)?;
        while !self.held.is_empty() {
            self.release(transcript, ui)?;
            self.finish(transcript, ui)?;
        }
        self.settle(transcript, ui)?;
        if self.sight.draws {
            return ui.end_line();
        }
        self.plain.over(transcript, ui)
    }
}
