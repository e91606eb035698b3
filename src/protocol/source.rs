//! What an answer rests on: pages, files and entities.

use serde_json::Value;

use super::Object;

around! {
    /// Where something was found.
    pub struct Source {
        pub title: String,
        pub description: Option<String>,
        pub timestamp: Option<String>,
        pub group: Option<String>,
        #[serde(flatten)]
        pub kind: SourceKind,
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
