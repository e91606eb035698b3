//! The mock's clock: what time it tells, and setting it forward.

use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::app::App;
use super::super::journal::Happening;
use super::super::refusal::Refusal;
use super::{Call, duration, ok};

/// The clock as it is shown.
#[derive(Serialize)]
pub(super) struct Shown {
    now: String,
    advanced_ms: u64,
    seeded: bool,
}

/// By how much the clock is to be set forward: `"10m"`, or seconds.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    advance: Value,
}

/// `GET /__mock/clock`.
pub(super) fn show(app: &App) -> Response {
    ok(&shown(app))
}

/// `POST /__mock/clock`.
pub(super) fn advance(app: &App, call: &Call) -> Result<Response, Refusal> {
    let wanted: Wanted = call.object()?;
    let text = match &wanted.advance {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let by = duration("advance", &text)?;
    if app.mint.clock().advance(by).is_none() {
        let message = "the clock goes forward by a hundred years at most";
        let refusal = Refusal::new(StatusCode::BAD_REQUEST, "too_far", message);
        return Err(refusal);
    }
    app.journal.tell(|| Happening::Steered("clock"));
    Ok(ok(&shown(app)))
}

pub(super) fn shown(app: &App) -> Shown {
    let clock = app.mint.clock();
    Shown {
        now: clock.peek().to_string(),
        advanced_ms: u64::try_from(clock.ahead().as_millis()).unwrap_or(u64::MAX),
        seeded: clock.is_seeded(),
    }
}
