//! Threads that are there from the beginning, so that a history panel has something to show.

use std::collections::HashSet;
use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::super::app::App;
use super::super::journal::Happening;
use super::super::mint::{Api, IdKind};
use super::super::refusal::Refusal;
use super::{Call, document};
use crate::protocol::{
    AsObject, DecodeError, Item, ItemKind, Page, Thread, ThreadId, ThreadStatus, Timestamp,
    from_value,
};
use crate::store::StoreError;

/// A thread to begin with.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NewThread {
    /// Its id; one is made where none is given.
    pub id: Option<ThreadId>,
    /// Its title.
    pub title: Option<String>,
    /// Its status; active where none is given.
    pub status: Option<ThreadStatus>,
    /// Its metadata.
    pub metadata: Option<Value>,
    /// When it began; now where nothing is given.
    pub created_at: Option<Timestamp>,
    /// Whose it is, in the hosted API; without it, it is the self-hosted endpoint's.
    pub user: Option<String>,
    /// Its items, the oldest first. `id`, `thread_id` and `created_at` may be left out, and
    /// `{"user": "hi"}` and `{"assistant": "hello"}` are short for messages.
    pub items: Vec<Value>,
}

/// One thread, or several.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Several {
    threads: Vec<AsObject<NewThread>>,
}

#[derive(Serialize)]
struct Seeded {
    threads: Vec<Thread>,
}

/// `POST /__mock/threads`.
pub(super) async fn seed(app: Arc<App>, call: Call) -> Result<Response, Refusal> {
    let value: Value = call.read()?;
    if value.is_array() {
        let message = "expected a thread, or several as {\"threads\": […]}, found a list";
        return Err(Refusal::invalid("threads", message));
    }
    let wanted = if value.get("threads").is_some() {
        from_value::<Several>(value)?.threads
    } else {
        vec![from_value(value)?]
    };
    let wanted = wanted.into_iter().map(|wanted| wanted.0).collect();
    let threads = app.seed_threads(wanted).await?;
    app.journal.tell(|| Happening::Steered("threads"));
    Ok(document(StatusCode::CREATED, &Seeded { threads }))
}

impl App {
    /// Stores threads with their items; all of them, or none if one is not as it must be.
    pub(in crate::server) async fn seed_threads(
        &self,
        wanted: Vec<NewThread>,
    ) -> Result<Vec<Thread>, Refusal> {
        let mut ready = Vec::with_capacity(wanted.len());
        let mut ids = HashSet::new();
        for (at, wanted) in wanted.into_iter().enumerate() {
            check(at, &wanted)?;
            let user = match &wanted.user {
                Some(user) => user.as_str().into(),
                None => Arc::clone(&self.local_user),
            };
            let thread = self.seeded(at, wanted)?;
            self.check_free(at, &thread.id).await?;
            if !ids.insert(thread.id.clone()) {
                let message = format!("two of the threads have the id {}", thread.id);
                return Err(Refusal::invalid(format!("threads[{at}].id"), message));
            }
            ready.push((user, thread));
        }
        for (user, thread) in &ready {
            let row = Thread {
                items: Page::default(),
                ..thread.clone()
            };
            self.save_whole(user, &row, &thread.items.data).await?;
        }
        Ok(ready.into_iter().map(|(_, thread)| thread).collect())
    }

    async fn check_free(&self, at: usize, id: &ThreadId) -> Result<(), Refusal> {
        match self.store.thread(None, id).await {
            Err(StoreError::NoThread(_)) => Ok(()),
            Err(error) => Err(error.into()),
            Ok(_) => Err(Refusal {
                status: StatusCode::CONFLICT,
                code: "thread_exists",
                ..Refusal::invalid(
                    format!("threads[{at}].id"),
                    format!("there is a thread {id} already; reset the mock, or leave the id out"),
                )
            }),
        }
    }

    fn seeded(&self, at: usize, wanted: NewThread) -> Result<Thread, Refusal> {
        let api = if wanted.user.is_some() {
            Api::Hosted
        } else {
            Api::SelfHosted
        };
        let mut thread = self.new_thread(api);
        thread.id = wanted.id.unwrap_or(thread.id);
        thread.created_at = wanted.created_at.unwrap_or(thread.created_at);
        thread.title = wanted.title;
        thread.status = wanted.status.unwrap_or_default();
        thread.metadata = wanted.metadata;
        let mut ids = HashSet::new();
        for (place, item) in wanted.items.into_iter().enumerate() {
            let item = self.seeded_item(api, &thread.id, item);
            let item = item.map_err(|error| {
                let path = format!("threads[{at}].items[{place}]");
                let path = format!("{path}.{}", error.path);
                DecodeError {
                    path: path.trim_end_matches('.').to_owned(),
                    ..error
                }
            })?;
            if !ids.insert(item.id.clone()) {
                let message = format!("two of the items have the id {}", item.id);
                let path = format!("threads[{at}].items[{place}].id");
                return Err(Refusal::invalid(path, message));
            }
            thread.items.data.push(item);
        }
        Ok(thread)
    }

    fn seeded_item(&self, api: Api, thread: &ThreadId, item: Value) -> Result<Item, DecodeError> {
        let Value::Object(fields) = item else {
            return Err(at("", "expected an object"));
        };
        if fields.contains_key("user") && fields.contains_key("assistant") {
            return Err(at(
                "",
                "expected a message of the user or of the assistant, found both",
            ));
        }
        let mut fields = spelled_out(fields);
        let kind = fields.get("type").and_then(Value::as_str);
        let id = self.mint.item_id(api, id_kind(kind.unwrap_or_default()));
        let mut absent = |name: &str, value: Value| {
            fields.entry(name).or_insert(value);
        };
        absent("id", id.as_str().into());
        absent("created_at", self.mint.timestamp().to_string().into());
        fields.insert("thread_id".into(), thread.as_str().into());
        let item: Item = from_value(Value::Object(fields))?;
        match &item.kind {
            ItemKind::Unknown(unknown) => {
                Err(at("type", &format!("unknown type `{}`", unknown.kind)))
            }
            _ => Ok(item),
        }
    }
}

/// Refuses a thread that nobody could ask for.
fn check(at: usize, wanted: &NewThread) -> Result<(), Refusal> {
    let refused = |field: &str, message: &str| {
        let message = format!("threads[{at}].{field}: {message}");
        Err(Refusal::invalid(format!("threads[{at}].{field}"), message))
    };
    if wanted.id.as_ref().is_some_and(|id| id.as_str().is_empty()) {
        return refused("id", "an id is not empty; leave it out to have one made");
    }
    if wanted.user.as_ref().is_some_and(String::is_empty) {
        return refused(
            "user",
            "a user has a name; leave it out for none in particular",
        );
    }
    match &wanted.status {
        Some(ThreadStatus::Unknown(_)) => {
            refused("status.type", "there are active, locked and closed")
        }
        _ => Ok(()),
    }
}

/// A short message as the protocol has it.
fn spelled_out(mut fields: Map<String, Value>) -> Map<String, Value> {
    if let Some(text) = fields.remove("user") {
        fields.insert("type".into(), "user_message".into());
        fields.insert(
            "content".into(),
            json!([{"type": "input_text", "text": text}]),
        );
    } else if let Some(text) = fields.remove("assistant") {
        fields.insert("type".into(), "assistant_message".into());
        let part = json!({"type": "output_text", "text": text, "annotations": []});
        fields.insert("content".into(), json!([part]));
    }
    fields
}

fn id_kind(kind: &str) -> IdKind {
    match kind {
        "client_tool_call" => IdKind::ToolCall,
        "task" => IdKind::Task,
        "workflow" => IdKind::Workflow,
        "sdk_hidden_context" => IdKind::SdkHiddenContext,
        _ => IdKind::Message,
    }
}

fn at(path: &str, message: &str) -> DecodeError {
    DecodeError {
        path: path.into(),
        message: message.into(),
    }
}
