//! Which requests are meant: what a list is filtered by, what is waited for, what is verified.

use std::collections::BTreeMap;

use regex::{Regex, RegexBuilder};
use serde::{Deserialize, Deserializer, de};
use serde_json::Value;

use super::super::journal::{Entry, Outcome, Recorded};
use super::super::refusal::Refusal;
use super::Query;
use super::said::texts;
use crate::protocol::Operation;

/// How much a pattern's regex may take, compiled, in bytes.
const REGEX_SIZE: usize = 1 << 20;

/// How long a value is that a reason shows, in characters.
const SHOWN: usize = 120;

/// Which requests are meant; an empty one means all.
///
/// ```
/// use chatkit::server::Pattern;
///
/// let greeting = Pattern::operation("threads.create").text("hello");
/// # let _ = greeting;
/// ```
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[must_use = "a pattern does nothing by itself"]
pub struct Pattern {
    #[serde(deserialize_with = "upper_case")]
    method: Option<String>,
    path: Option<String>,
    #[serde(deserialize_with = "operation")]
    operation: Option<String>,
    #[serde(alias = "thread_id")]
    thread: Option<String>,
    #[serde(deserialize_with = "status")]
    status: Option<u16>,
    outcome: Option<Outcome>,
    text: Option<String>,
    matches: Option<Expression>,
    headers: BTreeMap<String, String>,
    body: Option<Value>,
}

/// Whether a request is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::server) enum Fit {
    Yes,
    No,
    /// It would depend on bytes that are not kept.
    Unknown,
}

/// Why a request is not meant, condition by condition.
#[derive(Default)]
pub(super) struct Misfits {
    /// What is so for certain.
    sure: Vec<String>,
    /// What might be otherwise if all bytes of the request and its answer were kept.
    unsure: Vec<String>,
}

/// A regular expression, compiled where it is read so that a bad one is refused there.
#[derive(Clone, Debug)]
struct Expression(Regex);

impl Pattern {
    /// Requests of this operation, as `threads.create`.
    pub fn operation(name: impl Into<String>) -> Self {
        Self {
            operation: Some(name.into()),
            ..Self::default()
        }
    }

    /// Requests to this path, without a query; a `*` at its end stands for anything.
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Requests by this HTTP method.
    pub fn method(mut self, method: impl Into<String>) -> Self {
        self.method = Some(method.into().to_ascii_uppercase());
        self
    }

    /// Requests about this thread, or that began it.
    pub fn thread(mut self, id: impl Into<String>) -> Self {
        self.thread = Some(id.into());
        self
    }

    /// Requests that were answered with this status.
    pub fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// Requests whose answer ended like this.
    pub fn outcome(mut self, outcome: Outcome) -> Self {
        self.outcome = Some(outcome);
        self
    }

    /// Requests that hold this text, in what they said or in what was answered.
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = Some(text.into());
        self
    }

    /// Requests with a header that holds exactly this; a secret one can be checked, and not read.
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.insert(name.to_ascii_lowercase(), value.into());
        self
    }

    /// Requests whose body has at least these fields; lists must be as long as here.
    pub fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    /// Reads a pattern out of a query.
    pub(super) fn of_query(query: Query) -> Result<Self, Refusal> {
        let mut fields = serde_json::Map::new();
        for (name, value) in query.0 {
            let value = match (name.as_str(), value.parse::<u16>()) {
                ("status", Ok(status)) => status.into(),
                ("body" | "headers", _) => {
                    let message = format!("{name} does not fit into a query; post it to /verify");
                    return Err(Refusal::invalid(name, message));
                }
                _ => value.into(),
            };
            fields.insert(name, value);
        }
        Ok(crate::protocol::from_value(Value::Object(fields))?)
    }

    /// Whether a request is meant, as far as is known.
    pub(in crate::server) fn fits(&self, entry: &Entry) -> bool {
        self.fit(entry) == Fit::Yes
    }

    /// Whether a request is meant.
    pub(in crate::server) fn fit(&self, entry: &Entry) -> Fit {
        let misfits = self.misfits(entry, &self.look(entry));
        match (misfits.sure.is_empty(), misfits.unsure.is_empty()) {
            (true, true) => Fit::Yes,
            (true, false) => Fit::Unknown,
            (false, _) => Fit::No,
        }
    }

    /// A request in as much detail as the pattern needs.
    fn look(&self, entry: &Entry) -> Recorded {
        if self.text.is_some() || self.matches.is_some() {
            entry.recorded()
        } else {
            entry.summary()
        }
    }

    /// Why a request is not meant, condition by condition.
    pub(super) fn why_not(&self, entry: &Entry) -> Vec<String> {
        let Misfits { mut sure, unsure } = self.misfits(entry, &self.look(entry));
        sure.extend(unsure);
        sure
    }

    fn misfits(&self, entry: &Entry, seen: &Recorded) -> Misfits {
        let mut misfits = Misfits::default();
        self.said_misfits(seen, &mut misfits);
        let why = &mut misfits.sure;
        let response = seen.response.as_ref();
        let status = response.map(|response| response.status.to_string());
        let outcome = response.map_or(Outcome::Open, |response| response.outcome);
        let wanted = self.status.map(|status| status.to_string());
        differs(why, "status", wanted.as_deref(), status.as_deref());
        let wanted = self.outcome.map(Outcome::name);
        differs(why, "outcome", wanted, Some(outcome.name()));
        if let Some(method) = self
            .method
            .as_ref()
            .filter(|m| !m.eq_ignore_ascii_case(&seen.method))
        {
            why.push(format!("method is {}, not {method}", seen.method));
        }
        if let Some(path) = self.path.as_ref().filter(|path| !is_path(path, &seen.path)) {
            why.push(format!("path is {}, not {path}", seen.path));
        }
        self.header_misfits(entry, seen, why);
        self.text_misfits(seen, &mut misfits);
        misfits
    }

    /// What the bodies say of the operation, the thread and the fields.
    fn said_misfits(&self, seen: &Recorded, misfits: &mut Misfits) {
        let asked = misfits.of(seen.body_truncated);
        let found = seen.operation.as_deref();
        differs(asked, "operation", self.operation.as_deref(), found);
        match (&self.body, &seen.body) {
            (Some(wanted), Some(found)) => asked.extend(lacks("body", wanted, found)),
            (Some(_), None) => asked.push("the request has no body that can be read".into()),
            (None, _) => {}
        }
        // An answer names the thread that it began, which a request that names one does not do.
        let found = seen.thread_id.as_deref();
        let why = misfits.of(found.is_none() && is_cut(seen));
        differs(why, "thread", self.thread.as_deref(), found);
    }

    fn header_misfits(&self, entry: &Entry, seen: &Recorded, why: &mut Vec<String>) {
        for (name, wanted) in &self.headers {
            let name = name.to_ascii_lowercase();
            if entry.has_header(&name, |value| value == wanted) {
                continue;
            }
            why.push(match seen.headers.get(&name) {
                Some(found) => format!("header {name} is {found}, not what was expected"),
                None => format!("header {name} was not sent"),
            });
        }
    }

    fn text_misfits(&self, seen: &Recorded, misfits: &mut Misfits) {
        if self.text.is_none() && self.matches.is_none() {
            return;
        }
        let texts = texts(seen);
        let cut = is_cut(seen);
        let kept = if cut { " in what is kept" } else { "" };
        let why = misfits.of(cut);
        if let Some(text) = self
            .text
            .as_ref()
            .filter(|text| !texts.contains(text.as_str()))
        {
            why.push(format!("nowhere{kept} stands the text {text:?}"));
        }
        if let Some(Expression(regex)) = &self.matches
            && !regex.is_match(&texts)
        {
            why.push(format!("nothing{kept} matches {}", regex.as_str()));
        }
    }
}

impl Misfits {
    /// Where a reason goes that was found in something of which a part is not kept.
    fn of(&mut self, is_cut: bool) -> &mut Vec<String> {
        if is_cut {
            &mut self.unsure
        } else {
            &mut self.sure
        }
    }
}

/// Whether a part of the request or of its answer is not kept.
fn is_cut(seen: &Recorded) -> bool {
    let answer = seen.response.as_ref();
    seen.body_truncated || answer.is_some_and(|response| response.truncated)
}

impl<'de> Deserialize<'de> for Expression {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let mut builder = RegexBuilder::new(&text);
        let regex = builder.multi_line(true).size_limit(REGEX_SIZE).build();
        regex.map(Self).map_err(de::Error::custom)
    }
}

fn upper_case<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let method = Option::<String>::deserialize(from)?;
    Ok(method.map(|method| method.to_ascii_uppercase()))
}

/// An operation that there is: one that there is not was never asked for, which is soon verified.
fn operation<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let name = Option::<String>::deserialize(from)?;
    if let Some(name) = &name
        && Operation::from_name(name).is_none()
    {
        let known: Vec<_> = Operation::ALL.iter().map(|known| known.name()).collect();
        return Err(de::Error::custom(format_args!(
            "there is no operation `{name}`; there are {}",
            known.join(", ")
        )));
    }
    Ok(name)
}

/// A status that there is: no request is ever answered with another one.
fn status<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u16>, D::Error> {
    let status = Option::<u16>::deserialize(from)?;
    let is_one = status.is_none_or(|status| (100..600).contains(&status));
    let wrong = || de::Error::custom("a status is one of 100 to 599");
    is_one.then_some(status).ok_or_else(wrong)
}

fn differs(why: &mut Vec<String>, what: &str, wanted: Option<&str>, found: Option<&str>) {
    let Some(wanted) = wanted.filter(|wanted| found != Some(wanted)) else {
        return;
    };
    why.push(match found {
        Some(found) => format!("{what} is {found}, not {wanted}"),
        None => format!("there is no {what}, and {wanted} was expected"),
    });
}

fn is_path(wanted: &str, found: &str) -> bool {
    match wanted.strip_suffix('*') {
        Some(beginning) => found.starts_with(beginning),
        None => wanted == found,
    }
}

/// Where a document lacks what is wanted of it, as paths with what stands there instead.
fn lacks(path: &str, wanted: &Value, found: &Value) -> Vec<String> {
    match (wanted, found) {
        (Value::Object(wanted), Value::Object(found)) => {
            let field = |(name, wanted): (&String, &Value)| match found.get(name) {
                Some(found) => lacks(&format!("{path}.{name}"), wanted, found),
                None => vec![format!("{path}.{name} is missing")],
            };
            wanted.iter().flat_map(field).collect()
        }
        (Value::Array(wanted), Value::Array(found)) if wanted.len() == found.len() => {
            let pairs = wanted.iter().zip(found).enumerate();
            pairs
                .flat_map(|(at, (wanted, found))| lacks(&format!("{path}[{at}]"), wanted, found))
                .collect()
        }
        (Value::Array(wanted), Value::Array(found)) => {
            vec![format!(
                "{path} has {} entries, not {}",
                found.len(),
                wanted.len()
            )]
        }
        _ if wanted == found => Vec::new(),
        _ => vec![format!("{path} is {}, not {}", shown(found), shown(wanted))],
    }
}

fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
