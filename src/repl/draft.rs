//! The next message, as far as it is more than its text, and what is asked for from now on.

use crate::protocol::{
    AttachmentId, Extra, InferenceOptions, ToolChoice, UserContent, UserMessageInput,
};

/// What goes with the next message.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// Files that are uploaded already.
    pub attachments: Vec<AttachmentId>,
    /// A text that is quoted above it.
    pub quote: Option<String>,
    /// Entities that it mentions: id and text.
    pub tags: Vec<(String, String)>,
    /// The model that is asked for, until another is.
    pub model: Option<String>,
    /// The tool that is asked for, until another is.
    pub tool: Option<String>,
}

impl Draft {
    /// The message with this text. What was meant for one message is kept until it was sent.
    pub fn message(&self, text: &str) -> UserMessageInput {
        let content = UserContent::text_and_tags(text, &self.tags);
        UserMessageInput {
            content,
            attachments: self.attachments.clone(),
            quoted_text: self.quote.clone(),
            inference_options: InferenceOptions {
                model: self.model.clone(),
                tool_choice: self.tool.clone().map(|id| ToolChoice {
                    id,
                    extra: Extra::default(),
                }),
                extra: Extra::default(),
            },
            extra: Extra::default(),
        }
    }

    /// The message was sent.
    pub fn sent(&mut self) {
        self.attachments.clear();
        self.quote = None;
        self.tags.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sent_is_gone_and_what_holds_from_now_on_stays() {
        let mut draft = Draft {
            attachments: vec!["file_1".into()],
            quote: Some("q".into()),
            tags: vec![("u1".into(), "@Ada".into())],
            model: Some("m".into()),
            tool: Some("t".into()),
        };
        let message = draft.message("hi");
        assert_eq!(message.content.len(), 2);
        assert_eq!(message.attachments.len(), 1);
        draft.sent();
        let message = draft.message("again");
        assert_eq!(
            message,
            UserMessageInput {
                inference_options: InferenceOptions {
                    model: Some("m".into()),
                    tool_choice: Some(ToolChoice {
                        id: "t".into(),
                        extra: Extra::default()
                    }),
                    extra: Extra::default(),
                },
                ..UserMessageInput::text("again")
            }
        );
    }
}
