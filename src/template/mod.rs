//! Templates (`minijinja`) of text, of JSON and of widgets.
//!
//! A template is a stranger's program: it sees no files and no environment, and its steps, its
//! depth and its output are bounded.

pub mod widget_file;

use minijinja::{Environment, UndefinedBehavior, Value};

/// How many steps a template may take.
const FUEL: u64 = 1_000_000;
/// How deep its macros may go. Each level may double a text.
const DEEPEST: usize = 8;

/// Why a template does not do what it should, and on which of its lines.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Fault {
    /// The line of the template, from 1.
    pub line: Option<usize>,
    /// What is wrong there.
    pub reason: String,
}

/// Whether a text has anything for a template to do.
pub fn is_template(text: &str) -> bool {
    text.contains("{{") || text.contains("{%") || text.contains("{#")
}

/// Fills in a template; at most `largest` bytes may come of it.
///
/// # Errors
/// When it is no template, asks for what cannot be done, or never ends.
pub fn expand(source: &str, context: Value, largest: usize) -> Result<String, Fault> {
    let environment = environment();
    let parsed = named(&environment, source)?;
    let mut out = Bounded::new(largest);
    match parsed.render_captured_to(context, &mut out) {
        _ if out.full => Err(out.too_much()),
        Err(error) => Err(fault(&error)),
        Ok(_) => String::from_utf8(out.bytes).map_err(|error| Fault {
            line: None,
            reason: error.to_string(),
        }),
    }
}

/// Works out an expression, which is what stands between `{{` and `}}`.
///
/// # Errors
/// As [`expand`].
pub fn evaluate(expression: &str, context: Value) -> Result<Value, Fault> {
    let environment = environment();
    let expression = environment.compile_expression(expression);
    let value = expression.and_then(|expression| expression.eval(context));
    value.map_err(|error| fault(&error))
}

/// Works out an expression as [`evaluate`] does, to JSON of at most `largest` bytes: an expression
/// of a few characters may stand for a list of millions.
///
/// # Errors
/// As [`expand`].
pub fn evaluate_json(
    expression: &str,
    context: Value,
    largest: usize,
) -> Result<serde_json::Value, Fault> {
    let value = evaluate(expression, context)?;
    let mut out = Bounded::new(largest);
    let written = serde_json::to_writer(&mut out, &value);
    let read = || written.and_then(|()| serde_json::from_slice(&out.bytes));
    if out.full {
        return Err(out.too_much());
    }
    read().map_err(|error| Fault {
        line: None,
        reason: error.to_string(),
    })
}

/// Reads a template without running it; returns the names that it takes from outside.
///
/// # Errors
/// When it is no template.
pub fn names(source: &str) -> Result<Vec<String>, Fault> {
    let environment = environment();
    let names = named(&environment, source)?.undeclared_variables(false);
    Ok(sorted(names))
}

/// Reads an expression without running it; returns the names that it takes from outside.
///
/// # Errors
/// When it is no expression.
pub fn names_of_expression(source: &str) -> Result<Vec<String>, Fault> {
    let environment = environment();
    let expression = environment.compile_expression(source);
    let names = expression.map_err(|error| fault(&error))?;
    Ok(sorted(names.undeclared_variables(false)))
}

/// The expression of a template that consists of nothing else, as `{{ state.count + 1 }}`.
pub fn sole_expression(source: &str) -> Option<&str> {
    let inner = source.trim().strip_prefix("{{")?.strip_suffix("}}")?;
    let inner = inner.strip_prefix('-').unwrap_or(inner);
    let inner = inner.strip_suffix('-').unwrap_or(inner);
    let is_sole = !inner.contains("{{") && !inner.contains("}}") && !inner.contains("{%");
    is_sole.then_some(inner)
}

fn sorted(names: std::collections::HashSet<String>) -> Vec<String> {
    let mut names: Vec<String> = names.into_iter().collect();
    names.sort();
    names
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(DEEPEST);
    environment.set_undefined_behavior(UndefinedBehavior::Chainable);
    // What a loop could carry from round to round would double a text until the memory is full, or
    // hold itself, which no stack is deep enough for. No step of minijinja can be asked how large
    // what it made is.
    environment.remove_global("namespace");
    environment
}

fn named<'a>(
    environment: &'a Environment<'static>,
    source: &'a str,
) -> Result<minijinja::Template<'a, 'a>, Fault> {
    // The name of a template that ends in .json would escape what `tojson` has escaped already.
    let parsed = environment.template_from_named_str("template", source);
    parsed.map_err(|error| fault(&error))
}

fn fault(error: &minijinja::Error) -> Fault {
    let detail = error
        .detail()
        .map_or(String::new(), |detail| format!(": {detail}"));
    Fault {
        line: error.line(),
        reason: format!("{}{detail}", error.kind()),
    }
}

/// Takes what a template writes, up to a limit.
struct Bounded {
    bytes: Vec<u8>,
    largest: usize,
    full: bool,
}

impl Bounded {
    fn new(largest: usize) -> Self {
        Self {
            bytes: Vec::new(),
            largest,
            full: false,
        }
    }

    fn too_much(&self) -> Fault {
        Fault {
            line: None,
            reason: format!("it writes more than {} KiB", self.largest / 1024),
        }
    }
}

impl std::io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.bytes.len() + bytes.len() > self.largest {
            self.full = true;
            return Err(std::io::ErrorKind::OutOfMemory.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use minijinja::context;

    use super::*;

    #[test]
    fn a_template_sees_what_it_is_given_and_nothing_else() {
        let filled = expand("Hi {{ name }}{{ env }}", context! { name => "Ada" }, 100);
        assert_eq!(filled.unwrap(), "Hi Ada");
        assert!(expand("{% include '/etc/passwd' %}", context! {}, 100).is_err());
        assert_eq!(names("{{ a.b }} {% set c = 1 %}{{ c }}").unwrap(), ["a"]);
    }

    #[test]
    fn a_template_that_never_ends_or_writes_too_much_is_stopped() {
        let endless =
            "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}";
        assert!(expand(endless, context! {}, 100).is_err());
        let long = expand("{{ 'x' * 4000 }}", context! {}, 2048).unwrap_err();
        assert_eq!(long.reason, "it writes more than 2 KiB");
        for list in ["[1] * 50000000", "['x' * 1000] * 50000"] {
            let long = evaluate_json(list, context! {}, 2048).unwrap_err();
            assert_eq!(long.reason, "it writes more than 2 KiB", "{list}");
        }
        let short = evaluate_json("[a, 'b']", context! { a => 1 }, 100).unwrap();
        assert_eq!(short, serde_json::json!([1, "b"]));
    }

    #[test]
    fn nothing_grows_from_round_to_round_of_a_loop() {
        for hostile in [
            "{% set ns = namespace(a='x') %}{% for i in range(64) %}{% set ns.a = ns.a ~ ns.a %}{% endfor %}",
            "{% set ns = namespace() %}{% set ns.a = ns %}{{ ns }}",
            "{% set a = 'x' %}{% for i in range(64) %}{% set a = a ~ a %}{% endfor %}{% set ns.a = a %}",
            "{% macro f(a) %}{{ f(a ~ a) }}{% endmacro %}{{ f('x') }}",
            "{% for a in ['x'] recursive %}{{ loop([a ~ a]) }}{% endfor %}",
        ] {
            assert!(expand(hostile, context! {}, 100).is_err(), "{hostile}");
        }
        let inner =
            "{% set a = 'x' %}{% for i in range(64) %}{% set a = a ~ a %}{% endfor %}{{ a }}";
        assert_eq!(expand(inner, context! {}, 100).unwrap(), "x");
    }

    #[test]
    fn a_sole_expression_keeps_its_type() {
        assert_eq!(sole_expression(" {{ a + 1 }} "), Some(" a + 1 "));
        assert_eq!(sole_expression("{{ a }}{{ b }}"), None);
        assert_eq!(sole_expression("x {{ a }}"), None);
        let value = evaluate(" a + 1 ", context! { a => 2 }).unwrap();
        assert_eq!(value, Value::from(3));
    }
}
