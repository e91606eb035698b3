//! Pages of threads and items.

use serde::{Deserialize, Deserializer, Serialize};

/// How many rows a page has where the request names no limit (`server.py`, `DEFAULT_PAGE_SIZE`).
pub const DEFAULT_PAGE_SIZE: usize = 20;

/// A page of rows; `after` is the id of its last row, present only when there are more.
#[serde_with_macros::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Page<T> {
    /// Required, since without it any object at all, an error among them, would be an empty page.
    pub data: Vec<T>,
    #[serde(default)]
    pub has_more: bool,
    pub after: Option<String>,
    /// Fields that this version does not know, as received.
    #[serde(flatten)]
    pub extra: super::Extra,
}

/// A page inside another document, where its rows may be left out.
#[derive(Deserialize)]
struct Inner<T> {
    #[serde(default = "Vec::new")]
    data: Vec<T>,
    #[serde(default)]
    has_more: bool,
    after: Option<String>,
    #[serde(flatten)]
    extra: super::Extra,
}

/// Reads the page of a thread's items, which need not be there: the thread itself is the answer.
pub(super) fn inner<'de, T, D>(deserializer: D) -> Result<Page<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    let page = Inner::deserialize(deserializer)?;
    Ok(Page {
        data: page.data,
        has_more: page.has_more,
        after: page.after,
        extra: page.extra,
    })
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

#[cfg(test)]
mod tests {
    use super::super::{Item, Thread, from_slice};
    use super::*;

    #[test]
    fn a_document_without_rows_is_no_page() {
        for (document, found) in [
            ("{}", "missing field `data`"),
            (r#"{"error":"nope"}"#, "missing field `data`"),
            (r#"{"has_more":false}"#, "missing field `data`"),
            (r#"{"data":null}"#, "data: expected an array, found null"),
        ] {
            for error in [
                from_slice::<Page<Thread>>(document.as_bytes()).unwrap_err(),
                from_slice::<Page<Item>>(document.as_bytes()).unwrap_err(),
            ] {
                assert_eq!(error.to_string(), found, "{document}");
            }
        }
        let page: Page<Thread> = from_slice(br#"{"data":[]}"#).unwrap();
        assert_eq!(page, Page::default());
    }

    #[test]
    fn the_items_of_a_thread_may_be_left_out() {
        for items in ["", r#","items":{}"#, r#","items":{"has_more":false}"#] {
            let thread = format!(r#"{{"id":"t","created_at":"2025-01-01T00:00:00Z"{items}}}"#);
            let thread: Thread = from_slice(thread.as_bytes()).unwrap();
            assert_eq!(thread.items, Page::default());
        }
    }
}
