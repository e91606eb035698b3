//! The page beside other clients, and under a keyboard: nothing is lost where it draws anew.

use std::time::Duration;

use chatkit::server::{Mock, Pattern};
use serde_json::json;

use crate::driver::{Browser, Case};

const ENTER: &str = "\u{e007}";

pub fn cases() -> Vec<Case> {
    vec![
        Case::new("page_keeps_the_keyboards_place", |b| Box::pin(keyboard(b))),
        Case::new("page_shows_what_other_clients_do", |b| Box::pin(others(b))),
        Case::new("page_shows_why_a_first_message_was_refused", |b| {
            Box::pin(refused(b))
        }),
        Case::new("page_loads_no_image_before_it_is_asked_for", |b| {
            Box::pin(images(b))
        }),
    ]
}

async fn keyboard(b: &Browser) {
    let mock = Mock::builder().start().await.unwrap();
    b.go(mock.url()).await;
    b.say("show widget").await;
    b.js("for (const e of document.querySelectorAll('.widget button')) if (e.innerText.includes('Count')) e.id = 'count'").await;
    b.keys("#count", ENTER).await;
    b.sees(".widget .w-badge", "Clicks: 1").await;
    b.until("document.activeElement.innerText.includes('Count')")
        .await;
    b.say("show tool").await;
    b.keys(".client_tool_call button", ENTER).await;
    b.sees(".client_tool_call", "answered").await;
    b.until("document.activeElement.closest('.client_tool_call')")
        .await;
    b.say("show form").await;
    b.keys(".questions textarea", "by boat").await;
    b.keys(".questions button[type=submit]", ENTER).await;
    b.sees(".structured_input .answer", "by boat").await;
    b.until("document.activeElement.closest('.structured_input')")
        .await;
    b.keys("#thread-list button", ENTER).await;
    b.until("document.activeElement.closest('#thread-list')")
        .await;
}

/// Asks as another client does: past the page's own code.
async fn ask(b: &Browser, kind: &str, params: &str) {
    let script = format!(
        "fetch('/chatkit', {{method: 'POST', headers: {{'content-type': 'application/json'}}, \
         body: JSON.stringify({{type: '{kind}', params: {params}}})}})"
    );
    b.js(&script).await;
}

async fn others(b: &Browser) {
    let mock = Mock::builder().start().await.unwrap();
    b.go(mock.url()).await;
    b.sees("#feed-state", "live").await;
    b.say("mine").await;
    b.until("document.querySelectorAll('#thread-list li').length === 1")
        .await;
    let input = |text: &str| {
        format!(
            "{{content: [{{type: 'input_text', text: '{text}'}}], attachments: [], inference_options: {{}}}}"
        )
    };
    ask(
        b,
        "threads.create",
        &format!("{{input: {}}}", input("from outside")),
    )
    .await;
    b.until("document.querySelectorAll('#thread-list li').length === 2")
        .await;
    // What was there is there once.
    b.until("document.querySelectorAll('.user_message').length === 1")
        .await;
    let seen = mock
        .wait_for(
            &Pattern::operation("threads.create").text("mine"),
            1,
            Duration::from_secs(30),
        )
        .await
        .unwrap();
    let id = json!(seen[0].thread_id).to_string().replace('"', "'");
    let added = format!("{{thread_id: {id}, input: {}}}", input("also outside"));
    ask(b, "threads.add_user_message", &added).await;
    b.sees(".user_message", "also outside").await;
    b.until("document.querySelectorAll('.assistant_message').length === 2")
        .await;
    ask(
        b,
        "threads.update",
        &format!("{{thread_id: {id}, title: 'OUTSIDE'}}"),
    )
    .await;
    b.sees("#thread-list", "OUTSIDE").await;
    b.sees("#thread-title", "OUTSIDE").await;
    ask(b, "threads.delete", &format!("{{thread_id: {id}}}")).await;
    b.sees("#signals", "Another client has deleted the thread")
        .await;
    b.until("document.querySelectorAll('#thread-list li').length === 1")
        .await;
    b.say("and on").await;
    b.sees(".assistant_message", "and on").await;
}

async fn refused(b: &Browser) {
    let mock = Mock::builder().fault("status=503").start().await.unwrap();
    b.go(mock.url()).await;
    b.keys("#composer-text", &format!("are you there?{ENTER}"))
        .await;
    b.sees("#signals .danger", "There is no answer").await;
    // It is in sight, and what was said can be said again.
    b.until("document.querySelector('#signals .danger').getBoundingClientRect().bottom < document.querySelector('#composer').getBoundingClientRect().top + 1").await;
    b.until("document.querySelector('#composer-text').value === 'are you there?'")
        .await;
}

async fn images(b: &Browser) {
    let scenario = "- then: '![a cat](http://images.invalid/cat.png)'";
    let mock = Mock::builder().scenario(scenario).start().await.unwrap();
    b.go(mock.url()).await;
    b.say("a cat").await;
    b.sees(".assistant_message .load-image", "images.invalid")
        .await;
    b.until("!document.querySelector('.assistant_message img')")
        .await;
    b.click(".load-image").await;
    b.until(
        "document.querySelector('.assistant_message img')?.src === 'http://images.invalid/cat.png'",
    )
    .await;
}
