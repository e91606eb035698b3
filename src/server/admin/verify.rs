//! Verifying: was it asked for this often, with this content, in this order?

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::super::app::App;
use super::super::journal::{Entry, Recorded};
use super::super::refusal::Refusal;
use super::requests::aside;
use super::{Call, Pattern, document};
use crate::protocol::AsObject;

/// How often a request is expected.
///
/// ```
/// use chatkit::server::Times;
///
/// assert_eq!(Times::exactly(1).to_string(), "exactly 1");
/// assert_eq!(Times::at_least(2).to_string(), "at least 2");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Spelling")]
#[must_use = "a number of times is nothing by itself"]
pub struct Times {
    least: usize,
    most: usize,
}

/// `2`, or `{"at_least": 1, "at_most": 3}`.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "expected a whole number, 0 or more, or an object with exactly, at_least and at_most"
)]
enum Spelling {
    Exactly(usize),
    Bounds(AsObject<Bounds>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bounds {
    exactly: Option<usize>,
    at_least: Option<usize>,
    at_most: Option<usize>,
}

/// What is to be verified.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    request: Option<AsObject<Pattern>>,
    times: Option<Times>,
    in_order: Option<Vec<AsObject<Pattern>>>,
}

/// What was found.
#[derive(Serialize)]
struct Verdict {
    passed: bool,
    /// In words, what was expected and what was found.
    message: String,
    count: usize,
    matched: Vec<String>,
    nearest: Option<Nearest>,
}

/// The request that comes nearest to what is meant, and why it is not.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Nearest {
    request: Recorded,
    mismatches: Vec<String>,
}

/// What was expected was not seen.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct NotSeen(String);

impl NotSeen {
    /// So few came within that time.
    pub(in crate::server) fn in_time(found: usize, count: usize, patience: Duration) -> Self {
        Self(format!("{found} of {count} came within {patience:?}"))
    }
}

impl Times {
    /// So often, and not once more.
    pub fn exactly(count: usize) -> Self {
        Self {
            least: count,
            most: count,
        }
    }

    /// So often or more often.
    pub fn at_least(count: usize) -> Self {
        Self {
            least: count,
            most: usize::MAX,
        }
    }

    /// So often or less often.
    pub fn at_most(count: usize) -> Self {
        Self {
            least: 0,
            most: count,
        }
    }

    fn holds(self, count: usize) -> bool {
        (self.least..=self.most).contains(&count)
    }
}

impl Default for Times {
    fn default() -> Self {
        Self::at_least(1)
    }
}

impl From<usize> for Times {
    fn from(count: usize) -> Self {
        Self::exactly(count)
    }
}

impl TryFrom<Spelling> for Times {
    type Error = &'static str;

    fn try_from(spelling: Spelling) -> Result<Self, &'static str> {
        let bounds = match spelling {
            Spelling::Exactly(count) => return Ok(Self::exactly(count)),
            Spelling::Bounds(AsObject(bounds)) => bounds,
        };
        match (bounds.exactly, bounds.at_least, bounds.at_most) {
            (Some(count), None, None) => Ok(Self::exactly(count)),
            (Some(_), ..) => Err("exactly stands alone, without at_least and at_most"),
            (None, None, None) => Err("expected exactly, at_least or at_most"),
            (None, Some(least), Some(most)) if least > most => Err("at_least is more than at_most"),
            (None, least, most) => Ok(Self {
                least: least.unwrap_or(0),
                most: most.unwrap_or(usize::MAX),
            }),
        }
    }
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.least, self.most) {
            (least, most) if least == most => write!(f, "exactly {least}"),
            (0, most) => write!(f, "at most {most}"),
            (least, usize::MAX) => write!(f, "at least {least}"),
            (least, most) => write!(f, "{least} to {most}"),
        }
    }
}

impl fmt::Display for Nearest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seen = &self.request;
        let what = seen.operation.as_deref().unwrap_or(&seen.path);
        let why = self.mismatches.join("; ");
        write!(f, "nearest is {what} ({}): {why}", seen.id)
    }
}

/// `POST /__mock/verify`.
pub(super) async fn verify(app: Arc<App>, call: Call) -> Result<Response, Refusal> {
    let wanted: Wanted = call.object()?;
    let entries = app.journal.entries();
    let verdict = match (wanted.request, wanted.in_order) {
        (Some(AsObject(pattern)), None) => {
            let times = wanted.times.unwrap_or_default();
            aside(move || often(&entries, &pattern, times)).await
        }
        (None, Some(patterns)) if wanted.times.is_none() => {
            let patterns: Vec<_> = patterns.into_iter().map(|pattern| pattern.0).collect();
            aside(move || in_order(&entries, &patterns)).await
        }
        _ => {
            let message = "say either request, with times if they matter, or in_order";
            return Err(Refusal::invalid("request", message));
        }
    };
    let status = if verdict.passed {
        StatusCode::OK
    } else {
        StatusCode::EXPECTATION_FAILED
    };
    Ok(document(status, &verdict))
}

/// Whether requests were seen so often.
pub(in crate::server) fn check(
    entries: &[Arc<Entry>],
    pattern: &Pattern,
    times: Times,
) -> Result<(), NotSeen> {
    let verdict = often(entries, pattern, times);
    verdict.result()
}

/// Whether requests were seen in this order, whatever came between them.
pub(in crate::server) fn check_order(
    entries: &[Arc<Entry>],
    patterns: &[Pattern],
) -> Result<(), NotSeen> {
    in_order(entries, patterns).result()
}

impl Verdict {
    fn result(self) -> Result<(), NotSeen> {
        if self.passed {
            return Ok(());
        }
        let near = self.nearest.map(|near| format!("; {near}"));
        Err(NotSeen(self.message + &near.unwrap_or_default()))
    }
}

fn often(entries: &[Arc<Entry>], pattern: &Pattern, times: Times) -> Verdict {
    let meant = entries.iter().filter(|entry| pattern.fits(entry));
    let matched: Vec<_> = meant.map(|entry| entry.id.to_string()).collect();
    let (count, of) = (matched.len(), entries.len());
    let passed = times.holds(count);
    Verdict {
        passed,
        message: format!("expected {times}, found {count} among {of} requests"),
        // With too many there is nothing that nearly fits: all of them do.
        nearest: (count < times.least)
            .then(|| nearest(entries, pattern))
            .flatten(),
        count,
        matched,
    }
}

fn in_order(entries: &[Arc<Entry>], patterns: &[Pattern]) -> Verdict {
    let mut rest = entries;
    let mut matched = Vec::new();
    for pattern in patterns {
        let Some(at) = rest.iter().position(|entry| pattern.fits(entry)) else {
            let after = matched.last().map(|id| format!(" after {id}"));
            return Verdict {
                passed: false,
                message: format!(
                    "in_order[{}] was not seen{}",
                    matched.len(),
                    after.unwrap_or_default()
                ),
                count: matched.len(),
                nearest: nearest(rest, pattern),
                matched,
            };
        };
        matched.push(rest[at].id.to_string());
        rest = &rest[at + 1..];
    }
    Verdict {
        passed: true,
        message: format!("all {} were seen in this order", patterns.len()),
        count: matched.len(),
        matched,
        nearest: None,
    }
}

/// The request that misses the fewest conditions, the latest of them.
pub(super) fn nearest(entries: &[Arc<Entry>], pattern: &Pattern) -> Option<Nearest> {
    let near = entries.iter().rev().filter_map(|entry| {
        let mismatches = pattern.misfits(entry, &pattern.look(entry));
        (!mismatches.is_empty()).then_some((entry, mismatches))
    });
    let (entry, mismatches) = near.min_by_key(|(_, mismatches)| mismatches.len())?;
    Some(Nearest {
        request: entry.summary(),
        mismatches,
    })
}
