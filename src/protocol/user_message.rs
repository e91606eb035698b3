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

    /// A mention of one of the app's entities.
    pub fn tag(id: impl Into<String>, text: impl Into<String>) -> Self {
        Self::Tag(Tag {
            id: id.into(),
            text: text.into(),
            data: Object::new(),
            group: None,
            interactive: false,
            extra: Extra::default(),
        })
    }

    /// A text, unless it is empty, and behind it the entities that are mentioned, by id and text.
    ///
    /// Whoever reads a message puts its parts together as they are (openai-chatkit 1.6.5,
    /// agents.py, `user_message_to_input`), so that the spaces between them are sent as well.
    pub fn text_and_tags(text: &str, tags: &[(String, String)]) -> Vec<Self> {
        let mut content = Vec::new();
        let is_apart = tags.is_empty() || text.ends_with(char::is_whitespace);
        match (text, is_apart) {
            ("", _) => {}
            (text, true) => content.push(Self::text(text)),
            (text, false) => content.push(Self::text(format!("{text} "))),
        }
        for (index, (id, text)) in tags.iter().enumerate() {
            if index > 0 {
                content.push(Self::text(" "));
            }
            content.push(Self::tag(id, text));
        }
        content
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_mentions_stand_apart_in_what_is_read() {
        let tags = [("u1", "@Ada"), ("u2", "@Bob")].map(|(id, text)| (id.into(), text.into()));
        let read = |text: &str, tags: &[(String, String)]| -> String {
            let content = UserContent::text_and_tags(text, tags);
            content.iter().map(UserContent::shown).collect()
        };
        assert_eq!(read("hi", &tags), "hi @Ada @Bob");
        assert_eq!(read("hi\n", &tags[..1]), "hi\n@Ada");
        assert_eq!(read("", &tags), "@Ada @Bob");
        assert_eq!(read("hi", &[]), "hi");
    }
}
