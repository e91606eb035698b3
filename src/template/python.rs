//! How Python shows a value, which is what jinja2 writes where a template has no filter for it.

use std::fmt::Write;

use minijinja::Value;
use minijinja::value::{Tuple, ValueKind};

/// What `str()` makes of a value: `True`, `None`, `['a', 1]`.
pub(super) fn str(value: &Value) -> String {
    match value.as_str() {
        Some(text) => text.to_owned(),
        None => repr(value),
    }
}

/// What `repr()` makes of it. Lists are as deep as the budget lets them be.
fn repr(value: &Value) -> String {
    let list = |value: &Value| {
        let items = value.try_iter().into_iter().flatten();
        items.map(|item| repr(&item)).collect::<Vec<_>>().join(", ")
    };
    match value.kind() {
        ValueKind::Undefined => String::new(),
        ValueKind::None => "None".to_owned(),
        ValueKind::Bool => String::from(if value.is_true() { "True" } else { "False" }),
        ValueKind::String => quoted(value.as_str().unwrap_or_default()),
        ValueKind::Seq if value.downcast_object_ref::<Tuple>().is_some() => {
            let lone = if value.len() == Some(1) { "," } else { "" };
            format!("({}{lone})", list(value))
        }
        ValueKind::Number if !value.is_integer() => {
            float(f64::try_from(value.clone()).unwrap_or(0.0))
        }
        ValueKind::Seq | ValueKind::Iterable => format!("[{}]", list(value)),
        ValueKind::Map => {
            let keys = value.try_iter().into_iter().flatten();
            let pairs = keys.map(|key| {
                let item = value.get_item(&key).unwrap_or_default();
                format!("{}: {}", repr(&key), repr(&item))
            });
            format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
        }
        _ => value.to_string(),
    }
}

/// A float as Python has it: the fewest digits that tell it from its neighbours, with an exponent
/// below 0.0001 and from 1e16 on.
fn float(number: f64) -> String {
    if number.is_nan() || number.is_infinite() {
        return number.to_string().to_lowercase();
    }
    let size = number.abs();
    if size == 0.0 || (1e-4..1e16).contains(&size) {
        return format!("{number:?}");
    }
    let text = format!("{number:e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.abs())
}

fn quoted(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    let mut quoted = String::from(quote);
    for letter in text.chars() {
        match letter {
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            letter if letter == quote => quoted.extend(['\\', letter]),
            letter if letter.is_ascii_control() => {
                let _ = write!(quoted, "\\x{:02x}", u32::from(letter));
            }
            letter => quoted.push(letter),
        }
    }
    quoted.push(quote);
    quoted
}

#[cfg(test)]
mod tests {
    use minijinja::value::Serde;
    use serde_json::json;

    use super::*;

    /// As python3 has it: `str(["it's", …])`.
    #[test]
    fn values_are_shown_as_python_shows_them() {
        let value = json!(["it's", "a \"b\"\n", "both ' and \"", true, null, 1, 2.0, {"k": [], "ü": "\u{7}"}]);
        assert_eq!(
            str(&Value::from(Serde(&value))),
            r#"["it's", 'a "b"\n', 'both \' and "', True, None, 1, 2.0, {'k': [], 'ü': '\x07'}]"#
        );
        assert_eq!(str(&Value::from("plain 'text'")), "plain 'text'");
    }
}
