//! A conversation from its beginning to its deletion, and the variations of its first turn.

use serde_json::{Value, json};

use super::{Stage, body, first_params, thread_of};
use crate::check::evidence::Purpose;
use crate::check::reply::Reply;
use crate::check::wire::{Ask, Wire};
use crate::client::{HeaderValue, RawMethod, RawRequest};
use crate::error::Result;
use crate::protocol::ThreadId;

/// How many pages are turned.
const PAGES: usize = 12;

/// What the message of a page quotes, in letters that need more than a byte.
const QUOTED: &str = "naïve, 東京, 🎈";

/// What the message of a page says besides: whatever cleans, folds or escapes a text shows in it.
const SAID: &str = "two  spaces, <b>&amp;</b>\nnaïve nai\u{308}ve, 東京, שלום, 👩\u{200d}🚀";

/// How many threads a page has, where pages of them are turned.
const THREADS: usize = 5;

/// How many threads are looked for that are no longer listed.
const LOST: usize = 3;

/// A page that nobody has, which tells whether the answer depends on the page.
const NOBODYS_ORIGIN: &str = "https://chatkit-check.invalid";

/// The title that a thread is given: in letters of every kind, and with two spaces in a row. None
/// stands at either end, because many a sound backend takes those away from what a user typed.
const TITLE: &str = "Chatkit Check:  naïve, nai\u{308}ve, 東京, שלום, 👩\u{200d}🚀";

/// The headers for which a browser needs leave, as it lists them. One that a page adds by itself, to
/// let its user in, is the page's own affair; `chatkit doctor` asks for those of the profile.
const ASKED_HEADERS: &str = "chatkit-device-id,chatkit-frame-instance-id,content-type";

/// The first turn, without which there is nothing to go on from.
pub(super) async fn first(wire: &Wire<'_>, text: &str) -> Result<Reply> {
    wire.run("threads.create", &first_params(text)).await
}

/// Everything that is done with a thread, in the order in which one thing needs the other.
pub(super) async fn go_on(stage: &Stage<'_>, first: &Reply) -> Result<Option<String>> {
    let Some(thread) = first.thread.as_ref() else {
        return Ok(Some("the first turn names no thread".into()));
    };
    let thread = json!(thread);
    let stored = stage.read(&thread).await?;
    if stage.wire.backend.is_hosted() {
        // A hosted session allows ten requests a minute.
        let params = json!({"thread_id": thread, "order": "asc", "limit": 100});
        stage.wire.run("items.list", &params).await?;
        return Ok(None);
    }
    // It is answered anew below, as the first one is, and all of them wait for each other.
    let params = json!({"thread_id": thread, "input": super::input(&stage.messages.short)});
    stage.wire.run("threads.add_user_message", &params).await?;
    let both = stage.read(&thread).await?;
    pages(stage, &thread).await?;
    // Of an item that was streamed and not stored another rule tells.
    if let Some(answer) = items_of(&stored, &thread, "assistant_message").next() {
        let params = json!({"thread_id": thread, "item_ids": [answer["id"]], "kind": "positive"});
        stage.wire.run("items.feedback", &params).await?;
    }
    // The later message first: what stands before it must stay, and of the other nothing does.
    let later = items_of(&both, &thread, "user_message").next_back();
    let earlier = items_of(&stored, &thread, "user_message").next();
    for message in later.into_iter().chain(earlier) {
        let params = json!({"thread_id": thread, "item_id": message["id"]});
        stage.wire.run("threads.retry_after_item", &params).await?;
        stage.read(&thread).await?;
    }
    Ok(None)
}

/// The items of this type in a thread that was read, but those that are another's: what is done with
/// them does not have to work.
fn items_of<'r>(
    read: &'r Reply,
    thread: &'r Value,
    kind: &'static str,
) -> impl DoubleEndedIterator<Item = &'r Value> {
    let items = read.document["items"]["data"].as_array();
    let items = items.into_iter().flatten();
    let is_own = |item: &&Value| !item["thread_id"].is_string() || item["thread_id"] == *thread;
    items
        .filter(is_own)
        .filter(move |item| item["type"] == kind)
}

/// Renames and deletes the thread of the first turn, and looks what became of it and of another;
/// nothing needs it any more.
pub(super) async fn end(stage: &Stage<'_>, first: &Reply) -> Result<()> {
    let own = first.thread.as_ref();
    let Some(own) = own.filter(|_| !stage.wire.backend.is_hosted()) else {
        return Ok(());
    };
    let others: Vec<_> = stage.wire.leftovers();
    let others: Vec<_> = others.into_iter().filter(|other| other != own).collect();
    let other = others.last();
    let own = json!(own);
    list_threads(stage).await?;
    look_at(stage, other).await?;
    stage.read(&own).await?;
    rename(stage, &own).await?;
    look_at(stage, other).await?;
    if stage.plan.keeps {
        return Ok(());
    }
    let listed = delete(stage, &own).await?;
    let is_lost = |thread: &&ThreadId| {
        let rows = listed["data"].as_array();
        rows.is_some_and(|rows| rows.iter().all(|row| row["id"] != thread.as_str()))
    };
    let lost = others.iter().filter(is_lost).take(LOST);
    for thread in other.into_iter().chain(lost) {
        look_at(stage, Some(thread)).await?;
    }
    Ok(())
}

/// Lists the threads, now that there are several: all of them, and page by page.
async fn list_threads(stage: &Stage<'_>) -> Result<()> {
    let wire = stage.wire;
    wire.run("threads.list", &json!({"limit": 9999})).await?;
    let params = json!({"limit": THREADS, "order": "asc"});
    wire.run("threads.list", &params).await?;
    turn_pages(
        stage,
        "threads.list",
        &json!({"limit": THREADS, "order": "desc"}),
    )
    .await
}

/// Reads a thread of which nothing is to change, if there is one.
async fn look_at(stage: &Stage<'_>, bystander: Option<&ThreadId>) -> Result<()> {
    if let Some(thread) = bystander {
        let params = json!({"thread_id": thread});
        let ask = Ask::operation("threads.get_by_id", &params).with_purpose(Purpose::Bystander);
        stage.wire.ask(ask).await?;
    }
    Ok(())
}

/// The turn of a page on another origin, after the question that a browser asks for it.
pub(super) async fn browser(stage: &Stage<'_>) -> Result<Option<String>> {
    let origin = HeaderValue::from_str(&stage.plan.origin);
    let Ok(origin) = origin else {
        return Ok(Some("the origin cannot be sent".into()));
    };
    let nobodys = HeaderValue::from_static(NOBODYS_ORIGIN);
    for (purpose, origin) in [
        (Purpose::Preflight, origin.clone()),
        (Purpose::OtherOrigin, nobodys),
    ] {
        let ask = Ask::raw(purpose, question(origin));
        stage.wire.ask(ask).await?;
    }

    let page = origin.clone();
    let mut params = first_params(&format!("{} {SAID}", stage.messages.any));
    params["input"]["quoted_text"] = json!(QUOTED);
    let mut turn = body("threads.create", &params);
    let sent = [
        ("origin", origin),
        (
            "accept-encoding",
            HeaderValue::from_static("gzip, deflate, br, zstd"),
        ),
        (
            "chatkit-frame-instance-id",
            HeaderValue::from_static("check"),
        ),
    ];
    turn.headers.extend(named(sent));
    let turn = stage.wire.ask(Ask::raw(Purpose::Browser, turn)).await?;
    let nobodys = json!({"thread_id": super::NOBODY});
    let mut refused = body("threads.get_by_id", &nobodys);
    refused.headers.extend(named([("origin", page)]));
    let ask = Ask::raw(Purpose::BrowserRefused, refused);
    stage.wire.ask(ask).await?;
    if turn.is_good && turn.thread.is_some() {
        stage.read(&thread_of(&turn)).await?;
    }
    Ok(None)
}

/// What a browser asks before a page posts.
fn question(origin: HeaderValue) -> RawRequest {
    let mut question = RawRequest {
        method: RawMethod::Options,
        ..RawRequest::json("")
    };
    question.headers.clear();
    let asked = [
        ("origin", origin),
        (
            "access-control-request-method",
            HeaderValue::from_static("POST"),
        ),
        (
            "access-control-request-headers",
            HeaderValue::from_static(ASKED_HEADERS),
        ),
    ];
    question.headers.extend(named(asked));
    // A browser asks without credentials, whatever the page is going to send.
    question.access = crate::client::Access::None;
    question
}

/// Two turns, the second of which asks for what the first one told.
pub(super) async fn remember(stage: &Stage<'_>) -> Result<Option<String>> {
    if !stage.plan.remembers {
        return Ok(Some(
            "pass --remember to have a word remembered over two turns".into(),
        ));
    }
    let word = "tamarind";
    let told = stage
        .start(&format!("Please remember this word for later: {word}"))
        .await?;
    if told.thread.is_none() {
        return Ok(Some("the turn that tells the word failed".into()));
    }
    let question = stage.messages.recall.as_deref();
    let question = question.unwrap_or("Which word did I ask you to remember? Answer with it only.");
    let params = json!({"thread_id": told.thread, "input": super::input(question)});
    let ask = Ask::operation("threads.add_user_message", &params);
    let ask = ask.with_purpose(Purpose::Recall(word.into()));
    stage.wire.ask(ask).await?;
    Ok(None)
}

async fn pages(stage: &Stage<'_>, thread: &Value) -> Result<()> {
    let wire = stage.wire;
    let params = json!({"thread_id": thread, "order": "asc", "limit": 100});
    wire.run("items.list", &params).await?;
    let params = json!({"thread_id": thread, "order": "desc", "limit": 100});
    wire.run("items.list", &params).await?;
    // Of a page of one row the first is the last, which hides a wrong cursor.
    turn_pages(
        stage,
        "items.list",
        &json!({"thread_id": thread, "order": "asc", "limit": 2}),
    )
    .await?;
    // Without parameters the newest come first.
    wire.run("items.list", &json!({"thread_id": thread}))
        .await?;
    Ok(())
}

/// Reads page after page, as long as there are more.
async fn turn_pages(stage: &Stage<'_>, kind: &str, params: &Value) -> Result<()> {
    let mut params = params.clone();
    for _ in 0..PAGES {
        let page = stage.wire.run(kind, &params).await?.document;
        let is_last = page["has_more"] != true || page["after"].is_null();
        if is_last || page["after"] == params["after"] {
            break;
        }
        params["after"] = page["after"].clone();
    }
    Ok(())
}

async fn rename(stage: &Stage<'_>, thread: &Value) -> Result<()> {
    let params = json!({"thread_id": thread, "title": TITLE});
    stage.wire.run("threads.update", &params).await?;
    stage.read(thread).await?;
    stage
        .wire
        .run("threads.list", &json!({"limit": 9999}))
        .await?;
    Ok(())
}

/// Deletes a thread and looks for it; whether it was deleted, as far as the backend says.
async fn remove(wire: &Wire<'_>, params: &Value) -> Result<bool> {
    let deleted = wire.run("threads.delete", params).await?;
    if deleted.is_good {
        let ask = Ask::operation("threads.get_by_id", params).with_purpose(Purpose::Gone);
        wire.ask(ask).await?;
    }
    Ok(deleted.is_good)
}

/// Deletes a thread, and returns the list of those that are left then.
async fn delete(stage: &Stage<'_>, thread: &Value) -> Result<Value> {
    let params = json!({"thread_id": thread});
    if !remove(stage.wire, &params).await? {
        return Ok(Value::Null);
    }
    let ask = Ask::operation("items.list", &params).with_purpose(Purpose::Gone);
    stage.wire.ask(ask).await?;
    let message = json!({"thread_id": thread, "input": super::input(&stage.messages.short)});
    let ask = Ask::operation("threads.add_user_message", &message).with_purpose(Purpose::Gone);
    let taken = stage.wire.ask(ask).await?.is_good;
    let ask = Ask::operation("threads.list", &json!({"limit": 9999})).with_purpose(Purpose::Gone);
    let listed = stage.wire.ask(ask).await?;
    if taken {
        // The backend may have the thread again.
        let ask = Ask::operation("threads.delete", &params).with_purpose(Purpose::CleanUp);
        stage.wire.ask(ask).await?;
    }
    Ok(listed.document)
}

fn named<const N: usize>(
    headers: [(&'static str, HeaderValue); N],
) -> impl Iterator<Item = (crate::client::HeaderName, HeaderValue)> {
    headers
        .into_iter()
        .map(|(name, value)| (crate::client::HeaderName::from_static(name), value))
}

/// A short run: one turn, read back and removed.
pub(in crate::check) async fn smoke(wire: &Wire<'_>, text: &str, keeps: bool) -> Result<Reply> {
    let turn = first(wire, text).await?;
    if turn.is_good && turn.thread.is_some() {
        let params = json!({"thread_id": thread_of(&turn)});
        wire.run("threads.get_by_id", &params).await?;
        if !keeps {
            remove(wire, &params).await?;
        }
    }
    Ok(turn)
}
