//! Values to text, without effects: what items look like, and the cleaning of untrusted text.
//!
//! `plain` is for files and pipes; everything else makes [`Line`]s for a terminal of a [`Look`],
//! and only `span` turns those into escape sequences.

mod address;
pub mod clean;
mod image;
pub mod item;
pub mod kitty;
mod look;
pub mod markdown;
pub mod plain;
mod plain_widget;
pub mod signal;
mod span;
pub mod table;
pub mod widget;
mod width;
pub mod workflow;
mod wrap;

pub use clean::{clean, clean_line};
pub use look::{Background, Colors, Look, speaks_unicode};
pub use markdown::{Markdown, Update};
pub use span::{Line, Paint, Span, Style, ascii_signs, to_text};
pub use widget::{Action, ActionKind, Field, FieldKind, Shown};
pub use width::width;
pub use wrap::{wrap, wrap_code};

#[cfg(test)]
mod tests;
