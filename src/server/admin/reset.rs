//! Reset: the mock as it was when it started, without starting it again.

use std::sync::Arc;

use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::super::app::App;
use super::super::journal::Happening;
use super::super::refusal::Refusal;
use super::{Call, ok};
use crate::protocol::from_slice;
use crate::store::{Query, StoreError};

/// How many threads are deleted between two looks at the store.
const PAGE: usize = 500;

/// What can be reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Part {
    /// Threads, items, attachments and their bytes.
    Threads,
    /// Hosted sessions.
    Sessions,
    /// The journal.
    Requests,
    /// Ids of a seeded mock, and the clock.
    Clock,
    /// The pace.
    State,
    /// What is broken: what the mock was started with.
    Faults,
}

impl Part {
    const ALL: [Self; 6] = [
        Self::Threads,
        Self::Sessions,
        Self::Requests,
        Self::State,
        Self::Faults,
        // Last, so that what the others do takes no id of the run that begins.
        Self::Clock,
    ];
}

/// What is to be reset; everything, unless it is named.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Wanted {
    only: Option<Vec<Part>>,
}

#[derive(Serialize)]
struct Done {
    reset: Vec<Part>,
}

/// `POST /__mock/reset`.
pub(super) async fn reset(app: Arc<App>, call: Call) -> Result<Response, Refusal> {
    let wanted = if call.body.is_empty() {
        Wanted::default()
    } else {
        from_slice(&call.body)?
    };
    let chosen = |part: &Part| wanted.only.as_ref().is_none_or(|only| only.contains(part));
    let parts: Vec<_> = Part::ALL.into_iter().filter(chosen).collect();
    for part in &parts {
        app.reset_part(*part).await?;
    }
    if parts.contains(&Part::Threads) {
        app.replant().await?;
    }
    app.journal.tell(|| Happening::Steered("reset"));
    Ok(ok(&Done { reset: parts }))
}

impl App {
    /// The mock as it was when it started. An answer under way goes on, and finds its thread gone.
    pub(in crate::server) async fn reset(&self) -> Result<(), StoreError> {
        for part in Part::ALL {
            self.reset_part(part).await?;
        }
        self.replant().await?;
        self.journal.tell(|| Happening::Steered("reset"));
        Ok(())
    }

    async fn reset_part(&self, part: Part) -> Result<(), StoreError> {
        match part {
            Part::Threads => {
                self.forget_threads().await?;
                self.director.reset();
            }
            Part::Sessions => self.sessions.clear(),
            Part::Requests => {
                self.journal.clear();
            }
            Part::State => self.set_pace(self.config.pace),
            Part::Faults => self.faults.put(self.config.faults.clone()),
            Part::Clock => self.mint.reset(),
        }
        Ok(())
    }

    /// Brings the scenario's threads back, with the ids that they had at first where the clock was
    /// reset too.
    async fn replant(&self) -> Result<(), StoreError> {
        self.play_scenario(self.director.scenario()).await
    }

    async fn forget_threads(&self) -> Result<(), StoreError> {
        loop {
            let first = Query {
                limit: PAGE,
                ..Query::default()
            };
            let page = self.store.threads(None, first).await?;
            for row in &page.rows {
                match self.store.delete_thread(&row.id).await {
                    // Somebody else was quicker, and the thread is gone all the same.
                    Ok(()) | Err(StoreError::NoThread(_)) => {}
                    Err(error) => return Err(error),
                }
            }
            if page.rows.is_empty() {
                break;
            }
        }
        self.forget_uploads().await
    }
}
