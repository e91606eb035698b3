//! Widgets: components, props, actions, and what keeps its id while it changes.

use std::collections::BTreeSet;

use serde_json::Value;

use super::widget_shape::{ROOTS, is_known, parts, wrong_props};
use crate::check::actions::actions_of;
use crate::check::evidence::{Evidence, Exchange, Frame, Probe};
use crate::check::rule::{Finding, Review, Rule, Severity, Verdict};
use crate::protocol::{Event, ItemKind, Update};
use crate::transcript::Violation;

const SHAPES: &str = "openai-chatkit 1.6.5, widgets.py: the components and their fields";
const STREAMS: &str = "openai-chatkit 1.6.5, server.py, diff_widget: only Text and Markdown with an id stream their value";
const WIDGET: &[Probe] = &[Probe::Widget];

macro_rules! rule {
    ($id:literal, $severity:ident, $says:literal, $source:expr, $fix:literal, $judge:expr) => {
        Rule {
            id: $id,
            severity: Severity::$severity,
            says: $says,
            source: $source,
            fix: $fix,
            needs: WIDGET,
            judge: $judge,
        }
    };
}

pub(super) const RULES: &[Rule] = &[
    rule!(
        "widgets/root",
        Must,
        "a widget's root is a Card, a ListView or a Basic",
        SHAPES,
        "put the components into a Card",
        |evidence| each_widget(evidence, wrong_root)
    ),
    rule!(
        "widgets/known-components",
        Should,
        "components are of types that clients draw",
        SHAPES,
        "use the components of the widget builder; others are left out by clients",
        |evidence| each_widget(evidence, unknown_component)
    ),
    rule!(
        "widgets/props",
        Must,
        "the props of a component are of their types, and those that it needs are there",
        SHAPES,
        "build widgets with the package's classes or from a .widget file, which check them",
        |evidence| each_widget(evidence, wrong_prop)
    ),
    rule!(
        "widgets/unique-ids",
        Should,
        "no two components of a widget have one id",
        STREAMS,
        "give an id to components that stream or change, and to each another one",
        |evidence| each_widget(evidence, double_id)
    ),
    rule!(
        "widgets/actions",
        Must,
        "an action has a type, and says in known words who runs it and what shows that it runs",
        "openai-chatkit 1.6.5, actions.py, ActionConfig: handler server or client; loadingBehavior auto, none, self or container",
        "write actions as {type, payload, handler, loadingBehavior, streaming}",
        |evidence| each_widget(evidence, wrong_action)
    ),
    rule!(
        "widgets/ids-kept",
        Must,
        "a component that is updated by its id is in the widget, and keeps the id",
        STREAMS,
        "keep the ids of components over updates of the root, and send a component under its own id",
        ids_kept
    ),
    rule!(
        "widgets/streamable",
        Must,
        "only Text and Markdown stream their value",
        STREAMS,
        "send widget.component.updated or widget.root.updated for other components",
        |evidence| fold(evidence, "a Text or a Markdown", |found| {
            matches!(found, Violation::NotStreamable { .. })
        })
    ),
];

/// What is wrong with a widget, and where in it.
type Wrong = Option<(String, String)>;

fn each_widget(evidence: &Evidence, wrong: fn(&Value) -> Wrong) -> Verdict {
    let mut review = Review::default();
    for exchange in evidence.turns() {
        for (frame, _) in exchange.events().filter(|(_, event)| carries_widget(event)) {
            let value: Value = serde_json::from_slice(&frame.data).unwrap_or(Value::Null);
            let widget = [&value["item"]["widget"], &value["update"]["widget"]];
            let Some(widget) = widget.into_iter().find(|widget| widget.is_object()) else {
                continue;
            };
            review
                .check(wrong(widget).map(|(found, expected)| at(exchange, frame, found, expected)));
        }
    }
    review.verdict(evidence.reason(Probe::Widget, "no widget came"))
}

fn at(exchange: &Exchange, frame: &Frame, found: String, expected: String) -> Finding {
    Finding::at(exchange, frame, found, expected)
}

fn carries_widget(event: &Event) -> bool {
    match event {
        Event::ItemAdded(body) | Event::ItemDone(body) | Event::ItemReplaced(body) => {
            matches!(body.item.kind, ItemKind::Widget(_))
        }
        Event::ItemUpdated(updated) => matches!(updated.update, Update::RootUpdated(_)),
        _ => false,
    }
}

fn ids_kept(evidence: &Evidence) -> Verdict {
    let mut review = folded(evidence, "the id of a component of the widget", |found| {
        matches!(found, Violation::UnknownComponent { .. })
    });
    for exchange in evidence.turns() {
        for (frame, event) in exchange.events() {
            let Event::ItemUpdated(updated) = event else {
                continue;
            };
            let Update::ComponentUpdated(update) = &updated.update else {
                continue;
            };
            let (old, new) = (&update.component_id, update.component.id.as_ref());
            review.check((new != Some(old)).then(|| {
                let new = new.map_or_else(|| "none".to_owned(), |id| format!("\"{id}\""));
                let found = format!("the component \"{old}\" is replaced by one whose id is {new}");
                at(
                    exchange,
                    frame,
                    found,
                    format!("a component of the id \"{old}\""),
                )
            }));
        }
    }
    review.verdict(evidence.reason(Probe::Widget, "no widget came"))
}

fn fold(evidence: &Evidence, expected: &str, is_meant: fn(&Violation) -> bool) -> Verdict {
    let review = folded(evidence, expected, is_meant);
    review.verdict(evidence.reason(Probe::Widget, "no widget came"))
}

fn folded(evidence: &Evidence, expected: &str, is_meant: fn(&Violation) -> bool) -> Review {
    let mut review = Review::default();
    for exchange in evidence.turns() {
        let has_widget = exchange.events().any(|(_, event)| carries_widget(event));
        if !has_widget {
            continue;
        }
        review.look();
        for (number, violation) in exchange
            .fold
            .violations
            .iter()
            .filter(|(_, it)| is_meant(it))
        {
            let found = violation.to_string();
            review.find(Finding::at_number(exchange, *number, found, expected));
        }
    }
    review
}

fn wrong_root(widget: &Value) -> Wrong {
    let kind = widget["type"].as_str().unwrap_or_default();
    (!ROOTS.contains(&kind)).then(|| (format!("the root is {}", widget["type"]), ROOTS.join(", ")))
}

fn unknown_component(widget: &Value) -> Wrong {
    parts(widget).into_iter().skip(1).find_map(|part| {
        let kind = part.value["type"].as_str().unwrap_or_default();
        let found = format!("{}: the type {}", part.path, part.value["type"]);
        (!is_known(kind)).then(|| (found, "a type of widgets.py".to_owned()))
    })
}

fn wrong_prop(widget: &Value) -> Wrong {
    let wrong = wrong_props_of(widget).next()?;
    Some((wrong, "the fields of widgets.py".to_owned()))
}

/// Which components of a widget have props that are not of their types, or lack some that they
/// need, and where: `children[0], a Button: label: expected a string`.
pub fn wrong_props_of(widget: &Value) -> impl Iterator<Item = String> {
    parts(widget).into_iter().filter_map(|part| {
        let mut bare = part.value.clone();
        // Actions are looked at by themselves.
        if let Some(fields) = bare.as_object_mut() {
            fields.retain(|name, value| !is_action(name, value));
        }
        let kind = part.value["type"].as_str().unwrap_or_default();
        let article = if kind.starts_with(['I', 'U']) {
            "an"
        } else {
            "a"
        };
        let wrong = wrong_props(&bare)?;
        let place = if part.path.is_empty() {
            "the root"
        } else {
            &part.path
        };
        Some(format!("{place}, {article} {kind}: {wrong}"))
    })
}

/// Whether a field holds an action, well formed or not.
fn is_action(name: &str, value: &Value) -> bool {
    match name {
        "confirm" | "cancel" => value["action"].is_object(),
        _ => name.starts_with("on") && name.ends_with("Action") && value.is_object(),
    }
}

fn double_id(widget: &Value) -> Wrong {
    let mut ids = BTreeSet::new();
    parts(widget).into_iter().find_map(|part| {
        let id = part.value["id"].as_str()?;
        let found = format!("{}: another component has the id \"{id}\"", part.path);
        (!ids.insert(id)).then(|| (found, "an id of its own".to_owned()))
    })
}

fn wrong_action(widget: &Value) -> Wrong {
    let expected = "{type, payload?, handler: server|client, loadingBehavior: auto|none|self|container, streaming?}";
    let found = wrong_actions_of(widget).into_iter().next()?;
    Some((found, expected.to_owned()))
}

/// Which actions of a widget are none, and why: `the action "go": it has no type`.
pub fn wrong_actions_of(widget: &Value) -> Vec<String> {
    let actions = actions_of(widget);
    let wrong = |action: &Value| {
        let found = wrong_action_field(action)?;
        Some(format!("the action {action}: {found}"))
    };
    actions.iter().filter_map(wrong).collect()
}

fn wrong_action_field(action: &Value) -> Option<String> {
    if action["type"].as_str().is_none_or(str::is_empty) {
        return Some("it has no type".into());
    }
    let words: [(&str, &[&str]); 2] = [
        ("handler", &["server", "client"]),
        ("loadingBehavior", &["auto", "none", "self", "container"]),
    ];
    for (field, known) in words {
        let value = &action[field];
        let good = value.is_null() || value.as_str().is_some_and(|word| known.contains(&word));
        if !good {
            return Some(format!("{field} is {value}"));
        }
    }
    let streaming = &action["streaming"];
    let good = streaming.is_null() || streaming.is_boolean();
    (!good).then(|| format!("streaming is {streaming}"))
}
