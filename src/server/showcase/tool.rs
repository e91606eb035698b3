//! Client tools: the call at which a turn ends, and the answer to its output.

use serde_json::{Value, json};

use super::super::mint::IdKind;
use super::super::script::Script;
use super::prose;
use super::stage::{Scene, chain, done, steps};
use crate::protocol::{ClientToolCall, Extra, ItemKind, ToolCallStatus};

/// The tool that is called where none is named.
const NAME: &str = "get_current_page";

/// `tool [NAME] [JSON]`: the done pending call is the last event of its turn.
pub(super) fn call(scene: &Scene, argument: &str) -> Script {
    let (name, arguments) = argument
        .split_once(char::is_whitespace)
        .unwrap_or((argument, ""));
    let name = if name.is_empty() { NAME } else { name };
    // The reference server takes objects only.
    let arguments = serde_json::from_str(arguments)
        .ok()
        .filter(Value::is_object)
        .unwrap_or_else(|| json!({"include_selection": true, "limit": 10}));
    let text = format!("I ask the page for {}.", prose::code(name));
    let call = ClientToolCall {
        status: ToolCallStatus::Pending,
        call_id: scene.id("call"),
        name: name.into(),
        arguments: arguments.into(),
        output: None,
        extra: Extra::default(),
    };
    chain(vec![
        scene.text(&text),
        steps(vec![done(
            scene.item(IdKind::ToolCall, ItemKind::ClientToolCall(call)),
        )]),
    ])
}

/// The answer to a tool's output: the output, as JSON.
pub(super) fn output(scene: &Scene, call: &ClientToolCall) -> Script {
    let output = call.output.as_ref().unwrap_or(&Value::Null);
    scene.text(&format!(
        "The client tool {} answered:\n\n{}",
        prose::code(&call.name),
        prose::json(output)
    ))
}
