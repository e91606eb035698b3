//! Forms as questions: a structured input's, and those of a widget's fields.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::ask::{Asker, Question, Reply};
use super::limits;
use crate::error::Result;
use crate::protocol::{
    AnswerStatus, Extra, InputKind, MultipleChoice, Question as Asked, StructuredInput, Submission,
    SubmittedAnswer,
};
use crate::render::clean::clean;
use crate::render::{Field, FieldKind};

/// What is offered below the options of a question.
const OWN: &str = "something else…";
const SKIP: &str = "(skip this one)";
const SKIP_ALL: &str = "(skip all that is left)";

/// What comes of leaving a question of a structured input, and one of a widget's form.
const LATER: &str = "leaves the form for later";
const LEAVES: &str = "leaves the form";

/// What was said to one question.
enum Said {
    Values(Vec<String>),
    Skip,
    SkipRest,
    Leave,
}

/// Asks the questions of a form; `None` when it is left for later.
///
/// # Errors
/// The terminal cannot be used.
pub async fn fill(form: &StructuredInput, by: &Asker) -> Result<Option<Submission>> {
    if form.questions().next().is_none() {
        return without_questions(by).await;
    }
    let mut answers = BTreeMap::new();
    let mut skips_rest = false;
    for asked in form.questions() {
        let said = if skips_rest {
            Said::Skip
        } else {
            question(asked, by).await?
        };
        let values = match said {
            Said::Values(values) => values,
            Said::Skip => Vec::new(),
            Said::SkipRest => {
                skips_rest = true;
                Vec::new()
            }
            Said::Leave => return Ok(None),
        };
        let answer = SubmittedAnswer {
            skipped: values.is_empty(),
            values,
            extra: Extra::default(),
        };
        answers.insert(asked.id.clone(), answer);
    }
    Ok(Some(submission(answers)))
}

/// A form that has no question to answer is skipped only by a person who says so.
async fn without_questions(by: &Asker) -> Result<Option<Submission>> {
    let question = Question::sure(
        "The form has no question that can be answered. Skip it?",
        false,
    );
    let skips = by.ask(question).await? == Some(Reply::Sure(true));
    Ok(skips.then(|| submission(BTreeMap::new())))
}

/// A form of which nothing was answered was skipped, as a whole.
fn submission(answers: BTreeMap<String, SubmittedAnswer>) -> Submission {
    let is_skipped = answers.values().all(|answer| answer.skipped);
    Submission {
        status: if is_skipped {
            AnswerStatus::Skipped
        } else {
            AnswerStatus::Answered
        },
        answers: if is_skipped { BTreeMap::new() } else { answers },
        extra: Extra::default(),
    }
}

async fn question(asked: &Asked, by: &Asker) -> Result<Said> {
    match &asked.kind {
        InputKind::MultipleChoice(choice) if choice.multiple => several(asked, choice, by).await,
        InputKind::MultipleChoice(choice) => one(asked, choice, by).await,
        InputKind::Freeform(_) | InputKind::Unknown(_) => own_text(asked.words(), by).await,
    }
}

async fn one(asked: &Asked, choice: &MultipleChoice, by: &Asker) -> Result<Said> {
    let options = choice.options.iter().map(|option| option.value.clone());
    let options = options.chain([OWN, SKIP, SKIP_ALL].map(str::to_owned));
    let question = Question::pick(asked.words(), options, None)
        .line_help("a number")
        .leaving(LATER);
    let Some(Reply::Picked(at)) = by.ask(question).await? else {
        return Ok(Said::Leave);
    };
    match at.checked_sub(choice.options.len()) {
        None => Ok(Said::Values(vec![choice.options[at].value.clone()])),
        Some(0) => own_text(asked.words(), by).await,
        Some(1) => Ok(Said::Skip),
        Some(_) => Ok(Said::SkipRest),
    }
}

async fn several(asked: &Asked, choice: &MultipleChoice, by: &Asker) -> Result<Said> {
    let options = choice.options.iter().map(|option| option.value.clone());
    let options = options.chain([OWN, SKIP_ALL].map(str::to_owned));
    let question = Question::pick_several(asked.words(), options)
        .help("space picks, enter goes on, none skips it")
        .line_help("numbers, with spaces between, none skips this one")
        .leaving(LATER);
    let Some(Reply::PickedSeveral(picked)) = by.ask(question).await? else {
        return Ok(Said::Leave);
    };
    let count = choice.options.len();
    if picked.contains(&(count + 1)) {
        return Ok(Said::SkipRest);
    }
    let offered = picked.iter().filter_map(|at| choice.options.get(*at));
    let mut values: Vec<String> = offered.map(|option| option.value.clone()).collect();
    if picked.contains(&count) {
        match own_text(asked.words(), by).await? {
            Said::Values(own) => values.extend(own),
            Said::Skip => {}
            other => return Ok(other),
        }
    }
    Ok(if values.is_empty() {
        Said::Skip
    } else {
        Said::Values(values)
    })
}

async fn own_text(question: &str, by: &Asker) -> Result<Said> {
    let question = Question::text(question, "")
        .help("empty skips it, /skip skips all that is left")
        .leaving(LATER);
    Ok(match by.ask(question).await? {
        Some(Reply::Text(text)) if text.trim() == "/skip" => Said::SkipRest,
        Some(Reply::Text(text)) if text.trim().is_empty() => Said::Skip,
        Some(Reply::Text(text)) => Said::Values(vec![text]),
        _ => Said::Leave,
    })
}

/// Asks the fields of a widget's form and puts their values into its payload; `None` when it is
/// left.
///
/// # Errors
/// The terminal cannot be used.
pub async fn fields(fields: &[Field], payload: Option<Value>, by: &Asker) -> Result<Option<Value>> {
    let mut payload = payload.unwrap_or_else(|| Value::Object(Map::new()));
    for field in fields {
        let value = if field.disabled {
            field.default.clone()
        } else {
            match self::field(field, by).await? {
                Some(value) => value,
                None => return Ok(None),
            }
        };
        if let Some(value) = value {
            put(&mut payload, &field.name, value);
        }
    }
    Ok(Some(payload))
}

/// The payload with the values of a widget's form as somebody wrote them, by the names of the
/// fields; a field that is not named has its default.
pub fn filled(fields: &[Field], payload: Option<Value>, given: &Map<String, Value>) -> Value {
    let mut payload = payload.unwrap_or_else(|| Value::Object(Map::new()));
    for field in fields {
        let unticked = (field.kind == FieldKind::Checkbox).then_some(Value::Bool(false));
        if let Some(default) = field.default.clone().or(unticked) {
            put(&mut payload, &field.name, default);
        }
    }
    merge(&mut payload, given);
    payload
}

/// Puts values where their names say; a map of them is no value but the names below it.
fn merge(payload: &mut Value, given: &Map<String, Value>) {
    for (name, value) in given {
        match (payload.get_mut(name), value) {
            (Some(below @ Value::Object(_)), Value::Object(given)) => merge(below, given),
            _ => put(payload, name, value.clone()),
        }
    }
}

/// Asks one field until it has what it must have. The inner `None` is a field without a value.
async fn field(field: &Field, by: &Asker) -> Result<Option<Option<Value>>> {
    let mut question = field_question(field);
    loop {
        let Some(reply) = by.ask(question).await? else {
            return Ok(None);
        };
        let value = field_value(field, reply);
        let Some(wrong) = limits::refusal(field, value.as_ref()) else {
            return Ok(Some(value));
        };
        // What was typed stands there again, to be mended.
        let typed = value.as_ref().and_then(Value::as_str);
        question = field_question(field).refused(&wrong);
        question = typed.map_or(question.clone(), |typed| question.beginning_with(typed));
    }
}

fn field_question(field: &Field) -> Question {
    let default = field.default.as_ref().and_then(Value::as_str);
    let label = if field.required {
        format!("{} *", field.label)
    } else {
        field.label.clone()
    };
    let question = match &field.kind {
        FieldKind::Checkbox => {
            let default = field.default.as_ref().and_then(Value::as_bool);
            Question::sure(&label, default.unwrap_or(false))
        }
        FieldKind::Choice(choices) => {
            let open = choices.iter().filter(|choice| !choice.disabled);
            let at = open
                .clone()
                .position(|choice| Some(choice.value.as_str()) == default);
            let none = (!field.required).then(|| "(none)".to_owned());
            let options = open.map(|choice| choice.label.clone()).chain(none);
            Question::pick(&label, options, at).line_help("a number")
        }
        FieldKind::Date { min, max } => {
            let question = Question::text(&label, default.unwrap_or_default());
            helped(
                question,
                field,
                Some(&date_help(min.as_deref(), max.as_deref())),
            )
        }
        FieldKind::Text { input_type, .. } if input_type == "password" => {
            helped(Question::secret(&label), field, None)
        }
        FieldKind::Text { placeholder, .. } => {
            let question = Question::text(&label, default.unwrap_or_default());
            helped(question, field, placeholder.as_deref())
        }
    };
    question.leaving(LEAVES)
}

/// What a date is, and which days it may be.
fn date_help(min: Option<&str>, max: Option<&str>) -> String {
    // What is asked for is a day.
    let day = |date: &str| date.split_once('T').map_or(date, |(day, _)| day).to_owned();
    let limits = match (min.map(day), max.map(day)) {
        (Some(min), Some(max)) => format!(", from {min} to {max}"),
        (Some(min), None) => format!(", from {min}"),
        (None, Some(max)) => format!(", up to {max}"),
        (None, None) => String::new(),
    };
    format!("a date, for example 2026-11-30{limits}")
}

/// A question for a text, which may say what that is, and says so where it may be empty.
fn helped(question: Question, field: &Field, help: Option<&str>) -> Question {
    let question = match help {
        Some(help) => question.help(help),
        None => question,
    };
    // In a line of its own Enter alone is the default, if there is one.
    if field.required || field.default.is_some() {
        return question;
    }
    let told: Vec<&str> = help.into_iter().chain(["empty leaves it out"]).collect();
    question.line_help(&told.join("; "))
}

fn field_value(field: &Field, reply: Reply) -> Option<Value> {
    match (reply, &field.kind) {
        // A checkbox that must be ticked has no other value.
        (Reply::Sure(false), _) if field.required => None,
        (Reply::Sure(yes), _) => Some(Value::Bool(yes)),
        (Reply::Picked(at), FieldKind::Choice(choices)) => {
            let mut open = choices.iter().filter(|choice| !choice.disabled);
            open.nth(at)
                .map(|choice| Value::String(choice.value.clone()))
        }
        (Reply::Text(text), _) if text.is_empty() => None,
        (Reply::Text(text), kind) => Some(typed(field, kind, text)),
        _ => None,
    }
}

/// A text as the field takes it: the default as it came if it was left alone, for it was cleaned
/// before it was shown, and several lines where there may be several.
fn typed(field: &Field, kind: &FieldKind, text: String) -> Value {
    let default = field.default.as_ref().filter(|value| value.is_string());
    if let Some(default) =
        default.filter(|default| clean(default.as_str().unwrap_or_default()) == text)
    {
        return default.clone();
    }
    match kind {
        FieldKind::Text {
            multiline: true, ..
        } => Value::String(text),
        _ => Value::String(text.replace('\n', " ")),
    }
}

/// Puts a value where its name says; dots make a path, as the browser's client does.
pub fn put(payload: &mut Value, name: &str, value: Value) {
    if !payload.is_object() {
        *payload = Value::Object(Map::new());
    }
    let Value::Object(fields) = payload else {
        return;
    };
    match name.split_once('.') {
        Some((first, rest)) => put(fields.entry(first).or_insert(Value::Null), rest, value),
        None => {
            fields.insert(name.to_owned(), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_dots_of_a_name_make_a_path_in_the_payload() {
        let mut payload = json!({"form": "order"});
        put(&mut payload, "order.name", json!("Ada"));
        put(&mut payload, "order.terms", json!(true));
        assert_eq!(
            payload,
            json!({"form": "order", "order": {"name": "Ada", "terms": true}})
        );
        let mut payload = json!(5);
        put(&mut payload, "a", json!(1));
        assert_eq!(payload, json!({"a": 1}));
    }

    #[test]
    fn what_was_written_stands_over_the_defaults_and_the_own_payload() {
        let mut size = text_field(false, "");
        (size.name, size.default) = ("order.size".into(), Some(json!("m")));
        let mut name = text_field(false, "");
        (name.name, name.default) = ("order.name".into(), None);
        let written = json!({"order.name": "Ada", "note": 5});
        let filled = filled(
            &[size, name],
            Some(json!({"base": 1})),
            written.as_object().unwrap(),
        );
        let order = json!({"size": "m", "name": "Ada"});
        assert_eq!(filled, json!({"base": 1, "order": order, "note": 5}));
        let mut filled = json!({"order": {"id": 7, "size": "m"}});
        let nested = json!({"order": {"name": "Ada"}});
        merge(&mut filled, nested.as_object().unwrap());
        assert_eq!(
            filled,
            json!({"order": {"id": 7, "size": "m", "name": "Ada"}})
        );
    }

    fn text_field(multiline: bool, default: &str) -> Field {
        Field {
            name: "f".into(),
            label: "F".into(),
            kind: FieldKind::Text {
                input_type: "text".into(),
                multiline,
                placeholder: None,
                pattern: None,
            },
            default: Some(json!(default)),
            required: false,
            disabled: false,
        }
    }

    #[test]
    fn a_default_that_is_left_alone_is_sent_as_it_came() {
        let sent = |field: &Field, text: &str| field_value(field, Reply::Text(text.into()));
        let hostile = text_field(false, "a\u{1b}[2Jb\nc");
        let shown = clean("a\u{1b}[2Jb\nc").into_owned();
        assert_eq!(sent(&hostile, &shown), Some(json!("a\u{1b}[2Jb\nc")));
        assert_eq!(sent(&hostile, "x\ny"), Some(json!("x y")));
        assert_eq!(sent(&text_field(true, "d"), "x\ny"), Some(json!("x\ny")));
    }

    #[test]
    fn a_form_without_an_answer_was_skipped() {
        let answer = |values: &[&str]| SubmittedAnswer {
            skipped: values.is_empty(),
            values: values.iter().map(|value| (*value).into()).collect(),
            extra: Extra::default(),
        };
        let none = submission([("a".into(), answer(&[]))].into());
        assert_eq!(
            (none.status, none.answers.len()),
            (AnswerStatus::Skipped, 0)
        );
        let some = submission([("a".into(), answer(&[])), ("b".into(), answer(&["x"]))].into());
        assert_eq!(
            (some.status, some.answers.len()),
            (AnswerStatus::Answered, 2)
        );
    }

    #[test]
    fn a_field_takes_what_its_kind_has() {
        let field = |kind, required| Field {
            name: "f".into(),
            label: "F".into(),
            kind,
            default: None,
            required,
            disabled: false,
        };
        assert_eq!(
            field_value(&field(FieldKind::Checkbox, true), Reply::Sure(false)),
            None
        );
        assert_eq!(
            field_value(&field(FieldKind::Checkbox, false), Reply::Sure(false)),
            Some(json!(false))
        );
        let choice = |value: &str, disabled| crate::render::widget::Choice {
            value: value.into(),
            label: value.to_uppercase(),
            disabled,
        };
        let choices = FieldKind::Choice(vec![choice("a", true), choice("b", false)]);
        assert_eq!(
            field_value(&field(choices.clone(), false), Reply::Picked(0)),
            Some(json!("b"))
        );
        assert_eq!(field_value(&field(choices, false), Reply::Picked(1)), None);
    }
}
