//! Faults of the events.

use serde_json::{Value, json};

use super::cases;
use super::wire::{End, broken, whole};

/// What is sent where this of the whole answer would be, which is still ended in order.
#[track_caller]
fn becomes(fault: &str, change: impl FnOnce(&mut Vec<Value>)) {
    let mut expected = whole().events();
    change(&mut expected);
    let answer = broken(fault);
    assert_eq!(answer.events(), expected);
    assert_eq!((answer.status(), answer.end), (200, End::Whole));
}

cases! {
    fn twice() {
        becomes("twice", |events| events.insert(5, events[5].clone()));
        becomes("twice=thread.item.done:user_message", |events| {
            events.insert(1, events[1].clone());
        });
        becomes("twice,event=*,after=8,each", |events| {
            events.insert(9, events[9].clone());
            events.insert(8, events[8].clone());
        });
    }

    fn out_of_order() {
        becomes("out-of-order", |events| events.swap(5, 6));
        // What has nothing behind it is not lost.
        becomes("out-of-order=thread.item.done:assistant_message", |_| {});
    }

    fn update_before_add() {
        becomes("update-before-add", |events| events.swap(3, 4));
    }

    fn no_item_added() {
        becomes("no-item-added", |events| { events.remove(3); });
    }

    fn no_item_done() {
        becomes("no-item-done", |events| { events.pop(); });
    }

    fn done_twice() {
        becomes("done-twice", |events| events.push(events[9].clone()));
    }

    fn lost_delta() {
        becomes("lost-delta", |events| { events.remove(6); });
    }

    fn wrong_content_index() {
        becomes("wrong-content-index", |events| {
            for delta in &mut events[5..8] {
                delta["update"]["content_index"] = 7.into();
            }
        });
    }

    fn wrong_item_id() {
        becomes("wrong-item-id", |events| events[5]["item_id"] = "msg_nowhere".into());
    }

    fn duplicate_id() {
        becomes("duplicate-id", |events| {
            let id = events[1]["item"]["id"].clone();
            for event in &mut events[3..] {
                if event.get("item_id").is_some() {
                    event["item_id"] = id.clone();
                } else {
                    event["item"]["id"] = id.clone();
                }
            }
        });
    }

    fn hidden_item() {
        becomes("hidden-item", |events| {
            let (thread, at) = (events[9]["item"]["thread_id"].clone(), events[9]["item"]["created_at"].clone());
            events.insert(9, json!({"type": "thread.item.done", "item": {
                "id": "hcx_leaked", "thread_id": thread, "created_at": at,
                "type": "hidden_context_item", "content": "The user must not see this.",
            }}));
        });
    }

    fn unknown_event() {
        becomes("unknown-event", |events| {
            events.insert(2, json!({"type": "thread.weather_changed", "weather": "fair"}));
        });
    }

    fn unknown_item() {
        becomes("unknown-item", |events| {
            let mut item = events[9].clone();
            item["item"] = json!({
                "id": "msg_unknown", "thread_id": item["item"]["thread_id"],
                "created_at": item["item"]["created_at"], "type": "hologram", "depth": 3,
            });
            events.insert(9, item);
        });
    }

    fn unknown_update() {
        becomes("unknown-update", |events| {
            let mut update = events[5].clone();
            update["update"] = json!({"type": "assistant_message.content_part.tuned", "key": "D"});
            events.insert(5, update);
        });
    }

    fn malformed_json() {
        let answer = broken("malformed-json");
        let (text, whole) = (answer.text(), whole().text());
        let frames: Vec<_> = whole.split("\n\n").collect();
        let cut = frames[5].strip_suffix('}').unwrap();
        assert_eq!(text, whole.replacen(frames[5], cut, 1));
        assert_eq!(answer.end, End::Whole);
    }

    fn no_stream_options() {
        becomes("no-stream-options", |events| { events.remove(2); });
    }

    fn error_event() {
        becomes("error-event", |events| {
            events.truncate(7);
            events.push(json!({"type": "error", "code": "stream.error", "allow_retry": true}));
        });
        becomes("error-event=custom,message=no more,allow-retry=false,after=0", |events| {
            events.truncate(5);
            events.push(json!({
                "type": "error", "code": "custom", "message": "no more", "allow_retry": false,
            }));
        });
    }
}
