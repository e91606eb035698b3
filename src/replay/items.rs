//! The requests and answers that the items of a thread must have come from.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::Step;
use crate::cassette::{Outcome, Payload, Played};
use crate::protocol::{
    AnswerStatus, ClientToolCall, Extra, Item, ItemId, ItemKind, Operation, Order, Page,
    StructuredInput, Thread, ThreadId, ThreadStatus, Timestamp, ToolCallStatus, UserMessage,
    UserMessageInput,
};

/// The threads that were read in these steps, each with its items, oldest first.
pub(super) fn threads(steps: &[Step]) -> Vec<Thread> {
    let mut found = Found::default();
    for step in steps {
        let Some(body) = document(step) else { continue };
        match step.operation {
            Some(Operation::GetThread) => {
                if let Ok(thread) = serde_json::from_str::<Thread>(body) {
                    found.thread(thread);
                }
            }
            Some(Operation::ListItems) => {
                let page: Result<Page<Item>, _> = serde_json::from_str(body);
                if let (Ok(page), Some(id)) = (page, step.word("thread_id")) {
                    found.page(id, page.data, step);
                }
            }
            _ => {}
        }
    }
    found.threads
}

fn document(step: &Step) -> Option<&str> {
    let is_good = step.status().is_none_or(|status| status < 300);
    let (_, body) = step.played.document.as_ref().filter(|_| is_good)?;
    Some(body.as_str())
}

/// The threads so far; an item that was read twice counts once.
#[derive(Default)]
struct Found {
    threads: Vec<Thread>,
    places: HashMap<ThreadId, usize>,
    seen: HashSet<(ThreadId, ItemId)>,
}

impl Found {
    /// Puts a thread in the place of what is known of it, but keeps the items.
    fn thread(&mut self, mut thread: Thread) {
        let id = thread.id.clone();
        let first = std::mem::take(&mut thread.items.data);
        if let Some(place) = self.places.get(&id) {
            let known = &mut self.threads[*place];
            thread.items.data = std::mem::take(&mut known.items.data);
            *known = thread;
        } else {
            self.places.insert(id.clone(), self.threads.len());
            self.threads.push(thread);
        }
        self.items(&id, first);
    }

    fn page(&mut self, id: &str, mut items: Vec<Item>, step: &Step) {
        // The page is as the request asked for it, and newest first where it said nothing.
        if step.word("order") != Some(Order::Asc.as_str()) {
            items.reverse();
        }
        let id = ThreadId::from(id);
        if !self.places.contains_key(&id) {
            let Some(first) = items.first() else { return };
            self.thread(Thread {
                id: id.clone(),
                title: None,
                created_at: first.created_at.clone(),
                status: ThreadStatus::default(),
                allowed_image_domains: None,
                metadata: None,
                items: Page::default(),
                extra: Extra::default(),
            });
        }
        self.items(&id, items);
    }

    /// Adds the items that are not there yet.
    fn items(&mut self, id: &ThreadId, items: Vec<Item>) {
        let Some(place) = self.places.get(id) else {
            return;
        };
        let known = &mut self.threads[*place].items.data;
        for item in items {
            if self.seen.insert((id.clone(), item.id.clone())) {
                known.push(item);
            }
        }
    }
}

/// The exchanges that made these threads, without times, because nobody wrote them down.
pub(super) fn plays(threads: &[Thread]) -> Vec<Played> {
    let mut plays = Vec::new();
    for thread in threads {
        let mut writer = Writer {
            thread: &thread.id,
            plays: &mut plays,
            is_begun: false,
        };
        writer.begin(thread);
        for item in &thread.items.data {
            writer.item(item);
        }
    }
    plays
}

struct Writer<'a> {
    thread: &'a ThreadId,
    plays: &'a mut Vec<Played>,
    /// Whether something was asked in this thread already.
    is_begun: bool,
}

impl Writer<'_> {
    /// The thread itself, which its first message made; until then nothing was asked.
    fn begin(&mut self, thread: &Thread) {
        let mut bare = thread.clone();
        bare.items = Page::default();
        self.push(&Value::Null);
        self.event(&json!({"type": "thread.created", "thread": bare}));
    }

    fn item(&mut self, item: &Item) {
        match &item.kind {
            ItemKind::UserMessage(message) => {
                self.ask_for_answer(message);
                self.done(item);
            }
            ItemKind::ClientToolCall(call) if call.status == ToolCallStatus::Completed => {
                self.tool_call(item, call);
            }
            ItemKind::StructuredInput(form) if form.status != AnswerStatus::Pending => {
                self.form(item, form);
            }
            _ => self.done(item),
        }
    }

    fn ask_for_answer(&mut self, message: &UserMessage) {
        let input = json!({
            "content": message.content,
            "attachments": message.attachments.iter().map(|attachment| &attachment.id).collect::<Vec<_>>(),
            "quoted_text": message.quoted_text,
            "inference_options": message.inference_options,
        });
        if self.is_begun {
            let params = json!({"thread_id": self.thread, "input": input});
            self.ask(Operation::AddUserMessage, &params);
            return;
        }
        // What stands before the first message belongs to the request that made the thread.
        let body = request(Operation::CreateThread, &json!({"input": input}));
        match self.plays.last_mut() {
            Some(first) => first.body = payload(&body),
            None => self.push(&body),
        }
        self.is_begun = true;
    }

    /// A call stood there without its output, until the next request brought it.
    fn tool_call(&mut self, item: &Item, call: &ClientToolCall) {
        let mut pending = item.clone();
        pending.kind = ItemKind::ClientToolCall(ClientToolCall {
            status: ToolCallStatus::Pending,
            output: None,
            ..call.clone()
        });
        self.done(&pending);
        let result = call.output.clone().unwrap_or_default();
        let params = json!({"thread_id": self.thread, "result": result});
        self.ask(Operation::AddClientToolOutput, &params);
    }

    /// A form stood there without its answers, until the next request brought them.
    fn form(&mut self, item: &Item, form: &StructuredInput) {
        let mut pending = form.clone();
        pending.status = AnswerStatus::Pending;
        let mut answers = BTreeMap::new();
        for question in &mut pending.inputs {
            if let Some(answer) = question.answer.take() {
                let value = json!({"values": answer.values, "skipped": answer.skipped});
                answers.insert(question.id.clone(), value);
            }
        }
        self.done(&Item {
            kind: ItemKind::StructuredInput(pending),
            ..item.clone()
        });
        let input = json!({"status": form.status, "answers": answers});
        let params = json!({"thread_id": self.thread, "item_id": item.id, "input": input});
        self.ask(Operation::AddStructuredInput, &params);
        self.event(&json!({"type": "thread.item.replaced", "item": item}));
    }

    fn ask(&mut self, operation: Operation, params: &Value) {
        self.push(&request(operation, params));
    }

    fn push(&mut self, body: &Value) {
        let number = self.plays.len() as u64 + 1;
        self.plays.push(Played {
            number,
            at: 0.0,
            method: "POST".into(),
            url: String::new(),
            headers: BTreeMap::new(),
            body: payload(body),
            response: None,
            events: Vec::new(),
            document: None,
            outcome: Outcome::Complete,
            reason: None,
            ended: 0.0,
        });
    }

    fn done(&mut self, item: &Item) {
        self.event(&json!({"type": "thread.item.done", "item": item}));
    }

    fn event(&mut self, event: &Value) {
        if let Some(played) = self.plays.last_mut() {
            played.events.push((0.0, payload(event)));
        }
    }
}

fn request(operation: Operation, params: &Value) -> Value {
    json!({"type": operation.name(), "params": params})
}

fn payload(value: &Value) -> Payload {
    let raw = RawValue::from_string(value.to_string());
    Payload::Json(raw.expect("a value prints as JSON"))
}

/// A message that no server has repeated yet.
pub(super) fn unsaid(input: &UserMessageInput) -> Item {
    let message = UserMessage {
        content: input.content.clone(),
        attachments: Vec::new(),
        quoted_text: input.quoted_text.clone(),
        inference_options: input.inference_options.clone(),
        extra: Extra::default(),
    };
    Item::new(
        ItemId::from(""),
        ThreadId::from(""),
        Timestamp::iso(jiff::Timestamp::UNIX_EPOCH),
        ItemKind::UserMessage(message),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replay::Script;

    fn thread(items: &Value) -> Thread {
        let page = json!({"data": items, "has_more": false});
        serde_json::from_value(json!({"id": "t1", "created_at": "2026-01-01T00:00:00Z",
            "title": "A talk", "items": page}))
        .unwrap()
    }

    fn item(id: &str, kind: &str, fields: Value) -> Value {
        let mut item = json!({"id": id, "thread_id": "t1", "type": kind,
            "created_at": "2026-01-01T00:00:00Z"});
        let Value::Object(fields) = fields else {
            panic!("fields are an object")
        };
        item.as_object_mut().unwrap().extend(fields);
        item
    }

    fn said(id: &str, text: &str) -> Value {
        let content = json!([{"type": "input_text", "text": text}]);
        item(
            id,
            "user_message",
            json!({"content": content, "attachments": [], "inference_options": {}}),
        )
    }

    fn answer(id: &str, text: &str) -> Value {
        let content = json!([{"type": "output_text", "text": text, "annotations": []}]);
        item(id, "assistant_message", json!({"content": content}))
    }

    fn names(script: &Script) -> Vec<String> {
        script.steps.iter().map(Step::title).collect()
    }

    #[test]
    fn each_message_of_a_thread_was_a_request() {
        let items = json!([
            said("u1", "hi"),
            answer("a1", "hello"),
            said("u2", "bye"),
            answer("a2", "so long")
        ]);
        let script = Script::of_threads(&[thread(&items)]);
        assert_eq!(
            names(&script),
            ["threads.create 'hi'", "threads.add_user_message 'bye'"]
        );
        assert_eq!(script.steps[0].played.events.len(), 3);
        assert_eq!(script.steps[1].word("thread_id"), Some("t1"));
    }

    #[test]
    fn an_answered_form_and_a_completed_call_were_requests_too() {
        let call = json!({"status": "completed", "call_id": "c", "name": "w", "arguments": {}, "output": {"t": 3}});
        let form = json!({"status": "answered", "inputs": [{"id": "q", "question": "Size?", "type": "freeform",
            "answer": {"values": ["L"], "skipped": false}}]});
        let items = json!([
            said("u1", "hi"),
            item("c1", "client_tool_call", call),
            item("f1", "structured_input", form),
            answer("a1", "done")
        ]);
        let script = Script::of_threads(&[thread(&items)]);
        assert_eq!(
            names(&script),
            [
                "threads.create 'hi'",
                "threads.add_client_tool_output",
                "threads.add_structured_input"
            ]
        );
        let steps = &script.steps;
        assert_eq!(steps[1].param("result"), Some(&json!({"t": 3})));
        let input = steps[2].param("input").unwrap();
        assert_eq!(input["answers"]["q"]["values"], json!(["L"]));
        let pending = steps[1].played.events[0].1.as_str();
        assert!(pending.contains("\"pending\"") && !pending.contains("\"L\""));
        assert!(
            steps[2].played.events[0]
                .1
                .as_str()
                .contains("item.replaced")
        );
    }
}
