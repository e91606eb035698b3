//! Faults of a scenario's rule: they strike at the answers of that rule, and only there.

use super::armed::Faults;
use super::asked::Asked;
use super::rng::Rng;
use super::row::Reach;
use super::spec::{Fault, InvalidFault};
use crate::protocol::Operation;

impl Fault {
    /// Whether the fault can break the answers of a rule.
    ///
    /// # Errors
    /// Says why it cannot, and what to use instead.
    pub fn breaks_answers(&self) -> Result<(), InvalidFault> {
        let name = self.name();
        if let Some(reason) = self.row.bars_rules() {
            return Err(InvalidFault::new(format!("{name} {reason}")));
        }
        if self.scope.path.is_some() {
            let reason = "has no use for 'path': a rule's faults strike at its own answers";
            return Err(InvalidFault::new(format!("{name} {reason}")));
        }
        Ok(())
    }

    /// Why the fault strikes at nothing at all, if that is so.
    pub(in crate::server) fn never_strikes(&self) -> Option<&'static str> {
        match (self.scope.times, self.scope.probability) {
            (Some(0), _) => Some("its times is 0"),
            (_, Some(0.0)) => Some("its probability is 0"),
            _ => None,
        }
    }

    /// Whether the fault strikes at what is streamed, and at nothing else.
    pub(in crate::server) fn is_for_streams(&self) -> bool {
        matches!(self.row.reach, Reach::Stream)
    }

    /// Whether the fault strikes at the bytes of an upload, and at nothing else.
    pub(in crate::server) fn is_for_uploads(&self) -> bool {
        matches!(self.row.reach, Reach::Only(["upload"]))
    }

    /// Whether both strike at the same answers, where only these operations are answered.
    pub(super) fn strikes_where(&self, other: &Self, answers: &impl Fn(Operation) -> bool) -> bool {
        let struck = |fault: &Self| {
            let operations = fault.operations();
            operations.filter(|one| answers(*one)).collect::<Vec<_>>()
        };
        let (one, two) = (struck(self), struck(other));
        // What is asked beside the protocol goes by its name alone.
        let is_alike = !one.is_empty() || self.scope.operation == other.scope.operation;
        self.scope.counts_like(&other.scope) && one == two && is_alike
    }

    /// Whether it strikes at all the answers at which the other does, where only these operations
    /// are answered.
    pub(super) fn covers(&self, other: &Self, answers: &impl Fn(Operation) -> bool) -> bool {
        if self.strikes_where(other, answers) {
            return true;
        }
        let own: Vec<_> = self.operations().collect();
        let mut others = other.operations().filter(|one| answers(*one)).peekable();
        let reaches = others.peek().is_some() && others.all(|one| own.contains(&one));
        reaches && self.scope.is_as_wide_as(&other.scope)
    }

    /// The operations whose answers it can break.
    pub(in crate::server) fn operations(&self) -> impl Iterator<Item = Operation> {
        let thread = self.scope.thread.as_deref().map(Into::into);
        let is_reached = move |operation: &Operation| {
            let asked = Asked::of(*operation, thread.as_ref());
            self.scope.includes(&asked, self.row.reach)
        };
        Operation::ALL.iter().copied().filter(is_reached)
    }
}

impl Faults {
    /// The faults of the rule at this place of a scenario, whose chance the key repeats.
    pub(in crate::server) fn of_rule(
        key: u64,
        place: u64,
        faults: impl IntoIterator<Item = Fault>,
    ) -> Self {
        Self::new(Some(Rng::new(key, place).next()), faults)
    }
}
