//! What is remembered of a thread as a note in the store, where other processes answer it too.
//!
//! A rule that waits cannot be written down: the note names it by what it says, and whoever plays
//! the rest has the same rule, or does not know what to do with the reply.

use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::document::{Rule, Scenario};
use super::matching::Captures;
use super::memory::{Change, MOST_WAITING, Rest, ThreadMemory, Waiting, set, without_null};
use super::playing::Playing;
use super::then::{Act, Step};
use crate::protocol::ThreadId;
use crate::server::app::{App, row_json};
use crate::server::mint::Mint;
use crate::server::notebook::Then;
use crate::store::{Kept, Note, StoreError};

/// A memory that others are to be told of.
#[derive(Clone, Debug)]
pub struct Telling(pub(super) Arc<ThreadMemory>);

impl PartialEq for Telling {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// What is remembered of a thread, as it is written down.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
struct Written {
    state: Map<String, Value>,
    #[serde(default)]
    waiting: Vec<WrittenRest>,
}

/// The rest of an answer that waits.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct WrittenRest {
    /// What it waits for.
    reply_to: String,
    /// What names the rule.
    rule: String,
    next: usize,
    captures: Captures,
    message: Value,
}

impl Written {
    fn first(state: &Map<String, Value>) -> Self {
        Self {
            state: without_null(state),
            waiting: Vec::new(),
        }
    }

    fn change(&mut self, change: &Change) {
        match change {
            Change::Set(name, value) => set(&mut self.state, name, value),
            Change::Wait(id, rest) => {
                self.end_wait(id);
                if self.waiting.len() >= MOST_WAITING {
                    self.waiting.remove(0);
                }
                self.waiting.push(WrittenRest {
                    reply_to: id.clone(),
                    rule: name_of(&rest.rule),
                    next: rest.next,
                    captures: rest.captures.clone(),
                    message: rest.message.clone(),
                });
            }
        }
    }

    fn end_wait(&mut self, id: &str) {
        self.waiting.retain(|rest| rest.reply_to != id);
    }

    fn note(&self, thread: &ThreadId) -> Note {
        Note {
            json: row_json(self),
            kept: Kept::With(thread.clone()),
        }
    }
}

fn read(json: &Bytes) -> Result<Written, StoreError> {
    serde_json::from_slice(json)
        .map_err(|error| StoreError::Unavailable(format!("a thread's note: {error}")))
}

fn key(thread: &ThreadId) -> String {
    format!("memory:{thread}")
}

/// What names a rule: the same for all that say the same, wherever they stand.
fn name_of(rule: &Rule) -> String {
    let said = format!("{:?}", (&rule.name, &rule.when, &rule.then, &rule.faults));
    Mint::of_text(&said).short_id("rule")
}

impl Scenario {
    /// Whether any rule may ask for what another request left behind, or leave something behind.
    pub(super) fn remembers(&self) -> bool {
        // What the showcase and an item of the scenario's own make may be a call or a form, too.
        let leaves = |Step(act): &Step| {
            use Act::{Form, Item, Set, Show, Tool};
            matches!(act, Set(_) | Tool(_) | Form(_) | Show(_) | Item(_))
        };
        self.texts().any(|(_, text)| text.contains("state"))
            || self.rules.iter().any(|rule| rule.then.iter().any(leaves))
    }
}

impl App {
    /// Remembers what other processes have left of a thread, and returns what waits for a reply to
    /// this, if that is asked.
    pub(super) async fn recall(
        &self,
        playing: Option<&Playing>,
        thread: &ThreadId,
        memory: &ThreadMemory,
        reply_to: Option<&str>,
    ) -> Result<Option<Waiting>, StoreError> {
        let note = self.store.note(&key(thread)).await?;
        let mut written = match &note {
            Some(json) => read(json)?,
            None => Written::first(&first_of(playing)),
        };
        let rest = reply_to.and_then(|id| {
            let place = written.waiting.iter().position(|it| it.reply_to == id)?;
            Some(written.waiting.swap_remove(place))
        });
        memory.take_over(written.state);
        Ok(rest.and_then(|rest| {
            let (rule, faults) = self.rule_named(playing, &rest.rule)?;
            (rest.next < rule.then.len()).then_some(Waiting {
                rule,
                faults,
                next: rest.next,
                captures: rest.captures,
                message: rest.message,
            })
        }))
    }

    fn rule_named(&self, playing: Option<&Playing>, name: &str) -> Option<Rest> {
        let memory = self.director.memory_of_all();
        if let Some(known) = memory.rule(name) {
            return Some(known);
        }
        let playing = playing?;
        let mut rules = playing.scenario.rules.iter().enumerate();
        let (place, rule) = rules.find(|(_, rule)| name_of(rule) == name)?;
        let rest = (Arc::clone(rule), playing.faults(place));
        memory.keep_rule(name, rest.clone());
        Some(rest)
    }

    /// Tells other processes what is remembered of a thread since they were told last. Whoever
    /// tells something at the same time keeps what they told.
    ///
    /// # Errors
    /// When the store fails.
    pub(in crate::server) async fn tell_others(
        &self,
        thread: &ThreadId,
        telling: &Telling,
    ) -> Result<(), StoreError> {
        self.tell(thread, &telling.0).await
    }

    /// The same of a memory.
    pub(super) async fn tell(
        &self,
        thread: &ThreadId,
        memory: &ThreadMemory,
    ) -> Result<(), StoreError> {
        if !memory.has_untold() {
            return Ok(());
        }
        let mut told = None;
        let tell = |written: &mut Written| {
            // Read as late as this: what is told by two at once keeps its order.
            let Some((changes, last)) = memory.untold() else {
                return;
            };
            for change in &changes {
                self.keep_rule(change);
                written.change(change);
            }
            told = Some(last);
        };
        self.change_written(thread, tell).await?;
        if let Some(last) = told {
            memory.told(last);
        }
        Ok(())
    }

    /// Keeps the rule that waits from now on, so that it is found by its name.
    fn keep_rule(&self, change: &Change) {
        if let Change::Wait(_, rest) = change {
            let known = (Arc::clone(&rest.rule), rest.faults.clone());
            let memory = self.director.memory_of_all();
            memory.keep_rule(&name_of(&rest.rule), known);
        }
    }

    /// Writes down that nothing waits for a reply to this any more; returns whether anything did.
    /// Of several that say so at once one is told that something did.
    pub(super) async fn end_told_wait(
        &self,
        thread: &ThreadId,
        reply_to: &str,
    ) -> Result<bool, StoreError> {
        let end = |written: &mut Written| written.end_wait(reply_to);
        self.change_written(thread, end).await
    }

    /// Changes what is written down of a thread; returns whether that made a difference. Whoever
    /// changes it at the same time keeps their change.
    async fn change_written(
        &self,
        thread: &ThreadId,
        mut change: impl FnMut(&mut Written),
    ) -> Result<bool, StoreError> {
        let changed = |was: Option<&Bytes>| {
            let before = match was {
                Some(json) => read(json)?,
                None => Written::first(&first_of(self.director.playing().as_deref())),
            };
            let mut written = before.clone();
            change(&mut written);
            if written == before {
                return Ok((Then::Same, false));
            }
            Ok((Then::Now(written.note(thread)), true))
        };
        match self.notebook.change(&key(thread), changed).await {
            // Nobody asks about a thread that was never stored.
            Err(StoreError::NoThread(_)) => Ok(false),
            changed => changed,
        }
    }

    /// Writes down what a thread's state is at first, unless something is written down of it.
    pub(super) async fn tell_first(
        &self,
        thread: &ThreadId,
        state: &Map<String, Value>,
    ) -> Result<(), StoreError> {
        if !self.store.is_shared() {
            return Ok(());
        }
        let note = Written::first(state).note(thread);
        let written = self.store.swap_note(&key(thread), None, Some(note)).await;
        written.map(drop)
    }
}

fn first_of(playing: Option<&Playing>) -> Map<String, Value> {
    playing.map_or_else(Map::new, |playing| playing.scenario.state.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        let scenario = Scenario::parse("a.yaml", text).unwrap();
        scenario.rules.iter().map(|rule| name_of(rule)).collect()
    }

    #[test]
    fn a_rule_is_named_by_what_it_says_and_not_by_where_it_stands() {
        let one = names("- when: a\n  then: [{tool: x}, b]\n- when: c\n  then: d\n");
        let moved =
            names("# moved\n- when: c\n  then: d\n- when: a\n  then:\n    - tool: x\n    - b\n");
        assert_eq!(one, [moved[1].clone(), moved[0].clone()]);
        let changed = names("- when: a\n  then: [{tool: x}, c]\n");
        assert_ne!(one[0], changed[0]);
    }

    #[test]
    fn a_scenario_that_leaves_nothing_behind_is_not_asked_about() {
        let remembers = |text: &str| Scenario::parse("a.yaml", text).unwrap().remembers();
        assert!(!remembers("- when: a\n  then: b\n"));
        for text in [
            "- when: a\n  then: [{tool: x}, b]\n",
            "- when: a\n  then: [{set: {a: 1}}, b]\n",
            "- when: {text: a, state: {a: 1}}\n  then: b\n",
            "- when: a\n  then: '{{ state.a }}'\n",
        ] {
            assert!(remembers(text), "{text}");
        }
    }
}
