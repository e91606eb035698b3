//! What an answer rests on: pages, files and entities.

use serde_json::Value;

use super::Object;

around_whole! {
    /// Where something was found.
    pub struct Source of SourceKind {
        pub title: String,
        pub description: Option<String>,
        pub timestamp: Option<String>,
        pub group: Option<String>,
    }
}

tagged! {
    /// What kind of thing a source is.
    pub enum SourceKind {
        Url(UrlSource) = "url",
        File(FileSource) = "file",
        Entity(EntitySource) = "entity",
    }
}

shape! {
    /// A page of the web.
    pub struct UrlSource {
        pub url: String,
        pub attribution: Option<String>,
    }

    /// A file.
    pub struct FileSource {
        pub filename: String,
    }

    /// A thing of the app's own.
    pub struct EntitySource {
        pub id: String,
        pub icon: Option<String>,
        pub label: Option<String>,
        pub inline_label: Option<String>,
        #[serde(default)]
        pub interactive: bool,
        #[serde(default)]
        pub data: Object,
        pub preview: Option<Value>,
    }
}

impl Source {
    /// The address of a page, and that of an unknown kind that has one in the same field.
    pub fn address(&self) -> Option<&str> {
        match &self.kind {
            SourceKind::Url(page) => Some(&page.url),
            SourceKind::Unknown(unknown) => unknown.fields.get("url")?.as_str(),
            SourceKind::File(_) | SourceKind::Entity(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::{Item, ItemKind, from_value};

    fn item(kind: &str, more: &Value) -> Value {
        let mut item =
            json!({"id": "i", "thread_id": "t", "created_at": "2026-11-20T00:00:00", "type": kind});
        item.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        item
    }

    fn with_source(source: &Value) -> Value {
        let task = json!({"status_indicator": "none", "type": "file", "sources": [source]});
        item("task", &json!({"task": task}))
    }

    fn with_question(question: &Value) -> Value {
        item(
            "structured_input",
            &json!({"status": "pending", "inputs": [question]}),
        )
    }

    fn with_attachment(attachment: &Value) -> Value {
        let message = json!({"content": [], "attachments": [attachment], "inference_options": {}});
        item("user_message", &message)
    }

    #[test]
    fn what_is_of_an_unknown_type_survives_without_what_the_known_ones_have_in_common() {
        for json in [
            with_source(&json!({"type": "memory", "of": 1})),
            with_source(&json!({"type": "memory", "title": 5, "group": null})),
            with_source(&json!({"type": "memory", "title": "", "extra": []})),
            with_source(&json!({"title": "T", "type": "memory", "n": 1})),
            item(
                "task",
                &json!({"task": {"type": "nap", "status_indicator": 5}}),
            ),
            with_question(&json!({"type": "slider", "from": 0, "to": 9})),
            with_question(&json!({"id": "q", "type": "slider", "answer": {"value": 3}})),
            with_attachment(&json!({"type": "audio", "id": "a", "seconds": 3})),
            with_attachment(&json!({"type": "audio", "upload_descriptor": "later"})),
        ] {
            let item: Item = from_value(json.clone()).unwrap();
            assert_eq!(serde_json::to_value(&item).unwrap(), json);
        }
    }

    #[test]
    fn what_can_be_read_of_an_unknown_type_is() {
        let json = with_attachment(&json!({"type": "audio", "id": "a", "seconds": 3}));
        let ItemKind::UserMessage(message) = from_value::<Item>(json).unwrap().kind else {
            panic!("no message")
        };
        assert_eq!(message.attachments[0].id.as_str(), "a");
    }

    #[test]
    fn the_known_types_are_read_strictly() {
        for (json, found) in [
            (
                with_source(&json!({"type": "url", "url": "https://a.example"})),
                "task.sources[0]: missing field `title`",
            ),
            (
                with_source(&json!({"title": 5, "type": "file", "filename": "f"})),
                "task.sources[0].title: expected a string, found integer `5`",
            ),
            (
                with_source(&json!({"title": "T"})),
                "task.sources[0]: missing field `type`",
            ),
            (
                with_question(&json!({"id": "q", "type": "freeform"})),
                "inputs[0]: missing field `question`",
            ),
            (
                with_attachment(&json!({"type": "image", "id": "a", "name": "n"})),
                "attachments[0]: missing field `mime_type`",
            ),
        ] {
            let error = from_value::<Item>(json).unwrap_err();
            assert_eq!(error.to_string(), found);
        }
    }
}
