//! Structured input: the questions of a form, and their answers.

use std::collections::BTreeMap;

use super::StructuredInput;

around_whole! {
    /// One question of a form.
    pub struct Question of InputKind {
        pub id: String,
        pub question: String,
        pub answer: Option<Answer>,
    }
}

shape! {
    /// The recorded answer to a question.
    #[derive(Default)]
    pub struct Answer {
        #[serde(default)]
        pub values: Vec<String>,
        #[serde(default)]
        pub skipped: bool,
    }

    /// One of the values that a question offers.
    pub struct Choice {
        pub value: String,
    }
}

tagged! {
    /// How a question is answered.
    pub enum InputKind {
        MultipleChoice(MultipleChoice) = "multiple_choice",
        Freeform(Freeform) = "freeform",
    }
}

shape! {
    /// Answered by one or several of the options, or by a text of the user's own.
    pub struct MultipleChoice {
        pub options: Vec<Choice>,
        #[serde(default)]
        pub multiple: bool,
    }

    /// Answered by a text.
    pub struct Freeform {
        pub description: Option<String>,
    }
}

impl StructuredInput {
    /// The questions that can be answered: an answer names its question.
    pub fn questions(&self) -> impl Iterator<Item = &Question> {
        self.inputs
            .iter()
            .filter(|question| !question.id.is_empty())
    }
}

impl Question {
    /// What is asked; the id of a question that has no words of its own.
    pub fn words(&self) -> &str {
        match self.question.trim() {
            "" => &self.id,
            _ => &self.question,
        }
    }

    /// Whether this value is one of those that the question offers.
    pub fn offers(&self, value: &str) -> bool {
        matches!(&self.kind, InputKind::MultipleChoice(choice)
            if choice.options.iter().any(|option| option.value == value))
    }
}

words! {
    /// How far a form is; a submission is `answered` or `skipped`.
    pub enum AnswerStatus { Pending = "pending", Answered = "answered", Skipped = "skipped", }
}

shape! {
    /// What a user hands in for a form.
    pub struct Submission {
        #[serde(default = "answered")]
        pub status: AnswerStatus,
        /// Answers by the id of their question.
        #[serde(default)]
        pub answers: BTreeMap<String, SubmittedAnswer>,
    }

    /// What a user hands in for one question.
    #[derive(Default)]
    pub struct SubmittedAnswer {
        #[serde(default)]
        pub values: Vec<String>,
        #[serde(default)]
        pub skipped: bool,
    }
}

fn answered() -> AnswerStatus {
    AnswerStatus::Answered
}
