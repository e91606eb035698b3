//! The table of faults: the one source of their names, parameters, help and behaviour.

use axum::http::request::Parts;
use axum::response::Response;
use serde::Serialize;
use serde_json::Value;

use super::super::app::App;
use super::apply::{Strike, Verdict};
use super::asked::Asked;
use super::body::Settings;
use super::kinds;
use super::link::Ending;
use super::stage::{Event, Piece, Stage};
use super::value::Kind;

/// One fault.
pub(super) struct Row {
    pub name: &'static str,
    /// Its own parameters; `name=value` sets the first.
    pub params: &'static [Param],
    pub reach: Reach,
    /// What it does, in the third person.
    pub does: &'static str,
    /// What a good client does about it, in the third person.
    pub client: &'static str,
    pub act: Act,
}

/// A parameter and what it is where it is not given; an empty default is none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Param {
    pub name: &'static str,
    pub kind: Kind,
    pub default: &'static str,
    pub means: &'static str,
}

/// Which requests a fault can strike at; its scope may be narrower, and of [`Reach::Operation`]
/// also wider, because any answer can be late or refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// The operations of the protocol, and what is asked in their place and is none.
    Operation,
    /// Those that are answered by a stream.
    Stream,
    /// Those of this name.
    Only(&'static [&'static str]),
    /// Every request, preflights too.
    All,
}

/// Where an event fault strikes if nothing else is said.
#[derive(Clone, Copy, Debug)]
pub(super) struct At {
    pub event: &'static str,
    pub after: &'static str,
    pub each: &'static str,
}

/// What a fault does, and to what.
pub(super) enum Act {
    /// Before the handler: lets the request pass, delays it, or answers in its place.
    Before(fn(&mut Strike, &Asked) -> Verdict),
    /// Changes the head of the request.
    Request(fn(&App, &mut Parts)),
    /// Asks something else instead, and makes the answer look as if it had not.
    Pretend {
        rewrite: fn(&Asked) -> Option<String>,
        answer: fn(&Strike, &Asked, &mut Value),
    },
    /// Changes the head of the answer, or all of it.
    Response(fn(&Strike, &Asked, Response) -> Response),
    /// Changes the document that is answered.
    Document(fn(&Strike, &Asked, &mut Value)),
    /// Changes the JSON of documents and of every event alike.
    Json(fn(&Strike, &mut Value)),
    /// Sends something else in the place of an event.
    Event(At, fn(&mut Stage, Event)),
    /// Adds frames of its own; sees everything of the stream before frames are spelled.
    Add(fn(&mut Stage, Piece)),
    /// Spells frames otherwise; gets every frame, with its blank line.
    Frame(fn(&mut Stage, Vec<u8>)),
    /// Sees everything of the stream on its way out: bytes, waits, its end.
    Flow(fn(&mut Stage, Piece)),
    /// Ends the connection, which may be before the answer begins.
    Sever(Ending),
    /// Sets up how the body as a whole is sent.
    Body(fn(&Strike, &mut Settings)),
}

/// The parameters that every event fault has, besides its own.
const AT: [(&str, Kind, &str); 3] = [
    (
        "event",
        Kind::Text,
        "strikes at events of this type; TYPE:ITEM, as thread.item.done:widget, names the item too, \
         and TYPE:!ITEM any other",
    ),
    (
        "after",
        Kind::Count,
        "lets so many of these events pass first",
    ),
    ("each", Kind::Flag, "goes on with every later one"),
];

impl Row {
    /// Every parameter, the main one first.
    pub fn params(&self) -> Vec<Param> {
        let mut params = self.params.to_vec();
        if let Act::Event(at, _) = &self.act {
            let defaults = [at.event, at.after, at.each];
            params.extend(
                AT.iter()
                    .zip(defaults)
                    .map(|((name, kind, means), default)| Param {
                        name,
                        kind: *kind,
                        default,
                        means,
                    }),
            );
        }
        params
    }

    /// Why no rule of a scenario can have the fault, if that is so.
    pub fn bars_rules(&self) -> Option<&'static str> {
        matches!(self.act, Act::Request(_)).then_some(
            "acts on the request before a rule is asked; use --fault, or POST it to /__mock/faults",
        )
    }

    /// The place in the order in which faults of one answer are applied.
    pub fn place(&self) -> (u8, usize) {
        let class = match &self.act {
            Act::Before(_) | Act::Request(_) | Act::Pretend { .. } => 0,
            Act::Json(_) => 1,
            Act::Document(_) | Act::Response(_) => 2,
            Act::Event(..) => 3,
            Act::Add(_) => 4,
            Act::Frame(_) => 5,
            Act::Flow(_) | Act::Sever(_) | Act::Body(_) => 6,
        };
        let place = all().position(|row| std::ptr::eq(row, self));
        (class, place.unwrap_or(usize::MAX))
    }
}

/// Every fault, in the order in which they are listed.
pub(super) fn all() -> impl Iterator<Item = &'static Row> {
    kinds::TABLES.iter().copied().flatten()
}

/// A fault as it is listed.
#[derive(Clone, Debug, Serialize)]
pub struct Description {
    /// Its stable name.
    pub name: &'static str,
    /// What it does.
    pub does: &'static str,
    /// What a good client does about it.
    pub client: &'static str,
    /// At what it strikes: `streams`, `operations`, `requests`, or operations by their names.
    pub at: Vec<&'static str>,
    /// How it can be asked for: by `flag`, by `rule`, by `admin` call.
    pub by: Vec<&'static str>,
    /// Its own parameters; `name=value` sets the first.
    pub parameters: Vec<Parameter>,
}

/// A parameter of a fault as it is listed.
#[derive(Clone, Debug, Serialize)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What it is where it is not given.
    pub default: Option<&'static str>,
    /// What it means.
    pub means: &'static str,
    /// The words that it takes, where it takes only some.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub choices: Option<&'static [&'static str]>,
    /// What it takes in a map, as a JSON Schema.
    #[serde(skip)]
    pub schema: Value,
}

/// Every fault that there is, with what it does and what a good client does about it.
pub fn describe() -> Vec<Description> {
    let described = all().map(|row| Description {
        name: row.name,
        does: row.does,
        client: row.client,
        at: row.reach.words(),
        by: match row.bars_rules() {
            None => vec!["flag", "rule", "admin"],
            Some(_) => vec!["flag", "admin"],
        },
        parameters: row.params().iter().map(Param::describe).collect(),
    });
    described.collect()
}

impl Reach {
    /// What it is called where faults are listed.
    fn words(self) -> Vec<&'static str> {
        match self {
            Self::Operation => vec!["operations"],
            Self::Stream => vec!["streams"],
            Self::Only(names) => names.to_vec(),
            Self::All => vec!["requests"],
        }
    }
}

impl Param {
    fn describe(&self) -> Parameter {
        Parameter {
            name: self.name,
            default: Some(self.default).filter(|default| !default.is_empty()),
            means: self.means,
            schema: match self.name {
                // A document is sent as it stands there.
                "body" => Value::Bool(true),
                _ => self.kind.schema(),
            },
            choices: match self.kind {
                Kind::Choice(words) => Some(words),
                _ => None,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::scope::Scope;
    use super::*;

    #[test]
    fn the_table_is_sound() {
        let mut names = BTreeSet::new();
        for row in all() {
            assert!(names.insert(row.name), "{} stands twice", row.name);
            let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(row.name.chars().all(kebab), "{}", row.name);
            assert!(!Scope::KEYS.contains(&row.name) && row.name != "name");
            for param in row.params() {
                let place = format!("{} {}", row.name, param.name);
                assert!(!Scope::KEYS.contains(&param.name), "{place}");
                assert!(
                    param.default.is_empty() || param.kind.read(param.default).is_ok(),
                    "{place}"
                );
            }
            for text in [row.does, row.client] {
                assert!(!text.ends_with('.') && text.len() > 10, "{}", row.name);
            }
        }
    }
}
