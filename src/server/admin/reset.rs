//! Reset: the mock as it was when it started, without starting it again.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::super::app::App;
use super::super::journal::Happening;
use super::super::refusal::Refusal;
use super::{Call, ok};
use crate::store::{Query, StoreError, StoreUrl};

/// How many threads are deleted between two looks at the store.
const PAGE: usize = 500;

/// What can be reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Part {
    /// Threads, items, attachments and their bytes, and what rules remember of threads.
    Threads,
    /// Hosted sessions.
    Sessions,
    /// The journal.
    Requests,
    /// Ids of a seeded mock, and the clock.
    Clock,
    /// The pace: what rules remember of a thread is the thread's, and goes with it.
    State,
    /// What is broken: what the mock was started with.
    Faults,
    /// The scenario: the one that the mock was started with.
    Scenario,
}

impl Part {
    const ALL: [Self; 7] = [
        Self::Scenario,
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
    /// Whether the threads of a store that outlives the mock may be deleted.
    store: bool,
}

#[derive(Serialize)]
struct Done {
    reset: Vec<Part>,
}

/// `POST /__mock/reset`.
pub(super) async fn reset(app: Arc<App>, mut call: Call) -> Result<Response, Refusal> {
    let mut wanted = if call.body.is_empty() {
        Wanted::default()
    } else {
        call.object()?
    };
    if let Some(store) = call.query.take("store") {
        wanted.store = match store.as_str() {
            "" | "true" => true,
            "false" => false,
            other => {
                let message = format!("store is true or false, not {other}");
                return Err(Refusal::invalid("store", message));
            }
        };
    }
    let chosen = |part: &Part| wanted.only.as_ref().is_none_or(|only| only.contains(part));
    let parts: Vec<_> = Part::ALL.into_iter().filter(chosen).collect();
    if parts.contains(&Part::Threads) && !wanted.store {
        app.spare_store()?;
    }
    for part in &parts {
        app.reset_part(*part).await?;
    }
    if parts.contains(&Part::Threads) || parts.contains(&Part::Scenario) {
        app.plant_scenario().await?;
    }
    app.journal.tell(|| Happening::Steered("reset"));
    Ok(ok(&Done { reset: parts }))
}

impl App {
    /// The mock as it was when it started, with an empty store. An answer under way goes on, and finds its thread gone.
    pub(in crate::server) async fn reset(&self) -> Result<(), StoreError> {
        for part in Part::ALL {
            self.reset_part(part).await?;
        }
        self.plant_scenario().await?;
        self.journal.tell(|| Happening::Steered("reset"));
        Ok(())
    }

    /// Refuses to delete threads that are meant to outlive the mock.
    fn spare_store(&self) -> Result<(), Refusal> {
        let store = &self.config.store;
        if matches!(store, StoreUrl::Memory) {
            return Ok(());
        }
        let message = format!(
            "a reset would delete every thread in {store}, and has changed nothing; \
             to delete them too, ask for /__mock/reset?store=true; to keep them, name the other \
             parts in 'only'"
        );
        Err(Refusal::new(StatusCode::CONFLICT, "store_is_kept", message))
    }

    async fn reset_part(&self, part: Part) -> Result<(), StoreError> {
        match part {
            Part::Threads => {
                self.forget_threads().await?;
                self.director.reset();
            }
            Part::Sessions => self.sessions.clear().await?,
            Part::Requests => {
                self.journal.clear();
            }
            Part::State => self.set_pace(self.config.pace),
            Part::Faults => {
                self.faults.put(self.config.faults.clone());
                self.director.rearm();
            }
            Part::Scenario => self.director.give_back(),
            Part::Clock => self.mint.reset(),
        }
        Ok(())
    }

    async fn forget_threads(&self) -> Result<(), StoreError> {
        loop {
            let first = Query {
                limit: PAGE,
                ..Query::default()
            };
            let page = self.store.threads(None, first).await?;
            for row in &page.rows {
                match self.delete_thread(&row.id).await {
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
