//! Widgets as text in boxes, with their actions by number.

mod action;
mod chart;
mod control;
mod field;
mod frame;
mod layout;
mod leaf;
mod mended;
mod rows;
mod scale;
mod series;
mod want;

pub(super) use leaf::picture;
pub(super) use mended::mended;

use serde_json::Value;

use super::look::Look;
use super::span::{Line, to_text};
use crate::protocol::widget::{ActionConfig, Component};

/// A piece of a conversation as text, and what can be done with it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shown {
    /// Whole lines, cleaned, with the escape sequences of the look.
    pub text: String,
    /// What carries a number in the text, in the order of the numbers.
    pub actions: Vec<Action>,
}

/// Something in a widget that can be acted on.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// The component's id, if it has one.
    pub id: Option<String>,
    /// The way to the component: `Card.children[1].children[0]`.
    pub path: String,
    /// What it says, cleaned.
    pub label: String,
    /// What it does; a `submit` button has the action of its form, and none if the form has none.
    pub config: Option<ActionConfig>,
    /// How it is used.
    pub kind: ActionKind,
    /// Whether the widget says that it must not be used.
    pub disabled: bool,
}

/// How an action is used.
#[derive(Clone, Debug, PartialEq)]
pub enum ActionKind {
    /// At once.
    Click,
    /// With the values of these fields.
    Submit(Vec<Field>),
    /// With a value for this field.
    Change(Field),
    /// The card's own confirmation, with the values of its fields if the card is a form.
    Confirm(Vec<Field>),
    /// The card's own refusal.
    Cancel,
}

/// A control that takes a value.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The key of the value in the payload; dots make a path (`order.name`).
    pub name: String,
    /// What the reader calls it, cleaned.
    pub label: String,
    /// What it takes.
    pub kind: FieldKind,
    /// The value that it has before it is touched.
    pub default: Option<Value>,
    /// Whether it must have a value.
    pub required: bool,
    /// Whether the widget says that it must not be changed.
    pub disabled: bool,
}

/// What a control takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// A text.
    Text {
        /// `text`, `email`, `number`, `password`, `tel`, `url`.
        input_type: String,
        /// Whether it may have several lines.
        multiline: bool,
        /// What stands there before anything is written.
        placeholder: Option<String>,
        /// A regular expression that the value must match.
        pattern: Option<String>,
    },
    /// A date, as ISO 8601.
    Date {
        /// The first that may be chosen.
        min: Option<String>,
        /// The last that may be chosen.
        max: Option<String>,
    },
    /// One of these.
    Choice(Vec<Choice>),
    /// Yes or no.
    Checkbox,
}

/// A value that a field offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is shown, cleaned.
    pub label: String,
    /// Whether it must not be chosen.
    pub disabled: bool,
}

/// A widget, its actions numbered from one.
pub fn render(widget: &Component, look: &Look) -> Shown {
    numbered(widget, 1, look)
}

/// A widget, its actions numbered from `first`.
pub fn numbered(widget: &Component, first: usize, look: &Look) -> Shown {
    let (lines, actions) = lines(widget, first, look);
    Shown {
        text: to_text(&lines, look),
        actions,
    }
}

/// What can be acted on in a widget, in the order of the numbers.
pub fn actions(widget: &Component) -> Vec<Action> {
    action::plan(&mended(widget), 1).actions
}

/// A widget as lines, none of them wider than the look, and its actions, numbered from `first`.
pub fn lines(widget: &Component, first: usize, look: &Look) -> (Vec<Line>, Vec<Action>) {
    let widget = mended(widget);
    let plan = action::plan(&widget, first);
    let lines = layout::draw(&widget, &plan, look);
    let lines = lines.into_iter().map(|line| line.cut(look.width)).collect();
    (lines, plan.actions)
}

#[cfg(test)]
mod tests;
