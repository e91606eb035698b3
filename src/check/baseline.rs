//! Failures that are known: a text file with the id of a rule on each line.

use std::collections::BTreeSet;
use std::path::Path;

use super::outcome::{Judged, Outcome};
use super::rules;
use crate::byte_order_mark;
use crate::error::{Error, Result};

/// The rules that are known to fail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    ids: BTreeSet<String>,
}

const HEAD: &str = "\
# Rules that are known to fail; 'chatkit check --baseline' passes over them.
# One that no longer fails does fail the run, until its line is taken out.
";

impl Baseline {
    /// Reads a file.
    ///
    /// # Errors
    /// It cannot be read, or a line names no rule.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| Error::usage(format!("cannot read {}: {error}", path.display())))?;
        Self::parse(&text, path)
    }

    fn parse(text: &str, path: &Path) -> Result<Self> {
        let mut ids = BTreeSet::new();
        for (index, line) in byte_order_mark::off(text).lines().enumerate() {
            let id = line.split('#').next().unwrap_or_default().trim();
            if id.is_empty() {
                continue;
            }
            if rules::find(id).is_none() {
                let place = format!("{}:{}", path.display(), index + 1);
                return Err(Error::usage_hint(
                    format!("{place}: '{id}' is no rule"),
                    "see them all with 'chatkit check --list'",
                ));
            }
            ids.insert(id.to_owned());
        }
        Ok(Self { ids })
    }

    /// Whether a rule is known to fail.
    pub fn knows(&self, id: &str) -> bool {
        self.ids.contains(id)
    }

    /// The file that makes all of these failures known; those of rules that could not be judged
    /// this time stay known.
    pub fn text(judged: &[Judged], before: &Self) -> String {
        let mut text = HEAD.to_owned();
        for judged in judged {
            let stays = matches!(judged.outcome, Outcome::Skipped(_) | Outcome::Missing(_))
                && before.knows(judged.rule.id);
            if judged.findings().is_some() || stays {
                text.push_str(judged.rule.id);
                text.push('\n');
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_ids_and_remarks() {
        let path = Path::new("known.txt");
        let text = "\u{feff}# since May\n\nstream/times # the reference does it too\n";
        let baseline = Baseline::parse(text, path).unwrap();
        assert!(baseline.knows("stream/times") && !baseline.knows("stream/left-open"));
        let error = Baseline::parse("\nstream/tiems\n", path).unwrap_err();
        assert_eq!(error.to_string(), "known.txt:2: 'stream/tiems' is no rule");
    }
}
