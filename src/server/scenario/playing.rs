//! A scenario in force: its rules, with the counts of their faults.

use std::sync::Arc;

use axum::response::Response;

use super::document::Scenario;
use crate::server::fault::{Asked, Faults, Plan};
use crate::server::script::Script;

/// A scenario that answers are given by.
pub(super) struct Playing {
    pub scenario: Arc<Scenario>,
    /// Whether its rules leave anything behind for other requests.
    pub remembers: bool,
    /// In the order of the rules; most have none.
    faults: Vec<Option<Arc<Faults>>>,
}

impl Playing {
    /// A scenario whose faults begin anew, and whose chance this key repeats.
    pub fn new(scenario: Arc<Scenario>, key: u64) -> Self {
        let faults = scenario.rules.iter().zip(1..).map(|(rule, place)| {
            let faults = rule.faults.iter().map(|fault| fault.0.clone());
            (!rule.faults.is_empty()).then(|| Arc::new(Faults::of_rule(key, place, faults)))
        });
        let faults = faults.collect();
        let remembers = scenario.remembers();
        Self {
            scenario,
            remembers,
            faults,
        }
    }

    /// The faults of the rule at this place.
    pub fn faults(&self, place: usize) -> Option<Arc<Faults>> {
        self.faults.get(place)?.clone()
    }
}

/// The faults of a rule on their way to the answer that the rule gives.
///
/// Which of them strike is settled before the answer is made: what is refused is not carried out.
pub(in crate::server) struct Breakage {
    pub faults: Arc<Faults>,
    plan: Plan,
}

impl Breakage {
    /// Counts the answer to this request.
    pub fn of(faults: Arc<Faults>, asked: &Asked) -> Self {
        let plan = faults.plan(asked);
        Self { faults, plan }
    }

    /// What takes the answer's place, if something does.
    pub fn refusal(&self) -> Option<Response> {
        self.plan.refuses().then(|| {
            let mut response = Response::default();
            self.plan.clone().attach(&mut response);
            response
        })
    }

    /// The request that is to be carried out instead, if one is.
    pub fn rewritten(&self) -> Option<String> {
        self.plan.rewritten()
    }

    /// Marks the answer to be broken by those faults that strike at it.
    pub fn attach(self, response: &mut Response) {
        self.plan.attach(response);
    }
}

/// The steps of a streamed answer, and what is to break it.
pub(in crate::server) struct Cued {
    pub script: Script,
    pub breakage: Option<Breakage>,
    /// Whether the steps are the rest of a rule, which waited for the request.
    pub is_rest: bool,
}

impl Cued {
    /// The same with other steps.
    pub fn map(self, change: impl FnOnce(Script) -> Script) -> Self {
        Self {
            script: change(self.script),
            ..self
        }
    }
}
