//! Checking a backend: evidence is collected first, then judged by rules that know nothing else.
//!
//! - `probe` asks a backend, `recording` reads what was recorded of one: both make `Evidence`.
//! - `rules` are pure functions of it, each a row with its severity, its source and its remedy.
//! - `report` shows what they said: to a person, or as `JUnit`, TAP, JSON, HTML or annotations.

mod actions;
mod asked;
mod barred;
mod baseline;
mod body;
mod cookie;
mod evidence;
mod judge;
mod limited;
mod outcome;
mod probe;
mod recording;
mod reply;
mod report;
mod rule;
mod rules;
mod scan;
mod selection;
mod smoke;
mod story;
mod wire;

pub use barred::refused;
pub use baseline::Baseline;
pub use evidence::{Barred, Budget, Evidence, Probe};
pub use judge::{Report, judge};
pub use outcome::{Judged, Outcome};
pub use probe::{Messages, Plan, Seen, Sessions, run, smoke};
pub use recording::of_recording;
pub use report::{Format, Sheet, explain, list, summary, terminal, write};
pub use rule::{Finding, Findings, Rule, Severity, Verdict};
pub use rules::{GROUPS, Speed, all, find, wrong_actions_of, wrong_props_of};
pub use selection::{Selection, probes};
pub use smoke::{Smoke, smoke_rules};
