//! What jinja2 3.1 has and the engine lacks or spells otherwise: filters, tests and operators of
//! `.widget` files, which the SDK fills in with `Environment(undefined=StrictUndefined)`
//! (openai-chatkit 1.6.5, widgets.py). `tests/peers/templates.rs` holds all of it against jinja2.
//!
//! What still differs, and fails here: `random`, `urlize`, `wordwrap`, `xmlattr`, `cycler`, `joiner`
//! and `lipsum`; the unary `+`; `varargs` and `kwargs` of a macro; a text for the width of `indent`;
//! what is missing as `items`; `%r` and `%d` of a float, and `!r` and `%` in `str.format`; the methods
//! that change a list or a map, and the rarer ones of texts. What differs in silence: an integer of
//! the data that has more than 64 bits is read as a float; `pprint` breaks its lines sooner; a range is
//! a list; a generator can be gone through twice, has places and is shown as a list; `tojson` keeps the
//! order of keys and the letters beyond ASCII, which is the same JSON; and what was escaped is a text
//! like any other once something is added to it with `+`.

use minijinja::value::{Kwargs, Tuple, ValueKind};
use minijinja::{Environment, Error, ErrorKind, State, Value, tests};

use super::{generator, python, unhurt};

/// The filters whose parameters have other names or another order, with all names in their order
/// and how many of them the engine takes without their names.
const PARAMETERS: &[(&str, &[&str], usize)] = &[
    ("batch", &["linecount", "fill_with"], 2),
    ("center", &["width"], 1),
    ("d", &["default_value", "boolean"], 2),
    ("default", &["default_value", "boolean"], 2),
    ("dictsort", &["case_sensitive", "by", "reverse"], 0),
    ("filesizeformat", &["binary"], 1),
    ("float", &["default"], 1),
    ("groupby", &["attribute", "default", "case_sensitive"], 1),
    ("int", &["default", "base"], 2),
    ("join", &["d", "attribute"], 1),
    ("max", &["case_sensitive", "attribute"], 0),
    ("min", &["case_sensitive", "attribute"], 0),
    ("replace", &["old", "new", "count"], 3),
    ("slice", &["slices", "fill_with"], 2),
    ("sort", &["reverse", "case_sensitive", "attribute"], 0),
    ("trim", &["chars"], 1),
    ("truncate", &["length", "killwords", "end", "leeway"], 4),
    ("unique", &["case_sensitive", "attribute"], 0),
];

/// The filters that go through what they are given, and fail at `None`.
const OF_ROWS: &[&str] = &[
    "batch", "count", "first", "groupby", "join", "last", "length", "list", "max", "min",
    "reverse", "slice", "sort", "sum", "unique",
];

/// What the engine has and jinja2 has not.
const UNKNOWN_FILTERS: &[&str] = &["bool", "chain", "lines", "split", "zip"];
const UNKNOWN_TESTS: &[&str] = &["containing", "endingwith", "int", "safe", "startingwith"];

/// Puts the tests of jinja2 in the place of the engine's, and takes out what jinja2 has not.
pub(super) fn install(environment: &mut Environment<'static>) {
    for name in UNKNOWN_FILTERS {
        environment.remove_filter(name);
    }
    for name in UNKNOWN_TESTS {
        environment.remove_test(name);
    }
    environment.add_test("callable", |value: &Value| {
        matches!(value.kind(), ValueKind::Plain | ValueKind::Undefined)
    });
    environment.add_test("iterable", |value: Value| {
        there(&value).map(|()| value.try_iter().is_ok() && !value.is_none())
    });
    environment.add_test("lower", |value: Value| {
        there(&value).map(|()| tests::is_lower(&value))
    });
    environment.add_test("upper", |value: Value| {
        there(&value).map(|()| tests::is_upper(&value))
    });
    environment.add_test("sequence", |value: &Value| {
        use ValueKind::{Map, Seq, String};
        matches!(value.kind(), Seq | Map | String)
    });
    environment.add_test("odd", |value: Value| {
        number(&value).map(|()| tests::is_odd(value))
    });
    environment.add_test("even", |value: Value| {
        number(&value).map(|()| tests::is_even(value))
    });
    environment.add_test("divisibleby", |value: Value, by: Value| {
        number(&value)?;
        number(&by)?;
        unhurt::is_divisible(value, by)
    });
    for (names, holds) in ORDERS {
        for name in *names {
            environment.add_test(*name, move |one: Value, other: Value| {
                in_order([&one, &other]).map(|()| holds(&one, &other))
            });
        }
    }
}

/// A test that compares, by all of its names.
type Order = (&'static [&'static str], fn(&Value, &Value) -> bool);

const ORDERS: &[Order] = &[
    (&["lt", "lessthan", "<"], |one, other| one < other),
    (&["le", "<="], |one, other| one <= other),
    (&["gt", "greaterthan", ">"], |one, other| one > other),
    (&["ge", ">="], |one, other| one >= other),
];

/// The arguments of a filter as the engine takes them, its value first.
///
/// # Errors
/// When there are too many of them, or one that the filter does not have.
pub(super) fn arranged(
    name: &str,
    mut arguments: Vec<Value>,
    named: Kwargs,
) -> Result<(Vec<Value>, Kwargs), Error> {
    if let ("int" | "float", Some(text)) = (name, arguments.first().and_then(Value::as_str)) {
        arguments[0] = text.trim().replace('_', "").into();
    }
    let Some((_, parameters, placed)) = PARAMETERS.iter().find(|row| row.0 == name) else {
        return Ok((arguments, named));
    };
    if arguments.len() > parameters.len() + 1 {
        return Err(ErrorKind::TooManyArguments.into());
    }
    let mut given: Vec<Option<Value>> = arguments
        .drain(1.min(arguments.len())..)
        .map(Some)
        .collect();
    given.resize(parameters.len(), None);
    for key in named.args() {
        let place = parameters.iter().position(|parameter| *parameter == key);
        match place.map(|place| &mut given[place]) {
            Some(free @ None) => *free = Some(named.get(key)?),
            _ => return Err(ErrorKind::TooManyArguments.into()),
        }
    }
    for (parameter, value) in parameters.iter().zip(&mut given) {
        if let ("attribute", Some(number)) = (*parameter, value.as_ref().and_then(Value::as_i64)) {
            *value = Some(number.to_string().into());
        }
    }
    if name == "int" || name == "float" {
        let zero = if name == "int" {
            Value::from(0)
        } else {
            Value::from(0.0)
        };
        given[0].get_or_insert(zero);
    }
    let rest = given.split_off(*placed);
    while given.last().is_some_and(Option::is_none) {
        given.pop();
    }
    let empty = if name.starts_with('d') {
        Value::from("")
    } else {
        Value::UNDEFINED
    };
    arguments.extend(
        given
            .into_iter()
            .map(|value| value.unwrap_or_else(|| empty.clone())),
    );
    let rest = parameters[*placed..].iter().copied().zip(rest);
    Ok((
        arguments,
        rest.filter_map(|(name, value)| Some((name, value?)))
            .collect(),
    ))
}

/// Refuses what a filter cannot work with, where the engine makes something of it.
///
/// # Errors
/// As Python does: what is `None`, what an item has not, and what has no order.
pub(super) fn check(
    state: &mut State,
    name: &str,
    arguments: &[Value],
    named: &Kwargs,
) -> Result<(), Error> {
    let none = Value::UNDEFINED;
    let value = arguments.first().unwrap_or(&none);
    if value.is_none() && OF_ROWS.contains(&name) {
        return Err(no_row());
    }
    generator::check(name, value)?;
    let attribute = match name {
        "sort" | "min" | "max" | "unique" => named.peek::<Option<Value>>("attribute")?,
        "groupby" if named.peek::<Option<Value>>("default")?.is_none() => arguments.get(1).cloned(),
        "selectattr" | "rejectattr" => {
            let test = arguments.get(2).and_then(Value::as_str);
            let is_plain = !matches!(test, Some("defined" | "undefined"));
            arguments.get(1).filter(|_| is_plain).cloned()
        }
        _ => None,
    };
    let orders = matches!(name, "sort" | "min" | "max");
    let Some(attribute) = attribute else {
        return if orders {
            in_order(&items(value)?)
        } else {
            Ok(())
        };
    };
    for attribute in python::str(&attribute).split(',') {
        let named: Kwargs = [("attribute", attribute.into())].into_iter().collect();
        let found = state.apply_filter("map", &[value.clone(), named.into()])?;
        let found = items(&found)?;
        if found.iter().any(Value::is_undefined) {
            let reason = format!("an item has no {attribute}");
            return Err(Error::new(ErrorKind::UndefinedError, reason));
        }
        if orders {
            in_order(&found)?;
        }
    }
    Ok(())
}

fn items(value: &Value) -> Result<Vec<Value>, Error> {
    Ok(value.try_iter()?.collect())
}

/// Why a loop or a filter does not go through `None`.
pub(super) fn no_row() -> Error {
    let reason = "None is no list; write NAME or [] where it may be none";
    Error::new(ErrorKind::InvalidOperation, reason)
}

/// Refuses values of which none is the smaller one.
pub(super) fn in_order<'v>(values: impl IntoIterator<Item = &'v Value>) -> Result<(), Error> {
    let order = |value: &Value| match value.kind() {
        ValueKind::Number | ValueKind::Bool => Some(0),
        ValueKind::String => Some(1),
        ValueKind::Seq => Some(2),
        _ => None,
    };
    let mut values = values.into_iter();
    let Some(first) = values.next() else {
        return Ok(());
    };
    match values.find(|other| order(other).is_none() || order(other) != order(first)) {
        None => Ok(()),
        Some(other) => {
            let reason = format!("{} and {} have no order", first.kind(), other.kind());
            Err(Error::new(ErrorKind::InvalidOperation, reason))
        }
    }
}

fn there(value: &Value) -> Result<(), Error> {
    let is_there = !value.is_undefined();
    is_there
        .then_some(())
        .ok_or_else(|| ErrorKind::UndefinedError.into())
}

fn number(value: &Value) -> Result<(), Error> {
    in_order([&Value::from(0), value])
}

/// What `%` makes of two values: a formatted text, or what is left of a division.
pub(super) fn remainder(state: &mut State, left: &Value, right: &Value) -> Result<Value, Error> {
    if left.as_str().is_none() {
        let numbers = (i128::try_from(left.clone()), i128::try_from(right.clone()));
        let left_over = match numbers {
            (Ok(one), Ok(other)) => one
                .checked_rem_euclid(other)
                .map(|rest| {
                    if other < 0 && rest > 0 {
                        rest + other
                    } else {
                        rest
                    }
                })
                .map(Value::from),
            _ => match (f64::try_from(left.clone()), f64::try_from(right.clone())) {
                (Ok(one), Ok(other)) if other != 0.0 => {
                    Some(Value::from(one - other * (one / other).floor()))
                }
                _ => None,
            },
        };
        let wrong = || {
            Error::new(
                ErrorKind::InvalidOperation,
                "nothing is left of such a division",
            )
        };
        return left_over.ok_or_else(wrong);
    }
    let mut arguments = vec![left.clone()];
    match right.downcast_object_ref::<Tuple>() {
        Some(tuple) => arguments.extend(tuple.iter().cloned()),
        None if right.kind() == ValueKind::Map => {
            let keys = items(right)?;
            let pairs = keys
                .iter()
                .map(|key| Ok((key.to_string(), right.get_item(key)?)));
            let named: Kwargs = pairs
                .collect::<Result<Vec<_>, Error>>()?
                .into_iter()
                .collect();
            arguments.push(named.into());
        }
        None => arguments.push(right.clone()),
    }
    state.apply_filter("format", &arguments)
}

/// Refuses what must not be in a namespace: another one, which may be itself, and what holds on to
/// all names. No stack is deep enough for what holds itself, and nothing ever lets go of it.
pub(super) fn apart(value: &Value) -> Result<(), Error> {
    let holds_names = |name: &str| name.ends_with("Namespace") || name.ends_with("Macro");
    let object = value.as_object();
    if value.kind() == ValueKind::Plain || object.is_some_and(|it| holds_names(it.type_name())) {
        let reason = "a namespace holds no namespace and no macro";
        return Err(Error::new(ErrorKind::InvalidOperation, reason));
    }
    match value.kind() {
        ValueKind::Seq | ValueKind::Iterable => items(value)?.iter().try_for_each(apart),
        ValueKind::Map => items(value)?
            .iter()
            .try_for_each(|key| apart(&value.get_item(key)?)),
        _ => Ok(()),
    }
}
