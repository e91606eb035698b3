//! Pages of threads and items.

use serde::{Deserialize, Serialize};

/// How many rows a page has where the request names no limit (`server.py`, `DEFAULT_PAGE_SIZE`).
pub const DEFAULT_PAGE_SIZE: usize = 20;

/// A page of rows; `after` is the id of its last row, present only when there are more.
#[serde_with_macros::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Page<T> {
    #[serde(default = "Vec::new")]
    pub data: Vec<T>,
    #[serde(default)]
    pub has_more: bool,
    pub after: Option<String>,
    /// Fields that this version does not know, as received.
    #[serde(flatten)]
    pub extra: super::Extra,
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Self {
            data: Vec::new(),
            has_more: false,
            after: None,
            extra: super::Extra::default(),
        }
    }
}

/// The order of a page's rows by their creation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// Oldest first.
    Asc,
    /// Newest first, which is what the protocol assumes.
    #[default]
    Desc,
}

impl Order {
    /// The word as it stands on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asc => "asc",
            Self::Desc => "desc",
        }
    }
}
