//! The hosted session: what it is made of is looked at first, and then one is made.

use super::place::Place;
use super::{Examination, heard};
use crate::client::{ExposeSecret, Options, Rest, SecretString, secret_expiry};
use crate::command::session::primitive;
use crate::config::{Hosted, Settings, Target};
use crate::doctor::hosted::{self, SessionParts};
use crate::doctor::{Code, Finding, Step};
use crate::error::{Error, Result};
use crate::protocol::Extra;
use crate::protocol::hosted::{CreateSession, WorkflowParam};

impl Examination<'_> {
    /// Sees to a client secret; `None` when nothing can be said of a session.
    pub(super) async fn session(
        &mut self,
        place: &mut Place,
        settings: &Settings,
    ) -> Result<Option<Finding>> {
        let Target::Hosted(target) = &settings.target else {
            return Ok(Some(
                Step::Session.skipped("a self-hosted backend has none"),
            ));
        };
        if let Some(secret) = &target.client_secret {
            let secret = secret.expose_secret();
            let now = jiff::Timestamp::now();
            return Ok(Some(hosted::secret(secret, secret_expiry(secret), now)));
        }
        let parts = self.parts(target);
        let made_of = match hosted::parts(&parts) {
            Ok(made_of) => made_of,
            Err(finding) => return Ok(Some(finding)),
        };
        if self.failed.is_some() {
            return Ok(None);
        }
        let Some(key) = &target.api_key else {
            return Ok(None);
        };
        let options = Options {
            timeout: self.limit(),
            ..place.options.clone()
        };
        let rest = Rest::new(target.api_base.clone(), key, options)?;
        let request = self.request(parts);
        Ok(Some(
            match heard(rest.create_session(&request, &self.context.cancel).await)? {
                Err(error) => refused(&error, &made_of),
                Ok(session) => {
                    let secret = session.value.client_secret.expose().to_owned();
                    self.report.keep_secret(std::slice::from_ref(&secret));
                    place.secret = Some(SecretString::from(secret));
                    place.session = Some((rest, session.value.id));
                    Step::Session.ok(format!(
                        "a session was made and is cancelled at the end: {made_of}"
                    ))
                }
            },
        ))
    }

    fn parts(&self, target: &Hosted) -> SessionParts {
        let variables = self.args.state_variables.iter();
        SessionParts {
            workflow: target.workflow.clone(),
            version: self.args.workflow_version.clone(),
            variables: variables.map(|(name, _)| name.clone()).collect(),
            user: target.user.clone(),
            has_key: target.api_key.is_some(),
        }
    }

    fn request(&self, parts: SessionParts) -> CreateSession {
        let variables = self.args.state_variables.iter();
        let variables = variables.map(|(name, value)| (name.clone(), primitive(value)));
        CreateSession {
            workflow: WorkflowParam {
                id: parts.workflow.unwrap_or_default(),
                version: parts.version,
                state_variables: (!parts.variables.is_empty()).then(|| variables.collect()),
                tracing: None,
                extra: Extra::default(),
            },
            user: parts.user.unwrap_or_default(),
            expires_after: None,
            rate_limits: None,
            chatkit_configuration: None,
            extra: Extra::default(),
        }
    }
}

fn refused(error: &Error, made_of: &str) -> Finding {
    let (code, remedy) = match error {
        Error::Http(failure) if matches!(failure.status, 401 | 403) => (
            Code::Unauthorised,
            "check that the API key is whole, and of the project that the workflow belongs to",
        ),
        Error::Http(failure) if failure.status == 404 => (
            Code::Refused,
            "check that the workflow is published, in the project that the API key belongs to",
        ),
        Error::Http(failure) if failure.status == 400 => (
            Code::Refused,
            "check the version and the state variables against those of the workflow in Agent Builder",
        ),
        Error::Unreachable { .. } | Error::TimedOut { .. } => {
            (Code::Unreached, "check --api-base, the network and proxies")
        }
        Error::Protocol(_) => (Code::Protocol, "check that --api-base is the hosted API"),
        _ => (
            Code::Refused,
            "read what it says, and give its request id to the support",
        ),
    };
    Step::Session.failed(code, format!("no session for {made_of}: {error}"), remedy)
}
