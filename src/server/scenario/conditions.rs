//! Every condition that a rule can have: how it is tested, and why it does not hold.

use std::borrow::Cow;
use std::collections::BTreeMap;

use axum::http::{HeaderMap, header};
use serde_json::Value;

use super::facts::{Facts, matches};
use super::matching::{Captures, Match, ValueMatch};
use super::when::Condition;
use crate::protocol::{InferenceOptions, Operation, Tag, UserContent, UserMessage};
use crate::template;

/// What became of one condition.
pub(super) enum Verdict {
    /// It is not asked for.
    Absent,
    Met(Captures),
    Failed(String),
}

/// A condition by its name, and how it is tested.
pub(super) type Test = fn(&Condition, &Facts<'_>) -> Verdict;

/// Every condition but the probability, the cheap ones first.
pub(super) const TESTS: &[Test] = &[
    operation,
    text,
    action,
    payload,
    tool,
    output,
    answers,
    tool_choice,
    model,
    attachment,
    tag,
    header_fields,
    locale,
    thread,
    turn,
    state,
    expression,
    not,
];

/// Tests texts against what is asked for, if anything is.
fn texts(name: &str, wanted: Option<&Match>, texts: &[Cow<'_, str>]) -> Verdict {
    let Some(wanted) = wanted else {
        return Verdict::Absent;
    };
    match wanted.find(texts) {
        Some(caught) => Verdict::Met(caught),
        None => Verdict::Failed(format!("{name}: wanted {wanted}, found {}", found(texts))),
    }
}

/// As much of a text as is repeated in a reason.
fn cut(text: &str) -> String {
    const SHOWN: usize = 80;
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

fn found(texts: &[Cow<'_, str>]) -> String {
    let quote = |text: &Cow<'_, str>| format!("{:?}", cut(text));
    let quoted: Vec<String> = texts.iter().take(4).map(quote).collect();
    if quoted.is_empty() {
        "none".to_owned()
    } else {
        quoted.join(", ")
    }
}

fn operation(condition: &Condition, facts: &Facts<'_>) -> Verdict {
    let Some(operations) = &condition.operation else {
        return Verdict::Absent;
    };
    if operations
        .0
        .iter()
        .any(|operation| operation.0 == facts.operation)
    {
        return Verdict::Met(Captures::new());
    }
    let names: Vec<&str> = operations
        .0
        .iter()
        .map(|operation| operation.0.name())
        .collect();
    let name = facts.operation.name();
    Verdict::Failed(format!(
        "operation: wanted {}, found {name}",
        names.join(" or ")
    ))
}

fn text(condition: &Condition, facts: &Facts<'_>) -> Verdict {
    let said = facts.message.map(UserMessage::text);
    let said: Vec<Cow<'_, str>> = said.into_iter().map(Cow::Owned).collect();
    texts("text", condition.text.as_ref(), &said)
}

fn action(condition: &Condition, facts: &Facts<'_>) -> Verdict {
    let kind: Vec<_> = facts
        .action
        .iter()
        .map(|action| action.kind.as_str().into())
        .collect();
    texts("action", condition.action.as_ref(), &kind)
}

fn payload(condition: &Condition, facts: &Facts<'_>) -> Verdict {
    let Some(wanted) = &condition.payload else {
        return Verdict::Absent;
    };
    match facts.action {
        Some(action) => parts("payload", wanted, action.payload.as_deref()),
        None => missing("payload", "action"),
    }
}

fn tool(condition: &Condition, facts: &Facts<'_>) -> Verdict {
    let name: Vec<_> = facts
        .call
        .iter()
        .map(|call| call.name.as_str().into())
        .collect();
    texts("tool", condition.tool.as_ref(), &name)
}

fn output(condition: &Condition, facts: &Facts<'_>) -> Verdict {
    let Some(wanted) = &condition.output else {
        return Verdict::Absent;
    };
    match facts.call {
        Some(call) => parts("output", wanted, call.output.as_ref()),
        None => missing("output", "output of a client tool"),
    }
}

fn answers(condition: &Condition, facts: &Facts<'_>) -> Verdict {
    let Some(wanted) = &condition.answers else {
        return Verdict::Absent;
    };
    // A question that was skipped is one of a form: a plain message skips none.
    let Some(form) = facts.form else {
        return missing("answers", "answer of a form");
    };
    all(wanted.iter().map(|(id, wanted)| {
        let mut questions = form.inputs.iter().filter(|question| question.id == *id);
        let answer = questions.find_map(|question| question.answer.as_ref());
        let values = answer.iter().flat_map(|answer| &answer.values);
        let values: Vec<_> = values.map(|value| value.as_str().into()).collect();
        texts(&format!("answers.{id}"), Some(wanted), &values)
    }))
}

fn options<'a>(facts: &Facts<'a>) -> Option<&'a InferenceOptions> {
    facts.message.map(|message| &message.inference_options)
}

fn tool_choice(condition: &Condition, facts: &Facts<'_>) -> Verdict {
    let chosen = options(facts).and_then(|options| options.tool_choice.as_ref());
    let chosen: Vec<_> = chosen
        .iter()
        .map(|choice| choice.id.as_str().into())
        .collect();
    texts("tool_choice", condition.tool_choice.as_ref(), &chosen)
}

fn model(condition: &Condition, facts: &Facts<'_>) -> Verdict {
    let model = options(facts).and_then(|options| options.model.as_deref());
    let model: Vec<_> = model.into_iter().map(Cow::Borrowed).collect();
    texts("model", condition.model.as_ref(), &model)
}

fn attachment(condition: &Condition, facts: &Facts<'_>) -> Verdict {
    let sent = facts
        .message
        .iter()
        .flat_map(|message| &message.attachments)
        .map(|attachment| attachment.mime_type.as_str());
    let announced = (facts.operation == Operation::CreateAttachment)
        .then(|| facts.context.pointer("/params/mime_type")?.as_str());
    let all = sent.chain(announced.flatten());
    let types: Vec<_> = all.flat_map(types).map(Cow::Owned).collect();
    texts("attachment", condition.attachment.as_ref(), &types)
}

/// A type, and the families that it is of, as `image/*`.
fn types(mime_type: &str) -> [String; 3] {
    let kind = mime_type.split(';').next().unwrap_or_default().trim();
    let family = kind.split('/').next().unwrap_or_default();
    [kind.to_owned(), format!("{family}/*"), "*/*".to_owned()]
}

pub(super) fn tags(message: &UserMessage) -> impl Iterator<Item = &Tag> {
    message.content.iter().filter_map(|part| match part {
        UserContent::Tag(tag) => Some(tag),
        _ => None,
    })
}

fn tag(condition: &Condition, facts: &Facts<'_>) -> Verdict {
    let tags = facts.message.into_iter().flat_map(tags);
    let words: Vec<Cow<'_, str>> = tags
        .flat_map(|tag| [tag.id.as_str().into(), tag.text.as_str().into()])
        .collect();
    texts("tag", condition.tag.as_ref(), &words)
}

fn header_fields(condition: &Condition, facts: &Facts<'_>) -> Verdict {
    let Some(wanted) = &condition.header else {
        return Verdict::Absent;
    };
    all(wanted.iter().map(|(name, wanted)| {
        let values = facts.headers.get_all(name.to_lowercase().as_str());
        let values: Vec<_> = values
            .iter()
            .map(|value| String::from_utf8_lossy(value.as_bytes()))
            .collect();
        match wanted.find(&values) {
            Some(caught) => Verdict::Met(caught),
            // A header may be a secret, so what was found is not repeated.
            None if values.is_empty() => {
                Verdict::Failed(format!("header.{name}: wanted {wanted}, found none"))
            }
            None => Verdict::Failed(format!(
                "header.{name}: wanted {wanted}, found another value"
            )),
        }
    }))
}

/// The first locale that a request asks for.
pub(super) fn locale_of(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
    let first = value.split([',', ';']).next()?.trim();
    Some(first).filter(|first| !first.is_empty())
}

/// Whether a locale is another one or of it, as `de-AT` is of `de`.
pub(super) fn is_of(locale: &str, wide: &str) -> bool {
    let (locale, wide) = (locale.to_lowercase(), wide.to_lowercase());
    let rest = locale.strip_prefix(&wide);
    !wide.is_empty() && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

fn locale(condition: &Condition, facts: &Facts<'_>) -> Verdict {
    let Some(wanted) = &condition.locale else {
        return Verdict::Absent;
    };
    let found = locale_of(facts.headers).unwrap_or_default().to_lowercase();
    if wanted.0.iter().any(|wanted| is_of(&found, wanted)) {
        return Verdict::Met(Captures::new());
    }
    let found = if found.is_empty() { "none" } else { &found };
    Verdict::Failed(format!(
        "locale: wanted {}, found {found}",
        wanted.0.join(" or ")
    ))
}

fn thread(condition: &Condition, facts: &Facts<'_>) -> Verdict {
    let id: Vec<_> = facts.thread.into_iter().map(Cow::Borrowed).collect();
    texts("thread", condition.thread.as_ref(), &id)
}

fn turn(condition: &Condition, facts: &Facts<'_>) -> Verdict {
    let Some(wanted) = &condition.turn else {
        return Verdict::Absent;
    };
    if wanted.0.iter().any(|turn| turn.holds(facts.turn)) {
        return Verdict::Met(Captures::new());
    }
    let turns: Vec<String> = wanted.0.iter().map(ToString::to_string).collect();
    Verdict::Failed(format!(
        "turn: wanted {}, found {}",
        turns.join(" or "),
        facts.turn
    ))
}

fn state(condition: &Condition, facts: &Facts<'_>) -> Verdict {
    let Some(wanted) = &condition.state else {
        return Verdict::Absent;
    };
    all(wanted
        .iter()
        .map(|(name, wanted)| value(&format!("state.{name}"), wanted, facts.state.get(name))))
}

fn expression(condition: &Condition, facts: &Facts<'_>) -> Verdict {
    let Some(expression) = &condition.expression else {
        return Verdict::Absent;
    };
    let context = minijinja::Value::from(minijinja::value::Serde(facts.context));
    match template::evaluate(expression.source(), context) {
        Ok(value) if value.is_true() => Verdict::Met(Captures::new()),
        Ok(value) => {
            let json = serde_json::to_string(&value).unwrap_or_else(|_| value.to_string());
            Verdict::Failed(format!("if: `{}` is {}", expression.source(), cut(&json)))
        }
        Err(fault) => Verdict::Failed(format!("if: `{}` fails: {fault}", expression.source())),
    }
}

fn not(condition: &Condition, facts: &Facts<'_>) -> Verdict {
    let Some(unwanted) = &condition.not else {
        return Verdict::Absent;
    };
    // What is drawn inside a `not` would change what others draw; it counts as drawn.
    match matches(unwanted, facts, &mut || 0.0) {
        None => Verdict::Met(Captures::new()),
        Some(_) => Verdict::Failed("not: everything in it holds".to_owned()),
    }
}

/// A condition about a part of something that the request is not.
fn missing(name: &str, what: &str) -> Verdict {
    Verdict::Failed(format!("{name}: the request is no {what}"))
}

/// All parts of a value, by their paths.
fn parts(name: &str, wanted: &BTreeMap<String, ValueMatch>, whole: Option<&Value>) -> Verdict {
    all(wanted.iter().map(|(path, wanted)| {
        let part = path.split('.').try_fold(whole, |at, step| {
            let at = at?;
            let index = step.parse::<usize>().ok();
            let next = at
                .get(step)
                .or_else(|| index.and_then(|index| at.get(index)));
            next.map(Some)
        });
        value(&format!("{name}.{path}"), wanted, part.flatten())
    }))
}

fn value(name: &str, wanted: &ValueMatch, value: Option<&Value>) -> Verdict {
    if let Some(caught) = wanted.find(value) {
        return Verdict::Met(caught);
    }
    // As JSON, so that 1 and "1" are told apart.
    let found = value.map_or_else(|| "none".to_owned(), |value| cut(&value.to_string()));
    Verdict::Failed(format!("{name}: wanted {wanted}, found {found}"))
}

/// All of several verdicts: the first failure, or everything that was caught.
fn all(verdicts: impl Iterator<Item = Verdict>) -> Verdict {
    let mut captures = Captures::new();
    for verdict in verdicts {
        match verdict {
            Verdict::Absent => {}
            Verdict::Met(caught) => captures.extend(caught),
            failed @ Verdict::Failed(_) => return failed,
        }
    }
    Verdict::Met(captures)
}
