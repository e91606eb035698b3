//! The life of a hosted session: made, used, cancelled, refused.

use serde_json::json;

use super::Stage;
use crate::check::evidence::{End, Head, Moment, Purpose};
use crate::check::wire::{Ask, Wire};
use crate::client::{Access, Document, HeaderName, HeaderValue};
use crate::error::{Error, Result};
use crate::protocol::Extra;
use crate::protocol::hosted::{CreateSession, Session, WorkflowParam};

pub(super) async fn run(stage: &Stage<'_>) -> Result<Option<String>> {
    let Some(sessions) = &stage.plan.sessions else {
        let reason = if stage.wire.backend.is_hosted() {
            "no session is made beside --client-secret; name the API key, --workflow and --user in its place"
        } else {
            "the backend is not the hosted service, which has sessions"
        };
        return Ok(Some(reason.into()));
    };
    let wanted = CreateSession {
        workflow: WorkflowParam {
            id: sessions.workflow.clone(),
            version: None,
            state_variables: None,
            tracing: None,
            extra: Extra::default(),
        },
        user: sessions.user.clone(),
        expires_after: None,
        rate_limits: None,
        chatkit_configuration: None,
        extra: Extra::default(),
    };
    let made = sessions
        .rest
        .create_session(&wanted, stage.wire.cancel)
        .await;
    write_down(stage.wire, Moment::Created, "sessions.create", &made)?;
    let Ok(made) = made else { return Ok(None) };
    use_secret(stage, &made.value, Moment::Used).await?;
    let ended = sessions
        .rest
        .cancel_session(&made.value.id, stage.wire.cancel)
        .await;
    write_down(stage.wire, Moment::Cancelled, "sessions.cancel", &ended)?;
    if ended.is_ok() {
        use_secret(stage, &made.value, Moment::UsedAfter).await?;
    }
    Ok(None)
}

/// Lists threads with the session's secret and nothing else.
async fn use_secret(stage: &Stage<'_>, session: &Session, moment: Moment) -> Result<()> {
    let mut request = super::body("threads.list", &json!({"limit": 1}));
    let value = format!("Bearer {}", session.client_secret.expose());
    if let Ok(mut value) = HeaderValue::from_str(&value) {
        value.set_sensitive(true);
        let name = HeaderName::from_static("authorization");
        request.access = Access::Other(vec![(name, value)]);
    }
    let ask = Ask::raw(Purpose::Session(moment), request);
    stage.wire.ask(ask).await?;
    Ok(())
}

/// What the REST API answered, without the secret that it may hold.
fn write_down(
    wire: &Wire<'_>,
    moment: Moment,
    kind: &str,
    answer: &Result<Document<Session>>,
) -> Result<()> {
    if matches!(answer, Err(Error::Interrupted)) {
        return Err(Error::Interrupted);
    }
    wire.write_down(|exchange| {
        exchange.purpose = Purpose::Session(moment);
        kind.clone_into(&mut exchange.kind);
        match answer {
            Ok(document) => {
                exchange.head = Some(Head {
                    status: document.head.status,
                    headers: Vec::new(),
                    at: exchange.sent,
                });
                let session = &document.value;
                let seen = json!({
                    "id": session.id,
                    "status": session.status,
                    "expires_at": session.expires_at,
                    "has_secret": !session.client_secret.expose().is_empty(),
                });
                exchange.body = seen.to_string().into();
            }
            Err(Error::Http(failure)) => {
                exchange.head = Some(Head {
                    status: failure.status,
                    headers: Vec::new(),
                    at: exchange.sent,
                });
                exchange.body = failure.to_string().into();
            }
            Err(error) => exchange.end = End::Unreached(error.to_string()),
        }
    });
    Ok(())
}
