//! No credentials, and somebody else's: who may neither read a thread nor write into it.

use serde_json::{Value, json};

use super::{Stage, body, first_params, input, item};
use crate::check::actions::actions_of;
use crate::check::evidence::{Purpose, STRANGERS_TITLE};
use crate::check::reply::Reply;
use crate::check::wire::Ask;
use crate::client::{Access, RawRequest};
use crate::error::Result;

/// A thread that nobody has.
const NOBODYS: &str = "thr_chatkit_check_nobodys";

pub(super) async fn run(stage: &Stage<'_>, _first: &Reply) -> Result<Option<String>> {
    if stage.plan.expects_auth {
        without_credentials(stage).await?;
    }
    if let Some(header) = &stage.plan.other {
        let access = Access::Other(vec![header.clone()]);
        read(stage, &access).await?;
        write(stage, &access).await?;
        answer(stage, &access).await?;
    }
    Ok(None)
}

/// Asks for every operation, of a thread of its own, because it may be gone afterwards.
async fn without_credentials(stage: &Stage<'_>) -> Result<()> {
    let own = stage.start(&stage.messages.any).await?;
    if own.thread.is_none() {
        return Ok(());
    }
    let (thread, item) = names(&own);
    let of = json!({"thread_id": thread});
    let upload = json!({"name": "a.txt", "size": 1, "mime_type": "text/plain"});
    let speech = json!({"audio_base64": "", "mime_type": "audio/webm"});
    let form = json!({
        "thread_id": thread, "item_id": item, "input": {"status": "skipped", "answers": {}},
    });
    let mut asked = vec![
        ("threads.list", json!({})),
        ("threads.create", first_params(&stage.messages.any)),
        ("threads.get_by_id", of.clone()),
        ("items.list", of.clone()),
        ("threads.add_structured_input", form),
        ("attachments.create", upload),
        (
            "attachments.delete",
            json!({"attachment_id": "atc_chatkit_check"}),
        ),
        ("input.transcribe", speech),
        (
            "threads.add_client_tool_output",
            json!({"thread_id": thread, "result": {}}),
        ),
    ];
    asked.extend(writes(stage, &own));
    asked.push(("threads.delete", of));
    for (kind, params) in asked {
        let request = as_whom(&Access::None, kind, &params);
        stage
            .wire
            .ask(Ask::raw(Purpose::NoCredentials, request))
            .await?;
    }
    Ok(())
}

async fn read(stage: &Stage<'_>, access: &Access) -> Result<()> {
    // A thread of its own, because the other one may be gone before it is looked for.
    let own = stage.start(&stage.messages.any).await?;
    if own.thread.is_none() {
        return Ok(());
    }
    let of = json!({"thread_id": own.thread});
    for (kind, params) in [
        ("threads.get_by_id", of.clone()),
        ("items.list", of),
        ("threads.list", json!({"limit": 9999})),
    ] {
        as_stranger(stage, access, kind, &params).await?;
    }
    Ok(())
}

/// Writes into a thread of its own, and looks as its owner what has become of it.
async fn write(stage: &Stage<'_>, access: &Access) -> Result<()> {
    let text = stage.messages.widget.as_ref();
    let own = stage.start(text.unwrap_or(&stage.messages.any)).await?;
    if own.thread.is_none() {
        return Ok(());
    }
    // Who takes an opinion on a thread that nobody has does not look at the thread at all.
    let nobodys = json!({"thread_id": NOBODYS, "item_ids": ["msg_1"], "kind": "positive"});
    as_stranger(stage, access, "items.feedback", &nobodys).await?;
    for (kind, params) in writes(stage, &own) {
        as_stranger(stage, access, kind, &params).await?;
    }
    let of = json!({"thread_id": own.thread});
    look(stage, &of).await?;
    as_stranger(stage, access, "threads.delete", &of).await?;
    look(stage, &of).await
}

/// Answers what a thread waits for, where it is known what makes it wait: a tool's call, a form.
async fn answer(stage: &Stage<'_>, access: &Access) -> Result<()> {
    if let Some(text) = &stage.messages.tool {
        let own = stage.start(text).await?;
        let params = json!({"thread_id": own.thread, "result": {"checked": true}});
        if item(&own, "client_tool_call").is_some() {
            as_stranger(stage, access, "threads.add_client_tool_output", &params).await?;
        }
    }
    if let Some(text) = &stage.messages.form {
        let own = stage.start(text).await?;
        if let Some(form) = item(&own, "structured_input") {
            let input = json!({"status": "skipped", "answers": {}});
            let params = json!({"thread_id": own.thread, "item_id": form["id"], "input": input});
            as_stranger(stage, access, "threads.add_structured_input", &params).await?;
        }
    }
    Ok(())
}

/// What changes a thread, but for its deletion.
fn writes(stage: &Stage<'_>, own: &Reply) -> Vec<(&'static str, Value)> {
    let (thread, item) = names(own);
    let kind = |kind: &str| own.items.iter().find(|item| item["type"] == kind);
    let message = kind("user_message").map_or(json!(item), |item| item["id"].clone());
    let widget = kind("widget");
    let actions = widget.map_or_else(Vec::new, |widget| actions_of(&widget["widget"]));
    let wanted = actions.iter().find(|action| action["type"].is_string());
    let action = json!({
        "type": wanted.map_or(json!("chatkit.check"), |action| action["type"].clone()),
        "payload": wanted.map_or(Value::Null, |action| action["payload"].clone()),
    });
    let at = widget.map_or(Value::Null, |widget| widget["id"].clone());
    let action = json!({"thread_id": thread, "item_id": at, "action": action});
    vec![
        (
            "threads.update",
            json!({"thread_id": thread, "title": STRANGERS_TITLE}),
        ),
        (
            "items.feedback",
            json!({"thread_id": thread, "item_ids": [item], "kind": "positive"}),
        ),
        ("threads.custom_action", action.clone()),
        ("threads.sync_custom_action", action),
        (
            "threads.add_user_message",
            json!({"thread_id": thread, "input": input(&stage.messages.any)}),
        ),
        (
            "threads.retry_after_item",
            json!({"thread_id": thread, "item_id": message}),
        ),
    ]
}

/// The thread of a turn, and its last item.
fn names(own: &Reply) -> (Value, Value) {
    let item = own.items.last();
    (
        json!(own.thread),
        item.map_or(json!("msg_1"), |item| item["id"].clone()),
    )
}

async fn as_stranger(
    stage: &Stage<'_>,
    access: &Access,
    kind: &str,
    params: &Value,
) -> Result<Reply> {
    let request = as_whom(access, kind, params);
    stage.wire.ask(Ask::raw(Purpose::Stranger, request)).await
}

fn as_whom(access: &Access, kind: &str, params: &Value) -> RawRequest {
    let mut request = body(kind, params);
    request.access = access.clone();
    request
}

/// Reads the thread as its owner.
async fn look(stage: &Stage<'_>, of: &Value) -> Result<()> {
    let ask = Ask::operation("threads.get_by_id", of).with_purpose(Purpose::AfterStranger);
    stage.wire.ask(ask).await.map(drop)
}
