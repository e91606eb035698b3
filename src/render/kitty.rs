//! Images in kitty's graphics protocol, which takes a PNG as it is.
//!
//! <https://sw.kovidgoyal.net/kitty/graphics-protocol/>: nothing is decoded here, so that a hostile
//! image costs no more than its bytes; what it may cost the terminal is bounded by its size.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::look::Look;

/// The largest image that a terminal is given, in bytes.
const MOST_BYTES: usize = 8 * 1024 * 1024;
/// The most pixels of it, which the terminal has to hold.
const MOST_PIXELS: u64 = 16 * 1024 * 1024;
/// How many bytes of base64 stand in one sequence, as the protocol asks for.
const CHUNK: usize = 4096;

/// A PNG that a terminal may be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Png<'a> {
    bytes: &'a [u8],
    /// Its width in pixels.
    width: u32,
    /// Its height in pixels.
    height: u32,
}

/// The size of one character, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// From left to right; at least one.
    pub width: u16,
    /// From top to bottom; at least one.
    pub height: u16,
}

impl<'a> Png<'a> {
    /// The image, if its head says that it is a PNG of a size that can be shown.
    pub fn of(bytes: &'a [u8]) -> Option<Self> {
        let head = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")?;
        let (width, rest) = head.split_first_chunk()?;
        let (height, _) = rest.split_first_chunk()?;
        let (width, height) = (u32::from_be_bytes(*width), u32::from_be_bytes(*height));
        let pixels = u64::from(width) * u64::from(height);
        let fits = (1..=MOST_PIXELS).contains(&pixels) && bytes.len() <= MOST_BYTES;
        fits.then_some(Self {
            bytes,
            width,
            height,
        })
    }

    /// What draws the image below the cursor, which stands at the beginning of a line, and leaves
    /// the cursor at the beginning of the line below.
    ///
    /// It is as large as it is, or as fits into the width and half of the height.
    pub fn drawn(&self, look: &Look, cell: Cell) -> String {
        let (columns, rows) = self.cells(look, cell);
        let base64 = STANDARD.encode(self.bytes);
        let mut drawn = String::with_capacity(base64.len() + base64.len() / 200 + 100);
        // Terminals disagree on where the cursor stands behind an image, so that it is told not to
        // move (C=1), in rows that were made for the image before.
        drawn.extend(std::iter::repeat_n('\n', rows));
        let _ = write!(drawn, "\u{1b}[{rows}A");
        // No answer (q=2), not to a mistake either: it would be taken for something typed.
        let mut control = format!("a=T,f=100,q=2,C=1,c={columns},r={rows},");
        let mut rest = base64.as_str();
        while !rest.is_empty() {
            let (chunk, later) = rest.split_at(CHUNK.min(rest.len()));
            let more = u8::from(!later.is_empty());
            let _ = write!(drawn, "\u{1b}_G{control}m={more};{chunk}\u{1b}\\");
            control = String::from("q=2,");
            rest = later;
        }
        let _ = write!(drawn, "\u{1b}[{rows}B\r");
        drawn
    }

    /// How many columns and rows the image takes.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a screen has few cells"
    )]
    fn cells(&self, look: &Look, cell: Cell) -> (usize, usize) {
        let columns = f64::from(self.width) / f64::from(cell.width.max(1));
        let rows = f64::from(self.height) / f64::from(cell.height.max(1));
        let most_rows = (look.height / 2).max(1) as f64;
        let scale = (look.width as f64 / columns).min(most_rows / rows).min(1.0);
        let fit = |cells: f64, most: f64| (cells * scale).ceil().clamp(1.0, most) as usize;
        (fit(columns, look.width as f64), fit(rows, most_rows))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CELL: Cell = Cell {
        width: 10,
        height: 20,
    };

    /// A file that begins as one of this size does.
    fn file(width: u32, height: u32, rest: usize) -> Vec<u8> {
        let mut file = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        file.extend(width.to_be_bytes());
        file.extend(height.to_be_bytes());
        file.extend(vec![7; rest]);
        file
    }

    fn cells(width: u32, height: u32) -> (usize, usize) {
        let file = file(width, height, 0);
        let look = Look::plain(80);
        Png::of(&file).unwrap().cells(&look, CELL)
    }

    #[test]
    fn an_image_is_as_large_as_it_is_or_as_fits() {
        assert_eq!(cells(100, 100), (10, 5));
        assert_eq!(cells(1, 1), (1, 1));
        assert_eq!(cells(1024, 1024), (24, 12), "half of the height");
        assert_eq!(cells(4000, 100), (80, 1), "all of the width");
        assert_eq!(cells(1, 4000), (1, 12));
    }

    #[test]
    fn what_is_no_png_or_too_large_is_not_drawn() {
        for refused in [
            b"GIF89a".to_vec(),
            file(1, 1, 0)[..20].to_vec(),
            file(0, 100, 0),
            file(u32::MAX, u32::MAX, 0),
            file(5000, 5000, 0),
            file(10, 10, MOST_BYTES),
        ] {
            assert_eq!(Png::of(&refused), None);
        }
    }

    #[test]
    fn nothing_of_the_image_can_be_a_sequence_of_its_own() {
        let file = [file(100, 100, 0), b"\x1b\\\x1b[2J".repeat(2000)].concat();
        let drawn = Png::of(&file).unwrap().drawn(&Look::plain(80), CELL);
        let (head, rest) = drawn.split_once("\u{1b}_G").unwrap();
        assert_eq!(head, "\n\n\n\n\n\u{1b}[5A");
        let (body, tail) = rest.rsplit_once("\u{1b}\\").unwrap();
        assert_eq!(tail, "\u{1b}[5B\r");
        let chunks: Vec<&str> = body.split("\u{1b}\\\u{1b}_G").collect();
        let mut base64 = String::new();
        for (index, chunk) in chunks.iter().enumerate() {
            let (control, data) = chunk.split_once(';').unwrap();
            let more = u8::from(index + 1 < chunks.len());
            let first = if index == 0 {
                "a=T,f=100,q=2,C=1,c=10,r=5,"
            } else {
                "q=2,"
            };
            assert_eq!(control, format!("{first}m={more}"));
            assert!(data.len() <= CHUNK && data.len() % 4 == 0);
            base64.push_str(data);
        }
        assert_eq!(STANDARD.decode(base64).unwrap(), file);
    }
}
