//! Whether everybody can use the page: names, contrast, keyboard, narrow screens.

use chatkit::server::Mock;
use serde_json::{Value, json};

use crate::driver::{Browser, Case, WIDE, Window};

/// Names of the controls that have none, and texts that are hard to read (WCAG 2.2, 1.4.3).
const LOOK: &str = include_str!("look.js");

pub fn cases() -> Vec<Case> {
    let case = |name, width, scheme| Case {
        window: Window {
            width,
            scheme,
            ..WIDE
        },
        ..Case::new(name, |b| Box::pin(readable(b)))
    };
    vec![
        case("looks_fine_light", 1440, "light"),
        case("looks_fine_dark", 1440, "dark"),
        case("looks_fine_narrow_light", 390, "light"),
        case("looks_fine_narrow_dark", 390, "dark"),
        Case::new("looks_fine_by_keyboard", |b| Box::pin(keyboard(b))),
    ]
}

async fn readable(b: &Browser) {
    let mock = Mock::builder().start().await.unwrap();
    b.go(mock.url()).await;
    b.until("document.querySelectorAll('#words button').length > 20")
        .await;
    let welcome = b.js(LOOK).await;
    assert_eq!(welcome, json!([]), "before anything is said");
    for words in [
        "show all",
        "show widget gallery",
        "show notice",
        "show form",
        "show error",
    ] {
        b.say(words).await;
    }
    assert_eq!(b.js(LOOK).await, json!([]), "after a conversation");
    for tab in ["wire", "switches", "scenario", "connect"] {
        b.js(&format!("document.querySelector('[data-show=look]').click(); document.querySelector('#tab-{tab}').click()")).await;
        assert_eq!(b.js(LOOK).await, json!([]), "{tab}");
    }
}

async fn keyboard(b: &Browser) {
    let mock = Mock::builder().start().await.unwrap();
    b.go(mock.url()).await;
    b.keys("body", "\u{e004}").await;
    assert_eq!(
        b.js("return document.activeElement.className").await,
        json!("skip")
    );
    b.keys(".skip", "\u{e007}").await;
    b.keys("#composer-text", "hello\u{e007}").await;
    b.sees(".assistant_message", "hello").await;
    b.sees("#announcer", "Assistant: ").await;
    b.js("document.querySelector('#tab-wire').focus()").await;
    b.keys("#tab-wire", "\u{e014}").await;
    assert_eq!(
        b.js("return document.activeElement.id").await,
        json!("tab-switches")
    );
    assert_eq!(
        b.js("return document.querySelector('#panel-switches').hidden")
            .await,
        Value::Bool(false)
    );
    b.keys("#tab-switches", "\u{e010}").await;
    assert_eq!(
        b.js("return document.activeElement.id").await,
        json!("tab-connect")
    );
}
