//! Templates (`minijinja`) of text, of JSON and of widgets.
//!
//! A template is a stranger's program: it sees no files and no environment, and its steps, its
//! depth, what it makes and what it writes are bounded.

mod budget;
mod costs;
mod filters;
mod generator;
mod jinja;
mod methods;
mod program;
mod python;
mod unhurt;
pub mod widget_file;

use std::sync::OnceLock;

use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior, Value, machinery};

use program::{Call, Kind, NAME, Program, prepared};

/// How many steps a template may take.
const FUEL: u64 = 1_000_000;
/// How deep its macros may go: each call takes about four.
const DEEPEST: usize = 60;

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

/// Fills in a template; at most `largest` bytes may come of it, with what it captures.
///
/// # Errors
/// When it is no template, asks for what cannot be done, makes too much, or never ends.
pub fn expand(source: &str, context: Value, largest: usize) -> Result<String, Fault> {
    let mut out = String::new();
    let template = Kind::Template;
    run(environment(), source, template, context, largest, &mut out)?;
    Ok(out)
}

/// Fills in the template of a `.widget` file as [`expand`] does, and as the reference server does it
/// (`WidgetTemplate.build`: jinja2 with `StrictUndefined`): what has no value is refused, and what no
/// filter writes is written as Python shows it.
///
/// # Errors
/// As [`expand`], and where the template takes what is not there.
pub fn expand_widget(source: &str, context: Value, largest: usize) -> Result<String, Fault> {
    static STRICT: OnceLock<Environment<'static>> = OnceLock::new();
    let strict = STRICT.get_or_init(|| environment_of(Manner::Sdk));
    let mut out = String::new();
    run(strict, source, Kind::Template, context, largest, &mut out)?;
    Ok(out)
}

/// Works out an expression, which is what stands between `{{` and `}}`.
///
/// # Errors
/// As [`expand`].
pub fn evaluate(expression: &str, context: Value) -> Result<Value, Fault> {
    let mut out = String::new();
    let kind = Kind::Expression;
    let value = run(environment(), expression, kind, context, 0, &mut out)?;
    Ok(value.unwrap_or_default())
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
    let source = prepared(source, Kind::Template)?;
    let parsed = environment().template_from_named_str(NAME, &source);
    let parsed = parsed.map_err(|error| fault(&error))?;
    check_calls(&source, Kind::Template)?;
    Ok(sorted(parsed.undeclared_variables(false)))
}

/// Reads an expression without running it; returns the names that it takes from outside.
///
/// # Errors
/// When it is no expression.
pub fn names_of_expression(source: &str) -> Result<Vec<String>, Fault> {
    let source = prepared(source, Kind::Expression)?;
    let parsed = environment().compile_expression(&source);
    let parsed = parsed.map_err(|error| fault(&error))?;
    check_calls(&source, Kind::Expression)?;
    Ok(sorted(parsed.undeclared_variables(false)))
}

/// The methods that Python's values have and these have not, and what is written instead.
const NO_METHODS: &[(&str, &str)] = &[
    ("startswith", "TEXT is startingwith(…)"),
    ("endswith", "TEXT is endingwith(…)"),
    ("lower", "TEXT|lower"),
    ("upper", "TEXT|upper"),
    ("title", "TEXT|title"),
    ("capitalize", "TEXT|capitalize"),
    ("strip", "TEXT|trim"),
    ("replace", "TEXT|replace(…)"),
    ("split", "TEXT|split(…)"),
    ("join", "LIST|join(…)"),
    ("format", "TEXT|format(…)"),
    ("append", "LIST + [VALUE]"),
    ("get", "MAP.NAME|default(…)"),
];

/// Refuses a method, a filter or a test that would fail each time that it is called; in a condition
/// it would do so in silence.
fn check_calls(source: &str, kind: Kind) -> Result<(), Fault> {
    let program = Program::new(source, kind).map_err(|error| fault(&error))?;
    let mut state = environment().empty_state();
    let mut is_unknown = |call: Call<'_>| match call {
        // Without arguments one that there is fails too, for another reason.
        Call::Filter(name) => is(state.apply_filter(name, &[]), ErrorKind::UnknownFilter),
        Call::Test(name) => is(state.perform_test(name, &[]), ErrorKind::UnknownTest),
        Call::Method(name) => NO_METHODS.iter().any(|(known, _)| *known == name),
    };
    let Some((call, line)) = program.calls().find(|(call, _)| is_unknown(*call)) else {
        return Ok(());
    };
    let reason = match call {
        Call::Filter(name) => format!("there is no filter `{name}`"),
        Call::Test(name) => format!("there is no test `{name}`"),
        Call::Method(name) => {
            let instead = NO_METHODS.iter().find(|(known, _)| *known == name);
            let instead = instead.map_or("a filter", |(_, instead)| instead);
            format!("there is no method {name}; write {instead}")
        }
    };
    Err(Fault { line, reason })
}

fn is<T>(result: Result<T, minijinja::Error>, kind: ErrorKind) -> bool {
    result.is_err_and(|error| error.kind() == kind)
}

/// The names that a template takes from outside with what it takes of them, as `message.text`; none
/// if it is no template.
pub fn paths(source: &str) -> Vec<String> {
    let Ok(source) = prepared(source, Kind::Template) else {
        return Vec::new();
    };
    let parsed = environment().template_from_named_str(NAME, &source);
    parsed.map_or_else(|_| Vec::new(), |it| sorted(it.undeclared_variables(true)))
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

fn run(
    environment: &Environment<'static>,
    source: &str,
    kind: Kind,
    context: Value,
    largest: usize,
    out: &mut String,
) -> Result<Option<Value>, Fault> {
    let source = prepared(source, kind)?;
    let known = context.clone();
    budget::renew(largest);
    let program = Program::new(&source, kind).map_err(|error| fault(&error))?;
    let ran = machinery::eval(
        environment,
        &program.main,
        context,
        &program.blocks,
        &mut machinery::make_string_output(out),
        AutoEscape::None,
    );
    ran.map(|(value, _)| value).map_err(|error| {
        let mut fault = fault(&error);
        if fault.reason.contains("undefined") {
            fault.reason += &absent(&source, kind, &known);
        }
        fault
    })
}

/// Which of the names that a source takes from outside have no value.
fn absent(source: &str, kind: Kind, context: &Value) -> String {
    let environment = environment();
    let names = match kind {
        Kind::Template => environment
            .template_from_named_str(NAME, source)
            .map(|template| template.undeclared_variables(true)),
        Kind::Expression => environment
            .compile_expression(source)
            .map(|expression| expression.undeclared_variables(true)),
    };
    let value = |path: &str| {
        path.split('.').try_fold(context.clone(), |value, name| {
            value.get_attr(name).ok().filter(|it| !it.is_undefined())
        })
    };
    let mut absent = sorted(names.unwrap_or_default());
    absent.retain(|path| value(path).is_none() && environment.globals().all(|it| it.0 != path));
    match &absent[..] {
        [] => String::new(),
        [first, ..] => format!(
            "; there is no {} here; write {first}|default(…) where it may be missing",
            absent.join(", ")
        ),
    }
}

fn environment() -> &'static Environment<'static> {
    static ENVIRONMENT: OnceLock<Environment<'static>> = OnceLock::new();
    ENVIRONMENT.get_or_init(|| environment_of(Manner::Scenario))
}

/// Whose manner a template has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    /// A scenario's: what is not there is empty, and what came as JSON goes out as JSON.
    Scenario,
    /// A `.widget` file's.
    Sdk,
}

fn environment_of(manner: Manner) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(DEEPEST);
    environment.set_undefined_behavior(match manner {
        Manner::Scenario => UndefinedBehavior::Chainable,
        Manner::Sdk => UndefinedBehavior::Strict,
    });
    if manner == Manner::Scenario {
        // A scenario remembers by its step `set`.
        environment.remove_global("namespace");
    }
    // It shows all names at once, however much each of them holds.
    environment.remove_global("debug");
    budget::install(&mut environment, manner);
    unhurt::install(&mut environment);
    if manner == Manner::Sdk {
        jinja::install(&mut environment);
        environment.set_unknown_method_callback(methods::call);
    }
    environment
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
            reason: budget::too_much_written(self.largest as u64),
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
mod tests;
