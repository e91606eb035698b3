//! A widget that changes while it is open, told as the reference server tells it.

use super::super::script::{Script, Step};
use super::stage::{Scene, added, done, steps, tokens, update};
use crate::protocol::widget::Component;
use crate::protocol::{ComponentUpdated, Extra, Item, ItemKind, RootUpdated, Update, ValueDelta};

/// The steps of a widget, with its state after the last of them.
///
/// The rules are `diff_widget`'s (`openai-chatkit` 1.6.5, `server.py`): text that is appended to a
/// `Text` or `Markdown` with an id is a delta, and any other change is the whole root. A delta is
/// `done` unless its component is `streaming`, so the end of streaming is a change of the root.
/// `widget.component.updated` is the protocol's, though `diff_widget` never makes one.
pub(super) struct Live<'s> {
    scene: &'s Scene,
    item: Item,
    widget: Component,
    steps: Vec<Step>,
}

impl<'s> Live<'s> {
    /// Adds the item with its first state.
    pub fn new(scene: &'s Scene, widget: Component, copy_text: Option<&str>) -> Self {
        let item = scene.widget(widget.clone(), copy_text);
        Self {
            steps: vec![added(item.clone())],
            scene,
            item,
            widget,
        }
    }

    /// Appends to the value of a `Text` or `Markdown`, word by word.
    pub fn type_text(&mut self, id: &str, text: &str) {
        let component = self.widget.find_mut(id);
        let Some((value, streaming)) = component.and_then(Component::streaming_value_mut) else {
            return;
        };
        value.push_str(text);
        let done = *streaming != Some(true);
        for delta in tokens(text) {
            self.steps.push(update(
                &self.item.id,
                Update::ValueDelta(ValueDelta {
                    component_id: id.into(),
                    delta,
                    done,
                    extra: Extra::default(),
                }),
            ));
        }
    }

    /// Changes the component of this id, which is sent whole.
    pub fn change(&mut self, id: &str, change: impl FnOnce(&mut Component)) {
        let Some(component) = self.widget.find_mut(id) else {
            return;
        };
        change(component);
        let body = ComponentUpdated {
            component_id: id.into(),
            component: Box::new(component.clone()),
            extra: Extra::default(),
        };
        self.update(Update::ComponentUpdated(body));
    }

    /// Changes anything of the widget, which is sent whole.
    pub fn change_root(&mut self, change: impl FnOnce(&mut Component)) {
        change(&mut self.widget);
        let body = RootUpdated {
            widget: Box::new(self.widget.clone()),
            extra: Extra::default(),
        };
        self.update(Update::RootUpdated(body));
    }

    /// The script, ended by the item with its last state.
    pub fn done(mut self) -> Script {
        if let ItemKind::Widget(body) = &mut self.item.kind {
            *body.widget = self.widget;
        }
        self.steps.push(done(self.item));
        steps(self.steps)
    }

    fn update(&mut self, body: Update) {
        self.steps.push(update(&self.item.id, body));
        self.steps.push(self.scene.beat());
    }
}
