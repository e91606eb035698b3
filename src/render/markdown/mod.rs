//! Markdown as it streams: what is finished is written once, and only the rest is drawn again.

mod block;
mod code;
mod flow;
mod frame;
pub(super) mod grid;
mod inline;
mod paragraph;
mod start;

use block::Blocks;

use super::look::Look;
use super::span::{Line, to_text};

/// A Markdown text that is rendered while it arrives.
#[derive(Debug)]
pub struct Markdown {
    look: Look,
    blocks: Blocks,
    /// The unfinished rest as it stands on the screen, line by line.
    live: Vec<String>,
    /// How many bytes came since it was drawn.
    undrawn: usize,
}

/// What is to be done with the screen: what has changed of the rest is taken away, and text
/// written in its place.
///
/// The cursor stands at the beginning of a line before and after.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Update {
    /// How many lines above the cursor are taken away.
    pub erase_lines: usize,
    /// What is written then: whole lines, cleaned, with the escape sequences of the look.
    pub text: String,
}

impl Update {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.erase_lines == 0 && self.text.is_empty()
    }

    /// The bytes for a terminal.
    pub fn to_bytes(&self) -> String {
        match self.erase_lines {
            0 => self.text.clone(),
            lines => format!("\u{1b}[{lines}A\r\u{1b}[J{}", self.text),
        }
    }
}

impl Markdown {
    /// An empty text.
    pub fn new(look: Look) -> Self {
        Self {
            look,
            blocks: Blocks::new(&look),
            live: Vec::new(),
            undrawn: 0,
        }
    }

    /// Appends a piece of the text, cut anywhere.
    ///
    /// Of a long open block not every piece is drawn at once, so that drawing costs no more than
    /// reading; [`Markdown::refresh`] draws it when the stream pauses.
    pub fn push(&mut self, delta: &str) -> Update {
        self.blocks.push(delta);
        self.undrawn += delta.len();
        let done = self.blocks.take_done();
        if done.is_empty() && self.undrawn * 32 < self.blocks.weight() {
            return Update::default();
        }
        self.draw(&done)
    }

    /// Whether what has come so far ends with a block that is whole, so that a line of another kind
    /// tears nothing.
    pub fn is_between_blocks(&self) -> bool {
        self.live.is_empty() && self.blocks.is_between()
    }

    /// How many lines there are of what may still be taken away.
    pub fn open_lines(&self) -> usize {
        self.live.len()
    }

    /// Fits the open block into a terminal that has changed; what is final stays as it is.
    pub fn resize(&mut self, look: Look) -> Update {
        if look == self.look {
            return Update::default();
        }
        // A height moves no line.
        if look.with_height(self.look.height) != self.look {
            self.blocks.resize(&look);
        }
        self.look = look;
        let done = self.blocks.take_done();
        self.draw(&done)
    }

    /// Draws what [`Markdown::push`] left undrawn.
    pub fn refresh(&mut self) -> Update {
        if self.undrawn == 0 {
            return Update::default();
        }
        self.draw(&[])
    }

    /// Ends the text: all of it is final. What is pushed afterwards begins another text.
    pub fn finish(&mut self) -> Update {
        self.blocks.finish();
        let done = self.blocks.take_done();
        self.blocks = Blocks::new(&self.look);
        self.undrawn = 0;
        let update = self.update(&done, &[]);
        self.live.clear();
        update
    }

    fn draw(&mut self, done: &[Line]) -> Update {
        self.undrawn = 0;
        let mut lines = self.blocks.preview();
        // What has scrolled off the screen cannot be taken away again.
        let most = self.look.height.saturating_sub(2).max(1);
        lines.drain(..lines.len().saturating_sub(most));
        self.update(done, &lines)
    }

    /// What leads from the lines that stand there to these: those that are the same are left alone.
    fn update(&mut self, done: &[Line], live: &[Line]) -> Update {
        let text = |line: &Line| to_text(std::slice::from_ref(line), &self.look);
        let mut lines: Vec<String> = done.iter().chain(live).map(text).collect();
        let pairs = lines.iter().zip(&self.live);
        let same = pairs.take_while(|(new, old)| new == old).count();
        let update = Update {
            erase_lines: self.live.len() - same,
            text: lines[same..].concat(),
        };
        self.live = lines.split_off(done.len());
        update
    }
}

/// A whole text.
pub fn render(text: &str, look: &Look) -> String {
    to_text(&lines(text, look), look)
}

/// A whole text as lines.
pub fn lines(text: &str, look: &Look) -> Vec<Line> {
    let mut blocks = Blocks::new(look);
    blocks.push(text);
    blocks.finish();
    blocks.take_done()
}

#[cfg(test)]
mod tests;
