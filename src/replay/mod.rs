//! A conversation that was written down, as a script: what was asked, and what came back.
//!
//! A recording has both with their times; an export or a thread has items only, from which the
//! requests follow. A script can be sent to a live backend again, whose answers are compared with
//! the recorded ones. Nothing here shows anything, and nothing folds events by itself.

mod attach;
mod compare;
mod drive;
mod form;
mod ids;
mod items;
mod known;
mod path;
mod reduce;
mod row;
mod script;
mod send;

pub use compare::{Change, Difference, Rules, compare};
pub use drive::{Again, Driver, Outcome, Reference, Rerun};
pub use known::Known;
pub use path::Ignore;
pub use reduce::Match;
pub use row::{Folded, Row, Side};
pub use script::{Script, Source, Step};
pub use send::Line;
