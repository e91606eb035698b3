//! A turn on a terminal: finished blocks are written once, and the open one is drawn again.
//!
//! What a block looks like is `render`'s; here is only what stands on the screen. A terminal that
//! cannot be drawn on gets the plain view that `send` has.

use std::collections::HashMap;
use std::time::Instant;

use super::progress::Spinner;
use super::rows::Rows;
use super::sight::Sight;
use super::timing::Timing;
use crate::client::{Frame, Turn};
use crate::command::turn::Audience;
use crate::command::view::View;
use crate::error::Result;
use crate::protocol::{
    AssistantMessage, Event, Item, ItemId, ItemKind, ItemUpdated, Update as ItemUpdate, Workflow,
};
use crate::render::markdown::Update;
use crate::render::workflow::{self, Extent};
use crate::render::{Markdown, item, signal, widget};
use crate::transcript::{Change, Transcript};
use crate::ui::{Style, Ui};

/// The lowest block on the screen, which may still change.
#[derive(Debug)]
enum Live {
    /// A part of a message.
    Message(ItemId, Box<Markdown>),
    /// Anything else.
    Block(ItemId),
}

/// What stands above the next thing that is written in this turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Below {
    Nothing,
    Line,
    Block,
}

/// How far a message has been written: all parts before `part`, and `bytes` of that one.
#[derive(Clone, Copy, Debug, Default)]
struct Written {
    part: usize,
    bytes: usize,
}

/// What stands on the screen of the turn that runs.
#[derive(Debug)]
pub struct Screen {
    sight: Sight,
    plain: View,
    spinner: Spinner,
    live: Option<Live>,
    /// What was drawn last, of which the live block is the end.
    rows: Rows,
    written: HashMap<ItemId, Written>,
    below: Below,
    /// Whether events are shown as they come, instead of what they mean.
    pub raw: bool,
    /// The times of the turn that ran last.
    pub timing: Option<Timing>,
}

impl Screen {
    /// An empty screen.
    pub fn new(sight: Sight) -> Self {
        Self {
            sight,
            plain: View::default(),
            spinner: Spinner::default(),
            live: None,
            rows: Rows::default(),
            written: HashMap::new(),
            below: Below::Nothing,
            raw: false,
            timing: None,
        }
    }

    /// A request is about to be sent.
    pub fn begin(&mut self) {
        self.live = None;
        self.written.clear();
        self.below = Below::Nothing;
        self.timing = Some(Timing::since(Instant::now()));
        if self.sight.draws {
            self.spinner.say("waiting for the backend");
        }
    }

    /// The request is over, even where no answer ever began.
    pub fn rest(&mut self) {
        self.spinner.clear();
    }

    /// Forgets which thread was told, because another one begins.
    pub fn forget_thread(&mut self) {
        self.plain = View::default();
    }

    /// Writes an item that is no longer changing, such as one of a thread that was opened.
    ///
    /// # Errors
    /// When stdout cannot be written to.
    pub fn settled(&mut self, item: &Item, ui: &mut Ui) -> Result<()> {
        if self.sight.draws {
            return ui.drawn(&item::item(item, &self.sight.look()).text);
        }
        ui.text(&crate::render::plain::item(item))?;
        ui.end_line()
    }

    /// Ends the block that is drawn again and again, as it stands.
    fn close(&mut self, ui: &mut Ui) -> Result<()> {
        self.spinner.clear();
        if let Some(Live::Message(_, mut markdown)) = self.live.take() {
            let update = markdown.finish();
            self.repaint(&update, ui)?;
        }
        Ok(())
    }

    /// Does to the screen what the renderer wants, whose lines may have been broken since.
    fn repaint(&mut self, update: &Update, ui: &mut Ui) -> Result<()> {
        if update.is_empty() {
            return Ok(());
        }
        let rows = self.rows.count(update.erase_lines, self.sight.look().width);
        self.rows = Rows::of(&update.text);
        ui.drawn(&erase(rows))?;
        ui.drawn(&update.text)
    }

    /// An empty line stands between two blocks, but not between two lines.
    fn gap(&mut self, next: Below, ui: &mut Ui) -> Result<()> {
        let above = std::mem::replace(&mut self.below, next);
        if above == Below::Nothing || (above == Below::Line && next == Below::Line) {
            return Ok(());
        }
        ui.drawn("\n")
    }

    /// Writes a line or more that never changes.
    fn line(&mut self, text: &str, ui: &mut Ui) -> Result<()> {
        self.close(ui)?;
        self.gap(Below::Line, ui)?;
        ui.drawn(text)
    }

    fn text(&mut self, id: &ItemId, part: usize, appended: &str, ui: &mut Ui) -> Result<()> {
        self.spinner.clear();
        let written = self.written.entry(id.clone()).or_default();
        let continues = matches!(&self.live, Some(Live::Message(live, _)) if live == id);
        if !continues || written.part != part {
            self.close(ui)?;
            self.gap(Below::Block, ui)?;
            self.live = Some(Live::Message(
                id.clone(),
                Box::new(Markdown::new(self.sight.look())),
            ));
        }
        let written = self.written.entry(id.clone()).or_default();
        if written.part == part {
            written.bytes += appended.len();
        } else {
            *written = Written {
                part,
                bytes: appended.len(),
            };
        }
        let update = match &mut self.live {
            Some(Live::Message(_, markdown)) => markdown.push(appended),
            _ => return Ok(()),
        };
        self.repaint(&update, ui)
    }

    /// Writes what of a message has not been written yet.
    fn catch_up(&mut self, id: &ItemId, message: &AssistantMessage, ui: &mut Ui) -> Result<()> {
        let at = self.written.get(id).copied().unwrap_or_default();
        for (index, part) in message.content.iter().enumerate().skip(at.part) {
            let bytes = if index == at.part { at.bytes } else { 0 };
            // A text that became shorter has been written already, for better or worse.
            let rest = part.text.get(bytes..).unwrap_or_default();
            if !rest.is_empty() {
                self.text(id, index, rest, ui)?;
            }
        }
        Ok(())
    }

    /// Draws a block, in the place of its last version if nothing stands below that.
    fn block(&mut self, id: &ItemId, text: &str, is_done: bool, ui: &mut Ui) -> Result<()> {
        let look = self.sight.look();
        // What reached above the screen could not be taken away again.
        if text.is_empty() || (!is_done && text.lines().count() + 1 >= look.height) {
            return Ok(());
        }
        self.spinner.clear();
        match &self.live {
            Some(Live::Block(live)) if live == id => {
                ui.drawn(&erase(self.rows.all(look.width)))?;
            }
            _ => {
                self.close(ui)?;
                self.gap(Below::Block, ui)?;
            }
        }
        ui.drawn(text)?;
        self.rows = Rows::of(text);
        self.live = (!is_done).then(|| Live::Block(id.clone()));
        Ok(())
    }

    fn workflow(&mut self, id: &ItemId, body: &Workflow, done: bool, ui: &mut Ui) -> Result<()> {
        let extent = if done { Extent::Summary } else { Extent::Whole };
        let text = workflow::workflow(body, extent, &self.sight.look());
        self.block(id, &text, done, ui)
    }

    fn open_item(&mut self, item: &Item, event: &Event, ui: &mut Ui) -> Result<()> {
        let look = self.sight.look();
        match &item.kind {
            ItemKind::AssistantMessage(message) => self.catch_up(&item.id, message, ui),
            ItemKind::Widget(body) => {
                let text = widget::render(&body.widget, &look).text;
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
                self.catch_up(&item.id, message, ui)?;
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
                let text = item::item(item, &look).text;
                self.block(&item.id, &text, true, ui)
            }
        }
    }

    fn replaced_item(&mut self, item: &Item, ui: &mut Ui) -> Result<()> {
        // Wherever the item stood, it stands below now.
        self.close(ui)?;
        self.written.remove(&item.id);
        self.done_item(item, ui)
    }

    fn signal(&mut self, event: &Event, ui: &mut Ui) -> Result<()> {
        let look = self.sight.look();
        match event {
            Event::Progress(progress) => {
                // The spinner takes a line of its own, below what is there.
                if let Some(Live::Message(..)) = &self.live {
                    self.close(ui)?;
                }
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
            Change::Removed(_) => Ok(()),
            Change::Signal | Change::Nothing => self.signal(event, ui),
        }
    }
}

/// Takes away the rows above the cursor, which stands at the beginning of a line.
fn erase(rows: usize) -> String {
    match rows {
        0 => String::new(),
        rows => format!("\u{1b}[{rows}A\r\u{1b}[J"),
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

    fn pause(&mut self, ui: &mut Ui) -> Result<()> {
        let update = match &mut self.live {
            Some(Live::Message(_, markdown)) => markdown.refresh(),
            _ => return Ok(()),
        };
        self.repaint(&update, ui)
    }

    fn over(&mut self, ui: &mut Ui) -> Result<()> {
        self.close(ui)?;
        self.live = None;
        ui.end_line()
    }
}
