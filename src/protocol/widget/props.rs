//! What several components share: measures, colours and actions.

use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

/// A number of pixels or steps, or a CSS string.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "expected a number or a CSS length")]
pub enum Measure {
    Number(Number),
    Css(String),
}

/// A token, a CSS colour, or one for each theme.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "expected a colour, or one for each of dark and light"
)]
pub enum Color {
    Named(String),
    Themed { dark: String, light: String },
}

words! {
    /// Who runs an action: the page's own code, or the backend.
    pub enum Handler { Client = "client", Server = "server", }

    /// What shows that an action runs.
    pub enum LoadingBehavior { Auto = "auto", None = "none", Own = "self", Container = "container", }
}

shape! {
    /// What a component does when it is used (`actions.py`, `ActionConfig`).
    pub struct ActionConfig {
        #[serde(rename = "type")]
        pub kind: String,
        pub payload: Option<Value>,
        /// Absent means the server.
        pub handler: Option<Handler>,
        #[serde(rename = "loadingBehavior")]
        pub loading_behavior: Option<LoadingBehavior>,
        /// Absent means true; false goes to `threads.sync_custom_action`.
        pub streaming: Option<bool>,
    }
}

impl ActionConfig {
    /// An action of this type for the server, answered by a stream.
    pub fn new(kind: impl Into<String>, payload: Option<Value>) -> Self {
        Self {
            kind: kind.into(),
            payload,
            handler: None,
            loading_behavior: None,
            streaming: None,
            extra: crate::protocol::Extra::default(),
        }
    }
}
