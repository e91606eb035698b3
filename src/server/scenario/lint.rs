//! What is odd about a rule as a whole: steps that its operation does not take, conditions that
//! never hold, names that a template will not find.

use axum::http::HeaderName;
use serde_json::Value;

use super::document::Rule;
use super::finding::Severity;
use super::reader::{Reader, meant};
use super::then::{Act, Step};
use super::value::Choice;
use super::when::{Condition, Operation as Named};
use super::yaml::{Kind, Node};
use crate::protocol::Operation;
use crate::template;

/// What templates see of each thing that has fields of its own (`known.rs`, `facts.rs`).
const FIELDS: &[(&str, &[&str])] = &[
    (
        "message",
        &[
            "text",
            "tags",
            "attachments",
            "quoted_text",
            "model",
            "tool_choice",
        ],
    ),
    (
        "thread",
        &["id", "title", "status", "created_at", "metadata", "user"],
    ),
    ("tool", &["name", "arguments", "output", "call_id"]),
    ("action", &["type", "payload", "item_id"]),
    ("form", &["id", "status"]),
];

/// Notes what is odd about a rule that was read whole.
pub(super) fn rule(rule: &Rule, node: &Node, reader: &mut Reader) {
    never(rule, node, reader);
    if let Some(then) = node.entry("then") {
        steps(rule, &then.value, reader);
        names_of_steps(rule, &then.value, reader);
    }
}

/// Notes steps that fail in each answer, because the operation takes none of their kind.
fn steps(rule: &Rule, then: &Node, reader: &mut Reader) {
    let nodes = nodes(then);
    // A step that was not read has its own finding.
    if nodes.len() != rule.then.len() {
        return;
    }
    let mut all = Operation::ALL.iter();
    let streams = all.any(|operation| operation.streams() && rule.when.allows(*operation));
    let mut all = Operation::ALL.iter();
    // An action may also be a synchronous one, which a document answers.
    let documents = rule.when.0.iter().any(|when| when.action.is_some())
        || all.any(|operation| !operation.streams() && rule.when.allows(*operation));
    for (Step(act), node) in rule.then.iter().zip(nodes) {
        let message = match act {
            Act::Answer(_) if !documents => {
                "`answer` is a whole document, and what this rule answers is streamed; name the \
                 operation in `when`, as {operation: items.list}"
            }
            Act::Answer(_)
            | Act::Widget(_)
            | Act::Replace(_)
            | Act::Error(_)
            | Act::Set(_)
            | Act::Wait(_) => continue,
            _ if !streams => {
                "an operation that does not stream takes answer, widget, replace with a widget, \
                 error, set and wait"
            }
            _ => continue,
        };
        reader.error(node.head(), "invalid_value", message);
    }
}

fn nodes(then: &Node) -> &[Node] {
    match &then.kind {
        Kind::List(nodes) => nodes.as_slice(),
        _ => std::slice::from_ref(then),
    }
}

/// Notes conditions for which there is no request.
fn never(rule: &Rule, node: &Node, reader: &mut Reader) {
    let Some(entry) = node.entry("when") else {
        return;
    };
    let reasons: Vec<String> = rule.when.0.iter().filter_map(never_holds).collect();
    // Of several alternatives the others may hold, but this one was meant, too.
    for reason in reasons {
        let message = format!("this condition never holds: {reason}");
        let span = entry.key_span.clone();
        reader.note(span, Severity::Warning, "never_holds", message, None);
    }
}

fn never_holds(condition: &Condition) -> Option<String> {
    if condition.probability.is_some_and(|chance| chance.0 == 0.0) {
        return Some("its probability is 0".into());
    }
    if let Some(locales) = &condition.locale
        && locales.0.iter().all(|locale| locale.trim().is_empty())
    {
        return Some("the locale is empty".into());
    }
    let names_streams = |named: &Choice<_>| named.0.iter().all(|it: &Named| it.0.streams());
    let is_streamed = match &condition.operation {
        Some(named) => names_streams(named),
        // An action may be answered by a document, of which an empty condition does not hold.
        None => condition.action.is_none(),
    };
    if is_streamed && condition.not.as_ref().is_some_and(|not| not.is_catch_all()) {
        return Some("what is in its `not` always holds".into());
    }
    let is_first = condition.operation.as_ref().is_some_and(|named| {
        let mut all = named.0.iter();
        all.all(|it| it.0 == Operation::CreateThread)
    });
    if let Some(turns) = condition.turn.as_ref().filter(|_| is_first)
        && !turns.0.iter().any(|turn| turn.holds(1))
    {
        return Some("a thread begins with its first turn".into());
    }
    let headers = condition.header.iter().flat_map(|wanted| wanted.keys());
    for name in headers {
        if HeaderName::from_bytes(name.as_bytes()).is_err() {
            return Some(format!("`{name}` is no name of a header"));
        }
    }
    if let Some(reason) = asks_of_two(condition) {
        return Some(reason);
    }
    let types = condition.attachment.as_ref()?.equals()?;
    if types.iter().any(|kind| kind.contains('/')) {
        return None;
    }
    let kind = types.first()?;
    Some(format!("`{kind}` is no type; write {kind}/* or image/png"))
}

/// A request is one of four things, and has none of what the others have.
fn asks_of_two(condition: &Condition) -> Option<String> {
    let message = [
        &condition.text,
        &condition.tool_choice,
        &condition.model,
        &condition.attachment,
        &condition.tag,
    ];
    let asked = [
        (message.iter().any(|part| part.is_some()), "a message"),
        (
            condition.tool.is_some() || condition.output.is_some(),
            "a tool's output",
        ),
        (
            condition.action.is_some() || condition.payload.is_some(),
            "an action",
        ),
        (condition.answers.is_some(), "a form's answers"),
    ];
    let mut asked = asked.iter().filter(|(asks, _)| *asks).map(|(_, of)| of);
    let (first, second) = (asked.next()?, asked.next()?);
    Some(format!("no request is both {first} and {second}"))
}

/// Notes names that a template takes and that are never there: they are written as nothing. What
/// follows a form sees the answers to its questions, and to no others.
fn names_of_steps(rule: &Rule, then: &Node, reader: &mut Reader) {
    let nodes = nodes(then);
    let is_whole = nodes.len() == rule.then.len();
    let mut questions = None;
    for (at, node) in nodes.iter().enumerate() {
        names(rule, questions.as_deref(), node, reader);
        match rule.then.get(at).filter(|_| is_whole) {
            Some(Step(Act::Form(form))) => {
                let ids = form.inputs.iter().map(|input| input.id.as_str());
                questions = Some(ids.collect::<Vec<_>>());
            }
            Some(Step(Act::Tool(_))) => questions = None,
            _ => {}
        }
    }
}

fn names(rule: &Rule, questions: Option<&[&str]>, node: &Node, reader: &mut Reader) {
    match &node.kind {
        Kind::List(nodes) => {
            for node in nodes {
                names(rule, questions, node, reader);
            }
        }
        Kind::Map(entries) => {
            for entry in entries {
                names(rule, questions, &entry.value, reader);
            }
        }
        Kind::Scalar(Value::String(text)) if template::is_template(text) => {
            for path in template::paths(text) {
                if let Some(message) = unknown(rule, questions, &path) {
                    let span = node.span.clone();
                    reader.note(span, Severity::Warning, "unknown_name", message, None);
                }
            }
        }
        Kind::Scalar(_) => {}
    }
}

fn unknown(rule: &Rule, questions: Option<&[&str]>, path: &str) -> Option<String> {
    let (thing, rest) = path.split_once('.')?;
    let name = rest.split('.').next()?;
    let caught: Vec<&str>;
    let known = if thing == "captures" {
        // The groups by number are those that somebody counts by hand.
        if name.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        caught = rule.when.0.iter().flat_map(Condition::captures).collect();
        caught.as_slice()
    } else if thing == "answers" {
        questions?
    } else {
        FIELDS.iter().find(|(known, _)| *known == thing)?.1
    };
    if known.contains(&name) {
        return None;
    }
    let hint = match meant(name, known) {
        Some(meant) => format!("did you mean `{thing}.{meant}`?"),
        None if known.is_empty() => "no regex of this rule has a named group".to_owned(),
        None => format!("there are {}", known.join(", ")),
    };
    Some(format!("there is no `{thing}.{name}`; {hint}"))
}

#[cfg(test)]
mod tests {
    use crate::server::scenario::Scenario;

    /// What is said of a scenario, whether it is refused or only warned of.
    fn said(text: &str) -> String {
        match Scenario::parse("s.yaml", text) {
            Ok(scenario) => scenario
                .warnings()
                .iter()
                .map(ToString::to_string)
                .collect(),
            Err(errors) => errors.to_string(),
        }
    }

    #[test]
    fn a_step_that_the_operation_does_not_take_is_refused() {
        for (text, reason) in [
            (
                "- {when: hi, then: [{answer: {a: 1}}]}",
                "`answer` is a whole document",
            ),
            (
                "- {when: {operation: items.feedback}, then: Thanks}",
                "takes answer, widget",
            ),
        ] {
            assert!(said(text).contains(reason), "{text}: {}", said(text));
        }
        for fine in [
            "- {when: {operation: items.feedback}, then: [{answer: {}}]}",
            "- {when: {operation: [items.feedback, threads.create]}, then: [{answer: {}}]}",
            "- {when: {action: buy}, then: [{answer: {}}]}",
            "- {when: {action: buy}, then: Thanks}",
        ] {
            assert_eq!(said(fine), "", "{fine}");
        }
    }

    #[test]
    fn a_condition_that_never_holds_is_warned_of() {
        for when in [
            "{text: a, probability: 0}",
            "{locale: ''}",
            "{header: {'x plan': gold}}",
            "{attachment: image}",
            "{text: hi, tool: t}",
            "{model: m, action: buy}",
            "{payload: {a: 1}, answers: {b: c}}",
            "{text: hi, not: {}}",
            "{operation: threads.create, turn: 2}",
            "{operation: threads.create, turn: [{from: 2}, 4]}",
        ] {
            let said = said(&format!("- {{when: {when}, then: b}}"));
            assert!(said.contains("never holds"), "{when}: {said}");
        }
        for fine in [
            "{attachment: image/*}",
            "{attachment: {contains: png}}",
            "{locale: de}",
            "{action: buy, not: {}}",
            "{operation: threads.create, turn: {to: 3}}",
            "{operation: [threads.create, threads.add_user_message], turn: 2}",
        ] {
            assert_eq!(said(&format!("- {{when: {fine}, then: b}}")), "", "{fine}");
        }
    }

    #[test]
    fn a_name_that_a_template_will_not_find_is_warned_of() {
        let caught = "- {when: {text: {regex: '#(?<id>.)'}}, then: '{{ captures.idd }}'}";
        assert!(
            said(caught).contains("did you mean `captures.id`?"),
            "{}",
            said(caught)
        );
        let none = "- {when: a, then: '{{ captures.id }}'}";
        assert!(
            said(none).contains("no regex of this rule"),
            "{}",
            said(none)
        );
        let field = "- {then: [{text: {value: 'x {{ message.txt }}'}}]}";
        assert!(
            said(field).contains("did you mean `message.text`?"),
            "{}",
            said(field)
        );
        let fine = "- {when: {payload: {sku: {regex: '(?<n>[0-9]+)'}}}, \
            then: '{{ captures.n }}{{ captures[1] }}{{ action.payload.any.thing }}{{ state.x }}'}";
        assert_eq!(said(fine), "");
    }

    #[test]
    fn an_answer_to_no_question_of_the_form_before_is_warned_of() {
        let form = |id: &str, rest: &str| {
            format!("- {{then: [{{form: {{inputs: [{{id: {id}, question: Which?}}]}}}}, {rest}]}}")
        };
        let found = said(&form("size", "'{{ answers.sizee }}'"));
        assert!(found.contains("did you mean `answers.size`?"), "{found}");
        let nested = said(&form("size", "{notice: {message: '{{ answers.color }}'}}"));
        assert!(
            nested.contains("no `answers.color`; there are size"),
            "{nested}"
        );
        for fine in [
            form("size", "'{{ answers.size }} {{ answers[\"size\"] }}'"),
            form("size", "{tool: {name: t}}, '{{ answers.other }}'"),
            "- {when: {answers: {a: b}}, then: '{{ answers.other }}'}".to_owned(),
        ] {
            assert_eq!(said(&fine), "", "{fine}");
        }
    }

    #[test]
    fn a_fault_that_never_strikes_is_warned_of() {
        for (rule, why) in [
            ("{then: a, fault: {stall: 3s, times: 0}}", "its times is 0"),
            (
                "{then: a, fault: 'stall=3s,probability=0'}",
                "its probability is 0",
            ),
            (
                "{then: [{error: {status: 500}}], fault: stall=3s}",
                "and no stream",
            ),
        ] {
            let found = said(&format!("- {rule}"));
            assert!(
                found.contains("stall never strikes") && found.contains(why),
                "{found}"
            );
        }
        for fine in [
            "{then: [{error: {status: 500}}], fault: ttfb=3s}",
            "{then: [a, {error: no}], fault: 'stall=3s,times=1'}",
        ] {
            assert_eq!(said(&format!("- {fine}")), "", "{fine}");
        }
    }

    #[test]
    fn numbers_are_told_in_the_words_of_people() {
        for (rule, words) in [
            (
                "{then: [{error: {status: 70000}}]}",
                "a whole number from 0 to 65535, found 70000",
            ),
            (
                "{when: {probability: x}, then: a}",
                "expected a number, found \"x\"",
            ),
            (
                "{then: [{error: {allow_retry: 3}}]}",
                "expected true or false, found 3",
            ),
        ] {
            assert!(
                said(&format!("- {rule}")).contains(words),
                "{}",
                said(&format!("- {rule}"))
            );
        }
        let no_json = Scenario::parse("s.json", "[{\"then\": \"x").unwrap_err();
        assert!(
            no_json.to_string().contains("this is no JSON: "),
            "{no_json}"
        );
    }

    #[test]
    fn ids_of_seeded_threads_are_told_apart() {
        assert!(said("threads: [{id: ''}]").contains("an id is not empty"));
        let twice = "threads: [{id: t, items: [{id: m, user: a}, {id: m, assistant: b}]}]";
        assert!(said(twice).contains("two of the items have the id `m`"));
        let fine = "threads: [{id: t, items: [{id: m, user: a}, {assistant: b}, {user: c}]}]";
        assert_eq!(said(fine), "");
    }
}
