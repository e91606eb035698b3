//! Actions: what the showcase's own do, and what is said to any other.

use serde_json::Value;

use super::super::script::Script;
use super::prose::{code, json};
use super::stage::{Scene, chain, replaced, steps};
use super::{thread, widget};
use crate::protocol::widget::{Component, ComponentKind};
use crate::protocol::{Action, Item, ItemKind};

/// Puts another widget in the place of the sender.
const REPLACE: &str = "showcase.replace";

/// Hands in a form, which is answered by what it held.
const SUBMIT: &str = "showcase.submit";

/// Counts a click; its buttons ask for it synchronously.
const COUNT: &str = "showcase.count";

/// Makes a locked or closed thread active.
const OPEN: &str = "showcase.open";

/// What stands before the number in the badge that counts.
const CLICKS: &str = "Clicks: ";

/// Answers an action by a stream.
pub(super) fn run(scene: &Scene, action: &Action, sender: Option<&Item>) -> Script {
    match (action.kind.as_str(), sender) {
        (REPLACE, Some(sender)) => chain(vec![
            steps(vec![replaced(with_widget(
                sender,
                widget::named("replaced"),
            ))]),
            scene.text("The widget was replaced."),
        ]),
        (COUNT, Some(sender)) => steps(vec![replaced(sync_action(sender.clone(), action))]),
        (OPEN, _) => thread::open(scene),
        (SUBMIT, _) => scene.text(&format!("You handed in:\n\n{}", payload(action))),
        _ => report(scene, action, sender),
    }
}

/// What a synchronous action makes of its widget: the same item, with a line that names the action,
/// and one click more where clicks are counted.
pub(in crate::server) fn sync_action(mut item: Item, action: &Action) -> Item {
    if let ItemKind::Widget(body) = &mut item.kind {
        if action.kind == COUNT {
            count(&mut body.widget);
        }
        let status = format!("{} is done", action.kind);
        widget::set_status(&mut body.widget, &status, "check-circle");
    }
    item
}

/// Any other action: names what arrived.
fn report(scene: &Scene, action: &Action, sender: Option<&Item>) -> Script {
    let from = sender.map_or_else(
        || "no item".to_owned(),
        |item| format!("the widget {}", code(item.id.as_str())),
    );
    scene.text(&format!(
        "The action {} arrived from {from}. Its payload:\n\n{}",
        code(&action.kind),
        payload(action)
    ))
}

fn payload(action: &Action) -> String {
    json(action.payload.as_deref().unwrap_or(&Value::Null))
}

fn with_widget(sender: &Item, widget: Component) -> Item {
    let mut item = sender.clone();
    if let ItemKind::Widget(body) = &mut item.kind {
        *body.widget = widget;
    }
    item
}

/// Adds one to the number in the badge `clicks`, if the widget has one.
fn count(widget: &mut Component) {
    let Some(component) = widget.find_mut("clicks") else {
        return;
    };
    if let ComponentKind::Badge(badge) = &mut component.kind {
        let clicks: u64 = badge
            .label
            .strip_prefix(CLICKS)
            .and_then(|number| number.parse().ok())
            .unwrap_or(0);
        badge.label = format!("{CLICKS}{}", clicks + 1);
    }
}
