//! `widget [NAME]`: the widgets, which are written as JSON beside the code.

use super::super::script::Script;
use super::live::Live;
use super::prose::code;
use super::stage::{Scene, chain, done, steps};
use crate::protocol::from_slice;
use crate::protocol::widget::{Card, Component, ComponentKind, WidgetStatus};

/// What the card's Markdown becomes while it streams.
const STORY: &str = "This text **streams into the card** word by word. Markdown that is not complete yet should not flicker:\n\n1. a list\n2. `code`\n3. a [link](https://example.com)\n";

/// What the card's second text becomes; its component does not say that it streams.
const CAPTION: &str = "This line came after it.";

/// The widgets that can be asked for.
const SHOWN: &[(&str, &str)] = &[
    ("card", include_str!("widgets/card.json")),
    ("list", include_str!("widgets/list.json")),
    ("form", include_str!("widgets/form.json")),
    ("chart", include_str!("widgets/chart.json")),
    ("gallery", include_str!("widgets/gallery.json")),
];

/// The widgets that other words and the actions leave behind.
const PARTS: &[(&str, &str)] = &[
    ("reopen", include_str!("widgets/reopen.json")),
    ("replaced", include_str!("widgets/replaced.json")),
];

/// `widget [NAME]`: one widget; the card streams, the others are there at once.
pub(super) fn show(scene: &Scene, argument: &str) -> Script {
    let name = argument.to_lowercase();
    match name.as_str() {
        "" | "card" => card(scene),
        name if names().any(|known| known == name) => {
            let item = scene.widget(named(name), None);
            chain(vec![
                steps(vec![done(item)]),
                scene.text(&format!("That was the widget `{name}`.")),
            ])
        }
        name => {
            let known: Vec<String> = names().map(code).collect();
            scene.text(&format!(
                "There is no widget {}. There are {}.",
                code(name),
                known.join(", ")
            ))
        }
    }
}

/// The names that `widget` knows.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    SHOWN.iter().map(|&(name, _)| name)
}

/// A widget by its name.
pub(super) fn named(name: &str) -> Component {
    let (_, json) = SHOWN
        .iter()
        .chain(PARTS)
        .find(|&&(known, _)| known == name)
        .expect("the names asked for are the constants of this module");
    from_slice(json.as_bytes()).expect("a test decodes every widget of this module")
}

/// A card whose texts stream, then a badge that changes, then the end of streaming.
fn card(scene: &Scene) -> Script {
    let mut live = Live::new(scene, named("card"), Some(&format!("{STORY}\n{CAPTION}")));
    live.type_text("story", STORY);
    live.type_text("caption", CAPTION);
    live.change("state", |component| {
        if let ComponentKind::Badge(badge) = &mut component.kind {
            badge.label = "complete".into();
            badge.color = Some("success".into());
        }
    });
    live.change_root(|root| {
        if let Some((_, streaming)) = root
            .find_mut("story")
            .and_then(Component::streaming_value_mut)
        {
            *streaming = Some(false);
        }
        set_status(root, "Everything is here", "check");
    });
    live.done()
}

/// Puts a line above the content of a root that has room for one.
pub(super) fn set_status(root: &mut Component, text: &str, icon: &str) {
    let (ComponentKind::Card(Card { status, .. })
    | ComponentKind::ListView(crate::protocol::widget::ListView { status, .. })) = &mut root.kind
    else {
        return;
    };
    *status = Some(WidgetStatus {
        text: text.into(),
        icon: Some(icon.into()),
        ..WidgetStatus::default()
    });
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    fn kinds(component: &Component, found: &mut BTreeSet<String>) {
        found.insert(component.kind.type_name().to_owned());
        assert!(
            !matches!(component.kind, ComponentKind::Unknown(_)),
            "{component:?} did not decode"
        );
        for child in component.children() {
            kinds(child, found);
        }
    }

    #[test]
    fn every_widget_decodes_whole_and_is_written_as_it_was_read() {
        for (name, json) in SHOWN.iter().chain(PARTS) {
            let widget = named(name);
            kinds(&widget, &mut BTreeSet::new());
            let authored: Value = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_value(&widget).unwrap(), authored, "{name}");
        }
    }

    #[test]
    fn the_gallery_has_every_component() {
        let mut found = BTreeSet::new();
        kinds(&named("gallery"), &mut found);
        let missing: Vec<_> = ComponentKind::TYPES
            .iter()
            .filter(|kind| !found.contains(**kind))
            .collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn no_id_stands_twice_in_a_widget() {
        fn ids(component: &Component, found: &mut Vec<String>) {
            found.extend(component.id.clone());
            for child in component.children() {
                ids(child, found);
            }
        }
        for (name, _) in SHOWN.iter().chain(PARTS) {
            let mut found = Vec::new();
            ids(&named(name), &mut found);
            let count = found.len();
            found.sort();
            found.dedup();
            assert_eq!(found.len(), count, "{name}");
        }
    }
}
