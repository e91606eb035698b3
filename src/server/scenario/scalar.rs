//! Scalars of YAML without quotes: what they are besides texts.

use std::str::FromStr;

use serde_json::{Number, Value};

/// A scalar without quotes, by YAML 1.2's core schema.
pub(super) fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return true.into(),
        "false" | "False" | "FALSE" => return false.into(),
        _ => {}
    }
    number(text).map_or_else(|| text.into(), Value::Number)
}

fn number(text: &str) -> Option<Number> {
    if let Some(digits) = text.strip_prefix("0x") {
        return u64::from_str_radix(digits, 16).ok().map(Number::from);
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return u64::from_str_radix(digits, 8).ok().map(Number::from);
    }
    let first = text.trim_start_matches(['+', '-', '.']).chars().next()?;
    if !first.is_ascii_digit() {
        return None;
    }
    let digits = text.trim_start_matches(['+', '-']);
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        // An id like 007 means its zeros, and no number holds an id of thirty digits.
        let is_padded = digits.len() > 1 && digits.starts_with('0');
        let signed = i64::from_str(text).map(Number::from);
        let number = signed.or_else(|_| u64::from_str(text).map(Number::from));
        return number.ok().filter(|_| !is_padded);
    }
    f64::from_str(text).ok().and_then(Number::from_f64)
}
