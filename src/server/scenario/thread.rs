//! Threads that are there from the beginning.

use std::borrow::Cow;
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{self, Deserializer};
use serde_json::{Map, Value, json};

use super::outcome::Status;
use super::reader::{Segment, inner};
use super::value::scalar_schemas;
use super::widget;
use crate::protocol::{Item, ItemKind, ThreadId, ThreadStatus, Timestamp, from_value};
use crate::server::app::{App, Caller};
use crate::server::mint::{Api, IdKind, Mint};
use crate::store::StoreError;

/// A thread that is there from the beginning
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Thread")]
pub(super) struct SeededThread {
    /// Its id; a new one, if it is not given
    #[schemars(length(min = 1))]
    pub id: Option<String>,
    /// Its title
    title: Option<String>,
    /// When it was begun, as 2026-01-31T12:00:00Z
    created_at: Option<Time>,
    /// Whether it takes messages
    status: Option<Status>,
    /// Whose it is, for the hosted API; whoever has no session, if it is not given
    user: Option<String>,
    /// What the rules find in its state
    #[serde(default)]
    pub state: Map<String, Value>,
    /// What was said
    #[serde(default)]
    items: Vec<SeededItem>,
}

/// An item of a seeded thread: `user` or `assistant` with a text, or any item with its `type`.
#[derive(Clone, Debug, PartialEq)]
struct SeededItem(Value);

/// A time as the protocol spells it, or unix seconds.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(transparent)]
struct Time(Timestamp);

/// Any item, as the schema has it.
pub(super) struct AnyItem;

scalar_schemas! {
    Time = {"type": ["string", "number"]};
    AnyItem = {
        "type": "object",
        "description": "Any item of the protocol",
        "properties": {"type": {"anyOf": [{"enum": ItemKind::TYPES}, {"pattern": "\\{\\{"}]}},
        "required": ["type"]
    };
}

impl<'de> Deserialize<'de> for SeededItem {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Said {
            user: Option<String>,
            assistant: Option<String>,
            id: Option<String>,
        }
        let value = Value::deserialize(deserializer)?;
        let mut item = if value.get("type").is_some() {
            value
        } else {
            let Said {
                user,
                assistant,
                id,
            } = inner(value)?;
            let mut item = match (user, assistant) {
                (Some(text), None) => json!({"type": "user_message",
                    "content": [{"type": "input_text", "text": text}],
                    "attachments": [], "inference_options": {}}),
                (None, Some(text)) => json!({"type": "assistant_message",
                    "content": [{"type": "output_text", "text": text, "annotations": []}]}),
                _ => {
                    let message = "an item needs one of user and assistant, or its type";
                    return Err(de::Error::custom(message));
                }
            };
            if let Some(id) = id {
                item["id"] = id.into();
            }
            item
        };
        check_item(&item).map_err(de::Error::custom)?;
        // An id is written first, wherever it stands in the file.
        if let Some(fields) = item.as_object_mut()
            && let Some(id) = fields.shift_remove("id")
        {
            fields.shift_insert(0, "id".into(), id);
        }
        Ok(Self(item))
    }
}

impl JsonSchema for SeededItem {
    fn schema_name() -> Cow<'static, str> {
        "SeededItem".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let text = json_schema!({"type": "string"});
        let said = |who: &str, meaning: &str| {
            json!({
                "type": "object",
                "description": meaning,
                "properties": {who: text, "id": text},
                "required": [who],
                "additionalProperties": false
            })
        };
        json_schema!({"anyOf": [
            said("user", "What the user said"),
            said("assistant", "What the assistant answered"),
            {
                "type": "object",
                "description": "Any item of the protocol",
                "properties": {"type": {"enum": ItemKind::TYPES}},
                "required": ["type"]
            },
        ]})
    }
}

/// Whether a value is an item but for its ids and times, which may be missing.
pub(super) fn check_item(value: &Value) -> Result<(), String> {
    let item =
        whole_item(value, "", "", "1970-01-01T00:00:00Z").map_err(|error| error.to_string())?;
    match item.kind {
        ItemKind::Unknown(unknown) => Err(format!(
            "there is no item of the type `{}`; there are {}",
            unknown.kind,
            ItemKind::TYPES.join(", ")
        )),
        ItemKind::Widget(_) => {
            let before = [Segment::Key("widget".into())];
            widget::problem(&value["widget"], &before).map_or(Ok(()), Err)
        }
        _ => Ok(()),
    }
}

/// An item of which the ids and the time are filled in where they are missing.
pub(super) fn whole_item(
    value: &Value,
    id: &str,
    thread: &str,
    created_at: &str,
) -> Result<Item, crate::protocol::DecodeError> {
    let mut fields = Map::new();
    fields.insert("id".into(), id.into());
    fields.insert("thread_id".into(), thread.into());
    fields.insert("created_at".into(), created_at.into());
    match value {
        Value::Object(given) => {
            fields.extend(given.clone());
            from_value(fields.into())
        }
        other => from_value(other.clone()),
    }
}

/// What an item's id tells of it.
pub(super) fn id_kind(value: &Value) -> IdKind {
    match value.get("type").and_then(Value::as_str) {
        Some("client_tool_call") => IdKind::ToolCall,
        Some("task") => IdKind::Task,
        Some("workflow") => IdKind::Workflow,
        _ => IdKind::Message,
    }
}

impl SeededThread {
    /// What is wrong with its ids, with the finding's code.
    pub fn problem(&self) -> Option<(&'static str, String)> {
        if self.id.as_deref() == Some("") {
            let message = "an id is not empty; leave it out to have one made";
            return Some(("invalid_value", message.into()));
        }
        let ids = || {
            self.items
                .iter()
                .map(|SeededItem(item)| item["id"].as_str())
        };
        ids().enumerate().find_map(|(at, id)| {
            let id = id?;
            let message = format!("two of the items have the id `{id}`");
            let is_again = ids().take(at).any(|other| other == Some(id));
            is_again.then_some(("duplicate_id", message))
        })
    }

    /// What the thread says: the same text is the same thread.
    pub fn said(&self) -> String {
        let created_at = self.created_at.as_ref().map(|Time(time)| time.to_string());
        let items: Vec<&Value> = self.items.iter().map(|SeededItem(item)| item).collect();
        json!([self.id, self.title, self.user, created_at, items]).to_string()
    }

    /// Stores the thread with its items, unless there is one of its id already; returns its id.
    ///
    /// What the file gives no id has one by what it says (`mint`), so that neither another start
    /// nor another process adds it again.
    pub async fn plant(&self, app: &App, mint: &Mint) -> Result<ThreadId, StoreError> {
        let user: Arc<str> = match &self.user {
            Some(user) => user.as_str().into(),
            None => Arc::clone(&app.local_user),
        };
        let api = if self.user.is_some() {
            Api::Hosted
        } else {
            Api::SelfHosted
        };
        let own = mint.thread_id(api);
        let id = self.id.as_deref().map_or(own, ThreadId::from);
        match app.store.thread(None, &id).await {
            Ok(_) => return Ok(id),
            Err(StoreError::NoThread(_)) => {}
            Err(error) => return Err(error),
        }
        let mut thread = app.new_thread(api);
        thread.id = id;
        thread.title.clone_from(&self.title);
        if let Some(Time(created_at)) = &self.created_at {
            thread.created_at = created_at.clone();
        }
        thread.status = self.status();
        let items = self.items.iter().map(|SeededItem(value)| {
            let id = mint.item_id(api, id_kind(value));
            let now = app.mint.timestamp().to_string();
            let item = whole_item(value, id.as_str(), thread.id.as_str(), &now);
            item.expect("it was checked when the file was read")
        });
        let items: Vec<Item> = items.collect();
        app.save_whole(&user, &thread, &items).await?;
        Ok(thread.id)
    }

    fn status(&self) -> ThreadStatus {
        let reason = |reason: &Option<super::templated::Text>| {
            reason.as_ref().map(|reason| reason.source().to_owned())
        };
        match &self.status {
            None | Some(Status::Active) => ThreadStatus::default(),
            Some(Status::Locked(text)) => ThreadStatus::locked(reason(text)),
            Some(Status::Closed(text)) => ThreadStatus::closed(reason(text)),
        }
    }
}

/// The thread of a request, for templates.
pub(super) fn shown(thread: &crate::protocol::Thread, caller: &Caller) -> Value {
    json!({
        "id": thread.id,
        "title": thread.title,
        "status": thread.status.type_name(),
        "created_at": thread.created_at,
        "metadata": thread.metadata,
        "user": &*caller.user,
    })
}
