//! What a backend does when it is asked the right thing: tools, forms, widgets.

use serde_json::{Value, json};

use super::{Stage, item, thread_of};
use crate::check::actions::actions_of;
use crate::check::evidence::Purpose;
use crate::check::reply::Reply;
use crate::check::wire::Ask;
use crate::error::Result;

/// What is said where nothing is known that would provoke it.
fn nothing_known(what: &str, flag: &str) -> String {
    format!("nothing is known that provokes {what}; name a message with {flag}")
}

pub(super) async fn tool(stage: &Stage<'_>) -> Result<Option<String>> {
    let Some(text) = &stage.messages.tool else {
        return Ok(Some(nothing_known("a client tool", "--tool-message")));
    };
    let turn = stage.start(text).await?;
    if item(&turn, "client_tool_call").is_none() {
        return Ok(Some(format!(
            "'{text}' was not answered by a client tool call"
        )));
    }
    let thread = thread_of(&turn);
    let params = json!({"thread_id": thread, "result": {"checked": true}});
    stage
        .wire
        .run("threads.add_client_tool_output", &params)
        .await?;
    stage.read_twice(&thread).await?;
    Ok(None)
}

pub(super) async fn form(stage: &Stage<'_>) -> Result<Option<String>> {
    let Some(text) = &stage.messages.form else {
        return Ok(Some(nothing_known("a form", "--form-message")));
    };
    let turn = stage.start(text).await?;
    let Some(form) = item(&turn, "structured_input") else {
        return Ok(Some(format!("'{text}' was not answered by a form")));
    };
    let thread = thread_of(&turn);
    let params = json!({
        "thread_id": thread,
        "item_id": form["id"],
        "input": {"status": "answered", "answers": answers(form)},
    });
    stage
        .wire
        .run("threads.add_structured_input", &params)
        .await?;
    stage.read_twice(&thread).await?;
    Ok(None)
}

/// The first option of each question, or a text.
fn answers(form: &Value) -> Value {
    let questions = form["inputs"].as_array().cloned().unwrap_or_default();
    let answer = |question: &Value| {
        let first = &question["options"][0]["value"];
        let value = first.as_str().unwrap_or("nothing else");
        json!({"values": [value], "skipped": false})
    };
    let answers = questions
        .iter()
        .filter_map(|question| Some((question["id"].as_str()?.to_owned(), answer(question))));
    Value::Object(answers.collect())
}

pub(super) async fn widget(stage: &Stage<'_>) -> Result<Option<String>> {
    let Some(text) = &stage.messages.widget else {
        return Ok(Some(nothing_known("a widget", "--widget-message")));
    };
    let turn = stage.start(text).await?;
    let Some(widget) = item(&turn, "widget") else {
        return Ok(Some(format!("'{text}' was not answered by a widget")));
    };
    // What is stored is read before an action may change it.
    stage.read(&thread_of(&turn)).await?;
    let actions = actions_of(&widget["widget"]);
    run_actions(stage, &turn, widget, &actions).await?;
    stage.read(&thread_of(&turn)).await?;
    Ok(None)
}

/// Runs the first action that streams, and the first that does not.
async fn run_actions(
    stage: &Stage<'_>,
    turn: &Reply,
    widget: &Value,
    actions: &[Value],
) -> Result<()> {
    // What has no type cannot be sent on; that it has none another rule tells.
    let for_server = |action: &&Value| action["handler"] != "client" && action["type"].is_string();
    let params = |action: &Value| {
        json!({
            "thread_id": thread_of(turn),
            "item_id": widget["id"],
            "action": {"type": action["type"], "payload": action["payload"]},
        })
    };
    let streams = |action: &&Value| action["streaming"] != false;
    let mut for_server = actions.iter().filter(for_server);
    if let Some(action) = for_server.clone().find(streams) {
        stage
            .wire
            .run("threads.custom_action", &params(action))
            .await?;
    }
    // Where a widget asks for none, the backend need not have any.
    let (purpose, action) = match for_server.clone().find(|action| !streams(action)) {
        Some(action) => (Purpose::Use, action),
        None => match for_server.next() {
            Some(action) => (Purpose::Offer, action),
            None => return Ok(()),
        },
    };
    let ask = Ask::operation("threads.sync_custom_action", &params(action)).with_purpose(purpose);
    stage.wire.ask(ask).await?;
    Ok(())
}
