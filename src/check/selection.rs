//! Which rules are asked.

use std::collections::BTreeSet;

use super::evidence::Probe;
use super::rule::Rule;
use super::rules;
use crate::error::{Error, Result};

/// Which rules are asked, by their ids or groups.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Only these, unless there are none.
    pub only: Vec<String>,
    /// None of these.
    pub skip: Vec<String>,
    /// Of these none may be skipped for want of something to look at.
    pub require: Vec<String>,
    /// These fail the run, whatever their severity.
    pub insist: Vec<&'static str>,
}

impl Selection {
    /// The rules that are asked.
    ///
    /// # Errors
    /// Wrong usage: a name is neither a rule nor a group, or no rule is left.
    pub fn rules(&self) -> Result<Vec<&'static Rule>> {
        let names = self.only.iter().chain(&self.skip).chain(&self.require);
        for name in names {
            if !rules::all().any(|rule| rule.is_named(name)) {
                return Err(unknown(name));
            }
        }
        let is_in = |list: &[String], rule: &Rule| list.iter().any(|name| rule.is_named(name));
        let chosen: Vec<_> = rules::all()
            .filter(|rule| self.only.is_empty() || is_in(&self.only, rule))
            .filter(|rule| !is_in(&self.skip, rule))
            .collect();
        if chosen.is_empty() {
            return Err(Error::usage_hint(
                "no rule is left to check",
                "drop some of --only and --skip",
            ));
        }
        let is_left_out = |name: &&String| !chosen.iter().any(|rule| rule.is_named(name));
        if let Some(name) = self.require.iter().find(is_left_out) {
            return Err(Error::usage_hint(
                format!("'{name}' is required, and left out by --only or --skip"),
                "ask it, too, or drop it from --require",
            ));
        }
        Ok(chosen)
    }

    /// Whether a rule may not be skipped.
    pub fn requires(&self, rule: &Rule) -> bool {
        self.require.iter().any(|name| rule.is_named(name))
    }
}

fn unknown(name: &str) -> Error {
    Error::usage_hint(
        format!("'{name}' is neither a rule nor a group"),
        "see them all with 'chatkit check --list'",
    )
}

/// What has to be tried for these rules.
pub fn probes(rules: &[&Rule]) -> BTreeSet<Probe> {
    rules.iter().flat_map(|rule| rule.needs).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selection(only: &[&str], skip: &[&str]) -> Selection {
        let own = |names: &[&str]| names.iter().map(ToString::to_string).collect();
        Selection {
            only: own(only),
            skip: own(skip),
            ..Selection::default()
        }
    }

    #[test]
    fn rules_are_chosen_by_their_ids_and_groups() {
        let all = Selection::default().rules().unwrap().len();
        assert_eq!(all, rules::all().count());
        let stream = selection(&["stream"], &["stream/times"]).rules().unwrap();
        assert!(
            stream
                .iter()
                .all(|rule| rule.group() == "stream" && rule.id != "stream/times")
        );
        let one = selection(&["stream/times"], &[]).rules().unwrap();
        assert_eq!(one.len(), 1);
    }

    #[test]
    fn a_name_that_nobody_knows_is_wrong_usage() {
        assert_eq!(selection(&["straem"], &[]).rules().unwrap_err().code(), 2);
        let none = selection(&["speed"], &["speed"]).rules().unwrap_err();
        assert_eq!(none.to_string(), "no rule is left to check");
    }

    #[test]
    fn what_is_required_may_not_be_left_out() {
        for (only, skip, require) in [
            (&["attachments"][..], &[][..], "session"),
            (&[], &["session"], "session"),
            (&["stream/left-open"], &[], "session/created"),
        ] {
            let mut selection = selection(only, skip);
            selection.require.push(require.into());
            let error = selection.rules().unwrap_err();
            assert_eq!(error.code(), 2);
            let said = format!("'{require}' is required, and left out by --only or --skip");
            assert_eq!(error.to_string(), said);
        }
    }
}
