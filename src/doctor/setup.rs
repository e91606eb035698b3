//! What was asked for: the backend, what named it, and what goes with every request, masked.

use super::{Code, Finding, Step};

/// What is known of the configuration without its secrets.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    /// The backend's address, or the mock.
    pub target: String,
    /// What named it, for example `--url` or a profile and its file.
    pub source: String,
    /// What chose the hosted API, whose address may be named by something else.
    pub chosen: Option<String>,
    /// The variable that wins over the backend of a profile.
    pub overruled: Option<String>,
    /// Whether somebody asked for that profile, and may believe that its backend is looked at.
    pub is_asked: bool,
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
    let chosen = setup.chosen.as_ref().filter(|by| **by != setup.source);
    facts.extend(chosen.map(|by| format!("the hosted API is chosen by {by}")));
    let overruled = setup.overruled.as_ref();
    facts.extend(overruled.map(|by| format!("{by} wins over the backend of the profile")));
    facts.extend(
        setup
            .headers
            .iter()
            .map(|header| format!("header {header}: ***")),
    );
    facts.extend(setup.credentials.iter().chain(&setup.others).cloned());
    let facts = facts.join("; ");
    match overruled.filter(|_| setup.is_asked) {
        Some(variable) => {
            let remedy = format!("unset {variable} to look at the backend of the profile");
            Step::Config.warning(facts, remedy)
        }
        None => Step::Config.ok(facts),
    }
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
    fn a_profile_that_is_not_looked_at_is_told_and_warned_of_where_somebody_asked_for_it() {
        let mut setup = Setup {
            target: "http://h/v1/chatkit/conversation".into(),
            source: "OPENAI_BASE_URL".into(),
            chosen: Some("CHATKIT_WORKFLOW_ID".into()),
            overruled: Some("CHATKIT_WORKFLOW_ID".into()),
            ..Setup::default()
        };
        let found = config(&setup);
        assert_eq!(
            found.reason,
            "http://h/v1/chatkit/conversation, by OPENAI_BASE_URL; the hosted API is chosen by \
             CHATKIT_WORKFLOW_ID; CHATKIT_WORKFLOW_ID wins over the backend of the profile"
        );
        assert_eq!(found.remedy, None);
        setup.is_asked = true;
        let remedy = config(&setup).remedy.unwrap();
        assert!(remedy.starts_with("unset CHATKIT_WORKFLOW_ID"), "{remedy}");
    }

    #[test]
    fn of_a_secret_only_its_kind_is_left() {
        assert_eq!(masked("sk-proj-abc"), "sk-proj-***");
        assert_eq!(masked("ek_abc"), "ek_***");
        assert_eq!(masked("hunter2"), "***");
    }
}
