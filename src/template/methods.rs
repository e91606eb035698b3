//! The methods of Python's values that templates of widgets call, under the same budget as filters.

use minijinja::value::ValueKind;
use minijinja::{Error, ErrorKind, State, Value};
use minijinja_contrib::pycompat::unknown_method_callback;

use super::{budget, costs, generator};

/// What a method makes of a value, as jinja2 has it.
///
/// # Errors
/// When there is no such method, or it does not take its arguments.
pub(super) fn call(
    state: &mut State,
    value: &Value,
    method: &str,
    arguments: &[Value],
) -> Result<Value, Error> {
    costs::before_method(value, method, arguments)?;
    let own = |name: &str, state: &mut State| {
        let all: Vec<Value> = [value.clone()]
            .into_iter()
            .chain(arguments.to_vec())
            .collect();
        state.apply_filter(name, &all)
    };
    let made = match (value.kind(), method) {
        (ValueKind::String, "title") => Value::from(title(value.as_str().unwrap_or_default())),
        (ValueKind::String, "replace") => own("replace", state)?,
        (ValueKind::String, "center") if arguments.len() == 1 => own("center", state)?,
        (ValueKind::String, "join") => {
            let rows = arguments.first().cloned().unwrap_or_default();
            if rows.try_iter()?.any(|row| row.as_str().is_none()) {
                let reason = "join takes texts; write LIST|join(…)";
                return Err(Error::new(ErrorKind::InvalidOperation, reason));
            }
            state.apply_filter("join", &[rows, value.clone()])?
        }
        (ValueKind::Map, "items" | "keys" | "values") => {
            let made = unknown_method_callback(state, value, method, arguments)?;
            return budget::settled(made).map(generator::view);
        }
        _ => unknown_method_callback(state, value, method, arguments)?,
    };
    budget::settled(made)
}

/// A text in which each run of letters begins with a capital, as `str.title` has it.
fn title(text: &str) -> String {
    let mut is_inside = false;
    let mut title = String::with_capacity(text.len());
    for letter in text.chars() {
        if is_inside {
            title.extend(letter.to_lowercase());
        } else {
            title.extend(letter.to_uppercase());
        }
        is_inside = letter.is_alphabetic();
    }
    title
}
