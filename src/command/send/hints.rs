//! How the actions of the widgets that an answer brought are used: `send` ends with the answer, so
//! that nobody is there to take a number.

use serde_json::Value;

use crate::protocol::widget::Handler;
use crate::protocol::{Item, ItemKind};
use crate::render::{Action, ActionKind, clean_line, widget};
use crate::repl::put;

/// How many actions are told.
const MOST: usize = 9;
/// The longest command that is told; nobody types a longer one, and `--json` has the payload.
const LONGEST: usize = 2000;

/// A line for each action that the backend takes, of widgets and the numbers that their first
/// actions have on the screen.
pub fn hints<'a>(widgets: impl Iterator<Item = (&'a Item, usize)>) -> Vec<String> {
    let mut lines = Vec::new();
    for (item, first) in widgets {
        let ItemKind::Widget(body) = &item.kind else {
            continue;
        };
        for (at, action) in widget::actions(&body.widget).iter().enumerate() {
            let command = command(item, action).filter(|command| command.len() <= LONGEST);
            if let Some(command) = command {
                lines.push(format!("[{}] {}: {command}", first + at, action.label));
            }
        }
    }
    let more = lines.len().saturating_sub(MOST);
    lines.truncate(MOST);
    if more > 0 {
        lines.push(format!(
            "… and {more} more; 'chatkit chat' takes them all by their numbers"
        ));
    }
    lines
}

/// The command that does what a click does; none for what a click does not send.
fn command(item: &Item, action: &Action) -> Option<String> {
    let config = action.config.as_ref()?;
    if action.disabled || config.handler == Some(Handler::Client) {
        return None;
    }
    let mut payload = config.payload.clone();
    let fields = match &action.kind {
        ActionKind::Submit(fields) | ActionKind::Confirm(fields) => fields.as_slice(),
        ActionKind::Change(field) => std::slice::from_ref(field),
        ActionKind::Click | ActionKind::Cancel => &[],
    };
    for field in fields {
        let value = field.default.clone().unwrap_or(Value::Null);
        put(payload.get_or_insert(Value::Null), &field.name, value);
    }
    let mut words = vec![
        "chatkit action".to_owned(),
        quoted(item.thread_id.as_str())?,
        quoted(item.id.as_str())?,
        quoted(&config.kind)?,
    ];
    if let Some(payload) = payload {
        words.push("--payload".to_owned());
        words.push(quoted(&payload.to_string())?);
    }
    if config.streaming == Some(false) {
        words.push("--sync".to_owned());
    }
    Some(words.join(" "))
}

/// The text as one word of a shell. What a backend sends must not become another command, and what
/// cannot be shown as it is cannot be typed either.
fn quoted(text: &str) -> Option<String> {
    if clean_line(text) != text || text.starts_with('-') {
        return None;
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | '/');
    if !text.is_empty() && text.chars().all(plain) {
        return Some(text.to_owned());
    }
    Some(format!("'{}'", text.replace('\'', "'\\''")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(widget: &Value) -> Vec<String> {
        let item = json!({
            "type": "widget", "id": "itm_1", "thread_id": "thr_1",
            "created_at": "2026-01-01T00:00:00Z", "widget": widget,
        });
        let item: Item = serde_json::from_value(item).unwrap();
        hints(std::iter::once((&item, 4)))
    }

    fn button(action: &Value) -> Value {
        json!({"type": "Card", "children": [
            {"type": "Button", "label": "Go", "onClickAction": action},
        ]})
    }

    #[test]
    fn a_click_is_a_command_of_the_shell() {
        assert_eq!(
            told(&button(
                &json!({"type": "order.go", "payload": {"id": "it's"}})
            )),
            ["[4] Go: chatkit action thr_1 itm_1 order.go --payload '{\"id\":\"it'\\''s\"}'"],
        );
        assert_eq!(
            told(&button(&json!({"type": "go", "streaming": false}))),
            ["[4] Go: chatkit action thr_1 itm_1 go --sync"],
        );
        assert_eq!(
            told(&button(&json!({"type": "$(reboot)"}))),
            ["[4] Go: chatkit action thr_1 itm_1 '$(reboot)'"],
        );
    }

    #[test]
    fn what_cannot_be_typed_or_is_not_sent_is_no_command() {
        for action in [
            json!({"type": "go\u{1b}[2J"}),
            json!({"type": "--payload"}),
            json!({"type": "go", "handler": "client"}),
            json!({"type": "go", "payload": "x".repeat(LONGEST)}),
        ] {
            assert!(told(&button(&action)).is_empty());
        }
    }

    #[test]
    fn a_form_has_its_fields_in_the_payload() {
        let form = json!({"type": "Card", "children": [{
            "type": "Form", "onSubmitAction": {"type": "save", "payload": {"form": 1}},
            "children": [
                {"type": "Input", "name": "order.name", "defaultValue": "Ada"},
                {"type": "Input", "name": "order.note"},
            ],
        }]});
        assert_eq!(
            told(&form),
            ["[4] Submit: chatkit action thr_1 itm_1 save --payload \
              '{\"form\":1,\"order\":{\"name\":\"Ada\",\"note\":null}}'"],
        );
    }
}
