//! How much a template may make: a number of bytes that only becomes less while it runs.
//!
//! Values are weighed by all that they hold, each time that something is made of them. So neither
//! doubling a text line after line nor a list that holds itself many times comes far, in memory or
//! in time.

use std::cell::Cell;
use std::fmt::Write;

use minijinja::value::{Kwargs, Rest, ValueKind};
use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior, Value,
};

use super::{Manner, costs, filters, generator, jinja, python, unhurt};

/// How many bytes a template may make, all of its values together.
const MOST: u64 = 64 * 1024 * 1024;
/// What a value takes besides its text.
pub(super) const NODE: u64 = 32;
/// How deep lists may stand in lists.
pub(super) const DEEPEST: usize = 64;

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
/// Weighs the two values that are compared, if there is an order between them.
pub(super) const ORDERED: &str = "chatkit_ordered";
/// Makes what `%` makes of two values.
pub(super) const REMAINDER: &str = "chatkit_remainder";
/// Makes a slice that the engine would panic at.
pub(super) const SLICED: &str = "chatkit_sliced";
/// Weighs what is put into a namespace, if it may be there.
pub(super) const APART: &str = "chatkit_apart";
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
    for (name, filter) in filters::known(manner) {
        environment.add_filter(
            name,
            move |state: &mut State, Rest(mut arguments): Rest<Value>, mut named: Kwargs| {
                if !takes_anything(name) {
                    there(state, arguments.first().unwrap_or(&Value::UNDEFINED))?;
                }
                if manner == Manner::Sdk {
                    (arguments, named) = jinja::arranged(name, arguments, named)?;
                    jinja::check(state, name, &arguments, &named)?;
                }
                if named.args().next().is_some() {
                    arguments.push(named.clone().into());
                }
                costs::before(name, &arguments, &named)?;
                let made = filter.call(state, &arguments)?;
                // A chain looks its parts through each time, and may be a part of a chain itself.
                let made = if name == "chain" {
                    flat(&made)?
                } else {
                    settled(made)?
                };
                Ok::<_, Error>(match manner {
                    Manner::Sdk => generator::made(name, made),
                    Manner::Scenario => made,
                })
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
    environment.add_filter(ORDERED, move |state: &State, left: Value, right: Value| {
        there(state, &left)?;
        there(state, &right)?;
        weigh(&left)?;
        weigh(&right)?;
        if manner == Manner::Sdk {
            jinja::in_order([&left, &right])?;
        }
        Ok::<_, Error>(vec![right, left])
    });
    environment.add_filter(REMAINDER, |state: &mut State, left: Value, right: Value| {
        there(state, &left)?;
        there(state, &right)?;
        jinja::remainder(state, &left, &right)
    });
    environment.add_filter(
        SLICED,
        |state: &State, value: Value, start: Value, stop: Value, step: Value| {
            there(state, &value)?;
            unhurt::sliced([value, start, stop, step])
        },
    );
    environment.add_filter(APART, |value: Value, namespace: Value| {
        weigh(&value)?;
        jinja::apart(&value)?;
        Ok::<_, Error>(vec![namespace, value])
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
    environment.add_filter(LOOPED, move |value: Value| {
        if manner == Manner::Sdk && value.is_none() {
            return Err(jinja::no_row());
        }
        spend(row(&value)).map(|()| value)
    });
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

/// Refuses a value that is not there, where that is not allowed. What an `if` without an `else`
/// leaves is there, as it is for jinja2.
fn there(state: &State, value: &Value) -> Result<(), Error> {
    let is_strict = state.undefined_behavior() == UndefinedBehavior::Strict;
    if is_strict && value.is_undefined() {
        let row = minijinja::filters::list(state, value.clone());
        return row.map(drop).map_err(|_| ErrorKind::UndefinedError.into());
    }
    Ok(())
}

/// The filters of jinja2 that take what is not there, too.
fn takes_anything(filter: &str) -> bool {
    matches!(filter, "default" | "d" | "items" | "pprint")
}

pub(super) fn spend(bytes: u64) -> Result<(), Error> {
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
pub(super) fn weigh(value: &Value) -> Result<(), Error> {
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
pub(super) fn text_length(value: &Value) -> u64 {
    value.as_bytes().map_or(0, |text| text.len() as u64)
}

/// How many values stand in a row in this one; a text is a row of its characters.
pub(super) fn count(value: &Value) -> u64 {
    let worked_out = || value.try_iter().map_or(0, Iterator::count);
    value.len().unwrap_or_else(worked_out) as u64
}

/// What a row of values takes, without what each of them holds.
pub(super) fn row(value: &Value) -> u64 {
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

pub(super) fn settled(value: Value) -> Result<Value, Error> {
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

/// Writes a value, if there is still so much to be written.
fn emit(
    out: &mut Output<'_>,
    state: &mut State<'_, '_>,
    value: &Value,
    manner: Manner,
) -> Result<(), Error> {
    let is_escaped = !matches!(state.auto_escape(), AutoEscape::None);
    if !is_escaped || manner == Manner::Sdk {
        let mut escape = |value| state.apply_filter("escape", std::slice::from_ref(value));
        let escaped = is_escaped.then(|| escape(value)).transpose()?;
        let value = escaped.as_ref().unwrap_or(value);
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
