//! What can be acted on in a widget, in the order in which it stands there.

use std::collections::HashMap;

use serde_json::Value;

use super::field::field;
use super::{Action, ActionKind, Field};
use crate::protocol::widget::{ActionConfig, Component, ComponentKind};
use crate::render::clean_line;

/// How deep components go into each other; what is deeper is left out, and said so.
pub const DEEPEST: usize = 24;
/// How many components of a widget are shown; that there are more is said.
pub const MOST: usize = 1000;
/// How many fields of a form are asked for.
const FIELDS: usize = 200;

/// The actions of a widget, and where they stand.
#[derive(Debug, Default)]
pub struct Plan {
    /// In order.
    pub actions: Vec<Action>,
    /// The number before that of the first one.
    offset: usize,
    numbers: HashMap<String, usize>,
    /// What the labels call the fields.
    labels: HashMap<String, String>,
}

impl Plan {
    /// The number of what can be done at this place.
    pub fn number(&self, path: &str) -> Option<usize> {
        Some(self.offset + self.numbers.get(path)?)
    }

    /// Whether a label of its own names the field.
    pub fn is_labelled(&self, name: &str) -> bool {
        self.labels.contains_key(name)
    }

    fn add(&mut self, path: &str, action: Action) {
        self.actions.push(action);
        self.numbers.insert(path.to_owned(), self.actions.len());
    }
}

/// The children of a component; those of an unknown one are read as far as they can be.
pub fn children(component: &Component) -> std::borrow::Cow<'_, [Component]> {
    let ComponentKind::Unknown(unknown) = &component.kind else {
        return component.children().into();
    };
    let read = |value: &Value| crate::protocol::from_value(value.clone()).ok();
    match unknown.fields.get("children") {
        Some(Value::Array(children)) => children
            .iter()
            .take(MOST)
            .filter_map(read)
            .collect::<Vec<_>>()
            .into(),
        Some(child) => read(child).into_iter().collect::<Vec<_>>().into(),
        None => (&[]).into(),
    }
}

/// The way to a child.
pub fn child_path(path: &str, index: usize) -> String {
    format!("{path}.children[{index}]")
}

/// Finds everything that can be acted on; the first such thing has the number `first`.
pub fn plan(widget: &Component, first: usize) -> Plan {
    let mut plan = Plan {
        offset: first.saturating_sub(1),
        ..Plan::default()
    };
    let mut left = MOST;
    labels(widget, 0, &mut plan.labels, &mut left);
    let mut walk = Walk { plan, left: MOST };
    walk.component(widget, widget.kind.type_name(), 0, None);
    walk.plan
}

fn labels(
    component: &Component,
    depth: usize,
    found: &mut HashMap<String, String>,
    left: &mut usize,
) {
    if depth > DEEPEST || *left == 0 {
        return;
    }
    *left -= 1;
    if let ComponentKind::Label(label) = &component.kind {
        found.insert(label.field_name.clone(), clean_line(&label.value));
    }
    for child in children(component).iter() {
        labels(child, depth + 1, found, left);
    }
}

/// The form around a component: its fields and its action.
#[derive(Clone)]
struct Around<'a> {
    fields: std::sync::Arc<Vec<Field>>,
    action: Option<&'a ActionConfig>,
}

struct Walk {
    plan: Plan,
    left: usize,
}

impl Walk {
    fn component(
        &mut self,
        component: &Component,
        path: &str,
        depth: usize,
        form: Option<&Around<'_>>,
    ) {
        if depth > DEEPEST || self.left == 0 {
            return;
        }
        self.left -= 1;
        let own = self.form(component, depth);
        let around = own.as_ref().or(form);
        self.own(component, path, around);
        for (index, child) in children(component).iter().enumerate() {
            self.component(child, &child_path(path, index), depth + 1, around);
        }
        self.after(component, path, own.as_ref());
    }

    fn form<'a>(&self, component: &'a Component, depth: usize) -> Option<Around<'a>> {
        let action = match &component.kind {
            ComponentKind::Form(form) => form.on_submit_action.as_ref(),
            ComponentKind::Card(card) if card.as_form == Some(true) => {
                card.confirm.as_ref().map(|confirm| &confirm.action)
            }
            _ => return None,
        };
        let (mut fields, mut left) = (Vec::new(), MOST);
        self.fields(component, depth, &mut fields, &mut left);
        Some(Around {
            fields: fields.into(),
            action,
        })
    }

    fn fields(
        &self,
        component: &Component,
        depth: usize,
        found: &mut Vec<Field>,
        left: &mut usize,
    ) {
        if depth > DEEPEST || *left == 0 {
            return;
        }
        *left -= 1;
        if found.len() < FIELDS {
            found.extend(field(component, &self.plan.labels));
        }
        for child in children(component).iter() {
            self.fields(child, depth + 1, found, left);
        }
    }

    fn own(&mut self, component: &Component, path: &str, form: Option<&Around<'_>>) {
        let fields = || form.map(|form| form.fields.to_vec()).unwrap_or_default();
        let (label, config, kind, disabled) = match &component.kind {
            ComponentKind::Button(body) => {
                let submit = body.submit == Some(true);
                let of_form = form.and_then(|form| form.action);
                let config = body.on_click_action.as_ref();
                let config = if submit { of_form.or(config) } else { config };
                if config.is_none() && !submit {
                    return;
                }
                let label = super::leaf::button_label(body).to_owned();
                let kind = if submit {
                    ActionKind::Submit(fields())
                } else {
                    ActionKind::Click
                };
                (label, config.cloned(), kind, body.disabled == Some(true))
            }
            ComponentKind::ListViewItem(body) => {
                let Some(config) = &body.on_click_action else {
                    return;
                };
                let text = first_text(component, 0).unwrap_or_default();
                (text, Some(config.clone()), ActionKind::Click, false)
            }
            kind => {
                let Some(config) = on_change(kind) else {
                    return;
                };
                let Some(field) = field(component, &self.plan.labels) else {
                    return;
                };
                let disabled = field.disabled;
                (
                    field.label.clone(),
                    Some(config.clone()),
                    ActionKind::Change(field),
                    disabled,
                )
            }
        };
        self.add(component, path, &label, config, kind, disabled);
    }

    /// What stands below the children: a form that has no button of its own, a card's two.
    fn after(&mut self, component: &Component, path: &str, form: Option<&Around<'_>>) {
        match (&component.kind, form) {
            (ComponentKind::Form(body), Some(form)) if body.on_submit_action.is_some() => {
                let inside = format!("{path}.");
                let submits = |action: &Action| {
                    action.path.starts_with(&inside) && matches!(action.kind, ActionKind::Submit(_))
                };
                if !self.plan.actions.iter().any(submits) {
                    let kind = ActionKind::Submit(form.fields.to_vec());
                    let config = body.on_submit_action.clone();
                    self.add(component, path, "Submit", config, kind, false);
                }
            }
            (ComponentKind::Card(card), form) => {
                if let Some(confirm) = &card.confirm {
                    let fields = form.map(|form| form.fields.to_vec()).unwrap_or_default();
                    let (config, kind) = (confirm.action.clone(), ActionKind::Confirm(fields));
                    let path = format!("{path}.confirm");
                    self.add(component, &path, &confirm.label, Some(config), kind, false);
                }
                if let Some(cancel) = &card.cancel {
                    let (config, kind) = (cancel.action.clone(), ActionKind::Cancel);
                    let path = format!("{path}.cancel");
                    self.add(component, &path, &cancel.label, Some(config), kind, false);
                }
            }
            _ => {}
        }
    }

    fn add(
        &mut self,
        component: &Component,
        path: &str,
        label: &str,
        config: Option<ActionConfig>,
        kind: ActionKind,
        disabled: bool,
    ) {
        let action = Action {
            id: component.id.clone(),
            path: path.to_owned(),
            label: clean_line(label),
            config,
            kind,
            disabled,
        };
        self.plan.add(path, action);
    }
}

fn on_change(kind: &ComponentKind) -> Option<&ActionConfig> {
    match kind {
        ComponentKind::Select(body) => body.on_change_action.as_ref(),
        ComponentKind::DatePicker(body) => body.on_change_action.as_ref(),
        ComponentKind::Checkbox(body) => body.on_change_action.as_ref(),
        ComponentKind::RadioGroup(body) => body.on_change_action.as_ref(),
        _ => None,
    }
}

/// The first thing that can be read in a component.
fn first_text(component: &Component, depth: usize) -> Option<String> {
    let text = match &component.kind {
        ComponentKind::Text(body) => &body.value,
        ComponentKind::Title(body) => &body.value,
        ComponentKind::Caption(body) => &body.value,
        ComponentKind::Markdown(body) => &body.value,
        ComponentKind::Badge(body) => &body.label,
        _ if depth > DEEPEST => return None,
        _ => {
            let children = children(component);
            return children
                .iter()
                .find_map(|child| first_text(child, depth + 1));
        }
    };
    Some(text.clone())
}
