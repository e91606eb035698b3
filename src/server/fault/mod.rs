//! Faults: what the mock breaks on purpose, so that a frontend meets it before its users do.
//!
//! A fault is on the wire only. The handler answers as it always does, the store keeps the truth,
//! and the answer is broken on its way out; a client that loads the thread again sees it whole.
//! Three exceptions say so in their rows: where a connection breaks while the turn still runs, the
//! turn ends as if its client had left; and a rename or a deletion that is to be forgotten is not
//! carried out. What is refused is not carried out either, by a flag as by a rule.
//!
//! **To add one**, write a row and a small function into a file under `kinds/`, and append the
//! file's `ROWS` to [`row::all`]. Parsing, `--list-faults`, scopes, counting and the steering API
//! follow from the row. What the function gets is what its [`row::Act`] says; an event fault gets
//! each event at which it is due, and sends what it likes instead:
//!
//! ```ignore
//! Row {
//!     name: "twice",
//!     params: &[],
//!     reach: Reach::Stream,
//!     does: "sends an event a second time",
//!     client: "applies it once, or is none the worse for applying it again",
//!     act: Act::Event(At { event: "*", after: "3", each: "false" }, twice),
//! }
//!
//! fn twice(stage: &mut Stage, event: Event) {
//!     stage.send(event.clone());
//!     stage.send(event);
//! }
//! ```
//!
//! `tests/it/faults.rs` fails until the new row has a case there that sees it through a socket.

mod apply;
mod armed;
mod asked;
mod body;
mod exclusive;
mod kinds;
mod link;
mod rng;
mod row;
mod rule;
mod scope;
mod spec;
mod stage;
#[cfg(test)]
mod tests;
mod value;

pub(super) use apply::Plan;
pub use armed::{ArmedFault, Faults};
pub(super) use asked::Asked;
pub(super) use exclusive::clash;
pub use exclusive::compatible;
pub(super) use link::{Link, Wire};
pub use row::{Description, Parameter, describe};
pub use spec::{Fault, InvalidFault};
pub use value::definitions;
