//! The page of a mock that was started with `--token`.

use std::net::{Ipv4Addr, SocketAddr};

use axum::http::HeaderMap;
use chatkit::cancel::Cancel;
use chatkit::server::{Config, Mock, Pattern, Proxy, ProxyConfig, Steering};
use serde_json::json;

use crate::driver::{Browser, Case, WIDE, Window};

const ENTER: &str = "\u{e007}";
const TOKEN: &str = "tok-9f2c'41\"ab";

pub fn cases() -> Vec<Case> {
    let looks = |name, width, scheme| Case {
        window: Window {
            width,
            scheme,
            ..WIDE
        },
        ..Case::new(name, |b| Box::pin(readable(b)))
    };
    vec![
        Case::new("door_asks_for_the_token_and_lets_in", |b| {
            Box::pin(lets_in(b))
        }),
        Case::new("door_shows_the_token_to_who_asks_and_nowhere_else", |b| {
            Box::pin(masked(b))
        }),
        Case::new("door_stays_open_where_no_token_is_wanted", |b| {
            Box::pin(open(b))
        }),
        Case::new("door_behind_a_proxy_says_who_may_steer", |b| {
            Box::pin(through_a_proxy(b))
        }),
        looks("door_looks_fine_light", 1440, "light"),
        looks("door_looks_fine_narrow_dark", 390, "dark"),
    ]
}

/// Whether a text stands anywhere in the document.
fn holds(text: &str) -> String {
    let text = json!(text);
    format!("document.documentElement.textContent.includes({text})")
}

async fn lets_in(b: &Browser) {
    let mock = Mock::builder().token(TOKEN).start().await.unwrap();
    b.go(mock.url()).await;
    b.sees("#door", "This mock wants a token").await;
    b.until("document.activeElement.id === 'token' && document.activeElement.type === 'password'")
        .await;
    // What is said before is not lost.
    b.keys("#composer-text", &format!("hello{ENTER}")).await;
    b.sees("#signals .danger", "--token").await;
    b.until("document.querySelector('#composer-text').value === 'hello'")
        .await;
    b.keys("#token", &format!("no such token{ENTER}")).await;
    b.sees("#token-note", "neither spaces").await;
    b.js("document.querySelector('#token').value = ''").await;
    b.keys("#token", &format!("wrong{ENTER}")).await;
    b.sees("#token-note", "not the token").await;
    b.keys("#token", &format!("{TOKEN}{ENTER}")).await;
    b.until("document.querySelector('#door').hidden").await;
    b.keys("#composer-text", ENTER).await;
    b.sees(".assistant_message", "hello").await;
    mock.verify(&Pattern::operation("threads.create").status(200), 1)
        .unwrap();
    // It is the tab's, and no other's.
    b.go(mock.url()).await;
    b.sees("#thread-list", "Untitled thread").await;
    b.until("document.querySelector('#door').hidden").await;
    let kept = "[sessionStorage.length, localStorage.length, document.cookie]";
    assert_eq!(b.js(&format!("return {kept}")).await, json!([1, 0, ""]));
    // Another mock at this address wants another one.
    b.js("sessionStorage.setItem('chatkit-token', 'of yesterday')")
        .await;
    b.go(mock.url()).await;
    b.sees("#token-note", "not the token").await;
    assert_eq!(b.js("return sessionStorage.length").await, json!(0));
}

async fn masked(b: &Browser) {
    let mock = Mock::builder().token(TOKEN).start().await.unwrap();
    b.go(mock.url()).await;
    b.sees("#door", "This mock wants a token").await;
    b.click("#tab-connect").await;
    b.sees("#snippets", "Authorization: \"Bearer YOUR_TOKEN\"")
        .await;
    b.keys("#token", &format!("{TOKEN}{ENTER}")).await;
    b.until("document.querySelector('#door').hidden").await;
    b.say("hello").await;
    b.js("for (const details of document.querySelectorAll('#wire-list details')) details.open = true")
        .await;
    b.until("document.querySelector('#wire-list').textContent.includes('authorization')")
        .await;
    b.sees("#token-shown", "••••••••").await;
    b.sees(
        "#snippets",
        "--header 'Authorization: Bearer YOUR_TOKEN' \"show all\"",
    )
    .await;
    b.until(format!("!{}", holds("tok-9f2c"))).await;
    b.click("#token-show").await;
    b.sees("#token-shown", TOKEN).await;
    b.sees("#snippets", r#""Bearer tok-9f2c'41\"ab""#).await;
    b.sees("#snippets", r#"'Authorization: Bearer tok-9f2c'\''41"ab'"#)
        .await;
    b.click("#token-show").await;
    b.until(format!("!{}", holds("tok-9f2c"))).await;
    b.click("#token-forget").await;
    b.sees("#token-note", "It stays in this tab").await;
    b.until("document.querySelector('#token-kept').hidden && sessionStorage.length === 0")
        .await;
}

async fn open(b: &Browser) {
    let mock = Mock::builder().start().await.unwrap();
    b.go(mock.url()).await;
    b.say("hello").await;
    b.click("#tab-connect").await;
    b.sees("#snippets", "domainKey").await;
    b.until(
        "document.querySelector('#door').hidden && document.querySelector('#token-kept').hidden",
    )
    .await;
    b.until(format!("!{}", holds("Authorization"))).await;
}

/// A mock behind a reverse proxy, which does not keep the `Host`.
async fn behind_a_proxy(steering: Steering) -> (chatkit::server::Running, String) {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let config = Config {
        address,
        steering,
        ..Config::default()
    };
    let mock = Mock::bind(config).await.unwrap().start();
    let proxy = Proxy::bind(ProxyConfig {
        address,
        upstream: format!("{}/", mock.url()).parse().unwrap(),
        allowed_hosts: Vec::new(),
        headers: HeaderMap::new(),
        recording: None,
    });
    let proxy = proxy.await.unwrap();
    let url = proxy.url();
    tokio::spawn(proxy.run(Cancel::new()));
    (mock, url)
}

async fn through_a_proxy(b: &Browser) {
    let (_mock, url) = behind_a_proxy(Steering::Loopback).await;
    b.go(&url).await;
    b.sees("#wire-list", "came through a proxy").await;
    b.sees("#wire-list", "--admin-open").await;
    b.say("hello").await;
    b.sees(".assistant_message", "hello").await;
    let (_mock, url) = behind_a_proxy(Steering::Open).await;
    b.go(&url).await;
    b.say("hello again").await;
    b.sees("#wire-list", "threads.create").await;
    b.click("#tab-switches").await;
    b.click("#fault-status").await;
    b.sees("#fault-count", "1 on").await;
}

async fn readable(b: &Browser) {
    let mock = Mock::builder().token(TOKEN).start().await.unwrap();
    b.go(mock.url()).await;
    b.sees("#door", "This mock wants a token").await;
    let look = include_str!("look.js");
    assert_eq!(b.js(look).await, json!([]), "while it asks");
    b.keys("#token", &format!("{TOKEN}{ENTER}")).await;
    b.until("document.querySelector('#door').hidden").await;
    b.js("document.querySelector('[data-show=look]').click(); document.querySelector('#tab-connect').click(); document.querySelector('#token-show').click()").await;
    b.sees("#token-shown", TOKEN).await;
    assert_eq!(b.js(look).await, json!([]), "once it is known");
}
