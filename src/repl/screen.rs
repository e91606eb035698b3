//! A turn on a terminal: finished blocks are written once, and the open one is drawn again.
//!
//! What a block looks like is `render`'s; here is only what stands on the screen. A terminal that
//! cannot be drawn on gets the plain view that `send` has.

use std::collections::HashMap;
use std::time::Instant;

use super::graphics::Graphics;
use super::held::{Held, Stage};
use super::numbers::Numbers;
use super::pictures::{self, Pictures};
use super::progress::Spinner;
use super::region::Region;
use super::rows::Rows;
use super::sight::Sight;
use super::timing::Timing;
use crate::conversation::view::View;
use crate::conversation::written::Written;
use crate::error::Result;
use crate::protocol::{AssistantMessage, Item, ItemId, ItemKind};
use crate::render::kitty::Png;
use crate::render::markdown::Update;
use crate::render::{Look, Markdown, item, widget};
use crate::ui::Ui;

/// What stands above the next thing that is written in this turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Below {
    Nothing,
    Line,
    Block,
}

/// What stands on the screen of the turn that runs.
#[derive(Debug)]
pub struct Screen {
    pub(super) sight: Sight,
    pub(super) plain: View,
    pub(super) spinner: Spinner,
    pictures: Pictures,
    graphics: Graphics,
    /// The part of a message that streams; it has the lowest part of the screen for itself.
    message: Option<(ItemId, Box<Markdown>)>,
    /// What was drawn last of it.
    rows: Rows,
    /// What else may still change, while no message streams.
    pub(super) region: Region,
    /// What waits until the message is whole.
    pub(super) held: Vec<Held>,
    pub(super) held_bytes: usize,
    written: HashMap<ItemId, Written>,
    below: Below,
    /// Which action each number on the screen stands for.
    pub(super) numbers: Numbers,
    /// What was typed during the turn.
    typed: String,
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
            spinner: Spinner::new(sight.look().unicode),
            pictures: Pictures::default(),
            graphics: Graphics::default(),
            message: None,
            rows: Rows::default(),
            region: Region::default(),
            held: Vec::new(),
            held_bytes: 0,
            written: HashMap::new(),
            below: Below::Nothing,
            numbers: Numbers::default(),
            typed: String::new(),
            raw: false,
            timing: None,
        }
    }

    /// The same, keeping images as files that have no address to open.
    #[must_use]
    pub fn keeping(self, pictures: Pictures) -> Self {
        Self { pictures, ..self }
    }

    /// The same, drawing images where the terminal can.
    #[must_use]
    pub fn drawing(self, graphics: Graphics) -> Self {
        Self { graphics, ..self }
    }

    /// Keeps what was typed and is not for this turn.
    pub fn keep_typed(&mut self, text: &str) {
        self.typed.push_str(text);
    }

    /// What was typed during the turn and did not wait in the terminal, for the next prompt.
    pub fn take_typed(&mut self) -> String {
        std::mem::take(&mut self.typed) + &self.graphics.take_typed()
    }

    /// Draws the picture of an image that came inside of the answer, if the terminal can.
    pub(super) fn picture(&mut self, item: &Item, ui: &mut Ui) -> Result<()> {
        let ItemKind::GeneratedImage(body) = &item.kind else {
            return Ok(());
        };
        let bytes = (body.image.as_ref()).and_then(|image| pictures::image(&image.url));
        let Some(png) = bytes.as_ref().and_then(|(bytes, _)| Png::of(bytes)) else {
            return Ok(());
        };
        match self.graphics.cell(ui)? {
            Some(cell) => ui.drawn(&png.drawn(&self.sight.look(), cell)),
            None => Ok(()),
        }
    }

    /// An item that is whole, as text.
    pub(super) fn whole(&mut self, item: &Item) -> String {
        let look = self.sight.look();
        if let ItemKind::GeneratedImage(body) = &item.kind
            && let Some(image) = &body.image
            && let Some(path) = self.pictures.keep(&image.url)
        {
            return item::saved_image(&path.to_string_lossy(), &look);
        }
        let first = self.number(item);
        item::numbered(item, first, &look).text
    }

    /// A request is about to be sent.
    pub fn begin(&mut self) {
        self.message = None;
        self.region = Region::default();
        self.held.clear();
        self.held_bytes = 0;
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

    /// How what is drawn now looks.
    pub fn look(&self) -> Look {
        self.sight.look()
    }

    /// Forgets which thread was told and how its actions are numbered, because another one begins.
    pub fn forget_thread(&mut self) {
        self.plain = View::default();
        self.numbers = Numbers::default();
    }

    /// The widgets whose actions carry numbers, each with its first.
    pub fn numbered(&self) -> impl Iterator<Item = (&ItemId, usize)> {
        self.numbers.widgets()
    }

    /// The number of an item's first action.
    pub(super) fn number(&mut self, item: &Item) -> usize {
        match &item.kind {
            ItemKind::Widget(body) => {
                let count = widget::actions(&body.widget).len();
                self.numbers.first(&item.id, count)
            }
            _ => 1,
        }
    }

    /// Writes an item that is no longer changing, such as one of a thread that was opened.
    ///
    /// # Errors
    /// When stdout cannot be written to.
    pub fn settled(&mut self, item: &Item, ui: &mut Ui) -> Result<()> {
        if self.sight.draws {
            let text = self.whole(item);
            ui.drawn(&text)?;
            return self.picture(item, ui);
        }
        ui.text(&crate::render::plain::item(item))?;
        ui.end_line()
    }

    /// The message that streams.
    pub(super) fn message(&self) -> Option<&ItemId> {
        self.message.as_ref().map(|(id, _)| id)
    }

    /// Ends the message that streams, as it stands.
    pub(super) fn close(&mut self, ui: &mut Ui) -> Result<()> {
        self.spinner.clear();
        self.resize(ui)?;
        if let Some((_, mut markdown)) = self.message.take() {
            let update = markdown.finish();
            self.repaint(&update, ui)?;
        }
        Ok(())
    }

    /// Takes away what may still change, so that something final can be written above it.
    pub(super) fn lift(&mut self, ui: &mut Ui) -> Result<()> {
        self.spinner.clear();
        let rows = self.region.lift(self.sight.look().width);
        ui.drawn(&erase(rows))
    }

    /// Draws what may still change below all else.
    pub(super) fn lower(&mut self, ui: &mut Ui) -> Result<()> {
        let is_apart = self.below != Below::Nothing;
        let text = self.region.draw(self.sight.look().height, is_apart);
        ui.drawn(&text)
    }

    /// Draws what the renderer has put off until the stream pauses.
    pub(super) fn refresh(&mut self, ui: &mut Ui) -> Result<()> {
        self.resize(ui)?;
        let Some((_, markdown)) = &mut self.message else {
            return Ok(());
        };
        let update = markdown.refresh();
        self.repaint(&update, ui)
    }

    /// Does to the screen what the renderer wants, whose lines may have been broken since.
    fn repaint(&mut self, update: &Update, ui: &mut Ui) -> Result<()> {
        if update.is_empty() {
            return Ok(());
        }
        self.spinner.clear();
        let rows = self.rows.count(update.erase_lines, self.sight.look().width);
        self.rows.replace(update.erase_lines, &update.text);
        ui.drawn(&erase(rows))?;
        ui.drawn(&update.text)
    }

    /// Fits the open message into a terminal that has another size than before.
    fn resize(&mut self, ui: &mut Ui) -> Result<()> {
        let look = self.sight.look();
        let Some((_, markdown)) = &mut self.message else {
            return Ok(());
        };
        let update = markdown.resize(look);
        self.repaint(&update, ui)
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
    pub(super) fn line(&mut self, text: &str, ui: &mut Ui) -> Result<()> {
        if self.message.is_some() {
            return self.hold(Held::Line(text.to_owned()), ui);
        }
        self.lift(ui)?;
        self.gap(Below::Line, ui)?;
        ui.drawn(text)?;
        self.lower(ui)
    }

    /// Tells what is wrong with the stream.
    pub(super) fn warning(&mut self, text: &str, ui: &mut Ui) -> Result<()> {
        if self.message.is_some() {
            return self.hold(Held::Warning(text.to_owned()), ui);
        }
        self.lift(ui)?;
        ui.warn(text);
        self.lower(ui)
    }

    /// A text goes on; that of another message than the one that streams waits.
    pub(super) fn text(
        &mut self,
        id: &ItemId,
        part: usize,
        appended: &str,
        ui: &mut Ui,
    ) -> Result<()> {
        if self.holds(id, Stage::Open) {
            return Ok(());
        }
        self.spinner.clear();
        let written = self.written.entry(id.clone()).or_default();
        if self.message.is_none() || written.last() != Some(part) {
            self.close(ui)?;
            self.clear_the_way(ui)?;
            self.gap(Below::Block, ui)?;
            self.rows = Rows::default();
            let markdown = Box::new(Markdown::new(self.sight.look()));
            self.message = Some((id.clone(), markdown));
        }
        let written = self.written.entry(id.clone()).or_default();
        written.more(part, appended);
        let Some((_, markdown)) = &mut self.message else {
            return Ok(());
        };
        let update = markdown.push(appended);
        self.repaint(&update, ui)
    }

    /// What may still change makes room for a message, below which it is drawn again.
    fn clear_the_way(&mut self, ui: &mut Ui) -> Result<()> {
        self.lift(ui)?;
        let open = self.region.take().into_iter();
        let open = open.map(|(id, _)| Held::Item(id, Stage::Open));
        self.held.splice(0..0, open);
        Ok(())
    }

    /// Writes what of a message has not been written yet, where it goes on or, once it is done, of
    /// all parts.
    pub(super) fn catch_up(
        &mut self,
        id: &ItemId,
        message: &AssistantMessage,
        is_done: bool,
        ui: &mut Ui,
    ) -> Result<()> {
        let texts = || message.content.iter().map(|part| part.text.as_str());
        let written = self.written.get(id);
        if is_done && written.is_some_and(|written| !written.leads_to(texts())) {
            // What stands above was not what the backend keeps.
            self.close(ui)?;
            self.forget(id);
        }
        let tail = self.written.get(id).map_or(0, Written::tail);
        let from = if is_done { 0 } else { tail };
        for (index, part) in message.content.iter().enumerate().skip(from) {
            let written = self.written.entry(id.clone()).or_default();
            let rest = written.known_rest(index, &part.text);
            if !rest.is_empty() {
                self.text(id, index, rest, ui)?;
            }
        }
        Ok(())
    }

    /// Forgets how far an item was written, because it is written anew.
    pub(super) fn forget(&mut self, id: &ItemId) {
        self.written.remove(id);
    }

    /// Draws a block that may still change, in the place of its last version.
    pub(super) fn block(&mut self, id: &ItemId, text: &str, ui: &mut Ui) -> Result<()> {
        self.lift(ui)?;
        if !text.is_empty() {
            self.region.put(id, text);
        }
        self.lower(ui)
    }

    /// Writes a block that never changes any more, and the picture of an image.
    pub(super) fn whole_block(&mut self, item: &Item, text: &str, ui: &mut Ui) -> Result<()> {
        self.lift(ui)?;
        self.region.remove(&item.id);
        if !text.is_empty() {
            self.gap(Below::Block, ui)?;
            ui.drawn(text)?;
            self.picture(item, ui)?;
        }
        self.lower(ui)
    }

    /// Writes what may still change as it stands, because nothing more comes.
    pub(super) fn settle(&mut self, ui: &mut Ui) -> Result<()> {
        self.lift(ui)?;
        for (_, text) in self.region.take() {
            self.gap(Below::Block, ui)?;
            ui.drawn(&text)?;
        }
        Ok(())
    }
}

/// Takes away the rows above the cursor, which stands at the beginning of a line.
///
/// Row by row: tmux keeps in its history what is cleared all at once from the top of the screen.
fn erase(rows: usize) -> String {
    "\u{1b}[A\u{1b}[2K".repeat(rows)
}
