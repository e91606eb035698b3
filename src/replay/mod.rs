//! A conversation that was written down, as a script: what was asked, and what came back.
//!
//! A recording has both with their times; an export or a thread has items only, from which the
//! requests follow. Nothing here shows anything, and nothing folds events by itself.

mod items;
mod script;

pub use script::{Script, Source, Step};
