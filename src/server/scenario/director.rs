//! Decides who answers a request: a rule of the scenario, or else the showcase.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use axum::response::Response;
use serde_json::{Value, json};

use super::document::{Rule, Scenario};
use super::known::Known;
use super::matching::Captures;
use super::memory::{Memory, ThreadMemory};
use super::play::Player;
use super::{prelude, thread};
use crate::protocol::{ItemId, ItemKind, Operation, Order, Request, Thread, ThreadId};
use crate::server::app::{App, Caller, item_of};
use crate::server::refusal::Refusal;
use crate::server::script::Script;
use crate::server::showcase::{self, Prompt, Scene};
use crate::store::{Query, StoreError};

/// What a running mock has to do with scenarios.
pub(in crate::server) struct Director {
    scenario: RwLock<Option<Arc<Scenario>>>,
    is_strict: bool,
    memory: Memory,
    /// The key of what is drawn by chance, and how much was drawn.
    key: u64,
    draws: AtomicU64,
    /// The threads without ids of their own that were planted already.
    planted: Mutex<HashSet<String>>,
}

/// A request that is to be answered by a stream.
#[derive(Clone, Copy)]
pub(in crate::server) struct Asked<'a> {
    pub operation: Operation,
    /// Nothing for an operation that no showcase answers.
    pub prompt: Option<&'a Prompt<'a>>,
    /// The form that was handed in, the message that is answered anew, or the widget of an action.
    pub item: Option<&'a ItemId>,
}

/// Who answers.
pub(in crate::server) enum Cue {
    /// The showcase.
    Showcase,
    /// A rule, or the rest of one.
    Rule(Box<Part>),
    /// A rule whose answer takes the place of the stream.
    Response(Box<Response>),
}

/// What a rule has to play, and what is known to it.
pub(in crate::server) struct Part {
    pub(super) rule: Arc<Rule>,
    /// The step that it begins with.
    pub(super) first: usize,
    pub(super) context: Value,
    pub(super) captures: Captures,
    pub(super) memory: Arc<ThreadMemory>,
}

impl Director {
    /// A director with a scenario, or without any yet.
    pub fn new(scenario: Option<Arc<Scenario>>, is_strict: bool, seed: Option<u64>) -> Self {
        Self {
            scenario: RwLock::new(scenario),
            is_strict,
            memory: Memory::default(),
            key: seed.unwrap_or_else(|| RandomState::new().hash_one(0)),
            draws: AtomicU64::new(0),
            planted: Mutex::default(),
        }
    }

    /// The scenario by which it is answered now.
    pub fn scenario(&self) -> Option<Arc<Scenario>> {
        let scenario = self.scenario.read().unwrap_or_else(PoisonError::into_inner);
        scenario.clone()
    }

    /// Whether rules may want to see the headers of a request.
    pub fn wants_headers(&self) -> bool {
        self.scenario
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .is_some()
    }

    /// Forgets the state of all threads, and what was drawn.
    pub fn reset(&self) {
        self.memory.clear();
        self.draws.store(0, Ordering::Relaxed);
        self.planted
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    /// A number from 0 to 1, the same in every run of one seed.
    fn draw(&self) -> f64 {
        let count = self.draws.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
        // splitmix64, of which the 53 upper bits make an even number between 0 and 1.
        let mut word = self
            .key
            .wrapping_add(count.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^= word >> 31;
        #[allow(clippy::cast_precision_loss, reason = "53 bits are what a f64 holds")]
        let fraction = (word >> 11) as f64 / (1_u64 << 53) as f64;
        fraction
    }

    fn memory(&self, scenario: &Scenario, thread: Option<&ThreadId>) -> Arc<ThreadMemory> {
        match thread {
            Some(thread) => self.memory.of(thread, &scenario.state),
            None => Arc::default(),
        }
    }

    /// The first rule that matches, with what it caught.
    fn rule<'s>(
        &self,
        scenario: &'s Scenario,
        known: &Known<'_>,
    ) -> Option<(&'s Arc<Rule>, Captures)> {
        let facts = known.facts();
        let mut rules = scenario.rules.iter();
        rules.find_map(|rule| {
            let caught = rule.matches(&facts, &mut || self.draw())?;
            Some((rule, caught))
        })
    }
}

impl App {
    /// Answers by another scenario from now on, or by the showcase; answers that are being streamed
    /// end as they began. Its threads are added to those that are there.
    ///
    /// # Errors
    /// When the store does not take the threads.
    pub(in crate::server) async fn play_scenario(
        &self,
        scenario: Option<Arc<Scenario>>,
    ) -> Result<(), StoreError> {
        if let Some(scenario) = &scenario {
            self.plant(scenario).await?;
        }
        let mut current = self
            .director
            .scenario
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *current = scenario;
        Ok(())
    }

    async fn plant(&self, scenario: &Scenario) -> Result<(), StoreError> {
        for (index, thread) in scenario.threads.iter().enumerate() {
            if thread.id.is_none() && !self.first_time(&format!("{index} {thread:?}")) {
                continue;
            }
            if let Some(id) = thread.plant(self).await? {
                let memory = self.director.memory(scenario, Some(&id));
                memory.extend(thread.state.clone());
            }
        }
        Ok(())
    }

    fn first_time(&self, thread: &str) -> bool {
        let planted = &self.director.planted;
        let mut planted = planted.lock().unwrap_or_else(PoisonError::into_inner);
        planted.insert(thread.to_owned())
    }

    /// Who answers a request by a stream, before anything of it is stored.
    ///
    /// # Errors
    /// Refuses what no rule matches, if that is how the mock is set up.
    pub(in crate::server) async fn cue(
        &self,
        caller: &Caller,
        thread: &Thread,
        asked: Asked<'_>,
    ) -> Result<Cue, Refusal> {
        let Some(scenario) = self.director.scenario() else {
            return Ok(Cue::Showcase);
        };
        let memory = self.director.memory(&scenario, Some(&thread.id));
        let turn = if scenario.counts_turns() {
            self.turn(thread, asked).await?
        } else {
            0
        };
        let shown = thread::shown(thread, caller);
        let known = Known::of(
            caller,
            asked,
            Some((&thread.id, shown)),
            turn,
            memory.state(),
        );
        if let Some(rest) = known.awaited(&memory) {
            return Ok(Cue::Rule(Box::new(known.rest(rest, memory))));
        }
        let Some((rule, captures)) = self.director.rule(&scenario, &known) else {
            return known
                .unmatched(&scenario, self.director.is_strict)
                .map(|()| Cue::Showcase);
        };
        let part = known.part(rule, captures, memory);
        Ok(match prelude::response(&part).await {
            Some(response) => Cue::Response(Box::new(response)),
            None => Cue::Rule(Box::new(part)),
        })
    }

    /// The rule's answer to an operation that does not stream, if there is one.
    ///
    /// # Errors
    /// Refuses what no rule matches, if that is how the mock is set up.
    pub(in crate::server) async fn scripted_document(
        &self,
        caller: &Caller,
        request: &Request,
    ) -> Result<Option<Response>, Refusal> {
        let Some(scenario) = self.director.scenario() else {
            return Ok(None);
        };
        let asks = prelude::Asks::of(self, caller, request).await?;
        let prompt = asks.prompt();
        let asked = Asked {
            operation: request.operation(),
            prompt: prompt.as_ref(),
            item: asks.item.as_ref().map(|item| &item.id),
        };
        let memory = self.director.memory(&scenario, asks.thread.as_ref());
        let thread = asks.thread.as_ref().map(|id| (id, json!({"id": id})));
        let mut known = Known::of(caller, asked, thread, 0, memory.state());
        known.context["params"] = asks.params.clone();
        let Some((rule, captures)) = self.director.rule(&scenario, &known) else {
            // The store answers all the others by itself, scenario or not.
            let is_showcase = matches!(
                asked.operation,
                Operation::SyncCustomAction | Operation::Transcribe
            );
            let is_strict = self.director.is_strict && is_showcase;
            return known.unmatched(&scenario, is_strict).map(|()| None);
        };
        let part = known.part(rule, captures, memory);
        prelude::document(self, &part, asks.item.as_ref()).await
    }

    /// Which turn of its thread a request begins or goes on with: as many as there are messages of
    /// the user, with the one that is being answered.
    async fn turn(&self, thread: &Thread, asked: Asked<'_>) -> Result<u64, StoreError> {
        let query = Query {
            limit: usize::MAX,
            order: Order::Asc,
            ..Query::default()
        };
        let rows = match self.store.items(&thread.id, query).await {
            Ok(rows) => rows.rows,
            // A thread that is being created is not stored yet.
            Err(StoreError::NoThread(_)) => Vec::new(),
            Err(error) => return Err(error),
        };
        let mut turn = 0;
        for row in rows {
            turn += u64::from(matches!(item_of(&row.json).kind, ItemKind::UserMessage(_)));
            if asked.item == Some(&row.id) && asked.operation == Operation::RetryAfterItem {
                return Ok(turn);
            }
        }
        let is_new = matches!(
            asked.operation,
            Operation::CreateThread | Operation::AddUserMessage
        );
        Ok(turn + u64::from(is_new))
    }
}

impl Cue {
    /// The answer, as a response or as the steps of a stream.
    ///
    /// # Errors
    /// The response that takes the place of the stream.
    pub fn script(
        self,
        scene: &Scene,
        prompt: Option<&Prompt<'_>>,
    ) -> Result<Script, Box<Response>> {
        match self {
            Self::Showcase => Ok(match prompt {
                Some(prompt) => showcase::respond(scene, prompt),
                None => Box::new(std::iter::empty()),
            }),
            Self::Rule(part) => Ok(Box::new(Player::new(scene, *part, prompt))),
            Self::Response(response) => Err(response),
        }
    }
}
