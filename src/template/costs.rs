//! What filters and methods are going to make, where that may be much more than they are given.

use minijinja::value::{Kwargs, ValueKind};
use minijinja::{Error, Value};

use super::budget::{DEEPEST, NODE, count, row, spend, text_length, weigh};

/// Spends what a filter is going to make, where that may be much more than it is given.
pub(super) fn before(name: &str, arguments: &[Value], named: &Kwargs) -> Result<(), Error> {
    for argument in arguments {
        weigh(argument)?;
    }
    let none = Value::UNDEFINED;
    let argument = |index: usize| arguments.get(index).unwrap_or(&none);
    let value = argument(0);
    let number = |index: usize, name: &str| -> u64 {
        let placed = argument(index).as_usize().map(|number| number as u64);
        placed.or_else(|| named.get(name).ok()).unwrap_or_default()
    };
    spend(match name {
        "replace" => {
            let (text, from, to) = (value.to_string(), argument(1).to_string(), argument(2));
            let found = text.matches(&*from).count() as u64;
            found.saturating_mul(to.to_string().len() as u64)
        }
        "join" => count(value).saturating_mul(NODE + text_length(argument(1))),
        "indent" => {
            let lines = value.to_string().matches('\n').count() as u64 + 1;
            lines.saturating_mul(number(1, "width"))
        }
        "tojson" => nodes(value).saturating_mul(number(1, "indent").saturating_mul(DEEPEST as u64)),
        "center" => number(1, "width"),
        "escape" | "e" | "forceescape" | "urlencode" => 5 * text_length(value),
        "batch" | "slice" => number(1, "count")
            .saturating_mul(NODE)
            .saturating_add(row(value)),
        // A test like `in` goes through its argument for each of the values.
        "select" | "reject" | "selectattr" | "rejectattr" => {
            let looked_through = arguments
                .iter()
                .skip(1)
                .map(row)
                .fold(NODE, u64::saturating_add);
            count(value).saturating_mul(looked_through)
        }
        "format" => widths(value, arguments.get(1..).unwrap_or_default()),
        "lower" | "upper" | "title" | "capitalize" | "safe" | "string" | "trim" | "length"
        | "count" | "default" | "d" => 0,
        // A text is a list of its characters to all the others.
        _ => row(value),
    })
}

/// Spends what a method is going to make, as [`before`] does for a filter.
pub(super) fn before_method(value: &Value, method: &str, arguments: &[Value]) -> Result<(), Error> {
    weigh(value)?;
    for argument in arguments {
        weigh(argument)?;
    }
    match method {
        "format" => spend(widths(value, arguments)),
        "split" | "splitlines" => spend(row(value)),
        _ => Ok(()),
    }
}

/// How many values there are in a value, which has been weighed.
fn nodes(value: &Value) -> u64 {
    match value.kind() {
        ValueKind::Seq | ValueKind::Iterable | ValueKind::Map => {
            let below = value.try_iter().into_iter().flatten();
            1 + below
                .map(|item| match value.kind() {
                    ValueKind::Map => value.get_item(&item).map_or(1, |item| nodes(&item)),
                    _ => nodes(&item),
                })
                .sum::<u64>()
        }
        _ => 1,
    }
}

/// How wide a format may make what it formats: its numbers, and those that stand for a `*`.
fn widths(format: &Value, arguments: &[Value]) -> u64 {
    let format = format.to_string();
    let numbers = format.split(|letter: char| !letter.is_ascii_digit());
    let numbers = numbers.filter(|digits| !digits.is_empty());
    let written = numbers.map(|digits| digits.parse().unwrap_or(u64::MAX));
    let stars = if format.contains('*') { arguments } else { &[] };
    let given = stars
        .iter()
        .filter_map(|star| star.as_usize().map(|star| star as u64));
    written.chain(given).fold(0, u64::saturating_add)
}
