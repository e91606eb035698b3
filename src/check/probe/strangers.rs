//! No credentials, and somebody else's.

use serde_json::json;

use super::{Stage, body, first_params};
use crate::check::evidence::Purpose;
use crate::check::wire::{Ask, Reply};
use crate::client::Access;
use crate::error::Result;

pub(super) async fn run(stage: &Stage<'_>, _first: &Reply) -> Result<Option<String>> {
    if stage.plan.expects_auth {
        for (kind, params) in [
            ("threads.list", json!({})),
            ("threads.create", first_params(&stage.messages.any)),
        ] {
            let mut request = body(kind, &params);
            request.access = Access::None;
            let ask = Ask::raw(Purpose::NoCredentials, request);
            stage.wire.ask(ask).await?;
        }
    }
    if let Some(header) = &stage.plan.other {
        // A thread of its own, because the other one may be gone before it is looked for.
        let own = stage.start(&stage.messages.any).await?;
        let of = json!({"thread_id": own.thread});
        for (kind, params) in [
            ("threads.get_by_id", of.clone()),
            ("items.list", of),
            ("threads.list", json!({"limit": 9999})),
        ] {
            let mut request = body(kind, &params);
            request.access = Access::Other(vec![header.clone()]);
            stage.wire.ask(Ask::raw(Purpose::Stranger, request)).await?;
        }
    }
    Ok(None)
}
