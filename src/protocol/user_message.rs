//! What a user says: text and tags, attachments, a quote, and options for the model.

use super::{AttachmentId, Extra, Object};

tagged! {
    /// A part of a user's message.
    pub enum UserContent {
        Text(TextPart) = "input_text",
        Tag(Tag) = "input_tag",
    }
}

shape! {
    /// Plain text.
    pub struct TextPart {
        pub text: String,
    }

    /// A mention of one of the app's entities.
    pub struct Tag {
        pub id: String,
        pub text: String,
        pub data: Object,
        pub group: Option<String>,
        #[serde(default)]
        pub interactive: bool,
    }

    /// Which model and tool are to answer.
    #[derive(Default)]
    pub struct InferenceOptions {
        pub model: Option<String>,
        pub tool_choice: Option<ToolChoice>,
    }

    /// A tool that the answer has to use.
    pub struct ToolChoice {
        pub id: String,
    }

    /// A user's message on its way to the server; every list is required by the reference server.
    pub struct UserMessageInput {
        pub content: Vec<UserContent>,
        pub attachments: Vec<AttachmentId>,
        pub quoted_text: Option<String>,
        pub inference_options: InferenceOptions,
    }
}

impl UserMessageInput {
    /// A message of one text.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            content: vec![UserContent::text(text)],
            attachments: Vec::new(),
            quoted_text: None,
            inference_options: InferenceOptions::default(),
            extra: Extra::default(),
        }
    }
}

impl UserContent {
    /// A part of plain text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(TextPart {
            text: text.into(),
            extra: Extra::default(),
        })
    }

    /// A text, unless it is empty, and behind it the entities that are mentioned, by id and text.
    pub fn text_and_tags(text: &str, tags: &[(String, String)]) -> Vec<Self> {
        let text = (!text.is_empty()).then(|| Self::text(text));
        let tags = tags.iter().map(|(id, text)| {
            Self::Tag(Tag {
                id: id.clone(),
                text: text.clone(),
                data: Object::new(),
                group: None,
                interactive: false,
                extra: Extra::default(),
            })
        });
        text.into_iter().chain(tags).collect()
    }

    /// What the user reads in this part.
    pub fn shown(&self) -> &str {
        match self {
            Self::Text(part) => &part.text,
            Self::Tag(tag) => &tag.text,
            Self::Unknown(_) => "",
        }
    }
}
