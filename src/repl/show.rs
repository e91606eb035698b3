//! What each event of a turn changes on the screen.

use super::screen::Screen;
use super::timing::Timing;
use crate::client::{Frame, Turn};
use crate::command::turn::Audience;
use crate::error::Result;
use crate::protocol::{Event, Item, ItemId, ItemKind, ItemUpdated, Update as ItemUpdate, Workflow};
use crate::render::workflow::{self, Extent};
use crate::render::{item, signal, widget};
use crate::transcript::{Change, Transcript};
use crate::ui::{Style, Ui};

impl Screen {
    fn workflow(&mut self, id: &ItemId, body: &Workflow, done: bool, ui: &mut Ui) -> Result<()> {
        let extent = if done { Extent::Summary } else { Extent::Whole };
        let text = workflow::workflow(body, extent, &self.sight.look());
        self.block(id, &text, done, ui)
    }

    fn open_item(&mut self, item: &Item, event: &Event, ui: &mut Ui) -> Result<()> {
        let look = self.sight.look();
        match &item.kind {
            ItemKind::AssistantMessage(message) => self.catch_up(&item.id, message, false, ui),
            ItemKind::Widget(body) => {
                let first = self.number(item);
                let text = widget::numbered(&body.widget, first, &look).text;
                self.block(&item.id, &text, false, ui)
            }
            ItemKind::Workflow(body) => self.workflow(&item.id, &body.workflow, false, ui),
            ItemKind::GeneratedImage(body) => {
                let progress = match event {
                    Event::ItemUpdated(ItemUpdated {
                        update: ItemUpdate::ImageUpdated(update),
                        ..
                    }) => update.progress,
                    _ => None,
                };
                let text = item::image(body.image.as_ref(), progress, &look);
                self.block(&item.id, &text, false, ui)
            }
            _ => Ok(()),
        }
    }

    fn done_item(&mut self, item: &Item, ui: &mut Ui) -> Result<()> {
        let look = self.sight.look();
        match &item.kind {
            ItemKind::AssistantMessage(message) => {
                self.catch_up(&item.id, message, true, ui)?;
                self.close(ui)?;
                let notes: Vec<_> = (message.content.iter())
                    .flat_map(|part| part.annotations.iter().cloned())
                    .collect();
                ui.drawn(&item::annotations(&notes, &look))
            }
            ItemKind::Workflow(body) => self.workflow(&item.id, &body.workflow, true, ui),
            // The user knows what was said.
            ItemKind::UserMessage(_)
            | ItemKind::EndOfTurn(_)
            | ItemKind::HiddenContext(_)
            | ItemKind::SdkHiddenContext(_) => Ok(()),
            _ => {
                let text = self.whole(item);
                self.block(&item.id, &text, true, ui)?;
                self.picture(item, ui)
            }
        }
    }

    fn replaced_item(&mut self, item: &Item, ui: &mut Ui) -> Result<()> {
        // Wherever the item stood, it stands below now.
        self.close(ui)?;
        self.forget(&item.id);
        // An answered form is the user's own doing.
        if !matches!(item.kind, ItemKind::StructuredInput(_)) {
            let line = signal::replaced(item.id.as_str(), &self.sight.look());
            self.line(&line, ui)?;
        }
        self.done_item(item, ui)
    }

    fn signal(&mut self, event: &Event, ui: &mut Ui) -> Result<()> {
        let look = self.sight.look();
        match event {
            Event::Progress(progress) => {
                // The spinner takes a line of its own, below what is there.
                self.close_message(ui)?;
                ui.flush()?;
                let line = signal::progress(progress, &look.with_width(look.width.max(6) - 2));
                self.spinner.say(&line);
                Ok(())
            }
            Event::Notice(notice) => self.line(&signal::notice(notice, &look), ui),
            Event::ClientEffect(effect) => self.line(&signal::effect(effect, &look), ui),
            Event::Unknown(unknown) => {
                self.close(ui)?;
                let note = format!("event of the unknown type {}", unknown.kind);
                ui.note(Style::Dim, &note);
                Ok(())
            }
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
        let known = |id: &ItemId| transcript.item(id);
        match change {
            Change::Text {
                item_id,
                part,
                appended,
            } => self.text(item_id, *part, appended, ui),
            Change::Added(id) | Change::Updated(id) => match known(id) {
                Some(item) => self.open_item(item, event, ui),
                None => Ok(()),
            },
            Change::Done(id) => known(id).map_or(Ok(()), |item| self.done_item(item, ui)),
            Change::Replaced(id) => known(id).map_or(Ok(()), |item| self.replaced_item(item, ui)),
            Change::Thread { .. } => self.thread(transcript, change, ui),
            Change::Removed(id) => {
                let line = signal::removed(id.as_str(), &self.sight.look());
                self.line(&line, ui)
            }
            Change::Signal | Change::Nothing => self.signal(event, ui),
        }
    }
}

/// Whether an event brings text that a person reads: a message's, or a widget's.
fn is_text(event: &Event, change: &Change<'_>) -> bool {
    let is_value = matches!(event, Event::ItemUpdated(updated) if matches!(updated.update, ItemUpdate::ValueDelta(_)));
    is_value || matches!(change, Change::Text { .. })
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
        // A line below a block that is still drawn again would be taken away with it.
        self.close(ui)?;
        ui.warn(text);
        Ok(())
    }

    fn pause(&mut self, ui: &mut Ui) -> Result<()> {
        self.refresh(ui)
    }

    fn over(&mut self, ui: &mut Ui) -> Result<()> {
        self.close(ui)?;
        ui.end_line()
    }
}
