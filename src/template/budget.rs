//! How much a template may make: a number of bytes that only becomes less while it runs.
//!
//! Values are weighed by all that they hold, each time that something is made of them. So neither
//! doubling a text line after line nor a list that holds itself many times comes far, in memory or
//! in time.

use std::cell::Cell;
use std::fmt::Write;

use minijinja::value::{Kwargs, Rest, ValueKind};
use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior, Value, filters,
};

use super::{Manner, python};

/// How many bytes a template may make, all of its values together.
const MOST: u64 = 64 * 1024 * 1024;
/// What a value takes besides its text.
const NODE: u64 = 32;
/// How deep lists may stand in lists.
const DEEPEST: usize = 64;

/// Weighs a value.
pub(super) const WEIGHED: &str = "chatkit_weighed";
/// Weighs the two values that an operator takes.
pub(super) const PAIR: &str = "chatkit_pair";
/// Weighs what a multiplication makes.
pub(super) const REPEATED: &str = "chatkit_repeated";
/// Weighs the text whose characters are counted.
pub(super) const INDEXED: &str = "chatkit_indexed";
/// Weighs what a loop goes through.
pub(super) const LOOPED: &str = "chatkit_looped";
/// Makes lists of lists in one.
pub(super) const UNPACKED: &str = "chatkit_unpacked";
/// Makes a list of what would be worked out each time that it is looked at.
pub(super) const SETTLED: &str = "chatkit_settled";
/// Is no constant, and therefore nothing to compute with before the template runs.
pub(super) const UNFOLDED: &str = "chatkit_unfolded";

thread_local! {
    static LEFT: Cell<Left> = const { Cell::new(Left { made: 0, written: 0, largest: 0 }) };
}

/// What the template that runs on this thread may still do, in bytes.
#[derive(Clone, Copy)]
struct Left {
    made: u64,
    written: u64,
    /// How much it might write when it began.
    largest: u64,
}

/// Begins anew, for a template that may write so many bytes.
pub(super) fn renew(largest: usize) {
    let largest = largest as u64;
    LEFT.set(Left {
        made: MOST,
        written: largest,
        largest,
    });
}

/// Puts everything that a template can call under the budget.
pub(super) fn install(environment: &mut Environment<'static>, manner: Manner) {
    environment.set_formatter(move |out: &mut Output, state: &mut State, value: &Value| {
        emit(out, state, value, manner)
    });
    for (name, filter) in builtin() {
        environment.add_filter(
            name,
            move |state: &mut State, Rest(mut arguments): Rest<Value>, named: Kwargs| {
                if !takes_anything(name) {
                    there(state, arguments.first().unwrap_or(&Value::UNDEFINED))?;
                }
                if named.args().next().is_some() {
                    arguments.push(named.clone().into());
                }
                before(name, &arguments, &named)?;
                let made = filter.call(state, &arguments)?;
                // A chain looks its parts through each time, and may be a part of a chain itself.
                if name == "chain" {
                    flat(&made)
                } else {
                    settled(made)
                }
            },
        );
    }
    environment.add_filter(WEIGHED, |value: Value| weigh(&value).map(|()| value));
    environment.add_filter(PAIR, |state: &State, left: Value, right: Value| {
        there(state, &left)?;
        there(state, &right)?;
        weigh(&left)?;
        weigh(&right)?;
        Ok::<_, Error>(vec![right, left])
    });
    environment.add_filter(REPEATED, |state: &State, left: Value, right: Value| {
        there(state, &left)?;
        there(state, &right)?;
        spend(product(&left, &right).max(product(&right, &left)))?;
        Ok::<_, Error>(vec![right, left])
    });
    environment.add_filter(INDEXED, |value: Value, key: Value| {
        spend(text_length(&value))?;
        Ok::<_, Error>(vec![key, value])
    });
    environment.add_filter(LOOPED, |value: Value| spend(row(&value)).map(|()| value));
    environment.add_filter(UNPACKED, |lists: Rest<Value>| {
        let mut all = Vec::new();
        for list in lists.iter() {
            collect(list, &mut all)?;
        }
        Ok::<_, Error>(all)
    });
    environment.add_filter(SETTLED, settled);
    environment.add_filter(UNFOLDED, |value: Value| value);
    let range = Value::from_function(minijinja::functions::range);
    environment.add_function("range", move |state: &mut State, bounds: Rest<Value>| {
        settled(range.call(state, &bounds)?)
    });
}

/// The filters that the engine brings along, under their names.
fn builtin() -> Vec<(&'static str, Value)> {
    macro_rules! all {
        ($($name:ident)*) => { vec![$((stringify!($name), Value::from_function(filters::$name))),*] };
    }
    let mut all = all![
        safe escape lower upper title capitalize replace length dictsort items reverse trim join
        split lines default round abs int float attr first last min max sort list string bool batch
        slice sum indent select reject selectattr rejectattr map groupby unique chain zip pprint
        format tojson
    ];
    all.push(("e", Value::from_function(filters::escape)));
    all.push(("count", Value::from_function(filters::length)));
    all.push(("d", Value::from_function(filters::default)));
    all
}

/// Refuses a value that is not there, where that is not allowed. What an `if` without an `else`
/// leaves is there, as it is for jinja2.
fn there(state: &State, value: &Value) -> Result<(), Error> {
    let is_strict = state.undefined_behavior() == UndefinedBehavior::Strict;
    if is_strict && value.is_undefined() {
        let row = filters::list(state, value.clone());
        return row.map(drop).map_err(|_| ErrorKind::UndefinedError.into());
    }
    Ok(())
}

/// The filters of jinja2 that take what is not there, too.
fn takes_anything(filter: &str) -> bool {
    matches!(filter, "default" | "d" | "items" | "pprint")
}

fn spend(bytes: u64) -> Result<(), Error> {
    let mut left = LEFT.get();
    left.made = left.made.checked_sub(bytes).ok_or_else(|| {
        let reason = format!(
            "it makes more than {} MiB of values; repeat, join and carry along less",
            MOST >> 20
        );
        Error::new(ErrorKind::InvalidOperation, reason)
    })?;
    LEFT.set(left);
    Ok(())
}

/// Spends what a value weighs, with all that it holds.
fn weigh(value: &Value) -> Result<(), Error> {
    weigh_within(value, 0)
}

fn weigh_within(value: &Value, depth: usize) -> Result<(), Error> {
    spend(NODE + text_length(value))?;
    if depth > DEEPEST {
        let reason = format!("its lists stand more than {DEEPEST} deep in one another");
        return Err(Error::new(ErrorKind::InvalidOperation, reason));
    }
    match value.kind() {
        ValueKind::Seq | ValueKind::Iterable => {
            for item in value.try_iter()? {
                weigh_within(&item, depth + 1)?;
            }
        }
        ValueKind::Map => {
            for key in value.try_iter()? {
                weigh_within(&value.get_item(&key)?, depth + 1)?;
                weigh_within(&key, depth + 1)?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// The length of a text, or 0.
fn text_length(value: &Value) -> u64 {
    value.as_bytes().map_or(0, |text| text.len() as u64)
}

/// How many values stand in a row in this one; a text is a row of its characters.
fn count(value: &Value) -> u64 {
    value.len().map_or(0, |length| length as u64)
}

/// What a row of values takes, without what each of them holds.
fn row(value: &Value) -> u64 {
    count(value).saturating_mul(NODE)
}

/// What so many times a text or a list take.
fn product(repeated: &Value, times: &Value) -> u64 {
    let times = times.as_usize().unwrap_or_default() as u64;
    match repeated.kind() {
        ValueKind::String => text_length(repeated).saturating_mul(times),
        ValueKind::Seq | ValueKind::Iterable => row(repeated).saturating_mul(times),
        _ => 0,
    }
}

fn settled(value: Value) -> Result<Value, Error> {
    if value.kind() == ValueKind::Iterable {
        return flat(&value);
    }
    weigh(&value)?;
    Ok(value)
}

/// A list or map of its own, with what the value shows.
fn flat(value: &Value) -> Result<Value, Error> {
    if value.kind() == ValueKind::Map {
        weigh(value)?;
        let keys = value.try_iter()?;
        let pairs = keys.map(|key| value.get_item(&key).map(|item| (key, item)));
        return Ok(Value::from_pairs(pairs.collect::<Result<Vec<_>, _>>()?));
    }
    let mut all = Vec::new();
    collect(value, &mut all)?;
    Ok(all.into())
}

fn collect(value: &Value, all: &mut Vec<Value>) -> Result<(), Error> {
    for item in value.try_iter()? {
        weigh(&item)?;
        all.push(item);
    }
    Ok(())
}

/// Spends what a filter is going to make, where that may be much more than it is given.
fn before(name: &str, arguments: &[Value], named: &Kwargs) -> Result<(), Error> {
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
        "format" => widths(value, &arguments[1..]),
        "lower" | "upper" | "title" | "capitalize" | "escape" | "e" | "safe" | "string"
        | "trim" | "length" | "count" | "default" | "d" => 0,
        // A text is a list of its characters to all the others.
        _ => row(value),
    })
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

/// Writes a value, if there is still so much to be written.
fn emit(
    out: &mut Output<'_>,
    state: &mut State<'_, '_>,
    value: &Value,
    manner: Manner,
) -> Result<(), Error> {
    if matches!(state.auto_escape(), AutoEscape::None) {
        let mut counted = Counted {
            out,
            is_full: false,
        };
        let written = match value.as_str() {
            Some(text) => counted.write_str(text),
            None if manner == Manner::Sdk => {
                weigh(value)?;
                counted.write_str(&python::str(value))
            }
            // A client that names no locale is greeted in none, and not in "None".
            None if value.is_none() => Ok(()),
            // What came as JSON goes out as JSON, and not as Python would show it.
            None if is_json(value) => {
                weigh(value)?;
                let json = serde_json::to_string(value);
                let json = json
                    .map_err(|error| Error::new(ErrorKind::BadSerialization, error.to_string()))?;
                counted.write_str(&json)
            }
            None => write!(counted, "{value}"),
        };
        return match written {
            Err(_) if counted.is_full => {
                let reason = too_much_written(LEFT.get().largest);
                Err(Error::new(ErrorKind::InvalidOperation, reason))
            }
            other => Ok(other?),
        };
    }
    // Escaping makes six bytes of one at most.
    weigh(value)?;
    spend(6 * text_length(value))?;
    minijinja::escape_formatter(out, state, value)
}

/// Whether a value has a form of its own in JSON, which is another than Python's.
fn is_json(value: &Value) -> bool {
    matches!(
        value.kind(),
        ValueKind::Map | ValueKind::Seq | ValueKind::Bool
    )
}

/// What is said when a template writes too much.
pub(super) fn too_much_written(largest: u64) -> String {
    let kib = largest / 1024;
    format!("it writes more than {kib} KiB, with what it captures; write less")
}

/// Writes as long as there is something left to be written.
struct Counted<'o, 'w> {
    out: &'o mut Output<'w>,
    is_full: bool,
}

impl Write for Counted<'_, '_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        let mut left = LEFT.get();
        let Some(written) = left.written.checked_sub(text.len() as u64) else {
            self.is_full = true;
            return Err(std::fmt::Error);
        };
        left.written = written;
        LEFT.set(left);
        self.out.write_str(text)
    }
}
