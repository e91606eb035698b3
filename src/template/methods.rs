//! The methods of Python's values that templates of widgets call most, each as the filter or the
//! test that does the same, and so under the same budget.

use minijinja::value::ValueKind;
use minijinja::{Error, ErrorKind, State, Value};

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
    let first = || arguments.first().cloned().unwrap_or_default();
    let own: Vec<Value> = [value.clone()]
        .into_iter()
        .chain(arguments.to_vec())
        .collect();
    match (value.kind(), method) {
        (ValueKind::Map, "get") => {
            let found = value.get_item(&first())?;
            let default = || arguments.get(1).cloned().unwrap_or(Value::from(()));
            Ok(if found.is_undefined() {
                default()
            } else {
                found
            })
        }
        (ValueKind::Map, "keys") => state.apply_filter("list", &own),
        (ValueKind::Map, "items") => state.apply_filter("items", &own),
        (ValueKind::Map, "values") => {
            let pairs = state.apply_filter("items", &own)?;
            let last = Value::from(1);
            let values = pairs.try_iter()?.map(|pair| pair.get_item(&last));
            values.collect::<Result<Vec<_>, _>>().map(Value::from)
        }
        (ValueKind::String, "upper" | "lower" | "title" | "capitalize" | "replace" | "split") => {
            state.apply_filter(method, &own)
        }
        (ValueKind::String, "strip") => state.apply_filter("trim", &own),
        (ValueKind::String, "join") => state.apply_filter("join", &[first(), value.clone()]),
        (ValueKind::String, "startswith") => starts(state, "startingwith", &own),
        (ValueKind::String, "endswith") => starts(state, "endingwith", &own),
        _ => Err(ErrorKind::UnknownMethod.into()),
    }
}

fn starts(state: &mut State, test: &str, arguments: &[Value]) -> Result<Value, Error> {
    state.perform_test(test, arguments).map(Value::from)
}
