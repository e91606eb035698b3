//! What a session is to be: a request to create one, once it is found valid and its gaps are filled.
//!
//! Facts: `openai` (PyPI), `types/beta/chatkit/chat_session_*.py`.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::refusal::Refusal;
use crate::protocol::hosted::{
    Configuration, CreateSession, ExpiresAfter, FileUpload, History, RateLimits, WorkflowParam,
};
use crate::protocol::{Verbatim, from_slice};

/// How long a session may live, and lives where nothing is said, in seconds.
const MAX_SECONDS: u32 = 600;

/// Requests a minute where nothing is said (`session_create_params.py`).
const DEFAULT_RATE: u64 = 10;

/// The largest upload that a session can allow, in megabytes.
const MAX_MEGABYTES: u64 = 512;

const DEFAULT_FILES: u64 = 10;
const MAX_VARIABLES: usize = 64;
const MAX_VARIABLE_NAME: usize = 64;

/// A session as it was asked for, with every default filled in. Its parts serialise as the answer
/// has them, where what is absent is `null`; the request's shapes leave that out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::server) struct Plan {
    pub user: Arc<str>,
    pub workflow: Workflow,
    pub seconds: u32,
    pub limits: Limits,
    pub configuration: Settings,
}

/// The workflow that answers, though the mock has one only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::server) struct Workflow {
    pub id: String,
    pub version: Option<String>,
    pub state_variables: Option<BTreeMap<String, Verbatim>>,
    pub tracing: Switch,
}

/// How often a session may ask.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::server) struct Limits {
    pub max_requests_per_1_minute: u64,
}

/// What the chat offers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::server) struct Settings {
    pub automatic_thread_titling: Switch,
    pub file_upload: Uploading,
    pub history: Remembering,
}

/// Something that is on or off.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::server) struct Switch {
    pub enabled: bool,
}

/// Whether and how much may be uploaded; `max_file_size` in megabytes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::server) struct Uploading {
    pub enabled: bool,
    pub max_file_size: u64,
    pub max_files: u64,
}

/// How much of the history is offered; `null` is all of it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::server) struct Remembering {
    pub enabled: bool,
    pub recent_threads: Option<u64>,
}

impl Plan {
    /// Reads the body of `POST /chatkit/sessions`.
    pub fn read(body: &[u8]) -> Result<Self, Refusal> {
        Self::of(from_slice(body)?)
    }

    /// Checks a request and fills its gaps.
    pub fn of(request: CreateSession) -> Result<Self, Refusal> {
        Ok(Self {
            user: filled("user", request.user)?.into(),
            workflow: workflow(request.workflow)?,
            seconds: seconds(request.expires_after.as_ref())?,
            limits: limits(request.rate_limits.as_ref())?,
            configuration: configuration(request.chatkit_configuration.unwrap_or_default())?,
        })
    }

    /// How many of their latest threads the user is shown; `None` is all of them.
    pub fn recent_threads(&self) -> Option<usize> {
        let history = self.configuration.history;
        let recent = if history.enabled {
            history.recent_threads?
        } else {
            0
        };
        Some(usize::try_from(recent).unwrap_or(usize::MAX))
    }
}

fn workflow(param: WorkflowParam) -> Result<Workflow, Refusal> {
    if let Some(variables) = &param.state_variables {
        check_variables(variables)?;
    }
    Ok(Workflow {
        id: workflow_id(param.id)?,
        version: param
            .version
            .map(|version| filled("workflow.version", version))
            .transpose()?,
        state_variables: param.state_variables,
        tracing: Switch {
            enabled: param.tracing.is_none_or(|tracing| tracing.enabled),
        },
    })
}

/// The mock has every workflow whose id can be one. For any other it has the words of the hosted
/// API, as users were shown them (openai-chatkit-starter-app, issue 36).
fn workflow_id(id: String) -> Result<String, Refusal> {
    let id = filled("workflow.id", id)?;
    if id.strip_prefix("wf_").is_some_and(|rest| !rest.is_empty()) {
        return Ok(id);
    }
    let message =
        format!("Workflow with id '{id}' not found. The id of a workflow begins with wf_.");
    Err(Refusal::not_found(
        "workflow_not_found",
        "workflow.id",
        message,
    ))
}

/// The documentation counts 64 variables, and the SDK's types 64 characters of a name.
fn check_variables(variables: &BTreeMap<String, Verbatim>) -> Result<(), Refusal> {
    if variables.len() > MAX_VARIABLES {
        let message = format!(
            "workflow.state_variables has {} keys; {MAX_VARIABLES} are allowed",
            variables.len()
        );
        return Err(Refusal::invalid("workflow.state_variables", message));
    }
    for (name, value) in variables {
        let wrong = if name.chars().count() > MAX_VARIABLE_NAME {
            "has a name of more than 64 characters"
        } else if matches!(**value, Value::Null | Value::Array(_) | Value::Object(_)) {
            "must be a string, a number or a boolean"
        } else {
            continue;
        };
        let param = format!("workflow.state_variables.{name}");
        return Err(Refusal::invalid(&param, format!("{param} {wrong}")));
    }
    Ok(())
}

fn seconds(expiry: Option<&ExpiresAfter>) -> Result<u32, Refusal> {
    let Some(expiry) = expiry else {
        return Ok(MAX_SECONDS);
    };
    if expiry.anchor != "created_at" {
        let message = "expires_after.anchor must be \"created_at\"";
        return Err(Refusal::invalid("expires_after.anchor", message));
    }
    let max = u64::from(MAX_SECONDS);
    let seconds = between("expires_after.seconds", expiry.seconds, max)?;
    Ok(u32::try_from(seconds).unwrap_or(MAX_SECONDS))
}

fn limits(limits: Option<&RateLimits>) -> Result<Limits, Refusal> {
    let wanted = limits.and_then(|limits| limits.max_requests_per_1_minute);
    Ok(Limits {
        max_requests_per_1_minute: or_default(
            "rate_limits.max_requests_per_1_minute",
            wanted,
            u64::MAX,
            DEFAULT_RATE,
        )?,
    })
}

fn configuration(wanted: Configuration) -> Result<Settings, Refusal> {
    let titling = wanted.automatic_thread_titling.unwrap_or_default();
    Ok(Settings {
        automatic_thread_titling: Switch {
            enabled: titling.enabled.unwrap_or(true),
        },
        file_upload: uploading(&wanted.file_upload.unwrap_or_default())?,
        history: remembering(&wanted.history.unwrap_or_default())?,
    })
}

fn uploading(wanted: &FileUpload) -> Result<Uploading, Refusal> {
    Ok(Uploading {
        enabled: wanted.enabled.unwrap_or(false),
        max_file_size: or_default(
            "chatkit_configuration.file_upload.max_file_size",
            wanted.max_file_size,
            MAX_MEGABYTES,
            MAX_MEGABYTES,
        )?,
        max_files: or_default(
            "chatkit_configuration.file_upload.max_files",
            wanted.max_files,
            u64::MAX,
            DEFAULT_FILES,
        )?,
    })
}

fn remembering(wanted: &History) -> Result<Remembering, Refusal> {
    let param = "chatkit_configuration.history.recent_threads";
    Ok(Remembering {
        enabled: wanted.enabled.unwrap_or(true),
        recent_threads: wanted
            .recent_threads
            .map(|recent| between(param, recent, u64::MAX))
            .transpose()?,
    })
}

fn filled(param: &str, text: String) -> Result<String, Refusal> {
    if text.trim().is_empty() {
        return Err(Refusal::invalid(
            param,
            format!("{param} must not be empty"),
        ));
    }
    Ok(text)
}

fn or_default(param: &str, wanted: Option<i64>, max: u64, default: u64) -> Result<u64, Refusal> {
    wanted.map_or(Ok(default), |wanted| between(param, wanted, max))
}

/// A number from 1 to `max`.
fn between(param: &str, wanted: i64, max: u64) -> Result<u64, Refusal> {
    let refusal = || {
        let range = match max {
            u64::MAX => "at least 1".to_owned(),
            max => format!("from 1 to {max}"),
        };
        Refusal::invalid(param, format!("{param} must be {range}, not {wanted}"))
    };
    u64::try_from(wanted)
        .ok()
        .filter(|wanted| (1..=max).contains(wanted))
        .ok_or_else(refusal)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(body: &Value) -> Result<Plan, Refusal> {
        Plan::read(body.to_string().as_bytes())
    }

    #[test]
    fn what_is_not_said_is_filled_in() {
        let plan = read(&json!({"workflow": {"id": "wf_1"}, "user": "u"})).unwrap();
        assert_eq!(plan.seconds, 600);
        assert_eq!(plan.recent_threads(), None);
        assert_eq!(
            serde_json::to_value((&plan.workflow, plan.limits, &plan.configuration)).unwrap(),
            json!([
                {"id": "wf_1", "version": null, "state_variables": null, "tracing": {"enabled": true}},
                {"max_requests_per_1_minute": 10},
                {
                    "automatic_thread_titling": {"enabled": true},
                    "file_upload": {"enabled": false, "max_file_size": 512, "max_files": 10},
                    "history": {"enabled": true, "recent_threads": null},
                },
            ])
        );
    }

    #[test]
    fn what_is_said_is_kept() {
        let plan = read(&json!({
            "workflow": {"id": "wf_1", "version": "2", "state_variables": {"a": 1, "b": true, "c": "x"},
                "tracing": {"enabled": false}},
            "user": "u",
            "expires_after": {"anchor": "created_at", "seconds": 1},
            "rate_limits": {"max_requests_per_1_minute": 3},
            "chatkit_configuration": {
                "automatic_thread_titling": {"enabled": false},
                "file_upload": {"enabled": true, "max_file_size": 1, "max_files": 2},
                "history": {"enabled": true, "recent_threads": 4},
            },
        }))
        .unwrap();
        assert_eq!(
            (plan.seconds, plan.limits.max_requests_per_1_minute),
            (1, 3)
        );
        assert_eq!(plan.workflow.version.as_deref(), Some("2"));
        assert_eq!(plan.workflow.state_variables.as_ref().unwrap().len(), 3);
        assert!(!plan.workflow.tracing.enabled);
        assert!(!plan.configuration.automatic_thread_titling.enabled);
        assert_eq!(plan.configuration.file_upload.max_files, 2);
        assert_eq!(plan.recent_threads(), Some(4));
    }

    #[test]
    fn a_refusal_names_the_field_at_fault() {
        let variables: BTreeMap<_, _> = (0..65).map(|n| (format!("v{n}"), 1)).collect();
        let long = BTreeMap::from([("n".repeat(65), 1)]);
        let config = |config: Value| json!({"chatkit_configuration": config});
        for (change, param) in [
            (json!({"workflow": null}), "workflow"),
            (json!({"workflow": {}}), "workflow.id"),
            (json!({"workflow": {"id": 5}}), "workflow.id"),
            (json!({"workflow": {"id": " "}}), "workflow.id"),
            (
                json!({"workflow": {"id": "wf_1", "version": ""}}),
                "workflow.version",
            ),
            (
                json!({"workflow": {"id": "wf_1", "state_variables": variables}}),
                "workflow.state_variables",
            ),
            (
                json!({"workflow": {"id": "wf_1", "state_variables": {"a": []}}}),
                "workflow.state_variables.a",
            ),
            (
                json!({"workflow": {"id": "wf_1", "state_variables": {"a": null}}}),
                "workflow.state_variables.a",
            ),
            (json!({"user": ""}), "user"),
            (json!({"user": null}), "user"),
            (
                json!({"expires_after": {"seconds": 5}}),
                "expires_after.anchor",
            ),
            (
                json!({"expires_after": {"anchor": "now", "seconds": 5}}),
                "expires_after.anchor",
            ),
            (
                json!({"expires_after": {"anchor": "created_at", "seconds": 0}}),
                "expires_after.seconds",
            ),
            (
                json!({"expires_after": {"anchor": "created_at", "seconds": 601}}),
                "expires_after.seconds",
            ),
            (
                json!({"expires_after": {"anchor": "created_at", "seconds": "5"}}),
                "expires_after.seconds",
            ),
            (
                json!({"rate_limits": {"max_requests_per_1_minute": 0}}),
                "rate_limits.max_requests_per_1_minute",
            ),
            (
                config(json!({"file_upload": {"max_file_size": 513}})),
                "chatkit_configuration.file_upload.max_file_size",
            ),
            (
                config(json!({"file_upload": {"max_files": -1}})),
                "chatkit_configuration.file_upload.max_files",
            ),
            (
                config(json!({"history": {"recent_threads": 0}})),
                "chatkit_configuration.history.recent_threads",
            ),
            (
                config(json!({"history": {"enabled": "no"}})),
                "chatkit_configuration.history.enabled",
            ),
        ] {
            let mut body = json!({"workflow": {"id": "wf_1"}, "user": "u"});
            body.as_object_mut()
                .unwrap()
                .extend(change.as_object().unwrap().clone());
            let refusal = read(&body).unwrap_err();
            assert_eq!(refusal.status, 400, "{body}");
            assert_eq!(refusal.param.as_deref(), Some(param), "{body}");
        }
        let body = json!({"workflow": {"id": "wf_1", "state_variables": long}, "user": "u"});
        assert!(read(&body).is_err());
        assert_eq!(
            read(&json!({"workflow": {"id": "wf_1"}}))
                .unwrap_err()
                .param
                .as_deref(),
            Some("user")
        );
        assert_eq!(Plan::read(b"{").unwrap_err().code, "invalid_json");
    }

    #[test]
    fn an_id_that_no_workflow_can_have_is_not_found() {
        for id in ["workflow", "wf_", "wf", "asst_wf_1", "WF_1"] {
            let refusal = read(&json!({"workflow": {"id": id}, "user": "u"})).unwrap_err();
            assert_eq!(
                (refusal.status.as_u16(), refusal.code),
                (404, "workflow_not_found")
            );
            assert_eq!(refusal.param.as_deref(), Some("workflow.id"));
            assert!(refusal.message.contains(&format!("'{id}' not found")));
        }
    }
}
