//! Structured input: a form that waits for its answers, and the answer to them.

use std::fmt::Write as _;

use super::super::mint::IdKind;
use super::super::script::Script;
use super::prose::code;
use super::stage::{Scene, chain, done, steps};
use crate::protocol::{
    AnswerStatus, Choice, Extra, Freeform, InputKind, ItemKind, MultipleChoice, Question,
    StructuredInput,
};

/// `form`: one choice, several choices, a text.
pub(super) fn ask(scene: &Scene) -> Script {
    let inputs = vec![
        choice(
            "size",
            "Which size do you want?",
            &["small", "medium", "large"],
            false,
        ),
        choice(
            "toppings",
            "What shall be on it?",
            &["cheese", "olives", "basil"],
            true,
        ),
        Question {
            id: "note".into(),
            question: "Anything else?".into(),
            answer: None,
            kind: InputKind::Freeform(Freeform {
                description: Some("For example the time at which you want it.".into()),
                extra: Extra::default(),
            }),
        },
    ];
    let form = StructuredInput {
        status: AnswerStatus::Pending,
        inputs,
        extra: Extra::default(),
    };
    chain(vec![
        scene.text("A few questions first."),
        steps(vec![done(
            scene.item(IdKind::Message, ItemKind::StructuredInput(form)),
        )]),
    ])
}

/// The answer to a form that was handed in: every question with what was answered.
pub(super) fn answered(scene: &Scene, form: &StructuredInput) -> Script {
    let mut text = match form.status {
        AnswerStatus::Skipped => String::from("You skipped the form:\n\n"),
        _ => String::from("You answered:\n\n"),
    };
    for question in &form.inputs {
        let values = question.answer.as_ref().filter(|answer| !answer.skipped);
        let answer = match values {
            None => "*skipped*".to_owned(),
            Some(answer) => {
                let values: Vec<String> = answer.values.iter().map(|value| code(value)).collect();
                values.join(", ")
            }
        };
        let _ = writeln!(text, "- {} {answer}", question.question);
    }
    scene.text(&text)
}

fn choice(id: &str, question: &str, options: &[&str], multiple: bool) -> Question {
    let options = options
        .iter()
        .map(|value| Choice {
            value: (*value).into(),
            extra: Extra::default(),
        })
        .collect();
    Question {
        id: id.into(),
        question: question.into(),
        answer: None,
        kind: InputKind::MultipleChoice(MultipleChoice {
            options,
            multiple,
            extra: Extra::default(),
        }),
    }
}
