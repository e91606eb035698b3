//! The wish to stop, as a value that is passed down: only `main` knows of Ctrl-C.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

/// A wish to stop that anyone can wait for; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Cancel {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    requested: AtomicBool,
    notify: Notify,
}

impl Cancel {
    /// A wish that nobody has uttered yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Utters the wish; it stays uttered.
    pub fn request(&self) {
        self.shared.requested.store(true, Ordering::SeqCst);
        self.shared.notify.notify_waiters();
    }

    /// Whether the wish was uttered.
    pub fn is_requested(&self) -> bool {
        self.shared.requested.load(Ordering::SeqCst)
    }

    /// Waits for the wish.
    pub async fn requested(&self) {
        let notified = self.shared.notify.notified();
        tokio::pin!(notified);
        // Registering before looking closes the gap in which a request would be missed.
        notified.as_mut().enable();
        if !self.is_requested() {
            notified.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_wish_reaches_those_who_wait_and_those_who_come_later() {
        let cancel = Cancel::new();
        let waiting = tokio::spawn({
            let cancel = cancel.clone();
            async move { cancel.requested().await }
        });
        tokio::task::yield_now().await;
        cancel.request();
        waiting.await.unwrap();
        cancel.requested().await;
        assert!(cancel.is_requested());
    }
}
