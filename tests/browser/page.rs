//! The page as its user meets it.

use std::time::Duration;

use chatkit::server::journal::Outcome;
use chatkit::server::{Mock, NewThread, Pattern};
use serde_json::{Value, json};

use crate::driver::{Browser, Case};

pub fn cases() -> Vec<Case> {
    vec![
        Case::new("page_streams_a_turn", |b| Box::pin(turn(b))),
        Case::new("page_runs_a_widgets_buttons", |b| Box::pin(buttons(b))),
        Case::new("page_submits_a_form", |b| Box::pin(form(b))),
        Case::new("page_hands_in_a_widgets_form", |b| Box::pin(widget_form(b))),
        Case::new("page_answers_a_client_tool", |b| Box::pin(tool(b))),
        Case::new("page_switches_a_fault_and_retries", |b| Box::pin(fault(b))),
        Case::new("page_shows_the_wire_live_and_stops", |b| Box::pin(wire(b))),
        Case::new("page_uploads_a_file", |b| Box::pin(upload(b))),
        Case::new("page_opens_and_deletes_threads", |b| Box::pin(threads(b))),
        Case::new("page_draws_every_word", |b| Box::pin(every_word(b))),
        Case::new("page_resets_and_sets_the_pace", |b| Box::pin(switches(b))),
        Case::new("page_shows_the_scenario_and_takes_another", |b| {
            Box::pin(scenario(b))
        }),
        Case::new("page_does_without_the_official_element", |b| {
            Box::pin(official(b))
        }),
    ]
}

async fn turn(b: &Browser) {
    let mock = Mock::builder().start().await.unwrap();
    b.go(mock.url()).await;
    b.say("What is ChatKit?").await;
    b.sees(".assistant_message", "What is ChatKit?").await;
    b.sees("#thread-list [aria-current]", "Untitled thread")
        .await;
    b.say("show markdown").await;
    b.until("document.querySelector('.assistant_message table') && document.querySelector('.assistant_message pre code')").await;
    b.say("<img src=x onerror=alert(1)>").await;
    b.sees(".assistant_message", "<img src=x").await;
    let asked = Pattern::operation("threads.add_user_message");
    mock.verify(&asked, 2).unwrap();
}

async fn buttons(b: &Browser) {
    let mock = Mock::builder().start().await.unwrap();
    b.go(mock.url()).await;
    b.say("show widget").await;
    b.js("for (const e of document.querySelectorAll('.widget button')) e.id = 'w-' + e.innerText.trim().split(/\\s+/).at(-1)").await;
    b.click("#w-Count").await;
    b.sees(".widget .w-badge", "Clicks: 1").await;
    b.js("for (const e of document.querySelectorAll('.widget button')) e.id = 'w-' + e.innerText.trim().split(/\\s+/).at(-1)").await;
    b.click("#w-Answer").await;
    b.sees(".assistant_message", "showcase.answer").await;
    let pressed =
        json!({"params": {"action": {"type": "showcase.answer", "payload": {"from": "card"}}}});
    mock.verify(
        &Pattern::operation("threads.custom_action").body(pressed),
        1,
    )
    .unwrap();
    mock.verify(&Pattern::operation("threads.sync_custom_action"), 1)
        .unwrap();
}

async fn form(b: &Browser) {
    let mock = Mock::builder().start().await.unwrap();
    b.go(mock.url()).await;
    b.say("show form").await;
    b.click(".questions input[type=radio]").await;
    b.keys(".questions textarea", "by bicycle").await;
    b.click(".questions button[type=submit]").await;
    b.sees(".structured_input .answer", "by bicycle").await;
    b.sees(".assistant_message", "by bicycle").await;
}

async fn widget_form(b: &Browser) {
    let mock = Mock::builder().start().await.unwrap();
    b.go(mock.url()).await;
    b.say("show widget form").await;
    b.click(".widget button[type=submit]").await;
    // The name is required, so that nothing is sent before it is there.
    assert_eq!(
        b.js("return document.querySelector('.widget form').checkValidity()")
            .await,
        Value::Bool(false)
    );
    b.keys(".widget input[type=text]", "Ada").await;
    b.click(".widget input[type=checkbox]").await;
    b.click(".widget button[type=submit]").await;
    b.sees(".assistant_message", "Ada").await;
    let order =
        json!({"form": "order", "order": {"name": "Ada", "terms": true, "delivery": "post"}});
    let sent = json!({"params": {"action": {"type": "showcase.submit", "payload": order}}});
    mock.verify(&Pattern::operation("threads.custom_action").body(sent), 1)
        .unwrap();
}

async fn tool(b: &Browser) {
    let mock = Mock::builder().start().await.unwrap();
    b.go(mock.url()).await;
    b.say("show tool").await;
    b.sees(".client_tool_call", "waits for the page").await;
    b.click(".client_tool_call button").await;
    b.sees(".client_tool_call", "answered").await;
    b.sees(".assistant_message", "\"ok\"").await;
}

async fn fault(b: &Browser) {
    let mock = Mock::builder().start().await.unwrap();
    b.go(mock.url()).await;
    b.say("hello").await;
    b.click("#tab-switches").await;
    b.click("#fault-status").await;
    b.sees("#fault-count", "1 on").await;
    b.keys("#composer-text", "are you there?\u{e007}").await;
    b.sees("#signals .danger", "There is no answer").await;
    // What was refused is not lost.
    b.until("document.querySelector('#composer-text').value === 'are you there?'")
        .await;
    b.js("document.querySelector('#composer-text').value = ''")
        .await;
    b.click("#fault-status").await;
    b.sees("#fault-count", "none on").await;
    // What would never be seen beside another is not shown as on.
    b.click("#fault-crlf").await;
    b.sees("#fault-count", "1 on").await;
    b.click("#fault-cr").await;
    b.sees("#toasts", "crlf and cr can never both take effect")
        .await;
    b.until("!document.querySelector('#fault-cr').checked")
        .await;
    b.click("#toasts button").await;
    b.until("!document.querySelector('.toast')").await;
    b.click("#fault-crlf").await;
    b.sees("#fault-count", "none on").await;
    b.say("show crash").await;
    b.sees("#signals .danger", "stream.error").await;
    b.click("#signals button").await;
    b.until("document.querySelector('#stop').hidden").await;
    mock.wait_for(
        &Pattern::operation("threads.retry_after_item"),
        1,
        Duration::from_secs(30),
    )
    .await
    .unwrap();
    b.click("#tab-wire").await;
    b.until("document.querySelector('.wire .status[data-class=\"5\"]')")
        .await;
}

async fn wire(b: &Browser) {
    let mock = Mock::builder()
        .pace(Duration::from_secs(3600))
        .start()
        .await
        .unwrap();
    b.go(mock.url()).await;
    b.sees("#feed-state", "live").await;
    b.keys("#composer-text", "show text 5\u{e007}").await;
    // The answer stands still after its first word, and what came before is on the wire.
    b.sees(".wire .name", "threads.create").await;
    b.js("for (const e of document.querySelectorAll('.wire .request')) e.open = true")
        .await;
    b.sees(".wire .kind", "thread.created").await;
    b.sees(".wire .kind", "text_delta").await;
    b.until("!document.querySelector('#stop').hidden").await;
    // Its thread is listed though its answer goes on.
    b.until("document.querySelectorAll('#thread-list li').length === 1")
        .await;
    b.until("document.querySelector('#no-threads').hidden")
        .await;
    b.click("#stop").await;
    b.sees(".wire .outcome", "the client left").await;
    b.sees("#signals", "You stopped the answer").await;
    let left = Pattern::operation("threads.create").outcome(Outcome::Cancelled);
    mock.wait_for(&left, 1, Duration::from_secs(30))
        .await
        .unwrap();
    b.js("for (const e of document.querySelectorAll('.wire .raw details')) e.open = true")
        .await;
    b.sees(".wire .raw pre", "show text 5").await;
    b.keys("#wire-filter", "threads.create").await;
    b.until("[...document.querySelectorAll('.wire .row')].some(e => e.hidden) && [...document.querySelectorAll('.wire .row:not([hidden])')].every(e => e.innerText.includes('threads.create'))").await;
    b.keys("#wire-filter", " and nothing like it").await;
    b.sees("#wire-found", "0 of ").await;
}

async fn upload(b: &Browser) {
    let mock = Mock::builder().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    std::fs::write(&path, "some notes").unwrap();
    b.go(mock.url()).await;
    b.keys("#file", path.to_str().unwrap()).await;
    b.sees("#files", "notes.txt").await;
    b.say("what is in it?").await;
    b.sees(".user_message .attachment", "notes.txt").await;
    mock.verify(
        &Pattern::default()
            .method("PUT")
            .path("/files/*")
            .status(200),
        1,
    )
    .unwrap();
}

async fn threads(b: &Browser) {
    let old = NewThread::titled("An old one")
        .item(json!({"user": "how was it?"}))
        .item(json!({"assistant": "It was *fine*."}));
    let mock = Mock::builder().thread(old).start().await.unwrap();
    b.go(mock.url()).await;
    b.sees("#thread-list", "An old one").await;
    b.click("#thread-list button").await;
    b.until("document.querySelector('.assistant_message em')")
        .await;
    b.sees("#thread-title", "An old one").await;
    b.click("#delete-thread").await;
    b.until("document.querySelectorAll('#thread-list li').length === 0")
        .await;
    mock.verify(&Pattern::operation("threads.delete"), 1)
        .unwrap();
    let many = (0..60).map(|number| NewThread::titled(format!("Thread {number}")));
    mock.seed_threads(many.collect()).await.unwrap();
    b.go(mock.url()).await;
    b.until("document.querySelectorAll('#thread-list li').length === 51")
        .await;
    b.click("#thread-list .older").await;
    b.until("document.querySelectorAll('#thread-list li').length === 60")
        .await;
}

async fn every_word(b: &Browser) {
    let mock = Mock::builder().start().await.unwrap();
    b.go(mock.url()).await;
    b.until("document.querySelectorAll('#words button').length > 20")
        .await;
    b.click("#words button").await;
    b.sees(".user_message", "show text").await;
    for words in [
        "show all",
        "show widget gallery",
        "show widget chart",
        "show widget list",
    ] {
        b.say(words).await;
    }
    assert_eq!(
        b.js("return document.querySelectorAll('.w-unknown').length")
            .await,
        json!(0)
    );
    b.until("document.querySelector('.workflow .task') && document.querySelector('.w-chart .bar') && document.querySelector('.image img')").await;
    b.say("show lock").await;
    b.sees("#thread-status", "locked").await;
    b.until("document.querySelector('#composer-text').disabled")
        .await;
}

async fn switches(b: &Browser) {
    let mock = Mock::builder().start().await.unwrap();
    b.go(mock.url()).await;
    b.say("hello").await;
    b.click("#tab-switches").await;
    b.keys("#pace", "\u{e014}").await;
    b.sees("#pace-shown", "5 ms").await;
    b.click("[data-advance='10m']").await;
    b.sees("#clock-shown", "10 min ahead").await;
    b.click("#reset").await;
    b.sees("#pace-shown", "as fast as it goes").await;
    b.until("document.querySelectorAll('#thread-list li').length === 0")
        .await;
    b.until("!document.querySelector('#welcome').hidden").await;
}

async fn scenario(b: &Browser) {
    let given = "- when: hello\n  then: Hello by a rule.\n";
    let mock = Mock::builder().scenario(given).start().await.unwrap();
    b.go(mock.url()).await;
    b.click("#tab-scenario").await;
    b.sees("#scenario-what", "1 rule").await;
    let text = "document.querySelector('#scenario-text').value";
    assert_eq!(b.js(&format!("return {text}")).await, json!(given));
    b.say("hello").await;
    b.sees(".assistant_message", "Hello by a rule.").await;
    // One that is wrong is not taken, and says where.
    b.js(&format!("{text} = '- when: hello\\n  thne: x'; document.querySelector('#scenario-text').dispatchEvent(new Event('input'))")).await;
    b.click("#scenario-put").await;
    b.sees("#scenario-findings .error", ":2:3").await;
    b.sees("#scenario-what", "1 rule").await;
    b.js(&format!(
        "{text} = '- when: hello\\n  then: Hello by another.\\n- then: What else?'"
    ))
    .await;
    b.click("#scenario-put").await;
    b.sees("#scenario-what", "2 rules, put here").await;
    b.say("hello").await;
    b.sees(".item:last-child", "Hello by another.").await;
    b.click("#scenario-back").await;
    b.sees("#scenario-what", "1 rule").await;
    assert_eq!(b.js(&format!("return {text}")).await, json!(given));
}

async fn official(b: &Browser) {
    let mock = Mock::builder().start().await.unwrap();
    b.go(mock.url()).await;
    b.click("#tab-connect").await;
    let origin = json!(mock.url());
    b.until(format!(
        "document.querySelector('#snippets').innerText.includes({origin})"
    ))
    .await;
    b.click("#official").await;
    // With the network it is there; without it the frame says so. Either way the page goes on.
    let inside = "document.querySelector('iframe').contentDocument";
    b.until(format!("{inside}?.querySelector('openai-chatkit') || {inside}?.querySelector('#note')?.innerText.includes('Everything else')")).await;
    b.say("still here?").await;
    b.sees(".assistant_message", "still here?").await;
}
