//! What jinja2's lazy filters make, and what `dict.items` makes: values to go through, which are no
//! lists. A template that takes them for lists fails at the SDK, and so it does here.

use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectRepr};
use minijinja::{Error, ErrorKind, Value};

/// The filters that work out their values one by one.
const LAZY: &[&str] = &[
    "batch",
    "items",
    "map",
    "reject",
    "rejectattr",
    "select",
    "selectattr",
    "slice",
    "unique",
];

/// Values without a number and without places; there seem to be some even where there are none.
#[derive(Debug)]
struct Generator(Vec<Value>);

/// Values of a map, which are counted.
#[derive(Debug)]
struct View(Vec<Value>);

impl Object for Generator {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Iterable
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.0.clone())
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        None
    }

    fn is_true(self: &Arc<Self>) -> bool {
        true
    }
}

impl Object for View {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Iterable
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.0.clone())
    }
}

/// What a filter has made of a row of values: a generator, if it is a lazy one.
pub(super) fn made(name: &str, value: Value) -> Value {
    match value.try_iter() {
        Ok(values) if LAZY.contains(&name) => Value::from_object(Generator(values.collect())),
        _ => value,
    }
}

/// What a method of a map has made of it.
pub(super) fn view(value: Value) -> Value {
    match value.try_iter() {
        Ok(values) => Value::from_object(View(values.collect())),
        Err(_) => value,
    }
}

/// Refuses what a filter takes of a list alone.
///
/// # Errors
/// Says how a list is made.
pub(super) fn check(name: &str, value: &Value) -> Result<(), Error> {
    let is_generator = value.downcast_object_ref::<Generator>().is_some();
    let is_none = is_generator || value.downcast_object_ref::<View>().is_some();
    let is_refused = match name {
        "tojson" => is_none,
        "last" | "length" | "count" => is_generator,
        _ => false,
    };
    if !is_refused {
        return Ok(());
    }
    let reason = format!("{name} takes a list, and this is none yet; write … | list | {name}");
    Err(Error::new(ErrorKind::InvalidOperation, reason))
}
