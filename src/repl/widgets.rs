//! `/click`: the actions of the widgets, by the numbers that they carry on the screen.

use serde_json::Value;

use super::{Repl, Seat, forms};
use crate::error::{Error, Result};
use crate::protocol::widget::{ActionConfig, Handler};
use crate::protocol::{
    self, CustomAction, Event, Extra, Item, ItemKind, Request, SyncActionAnswer, Verbatim, WithItem,
};
use crate::render::{Action, ActionKind, Field, clean, table, widget};
use crate::ui::Style;

/// How many actions a hint names.
const TOLD: usize = 10;

/// How much of a label it shows, in columns.
const LABEL: usize = 20;

/// What can be done with an item, in the order of the numbers.
pub(super) fn actions(item: &Item) -> Vec<Action> {
    match &item.kind {
        ItemKind::Widget(body) => widget::actions(&body.widget),
        _ => Vec::new(),
    }
}

/// The first of some actions, by number and label.
fn told(actions: &[(String, String)]) -> String {
    let first = actions.iter().take(TOLD).map(|(number, label)| {
        let label = table::shorten(label, LABEL);
        format!("{number} ({label})")
    });
    let first = first.collect::<Vec<_>>().join(", ");
    match actions.get(TOLD..) {
        Some([.., (last, _)]) => format!("{first} and so on to {last}"),
        _ => first,
    }
}

impl Repl<'_> {
    pub(super) async fn click(&mut self, number: usize, payload: Option<&str>) -> Result<()> {
        let payload = payload.map(json).transpose()?;
        let (item, action) = self.action(number)?;
        let Some(config) = action.config.clone() else {
            self.ui.note(Style::Dim, "it does nothing by itself");
            return Ok(());
        };
        let Some(payload) = self.payload(number, &action, &config, payload).await? else {
            return Ok(());
        };
        if config.handler == Some(Handler::Client) {
            let shown = payload.unwrap_or_else(|| Value::Null.into());
            let shown = clean::clean_value(&shown);
            let note = format!("for the page, and not sent: {} {shown}", config.kind);
            self.ui.note(Style::Plain, &note);
            return Ok(());
        }
        let request = CustomAction {
            thread_id: item.thread_id.clone(),
            item_id: Some(item.id.clone()),
            action: protocol::Action {
                kind: config.kind.clone(),
                payload,
                extra: Extra::default(),
            },
            extra: Extra::default(),
        };
        if config.streaming == Some(false) {
            return self.click_at_once(request).await;
        }
        self.leave_what_waits();
        self.turns(Request::CustomAction(request)).await
    }

    fn action(&mut self, number: usize) -> Result<(Item, Action)> {
        // Where nothing is drawn, nobody has given the numbers yet.
        for item in self.conversation.transcript.items() {
            self.screen.number(item);
        }
        let transcript = &self.conversation.transcript;
        let found = self.screen.numbers.find(number).and_then(|(id, index)| {
            let item = transcript.item(id)?;
            Some((item, actions(item).into_iter().nth(index)?))
        });
        let Some((item, action)) = found else {
            return Err(self.no_action(number));
        };
        if action.disabled {
            let label = &action.label;
            return Err(Error::usage(format!("'{label}' is disabled")));
        }
        Ok((item.clone(), action))
    }

    fn no_action(&self, number: usize) -> Error {
        let known = self.knowledge().actions;
        if known.is_empty() {
            return Error::usage_hint(
                "there is no widget with an action in this thread",
                "use /click with a number that stands in brackets in front of a button: [1]",
            );
        }
        Error::usage_hint(
            format!("there is no action {number}"),
            format!("use one of {}", told(&known)),
        )
    }

    /// Tells the numbers that are new, where no drawing shows them.
    pub(super) fn tell_new_actions(&mut self) {
        self.tell_actions_after(self.screen.numbers.given());
    }

    /// Tells the numbers after this one, which is 0 for all.
    pub(super) fn tell_actions_after(&mut self, before: usize) {
        for item in self.conversation.transcript.items() {
            self.screen.number(item);
        }
        let mut known = self.knowledge().actions;
        known.retain(|(number, _)| number.parse().is_ok_and(|number: usize| number > before));
        if !known.is_empty() {
            let note = format!("/click takes {}", told(&known));
            self.ui.note(Style::Dim, &note);
        }
    }

    /// The payload of an action, with the values of its fields; the outer `None` is a form that
    /// was left.
    async fn payload(
        &self,
        number: usize,
        action: &Action,
        config: &ActionConfig,
        given: Option<Verbatim>,
    ) -> Result<Option<Option<Verbatim>>> {
        let one;
        let fields: &[Field] = match &action.kind {
            ActionKind::Submit(fields) | ActionKind::Confirm(fields) => fields,
            ActionKind::Change(field) => {
                one = [field.clone()];
                &one
            }
            ActionKind::Click | ActionKind::Cancel => &[],
        };
        let own = config.payload.clone();
        match given {
            // What is written for a form are the values of its fields.
            Some(given) if !fields.is_empty() => {
                let filled = (given.as_object()).map(|values| forms::filled(fields, own, values));
                return Ok(Some(Some(filled.map_or(given, Verbatim::from))));
            }
            Some(given) => return Ok(Some(Some(given))),
            None if fields.is_empty() => return Ok(Some(own.map(Verbatim::from))),
            None => {}
        }
        match &self.seat {
            Seat::Terminal(_, asker) => {
                let filled = forms::fields(fields, own, asker).await?;
                Ok(filled.map(|filled| Some(filled.into())))
            }
            Seat::Pipe(_) => Err(Error::usage_hint(
                format!("action {number} has fields to fill in"),
                format!(
                    "write their values behind it: /click {number} {{\"{}\": …}}",
                    fields[0].name
                ),
            )),
        }
    }

    /// An action that is answered by the changed item and not by a stream.
    async fn click_at_once(&mut self, action: CustomAction) -> Result<()> {
        let request = Request::SyncCustomAction(action);
        let document = self.document::<SyncActionAnswer>(&request).await?;
        if self.ui.is_json() {
            self.ui.json_line(&document.raw)?;
        }
        let answer = document.value;
        let Some(item) = answer.updated_item else {
            self.ui.note(Style::Dim, "nothing was updated");
            return Ok(());
        };
        let event = Event::ItemReplaced(WithItem {
            item: item.clone(),
            extra: Extra::default(),
        });
        let _ = self.conversation.transcript.apply(&event);
        if self.is_interactive() {
            return self.screen.settled(&item, self.ui);
        }
        if self.ui.is_json() {
            return Ok(());
        }
        self.ui.text(&crate::render::plain::item(&item))?;
        self.ui.end_line()
    }
}

fn json(text: &str) -> Result<Verbatim> {
    text.trim()
        .parse()
        .map_err(|error| Error::usage(format!("the payload is not JSON: {error}")))
}
