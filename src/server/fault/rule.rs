//! Faults of a scenario's rule: they strike at the answers of that rule, and only there.

use super::armed::Faults;
use super::rng::Rng;
use super::row::{Act, Reach};
use super::spec::{Fault, InvalidFault};
use crate::protocol::Operation;

impl Fault {
    /// Whether the fault can break an answer that is made already, as one of a rule is.
    ///
    /// # Errors
    /// Says why it cannot: it acts on the request, or strikes where no rule answers.
    pub fn breaks_answers(&self) -> Result<(), InvalidFault> {
        let name = self.name();
        let refused = |reason: &str| Err(InvalidFault::new(format!("{name} {reason}")));
        if matches!(self.row.act, Act::Request(_) | Act::Pretend { .. }) {
            return refused("changes the request before a rule is asked; pass it as --fault");
        }
        if let Reach::Only(names) = self.row.reach
            && !self.is_for_uploads()
            && names
                .iter()
                .all(|name| Operation::from_name(name).is_none())
        {
            return refused("strikes where no rule answers; pass it as --fault");
        }
        if self.scope.path.is_some() {
            return refused("has no use for 'path': a rule's faults strike at its own answers");
        }
        Ok(())
    }

    /// Whether the fault strikes at the bytes of an upload, and at nothing else.
    pub(in crate::server) fn is_for_uploads(&self) -> bool {
        matches!(self.row.reach, Reach::Only(["upload"]))
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
