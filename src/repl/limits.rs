//! What a field of a widget takes: checked before a form is sent, as a browser does.

use std::borrow::Cow;

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::render::{Field, FieldKind};

/// Why a field does not take a value, in words for the reader of which the first say it, for a small
/// window cuts the others; `None` if it does.
pub fn refusal(field: &Field, value: Option<&Value>) -> Option<Cow<'static, str>> {
    let Some(value) = value else {
        return field.required.then_some("not filled in".into());
    };
    let text = value.as_str()?;
    match &field.kind {
        FieldKind::Text {
            input_type,
            pattern,
            ..
        } => typed(input_type, text).or_else(|| matched(pattern.as_deref()?, text)),
        FieldKind::Date { min, max } => dated(min.as_deref(), max.as_deref(), text),
        FieldKind::Choice(_) | FieldKind::Checkbox => None,
    }
}

fn typed(input_type: &str, text: &str) -> Option<Cow<'static, str>> {
    let has_sides = |text: &str| {
        let sides = text.split_once('@');
        sides.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
    };
    match input_type {
        "number" if text.trim().parse::<f64>().is_ok_and(f64::is_finite) => None,
        "number" => Some("not a number".into()),
        "email" if has_sides(text) && !text.contains(char::is_whitespace) => None,
        "email" => Some("not an e-mail address".into()),
        "url" if url::Url::parse(text).is_ok() => None,
        "url" => Some("not a whole address, such as https://example.com".into()),
        _ => None,
    }
}

/// A pattern is one of ECMAScript that has to match the whole text; one that is none is ignored,
/// as browsers do.
fn matched(pattern: &str, text: &str) -> Option<Cow<'static, str>> {
    let schema = json!({"pattern": format!("^(?:{pattern})$")});
    let validator = jsonschema::validator_for(&schema).ok()?;
    let is_match = validator.is_valid(&Value::String(text.to_owned()));
    (!is_match).then(|| format!("does not match {pattern}").into())
}

/// Limits may have a time behind their date.
fn dated(min: Option<&str>, max: Option<&str>, text: &str) -> Option<Cow<'static, str>> {
    let date = |text: &str| text.get(..10).unwrap_or(text).parse::<Date>().ok();
    let Some(given) = date(text) else {
        return Some("not a date, such as 2026-11-30".into());
    };
    if min.and_then(date).is_some_and(|min| given < min) {
        return Some("too early, it is before the first date that may be chosen".into());
    }
    if max.and_then(date).is_some_and(|max| given > max) {
        return Some("too late, it is after the last date that may be chosen".into());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(kind: FieldKind, text: &str) -> bool {
        let field = Field {
            name: "f".into(),
            label: "F".into(),
            kind,
            default: None,
            required: false,
            disabled: false,
        };
        refusal(&field, Some(&json!(text))).is_some()
    }

    fn text(input_type: &str, pattern: Option<&str>) -> FieldKind {
        FieldKind::Text {
            input_type: input_type.into(),
            multiline: false,
            placeholder: None,
            pattern: pattern.map(str::to_owned),
        }
    }

    #[test]
    fn a_text_has_to_be_of_its_type_and_match_its_pattern() {
        assert!(!refused(text("text", None), "anything"));
        assert!(refused(text("number", None), "ten"));
        assert!(!refused(text("number", None), "1e3"));
        assert!(refused(text("email", None), "ada"));
        assert!(!refused(text("email", None), "ada@example.com"));
        assert!(refused(text("url", None), "example.com"));
        assert!(!refused(text("text", Some("[a-z]+|\\d{2}")), "42"));
        assert!(refused(text("text", Some("[a-z]+|\\d{2}")), "42a"));
        assert!(!refused(text("text", Some("(")), "not a pattern"));
    }

    #[test]
    fn what_was_wrong_is_said_in_the_words_that_a_small_window_shows() {
        let field = |kind, required| Field {
            name: "f".into(),
            label: "F".into(),
            kind,
            default: None,
            required,
            disabled: false,
        };
        let first = |kind, value: Option<&str>| {
            let value = value.map(|text| json!(text));
            let words = refusal(&field(kind, true), value.as_ref()).unwrap();
            words.chars().take(14).collect::<String>()
        };
        assert_eq!(first(text("text", None), None), "not filled in");
        assert_eq!(first(text("number", None), Some("ten")), "not a number");
        assert_eq!(first(text("email", None), Some("ada")), "not an e-mail ");
        assert_eq!(first(text("url", None), Some("ada")), "not a whole ad");
        let date = || FieldKind::Date {
            min: Some("2026-11-10".into()),
            max: None,
        };
        assert_eq!(first(date(), Some("soon")), "not a date, su");
        assert_eq!(first(date(), Some("2026-11-09")), "too early, it ");
    }

    #[test]
    fn a_date_stands_within_its_limits() {
        let kind = || FieldKind::Date {
            min: Some("2026-11-10".into()),
            max: Some("2026-11-20T00:00:00Z".into()),
        };
        for (date, is_refused) in [
            ("2026-11-09", true),
            ("2026-11-10", false),
            ("2026-11-20", false),
            ("2026-11-21", true),
            ("2026-02-30", true),
            ("tomorrow", true),
        ] {
            assert_eq!(refused(kind(), date), is_refused, "{date}");
        }
    }
}
