//! What is tried again after an answer that broke off, and that nothing is said or done twice.

use chatkit::server::{Mock, Pattern};
use serde_json::json;

use crate::driver::{Browser, Case};

const ENTER: &str = "\u{e007}";

pub fn cases() -> Vec<Case> {
    vec![
        Case::new("page_presses_again_what_broke_off", |b| Box::pin(action(b))),
        Case::new("page_retries_the_message_of_a_widget_that_is_gone", |b| {
            Box::pin(gone(b))
        }),
        Case::new("page_says_nothing_twice_that_the_mock_has", |b| {
            Box::pin(kept(b))
        }),
        Case::new("page_says_again_what_the_mock_has_not", |b| {
            Box::pin(lost(b))
        }),
    ]
}

async fn action(b: &Browser) {
    for (fault, words) in [
        (
            "error-event,operation=threads.custom_action,times=1",
            "stream.error",
        ),
        (
            "end-early=3,operation=threads.custom_action,times=1",
            "broke off",
        ),
        (
            "reset=during,operation=threads.custom_action,times=1",
            "broke off",
        ),
    ] {
        let scenario = "
- when: {action: buy}
  then: Bought it for you now.
- then: [{widget: {type: Card, children: [{type: Button, label: Buy, onClickAction: {type: buy, payload: {n: 7}}}]}}]
";
        let mock = Mock::builder().scenario(scenario).fault(fault).start();
        let mock = mock.await.unwrap();
        b.go(mock.url()).await;
        b.say("shop").await;
        b.click(".widget button").await;
        b.sees("#signals .danger", words).await;
        b.click("#signals button").await;
        b.sees(".assistant_message", "Bought it for you now.").await;
        b.until("document.querySelector('#stop').hidden").await;
        let pressed = json!({"params": {"action": {"type": "buy", "payload": {"n": 7}}}});
        let pressed = Pattern::operation("threads.custom_action").body(pressed);
        mock.verify(&pressed, 2).unwrap();
        mock.verify(&Pattern::operation("threads.retry_after_item"), 0)
            .unwrap();
        b.until("document.querySelectorAll('#items .widget').length === 1")
            .await;
        b.until("document.querySelectorAll('#signals .danger').length === 0")
            .await;
    }
}

async fn gone(b: &Browser) {
    let scenario = "
- when: {action: buy}
  then:
    - replace: {text: Sold out}
    - error: {message: The shop is closed, allow_retry: true}
- then: [{widget: {type: Card, children: [{type: Button, label: Buy, onClickAction: {type: buy}}]}}]
";
    let mock = Mock::builder().scenario(scenario).start().await.unwrap();
    b.go(mock.url()).await;
    b.say("shop").await;
    b.click(".widget button").await;
    b.sees("#signals .danger", "The shop is closed").await;
    b.sees(".assistant_message", "Sold out").await;
    b.click("#signals button").await;
    b.until("document.querySelector('#items .widget')").await;
    b.until("document.querySelector('#stop').hidden").await;
    mock.verify(&Pattern::operation("threads.retry_after_item"), 1)
        .unwrap();
}

async fn kept(b: &Browser) {
    for fault in [
        "empty-stream,times=1",
        "empty-stream=cut,times=1",
        "content-type=text/plain,times=1",
    ] {
        for turns in [0, 1] {
            let operation = ["threads.create", "threads.add_user_message"][turns];
            let fault = format!("{fault},operation={operation}");
            let mock = Mock::builder().fault(&*fault).start().await.unwrap();
            b.go(mock.url()).await;
            if turns == 1 {
                b.say("first").await;
            }
            b.keys("#composer-text", &format!("are you there?{ENTER}"))
                .await;
            b.sees("#signals .danger", "There is no answer").await;
            b.sees(".user_message", "are you there?").await;
            // It is there, and is not to be said again, but to be answered.
            b.until("document.querySelector('#composer-text').value === ''")
                .await;
            b.click("#signals button").await;
            b.sees(".assistant_message", "are you there?").await;
            b.until("document.querySelector('#stop').hidden").await;
            mock.verify(&Pattern::operation("threads.retry_after_item"), 1)
                .unwrap();
            let said = format!(
                "document.querySelectorAll('.user_message').length === {}",
                turns + 1
            );
            b.until(said).await;
            b.until("document.querySelectorAll('#thread-list li').length === 1")
                .await;
        }
    }
}

async fn lost(b: &Browser) {
    let fault = "status=502,operation=threads.add_user_message";
    let mock = Mock::builder().fault(fault).start().await.unwrap();
    b.go(mock.url()).await;
    b.say("the same").await;
    b.keys("#composer-text", &format!("the same{ENTER}")).await;
    b.sees("#signals .danger", "There is no answer").await;
    // The same words stand there from before, which is no reason to keep these back.
    b.until("document.querySelector('#composer-text').value === 'the same'")
        .await;
}
