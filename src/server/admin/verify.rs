//! Verifying: was it asked for this often, with this content, in this order?

use std::fmt;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::super::app::App;
use super::super::journal::{Entry, Journal, MAX_REQUESTS, Recorded, Remembered};
use super::super::refusal::Refusal;
use super::requests::aside;
use super::{Call, Fit, Pattern, document};
use crate::plural::plural;
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
    /// How many requests more there may have been: they are remembered no more, or not whole.
    unknown: usize,
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
    pub(in crate::server) fn in_time(
        found: usize,
        count: usize,
        patience: Duration,
        journal: &Journal,
    ) -> Self {
        let lost = lost(journal.remembered().forgotten);
        Self(format!("{found} of {count} came within {patience:?}{lost}"))
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

    /// Whether it is so for each of these counts, for some, or for none.
    fn holds(self, counts: RangeInclusive<usize>) -> Fit {
        let (low, high) = counts.into_inner();
        if self.least <= low && high <= self.most {
            Fit::Yes
        } else if self.least <= high && low <= self.most {
            Fit::Unknown
        } else {
            Fit::No
        }
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
    let seen = app.journal.remembered();
    let verdict = match (wanted.request, wanted.in_order) {
        (Some(AsObject(pattern)), None) => {
            let times = wanted.times.unwrap_or_default();
            aside(move || often(&seen, &pattern, times)).await
        }
        (None, Some(patterns)) if wanted.times.is_none() => {
            let patterns: Vec<_> = patterns.into_iter().map(|pattern| pattern.0).collect();
            aside(move || in_order(&seen, &patterns)).await
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
    journal: &Journal,
    pattern: &Pattern,
    times: Times,
) -> Result<(), NotSeen> {
    often(&journal.remembered(), pattern, times).result()
}

/// Whether requests were seen in this order, whatever came between them.
pub(in crate::server) fn check_order(
    journal: &Journal,
    patterns: &[Pattern],
) -> Result<(), NotSeen> {
    in_order(&journal.remembered(), patterns).result()
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

fn often(seen: &Remembered, pattern: &Pattern, times: Times) -> Verdict {
    let fits: Vec<_> = seen.entries.iter().map(|it| pattern.fit(it)).collect();
    let pairs = seen.entries.iter().zip(&fits);
    let meant = pairs.filter(|(_, fit)| **fit == Fit::Yes);
    let matched: Vec<_> = meant.map(|(entry, _)| entry.id.to_string()).collect();
    let unsure = fits.iter().filter(|fit| **fit == Fit::Unknown).count();
    let unknown = unsure + whole(seen.forgotten);
    let (count, of) = (matched.len(), seen.entries.len());
    let held = times.holds(count..=count.saturating_add(unknown));
    let mut message = format!(
        "expected {times}, found {count} among {}",
        plural(of, "request")
    );
    if held == Fit::Unknown {
        message = format!("it cannot be told: {message}");
    }
    if held != Fit::Yes {
        message += &(lost(seen.forgotten) + &cut(unsure));
    }
    Verdict {
        passed: held == Fit::Yes,
        message,
        // With too many there is nothing that nearly fits: all of them do.
        nearest: (count < times.least)
            .then(|| nearest(&seen.entries, pattern))
            .flatten(),
        count,
        matched,
        unknown,
    }
}

fn in_order(seen: &Remembered, patterns: &[Pattern]) -> Verdict {
    let mut rest = &seen.entries[..];
    let mut matched = Vec::new();
    for pattern in patterns {
        let Some(at) = rest.iter().position(|entry| pattern.fits(entry)) else {
            let after = matched.last().map(|id| format!(" after {id}"));
            // One of another place in the order would move those after it, too.
            let can_fit = |entry: &&Arc<Entry>| {
                let fits = |pattern: &Pattern| pattern.fit(entry) == Fit::Unknown;
                patterns.iter().any(fits)
            };
            let unsure = seen.entries.iter().filter(can_fit).count();
            return Verdict {
                passed: false,
                message: format!(
                    "in_order[{}] was not seen{}{}{}",
                    matched.len(),
                    after.unwrap_or_default(),
                    lost(seen.forgotten),
                    cut(unsure),
                ),
                count: matched.len(),
                unknown: unsure + whole(seen.forgotten),
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
        unknown: 0,
        nearest: None,
    }
}

fn whole(forgotten: u64) -> usize {
    usize::try_from(forgotten).unwrap_or(usize::MAX)
}

/// What is said of requests that had to make room.
fn lost(forgotten: u64) -> String {
    match forgotten {
        0 => String::new(),
        _ => format!(
            "; older requests ({forgotten}) are forgotten, because there is room for {MAX_REQUESTS} \
             or 16 MiB of them: clear the requests before what is to be verified"
        ),
    }
}

/// What is said of requests that are remembered, but not whole.
fn cut(unsure: usize) -> String {
    match unsure {
        0 => String::new(),
        _ => format!(
            "; of some that may be meant ({unsure}), a body is not kept whole, because it was large \
             or had to make room"
        ),
    }
}

/// The request that misses the fewest conditions, the latest of them.
pub(super) fn nearest(entries: &[Arc<Entry>], pattern: &Pattern) -> Option<Nearest> {
    let near = entries.iter().rev().filter_map(|entry| {
        let mismatches = pattern.why_not(entry);
        (!mismatches.is_empty()).then_some((entry, mismatches))
    });
    let (entry, mismatches) = near.min_by_key(|(_, mismatches)| mismatches.len())?;
    Some(Nearest {
        request: entry.summary(),
        mismatches,
    })
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, Method, Uri};
    use serde_json::{Value, json};

    use super::super::super::testing::{Site, message};
    use super::*;

    async fn say_hello(site: &Site) {
        let body = json!({"type": "threads.create", "params": message("hello")});
        site.ask("POST", "/chatkit").json(&body).send().await;
    }

    async fn verdict(site: &Site, wanted: Value) -> Value {
        let asked = site.ask("POST", "/__mock/verify").body(wanted.to_string());
        asked.send().await.json()
    }

    /// Seen, and nothing said in them.
    fn seen_more(site: &Site, count: usize) {
        let path = Uri::from_static("/other");
        for number in 0..count {
            let (id, none) = (format!("req_more_{number}"), HeaderMap::new());
            site.app.journal.begin(&id, &Method::GET, &path, &none);
        }
    }

    #[tokio::test]
    async fn what_is_forgotten_may_have_been_what_is_meant() {
        let site = Site::new();
        say_hello(&site).await;
        let create = json!({"operation": "threads.create"});
        seen_more(&site, MAX_REQUESTS);
        // One of them was such a request, so neither none nor one nor two can be told.
        for times in [
            json!(0),
            json!(1),
            json!({"at_most": 0}),
            json!({"at_least": 1}),
        ] {
            let wanted = json!({"request": create, "times": times});
            let told = verdict(&site, wanted.clone()).await;
            assert_eq!(told["passed"], false, "{wanted}: {told}");
            assert_eq!(told["unknown"], 1);
            let message = told["message"].as_str().unwrap();
            assert!(message.starts_with("it cannot be told: "), "{message}");
            assert!(message.contains("older requests (1) are"), "{message}");
        }
        // What holds whatever was forgotten passes, and what fails whatever was is no doubt.
        let most = json!({"request": create, "times": {"at_most": 1}});
        assert_eq!(verdict(&site, most).await["passed"], true);
        let two = verdict(&site, json!({"request": create, "times": 2})).await;
        assert!(two["message"].as_str().unwrap().starts_with("expected "));
        let order = verdict(&site, json!({"in_order": [create]})).await;
        assert!(
            order["message"]
                .as_str()
                .unwrap()
                .contains("(1) are forgotten")
        );
        site.ask("DELETE", "/__mock/requests").send().await.ok();
        let none = json!({"request": create, "times": 0});
        assert_eq!(verdict(&site, none).await["passed"], true);
    }

    #[tokio::test]
    async fn an_answer_that_made_room_may_hold_the_text_that_is_meant() {
        let site = Site::new();
        say_hello(&site).await;
        let none = json!({"request": {"text": "no such words"}, "times": 0});
        assert_eq!(verdict(&site, none.clone()).await["passed"], true);
        let entry = &site.app.journal.entries()[0];
        entry.release();
        let told = verdict(&site, none).await;
        assert_eq!(
            (&told["passed"], &told["unknown"]),
            (&json!(false), &json!(1))
        );
        assert!(
            told["message"]
                .as_str()
                .unwrap()
                .contains("is not kept whole")
        );
        // What the request itself says is still known.
        let said = json!({"request": {"text": "hello"}, "times": 1});
        assert_eq!(verdict(&site, said).await["passed"], true);
        let begun = json!({"request": {"thread": "thr_1"}, "times": 0});
        assert_eq!(verdict(&site, begun).await["unknown"], 1);
        let other = json!({"request": {"operation": "threads.list", "text": "x"}, "times": 0});
        assert_eq!(verdict(&site, other).await["passed"], true);
    }
}
