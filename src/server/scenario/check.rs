//! What can be said about a step or a rule without running it.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;

use super::body::{Form, Message, SourceSpec, TaskStep};
use super::document::{Folder, Rule};
use super::fault::RuleFault;
use super::finding::Severity;
use super::outcome::Failure;
use super::reader::{Reader, Segment, meant, place};
use super::templated::has_template;
use super::then::{Act, Step};
use super::thread;
use super::value::Short;
use super::widget::{self, Origin, WidgetState};
use super::yaml::{Kind, Node};
use crate::byte_order_mark;
use crate::protocol::Operation;
use crate::server::fault;
use crate::server::showcase::{WORDS, Word};
use crate::template;

/// The largest widget file that is read, in bytes.
const LARGEST_WIDGET: u64 = 8 * 1024 * 1024;

/// Where a step stands, and where what is wrong with it is noted.
struct At<'a> {
    node: &'a Node,
    reader: &'a mut Reader,
}

impl At<'_> {
    fn error(&mut self, path: &[Segment], code: &'static str, message: impl Into<String>) {
        self.reader.error(place(self.node, path), code, message);
    }
}

/// Checks a step and reads the files that it names.
pub(super) fn step(
    step: &mut Step,
    node: &Node,
    reader: &mut Reader,
    folder: Folder<'_>,
    files: &mut Vec<PathBuf>,
) {
    let mut at = At { node, reader };
    match &mut step.0 {
        Act::Text(Short(body)) => message(body, &mut at),
        Act::Task(Short(body)) => task(body, &[key("task")], &mut at),
        Act::Workflow(body) => {
            for (index, Short(body)) in body.tasks.iter().enumerate() {
                let path = [key("workflow"), key("tasks"), Segment::Index(index)];
                task(body, &path, &mut at);
            }
        }
        Act::Widget(body) => {
            for state in &mut body.states {
                widget_state(state, &[key("widget")], &mut at, folder, files);
            }
        }
        Act::Replace(body) => {
            if body.text.is_some() == body.widget.is_some() {
                at.error(
                    &[],
                    "invalid_value",
                    "replace needs either a text or a widget",
                );
            }
            let states = body.widget.iter_mut().flat_map(|widget| &mut widget.states);
            for state in states {
                widget_state(
                    state,
                    &[key("replace"), key("widget")],
                    &mut at,
                    folder,
                    files,
                );
            }
        }
        Act::Form(body) => form(body, &mut at),
        Act::Item(body) if !has_template(&body.0) => {
            if let Err(reason) = thread::check_item(&body.0) {
                at.error(&[key("item")], "invalid_item", reason);
            }
        }
        Act::Show(word) if !template::is_template(word.source()) => show(word.source(), &mut at),
        Act::Error(Short(body)) if body.retry_after.is_some() && body.status.is_none() => {
            let path = [key("error"), key("retry_after")];
            at.error(&path, "invalid_value", "retry_after needs a status, as 429");
        }
        _ => {}
    }
}

fn message(body: &Message, at: &mut At<'_>) {
    if body.value.is_some() == body.deltas.is_some() {
        let message = "a text needs either its value or its deltas";
        at.error(&[key("text")], "invalid_value", message);
    }
    for (index, source) in body.annotations.iter().enumerate() {
        let path = [key("text"), key("annotations"), Segment::Index(index)];
        check_source(source, &path, at);
    }
}

fn task(body: &TaskStep, path: &[Segment], at: &mut At<'_>) {
    for (index, source) in body.sources.iter().enumerate() {
        let path = [path, &[key("sources"), Segment::Index(index)]].concat();
        check_source(source, &path, at);
    }
}

fn check_source(source: &SourceSpec, path: &[Segment], at: &mut At<'_>) {
    let given = [&source.url, &source.file, &source.entity];
    if given.iter().filter(|given| given.is_some()).count() != 1 {
        let message = "a source needs one of url, file and entity";
        at.error(path, "invalid_value", message);
    }
}

fn form(body: &Form, at: &mut At<'_>) {
    if body.inputs.is_empty() {
        let path = [key("form"), key("inputs")];
        at.error(&path, "invalid_value", "a form asks at least one question");
    }
    for (index, input) in body.inputs.iter().enumerate() {
        let path = [key("form"), key("inputs"), Segment::Index(index)];
        if body.inputs[..index]
            .iter()
            .any(|other| other.id == input.id)
        {
            let message = format!("another question has the id `{}` already", input.id);
            at.error(&path, "duplicate_id", message);
        }
        if input.multiple && input.options.is_none() {
            at.error(
                &path,
                "invalid_value",
                "several can be chosen, but there are no options",
            );
        }
        if input.options.as_ref().is_some_and(Vec::is_empty) {
            at.error(
                &path,
                "invalid_value",
                "there is nothing to choose: options is empty",
            );
        }
    }
}

fn show(word: &str, at: &mut At<'_>) {
    let word = word.split_whitespace().next().unwrap_or_default();
    let known: Vec<&str> = WORDS.iter().map(Word::name).collect();
    if known.contains(&word) {
        return;
    }
    let hint = meant(word, &known).map_or_else(
        || format!("there are {}", known.join(", ")),
        |meant| format!("did you mean `{meant}`?"),
    );
    let message = format!("the showcase has no word `{word}`; {hint}");
    at.error(&[key("show")], "unknown_word", message);
}

fn widget_state(
    state: &mut WidgetState,
    before: &[Segment],
    at: &mut At<'_>,
    folder: Folder<'_>,
    files: &mut Vec<PathBuf>,
) {
    let path = [before, state.path.as_slice()].concat();
    match &mut state.origin {
        Origin::Inline(widget) => {
            for (below, reason) in widget::problems(&widget.0) {
                let path = [path.as_slice(), below.as_slice()].concat();
                at.error(&path, "invalid_widget", reason);
            }
        }
        Origin::File {
            path: name,
            data,
            document,
        } => match read_widget(name, folder, files) {
            Err((code, reason)) => at.error(&path, code, reason),
            Ok(read) => {
                let is_open = data.as_ref().is_some_and(|data| has_template(&data.0));
                let data = data.as_ref().map(|data| data.0.clone());
                if !is_open && let Err(reason) = check_file(&read, data) {
                    at.error(&path, "invalid_widget", format!("{name}: {reason}"));
                }
                *document = Arc::new(read);
            }
        },
    }
}

fn check_file(document: &Value, data: Option<Value>) -> Result<(), String> {
    let built = widget::of_file(document, data).map_err(|fault| fault.to_string())?;
    widget::problem(&built, &[]).map_or(Ok(()), Err)
}

fn read_widget(
    name: &str,
    folder: Folder<'_>,
    files: &mut Vec<PathBuf>,
) -> Result<Value, (&'static str, String)> {
    let Some(folder) = folder else {
        let reason = "a scenario that stands in no file can name none; write the widget inline";
        return Err(("missing_file", reason.into()));
    };
    let path = folder.join(name);
    files.push(path.clone());
    let failed = |reason: String| ("missing_file", format!("cannot read {name}: {reason}"));
    let meta = std::fs::metadata(&path).map_err(|error| failed(error.to_string()))?;
    if !meta.is_file() || meta.len() > LARGEST_WIDGET {
        return Err(failed("it is no file of at most 8 MiB".into()));
    }
    let text = std::fs::read(&path).map_err(|error| failed(error.to_string()))?;
    serde_json::from_slice(byte_order_mark::off_bytes(&text))
        .map_err(|error| ("invalid_widget", format!("{name} is not JSON: {error}")))
}

/// Checks what stands behind each other: some steps end the answer, some can only begin it.
pub(super) fn order(steps: &[(Step, &Node)], reader: &mut Reader) {
    let mut is_first = true;
    let mut ended = None;
    for (Step(act), node) in steps {
        if let Some(by) = ended {
            let message =
                format!("this step is never reached: the `{by}` before it ends the answer");
            reader.note(
                node.head(),
                Severity::Warning,
                "unreachable_step",
                message,
                None,
            );
            return;
        }
        match act {
            Act::Error(Short(Failure { status, .. })) => {
                if status.is_some() && !is_first {
                    let message = "an error with a status takes the place of the stream, so it must come first";
                    reader.error(node.head(), "invalid_value", message);
                }
                ended = Some("error");
            }
            Act::Drop(_) => ended = Some("drop"),
            Act::Set(_) | Act::Wait(_) => {}
            _ => is_first = false,
        }
    }
}

/// Notes the faults of a rule that no answer of it meets, and those that leave another no room.
pub(super) fn strikes(rule: &Rule, node: &Node, reader: &mut Reader) {
    let faults: Vec<_> = rule.faults.iter().map(|fault| &fault.0).collect();
    let clash = fault::clash(&faults, |operation| rule.when.allows(operation));
    if let Some((at, reason)) = clash {
        let at = match &node.kind {
            Kind::List(nodes) if nodes.len() == faults.len() => &nodes[at],
            _ => node,
        };
        reader.error(at.head(), "invalid_value", reason.to_string());
    }
    for RuleFault(fault) in &rule.faults {
        let refuses = || {
            let mut acts = rule.then.iter().map(|Step(act)| act);
            let first = acts.find(|act| !matches!(act, Act::Set(_) | Act::Wait(_)));
            matches!(first, Some(Act::Error(Short(failure))) if failure.status.is_some())
        };
        let is_in_vain = fault.is_for_streams() && refuses();
        let streams_nothing = is_in_vain.then_some("the rule answers with a status, and no stream");
        if let Some(why) = fault.never_strikes().or(streams_nothing) {
            let message = format!("{} never strikes: {why}", fault.name());
            reader.note(
                node.head(),
                Severity::Warning,
                "never_strikes",
                message,
                None,
            );
        }
        let mut at: Vec<_> = fault.operations().collect();
        if fault.is_for_uploads() {
            // What an upload is refused by is the rule that announced it, and no other.
            if rule.when.names(Operation::CreateAttachment) {
                continue;
            }
            at = vec![Operation::CreateAttachment];
        } else if at.iter().any(|operation| rule.when.allows(*operation)) {
            continue;
        }
        let names: Vec<_> = at.iter().map(|operation| operation.name()).collect();
        let name = fault.name();
        let message = if names.is_empty() {
            format!(
                "{name} strikes where no rule answers; use --fault, or POST it to /__mock/faults"
            )
        } else {
            let names = names.join(" or ");
            format!(
                "{name} strikes at no answer of this rule: `when` must name the operation {names}"
            )
        };
        reader.error(node.head(), "invalid_value", message);
    }
}

fn key(name: &str) -> Segment {
    Segment::Key(name.to_owned())
}
