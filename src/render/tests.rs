use std::fmt::Write as _;

use serde_json::{Value, json};

use super::workflow::Extent;
use super::*;
use crate::protocol::{Event, Item, ItemKind, ThreadStatus, from_value};

const WIDTHS: [usize; 3] = [40, 80, 120];

fn rich(width: usize) -> Look {
    Look {
        colors: Colors::Sixteen,
        links: true,
        ..Look::plain(width)
    }
}

/// What something looks like in every width, without and with colour; escapes are made visible.
fn sheet(draw: impl Fn(&Look) -> String) -> String {
    let mut sheet = String::new();
    for width in WIDTHS {
        let plain = draw(&Look::plain(width));
        for line in plain.lines() {
            assert!(super::width(line) <= width, "{line}");
        }
        let colored = draw(&rich(width)).replace('\u{1b}', "␛");
        let _ = write!(sheet, "=== {width}\n{plain}=== {width}, colour\n{colored}");
    }
    sheet
}

fn item_of(fields: &Value) -> Item {
    let mut whole = json!({"id": "i", "thread_id": "t", "created_at": "2026-11-20T00:00:00"});
    let map = whole.as_object_mut().unwrap();
    map.extend(fields.as_object().unwrap().clone());
    from_value(whole).unwrap()
}

fn items() -> Vec<(&'static str, Value)> {
    let sources = json!([
        {"type": "url", "title": "Streams in Rust", "url": "https://example.com/streams", "attribution": "Example"},
        {"type": "file", "title": "Notes", "filename": "notes.md"},
        {"type": "entity", "title": "Order 7", "id": "order_7"}]);
    let tasks = json!([
        {"type": "thought", "title": "Plan", "content": "Look it up **first**.", "status_indicator": "complete"},
        {"type": "web_search", "title": "Search", "queries": ["rust sse", "sse frames"], "sources": sources, "status_indicator": "complete"},
        {"type": "file", "title": "Read", "sources": [{"type": "file", "title": "", "filename": "a.pdf"}]},
        {"type": "image", "title": "Draw"},
        {"type": "custom", "title": "Write", "content": "a line", "status_indicator": "loading"},
        {"type": "dance"}]);
    let mut annotations = sources.clone();
    for source in annotations.as_array_mut().unwrap() {
        *source = json!({"type": "annotation", "source": source, "index": 3});
    }
    vec![
        (
            "user",
            json!({"type": "user_message", "quoted_text": "what you said before, at some length",
            "content": [{"type": "input_text", "text": "hi "}, {"type": "input_tag", "id": "x", "text": "@ada", "data": {}}],
            "attachments": [{"id": "a", "type": "file", "name": "f.txt", "mime_type": "text/plain"}]}),
        ),
        (
            "assistant",
            json!({"type": "assistant_message", "content": [{"type": "output_text",
            "text": include_str!("markdown/sample.md"), "annotations": annotations}]}),
        ),
        (
            "tool_pending",
            json!({"type": "client_tool_call", "status": "pending", "call_id": "c",
            "name": "read_file", "arguments": {"path": "/tmp/x", "lines": [1, 2]}}),
        ),
        (
            "tool_completed",
            json!({"type": "client_tool_call", "status": "completed", "call_id": "c",
            "name": "now", "arguments": {}, "output": {"time": "12:00"}}),
        ),
        (
            "image",
            json!({"type": "generated_image", "image": {"id": "g", "url": "https://example.com/i.png"}}),
        ),
        ("image_missing", json!({"type": "generated_image"})),
        (
            "form",
            json!({"type": "structured_input", "status": "pending", "inputs": [
            {"type": "multiple_choice", "id": "size", "question": "Which size?", "options": [{"value": "small"}, {"value": "large"}], "answer": {"values": ["large"]}},
            {"type": "multiple_choice", "id": "with", "question": "With what?", "multiple": true, "options": [{"value": "milk"}, {"value": "sugar"}]},
            {"type": "freeform", "id": "why", "question": "Why?", "description": "in a sentence", "answer": {"skipped": true}}]}),
        ),
        (
            "reasoning",
            json!({"type": "workflow", "workflow": {"type": "reasoning", "summary": {"duration": 73}, "tasks": tasks}}),
        ),
        (
            "workflow",
            json!({"type": "workflow", "workflow": {"type": "custom", "summary": {"title": "Researched"}, "expanded": true, "tasks": tasks}}),
        ),
        (
            "task",
            json!({"type": "task", "task": {"type": "custom", "title": "Alone", "content": "with *Markdown*"}}),
        ),
        ("unknown", json!({"type": "hologram", "depth": 3})),
    ]
}

#[test]
fn every_item_in_every_width() {
    for (name, fields) in items() {
        let value = item_of(&fields);
        insta::assert_snapshot!(name, sheet(|look| item::item(&value, look).text));
    }
}

#[test]
fn every_component_in_every_width() {
    for (name, text) in [
        (
            "widget_card",
            include_str!("../server/showcase/widgets/card.json"),
        ),
        (
            "widget_chart",
            include_str!("../server/showcase/widgets/chart.json"),
        ),
        (
            "widget_form",
            include_str!("../server/showcase/widgets/form.json"),
        ),
        (
            "widget_gallery",
            include_str!("../server/showcase/widgets/gallery.json"),
        ),
        (
            "widget_list",
            include_str!("../server/showcase/widgets/list.json"),
        ),
    ] {
        let component = serde_json::from_str(text).unwrap();
        insta::assert_snapshot!(name, sheet(|look| widget::render(&component, look).text));
    }
}

#[test]
fn every_signal_in_every_width() {
    let draw = |look: &Look| {
        let mut text = String::new();
        for level in ["info", "warning", "danger", "odd"] {
            let notice = json!({"level": level, "title": "Title", "message": "some **Markdown** that is long enough to be wrapped in a narrow terminal"});
            text += &signal::notice(&from_value(notice).unwrap(), look);
        }
        text += &signal::progress(
            &from_value(json!({"text": "Looking\nit up"})).unwrap(),
            look,
        );
        text += "\n";
        text += &signal::effect(
            &from_value(json!({"name": "open", "data": {"tab": 2}})).unwrap(),
            look,
        );
        text += &signal::title("A title", look);
        text += &signal::status(
            &from_value(json!({"type": "locked", "reason": "paid"})).unwrap(),
            look,
        );
        text += &signal::removed("msg_1", look);
        text += &signal::replaced("msg_2", look);
        text += &item::image(None, Some(0.4), look);
        text
    };
    insta::assert_snapshot!("signals", sheet(draw));
}

#[test]
fn parts_and_references_of_unknown_types_are_named() {
    let message = item_of(&json!({"type": "assistant_message", "content": [
        {"type": "output_refusal", "refusal": "no"},
        {"type": "output_text", "text": "yes", "annotations": [{"type": "newann", "z": 1}]},
    ]}));
    let text = item::item(&message, &Look::plain(40)).text;
    assert!(text.contains("part of the type output_refusal"), "{text}");
    assert!(text.contains("1. ‹newann›"), "{text}");
}

#[test]
fn what_a_user_an_event_or_a_status_says_in_an_unknown_way_is_shown() {
    let message = item_of(
        &json!({"type": "user_message", "attachments": [], "content": [
            {"type": "input_text", "text": "hi"}, {"type": "input_video", "x": "\u{1b}[2J"},
        ]}),
    );
    let part = "part of the type input_video: {\"x\":\"\\u001b[2J\"}";
    for text in [
        item::item(&message, &Look::plain(80)).text,
        plain::item(&message),
    ] {
        assert!(text.contains("hi\n") && text.contains(part), "{text}");
    }
    let event: Event = from_value(json!({"type": "weird.event", "why": "so"})).unwrap();
    let Event::Unknown(event) = event else {
        panic!("{event:?}");
    };
    let told = signal::unknown(&event, &Look::plain(80));
    assert!(told.contains("weird.event {\"why\":\"so\"}"), "{told}");
    let status: ThreadStatus = from_value(json!({"type": "asleep", "reason": "late"})).unwrap();
    assert_eq!(plain::status(&status), "asleep {\"reason\":\"late\"}");
}

#[test]
fn questions_and_sources_of_unknown_types_show_what_they_say() {
    let shown = |item: &Value| {
        let item = item_of(item);
        let look = Look::plain(80);
        (item::item(&item, &look).text, plain::item(&item))
    };
    let (drawn, told) = shown(
        &json!({"type": "structured_input", "status": "pending", "inputs": [
            {"type": "slider", "label": "How \u{1b}[2Jmuch?", "max": 9},
            {"type": "slider", "question": "How far?", "id": null},
            {"type": "slider", "id": "s", "question": "How long?", "step": 2},
        ]}),
    );
    for words in [
        "   ‹slider› {\"label\":\"How \\u001b[2Jmuch?\",\"max\":9}\n",
        "2. How far?\n   ‹slider›\n",
        "3. How long?\n   ‹slider› {\"step\":2}\n",
    ] {
        assert!(drawn.contains(words), "{drawn}");
    }
    assert!(
        told.contains("s: How long? ‹slider› {\"step\":2}"),
        "{told}"
    );
    assert!(
        told.contains("much?\",\"max\":9}\n‹slider› How far?\n"),
        "{told}"
    );

    let task = json!({"type": "file", "status_indicator": "none", "sources": [
        {"type": "podcast", "title": "Waves", "url": "https://p.example/1", "minute": 5},
        {"type": "podcast", "url": "https://p.example/2"},
        {"type": "podcast"},
    ]});
    let (drawn, _) = shown(&json!({"type": "task", "task": task}));
    for words in [
        "- Waves (https://p.example/1) [podcast] {\"minute\":5}\n",
        "- https://p.example/2 [podcast]\n",
        "- [podcast]\n",
    ] {
        assert!(drawn.contains(words), "{drawn}");
    }
    let annotations = task["sources"].as_array().unwrap().iter();
    let annotations: Vec<Value> = annotations
        .map(|source| json!({"type": "annotation", "source": source}))
        .collect();
    let parts = json!([{"type": "output_text", "text": "yes", "annotations": annotations}]);
    let message = item_of(&json!({"type": "assistant_message", "content": parts}));
    let ItemKind::AssistantMessage(message) = message.kind else {
        panic!("no message")
    };
    let told: Vec<String> = plain::sources(&message).collect();
    let first = "[1] Waves (podcast: https://p.example/1) {\"minute\":5}";
    assert_eq!(
        told,
        [first, "[2] podcast: https://p.example/2", "[3] podcast"]
    );
}

#[test]
fn a_running_workflow_is_shown_whole() {
    let (_, fields) = items().swap_remove(7);
    let workflow = from_value(fields["workflow"].clone()).unwrap();
    let text = workflow::workflow(&workflow, Extent::Whole, &Look::plain(60));
    assert!(text.lines().count() > 8, "{text}");
    let text = workflow::workflow(&workflow, Extent::Summary, &Look::plain(60));
    assert_eq!(text, "▸ Thought for 1 min 13 s (6 steps)\n");
}

/// Puts a text behind every string that is not a type or a time.
fn poison(value: &mut Value, text: &str) {
    match value {
        Value::String(string) => string.push_str(text),
        Value::Array(values) => values.iter_mut().for_each(|value| poison(value, text)),
        Value::Object(fields) => {
            for (key, value) in fields.iter_mut() {
                if !matches!(key.as_str(), "type" | "status" | "created_at") {
                    poison(value, text);
                }
            }
        }
        _ => {}
    }
}

#[test]
fn hostile_text_in_any_field_leaves_no_control_character() {
    let pile = "\u{300}".repeat(40);
    let hostile =
        format!("\u{1b}[2J\u{1b}]0;x\u{7}\u{9b}31m\u{202e}\u{8}\u{2066}\r\u{feff}a{pile}");
    for (name, mut fields) in items() {
        poison(&mut fields, &hostile);
        let text = item::item(&item_of(&fields), &Look::plain(60)).text;
        let bad = |c: char| {
            c != '\n' && (c.is_control() || matches!(c, '\u{202e}' | '\u{2066}' | '\u{feff}'))
        };
        assert!(!text.contains(bad), "{name}: {text:?}");
        assert!(!text.contains(&"\u{300}".repeat(20)), "{name}");
    }
}
