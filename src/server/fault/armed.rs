//! The faults that are on, and how often each has struck.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::response::Response;
use serde::Serialize;

use super::apply::{Plan, Strike};
use super::asked::Asked;
use super::rng::Rng;
use super::spec::Fault;

/// Faults that are on, with the counts of their requests.
///
/// The mock has one for all requests; a scenario's rule has its own, so that `times` counts the
/// answers of that rule.
#[derive(Debug)]
pub struct Faults {
    /// Read on every request, so that no faults cost no more than this.
    is_idle: AtomicBool,
    seed: u64,
    armed: Mutex<Vec<Armed>>,
}

#[derive(Debug)]
struct Armed {
    id: u64,
    fault: Arc<Fault>,
    key: u64,
    seen: u64,
    struck: u64,
}

/// A fault that is on.
#[derive(Clone, Debug, Serialize)]
pub struct ArmedFault {
    /// Names it among those that are on.
    pub id: u64,
    /// The fault.
    #[serde(flatten)]
    pub fault: Fault,
    /// How many requests were in its scope.
    pub seen: u64,
    /// How many of those it struck at.
    pub struck: u64,
}

impl Faults {
    /// These faults, whose chance this seed repeats; without one it is another in every process.
    pub fn new(seed: Option<u64>, faults: impl IntoIterator<Item = Fault>) -> Self {
        use std::hash::{BuildHasher, Hasher, RandomState};
        let this = Self {
            is_idle: AtomicBool::new(true),
            seed: seed.unwrap_or_else(|| RandomState::new().build_hasher().finish()),
            armed: Mutex::default(),
        };
        this.put(faults);
        this
    }

    /// Every fault that is on.
    pub fn get(&self) -> Vec<ArmedFault> {
        self.with(|armed| armed.iter().map(Armed::shown).collect())
    }

    /// Takes the place of all faults by these; their counts and their chance begin anew.
    pub fn put(&self, faults: impl IntoIterator<Item = Fault>) {
        self.with(|armed| {
            armed.clear();
            for fault in faults {
                self.arm(armed, fault);
            }
        });
    }

    /// Adds a fault, and returns its id.
    pub fn add(&self, fault: Fault) -> u64 {
        self.with(|armed| self.arm(armed, fault))
    }

    /// Takes the faults of this name or id away, and returns how many there were.
    pub fn remove(&self, name_or_id: &str) -> usize {
        self.with(|armed| {
            let before = armed.len();
            let id = name_or_id.parse().ok();
            armed.retain(|armed| armed.fault.name() != name_or_id && Some(armed.id) != id);
            before - armed.len()
        })
    }

    /// Takes every fault away.
    pub fn clear(&self) {
        self.put([]);
    }

    /// Whether no fault is on.
    pub(in crate::server) fn is_idle(&self) -> bool {
        self.is_idle.load(Ordering::Relaxed)
    }

    /// Has the faults of a scenario's rule refuse the bytes of an upload that the rule announced.
    pub fn refuse_upload(&self) -> Option<Response> {
        self.with(|armed| {
            let of_uploads = armed
                .iter_mut()
                .filter(|armed| armed.fault.is_for_uploads());
            let struck = of_uploads.filter_map(|armed| armed.strike(&Asked::upload()));
            let mut response = Response::default();
            let plan = Plan::new(&Asked::upload(), struck);
            (!plan.is_empty()).then(|| {
                plan.attach(&mut response);
                response
            })
        })
    }

    /// What strikes at this request, which is counted by it.
    pub(in crate::server) fn plan(&self, asked: &Asked) -> Plan {
        if self.is_idle() || Asked::is_spared(&asked.path) {
            return Plan::default();
        }
        self.with(|armed| {
            Plan::new(
                asked,
                armed.iter_mut().filter_map(|armed| armed.strike(asked)),
            )
        })
    }

    /// The chance of a fault depends on the seed and its id alone, and so comes again with them.
    fn arm(&self, armed: &mut Vec<Armed>, fault: Fault) -> u64 {
        let id = armed.last().map_or(1, |last| last.id + 1);
        armed.push(Armed {
            id,
            fault: Arc::new(fault),
            key: Rng::new(self.seed, id).next(),
            seen: 0,
            struck: 0,
        });
        id
    }

    fn with<T>(&self, work: impl FnOnce(&mut Vec<Armed>) -> T) -> T {
        let mut armed = self.armed.lock().unwrap_or_else(PoisonError::into_inner);
        let done = work(&mut armed);
        self.is_idle.store(armed.is_empty(), Ordering::Relaxed);
        done
    }
}

impl Armed {
    /// Counts a request, and says whether the fault strikes at it.
    fn strike(&mut self, asked: &Asked) -> Option<Strike> {
        let scope = &self.fault.scope;
        if !scope.includes(asked, self.fault.row.reach) {
            return None;
        }
        let mut rng = Rng::new(self.key, self.seen);
        self.seen += 1;
        let is_chosen = rng.unit() < scope.probability.unwrap_or(1.0);
        let is_left = scope.times.is_none_or(|times| self.struck < times);
        if self.seen <= scope.skip || !is_chosen || !is_left {
            return None;
        }
        self.struck += 1;
        Some(Strike {
            fault: Arc::clone(&self.fault),
            rng,
        })
    }

    fn shown(&self) -> ArmedFault {
        ArmedFault {
            id: self.id,
            fault: Fault::clone(&self.fault),
            seen: self.seen,
            struck: self.struck,
        }
    }
}
