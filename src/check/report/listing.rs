//! What the rules are: all in a list, or one explained.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::check::rule::Rule;
use crate::check::rules::GROUPS;

/// The rules by their groups, a line each.
pub fn list(rules: &[&Rule]) -> String {
    let mut text = String::new();
    for (group, about) in GROUPS {
        let of_group: Vec<_> = rules.iter().filter(|rule| rule.group() == *group).collect();
        if of_group.is_empty() {
            continue;
        }
        let _ = writeln!(text, "{group}: {about}");
        for rule in of_group {
            let (severity, id) = (rule.severity.word(), rule.id);
            let _ = writeln!(text, "  {severity:<6} {id:<38} {}", rule.says);
        }
    }
    text
}

/// One rule, whole.
pub fn explain(rule: &Rule) -> String {
    format!(
        "{} ({})\n  {}\n  source: {}\n  fix: {}\n",
        rule.id,
        rule.severity.word(),
        rule.says,
        rule.source,
        rule.fix
    )
}

impl Rule {
    /// The rule for machines.
    pub fn to_json(&self) -> Value {
        json!({
            "id": self.id,
            "group": self.group(),
            "severity": self.severity,
            "says": self.says,
            "source": self.source,
            "fix": self.fix,
        })
    }
}
