//! The message of `chatkit send`: text from the argument, stdin or both, and what goes with it.

use std::path::PathBuf;

use clap::Args;

use crate::cancel::Cancel;
use crate::client::Upload;
use crate::command::connect::Connection;
use crate::command::{Context, input};
use crate::error::{Error, Result};
use crate::plural::plural;
use crate::protocol::{
    AttachmentId, Extra, InferenceOptions, ToolChoice, UserContent, UserMessageInput,
};
use crate::ui::{self, Style};

/// What is said.
#[derive(Args, Debug)]
pub struct MessageArgs {
    /// The text; - reads stdin, and TEXT - puts stdin below the text
    #[arg(value_name = "TEXT", num_args = 0..=2)]
    text: Vec<String>,

    /// Attach a file (repeatable)
    #[arg(long, value_name = "FILE")]
    attach: Vec<PathBuf>,

    /// Quote this text above the message
    #[arg(long, value_name = "TEXT")]
    quote: Option<String>,

    /// Ask for this model
    #[arg(long, value_name = "MODEL")]
    model: Option<String>,

    /// Ask for this tool to be used
    #[arg(long, value_name = "TOOL")]
    tool_choice: Option<String>,

    /// Mention an entity of the app (repeatable)
    #[arg(long = "tag", value_name = "ID=TEXT", value_parser = tag)]
    tags: Vec<(String, String)>,
}

impl MessageArgs {
    /// Whether nothing is said at all, not even by stdin.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty() && self.attach.is_empty() && self.tags.is_empty()
    }

    /// The text; it may be empty when something else is said.
    ///
    /// # Errors
    /// Wrong usage when there is nothing to send.
    pub async fn text(&self, cancel: &Cancel) -> Result<String> {
        let (dashes, texts): (Vec<_>, Vec<_>) = self.text.iter().partition(|text| *text == "-");
        if texts.len() > 1 || dashes.len() > 1 {
            return Err(Error::usage_hint(
                "more than one text",
                "quote the text, for example chatkit send 'hello there'",
            ));
        }
        let says_else = !self.attach.is_empty() || !self.tags.is_empty();
        let unasked = texts.is_empty() && !says_else && !ui::stdin_is_terminal();
        let mut parts: Vec<String> = texts.into_iter().cloned().collect();
        if !dashes.is_empty() || unasked {
            let read = input::stdin_text(cancel).await?;
            // The newline that ends a file is no part of what is said.
            parts.push(read.trim_end_matches(['\n', '\r']).to_owned());
        }
        parts.retain(|part| !part.trim().is_empty());
        if parts.is_empty() && !says_else {
            return Err(Error::usage_hint(
                "nothing to send",
                "pass a text, or - to read it from stdin",
            ));
        }
        Ok(parts.join("\n\n"))
    }

    /// The message with this text; files are uploaded first.
    ///
    /// # Errors
    /// A file cannot be read, or the backend does not take it.
    pub async fn input(
        &self,
        text: String,
        connection: &Connection,
        context: &mut Context<'_>,
    ) -> Result<UserMessageInput> {
        Ok(UserMessageInput {
            content: UserContent::text_and_tags(&text, &self.tags),
            attachments: self.upload(connection, context).await?,
            quoted_text: self.quote.clone(),
            inference_options: InferenceOptions {
                model: self.model.clone(),
                tool_choice: self.tool_choice.clone().map(|id| ToolChoice {
                    id,
                    extra: Extra::default(),
                }),
                extra: Extra::default(),
            },
            extra: Extra::default(),
        })
    }

    async fn upload(
        &self,
        connection: &Connection,
        context: &mut Context<'_>,
    ) -> Result<Vec<AttachmentId>> {
        // Every file is looked at before the first one is sent.
        let mut files = Vec::new();
        for path in &self.attach {
            files.push(Upload::open(path).await.map_err(as_usage)?);
        }
        let mut ids = Vec::new();
        for file in files {
            let attachment = connection
                .backend
                .upload(&file, |_| {}, &context.cancel)
                .await?;
            if !context.ui.is_json() {
                let note = format!(
                    "attached: {} ({}) as {}",
                    file.name,
                    plural(file.size, "byte"),
                    attachment.id
                );
                context.ui.note(Style::Dim, &note);
            }
            ids.push(attachment.id);
        }
        Ok(ids)
    }
}

fn tag(text: &str) -> Result<(String, String), String> {
    input::pair(text).map_err(|_| "expected ID=TEXT".into())
}

/// A file that was named on the command line and cannot be read is a mistake in the command line.
fn as_usage(error: Error) -> Error {
    match error {
        Error::Io { .. } => Error::usage(error.to_string()),
        other => other,
    }
}
