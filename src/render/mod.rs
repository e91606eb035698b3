//! Values to text, without effects: what items look like, and the cleaning of untrusted text.

pub mod clean;
pub mod plain;
pub mod table;
mod widget;

pub use clean::{clean, clean_line};
