//! What decides which backend is meant; the first that says anything wins.

use super::profile::NamedProfile;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Flag,
    Environment,
    Profile,
    Default,
}

impl Level {
    /// What named the backend, for people.
    pub fn words(self, profile: Option<&NamedProfile>) -> String {
        match (self, profile) {
            (Self::Flag, _) => "an option".to_owned(),
            (Self::Environment, _) => "the environment".to_owned(),
            (Self::Profile, Some(named)) => named.to_string(),
            _ => "an API key alone".to_owned(),
        }
    }
}
