//! Which scenario is in force: the one that the mock was set up with, or one that was put in its
//! place; and the threads that it brings along.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLockReadGuard};

use super::director::Director;
use super::document::Scenario;
use super::finding::ScenarioErrors;
use super::playing::Playing;
use crate::server::app::App;
use crate::server::mint::Mint;
use crate::store::StoreError;

/// The scenario that answers are given by, and the one that it came in the place of.
#[derive(Default)]
pub(super) struct InForce {
    pub(super) playing: Option<Arc<Playing>>,
    /// The scenario that the mock was set up with, as its files were last read.
    given: Option<Arc<Scenario>>,
    /// Whether another one was put in its place while the mock ran.
    is_put: bool,
    /// Why its files were not taken when they were saved last.
    refused: Option<Arc<ScenarioErrors>>,
}

impl InForce {
    pub(super) fn given(scenario: Option<Arc<Scenario>>, key: u64) -> Self {
        let playing = scenario.clone();
        Self {
            playing: playing.map(|scenario| Arc::new(Playing::new(scenario, key))),
            given: scenario,
            is_put: false,
            refused: None,
        }
    }
}

impl Director {
    /// Whether the scenario was put in the place of the one that the mock was set up with.
    pub fn is_put(&self) -> bool {
        self.read().is_put
    }

    /// Why the scenario's files were not taken when they were saved last.
    pub fn refused(&self) -> Option<Arc<ScenarioErrors>> {
        self.read().refused.clone()
    }

    /// Notes whether the scenario's files were saved last and not taken.
    pub fn refuse(&self, errors: Option<ScenarioErrors>) {
        self.change(|in_force| in_force.refused = errors.map(Arc::new));
    }

    pub(super) fn read(&self) -> RwLockReadGuard<'_, InForce> {
        self.scenario.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut InForce)) {
        let scenario = self.scenario.write();
        change(&mut scenario.unwrap_or_else(PoisonError::into_inner));
    }

    /// Has the faults of all rules count from the beginning.
    pub fn rearm(&self) {
        self.change(|in_force| {
            let scenario = in_force.playing.take();
            let again =
                |playing: Arc<Playing>| Playing::new(Arc::clone(&playing.scenario), self.key);
            in_force.playing = scenario.map(again).map(Arc::new);
        });
    }

    /// Answers by the scenario that the mock was set up with, if another one was put in its place.
    pub fn give_back(&self) {
        self.change(|in_force| {
            if in_force.is_put {
                let refused = in_force.refused.take();
                *in_force = InForce {
                    refused,
                    ..InForce::given(in_force.given.take(), self.key)
                };
            }
        });
    }
}

impl App {
    /// Takes the place of the scenario that the mock was set up with, as when its files were saved.
    /// Answers that are being streamed end as they began. Its threads are added to those that are
    /// there. One that was put while the mock ran stays in force; returns whether there is none.
    ///
    /// # Errors
    /// When the store does not take the threads.
    pub(in crate::server) async fn give_scenario(
        &self,
        scenario: Arc<Scenario>,
    ) -> Result<bool, StoreError> {
        let is_put = self.director.is_put();
        if !is_put {
            self.plant(&scenario).await?;
        }
        self.director.change(|in_force| {
            if in_force.is_put {
                in_force.given = Some(scenario);
                in_force.refused = None;
            } else {
                *in_force = InForce::given(Some(scenario), self.director.key);
            }
        });
        Ok(!is_put)
    }

    /// Answers by this scenario from now on, until [`Director::give_back`].
    ///
    /// # Errors
    /// When the store does not take its threads.
    pub(in crate::server) async fn put_scenario(
        &self,
        scenario: Arc<Scenario>,
    ) -> Result<(), StoreError> {
        self.plant(&scenario).await?;
        self.director.change(|in_force| {
            in_force.playing = Some(Arc::new(Playing::new(scenario, self.director.key)));
            in_force.is_put = true;
        });
        Ok(())
    }

    /// Brings back the threads of the scenario in force, as far as they are not there.
    ///
    /// # Errors
    /// When the store does not take them.
    pub(in crate::server) async fn plant_scenario(&self) -> Result<(), StoreError> {
        match self.director.scenario() {
            Some(scenario) => self.plant(&scenario).await,
            None => Ok(()),
        }
    }

    async fn plant(&self, scenario: &Scenario) -> Result<(), StoreError> {
        let mut counts = HashMap::new();
        for thread in &scenario.threads {
            // Two that say the same are two.
            let said = thread.said();
            let count = counts.entry(said.clone()).or_insert(0);
            *count += 1;
            let said = format!("{count} {said}");
            if thread.id.is_none() && !self.first_time(&said) {
                continue;
            }
            let id = thread.plant(self, &Mint::of_text(&said)).await?;
            // Another process may have stored the thread, and what is remembered of it.
            if !self.director.knows(&id) {
                let memory = self.director.memory(scenario, Some(&id));
                memory.extend(thread.state.clone());
                if !thread.state.is_empty() {
                    self.tell_first(&id, &memory.state()).await?;
                }
            }
        }
        Ok(())
    }

    fn first_time(&self, thread: &str) -> bool {
        let planted = &self.director.planted;
        let mut planted = planted.lock().unwrap_or_else(PoisonError::into_inner);
        planted.insert(thread.to_owned())
    }
}
