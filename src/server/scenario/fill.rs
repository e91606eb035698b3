//! Fills in the templates of a rule with what is known when its turn comes.

use std::sync::Arc;

use minijinja::value::{Enumerator, Object, Serde};
use minijinja::{Value as Known, context};
use serde_json::Value;

use super::director::Part;
use super::matching::Captures;
use super::memory::ThreadMemory;
use super::templated::{Json, Named, Text};
use super::widget::{self, Origin, WidgetState};
use crate::protocol::from_value;
use crate::protocol::widget::Component;
use crate::template;

/// How much may come of one template, in bytes.
const LARGEST: usize = 1024 * 1024;

/// Why a step cannot be carried out.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Fault(String);

impl Fault {
    pub fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

impl From<template::Fault> for Fault {
    fn from(fault: template::Fault) -> Self {
        let line = fault.line.filter(|line| *line > 1);
        let line = line.map_or(String::new(), |line| {
            format!(" (line {line} of the template)")
        });
        Self(format!("{fault}{line}"))
    }
}

/// What an expression caught, as templates see it: `captures.id`, and `captures[1]` by number.
#[derive(Debug)]
struct Caught(Captures);

impl Object for Caught {
    fn get_value(self: &Arc<Self>, key: &Known) -> Option<Known> {
        let caught = self.0.get(&key.to_string())?;
        Some(Known::from(Serde(caught)))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        let names = self.0.keys().map(|name| Known::from(name.as_str()));
        Enumerator::Values(names.collect())
    }
}

/// Fills in templates.
pub(super) struct Filler {
    base: Known,
    memory: Arc<ThreadMemory>,
}

impl Filler {
    pub fn of(part: &Part) -> Self {
        let captures = Known::from_object(Caught(part.captures.clone()));
        let known = Known::from(Serde(&part.context));
        Self {
            base: context! { captures => captures, ..known },
            memory: Arc::clone(&part.memory),
        }
    }

    /// Everything that is known now: what rules set may have changed since the last step.
    fn known(&self) -> Known {
        let base = self.base.clone();
        context! { state => Known::from(Serde(self.memory.state())), ..base }
    }

    /// A text.
    pub fn text(&self, text: &Text) -> Result<String, Fault> {
        self.string(text.source())
    }

    /// A text that need not be given.
    pub fn option(&self, text: Option<&Text>) -> Result<Option<String>, Fault> {
        text.map(|text| self.text(text)).transpose()
    }

    fn string(&self, source: &str) -> Result<String, Fault> {
        if !template::is_template(source) {
            return Ok(source.to_owned());
        }
        Ok(template::expand(source, self.known(), LARGEST)?)
    }

    /// A value. A text that is one expression and nothing else becomes what that is, whatever its
    /// type.
    pub fn json(&self, json: &Json) -> Result<Value, Fault> {
        self.value(&json.0)
    }

    fn value(&self, value: &Value) -> Result<Value, Fault> {
        Ok(match value {
            Value::String(text) => match template::sole_expression(text) {
                Some(expression) => template::evaluate_json(expression, self.known(), LARGEST)?,
                None => self.string(text)?.into(),
            },
            Value::Array(values) => {
                let values = values.iter().map(|value| self.value(value));
                Value::Array(values.collect::<Result<_, _>>()?)
            }
            Value::Object(fields) => {
                let fields = fields.iter();
                let filled = fields.map(|(key, value)| Ok((key.clone(), self.value(value)?)));
                Value::Object(filled.collect::<Result<_, Fault>>()?)
            }
            other => other.clone(),
        })
    }

    /// Values by their name.
    pub fn map(&self, values: &Named) -> Result<serde_json::Map<String, Value>, Fault> {
        let values = values.0.iter();
        values
            .map(|(name, value)| Ok((name.clone(), self.json(value)?)))
            .collect()
    }

    /// Sets parts of the state in the order of writing, each of which sees those before it.
    pub fn set(&self, parts: &Named) -> Result<(), Fault> {
        for (name, value) in &parts.0 {
            let value = self.json(value)?;
            self.memory.extend([(name.clone(), value)]);
        }
        Ok(())
    }

    /// The JSON of a widget's state.
    pub fn widget(&self, state: &WidgetState) -> Result<Value, Fault> {
        match &state.origin {
            Origin::Inline(widget) => self.json(widget),
            Origin::File {
                path,
                data,
                document,
            } => {
                let data = data.as_ref().map(|data| self.json(data)).transpose()?;
                widget::of_file(document, data).map_err(|fault| Fault(format!("{path}: {fault}")))
            }
        }
    }

    /// A widget, which must have a type at least.
    #[allow(
        clippy::unused_self,
        reason = "stands beside the other ways to make a value"
    )]
    pub fn component(&self, widget: &Value) -> Result<Component, Fault> {
        from_value(widget.clone()).map_err(|error| Fault(format!("this is no widget: {error}")))
    }
}
