//! A fault as it is written: `stall=30s,after=4,times=2`, or the same as a map.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, StatusCode};
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value as Json};

use super::row::{self, Param, Row};
use super::scope::Scope;
use super::value::{Kind, Value};

/// One fault with its parameters and its scope.
///
/// It is written as `NAME[=VALUE][,KEY=VALUE…]`, for example `status=503,times=2`; a comma inside
/// quotes, brackets or braces belongs to the value. As JSON or YAML it is that text, or a map:
/// `{"name": "status", "value": 503, "times": 2}` or `{"status": 503, "times": 2}`.
#[derive(Clone)]
pub struct Fault {
    pub(super) row: &'static Row,
    /// What was written, as keys and texts.
    given: Vec<(String, String)>,
    values: Vec<(&'static str, Value)>,
    pub(super) scope: Scope,
}

/// Why a text is no fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidFault(String);

impl InvalidFault {
    pub(super) fn new(reason: String) -> Self {
        Self(reason)
    }
}

impl Fault {
    /// The fault's stable name.
    pub fn name(&self) -> &'static str {
        self.row.name
    }

    /// A fault of these keys and texts; the key `value` sets the main parameter.
    fn new(name: &str, given: Vec<(String, String)>) -> Result<Self, InvalidFault> {
        let row = row::all().find(|row| row.name == name);
        let row = row.ok_or_else(|| unknown_name(name))?;
        let mut fault = Self {
            row,
            given: Vec::new(),
            values: Vec::new(),
            scope: Scope::default(),
        };
        let params = row.params();
        for (key, text) in given {
            fault.set(&params, key, text)?;
        }
        for param in params.iter().filter(|param| !param.default.is_empty()) {
            if fault.value(param.name).is_none() {
                let value = param.kind.read(param.default);
                let value = value.map_err(|expected| invalid(name, param.name, "", &expected))?;
                fault.values.push((param.name, value));
            }
        }
        // However it was written, the same fault is equal; headers keep their order.
        fault.values.sort_by_key(|(name, _)| *name);
        Ok(fault)
    }

    fn set(&mut self, params: &[Param], key: String, text: String) -> Result<(), InvalidFault> {
        let name = self.row.name;
        let refused = |expected: String| invalid(name, &key, &text, &expected);
        if Scope::KEYS.contains(&key.as_str()) {
            self.scope.set(&key, &text).map_err(refused)?;
        } else {
            let param = match key.as_str() {
                "value" => params.first(),
                _ => params.iter().find(|param| param.name == key),
            };
            let param = param.ok_or_else(|| unknown(name, &key, params))?;
            if param.kind != Kind::Header && self.value(param.name).is_some() {
                return Err(InvalidFault(format!(
                    "{name}: {} is given twice",
                    param.name
                )));
            }
            let value = param.kind.read(&text).map_err(refused)?;
            self.values.push((param.name, value));
        }
        self.given.push((key, text));
        Ok(())
    }

    fn value(&self, name: &str) -> Option<&Value> {
        let found = self.values.iter().find(|(key, _)| *key == name);
        found.map(|(_, value)| value)
    }

    /// Whether the main parameter has this value.
    pub(super) fn is_mainly(&self, text: &str) -> bool {
        let main = self.row.params().into_iter().next();
        main.is_some_and(|main| self.value(main.name) == main.kind.read(text).ok().as_ref())
    }

    pub(super) fn time(&self, name: &str) -> Duration {
        self.silence(name).unwrap_or_default()
    }

    /// A time; `None` is for ever.
    pub(super) fn silence(&self, name: &str) -> Option<Duration> {
        match self.value(name) {
            Some(Value::Time(time)) => *time,
            _ => Some(Duration::ZERO),
        }
    }

    pub(super) fn count(&self, name: &str) -> u64 {
        match self.value(name) {
            Some(Value::Count(count)) => *count,
            _ => 0,
        }
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        self.value(name) == Some(&Value::Flag(true))
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        match self.value(name) {
            Some(Value::Text(text)) => Some(text),
            Some(Value::Choice(word)) => Some(word),
            _ => None,
        }
    }

    pub(super) fn status(&self, name: &str) -> StatusCode {
        match self.value(name) {
            Some(Value::Status(status)) => *status,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    pub(super) fn headers(&self) -> impl Iterator<Item = (&HeaderName, &HeaderValue)> {
        self.values.iter().filter_map(|(_, value)| match value {
            Value::Header(name, value) => Some((name, value)),
            _ => None,
        })
    }
}

fn invalid(name: &str, key: &str, text: &str, expected: &str) -> InvalidFault {
    InvalidFault(format!("{name}: {key} is '{text}', expected {expected}"))
}

fn unknown_name(name: &str) -> InvalidFault {
    let names = row::all().map(|row| row.name);
    let hint = if Scope::KEYS.contains(&name) {
        // A list in brackets is cut at each comma.
        format!("; it is a setting of one: quote that with its settings, as \"reset,{name}=…\"")
    } else {
        let list = || "; 'chatkit serve --list-faults' lists them".to_owned();
        meant(name, names).unwrap_or_else(list)
    };
    InvalidFault(format!("unknown fault '{name}'{hint}"))
}

fn unknown(name: &str, key: &str, params: &[Param]) -> InvalidFault {
    if key == "value" {
        return InvalidFault(format!("{name} takes no value of its own"));
    }
    let own = params.iter().map(|param| param.name);
    let keys: Vec<_> = own.chain(Scope::KEYS.iter().copied()).collect();
    let meant = meant(key, keys.iter().copied());
    let meant = meant.unwrap_or_else(|| format!("; it takes {}", keys.join(", ")));
    InvalidFault(format!("{name} has no '{key}'{meant}"))
}

/// The name that was probably meant, as the end of a sentence.
fn meant(typed: &str, names: impl Iterator<Item = &'static str>) -> Option<String> {
    let typed = typed.to_ascii_lowercase().replace('_', "-");
    let near = names
        .map(|name| (strsim::jaro_winkler(&typed, name), name))
        .max_by(|one, other| one.0.total_cmp(&other.0))?;
    (near.0 > 0.75).then(|| format!("; did you mean '{}'?", near.1))
}

impl From<std::convert::Infallible> for InvalidFault {
    fn from(never: std::convert::Infallible) -> Self {
        match never {}
    }
}

impl TryFrom<&str> for Fault {
    type Error = InvalidFault;

    fn try_from(text: &str) -> Result<Self, InvalidFault> {
        text.parse()
    }
}

impl FromStr for Fault {
    type Err = InvalidFault;

    fn from_str(text: &str) -> Result<Self, InvalidFault> {
        let mut parts = split(text)?.into_iter();
        let (name, value) = pair(parts.next().unwrap_or_default());
        let mut given = Vec::new();
        given.extend(value.map(|value| ("value".to_owned(), unquoted(value))));
        for part in parts {
            let (key, value) = pair(part);
            let value = value.or_else(|| (key == "each").then_some("true"));
            let value = value.ok_or_else(|| {
                InvalidFault(format!(
                    "'{part}' is no KEY=VALUE; quote a value with a comma"
                ))
            })?;
            given.push((key.to_owned(), unquoted(value)));
        }
        Self::new(name, given)
    }
}

/// Cuts at the commas that are not inside quotes, brackets or braces.
fn split(text: &str) -> Result<Vec<&str>, InvalidFault> {
    let (mut parts, mut start) = (Vec::new(), 0);
    let (mut depth, mut is_quoted, mut is_escaped) = (0_i64, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            _ if is_quoted => {}
            '{' | '[' => depth += 1,
            '}' | ']' => depth -= 1,
            ',' if depth <= 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    if is_quoted || depth > 0 {
        let open = if is_quoted { "quote" } else { "bracket" };
        return Err(InvalidFault(format!("'{text}' ends inside a {open}")));
    }
    parts.push(&text[start..]);
    Ok(parts)
}

fn pair(part: &str) -> (&str, Option<&str>) {
    match part.split_once('=') {
        Some((key, value)) => (key.trim(), Some(value)),
        None => (part.trim(), None),
    }
}

fn unquoted(text: &str) -> String {
    let trimmed = text.trim();
    match serde_json::from_str::<String>(trimmed) {
        Ok(inside) => inside,
        Err(_) => trimmed.to_owned(),
    }
}

impl<'de> Deserialize<'de> for Fault {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = match Json::deserialize(deserializer)? {
            Json::String(text) => text.parse(),
            Json::Object(map) => from_map(map),
            _ => Err(InvalidFault(
                "expected a fault as 'name=value,key=value' or a map".to_owned(),
            )),
        };
        read.map_err(D::Error::custom)
    }
}

fn from_map(mut map: Map<String, Json>) -> Result<Fault, InvalidFault> {
    let name = match map.shift_remove("name") {
        Some(Json::String(name)) => name,
        Some(_) => return Err(InvalidFault("name is no text".to_owned())),
        None => {
            let is_fault = |key: &String| row::all().any(|row| row.name == key);
            // The first key stands for what was meant as the name, so that the error can guess.
            let named = map.keys().find(|key| is_fault(key)).or(map.keys().next());
            let name = named.cloned();
            let name = name.ok_or_else(|| InvalidFault("a fault needs a name".to_owned()))?;
            let value = map.shift_remove(&name).unwrap_or_default();
            if !matches!(value, Json::Null | Json::Bool(true)) {
                map.insert("value".to_owned(), value);
            }
            name
        }
    };
    let mut given = Vec::new();
    for (key, value) in map {
        given.extend(
            texts(&key, value)?
                .into_iter()
                .map(|text| (key.clone(), text)),
        );
    }
    Fault::new(&name, given)
}

/// The texts that a value stands for: several headers may be a list or a map.
fn texts(key: &str, value: Json) -> Result<Vec<String>, InvalidFault> {
    let text = |value: Json| match value {
        Json::String(text) => text,
        other => other.to_string(),
    };
    Ok(match (key, value) {
        (_, Json::Null) => Vec::new(),
        ("header", Json::Array(list)) => list.into_iter().map(text).collect(),
        ("header", Json::Object(map)) => map
            .into_iter()
            .map(|(name, value)| format!("{name}: {}", text(value)))
            .collect(),
        ("body", value) => vec![text(value)],
        (_, Json::Array(_) | Json::Object(_)) => {
            return Err(InvalidFault(format!(
                "{key} is a list or a map, expected one value"
            )));
        }
        (_, value) => vec![text(value)],
    })
}

impl Serialize for Fault {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", self.row.name)?;
        for (at, (key, text)) in self.given.iter().enumerate() {
            let same = self.given.iter().filter(|(given, _)| given == key);
            let all: Vec<_> = same.map(|(_, text)| text).collect();
            if all.len() == 1 {
                map.serialize_entry(key, &scalar(key, text))?;
            } else if self.given[..at].iter().all(|(earlier, _)| earlier != key) {
                map.serialize_entry(key, &all)?;
            }
        }
        map.end()
    }
}

/// A number or a truth as such, unless the text is one that a client is to be sent.
fn scalar(key: &str, text: &str) -> Json {
    match serde_json::from_str(text) {
        Ok(value @ (Json::Number(_) | Json::Bool(_))) if key != "body" => value,
        _ => Json::String(text.to_owned()),
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.row.name)?;
        for (key, text) in &self.given {
            let is_plain = !text.contains([',', '"', '{', '[', '}', ']']);
            let quoted = Json::String(text.clone()).to_string();
            let text = if is_plain { text } else { &quoted };
            match key.as_str() {
                "value" => write!(f, "={text}")?,
                key => write!(f, ",{key}={text}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fault({self})")
    }
}

impl PartialEq for Fault {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.row, other.row)
            && self.values == other.values
            && self.scope == other.scope
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(text: &str) -> Fault {
        text.parse().unwrap()
    }

    fn refused(text: &str) -> String {
        text.parse::<Fault>().unwrap_err().to_string()
    }

    #[test]
    fn a_fault_is_a_name_a_value_and_keys() {
        let fault = read("stall=forever,after=4,operation=threads.*,times=2,probability=0.5");
        assert_eq!(fault.name(), "stall");
        assert_eq!((fault.silence("time"), fault.count("after")), (None, 4));
        assert_eq!(fault.scope.operation.as_deref(), Some("threads.*"));
        assert_eq!((fault.scope.times, fault.scope.skip), (Some(2), 0));
        assert_eq!(read("stall"), read("stall=30s"));
        assert_eq!(read("ttfb=1s"), read("ttfb,time=1000ms"));
    }

    #[test]
    fn a_value_keeps_its_commas_inside_quotes_and_brackets() {
        let fault = read(r#"status=503,body={"a":[1,2],"b":"}"},header=x-a: 1,header="x-b: 2, 3""#);
        assert_eq!(fault.text("body"), Some(r#"{"a":[1,2],"b":"}"}"#));
        let headers: Vec<_> = fault.headers().map(|(_, value)| value).collect();
        assert_eq!(headers, ["1", "2, 3"]);
        assert_eq!(
            read(r#"status=500,body="oops, \"sorry\"""#).text("body"),
            Some("oops, \"sorry\"")
        );
    }

    #[test]
    fn what_is_written_wrong_is_named_with_what_was_meant() {
        for (text, error) in [
            ("stal", "did you mean 'stall'?"),
            ("", "unknown fault ''"),
            ("wombat", "--list-faults"),
            ("stall=soon", "stall: value is 'soon', expected a time"),
            ("stall,tims=1", "did you mean 'times'?"),
            ("status=200", "expected an HTTP status from 300 to 599"),
            ("bom=1", "bom takes no value"),
            ("bom,probability=2", "a number from 0 to 1"),
            ("bom,operation=threads.creat", "one of threads.create"),
            ("ttfb=1s,time=2s", "time is given twice"),
            ("status,body={", "ends inside a bracket"),
            ("status,body=\"", "ends inside a quote"),
            ("status,header=x", "a header as 'Name: value'"),
            ("bom,", "is no KEY=VALUE"),
        ] {
            assert!(refused(text).contains(error), "{text}: {}", refused(text));
        }
    }

    #[test]
    fn a_map_says_the_same_as_a_text_and_both_come_back() {
        let text = read(r#"status=503,times=2,body={"a":1},header=x-a: 1"#);
        for map in [
            json!({"name": "status", "value": 503, "times": 2, "body": {"a": 1}, "header": ["x-a: 1"]}),
            json!({"status": 503, "times": 2, "body": "{\"a\":1}", "header": {"x-a": "1"}}),
            json!({"times": 2, "status": null, "code": "503", "body": {"a": 1}, "header": "x-a: 1"}),
            json!("status=503,times=2,body={\"a\":1},header=x-a: 1"),
        ] {
            assert_eq!(serde_json::from_value::<Fault>(map).unwrap(), text);
        }
        for fault in [&text, &read("twice,each"), &read("reset=before,skip=1")] {
            assert_eq!(&read(&fault.to_string()), fault);
            let json = serde_json::to_value(fault).unwrap();
            assert_eq!(&serde_json::from_value::<Fault>(json).unwrap(), fault);
        }
        let wrong = serde_json::from_value::<Fault>(json!({"stal": "3s"})).unwrap_err();
        assert!(wrong.to_string().contains("did you mean 'stall'?"));
        assert!(serde_json::from_value::<Fault>(json!({"ttfb": {"time": 1}})).is_err());
        assert!(serde_json::from_value::<Fault>(json!({})).is_err());
    }
}
