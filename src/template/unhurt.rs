//! What the engine panics at, done here instead: a division of whole numbers by zero in the test
//! `divisibleby`, and a slice that goes backwards through nothing.

use minijinja::value::{Tuple, ValueKind};
use minijinja::{Environment, Error, ErrorKind, Value, tests};

/// Puts the test that does not panic in the place of the engine's.
pub(super) fn install(environment: &mut Environment<'static>) {
    environment.add_test("divisibleby", is_divisible);
}

/// Whether a number can be divided by another one without a rest.
///
/// # Errors
/// When that is zero.
#[allow(clippy::needless_pass_by_value, reason = "a test takes its values so")]
pub(super) fn is_divisible(value: Value, by: Value) -> Result<bool, Error> {
    match i128::try_from(by.clone()) {
        Ok(0) => Err(wrong("a number is not divisible by zero")),
        // The smallest number has no counterpart, and overflows.
        Ok(-1) => Ok(tests::is_integer(&value)),
        _ => Ok(tests::is_divisibleby(&value, &by)),
    }
}

/// The arguments of a slice for the engine, in the order in which it takes them from its stack; what
/// goes backwards has been sliced already.
///
/// # Errors
/// When a place is no whole number.
pub(super) fn sliced(parts: [Value; 4]) -> Result<Vec<Value>, Error> {
    let [value, start, end, step] = parts;
    let place = |part: &Value| match part.kind() {
        ValueKind::None => Ok(None),
        _ => i64::try_from(part.clone()).map(Some),
    };
    let is_row = matches!(
        value.kind(),
        ValueKind::String | ValueKind::Seq | ValueKind::Iterable
    );
    match place(&step)? {
        Some(by) if by < 0 && is_row => {
            let value = backwards(&value, place(&start)?, place(&end)?, by)?;
            let none = || Value::from(());
            Ok(vec![none(), none(), none(), value])
        }
        _ => Ok(vec![step, end, start, value]),
    }
}

/// A slice as Python makes it, from a place down to another one, which is left out.
fn backwards(
    value: &Value,
    start: Option<i64>,
    end: Option<i64>,
    step: i64,
) -> Result<Value, Error> {
    let row: Vec<Value> = match value.as_str() {
        Some(text) => text.chars().map(Value::from).collect(),
        None => value.try_iter()?.collect(),
    };
    let length = i64::try_from(row.len()).map_err(|_| wrong("it is too long"))?;
    let inside = |place: i64| {
        let place = if place < 0 {
            place.saturating_add(length)
        } else {
            place
        };
        place.clamp(-1, length - 1)
    };
    let mut place = start.map_or(length - 1, inside);
    let end = end.map_or(-1, inside);
    let mut taken = Vec::new();
    while place > end {
        let at = usize::try_from(place).map_err(|_| wrong("it has no such place"))?;
        taken.push(row[at].clone());
        place = place.saturating_add(step);
    }
    if value.as_str().is_some() {
        let text: String = taken.iter().filter_map(Value::as_str).collect();
        return Ok(text.into());
    }
    Ok(match value.downcast_object_ref::<Tuple>() {
        Some(_) => Value::from(Tuple::from(taken)),
        None => taken.into(),
    })
}

fn wrong(reason: &str) -> Error {
    Error::new(ErrorKind::InvalidOperation, reason.to_owned())
}
