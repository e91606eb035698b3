//! What the parameters of a fault are made of, and how they are read from text.

use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, StatusCode};
use serde_json::{Value as Json, json};

/// The largest size that a fault may ask for, in bytes.
const MAX_SIZE: u64 = 1024 * 1024 * 1024;

/// What a parameter takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `2s`, `500ms`, `1m`, or a number of seconds.
    Time,
    /// A time, or `forever`.
    Silence,
    /// A number of things.
    Count,
    /// A number of bytes, with or without `KiB` or `MiB`.
    Size,
    /// An HTTP status that is no success.
    Status,
    /// Any text.
    Text,
    /// Any text that may stand in a header.
    Word,
    /// `Name: value`, as often as one likes.
    Header,
    /// `true` or `false`.
    Flag,
    /// One of these.
    Choice(&'static [&'static str]),
}

/// What a parameter was given.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// `None` is for ever.
    Time(Option<Duration>),
    Count(u64),
    Status(StatusCode),
    Text(String),
    Header(HeaderName, HeaderValue),
    Flag(bool),
    Choice(&'static str),
}

impl Kind {
    /// Reads a value, or says what was expected.
    pub fn read(self, text: &str) -> Result<Value, String> {
        match self {
            Self::Time => time(text).map(|time| Value::Time(Some(time))),
            Self::Silence if text == "forever" => Ok(Value::Time(None)),
            Self::Silence => time(text)
                .map(|time| Value::Time(Some(time)))
                .map_err(|expected| format!("{expected}, or forever")),
            Self::Count => count(text).map(Value::Count),
            Self::Size => size(text).map(Value::Count),
            Self::Status => status(text).map(Value::Status),
            Self::Text => Ok(Value::Text(text.to_owned())),
            Self::Word => match HeaderValue::from_str(text) {
                Ok(_) => Ok(Value::Text(text.to_owned())),
                Err(_) => Err("a text that may stand in a header".to_owned()),
            },
            Self::Header => header(text).ok_or_else(|| "a header as 'Name: value'".to_owned()),
            Self::Flag => match text {
                "true" | "" => Ok(Value::Flag(true)),
                "false" => Ok(Value::Flag(false)),
                _ => Err("true or false".to_owned()),
            },
            Self::Choice(words) => {
                let found = words.iter().find(|word| **word == text);
                let expected = || format!("one of {}", words.join(", "));
                found.map(|word| Value::Choice(word)).ok_or_else(expected)
            }
        }
    }
}

impl Kind {
    /// What it takes in a map, as a JSON Schema that refers to [`definitions`].
    pub fn schema(self) -> Json {
        let defined = |name: &str| json!({"$ref": format!("#/$defs/{name}")});
        match self {
            Self::Time => defined("FaultTime"),
            Self::Silence => json!({"anyOf": [{"const": "forever"}, defined("FaultTime")]}),
            Self::Count => defined("FaultCount"),
            Self::Size => defined("FaultSize"),
            Self::Status => defined("FaultStatus"),
            Self::Text | Self::Word => json!({"type": ["string", "number", "boolean"]}),
            Self::Header => json!({"type": ["string", "array", "object"]}),
            Self::Flag => json!({"enum": [true, false, "true", "false"]}),
            Self::Choice(words) => json!({"enum": words}),
        }
    }
}

/// What the schemas of parameters refer to, by its name.
pub fn definitions() -> [(&'static str, Json); 4] {
    let text = |pattern: &str| json!({"type": "string", "pattern": pattern});
    [
        (
            "FaultTime",
            json!({"anyOf": [{"type": "number", "minimum": 0}, text("^[0-9.]+(ms|s|m|h)?$")]}),
        ),
        (
            "FaultCount",
            json!({"anyOf": [{"type": "integer", "minimum": 0}, text("^[0-9]+$")]}),
        ),
        (
            "FaultSize",
            json!({"anyOf": [
                {"type": "integer", "minimum": 0},
                text("^[0-9]+(B|KiB|k|K|MiB|M)?$")
            ]}),
        ),
        (
            "FaultStatus",
            json!({"anyOf": [
                {"type": "integer", "minimum": 300, "maximum": 599},
                text("^[345][0-9][0-9]$")
            ]}),
        ),
    ]
}

fn count(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| "a whole number".to_owned())
}

fn time(text: &str) -> Result<Duration, String> {
    let expected = || "a time, for example 2s or 500ms".to_owned();
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match &text[digits.len()..] {
        "ms" => 0.001,
        "" | "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        _ => return Err(expected()),
    };
    let number: f64 = digits.parse().map_err(|_| expected())?;
    let time = Duration::try_from_secs_f64(number * unit).map_err(|_| expected())?;
    // The runtime's timers end with the decade.
    let longest = Duration::from_secs(365 * 24 * 3600);
    Some(time)
        .filter(|time| *time <= longest)
        .ok_or_else(expected)
}

fn size(text: &str) -> Result<u64, String> {
    let expected = || "a size up to 1024MiB, for example 4096, 64KiB or 16MiB".to_owned();
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit: u64 = match &text[digits.len()..] {
        "" | "B" => 1,
        "KiB" | "k" | "K" => 1024,
        "MiB" | "M" => 1024 * 1024,
        _ => return Err(expected()),
    };
    let number: u64 = digits.parse().map_err(|_| expected())?;
    let size = number.checked_mul(unit).filter(|size| *size <= MAX_SIZE);
    size.ok_or_else(expected)
}

fn status(text: &str) -> Result<StatusCode, String> {
    let status = text
        .parse()
        .ok()
        .and_then(|code| StatusCode::from_u16(code).ok());
    status
        .filter(|status| (300..=599).contains(&status.as_u16()))
        .ok_or_else(|| "an HTTP status from 300 to 599".to_owned())
}

fn header(text: &str) -> Option<Value> {
    let (name, value) = text.split_once(':')?;
    let name = HeaderName::from_bytes(name.trim().as_bytes()).ok()?;
    // Whoever frames the body says how long it is.
    if matches!(name.as_str(), "content-length" | "transfer-encoding") {
        return None;
    }
    Some(Value::Header(
        name,
        HeaderValue::from_str(value.trim()).ok()?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_sizes_and_statuses_are_read_or_refused() {
        let secs = |text| time(text).map(|time| time.as_secs_f64()).ok();
        assert_eq!(secs("2s"), Some(2.0));
        assert_eq!(secs("250ms"), Some(0.25));
        assert_eq!(secs("1.5"), Some(1.5));
        assert_eq!(secs("1m"), Some(60.0));
        for bad in ["", "s", "-1s", "2 weeks", "1e300s", "NaN", "inf", "é"] {
            assert_eq!(secs(bad), None, "{bad}");
        }
        assert_eq!(size("64KiB"), Ok(65536));
        assert!(size("18446744073709551615MiB").is_err() && size("2048MiB").is_err());
        assert!(status("503").is_ok() && status("200").is_err() && status("999").is_err());
        assert!(header("X-Why: because").is_some());
        for bad in ["x", ": y", "a b: c", "x: a\r\nb: c", "content-length: 3"] {
            assert!(header(bad).is_none(), "{bad}");
        }
    }
}
