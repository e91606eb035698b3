//! Threads: a conversation's metadata, with a page of its items.

use serde_json::Value;

use super::{Item, Page, ThreadId, Timestamp};

shape! {
    /// A conversation; `threads.get_by_id` fills `items` with the first twenty, oldest first.
    pub struct Thread {
        pub id: ThreadId,
        pub title: Option<String>,
        pub created_at: Timestamp,
        #[serde(default)]
        pub status: ThreadStatus,
        pub allowed_image_domains: Option<Vec<String>>,
        pub metadata: Option<Value>,
        #[serde(default, deserialize_with = "super::page::inner")]
        pub items: Page<Item>,
    }

    /// Why a thread takes no messages for now, or no longer.
    #[derive(Default)]
    pub struct Reason {
        pub reason: Option<String>,
    }
}

tagged! {
    /// Whether a thread takes messages.
    pub enum ThreadStatus {
        Active(super::Object) = "active",
        Locked(Reason) = "locked",
        Closed(Reason) = "closed",
    }
}

impl Default for ThreadStatus {
    fn default() -> Self {
        Self::Active(super::Object::new())
    }
}

impl ThreadStatus {
    /// A thread that takes no messages for now.
    pub fn locked(reason: Option<String>) -> Self {
        Self::Locked(Reason {
            reason,
            extra: super::Extra::default(),
        })
    }

    /// A thread that takes no messages any more.
    pub fn closed(reason: Option<String>) -> Self {
        Self::Closed(Reason {
            reason,
            extra: super::Extra::default(),
        })
    }

    /// The reason that a locked or closed thread gives.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Locked(body) | Self::Closed(body) => body.reason.as_deref(),
            Self::Active(_) | Self::Unknown(_) => None,
        }
    }
}
