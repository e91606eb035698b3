//! Faults: what is broken on purpose, changed while the mock runs.

use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::app::App;
use super::super::fault::{ArmedFault, Description, Fault, compatible, describe};
use super::super::journal::Happening;
use super::super::refusal::Refusal;
use super::{Call, document, ok};
use crate::protocol::from_value;

/// The faults that are on, and every fault that there is.
#[derive(Serialize)]
struct Shown {
    faults: Vec<ArmedFault>,
    known: Vec<Description>,
}

/// The faults that are to be on.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    faults: Vec<Fault>,
}

/// `GET /__mock/faults`.
pub(super) fn show(app: &App) -> Response {
    ok(&shown(app))
}

/// `PUT /__mock/faults`: these, and no others.
pub(super) fn put(app: &App, call: &Call) -> Result<Response, Refusal> {
    let wanted: Wanted = call.object()?;
    compatible(&wanted.faults).map_err(|error| Refusal::invalid("faults", error.to_string()))?;
    app.faults.put(wanted.faults);
    app.journal.tell(|| Happening::Steered("faults"));
    Ok(ok(&shown(app)))
}

/// `POST /__mock/faults`: one more.
pub(super) fn add(app: &App, call: &Call) -> Result<Response, Refusal> {
    let wanted: Value = call.read()?;
    if wanted.is_array() || wanted.get("faults").is_some() {
        let message = "one fault is posted by itself; several are PUT as {\"faults\": […]}";
        return Err(Refusal::invalid("faults", message));
    }
    let fault: Fault =
        from_value(wanted).map_err(|error| Refusal::invalid("fault", error.to_string()))?;
    let armed = app.faults.get().into_iter().map(|armed| armed.fault);
    let all: Vec<_> = armed.chain([fault.clone()]).collect();
    compatible(&all).map_err(|error| Refusal::invalid("fault", error.to_string()))?;
    let id = app.faults.add(fault);
    app.journal.tell(|| Happening::Steered("faults"));
    Ok(document(StatusCode::CREATED, &json!({"id": id})))
}

/// `DELETE /__mock/faults`: none.
pub(super) fn clear(app: &App) -> Response {
    app.faults.clear();
    app.journal.tell(|| Happening::Steered("faults"));
    ok(&shown(app))
}

/// `DELETE /__mock/faults/{id}`: those of this id or name.
pub(super) fn remove(app: &App, call: &Call) -> Result<Response, Refusal> {
    if app.faults.remove(&call.id) == 0 {
        let message = format!("no fault {} is on; see /__mock/faults", call.id);
        return Err(Refusal::not_found("fault_not_found", "id", message));
    }
    app.journal.tell(|| Happening::Steered("faults"));
    Ok(ok(&shown(app)))
}

fn shown(app: &App) -> Shown {
    Shown {
        faults: app.faults.get(),
        known: describe(),
    }
}
