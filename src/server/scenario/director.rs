//! Decides who answers a request: a rule of the scenario, or else the showcase.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::document::{Rule, Scenario};
use super::force::InForce;
use super::known::Known;
use super::matching::Captures;
use super::memory::{Memory, ThreadMemory};
use super::play::Player;
use super::playing::{Breakage, Cued, Playing};
use super::{prelude, thread};
use crate::protocol::{ItemId, Operation, Request, Thread, ThreadId};
use crate::server::app::{App, Caller, thread_of};
use crate::server::fault::{self, Faults};
use crate::server::refusal::Refusal;
use crate::server::showcase::{self, Prompt, Scene};
use crate::store::StoreError;

/// What a running mock has to do with scenarios.
pub(in crate::server) struct Director {
    pub(super) scenario: RwLock<InForce>,
    is_strict: bool,
    pub(super) memory: Memory,
    /// The key of what is drawn by chance, and how much was drawn.
    pub(super) key: u64,
    draws: AtomicU64,
    /// The threads without ids of their own that were planted already.
    pub(super) planted: Mutex<HashSet<String>>,
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
    /// A rule, or the rest of one, and what is to break its answer.
    Rule(Box<Part>, Option<Breakage>),
    /// A rule whose answer takes the place of the stream.
    Response(Box<Response>),
}

/// The rule that answers, and what it caught.
pub(super) struct Chosen {
    pub rule: Arc<Rule>,
    pub faults: Option<Arc<Faults>>,
    pub captures: Captures,
}

/// What a rule has to play, and what is known to it.
pub(in crate::server) struct Part {
    pub(super) rule: Arc<Rule>,
    pub(super) faults: Option<Arc<Faults>>,
    /// The step that it begins with.
    pub(super) first: usize,
    pub(super) context: Value,
    pub(super) captures: Captures,
    pub(super) memory: Arc<ThreadMemory>,
}

impl Director {
    /// A director with a scenario, or without any yet.
    pub fn new(scenario: Option<Arc<Scenario>>, is_strict: bool, seed: Option<u64>) -> Self {
        let key = seed.unwrap_or_else(|| RandomState::new().hash_one(0));
        Self {
            scenario: RwLock::new(InForce::given(scenario, key)),
            is_strict,
            memory: Memory::default(),
            key,
            draws: AtomicU64::new(0),
            planted: Mutex::default(),
        }
    }

    /// The scenario by which it is answered now.
    pub fn scenario(&self) -> Option<Arc<Scenario>> {
        self.playing().map(|playing| Arc::clone(&playing.scenario))
    }

    /// Whether what no rule matches is refused.
    pub fn is_strict(&self) -> bool {
        self.is_strict
    }

    /// Whether rules may want to see the headers of a request.
    pub fn wants_headers(&self) -> bool {
        self.read().playing.is_some()
    }

    pub(super) fn playing(&self) -> Option<Arc<Playing>> {
        self.read().playing.clone()
    }

    /// Forgets the state of a thread that is gone: another may get its id.
    pub fn forget(&self, thread: &ThreadId) {
        self.memory.forget(thread);
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

    /// What is remembered of all threads.
    pub(super) fn memory_of_all(&self) -> &Memory {
        &self.memory
    }

    /// Whether anything is remembered of a thread.
    pub(super) fn knows(&self, thread: &ThreadId) -> bool {
        self.memory.knows(thread)
    }

    pub(super) fn memory(
        &self,
        scenario: &Scenario,
        thread: Option<&ThreadId>,
    ) -> Arc<ThreadMemory> {
        match thread {
            Some(thread) => self.memory.of(thread, &scenario.state),
            None => Arc::default(),
        }
    }

    /// The first rule that matches, with what it caught.
    fn rule(&self, playing: &Playing, known: &Known<'_>) -> Option<Chosen> {
        let facts = known.facts();
        let mut rules = playing.scenario.rules.iter().enumerate();
        rules.find_map(|(place, rule)| {
            let captures = rule.matches(&facts, &mut || self.draw())?;
            Some(Chosen {
                rule: Arc::clone(rule),
                faults: playing.faults(place),
                captures,
            })
        })
    }
}

impl Part {
    /// What is to break the answer that is made of it; the request is read only if something is.
    fn breakage(&self, asked: impl FnOnce() -> fault::Asked) -> Option<Breakage> {
        let faults = Arc::clone(self.faults.as_ref()?);
        Some(Breakage::of(faults, &asked()))
    }
}

impl App {
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
        let Some(playing) = self.director.playing() else {
            return self.without_rules().map(|()| Cue::Showcase);
        };
        let scenario = &playing.scenario;
        let memory = self.director.memory.of_known(thread, &scenario.state);
        let told = playing.remembers && self.store.is_shared();
        let recalled = match asked.operation {
            _ if !told => None,
            // Nobody can have left anything of a thread that is being created.
            Operation::CreateThread => {
                memory.take_over(memory.state());
                None
            }
            _ => {
                let reply_to = asked.reply_to();
                self.recall(Some(&playing), &thread.id, &memory, reply_to)
                    .await?
            }
        };
        let turn = if scenario.counts_turns() {
            self.turn(thread, asked, &memory).await?
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
        let awaited = if told {
            recalled
        } else {
            known.awaited(&memory)
        };
        let part = match awaited {
            Some(rest) => known.rest(rest, Arc::clone(&memory)),
            None => match self.director.rule(&playing, &known) {
                Some(chosen) => known.part(chosen, Arc::clone(&memory)),
                None => {
                    return known
                        .unmatched(scenario, self.director.is_strict)
                        .map(|()| Cue::Showcase);
                }
            },
        };
        let breakage = part.breakage(|| fault::Asked::of(asked.operation, Some(&thread.id)));
        if let Some(refusal) = breakage.as_ref().and_then(Breakage::refusal) {
            return Ok(Cue::Response(Box::new(refusal)));
        }
        let response = match part.first {
            0 => prelude::response(&part).await,
            _ => None,
        };
        self.tell(&thread.id, &part.memory).await?;
        let Some(mut response) = response else {
            return Ok(Cue::Rule(Box::new(part), breakage));
        };
        if let Some(breakage) = breakage {
            breakage.attach(&mut response);
        }
        Ok(Cue::Response(Box::new(response)))
    }

    /// Refuses what the showcase would answer for want of a scenario, if no rule is to be missed. A
    /// recording is strict by itself, and has the showcase only where that is asked for.
    fn without_rules(&self) -> Result<(), Refusal> {
        if !self.director.is_strict || self.config.replay.is_some() {
            return Ok(());
        }
        Err(Refusal::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "no_rule_matches",
            "no rule matches: there is no scenario; start with --scenario, or PUT one to \
             /__mock/scenario",
        ))
    }

    /// What rules remember of a thread, after this change of it: `null` forgets a part.
    ///
    /// # Errors
    /// When there is no such thread, or the store fails.
    pub(in crate::server) async fn change_thread_state(
        &self,
        id: &ThreadId,
        change: Map<String, Value>,
    ) -> Result<Map<String, Value>, StoreError> {
        let thread = thread_of(&*self.store.thread(None, id).await?);
        let scenario = self.director.scenario().unwrap_or_default();
        let memory = self.director.memory.of_known(&thread, &scenario.state);
        if self.store.is_shared() {
            let playing = self.director.playing();
            self.recall(playing.as_deref(), id, &memory, None).await?;
        }
        memory.extend(change);
        self.tell(id, &memory).await?;
        Ok(memory.state())
    }

    /// The rule's answer to an operation that does not stream, if there is one, and what is to
    /// break the answer, whoever gives it.
    ///
    /// # Errors
    /// Refuses what no rule matches, if that is how the mock is set up.
    pub(in crate::server) async fn scripted_document(
        &self,
        caller: &Caller,
        request: &Request,
    ) -> Result<(Option<Response>, Option<Breakage>), Refusal> {
        let Some(playing) = self.director.playing() else {
            if is_shown(request.operation()) {
                self.without_rules()?;
            }
            return Ok((None, None));
        };
        let scenario = &playing.scenario;
        let asks = prelude::Asks::of(self, caller, request).await?;
        let prompt = asks.prompt();
        let asked = Asked {
            operation: request.operation(),
            prompt: prompt.as_ref(),
            item: asks.item.as_ref().map(|item| &item.id),
        };
        let memory = self.director.memory(scenario, asks.thread.as_ref());
        let told = asks.thread.as_ref().filter(|_| playing.remembers);
        let told = told.filter(|_| self.store.is_shared());
        if let Some(thread) = told {
            self.recall(Some(&playing), thread, &memory, None).await?;
        }
        let thread = asks.thread.as_ref().map(|id| (id, json!({"id": id})));
        let mut known = Known::of(caller, asked, thread, 0, memory.state());
        known.context["params"] = asks.params.clone();
        let Some(chosen) = self.director.rule(&playing, &known) else {
            let is_strict = self.director.is_strict && is_shown(asked.operation);
            return known.unmatched(scenario, is_strict).map(|()| (None, None));
        };
        let part = known.part(chosen, memory);
        let breakage = part.breakage(|| fault::Asked::of_request(request, asks.thread.as_ref()));
        if let Some(refusal) = breakage.as_ref().and_then(Breakage::refusal) {
            return Ok((Some(refusal), None));
        }
        let response = match prelude::document(self, &part, asks.item.as_ref()).await {
            Ok(response) => response,
            Err(refusal) => Some(refusal.into_response()),
        };
        if let Some(thread) = told {
            self.tell(thread, &part.memory).await?;
        }
        Ok((response, breakage))
    }
}

/// Whether the showcase answers this operation by a document; the store answers all the others by
/// itself, scenario or not.
fn is_shown(operation: Operation) -> bool {
    matches!(
        operation,
        Operation::SyncCustomAction | Operation::Transcribe
    )
}

impl Cue {
    /// The answer, as a response or as the steps of a stream.
    ///
    /// # Errors
    /// The response that takes the place of the stream.
    pub fn script(self, scene: &Scene, prompt: Option<&Prompt<'_>>) -> Result<Cued, Box<Response>> {
        match self {
            Self::Showcase => Ok(Cued {
                script: match prompt {
                    Some(prompt) => showcase::respond(scene, prompt),
                    None => Box::new(std::iter::empty()),
                },
                breakage: None,
                is_rest: false,
            }),
            Self::Rule(part, breakage) => Ok(Cued {
                is_rest: part.first > 0,
                script: Box::new(Player::new(scene, *part, prompt)),
                breakage,
            }),
            Self::Response(response) => Err(response),
        }
    }
}
