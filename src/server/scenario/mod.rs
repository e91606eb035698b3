//! Scenarios: files that say what the mock answers.
//!
//! A file is read to a tree that knows its lines (`yaml`), its parts are decoded into types
//! (`document`, `when`, `then`) and checked (`check`). A request is held against the rules
//! (`facts`), the first that matches is played (`play`), and what is remembered between turns is
//! `memory`'s, and of its `notes` in the store. Nothing here writes to a terminal: findings are data.

mod body;
mod check;
mod conditions;
mod diff;
mod director;
mod document;
mod drawn;
mod facts;
mod fault;
mod fill;
mod finding;
mod force;
mod items;
mod known;
mod lint;
mod load;
mod matching;
mod memory;
mod notes;
mod outcome;
mod play;
mod playing;
mod prelude;
mod reach;
mod reader;
mod reply;
mod scalar;
mod schema;
mod signals;
mod surrogates;
mod templated;
mod then;
mod thread;
mod turn;
mod value;
mod when;
mod widget;
mod yaml;

#[cfg(test)]
mod hostile_tests;
#[cfg(test)]
mod schema_tests;
#[cfg(test)]
mod tests;

pub use document::Scenario;
pub use finding::{Finding, FindingRecord, ScenarioErrors, Severity, Source};
pub use load::{LoadError, Origin, Refused, Reread};
pub use notes::Telling;
pub use schema::schema;

pub(in crate::server) use director::{Asked, Director};
pub(in crate::server) use playing::{Breakage, Cued};
