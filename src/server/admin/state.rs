//! The mock's settings and counts, and what rules remember of threads: looked at and changed.

use std::sync::Arc;
use std::time::Duration;

use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::super::app::App;
use super::super::journal::{Happening, milliseconds};
use super::super::refusal::Refusal;
use super::{Call, clock, ok};
use crate::protocol::ThreadId;

/// The slowest pace, so that a slip of the finger does not stop the mock: a minute.
const SLOWEST: f64 = 60_000.0;

/// What is shown.
#[derive(Serialize)]
struct Shown {
    version: &'static str,
    seed: Option<u64>,
    pace_ms: f64,
    requests: Requests,
    clock: clock::Shown,
}

#[derive(Serialize)]
struct Requests {
    /// How many there have been.
    seen: u64,
    /// How many the journal still has.
    remembered: usize,
    /// How many had to make room since it was cleared.
    forgotten: u64,
}

/// What can be changed; what is left out stays.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    pace_ms: Option<f64>,
}

/// `GET /__mock/state`.
pub(super) fn show(app: &App) -> Response {
    ok(&shown(app))
}

/// `PUT /__mock/state`.
pub(super) fn change(app: &App, call: &Call) -> Result<Response, Refusal> {
    let change: Change = call.object()?;
    if let Some(pace) = change.pace_ms {
        if !(0.0..=SLOWEST).contains(&pace) {
            let message = format!("pace_ms is 0 to {SLOWEST} milliseconds, not {pace}");
            return Err(Refusal::invalid("pace_ms", message));
        }
        app.set_pace(Duration::from_secs_f64(pace / 1000.0));
    }
    app.journal.tell(|| Happening::Steered("state"));
    Ok(ok(&shown(app)))
}

/// What the scenario's rules remember of a thread.
#[derive(Serialize)]
struct ThreadState {
    thread_id: ThreadId,
    state: Map<String, Value>,
}

/// `GET /__mock/state/{id}`.
pub(super) async fn of_thread(app: Arc<App>, call: Call) -> Result<Response, Refusal> {
    thread_state(&app, call.id, Map::new()).await
}

/// `PUT /__mock/state/{id}`.
pub(super) async fn change_thread(app: Arc<App>, call: Call) -> Result<Response, Refusal> {
    let change = call.object()?;
    let changed = thread_state(&app, call.id, change).await?;
    app.journal.tell(|| Happening::Steered("state"));
    Ok(changed)
}

async fn thread_state(
    app: &App,
    id: String,
    change: Map<String, Value>,
) -> Result<Response, Refusal> {
    let thread_id = ThreadId::from(id);
    let state = app.change_thread_state(&thread_id, change).await?;
    Ok(ok(&ThreadState { thread_id, state }))
}

fn shown(app: &App) -> Shown {
    let remembered = app.journal.remembered();
    Shown {
        version: env!("CARGO_PKG_VERSION"),
        seed: app.config.seed,
        pace_ms: milliseconds(app.pace()),
        requests: Requests {
            seen: app.journal.seen(),
            remembered: remembered.entries.len(),
            forgotten: remembered.forgotten,
        },
        clock: clock::shown(app),
    }
}
