//! What was asked for: the backend, what named it, and what goes with every request, masked.

use super::{Code, Finding, Step};

/// What is known of the configuration without its secrets.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    /// The backend's address, or the mock.
    pub target: String,
    /// What named it, for example `--url` or a profile and its file.
    pub source: String,
    /// The names of more headers.
    pub headers: Vec<String>,
    /// Facts about the hosted service's credentials, without their values.
    pub credentials: Vec<String>,
    /// Language and time limit, if they were set.
    pub others: Vec<String>,
}

/// Tells what is in force.
pub fn config(setup: &Setup) -> Finding {
    let mut facts = vec![format!("{}, by {}", setup.target, setup.source)];
    facts.extend(
        setup
            .headers
            .iter()
            .map(|header| format!("header {header}: ***")),
    );
    facts.extend(setup.credentials.iter().chain(&setup.others).cloned());
    Step::Config.ok(facts.join("; "))
}

/// Tells why nothing is in force.
pub fn refused(message: String, hint: Option<String>) -> Finding {
    let remedy = hint.unwrap_or_else(|| "correct it there".to_owned());
    Step::Config.failed(Code::Usage, message, remedy)
}

/// What is left of a secret: how it begins, if that says what kind of secret it is.
pub fn masked(secret: &str) -> String {
    let kinds = ["sk-proj-", "sk-", "ek_"];
    let kind = kinds.iter().find(|kind| secret.starts_with(**kind));
    format!("{}***", kind.unwrap_or(&""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_headers_are_told_and_their_values_never() {
        let setup = Setup {
            target: "http://h/chatkit".into(),
            source: "--url".into(),
            headers: vec!["authorization".into()],
            others: vec!["timeout 30 s".into()],
            ..Setup::default()
        };
        assert_eq!(
            config(&setup).reason,
            "http://h/chatkit, by --url; header authorization: ***; timeout 30 s"
        );
    }

    #[test]
    fn of_a_secret_only_its_kind_is_left() {
        assert_eq!(masked("sk-proj-abc"), "sk-proj-***");
        assert_eq!(masked("ek_abc"), "ek_***");
        assert_eq!(masked("hunter2"), "***");
    }
}
