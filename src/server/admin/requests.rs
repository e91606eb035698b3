//! Requests seen: listed, looked at, waited for, forgotten.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use serde_json::json;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, timeout_at};

use super::super::app::App;
use super::super::journal::{Entry, Happening, Journal, MAX_REQUESTS, Recorded, Told};
use super::super::refusal::Refusal;
use super::{Call, NotSeen, Pattern, duration, ok, verify};

/// How long is waited where no time is given.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long is waited at most.
const MAX_PATIENCE: Duration = Duration::from_secs(300);

/// A list of requests, the oldest first.
#[derive(Serialize)]
struct List {
    requests: Vec<Recorded>,
    /// How many before them are remembered no more, whatever they were.
    forgotten: u64,
}

/// `GET /__mock/requests`.
pub(super) async fn list(app: Arc<App>, mut call: Call) -> Result<Response, Refusal> {
    let limit = call.query.take_number("limit")?.unwrap_or(MAX_REQUESTS);
    let pattern = Pattern::of_query(call.query)?;
    let list = aside(move || {
        let seen = app.journal.remembered();
        let mut latest: Vec<_> = seen
            .entries
            .iter()
            .rev()
            .filter(|entry| pattern.fits(entry))
            .take(limit)
            .map(|entry| entry.summary())
            .collect();
        latest.reverse();
        List {
            requests: latest,
            forgotten: seen.forgotten,
        }
    });
    Ok(ok(&list.await))
}

/// `DELETE /__mock/requests`.
pub(super) fn clear(app: &App) -> Response {
    let forgotten = app.journal.clear();
    app.journal.tell(|| Happening::Steered("requests"));
    ok(&json!({"forgotten": forgotten}))
}

/// `GET /__mock/requests/{id}`.
pub(super) async fn one(app: Arc<App>, call: Call) -> Result<Response, Refusal> {
    let Some(entry) = app.journal.entry(&call.id) else {
        let message = format!(
            "no request {} is remembered; the id is the x-request-id of its answer",
            call.id
        );
        return Err(Refusal::not_found("request_not_found", "id", message));
    };
    Ok(ok(&aside(move || entry.recorded()).await))
}

/// `GET /__mock/requests/wait`.
pub(super) async fn wait(app: Arc<App>, mut call: Call) -> Result<Response, Refusal> {
    let patience = match call.query.take("timeout") {
        Some(text) => duration("timeout", &text)?.min(MAX_PATIENCE),
        None => PATIENCE,
    };
    let count = call.query.take_number("count")?.unwrap_or(1);
    let pattern = Pattern::of_query(call.query)?;
    let seen = seen(&app.journal, &pattern, count, patience).await;
    match seen {
        Ok(requests) => Ok(ok(&List {
            requests,
            forgotten: app.journal.remembered().forgotten,
        })),
        Err(found) => {
            let few = NotSeen::in_time(found, count, patience, &app.journal);
            let nearest = verify::nearest(&app.journal.entries(), &pattern);
            let near = nearest.map(|near| format!("; {near}")).unwrap_or_default();
            let message = format!("{few}{near}");
            Err(Refusal::new(
                StatusCode::REQUEST_TIMEOUT,
                "wait_timed_out",
                message,
            ))
        }
    }
}

/// Waits until so many requests are meant by a pattern, those before included; how many there are
/// when the time is up is the error.
pub(in crate::server) async fn seen(
    journal: &Journal,
    pattern: &Pattern,
    count: usize,
    patience: Duration,
) -> Result<Vec<Recorded>, usize> {
    let end = Instant::now() + patience;
    // Listening before looking closes the gap in which a request would be missed.
    let mut happenings = journal.listen();
    let mut meant = BTreeSet::new();
    let mut changed = journal.entries();
    loop {
        let fitting = changed.iter().filter(|entry| pattern.fits(entry));
        meant.extend(fitting.map(|entry| entry.number));
        if meant.len() >= count {
            let entries = journal.entries();
            let meant = entries.iter().filter(|entry| meant.contains(&entry.number));
            return Ok(meant.map(|entry| entry.recorded()).collect());
        }
        match timeout_at(end, next(journal, &mut happenings)).await {
            Ok(Some(entries)) => changed = entries,
            Ok(None) | Err(_) => return Err(meant.len()),
        }
    }
}

/// The requests of which something new is known; nothing when the mock stops.
async fn next(journal: &Journal, happenings: &mut Receiver<Arc<Told>>) -> Option<Vec<Arc<Entry>>> {
    loop {
        let told = match happenings.recv().await {
            Ok(told) => told,
            Err(RecvError::Lagged(_)) => return Some(journal.entries()),
            Err(RecvError::Closed) => return None,
        };
        match &told.happening {
            Happening::Request(entry) | Happening::Response(entry) => {
                return Some(vec![Arc::clone(entry)]);
            }
            Happening::Ended { id, .. } => return Some(journal.entry(id).into_iter().collect()),
            Happening::Sent { .. } | Happening::Steered(_) => {}
            Happening::Closing => return None,
        }
    }
}

/// Takes requests apart where that holds up nobody: a full journal takes tens of milliseconds.
pub(super) async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
