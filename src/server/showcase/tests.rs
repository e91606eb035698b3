//! The words, played as whole turns without a socket, and held against the protocol.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};

use super::super::app::{App, Caller};
use super::super::config::Config;
use super::super::mint::Api;
use super::super::turn::Turn;
use super::super::{replies, turns};
use super::*;
use crate::protocol::{
    Event, ItemId, ItemKind, Order, Request, RetryAfterItem, ThreadId, ThreadStatus, Update,
    UserMessageInput, from_value,
};
use crate::server::showcase::words::WORDS;
use crate::store::{Memory, Query};
use crate::transcript::Transcript;

/// A mock without a network, and everything that one thread was sent so far.
struct Stage {
    app: Arc<App>,
    caller: Caller,
    transcript: Transcript,
    violations: Vec<String>,
}

/// The events of one turn, and whether its stream was cut.
struct Played {
    events: Vec<Event>,
    cut: bool,
}

impl Stage {
    fn new() -> Self {
        Self::at(Duration::ZERO)
    }

    /// A mock whose text comes at this pace.
    fn at(pace: Duration) -> Self {
        let config = Config {
            pace,
            seed: Some(1),
            ..Config::default()
        };
        let app = Arc::new(App::new(config, Arc::new(Memory::new()), 0));
        let caller = Caller {
            user: Arc::clone(&app.local_user),
            api: Api::SelfHosted,
            seen: crate::server::forwarded::Seen::default(),
            headers: None,
            session: None,
        };
        Self {
            app,
            caller,
            transcript: Transcript::new(),
            violations: Vec::new(),
        }
    }

    /// Says a text in a new thread, or in the one that is there.
    async fn say(&mut self, text: &str) -> Played {
        let input = serde_json::to_value(UserMessageInput::text(text)).unwrap();
        let request = match self.transcript.thread() {
            None => json!({"input": input}),
            Some(thread) => json!({"input": input, "thread_id": thread.id}),
        };
        self.send(request).await
    }

    /// Sends the parameters of whichever streaming operation they are of.
    async fn send(&mut self, params: Value) -> Played {
        let (app, caller) = (&self.app, &self.caller);
        let has = |field| params.get(field).is_some();
        let response = if has("action") {
            turns::action(app, caller, from_value(params).unwrap()).await
        } else if has("result") {
            replies::add_tool_output(app, caller, from_value(params).unwrap()).await
        } else if has("input") && has("item_id") {
            replies::add_answers(app, caller, from_value(params).unwrap()).await
        } else if has("item_id") {
            turns::retry(app, caller, from_value(params).unwrap()).await
        } else if has("thread_id") {
            turns::add_user_message(app, caller, from_value(params).unwrap()).await
        } else {
            turns::create_thread(app, caller, from_value(params).unwrap()).await
        };
        self.read(response.unwrap().into_body()).await
    }

    /// Reads a stream to its end; every event has to survive being written again.
    async fn read(&mut self, mut body: Body) -> Played {
        let (mut bytes, mut cut) = (Vec::new(), false);
        while let Some(frame) = body.frame().await {
            match frame {
                Ok(frame) => bytes.extend(frame.into_data().unwrap()),
                Err(_) => cut = true,
            }
        }
        let mut events = Vec::new();
        for frame in String::from_utf8(bytes).unwrap().split_terminator("\n\n") {
            let json = frame.strip_prefix("data: ").unwrap();
            let event = Event::decode(json.as_bytes()).unwrap();
            assert_eq!(serde_json::to_string(&event).unwrap(), json);
            let applied = self.transcript.apply(&event);
            self.violations
                .extend(applied.violations.iter().map(ToString::to_string));
            events.push(event);
        }
        if !cut {
            let left = self.transcript.finish();
            self.violations.extend(left.iter().map(ToString::to_string));
        }
        Played { events, cut }
    }

    fn thread(&self) -> ThreadId {
        self.transcript.thread().unwrap().id.clone()
    }

    fn last(&self) -> &Item {
        self.transcript.items().next_back().unwrap()
    }

    /// The text of the last message.
    fn answer(&self) -> String {
        match &self.last().kind {
            ItemKind::AssistantMessage(message) => message.text(),
            other => panic!("the last item is a {}", other.type_name()),
        }
    }

    /// The id of the last item of this type.
    fn id_of(&self, kind: &str) -> ItemId {
        let mut items = self.transcript.items().rev();
        items
            .find(|item| item.kind.type_name() == kind)
            .unwrap()
            .id
            .clone()
    }

    /// The types of what is stored, in order, hidden items included.
    async fn stored(&self) -> Vec<String> {
        let query = Query {
            limit: 1000,
            order: Order::Asc,
            hidden: true,
            ..Query::default()
        };
        let rows = self.app.store.items(&self.thread(), query).await.unwrap();
        rows.rows
            .iter()
            .map(|row| {
                let item: Item = serde_json::from_slice(&row.json).unwrap();
                item.kind.type_name().to_owned()
            })
            .collect()
    }

    async fn press(&mut self, kind: &str, payload: Value) -> Played {
        let (thread, item) = (self.thread(), self.id_of("widget"));
        let action = json!({"type": kind, "payload": payload});
        self.send(json!({"thread_id": thread, "item_id": item, "action": action}))
            .await
    }
}

/// What is said to show a word, quick enough for a test.
fn request(word: &str) -> String {
    match word {
        "slow" => "show slow 2".into(),
        word => format!("show {word}"),
    }
}

#[tokio::test]
async fn no_word_breaks_the_protocol() {
    for word in WORDS {
        let mut stage = Stage::new();
        let played = stage.say(&request(word.name())).await;
        assert!(
            stage.violations.is_empty(),
            "{}: {:?}",
            word.name(),
            stage.violations
        );
        assert_eq!(played.cut, word.name() == "drop");
        // `thread.created`, the user's message and `stream_options` come before every answer.
        assert!(played.events.len() > 3, "{} answers nothing", word.name());
    }
}

#[tokio::test]
async fn a_message_is_older_than_its_answer() {
    let mut stage = Stage::new();
    for said in ["hello", "and now?"] {
        stage.say(said).await;
    }
    let items = stage.transcript.items();
    let times: Vec<_> = items.map(|item| item.created_at.instant()).collect();
    assert_eq!(times.len(), 4);
    assert!(times.is_sorted(), "{times:?}");
}

#[tokio::test]
async fn all_has_every_event_update_and_item_that_is_sent() {
    let mut stage = Stage::new();
    let played = stage.say("show all").await;
    let mut events = BTreeSet::new();
    let mut updates = BTreeSet::new();
    let mut items = BTreeSet::new();
    for event in &played.events {
        events.insert(event.type_name());
        match event {
            Event::ItemUpdated(body) => drop(updates.insert(body.update.type_name())),
            Event::ItemDone(body) => drop(items.insert(body.item.kind.type_name())),
            _ => {}
        }
    }
    let is_error = |kind: &&&str| **kind != "error";
    assert_eq!(
        events,
        Event::TYPES.iter().filter(is_error).copied().collect()
    );
    assert_eq!(updates, Update::TYPES.iter().copied().collect());
    let is_sent = |kind: &&&str| !kind.contains("hidden");
    assert_eq!(
        items,
        ItemKind::TYPES.iter().filter(is_sent).copied().collect()
    );
    assert!(stage.transcript.pending_tool_call().is_some());
    let status = &stage.transcript.thread().unwrap().status;
    assert_eq!(status, &ThreadStatus::default());
}

#[tokio::test]
async fn a_word_is_found_in_any_case_and_with_space_around_it() {
    let mut stage = Stage::new();
    stage.say("  SHOW\t Title   My Own \n").await;
    let title = stage.transcript.thread().unwrap().title.as_deref();
    assert_eq!(title, Some("My Own"));
}

#[tokio::test]
async fn an_unknown_word_is_answered_by_the_closest_and_the_list() {
    let mut stage = Stage::new();
    stage.say("show wigdet list").await;
    let answer = stage.answer();
    assert!(answer.starts_with("There is no word `wigdet`. Did you mean `widget`?"));
    for word in WORDS {
        assert!(answer.contains(word.usage), "{answer} lacks {}", word.usage);
    }
    stage.say("show").await;
    assert!(
        stage
            .answer()
            .contains("- `markdown`: every Markdown construct")
    );
}

#[tokio::test]
async fn an_unknown_argument_is_answered_by_the_known_ones() {
    let mut stage = Stage::new();
    for (said, part) in [
        (
            "show widget tree",
            "There is no widget `tree`. There are `card`, `list`",
        ),
        ("show notice loud", "There is no level `loud`"),
        ("show workflow odd", "There is no workflow `odd`"),
    ] {
        stage.say(said).await;
        assert!(stage.answer().contains(part), "{}", stage.answer());
    }
}

#[tokio::test]
async fn a_ping_is_answered_by_one_word() {
    for ping in ["ping", " Ping\n"] {
        let mut stage = Stage::new();
        stage.say(ping).await;
        assert_eq!(stage.answer(), "pong");
    }
    let mut stage = Stage::new();
    stage.say("ping me").await;
    assert!(stage.answer().contains("> ping me"));
}

#[tokio::test]
async fn any_text_is_answered_by_what_came_with_it() {
    let mut stage = Stage::new();
    let attachment =
        json!({"id": "atc_1", "type": "file", "name": "plan.pdf", "mime_type": "application/pdf"});
    let attachment = from_value(attachment).unwrap();
    let user = Arc::clone(&stage.caller.user);
    stage
        .app
        .store
        .put_attachment(&user, attachment)
        .await
        .unwrap();
    let input = json!({
        "content": [
            {"type": "input_text", "text": "hello "},
            {"type": "input_tag", "id": "u1", "text": "@ada", "data": {}},
        ],
        "attachments": ["atc_1"],
        "quoted_text": "as before",
        "inference_options": {"model": "gpt-x", "tool_choice": {"id": "search"}},
    });
    stage.send(json!({"input": input})).await;
    let answer = stage.answer();
    for part in [
        "> hello @ada",
        "an attachment, `plan.pdf` (`application/pdf`)",
        "a tag, `@ada` (id `u1`)",
        "a quote, `as before`",
        "the model `gpt-x`",
        "the tool `search`",
        "`widget`",
    ] {
        assert!(answer.contains(part), "{answer} lacks {part}");
    }
}

#[tokio::test]
async fn a_tool_s_output_is_answered_as_json() {
    let mut stage = Stage::new();
    stage.say("show tool get_cart {\"full\":true}").await;
    let ItemKind::ClientToolCall(call) = &stage.last().kind else {
        panic!("the turn does not end at the call")
    };
    assert_eq!(
        (call.name.as_str(), &*call.arguments),
        ("get_cart", &json!({"full": true}))
    );
    let thread = stage.thread();
    stage
        .send(json!({"thread_id": thread, "result": {"items": [1]}}))
        .await;
    let answer = stage.answer();
    assert!(answer.starts_with("The client tool `get_cart` answered:\n\n```json\n{\n"));
    assert_eq!(stage.violations, [""; 0]);
}

#[tokio::test]
async fn a_form_is_answered_by_its_questions_and_answers() {
    let mut stage = Stage::new();
    stage.say("show form").await;
    let (thread, item) = (stage.thread(), stage.id_of("structured_input"));
    let answers =
        json!({"size": {"values": ["large"]}, "toppings": {"values": ["basil", "my own"]}});
    let input = json!({"status": "answered", "answers": answers});
    stage
        .send(json!({"thread_id": thread, "item_id": item, "input": input}))
        .await;
    assert_eq!(
        stage.answer(),
        "You answered:\n\n- Which size do you want? `large`\n- What shall be on it? `basil`, `my own`\n- Anything else? *skipped*\n"
    );
    assert_eq!(stage.violations, [""; 0]);
}

#[tokio::test]
async fn a_crash_and_a_hidden_item_are_stored_as_the_reference_server_does() {
    let mut stage = Stage::new();
    let played = stage.say("show crash").await;
    assert!(
        matches!(played.events.last(), Some(Event::Error(body)) if body.code == "stream.error")
    );
    assert_eq!(stage.transcript.open_items().count(), 1);
    stage.say("show hidden").await;
    assert_eq!(
        stage.stored().await,
        [
            "user_message",
            "user_message",
            "hidden_context_item",
            "assistant_message"
        ]
    );
}

#[tokio::test]
async fn a_retry_answers_the_message_again() {
    let mut stage = Stage::new();
    stage.say("show replace").await;
    let (thread_id, item_id) = (stage.thread(), stage.id_of("user_message"));
    let request = Request::RetryAfterItem(RetryAfterItem {
        thread_id,
        item_id,
        extra: crate::protocol::Extra::default(),
    });
    let mut json: Value = serde_json::from_slice(&request.to_json()).unwrap();
    stage.send(json["params"].take()).await;
    assert_eq!(stage.stored().await, ["user_message", "assistant_message"]);
    assert!(stage.answer().contains("took the place"));
}

#[tokio::test]
async fn the_showcase_s_own_actions_do_what_they_say() {
    let mut stage = Stage::new();
    stage.say("show widget").await;
    let played = stage.press("showcase.count", json!(null)).await;
    assert!(
        matches!(played.events.last(), Some(Event::ItemReplaced(body))
        if serde_json::to_string(&body.item).unwrap().contains("Clicks: 1"))
    );
    let played = stage.press("showcase.replace", json!(null)).await;
    assert!(
        played
            .events
            .iter()
            .any(|event| matches!(event, Event::ItemReplaced(_)))
    );
    stage
        .press("showcase.submit", json!({"form": "order", "name": "Ada"}))
        .await;
    assert!(stage.answer().contains("\"name\": \"Ada\""));
    stage.press("buy", json!({"id": 7})).await;
    let answer = stage.answer();
    assert!(answer.contains("The action `buy` arrived from the widget `msg_"));
    assert!(answer.contains("\"id\": 7"));
    stage.say("show lock").await;
    stage.press("showcase.open", json!(null)).await;
    assert_eq!(
        stage.transcript.thread().unwrap().status,
        ThreadStatus::default()
    );
    assert_eq!(stage.violations, [""; 0]);
}

#[tokio::test]
async fn a_synchronous_action_changes_the_widget_and_keeps_its_ids() {
    let mut stage = Stage::new();
    stage.say("show widget").await;
    let widget = stage.last().clone();
    let action = Action {
        kind: "showcase.count".into(),
        payload: None,
        extra: crate::protocol::Extra::default(),
    };
    let twice = sync_action(sync_action(widget.clone(), &action), &action);
    assert_eq!(
        (&twice.id, &twice.created_at),
        (&widget.id, &widget.created_at)
    );
    let json = serde_json::to_string(&twice).unwrap();
    assert!(json.contains("\"Clicks: 2\"") && json.contains("showcase.count is done"));
}

#[tokio::test]
async fn a_long_text_is_made_while_it_is_read() {
    let stage = Stage::new();
    let thread = stage.app.new_thread(Api::SelfHosted);
    let scene = Scene::new(Arc::clone(&stage.app), &stage.caller, &thread);
    let message =
        from_value(json!({"content": [{"type": "input_text", "text": "show text 5000000"}]}));
    let mut script = respond(&scene, &Prompt::Message(&message.unwrap()));
    assert!(script.nth(1000).is_some());
}

#[tokio::test]
async fn a_paced_answer_says_the_same() {
    let quick = Stage::new().say("show all").await;
    let paced = Stage::at(Duration::from_micros(20)).say("show all").await;
    assert_eq!(quick.events.len(), paced.events.len());
    assert_eq!(quick.events, paced.events);
}

#[tokio::test]
async fn a_wait_before_anything_else_does_not_end_the_answer() {
    let mut stage = Stage::new();
    let thread = stage.app.new_thread(Api::SelfHosted);
    let scene = Scene::new(Arc::clone(&stage.app), &stage.caller, &thread);
    let wait = || {
        stage::steps(vec![super::super::script::Step::Wait(
            Duration::from_millis(1),
        )])
    };
    let script = stage::chain(vec![wait(), wait(), scene.text("hello")]);
    let (app, user) = (Arc::clone(&stage.app), Arc::clone(&stage.caller.user));
    let turn = Turn::new(app, Api::SelfHosted, user, thread, &[], script);
    stage.read(turn.into_response().into_body()).await;
    assert_eq!(stage.answer(), "hello");
}
