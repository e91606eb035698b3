//! Hosted sessions: what they are made of, and when they end.

use jiff::Timestamp;
use jiff::civil::{Date, date};

use super::{Code, Finding, Step};
use crate::plural::plural;

/// The last day of Agent Builder workflows, which every hosted session needs.
pub const END: Date = date(2026, 11, 30);

/// The most state variables that a session takes.
const MAX_VARIABLES: usize = 64;

/// What a session would be made of.
#[derive(Clone, Debug, Default)]
pub struct SessionParts {
    /// The workflow's id.
    pub workflow: Option<String>,
    /// Its version, if one is asked for.
    pub version: Option<String>,
    /// The names of the state variables.
    pub variables: Vec<String>,
    /// The user.
    pub user: Option<String>,
    /// Whether there is an API key.
    pub has_key: bool,
}

/// What can be said of a session's parts before anything is sent.
///
/// # Errors
/// The finding, when no session can come of them.
pub fn parts(parts: &SessionParts) -> Result<String, Finding> {
    let refuse =
        |reason: String, remedy: &str| Err(Step::Session.failed(Code::Usage, reason, remedy));
    let Some(workflow) = &parts.workflow else {
        return refuse(
            "no workflow is named, and every hosted session needs one".to_owned(),
            "pass --workflow or set CHATKIT_WORKFLOW_ID",
        );
    };
    if let Some(reason) = workflow_fault(workflow) {
        return refuse(
            format!("the workflow id '{workflow}' {reason}"),
            "copy it from Agent Builder, where it is shown as wf_… under Code",
        );
    }
    if parts
        .version
        .as_deref()
        .is_some_and(|version| version.trim().is_empty())
    {
        return refuse(
            "the workflow's version is empty".to_owned(),
            "leave --workflow-version out for the deployed one",
        );
    }
    if parts.variables.len() > MAX_VARIABLES {
        return refuse(
            format!(
                "{} state variables are more than the {MAX_VARIABLES} that a session takes",
                parts.variables.len()
            ),
            "pass at most 64",
        );
    }
    if let Some(name) = twice(&parts.variables) {
        return refuse(
            format!("the state variable '{name}' is given twice"),
            "give it once",
        );
    }
    if parts.user.is_none() {
        return refuse(
            "no user is named, and every hosted session has one".to_owned(),
            "pass --user or set CHATKIT_USER",
        );
    }
    if !parts.has_key {
        return refuse(
            "there is no API key to make a session with".to_owned(),
            "set OPENAI_API_KEY or pass --api-key-file",
        );
    }
    let version = match &parts.version {
        Some(version) => format!("version {version}"),
        None => "the deployed version".to_owned(),
    };
    Ok(format!(
        "{workflow}, {version}, {}",
        plural(parts.variables.len(), "state variable")
    ))
}

/// What is wrong with a workflow id, as the end of a sentence.
fn workflow_fault(id: &str) -> Option<&'static str> {
    if id.trim() != id || id.contains(['"', '\'']) {
        return Some("has spaces or quotes around it");
    }
    let Some(rest) = id.strip_prefix("wf_") else {
        return Some("does not begin with wf_");
    };
    let is_placeholder =
        rest.is_empty() || rest.contains(['.', '…', '<', '>']) || rest.starts_with("your");
    if is_placeholder {
        return Some("is a placeholder");
    }
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    (!rest.chars().all(legal)).then_some("has characters that no id has")
}

fn twice(names: &[String]) -> Option<&String> {
    names
        .iter()
        .enumerate()
        .find_map(|(at, name)| names[..at].contains(name).then_some(name))
}

/// What can be said of an existing secret: its form and its end.
pub fn secret(secret: &str, expiry: Option<Timestamp>, now: Timestamp) -> Finding {
    if secret.starts_with("sk-") {
        return Step::Session.failed(
            Code::Usage,
            "what is given as a client secret is an API key",
            "make a secret of it with 'chatkit session create'; a key must never reach a page",
        );
    }
    match expiry {
        Some(end) if end <= now => Step::Session.failed(
            Code::Unauthorised,
            format!("the client secret expired at {end}"),
            "make a new one with 'chatkit session create'",
        ),
        Some(end) => Step::Session.ok(format!("the client secret is good until {end}")),
        None if secret.starts_with("ek_") => {
            Step::Session.ok("the client secret does not say when it expires")
        }
        None => Step::Session.warning(
            "the client secret does not begin with ek_",
            "check that it is the client_secret of a session, all of it",
        ),
    }
}

/// Who runs the backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host {
    /// Whoever asks; it speaks the protocol.
    Own,
    /// OpenAI.
    Official,
    /// Somebody who speaks like the hosted service, such as the mock.
    LikeOfficial,
}

/// What the end of hosted workflows means for this backend, on this day.
pub fn sunset(host: Host, today: Date) -> Finding {
    if host == Host::Own {
        return Step::Sunset
            .ok("a self-hosted backend lives on; only hosted workflows end on 30 November 2026");
    }
    let way_out = "move to a self-hosted backend: the protocol and the page stay, with api.url and \
                   api.domainKey in the place of getClientSecret; 'chatkit serve --mock' stands in \
                   for it, and 'chatkit check --url' tells whether yours is one";
    let left = today.until(END).map_or(0, |span| span.get_days());
    match left {
        ..0 if host == Host::LikeOfficial => Step::Sunset.warning(
            "hosted workflows ended on 30 November 2026; what works here works nowhere else",
            way_out,
        ),
        ..0 => Step::Sunset.failed(
            Code::Refused,
            "hosted workflows ended on 30 November 2026, and no hosted session can be had without one",
            way_out,
        ),
        0 => Step::Sunset.warning("hosted workflows end today, 30 November 2026", way_out),
        1 => Step::Sunset.warning("hosted workflows end tomorrow, 30 November 2026", way_out),
        left => Step::Sunset.warning(
            format!("hosted workflows end on 30 November 2026, in {left} days"),
            way_out,
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    fn whole(workflow: &str) -> SessionParts {
        SessionParts {
            workflow: Some(workflow.into()),
            user: Some("u".into()),
            has_key: true,
            ..SessionParts::default()
        }
    }

    #[test]
    fn a_workflow_id_begins_with_wf_and_is_no_placeholder() {
        assert_eq!(
            parts(&whole("wf_68df4b13b3588190")).unwrap(),
            "wf_68df4b13b3588190, the deployed version, 0 state variables"
        );
        for (bad, words) in [
            ("asst_1", "does not begin with wf_"),
            ("wf_...", "is a placeholder"),
            ("wf_<id>", "is a placeholder"),
            ("wf_your_workflow_id", "is a placeholder"),
            ("wf_", "is a placeholder"),
            ("'wf_1'", "quotes"),
            ("wf_1/2", "characters"),
        ] {
            let finding = parts(&whole(bad)).unwrap_err();
            assert_eq!(finding.verdict, Verdict::Failed(Code::Usage));
            assert!(finding.reason.contains(words), "{finding:?}");
        }
    }

    #[test]
    fn what_a_session_lacks_is_named() {
        let refused = |parts: &SessionParts| super::parts(parts).unwrap_err().reason;
        assert!(refused(&SessionParts::default()).contains("no workflow"));
        let part = whole("wf_1");
        assert!(
            refused(&SessionParts {
                user: None,
                ..part.clone()
            })
            .contains("no user")
        );
        assert!(
            refused(&SessionParts {
                has_key: false,
                ..part.clone()
            })
            .contains("no API key")
        );
        let many = (0..65).map(|n| n.to_string()).collect();
        assert!(
            refused(&SessionParts {
                variables: many,
                ..part.clone()
            })
            .contains("more than the 64")
        );
        let twice = vec!["a".to_owned(), "a".to_owned()];
        assert!(
            refused(&SessionParts {
                variables: twice,
                ..part.clone()
            })
            .contains("twice")
        );
        let empty = Some(" ".to_owned());
        assert!(
            refused(&SessionParts {
                version: empty,
                ..part
            })
            .contains("version is empty")
        );
    }

    #[test]
    fn a_secret_is_judged_by_its_form_and_its_end() {
        let now = Timestamp::from_second(1000).unwrap();
        let later = Timestamp::from_second(2000).ok();
        assert_eq!(
            secret("sk-1", None, now).verdict,
            Verdict::Failed(Code::Usage)
        );
        assert_eq!(
            secret("ek_1", Some(now), now).verdict,
            Verdict::Failed(Code::Unauthorised)
        );
        assert_eq!(secret("ek_1", later, now).verdict, Verdict::Ok);
        assert_eq!(secret("ek_1", None, now).verdict, Verdict::Ok);
        assert_eq!(secret("token", None, now).verdict, Verdict::Warning);
    }

    #[test]
    fn the_sunset_is_counted_down_and_then_is_over() {
        let reason = |year, month, day| sunset(Host::Official, date(year, month, day)).reason;
        assert!(reason(2026, 11, 21).ends_with("in 9 days"));
        assert!(reason(2026, 10, 1).ends_with("in 60 days"));
        assert!(reason(2026, 11, 29).contains("tomorrow"));
        assert!(reason(2026, 11, 30).contains("today"));
        let over = sunset(Host::Official, date(2026, 12, 1));
        assert_eq!(over.verdict, Verdict::Failed(Code::Refused));
        assert!(over.remedy.unwrap().contains("self-hosted"));
        let mock = sunset(Host::LikeOfficial, date(2026, 12, 1));
        assert_eq!(mock.verdict, Verdict::Warning);
        assert_eq!(sunset(Host::Own, date(2026, 12, 1)).verdict, Verdict::Ok);
    }
}
