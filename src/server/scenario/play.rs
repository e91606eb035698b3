//! Plays the steps of a rule: each is made when its turn comes, so that it sees what was set
//! before it.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::body::{Message, Replace, Split};
use super::diff::{Change, diff};
use super::director::Part;
use super::fill::{Fault, Filler};
use super::items;
use super::memory::{ThreadMemory, Waiting};
use super::notes::Telling;
use super::outcome::{Failure, Status};
use super::signals;
use super::then::Act;
use super::thread::{id_kind, whole_item};
use super::value::Short;
use super::widget::WidgetStep;
use crate::protocol::{
    AnswerStatus, ErrorEvent, Event, Extra, Item, ItemId, ItemKind, OutputText, RootUpdated,
    ThreadStatus, ToolCallStatus, Update, ValueDelta, WidgetItem,
};
use crate::server::mint::IdKind;
use crate::server::script::{Script, Step};
use crate::server::showcase::{
    self, Prompt, Scene, StreamedMessage, added, done, message, removed, replaced, steps, tokens,
    update,
};

/// A rule that is being played.
pub(super) struct Player {
    scene: Scene,
    part: Part,
    filler: Filler,
    /// The widget that an action comes from.
    sender: Option<Item>,
    /// The step that comes next.
    next: usize,
    playing: Option<Script>,
    /// A step that comes once other processes were told what waits for a reply to it.
    held: Option<Step>,
    /// The pace that a step asked for, for all that follows.
    pace: Option<Duration>,
}

impl Player {
    pub fn new(scene: &Scene, part: Part, prompt: Option<&Prompt<'_>>) -> Self {
        let sender = match prompt {
            Some(Prompt::Action { sender, .. }) => sender.cloned(),
            _ => None,
        };
        Self {
            scene: scene.clone(),
            filler: Filler::of(&part),
            next: part.first,
            part,
            sender,
            playing: None,
            held: None,
            pace: None,
        }
    }
}

impl Iterator for Player {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        if let Some(step) = self.held.take() {
            return Some(step);
        }
        loop {
            if let Some(step) = self.playing.as_mut().and_then(Iterator::next) {
                return Some(self.awaiting(step));
            }
            let rule = Arc::clone(&self.part.rule);
            let act = &rule.then.get(self.next)?.0;
            self.next += 1;
            self.playing = match self.perform(act) {
                Ok(script) => Some(script),
                Err(fault) => {
                    self.next = rule.then.len();
                    let broken = self.broken(&fault);
                    Some(self.told(broken))
                }
            };
        }
    }
}

type Performed = Result<Script, Fault>;

impl Player {
    fn perform(&mut self, act: &Act) -> Performed {
        let fill = &self.filler;
        let scene = &self.scene;
        match act {
            Act::Text(Short(body)) => self.message(body),
            Act::Thoughts(body) => items::thoughts(body, scene, fill),
            Act::Workflow(body) => items::workflow(body, scene, fill),
            Act::Task(Short(body)) => items::task(body, scene, fill),
            Act::Progress(Short(body)) => signals::progress(body, fill),
            Act::Notice(Short(body)) => signals::notice(body, fill),
            Act::Effect(Short(body)) => signals::effect(body, fill),
            Act::Image(Short(body)) => items::image(body, scene, fill),
            Act::Widget(body) => self.widget(body),
            Act::Form(body) => items::form(body, scene, fill).map(|item| one(done(item))),
            Act::Tool(Short(body)) => items::tool(body, scene, fill).map(|item| one(done(item))),
            Act::Title(title) => Ok(one(Step::Title(fill.option(title.as_ref())?))),
            Act::Status(status) => self.status(status),
            Act::Hidden(body) => {
                let content = fill.json(body)?;
                Ok(one(done(
                    scene.item(IdKind::Message, items::hidden(content)),
                )))
            }
            Act::Item(body) => self.item(&fill.json(body)?),
            Act::Replace(body) => self.replace(body),
            Act::Remove(id) => Ok(one(removed(fill.text(id)?.into()))),
            Act::Raw(body) => Ok(one(Step::Raw(signals::frame(&fill.json(body)?).into()))),
            Act::Bytes(bytes) => Ok(one(Step::Raw(bytes.clone().into_bytes().into()))),
            Act::Wait(time) => Ok(one(Step::Wait(time.0))),
            Act::Pace(pace) => {
                self.pace = pace.map(|pace| pace.0);
                Ok(one(Step::Pace(self.pace)))
            }
            Act::Error(Short(body)) => self.failure(body),
            Act::Drop(_) => Ok(steps(vec![Step::Wait(showcase::FLUSH), Step::Drop])),
            Act::Set(parts) => {
                fill.set(parts)?;
                Ok(self.told(steps(Vec::new())))
            }
            Act::Show(word) => showcase::play(scene, &fill.text(word)?)
                .ok_or_else(|| Fault::new("the showcase has no such word")),
            Act::Answer(_) => Err(Fault::new("a stream has no document to answer with")),
        }
    }

    fn message(&self, body: &Message) -> Performed {
        let fill = &self.filler;
        let mut item = self.scene.item(IdKind::Message, message(Vec::new()));
        rename(&mut item, fill.option(body.id.as_ref())?);
        let pieces = match (&body.deltas, &body.value) {
            (Some(deltas), _) => {
                let deltas = deltas.iter().map(|delta| fill.text(delta));
                deltas.collect::<Result<_, _>>()?
            }
            (None, Some(value)) => split(&fill.text(value)?, body.split),
            (None, None) => Vec::new(),
        };
        let annotations = items::annotations(&body.annotations, fill)?;
        let script = StreamedMessage::new(item, pieces.into_iter(), annotations);
        Ok(match body.pace {
            None => Box::new(script),
            Some(pace) => Box::new(
                std::iter::once(Step::Pace(Some(pace.0)))
                    .chain(script)
                    .chain(std::iter::once(Step::Pace(self.pace))),
            ),
        })
    }

    /// A widget as `stream_widget` streams it (`openai-chatkit` 1.6.5, `server.py`).
    fn widget(&self, body: &WidgetStep) -> Performed {
        let fill = &self.filler;
        let states = body.states.iter().map(|state| fill.widget(state));
        let states: Vec<Value> = states.collect::<Result<_, _>>()?;
        let copy_text = fill.option(body.copy_text.as_ref())?;
        let [first, .., last] = &states[..] else {
            let [only] = &states[..] else {
                return Err(Fault::new("the widget has no state"));
            };
            let item = self.widget_item(only, copy_text, body)?;
            return Ok(one(done(item)));
        };
        let item = self.widget_item(first, copy_text, body)?;
        let mut play = vec![added(item.clone())];
        for pair in states.windows(2) {
            match diff(&pair[0], &pair[1]) {
                Change::Root => {
                    let widget = Box::new(fill.component(&pair[1])?);
                    let extra = Extra::default();
                    play.push(self.scene.beat());
                    play.push(update(
                        &item.id,
                        Update::RootUpdated(RootUpdated { widget, extra }),
                    ));
                }
                Change::Appended(deltas) => play.extend(deltas.into_iter().map(|delta| {
                    let delta = ValueDelta {
                        component_id: delta.component_id,
                        delta: delta.text,
                        done: delta.done,
                        extra: Extra::default(),
                    };
                    update(&item.id, Update::ValueDelta(delta))
                })),
            }
        }
        let mut last_item = item;
        if let ItemKind::Widget(body) = &mut last_item.kind {
            *body.widget = fill.component(last)?;
        }
        play.push(done(last_item));
        Ok(steps(play))
    }

    fn widget_item(
        &self,
        state: &Value,
        copy_text: Option<String>,
        body: &WidgetStep,
    ) -> Result<Item, Fault> {
        let widget = Box::new(self.filler.component(state)?);
        let id = self.filler.option(body.id.as_ref())?;
        let body = WidgetItem {
            widget,
            copy_text,
            extra: Extra::default(),
        };
        let mut item = self.scene.item(IdKind::Message, ItemKind::Widget(body));
        rename(&mut item, id);
        Ok(item)
    }

    fn status(&self, status: &Status) -> Performed {
        let reason = |reason: &Option<_>| self.filler.option(reason.as_ref());
        Ok(one(Step::Status(match status {
            Status::Active => ThreadStatus::default(),
            Status::Locked(text) => ThreadStatus::locked(reason(text)?),
            Status::Closed(text) => ThreadStatus::closed(reason(text)?),
        })))
    }

    fn item(&self, value: &Value) -> Performed {
        let blank = self.scene.item(
            id_kind(value),
            ItemKind::EndOfTurn(Value::default().as_object().cloned().unwrap_or_default()),
        );
        let created_at = blank.created_at.to_string();
        let item = whole_item(
            value,
            blank.id.as_str(),
            blank.thread_id.as_str(),
            &created_at,
        );
        item.map(|item| one(done(item)))
            .map_err(|error| Fault::new(format!("this is no item: {error}")))
    }

    fn replace(&self, body: &Replace) -> Performed {
        let fill = &self.filler;
        let sender = self.sender.as_ref();
        let id = fill.option(body.id.as_ref())?;
        let id = id
            .map(ItemId::from)
            .or_else(|| sender.map(|item| item.id.clone()));
        let id = id.ok_or_else(|| Fault::new("replace needs the id of an item"))?;
        let mut item = match (&body.text, &body.widget) {
            (Some(text), _) => {
                let content = vec![OutputText::new(fill.text(text)?)];
                self.scene.item(IdKind::Message, message(content))
            }
            (None, Some(widget)) => {
                let state = widget.states.last().expect("a widget has a state");
                let copy_text = fill.option(widget.copy_text.as_ref())?;
                self.widget_item(&fill.widget(state)?, copy_text, widget)?
            }
            (None, None) => return Err(Fault::new("replace needs a text or a widget")),
        };
        if let Some(sender) = sender.filter(|sender| sender.id == id) {
            item.created_at = sender.created_at.clone();
        }
        item.id = id;
        Ok(one(replaced(item)))
    }

    fn failure(&mut self, body: &Failure) -> Performed {
        let fill = &self.filler;
        let code = fill.option(body.code.as_ref())?;
        let event = ErrorEvent {
            code: code.unwrap_or_else(|| "custom".to_owned()),
            message: fill.option(body.message.as_ref())?,
            allow_retry: body.allow_retry.unwrap_or(true),
            extra: Extra::default(),
        };
        self.next = self.part.rule.then.len();
        Ok(one(Step::Event(Event::Error(event))))
    }

    /// A step, of which the client is to reply to some, whoever makes them: what is left of the rule
    /// waits for that.
    fn awaiting(&mut self, step: Step) -> Step {
        let Some(id) = awaited(&step) else {
            return step;
        };
        self.wait_for(id);
        match self.telling() {
            None => step,
            Some(telling) => {
                self.held = Some(step);
                telling
            }
        }
    }

    /// Lets the steps behind this one wait for a reply, and ends the turn.
    fn wait_for(&mut self, id: String) {
        let rule = &self.part.rule;
        if self.next < rule.then.len() {
            let memory: &ThreadMemory = &self.part.memory;
            memory.wait(
                id,
                Waiting {
                    rule: Arc::clone(rule),
                    faults: self.part.faults.clone(),
                    next: self.next,
                    captures: self.part.captures.clone(),
                    message: self.part.context["message"].clone(),
                },
            );
        }
        self.next = rule.then.len();
    }

    /// Has other processes told what is remembered now, before the client sees what follows: its
    /// next request may come to one of them.
    fn told(&self, script: Script) -> Script {
        Box::new(self.telling().into_iter().chain(script))
    }

    fn telling(&self) -> Option<Step> {
        let memory = &self.part.memory;
        let has_untold = memory.has_untold();
        has_untold.then(|| Step::Tell(Telling(Arc::clone(memory))))
    }

    fn broken(&self, fault: &Fault) -> Script {
        let message = format!("the rule at {} fails: {fault}", self.part.rule.place);
        one(Step::Event(Event::Error(ErrorEvent {
            code: "custom".into(),
            message: Some(message),
            allow_retry: false,
            extra: Extra::default(),
        })))
    }
}

/// What a step waits for a reply to, if to anything: a call's id, or a form's.
fn awaited(step: &Step) -> Option<String> {
    let Step::Event(Event::ItemDone(done)) = step else {
        return None;
    };
    match &done.item.kind {
        ItemKind::ClientToolCall(call) if call.status == ToolCallStatus::Pending => {
            Some(call.call_id.clone())
        }
        ItemKind::StructuredInput(form) if form.status == AnswerStatus::Pending => {
            Some(done.item.id.as_str().to_owned())
        }
        _ => None,
    }
}

fn one(step: Step) -> Script {
    Box::new(std::iter::once(step))
}

/// Gives an item the id that the scenario asks for.
pub(super) fn rename(item: &mut Item, id: Option<String>) {
    if let Some(id) = id {
        item.id = id.into();
    }
}

fn split(text: &str, split: Split) -> Vec<String> {
    match split {
        Split::Words => tokens(text),
        Split::Chars => text.chars().map(String::from).collect(),
        Split::Whole if text.is_empty() => Vec::new(),
        Split::Whole => vec![text.to_owned()],
    }
}
